"""Reading the change log: who did what, to which case, when; which fields, never what they said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from config.parse import parse_moment as midnight
from db.changes import unpacked
from db.queries import LOGGED, LoggedChange, logged, masked
from db.rows import moment_text, parse_moment
from db.seal import hidden, sealed_ids

if TYPE_CHECKING:
    from db.connection import Connection

MOST: Final = 2000
"""Lines read at once: more than anybody reads, less than slows the screen."""
_PIECE: Final = 20_000
"""Lines of a whole log taken at a time."""
_LINE: Final = (
    "SELECT id, at, who, action, entity, entity_id, case_id,"
    " coalesce(nullif(after, ''), before), coalesce(why, ''), salt IS NULL, batch, undoes"
)


@dataclass(slots=True, frozen=True)
class LogLine:
    """A row of the change log as a person reads it. ``fields`` are names, without their values."""

    id: int
    at: datetime
    who: str
    action: str
    entity: str
    entity_id: int
    case_id: int
    fields: tuple[str, ...]
    why: str
    disposed: bool
    batch: int
    undoes: int


@dataclass(slots=True, frozen=True)
class LogFilter:
    """Which lines: of one case, of these actions, of one day in England; all where left out."""

    case_id: int = 0
    actions: tuple[str, ...] = ()
    day: date | None = None


def read_log(
    connection: Connection, wanted: LogFilter, limit: int = MOST, *, leaving: bool = False
) -> list[LogLine]:
    """The newest lines of the change log that match, newest first.

    Of a sealed case that is not open only who, when and which act; asked for by its number, none.
    What is ``leaving`` in a file says no more of the one that is open.
    """
    if wanted.case_id in (sealed_ids(connection) if leaving else hidden(connection)):
        return []
    conditions, values = _conditions(wanted)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    rows = connection.execute(
        f"{_LINE} FROM changes{where} ORDER BY id DESC LIMIT ?", (*values, limit)
    ).fetchall()
    return masked(connection, _lines(rows), leaving=leaving)


def whole_log(connection: Connection) -> Iterator[LogLine]:
    """Every line, oldest first, as it may leave in a file: of any sealed case, open or not, only
    who, when and which act."""
    last = 0
    while rows := connection.execute(
        f"{_LINE} FROM changes WHERE id > ? ORDER BY id LIMIT ?", (last, _PIECE)
    ).fetchall():
        yield from masked(connection, _lines(rows), leaving=True)
        last = rows[-1][0]


def _lines(rows: Iterable[Sequence[Any]]) -> list[LogLine]:
    return [
        LogLine(
            row[0],
            parse_moment(row[1]),
            row[2],
            row[3],
            row[4],
            row[5],
            row[6],
            fields=tuple(unpacked(row[7])),
            why=row[8],
            disposed=bool(row[9]),
            batch=row[10],
            undoes=row[11],
        )
        for row in rows
    ]


def _conditions(wanted: LogFilter) -> tuple[list[str], Sequence[object]]:
    conditions: list[str] = []
    values: list[object] = []
    if wanted.case_id:
        conditions.append("case_id = ?")
        values.append(wanted.case_id)
    if wanted.actions:
        conditions.append(f"action IN ({', '.join('?' * len(wanted.actions))})")
        values.extend(wanted.actions)
    if wanted.day is not None:
        conditions.append("at >= ? AND at < ?")
        values.extend(moment_text(end) for end in ends_of(wanted.day))
    return conditions, values


def ends_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of a day in England, and of the next: 23, 24 or 25 hours apart."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    first, last = (midnight((day + timedelta(days=ahead)).isoformat(), noon) for ahead in (0, 1))
    return first, last


def changed_between(connection: Connection, first: datetime, last: datetime) -> list[LoggedChange]:
    """What was added, changed or deleted in cases from ``first`` on and before ``last``.

    Nothing of a sealed case, open or not. A batch that was undone within that time is left out
    with its undo: as if neither had been.
    """
    rows = connection.execute(
        f"{LOGGED} FROM changes WHERE at >= ? AND at < ? AND case_id > 0"
        " AND action IN ('collection', 'alteration', 'erasure') ORDER BY id",
        (moment_text(first), moment_text(last)),
    ).fetchall()
    shut = sealed_ids(connection)
    found = [one for one in logged(rows) if one.case_id not in shut]
    there = {one.batch for one in found}
    undone = {one.undoes for one in found if one.undoes} & there
    kept = [one for one in found if one.batch not in undone and one.undoes not in undone]
    return masked(connection, kept, leaving=True)


def last_left(connection: Connection, words: Iterable[str]) -> datetime | None:
    """When the console was left last, by any of the ``words`` it is logged with; None if never."""
    named = tuple(words)
    rows = connection.execute(
        "SELECT at FROM changes WHERE action = 'system' AND entity = 'caseload'"
        f" AND why IN ({', '.join('?' * len(named))}) ORDER BY id DESC LIMIT 1",
        named,
    ).fetchall()
    return parse_moment(rows[0][0]) if rows else None
