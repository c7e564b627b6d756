"""What is typed is read the English way, or refused in one sentence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import BadInputError
from config.format import full_date, local, money
from config.parse import (
    MOST_PENCE,
    parse_date,
    parse_int,
    parse_moment,
    parse_money,
    parse_phone,
)

TODAY = date(2026, 11, 26)  # a Thursday
NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("3/11", date(2026, 11, 3)),
        ("3/1", date(2027, 1, 3)),  # the nearest third of January lies ahead
        ("3/11/26", date(2026, 11, 3)),
        ("3.11.2026", date(2026, 11, 3)),
        ("3 11 2026", date(2026, 11, 3)),
        ("03-11-2026", date(2026, 11, 3)),
        ("2026-11-03", date(2026, 11, 3)),
        ("3 Nov", date(2026, 11, 3)),
        ("3nov", date(2026, 11, 3)),
        ("3rd November 2026", date(2026, 11, 3)),
        ("Nov 3, 2026", date(2026, 11, 3)),
        ("Tue 3 Nov", date(2026, 11, 3)),
        ("  TODAY ", TODAY),
        ("tomorrow", date(2026, 11, 27)),
        ("yesterday", date(2026, 11, 25)),
        ("fri", date(2026, 11, 27)),
        ("Thursday", date(2026, 12, 3)),  # on a Thursday: the next one, today is "today"
        ("last thu", date(2026, 11, 19)),
        ("+2w", date(2026, 12, 10)),
        ("-3d", date(2026, 11, 23)),
        ("+10", date(2026, 12, 6)),
        ("+3m", date(2027, 2, 26)),
        ("+5wd", date(2026, 12, 3)),
    ],
)
def test_dates_are_read_day_first(text: str, day: date) -> None:
    assert parse_date(text, TODAY) == day


def test_a_month_added_to_the_31st_stays_in_the_month() -> None:
    assert parse_date("+1m", date(2026, 1, 31)) == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("31/02/2026", "February 2026, which has 28 days"),
        ("29 Feb 2025", "February 2025, which has 28 days"),
        ("12-25-2026", "the day comes first: 25/12/2026"),
        ("12/25", "the day comes first: 25/12"),
        ("0/1", "no day 0"),
        ("1/13", "no month 13"),
        ("03112026", "two ways"),
        ("Fri 3 Nov 2026", "is a Tuesday, not a Friday"),
        ("3/11/1066", "outside 1900 to 2100"),
        ("+9999y", "further away"),
        ("-3wd", "Working days count forward"),
        ("soon", "write it like"),
        ("٣/١١", "write it like"),
        ("", "no date here"),
        ("3/11/202", "write it like"),
        ("9" * 100_000, "write it like"),
    ],
)
def test_bad_dates_are_refused_in_one_sentence(text: str, says: str) -> None:
    with pytest.raises(BadInputError) as refused:
        parse_date(text, TODAY)
    assert says in refused.value.sentence
    assert refused.value.sentence.endswith(".")
    assert len(refused.value.sentence) < 120


@pytest.mark.parametrize("text", ["3/11", "3/11/90", "3 Nov 90"])
def test_a_birth_needs_four_digits(text: str) -> None:
    with pytest.raises(BadInputError, match="four digits"):
        parse_date(text, TODAY, birth=True)


def test_a_birth_in_full_is_taken_and_never_ahead() -> None:
    assert parse_date("3/11/1990", TODAY, birth=True) == date(1990, 11, 3)
    with pytest.raises(BadInputError, match="cannot lie ahead"):
        parse_date("27/11/2026", TODAY, birth=True)


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_every_way_of_writing_a_date_reads_back(day: date) -> None:
    for text in (
        day.isoformat(),
        f"{day.day}/{day.month}/{day.year}",
        full_date(day),
        full_date(day).partition(" ")[2],
    ):
        assert parse_date(text, TODAY) == day


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_a_date_or_a_sentence(text: str, birth: bool) -> None:
    try:
        said: object = parse_date(text, TODAY, birth=birth).year
    except BadInputError as refused:
        said = refused.sentence
    assert said in range(1900, 2101) or str(said).endswith(".")


@given(st.from_regex(r"[0-9]{1,4}[-/. ][0-9]{1,4}([-/. ][0-9]{1,5})?", fullmatch=True))
def test_any_run_of_numbers_is_a_date_or_a_sentence(text: str) -> None:
    sentences = []
    for read in (lambda: parse_date(text, TODAY), lambda: parse_moment(text, NOW)):
        try:
            read()
        except BadInputError as refused:
            sentences.append(refused.sentence)
    assert all(sentence.endswith(".") for sentence in sentences)


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("now", "2026-11-26 14:30"),
        ("14:05", "2026-11-26 14:05"),
        ("2pm", "2026-11-26 14:00"),
        ("12am", "2026-11-26 00:00"),
        ("3/11 2:15 pm", "2026-11-03 14:15"),
        ("3 Nov at 14.05", "2026-11-03 14:05"),
        ("yesterday 9am", "2026-11-25 09:00"),
        ("3/11", "2026-11-03 00:00"),
        ("3.11", "2026-11-03 00:00"),
        ("3 Jun 2026 14:05", "2026-06-03 14:05"),
        ("2026-06-03T14:05", "2026-06-03 14:05"),
        ("2026-06-03T13:05Z", "2026-06-03 14:05"),
    ],
)
def test_moments_are_in_englands_time(text: str, here: str) -> None:
    assert f"{local(parse_moment(text, NOW)):%Y-%m-%d %H:%M}" == here


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("fri 10am", "2026-11-20 10:00"),  # today is a Thursday
        ("on mon 10am", "2026-11-23 10:00"),
        ("thu 9am", "2026-11-26 09:00"),
        ("thu 11pm", "2026-11-19 23:00"),
        ("last thu 9am", "2026-11-19 09:00"),
        ("fri", "2026-11-20 00:00"),
    ],
)
def test_a_weekday_of_what_was_is_the_last_one(text: str, here: str) -> None:
    assert f"{local(parse_moment(text, NOW, past=True)):%Y-%m-%d %H:%M}" == here


@pytest.mark.parametrize("text", ["next fri 10am", "tomorrow 9am", "11pm", "27/11 9:00"])
def test_what_was_is_never_still_to_come(text: str) -> None:
    assert parse_moment(text, NOW) > NOW
    with pytest.raises(BadInputError, match="still to come"):
        parse_moment(text, NOW, past=True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("25:00", "no such time"),
        ("13pm", "1 to 12"),
        ("29/3/2026 01:30", "clocks go forward"),
        ("2026-02-30T10:00", "no such date"),
        ("31/2 10:00", "28 days"),
    ],
)
def test_bad_moments_are_refused(text: str, says: str) -> None:
    with pytest.raises(BadInputError, match=says):
        parse_moment(text, NOW)


@given(st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31)))  # noqa: DTZ001
def test_a_moment_shown_reads_back(moment: datetime) -> None:
    known = moment.replace(tzinfo=UTC, second=0, microsecond=0)
    here = local(known)
    read = parse_moment(f"{here.day}/{here.month}/{here.year} {here:%H:%M}", NOW)
    # The hour that the clocks repeat in autumn is read as its first passing.
    assert known - read in (timedelta(), timedelta(hours=1))
    assert local(read).replace(tzinfo=None) == here.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("418.20", 41820),
        ("£1,234.50", 123450),
        (" £ 5 ", 500),
        ("418.2", 41820),
        ("85p", 85),
        ("0", 0),
        ("-12.50", -1250),
    ],
)
def test_money_is_read_in_pence(text: str, pence: int) -> None:
    assert parse_money(text) == pence


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1,23", "12,34.5", "１２", "1e5", "10000001"])
def test_bad_money_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        parse_money(text)


@given(st.integers(-MOST_PENCE, MOST_PENCE))
def test_money_shown_reads_back(pence: int) -> None:
    assert parse_money(money(pence)) == pence


def test_numbers_keep_their_bounds() -> None:
    assert parse_int(" 24 ", 0, 24) == 24
    for text, says in (("25", "from 0 to 24"), ("-1", "from 0 to 24"), ("2.5", "whole number")):
        with pytest.raises(BadInputError, match=says):
            parse_int(text, 0, 24)
    with pytest.raises(BadInputError, match="at least 1"):
        parse_int("0", low=1)


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("07700900123", "07700 900123"),
        ("+44 (0)7700 900123", "07700 900123"),
        ("0044 7700 900123", "07700 900123"),
        ("01632-960123", "01632 960123"),
        ("  ask   the support worker ", "ask the support worker"),
    ],
)
def test_telephone_numbers_are_tidied(text: str, tidy: str) -> None:
    assert parse_phone(text) == tidy
