"""Subject access, breaches and left-over files by keyboard, at both sizes."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from db import queries
from db.caseload import Caseload
from db.models import (
    Breach,
    BreachStep,
    Case,
    Disclosure,
    Person,
    SubjectDecision,
    SubjectRequest,
)
from sanctuary_tui import sealing, table_export
from sanctuary_tui.screens.access import AccessSheet
from sanctuary_tui.screens.breach import BreachSheet
from sanctuary_tui.subject.namesakes import FEW
from tests.frozen import FrozenConsole, Opened, play, text_of
from widgets.dialogs import Sheet
from widgets.lines import Heading
from widgets.text_blocks import Words

SIZES = [(80, 24), (120, 40)]


def flat(pilot: Pilot[None]) -> str:
    """What stands on the screen, in one line."""
    return " ".join(text_of(pilot).split())


def said(app: FrozenConsole) -> str:
    """What the sheet says in its own line."""
    assert not app._notifications, "nothing lies over the words"
    return app.screen.query_one("#said", Words).text


def title_of(app: FrozenConsole) -> str:
    """What the sheet on top is called."""
    sheet = app.screen
    assert isinstance(sheet, Sheet)
    return sheet.sheet_title


async def decided(app: FrozenConsole) -> list[SubjectDecision]:
    """What somebody decided."""
    return await app.read(lambda data: queries.all_of(data.connection, SubjectDecision))


async def the_request(app: FrozenConsole) -> SubjectRequest:
    """The only request there is."""
    (one,) = await app.read(lambda data: queries.all_of(data.connection, SubjectRequest))
    return one


@pytest.mark.parametrize("size", SIZES)
async def test_a_request_is_taken_ticked_written_and_sent_by_keyboard(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "enter i enter ctrl+s")
        sheet = app.screen
        assert isinstance(sheet, AccessSheet), text_of(pilot)
        assert "identity NOT sure" in flat(pilot)
        assert "THEIR OWN RECORDS" in text_of(pilot)
        await play(pilot, "w")
        assert said(app).startswith("Make sure first")
        await play(pilot, "i y end space end up x t s e e n enter")
        kept = await decided(app)
        assert [one.release for one in kept] == ["released", "withheld"], text_of(pilot)
        assert (kept[1].exemption, kept[1].reason) == ("third_party", "seen")
        assert "identity sure" in flat(pilot)
        await play(pilot, "s enter")
        assert "No answer has been written" in said(app)
        await play(pilot, "w y t y p enter")
        folder = table_export.default_folder(app.paths)
        assert sorted(str(one.relative_to(folder)) for one in folder.rglob("*.txt")) == [
            "A00001-access.txt",
            "for-the-council/withheld-log-00001.txt",
        ], text_of(pilot)
        assert "for-the-council: never send it" in " ".join(said(app).split())
        assert (await the_request(app)).state == "open"
        assert "WRITTEN, not sent yet" in flat(pilot)
        await play(pilot, "escape i enter")
        assert isinstance(app.screen, AccessSheet), "the same request, not an empty form"
        await play(pilot, "w y t y p enter")
        assert len(list(folder.rglob("*.txt"))) == 4
        await play(pilot, "s enter")
        assert (await the_request(app)).state == "sent"
        assert len(await decided(app)) == 2
        await play(pilot, "escape i enter down enter")
        assert isinstance(app.screen, AccessSheet), text_of(pilot)
        assert "answered on Thu 26 Nov 2026" in flat(pilot)
        await play(pilot, "r o n c e enter")
        assert (await the_request(app)).state == "open"
        await play(pilot, "escape escape 6")
        assert "still there" in text_of(pilot) or size[0] == 80


async def test_somebody_else_is_answered_after_the_survivor_was_thought_of(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "enter i =perpet enter ctrl+s i y")
        sheet = app.screen
        assert isinstance(sheet, AccessSheet), text_of(pilot)
        marked = next(one for one in sheet.list.rows if one.paragraph.warned)
        sheet.list.select(marked.paragraph.key)
        await play(pilot, "space")
        assert "g lets it out, with the reason" in said(app)
        assert await decided(app) == []
        title = f"{marked.paragraph.case_ref} {marked.paragraph.title}"
        await play(pilot, "g")
        assert title_of(app).startswith(title), "which paragraph is asked about"
        await play(pilot, "enter escape")
        assert await decided(app) == [], "no reason, not out"
        await play(pilot, "x")
        assert title_of(app).startswith(title)
        await play(pilot, "t")
        assert title_of(app).startswith(title)
        assert ". Withheld because: About somebody else (DPA" in title_of(app)
        await play(pilot, "escape")
        await play(pilot, "g h i s enter")
        (kept,) = await decided(app)
        assert (kept.release, kept.reason) == ("released", "his")
        sheet.list.select(marked.paragraph.key)
        await play(pilot, "")
        assert "It goes out, with the reason" in flat(pilot)
        assert "g lets it out" not in flat(pilot)
        await play(pilot, "w n")
        assert "Think of the survivor first" in said(app)
        folder = table_export.default_folder(app.paths)
        await play(pilot, "w t r a n g enter t y p enter")
        assert len(list(folder.rglob("*.txt"))) == 2, text_of(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_a_request_taken_in_the_wrong_case_ends_as_taken_in_error(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "enter i")
        ref = app.screen_stack[-1].query_one(Words).text.partition(":")[0]
        await play(pilot, "enter")
        assert app.screen.query_one("#title", Words).text.startswith(f"{ref}: Survivor ")
        await play(pilot, "ctrl+s")
        assert isinstance(app.screen, AccessSheet), text_of(pilot)
        assert app.screen.sheet_title.startswith(f"{ref}, Survivor ")
        await play(pilot, "e")
        assert "Taken in error: nobody asked" in text_of(pilot)
        await play(pilot, "x")
        assert title_of(app) == "Taken in error: nobody asked. Why"
        await play(pilot, '="wrong case" enter')
        ended = await the_request(app)
        assert (ended.state, ended.note) == ("mistaken", "wrong case")
        await play(pilot, "i enter")
        assert "taken in error" in flat(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_an_answer_over_a_case_that_cannot_be_read_says_so_and_can_go_on_alone(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "enter i enter ctrl+s escape")
        request = await the_request(app)
        people = await app.read(lambda data: queries.all_of(data.connection, Person))
        away = next(one for one in people if one.case_id != request.case_id)
        await app.write(lambda data: data.store.update(request, also=str(away.id)))
        await app.write(lambda data: sealing.seal_case(data, away.case_id, "works here", "Manager"))
        await play(pilot, "i enter")
        assert "Go on without that case?" in text_of(pilot)
        assert "open it there with the reason" in flat(pilot)
        await play(pilot, "n")
        assert not isinstance(app.screen, AccessSheet)
        assert (await the_request(app)).also, "nothing was left out yet"
        await play(pilot, "i enter y")
        assert isinstance(app.screen, AccessSheet), text_of(pilot)
        assert (await the_request(app)).also == ""


def _alone(data: Caseload, survivor: Person) -> None:
    """Many people of other cases with the survivor's name, and nothing else."""
    for _ in range(FEW + 2):
        case = data.store.add(Case(route="self"))
        data.store.add(
            Person(
                case_id=case.id,
                role="child",
                first_name=survivor.first_name,
                surname=survivor.surname,
            )
        )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "script", ["enter i enter ctrl+s", "6 b @something enter ctrl+s"], ids=("held", "breach")
)
async def test_the_keys_of_a_sheet_as_high_as_the_window_are_its_last_line(
    console: Opened, size: tuple[int, int], script: str
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, script)
        assert isinstance(app.screen, AccessSheet | BreachSheet), text_of(pilot)
        assert text_of(pilot).endswith(("esc leave", "? keys"))


