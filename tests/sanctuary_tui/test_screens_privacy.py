"""While names are masked no list shows one; a key shows them, and a key masks them again."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot

from db.models import Person
from db.queries import all_of
from tests.frozen import FrozenConsole, Opened, play, played, text_of
from widgets.board import Board
from widgets.lines import LineTable

LISTS = {"today": "1", "board": "2", "consent": "3", "aftercare": "4", "marac": "5"}


async def names(app: FrozenConsole) -> set[str]:
    """Full names of every survivor on record."""
    people = await app.read(lambda data: all_of(data.connection, Person))
    found = {f"{one.first_name} {one.surname}".strip() for one in people if one.role == "survivor"}
    return {name for name in found if " " in name}


async def every_line(pilot: Pilot[Any]) -> str:
    """What the screen shows with the cursor on each of its rows, one after the other."""
    seen = [text_of(pilot)]
    for board in pilot.app.screen.query(Board):
        for card in board.shown:
            board.jump_to(card.case_id)
            await pilot.pause()
            seen.append(text_of(pilot))
    for table in pilot.app.screen.query(LineTable):
        for row in table.rows:
            table.select(table.key(row))
            await pilot.pause()
            seen.append(text_of(pilot))
    return "\n".join(seen)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("place", LISTS)
async def test_a_masked_list_shows_no_survivors_name(
    place: str, size: tuple[int, int], console: Opened
) -> None:
    app = console()
    async with played(app, size=size) as pilot:
        wanted = await names(app)
        assert len(wanted) > 20
        await play(pilot, LISTS[place])
        masked = await every_line(pilot)
        assert [name for name in wanted if name in masked] == []
        await play(pilot, "x")
        shown = await every_line(pilot)
        if size[0] >= 100:  # on a small screen the consent list has no column of names
            assert [name for name in wanted if name in shown]
        await play(pilot, "x")
        masked = await every_line(pilot)
        assert [name for name in wanted if name in masked] == []


async def test_a_case_is_headed_by_initials_until_names_are_shown(console: Opened) -> None:
    async with played(console(), "slash =ellwood down enter 1") as pilot:
        head = text_of(pilot).split("\n")[1]
        assert "M. E." in head
        assert "Ellwood" not in text_of(pilot)
        await play(pilot, "x")
        assert "Mara Ellwood" in text_of(pilot).split("\n")[1]


async def test_names_may_be_shown_from_the_start(console: Opened) -> None:
    app = console(settings={"mask_names": False})
    async with played(app) as pilot:
        shown = text_of(pilot)
        assert [name for name in await names(app) if name in shown]
