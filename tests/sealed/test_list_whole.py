"""The list of sealed cases says in full what is due in the case under the cursor: no other place
does."""

from __future__ import annotations

import pytest

from db import queries
from db.caseload import Caseload
from sanctuary_tui import sealing, work
from sanctuary_tui.screens.sealed import SealedScreen
from tests.frozen import FrozenConsole, Opened, play, played, text_of
from tests.sealed.canary import TODAY

DUE = "ring the support worker about the spare key and the new lock before the hearing"


async def seal_some(app: FrozenConsole) -> None:
    """Seal the candidates of the next MARAC, with one more thing due in each."""

    def sealed(data: Caseload) -> None:
        for card in [one for one in queries.cards(data.connection) if one.risk == "high"]:
            work.add_reminder(data, card.case_id, DUE, TODAY)
            sealing.seal_case(data, card.case_id, "staff", "Manager")

    await app.write(sealed)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_all_that_is_due_stands_whole_under_the_list(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with played(app, size=size) as pilot:
        await seal_some(app)
        await play(pilot, 'S ="look" enter')
        assert isinstance(app.screen, SealedScreen)
        rows = app.screen.lines.rows
        assert rows
        assert any(row.marac for row in rows)
        for row in rows:
            await play(pilot, f"@{row.card.ref}")
            shown = " ".join(text_of(pilot).split())
            assert DUE in shown
            for one in row.due:
                assert one.title_text in shown
            assert row.marac in shown


async def test_in_a_window_of_ten_lines_the_list_keeps_its_room(console: Opened) -> None:
    app = console()
    async with played(app, size=(40, 10)) as pilot:
        await seal_some(app)
        await play(pilot, 'S ="look" enter')
        assert isinstance(app.screen, SealedScreen)
        for row in app.screen.lines.rows[:2]:
            assert row.card.ref in text_of(pilot)
