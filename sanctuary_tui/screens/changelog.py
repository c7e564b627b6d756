"""The change log: who read, changed or sent out what, of which case, and when."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.widget import Widget

from config.format import full_date, local, short_date
from config.parse import parse_date
from db import queries
from db.models import BY_TABLE
from db.readlog import MOST, LogFilter, LogLine, read_log
from db.readmodels import CaseCard
from db.record import specs
from sanctuary_tui.screens.asking import ask, pick
from sanctuary_tui.screens.base import ConsoleScreen
from widgets.columns import Column
from widgets.lines import LineTable
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

ACTIONS: Final = {
    "consultation": "read",
    "collection": "added",
    "alteration": "changed",
    "erasure": "deleted",
    "disclosure": "sent out",
    "combination": "joined",
    "system": "program",
}
"""The six actions of the ICO's guidance on logging, in a person's words, and the program's own."""
_READ: Final = "consultation"
_BY_PROGRAM: Final = ("system", "consultation", "disclosure", "combination")
_FEW: Final = 6


def what_of(line: LogLine, *, masked: bool) -> str:
    """What a line was about: fields by their labels, never their values.

    A typed reason follows the program's own words after a colon, and can hold a name.
    """
    if line.disposed:
        return "disposed of"
    kind = BY_TABLE.get(line.entity)
    title = kind.title if kind else line.entity
    if line.action in _BY_PROGRAM:
        said = line.why.partition(":")[0] if masked else line.why
        return said or title
    declared = specs(kind) if kind else {}
    named = [declared[name].label.lower() for name in line.fields if name in declared]
    if line.action != "alteration" or not named:
        return title
    more = f" and {len(named) - _FEW} more" if len(named) > _FEW else ""
    return f"{title}: {', '.join(named[:_FEW])}{more}"


def _moment(line: LogLine) -> str:
    """``26 Nov 26 14:05``: a log goes over years."""
    here = local(line.at)
    return f"{short_date(here.date())[4:]} {here:%y %H:%M}"


