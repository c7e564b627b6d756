"""A table of damage: what is done to the files of a caseload, and what comes of it.

Each row says how the damage is noticed: at opening, by the checks of ``sanctuary check``, or that
what is there is still whole. Whatever the row, nothing that can be read differs from what was
written, and each refusal is one sentence with the next step. With the integrity checks, the
witnesses and the replay taken out, rows of the table are no longer noticed: that is shown too.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from config.errors import SanctuaryError
from config.paths import Paths, resolve_paths
from db import keys
from db.caseload import Caseload
from db.changes import verify_chain
from db.connection import (
    DATABASE_ERRORS,
    PAGE_BYTES,
    Connection,
    open_connection,
    quick_checks,
)
from db.migrations import SCHEMA_VERSION
from db.models import ContactPoint, Note, Person
from db.queries import all_of
from db.replay import replay
from db.witness import Witnesses
from tests.db import kit

Outcome = Literal["refused", "checked", "whole"]
PASSPHRASE = "kettle orchid ninety plinth"
CHECKS = ("integrity", "change log", "witness", "references", "latest")


@dataclass(frozen=True)
class Original:
    """A caseload at three moments: its older file, its file, and a log not folded in."""

    home: Path
    key: bytearray
    old: bytes
    old_wal: bytes
    now: list[object] = field(repr=False)
    live: bytes = field(repr=False)
    live_wal: bytes = field(repr=False)

    @property
    def paths(self) -> Paths:
        return resolve_paths(str(self.home), {})


def opened(paths: Paths, key: bytearray, *, witnesses: bool = True) -> Caseload:
    known = Witnesses(paths, key) if witnesses else None
    return kit.opened(paths.caseload, key=key, witnesses=known)


def wal_of(paths: Paths) -> Path:
    return paths.caseload.with_name("caseload.db-wal")


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Original:
    home = tmp_path_factory.mktemp("damage") / "home"
    paths = resolve_paths(str(home), {})
    made = keys.create_caseload(paths, PASSPHRASE, params=keys.CHEAP_FOR_TESTS)
    key = made.data_key
    caseload = opened(paths, key)
    for number in range(40):
        case = kit.add_case(caseload)
        person = caseload.store.add(Person(case_id=case.id, surname=f"Test {number}"))
        for _ in range(4):
            caseload.store.add(ContactPoint(case_id=case.id, person_id=person.id, value="01632"))
        caseload.store.add(Note(case_id=case.id, body="Word for word. " * 30))
    caseload.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    caseload.store.add(Note(case_id=1, body="An older log holds this."))
    old_wal = wal_of(paths).read_bytes()
    caseload.close()
    old = paths.caseload.read_bytes()
    caseload = opened(paths, key)
    for point in all_of(caseload.connection, ContactPoint):
        caseload.store.update(point, value="07700 900222")
    now = kit.records(caseload.connection)
    # Folded in but for the last note: it is in the log alone, and witnessed.
    caseload.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    caseload.store.add(Note(case_id=2, body="The newest note."))
    caseload.witness()
    live, live_wal = paths.caseload.read_bytes(), wal_of(paths).read_bytes()
    after = kit.records(caseload.connection)
    caseload.close()
    assert now != after
    return Original(home, key, old, old_wal, after, live, live_wal)


# --- the table


@dataclass(frozen=True)
class Damage:
    """What is done, and what is expected of it: ``refused`` at opening, noticed by one of the
    ``checked`` lines, or ``whole``. ``live``: the log is not yet folded in when it happens."""

    name: str
    do: Callable[[Original, Paths], None]
    expect: tuple[Outcome, ...]
    live: bool = False


def at(place: float, work: Callable[[bytearray, int], None]) -> Callable[[Original, Paths], None]:
    """Change bytes of the file at a fraction of its length."""

    def do(_: Original, paths: Paths) -> None:
        data = bytearray(paths.caseload.read_bytes())
        work(data, int((len(data) - 1) * place))
        paths.caseload.write_bytes(data)

    return do


def flip(data: bytearray, place: int) -> None:
    data[place] ^= 1 << (place % 8)


def blank_page(data: bytearray, place: int) -> None:
    first = place - place % PAGE_BYTES
    data[first : first + PAGE_BYTES] = bytes(PAGE_BYTES)


def swap_pages(data: bytearray, place: int) -> None:
    first = place - place % PAGE_BYTES
    one, two = data[first : first + PAGE_BYTES], data[first - PAGE_BYTES : first]
    data[first : first + PAGE_BYTES], data[first - PAGE_BYTES : first] = two, one


def cut(*, pages: int = 0, odd: int = 0) -> Callable[[Original, Paths], None]:
    def do(_: Original, paths: Paths) -> None:
        size = paths.caseload.stat().st_size
        os.truncate(paths.caseload, max(0, size - pages * PAGE_BYTES - odd))

    return do


def halved(_: Original, paths: Paths) -> None:
    size = paths.caseload.stat().st_size // PAGE_BYTES
    os.truncate(paths.caseload, size // 2 * PAGE_BYTES)


def longer(_: Original, paths: Paths) -> None:
    with paths.caseload.open("ab") as stream:
        stream.write(bytes(PAGE_BYTES))


def holding(data: bytes) -> Callable[[Original, Paths], None]:
    return lambda _, paths: write(paths.caseload, data)


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def old_file(original: Original, paths: Paths) -> None:
    write(paths.caseload, original.old)


def old_file_and_wal(original: Original, paths: Paths) -> None:
    write(paths.caseload, original.old)
    write(wal_of(paths), original.old_wal)


def first_half_old(original: Original, paths: Paths) -> None:
    new = paths.caseload.read_bytes()
    half = len(original.old) // PAGE_BYTES // 2 * PAGE_BYTES
    write(paths.caseload, original.old[:half] + new[half:])


def last_half_old(original: Original, paths: Paths) -> None:
    new = paths.caseload.read_bytes()
    half = len(original.old) // PAGE_BYTES // 2 * PAGE_BYTES
    write(paths.caseload, new[:half] + original.old[half:] + new[len(original.old) :])


def another_database(_: Original, paths: Paths) -> None:
    paths.caseload.unlink()
    plain = sqlite3.connect(paths.caseload)
    plain.execute("CREATE TABLE t (x)")
    plain.commit()
    plain.close()


def another_caseload(_: Original, paths: Paths) -> None:
    paths.caseload.unlink()
    connection = open_connection(paths.caseload, bytes(32), create=True)
    connection.execute("CREATE TABLE t (x)").fetchall()
    connection.close()


def newer_schema(original: Original, paths: Paths) -> None:
    connection = open_connection(paths.caseload, original.key)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}").fetchall()
    connection.close()


def folder(_: Original, paths: Paths) -> None:
    paths.caseload.unlink()
    paths.caseload.mkdir()


def wal(work: Callable[[bytearray], object]) -> Callable[[Original, Paths], None]:
    def do(_: Original, paths: Paths) -> None:
        data = bytearray(wal_of(paths).read_bytes())
        work(data)
        write(wal_of(paths), data)

    return do


def wal_flip(place: float) -> Callable[[bytearray], None]:
    return lambda data: flip(data, int((len(data) - 1) * place))


def wal_cut(keep: float) -> Callable[[bytearray], None]:
    def work(data: bytearray) -> None:
        del data[int(len(data) * keep) :]

    return work


NOTICED: tuple[Outcome, ...] = ("refused", "checked")
LOST: tuple[Outcome, ...] = ("refused",)
TABLE = [
    Damage("nothing", lambda _, paths: None, ("whole",)),
    Damage("nothing, log not folded in", lambda _, paths: None, ("whole",), live=True),
    *(
        Damage(f"a bit at {place:.2f}", at(place, flip), NOTICED)
        for place in (0.0, 0.01, 0.2, 0.33, 0.5, 0.71, 0.9, 1.0)
    ),
    *(Damage(f"a page of noughts at {p}", at(p, blank_page), NOTICED) for p in (0, 0.4, 0.99)),
    *(Damage(f"two pages changed over at {p}", at(p, swap_pages), NOTICED) for p in (0.3, 0.8)),
    Damage("first half from an old file", first_half_old, NOTICED),
    Damage("last half from an old file", last_half_old, NOTICED),
    Damage("a whole old file", old_file, LOST),
    Damage("a whole old file and its log", old_file_and_wal, LOST),
    Damage("a whole old file under the newest log", old_file, NOTICED, live=True),
    Damage("cut by a page", cut(pages=1), NOTICED),
    Damage("cut by three pages", cut(pages=3), NOTICED),
    Damage("cut in half at a page", halved, NOTICED),
    Damage("cut by a byte", cut(odd=1), NOTICED),
    Damage("cut in the middle of a page", cut(pages=2, odd=1234), NOTICED),
    Damage("cut to one byte", lambda _, paths: os.truncate(paths.caseload, 1), LOST),
    Damage("cut to one page", lambda _, paths: os.truncate(paths.caseload, PAGE_BYTES), NOTICED),
    Damage("a page of noughts more", longer, ("checked", "whole")),
    Damage("empty", holding(b""), LOST),
    Damage("a text", holding(b"Not a caseload. " * 400), LOST),
    Damage("noise", holding(random.Random(7).randbytes(9 * PAGE_BYTES)), LOST),
    Damage("a database of another program", another_database, LOST),
    Damage("another caseload", another_caseload, LOST),
    Damage("a folder", folder, LOST),
    Damage("gone", lambda _, paths: paths.caseload.unlink(), LOST),
    Damage("a newer schema", newer_schema, LOST),
    Damage("log: a bit in its head", wal(wal_flip(0.0)), LOST, live=True),
    Damage("log: a bit in its salt", wal(wal_flip(0.002)), LOST, live=True),
    Damage("log: a bit early", wal(wal_flip(0.1)), LOST, live=True),
    Damage("log: a bit in the middle", wal(wal_flip(0.5)), LOST, live=True),
    Damage("log: its last bit", wal(wal_flip(1.0)), LOST, live=True),
    Damage("log: cut in half", wal(wal_cut(0.5)), LOST, live=True),
    Damage("log: cut by a byte", wal(lambda data: data.pop()), LOST, live=True),
    Damage("log: empty", wal(lambda data: data.clear()), LOST, live=True),
    Damage("log: gone", lambda _, paths: wal_of(paths).unlink(), LOST, live=True),
    Damage("log: an old one", lambda o, paths: write(wal_of(paths), o.old_wal), LOST, live=True),
    Damage(
        "log: an old one beside a file that has none",
        lambda o, paths: write(wal_of(paths), o.old_wal),
        ("refused", "checked", "whole"),
    ),
]


@dataclass(frozen=True)
class Result:
    """What came of it: the outcome, the sentence of a refusal, which checks noticed, and whether
    anything was read that differs from what was written."""

    outcome: Outcome
    sentence: str = ""
    by: tuple[str, ...] = ()
    shown_wrong: bool = False


def damaged(original: Original, tmp_path: Path, damage: Damage) -> Paths:
    paths = resolve_paths(str(tmp_path / "home"), {})
    shutil.copytree(original.home, paths.data_dir)
    if damage.live:
        write(paths.caseload, original.live)
        write(wal_of(paths), original.live_wal)
    damage.do(original, paths)
    return paths


def examine(original: Original, paths: Paths, *, witnesses: bool = True) -> Result:
    """Open it as the program does, then look as ``check`` does, then read everything."""
    try:
        caseload = opened(paths, original.key, witnesses=witnesses)
    except SanctuaryError as error:
        return Result("refused", error.sentence)
    connection = caseload.connection
    try:
        by = tuple(name for name in CHECKS if not good(name, connection))
        try:
            wrong = kit.records(connection) != original.now
        except DATABASE_ERRORS:
            wrong = False  # an error, and no data
    finally:
        connection.close()
    return Result("checked" if by else "whole", "", by, wrong)


def good(name: str, connection: Connection) -> bool:
    try:
        match name:
            case "integrity":
                return not quick_checks(connection)
            case "change log":
                return verify_chain(connection).good
            case "references":
                return not connection.execute("PRAGMA foreign_key_check").fetchall()
            case "latest":
                return replay(connection).good
    except DATABASE_ERRORS:
        return False
    return True  # the witness is looked at when it is opened


@pytest.mark.guarantee
@pytest.mark.parametrize("damage", TABLE, ids=lambda damage: damage.name)
def test_damage_comes_out_as_the_table_says(
    original: Original, tmp_path: Path, damage: Damage
) -> None:
    paths = damaged(original, tmp_path, damage)
    found = examine(original, paths)
    assert found.outcome in damage.expect, found
    if found.outcome == "refused":
        one_sentence(found.sentence)
    if found.outcome == "whole":
        assert not found.shown_wrong


def one_sentence(said: str) -> None:
    """What is wrong and the next step, and no traceback or words of a lower layer."""
    assert 20 < len(said) < 400
    assert said.endswith(".")
    assert "\n" not in said
    assert "sqlite" not in said.lower()
    steps = ("restore", "init", "recovery key", "update the program", "check --home", "permissions")
    assert any(step in said for step in steps), said


@pytest.mark.guarantee
def test_without_the_witness_and_the_replay_old_data_would_pass(
    original: Original, tmp_path: Path
) -> None:
    """The control: the table is not noticed by the encryption's own checks alone."""
    passed = set()
    for number, damage in enumerate(TABLE):
        if "whole" in damage.expect:
            continue
        paths = damaged(original, tmp_path / str(number), damage)
        found = examine(original, paths, witnesses=False)
        unnoticed = not {"integrity", "change log", "references"} & set(found.by)
        if found.outcome != "refused" and unnoticed and found.shown_wrong:
            passed.add(damage.name)
    assert {"a whole old file", "log: gone", "log: cut in half"} <= passed


@pytest.mark.guarantee
def test_five_hundred_bits_flipped_by_chance(original: Original, tmp_path: Path) -> None:
    """Each is refused, or noticed by the integrity check; not one is whole."""
    dice = random.Random(2026)
    paths = resolve_paths(str(tmp_path / "home"), {})
    shutil.copytree(original.home, paths.data_dir)
    data = paths.caseload.read_bytes()
    for _ in range(500):
        place, bit = dice.randrange(len(data)), dice.randrange(8)
        with paths.caseload.open("r+b") as stream:
            stream.seek(place)
            stream.write(bytes([data[place] ^ 1 << bit]))
        try:
            connection = open_connection(paths.caseload, original.key)
        except SanctuaryError as error:
            one_sentence(error.sentence)
        else:
            assert quick_checks(connection) != [], (place, bit)
            connection.close()
        with paths.caseload.open("r+b") as stream:
            stream.seek(place)
            stream.write(data[place : place + 1])
    assert paths.caseload.read_bytes() == data
    connection = open_connection(paths.caseload, original.key)
    assert quick_checks(connection) == []
    connection.close()
