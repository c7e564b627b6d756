"""A power cut at any moment of what the program does: 400 of them in each kind of work.

The program is really run, every call of it that changes a file is followed, and a disk is rebuilt
of what was safe at the cut and a chance part of what was not. What then lies there is opened by the
program's own code. Each protection has a control: without it the same cuts must find a loss.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from pathlib import Path

import pytest

from config.errors import SanctuaryError
from config.paths import atomic_write
from db.connection import DATABASE_ERRORS, error_code
from tests import needs
from tests.powercut import disk
from tests.powercut.trace import Run, traced
from tests.powercut.works import WORKS, Found, Told

pytestmark = needs.strace

CUTS = 400


def run_of(work: str, place: Path, without: str = "") -> Run:
    """One real run of a work, followed."""
    folder = place / "traced"
    folder.mkdir(mode=0o700)
    WORKS[work].before(folder)
    return traced(folder, ["-m", "tests.powercut.works", work, str(folder), without])


def told(said: tuple[str, ...]) -> Told:
    """How far the program was when the power went."""
    numbers = {"begin": 0, "ack": 0}
    for line in said:
        word, _, number = line.partition(" ")
        numbers[word] = max(numbers[word], int(number))
    return Told(numbers["begin"], numbers["ack"])


def faults(work: str, run: Run, place: Path, seed: int = 1) -> Counter[str]:
    """What was found wrong, over all the cuts."""
    found: Counter[str] = Counter()
    seen: dict[str, str] = {}
    for state in disk.states(run.files, run.names, run.ops, CUTS, seed):
        mark = hashlib.sha256(repr((sorted(state.files.items()), state.said)).encode()).hexdigest()
        if mark not in seen:
            seen[mark] = _look(work, state, place / "after")
        if seen[mark]:
            found[seen[mark]] += 1
    assert len(seen) >= 10, "so few different states prove nothing"
    return found


def _look(work: str, state: disk.State, folder: Path) -> str:
    state.put(folder)
    try:
        WORKS[work].after(folder, told(state.said))
    except (Found, SanctuaryError) as fault:
        return str(fault).replace(str(folder), "")
    except DATABASE_ERRORS as fault:
        return f"reading: error {error_code(fault)}"
    except AssertionError as fault:
        return f"not sound: {str(fault).splitlines()[0] if str(fault) else fault!r}"
    finally:
        shutil.rmtree(folder)
    return ""


@pytest.mark.guarantee
@pytest.mark.parametrize("work", WORKS)
def test_nothing_is_lost_or_half_there_after_a_power_cut(work: str, place: Path) -> None:
    run = run_of(work, place)
    last = told(tuple(op.said for op in run.ops if op.kind == "said"))
    assert last.acked == last.begun > 0, "the work must come to its end"
    assert faults(work, run, place) == {}


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("work", "without"),
    [
        ("writes", "synchronous = FULL"),
        ("writes", "synchronous above NORMAL"),
        ("writes", "acknowledging last"),
        ("a migration", "synchronous = FULL"),
        ("a first caseload", "waiting for folders"),
        ("backups", "waiting for files"),
        ("backups", "waiting for folders"),
        ("the witnesses", "synchronous = FULL"),
        ("the witnesses", "waiting for files"),
        ("the witnesses", "waiting for folders"),
        ("a disposal", "synchronous = FULL"),
        ("a disposal", "waiting for folders"),
        ("a change of passphrase", "waiting for files"),
        ("a change of passphrase", "waiting for folders"),
        ("a change of key", "waiting for files"),
        ("a change of key", "waiting for folders"),
        ("a change of key", "the waiting key file"),
        ("a restore", "waiting for files"),
        ("a restore", "waiting for folders"),
        ("a restore over a ruined one", "waiting for folders"),
        ("exports", "waiting for files"),
        ("exports", "waiting for folders"),
        ("exports", "the register first"),
        ("settings", "waiting for files"),
        ("settings", "waiting for folders"),
    ],
)
def test_without_a_protection_the_same_cuts_find_a_loss(
    work: str, without: str, place: Path
) -> None:
    run = run_of(work, place, without)
    found = sum(faults(work, run, place).values())
    assert found, f"nothing was lost without {without}, so the test above proves nothing of it"


# --- the disk itself ------------------------------------------------------------------------------


def test_a_sector_is_kept_whole_or_lost_whole() -> None:
    ops = [disk.write(1, 0, b"a" * 2048)]
    kept = {state.files["file"] for state in disk.states({1: b""}, {("", "file"): 1}, ops, 200, 1)}
    assert len(kept) > 5
    for content in kept:
        for start in range(0, len(content), disk.SECTOR):
            assert len(set(content[start : start + disk.SECTOR])) == 1


def test_what_is_synced_is_never_lost() -> None:
    names: dict[disk.Place, int | None] = {("", "new"): 2}
    ops = [disk.named(names), disk.write(2, 0, b"words"), disk.synced(2), disk.folder_synced("")]
    ops.append(disk.said("ack 1"))
    found = list(disk.states({}, {}, ops, 300, 1))
    assert {state.files.get("new") for state in found if state.said} == {b"words"}
    assert None in {state.files.get("new") for state in found}


def test_a_rename_is_whole_or_not_at_all() -> None:
    change: dict[disk.Place, int | None] = {("", "old"): None, ("", "new"): 1}
    found = [
        tuple(sorted(state.files))
        for state in disk.states({1: b"x"}, {("", "old"): 1}, [disk.named(change)], 100, 1)
    ]
    assert set(found) == {("old",), ("new",)}


def test_every_write_of_a_real_program_is_seen(place: Path) -> None:
    """``traced`` compares what it followed with what lies there at the end."""
    folder = place / "seen"
    folder.mkdir()
    atomic_write(folder / "one", b"1" * 5000)
    script = (
        "import sys; from pathlib import Path; from config.paths import atomic_write\n"
        "atomic_write(Path(sys.argv[1]) / 'one', b'2' * 9000)\n"
        "atomic_write(Path(sys.argv[1]) / 'two', b'3', overwrite=False)\n"
    )
    run = traced(folder, ["-c", script, str(folder)])
    assert sum(op.kind == "synced" for op in run.ops) == 2
    assert sum(op.kind == "folder synced" for op in run.ops) == 2
