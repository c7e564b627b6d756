"""What the gates say of a case: a shape and a word for how serious, and one sentence each."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date
from typing import ClassVar, Final

from config.codes import CODES
from config.format import age
from db.readmodels import Finding
from widgets.columns import Piece, Pieces, fit, wrap
from widgets.lines import LineTable

MARKS: Final = {
    "stop": ("■ stop", "stop"),
    "warn": ("▲ warn", "warn"),
    "info": ("· info", "dim"),
    "open": ("✓ pass", "good"),
    "over": ("○ over", "warn"),
}
"""Severity to its mark; ``over`` is a finding that a live override lets pass."""
NARROW: Final = 60
"""Cells below which the sentence stands under its gate."""


def gate_mark(finding: Finding) -> Piece:
    """The mark of a finding and its style."""
    return MARKS["over" if finding.overridden else finding.severity]


class GateList(LineTable[Finding]):
    """Findings, one gate a row: mark, gate, sentence, and who must act since when.

    With ``all_gates``, gates without a finding are listed as passed.
    """

    uniform: ClassVar[bool] = False

    def __init__(
        self,
        findings: Sequence[Finding] = (),
        *,
        today: date,
        all_gates: bool = False,
        empty: str = "✓ Every gate is passed.",
        id: str | None = None,
    ) -> None:
        self.today = today
        self.all_gates = all_gates
        super().__init__(self._with_open(findings), empty=empty, id=id)

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show these findings, in the order given."""
        self.set_items(self._with_open(findings))

    def key(self, row: Finding) -> Hashable:
        """The gate and what it is about."""
        return (row.gate, row.measure_id, row.sentence)

    def height(self, row: Finding, width: int) -> int:
        """The folded sentence, and a line for who and since when."""
        lines = len(self._texts(row, width))
        return lines + 1 if width < NARROW else max(1, lines)

    def lines(self, row: Finding, width: int) -> list[Pieces]:
        """The mark and the gate, then the sentence: beside them, or below where it is narrow."""
        mark, style = MARKS["open"] if _is_open(row) else gate_mark(row)
        label = self._label(row, width)
        head: Pieces = [(f"{mark}  ", style), (label, "dim" if _is_open(row) else "strong")]
        texts = self._texts(row, width)
        if width < NARROW:
            return [head, *([("  ", "text"), text] for text in texts)]
        indent = " " * (8 + len(label))
        return [[*head, *texts[:1]], *([(indent, "text"), text] for text in texts[1:])]

    def _label(self, row: Finding, width: int) -> str:
        if row.gate in CODES["gate"]:
            name = f"{row.gate:<3} {CODES['gate'][row.gate]}"
        else:
            name = CODES["override_gate"].get(row.gate) or CODES["stage"].get(row.gate, row.gate)
        return name if width < NARROW else fit(name, 22)

    def _texts(self, row: Finding, width: int) -> list[Piece]:
        """The sentence, folded, then who must act and for how long it has waited."""
        if _is_open(row):
            return []
        room = width - 2 if width < NARROW else width - 8 - 22
        style = "dim" if row.overridden else "text"
        texts: list[Piece] = [(line, style) for line in wrap(row.sentence, max(8, room))]
        since = f"for {age(row.since, self.today)}" if row.since else ""
        tail = ", ".join(part for part in (row.who and f"on {row.who}", since) if part)
        if row.overridden:
            tail = f"overridden; {tail}" if tail else "overridden"
        return [*texts, (tail, "dim")] if tail else texts

    def _with_open(self, findings: Sequence[Finding]) -> list[Finding]:
        if not self.all_gates:
            return list(findings)
        said = {finding.gate for finding in findings}
        open_ = [Finding(gate, "info", "Passed.") for gate in CODES["gate"] if gate not in said]
        return [*findings, *open_]


def _is_open(row: Finding) -> bool:
    return row.severity == "info" and row.sentence == "Passed."
