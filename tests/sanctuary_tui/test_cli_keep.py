"""``backup``, ``restore``, ``passphrase``, ``key show`` and ``check`` on real files."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.connection import close_connection, open_connection
from db.keyfile import read_key_file
from db.keys import (
    CHEAP_FOR_TESTS,
    change_passphrase,
    format_recovery_key,
    parse_recovery_key,
    unlock,
)
from db.models import Case
from tests.sanctuary_tui.cli_program import GOOD, OTHER, Program, checks_in, parts_of

THIRD = "marble teapot vigil osprey"
PAGE, SALT = 4096, 16


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, bytearray]:
    """A caseload of one case, never changed: tests work on copies of its folder."""
    program = Program(tmp_path_factory.mktemp("kept") / "home")
    key = program.init()
    with program.caseload(key) as caseload:
        caseload.store.add(Case(route="police"), why="referral taken")
        # So that a row taken out below is a gap: without one after it, it would be the log's end.
        caseload.store.note("system", "caseload", 0, 0, "looked at")
    return program, key


@pytest.fixture
def program(original: tuple[Program, bytearray], tmp_path: Path) -> Program:
    """A copy, with a cheap derivation: it is not what is tested here."""
    copy = Program(tmp_path / "home")
    shutil.copytree(original[0].home, copy.home)
    change_passphrase(copy.paths, GOOD, GOOD, params=CHEAP_FOR_TESTS)
    return copy


@pytest.fixture
def key(original: tuple[Program, bytearray]) -> bytearray:
    return original[1]


def refs(program: Program, key: bytearray) -> list[str]:
    with program.connection(key) as connection:
        return [row[0] for row in connection.execute("SELECT ref FROM cases").fetchall()]


def everything(path: Path, key: bytearray) -> dict[str, list[str]]:
    """The schema and every row of a file, read from a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copy(path, folder))
        connection = open_connection(copy, key)
        try:
            tables = connection.execute("SELECT name, sql FROM main.sqlite_master").fetchall()
            found = {"": sorted(map(repr, tables))}
            for name, sql in tables:
                if sql and sql.startswith("CREATE TABLE"):
                    rows = connection.execute(f'SELECT * FROM main."{name}"').fetchall()
                    found[str(name)] = sorted(map(repr, rows))
            return found
        finally:
            close_connection(connection)


# --- backup and restore ---------------------------------------------------------------------------


def backed_up(program: Program, folder: Path) -> Path:
    said = program.good("backup", str(folder)).out
    file = next(folder.glob("*.db"))
    assert str(file) in said
    return file


OTHER_DISK = Path("/dev/shm")


def test_a_backup_on_the_caseloads_own_disk_says_so(program: Program, tmp_path: Path) -> None:
    assert "on the same disk as the caseload" in program.good("backup", str(tmp_path / "b")).err


@pytest.mark.skipif(not OTHER_DISK.is_dir(), reason="this computer has no second disk in memory")
def test_a_backup_on_another_disk_does_not(program: Program) -> None:
    if OTHER_DISK.stat().st_dev == program.home.stat().st_dev:
        pytest.skip("the tests' own folder lies on the disk in memory")
    with tempfile.TemporaryDirectory(dir=OTHER_DISK) as folder:
        assert "same disk" not in program.good("backup", str(Path(folder) / "b")).err


