"""The line at the top: where one is, what waits in each place, the date and the lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

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
    Place("today", "1", "Today"),
    Place("board", "2", "Board"),
    Place("consent", "3", "Consent", "Cons"),
    Place("aftercare", "4", "Aftercare", "After"),
    Place("marac", "5", "MARAC"),
    Place("reports", "6", "Reports", "Rep"),
)


@dataclass(frozen=True, slots=True)
class Fullness:
    """How much of the line is said: each step says less, for less room."""

    program: bool = False
    titles: Literal["full", "short", "shortest", "here"] = "full"
    gap: int = 2
    day: Literal["full", "short", ""] = "short"
    clock: str = "lock "


_STEPS: Final = (
    Fullness(program=True, day="full"),
    Fullness(program=True),
    Fullness(),
    Fullness(titles="short"),
    Fullness(titles="short", gap=1),
    Fullness(titles="shortest", gap=1, clock=""),
    Fullness(titles="here", gap=1, clock=""),
    Fullness(titles="here", gap=1, day="", clock=""),
)


class NavBar(Block):
    """`` Sanctuary  1 Today 26  2 Board  3 Consent 9 ...   Thu 26 Nov 2026  lock 4:12``.

    The place one is in is bold and underlined. Where the line is too narrow the year goes first,
    then the name of the program, the titles shorten, and at 40 cells only the current place keeps
    its words. Without ``dated`` the date is left out from the start.
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
        dated: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._dated = dated
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
        for step in _STEPS:
            left, right = self._left(step), self._right(step)
            shown = [(text, style) for text, style, _ in left]
            spare = width - width_of(shown) - width_of(right)
            if spare >= 1 or step is _STEPS[-1]:
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

    def _left(self, step: Fullness) -> list[tuple[str, str, str]]:
        pieces: list[tuple[str, str, str]] = [(" ", "text", "")]
        if step.program:
            pieces += [(self._title, "strong", ""), ("  ", "text", "")]
        for number, place in enumerate(self._places):
            if number:
                pieces.append((" " * step.gap, "text", ""))
            here = place.name == self._current
            pieces += self._place(place, _title(place, step, here), here)
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

    def _right(self, step: Fullness) -> Pieces:
        written = {"full": full_date, "short": short_date}
        day = written[step.day](self._today) if step.day and self._dated else ""
        pieces: Pieces = [(day, "dim")] if day else []
        if self._lock is not None:
            style = "warn" if self._lock <= LOCK_SOON else "dim"
            clock = f"{self._lock // 60}:{self._lock % 60:02d}"
            pieces.append((f"  {step.clock}{clock}", style))
        return [*pieces, (" ", "text")]


def _title(place: Place, step: Fullness, here: bool) -> str:
    if step.titles == "here":
        return place.title if here else ""
    if step.titles == "full" or (here and step.titles == "short"):
        return place.title
    return place.short or place.title


def _spans(pieces: Sequence[tuple[str, str, str]]) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    at = 0
    for text, style, name in pieces:
        size = width_of([(text, style)])
        if name:
            spans.append((at, at + size, name))
        at += size
    return spans
