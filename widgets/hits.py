"""What a search found, and cases that may be the same household."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import ClassVar

from config.codes import STAGES
from db.readmodels import CaseCard, Match, SearchHit
from widgets.columns import Column, Piece, Pieces, fit, fit_pieces
from widgets.lines import LineTable
from widgets.themes import risk_cell
from widgets.words import listed_name

HIT_OPEN, HIT_CLOSE = "\ue000", "\ue001"
"""Marks around a word searched for (private-use characters, which cleaned text never holds)."""


def marked(snippet: str, plain: str = "dim") -> Pieces:
    """A snippet as pieces, with the words searched for in the ``hit`` style."""
    pieces: Pieces = []
    for number, part in enumerate(snippet.replace("\n", " ").split(HIT_OPEN)):
        found, mark, rest = part.partition(HIT_CLOSE) if number else ("", "", part)
        if number and not mark:
            found, rest = "", part
        pieces.extend((text, style) for text, style in ((found, "hit"), (rest, plain)) if text)
    return pieces


class HitList(LineTable[SearchHit]):
    """Search results: the case and what was found in, and below it the words in their place."""

    uniform: ClassVar[bool] = False

    def __init__(
        self,
        rows: Sequence[SearchHit] = (),
        *,
        masked: bool = True,
        empty: str = "Nothing found.",
        id: str | None = None,
    ) -> None:
        self.masked = masked
        self._cards: Mapping[int, CaseCard] = {}
        super().__init__(rows, empty=empty, id=id)

    def set_hits(self, hits: Sequence[SearchHit], cards: Mapping[int, CaseCard]) -> None:
        """Show these results, with the cards of their cases."""
        self._cards = cards
        self.set_rows(hits)

    def card_of(self, hit: SearchHit | None) -> CaseCard | None:
        """The card of the case a result is about."""
        return self._cards.get(hit.case_id) if hit else None

    def key(self, row: SearchHit) -> Hashable:
        """Where the words stand."""
        return (row.case_id, row.entity, row.entity_id)

    def height(self, row: SearchHit, width: int) -> int:
        """Two lines; one when there is no snippet to show."""
        return 2 if self._snippet(row) else 1

    def lines(self, row: SearchHit, width: int) -> list[Pieces]:
        """Reference, risk, name, stage and title, then the snippet."""
        ref = fit(row.ref, min(10, width))
        first: Pieces = [(ref, "accent")]
        card = self.card_of(row)
        if card is not None and width >= 60:
            stage = STAGES.get(card.stage, card.stage)
            name = fit(listed_name(card, self.masked, 8), 8 if self.masked else 22)
            first += [risk_cell(card.risk), ("  ", "text"), (name, "text")]
            first += [("  ", "text"), (fit(stage, 14), "dim"), ("  ", "text")]
        first.append((row.title, "text"))
        indent = (" " * len(ref), "dim")
        return [fit_pieces(first, width), fit_pieces([indent, *marked(self._snippet(row))], width)]

    def _snippet(self, row: SearchHit) -> str:
        """The words in their place; while names are masked, not those of a person's record."""
        return "" if self.masked and row.entity == "people" else row.snippet


class MatchList(LineTable[Match]):
    """Cases that may be the same household as a new referral, and why."""

    def __init__(
        self,
        rows: Sequence[Match] = (),
        *,
        empty: str = "No earlier case looks like this one.",
        id: str | None = None,
    ) -> None:
        super().__init__(rows, empty=empty, id=id)

    def key(self, row: Match) -> Hashable:
        """The case."""
        return row.case_id

    def columns(self) -> Sequence[Column[Match]]:
        """Reference, initials, open or closed, stage, why it may be the same."""
        return (
            Column("ref", lambda row: (row.ref, "accent"), 8, "Case"),
            Column("name", lambda row: row.masked, 8, "Name", drop=2),
            Column("status", _status, 6, "", drop=3),
            Column("stage", lambda row: STAGES.get(row.stage, row.stage), 14, "Stage", drop=1),
            Column("reason", lambda row: row.reason, 14, "Why", weight=1),
        )


def _status(row: Match) -> Piece:
    return (row.status, "good" if row.status == "open" else "dim")
