"""The works a power cut may come into: what stands before, what is done, what must hold after.

Run as a program (``python -m tests.powercut.works WORK FOLDER WITHOUT``) it does one of them, and
says ``begin N`` before and ``ack N`` after each step. ``WITHOUT`` names a protection that is taken
out, for the negative controls: the same cuts must then be seen to lose something.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import itertools
import os
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from config import paths as paths_module
from config.errors import SanctuaryError
from config.paths import Paths, resolve_paths
from config.settings import load_settings, save_settings
from db import backup as backups
from db import connection, disposal, keys, migrations, queries
from db import device_secret as device_secrets
from db import keyfile as keyfiles
from db import rotate as rotation
from db.caseload import Caseload
from db.connection import Connection, close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS
from db.models import Disclosure, Disposal
from db.store import Store
from db.witness import Witnesses
from sanctuary_tui.exports import files, outgoing
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.table_export import export_table
from tests.db import disposal_world, kit
from tests.db.durability_writer import batch, say, write_batch
from tests.db.test_durability import whole_batches

NOW: Final = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
WORDS: Final = "words"


class Found(AssertionError):
    """What a power cut must never leave."""


def _hold(good: bool, what: str) -> None:
    if not good:
        raise Found(what)


@dataclass(frozen=True, slots=True)
class Told:
    """How far the program said it was when the power went."""

    begun: int
    acked: int


@dataclass(frozen=True, slots=True)
class Work:
    """``before`` makes the folder, ``does`` is run and traced, ``after`` raises ``Found``."""

    before: Callable[[Path], None]
    does: Callable[[Path], None]
    after: Callable[[Path, Told], None]


@contextlib.contextmanager
def _step(number: int) -> Iterator[None]:
    say(f"begin {number}")
    yield
    say(f"ack {number}")


# --- writes ---------------------------------------------------------------------------------------


def _with_a_case(root: Path) -> None:
    caseload = kit.make(root / "caseload.db")
    kit.add_case(caseload, pets="0")
    caseload.close()
    (root / "elsewhere").mkdir()


def _write(root: Path) -> None:
    """Three sessions; in the second the log is folded in often, and so begun anew."""
    number = 0
    for session in range(3):
        caseload = kit.opened(root / "caseload.db")
        if session == 1:
            caseload.connection.execute("PRAGMA wal_autocheckpoint = 30").fetchall()
        case = kit.file_of(caseload, 1).case
        for _ in range(4):
            number += 1
            batch(caseload, case, number, _MODE)
        if session != 2:
            caseload.close()


def _written(root: Path, told: Told) -> None:
    with _sound(root / "caseload.db") as caseload:
        found = whole_batches(caseload)
        _hold(told.acked <= found, f"batch {told.acked} was acknowledged, {found} is the last")
        _hold(found <= told.begun, "more than was begun")


@contextlib.contextmanager
def _sound(path: Path, key: bytes | bytearray = kit.KEY) -> Iterator[Caseload]:
    """Opened by our own code, with both checks of the file, the chain and every derived row."""
    try:
        caseload = kit.opened(path, key=key)
    except SanctuaryError as error:
        raise Found(error.sentence) from error
    try:
        kit.check_sound(caseload, kit.DAY)
        yield caseload
    except connection.DATABASE_ERRORS as error:
        raise Found(f"reading: error {connection.error_code(error)}") from error
    finally:
        caseload.close()


# --- the first caseload ---------------------------------------------------------------------------


def _nothing(root: Path) -> None:
    del root


def _home(root: Path) -> Paths:
    return resolve_paths(str(root / "home"), {})


def create(paths: Paths, passphrase: str = WORDS) -> bytearray:
    """A new caseload behind a passphrase; its key."""
    return keys.create_caseload(
        paths, passphrase, params=CHEAP_FOR_TESTS, allow_weak=True, allow_keyring=False
    ).data_key


def _make(root: Path) -> None:
    with _step(1):
        caseload = kit.opened(_home(root).caseload, key=create(_home(root)))
        kit.add_case(caseload, pets="0")
        caseload.close()


def _made(root: Path, told: Told) -> None:
    paths = _home(root)
    try:
        key = keys.unlock(paths, WORDS)
        caseload = kit.opened(paths.caseload, key=key)
    except SanctuaryError as error:
        _hold(not told.acked, f"it was made: {error.sentence}")
        try:
            create(paths, "words again")
        except SanctuaryError as refused:
            raise Found(f"nor can it be made again: {refused.sentence}") from refused
        return
    kit.check_sound(caseload, kit.DAY)
    _hold(not told.acked or kit.file_of(caseload, 1).case.pets == "0", "the first case")
    caseload.close()


# --- a newer version of the program ---------------------------------------------------------------


@contextlib.contextmanager
def _first_version() -> Iterator[None]:
    kept = migrations._ALL, migrations.SCHEMA_VERSION
    vars(migrations).update(_ALL=kept[0][:1], SCHEMA_VERSION=1)
    try:
        yield
    finally:
        vars(migrations).update(_ALL=kept[0], SCHEMA_VERSION=kept[1])


def _of_the_first_version(root: Path) -> None:
    """What this version writes, in the tables and columns that the first one had."""
    whole = root / "whole.db"
    caseload = kit.make(whole)
    case = kit.add_case(caseload, pets="0")
    for number in (1, 2, 3):
        write_batch(caseload, case, number)
    caseload.close()
    conn = open_connection(root / "caseload.db", kit.KEY, create=True)
    with _first_version():
        migrations.migrate(conn)
    conn.execute(
        f"ATTACH DATABASE ? AS whole KEY \"x'{kit.KEY.hex()}'\"",
        (connection.file_uri(whole),),
    ).fetchall()
    for (table,) in conn.execute(kit.TABLES).fetchall():
        if table.startswith(("search", "_sqlite")):
            continue
        columns = ", ".join(
            f'"{row[1]}"' for row in conn.execute(f"PRAGMA table_info({table})").fetchall()
        )
        conn.execute(
            f"INSERT INTO {table} ({columns}) SELECT {columns} FROM whole.{table}"
        ).fetchall()
    conn.commit()
    conn.execute("DETACH DATABASE whole").fetchall()
    close_connection(conn)
    whole.unlink()


def _migrate(root: Path) -> None:
    with _step(1):
        kit.opened(root / "caseload.db").close()


def _migrated(root: Path, told: Told) -> None:
    conn = open_connection(root / "caseload.db", kit.KEY)
    version = conn.execute("PRAGMA user_version").fetchall()[0][0]
    close_connection(conn)
    _hold(not told.acked or version == migrations.SCHEMA_VERSION, "the new schema")
    with _sound(root / "caseload.db") as caseload:
        _hold(whole_batches(caseload) == 3, "batches")


# --- backups --------------------------------------------------------------------------------------


def _with_keys(root: Path) -> None:
    paths = _home(root)
    caseload = kit.opened(paths.caseload, key=create(paths))
    case = kit.add_case(caseload, pets="0")
    for number in (1, 2):
        write_batch(caseload, case, number)
    caseload.close()
    (root / "stick").mkdir()


def _back_up(root: Path) -> None:
    paths = _home(root)
    caseload = kit.opened(paths.caseload, key=keys.unlock(paths, WORDS))
    for number in (1, 2):
        kit.add_case(caseload, pets=f"backup {number}")
        folder = root / "stick" / "backups"
        with _step(number):
            backups.backup(caseload.connection, folder, now=NOW + timedelta(seconds=number))
    caseload.close()


def _backed_up(root: Path, told: Told) -> None:
    paths = _home(root)
    key = keys.unlock(paths, WORDS)
    with _sound(paths.caseload, key) as caseload:
        cases = kit.rows(caseload, "SELECT count(*) FROM cases")[0][0]
        _hold(cases > told.acked, "a case that was in a backup")
    whole = 0
    for path in sorted((root / "stick" / "backups").glob("sanctuary-backup-*.db")):
        beside = keys.unlock_with_key_file(paths, path.with_suffix(".key"), WORDS)
        _hold(beside == key, "the key file beside a backup")
        with _sound(path, key) as copy:
            found = kit.rows(copy, "SELECT count(*) FROM cases")[0][0]
            number = int(path.stem[-2:])
            _hold(found == number + 1, f"backup {number} has {found} cases")
        whole += 1
    _hold(told.acked <= whole <= told.begun, f"{told.acked} backups acknowledged, {whole} there")


# --- the witnesses --------------------------------------------------------------------------------


def _close_witnessed(root: Path) -> None:
    for number in (1, 2, 3):
        with _step(number):
            caseload = _opened_witnessed(_home(root))
            kit.add_case(caseload, pets=f"session {number}")
            caseload.close()


def _opened_witnessed(paths: Paths) -> Caseload:
    key = keys.unlock(paths, WORDS)
    return kit.opened(paths.caseload, key=key, witnesses=Witnesses(paths, key))


def _closed_witnessed(root: Path, told: Told) -> None:
    """No witness is damaged, none is ahead of the caseload, and none of an old state stands alone:
    a caseload from before the last session that was acknowledged would still be noticed."""
    paths = _home(root)
    witnesses = Witnesses(paths, keys.unlock(paths, WORDS))
    with _sound(paths.caseload, keys.unlock(paths, WORDS)) as caseload:
        look = witnesses.look(caseload.connection)
        _hold(look.good, f"the caseload is older than its witness by {look.missing}")
        _hold(look.damaged == (), f"{len(look.damaged)} witnesses prove nothing")
        cases = kit.rows(caseload, "SELECT count(*) FROM cases")[0][0]
        _hold(cases >= 1 + told.acked, "a case that was acknowledged")
        seen = look.known.count if look.known else 0
        sql = "SELECT count(*) FROM changes WHERE id <= ? AND entity = 'cases'"
        made = f"{sql} AND action = 'collection'"
        _hold(kit.rows(caseload, made, seen)[0][0] >= told.acked + bool(told.acked), "the witness")
    _opened_witnessed(paths).close()


# --- disposal -------------------------------------------------------------------------------------


def _with_a_case_to_dispose_of(root: Path) -> None:
    world = disposal_world.build(root / "caseload.db")
    world.caseload.close()
    (root / "case").write_text("\n".join((str(world.case.id), *world.words)), "ascii")


def _dispose(root: Path) -> None:
    caseload = kit.opened(root / "caseload.db")
    case_id = int((root / "case").read_text("ascii").splitlines()[0])
    given = Disposal(disposed_on=kit.DAY, authority="Records manager", by="Coordinator")
    with _step(1):
        scope = disposal.scope_of(caseload.connection, kit.file_of(caseload, case_id))
        disposal.erase(caseload.store, scope, given)
    with _step(2):
        disposal.finish(caseload.store, kit.KEY)
    caseload.close()


def _disposed(root: Path, told: Told) -> None:
    """All of the case is there or none of it, and what was begun is finished at the next opening,
    with its certificate; what a kill left is then gone with it."""
    case_id, *words = (root / "case").read_text("ascii").splitlines()
    path = root / "caseload.db"
    if told.acked == 2:  # in the file as it lies there, before anything more is done to it
        _hold(disposal_world.said_in(path, tuple(words)) == set(), "words, though it was proved")
    with _sound(path) as caseload:
        certificates = queries.all_of(caseload.connection, Disposal)
        gone = queries.case_file(caseload.connection, int(case_id)) is None
        _hold(gone == bool(certificates), "a case without a certificate, or one with")
        _hold(gone or not told.acked, "a case that was disposed of is there again")
        _hold(disposal.log_holds(caseload.connection), "the log")
        proved = all((one.state, one.found) == ("proved", 0) for one in certificates)
        _hold(proved, "what was begun was not finished")
    found = len(disposal_world.said_in(path, tuple(words)))
    _hold((found == 0) == gone, f"{found} of its words are there")
    _hold(not gone or not list(root.glob(".disposal*")), "a copy made to look through")


# --- passphrase and key ---------------------------------------------------------------------------


def _change_passphrase(root: Path) -> None:
    old = WORDS
    for number in (1, 2, 3):
        new = f"{WORDS} {number}"
        with _step(number):
            keys.change_passphrase(_home(root), old, new, params=CHEAP_FOR_TESTS, allow_weak=True)
        old = new


def _passphrase_changed(root: Path, told: Told) -> None:
    paths = _home(root)
    waited = itertools.count(time.time(), 3600.0)  # the wait after a wrong one is not of this test
    for number in range(told.acked, told.begun + 1):
        with contextlib.suppress(keys.WrongPassphrase):
            tried = f"{WORDS} {number}" if number else WORDS
            key = keys.unlock(paths, tried, clock=lambda: next(waited))
            with _sound(paths.caseload, key) as caseload:
                _hold(whole_batches(caseload) == 2, "batches")
            return
    raise Found(f"none of the passphrases {told.acked} to {told.begun} opens it")


def _rotate(root: Path) -> None:
    """Work is done before each change of the key, so that a log of the old one is about."""
    paths = _home(root)
    for number in (1, 2):
        caseload = kit.opened(paths.caseload, key=keys.unlock(paths, WORDS))
        write_batch(caseload, kit.file_of(caseload, 1).case, 2 + number)
        caseload.close()
        with _step(number):
            rotation.rotate_key(paths, WORDS, params=CHEAP_FOR_TESTS, allow_keyring=False)


def _rotated(root: Path, told: Told) -> None:
    paths = _home(root)
    try:
        key = keys.unlock(paths, WORDS)
    except SanctuaryError as error:
        raise Found(error.sentence) from error
    with _sound(paths.caseload, key) as caseload:
        _hold(whole_batches(caseload) >= 2 + told.begun, "work done before the key changed")
    _hold(keys.unlock(paths, WORDS) == key, "the key after it was settled")
    with _sound(paths.caseload, key):
        pass


# --- bringing a backup back -----------------------------------------------------------------------


def _with_a_backup(root: Path) -> None:
    _with_keys(root)
    paths = _home(root)
    caseload = kit.opened(paths.caseload, key=keys.unlock(paths, WORDS))
    backups.backup(caseload.connection, root / "stick", now=NOW)
    kit.add_case(caseload, pets="after the backup")
    caseload.close()


def _restore(root: Path) -> None:
    paths = _home(root)
    (file,) = (root / "stick").glob("*.db")
    key = backups.unlock_backup(file, paths, WORDS)
    with _step(1):
        put_back(file, paths, key)


def put_back(file: Path, paths: Paths, key: bytearray) -> None:
    """Restore a backup, with the new passphrase ``new``."""
    backups.restore(
        file,
        paths,
        key,
        "new",
        now=NOW,
        params=CHEAP_FOR_TESTS,
        allow_weak=True,
        allow_keyring=False,
    )


def _restored(root: Path, told: Told) -> None:
    paths = _home(root)
    (file,) = (root / "stick").glob("*.db")
    key = backups.unlock_backup(file, paths, WORDS)
    counts = _cases_in(paths.data_dir.glob("caseload*.db"), key)
    _hold(2 in counts.values(), "what was there before the restore")
    if told.acked:
        _hold(keys.unlock(paths, "new") == key, "the new passphrase")
        _hold(counts.get("caseload.db") == 1, "the restored caseload")


def _cases_in(files: Iterator[Path], key: bytes | bytearray) -> dict[str, int]:
    counts = {}
    for path in files:
        with _sound(path, key) as caseload:
            counts[path.name] = kit.rows(caseload, "SELECT count(*) FROM cases")[0][0]
    return counts


def _with_a_ruined_caseload(root: Path) -> None:
    """Too short to be opened, with a log beside it that an expert may yet need."""
    _with_a_backup(root)
    _home(root).caseload.write_bytes(b"ruined")
    _log_of(_home(root)).write_bytes(_LOG)


def _log_of(paths: Paths) -> Path:
    return paths.caseload.with_name("caseload.db-wal")


_LOG: Final = bytes(range(256)) * 32


def _restored_over_a_ruined_one(root: Path, told: Told) -> None:
    paths = _home(root)
    (file,) = (root / "stick").glob("*.db")
    key = backups.unlock_backup(file, paths, WORDS)
    kept = [path for path in paths.data_dir.glob("caseload*.db") if path.read_bytes() == b"ruined"]
    _hold(len(kept) == 1, "the ruined caseload")
    log = kept[0].with_name(kept[0].name + "-wal")
    _hold(log.exists() and log.read_bytes() == _LOG, "the log of the ruined caseload")
    if told.acked:
        _hold(keys.unlock(paths, "new") == key, "the new passphrase")
        with _sound(paths.caseload, key) as caseload:
            _hold(whole_batches(caseload) == 2, "batches")


# --- what leaves, and settings --------------------------------------------------------------------


def _export(root: Path) -> None:
    caseload = kit.opened(root / "caseload.db")
    for number in (1, 2):
        out = root / "elsewhere" / "exports" / f"cases-{number}.csv"
        with _step(number):
            export_table(caseload, "cases", out, handed=None, today=kit.DAY, now=NOW)
    caseload.close()


def _exported(root: Path, told: Told) -> None:
    with _sound(root / "caseload.db") as caseload:
        rows = queries.all_of(caseload.connection, Disclosure)
    registered = {Path(row.path).name: row.sha256 for row in rows}
    there = {
        path.name: path.read_bytes() for path in (root / "elsewhere" / "exports").glob("cases*.csv")
    }
    for number in range(1, told.acked + 1):
        name = f"cases-{number}.csv"
        _hold(name in registered, f"{name} in the register")
        _hold(name in there, f"{name} was acknowledged")
    for name, content in there.items():
        _hold(content.count(b"\n") == 2, f"{name} is half there")
        digest = hashlib.sha256(content).hexdigest()
        _hold(registered.get(name) == digest, f"{name} is not what is registered, or not in it")


def _set(root: Path) -> None:
    file = _home(root).settings_file
    for number in (1, 2, 3):
        with _step(number):
            save_settings(file, {"coordinator": f"Coordinator {number}"})


def _settings_made(root: Path) -> None:
    _home(root).config_dir.mkdir()
    save_settings(_home(root).settings_file, {"coordinator": "Coordinator 0"})


def _are_set(root: Path, told: Told) -> None:
    try:
        found = int(load_settings(_home(root).settings_file).coordinator.split()[1])
    except (SanctuaryError, LookupError) as error:
        raise Found("the settings file is half there") from error
    _hold(told.acked <= found <= told.begun, "settings")


WORKS: Final = {
    "writes": Work(_with_a_case, _write, _written),
    "a first caseload": Work(_nothing, _make, _made),
    "a migration": Work(_of_the_first_version, _migrate, _migrated),
    "backups": Work(_with_keys, _back_up, _backed_up),
    "the witnesses": Work(_with_keys, _close_witnessed, _closed_witnessed),
    "a disposal": Work(_with_a_case_to_dispose_of, _dispose, _disposed),
    "a change of passphrase": Work(_with_keys, _change_passphrase, _passphrase_changed),
    "a change of key": Work(_with_keys, _rotate, _rotated),
    "a restore": Work(_with_a_backup, _restore, _restored),
    "a restore over a ruined one": Work(
        _with_a_ruined_caseload, _restore, _restored_over_a_ruined_one
    ),
    "exports": Work(_with_a_case, _export, _exported),
    "settings": Work(_settings_made, _set, _are_set),
}


# --- protections taken out ------------------------------------------------------------------------

_MODE = "honest"


def _unsynced(kind: Callable[[int], bool]) -> None:
    """Our own waits for the disk are left out, for folders or for files; SQLite has its own."""
    real = os.fsync

    def fsync(handle: int) -> None:
        if not kind(os.fstat(handle).st_mode):
            real(handle)

    vars(os)["fsync"] = fsync


def _pragma_left_out(name: str, instead: str) -> None:
    real = connection._set_pragmas

    def without(conn: Connection, cache_kib: int) -> None:
        real(conn, cache_kib)
        conn.execute(f"PRAGMA {name} = {instead}").fetchall()

    vars(connection)["_set_pragmas"] = without


def _too_early() -> None:
    globals()["_MODE"] = "early"


def _without_the_waiting_key_file() -> None:
    """The new key file is written after the database, with no second one beside it."""
    real = rotation.write_key_file

    def late(path: Path, keyfile: Any, *, overwrite: bool) -> None:
        real(path, keyfile, overwrite=overwrite)
        os.unlink(path)
        real_replace = os.replace

        def replace(source: Path, target: Path) -> None:
            if source == path:
                time.sleep(0.005)  # the time that a slower disk would need
                real(target, keyfile, overwrite=True)
            else:
                real_replace(source, target)

        vars(os)["replace"] = replace

    vars(rotation)["write_key_file"] = late


@dataclass
class WrittenLate:
    """In place of a file without a name: one that is only written when it is named."""

    path: Path
    data: bytes
    write: Callable[..., None]

    def give_name(self) -> None:
        """Write it under its own name."""
        self.write(self.path, self.data, overwrite=False)

    def drop(self) -> None:
        """There is nothing to let go of."""


def _in_place() -> None:
    """A file is written under its own name from the start, slowly enough to be met half-way."""

    def write(path: Path, data: bytes, *, overwrite: bool = True, durable: bool = True) -> None:
        del durable
        with path.open("wb" if overwrite else "xb") as stream:
            for start in range(0, len(data), 10):
                stream.write(data[start : start + 10])
                stream.flush()
                time.sleep(0.0005)

    def move(source: Path, target: Path) -> None:
        content = source.read_bytes()
        with target.open("xb") as stream:
            for start in range(0, len(content), 8192):
                stream.write(content[start : start + 8192])
                stream.flush()
                time.sleep(0.0005)
        source.unlink()

    vars(files)["write_unnamed"] = functools.partial(WrittenLate, write=write)
    for module in (paths_module, backups, keyfiles, device_secrets):
        for name, instead in (("atomic_write", write), ("move_new", move)):
            if name in vars(module):
                vars(module)[name] = instead


def _named_at_once() -> None:
    """A file has its name before the register's rows are kept."""

    def hold(_: outgoing.Outgoing, written: ExportResult) -> ExportResult:
        written.unnamed.give_names()
        return written

    outgoing.Outgoing.hold = hold


