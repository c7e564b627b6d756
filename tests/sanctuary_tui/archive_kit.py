"""What the tests of archives do with one: write it, open it, bring it in, look at all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pyzipper

from db import archiving
from db.caseload import Caseload
from db.models import (
    RECORDS,
)
from sanctuary_tui import archive_export
from sanctuary_tui.archive_export import ArchiveOrder
from sanctuary_tui.exports.archive import TABLES
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.imports.archive import Archive, import_archive
from tests.db import kit
from tests.sanctuary_tui.cli_program import HANDED

NOW: Final = kit.noon(kit.DAY)


def export(caseload: Caseload, out: Path, *, sealed_why: str = "", typed: str = "") -> ExportResult:
    order = ArchiveOrder(HANDED, typed or archive_export.CONFIRM, sealed_why)
    return archive_export.export_archive(
        caseload, order, out, settings_file=out.with_name("settings.toml"), now=NOW
    )


def passphrase_of(written: ExportResult) -> str:
    assert written.passphrase
    return written.passphrase


def files_in(path: Path, passphrase: str) -> dict[str, bytes]:
    with pyzipper.AESZipFile(path) as archive:
        archive.setpassword(passphrase.encode())
        return {name: archive.read(name) for name in archive.namelist()}


def rows_in(archive: Archive) -> dict[str, list[Any]]:
    """Every row of an archive, by table."""
    return {name: [row for rows in archive.pieces(name) for row in rows] for name in TABLES}


def brought(folder: Path, archive: Archive) -> Caseload:
    """An empty caseload that the archive was brought into."""
    folder.mkdir(mode=0o700)
    caseload = kit.make(folder / "caseload.db")
    import_archive(caseload, archive)
    return caseload


def whole(caseload: Caseload) -> dict[str, list[tuple[Any, ...]]]:
    """Every record, card and form, past the views."""
    tables = [record.table for record in RECORDS]
    found = {one: kit.rows(caseload, f"SELECT * FROM main.{one} ORDER BY 1") for one in tables}
    for table in ("case_cards", "drafts"):
        found[table] = kit.rows(caseload, f"SELECT * FROM main.{table} ORDER BY 1, 2, 3")
    found["search"] = kit.rows(caseload, "SELECT rowid, * FROM search ORDER BY rowid")
    return found


def log(caseload: Caseload, first: int = 0) -> list[tuple[Any, ...]]:
    """The lines of the log after ``first``, their batches counted from there."""
    names = ", ".join(archiving.LOG_COLUMNS)
    lines = kit.rows(caseload, f"SELECT {names} FROM changes WHERE id > ? ORDER BY id", first)
    return [
        (*line[:6], *(number and number - first for number in line[6:8]), *line[8:])
        for line in lines
    ]


def taken_over(caseload: Caseload) -> list[tuple[Any, ...]]:
    """The log that came with the archive: what stands between the two lines that say so."""
    marks = kit.rows(caseload, "SELECT id FROM changes WHERE entity = 'archive' ORDER BY id")
    (first,), (last,) = marks
    return log(caseload, first)[: last - first - 1]
