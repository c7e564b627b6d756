"""Money: each sum once, to the penny; what changes its state moves and is never made."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.models import Case, CaseFile, Expenditure, Fund, Grant, Measure
from sanctuary_tui.pathway import money

TODAY: Final = date(2026, 11, 26)
YEAR: Final = 2026
FUNDS: Final = (
    Fund(id=1, name="Part 4 2026-27", kind="part4", year=2026, budget=1_600_000),
    Fund(id=2, name="Grant, first half", kind="hpg", year=2026, budget=400_000),
    Fund(id=3, name="Grant, second half", kind="hpg", year=2026, budget=400_000),
    Fund(id=4, name="Fairholm", kind="ha", year=2026, budget=None),
    Fund(id=5, name="Part 4 2025-26", kind="part4", year=2025, budget=1_000_000),
)
BY_ID: Final = {fund.id: fund for fund in FUNDS}
IN_YEAR: Final = st.dates(date(2026, 4, 1), TODAY)
PENCE: Final = st.integers(1, 900_000)
KINDS: Final = st.sampled_from(["part4", "hpg", "ha", "pcc", "not_asked", "not_known", ""])
FUND_IDS: Final = st.sampled_from([None, 1, 2, 3, 4])
MEASURES: Final = st.builds(
    Measure,
    state=st.sampled_from(["approved", "ordered", "fitted", "faulty", "removed"]),
    fitted_on=IN_YEAR,
    cost=PENCE,
    fund=KINDS,
)
ORDERS: Final = st.builds(
    Expenditure,
    state=st.sampled_from(["committed", "invoiced", "paid"]),
    fund=KINDS,
    fund_id=FUND_IDS,
    on=IN_YEAR,
    gross=PENCE,
)
GRANTS: Final = st.builds(
    Grant,
    state=st.sampled_from(["agreed", "paid"]),
    fund=KINDS,
    fund_id=FUND_IDS,
    on=IN_YEAR,
    amount=PENCE,
)


@st.composite
def files(draw: Any) -> CaseFile:
    return CaseFile(
        Case(id=draw(st.integers(1, 99))),
        measures=draw(st.lists(MEASURES, max_size=4)),
        expenditures=draw(st.lists(ORDERS, max_size=3)),
        grants=draw(st.lists(GRANTS, max_size=3)),
    )


def standing(*files: CaseFile, year: int = YEAR) -> list[money.FundStanding]:
    found = [one for file in files for one in money.sums(file, BY_ID, TODAY)]
    return money.standings(found, FUNDS, year)


def totals(*files: CaseFile) -> tuple[int, int]:
    stands = standing(*files)
    return sum(one.committed for one in stands), sum(one.spent for one in stands)


@given(st.lists(files(), max_size=4))
def test_committed_spent_and_left_are_the_budget_of_every_fund(cases: list[CaseFile]) -> None:
    stands = standing(*cases)
    assert all(one.committed + one.spent + one.left == one.budget for one in stands)
    assert sum(one.budget for one in stands) == 2_400_000
    found = [one for file in cases for one in money.sums(file, BY_ID, TODAY)]
    assert sum(totals(*cases)) == sum(one.pence for one in found)
    assert all(isinstance(one.pence, int) for one in found)


@given(files())
def test_every_order_and_grant_is_counted_once_and_a_measure_at_most_once(file: CaseFile) -> None:
    found = money.sums(file, BY_ID, TODAY)
    orders = [one.pence for one in found if one.source == "order"]
    assert sorted(orders) == sorted(one.gross or 0 for one in file.expenditures)
    grants = [one.pence for one in found if one.source == "grant"]
    assert sorted(grants) == sorted(one.amount or 0 for one in file.grants)
    measures = [one.pence for one in found if one.source == "measure"]
    assert len(measures) <= len(file.measures)
    if not file.expenditures:
        assert sorted(measures) == sorted(one.cost or 0 for one in file.measures)


@given(files(), st.data())
def test_a_change_of_state_moves_money_and_never_makes_any(file: CaseFile, data: Any) -> None:
    committed, spent = totals(file)
    kind = data.draw(st.sampled_from(["measures", "expenditures", "grants"]))
    records: list[Any] = getattr(file, kind)
    if not records:
        return
    one = data.draw(st.sampled_from(records))
    ways = {
        "measures": ["approved", "ordered", "fitted", "faulty", "removed"],
        "expenditures": ["committed", "invoiced", "paid"],
        "grants": ["agreed", "paid"],
    }[kind]
    before, one.state = one.state, data.draw(st.sampled_from(ways))
    assert sum(totals(file)) == committed + spent
    if ways.index(one.state) >= ways.index(before):
        assert totals(file)[1] >= spent, "a step on never takes back what was spent"


@given(files())
def test_what_is_declined_or_withdrawn_holds_no_money(file: CaseFile) -> None:
    file.expenditures.clear()
    for measure in file.measures:
        measure.state = "declined"
    for grant in file.grants:
        grant.state = "withdrawn"
    assert totals(file) == (0, 0)


def test_an_order_stands_for_the_measures_of_its_kind_of_fund() -> None:
    lock = Measure(state="approved", cost=12_000, fund="part4")
    light = Measure(state="fitted", fitted_on=TODAY, cost=6_800, fund="pcc")
    order = Expenditure(state="committed", fund="part4", on=TODAY, gross=14_150)
    file = CaseFile(Case(id=1), measures=[lock, light], expenditures=[order])
    assert totals(file) == (14_150, 6_800)
    lock.state, lock.fitted_on = "fitted", TODAY
    assert totals(file) == (0, 20_950)  # what was ordered is fitted


def test_an_order_of_no_known_fund_is_not_counted_beside_the_measures_it_is_for() -> None:
    lock = Measure(state="fitted", fitted_on=TODAY, cost=12_000, fund="part4")
    theirs = Measure(state="fitted", fitted_on=TODAY, cost=5_000, fund="ha")
    order = Expenditure(state="paid", on=TODAY, gross=12_500)
    file = CaseFile(Case(id=1), measures=[lock, theirs], expenditures=[order])
    stands = {one.kind: one.spent for one in standing(file) if one.spent}
    assert stands == {"not_known": 12_500, "ha": 5_000}


@pytest.mark.parametrize(
    ("on", "fund_id", "year"),
    [
        (date(2026, 3, 31), None, 2025),
        (date(2026, 4, 1), None, 2026),
        (date(2027, 3, 31), None, 2026),
        (date(2026, 4, 1), 5, 2025),  # the fund's own year
        (None, 1, 2026),
        (None, None, money.UNDATED),
    ],
)
def test_a_sum_is_of_the_year_of_its_fund_else_of_its_day(
    on: date | None, fund_id: int | None, year: int
) -> None:
    order = Expenditure(state="paid", fund="part4", fund_id=fund_id, on=on, gross=100)
    (found,) = money.sums(CaseFile(Case(id=1), expenditures=[order]), BY_ID, TODAY)
    assert found.year == year


def test_a_sum_goes_to_the_one_fund_of_its_kind_and_to_none_where_there_are_two() -> None:
    orders = [
        Expenditure(state="paid", fund=kind, fund_id=fund, on=TODAY, gross=pence)
        for kind, fund, pence in (("part4", None, 1), ("hpg", None, 10), ("hpg", 3, 100))
    ]
    stands = standing(CaseFile(Case(id=1), expenditures=orders))
    told = {one.name: one.spent for one in stands}
    assert told == {
        "Part 4 2026-27": 1,
        "Grant, first half": 0,
        "Grant, second half": 100,
        "Homelessness prevention grant, no fund named": 10,
        "Fairholm": 0,
    }


@pytest.mark.parametrize(
    ("today", "elapsed"),
    [
        (date(2026, 3, 31), Fraction(0)),
        (date(2026, 4, 30), Fraction(1)),
        (date(2026, 6, 15), Fraction(5, 2)),
        (date(2027, 2, 28), Fraction(11)),
        (date(2027, 3, 31), Fraction(12)),
        (date(2028, 1, 1), Fraction(12)),
    ],
)
def test_months_of_the_year_that_are_over(today: date, elapsed: Fraction) -> None:
    assert money.months_elapsed(YEAR, today) == elapsed


def test_the_year_ends_at_the_present_rate_and_at_least_at_what_is_committed() -> None:
    assert money.forecast(0, 100_000, YEAR, date(2026, 9, 30)) == 200_000
    assert money.forecast(150_000, 100_000, YEAR, date(2026, 9, 30)) == 250_000
    assert money.forecast(0, 1, YEAR, date(2026, 8, 15)) == 3  # 12 / 4 15/31 = 2.68
    assert money.forecast(0, 100_000, YEAR, date(2026, 4, 29)) is None
    assert money.forecast(7, 100_000, 2025, TODAY) == 100_007


@given(PENCE, PENCE, st.dates(date(2026, 4, 30), date(2027, 3, 31)))
def test_a_forecast_is_never_less_than_what_is_held_and_right_to_the_penny(
    committed: int, spent: int, today: date
) -> None:
    found = money.forecast(committed, spent, YEAR, today)
    assert found is not None
    assert found >= committed + spent
    rate = Fraction(spent * 12) / money.months_elapsed(YEAR, today)
    assert found == committed + spent or abs(found - rate) <= Fraction(1, 2)


def warned(today: date, *, committed: int = 0, spent: int = 0, kind: str = "part4") -> list[str]:
    stands = money.FundStanding(
        budget=1_000_000,
        committed=committed,
        spent=spent,
        fund=Fund(id=1, name="Part 4 2026-27", kind=kind, year=YEAR, budget=1_000_000),
        kind=kind,
    )
    return money.warnings([stands], YEAR, today, weeks=8, percent=20)


def test_the_end_of_the_year_is_told_from_so_many_weeks_before() -> None:
    assert warned(date(2027, 2, 2), spent=799_999) == []
    assert warned(date(2027, 2, 3), spent=799_999) == [
        "Part 4 2026-27: £2,000.01 (20%) not committed, the year ends 31 March."
    ]
    assert warned(date(2027, 2, 4), spent=800_000) == []  # not more than a fifth
    assert warned(date(2027, 3, 31), spent=100_000, committed=600_000)
    assert warned(date(2027, 4, 1), spent=100_000) == []
    assert warned(date(2027, 3, 1), kind="ha") == []  # not the council's


def test_a_fund_that_will_be_overspent_is_told_of_all_the_year() -> None:
    assert warned(date(2026, 9, 30), spent=600_000) == [
        "Part 4 2026-27: at this rate £2,000.00 over by 31 March."
    ]
    assert warned(date(2026, 9, 30), spent=500_000) == []
    assert warned(date(2026, 4, 2), spent=500_000) == []  # two days say nothing of a year
