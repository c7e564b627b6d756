"""A new recovery key, and what a stop in the middle leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.paths import Paths
from db import connection, keyfile, keys
from db import rotate as rotation
from db.connection import close_connection, open_connection, quick_checks
from db.keys import CHEAP_FOR_TESTS
from db.rotate import rotate_key


@pytest.fixture
def made(paths: Paths) -> keys.NewCaseload:
    """A closed caseload with a thousand rows."""
    new = keys.create_caseload(paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True)
    conn = open_connection(paths.caseload, new.data_key)
    conn.execute("CREATE TABLE rows (words TEXT)")
    conn.executemany("INSERT INTO rows VALUES (?)", [(f"word {n}",) for n in range(1000)])
    conn.commit()
    close_connection(conn)
    return new


def rows(paths: Paths, key: bytes | bytearray) -> int:
    conn = open_connection(paths.caseload, key)
    try:
        assert quick_checks(conn) == []
        return int(conn.execute("SELECT count(*) FROM rows").fetchall()[0][0])
    finally:
        close_connection(conn)


def test_the_new_key_opens_it_and_the_old_does_not(paths: Paths, made: keys.NewCaseload) -> None:
    fresh = rotate_key(paths, "words", params=CHEAP_FOR_TESTS)
    assert fresh.data_key != made.data_key
    assert fresh.caseload_id != made.caseload_id
    assert keys.unlock(paths, "words") == fresh.data_key
    assert keys.unlock_with_recovery_key(paths, fresh.recovery_key) == fresh.data_key
    assert rows(paths, fresh.data_key) == 1000
    with pytest.raises(keys.WrongRecoveryKey):
        keys.unlock_with_recovery_key(paths, made.recovery_key)
    assert sorted(os.listdir(paths.data_dir)) == ["caseload.db", "caseload.key", "device.secret"]


@pytest.mark.parametrize("passphrase", ["", "other"])
def test_a_wrong_passphrase_changes_nothing(
    paths: Paths, made: keys.NewCaseload, passphrase: str
) -> None:
    before = paths.caseload.read_bytes(), paths.keyfile.read_bytes()
    with pytest.raises(keys.WrongPassphrase):
        rotate_key(paths, passphrase, params=CHEAP_FOR_TESTS)
    assert (paths.caseload.read_bytes(), paths.keyfile.read_bytes()) == before
    assert rows(paths, made.data_key) == 1000


def test_not_while_it_is_open(paths: Paths, made: keys.NewCaseload) -> None:
    conn = open_connection(paths.caseload, made.data_key)
    with pytest.raises(connection.CaseloadInUse):
        rotate_key(paths, "words", params=CHEAP_FOR_TESTS)
    close_connection(conn)
    assert rows(paths, keys.unlock(paths, "words")) == 1000


def test_a_damaged_caseload_keeps_its_key(paths: Paths, made: keys.NewCaseload) -> None:
    content = bytearray(paths.caseload.read_bytes())
    content[4096 * 4 + 9] ^= 1
    paths.caseload.write_bytes(content)
    with pytest.raises(connection.CaseloadError):
        rotate_key(paths, "words", params=CHEAP_FOR_TESTS)
    assert paths.caseload.read_bytes() == bytes(content)
    assert keys.unlock(paths, "words") == made.data_key


class Stopped(BaseException):
    """Stands for the computer stopping."""


@pytest.mark.guarantee
@pytest.mark.parametrize("after", [0, 1])
def test_a_stop_between_the_two_files_is_settled_at_the_next_unlock(
    paths: Paths, made: keys.NewCaseload, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """After 0 replacements the old database stands, after 1 the new; both have both key files."""
    real, done = os.replace, 0

    def replace(source: Path, target: Path) -> None:
        nonlocal done
        if target in (paths.caseload, paths.keyfile):
            if done == after:
                raise Stopped
            done += 1
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Stopped):
        rotate_key(paths, "words", params=CHEAP_FOR_TESTS)
    monkeypatch.undo()
    assert paths.next_keyfile.exists()
    key = keys.unlock(paths, "words")
    assert (key == made.data_key) is (after == 0)
    assert rows(paths, key) == 1000
    assert not paths.next_keyfile.exists()
    assert keyfile.read_key_file(paths.keyfile).caseload_id == keys.caseload_id_of(key)
    assert keys.unlock(paths, "words") == key


WRITER = """
import sys
from pathlib import Path
from config.errors import SanctuaryError
from db.connection import close_connection, open_connection
try:
    conn = open_connection(Path(sys.argv[1]), bytes.fromhex(sys.stdin.read()))
except SanctuaryError as refusal:
    print(refusal.sentence)
    sys.exit(7)
conn.execute("INSERT INTO rows VALUES ('saved meanwhile')")
conn.commit()
close_connection(conn)
"""


def save_from_another_program(paths: Paths, key: bytes | bytearray) -> bool:
    """Whether another program could save a row; if not, it was told so in one sentence."""
    done = subprocess.run(
        [sys.executable, "-c", WRITER, str(paths.caseload)],
        input=key.hex(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 7), done.stderr
    assert ("another window" in done.stdout) is (done.returncode == 7)
    return done.returncode == 0


@pytest.mark.guarantee
@pytest.mark.parametrize("when", ["change_key", "write_key_file", "quick_checks"])
def test_what_another_program_saves_meanwhile_is_never_lost(
    paths: Paths, made: keys.NewCaseload, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """It is refused from the copy on until the new file stands in the caseload's place."""
    real, saved = getattr(rotation, when), 0

    def meanwhile(*args: object, **kwargs: object) -> object:
        nonlocal saved
        saved += save_from_another_program(paths, made.data_key)
        return real(*args, **kwargs)

    monkeypatch.setattr(rotation, when, meanwhile)
    fresh = rotate_key(paths, "words", params=CHEAP_FOR_TESTS)
    assert rows(paths, fresh.data_key) == 1000 + saved
    assert save_from_another_program(paths, fresh.data_key)
    assert rows(paths, fresh.data_key) == 1001 + saved
    assert sorted(os.listdir(paths.data_dir)) == ["caseload.db", "caseload.key", "device.secret"]


def test_a_caseload_that_is_not_held_loses_what_is_saved_meanwhile(
    paths: Paths, made: keys.NewCaseload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: let go of the caseload once it is copied, and the same check finds it."""
    real = rotation.vacuum_into

    def copied_and_let_go(conn: connection.Connection, target: Path) -> None:
        real(conn, target)
        conn.close()

    monkeypatch.setattr(rotation, "vacuum_into", copied_and_let_go)
    monkeypatch.setattr(rotation, "keep_without_log", lambda conn, path: None)
    with pytest.raises(AssertionError):
        test_what_another_program_saves_meanwhile_is_never_lost(
            paths, made, monkeypatch, "change_key"
        )
