"""The figures of a year by month, and where each month stands, with its graph above or without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from config.format import money
from sanctuary_tui.bars import Graph
from widgets.columns import Pieces, fit
from widgets.text_blocks import Block

MARK, LINE, LEVEL = "◆", "●", "╌"
"""What of a graph is drawn over its bars: told apart without colour."""
MONTHS: Final = 12
NAMES: Final = 14
"""Cells at the left of a graph and of the figures beneath it."""
_WIDEST: Final = 9


def month_cells(width: int) -> int:
    """How many cells each month of a graph has in so much room; odd, so that each has a middle."""
    cells = max(1, min(_WIDEST, (width - NAMES - 2) // MONTHS))
    return cells - 1 + cells % 2


class Figures(Block):
    """The figures of a graph, by month."""

    def __init__(self, graph: Graph, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._graph = graph

    def draw(self, width: int) -> list[Pieces]:
        """Each figure under its month; where they are too long for that, a line a month."""
        graph = self._graph
        shown = [[_figure(one, pence=graph.pence) for one in row.numbers] for row in graph.figures]
        cells = month_cells(width)
        if all(len(one) < cells for row in shown for one in row):
            return [
                [
                    (fit(row.name, NAMES), "text"),
                    (" " + "".join(f"{one:^{cells}}" for one in numbers), "strong"),
                ]
                for row, numbers in zip(graph.figures, shown, strict=True)
            ]
        months = [
            (f"{first:%b %Y}", numbers)
            for first, *numbers in zip(graph.months, *shown, strict=True)
            if any(numbers)
        ]
        return _side_by_side([row.name for row in graph.figures], months, width)


def _figure(number: int | None, *, pence: bool) -> str:
    if number is None:
        return ""
    return money(number) if pence else str(number)


def _side_by_side(
    heads: Sequence[str], months: Sequence[tuple[str, Sequence[str]]], width: int
) -> list[Pieces]:
    """A line a month; in two columns where there is room."""
    wide = [
        max(map(len, column)) for column in zip(heads, *(each for _, each in months), strict=True)
    ]
    names = max((len(name) for name, _ in months), default=0)
    lines: list[Pieces] = [[(f"{'':{names}}{in_columns(heads, wide)}", "dim")]]
    lines += [
        [(fit(name, names), "text"), (in_columns(figures, wide), "strong")]
        for name, figures in months
    ]
    room = names + sum(wide) + 2 * len(wide)
    if width < 2 * room + 3 or len(months) < 2:
        return lines
    half = -(-len(months) // 2) + 1
    right = [lines[0], *lines[half:]]
    right += [[]] * (half - len(right))
    return [[*one, ("   ", "text"), *other] for one, other in zip(lines[:half], right, strict=True)]


def in_columns(figures: Sequence[str], wide: Sequence[int]) -> str:
    """Figures to the right of columns of these widths, two blanks before each."""
    return "".join(
        f"  {fit(one, cells, 'right')}" for one, cells in zip(figures, wide, strict=True)
    )
