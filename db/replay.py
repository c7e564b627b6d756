"""Holding every record against the change log: what an old page put back would change.

SQLCipher verifies that a page is one of this file's, not that it is the newest: a page of last
week is accepted, and its rows with it. The change log says what every record was last given, so a
record that is older than its log, that is missing, or that the log knows nothing of, is found.

What a rule makes (a reminder with a rule) is put in and brought into step without a line in the
log; of it a person's changes are counted, and a state that a person gave it is held to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from db.models import RECORDS, Reminder
from db.record import Record, column_names
from db.rows import columns_sql, to_column

if TYPE_CHECKING:
    from db.connection import Connection

_CASES_AT_ONCE: Final = 400
_FAR: Final = 1 << 62
_FIRST: Final = 3
_LOGGED: Final = (
    "SELECT entity, entity_id, action, after, salt IS NULL, case_id FROM changes"
    " WHERE case_id BETWEEN ? AND ? AND action IN ('collection', 'alteration', 'erasure')"
    " ORDER BY id"
)
_BY_PERSON: Final = frozenset({"done", "dismissed"})
"""States of a reminder that no rule changes."""


@dataclass(slots=True, frozen=True)
class Stray:
    """A record that is not as the log left it: its table, its number, the case, and how."""

    table: str
    record_id: int
    case_id: int
    how: str


@dataclass(slots=True, frozen=True)
class ReplayReport:
    """What was held against the log: how many records, and those that differ."""

    count: int
    strays: tuple[Stray, ...]

    @property
    def good(self) -> bool:
        """Every record is as the log left it."""
        return not self.strays

    def number(self, how: str) -> int:
        """How many are ``older``, ``missing`` or ``unlogged``."""
        return sum(1 for stray in self.strays if stray.how == how)


@dataclass(slots=True)
class _Told:
    """What the log says of one record: its values in column order, and how often it was written."""

    case_id: int
    values: dict[str, Any] | None = None
    version: int = 1
    made: bool = False
    gone: bool = False
    disposed: bool = False
    state: str = ""


class _Kind:
    """One kind of record, as replaying needs it."""

    def __init__(self, kind: type[Record]) -> None:
        names = column_names(kind)
        blank = kind()
        self.table = kind.table
        self.at = {name: index for index, name in enumerate(names)}
        self.blank = {name: to_column(getattr(blank, name)) for name in names}
        own = "id" if kind.table == "cases" else "case_id"
        self.select = (
            f"SELECT {columns_sql(kind)} FROM main.{kind.table} WHERE {own} BETWEEN ? AND ?"
        )
        self.case_at = self.at[own]
        self.rule_at = self.at.get("rule", -1)


_KINDS: Final = {kind.table: _Kind(kind) for kind in RECORDS}
_STATE: Final = column_names(Reminder).index("state")
_FIXED: Final = 3
"""``id``, ``case_id`` and ``version`` come first in every record."""


def replay(connection: Connection) -> ReplayReport:
    """Hold every record against the change log. Reads alone; some cases at a time."""
    count, strays = 0, list[Stray]()
    for first, last in _ranges(connection):
        told = _told(connection, first, last)
        there: set[tuple[str, int]] = set()
        for kind in _KINDS.values():
            for row in connection.execute(kind.select, (first, last)).fetchall():
                count += 1
                there.add((kind.table, row[0]))
                how = _differs(kind, row, told.get((kind.table, row[0])))
                if how:
                    strays.append(Stray(kind.table, row[0], row[kind.case_at], how))
        for (table, number), one in told.items():
            if (table, number) not in there and _left_there(table, one, there):
                strays.append(Stray(table, number, one.case_id, "missing"))
    return ReplayReport(count, tuple(strays))


def _ranges(connection: Connection) -> Iterator[tuple[int, int]]:
    """What belongs to no case, then the cases, some at a time."""
    yield -_FAR, 0
    highest = int(connection.execute("SELECT max(id) FROM main.cases").fetchall()[0][0] or 0)
    first = 1
    while first <= highest:
        yield first, first + _CASES_AT_ONCE - 1
        first += _CASES_AT_ONCE
    yield first, _FAR  # of no case that there is


def _told(connection: Connection, first: int, last: int) -> dict[tuple[str, int], _Told]:
    """What the log says of each record of these cases."""
    found: dict[tuple[str, int], _Told] = {}
    rows = connection.execute(_LOGGED, (first, last)).fetchall()
    # All at once: a call for each of a million rows would take longer than reading them.
    written = json.loads(f"[{','.join([row[3] or '0' for row in rows])}]")
    for (entity, number, action, _, disposed, case_id), given in zip(rows, written, strict=True):
        kind = _KINDS.get(entity)
        if kind is None:
            continue
        one = found.get((entity, number))
        if one is None:
            one = found[entity, number] = _Told(case_id)
        if disposed:
            one.disposed = True
        if action == "erasure":
            one.gone, one.values = True, None
            continue
        if action == "collection":
            one.values, one.made, one.gone = kind.blank.copy(), True, False
            # A record brought back by undo goes on counting.
            one.version = given.get("version", 1) if given else 1
        else:
            one.version += 1
        if given:
            if one.values is not None:
                one.values.update(given)
            if entity == "reminders" and "state" in given:
                one.state = given["state"]
    return found


def _differs(kind: _Kind, row: Any, told: _Told | None) -> str:
    """How a record differs from what the log says of it; blank when it does not."""
    ruled = kind.rule_at >= 0 and row[kind.rule_at] != ""
    if told is None:
        return "" if ruled and row[2] == 1 else "unlogged"
    if told.gone:
        return "older"
    if told.disposed:
        return ""
    if row[2] != told.version:
        return "older"
    if ruled:
        held = told.state in _BY_PERSON
        return "older" if held and row[_STATE] != told.state else ""
    if told.values is None:
        return "unlogged"
    # A field that a later version no longer has comes after those of the row.
    wanted = tuple(told.values.values())[_FIXED : len(row)]
    return "" if row[_FIXED:] == wanted else "older"


def _left_there(table: str, told: _Told, there: set[tuple[str, int]]) -> bool:
    """Whether the log left a record there. A rule's reminder goes with its case, unlogged."""
    if told.gone or told.disposed:
        return False
    return told.made or (table == "reminders" and ("cases", told.case_id) in there)


def case_refs(connection: Connection, strays: tuple[Stray, ...]) -> list[str]:
    """The references of the first few cases that ``strays`` belong to."""
    wanted = list(dict.fromkeys(stray.case_id for stray in strays if stray.case_id))[:_FIRST]
    found = []
    for case_id in wanted:
        found += connection.execute("SELECT ref FROM cases WHERE id = ?", (case_id,)).fetchall()
    return [str(row[0]) for row in found]
