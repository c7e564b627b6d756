"""Safe times: what is read, what is refused, and the clock over midnight and clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import BadInputError
from config.format import local
from config.safetimes import DAY, WEEK, SafeTimes, parse_safe_times, read_safe_times


def at(text: str) -> datetime:
    """A UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Mon-Fri 09:30-14:30", "Mon-Fri 09:30-14:30"),
        ("mon to fri, 9.30am to 2.30pm", "Mon-Fri 09:30-14:30"),
        ("weekdays 9:30-14:30; Sat 10-12", "Mon-Fri 09:30-14:30; Sat 10:00-12:00"),
        ("Weekdays 9:30–14:30, Sat 10–12", "Mon-Fri 09:30-14:30; Sat 10:00-12:00"),
        ("10:00-14:30 weekdays", "Mon-Fri 10:00-14:30"),
        ("10:00-14:00", "every day 10:00-14:00"),
        ("9-10", "every day 09:00-10:00"),
        ("10-2", "every day 10:00-14:00"),
        ("9-5 Mon, Wed and Fri", "Mon, Wed, Fri 09:00-17:00"),
        ("between 10 and 2 on weekdays only", "Mon-Fri 10:00-14:00"),
        ("between 10am and 2pm", "every day 10:00-14:00"),
        ("from 10 to 2", "every day 10:00-14:00"),
        ("11-1pm", "every day 11:00-13:00"),
        ("1-3pm", "every day 13:00-15:00"),
        ("1pm-3", "every day 13:00-15:00"),
        ("0930-1430 hrs", "every day 09:30-14:30"),
        ("not Wed", "Mon, Tue, Thu-Sun"),
        ("Any time except Sundays.", "Mon-Sat"),
        ("weekdays 10-14, not Wed", "Mon, Tue, Thu, Fri 10:00-14:00"),
        ("10-16 not 12-13", "every day 10:00-12:00, 13:00-16:00"),
        ("not Wed 9-10; weekdays 9-12", "Mon, Tue, Thu, Fri 09:00-12:00; Wed 10:00-12:00"),
        ("never before 9am", "every day 09:00-24:00"),
        ("after 6pm", "every day 18:00-24:00"),
        ("not until 2pm", "every day 14:00-24:00"),
        ("not before noon", "every day 12:00-24:00"),
        ("after 09:30", "every day 09:30-24:00"),
        ("after 0930", "every day 09:30-24:00"),
        ("from 13:00", "every day 13:00-24:00"),
        ("22:00-06:00", "every day 22:00-06:00"),
        ("Fri 10pm-2am", "Fri 22:00-02:00"),
        ("Sun 22:00-02:00", "Sun 22:00-02:00"),
        ("8pm to midnight", "every day 20:00-24:00"),
        ("weekends", "Sat, Sun"),
        ("Fri-Mon 10-12", "Mon, Fri-Sun 10:00-12:00"),
        ("any time", "any time"),
        ("every day", "any time"),
        ("school hours", "Mon-Fri 09:30-14:30 in term time"),
        ("Mon and Tue in school hours", "Mon, Tue 09:30-14:30 in term time"),
        ("Tue 10-14 in term time; Sat 10-12", "Sat 10:00-12:00; Tue 10:00-14:00 in term time"),
    ],
)
def test_what_is_typed_is_read(typed: str, read: str) -> None:
    times = parse_safe_times(typed)
    assert times.words() == read
    assert parse_safe_times(read) == times


