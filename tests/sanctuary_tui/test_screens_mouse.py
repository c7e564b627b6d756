"""Everything by the mouse too: places, tabs, keys, rows, cards."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from sanctuary_tui.screens.board import BoardScreen
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.palette import HelpSheet
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import Opened, play, played, settle, text_of
from widgets.board import Board

SIZES = [(120, 40), (80, 24)]


async def click_on(pilot: Pilot[Any], words: str, *, times: int = 1) -> None:
    """Click on the first place where some words stand."""
    for y, line in enumerate(text_of(pilot).split("\n")):
        if words in line:
            await pilot.click(offset=(line.index(words) + 1, y), times=times)
            await settle(pilot)
            return
    raise AssertionError(f"{words!r} is not to be seen:\n{text_of(pilot)}")


@pytest.mark.parametrize("size", SIZES)
async def test_places_keys_and_rows(size: tuple[int, int], console: Opened) -> None:
    app = console()
    async with played(app, size=size) as pilot:
        await click_on(pilot, "2 Board")
        assert isinstance(app.screen, BoardScreen)
        await click_on(pilot, "1 Today")
        assert isinstance(app.screen, TodayScreen)
        await click_on(pilot, "occupation order lapsed")
        row = app.screen.lines.row
        assert row is not None
        assert row.text.startswith("occupation order lapsed")
        await click_on(pilot, "d done")
        assert "Done: occupation order lapsed" in text_of(pilot)
        await play(pilot, "escape")
        await click_on(pilot, "? keys")
        assert isinstance(app.screen, HelpSheet)
        await play(pilot, "escape")
        await click_on(pilot, "install visit not booked", times=2)
        assert isinstance(app.screen, CaseScreen)
        await click_on(pilot, "2 Peop")
        assert "PEOPLE" in text_of(pilot)
        await click_on(pilot, "esc back")
        assert isinstance(app.screen, TodayScreen)


async def test_a_heading_is_no_row(console: Opened) -> None:
    app = console()
    async with played(app) as pilot:
        screen = app.screen
        assert isinstance(screen, TodayScreen)
        before = screen.lines.row
        await click_on(pilot, "TODAY ", times=2)
        assert screen.lines.row is before
        assert app.screen is screen


async def test_cards_and_folded_columns(console: Opened) -> None:
    app = console()
    async with played(app, "2") as pilot:
        board = app.screen.query_one(Board)
        await click_on(pilot, "0021 ME")
        assert board.card is not None
        assert board.card.ref == "S26-0021"
        folded = next(
            slot for slot in board._slots if not slot.wide and board._grid.counts[slot.column]
        )
        await pilot.click(board, offset=(folded.x, 5))
        await settle(pilot)
        assert board.cursor[1] == folded.column
        await click_on(pilot, board.card.ref.partition("-")[2], times=2)
        assert isinstance(app.screen, CaseScreen)


async def test_a_sheet_by_the_mouse(console: Opened) -> None:
    app = console()
    async with played(app, "@review z") as pilot:
        await click_on(pilot, "(2 days)", times=2)
        assert "put off to Mon 30 Nov" in "".join(note.message for note in app._notifications)
