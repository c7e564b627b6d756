"""A return as a file: one line a figure, a last line by which damage is noticed, a manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sanctuary_tui.exports.csvfile import csv_bytes
from sanctuary_tui.exports.files import ExportResult, place_notices, write_set
from sanctuary_tui.exports.package import manifest_bytes, summed
from sanctuary_tui.exports.profiles import exporter

COLUMNS: Final[dict[str, str]] = {
    "form": "which return: working-group, mhclg, outcomes, times, unmet or money",
    "period": "a calendar quarter, 2026Q4, or a year from April, 2026-27",
    "district": "the district, as the settings name it",
    "small_numbers": "exact, or hidden",
    "figure": "key of the figure; the same in every district's file. The last line has end",
    "label": "the figure in words",
    "unit": "count, pence or days",
    "value": "a whole number; <5 for 1 to 4; s for withheld; blank where there is none",
    "rule": "how it is counted, and whose rule that is",
}
"""Every column of the file, in order."""
END: Final = "end"
"""Key of the last line: its value is the number of lines before it, its rule their SHA-256."""

RULES: Final = (
    "One line a figure; no line is of a case. Sealed cases, and cases disposed of, are in no "
    "count; the manifest says so of every return, whether or not there are any.",
    "Small numbers hidden: 1 to 4 is written <5, other counts are rounded to 5 and 0 stays 0; "
    "the parts of fewer than ten are withheld (s), and those that would give a small number away, "
    "alone, with the other returns of the period, or with the quarters of the year.",
    "Amounts are rounded to 100 pounds and told where five homes or more were secured, or none; "
    "an average is that of the rounded figures; times are told of ten cases and more.",
)
"""What holds of every return, in sentences."""

Row = Sequence[str]


def seal(rows: Sequence[Row]) -> str:
    """A digest of the lines by their text, the same after a spreadsheet has saved them again."""
    told = "\x1e".join("\x1f".join(cell.strip() for cell in row) for row in rows)
    return hashlib.sha256(told.encode()).hexdigest()


@exporter("return of a period", "returns")
def write_return(
    rows: Sequence[Row],
    notes: Sequence[str],
    out: Path,
    *,
    who: str,
    chain_head: str,
    now: datetime,
) -> ExportResult:
    """Write a return as CSV to the file ``out``, and beside it a manifest with rules and notes.

    ``rows`` have ``COLUMNS``. Neither file replaces another. Raises ``RefusedError`` when a file is
    there already or the place will not do, ``SanctuaryError`` when it cannot be written.
    """
    notices = place_notices(out, protected=False)
    last = [*rows[0][:4], END, "", "", str(len(rows)), seal(rows)]
    data = csv_bytes(tuple(COLUMNS), [*rows, last])
    listed = summed([(out.name, data)])
    manifest = manifest_bytes(
        listed,
        export=rows[0][0],
        period=rows[0][1],
        rows=len(rows),
        small_numbers=rows[0][3],
        made_by=who,
        made_utc=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        chain_head=chain_head,
        rules=[*RULES, *notes],
        columns=dict(COLUMNS),
    )
    beside = out.with_suffix(".manifest")
    unnamed = write_set([(out, data), (beside, manifest)])
    files = [(out, digest) for _, _, digest in listed]
    return ExportResult(files, len(rows), unnamed, manifest_path=beside, notices=notices)
