"""The one door for writes: every change in one transaction with its row in the change log.

A write also brings the case's card and reminders into step, by the rules given to the store as
``derive`` (they live above this layer), so that no screen ever has to work out ten thousand cases.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from config.errors import RefusedError, SanctuaryError
from config.format import local
from db import imported, queries
from db.changes import Action, ChangeLog, unpacked
from db.connection import (
    DATABASE_ERRORS,
    NotWritten,
    database_path,
    error_code,
    file_at,
    found_no_room,
    not_written,
)
from db.models import BY_TABLE, Case, CaseFile, Reminder
from db.readmodels import Derived
from db.record import Record, column_names, specs
from db.reserve import full_disk
from db.rows import cleaned, kept_value, moment_text, to_second
from db.seal import LISTS, reversed_list, whole_list
from db.search import index_record
from db.standing import keep_derived
from db.tables import Tables

if TYPE_CHECKING:
    from db.connection import Connection

R = TypeVar("R", bound=Record)
Derive = Callable[[CaseFile, date], Derived]

_CONSTRAINT: Final = 19
_STAYS: Final = frozenset({"notes", "cases", "disclosures", "seals"})
_KEEPING: Final = frozenset({"legal_holds", "retention_reviews", "disposals"})
_WORKED_OUT: Final = "worked out on"
"""Under this name the store remembers the day the cards were last looked through for."""


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
        self.today = today or (lambda: local(self._clock()).date())
        self.log = ChangeLog(connection)
        self._tables = Tables(connection)
        self._path = database_path(connection)
        self._file = file_at(self._path)
        self._depth = 0
        self._batch = 0
        self._why = ""
        self._undoes = 0
        self._broken = False
        self._many = False
        self._touched: dict[int, None] = {}
        self._before: list[tuple[Record, dict[str, Any]]] = []

    def now(self) -> datetime:
        """This moment in UTC by the store's clock, which a demo may have on another date."""
        return self._clock()

    @property
    def in_place(self) -> bool:
        """Whether the open file still has its name: one that was moved or deleted loses writes."""
        return file_at(self._path) == self._file

    @property
    def tables(self) -> Tables:
        """The rows behind the records: for a disposal, which is no change of a record."""
        return self._tables

    # --- transactions -------------------------------------------------------------------------

    @contextmanager
    def batch(self, why: str = "", *, undoable: bool = True) -> Generator[None]:
        """Several writes as one: all or nothing, and undone together.

        A batch that fails takes the batch around it with it, once it has written anything. What
        was taken back is taken back in the records in hand too, so that the same act can be done
        again.

        Raises:
            RefusedError: a record points at one that is not there.
            DiskFull: there was no room; nothing was kept.
            NotWritten: the folder or the disk did not take it; nothing was kept.
        """
        if self._depth:
            with self._inner():
                yield
            return
        try:
            self._connection.execute("BEGIN IMMEDIATE").fetchall()
        except DATABASE_ERRORS as error:
            raise self._told(error) from None
        self._depth, self._why, self._broken = 1, why, False
        self._batch = self._next_batch() if undoable else 0
        try:
            yield
            if self._broken:
                raise RuntimeError("a batch was carried on with after a part of it had failed")
            self._bring_into_step()
            self._commit()
        except BaseException as error:
            self._roll_back()
            told = self._told(error)
            if told is not error:
                raise told from None
            raise
        finally:
            self._depth, self._why, self._undoes, self._many = 0, "", 0, False
            self._touched.clear()
            self._before.clear()

    def _told(self, error: BaseException) -> BaseException:
        """The sentence for what the disk refused; any other error as it is."""
        if not isinstance(error, DATABASE_ERRORS):
            return error
        if found_no_room(error):
            return full_disk(self._path.parent)
        return not_written(error, self._path) or error

    @contextmanager
    def _inner(self) -> Generator[None]:
        self._depth += 1
        written = self._connection.total_changes
        try:
            yield
        except BaseException:
            self._broken = self._broken or self._connection.total_changes != written
            raise
        finally:
            self._depth -= 1

    @contextmanager
    def outermost_batch(self, why: str) -> Generator[int]:
        """A batch that stands in no other, so that what is in it is on the disk at its end.

        Gives its number, for ``take_back``.
        """
        if self._depth:
            raise RuntimeError("a batch that must be kept at its end stands in another")
        with self.batch(why):
            yield self._batch

    @contextmanager
    def loading(self, why: str) -> Generator[int]:
        """A batch of very many records that is undone as a whole, such as an import.

        If it fails, the records in hand are not put back to what they were: let go of them. Gives
        the batch's number, for ``undo_batch``.
        """
        if self._depth:
            raise RuntimeError("an import stands in no other batch")
        with self.batch(why):
            self._many = True
            yield self._batch

    @contextmanager
    def apart(self) -> Generator[None]:
        """Inside a batch: what is kept with it, or not at all, and is not undone with it."""
        with self.batch(undoable=False):
            before, self._batch = self._batch, 0
            try:
                yield
            finally:
                self._batch = before

    def bulk(self) -> Any:
        """A batch for many cases at once (demo, import); it is not one person's act to undo."""
        return self.batch(undoable=False)

    def _roll_back(self) -> None:
        for record, values in reversed(self._before):
            for name, value in values.items():
                setattr(record, name, value)
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK").fetchall()
        self.log.reload()
        self._tables.reload()

    def _commit(self) -> None:
        if not self.in_place:
            raise NotWritten(
                f"{self._path} is not there any more, so the change was not kept; bring its folder "
                "back and do it again, or press B on Today for a backup of what is open."
            )
        try:
            self._connection.execute("COMMIT").fetchall()
        except DATABASE_ERRORS as error:
            if error_code(error) != _CONSTRAINT:
                raise
            # The only constraints that wait for the end are those between records.
            raise RefusedError(
                "Another record names this one, or it names one that is no longer there; nothing "
                "was changed."
            ) from None

    def _remember_in_hand(self, record: Record, names: Iterable[str]) -> None:
        """So that a batch taken back leaves the record as it was; not for a bulk load."""
        if self._batch and not self._many:
            self._before.append((record, {name: getattr(record, name) for name in names}))

    def _next_batch(self) -> int:
        return self.log.state.count + 1

    # --- writes -------------------------------------------------------------------------------

    def add(self, record: R, *, why: str = "", moment: datetime | None = None) -> R:
        """Keep a new record; gives it its id (and a case its reference). Returns the record.

        Raises:
            BadInputError: a text is too long, or a code is not in its list.
            RefusedError: it points at a record that is not there.
        """
        cleaned(record)
        with self.batch(why):
            moment = moment or self._clock()
            self._remember_in_hand(record, column_names(type(record)))
            if isinstance(record, Case):
                self._prepare_case(record, moment)
            elif isinstance(record, Reminder) and not record.key:
                record.key = f"own:{secrets.token_hex(8)}"
            record.id = self._tables.insert(record)
            index_record(self._connection, record, fresh=True)
            self._record("collection", record, moment, why, after=_given(record))
        return record

    def update(
        self, record: R, *, why: str = "", moment: datetime | None = None, **changes: Any
    ) -> R:
        """Change fields of a kept record. Writes and logs only what differs. Returns the record.

        No record has a field called ``why`` or ``moment``, which are those of the change itself.

        Raises:
            BadInputError: a text is too long, or a code is not in its list.
            RefusedError: the record has been changed or taken out since it was read.
        """
        declared = specs(type(record))
        wanted: dict[str, Any] = {}
        for name, value in changes.items():
            wanted[name] = kept_value(value, declared[name])
        self._tables.check_current(record)
        before = {name: getattr(record, name) for name in wanted}
        after = {name: value for name, value in wanted.items() if value != before[name]}
        name = LISTS.get(record.table, "")
        if name in after:
            kept, whole = whole_list(self._connection, record, after[name])
            if kept == whole:  # it stands there already, unseen
                del after[name]
        if after:
            with self.batch(why):
                self._alter(record, after, moment or self._clock(), why)
        return record

    def _alter(self, record: Record, after: dict[str, Any], moment: datetime, why: str) -> None:
        """Change a row; of a list of cases the sealed ones that the record does not show stay."""
        before = {name: getattr(record, name) for name in after}
        kept = dict(after)
        name = LISTS.get(record.table, "")
        if name in after:
            before[name], kept[name] = whole_list(self._connection, record, after[name])
        self._remember_in_hand(record, (*after, "version"))
        for name, value in after.items():
            setattr(record, name, value)
        record.version += 1
        self._tables.write(record, {**kept, "version": record.version})
        index_record(self._connection, record, fresh=False)
        self._record("alteration", record, moment, why, before=before, after=kept)

    def delete(self, record: Record, *, why: str = "", moment: datetime | None = None) -> None:
        """Take a record out; the change log keeps what it said, so it can be undone.

        Raises:
            RefusedError: a note (they are corrected, not deleted) or a whole case; a legal hold,
                review or certificate; another record points at it; it has been changed since it
                was read.
        """
        if record.table in _STAYS:
            raise RefusedError("Notes and cases are not deleted here; write a correction instead.")
        if record.table in _KEEPING:
            raise RefusedError(
                "A legal hold is ended and not deleted, and a review or a certificate stays."
            )
        self._tables.check_current(record)
        self._tables.check_unneeded(record)
        with self.batch(why):
            self._tables.remove(record)
            self._connection.execute(
                "DELETE FROM main.drafts WHERE case_id = ? AND form = ? AND record_id = ?",
                (record.case_id, record.table, record.id),
            ).fetchall()
            self._record("erasure", record, moment or self._clock(), why, before=_given(record))

    def note(self, action: Action, entity: str, entity_id: int, case_id: int, why: str) -> None:
        """Log something that changes no record: a case read, an address revealed, an export."""
        with self.batch():
            self.log.append(
                action, entity, entity_id, case_id, at=self._clock(), who=self.who, why=why
            )

    # --- undoing ------------------------------------------------------------------------------

    def undo_last(self) -> str:
        """Undo the last change that can be undone, as one change of its own. Says what was undone.

        Raises:
            RefusedError: there is nothing to undo, or the last change is one that must stand.
        """
        return self._undo(queries.last_undoable(self._connection))

    def undo_batch(self, batch: int) -> str:
        """Undo one batch of many records as a whole, even if it was not the last change.

        Raises:
            RefusedError: something of it has been changed since, or must stand.
        """
        rows = queries.changes_from(self._connection, batch)
        return self._undo([row for row in rows if row.batch == batch])

    def _undo(self, rows: list[queries.LoggedChange]) -> str:
        self._check_undoable(rows)
        said = queries.batch_sentence(rows)
        with self.batch(f"undone: {said}"):
            self._undoes = rows[0].batch
            for row in rows:
                self._reverse(row)
            imported.forget(self._connection, rows[0].batch, moment_text(self._clock()))
        return said

    def _check_undoable(self, rows: list[queries.LoggedChange]) -> None:
        if not rows:
            raise RefusedError("There is nothing to undo.")
        if any(row.entity == "disclosures" for row in rows):
            raise RefusedError(
                "The last change sent something out, and that cannot be undone; the register of "
                "exports shows what it was."
            )
        for kind in (BY_TABLE[row.entity] for row in rows):
            if kind.stands:
                raise RefusedError(
                    f"The last change, {kind.title.lower()}, stays on record; if it was a mistake, "
                    f"{kind.stands}."
                )
        if any(row.disposed for row in rows):
            raise RefusedError(
                "What the last change said has been disposed of, so it cannot be undone."
            )
        if queries.changed_since(self._connection, rows):
            raise RefusedError(
                "What the last change was about has been changed since, so it cannot be undone."
            )

    def _reverse(self, row: queries.LoggedChange) -> None:
        kind, moment = BY_TABLE[row.entity], self._clock()
        if row.action == "erasure":
            record = queries.revive(kind, unpacked(row.before), row.entity_id, row.case_id)
            self._tables.insert(record)
            index_record(self._connection, record, fresh=True)
            self._record("collection", record, moment, "", after=_given(record))
            return
        # Past the views: what is taken back may be of a sealed case, or stand in a list with one.
        record = queries.kept_record(self._connection, kind, row.entity_id)
        if row.action == "collection":
            if isinstance(record, Case):
                self._tables.remove_case(record)
            else:
                self._tables.remove(record)
            self._record("erasure", record, moment, "", before=_given(record))
        else:
            before, name = unpacked(row.before), LISTS.get(kind.table, "")
            if name in before:
                after = str(unpacked(row.after)[name])
                before[name] = reversed_list(getattr(record, name), before[name], after)
            self._alter(record, queries.typed(kind, before), moment, "")

    def take_back(self, batch: int, entity: str, why: str) -> None:
        """Undo the batch that was kept last, of which something outside the caseload failed.

        As one change of its own, whatever it was of: it was never told to anybody that it was done.
        Each line of it that changed no record is answered by one about ``entity`` that says why.
        """
        with self.batch(why):
            self._undoes = batch
            for row in queries.changes_from(self._connection, batch):
                if row.batch == batch:
                    self._reverse(row)
                else:
                    self.note("erasure", entity, 0, row.case_id, why)

    # --- drafts and remembered values -----------------------------------------------------------

    def save_draft(self, case_id: int, form: str, record_id: int, content: dict[str, str]) -> None:
        """Keep what has been typed into a form, for its own case only."""
        self._put(
            "INSERT INTO main.drafts VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET"
            " saved = excluded.saved, content = excluded.content",
            (case_id, form, record_id, moment_text(self._clock()), json.dumps(content)),
        )

    def discard_draft(self, case_id: int, form: str, record_id: int) -> None:
        """Forget a draft."""
        self._put(
            "DELETE FROM main.drafts WHERE case_id = ? AND form = ? AND record_id = ?",
            (case_id, form, record_id),
        )

    def remember(self, name: str, value: str) -> None:
        """Keep a value that belongs to this caseload (a preference, the last list sent)."""
        self._put(queries.REMEMBER, (name, value))

    def _put(self, sql: str, values: tuple[object, ...]) -> None:
        """One statement that is not logged, in a batch so that a failure leaves nothing open."""
        with self.batch():
            self._connection.execute(sql, values).fetchall()

    # --- keeping cards and reminders in step ------------------------------------------------------

    def refresh(self, case_ids: Iterable[int]) -> None:
        """Work the cards and reminders of these cases out again."""
        with self.batch():
            self._touched.update(dict.fromkeys(case_ids))

    def refresh_stale(self, today: date) -> int:
        """Work out again every case whose answers held only until a day that has passed.

        Every open case, where the day is before one they were looked through for: a clock that
        was wrong and is right again. Returns how many.
        """
        last = queries.remembered(self._connection, _WORKED_OUT)
        if last > today.isoformat():
            stale = queries.every_open_case(self._connection)
        else:
            stale = queries.stale_cases(self._connection, today)
        if stale or last != today.isoformat():
            with self.batch():
                self.remember(_WORKED_OUT, today.isoformat())
                self.refresh(stale)
        return len(stale)

    def bring_into_step(self, asked_from: date, told: Callable[[int], object]) -> None:
        """Work out now what the end of the batch would, for cases brought in from elsewhere.

        A reminder that was due before ``asked_from`` is set aside, and not asked. ``told`` hears
        how many cases are done.
        """
        with self.batch():
            self._bring_into_step(asked_from, told)
            self._touched.clear()

    def _bring_into_step(
        self, asked_from: date = date.min, told: Callable[[int], object] = int
    ) -> None:
        today = self.today()
        for number, case_id in enumerate(self._touched, 1):
            file = queries.kept_file(self._connection, case_id)
            if file is not None:
                derived = self._derive(file, today)
                keep_derived(self._connection, self._tables, file, derived, asked_from)
            told(number)

    # --- rows -------------------------------------------------------------------------------------

    def _prepare_case(self, case: Case, moment: datetime) -> None:
        if case.received is None:
            case.received = to_second(moment)
        day = local(case.received).date()
        if case.stage_entered is None:
            case.stage_entered = day
        if not case.ref:
            prefix = f"S{day.year % 100:02d}-"
            case.ref = queries.next_reference(
                self._connection, prefix, self._tables.last_used(prefix)
            )
        else:
            queries.refuse_disposed(self._connection, case.ref)

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


def _given(record: Record) -> dict[str, Any]:
    """What a record says beyond a blank one, so that it can be made again from the log."""
    kind = type(record)
    blank = _BLANKS.get(kind.table)
    if blank is None:
        blank = _BLANKS[kind.table] = kind()
    found = {}
    for name in column_names(kind):
        value = getattr(record, name)
        says = value not in ("", None, 0) and name != "version"
        if name != "id" and (says or value != getattr(blank, name)):
            found[name] = value
    return found


_BLANKS: Final[dict[str, Record]] = {}


__all__ = ["Derive", "SanctuaryError", "Store"]
