"""The line at the bottom: which key does what, here and now."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.message import Message

from widgets.columns import Pieces, width_of
from widgets.text_blocks import Block

GAP = "  "


class KeyBar(Block):
    """``key title`` pairs on one or two lines, the most important first.

    Pairs that do not fit are left out whole, never cut, and the last pair is always kept in
    sight: it is the key that lists all keys.
    """

    DEFAULT_CSS = """
    KeyBar { height: auto; max-height: 2; dock: bottom; background: $panel; }
    """

    class Chosen(Message):
        """A pair was clicked (``key`` as it was given)."""

        def __init__(self, bar: KeyBar, key: str) -> None:
            super().__init__()
            self.bar = bar
            self.key = key

        @property
        def control(self) -> KeyBar:
            """The bar that sent it."""
            return self.bar

    def __init__(
        self,
        pairs: Sequence[tuple[str, str]] = (),
        *,
        lines: int = 1,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._pairs = list(pairs)
        self._lines = lines
        self._spans: list[tuple[int, int, int, str]] = []

    def set_keys(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Show other keys."""
        if list(pairs) != self._pairs:
            self._pairs = list(pairs)
            self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """The pairs that fit."""
        rows = _flow(self._pairs, width - 1, self._lines)
        self._spans = []
        lines: list[Pieces] = []
        for y, row in enumerate(rows):
            line: Pieces = [(" ", "text")]
            for number, (key, title) in enumerate(row):
                if number:
                    line.append((GAP, "text"))
                start = width_of(line)
                line += [(key, "key"), (f" {title}", "dim")]
                self._spans.append((y, start, width_of(line), key))
            lines.append(line)
        return lines or [[]]

    def on_click(self, event: events.Click) -> None:
        """Say which pair is under the mouse."""
        self.drawn(self.size.width)
        for y, start, end, key in self._spans:
            if event.y == y and start <= event.x < end:
                self.post_message(self.Chosen(self, key))
                return


def _flow(pairs: list[tuple[str, str]], width: int, most: int) -> list[list[tuple[str, str]]]:
    """Pairs in rows of at most ``width`` cells; the last pair always among them."""
    for kept in range(len(pairs), 0, -1):
        rows = _rows([*pairs[: kept - 1], pairs[-1]], width)
        if len(rows) <= most:
            return rows
    return []


def _rows(pairs: list[tuple[str, str]], width: int) -> list[list[tuple[str, str]]]:
    rows: list[list[tuple[str, str]]] = [[]]
    used = 0
    for key, title in pairs:
        size = width_of([(f"{key} {title}", "")])
        if rows[-1] and used + len(GAP) + size > width:
            rows.append([])
            used = 0
        used += size + (len(GAP) if rows[-1] else 0)
        rows[-1].append((key, title))
    return rows
