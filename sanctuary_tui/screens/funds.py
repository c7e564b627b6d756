"""Funds: each budget of a financial year, what is committed, spent and left, where it will end."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from config.codes import label
from config.errors import RefusedError
from config.format import counted, money
from db.models import Fund
from sanctuary_tui import funds
from sanctuary_tui.pathway.money import FundStanding, year_of
from sanctuary_tui.screens.asking import confirm
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.directory import fill_entry
from widgets.columns import Column, drawable
from widgets.dialogs import Choice, Pick
from widgets.lines import Heading, LineTable

_OLDEST = 2000
_NEWEST = 2100


def year_words(year: int) -> str:
    """A financial year as it is written: ``2026-27``."""
    return f"{year}-{(year + 1) % 100:02}"


class FundList(LineTable[FundStanding]):
    """A line a fund; ``!`` before one that will be overspent."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, today: date, id: str | None = None) -> None:
        self.today = today
        self.year = year_of(today)
        super().__init__(empty="No fund of this year yet; press a to add one.", id=id)

    def key(self, row: FundStanding) -> Hashable:
        """The fund, or the kind of what names none."""
        return (row.fund.id if row.fund else 0, row.kind)

    def columns(self) -> Sequence[Column[FundStanding]]:
        """Fund, budget, committed, spent, left; the forecast where there is room."""
        return (
            Column("over", self._mark, 1),
            Column("name", lambda row: row.name, 20, "Fund", weight=1, most=44),
            Column("budget", self._budget, 10, "Budget", align="right"),
            Column("held", lambda row: money(row.committed), 10, "Committed", align="right"),
            Column("spent", lambda row: money(row.spent), 10, "Spent", align="right"),
            Column("left", self._left, 10, "Left", align="right"),
            Column("ends", self._ends, 11, "31 March", align="right", drop=1),
        )

    def over(self, row: FundStanding) -> int:
        """Pence by which a budget will be overspent; of no budget nothing is said."""
        ends = row.forecast(self.year, self.today)
        return max(0, (ends or 0) - row.budget) if row.budget else 0

    def _mark(self, row: FundStanding) -> tuple[str, str]:
        return ("!", "late") if self._spent_up(row) else ("", "text")

    def _spent_up(self, row: FundStanding) -> bool:
        return bool(self.over(row) or (row.budget and row.left < 0))

    def _budget(self, row: FundStanding) -> tuple[str, str]:
        return (money(row.budget), "text") if row.fund else ("-", "dim")

    def _left(self, row: FundStanding) -> tuple[str, str]:
        if row.fund is None:  # no budget, of which less than nothing would be left
            return "-", "dim"
        return money(row.left), "late" if self._spent_up(row) else "strong"

    def _ends(self, row: FundStanding) -> tuple[str, str]:
        ends = row.forecast(self.year, self.today)
        return money(ends) or "-", "late" if self.over(row) else "dim"


