"""The one door for writes: all or nothing, logged with what differs, undone as it was done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import BadInputError, RefusedError
from db import queries
from db.caseload import Caseload
from db.changes import unpacked
from db.connection import DiskFull
from db.models import (
    CASE_TABLES,
    RECORDS,
    Case,
    CaseFile,
    Closure,
    ConsentRequest,
    ContactPoint,
    Disclosure,
    Incident,
    LegalOrder,
    MaracAction,
    MaracListing,
    Measure,
    Note,
    Organisation,
    Person,
    Property,
    Record,
    Reminder,
    column_names,
    specs,
)
from db.readmodels import Derived
from tests.db import kit


@pytest.fixture
def clock() -> kit.Clock:
    return kit.Clock()


@pytest.fixture
def caseload(tmp_path: Path, clock: kit.Clock) -> Iterator[Caseload]:
    """A new caseload that is in order when the test is over."""
    made = kit.make(tmp_path / "caseload.db", clock)
    yield made
    kit.check_sound(made, clock.today())
    made.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """One caseload for many examples."""
    made = kit.make(tmp_path_factory.mktemp("shelf") / "caseload.db")
    yield made
    made.close()


@pytest.fixture(scope="module")
def links(shelf: Caseload) -> dict[str, int]:
    """On the shelf: a row of every table that records point at."""
    return parents(shelf)


def logged(caseload: Caseload, *, case_id: int | None = None) -> list[queries.LoggedChange]:
    """The change log, oldest first."""
    found = (
        queries.recent_changes(caseload.connection)
        if case_id is None
        else queries.changes_of(caseload.connection, case_id)
    )
    return list(reversed(found))


def parents(caseload: Caseload) -> dict[str, int]:
    """A row of every table that others point at; ``case`` is their case."""
    store = caseload.store
    case = kit.add_case(caseload)
    found = {"case": case.id}
    made: tuple[Record, ...] = (
        Organisation(name="Fairholm HA"),
        Person(case_id=case.id),
        LegalOrder(case_id=case.id),
        ConsentRequest(case_id=case.id),
        MaracListing(case_id=case.id, meeting=kit.DAY),
        Note(case_id=case.id, body="A note."),
    )
    for record in made:
        found[record.table] = store.add(record).id
    for kind in RECORDS:
        for spec in specs(kind).values():
            if spec.to and spec.to not in found:
                target = next(one for one in RECORDS if one.table == spec.to)
                found[spec.to] = store.add(target(case_id=case.id)).id
    return found


# --- adding


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_record_comes_back_as_it_was_kept(
    shelf: Caseload, links: dict[str, int], kind: type[Record], data: st.DataObject
) -> None:
    record = kind(**data.draw(kit.filled(kind, links)))
    if kind.table in CASE_TABLES:
        record.case_id = kit.add_case(shelf).id
    if kind is Case:
        record.ref = ""  # type: ignore[attr-defined]
        record.status, record.stage = "open", "referral"  # type: ignore[attr-defined]
    if kind is Reminder:
        record.rule = ""  # type: ignore[attr-defined]  # else it would go: no rule asks for it
    kept = shelf.store.add(record)
    assert kept is record
    assert record.id > 0
    assert queries.get(shelf.connection, kind, record.id) == record
    if kind.table in CASE_TABLES:
        assert getattr(kit.file_of(shelf, record.case_id), kind.table)[-1] == record


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_a_blank_record_comes_back_blank(shelf: Caseload, kind: type[Record]) -> None:
    record = kind()
    if kind.table in CASE_TABLES:
        record.case_id = kit.add_case(shelf).id
    shelf.store.add(record)
    assert queries.get(shelf.connection, kind, record.id) == record


def test_a_case_is_given_its_reference_moment_and_stage(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    assert case.ref == "S26-0001"
    assert case.received == datetime(2026, 11, 26, 9, 0, 1, tzinfo=UTC)
    assert case.stage_entered == date(2026, 11, 26)
    assert [kit.add_case(caseload).ref for _ in range(2)] == ["S26-0002", "S26-0003"]


def test_a_case_enters_its_stage_on_englands_day(caseload: Caseload, clock: kit.Clock) -> None:
    """At half past eleven at night in UTC it is tomorrow in an English summer."""
    clock.moment = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    assert kit.add_case(caseload).stage_entered == date(2027, 7, 1)


def test_references_count_on_by_year_past_9999(caseload: Caseload) -> None:
    kit.add_case(caseload, ref="S26-0999")
    assert kit.add_case(caseload).ref == "S26-1000"
    kit.add_case(caseload, ref="S26-9999")
    assert kit.add_case(caseload).ref == "S26-10000"
    assert kit.add_case(caseload).ref == "S26-10001"
    late = kit.add_case(caseload, received=datetime(2025, 3, 1, 9, tzinfo=UTC))
    assert late.ref == "S25-0001"


def test_what_is_added_is_logged_without_its_blanks(caseload: Caseload) -> None:
    case = kit.add_case(caseload, reason="asked for help")
    person = Person(case_id=case.id, role="child", first_name="Test", dob=date(2019, 5, 1))
    caseload.store.add(person, why="told by the school")
    row = logged(caseload)[-1]
    assert (row.action, row.entity, row.entity_id) == ("collection", "people", person.id)
    assert (row.case_id, row.who, row.why) == (case.id, "Coordinator", "told by the school")
    assert row.before == ""
    said = unpacked(row.after)
    assert said["first_name"] == "Test"
    assert said["dob"] == "2019-05-01"
    assert "surname" not in said


def test_a_text_too_long_is_refused_and_nothing_is_written(caseload: Caseload) -> None:
    with pytest.raises(BadInputError):
        kit.add_case(caseload, contact_rule="x" * 401)
    assert kit.rows(caseload, "SELECT count(*) FROM cases") == [(0,)]
    assert logged(caseload) == []


def test_a_record_of_a_case_that_is_not_there_is_refused_in_a_sentence(caseload: Caseload) -> None:
    with pytest.raises(RefusedError) as refused:
        caseload.store.add(Person(case_id=77))
    assert "FOREIGN" not in refused.value.sentence
    assert logged(caseload) == []


def test_own_reminders_need_no_name_of_their_own(caseload: Caseload) -> None:
    """Two made in one moment, or without a key, are two."""
    case = kit.add_case(caseload)
    made = [
        caseload.store.add(Reminder(case_id=case.id, title_text="ring", due=kit.DAY))
        for _ in range(3)
    ]
    assert len({one.key for one in made}) == 3
    assert all(one.key.startswith("own:") for one in made)


# --- changing


def test_only_what_differs_is_written_and_logged(caseload: Caseload) -> None:
    case = kit.add_case(caseload, reason="first", pets="a cat")
    before = len(logged(caseload))
    caseload.store.update(case, reason="second", pets="a cat", urgency="standard")
    row = logged(caseload)[-1]
    assert len(logged(caseload)) == before + 1
    assert (unpacked(row.before), unpacked(row.after)) == (
        {"reason": "first"},
        {"reason": "second"},
    )
    assert queries.get(caseload.connection, Case, case.id) == case
    assert case.version == 2


def test_a_change_that_changes_nothing_leaves_no_trace(caseload: Caseload) -> None:
    case = kit.add_case(caseload, reason="first", received=datetime(2026, 11, 1, 9, tzinfo=UTC))
    before, state = kit.contents(caseload), caseload.store.log.state
    caseload.store.update(case, reason="first")
    caseload.store.update(case, reason="fi\x07rst")  # the same once it is clean
    caseload.store.update(case, received=datetime(2026, 11, 1, 9, 0, 0, 9, tzinfo=UTC))
    assert kit.contents(caseload) == before
    assert caseload.store.log.state == state
    assert case.version == 1


def test_each_change_counts_the_version_on_by_one(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    for number in range(2, 6):
        caseload.store.update(case, pets=f"{number} cats")
        assert case.version == number
        assert queries.get(caseload.connection, Case, case.id).version == number


def test_a_record_read_before_another_change_is_not_written_over_it(caseload: Caseload) -> None:
    """Two forms of one record open at once: the second would bring back what the first took out."""
    case = kit.add_case(caseload, pets="a cat")
    one = queries.get(caseload.connection, Case, case.id)
    two = queries.get(caseload.connection, Case, case.id)
    caseload.store.update(one, pets="a dog")
    with pytest.raises(RefusedError) as refused:
        caseload.store.update(two, pets="a cat", area="North")
    assert "changed" in refused.value.sentence
    assert queries.get(caseload.connection, Case, case.id).pets == "a dog"
    with pytest.raises(RefusedError):
        caseload.store.delete(replace(two))


def test_a_record_that_is_gone_is_neither_changed_nor_deleted(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    person = caseload.store.add(Person(case_id=case.id, surname="Test"))
    stale = replace(person)
    caseload.store.delete(person)
    state = caseload.store.log.state
    for act in (
        lambda: caseload.store.update(stale, surname="Zzghost"),
        lambda: caseload.store.delete(stale),
    ):
        with pytest.raises((BadInputError, RefusedError)):
            act()
    assert caseload.store.log.state == state
    assert kit.rows(caseload, "SELECT count(*) FROM search WHERE search MATCH 'zzghost'") == [(0,)]


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_every_field_can_be_changed(
    shelf: Caseload, links: dict[str, int], kind: type[Record], data: st.DataObject
) -> None:
    """Each under its own name, also those that are called ``at`` and ``by``."""
    record = kind(case_id=kit.add_case(shelf).id if kind.table in CASE_TABLES else 0)
    shelf.store.add(record)
    changes = data.draw(kit.filled(kind, links))
    for name in ("ref", "rule", "key"):
        changes.pop(name, None)
    shelf.store.update(record, **changes)
    kept = queries.get(shelf.connection, kind, record.id)
    assert {name: getattr(kept, name) for name in changes} == changes
    assert kept == record


def test_an_unknown_field_is_a_fault_of_the_program(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    with pytest.raises(KeyError):
        caseload.store.update(case, wibble=1)


# --- deleting


@pytest.mark.parametrize("kind", [Note, Case, Disclosure])
def test_what_must_stay_is_not_deleted(caseload: Caseload, kind: type[Record]) -> None:
    case = kit.add_case(caseload)
    record = case if kind is Case else caseload.store.add(kind(case_id=case.id))
    before = kit.contents(caseload)
    with pytest.raises(RefusedError):
        caseload.store.delete(record)
    assert kit.contents(caseload) == before


def test_what_others_point_at_is_not_deleted_and_they_are_named(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    person = caseload.store.add(Person(case_id=case.id, surname="Test"))
    caseload.store.add(ContactPoint(case_id=case.id, person_id=person.id))
    agent = caseload.store.add(Organisation(name="Thorne Lets", kind="agent"))
    caseload.store.add(Property(case_id=case.id, agent_id=agent.id))
    before = kit.contents(caseload)
    with pytest.raises(RefusedError, match="way to reach"):
        caseload.store.delete(person)
    with pytest.raises(RefusedError, match="home"):
        caseload.store.delete(agent)
    assert kit.contents(caseload) == before


def test_a_deleted_record_takes_its_draft_with_it(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    person = caseload.store.add(Person(case_id=case.id, surname="Test"))
    other = caseload.store.add(Person(case_id=case.id, surname="Other"))
    caseload.store.save_draft(case.id, "people", person.id, {"surname": "Half"})
    caseload.store.save_draft(case.id, "people", other.id, {"surname": "Kept"})
    caseload.store.save_draft(case.id, "measures", person.id, {"name": "Kept"})
    caseload.store.delete(person)
    assert {(note.form, note.record_id) for note in queries.drafts(caseload.connection)} == {
        ("people", other.id),
        ("measures", person.id),
    }


# --- a write and its log are one


class Stopped(Exception):
    """What a rule that fails raises."""


def failing(kept: list[bool]) -> Any:
    """The rules, which fail while ``kept`` holds anything."""

    def derive(file: CaseFile, today: date) -> Derived:
        if kept:
            raise Stopped
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
        with pytest.raises(Stopped):
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
            raise Stopped

    with pytest.raises(Stopped):
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
            raise Stopped

    def carried_on() -> None:
        with caseload.store.batch():
            caseload.store.update(case, pets="a cat")
            with contextlib.suppress(Stopped):
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
    numbers = [row.batch for row in logged(caseload)]
    assert numbers[1] == numbers[2] != numbers[3]
    assert [row.why for row in logged(caseload)[1:3]] == ["both", "both"]


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
    row = logged(caseload)[-1]
    assert (row.action, row.batch, row.case_id, row.why) == (
        "consultation",
        0,
        case.id,
        "case[2J read",  # what is typed as a reason is cleaned as any text
    )
    assert kit.contents(caseload) == before


# --- undoing


def acts(caseload: Caseload) -> list[tuple[str, Any]]:
    """One of each kind of change, on a case that has one of most things."""
    store = caseload.store
    links = parents(caseload)
    case_id = links["case"]
    case = queries.get(caseload.connection, Case, case_id)
    measure, other = (
        store.add(Measure(case_id=case_id, name="London bar", state="approved")) for _ in range(2)
    )
    visit_note = Note(case_id=case_id, body="Rang, no answer.")

    def several() -> None:
        with store.batch("several things"):
            store.update(case, stage="triage", pets="two cats", next_due=kit.DAY)
            person = store.add(Person(case_id=case_id, surname="Newly"))
            store.update(person, first_name="Told")
            store.add(ContactPoint(case_id=case_id, person_id=person.id, value="01632 960001"))
            store.delete(other)

    def whole_case() -> None:
        with store.batch("referral taken"):
            made = kit.add_case(caseload, reason="another")
            survivor = store.add(Person(case_id=made.id, surname="Other"))
            store.add(ContactPoint(case_id=made.id, person_id=survivor.id, safe="yes"))

    return [
        ("add", lambda: store.add(visit_note)),
        ("add an organisation", lambda: store.add(Organisation(name="Thorne Lets"))),
        ("update", lambda: store.update(case, reason="changed", choice_date=kit.DAY)),
        ("clear", lambda: store.update(case, reason="", choice_date=None)),
        ("delete", lambda: store.delete(measure)),
        ("several", several),
        ("case", whole_case),
    ]


ACTS = ("add", "add an organisation", "update", "clear", "delete", "several", "case")


@pytest.mark.parametrize("name", ACTS)
def test_undo_brings_back_what_was_there(caseload: Caseload, name: str) -> None:
    act = dict(acts(caseload))
    if name == "clear":
        act["update"]()
    before, hits = kit.contents(caseload), kit.rows(caseload, "SELECT * FROM search ORDER BY rowid")
    act[name]()
    assert kit.contents(caseload) != before
    said = caseload.store.undo_last()
    assert said
    assert kit.contents(caseload) == before
    assert kit.rows(caseload, "SELECT * FROM search ORDER BY rowid") == hits


def test_undoing_twice_goes_back_twice(caseload: Caseload) -> None:
    case = kit.add_case(caseload, pets="one")
    states = [kit.contents(caseload)]
    for pets in ("two", "three", "four"):
        caseload.store.update(case, pets=pets)
        states.append(kit.contents(caseload))
    for expected in reversed(states[:-1]):
        caseload.store.undo_last()
        assert kit.contents(caseload) == expected


def test_undo_after_a_change_after_an_undo(caseload: Caseload) -> None:
    """One, two, undone, three: then three, then one are undone, and two is not met again."""
    case = kit.add_case(caseload, pets="none")
    caseload.store.update(case, pets="one")
    caseload.store.update(case, pets="two")
    caseload.store.undo_last()
    case = queries.get(caseload.connection, Case, case.id)
    assert case.pets == "one"
    caseload.store.update(case, pets="three")
    seen = []
    for _ in range(2):
        caseload.store.undo_last()
        seen.append(queries.get(caseload.connection, Case, case.id).pets)
    assert seen == ["one", "none"]


def test_everything_can_be_undone_back_to_an_empty_caseload(caseload: Caseload) -> None:
    empty = kit.contents(caseload)
    for _, act in acts(caseload):
        act()
    undone = 0
    while queries.last_undoable(caseload.connection):
        caseload.store.undo_last()
        undone += 1
    assert undone > len(ACTS)
    with pytest.raises(RefusedError, match="nothing to undo"):
        caseload.store.undo_last()
    assert kit.contents(caseload) == empty
    assert kit.rows(caseload, "SELECT count(*) FROM search") == [(0,)]
    assert kit.rows(caseload, "SELECT count(*) FROM reminders") == [(0,)]
    assert kit.rows(caseload, "SELECT count(*) FROM case_cards") == [(0,)]


def test_there_is_nothing_to_undo_in_an_empty_caseload(caseload: Caseload) -> None:
    with pytest.raises(RefusedError, match="nothing to undo"):
        caseload.store.undo_last()
    caseload.store.note("consultation", "cases", 1, 1, "case read")
    with pytest.raises(RefusedError, match="nothing to undo"):
        caseload.store.undo_last()


def test_an_undo_is_logged_as_what_it_does_and_says_what_it_undid(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.update(case, why="moved to Triage", stage="triage")
    assert caseload.store.undo_last() == "moved to Triage"
    row = logged(caseload)[-1]
    assert (row.action, row.why) == ("alteration", "undone: moved to Triage")
    assert (unpacked(row.before), unpacked(row.after)) == (
        {"stage": "triage"},
        {"stage": "referral"},
    )
    assert row.undoes == logged(caseload)[-2].batch


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("add", "note added"),
        ("update", "referral: reason for referral, choice recorded on"),
        ("delete", "measure deleted"),
        ("several", "several things"),
        ("case", "referral taken"),
    ],
)
def test_what_was_undone_is_said_in_words(caseload: Caseload, name: str, said: str) -> None:
    dict(acts(caseload))[name]()
    assert caseload.store.undo_last() == said


def test_a_bulk_load_is_not_undone_and_what_came_before_it_is(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.update(case, pets="a cat")
    with caseload.store.bulk():
        for _ in range(3):
            kit.add_case(caseload)
    caseload.store.undo_last()
    assert queries.get(caseload.connection, Case, case.id).pets == ""
    assert kit.rows(caseload, "SELECT count(*) FROM cases") == [(4,)]


def test_what_a_bulk_load_changed_since_is_not_undone(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.update(case, pets="a cat")
    with caseload.store.bulk():
        caseload.store.update(case, pets="a dog")
    before = kit.contents(caseload)
    with pytest.raises(RefusedError, match="since"):
        caseload.store.undo_last()
    assert kit.contents(caseload) == before


def test_what_others_point_at_since_is_not_undone(caseload: Caseload) -> None:
    """An organisation added by hand, then used by a bulk load."""
    case = kit.add_case(caseload)
    agent = caseload.store.add(Organisation(name="Thorne Lets"))
    with caseload.store.bulk():
        caseload.store.add(Property(case_id=case.id, agent_id=agent.id))
    before = kit.contents(caseload)
    with pytest.raises(RefusedError) as refused:
        caseload.store.undo_last()
    assert "FOREIGN" not in refused.value.sentence
    assert kit.contents(caseload) == before


def test_what_was_sent_out_is_not_undone(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    listing = caseload.store.add(MaracListing(case_id=case.id, meeting=kit.DAY))
    with caseload.store.batch("MARAC list sent"):
        caseload.store.update(listing, state="sent")
        caseload.store.add(Disclosure(what="MARAC list", recipient="marac"))
    before = kit.contents(caseload)
    for _ in range(2):
        with pytest.raises(RefusedError, match="sent something out"):
            caseload.store.undo_last()
    assert kit.contents(caseload) == before
    caseload.store.update(case, pets="a cat")
    caseload.store.undo_last()  # what came after the sending can be
    assert kit.contents(caseload) == before


def test_what_has_been_disposed_of_is_not_undone(caseload: Caseload) -> None:
    """The log no longer holds what stood there before; an undo would write blanks."""
    case = kit.add_case(caseload, pets="a cat")
    caseload.store.update(case, pets="a dog")
    caseload.connection.execute(
        "UPDATE changes SET salt = NULL, before = NULL, after = NULL, why = NULL"
    ).fetchall()
    caseload.connection.commit()
    before = kit.contents(caseload)
    with pytest.raises(RefusedError, match="disposed"):
        caseload.store.undo_last()
    assert kit.contents(caseload) == before
    assert [row.why for row in logged(caseload)] == ["", ""]


def test_an_undone_record_comes_back_under_its_own_number(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    person = caseload.store.add(Person(case_id=case.id, surname="Test"))
    caseload.store.update(person, first_name="Once")
    caseload.store.delete(person)
    caseload.store.undo_last()
    back = queries.get(caseload.connection, Person, person.id)
    assert (back.first_name, back.surname, back.case_id) == ("Once", "Test", case.id)
    assert back.version > person.version


# --- a number is given once


def test_a_case_undone_leaves_its_number_and_reference_unused(caseload: Caseload) -> None:
    """Its log stays, and a later case under the same number would be read into that history."""
    first = kit.add_case(caseload, reason="Zzfirst")
    caseload.store.save_draft(first.id, "notes", 0, {"body": "half a note"})
    caseload.store.note("consultation", "cases", first.id, first.id, "case read")
    caseload.store.undo_last()
    second = kit.add_case(caseload, reason="second")
    assert second.id != first.id
    assert second.ref != first.ref
    story = queries.changes_of(caseload.connection, second.id)
    assert [unpacked(row.after)["reason"] for row in story] == ["second"]
    assert queries.draft(caseload.connection, second.id, "notes", 0) is None


def test_a_record_deleted_leaves_its_number_unused_after_a_restart_too(
    tmp_path: Path, clock: kit.Clock
) -> None:
    path = tmp_path / "caseload.db"
    caseload = kit.make(path, clock)
    case = kit.add_case(caseload)
    used = set()
    for _ in range(3):
        person = caseload.store.add(Person(case_id=case.id))
        assert person.id not in used
        used.add(person.id)
        caseload.store.delete(person)
        caseload.close()
        caseload = kit.opened(path, clock)
    with contextlib.suppress(Stopped), caseload.store.batch():
        caseload.store.delete(caseload.store.add(Person(case_id=case.id)))
        raise Stopped
    assert caseload.store.add(Person(case_id=case.id)).id not in used
    kit.check_sound(caseload, clock.today())
    caseload.close()


def test_deleting_and_undoing_and_adding_again_keep_apart(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    one = caseload.store.add(Person(case_id=case.id, surname="One"))
    caseload.store.delete(one)
    with caseload.store.bulk():
        two = caseload.store.add(Person(case_id=case.id, surname="Two"))
    caseload.store.undo_last()
    assert {person.surname for person in kit.file_of(caseload, case.id).people} == {"One", "Two"}
    assert queries.get(caseload.connection, Person, two.id).surname == "Two"


# --- reminders that the rules make


def standing(caseload: Caseload, case_id: int, rule: str) -> Reminder:
    """The one reminder of a rule."""
    (found,) = [one for one in kit.file_of(caseload, case_id).reminders if one.rule == rule]
    return found


@pytest.mark.parametrize("state", ["done", "dismissed"])
def test_what_was_settled_stays_settled(caseload: Caseload, clock: kit.Clock, state: str) -> None:
    case = kit.add_case(caseload)
    reminder = standing(caseload, case.id, "acknowledge")
    caseload.store.update(reminder, state=state)
    for _ in range(3):
        clock.jump(5)
        caseload.store.update(case, pets=f"{clock.today()}")
        caseload.store.refresh([case.id])
        assert standing(caseload, case.id, "acknowledge").state == state


def test_what_was_put_off_stays_put_off(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    until = date(2026, 12, 4)
    caseload.store.update(
        standing(caseload, case.id, "acknowledge"), state="snoozed", snoozed_to=until
    )
    caseload.store.update(case, pets="a cat")
    reminder = standing(caseload, case.id, "acknowledge")
    assert (reminder.state, reminder.snoozed_to) == ("snoozed", until)


@pytest.mark.parametrize("state", ["open", "snoozed"])
def test_what_no_longer_stands_goes_and_comes_back_once(caseload: Caseload, state: str) -> None:
    case = kit.add_case(caseload)
    if state == "snoozed":
        caseload.store.update(
            standing(caseload, case.id, "acknowledge"), state="snoozed", snoozed_to=kit.DAY
        )
    caseload.store.update(case, acknowledged=kit.DAY)
    assert standing(caseload, case.id, "acknowledge").state == "gone"
    caseload.store.update(case, acknowledged=None)
    assert standing(caseload, case.id, "acknowledge").state == "open"


def test_a_settled_one_that_would_come_back_does_not(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.update(standing(caseload, case.id, "acknowledge"), state="done")
    caseload.store.update(case, acknowledged=kit.DAY)
    caseload.store.update(case, acknowledged=None)
    assert standing(caseload, case.id, "acknowledge").state == "done"


def test_a_moved_date_moves_the_one_reminder(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    plan = caseload.store.add(
        ConsentRequest(case_id=case.id, state="survivor_ok_to_contact", survivor_ok="yes")
    )
    first = standing(caseload, case.id, "consent_send")
    caseload.store.update(plan, survivor_ok_on=date(2026, 12, 1))
    second = standing(caseload, case.id, "consent_send")
    assert second.id == first.id
    assert second.due == date(2026, 12, 2) != first.due


def test_a_coordinators_own_reminder_is_left_alone(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    own = caseload.store.add(Reminder(case_id=case.id, title_text="ring the school", due=kit.DAY))
    caseload.store.update(case, pets="a cat")
    assert queries.get(caseload.connection, Reminder, own.id) == own


def test_a_rules_reminder_is_no_record_to_search_for(caseload: Caseload) -> None:
    """Its words are the program's; done, undone or reworded, the index never has them."""
    case = kit.add_case(caseload)
    caseload.store.update(standing(caseload, case.id, "acknowledge"), state="done")
    caseload.store.undo_last()
    assert kit.rows(caseload, "SELECT entity FROM search WHERE entity = 'reminders'") == []


