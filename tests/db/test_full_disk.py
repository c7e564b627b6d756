"""A disk that fills up, page by page: one sentence, nothing lost, nothing half there.

Each act is tried with ever more room on a small disk of its own, until it succeeds. Refused or
done, what was acknowledged before is there afterwards, and the folder holds no half of anything.
"""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from config import paths as paths_module
from config.errors import SanctuaryError
from config.paths import Paths, resolve_paths, write_error
from config.settings import load_settings, save_settings
from db import backup as backups
from db import keyfile as keyfiles
from db import keys
from db.caseload import Caseload
from db.connection import DiskFull, close_connection, open_connection, quick_checks
from db.keys import CHEAP_FOR_TESTS
from db.reserve import keep_reserve, reserve_of
from db.rotate import rotate_key
from db.store import Store
from sanctuary_tui.exports import files
from sanctuary_tui.opening import note_unlock
from sanctuary_tui.table_export import export_table
from tests import needs
from tests.db import kit
from tests.db.durability_writer import write_batch
from tests.db.test_durability import whole_batches
from tests.powercut.works import NOW, WORDS, WrittenLate, create, put_back

pytestmark = needs.small_disk

PAGE = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, leave: int) -> None:
    """Take all room but so many bytes."""
    free(disk)
    room = os.statvfs(disk).f_bavail * os.statvfs(disk).f_bsize
    with (disk / "filler").open("wb") as stream:
        if room > leave:
            os.posix_fallocate(stream.fileno(), 0, room - leave)


def free(disk: Path) -> None:
    (disk / "filler").unlink(missing_ok=True)


def opened(paths: Paths, passphrase: str = WORDS) -> Caseload:
    return kit.opened(paths.caseload, key=keys.unlock(paths, passphrase))


@pytest.fixture
def paths(disk: Path) -> Paths:
    """A caseload with two batches on the small disk."""
    made = resolve_paths(str(disk / "home"), {})
    create(made)
    caseload = opened(made)
    case = kit.add_case(caseload, pets="0")
    for number in (1, 2):
        write_batch(caseload, case, number)
    caseload.close()
    return made


def names(paths: Paths) -> set[str]:
    return {path.name for path in paths.data_dir.iterdir()}


def with_ever_more_room(
    disk: Path, act: Callable[[int], None], sound: Callable[[int, bool], None]
) -> int:
    """Try ``act`` with 0, 1, 2 ... pages of room until it succeeds; the refusals."""
    for refused in range(1000):
        fill(disk, refused * PAGE)
        try:
            act(refused)
        except SanctuaryError as error:
            told = error.sentence
            assert "full" in told or "no room" in told, told
            assert "\n" not in told
            free(disk)
            sound(refused, False)
        else:
            free(disk)
            sound(refused, True)
            return refused
    raise AssertionError("it never succeeded")


@pytest.mark.guarantee
def test_a_write(disk: Path, paths: Paths) -> None:
    caseload = opened(paths)
    case = kit.file_of(caseload, 1).case

    def sound(_: int, done: bool) -> None:
        assert whole_batches(caseload) == (3 if done else 2)
        kit.check_sound(caseload, kit.DAY)

    refused = with_ever_more_room(disk, lambda _: write_batch(caseload, case, 3), sound)
    assert refused >= 2
    caseload.close()
    again = opened(paths)
    assert whole_batches(again) == 3
    again.close()


def test_what_was_saved_before_is_read_and_closed_on_a_full_disk(disk: Path, paths: Paths) -> None:
    """Closing cannot fold the log in; it stays beside the file, and nothing is lost."""
    caseload = opened(paths)
    case = kit.file_of(caseload, 1).case
    for number in range(3, 31):
        write_batch(caseload, case, number)
    fill(disk, 0)
    assert whole_batches(caseload) == 30
    assert quick_checks(caseload.connection) == []
    caseload.close()
    free(disk)
    again = opened(paths)
    kit.check_sound(again, kit.DAY)
    assert whole_batches(again) == 30
    again.close()


