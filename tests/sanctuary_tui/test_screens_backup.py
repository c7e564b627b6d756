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
