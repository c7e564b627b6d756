"""A record's form in a sheet at the bottom: log a call, write a note, book a visit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from db.models import Note, Record
from widgets.dialogs import Confirm, Sheet
from widgets.form import RecordForm
from widgets.keybar import KeyBar


@dataclass(frozen=True, slots=True)
class Filled:
    """What a form sheet ended with: the values of all fields asked, and their raw text."""

    values: dict[str, object]
    raw: dict[str, str]


class FormSheet(Sheet[Filled]):
    """A form in a sheet; ctrl+s (or f2, or enter in the last line) saves, escape leaves.

    The result is ``Filled``, or None after escape. Text that was typed is not thrown away without
    a question.
    """

    DEFAULT_CSS = """
    FormSheet { & RecordForm { height: auto; } & .sheet-body { padding: 0; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "save", "Save", show=False, priority=True)
    ]

    def __init__(
        self,
        title: str,
        record_class: type[Record],
        values: Mapping[str, object] | None = None,
        *,
        only: Sequence[str] | None = None,
        role: str | None = None,
        links: Mapping[str, Sequence[tuple[int, str]]] | None = None,
        raw: Mapping[str, str] | None = None,
        today: date | None = None,
        now: Callable[[], datetime] | None = None,
        start: str = "",
    ) -> None:
        super().__init__(title)
        self.form = RecordForm(
            record_class,
            values,
            only=only,
            role=role,
            links=links,
            today=today,
            now=now,
            classes="-auto",
        )
        self._start = start
        if raw:
            self.form.load_raw(raw)

    def body(self) -> ComposeResult:
        """The form."""
        yield self.form

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to save."""
        return (("ctrl+s", "save"), ("tab", "next"), ("esc", "leave"))

    def on_mount(self) -> None:
        """Start in the field asked for, else in the first."""
        super().on_mount()
        fields = self.form.fields
        if fields:
            self.form.focus_field(self._start or fields[0].field_name)

    def action_save(self) -> None:
        """Take the values if nothing stands in the way."""
        if self.app.screen is not self:
            return
        if self.form.problems():
            self.form.focus_problem()
            return
        self.dismiss(Filled(self.form.values(), self.form.raw()))

    def action_cancel(self) -> None:
        """Leave; asks first when something was typed."""
        if not self.form.dirty:
            self.dismiss(None)
            return

        def answered(leave: bool | None) -> None:
            if leave:
                self.dismiss(None)

        question = Confirm("Leave without saving?", yes_title="leave", no_title="stay")
        self.app.push_screen(question, answered)

    @on(RecordForm.Finished)
    def _finished(self, event: RecordForm.Finished) -> None:
        event.stop()
        self.action_save()

    @on(KeyBar.Chosen)
    def _clicked(self, event: KeyBar.Chosen) -> None:
        if event.key == "esc":
            self.action_cancel()
        elif event.key == "ctrl+s":
            self.action_save()


class NoteSheet(FormSheet):
    """A note, or a call, text or visit logged: kind, with whom, and the words."""

    def __init__(
        self,
        title: str = "Note",
        *,
        kind: str = "note",
        with_whom: str = "",
        raw: Mapping[str, str] | None = None,
        today: date | None = None,
    ) -> None:
        super().__init__(
            title,
            Note,
            {"kind": kind, "with_whom": with_whom},
            only=("kind", "with_whom", "body"),
            raw=raw,
            today=today,
            start="body",
        )
