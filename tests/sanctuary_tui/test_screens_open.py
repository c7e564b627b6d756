"""Enter on a line of Today opens the case at the record the line is about."""

from __future__ import annotations

import pytest

from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.marac import MaracScreen
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import Opened, play, played, text_of


@pytest.mark.parametrize(
    "words", ["risk review", "occupation order lapsed", "battery", "chase owner"]
)
async def test_enter_opens_the_record_of_the_line(words: str, console: Opened) -> None:
    app = console()
    async with played(app, f'@"{words}"') as pilot:
        assert isinstance(app.screen, TodayScreen)
        found = app.screen.target()
        assert found is not None
        assert found.record_id
        await play(pilot, "enter")
        assert isinstance(app.screen, CaseScreen)
        row = app.screen.records.row
        assert row is not None
        assert (row.table, row.record.id) == (found.record_table, found.record_id)


@pytest.mark.parametrize("keys", ["c", "d", "z", "b"])
async def test_a_line_of_several_cases_opens_their_list_and_is_of_none_of_them(
    keys: str, console: Opened
) -> None:
    app = console()
    async with played(app, '@"list closes:"') as pilot:
        assert isinstance(app.screen, TodayScreen)
        row = app.screen.lines.row
        assert row is not None
        assert row.cases > 1
        assert app.screen.target() is None
        await play(pilot, keys)
        assert isinstance(app.screen, TodayScreen)
        said = " ".join(one.message for one in app._notifications)
        assert f"This line stands for {row.cases} cases: press enter" in said
        await play(pilot, "enter")
        assert isinstance(app.screen, MaracScreen)


async def test_a_name_half_remembered_is_found_where_words_stand_nowhere(console: Opened) -> None:
    app = console()
    async with played(app, 'slash ="ellwod mara"') as pilot:
        lines = text_of(pilot)
        assert "nearly so: survivor's name" in lines
        await play(pilot, "down enter")
        assert isinstance(app.screen, CaseScreen)
        assert "Ellwood" in text_of(pilot) or "M. E." in text_of(pilot)


async def test_the_sheets_of_a_line_name_its_case_and_an_undo_goes_back_to_it(
    console: Opened,
) -> None:
    app = console()
    async with played(app, '@"risk review"') as pilot:
        today = app.screen
        assert isinstance(today, TodayScreen)
        first = today.target()
        assert first is not None
        await play(pilot, "i")
        assert f"{first.card.ref}: who asks to see it" in text_of(pilot)
        await play(pilot, "escape z")
        assert f"{first.card.ref}, {first.card.masked}: put off until" in text_of(pilot)
        await play(pilot, "0")
        gone = today.target()
        assert gone is not None
        assert gone.card.ref != first.card.ref
        await play(pilot, "u")
        back = today.target()
        assert back is not None
        assert back.card.ref == first.card.ref


@pytest.mark.parametrize("place", ["1", "2"])
async def test_a_sign_that_is_a_digit_and_no_number_is_no_reference(
    place: str, console: Opened
) -> None:
    app = console()
    async with played(app, place) as pilot:
        await play(pilot, "g =4² enter")
        said = [one.message for one in app._notifications]
        assert any("no case with that reference" in one for one in said), said