def test_a_backup_is_logged_remembered_and_leaves_nothing_else(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    assert {path.suffix for path in file.parent.iterdir()} == {".db", ".key"}
    assert program.logged(key)[-1].startswith("backup made, SHA-256 ")
    with program.connection(key) as connection:
        kept = connection.execute("SELECT value FROM settings WHERE name = 'last_backup'")
        made = datetime.fromisoformat(kept.fetchall()[0][0])
    assert timedelta(0) <= datetime.now(UTC) - made < timedelta(minutes=10)


def test_a_disk_that_is_not_there_does_not_become_a_folder(
    program: Program, tmp_path: Path
) -> None:
    stick = str(tmp_path / "stick" / "copies")
    done = program.run("backup", stick, "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert "plug in the disk" in done.sentence
    assert not (tmp_path / "stick").exists()


def test_a_folder_that_is_made_is_told(program: Program, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    assert f"{folder} was not there and was made" in program.good("backup", str(folder)).err
    assert "was made" not in program.good("backup", str(folder)).err


def test_without_a_folder_it_goes_where_the_settings_say(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    program.good("backup")
    assert len(list(program.paths.backups_dir.glob("*.db"))) == 1
    stick = tmp_path / "stick"
    stick.mkdir()
    program.paths.settings_file.write_text(f'[backup]\nfolder = "{stick}"\n', "utf-8")
    program.good("backup")
    assert len(list(stick.glob("*.db"))) == 1
    shutil.rmtree(stick)
    stick.parent.chmod(0o700)
    program.paths.settings_file.write_text(f'[backup]\nfolder = "{stick}/copies"\n', "utf-8")
    done = program.run("backup", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert "plug in its disk" in done.sentence


@pytest.mark.guarantee
def test_a_restore_never_overwrites_and_says_where_it_put_what_was_there(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    """Twice over: what each replaced is still there, row for row and byte for byte.

    But for its first page, where it is noted that the file has no log beside it any more.
    """
    file = backed_up(program, tmp_path / "copies")
    kept = []
    for number in range(2):
        before = program.paths.caseload.read_bytes()
        locked = program.paths.keyfile.read_bytes()
        rows = everything(program.paths.caseload, key)
        given = f"{GOOD}\n{(OTHER, THIRD)[number]}\n"
        done = program.run("restore", str(file), "--passphrase-file", "-", stdin=given)
        assert done.status == 0, done.err
        said = next(line for line in done.out.splitlines() if "is kept in" in line)
        kept.append(Path(said.rpartition(" is kept in ")[2]))
        after = kept[-1].read_bytes()
        assert (len(after), after[:SALT]) == (len(before), before[:SALT])
        assert after[PAGE:] == before[PAGE:]
        assert kept[-1].with_suffix(".key").read_bytes() == locked
        assert not kept[-1].with_name(f"{kept[-1].name}-wal").exists()
        assert rows["cases"]
        assert everything(kept[-1], key) == rows
    assert len(set(kept)) == 2


def test_a_damaged_file_is_told_and_not_written_into(program: Program) -> None:
    with program.paths.caseload.open("r+b") as stream:
        stream.seek(program.paths.caseload.stat().st_size // 2)
        stream.write(b"ZZZZZZZZ")
    done = program.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert "BAD" in done.out
    assert "fault in the program" not in done.out + done.err


def test_restored_on_another_computer_by_the_recovery_key(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    kit = tmp_path / "kit.txt"
    shown = program.good("key", "show").out
    kit.write_text(shown, "utf-8")
    other = Program(tmp_path / "other")
    done = other.run(
        "restore",
        str(file),
        "--recovery-key-file",
        str(kit),
        "--passphrase-file",
        "-",
        stdin=f"{OTHER}\n",
    )
    assert done.status == 0, done.err
    assert refs(other, key) == refs(program, key)
    assert unlock(other.paths, OTHER) == key
    assert other.logged(key)[-1] == "restored from a backup, with a new passphrase"


def test_a_backup_without_its_key_file_on_a_new_computer_asks_for_the_recovery_key(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    file.with_suffix(".key").unlink()
    other = Program(tmp_path / "other")
    done = other.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 1
    assert f"No key file lies beside {file}" in done.sentence
    assert "recovery key" in done.sentence
    assert str(other.home) not in done.sentence


def test_restored_on_the_same_computer_by_passphrase_keeps_what_was_there(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    with program.caseload(key) as caseload:
        caseload.store.add(Case(route="health"))
    done = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    assert len(refs(program, key)) == 1
    kept = next(program.home.glob("caseload-replaced-*.db"))
    assert str(kept) in done.out
    assert unlock(program.paths, OTHER) == key


def test_a_restore_tells_of_parts_the_program_did_not_make(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    in_database(LOOTING)(program, key)
    program.good("backup", str(tmp_path / "copies"))
    file = next((tmp_path / "copies").glob("*.db"))
    done = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    assert "parts that this program did not make" in done.out
    assert "trigger loot" in done.out


def test_what_an_older_backup_holds_and_lacks_is_said(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    with program.caseload(key) as caseload:
        for _ in range(3):
            caseload.store.add(Case(route="health"))
    done = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    assert "The backup verifies: 1 case, last changed " in done.out
    assert "older than the caseload that is here: 3 changes made since" in done.out


def test_a_backup_of_this_moment_is_not_called_older(program: Program, tmp_path: Path) -> None:
    file = backed_up(program, tmp_path / "copies")
    other = Program(tmp_path / "other")
    kit = tmp_path / "kit.txt"
    kit.write_text(program.good("key", "show").out, "utf-8")
    given = ("--recovery-key-file", str(kit), "--passphrase-file", "-")
    done = other.run("restore", str(file), *given, stdin=f"{OTHER}\n")
    assert "The backup verifies: 1 case" in done.out
    assert "older" not in done.out
    assert "another recovery key" not in done.out


def test_a_backup_under_a_replaced_recovery_key_says_what_it_brings_back(
    program: Program, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    kit = tmp_path / "kit.txt"
    kit.write_text(program.good("key", "show").out, "utf-8")
    program.good("key", "rotate", "--yes", "--kit", str(tmp_path / "new-kit.txt"))
    given = f"{OTHER}\n"
    done = program.run(
        "restore",
        str(file),
        "--recovery-key-file",
        str(kit),
        "--passphrase-file",
        "-",
        stdin=given,
    )
    assert done.status == 0, done.err
    assert "has another recovery key" in done.out
    assert "key rotate" in done.out


@pytest.mark.parametrize("here", [b"", b"minutes\n", b"x" * 5000], ids=("empty", "short", "long"))
def test_a_restore_over_a_file_that_is_no_caseload_does_not_call_it_one(
    program: Program, tmp_path: Path, here: bytes
) -> None:
    file = backed_up(program, tmp_path / "copies")
    kit = tmp_path / "kit.txt"
    kit.write_text(program.good("key", "show").out, "utf-8")
    other = Program(tmp_path / "other")
    other.home.mkdir()
    other.paths.data_dir.mkdir(parents=True, exist_ok=True)
    other.paths.caseload.write_bytes(here)
    given = ("--recovery-key-file", str(kit), "--passphrase-file", "-")
    done = other.run("restore", str(file), *given, stdin=f"{OTHER}\n")
    assert done.status == 0, done.err
    assert "The file that is here is no caseload" in done.out
    assert "another recovery key" not in done.out
    (kept,) = other.paths.data_dir.glob("caseload-replaced-*.db")
    assert kept.read_bytes() == here


def test_a_wrong_recovery_key_is_told_before_a_new_passphrase(
    program: Program, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    kit = tmp_path / "kit.txt"
    kit.write_text(format_recovery_key(bytes(range(32))), "utf-8")
    given = ("--recovery-key-file", str(kit), "--passphrase-file", "-")
    done = program.run("restore", str(file), *given, stdin="")
    assert done.status == 1
    assert "an older or a newer recovery key" in done.sentence


@pytest.mark.parametrize("lost", ["", "caseload.key"])
def test_a_restore_without_a_file_says_where_the_newest_backup_lies(
    program: Program, key: bytearray, tmp_path: Path, lost: str
) -> None:
    stick = tmp_path / "my stick"
    program.paths.settings_file.write_text(f'[backup]\nfolder = "{stick}"\n', "utf-8")
    none = program.run("restore")
    assert none.status == 1
    assert "No backup is found here" in none.sentence
    stick.mkdir()
    older = backed_up(program, program.paths.backups_dir)
    stranger = stick / "sanctuary-backup-29990101-000000.db"
    if not lost:
        stranger.write_bytes(b"another caseload's")
    file = Path(program.good("backup").out.split("verified: ")[1].splitlines()[0])
    assert file.parent == stick
    assert file.name >= older.name
    if lost:
        (program.home / lost).unlink()
    said = program.run("restore")
    assert said.status == 1
    assert f'sanctuary restore "{file}"' in said.sentence


@pytest.mark.parametrize(
    ("secrets", "told"),
    [
        (f"{OTHER}\n{THIRD}\n", "does not open"),
        (f"{GOOD}\n", "line 2"),
        (f"{GOOD}\npassword\n", "unrelated words"),
    ],
)
def test_a_restore_that_is_refused_replaces_nothing(
    program: Program, key: bytearray, tmp_path: Path, secrets: str, told: str
) -> None:
    file = backed_up(program, tmp_path / "copies")
    before = program.paths.caseload.read_bytes(), program.paths.keyfile.read_bytes()
    done = program.run("restore", str(file), "--passphrase-file", "-", stdin=secrets)
    assert done.status == 1
    assert told in done.sentence
    assert (program.paths.caseload.read_bytes(), program.paths.keyfile.read_bytes()) == before


def test_a_mistyped_recovery_key_names_its_group(program: Program, tmp_path: Path) -> None:
    file = backed_up(program, tmp_path / "copies")
    shown = program.good("key", "show").out
    first = shown.split("groups of 4)")[1].split()[0]
    wrong = first[:2] + ("0" if first[2] != "0" else "1") + first[3:]
    kit = tmp_path / "kit.txt"
    kit.write_text(shown.replace(first, wrong), "utf-8")
    done = program.run("restore", str(file), "--recovery-key-file", str(kit))
    assert done.status == 1
    assert done.sentence.startswith("Group 1 does not add up")


def test_the_key_file_of_a_backup_is_no_backup_and_names_the_one_beside_it(
    program: Program, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    done = program.run("restore", str(file.with_suffix(".key")), "--passphrase-file", "-", stdin="")
    assert done.status == 1
    assert f"the caseload is the file {file.name} beside it" in done.sentence


def test_a_backup_that_is_missing(program: Program, tmp_path: Path) -> None:
    done = program.run("restore", str(tmp_path / "none.db"))
    assert done.status == 1
    assert "There is no backup" in done.sentence


# --- keys -----------------------------------------------------------------------------------------


def test_the_passphrase_is_changed_and_the_recovery_key_stays(
    program: Program, key: bytearray
) -> None:
    done = program.run("passphrase", "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    assert unlock(program.paths, OTHER) == key
    assert "'sanctuary key rotate' ends that" in done.out
    assert program.logged(key)[-1] == "passphrase changed"
    old = program.run("today", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert old.status == 1


@pytest.mark.parametrize("secrets", [f"{GOOD}\npassword\n", f"{OTHER}\n{THIRD}\n", f"{GOOD}\n"])
def test_a_change_that_is_refused_leaves_the_key_file(
    program: Program, key: bytearray, secrets: str
) -> None:
    before = replace(read_key_file(program.paths.keyfile), witness="")
    done = program.run("passphrase", "--passphrase-file", "-", stdin=secrets)
    assert done.status == 1
    assert done.sentence
    assert replace(read_key_file(program.paths.keyfile), witness="") == before
    assert "passphrase changed" not in program.logged(key)


def test_the_recovery_key_is_shown_only_to_the_passphrase_and_logged(
    program: Program, key: bytearray
) -> None:
    done = program.run("key", "show", "--passphrase-file", "-", stdin=f"{OTHER}\n")
    assert (done.status, done.out) == (1, "")
    assert done.sentence
    shown = program.good("key", "show").out
    assert parse_recovery_key(shown) == key
    assert program.logged(key)[-1] == "recovery key shown"


# --- check ----------------------------------------------------------------------------------------


def checked(program: Program, *options: str) -> tuple[int, dict[str, tuple[str, str]]]:
    done = program.run("check", *options, "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.err == ""
    found = checks_in(done.out)
    for word, sentence in found.values():
        assert word in ("good", "see", "BAD")
        assert sentence.rstrip().endswith(".")
    return done.status, found


def bad(found: dict[str, tuple[str, str]]) -> set[str]:
    return {name for name, (word, _) in found.items() if word == "BAD"}


def test_a_caseload_in_order_is_all_good(original: tuple[Program, bytearray]) -> None:
    program, key = original
    status, found = checked(program, "--deep")
    assert (status, bad(found)) == (0, set())
    assert list(found) == [
        "settings",
        "folder",
        "permissions",
        "keys",
        "integrity",
        "change log",
        "disposals",
        "schema",
        "latest",
        "backup",
        "exports",
        "program",
        "texts",
        "records",
        "search",
        "cards",
    ]
    assert program.logged(key)[-1] == "checked: all good"
    assert len(checked(program)[1]) == 12, "a dozen lines are read at a glance"


def test_what_somebody_should_see_to_is_not_called_good(
    original: tuple[Program, bytearray], tmp_path: Path
) -> None:
    """No keyring here, no backup yet, and a file that was exported and forgotten."""
    program = Program(tmp_path / "home")
    shutil.copytree(original[0].home, program.home)
    program.good("export", "cases", "--out", str(program.home / "counts.csv"))
    _, found = checked(program)
    assert {name for name, (word, _) in found.items() if word == "see"} == {
        "backup",
        "exports",
        "keys",
    }
    assert found["keys"][1].startswith("keyring: This computer's half of the lock is in")


def in_database(sql: str) -> Callable[[Program, bytearray], None]:
    def change(program: Program, key: bytearray) -> None:
        with program.connection(key) as connection:
            connection.execute("PRAGMA foreign_keys = OFF").fetchall()
            connection.execute(sql).fetchall()
            connection.commit()

    return change


def flipped(program: Program, _: bytearray) -> None:
    data = bytearray(program.paths.caseload.read_bytes())
    data[len(data) // 2] ^= 1
    program.paths.caseload.write_bytes(data)


def readable(program: Program, _: bytearray) -> None:
    os.chmod(program.paths.caseload, 0o644)


def no_secret(program: Program, _: bytearray) -> None:
    program.paths.device_secret_file.unlink()


def odd_settings(program: Program, _: bytearray) -> None:
    program.paths.settings_file.write_text("idle_minutes = 900\n", "utf-8")
    os.chmod(program.paths.settings_file, 0o600)


LOOTING = (
    "CREATE TRIGGER loot AFTER INSERT ON seals BEGIN "
    "UPDATE cases SET area = area || ' SEALED' WHERE id = NEW.case_id; END"
)
OLD_BACKUP = "INSERT INTO settings VALUES ('last_backup', '2020-01-01T09:00:00Z')"


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("spoil", "named", "deep"),
    [
        (in_database("UPDATE changes SET why = 'nothing' WHERE id = 2"), {"change log"}, False),
        (in_database("DELETE FROM changes WHERE id = 2"), {"change log", "latest"}, False),
        (in_database("ALTER TABLE notes DROP COLUMN body"), {"schema"}, False),
        (in_database("CREATE TABLE loot (t TEXT)"), {"schema"}, False),
        (in_database("CREATE VIEW loot AS SELECT * FROM notes"), {"schema"}, False),
        (in_database(LOOTING), {"schema"}, False),
        (in_database("CREATE INDEX loot ON notes (body)"), {"schema"}, False),
        (
            in_database("INSERT INTO people (case_id) VALUES (99)"),
            {"references", "latest"},
            False,
        ),
        (in_database(OLD_BACKUP), {"backup"}, False),
        (in_database("UPDATE cases SET route = 'by owl'"), {"records", "latest"}, True),
        (in_database("UPDATE cases SET route = 'health'"), {"latest"}, True),
        (in_database("UPDATE case_cards SET stuck_why = 'nothing'"), {"cards"}, True),
        (in_database("DELETE FROM search"), {"search"}, True),
        (readable, {"permissions"}, False),
        (odd_settings, {"settings"}, False),
        (no_secret, {"keyring", "caseload"}, False),
        (flipped, set(), False),
    ],
    ids=["chain", "gap", "schema", "table", "view", "trigger", "index", "references",
         "backup", "records", "latest", "cards", "search", "permissions", "settings", "keyring",
         "flipped"],
)  # fmt: skip
def test_each_fault_is_told_on_its_own_line(
    program: Program,
    key: bytearray,
    spoil: Callable[[Program, bytearray], None],
    named: set[str],
    deep: bool,
) -> None:
    spoil(program, key)
    status, found = checked(program, *(["--deep"] if deep else []))
    assert status == 1
    told = {name for name, mark in parts_of(found).items() if mark == "BAD"}
    assert "key file" in told  # cheap on purpose in these copies, which the check rightly tells
    told -= {"key file"}
    if named:
        assert told == named
    else:
        assert told & {"integrity", "caseload"}


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM search",
        "DELETE FROM search WHERE rowid = (SELECT min(rowid) FROM search)",
        "UPDATE search SET body = 'zzghost' WHERE rowid = (SELECT max(rowid) FROM search)",
        "UPDATE search SET case_id = 99 WHERE rowid = (SELECT max(rowid) FROM search)",
        "INSERT INTO search (rowid, case_id, entity, entity_id, title, body)"
        " VALUES (12, 0, 'cases', 12, 'Case', 'zzghost')",
    ],
    ids=["emptied", "one gone", "other words", "other case", "one more"],
)
def test_what_the_search_index_lacks_is_told_and_made_again(
    program: Program, key: bytearray, sql: str
) -> None:
    """A control at each end: the search loses the case by it, and finds it once it is mended."""
    with program.connection(key) as connection:
        rows = "SELECT rowid, case_id, entity, entity_id, title, body FROM search ORDER BY rowid"
        before = connection.execute(rows).fetchall()
        assert before
    in_database(sql)(program, key)
    status, found = checked(program, "--deep")
    assert (status, found["search"][0]) == (1, "BAD")
    assert "run this check once more" in found["search"][1]
    assert any(why.startswith("search index made again") for why in program.logged(key))
    _, found = checked(program, "--deep")
    assert found["search"][0] == "good"
    with program.connection(key) as connection:
        assert connection.execute(rows).fetchall() == before
        found_by = "SELECT count(*) FROM search WHERE search MATCH ?"
        word = str(before[0][-1]).split()[0]
        assert connection.execute(found_by, (f'"{word}"',)).fetchall()[0][0]


def test_the_weak_lock_of_these_copies_is_told(program: Program) -> None:
    status, found = checked(program)
    assert (status, bad(found)) == (1, {"keys"})
    assert parts_of(found)["key file"] == "BAD"
    assert parts_of(found)["keyring"] == "see"


def test_a_wrong_passphrase_still_tells_of_the_files(program: Program) -> None:
    done = program.run("check", "--passphrase-file", "-", stdin=f"{OTHER}\n")
    assert done.status == 1
    assert "good  folder" in done.out
    assert "caseload  " not in done.out  # a slip of the fingers is nothing bad in the caseload
    assert "That passphrase does not open" in done.sentence
