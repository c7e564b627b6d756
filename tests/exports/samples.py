"""Case files for the export tests: one whole case, and one with a mark in every text field."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from db.models import (
    BY_TABLE,
    CASE_TABLES,
    Case,
    CaseFile,
    ContactPoint,
    EntryPoint,
    Incident,
    LegalOrder,
    MaracAction,
    MaracListing,
    Measure,
    Note,
    Person,
    Property,
    RiskAssessment,
    SafeAddress,
    Support,
    Survey,
    Visit,
    specs,
)

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


def whole_case() -> tuple[CaseFile, MaracListing]:
    """A case that fills every column of the list."""
    listing = MaracListing(
        id=3,
        case_id=1,
        meeting=date(2026, 11, 26),
        marac_ref="M/26/118",
        listing_type="repeat",
        criteria="VHR;REP",
        last_referral=date(2026, 3, 5),
        repeat_event="order_breach",
        judgement_reason="Escalating, and has found the address.",
        victim_aware="no",
        unaware_reason="not safe to ask yet",
        consent="not_safe",
        share_basis="public_task",
        decided_by="Team manager",
        decided_on=date(2026, 11, 20),
        headline="Came to the door twice this week",
        requested_actions="Police marker; school told",
    )
    file = CaseFile(
        Case(
            id=1,
            ref="S26-0042",
            stage="approval",
            referrer_org="Test Police",
            contact_rule="Text first.",
            contact_times="10:00-14:00",
            victim_wants="To stay in the home",
            code_word="marigold",
        ),
        people=[
            Person(
                id=1,
                role="survivor",
                first_name="Test",
                surname="Survivor",
                aliases="Tess;T. Survivor",
                dob=date(1990, 5, 4),
                gender="woman",
                ethnicity="black_african",
                orientation="heterosexual",
                disability="deaf",
                communication="bsl;text_only",
                language="BSL",
                pregnant="no",
                not_safe_to_tell="brother",
                nrpf="yes",
                immigration="secret-immigration",
            ),
            Person(
                id=2,
                role="perpetrator",
                first_name="Test",
                surname="Perpetrator",
                dob=date(1988, 1, 2),
                relationship="ex_partner",
                address="1 Other Street\nTestton",
                whereabouts="custody",
                release_date=date(2026, 12, 1),
            ),
            Person(
                id=4,
                role="child",
                first_name="Child",
                surname="Survivor",
                dob=date(2018, 5, 1),
                school="Test School",
                relation_survivor="son",
            ),
        ],
        contact_points=[
            ContactPoint(id=1, person_id=1, value="07700900123", safe="text_only"),
            ContactPoint(id=2, person_id=1, value="07700900999", safe="never"),
            ContactPoint(id=3, person_id=1, value="07700900998", safe="not_asked"),
            ContactPoint(id=4, person_id=2, value="07700900997", safe="yes"),
        ],
        properties=[
            Property(
                id=1,
                address="14 Test Road\nTestton",
                postcode="ZZ9 9ZZ",
                tenure="prs",
                landlord_id=7,
                confidential="no",
                police_marker="asked",
            )
        ],
        risk_assessments=[
            RiskAssessment(id=1, assessed=date(2026, 11, 2), score=16, police_reports=4)
        ],
        legal_orders=[
            LegalOrder(
                id=1,
                kind="occupation",
                made=date(2026, 10, 1),
                excludes="yes",
                expiry=date(2027, 4, 1),
            ),
            LegalOrder(id=2, kind="nmo", made=date(2025, 1, 1), expiry=date(2026, 1, 1)),
        ],
        surveys=[Survey(id=1, alarms="secret-alarm", disrepair_note="secret-disrepair")],
        entry_points=[EntryPoint(id=1, location="secret-location", defect="secret-defect")],
        measures=[
            Measure(
                id=1,
                name="Personal attack alarm",
                state="fitted",
                fitted_on=date(2026, 11, 3),
                location="secret-place",
                fitted_by="Secret Contractors",
            ),
            Measure(id=2, name="Door viewer; wide", state="ordered", location="secret-place"),
            Measure(id=3, name="London bar", state="declined"),
        ],
        visits=[Visit(id=1, worker="Secret Contractors")],
        support=[
            Support(id=1, provider="Test DA service", worker="Test Worker", answer="accepted")
        ],
        incidents=[
            Incident(id=1, at=datetime(2026, 2, 1, 20, 0, tzinfo=UTC), kind="threat"),
            Incident(
                id=2,
                at=datetime(2026, 11, 18, 22, 0, tzinfo=UTC),
                kind="attended",
                headline="At the door, shouting",
            ),
        ],
        marac_listings=[listing],
        marac_actions=[
            MaracAction(
                id=12,
                listing_id=3,
                action="Ask for a marker",
                owner_agency="Police",
                owner="Test Officer",
                due=date(2026, 11, 19),
            ),
            MaracAction(id=13, listing_id=3, action="Tell school", state="done"),
        ],
        notes=[Note(id=1, body="secret-note")],
    )
    return file, listing


def confidential_case() -> tuple[CaseFile, MaracListing]:
    """The same household after a move to an address that is kept apart."""
    file, listing = whole_case()
    file.safe_addresses = [
        SafeAddress(id=1, person_id=1, address="3 Hidden Close\nElsewhere", postcode="ZZ1 1ZZ")
    ]
    return file, listing


def marked_case(mark: str) -> tuple[CaseFile, MaracListing, set[str]]:
    """A case with a mark of its own in every field of text, and the marks of protected fields.

    Codes, dates and numbers are as a new record has them, so that only the marks can be found.
    """
    marks: set[str] = set()
    file = CaseFile(_marked(Case, mark, 0, marks))
    for table in CASE_TABLES:
        roles = ("survivor", "perpetrator", "child") if table == "people" else ("",)
        records = [_marked(BY_TABLE[table], mark, place, marks) for place in range(len(roles))]
        for record, role in zip(records, roles, strict=True):
            if role:
                record.role = role
        setattr(file, table, records)
    file.contact_points[0].safe, file.contact_points[0].person_id = "yes", file.people[0].id
    file.measures[0].state, file.support[0].answer = "fitted", "accepted"
    listing = file.marac_listings[0]
    listing.meeting, listing.address_reason = date(2026, 11, 26), ""
    return file, listing, marks


def _marked(kind: type[Any], mark: str, place: int, marks: set[str]) -> Any:
    record = kind(id=place + 1)
    for name, spec in specs(kind).items():
        if spec.kind in ("text", "long"):
            value = f"{mark}{kind.table}{name}{place}e".replace("_", "")
            setattr(record, name, value)
            if spec.klass == "protected":
                marks.add(value)
    return record
