"""The graphs of a year by month: as high as their numbers, and nothing that a key could move."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from math import ceil
from typing import Final

import pytest
from rich.errors import MarkupError
from textual.app import App, ComposeResult
from textual.containers import VerticalScroll
from textual.events import MouseMove, MouseScrollDown
from textual_hires_canvas import Canvas
from textual_plot import PlotWidget

from config.format import money
from db.caseload import Caseload
from db.models import Fund
from sanctuary_tui.bars import Graph, Picture, Row
from sanctuary_tui.returns import making
from sanctuary_tui.returns.figures import Return, months_of, year_from
from sanctuary_tui.returns.pictures import pictures, sheet
from sanctuary_tui.screens.by_month import LEVEL, LINE, MARK, NAMES, Figures, month_cells
from sanctuary_tui.screens.graphs import MonthGraph, scale
from sanctuary_tui.screens.pictures import PictureSheet
from tests.frozen import TODAY, Opened, play, settle, text_of
from widgets.themes import TONES, register_themes

YEAR: Final = year_from(2026)
MONTHS: Final = months_of(YEAR)
SIZES: Final = [(120, 40), (80, 24), (40, 10), (24, 8)]
HOSTILE: Final = "[/bold][@click=app.bell]x"
ROWS: Final = 8


def graph(
    bars: Sequence[int | None] = (),
    marks: Sequence[int | None] = (),
    line: Sequence[int | None] = (),
    level: int = 0,
    *,
    pence: bool = False,
) -> Graph:
    def row(numbers: Sequence[int | None]) -> Row | None:
        return Row("of it", (*numbers, *(None,) * (12 - len(numbers)))) if numbers else None

    return Graph(
        "A year",
        MONTHS,
        (),
        "",
        bars=row(bars),
        marks=row(marks),
        line=row(line),
        level=("budget", level) if level else None,
        pence=pence,
    )


class Stand(App[None]):
    """A bare program around graphs that scroll."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, *graphs: Graph, theme: str = "sanctuary-dark") -> None:
        super().__init__()
        self._graphs = graphs
        self._theme_name = theme

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            for one in self._graphs:
                yield MonthGraph(one)

    def on_mount(self) -> None:
        register_themes(self)
        self.theme = self._theme_name


def canvas(app: App[None], name: str = "plot") -> list[str]:
    """The lines of the first graph, or of what stands at a side of it."""
    found = app.screen.query(MonthGraph).first().query_one(f"#{name}", Canvas)
    return [found.render_line(y).text for y in range(found.size.height)]


def inside(app: App[None]) -> list[str]:
    """What stands within the frame."""
    return [line[1:-1] for line in canvas(app)[1:-1]]


# --- what is drawn


