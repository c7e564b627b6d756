"""How long a file, and its MARAC papers, are kept, and what bars a disposal (DOMAIN 8).

No source gives a period: nothing is proposed, and nothing may be disposed of, until the council has
set one. A review, never a disposal by itself; a file under a legal hold is not disposed of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from config.format import counted, full_date
from config.settings import Settings
from db.models import CaseFile, LegalHold
from sanctuary_tui.pathway.dates import add_months, closed_on, latest, received_on

State = Literal["open", "undecided", "held", "kept", "due"]


@dataclass(frozen=True, slots=True)
class Clock:
    """Where the keeping of a closed file stands on a day.

    ``open``: not closed; ``undecided``: a period that it needs is not set; ``held``: a legal hold;
    ``kept``: until ``due``; ``due``: the day has come. ``said`` is the sentence for a person, and
    ``missing`` names the settings that are not set.
    """

    state: State
    due: date | None
    said: str
    missing: tuple[str, ...] = ()


def review_due(file: CaseFile, settings: Settings) -> date | None:
    """The day to look at whether a closed file is still kept; None while open, or with no period.

    The years after the last closing, and not before each child of the file has reached the age set;
    a child with no date of birth counts as born on the day of the referral, so that nothing is
    proposed too early (DOMAIN 8: child files to the 25th birthday). Not before the day the last
    review put it off to; and a legal hold puts it off to the day after its last, or until it is
    ended.
    """
    ends = _period_ends(file, settings)
    due = latest((ends, _put_off(file, "file")))
    if file.case.status != "closed" or ends is None or due is None:
        return None
    return _after_holds(file, due)


def marac_due(file: CaseFile, settings: Settings) -> date | None:
    """The day to look at whether MARAC papers are still kept: years after the last hearing.

    Put off by a review and by a legal hold, as the file's own.
    """
    ends = _marac_ends(file, settings)
    due = latest((ends, _put_off(file, "marac")))
    return _after_holds(file, due) if ends is not None and due is not None else None


def marac_clock(file: CaseFile, settings: Settings, today: date) -> Clock | None:
    """Where the keeping of MARAC papers alone stands, of an open case too; None where none was
    heard.

    They have years of their own, and may go while the file is kept. Papers that are worked with
    are kept: a listing that a meeting is still to hear, or an action that is open.
    """
    heard = _last_heard(file)
    if heard is None:
        return None
    due = marac_due(file, settings)
    if holds := in_force(file, today):
        return _held(holds, due)
    if not settings.retention.marac_years:
        name = "retention.marac_years"
        said = f"Retention period of its MARAC papers not decided: {_named((name,))}."
        return Clock("undecided", due, said, (name,))
    if any(item.state in ("draft", "sent") for item in file.marac_listings) or any(
        action.state == "open" for action in file.marac_actions
    ):
        return Clock("kept", due, "Its MARAC papers are worked with: a meeting or action is open.")
    if due is None or due > today:
        said = f"Its MARAC papers are kept until {full_date(due)}." if due else "They are kept."
        return Clock("kept", due, said)
    return Clock("due", due, f"The review of its MARAC papers is due since {full_date(due)}.")


def _held(holds: list[LegalHold], due: date | None) -> Clock:
    last = max(hold.until or date.max for hold in holds)
    until = "without end" if last == date.max else f"until {full_date(last)}"
    return Clock("held", due, f"A legal hold bars its disposal, {until}.")


def hold_due(hold: LegalHold) -> date | None:
    """The day to look at a legal hold again; None once it has ended.

    The day set for it, else its last day; one with neither is looked at on the day it was placed,
    so that none is forgotten.
    """
    if hold.ended_on is not None:
        return None
    return hold.review_due or hold.until or hold.placed_on


def in_force(file: CaseFile, today: date) -> list[LegalHold]:
    """The legal holds that bar a disposal on a day: not ended, and their last day not over."""
    return [
        hold
        for hold in file.legal_holds
        if hold.ended_on is None and (hold.until is None or hold.until >= today)
    ]


def undecided(file: CaseFile, settings: Settings) -> tuple[str, ...]:
    """The settings that this file's keeping needs and the council has not decided.

    An adult's period always; the children's age where there is a child; the MARAC's years where a
    meeting heard it.
    """
    rules = settings.retention
    needed = [("retention.adult_years", rules.adult_years, True)]
    needed.append(("retention.child_until_age", rules.child_until_age, bool(file.children)))
    needed.append(("retention.marac_years", rules.marac_years, _last_heard(file) is not None))
    return tuple(name for name, value, wanted in needed if wanted and not value)


def clock(file: CaseFile, settings: Settings, today: date) -> Clock:
    """Where the keeping of a file stands on a day, and the sentence that says so.

    Disposal waits for the file's own day and for its MARAC papers', whichever is later.
    """
    if file.case.status != "closed":
        return Clock("open", None, "The case is open: its years count from the day it is closed.")
    holds = in_force(file, today)
    due = latest((review_due(file, settings), marac_due(file, settings)))
    if holds:
        return _held(holds, due)
    missing = undecided(file, settings)
    if missing:
        return Clock("undecided", due, f"Retention period not decided: {_named(missing)}.", missing)
    if due is None or due > today:
        said = f"It is kept until {full_date(due)}." if due else "It is kept."
        return Clock("kept", due, said)
    return Clock("due", due, f"Its review has been due since {full_date(due)}.")


def marac_rule_said(file: CaseFile, settings: Settings) -> str:
    """By what rule MARAC papers alone may be disposed of, for their certificate."""
    said, put_off = _marac_rule(file, settings), _put_off(file, "marac")
    return "; ".join([*said, *([f"kept by review until {full_date(put_off)}"] if put_off else [])])


def rule_said(file: CaseFile, settings: Settings) -> str:
    """By what rule a file may be disposed of, for its certificate; it names nobody."""
    rules = settings.retention
    closed = closed_on(file)
    years = counted(rules.adult_years, "year")
    parts = [f"{years} after closing ({full_date(closed)})"] if closed else []
    if file.children:
        parts.append(f"each child of the file has reached {rules.child_until_age}")
    parts += _marac_rule(file, settings)
    put_off = latest((_put_off(file, "file"), _put_off(file, "marac")))
    if put_off is not None:
        parts.append(f"kept by review until {full_date(put_off)}")
    return "; ".join(parts)


def _marac_rule(file: CaseFile, settings: Settings) -> list[str]:
    heard, years = _last_heard(file), counted(settings.retention.marac_years, "year")
    return [f"{years} after the last MARAC ({full_date(heard)})"] if heard is not None else []


_TITLES = {
    "retention.adult_years": "years for an adult's file",
    "retention.child_until_age": "age for a child's file",
    "retention.marac_years": "years for MARAC records",
}


def _named(missing: tuple[str, ...]) -> str:
    return ", ".join(_TITLES[name] for name in missing)


def _period_ends(file: CaseFile, settings: Settings) -> date | None:
    rules = settings.retention
    days: list[date | None] = []
    closed = closed_on(file)
    if rules.adult_years and closed is not None:
        days.append(add_months(closed, 12 * rules.adult_years))
    if rules.child_until_age:
        for child in file.children:
            born = child.dob or received_on(file.case)
            days.append(add_months(born, 12 * rules.child_until_age) if born else None)
    return latest(days)


def _last_heard(file: CaseFile) -> date | None:
    return latest(
        item.heard_on or item.meeting for item in file.marac_listings if item.state == "heard"
    )


def _marac_ends(file: CaseFile, settings: Settings) -> date | None:
    years, heard = settings.retention.marac_years, _last_heard(file)
    return add_months(heard, 12 * years) if years and heard is not None else None


def _put_off(file: CaseFile, papers: str) -> date | None:
    """The day the newest review of these papers put the next one off to."""
    made = [item for item in file.retention_reviews if item.papers == papers]
    newest = max(made, key=lambda item: (item.made or date.min, item.id), default=None)
    return newest.next_review if newest else None


def _after_holds(file: CaseFile, due: date) -> date | None:
    """A day put off by every legal hold that has not ended; None under one without end."""
    for hold in file.legal_holds:
        if hold.ended_on is None and hold.until is None:
            return None
        if hold.ended_on is None and hold.until is not None:
            due = max(due, hold.until + timedelta(days=1))
    return due
