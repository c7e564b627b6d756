"""The fields that a tracker's columns may hold, each with the titles that trackers give it.

A target is one field of one record, or one reading that feeds several fields, such as a whole name.
Titles are the field's own words and abbreviations ("AP" is the alleged perpetrator, "LL" the
landlord); ``columns`` compares them loosely.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from config.codes import CODES, RISK_BANDS
from db.fields import FieldSpec
from db.models import (
    AftercareCheck,
    Case,
    Closure,
    ConsentRequest,
    ContactPoint,
    Expenditure,
    LegalOrder,
    MaracListing,
    Measure,
    Note,
    Organisation,
    Person,
    Property,
    Record,
    RiskAssessment,
    SafetyPlan,
    Support,
    Survey,
    Visit,
    specs,
)
from sanctuary_tui.imports.headings import HEADINGS

Reading = Literal[
    "text",
    "date",
    "moment",
    "money",
    "number",
    "code",
    "codes",
    "name",
    "people",
    "ages",
    "phones",
    "address",
    "postcode",
    "measures",
]
"""How a cell is read; ``values`` says what each comes back as."""

When = Literal["", "birth", "past"]


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column may hold.

    ``field`` is empty where the value feeds several fields (a name) or none alone (a risk band).
    ``words`` are titles of real columns. ``codes`` names the code list. ``when`` is ``birth`` or
    ``past`` for dates that cannot lie ahead. ``several`` lets more than one column feed it.
    """

    key: str
    record: type[Record]
    field: str
    label: str
    words: tuple[str, ...]
    reading: Reading
    codes: str = ""
    when: When = ""
    several: bool = False

    @property
    def spec(self) -> FieldSpec | None:
        """The declaration of its field; None where it has none of its own."""
        return specs(self.record).get(self.field)

    @property
    def group(self) -> str:
        """Who or what it is about: the first part of its key."""
        return self.key.partition(".")[0]

    @property
    def answers(self) -> dict[str, str]:
        """The codes it takes with their titles; empty where it takes none."""
        return RISK_BANDS if self.codes == "risk_band" else CODES.get(self.codes, {})


_READINGS: Final[dict[str, Reading]] = {
    "text": "text",
    "long": "text",
    "date": "date",
    "datetime": "moment",
    "int": "number",
    "money": "money",
    "code": "code",
    "codes": "codes",
}
_GROUPS: Final[dict[str, str]] = {
    "case": "",
    "survivor": "Survivor",
    "perpetrator": "Perpetrator",
    "child": "Children",
    "contact": "Way to reach",
    "home": "Home",
    "landlord": "Landlord",
    "agent": "Agent",
    "risk": "Risk",
    "order": "Order",
    "consent": "Consent",
    "survey": "Survey",
    "measure": "Measures",
    "visit": "Visit",
    "install": "Installation",
    "support": "Support",
    "plan": "Safety plan",
    "check": "Aftercare",
    "marac": "MARAC",
    "closure": "Closing",
    "spend": "Money",
    "note": "",
}


def _target(
    key: str,
    record: type[Record],
    *,
    field: str | None = None,
    label: str = "",
    reading: Reading | None = None,
    codes: str = "",
    when: When = "",
    several: bool = False,
) -> Target:
    group, _, name = key.partition(".")
    field = name if field is None else field
    spec = specs(record).get(field)
    if spec is not None:
        reading = reading or _READINGS[spec.kind]
        label = label or spec.label
        codes = codes or spec.codes
    who = _GROUPS[group]
    label = f"{who}: {label}" if who else label
    return Target(key, record, field, label, HEADINGS[key], reading or "text", codes, when, several)


_CASE: Final = (
    _target("case.old_ref", Case, field="", label="Reference in the old tracker"),
    _target("case.received", Case, when="past"),
    _target("case.route", Case),
    _target("case.referrer_org", Case),
    _target("case.referrer_name", Case),
    _target("case.referrer_contact", Case),
    _target("case.referral_consent", Case),
    _target("case.acknowledged", Case, when="past"),
    _target("case.reason", Case),
    _target("case.urgency", Case),
    _target("case.area", Case),
    _target("case.in_district", Case),
    _target("case.conflict_flag", Case),
    _target("case.choice_made", Case),
    _target("case.contact_rule", Case),
    _target("case.contact_times", Case),
    _target("case.code_word", Case),
    _target("case.approved_by", Case),
    _target("case.approved_on", Case, when="past"),
    _target("case.pets", Case),
    _target("case.next_action", Case),
    _target("case.next_due", Case),
    _target("case.hclic_ref", Case),
    _target("case.stage", Case),
)

