"""What a tracker is once it is read: sheets of headings and rows, every row accounted for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

Value = str | int | Decimal | bool | date | datetime | time | None
Why = Literal["title", "blank", "header", "total", "note"]
Told = Callable[[int, int], None]
"""Told how many of how many are done; what it raises ends the work."""


def untold(done: int, of: int) -> None:
    """For those who want no progress."""


class Far:
    """How far a work has come: told every so often, and never as more than all of it."""

    def __init__(self, told: Told, of: int, every: int = 1) -> None:
        self._told, self._of, self._every, self._done = told, of, every, 0

    def went(self, on: int = 1) -> None:
        """So much more is done. What ``told`` raises ends the work."""
        before, self._done = self._done, self._done + on
        if before // self._every != self._done // self._every:
            self._told(min(self._done, self._of), self._of)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: ``text`` as a reader of the sheet sees it, ``value`` as the file typed it."""

    text: str
    value: Value = None

    @property
    def blank(self) -> bool:
        """Nothing is written in it."""
        return not self.text


BLANK = Cell("")


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: its place (from 0), its letter as a spreadsheet names it, and its title."""

    index: int
    letter: str
    title: str
    hidden: bool = False

    @property
    def words(self) -> str:
        """How the column is called in a sentence."""
        return f"{self.letter} ({self.title})" if self.title else self.letter


@dataclass(frozen=True, slots=True)
class Row:
    """A row of data: its number as the spreadsheet numbers it, and a cell a heading."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no data, and why: every row of the file is a ``Row`` or one of these."""

    number: int
    why: Why


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``header_row`` is the number of the row of titles."""

    name: str
    hidden: bool
    header_row: int
    headings: tuple[Heading, ...]
    rows: tuple[Row, ...]
    skipped: tuple[Skipped, ...]

    def column(self, heading: Heading) -> list[Cell]:
        """The cells of one column, from the top."""
        return [row.cells[heading.index] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Book:
    """A tracker as it was read: its file's name, digest and form, and its sheets."""

    name: str
    sha256: str
    kind: Literal["csv", "xlsx"]
    encoding: str
    separator: str
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet before it is known what its rows are: cells by row and column, numbered from 1.

    ``merged`` names the rectangles that were merged: first row, first column, last row, last
    column. ``hidden_columns`` are numbered from 1.
    """

    name: str
    rows: tuple[tuple[int, tuple[Cell, ...]], ...]
    hidden: bool = False
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def letter_of(index: int) -> str:
    """The letter of a column numbered from 0: A, Z, AA."""
    name, number = "", index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(65 + rest) + name
    return name
