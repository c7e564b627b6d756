"""The lines of one column of a board: which cards are in sight, the opened one whole (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from db.readmodels import CaseCard
from widgets.board_layout import CARD_LINES, LEAST_TALL, LEAST_WIDE, TALL_LINES, card_lines
from widgets.columns import Pieces

HIGH: Final = 12
"""Lines of a column from which the opened card may fold its words over two lines."""
HIGHER: Final = 24
"""Lines of a column from which it may fold them over four."""


@dataclass(frozen=True, slots=True)
class CellLine:
    """One line of a column: its pieces, the row of its card (-1: none), and whether opened."""

    pieces: Pieces
    row: int = -1
    opened: bool = False


def cell_lines(
    cards: Sequence[CaseCard],
    *,
    top: int,
    current: int,
    width: int,
    height: int,
    today: date,
    masked: bool,
    tall: bool = False,
    written: dict[tuple[int, ...], list[Pieces]] | None = None,
) -> tuple[int, list[CellLine]]:
    """The first row in sight and at most ``height`` lines, from row ``top`` on.

    The card in row ``current`` (-1: none) is opened and always in sight; what is out of sight is
    counted above and below. Where there is room for it, words are folded rather than cut.
    ``written`` keeps the lines of cards that are drawn again and again; whoever gives it empties
    it when the cards or the day change.
    """
    kept: dict[tuple[int, ...], list[Pieces]] = {} if written is None else written
    each, least = (TALL_LINES, LEAST_TALL) if tall else (CARD_LINES, LEAST_WIDE)
    inner = max(1, width - (2 if width > least else 1))
    folds = 4 if height >= HIGHER else 2 if height >= HIGH else 1

    def card(row: int, most: int = 1) -> list[Pieces]:
        full = row == current
        key = (id(cards[row]), inner, masked, full, folds, most, tall)
        lines = kept.get(key)
        if lines is None:
            lines = kept[key] = card_lines(
                cards[row],
                inner,
                today,
                masked=masked,
                full=full,
                folds=folds,
                most=most,
                tall=tall,
            )
        return lines

    if 0 < each * len(cards) < height:
        whole = [card(row, 2) for row in range(len(cards))]
        used = sum(map(len, whole))
        if used <= height:
            apart = [CellLine([])] if used + len(cards) <= height else []
            rows = [_marked(row, lines, row == current) for row, lines in enumerate(whole)]
            return 0, [line for lines in rows for line in (*lines, *apart)]
    top = min(top, max(0, len(cards) - 1))
    if 0 <= current < len(cards):
        top = _scrolled(top, current, len(cards), len(card(current)), height, each)
    drawn: list[CellLine] = [CellLine(_note(f"{top} above"))] if top else []
    row = top
    while row < len(cards):
        lines = card(row)
        note = 0 if row == len(cards) - 1 else 1
        if len(drawn) + len(lines) + note > height and row != current:
            break
        drawn += _marked(row, lines, row == current)
        row += 1
    if row < len(cards):
        drawn = [*drawn[: max(0, height - 1)], CellLine(_note(f"{len(cards) - row} more"))]
    return top, drawn[:height]


def _marked(row: int, lines: Sequence[Pieces], here: bool) -> list[CellLine]:
    """A card's lines; the cursor's mark stands before the first."""
    return [
        CellLine([("›" if here and number == 0 else " ", "key"), *line], row, here)
        for number, line in enumerate(lines)
    ]


def _scrolled(top: int, current: int, count: int, opened: int, height: int, each: int) -> int:
    """The first row to draw so that the opened card stands whole within ``height`` lines."""
    top = min(top, current)
    while top < current:
        used = (1 if top else 0) + each * (current - top) + opened
        if used + (1 if current < count - 1 else 0) <= height:
            break
        top += 1
    return top


def _note(text: str) -> Pieces:
    return [("  ", "dim"), (text, "dim")]
