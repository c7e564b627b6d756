"""How a due date is written in a list, seen from today."""

from __future__ import annotations

from datetime import date, timedelta

from config.format import short_date
from widgets.columns import Piece

SOON = timedelta(days=28)
NEAR = timedelta(days=180)


def near_date(day: date | None, today: date) -> str:
    """``Fri 1 Jan``: the year is said only where the nearest such day is not meant."""
    if day is not None and abs(day - today) < NEAR:
        return short_date(day)
    return short_date(day, today)


def due_cell(due: date | None, today: date) -> Piece:
    """The date itself: ``Thu 26 Nov``; red when past."""
    return near_date(due, today), "late" if due and due < today else "text"


def lateness_cell(due: date | None, today: date, at: str = "") -> Piece:
    """How far away the date is: ``2d ago``, ``today`` (or its time), ``in 9d``, ``in 7w``."""
    if due is None:
        return at, "dim"
    days = (due - today).days
    if days < 0:
        return f"{-days}d ago", "late"
    if days == 0:
        return at or "today", "strong"
    if days == 1:
        return f"tmrw {at}".rstrip() if len(at) <= 5 else at, "text"
    if due - today <= SOON:
        return f"in {days}d", "dim"
    return f"in {days // 7}w", "dim"


def when_cell(due: date | None, today: date, at: str = "") -> Piece:
    """The one thing to know of a date: ``2d ago``, ``13:00`` or ``today``, ``Fri 27 Nov``."""
    if due is None or due > today:
        return near_date(due, today), "text"
    return lateness_cell(due, today, at)


def also_cell(due: date | None, today: date) -> Piece:
    """What ``when_cell`` leaves out: the date of what is past, the days to what is coming."""
    if due is None or due == today:
        return "", "dim"
    return (near_date(due, today) if due < today else lateness_cell(due, today)[0]), "dim"


def days_in_stage(entered: date, target: date | None, today: date) -> tuple[int, int | None, bool]:
    """Calendar days in the stage, the target in days, and whether the target is past."""
    allowed = (target - entered).days if target else None
    return (today - entered).days, allowed, bool(target and today > target)


def stage_age(entered: date, target: date | None, today: date) -> Piece:
    """``6d!`` in red when the stage's target is past, else ``6d``."""
    days, _, late = days_in_stage(entered, target, today)
    return (f"{days}d!", "late") if late else (f"{days}d", "dim")
