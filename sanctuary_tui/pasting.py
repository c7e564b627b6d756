"""What is pasted is text and never keys.

Textual reads escape sequences inside a bracketed paste too: a text copied from a web page could
press keys, and one copied from a coloured terminal arrives in pieces. Here an escape character
inside a paste is taken out before it is read, so that a paste is always one piece of text.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from textual._xterm_parser import XTermParser
from textual.message import Message

_START: Final = "\x1b[200~"
_END: Final = "\x1b[201~"
_DRIVERS: Final = ("textual.drivers.linux_driver", "textual.drivers.win32")


class PasteParser(XTermParser):
    """Textual's reader of keys, with nothing but text in a paste."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._pasting = False
        self._last = ""
        """The end of what was read: a marker may come in two pieces."""

    def feed(self, data: str) -> Iterable[Message]:
        """Read what the terminal sent."""
        text = self._cleaned(data)
        return super().feed(text) if text or not data else ()

    def _cleaned(self, data: str) -> str:
        out: list[str] = []
        while data:
            if self._pasting:
                text, found, data = (self._last + data).partition(_END)
                self._last = ""
                if found:
                    self._pasting = False
                else:  # the last characters may be the beginning of the marker
                    kept = _beginning_of(_END, text)
                    self._last = text[len(text) - kept :]
                    text = text[: len(text) - kept]
                out += (text.replace("\x1b", ""), found)
                continue
            # A beginning is passed on at once: it may be the escape key.
            known = len(self._last)
            text, found, rest = (self._last + data).partition(_START)
            whole = text + found
            out.append(whole[known:])
            self._pasting = bool(found)
            self._last = "" if found else whole[-len(_START) + 1 :]
            data = rest
        return "".join(out)


def _beginning_of(marker: str, text: str) -> int:
    """How many of the last characters of a text are the beginning of the marker."""
    return next((n for n in range(len(marker) - 1, 0, -1) if text.endswith(marker[:n])), 0)


def read_pastes_as_text() -> None:
    """From now on the terminal's drivers read keys in this way."""
    for name in _DRIVERS:
        driver = sys.modules.get(name)
        if driver is not None:
            vars(driver)["XTermParser"] = PasteParser
