"""Graphs of a year by month, drawn with textual-plot; this module alone brings it, and numpy, in.

It is imported when the pictures are opened, in the caseload's thread, and never before. The
library reads markup in labels: it is given names of months and numbers, which are made here, and
no other text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual import events, on
from textual.containers import Grid
from textual.geometry import Size
from textual_hires_canvas import Canvas
from textual_plot import AxisFormatter, HiResMode, PlotWidget

from sanctuary_tui.bars import Graph, Row
from sanctuary_tui.screens.by_month import LEVEL, LINE, MARK, MONTHS, NAMES, month_cells

_ROWS: Final = 8
"""Lines that the numbers stand in: those of the widget without the frame and the months."""
_STEPS: Final = 5
"""At most so many numbers stand at the side, without the nought."""
_FRAME: Final = 2


class Labels(AxisFormatter):
    """Words at given places of an axis, and nowhere else."""

    def __init__(self, words: dict[float, str]) -> None:
        self._words = words

    def get_ticks(self, min_: float, max_: float, max_ticks: int = 8) -> list[float]:
        """The places."""
        return list(self._words)

    def get_labels_for_ticks(self, ticks: Sequence[float]) -> list[str]:
        """The words at some places."""
        return [self._words[tick] for tick in ticks]


class MonthGraph(PlotWidget, can_focus=False, inherit_bindings=False):
    """A graph that is looked at: it takes no key and no wheel, and nothing in it can be moved.

    Each month is as many cells wide as every other, and as the figures beneath it.
    """

    DEFAULT_CSS = """
    MonthGraph {
        height: 11;
        & > .plot--axis { color: $border-blurred; }
        & > .plot--tick { color: $text-muted; text-style: none; }
        & #plot { color: $accent; }
    }
    """

    def __init__(self, graph: Graph) -> None:
        super().__init__(allow_pan_and_zoom=False)
        self._graph = graph
        self.set_reactive(PlotWidget.margin_top, 0)
        self.set_reactive(PlotWidget.margin_bottom, 1)
        self.set_reactive(PlotWidget.margin_left, NAMES)

    def on_mount(self) -> None:
        """Canvases as high as they will be: a line they have not, and paint before they are told
        their size, has no style, and Textual stops at that where there is no colour."""
        for canvas in self.query(Canvas):
            canvas.reset(size=Size(1, _ROWS + _FRAME))

    @on(events.MouseScrollDown)
    @on(events.MouseScrollUp)
    def _leave_to_the_sheet(self, event: events.MouseEvent) -> None:
        """The library's own answer would zoom and keep the wheel from the sheet."""
        event.prevent_default()

    def on_resize(self, event: events.Resize) -> None:
        """Draw for this width."""
        cells = month_cells(event.size.width)
        self.query_one(Grid).styles.grid_columns = f"{NAMES} {MONTHS * cells + _FRAME}"
        self._plot(cells)
        self.refresh(layout=True)  # the library looks at the size of its canvas only then

    def _plot(self, cells: int) -> None:
        graph = self._graph
        step, top = scale(max(graph.drawn, default=0), 100 if graph.pence else 1)
        self.clear()
        self.set_xlimits(0, MONTHS)
        self.set_ylimits(0, top)
        names = [f"{first:%b}" if cells > 3 else f"{first:%b}"[0] for first in graph.months]
        self._label_x({at + 0.5: name for at, name in enumerate(names)})
        ticks = range(0, top, step)
        self._label_y(
            {_within(at, top): f"£{at // 100:,}" if graph.pence else str(at) for at in ticks}
        )
        if graph.bars is not None:
            self._bars(graph.bars, cells, top)
        if graph.level is not None:
            many = MONTHS * cells
            across = [(at + 0.5) / cells for at in range(many)]
            level = _within(graph.level[1], top)
            self.scatter(across, [level] * many, LEVEL, marker_style="")
        if graph.line is not None:
            x, y = _points(graph.line, top)
            self.plot(x, y, line_style="", hires_mode=HiResMode.HALFBLOCK)
            self.scatter(x, y, LINE, marker_style="bold")
        if graph.marks is not None:
            self.scatter(*_points(graph.marks, top), MARK, marker_style="bold")

    def _bars(self, row: Row, cells: int, top: int) -> None:
        """From cell to cell, so that each is as wide as the next; what is more than nothing shows.

        What is less than a cell high is half a cell, set cell by cell: the library draws such a
        bar too wide by one.
        """
        wide = max(1, cells - 2)
        least = top / _ROWS
        points = list(zip(*_points(row, 0), strict=True))
        high = [(x, y) for x, y in points if y >= least]
        self.bar(
            [x for x, _ in high],
            [y for _, y in high],
            width=wide / cells,
            bar_style="",
            hires_mode=HiResMode.HALFBLOCK,
        )
        low = [
            x + (cell - wide // 2) / cells
            for x, y in points
            if 0 < y < least
            for cell in range(wide)
        ]
        half = [least / 4] * len(low)
        self.scatter(low, half, marker_style="", hires_mode=HiResMode.HALFBLOCK)

    def _label_x(self, words: dict[float, str]) -> None:
        self.set_x_formatter(Labels(words))
        self.set_xticks(list(words))

    def _label_y(self, words: dict[float, str]) -> None:
        self.set_y_formatter(Labels(words))
        self.set_yticks(list(words))


def _within(number: int, top: int) -> float:
    """A number as it is marked: in the highest cell of a bar that high, not in the one above."""
    return max(0.0, number - top / 10**6)


def _points(row: Row, top: int) -> tuple[list[float], list[float]]:
    """The middle of each month that has a number, and the number as it is marked."""
    found = [(at + 0.5, _within(one, top)) for at, one in enumerate(row.numbers) if one is not None]
    return [x for x, _ in found], [y for _, y in found]


def scale(highest: int, unit: int) -> tuple[int, int]:
    """Between which numbers an axis is marked, in 1, 2 or 5 of a power of ten, and where it ends.

    It ends above the highest number, so that a mark at it does not stand on the frame.
    """
    step = unit
    while highest > _STEPS * step:
        step = step * 5 // 2 if str(step)[0] == "2" else step * 2
    steps = max(1, -(-highest // step))
    return step, steps * step + max(1, step * steps // _ROWS)
