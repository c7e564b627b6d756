"""The board: every open case by stage, and why it is stuck, on whom, since when, what next."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Final

from textual import on
from textual.widget import Widget

from db import queries
from db.caseload import Caseload
from db.readmodels import CaseCard
from sanctuary_tui.screens.acts import LineScreen, Target
from sanctuary_tui.screens.asking import ask
from sanctuary_tui.screens.today import open_by_reference
from widgets.banner import ContactBanner
from widgets.board import Board

SORTS: Final = ("risk", "age", "ref", "due")
LANES: Final = ("none", "risk", "tenure")


class BoardScreen(LineScreen):
    """The kanban board."""

    DEFAULT_CSS = """
    BoardScreen #below { height: 2; }
    """
    place: ClassVar[str] = "board"
    line: ClassVar[tuple[str, ...]] = (
        "open",
        "forward",
        "lanes",
        "sort",
        "filter",
        "jump",
        "call",
        "chase",
        "book",
        "search",
        "new",
        "help",
    )

    def __init__(self) -> None:
        super().__init__()
        self._with_closed = False
        self._count = 0

    def body(self) -> Iterable[Widget]:
        """The board, and the banner of the case under the cursor."""
        yield Board(today=self.console.today, masked=self.console.masked, id="board")
        yield ContactBanner(id="below", most=2)

    @property
    def board(self) -> Board:
        """The board."""
        return self.query_one("#board", Board)

    def target(self) -> Target | None:
        """The card under the cursor."""
        card = self.board.card
        return Target(card, card.next_text, command=card.next_command) if card else None

    async def refresh_data(self) -> None:
        """Read the cards."""
        closed = self._with_closed

        def read(data: Caseload) -> list[CaseCard]:
            cards = data.open_cards()
            return cards + queries.cards(data.connection, closed=True) if closed else cards

        cards = await self.console.read(read)
        self._count = len(cards)
        self.board.set_cards(cards, self.console.today)
        self.query_one("#below", ContactBanner).show(self.board.card)

    def cases_listed(self) -> int:
        """The cards that were read."""
        return self._count

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self.board.masked = masked

    def on_mount(self) -> None:
        """Let the banner follow the cursor in the same paint; a message comes a paint later."""
        self.watch(self.board, "cursor", self._follow, init=False)

    def _follow(self) -> None:
        self.query_one("#below", ContactBanner).show(self.board.card)

    @on(Board.Highlighted)
    def _moved(self, event: Board.Highlighted) -> None:
        self.query_one("#below", ContactBanner).show(event.card)

    @on(Board.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_sort(self) -> None:
        """Sort the columns another way."""
        at = SORTS.index(self.board.sort)
        self.board.sort = SORTS[(at + 1) % len(SORTS)]
        self.notify(f"Sorted by {self.board.sort}.", timeout=2)

    def action_lanes(self) -> None:
        """Divide the board by risk, by tenure, or not."""
        at = LANES.index(self.board.lanes)
        self.board.lanes = LANES[(at + 1) % len(LANES)]

    def action_closed(self) -> None:
        """Show closed cases too, or only open ones."""
        self._with_closed = not self._with_closed
        self.notify(
            "Closed cases are shown." if self._with_closed else "Open cases only.", timeout=2
        )
        self.console.attempt(self.load())

    def action_export(self) -> None:
        """Write the cards on the screen as CSV."""
        from sanctuary_tui.screens.exporting import export_now, sheet_of_cards

        self.console.attempt(export_now(self.console, sheet_of_cards(self.place, self.board.shown)))

    def action_filter(self) -> None:
        """Show only cards that match some words."""
        self.console.attempt(self._ask_filter())

    async def _ask_filter(self) -> None:
        said = await ask(self.console, "Show only", "Words, risk, tenure; blank for all")
        if said is not None:
            self.board.set_filter(said.strip())

    def action_jump(self) -> None:
        """Jump to a case by its number."""
        self.console.attempt(self._ask_jump())

    async def _ask_jump(self) -> None:
        said = await ask(self.console, "Go to case", "Reference or its last digits")
        if not said:
            return
        wanted = said.strip().upper()
        for card in self.board.shown:
            if card.ref == wanted or card.ref.endswith(f"-{wanted.zfill(4)}"):
                self.board.jump_to(card.case_id)
                return
        await open_by_reference(self, said)
