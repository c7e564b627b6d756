"""What screens read: slotted dataclasses, made by queries or by the rules, never written back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from db.models import Reminder

Severity = Literal["stop", "warn", "info"]


@dataclass(slots=True, frozen=True)
class Finding:
    """What a gate says of a case or of one measure (design section 5).

    ``stop`` prevents the move or the fitting; ``who`` must act; ``since`` is when it began to wait;
    ``command`` is the id of the command that fixes it; ``measure_id`` is set for findings on one
    measure; ``overridden`` is true when a live override lets it pass.
    """

    gate: str
    severity: Severity
    sentence: str
    who: str = ""
    since: date | None = None
    command: str = ""
    measure_id: int | None = None
    overridden: bool = False


@dataclass(slots=True)
class CaseCard:
    """A case in one line: what board, Today and lists show. Kept in step at every write.

    ``risk`` is a band code; ``consent`` the worst open consent state; ``masked`` initials only;
    ``stuck_*`` and ``next_*`` answer why, on whom, since when, what next; ``valid_until`` is the
    last day on which these answers hold without being worked out again (an order lapses, say).
    """

    case_id: int
    ref: str
    status: str
    stage: str
    stage_entered: date
    target_due: date | None = None
    urgency: str = "standard"
    risk: str = "not_known"
    score: int | None = None
    tenure: str = "not_known"
    named_parties: str = "not_known"
    consent: str = ""
    consent_since: date | None = None
    name: str = ""
    masked: str = ""
    stuck_why: str = ""
    stuck_on: str = ""
    stuck_since: date | None = None
    next_text: str = ""
    next_due: date | None = None
    next_command: str = ""
    safe_contact: str = ""
    do_not_contact: int = 0
    gates: str = ""
    secured: str = "no"
    scheme_type: str = "undetermined"
    last_text: str = ""
    valid_until: date | None = None


@dataclass(slots=True)
class Derived:
    """What the rules make of a case at a write: its card and the reminders that should stand."""

    card: CaseCard
    reminders: list[Reminder] = field(default_factory=list)


AgendaGroup = Literal["at_once", "overdue", "today", "new", "stuck", "coming", "later", "keeping"]


@dataclass(slots=True)
class AgendaLine:
    """One case and one action, on Today or in the aftercare agenda.

    ``command`` is the id of the command the line is about (``chase``, ``call``, ``book``,
    ``check``, ``open`` ...); ``record_table``/``record_id`` name what it is about;
    ``reminder_id`` is None for lines that stand for a state (stuck, new), not a reminder.
    ``since``, on a stuck line, is the day from which its case is stuck for the reason ``text``
    gives; its ``due`` is the target of its stage.
    ``place``, where it is given, is the screen the line stands for, and ``cases`` for how many:
    its ``card`` is then of none of them (case 0), and no command on a case works there.
    """

    group: AgendaGroup
    card: CaseCard
    text: str
    due: date | None
    command: str = "open"
    rule: str = ""
    at: str = ""
    reminder_id: int | None = None
    record_table: str = ""
    record_id: int | None = None
    since: date | None = None
    place: str = ""
    cases: int = 1

    @property
    def risk(self) -> str:
        """The risk of its case; empty for a line of no case, which is not "no score yet"."""
        risk = self.card.risk
        return "" if not self.card.case_id and risk == "not_known" else risk


@dataclass(slots=True)
class ConsentLine:
    """One open consent request, as the tracker shows it. Days are working days."""

    request_id: int
    card: CaseCard
    part: str
    state: str
    decision_maker: str
    agent: str
    hop: str
    sent_on: date | None
    waiting_days: int
    hop_days: int
    chases: int
    next_chase: date | None
    next_step: str
    last_text: str
    urgency: str = "standard"


@dataclass(slots=True)
class MaracCandidate:
    """A case that may go on the MARAC's list, with the reason for each criterion met."""

    card: CaseCard
    criteria: tuple[str, ...]
    reasons: tuple[str, ...]
    listing_id: int | None
    listing_type: str
    last_referral: date | None
    missing: tuple[str, ...] = ()
    ticked: bool = False


@dataclass(slots=True)
class SearchHit:
    """A place where the words searched for stand. ``snippet`` marks hits with U+E000 and U+E001."""

    case_id: int
    ref: str
    entity: str
    entity_id: int
    title: str
    snippet: str


@dataclass(slots=True)
class Match:
    """A case that may be the same household as a new referral, and why."""

    case_id: int
    ref: str
    status: str
    masked: str
    stage: str
    reason: str
    score: int


@dataclass(slots=True)
class TimelineEntry:
    """One event of a case's story, from the change log."""

    at: datetime
    who: str
    action: str
    entity: str
    entity_id: int
    sentence: str
    detail: str = ""
