"""Disposing of a case, or of its MARAC papers alone: taken out of everything, and proved gone.

Two steps. The first is one transaction: every row of the case, its words in the index, its drafts
and what the change log says of it go, and the certificate is written; a stop in the middle leaves
the case whole. The second makes the file forget (index, log, free pages) and looks through every
page of the database, of its log and of a fresh copy for every word that only this case held. It can
be stopped anywhere and is done again at the next opening, so the words it looks for wait in the
file: as two halves, each of them noise without the other, which go when the proof is made.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from config.errors import RefusedError, SanctuaryError
from config.paths import fsync_dir
from db import queries, traces
from db.backup import remove_database, vacuum_into
from db.connection import DATABASE_ERRORS, Connection, database_path, explain
from db.models import (
    CASE_TABLES,
    Case,
    CaseFile,
    Contact,
    Disclosure,
    Disposal,
    GroupAction,
    Organisation,
)
from db.pages import Look, look_through
from db.record import Record
from db.seal import sealed_refs, set_aside
from db.tables import POINTERS

if TYPE_CHECKING:
    from db.store import Store

_OWN_ENTRY: Final = frozenset({"landlord"})
"""Kinds of organisation that may be a private person, and go with the only case that names them."""
MARAC: Final = ("marac_listings", "marac_actions")
"""Tables of MARAC papers; a review that kept them and a reminder about one go with them."""
MARAC_FORMS: Final = (*MARAC, "marac_outcome", "marac_transfer", "share_basis")
"""Forms whose drafts are about them."""
_OF_MARAC: Final = ", ".join(f"'{table}'" for table in MARAC)
_GOES: Final = f"{_OF_MARAC}, 'retention_reviews', 'reminders'"
_WHOLE: Final = "SELECT case_number FROM main.disposals WHERE papers = 'file'"
_PART: Final = "SELECT case_number FROM main.disposals WHERE papers = 'marac'"
_DISPOSED: Final = (
    f"case_id IN ({_WHOLE}) OR salt IS NULL"
    f" OR (entity IN ({_OF_MARAC}) AND case_id IN ({_PART} AND state = 'begun'))"
)
Papers = Literal["file", "marac"]
_EMPTIED: Final = "UPDATE changes SET before = NULL, after = NULL, why = NULL, salt = NULL"


class NotProved(SanctuaryError):
    """Something of a disposed case is still in the file; the disposal waits to be finished."""


@dataclass(slots=True)
class Scope:
    """What goes: a case with what stands elsewhere for it alone, or its MARAC papers."""

    file: CaseFile
    papers: Papers = "file"
    directory: list[Record] = field(default_factory=list)
    disclosures: list[Disclosure] = field(default_factory=list)

    @property
    def records(self) -> list[Record]:
        """Every record that is erased."""
        if self.papers == "marac":
            return self._marac()
        own: list[Record] = [self.file.case]
        for table in CASE_TABLES:
            own += getattr(self.file, table)
        return [*own, *self.directory]

    def _marac(self) -> list[Record]:
        file = self.file
        return [
            *file.marac_actions,
            *file.marac_listings,
            *(one for one in file.retention_reviews if one.papers == "marac"),
            *(one for one in file.reminders if one.record_table in MARAC),
        ]


def scope_of(connection: Connection, file: CaseFile, papers: Papers = "file") -> Scope:
    """What a disposal of a case, or of its MARAC papers, takes with it.

    A private landlord whom no other case names, with the people under that entry, goes with the
    case, but not where one of these has an action of the working group; every other entry of the
    directory stays. Disclosures stay, but those of this case alone
    forget to whom. With MARAC papers neither goes: the case is still there.
    """
    scope = Scope(file, papers)
    if papers == "marac":
        return scope
    people = queries.kept_all(connection, Contact)
    acting = {one.contact_id for one in queries.kept_all(connection, GroupAction)}
    partners = {one.organisation_id for one in people if one.id in acting}
    for entry in queries.kept_all(connection, Organisation):
        if entry.id in partners:
            continue
        if entry.kind in _OWN_ENTRY and _named_by(connection, entry) == {file.case.id}:
            scope.directory.append(entry)
    gone = {entry.id for entry in scope.directory}
    scope.directory += [one for one in people if one.organisation_id in gone]
    scope.disclosures = [
        row
        for row in queries.kept_all(connection, Disclosure)
        if set(row.case_refs.split(";")) == {file.case.ref}
    ]
    return scope


def _named_by(connection: Connection, entry: Record) -> set[int]:
    """The cases whose records point at an entry of the directory; people under it do not count."""
    found: set[int] = set()
    for kind, name in POINTERS[entry.table]:
        if kind.table in CASE_TABLES:
            rows = connection.execute(
                f'SELECT DISTINCT case_id FROM main.{kind.table} WHERE "{name}" = ?', (entry.id,)
            ).fetchall()
            found.update(int(row[0]) for row in rows)
    return found


# --- first step -------------------------------------------------------------------------------


def erase(store: Store, scope: Scope, certificate: Disposal) -> Disposal:
    """Take what goes out of every table in one transaction, and keep its certificate, as ``begun``.

    Raises:
        RefusedError: another case's record points at one of this case.
        BadInputError: the certificate would itself say something of the case.
    """
    connection, case = store.tables.connection, scope.file.case
    _refuse_pointed_at(connection, scope)
    words = traces.words_of(_texts(connection, scope))
    words |= traces.tails(words)
    with store.batch(undoable=False):
        for record in scope.records:
            _remove(store, record)
        _remove_rest(connection, scope)
        certificate.records = len(scope.records)
        certificate.log_rows = _empty_log(connection, scope)
        for row in scope.disclosures:
            _forget_recipient(connection, row)
        certificate.ref, certificate.case_number = case.ref, case.id
        certificate.state, certificate.papers = "begun", scope.papers
        store.add(certificate, why="certificate of disposal")
        entity, number, what = "cases", case.id, case.ref
        if scope.papers == "marac":
            entity, number, what = "marac_papers", 0, f"MARAC papers of {case.ref}"
            store.refresh([case.id])  # its card, which went, and its reminders
        else:
            _unlink(store, case.ref)
        store.note("erasure", entity, number, case.id, f"{traces.PROGRAMS_OWN} {what}")
        alone = traces.only_here(connection, words, *_log_of(scope))
        certificate = store.update(certificate, words=len(alone), why="what is looked for counted")
        _keep_words(connection, certificate.id, alone)
        _check_gone(connection, scope)
    return certificate


def _texts(connection: Connection, scope: Scope) -> list[str]:
    """Everything a person typed of the case: records, log, drafts, whom its papers were sent to."""
    found: list[str] = []
    for record in scope.records:
        found += traces.texts_of(record)
    for row in scope.disclosures:
        found += [row.recipient_name]
    where, values = _log_of(scope)
    for before, after, why in connection.execute(
        f"SELECT before, after, why FROM changes WHERE salt IS NOT NULL AND ({where})", values
    ).fetchall():
        found += [*traces.texts_in(before), *traces.texts_in(after), why]
    for (content,) in connection.execute(
        f"SELECT content FROM main.drafts WHERE {_drafts_of(scope)}", (scope.file.case.id,)
    ).fetchall():
        found += traces.texts_in(content)
    return found


def _refuse_pointed_at(connection: Connection, scope: Scope) -> None:
    """No other case's record may be left pointing into nothing."""
    case = scope.file.case
    for record in scope.records:
        for kind, name in POINTERS[record.table]:
            if kind.table not in CASE_TABLES:
                continue
            found = connection.execute(
                f"SELECT c.ref FROM main.{kind.table} t JOIN main.cases c ON c.id = t.case_id"
                f' WHERE t."{name}" = ? AND t.case_id <> ? LIMIT 1',
                (record.id, case.id),
            ).fetchall()
            if found:
                refs = sealed_refs(connection)
                which = "Another case" if found[0][0] in refs else found[0][0]
                raise RefusedError(
                    f"{which} names a {record.title.lower()} of this case; change that "
                    "there first, then dispose of this one."
                )


