"""Two hundred generated cases with a mark in everything that can be typed; a caseload of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.codes import CODES
from config.settings import default_settings
from db.caseload import Caseload, open_caseload
from db.models import BY_TABLE, CASE_TABLES, Case, Disclosure, Note, Person, Record, Visit, specs
from sanctuary_tui.opening import derive_with
from sanctuary_tui.subject.gather import SKIPPED

CASES = 200
TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
_ROLES = ("survivor", "perpetrator", "child", "household")
_NOT_FILLED = frozenset(
    {"people", "subject_requests", "subject_decisions", "reminders", "connected_people", "seals"}
)


@dataclass
class Marked:
    """A generated case: its people by role, the marks of each, and those of third parties."""

    case_id: int
    ref: str
    people: dict[str, Person]
    own: dict[str, list[str]] = field(default_factory=dict)
    """What is held about each person in their own records, by role."""
    everywhere: list[str] = field(default_factory=list)
    """Every mark typed anywhere in the case."""
    third: list[str] = field(default_factory=list)
    """Marks and dates of birth of everybody but the survivor, and all that was typed."""
    secret: list[str] = field(default_factory=list)
    """Where the survivor is and how they are reached."""


@dataclass
class World:
    """The caseload and its generated cases."""

    caseload: Caseload
    cases: list[Marked]


def _value(name: str, spec: Any, mark: str, chance: random.Random) -> Any:
    if spec.kind in ("text", "long"):
        return mark if spec.limit >= len(mark) else ""
    if spec.kind in ("code", "codes"):
        return chance.choice([code for code in CODES[spec.codes] if code != "not_asked"])
    if spec.kind == "date":
        return TODAY - timedelta(days=chance.randrange(4000))
    if spec.kind == "datetime":
        return NOW - timedelta(days=chance.randrange(4000))
    return chance.randrange(spec.low or 1, (spec.high or 20) + 1)


def _filled(kind: type[Record], case_id: int, mark: str, chance: random.Random) -> Record:
    record = kind(case_id=case_id)
    for name, spec in specs(kind).items():
        if spec.kind != "link" and (kind.table, name) not in SKIPPED:
            setattr(record, name, _value(name, spec, f"{mark}{name.replace('_', '')}", chance))
    return record


def generate(caseload: Caseload, number: int) -> Marked:
    """One case: four people, a record of every kind, marks everywhere, a changed record."""
    chance, store = random.Random(number), caseload.store
    head = f"Zq{number}k"
    case = store.add(Case(**_case_values(head, chance)))
    people, own = {}, {}
    for place, role in enumerate(_ROLES):
        person = Person(case_id=case.id)
        marks = []
        for name, spec in specs(Person).items():
            mark = f"{head}{role}{name.replace('_', '')}"
            value = role if name == "role" else _value(name, spec, mark, chance)
            if name == "dob":
                value = date(1960 + place, 1, 1) + timedelta(days=number)
            setattr(person, name, value)
            if spec.kind in ("text", "long"):
                marks.append(mark)
        people[role] = store.add(person)
        own[role] = marks
    made = Marked(case.id, case.ref, people, own)
    for role in _ROLES[1:]:
        made.third += [*own[role], f"{people[role].dob:%-d} {people[role].dob:%b %Y}"]
    made.everywhere += [mark for marks in own.values() for mark in marks]
    for table in CASE_TABLES:
        if table not in _NOT_FILLED:
            _fill_table(caseload, made, table, head, chance)
    _mention(caseload, made, head)
    made.everywhere += [
        f"{head}cases{name.replace('_', '')}"
        for name, spec in specs(Case).items()
        if spec.kind in ("text", "long") and name not in ("ref", "contact_times", "linked_cases")
    ]
    return made


def _case_values(head: str, chance: random.Random) -> dict[str, Any]:
    kept = {
        name: _value(name, spec, f"{head}cases{name.replace('_', '')}", chance)
        for name, spec in specs(Case).items()
        if name not in ("ref", "contact_times", "linked_cases", "stage", "status")
    }
    return {**kept, "do_not_contact": "no"}


def _fill_table(
    caseload: Caseload, made: Marked, table: str, head: str, chance: random.Random
) -> None:
    linked: tuple[str | None, ...] = (None,)
    if "person_id" in specs(BY_TABLE[table]):
        linked = ("survivor", "perpetrator", "child")
    for role in linked:
        mark = f"{head}{table.replace('_', '')}{role or ''}"
        record: Any = _filled(BY_TABLE[table], made.case_id, mark, chance)
        if role:
            record.person_id = made.people[role].id
        if table == "properties":
            record.confidential = "yes"
        if table == "incidents":
            record.perpetrator_id = made.people["perpetrator"].id
        if table == "contact_points":
            record.times, record.value = "", f"07700{number_of(head):03d}{len(role or ''):03d}"
            if role == "survivor":
                made.secret.append(record.value)
        caseload.store.add(record)
        typed = [
            value
            for name, spec in specs(type(record)).items()
            for value in (getattr(record, name),)
            if spec.kind in ("text", "long") and str(value).startswith(head)
        ]
        made.everywhere += typed
        made.third += typed
        if table == "safe_addresses" and role == "survivor":
            made.secret += [record.address, record.postcode]
        if table == "properties":
            made.secret += [record.address, record.postcode]
        if table in ("legal_orders", "marac_listings", "incidents"):
            made.own["perpetrator"] += [
                value
                for value in typed
                if "addressreason" not in value and "transferto" not in value
            ]


def number_of(head: str) -> int:
    """Which case a mark is of."""
    return int(head[2:-1])


def _mention(caseload: Caseload, made: Marked, head: str) -> None:
    """People named in passing, the new address in a sentence, a note that was corrected since."""
    perpetrator = made.people["perpetrator"].first_name
    address = next(mark for mark in made.secret if mark.startswith(head))
    store = caseload.store
    lines = (
        f"{head}line1 {perpetrator} was seen.\n"
        f"{head}line2 They now live at {address}.\n\n"
        f"{head}line3 M.O.H. rang, number ends 0456."
    )
    store.add(Note(case_id=made.case_id, at=NOW, body=lines))
    visit = store.add(Visit(case_id=made.case_id, on=TODAY, note=f"{head}oldwords of the visit"))
    store.update(visit, note=f"{head}newwords of the visit")
    store.save_draft(made.case_id, "notes", 0, {"body": f"{head}draft half a note"})
    store.add(
        Disclosure(
            at=NOW,
            what="MARAC list",
            recipient="marac",
            recipient_name=f"{head}recipient",
            case_refs=f"{made.ref};S20-0001",
        )
    )
    marks = ("line1", "line2", "line3", "oldwords", "newwords", "draft", "recipient")
    made.everywhere += [f"{head}{mark}" for mark in marks]
    made.third += [f"{head}{mark}" for mark in marks]
    made.own["perpetrator"].append(f"{head}line1")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two hundred generated cases."""
    folder: Path = tmp_path_factory.mktemp("subject")
    caseload = open_caseload(
        folder / "caseload.db",
        bytes(range(32)),
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
        create=True,
    )
    with caseload.store.bulk():
        made = [generate(caseload, number) for number in range(1, CASES + 1)]
    yield World(caseload, made)
    caseload.close()
