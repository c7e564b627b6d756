"""Date arithmetic the rules share; working days themselves are ``config.calendar``'s."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache

from config.calendar import add_working_days, is_working_day
from config.format import local
from db.models import Case, CaseFile


@lru_cache(maxsize=16384)
def day_of(moment: datetime | None) -> date | None:
    """The day in England on which a moment (kept in UTC) falls."""
    if moment is None:
        return None
    return moment.date() if moment.tzinfo is None else local(moment).date()


@lru_cache(maxsize=16384)
def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return date(year, month + 1, last)
            except ValueError:
                continue
    raise AssertionError("every month has 28 days")


def rolled(day: date) -> date:
    """The day itself, or the next working day."""
    return add_working_days(day, 0)


@lru_cache(maxsize=4096)
def working_day_before(day: date) -> date:
    """The last working day before ``day``."""
    day -= timedelta(days=1)
    while not is_working_day(day):
        day -= timedelta(days=1)
    return day


def no_later(day: date) -> date:
    """The day itself, or the last working day before it: nobody works on the others."""
    return day if is_working_day(day) else working_day_before(day)


def received_on(case: Case) -> date | None:
    """The day the referral reached the scheme."""
    return day_of(case.received)


def entered_on(case: Case, today: date) -> date:
    """The day the case entered its stage; the day it was received where that is not recorded."""
    return case.stage_entered or received_on(case) or today


def closed_on(file: CaseFile) -> date | None:
    """The day a case was last closed; where no closing is recorded, it came to its last stage."""
    return latest(item.closed_on for item in file.closures) or file.case.stage_entered


def latest(days: Iterable[date | None]) -> date | None:
    """The last of some dates, blanks left out."""
    return max((day for day in days if day is not None), default=None)
