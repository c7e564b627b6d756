"""A whole caseload as rows, to be written into an archive, and back into an empty one.

Every record table with its numbers, so that links hold; the change log with what it says, so that
nothing is lost; forms left half-done; and of what the caseload remembers what belongs to it and not
to this computer. Cards and the search index are made again from the records.

Sealed cases are read past the views (``db.seal``) or left out by them. Left out, the log has no row
of them either and is numbered anew, so that no gap in it counts them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

from config.errors import RefusedError
from db.changes import ARCHIVE, Line, packed, told_again, unpacked
from db.connection import DATABASE_ERRORS, error_code
from db.models import BY_TABLE, RECORDS, Breach, Contact, Disclosure, GroupAction
from db.queries import REMEMBER, disposals_begun, said_without
from db.record import column_names, specs
from db.rows import columns_sql, from_rows, quoted
from db.seal import left_out, lists_without, sealed_ids, sealed_refs
from db.search import index_all

if TYPE_CHECKING:
    from db.connection import Connection
    from db.store import Store

LOG_COLUMNS: Final = (
    "at", "who", "action", "entity", "entity_id", "case_id", "batch", "undoes",
    "before", "after", "why", "salt", "digest",
)  # fmt: skip
"""Columns of the log in an archive; a row's number is its place."""
DRAFT_COLUMNS: Final = ("case_id", "form", "record_id", "saved", "content")
NOT_IN_IT: Final = {
    "case_cards": "worked out again from the records",
    "search": "made again from the records",
    "imports": "known in the caseload that the tracker was brought into, to undo it there",
    "import_rows": "digests under that caseload's own key: elsewhere the records themselves tell",
    "disposal_words": "a disposal under way is finished first",
    "_sqlite_migrations": "the schema's own steps",
}
"""Tables that no archive holds, and why."""
OF_THE_CASELOAD: Final = ("settings_seen", "periods_confirmed", "sealed cases looked at")
"""What the caseload remembers and takes along; the rest is of this computer and its copies."""
_KEPT_WITHOUT: Final = {
    Breach.table: ("disclosure_id", Disclosure.table),
    GroupAction.table: ("contact_id", Contact.table),
}
"""Records of no case that are kept where what they name is left out, as only sealed cases tell of
it: they go without that link, which would otherwise lead nowhere."""
_LAST: Final = "last:"
_CONSTRAINT: Final = 19
_PIECE: Final = 200
_LOGGED: Final = (
    f"SELECT id, {', '.join(LOG_COLUMNS)} FROM changes WHERE id > ? ORDER BY id LIMIT ?"
)
_AT: Final = {name: place for place, name in enumerate(LOG_COLUMNS)}

Row = Sequence[Any]


def refuse_unfinished(connection: Connection) -> None:
    """What a disposal under way still looks for may not go into an archive.

    Raises:
        RefusedError: one is under way.
    """
    if disposals_begun(connection):
        raise RefusedError(
            "A disposal is not finished yet, and an archive would keep what it takes out; run "
            "'sanctuary check', do what it says, then export again."
        )


def pieces_of(connection: Connection, table: str, *, sealed: bool) -> Iterator[list[Row]]:
    """The rows of a record table, in the order of their numbers, piece by piece; ``sealed``: of
    every case."""
    kind = BY_TABLE[table]
    place, last = "main." if sealed else "", 0
    sql = f"SELECT {columns_sql(kind)} FROM {place}{table} WHERE id > ? ORDER BY id LIMIT ?"
    number = column_names(kind).index("id")
    name, to = ("", "") if sealed else _KEPT_WITHOUT.get(table, ("", ""))
    beside = left_out(connection) if name else frozenset()
    at = column_names(kind).index(name) if name else -1
    while rows := connection.execute(sql, (last, _PIECE)).fetchall():
        last = rows[-1][number]
        yield [
            [None if place == at and (to, value) in beside else value
             for place, value in enumerate(row)]
            for row in rows
        ] if name else rows  # fmt: skip


def count_cases(connection: Connection) -> int:
    """How many cases there are, those that are sealed not counted."""
    return int(connection.execute("SELECT count(*) FROM cases").fetchall()[0][0])


def count_protected(connection: Connection) -> int:
    """How many protected answers there are, those of sealed cases not counted."""
    found = 0
    for kind in RECORDS:
        names = [name for name, spec in specs(kind).items() if spec.klass == "protected"]
        if names:
            given = " + ".join(
                f"coalesce({quoted(name)} NOT IN ('', 'not_asked'), 0)" for name in names
            )
            rows = connection.execute(f"SELECT sum({given}) FROM {kind.table}").fetchall()
            found += int(rows[0][0] or 0)
    return found


def drafts_of(connection: Connection, *, sealed: bool) -> list[Row]:
    """Forms left half-done."""
    place = "main." if sealed else ""
    sql = f"SELECT {', '.join(DRAFT_COLUMNS)} FROM {place}drafts ORDER BY case_id, form, record_id"
    rows: list[Row] = connection.execute(sql).fetchall()
    return rows


def remembered_of(connection: Connection) -> list[Row]:
    """What the caseload remembers of itself, and the last number given under each table and prefix
    of references: one that was taken out, or left out, is not given again."""
    kept = dict(connection.execute("SELECT name, value FROM settings").fetchall())
    last = {
        record.table: connection.execute(f"SELECT max(id) FROM main.{record.table}").fetchall()[0][
            0
        ]
        for record in RECORDS
    }
    for (ref,) in connection.execute("SELECT ref FROM main.cases").fetchall():
        prefix, _, number = ref.rpartition("-")
        if number.isdecimal():
            last[f"{prefix}-"] = max(last.get(f"{prefix}-") or 0, int(number))
    for name, value in kept.items():
        if name.startswith(_LAST):
            name = name.removeprefix(_LAST)
            last[name] = max(last.get(name) or 0, int(value))
    own = [(name, kept[name]) for name in OF_THE_CASELOAD if name in kept]
    return [*own, *((f"{_LAST}{name}", str(number)) for name, number in last.items() if number)]


