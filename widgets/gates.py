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
    "open": ("✓ open", "good"),
    "over": ("○ over", "warn"),
}
"""Severity to its mark; ``over`` is a finding that a live override lets pass."""


def gate_mark(finding: Finding) -> Piece:
    """The mark of a finding and its style."""
    return MARKS["over" if finding.overridden else finding.severity]


class GateList(LineTable[Finding]):
    """Findings, one gate a row: mark, gate, sentence, and who must act since when.

    With ``all_gates``, gates without a finding are listed as open.
    """

    uniform: ClassVar[bool] = False

    def __init__(
        self,
        findings: Sequence[Finding] = (),
        *,
        today: date,
        all_gates: bool = False,
        empty: str = "✓ Every gate is open.",
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
        return len(self._texts(row, width))

    def lines(self, row: Finding, width: int) -> list[Pieces]:
        """The mark and gate, then the sentence beside them."""
        mark, style = MARKS["open"] if _is_open(row) else gate_mark(row)
        label = self._label(row, width)
        lines: list[Pieces] = []
        for number, (text, text_style) in enumerate(self._texts(row, width)):
            if number:
                lines.append([(" " * (8 + len(label)), "text"), (text, text_style)])
            else:
                lines.append([(f"{mark}  ", style), (label, "strong"), (text, text_style)])
        return lines

    def _label(self, row: Finding, width: int) -> str:
        if width < 60:
            return fit(row.gate, 4)
        return fit(f"{row.gate:<3} {CODES['gate'].get(row.gate, '')}", 22)

    def _texts(self, row: Finding, width: int) -> list[Piece]:
        room = max(8, width - 8 - len(self._label(row, width)))
        style = "dim" if row.overridden or _is_open(row) else "text"
        texts: list[Piece] = [(line, style) for line in wrap(row.sentence, room)]
        since = f"since {age(row.since, self.today)}" if row.since else ""
        tail = ", ".join(part for part in (row.who and f"on {row.who}", since) if part)
        if row.overridden:
            tail = f"overridden; {tail}" if tail else "overridden"
        return [*texts, (tail, "dim")] if tail else texts

    def _with_open(self, findings: Sequence[Finding]) -> list[Finding]:
        if not self.all_gates:
            return list(findings)
        said = {finding.gate for finding in findings}
        open_ = [Finding(gate, "info", "Open.") for gate in CODES["gate"] if gate not in said]
        return [*findings, *open_]


def _is_open(row: Finding) -> bool:
    return row.severity == "info" and row.sentence == "Open."
