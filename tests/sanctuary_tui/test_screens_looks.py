"""What each screen must show, at every size: nothing cut that matters, nothing over anything."""

from __future__ import annotations

import re
from typing import Any

import pytest
from textual.widgets import Input

from config.settings import load_settings
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.marac import MaracScreen
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import FrozenConsole, Opened, play, played, settle, text_of
from tests.scenes import CASE, SCENES
from widgets.banner import ContactBanner
from widgets.dialogs import Ask
from widgets.gates import GateList
from widgets.keybar import KeyBar
from widgets.text_blocks import Facts, Words

SIZES = [(120, 40), (80, 24), (40, 10)]


def open_count(app: FrozenConsole) -> Any:
    """How many cases are open, asked of the database."""
    return app.read(
        lambda data: data.connection.execute(
            "SELECT count(*) FROM cases WHERE status = 'open'"
        ).fetchall()[0][0]
    )


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scene", ["today", "board", "consent", "case_overview", "call", "help"])
async def test_every_line_fills_the_screen_and_the_keys_stand_last(
    scene: str, size: tuple[int, int], console: Opened
) -> None:
    app = console()
    async with played(app, SCENES[scene], size=size):
        strips = app.screen._compositor.render_strips()
        assert [strip.cell_length for strip in strips] == [size[0]] * size[1]
        bar = app.screen.query_one(KeyBar)
        assert bar.region.bottom == size[1]
        assert bar.region.height == 1


@pytest.mark.parametrize("size", SIZES[:2])
async def test_an_emergency_shows_its_hours_and_what_still_binds(
    size: tuple[int, int], console: Opened
) -> None:
    app = console()
    async with played(app, '@"interim kit" enter', size=size) as pilot:
        shown = text_of(pilot)
        assert re.search(r"Urgency +Emergency, \d+ h since", shown)
        assert "G9 still" in shown
        assert "bind; temporary kit" in shown  # folded between the two where it is narrow


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("tab", CASE)
async def test_the_safe_contact_rule_is_in_sight_on_every_tab(
    tab: str, size: tuple[int, int], console: Opened
) -> None:
    app = console()
    async with played(app, CASE[tab], size=size) as pilot:
        for key in ("end", "pagedown", "home"):
            assert "SAFE CONTACT" in text_of(pilot)
            assert "Ring, no voicemail" in text_of(pilot)
            await play(pilot, key)
        banner = app.screen.query_one(ContactBanner)
        others = [one for one in app.screen.children if one is not banner and one.region.area]
        assert len(others) >= 3
        assert not any(one.region.overlaps(banner.region) for one in others)


async def test_today_beside_it_the_whole_rule_for_contact(console: Opened) -> None:
    app = console()
    async with played(app) as pilot:
        screen = app.screen
        assert isinstance(screen, TodayScreen)
        for row in screen.lines.rows:
            screen.lines.select(screen.lines.key(row))
            await pilot.pause()
            side = "".join(line.partition("│")[2] for line in text_of(pilot).split("\n"))
            words = row.card.safe_contact.split()
            assert words or not row.card.case_id  # the line of a whole list is of no one case
            assert all(word in side for word in words if len(word) < 30)


async def test_gates_that_stop_come_first_and_each_is_named(console: Opened) -> None:
    app = console()
    async with played(app, "@offer enter 1") as pilot:
        found = app.screen.query_one(GateList).rows
        order = [("stop", "warn", "info").index(finding.severity) for finding in found]
        assert order == sorted(order)
        gates = {f"G{number}" for number in range(1, 11)}
        assert {finding.gate for finding in found} == {*gates, "triage"}  # and what its stage asks
        assert "■ stop  G7  Contractor safety" in text_of(pilot)
        assert "✓ pass  G1  Choice" in text_of(pilot)


async def test_on_a_small_screen_the_page_keys_scroll_the_facts(console: Opened) -> None:
    app = console()
    async with played(app, "@offer enter 1", size=(80, 24)) as pilot:
        before = text_of(pilot)
        assert "Reason" in before
        await play(pilot, "pagedown")
        assert text_of(pilot) != before
        gates = app.screen.query_one(GateList)
        assert gates.row is gates.rows[0]
        await play(pilot, "pageup")
        assert text_of(pilot) == before


async def test_the_story_stands_under_its_days(console: Opened) -> None:
    async with played(console(), CASE["case_timeline"]) as pilot:
        lines = text_of(pilot).split("\n")
        assert " Thu 26 Nov 2026" in lines
        days = [line for line in lines if re.fullmatch(r" \w{3} \d+ \w{3} 20\d\d", line)]
        assert len(days) >= 2


async def test_a_case_shows_the_lock_and_its_stage(console: Opened) -> None:
    async with played(console(), CASE["case_people"], size=(80, 24)) as pilot:
        top, head, *_ = text_of(pilot).split("\n")
        assert top.endswith("lock 5:00")
        assert "Consent, 21d of 14d!" in head
        assert "Private rented" in head