# --- the day


def test_each_new_day_works_out_what_no_longer_holds(caseload: Caseload, clock: kit.Clock) -> None:
    case = kit.add_case(caseload)
    caseload.store.add(
        LegalOrder(case_id=case.id, kind="occupation", made=kit.DAY, expiry=date(2026, 12, 10))
    )
    clock.jump(1)
    caseload.store.refresh_stale(clock.today())
    for _ in range(30):
        clock.jump(1)
        caseload.store.refresh_stale(clock.today())
        kit.check_case(kit.file_of(caseload, case.id), caseload, clock.today())


def test_a_clock_put_right_again_works_everything_out_again(
    caseload: Caseload, clock: kit.Clock
) -> None:
    """A computer whose date was wrong, or a look at another day, leaves no cards of that day."""
    case = kit.add_case(caseload)
    caseload.store.add(
        ConsentRequest(case_id=case.id, state="sent", sent_on=kit.DAY, survivor_ok="yes")
    )
    clock.jump(60)
    caseload.store.refresh_stale(clock.today())
    assert queries.card(caseload.connection, case.id).consent == "silent"
    clock.jump(-60)
    assert caseload.store.refresh_stale(clock.today()) == 1
    assert queries.card(caseload.connection, case.id).consent == "sent"
    assert caseload.store.refresh_stale(clock.today()) == 0


