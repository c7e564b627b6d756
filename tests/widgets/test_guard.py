"""No data puts a control character on the terminal, whatever widget draws it.

What the driver is given is searched: the only escape codes in it may be Textual's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
import textual
import textual.strip
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.app import App, ComposeResult
from textual.content import Content
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import (
    Button,
    Checkbox,
    Collapsible,
    DataTable,
    Input,
    Label,
    ListItem,
    ListView,
    OptionList,
    RadioButton,
    RichLog,
    Select,
    SelectionList,
    Static,
    Tab,
    Tabs,
    TextArea,
    Tree,
)

from widgets.guard import install_guard

STOCK_RENDER = Strip.render
MARK = "ZX"
PAYLOADS = {
    "clipboard": "\x1b]52;c;Zm9v\x07",
    "clear": "\x1b[2J\x1b[H",
    "title": "\x1b]0;PWNED\x1b\\",
    "leave": "\x1b[?1049l",
    "c1": "\x9b2J\x9d0;PWNED\x9c",
    "bidi": "\u202eexe.\u2066x\u2069",
    "nul": "\x00\x7f\x08\x0e",
    "surrogate": "\udce9\ud800",
    "separator": "\u2028\u2029",
}
# What Textual itself may send: colours, cursor moves, synchronised output.
OWN_CODES = re.compile(r"\x1b\[(?:[0-9;]*m|\d+;\d+H|\?2026[hl])")
FORBIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def _data_table(text: str) -> Widget:
    table: DataTable[Text] = DataTable()
    table.add_column(Text(text))
    table.add_row(Text(text))
    return table


def _tree(text: str) -> Widget:
    tree: Tree[None] = Tree(Text(text))
    tree.root.add_leaf(Text(text))
    tree.root.expand()
    return tree


def _tabs(text: str) -> Widget:
    return Tabs(Tab(Content(text)))  # type: ignore[arg-type]


def _border(text: str) -> Widget:
    widget = Static("x", markup=False)
    widget.styles.border = ("solid", "white")
    widget.border_title = Content(text)  # type: ignore[assignment]
    return widget


def _link(text: str) -> Widget:
    return Static(Text("x", style=Style(link=f"http://localhost/{text}")))


printable = st.characters(codec="utf-8", exclude_categories=("C", "Z"))
STYLES = [Style(), Style(bold=True, color="red"), Style(color="#102030", bgcolor="white", dim=True)]


class _Line(Widget):
    """A widget of the Line API."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text

    def render_line(self, y: int) -> Strip:
        return Strip([Segment(self._text if y == 0 else " ")])


WIDGETS: dict[str, Callable[[str], Widget]] = {
    "Static": lambda text: Static(Content(text)),
    "Label": lambda text: Label(text, markup=False),
    "Button": lambda text: Button(Content(text)),
    "Checkbox": lambda text: Checkbox(Content(text)),  # type: ignore[arg-type]
    "RadioButton": lambda text: RadioButton(Content(text)),  # type: ignore[arg-type]
    "Collapsible": lambda text: Collapsible(title=Content(text)),  # type: ignore[arg-type]
    "Input": lambda text: Input(text),
    "Input.placeholder": lambda text: Input(placeholder=text),
    "TextArea": lambda text: TextArea(text),
    "OptionList": lambda text: OptionList(text, markup=False),
    "Select": lambda text: Select([(Content(text), 1)], value=1),  # type: ignore[list-item]
    "SelectionList": lambda text: SelectionList((Content(text), 1)),  # type: ignore[arg-type]
    "ListView": lambda text: ListView(ListItem(Label(Content(text)))),
    "DataTable": _data_table,
    "Tree": _tree,
    "border_title": _border,
    "Tabs": _tabs,
    "link": _link,
    "Line API": _Line,
    "RichLog": lambda text: RichLog(),
}


@pytest.fixture(autouse=True)
def _guarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard stands for the test, then goes, so that other tests see stock Textual."""
    monkeypatch.setattr(Strip, "render", STOCK_RENDER)  # so that it is put back
    install_guard()


async def drawn(name: str, text: str) -> str:
    """Return all that a driver would be given to draw the widget with this text."""

    class OneWidget(App[None]):
        def compose(self) -> ComposeResult:
            yield WIDGETS[name](text)

    app = OneWidget()
    async with app.run_test(size=(60, 12)) as pilot:
        for log in app.query(RichLog):
            log.write(Text(text))
        await pilot.pause()
        update = app.screen._compositor.render_full_update()
        return update.render_segments(app.console)


def unguarded(output: str) -> list[str]:
    return FORBIDDEN.findall(OWN_CODES.sub("", output))


@pytest.mark.guarantee
@pytest.mark.parametrize("name", WIDGETS)
async def test_nothing_passes(name: str) -> None:
    text = MARK + "".join(PAYLOADS.values()) + MARK
    output = await drawn(name, text)
    assert unguarded(output) == []
    assert MARK in output or name == "link"
    output.encode()


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_control_stock_textual_passes_each_payload(
    payload: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Strip, "render", STOCK_RENDER)
    text = MARK + PAYLOADS[payload]
    output = await drawn("Input", text)
    assert unguarded(output) != []


def render(*texts: str) -> str:
    return Strip([Segment(text) for text in texts]).render(Console())


def test_columns_stay_where_the_layout_put_them() -> None:
    """What takes no cell is dropped; what takes one is replaced."""
    assert render("a\x1b[2Jb", "c") == "a[2Jbc"
    assert render("a\ud800b") == "a\ufffdb"


@pytest.mark.parametrize("text", ["Zoë Ó", "محمد\u200cرضا", "👩\u200d👧", "a\u00a0b", "───▌"])
def test_what_people_write_passes(text: str) -> None:
    assert render(text) == text


def test_styles_are_kept_and_hyperlinks_are_not() -> None:
    strip = Strip([Segment("a\x07b", Style(bold=True, link="http://localhost\x1b\\\x1b[2J"))])
    assert strip.render(Console(color_system="truecolor")) == "\x1b[1mab\x1b[0m"


@given(st.lists(st.tuples(st.text(printable), st.sampled_from([None, *STYLES])), max_size=6))
def test_what_is_safe_is_drawn_as_stock_textual_draws_it(
    segments: list[tuple[str, Style | None]],
) -> None:
    console = Console(color_system="truecolor")
    ours, stock = (Strip([Segment(*segment) for segment in segments]) for _ in range(2))
    assert ours.render(console) == STOCK_RENDER(stock, console)


def test_installing_again_changes_nothing() -> None:
    once = Strip.render
    install_guard()
    assert Strip.render is once


def test_it_stands_on_the_textual_it_was_written_for() -> None:
    """A newer Textual may draw another way: read ``Strip.render`` again before this changes."""
    assert textual.__version__ == "8.2.8"
    assert {"render", "render_style", "render_ansi"} <= set(vars(textual.strip.Strip))
    assert isinstance(Strip([])._segments, list)


def test_every_way_to_the_terminal_goes_through_strips() -> None:
    """``App._display`` draws compositor updates only; all of them render strips."""
    import inspect

    from textual import _compositor

    updates: list[Any] = [
        _compositor.LayoutUpdate,
        _compositor.InlineUpdate,
        _compositor.ChopsUpdate,
    ]
    assert all("strip.render(console)" in inspect.getsource(update) for update in updates)