class FundsScreen(ConsoleScreen):
    """The funds of a year; below, the one under the cursor and the whole year."""

    DEFAULT_CSS = """
    FundsScreen #funds { height: 1fr; }
    FundsScreen #said { height: auto; padding: 0 1; border-top: solid $border-blurred; }
    """
    place: ClassVar[str] = "funds"
    line: ClassVar[tuple[str, ...]] = (
        "change",
        "fund_cases",
        "add",
        "delete",
        "year_before",
        "year_after",
        "reports",
        "help",
    )

    def __init__(self) -> None:
        super().__init__()
        self._year = 0
        self._view: funds.FundsView | None = None

    def body(self) -> Iterable[Widget]:
        """The list, and what is said of it."""
        yield FundList(today=self.console.today, id="funds")
        yield Static(id="said", markup=False)

    @property
    def lines(self) -> FundList:
        """The list."""
        return self.query_one("#funds", FundList)

    def on_mount(self) -> None:
        """Let what is said follow the cursor."""
        self.watch(self.lines, "cursor", self._say, init=False)

    async def refresh_data(self) -> None:
        """Read the funds of the year."""
        self._year = year = self._year or year_of(self.console.today)
        self.console.money_told = None  # Today tells of the funds as they are now
        view = await self.console.read(lambda data: funds.funds_view(data, year))
        self._view = view
        self.lines.year = year
        title = f"FUNDS OF {year_words(year)}"
        items: list[FundStanding | Heading] = [Heading(title, len(view.lines)), *view.lines]
        self.lines.set_items(items if view.lines else [])
        self.lines.focus()
        self._say()

    def _say(self) -> None:
        """The fund under the cursor in words, then the year."""
        view = self._view
        if view is None:
            return
        said = [*self._of_fund(self.lines.row), *self._of_year(view)]
        self.query_one("#said", Static).update(Content("\n".join(said)))

    def _of_fund(self, row: FundStanding | None) -> list[str]:
        if row is None:
            return []
        ends = row.forecast(self.lines.year, self.console.today)
        over = self.lines.over(row)
        said = f"{drawable(row.name)} ({label('fund', row.kind)}): "
        if ends is None:
            said += "nothing can be said of 31 March yet"
        else:
            said += f"{money(ends)} by 31 March at this rate"
        if over:
            said += f", {money(over)} over the budget"
        return [f"{said}; {counted(len({one.case_id for one in row.cases}), 'case')}."]

    def _of_year(self, view: funds.FundsView) -> list[str]:
        value = {key: figure.value for key, figure in view.figures.figures.items()}
        told = [f"{name} {money(value[f'council.{name}'])}" for name in ("budget", "committed")]
        told += [f"{name} {money(value[f'council.{name}'])}" for name in ("spent", "left")]
        ends = value["council.forecast"]
        told += [f"forecast {money(ends)}"] if ends is not None else []
        theirs = f"committed {money(value['ha.committed'])}, spent {money(value['ha.spent'])}"
        each = [
            f"a {word} {money(value[key])}"
            for word, key in (("home made safe", "per_home"), ("measure", "per_measure"))
            if value[key] is not None
        ]
        said = [
            f"Council {year_words(view.year)}: {', '.join(told)}.",
            f"Housing associations, in no total: {theirs}."
            + (f" Works cost {', '.join(each)}." if each else ""),
        ]
        if value["undated"]:
            said.append(f"In no year, for want of a date: {money(value['undated'])}.")
        return said

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_change()

    def action_change(self) -> None:
        """Change the fund under the cursor."""
        fund = self._fund()
        self.console.attempt(self._form(fund))

    def action_add(self) -> None:
        """Add a fund of the year shown."""
        self.console.attempt(self._form(None))

    async def _form(self, fund: Fund | None) -> None:
        start = None if fund else {"year": self._year}
        if await fill_entry(self.console, Fund, fund, start=start):
            await self.load()

    def _fund(self) -> Fund:
        row = self.lines.row
        if row is None or row.fund is None:
            raise RefusedError(
                "There is no fund under the cursor; press a to add one, or c for the cases whose "
                "orders name none."
            )
        return row.fund

    def action_delete(self) -> None:
        """Delete the fund under the cursor."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        fund = self._fund()
        if await confirm(self.console, f"Delete {drawable(fund.name)}?"):
            await self.console.write(lambda data: data.store.delete(fund))
            await self.load()

    def action_fund_cases(self) -> None:
        """The cases behind the fund under the cursor."""
        self.console.attempt(self._cases())

    async def _cases(self) -> None:
        row = self.lines.row
        if row is None:
            raise RefusedError("There is no fund under the cursor.")
        year = self._year
        found = await self.console.read(lambda data: funds.read_cases(data, row, year))
        wide = max((len(money(pence)) for _, _, _, pence in found), default=0)
        choices = [
            Choice(number, f"{ref}  {money(pence).rjust(wide)}  {why}")
            for number, ref, why, pence in found
        ]
        said = row.name if year_words(year) in row.name else f"{row.name} {year_words(year)}"
        title = f"{drawable(said)}: {counted(len(found), 'case')}"
        picked = await self.console.push_screen_wait(Pick(title, choices, filtered=False))
        if picked is not None:
            self.console.open_case(picked)

    def action_year_before(self) -> None:
        """The funds of the year before."""
        self._turn(-1)

    def action_year_after(self) -> None:
        """The funds of the year after."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        self._year = min(max(self._year + by, _OLDEST), _NEWEST)
        self.action_reload()