# --- drafts and remembered values


def test_a_draft_is_seen_in_its_own_case_form_and_record_only(caseload: Caseload) -> None:
    one, two = kit.add_case(caseload), kit.add_case(caseload)
    caseload.store.save_draft(one.id, "notes", 0, {"body": "for one"})
    caseload.store.save_draft(one.id, "people", 3, {"surname": "for three"})
    found = {
        (case, form, record): queries.draft(caseload.connection, case, form, record)
        for case in (0, one.id, two.id)
        for form in ("notes", "people")
        for record in (0, 3)
    }
    assert {key: value for key, value in found.items() if value} == {
        (one.id, "notes", 0): {"body": "for one"},
        (one.id, "people", 3): {"surname": "for three"},
    }


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["notes", "people"]),
            st.integers(0, 1),
            st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=9), max_size=2),
        ),
        max_size=25,
    )
)
def test_drafts_are_a_table_of_what_was_saved_last(
    shelf: Caseload, told: list[tuple[int, str, int, dict[str, str] | None]]
) -> None:
    shelf.connection.execute("DELETE FROM drafts").fetchall()
    shelf.connection.commit()
    expected: dict[tuple[int, str, int], dict[str, str]] = {}
    for case, form, record, content in told:
        if content is None:
            shelf.store.discard_draft(case, form, record)
            expected.pop((case, form, record), None)
        else:
            shelf.store.save_draft(case, form, record, content)
            expected[(case, form, record)] = content
        assert not shelf.connection.in_transaction
    found = {
        (one.case_id, one.form, one.record_id): queries.draft(
            shelf.connection, one.case_id, one.form, one.record_id
        )
        for one in queries.drafts(shelf.connection)
    }
    assert found == expected


