"""Where somebody is named in what is held of others: every table, unfinished forms, the log.

The whole of it is read once a request; after that only the tables that have changed since, so that
a tick does not wait for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from db import mentions
from db.guarded import last_change
from db.looking import Look
from db.mentions import Passage
from db.models import BY_TABLE
from db.seal import sealed_ids

if TYPE_CHECKING:
    from db.connection import Connection
    from sanctuary_tui.subject.wanted import Wanted


@dataclass(slots=True)
class _Read:
    """What was found, up to a line of the log, for one search."""

    key: tuple[object, ...]
    number: int
    tables: dict[str, list[Passage]] = field(default_factory=dict)
    log: list[Passage] = field(default_factory=list)


_READ: WeakKeyDictionary[Connection, _Read] = WeakKeyDictionary()


def found_elsewhere(
    connection: Connection,
    wanted: Wanted,
    own_cases: Iterable[int],
    look: Look | None = None,
) -> list[Passage]:
    """Everything that names them outside their own cases, each text once.

    Sealed cases are not in it. What the log says again, and a record says still, is left out.

    Raises:
        LookEndedError: whoever waited for it ended the ``look``.
    """
    if wanted.empty:
        return []
    read = _up_to_date(connection, wanted, look or Look())
    cases = set(own_cases)
    drafts = [one for one in mentions.draft_passages(connection) if wanted.said_in(one.text)]
    found = [*(one for some in read.tables.values() for one in some), *drafts]
    said = {(one.table, one.number, *text) for one in found for text in one.texts}
    for one in read.log:
        fresh = tuple(
            text
            for text in one.texts
            if wanted.part_in(text[1]) and _once(said, _place_of(one, text[0]), text)
        )
        if fresh:
            found.append(replace(one, texts=fresh))
    return [one for one in found if not (one.case_id and one.case_id in cases)]


def _place_of(one: Passage, name: str) -> tuple[str, int]:
    """A reason is the same wherever it is logged; earlier words are those of one record."""
    return ("changes", 0) if name == mentions.WHY else (one.table, one.record_id)


def _once(
    said: set[tuple[str, int, str, str]], place: tuple[str, int], text: tuple[str, str]
) -> bool:
    key = (*place, *text)
    fresh = key not in said
    said.add(key)
    return fresh


def _up_to_date(connection: Connection, wanted: Wanted, look: Look) -> _Read:
    key = (*wanted.key, sealed_ids(connection))
    number = last_change(connection)
    read = _READ.get(connection)
    changed = None
    if read is not None and read.key == key and read.number <= number:
        changed = mentions.tables_changed(connection, read.number)
    if read is None or changed is None:
        read, changed = _Read(key, 0), frozenset()
    columns = _tables(connection)
    kept = {
        table: some
        for table, some in read.tables.items()
        if table in columns and table in BY_TABLE and table not in changed | mentions.UNLOGGED
    }
    missing = sorted(columns.keys() - kept.keys())
    look.goes_through(mentions.sizes(connection, missing))
    for table in missing:
        kept[table] = _meant(
            wanted, mentions.passages(connection, table, columns[table], wanted.may, look)
        )
        look.passed(table)
    log = _meant(wanted, mentions.logged_passages(connection, read.number, wanted.may, look))
    look.passed(mentions.LOG)
    made = _Read(key, number, dict(sorted(kept.items())), [*log, *read.log])
    if not connection.in_transaction:  # what a batch wrote may yet be taken back
        _READ[connection] = made
    return made


_TABLES: WeakKeyDictionary[Connection, tuple[int, dict[str, tuple[str, ...]]]] = WeakKeyDictionary()


def _tables(connection: Connection) -> dict[str, tuple[str, ...]]:
    """What is read, asked again only where the schema is another."""
    version = mentions.schema_version(connection)
    known = _TABLES.get(connection)
    if known is None or known[0] != version:
        known = _TABLES[connection] = (version, mentions.tables(connection))
    return known[1]


def _meant(wanted: Wanted, some: Iterable[Passage]) -> list[Passage]:
    return [one for one in some if wanted.said_in(one.text)]


def lines_that_name(wanted: Wanted, passage: Passage) -> Mapping[str, Sequence[int]]:
    """Which lines of which fields of a passage name them: all of it where none does by itself."""
    found = {name: wanted.lines_of(words) for name, words in passage.texts}
    if any(found.values()):
        return found
    return {name: range(len(words.split("\n"))) for name, words in passage.texts}
