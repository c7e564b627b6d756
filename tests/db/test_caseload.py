"""Opening a caseload whole or not at all, and the one thread that owns it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError, SanctuaryError
from db import migrations, queries
from db.caseload import Caseload, CaseloadThread, NotOpenError, open_caseload
from db.connection import (
    CaseloadError,
    CaseloadExists,
    CaseloadInUse,
    Connection,
    MissingCaseload,
    NotACaseload,
    WrongKey,
    close_connection,
    open_connection,
    quick_checks,
)
from db.models import Case, CaseFile, ConsentRequest, LegalOrder
from db.readmodels import Derived
from tests.db import kit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed caseload with one case."""
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    case = kit.add_case(caseload, reason="asked for help")
    caseload.store.add(
        LegalOrder(case_id=case.id, kind="occupation", made=kit.DAY, expiry=date(2026, 12, 1))
    )
    caseload.close()
    return path


def held(path: Path) -> bool:
    """Whether somebody has the file open."""
    try:
        connection = open_connection(path, kit.KEY)
    except CaseloadInUse:
        return True
    close_connection(connection)
    return False


# --- opening


def test_opening_leaves_the_drivers_room_for_statements_to_what_is_run_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 128 it holds those run once for ever; new ones were then prepared at every use."""
    prepared: set[str] = set()
    execute = Connection.execute

    def seen(self: Connection, *args: Any) -> Any:
        prepared.add(args[0])
        return execute(self, *args)

    monkeypatch.setattr(Connection, "execute", seen)
    caseload = kit.opened(path)
    assert queries.all_of(caseload.connection, LegalOrder)
    caseload.close()
    assert 10 < len(prepared) < 32


def test_opening_brings_schema_and_cards_up_to_date(path: Path) -> None:
    clock = kit.Clock()
    clock.jump(60)
    caseload = kit.opened(path, clock)
    kit.check_sound(caseload, clock.today())
    caseload.close()


def test_opening_twice_changes_nothing_the_second_time(path: Path) -> None:
    clock = kit.Clock()
    kit.opened(path, clock).close()
    before = path.read_bytes()
    kit.opened(path, clock).close()
    assert path.read_bytes() == before


def test_the_day_is_englands_where_none_is_given(path: Path) -> None:
    """At half past eleven at night in UTC an English summer's day has ended."""

    def late() -> datetime:
        return datetime(2027, 6, 30, 23, 30, tzinfo=UTC)

    caseload = open_caseload(path, kit.KEY, derive=kit.DERIVE, who="Coordinator", clock=late)
    assert caseload.store.today() == date(2027, 7, 1)
    kit.check_sound(caseload, date(2027, 7, 1))
    caseload.close()


def broken(file: CaseFile, today: date) -> Derived:
    raise kit.Stopped


def test_a_rule_that_fails_at_opening_leaves_the_file_closed_and_as_it_was(path: Path) -> None:
    clock = kit.Clock()
    clock.jump(60)
    before = path.read_bytes()
    with pytest.raises(kit.Stopped):
        kit.opened(path, clock, derive=broken)
    assert not held(path)
    assert path.read_bytes() == before


def test_a_migration_that_fails_leaves_the_file_closed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(connection: object) -> bool:
        raise CaseloadError("Not today.")

    monkeypatch.setattr("db.caseload.migrate", refuse)
    with pytest.raises(CaseloadError):
        kit.opened(path)
    assert not held(path)


