"""Every text there is, table by table as the file's own schema has it: to find who is named where.

A column or a table that is added later is read without being named here. Sealed cases are left out
by the views that stand before the tables (``db.seal``), and of the log by its mask.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from db.changes import unpacked
from db.models import BY_TABLE
from db.queries import masked
from db.record import specs
from db.rows import quoted

if TYPE_CHECKING:
    from db.connection import Connection
    from db.looking import Look

APART: Final = "\x1f"
"""Stands between the columns of a row; no text that was typed can hold it."""
_PIECE: Final = 2000
NOT_READ: Final[dict[str, str]] = {
    "_sqlite_migrations": "which steps were done",
    "case_cards": "worked out of the records that are read",
    "changes": "read by logged_passages",
    "connected_people": "about others, and told to nobody",
    "disposal_words": "words of a disposal under way, in two halves that say nothing alone",
    "drafts": "read by draft_passages",
    "import_rows": "keyed digests of rows, no word",
    "imports": "counts, and digests of files",
    "seals": "about others, and told to nobody",
    "search": "an index of the records that are read",
    "settings": "preferences and counters of the program",
}
"""Tables that are not read as rows of records, and why."""
UNLOGGED: Final = frozenset({"reminders"})
"""Tables whose rows may change without a line in the log: a rule makes them anew."""
WHY: Final = "why"
"""Under which name the reason of a line of the log stands in its passage."""
LOG: Final = "changes"
"""The table of the log."""
Kind = Literal["record", "draft", "log"]


@dataclass(frozen=True, slots=True)
class Passage:
    """The texts of one row, field by field.

    ``number`` is the row's own, ``mark`` changes when its words do. Of a line of the log ``table``
    is what it is about, ``record_id`` which.
    """

    kind: Kind
    table: str
    number: int
    mark: str
    case_id: int
    at: str
    texts: tuple[tuple[str, str], ...]
    record_id: int = 0

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(words for _, words in self.texts)


May = Callable[[list[str]], list[int]]
"""Says which of some texts may be meant, by their places: quickly, and rather too many."""


def schema_version(connection: Connection) -> int:
    """Another number where the file's schema is another."""
    return int(connection.execute("PRAGMA main.schema_version").fetchall()[0][0])


