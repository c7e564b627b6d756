"""What changed in each case since a moment, read from the change log: kinds and counts, no values.

Only what comes from a list of codes is said (a stage, an answer); what somebody typed is counted
and not repeated, so that nothing protected stands here. Sealed cases are absent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from config.calendar import is_working_day
from config.codes import STAGES, label
from config.errors import BadInputError
from config.format import counted, full_date, local
from config.parse import parse_date
from db import queries
from db.changes import unpacked
from db.models import BY_TABLE
from db.queries import LoggedChange
from db.readlog import changed_between, ends_of, last_left
from sanctuary_tui.opening import LOCKED
from sanctuary_tui.pathway import stages

if TYPE_CHECKING:
    from config.settings import Settings
    from db.caseload import Caseload
    from db.readmodels import CaseCard

MOMENTS: Final = {
    "working_day": "the last working day",
    "friday": "last Friday",
    "left": "when I last left",
}
"""From when, besides a date that is typed."""
_LEFT: Final = (*LOCKED.values(), "closed")
_FRIDAY: Final = 4
_DAY: Final = timedelta(days=1)

_ANSWERED: Final[dict[tuple[str, str], tuple[str, frozenset[str]]]] = {
    ("consent_requests", "state"): (
        "consent_state",
        frozenset({"granted", "granted_conditional", "refused"}),
    ),
    ("support", "answer"): ("support_answer", frozenset({"accepted", "declined", "already"})),
    ("cases", "ha_answer"): ("yes_no", frozenset({"yes", "no"})),
}
"""An answer that was awaited: its field, its code list, and which codes are answers."""
_DONE: Final[dict[tuple[str, str], frozenset[str]]] = {
    ("reminders", "state"): frozenset({"done"}),
    ("measures", "state"): frozenset({"fitted", "removed"}),
    ("visits", "outcome"): frozenset({"done", "part"}),
    ("marac_actions", "state"): frozenset({"done"}),
}
"""A change by which something planned is done."""


@dataclass(slots=True)
class CaseSince:
    """What changed in one case: each line of the log counts once, under one of these."""

    card: CaseCard
    last: datetime
    moves: list[tuple[str, str]] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    new: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    deleted: Counter[str] = field(default_factory=Counter)
    who: Counter[str] = field(default_factory=Counter)

    @property
    def changes(self) -> int:
        """How many lines of the log."""
        return self.who.total()


@dataclass(slots=True)
class SinceView:
    """Every case in which something changed since a moment, the newest change first."""

    first: datetime
    cases: list[CaseSince] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many changes, in all cases."""
        return sum(one.changes for one in self.cases)

    @property
    def sentence(self) -> str:
        """What is shown, in one line."""
        here = local(self.first)
        clock = f" {here:%H:%M}" if (here.hour, here.minute) != (0, 0) else ""
        return (
            f"Changed since {full_date(here.date())}{clock}: {counted(len(self.cases), 'case')}, "
            f"{counted(self.changes, 'change')}. Typed words are not shown."
        )


def moment_of(caseload: Caseload, since: str, today: date) -> datetime:
    """The moment from which changes are looked for: one of ``MOMENTS``, or a date as typed.

    Raises:
        BadInputError: no such date, or it lies ahead.
    """
    if since == "left":
        left = last_left(caseload.connection, _LEFT)
        return left or moment_of(caseload, "working_day", today)
    if since in MOMENTS:
        return ends_of(day_of(since, today))[0]
    return ends_of(typed_day(since, today))[0]


def typed_day(said: str, today: date) -> date:
    """A day that was, as somebody types it.

    Raises:
        BadInputError: no such date, or it lies ahead.
    """
    day = parse_date(said, today, past=True)
    if day > today:
        raise BadInputError("That day is still to come; give one that was, such as last fri.")
    return day


def day_of(since: str, today: date) -> date:
    """The last working day before today, or the last Friday."""
    day = today - _DAY
    while not (day.weekday() == _FRIDAY if since == "friday" else is_working_day(day)):
        day -= _DAY
    return day


def since_view(caseload: Caseload, first: datetime) -> SinceView:
    """What changed in each case from this moment on. Only cases that are there are in it."""
    rows = changed_between(caseload.connection, first, datetime.max.replace(tzinfo=UTC))
    cards = queries.cards_of(caseload.connection, {row.case_id for row in rows})
    found: dict[int, CaseSince] = {}
    for row in rows:
        card = cards.get(row.case_id)
        if card is None:
            continue
        one = found.setdefault(row.case_id, CaseSince(card, row.at))
        one.last = max(one.last, row.at)
        one.who[row.who] += 1
        _count(one, row)
    return SinceView(first, sorted(found.values(), key=lambda one: one.last, reverse=True))


def _count(one: CaseSince, row: LoggedChange) -> None:
    """Put a line of the log where it belongs."""
    kind = BY_TABLE.get(row.entity)
    title = kind.title if kind else row.entity
    if row.action == "erasure":
        one.deleted[title] += 1
        return
    before, after = unpacked(row.before), unpacked(row.after)
    if row.action == "collection":
        done = row.entity == "aftercare_checks" and bool(after.get("done_on"))
        (one.done if done else one.new)[title] += 1
    elif move := stage_move(row):
        one.moves.append(move)
    elif answer := _answer(row.entity, before, after):
        one.answers[answer] += 1
    elif any(
        table == row.entity and str(after.get(name)) in codes and str(before.get(name)) not in codes
        for (table, name), codes in _DONE.items()
    ):
        one.done[title] += 1
    else:
        one.changed[title] += 1


def stage_move(row: LoggedChange) -> tuple[str, str] | None:
    """From which stage to which a line of the log moves its case; None where it does not."""
    if row.entity != "cases" or row.action != "alteration":
        return None
    before, after = unpacked(row.before).get("stage"), unpacked(row.after).get("stage")
    moved = isinstance(before, str) and isinstance(after, str) and before != after
    return (str(before), str(after)) if moved else None


def _answer(entity: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    for (table, name), (codes, answers) in _ANSWERED.items():
        said = str(after.get(name))
        if table == entity and said in answers and before.get(name) != said:
            asked = "Landlord's scheme" if table == "cases" else BY_TABLE[table].title
            return f"{asked}: {label(codes, said).lower()}"
    return ""


def lines_of(one: CaseSince, settings: Settings) -> list[tuple[str, str]]:
    """What is said of a case: what kind of change, and which with their counts."""

    def listed(counts: Counter[str]) -> str:
        return ", ".join(f"{name} {number}" for name, number in counts.most_common())

    moves = ", ".join(move_words(move, settings) for move in one.moves)
    answers = ", ".join(
        f"{said} ({number})" if number > 1 else said for said, number in one.answers.items()
    )
    said = (
        ("stage", moves),
        ("answer", answers),
        ("new", listed(one.new)),
        ("done", listed(one.done)),
        ("changed", listed(one.changed)),
        ("deleted", listed(one.deleted)),
        ("by", ", ".join(f"{who} {number}" for who, number in one.who.most_common())),
    )
    return [(name, words) for name, words in said if words]


def move_words(move: tuple[str, str], settings: Settings) -> str:
    """``Consent to Approval``, by the district's own titles."""
    return " to ".join(
        stages.title(stage, settings) if stage in STAGES else stage for stage in move
    )
