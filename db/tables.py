"""Rows of records: put in, changed, taken out. A number once given is never given again.

A row taken out leaves its number behind: its history stays in the change log, and a later record
under the same number would be read into it. SQLite gives the highest free number, so the highest
one taken out is remembered in ``settings`` (as is the last reference of an undone case).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from config.errors import RefusedError
from db.models import RECORDS, Case
from db.record import Record, specs
from db.rows import columns_sql, quoted, to_column, to_row
from db.search import drop_record

if TYPE_CHECKING:
    from db.connection import Connection

_LAST: Final = "last:"
POINTERS: Final[dict[str, tuple[tuple[type[Record], str], ...]]] = {
    target.table: tuple(
        (kind, name)
        for kind in RECORDS
        for name, spec in specs(kind).items()
        if spec.to == target.table
    )
    for target in RECORDS
}
"""For each table, which fields of which records point at its rows."""


class Tables:
    """The rows of one open caseload. The caller's transaction makes it all or nothing."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._floors: dict[str, int] | None = None

    def reload(self) -> None:
        """Forget what was remembered, as after a rolled-back transaction."""
        self._floors = None

    # --- rows

    def insert(self, record: Record) -> int:
        """Put a record in, under its own number or a new one. Returns the number."""
        kind = type(record)
        values = to_row(record)
        values[0] = record.id or self._next(kind.table)
        marks = ", ".join("?" * len(values))
        put = self.connection.execute(
            f"INSERT INTO main.{kind.table} ({columns_sql(kind)}) VALUES ({marks})", values
        )
        put.fetchall()
        return int(put.lastrowid)

    def write(self, record: Record, changes: dict[str, Any]) -> None:
        """Change columns of a record's row."""
        sets = ", ".join(f"{quoted(name)} = ?" for name in changes)
        values = [to_column(value) for value in changes.values()]
        self.connection.execute(
            f"UPDATE main.{record.table} SET {sets} WHERE id = ?", [*values, record.id]
        ).fetchall()

    def remove(self, record: Record) -> None:
        """Take a record's row and its words in the index out; its number stays used."""
        drop_record(self.connection, record)
        self.connection.execute(
            f"DELETE FROM main.{record.table} WHERE id = ?", (record.id,)
        ).fetchall()
        self.use_up(record.table, record.id)

    def remove_case(self, case: Case) -> None:
        """Take a case out, with what the rules and half-filled forms left of it."""
        rows = self.connection.execute(
            "SELECT max(id) FROM main.reminders WHERE case_id = ?", (case.id,)
        ).fetchall()
        self.use_up("reminders", rows[0][0] or 0)
        for table in ("reminders", "case_cards", "drafts", "import_rows"):
            self.connection.execute(
                f"DELETE FROM main.{table} WHERE case_id = ?", (case.id,)
            ).fetchall()
        self.use_up_reference(case)
        self.remove(case)

    def check_current(self, record: Record) -> None:
        """Refuse to go on from a record that is not as it is kept now.

        Raises:
            RefusedError: it has been changed or taken out since it was read.
        """
        rows = self.connection.execute(
            f"SELECT version FROM main.{record.table} WHERE id = ?", (record.id,)
        ).fetchall()
        if not rows:
            raise RefusedError("That record is no longer there; open the case again.")
        if rows[0][0] != record.version:
            raise RefusedError("That record has been changed since; open the case again.")

    def check_unneeded(self, record: Record) -> None:
        """Refuse to take out what other records point at.

        Raises:
            RefusedError: says which kind of record does.
        """
        for kind, name in POINTERS[record.table]:
            found = self.connection.execute(
                f"SELECT 1 FROM main.{kind.table} WHERE {quoted(name)} = ? LIMIT 1", (record.id,)
            ).fetchall()
            if found:
                raise RefusedError(
                    f"This {record.title.lower()} is still named by a record of the kind "
                    f"“{kind.title.lower()}”; change or delete that first."
                )

    # --- numbers given once

    def last_used(self, name: str) -> int:
        """The highest number under ``name`` (a table, ``S26-``) that was taken out; 0 if none."""
        if self._floors is None:
            rows = self.connection.execute(
                "SELECT name, value FROM settings WHERE name >= 'last:' AND name < 'last;'"
            ).fetchall()
            self._floors = {row[0].removeprefix(_LAST): int(row[1]) for row in rows}
        return self._floors.get(name, 0)

    def use_up(self, name: str, number: int) -> None:
        """Never give this number, or a lower one, again under ``name``."""
        if number <= self.last_used(name):
            return
        self.connection.execute(
            "INSERT INTO settings VALUES (?,?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (f"{_LAST}{name}", str(number)),
        ).fetchall()
        assert self._floors is not None
        self._floors[name] = number

    def use_up_reference(self, case: Case) -> None:
        """Never give a case's reference, or a lower one of its year, again."""
        prefix, _, number = case.ref.rpartition("-")
        if number.isdecimal():
            self.use_up(f"{prefix}-", int(number))

    def _next(self, table: str) -> int | None:
        floor = self.last_used(table)
        if not floor:
            return None
        highest = self.connection.execute(f"SELECT max(id) FROM main.{table}").fetchall()[0][0] or 0
        return int(max(highest, floor)) + 1
