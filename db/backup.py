"""Verified copies of the caseload, and bringing one back.

A copy of a live database file is often corrupt, so a backup is made by the database itself
(``VACUUM INTO``) under a temporary name, verified, and only then given its name. It is encrypted
under the caseload's own key: the recovery key opens it anywhere, and the key file put beside it
lets the passphrase open it on the same computer. Restoring replaces nothing silently: what was
there is kept beside under a dated name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlcipher3 import dbapi2 as cipher

from config.errors import RefusedError, SanctuaryError
from config.leftovers import sweep
from config.paths import (
    PRIVATE_FILE,
    Paths,
    atomic_write,
    fsync_dir,
    fsync_file,
    make_private_dir,
    move_new,
    refuse_synced,
    write_error,
)
from db.attempts import Clock
from db.changes import ChainState, chain_end
from db.connection import (
    DATABASE_ERRORS,
    PAGE_BYTES,
    PUT_ASIDE,
    CaseloadError,
    CaseloadInUse,
    Connection,
    DiskFull,
    MissingCaseload,
    NewerSchema,
    NotACaseload,
    WrongKey,
    as_it_lies,
    close_connection,
    database_path,
    explain,
    file_uri,
    keep_without_log,
    open_connection,
    quick_checks,
)
from db.keyfile import MissingKeyFile, read_key_file, wipe
from db.keys import (
    STANDARD,
    KdfParams,
    refuse_weak,
    set_new_passphrase,
    unlock_with_key_file,
)
from db.migrations import SCHEMA_VERSION, not_ours, tables_missing
from db.rows import parse_moment
from db.seal import count_open, set_aside
from db.witness import OlderThanWitness, Witnesses, known_generation

_CHUNK = 1 << 20
_LOST: Final = "('collection', 'alteration', 'combination', 'disclosure', 'erasure')"
"""What an older backup lacks: that something was read, or a backup made, is no loss of work."""
_STEPS_BETWEEN_LOOKS = 20_000
"""Steps of the database between two looks at the clock: a few milliseconds."""


class BackupFailed(SanctuaryError):
    """The copy did not verify; it was removed."""


class BackupTooSlow(BackupFailed):
    """The time that was given was over; nothing was left."""


@dataclass(frozen=True, slots=True)
class BackupResult:
    """A verified backup: its file, the file's SHA-256 in hex, and the rows of each table."""

    path: Path
    sha256: str
    rows: dict[str, int]
    key_file: Path | None

    @property
    def total_rows(self) -> int:
        """Rows in all tables together."""
        return sum(self.rows.values())


@dataclass(frozen=True, slots=True)
class RestoreResult:
    """Where the caseload that was there before is kept (None when there was none), and notices."""

    replaced: Path | None
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BackupLook:
    """What a backup holds, and what would be lost by it.

    ``last`` is the moment of its last change. ``missing`` counts the changes of the caseload that
    is here which the backup does not have; ``other_key`` says that the key opens the backup and not
    the caseload that is here; ``no_caseload`` that what is here is none, or no whole one.
    ``disposed`` and ``papers`` are the references of cases that the backup has and that were since
    disposed of, whole or of their MARAC papers. ``compared`` is false where there is no caseload
    here that could be looked at.
    """

    cases: int
    last: datetime | None
    missing: int
    other_key: bool
    disposed: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    compared: bool = False
    no_caseload: bool = False


# --- making ------------------------------------------------------------------------------------


def backup(
    conn: Connection, folder: Path, *, now: datetime, within: float | None = None
) -> BackupResult:
    """Write a verified copy of the open caseload into ``folder``, which is made when missing.

    ``now`` names the file (``sanctuary-backup-YYYYMMDD-HHMMSS.db``). What a kill left of an earlier
    try is taken away. With ``within`` it gives up after so many seconds. Raises ``BackupFailed``
    (``BackupTooSlow`` for that), ``CaseloadError`` or ``SanctuaryError``; then nothing is left in
    the folder.
    """
    if conn.in_transaction:
        raise RefusedError("A change is still being saved; make the backup again in a moment.")
    if not folder.exists():
        make_private_dir(folder)
    sweep(folder)
    started = _prefix(conn)
    _take_away_started(folder, started)
    temporary = folder / f"{started}{secrets.token_hex(8)}.tmp"
    try:
        with _hurried(conn, within) as hurry:
            rows = _copy_and_verify(conn, temporary)
            hurry()
            fsync_file(temporary)
            hurry()
            digest = sha256_of(temporary)
            hurry()
        path = _free_name(folder / f"sanctuary-backup-{now:%Y%m%d-%H%M%S}.db")
        key_file = _copy_key_file(database_path(conn).with_suffix(".key"), path)
        move_new(temporary, path)
        fsync_dir(folder)
    except DiskFull:
        raise BackupFailed(
            f"There is no room for a backup in {folder}: free some space there, or choose another "
            "folder."
        ) from None
    except OSError as error:
        raise write_error(folder, error) from error
    finally:
        remove_database(temporary)
    return BackupResult(path, digest, rows, key_file)