_SURVIVOR: Final = (
    _target("survivor.name", Person, field="", label="Name", reading="name"),
    _target("survivor.first_name", Person),
    _target("survivor.surname", Person),
    _target("survivor.aliases", Person),
    _target("survivor.dob", Person, when="birth"),
    _target("survivor.gender", Person),
    _target("survivor.ethnicity", Person),
    _target("survivor.orientation", Person),
    _target("survivor.disability", Person),
    _target("survivor.communication", Person),
    _target("survivor.language", Person),
    _target("survivor.characteristics", Person),
    _target("survivor.pregnant", Person),
    _target("survivor.nrpf", Person),
    _target("survivor.gp", Person),
    _target("survivor.employer", Person),
    _target("survivor.occupation", Person),
    _target("survivor.safe_to_talk_to", Person),
    _target("survivor.not_safe_to_tell", Person),
)

_REACH: Final = (
    _target(
        "contact.phones",
        ContactPoint,
        field="value",
        label="Telephone",
        reading="phones",
        several=True,
    ),
    _target("contact.email", ContactPoint, field="value", label="Email", reading="phones"),
    _target("contact.safe", ContactPoint),
    _target("contact.words", ContactPoint),
)

_PERPETRATOR: Final = (
    _target("perpetrator.name", Person, field="", label="Name", reading="people"),
    _target("perpetrator.first_name", Person),
    _target("perpetrator.surname", Person),
    _target("perpetrator.aliases", Person),
    _target("perpetrator.dob", Person, when="birth"),
    _target("perpetrator.gender", Person),
    _target("perpetrator.relationship", Person),
    _target("perpetrator.address", Person),
    _target("perpetrator.still_resident", Person),
    _target("perpetrator.has_keys", Person),
    _target("perpetrator.whereabouts", Person),
    _target("perpetrator.release_date", Person),
    _target("perpetrator.weapons", Person),
    _target("perpetrator.vehicle", Person),
    _target("perpetrator.mappa", Person),
)

_CHILDREN: Final = (
    _target(
        "child.names", Person, field="", label="Names and ages", reading="people", several=True
    ),
    _target("child.ages", Person, field="", label="Ages", reading="ages"),
    _target("child.school", Person),
)

_HOME: Final = (
    _target("home.address", Property, reading="address", several=True),
    _target("home.postcode", Property, reading="postcode"),
    _target("home.confidential", Property),
    _target("home.kind", Property),
    _target("home.floor", Property),
    _target("home.tenure", Property),
    _target("home.tenancy", Property),
    _target("home.named_parties", Property),
    _target("home.evidence", Property),
    _target("home.mortgagee", Property),
    _target("home.common_parts", Property),
    _target("home.police_marker", Property),
    _target("home.moved_out", Property, when="past"),
)

_LANDLORD: Final = (
    _target("landlord.name", Organisation),
    _target("landlord.phone", Organisation),
    _target("landlord.email", Organisation),
    _target("landlord.address", Organisation),
    _target("agent.name", Organisation),
    _target("agent.phone", Organisation),
    _target("agent.email", Organisation),
)

_RISK: Final = (
    _target("risk.assessed", RiskAssessment, when="past"),
    _target("risk.tool", RiskAssessment),
    _target("risk.assessor", RiskAssessment),
    _target("risk.score", RiskAssessment),
    _target(
        "risk.band", RiskAssessment, field="", label="Level", reading="code", codes="risk_band"
    ),
    _target("risk.judgement", RiskAssessment),
    _target("risk.police_reports", RiskAssessment),
    _target("risk.review_due", RiskAssessment),
)

