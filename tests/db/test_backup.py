"""Backups that restore: made while in use, verified, and brought back on this or a new computer."""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import RefusedError, SanctuaryError
from config.paths import Paths, move_new, resolve_paths
from db import connection, keys
from db.backup import BackupFailed, backup, restore, row_counts, unlock_backup
from db.connection import Connection, MissingCaseload, close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS
from tests import needs

NOW = datetime(2026, 11, 26, 9, 30, 0, tzinfo=UTC)
STAMP = "20261126-093000"


@dataclass
class Kept:
    """A caseload in use."""

    paths: Paths
    conn: Connection
    made: keys.NewCaseload


@pytest.fixture
def kept(paths: Paths) -> Kept:
    """A caseload with a thousand rows and a search index, open; closed by the test."""
    made = keys.create_caseload(paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True)
    conn = open_connection(paths.caseload, made.data_key)
    conn.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, words TEXT)")
    conn.execute("CREATE VIRTUAL TABLE found USING fts5 (words)")
    conn.executemany("INSERT INTO rows (words) VALUES (?)", [(f"word {n}",) for n in range(1000)])
    conn.execute("INSERT INTO found SELECT words FROM rows")
    conn.execute("PRAGMA user_version = 7").fetchall()
    conn.commit()
    return Kept(paths, conn, made)


def bring_back(file: Path, paths: Paths, key: bytearray, *, now: datetime = NOW) -> Path | None:
    result = restore(file, paths, key, "new", now=now, params=CHEAP_FOR_TESTS, allow_weak=True)
    return result.replaced


def rows_in(paths: Paths, passphrase: str = "new") -> int:
    conn = open_connection(paths.caseload, keys.unlock(paths, passphrase))
    try:
        assert connection.quick_checks(conn) == []
        return int(conn.execute("SELECT count(*) FROM rows").fetchall()[0][0])
    finally:
        close_connection(conn)


def test_a_backup_of_a_caseload_in_use(kept: Kept, tmp_path: Path) -> None:
    kept.conn.execute("INSERT INTO rows (words) VALUES ('still in the log')")
    kept.conn.commit()
    folder = tmp_path / "backups"
    made = backup(kept.conn, folder, now=NOW)
    counts = row_counts(kept.conn)
    close_connection(kept.conn)
    assert made.path.name == f"sanctuary-backup-{STAMP}.db"
    assert made.key_file == made.path.with_suffix(".key")
    assert sorted(os.listdir(folder)) == [made.path.name, made.key_file.name]
    assert made.sha256 == hashlib.sha256(made.path.read_bytes()).hexdigest()
    assert made.rows == counts
    assert made.rows["rows"] == 1001
    assert made.total_rows == sum(counts.values())
    conn = open_connection(made.path, kept.made.data_key)
    assert conn.execute("SELECT count(*) FROM rows").fetchall() == [(1001,)]
    assert conn.execute("SELECT count(*) FROM found('word')").fetchall() == [(1000,)]
    assert conn.execute("PRAGMA user_version").fetchall() == [(7,)]
    close_connection(conn)


