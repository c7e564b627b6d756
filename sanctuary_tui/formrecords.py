"""Forms that are not one record: what a caller gives, what a call was, what a meeting decided.

They are declared as records are, so that the same form widget, checks and drafts serve them; the
functions in ``sanctuary_tui.work`` turn them into the records that are kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from db.fields import code, codes, day, long, moment, text, whole, yes_no
from db.models import AftercareCheck, Note
from db.record import Record


@dataclass(slots=True)
class ReferralForm(Record):
    """A new referral as the caller gives it, in any order (domain section 2)."""

    table: ClassVar[str] = "new_referral"
    title: ClassVar[str] = "New referral"

    route: str = code("Route", "route", "Who is sending the household.", required=True)
    safe: str = code(
        "Safe to contact?", "safe", "How the survivor may safely be reached.", required=True
    )
    phone: str = text("Survivor's phone or email", looks="phone")
    contact_times: str = text(
        "Safe times", "For example Mon-Fri 09:30-14:30; Sat 10-12; not Wed", reads="safe_times"
    )
    contact_rule: str = long("Safe-contact rule", "Shown in the banner of the case.", limit=400)
    first_name: str = text("Survivor's first name")
    surname: str = text("Survivor's surname")
    dob: date | None = day("Survivor's date of birth", klass="case")
    urgency: str = code("Urgency", "urgency", default="standard")
    triggers: str = codes(
        "Emergency triggers", "emergency_trigger", "Any opens the emergency path."
    )
    address: str = long("Address of the home", limit=400)
    postcode: str = text("Postcode", looks="postcode")
    confidential: str = yes_no("Address is confidential")
    tenure: str = code("Tenure", "tenure")
    named_parties: str = code("Tenancy or title names", "named_parties")
    perp_first_name: str = text("Perpetrator's first name")
    perp_surname: str = text("Perpetrator's surname")
    relationship: str = code("Relationship to survivor", "relationship")
    still_resident: str = yes_no("Perpetrator lives at the home", "Gate G2.")
    children: int | None = whole("Children in the home", low=0, high=20)
    reason: str = long("Reason for referral", "Facts first; say whose words they are.")
    referrer_org: str = text("Referrer's organisation")
    referrer_name: str = text("Referrer's name")
    referrer_contact: str = text("Referrer's phone or email", looks="phone")
    referral_consent: str = code("Consent to refer", "referral_consent")
    linked_cases: str = text("Linked cases", "Earlier references, separated by ;", klass="public")


@dataclass(slots=True)
class CallForm(Record):
    """A call, text or visit to log."""

    table: ClassVar[str] = "log_call"
    title: ClassVar[str] = "Log a call"

    way: str = code("Contact", "contact_way", default="out", shown=False)
    reason: str = text(
        "Reason to go on", "Kept on the record: this is outside the safe times.", shown=False
    )
    at: datetime | None = moment("When it was", shown=False, past=True)
    kind: str = code("How", "note_kind", default="call")
    with_whom: str = text("With whom")
    body: str = long("What was said", "Facts apart from opinion.", required=True)
    still_safe: str = yes_no("Contact still safe", "Asked at every contact with the survivor.")
    next_action: str = text("Next action")
    next_due: date | None = day("Next action due")


@dataclass(slots=True)
class VoiceForm(CallForm):
    """A contact with a survivor who may be rung."""

    kind: str = code("How", "voice_kind", default="call")


@dataclass(slots=True)
class SilentForm(CallForm):
    """A contact with a survivor who is not rung: no voice call is offered (domain section 10 B)."""

    kind: str = code("How", "silent_kind", default="text")


@dataclass(slots=True)
class OtherForm(CallForm):
    """A contact with somebody else about the case."""

    table: ClassVar[str] = "log_contact"
    title: ClassVar[str] = "Log a contact"

    kind: str = code("How", "other_kind", default="agency")


@dataclass(slots=True)
class PlainNote(Note):
    """A note that is no contact with the survivor: that is logged, by the safe-contact rule."""

    kind: str = code("Kind", "other_kind", default="note")


@dataclass(slots=True)
class CheckForm(AftercareCheck):
    """An aftercare check and how it was made, which the safe-contact rule judges."""

    way: str = code("Contact", "contact_way", default="out", shown=False)
    reason: str = text(
        "Reason to go on", "Kept on the record: this is outside the safe times.", shown=False
    )
    at: datetime | None = moment("When it was", shown=False, past=True)
    by: str = code("How", "check_by", default="call", shown=False)


@dataclass(slots=True)
class ChaseForm(Record):
    """One chase of a consent request."""

    table: ClassVar[str] = "log_chase"
    title: ClassVar[str] = "Log a chase"

    kind: str = code("What happened", "consent_event", default="chase")
    channel: str = code("Channel", "channel", default="phone")
    hop: str = text("With whom", "Agent, owner, desk")
    words: str = long(
        "Words used",
        "Security improvement only; words that disclose are refused.",
        limit=4000,
    )


@dataclass(slots=True)
class AnswerForm(Record):
    """The answer to a consent request."""

    table: ClassVar[str] = "log_answer"
    title: ClassVar[str] = "Log an answer"

    kind: str = code("Answer", "consent_event", default="answer_granted", required=True)
    granted_by: str = text("Given by")
    answered_on: date | None = day("On")
    evidence: str = text("Evidence", "Email of the day, letter reference")
    conditions: str = long("Conditions", limit=2000)
    reason: str = long("Reason if refused", limit=2000)
    expiry: date | None = day("Consent expires")
    channel: str = code("Channel", "channel", default="email")


@dataclass(slots=True)
class MeetingForm(Record):
    """What a MARAC decided on one case."""

    table: ClassVar[str] = "marac_outcome"
    title: ClassVar[str] = "After the meeting"

    decided: str = code("The case was", "meeting_result", default="heard", required=True)
    outcome: str = long("Outcome", "Or why not heard.", limit=2000, required=True)
    action: str = long("New action", "Leave blank if there is none.", limit=500)
    owner_agency: str = text("Action for agency", klass="public")
    owner: str = text("Action for")
    due: date | None = day("Action due")


@dataclass(slots=True)
class CloseForm(Record):
    """Closing a case."""

    table: ClassVar[str] = "close_case"
    title: ClassVar[str] = "Close the case"

    outcome: str = code("Outcome", "close_outcome", default="", required=True)
    reason: str = code("Reason support ended", "close_reason", default="not_known")
    still_home: str = yes_no("Still in the home")
    informed: str = yes_no("Survivor informed")
    letter_sent: str = yes_no("Letter sent")
    reentry: str = yes_no("Way back given")
    note: str = long("Note", limit=2000)


@dataclass(slots=True)
class OverrideForm(Record):
    """Overriding a gate that refuses. Never G1, never G2 (domain section 1)."""

    table: ClassVar[str] = "override"
    title: ClassVar[str] = "Override a gate"

    approver: str = text("Approved by", "Name or post of the manager", required=True)
    reason: str = long("Reason", required=True, limit=2000)
    expiry: date | None = day("Until", required=True)
