"""Today: what is overdue, due, new and stuck; each line is one case and one action."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Iterable
from typing import ClassVar

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from config.errors import RefusedError
from config.format import counted
from config.keymap import shown
from db.readmodels import AgendaLine, CaseCard
from sanctuary_tui import sealing, views
from sanctuary_tui.commands import BY_ID, keys_of
from sanctuary_tui.later import later
from sanctuary_tui.leftovers import leftovers
from sanctuary_tui.screens.acts import LineScreen, Target
from sanctuary_tui.screens.asking import ask
from widgets.agenda import AgendaList
from widgets.aside import CaseAside
from widgets.banner import ContactBanner
from widgets.columns import drawable
from widgets.lines import LineTable
from widgets.navbar import NavBar

_OF_NO_CASE = ("group", "directory")
WIDE = 100
"""Cells from which the case under the cursor speaks at the right instead of below."""


def agenda_target(line: AgendaLine | None) -> Target | None:
    """What a line of an agenda is about; a line of several cases is about none of them."""
    if line is None or line.place:
        return None
    return Target(
        line.card,
        line.text,
        line.due,
        line.rule,
        line.command,
        line.reminder_id,
        line.record_table,
        line.record_id,
    )


class AgendaScreen(LineScreen):
    """A list of lines with the case under the cursor beside it, or its banner below."""

    DEFAULT_CSS = """
    AgendaScreen {
        #split { height: 1fr; }
        #main { width: 1fr; height: 1fr; }
        #side { width: 42; height: 1fr; }
        #below { display: none; height: 2; }
        &.-narrow #side { display: none; }
        &.-narrow #below { display: block; }
    }
    """
    empty: ClassVar[str] = "Nothing waits."
    titles: ClassVar[dict[str, str] | None] = None

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[AgendaLine] = []
        self._filter = ""
        self._next: Hashable = None

    def body(self) -> Iterable[Widget]:
        """The list, and the case under the cursor."""
        today, masked = self.console.today, self.console.masked
        yield Horizontal(
            Vertical(
                AgendaList(
                    today=today, masked=masked, titles=self.titles, empty=self.empty, id="lines"
                ),
                id="main",
            ),
            CaseAside(today=today, masked=masked, id="side"),
            id="split",
        )
        yield ContactBanner(id="below", most=2)

    @property
    def lines(self) -> AgendaList:
        """The list."""
        return self.query_one("#lines", AgendaList)

    def target(self) -> Target | None:
        """The line under the cursor."""
        return agenda_target(self.lines.row)

    def _need(self) -> Target:
        row = self.lines.row
        if row is not None and row.place:
            raise RefusedError(
                f"This line stands for {counted(row.cases, 'case')}: press enter for the list."
                if row.place not in _OF_NO_CASE
                else "This line is about no case: press enter for its list."
            )
        return super()._need()

    def action_open(self) -> None:
        """Open the case under the cursor, or the place that a line of several cases stands for."""
        row = self.lines.row
        if row is not None and row.place:
            self.console.attempt(self.console.go(row.place))
            return
        super().action_open()

    async def fetch(self) -> list[AgendaLine]:
        """Read the lines; a subclass does it."""
        raise NotImplementedError

    async def refresh_data(self) -> None:
        """Read the lines and show those that match the filter."""
        self._lines = await self.fetch()
        self._show_lines()
        if self._next is not None:
            self.lines.select(self._next)
            self._next = None

    def stay_here(self) -> None:
        """Remember the line after the one under the cursor."""
        rows = self.lines.rows
        row = self.lines.row
        if row is not None:
            at = rows.index(row)
            after = rows[at + 1] if at + 1 < len(rows) else rows[at - 1]
            self._next = self.lines.key(after)

    def back_to(self, ref: str) -> None:
        """Put the cursor on a line of this case, if it is not on one: what was undone is there."""
        row = self.lines.row
        if row is None or row.card.ref != ref:
            found = next((one for one in self.lines.rows if one.card.ref == ref), None)
            if found is not None:
                self.lines.select(self.lines.key(found))

    def _show_lines(self) -> None:
        shown = [line for line in self._lines if matches(line.card, line.text, self._filter)]
        self.lines.set_lines(shown, self.console.today)
        self._show_case(self.lines.row)

    def _show_case(self, line: AgendaLine | None) -> None:
        card = line.card if line and not line.place else None
        self.query_one("#side", CaseAside).show(
            card, today=self.console.today, masked=self.console.masked
        )
        self.query_one("#below", ContactBanner).show(card)

    def on_resize(self) -> None:
        """Fold the side panel where there is no room for it."""
        self.set_class(self.size.width < WIDE, "-narrow")

    def cases_listed(self) -> int:
        """The cases of the lines."""
        return len({line.card.case_id for line in self.lines.rows if not line.place})

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self.lines.masked = masked
        self._show_case(self.lines.row)

    def on_mount(self) -> None:
        """Let the case follow the cursor in the same paint; a message would come a paint later."""
        self.lines.disable_messages(LineTable.Highlighted)
        self.watch(self.lines, "cursor", self._follow, init=False)

    def _follow(self) -> None:
        self._show_case(self.lines.row)

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_filter(self) -> None:
        """Show only lines that match some words."""
        self.console.attempt(self._ask_filter())

    async def _ask_filter(self) -> None:
        said = await ask(self.console, "Show only", "Words, risk, tenure; blank for all")
        if said is not None:
            self._filter = said.strip()
            self._show_lines()
            self.notify(f"Filter: {self._filter}" if self._filter else "No filter.", timeout=2)

    def action_export(self) -> None:
        """Write the lines on the screen as CSV."""
        from sanctuary_tui.screens.exporting import export_now, sheet_of_agenda

        self.console.attempt(export_now(self.console, sheet_of_agenda(self.place, self.lines.rows)))

    def action_jump(self) -> None:
        """Jump to a case by its number."""
        self.console.attempt(self._ask_jump())

    async def _ask_jump(self) -> None:
        said = await ask(self.console, "Go to case", "Reference or its last digits")
        if said:
            await open_by_reference(self, said)


async def open_by_reference(screen: LineScreen, said: str) -> None:
    """Open the case whose reference, or the end of it, was typed."""
    from db import queries

    year = screen.console.today.year % 100
    wanted = f"S{year:02d}-{int(said):04d}" if said.strip().isdecimal() else said
    case_id = await screen.console.read(lambda data: queries.case_id_of(data.connection, wanted))
    screen.console.open_case(case_id)


def matches(card: CaseCard, text: str, words: str) -> bool:
    """Whether every one of ``words`` stands somewhere on the card or the line."""
    if not words:
        return True
    hay = " ".join(
        (
            card.ref,
            card.name,
            card.risk,
            card.tenure,
            card.stage,
            card.stuck_why,
            card.stuck_on,
            card.next_text,
            card.urgency,
            card.consent,
            text,
        )
    ).casefold()
    return all(word in hay for word in words.casefold().split())


_COUNT_AFTER = 0.1
"""Seconds after the lines: the board may be asked for first, and shall not wait for counts."""


class TodayScreen(AgendaScreen):
    """What cannot wait."""

    DEFAULT_CSS = """
    TodayScreen #backup { display: none; height: auto; padding: 0 1; color: $warning; }
    TodayScreen #backup.-said { display: block; }
    TodayScreen #look { height: 1; padding: 0 1; color: $text-muted; }
    """
    place: ClassVar[str] = "today"
    empty: ClassVar[str] = (
        "Nothing waits today. n takes a referral, T imports a tracker, 2 is the board."
    )

    def __init__(self) -> None:
        super().__init__()
        self._asked_for_files = False

    def body(self) -> Iterable[Widget]:
        """The backups' state, the lines, whether the sealed cases were looked at (said of all)."""
        yield Static(id="backup", markup=False)
        yield from super().body()
        yield Static(markup=False, id="look")

    async def fetch(self) -> list[AgendaLine]:
        """Today's lines; the counts of the line at the top follow them."""
        today, settings = self.console.today, self.console.settings
        # First and alone: the board, asked for meanwhile, needs no more and does not wait.
        await self.console.read(lambda data: data.open_cards())
        view, looked = await self.console.read(
            lambda data: (views.today_view(data, today, settings), sealing.looked_at(data, today))
        )
        self.query_one("#look", Static).update(looked)
        self.console.counts["today"] = view.urgent
        self.run_worker(later(self._count), group="count", exclusive=True)
        if view.drafts and self._seen < 0:
            self.notify(
                f"{view.drafts} unfinished "
                f"{'form waits' if view.drafts == 1 else 'forms wait'}: n for a referral half "
                "taken, or open the case.",
                timeout=6,
            )
        return view.lines

    async def _count(self) -> None:
        """How many wait in the other places, for the line at the top of whatever is shown; and,
        once, which exported files still lie about."""
        await asyncio.sleep(_COUNT_AFTER)
        if self.console.ending:
            return
        today, settings = self.console.today, self.console.settings
        await self._tell_of_backups()
        found = await self.console.read(lambda data: views.counts(data, today, settings))
        self.console.counts.update(found)
        shown = self.app.screen.query(NavBar)
        if shown and getattr(self.app.screen, "nav", False):  # the tabs of a case count nothing
            shown.first().set_counts(self.console.counts)
        if not self._asked_for_files:
            self._asked_for_files = True
            left = await self.console.read(lambda data: leftovers(data, today, settings))
            if left.sentence:
                self.notify(left.sentence, timeout=8)

    async def _tell_of_backups(self) -> None:
        """One sentence when a backup is due or could not be made, with the key that makes one; one
        when nobody has the recovery key; one for each fund that is not used up or overspent."""
        from sanctuary_tui import copies, funds

        paths, settings, today = self.console.paths, self.console.settings, self.console.today
        said, kit = await self.console.read(
            lambda data: (
                copies.backup_notice(data, paths, settings, today),
                copies.kit_notice(data.connection),
            )
        )
        # Once a day, and after the funds were looked at: it reads every case of the year.
        if self.console.money_told is None or self.console.money_told[0] != today:
            found = await self.console.read(lambda data: funds.warnings(data, today, settings))
            self.console.money_told = today, found
        money = list(self.console.money_told[1])
        line = self.query_one("#backup", Static)
        if said:
            key = shown(keys_of(BY_ID["backup"], settings.keys))
            said += f" {key} makes one."
        if money:
            money[-1] += f" {shown(keys_of(BY_ID['funds'], settings.keys))} shows the funds."
        told = [one for one in (kit, said, *map(drawable, money)) if one]
        line.update(Content("\n".join(told)))
        line.set_class(bool(told), "-said")
