"""A document's blocks as bytes: a .docx, or plain text. python-docx is imported when one is made.

Large print is 18 point, plain sans serif, ranged left, as UKAAF and RNIB ask (16 point or more).
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sanctuary_tui.documents.template import Block

NORMAL: Final = 12
LARGE: Final = 18
_WIDTH: Final = 76
_MOST_TITLE: Final = 255  # that a property of a .docx holds
_LIST_STYLE: Final = "List Bullet"


def plain_text(blocks: Iterable[Block]) -> str:
    """The document as text for a screen or a plain file; long lines are folded."""
    parts: list[str] = []
    before = ""
    for block in blocks:
        lines: list[str] = []
        for number, line in enumerate(block.lines):
            first, rest = (
                ("- " if number == 0 else "  ", "  ") if block.style == "point" else ("",) * 2
            )
            lines += textwrap.wrap(
                line, _WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
            )
        body = "\n".join(lines)
        if block.style == "title":
            body = body.upper()
        together = block.style == "point" and before in ("point", "heading")
        parts.append(body if together or not parts else f"\n{body}")
        before = block.style
    return "\n".join(parts) + "\n"


def plain_bytes(blocks: Iterable[Block]) -> bytes:
    """The same as a file: UTF-8 with a byte order mark and Windows line ends."""
    return plain_text(blocks).replace("\n", "\r\n").encode("utf-8-sig")


def docx_bytes(blocks: Iterable[Block], *, large: bool, made: datetime) -> bytes:
    """The document as .docx. Its properties name nobody, no program and no case."""
    from docx import Document
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    document = Document()
    size = LARGE if large else NORMAL
    for name, points in (("Normal", size), ("Title", size + 6), ("Heading 1", size + 2)):
        style = document.styles[name]
        style.font.name, style.font.size = "Arial", Pt(points)
        style.font.color.rgb = RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{script}"), None)
    styles = {"title": "Title", "heading": "Heading 1", "point": _LIST_STYLE, "text": "Normal"}
    title = ""
    for block in blocks:
        paragraph = document.add_paragraph(style=styles[block.style])
        for number, line in enumerate(block.lines):
            run = paragraph.add_run(line)
            if number + 1 < len(block.lines):
                run.add_break()
        title = title or (block.lines[0] if block.style == "title" else "")
    properties = document.core_properties
    properties.title = title[:_MOST_TITLE].strip()
    properties.author, properties.last_modified_by = "", ""
    properties.comments, properties.language = "", "en-GB"
    properties.created = properties.modified = made.replace(tzinfo=None, microsecond=0)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()
