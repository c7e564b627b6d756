"""The quarterly MARAC dataset: who is counted where, blank is not zero, no small number leaks."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from config.errors import BadInputError
from config.settings import default_settings
from db.models import Case, CaseFile, MaracListing, Person
from sanctuary_tui.exports import marac_quarter
from sanctuary_tui.exports.marac_quarter import (
    COLUMNS,
    COUNTS,
    REFERRALS,
    SHAPE,
    Row,
    quarter_days,
    quarter_of,
    quarter_rows,
    without_small_numbers,
    write_quarter,
)
from sanctuary_tui.exports.small_numbers import Cell, column_total, hide_meeting

SETTINGS = default_settings()
TODAY = date(2026, 12, 20)
FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 15)
NUMBERS = iter(range(1, 10_000))


def heard(meeting: date = SECOND, **more: Any) -> MaracListing:
    given: dict[str, Any] = {"state": "heard", "heard_on": meeting, **more}
    return MaracListing(id=next(NUMBERS), meeting=meeting, **given)


def case(
    *listings: MaracListing,
    route: str = "police",
    children: int = 0,
    victim: dict[str, Any] | None = None,
    perpetrators: Sequence[date | None] = (date(1980, 1, 1),),
) -> CaseFile:
    people = [Person(id=next(NUMBERS), role="survivor", **(victim or {}))]
    people += [Person(id=next(NUMBERS), role="perpetrator", dob=dob) for dob in perpetrators]
    people += [Person(id=next(NUMBERS), role="child") for _ in range(children)]
    return CaseFile(
        Case(id=next(NUMBERS), ref="S26-0001", route=route),
        people=people,
        marac_listings=list(listings),
    )


def meeting_row(files: Sequence[CaseFile], meeting: date = SECOND) -> Row:
    rows = quarter_rows(files, "2026Q4", TODAY, SETTINGS)
    return next(row for row in rows if row["meeting_date"] == meeting.isoformat())


KNOWN = {
    "dob": date(1990, 1, 1),
    "gender": "woman",
    "ethnicity": "white_british",
    "orientation": "heterosexual",
    "disability": "none",
}


# --- quarters -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quarter", "start", "after"),
    [
        ("2026Q1", "2026-01-01", "2026-04-01"),
        ("2026-Q2", "2026-04-01", "2026-07-01"),
        ("2026q3", "2026-07-01", "2026-10-01"),
        ("2026Q4", "2026-10-01", "2027-01-01"),
    ],
)
def test_quarters_are_the_calendars(quarter: str, start: str, after: str) -> None:
    days = quarter_days(quarter)
    assert [day.isoformat() for day in days] == [start, after]
    assert quarter_of(days[0]) == quarter.upper().replace("-", "")


@pytest.mark.parametrize("quarter", ["", "2026", "2026Q5", "2026Q0", "Q4", "2026W48", "2026Q44"])
def test_anything_else_is_no_quarter(quarter: str) -> None:
    with pytest.raises(BadInputError, match="2026Q4"):
        quarter_days(quarter)


# --- who is counted -------------------------------------------------------------------------------


def test_every_item_of_one_case_that_has_them_all() -> None:
    victim = {
        "dob": date(2009, 10, 16),  # 17 until the day before
        "gender": "trans_man",
        "ethnicity": "asian_indian",
        "orientation": "bisexual",
        "disability": "deaf;sight",
    }
    file = case(
        heard(listing_type="repeat", criteria="VHR;REP"),
        route="police",
        children=3,
        victim=victim,
        perpetrators=(date(1980, 1, 1), date(2008, 10, 16)),
    )
    first = case(heard(FIRST), victim=KNOWN)
    row = meeting_row([file, first])
    ones = ("cases", "repeats", "referrals_police", "bm", "lgbt", "disabled", "male")
    ones += ("aged_16_17", "harm_17_under")
    expected = {name: int(name in ones) for name in COUNTS} | {"children": 3}
    assert {name: row[name] for name in COUNTS} == expected


def test_what_nobody_answered_is_not_known_and_never_no() -> None:
    row = meeting_row([case(heard(), route="not_known", perpetrators=())])
    unknown = [name for name in COUNTS if name.endswith("_not_known")]
    assert {row[name] for name in unknown} == {1}
    assert [row[name] for name in ("bm", "lgbt", "disabled", "male", "aged_16_17")] == [0] * 5
    answered = meeting_row([case(heard(), victim=KNOWN)])
    assert {answered[name] for name in unknown} == {0}


@pytest.mark.parametrize(
    ("dob", "counted"),
    [
        ("2010-10-15", 1),  # 16 on the day
        ("2010-10-16", 0),  # 15
        ("2008-10-16", 1),  # 17, 18 tomorrow
        ("2008-10-15", 0),  # 18
        ("2008-02-29", 0),
    ],
)
def test_age_is_of_the_day_of_the_meeting(dob: str, counted: int) -> None:
    victim = {**KNOWN, "dob": date.fromisoformat(dob)}
    assert meeting_row([case(heard(), victim=victim)])["aged_16_17"] == counted


@pytest.mark.parametrize(
    ("dobs", "harm", "unknown"),
    [
        ([date(1980, 1, 1)], 0, 0),
        ([date(2008, 10, 16)], 1, 0),
        ([date(2008, 10, 15)], 0, 0),
        ([None], 0, 1),
        ([], 0, 1),
        ([date(1980, 1, 1), None], 0, 1),
        ([None, date(2010, 1, 1)], 1, 0),
    ],
)
def test_a_person_of_17_or_under_causing_harm(
    dobs: list[date | None], harm: int, unknown: int
) -> None:
    row = meeting_row([case(heard(), perpetrators=dobs)])
    assert (row["harm_17_under"], row["harm_age_not_known"]) == (harm, unknown)


@pytest.mark.parametrize(
    ("route", "column"),
    [
        ("police", "referrals_police"),
        ("da_service", "referrals_partner"),
        ("self", "referrals_partner"),
        ("not_asked", "referrals_not_known"),
    ],
)
def test_police_and_partner_referrals(route: str, column: str) -> None:
    row = meeting_row([case(heard(), route=route)])
    assert {name: row[name] for name in REFERRALS} == {
        **dict.fromkeys(REFERRALS, 0),
        column: 1,
    }


@pytest.mark.parametrize(
    ("given", "repeat"),
    [
        ({"listing_type": "repeat"}, 1),
        ({"listing_type": "emergency", "criteria": "PJ;REP"}, 1),
        ({"listing_type": "new", "criteria": "VHR"}, 0),
    ],
)
def test_repeats(given: dict[str, Any], repeat: int) -> None:
    assert meeting_row([case(heard(**given))])["repeats"] == repeat


# --- which meetings, and blank is not zero --------------------------------------------------------


def test_a_row_a_meeting_and_the_total() -> None:
    rows = quarter_rows([case(heard(FIRST)), case(heard())], "2026Q4", TODAY, SETTINGS)
    assert [row["meeting_date"] for row in rows] == [
        *("2026-10-01", "2026-10-15", "2026-10-29", "2026-11-12", "2026-11-26"),
        *("2026-12-10", "2026-12-24", ""),
    ]
    assert [row["cases"] for row in rows] == [1, 1, 0, 0, 0, 0, None, 2]
    assert [row["row"] for row in rows] == [*["meeting"] * 7, "total"]
    assert all(tuple(row) == tuple(COLUMNS) for row in rows)


def test_a_meeting_outside_the_calendar_has_its_row_and_other_quarters_do_not() -> None:
    extra = date(2026, 10, 20)
    rows = quarter_rows(
        [case(heard(extra), heard(date(2026, 9, 30)), heard(date(2027, 1, 1)))],
        "2026Q4",
        date(2027, 2, 1),
        SETTINGS,
    )
    assert [row["cases"] for row in rows if row["meeting_date"] == "2026-10-20"] == [1]
    assert rows[-1]["cases"] == 1


def test_without_an_outcome_it_is_blank_and_said() -> None:
    row = meeting_row([case(heard(FIRST)), case(MaracListing(id=1, meeting=SECOND, state="sent"))])
    assert row["outcome_awaited"] == 1
    assert {row[name] for name in COUNTS if name != "outcome_awaited"} == {None}
    both = meeting_row([case(heard()), case(MaracListing(id=1, meeting=SECOND, state="sent"))])
    assert (both["cases"], both["outcome_awaited"]) == (1, 1)


def test_before_the_first_listing_nothing_is_known() -> None:
    rows = quarter_rows([case(heard())], "2026Q4", TODAY, SETTINGS)
    assert [row["cases"] for row in rows[:3]] == [None, 1, 0]
    assert quarter_rows([], "2026Q4", TODAY, SETTINGS)[-1]["cases"] is None


@pytest.mark.parametrize("state", ["draft", "deferred", "withdrawn", "transferred"])
def test_only_what_was_heard_is_counted(state: str) -> None:
    listing = MaracListing(id=1, meeting=SECOND, state=state)
    if state == "transferred":  # it is heard elsewhere
        listing.state, listing.transferred_on = "sent", SECOND
    row = meeting_row([case(heard(FIRST)), case(listing)])
    assert (row["cases"], row["outcome_awaited"]) == (0, 0)


def test_a_case_heard_twice_counts_at_both() -> None:
    rows = quarter_rows([case(heard(FIRST), heard(SECOND))], "2026Q4", TODAY, SETTINGS)
    assert [row["cases"] for row in rows[:2]] == [1, 1]


# --- small numbers --------------------------------------------------------------------------------


def table(*meetings: dict[str, int | None]) -> list[Row]:
    rows: list[Row] = [
        {
            **dict.fromkeys(COLUMNS, 0),
            "row": "meeting",
            "meeting_date": str(place),
            "referrals_police": given.get("cases", 0),
            **given,
        }
        for place, given in enumerate(meetings)
    ]
    total: Row = {**dict.fromkeys(COLUMNS, 0), "row": "total", "meeting_date": ""}
    for name in COUNTS:
        given = [number for row in rows if isinstance(number := row[name], int)]
        total[name] = sum(given) if given else None
    return [*rows, total]


@pytest.mark.parametrize(
    ("numbers", "shown", "total"),
    [
        ([0, 0], [0, 0], 0),
        ([None, None], [None, None], None),
        ([None, 7], [None, 7], 5),
        ([5, 8], [5, 8], 15),
        ([1, 0], ["<5", 0], "<5"),
        ([4, 20], ["<5", 20], "s"),  # 25 less 20 would be near enough
        ([1, 1, 10], ["<5", "<5", 10], "s"),  # 10 can only be 10 and two ones
        ([2, 3, 10], ["<5", "<5", 10], 15),
        ([4, 4, 10], ["<5", "<5", 10], "s"),  # 20 can only be 10 and two fours
        ([1, 1, 1, 1], ["<5"] * 4, "s"),
        ([12, 11], [12, 11], 25),
    ],
)
def test_small_numbers_are_hidden_and_totals_rounded(
    numbers: list[int | None], shown: list[object], total: object
) -> None:
    made = without_small_numbers(table(*({"children": number} for number in numbers)))
    assert [row["children"] for row in made] == [*shown, total]


@pytest.mark.parametrize(
    ("referrals", "shown"),
    [
        ((12, 2, 0), ["s", "s", 0]),
        ((5, 1, 0), ["s", "s", 0]),
        ((10, 6, 0), [10, 6, 0]),
        ((2, 1, 0), ["s", "s", 0]),
        ((9, 0, 0), ["s", 0, 0]),
        ((10, 0, 0), [10, 0, 0]),
        ((4, 4, 0), ["s", "s", 0]),
    ],
)
def test_referrals_do_not_tell_one_another(
    referrals: tuple[int, int, int], shown: list[object]
) -> None:
    given = dict(zip(REFERRALS, referrals, strict=True)) | {"cases": sum(referrals)}
    row = without_small_numbers(table(given))[0]
    assert [row[name] for name in REFERRALS] == shown


def readings(cells: Sequence[object], total: object) -> Iterator[tuple[int, ...]]:
    """Every set of numbers that a column as printed could stand for."""
    ranges = [range(1, 5) if cell == "<5" else [int(str(cell))] for cell in cells]
    for numbers in product(*ranges):
        whole = sum(numbers)
        printed = "<5" if 1 <= whole <= 4 else (whole + 2) // 5 * 5
        if total in ("s", printed):
            yield numbers


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_no_hidden_number_can_be_worked_out(count: int) -> None:
    for numbers in product((0, 1, 2, 3, 4, 5, 6, 11), repeat=count):
        cells: list[Cell] = ["<5" if 1 <= one <= 4 else one for one in numbers]
        total = column_total(sum(numbers), cells)
        found = list(readings(cells, total))
        assert numbers in found
        for place, cell in enumerate(cells):
            if cell == "<5":
                assert len({one[place] for one in found}) > 1, (numbers, cells, total)


@pytest.mark.parametrize(
    ("cases", "bm", "unknown", "shown"),
    [
        (7, 7, 0, ["s", 0]),  # of fewer than ten nothing is told apart
        (7, 6, 0, ["s", 0]),  # one by subtraction
        (9, 0, 5, [0, "s"]),
        (10, 10, 0, [10, 0]),
        (10, 9, 0, ["s", 0]),
        (10, 6, 1, ["s", "s"]),  # 3 are neither
        (10, 5, 0, [5, 0]),
        (10, 1, 9, ["s", "s"]),  # 10 less 9 is the one
        (12, 2, 0, ["<5", 0]),
        (12, 2, 5, ["s", "s"]),  # the rest is not small: 1 or 2
        (13, 2, 5, ["<5", 5]),
        (12, 4, 8, ["s", "s"]),
        (20, 3, 2, ["<5", "<5"]),
    ],
)
def test_parts_of_the_cases_do_not_tell_the_rest(
    cases: int, bm: int, unknown: int, shown: list[object]
) -> None:
    given = {"cases": cases, "bm": bm, "bm_not_known": unknown}
    row = without_small_numbers(table(given))[0]
    assert [row["bm"], row["bm_not_known"]] == shown


def test_totals_of_small_meetings_are_told_where_they_tell_no_meeting() -> None:
    rows = [{"cases": 7, "bm": 4, "bm_not_known": 1}, {"cases": 8, "bm": 3, "bm_not_known": 1}]
    *meetings, total = without_small_numbers(table(*rows))
    assert [(row["bm"], row["bm_not_known"]) for row in meetings] == [("s", "s")] * 2
    assert [total[name] for name in ("cases", "bm")] == [15, 5]
    alone = without_small_numbers(table(rows[0]))[-1]
    assert [alone[name] for name in ("cases", "bm", "bm_not_known")] == [5, "s", "s"]


# --- attacked: somebody who knows the rule and subtracts what is printed --------------------------

BM = ("cases", "bm", "bm_not_known")
MOST = 13
Parts = tuple[int, int, int]
"""Cases, how many of them are counted, of how many it is not known."""


def spans(row: Row) -> list[range]:
    """What each of the three totals may be, by what is printed."""
    made = []
    for name in BM:
        cell = row[name]
        if cell == "<5":
            made.append(range(1, 5))
        elif cell == "s":
            made.append(range(1, 100))
        else:
            number = int(str(cell))
            made.append(range(number - 2, number + 3) if number else range(1))
    return made


@cache
def meetings_by_print() -> dict[str, list[Parts]]:
    """Every meeting of up to so many cases, by how its row is printed."""
    found: dict[str, list[Parts]] = {}
    for cases in range(MOST + 1):
        for count in range(cases + 1):
            for unknown in range(cases - count + 1):
                one = (cases, count, unknown)
                found.setdefault(look(hide_meeting(meeting(one), SHAPE)), []).append(one)
    return found


def look(row: Row) -> str:
    return repr([row[name] for name in BM])


def attacked(printed: Sequence[Row]) -> list[set[Parts]]:
    """For each meeting, everything it can have been: all meetings add up to what the total says."""
    *meetings, total = printed
    each = [meetings_by_print()[look(row)] for row in meetings]
    allowed = spans(total)

    def sums(places: Sequence[int]) -> set[Parts]:
        found = {(0, 0, 0)}
        for place in places:
            found = {
                (one[0] + more[0], one[1] + more[1], one[2] + more[2])
                for one in found
                for more in each[place]
            }
        return found

    left = []
    for place, own in enumerate(each):
        others = sums([other for other in range(len(each)) if other != place])
        left.append(
            {
                one
                for one in own
                if any(all(one[k] + rest[k] in allowed[k] for k in range(3)) for rest in others)
            }
        )
    return left


def told_small(truth: Sequence[Parts], left: Sequence[set[Parts]]) -> list[tuple[int, str]]:
    """The numbers from 1 to 4 of a meeting that can be nothing else."""
    told = []
    for place, (cases, count, unknown) in enumerate(truth):
        assert (cases, count, unknown) in left[place]
        for name, number, found in (
            ("cases", cases, {one[0] for one in left[place]}),
            ("count", count, {one[1] for one in left[place]}),
            ("not known", unknown, {one[2] for one in left[place]}),
            (
                "the rest",
                cases - count - unknown,
                {one[0] - one[1] - one[2] for one in left[place]},
            ),
        ):
            if 1 <= number <= 4 and len(found) == 1:
                told.append((place, name))
    return told


def meeting(parts: Parts) -> Row:
    return table(dict(zip(BM, parts, strict=True)))[0]


def printed(truth: Sequence[Parts]) -> list[Row]:
    return without_small_numbers(table(*(dict(zip(BM, one, strict=True)) for one in truth)))


@st.composite
def meetings_of(draw: st.DrawFn) -> Parts:
    cases = draw(st.integers(0, MOST))
    count = draw(st.integers(0, cases))
    return cases, count, draw(st.integers(0, cases - count))


@settings(max_examples=60, deadline=None)
@given(st.lists(meetings_of(), min_size=1, max_size=2))
@example([(7, 7, 0)])
@example([(7, 6, 0)])
@example([(12, 11, 0), (13, 8, 0)])
@example([(10, 9, 1), (12, 12, 0)])
def test_subtracting_printed_numbers_tells_no_small_one(truth: list[Parts]) -> None:
    """Of all tables whose meetings are printed alike, those that add up to the printed total."""
    assert told_small(truth, attacked(printed(truth))) == []


# --- the file -------------------------------------------------------------------------------------


@pytest.mark.parametrize("exact", [True, False])
def test_the_file_and_its_manifest(tmp_path: Path, exact: bool) -> None:
    files = [case(heard(FIRST), victim=KNOWN) for _ in range(6)] + [case(heard())]
    rows = quarter_rows(files, "2026Q4", TODAY, SETTINGS)
    out = tmp_path / "marac_quarter.csv"
    now = datetime(2026, 12, 20, 9, tzinfo=UTC)
    written = write_quarter(rows, out, exact=exact, who="Coordinator", chain_head="ab", now=now)
    written.unnamed.give_names()
    text = out.read_bytes().decode("utf-8-sig")
    read = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(read[0]) == tuple(COLUMNS)
    assert [row["cases"] for row in read] == [
        "6",
        "1" if exact else "<5",
        *["0"] * 4,
        "",
        "7" if exact else "s",
    ]
    assert written.manifest_path == tmp_path / "marac_quarter.manifest"
    manifest = tomllib.loads(written.manifest_path.read_text("utf-8"))
    assert manifest["rules"] == list(marac_quarter.RULES)
    assert manifest["columns"] == COLUMNS
    assert manifest["small_numbers"] == ("exact" if exact else "hidden")
    assert manifest["file"][0]["sha256"] == written.files[0][1]
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600, 0o600]
