"""Text from people: cleaned once when it enters, guarded again when it is drawn.

Everything typed, pasted or imported is data. ``clean`` runs where it enters the caseload,
``guard`` and ``one_line`` where it is drawn. Neither ever raises.
"""

from __future__ import annotations

import re
import unicodedata

_KEPT_FORMAT = {0x200C, 0x200D}  # ZWNJ and ZWJ: Persian and Urdu names, joined emoji
_LINE_BREAKS = {0x0A, 0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029}
_REPLACEMENT = "\ufffd"
_MAX_MARKS = 30  # combining marks in a row: the Stream-Safe limit of UAX 15

BIDI_CONTROLS = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Marks, embeddings, overrides and isolates that can make text read as other text."""

GUARD_TABLE: dict[int, str] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), "\u00b7"),
    **dict.fromkeys((0x2028, 0x2029, *BIDI_CONTROLS), "\u00b7"),
    **dict.fromkeys(range(0xD800, 0xE000), _REPLACEMENT),
}
"""For ``str.translate``: what must never reach a terminal, and the mark drawn in its place."""


class _CleanTable(dict[int, str]):
    """A translate table that decides each character once, when first met.

    A full table of Unicode would cost every start a tenth of a second.
    """

    def __missing__(self, code: int) -> str:
        self[code] = kept = _cleaned(code)
        return kept


def _cleaned(code: int) -> str:
    if code in _LINE_BREAKS:
        return "\n"
    if code == 0x09:
        return " "
    if code in _KEPT_FORMAT:
        return chr(code)
    category = unicodedata.category(chr(code))
    if category == "Cs":
        return _REPLACEMENT
    return "" if category in ("Cc", "Cf", "Co", "Cn") else chr(code)


_CLEAN_TABLE = _CleanTable()
_FOLD = re.compile(r"\n+")


def clean(text: str, *, multiline: bool = True, limit: int | None = None) -> str:
    """Return text as it may be stored: NFC, with nothing that steers a terminal.

    Control characters, bidirectional controls, invisible format characters (but the joiners
    ZWJ and ZWNJ), private and unassigned code points are dropped; a lone surrogate becomes
    U+FFFD; every kind of line break becomes a line feed and a tab a space. With ``multiline``
    false, line breaks become one space. ``limit`` cuts, in characters. Cleaning twice changes
    nothing.
    """
    if not (text.isascii() and text.isprintable()):
        text = text.replace("\r\n", "\n").translate(_CLEAN_TABLE)
        if not multiline:
            text = _FOLD.sub(" ", text)
        if not text.isascii():
            text = unicodedata.normalize("NFC", _bounded_marks(text))
    return text if limit is None else text[:limit]


def _bounded_marks(text: str) -> str:
    """Cut endless runs of combining marks, which normalising takes quadratic time over."""
    kept: list[str] = []
    run = 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= _MAX_MARKS:
            kept.append(char)
    return text if len(kept) == len(text) else "".join(kept)


def guard(text: str) -> str:
    """Return text safe to draw: each control, bidi control or line break becomes ``·``."""
    return text if text.isprintable() else text.translate(GUARD_TABLE)


def one_line(text: str, width: int) -> str:
    """Return ``text`` guarded, on one line and at most ``width`` terminal cells wide.

    What is cut off is marked with ``…``; wide characters count as two cells.
    """
    if width <= 0:
        return ""
    text = guard(_FOLD.sub(" ", text))
    if len(text) <= width and text.isascii():
        return text
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1).rstrip() + "…"