def log_of(connection: Connection, *, sealed: bool) -> Iterator[Line]:
    """The change log, oldest first; without rows of sealed cases, or of what only they have, where
    it is not ``sealed``. Content that was disposed of is None."""
    shut = frozenset() if sealed else sealed_ids(connection)
    if not shut:
        yield from (cast("Line", tuple(row[1:])) for row in _logged(connection))
        return
    beside = _beside(connection)
    refs = tuple(ref for ref in sealed_refs(connection) if ref)
    left: list[int] = []
    parted: set[int] = set()
    for row in _logged(connection):
        if _is_left_out(row, shut, beside):
            left.append(row[0])
            parted.add(row[1 + _AT["batch"]])

    def numbered(batch: int) -> int:
        # What was changed together with a sealed case is not undone without it.
        return 0 if batch in parted else batch - bisect_left(left, batch)

    for row in _logged(connection):
        if not _is_left_out(row, shut, beside):
            line = list(row[1:])
            for name in ("batch", "undoes"):
                line[_AT[name]] = numbered(line[_AT[name]])
            yield _without(cast("Line", tuple(line)), refs, beside)


def _beside(connection: Connection) -> frozenset[tuple[str, int]]:
    """Records of no one case that the views leave out, certificates too."""
    sql = "SELECT id FROM main.disposals EXCEPT SELECT id FROM disposals"
    gone = {("disposals", int(row[0])) for row in connection.execute(sql).fetchall()}
    return left_out(connection) | gone


def _logged(connection: Connection) -> Iterator[Row]:
    last = 0
    while rows := connection.execute(_LOGGED, (last, _PIECE)).fetchall():
        yield from rows
        last = rows[-1][0]


def _is_left_out(row: Row, shut: frozenset[int], beside: frozenset[tuple[str, int]]) -> bool:
    entity, number, case_id = row[1 + _AT["entity"] :][:3]
    return case_id in shut or (entity, number) in beside


def _without(line: Line, refs: Sequence[str], beside: frozenset[tuple[str, int]]) -> Line:
    """A row of the log without the references of sealed cases, as its record is read without."""
    before, after, why = words = line[8:11]
    if before is None or after is None or why is None:
        return line
    told = (lists_without(before, refs), lists_without(after, refs), said_without(why, refs))
    if link := _KEPT_WITHOUT.get(str(line[_AT["entity"]])):
        told = (_unlinked(told[0], link, beside), _unlinked(told[1], link, beside), told[2])
    return line if told == words else told_again(line, *told)


def _unlinked(words: str, link: tuple[str, str], beside: frozenset[tuple[str, int]]) -> str:
    (name, to), said = link, unpacked(words)
    if (to, said.get(name)) not in beside:
        return words
    return packed({**said, name: None})


# --- back again -----------------------------------------------------------------------------------


def refuse_filled(connection: Connection) -> None:
    """An archive goes into a caseload that holds nothing.

    Raises:
        RefusedError: there is a record in it, or a form left half-done.
    """
    tables = [*(record.table for record in RECORDS), "drafts"]
    there = " UNION ALL ".join(f"SELECT 1 FROM main.{table}" for table in tables)
    if connection.execute(f"SELECT 1 FROM ({there}) LIMIT 1").fetchall():
        raise RefusedError(
            "This caseload is in use, and an archive goes only into one that is empty; make one "
            "with 'sanctuary init' under another --home, and import it there."
        )


def put_back(
    store: Store,
    pieces: Callable[[str], Iterable[Sequence[Row]]],
    *,
    drafts: Sequence[Row],
    remembered: Sequence[Row],
    log: Iterable[Line],
    why: str,
) -> None:
    """Put everything of an archive into an empty caseload, all or nothing, and bring it into step.

    ``pieces`` gives the rows of a table as ``pieces_of`` does. The lines of its log follow those
    that the caseload has already, between two that say so with ``why``.

    Raises:
        RefusedError: the caseload is not empty; a record points at none, or a number stands twice.
    """
    connection = store.tables.connection
    refuse_filled(connection)
    with store.bulk():
        _mark(store, f"{why}: its own log follows")
        try:
            for kind in RECORDS:
                marks = ", ".join("?" * len(column_names(kind)))
                sql = f"INSERT INTO main.{kind.table} ({columns_sql(kind)}) VALUES ({marks})"
                for rows in pieces(kind.table):
                    connection.executemany(sql, rows)
                    index_all(connection, from_rows(kind, rows))
            connection.executemany("INSERT INTO main.drafts VALUES (?,?,?,?,?)", drafts)
            connection.executemany(REMEMBER, remembered)
            dangling = connection.execute("PRAGMA main.foreign_key_check").fetchall()
        except DATABASE_ERRORS as error:
            if error_code(error) != _CONSTRAINT:
                raise
            dangling = [()]
        if dangling:
            raise RefusedError(
                "The archive names a record that is not in it, or one number twice, so nothing was "
                "imported; take another copy of it."
            )
        store.tables.reload()
        store.log.take_over(log)
        _mark(store, f"{why}: to here")
        every = connection.execute("SELECT id FROM main.cases ORDER BY id").fetchall()
        store.refresh(row[0] for row in every)


def _mark(store: Store, why: str) -> None:
    store.note("system", ARCHIVE, 0, 0, why)
