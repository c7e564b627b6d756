"""How long a file is kept: its clock, legal holds, reviews, and every boundary of the dates."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from config.settings import Settings, default_settings
from db.models import (
    CaseFile,
    Closure,
    LegalHold,
    MaracAction,
    MaracListing,
    Person,
    RetentionReview,
)
from sanctuary_tui.pathway.reminders import reminders
from sanctuary_tui.pathway.retention import (
    clock,
    hold_due,
    in_force,
    marac_clock,
    marac_due,
    marac_rule_said,
    review_due,
    rule_said,
    undecided,
)
from tests.pathway.pathway_files import case_file, day

TODAY = day("2026-11-26")


def rules(adult: int = 6, child: int = 25, marac: int = 2) -> Settings:
    given = default_settings()
    kept = given.retention
    kept.adult_years, kept.child_until_age, kept.marac_years = adult, child, marac
    return given


def closed(
    on: str | None = "2019-03-01", *, born: tuple[str, ...] = (), heard: str = ""
) -> CaseFile:
    file = case_file("closed", status="closed")
    file.case.received = datetime(2018, 6, 30, 12, tzinfo=UTC)
    if on:
        file.closures = [Closure(id=1, closed_on=day(on), outcome="secured")]
    for number, dob in enumerate(born, 3):
        file.people.append(Person(id=number, role="child", dob=day(dob) if dob else None))
    if heard:
        file.marac_listings = [MaracListing(id=1, state="heard", heard_on=day(heard))]
    return file


# --- the table of boundary dates ------------------------------------------------------------------

_ADULT = [
    # closed, years, the first day on which it may be looked at
    ("2019-03-01", 6, "2025-03-01"),
    ("2019-02-28", 6, "2025-02-28"),
    ("2020-02-28", 6, "2026-02-28"),
    ("2020-02-29", 6, "2026-02-28"),  # a leap day ends on the last of February
    ("2020-02-29", 4, "2024-02-29"),  # unless the year has one
    ("2020-02-29", 1, "2021-02-28"),
    ("2020-02-29", 8, "2028-02-29"),
    ("2020-02-29", 80, "2100-02-28"),  # 2100 has none
    ("2096-02-29", 4, "2100-02-28"),
    ("1996-02-29", 4, "2000-02-29"),  # 2000 had one
    ("2020-03-01", 6, "2026-03-01"),
    ("2019-12-31", 6, "2025-12-31"),
    ("2020-01-01", 6, "2026-01-01"),
    ("2019-12-31", 1, "2020-12-31"),
    ("2020-12-31", 1, "2021-12-31"),
    ("2021-03-28", 6, "2027-03-28"),  # clocks go forward on these days, or back
    ("2021-10-31", 6, "2027-10-31"),
    ("2020-03-29", 6, "2026-03-29"),
    ("2020-10-25", 6, "2026-10-25"),
    ("2026-03-29", 1, "2027-03-29"),
    ("2026-10-25", 1, "2027-10-25"),
    ("2019-04-30", 6, "2025-04-30"),
    ("2019-05-31", 6, "2025-05-31"),
    ("2019-03-01", 1, "2020-03-01"),
    ("2019-03-01", 7, "2026-03-01"),
    ("2019-03-01", 10, "2029-03-01"),
    ("2019-03-01", 75, "2094-03-01"),
    ("2019-03-01", 100, "2119-03-01"),
]
_CHILD = [
    # closed, children born, the age, the day
    ("2019-03-01", ("2010-05-17",), 25, "2035-05-17"),
    ("2019-03-01", ("2012-02-29",), 25, "2037-02-28"),  # the 25th birthday of a leap day's child
    ("2019-03-01", ("2000-02-29",), 24, "2025-03-01"),  # 2024-02-29 is before the years are over
    ("2019-03-01", ("2004-02-29",), 24, "2028-02-29"),
    ("2019-03-01", ("2003-02-28",), 25, "2028-02-28"),
    ("2019-03-01", ("2003-03-01",), 25, "2028-03-01"),
    ("2019-03-01", ("2000-02-28",), 25, "2025-03-01"),  # a day before the years are over
    ("2019-03-01", ("2000-03-01",), 25, "2025-03-01"),  # on that day
    ("2019-03-01", ("2000-03-02",), 25, "2025-03-02"),  # a day after
    ("2019-03-01", ("1990-01-01",), 25, "2025-03-01"),
    ("2019-03-01", ("2019-02-28",), 25, "2044-02-28"),
    ("2019-03-01", ("2019-03-02",), 25, "2044-03-02"),
    ("2019-03-01", ("2010-12-31", "2011-01-01"), 25, "2036-01-01"),  # the youngest
    ("2019-03-01", ("2011-01-01", "2010-12-31"), 25, "2036-01-01"),  # in either order
    ("2019-03-01", ("1990-01-01", "2015-06-30"), 25, "2040-06-30"),
    ("2019-03-01", ("",), 25, "2043-06-30"),  # not known: as if born when it was referred
    ("2019-03-01", ("2015-06-30", ""), 25, "2043-06-30"),
    ("2019-03-01", ("2010-03-28",), 25, "2035-03-28"),  # a Sunday the clocks went forward
    ("2019-03-01", ("2010-10-31",), 25, "2035-10-31"),
    ("2019-03-01", ("2010-05-17",), 18, "2028-05-17"),
    ("2019-03-01", ("2010-05-17",), 99, "2109-05-17"),
]
_MARAC = [
    ("2019-03-01", 2, "2021-03-01"),
    ("2020-02-29", 1, "2021-02-28"),
    ("2020-02-29", 2, "2022-02-28"),
    ("2020-02-29", 4, "2024-02-29"),
    ("2019-12-31", 1, "2020-12-31"),
    ("2020-01-02", 1, "2021-01-02"),
    ("2021-03-28", 2, "2023-03-28"),
    ("2021-10-31", 2, "2023-10-31"),
    ("2019-03-01", 7, "2026-03-01"),
    ("2019-02-28", 1, "2020-02-28"),
    ("2019-02-28", 2, "2021-02-28"),
]


def test_the_table_is_long_enough() -> None:
    assert len(_ADULT) + len(_CHILD) + len(_MARAC) >= 60


@pytest.mark.parametrize(("on", "years", "due"), _ADULT)
def test_years_after_the_closing(on: str, years: int, due: str) -> None:
    file, given = closed(on), rules(adult=years)
    assert review_due(file, given) == day(due)
    assert clock(file, given, day(due) - timedelta(days=1)).state == "kept"
    assert clock(file, given, day(due)).state == "due"


@pytest.mark.parametrize(("on", "born", "age", "due"), _CHILD)
def test_and_until_each_child_is_of_age(on: str, born: tuple[str, ...], age: int, due: str) -> None:
    file, given = closed(on, born=born), rules(child=age)
    assert review_due(file, given) == day(due)
    assert clock(file, given, day(due) - timedelta(days=1)).state == "kept"
    assert clock(file, given, day(due)).state == "due"


@pytest.mark.parametrize(("heard", "years", "due"), _MARAC)
def test_years_after_the_last_hearing(heard: str, years: int, due: str) -> None:
    file, given = closed("2018-01-01", heard=heard), rules(adult=1, marac=years)
    assert marac_due(file, given) == day(due)
    assert clock(file, given, day(due) - timedelta(days=1)).state == "kept"
    assert clock(file, given, day(due)).state == "due"


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2018-06-30T22:59:00", "2043-06-30"),
        ("2018-06-30T23:00:00", "2043-07-01"),  # in summer midnight comes an hour sooner in UTC
        ("2018-12-31T23:59:59", "2043-12-31"),
        ("2019-03-31T00:59:59", "2044-03-31"),
        ("2019-10-26T23:30:00", "2044-10-27"),
        ("2019-10-27T23:30:00", "2044-10-27"),
    ],
)
def test_a_child_without_a_birthday_counts_from_the_day_in_england(moment: str, due: str) -> None:
    file = closed("2019-12-01", born=("",))
    file.case.received = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert review_due(file, rules()) == day(due)


def test_the_last_closing_counts() -> None:
    file = closed("2012-05-01")
    file.closures.append(Closure(id=2, closed_on=day("2019-03-01"), outcome="secured"))
    assert review_due(file, rules()) == day("2025-03-01")


# --- nothing by default ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "heard", "years", "missing"),
    [
        ((), "", (0, 0, 0), ["adult_years"]),
        ((), "", (6, 0, 0), []),
        (("2000-01-01",), "", (6, 0, 0), ["child_until_age"]),
        ((), "2019-01-10", (6, 0, 0), ["marac_years"]),
        (
            ("2000-01-01",),
            "2019-01-10",
            (0, 0, 0),
            ["adult_years", "child_until_age", "marac_years"],
        ),
        (("2000-01-01",), "2019-01-10", (6, 25, 2), []),
        (("2000-01-01",), "", (0, 25, 2), ["adult_years"]),
    ],
)
def test_nothing_is_decided_by_default(
    born: tuple[str, ...], heard: str, years: tuple[int, int, int], missing: list[str]
) -> None:
    file, given = closed(born=born, heard=heard), rules(*years)
    assert undecided(file, given) == tuple(f"retention.{name}" for name in missing)
    found = clock(file, given, TODAY)
    if missing:
        assert found.state == "undecided"
        assert found.said.startswith("Retention period not decided: ")
        assert clock(file, given, day("2999-01-01")).state == "undecided"
    else:
        assert found.state == "due"


def test_the_settings_of_a_new_district_dispose_of_nothing() -> None:
    file = closed("1990-01-01", born=("1980-01-01",), heard="1989-01-01")
    assert clock(file, default_settings(), TODAY).state == "undecided"


# --- holds ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "ended", "on", "bars"),
    [
        (None, None, "2026-11-26", True),
        (None, None, "2999-01-01", True),
        ("2026-11-26", None, "2026-11-26", True),  # its last day is a day of it
        ("2026-11-25", None, "2026-11-26", False),
        ("2026-11-27", None, "2026-11-26", True),
        (None, "2026-11-25", "2026-11-26", False),
        ("2027-01-01", "2026-11-26", "2026-11-26", False),
    ],
)
def test_a_hold_bars_until_its_last_day_is_over(
    until: str | None, ended: str | None, on: str, bars: bool
) -> None:
    file = closed()
    file.legal_holds = [
        LegalHold(
            id=1,
            placed_on=day("2025-01-01"),
            until=day(until) if until else None,
            ended_on=day(ended) if ended else None,
        )
    ]
    assert bool(in_force(file, day(on))) is bars
    assert clock(file, rules(), day(on)).state == ("held" if bars else "due")


def test_a_hold_bars_even_where_no_period_is_decided() -> None:
    file = closed()
    file.legal_holds = [LegalHold(id=1, placed_on=TODAY)]
    assert clock(file, default_settings(), TODAY).state == "held"


def test_one_hold_that_ended_leaves_the_other() -> None:
    file = closed()
    file.legal_holds = [
        LegalHold(id=1, placed_on=TODAY, ended_on=TODAY),
        LegalHold(id=2, placed_on=TODAY),
    ]
    assert [one.id for one in in_force(file, TODAY)] == [2]
    assert review_due(file, rules()) is None


def test_a_hold_puts_the_review_off_to_the_day_after_it() -> None:
    file = closed("2019-03-01", heard="2019-02-01")
    file.legal_holds = [LegalHold(id=1, placed_on=TODAY, until=day("2027-02-28"))]
    assert review_due(file, rules()) == day("2027-03-01")
    assert marac_due(file, rules()) == day("2027-03-01")


@pytest.mark.parametrize(
    ("look", "until", "ended", "due"),
    [
        ("2027-05-01", None, None, "2027-05-01"),
        ("2027-05-01", "2028-01-01", None, "2027-05-01"),
        (None, "2028-01-01", None, "2028-01-01"),
        (None, None, None, "2026-11-26"),  # neither: at once
        ("2027-05-01", None, "2026-12-01", None),
    ],
)
def test_a_hold_is_looked_at_again(
    look: str | None, until: str | None, ended: str | None, due: str | None
) -> None:
    def some(text: str | None) -> date | None:
        return day(text) if text else None

    hold = LegalHold(
        id=4, placed_on=TODAY, review_due=some(look), until=some(until), ended_on=some(ended)
    )
    assert hold_due(hold) == some(due)
    file = closed()
    file.legal_holds = [hold]
    found = [one for one in reminders(file, TODAY, rules()) if "hold:" in one.key]
    assert [one.due for one in found] == ([some(due)] if due else [])


# --- reviews --------------------------------------------------------------------------------------


def review(made: str, until: str, papers: str = "file", number: int = 1) -> RetentionReview:
    return RetentionReview(id=number, made=day(made), next_review=day(until), papers=papers)


def test_a_review_that_keeps_it_puts_the_next_one_off() -> None:
    file = closed("2019-03-01")
    file.retention_reviews = [review("2025-03-02", "2028-01-01")]
    assert review_due(file, rules()) == day("2028-01-01")
    assert clock(file, rules(), TODAY).state == "kept"
    found = [one for one in reminders(file, TODAY, rules()) if one.rule == "retention_review"]
    assert [one.key for one in found] == ["retention_review:file:2028-01-01"]


def test_the_newest_review_counts() -> None:
    file = closed("2019-03-01")
    file.retention_reviews = [
        review("2026-03-02", "2027-01-01", number=2),
        review("2025-03-02", "2030-01-01"),
    ]
    assert review_due(file, rules()) == day("2027-01-01")


def test_a_review_never_makes_it_sooner_than_the_period() -> None:
    file = closed("2026-01-01")
    file.retention_reviews = [review("2026-02-01", "2027-01-01")]
    assert review_due(file, rules()) == day("2032-01-01")


def test_marac_papers_have_reviews_of_their_own() -> None:
    file = closed("2019-03-01", heard="2019-02-01")
    file.retention_reviews = [review("2021-02-01", "2029-01-01", "marac")]
    assert marac_due(file, rules()) == day("2029-01-01")
    assert review_due(file, rules()) == day("2025-03-01")
    assert clock(file, rules(), TODAY).state == "kept"  # the file waits for its papers


# --- the clock ------------------------------------------------------------------------------------


def test_the_day_has_come_or_not() -> None:
    file = closed("2019-03-01")
    assert clock(file, rules(), day("2025-02-28")).said == "It is kept until Sat 1 Mar 2025."
    assert clock(file, rules(), day("2025-03-01")).state == "due"
    file.case.status, file.case.stage = "open", "aftercare"
    assert clock(file, rules(), day("2999-01-01")).state == "open"


def test_the_rule_names_nobody() -> None:
    file = closed("2019-03-01", born=("2000-01-02",), heard="2019-02-01")
    file.people[0].first_name = "Someone"
    file.retention_reviews = [review("2025-03-02", "2026-01-01")]
    assert rule_said(file, rules()) == (
        "6 years after closing (Fri 1 Mar 2019); each child of the file has reached 25; 2 years "
        "after the last MARAC (Fri 1 Feb 2019); kept by review until Thu 1 Jan 2026"
    )


# --- MARAC papers alone ---------------------------------------------------------------------------


def test_marac_papers_alone_have_a_clock_of_their_own() -> None:
    file = closed("2026-01-01", heard="2019-02-01")

    def state(day_of_look: date = TODAY, **periods: int) -> str:
        found = marac_clock(file, rules(**periods), day_of_look)
        return found.state if found else "none"

    assert state(day("2021-01-31")) == "kept"
    assert state(day("2021-02-01")) == "due"
    assert state(adult=0, child=0) == "due"  # the file's own period does not matter
    assert state(marac=0) == "undecided"
    file.case.status, file.case.stage = "open", "aftercare"
    assert state() == "due"
    file.legal_holds = [LegalHold(id=1, placed_on=TODAY)]
    assert state() == "held"
    file.legal_holds = []
    file.retention_reviews = [review("2026-01-01", "2027-01-01", "marac")]
    assert state() == "kept"
    file.retention_reviews = []
    for listed, expected in (("draft", "kept"), ("sent", "kept"), ("withdrawn", "due")):
        file.marac_listings[1:] = [MaracListing(id=2, state=listed)]
        assert state() == expected
    file.marac_actions = [MaracAction(id=1, listing_id=1, state="open")]
    assert state() == "kept"
    file.marac_actions[0].state = "done"
    assert state() == "due"
    file.marac_listings = file.marac_listings[1:]  # never heard: it goes with the file
    assert state() == "none"


def test_the_rule_of_marac_papers_names_nobody() -> None:
    file = closed("2019-03-01", heard="2019-02-01")
    file.people[0].first_name = "Someone"
    assert marac_rule_said(file, rules()) == "2 years after the last MARAC (Fri 1 Feb 2019)"