def test_a_backup(disk: Path, paths: Paths) -> None:
    caseload = opened(paths)
    folder = disk / "backups"
    folder.mkdir()

    def sound(_: int, done: bool) -> None:
        found = sorted(path.name for path in folder.iterdir())
        assert len(found) == (2 if done else 0), found

    with_ever_more_room(
        disk, lambda _: backups.backup(caseload.connection, folder, now=NOW) and None, sound
    )
    caseload.close()


def test_an_export(disk: Path, paths: Paths) -> None:
    caseload = opened(paths)
    out = disk / "exports" / "cases.csv"

    def act(_: int) -> None:
        export_table(caseload, "cases", out, handed=None, today=kit.DAY, now=NOW)

    def sound(_: int, done: bool) -> None:
        registered = kit.rows(caseload, "SELECT count(*) FROM disclosures")[0][0]
        found = list(out.parent.iterdir()) if out.parent.exists() else []
        assert (registered, len(found)) == ((1, 1) if done else (0, 0))

    with_ever_more_room(disk, act, sound)
    kit.check_sound(caseload, kit.DAY)
    caseload.close()


def test_a_change_of_passphrase(disk: Path, paths: Paths) -> None:
    before = names(paths)

    def act(_: int) -> None:
        keys.change_passphrase(paths, WORDS, "new", params=CHEAP_FOR_TESTS, allow_weak=True)

    def sound(_: int, done: bool) -> None:
        caseload = opened(paths, "new" if done else WORDS)
        assert whole_batches(caseload) == 2
        caseload.close()
        assert names(paths) == before

    assert with_ever_more_room(disk, act, sound) >= 1


@pytest.mark.guarantee
def test_a_change_of_key(disk: Path, paths: Paths) -> None:
    before = names(paths)

    def act(_: int) -> None:
        rotate_key(paths, WORDS, params=CHEAP_FOR_TESTS, allow_keyring=False)

    def sound(_: int, done: bool) -> None:
        caseload = opened(paths)
        assert whole_batches(caseload) == 2
        kit.check_sound(caseload, kit.DAY)
        caseload.close()
        assert names(paths) == before

    assert with_ever_more_room(disk, act, sound) >= 2


@pytest.mark.guarantee
def test_a_restore(disk: Path, paths: Paths, tmp_path: Path) -> None:
    caseload = opened(paths)
    made = backups.backup(caseload.connection, tmp_path / "stick", now=NOW)
    write_batch(caseload, kit.file_of(caseload, 1).case, 3)
    caseload.close()
    before = names(paths)

    def act(_: int) -> None:
        put_back(made.path, paths, backups.unlock_backup(made.path, paths, WORDS))

    def sound(_: int, done: bool) -> None:
        kept = sorted(paths.data_dir.glob("caseload-replaced-*.db"))
        if not done and not kept:
            caseload = opened(paths)
            assert whole_batches(caseload) == 3
            caseload.close()
            assert names(paths) == before

    assert with_ever_more_room(disk, act, sound) >= 2
    assert _batches_somewhere(paths) == {2, 3}


def _batches_somewhere(paths: Paths) -> set[int]:
    found = set()
    for path in paths.data_dir.glob("caseload*.db"):
        conn = open_connection(path, keys.unlock(paths, "new"))
        assert quick_checks(conn) == []
        found.add(int(conn.execute("SELECT pets FROM cases").fetchall()[0][0]))
        close_connection(conn)
    return found


def test_settings(disk: Path, paths: Paths) -> None:
    save_settings(paths.settings_file, {"coordinator": "Before"})

    def act(_: int) -> None:
        save_settings(paths.settings_file, {"coordinator": "After"})

    def sound(_: int, done: bool) -> None:
        found = load_settings(paths.settings_file).coordinator
        assert found == ("After" if done else "Before")

    assert with_ever_more_room(disk, act, sound) >= 1


