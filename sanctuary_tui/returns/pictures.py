"""Pictures of a year: what each bar stands for, and the figures beside it.

Every number is one of a return of the same year or quarter. A bar is drawn of what is printed
beside it and of nothing else, so that its length tells no more than the print; where a figure is
hidden there is no bar.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Final

from config.codes import label
from config.format import money
from db.models import CaseFile
from sanctuary_tui.bars import Bar, Graph, Picture, Row
from sanctuary_tui.exports.small_numbers import WITHHELD
from sanctuary_tui.returns import making, outcomes, shared, spending, times, working_group
from sanctuary_tui.returns.figures import Period, months_of, quarters_of
from sanctuary_tui.returns.hiding import Shown, told_beside

_ASKED: Final = {
    "home_yes": "still in the home",
    "safer_safer": "feels safer",
    "contact_yes": "further contact or incident",
}
"""Answers at 3, 6 and 12 months that are shown, of the checks that were done."""
Value = Callable[[str, str], Shown]
"""The number of a return's figure, by its form and key, as it is shown here."""


def pictures(
    files: Sequence[CaseFile], period: Period, purse: spending.Purse, *, exact: bool
) -> list[Picture]:
    """The pictures of a year from April, exact or as its returns may leave the council."""
    quarters = None if exact else making.quarters_outside(files, period)
    value = _values(files, period, purse, quarters)
    return [
        *_months(_by_month(files, period, quarters), purse.today),
        _times(value),
        _money(value),
        _aftercare(value),
    ]


def sheet(
    files: Sequence[CaseFile], period: Period, purse: spending.Purse
) -> list[Graph | Picture]:
    """A year as the console shows it, exact: what goes month by month as graphs, then the rest.

    Spend by month is in no file that leaves: no return tells it, and so nothing says what of it
    may be told.
    """
    value = _values(files, period, purse)
    return [
        _flow(_by_month(files, period), purse.today),
        _times(value),
        _spend(value, spending.spent_by_month(files, period, purse), purse.today),
        _money(value),
        _aftercare(value),
    ]


def _values(
    files: Sequence[CaseFile],
    period: Period,
    purse: spending.Purse,
    quarters: Sequence[making.Outside] | None = None,
) -> Value:
    """Exact, or as they may leave where what does of the year's ``quarters`` is given."""
    forms = (times.FORM, outcomes.FORM, spending.FORM)
    found = {form: making.made(files, form, period, purse) for form in forms}
    shown = None if quarters is None else making.outside(files, period, purse, quarters)

    def value(form: str, key: str) -> Shown:
        return found[form].figures[key].value if shown is None else shown[form, key]

    return value


def _counted_as(form: str) -> str:
    return f"Counted as in the return: {making.TITLES[form]}."


def _bar(name: str, values: Sequence[Shown], lengths: Sequence[Shown]) -> Bar:
    """A bar of counts; none is drawn where one of its lengths is hidden."""
    told = tuple(max(0, one) for one in lengths if isinstance(one, int))
    drawn = told if len(told) == len(lengths) else ()
    return Bar(name, tuple("-" if one is None else str(one) for one in values), drawn)


# --- by month -------------------------------------------------------------------------------------


_FLOW: Final = {"referrals": "Referrals", "secured": "Homes secured"}
"""Figures of the working group's return that are told by month."""
ByMonth = dict[date, Shown]


def _by_month(
    files: Sequence[CaseFile],
    period: Period,
    outside: Sequence[making.Outside] | None = None,
) -> dict[str, ByMonth]:
    """Referrals and homes secured: the quarters of the working group's return, month by month.

    Exact, or as they may leave where what does of the year's quarters is given (``outside``).
    """
    dated = {
        "referrals": {file.case.id: shared.received(file) for file in files},
        "secured": {file.case.id: shared.secured_on(file) for file in files},
    }
    months: dict[str, ByMonth] = {key: {} for key in dated}
    for number, quarter in enumerate(quarters_of(period)):
        made = working_group.working_group(files, quarter)
        firsts = months_of(quarter)
        for key, days in dated.items():
            behind = [days[one.case_id] for one in made.figures[key].cases]
            counts = {
                f"{key}.{first:%Y-%m}": sum(
                    day is not None and day.month == first.month for day in behind
                )
                for first in firsts
            }
            shown: Mapping[str, Shown] = counts
            if outside is not None:
                whole = outside[number][working_group.FORM, key]
                shown = told_beside(whole, made.figures[key].value or 0, counts)
            months[key] |= dict(zip(firsts, shown.values(), strict=True))
    return months


def _told(first: date, number: Shown, today: date) -> bool:
    """Whether a month has come, or has something all the same."""
    return first <= today or number not in (0, WITHHELD)


def _months(months: Mapping[str, ByMonth], today: date) -> list[Picture]:
    """A picture each, a bar a month."""
    return [
        Picture(
            f"{title} by month",
            (title,),
            tuple(
                _bar(f"{first:%b %Y}", (number,), (number,))
                for first, number in months[key].items()
                if _told(first, number, today)
            ),
            (),
            _counted_as(working_group.FORM),
        )
        for key, title in _FLOW.items()
    ]


