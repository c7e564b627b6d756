"""A coordinator at work in a program of its own, made to be killed. Run by ``test_durability``.

It reads a line ``path mode`` and forks a writer, which opens the caseload and writes batch after
batch. Each says ``begin N`` before it starts and ``ack N`` once it is done; in mode ``early`` it
lies and says so before, which the test must notice; in mode ``make`` it makes a new caseload. When
the writer is dead, ``dead`` is said.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from config.calendar import bank_holidays
from db.caseload import Caseload
from db.models import Case, Measure, Note
from tests.db import kit

PARTS = 3
"""Notes a batch adds, so that half a batch can be told from a whole one."""


def say(word: str) -> None:
    """One short line: whole or not at all."""
    os.write(1, f"{word}\n".encode())


def batch(caseload: Caseload, case: Case, number: int, mode: str) -> None:
    """One of each kind of write, as one; told before and after."""
    say(f"begin {number}")
    if mode == "early":
        say(f"ack {number}")
    write_batch(caseload, case, number)
    if mode != "early":
        say(f"ack {number}")


def write_batch(caseload: Caseload, case: Case, number: int) -> None:
    """One of each kind of write, as one."""
    store = caseload.store
    with store.batch(f"batch {number}"):
        for part in range(PARTS):
            store.add(Note(case_id=case.id, at=store.now(), body=f"batch {number} part {part}"))
        store.update(case, pets=str(number))
        measure = store.add(Measure(case_id=case.id, name=f"bar {number}"))
        store.save_draft(case.id, "notes", 0, {"body": str(number)})
        if number % 2:
            store.delete(measure)


def work(path: Path, mode: str) -> None:
    """Write for ever, from where the last one stopped; or make a caseload, and wait."""
    if mode == "make":
        say("begin 0")
        kit.make(path)
        say("ack 1")
        signal.pause()
    caseload = kit.opened(path)
    case = kit.file_of(caseload, 1).case
    number = int(case.pets)
    while True:
        number += 1
        batch(caseload, case, number, mode)


def main() -> None:
    """Fork a writer for each line read."""
    bank_holidays(2026)  # read once here, not in every writer
    bank_holidays(2027)
    for line in sys.stdin:
        path, mode = line.rstrip("\n").rsplit(" ", 1)
        pid = os.fork()
        if pid == 0:
            try:
                work(Path(path), mode)
            finally:
                os._exit(1)
        say(f"pid {pid}")
        os.waitpid(pid, 0)
        say("dead")


if __name__ == "__main__":
    main()
