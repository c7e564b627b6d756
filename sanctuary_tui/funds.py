"""The funds of a year as the console shows them, and what Today warns of: read, never written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from config.settings import Settings
from db import bypiece
from db.caseload import Caseload
from db.models import CaseFile
from sanctuary_tui.pathway import money
from sanctuary_tui.pathway.money import FundStanding, year_of
from sanctuary_tui.returns import making, spending
from sanctuary_tui.returns.figures import Return, year_from

_MOST_SAID = 3


@dataclass(slots=True)
class FundsView:
    """Every fund of a year as it stands, and the figures of the year they belong to."""

    year: int
    lines: list[FundStanding]
    figures: Return


def files_of_year(caseload: Caseload, year: int) -> Iterator[CaseFile]:
    """The cases with money of a year, or with a home made safe in it: a hundredth of all.

    They are read piece by piece: what Today needs of them is a sentence, and memory that was once
    taken for all of them would not be given back.
    """
    between = f"BETWEEN '{year:04}-04-01' AND '{year + 1:04}-03-31'"
    funds = f"fund_id IN (SELECT id FROM funds WHERE year = {year:d})"
    paid = f'WHERE "on" {between} OR "on" IS NULL OR {funds}'
    fitted = f"fitted_on {between} OR (fitted_on IS NULL AND state <> 'proposed')"
    where = (
        f"id IN (SELECT case_id FROM expenditures {paid} UNION SELECT case_id FROM grants {paid}"
        f" UNION SELECT case_id FROM measures WHERE state IN ('approved', 'ordered') OR {fitted})"
    )
    return bypiece.case_files(caseload.connection, ("measures", "expenditures", "grants"), where)


def funds_view(caseload: Caseload, year: int) -> FundsView:
    """The funds of a financial year."""
    purse = making.purse_of(caseload)
    files = list(files_of_year(caseload, year))
    lines = _standings(files, purse, year)
    return FundsView(year, lines, spending.spending(files, year_from(year), purse))


def _standings(files: Iterable[CaseFile], purse: spending.Purse, year: int) -> list[FundStanding]:
    by_id = {fund.id: fund for fund in purse.funds}
    found = [one for file in files for one in money.sums(file, by_id, purse.today)]
    return money.standings(found, purse.funds, year)


def warnings(caseload: Caseload, today: date, settings: Settings) -> list[str]:
    """What Today says of funds that will be overspent or are not used up; funds only, no case."""
    year = year_of(today)
    purse = making.purse_of(caseload)
    if not any(fund.year == year and fund.budget for fund in purse.funds):
        return []
    lines = _standings(files_of_year(caseload, year), purse, year)
    weeks, percent = settings.money.year_end_weeks, settings.money.uncommitted_percent
    said = money.warnings(lines, year, today, weeks=weeks, percent=percent)
    more = len(said) - _MOST_SAID
    return said if more < 2 else [*said[:_MOST_SAID], f"{more} more funds likewise."]


def read_cases(
    caseload: Caseload, line: FundStanding, year: int
) -> list[tuple[int, str, str, int]]:
    """The cases behind a fund: number, reference, why, pence; that they were read is logged."""
    said = f"cases behind the fund {line.name} of {year} listed"
    caseload.store.note("consultation", "caseload", 0, 0, said)
    rows = caseload.connection.execute("SELECT id, ref FROM cases").fetchall()
    refs = {int(number): str(ref) for number, ref in rows}
    return [
        (one.case_id, refs[one.case_id], one.why, one.amount)
        for one in spending.by_case(line.cases)
    ]