async def test_many_of_the_same_name_stand_behind_their_number(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "enter i enter ctrl+s escape")
        asks = (await the_request(app)).person_id or 0
        who = await app.read(lambda data: queries.get(data.connection, Person, asks))
        await app.write(lambda data: _alone(data, who))
        await play(pilot, "i enter")
        sheet = app.screen
        assert isinstance(sheet, AccessSheet)
        folded = f"THE SAME NAME IN {FEW + 2} OTHER CASES"
        shown = len(sheet.list.rows)
        assert folded in " ".join(one.text for one in sheet.list._items if isinstance(one, Heading))
        await play(pilot, "v")
        assert len(sheet.list.rows) == shown + 2 * (FEW + 2), "first name and surname of each"
        await play(pilot, "v")
        assert len(sheet.list.rows) == shown


async def test_keys_of_the_paragraphs(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "enter i enter ctrl+s n")
        sheet = app.screen
        assert isinstance(sheet, AccessSheet)
        first = sheet.row("paragraph")
        assert first.waiting
        await play(pilot, "space")
        assert sheet.row("paragraph").paragraph.key != first.paragraph.key, "moved on"
        assert len(await decided(app)) == 1
        await play(pilot, "up space")
        assert await decided(app) == []
        assert sheet.row("paragraph").waiting
        await play(pilot, "p")
        assert sheet.row("paragraph").waiting
        await play(pilot, "n")
        assert sheet.row("paragraph").paragraph.key == first.paragraph.key
        await play(pilot, "a")
        assert "GOES OUT" in text_of(pilot)
        await play(pilot, "y")
        kept = await decided(app)
        assert kept
        assert {one.paragraph.rpartition(".")[0].rpartition(".")[0] for one in kept} == {
            first.paragraph.record
        }
        made = {one.paragraph.key: one.paragraph for one in sheet.list.rows}
        ticked = {made[one.paragraph].title for one in kept}
        assert "Referral, area or ward" in ticked
        assert not ticked & {"Referral, referrer's name", "Referral, reason for referral"}
        await play(pilot, "question_mark")
        assert "Take an ended request up again" in flat(pilot)
        await play(pilot, "escape")
        assert app.screen is sheet


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
        await play(pilot, "k l n o enter i n n o enter w enter")
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
        assert "Reach each survivor by their safe-contact rule" in text_of(pilot)
        await play(pilot, "enter y s a f e enter")
        steps = await app.read(lambda data: queries.all_of(data.connection, BreachStep))
        assert (steps[-1].kind, steps[-1].words) == ("survivor", "safe")
        assert steps[-1].case_ref
        following = app.screen.row("case")
        assert not following.reached, "enter once more is about the next one, not the same"
        assert following.ref == app.screen.list.rows[0].ref
        await play(pilot, "n y o u t enter")
        assert app.screen.row("case").ref == following.ref, "not reached yet: still the first"
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