def _in_place(path: Path, data: bytes, *, overwrite: bool = True, durable: bool = True) -> None:
    del overwrite, durable
    try:
        path.write_bytes(data)
    except OSError as error:
        raise write_error(path, error) from error


@pytest.mark.parametrize("act", [test_settings, test_a_change_of_passphrase, test_an_export])
def test_files_written_in_place_are_found_half_there(
    disk: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch, act: Callable[[Path, Paths], None]
) -> None:
    """Negative control: without the temporary file the same tests fail."""
    for module in (paths_module, keyfiles):
        monkeypatch.setattr(module, "atomic_write", _in_place)
    late = functools.partial(WrittenLate, write=_in_place)
    monkeypatch.setattr(files, "write_unnamed", late)
    with pytest.raises((AssertionError, SanctuaryError)):
        act(disk, paths)


def test_a_batch_that_is_no_transaction_is_found_half_there(
    disk: Path, paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: each record of the batch kept by itself."""
    real = Store.batch

    @contextlib.contextmanager
    def none(store: Store, why: str = "", **given: Any) -> Iterator[None]:
        with contextlib.nullcontext() if why.startswith("batch ") else real(store, why, **given):
            yield

    monkeypatch.setattr(Store, "batch", none)
    with pytest.raises(AssertionError):
        test_a_write(disk, paths)


# --- the reserve ----------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_a_full_disk_can_still_be_opened_and_written_by_the_reserve(
    disk: Path, paths: Paths
) -> None:
    """One refusal, which frees the reserve; then the same act goes through, a deletion too."""
    keep_reserve(paths.data_dir)
    caseload = opened(paths)
    case = kit.file_of(caseload, 1).case
    fill(disk, 0)
    with pytest.raises(DiskFull, match="do it again"):
        write_batch(caseload, case, 3)
    write_batch(caseload, case, 3)
    caseload.store.delete(kit.file_of(caseload, 1).measures[0])
    caseload.close()
    assert not reserve_of(paths.data_dir).exists()
    again = opened(paths)
    assert kit.file_of(again, 1).case.pets == "3"
    again.close()


def test_on_the_day_the_disk_is_full_it_still_opens(disk: Path, paths: Paths) -> None:
    """An unlock is recorded or there is none: by the reserve it is, and then it is kept again."""
    caseload = opened(paths)
    note_unlock(caseload, paths)
    caseload.close()
    assert reserve_of(paths.data_dir).exists()
    fill(disk, 0)
    caseload = opened(paths)
    note_unlock(caseload, paths)
    assert not reserve_of(paths.data_dir).exists()
    assert [row.why for row in kit.logged(caseload)][-2:] == ["opened with the passphrase"] * 2
    caseload.close()
    fill(disk, 0)
    caseload = opened(paths)
    with pytest.raises(DiskFull, match="so the caseload is not opened"):
        note_unlock(caseload, paths)
    caseload.close()
    free(disk)
    caseload = opened(paths)
    note_unlock(caseload, paths)
    assert kit.file_of(caseload, 1).case.pets == "2"
    kit.check_sound(caseload, kit.DAY)
    caseload.close()
    assert reserve_of(paths.data_dir).exists()


def test_without_the_reserve_even_a_deletion_is_refused(disk: Path, paths: Paths) -> None:
    """Negative control, and what the reserve is for."""
    caseload = opened(paths)
    fill(disk, 0)
    for _ in range(3):
        with pytest.raises(DiskFull):
            caseload.store.delete(kit.file_of(caseload, 1).measures[0])
    free(disk)
    caseload.close()


def test_the_reserve_is_kept_only_where_there_is_room(disk: Path, paths: Paths) -> None:
    fill(disk, 3_000_000)
    keep_reserve(paths.data_dir)
    assert not reserve_of(paths.data_dir).exists()
    free(disk)
    keep_reserve(paths.data_dir)
    assert reserve_of(paths.data_dir).stat().st_blocks * 512 >= 1 << 20
