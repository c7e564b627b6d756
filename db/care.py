"""Support, aftercare, incidents, MARAC and the program's own records (domain sections 2, 3, 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from db.fields import code, codes, day, link, long, moment, text, whole, yes_no
from db.record import Record


@dataclass(slots=True)
class Support(Record):
    """The offer of specialist support and its answer (domain sections 2 and 4)."""

    table: ClassVar[str] = "support"
    title: ClassVar[str] = "Support"

    provider: str = text("Provider", searched=True)
    worker: str = text("Worker")
    idva: str = yes_no("IDVA")
    offered: date | None = day("Offered")
    answer: str = code("Answer", "support_answer")
    start: date | None = day("Started")
    ended: date | None = day("Ended")
    end_reason: str = code("End reason", "support_end")
    types: str = codes("Types", "support_type")


@dataclass(slots=True)
class SafetyPlan(Record):
    """A version of the safety plan (domain section 2, Safety plan)."""

    table: ClassVar[str] = "safety_plans"
    title: ClassVar[str] = "Safety plan"

    number: int | None = whole("Version", low=1, high=999)
    made: date | None = day("Date", required=True)
    owner: str = text("Owner", "Who keeps it up.")
    covers: str = codes("Covers", "plan_area")
    triggers: str = text("Review when")
    review_due: date | None = day("Review due")
    plan: str = long("Plan", searched=True, limit=8000)


@dataclass(slots=True)
class Incident(Record):
    """Something that happened after the referral (domain section 2, Incident/breach)."""

    table: ClassVar[str] = "incidents"
    title: ClassVar[str] = "Incident"

    at: datetime | None = moment("When", required=True)
    kind: str = code("What", "incident_kind", default="contact", required=True)
    headline: str = text("In one line", searched=True)
    detail: str = long("What happened", limit=4000, searched=True)
    at_address: str = yes_no("At the home")
    entry: str = code("Got in?", "entry_gained")
    measures_worked: str = yes_no("Measures worked")
    police_ref: str = text("Police reference")
    evidence: str = code("Evidence", "incident_evidence")
    order_breached: str = yes_no("Order breached")
    order_id: int | None = link("Which order", "legal_orders")
    reported_to: str = text("Reported to")
    perpetrator_id: int | None = link(
        "By which perpetrator",
        "people",
        "Blank is the case's only one; where there are several, blank is not known.",
    )
    told_closed: date | None = day(
        "Told after closing on",
        "Given by the program when it is recorded on a closed case.",
        shown=False,
    )


@dataclass(slots=True)
class AftercareCheck(Record):
    """A check after the fitting, in the survivor's own cadence (domain section 7)."""

    table: ClassVar[str] = "aftercare_checks"
    title: ClassVar[str] = "Aftercare check"

    kind: str = code("Check", "check_kind", default="extra", required=True)
    due: date | None = day("Due")
    done_on: date | None = day("Done on")
    outcome: str = code("Outcome", "check_outcome", default="done", required=True)
    method: str = text("How")
    feels_safer: str = code("Feels safer", "feels_safer", "1 to 5; may be skipped.", default="")
    measures_working: str = yes_no("Each measure working")
    used: str = yes_no("Measures used")
    contact_since: str = yes_no("Further contact or incident")
    police_told: str = yes_no("Police told")
    orders_same: str = yes_no("Orders as before")
    support_in_place: str = yes_no("Support in place")
    wants_change: str = text("Wants changed")
    children_view: str = text("Children's view")
    still_home: str = yes_no("Still in the home")
    contact_safe: str = yes_no("Contact still safe")
    uneasy: str = text("Feels watched or stuck", "Anything that makes them feel watched or stuck.")
    wants_end: str = yes_no("Wants to end")
    fault: str = text("Fault to mend")


@dataclass(slots=True)
class MaracListing(Record):
    """A case on a MARAC's list (domain section 3)."""

    table: ClassVar[str] = "marac_listings"
    title: ClassVar[str] = "MARAC listing"

    meeting: date | None = day("Meeting", required=True)
    marac_ref: str = text("MARAC reference", klass="public")
    listing_type: str = code("Type", "listing_type", default="new")
    criteria: str = codes("Criteria", "criterion")
    state: str = code("State", "listing_state", default="draft")
    referred: date | None = day("Referred")
    last_referral: date | None = day("Last referral of this pair")
    repeat_event: str = code("Event that makes it a repeat", "repeat_event")
    judgement_reason: str = long("Reason for judgement", limit=500)
    victim_aware: str = code("Survivor knows", "victim_aware")
    unaware_reason: str = text("Why not")
    consent: str = code("Consent to share", "share_consent")
    share_basis: str = code("Lawful basis", "share_basis")
    decided_by: str = text("Decided by")
    decided_on: date | None = day("Decided on")
    address_reason: str = text(
        "Why send the address", "Reason to send a confidential address.", klass="protected"
    )
    headline: str = text("Headline", "At most 120 characters.", limit=120)
    requested_actions: str = long("Actions asked of the meeting", limit=500)
    outcome: str = long("Outcome", limit=2000, searched=True)
    heard_on: date | None = day("Heard on")
    pairs: str = text(
        "Perpetrators it is about", "Their ids, kept when sent.", klass="public", shown=False
    )
    transfer_to: str = text("To which MARAC", "It tells the new area.", klass="protected")
    transferred_on: date | None = day("Sent to it on")
    transfer_way: str = code("Sent by", "transfer_way")
    acknowledged_on: date | None = day("Acknowledged on", "The day it said that it has the case.")


