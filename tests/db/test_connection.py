"""Opening the caseload: what is refused, with which sentence, and that no byte changes unseen."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlcipher3

from config.errors import SanctuaryError
from db import connection as c
from db.connection import close_connection, open_connection, quick_checks
from tests import needs

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))


@pytest.fixture
def caseload(tmp_path: Path) -> Path:
    """A closed caseload with a thousand rows."""
    path = tmp_path / "caseload.db"
    conn = open_connection(path, KEY, create=True)
    conn.execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, words TEXT NOT NULL)")
    conn.executemany("INSERT INTO rows (words) VALUES (?)", [(f"word {n}",) for n in range(1000)])
    conn.commit()
    close_connection(conn)
    return path


def opened(path: Path, key: bytes | bytearray = KEY) -> c.Connection:
    return open_connection(path, key)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("length", [0, 1, 16, 31, 33, 64])
def test_a_key_of_wrong_length_touches_nothing(caseload: Path, length: int) -> None:
    before = caseload.read_bytes()
    with pytest.raises(c.KeyLengthError):
        opened(caseload, bytes(length))
    with pytest.raises(c.KeyLengthError):
        open_connection(caseload.with_name("new.db"), bytes(length), create=True)
    assert caseload.read_bytes() == before
    assert os.listdir(caseload.parent) == ["caseload.db"]


def test_a_missing_file_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(c.MissingCaseload):
        opened(tmp_path / "caseload.db")
    assert os.listdir(tmp_path) == []


def _plain(path: Path) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE t (x)")
    plain.close()


def _random(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(40_960))


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda path: path.write_bytes(b""), c.NotACaseload),
        (lambda path: path.write_bytes(b"short"), c.NotACaseload),
        (lambda path: path.mkdir(), c.NotACaseload),
        (_plain, c.NotACaseload),
        (_random, c.WrongKey),
    ],
)
def test_what_is_no_caseload_is_refused_and_left_alone(
    tmp_path: Path, make: object, error: type[SanctuaryError]
) -> None:
    path = tmp_path / "caseload.db"
    make(path)  # type: ignore[operator]
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(error) as refusal:
        opened(path)
    assert refusal.value.sentence.endswith(".")
    assert (path.read_bytes() if path.is_file() else None) == before
    assert os.listdir(tmp_path) == ["caseload.db"]


def test_the_wrong_key_is_refused_and_changes_nothing(caseload: Path) -> None:
    before = caseload.read_bytes()
    with pytest.raises(c.WrongKey) as refusal:
        opened(caseload, OTHER_KEY)
    assert "file is not a database" not in refusal.value.sentence
    assert caseload.read_bytes() == before


def test_the_driver_says_nothing_on_the_terminal(caseload: Path) -> None:
    program = (
        "import sys; from pathlib import Path\n"
        "from db.connection import open_connection, WrongKey\n"
        "try: open_connection(Path(sys.argv[1]), bytes(32))\n"
        "except WrongKey: pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(caseload)], capture_output=True, check=True
    )
    assert done.stdout == b""
    assert done.stderr == b""


def test_another_programs_database_under_the_same_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    raw = sqlcipher3.connect(str(path))
    raw.execute(f"PRAGMA key = \"x'{KEY.hex()}'\"").fetchall()
    raw.execute("CREATE TABLE t (x)")
    raw.close()
    with pytest.raises(c.NotACaseload):
        opened(path)


def test_create_refuses_what_exists(caseload: Path) -> None:
    before = caseload.read_bytes()
    with pytest.raises(c.CaseloadExists):
        open_connection(caseload, KEY, create=True)
    assert caseload.read_bytes() == before


def test_create_refuses_beside_a_log_that_was_left(tmp_path: Path) -> None:
    (tmp_path / "caseload.db-wal").write_bytes(b"of another caseload")
    with pytest.raises(c.CaseloadExists):
        open_connection(tmp_path / "caseload.db", KEY, create=True)
    assert os.listdir(tmp_path) == ["caseload.db-wal"]


@needs.ordinary_user
def test_a_file_that_may_not_be_read(caseload: Path) -> None:
    caseload.chmod(0)
    with pytest.raises(c.CannotOpenCaseload):
        opened(caseload)


# --- one program, one thread ---------------------------------------------------------------------

HOLDER = """
import sys
from pathlib import Path
from db.connection import open_connection, CaseloadInUse
try:
    conn = open_connection(Path(sys.argv[1]), bytes(range(32)))
