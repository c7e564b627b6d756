"""Full-text search over records and notes (FTS5). Protected fields are never indexed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from config.codes import label
from db.models import BY_TABLE, RECORDS
from db.readmodels import SearchHit
from db.record import Record, specs

if TYPE_CHECKING:
    from db.connection import Connection

HIT_START: Final = "\ue000"
HIT_END: Final = "\ue001"
_SPREAD: Final = 1 << 40
_NUMBER: Final = {record.table: number for number, record in enumerate(RECORDS)}
_WORD = re.compile(r"\w+", re.UNICODE)


_SEARCHED: Final[dict[str, tuple[str, ...]]] = {
    record.table: tuple(
        name for name, spec in specs(record).items() if spec.searched and spec.klass != "protected"
    )
    for record in RECORDS
}


def row_id(table: str, record_id: int) -> int:
    """The index row of a record."""
    return _NUMBER[table] * _SPREAD + record_id


IndexRow = tuple[int, int, str, int, str]
"""What the index keeps of a record: its row, case, table and number, and the words."""


def index_row(record: Record) -> IndexRow | None:
    """What the index is to keep of a record; None where it keeps nothing."""
    if getattr(record, "rule", ""):
        return None  # a rule's reminder says what the program says, and changes without a write
    hidden = ("address", "postcode") if getattr(record, "confidential", "") == "yes" else ()
    names = [name for name in _SEARCHED[record.table] if name not in hidden]
    body = "\n".join(word for name in names if (word := str(getattr(record, name))))
    if not body:
        return None
    case_id = record.id if record.table == "cases" else record.case_id
    return row_id(record.table, record.id), case_id, record.table, record.id, body


def index_record(connection: Connection, record: Record, *, fresh: bool) -> None:
    """Put a record's words into the index, replacing what stood there unless it is ``fresh``."""
    if getattr(record, "rule", "") or not _SEARCHED[record.table]:
        return
    if not fresh:
        drop_record(connection, record)
    if (row := index_row(record)) is not None:
        _insert(connection, row)


_PUT: Final = (
    "INSERT INTO search (rowid, case_id, entity, entity_id, body, title) VALUES (?,?,?,?,?,?)"
)


def index_all(connection: Connection, records: Iterable[Record]) -> None:
    """Put the words of many records in, of which the index has none yet."""
    rows = (row for record in records if (row := index_row(record)) is not None)
    connection.executemany(_PUT, ((*row, BY_TABLE[row[2]].title) for row in rows))


def _insert(connection: Connection, row: IndexRow) -> None:
    connection.execute(_PUT, (*row, BY_TABLE[row[2]].title)).fetchall()


def index_faults(connection: Connection, records: Iterable[Record]) -> dict[int, IndexRow | None]:
    """Rows of the index that are not as ``records``, all there are, say: with what each is to be.

    Rows that are missing, wrong, or of no record (None); those of sealed cases too.
    """
    wanted = {row[0]: row for record in records if (row := index_row(record)) is not None}
    kept: dict[int, IndexRow] = {
        row[0]: row
        for row in connection.execute(
            "SELECT rowid, case_id, entity, entity_id, body FROM search"
        ).fetchall()
    }
    numbers = sorted(wanted.keys() | kept.keys())
    return {one: wanted.get(one) for one in numbers if wanted.get(one) != kept.get(one)}


def mend_index(connection: Connection, faults: Mapping[int, IndexRow | None]) -> None:
    """Make what ``index_faults`` found as the records say; inside a transaction of the caller."""
    connection.execute("INSERT INTO search (search) VALUES ('rebuild')").fetchall()
    for number, row in faults.items():
        connection.execute("DELETE FROM search WHERE rowid = ?", (number,)).fetchall()
        if row is not None:
            _insert(connection, row)


def drop_record(connection: Connection, record: Record) -> None:
    """Take a record's words out of the index."""
    connection.execute(
        "DELETE FROM search WHERE rowid = ?", (row_id(record.table, record.id),)
    ).fetchall()


def match_expression(words: str) -> str:
    """What a person typed as an FTS5 query: every word, the last as a beginning. Empty if none."""
    found = _WORD.findall(words)
    return " ".join(f'"{word}"*' for word in found)


def search(connection: Connection, words: str, limit: int = 200) -> list[SearchHit]:
    """Where every one of ``words`` stands, best first; empty when nothing can be searched for.

    The index holds the words of sealed cases too; those are left out here, by the view that stands
    before ``case_cards`` (``db.seal``).
    """
    expression = match_expression(words)
    if not expression:
        return []
    rows = connection.execute(
        "SELECT s.case_id, coalesce(c.ref, ''), s.entity, s.entity_id,"
        f" snippet(search, 4, '{HIT_START}', '{HIT_END}', '…', 12),"
        " CASE s.entity WHEN 'people' THEN (SELECT role FROM people WHERE id = s.entity_id) END"
        " FROM search s LEFT JOIN case_cards c ON c.case_id = s.case_id"
        " WHERE search MATCH ? AND (c.case_id IS NOT NULL OR s.case_id = 0"
        " AND (s.entity <> 'organisations' OR s.entity_id IN (SELECT id FROM organisations))"
        " AND (s.entity <> 'contacts' OR s.entity_id IN (SELECT id FROM contacts)))"
        " ORDER BY rank LIMIT ?",
        (expression, limit),
    ).fetchall()
    return [
        SearchHit(case_id, ref, table, number, _title(table, role), words)
        for case_id, ref, table, number, words, role in rows
    ]


def _title(table: str, role: str | None) -> str:
    """What was found: a person by their part in the case, since two may have one surname."""
    return label("role", role) if role else BY_TABLE[table].title