def test_making_one_that_fails_leaves_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the next try would be refused because of an empty one."""

    def fails(db: object) -> None:
        raise kit.Stopped

    monkeypatch.setattr(migrations, "_ALL", (fails,))
    with pytest.raises(kit.Stopped):
        kit.make(tmp_path / "caseload.db")
    assert os.listdir(tmp_path) == []
    monkeypatch.undo()
    kit.make(tmp_path / "caseload.db").close()


def test_a_second_one_is_not_made_over_the_first(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(CaseloadExists):
        kit.make(path)
    assert path.read_bytes() == before


# --- what cannot be opened


def test_a_missing_file_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(MissingCaseload):
        kit.opened(tmp_path / "caseload.db")
    assert os.listdir(tmp_path) == []


def test_an_empty_file_is_said_and_left(tmp_path: Path) -> None:
    path = tmp_path / "caseload.db"
    path.touch()
    with pytest.raises(NotACaseload, match="empty"):
        kit.opened(path)
    assert path.read_bytes() == b""
    assert os.listdir(tmp_path) == ["caseload.db"]


@pytest.mark.parametrize("keep", [1, 16, 100, 4095, 4096, 5000, 8192, 0.25, 0.5, 0.9, 0.999])
def test_a_file_cut_short_is_refused_or_said_to_be_damaged(path: Path, keep: float) -> None:
    """At a page's end the cut may be opened; then the check says so before it is believed."""
    whole = path.read_bytes()
    cut = whole[: keep if isinstance(keep, int) else int(keep * len(whole))]
    path.write_bytes(cut)
    try:
        caseload = kit.opened(path)
    except SanctuaryError as error:
        said = error.sentence
    else:
        said = ""
        assert quick_checks(caseload.connection) != []
        caseload.connection.close()
    if said:
        assert str(path) in said
        assert path.read_bytes() == cut


def test_another_key_opens_nothing(path: Path) -> None:
    before = path.read_bytes()
    with pytest.raises(WrongKey):
        open_caseload(path, bytes(32), derive=kit.DERIVE, who="Coordinator")
    assert path.read_bytes() == before
    assert not held(path)


# --- two programs at once

