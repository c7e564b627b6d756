"""The weekly MARAC list: candidates to tick, each with the reason for it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from db.readmodels import MaracCandidate
from widgets.columns import Column, Piece
from widgets.lines import LineTable
from widgets.themes import risk_cell
from widgets.words import shown_name


class MaracList(LineTable[MaracCandidate]):
    """Candidates with tick boxes; space toggles. ``ticked`` of the row is changed in place."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("space", "tick", "Tick", show=False)]
    show_titles: ClassVar[bool] = True

    masked: var[bool] = var(True, init=False)
    """Whether only initials are shown."""

    class Toggled(Message):
        """A candidate was ticked or unticked (``row.ticked`` is the new state)."""

        def __init__(self, table: LineTable[Any], row: MaracCandidate) -> None:
            super().__init__()
            self.table = table
            self.row = row

        @property
        def control(self) -> LineTable[Any]:
            """The list that sent it."""
            return self.table

    def __init__(
        self,
        rows: Sequence[MaracCandidate] = (),
        *,
        masked: bool = True,
        empty: str = "No case meets a criterion this week.",
        id: str | None = None,
    ) -> None:
        super().__init__(rows, empty=empty, id=id)
        self.set_reactive(MaracList.masked, masked)

    @property
    def ticked(self) -> list[MaracCandidate]:
        """The candidates that are ticked, in order."""
        return [row for row in self.rows if row.ticked]

    def key(self, row: MaracCandidate) -> Hashable:
        """The case."""
        return row.card.case_id

    def columns(self) -> Sequence[Column[MaracCandidate]]:
        """The columns, with names masked or not."""
        masked = self.masked
        return (
            Column("tick", _tick, 3),
            Column("risk", lambda row: risk_cell(row.card.risk), 5, "Risk"),
            Column("ref", lambda row: (row.card.ref, "accent"), 8, "Case"),
            Column(
                "name",
                lambda row: shown_name(row.card, masked),
                8 if masked else 16,
                "Name",
                drop=4,
            ),
            Column("type", lambda row: (row.listing_type, "dim"), 9, "Type", drop=3),
            Column(
                "criteria",
                lambda row: (" ".join(row.criteria), "strong"),
                7,
                "Why",
                weight=1,
                most=15,
            ),
            Column("reason", lambda row: "; ".join(row.reasons), 26, "Reason", weight=6, drop=1),
            Column("missing", _missing, 10, "Missing", drop=2),
        )

    def action_tick(self) -> None:
        """Tick or untick the candidate under the cursor, and go to the next."""
        row = self.row
        if row is None:
            return
        row.ticked = not row.ticked
        self.refresh_row(row)
        self.post_message(self.Toggled(self, row))

    def watch_masked(self) -> None:
        """Draw the names afresh."""
        self.restyle()


def _tick(row: MaracCandidate) -> Piece:
    return ("[x]", "good") if row.ticked else ("[ ]", "dim")


def _missing(row: MaracCandidate) -> Piece:
    count = len(row.missing)
    return (f"{count} missing", "warn") if count else ("complete", "dim")
