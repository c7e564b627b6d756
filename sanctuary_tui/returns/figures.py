"""What a return is made of: a period, figures with their rule and their cases, and how they add up.

Each figure is the sum of what it counts of each case, so that it can be shown case by case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from config.codes import UNANSWERED
from config.errors import BadInputError
from config.format import full_date
from db.models import CaseFile
from sanctuary_tui.exports.marac_quarter import quarter_days

Unit = Literal["count", "pence", "days"]
_DAY: Final = date.resolution


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar quarter (``2026Q4``) or a year from April to March (``2026-27``)."""

    code: str
    first: date
    last: date

    def has(self, day: date | None) -> bool:
        """Whether a day is in it; both ends are."""
        return day is not None and self.first <= day <= self.last

    @property
    def words(self) -> str:
        """``1 April 2026 to 31 March 2027``, as the console writes days."""
        return f"{full_date(self.first)} to {full_date(self.last)}"

    @property
    def is_year(self) -> bool:
        """Whether it is the return's year, not a quarter of it."""
        return "Q" not in self.code

    @property
    def months(self) -> int:
        """How many months it has."""
        return 12 if self.is_year else 3


def quarter(code: str) -> Period:
    """A calendar quarter, which is one of the return's year too. Raises ``BadInputError``."""
    first, after = quarter_days(code)
    return Period(f"{first.year}Q{(first.month + 2) // 3}", first, after - _DAY)


def year(code: str) -> Period:
    """The return's year, April to March, written ``2026-27`` (DOMAIN 4).

    Raises ``BadInputError`` when it is not written so.
    """
    found = re.fullmatch(r"(20\d\d)-(\d\d)", code.strip(), re.ASCII)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        raise BadInputError("The year is not one of the return; write it as 2026-27, from April.")
    start = int(found[1])
    return Period(found[0], date(start, 4, 1), date(start + 1, 3, 31))


def year_from(start: int) -> Period:
    """The year that begins on 1 April of a calendar year."""
    return year(f"{start}-{(start + 1) % 100:02}")


def quarters_of(period: Period) -> tuple[Period, ...]:
    """The four quarters of a return's year."""
    start = period.first.year
    codes = (f"{start}Q2", f"{start}Q3", f"{start}Q4", f"{start + 1}Q1")
    return tuple(quarter(code) for code in codes)


def months_of(period: Period) -> tuple[date, ...]:
    """The first day of each of its months."""
    start = period.first.year * 12 + period.first.month - 1
    return tuple(
        date(month // 12, month % 12 + 1, 1) for month in range(start, start + period.months)
    )


@dataclass(frozen=True, slots=True)
class Counted:
    """What one case adds to a figure, and why."""

    case_id: int
    amount: int
    why: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a return. ``rule`` says how it is counted and whose rule that is.

    A count or an amount is the sum of what its cases add; one of days is a median, a percentile or
    a worst over them. ``value`` is None where there is nothing to say, such as a median of none.
    """

    key: str
    label: str
    value: int | None
    rule: str
    unit: Unit = "count"
    cases: tuple[Counted, ...] = ()


@dataclass(frozen=True, slots=True)
class Parts:
    """Figures that divide another; with ``rest`` some of it is in none of them."""

    whole: str
    parts: tuple[str, ...]
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Hangs:
    """An amount that tells of a count: it is shown outside only where the count is large enough."""

    figure: str
    on: str
    least: int


@dataclass(frozen=True, slots=True)
class AmountPart:
    """Amounts that tell of one another: outside all of them are told, or none.

    They are told where each is of no case, or of ``least`` and more. ``of_quarters`` names the
    working group's amount that the quarters of the year tell of the same.
    """

    figures: tuple[str, ...]
    least: int
    of_quarters: str = ""


@dataclass(frozen=True, slots=True)
class Average:
    """An amount divided by a count; outside, what is printed of both."""

    figure: str
    amount: str
    count: str


@dataclass(slots=True)
class Return:
    """A return of a period: its figures in order, how they add up, and what to know of it."""

    form: str
    title: str
    period: Period
    figures: dict[str, Figure] = field(default_factory=dict)
    parts: list[Parts] = field(default_factory=list)
    hangs: list[Hangs] = field(default_factory=list)
    amounts: list[AmountPart] = field(default_factory=list)
    amount_parts: list[tuple[AmountPart, ...]] = field(default_factory=list)
    """Amounts that add up to another: of these too all are told outside, or none."""
    averages: list[Average] = field(default_factory=list)
    of_quarters: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Counts of a year that another return tells of each quarter: its form and key."""
    notes: list[str] = field(default_factory=list)

    def add(
        self, key: str, label: str, rule: str, cases: Iterable[Counted], unit: Unit = "count"
    ) -> Figure:
        """Add a figure that is the sum of what its cases add; nothing of a case adds nothing."""
        counted = tuple(one for one in cases if one.amount)
        return self.put(Figure(key, label, sum(one.amount for one in counted), rule, unit, counted))

    def put(self, figure: Figure) -> Figure:
        """Add a figure as it is."""
        assert figure.key not in self.figures, figure.key
        self.figures[figure.key] = figure
        return figure

    def divide(
        self,
        whole: Figure,
        titles: Mapping[str, str],
        answers: Mapping[int, str],
        rule: str,
        *,
        least: str = "not_known",
    ) -> None:
        """Divide a figure by what each of its cases answers; no answer is counted as ``least``."""
        keys = []
        for code, title in titles.items():
            told = [one for one in whole.cases if answers.get(one.case_id, least) == code]
            keys.append(f"{whole.key}.{code}")
            self.add(keys[-1], title, rule, told)
        self.parts.append(Parts(whole.key, tuple(keys)))


def say(file: CaseFile, why: str, amount: int = 1) -> Counted:
    """What this case adds, and why."""
    return Counted(file.case.id, amount, why)


def known(answer: str, titles: Mapping[str, str]) -> str:
    """The answer where it is one of these, ``not_known`` where nobody gave one."""
    return answer if answer in titles and answer not in UNANSWERED else "not_known"


def titled(codes: Mapping[str, str], *, unknown: str = "Not known") -> dict[str, str]:
    """A code list for dividing by: every answer, then one line for no answer."""
    found = {code: title for code, title in codes.items() if code not in UNANSWERED}
    return {**found, "not_known": unknown}
