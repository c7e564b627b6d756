"""The money of a financial year: committed, spent, left and forecast, of all and of each fund.

How a sum is counted is told in ``pathway.money``; a housing association's own money stands apart
and is in no total of the council's (DOMAIN 10 E).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final

from config.codes import label
from config.format import full_date
from db.models import CaseFile, Fund
from sanctuary_tui.pathway import money
from sanctuary_tui.pathway.money import THEIRS, UNDATED, Standing, Sum
from sanctuary_tui.returns import shared, working_group
from sanctuary_tui.returns.figures import (
    AmountPart,
    Average,
    Counted,
    Figure,
    Hangs,
    Parts,
    Period,
    Return,
    Unit,
    months_of,
    say,
)

FORM: Final = "money"
OURS: Final = tuple(kind for kind in money.KINDS if kind != THEIRS)
_COUNTED: Final = (
    "Orders and invoices by the year of their fund, else their date, gross; a measure's own cost "
    "only where the case has no order or invoice on that kind of fund; grants."
)
_COMMITTED: Final = f"Ordered, approved or agreed, and neither fitted nor paid. {_COUNTED}"
_SPENT: Final = f"Invoiced, paid or fitted. {_COUNTED}"
_LEFT: Final = "Budget less committed less spent; below nothing where more was."
_FORECAST: Final = (
    "Spent x 12 / months of the year that are over, at least spent and committed; none in the "
    "first month. Of a year that is over: spent and committed."
)


@dataclass(frozen=True, slots=True)
class Purse:
    """What money is counted with beside the cases: every fund, and the day it is."""

    funds: Sequence[Fund]
    today: date


def spending(files: Sequence[CaseFile], period: Period, purse: Purse) -> Return:
    """The money of a year from April to March."""
    made = Return(FORM, "Money of the year", period)
    year = period.first.year
    found = _sums(files, purse)
    mine = [one for one in found if one.year == year]
    own = [one for one in mine if one.kind != THEIRS]
    budgets = dict.fromkeys(money.KINDS, 0)
    for fund in purse.funds:
        if fund.year == year:
            budgets[money.known_kind(fund.kind)] += fund.budget or 0
    add = _Adding(made, year, purse.today)
    add.group("council", "Council", sum(budgets[kind] for kind in OURS), own, working_group.ORDERED)
    kinds = [
        add.group(
            f"fund_{kind}",
            label("fund", kind) if kind != "not_known" else "No fund recorded",
            budgets[kind],
            [one for one in own if one.kind == kind],
            working_group.ORDERED,
        )
        for kind in OURS
    ]
    made.amount_parts.append(tuple(kinds))
    theirs = [one for one in mine if one.kind == THEIRS]
    add.group(
        "ha", "Housing associations' own schemes", budgets[THEIRS], theirs, working_group.ORDERED_HA
    )
    _sources(made, own)
    _averages(made, files, period)
    _undated(made, found)
    made.notes.append(
        f"As it stands on {full_date(purse.today)}. Budgets are of the funds of the year."
    )
    return made


def spent_by_month(
    files: Iterable[CaseFile], period: Period, purse: Purse
) -> tuple[dict[date, int], int]:
    """What the council spent in each month of a year, in pence, and what no month can be told of.

    By the day of the order, invoice or grant, or the day of the fitting. What belongs to the year
    by its fund and has no day, or a day outside the year, is the second number. All together they
    are the figure ``council.spent`` of the year's return.
    """
    year = period.first.year
    months = dict.fromkeys(months_of(period), 0)
    rest = 0
    for one in _sums(files, purse):
        if one.year != year or one.kind == THEIRS or not one.spent:
            continue
        if one.on is not None and period.has(one.on):
            months[one.on.replace(day=1)] += one.pence
        else:
            rest += one.pence
    return months, rest


def _sums(files: Iterable[CaseFile], purse: Purse) -> list[Sum]:
    by_id = {fund.id: fund for fund in purse.funds}
    return [one for file in files for one in money.sums(file, by_id, purse.today)]


@dataclass(frozen=True, slots=True)
class _Adding:
    """Adds figures of sums to a return."""

    made: Return
    year: int
    today: date

    def group(
        self, key: str, title: str, budget: int, sums: Sequence[Sum], of_quarters: str
    ) -> AmountPart:
        """Budget, committed, spent, left and forecast of some sums; told outside all or none."""
        stands = Standing(budget)
        stands.committed = sum(one.pence for one in sums if not one.spent)
        stands.spent = sum(one.pence for one in sums if one.spent)
        held = _cases(sums, lambda one: not one.spent)
        paid = _cases(sums, lambda one: one.spent)
        both = _cases(sums, lambda one: True)
        ends = stands.forecast(self.year, self.today)
        for name, said, value, rule, cases in (
            ("budget", "budget", budget, "Budgets of the funds of this year.", ()),
            ("committed", "committed", stands.committed, _COMMITTED, held),
            ("spent", "spent", stands.spent, _SPENT, paid),
            ("left", "left", stands.left, _LEFT, both),
            ("forecast", "forecast for 31 March", ends, _FORECAST, both),
        ):
            self.made.put(Figure(f"{key}.{name}", f"{title}: {said}", value, rule, "pence", cases))
        told = tuple(f"{key}.{name}" for name in ("committed", "spent", "left", "forecast"))
        part = AmountPart(told, working_group.LEAST_FOR_MONEY, of_quarters)
        self.made.amounts.append(part)
        return part


def _cases(sums: Iterable[Sum], wanted: Callable[[Sum], bool]) -> tuple[Counted, ...]:
    return by_case(one for one in sums if wanted(one))


def by_case(sums: Iterable[Sum]) -> tuple[Counted, ...]:
    """What each case adds, and by what."""
    found: dict[int, list[Sum]] = {}
    for one in sums:
        found.setdefault(one.case_id, []).append(one)
    return tuple(
        Counted(
            case_id,
            sum(one.pence for one in parts),
            "; ".join(dict.fromkeys(one.why for one in parts)),
        )
        for case_id, parts in found.items()
    )


def _sources(made: Return, own: Sequence[Sum]) -> None:
    """Of what the council spent: works, and grants."""
    parts = []
    for key, title, rule, grants in (
        ("works", "Council spent on works", "Of it, orders, invoices and measures.", False),
        ("grants", "Council spent on grants", "Of it, discretionary grants that were paid.", True),
    ):
        sums = [one for one in own if one.spent and (one.source == "grant") is grants]
        figure = Figure(
            key,
            title,
            sum(one.pence for one in sums),
            rule,
            "pence",
            _cases(sums, lambda one: True),
        )
        made.put(figure)
        parts.append(AmountPart((key,), working_group.LEAST_FOR_MONEY, working_group.ORDERED))
    made.amounts += parts
    made.amount_parts.append(tuple(parts))


def _averages(made: Return, files: Sequence[CaseFile], period: Period) -> None:
    """Homes made safe and measures fitted, and what each cost the council."""
    homes: list[Counted] = []
    theirs: list[Counted] = []
    fitted: list[Counted] = []
    for file in files:
        day = shared.secured_on(file)
        if day is not None and period.has(day):
            first = [one for one in shared.fixed(file) if one.fitted_on == day]
            by_them = all(one.fund == THEIRS for one in first)
            (theirs if by_them else homes).append(say(file, f"first fixed {full_date(day)}"))
        number = sum(
            one.fund != THEIRS and one.state in money.SPENT_ON and period.has(one.fitted_on)
            for one in file.measures
        )
        fitted.append(say(file, "measures fitted in the year", number))
    rule = (
        "Each home where the first lock, door, window or room measure was fixed in the year; "
        "portable kit, lights and alarms alone never count (MHCLG 2026, 4.1 and 5.2)."
    )
    made.add("secured", "Homes made safe", rule, [*homes, *theirs])
    made.add("secured.council", "Of them by the council", rule, homes)
    made.add("secured.ha", "Of them by a housing association's own scheme", rule, theirs)
    made.parts.append(Parts("secured", ("secured.council", "secured.ha")))
    made.of_quarters["secured"] = (working_group.FORM, "secured")
    made.add(
        "measures",
        "Measures fitted, without those of housing associations",
        "Entries of the measures register fitted in the year, portable kit too.",
        fitted,
    )
    made.hangs.append(Hangs("measures", "secured.council", 1))
    for key, title, cost, count in (
        ("per_home", "Cost per home made safe", "works", "secured.council"),
        ("per_measure", "Cost per measure", "works", "measures"),
    ):
        spent, many = made.figures[cost], made.figures[count].value
        value = money.half_up(Fraction(spent.value or 0, many)) if many else None
        said = f"{spent.label} divided by: {made.figures[count].label.lower()}, half up; outside "
        said += "the council both are rounded first."
        made.put(Figure(key, title, value, said, "pence", spent.cases))
        made.averages.append(Average(key, cost, count))


def _undated(made: Return, found: Iterable[Sum]) -> None:
    """What is of no year."""
    sums = [one for one in found if one.year == UNDATED]
    unit: Unit = "pence"
    made.put(
        Figure(
            "undated",
            "In no year: neither a date nor a fund of a year",
            sum(one.pence for one in sums),
            "Whatever was committed or spent and is dated nowhere; it is in no other figure. Put "
            "its date right.",
            unit,
            _cases(sums, lambda one: True),
        )
    )
    made.amounts.append(AmountPart(("undated",), working_group.LEAST_FOR_MONEY))
