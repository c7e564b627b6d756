"""What the process that holds the caseload gives up, proved in processes of their own."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from sanctuary_tui.hardening import parent_gone, scrub_environment
from tests import needs
from tests.scripts import said_by


def python(script: str, *, env: dict[str, str] | None = None) -> str:
    return "\n".join(said_by(script, env=env)).strip()


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "name",
    [
        "TEXTUAL",
        "TEXTUAL_LOG",
        "TEXTUAL_SCREENSHOT",
        "TEXTUAL_DRIVER",
        "TEXTUAL_DEVTOOLS_HOST",
        "textual_log",
        "PYTHONSTARTUP",
        "PYTHONBREAKPOINT",
        "PYTHONPATH",
        "PYTHONASYNCIODEBUG",
        "PYTHON_KEYRING_BACKEND",
        "KEYRING_PROPERTY_FILE_PATH",
    ],
)
def test_dangerous_variables_are_dropped(name: str) -> None:
    environ = {name: "keyring.backends.null.Keyring", "HOME": "/home/x", "SANCTUARY_HOME": "y"}
    scrub_environment(environ)
    assert environ == {"HOME": "/home/x", "SANCTUARY_HOME": "y"}


def test_no_keyring_may_be_said_honestly() -> None:
    environ = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    scrub_environment(environ)
    assert environ


@pytest.mark.parametrize(("value", "kept"), [("1", True), ("", False)])
def test_no_color_as_its_convention_says(value: str, kept: bool) -> None:
    environ = {"NO_COLOR": value}
    scrub_environment(environ)
    assert ("NO_COLOR" in environ) is kept


@pytest.mark.guarantee
@needs.limits
def test_files_are_private_and_no_core_is_left() -> None:
    said = python(
        """
        import json, os, resource, faulthandler
        from sanctuary_tui.hardening import harden_process
        harden_process()
        print(json.dumps({
            "umask": os.umask(0),
            "core": resource.getrlimit(resource.RLIMIT_CORE),
            "faulthandler": faulthandler.is_enabled(),
        }))
        """
    )
    assert json.loads(said) == {"umask": 0o077, "core": [0, 0], "faulthandler": False}


def cores_fall_here() -> bool:
    """Whether this computer writes a core file into the folder of the program that fell."""
    pattern = Path("/proc/sys/kernel/core_pattern")
    return pattern.exists() and not pattern.read_text().startswith(("|", "/"))


@pytest.mark.guarantee
@needs.linux
@pytest.mark.skipif(
    not cores_fall_here(), reason="core files go elsewhere here: set kernel.core_pattern to core"
)
@pytest.mark.parametrize("hardened", [True, False])
def test_a_fall_leaves_no_core_file(tmp_path: Path, hardened: bool) -> None:
    """Killed by a fault with a secret in memory, where cores are switched on."""
    call = "harden_process()" if hardened else "None"
    script = f"""
        import os, resource
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        from sanctuary_tui.hardening import harden_process
        {call}
        secret = "-".join(("Quaxelby", "Vrondt")) * 1000
        os.abort()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=tmp_path, check=False
    )
    assert done.returncode == -6
    cores = list(tmp_path.iterdir())
    assert bool(cores) is not hardened
    if cores:
        assert b"Quaxelby-Vrondt" in cores[0].read_bytes()


@pytest.mark.guarantee
@needs.linux
@pytest.mark.parametrize("hardened", [True, False])
def test_another_process_of_the_user_cannot_be_let_in(hardened: bool) -> None:
    """Not dumpable: its memory file belongs to root, so no process of the user can open it."""
    call = "harden_process()" if hardened else "None"
    said = python(
        f"""
        import ctypes
        from sanctuary_tui.hardening import harden_process
        {call}
        print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE
        """
    )
    assert said == ("0" if hardened else "1")


@needs.linux
def test_the_console_is_told_when_its_parent_has_gone(tmp_path: Path) -> None:
    """A grandchild waits for a signal without end; its parent ends at once."""
    told = tmp_path / "told"
    grandchild = (
        "import signal, sys, os\n"
        "from sanctuary_tui.hardening import harden_process\n"
        "def tell(*_):\n"
        f"    open({str(told)!r}, 'w').close()\n"
        "    os._exit(0)\n"
        "signal.signal(signal.SIGTERM, tell)\n"
        "harden_process(os.getppid())\n"
        "print('ready', flush=True)\n"
        "signal.pause()\n"
    )
    parent = (
        "import subprocess, sys, os\n"
        f"p = subprocess.Popen([sys.executable, '-c', {grandchild!r}], stdout=subprocess.PIPE)\n"
        "p.stdout.readline()\n"
        "print(p.pid, flush=True)\n"
        "sys.stdin.readline()\n"
        "os._exit(0)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    handle = os.pidfd_open(int(process.stdout.readline()))
    process.stdin.write(b"\n")
    process.stdin.close()
    process.wait()
    assert select.select([handle], [], [], 10)[0]
    os.close(handle)
    process.stdout.close()
    assert told.exists()


def test_a_parent_is_gone_when_it_is_another() -> None:
    assert not parent_gone(None)
    assert not parent_gone(os.getppid())
    if os.name == "posix":
        assert parent_gone(os.getpid())


@needs.linux
@pytest.mark.parametrize("hardened", [True, False])
def test_numpy_keeps_no_thread_for_each_processor(hardened: bool) -> None:
    """The control asks for two, and has them where there are two processors."""
    said = python(
        f"""
        from pathlib import Path
        from sanctuary_tui.hardening import harden_process
        {"harden_process()" if hardened else "None"}
        import textual_plot
        print(len(list(Path("/proc/self/task").iterdir())))
        """,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "2"},
    )
    assert int(said) == (1 if hardened else min(2, len(os.sched_getaffinity(0))))
