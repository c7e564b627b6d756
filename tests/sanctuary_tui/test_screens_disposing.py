"""The end of a file's years in the console, key by key."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from db import queries
from db.caseload import Caseload
from db.keyfile import CHEAP_FOR_TESTS
from db.keys import set_new_passphrase
from db.models import Case, Closure, Disposal, LegalHold, MaracAction, MaracListing, RetentionReview
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.keeping import PassphraseSheet
from sanctuary_tui.screens.reports import Register
from sanctuary_tui.screens.settings import SettingList
from sanctuary_tui.table_export import default_folder
from tests.frozen import KEY, FrozenConsole, Opened, play, settle, text_of

PASSPHRASE = "kettle orchid ninety plinth"
DECIDED = {
    "retention.adult_years": 1,
    "retention.child_until_age": 18,
    "retention.marac_years": 1,
}


def closed_long_ago(data: Caseload) -> Case:
    """A case whose years are over."""
    case = data.store.add(Case(route="police", reason="Quillonby marker"))
    data.store.add(Closure(case_id=case.id, closed_on=date(2019, 3, 1), outcome="secured"))
    return data.store.update(case, status="closed", stage="closed")


async def opened(app: FrozenConsole, pilot: Pilot[Any]) -> Case:
    """That case, on the screen."""
    await play(pilot, "1")
    case = await app.write(closed_long_ago)
    app.open_case(case.id)
    await settle(pilot)
    assert isinstance(app.screen, CaseScreen)
    return case


async def disposals(app: FrozenConsole) -> list[Disposal]:
    return await app.read(lambda data: queries.all_of(data.connection, Disposal))


async def passphrase(app: FrozenConsole, pilot: Pilot[Any], said: str) -> None:
    """Type it where it is asked for, and wait for what comes of it."""
    assert isinstance(app.screen, PassphraseSheet)
    field = app.screen.query_one(Input)
    field.value = said
    await pilot.press("enter")
    for _ in range(600):
        await pilot.pause(0.05)
        if not isinstance(app.screen, PassphraseSheet) or not field.disabled:
            break
    await settle(pilot)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_case_is_disposed_of_key_by_key(console: Opened, size: tuple[int, int]) -> None:
    app = console(settings=DECIDED)
    set_new_passphrase(app.paths, KEY, PASSPHRASE, params=CHEAP_FOR_TESTS)
    async with app.run_test(size=size) as pilot:
        case = await opened(app, pilot)
        await play(pilot, "I")
        assert "Its review has been due since" in " ".join(text_of(pilot).split())
        await play(pilot, "d '=Records manager' tab '=The years are over.' ctrl+s")
        assert f"Type {case.ref} to dispose of it" in text_of(pilot)
        await play(pilot, f"={case.ref} enter")
        await passphrase(app, pilot, "gravel lattice umbrella tundra")
        assert isinstance(app.screen, PassphraseSheet)
        assert await disposals(app) == []
        await pilot.pause(1.1)
        await passphrase(app, pilot, PASSPHRASE)
        (done,) = await disposals(app)
        assert (done.ref, done.state, done.authority) == (case.ref, "proved", "Records manager")
        assert "erased and proved" in text_of(pilot)
        await play(pilot, "w enter")
        (written,) = default_folder(app.paths).glob("certificate-of-disposal-*.txt")
        assert case.ref in written.read_text("utf-8")
        assert "Quillonby" not in written.read_text("utf-8")
        await play(pilot, "6 c")
        assert case.ref in text_of(pilot)
        await play(pilot, "enter")
        assert "On authority of:" in text_of(pilot)
        again = written.with_name("again.txt")
        await play(pilot, f"w ctrl+u ='{again}' enter")
        assert again.exists()
        shown = app.screen.query_one(Register).rows  # at once, not when Reports is opened again
        assert {Path(row.path) for row in shown if row.path} >= {written, again}
        assert "txt " in text_of(pilot)
        assert "doc…" not in text_of(pilot)


@pytest.mark.parametrize("typed", ["S26-9999", "yes"])
async def test_another_reference_typed_leaves_the_case(console: Opened, typed: str) -> None:
    app = console(settings=DECIDED)
    set_new_passphrase(app.paths, KEY, PASSPHRASE, params=CHEAP_FOR_TESTS)
    async with app.run_test(size=(120, 40)) as pilot:
        case = await opened(app, pilot)
        await play(pilot, "I d '=Records manager' tab '=The years are over.' ctrl+s")
        await play(pilot, f"={typed} enter")
        assert "Nothing was disposed of" in text_of(pilot)
        assert f"Type {case.ref} to dispose of it" in text_of(pilot)  # before any passphrase
        await play(pilot, "escape")
        assert await disposals(app) == []
        assert await app.read(lambda data: queries.case_file(data.connection, case.id)) is not None


async def test_who_approved_it_is_judged_while_the_form_stands(console: Opened) -> None:
    app = console(settings=DECIDED)
    async with app.run_test(size=(80, 24)) as pilot:
        case = await opened(app, pilot)
        await play(pilot, "I d =me tab '=The years are over.' ctrl+s")
        assert "approved by somebody else" in " ".join(one.message for one in app._notifications)
        assert "The years are over." in text_of(pilot)
        app.clear_notifications()
        await settle(pilot)
        assert "! On whose authority: A disposal is approved by somebody else" in text_of(pilot)
        # it stands at the field that it is about, so that nothing goes into the reason by mistake
        await play(pilot, "ctrl+u '=Records manager' ctrl+s")
        assert f"Type {case.ref} to dispose of it" in text_of(pilot)


async def test_no_disposal_is_offered_where_the_period_is_not_decided(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        await play(pilot, "I")
        said = " ".join(text_of(pilot).split())
        assert "Retention period not decided" in said
        assert "Dispose of it" not in said
        await play(pilot, "d")
        assert "Dispose of the file" not in text_of(pilot)


async def test_a_hold_and_a_review_are_kept_from_the_queue(console: Opened) -> None:
    app = console(settings=DECIDED)
    async with app.run_test(size=(80, 24)) as pilot:
        case = await opened(app, pilot)
        await play(pilot, "escape 6 I")
        assert "due for review" in text_of(pilot)
        await play(pilot, f"={case.ref} enter")
        await play(pilot, "k tab '=DPO' tab '=A claim is expected.' tab =2027-11-26 ctrl+s")
        file = await app.read(lambda data: queries.case_file(data.connection, case.id))
        assert file is not None
        assert [one.next_review for one in file.retention_reviews] == [date(2027, 11, 26)]
        await play(pilot, f"I ={case.ref} enter h")
        await play(pilot, "tab =Legal tab '=A claim was made.' tab tab =2027-05-03 ctrl+s")
        held = await app.read(lambda data: queries.all_of(data.connection, LegalHold))
        assert [(one.by, one.review_due) for one in held] == [("Legal", date(2027, 5, 3))]
        await play(pilot, f"I ={case.ref}")
        assert "legal hold" in text_of(pilot)
        reviews = await app.read(lambda data: queries.all_of(data.connection, RetentionReview))
        assert len(reviews) == 1


async def test_a_hold_is_not_corrected_and_the_key_that_is_named_leads_there(
    console: Opened,
) -> None:
    app = console(settings=DECIDED)
    async with app.run_test(size=(120, 40)) as pilot:
        case = await opened(app, pilot)
        hold = LegalHold(case_id=case.id, placed_on=date(2026, 11, 2), by="DPO", reason="A claim.")
        await app.write(lambda data: data.store.add(hold))
        await play(pilot, "f5 8 end enter")
        said = [one.message for one in app._notifications][-1]
        assert said.startswith("Press ")
        assert "a hold is looked at again" in said
        await play(pilot, said.removeprefix("Press ").partition(":")[0])
        assert "A legal hold bars its disposal" in " ".join(text_of(pilot).split())


def heard_long_ago(data: Caseload) -> Case:
    """A case whose MARAC papers are due and whose file is kept."""
    case = closed_long_ago(data)
    data.store.add(
        MaracListing(
            case_id=case.id,
            state="heard",
            heard_on=date(2019, 1, 10),
            outcome="Brackenfell marker",
        )
    )
    return case


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_marac_papers_alone_are_disposed_of_from_the_queue(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console(settings={**DECIDED, "retention.adult_years": 30})
    set_new_passphrase(app.paths, KEY, PASSPHRASE, params=CHEAP_FOR_TESTS)
    async with app.run_test(size=size) as pilot:
        await play(pilot, "1")
        case = await app.write(heard_long_ago)
        await play(pilot, "6 I")
        await play(pilot, f"={case.ref}")
        said = " ".join(text_of(pilot).split())
        assert f"{case.ref} MARAC papers: review due" in said
        assert f"{case.ref} kept" in said
        await play(pilot, "enter")
        assert "The review of its MARAC papers is due" in " ".join(text_of(pilot).split())
        await play(pilot, "m '=Records manager' tab '=The years are over.' ctrl+s")
        assert f"Type {case.ref} to dispose of its MARAC papers" in text_of(pilot)
        await play(pilot, f"={case.ref} enter")
        await passphrase(app, pilot, PASSPHRASE)
        (done,) = await disposals(app)
        assert (done.papers, done.state) == ("marac", "proved")
        assert "MARAC papers alone" in text_of(pilot)
        await play(pilot, "escape 6 c")
        assert "MARAC papers: erased and proved" in " ".join(text_of(pilot).split())
        file = await app.read(lambda data: queries.case_file(data.connection, case.id))
        assert file is not None
        assert file.marac_listings == []


async def test_the_queue_says_where_no_period_is_decided_and_what_decides_it(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        case = await opened(app, pilot)
        await play(pilot, "escape 6 I")
        said = " ".join(text_of(pilot).split())
        assert "none due" not in said
        assert "how long they are kept is not decided; set it under 7 Settings" in said
        await play(pilot, f"={case.ref} enter")
        said = " ".join(text_of(pilot).split())
        assert "not decided: years for an adult's file; set it under 7 Settings" in said


async def test_a_period_says_how_many_files_become_due_before_it_is_set(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        await app.write(heard_long_ago)
        await app.go("settings")
        await settle(pilot)
        rows = app.screen.query_one(SettingList)
        rows.select("retention.marac_years")
        await play(pilot, "enter backspace 2 enter")
        said = " ".join(text_of(pilot).split())
        assert "MARAC papers of 1 case become due by it." in said
        await play(pilot, "escape")
        assert app.settings.retention.marac_years == 0
        await play(pilot, "enter backspace =99999 enter")
        assert "must be from 0 to 100" in text_of(pilot)
        assert "due by it" not in text_of(pilot)
        await play(pilot, "escape")
        assert app.settings.retention.marac_years == 0
        rows.select("retention.adult_years")
        await play(pilot, "enter backspace 1 enter")
        assert "No closed files become due by it." in " ".join(text_of(pilot).split())
        await play(pilot, "enter")
        assert app.settings.retention.adult_years == 1
        rows.select("retention.marac_years")
        await play(pilot, "enter backspace 2 enter")
        assert "1 closed file becomes due by it." in " ".join(text_of(pilot).split())


async def test_marac_papers_that_are_worked_with_are_kept_until_another_day(
    console: Opened,
) -> None:
    """Their reminder stands, of an open case too, and is settled by a review of the papers."""
    app = console(settings=DECIDED)
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")

        def open_again(data: Caseload) -> Case:
            case = heard_long_ago(data)
            data.store.add(MaracAction(case_id=case.id, action="Ring her", state="open"))
            return data.store.update(case, status="open", stage="triage")

        case = await app.write(open_again)
        app.open_case(case.id)
        await settle(pilot)
        await play(pilot, "I")
        said = " ".join(text_of(pilot).split())
        assert "MARAC papers are worked with" in said
        assert "Dispose of" not in said
        await play(pilot, "k")
        assert "MARAC papers" in text_of(pilot)
        await play(pilot, "tab =DPO tab '=A claim is expected.' tab =2027-11-26 ctrl+s")
        file = await app.read(lambda data: queries.case_file(data.connection, case.id))
        assert file is not None
        assert [one.papers for one in file.retention_reviews] == ["marac"]
