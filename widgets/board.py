"""The whole board as one widget drawn by line: ten thousand cards cost what forty do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from config.codes import STAGE_SHORT
from db.readmodels import CaseCard
from widgets.board_cells import cell_lines
from widgets.board_layout import (
    CARD_LINES,
    NARROW_BOARD,
    Grid,
    Lanes,
    Slot,
    Sort,
    Where,
    lane_title,
    lay_columns,
    lay_lanes,
    make_grid,
    matches,
)
from widgets.columns import Pieces, fit, fit_pieces
from widgets.themes import Palette, palette_for


class Board(ScrollView, can_focus=True):
    """Cards by stage, in lanes by risk or tenure where wanted.

    The card under the cursor opens to say why it is stuck, on whom, since when and what next.
    Empty columns, and those that do not fit, are folded to a strip with their title and count.
    """

    DEFAULT_CSS = """
    Board { height: 1fr; overflow: hidden hidden; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "across(-1)", "Left", show=False),
        Binding("right", "across(1)", "Right", show=False),
        Binding("up", "along(-1)", "Up", show=False),
        Binding("down", "along(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "edge(-1)", "First", show=False),
        Binding("end", "edge(1)", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]

    cursor: var[Where] = var((0, 0, 0), init=False)
    """Lane, column and row of the card under the cursor."""
    masked: var[bool] = var(True, init=False)
    """Whether only initials are shown."""
    lanes: var[Lanes] = var("none", init=False)
    """What the lanes are: none, by risk or by tenure."""
    sort: var[Sort] = var("risk", init=False)
    """The order of cards in a column: risk, age (in stage), ref or due."""

    class Highlighted(Message):
        """The cursor came to another card (None when no card is left)."""

        def __init__(self, board: Board, card: CaseCard | None) -> None:
            super().__init__()
            self.board = board
            self.card = card

        @property
        def control(self) -> Board:
            """The board that sent it."""
            return self.board

    class Chosen(Message):
        """A card was chosen with enter or a double click."""

        def __init__(self, board: Board, card: CaseCard) -> None:
            super().__init__()
            self.board = board
            self.card = card

        @property
        def control(self) -> Board:
            """The board that sent it."""
            return self.board

    def __init__(
        self,
        cards: Sequence[CaseCard] = (),
        *,
        today: date,
        masked: bool = True,
        lanes: Lanes = "none",
        sort: Sort = "risk",
        empty: str = "No open case.",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self.today = today
        self.empty = empty
        self._cards = list(cards)
        self._predicate: Callable[[CaseCard], bool] | None = None
        self._words: tuple[str, ...] = ()
        self._window = 0
        self._tops: dict[tuple[int, int], int] = {}
        self._cells: dict[tuple[int, int, int, int], list[tuple[Strip, int]]] = {}
        self._slots: list[Slot] = []
        self._lane_lines: list[int] = []
        self.set_reactive(Board.masked, masked)
        self.set_reactive(Board.lanes, lanes)
        self.set_reactive(Board.sort, sort)
        self._grid = self._make_grid()
        self.set_reactive(Board.cursor, self._grid.nearest((0, 0, 0)))

    # ---- cards

    @property
    def card(self) -> CaseCard | None:
        """The card under the cursor."""
        lane, column, row = self.cursor
        cell = self._grid.cell(lane, column)
        return cell[row] if 0 <= row < len(cell) else None

    @property
    def shown(self) -> list[CaseCard]:
        """The cards that pass the filter."""
        return [card for cell in self._grid.cells.values() for card in cell]

    @property
    def counts(self) -> dict[str, int]:
        """How many cards each stage shows."""
        return dict(zip(self._grid.stages, self._grid.counts, strict=True))

    def set_cards(self, cards: Sequence[CaseCard], today: date | None = None) -> None:
        """Show other cards; the cursor stays on its case, or as near as it can."""
        self._cards = list(cards)
        self.today = today or self.today
        self._rebuild()

    def set_filter(
        self, text: str = "", predicate: Callable[[CaseCard], bool] | None = None
    ) -> None:
        """Show only cards in which every word of ``text`` stands and that ``predicate`` passes."""
        self._words = tuple(text.casefold().split())
        self._predicate = predicate
        self._rebuild()

    def jump_to(self, case_id: int) -> bool:
        """Put the cursor on a case; False when it is not on the board."""
        where = self._grid.find(case_id)
        if where is not None:
            self.cursor = where
        return where is not None

    # ---- keys and mouse

    def action_across(self, step: int) -> None:
        """Go to the next column with a card in this lane, at about the same height."""
        lane, column, row = self.cursor
        offset = row - self._tops.get((lane, column), 0)
        target = column + step
        while 0 <= target < len(self._grid.stages):
            cell = self._grid.cell(lane, target)
            if cell:
                at = self._tops.get((lane, target), 0) + max(0, offset)
                self.cursor = (lane, target, min(at, len(cell) - 1))
                return
            target += step
        self._across_lanes(column, step)

    def action_along(self, step: int) -> None:
        """Go to the next card of the column, or on into the next lane."""
        lane, column, row = self.cursor
        if 0 <= row + step < len(self._grid.cell(lane, column)):
            self.cursor = (lane, column, row + step)
            return
        target = lane + step
        while 0 <= target < len(self._grid.lanes):
            if cell := self._grid.cell(target, column):
                self.cursor = (target, column, 0 if step > 0 else len(cell) - 1)
                return
            target += step

    def action_page(self, step: int) -> None:
        """Go a screenful along the column."""
        lane, column, row = self.cursor
        cell = self._grid.cell(lane, column)
        page = max(1, self._body(lane) // CARD_LINES - 1)
        if cell:
            self.cursor = (lane, column, min(max(0, row + step * page), len(cell) - 1))

    def action_edge(self, which: int) -> None:
        """Go to the first or last card of the column."""
        lane, column, _ = self.cursor
        cell = self._grid.cell(lane, column)
        if cell:
            self.cursor = (lane, column, 0 if which < 0 else len(cell) - 1)

    def action_choose(self) -> None:
        """Choose the card under the cursor."""
        if self.card is not None:
            self.post_message(self.Chosen(self, self.card))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the card under the mouse; a double click chooses."""
        found = self._under(event.x, event.y)
        if found is None:
            return
        self.cursor = found
        if event.chain == 2:
            self.action_choose()

    def _on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def _on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    # ---- changes

    def watch_cursor(self, old: Where, new: Where) -> None:
        """Draw the two columns concerned afresh; all of it only when the view moves."""
        slots, lines = self._slots, self._lane_lines
        self._forget(old)
        self._forget(new)
        self._lay_out()
        if slots != self._slots or lines != self._lane_lines:
            self._cells.clear()
            self.refresh()
        else:
            for slot in self._slots:
                if slot.column in (old[1], new[1]):
                    self.refresh(Region(slot.x, 0, slot.width + 1, self.size.height))
        self.post_message(self.Highlighted(self, self.card))

    def watch_masked(self) -> None:
        """Draw the names afresh."""
        self._cells.clear()
        self.refresh()

    def watch_lanes(self) -> None:
        """Sort the cards into other lanes."""
        self._rebuild()

    def watch_sort(self) -> None:
        """Put the cards in another order."""
        self._rebuild()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor's tint tells whether the board has the keys."""
        super().watch_has_focus(has_focus)
        self._forget(self.cursor)
        self.refresh()

    def on_resize(self) -> None:
        """Lay out anew for the size."""
        self._cells.clear()
        self._lay_out()
        self.refresh()

    def _rebuild(self) -> None:
        before = self.card
        at = self.cursor
        self._grid = self._make_grid()
        self._tops.clear()
        self._cells.clear()
        where = self._grid.find(before.case_id) if before else None
        where = where or self._grid.nearest(at)
        if where == self.cursor:
            self._lay_out()
            self.refresh()
            self.post_message(self.Highlighted(self, self.card))
        else:
            self.cursor = where
            self.refresh()

    def _make_grid(self) -> Grid:
        cards = self._cards
        if self._words:
            cards = [card for card in cards if matches(card, self._words, self.masked)]
        if self._predicate is not None:
            cards = [card for card in cards if self._predicate(card)]
        return make_grid(cards, self.lanes, self.sort, self.today)

    def _across_lanes(self, column: int, step: int) -> None:
        """No card further on in this lane: the nearest lane that has one further on."""
        where = self._grid.beyond(self.cursor[0], column, step)
        if where is not None:
            self.cursor = where

    # ---- layout

    @property
    def _head(self) -> int:
        return 2 if self.size.height >= 14 else 1

    def _body(self, lane: int) -> int:
        return self._lane_lines[lane] if lane < len(self._lane_lines) else 0

    def _lay_out(self) -> None:
        lane, column, _ = self.cursor
        self._slots, self._window = lay_columns(self._grid, self.size.width, column, self._window)
        height = max(0, self.size.height - self._head)
        if self.lanes == "none":
            self._lane_lines = [height]
        else:
            wants = [
                CARD_LINES
                * max(len(self._grid.cell(number, c)) for c in range(len(self._grid.stages)))
                + (3 if number == lane else 0)
                for number in range(len(self._grid.lanes))
            ]
            self._lane_lines = lay_lanes(wants, height, lane, True)

    def _row_at(self, y: int) -> tuple[str, int, int]:
        """What a line is: ``head``, ``rule``, ``lane`` title, ``body`` or ``blank``; lane; line."""
        if y < self._head:
            return ("head" if y == 0 else "rule"), 0, y
        at = self._head
        for lane, lines in enumerate(self._lane_lines):
            if lines < 0:
                continue
            if self.lanes != "none":
                if y == at:
                    return "lane", lane, 0
                at += 1
            if y < at + lines:
                return "body", lane, y - at
            at += lines
        return "blank", 0, 0

    def _under(self, x: int, y: int) -> Where | None:
        slot = next((s for s in self._slots if s.x <= x < s.x + s.width), None)
        if slot is None:
            return None
        kind, lane, line = self._row_at(y)
        if not slot.wide or kind in ("head", "rule"):
            where = self._grid.nearest((self.cursor[0], slot.column, 0))
            return where if where[1] == slot.column else None
        if kind != "body":
            return None
        strips = self._cell_strips(lane, slot, self._body(lane), palette_for(self.app))
        row = strips[line][1] if line < len(strips) else -1
        return (lane, slot.column, row) if row >= 0 else None

    def _wheel(self, event: events.MouseScrollDown | events.MouseScrollUp, step: int) -> None:
        event.stop()
        event.prevent_default()
        slot = next((s for s in self._slots if s.wide and s.x <= event.x < s.x + s.width), None)
        kind, lane, _ = self._row_at(event.y)
        if slot is None or kind != "body":
            return
        if (lane, slot.column) == self.cursor[:2]:
            self.action_along(step)
            return
        cell = self._grid.cell(lane, slot.column)
        most = max(0, len(cell) - max(1, self._body(lane) // CARD_LINES))
        place = (lane, slot.column)
        self._tops[place] = min(max(0, self._tops.get(place, 0) + step), most)
        self._forget((lane, slot.column, 0))
        self.refresh(Region(slot.x, 0, slot.width, self.size.height))

    def _forget(self, where: Where) -> None:
        for key in [key for key in self._cells if key[:2] == where[:2]]:
            del self._cells[key]

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """One line across all columns."""
        return self._line_strip(y).apply_style(self.rich_style)

    def _line_strip(self, y: int) -> Strip:
        width = self.size.width
        palette = palette_for(self.app)
        if not self._slots:
            self._lay_out()
        kind, lane, line = self._row_at(y)
        if not any(self._grid.counts) and y == self._head:
            return _strip([(" ", "dim"), (self.empty, "dim")], palette, width)
        if kind == "lane":
            return self._lane_line(lane, width, palette)
        rule = Strip([Segment("┼" if kind == "rule" else "│", palette["rule"])], 1)
        parts: list[Strip] = []
        for number, slot in enumerate(self._slots):
            if number:
                parts.append(rule)
            parts.append(self._slot_line(slot, kind, lane, line, y, palette))
        strip = Strip.join(parts)
        return strip.adjust_cell_length(width)

    def _slot_line(
        self, slot: Slot, kind: str, lane: int, line: int, y: int, palette: Palette
    ) -> Strip:
        if kind == "rule":
            return _strip([("─" * slot.width, "rule")], palette, slot.width)
        if kind == "head":
            return _strip(self._title(slot), palette, slot.width)
        if not slot.wide:
            return _strip(self._folded(slot, y), palette, slot.width)
        if kind == "body":
            strips = self._cell_strips(lane, slot, self._body(lane), palette)
            if line < len(strips):
                return strips[line][0]
        return Strip.blank(slot.width)

    def _title(self, slot: Slot) -> Pieces:
        count = self._grid.counts[slot.column]
        if not slot.wide:
            return [(fit(str(count) if count else "·", slot.width, "right"), "dim")]
        here = slot.column == self.cursor[1]
        title = STAGE_SHORT[self._grid.stages[slot.column]]
        left: Pieces = [
            ("  ", "text"),
            (title, "current" if here else "strong"),
            (f" {count}", "dim"),
        ]
        late = self._grid.late[slot.column]
        right = f"{late}!" if late else ""
        if self.size.width < NARROW_BOARD:
            left, right = self._sides(slot, left, right)
        return [*fit_pieces(left, max(0, slot.width - len(right))), (right, "late")]

    def _sides(self, slot: Slot, left: Pieces, right: str) -> tuple[Pieces, str]:
        """On a narrow board: how many cards lie beyond the first and the last column."""
        if slot is self._slots[0] and (before := sum(self._grid.counts[: slot.column])):
            left = [(f"‹{before}", "dim"), (" ", "text"), *left[1:]]
        if slot is self._slots[-1] and (after := sum(self._grid.counts[slot.column + 1 :])):
            right = f"{right} {after}›".lstrip()
        return left, right

    def _folded(self, slot: Slot, y: int) -> Pieces:
        """A folded column: its title, a letter a line."""
        title = STAGE_SHORT[self._grid.stages[slot.column]]
        at = y - self._head
        if self.lanes != "none":
            at -= sum(1 for line in range(self._head, y) if self._row_at(line)[0] == "lane")
        letter = title[at] if 0 <= at < len(title) else " "
        return [(fit(letter, slot.width, "right"), "dim")]

    def _lane_line(self, lane: int, width: int, palette: Palette) -> Strip:
        title, style = lane_title(self._grid.lanes[lane], self.lanes)
        count = str(self._grid.lane_counts[lane])
        tail = max(0, width - len(title) - len(count) - 4)
        pieces: Pieces = [
            ("─ ", "rule"),
            (title, style),
            (f" {count} ", "dim"),
            ("─" * tail, "rule"),
        ]
        return _strip(pieces, palette, width)

    def _cell_strips(
        self, lane: int, slot: Slot, height: int, palette: Palette
    ) -> list[tuple[Strip, int]]:
        """The lines of one cell, each with the row of the card it belongs to (-1: none)."""
        key = (lane, slot.column, slot.width, height)
        if key not in self._cells:
            self._cells[key] = self._draw_cell(lane, slot, height, palette)
        return self._cells[key]

    def _draw_cell(
        self, lane: int, slot: Slot, height: int, palette: Palette
    ) -> list[tuple[Strip, int]]:
        place = (lane, slot.column)
        self._tops[place], lines = cell_lines(
            self._grid.cell(*place),
            top=self._tops.get(place, 0),
            current=self.cursor[2] if self.cursor[:2] == place else -1,
            width=slot.width,
            height=height,
            today=self.today,
            masked=self.masked,
        )
        over = palette.cursor if self.has_focus else palette.blurred
        return [
            (_strip(line.pieces, palette, slot.width, over if line.opened else None), line.row)
            for line in lines
        ]


def _strip(pieces: Pieces, palette: Palette, width: int, over: Style | None = None) -> Strip:
    segments = [
        Segment(text, palette[style] + over if over else palette[style])
        for text, style in fit_pieces(pieces, width)
    ]
    return Strip(segments, width)
