"""Automatic backups: when they are made, where they go, and what Today says of them."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.errors import BadInputError
from config.paths import Paths, resolve_paths
from config.settings import Settings, default_settings
from db import backup as backups
from db import queries
from db.backup import BackupFailed, BackupTooSlow
from db.caseload import Caseload, open_caseload
from db.changes import GENESIS, ChainState, chain_end
from db.connection import Connection, close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS, create_caseload
from db.models import Case
from sanctuary_tui import copies
from sanctuary_tui.opening import derive_with


@dataclass
class Desk:
    """A caseload in use, its settings, and a clock that is moved by hand."""

    paths: Paths
    caseload: Caseload
    key: bytearray
    settings: Settings = field(default_factory=default_settings)
    now: datetime = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    @property
    def today(self) -> date:
        return self.now.date()

    def close(self) -> None:
        """What the console does before it ends."""
        if copies.wanted_on_close(self.caseload, self.settings):
            copies.copy_on_close(self.caseload, self.paths, self.settings, copies.LOCK_SECONDS)

    def notice(self) -> str:
        return copies.backup_notice(self.caseload, self.paths, self.settings, self.today)

    def made(self, folder: Path | None = None) -> list[str]:
        folder = folder or self.paths.backups_dir
        return sorted(path.name for path in folder.glob("*.db")) if folder.exists() else []

    def change(self) -> None:
        self.caseload.store.add(Case(route="police"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    paths = resolve_paths(str(tmp_path / "home"), {})
    key = create_caseload(paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True).data_key
    moved: list[Desk] = []
    caseload = open_caseload(
        paths.caseload,
        key,
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: moved[0].now if moved else datetime(2026, 11, 2, 9, 0, tzinfo=UTC),
    )
    moved.append(Desk(paths, caseload, key))
    yield moved[0]
    caseload.close()


# --- when -----------------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_made_at_the_end_when_something_has_changed_and_only_then(desk: Desk) -> None:
    desk.change()
    desk.close()
    assert desk.made() == ["sanctuary-backup-20261102-090000.db"]
    desk.now += timedelta(hours=1)
    desk.close()
    assert len(desk.made()) == 1  # nothing has changed since
    desk.change()
    desk.close()
    assert len(desk.made()) == 1  # of a day the newest stays
    assert desk.made() == ["sanctuary-backup-20261102-100000.db"]


def test_a_lock_makes_one_an_hour(desk: Desk) -> None:
    """Who locks for a moment does not wait for a copy each time."""

    def wanted() -> bool:
        return copies.wanted_on_close(desk.caseload, desk.settings, lock=True)

    desk.change()
    assert wanted()
    desk.close()
    desk.change()
    desk.now += timedelta(minutes=59)
    assert not wanted()
    assert copies.wanted_on_close(desk.caseload, desk.settings)  # leaving does
    desk.now += timedelta(minutes=1)
    assert wanted()
    desk.now -= timedelta(days=2)  # the clock was wrong: it keeps nothing from being copied
    assert wanted()


def test_what_is_a_change(desk: Desk) -> None:
    desk.change()
    desk.close()
    connection, store = desk.caseload.connection, desk.caseload.store
    store.note("system", "caseload", 0, 0, "opened with the passphrase")
    store.remember("anything", "of the program's own")
    assert not copies.changed_since_backup(connection)
    store.note("consultation", "cases", 1, 1, "opened")
    assert copies.changed_since_backup(connection)


def test_a_form_half_typed_is_a_change(desk: Desk) -> None:
    desk.change()
    desk.close()
    desk.now += timedelta(minutes=1)
    desk.caseload.store.save_draft(1, "notes", 0, {"body": "half"})
    assert copies.changed_since_backup(desk.caseload.connection)


def test_not_of_a_demo_and_not_where_it_is_switched_off(desk: Desk) -> None:
    desk.change()
    desk.settings.backup.automatic = False
    desk.close()
    desk.settings.backup.automatic = True
    desk.caseload.store.remember(copies.DEMO_MARK, "40 cases")
    desk.close()
    assert desk.made() == []


# --- what -----------------------------------------------------------------------------------------


def test_the_copy_holds_all_rows_and_ends_with_the_same_change(desk: Desk) -> None:
    desk.change()
    before = chain_end(desk.caseload.connection)
    made = copies.make_copy(desk.caseload, desk.paths, desk.settings)
    assert before.count
    connection = open_connection(made.path, desk.key)
    assert chain_end(connection) == before
    assert queries.cards(connection)[0].ref == "S26-0001"
    close_connection(connection)
    said = desk.caseload.connection.execute("SELECT why FROM changes ORDER BY id DESC LIMIT 1")
    assert said.fetchall() == [(f"backup made, SHA-256 {made.sha256}",)]


@pytest.mark.guarantee
@pytest.mark.parametrize("protected", [True, False])
def test_a_copy_with_another_end_of_the_log_is_not_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    """As many rows, the last of them another. Without the comparison it would be kept."""
    desk.change()
    honest = backups.vacuum_into

    def another_end(connection: Connection, target: Path) -> None:
        honest(connection, target)
        copy = open_connection(target, desk.key)
        copy.execute(
            "UPDATE changes SET hash = zeroblob(32) WHERE id = (SELECT max(id) FROM changes)"
        )
        copy.commit()
        copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        copy.close()

    monkeypatch.setattr(backups, "vacuum_into", another_end)
    if protected:
        with pytest.raises(BackupFailed, match="does not end as"):
            copies.make_copy(desk.caseload, desk.paths, desk.settings)
        assert desk.made() == []
    else:
        monkeypatch.setattr(backups, "chain_end", lambda *_: ChainState(0, GENESIS))
        copies.make_copy(desk.caseload, desk.paths, desk.settings)
        assert len(desk.made()) == 1


def test_a_year_of_days_leaves_seven_five_and_twelve(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each day's copy is a real file of the folder; what is in it is not what is counted here."""
    made = copies.make_copy(desk.caseload, desk.paths, desk.settings)
    for number in range(1, 300):
        day = made.path.with_name(
            f"sanctuary-backup-{desk.now - timedelta(days=number):%Y%m%d-%H%M%S}.db"
        )
        shutil.copy(made.path.with_suffix(".key"), day.with_suffix(".key"))
        day.touch()
    desk.now += timedelta(days=1)
    copies.make_copy(desk.caseload, desk.paths, desk.settings)
    left = desk.made()
    assert 7 + 10 <= len(left) <= 7 + 5 + 12
    assert left[-1] == "sanctuary-backup-20261103-090000.db"


