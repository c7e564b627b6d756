"""How a board is laid out and its cards are written (pure; no Textual)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from config.codes import CODES, RISK_BANDS, STAGES
from config.format import age, short_date
from db.readmodels import CaseCard
from widgets.columns import Piece, Pieces, fit, fit_pieces, width_of, wrap
from widgets.dates import days_in_stage
from widgets.themes import risk_cell
from widgets.words import (
    RISK_TITLES,
    consent_style,
    consent_words,
    short_ref,
    tenure_short,
    tenure_title,
)

Lanes = Literal["none", "risk", "tenure"]
Sort = Literal["risk", "age", "ref", "due"]

LEAST_WIDE: Final = 19
"""Cells of the narrowest column that still shows a whole card of two lines."""
LEAST_TALL: Final = 15
"""The same for a card of three lines."""
NARROW_BOARD: Final = 60
"""Below this width only the columns around the cursor are drawn, with totals at the sides."""
CARD_LINES: Final = 2
TALL_LINES: Final = 3
ROOMY: Final = (100, 30)
"""Cells and lines of a board from which its cards are narrow and tall."""
LABEL: Final = 5
"""Cells of the words at the left of a card's lines, with the space after them."""

Where = tuple[int, int, int]
"""Lane, column and row of a card."""

_RISK_ORDER: Final = {band: number for number, band in enumerate(RISK_BANDS)}
_FAR: Final = date.max


def sort_key(sort: Sort) -> Callable[[CaseCard], tuple[object, ...]]:
    """The order of cards within a column; the reference decides between equals."""
    if sort == "age":
        return lambda card: (card.stage_entered, card.ref)
    if sort == "due":
        return lambda card: (card.next_due or card.target_due or _FAR, card.ref)
    if sort == "ref":
        return lambda card: (card.ref,)
    return lambda card: (_RISK_ORDER.get(card.risk, 9), card.stage_entered, card.ref)


def matches(card: CaseCard, words: Sequence[str], masked: bool) -> bool:
    """Whether every word stands somewhere in what the card shows."""
    shown = " ".join(
        (
            card.ref,
            card.masked if masked else card.name,
            RISK_TITLES.get(card.risk, ""),
            tenure_title(card.tenure),
            tenure_short(card.tenure),
            consent_words(card.consent),
            card.stuck_why,
            card.stuck_on,
            card.next_text,
            STAGES.get(card.stage, ""),
        )
    ).casefold()
    return all(word in shown for word in words)


@dataclass(slots=True)
class Grid:
    """Cards sorted into lanes and stages."""

    stages: tuple[str, ...]
    lanes: tuple[str, ...]
    cells: dict[tuple[int, int], list[CaseCard]] = field(default_factory=dict)
    counts: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    lane_counts: list[int] = field(default_factory=list)

    def cell(self, lane: int, column: int) -> list[CaseCard]:
        """The cards of a lane and column."""
        return self.cells.get((lane, column), [])

    def filled(self) -> list[int]:
        """Columns with cards."""
        return [column for column, count in enumerate(self.counts) if count]

    def find(self, case_id: int) -> Where | None:
        """Where a case stands."""
        for (lane, column), cell in self.cells.items():
            for row, card in enumerate(cell):
                if card.case_id == case_id:
                    return lane, column, row
        return None

    def nearest(self, where: Where) -> Where:
        """The nearest card to a place: in its column first, then in its lane, then anywhere."""
        lane, column, row = where
        if not self.cells:
            return 0, min(column, len(self.stages) - 1), 0
        best = min(self.cells, key=lambda p: (abs(p[1] - column), abs(p[0] - lane), p))
        return best[0], best[1], min(row, len(self.cells[best]) - 1)

    def beyond(self, lane: int, column: int, step: int) -> Where | None:
        """The first card of the nearest column further on in the direction of ``step``."""
        places = [place for place in self.cells if (place[1] - column) * step > 0]
        if not places:
            return None
        best = min(places, key=lambda p: (abs(p[1] - column), abs(p[0] - lane), p))
        return best[0], best[1], 0


def make_grid(cards: Iterable[CaseCard], lanes: Lanes, sort: Sort, today: date) -> Grid:
    """Sort ``cards`` into a grid. The closed stage is a column only if a card is in it."""
    ordered = sorted(cards, key=sort_key(sort))
    stages = tuple(STAGES)
    if not any(card.stage == "closed" for card in ordered):
        stages = stages[:-1]
    column_of = {stage: number for number, stage in enumerate(stages)}
    lane_names = _lane_names(ordered, lanes)
    lane_of = {name: number for number, name in enumerate(lane_names)}
    grid = Grid(stages, lane_names)
    grid.counts = [0] * len(stages)
    grid.late = [0] * len(stages)
    grid.lane_counts = [0] * len(lane_names)
    for card in ordered:
        column = column_of.get(card.stage, 0)
        lane = lane_of[_lane(card, lanes)]
        grid.cells.setdefault((lane, column), []).append(card)
        grid.counts[column] += 1
        grid.lane_counts[lane] += 1
        if card.target_due and today > card.target_due:
            grid.late[column] += 1
    return grid


