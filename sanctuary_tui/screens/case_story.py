"""From an event of a case's story to what it is about: a note is read whole, and corrected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.codes import label
from config.format import short_moment
from db.models import Note
from db.readmodels import TimelineEntry
from sanctuary_tui.screens.case_edit import edit_record
from sanctuary_tui.screens.case_rows import TABS
from widgets.dialogs import Sheet
from widgets.lines import LineTable
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk
    from sanctuary_tui.views import CaseView


class NoteSheet(Sheet[bool]):
    """A note from its first word to its last; enter corrects it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "correct", "Correct", show=False)]
    scrolls: ClassVar[bool] = True

    def __init__(self, note: Note) -> None:
        when = short_moment(note.at) if note.at else ""
        about = (label("note_kind", note.kind), when, note.with_whom, note.by)
        super().__init__(", ".join(part for part in about if part))
        self._note = note

    def body(self) -> ComposeResult:
        """Its words."""
        yield Words(self._note.body)

    def keys(self) -> Sequence[tuple[str, str]]:
        """Scroll, correct, close."""
        return (("↑↓ pgdn", "scroll"), ("enter", "correct"), ("esc", "close"))

    def action_correct(self) -> None:
        """Go on to a correction."""
        self.dismiss(True)


class OpenCase(Protocol):
    """What a story needs of the screen it is told on."""

    view: CaseView | None

    @property
    def console(self) -> Desk:
        """The app."""

    @property
    def records(self) -> LineTable[Any]:
        """The list of the tab's records."""

    def go_to(self, tab: str) -> None:
        """Show a tab."""

    async def load(self) -> None:
        """Read the case again."""


async def follow(screen: OpenCase, entry: TimelineEntry) -> None:
    """Go to what an event is about."""
    view = screen.view
    if view is None:
        return
    if entry.entity == Note.table:
        note = next((one for one in view.file.notes if one.id == entry.entity_id), None)
        if note is None or not await screen.console.push_screen_wait(NoteSheet(note)):
            return
        if await edit_record(screen.console, view, note):
            screen.console.notify("Correction kept.", timeout=3)
            await screen.load()
        return
    tab = next((name for name, _, _, tables in TABS if entry.entity in tables), "overview")
    screen.go_to(tab)
    if tab != "overview":
        screen.records.select((entry.entity, entry.entity_id))
