"""England's working days, against the bank holidays the government publishes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from config.calendar import (
    add_working_days,
    bank_holidays,
    is_working_day,
    working_days_between,
)

# gov.uk/bank-holidays (England and Wales); 2029 and 2030 by the Banking and Financial Dealings Act
# 1971 and the Easter tables, since no proclamation has been made for them yet.
HOLIDAYS = {
    2024: "01-01 03-29 04-01 05-06 05-27 08-26 12-25 12-26",
    2025: "01-01 04-18 04-21 05-05 05-26 08-25 12-25 12-26",
    2026: "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28",
    2027: "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28",
    2028: "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26",
    2029: "01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26",
    2030: "01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26",
}
SUBSTITUTES = [
    date(2026, 12, 28),  # for Boxing Day, a Saturday
    date(2027, 12, 27),  # for Christmas Day, a Saturday
    date(2027, 12, 28),  # for Boxing Day, a Sunday
    date(2028, 1, 3),  # for New Year's Day, a Saturday
]
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@pytest.mark.parametrize("year", HOLIDAYS)
def test_the_weekdays_off_are_those_of_england(year: int) -> None:
    """Neither Scotland's (2 January) nor Northern Ireland's (17 March, 12 July) are among them."""
    published = {date.fromisoformat(f"{year}-{day}") for day in HOLIDAYS[year].split()}
    assert {day for day in bank_holidays(year) if day.weekday() < 5} == published


def test_a_holiday_on_a_weekend_moves_to_the_next_weekday() -> None:
    for day in SUBSTITUTES:
        assert day.weekday() < 5
        assert not is_working_day(day)
    assert is_working_day(date(2026, 12, 29))
    assert is_working_day(date(2028, 1, 4))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 26), 0, date(2026, 11, 26)),
        (date(2026, 11, 26), 1, date(2026, 11, 27)),
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # Friday to Monday
        (date(2026, 11, 28), 0, date(2026, 11, 30)),  # a Saturday: the next working day
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # Monday is the first one after a Saturday
        (date(2026, 11, 28), 2, date(2026, 12, 1)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # Christmas, a weekend, a substitute day
        (date(2027, 12, 31), 1, date(2028, 1, 4)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # Easter
    ],
)
def test_days_are_added_as_a_person_counts_them(start: date, days: int, due: date) -> None:
    assert add_working_days(start, days) == due


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 11, 26), date(2026, 11, 26), 0),
        (date(2026, 11, 26), date(2026, 11, 20), 0),
        (date(2026, 11, 26), date(2026, 11, 27), 1),
        (date(2026, 11, 27), date(2026, 11, 29), 0),
        (date(2026, 12, 24), date(2026, 12, 28), 0),
        (date(2026, 12, 24), date(2027, 1, 4), 4),
    ],
)
def test_days_between_leave_weekends_and_holidays_out(start: date, end: date, count: int) -> None:
    assert working_days_between(start, end) == count


@given(DAYS, st.integers(0, 200))
def test_a_due_day_is_a_working_day_not_before_the_start(start: date, days: int) -> None:
    due = add_working_days(start, days)
    assert is_working_day(due)
    assert due >= start


@given(DAYS, st.integers(1, 200))
def test_between_takes_back_what_add_added(start: date, days: int) -> None:
    """From any day at all, a Saturday or a holiday among them."""
    assert working_days_between(start, add_working_days(start, days)) == days


@given(DAYS, DAYS)
def test_add_takes_back_what_between_counted(start: date, end: date) -> None:
    assume(is_working_day(end) and end > start)
    assert add_working_days(start, working_days_between(start, end)) == end


@given(DAYS, st.integers(0, 500))
def test_between_counts_each_day_once(start: date, length: int) -> None:
    end = start + timedelta(days=length)
    each = sum(is_working_day(start + timedelta(days=number)) for number in range(1, length + 1))
    assert working_days_between(start, end) == each