def _prefix(conn: Connection) -> str:
    """How unfinished copies of this caseload, and of no other, begin: only one program has it
    open, so none of them is being written now."""
    name = hashlib.blake2b(str(database_path(conn)).encode(), digest_size=6).hexdigest()
    return f".sanctuary-backup.{name}."


def _take_away_started(folder: Path, prefix: str) -> None:
    with contextlib.suppress(OSError):
        for left in folder.glob(f"{prefix}*.tmp*"):  # a log may be left alone
            remove_database(left)


@contextlib.contextmanager
def _hurried(conn: Connection, within: float | None) -> Iterator[Callable[[], None]]:
    """Stop what ``conn`` does once the time is over; what is given is called between its steps."""
    if within is None:
        yield lambda: None
        return
    until = time.monotonic() + within

    def over() -> bool:
        return time.monotonic() > until

    def hurry() -> None:
        if over():
            raise _too_slow()

    conn.set_progress_handler(over, _STEPS_BETWEEN_LOOKS)
    try:
        yield hurry
    except SanctuaryError:
        hurry()  # what failed may only have been stopped
        raise
    finally:
        conn.set_progress_handler(None, 0)


def _too_slow() -> BackupTooSlow:
    return BackupTooSlow(
        "The automatic backup was not made: there was too little time for it while closing."
    )


def _copy_and_verify(conn: Connection, temporary: Path) -> dict[str, int]:
    """The rows of each table of a copy that holds what ``conn`` holds."""
    vacuum_into(conn, temporary)
    # Attached without a key of its own, the copy is opened with this caseload's.
    try:
        conn.execute("ATTACH DATABASE ? AS copy", (file_uri(temporary, "ro"),)).fetchall()
    except cipher.Error as error:
        raise _failed("the copy cannot be opened") from error
    try:
        problems = quick_checks(conn, "copy")
        if problems:
            raise _failed(f"the copy does not verify ({problems[0]})")
        copied, original = row_counts(conn, "copy"), row_counts(conn, "main")
        if copied != original:
            raise _failed("the copy does not have the rows of the caseload")
        if chain_end(conn, "copy") != chain_end(conn):
            raise _failed("the change log of the copy does not end as the caseload's does")
        for mark in ("application_id", "user_version"):
            if _pragma(conn, "copy", mark) != _pragma(conn, "main", mark):
                raise _failed("the copy is not marked as a caseload")
    except cipher.Error as error:
        raise _failed("the copy cannot be read") from error
    finally:
        conn.set_progress_handler(None, 0)  # a lack of time does not keep the copy attached
        conn.execute("DETACH DATABASE copy").fetchall()
    return copied


def vacuum_into(conn: Connection, target: Path) -> None:
    """Write the database of ``conn`` to the new file ``target``, under the same key."""
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except OSError as error:
        raise write_error(target.parent, error) from error
    try:
        with set_aside(conn):
            conn.execute("VACUUM INTO ?", (str(target),)).fetchall()
    except cipher.Error as error:
        raise explain(error, target.parent) from error


def row_counts(conn: Connection, schema: str = "main") -> dict[str, int]:
    """Rows of every real table, the hidden ones of the search index included."""
    names = conn.execute(
        f"SELECT name FROM {schema}.sqlite_master "
        "WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL TABLE%' ORDER BY name"
    ).fetchall()
    counts = {}
    for (name,) in names:
        quoted = name.replace('"', '""')
        counts[name] = conn.execute(f'SELECT count(*) FROM {schema}."{quoted}"').fetchall()[0][0]
    return counts


def _pragma(conn: Connection, schema: str, name: str) -> int:
    return int(conn.execute(f"PRAGMA {schema}.{name}").fetchall()[0][0])


def _failed(reason: str) -> BackupFailed:
    return BackupFailed(
        f"The backup was not kept because {reason}; run 'sanctuary check --deep', then back up "
        "again, to another disk if it fails again."
    )


def _free_name(path: Path) -> Path:
    candidate, number = path, 1
    while os.path.lexists(candidate) or os.path.lexists(candidate.with_suffix(".key")):
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


