"""What a changed setting does to the caseload."""

from __future__ import annotations

from db.caseload import Caseload
from db.models import Reminder
from db.queries import all_of, cards
from tests.frozen import Opened, play, played


async def test_a_retention_period_is_worked_out_for_closed_cases(console: Opened) -> None:
    app = console()

    def waiting(data: Caseload) -> int:
        found = all_of(data.connection, Reminder)
        return sum(one.rule == "retention" and one.state == "open" for one in found)

    async with played(app, '7 @"An adult\'s file" enter') as pilot:
        assert await app.read(waiting) == 0
        await play(pilot, "=6 enter")
        closed = await app.read(lambda data: len(cards(data.connection, closed=True)))
        assert await app.read(waiting) == closed > 0
