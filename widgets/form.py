"""A form made from a record's field declarations: one line a field, labels aligned, no boxes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from config.errors import BadInputError
from config.format import local
from config.looks import doubt
from db.fields import FieldSpec
from db.models import Record, specs
from widgets.columns import Pieces, fit, fit_pieces
from widgets.fields import (
    LONG_MOST,
    ChoiceField,
    Field,
    FieldEdited,
    FieldLeft,
    LongField,
    make_field,
)
from widgets.inputs import FieldCut
from widgets.text_blocks import Words
from widgets.themes import inked, palette_for

MOST_LABEL = 36


class Labels(Widget):
    """The labels of all fields in one column: the focused one marked, wrong ones flagged."""

    DEFAULT_CSS = """
    Labels { width: auto; height: auto; }
    """

    def __init__(self, form: RecordForm) -> None:
        super().__init__()
        self._form = form
        self._rows: list[tuple[Field | None, bool]] = []

    def render_line(self, y: int) -> Strip:
        """The label of the field that starts on this line."""
        palette = palette_for(self.app)
        width = self.size.width
        field, first = self._at(y)
        pieces = fit_pieces(self._label(field, width) if field and first else [], width)
        over = palette.cursor if field and field.has_focus else None
        return Strip(inked(pieces, palette, self.rich_style, over), width)

    def _at(self, y: int) -> tuple[Field | None, bool]:
        """The field on a line, and whether it is the field's first line."""
        return self._rows[y] if y < len(self._rows) else (None, False)

    def place(self, heights: Sequence[tuple[Field, int]]) -> None:
        """Take over which field stands on which line."""
        self._rows = [(field, line == 0) for field, lines in heights for line in range(lines)]
        self.styles.height = len(self._rows)
        self.refresh()

    def _label(self, field: Field, width: int) -> Pieces:
        here = field is self._form.current
        wrong = field.field_name in self._form.flagged
        mark = "› " if here else "  "
        style = "late" if wrong else ("key" if here else "dim")
        text = _label_text(field.spec)
        doubted = field.field_name in self._form.doubted
        flag = ("! ", "stop") if wrong else ("? ", "warn") if doubted else ("  ", "stop")
        return [(mark, "key"), (fit(text, max(1, width - 4)), style), flag]