@pytest.mark.parametrize("size", SIZES)
async def test_each_bar_is_as_high_as_its_number_and_as_wide_as_the_next(
    size: tuple[int, int],
) -> None:
    numbers = [0, 1, 2, 3, 5, 8, 10, 13, 16, 21, 24, 25]
    app = Stand(graph(numbers))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        lines = inside(app)
    cells = month_cells(size[0])
    assert {len(line) for line in lines} == {12 * cells}
    assert len(lines) == ROWS
    _, top = scale(25, 1)
    heights = []
    for at, number in enumerate(numbers):
        drawn = [line[at * cells : (at + 1) * cells] for line in lines]
        shapes = {one for one in drawn if one.strip()}
        wide = max(1, cells - 2)
        blank = " " * ((cells - wide) // 2)
        assert shapes <= {f"{blank}{mark * wide}{blank}" for mark in "█▄"}, (number, drawn)
        height = sum({" ": 0, "▄": 0.5, "█": 1}[one[cells // 2]] for one in drawn)
        assert (height > 0) is (number > 0)
        assert abs(height - number * ROWS / top) <= 0.5
        heights.append(height)
    assert all(one <= other for one, other in pairwise(heights))


async def test_marks_line_and_level_are_told_apart_without_colour() -> None:
    app = Stand(
        graph(line=[100, 200, 400], marks=[None] * 11 + [900], level=700, pence=True),
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = inside(app)
        names, months = canvas(app, "margin-left"), canvas(app, "margin-bottom")
    cells = month_cells(80)
    text = "\n".join(lines)
    assert (text.count(LINE), text.count(MARK)) == (3, 1)
    (level,) = [line for line in lines if LEVEL in line]
    assert level.count(LEVEL) == 12 * cells
    (mark,) = [line for line in lines if MARK in line]
    assert mark.index(MARK) == 11 * cells + cells // 2
    assert lines.index(mark) < lines.index(level)
    firsts = [line.index(LINE) for line in reversed(lines) if LINE in line]
    assert firsts == sorted(firsts)
    assert [one.strip() for one in names if one.strip()] == ["£10", "£8", "£6", "£4", "£2", "£0"]
    assert months[0][NAMES:].split() == [f"{first:%b}" for first in MONTHS]
    assert months[0].index("Apr") == NAMES + 1 + cells // 2 - 1


@pytest.mark.parametrize("most", [2, 9, 14, 40])
async def test_a_mark_stands_in_the_highest_cell_of_a_bar_of_its_number(most: int) -> None:
    numbers = [most - at for at in range(min(most, 12))]
    app = Stand(graph(numbers, marks=numbers))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        lines = inside(app)
        names = canvas(app, "margin-left")
    cells = month_cells(80)
    step, top = scale(most, 1)
    for at, number in enumerate(numbers):
        (row,) = [y for y, line in enumerate(lines) if line[at * cells + cells // 2] == MARK]
        assert row == ROWS - ceil(number * ROWS / top)
        if number % step == 0:
            assert names[row + 1].strip() == str(number)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "odd",
    [
        graph(),
        graph([0]),
        graph([None] * 12),
        graph([0, 0], marks=[0, 1]),
        graph(line=[5], level=1, pence=True),
        graph(line=[-50_000, 10], level=100, pence=True),
        graph([10**7] * 12, marks=[1] * 12),
        graph(line=[10**12] * 12, marks=[None] * 11 + [10**13], level=10**12, pence=True),
    ],
)
async def test_nothing_odd_breaks_it(
    odd: Graph, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Stand(odd)
    async with app.run_test(size=size) as pilot:
        assert app.no_color
        await pilot.pause()
        assert len(inside(app)) == ROWS
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert len(inside(app)[0]) == 12 * month_cells(60)
    assert app.return_code in (0, None)


@pytest.mark.parametrize("highest", [0, 1, 4, 5, 6, 23, 99, 4_150, 41_500_00])
@pytest.mark.parametrize("unit", [1, 100])
def test_an_axis_is_marked_in_round_numbers_and_ends_above_the_highest(
    highest: int, unit: int
) -> None:
    step, top = scale(highest, unit)
    assert re.fullmatch(r"[125]0*", str(step))
    assert step >= unit
    assert top > highest
    assert len(range(0, top, step)) <= 6
    assert top <= max(unit, highest) * 3


@pytest.mark.parametrize("theme", TONES)
async def test_every_colour_is_of_the_theme(theme: str) -> None:
    app = Stand(graph([1, 2, 3], marks=[1], line=[1, 2], level=2), theme=theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
    tones = TONES[theme]
    inks = {tones.accent, tones.rule, *tones.inks}
    found = {
        segment.style.color.name
        for strip in strips
        for segment in strip
        if segment.style is not None and segment.style.color is not None and segment.text.strip()
    }
    assert found
    assert found <= inks


# --- what it leaves alone


async def test_it_takes_no_focus_no_key_and_no_wheel() -> None:
    app = Stand(*[graph([1, 2, 3], marks=[1])] * 4)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        body = app.screen.query_one(VerticalScroll)
        body.focus()
        before = inside(app)
        assert not [one for one in app.screen.query(MonthGraph) if one.can_focus]
        assert MonthGraph._merged_bindings is not None
        assert not MonthGraph._merged_bindings.key_to_bindings
        await pilot.click(MonthGraph, offset=(30, 4))
        assert app.focused is body
        for key in ("plus", "minus", "left", "right", "r", "ctrl+equals_sign"):
            await pilot.press(key)
        assert inside(app) == before
        first = app.screen.query(MonthGraph).first().query_one("#plot")
        first.post_message(MouseMove(first, 30, 4, 9, 3, 1, False, False, False))
        await pilot.pause()
        assert inside(app) == before
        await pilot._post_mouse_events([MouseScrollDown], MonthGraph, offset=(30, 4), button=0)
        await pilot.pause()
        assert inside(app) == before
        assert body.scroll_offset.y > 0
        await pilot.press("home", "down")
        assert body.scroll_offset.y == 1


# --- in the console


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_no_name_of_a_fund_comes_to_the_library(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        fund = Fund(name=HOSTILE, kind="part4", year=2026, budget=100_000)
        await app.write(lambda data: data.store.add(fund))
        await play(pilot, "6 p enter")
        assert isinstance(app.screen, PictureSheet)
        for _ in range(30):
            await play(pilot, "pagedown")
        shown = list(app.screen.query(MonthGraph))
        assert len(shown) == 2
        for one in shown:
            for side in ("margin-left", "margin-bottom", "margin-top"):
                for line in one.query_one(f"#{side}", Canvas)._buffer:
                    for word in "".join(line).split():
                        assert re.fullmatch(r"£?[\d,]+|[A-Z][a-z]{2}|[A-Z]{12}", word), word
            assert not one.query_one("#legend").display
        assert "app.bell" not in text_of(pilot)
    assert app.return_code in (0, None)


async def test_the_library_would_parse_it() -> None:
    """The control: why nothing but months and numbers is given to it."""

    class Parsed(App[None]):
        def compose(self) -> ComposeResult:
            yield PlotWidget()

        def on_mount(self) -> None:
            self.query_one(PlotWidget).bar([HOSTILE, "b"], [1, 2])

    with pytest.raises(MarkupError):
        async with Parsed().run_test(size=(80, 24)) as pilot:
            await pilot.pause()


async def test_the_graphs_say_what_the_returns_say(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await settle(pilot)

        def read(data: Caseload) -> tuple[list[Graph | Picture], list[Picture], Return]:
            files, purse = making.files_of(data), making.purse_of(data)
            return (
                sheet(files, YEAR, purse),
                pictures(files, YEAR, purse, exact=True),
                making.counted(data, "money", YEAR),
            )

        shown, told, found = await app.read(read)
    flow, spend = [one for one in shown if isinstance(one, Graph)]
    assert [one for one in shown if isinstance(one, Picture)] == told[2:]
    for row, picture in zip(flow.figures, told[:2], strict=True):
        assert [str(one) for one in row.numbers if one is not None] == [
            figure for bar in picture.bars for figure in bar.figures
        ]
    assert flow.bars == flow.figures[0]
    assert flow.marks is not None
    assert [one or None for one in flow.figures[1].numbers] == list(flow.marks.numbers)
    values = {key: figure.value for key, figure in found.figures.items()}
    assert spend.level == ("budget", values["council.budget"])
    assert spend.marks is not None
    assert spend.marks.numbers == (*(None,) * 11, values["council.forecast"])
    each, so_far = spend.figures
    assert spend.line == so_far
    assert [one is None for one in each.numbers] == [first > TODAY for first in MONTHS]
    assert so_far.numbers[7] == sum(one or 0 for one in each.numbers) == values["council.spent"]


@pytest.mark.parametrize("width", [77, 117, 37, 20])
def test_no_figure_is_lost_whatever_the_width(width: int) -> None:
    few = Row("Referrals", (*range(12),))
    much = Row("Spent so far", tuple(12_345_67 + one for one in range(12)))
    for rows, pence in (((few, few), False), ((few, much), True)):
        lines = Figures(Graph("A year", MONTHS, rows, "", pence=pence)).draw(width)
        text = ["".join(piece for piece, _ in line) for line in lines]
        for row in rows:
            for number in row.numbers:
                said = money(number) if pence else str(number)
                assert any(said in line.split() for line in text), said
        if width > 30:
            assert max(map(len, text)) <= width


async def test_an_empty_caseload_has_its_pictures_too(console: Opened) -> None:
    app = console("empty")
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "6 p enter")
        assert isinstance(app.screen, PictureSheet)
        assert set("".join(inside(app))) == {" "}
        text = text_of(pilot)
        for _ in range(4):
            await play(pilot, "pagedown")
            text += text_of(pilot)
        assert "Spend by month" in text
        assert "No budget is recorded." in text
