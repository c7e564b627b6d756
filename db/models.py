"""The records of a caseload (domain section 2), one slotted dataclass a table.

The dataclasses are cheap enough for ten thousand cases; ``db.validation`` puts pydantic in front of
them wherever something comes in from a person or a file. Field declarations carry label, help, code
list, disclosure class and limits, and the forms, the data dictionary and the exports are made from
them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date

from db.care import (
    AftercareCheck,
    Closure,
    Disclosure,
    Incident,
    MaracAction,
    MaracListing,
    Note,
    Override,
    Reminder,
    SafetyPlan,
    Support,
)
from db.household import (
    Case,
    Contact,
    ContactPoint,
    LegalOrder,
    Organisation,
    Person,
    Property,
    RiskAssessment,
    SafeAddress,
)
from db.keeping import Disposal, LegalHold, RetentionReview
from db.partners import GroupAction, ReferralOut
from db.record import Record, column_names, specs
from db.rights import Breach, BreachStep, SubjectDecision, SubjectRequest
from db.sealing import ConnectedPerson, Seal
from db.works import (
    ConsentEvent,
    ConsentRequest,
    EntryPoint,
    Expenditure,
    Fund,
    Grant,
    Measure,
    Survey,
    Visit,
)

__all__ = [
    "BY_TABLE",
    "CASELESS",
    "CASE_TABLES",
    "RECORDS",
    "AftercareCheck",
    "Breach",
    "BreachStep",
    "Case",
    "CaseFile",
    "Closure",
    "ConnectedPerson",
    "ConsentEvent",
    "ConsentRequest",
    "Contact",
    "ContactPoint",
    "Disclosure",
    "Disposal",
    "EntryPoint",
    "Expenditure",
    "Fund",
    "Grant",
    "GroupAction",
    "Incident",
    "LegalHold",
    "LegalOrder",
    "MaracAction",
    "MaracListing",
    "Measure",
    "Note",
    "Organisation",
    "Override",
    "Person",
    "Property",
    "Record",
    "ReferralOut",
    "Reminder",
    "RetentionReview",
    "RiskAssessment",
    "SafeAddress",
    "SafetyPlan",
    "Seal",
    "SubjectDecision",
    "SubjectRequest",
    "Support",
    "Survey",
    "Visit",
    "column_names",
    "specs",
]

RECORDS: tuple[type[Record], ...] = (
    Case,
    Person,
    ContactPoint,
    Property,
    SafeAddress,
    Organisation,
    Contact,
    RiskAssessment,
    LegalOrder,
    ConsentRequest,
    ConsentEvent,
    Survey,
    EntryPoint,
    Measure,
    Visit,
    Support,
    SafetyPlan,
    Incident,
    AftercareCheck,
    MaracListing,
    MaracAction,
    Fund,
    Expenditure,
    Reminder,
    Note,
    Override,
    Closure,
    Disclosure,
    LegalHold,
    RetentionReview,
    Disposal,
    SubjectRequest,
    SubjectDecision,
    Breach,
    BreachStep,
    ConnectedPerson,
    Seal,
    Grant,
    ReferralOut,
    GroupAction,
)
"""Every kind of record, in the order they were brought in: the search index numbers them by it."""

BY_TABLE: dict[str, type[Record]] = {record.table: record for record in RECORDS}
CASELESS = frozenset(
    {
        "cases",
        "organisations",
        "contacts",
        "funds",
        "disclosures",
        "disposals",
        "breaches",
        "breach_steps",
        "group_actions",
    }
)
"""Tables whose rows do not belong to one case (``case_id`` 0, or the row is the case itself)."""


@dataclass(slots=True)
class CaseFile:
    """A whole case, as the rules read it: the case and each of its lists of records."""

    case: Case
    people: list[Person] = field(default_factory=list)
    contact_points: list[ContactPoint] = field(default_factory=list)
    properties: list[Property] = field(default_factory=list)
    safe_addresses: list[SafeAddress] = field(default_factory=list)
    risk_assessments: list[RiskAssessment] = field(default_factory=list)
    legal_orders: list[LegalOrder] = field(default_factory=list)
    consent_requests: list[ConsentRequest] = field(default_factory=list)
    consent_events: list[ConsentEvent] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    entry_points: list[EntryPoint] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    support: list[Support] = field(default_factory=list)
    safety_plans: list[SafetyPlan] = field(default_factory=list)
    incidents: list[Incident] = field(default_factory=list)
    aftercare_checks: list[AftercareCheck] = field(default_factory=list)
    marac_listings: list[MaracListing] = field(default_factory=list)
    marac_actions: list[MaracAction] = field(default_factory=list)
    expenditures: list[Expenditure] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    overrides: list[Override] = field(default_factory=list)
    closures: list[Closure] = field(default_factory=list)
    legal_holds: list[LegalHold] = field(default_factory=list)
    retention_reviews: list[RetentionReview] = field(default_factory=list)
    subject_requests: list[SubjectRequest] = field(default_factory=list)
    subject_decisions: list[SubjectDecision] = field(default_factory=list)
    connected_people: list[ConnectedPerson] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    referrals_out: list[ReferralOut] = field(default_factory=list)

    @property
    def survivor(self) -> Person | None:
        """The survivor, if recorded yet."""
        return next((person for person in self.people if person.role == "survivor"), None)

    @property
    def perpetrators(self) -> list[Person]:
        """Every perpetrator recorded."""
        return [person for person in self.people if person.role == "perpetrator"]

    @property
    def children(self) -> list[Person]:
        """Every child recorded."""
        return [person for person in self.people if person.role == "child"]

    @property
    def home(self) -> Property | None:
        """The home where the works are; the newest if several are marked so."""
        current = [home for home in self.properties if home.current == "yes"]
        homes = current or self.properties
        return homes[-1] if homes else None

    @property
    def latest_risk(self) -> RiskAssessment | None:
        """The newest risk assessment by date."""
        return max(self.risk_assessments, key=lambda risk: risk.assessed or date.min, default=None)

    def events_of(self, request: ConsentRequest) -> list[ConsentEvent]:
        """The events of one consent request, oldest first."""
        return [event for event in self.consent_events if event.request_id == request.id]


CASE_TABLES: tuple[str, ...] = tuple(item.name for item in fields(CaseFile) if item.name != "case")
"""Tables whose rows make up a case file."""
