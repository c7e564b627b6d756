"""Reads: plain SQL into records and read models. Nothing here writes.

Sealed cases are in none of it (``db.seal``), but that one which is open is found by its number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final, Protocol, TypeVar

from config.errors import BadInputError, RefusedError
from config.format import full_date
from config.text import clean
from db.changes import unpacked
from db.models import (
    BY_TABLE,
    CASE_TABLES,
    Case,
    CaseFile,
    Disclosure,
    Disposal,
    Organisation,
    Reminder,
)
from db.readmodels import CaseCard
from db.record import Record, column_names, specs
from db.rows import columns_sql, from_rows, moment_text, parse_day, parse_moment
from db.seal import (
    LISTS,
    directory_of,
    hidden,
    left_out,
    lists_without,
    place,
    sealed_among,
    sealed_ids,
    sealed_refs,
)

if TYPE_CHECKING:
    from db.connection import Connection

R = TypeVar("R", bound=Record)

_CARD_SQL = ", ".join(item.name for item in fields(CaseCard))
_CARD_DATES = tuple(
    index
    for index, item in enumerate(fields(CaseCard))
    if item.name
    in ("stage_entered", "target_due", "consent_since", "stuck_since", "next_due", "valid_until")
)
_CARD_WORDS = tuple(
    index
    for index, item in enumerate(fields(CaseCard))
    if item.type == "str" and item.name not in ("ref", "name", "last_text")
)


# --- records --------------------------------------------------------------------------------------


def all_of(connection: Connection, kind: type[R], *, of: int = 0) -> list[R]:
    """Every record of a kind, oldest first; for what is held ``of`` the sealed case that is open
    also what it alone names, of which the caller takes what is of that case."""
    sql = f"SELECT {columns_sql(kind)} FROM {place(connection, of)}{kind.table} ORDER BY id"
    return from_rows(kind, connection.execute(sql).fetchall())


def kept_all(connection: Connection, kind: type[R]) -> list[R]:
    """Every record of a kind with what only sealed cases name, oldest first: for a disposal, which
    must leave no word of its case and none of another's out."""
    sql = f"SELECT {columns_sql(kind)} FROM main.{kind.table} ORDER BY id"
    return from_rows(kind, connection.execute(sql).fetchall())


def kept_record(connection: Connection, kind: type[R], record_id: int) -> R:
    """One record as it is kept, sealed or not: for the store, which takes a change back.

    Raises:
        BadInputError: it is not there any more.
    """
    sql = f"SELECT {columns_sql(kind)} FROM main.{kind.table} WHERE id = ?"
    found = from_rows(kind, connection.execute(sql, (record_id,)).fetchall())
    if not found:
        raise BadInputError("That record is no longer there; open the case again.")
    return found[0]


def get(connection: Connection, kind: type[R], record_id: int) -> R:
    """One record.

    Raises:
        BadInputError: it is not there any more.
    """
    sql = f"SELECT {columns_sql(kind)} FROM {{}}{kind.table} WHERE id = ?"
    rows = connection.execute(sql.format(""), (record_id,)).fetchall()
    opened = connection.opened
    if opened and not rows:
        found = connection.execute(sql.format("main."), (record_id,)).fetchall()
        rows = [one for one in found if opened == one[0 if kind.table == "cases" else 1]]
    if not rows:
        raise BadInputError("That record is no longer there; open the case again.")
    return from_rows(kind, rows)[0]


def case_file(connection: Connection, case_id: int) -> CaseFile | None:
    """A whole case; None when there is no such case."""
    return _file(connection, case_id, place(connection, case_id))


def kept_file(connection: Connection, case_id: int) -> CaseFile | None:
    """A whole case, sealed or not: for the store, which keeps its reminders in step, and the check
    of what is worked out from it."""
    return _file(connection, case_id, "main.")