@needs.file_modes
def test_a_backup_is_private_and_encrypted(kept: Kept, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = backup(kept.conn, tmp_path / "backups", now=NOW)
    finally:
        os.umask(before)
    close_connection(kept.conn)
    for path in made.path.parent.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"word 1" not in path.read_bytes()
        assert b"SQLite format" not in path.read_bytes()


def test_work_goes_on_after_a_backup(kept: Kept, tmp_path: Path) -> None:
    backup(kept.conn, tmp_path / "backups", now=NOW)
    kept.conn.execute("INSERT INTO rows (words) VALUES ('after')")
    kept.conn.commit()
    names = [row[1] for row in kept.conn.execute("PRAGMA database_list").fetchall()]
    close_connection(kept.conn)
    assert set(names) <= {"main", "temp"}  # temp, in memory, has the views of db.seal


def test_two_backups_in_one_second_have_two_names(kept: Kept, tmp_path: Path) -> None:
    first = backup(kept.conn, tmp_path, now=NOW)
    second = backup(kept.conn, tmp_path, now=NOW)
    close_connection(kept.conn)
    assert first.path != second.path
    assert second.path.name == f"sanctuary-backup-{STAMP}-2.db"


def test_a_folder_of_the_persons_keeps_its_permissions(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir(mode=0o755)
    mode = folder.stat().st_mode
    backup(kept.conn, folder, now=NOW)
    close_connection(kept.conn)
    assert folder.stat().st_mode == mode


def test_not_in_the_middle_of_a_change(kept: Kept, tmp_path: Path) -> None:
    kept.conn.execute("DELETE FROM rows")
    with pytest.raises(RefusedError, match="again"):
        backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    assert not (tmp_path / "backups").exists()


def test_a_damaged_caseload_gives_no_backup(kept: Kept, tmp_path: Path) -> None:
    close_connection(kept.conn)
    content = bytearray(kept.paths.caseload.read_bytes())
    content[4096 * 5 + 77] ^= 1
    kept.paths.caseload.write_bytes(content)
    conn = open_connection(kept.paths.caseload, kept.made.data_key)
    with pytest.raises(SanctuaryError):
        backup(conn, tmp_path / "backups", now=NOW)
    conn.close()
    assert os.listdir(tmp_path / "backups") == []


LIMITED = """
import resource, sys
from datetime import datetime, UTC
from pathlib import Path
from config.errors import SanctuaryError
from db.backup import backup
from db.connection import open_connection
conn = open_connection(Path(sys.argv[1]), bytes.fromhex(sys.stdin.read()))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    backup(conn, Path(sys.argv[2]), now=datetime.now(UTC))
except SanctuaryError as failure:
    print(failure.sentence)
    sys.exit(7)
"""


@needs.limits
def test_a_disk_that_takes_no_more_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    close_connection(kept.conn)
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(kept.paths.caseload), str(tmp_path / "backups")],
        input=kept.made.data_key.hex(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert os.listdir(tmp_path / "backups") == []


# --- bringing back -------------------------------------------------------------------------------


def test_restore_on_the_same_computer_by_the_passphrase(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    kept.conn.execute("DELETE FROM rows WHERE id > 10")
    kept.conn.commit()
    close_connection(kept.conn)
    keys.change_passphrase(kept.paths, "words", "later", params=CHEAP_FOR_TESTS, allow_weak=True)
    key = unlock_backup(made.path, kept.paths, "words")  # the passphrase it had then
    replaced = bring_back(made.path, kept.paths, key)
    assert replaced == kept.paths.data_dir / f"caseload-replaced-{STAMP}.db"
    assert rows_in(kept.paths) == 1000
    conn = open_connection(
        replaced, keys.unlock_with_key_file(kept.paths, replaced.with_suffix(".key"), "later")
    )
    assert conn.execute("SELECT count(*) FROM rows").fetchall() == [(10,)]
    close_connection(conn)


def test_restore_on_a_new_computer_by_the_recovery_key_alone(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    new = resolve_paths(str(tmp_path / "new computer"), {})
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(made.path, stick / "copy.db")
    assert (
        bring_back(stick / "copy.db", new, keys.parse_recovery_key(kept.made.recovery_key)) is None
    )
    assert rows_in(new) == 1000
    assert sorted(os.listdir(new.data_dir)) == [
        "caseload.db",
        "caseload.key",
        "caseload.witness",
        "device.secret",
    ]
    assert os.listdir(stick) == ["copy.db"]


def test_the_passphrase_does_not_open_a_backup_on_another_computer(
    kept: Kept, tmp_path: Path
) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    new = resolve_paths(str(tmp_path / "new computer"), {})
    with pytest.raises(keys.MissingDeviceSecret, match="recovery key"):
        unlock_backup(made.path, new, "words")


def test_a_backup_file_is_only_read(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    before = {path.name: path.read_bytes() for path in made.path.parent.iterdir()}
    bring_back(made.path, kept.paths, kept.made.data_key)
    assert {path.name: path.read_bytes() for path in made.path.parent.iterdir()} == before


def test_a_caseload_in_use_is_not_replaced(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    with pytest.raises(connection.CaseloadInUse):
        bring_back(made.path, kept.paths, kept.made.data_key)
    assert kept.conn.execute("SELECT count(*) FROM rows").fetchall() == [(1000,)]
    close_connection(kept.conn)
    assert rows_in(kept.paths, "words") == 1000
    assert not list(kept.paths.data_dir.glob("*replaced*"))
    assert not list(kept.paths.data_dir.glob(".restore*"))


@pytest.mark.parametrize("seed", range(10))
def test_a_damaged_backup_replaces_nothing(kept: Kept, tmp_path: Path, seed: int) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    content = bytearray(made.path.read_bytes())
    content[random.Random(seed).randrange(len(content))] ^= 1
    made.path.write_bytes(content)
    before = {path.name: path.read_bytes() for path in kept.paths.data_dir.iterdir()}
    with pytest.raises(SanctuaryError) as refusal:
        bring_back(made.path, kept.paths, kept.made.data_key)
    assert str(made.path) in refusal.value.sentence
    assert {path.name: path.read_bytes() for path in kept.paths.data_dir.iterdir()} == before


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (None, connection.MissingCaseload),
        (b"", connection.NotACaseload),
        (b"SQLite format 3\x00" + bytes(8176), connection.NotACaseload),
        (random.Random(2).randbytes(8192), connection.WrongKey),
    ],
)
def test_what_is_no_backup_replaces_nothing(
    kept: Kept, tmp_path: Path, content: bytes | None, error: type[SanctuaryError]
) -> None:
    close_connection(kept.conn)
    file = tmp_path / "some.db"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(error):
        bring_back(file, kept.paths, kept.made.data_key)
    assert rows_in(kept.paths, "words") == 1000


def test_a_weak_new_passphrase_replaces_nothing(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    with pytest.raises(keys.WeakPassphrase):
        restore(made.path, kept.paths, kept.made.data_key, "demo", now=NOW, params=CHEAP_FOR_TESTS)
    assert rows_in(kept.paths, "words") == 1000


def test_a_caseload_of_another_key_is_kept_with_its_log(kept: Kept, tmp_path: Path) -> None:
    """What is replaced may be one that nobody here can open; it loses nothing either."""
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    other = resolve_paths(str(tmp_path / "other"), {})
    theirs = keys.create_caseload(other, "theirs", params=CHEAP_FOR_TESTS, allow_weak=True)
    leave_a_log = (
        "import os, sys; from pathlib import Path\n"
        "from db.connection import open_connection\n"
        "conn = open_connection(Path(sys.argv[1]), bytes.fromhex(sys.stdin.read()))\n"
        "conn.execute('CREATE TABLE rows (id)')\n"
        "conn.execute('INSERT INTO rows VALUES (1)')\n"
        "conn.commit()\n"
        "os._exit(0)\n"
    )
    subprocess.run(
        [sys.executable, "-c", leave_a_log, str(other.caseload)],
        input=theirs.data_key.hex(),
        text=True,
        check=True,
    )
    assert other.caseload.with_name("caseload.db-wal").stat().st_size > 0
    replaced = bring_back(made.path, other, kept.made.data_key)
    assert replaced is not None
    assert rows_in(other) == 1000
    conn = open_connection(replaced, theirs.data_key)
    assert conn.execute("SELECT * FROM rows").fetchall() == [(1,)]
    close_connection(conn)


def test_killed_between_its_two_names_it_says_what_brings_the_caseload_back(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there has the name of what is put aside, and the backup none yet: a start that said
    to make a new caseload would leave every case behind."""
    made = backup(kept.conn, tmp_path / "copies", now=NOW)
    close_connection(kept.conn)

    def power_goes(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("db.backup.move_new", power_goes)
    with pytest.raises(KeyboardInterrupt):
        bring_back(made.path, kept.paths, kept.made.data_key)
    aside = kept.paths.data_dir / f"caseload-replaced-{STAMP}.db"
    with pytest.raises(MissingCaseload) as refused:
        open_connection(kept.paths.caseload, kept.made.data_key)
    assert f"'sanctuary restore {aside}'" in refused.value.sentence
    assert "init" not in refused.value.sentence
    monkeypatch.undo()
    bring_back(aside, kept.paths, kept.made.data_key, now=NOW + timedelta(minutes=1))
    assert rows_in(kept.paths) == 1000


def test_a_damaged_caseload_is_replaced_and_kept(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    kept.paths.caseload.write_bytes(b"ruined")
    replaced = bring_back(made.path, kept.paths, kept.made.data_key)
    assert replaced is not None
    assert replaced.read_bytes() == b"ruined"
    assert rows_in(kept.paths) == 1000


def test_restoring_twice_keeps_both(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    first = bring_back(made.path, kept.paths, kept.made.data_key)
    second = bring_back(made.path, kept.paths, kept.made.data_key)
    third = bring_back(made.path, kept.paths, kept.made.data_key, now=NOW + timedelta(days=1))
    assert len({first, second, third}) == 3
    assert all(path is not None and path.exists() for path in (first, second, third))


def test_a_log_left_without_its_caseload_never_joins_the_restored_one(
    kept: Kept, tmp_path: Path
) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    kept.conn.execute("DELETE FROM rows")
    kept.conn.commit()
    log = kept.paths.caseload.with_name("caseload.db-wal")
    orphan = log.read_bytes()
    close_connection(kept.conn)
    kept.paths.caseload.unlink()
    log.write_bytes(orphan)
    bring_back(made.path, kept.paths, kept.made.data_key)
    assert rows_in(kept.paths) == 1000
    assert not log.exists()


KEEP_RESTORING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from config.paths import resolve_paths
from db.backup import restore
from db.keys import CHEAP_FOR_TESTS
key = bytes.fromhex(sys.stdin.readline())
paths = resolve_paths(sys.argv[1], {})
print("started", flush=True)
while True:
    restore(Path(sys.argv[2]), paths, key, "new", now=datetime.now(UTC), params=CHEAP_FOR_TESTS,
            allow_weak=True)
    print("restored", flush=True)
"""


@pytest.mark.guarantee
@needs.kill
def test_a_kill_while_restoring_loses_nothing(kept: Kept, tmp_path: Path) -> None:
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    chance = random.Random(5)
    for _ in range(6):
        program = subprocess.Popen(
            [sys.executable, "-c", KEEP_RESTORING, str(kept.paths.data_dir), str(made.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert program.stdin is not None
        assert program.stdout is not None
        program.stdin.write(kept.made.data_key.hex().encode() + b"\n")
        program.stdin.flush()
        for _ in range(chance.randrange(1, 5)):
            program.stdout.readline()
        program.kill()
        program.communicate()
        whole = [*kept.paths.data_dir.glob("caseload*.db")]
        assert whole
        for path in whole:
            conn = open_connection(path, kept.made.data_key)
            assert conn.execute("SELECT count(*) FROM rows").fetchall() == [(1000,)]
            close_connection(conn)
        bring_back(made.path, kept.paths, kept.made.data_key)
        assert rows_in(kept.paths) == 1000


def test_a_caseload_copied_by_hand_with_its_log(kept: Kept, tmp_path: Path) -> None:
    kept.conn.execute("INSERT INTO rows (words) VALUES ('in the log')")
    kept.conn.commit()
    shutil.copytree(kept.paths.data_dir, tmp_path / "by hand")
    close_connection(kept.conn)
    new = resolve_paths(str(tmp_path / "new computer"), {})
    bring_back(tmp_path / "by hand" / "caseload.db", new, kept.made.data_key)
    assert rows_in(new) == 1001


@pytest.mark.guarantee
def test_a_copy_that_loses_rows_is_not_kept(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The comparison itself: the copy is made of a caseload that then has one row more."""
    from db import backup as module

    real = module.vacuum_into

    def then_a_row_more(conn: Connection, target: Path) -> None:
        real(conn, target)
        conn.execute("INSERT INTO rows (words) VALUES ('late')")
        conn.commit()

    monkeypatch.setattr(module, "vacuum_into", then_a_row_more)
    with pytest.raises(BackupFailed, match="rows"):
        backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    assert os.listdir(tmp_path / "backups") == []


SAVE_AND_STAY = """
import sys
from pathlib import Path
from db.connection import CaseloadInUse, open_connection
try:
    conn = open_connection(Path(sys.argv[1]), bytes.fromhex(sys.stdin.readline()))
except CaseloadInUse:
    print("refused", flush=True)
    sys.exit(7)
conn.execute("INSERT INTO rows (words) VALUES ('saved meanwhile')")
conn.commit()
print("saved", flush=True)
sys.stdin.read()
"""


@contextlib.contextmanager
def another_program(kept: Kept) -> Iterator[str]:
    """Another program opens the caseload, saves and stays: was it refused, or has it saved?"""
    other = subprocess.Popen(
        [sys.executable, "-c", SAVE_AND_STAY, str(kept.paths.caseload)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    other.stdin.write(kept.made.data_key.hex() + "\n")
    other.stdin.flush()
    try:
        yield other.stdout.readline().strip()
    finally:
        other.kill()
        other.communicate()


def saved_while_restoring(kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Rows that another program saved, and then was killed; and are they in what was put aside?"""
    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    with contextlib.ExitStack() as others:
        real, heard = os.rename, []

        def meanwhile(source: Path, target: Path) -> None:
            heard.append(others.enter_context(another_program(kept)))
            real(source, target)

        monkeypatch.setattr(os, "rename", meanwhile)
        replaced = bring_back(made.path, kept.paths, kept.made.data_key)
    (said,) = heard
    assert replaced is not None
    conn = open_connection(replaced, kept.made.data_key)
    found = conn.execute("SELECT count(*) FROM rows").fetchall()[0][0]
    close_connection(conn)
    assert found == 1000 + (said == "saved")
    assert rows_in(kept.paths) == 1000
    return int(said == "saved")


@pytest.mark.guarantee
@needs.kill
def test_what_another_program_saves_while_restoring_is_not_lost(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused: the log of a caseload that is put aside would go with its old name."""
    assert saved_while_restoring(kept, tmp_path, monkeypatch) == 0


@needs.kill
def test_a_caseload_let_go_of_while_restoring_loses_what_is_saved(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: with nothing held, the same check finds the loss."""
    from db import backup as module

    monkeypatch.setattr(module, "_hold", lambda paths, data_key: None)
    with pytest.raises(AssertionError):
        saved_while_restoring(kept, tmp_path, monkeypatch)


@needs.kill
@pytest.mark.parametrize("step", ["fsync_dir", "set_new_passphrase"])
def test_nobody_opens_what_is_restored_before_its_passphrase_is_written(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """A passphrase changed meanwhile would be lost, or the new one would: the last written wins."""
    from db import backup as module

    made = backup(kept.conn, tmp_path / "backups", now=NOW)
    close_connection(kept.conn)
    real, heard, moved = getattr(module, step), [], []

    def moves(source: Path, target: Path) -> None:
        move_new(source, target)
        moved.append(target)

    def meanwhile(*args: object, **named: object) -> object:
        if moved:
            with another_program(kept) as said:
                heard.append(said)
        return real(*args, **named)

    monkeypatch.setattr(module, "move_new", moves)
    monkeypatch.setattr(module, step, meanwhile)
    bring_back(made.path, kept.paths, kept.made.data_key)
    assert heard == ["refused"]
    assert rows_in(kept.paths) == 1000
