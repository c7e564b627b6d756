"""A list drawn by line: a hundred thousand rows cost what forty do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, ClassVar, Generic, TypeVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import var
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.columns import Column, Layout, Pieces, draw_columns, draw_titles, fit_pieces, lay_out
from widgets.plain import PlainLines
from widgets.themes import Palette, inked, palette_for

R = TypeVar("R")
GUTTER = 2
"""Cells at the left of each row, where the cursor's mark stands."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A line that names a group and cannot be chosen."""

    text: str
    count: int | None = None
    style: str = "head"

    def pieces(self, width: int) -> Pieces:
        """The heading as exactly ``width`` cells."""
        pieces = [(f" {self.text}", self.style)]
        if self.count is not None:
            pieces.append((f" {self.count}", "dim"))
        return fit_pieces(pieces, width)


class LineTable(PlainLines, ScrollView, Generic[R], can_focus=True):
    """Rows of any kind, each drawn by pure functions from the row and the width.

    A subclass gives ``columns``, or overrides ``lines`` (and ``height`` when a row may take more
    than one line). Rows are data: nothing in them is ever read as markup.
    """

    DEFAULT_CSS = """
    LineTable { height: 1fr; overflow-x: hidden; overflow-y: auto;
        scrollbar-size-vertical: 1; scrollbar-gutter: stable; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False),
        Binding("down", "move(1)", "Down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "end(-1)", "First", show=False),
        Binding("end", "end(1)", "Last", show=False),
        Binding("enter", "choose", "Open", show=False),
    ]

    cursor: var[int] = var(-1, init=False)
    """Index of the row under the cursor among all items, headings included; -1 when none."""

    uniform: ClassVar[bool] = True
    """True when every row takes one line (the fast way)."""
    show_titles: ClassVar[bool] = False
    """Whether the column titles stand above the rows."""

    class Highlighted(Message):
        """The cursor came to another row (``row`` is None when the list has become empty)."""

        def __init__(self, table: LineTable[Any], row: Any) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> LineTable[Any]:
            """The table that sent it."""
            return self.table

    class Chosen(Message):
        """A row was chosen with enter or a double click."""

        def __init__(self, table: LineTable[Any], row: Any) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> LineTable[Any]:
            """The table that sent it."""
            return self.table

    def __init__(
        self,
        items: Sequence[R | Heading] = (),
        *,
        empty: str = "Nothing here.",
        name: str | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self.empty = empty
        self._items: list[R | Heading] = []
        self._headings: list[int] = []
        self._tops: list[int] | None = None
        self._total = 0
        self._laid_out_for = -1
        self._strips: LRUCache[tuple[object, ...], Strip] = LRUCache(512)
        self._layouts: dict[int, Layout] = {}
        self._columns: tuple[Column[R], ...] | None = None
        self._set(list(items))
        self.set_reactive(LineTable.cursor, self._nearest(0))

    # ---- what a subclass gives

    def columns(self) -> Sequence[Column[R]]:
        """The columns of a row; asked for once, and again after ``restyle``."""
        return ()

    def key(self, row: R) -> Hashable:
        """What stays the same when the rows are read again; keeps the cursor on its row."""
        return id(row)

    def height(self, row: R, width: int) -> int:
        """Lines a row takes at a width (only asked when ``uniform`` is false)."""
        return 1

    def lines(self, row: R, width: int) -> list[Pieces]:
        """The lines of a row, as many as ``height`` says, each of at most ``width`` cells."""
        columns = self._known_columns()
        return [draw_columns(columns, self._layout(width), row, width, self.gap(width))]

    def gap(self, width: int) -> int:
        """Cells between columns."""
        return 2 if width >= 60 else 1

    # ---- rows

    @property
    def rows(self) -> list[R]:
        """The rows without the headings."""
        return [item for item in self._items if not isinstance(item, Heading)]

    @property
    def row(self) -> R | None:
        """The row under the cursor."""
        if 0 <= self.cursor < len(self._items):
            item = self._items[self.cursor]
            return None if isinstance(item, Heading) else item
        return None

    def set_items(self, items: Sequence[R | Heading]) -> None:
        """Show other rows and headings. The cursor stays on its row, or on the line it was on."""
        before = self.row
        key = self.key(before) if before is not None else None
        at = self.cursor
        self._set(list(items))
        self._measure()
        target = self._find(key) if key is not None else -1
        target = target if target >= 0 else self._nearest(min(max(at, 0), len(self._items) - 1))
        moved = target != self.cursor
        self.cursor = target
        self.refresh()
        if not moved:
            self._show_cursor()
            self.post_message(self.Highlighted(self, self.row))

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other rows, without headings."""
        self.set_items(rows)

    def select(self, key: Hashable) -> bool:
        """Put the cursor on the row with this key; False when there is none."""
        found = self._find(key)
        if found >= 0:
            self.cursor = found
        return found >= 0

    def restyle(self) -> None:
        """Draw everything afresh: how rows look has changed."""
        self._columns = None
        self._layouts.clear()
        self._strips.clear()
        if not self.uniform:
            self._measure()
        self.refresh()

    def refresh_row(self, row: R) -> None:
        """Draw one row afresh: its data has changed in place."""
        self._strips.clear()
        index = self._find(self.key(row))
        if index >= 0:
            self._refresh_item(index)

    # ---- keys and mouse

    def action_move(self, step: int) -> None:
        """Go to the next or the previous row."""
        index = self.cursor + step
        while 0 <= index < len(self._items):
            if not isinstance(self._items[index], Heading):
                self.cursor = index
                return
            index += step
        if step < 0:
            self.scroll_to(y=0, animate=False, force=True, immediate=True)

    def action_page(self, step: int) -> None:
        """Go a screenful up or down."""
        page = max(1, self._body_height() - 1 - bool(self._headings))
        line = min(max(0, self._top(self.cursor) + step * page), max(0, self._total - 1))
        index = self._nearest(self._at(line)[0], step)
        if index >= 0:
            self.cursor = index

    def action_end(self, which: int) -> None:
        """Go to the first or the last row."""
        index = self._nearest(0 if which < 0 else len(self._items) - 1, -which)
        if index >= 0:
            self.cursor = index

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.row is not None:
            self.post_message(self.Chosen(self, self.row))

    def on_click(self, event: events.Click) -> None:
        """Put the cursor where the mouse is; a double click chooses."""
        line = self._line(event.y)
        if line < 0 or line >= self._total:
            return
        index, _ = self._at(line)
        named = event.y == self._header() and self._heading_above(index) is not None
        if named or isinstance(self._items[index], Heading):
            return
        self.cursor = index
        if event.chain == 2:
            self.action_choose()

    def watch_cursor(self, old: int, new: int) -> None:
        """Draw the two rows concerned and keep the new one in sight."""
        self._refresh_item(old)
        self._refresh_item(new)
        self._show_cursor()
        self.post_message(self.Highlighted(self, self.row))

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor's tint tells whether the list has the keys."""
        super().watch_has_focus(has_focus)
        self._refresh_item(self.cursor)

    def notify_style_update(self) -> None:
        """Another theme: nothing drawn so far holds."""
        super().notify_style_update()
        self._strips.clear()

    def on_resize(self) -> None:
        """Lay out anew for the width."""
        self._measure()
        self._show_cursor()

    # ---- drawing

    def render_line(self, y: int) -> Strip:
        """One line of the list."""
        return self.plain_lines(Region(0, y, self.size.width, 1))[0]

    def plain_lines(self, crop: Region) -> list[Strip]:
        """The lines of a region."""
        width = self.scrollable_content_region.width
        palette = palette_for(self.app)
        focused = 2 if self.has_focus else 1
        return [self._at_y(y, width, palette, focused) for y in crop.line_range]

    def _at_y(self, y: int, width: int, palette: Palette, focused: int) -> Strip:
        line = self._line(y)
        if self.show_titles and y == 0:
            return self._titles(width, palette)
        if not self._items and line == 0:
            return self._strip([("  ", "dim"), (self.empty, "dim")], palette, width)
        if line < 0 or line >= self._total:
            return Strip.blank(width, self.base)
        index, sub = self._at(line)
        if y == self._header() and (above := self._heading_above(index)) is not None:
            return self._strip(above.pieces(width), palette, width)
        at_cursor = index == self.cursor
        key = (index, sub, width, at_cursor and focused, palette.name)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(index, sub, width, palette)
            self._strips[key] = strip
        return strip

    def _draw(self, index: int, sub: int, width: int, palette: Palette) -> Strip:
        item = self._items[index]
        if isinstance(item, Heading):
            return self._strip(item.pieces(width), palette, width)
        lines = self.lines(item, max(0, width - GUTTER))
        pieces = lines[sub] if sub < len(lines) else []
        if index != self.cursor:
            return self._strip([("  ", "text"), *pieces], palette, width)
        mark = "› " if sub == 0 else "  "
        over = palette.cursor if self.has_focus else palette.blurred
        return self._strip([(mark, "key"), *pieces], palette, width, over)

    def _titles(self, width: int, palette: Palette) -> Strip:
        body = max(0, width - GUTTER)
        titles = draw_titles(self._known_columns(), self._layout(body), body, self.gap(body))
        return self._strip([("  ", "dim"), *titles], palette, width)

    def _strip(
        self, pieces: Pieces, palette: Palette, width: int, over: Style | None = None
    ) -> Strip:
        return Strip(inked(fit_pieces(pieces, width), palette, self.base, over), width)

    # ---- lines and items

    def _known_columns(self) -> tuple[Column[R], ...]:
        if self._columns is None:
            self._columns = tuple(self.columns())
        return self._columns

    def _layout(self, width: int) -> Layout:
        if width not in self._layouts:
            self._layouts[width] = lay_out(self._known_columns(), width, self.gap(width))
        return self._layouts[width]

    def _set(self, items: list[R | Heading]) -> None:
        self._items = items
        self._headings = [at for at, item in enumerate(items) if isinstance(item, Heading)]
        self._strips.clear()
        self._tops = None
        self._total = len(items)

    def _measure(self) -> None:
        width = self.scrollable_content_region.width
        if not self.uniform and width:
            heights = (
                1 if isinstance(item, Heading) else self.height(item, max(0, width - GUTTER))
                for item in self._items
            )
            self._tops = [0, *accumulate(heights)]
            self._total = self._tops.pop()
        self._strips.clear()
        self.virtual_size = Size(width, self._total + self._header())

    def _header(self) -> int:
        return 1 if self.show_titles else 0

    def _body_height(self) -> int:
        return self.scrollable_content_region.height - self._header()

    def _line(self, y: int) -> int:
        return y - self._header() + self.scroll_offset.y

    def _at(self, line: int) -> tuple[int, int]:
        """The item drawn on a line, and which of its lines that is."""
        if self._tops is None:
            return line, 0
        index = bisect_right(self._tops, line) - 1
        return index, line - self._tops[index]

    def _top(self, index: int) -> int:
        if index < 0:
            return 0
        return index if self._tops is None else self._tops[index]

    def _bottom(self, index: int) -> int:
        return self._top(index + 1) if index + 1 < len(self._items) else self._total

    def _heading_above(self, index: int) -> Heading | None:
        """The heading that an item stands under: the first line of the list shows it always."""
        at = bisect_right(self._headings, index) - 1
        if at < 0 or self._headings[at] == index:
            return None
        found = self._items[self._headings[at]]
        return found if isinstance(found, Heading) else None

    def _nearest(self, index: int, step: int = 1) -> int:
        """The row at ``index``, or the next one in the direction of ``step``, or any."""
        for direction in (step or 1, -(step or 1)):
            at = index
            while 0 <= at < len(self._items):
                if not isinstance(self._items[at], Heading):
                    return at
                at += direction
        return -1

    def _find(self, key: Hashable) -> int:
        for index, item in self._enumerate_rows():
            if self.key(item) == key:
                return index
        return -1

    def _enumerate_rows(self) -> Iterator[tuple[int, R]]:
        for index, item in enumerate(self._items):
            if not isinstance(item, Heading):
                yield index, item

    def _refresh_item(self, index: int) -> None:
        if not 0 <= index < len(self._items):
            return
        top = self._top(index) - self.scroll_offset.y + self._header()
        height = self._bottom(index) - self._top(index)
        self.refresh(Region(0, top, self.size.width, height))

    def _show_cursor(self) -> None:
        height = self._body_height()
        if self.cursor < 0 or height <= 0:
            return
        top, bottom = self._top(self.cursor), self._bottom(self.cursor)
        if self._headings and self._headings[0] < self.cursor:
            top -= 1  # the first line always names the group
        at = self.scroll_offset.y
        if top < at:
            self.scroll_to(y=top, animate=False, force=True, immediate=True)
        elif bottom > at + height:
            y = min(bottom - height, top)
            # forced: before the first layout there is no scrollbar, and scrolling would be refused
            self.scroll_to(y=y, animate=False, force=True, immediate=True)


def group(
    rows: Sequence[R], by: Callable[[R], str], titles: dict[str, str], styles: dict[str, str]
) -> list[R | Heading]:
    """``rows`` under a heading for each group, in the order of ``titles``."""
    found: dict[str, list[R]] = {name: [] for name in titles}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    items: list[R | Heading] = []
    for name, members in found.items():
        if members:
            heading = Heading(titles.get(name, name), len(members), styles.get(name, "head"))
            items.extend([heading, *members])
    return items
