"""The end of a file's years in the console, key by key."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from db import queries
from db.keyfile import CHEAP_FOR_TESTS
from db.keys import set_new_passphrase
from db.models import Case, Disposal, LegalHold
from sanctuary_tui.screens.case import CaseScreen
from tests.frozen import KEY, FrozenConsole, Opened, play, settle, text_of

PASSPHRASE = "kettle orchid ninety plinth"
DECIDED = {
    "retention.adult_years": 1,
    "retention.child_until_age": 1,
    "retention.marac_years": 1,
}
SIZES = [(80, 24), (120, 40)]


async def close_long_ago(app: FrozenConsole) -> str:
    """A case that was closed years ago; its reference."""
    from datetime import date

    from db.models import Closure

    def closed(data):  # type: ignore[no-untyped-def]
        case = data.store.add(Case(route="police", reason="Quillonby marker"))
        data.store.add(Closure(case_id=case.id, closed_on=date(2019, 3, 1), outcome="secured"))
        data.store.update(case, status="closed", stage="closed")
        return case

    made = await app.write(closed)
    app.open_case(made.id)
    return str(made.ref)


@pytest.mark.parametrize("size", SIZES)
async def test_a_case_is_disposed_of_by_hand(console: Opened, size: tuple[int, int]) -> None:
    app = console(settings=DECIDED)
    set_new_passphrase(app.paths, KEY, PASSPHRASE, params=CHEAP_FOR_TESTS)
    async with app.run_test(size=size) as pilot:
        await play(pilot, "1")
        ref = await close_long_ago(app)
        await settle(pilot)
        await play(pilot, "i")
        assert "Its review has been due since" in text_of(pilot)
        await play(pilot, "d 'Records manager' tab 'The years are over.' ctrl+s")
        assert f"Type {ref} to dispose of it" in text_of(pilot)
        await play(pilot, f"{ref} enter")
        app.screen.query_one(Input).value = "another passphrase here"
        await play(pilot, "enter")
        await pilot.pause(1.0)
        await settle(pilot)
        assert "passphrase" in text_of(pilot).lower()
        assert await app.read(lambda data: queries.all_of(data.connection, Disposal)) == []
EOF
