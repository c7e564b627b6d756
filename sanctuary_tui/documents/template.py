"""Templates: plain text with named fields, a district's own before the program's.

A line of the template is a line of the document and a blank line ends a paragraph. ``# `` begins
the title, ``## `` a heading, ``- `` a point; ``{address}`` is a field. A point that is one field of
several entries (``- {works}``) becomes a point each; a line that is only a field which has nothing
to say is left out. What a field says is text and never read as a template.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Final

from config.errors import BadInputError
from config.text import clean
from sanctuary_tui.documents.kinds import COMMON, Kind

_FIELD: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_MARKS: Final = (("## ", "heading"), ("# ", "title"), ("- ", "point"))
_LARGEST: Final = 100_000
_MOST_FIELDS: Final = 500

Values = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a document: ``title``, ``heading``, ``point`` or ``text``, and its lines."""

    style: str
    lines: tuple[str, ...]


def own_template(folder: Path, kind: Kind) -> Path:
    """Where a district keeps its own text of a document, in its settings folder."""
    return folder / "documents" / f"{kind.id}.txt"


def template_text(kind: Kind, folder: Path | None) -> str:
    """The district's own template, or the program's.

    Raises:
        BadInputError: it cannot be read, is too long, or names what is no field of this document.
    """
    own = own_template(folder, kind) if folder is not None else None
    if own is None or not own.exists():
        shipped = files("sanctuary_tui.documents").joinpath("templates", f"{kind.id}.txt")
        return shipped.read_text("utf-8")
    try:
        text = own.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise BadInputError(
            f"The template {own.name} in the settings folder cannot be read as UTF-8 text; mend "
            "it, or move it away to use the program's own."
        ) from None
    if len(text) > _LARGEST or not text.strip():
        raise BadInputError(
            f"The template {own.name} in the settings folder is blank or too long; mend it, or "
            "move it away to use the program's own."
        )
    text = clean(text)
    check_fields(text, kind)
    return text


def check_fields(text: str, kind: Kind) -> None:
    """Refuse a template that names an unknown field, far too many, or has a brace around nothing.

    Raises:
        BadInputError: says which, on which line, and what is known.
    """
    if len(_FIELD.findall(text)) > _MOST_FIELDS:
        raise BadInputError(
            f"The template {kind.id}.txt names more than {_MOST_FIELDS} fields, too many to be "
            "looked through; take some out."
        )
    known = (*COMMON, *kind.fields)
    for number, line in enumerate(text.split("\n"), start=1):
        for name in _FIELD.findall(line):
            if name not in known:
                raise BadInputError(
                    f"In {kind.id}.txt, line {number}, {{{name}}} is not a field of this "
                    f"document; its fields are {', '.join(sorted(known))}."
                )
        if set("{}") & set(_FIELD.sub("", line)):
            raise BadInputError(
                f"In {kind.id}.txt, line {number}, a brace stands around something that is not a "
                "field's name; write a field as {address}."
            )


def gap(name: str) -> str:
    """What stands where a field has nothing to say: to be filled in by hand."""
    return f"[{name.replace('_', ' ')}]"


def filled(text: str, values: Values) -> list[Block]:
    """The blocks of a template with its fields filled in."""
    blocks: list[Block] = []
    run: list[str] = []

    def end() -> None:
        if run:
            blocks.append(Block("text", tuple(run)))
            run.clear()

    for line in text.split("\n"):
        bare = line.strip()
        mark, style = next((pair for pair in _MARKS if bare.startswith(pair[0])), ("", "text"))
        if style == "text":
            if not bare:
                end()
            elif (said := _said(bare, values)) is not None:
                for part in said.split("\n"):
                    if part.strip():
                        run.append(part.rstrip())
                    else:
                        end()
            continue
        end()
        body = bare.removeprefix(mark).strip()
        only = _FIELD.fullmatch(body)
        entries = values.get(only[1]) if only and style == "point" else None
        if isinstance(entries, tuple):
            blocks += [Block(style, tuple(entry.split("\n"))) for entry in entries]
        elif (said := _said(body, values)) is not None:
            blocks.append(Block(style, tuple(said.split("\n"))))
    end()
    return [
        block
        for block, after in zip(blocks, [*blocks[1:], None], strict=True)
        if block.style != "heading" or (after is not None and after.style != "heading")
    ]


def _said(line: str, values: Values) -> str | None:
    """A line with its fields filled in; None where it is one field that has nothing to say."""
    only = _FIELD.fullmatch(line)
    if only and not values.get(only[1]):
        return None
    return _FIELD.sub(lambda found: _words(values.get(found[1], ""), found[1]), line)


def _words(value: str | Sequence[str], name: str) -> str:
    if isinstance(value, str):
        return value or gap(name)
    return ", ".join(value) or gap(name)


def gaps(text: str, values: Values) -> tuple[str, ...]:
    """The fields that are left open in brackets, in order."""
    named = (
        name
        for line in text.split("\n")
        if not _FIELD.fullmatch(line.strip().removeprefix("- "))
        for name in _FIELD.findall(line)
    )
    return tuple(dict.fromkeys(name for name in named if not values.get(name)))
