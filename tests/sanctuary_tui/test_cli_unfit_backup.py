"""Backups that are not to take the caseload's place, and a restore that another window meets."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.connection import close_connection, open_connection
from db.keys import unlock
from db.models import Case
from sanctuary_tui.cli import run_command
from tests.sanctuary_tui.cli_program import GOOD, OTHER, Program
from tests.sanctuary_tui.test_cli_keep import THIRD, backed_up, refs


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


@pytest.fixture
def key(program: Program) -> bytearray:
    """The key of its caseload of one case."""
    made = program.init_quick()
    with program.caseload(made) as caseload:
        caseload.store.add(Case(route="police"))
    return made


def in_backup(sql: str) -> Callable[[Path, bytearray], None]:
    """What somebody who holds the key, or another version, does in a backup."""

    def change(file: Path, key: bytearray) -> None:
        connection = open_connection(file, key)
        connection.execute(sql).fetchall()
        connection.commit()
        close_connection(connection)

    return change


def lengthened(file: Path, _: bytearray) -> None:
    os.truncate(file, 8 << 20)  # it may be a terabyte, copied before it is looked at


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("change", "told"),
    [
        (in_backup("PRAGMA user_version = 99"), "newer version of Sanctuary, so nothing was repl"),
        (in_backup("DROP TABLE settings"), "(the table settings), so nothing was replaced"),
        (in_backup("DROP TABLE changes"), "(the table changes), so nothing was replaced"),
        (in_backup("PRAGMA user_version = 0"), "so nothing was replaced"),
        (lengthened, "longer than it says"),
    ],
)
def test_a_backup_that_could_not_be_opened_in_its_place_replaces_nothing(
    program: Program,
    key: bytearray,
    tmp_path: Path,
    change: Callable[[Path, bytearray], None],
    told: str,
) -> None:
    file = backed_up(program, tmp_path / "copies")
    change(file, key)
    before = program.paths.caseload.read_bytes(), program.paths.keyfile.read_bytes()
    done = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 1
    assert told in done.sentence
    assert (program.paths.caseload.read_bytes(), program.paths.keyfile.read_bytes()) == before


@pytest.mark.guarantee
def test_a_backup_is_not_brought_back_by_a_key_file_of_before_the_passphrase_was_changed(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    """The old passphrase would open, by way of a restore, what it no longer opens."""
    older = program.paths.keyfile.read_bytes()
    done = program.run("passphrase", "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    done = program.run("backup", str(tmp_path), "--passphrase-file", "-", stdin=f"{OTHER}\n")
    assert done.status == 0, done.err
    file = next(tmp_path.glob("*.db"))
    newer = file.with_suffix(".key").read_bytes()
    file.with_suffix(".key").write_bytes(older)
    given = ("restore", str(file), "--passphrase-file", "-")
    before = program.paths.caseload.read_bytes()
    done = program.run(*given, stdin=f"{GOOD}\n{THIRD}\n")
    assert done.status == 1
    assert "opens with a passphrase that was changed" in done.sentence
    assert program.paths.caseload.read_bytes() == before
    file.with_suffix(".key").write_bytes(newer)
    done = program.run(*given, stdin=f"{OTHER}\n{THIRD}\n")
    assert done.status == 0, done.err
    assert refs(program, key)


def test_a_restore_that_another_window_keeps_from_the_log_says_so_and_what_it_did(
    program: Program,
    key: bytearray,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from db import backup as module

    file = backed_up(program, tmp_path / "copies")
    secrets = tmp_path / "secrets"
    secrets.write_text(f"{GOOD}\n{OTHER}\n", "utf-8")
    real, windows = module.restore, []

    def then_a_window(*given: Any, **more: Any) -> Any:
        done = real(*given, **more)
        windows.append(open_connection(program.paths.caseload, key))
        return done

    monkeypatch.setattr(module, "restore", then_a_window)
    given = ["--home", str(program.home), "restore", str(file), "--passphrase-file", str(secrets)]
    status = run_command(given)
    close_connection(windows[0])
    said = capsys.readouterr()
    assert status == 1
    assert "The caseload is restored" in said.out
    assert "does not say that it was restored" in said.err
    assert unlock(program.paths, OTHER) == key


def test_a_generation_that_is_no_number_does_not_bring_a_command_down(
    program: Program, key: bytearray, tmp_path: Path
) -> None:
    file = backed_up(program, tmp_path / "copies")
    in_backup("UPDATE settings SET value = 'x' WHERE name = 'key_generation'")(file, key)
    done = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