def _remove(store: Store, record: Record) -> None:
    store.tables.remove(record)
    if record.table in ("organisations", "contacts"):
        store.tables.connection.execute(
            "DELETE FROM main.drafts WHERE case_id = 0 AND form = ? AND record_id = ?",
            (record.table, record.id),
        ).fetchall()
    if isinstance(record, Case):
        store.tables.use_up_reference(record)


def _remove_rest(connection: Connection, scope: Scope) -> None:
    own = (scope.file.case.id,)
    connection.execute("DELETE FROM main.case_cards WHERE case_id = ?", own).fetchall()
    connection.execute(f"DELETE FROM main.drafts WHERE {_drafts_of(scope)}", own).fetchall()
    if scope.papers == "file":
        connection.execute("DELETE FROM main.import_rows WHERE case_id = ?", own).fetchall()
        connection.execute("DELETE FROM main.search WHERE case_id = ?", own).fetchall()


def _drafts_of(scope: Scope) -> str:
    """Which drafts of the case go, as a condition."""
    if scope.papers == "file":
        return "case_id = ?"
    forms = ", ".join(f"'{form}'" for form in MARAC_FORMS)
    return f"case_id = ? AND form IN ({forms})"


def _log_of(scope: Scope) -> tuple[str, list[int]]:
    """Which rows of the change log are about what goes, as a condition."""
    where, values = ["case_id = ?"], [scope.file.case.id]
    elsewhere: list[Record] = [*scope.directory, *scope.disclosures]
    if scope.papers == "marac":
        where = [f"(case_id = ? AND entity IN ({_OF_MARAC}))"]  # those deleted before, too
        elsewhere = [one for one in scope.records if one.table not in MARAC]
    for record in elsewhere:
        where.append(f"(entity = '{record.table}' AND entity_id = ?)")
        values.append(record.id)
    return " OR ".join(where), values