def _write_by_write() -> None:
    """Each record of a batch is a transaction of its own."""

    @contextlib.contextmanager
    def no_batch(store: Store, why: str = "", **given: Any) -> Iterator[None]:
        inner = store._connection.in_transaction or not why.startswith("batch ")
        with real(store, why, **given) if inner else contextlib.nullcontext():
            yield

    real = Store.batch
    Store.batch = no_batch


PROTECTIONS: Final[dict[str, Callable[[], None]]] = {
    "": lambda: None,
    "synchronous = FULL": lambda: _pragma_left_out("synchronous", "OFF"),
    "synchronous above NORMAL": lambda: _pragma_left_out("synchronous", "NORMAL"),
    "waiting for folders": lambda: _unsynced(stat.S_ISDIR),
    "waiting for files": lambda: _unsynced(stat.S_ISREG),
    "acknowledging last": _too_early,
    "the waiting key file": _without_the_waiting_key_file,
    "a name only when whole": _in_place,
    "the register first": _named_at_once,
    "one transaction": _write_by_write,
}


def main() -> None:
    """Do one work, and leave without tidying up what the work itself did not."""
    work, folder, without = sys.argv[1:]
    PROTECTIONS[without]()
    WORKS[work].does(Path(folder))


if __name__ == "__main__":
    main()
