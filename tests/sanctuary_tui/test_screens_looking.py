"""A look through everything says at once that it is under way; esc and the lock end it."""

from __future__ import annotations

import asyncio
import threading
from itertools import count
from time import monotonic, sleep

import pytest
from textual.pilot import Pilot

from config.errors import SanctuaryError
from db.caseload import Caseload
from db.looking import Look, LookEndedError
from sanctuary_tui.screens.access import AccessSheet
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.looking import LookSheet, look_through
from tests.frozen import FrozenConsole, Opened, play, text_of
from widgets.dialogs import Confirm

SIZES = [(80, 24), (120, 40)]
_ROWS = 400_000


def endless(data: Caseload, look: Look) -> None:
    """Looks until it is ended; half done all the while."""
    look.goes_through({"half": 50, "rest": 50})
    look.passed("half")
    for _ in count():
        look.reached(0)
        sleep(0.005)


async def shows(pilot: Pilot[None], words: str, seconds: float = 5.0) -> None:
    """Wait, without a key, until these words stand on the screen."""
    until = monotonic() + seconds
    while words not in text_of(pilot):
        assert monotonic() < until, text_of(pilot)
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("size", SIZES)
async def test_it_says_how_far_it_is_and_esc_stops_it(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    ended: list[SanctuaryError] = []

    async def look() -> None:
        try:
            await look_through(app, "Looking for somebody", endless)
        except LookEndedError as error:
            ended.append(error)

    async with app.run_test(size=size) as pilot:
        await play(pilot, "down")
        app.attempt(look())
        await shows(pilot, "50% looked through")
        assert "Looking for somebody" in text_of(pilot)
        await pilot.press("escape")
        await play(pilot, "down")
        assert not isinstance(app.screen, LookSheet)
        assert [one.sentence[:19] for one in ended] == ["Looking was stopped"]
        assert app.looks == set()


async def test_done_under_another_sheet_it_goes_when_that_has_gone(console: Opened) -> None:
    app = console()
    done = threading.Event()
    found: list[int] = []

    def until_told(data: Caseload, look: Look) -> int:
        done.wait(30)
        return 5

    async def look() -> None:
        found.append(await look_through(app, "Looking for somebody", until_told))

    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "down")
        app.attempt(look())
        await shows(pilot, "Looking for somebody")
        above = Confirm("Another question")
        app.push_screen(above)
        await shows(pilot, "Another question")
        done.set()
        await asyncio.sleep(0.3)
        assert app.screen is above
        await pilot.press("escape")
        until = monotonic() + 5
        while not found:
            assert monotonic() < until, text_of(pilot)
            await asyncio.sleep(0.02)
        assert found == [5]
        assert not isinstance(app.screen, LookSheet)


async def test_what_is_done_at_once_shows_no_sheet(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "down")
        before = len(app.screen_stack)
        assert await look_through(app, "Looking", lambda data, look: 5) == 5
        assert len(app.screen_stack) == before


async def test_a_lock_does_not_wait_for_it(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "down")
        app.attempt(look_through(app, "Looking", endless))
        await shows(pilot, "50% looked through")
        app.action_lock()
        until = monotonic() + 30  # it has no end of its own
        while app.looks:
            assert monotonic() < until, "the caseload's thread still looks"
            await asyncio.sleep(0.02)


def much_is_held(data: Caseload) -> None:
    """As many rows as a large caseload has."""
    data.connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)"
        " INSERT INTO main.contacts (job) SELECT 'nobody we know' FROM n",
        (_ROWS,),
    )
    data.connection.commit()


async def stopped(app: FrozenConsole, pilot: Pilot[None], keys: str) -> None:
    for key in keys.split():
        await pilot.press(key)
    await shows(pilot, "looked through", 30)
    await pilot.press("escape")


async def test_a_request_over_much_can_be_stopped_and_looked_for_again(
    console: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = console()
    reached = Look.reached

    def slowly(look: Look, number: int) -> None:
        sleep(0.1)
        reached(look, number)

    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "enter i enter")
        await app.read(much_is_held)
        with monkeypatch.context() as slow:  # as on an old disk
            slow.setattr(Look, "reached", slowly)
            await stopped(app, pilot, "ctrl+s")
            await play(pilot, "down")
        assert isinstance(app.screen, CaseScreen), text_of(pilot)
        await play(pilot, "i enter")
        assert isinstance(app.screen, AccessSheet), text_of(pilot)
        assert "THEIR OWN RECORDS" in text_of(pilot)
