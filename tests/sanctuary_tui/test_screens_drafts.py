"""What was typed waits as a draft until it is kept: not lost, and not there a second time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from textual.pilot import Pilot

from config.settings import default_settings
from db import queries
from db.models import MaracListing
from db.queries import DraftNote
from sanctuary_tui import views
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from tests.frozen import TODAY, FrozenConsole, Opened, play, settle, text_of

NOTE = 'slash =ellwood down enter 1 t ="She rang"'


def sheet(pilot: Pilot[Any]) -> FormSheet:
    found = pilot.app.screen
    assert isinstance(found, FormSheet)
    return found


async def drafts(app: FrozenConsole) -> list[DraftNote]:
    return await app.read(lambda data: queries.drafts(data.connection))


async def bodies(app: FrozenConsole, case_id: int) -> list[str]:
    file = await app.read(lambda data: queries.case_file(data.connection, case_id))
    assert file is not None
    return [note.body for note in file.notes if note.body == "She rang"]


@contextmanager
def held(app: FrozenConsole) -> Iterator[None]:
    """The caseload's thread is busy, as behind a long reading; what is asked of it queues up."""
    go = threading.Event()
    assert app._data is not None
    waits = asyncio.ensure_future(app.read(lambda _: go.wait(30)))
    try:
        yield
    finally:
        go.set()
    assert waits


@pytest.mark.parametrize("then", ["timer", "ctrl+s", "escape", "ctrl+r"])
async def test_a_form_being_kept_leaves_no_draft_and_is_kept_once(
    console: Opened, then: str
) -> None:
    """The moment of the draft, a second ctrl+s and escape may all come while it is written."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, NOTE)
        form = sheet(pilot)
        case_id = form._draft_key[0]
        with held(app):
            form.action_save()
            await asyncio.sleep(0)
            if then == "timer":
                form._keep_later()
            else:
                await form.run_action(
                    {"ctrl+s": "save", "escape": "leave", "ctrl+r": "afresh"}[then]
                )
            for _ in range(10):
                await asyncio.sleep(0)
        await settle(pilot)
        assert isinstance(app.screen, CaseScreen)
        assert await bodies(app, case_id) == ["She rang"]
        assert await drafts(app) == []
        await play(pilot, "t")
        assert "Your draft is back" not in text_of(pilot)


async def test_a_draft_on_its_way_is_forgotten_by_what_is_kept(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, NOTE)
        sheet(pilot)._keep_later()  # the timer, just before the key
        await pilot.press("ctrl+s")
        await settle(pilot)
        assert await drafts(app) == []


async def test_a_form_that_is_refused_keeps_its_draft(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "slash =ellwood down enter 5 c =injunction")
        form = sheet(pilot)
        form.form.field("words").load("She has an injunction")
        await play(pilot, "ctrl+s")
        assert "discloses" in " ".join(one.message for one in app._notifications)
        assert form._timer is not None  # the draft is kept in a moment
        await form.keep_draft()
        (one,) = await drafts(app)
        assert one.form == "log_chase"
        form.form.field("words").load("A security improvement")
        await play(pilot, "ctrl+s")
        assert await drafts(app) == []


# --- going on with one ----------------------------------------------------------------------------


async def left(app: FrozenConsole, pilot: Pilot[Any], form: str) -> tuple[int, int]:
    """Leave a form of this kind half-done; its case and the record it is about."""

    def change(data: Any) -> tuple[int, int, dict[str, str]]:
        cards = data.open_cards()
        if form == "marac_transfer":
            card = cards[0]
            made = data.store.add(
                MaracListing(
                    case_id=card.case_id, meeting=date(2026, 10, 29), listing_type="transfer"
                )
            )
            return card.case_id, made.id, {"transfer_to": "Quillfeather MARAC"}
        if form == "log_answer":
            lines = views.consent_view(data, TODAY, default_settings())
            return lines[-1].card.case_id, lines[-1].request_id, {"granted_by": "Clerk"}
        case_id = next(card.case_id for card in cards if card.stage == "aftercare")
        case = queries.case_file(data.connection, case_id).case
        if form == "check_ins":
            data.store.update(case, cadence="not_asked")
            return case_id, case_id, {"aftercare_method": "By text"}
        data.store.update(case, ha_scheme="yes", ha_return_due=TODAY)
        return case_id, case_id, {"ha_return_due": "11/12"}

    case_id, record_id, raw = await app.write(change)
    await app.read(lambda data: data.store.save_draft(case_id, form, record_id, raw))
    await app.reload()
    await play(pilot, "")
    return case_id, record_id


@pytest.mark.parametrize(
    ("form", "title", "key", "typed"),
    [
        ("check_ins", "Check-ins", "d", "By text"),
        ("landlords_answer", "Landlord's own scheme: no answer yet", "d w", "11/12"),
        ("landlords_works", "Landlord's own scheme: fits it by", "d y", "11/12"),
        ("marac_transfer", "Transfer to another MARAC", "t", "Quillfeather MARAC"),
        ("log_answer", "Log an answer", "a g", "Clerk"),
    ],
)
async def test_a_draft_is_found_where_its_form_is_opened(
    console: Opened, form: str, title: str, key: str, typed: str
) -> None:
    """The key that the note names opens it with what was typed."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        case_id, record_id = await left(app, pilot, form)
        await play(pilot, "D")
        assert title in text_of(pilot)
        await play(pilot, "enter")
        note = [one.message for one in app._notifications][-1]
        assert note.startswith(f"Press {key[0]} for the form")
        await play(pilot, key)
        assert sheet(pilot)._draft_key == (case_id, form, record_id)
        assert typed in text_of(pilot)


async def test_a_draft_whose_line_is_over_may_be_thrown_away(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1")
        case_id, _ = await left(app, pilot, "check_ins")

        def asked(data: Any) -> None:
            data.store.update(queries.case_file(data.connection, case_id).case, cadence="light")

        await app.write(asked)
        await play(pilot, "D enter")
        assert "what it was for is over" in text_of(pilot)
        await play(pilot, "n")
        assert len(await drafts(app)) == 1
        await play(pilot, "D enter y")
        assert await drafts(app) == []
