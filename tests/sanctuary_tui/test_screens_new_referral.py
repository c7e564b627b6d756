"""A new referral: what is said before and after the search, and with one left half-done."""

from __future__ import annotations

import pytest

from db import queries
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.referral import MatchSheet
from tests.frozen import Opened, play, text_of

NOBODY = "No earlier case looks like this one."
SIZES = [(80, 24), (120, 40)]


async def test_that_there_is_no_earlier_case_is_said_after_a_search_alone(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "n")
        assert isinstance(app.screen, MatchSheet)
        assert NOBODY not in text_of(pilot), "nothing was looked for"
        await play(pilot, "=z")
        assert NOBODY not in text_of(pilot), "a letter is not looked for"
        await play(pilot, "=zzqqx")
        assert NOBODY in text_of(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_with_one_left_half_done_the_search_is_offered_too(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "n f2 =police escape")
        assert await app.read(lambda data: queries.draft(data.connection, 0, "new_referral", 0))
        await play(pilot, "n")
        assert "A referral was left half-done" in text_of(pilot)
        await play(pilot, "escape n l")
        assert isinstance(app.screen, MatchSheet), text_of(pilot)
        await play(pilot, '="zzqqx norton" enter')
        sheet = app.screen
        assert isinstance(sheet, FormSheet), text_of(pilot)
        held = sheet.form.raw()
        assert (held["route"], held["surname"]) == ("police", "norton")
        await play(pilot, "escape n g")
        assert isinstance(app.screen, FormSheet)
        await play(pilot, "escape D enter")
        assert isinstance(app.screen, FormSheet), "chosen from the list it is opened at once"