_ORDER: Final = (
    _target("order.kind", LegalOrder),
    _target("order.made", LegalOrder, when="past"),
    _target("order.served", LegalOrder, when="past"),
    _target("order.expiry", LegalOrder),
    _target("order.excludes", LegalOrder),
    _target("order.arrest", LegalOrder),
    _target("order.hearing", LegalOrder),
)

_CONSENT: Final = (
    _target("consent.state", ConsentRequest),
    _target("consent.sent_on", ConsentRequest, when="past"),
    _target("consent.answered_on", ConsentRequest, when="past"),
    _target("consent.granted_by", ConsentRequest),
    _target("consent.conditions", ConsentRequest),
    _target("consent.refusal_reason", ConsentRequest),
)

_WORKS: Final = (
    _target("survey.done_on", Survey, when="past"),
    _target("survey.surveyor", Survey),
    _target("survey.no_works", Survey),
    _target("survey.wishes", Survey),
    _target("survey.disrepair_note", Survey),
    _target(
        "measure.proposed", Measure, field="", label="Proposed", reading="measures", several=True
    ),
    _target("measure.name", Measure, field="", label="Fitted", reading="measures", several=True),
    _target("measure.fitted_on", Measure, when="past"),
    _target("measure.fitted_by", Measure),
    _target("measure.cost", Measure),
    _target("visit.on", Visit, label="Survey booked for"),
    _target("install.on", Visit, field="on", label="Booked for"),
    _target("visit.outcome", Visit),
)

_CARE: Final = (
    _target("support.provider", Support),
    _target("support.worker", Support),
    _target("support.offered", Support, when="past"),
    _target("support.answer", Support),
    _target("support.start", Support),
    _target("support.ended", Support),
    _target("support.types", Support),
    _target("plan.made", SafetyPlan, when="past"),
    _target("check.h48", AftercareCheck, field="done_on", label="48-hour check", when="past"),
    _target("check.weeks3", AftercareCheck, field="done_on", label="3-week check", when="past"),
    _target("check.m3", AftercareCheck, field="done_on", label="3-month check", when="past"),
    _target("check.m6", AftercareCheck, field="done_on", label="6-month check", when="past"),
    _target("check.m12", AftercareCheck, field="done_on", label="12-month check", when="past"),
    _target("check.done_on", AftercareCheck, label="Check done on", when="past"),
    _target("check.outcome", AftercareCheck),
    _target("check.feels_safer", AftercareCheck),
    _target("check.still_home", AftercareCheck),
)

_MARAC: Final = (
    _target("marac.meeting", MaracListing),
    _target("marac.marac_ref", MaracListing),
    _target("marac.referred", MaracListing, when="past"),
    _target("marac.listing_type", MaracListing),
    _target("marac.outcome", MaracListing),
    _target("marac.victim_aware", MaracListing),
    _target(
        "marac.listed", MaracListing, field="", label="Heard by it", reading="code", codes="yes_no"
    ),
)

_CLOSING: Final = (
    _target("closure.closed_on", Closure, when="past"),
    _target("closure.outcome", Closure),
    _target("closure.reason", Closure),
    _target("closure.still_home", Closure),
    _target("closure.letter_sent", Closure),
)

_MONEY: Final = (
    _target("spend.gross", Expenditure),
    _target("spend.net", Expenditure),
    _target("spend.vat", Expenditure),
    _target("spend.fund", Expenditure),
    _target("spend.on", Expenditure),
    _target("spend.invoice_ref", Expenditure),
    _target("spend.order_ref", Expenditure),
    _target("spend.state", Expenditure),
)

_NOTES: Final = (_target("note.body", Note, several=True),)

TARGETS: Final[tuple[Target, ...]] = (
    *_CASE,
    *_SURVIVOR,
    *_REACH,
    *_PERPETRATOR,
    *_CHILDREN,
    *_HOME,
    *_LANDLORD,
    *_RISK,
    *_ORDER,
    *_CONSENT,
    *_WORKS,
    *_CARE,
    *_MARAC,
    *_CLOSING,
    *_MONEY,
    *_NOTES,
)
"""Every target, in the order in which a person is offered them."""

BY_KEY: Final[dict[str, Target]] = {target.key: target for target in TARGETS}
