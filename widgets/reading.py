"""Sheets whose text is read to its end before the question under it can be answered."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from widgets.dialogs import Confirm, Sheet
from widgets.keybar import KeyBar
from widgets.text_blocks import Words

T = TypeVar("T")
READ_ON = "There is more to read: ↓ first."


class ReadsFirst(Sheet[T], Generic[T]):
    """A sheet that starts at the first line of its words; down reads on where they do not fit."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,pagedown,space", "read_on", "Read on", show=False, priority=True)
    ]
    AUTO_FOCUS = ""
    """None by itself: what has the focus is scrolled to, past what is to be read."""
    _seen = 0
    """How many lines of the body have been in sight, from the first on."""
    _placed = False
    """Whether the sheet stands as it will be read: nothing counts as seen before."""

    def on_mount(self) -> None:
        """Start at the top, whatever has the focus."""
        self.call_after_refresh(self._from_the_top)

    def _from_the_top(self) -> None:
        self.query_one(".sheet-body", VerticalScroll).scroll_to(y=0, animate=False, immediate=True)
        self._placed = True
        if self.unread():
            self.query_one(KeyBar).set_keys((("↓", "more"), *self.keys()))

    def unread(self) -> bool:
        """Whether some of the words have not been in sight yet."""
        body = self.query_one(".sheet-body", VerticalScroll)
        if not self._placed:
            return False
        self._seen = max(self._seen, round(body.scroll_y) + body.size.height)
        return self._seen < sum(words.outer_size.height for words in body.query(Words))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Down is the body's while there is more to read, then whatever it was."""
        return self.unread() if action == "read_on" else super().check_action(action, parameters)

    def action_read_on(self) -> None:
        """Read on; once that was all, what stands under it comes into sight."""
        body = self.query_one(".sheet-body", VerticalScroll)
        step = max(1, body.size.height - 1)
        body.scroll_to(y=body.scroll_y + step, animate=False, immediate=True)
        if not self.unread():
            body.scroll_end(animate=False, immediate=True)
            self.query_one(KeyBar).set_keys(self.keys())

    def say_read_on(self) -> None:
        """Say why the answer was not taken."""
        self.notify(READ_ON, timeout=3)


class ReadConfirm(Confirm, ReadsFirst[bool]):
    """A question about a text: yes counts once all of it was in sight."""

    def on_key(self, event: events.Key) -> None:
        """No at any time; yes once it was read."""
        pressed = event.character if event.is_printable else event.key
        if pressed == self._yes and self.unread():
            event.stop()
            event.prevent_default()
            self.say_read_on()

    @on(KeyBar.Chosen)
    def _read_first(self, event: KeyBar.Chosen) -> None:
        if event.key == "↓":
            event.prevent_default()
            self.action_read_on()
        elif event.key == self._yes and self.unread():
            event.prevent_default()
            self.say_read_on()
