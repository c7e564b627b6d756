"""A screen that is left while something is read for it: what comes has nowhere to be shown.

That ended the console: the search that was read again asked a screen already taken down for its
list. What comes too late is dropped; what a screen that stands does not have is a crash still.
"""

from __future__ import annotations

import threading

import pytest
from textual.css.query import NoMatches
from textual.widgets import Input
from textual.worker import WorkerFailed, WorkerState

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


@pytest.mark.parametrize("again", ["read", "write"])
async def test_what_still_asks_while_the_console_is_left_ends_nothing(
    console: Opened, again: str
) -> None:
    """Today counts what waits in the other places a moment after it is shown, one place after the
    other: left meanwhile, the next found the caseload closed, and leaving was a crash."""
    app = console()
    async with played(app, PLACES["today"]) as pilot:

        async def goes_on_asking() -> None:
            while True:
                await getattr(app, again)(lambda _: None)

        worker = app.run_worker(later(goes_on_asking))
        await pilot.pause()
        app.end("", 0)
        while worker.is_running:
            await pilot.pause()
        assert app.crash_report is None
        assert worker.state is WorkerState.CANCELLED
    assert app.crash_report is None
    assert app.return_code == 0


async def _ask_what_is_closed(app: FrozenConsole) -> None:
    async with played(app, PLACES["today"]) as pilot:
        await app.close_up()
        app.attempt(app.read(lambda _: None))
        await pilot.pause()


async def test_a_caseload_closed_on_a_console_that_goes_on_is_a_crash(console: Opened) -> None:
    app = console()
    with pytest.raises(WorkerFailed):
        await _ask_what_is_closed(app)
    assert app.crash_report is not None
