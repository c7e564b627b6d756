"""Opening the encrypted caseload, and every way in which that can be refused.

The caseload is a SQLCipher 4 database under a raw 256-bit key. Three habits of the libraries
below decide what is here:

* sqlite-utils catches the standard library's ``sqlite3`` errors while SQLCipher raises its own,
  so ``Connection`` raises classes that are both. ``Cursor`` is left alone: rows are fetched by
  the driver's own. Exhaust every cursor (``fetchall``): a half-read statement makes a later
  schema change silently do nothing.
* A connection without a key writes plain text, and a short key is silently taken for a
  passphrase, so the key is checked before the file is touched.
* One thread owns a connection; the driver refuses any other.
"""

from __future__ import annotations

import binascii
import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from sqlcipher3 import dbapi2 as cipher

from config.errors import SanctuaryError
from config.paths import PRIVATE_FILE

if TYPE_CHECKING:
    from sqlite_utils import Database

KEY_BYTES = 32
PAGE_BYTES = 4096
# "Snct" in ASCII: marks the file as a caseload to any SQLite tool that holds the key.
APPLICATION_ID = 0x536E6374
DEFAULT_CACHE_KIB = 7_000
"""Kept from any one look at a whole caseload; more was taken by Today and never given back. It is
less by what the statements take that the driver keeps prepared."""
_PLAIN_HEADER = b"SQLite format 3\x00"
_MAX_PROBLEMS = 20


# --- what can be wrong, one sentence each -----------------------------------------------------


class CaseloadError(SanctuaryError):
    """The caseload cannot be opened or read."""


class MissingCaseload(CaseloadError):
    """There is no file there."""


class CaseloadExists(CaseloadError):
    """There is one already, where a new one was to be made."""


class NotACaseload(CaseloadError):
    """The file is empty, plain, too short, or some other database."""


class WrongKey(CaseloadError):
    """The key does not open this file."""


class KeyLengthError(WrongKey):
    """A key that is not 32 bytes; the file was not touched."""


class CaseloadInUse(CaseloadError):
    """Another program holds the caseload."""


class DamagedCaseload(CaseloadError):
    """Part of the file no longer verifies."""


class CannotOpenCaseload(CaseloadError):
    """The computer refuses to open or write the file."""


class DiskFull(CaseloadError):
    """No room for a change; it was not made."""


class NotWritten(CaseloadError):
    """The disk or the folder did not take a change; it was not made."""


class NewerSchema(CaseloadError):
    """Written by a newer version of the program."""


# --- errors that belong to SQLCipher and to sqlite3 alike --------------------------------------


class Error(cipher.Error, sqlite3.Error):  # type: ignore[misc]
    """Any database error."""


class InterfaceError(cipher.InterfaceError, sqlite3.InterfaceError, Error):  # type: ignore[misc]
    """Misuse of the driver."""


class DatabaseError(cipher.DatabaseError, sqlite3.DatabaseError, Error):  # type: ignore[misc]
    """The database file is wrong, or the key is."""


class DataError(cipher.DataError, sqlite3.DataError, DatabaseError):  # type: ignore[misc]
    """A value does not fit."""


class OperationalError(cipher.OperationalError, sqlite3.OperationalError, DatabaseError):  # type: ignore[misc]
    """The database cannot do this now: locked, full, no such table."""


class IntegrityError(cipher.IntegrityError, sqlite3.IntegrityError, DatabaseError):  # type: ignore[misc]
    """A constraint refuses the row."""


class InternalError(cipher.InternalError, sqlite3.InternalError, DatabaseError):  # type: ignore[misc]
    """The database contradicts itself."""


class ProgrammingError(cipher.ProgrammingError, sqlite3.ProgrammingError, DatabaseError):  # type: ignore[misc]
    """Misuse: wrong number of values, closed connection, another thread."""


class NotSupportedError(cipher.NotSupportedError, sqlite3.NotSupportedError, DatabaseError):  # type: ignore[misc]
    """The build lacks the feature."""


# Every error that a cursor or a connection of ours may raise.
DATABASE_ERRORS: tuple[type[BaseException], ...] = (cipher.Error, sqlite3.Error)

_TRANSLATED: dict[type[BaseException], type[Exception]] = {
    cipher.Error: Error,
    cipher.InterfaceError: InterfaceError,
    cipher.DatabaseError: DatabaseError,
    cipher.DataError: DataError,
    cipher.OperationalError: OperationalError,
    cipher.IntegrityError: IntegrityError,
    cipher.InternalError: InternalError,
    cipher.ProgrammingError: ProgrammingError,
    cipher.NotSupportedError: NotSupportedError,
}


