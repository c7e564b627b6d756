"""``kill -9`` at every call that changes a file or the caseload, one call after the other.

Run as a program (``python -m tests.powercut.strikes MODULE:WORK BEFORE PLACE WITHOUT``) it does a
work again and again in a process of its own, each time in a fresh copy of the folder ``BEFORE``,
and has it killed one call later than the last time, until it comes to its end. ``WITHOUT`` names a
function of the same module that takes a protection out. ``struck`` runs it for a test.
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from db.connection import Connection

_CALLS: Final = (
    "open",
    "link",
    "fsync",
    "fchmod",
    "chmod",
    "mkdir",
    "rmdir",
    "unlink",
    "rename",
    "replace",
)
_STATEMENTS: Final = ("BEGIN", "COMMIT", "INSERT", "UPDATE", "DELETE", "PRAGMA user_version")
_MOST: Final = 2000


def struck(work: str, before: Path, place: Path, without: str = "") -> list[Path]:
    """The folder as each kill left it, in turn; in the last the work came to its end."""
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "tests.powercut.strikes", work, str(before), str(place), without],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = sorted(place.iterdir())
    assert len(found) > 10, "so few kills prove nothing"
    return found


def _armed(strike: int) -> None:
    """From now on the calls are counted, before and after; at that number the process is killed."""
    count = 0

    def point() -> None:
        nonlocal count
        count += 1
        if count == strike:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(real: Any) -> Any:
        def call(*given: Any, **more: Any) -> Any:
            point()
            result = real(*given, **more)
            point()
            return result

        return call

    for name in _CALLS:
        vars(os)[name] = counted(getattr(os, name))
    real = Connection.execute

    def execute(self: Connection, *given: Any) -> Any:
        if not str(given[0]).startswith(_STATEMENTS):
            return real(self, *given)
        point()
        result = real(self, *given)
        point()
        return result

    Connection.execute = execute


def main() -> None:
    """Strike the work at each call in turn."""
    named, before, place, without = sys.argv[1:]
    module = importlib.import_module(named.partition(":")[0])
    work = getattr(module, named.partition(":")[2])
    warm = Path(place).with_name("warm")  # what is imported and read, once and not in each process
    shutil.copytree(before, warm)
    work(warm)
    shutil.rmtree(warm)
    for strike in range(1, _MOST):
        folder = Path(place) / f"{strike:04d}"
        shutil.copytree(before, folder)
        pid = os.fork()
        if pid == 0:
            try:
                if without:
                    getattr(module, without)()
                _armed(strike)
                work(folder)
                os._exit(0)
            finally:
                os._exit(1)
        ended = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if ended == 0:
            return
        if ended != -signal.SIGKILL:
            sys.exit(f"strike {strike}: it fell over by itself")
    sys.exit("it did not come to its end")


if __name__ == "__main__":
    main()