class RecordForm(Vertical):
    """Fields for a record class, made from its declarations.

    Args:
        record_class: whose declared fields are asked.
        values: what the fields start with; defaults of the record for what is missing.
        only: the names to ask, in this order; all shown fields when None.
        role: only fields for this role (and those for all); follows the ``role`` field if asked.
        links: for a table, the rows a link may point at: id and words.
        choices: for a field with a list of codes, those offered here; all of them when missing.
        today: the date that ``today``, ``fri`` and ``+2w`` count from.

    The help of the focused field, or what is wrong with it, stands on the line below the fields.
    """

    DEFAULT_CSS = """
    RecordForm {
        height: 1fr;
        & > .form-body { height: 1fr; scrollbar-size-vertical: 1; }
        & > .form-body > Horizontal { height: auto; }
        & .form-fields { height: auto; width: 1fr; }
        & > .form-help { height: 2; max-height: 2; padding: 0 2; background: $panel; }
    }
    """

    class Changed(Message):
        """What a field holds has changed."""

        def __init__(self, form: RecordForm, name: str) -> None:
            super().__init__()
            self.form = form
            self.name = name

        @property
        def control(self) -> RecordForm:
            """The form that sent it."""
            return self.form

    class Finished(Message):
        """Enter or down was pressed in the last field."""

        def __init__(self, form: RecordForm) -> None:
            super().__init__()
            self.form = form

        @property
        def control(self) -> RecordForm:
            """The form that sent it."""
            return self.form

    def __init__(
        self,
        record_class: type[Record],
        values: Mapping[str, object] | None = None,
        *,
        only: Sequence[str] | None = None,
        role: str | None = None,
        links: Mapping[str, Sequence[tuple[int, str]]] | None = None,
        choices: Mapping[str, Sequence[str]] | None = None,
        today: date | None = None,
        now: Callable[[], datetime] | None = None,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.record_class = record_class
        self._role = role
        self._now = now or (lambda: datetime.now(UTC))
        self._today = today or local(self._now()).date()
        self._problems: dict[str, str] = {}
        self._doubts: dict[str, str] = {}
        self.current: Field | None = None
        self._choices = choices or {}
        self._all = self._make_fields(values or {}, only, links or {})
        self._start = {field.field_name: field.raw() for field in self._all}
        self._loading = False
        self._doubt(*self._all)
        self._show_by_role()

    # ---- what it holds

    @property
    def fields(self) -> list[Field]:
        """The fields asked at present, in order."""
        return [field for field in self._all if field.display]

    @property
    def flagged(self) -> Mapping[str, str]:
        """What has been found wrong so far, by field name."""
        return self._problems

    @property
    def doubted(self) -> Mapping[str, str]:
        """What does not look whole, by field name: marked, and in nobody's way."""
        return self._doubts

    @property
    def dirty(self) -> bool:
        """Whether anything differs from what the form started with."""
        return bool(self.raw())

    def field(self, name: str) -> Field:
        """The field of this name (KeyError if it is not asked)."""
        for field in self._all:
            if field.field_name == name:
                return field
        raise KeyError(name)

    def values(self) -> dict[str, object]:
        """What stands in each field, as the record keeps it, without those that cannot be read."""
        found: dict[str, object] = {}
        for field in self.fields:
            try:
                found[field.field_name] = field.parsed()
            except BadInputError:
                continue
        return found

    def changed_values(self) -> dict[str, object]:
        """``values`` of the fields that differ from what the form started with."""
        raw = self.raw()
        return {name: value for name, value in self.values().items() if name in raw}

    def problems(self) -> dict[str, str]:
        """What stands in the way of saving, a sentence a field; also marked at the labels."""
        self._problems = {}
        for field in self.fields:
            sentence = self._problem(field, complete=True)
            if sentence:
                self._problems[field.field_name] = sentence
        self._mark()
        return dict(self._problems)

    def set_problems(self, problems: Mapping[str, str]) -> None:
        """Mark fields as wrong (for what only the record's own checks can tell)."""
        self._problems = dict(problems)
        self._mark()

    def focus_problem(self) -> bool:
        """Go to the first field that is wrong; False when none is."""
        for field in self.fields:
            if field.field_name in self._problems:
                field.focus(scroll_visible=False)
                return True
        return False

    def raw(self) -> dict[str, str]:
        """What was typed into the fields that have changed: for a draft."""
        return {
            field.field_name: field.raw()
            for field in self._all
            if field.raw() != self._start[field.field_name]
        }

    def load_raw(self, raw: Mapping[str, str]) -> None:
        """Put a draft's text back.

        Names that are not asked here, and answers a narrowed list does not offer, are passed over.
        """
        for field in self._all:
            name = field.field_name
            if name not in raw:
                continue
            text = str(raw[name])
            if name in self._choices and isinstance(field, ChoiceField) and not field.offers(text):
                continue
            field.load(text)
        self._doubt(*self._all)
        self._show_by_role()

    def set_role(self, role: str | None) -> None:
        """Ask the fields of another role."""
        self._role = role
        self._show_by_role()
        if self.is_attached:
            self._again()

    def focus_field(self, name: str) -> None:
        """Go to a field."""
        self.field(name).focus(scroll_visible=False)

    # ---- layout

    def compose(self) -> ComposeResult:
        """Labels and fields side by side, the help line below."""
        with VerticalScroll(classes="form-body", can_focus=False), Horizontal():
            yield Labels(self)
            with Vertical(classes="form-fields"):
                yield from self._all
        help_line = Words(style="dim")
        help_line.add_class("form-help")
        yield help_line

    def on_mount(self) -> None:
        """Lay the labels out beside the fields."""
        self._again()

    def on_resize(self, event: events.Resize) -> None:
        """The same for another width, and again once long texts have folded to it."""
        self._again()
        self.call_after_refresh(self._again)

    def _again(self) -> None:
        if not self.query(Labels):
            return  # a late call, after the form has been taken down
        fields = self.fields
        longest = max((len(_label_text(field.spec)) for field in fields), default=0)
        labels = self.query_one(Labels)
        width = self.size.width or self.app.size.width  # before the first layout it has none
        labels.styles.width = min(longest, MOST_LABEL, max(8, width * 2 // 5)) + 4
        # A long text is no taller than the window: showing the field then shows where one writes.
        most = self._window_lines()
        heights = [(field, min(field.lines_taken(), most)) for field in fields]
        for field, lines in heights:
            if isinstance(field, LongField):
                field.styles.height = lines
        labels.place(heights)
        self.call_after_refresh(self._keep_in_sight)

    def _window_lines(self) -> int:
        """How many lines of fields are in sight at once, at least one."""
        return max(1, self.query_one(".form-body").size.height or LONG_MOST)

    def _keep_in_sight(self) -> None:
        """Show the field with the focus: after each change of what stands above it, and at once.

        Textual's own way is a slow scroll to where the field stood when it got the focus; a text
        that folds meanwhile would leave it out of sight, and its keys would be typed blind.
        """
        if self.is_attached and self.current and self.current is self.screen.focused:
            self.current.scroll_visible(animate=False, immediate=True)

    def _make_fields(
        self,
        values: Mapping[str, object],
        only: Sequence[str] | None,
        links: Mapping[str, Sequence[tuple[int, str]]],
    ) -> list[Field]:
        declared = specs(self.record_class)
        blank = self.record_class()
        names = only if only is not None else [n for n, spec in declared.items() if spec.shown]
        return [
            make_field(
                name,
                declared[name],
                values.get(name, getattr(blank, name)),
                today=self._today,
                now=self._now,
                links=links.get(declared[name].to, ()),
                only=self._choices.get(name),
            )
            for name in names
        ]

    def _show_by_role(self) -> None:
        role = self._role
        for field in self._all:
            if field.field_name == "role":
                role = field.raw()
        for field in self._all:
            field.display = not field.spec.roles or role is None or role in field.spec.roles

    # ---- keys and changes

    def steps_by_arrows(self, step: int) -> bool:
        """Whether up or down leaves the focused field (within a long text they move in it)."""
        focused = self.screen.focused
        if isinstance(focused, LongField):
            return focused.cursor_at_first_line if step < 0 else focused.cursor_at_last_line
        return focused in self.fields

    def step(self, step: int, *, around: bool = False) -> None:
        """Go ``step`` fields on, at once: the next key is meant for the field gone to.

        Beyond the last field the form is ``Finished``, or goes on at the other end if ``around``.
        """
        fields = self.fields
        here = next((field for field in fields if field is self.screen.focused), None)
        if here is None:
            return
        at = fields.index(here) + step
        if around:
            at %= len(fields)
        if 0 <= at < len(fields):
            self.screen.set_focus(fields[at], scroll_visible=False)
        elif at >= len(fields):
            self.post_message(self.Finished(self))

    @on(FieldLeft)
    def _leave(self, event: FieldLeft) -> None:
        event.stop()
        self.step(event.step)

    @on(FieldEdited)
    def _edited(self, event: FieldEdited) -> None:
        event.stop()
        if self.is_attached:
            self._changed(event.field)

    @on(LongField.Changed)
    def _written(self, event: LongField.Changed) -> None:
        event.stop()
        if isinstance(event.text_area, LongField):
            self._changed(event.text_area)
            self._again()

    @on(LongField.Folded)
    def _folded(self, event: LongField.Folded) -> None:
        event.stop()
        self._again()

    @on(FieldCut)
    def _cut(self, event: FieldCut) -> None:
        event.stop()
        self._say(event.sentence, "warn")

    def _changed(self, field: Field) -> None:
        self._problems.pop(field.field_name, None)
        self._doubts.pop(field.field_name, None)  # until it is left: half typed is not half known
        if field.field_name == "role" and isinstance(field, ChoiceField):
            self._show_by_role()
            self._again()
        self.query_one(Labels).refresh()
        if field is self.current:
            self._help(field)
        self.post_message(self.Changed(self, field.field_name))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Mark the field and show its help; judge the one that was left."""
        field = event.widget
        if not isinstance(field, Field):
            return
        left, self.current = self.current, field
        if left is not None and left is not field:
            self._judge(left)
        self._again()
        self._help(field)

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """A long text folds when it is left."""
        if isinstance(event.widget, LongField):
            self.call_after_refresh(self._again)

    def _doubt(self, *fields: Field) -> None:
        for field in fields:
            said = doubt(field.spec.looks, field.raw()) if field.spec.looks else ""
            if said:
                self._doubts[field.field_name] = said
            else:
                self._doubts.pop(field.field_name, None)

    def _judge(self, field: Field) -> None:
        self._doubt(field)
        sentence = self._problem(field, complete=False)
        if sentence:
            self._problems[field.field_name] = sentence
        else:
            self._problems.pop(field.field_name, None)

    def _problem(self, field: Field, *, complete: bool) -> str:
        try:
            value = field.parsed()
        except BadInputError as error:
            old = field.spec.reads and field.raw() == self._start[field.field_name]
            return "" if old else error.sentence  # what was kept so stands in nobody's way
        if complete and field.spec.required and value in ("", None, "not_asked"):
            return f"{field.spec.label} must be answered."
        return ""

    def _mark(self) -> None:
        if not self.is_attached:
            return
        self.query_one(Labels).refresh()
        if self.current is not None:
            self._help(self.current)

    def _help(self, field: Field) -> None:
        sentence = self._problems.get(field.field_name)
        if sentence:
            self._say(f"! {naming(field.spec, sentence)}", "late")
        elif field.field_name in self._doubts:
            self._say(f"? {self._doubts[field.field_name]}", "warn")
        else:
            self._say(help_of(field.spec), "dim")

    def _say(self, text: str, style: str) -> None:
        self.query_one(".form-help", Words).set_text(text, style)


def _label_text(spec: FieldSpec) -> str:
    return f"{spec.label} *" if spec.required else spec.label


def naming(spec: FieldSpec, sentence: str) -> str:
    """A refusal that names its field: where its words do not, the label stands before them."""
    if spec.label in sentence:
        return sentence
    return f"{spec.label}: {sentence}"


def help_of(spec: FieldSpec) -> str:
    """The help of a field, with how to write it."""
    how = {
        "date": "3/11, 3 Nov, fri, +2w or today.",
        "datetime": "3/11 14:05, 2pm, yesterday 9am or now.",
        "money": "For example 418.20.",
        "codes": "Enter opens the list to tick.",
        "long": f"At most {spec.limit:,} characters." if spec.kind == "long" else "",
    }.get(spec.kind, "")
    return " ".join(part for part in (spec.help, how) if part)