def translate(error: BaseException) -> Exception:
    """The same error as a class that ``except sqlite3.X`` catches too, with its error code."""
    if isinstance(error, Error):
        return error  # the driver's execute() calls our cursor(), so it may come by twice
    made = _TRANSLATED.get(type(error), Error)(*error.args)
    for name in ("sqlite_errorcode", "sqlite_errorname"):
        if hasattr(error, name):
            setattr(made, name, getattr(error, name))
    return made


def error_code(error: BaseException) -> int:
    """SQLite's primary result code of ``error`` (its low eight bits), or -1."""
    return int(getattr(error, "sqlite_errorcode", -1) or -1) & 0xFF


class Connection(cipher.Connection):  # type: ignore[misc]
    """A SQLCipher connection whose errors are sqlite3 errors as well.

    ``opened`` is the sealed case that may be read, 0 for none (see ``db.seal``).
    """

    opened: int = 0

    def _call(self, method: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        try:
            return method(*args, **kwargs)
        except cipher.Error as error:
            raise translate(error) from None

    def execute(self, *args: Any) -> Any:
        try:
            return super().execute(*args)
        except cipher.Error as error:
            raise translate(error) from None

    def executemany(self, *args: Any) -> Any:
        return self._call(super().executemany, *args)

    def executescript(self, *args: Any) -> Any:
        return self._call(super().executescript, *args)

    def commit(self) -> None:
        self._call(super().commit)

    def rollback(self) -> None:
        self._call(super().rollback)

    def backup(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(super().backup, *args, **kwargs)

    def cursor(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(super().cursor, *args, **kwargs)

    def create_function(self, *args: Any, **kwargs: Any) -> Any:
        return self._call(super().create_function, *args, **kwargs)

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        # The driver's own calls its C functions past the translation above.
        if kind is not None:
            self.rollback()
            return
        try:
            self.commit()
        except cipher.Error:
            self.rollback()
            raise


# --- opening -----------------------------------------------------------------------------------


def open_connection(
    path: Path,
    key: bytes | bytearray,
    *,
    create: bool = False,
    cache_kib: int = DEFAULT_CACHE_KIB,
) -> Connection:
    """Open the caseload at ``path`` with its raw 32-byte ``key``, for this thread alone.

    With ``create`` a new one is made (mode 0600), and an existing file is refused. Nothing is
    made in passing otherwise. The connection holds the file to itself until it is closed.

    Raises ``KeyLengthError``, ``MissingCaseload``, ``CaseloadExists``, ``NotACaseload``,
    ``WrongKey``, ``CaseloadInUse``, ``DamagedCaseload`` or ``CannotOpenCaseload``.
    """
    if len(key) != KEY_BYTES:
        raise KeyLengthError(
            f"The key is {len(key)} bytes long where {KEY_BYTES} are needed, so {path} was not "
            "opened; use the passphrase or the whole recovery key."
        )
    if create:
        _make_empty(path)
    else:
        look_at(path)
    try:
        return _open_checked(path, key, create=create, cache_kib=cache_kib)
    except BaseException:
        if create:
            for name in (path, path.with_name(path.name + "-wal")):
                name.unlink(missing_ok=True)
        raise


def _make_empty(path: Path) -> None:
    try:
        if os.path.lexists(path.with_name(path.name + "-wal")):
            # Left by a caseload that was moved away; it would be read into the new one.
            raise FileExistsError
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
    except FileExistsError:
        raise CaseloadExists(
            f"There is a caseload at {path} already and it was left as it is; choose another "
            "folder with --home, or move that one away first."
        ) from None
    except OSError as error:
        raise _cannot_open(path) from error


PUT_ASIDE: Final = "caseload-replaced-"
"""How the name of a caseload begins that was put aside for another (``db.backup.restore``)."""


def _missing(path: Path) -> MissingCaseload:
    """A restore that was killed between its two names leaves the caseload under the first."""
    aside = sorted(path.parent.glob(f"{PUT_ASIDE}*.db"))
    if aside:
        return MissingCaseload(
            f"There is no caseload at {path}, but one that was put aside lies beside it: "
            f"'sanctuary restore {aside[-1]}' brings it back, or do the restore you began again."
        )
    return MissingCaseload(
        f"There is no caseload at {path}; make one with 'sanctuary init', or bring one back "
        "with 'sanctuary restore'."
    )


def look_at(path: Path) -> None:
    """Refuse what can be seen not to be a caseload without a key.

    Raises:
        MissingCaseload: there is no file.
        NotACaseload: it is a folder, empty, too short, or not encrypted.
        CannotOpenCaseload: this account may not read it.
    """
    try:
        if path.is_dir():
            raise NotACaseload(f"{path} is a folder, not a caseload; check --home.")
        with path.open("rb") as stream:
            head = stream.read(len(_PLAIN_HEADER))
            size = stream.seek(0, os.SEEK_END)
    except FileNotFoundError:
        raise _missing(path) from None
    except OSError as error:
        raise _cannot_open(path) from error
    if size == 0:
        raise NotACaseload(
            f"{path} is an empty file, not a caseload; restore a backup with 'sanctuary restore'."
        )
    if head == _PLAIN_HEADER:
        raise NotACaseload(
            f"{path} is a database that is not encrypted, so it is not a caseload; check --home "
            "or restore a backup."
        )
    if size < PAGE_BYTES:
        raise NotACaseload(
            f"{path} is too short to be a caseload"
            + (
                f"; the caseload is the file {path.stem}.db beside it."
                if path.suffix == ".key"
                else "; restore a backup with 'sanctuary restore'."
            )
        )


def _open_checked(
    path: Path, key: bytes | bytearray, *, create: bool, cache_kib: int
) -> Connection:
    conn: Connection | None = None
    try:
        conn = cipher.connect(file_uri(path), timeout=0, uri=True, factory=Connection)
        _set_key(conn, key)
        _set_pragmas(conn, cache_kib)
        if create:
            conn.execute(f"PRAGMA application_id = {APPLICATION_ID}").fetchall()
            return conn
        conn.execute("SELECT count(*) FROM sqlite_master").fetchall()
        found = conn.execute("PRAGMA application_id").fetchall()[0][0]
        if found != APPLICATION_ID:
            raise NotACaseload(
                f"{path} opens with this key but was not made by this program; check --home."
            )
        return conn
    except cipher.Error as error:
        _close_quietly(conn)
        raise explain(error, path) from error
    except BaseException:
        _close_quietly(conn)
        raise


@contextlib.contextmanager
def as_it_lies(path: Path, key: bytes | bytearray) -> Iterator[Connection]:
    """Read a file that nobody writes, without its log: it is not held, and nothing is made by it.

    Raises as ``open_connection``, for what is read inside too.
    """
    look_at(path)
    conn: Connection | None = None
    try:
        uri = f"{file_uri(path, 'ro')}&immutable=1"
        conn = cipher.connect(uri, timeout=0, uri=True, factory=Connection)
        _set_key(conn, key)
        conn.execute("SELECT count(*) FROM sqlite_master").fetchall()
        yield conn
    except cipher.Error as error:
        raise explain(error, path) from error
    finally:
        _close_quietly(conn)


def _close_quietly(conn: Connection | None) -> None:
    if conn is not None:
        conn.close()


def _set_key(conn: Connection, key: bytes | bytearray) -> None:
    # Before the key: SQLCipher otherwise writes its complaints over the screen.
    conn.execute("PRAGMA cipher_log_level = NONE").fetchall()
    with _literal(key) as literal:
        conn.set_key(literal)


def change_key(conn: Connection, key: bytes | bytearray) -> None:
    """Re-encrypt the open database in place under the 32-byte ``key``: for a copy, never the
    caseload itself, since a stop in the middle is rolled back only by the log beside it."""
    if len(key) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    try:
        with _literal(key) as literal:
            conn.reset_key(literal)
    except cipher.Error as error:
        raise translate(error) from None


@contextlib.contextmanager
def _literal(key: bytes | bytearray) -> Iterator[bytearray]:
    """The key as SQLCipher reads it: bytes that are overwritten at once, rather than an SQL text
    that would stay in memory."""
    literal = bytearray(b"x'") + bytearray(binascii.hexlify(key)) + bytearray(b"'")
    try:
        yield literal
    finally:
        literal[:] = bytes(len(literal))


def _set_pragmas(conn: Connection, cache_kib: int) -> None:
    for pragma in (
        "locking_mode = EXCLUSIVE",  # a second program is refused at once; no -shm file
        "temp_store = MEMORY",  # sorts never spill plain text to the disk
        "foreign_keys = ON",
        "trusted_schema = OFF",
        f"cache_size = -{int(cache_kib)}",
        "journal_mode = WAL",
        "synchronous = FULL",
    ):
        conn.execute(f"PRAGMA {pragma}").fetchall()


def file_uri(path: Path, mode: str = "rw") -> str:
    """``path`` as SQLite's ``file:`` address; ``mode`` ``rw`` never makes a file, ``ro`` reads."""
    text = Path(os.path.abspath(path)).as_posix()
    return f"file://{'' if text.startswith('/') else '/'}{quote(text)}?mode={mode}"


_BUSY, _LOCKED, _PERM, _READONLY, _IOERR, _CORRUPT = 5, 6, 3, 8, 10, 11
_FULL, _CANTOPEN, _NOTADB = 13, 14, 26


def found_no_room(error: BaseException) -> bool:
    """Whether the driver says that the disk is full."""
    return error_code(error) == _FULL


def found_damage(error: BaseException) -> bool:
    """Whether the driver says that a page of an open file does not verify."""
    return error_code(error) in (_CORRUPT, _NOTADB)


def explain(error: BaseException, path: Path) -> CaseloadError:
    """A driver's error as one sentence for a person, by its code, never by its text."""
    code = error_code(error)
    if code in (_BUSY, _LOCKED):
        return CaseloadInUse(
            f"The caseload at {path} is open in another window; use that one, or close it first."
        )
    if code == _NOTADB:
        return WrongKey(
            f"This key does not open {path}: it is an older or a newer recovery key, or another "
            "caseload's, or the file is damaged; try the recovery key of its day, or restore a "
            "backup with 'sanctuary restore'."
        )
    if code == _CORRUPT:
        return damaged(path)
    if code == _FULL:
        return DiskFull(
            "The disk is full, so the change was not saved; free some space, then do it again."
        )
    if code in (_PERM, _READONLY, _CANTOPEN, _IOERR):
        return _cannot_open(path)
    return CaseloadError(
        f"The caseload at {path} could not do this; run 'sanctuary check --deep', and restore a "
        "backup if it finds damage."
    )


def not_written(error: BaseException, path: Path) -> NotWritten | None:
    """What to say where the disk did not take a change; None where it was something else."""
    if error_code(error) not in (_PERM, _READONLY, _CANTOPEN, _IOERR):
        return None
    return NotWritten(
        f"{path} could not be written, so the change was not kept; see that its folder is there "
        "and may be written to, then do it again."
    )


def file_at(path: Path) -> tuple[int, int] | None:
    """Which file of which disk has this name; None if none has.

    A file that is deleted or moved away takes every write all the same, and loses it.
    """
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def damaged(path: Path) -> DamagedCaseload:
    """The sentence for a file of which a part no longer verifies."""
    return DamagedCaseload(
        f"Part of {path} is damaged and nothing from it is shown; restore the last backup with "
        "'sanctuary restore', and keep this file."
    )


def _cannot_open(path: Path) -> CannotOpenCaseload:
    return CannotOpenCaseload(
        f"This account cannot read and write {path}; check the folder's permissions and the disk."
    )


# --- using and closing -------------------------------------------------------------------------


def sqlite_utils_database(conn: Connection) -> Database:
    """sqlite-utils over ``conn``: for migrations and row work, never for opening files."""
    from sqlite_utils import Database

    return Database(conn, strict=True, execute_plugins=False)


def database_path(conn: Connection) -> Path:
    """The file that ``conn`` has open."""
    rows = conn.execute("PRAGMA database_list").fetchall()
    return Path(next(row[2] for row in rows if row[1] == "main"))


def close_connection(conn: Connection) -> None:
    """Fold the write-ahead log into the file and close; what was not committed is dropped.

    Where the log cannot be folded in (a full disk) it stays beside the file with all that was
    saved, and the next opening reads it: ``keep_without_log`` is for a file that is to be moved.
    """
    try:
        if conn.in_transaction:
            conn.rollback()
        with contextlib.suppress(*DATABASE_ERRORS):
            conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    finally:
        conn.close()


def keep_without_log(conn: Connection, path: Path) -> None:
    """Go on holding the caseload, with its write-ahead log folded in and gone from the folder.

    For the moment in which another file takes its place: a log of the old one beside the new
    would be read into it. Raises ``CaseloadError``.
    """
    try:
        conn.execute("PRAGMA journal_mode = DELETE").fetchall()
        conn.execute("BEGIN EXCLUSIVE").fetchall()
        conn.execute("COMMIT").fetchall()
    except cipher.Error as error:
        raise explain(error, path) from None


def _fold_if_there_is_room(conn: Connection) -> None:
    try:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except cipher.Error as error:
        if not found_no_room(error):
            raise


def quick_checks(conn: Connection, schema: str = "main") -> list[str]:
    """Both integrity checks of the file; an empty list when all is well.

    ``cipher_integrity_check`` reads the file itself and sees any changed byte;
    ``integrity_check`` sees a page put back from an older copy only when the structure suffers,
    and a file cut at a page boundary, which the first does not. Neither sees the log that is
    not yet folded in, so it is folded in first.
    """
    problems: list[str] = []
    try:
        if schema == "main" and not conn.in_transaction:
            _fold_if_there_is_room(conn)
        for row in conn.execute(f"PRAGMA {schema}.cipher_integrity_check").fetchall():
            problems.append(f"encryption: {row[0]}")
        for row in conn.execute(f"PRAGMA {schema}.integrity_check({_MAX_PROBLEMS})").fetchall():
            if row[0] != "ok":
                problems.append(f"structure: {row[0]}")
    except cipher.Error as error:
        problems.append(f"reading: error {error_code(error)}")
    return problems[:_MAX_PROBLEMS]