def _copy_key_file(source: Path, backup_file: Path) -> Path | None:
    try:
        data = source.read_bytes()
    except OSError:
        return None  # the recovery key still opens the backup
    target = backup_file.with_suffix(".key")
    atomic_write(target, data, overwrite=False)
    return target


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remove_database(path: Path) -> None:
    """Take away a temporary database with whatever lies beside it."""
    for name in (path, _beside(path, "-wal"), _beside(path, "-journal")):
        with contextlib.suppress(OSError):
            name.unlink(missing_ok=True)


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


# --- bringing back -----------------------------------------------------------------------------


def unlock_backup(
    backup_file: Path, paths: Paths, passphrase: str, *, clock: Clock = time.time
) -> bytearray:
    """The data key of a backup made on this computer, by the passphrase it had then.

    The key file beside the backup is used, or failing that the one in force. Raises as
    ``unlock``: on another computer the device secret is missing and the recovery key is needed,
    as it is where there is neither key file; and ``OlderThanWitness`` where it is a key file of
    before the passphrase was changed, beside a backup of after it.
    """
    beside = backup_file.with_suffix(".key")
    if not beside.exists() and not paths.keyfile.exists():
        raise MissingKeyFile(
            f"No key file lies beside {backup_file}, and none of this caseload is on this "
            "computer, so no passphrase can open it here; type the recovery key instead."
        )
    chosen = beside if beside.exists() else paths.keyfile
    data_key = unlock_with_key_file(paths, chosen, passphrase, clock=clock)
    try:
        with as_it_lies(backup_file, data_key) as conn:
            known = known_generation(conn)
    except CaseloadError:
        return data_key  # not its key, or damaged: told when the backup is verified
    if read_key_file(chosen).generation < known:
        wipe(data_key)
        raise OlderThanWitness(
            f"{chosen} is older than the key file {backup_file} was made with: it opens with a "
            "passphrase that was changed. Bring the key file back that belongs to it, or type the "
            "recovery key instead."
        )
    return data_key


def restore(
    backup_file: Path,
    paths: Paths,
    data_key: bytes | bytearray,
    new_passphrase: str,
    *,
    now: datetime,
    params: KdfParams = STANDARD,
    allow_weak: bool = False,
    allow_keyring: bool = True,
) -> RestoreResult:
    """Put a verified copy of ``backup_file`` in the caseload's place, with a new passphrase.

    The copy is verified before anything is moved. A caseload that is there already is kept
    beside as ``caseload-replaced-YYYYMMDD-HHMMSS.db`` with its key file; it must not be in use.
    The data key may come from the recovery key alone, so this works on a new computer; a new
    device secret is made for it. Interrupted at any point, nothing is lost, and restoring again
    finishes the work. Raises ``CaseloadError``, ``WeakPassphrase`` or ``SanctuaryError``.
    """
    refuse_synced(paths.data_dir)
    refuse_weak(new_passphrase, allow_weak)
    make_private_dir(paths.data_dir)
    temporary = paths.data_dir / f".restore.{secrets.token_hex(8)}.tmp"
    try:
        _refuse_longer(backup_file, data_key)
        _copy_in(backup_file, temporary)
        with _verified(temporary, backup_file, data_key) as copy:
            replaced = _put_aside(paths, data_key, now)
            with _moved_held(copy.connection, temporary, paths, data_key):
                fsync_dir(paths.data_dir)
                Witnesses(paths, data_key).renew(copy.state)
                notices = set_new_passphrase(
                    paths,
                    data_key,
                    new_passphrase,
                    params=params,
                    allow_weak=allow_weak,
                    allow_keyring=allow_keyring,
                    after=copy.generation,
                )
                Witnesses(paths, data_key).renew(copy.state)  # the new key file holds it too
    except OSError as error:
        raise write_error(paths.data_dir, error) from error
    finally:
        remove_database(temporary)
    strange = copy.strange
    if strange:  # not refused: it may be the only copy there is
        found = ", ".join(strange[:3])
        notices += (
            f"The backup holds parts that this program did not make, or not so ({found}): tell IT "
            "before you work with it; 'sanctuary check' names them.",
        )
    return RestoreResult(replaced, notices)


