"""Case files for the rules: short builders, no store."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from config.settings import Settings, default_settings
from db.models import (
    Case,
    CaseFile,
    ConsentEvent,
    ConsentRequest,
    ContactPoint,
    Measure,
    Note,
    Person,
    Property,
    RiskAssessment,
    SafetyPlan,
    Support,
    Survey,
)

SETTINGS: Settings = default_settings()


def day(text: str) -> date:
    """``2026-11-04``."""
    return date.fromisoformat(text)


def at(text: str, hour: int = 12) -> datetime:
    """A UTC moment on a day."""
    on = date.fromisoformat(text)
    return datetime(on.year, on.month, on.day, hour, tzinfo=UTC)


def case_file(stage: str = "triage", received: str = "2026-11-02", **case: Any) -> CaseFile:
    """A file with a survivor who chose to stay, a perpetrator who left, and a sole PRS tenancy."""
    given: dict[str, Any] = {
        "id": 1,
        "ref": "S26-0031",
        "stage": stage,
        "stage_entered": day(received),
        "received": at(received),
        "acknowledged": day(received),
        "duplicates_checked": "yes",
        "conflict_flag": "no",
        "choice_made": "yes",
        "choice_date": day(received),
        "options_explained": "yes",
        "in_district": "yes",
        **case,
    }
    return CaseFile(
        Case(**given),
        people=[
            Person(id=1, case_id=1, role="survivor", first_name="Mara", surname="Ellwood"),
            Person(
                id=2,
                case_id=1,
                role="perpetrator",
                relationship="ex_partner",
                still_resident="no",
                weapons="no",
                whereabouts="elsewhere",
            ),
        ],
        contact_points=[ContactPoint(id=1, case_id=1, person_id=1, kind="mobile", safe="yes")],
        properties=[
            Property(
                id=1,
                case_id=1,
                tenure="prs",
                named_parties="survivor_sole",
                home_rights="no",
                evidence="seen",
            )
        ],
        notes=[Note(id=1, case_id=1, at=at(received, 15), kind="call", body="first call")],
    )


def with_support(file: CaseFile) -> CaseFile:
    """Support accepted, a plan with an owner, a risk assessment."""
    file.support.append(Support(id=1, answer="accepted", offered=file.case.stage_entered))
    file.safety_plans.append(SafetyPlan(id=1, made=file.case.stage_entered, owner="IDVA"))
    file.risk_assessments.append(
        RiskAssessment(id=1, assessed=file.case.stage_entered, score=11, judgement="no")
    )
    return file


def surveyed(file: CaseFile, on: str = "2026-11-03", **more: Any) -> CaseFile:
    """A survey done on a day."""
    file.surveys.append(Survey(id=1, done_on=day(on), escape="two_routes", **more))
    return file


def add_measures(file: CaseFile, *numbers: int, **more: Any) -> list[Measure]:
    """Catalogue measures, way out checked unless told otherwise."""
    start = len(file.measures) + 1
    made = [
        Measure(
            id=start + place,
            case_id=1,
            catalogue_id=number,
            **{"escape_checked": "yes", "state": "proposed", "fund": "core", **more},
        )
        for place, number in enumerate(numbers)
    ]
    file.measures += made
    return made


def add_request(file: CaseFile, **more: Any) -> ConsentRequest:
    """A consent request, agreed by the survivor unless told otherwise."""
    request = ConsentRequest(
        id=len(file.consent_requests) + 1,
        case_id=1,
        **{"state": "drafting", "survivor_ok": "yes", **more},
    )
    file.consent_requests.append(request)
    return request


def add_event(file: CaseFile, request: ConsentRequest, kind: str, on: str) -> ConsentEvent:
    """An event of a request, on a day."""
    event = ConsentEvent(
        id=len(file.consent_events) + 1, case_id=1, request_id=request.id, at=at(on), kind=kind
    )
    file.consent_events.append(event)
    return event
