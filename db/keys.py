"""Making, opening and re-keying a caseload.

*A passphrase opens it on this computer; the recovery key opens it anywhere.* The database is
encrypted under a random data key. The key file beside it holds that key wrapped under the
passphrase joined with the device secret (``db.keyfile``, ``db.device_secret``); the recovery key
is the data key itself (``db.recovery``).
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from config.errors import BadInputError, SanctuaryError
from config.paths import (
    Paths,
    fsync_dir,
    make_private_dir,
    refuse_synced,
    write_error,
)
from db.attempts import (
    Clock,
    FailedAttempts,
    TooSoon,
    attempts_recorded,
    attempts_since_last_success,
    delay_before_next_attempt,
    note_attempt,
    note_success,
)
from db.connection import (
    DATABASE_ERRORS,
    CaseloadExists,
    Connection,
    WrongKey,
    close_connection,
    explain,
    keep_without_log,
    open_connection,
)
from db.device_secret import (
    MissingDeviceSecret,
    Place,
    forget_device_secret,
    load_device_secret,
    new_device_secret,
    store_device_secret,
)
from db.keyfile import (
    CHEAP_FOR_TESTS,
    KEY_BYTES,
    STANDARD,
    DamagedKeyFile,
    KdfParams,
    KeyFile,
    MissingKeyFile,
    WrongPassphrase,
    caseload_id_of,
    passphrase_from_file,
    read_key_file,
    unwrap,
    wipe,
    wrap,
    write_key_file,
)
from db.recovery import (
    WrongRecoveryKey,
    emergency_kit_text,
    format_recovery_key,
    parse_recovery_key,
    split_groups,
)
from db.strength import Strength, strength

__all__ = [
    "CHEAP_FOR_TESTS",
    "STANDARD",
    "DamagedKeyFile",
    "FailedAttempts",
    "KdfParams",
    "MissingDeviceSecret",
    "MissingKeyFile",
    "NewCaseload",
    "Strength",
    "TooSoon",
    "WeakPassphrase",
    "WrongPassphrase",
    "WrongRecoveryKey",
    "attempts_recorded",
    "attempts_since_last_success",
    "caseload_id_of",
    "change_passphrase",
    "create_caseload",
    "delay_before_next_attempt",
    "emergency_kit_text",
    "format_recovery_key",
    "parse_recovery_key",
    "passphrase_from_file",
    "refuse_weak",
    "set_new_passphrase",
    "settle_unfinished",
    "split_groups",
    "strength",
    "take_away",
    "unlock",
    "unlock_with_key_file",
    "unlock_with_recovery_key",
    "wipe",
]


class WeakPassphrase(BadInputError):
    """The passphrase is too easy to guess; nothing was changed."""


@dataclass(frozen=True, slots=True)
class NewCaseload:
    """A caseload just made. ``data_key`` is the caller's to wipe; ``notices`` are to be shown."""

    data_key: bytearray = field(repr=False)
    recovery_key: str = field(repr=False)
    caseload_id: str
    created: date
    secret_place: Place
    notices: tuple[str, ...]


