"""One field of a form: a line of text, a long text, a choice, several, a date, a sum, a link."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from time import monotonic
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from config.codes import CODES, split
from config.errors import BadInputError
from config.synonyms import SYNONYMS
from config.text import clean, guard
from db.fields import FieldSpec
from widgets.columns import Pieces, width_of
from widgets.dialogs import Checklist, Choice, Pick
from widgets.inputs import AreaInput, FieldCut, LineInput
from widgets.readings import Reader, make_reader, to_raw
from widgets.text_blocks import Block
from widgets.themes import palette_for

LONG_LEAST, LONG_MOST = 4, 12
"""Lines of a long text while it is written in: at least, and at most before it scrolls."""


class FieldLeft(Message):
    """A field is done with: go ``step`` fields on (or back)."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step


class FieldEdited(Message):
    """What a field holds has changed."""

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field


class Field(Widget):
    """What every field of a form can do."""

    field_name: str = ""
    spec: FieldSpec

    def raw(self) -> str:
        """What stands in the field, as text."""
        raise NotImplementedError

    def load(self, raw: str) -> None:
        """Put ``raw`` into the field."""
        raise NotImplementedError

    def parsed(self) -> object:
        """What stands in the field, as the record keeps it.

        Raises:
            BadInputError: it cannot be read.
        """
        raise NotImplementedError

    def lines_taken(self) -> int:
        """Lines the field takes on the screen."""
        return 1

    def action_leave(self, step: int) -> None:
        """Go to another field."""
        self.post_message(FieldLeft(step))


LEAVE: list[BindingType] = [
    Binding("up", "leave(-1)", "Previous", show=False),
    Binding("down", "leave(1)", "Next", show=False),
]


_NOT_YET = {
    "date": "no date yet",
    "datetime": "no time yet",
    "money": "no sum yet",
    "safe_times": "no times yet",
}
"""What stands beside an answer that cannot be read, while it is typed; by what reads it."""


