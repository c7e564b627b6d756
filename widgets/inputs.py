"""Text inputs of forms and sheets: cut to their limit, said in one sentence; keys that leave."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Input, TextArea

from config.text import clean


class FieldCut(Message):
    """Pasted or typed text was cut; ``sentence`` says to what."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


def _cut(text: str, room: int, multiline: bool) -> tuple[str, bool]:
    """Pasted text as it may stand in a field: cleaned, and at most ``room`` characters."""
    # Far more than fits is cut before it is cleaned, so that a huge paste costs nothing.
    text = clean(text[: room * 2 + 1000], multiline=multiline)
    return text[: max(0, room)], len(text) > room


class LineInput(Input):
    """One line of text without a box; pasted text is cleaned and cut to the limit."""

    DEFAULT_CSS = """
    LineInput, LineInput:focus {
        background: transparent; border: none; height: 1; padding: 0; background-tint: transparent;
    }
    LineInput:focus { background: $block-cursor-background; }
    """

    def __init__(self, value: str = "", *, limit: int = 200, **more: Any) -> None:
        super().__init__(compact=True, select_on_focus=False, max_length=limit, **more)
        self.limit = limit
        # Not through the watcher, which needs a running program: a form may be made before one.
        self.set_reactive(Input.value, value[:limit])

    def on_mount(self) -> None:
        """Start at the end of what stands in the line."""
        self.action_end()

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        start, end = sorted(self.selection)
        room = self.limit - (len(self.value) - (end - start))
        text, cut = _cut(event.text, room, multiline=False)
        self.replace(text, start, end)
        if cut:
            self.post_message(FieldCut(f"Cut to {self.limit:,} characters, the most it holds."))


class AreaInput(TextArea):
    """Several lines of text without a box; pasted text is cleaned and cut to the limit."""

    DEFAULT_CSS = """
    AreaInput, AreaInput:focus {
        background: transparent; border: none; padding: 0; height: 1;
        scrollbar-size-vertical: 1; background-tint: transparent;
    }
    AreaInput:focus { background: $block-cursor-background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "whole(False)", "First", show=False),
        Binding("ctrl+end", "whole(True)", "Last", show=False),
    ]

    def __init__(self, value: str = "", *, limit: int = 20_000, **more: Any) -> None:
        super().__init__(
            value[:limit], compact=True, highlight_cursor_line=False, soft_wrap=True, **more
        )
        self.limit = limit

    def action_whole(self, end: bool) -> None:
        """Go to where the whole text begins or ends."""
        self.move_cursor(self.document.end if end else self.document.start)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        room = self.limit - (len(self.text) - len(self.selected_text))
        text, cut = _cut(event.text, room, multiline=True)
        result = self.replace(text, *self.selection)
        self.move_cursor(result.end_location)
        if cut:
            self.post_message(FieldCut(f"Cut to {self.limit:,} characters, the most it holds."))

    async def _on_key(self, event: events.Key) -> None:
        writes = event.is_printable or event.key == "enter"
        if writes and len(self.text) - len(self.selected_text) >= self.limit:
            event.stop()
            event.prevent_default()
            self.post_message(FieldCut(f"Full: a field holds {self.limit:,} characters."))
            return
        await super()._on_key(event)
