"""Subject access, breaches and left-over files by keyboard, at both sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import queries
from db.models import Breach, BreachStep, Disclosure, SubjectDecision, SubjectRequest
from sanctuary_tui import table_export
from sanctuary_tui.screens.access import AccessSheet
from sanctuary_tui.screens.breach import BreachSheet
from tests.frozen import FrozenConsole, Opened, play, text_of

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_a_request_is_taken_ticked_and_answered_by_keyboard(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "enter i enter ctrl+s")
        sheet = app.screen
        assert isinstance(sheet, AccessSheet), text_of(pilot)
        assert "identity NOT sure" in " ".join(text_of(pilot).split())
        assert "THEIR OWN RECORDS" in text_of(pilot)
        await play(pilot, "w")
        (said,) = [one.message for one in app._notifications if "who asks" in one.message]
        assert said.startswith("Make sure first")
        await play(pilot, "i y end space up x t s e e n enter")
        kept = await app.read(lambda data: queries.all_of(data.connection, SubjectDecision))
        assert [one.release for one in kept] == ["released", "withheld"], text_of(pilot)
        assert (kept[1].exemption, kept[1].reason) == ("third_party", "seen")
        assert "identity sure" in " ".join(text_of(pilot).split())
        await play(pilot, "w y y p enter")
        folder = table_export.default_folder(app.paths)
        assert sorted(one.name for one in folder.iterdir()) == [
            "A00001-access.txt",
            "A00001-withheld.txt",
        ], text_of(pilot)
        (request,) = await app.read(lambda data: queries.all_of(data.connection, SubjectRequest))
        assert request.state == "sent"
        await play(pilot, "escape 6")
        assert "still there" in text_of(pilot) or size[0] == 80


@pytest.mark.parametrize("size", SIZES)
async def test_a_breach_from_the_register_by_keyboard(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        folder = table_export.default_folder(app.paths)
        await play(pilot, "6 q enter h enter b enter ctrl+s")
        sheet = app.screen
        assert isinstance(sheet, BreachSheet), text_of(pilot)
        assert "72 hours: 71 h left" in " ".join(text_of(pilot).split()) or "72 h left" in text_of(
            pilot
        )
        await play(pilot, "k u n o enter i n n o enter w enter")
        (breach,) = await app.read(lambda data: queries.all_of(data.connection, Breach))
        assert (breach.risk, breach.ico, breach.ico_why) == ("unlikely", "not_reported", "no")
        assert len(list(folder.glob("B00001-breach-1.txt"))) == 1
        await play(pilot, "q y")
        steps = await app.read(lambda data: queries.all_of(data.connection, BreachStep))
        assert [one.kind for one in steps] == ["other", "decision", "decision"]
        (breach,) = await app.read(lambda data: queries.all_of(data.connection, Breach))
        assert breach.closed_on == app.today


async def test_a_lost_backup_stands_on_today_and_its_survivors_are_reached(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "6 b down enter ctrl+s")
        if not isinstance(app.screen, BreachSheet):
            await play(pilot, "escape")
        assert isinstance(app.screen, BreachSheet), text_of(pilot)
        assert "Phone each survivor by their safe-contact rule" in text_of(pilot)
        await play(pilot, "enter y s a f e enter")
        steps = await app.read(lambda data: queries.all_of(data.connection, BreachStep))
        assert (steps[-1].kind, steps[-1].words) == ("survivor", "safe")
        assert steps[-1].case_ref
        await play(pilot, "escape 1")
        assert "breach 1: 72 h, " in text_of(pilot)


async def test_a_file_left_there_is_said_at_the_start_and_deleted_by_d(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        folder = table_export.default_folder(app.paths)
        await play(pilot, "6 q enter h enter")
        (written,) = folder.glob("*.csv")
        written.rename(folder / "renamed.csv")
        await play(pilot, "f5")
        assert "moved, found" in text_of(pilot)
        await play(pilot, "d y")
        assert list(folder.glob("*.csv")) == []
        rows = await app.read(lambda data: queries.all_of(data.connection, Disclosure))
        assert rows[-1].deleted_on == app.today


async def test_the_next_start_says_what_lies_there(console: Opened, tmp_path: Path) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "6 q enter h enter")
    again = FrozenConsole(tmp_path / "home")
    async with again.run_test(size=(120, 40)) as pilot:
        await play(pilot, "down up")
        await pilot.pause(0.5)
        said = [one.message for one in again._notifications]
        assert "1 exported file still lies there: 6, then d deletes one." in said