def _file(connection: Connection, case_id: int, source: str) -> CaseFile | None:
    sql = f"SELECT {columns_sql(Case)} FROM {source}cases WHERE id = ?"
    cases = from_rows(Case, connection.execute(sql, (case_id,)).fetchall())
    if not cases:
        return None
    file = CaseFile(cases[0])
    for table in CASE_TABLES:
        kind = BY_TABLE[table]
        rows = connection.execute(
            f"SELECT {columns_sql(kind)} FROM {source}{table} WHERE case_id = ? ORDER BY id",
            (case_id,),
        ).fetchall()
        if rows:
            setattr(file, table, from_rows(kind, rows))
    return file


def case_files(
    connection: Connection, tables: Sequence[str], where: str = "status = 'open'"
) -> dict[int, CaseFile]:
    """Many cases at once, holding only these tables: one SELECT a table.

    ``where`` is a condition on ``cases`` written by this program, never by a person.
    """
    cases = connection.execute(f"SELECT {columns_sql(Case)} FROM cases WHERE {where}").fetchall()
    found = {case.id: CaseFile(case) for case in from_rows(Case, cases)}
    for table in tables:
        kind = BY_TABLE[table]
        rows = connection.execute(
            f"SELECT {columns_sql(kind)} FROM {table}"
            f" WHERE case_id IN (SELECT id FROM cases WHERE {where}) ORDER BY id"
        ).fetchall()
        for record in from_rows(kind, rows):
            getattr(found[record.case_id], table).append(record)
    return found


def case_id_of(connection: Connection, reference: str) -> int:
    """The id of the case with this reference, however it is typed (``s26-42``).

    Raises:
        BadInputError: there is no such case.
        RefusedError: it was disposed of.
    """
    wanted = as_reference(reference)
    rows = connection.execute("SELECT id FROM cases WHERE ref = ?", (wanted,)).fetchall()
    if not rows:
        refuse_disposed(connection, wanted)
        raise BadInputError("There is no case with that reference; check it with sanctuary today.")
    return int(rows[0][0])


def disposals_begun(connection: Connection) -> list[Disposal]:
    """Disposals that are not proved yet, also those of a case that is sealed now."""
    sql = f"SELECT {columns_sql(Disposal)} FROM main.disposals WHERE state = 'begun' ORDER BY id"
    return from_rows(Disposal, connection.execute(sql).fetchall())


def refuse_disposed(connection: Connection, reference: str) -> None:
    """A reference of a disposed case is never another's, and leads nowhere.

    Raises:
        RefusedError: the case was disposed of; its certificate says when.
    """
    rows = connection.execute(
        "SELECT disposed_on FROM disposals WHERE ref = ? AND papers = 'file'", (reference,)
    ).fetchall()
    if rows:
        day = full_date(parse_day(rows[0][0])) if rows[0][0] else "an unknown day"
        raise RefusedError(
            f"The case {reference} was disposed of on {day}; only its certificate is kept."
        )


DIGITS = re.compile(r"[0-9]{1,9}")


def as_reference(typed: str) -> str:
    """A reference as it is kept, from ``s26-42``; anything else cleaned, which is no reference."""
    wanted = clean(typed, multiline=False).strip().upper()
    head, dash, tail = wanted.rpartition("-")
    return f"{head}-{int(tail):04d}" if dash and DIGITS.fullmatch(tail) else wanted


def next_reference(connection: Connection, prefix: str, last_used: int = 0) -> str:
    """The next free reference of a year: opaque and sequential, ``S26-0042`` after ``S26-``.

    ``last_used`` is the highest number of a case that was undone, which is not given again.
    """
    ends = (prefix, prefix[:-1] + ".")
    highest = connection.execute(
        "SELECT max(ref) FROM main.cases WHERE ref >= ? AND ref < ? AND length(ref) = 8", ends
    ).fetchall()[0][0]
    if highest is not None and highest.endswith("-9999"):
        highest = connection.execute(
            "SELECT ref FROM main.cases WHERE ref >= ? AND ref < ?"
            " ORDER BY length(ref) DESC, ref DESC LIMIT 1",
            ends,
        ).fetchall()[0][0]
    number = int(highest[len(prefix) :]) if highest else 0
    return f"{prefix}{max(number, last_used) + 1:04d}"


# --- cards and reminders --------------------------------------------------------------------------


