"""Consent, survey, measures, visits and money (domain sections 2, 5 and 6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from db.fields import code, day, link, long, moment, money, organisation, text, whole, yes_no
from db.record import Record


@dataclass(slots=True)
class ConsentRequest(Record):
    """One request to one owner of one part (domain section 5)."""

    table: ClassVar[str] = "consent_requests"
    title: ClassVar[str] = "Consent request"

    part: str = code("Part", "part", default="dwelling", required=True)
    state: str = code("State", "consent_state", default="drafting")
    decision_kind: str = code("Who decides", "decision_kind")
    decision_maker: str = text("Decision-maker", searched=True)
    decision_org_id: int | None = organisation("Decision-maker's organisation")
    agent: str = text("Through agent", searched=True)
    agent_org_id: int | None = organisation("Agent's organisation")
    asked_by: str = code("Who asks", "asked_by", default="scheme")
    survivor_ok: str = yes_no(
        "Wording and channel agreed", "By the survivor; nothing is sent before this."
    )
    survivor_ok_on: date | None = day("Agreed on")
    wording: str = long("Wording", "Security improvement only; never why.", limit=4000)
    wording_version: str = text("Wording version", klass="public")
    channel: str = code("Channel", "channel", default="email")
    schedule: str = text("Schedule of works reference")
    removal_offer: str = yes_no("Removal and making good offered")
    sent_on: date | None = day("Sent")
    agent_forwarded: date | None = day("Agent passed it to the owner")
    owner_asked: date | None = day("Owner's details asked for")
    answered_on: date | None = day("Answered")
    granted_by: str = text("Granted by")
    granted_evidence: str = text("Evidence of the answer")
    conditions: str = long("Conditions", limit=2000)
    refusal_reason: str = long("Reason for refusal", limit=2000)
    expiry: date | None = day("Consent expires")
    survivor_eh_consent: date | None = day("Written consent to Env. Health")
    eh_warned: str = yes_no("Told whole building inspected")
    next_chase: date | None = day("Next chase", "Blank: by the ladder.")


@dataclass(slots=True)
class ConsentEvent(Record):
    """One thing that happened on a consent request: sent, chased, answered (domain section 5)."""

    table: ClassVar[str] = "consent_events"
    title: ClassVar[str] = "Consent event"

    request_id: int | None = link("Request", "consent_requests")
    at: datetime | None = moment("When")
    kind: str = code("What", "consent_event", default="chase", required=True)
    channel: str = code("Channel", "channel", default="email")
    hop: str = text("With whom", "Agent, owner, desk")
    words: str = long("Words used", limit=4000, searched=True)
    by: str = text("By", klass="public")


@dataclass(slots=True)
class Survey(Record):
    """The survey of the home: its weak points are protected (domain section 2, Survey)."""

    table: ClassVar[str] = "surveys"
    title: ClassVar[str] = "Survey"

    done_on: date | None = day("Surveyed on")
    surveyor: str = text("Surveyed by")
    competency: str = code("Competency", "competency")
    with_da_worker: str = yes_no("DA worker present")
    escape: str = code("Means of escape", "escape", klass="protected")
    alarms: str = text("Alarms present", klass="protected")
    fire_advice: str = yes_no("Fire service advice taken")
    disrepair: str = yes_no("Disrepair must be fixed first", "Gate G6.")
    disrepair_note: str = long("Disrepair", klass="protected", limit=2000)
    sketch: str = text("Sketch reference", klass="protected")
    wishes: str = long("Survivor's wishes", limit=2000, searched=True)
    no_works: str = yes_no("No works needed")


@dataclass(slots=True)
class EntryPoint(Record):
    """One way in, as the survey found it. Never leaves the caseload (domain section 3a)."""

    table: ClassVar[str] = "entry_points"
    title: ClassVar[str] = "Entry point"

    survey_id: int | None = link("Survey", "surveys")
    kind: str = code("Kind", "entry_kind", default="front_door", klass="protected")
    location: str = text("Where", klass="protected")
    condition: str = code("Condition", "condition", klass="protected")
    defect: str = text("Defect", klass="protected")


@dataclass(slots=True)
class Measure(Record):
    """A measure proposed, ordered or fitted (domain sections 2 and 6)."""

    table: ClassVar[str] = "measures"
    title: ClassVar[str] = "Measure"

    catalogue_id: int | None = whole(
        "Catalogue number", "1 to 46; blank for one of your own.", low=1, high=46
    )
    name: str = text("Measure", klass="public", searched=True)
    location: str = text("Place", klass="protected")
    qty: int | None = whole("Quantity", low=1, high=99)
    reason: str = text("Reason", klass="case")
    part: str = code("Part of the building", "part", default="dwelling")
    consent_needed: str = yes_no("Landlord's consent needed")
    excluding: str = yes_no(
        "Locks out a person with rights",
        "Keeps out somebody with a right to be there: gate G3 binds.",
    )
    escape_affecting: str = yes_no("Affects a way out", "Gate G5 binds.")
    escape_checked: str = yes_no("Way out checked", "Keyless from inside, or another route proved.")
    state: str = code("State", "measure_state", default="proposed")
    fitted_on: date | None = day("Fitted on")
    fitted_by: str = text("Fitted by")
    cost: int | None = money("Cost")
    fund: str = code("Fund", "fund")
    standard: str = text("Standard", klass="public")
    maintenance_due: date | None = day("Battery or service due")
    powered: str = yes_no("Powered or by subscription")
    instructions: str = yes_no("Shown how, and used it", "By the survivor themselves.")
    removal_offer: str = yes_no("To be removed at the end")
    access_need: str = text("Unmet access need", "Blocks the handover until met.")
    faulty_since: date | None = day("Faulty since", shown=False)


@dataclass(slots=True)
class Visit(Record):
    """A visit to the home (domain section 2, Visit)."""

    table: ClassVar[str] = "visits"
    title: ClassVar[str] = "Visit"

    kind: str = code("Kind", "visit_kind", default="survey", required=True)
    on: date | None = day("Date", required=True)
    window: str = text("Time window", "For example 10:00-12:00", klass="public")
    worker: str = text("Worker or firm")
    gender_pref: str = code("Worker preferred", "gender_pref")
    support_present: str = yes_no("Support worker present")
    police_attend: str = yes_no("Police attend")
    police_answer: str = yes_no(
        "Police say safe to attend", "Gate G7, where weapons or whereabouts are a risk."
    )
    safe_window: str = yes_no("Survivor says the time is safe")
    outcome: str = code("Outcome", "visit_outcome", default="booked")
    note: str = long("Note", limit=2000, searched=True)
    booked_on: date | None = day("Booked on", shown=False)


@dataclass(slots=True)
class Fund(Record):
    """A budget for a year (domain sections 2 and 4)."""

    table: ClassVar[str] = "funds"
    title: ClassVar[str] = "Fund"

    name: str = text("Name", klass="public", required=True)
    kind: str = code("Kind", "fund")
    year: int | None = whole("Financial year starting", low=2000, high=2100)
    budget: int | None = money("Budget")


@dataclass(slots=True)
class Expenditure(Record):
    """Money committed or spent on a case (domain section 2, Expenditure)."""

    table: ClassVar[str] = "expenditures"
    title: ClassVar[str] = "Expenditure"

    fund_id: int | None = link("Fund", "funds")
    fund: str = code("Fund kind", "fund")
    state: str = code("State", "spend_state", default="committed")
    order_ref: str = text("Order", klass="public")
    invoice_ref: str = text("Invoice", klass="public")
    on: date | None = day("Date")
    net: int | None = money("Net")
    vat: int | None = money("VAT")
    gross: int | None = money("Gross")
    what: str = text("For what", klass="public")


@dataclass(slots=True)
class Grant(Record):
    """A discretionary grant to the survivor: flexible funding, or to feel safe at home."""

    table: ClassVar[str] = "grants"
    title: ClassVar[str] = "Grant"

    fund_id: int | None = link("Fund", "funds")
    fund: str = code("Fund kind", "fund")
    state: str = code("State", "grant_state", default="agreed")
    purpose: str = text("Purpose", "In words that name nobody.", required=True)
    on: date | None = day("Date", required=True)
    amount: int | None = money("Amount", required=True)
