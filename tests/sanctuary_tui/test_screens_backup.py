"""What Today says of the backups, and the key that makes one."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from sanctuary_tui.copies import LAST_BACKUP
from tests.frozen import FrozenConsole, Opened, play, played, settle, text_of

OLD = "2026-11-17T09:30:00Z"


async def grow_old(app: FrozenConsole) -> None:
    """The last verified backup was made nine days ago."""
    await app.write(lambda caseload: caseload.store.remember(LAST_BACKUP, OLD))


@pytest.mark.guarantee
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 10)])
async def test_an_old_backup_is_told_on_today_until_one_is_made(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with played(app, size=size) as pilot:
        assert "backup" not in text_of(pilot)
        await grow_old(app)
        await play(pilot, "f5")
        shown = " ".join(text_of(pilot).split())
        assert "The last verified backup is 9 days old. B makes one." in shown
        await play(pilot, "B")
        await settle(pilot)
        app.clear_notifications()
        await settle(pilot)
        assert "9 days old" not in text_of(pilot)
    (made,) = app.paths.backups_dir.glob("*.db")
    assert made.with_suffix(".key").exists()


async def test_where_it_was_made_is_told(console: Opened) -> None:
    app = console()
    async with played(app, "B"):
        (note,) = [note.message for note in app._notifications]
        assert note.startswith("Backup verified, ")
        assert "on the same disk as the caseload" in note


async def test_a_stick_that_was_pulled_is_one_sentence_on_today(
    console: Opened, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    app = console(settings={"backup.folder": str(stick / "copies")})
    async with played(app) as pilot:
        told = " ".join(text_of(pilot).split())
        assert "is not there; plug in its disk, or name another folder. B makes one." in told
        await play(pilot, "B")
        assert "plug in its disk" in [note.message for note in app._notifications][-1]
        stick.mkdir()
        await play(pilot, "B f5")
        app.clear_notifications()
        await settle(pilot)
        assert "plug in" not in text_of(pilot)
    assert len(list((stick / "copies").glob("*.db"))) == 1


@pytest.mark.guarantee
async def test_a_backup_into_an_emptied_folder_is_asked_about(
    console: Opened, tmp_path: Path
) -> None:
    """The disk is always mounted in this folder, and is out: the folder is this computer's own."""
    stick = tmp_path / "mounted"
    stick.mkdir()
    app = console(settings={"backup.folder": str(stick)})
    async with played(app, "B") as pilot:
        for path in stick.iterdir():
            path.unlink()
        await play(pilot, "B")
        assert "Begin anew in this folder?" in text_of(pilot)
        assert "Plug in its disk first" in " ".join(text_of(pilot).split())
        await play(pilot, "n")
        assert list(stick.iterdir()) == []
        await play(pilot, "B y")
        await settle(pilot)
    assert len(list(stick.glob("*.db"))) == 1


async def test_the_key_can_be_another(console: Opened) -> None:
    app = console(settings={"keys": {"backup": "f6"}})
    async with played(app) as pilot:
        await grow_old(app)
        await play(pilot, "f5")
        assert "f6 makes one." in " ".join(text_of(pilot).split())


async def test_the_folder_is_set_among_the_settings(console: Opened) -> None:
    app = console()
    with tempfile.TemporaryDirectory() as stick:  # a name that is soon typed
        async with played(app, '7 pagedown pagedown @"Folder of the backups"') as pilot:
            assert "BACKUPS" in text_of(pilot)
            await play(pilot, f'enter ="{stick}" enter B')
        assert len(list(Path(stick).glob("*.db"))) == 1


async def test_the_folder_must_be_whole_and_there_and_its_disk_is_told(
    console: Opened, tmp_path: Path
) -> None:
    app = console()
    with tempfile.TemporaryDirectory() as stick:
        async with played(app, '7 pagedown pagedown @"Folder of the backups"') as pilot:
            await play(pilot, 'enter ="stik" enter')
            assert "Type the whole path of the folder" in " ".join(text_of(pilot).split())
            await play(pilot, f'ctrl+u ="{stick}/no" enter')
            said = " ".join(text_of(pilot).split())
            assert "is not there; plug in its disk, or make the folder first" in said
            assert app.settings.backup.folder == ""
            await play(pilot, f'ctrl+u ="{stick}" enter')
            assert app.settings.backup.folder == stick
            note = [note.message for note in app._notifications][-1]
            assert "worked out" not in note
            same_disk = Path(stick).stat().st_dev == app.paths.caseload.stat().st_dev
            assert ("on the same disk as the caseload" in note) == same_disk
            await play(pilot, "enter ctrl+u enter")
            assert app.settings.backup.folder == ""
