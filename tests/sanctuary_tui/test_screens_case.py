"""A case's screen: where it opens, what its tabs say, what it offers by itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from db import queries
from db.models import Measure, Support, Visit
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import FrozenConsole, Opened, play, text_of
from widgets.navbar import NavBar

INSTALLED = date(2026, 11, 23)


def a_case(app: FrozenConsole) -> CaseScreen:
    assert isinstance(app.screen, CaseScreen)
    return app.screen


async def test_the_tabs_of_a_case_never_show_the_counts_of_the_places(console: Opened) -> None:
    """They have names in common; the counts may come once the case is open."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        today = app.screen
        assert isinstance(today, TodayScreen)
        await play(pilot, "slash =ellwood down enter 5")
        await today._count()
        await pilot.resize_terminal(100, 30)
        await pilot.resize_terminal(80, 24)
        await play(pilot, "")
        assert app.counts["consent"] > 0
        assert a_case(app).query_one(NavBar)._counts == {}
        assert f"Consent {app.counts['consent']}" not in text_of(pilot).split("\n")[0]
        await play(pilot, "escape escape")
        assert app.screen.query_one(NavBar)._counts["consent"] == app.counts["consent"]


async def test_the_record_a_case_was_opened_at_is_gone_to_once(console: Opened) -> None:
    """One that is not on the tab it was opened on does not wait for another tab."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 6")
        case_id = a_case(app).case_id
        last = a_case(app).records.rows[-1]
        await play(pilot, "escape escape")
        app.open_case(case_id, "people", at=(last.table, last.record.id))
        await play(pilot, "6 home")
        first = a_case(app).records.row
        assert first is not None
        assert first is not last
        await play(pilot, "f5")
        now = a_case(app).records.row
        assert now is not None
        assert (now.table, now.record.id) == (first.table, first.record.id)


async def test_d_on_a_record_that_is_no_reminder_says_that_nothing_is_due_on_it(
    console: Opened,
) -> None:
    """That the line stands until the case moves on is true of Today's lines, not of a record."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 6 d")
        assert isinstance(app.screen, CaseScreen)
        (said,) = [note.message for note in app._notifications]
        assert said.startswith("Nothing is due on this line")
        assert "press enter to open the case" not in said


async def test_a_measure_is_fitted_on_the_day_of_the_last_installation(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 6")
        case_id = a_case(app).case_id

        def change(data: Any) -> int:
            data.store.add(Visit(case_id=case_id, kind="install", on=INSTALLED, outcome="done"))
            data.store.add(Visit(case_id=case_id, kind="repair", on=date(2026, 11, 25)))
            measure = Measure(case_id=case_id, name="Alarm", state="approved", consent_needed="no")
            return int(data.store.add(measure).id)

        measure_id = await app.write(change)
        await app.reload()
        a_case(app).records.select(("measures", measure_id))
        await play(pilot, "s f")
        assert isinstance(app.screen, FormSheet)
        assert app.screen.form.values()["fitted_on"] == INSTALLED
        await play(pilot, "ctrl+s")
        kept = await app.read(lambda data: queries.get(data.connection, Measure, measure_id))
        assert (kept.state, kept.fitted_on) == ("fitted", INSTALLED)


async def test_the_cursor_is_on_what_was_just_added(console: Opened) -> None:
    """Else the next key, such as ``s`` for its state, is of another measure."""
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 6 home")
        before = {row.record.id for row in a_case(app).records.rows if row.table == "measures"}
        await play(pilot, "a")
        await play(pilot, "=measure enter")
        await play(pilot, "=timer enter")
        await play(pilot, "ctrl+s")
        row = a_case(app).records.row
        assert row is not None
        assert isinstance(row.record, Measure)
        assert row.record.id not in before
        assert "light" in row.record.name


async def test_an_empty_list_of_organisations_says_where_they_are_added(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 4 a")
        assert "Organisation" in text_of(pilot)
        await play(pilot, "escape 5 enter")
        assert isinstance(app.screen, FormSheet)
        app.screen.form.focus_field("decision_org_id")
        await play(pilot, "")
        shown = " ".join(text_of(pilot).split())
        assert "added in the Directory, or on a case's Home & legal tab" in shown


async def test_every_lock_of_the_catalogue_is_found_by_that_word(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "1 slash =ellwood down enter 6 a =measure enter =lock")
        shown = text_of(pilot)
        assert "Measure from the catalogue" in shown
        for name in ("Euro cylinder", "Rim nightlatch", "Bolts", "Mortice deadlock"):
            assert name in shown
        assert "London bar" not in shown


async def test_support_says_what_is_no(console: Opened) -> None:
    """A bare "No" at the end of the line was the answer whether there is an IDVA."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        case_id = await app.read(lambda data: data.open_cards()[0].case_id)
        offer = Support(case_id=case_id, provider="Ravel Court", worker="Sunniva P.", idva="no")
        await app.write(lambda data: data.store.add(offer))
        app.open_case(case_id, "support")
        await play(pilot, "")
        assert "Ravel Court, Sunniva P., IDVA: no" in text_of(pilot)


async def test_a_move_on_today_says_from_where_and_how_it_is_taken_back(console: Opened) -> None:
    """One key moves a case, and it stands beside that of the search: a slip has to be seen."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "1")
        today = app.screen
        assert isinstance(today, TodayScreen)
        at = next(
            number
            for number, row in enumerate(today.lines.rows)
            if not row.place and row.card.stage == "triage"
        )
        card = today.lines.rows[at].card
        await play(pilot, " ".join(["down"] * at) + " comma")
        said = [one.message for one in app._notifications]
        assert said[-1] == f"{card.ref}: now in Referral. It was in Triage; u takes it back."
        await play(pilot, "u")
        after = await app.read(lambda data: queries.card(data.connection, card.case_id))
        assert after.stage == "triage"
