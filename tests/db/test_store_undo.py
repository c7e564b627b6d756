"""Undo brings back what was there, once each; a number is given once."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest

from config.errors import RefusedError
from db import queries
from db.caseload import Caseload
from db.changes import unpacked
from db.models import (
    CASE_TABLES,
    RECORDS,
    Case,
    ContactPoint,
    Disclosure,
    MaracListing,
    Measure,
    Note,
    Organisation,
    Person,
    Property,
    specs,
)
from tests.db import kit

STANDING = {kind.table: kind for kind in RECORDS if kind.stands}
"""What the law asks for a record of, which no undo takes away; nor what was sent out."""


def acts(caseload: Caseload) -> list[tuple[str, Any]]:
    """One of each kind of change, on a case that has one of most things."""
    store = caseload.store
    links = kit.parents(caseload, besides=("disclosures", *STANDING))
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
    row = kit.logged(caseload)[-1]
    assert (row.action, row.why) == ("alteration", "undone: moved to Triage")
    assert (unpacked(row.before), unpacked(row.after)) == (
        {"stage": "triage"},
        {"stage": "referral"},
    )
    assert row.undoes == kit.logged(caseload)[-2].batch


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


def test_a_record_the_law_asks_for_stands_and_says_how_it_is_put_right(caseload: Caseload) -> None:
    """UK GDPR Articles 15 and 33(5), domain 8: a request, a breach, a hold and a review."""
    assert set(STANDING) == {
        "breach_steps",
        "breaches",
        "legal_holds",
        "retention_reviews",
        "subject_requests",
    }
    links = kit.parents(caseload)
    for kind in STANDING.values():
        pointers = {name: links[spec.to] for name, spec in specs(kind).items() if spec.to}
        case_id = links["case"] if kind.table in CASE_TABLES else 0
        caseload.store.add(kind(case_id=case_id, **pointers))
        before = kit.contents(caseload)
        with pytest.raises(RefusedError, match=rf"{kind.title.lower()}, stays on record.*mistake"):
            caseload.store.undo_last()
        assert kit.contents(caseload) == before


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
    assert [row.why for row in kit.logged(caseload)] == ["", ""]


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
    with contextlib.suppress(kit.Stopped), caseload.store.batch():
        caseload.store.delete(caseload.store.add(Person(case_id=case.id)))
        raise kit.Stopped
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