_AT_ONCE = 500


class _Days(dict[Any, Any]):
    """Days by how they are written: ten thousand cards name a few hundred."""

    def __missing__(self, text: str | None) -> date | None:
        day = self[text] = None if text is None else parse_day(text)
        return day


def _cards_from(rows: Iterable[Sequence[Any]]) -> list[CaseCard]:
    days = _Days()
    words: dict[str, str] = {}  # ten thousand cards hold a few hundred texts: each kept once
    found: list[CaseCard] = []
    rest = iter(rows)
    # Column by column, which takes half the time; all rows at once would stay in the memory.
    while some := list(islice(rest, _AT_ONCE)):
        columns: list[Iterable[Any]] = list(zip(*some, strict=True))
        for index in _CARD_DATES:
            columns[index] = map(days.__getitem__, columns[index])
        for index in _CARD_WORDS:
            columns[index] = map(words.setdefault, columns[index], columns[index])
        found.extend(map(CaseCard, *columns))
    return found


def cards(connection: Connection, *, closed: bool = False) -> list[CaseCard]:
    """The cards of every open case, or of the closed ones."""
    status = "closed" if closed else "open"
    return _cards_from(
        connection.execute(f"SELECT {_CARD_SQL} FROM case_cards WHERE status = ?", (status,))
    )


def card(connection: Connection, case_id: int) -> CaseCard:
    """One case's card.

    Raises:
        BadInputError: it is not there any more.
    """
    rows = connection.execute(
        f"SELECT {_CARD_SQL} FROM {place(connection, case_id)}case_cards WHERE case_id = ?",
        (case_id,),
    ).fetchall()
    if not rows:
        raise BadInputError("That case is no longer there; it may have been undone.")
    return _cards_from(rows)[0]


def kept_card(connection: Connection, case_id: int) -> CaseCard | None:
    """One case's card as it is kept, sealed or not: for the check of what is worked out."""
    rows = connection.execute(
        f"SELECT {_CARD_SQL} FROM main.case_cards WHERE case_id = ?", (case_id,)
    ).fetchall()
    return _cards_from(rows)[0] if rows else None


def cards_of(connection: Connection, case_ids: Iterable[int]) -> dict[int, CaseCard]:
    """The cards of these cases."""
    wanted = json.dumps(list(case_ids))
    rows = connection.execute(
        f"SELECT {_CARD_SQL} FROM case_cards WHERE case_id IN (SELECT value FROM json_each(?))",
        (wanted,),
    ).fetchall()
    return {found.case_id: found for found in _cards_from(rows)}


def open_reminders(connection: Connection, until: date) -> list[Reminder]:
    """Every open or snoozed reminder due by ``until``, soonest first."""
    return from_rows(
        Reminder,
        connection.execute(
            f"SELECT {columns_sql(Reminder)} FROM reminders"
            " WHERE state IN ('open', 'snoozed') AND due <= ? ORDER BY due, id",
            (until.isoformat(),),
        ),
    )


def stale_cases(connection: Connection, today: date) -> list[int]:
    """Cases whose answers held only until a day before ``today``, sealed or not: for the store."""
    rows = connection.execute(
        "SELECT case_id FROM main.case_cards WHERE valid_until IS NOT NULL AND valid_until < ?",
        (today.isoformat(),),
    ).fetchall()
    return [int(row[0]) for row in rows]


def every_open_case(connection: Connection) -> list[int]:
    """Every open case, sealed or not: for the store."""
    rows = connection.execute("SELECT case_id FROM main.case_cards WHERE status = 'open'")
    return [int(row[0]) for row in rows.fetchall()]


def organisations_of(connection: Connection, case_id: int) -> dict[int, Organisation]:
    """The organisations a case may name, by number."""
    sql = f"SELECT {columns_sql(Organisation)} FROM {directory_of(connection, case_id)}"
    found = from_rows(Organisation, connection.execute(f"{sql} ORDER BY name, id").fetchall())
    return {one.id: one for one in found}


