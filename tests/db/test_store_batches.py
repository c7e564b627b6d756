"""A write and its log are one: all of it is kept, or nothing."""

from __future__ import annotations

import contextlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError
from db import queries
from db.caseload import Caseload
from db.connection import DiskFull
from db.models import Case, CaseFile, Note, Person
from db.readmodels import Derived
from tests.db import kit


def failing(kept: list[bool]) -> Any:
    """The rules, which fail while ``kept`` holds anything."""

    def derive(file: CaseFile, today: date) -> Derived:
        if kept:
            raise kit.Stopped
        return kit.DERIVE(file, today)

    return derive


def test_an_error_in_the_rules_takes_everything_back(tmp_path: Path) -> None:
    """Also the head of the chain in memory, and the records in the caller's hands."""
    broken: list[bool] = []
    caseload = kit.make(tmp_path / "caseload.db", derive=failing(broken))
    case = kit.add_case(caseload, reason="first")
    person = caseload.store.add(Person(case_id=case.id, surname="Test"))
    before, state = kit.contents(caseload), caseload.store.log.state
    hits = kit.rows(caseload, "SELECT rowid FROM search")
    broken.append(True)
    fresh, added = Case(reason="second"), Person(case_id=case.id, surname="Added")
    for act in (
        lambda: caseload.store.add(fresh),
        lambda: caseload.store.add(added),
        lambda: caseload.store.update(case, reason="changed"),
        lambda: caseload.store.delete(person),
        lambda: caseload.store.undo_last(),
    ):
        with pytest.raises(kit.Stopped):
            act()
        assert kit.contents(caseload) == before
        assert caseload.store.log.state == state
        assert kit.rows(caseload, "SELECT rowid FROM search") == hits
        assert kit.chain(caseload).good
    assert (fresh.id, fresh.ref, fresh.received, added.id) == (0, "", None, 0)
    assert (case.reason, case.version) == ("first", 1)
    broken.clear()
    caseload.store.update(case, reason="changed")  # so the same act, done again, is done
    assert queries.get(caseload.connection, Case, case.id).reason == "changed"
    assert caseload.store.add(fresh).ref == "S26-0002"
    kit.check_sound(caseload, kit.DAY)
    caseload.close()


def test_a_batch_is_all_or_nothing(caseload: Caseload) -> None:
    case = kit.add_case(caseload, reason="first")
    before, state = kit.contents(caseload), caseload.store.log.state

    def three_things() -> None:
        with caseload.store.batch("three things"):
            caseload.store.update(case, reason="second")
            caseload.store.add(Person(case_id=case.id))
            caseload.store.save_draft(case.id, "people", 0, {"surname": "x"})
            caseload.store.remember("last", "x")
            raise kit.Stopped

    with pytest.raises(kit.Stopped):
        three_things()
    assert kit.contents(caseload) == before
    assert caseload.store.log.state == state
    assert queries.drafts(caseload.connection) == []
    assert queries.remembered(caseload.connection, "last") == ""
    assert case.reason == "first"


def test_a_batch_within_a_batch_that_failed_takes_all_of_it_back(caseload: Caseload) -> None:
    """Carrying on after half of something would keep the half."""
    case = kit.add_case(caseload)
    before = kit.contents(caseload)

    def half() -> None:
        with caseload.store.batch():
            caseload.store.add(Person(case_id=case.id))
            raise kit.Stopped

    def carried_on() -> None:
        with caseload.store.batch():
            caseload.store.update(case, pets="a cat")
            with contextlib.suppress(kit.Stopped):
                half()

    with pytest.raises(RuntimeError):
        carried_on()
    assert kit.contents(caseload) == before


def test_a_refusal_before_anything_was_written_spoils_nothing(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    with caseload.store.batch():
        caseload.store.update(case, pets="a cat")
        with pytest.raises(BadInputError), caseload.store.batch():
            caseload.store.update(case, area="x" * 300)
    assert queries.get(caseload.connection, Case, case.id).pets == "a cat"


def test_a_batch_has_one_number_and_each_its_own(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    with caseload.store.batch("both"):
        caseload.store.update(case, pets="a cat")
        caseload.store.add(Person(case_id=case.id))
    caseload.store.update(case, pets="a dog")
    numbers = [row.batch for row in kit.logged(caseload)]
    assert numbers[1] == numbers[2] != numbers[3]
    assert [row.why for row in kit.logged(caseload)[1:3]] == ["both", "both"]


def test_a_failed_draft_does_not_hold_up_what_follows(caseload: Caseload, tmp_path: Path) -> None:
    """A write that fails outside a batch must leave no transaction open behind it."""
    case = kit.add_case(caseload)
    caseload.connection.execute("PRAGMA max_page_count = 1").fetchall()
    with pytest.raises(DiskFull):
        caseload.store.save_draft(case.id, "notes", 0, {"body": "x" * 2_000_000})
    with pytest.raises(DiskFull):
        caseload.store.remember("long", "x" * 2_000_000)
    with pytest.raises(DiskFull):
        caseload.store.add(Note(case_id=case.id, body="x" * 19_000))
    assert not caseload.connection.in_transaction
    caseload.connection.execute("PRAGMA max_page_count = 4294967294").fetchall()
    caseload.store.update(case, pets="a cat")
    assert queries.get(caseload.connection, Case, case.id).pets == "a cat"


def test_reading_is_logged_and_changes_nothing(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    before = kit.contents(caseload)
    caseload.store.note("consultation", "cases", case.id, case.id, "case\x1b[2J read")
    row = kit.logged(caseload)[-1]
    assert (row.action, row.batch, row.case_id, row.why) == (
        "consultation",
        0,
        case.id,
        "case[2J read",  # what is typed as a reason is cleaned as any text
    )
    assert kit.contents(caseload) == before
