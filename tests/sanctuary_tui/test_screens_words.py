"""What the screens say is true, whole at 80 columns, and stands where it is about."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from db import queries
from db.models import Breach
from sanctuary_tui import views, work
from sanctuary_tui.copies import KIT_WAITS
from sanctuary_tui.pathway.stuck import awaits_visit
from sanctuary_tui.screens.breach import _RISKS, _STEPS
from sanctuary_tui.screens.case_rows import overview_facts
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.settle import _OUTCOMES
from tests.frozen import NOW, FrozenConsole, Opened, make_home, play, played, text_of

SIZES = [(80, 24), (120, 40)]


async def test_a_case_that_waits_for_a_booked_visit_is_not_called_stuck(console: Opened) -> None:
    app = console()
    async with played(app):
        rows = await app.read(
            lambda data: [
                views.case_view(data, card.case_id, app.today, app.settings)
                for card in queries.cards(data.connection)
                if card.status == "open"
            ]
        )
    told = {True: 0, False: 0}
    for view in rows:
        facts = dict(overview_facts(view.file, view.card, NOW, app.settings))
        if not view.card.stuck_why:
            continue
        waits = awaits_visit(view.file, view.card.stuck_why)
        assert ("Waits for" in facts, "Stuck" in facts) == (waits, not waits)
        told[waits] += 1
    assert all(told.values()), "both are in the demo"


async def test_the_key_that_undoes_answers_nothing_else(console: Opened) -> None:
    assert "u" not in {*_RISKS, *_STEPS, *_OUTCOMES}
    app = console()
    async with played(app, "6 b down enter ctrl+s k", size=(80, 24)) as pilot:
        await play(pilot, "u")
        assert "Why this risk" not in text_of(pilot)
        await play(pilot, "l ='it was encrypted' enter")
        (breach,) = await app.read(lambda data: queries.all_of(data.connection, Breach))
        assert breach.risk == "unlikely"


@pytest.mark.parametrize("size", SIZES)
async def test_the_footer_of_reports_has_what_is_done_there(
    console: Opened, size: tuple[int, int]
) -> None:
    async with played(console(), "6", size=size) as pilot:
        footer = " ".join(text_of(pilot).split("\n")[-2:])
        for key in ("d delete", "b breach", "I retention", "c certificates", "e export", "? keys"):
            assert key in footer
        for key in ("R returns", "p pictures", "F funds", "G group", "H hand over"):
            assert key in footer


async def test_no_heading_of_the_settings_is_cut_at_80_columns(console: Opened) -> None:
    async with played(console(), "7", size=(80, 24)) as pilot:
        seen = set()
        for _ in range(120):
            seen |= set(text_of(pilot).split("\n"))
            await pilot.press("down")
        heads = [line for line in seen if re.match(r" [A-Z' ]{8,}", line)]
        assert any("BACKUPS" in line for line in heads)
        assert [line for line in heads if "…" in line] == []


async def test_no_setting_and_no_value_is_cut_at_80_columns(console: Opened) -> None:
    folder = "/media/coordinator/memory stick of the council/sanctuary-backups"
    app = console(settings={"backup.folder": folder})
    async with played(app, "7", size=(80, 24)) as pilot:
        seen = set()
        for _ in range(120):
            assert "…" not in text_of(pilot)
            seen |= {line.strip("› ") for line in text_of(pilot).split("\n")}
            await pilot.press("down")
        assert "locked" in seen, "the second line of a title"
        assert "sanctuary-backups" in seen, "a folder breaks at a stroke"


async def test_marac_says_why_there_are_more_rows_than_ticks(console: Opened) -> None:
    async with played(console(), "5", size=(80, 24)) as pilot:
        shown = " ".join(text_of(pilot).split())
        ticks, rows = shown.count("[x]"), shown.count("[x]") + shown.count("[ ]")
        assert rows == ticks + 1
        assert f"{ticks} ticked; 1 more meets a criterion: space ticks" in shown
        await play(pilot, "end space")
        assert f"{rows} ticked" in text_of(pilot)
        assert "criterion: space" not in text_of(pilot)


async def test_one_case_is_one_case(tmp_path: Path) -> None:
    app = FrozenConsole(make_home(tmp_path / "home", 0))
    async with played(app, size=(80, 24)) as pilot:
        await app.write(lambda data: work.take_referral(data, {"route": "self", "safe": "yes"}))
        await play(pilot, "7 @Referral enter =3 enter")
        notes = [str(note.message) for note in app._notifications]
        assert "Kept; 1 open case worked out again." in notes


@pytest.mark.parametrize("size", SIZES)
async def test_what_is_refused_is_said_at_its_field_too(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with played(app, "b y", size=size) as pilot:
        form = app.screen
        assert isinstance(form, FormSheet)
        await play(pilot, f"{'down ' * form.form.fields.index(form.form.field('on'))}=yesterday")
        await play(pilot, "ctrl+s")
        assert app.screen is form
        assert form.form.current is form.form.field("on")
        assert ": That date has passed" in text_of(pilot)
        (line,) = [one for one in text_of(pilot).split("\n") if one.strip().startswith("› ")]
        assert " ! " in line
        await play(pilot, "=x")  # what is typed anew is not wrong yet
        assert "That date has passed" not in text_of(pilot)


@pytest.mark.parametrize("size", SIZES)
async def test_today_says_that_nobody_has_the_recovery_key(
    console: Opened, size: tuple[int, int]
) -> None:
    app = console()
    async with played(app, size=size) as pilot:
        await app.write(lambda data: data.store.remember(KIT_WAITS, "yes"))
        await play(pilot, "2 1")
        shown = " ".join(text_of(pilot).split())
        assert "run 'sanctuary key show', and write it down." in shown
        await app.write(lambda data: data.store.remember(KIT_WAITS, ""))
        await play(pilot, "2 1")
        assert "key show" not in text_of(pilot)