except CaseloadInUse as refusal:
    print("refused", refusal.sentence)
    sys.exit(1)
if sys.argv[2] == "write":
    conn.execute("INSERT INTO rows (words) VALUES ('from the holder')")
    conn.commit()
print("holding", flush=True)
sys.stdin.read()
"""


def _holder(path: Path, does: str) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), does],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout is not None
    assert started.stdout.readline().strip() == "holding"
    return started


def _end(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL if sys.platform != "win32" else signal.SIGTERM)
    process.communicate()


@pytest.mark.guarantee
@pytest.mark.parametrize("does", ["read", "write"])
def test_a_second_program_is_refused_at_once(caseload: Path, does: str) -> None:
    holder = _holder(caseload, does)
    try:
        for key in (KEY, OTHER_KEY):  # before the key is even looked at
            with pytest.raises(c.CaseloadInUse):
                opened(caseload, key)
    finally:
        _end(holder)
    close_connection(opened(caseload))


@pytest.mark.guarantee
def test_what_was_saved_outlives_a_kill_and_a_wrong_key(caseload: Path) -> None:
    _end(_holder(caseload, "write"))
    assert caseload.with_name("caseload.db-wal").stat().st_size > 0
    with pytest.raises(c.WrongKey):
        opened(caseload, OTHER_KEY)
    conn = opened(caseload)
    assert conn.execute("SELECT count(*) FROM rows").fetchall() == [(1001,)]
    assert quick_checks(conn) == []
    close_connection(conn)
    assert os.listdir(caseload.parent) == ["caseload.db"]


def test_another_thread_may_not_use_the_connection(caseload: Path) -> None:
    conn = opened(caseload)
    caught: list[BaseException] = []

    def use() -> None:
        try:
            conn.execute("SELECT 1")
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    close_connection(conn)
    assert isinstance(caught[0], sqlite3.ProgrammingError)


# --- the connection itself -----------------------------------------------------------------------


def test_the_settings_in_force(caseload: Path) -> None:
    conn = opened(caseload)
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "locking_mode": "exclusive",
        "temp_store": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "page_size": "4096",  # SQLCipher's own pragma answers in text
        "cache_size": -7_000,
    }
    found = {name: conn.execute(f"PRAGMA {name}").fetchall()[0][0] for name in wanted}
    close_connection(conn)
    assert found == wanted


@pytest.mark.guarantee
@needs.file_modes
def test_the_files_are_private_and_few(caseload: Path) -> None:
    conn = opened(caseload)
    conn.execute("INSERT INTO rows (words) VALUES ('x')")
    conn.commit()
    names = sorted(os.listdir(caseload.parent))
    modes = {path.stat().st_mode & 0o777 for path in caseload.parent.iterdir()}
    close_connection(conn)
    assert names == ["caseload.db", "caseload.db-wal"]
    assert modes == {0o600}


@pytest.mark.guarantee
def test_no_plain_text_on_the_disk(caseload: Path) -> None:
    conn = opened(caseload)
    conn.execute("INSERT INTO rows (words) VALUES ('canary in the coal mine')")
    conn.commit()
    held = b"".join(path.read_bytes() for path in caseload.parent.iterdir())
    close_connection(conn)
    assert b"canary" not in held
    assert b"word 1" not in held
    assert b"CREATE TABLE" not in held


def test_errors_are_those_of_both_libraries(caseload: Path) -> None:
    conn = opened(caseload)
    for catches in (sqlite3.OperationalError, sqlcipher3.dbapi2.OperationalError, c.DatabaseError):
        with pytest.raises(catches):
            conn.execute("SELECT * FROM no_such_table")
    with pytest.raises(sqlite3.IntegrityError) as refused:
        conn.execute("INSERT INTO rows (id, words) VALUES (1, 'twice')")
    assert c.error_code(refused.value) == 19
    with pytest.raises(sqlite3.IntegrityError):
        conn.executemany("INSERT INTO rows (words) VALUES (?)", [(None,)])
    with pytest.raises(sqlite3.OperationalError):
        conn.executescript("SELECT 1; nonsense;")
    close_connection(conn)
    with pytest.raises(sqlite3.ProgrammingError):
        conn.cursor()


def test_with_a_connection_commits_and_rolls_back(caseload: Path) -> None:
    conn = opened(caseload)
    with conn:
        conn.execute("DELETE FROM rows WHERE id = 1")

    def fails_halfway() -> None:
        with conn:
            conn.execute("DELETE FROM rows")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_halfway()
    assert conn.execute("SELECT count(*) FROM rows").fetchall() == [(999,)]
    close_connection(conn)


def test_a_deferred_constraint_fails_the_commit_and_is_rolled_back(caseload: Path) -> None:
    conn = opened(caseload)
    conn.execute(
        "CREATE TABLE child (row INTEGER REFERENCES rows (id) DEFERRABLE INITIALLY DEFERRED)"
    )
    with pytest.raises(sqlite3.IntegrityError), conn:
        conn.execute("INSERT INTO child VALUES (9999)")
    assert not conn.in_transaction
    assert conn.execute("SELECT count(*) FROM child").fetchall() == [(0,)]
    close_connection(conn)


def test_closing_drops_what_was_not_committed(caseload: Path) -> None:
    conn = opened(caseload)
    conn.execute("DELETE FROM rows")
    close_connection(conn)
    conn = opened(caseload)
    assert conn.execute("SELECT count(*) FROM rows").fetchall() == [(1000,)]
    close_connection(conn)


def test_sqlite_utils_works_over_it(caseload: Path) -> None:
    conn = opened(caseload)
    database = c.sqlite_utils_database(conn)
    database["extra"].insert_all([{"id": 1, "words": "one"}], pk="id")
    database["extra"].transform(rename={"words": "text"})
    with pytest.raises(sqlite3.OperationalError):
        database.execute("SELECT words FROM extra")
    assert list(database["extra"].rows) == [{"id": 1, "text": "one"}]
    close_connection(conn)


@pytest.mark.parametrize("name", ["with space.db", "per%cent#hash?.db", "ünïcode.db"])
def test_any_file_name(tmp_path: Path, name: str) -> None:
    if sys.platform == "win32" and "?" in name:
        pytest.skip("Windows has no file names with ? in them: run this on Linux or macOS")
    conn = open_connection(tmp_path / name, KEY, create=True)
    assert c.database_path(conn) == tmp_path / name
    close_connection(conn)
    assert os.listdir(tmp_path) == [name]


# --- damage --------------------------------------------------------------------------------------


def _noticed(path: Path) -> bool:
    try:
        conn = opened(path)
    except SanctuaryError:
        return True
    problems = quick_checks(conn)
    conn.close()
    return bool(problems)


def test_a_whole_file_has_no_problems(caseload: Path) -> None:
    assert not _noticed(caseload)


@pytest.mark.guarantee
@pytest.mark.parametrize("seed", range(40))
def test_one_flipped_bit_anywhere_is_noticed(caseload: Path, seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(caseload.read_bytes())
    # The first page and the end of a page are the likeliest to be special: a share of them.
    ends = (16, len(content), 4096)
    position = chance.randrange(ends[seed % 3]) if seed % 3 < 2 else 4096 * 2 - 1 - seed
    content[position] ^= 1 << chance.randrange(8)
    caseload.write_bytes(content)
    assert _noticed(caseload)


def test_a_file_cut_at_a_page_is_noticed(caseload: Path) -> None:
    content = caseload.read_bytes()
    caseload.write_bytes(content[: len(content) - 4096])
    assert _noticed(caseload)


@pytest.mark.guarantee
def test_damage_met_while_reading_is_an_error_and_never_other_data(caseload: Path) -> None:
    whole = caseload.with_name("whole.db")
    shutil.copy(caseload, whole)
    content = bytearray(caseload.read_bytes())
    content[4096 * 3 + 100] ^= 1
    caseload.write_bytes(content)
    conn = opened(caseload)
    with pytest.raises(c.DATABASE_ERRORS) as failure:
        conn.execute("SELECT * FROM rows ORDER BY words DESC").fetchall()
    conn.close()
    assert isinstance(c.explain(failure.value, caseload), SanctuaryError)
    conn = opened(whole)
    assert len(conn.execute("SELECT * FROM rows").fetchall()) == 1000
    close_connection(conn)
