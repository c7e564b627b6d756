"""What is committed, spent and left of each fund in a financial year, and where the year will end.

Sums are whole pence, so that nothing is rounded but a forecast and an average, once, half up.
Sources: the expenditure and fund records of DOMAIN 2; DOMAIN 10 E for a housing association's own
money; spend left and cost per home are number 15 of the wish list of DOMAIN.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Final, Literal

from config.codes import CODES, UNANSWERED
from config.format import full_date, money
from db.models import CaseFile, Expenditure, Fund, Grant, Measure
from sanctuary_tui.pathway import scheme, works

THEIRS: Final = "ha"
"""The kind of a housing association's own money, which is in no total of the council's."""
KINDS: Final = (*(code for code in CODES["fund"] if code not in UNANSWERED), "not_known")
"""Every kind of fund; nobody said which: ``not_known``."""
UNDATED: Final = 0
"""The year of what has neither a day nor a fund of a year."""
_MONTHS: Final = 12
Source = Literal["order", "measure", "grant"]
SPENT_ON: Final = (*works.IN_PLACE, "removed")
"""States of a measure that was fitted, also of one removed since."""


@dataclass(frozen=True, slots=True)
class Sum:
    """One sum of a case: on which kind of fund, of which year, committed or spent.

    ``on``: the day of the order, invoice or grant, or the day a measure was fitted; None where it
    has no day of its own.
    """

    case_id: int
    kind: str
    fund_id: int | None
    year: int
    pence: int
    spent: bool
    source: Source
    why: str
    on: date | None


@dataclass(slots=True)
class Standing:
    """How a budget stands: ``committed + spent + left`` is the budget, to the penny."""

    budget: int = 0
    committed: int = 0
    spent: int = 0

    @property
    def left(self) -> int:
        """What is neither committed nor spent; less than nothing where more was."""
        return self.budget - self.committed - self.spent

    def forecast(self, year: int, today: date) -> int | None:
        """Where the year ends at the present rate; see ``forecast``."""
        return forecast(self.committed, self.spent, year, today)


@dataclass(slots=True)
class FundStanding(Standing):
    """A fund, or with ``fund`` None what names no one fund of its kind, and how it stands."""

    fund: Fund | None = None
    kind: str = "not_known"
    cases: list[Sum] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The fund's name; the kind where no one fund is meant."""
        return self.fund.name if self.fund else f"{CODES['fund'][self.kind]}, no fund named"


def year_of(day: date) -> int:
    """The calendar year in which the financial year of a day began, on 1 April."""
    return scheme.return_year(day)[0].year


def months_elapsed(year: int, today: date) -> Fraction:
    """Months of the financial year that are over at the end of ``today``, 0 to 12.

    The month that runs counts by its days: on 15 June 2 and a half of its 30 days.
    """
    if today < date(year, 4, 1):
        return Fraction(0)
    if today > date(year + 1, 3, 31):
        return Fraction(_MONTHS)
    whole = (today.year - year) * _MONTHS + today.month - 4
    return whole + Fraction(today.day, monthrange(today.year, today.month)[1])


def forecast(committed: int, spent: int, year: int, today: date) -> int | None:
    """What will have been spent by 31 March at the present rate, in pence.

    ``spent x 12 / months elapsed``, rounded half up to a penny, and never less than what is spent
    and committed already, because orders are paid whatever the rate. None before one whole month
    of the year is over: of a few days nothing can be said. Of a year that is over, what was spent
    and committed in it.
    """
    elapsed = months_elapsed(year, today)
    if elapsed < 1:
        return None
    return max(committed + spent, half_up(Fraction(spent * _MONTHS) / elapsed))


def half_up(number: Fraction) -> int:
    """A number of pence, rounded once, half up."""
    return (2 * number.numerator + number.denominator) // (2 * number.denominator)


def known_kind(code: str) -> str:
    """A kind of fund; ``not_known`` where nobody said."""
    return code if code not in UNANSWERED else "not_known"


def sums(file: CaseFile, funds: Mapping[int, Fund], today: date) -> list[Sum]:
    """Every sum of a case, each once.

    - An order or invoice counts with its gross amount, in the year of its fund, else of its date.
      It is spent when it is invoiced or paid, or when what it is for is fitted: measures of the
      case on that kind of fund, at least one fitted and none approved or ordered.
    - A measure counts with its own cost only where the case has no order or invoice on that kind
      of fund, so that nothing is counted twice: committed while approved or ordered, in the year
      that runs; spent once fitted, in the year it was fitted.
    - A grant counts in the year of its fund, else of its date: committed when agreed, spent when
      paid; what was withdrawn or came back is neither.
    """
    found = [_of_order(file, item, funds) for item in file.expenditures if scheme.pence_of(item)]
    ordered = {one.kind for one in found}
    for measure in file.measures:
        one = _of_measure(file, measure, today)
        if one is not None and not _covered(one.kind, ordered):
            found.append(one)
    found += [
        _of_grant(file, grant, funds)
        for grant in file.grants
        if grant.amount and grant.state in ("agreed", "paid")
    ]
    return found