def _empty_log(connection: Connection, scope: Scope) -> int:
    """Take out what the log says of the case; that something was done, when and by whom stays."""
    where, values = _log_of(scope)
    connection.execute(f"{_EMPTIED} WHERE salt IS NOT NULL AND ({where})", values).fetchall()
    return int(connection.execute("SELECT changes()").fetchall()[0][0])


def _forget_recipient(connection: Connection, row: Disclosure) -> None:
    """Keep that something was sent, when and what; not to which person."""
    lies = bool(row.path) and row.deleted_on is None and Path(row.path).is_file()
    connection.execute(
        "UPDATE main.disclosures SET recipient_name = '', path = ?, version = version + 1"
        " WHERE id = ?",
        (row.path if lies else "", row.id),
    ).fetchall()


def _unlink(store: Store, ref: str) -> None:
    """Other cases no longer lead to this one."""
    for case in queries.kept_all(store.tables.connection, Case):
        linked = case.linked_cases.split(";")
        if ref in linked:
            rest = ";".join(one for one in linked if one != ref)
            store.update(case, linked_cases=rest, why="link to a disposed case taken out")


def _keep_words(connection: Connection, disposal_id: int, words: Iterable[str]) -> None:
    plain = json.dumps(sorted(words), ensure_ascii=False).encode()
    pad = os.urandom(len(plain))
    connection.execute(
        "INSERT INTO disposal_words VALUES (?,?,?)", (disposal_id, pad, _mixed(plain, pad))
    ).fetchall()


def _mixed(one: bytes, two: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, two, strict=True))


def _check_gone(connection: Connection, scope: Scope) -> None:
    """Every row that says which case it is of has gone, in any table there is; or nothing does."""
    case, part = scope.file.case, scope.papers == "marac"
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search_%'"
    ).fetchall()
    for (table,) in tables:
        columns = {row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()}
        goes = table in MARAC if part else table != "changes"
        if "case_id" in columns and goes:
            left = connection.execute(
                f"SELECT count(*) FROM main.{table} WHERE case_id = ?", (case.id,)
            ).fetchall()[0][0]
            if left:
                raise RuntimeError(f"{table} still holds rows of the case")


# --- second step ------------------------------------------------------------------------------


def under_way(connection: Connection) -> list[Disposal]:
    """Disposals whose proof is still to be made."""
    return queries.disposals_begun(connection)


