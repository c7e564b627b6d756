"""Which rows of which trackers were brought in: kept as keyed digests, no word of a row.

A row is known again by the digest of all it says, a household by that of its old reference or of
its name, birth date and home. The key is the caseload's own. Rows are read past the seal: that a
row was brought in before is all that is told of it, and the same of every case.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from db.rows import moment_text, parse_moment

if TYPE_CHECKING:
    from db.connection import Connection

KEY: Final = "import_key"
"""Under this name the key of the digests is remembered."""
_SHORT: Final = 6
"""Bytes of the digest of one cell, which is only held against those of its own row."""


class Digests:
    """Digests under the caseload's key: the same words give the same, and nobody else can tell."""

    def __init__(self, key: str) -> None:
        self._key = bytes.fromhex(key)

    def of(self, *parts: str) -> bytes:
        """The digest of some texts, each apart from the next."""
        made = hashlib.blake2b(key=self._key, digest_size=16)
        for part in parts:
            said = part.encode()
            made.update(len(said).to_bytes(4, "big") + said)
        return made.digest()

    def cell(self, title: str, text: str) -> bytes:
        """The short digest of one cell under its title."""
        return self.of(title, text)[:_SHORT]


def new_key() -> str:
    """A key for ``Digests``."""
    return secrets.token_hex(32)


def short_digests(kept: bytes) -> list[bytes]:
    """The digests of a row's cells, as ``RowMark.cells`` joined them."""
    return [kept[at : at + _SHORT] for at in range(0, len(kept), _SHORT)]


@dataclass(frozen=True, slots=True)
class RowMark:
    """A row as it is known again: all it says, its household, and each cell. No word of it."""

    mark: bytes
    household: bytes
    cells: bytes


@dataclass(frozen=True, slots=True)
class KnownRow:
    """A row brought in before, and the number of its case."""

    mark: RowMark
    case_id: int


@dataclass(slots=True)
class Import:
    """One import: its number, when, its batch in the change log, digests, and how many of what."""

    id: int = 0
    at: datetime | None = None
    batch: int = 0
    file: bytes = field(default=b"", repr=False)
    mapping: bytes = field(default=b"", repr=False)
    rows_read: int = 0
    cases_made: int = 0
    rows_linked: int = 0
    rows_same: int = 0
    rows_changed: int = 0
    rows_refused: int = 0
    set_aside: int = 0
    undone: datetime | None = None


_COLUMNS: Final = (
    "id, at, batch, file, mapping, rows_read, cases_made, rows_linked, rows_same, rows_changed,"
    " rows_refused, set_aside, undone"
)


def known_rows(connection: Connection) -> list[KnownRow]:
    """Every row brought in, the oldest first; those of sealed cases too (see above)."""
    rows = connection.execute(
        "SELECT mark, household, cells, case_id FROM main.import_rows ORDER BY id"
    ).fetchall()
    return [KnownRow(RowMark(*map(bytes, row[:3])), int(row[3])) for row in rows]


def imports(connection: Connection) -> list[Import]:
    """Every import, the newest first."""
    rows = connection.execute(f"SELECT {_COLUMNS} FROM main.imports ORDER BY id DESC").fetchall()
    found = []
    for row in rows:
        one = Import(*row)
        one.at = parse_moment(row[1])
        one.undone = parse_moment(row[12]) if row[12] else None
        found.append(one)
    return found


def keep(connection: Connection, one: Import, at: datetime) -> int:
    """Write an import; inside the batch that made its cases. Returns its number."""
    connection.execute(
        "INSERT INTO main.imports (at, batch, file, mapping, rows_read, cases_made, rows_linked,"
        " rows_same, rows_changed, rows_refused, set_aside) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            moment_text(at),
            one.batch,
            one.file,
            one.mapping,
            one.rows_read,
            one.cases_made,
            one.rows_linked,
            one.rows_same,
            one.rows_changed,
            one.rows_refused,
            one.set_aside,
        ),
    ).fetchall()
    return int(connection.execute("SELECT last_insert_rowid()").fetchall()[0][0])


def keep_rows(
    connection: Connection, number: int, rows: Iterable[tuple[RowMark, int, bool]]
) -> None:
    """Write the rows of an import: mark, case, and whether the import made that case."""
    for mark, case_id, made in rows:
        connection.execute(
            "INSERT INTO main.import_rows (import_id, case_id, made, mark, household, cells)"
            " VALUES (?,?,?,?,?,?)",
            (number, case_id, int(made), mark.mark, mark.household, mark.cells),
        ).fetchall()


def forget(connection: Connection, batch: int, at: str) -> None:
    """An undone batch's import, if it was one, is marked so and its rows are known no more."""
    which = "SELECT id FROM main.imports WHERE batch = ?"
    connection.execute(
        f"DELETE FROM main.import_rows WHERE import_id IN ({which})", (batch,)
    ).fetchall()
    connection.execute(
        "UPDATE main.imports SET undone = ? WHERE batch = ? AND undone IS NULL", (at, batch)
    ).fetchall()


def count_set_aside(connection: Connection, case_ids: Iterable[int]) -> int:
    """How many reminders of these cases are dismissed."""
    found = 0
    for case_id in case_ids:
        found += connection.execute(
            "SELECT count(*) FROM main.reminders WHERE case_id = ? AND rule <> ''"
            " AND state = 'dismissed'",
            (case_id,),
        ).fetchall()[0][0]
    return found


def worked_on_since(connection: Connection, one: Import) -> list[str]:
    """References of the cases an import made that were worked on after it, but for those sealed;
    an empty one stands for these."""
    rows = connection.execute(
        "SELECT DISTINCT m.id, v.ref FROM main.changes c"
        " JOIN main.import_rows r ON r.case_id = c.case_id AND r.import_id = ? AND r.made = 1"
        " JOIN main.cases m ON m.id = c.case_id LEFT JOIN cases v ON v.id = m.id"
        " WHERE c.id > ? AND c.batch <> ? AND c.action IN ('collection', 'alteration', 'erasure')"
        " AND c.undoes = 0 AND c.batch NOT IN"
        " (SELECT undoes FROM main.changes WHERE undoes > 0) ORDER BY m.id",
        (one.id, one.batch, one.batch),
    ).fetchall()
    return [str(row[1] or "") for row in rows]
