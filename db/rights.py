"""The rights of those the records are about: what they ask to see, and what is done after a breach.

UK GDPR Articles 12 and 15 (access within a month), 33 and 34 (a breach within 72 hours); Data
Protection Act 2018, Schedules 2 and 3 (what may be withheld).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final

from db.fields import code, codes, day, link, long, moment, text, whole, yes_no
from db.record import Record

EVERY_CASE: Final = "*"
"""What stands for more cases than a row can name: all there were at that moment."""


@dataclass(slots=True)
class SubjectRequest(Record):
    """Somebody of the case asks to see what is held about them (UK GDPR Article 15)."""

    table: ClassVar[str] = "subject_requests"
    title: ClassVar[str] = "Subject access request"
    stands: ClassVar[str] = "end it with its reason, as taken in error where nobody asked"

    person_id: int | None = link("About", "people")
    received: date | None = day("Received", "The month begins that day.", required=True)
    asked_by: str = text("Asked by", "Themselves, or who acts for them and by what right.")
    identity_on: date | None = day(
        "Identity made sure on", "Nothing is written before; not by a document a partner may hold."
    )
    state: str = code("State", "request_state", default="open")
    extended: str = yes_no(
        "Two months more", "Only where it is complex, and told within the first month."
    )
    extended_why: str = text("Why, as they were told")
    also: str = text(
        "Their records in other cases", "Ids of people, separated by ;", klass="public", shown=False
    )
    method: str = text("How the answer reaches them", "By their safe-contact rule.")
    sent_on: date | None = day("Answered on")
    note: str = long("Note", limit=2000)


@dataclass(slots=True)
class SubjectDecision(Record):
    """Whether one paragraph goes into the answer to a request, why, and who decided."""

    table: ClassVar[str] = "subject_decisions"
    title: ClassVar[str] = "Decision on a paragraph"

    request_id: int | None = link("Request", "subject_requests")
    paragraph: str = text(
        "Paragraph", "Table, record, its version, field and place.", klass="public", shown=False
    )
    release: str = code("Goes out", "release", default="withheld")
    exemption: str = code("Exemption", "exemption", default="not_decided")
    reason: str = text("Reason")
    by: str = text("Decided by", klass="public")
    at: datetime | None = moment("Decided at")


@dataclass(slots=True)
class Breach(Record):
    """A breach of personal data: all are recorded, those not reported too (Article 33(5))."""

    table: ClassVar[str] = "breaches"
    title: ClassVar[str] = "Breach"
    stands: ClassVar[str] = "judge its risk and close it, with the reason"

    aware: datetime | None = moment("Known since", "72 hours begin then.", required=True, past=True)
    happened: datetime | None = moment("Happened", "Blank where it is not known.", past=True)
    kind: str = code("What happened", "breach_kind", default="wrong_recipient", required=True)
    disclosure_id: int | None = link("Export", "disclosures", "The row of the register.")
    what: str = long("In words", "Where it was, who may have it now.", limit=4000)
    held: str = text("What was in it", klass="public")
    case_refs: str = long("Cases in it", klass="public")
    classes: str = codes("Classes of field in it", "field_class")
    recipient: str = text("Who has it now")
    protected: str = yes_no("Encrypted, passphrase safe")
    risk: str = code("Risk to the people in it", "breach_risk")
    risk_why: str = long("Why this risk", limit=2000)
    ico: str = code("To the ICO", "ico_state", default="not_decided")
    ico_on: datetime | None = moment("Reported at", past=True)
    ico_why: str = long("Why reported, not reported, or late", limit=2000)
    closed_on: date | None = day("Closed on")


@dataclass(slots=True)
class BreachStep(Record):
    """What was done or decided after a breach, when and by whom."""

    table: ClassVar[str] = "breach_steps"
    title: ClassVar[str] = "Step after a breach"
    stands: ClassVar[str] = "log another step that puts it right"

    breach_id: int | None = link("Breach", "breaches")
    at: datetime | None = moment("When")
    kind: str = code("What", "breach_step", default="other", required=True)
    case_ref: str = text("Case", klass="public")
    words: str = long("In words", limit=2000)
    by: str = text("By", klass="public")
    people: int | None = whole("People told", low=0, high=100_000)