def organisation_names(connection: Connection, case_id: int) -> dict[int, str]:
    """The names of the organisations a case may name, by number."""
    rows = connection.execute(
        f"SELECT id, name FROM {directory_of(connection, case_id)} ORDER BY name, id"
    ).fetchall()
    return {int(row[0]): str(row[1]) for row in rows}


def registered_paths(connection: Connection) -> list[str]:
    """Every file ever written, so that no name is given twice."""
    rows = connection.execute("SELECT path FROM main.disclosures WHERE path <> ''").fetchall()
    return [str(row[0]) for row in rows]


def cases_by(connection: Connection, at: datetime | None) -> tuple[str, ...]:
    """The references of the cases that were there at a moment, of all without one.

    Those that were received by then, and those that are in the log by then: the day of receipt is
    typed, and one mistyped hides no case.
    """
    rows = connection.execute(
        "SELECT ref FROM cases c WHERE ?1 IS NULL OR received IS NULL OR received <= ?1"
        " OR EXISTS (SELECT 1 FROM changes WHERE case_id = c.id AND at <= ?1) ORDER BY id",
        (moment_text(at) if at else None,),
    ).fetchall()
    return tuple(str(row[0]) for row in rows)


def logged_by(connection: Connection, case_id: int, at: datetime) -> bool:
    """Whether the log has a case by a moment."""
    sql = "SELECT EXISTS (SELECT 1 FROM changes WHERE case_id = ? AND at <= ?)"
    return bool(connection.execute(sql, (case_id, moment_text(at))).fetchall()[0][0])


def sealed_sent(connection: Connection, case_id: int = 0) -> list[Disclosure]:
    """What left with a sealed case in it, with ``case_id`` if given: for the list of sealed cases.

    Files that were deleted since too, and what was sent outside the program.
    """
    sql = f"SELECT {columns_sql(Disclosure)} FROM main.disclosures ORDER BY id"
    found = []
    for row in from_rows(Disclosure, connection.execute(sql)):
        at = moment_text(row.at) if row.at else None
        held = sealed_among(connection, row.case_refs.split(";"), at, written=True)
        if case_id in held if case_id else held:
            found.append(row)
    return found


def sealed_files(connection: Connection) -> list[Disclosure]:
    """Files written with a sealed case in them and not deleted: for the list of sealed cases."""
    return [row for row in sealed_sent(connection) if row.path and row.deleted_on is None]


def exports_not_deleted(connection: Connection) -> list[Disclosure]:
    """Rows of the register whose file was written here and is not marked as deleted."""
    return from_rows(
        Disclosure,
        connection.execute(
            f"SELECT {columns_sql(Disclosure)} FROM disclosures"
            " WHERE path <> '' AND deleted_on IS NULL ORDER BY id"
        ),
    )


# --- change log -----------------------------------------------------------------------------------


@dataclass(slots=True, frozen=True)
class LoggedChange:
    """A row of the change log. ``disposed`` rows have lost ``before``, ``after`` and ``why``."""

    id: int
    at: datetime
    who: str
    action: str
    entity: str
    entity_id: int
    case_id: int
    batch: int
    undoes: int
    before: str
    after: str
    why: str
    disposed: bool


LOGGED = (
    "SELECT id, at, who, action, entity, entity_id, case_id, batch, undoes, coalesce(before, ''),"
    " coalesce(after, ''), coalesce(why, ''), salt IS NULL"
)


def logged(rows: Iterable[Sequence[Any]]) -> list[LoggedChange]:
    """Rows of a query that begins with ``LOGGED``."""
    return [LoggedChange(row[0], parse_moment(row[1]), *row[2:]) for row in rows]


SEALED: Final = "sealed case"
"""What a masked row of the log is about, and what stands there for a sealed case's reference."""


