"""The consent tracker: who has been asked, how long they have had it, and what is next."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import ClassVar

from textual.reactive import var

from db.readmodels import ConsentLine
from widgets.columns import Column, Piece
from widgets.dates import when_cell
from widgets.lines import LineTable
from widgets.themes import risk_cell
from widgets.words import CONSENT_SHORT, consent_style, listed_name

PARTS = {"dwelling": "home", "common_parts": "shared"}


class ConsentList(LineTable[ConsentLine]):
    """One open consent request a line. Days are working days."""

    show_titles: ClassVar[bool] = True

    masked: var[bool] = var(True, init=False)
    """Whether only initials are shown."""

    def __init__(
        self,
        lines: Sequence[ConsentLine] = (),
        *,
        today: date,
        masked: bool = True,
        empty: str = "No consent request is open.",
        id: str | None = None,
    ) -> None:
        self.today = today
        super().__init__(lines, empty=empty, id=id)
        self.set_reactive(ConsentList.masked, masked)

    def set_lines(self, lines: Sequence[ConsentLine], today: date | None = None) -> None:
        """Show these requests, in the order given."""
        self.today = today or self.today
        self.set_items(lines)

    def key(self, row: ConsentLine) -> Hashable:
        """The request."""
        return row.request_id

    def columns(self) -> Sequence[Column[ConsentLine]]:
        """The columns, with names masked or not."""
        masked = self.masked
        return (
            Column("risk", lambda line: risk_cell(line.card.risk), 5, "Risk"),
            Column("ref", lambda line: (line.card.ref, "accent"), 8, "Case"),
            Column(
                "name",
                lambda line: listed_name(line.card, masked, 8),
                8 if masked else 16,
                "Name",
                drop=6,
            ),
            Column(
                "part", lambda line: (PARTS.get(line.part, line.part), "dim"), 6, "Part", drop=5
            ),
            Column("who", _who, 16, "With", weight=2, most=36),
            Column("state", _state, 10, "State", drop=4),
            Column("days", _days, 5, "Days", drop=1, align="right"),
            Column("step", lambda line: line.next_step, 22, "Next", weight=3, drop=3),
            Column("next", lambda line: when_cell(line.next_chase, self.today), 10, "On", drop=2),
        )

    def watch_masked(self) -> None:
        """Draw the names afresh."""
        self.restyle()


def _who(line: ConsentLine) -> str:
    """Whose turn it is: the owner by name, the agent as one: ``agent Thorne Lettings``."""
    if line.hop == "agent":
        return f"agent {line.agent}".rstrip()
    return line.decision_maker or line.hop or line.agent


def _state(line: ConsentLine) -> Piece:
    return CONSENT_SHORT.get(line.state, line.state), consent_style(line.state)


def _days(line: ConsentLine) -> Piece:
    if line.sent_on is None:
        return "-", "dim"
    return f"{line.waiting_days}d", "warn" if line.waiting_days >= 15 else "text"