def finish(store: Store, key: bytes | bytearray) -> list[Disposal]:
    """Make the file forget, look through every page, and complete the certificates that wait.

    Returns those completed. It may be stopped at any point and is then done again.

    Raises:
        NotProved: something is still there; the certificate says in how many places.
        SanctuaryError: the disk is full, or the file cannot be read.
    """
    connection = store.tables.connection
    waiting = under_way(connection)
    if not waiting:
        return []
    kept = {word for one in waiting for word in _words(connection, one.id)}
    # What somebody wrote elsewhere since then is no trace of the case.
    words = traces.as_bytes(traces.only_here(connection, kept, _DISPOSED, ()))
    try:
        forget(connection)
        looked = look_through(database_path(connection), key, words, in_use=True)
        if looked.found:
            rewrite(connection)
            looked = look_through(database_path(connection), key, words, in_use=True)
        looked += _look_through_copy(connection, key, words)
    except DATABASE_ERRORS as error:
        raise explain(error, database_path(connection)) from None
    return [_complete(store, one, looked) for one in waiting]


def _words(connection: Connection, disposal_id: int) -> list[str]:
    rows = connection.execute(
        "SELECT pad, words FROM disposal_words WHERE disposal_id = ?", (disposal_id,)
    ).fetchall()
    found: list[str] = json.loads(_mixed(*rows[0])) if rows else []
    return found


def forget(connection: Connection) -> None:
    """Rewrite the search index without what was deleted, and fold the log into the file."""
    connection.execute("INSERT INTO search (search) VALUES ('optimize')").fetchall()
    if connection.in_transaction:
        connection.commit()
    fold(connection)


def fold(connection: Connection) -> None:
    """Fold the write-ahead log into the file and cut it to nothing."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def rewrite(connection: Connection) -> None:
    """Write the whole file anew from what it still says."""
    with set_aside(connection):
        connection.execute("VACUUM").fetchall()
    fold(connection)


def _look_through_copy(connection: Connection, key: bytes | bytearray, words: list[bytes]) -> Look:
    """What a backup made now would hold."""
    folder = database_path(connection).parent
    for left in folder.glob(".disposal.*.tmp*"):  # by a look that was stopped
        remove_database(left)
    copy = folder / f".disposal.{secrets.token_hex(8)}.tmp"
    try:
        vacuum_into(connection, copy)
        return look_through(copy, key, words)
    finally:
        remove_database(copy)
        with contextlib.suppress(OSError):
            fsync_dir(folder)  # before anything is called proved


def _complete(store: Store, certificate: Disposal, looked: Look) -> Disposal:
    connection = store.tables.connection
    proved = looked.found == 0
    with store.batch(undoable=False):
        store.update(
            certificate,
            why="pages looked through",
            state="proved" if proved else "begun",
            pages=looked.pages,
            found=looked.found,
            proved_on=store.today() if proved else None,
        )
        if proved:
            connection.execute(
                "DELETE FROM disposal_words WHERE disposal_id = ?", (certificate.id,)
            ).fetchall()
    if not proved:
        which = (
            f"MARAC papers of {certificate.ref}"
            if certificate.papers == "marac"
            else (certificate.ref)
        )
        raise NotProved(
            f"{which}: erased, but something of it was found in {looked.found} places "
            "of the file; run 'sanctuary check --deep', then open the caseload again to go on."
        )
    fold(connection)
    return certificate


# --- what it leaves ---------------------------------------------------------------------------


def certificate_of(
    connection: Connection, reference: str, papers: Papers = "file"
) -> Disposal | None:
    """The newest certificate of a disposed case, or of its MARAC papers, if there is one."""
    found = queries.all_of(connection, Disposal)
    wanted = (one for one in reversed(found) if (one.ref, one.papers) == (reference, papers))
    return next(wanted, None)


def log_holds(connection: Connection) -> bool:
    """Whether every line of the change log without content is accounted for by a certificate.

    That of MARAC papers accounts for no line about anything else.
    """
    emptied, strange = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE case_id <> 0 AND case_id NOT IN ({_WHOLE})"
        f" AND NOT (entity IN ({_GOES}) AND case_id IN ({_PART})))"
        " FROM changes WHERE salt IS NULL"
    ).fetchall()[0]
    sql = "SELECT coalesce(sum(log_rows), 0) FROM main.disposals"
    told = connection.execute(sql).fetchall()[0][0]
    return bool(emptied == told and not strange)