@pytest.mark.parametrize(
    "typed",
    [
        "",
        ";",
        "after tea",
        "when he is at work",
        "mornings",
        "office hours",
        "term time",
        "never",
        "not",
        "at 10",
        "Mon-",
        "-",
        "10-",
        "25:00-26:00",
        "10:75-11:00",
        "13pm-2pm",
        "10:00",
        "weekdays-Sun 10-12",
        "not any time",
        "no voicemail",
        "10-12 library card",
        "٣-٥",
        "weekdays 10-2weekdays 10-2",
        "10-12Mon",
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(BadInputError) as refused:
        parse_safe_times(typed)
    sentence = refused.value.sentence
    assert "Mon-Fri 09:30-14:30" in sentence
    assert sentence.endswith(".")
    assert read_safe_times(typed) is None


@pytest.mark.parametrize(
    "typed",
    [
        "1-3",
        "6-8",
        "after 9",
        "after 9.30",
        "after 8:30",
        "from 10.30 weekdays",
        "after 12",
        "after 12:30",
        "before 5",
        "before 9",
        "before 9.30",
        "not before 9",
        "not after 9.30",
        "until 10",
        "9-9",
        "10:00-02:00",
        "Mon-Fri 9-12, Sat",
        "Mon 9-11, 13-15 Tue",
        "not Wed, Sat 10-12",
        "not Wed, 10-12",
        "not 12-13, Mon-Fri",
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(typed: str) -> None:
    """Read too widely, any of these would bring a call at a time nobody said was safe."""
    with pytest.raises(BadInputError, match="two ways"):
        parse_safe_times(typed)


@pytest.mark.parametrize("typed", ["before 9am", "until 2pm", "until noon Mondays", "before 17:00"])
def test_an_end_without_a_beginning_is_refused(typed: str) -> None:
    """Read from midnight on, "until 2pm" made a call at three in the morning safe."""
    with pytest.raises(BadInputError, match="no beginning") as refused:
        parse_safe_times(typed)
    assert "09:30-14:30" in refused.value.sentence


@pytest.mark.parametrize(
    ("times", "window", "state"),
    [
        ("Mon-Fri 09:30-14:30", "10:00-12:00", "open"),
        ("Mon-Fri 09:30-14:30", "09:30-14:30", "open"),
        ("Mon-Fri 09:30-14:30", "10-12", "open"),
        ("Mon-Fri 09:30-14:30", "13:00-15:00", "shut"),
        ("Mon-Fri 09:30-14:30", "8am-10am", "shut"),
        ("Mon-Fri 09:30-14:30", "16:00-18:00", "shut"),
        ("Mon-Fri 09:30-14:30", "morning", "ask"),
        ("Mon-Fri 09:30-14:30", "", "ask"),
        ("Mon-Fri 09:30-14:30", "any time", "ask"),
        ("not Thu", "10:00-12:00", "shut"),
        ("not Thu", "", "shut"),
        ("not Thu", "morning", "shut"),
        ("school hours", "10:00-12:00", "ask"),
        ("school hours", "13:00-16:00", "shut"),
        ("Thu 10-12; Thu 12-13 in term time", "11:00-13:00", "ask"),
        ("Wed 22:00-06:00", "04:00-05:00", "open"),
    ],
)
def test_a_time_window_of_a_day_is_compared_whole(times: str, window: str, state: str) -> None:
    assert parse_safe_times(times).holds(window, date(2026, 11, 26)) == state  # a Thursday


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(typed: str) -> None:
    times = read_safe_times(typed)
    if times is not None:
        assert parse_safe_times(times.words()) == times


_PARTS = (
    "mon fri-sun weekdays not , ; and 9 9:30 10-12 2pm 13:00-15:00 to - until after "
    "22:00-06:00 schoolhours term time except everyday any"
)
_WORDS = st.lists(st.sampled_from(sorted(set(_PARTS.split()))), max_size=9).map(" ".join)


@given(_WORDS)
def test_words_in_any_order_are_read_or_refused_and_read_back_the_same(typed: str) -> None:
    times = read_safe_times(typed)
    if times is None:
        return
    assert parse_safe_times(times.words()) == times
    for start, end in (*times.spans, *times.term):
        assert 0 <= start < end <= WEEK


SCHOOL_DAYS = "Mon-Fri 09:30-14:30"
NIGHT = "Sat 22:00-02:00"
EARLY = "00:15-01:45"


@pytest.mark.parametrize(
    ("typed", "now", "state", "change"),
    [
        # Thu 26 Nov 2026, winter: the clock is UTC.
        (SCHOOL_DAYS, "2026-11-26T09:29", "shut", "2026-11-26T09:30"),
        (SCHOOL_DAYS, "2026-11-26T09:30", "open", "2026-11-26T14:30"),
        (SCHOOL_DAYS, "2026-11-26T14:29", "open", "2026-11-26T14:30"),
        (SCHOOL_DAYS, "2026-11-26T14:30", "shut", "2026-11-27T09:30"),
        (SCHOOL_DAYS, "2026-11-27T23:59", "shut", "2026-11-30T09:30"),
        # Summer: 08:30 UTC is 09:30 in England.
        (SCHOOL_DAYS, "2026-07-02T08:29", "shut", "2026-07-02T08:30"),
        (SCHOOL_DAYS, "2026-07-02T08:30", "open", "2026-07-02T13:30"),
        # Over both changes of the clock: Friday's answer is for Monday in the other time.
        (SCHOOL_DAYS, "2026-03-27T20:00", "shut", "2026-03-30T08:30"),
        (SCHOOL_DAYS, "2026-10-23T20:00", "shut", "2026-10-26T09:30"),
        # Past midnight; the week's end too.
        (NIGHT, "2026-11-28T23:59", "open", "2026-11-29T02:00"),
        (NIGHT, "2026-11-29T01:59", "open", "2026-11-29T02:00"),
        (NIGHT, "2026-11-29T02:00", "shut", "2026-12-05T22:00"),
        ("Sun 22:00-02:00", "2026-11-30T01:00", "open", "2026-11-30T02:00"),
        # Clocks back on Sun 25 Oct 2026: 01:00 to 02:00 comes twice, the window is open in both.
        (EARLY, "2026-10-24T23:20", "open", "2026-10-25T00:45"),
        (EARLY, "2026-10-25T00:45", "shut", "2026-10-25T01:00"),
        (EARLY, "2026-10-25T01:00", "open", "2026-10-25T01:45"),
        # Clocks forward on Sun 29 Mar 2026: 01:00 to 02:00 does not come; a window in it neither.
        (EARLY, "2026-03-29T00:59", "open", "2026-03-29T01:00"),
        (EARLY, "2026-03-29T01:00", "shut", "2026-03-29T23:15"),
        ("Sun 01:10-01:50", "2026-03-29T00:30", "shut", "2026-04-05T00:10"),
        ("school hours", "2026-11-26T10:00", "ask", "2026-11-26T14:30"),
        ("school hours", "2026-11-26T15:00", "shut", "2026-11-27T09:30"),
    ],
)
def test_the_clock(typed: str, now: str, state: str, change: str) -> None:
    times = parse_safe_times(typed)
    assert times.at(at(now)) == state
    assert times.next_change(at(now)) == at(change)


def test_what_never_changes_has_no_next_change() -> None:
    assert parse_safe_times("any time").next_change(at("2026-11-26T10:00")) is None


_EDGES = st.integers(min_value=0, max_value=WEEK // 15 - 1).map(lambda quarter: quarter * 15)


@given(
    start=_EDGES,
    length=st.integers(min_value=1, max_value=3 * DAY // 15).map(lambda quarter: quarter * 15),
    now=st.integers(min_value=0, max_value=230 * DAY).map(
        lambda minutes: at("2026-03-20T00:00") + timedelta(minutes=minutes)
    ),
)
def test_the_next_change_is_the_first_found_by_counting_quarters(
    start: int, length: int, now: datetime
) -> None:
    end = start + length
    spans = ((start, end),) if end <= WEEK else ((0, end - WEEK), (start, WEEK))
    times = SafeTimes(spans)
    state = times.at(now)
    found = times.next_change(now)
    moment = now + timedelta(minutes=15 - now.minute % 15)
    while times.at(moment) == state:
        moment += timedelta(minutes=15)
    assert found == moment
    assert local(found).minute % 15 == 0
