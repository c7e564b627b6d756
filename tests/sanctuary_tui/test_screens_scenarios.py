"""Scenario C of the domain reference (section 10) at the screen, by keys, as it is lived."""

from __future__ import annotations

from typing import Any

from textual.pilot import Pilot

from db import queries
from db.models import CaseFile
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import TODAY, FrozenConsole, Opened, play, text_of


async def of(app: FrozenConsole, surname: str) -> CaseFile:
    """The case of the demo's survivor with this surname."""

    def found(data: Any) -> CaseFile:
        for card in data.open_cards():
            file = queries.case_file(data.connection, card.case_id)
            if any(one.surname == surname and one.role == "survivor" for one in file.people):
                return file
        raise AssertionError(surname)

    return await app.read(found)


async def line(app: FrozenConsole, pilot: Pilot[Any], case_id: int, rule: str) -> None:
    """Put the cursor on a line of Today."""
    screen = app.screen
    assert isinstance(screen, TodayScreen)
    row = next(one for one in screen.lines.rows if (one.card.case_id, one.rule) == (case_id, rule))
    screen.lines.select(screen.lines.key(row))
    await play(pilot, "")


async def test_c_a_release_tomorrow_from_the_polices_answer_to_the_locks(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        file = await of(app, "Osei")
        ref, case_id = file.case.ref, file.case.id
        assert "release Fri 27 Nov: make safe before" in text_of(pilot)
        # G7 stops the visit, and the case counts hours; no score, yet on the list as an emergency.
        await play(pilot, f"g ={ref} enter")
        shown = text_of(pilot)
        assert "Emergency, 20 h since referral" in shown
        assert "stop  G7" in shown
        assert "no assessment yet" in shown
        assert "G4  Consent" in shown.split("✓ pass", 1)[1]  # a sole owner asks nobody
        await play(pilot, "3")
        assert "Emergency listing: professional judgeme" in text_of(pilot)
        await play(pilot, "4")
        assert "Police address" in text_of(pilot)
        assert "Asked" in text_of(pilot)
        # Locks cannot be fitted on paper before the police have answered.
        await play(pilot, "6 home s a")
        await play(pilot, "home s f ctrl+s")
        assert "waits for a visit that the police say is safe" in " ".join(text_of(pilot).split())
        while not isinstance(app.screen, TodayScreen):
            await play(pilot, "escape")
        await line(app, pilot, case_id, "police_answer")
        await play(pilot, "d y")
        # The measures are agreed, the visit is made: locks the same day, in one step.
        await play(pilot, f"g ={ref} enter 6 home down s a home down down s a escape")
        await line(app, pilot, case_id, "visit")
        await play(pilot, "d d enter")
        file = await of(app, "Osei")
        assert [one.state for one in file.measures] == ["fitted"] * 3
        assert {one.fitted_on for one in file.measures} == {TODAY}
        shown = text_of(pilot)
        assert "release Fri 27 Nov: check every mea" in shown
        assert "ask if, when and how to check in" in shown
        # What they choose queues the check of 48 hours.
        await line(app, pilot, case_id, "ask_cadence")
        await play(pilot, "d =48 ctrl+s")
        due = [one for one in (await of(app, "Osei")).reminders if "h48" in one.key]
        assert [one.state for one in due] == ["open"]
