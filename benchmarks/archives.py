"""A whole caseload out as an archive and in again, beside bare SQL and csv with the same rows."""

from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from benchmarks.consoles import Samples, timed
from benchmarks.data import TODAY, Caseset

if TYPE_CHECKING:
    from db.caseload import Caseload

LARGEST: Final = 10_000
"""Cases; a larger caseload is not read whole into memory on this program's account."""


def measure_archive(samples: Samples, caseset: Caseset, caseload: Caseload, scratch: Path) -> None:
    """Once each: it is done once in the life of a caseload, and takes its time."""
    if caseset.size > LARGEST:
        return
    out, plain = scratch / f"{caseset.name}.zip", scratch / f"{caseset.name}-plain"
    plain.mkdir()
    made: list[Any] = []
    samples.add(f"archive {caseset.name}", timed(lambda: made.append(_written(caseload, out))))
    samples.add(f"bare archive {caseset.name}", timed(lambda: _plainly_out(caseload, plain)))
    new = scratch / f"{caseset.name}-new"
    new.mkdir()
    samples.add(f"import {caseset.name}", timed(lambda: _brought(out, made[0], new)))
    samples.add(f"bare import {caseset.name}", timed(lambda: _plainly_in(plain, new)))


def _written(caseload: Caseload, out: Path) -> str:
    from datetime import UTC, datetime

    from sanctuary_tui.exports.archive import write_archive

    now = datetime.combine(TODAY, datetime.now(UTC).timetz())
    written = write_archive(caseload.connection, out, sealed=True, who="Coordinator", now=now)
    written.unnamed.give_names()
    return str(written.passphrase)


def _brought(out: Path, passphrase: str, folder: Path) -> None:
    from config.settings import default_settings
    from db.caseload import open_caseload
    from sanctuary_tui.imports.archive import import_archive, read_archive
    from sanctuary_tui.opening import derive_with

    caseload = open_caseload(
        folder / "caseload.db",
        os.urandom(32),
        derive=derive_with(default_settings()),
        who="Coordinator",
        today=lambda: TODAY,
        create=True,
    )
    import_archive(caseload, read_archive(out, passphrase))
    caseload.close()


def _tables() -> list[str]:
    from db.models import RECORDS

    return [*(record.table for record in RECORDS), "changes"]


def _plainly_out(caseload: Caseload, folder: Path) -> None:
    for table in _tables():
        rows = caseload.connection.execute(f"SELECT * FROM main.{table}").fetchall()
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as stream:
            csv.writer(stream).writerows(rows)


def _plainly_in(folder: Path, new: Path) -> None:
    """Into a file under the same cipher, with the same indexes, and every cell as text."""
    from db.connection import close_connection, open_connection
    from db.migrations import migrate

    connection = open_connection(new / "bare.db", os.urandom(32), create=True)
    migrate(connection)
    connection.execute("PRAGMA foreign_keys = OFF").fetchall()
    csv.field_size_limit(2**31 - 1)
    connection.execute("BEGIN").fetchall()
    for table in _tables():
        names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()]
        strict = connection.execute(f"PRAGMA table_info({table})").fetchall()
        blobs = [row[2] == "BLOB" for row in strict]
        whole = [row[2] == "INTEGER" for row in strict]
        with (folder / f"{table}.csv").open(newline="", encoding="utf-8") as stream:
            rows = [
                [
                    (int(cell) if cell else None) if number else cell.encode() if blob else cell
                    for cell, number, blob in zip(row, whole, blobs, strict=True)
                ]
                for row in csv.reader(stream)
            ]
        marks = ", ".join("?" * len(names))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("COMMIT").fetchall()
    close_connection(connection)