def look_into(backup_file: Path, paths: Paths, data_key: bytes | bytearray) -> BackupLook:
    """Verify a backup, and hold it against the caseload that is here, before it is restored.

    Raises:
        CaseloadError: the key does not open it, or it does not verify.
        SanctuaryError: a copy of it cannot be written.
    """
    make_private_dir(paths.data_dir)
    temporary = paths.data_dir / f".restore.{secrets.token_hex(8)}.tmp"
    try:
        _refuse_longer(backup_file, data_key)
        _copy_in(backup_file, temporary)
        with _verified(temporary, backup_file, data_key) as copy:
            conn = copy.connection
            _refuse_unfit(conn, backup_file)
            cases = count_open(conn)
            rows = conn.execute("SELECT at FROM changes ORDER BY id DESC LIMIT 1").fetchall()
            held = _Held(
                _refs(conn, "SELECT ref FROM cases"),
                _refs(conn, f"SELECT ref FROM cases WHERE id IN ({_LISTED})"),
                _certified(conn),
            )
    except OSError as error:
        raise write_error(paths.data_dir, error) from error
    finally:
        remove_database(temporary)
    last = parse_moment(rows[0][0]) if rows else None
    return _compared(BackupLook(cases, last, 0, False), paths.caseload, data_key, copy.state, held)


def _refuse_unfit(conn: Connection, backup_file: Path) -> None:
    """A file that verifies, and yet could not be opened in the caseload's place."""
    if not _pragma(conn, "main", "user_version"):
        missing = ["every table"]
    else:
        missing = [f"the table {name}" for name in tables_missing(conn)]
    if missing:
        raise BackupFailed(
            f"{backup_file} lacks what it cannot be opened without ({', '.join(missing[:3])}), so "
            "nothing was replaced; restore an earlier backup, and tell IT."
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """What a backup has: references of its cases, of those with MARAC papers, and certificates."""

    cases: frozenset[str]
    listed: frozenset[str]
    certified: frozenset[tuple[str, str, str]]


_LISTED: Final = "SELECT case_id FROM marac_listings"


def _refs(conn: Connection, sql: str) -> frozenset[str]:
    return frozenset(str(row[0]) for row in conn.execute(sql).fetchall())


def _certified(conn: Connection) -> frozenset[tuple[str, str, str]]:
    """Of each certificate of disposal the case, of what it is, and the day; none in an old file."""
    try:
        rows = conn.execute("SELECT ref, papers, disposed_on FROM disposals").fetchall()
    except DATABASE_ERRORS:
        return frozenset()
    return frozenset((str(ref), str(papers), str(day)) for ref, papers, day in rows)


def _compared(
    look: BackupLook,
    caseload: Path,
    data_key: bytes | bytearray,
    state: ChainState,
    held: _Held,
) -> BackupLook:
    """With what the caseload that is here has and the backup, whose cases are ``held``, has not.

    Sealed cases are not told from others: whether any is sealed is not to be seen from this.
    """
    if not caseload.exists():
        return look
    try:
        conn = open_connection(caseload, data_key)
    except NotACaseload:
        return replace(look, no_caseload=True)
    except WrongKey:  # a caseload is made of whole pages: anything else opens with no key at all
        pages = caseload.stat().st_size % PAGE_BYTES == 0
        return replace(look, other_key=pages, no_caseload=not pages)
    except CaseloadError:  # damaged or in use: what is done about it is said when it is replaced
        return look
    try:
        sql = f"SELECT count(*) FROM changes WHERE id > ? AND action IN {_LOST}"
        missing = int(conn.execute(sql, (state.count,)).fetchall()[0][0])
        since = _certified(conn) - held.certified
        whole = held.cases & {ref for ref, papers, _ in since if papers == "file"}
        papers = held.listed & {ref for ref, papers, _ in since if papers == "marac"} - whole
        return replace(
            look,
            missing=missing,
            disposed=tuple(sorted(whole)),
            papers=tuple(sorted(papers)),
            compared=True,
        )
    except DATABASE_ERRORS:
        return look
    finally:
        close_connection(conn)


def _refuse_longer(backup_file: Path, data_key: bytes | bytearray) -> None:
    """Refuse what the key does not open, or a file with more behind its end, before it is copied:
    it may be huge."""
    if _beside(backup_file, "-wal").is_file() or not backup_file.is_file():
        return  # the log may have the end of it
    with as_it_lies(backup_file, data_key) as conn:
        pages = _pragma(conn, "main", "page_count")
    if backup_file.stat().st_size > pages * PAGE_BYTES:
        raise BackupFailed(
            f"{backup_file} does not verify (it is longer than it says), so nothing was replaced; "
            "restore an earlier backup."
        )


def _copy_in(backup_file: Path, temporary: Path) -> None:
    if not backup_file.is_file():
        raise MissingCaseload(f"There is no backup at {backup_file}; name the file to restore.")
    # A caseload copied by hand may have its log beside it.
    for source, target in (
        (backup_file, temporary),
        (_beside(backup_file, "-wal"), _beside(temporary, "-wal")),
    ):
        if source.is_file():
            _copy_file(source, target)


def _copy_file(source: Path, target: Path) -> None:
    handle = os.open(
        target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), PRIVATE_FILE
    )
    with source.open("rb") as reader, os.fdopen(handle, "wb") as writer:
        shutil.copyfileobj(reader, writer, _CHUNK)
        writer.flush()
        os.fsync(writer.fileno())