def create_caseload(
    paths: Paths,
    passphrase: str,
    *,
    params: KdfParams = STANDARD,
    allow_weak: bool = False,
    allow_keyring: bool = True,
    remembers: Mapping[str, str] | None = None,
) -> NewCaseload:
    """Make an empty encrypted caseload and its key file.

    The database has its name last, once its key file stands: a stop before is settled by the next
    try (``settle_unfinished``), and none leaves a database that no key opens. ``remembers`` are
    values that it holds from the moment it has its name, as ``Store.remember`` keeps them.

    Raises ``CaseloadExists`` when either file is there already, ``WeakPassphrase``,
    ``SyncedFolderError``, or ``SanctuaryError`` when a file cannot be written; then nothing new
    is left behind.
    """
    refuse_synced(paths.data_dir)
    settle_unfinished(paths)
    for existing in (paths.caseload, paths.keyfile, paths.next_keyfile, _log(paths)):
        if os.path.lexists(existing):
            raise _exists(existing)
    refuse_weak(passphrase, allow_weak)
    make_private_dir(paths.data_dir)
    data_key = bytearray(secrets.token_bytes(KEY_BYTES))
    try:
        keyfile, notices = wrap_with_new_secret(
            paths,
            data_key,
            passphrase,
            params=params,
            created=today(),
            entry=caseload_id_of(data_key),
            allow_keyring=allow_keyring,
        )
        waiting = _waiting(paths, keyfile)
        try:
            _make_database(waiting, data_key, remembers or {})
            write_key_file(paths.keyfile, keyfile, overwrite=False)
            _name_database(paths, waiting)
        except BaseException:
            forget_device_secret(paths, keyfile.device_entry, keyfile.place)
            settle_unfinished(paths)
            waiting.unlink(missing_ok=True)
            raise
    except BaseException:
        wipe(data_key)
        raise
    return NewCaseload(
        data_key=data_key,
        recovery_key=format_recovery_key(data_key),
        caseload_id=keyfile.caseload_id,
        created=keyfile.created,
        secret_place=keyfile.place,
        notices=notices,
    )


def _exists(path: Path) -> CaseloadExists:
    return CaseloadExists(
        f"There is a caseload at {path} already and it was left as it is; choose another folder "
        "with --home, or move that one away first."
    )


def _waiting(paths: Paths, keyfile: KeyFile) -> Path:
    """The name under which a new database waits for its key file; it says whose it is."""
    return paths.data_dir / f".caseload.{keyfile.caseload_id[:16]}.tmp"


def _log(paths: Paths) -> Path:
    return paths.caseload.with_name(paths.caseload.name + "-wal")


def _make_database(waiting: Path, data_key: bytearray, remembers: Mapping[str, str]) -> None:
    """Built under a temporary name, so that the real one is never seen half made."""
    made = open_connection(waiting, data_key, create=True)
    try:
        remember_in(made, waiting, remembers)
        keep_without_log(made, waiting)
    finally:
        close_connection(made)
    try:
        fsync_dir(waiting.parent)  # before the key file has its name, which is known by this one
    except OSError as error:
        raise write_error(waiting, error) from error


def remember_in(conn: Connection, path: Path, values: Mapping[str, str]) -> None:
    """Keep values, all or none, in a database at ``path`` that has not its name yet.

    Raises ``CaseloadError`` when they cannot be written.
    """
    if not values:
        return
    from db.migrations import migrate
    from db.queries import REMEMBER

    try:
        migrate(conn)
        conn.execute("BEGIN IMMEDIATE").fetchall()
        for pair in values.items():
            conn.execute(REMEMBER, pair).fetchall()
        conn.execute("COMMIT").fetchall()
    except DATABASE_ERRORS as error:
        raise explain(error, path) from None


def _name_database(paths: Paths, waiting: Path) -> None:
    """One rename, whole in a power cut too; only who has written the key file comes here."""
    if os.path.lexists(paths.caseload):
        raise _exists(paths.caseload)
    try:
        os.rename(waiting, paths.caseload)
        try:
            fsync_dir(paths.data_dir)
        except OSError:
            os.rename(paths.caseload, waiting)
            raise
    except OSError as error:
        raise write_error(paths.caseload, error) from error


def settle_unfinished(paths: Paths) -> None:
    """Take away what a stop has left of a caseload in the making, or of one to be taken away.

    That is a key file without a caseload, beside which the very database waits that it belongs to
    (``_waiting``). Anything else is left as it is: no database under a caseload's name is touched.

    Raises ``SanctuaryError`` when it cannot be taken away.
    """
    if os.path.lexists(paths.caseload) or os.path.lexists(paths.next_keyfile):
        return
    try:
        keyfile = read_key_file(paths.keyfile)
    except (MissingKeyFile, DamagedKeyFile):
        return
    waiting = _waiting(paths, keyfile)
    if waiting.is_symlink() or not waiting.is_file():
        return
    forget_device_secret(paths, keyfile.device_entry, keyfile.place)
    try:
        paths.keyfile.unlink()
        fsync_dir(paths.data_dir)
        for path in (_log(paths), waiting):
            path.unlink(missing_ok=True)
    except OSError as error:
        raise write_error(paths.keyfile, error) from error