class LogRow(Protocol):
    """A row of the change log, as one of its readers has it."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def entity(self) -> str:
        """The table it is about."""

    @property
    def entity_id(self) -> int:
        """The record."""

    @property
    def case_id(self) -> int:
        """The case."""


L = TypeVar("L", bound=LogRow)
_SAID: Final = ("before", "after", "why")
_NOTHING: Final[dict[str, Any]] = {
    "entity": SEALED,
    "entity_id": 0,
    "case_id": 0,
    "batch": 0,
    "undoes": 0,
    "fields": (),
    **dict.fromkeys(_SAID, ""),
}
"""What is left of a row of a sealed case, of the fields that its reader has."""


def masked(connection: Connection, rows: list[L], *, leaving: bool = False) -> list[L]:
    """Rows of the log as they may be shown: of a sealed case only who, when and which act.

    Its reference is taken out of what the log says of other cases too. What is ``leaving`` in a
    file is masked of the sealed case that is open as well.
    """
    opened = 0 if leaving else connection.opened
    shut = sealed_ids(connection) if leaving else hidden(connection)
    if not shut or not rows:
        return rows
    refs = tuple(ref for ref in sealed_refs(connection) if ref)
    beside = left_out(connection)
    there = rows[0].__dataclass_fields__
    said = tuple(name for name in _SAID if name in there)
    nothing = {name: value for name, value in _NOTHING.items() if name in there}

    def shown(row: L) -> L:
        if row.case_id in shut or (row.entity, row.entity_id) in beside:
            return replace(row, **nothing)
        if opened and row.case_id == opened:
            return row
        return replace(row, **{name: said_without(getattr(row, name), refs) for name in said})

    return [shown(row) for row in rows]


def said_without(text: str, refs: Sequence[str]) -> str:
    """What the log says, without the references of these cases."""
    text = lists_without(text, refs)
    for ref in refs:
        text = text.replace(ref, SEALED)
    return text


def changes_of(connection: Connection, case_id: int) -> list[LoggedChange]:
    """A case's rows of the change log, newest first; none of a sealed case that is not open."""
    if case_id in hidden(connection):
        return []
    rows = connection.execute(
        f"{LOGGED} FROM changes WHERE case_id = ? ORDER BY at DESC, id DESC", (case_id,)
    ).fetchall()
    return masked(connection, logged(rows))


def recent_changes(connection: Connection, limit: int = 500) -> list[LoggedChange]:
    """The newest rows of the whole change log, newest first; those of sealed cases masked."""
    rows = connection.execute(f"{LOGGED} FROM changes ORDER BY id DESC LIMIT ?", (limit,))
    return masked(connection, logged(rows.fetchall()))


def undone_ref(connection: Connection) -> str:
    """The reference of the case that was undone last; blank where none is left to name."""
    rows = connection.execute(
        "SELECT ref FROM cases WHERE id ="
        " (SELECT case_id FROM changes WHERE undoes > 0 ORDER BY id DESC LIMIT 1)"
    ).fetchall()
    return str(rows[0][0]) if rows else ""


def last_undoable(connection: Connection) -> list[LoggedChange]:
    """The rows of the last change not yet undone, newest first; none when nothing is left.

    An undo comes after what it undid, so walking back meets it first. A change of a sealed case
    that is not open is passed over: it is undone where it can be seen.
    """
    undone: set[int] = set()
    shut = hidden(connection)
    before = 1 << 62
    while True:
        batch = connection.execute(
            "SELECT max(batch) FROM changes WHERE batch > 0 AND batch < ?", (before,)
        ).fetchall()[0][0]
        if batch is None:
            return []
        found = logged(
            connection.execute(
                f"{LOGGED} FROM changes WHERE batch = ? ORDER BY id DESC", (batch,)
            ).fetchall()
        )
        if found[0].undoes:
            undone.add(found[0].undoes)
        elif batch not in undone and not any(_unseen(connection, row, shut) for row in found):
            return found
        before = batch


def _unseen(connection: Connection, row: LoggedChange, shut: frozenset[int]) -> bool:
    """Whether a row is of a sealed case, or of a record that only sealed cases have."""
    if row.case_id or not shut:
        return row.case_id in shut
    return (row.entity, row.entity_id) in left_out(connection)


def changes_from(connection: Connection, first: int) -> list[LoggedChange]:
    """The rows of the log from this number on, newest first."""
    rows = connection.execute(f"{LOGGED} FROM changes WHERE id >= ? ORDER BY id DESC", (first,))
    return logged(rows.fetchall())


