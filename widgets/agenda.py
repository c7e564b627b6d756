"""What cannot wait: one case and one action a line, in groups."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date

from textual.reactive import var

from db.readmodels import AgendaLine
from widgets.columns import Column
from widgets.dates import also_cell, when_cell
from widgets.lines import Heading, LineTable, group
from widgets.themes import risk_cell
from widgets.words import listed_name

GROUPS = {
    "at_once": "AT ONCE",
    "overdue": "OVERDUE",
    "today": "TODAY",
    "new": "NEW",
    "stuck": "STUCK",
    "coming": "COMING",
    "later": "LATER",
    "keeping": "REVIEW RETENTION",
}
"""The groups in the order in which they stand."""
GROUP_STYLES = {"at_once": "stop", "overdue": "stop"}


class AgendaList(LineTable[AgendaLine]):
    """Today's lines, or the aftercare agenda, under a heading for each group.

    Columns: risk, reference, name (initials while ``masked``), what to do, when.
    """

    masked: var[bool] = var(True, init=False)
    """Whether only initials are shown."""

    def __init__(
        self,
        lines: Sequence[AgendaLine] = (),
        *,
        today: date,
        masked: bool = True,
        titles: dict[str, str] | None = None,
        empty: str = "Nothing waits.",
        id: str | None = None,
    ) -> None:
        self.today = today
        self._titles_by_group = titles or GROUPS
        super().__init__(self._grouped(lines), empty=empty, id=id)
        self.set_reactive(AgendaList.masked, masked)

    def set_lines(self, lines: Sequence[AgendaLine], today: date | None = None) -> None:
        """Show these lines in their groups; the cursor stays on its line if it is still there."""
        self.today = today or self.today
        self.set_items(self._grouped(lines))

    def key(self, row: AgendaLine) -> Hashable:
        """The reminder, or the case and the state the line stands for; or the place and the day."""
        if row.place:
            return (row.place, row.rule, row.record_id, row.due)
        return (row.card.case_id, row.reminder_id, row.rule, row.record_table, row.record_id)

    def columns(self) -> Sequence[Column[AgendaLine]]:
        """The columns, with names masked or not."""
        masked = self.masked
        name = 8 if masked else 16
        return (
            Column("risk", lambda line: risk_cell(line.risk) if line.risk else "", 5),
            Column("ref", lambda line: (line.card.ref, "accent"), 8),
            Column("name", lambda line: listed_name(line.card, masked, name), name, drop=2),
            Column("text", lambda line: line.text, 44 - name, weight=1),
            Column("when", lambda line: when_cell(_day(line), self.today, line.at), 10),
            Column("also", lambda line: also_cell(_day(line), self.today), 10, drop=3),
        )

    def watch_masked(self) -> None:
        """Draw the names afresh."""
        self.restyle()

    def _grouped(self, lines: Sequence[AgendaLine]) -> list[AgendaLine | Heading]:
        return group(lines, lambda line: line.group, self._titles_by_group, GROUP_STYLES)


def _day(line: AgendaLine) -> date | None:
    """The day a line is seen by: since when a case is stuck for its reason, else when it is due."""
    return line.since or line.due
