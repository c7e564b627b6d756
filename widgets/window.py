"""Screens that always end up the size of the window."""

from __future__ import annotations

from textual import events, on
from textual.message_pump import MessagePump


class FollowsWindow(MessagePump):
    """A mixin for screens: a late message of an old size does not win.

    A screen is told the window's new size by the app, and its own size by each of its layouts.
    Messages of a size that wait together become one, the last of them; so where the window changed
    while a layout was at work, the new size was dropped for the old one, and the screen stayed as
    it was until the next change.
    """

    @on(events.Resize)
    def _window_wins(self, event: events.Resize) -> None:
        """Ask for the window's size again, behind whatever waits."""
        if event.size != self.app.size:
            self.post_message(events.Resize(self.app.size, self.app.size))