def test_a_copy_asked_for_elsewhere_takes_nothing_away(desk: Desk, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    desk.settings.backup.daily, desk.settings.backup.weekly, desk.settings.backup.monthly = 1, 0, 0
    for _ in range(3):
        desk.now += timedelta(days=1)
        copies.make_copy(desk.caseload, desk.paths, desk.settings, folder=stick)
    assert len(desk.made(stick)) == 3
    for _ in range(3):
        desk.now += timedelta(days=1)
        copies.make_copy(desk.caseload, desk.paths, desk.settings)
    assert len(desk.made()) == 1


def test_too_little_time_leaves_nothing_but_a_sentence(desk: Desk) -> None:
    desk.change()
    with pytest.raises(BackupTooSlow):
        copies.make_copy(desk.caseload, desk.paths, desk.settings, asked=False, within=0.0)
    copies.copy_on_close(desk.caseload, desk.paths, desk.settings, within=0.0)
    assert list(desk.paths.backups_dir.iterdir()) == []
    assert "too little time" in desk.notice()
    names = [row[1] for row in desk.caseload.connection.execute("PRAGMA database_list").fetchall()]
    assert names == ["main", "temp"]  # temp, in memory, has the views of db.seal
    desk.change()  # work goes on
    copies.make_copy(desk.caseload, desk.paths, desk.settings)
    assert desk.notice() == ""


def test_what_a_kill_left_is_taken_away_and_another_caseloads_is_not(desk: Desk) -> None:
    folder = desk.paths.backups_dir
    made = copies.make_copy(desk.caseload, desk.paths, desk.settings)
    started = backups._prefix(desk.caseload.connection)
    left, others = folder / f"{started}0a.tmp", folder / ".sanctuary-backup.ff.0a.tmp"
    for one in (left, others):
        shutil.copy(made.path, one)
    desk.now += timedelta(days=1)
    copies.make_copy(desk.caseload, desk.paths, desk.settings)
    assert not left.exists()
    assert others.exists()


# --- where ----------------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_a_stick_that_was_pulled_is_told_and_does_not_become_a_folder(
    desk: Desk, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    desk.settings.backup.folder = str(stick / "copies")
    desk.change()
    desk.close()
    assert not stick.exists()
    told = f"The folder {stick}/copies is not there; plug in its disk, or name another folder."
    assert desk.notice() == told
    stick.mkdir()
    desk.close()
    assert len(desk.made(stick / "copies")) == 1
    assert desk.notice() == ""


@pytest.mark.guarantee
@pytest.mark.parametrize("protected", [True, False])
def test_an_empty_mount_point_is_not_taken_for_the_stick(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    """Where a disk is always mounted in the same folder, the folder stays when the disk goes."""
    stick = tmp_path / "mounted"
    stick.mkdir()
    desk.settings.backup.folder = str(stick)
    desk.change()
    desk.close()
    assert len(desk.made(stick)) == 1
    for path in stick.iterdir():
        path.unlink()
    if not protected:
        monkeypatch.setattr(copies, "_refuse_emptied", lambda *_: None)
    desk.change()
    desk.close()
    if not protected:
        assert len(desk.made(stick)) == 1  # on this computer's own disk, and nobody is told
        return
    assert desk.made(stick) == []
    assert "holds none of the backups made there" in desk.notice()
    copies.make_copy(desk.caseload, desk.paths, desk.settings)  # asked for: begins anew
    assert desk.notice() == ""


def test_a_folder_that_takes_no_more_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stick goes while it is written."""

    def pulled(*_: object) -> None:
        raise OSError(5, "Input/output error")

    desk.change()
    monkeypatch.setattr(backups, "fsync_file", pulled)
    desk.close()
    assert desk.made() == []
    assert list(desk.paths.backups_dir.iterdir()) == []
    assert desk.notice().endswith(".")
    assert str(desk.paths.backups_dir) in desk.notice()
    assert "Input/output" not in desk.notice()


def test_a_folder_no_account_can_name_is_one_sentence(desk: Desk) -> None:
    desk.settings.backup.folder = "~nobody-of-this-name/copies"
    with pytest.raises(BadInputError, match="is not there"):
        copies.make_copy(desk.caseload, desk.paths, desk.settings)


# --- what Today says ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "said"), [(7, ""), (8, "The last verified backup is 8 days old.")]
)
def test_the_age_is_told_after_a_week(desk: Desk, days: int, said: str) -> None:
    desk.change()
    desk.close()
    desk.now += timedelta(days=days)
    assert desk.notice() == said
    desk.settings.backup.warn_days = 30
    assert desk.notice() == ""


def test_none_at_all_is_told_after_a_week(desk: Desk) -> None:
    desk.settings.backup.automatic = False
    desk.change()
    assert desk.notice() == ""
    desk.now += timedelta(days=9)
    assert desk.notice() == "No verified backup was made in 9 days."


@pytest.mark.guarantee
def test_a_backup_that_does_not_verify_does_not_make_it_younger(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.change()
    desk.close()
    desk.now += timedelta(days=9)
    desk.change()
    honest = backups.quick_checks
    monkeypatch.setattr(backups, "quick_checks", lambda *_: ["structure: a page is wrong"])
    desk.close()
    monkeypatch.setattr(backups, "quick_checks", honest)
    assert len(desk.made()) == 1
    assert "does not verify" in desk.notice()
    assert "9 days old" in desk.notice()


def test_backups_tell_nothing_without_the_key(desk: Desk) -> None:
    desk.change()
    made = copies.make_copy(desk.caseload, desk.paths, desk.settings)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(made.path).execute("SELECT count(*) FROM cases").fetchall()
    assert b"S26-0001" not in made.path.read_bytes()
