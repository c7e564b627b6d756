"""Lists with full names and searches stand in the log; looking through masked lists does not."""

from __future__ import annotations

import pytest

from db import queries
from db.readlog import LogFilter, read_log
from sanctuary_tui.screens.board import BoardScreen
from sanctuary_tui.screens.search import SearchScreen
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import FrozenConsole, Opened, play

READ = LogFilter(actions=("consultation",))


async def readings(app: FrozenConsole) -> list[str]:
    """What was read, oldest first."""
    lines = await app.read(lambda data: read_log(data.connection, READ))
    return [line.why for line in reversed(lines)]


@pytest.mark.guarantee
async def test_a_list_with_names_is_one_row_each_time_they_are_shown(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 down down down up 2 right down 3 1")
        assert await readings(app) == []  # masked lists, and the side panel of Today
        await play(pilot, "x")
        assert isinstance(app.screen, TodayScreen)
        cases = len({line.card.case_id for line in app.screen.lines.rows if not line.place})
        assert await readings(app) == [f"today listed with names, {cases} cases"]
        await play(pilot, "down down down")
        assert len(await readings(app)) == 1  # no row for each key
        await play(pilot, "2")
        assert isinstance(app.screen, BoardScreen)
        cards = await app.read(lambda data: len(queries.cards(data.connection)))
        assert (await readings(app))[1:] == [f"board listed with names, {cards} cases"]
        await play(pilot, "1 2 down")
        assert len(await readings(app)) == 2
        await play(pilot, "x")
        assert len(await readings(app)) == 2  # masked again
        await play(pilot, "x")
        assert (await readings(app))[2:] == [f"board listed with names, {cards} cases"]


async def test_names_that_are_never_masked_are_logged_as_well(console: Opened) -> None:
    app = console(settings={"mask_names": False})
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        (said,) = await readings(app)
        assert said.startswith("today listed with names, ")


@pytest.mark.guarantee
@pytest.mark.parametrize("left_by", ["down", "escape", "enter", "lock"])
async def test_a_search_is_one_row_once_it_is_entered_or_left_and_never_says_the_words(
    console: Opened, left_by: str
) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 / =door")
        assert isinstance(app.screen, SearchScreen)
        assert app.screen.hits.rows
        shown = app.screen.cases_listed()
        assert await readings(app) == []  # still being typed
        if left_by == "lock":
            await app.before_lock()
        else:
            await play(pilot, left_by)
        (said,) = await readings(app)
        assert said.startswith("search, ")
        assert int(said.split()[1]) >= shown
        assert "door" not in said
        await play(pilot, "down down up")
        assert [one for one in await readings(app) if one.startswith("search")] == [said]