def take_away(paths: Paths) -> None:
    """Remove a caseload that holds nothing of anybody's, with its key file.

    A stop in between is settled as one in the making is. Raises ``MissingKeyFile``,
    ``DamagedKeyFile`` or ``SanctuaryError``; it is then left.
    """
    waiting = _waiting(paths, read_key_file(paths.keyfile))
    try:
        os.replace(paths.caseload, waiting)
        fsync_dir(paths.data_dir)
    except OSError as error:
        raise write_error(paths.caseload, error) from error
    settle_unfinished(paths)
    for count in (paths.attempts_file, paths.attempts_copy):
        count.unlink(missing_ok=True)


def unlock(paths: Paths, passphrase: str, *, clock: Clock = time.time) -> bytearray:
    """The data key, by passphrase on this computer; the caller wipes it after use.

    The attempt is counted on the disk before it is made. Raises ``TooSoon`` while the delay
    after wrong ones runs, ``WrongPassphrase``, ``MissingKeyFile``, ``DamagedKeyFile`` or
    ``MissingDeviceSecret``.
    """
    data_key = unlock_with_key_file(paths, paths.keyfile, passphrase, clock=clock)
    if paths.next_keyfile.exists():
        return _settle_rotation(paths, data_key, passphrase)
    return data_key


def _settle_rotation(paths: Paths, data_key: bytearray, passphrase: str) -> bytearray:
    """After a stop in the middle of ``db.rotate``: the key that the database has, of the two."""
    try:
        waiting = read_key_file(paths.next_keyfile)
        secret = load_device_secret(paths, waiting.device_entry, waiting.place)
        next_key = unwrap(waiting, passphrase, secret, paths.next_keyfile)
    except SanctuaryError:
        return data_key  # not of this passphrase or computer: left for a person to look at
    for candidate, other in ((next_key, data_key), (data_key, next_key)):
        try:
            close_connection(open_connection(paths.caseload, candidate))
        except WrongKey:
            continue
        except SanctuaryError:
            break
        if candidate is next_key:
            os.replace(paths.next_keyfile, paths.keyfile)
        else:
            paths.next_keyfile.unlink()
        wipe(other)
        return candidate
    wipe(next_key)
    return data_key


def unlock_with_key_file(
    paths: Paths, key_file: Path, passphrase: str, *, clock: Clock = time.time
) -> bytearray:
    """As ``unlock``, with a key file kept elsewhere, such as the one beside a backup."""
    keyfile = read_key_file(key_file)
    delay = delay_before_next_attempt(paths, clock=clock)
    if delay > 0:
        raise TooSoon(delay)
    secret = load_device_secret(paths, keyfile.device_entry, keyfile.place)
    try:
        before = note_attempt(paths, clock=clock)
        data_key = unwrap(keyfile, passphrase, secret, key_file)
    finally:
        wipe(secret)
    note_success(paths, before)
    return data_key


def unlock_with_recovery_key(paths: Paths, text: str) -> bytearray:
    """The data key, by recovery key, after it has been tried on the caseload itself.

    Raises ``WrongRecoveryKey`` (naming the group that is wrong, or saying that it belongs to
    another caseload), or whatever opening the caseload raises.
    """
    data_key = parse_recovery_key(text)
    try:
        close_connection(open_connection(paths.caseload, data_key))
    except WrongKey:
        wipe(data_key)
        raise WrongRecoveryKey(
            "This is a well-formed recovery key, but not the one of this caseload; find the kit "
            f"that names caseload {_known_id(paths)}."
        ) from None
    except BaseException:
        wipe(data_key)
        raise
    return data_key


