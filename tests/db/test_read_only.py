"""A folder that may not be written to: one sentence for every act, and not a byte changed."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.errors import SanctuaryError
from config.paths import Paths, resolve_paths
from config.settings import save_settings
from db import backup as backups
from db import keys
from db.caseload import Caseload
from db.keys import CHEAP_FOR_TESTS
from db.rotate import rotate_key
from sanctuary_tui.table_export import export_table
from tests import needs
from tests.db import kit
from tests.db.durability_writer import write_batch
from tests.db.test_durability import whole_batches
from tests.powercut.works import NOW, WORDS, create, put_back

pytestmark = needs.small_disk


@dataclass
class Place:
    """A small disk with a caseload and a backup on it, and a folder elsewhere."""

    disk: Path
    paths: Paths
    backup: Path
    elsewhere: Path

    def mount(self, how: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{how}", str(self.disk)], check=True)

    def bytes(self) -> dict[str, str]:
        return {
            str(path.relative_to(self.disk)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.disk.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    disk.mkdir()
    elsewhere.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "none", str(disk)], check=True)
    paths = resolve_paths(str(disk / "home"), {})
    caseload = kit.opened(paths.caseload, key=create(paths))
    write_batch(caseload, kit.add_case(caseload, pets="0"), 1)
    made = backups.backup(caseload.connection, disk / "backups", now=NOW)
    caseload.close()
    yield Place(disk, paths, made.path, elsewhere)
    subprocess.run(["umount", "-l", str(disk)], check=True)


def _open(place: Place) -> None:
    _opened(place.paths).close()


def _opened(paths: Paths) -> Caseload:
    return kit.opened(paths.caseload, key=keys.unlock(paths, WORDS))


def _change_passphrase(place: Place) -> None:
    keys.change_passphrase(place.paths, WORDS, "new", params=CHEAP_FOR_TESTS, allow_weak=True)


def _change_key(place: Place) -> None:
    rotate_key(place.paths, WORDS, params=CHEAP_FOR_TESTS, allow_keyring=False)


def _restore(place: Place) -> None:
    key = backups.unlock_backup(place.backup, place.paths, WORDS)
    put_back(place.backup, place.paths, key)


def _create(place: Place) -> None:
    create(resolve_paths(str(place.disk / "other"), {}))


def _settings(place: Place) -> None:
    save_settings(place.paths.settings_file, {"coordinator": "New"})


def _from_elsewhere(place: Place) -> Caseload:
    caseload = kit.make(place.elsewhere / "caseload.db")
    kit.add_case(caseload)
    return caseload


def _back_up(place: Place) -> None:
    caseload = _from_elsewhere(place)
    try:
        backups.backup(caseload.connection, place.disk / "backups", now=NOW)
    finally:
        caseload.close()


def _export(place: Place) -> None:
    caseload = _from_elsewhere(place)
    out = place.disk / "exports" / "cases.csv"
    try:
        export_table(caseload, "cases", out, handed=None, today=kit.DAY, now=NOW)
    finally:
        assert kit.rows(caseload, "SELECT count(*) FROM disclosures")[0][0] == out.exists()
        caseload.close()


ACTS = {
    "opening": _open,
    "a change of passphrase": _change_passphrase,
    "a change of key": _change_key,
    "a restore": _restore,
    "a first caseload": _create,
    "settings": _settings,
    "a backup to it": _back_up,
    "an export to it": _export,
}


@pytest.mark.guarantee
@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_it_is_refused_in_one_sentence_and_nothing_is_changed(
    place: Place, act: Callable[[Place], None]
) -> None:
    before = place.bytes()
    place.mount("ro")
    with pytest.raises(SanctuaryError) as refused:
        act(place)
    told = refused.value.sentence
    assert "this account" in told.lower() or "can be written to" in told, told
    assert "\n" not in told
    place.mount("rw")
    assert place.bytes() == before
    caseload = _opened(place.paths)
    assert whole_batches(caseload) == 1
    kit.check_sound(caseload, kit.DAY)
    caseload.close()


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_on_the_same_disk_that_may_be_written_to_it_is_done(
    place: Place, act: Callable[[Place], None]
) -> None:
    """Negative control: nothing but the disk's being read-only refuses it."""
    act(place)
