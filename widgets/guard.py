"""The last guard before the terminal: no data can put a control character on the glass.

Textual draws whatever text a widget holds, escape codes included. Text is cleaned when it enters
(``config.text.clean``); this guard stands where strips become terminal output, so that a missed
``clean``, an old file or a damaged page cannot clear the screen, write the clipboard, set the
title or turn an address round.
"""

from __future__ import annotations

import re
from typing import Any

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from config.text import BIDI_CONTROLS

_BIDI = "".join(map(chr, BIDI_CONTROLS))
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}]")
_original_render = Strip.render
_original_style = Strip.render_style.__func__  # type: ignore[attr-defined]


def _drop(text: str) -> str:
    # These take no cell, so dropping them keeps the columns where the layout put them; a lone
    # surrogate takes one.
    return _UNSAFE.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", text)


def _render(strip: Strip, console: Console) -> str:
    if strip._render_cache is None:
        segments = strip._segments
        text = "".join([segment[0] for segment in segments])
        # isprintable() is some twenty times cheaper than the search, and nearly always true
        if not text.isprintable() and _UNSAFE.search(text):
            strip._segments = [Segment(_drop(part), style) for part, style, _ in segments]
    return _original_render(strip, console)


def _render_style(cls: type[Strip], style: Style, text: str, color_system: Any) -> str:
    # A hyperlink (OSC 8) carries its address outside the text, and a click on it leaves the
    # program: none is ever drawn.
    if style._link:
        style = style.update_link(None)
    rendered: str = _original_style(cls, style, text, color_system)
    return rendered


def install_guard() -> None:
    """Guard every strip drawn from now on, in this process. Calling it again changes nothing.

    Stands on ``Strip.render`` and ``Strip.render_style`` of the pinned Textual; a test proves for
    each widget in use that nothing passes.
    """
    Strip.render = _render  # type: ignore[method-assign, assignment]
    Strip.render_style = classmethod(_render_style)  # type: ignore[assignment]