def _place(
    kind: str, fund_id: int | None, on: date | None, funds: Mapping[int, Fund]
) -> tuple[str, int | None, int]:
    """Kind, fund and year of a sum: the fund that is named says all it knows."""
    fund = funds.get(fund_id or 0)
    year = year_of(on) if on else UNDATED
    if fund is None:
        return known_kind(kind), None, year
    said = fund.kind if fund.kind not in UNANSWERED else kind
    return known_kind(said), fund.id, fund.year or year


def _of_order(file: CaseFile, item: Expenditure, funds: Mapping[int, Fund]) -> Sum:
    kind, fund_id, year = _place(item.fund, item.fund_id, item.on, funds)
    spent = item.state != "committed" or _fitted(file, kind)
    when = f" {full_date(item.on)}" if item.on else ""
    said = f"{'spent' if spent else 'committed'}: order or invoice{when}"
    pence = scheme.pence_of(item)
    return Sum(file.case.id, kind, fund_id, year, pence, spent, "order", said, item.on)


def _fitted(file: CaseFile, kind: str) -> bool:
    """Whether what an order on this kind of fund is for is fitted, all of it."""
    meant = [one for one in file.measures if _covered(known_kind(one.fund), {kind})]
    waiting = any(one.state in works.COMMITTED for one in meant)
    return not waiting and any(one.state in SPENT_ON for one in meant)


def _covered(kind: str, ordered: set[str]) -> bool:
    """Whether orders on these kinds stand for a measure; one of no known kind, for all of ours."""
    if kind == "not_known":
        return bool(ordered - {THEIRS})
    return kind in ordered or (kind != THEIRS and "not_known" in ordered)


def _of_measure(file: CaseFile, measure: Measure, today: date) -> Sum | None:
    if not measure.cost or measure.state not in (*works.COMMITTED, *SPENT_ON):
        return None
    spent = measure.state in SPENT_ON
    day = measure.fitted_on if spent else today
    said = "committed: approved or ordered"
    if spent:
        said = f"spent: fitted {full_date(day)}" if day else "spent: fitted, no date"
    year = year_of(day) if day else UNDATED
    kind = known_kind(measure.fund)
    on = measure.fitted_on if spent else None
    return Sum(file.case.id, kind, None, year, measure.cost, spent, "measure", said, on)


def _of_grant(file: CaseFile, grant: Grant, funds: Mapping[int, Fund]) -> Sum:
    kind, fund_id, year = _place(grant.fund, grant.fund_id, grant.on, funds)
    spent = grant.state == "paid"
    said = f"{'spent' if spent else 'committed'}: grant"
    said += f" {full_date(grant.on)}" if grant.on else ""
    return Sum(file.case.id, kind, fund_id, year, grant.amount or 0, spent, "grant", said, grant.on)


def standings(sums: Iterable[Sum], funds: Sequence[Fund], year: int) -> list[FundStanding]:
    """Each fund of a year as it stands, in the order of the kinds, then by name.

    A sum that names no fund is taken from the one fund of its kind and year. Where there are
    several of them, or none, it stands in a line of its own with no budget.
    """
    found = [
        FundStanding(fund=fund, kind=known_kind(fund.kind), budget=fund.budget or 0)
        for fund in funds
        if fund.year == year
    ]
    by_id = {one.fund.id: one for one in found if one.fund}
    rest: dict[str, FundStanding] = {}
    for item in sums:
        if item.year != year:
            continue
        alone = [one for one in found if one.kind == item.kind]
        stands = by_id.get(item.fund_id or 0) or (alone[0] if len(alone) == 1 else None)
        if stands is None:
            stands = rest.setdefault(item.kind, FundStanding(kind=item.kind))
        stands.cases.append(item)
        if item.spent:
            stands.spent += item.pence
        else:
            stands.committed += item.pence
    found += rest.values()
    return sorted(found, key=lambda one: (KINDS.index(one.kind), not one.fund, one.name.casefold()))


def warnings(
    standings: Iterable[FundStanding], year: int, today: date, *, weeks: int, percent: int
) -> list[str]:
    """One sentence a fund of the running year that will be overspent, or is not used up.

    Overspent: the forecast is more than the budget. Not used up: from so many ``weeks`` before
    31 March, more than ``percent`` of the budget is neither committed nor spent (DOMAIN 1, stage
    7: the end-of-year budget). Only funds with a budget are told of, by name; no case is.
    """
    end = date(year + 1, 3, 31)
    said = []
    for one in standings:
        ends = one.forecast(year, today)
        if one.fund is None or one.budget <= 0 or one.kind == THEIRS:
            continue
        if ends is not None and ends > one.budget:
            said.append(f"{one.name}: at this rate {money(ends - one.budget)} over by 31 March.")
        elif 0 <= (end - today).days <= weeks * 7 and one.left * 100 > percent * one.budget:
            share = one.left * 100 // one.budget
            said.append(
                f"{one.name}: {money(one.left)} ({share}%) not committed, the year ends 31 March."
            )
    return said