def _flow(months: Mapping[str, ByMonth], today: date) -> Graph:
    """Referrals as bars, homes secured as marks over them."""
    bars, secured = (
        Row(
            title,
            tuple(
                number if isinstance(number, int) and _told(first, number, today) else None
                for first, number in months[key].items()
            ),
        )
        for key, title in _FLOW.items()
    )
    return Graph(
        "Referrals and homes secured by month",
        tuple(months["referrals"]),
        (bars, secured),
        _counted_as(working_group.FORM),
        bars=bars,
        marks=Row(secured.name, tuple(number or None for number in secured.numbers)),
    )


def _spend(value: Value, counted: tuple[Mapping[date, int], int], today: date) -> Graph:
    """What the council has spent by the end of each month, beside its budget and the forecast."""
    spent, rest = counted
    budget, ends = (value(spending.FORM, f"council.{key}") for key in ("budget", "forecast"))
    shown = [number for number, one in enumerate(spent.items()) if _told(*one, today)]
    last = max(shown, default=-1)
    each = [pence if at <= last else None for at, pence in enumerate(spent.values())]
    so_far = [
        None if pence is None else total
        for pence, total in zip(each, accumulate(spent.values()), strict=True)
    ]
    line = Row("Spent so far", tuple(so_far))
    marks = None
    said = []
    if isinstance(budget, int):
        said.append(f"Budget of the year {money(budget)}." if budget else "No budget is recorded.")
    if isinstance(ends, int):
        marks = Row("Forecast for 31 March", (*(None,) * 11, ends))
        said.append(f"Forecast for 31 March {money(ends)}.")
    if rest:
        said.append(
            f"{money(rest)} more is of this year by its fund and has no day in it; it is in the "
            "figures by fund, and in no month."
        )
    said.append("What is committed has no month until it is spent; it stands by fund.")
    return Graph(
        "Spend by month",
        tuple(spent),
        (Row("Spent", tuple(each)), line),
        f"All of the council. {_counted_as(spending.FORM)} By the day of the order, invoice, "
        "grant or fitting.",
        line=line,
        marks=marks,
        level=("budget", budget) if isinstance(budget, int) and budget > 0 else None,
        said=tuple(said),
        pence=True,
    )


# --- of the year ----------------------------------------------------------------------------------


def _times(value: Value) -> Picture:
    """Where cases wait: days from the referral to each stage."""
    bars = []
    for stage, title in times.REACHED.items():
        keys = ("all", "all.median", "all.p90")
        cases, median, ninety = (value(times.FORM, f"{stage}.{key}") for key in keys)
        bars.append(_bar(title, (cases, median, ninety), (median, _rest(ninety, median))))
    return Picture(
        "Days from referral to each stage",
        ("Cases", "Median", "9 in 10"),
        tuple(bars),
        ("half of them within", "9 in 10 within"),
        _counted_as(times.FORM),
    )


def _money(value: Value) -> Picture:
    """Spend against budget: the council's, and each kind of fund that has any."""
    groups = {"council": "All of the council"}
    groups |= {
        f"fund_{kind}": label("fund", kind) if kind != "not_known" else "No fund recorded"
        for kind in spending.OURS
    }
    bars = []
    for group, title in groups.items():
        names = ("budget", "spent", "committed", "left")
        budget, spent, held, left = (value(spending.FORM, f"{group}.{name}") for name in names)
        if group != "council" and {budget, spent, held} == {0}:
            continue
        bar = _bar(title, (budget, spent, held), (spent, held, left))
        pounds = tuple(
            money(one) if isinstance(one, int) else str(one) for one in (budget, spent, held)
        )
        bars.append(Bar(title, pounds, bar.lengths))
    return Picture(
        "Spend against budget",
        ("Budget", "Spent", "Committed"),
        tuple(bars),
        ("spent", "committed", "left"),
        _counted_as(spending.FORM),
    )


def _aftercare(value: Value) -> Picture:
    """What the checks at 3, 6 and 12 months found."""
    bars = []
    for kind, title in outcomes.CHECKS.items():
        checks, done = (value(outcomes.FORM, f"{kind}{key}") for key in ("", ".result_done"))
        bars.append(_bar(f"{title}: check done", (done, checks), (done, _rest(checks, done))))
        for key, words in _ASKED.items():
            said = value(outcomes.FORM, f"{kind}.result_done.{key}")
            bars.append(_bar(f"  {words}", (said, done), (said, _rest(done, said))))
    return Picture(
        "Aftercare outcomes",
        ("Homes", "of"),
        tuple(bars),
        ("homes", "the others"),
        _counted_as(outcomes.FORM),
    )


def _rest(whole: Shown, part: Shown) -> Shown:
    """What is left of a figure beside a part of it, by what is printed of both."""
    if isinstance(whole, int) and isinstance(part, int):
        return whole - part
    return None
