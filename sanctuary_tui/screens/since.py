"""Changed since: one block a case; and, with d, the digest of a week for a manager."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from typing import ClassVar, Final

from textual import on
from textual.widget import Widget

from config.errors import RefusedError
from config.format import short_date, short_moment
from config.settings import Settings
from sanctuary_tui.commands import footer_of
from sanctuary_tui.digest import (
    SECTIONS,
    Digest,
    DigestLine,
    digest,
    sheet_of,
    week_with,
)
from sanctuary_tui.returns.figures import Period
from sanctuary_tui.screens.asking import ask, choose
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.since import MOMENTS, CaseSince, lines_of, moment_of, since_view, typed_day
from widgets.columns import Column, Pieces, wrap
from widgets.lines import Heading, LineTable
from widgets.text_blocks import Words
from widgets.themes import risk_cell
from widgets.words import listed_name

_LABEL: Final = 9
_STYLES: Final = {"stage": "strong", "answer": "strong", "by": "dim"}
_KEYS: Final = {"w": "working_day", "f": "friday", "l": "left"}


class SinceTable(LineTable[CaseSince]):
    """A block a case: who it is and how much changed, then a line for each kind of change."""

    uniform: ClassVar[bool] = False

    def __init__(self, *, masked: bool, settings: Settings, id: str | None = None) -> None:
        self.masked = masked
        self.settings = settings
        super().__init__(empty="Nothing changed in any case since then.", id=id)

    def key(self, row: CaseSince) -> Hashable:
        """The case."""
        return row.card.case_id

    def height(self, row: CaseSince, width: int) -> int:
        """As many lines as are drawn."""
        return len(self.lines(row, width))

    def lines(self, row: CaseSince, width: int) -> list[Pieces]:
        """The case, then what changed, folded to the width."""
        card = row.card
        name = listed_name(card, self.masked, 24)
        drawn: list[Pieces] = [
            [
                risk_cell(card.risk),
                ("  ", "text"),
                (card.ref, "accent"),
                ("  ", "text"),
                (f"{name}  ", "text"),
                (f"{row.changes} changed, last {short_moment(row.last)}", "dim"),
            ]
        ]
        for title, words in lines_of(row, self.settings):
            for number, line in enumerate(wrap(words, max(8, width - _LABEL - 2))):
                told = title if number == 0 else ""
                drawn.append([(f"  {told:<{_LABEL}}", "dim"), (line, _STYLES.get(title, "text"))])
        return drawn


class DigestTable(LineTable[DigestLine]):
    """The digest of a week: a line a case, under the manager's headings."""

    def __init__(self, *, today: date, masked: bool, id: str | None = None) -> None:
        self.today = today
        self.masked = masked
        super().__init__(empty="Nothing of that week.", id=id)

    def key(self, row: DigestLine) -> Hashable:
        """The heading, the case, the day and what is said."""
        return row.section, row.card.case_id, row.day, row.words

    def columns(self) -> Sequence[Column[DigestLine]]:
        """Risk, case, name, what, when."""
        name = 8 if self.masked else 16
        return (
            Column("risk", lambda line: risk_cell(line.card.risk), 5),
            Column("ref", lambda line: (line.card.ref, "accent"), 8),
            Column("name", lambda line: listed_name(line.card, self.masked, name), name, drop=2),
            Column("words", lambda line: line.words, 40 - name, weight=1),
            Column("day", lambda line: (short_date(line.day, self.today), "dim"), 10),
        )

    def show(self, found: Digest) -> None:
        """Show a digest; each heading stands, with its count, also where nothing is under it."""
        items: list[DigestLine | Heading] = []
        for name, title in SECTIONS.items():
            lines = found.of(name)
            items += [Heading(title, len(lines)), *lines]
        self.set_items(items)


