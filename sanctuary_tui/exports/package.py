"""The weekly MARAC export: list, agenda, actions and manifest, plain or protected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal, get_args

from config.errors import BadInputError, RefusedError
from sanctuary_tui.exports.columns import ACTION_COLUMNS, AGENDA_COLUMNS, MARAC_COLUMNS
from sanctuary_tui.exports.csvfile import csv_bytes
from sanctuary_tui.exports.files import ExportResult, place_notices, sha256, write_set
from sanctuary_tui.exports.marac_rows import MARKING
from sanctuary_tui.exports.profiles import exporter
from sanctuary_tui.exports.protect import Sheet, archive_bytes, new_passphrase, workbook_bytes

Protection = Literal["csv", "xlsx", "zip"]
Row = Mapping[str, str]

_WEEK = re.compile(r"(\d{4})-?W(\d{2})", re.IGNORECASE)
_MOST_EXPORTS: Final = 99


def week_code(text: str) -> str:
    """``2026W48`` from ``2026-W48`` or ``2026W48``.

    Raises ``BadInputError`` when it is not a week of that year.
    """
    found = _WEEK.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        raise BadInputError("The week is not one of the calendar; write it as 2026-W48.") from None
    return f"{found[1]}W{found[2]}"


def export_id(week: str, number: int) -> str:
    """``MX-2026W48-01``."""
    return f"MX-{week_code(week)}-{number:02d}"


def next_number(out: Path, week: str, registered: Iterable[str] = ()) -> int:
    """The number after the highest of that week, in the folder or in registered paths."""
    pattern = re.compile(rf"MX-{week_code(week)}-(\d{{2}})(?!\d)")
    try:
        names = [path.name for path in out.iterdir()] if out.is_dir() else []
    except OSError:
        names = []
    names += [re.split(r"[/\\]", path)[-1] for path in registered]
    taken = [int(found[1]) for name in names if (found := pattern.match(name))]
    return max(taken, default=0) + 1


@exporter("weekly MARAC list", "marac", "marac_address")
def write_marac(
    rows: Sequence[Row],
    agenda: Sequence[Row],
    actions: Sequence[Row],
    *,
    week: str,
    number: int,
    out: Path,
    protect: Protection,
    who: str,
    recipient: str,
    basis: str,
    chain_head: str,
    now: datetime,
) -> ExportResult:
    """Write the list, agenda, actions and manifest of one week into the folder ``out``.

    ``csv`` writes three plain files, ``xlsx`` one encrypted workbook and ``zip`` one encrypted
    archive, each with a manifest beside it. The passphrase of the last two is in the result, to be
    shown once. All files are written or none, none replaces another, and all are mode 0600.

    Raises ``RefusedError`` when this number is taken, a cell is too long for a workbook or the
    place will not do; ``SanctuaryError`` when a file cannot be written.
    """
    if protect not in get_args(Protection):
        raise BadInputError("Choose how to protect the list: csv, xlsx or zip.")
    if not 1 <= number <= _MOST_EXPORTS:
        raise RefusedError(f"A week holds at most {_MOST_EXPORTS} exports; this one has them.")
    name = export_id(week, number)
    _refuse_taken(out, name)
    notices = place_notices(out, protected=protect != "csv")
    numbered = [{**row, "export_id": name, "marking": MARKING} for row in rows]
    sheets = (
        ("", Sheet("List", MARAC_COLUMNS, numbered)),
        ("-agenda", Sheet("Agenda", AGENDA_COLUMNS, agenda)),
        ("-actions", Sheet("Actions", ACTION_COLUMNS, actions)),
    )
    passphrase = None if protect == "csv" else new_passphrase()
    if protect == "xlsx":
        made = [(f"{name}.xlsx", workbook_bytes([sheet for _, sheet in sheets], passphrase or ""))]
    else:
        made = [
            (f"{name}{part}.csv", csv_bytes(sheet.columns, _in_order(sheet)))
            for part, sheet in sheets
        ]
    if protect == "zip":
        made = [(f"{name}.zip", archive_bytes(made, passphrase or ""))]
    listed = summed(made)
    manifest = manifest_bytes(
        listed,
        export=name,
        marking=MARKING,
        rows=len(rows),
        agenda_rows=len(agenda),
        action_rows=len(actions),
        protection=protect,
        made_by=who,
        made_utc=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        recipient=recipient,
        basis=basis,
        chain_head=chain_head,
    )
    files = [(out / file, data) for file, data in made]
    manifest_path = out / f"{name}.manifest"
    unnamed = write_set([*files, (manifest_path, manifest)])
    return ExportResult(
        [(out / name, digest) for name, _, digest in listed],
        len(rows),
        unnamed,
        passphrase,
        manifest_path,
        notices,
    )


def _in_order(sheet: Sheet) -> list[list[str]]:
    return [[row[name] for name in sheet.columns] for row in sheet.rows]


def _refuse_taken(out: Path, name: str) -> None:
    try:
        taken = out.is_dir() and any(path.name.startswith(name) for path in out.iterdir())
    except OSError:
        taken = False  # the write itself will say what is wrong with the folder
    if taken:
        raise RefusedError(
            f"{name} is already in that folder, and an export is never replaced; use the next "
            "number."
        )


def summed(made: Sequence[tuple[str, bytes]]) -> list[tuple[str, int, str]]:
    """The name of each file, its length and its SHA-256."""
    return [(name, len(data), sha256(data)) for name, data in made]


def manifest_bytes(listed: Sequence[tuple[str, int, str]], **facts: object) -> bytes:
    """A manifest as TOML: ``facts``, then what is ``summed`` up of each file."""
    import tomli_w

    files = [{"name": name, "bytes": size, "sha256": digest} for name, size, digest in listed]
    return tomli_w.dumps({**facts, "file": files}).encode()
