"""What is said of an import: a plain report, and the refused rows as a file to mend.

The report names rows, columns and classes of value; what a cell says stands only in the file of
refused rows, which is written where somebody asks for it by name, and is in the export register.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from config.errors import BadInputError
from db.caseload import Caseload
from sanctuary_tui.cli_output import counted
from sanctuary_tui.exports.csvfile import csv_bytes
from sanctuary_tui.exports.files import ExportResult, place_notices, write_one
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import exporter
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.imports.applying import LONG_PAST, Imported
from sanctuary_tui.imports.planning import MEND, Plan

MOST_LINES: Final = 40
"""Lines of each list that the report shows."""
_SKIPPED: Final = {
    "title": ("row above the titles", "rows above the titles"),
    "blank": ("blank row", "blank rows"),
    "header": ("repeated row of titles", "repeated rows of titles"),
    "total": ("row of totals", "rows of totals"),
    "note": ("row that divides the table", "rows that divide the table"),
}


def report_lines(plan: Plan, imported: Imported | None = None) -> Iterator[str]:
    """The report, a line each: of what would be, or, with ``imported``, of what was done."""
    yield from (f"{what}: {number}." for _, what, number in counts(plan, imported))
    yield from _list("Changed since:", [_changed(plan)] if plan.count("changed") else [])
    yield from _list("May be there already:", _asked(plan))
    yield from _list(
        "Refused:",
        [f"row {r.row}, {r.column}, {r.value_class}: {r.what_to_do}" for r in plan.refusals],
    )


def counts(plan: Plan, imported: Imported | None = None) -> Iterator[tuple[str, str, str]]:
    """How many rows and cases of what: a word for it, its words, and the number; what it did once
    it is imported."""
    done = imported is not None
    yield "read", "Rows read", f"{plan.rows_read:,}. Not data: {_skipped(plan)}"
    made = f"Cases {'made' if done else 'that would be made'}"
    yield "cases", made, f"{plan.cases:,}{_references(imported)}"
    yield "new", "Rows in them", f"{plan.count('new'):,}"
    yield "link", "Rows linked to a case that was there", f"{plan.count('link'):,}"
    yield "same", "Rows the same as before", f"{plan.count('same'):,}"
    yield "changed", "Rows changed since they were brought in", f"{plan.count('changed'):,}"
    yield "ask", "Rows to be decided on", f"{plan.count('ask'):,}"
    if plan.count("skipped"):
        yield "skipped", "Rows left out as decided", f"{plan.count('skipped'):,}"
    yield "refused", "Rows refused", f"{plan.count('refused'):,}"
    if plan.status_unread:
        yield (
            "status",
            "Rows whose status was not understood, kept as a note",
            f"{plan.status_unread:,}. Match the column to Stage to have it read, or look at them",
        )
    if imported is not None and imported.set_aside:
        yield (
            "aside",
            f"Reminders set aside because they were due more than {LONG_PAST.days} days ago",
            f"{imported.set_aside:,}. The board shows where those cases stand",
        )


def _references(imported: Imported | None) -> str:
    if imported is None or not imported.refs:
        return ""
    first, last = imported.refs[0], imported.refs[-1]
    return f" ({first})" if first == last else f" ({first} to {last})"


def _skipped(plan: Plan) -> str:
    kinds = Counter(one.why for one in plan.sheet.skipped)
    return ", ".join(counted(kinds[why], *_SKIPPED[why]) for why in kinds) or "none"


def _changed(plan: Plan) -> str:
    rows = [one.rows[0] for one in plan.planned if one.outcome == "changed"]
    shown = ", ".join(str(row) for row in rows[:MOST_LINES])
    more = f" and {len(rows) - MOST_LINES:,} more" if len(rows) > MOST_LINES else ""
    return f"row {shown}{more}; --changed note adds what is new as a note on the case"


def _asked(plan: Plan) -> list[str]:
    return [
        f"row {one.rows[0]}: {'; '.join(other.words for other in one.alike[:3])}"
        for one in plan.planned
        if one.outcome == "ask"
    ]


def _list(title: str, lines: list[str]) -> Iterator[str]:
    if lines:
        yield title
        yield from (f"  {line}" for line in lines[:MOST_LINES])
        if len(lines) > MOST_LINES:
            yield f"  and {len(lines) - MOST_LINES:,} more."


# --- refused rows ---------------------------------------------------------------------------------


@exporter("refused", "refused")
def write_refused(plan: Plan, out: Path) -> ExportResult:
    """The refused rows as they were, with what to mend in a last column: mended, they import.

    Raises:
        BadInputError: no row is refused, or the file's name is not one of a CSV.
        SanctuaryError: it exists or cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise BadInputError("The file's name must end in .csv, such as mend.csv.")
    what: dict[int, list[str]] = {}
    for refusal in plan.refusals:
        what.setdefault(refusal.row, []).append(f"{refusal.column}: {refusal.what_to_do}")
    if not what:
        raise BadInputError("No row is refused, so there is no file to mend.")
    titles = [heading.title or heading.letter for heading in plan.sheet.headings]
    mended = [at for at, title in enumerate(titles) if title != MEND]
    rows = [
        [*(row.cells[at].text for at in mended), " ".join(what[row.number])]
        for row in plan.sheet.rows
        if row.number in what
    ]
    data = csv_bytes([*(titles[at] for at in mended), MEND], rows)
    return write_one(out, data, len(rows), place_notices(out, protected=False))


def keep_refused(caseload: Caseload, plan: Plan, out: Path, now: datetime) -> ExportResult:
    """Write the refused rows and register the file. Raises as ``write_refused`` does."""
    said = "rows refused by an import written to be mended"
    with sending(caseload.store, said) as outgoing:
        written = outgoing.hold(write_refused(plan, out))
        for row in disclosures_of(
            written,
            what="refused rows of a tracker, to be mended",
            recipient="internal",
            recipient_name="",
            basis="",
            protection="csv",
            by=caseload.store.who,
            at=now,
            case_refs=(),
            profile="refused",
        ):
            caseload.store.add(row, why=said)
        caseload.store.note("disclosure", "caseload", 0, 0, said)
    return written
