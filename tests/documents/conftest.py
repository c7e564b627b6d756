"""A household that may be served, and a case with a mark of its own in every field of text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings, default_settings
from db.models import (
    CASE_TABLES,
    Case,
    CaseFile,
    Closure,
    ConnectedPerson,
    ConsentRequest,
    ContactPoint,
    Measure,
    Organisation,
    Person,
    Property,
    Record,
    Visit,
    specs,
)
from sanctuary_tui import work
from sanctuary_tui.documents.making import Order, Prepared, prepare
from tests.exports.samples import marked_case
from tests.scenarios.scenario_world import Day, World

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Desk:
    """A caseload open on a day, one case, and its documents."""

    def __init__(self, world: World, day: Day) -> None:
        self.world, self.day, self.caseload = world, day, day.caseload
        self.settings: Settings = default_settings()
        self.settings.documents.phone = "01632 960100"
        self.settings.documents.email = "office@example.org"
        self.case_id = 0

    @property
    def file(self) -> CaseFile:
        return work.must_find(self.caseload, self.case_id)

    def change(self, record: Record, **values: object) -> None:
        self.caseload.store.update(record, **values)

    def prepare(self, kind: str, **more: Any) -> Prepared:
        return prepare(
            self.caseload,
            Order(kind, self.case_id, **more),
            self.settings,
            folder=self.world.paths.config_dir,
            today=TODAY,
        )


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty caseload."""
    return World(tmp_path / "home")


def household(world: World, day: Day) -> Desk:
    """A household whose home may be secured: private landlord, one booked installation."""
    made = Desk(world, day)
    add = day.caseload.store.add
    case = add(
        Case(
            route="police",
            referrer_org="Test Police",
            choice_made="yes",
            options_explained="yes",
            choice_date=TODAY,
            contact_rule="Text first.",
            code_word="marigold",
            cadence="light",
        )
    )
    made.case_id = case.id
    survivor = add(Person(case_id=case.id, role="survivor", first_name="Rose", surname="Survivor"))
    add(
        Person(
            case_id=case.id,
            role="perpetrator",
            first_name="Test",
            surname="Perpetrator",
            still_resident="no",
            weapons="no",
            whereabouts="local",
        )
    )
    add(ContactPoint(case_id=case.id, person_id=survivor.id, value="07700900123", safe="yes"))
    owner = add(
        Organisation(name="Sanctuary Homes", kind="landlord", address="2 Office Row\nTestton")
    )
    add(
        Property(
            case_id=case.id,
            address="14 Rose Lane\nTestton",
            postcode="ZZ9 9ZZ",
            tenure="prs",
            named_parties="survivor_sole",
            evidence="seen",
            landlord_id=owner.id,
        )
    )
    add(
        ConsentRequest(
            case_id=case.id,
            decision_kind="private_landlord",
            decision_org_id=owner.id,
            survivor_ok="yes",
            state="sent",
            sent_on=date(2026, 11, 10),
            schedule="SW-1",
            wording="We would like to improve the security of this home, at no cost to you.",
            wording_version="v1",
        )
    )
    add(
        Measure(
            case_id=case.id,
            catalogue_id=13,
            name="London bar",
            consent_needed="yes",
            state="approved",
            location="behind the blue door",
        )
    )
    add(Measure(case_id=case.id, catalogue_id=45, name="Sanctuary room", state="declined"))
    add(
        Visit(
            case_id=case.id,
            kind="install",
            on=date(2026, 12, 1),
            window="10:00-12:00",
            worker="Test Locks",
            support_present="yes",
            safe_window="yes",
        )
    )
    return made


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    """The household, with its caseload open."""
    with world.on(TODAY) as day:
        yield household(world, day)


@pytest.fixture
def marked(world: World) -> Iterator[tuple[Desk, dict[str, tuple[str, str]]]]:
    """A case with a mark in every typed field, and which (table, field) each mark is of."""
    with world.on(TODAY) as day:
        made = Desk(world, day)
        store = day.caseload.store
        file, _, _ = marked_case("canary")
        file.case.id = 0
        file.case.choice_made = file.case.options_explained = "yes"
        file.case.choice_date = TODAY
        case = store.add(file.case)
        made.case_id = case.id
        for table in CASE_TABLES:
            for record in getattr(file, table):
                record.id, record.case_id = 0, case.id
                for name, spec in specs(type(record)).items():
                    if spec.kind == "text" and len(getattr(record, name)) > spec.limit:
                        setattr(record, name, "")
                for item in fields(record):
                    if item.name.endswith("_id") and item.name not in ("case_id", "catalogue_id"):
                        setattr(record, item.name, None)
                if isinstance(record, ConsentRequest):
                    record.survivor_ok, record.state, record.sent_on = "yes", "sent", TODAY
                elif isinstance(record, Measure):
                    record.state, record.consent_needed = "ordered", "yes"
                    record.escape_affecting = record.excluding = "no"
                elif isinstance(record, Visit):
                    record.kind, record.on, record.outcome = "install", TODAY, "booked"
                elif isinstance(record, Person) and record.role == "perpetrator":
                    record.still_resident = record.weapons = "no"
                elif isinstance(record, Property):
                    record.tenure, record.named_parties = "ha", "survivor_sole"
                elif isinstance(record, Closure):
                    record.closed_on = TODAY
                elif isinstance(record, ContactPoint):
                    record.safe = "yes"
                elif isinstance(record, ConnectedPerson):  # or it would stop its own namesakes
                    record.until = TODAY - timedelta(days=1)
                store.add(record)
        marks = {}
        for record in (made.file.case, *(r for t in CASE_TABLES for r in getattr(made.file, t))):
            for item in fields(record):
                value = getattr(record, item.name)
                if isinstance(value, str) and value.startswith("canary"):
                    marks[value] = (record.table, item.name)
        yield made, marks
