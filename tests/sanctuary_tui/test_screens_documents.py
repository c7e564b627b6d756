"""A document made by keys: picked, previewed with what is missing, written, registered."""

from __future__ import annotations

from pathlib import Path

import docx
import pytest

from db.caseload import Caseload
from db.models import ConsentRequest, ContactPoint, Disclosure
from db.queries import all_of
from sanctuary_tui.screens.acts import LineScreen
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.documents import DocumentSheet
from tests.frozen import Opened, play, text_of

CASE = 'slash ="ellwood" down enter 5'
PHONE = {"documents.phone": "01632 960100"}


async def test_the_landlords_letter_is_seen_and_written(console: Opened) -> None:
    app = console(settings=PHONE)
    async with app.run_test(size=(120, 60)) as pilot:
        await play(pilot, f"{CASE} w")
        assert "Survivor: handover sheet" in text_of(pilot)
        await play(pilot, "l")
        shown = text_of(pilot)
        assert "Missing: email (set in Settings)" in shown
        assert "- London bar" in shown
        await play(pilot, "enter enter")
        assert any("export register" in note.message for note in app._notifications)
        rows = await app.read(lambda data: all_of(data.connection, Disclosure))
        assert rows[-1].what == "landlord-request"
        await play(pilot, "9")
        assert "Landlord request made" in text_of(pilot)
        path = Path(rows[-1].path)
        assert path.parent == app.paths.data_dir / "exports"
        text = "\n".join(one.text for one in docx.Document(str(path)).paragraphs)
        assert "London bar" in text
        assert "Ellwood" not in text


@pytest.mark.parametrize("place", ["1", "2", "3", "4"])
async def test_a_list_makes_a_document_of_the_case_under_its_cursor(
    place: str, console: Opened
) -> None:
    app = console(settings=PHONE)
    async with app.run_test(size=(120, 60)) as pilot:
        await play(pilot, f"{place} end")
        assert isinstance(app.screen, LineScreen)
        case = app.screen.target()
        assert case is not None
        await play(pilot, "w h")
        assert isinstance(app.screen, DocumentSheet)
        assert case.card.ref in text_of(pilot)


async def test_a_word_that_discloses_is_shown_and_cannot_be_sent_round(console: Opened) -> None:
    app = console(settings=PHONE)
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, CASE)
        assert isinstance(app.screen, CaseScreen)
        case_id = app.screen.case_id

        def disclose(data: Caseload) -> None:
            requests = all_of(data.connection, ConsentRequest)
            mine = next(one for one in requests if one.case_id == case_id)
            data.store.update(mine, wording="The police advise a bar.")

        await app.write(disclose)
        before = await app.read(lambda data: len(all_of(data.connection, Disclosure)))
        await play(pilot, "w l")
        assert "“police” names an order or the police" in " ".join(text_of(pilot).split())
        await play(pilot, "enter g p")
        assert isinstance(app.screen, DocumentSheet)
        await play(pilot, "escape")
        after = await app.read(lambda data: len(all_of(data.connection, Disclosure)))
        assert after == before


async def test_the_safe_contact_rule_stands_before_the_survivors_sheet(console: Opened) -> None:
    app = console(settings=PHONE)
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, f"{CASE} w h")
        assert "Safe contact: Ring, no voicemail" in text_of(pilot)
        await play(pilot, "g")
        assert "the safe-contact rule, read and kept to?" in text_of(pilot)
        await play(pilot, "n")
        assert not list((app.paths.data_dir / "exports").glob("*.docx"))
        await play(pilot, "w h g y enter")
        (path,) = (app.paths.data_dir / "exports").glob("*-handover.docx")
        assert docx.Document(str(path)).styles["Normal"].font.size.pt == 18


async def test_where_no_way_in_writing_is_safe_it_is_handed_over(console: Opened) -> None:
    app = console(settings=PHONE)
    async with app.run_test(size=(100, 40)) as pilot:
        await play(pilot, CASE)
        assert isinstance(app.screen, CaseScreen)
        case_id = app.screen.case_id
        await app.write(
            lambda data: data.store.add(ContactPoint(case_id=case_id, kind="letter", safe="never"))
        )
        await play(pilot, "w h")
        assert "Not written: Writing by letter is not safe" in text_of(pilot)
        await play(pilot, "enter i")
        assert "Handed over in person." in text_of(pilot)
        assert "Not written" not in text_of(pilot)
        await play(pilot, "i")
        assert "Not written" in text_of(pilot)
        await play(pilot, "i enter y enter")
        rows = await app.read(lambda data: all_of(data.connection, Disclosure))
        assert rows[-1].basis == "handed to the survivor in person"


async def test_a_phone_that_is_not_set_is_to_be_set_in_settings(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, f"{CASE} w h")
        said = " ".join(text_of(pilot).split())
        assert "cannot be made without: phone (set in Settings)." in said
