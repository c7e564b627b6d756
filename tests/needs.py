"""What a test needs of the computer it runs on; one that is skipped says what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest


def _posix(what: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        sys.platform == "win32", reason=f"Windows has no {what}: run this on Linux or macOS"
    )


file_modes = _posix("file modes and no umask")
fork = _posix("fork")
kill = _posix("kill -9")
limits = _posix("limits that a program sets itself")
pipes = _posix("named pipes in folders")
links = _posix("links that any account may make")
linux = pytest.mark.skipif(
    sys.platform != "linux", reason="this asks the kernel of Linux: run it on Linux"
)
ordinary_user = pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0,
    reason="root and Windows are refused nothing by a file's mode: run this as an ordinary user "
    "of Linux or macOS",
)
tmux = pytest.mark.skipif(
    shutil.which("tmux") is None,
    reason="this walks a real terminal, and tmux is not installed: apt-get install tmux",
)
gnumeric = pytest.mark.skipif(
    shutil.which("ssconvert") is None,
    reason="Gnumeric's ssconvert is not installed: apt-get install gnumeric",
)


def _namespaced() -> list[str] | None:
    """The command before a command that has no network at all; None where that is refused."""
    if shutil.which("unshare") is None:
        return None
    for options in (["-n"], ["-r", "-n"]):
        command = ["unshare", *options]
        if not subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
            return command
    return None


NO_NETWORK = _namespaced() or []
"""What to put before a command so that it runs in an empty network namespace."""
no_network = pytest.mark.skipif(
    not NO_NETWORK,
    reason="no network namespace can be made here: run this on Linux with unshare (util-linux), "
    "as root or where ordinary users may make namespaces",
)


def _traces() -> bool:
    """Whether a program may be followed here: containers often forbid it."""
    if sys.platform != "linux" or shutil.which("strace") is None:
        return False
    tried = subprocess.run(
        ["strace", "-f", "--seccomp-bpf", "-o", os.devnull, "-e", "trace=fsync", "true"],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0


strace = pytest.mark.skipif(
    not _traces(),
    reason="this follows what a program asks of the disk, and strace is not installed or not "
    "allowed to: apt-get install strace, on Linux, where ptrace is allowed",
)


def _mounts() -> bool:
    """Whether a small disk may be mounted here: root's right, and in a container often nobody's."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which("unshare") is None:
        return False
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return tried.returncode == 0


small_disk = pytest.mark.skipif(
    not _mounts(),
    reason="this fills a small disk of its own, which only root may mount: run it as root on Linux",
)