async def test_help_and_refusals_scroll_by_keys(console: Opened) -> None:
    async with played(console(), "question_mark", size=(80, 24)) as pilot:
        assert "Save a form." not in text_of(pilot)
        await play(pilot, "end")
        assert "Save a form." in text_of(pilot)


async def test_reports_count_what_is_there(console: Opened) -> None:
    app = console()
    async with played(app, "6") as pilot:
        lines = text_of(pilot).split("\n")
        assert f" OPEN CASES {await open_count(app)}" in lines[1]
        stages = [int(line.split("━")[0].split()[-1]) for line in lines[2:11] if "━" in line]
        assert sum(stages) == await open_count(app)


async def test_a_setting_is_picked_by_its_words_and_kept(console: Opened) -> None:
    app = console()
    async with played(app, "7 @Theme enter =contrast enter") as pilot:
        assert app.theme == "sanctuary-contrast"
        assert load_settings(app.paths.settings_file).theme == "sanctuary-contrast"
        assert "High contrast" in text_of(pilot)
        assert "changed" in text_of(pilot)
        await play(pilot, '@"Day of the meeting" enter =tues enter')
        assert load_settings(app.paths.settings_file).marac.meeting_weekday == 1


@pytest.mark.parametrize(
    ("setting", "typed", "said"),
    [
        ("List closes, days before", "soon", "takes a whole number"),
        ("Lock after minutes", "40", "takes 1 to 15 minutes"),
        ("Medium risk from yes", "24", "risk.medium_from must not be more than"),
    ],
)
async def test_a_setting_that_is_refused_stays_in_its_sheet(
    console: Opened, setting: str, typed: str, said: str
) -> None:
    app = console()
    async with played(app, f'7 @"{setting}" enter ctrl+u ="{typed}" enter') as pilot:
        sheet = app.screen
        assert isinstance(sheet, Ask), text_of(pilot)
        assert said in sheet.query_one("#ask-note", Words).text
        assert not app._notifications
        await play(pilot, "x 8")
        assert app.screen is sheet, "what is typed next is no key of the screen"
        assert sheet.query_one(Input).value == f"{typed}x8"


async def test_a_note_of_before_does_not_lie_on_a_sheet_and_one_of_a_sheet_lies_on_its_keys(
    console: Opened,
) -> None:
    app = console()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settle(pilot)
        app.notify("S26-0001: call logged.", timeout=600)
        await play(pilot, "l")
        assert app.screen.is_modal
        assert not app._notifications
        app.notify("That is the survivor, not somebody else.", timeout=600)
        await settle(pilot)
        lines = text_of(pilot).split("\n")
        assert [at for at, line in enumerate(lines) if "not somebody else." in line] == [23]


async def test_enter_in_the_marac_preview_goes_on_and_opens_no_case(console: Opened) -> None:
    app = console()
    async with played(app, "5 s enter") as pilot:
        assert "Protection" in text_of(pilot)
        assert not any(isinstance(screen, CaseScreen) for screen in app.screen_stack)
        await play(pilot, "escape p enter")
        assert isinstance(app.screen_stack[1], MaracScreen)
        assert not any(isinstance(screen, CaseScreen) for screen in app.screen_stack)


async def test_what_is_sent_to_the_marac_stands_in_the_order_of_the_list(console: Opened) -> None:
    async with played(console(), "5") as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, MaracScreen)
        for key in [screen.lines.key(one) for one in reversed(screen.lines.rows) if not one.ticked]:
            screen.lines.select(key)
            await play(pilot, "space")
        listed = [one.card.ref for one in screen.lines.rows]
        shown = [one.ref for one in await screen._rows()]
        assert len(shown) > 1
        assert shown == [ref for ref in listed if ref in shown]


async def test_the_meetings_list_starts_on_the_meeting_shown(console: Opened) -> None:
    async with played(console(), "5 w") as pilot:
        (here,) = [line for line in text_of(pilot).split("\n") if line.startswith(" › ")]
        assert "Thu 10 Dec 2026" in here


async def test_a_consent_request_is_told_whole(console: Opened) -> None:
    app = console()
    async with played(app, "3 @S26-0021") as pilot:
        text = text_of(pilot)
        for words in ("Thorne Lettings", "the agent, for", "working days ago", "4 times"):
            assert words in text
        assert app.screen.query_one("#asked", Facts).region.height > 8
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "SAFE CONTACT" in text_of(pilot)
        assert not app.screen.query_one("#whole").display


async def test_search_goes_between_field_and_list(console: Opened) -> None:
    app = console()
    async with played(app, "slash =l") as pilot:
        assert "Type at least two letters." in text_of(pilot)
        await play(pilot, "=ock down down")
        assert app.focused is app.screen.query_one("#hits")
        assert "l log call" in text_of(pilot).split("\n")[-1]
        await play(pilot, "slash")
        assert app.focused is app.screen.query_one("#words")
        assert "l log call" not in text_of(pilot).split("\n")[-1]
        await play(pilot, "=zzzz")
        assert "Nothing found." in text_of(pilot)