def tables(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Every table that is read, with its columns of text.

    Of a record's own fields those that somebody types; of what no record declares all.
    """
    found: dict[str, list[str]] = {}
    for table, column, kind in connection.execute(
        "SELECT t.name, c.name, c.type FROM main.sqlite_master t,"
        " pragma_table_info(t.name, 'main') c WHERE t.type = 'table'"
        " AND c.name IN (SELECT name FROM pragma_table_info(t.name)) ORDER BY t.name, c.cid"
    ).fetchall():
        if table in NOT_READ or table.startswith(("search_", "sqlite_")) or kind.upper() != "TEXT":
            continue
        declared = specs(BY_TABLE[table]) if table in BY_TABLE else {}
        if column not in declared or declared[column].kind in ("text", "long"):
            found.setdefault(table, []).append(column)
    return {table: tuple(columns) for table, columns in found.items()}


def sizes(connection: Connection, read: Iterable[str]) -> dict[str, int]:
    """The last number of each table, near enough to how much there is to read, and of the log."""
    return {
        table: connection.execute(f"SELECT max(rowid) FROM main.{quoted(table)}").fetchall()[0][0]
        or 0
        for table in (*read, LOG)
    }


def passages(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    may: May,
    look: Look | None = None,
) -> Iterator[Passage]:
    """The rows of a table that may be meant; ``look`` is told how far it is."""
    there = {
        row[0]
        for row in connection.execute("SELECT name FROM pragma_table_info(?)", (table,)).fetchall()
    }
    number, version = ("id" if "id" in there else "row_number() OVER ()"), "version"
    case = "id" if table == "cases" else "case_id"
    own = ", ".join((number, *(name if name in there else "0" for name in (version, case))))
    joined = " || char(31) || ".join(f"coalesce({quoted(name)}, '')" for name in columns)
    rest = connection.execute(f"SELECT {own}, {joined} FROM {quoted(table)}")
    while rows := rest.fetchmany(_PIECE):
        if look is not None:
            look.reached(rows[-1][0])
        for at in may([row[3] for row in rows]):
            row_id, mark, case_id, text = rows[at]
            texts = _given(zip(columns, text.split(APART), strict=False))
            mark = draft_mark(dict(texts)) if table in UNLOGGED or not mark else mark
            yield Passage("record", table, row_id, str(mark), case_id, "", texts)


def draft_passages(connection: Connection) -> Iterator[Passage]:
    """Every unfinished form, of a case or of none yet. ``mark`` is a digest of its words."""
    for case_id, form, record_id, saved, content in connection.execute(
        "SELECT case_id, form, record_id, saved, content FROM drafts ORDER BY case_id, form"
    ).fetchall():
        texts = _given(json.loads(content).items())
        yield Passage("draft", form, record_id, draft_mark(dict(texts)), case_id, saved, texts)


def draft_mark(content: dict[str, str]) -> str:
    """What changes when the words of an unfinished form, or of a row without a version, do."""
    packed = json.dumps({name: words for name, words in content.items() if words})
    return hashlib.sha256(packed.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class _Logged:
    id: int
    at: str
    entity: str
    entity_id: int
    case_id: int
    before: str
    why: str


def logged_passages(
    connection: Connection, after: int, may: May, look: Look | None = None
) -> Iterator[Passage]:
    """What records said before, deleted ones too, and the reasons in the log; newest first.

    What a record was given stands in it still, or stands before the change that came next.
    ``look`` is told how far it is.
    """
    newest = 0
    rest = connection.execute(
        "SELECT id, at, entity, entity_id, case_id, coalesce(before, ''), coalesce(why, '')"
        " FROM changes WHERE id > ? AND (before <> '' OR why <> '') ORDER BY id DESC",
        (after,),
    )
    while rows := rest.fetchmany(_PIECE):
        newest = newest or rows[0][0]
        if look is not None:
            look.reached(newest - rows[-1][0])
        meant = may([f"{row[5]}\n{row[6]}".replace("\\n", "\n") for row in rows])
        for row in masked(connection, [_Logged(*rows[at]) for at in meant], leaving=True):
            before = ((name, words) for name, words in unpacked(row.before).items())
            texts = _given((*before, (WHY, row.why)))
            if texts:
                yield Passage(
                    "log", row.entity, row.id, "0", row.case_id, row.at, texts, row.entity_id
                )


def _given(texts: Iterable[tuple[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, words) for name, words in texts if isinstance(words, str) and words)


def tables_changed(connection: Connection, after: int) -> frozenset[str] | None:
    """Which tables changed after this line of the log; None where a case was disposed of, which
    takes words out of any."""
    acts = connection.execute(
        "SELECT DISTINCT action, entity FROM changes WHERE id > ?"
        " AND action IN ('collection', 'alteration', 'erasure')",
        (after,),
    ).fetchall()
    if ("erasure", "cases") in acts:
        return None
    return frozenset(entity for _, entity in acts)


def earlier_names(
    connection: Connection, case_id: int, people: Sequence[int]
) -> list[tuple[str, str, str]]:
    """First name, surname and other names of people of a case as the log says they were before."""
    found = []
    for (before,) in connection.execute(
        "SELECT before FROM changes WHERE case_id = ? AND entity = 'people' AND before <> ''"
        " AND entity_id IN (SELECT value FROM json_each(?)) ORDER BY id",
        (case_id, json.dumps(list(people))),
    ).fetchall():
        kept = unpacked(before)
        names = tuple(str(kept.get(name, "")) for name in ("first_name", "surname", "aliases"))
        if any(names):
            found.append((names[0], names[1], names[2]))
    return found
