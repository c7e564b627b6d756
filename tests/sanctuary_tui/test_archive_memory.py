"""The archive of a large caseload is written and brought in without all of it in memory."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Final

import pytest

from db.models import Note
from sanctuary_tui.exports.archive import write_archive
from tests import needs
from tests.db import kit
from tests.scripts import said_by

NOTES: Final = 3000
LENGTH: Final = 20_000
MOST: Final = 200
"""Megabytes that either way may take beyond what the program has without any caseload; the notes
alone are 60, and were in memory some seven times, 380 out and 480 in."""

_RUN: Final = """
    import sys
    from pathlib import Path
    from sanctuary_tui.exports.archive import write_archive
    from sanctuary_tui.imports.archive import import_archive, read_archive
    from tests.db import kit

    def peak():
        # Not ``getrusage``: that begins with the peak of the program that started this one.
        said = Path("/proc/self/status").read_text().split("VmHWM:")[1]
        return int(said.split()[0]) // 1024

    way, folder = sys.argv[1], Path(sys.argv[2])
    caseload = kit.opened(folder / f"{way}.db")
    before = peak()
    if way == "out":
        written = write_archive(
            caseload.connection, folder / "b.zip", sealed=True, who="C", now=kit.noon(kit.DAY)
        )
        written.unnamed.drop()
    else:
        import_archive(caseload, read_archive(folder / "a.zip", sys.argv[3]))
    print(peak() - before)
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A caseload with very long notes, its archive, the passphrase, and an empty caseload."""
    folder = tmp_path_factory.mktemp("large")
    caseload, dice = kit.make(folder / "out.db"), random.Random(1)  # packs as a caseload does
    with caseload.store.bulk():
        case = kit.add_case(caseload)
        for number in range(NOTES):
            said = dice.randbytes(2000).hex() + f" {number} rang about the lock" * LENGTH
            caseload.store.add(Note(case_id=case.id, body=said[:LENGTH].strip()))
    written = write_archive(
        caseload.connection, folder / "a.zip", sealed=True, who="C", now=kit.noon(kit.DAY)
    )
    written.unnamed.give_names()
    caseload.close()
    kit.make(folder / "in.db").close()
    assert written.passphrase
    return folder, written.passphrase


@needs.linux  # the peak is read from /proc
@pytest.mark.parametrize("way", ["out", "in"])
def test_a_large_caseload_is_never_in_memory_as_a_whole(made: tuple[Path, str], way: str) -> None:
    folder, words = made
    (peak,) = said_by(_RUN, way, str(folder), words)
    assert int(peak) < MOST
