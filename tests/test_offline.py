"""The whole program without a network: no part needs one, and none asks the system for one."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests import needs
from tests.terminal import Terminal

pytestmark = [pytest.mark.slow, needs.linux, needs.no_network]

GOOD = "kettle orchid ninety plinth"
DEMO = "demo"
PROGRAM = [sys.executable, "-m", "sanctuary_tui"]
TODAY = "2026-11-26"

CONNECT = """
import socket, sys
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[1])), 5).close()
except OSError:
    sys.exit(3)
"""


class Traced:
    """Commands run without a network, under strace, each with a trace of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "traces"
        self.folder.mkdir()

    def before(self, name: str) -> list[str]:
        """What stands before a command: an empty network, and a watch on what it asks for."""
        return [
            *needs.NO_NETWORK,
            *("strace", "-ff", "-qq", "-e", "trace=socket,socketpair,execve", "-s", "300"),
            *("-e", "signal=none", "-o", str(self.folder / name)),
        ]

    def run(
        self, name: str, command: Sequence[str], given: str = "", **environ: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.before(name), *command],
            input=given,
            capture_output=True,
            text=True,
            env={**os.environ, **environ},
            check=False,
        )

    def sockets(self) -> dict[str, set[str]]:
        """Families of sockets that were asked for, by trace."""
        return self._found(r"^socket(?:pair)?\((\w+)")

    def programs(self) -> dict[str, set[str]]:
        """Programs that were started, by trace."""
        return {
            name: {Path(program).resolve().name for program in programs}
            for name, programs in self._found(r'^execve\("([^"]+)".* = 0$').items()
        }

    def _found(self, pattern: str) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for path in sorted(self.folder.iterdir()):  # one of each process: NAME.PID
            seen = re.findall(pattern, path.read_text("utf-8", "replace"), re.MULTILINE)
            found.setdefault(path.stem, set()).update(seen)
        return found


@pytest.fixture
def traced(tmp_path: Path) -> Traced:
    return Traced(tmp_path)


def test_the_namespace_is_empty() -> None:
    """The control: what can be reached from here cannot be reached from in there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-c", CONNECT, port]
        assert subprocess.run(command, check=False).returncode == 0
        assert subprocess.run([*needs.NO_NETWORK, *command], check=False).returncode == 3


@needs.strace
def test_a_socket_and_a_program_would_be_seen(traced: Traced) -> None:
    """The control of the watch: each family by its name, in a child of a child too."""
    script = (
        "import socket, subprocess, sys; socket.socketpair(); socket.socket(socket.AF_UNIX);"
        "subprocess.run([sys.executable, '-c', 'import socket; socket.socket(socket.AF_INET6)']);"
        "subprocess.run(['true'])"
    )
    done = traced.run("control", [sys.executable, "-c", script])
    assert done.returncode == 0, done.stderr
    assert traced.sockets() == {"control": {"AF_UNIX", "AF_INET6"}}
    assert traced.programs()["control"] == {
        Path(program).resolve().name for program in (sys.executable, shutil.which("true") or "")
    }


@pytest.mark.guarantee
@needs.strace
@needs.tmux
@pytest.mark.terminal
def test_everything_works_without_a_network_and_no_socket_is_asked_for(
    traced: Traced, tmp_path: Path
) -> None:
    """Make, read, write, keep, check and the console itself: only unix sockets, and no program."""
    home, demo, out = tmp_path / "home", tmp_path / "demo", tmp_path / "out"
    out.mkdir()
    kit = str(tmp_path / "kit.txt")
    made = traced.run(
        "init",
        [*PROGRAM, "init", "--yes", "--kit", kit, "--passphrase-file", "-"],
        f"{GOOD}\n",
        SANCTUARY_HOME=str(home),
    )
    assert made.returncode == 0, made.stderr
    demoed = traced.run(
        "demo",
        [*PROGRAM, "demo", "--cases", "12", "--no-console", "--today", TODAY],
        SANCTUARY_HOME=str(demo),
    )
    assert demoed.returncode == 0, demoed.stderr
    for name, *arguments in (
        ("today", "today", "--json", "--today", TODAY),
        ("show", "show", "S26-0001"),
        ("table", "export", "cases", "--out", str(out / "cases.csv")),
        ("marac", "export", "marac", "--out", str(out / "list"), "--protect", "xlsx"),
        ("backup", "backup", str(tmp_path / "backups")),
        ("check", "check", "--deep"),
    ):
        done = traced.run(
            name,
            [*PROGRAM, *arguments, "--passphrase-file", "-"],
            f"{DEMO}\n",
            SANCTUARY_HOME=str(demo),
        )
        assert done.returncode == 0, (name, done.stdout, done.stderr)
    assert (out / "cases.csv").stat().st_size > 100
    with Terminal.start(
        [*traced.before("console"), *PROGRAM],
        size=(100, 30),
        env={"SANCTUARY_HOME": str(demo)},
    ) as terminal:
        terminal.wait_for("Passphrase", 60)
        terminal.type(DEMO)
        terminal.keys("Enter")
        terminal.wait_for("? keys", 60)
        terminal.keys("2")
        terminal.wait_for("REFERRAL", 60)
        terminal.keys("C-q")
        assert terminal.wait_exit(60) == 0
    found = traced.sockets()
    assert len(found) == 9
    assert set().union(*found.values()) == {"AF_UNIX"}
    assert found["console"] == {"AF_UNIX"}, "its event loop has a pair: it is watched"
    programs = set().union(*traced.programs().values())
    assert programs == {Path(sys.executable).resolve().name}