_HOLDER = """
import sys
from pathlib import Path
from tests.db import kit
caseload = kit.opened(Path(sys.argv[1]))
kit.add_case(caseload, reason="held")
print("held", flush=True)
sys.stdin.readline()
caseload.close()
print("closed", flush=True)
"""


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another program that has the caseload open."""
    root = str(Path(__file__).parents[2])
    program = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "held\n"
    yield program
    program.kill()
    program.communicate()


def test_a_second_program_is_refused_and_loses_nothing(
    path: Path, holder: subprocess.Popen[str]
) -> None:
    for _ in range(2):
        with pytest.raises(CaseloadInUse, match="open in another window"):
            kit.opened(path)
    assert holder.communicate("go on\n", timeout=30)[0] == "closed\n"
    caseload = kit.opened(path)
    assert [case.reason for case in queries.all_of(caseload.connection, Case)] == [
        "asked for help",
        "held",
    ]
    kit.check_sound(caseload, kit.DAY)
    caseload.close()


def test_a_program_that_was_killed_holds_nothing(path: Path, holder: subprocess.Popen[str]) -> None:
    holder.kill()
    holder.wait()
    caseload = kit.opened(path)
    assert kit.rows(caseload, "SELECT count(*) FROM cases") == [(2,)]
    kit.check_sound(caseload, kit.DAY)
    caseload.close()


# --- cards that are read once


def test_cards_are_read_once_and_again_after_a_write(path: Path) -> None:
    caseload = kit.opened(path)
    first = caseload.open_cards()
    assert caseload.open_cards() is first
    assert first == queries.cards(caseload.connection)
    kit.add_case(caseload)
    assert len(caseload.open_cards()) == 2
    caseload.close()


def test_cards_seen_inside_a_batch_taken_back_are_not_kept(path: Path) -> None:
    caseload = kit.opened(path)

    def taken_back() -> None:
        with caseload.store.batch():
            kit.add_case(caseload)
            caseload.store.refresh([2])
            caseload.store._bring_into_step()
            assert len(caseload.open_cards()) == 2
            raise kit.Stopped

    with pytest.raises(kit.Stopped):
        taken_back()
    assert len(caseload.open_cards()) == 1
    caseload.close()


# --- the thread


async def test_the_thread_gives_back_what_is_returned(path: Path) -> None:
    thread = CaseloadThread()
    await thread.open(lambda: kit.opened(path))
    cases = await thread.run(lambda caseload: queries.all_of(caseload.connection, Case))
    assert [case.reason for case in cases] == ["asked for help"]
    await thread.close()
    assert not held(path)


async def test_what_is_raised_in_the_thread_comes_back(path: Path) -> None:
    thread = CaseloadThread()
    with pytest.raises(MissingCaseload):
        await thread.open(lambda: kit.opened(path.with_name("other.db")))
    with pytest.raises(NotOpenError):
        await thread.run(lambda caseload: caseload)
    await thread.open(lambda: kit.opened(path))
    with pytest.raises(BadInputError, match="no longer there"):
        await thread.run(lambda caseload: queries.get(caseload.connection, Case, 99))
    with pytest.raises(ZeroDivisionError):
        await thread.run(lambda caseload: 1 // 0)
    assert await thread.run(lambda caseload: 7) == 7  # and the thread goes on
    await thread.close()


async def test_no_other_thread_may_use_the_connection(path: Path) -> None:
    thread = CaseloadThread()
    await thread.open(lambda: kit.opened(path))
    caseload = await thread.run(lambda caseload: caseload)
    name = await thread.run(lambda caseload: threading.current_thread().name)
    assert name.startswith("caseload")
    with pytest.raises(Exception, match="thread") as refused:
        caseload.connection.execute("SELECT 1")
    assert type(refused.value).__name__ == "ProgrammingError"
    await thread.close()


async def test_work_is_done_in_the_order_it_was_asked_for(path: Path) -> None:
    thread = CaseloadThread()
    await thread.open(lambda: kit.opened(path))
    done: list[int] = []

    def write(number: int) -> Callable[[Caseload], None]:
        return lambda caseload: done.append(number)

    await asyncio.gather(*(thread.run(write(number)) for number in range(50)))
    assert done == list(range(50))
    await thread.close()


async def test_closing_waits_for_what_was_asked_before(path: Path) -> None:
    thread = CaseloadThread()
    await thread.open(lambda: kit.opened(path))

    def add(caseload: Caseload) -> str:
        return kit.add_case(caseload, reason="at the last moment").ref

    pending = [asyncio.ensure_future(thread.run(add)) for _ in range(5)]
    await asyncio.sleep(0)  # so that they are handed over
    await thread.close()
    assert sorted([await one for one in pending]) == [f"S26-{n:04d}" for n in range(2, 7)]
    with pytest.raises(NotOpenError):
        await thread.run(lambda caseload: caseload)
    caseload = kit.opened(path)
    assert kit.rows(caseload, "SELECT count(*) FROM cases") == [(6,)]
    caseload.close()


async def test_a_write_nobody_waits_for_any_more_is_whole_or_not_begun(path: Path) -> None:
    """A screen that was left while it was saving."""
    thread = CaseloadThread()
    await thread.open(lambda: kit.opened(path))
    begun, go_on = threading.Event(), threading.Event()

    def slow(caseload: Caseload) -> None:
        with caseload.store.batch():
            case = kit.add_case(caseload)
            begun.set()
            go_on.wait(30)
            caseload.store.add(ConsentRequest(case_id=case.id))

    first = asyncio.ensure_future(thread.run(slow))
    second = asyncio.ensure_future(thread.run(lambda caseload: kit.add_case(caseload)))
    await asyncio.to_thread(begun.wait, 30)
    first.cancel()
    second.cancel()
    go_on.set()
    for left in (first, second):
        with pytest.raises(asyncio.CancelledError):
            await left
    counted = await thread.run(
        lambda caseload: [
            kit.rows(caseload, f"SELECT count(*) FROM {table}")[0][0]
            for table in ("cases", "consent_requests")
        ]
    )
    assert counted == [2, 1]
    await thread.close()
