"""The whole board as one widget drawn by line: ten thousand cards cost what forty do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from config.codes import STAGE_SHORT
from db.readmodels import CaseCard
from widgets.board_cells import CellLine, cell_lines
from widgets.board_layout import (
    CARD_LINES,
    LEAST_TALL,
    LEAST_WIDE,
    NARROW_BOARD,
    ROOMY,
    TALL_LINES,
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
from widgets.plain import PlainLines
from widgets.text_blocks import differing
from widgets.themes import inked, palette_for

MOST_WRITTEN: Final = 1024
"""Cards whose lines are kept once written."""
MOST_COLUMNS: Final = 64
"""Columns that are kept as they were drawn, each with the cursor on another card."""
MOST_LINES: Final = 256
"""Lines across all columns that are kept, with all that Textual keeps of a painted line."""

_Drawn = tuple[list[Strip], list[int]]
"""The lines of a column, and for each the row of the card it belongs to."""


class Board(PlainLines, ScrollView, can_focus=True):
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
        self._drawn: dict[int, _Drawn] = {}
        self._kept: LRUCache[tuple[object, ...], _Drawn] = LRUCache(MOST_COLUMNS)
        self._joined: LRUCache[tuple[int, ...], tuple[list[Strip], Strip]] = LRUCache(MOST_LINES)
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(2048)
        self._written: dict[tuple[int, ...], list[Pieces]] = {}
        self._kinds: list[tuple[str, int, int]] = []
        self._kinds_for: tuple[object, ...] = ()
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
        self._written.clear()
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
        page = max(1, self._body(lane) // self._card_lines - 1)
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
        """Draw what differs in the two columns concerned; all of it only when the view moves."""
        slots, kinds = self._slots, self._kinds
        before = {column: self._drawn.pop(column, None) for column in {old[1], new[1]}}
        self._lay_out()
        if slots != self._slots or kinds != self._kinds:
            self._drawn.clear()
            self.refresh()
        else:
            for slot in self._slots:
                if slot.column in before:
                    self._refresh_column(slot, before[slot.column])
        self.post_message(self.Highlighted(self, self.card))

    def _refresh_column(self, slot: Slot, before: _Drawn | None) -> None:
        """Paint the lines of a column that are not as they were: most of a board stays."""
        strips = before[0] if before else []
        spans = differing(strips, self._column(slot)[0])
        if spans:
            self.refresh(*(Region(slot.x, y, slot.width + 1, lines) for y, lines in spans))

    def watch_masked(self) -> None:
        """Draw the names afresh."""
        self._draw_afresh()
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
        self._draw_afresh()
        self.refresh()

    def notify_style_update(self) -> None:
        """Another theme: nothing drawn so far holds."""
        super().notify_style_update()
        self._draw_afresh()
        self._strips.clear()

    def on_resize(self) -> None:
        """Lay out anew for the size."""
        self._draw_afresh()
        self._lay_out()
        self.refresh()

    def _draw_afresh(self) -> None:
        """Nothing drawn so far holds."""
        self._drawn.clear()
        self._kept.clear()
        self._joined.clear()

    def _rebuild(self) -> None:
        before = self.card
        at = self.cursor
        self._grid = self._make_grid()
        self._tops.clear()
        self._draw_afresh()
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
    def _tall(self) -> bool:
        """Whether cards are narrow and tall: more columns where there is height to spare."""
        return self.lanes == "none" and self.size.width >= ROOMY[0] and self.size.height >= ROOMY[1]

    @property
    def _card_lines(self) -> int:
        return TALL_LINES if self._tall else CARD_LINES

    @property
    def _head(self) -> int:
        return 2 if self.size.height >= 14 else 1

    def _body(self, lane: int) -> int:
        return self._lane_lines[lane] if lane < len(self._lane_lines) else 0

    def _lay_out(self) -> None:
        lane, column, _ = self.cursor
        least = LEAST_TALL if self._tall else LEAST_WIDE
        self._slots, self._window = lay_columns(
            self._grid, self.size.width, column, self._window, least
        )
        height = max(0, self.size.height - self._head)
        if self.lanes == "none":
            self._lane_lines = [height]
        else:
            stages = range(len(self._grid.stages))
            wants = [
                CARD_LINES * max(len(self._grid.cell(number, stage)) for stage in stages)
                + (3 if number == lane else 0)
                for number in range(len(self._grid.lanes))
            ]
            self._lane_lines = lay_lanes(wants, height, lane, True)
        key = (self.lanes, self.size, tuple(self._lane_lines))
        if key != self._kinds_for:
            self._kinds_for, self._kinds = key, self._lay_lines()

    def _lay_lines(self) -> list[tuple[str, int, int]]:
        """What each line is: ``head``, ``rule``, ``lane`` title, ``body`` or ``blank``; which lane,
        and which line of it."""
        kinds: list[tuple[str, int, int]] = [("head", 0, 0), ("rule", 0, 0)][: self._head]
        for lane, lines in enumerate(self._lane_lines):
            if lines < 0:
                continue
            if self.lanes != "none":
                kinds.append(("lane", lane, 0))
            kinds.extend(("body", lane, line) for line in range(lines))
        height = self.size.height
        return [*kinds, *[("blank", 0, 0)] * (height - len(kinds))][:height]

    def _under(self, x: int, y: int) -> Where | None:
        slot = next((s for s in self._slots if s.x <= x < s.x + s.width), None)
        if slot is None:
            return None
        kind, lane, _ = self._kinds[y]
        if not slot.wide or kind in ("head", "rule"):
            where = self._grid.nearest((self.cursor[0], slot.column, 0))
            return where if where[1] == slot.column else None
        row = self._column(slot)[1][y]
        return (lane, slot.column, row) if row >= 0 else None

    def _wheel(self, event: events.MouseScrollDown | events.MouseScrollUp, step: int) -> None:
        event.stop()
        event.prevent_default()
        slot = next((s for s in self._slots if s.wide and s.x <= event.x < s.x + s.width), None)
        kind, lane, _ = self._kinds[event.y]
        if slot is None or kind != "body":
            return
        if (lane, slot.column) == self.cursor[:2]:
            self.action_along(step)
            return
        cell = self._grid.cell(lane, slot.column)
        most = max(0, len(cell) - max(1, self._body(lane) // self._card_lines))
        place = (lane, slot.column)
        self._tops[place] = min(max(0, self._tops.get(place, 0) + step), most)
        self._drawn.pop(slot.column, None)
        self.refresh(Region(slot.x, 0, slot.width, self.size.height))

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """One line across all columns."""
        return self.plain_lines(Region(0, y, self.size.width, 1))[0]

    def plain_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region, each across all columns."""
        if not self._kinds:
            self._lay_out()
        columns = [self._column(slot)[0] for slot in self._slots]
        return [self._line(y, columns) for y in crop.line_range]

    def _line(self, y: int, columns: Sequence[Sequence[Strip]]) -> Strip:
        if y >= len(self._kinds):
            return Strip.blank(self.size.width, self.base)
        kind, lane, _ = self._kinds[y]
        if kind == "lane":
            width = self.size.width
            return self._strip(self._lane_line(lane, width), width)
        if y == self._head and not any(self._grid.counts):
            return self._strip([(" ", "dim"), (self.empty, "dim")], self.size.width)
        parts = [column[y] for column in columns]
        # The parts are kept with their line, so that no other strip can come by the same id.
        key = tuple(map(id, parts))
        kept = self._joined.get(key)
        if kept is None:
            kept = self._joined[key] = (parts, Strip.join(parts))
        return kept[1]

    def _column(self, slot: Slot) -> _Drawn:
        """All lines of a column, drawn once, and for each the row of the card it belongs to."""
        if slot.column not in self._drawn:
            state = self._state(slot)
            drawn = self._kept.get(state)
            if drawn is None:
                drawn = self._draw_column(slot)
                # By the state it is left in: what is out of sight may just have been moved.
                self._kept[self._state(slot)] = drawn
            self._drawn[slot.column] = drawn
        return self._drawn[slot.column]

    def _state(self, slot: Slot) -> tuple[object, ...]:
        """All that a column's lines depend on, but for what ``_draw_afresh`` is called for."""
        column = slot.column
        ends = (slot is self._slots[0], slot is self._slots[-1])
        tops = [self._tops.get((lane, column), 0) for lane in range(len(self._lane_lines))]
        here = self.cursor if self.cursor[1] == column else None
        return (slot, ends, here, *self._lane_lines, *tops)

    def _draw_column(self, slot: Slot) -> _Drawn:
        last = slot is self._slots[-1]
        cells = {
            lane: self._draw_cell(lane, slot, lines) if slot.wide else []
            for lane, lines in enumerate(self._lane_lines)
        }
        letters = iter(STAGE_SHORT[self._grid.stages[slot.column]])
        strips: list[Strip] = []
        rows: list[int] = []
        for kind, lane, line in self._kinds:
            pieces: Pieces = []
            found = cells[lane][line] if kind == "body" and line < len(cells[lane]) else None
            if kind == "head":
                pieces = self._title(slot)
            elif kind == "rule":
                pieces = [("─" * slot.width, "rule")]
            elif found is not None:
                pieces = found.pieces
            elif kind != "lane" and not slot.wide:
                pieces = [(fit(next(letters, ""), slot.width, "right"), "dim")]
            strips.append(
                self._strip(
                    pieces,
                    slot.width,
                    opened=found is not None and found.opened,
                    rule="" if last else ("┼" if kind == "rule" else "│"),
                )
            )
            rows.append(found.row if found is not None else -1)
        return strips, rows

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

    def _lane_line(self, lane: int, width: int) -> Pieces:
        title, style = lane_title(self._grid.lanes[lane], self.lanes)
        count = str(self._grid.lane_counts[lane])
        tail = max(0, width - len(title) - len(count) - 4)
        return [("─ ", "rule"), (title, style), (f" {count} ", "dim"), ("─" * tail, "rule")]

    def _draw_cell(self, lane: int, slot: Slot, height: int) -> list[CellLine]:
        place = (lane, slot.column)
        if len(self._written) > MOST_WRITTEN:
            self._written.clear()
        self._tops[place], lines = cell_lines(
            self._grid.cell(*place),
            top=self._tops.get(place, 0),
            current=self.cursor[2] if self.cursor[:2] == place else -1,
            width=slot.width,
            height=max(0, height),
            today=self.today,
            masked=self.masked,
            tall=self._tall,
            written=self._written,
        )
        return lines

    def _strip(self, pieces: Pieces, width: int, *, opened: bool = False, rule: str = "") -> Strip:
        key = (*pieces, width, opened and (2 if self.has_focus else 1), rule)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._strips[key] = self._make_strip(pieces, width, opened, rule)
        return strip

    def _make_strip(self, pieces: Pieces, width: int, opened: bool, rule: str) -> Strip:
        palette = palette_for(self.app)
        base = self.base
        over = palette.cursor if self.has_focus else palette.blurred
        segments = inked(fit_pieces(pieces, width), palette, base, over if opened else None)
        if rule:
            segments.append(Segment(rule, base + palette["rule"]))
        return Strip(segments, width + len(rule))
