"""The last guard before the terminal: no data can put a control character on the glass.

Textual draws whatever text a widget holds, escape codes included. Text is cleaned when it enters
(``config.text.clean``); this guard stands where strips become terminal output, so that a missed
``clean``, an old file or a damaged page cannot clear the screen, write the clipboard, set the
title or turn an address round.
"""

from __future__ import annotations

import re

from rich.color import ColorSystem
from rich.console import Console
from textual.strip import Strip

from config.text import BIDI_CONTROLS

_BIDI = "".join(map(chr, BIDI_CONTROLS))
_UNSAFE = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{_BIDI}]")


def _safe(text: str) -> str:
    # These take no cell, so dropping them keeps the columns where the layout put them; a lone
    # surrogate takes one.
    return _UNSAFE.sub(lambda found: "\ufffd" if found[0] >= "\ud800" else "", text)


def _render(strip: Strip, console: Console) -> str:
    """``Strip.render`` without what data must not bring: control characters and hyperlinks.

    A hyperlink (OSC 8) carries its address outside the text, and a click on it leaves the
    program: none is ever drawn.
    """
    if (rendered := strip._render_cache) is not None:
        return rendered
    segments = strip._segments
    texts = [segment[0] for segment in segments]
    whole = "".join(texts)
    # isprintable() is some twenty times cheaper than the search, and nearly always true
    if not whole.isprintable() and _UNSAFE.search(whole):
        texts = [_safe(text) for text in texts]
    colours = console._color_system or ColorSystem.TRUECOLOR
    parts = []
    for text, (_, style, _) in zip(texts, segments, strict=True):
        if style is not None:
            codes = style._ansi
            if codes is None:
                codes = strip.render_ansi(style, colours)
            if codes:
                text = f"\x1b[{codes}m{text}\x1b[0m"
        parts.append(text)
    strip._render_cache = rendered = "".join(parts)
    return rendered


def install_guard() -> None:
    """Guard every strip drawn from now on, in this process. Calling it again changes nothing.

    Stands on ``Strip.render`` of the pinned Textual; a test proves for each widget in use that
    nothing passes.
    """
    Strip.render = _render  # type: ignore[method-assign, assignment]
