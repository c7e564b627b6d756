"""The one door for writes: every change in one transaction with its row in the change log.

A write also brings the case's card and reminders into step, by the rules given to the store as
``derive`` (they live above this layer), so that no screen ever has to work out ten thousand cases.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from config.errors import RefusedError, SanctuaryError
from db import queries
from db.changes import Action, ChangeLog, unpacked
from db.connection import DATABASE_ERRORS, DiskFull, error_code
from db.models import BY_TABLE, Case, CaseFile, Reminder
from db.readmodels import CaseCard, Derived
from db.record import Record, column_names, specs
from db.rows import cleaned, columns_sql, kept_value, moment_text, quoted, to_column, to_row
from db.search import drop_record, index_record

if TYPE_CHECKING:
    from db.connection import Connection

R = TypeVar("R", bound=Record)
Derive = Callable[[CaseFile, date], Derived]

_FULL = 13
_CARD_COLUMNS = tuple(item.name for item in fields(CaseCard))
_CARD_UPSERT = (
    f"INSERT INTO case_cards ({', '.join(_CARD_COLUMNS)}) VALUES"
    f" ({', '.join('?' * len(_CARD_COLUMNS))}) ON CONFLICT (case_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in _CARD_COLUMNS[1:])
)


class Store:
    """Writes to one open caseload, from the thread that owns its connection.

    ``derive`` makes a case's card and reminders; ``clock`` gives the moment of a change in UTC;
    ``today`` the date the rules count from; ``who`` is recorded with every change.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        derive: Derive,
        who: str = "Coordinator",
        clock: Callable[[], datetime] | None = None,
        today: Callable[[], date] | None = None,
    ) -> None:
        self._connection = connection
        self._derive = derive
        self.who = who
        self._clock = clock or (lambda: datetime.now(UTC))
        self.today = today or (lambda: self._clock().date())
        self.log = ChangeLog(connection)
        self._depth = 0
        self._batch = 0
        self._why = ""
        self._undoes = 0
        self._touched: dict[int, None] = {}

    def now(self) -> datetime:
        """This moment in UTC by the store's clock, which a demo may have on another date."""
        return self._clock()

    # --- transactions -------------------------------------------------------------------------

    @contextmanager
    def batch(self, why: str = "", *, undoable: bool = True) -> Generator[None]:
        """Several writes as one: all or nothing, and undone together."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        self._connection.execute("BEGIN IMMEDIATE").fetchall()
        self._depth, self._why = 1, why
        self._batch = self._next_batch() if undoable else 0
        try:
            yield
            self._bring_into_step()
            self._connection.execute("COMMIT").fetchall()
        except BaseException as error:
            self._roll_back()
            if isinstance(error, DATABASE_ERRORS) and error_code(error) == _FULL:
                raise DiskFull(
                    "The disk is full, so the change was not kept; free some space and do it again."
                ) from None
            raise
        finally:
            self._depth, self._why, self._undoes = 0, "", 0
            self._touched.clear()

    def bulk(self) -> Any:
        """A batch for many cases at once (demo, import); it is not one person's act to undo."""
        return self.batch(undoable=False)

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK").fetchall()
        self.log.reload()

    def _next_batch(self) -> int:
        return self.log.state.count + 1

    # --- writes -------------------------------------------------------------------------------

    def add(self, record: R, *, why: str = "", at: datetime | None = None) -> R:
        """Keep a new record; gives it its id (and a case its reference). Returns the record.

        Raises:
            BadInputError: a text is too long, or a code is not in its list.
        """
        cleaned(record)
        with self.batch(why):
            moment = at or self._clock()
            if isinstance(record, Case):
                self._prepare_case(record, moment)
            record.id = self._insert(record)
            index_record(self._connection, record, fresh=True)
            self._record("collection", record, moment, why, after=_given(record))
        return record

    def update(self, record: R, *, why: str = "", at: datetime | None = None, **changes: Any) -> R:
        """Change fields of a kept record. Writes and logs only what differs. Returns the record."""
        declared = specs(type(record))
        wanted: dict[str, Any] = {}
        for name, value in changes.items():
            wanted[name] = kept_value(value, declared[name])
        before = {name: getattr(record, name) for name in wanted}
        after = {name: value for name, value in wanted.items() if value != before[name]}
        if not after:
            return record
        before = {name: before[name] for name in after}
        with self.batch(why):
            for name, value in after.items():
                setattr(record, name, value)
            record.version += 1
            self._write_columns(record, {**after, "version": record.version})
            index_record(self._connection, record, fresh=False)
            self._record("alteration", record, at or self._clock(), why, before=before, after=after)
        return record

    def delete(self, record: Record, *, why: str = "", at: datetime | None = None) -> None:
        """Take a record out; the change log keeps what it said, so it can be undone.

        Raises:
            RefusedError: a note (they are corrected, not deleted) or a whole case.
        """
        if record.table in ("notes", "cases", "disclosures"):
            raise RefusedError("Notes and cases are not deleted here; write a correction instead.")
        with self.batch(why):
            self._remove(record)
            self._record("erasure", record, at or self._clock(), why, before=_given(record))

    def note(self, action: Action, entity: str, entity_id: int, case_id: int, why: str) -> None:
        """Log something that changes no record: a case read, an address revealed, an export."""
        with self.batch():
            self.log.append(
                action, entity, entity_id, case_id, at=self._clock(), who=self.who, why=why
            )

    def undo_last(self) -> str:
        """Undo the last change that can be undone, as one change of its own. Says what was undone.

        Raises:
            RefusedError: there is nothing to undo.
        """
        rows = queries.last_undoable(self._connection)
        if not rows:
            raise RefusedError("There is nothing to undo.")
        if any(row.entity == "disclosures" for row in rows):
            raise RefusedError(
                "The last change sent something out, and that cannot be undone; the register of "
                "exports shows what it was."
            )
        with self.batch("undo"):
            self._undoes = rows[0].batch
            for row in rows:
                self._reverse(row)
        return queries.batch_sentence(rows)

    # --- drafts and remembered values -----------------------------------------------------------

    def save_draft(self, case_id: int, form: str, record_id: int, content: dict[str, str]) -> None:
        """Keep what has been typed into a form, for its own case only."""
        self._connection.execute(
            "INSERT INTO drafts VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET"
            " saved = excluded.saved, content = excluded.content",
            (case_id, form, record_id, moment_text(self._clock()), json.dumps(content)),
        ).fetchall()
        self._settle()

    def discard_draft(self, case_id: int, form: str, record_id: int) -> None:
        """Forget a draft."""
        self._connection.execute(
            "DELETE FROM drafts WHERE case_id = ? AND form = ? AND record_id = ?",
            (case_id, form, record_id),
        ).fetchall()
        self._settle()

    def remember(self, name: str, value: str) -> None:
        """Keep a value that belongs to this caseload (a preference, the last list sent)."""
        self._connection.execute(
            "INSERT INTO settings VALUES (?,?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (name, value),
        ).fetchall()
        self._settle()

    def _settle(self) -> None:
        if not self._depth and self._connection.in_transaction:
            self._connection.commit()

    # --- keeping cards and reminders in step ------------------------------------------------------

    def refresh(self, case_ids: Iterable[int]) -> None:
        """Work the cards and reminders of these cases out again."""
        with self.batch():
            self._touched.update(dict.fromkeys(case_ids))

    def refresh_stale(self, today: date) -> int:
        """Work out again every case whose answers held only until a day that has passed."""
        stale = queries.stale_cases(self._connection, today)
        if stale:
            self.refresh(stale)
        return len(stale)

    def _bring_into_step(self) -> None:
        today = self.today()
        for case_id in self._touched:
            file = queries.case_file(self._connection, case_id)
            if file is not None:
                self._keep_derived(file, self._derive(file, today))

    def _keep_derived(self, file: CaseFile, derived: Derived) -> None:
        values = [to_column(getattr(derived.card, name)) for name in _CARD_COLUMNS]
        self._connection.execute(_CARD_UPSERT, values).fetchall()
        standing = {reminder.key: reminder for reminder in file.reminders if reminder.rule}
        wanted = {reminder.key: reminder for reminder in derived.reminders}
        for key, reminder in wanted.items():
            kept = standing.get(key)
            if kept is None:
                reminder.case_id = file.case.id
                self._insert(reminder)
            else:
                self._follow(kept, reminder)
        for key, kept in standing.items():
            if key not in wanted and kept.state in ("open", "snoozed"):
                self._write_columns(kept, {"state": "gone"})

    def _follow(self, kept: Reminder, wanted: Reminder) -> None:
        differs = {
            name: getattr(wanted, name)
            for name in ("due", "title_text", "action", "who", "at", "record_table", "record_id")
            if getattr(wanted, name) != getattr(kept, name)
        }
        if kept.state == "gone":
            differs["state"] = "open"
        if differs:
            self._write_columns(kept, differs)

    # --- rows -------------------------------------------------------------------------------------

    def _prepare_case(self, case: Case, moment: datetime) -> None:
        if case.received is None:
            case.received = moment
        if case.stage_entered is None:
            case.stage_entered = case.received.date()
        if not case.ref:
            case.ref = queries.next_reference(self._connection, case.received.year)

    def _insert(self, record: Record) -> int:
        kind = type(record)
        values = to_row(record)
        values[0] = record.id or None
        marks = ", ".join("?" * len(values))
        self._connection.execute(
            f"INSERT INTO {kind.table} ({columns_sql(kind)}) VALUES ({marks})", values
        ).fetchall()
        return int(self._connection.execute("SELECT last_insert_rowid()").fetchall()[0][0])

    def _write_columns(self, record: Record, changes: dict[str, Any]) -> None:
        sets = ", ".join(f"{quoted(name)} = ?" for name in changes)
        values = [to_column(value) for value in changes.values()]
        self._connection.execute(
            f"UPDATE {record.table} SET {sets} WHERE id = ?", [*values, record.id]
        ).fetchall()

    def _remove(self, record: Record) -> None:
        drop_record(self._connection, record)
        self._connection.execute(
            f"DELETE FROM {record.table} WHERE id = ?", (record.id,)
        ).fetchall()

    def _drop_derived(self, case: Case) -> None:
        for table in ("reminders", "case_cards", "drafts"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE case_id = ?", (case.id,)
            ).fetchall()

    def _record(
        self,
        action: Action,
        record: Record,
        moment: datetime,
        why: str,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        case_id = record.id if isinstance(record, Case) else record.case_id
        self.log.append(
            action,
            record.table,
            record.id,
            case_id,
            at=moment,
            who=self.who,
            batch=self._batch,
            undoes=self._undoes,
            before=before,
            after=after,
            why=why or self._why,
        )
        if case_id:
            self._touched[case_id] = None

    def _reverse(self, row: queries.LoggedChange) -> None:
        kind = BY_TABLE[row.entity]
        if row.action == "collection":
            record = queries.get(self._connection, kind, row.entity_id)
            if isinstance(record, Case):
                self._drop_derived(record)
            self._remove(record)
            self._record("erasure", record, self._clock(), "undo", before=_given(record))
            return
        before = unpacked(row.before)
        if row.action == "erasure":
            record = queries.revive(kind, before, row.entity_id, row.case_id)
            self._insert(record)
            index_record(self._connection, record, fresh=True)
            self._record("collection", record, self._clock(), "undo", after=_given(record))
            return
        record = queries.get(self._connection, kind, row.entity_id)
        values = queries.typed(kind, before)
        now = {name: getattr(record, name) for name in values}
        for name, value in values.items():
            setattr(record, name, value)
        record.version += 1
        self._write_columns(record, {**values, "version": record.version})
        index_record(self._connection, record, fresh=False)
        self._record("alteration", record, self._clock(), "undo", before=now, after=values)


def _given(record: Record) -> dict[str, Any]:
    """The fields of a record that say something: all but blanks and its own bookkeeping."""
    found = {}
    for name in column_names(type(record)):
        value = getattr(record, name)
        if name not in ("id", "version") and value not in ("", None, 0):
            found[name] = value
    return found


__all__ = ["Derive", "SanctuaryError", "Store"]
