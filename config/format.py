"""How dates, ages, money and names are written on the screen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def short_date(day: date | None, today: date | None = None) -> str:
    """``Thu 26 Nov``; with the year where it is not this year's."""
    if day is None:
        return ""
    text = f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"
    return f"{text} {day.year}" if today is not None and day.year != today.year else text


def full_date(day: date | None) -> str:
    """``Thu 26 Nov 2026``."""
    return f"{short_date(day)} {day.year}" if day else ""


def age(since: date | None, today: date) -> str:
    """``9d``: calendar days since a date; empty when there is none."""
    return f"{(today - since).days}d" if since else ""


def money(pence: int | None) -> str:
    """``£418.20``."""
    if pence is None:
        return ""
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def counted(number: int, word: str) -> str:
    """``1 row``, ``3 rows``: a number with its word, for words that take an s."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def initials(*names: str) -> str:
    """``K. O.``: the masked form of a name; signs before a letter are passed over."""
    found = []
    for part in (part for name in names for part in name.split()):
        first = next((char for char in part if char.isalnum()), part[0])
        found.append(f"{first.upper()}.")
    return " ".join(found)


@lru_cache(maxsize=1)
def _london() -> object:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo("Europe/London")
    except ZoneInfoNotFoundError:
        return UTC


def local(moment: datetime) -> datetime:
    """A UTC moment in England's time."""
    from datetime import tzinfo
    from typing import cast

    return moment.astimezone(cast(tzinfo, _london()))


def short_moment(moment: datetime | None) -> str:
    """``Thu 26 Nov 14:05`` in England's time."""
    if moment is None:
        return ""
    here = local(moment)
    return f"{short_date(here.date())} {here:%H:%M}"
