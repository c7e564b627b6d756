"""A picture: bars with their figures, drawn by the console and by the page to print alike.

Beside it what only the console draws: a graph of a year by month.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Bar:
    """One line: its name, its figures as they are printed, and how long each part is drawn."""

    name: str
    figures: tuple[str, ...]
    lengths: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """Bars under a title: what each figure and each part of a bar is, and how it is counted."""

    title: str
    heads: tuple[str, ...]
    bars: tuple[Bar, ...]
    parts: tuple[str, ...]
    rule: str

    @property
    def whole(self) -> int:
        """The longest bar, which takes the whole room."""
        return max((sum(bar.lengths) for bar in self.bars), default=0)

    def ends(self, bar: Bar, room: int) -> list[int]:
        """Where each part of a bar ends; what is more than nothing is at least 1 long."""
        found = [0]
        for number, length in enumerate(bar.lengths, start=1):
            end = sum(bar.lengths[:number]) * room // max(1, self.whole)
            found.append(min(room, max(end, found[-1] + bool(length))))
        return found[1:]


@dataclass(frozen=True, slots=True)
class Row:
    """A number for each month, pence or a count; None where there is none to draw or to print."""

    name: str
    numbers: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """A year by month: what is drawn of it, and the figures that are printed beneath.

    ``bars`` stand upright, ``line`` goes from month to month, ``marks`` stand alone, and ``level``
    is one number through the whole year. ``figures`` are printed for each month that any of them
    has a number of; ``said`` is told in words.
    """

    title: str
    months: tuple[date, ...]
    figures: tuple[Row, ...]
    rule: str
    bars: Row | None = None
    line: Row | None = None
    marks: Row | None = None
    level: tuple[str, int] | None = None
    said: tuple[str, ...] = ()
    pence: bool = False

    @property
    def drawn(self) -> list[int]:
        """Every number that is drawn."""
        rows = [row for row in (self.bars, self.line, self.marks) if row is not None]
        found = [number for row in rows for number in row.numbers if number is not None]
        return [*found, self.level[1]] if self.level else found
