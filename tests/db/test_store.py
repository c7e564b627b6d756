"""The one door for writes: records are added, changed and deleted, and logged with what differs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import BadInputError, RefusedError
from db import queries
from db.caseload import Caseload
from db.changes import unpacked
from db.models import (
    CASE_TABLES,
    RECORDS,
    Case,
    Closure,
    ContactPoint,
    Disclosure,
    Disposal,
    Incident,
    LegalHold,
    MaracAction,
    Note,
    Organisation,
    Person,
    Property,
    Record,
    Reminder,
    RetentionReview,
    column_names,
    specs,
)
from tests.db import kit

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
    if isinstance(record, Case):
        record.ref, record.status, record.stage = "", "open", "referral"
    if isinstance(record, Reminder):
        record.rule = ""  # else it would go: no rule asks for it
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
    row = kit.logged(caseload)[-1]
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
    assert kit.logged(caseload) == []


def test_a_record_of_a_case_that_is_not_there_is_refused_in_a_sentence(caseload: Caseload) -> None:
    with pytest.raises(RefusedError) as refused:
        caseload.store.add(Person(case_id=77))
    assert "FOREIGN" not in refused.value.sentence
    assert kit.logged(caseload) == []


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
    before = len(kit.logged(caseload))
    caseload.store.update(case, reason="second", pets="a cat", urgency="standard")
    row = kit.logged(caseload)[-1]
    assert len(kit.logged(caseload)) == before + 1
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


@pytest.mark.parametrize("kind", [Note, Case, Disclosure, LegalHold, RetentionReview, Disposal])
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


# --- whose records they are


@pytest.mark.parametrize("kind", [Incident, Closure, MaracAction], ids=lambda kind: kind.table)
def test_what_is_kept_belongs_to_its_case(caseload: Caseload, kind: type[Record]) -> None:
    one, two = kit.add_case(caseload), kit.add_case(caseload)
    kept = caseload.store.add(kind(case_id=two.id))
    assert getattr(kit.file_of(caseload, one.id), kind.table) == []
    assert getattr(kit.file_of(caseload, two.id), kind.table) == [kept]
    assert [row.case_id for row in kit.logged(caseload, case_id=two.id)] == [two.id] * 2


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
        said = unpacked(kit.logged(shelf)[-1].after)
        assert values.keys() <= said.keys()
        assert said.keys() <= set(column_names(kind))
