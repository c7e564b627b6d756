"""The line at the top: where one is, what waits in each place, the date and the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from textual import events
from textual.message import Message

from config.format import full_date, short_date
from widgets.columns import Pieces, width_of
from widgets.text_blocks import Block

LOCK_SOON: Final = 60
"""Seconds before the lock at which it is written as a warning."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere to go: its name for the program, its key, its title and a shorter one."""

    name: str
    key: str
    title: str
    short: str = ""


PLACES: Final = (
    Place("today", "1", "Today", "Tod"),
    Place("board", "2", "Board", "Brd"),
    Place("consent", "3", "Consent", "Con"),
    Place("aftercare", "4", "Aftercare", "Aft"),
    Place("marac", "5", "MARAC", "MAR"),
    Place("reports", "6", "Reports", "Rep"),
)


class NavBar(Block):
    """`` Sanctuary  1 Today 26  2 Board  3 Consent 9 ...   Thu 26 Nov 2026  lock 4:12``.

    The place one is in is bold and underlined. Where the line is too narrow the name of the
    program goes first, then the year, the titles shorten, and at 40 cells only the current
    place keeps its words.
    """

    DEFAULT_CSS = """
    NavBar { height: 1; dock: top; background: $panel; }
    """

    class Chosen(Message):
        """A place was clicked."""

        def __init__(self, bar: NavBar, name: str) -> None:
            super().__init__()
            self.bar = bar
            self.name = name

        @property
        def control(self) -> NavBar:
            """The bar that sent it."""
            return self.bar

    def __init__(
        self,
        *,
        today: date,
        current: str = "today",
        places: Sequence[Place] = PLACES,
        title: str = "Sanctuary",
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._today = today
        self._current = current
        self._places = tuple(places)
        self._title = title
        self._counts: dict[str, int] = {}
        self._lock: int | None = None
        self._spans: list[tuple[int, int, str]] = []

    def set_counts(self, counts: Mapping[str, int]) -> None:
        """What waits in each place, by name; a place without a count shows none."""
        self._counts = dict(counts)
        self._again()

    def set_current(self, name: str) -> None:
        """Mark the place one is in."""
        self._current = name
        self._again()

    def set_today(self, today: date) -> None:
        """Show another date."""
        self._today = today
        self._again()

    def set_lock(self, seconds: int | None) -> None:
        """Seconds until the lock; None shows no clock."""
        if seconds != self._lock:
            self._lock = seconds
            self._again()

    def draw(self, width: int) -> list[Pieces]:
        """One line, the fullest that fits."""
        for level in range(6):
            left, right = self._left(level), self._right(level)
            shown = [(text, style) for text, style, _ in left]
            spare = width - width_of(shown) - width_of(right)
            if spare >= 1 or level == 5:
                self._spans = _spans(left)
                return [[*shown, (" " * max(0, spare), "text"), *right]]
        return []

    def on_click(self, event: events.Click) -> None:
        """Go to the place under the mouse."""
        self.drawn(self.size.width)
        for start, end, name in self._spans:
            if start <= event.x < end:
                self.post_message(self.Chosen(self, name))
                return

    def _again(self) -> None:
        self._drawn = (-1, [])
        self.refresh()

    def _left(self, level: int) -> list[tuple[str, str, str]]:
        pieces: list[tuple[str, str, str]] = [(" ", "text", "")]
        if level < 2:
            pieces += [(self._title, "strong", ""), ("  ", "text", "")]
        for number, place in enumerate(self._places):
            if number:
                pieces.append((" " if level >= 4 else "  ", "text", ""))
            here = place.name == self._current
            title = place.title if level < 3 or here else place.short or place.title
            if level >= 4 and not here:
                title = ""
            pieces += self._place(place, title, here)
        return pieces

    def _place(self, place: Place, title: str, here: bool) -> list[tuple[str, str, str]]:
        pieces = [(place.key, "key", place.name)]
        if title:
            style = "current" if here else "text"
            pieces += [(" ", "text", place.name), (title, style, place.name)]
            count = self._counts.get(place.name)
            if count:
                pieces.append((f" {count}", "dim", place.name))
        return pieces

    def _right(self, level: int) -> Pieces:
        day = full_date(self._today) if level < 1 else short_date(self._today)
        pieces: Pieces = [(day, "dim")] if level < 5 else []
        if self._lock is not None:
            style = "warn" if self._lock <= LOCK_SOON else "dim"
            clock = f"{self._lock // 60}:{self._lock % 60:02d}"
            label = "lock " if level < 4 else ""
            pieces.append((f"  {label}{clock}", style))
        return [*pieces, (" ", "text")]


def _spans(pieces: Sequence[tuple[str, str, str]]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    at = 0
    for text, style, name in pieces:
        size = width_of([(text, style)])
        if name:
            spans.append((at, at + size, name))
        at += size
    return spans
