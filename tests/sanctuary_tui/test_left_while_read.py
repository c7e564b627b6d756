"""A screen that is left while something is read for it: what comes has nowhere to be shown.

That ended the console: the search that was read again asked a screen already taken down for its
list. What comes too late is dropped; what a screen that stands does not have is a crash still.
"""

from __future__ import annotations

import threading

import pytest
from textual.css.query import NoMatches
from textual.widgets import Input
from textual.worker import WorkerFailed

from sanctuary_tui.later import later
from sanctuary_tui.screens.base import ConsoleScreen
from tests.frozen import FrozenConsole, Opened, play, played, settle
from tests.scenes import CASE, PLACES


async def _asks_for_a_missing_field(screen: ConsoleScreen) -> None:
    screen.query_one("#there-is-none", Input)


@pytest.mark.parametrize("name", [*CASE, "search"])
async def test_what_is_read_for_a_screen_already_left_ends_nothing(
    console: Opened, name: str
) -> None:
    app = console()
    async with played(app, {**CASE, **PLACES}[name]) as pilot:
        left, held = app.screen, threading.Event()
        assert isinstance(left, ConsoleScreen)
        app.run_worker(later(app.read, lambda _: held.wait(20)))
        app.attempt(left.load(), group="load")
        await pilot.pause()
        await app.pop_screen()
        assert not left.is_running
        held.set()
        await settle(pilot)
        assert app.crash_report is None
        await play(pilot, "2")
        assert app.screen is not left
        assert app.place == "board"


async def _ask_a_standing_screen(app: FrozenConsole) -> None:
    async with played(app, CASE["case_home"]) as pilot:
        standing = app.screen
        assert isinstance(standing, ConsoleScreen)
        app.attempt(_asks_for_a_missing_field(standing))
        await pilot.pause()


async def test_a_widget_missing_on_a_standing_screen_is_a_crash(console: Opened) -> None:
    app = console()
    with pytest.raises(WorkerFailed) as told:
        await _ask_a_standing_screen(app)
    assert isinstance(told.value.error, NoMatches)
    assert app.crash_report is not None