@dataclass(frozen=True, slots=True)
class _Copy:
    """A copy that verifies, held open without a log: where its change log ends, the key file's
    generation in it, and the parts of the file that the program did not make."""

    connection: Connection
    state: ChainState
    generation: int
    strange: list[str]


@contextlib.contextmanager
def _verified(temporary: Path, backup_file: Path, data_key: bytes | bytearray) -> Iterator[_Copy]:
    """Open the copy and verify it; it is let go of afterwards."""
    try:
        conn = open_connection(temporary, data_key)
    except CaseloadError as error:
        # The sentence is to name the file that the person named.
        sentence = error.sentence.replace(str(temporary), str(backup_file))
        raise type(error)(sentence) from None
    try:
        problems = quick_checks(conn)
        keep_without_log(conn, backup_file)
        if problems:
            raise BackupFailed(
                f"{backup_file} does not verify ({problems[0]}), so nothing was replaced; restore "
                "an earlier backup."
            )
        if _pragma(conn, "main", "user_version") > SCHEMA_VERSION:
            raise NewerSchema(
                f"{backup_file} was written by a newer version of Sanctuary, so nothing was "
                "replaced; update the program, then restore it."
            )
        yield _Copy(conn, chain_end(conn), known_generation(conn), not_ours(conn))
    finally:
        conn.close()


@contextlib.contextmanager
def _moved_held(
    held: Connection, temporary: Path, paths: Paths, data_key: bytes | bytearray
) -> Iterator[None]:
    """Move the copy into the caseload's place, and let no other program open it meanwhile."""
    if sys.platform != "win32":
        move_new(temporary, paths.caseload)  # the lock is on the file, whatever its name is
        yield
        return
    held.close()  # no open file can be renamed there
    move_new(temporary, paths.caseload)
    conn = open_connection(paths.caseload, data_key)
    try:
        yield
    finally:
        close_connection(conn)


def _put_aside(paths: Paths, data_key: bytes | bytearray, now: datetime) -> Path | None:
    """Keep what is in the caseload's place under a dated name; the way is free after it."""
    log = _beside(paths.caseload, "-wal")
    had_caseload = os.path.lexists(paths.caseload)
    if not had_caseload and not os.path.lexists(log) and not os.path.lexists(paths.keyfile):
        return None
    held = _hold(paths, data_key) if had_caseload else None
    kept = _free_name(paths.data_dir / f"{PUT_ASIDE}{now:%Y%m%d-%H%M%S}.db")
    try:
        if os.path.lexists(paths.keyfile):
            # Copied: the one in force stays until the new one takes its place in one step.
            _copy_file(paths.keyfile, kept.with_suffix(".key"))
        # The log is kept first and taken away last: at no moment is there a caseload without it.
        if os.path.lexists(log):
            _copy_file(log, _beside(kept, "-wal"))
        # Each on the disk before the next, since a power cut may take them in any order.
        fsync_dir(paths.data_dir)
        if held is not None and sys.platform == "win32":  # where no open file can be renamed
            held.close()
            held = None
        if had_caseload:
            os.rename(paths.caseload, kept)
            fsync_dir(paths.data_dir)
        log.unlink(missing_ok=True)
        fsync_dir(paths.data_dir)
    except OSError:
        if not os.path.lexists(kept):  # nothing was put aside: half a copy of its key is no use
            for name in (kept.with_suffix(".key"), _beside(kept, "-wal")):
                name.unlink(missing_ok=True)
        raise
    finally:
        if held is not None:
            held.close()
    return kept if had_caseload else None


def _hold(paths: Paths, data_key: bytes | bytearray) -> Connection | None:
    """Hold the caseload, its log folded in, against another program until it is put aside.

    Where the key does not fit there is nothing to hold it by. Raises ``CaseloadInUse``.
    """
    held: Connection | None = None
    try:
        held = open_connection(paths.caseload, data_key)
        keep_without_log(held, paths.caseload)
    except CaseloadInUse:
        raise
    except CaseloadError:  # another key, or damaged: it is kept as it is, log and all
        if held is not None:
            held.close()
        return None
    return held
