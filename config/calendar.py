"""England's working days; bank holidays come from the ``holidays`` library, loaded on first use."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in ``year``, substitute days included."""
    import holidays

    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, and not a bank holiday in England."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


@lru_cache(maxsize=16384)
def add_working_days(start: date, days: int) -> date:
    """The date ``days`` working days after ``start`` (0: ``start``, or the next working day).

    Counted as ``working_days_between`` counts: one working day after a Saturday is the Monday.
    """
    day = start
    while days <= 0 and not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(days):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


@lru_cache(maxsize=16384)
def working_days_between(start: date, end: date) -> int:
    """Working days from ``start`` (not counted) to ``end`` (counted); 0 if ``end`` is not later."""
    if end <= start:
        return 0
    weeks, rest = divmod((end - start).days, 7)
    days = weeks * 5 + sum(
        1 for offset in range(1, rest + 1) if (end - timedelta(days=rest - offset)).weekday() < 5
    )
    lost = sum(
        1
        for year in range(start.year, end.year + 1)
        for holiday in bank_holidays(year)
        if start < holiday <= end and holiday.weekday() < 5
    )
    return days - lost