def test_a_remembered_value_is_the_last_one(caseload: Caseload) -> None:
    assert queries.remembered(caseload.connection, "theme", "none") == "none"
    caseload.store.remember("theme", "dark")
    caseload.store.remember("theme", "light")
    assert queries.remembered(caseload.connection, "theme") == "light"


# --- whose records they are


@pytest.mark.parametrize("kind", [Incident, Closure, MaracAction], ids=lambda kind: kind.table)
def test_what_is_kept_belongs_to_its_case(caseload: Caseload, kind: type[Record]) -> None:
    one, two = kit.add_case(caseload), kit.add_case(caseload)
    kept = caseload.store.add(kind(case_id=two.id))
    assert getattr(kit.file_of(caseload, one.id), kind.table) == []
    assert getattr(kit.file_of(caseload, two.id), kind.table) == [kept]
    assert [row.case_id for row in logged(caseload, case_id=two.id)] == [two.id] * 2


def test_every_column_of_a_record_is_in_its_log_when_it_is_filled(
    shelf: Caseload, links: dict[str, int]
) -> None:
    """Undo brings back what the log holds, so nothing filled may be left out of it."""
    for kind in RECORDS:
        values: dict[str, Any] = {
            name: {
                "date": kit.DAY,
                "datetime": datetime(2026, 1, 1, tzinfo=UTC),
                "int": 3,
                "money": 3,
                "link": links.get(spec.to),
                "code": "",
                "codes": "",
            }.get(spec.kind, "said")
            for name, spec in specs(kind).items()
            if spec.kind not in ("code", "codes")
        }
        record = kind(**values)
        record.case_id = links["case"] if kind.table in CASE_TABLES else 0
        shelf.store.add(record)
        said = unpacked(logged(shelf)[-1].after)
        assert values.keys() <= said.keys()
        assert said.keys() <= set(column_names(kind))
