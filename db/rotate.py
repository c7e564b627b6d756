"""A new data key, for when the recovery key may have been seen.

The caseload is copied, the copy re-encrypted under the new key and verified, before anything is
replaced. Two files change and no system replaces two at once, so the new key file waits beside
as ``caseload.key.next`` while the database takes its place; after a stop in between, the next
unlock settles which of the two belongs to the database. Backups made before keep the old key.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from sqlcipher3 import dbapi2 as cipher

from config.paths import Paths, fsync_dir, fsync_file, write_error
from db.attempts import Clock
from db.backup import BackupFailed, remove_database, row_counts, vacuum_into
from db.connection import (
    KEY_BYTES,
    Connection,
    change_key,
    close_connection,
    explain,
    keep_without_log,
    open_connection,
    quick_checks,
)
from db.keyfile import caseload_id_of, write_key_file
from db.keys import (
    STANDARD,
    KdfParams,
    NewCaseload,
    format_recovery_key,
    remember_in,
    today,
    unlock,
    wipe,
    wrap_with_new_secret,
)
from db.witness import OlderThanWitness, Witnesses


def rotate_key(
    paths: Paths,
    passphrase: str,
    *,
    params: KdfParams = STANDARD,
    allow_keyring: bool = True,
    clock: Clock = time.time,
    remembers: Mapping[str, str] | None = None,
) -> NewCaseload:
    """Give the caseload a new data key, and so a new recovery key; the passphrase stays.

    ``remembers`` are values that the caseload holds from the moment the new key opens it, as
    ``Store.remember`` keeps them. The caseload must not be open. The old recovery key opens nothing
    made afterwards, but still opens earlier backups. Raises as ``unlock`` and ``open_connection``,
    or ``BackupFailed`` when the new file does not verify; then the caseload is as it was.
    """
    old_key = unlock(paths, passphrase, clock=clock)
    new_key = bytearray(secrets.token_bytes(KEY_BYTES))
    temporary = paths.data_dir / f".rotate.{secrets.token_hex(8)}.tmp"
    try:
        # Held until the new file stands in its place: what another program saved into the old one
        # after it was copied would be lost.
        with _opened(paths.caseload, old_key) as held:
            witnesses = Witnesses(paths, old_key)
            look = witnesses.look(held)
            if look.goes_on and look.key_older:
                raise OlderThanWitness(look.sentence(paths.caseload))
            _reencrypted_copy(held, paths, (old_key, new_key), temporary, remembers or {})
            keyfile, notices = wrap_with_new_secret(
                paths,
                new_key,
                passphrase,
                params=params,
                created=today(),
                entry=caseload_id_of(new_key),
                allow_keyring=allow_keyring,
                generation=(witnesses.generation() or 0) + 1,
            )
            keep_without_log(held, paths.caseload)
            write_key_file(paths.next_keyfile, keyfile, overwrite=True)
            if sys.platform == "win32":  # where no open file can be replaced
                held.close()
            os.replace(temporary, paths.caseload)
            fsync_dir(paths.data_dir)
        with contextlib.suppress(FileNotFoundError):  # an unlock just now has settled it
            os.replace(paths.next_keyfile, paths.keyfile)
        fsync_dir(paths.data_dir)
    except OSError as error:
        wipe(new_key)
        raise write_error(paths.caseload, error) from error
    except BaseException:
        wipe(new_key)
        raise
    finally:
        wipe(old_key)
        remove_database(temporary)
    return NewCaseload(
        data_key=new_key,
        recovery_key=format_recovery_key(new_key),
        caseload_id=keyfile.caseload_id,
        created=keyfile.created,
        secret_place=keyfile.place,
        notices=notices,
    )


def _reencrypted_copy(
    held: Connection,
    paths: Paths,
    keys: tuple[bytearray, bytearray],
    temporary: Path,
    remembers: Mapping[str, str],
) -> None:
    old_key, new_key = keys
    try:
        rows = row_counts(held)
        vacuum_into(held, temporary)
        with _opened(temporary, old_key) as copy:
            change_key(copy, new_key)
            keep_without_log(copy, paths.caseload)  # or what a full disk has no room for is missing
        with _opened(temporary, new_key) as copy:
            good = not quick_checks(copy) and row_counts(copy) == rows
            if good:
                remember_in(copy, paths.caseload, remembers)
            keep_without_log(copy, paths.caseload)
    except cipher.Error as error:
        raise explain(error, paths.caseload) from error
    if not good:
        raise BackupFailed(
            "The re-encrypted copy does not verify, so the caseload keeps its old key; run "
            "'sanctuary check --deep'."
        )
    fsync_file(temporary)


@contextlib.contextmanager
def _opened(path: Path, key: bytearray) -> Iterator[Connection]:
    conn = open_connection(path, key)
    try:
        yield conn
    finally:
        with contextlib.suppress(cipher.ProgrammingError):  # closed already
            close_connection(conn)
