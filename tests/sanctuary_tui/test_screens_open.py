"""Enter on a line of Today opens the case at the record the line is about."""

from __future__ import annotations

import pytest

from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.marac import MaracScreen
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import Opened, play, played


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
