"""Fitting text into cells: columns that fold by width and never break (pure; no Textual).

Everything here counts terminal cells, not characters: a Chinese character takes two, a combining
accent none. Text is guarded as it is cut, so no control character gets through.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest
from typing import Generic, Literal, TypeVar

from rich.cells import cell_len, set_cell_size

from config.text import guard, one_line

R = TypeVar("R")
Piece = tuple[str, str]
"""A piece of a line: its text and the name of its style."""
Pieces = list[Piece]
Align = Literal["left", "right"]


_JOINERS = {0x200D: None, 0xFE0E: None, 0xFE0F: None}


def drawable(text: str) -> str:
    """``text`` guarded, without the joiners and selectors whose width terminals disagree on.

    A joined emoji is drawn as its parts: each then takes the cells that are counted for it.
    """
    text = guard(text)
    return text if text.isascii() else text.translate(_JOINERS)


@lru_cache(maxsize=8192)
def fit(text: str, width: int, align: Align = "left") -> str:
    """``text`` in exactly ``width`` cells: cut with ``…`` or filled with spaces."""
    if width <= 0:
        return ""
    text = one_line(drawable(text.replace("\n", " ")), width)
    spare = width - cell_len(text)
    if spare < 0:
        return set_cell_size(text, width)
    return f"{' ' * spare}{text}" if align == "right" else f"{text}{' ' * spare}"


def width_of(pieces: Iterable[Piece]) -> int:
    """Cells taken by ``pieces``."""
    return sum(cell_len(text) for text, _ in pieces)


def fit_pieces(pieces: Iterable[Piece], width: int) -> Pieces:
    """``pieces`` guarded and cut or filled to exactly ``width`` cells."""
    fitted: Pieces = []
    left = width
    for text, style in pieces:
        if left <= 0:
            break
        text = drawable(text)
        size = cell_len(text)
        if size > left:
            text = fit(text, left)
            size = left
        fitted.append((text, style))
        left -= size
    if left > 0:
        fitted.append((" " * left, "text"))
    return fitted


def wrap(text: str, width: int, limit: int = 0) -> list[str]:
    """``text`` folded at spaces into lines of at most ``width`` cells.

    A word longer than a line is broken. With ``limit``, at most so many lines, the last one cut
    with ``…``. Line breaks in the text are kept.
    """
    if width <= 0:
        return []
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines.extend(_wrap_line(drawable(paragraph), width))
        if limit and len(lines) > limit:
            break
    if limit and len(lines) > limit:
        lines = [*lines[: limit - 1], one_line(f"{lines[limit - 1]} {lines[limit]}…", width)]
    return lines or [""]


def _wrap_line(text: str, width: int) -> list[str]:
    if len(text) <= width and cell_len(text) <= width:
        return [text]
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width:
            line = candidate
            continue
        if line:
            lines.append(line)
        *whole, line = _break_word(word, width)
        lines.extend(whole)
    return [*lines, line]


def _break_word(word: str, width: int) -> list[str]:
    """In lines, after a hyphen or a stroke where one stands past the first third of the line."""
    if len(word) <= width and cell_len(word) <= width:
        return [word]
    parts: list[str] = []
    part, size = "", 0
    for char in word:
        step = cell_len(char)
        if part and size + step > width:
            cut = max(part.rfind("-"), part.rfind("/")) + 1
            cut = cut if cut * 3 > len(part) else len(part)
            parts.append(part[:cut])
            part = part[cut:]
            size = cell_len(part)
        part += char
        size += step
    return [*parts, part]


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """One column of a table.

    ``width`` is its least width in cells; spare cells go to columns by ``weight``, up to ``most``
    (0: no bound). When a line is too narrow the columns with the highest ``drop`` go first; 0 is
    never dropped. ``cell`` returns the text, or the text and its style name.
    """

    name: str
    cell: Callable[[R], str | Piece]
    width: int
    title: str = ""
    weight: int = 0
    most: int = 0
    drop: int = 0
    align: Align = "left"
    style: str = "text"


Layout = tuple[tuple[int, int], ...]
"""For each column that is shown: its index and its width."""


def lay_out(columns: Sequence[Column[R]], width: int, gap: int = 2) -> Layout:
    """Which columns fit in ``width`` cells, and how wide each is.

    The widths and the gaps between them add up to at most ``width``; to exactly ``width`` when a
    column without bound has a weight.
    """
    shown = list(range(len(columns)))

    def taken() -> int:
        return sum(columns[index].width for index in shown) + gap * max(0, len(shown) - 1)

    while taken() > width:
        worst = max(shown, key=lambda index: (columns[index].drop, index))
        if not columns[worst].drop:
            break
        shown.remove(worst)
    widths = {index: columns[index].width for index in shown}
    if taken() <= width:
        _share(columns, widths, width - taken())
    else:
        _squeeze(columns, widths, taken() - width)
    return tuple((index, widths[index]) for index in shown if widths[index] > 0)


def _share(columns: Sequence[Column[R]], widths: dict[int, int], spare: int) -> None:
    open_ = [index for index in widths if columns[index].weight]
    while spare > 0 and open_:
        total = sum(columns[index].weight for index in open_)
        given = 0
        for index in list(open_):
            column = columns[index]
            share = max(1, spare * column.weight // total)
            room = column.most - widths[index] if column.most else share
            step = min(share, room, spare - given)
            widths[index] += step
            given += step
            if column.most and widths[index] >= column.most:
                open_.remove(index)
        if not given:
            break
        spare -= given


def _squeeze(columns: Sequence[Column[R]], widths: dict[int, int], excess: int) -> None:
    """Take cells from the weighted columns first, then from the right."""
    order = [index for index in widths if columns[index].weight]
    order += [index for index in reversed(list(widths)) if not columns[index].weight]
    for index in order:
        step = min(excess, widths[index])
        widths[index] -= step
        excess -= step


def draw_columns(
    columns: Sequence[Column[R]], layout: Layout, row: R, width: int, gap: int = 2
) -> Pieces:
    """One row as pieces that take exactly ``width`` cells."""
    pieces: Pieces = []
    for number, (index, size) in enumerate(layout):
        text, style = _cell(columns[index], row)
        if number:
            pieces.append((" " * gap, "text"))
        pieces.append((fit(text, size, columns[index].align), style))
    return fit_pieces(pieces, width)


def _cell(column: Column[R], row: R) -> Piece:
    cell = column.cell(row)
    return (cell, column.style) if isinstance(cell, str) else cell


def fold_columns(
    columns: Sequence[Column[R]], layout: Layout, row: R, gap: int, limit: int
) -> list[Pieces]:
    """One row with each cell folded in its own column, as at most ``limit`` lines."""
    cells = [(size, _cell(columns[index], row)) for index, size in layout]
    folded = [wrap(text, size, limit) for size, (text, _) in cells]
    lines: list[Pieces] = []
    for texts in zip_longest(*folded, fillvalue=""):
        line: Pieces = []
        for text, (size, (_, style)) in zip(texts, cells, strict=True):
            line += [(fit(text, size), style), (" " * gap, "text")]
        lines.append(line[:-1])
    return lines


def draw_titles(columns: Sequence[Column[R]], layout: Layout, width: int, gap: int = 2) -> Pieces:
    """The titles above the columns as pieces that take exactly ``width`` cells."""
    text = (" " * gap).join(
        fit(columns[index].title, size, columns[index].align) for index, size in layout
    )
    return fit_pieces([(text, "dim")], width)