@dataclass(slots=True)
class MaracAction(Record):
    """An action of a MARAC (domain section 3c)."""

    table: ClassVar[str] = "marac_actions"
    title: ClassVar[str] = "MARAC action"

    listing_id: int | None = link("Listing", "marac_listings")
    action: str = long("Action", limit=500, searched=True, required=True)
    owner_agency: str = text("Agency", klass="public")
    owner: str = text("Owner")
    due: date | None = day("Due")
    state: str = code("State", "action_state", default="open")
    done_on: date | None = day("Done on")
    evidence: str = text("Evidence")
    reason: str = text("Reason if not done")


@dataclass(slots=True)
class Reminder(Record):
    """Something to do by a date: derived by a rule, or written by the coordinator.

    ``key`` is ``rule:anchor``, unique in a case, so that done, snoozed and dismissed stick and
    nothing is asked twice (design section 5).
    """

    table: ClassVar[str] = "reminders"
    title: ClassVar[str] = "Reminder"

    key: str = text("Key", klass="public", shown=False)
    rule: str = text("Rule", klass="public", shown=False)
    due: date | None = day("Due", required=True)
    title_text: str = text("What to do", required=True, searched=True)
    action: str = text("Action", klass="public", shown=False)
    who: str = text("Who")
    state: str = code("State", "reminder_state", default="open", shown=False)
    snoozed_to: date | None = day("Snoozed to", shown=False)
    at: str = text("Time", "For example 13:00", klass="public")
    record_table: str = text("About", klass="public", shown=False)
    record_id: int | None = whole("About", shown=False)
    rrule: str = text("Repeats", "For example FREQ=WEEKLY", klass="public")


@dataclass(slots=True)
class Note(Record):
    """A note on a case; append-only, a correction points at what it corrects (design section 4)."""

    table: ClassVar[str] = "notes"
    title: ClassVar[str] = "Note"

    at: datetime | None = moment("When")
    kind: str = code("Kind", "note_kind", default="note")
    with_whom: str = text("With whom")
    body: str = long(
        "Note",
        "Facts apart from opinion. No lock codes, no keys.",
        searched=True,
        required=True,
        limit=250_000,
    )
    corrects_id: int | None = link("Corrects", "notes", shown=False)
    by: str = text("By", klass="public", shown=False)


@dataclass(slots=True)
class Override(Record):
    """A gate overridden by a named approver, with a reason, until a date (domain section 1)."""

    table: ClassVar[str] = "overrides"
    title: ClassVar[str] = "Override"

    gate: str = code("Gate", "override_gate", default="G4", required=True)
    approver: str = text("Approved by", required=True)
    reason: str = long("Reason", required=True, limit=2000)
    made: date | None = day("Made")
    expiry: date | None = day("Until", required=True)


@dataclass(slots=True)
class Closure(Record):
    """How a case ended (domain section 2, Closure)."""

    table: ClassVar[str] = "closures"
    title: ClassVar[str] = "Closure"

    closed_on: date | None = day("Closed on", required=True)
    outcome: str = code("Outcome", "close_outcome", default="secured", required=True)
    reason: str = code("Reason", "close_reason", default="not_known")
    still_home: str = yes_no("Still in the home")
    informed: str = yes_no("Survivor informed")
    letter_sent: str = yes_no("Letter sent")
    reentry: str = yes_no("Way back given")
    note: str = long("Note", limit=2000)


@dataclass(slots=True)
class Disclosure(Record):
    """A row of the disclosure log and export register (design section 7)."""

    table: ClassVar[str] = "disclosures"
    title: ClassVar[str] = "Disclosure"

    at: datetime | None = moment("When")
    what: str = text("What", klass="public")
    rows: int | None = whole("Rows")
    recipient: str = code("To", "recipient", default="internal")
    recipient_name: str = text("Recipient")
    basis: str = text("Lawful basis", klass="public")
    protection: str = code("Protection", "protection", default="csv")
    path: str = text("File", klass="public", limit=1000)
    sha256: str = text("SHA-256", klass="public")
    protected_fields: int | None = whole("Protected values in it")
    by: str = text("By", klass="public")
    deleted_on: date | None = day("File deleted on")
    case_refs: str = long("Cases in it", klass="public")
