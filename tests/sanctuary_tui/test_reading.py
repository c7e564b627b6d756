"""What a screen says before the caseload has been read."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import ClassVar

from textual.widget import Widget

from config.paths import Paths
from sanctuary_tui.console_options import ConsoleOptions
from sanctuary_tui.desk import Desk
from sanctuary_tui.screens.base import ConsoleScreen
from widgets.lines import LineTable

NOTHING = "Nothing waits today."


class Place(ConsoleScreen):
    """A place with a list that takes its time."""

    place: ClassVar[str] = "today"

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    def body(self) -> Iterable[Widget]:
        yield LineTable[str](empty=NOTHING, id="list")

    async def refresh_data(self) -> None:
        await self.go_on.wait()
        self.query_one("#list", LineTable).set_rows([])


def first_line(place: Place) -> str:
    return "".join(segment.text for segment in place.query_one("#list", LineTable).render_line(0))


async def test_a_list_does_not_say_that_nothing_is_there_before_it_is_read(paths: Paths) -> None:
    app = Desk(paths, ConsoleOptions(today="2026-11-26"))
    async with app.run_test() as pilot:
        place = Place()
        await app.push_screen(place)
        await pilot.pause()
        assert first_line(place).strip() == ""
        place.go_on.set()
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert first_line(place).strip() == NOTHING