def changed_since(connection: Connection, rows: Sequence[LoggedChange]) -> bool:
    """Whether a record of these rows was changed after them by what stands: a bulk load, or a
    change of a sealed case too, which is passed over (its lists are taken back entry by entry)."""
    later = connection.execute(
        "SELECT entity, entity_id, action, batch, after FROM changes WHERE id > ?1 AND undoes = 0"
        " AND action IN ('collection', 'alteration', 'erasure')"
        " AND batch NOT IN (SELECT undoes FROM changes WHERE id > ?1 AND undoes > 0)",
        (rows[0].id,),
    ).fetchall()
    about: dict[tuple[str, int], list[LoggedChange]] = {}
    for row in rows:
        about.setdefault((row.entity, row.entity_id), []).append(row)
    return any(
        not batch
        or {action, row.action} != {"alteration"}
        or (unpacked(after).keys() & unpacked(row.after).keys()) - {LISTS.get(entity)}
        for entity, number, action, batch, after in later
        for row in about.get((entity, number), ())
    )


def batch_sentence(rows: Sequence[LoggedChange]) -> str:
    """What one batch of changes was, for "Undone: ..."."""
    first = rows[-1]
    title = BY_TABLE[first.entity].title.lower() if first.entity in BY_TABLE else first.entity
    if first.why:
        return first.why
    if first.action == "collection":
        return f"{title} added"
    if first.action == "erasure":
        return f"{title} deleted"
    names = [
        spec.label.lower()
        for name, spec in specs(BY_TABLE[first.entity]).items()
        if name in unpacked(first.after)
    ]
    return f"{title}: {', '.join(names[:3])}" if names else title


def typed(kind: type[Record], kept: dict[str, Any]) -> dict[str, Any]:
    """Logged values as their fields hold them."""
    declared = specs(kind)
    values = {}
    for name, value in kept.items():
        spec = declared.get(name)
        if value and spec and spec.kind == "date":
            value = date.fromisoformat(value)
        elif value and spec and spec.kind == "datetime":
            value = parse_moment(value)
        values[name] = value
    return values


def revive(kind: type[R], kept: dict[str, Any], record_id: int, case_id: int) -> R:
    """A deleted record as the change log kept it, one version on."""
    known = set(column_names(kind))
    values = {name: value for name, value in typed(kind, kept).items() if name in known}
    values.update(id=record_id, case_id=0 if kind.table == "cases" else case_id)
    record = kind(**values)
    record.version += 1
    return record


# --- drafts and remembered values -----------------------------------------------------------------


def draft(connection: Connection, case_id: int, form: str, record_id: int) -> dict[str, str] | None:
    """What had been typed into a form of this case, if anything."""
    rows = connection.execute(
        f"SELECT content FROM {place(connection, case_id)}drafts"
        " WHERE case_id = ? AND form = ? AND record_id = ?",
        (case_id, form, record_id),
    ).fetchall()
    if not rows:
        return None
    loaded: dict[str, str] = json.loads(rows[0][0])
    return loaded


@dataclass(slots=True, frozen=True)
class DraftNote:
    """A draft that waits somewhere."""

    case_id: int
    form: str
    record_id: int
    saved: datetime


def drafts(connection: Connection, *, of: int = 0) -> list[DraftNote]:
    """Every draft that waits, newest first; ``of`` as with ``all_of``."""
    rows = connection.execute(
        f"SELECT case_id, form, record_id, saved FROM {place(connection, of)}drafts"
        " ORDER BY saved DESC"
    ).fetchall()
    return [DraftNote(row[0], row[1], row[2], parse_moment(row[3])) for row in rows]


REMEMBER: Final = (
    "INSERT INTO settings VALUES (?,?) ON CONFLICT DO UPDATE SET value = excluded.value"
)
"""Keeps a value under its name."""


def remembered(connection: Connection, name: str, default: str = "") -> str:
    """A value kept by ``Store.remember``."""
    rows = connection.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchall()
    return str(rows[0][0]) if rows else default
