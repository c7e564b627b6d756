"""A sheet as high as the screen: how it stands, a list, and keys for the row under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from textual import on
from textual.binding import Binding

from config.errors import RefusedError
from config.keymap import shown
from widgets.dialogs import Sheet
from widgets.keybar import KeyBar
from widgets.lines import LineTable

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

R = TypeVar("R")


class ListSheet(Sheet[None], Generic[R]):
    """A subclass gives ``body`` with its list in it, ``keys``, ``BINDINGS`` and ``show``.

    A click on a key of the line at the bottom does what the key does.
    """

    DEFAULT_CSS = """
    ListSheet { & > .sheet { height: 100%; } & .sheet-body { height: 1fr; }
        & .sheet-body LineTable { height: 1fr; } }
    """

    def __init__(self, title: str, rows: LineTable[Any]) -> None:
        super().__init__(title)
        self.list = rows

    @property
    def console(self) -> Desk:
        """The app, by its own type."""
        return cast("Desk", self.app)

    def _fit(self, height: int) -> None:
        """The list takes what the title and the keys leave: no row stays blank below them."""

    def show(self) -> None:
        """Draw what was read; a subclass does it."""

    def on_mount(self) -> None:
        """Start in the list, on its first row."""
        self.show()
        self.list.focus()

    def row(self, what: str) -> R:
        """The row under the cursor.

        Raises:
            RefusedError: there is no such thing (``what``) there.
        """
        found: R | None = self.list.row
        if found is None:
            raise RefusedError(f"There is no {what} under the cursor.")
        return found

    @on(KeyBar.Chosen)
    def _key_clicked(self, event: KeyBar.Chosen) -> None:
        event.stop()
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and shown(binding.key) == event.key:
                self.call_later(self.run_action, binding.action)
        if event.key == "esc":
            self.dismiss(None)