def _lane(card: CaseCard, lanes: Lanes) -> str:
    if lanes == "risk":
        return card.risk if card.risk in _RISK_ORDER else "not_known"
    return card.tenure if lanes == "tenure" else ""


def _lane_names(cards: Sequence[CaseCard], lanes: Lanes) -> tuple[str, ...]:
    if lanes == "none":
        return ("",)
    found = {_lane(card, lanes) for card in cards}
    known = list(RISK_BANDS) if lanes == "risk" else list(CODES["tenure"])
    names = [name for name in known if name in found]
    return (*names, *sorted(found - set(known))) or ("",)


def lane_title(name: str, lanes: Lanes) -> Piece:
    """A lane's title and its style."""
    if lanes == "risk":
        return RISK_TITLES.get(name, name), f"risk.{name}"
    return tenure_title(name).upper(), "head"


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a column stands: its index, first cell, width, and whether it shows its cards."""

    column: int
    x: int
    width: int
    wide: bool


def lay_columns(
    grid: Grid, width: int, cursor: int, window: int, least: int = LEAST_WIDE
) -> tuple[list[Slot], int]:
    """The columns across ``width`` cells and the first wide one (to keep the view steady).

    As many columns with cards as fit with ``least`` cells are wide, the cursor's always among
    them; the others are folded to a narrow strip with a count. One cell for the rule stands
    between columns.
    """
    total = len(grid.stages)
    strip = max(2, len(str(max(grid.counts, default=0))))
    filled = grid.filled() or [cursor]
    if cursor not in filled:
        filled = sorted([*filled, cursor])
    if width < NARROW_BOARD:
        return _lay_narrow(filled, width, cursor, window)
    fits = (width - strip * total - (total - 1)) // (least - strip)
    wide, window = _window(filled, max(1, fits), cursor, window)
    spare = width - strip * (total - len(wide)) - (total - 1)
    slots: list[Slot] = []
    x = 0
    given = 0
    for column in range(total):
        size = strip
        if column in wide:
            given += 1
            size = spare * given // len(wide) - spare * (given - 1) // len(wide)
        slots.append(Slot(column, x, size, column in wide))
        x += size + 1
    return slots, window


def _lay_narrow(filled: list[int], width: int, cursor: int, window: int) -> tuple[list[Slot], int]:
    fits = max(1, (width + 1) // (LEAST_WIDE + 1))
    wide, window = _window(filled, fits, cursor, window)
    spare = width - (len(wide) - 1)
    slots: list[Slot] = []
    x = 0
    for number, column in enumerate(wide):
        size = spare * (number + 1) // len(wide) - spare * number // len(wide)
        slots.append(Slot(column, x, size, True))
        x += size + 1
    return slots, window


def _window(filled: list[int], fits: int, cursor: int, window: int) -> tuple[list[int], int]:
    at = filled.index(cursor)
    fits = min(fits, len(filled))
    start = min(max(0, window), len(filled) - fits)
    if at < start:
        start = at
    elif at >= start + fits:
        start = at - fits + 1
    return filled[start : start + fits], start


def lay_lanes(wants: Sequence[int], height: int, cursor: int, titled: bool) -> list[int]:
    """Body lines for each lane so that all fit in ``height``; -1 for a lane left out altogether.

    ``wants`` are the lines each would like. The cursor's lane is served first; lanes far from it
    fold to their title, and the farthest are left out.
    """
    titles = 1 if titled else 0
    lines = [0] * len(wants)
    order = sorted(range(len(wants)), key=lambda lane: (abs(lane - cursor), lane))
    left = height
    shown: list[int] = []
    for lane in order:
        if left < titles + (CARD_LINES if lane == cursor else 0) and lane != cursor:
            lines[lane] = -1
            continue
        left -= titles
        shown.append(lane)
    for least in (4, 2, 6, 8):
        for lane in shown:
            step = min(max(0, min(least, wants[lane]) - lines[lane]), max(0, left))
            lines[lane] += step
            left -= step
    while left > 0:
        hungry = [lane for lane in shown if lines[lane] < wants[lane]]
        if not hungry:
            break
        for lane in hungry:
            if left > 0:
                lines[lane] += 1
                left -= 1
    return lines


def card_lines(
    card: CaseCard,
    width: int,
    today: date,
    *,
    masked: bool = True,
    full: bool = False,
    folds: int = 2,
    most: int = 1,
    tall: bool = False,
) -> list[Pieces]:
    """A card as lines of exactly ``width`` cells.

    Risk, reference, initials and days; then the tenure and why it is stuck. A ``tall`` card puts
    the tenure and the days on a line of their own, so that a narrow column holds it. With ``full``
    all that is known of why, on whom, since when and what next, each folded to at most ``folds``
    lines; else why alone, to at most ``most``. The bar of the risk runs down the left side.
    """
    mark, style = risk_cell(card.risk)
    inner = width - 1
    if full:
        body = _full_lines(card, inner, today, folds, tall)
    else:
        body = _short_lines(card, inner, most, tall)
    if not masked and card.name:
        body = [[(card.name, "strong")], *(body if full or most > 1 else [])]
    if tall:
        body = [_between([(tenure_short(card.tenure), "dim")], _age(card, today), inner - 1), *body]
    first = _first_line(card, width, None if tall else _age(card, today), masked)
    return [first, *(fit_pieces([(mark[:1], style), *line], width) for line in body)]


def _age(card: CaseCard, today: date) -> Piece:
    days, _, late = days_in_stage(card.stage_entered, card.target_due, today)
    return f"{days}d{'!' if late else ''}", "late" if late else "dim"


def _between(left: Pieces, right: Piece, width: int) -> Pieces:
    """Pieces at the left and one at the right, at least a cell between them."""
    spare = width - width_of(left) - width_of([right])
    return fit_pieces([*left, (" " * max(1, spare), "text"), right], width)


def _first_line(card: CaseCard, width: int, old: Piece | None, masked: bool) -> Pieces:
    head: Pieces = [risk_cell(card.risk), (" ", "text"), (short_ref(card.ref), "accent")]
    if card.do_not_contact:
        head.append((" ⊘", "stop"))
    initials = card.masked.replace(" ", "").replace(".", "")
    if masked and initials:
        room = width - width_of(head) - (width_of([old]) + 1 if old else 0) - 1
        if width_of([(initials, "")]) <= room:
            head.append((f" {initials}", "strong"))
    return _between(head, old, width) if old else fit_pieces(head, width)


def _short_lines(card: CaseCard, width: int, folds: int, tall: bool) -> list[Pieces]:
    why, style = _why(card)
    label = "" if tall else tenure_short(card.tenure)
    room = width if tall else width - LABEL
    texts = wrap(why, max(1, room), limit=folds)
    return [
        [*([] if tall else _label(label if number == 0 else "")), (text, style)]
        for number, text in enumerate(texts)
    ]


def _why(card: CaseCard) -> Piece:
    if card.stuck_why:
        return card.stuck_why, "text"
    return consent_words(card.consent).lower() or card.next_text, "dim"


def _full_lines(card: CaseCard, width: int, today: date, folds: int, tall: bool) -> list[Pieces]:
    why, style = _why(card)
    days, allowed, late = days_in_stage(card.stage_entered, card.target_due, today)
    facts: list[tuple[str, str, str, str]] = []
    if card.do_not_contact:
        facts.append(("", "DO NOT CONTACT", "", "stop"))
    tenure = "" if tall else tenure_short(card.tenure)
    facts.append((tenure, why, "", style if card.stuck_why else "text"))
    if card.stuck_on or card.stuck_since:
        facts.append(("on", card.stuck_on, age(card.stuck_since, today), "text"))
    if card.next_text or card.next_due:
        urgent = "late" if card.next_due and card.next_due < today else "strong"
        facts.append(("next", card.next_text, _brief(card.next_due), urgent))
    if folds > 1:
        consent = consent_words(card.consent).lower()
        if consent and card.stuck_why:
            held = age(card.consent_since, today)
            facts.append(("cons", consent, held, consent_style(card.consent)))
        if allowed is not None:
            mark = f"{days}d of {allowed}d{'!' if late else ''}"
            facts.append(("time", mark, "", "late" if late else "dim"))
    lines: list[Pieces] = []
    for label, words, tail, style in facts:
        if tall:
            lines += _led(label, _folded(f"{label} {words}".strip(), tail, width, folds), style)
            continue
        for number, text in enumerate(_folded(words, tail, max(1, width - LABEL), folds)):
            lines.append([*_label(label if number == 0 else ""), (text, style)])
    return lines


def _led(label: str, texts: list[str], style: str) -> list[Pieces]:
    """Folded lines that begin with their label, which is dim."""
    if not label or not texts or not texts[0].startswith(label):
        return [[(text, style)] for text in texts]
    first: Pieces = [(label, "dim"), (texts[0][len(label) :], style)]
    return [first, *([(text, style)] for text in texts[1:])]


def _folded(words: str, tail: str, width: int, folds: int) -> list[str]:
    """Words and a date or age after them; where only one line is given the words are cut."""
    if not words or not tail:
        return wrap(words or tail, width, limit=folds)
    if folds == 1:
        return [f"{fit(words, max(1, width - len(tail) - 1)).rstrip()} {tail}"]
    return wrap(f"{words}, {tail}", width, limit=folds)


def _label(text: str) -> Pieces:
    return [(fit(text, LABEL - 1), "dim"), (" ", "text")]


def _brief(day: date | None) -> str:
    """``27 Nov``: a date without its weekday, where room is short."""
    return short_date(day).partition(" ")[2]
