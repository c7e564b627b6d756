"""What a program that was killed leaves behind: nothing that can be read, and not for long."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from config import paths as module
from config.leftovers import sweep
from config.paths import Paths, atomic_write, resolve_paths
from config.settings import save_settings
from db import backup as backups
from db import keys
from db.keys import CHEAP_FOR_TESTS
from db.witness import Witnesses
from tests import needs
from tests.db import kit

KILLED_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from config import paths
real = os.fsync
def fsync(handle):
    real(handle)
    os.kill(os.getpid(), signal.SIGKILL)
os.fsync = fsync
if sys.argv[2] == "named":
    paths._nameless = lambda folder: None
paths.write_unnamed(Path(sys.argv[1]) / "list.csv", b"words of a case").give_name()
"""


def left_after_a_kill(folder: Path, how: str) -> list[str]:
    """What lies in the folder once a program was killed with an export written but not named."""
    subprocess.run([sys.executable, "-c", KILLED_WHILE_WRITING, str(folder), how], check=False)
    return os.listdir(folder)


@pytest.mark.guarantee
@needs.linux
def test_an_export_that_was_killed_leaves_nothing_that_can_be_read(tmp_path: Path) -> None:
    """Plain text in a hidden file, of which the register knows nothing, would be the worst."""
    assert left_after_a_kill(tmp_path, "nameless") == []


@needs.linux
def test_where_no_file_is_without_a_name_it_is_left_in_sight(tmp_path: Path) -> None:
    """Negative control, and what happens on a stick: no hidden name, and one that follows."""
    (left,) = left_after_a_kill(tmp_path, "named")
    assert tmp_path / left == module.unfinished_of(tmp_path / "list.csv")
    assert not left.startswith(".")
    assert (tmp_path / left).read_bytes() == b"words of a case"


def test_nothing_is_written_before_the_name_where_no_file_is_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_nameless", lambda folder: None)
    made = module.write_unnamed(tmp_path / "list.csv", b"words")
    assert os.listdir(tmp_path) == []
    made.give_name()
    assert os.listdir(tmp_path) == ["list.csv"]
    module.unfinished_of(tmp_path / "more.csv").write_bytes(b"somebody's own")
    more = module.write_unnamed(tmp_path / "more.csv", b"words")
    with pytest.raises(module.SanctuaryError, match=r"more\.csv\.unfinished .* exists"):
        more.give_name()
    assert sorted(os.listdir(tmp_path)) == ["list.csv", "more.csv.unfinished"]
    assert (tmp_path / "more.csv.unfinished").read_bytes() == b"somebody's own"


@pytest.mark.parametrize("nameless", [True, False])
def test_a_new_file_is_whole_private_and_never_replaces_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nameless: bool
) -> None:
    if not nameless:
        monkeypatch.setattr(module, "_nameless", lambda folder: None)
    path = tmp_path / "new"
    before = os.umask(0)
    try:
        atomic_write(path, b"first" * 5000, overwrite=False)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600 or sys.platform == "win32"
    assert path.stat().st_nlink == 1
    with pytest.raises(module.SanctuaryError, match="exists"):
        atomic_write(path, b"second", overwrite=False)
    assert path.read_bytes() == b"first" * 5000
    assert os.listdir(tmp_path) == ["new"]


OURS = (
    ".caseload.0123456789abcdef.tmp",
    ".rotate.0123456789abcdef.tmp",
    ".rotate.0123456789abcdef.tmp-wal",
    ".restore.0123456789abcdef.tmp",
    ".restore.0123456789abcdef.tmp-journal",
    ".sanctuary-backup.0123456789abcdef.tmp",
    ".sanctuary-backup.0123456789ab.0123456789abcdef.tmp",
    ".sanctuary-backup.0123456789ab.0123456789abcdef.tmp-journal",
    ".sanctuary-backup-20261126-093000.key.abcd_123.tmp",
    ".sanctuary-backup-20261126-093000-2.key.abcd_123.tmp",
    ".disposal.0123456789abcdef.tmp",
    ".disposal.0123456789abcdef.tmp-journal",
    ".caseload.key.abcd_123.tmp",
    ".caseload.key.next.abcd_123.tmp",
    ".caseload.attempts.abcd_123.tmp",
    ".caseload.reserve.abcd_123.tmp",
    ".caseload.witness.abcd_123.tmp",
    ".settings.toml.abcd_123.tmp",
    ".device.secret.abcd_123.tmp",
    ".device.attempts.abcd_123.tmp",
)
NOT_OURS = (
    "caseload.db",
    "caseload.db-wal",
    "caseload.key",
    "caseload.key.next",
    "caseload-replaced-20261126-093000.db",
    "device.secret",
    "notes.tmp",
    ".rotate.tmp",
    ".rotate.short.tmp",
    "sanctuary-backup-20261126-093000.key",
    ".sanctuary-backup.short.0123456789abcdef.tmp",
    ".sanctuary-backup.db.abcd_123.tmp",
    ".letter.docx.abcd_123.tmp",
    ".caseload.0123456789abcdef.tmp.bak",
)


