"""What ``sanctuary check`` says of the file and its surroundings."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.paths import Paths, resolve_paths
from db import keys
from db.check import Check, file_checks, integrity_checks
from db.connection import close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS, STANDARD
from tests import needs


def make(paths: Paths, params: keys.KdfParams = CHEAP_FOR_TESTS) -> keys.NewCaseload:
    return keys.create_caseload(paths, "words", params=params, allow_weak=True)


def by_name(checks: list[Check]) -> dict[str, Check]:
    return {check.name: check for check in checks}


def test_a_good_caseload(paths: Paths) -> None:
    made = make(paths, STANDARD)
    conn = open_connection(paths.caseload, made.data_key)
    found = [*integrity_checks(conn), *file_checks(paths)]
    close_connection(conn)
    assert [check.name for check in found] == [
        "integrity",
        "folder",
        "permissions",
        "key file",
        "keyring",
    ]
    assert all(check.good for check in found), found
    assert all(check.sentence.endswith(".") for check in found)


def test_damage(paths: Paths) -> None:
    made = make(paths)
    conn = open_connection(paths.caseload, made.data_key)
    conn.execute("CREATE TABLE t (x)")
    conn.executemany("INSERT INTO t VALUES (?)", [("x" * 3000,)] * 20)
    conn.commit()
    close_connection(conn)
    content = bytearray(paths.caseload.read_bytes())
    content[4096 * 6] ^= 1
    paths.caseload.write_bytes(content)
    conn = open_connection(paths.caseload, made.data_key)
    (found,) = integrity_checks(conn)
    conn.close()
    assert not found.good
    assert "restore" in found.sentence


@needs.file_modes
@pytest.mark.parametrize("name", ["", "caseload.db", "caseload.key", "device.secret"])
def test_others_can_reach_it(paths: Paths, name: str) -> None:
    make(paths)
    path = paths.data_dir / name if name else paths.data_dir
    path.chmod(path.stat().st_mode | 0o040)
    found = by_name(file_checks(paths))["permissions"]
    assert not found.good
    assert str(path) in found.sentence
    assert "chmod" in found.sentence


def test_a_folder_that_became_synced(paths: Paths, tmp_path: Path) -> None:
    make(paths)
    moved = tmp_path / "Dropbox" / "home"
    moved.parent.mkdir()
    paths.data_dir.rename(moved)
    found = by_name(file_checks(resolve_paths(str(moved), {})))["folder"]
    assert not found.good
    assert "Dropbox" in found.sentence


def test_a_missing_key_file(paths: Paths) -> None:
    make(paths)
    paths.keyfile.unlink()
    assert not by_name(file_checks(paths))["key file"].good


def test_a_missing_device_secret(paths: Paths) -> None:
    make(paths)
    paths.device_secret_file.unlink()
    assert not by_name(file_checks(paths))["keyring"].good


def test_a_weaker_lock_than_usual(paths: Paths) -> None:
    make(paths, CHEAP_FOR_TESTS)
    assert not by_name(file_checks(paths))["key file"].good
