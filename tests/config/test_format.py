"""How dates, ages, money and names are written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.format import (
    age,
    full_date,
    initials,
    local,
    money,
    short_date,
    short_moment,
)

DAY = date(2026, 11, 26)


def test_a_date_is_short_and_says_its_year_only_where_it_is_another() -> None:
    assert short_date(DAY) == "Thu 26 Nov"
    assert short_date(DAY, DAY) == "Thu 26 Nov"
    assert short_date(date(2027, 1, 4), DAY) == "Mon 4 Jan 2027"
    assert full_date(DAY) == "Thu 26 Nov 2026"


def test_blanks_are_written_as_nothing() -> None:
    assert [short_date(None), full_date(None), age(None, DAY), money(None), short_moment(None)] == [
        "",
        "",
        "",
        "",
        "",
    ]


def test_an_age_is_in_days() -> None:
    assert age(date(2026, 11, 17), DAY) == "9d"
    assert age(DAY, DAY) == "0d"


@pytest.mark.parametrize(
    ("pence", "written"),
    [
        (0, "£0.00"),
        (5, "£0.05"),
        (41820, "£418.20"),
        (218000, "£2,180.00"),
        (-1, "-£0.01"),
        (-123456, "-£1,234.56"),
    ],
)
def test_money_has_pounds_and_pence(pence: int, written: str) -> None:
    assert money(pence) == written


@given(st.integers(-(10**12), 10**12))
def test_money_loses_no_penny(pence: int) -> None:
    digits = money(pence).replace("£", "").replace(",", "").replace(".", "")
    assert int(digits) == pence


def test_initials_are_all_a_masked_list_says_of_a_name() -> None:
    assert initials("Test", "Survivor") == "T. S."
    assert initials("mary anne", "o'neill") == "M. A. O."
    assert initials("", "") == ""
    assert initials() == ""


@given(st.text(max_size=40), st.text(max_size=40))
def test_initials_never_hold_a_whole_word(first: str, last: str) -> None:
    said = initials(first, last)
    assert said.count(".") >= len(first.split()) + len(last.split())
    for word in (first + " " + last).split():
        if len(word) > 3 and "." not in word:
            assert word not in said


def test_a_moment_is_shown_in_englands_time() -> None:
    assert short_moment(datetime(2026, 11, 26, 14, 5, tzinfo=UTC)) == "Thu 26 Nov 14:05"
    assert short_moment(datetime(2026, 7, 1, 14, 5, tzinfo=UTC)) == "Wed 1 Jul 15:05"
    # Half past eleven at night in UTC is the next day in an English summer.
    assert short_moment(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == "Wed 1 Jul 00:30"


def test_the_hour_that_comes_twice_is_told_apart_by_its_offset() -> None:
    """The clocks go back on Sunday 25 October 2026 at 01:00 UTC."""
    before = local(datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    after = local(datetime(2026, 10, 25, 1, 30, tzinfo=UTC))
    assert (before.hour, after.hour) == (1, 1)
    assert before.utcoffset() != after.utcoffset()
