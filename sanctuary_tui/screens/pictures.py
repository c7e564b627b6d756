"""Pictures: a year in graphs and bars, the figures with them, and the page for the board."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from sanctuary_tui.bars import Bar, Graph, Picture
from sanctuary_tui.returns import making
from sanctuary_tui.returns.pictures import sheet
from sanctuary_tui.screens.asking import pick
from sanctuary_tui.screens.by_month import LEVEL, LINE, MARK, Figures, in_columns
from sanctuary_tui.screens.exporting import export_summary
from sanctuary_tui.screens.returns import period_words, years
from widgets.columns import Pieces, drawable, fit
from widgets.dialogs import Sheet
from widgets.text_blocks import Block, Words

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk
    from sanctuary_tui.returns.figures import Period

MARKS: Final = "█▒·"
"""What the parts of a bar are drawn of: told apart without colour."""
_STYLES: Final = ("accent", "text", "dim")
_LEAST_ROOM: Final = 10
"""Cells of a bar beside its figures; where there are fewer it is drawn under them."""


class Drawn(Block):
    """One picture: a line a bar, name and figures first."""

    def __init__(self, picture: Picture, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._picture = picture

    def draw(self, width: int) -> list[Pieces]:
        """Title, what the parts are, then the bars."""
        shown = self._picture
        named = max((cell_len(drawable(bar.name)) for bar in shown.bars), default=0)
        names = min(named, max(8, width * 2 // 5))
        wide = [
            max(map(len, column))
            for column in zip(shown.heads, *(bar.figures for bar in shown.bars), strict=True)
        ]
        used = names + sum(wide) + 2 * len(wide) + 2
        beside = width - used >= _LEAST_ROOM
        keys = [f"{mark} {words}" for mark, words in zip(MARKS, shown.parts, strict=False)]
        said = (shown.title, *keys) if keys else (shown.title,)
        lines: list[Pieces] = [[("   ".join(said), "head")]]
        if len(shown.heads) > 1:
            lines.append([(f"{'':{names}}{in_columns(shown.heads, wide)}", "dim")])
        for bar in shown.bars:
            line: Pieces = [
                (fit(bar.name, names), "text"),
                (in_columns(bar.figures, wide), "strong"),
                ("  ", "text"),
            ]
            lines.append(line)
            if beside:
                line += self._of_parts(bar, width - used)
            elif bar.lengths:
                lines.append([("  ", "text"), *self._of_parts(bar, max(0, width - 2))])
        return lines

    def _of_parts(self, bar: Bar, room: int) -> Pieces:
        ends = self._picture.ends(bar, room)
        return [
            (mark * (end - start), style)
            for mark, style, start, end in zip(MARKS, _STYLES, [0, *ends], ends, strict=False)
        ]


class PictureSheet(Sheet[bool]):
    """Every picture of a year, exact; true to write the page."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "export", "Write", show=False)]
    scrolls: ClassVar[bool] = True

    def __init__(self, period: Period, shown: Sequence[Graph | Picture]) -> None:
        super().__init__(f"{period.code} in pictures. Exact, for this council.")
        self._shown = shown

    def body(self) -> ComposeResult:
        """A block a picture, then what is in none of them."""
        for one in self._shown:
            if isinstance(one, Graph):
                yield from _of_graph(one)
            else:
                yield Drawn(one)
            yield Words(one.rule, style="dim")
            yield Words(" ")
        yield Words(making.SEALED, style="dim")

    def keys(self) -> Sequence[tuple[str, str]]:
        """Scroll, write, leave."""
        return (("↑↓", "scroll"), ("e", "write the page for the board"), ("esc", "close"))

    def action_export(self) -> None:
        """Leave, to write the page."""
        self.dismiss(True)


def _of_graph(graph: Graph) -> ComposeResult:
    from sanctuary_tui.screens.graphs import MonthGraph

    keys = [
        f"{mark} {row.name[:1].lower()}{row.name[1:]}"
        for mark, row in ((MARKS[0], graph.bars), (LINE, graph.line), (MARK, graph.marks))
        if row is not None
    ]
    if graph.level is not None:
        keys.append(f"{LEVEL} {graph.level[0]}")
    yield Words("   ".join((graph.title, *keys)), style="head")
    yield MonthGraph(graph)
    yield Figures(graph)
    if graph.said:
        yield Words(" ".join(graph.said))


def _read(data: Caseload, period: Period) -> list[Graph | Picture]:
    """What is shown, and what draws it: the library is a tenth of a second's import."""
    import_module("sanctuary_tui.screens.graphs")
    return sheet(making.files_of(data), period, making.purse_of(data))


async def pictures(app: Desk) -> None:
    """Choose a year and look at it; write the page where that is asked for."""
    choices = [(one.code, period_words(one)) for one in years(app.today)]
    code: str | None = await pick(app, "Pictures: of which year", choices)
    if code is None:
        return
    period = next(one for one in years(app.today) if one.code == code)
    shown = await app.read(lambda data: _read(data, period))
    if await app.push_screen_wait(PictureSheet(period, shown)):
        await export_summary(app, period)
        await app.reload()  # the register shows it