class SinceScreen(ConsoleScreen):
    """The cases that changed, or the digest of a week; enter opens a case."""

    DEFAULT_CSS = """
    SinceScreen {
        #told { height: auto; padding: 0 1; }
        #cases, #digest { height: 1fr; }
    }
    """
    place: ClassVar[str] = "since"

    def __init__(self) -> None:
        super().__init__()
        self._since = "working_day"
        self._week: Period | None = None
        self._found: Digest | None = None

    def footer(self) -> list[tuple[str, str]]:
        """The keys of what is shown."""
        line: tuple[str, ...]
        if self._week is None:
            line = ("open", "since_when", "digest", "mask", "back", "help")
        else:
            line = (
                "open",
                "week_before",
                "week_after",
                "export",
                "digest:changed since",
                "mask",
                "back",
                "help",
            )
        return footer_of(line, self.console.settings.keys)

    def body(self) -> Iterable[Widget]:
        """Since when, then the cases."""
        yield Words(id="told", style="dim")
        console = self.console
        yield SinceTable(masked=console.masked, settings=console.settings, id="cases")
        table = DigestTable(today=console.today, masked=console.masked, id="digest")
        table.display = False
        yield table

    @property
    def table(self) -> SinceTable:
        """The list."""
        return self.query_one("#cases", SinceTable)

    @property
    def weekly(self) -> DigestTable:
        """The list of the digest."""
        return self.query_one("#digest", DigestTable)

    async def refresh_data(self) -> None:
        """Read what changed, or the week."""
        self.table.display, self.weekly.display = self._week is None, self._week is not None
        if self._week is None:
            await self._read_since()
        else:
            await self._read_week(self._week)
        self.show_footer()

    async def _read_week(self, week: Period) -> None:
        today, settings = self.console.today, self.console.settings
        found = await self.console.read(lambda data: digest(data, week, today, settings))
        self._found, self.weekly.today = found, today
        self.weekly.show(found)
        self.weekly.focus()
        self.query_one("#told", Words).set_text(found.sentence)

    async def _read_since(self) -> None:
        since, today = self._since, self.console.today
        view = await self.console.read(lambda data: since_view(data, moment_of(data, since, today)))
        self.table.settings = self.console.settings
        self.table.set_rows(view.cases)
        self.table.focus()
        self.query_one("#told", Words).set_text(view.sentence)

    def cases_listed(self) -> int:
        """The cases of the blocks, or of the digest's lines."""
        if self._week is None:
            return len(self.table.rows)
        return len({line.card.case_id for line in self.weekly.rows})

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        for table in (self.table, self.weekly):
            table.masked = masked
            table.restyle()

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the case under the cursor."""
        row = self.table.row if self._week is None else self.weekly.row
        if row is not None:
            self.console.open_case(row.card.case_id)

    def action_since_when(self) -> None:
        """Show what changed since another moment."""
        self.console.attempt(self._since_when())

    async def _since_when(self) -> None:
        options = [(key, f"Since {MOMENTS[code]}") for key, code in _KEYS.items()]
        picked = await choose(self.console, "Changed since", [*options, ("d", "Since a date")])
        if picked is None:
            return
        said: str | None = _KEYS.get(picked)
        if said is None:
            today = self.console.today
            said = await ask(
                self.console,
                "Changed since",
                "A day, such as 20 Nov or last fri",
                required=True,
                judge=lambda typed: typed_day(typed, today),
            )
        if said is not None:
            self._since, self._week = said, None
            await self.load()

    def action_digest(self) -> None:
        """Show the digest of this week, or go back to what changed."""
        self._week = None if self._week else week_with(self.console.today)
        self.action_reload()

    def action_week_before(self) -> None:
        """The digest of the week before."""
        self._turn(-1)

    def action_week_after(self) -> None:
        """The digest of the week after."""
        self._turn(1)

    def _turn(self, by: int) -> None:
        if self._week is not None:
            self._week = week_with(self._week.first + timedelta(weeks=by))
            self.action_reload()

    def action_cover_pack(self) -> None:
        """Hand cases over for a leave, or say that a pack is deleted."""
        from sanctuary_tui.screens.exporting import hand_over

        self.console.attempt(hand_over(self.console))

    def action_export(self) -> None:
        """Write the digest as CSV."""
        self.console.attempt(self._export())

    async def _export(self) -> None:
        from sanctuary_tui.screens.exporting import export_now

        if self._week is None or self._found is None:
            raise RefusedError("The digest is what is written: d shows it, then e writes it.")
        await export_now(self.console, sheet_of(self._found))

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()
