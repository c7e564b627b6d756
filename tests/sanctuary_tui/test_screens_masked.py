"""What tells where a survivor went is shown for a reason only, wherever it stands; it is logged."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from textual.pilot import Pilot

from db import queries
from db.models import MaracListing, Property
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.marac import MaracScreen
from tests.frozen import TODAY, FrozenConsole, Opened, play, text_of

OTHER = "Quillfeather"
STREET = "9 Nowhere Row"
WENT: dict[str, Any] = {
    "listing_type": "transfer",
    "state": "sent",
    "transfer_to": OTHER,
    "transferred_on": date(2026, 11, 20),
    "transfer_way": "secure_email",
    "share_basis": "public_task",
    "decided_by": "Coordinator",
    "decided_on": date(2026, 11, 20),
}


async def logged(app: FrozenConsole, case_id: int) -> list[tuple[str, int, str]]:
    """What was shown of a case, by the change log."""
    rows = await app.read(lambda data: queries.changes_of(data.connection, case_id))
    return [(row.entity, row.entity_id, row.why) for row in rows if " shown: " in row.why]


async def a_case(app: FrozenConsole, *, address: bool) -> tuple[int, int]:
    """A case that went to another MARAC, its home confidential or not; the case, the listing."""

    def change(data: Any) -> tuple[int, int]:
        for card in data.open_cards():
            file = queries.case_file(data.connection, card.case_id)
            if file.safe_addresses or any(one.confidential == "yes" for one in file.properties):
                continue
            listing = data.store.add(
                MaracListing(case_id=card.case_id, meeting=date(2026, 11, 12), **WENT)
            )
            if address:
                home = Property(case_id=card.case_id, address=STREET, confidential="yes")
                data.store.add(home)
            return card.case_id, listing.id
        raise AssertionError

    return await app.write(change)


def case(pilot: Pilot[Any]) -> CaseScreen:
    screen = pilot.app.screen
    assert isinstance(screen, CaseScreen)
    return screen


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
@pytest.mark.parametrize("address", [False, True])
async def test_y_on_the_risk_tab_shows_the_other_marac_there(
    console: Opened, address: bool, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, "1")
        case_id, listing_id = await a_case(app, address=address)
        app.open_case(case_id, "risk", at=("marac_listings", listing_id))
        await play(pilot, "")
        assert "masked: y shows it" in text_of(pilot)
        assert "y reveal" in text_of(pilot)
        assert OTHER not in text_of(pilot)
        await play(pilot, 'y enter ="Pack" enter')
        assert case(pilot).tab == "risk"
        assert OTHER in text_of(pilot)
        assert STREET not in text_of(pilot)
        assert await logged(app, case_id) == [
            ("marac_listings", listing_id, "MARAC it went to shown: Pack")
        ]
        await play(pilot, "1 3")
        case(pilot).records.select(("marac_listings", listing_id))
        await play(pilot, "")
        assert OTHER not in text_of(pilot)
        await play(pilot, "4")
        if address:
            await play(pilot, 'y ="Visit" enter')
            assert case(pilot).tab == "legal"
            assert STREET in text_of(pilot).replace("\n", " ")
            assert ("properties", 0, "confidential address shown: Visit") in await logged(
                app, case_id
            )
        else:  # nothing is masked on this tab: the key goes to what is
            await play(pilot, 'y ="Again" enter')
            assert case(pilot).tab == "risk"
            assert OTHER in text_of(pilot)


async def test_y_says_when_nothing_is_masked(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "slash =ellwood down enter 3")
        assert "y reveal" not in text_of(pilot)
        await play(pilot, "y")
        assert case(pilot).tab == "risk"
        assert "Nothing of this case is masked" in " ".join(
            one.message for one in app._notifications
        )


async def test_the_marac_screen_shows_the_other_marac_for_a_reason_only(console: Opened) -> None:
    """Neither the form that records it nor names that are shown let it be seen."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "5")
        screen = app.screen
        assert isinstance(screen, MaracScreen)
        ticked = [row for row in screen.lines.rows if row.ticked]
        screen.lines.select(screen.lines.key(ticked[0]))
        await play(pilot, "")
        assert "y reveal" not in text_of(pilot)
        listing = screen._need_listing()
        await app.write(lambda data: data.store.update(listing, **WENT))
        await app.reload()
        screen.lines.select(screen.lines.key(ticked[0]))
        await play(pilot, "x")  # names are shown
        assert "sent Fri 20 Nov 2026" in text_of(pilot)
        assert OTHER not in text_of(pilot)
        assert "y reveal" in text_of(pilot)
        await play(pilot, "t")
        assert isinstance(app.screen, FormSheet)
        assert OTHER not in text_of(pilot)
        assert "To which MARAC" not in text_of(pilot)
        app.screen.form.field("acknowledged_on").focus()
        await play(pilot, "=today ctrl+s")
        kept = await app.read(lambda data: queries.get(data.connection, MaracListing, listing.id))
        assert (kept.transfer_to, kept.acknowledged_on) == (OTHER, TODAY)
        await play(pilot, 'y enter ="Called them" enter')
        assert OTHER in text_of(pilot)
        assert await logged(app, listing.case_id) == [
            ("marac_listings", listing.id, "MARAC it went to shown: Called them")
        ]
        await play(pilot, "t")
        assert OTHER in text_of(pilot)
        await play(pilot, "escape up down")
        assert OTHER not in text_of(pilot)