def _known_id(paths: Paths) -> str:
    with contextlib.suppress(MissingKeyFile, DamagedKeyFile):
        return read_key_file(paths.keyfile).caseload_id
    return "(its key file is missing)"


def change_passphrase(
    paths: Paths,
    old: str,
    new: str,
    *,
    params: KdfParams = STANDARD,
    allow_weak: bool = False,
    clock: Clock = time.time,
) -> None:
    """Rewrite the key file, and it alone, so that ``new`` opens the caseload in place of ``old``.

    The device secret stays. Raises as ``unlock``, and ``WeakPassphrase``.
    """
    refuse_weak(new, allow_weak)
    data_key = unlock(paths, old, clock=clock)
    try:
        current = read_key_file(paths.keyfile)
        secret = load_device_secret(paths, current.device_entry, current.place)
        try:
            made = wrap(
                data_key,
                new,
                secret,
                params=params,
                created=current.created,
                place=current.place,
                device_entry=current.device_entry,
                generation=current.generation + 1,
            )
        finally:
            wipe(secret)
        write_key_file(paths.keyfile, replace(made, witness=current.witness), overwrite=True)
    finally:
        wipe(data_key)


def set_new_passphrase(
    paths: Paths,
    data_key: bytes | bytearray,
    new: str,
    *,
    params: KdfParams = STANDARD,
    allow_weak: bool = False,
    allow_keyring: bool = True,
    after: int = 0,
) -> tuple[str, ...]:
    """Write a key file for ``data_key`` with a new device secret; returns notices to be shown.

    Its generation is higher than that of the key file there is, and than ``after``, the one the
    caseload knows of.

    For a restored caseload and for a passphrase forgotten: who holds the data key needs no old
    passphrase. The earlier device secret is left where it is, since a key file kept beside a
    backup may still need it. Raises ``WeakPassphrase``.
    """
    refuse_weak(new, allow_weak)
    created, generation = _before(paths, data_key)
    made, notices = wrap_with_new_secret(
        paths,
        data_key,
        new,
        params=params,
        created=created,
        generation=max(generation, after) + 1,
        # A name of its own: until the new key file is written, the old one must still work.
        entry=f"{caseload_id_of(data_key)}-{secrets.token_hex(4)}",
        allow_keyring=allow_keyring,
    )
    write_key_file(paths.keyfile, made, overwrite=True)
    note_success(paths)
    return notices


def _before(paths: Paths, data_key: bytes | bytearray) -> tuple[date, int]:
    """When the caseload was made and which generation of its key file there is."""
    with contextlib.suppress(MissingKeyFile, DamagedKeyFile):
        current = read_key_file(paths.keyfile)
        if current.caseload_id == caseload_id_of(data_key):
            return current.created, current.generation
    return today(), 0


def wrap_with_new_secret(
    paths: Paths,
    data_key: bytes | bytearray,
    passphrase: str,
    *,
    params: KdfParams,
    created: date,
    entry: str,
    allow_keyring: bool,
    generation: int = 0,
) -> tuple[KeyFile, tuple[str, ...]]:
    """A key file's contents with a new device secret, which is stored; and notices."""
    secret = new_device_secret()
    try:
        stored = store_device_secret(paths, entry, secret, allow_keyring=allow_keyring)
        made = wrap(
            data_key,
            passphrase,
            secret,
            params=params,
            created=created,
            place=stored.place,
            device_entry=entry,
            generation=generation,
        )
    finally:
        wipe(secret)
    return made, stored.notices


def refuse_weak(passphrase: str, allow_weak: bool) -> None:
    """Raise ``WeakPassphrase`` with what would better it, unless ``allow_weak``."""
    if allow_weak:
        return
    found = strength(passphrase)
    if not found.accepted:
        raise WeakPassphrase(f"The new passphrase was not taken: {_lower_first(found.words)}")


def _lower_first(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def today() -> date:
    """The date in UTC."""
    return datetime.now(UTC).date()
