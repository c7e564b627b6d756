"""Before the survivor is reached, the rule is read: by keys, in the console itself."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from config.safetimes import parse_safe_times
from db import queries
from db.models import CaseFile, Note, Visit
from sanctuary_tui.demodata import texts
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.reaching import ContactSheet
from tests.frozen import FrozenConsole, Opened, play, text_of
from widgets.dialogs import Confirm

CASE = 'slash ="ellwood" down enter'
SIZES = [(120, 40), (80, 24)]
READ = "the safe-contact rule, read and kept to?"


async def the_file(app: FrozenConsole) -> CaseFile:
    screen = app.screen
    assert isinstance(screen, CaseScreen)
    case_id = screen.case_id
    file = await app.read(lambda data: queries.case_file(data.connection, case_id))
    assert file is not None
    return file


async def set_up(
    app: FrozenConsole,
    pilot: Pilot[Any],
    times: str,
    safe: str = "yes",
    needs: str = "",
    **case: str,
) -> int:
    """The case open, with these safe times; its number of notes."""
    await play(pilot, CASE)
    file = await the_file(app)

    def change(data: Any) -> None:
        for point in file.contact_points:
            data.store.update(point, times=times, safe=safe)
        data.store.update(file.survivor, communication=needs)
        data.store.update(file.case, **{"contact_times": "", "triggers": "", **case})

    await app.write(change)
    await app.reload()
    return len(file.notes)


def words(pilot: Pilot[Any]) -> str:
    return " ".join(text_of(pilot).split())


@pytest.mark.parametrize("size", SIZES)
async def test_a_safe_call_costs_one_key_more(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        before = await set_up(app, pilot, "weekdays 9-14")
        await play(pilot, "l")
        assert isinstance(app.screen, ContactSheet)
        shown = words(pilot)
        assert READ in shown
        assert "Safe to ring, weekdays 9-14." in shown
        assert "Safe now, until 14:00." in shown
        await play(pilot, 'y down down ="Spoke." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert (file.notes[-1].kind, file.notes[-1].body) == ("call", "Spoke.")


@pytest.mark.parametrize("size", SIZES)
async def test_outside_the_safe_times_no_call_is_offered(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, "l")
        shown = words(pilot)
        assert "Not a safe time: it is Thu 26 Nov 09:30" in shown
        assert "Next: 10:00." in shown
        assert "The survivor got in touch" in shown
        assert "contact with the survivor now" not in shown
        assert "Emergency" not in shown
        await play(pilot, "y x")
        assert isinstance(app.screen, ContactSheet)  # neither key is there
        await play(pilot, 'i down down ="Rang us." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        await play(pilot, "9")
        assert "Call from the survivor logged" in text_of(pilot)


async def test_a_call_made_earlier_has_its_time_and_is_checked_by_it(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, 'l e ="yesterday 9am" down down down ="Spoke." ctrl+s')
        assert isinstance(app.screen, FormSheet)
        assert any("it was Wed 25 Nov 09:00" in one.message for one in app._notifications)
        await play(pilot, "up up up ctrl+a")
        form = app.screen.form
        form.field("at").load("yesterday 1pm")
        await play(pilot, "ctrl+s")
        file = await the_file(app)
        assert len(file.notes) == before + 1
        at = file.notes[-1].at
        assert at is not None
        assert f"{at:%d %H:%M}" == "25 13:00"


async def test_in_an_emergency_the_reason_comes_first(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "weekdays 10-14", triggers="weapon")
        await play(pilot, "l")
        assert "Emergency: go on now, for a reason kept" in text_of(pilot)
        await play(pilot, 'x down down down ="Warned." ctrl+s')
        assert any("Say the reason" in one.message for one in app._notifications)
        await play(pilot, 'up up up ="Ex seen at the gate" ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert "Ex seen at the gate" in file.notes[-1].body
        await play(pilot, "9")
        assert "Call outside the safe times, in an emergency" in text_of(pilot)


async def test_do_not_contact_leaves_their_call_and_somebody_else(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "", do_not_contact="yes", triggers="weapon")
        await play(pilot, "l")
        shown = words(pilot)
        assert "Do not contact" in shown
        assert "with the survivor now" not in shown
        assert "Contact made earlier" not in shown
        assert "Emergency" not in shown
        await play(pilot, 'o down down ="Asked the IDVA." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert file.notes[-1].kind == "agency"


async def test_times_nobody_can_read_are_asked_each_time(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "after tea")
        assert "after tea (ask each time)" in words(pilot)
        await play(pilot, "l")
        assert "The safe times cannot be read: make sure that now is safe." in words(pilot)
        await play(pilot, "y")
        assert isinstance(app.screen, FormSheet)


async def test_no_voice_call_is_offered_to_a_bsl_user(console: Opened) -> None:
    """Scenario B: text stands first, and the list has no call in it."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "", safe="text_only", needs="bsl;text_only")
        await play(pilot, "l y")
        assert "Text" in next(one for one in text_of(pilot).split("\n") if "How" in one)
        await play(pilot, "enter")
        listed = text_of(pilot).split("log a call")[-1]
        assert "Email" in listed
        assert "Call" not in listed.split("How")[-1]
        await play(pilot, 'escape down down ="Answered." ctrl+s')
        file = await the_file(app)
        assert len(file.notes) == before + 1
        assert file.notes[-1].kind == "text"


@pytest.mark.parametrize("keys", ["b", "6 a =visit enter"])
async def test_a_visit_is_booked_once_the_rule_is_read(console: Opened, keys: str) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, keys)
        assert isinstance(app.screen, Confirm)
        assert READ in text_of(pilot)
        assert "Safe to ring, weekdays 10-14." in words(pilot)
        await play(pilot, "n")
        assert isinstance(app.screen, CaseScreen)
        await play(pilot, f"{keys} y")
        assert isinstance(app.screen, FormSheet)
        assert app.screen._kind is Visit
        assert "book a visit, and its" not in text_of(pilot)


async def test_the_form_of_a_visit_says_that_an_interpreter_is_needed(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "", needs="bsl")
        await play(pilot, "b y")
        assert "book a visit, and its BSL interpreter" in text_of(pilot)


async def test_an_aftercare_check_is_a_contact_too(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await set_up(app, pilot, "weekdays 10-14")
        await play(pilot, "8 k")
        assert isinstance(app.screen, ContactSheet)
        shown = words(pilot)
        assert "Not a safe time" in shown
        assert "Through somebody else" in shown
        await play(pilot, "e")
        assert isinstance(app.screen, FormSheet)


async def test_what_was_half_logged_waits_for_the_same_way(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        before = await set_up(app, pilot, "")
        await play(pilot, 'l o down down ="Half of it" escape l y')
        assert "Half of it" not in text_of(pilot)
        await play(pilot, "escape l o")
        assert "Half of it" in text_of(pilot)
        await play(pilot, "ctrl+s")
        notes: list[Note] = (await the_file(app)).notes
        assert [one.body for one in notes[before:]] == ["Half of it"]


def test_the_demos_safe_times_are_read() -> None:
    assert parse_safe_times(texts.SAFE_TIMES).words() == "Mon-Fri 10:00-14:30"