class LogTable(LineTable[LogLine]):
    """The log, newest first; a reading is marked."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, masked: bool, id: str | None = None) -> None:
        self.masked = masked
        self.cards: dict[int, CaseCard] = {}
        super().__init__(empty="Nothing in the log matches.", id=id)

    def key(self, row: LogLine) -> Hashable:
        """The row of the log."""
        return row.id

    def columns(self) -> Sequence[Column[LogLine]]:
        """When, which case, what was done, to what, by whom."""
        return (
            Column("at", _moment, 15, "When"),
            Column("ref", self._ref, 8, "Case"),
            Column("name", lambda row: (self._of(row), "dim"), 8, "Name", weight=1, most=24),
            Column("action", self._action, 10, "Done"),
            Column("what", lambda row: what_of(row, masked=self.masked), 14, "What", weight=4),
            Column("who", lambda row: (row.who, "dim"), 11, "By", weight=1, most=20),
        )

    def _ref(self, row: LogLine) -> str:
        card = self.cards.get(row.case_id)
        return card.ref if card else ""

    def _of(self, row: LogLine) -> str:
        card = self.cards.get(row.case_id)
        if card is None:
            return ""
        return card.masked if self.masked else card.name

    def _action(self, row: LogLine) -> tuple[str, str]:
        read = row.action == _READ
        return f"{'▸' if read else ' '} {ACTIONS[row.action]}", "key" if read else "text"


class ChangelogScreen(ConsoleScreen):
    """The log with its filter above; enter opens the case of a line, or says the line in full."""

    DEFAULT_CSS = """
    ChangelogScreen {
        #filter { height: 1; padding: 0 1; }
        #log { height: 1fr; }
    }
    """
    place: ClassVar[str] = "changelog"
    line: ClassVar[tuple[str, ...]] = (
        "open",
        "of_case",
        "of_action",
        "of_day",
        "export",
        "back",
        "help",
    )

    def __init__(self, wanted: LogFilter | None = None) -> None:
        super().__init__()
        self.wanted = wanted or LogFilter()

    def body(self) -> Iterable[Widget]:
        """What is shown of it, then the log."""
        yield Words(id="filter", style="dim")
        yield LogTable(masked=self.console.masked, id="log")

    @property
    def table(self) -> LogTable:
        """The list."""
        return self.query_one("#log", LogTable)

    async def refresh_data(self) -> None:
        """Read the lines that match."""
        wanted = self.wanted
        lines = await self.console.read(lambda data: read_log(data.connection, wanted))
        cases = {line.case_id for line in lines if line.case_id} | {wanted.case_id}
        cards = await self.console.read(lambda data: queries.cards_of(data.connection, cases))
        self.table.cards = cards
        self.table.restyle()
        self.table.set_rows(lines)
        self.table.focus()
        self.query_one("#filter", Words).set_text(self._told(cards, len(lines)))

    def _told(self, cards: dict[int, CaseCard], count: int) -> str:
        wanted = self.wanted
        card = cards.get(wanted.case_id)
        parts = [
            card.ref if card else "Every case",
            ", ".join(ACTIONS[action] for action in wanted.actions) or "every action",
            full_date(wanted.day) if wanted.day else "every day",
        ]
        number = f"the newest {MOST:,}" if count == MOST else f"{count:,}"
        return f"{', '.join(parts)}: {number} {'line' if count == 1 else 'lines'}"

    def cases_listed(self) -> int:
        """The cases that the lines are of."""
        return len(self.table.cards)

    def show_masked(self, masked: bool) -> None:
        """Mask or show names, and the reasons that were typed."""
        self.table.masked = masked
        self.table.restyle()

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        self._open(event.row)

    def action_open(self) -> None:
        """Open the case of the line under the cursor."""
        self._open(self.table.row)

    def _open(self, line: LogLine | None) -> None:
        if line is None:
            return
        if line.case_id in self.table.cards:
            self.console.open_case(line.case_id)
        else:  # of no case: say the whole line, which may be cut off
            self.notify(what_of(line, masked=self.table.masked), timeout=5)

    def action_of_case(self) -> None:
        """Show the lines of one case."""
        self.console.attempt(self._of_case())

    async def _of_case(self) -> None:
        said = await ask(self.console, "Only one case", "Reference; blank for every case")
        if said is None:
            return
        if not said.strip():
            await self._show(replace(self.wanted, case_id=0))
            return
        case_id = await self.console.read(
            lambda data: queries.case_id_of(data.connection, said.strip())
        )
        await self._show(replace(self.wanted, case_id=case_id))

    def action_of_action(self) -> None:
        """Show the lines of one action."""
        self.console.attempt(self._of_action())

    async def _of_action(self) -> None:
        options = [("", "every action"), *ACTIONS.items()]
        current = self.wanted.actions[0] if self.wanted.actions else ""
        picked = await pick(self.console, "Only one action", options, current=current)
        if picked is not None:
            await self._show(replace(self.wanted, actions=(picked,) if picked else ()))

    def action_of_day(self) -> None:
        """Show the lines of one day."""
        self.console.attempt(self._of_day())

    async def _of_day(self) -> None:
        said = await ask(self.console, "Only one day", "A day, such as 26 Nov; blank for every day")
        if said is None:
            return
        await self._show(replace(self.wanted, day=self._day(said)))

    def _day(self, said: str) -> date | None:
        if not said.strip():
            return None
        return parse_date(said, self.console.today)

    async def _show(self, wanted: LogFilter) -> None:
        self.wanted = wanted
        await self.load()

    def action_export(self) -> None:
        """Write these lines as CSV, without what the fields said."""
        self.console.attempt(self._export())

    async def _export(self) -> None:
        from sanctuary_tui.exports.tables import Line
        from sanctuary_tui.screens.exporting import export_now
        from sanctuary_tui.table_export import ExportSheet

        names = ("at", "action", "entity", "entity_id")
        columns = [
            *(Line(name, "changes", name) for name in names),
            Line("case_ref", "case_cards", "ref"),
            Line("fields", "changes", "fields"),
        ]
        cards, wanted = self.table.cards, self.wanted
        lines = await self.console.read(
            lambda data: read_log(data.connection, wanted, leaving=True)
        )
        rows = [
            [
                *(getattr(line, name) for name in names),
                cards[line.case_id].ref if line.case_id in cards else "",
                ";".join(line.fields),
            ]
            for line in lines
        ]
        refs = dict.fromkeys(str(row[4]) for row in rows if row[4])
        await export_now(self.console, ExportSheet("changes", columns, rows, [*refs]))

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()


def show_readers(app: Desk, case_id: int) -> None:
    """Show who opened a case: its readings alone."""
    app.push_screen(ChangelogScreen(LogFilter(case_id=case_id, actions=(_READ,))))