class TextField(LineInput, Field):
    """A line of text; with a reader, one that is read as a date, a number or a sum.

    The reading stands beside what was typed, so that ``3/11`` is seen to be Tue 3 Nov 2026.
    """

    BINDINGS: ClassVar[list[BindingType]] = LEAVE

    def __init__(self, name: str, spec: FieldSpec, raw: str, reader: Reader | None = None) -> None:
        super().__init__(raw, limit=spec.limit if spec.kind == "text" else 60)
        self.select_on_focus = spec.kind != "text"  # a new date replaces the old one
        self.field_name = name
        self.spec = spec
        self._reader = reader
        self._note = ""
        self._take_reading()

    def raw(self) -> str:
        """What was typed."""
        return self.value

    def load(self, raw: str) -> None:
        """Put other text in."""
        self.value = clean(raw, multiline=False, limit=self.limit)

    def parsed(self) -> object:
        """The cleaned text, or what the reader makes of it; None for a blank date or number."""
        text = clean(self.value, multiline=False, limit=self.limit).strip()
        if self._reader is None or (self.spec.kind == "text" and not text):
            return text
        return self._reader(text)[0] if text else None

    def _watch_value(self, value: str) -> None:
        super()._watch_value(value)
        self._take_reading()
        self.post_message(FieldEdited(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on to the next field."""
        event.stop()
        self.post_message(FieldLeft(1))

    def _take_reading(self) -> None:
        if getattr(self, "_reader", None) is None:
            return
        text = self.value.strip()
        try:
            self._note = self._reader(text)[1] if text and self._reader else ""
        except BadInputError:
            self._note = _NOT_YET.get(self.spec.reads or self.spec.kind, "")

    def render_line(self, y: int) -> Strip:
        """The text, and the reading beside it where it differs and there is room."""
        strip = super().render_line(y)
        if not self._note or self._note == self.value.strip():
            return strip
        note = guard(self._note)
        at = self.content_width + 2
        if y or at + len(note) > self.size.width:
            return strip
        style = self.rich_style + palette_for(self.app)["accent"]
        shown = Strip.join([strip.crop(0, at), Strip([Segment(note, style)], len(note))])
        return shown.extend_cell_length(self.size.width, self.rich_style)


class LongField(AreaInput, Field):
    """Several lines of text: folded to what it holds, opened while it is written in."""

    class Folded(Message):
        """The text has been folded to another width, and may take more lines or fewer."""

    def __init__(self, name: str, spec: FieldSpec, raw: str) -> None:
        super().__init__(raw, limit=spec.limit)
        self.field_name = name
        self.spec = spec
        self._folded_to = 0

    def on_resize(self) -> None:
        """Tell, once it is done: nobody knows before how many lines the text takes."""
        if self.size.width != self._folded_to:
            self._folded_to = self.size.width
            self.call_next(self.post_message, self.Folded())

    def raw(self) -> str:
        """What was typed."""
        return self.text

    def load(self, raw: str) -> None:
        """Put other text in, and go on where it ends."""
        self.load_text(clean(raw, limit=self.limit))
        self.move_cursor(self.document.end)

    def parsed(self) -> object:
        """The cleaned text."""
        return clean(self.text, limit=self.limit).strip()

    def lines_taken(self) -> int:
        """The lines of text; while it has the focus at least ``LONG_LEAST``."""
        height = max(1, self.wrapped_document.height)
        if self.has_focus:
            return max(LONG_LEAST, min(LONG_MOST, height + 1))
        return min(LONG_LEAST, height)

    async def _on_key(self, event: events.Key) -> None:
        leaves = {"up": self.cursor_at_first_line, "down": self.cursor_at_last_line}
        if leaves.get(event.key):
            event.stop()
            event.prevent_default()
            self.post_message(FieldLeft(-1 if event.key == "up" else 1))
            return
        await super()._on_key(event)


_WORD = re.compile(r"(?<![\w'’])\w")
"""Where a word begins."""
SPELL_SECONDS = 1.0
"""Letters that follow each other within this time spell one word."""


class ChoiceField(Block, Field, can_focus=True):
    """One of a list: left, right or space steps, letters spell one, enter opens the list.

    Backspace takes back a letter just typed; otherwise it clears, as delete does.
    """

    DEFAULT_CSS = """
    ChoiceField { height: 1; }
    ChoiceField:focus { background: $block-cursor-background; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *LEAVE,
        Binding("left", "step(-1)", "Previous choice", show=False),
        Binding("right,space", "step(1)", "Next choice", show=False),
        Binding("backspace", "unspell", "Last letter, or clear", show=False),
        Binding("delete", "blank", "Clear", show=False),
        Binding("enter", "open", "All choices", show=False),
    ]

    def __init__(
        self, name: str, spec: FieldSpec, raw: str, choices: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__()
        self._synonyms = SYNONYMS.get(spec.codes, {})
        self._reason = ""
        self.field_name = name
        self.spec = spec
        self._choices = list(choices)
        self._raw = raw
        self._typed = ""
        self._typed_at = 0.0
        self._before = raw

    def offers(self, raw: str) -> bool:
        """Whether a code (or an id, as text) is in the list."""
        return any(code == raw for code, _ in self._choices)

    def raw(self) -> str:
        """The code (or the id, as text) of the choice."""
        return self._raw

    def load(self, raw: str) -> None:
        """Choose something else."""
        self._reason = ""
        if raw != self._raw:
            self._raw = raw
            self.post_message(FieldEdited(self))
        self.redraw_line()

    def parsed(self) -> object:
        """The code, or for a link the id; None for no link."""
        if self.spec.kind == "link":
            return int(self._raw) if self._raw else None
        return self._raw

    def draw(self, width: int) -> list[Pieces]:
        """The words of the choice, between arrows while it has the focus."""
        words, style = self._shown()
        if not self.has_focus:
            return [[(words, style)]]
        pieces: Pieces = [("‹ ", "key"), (words, "strong"), (" ›", "key")]
        hint = "  enter: list"
        return [[*pieces, (hint, "dim")] if width_of(pieces) + len(hint) <= width else pieces]

    def redraw_line(self) -> None:
        """Draw the line afresh."""
        self._drawn = (-1, [])
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The arrows show where the keys go."""
        super().watch_has_focus(has_focus)
        self._typed = ""
        self.redraw_line()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters and digits jump to a choice."""
        return character is not None and character.isalnum()

    async def _on_key(self, event: events.Key) -> None:
        letter = (event.character or "").casefold()
        spelling = self._typed and monotonic() - self._typed_at < SPELL_SECONDS
        # Within a word that is spelled a space or a mark is part of it, and no step.
        if len(letter) == 1 and (letter.isalnum() or (spelling and letter.isprintable())):
            event.stop()
            event.prevent_default()
            self._jump(letter)

    def action_step(self, step: int) -> None:
        """The next or the previous choice, round and round."""
        codes = [code for code, _ in self._choices]
        if not codes:
            return
        self._typed = ""
        at = codes.index(self._raw) if self._raw in codes else (-1 if step > 0 else 0)
        self.load(codes[(at + step) % len(codes)])

    def action_blank(self) -> None:
        """Back to not asked (or to nothing)."""
        self._typed = ""
        codes = [code for code, _ in self._choices]
        if "not_asked" in codes or "" in codes:
            self.load("not_asked" if "not_asked" in codes else "")

    def action_unspell(self) -> None:
        """Take back the last letter of the word that is spelled; where none is, clear."""
        if not self._typed:
            self.action_blank()
            return
        self._typed, self._typed_at = self._typed[:-1], monotonic()
        codes = self._fitting(self._typed) if self._typed else []
        self.load(codes[0] if codes else self._before)
        if codes:
            self._say_why(self._typed)
        self.post_message(FieldEdited(self))  # what was said of the letter holds no more

    def action_open(self) -> None:
        """All choices in a list that can be narrowed by typing."""
        self._typed = ""
        choices = [
            Choice(code, title, reasons=self._synonyms.get(code, ()))
            for code, title in self._choices
        ]
        sheet = Pick(self.spec.label, choices, current=self._raw, filtered=True)
        self.app.push_screen(sheet, self._picked)

    def on_click(self) -> None:
        """A click opens the list once the field has the focus."""
        if self.has_focus:
            self.action_open()

    def _picked(self, raw: str | None) -> None:
        if raw is not None:
            self.load(raw)

    def _shown(self) -> tuple[str, str]:
        words = dict(self._choices).get(self._raw, self._raw) or "-"
        words += f" ({self._reason})" if self._reason else ""
        return words, "dim" if self._raw in ("", "not_asked", "not_known") else "text"

    def _jump(self, letter: str) -> None:
        """Letters typed in one go spell the choice; the same one again goes to the next.

        Once they spell none, the choice is what it was before the first of them.
        """
        now = monotonic()
        if not self._typed or now - self._typed_at >= SPELL_SECONDS:
            self._typed, self._before = "", self._raw
        typed = self._typed + letter
        again = len(typed) > 1 and typed == letter * len(typed)
        if again and not self._fitting(typed):
            typed = letter
        self._typed, self._typed_at = typed, now
        codes = self._fitting(typed)
        if not codes:
            self.load(self._before)
            said = f"No answer begins with {typed.strip()}: enter shows the list."
            self.post_message(FieldCut(said))
        elif self._raw not in codes:
            self.load(codes[0])
        elif len(typed) == 1:
            self.load(codes[(codes.index(self._raw) + 1) % len(codes)])
        self._say_why(typed)

    def _say_why(self, typed: str) -> None:
        """Beside an answer that was found by another word for it, that word."""
        if not self._by_title(typed):
            self._reason = next(iter(self._meant(self._raw, typed)), "")
        self.redraw_line()

    def _meant(self, code: str, typed: str) -> list[str]:
        """Other words for an answer that begin so."""
        return [
            word
            for word in self._synonyms.get(code, ())
            if word.casefold().startswith(typed.strip())
        ]

    def _fitting(self, typed: str) -> list[str]:
        """Choices whose words begin so; where none do, those with a later word that does; else
        those that another word is known for which begins so."""
        return self._by_title(typed) or [
            code for code, _ in self._choices if self._meant(code, typed)
        ]

    def _by_title(self, typed: str) -> list[str]:
        typed = typed.strip()
        words = [(code, title.casefold()) for code, title in self._choices]
        first = [code for code, title in words if title.startswith(typed)]
        return first or [
            code
            for code, title in words
            if any(title.startswith(typed, at.start()) for at in _WORD.finditer(title))
        ]


class ManyField(ChoiceField):
    """Any number of a list: enter or space opens it with ticks."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *LEAVE,
        Binding("enter,space,left,right", "open", "Tick", show=False),
        Binding("backspace,delete", "blank", "Clear", show=False),
    ]

    def draw(self, width: int) -> list[Pieces]:
        """The words of what is chosen."""
        words = dict(self._choices)
        chosen = ", ".join(words.get(code, code) for code in split(self._raw))
        shown: Pieces = [(chosen or "-", "text" if chosen else "dim")]
        hint = "  enter: tick"
        if self.has_focus and width_of(shown) + len(hint) <= width:
            shown.append((hint, "dim"))
        return [shown]

    def action_open(self) -> None:
        """The list with ticks."""
        sheet = Checklist(self.spec.label, self._choices, chosen=split(self._raw))
        self.app.push_screen(sheet, self._taken)

    def action_step(self, step: int) -> None:
        """Opens the list: there is nothing to step through."""
        self.action_open()

    def action_blank(self) -> None:
        """Untick all."""
        self.load("")

    def _taken(self, codes: list[str] | None) -> None:
        if codes is not None:
            self.load(";".join(codes))

    def _jump(self, letter: str) -> None:
        self.action_open()


def make_field(
    name: str,
    spec: FieldSpec,
    value: object,
    *,
    today: date,
    now: Callable[[], datetime],
    links: Sequence[tuple[int, str]] = (),
    only: Sequence[str] | None = None,
) -> Field:
    """The field for a declared field of a record; ``only`` narrows what a code may be chosen from.

    A value that is not among those is what the field starts with, but is not offered.
    """
    raw = to_raw(spec, value)
    if spec.kind == "long":
        return LongField(name, spec, raw)
    if spec.kind == "code":
        listed = list(CODES[spec.codes].items())
        if only is not None:
            listed = [one for one in listed if one[0] in only]
        if not raw:
            listed = [("", "-"), *listed]
        return ChoiceField(name, spec, raw, listed)
    if spec.kind == "codes":
        return ManyField(name, spec, raw, list(CODES[spec.codes].items()))
    if spec.kind == "link":
        options = [("", "-"), *((str(key), title) for key, title in links)]
        return ChoiceField(name, spec, raw, options)
    return TextField(name, spec, raw, make_reader(spec, name, today, now))
