"""What is held of somebody outside their own cases: every table, unfinished forms, the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from db import mentions
from db.caseload import Caseload
from db.looking import Look, LookEndedError
from db.models import (
    RECORDS,
    Breach,
    BreachStep,
    Case,
    Contact,
    ContactPoint,
    LegalHold,
    Note,
    Organisation,
    Person,
    Property,
    Support,
    specs,
)
from sanctuary_tui.subject import deciding
from sanctuary_tui.subject.deciding import Choice
from tests.sanctuary_tui.conftest import caseload
from tests.sealed import canary
from tests.subject.test_subject_requests import NOW, TODAY, household

__all__ = ["caseload"]
NAME = "Asha Varma"
SAYS = f"{NAME} zqword"


def elsewhere(caseload: Caseload, person: Person) -> list[Choice]:
    """What is found outside their own cases, by a request of theirs."""
    request = deciding.request_of(caseload, person) or deciding.open_request(
        caseload, person.id, TODAY
    )
    return [one for one in deciding.choices(caseload, request.id) if one.paragraph.elsewhere]


def texts(caseload: Caseload, person: Person) -> list[str]:
    return [one.paragraph.text for one in elsewhere(caseload, person)]


def other_case(caseload: Caseload) -> Case:
    """A case of other people."""
    case = caseload.store.add(Case(route="self"))
    caseload.store.add(
        Person(case_id=case.id, role="survivor", first_name="Jonah", surname="Merrow")
    )
    return case


def _deleted(caseload: Caseload, case: Case) -> None:
    caseload.store.delete(caseload.store.add(Support(case_id=case.id, provider=SAYS)))


def _changed(caseload: Caseload, case: Case) -> None:
    note = caseload.store.add(Organisation(name="Locks", note=SAYS))
    caseload.store.update(note, note="nothing")


def _breached(caseload: Caseload, case: Case) -> None:
    made = caseload.store.add(Breach(kind="other", aware=NOW))
    caseload.store.add(BreachStep(breach_id=made.id, words=SAYS))


PLACES: dict[str, Callable[[Caseload, Case], Any]] = {
    "referral not saved": lambda data, case: data.store.save_draft(
        0, "referral", 0, {"first_name": "Asha", "surname": "Varma", "reason": "zqword"}
    ),
    "form of another case": lambda data, case: data.store.save_draft(
        case.id, "notes", 0, {"body": SAYS}
    ),
    "note on an organisation": lambda data, case: data.store.add(
        Organisation(name="Locks", note=SAYS)
    ),
    "directory": lambda data, case: data.store.add(Contact(name=NAME, job="zqword Varma")),
    "who may act for a perpetrator": lambda data, case: data.store.add(
        Person(case_id=case.id, role="perpetrator", first_name="X", network_risk=SAYS)
    ),
    "next action": lambda data, case: data.store.update(case, next_action=SAYS),
    "with whom": lambda data, case: data.store.add(
        Note(case_id=case.id, body="rang", with_whom=SAYS, at=NOW)
    ),
    "hold": lambda data, case: data.store.add(
        LegalHold(case_id=case.id, placed_on=TODAY, by="Manager", reason=SAYS)
    ),
    "deleted": _deleted,
    "changed": _changed,
    "breach": lambda data, case: data.store.add(Breach(kind="other", aware=NOW, what=SAYS)),
    "after a breach": _breached,
    "reason in the log": lambda data, case: data.store.update(case, why=SAYS, pets="dog"),
}


@pytest.mark.guarantee
@pytest.mark.parametrize("place", PLACES)
def test_what_names_them_is_found_wherever_it_stands(caseload: Caseload, place: str) -> None:
    survivor, _ = household(caseload)
    case = other_case(caseload)
    assert elsewhere(caseload, survivor) == []
    PLACES[place](caseload, case)
    found = elsewhere(caseload, survivor)
    assert any("zqword" in one.paragraph.text for one in found), place
    assert not any(one.released for one in found)
    assert {one.paragraph.about for one in found} == {"names"}
    keys = [one.paragraph.key for one in found]
    assert len(keys) == len(set(keys))


@pytest.mark.guarantee
def test_every_field_of_text_is_looked_through(caseload: Caseload) -> None:
    """A new field or table is read without being named; what is not read says why."""
    read = mentions.tables(caseload.connection)
    for record in RECORDS:
        for name, spec in specs(record).items():
            if spec.kind in ("text", "long") and record.table not in mentions.NOT_READ:
                assert name in read[record.table], (record.table, name)
    tables = {
        row[0]
        for row in caseload.connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        ).fetchall()
        if not row[0].startswith(("search_", "sqlite_"))
    }
    assert tables == read.keys() | mentions.NOT_READ.keys()


@pytest.mark.guarantee
def test_a_column_and_a_table_that_nobody_declared_are_looked_through(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    case = other_case(caseload)
    caseload.store.add(Note(case_id=case.id, body="rang", at=NOW))
    for sql in (
        "ALTER TABLE main.notes ADD COLUMN mood TEXT",
        f"UPDATE main.notes SET mood = '{NAME} is glad'",
        "CREATE TABLE main.parcels (label TEXT)",
        f"INSERT INTO main.parcels VALUES ('for {NAME}')",
        f"INSERT INTO main.parcels VALUES ('from {NAME}')",
        "COMMIT",
    ):
        caseload.connection.execute(sql).fetchall()
    said = ["Asha Varma is glad", "for Asha Varma", "from Asha Varma"]
    found = elsewhere(caseload, survivor)
    assert sorted(one.paragraph.text for one in found) == said
    assert len({one.paragraph.key for one in found}) == 3
    request = deciding.request_of(caseload, survivor)
    assert request is not None
    (parcel,) = [one.paragraph.key for one in found if one.paragraph.text == said[1]]
    deciding.release(caseload, request.id, [parcel], why="hers")
    going = [one.paragraph.text for one in elsewhere(caseload, survivor) if one.released]
    assert going == [said[1]]


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "text",
    [
        "VARMA, Asha",
        "Ásha Varmá",
        "\u0410sha Varma",  # a Cyrillic A
        "Asha Vama came",
        "Aisha Varma came",
        "A. Varma rang",
        "Mrs Varma rang",
        "write to asha.varma@example.org",
        "Asha came early. Later somebody saw Varma",
        "Ash Varma",
        "Asha Quillon, as she was",
        "ring 07700-900 321",
        "ring +44 7700 900321",
        "ZQ.ASH@example.org",
        "was at 14 Tansy Row",
    ],
)
def test_every_form_that_is_known_is_found(caseload: Caseload, text: str) -> None:
    store = caseload.store
    survivor, _ = household(caseload)
    store.update(survivor, surname="Quillon", aliases="Ash")
    store.update(survivor, surname="Varma")
    for value in ("07700 900321", "zq.ash@example.org"):
        store.add(ContactPoint(case_id=survivor.case_id, person_id=survivor.id, value=value))
    store.add(Property(case_id=survivor.case_id, address="14 Tansy Row\nNorton", confidential="no"))
    case = other_case(caseload)
    store.add(Note(case_id=case.id, body=f"Nothing.\n{text}", at=NOW))
    assert texts(caseload, survivor) == [text]


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "text",
    [
        "Asha came.",
        "The Varma family moved.",
        "Asha came. Much later, and far from there, somebody by the name of Common rang.",
        "was at 114 Tansy Row",
        "Ashanti Varmaland",
        "number 17700 900",
    ],
)
def test_a_first_name_alone_names_nobody(caseload: Caseload, text: str) -> None:
    store = caseload.store
    survivor, _ = household(caseload)
    store.update(survivor, aliases="Asha Common")
    store.add(Property(case_id=survivor.case_id, address="14 Tansy Row\nNorton", confidential="no"))
    case = other_case(caseload)
    for _ in range(8):
        store.add(Person(case_id=case.id, role="child", first_name="Zed", surname="Common"))
    store.add(Note(case_id=case.id, body=text, at=NOW))
    assert texts(caseload, survivor) == []


@pytest.mark.guarantee
def test_nothing_of_a_sealed_case_is_found_in_it_or_in_the_log(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    case = other_case(caseload)
    for place in ("form of another case", "with whom", "deleted", "reason in the log"):
        PLACES[place](caseload, case)
    assert len(elsewhere(caseload, survivor)) == 4
    canary.seal(caseload, case.id)
    assert elsewhere(caseload, survivor) == []


def test_somebody_born_on_another_day_is_somebody_else(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    caseload.store.update(survivor, dob=date(1990, 5, 6))
    case = other_case(caseload)
    made = Person(case_id=case.id, role="child", first_name="Asha", surname="Varma")
    made = caseload.store.add(made)
    assert texts(caseload, survivor) == ["Asha", "Varma"]
    caseload.store.update(made, dob=date(2015, 5, 6))
    assert texts(caseload, survivor) == []


def test_what_changes_after_the_first_look_is_found_too(caseload: Caseload) -> None:
    store = caseload.store
    survivor, _ = household(caseload)
    case = other_case(caseload)
    offer = store.add(Support(case_id=case.id, provider=SAYS))
    (one,) = elsewhere(caseload, survivor)
    request = deciding.request_of(caseload, survivor)
    assert request is not None
    deciding.release(caseload, request.id, [one.paragraph.key], why="she may know")
    assert [one.released for one in elsewhere(caseload, survivor)] == [True]
    store.add(Contact(name=NAME))
    assert len(elsewhere(caseload, survivor)) == 2
    store.delete(offer)
    kept = {one.paragraph.title: one for one in elsewhere(caseload, survivor)}
    assert set(kept) == {"Contact, name", "Before it was changed: Support, provider"}
    assert not any(one.released for one in kept.values())
    store.save_draft(0, "referral", 0, {"first_name": "Asha", "surname": "Varma"})
    assert len(elsewhere(caseload, survivor)) == 4


def test_a_form_that_has_changed_has_not_been_looked_at(caseload: Caseload) -> None:
    """In their own case, and in another."""
    survivor, _ = household(caseload)
    case = other_case(caseload)
    for case_id in (survivor.case_id, case.id):
        caseload.store.save_draft(case_id, "notes", 0, {"body": SAYS})
    request = deciding.open_request(caseload, survivor.id, TODAY)

    def drafts() -> list[Choice]:
        made = deciding.choices(caseload, request.id)
        return [one for one in made if one.paragraph.key.startswith("drafts.")]

    deciding.release(caseload, request.id, [one.paragraph.key for one in drafts()], why="hers")
    assert [one.released for one in drafts()] == [True, True]
    for case_id in (survivor.case_id, case.id):
        caseload.store.save_draft(case_id, "notes", 0, {"body": f"{SAYS} and his sister"})
    assert [one.released for one in drafts()] == [False, False]


def test_a_perpetrator_is_told_no_record_of_another_case_or_referral(caseload: Caseload) -> None:
    _, other = household(caseload)
    case = other_case(caseload)
    store = caseload.store
    store.save_draft(0, "referral", 0, {"reason": "hit by Dilan Perera"})
    store.update(case, reason="hit by Dilan Perera")
    store.add(Person(case_id=case.id, role="perpetrator", first_name="Dilan", surname="Perera"))
    found = elsewhere(caseload, other)
    assert len(found) == 4
    assert all(one.paragraph.barred for one in found)


@pytest.mark.guarantee
def test_control_without_the_look_at_every_table_it_is_missed(
    caseload: Caseload, monkeypatch: pytest.MonkeyPatch
) -> None:
    survivor, _ = household(caseload)
    PLACES["with whom"](caseload, other_case(caseload))
    monkeypatch.setattr(mentions, "tables", lambda connection: {})
    assert elsewhere(caseload, survivor) == []


def test_a_look_that_was_ended_is_begun_again_whole(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    case = other_case(caseload)
    caseload.store.add(Note(case_id=case.id, at=NOW, body=SAYS))
    request = deciding.open_request(caseload, survivor.id, TODAY)
    look = Look()
    look.end()
    with pytest.raises(LookEndedError):
        deciding.choices(caseload, request.id, look)
    whole = Look()
    found = deciding.choices(caseload, request.id, whole)
    assert [one.paragraph.text for one in found if one.paragraph.elsewhere] == [SAYS]
    assert whole.percent == 99, "all of it was gone through, the log too"
