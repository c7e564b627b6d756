"""How a derived reminder is made: a stable key, a due date, a short title."""

from __future__ import annotations

from datetime import date

from db.models import CaseFile, Reminder
from db.record import Record

TITLE = 40
"""Columns a title has on Today."""


def reminder(
    rule: str,
    anchor: str,
    due: date,
    title: str,
    action: str,
    *,
    who: str = "",
    at: str = "",
    about: Record | None = None,
) -> Reminder:
    """A reminder of ``rule`` about ``anchor``; ``about`` is the record it concerns.

    The key carries no name. Titles longer than the column are cut at a word.
    """
    return Reminder(
        key=f"{rule}:{anchor}",
        rule=rule,
        due=due,
        title_text=short(title),
        action=action,
        who=who,
        at=at,
        record_table=about.table if about is not None else "",
        record_id=about.id if about is not None else None,
    )


def short(title: str, width: int = TITLE) -> str:
    """``title``, cut at the last whole word that fits."""
    if len(title) <= width:
        return title
    cut = title[: width - 1]
    return f"{cut.rsplit(' ', 1)[0].rstrip(' ,:;')}…"


def pace_anchor(file: CaseFile, day: date, urgent: bool) -> str:
    """A reminder's day; its own where a trigger, not the recorded urgency, brings it forward."""
    return f"{day}:emergency" if urgent and file.case.urgency != "emergency" else str(day)
