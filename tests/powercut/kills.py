"""A program that forks workers to be killed. Run by ``test_kills``.

It reads lines ``work|folder|without`` and forks a process for each, which does that work; when the
process is dead, ``dead`` is said.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from config.calendar import bank_holidays
from tests.db.durability_writer import say
from tests.powercut.works import PROTECTIONS, WORKS


def main() -> None:
    """Fork a worker for each line read."""
    bank_holidays(2026)  # read once here, not in every worker
    bank_holidays(2027)
    for line in sys.stdin:
        work, folder, without = line.rstrip("\n").split("|")
        pid = os.fork()
        if pid == 0:
            say(f"pid {os.getpid()}")
            try:
                PROTECTIONS[without]()
                WORKS[work].does(Path(folder))
                os._exit(0)
            finally:
                os._exit(1)
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
