"""Small numbers in the returns: what a reader who knows the rules can work out, tried by force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise, product
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sanctuary_tui.exports.small_numbers import SMALL, WITHHELD
from sanctuary_tui.returns import hiding
from sanctuary_tui.returns.figures import (
    Average,
    Counted,
    Figure,
    Hangs,
    Parts,
    Return,
    quarter,
    quarters_of,
    year,
)
from sanctuary_tui.returns.hiding import Shown, could_be, hidden, masked, readings

FEWEST: Final = 3
Q: Final = quarter("2026Q4")


def table(form: str, *groups: Sequence[int], rest: bool = False) -> Return:
    """A return of one figure, divided as often as there are groups of numbers."""
    made = Return(form, form, Q)
    total = sum(groups[0])
    made.put(Figure("whole", "whole", total, "rule"))
    for place, numbers in enumerate(groups):
        keys = tuple(f"whole.{place}_{number}" for number in range(len(numbers)))
        for key, number in zip(keys, numbers, strict=True):
            made.put(Figure(key, key, number, "rule"))
        made.parts.append(Parts("whole", keys, rest=rest))
    return made


def splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """Every way to divide a number."""
    if parts == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for others in splits(total - first, parts - 1):
            yield first, *others


def told(made: Sequence[Return]) -> dict[tuple[str, str], Shown]:
    return hidden(made)


def leaks(worlds: Iterator[tuple[tuple[int, ...], Any]]) -> list[Any]:
    """Every printed table of which some number, if it is small, can only be one or two."""
    could: dict[Any, list[tuple[int, ...]]] = defaultdict(list)
    for numbers, printed in worlds:
        could[printed].append(numbers)
    return [
        (printed, values)
        for printed, found in could.items()
        for values in map(set, zip(*found, strict=True))
        if len(values) < FEWEST and all(1 <= value <= 4 for value in values)
    ]


def one_division(parts: int, most: int) -> Iterator[tuple[tuple[int, ...], Any]]:
    for total in range(most + 1):
        for numbers in splits(total, parts):
            yield (total, *numbers), tuple(told([table("f", numbers)]).values())


@pytest.mark.guarantee
@pytest.mark.parametrize(("parts", "most"), [(2, 42), (3, 27), (4, 22), (5, 17)])
def test_who_tries_every_possible_table_finds_no_small_number(parts: int, most: int) -> None:
    """All tables there can be are hidden: what is printed leaves three readings or more of each.

    The largest total is the last of those that are printed alike, or the edge would tell itself.
    """
    assert leaks(one_division(parts, most)) == []


@pytest.mark.guarantee
def test_two_divisions_of_one_figure_are_no_key_to_each_other() -> None:
    def worlds() -> Iterator[tuple[tuple[int, ...], Any]]:
        for total in range(18):
            for one, two in product(splits(total, 3), splits(total, 2)):
                yield (total, *one, *two), tuple(told([table("f", one, two)]).values())

    assert leaks(worlds()) == []


def test_control_without_the_second_look_a_small_number_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hiding, "_settle", lambda shown, tables: None)
    assert leaks(one_division(3, 27)) != []


@pytest.mark.guarantee
@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 40), min_size=2, max_size=6), min_size=1, max_size=1),
    st.lists(st.integers(0, 30), min_size=1, max_size=4),
)
def test_no_total_less_its_parts_gives_a_small_number(
    groups: list[list[int]], subsets: list[int]
) -> None:
    """By subtraction of whatever is printed, in both directions, of any size of table."""
    made = table("f", *groups)
    whole = made.figures["whole"].value or 0
    for number, value in enumerate(min(one, whole) for one in subsets):
        made.put(Figure(f"some.{number}", "some", value, "rule"))
        made.parts.append(Parts("whole", (f"some.{number}",), rest=True))
    shown = told([made])
    tables = [("f", parts) for parts in made.parts]
    for name, (low, high) in readings(shown, tables).items():
        exact = made.figures[name[1]].value or 0
        assert low <= exact <= high
        assert not 1 <= exact <= 4 or high - low + 1 >= FEWEST, (name, low, high)
    for parts in made.parts:
        values = {shown["f", key] for key in parts.parts}
        assert values == {WITHHELD} or WITHHELD not in values, "all or none"


@pytest.mark.guarantee
@settings(max_examples=300, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=4, max_size=4))
def test_a_year_less_its_quarters_gives_no_small_number(numbers: list[int]) -> None:
    def one(value: int) -> Return:
        made = Return("f", "f", Q)
        made.put(Figure("whole", "whole", value, "rule"))
        return made

    quarters = [hidden([one(value)]) for value in numbers]
    shown = hidden([one(sum(numbers))], quarters)["f", "whole"]
    ranges = [could_be(each["f", "whole"]) for each in quarters]
    low, high = could_be(shown)
    for place, exact in enumerate(numbers):
        others = [found for at, found in enumerate(ranges) if at != place]
        least = max(ranges[place][0], low - sum(top for _, top in others))
        most = min(ranges[place][1], high - sum(bottom for bottom, _ in others))
        assert least <= exact <= most
        assert not 1 <= exact <= 4 or most - least + 1 >= FEWEST


def test_control_a_year_printed_without_its_quarters_gives_them_away() -> None:
    """Four quarters of one each, and a year of <5: each is 1."""
    assert masked(4) == SMALL
    assert masked(1) == SMALL
    low, high = could_be(SMALL)
    assert high - 3 * low == 1


def test_what_may_be_told_is_told() -> None:
    """The rule is not kept by withholding everything."""
    shown = told([table("f", (40, 3, 12, 0))])
    assert list(shown.values()) == [55, 40, SMALL, 10, 0]
    assert list(told([table("f", (6, 3))]).values()) == [10, WITHHELD, WITHHELD]
    assert list(told([table("f", (0, 0))]).values()) == [0, 0, 0]


@pytest.mark.parametrize(("homes", "spent", "average"), [(3, "s", "s"), (12, 510_000, 51_000)])
def test_spending_does_not_tell_how_many_homes(homes: int, spent: Shown, average: Shown) -> None:
    made = Return("f", "f", Q)
    made.put(Figure("secured", "", homes, ""))
    made.put(Figure("spent", "", 512_345, "", "pence", (Counted(1, 512_345, ""),)))
    made.put(Figure("average", "", 512_345 // homes, "", "pence"))
    made.hangs += [Hangs("spent", "secured", 5), Hangs("average", "secured", 5)]
    made.averages.append(Average("average", "spent", "secured"))
    shown = hidden([made])
    assert (shown["f", "spent"], shown["f", "average"]) == (spent, average)


@pytest.mark.parametrize(("cases", "told"), [(9, WITHHELD), (10, 7)])
def test_times_are_told_of_ten_cases_and_more(cases: int, told: Shown) -> None:
    made = Return("f", "f", Q)
    made.put(Figure("reached", "", cases, ""))
    made.put(Figure("median", "", 7, "", "days"))
    made.hangs.append(Hangs("median", "reached", 10))
    assert hidden([made])["f", "median"] == told


def test_years_and_quarters_meet_without_gap_or_overlap() -> None:
    of_year = year("2026-27")
    assert [one.code for one in (quarter("2026Q2"), quarter("2027Q1"))] == ["2026Q2", "2027Q1"]
    found = quarters_of(of_year)
    assert found[0].first == of_year.first
    assert found[-1].last == of_year.last
    for one, other in pairwise(found):
        assert (other.first - one.last).days == 1
