"""A return from an open caseload: counted, hidden with the others of its period, as lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError
from config.format import money
from db import queries
from db.models import CaseFile, Fund
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.small_numbers import SMALL, WITHHELD
from sanctuary_tui.returns import (
    outcomes,
    safe_accommodation,
    spending,
    times,
    unmet,
    working_group,
)
from sanctuary_tui.returns.figures import (
    Figure,
    Period,
    Return,
    quarter,
    quarters_of,
    year,
    year_from,
)
from sanctuary_tui.returns.hiding import Shown, hidden

if TYPE_CHECKING:
    from db.caseload import Caseload

TABLES: Final = (
    "people",
    "properties",
    "measures",
    "support",
    "closures",
    "expenditures",
    "grants",
    "incidents",
    "aftercare_checks",
    "risk_assessments",
    "surveys",
    "consent_requests",
)
"""What the returns are counted from."""
FORMS: Final[dict[str, safe_accommodation.Builder]] = {
    working_group.FORM: working_group.working_group,
    safe_accommodation.FORM: safe_accommodation.safe_accommodation,
    outcomes.FORM: outcomes.outcomes,
    times.FORM: times.times,
    unmet.FORM: unmet.unmet,
}
"""Every return of a quarter or a year, by its name on the command line; money is of funds too."""
QUARTERS_ONLY: Final = (working_group.FORM,)
SUMMARY: Final = "summary"
"""The pictures of a year on a page for the board; no return, but of a year as money is."""
Outside = dict[tuple[str, str], Shown]
"""Figures as they may leave the council, by form and key."""
YEARS_ONLY: Final = (spending.FORM, SUMMARY)
TITLES: Final = {
    working_group.FORM: "Working group's quarter",
    safe_accommodation.FORM: "Safe accommodation, for the county",
    outcomes.FORM: "Outcomes at 3, 6 and 12 months",
    times.FORM: "Times from referral to each stage",
    unmet.FORM: "Unmet need by reason",
    spending.FORM: "Money of the year, by fund",
}
AS_KNOWN: Final = (
    "Counted as recorded on the day it is made: a period that is not over, or records that are put "
    "right later, give other figures another day."
)
SEALED: Final = (
    "Sealed cases are in no count, whether or not there are any, and neither is a case that was "
    "disposed of; add a sealed one by hand where the form needs it."
)


def period_of(form: str, *, quarter_code: str = "", year_code: str = "") -> Period:
    """The period that was asked for.

    Raises:
        BadInputError: neither or both were given, it is none of the calendar, or the return is of
            quarters alone.
    """
    if bool(quarter_code) == bool(year_code):
        raise BadInputError("Say which period: --quarter 2026Q4, or --year 2026-27.")
    if year_code and form in QUARTERS_ONLY:
        raise BadInputError("The working group's return is of a quarter; give --quarter 2026Q4.")
    if quarter_code and form in YEARS_ONLY:
        raise BadInputError("Money and the summary are of a year; give --year 2026-27.")
    if form in YEARS_ONLY and re.fullmatch(r"20\d\d", year_code, re.ASCII):
        return year_from(int(year_code))  # as budgets name it: the year that begins then
    return year(year_code) if year_code else quarter(quarter_code)


def files_of(caseload: Caseload) -> list[CaseFile]:
    """Every case that is not sealed, holding only what the returns may count."""
    allowed = PROFILES["returns"]
    found = queries.case_files(caseload.connection, TABLES, "1")
    return [allowed.view(file) for _, file in sorted(found.items())]


def purse_of(caseload: Caseload) -> spending.Purse:
    """Every fund, and the day it is."""
    funds = queries.all_of(caseload.connection, Fund)
    return spending.Purse(funds, caseload.store.today())


def counted(caseload: Caseload, form: str, period: Period) -> Return:
    """One return of a period, exact, from a caseload."""
    return made(files_of(caseload), form, period, purse_of(caseload))


def made(
    files: Sequence[CaseFile], form: str, period: Period, purse: spending.Purse | None = None
) -> Return:
    """One return of a period, exact; of money ``purse`` has the funds and the day."""
    if form != spending.FORM:
        found = FORMS[form](files, period)
    else:
        assert purse is not None, "money is counted with funds and a day"
        found = spending.spending(files, period, purse)
    found.notes += [AS_KNOWN, SEALED]
    return found


def quarters_outside(files: Sequence[CaseFile], period: Period) -> list[Outside]:
    """Every figure of each quarter of a year as it may leave the council, in their order."""
    return [outside(files, one) for one in quarters_of(period)]


def outside(
    files: Sequence[CaseFile],
    period: Period,
    purse: spending.Purse | None = None,
    quarters: Sequence[Outside] | None = None,
) -> Outside:
    """Every figure of every return of a period as it may leave the council; of money too where
    ``purse`` is given and the period is a year.

    ``quarters`` is what ``quarters_outside`` gave for a year, where that is known already.
    """
    if not period.is_year:
        quarters = ()
    elif quarters is None:
        quarters = quarters_outside(files, period)
    found = [build(files, period) for build in FORMS.values()]
    if purse is not None and period.is_year:
        found.append(spending.spending(files, period, purse))
    return hidden(found, quarters)


def lines(
    files: Sequence[CaseFile],
    found: Return,
    *,
    exact: bool,
    district: str,
    purse: spending.Purse | None = None,
) -> list[list[str]]:
    """A return that was ``made`` of these files, as the lines of its file
    (``exports.return_file.COLUMNS``)."""
    form, period = found.form, found.period
    shown = {} if exact else outside(files, period, purse)
    start = [form, period.code, district, "exact" if exact else "hidden"]
    return [
        [
            *start,
            figure.key,
            figure.label,
            figure.unit,
            _text(figure.value if exact else shown[form, figure.key]),
            figure.rule,
        ]
        for figure in found.figures.values()
    ]


def _text(value: Shown) -> str:
    return "" if value is None else str(value)


def in_words(figure: Figure, value: Shown = None) -> str:
    """A figure's number as a person reads it; ``value`` where it is not the exact one."""
    number = figure.value if value is None else value
    if number is None:
        return "-"
    if number in (SMALL, WITHHELD) or figure.unit != "pence":
        return str(number)
    return money(int(number))


def figure_of(found: Return, key: str) -> Figure:
    """The figure of that key. Raises ``BadInputError`` where the return has none."""
    if key not in found.figures:
        raise BadInputError(
            "That return has no figure of that key; 'sanctuary report' shows the key of each."
        )
    return found.figures[key]


def read_cases(caseload: Caseload, found: Return, figure: Figure) -> dict[int, str]:
    """The references of the cases behind a figure; that they were looked at is logged."""
    said = f"cases behind {found.form} {figure.key} of {found.period.code} listed"
    caseload.store.note("consultation", "caseload", 0, 0, said)
    wanted = {one.case_id for one in figure.cases}
    rows = caseload.connection.execute("SELECT id, ref FROM cases").fetchall()
    return {int(number): str(ref) for number, ref in rows if number in wanted}
