"""Returns: which, of which period; each figure, the cases behind it, and the file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from config.format import counted, money
from sanctuary_tui.exports.marac_quarter import quarter_of
from sanctuary_tui.pathway.money import year_of
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import Figure, Period, Return, quarter, year_from
from sanctuary_tui.screens.asking import pick
from sanctuary_tui.screens.exporting import export_return
from widgets.dialogs import Choice, Pick

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_QUARTERS: Final = 8
_YEARS: Final = 3
_WRITE: Final = "write it as a file"
_RULE: Final = "the rule"


async def returns(app: Desk) -> None:
    """Choose a return and its period, then look at its figures until they are left."""
    form: str | None = await pick(app, "Return", list(making.TITLES.items()))
    if form is None:
        return
    periods = [
        one
        for one in _periods(app.today)
        if form not in (making.QUARTERS_ONLY if one.is_year else making.YEARS_ONLY)
    ]
    code: str | None = await pick(
        app,
        f"{making.TITLES[form]}: of which period",
        [(one.code, period_words(one)) for one in periods],
    )
    if code is None:
        return
    period = next(one for one in periods if one.code == code)
    found = await app.read(lambda data: making.counted(data, form, period))
    await _figures(app, found)


def _periods(today: date) -> list[Period]:
    """The quarters up to this one, the last first; and the years from April."""
    found = [quarter(quarter_of(today))]
    while len(found) < _QUARTERS:
        found.append(quarter(quarter_of(found[-1].first - timedelta(days=1))))
    return found + years(today)


def years(today: date) -> list[Period]:
    """The years from April, this one first."""
    first = year_of(today)
    return [year_from(one) for one in range(first, first - _YEARS, -1)]


def period_words(period: Period) -> str:
    """A period to choose."""
    return f"{period.code.ljust(8)}{period.words}"


async def _figures(app: Desk, found: Return) -> None:
    """The figures, a line each; a chosen one opens its cases, and the list comes back."""
    current: str | None = None
    wide = max(len(making.in_words(one)) for one in found.figures.values())
    choices = [Choice(_WRITE, f"Write it as CSV, {len(found.figures)} figures", key="e")]
    choices += [
        Choice(key, f"{making.in_words(one).rjust(wide)}  {'  ' * key.count('.')}{one.label}")
        for key, one in found.figures.items()
    ]
    title = f"{found.title}, {found.period.code}. Exact. {' '.join(found.notes[-1:])}"
    while True:
        picked: str | None = await app.push_screen_wait(Pick(title, choices, current=current))
        if picked is None:
            return
        if picked == _WRITE:
            await export_return(app, found.form, found.period)
            await app.reload()  # the register shows it
            return
        current = picked
        if await _cases(app, found, found.figures[picked]):
            return


async def _cases(app: Desk, found: Return, figure: Figure) -> bool:
    """How a figure is counted and the cases behind it; whether one of them was opened."""
    refs = await app.read(lambda data: making.read_cases(data, found, figure))
    choices = [Choice(_RULE, f"{making.in_words(figure)}: {figure.rule}")]
    if figure.unit == "pence":
        wide = max((len(money(one.amount)) for one in figure.cases), default=0)
        choices += [
            Choice(one.case_id, f"{refs[one.case_id]}  {money(one.amount).rjust(wide)}  {one.why}")
            for one in figure.cases
        ]
    else:
        choices += [
            Choice(one.case_id, f"{refs[one.case_id]}  {one.why}", note=_amount(figure, one.amount))
            for one in figure.cases
        ]
    title = f"{figure.label}, {found.period.code}: {counted(len(figure.cases), 'case')}"
    picked = await app.push_screen_wait(Pick(title, choices, filtered=False))
    if picked is None or picked == _RULE:
        return False
    app.open_case(picked)
    return True


def _amount(figure: Figure, amount: int) -> str:
    return "" if amount == 1 and figure.unit == "count" else str(amount)
