"""Sheets that ask one thing: a question, a choice, a line of text. Escape always leaves."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Generic, TypeVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from config.errors import SanctuaryError
from config.text import clean
from widgets.columns import Column, Pieces, wrap
from widgets.inputs import AreaInput, LineInput
from widgets.keybar import KeyBar
from widgets.lines import GUTTER, LineTable
from widgets.text_blocks import Words
from widgets.window import FollowsWindow

T = TypeVar("T")


class Sheet(FollowsWindow, ModalScreen[T], Generic[T]):
    """A sheet at the bottom of the screen under one thin line: title, body, keys.

    The body scrolls where the screen is small. A subclass gives ``body`` and ``keys``, and ends
    with ``dismiss(result)``; escape dismisses with None. With ``scrolls`` the keys scroll the body.
    """

    DEFAULT_CSS = """
    Sheet {
        align: center bottom;
        & > .sheet {
            width: 100%; height: auto; max-height: 100%;
            background: $surface; border-top: solid $border;
        }
        & .sheet-title { padding: 0 1; text-style: bold; }
        & .sheet-body { height: auto; max-height: 100%; padding: 0 1; scrollbar-size-vertical: 1; }
        & KeyBar { dock: none; background: $surface; }
        & LineTable { height: auto; background: $surface; }
        & .sheet-input, & .sheet-input:focus { background: $panel; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", show=False)]
    scrolls: ClassVar[bool] = False

    def __init__(self, title: str) -> None:
        super().__init__()
        self.sheet_title = title

    def body(self) -> ComposeResult:
        """The widgets between the title and the keys."""
        yield from ()

    def keys(self) -> Sequence[tuple[str, str]]:
        """What the line at the bottom lists."""
        return (("esc", "cancel"),)

    def compose(self) -> ComposeResult:
        """Title, body, keys."""
        with Vertical(classes="sheet"):
            title = Words(self.sheet_title, style="title")
            title.add_class("sheet-title")
            yield title
            with VerticalScroll(classes="sheet-body", can_focus=False):
                yield from self.body()
            yield KeyBar(self.keys())

    def on_mount(self) -> None:
        """Leave room for the title and the keys, whatever the size."""
        self._fit(self.app.size.height)
        if self.scrolls:
            body = self.query_one(".sheet-body")
            body.can_focus = True
            body.focus()

    def on_resize(self, event: events.Resize) -> None:
        """The same again for another size."""
        self._fit(event.size.height)

    def _fit(self, height: int) -> None:
        self.query_one(".sheet-body").styles.max_height = max(1, height - 4)

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)


class Confirm(Sheet[bool]):
    """A question answered with one key; escape is no.

    ``detail`` says what will happen, ``strong`` where it must be read. The result is True or False
    (None after escape).
    """

    def __init__(
        self,
        question: str,
        *,
        yes: str = "y",
        no: str = "n",
        yes_title: str = "yes",
        no_title: str = "no",
        detail: str = "",
        strong: bool = False,
    ) -> None:
        super().__init__(question)
        self._yes, self._no = yes, no
        self._titles = (yes_title, no_title)
        self._detail = detail
        self._detail_style = "strong" if strong else "dim"

    def body(self) -> ComposeResult:
        """What will happen."""
        yield Words(self._detail, style=self._detail_style)

    def keys(self) -> Sequence[tuple[str, str]]:
        """Yes, no, escape."""
        return ((self._yes, self._titles[0]), (self._no, self._titles[1]), ("esc", "cancel"))

    def on_key(self, event: events.Key) -> None:
        """Take the answer."""
        pressed = event.character if event.is_printable else event.key
        if pressed in (self._yes, self._no):
            event.stop()
            self.dismiss(pressed == self._yes)

    @on(KeyBar.Chosen)
    def _clicked(self, event: KeyBar.Chosen) -> None:
        self.dismiss(event.key == self._yes if event.key != "esc" else None)


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to pick: its value, its words, the key that picks it, a remark.

    ``also`` is not shown: other words a person may look for it by. Of ``reasons``, which are such
    words too, the one it was found by is shown behind its title.
    """

    value: Any
    title: str
    key: str = ""
    note: str = ""
    also: str = ""
    reasons: tuple[str, ...] = ()

    def found_by(self, words: Sequence[str]) -> Choice:
        """The choice as it is shown where these words were typed."""
        title = f"{self.title} {self.note} {self.also}".casefold()
        if not words or all(word in title for word in words):
            return self
        for reason in self.reasons:
            if all(word in f"{title} {reason.casefold()}" for word in words):
                return replace(self, title=f"{self.title} ({reason})")
        return self


class ChoiceList(LineTable[Choice]):
    """Choices with their keys or ticks; what is too long for a line is folded, never cut."""

    uniform: ClassVar[bool] = False

    def __init__(self, choices: Sequence[Choice], *, ticks: set[Any] | None = None) -> None:
        self.ticks = ticks
        self.keyed = any(choice.key for choice in choices)
        super().__init__(choices, empty="Nothing by that name.")

    def key(self, row: Choice) -> Hashable:
        """The value."""
        return row.value if isinstance(row.value, Hashable) else id(row)

    def columns(self) -> Sequence[Column[Choice]]:
        """Key or tick, words, remark."""
        columns: list[Column[Choice]] = []
        if self.keyed:
            columns.append(Column("key", lambda choice: (choice.key, "key"), 3))
        if self.ticks is not None:
            columns.append(Column("tick", self._tick, 3))
        columns.append(Column("title", lambda choice: choice.title, 12, weight=2))
        if any(choice.note for choice in self.rows):
            columns.append(Column("note", _note, 12, weight=2, drop=1))
        return columns

    def height(self, row: Choice, width: int) -> int:
        """As many lines as its words take."""
        return len(self._folded(row, width))

    def lines(self, row: Choice, width: int) -> list[Pieces]:
        """Key or tick and the words; the rest of them below."""
        first, *more = self._folded(row, width)
        before = " " * self._before(width)
        folded: list[Pieces] = super().lines(replace(row, title=first), width)
        return [*folded, *([(before + one, "text")] for one in more)]

    def _before(self, width: int) -> int:
        return (3 + self.gap(width)) * (self.keyed + (self.ticks is not None))

    def _folded(self, row: Choice, width: int) -> list[str]:
        if any(column.name == "note" for column in self._known_columns()):
            return [row.title]  # the remark beside it is what gives way
        return wrap(row.title, max(1, width - self._before(width))) or [""]

    def _tick(self, choice: Choice) -> tuple[str, str]:
        ticked = self.ticks is not None and choice.value in self.ticks
        return ("[x]", "good") if ticked else ("[ ]", "dim")


def _note(choice: Choice) -> tuple[str, str]:
    return choice.note, "dim"


def as_choices(options: Sequence[Choice | tuple[Any, str] | str]) -> list[Choice]:
    """Choices from choices, ``(value, words)`` pairs or plain words."""
    made: list[Choice] = []
    for option in options:
        if isinstance(option, Choice):
            made.append(option)
        elif isinstance(option, str):
            made.append(Choice(option, option))
        else:
            made.append(Choice(option[0], option[1]))
    return made


class Pick(Sheet[Any]):
    """One of several: by its own key, or by typing part of its words, then enter.

    The result is the choice's value, or None after escape.
    """

    DEFAULT_CSS = """
    Pick { & .sheet-filter { margin: 0 1; } }
    """

    def __init__(
        self,
        title: str,
        options: Sequence[Choice | tuple[Any, str] | str],
        *,
        current: Any = None,
        filtered: bool | None = None,
    ) -> None:
        super().__init__(title)
        self._choices = as_choices(options)
        self._current = current
        keyed = any(choice.key for choice in self._choices)
        self._filtered = not keyed if filtered is None else filtered
        self.list = self._list()

    def _list(self) -> ChoiceList:
        return ChoiceList(self._choices)

    def body(self) -> ComposeResult:
        """The filter where there is one, and the list."""
        if self._filtered:
            yield LineInput(placeholder="type to narrow", classes="sheet-input")
        yield self.list

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to choose."""
        return (("↑↓", "move"), ("enter", "choose"), ("esc", "cancel"))

    def on_mount(self) -> None:
        """Start on the current choice."""
        self.list.select(self._current)
        if self._filtered:
            self.query_one(Input).focus()
        else:
            self.list.focus(scroll_visible=False)  # what stands above it is read first

    def _fit(self, height: int) -> None:
        super()._fit(height)
        rows = height - 4 - (1 if self._filtered else 0)
        self.list.styles.max_height = max(1, rows)
        width = max(1, self.app.size.width - 3 - GUTTER)
        lines = sum(self.list.height(choice, width) for choice in self._choices)
        self.list.styles.height = max(1, min(rows, lines))

    def on_key(self, event: events.Key) -> None:
        """A choice's own key picks it; arrows move the list while the filter has the focus."""
        if self._filtered and event.key in ("up", "down", "pageup", "pagedown"):
            event.stop()
            step = -1 if event.key.endswith("up") else 1
            (self.list.action_page if "page" in event.key else self.list.action_move)(step)
            return
        if self._filtered and event.key in ("home", "end") and not self.query_one(Input).value:
            event.stop()
            self.list.action_end(1 if event.key == "end" else -1)
            return
        if self._filtered or not event.is_printable:
            return
        for choice in self._choices:
            if choice.key and choice.key == event.character:
                event.stop()
                self.picked(choice)
                return

    def picked(self, choice: Choice) -> None:
        """Take a choice."""
        self.dismiss(choice.value)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        words = event.value.casefold().split()

        def stands_in(text: str) -> bool:
            return all(word in text.casefold() for word in words)

        shown = [each.found_by(words) for each in self._choices]
        found = [each for each in shown if stands_in(f"{each.title} {each.note} {each.also}")]
        # What begins with exactly that word (a number) comes first; then what is called so, before
        # what only mentions it.
        self.list.set_rows(
            sorted(
                found,
                key=lambda each: (
                    each.title.casefold().split()[:1] != words,
                    not stands_in(each.title),
                ),
            )
        )
        if words:
            self.list.action_end(-1)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.list.row is not None:
            self.picked(self.list.row)

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.picked(event.row)


class Checklist(Pick):
    """Any number of several: space ticks, enter takes them.

    The result is the list of ticked values in the order of the list, or None after escape.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", "Tick", show=False)]

    def __init__(
        self,
        title: str,
        options: Sequence[Choice | tuple[Any, str] | str],
        *,
        chosen: Sequence[Any] = (),
    ) -> None:
        self._ticks = set(chosen)
        super().__init__(title, options, filtered=False)

    def _list(self) -> ChoiceList:
        return ChoiceList(self._choices, ticks=self._ticks)

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to tick."""
        return (("space", "tick"), ("enter", "take"), ("esc", "cancel"))

    def action_tick(self) -> None:
        """Tick or untick the choice under the cursor."""
        row = self.list.row
        if row is not None:
            self._ticks ^= {row.value}
            self.list.restyle()

    def picked(self, choice: Choice) -> None:
        """Take what is ticked."""
        self.dismiss([each.value for each in self._choices if each.value in self._ticks])


class Ask(Sheet[str]):
    """A line of text, or several; enter (or ctrl+s) takes it.

    The result is the cleaned text, or None after escape. With ``required`` a blank is refused, and
    so is what ``judge`` raises a ``SanctuaryError`` for. With ``replaces`` what is typed first
    takes the place of the ``value`` that stands there.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "save", "Save", show=False, priority=True)
    ]

    def __init__(
        self,
        title: str,
        label: str = "",
        *,
        multiline: bool = False,
        value: str = "",
        limit: int = 200,
        required: bool = False,
        help: str = "",
        replaces: bool = False,
        judge: Callable[[str], object] | None = None,
    ) -> None:
        super().__init__(title)
        self._replaces = replaces
        self._judge = judge
        self._label = label
        self._multiline = multiline
        self._value = value
        self._limit = limit
        self._required = required
        self._help = help

    def body(self) -> ComposeResult:
        """The label, the field, and a line for what is wrong."""
        if self._label:
            yield Words(self._label, style="dim")
        field: Widget
        if self._multiline:
            field = AreaInput(self._value, limit=self._limit, classes="sheet-input")
            field.styles.height = 6
        else:
            field = LineInput(self._value, limit=self._limit, classes="sheet-input")
            field.select_on_focus = self._replaces
        yield field
        yield Words(self._help, style="dim", id="ask-note")

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to take it."""
        take = ("ctrl+s", "save") if self._multiline else ("enter", "ok")
        return (take, ("esc", "cancel"))

    def _fit(self, height: int) -> None:
        super()._fit(height)
        for area in self.query(TextArea):
            area.styles.height = max(1, min(6, height - 6))

    def on_mount(self) -> None:
        """Start in the field."""
        self.query("Input, TextArea").first(Widget).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_save()

    def action_save(self) -> None:
        """Take the text."""
        field = self.query("Input, TextArea").first(Widget)
        raw = field.text if isinstance(field, TextArea) else getattr(field, "value", "")
        text = clean(raw, multiline=self._multiline, limit=self._limit).strip()
        if self._required and not text:
            self._refuse("Write something first.")
            return
        if self._judge is not None:
            try:
                self._judge(text)
            except SanctuaryError as error:
                self._refuse(error.sentence)
                return
        self.dismiss(text)

    def _refuse(self, sentence: str) -> None:
        self.query_one("#ask-note", Words).set_text(sentence, "late")