def old(path: Path, content: bytes = b"x") -> None:
    path.write_bytes(content)
    os.utime(path, (time.time() - 7200, time.time() - 7200))


@pytest.mark.guarantee
def test_only_our_own_and_only_old_ones_are_swept_away(tmp_path: Path) -> None:
    for name in (*OURS, *NOT_OURS):
        old(tmp_path / name)
    young = tmp_path / ".rotate.fedcba9876543210.tmp"
    young.write_bytes(b"another program is at work")
    sweep(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([*NOT_OURS, young.name])


@needs.links
def test_a_link_or_a_folder_of_such_a_name_is_left(tmp_path: Path) -> None:
    (tmp_path / OURS[0]).mkdir()
    old(tmp_path / "elsewhere")
    (tmp_path / OURS[1]).symlink_to(tmp_path / "elsewhere")
    sweep(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted([OURS[0], OURS[1], "elsewhere"])


def test_a_folder_that_is_not_there_is_no_matter(tmp_path: Path) -> None:
    sweep(tmp_path / "none")


def test_opening_the_caseload_sweeps_its_folder(paths: Paths) -> None:
    """A copy under an old key, left by a kill, would open with a recovery key that was seen."""
    key = keys.create_caseload(
        paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True, allow_keyring=False
    ).data_key
    old(paths.data_dir / OURS[1])
    kit.opened(paths.caseload, key=key).close()
    assert sorted(os.listdir(paths.data_dir)) == ["caseload.db", "caseload.key", "device.secret"]


def test_a_backup_sweeps_the_folder_it_goes_to(tmp_path: Path) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    folder = tmp_path / "stick"
    folder.mkdir()
    old(folder / OURS[5])
    made = backups.backup(caseload.connection, folder, now=datetime(2026, 11, 26, tzinfo=UTC))
    caseload.close()
    assert os.listdir(folder) == [made.path.name]


def test_a_backup_takes_away_at_once_what_its_own_last_try_left(tmp_path: Path) -> None:
    """A kill may come between the two, so that the journal is left alone."""
    caseload = kit.make(tmp_path / "caseload.db")
    folder = tmp_path / "stick"
    folder.mkdir()
    for name in ("0123456789abcdef.tmp-journal", "fedcba9876543210.tmp"):
        (folder / f"{backups._prefix(caseload.connection)}{name}").write_bytes(b"x")
    made = backups.backup(caseload.connection, folder, now=datetime(2026, 11, 26, tzinfo=UTC))
    caseload.close()
    assert os.listdir(folder) == [made.path.name]


@pytest.mark.guarantee
def test_every_file_that_is_written_whole_is_known_under_its_temporary_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the program itself gives the names: a file written newly is noticed here."""
    monkeypatch.setattr(module, "_nameless", lambda folder: None)
    named: list[Path] = []
    for kind in ("replace", "link", "rename"):
        real = getattr(os, kind)

        def seen(source: Any, target: Any, *rest: Any, real: Any = real, **given: Any) -> Any:
            named.append(Path(source))
            return real(source, target, *rest, **given)

        monkeypatch.setattr(os, kind, seen)
    paths = resolve_paths(str(tmp_path / "home"), {})
    key = keys.create_caseload(
        paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True, allow_keyring=False
    ).data_key
    with contextlib.suppress(keys.WrongPassphrase):
        keys.unlock(paths, "other words")
    save_settings(paths.settings_file, {"coordinator": "C"})
    caseload = kit.opened(paths.caseload, key=key, witnesses=Witnesses(paths, key))
    made = backups.backup(
        caseload.connection, paths.backups_dir, now=datetime(2026, 11, 26, tzinfo=UTC)
    )
    assert made.key_file is not None
    caseload.close()
    temporary = {path for path in named if ".tmp" in path.name}
    written = {path.name.rsplit(".", 2)[0].lstrip(".").split(".")[-1] for path in temporary}
    assert {"key", "attempts", "toml", "secret", "witness"} <= written
    for path in temporary:
        old(path)
        sweep(path.parent)
        assert not path.exists(), path.name
