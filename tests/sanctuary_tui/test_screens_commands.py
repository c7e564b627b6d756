"""One registry of commands: each has an action, a key, its line of help, its palette entry."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from textual.pilot import Pilot

from config.keymap import DEFAULT_KEYS, shown
from sanctuary_tui.app import SanctuaryApp
from sanctuary_tui.commands import (
    APP_COMMANDS,
    BY_ID,
    COMMANDS,
    bindings_for,
    commands_for,
    keys_of,
)
from sanctuary_tui.exits import LOCK_EXIT
from sanctuary_tui.screens.aftercare import AftercareScreen
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.board import BoardScreen
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.changelog import ChangelogScreen
from sanctuary_tui.screens.consent import ConsentScreen
from sanctuary_tui.screens.directory import DirectoryScreen
from sanctuary_tui.screens.funds import FundsScreen
from sanctuary_tui.screens.group import GroupScreen
from sanctuary_tui.screens.marac import MaracScreen
from sanctuary_tui.screens.palette import PaletteSheet
from sanctuary_tui.screens.reports import ReportsScreen
from sanctuary_tui.screens.sealed import SealedScreen
from sanctuary_tui.screens.search import SearchScreen
from sanctuary_tui.screens.settings import SettingsScreen
from sanctuary_tui.screens.since import SinceScreen
from sanctuary_tui.screens.today import TodayScreen
from tests.frozen import Opened, play, played, settle, text_of
from tests.scenes import CASE, PLACES
from widgets.dialogs import Sheet
from widgets.keybar import KeyBar
from widgets.text_blocks import Facts

SCREENS: dict[str, type[ConsoleScreen]] = {
    kind.place: kind
    for kind in (
        TodayScreen,
        BoardScreen,
        ConsentScreen,
        AftercareScreen,
        MaracScreen,
        ReportsScreen,
        SettingsScreen,
        DirectoryScreen,
        FundsScreen,
        GroupScreen,
        SearchScreen,
        ChangelogScreen,
        SinceScreen,
        CaseScreen,
        SealedScreen,
    )
}
WAYS = {
    "today": "",
    "board": "2",
    "consent": "3",
    "aftercare": "4",
    "marac": "5",
    "reports": "e p enter 6",
    "settings": "7",
    "directory": "8",
    "funds": "F",
    "group": PLACES["group"],
    "search": PLACES["search"],
    "changelog": "L",
    "since": "C",
    "sealed": "S =why enter",
    **CASE,
}
"""How to come to each place, and to each tab of a case."""


def test_every_place_is_tested_here() -> None:
    named = {place for command in COMMANDS for place in command.where} - {"*"}
    assert named == set(SCREENS)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_every_command_has_an_action_wherever_it_is_listed(command: Any) -> None:
    places = SCREENS if "*" in command.where else command.where
    for place in places:
        target = SanctuaryApp if command.id in APP_COMMANDS else SCREENS[place]
        assert callable(getattr(target, f"action_{command.id}", None)), place


def test_every_key_belongs_to_a_command_and_every_command_has_a_key() -> None:
    assert set(DEFAULT_KEYS) == set(BY_ID)


@pytest.mark.parametrize("place", SCREENS)
def test_no_key_means_two_things_on_one_screen(place: str) -> None:
    keys = Counter(key for one in bindings_for(place, {}) for key in one.key.split(","))
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("way", WAYS)
async def test_help_and_palette_list_every_command_of_the_screen(way: str, console: Opened) -> None:
    app = console()
    async with played(app, WAYS[way]) as pilot:
        place = "case" if way.startswith("case") else way
        assert isinstance(app.screen, SCREENS[place])
        wanted = commands_for(place)
        await play(pilot, "question_mark")
        told = {fact[1]: fact[0] for block in app.screen.query(Facts) for fact in block._facts}
        for command in wanted:
            words = next(words for words in told if words.endswith(command.help))
            for key in keys_of(command, {}).split(","):
                assert shown(key) in told[words].split()
        await play(pilot, "escape ctrl+p")
        assert isinstance(app.screen, PaletteSheet)
        listed = [choice.value.id for choice in app.screen.list.rows]
        assert listed == [command.id for command in wanted]


@pytest.mark.parametrize("own", ["", "f6"])
async def test_no_setting_takes_the_key_of_the_lock_away(own: str, console: Opened) -> None:
    app = console()
    async with played(app) as pilot:
        app.use_settings(replace(app.settings, keys={"lock": own, "quit": "", "new": "f12"}))
        assert app.lock_keys >= {"f12", "ctrl+l"}
        await play(pilot, "2 f12")
    assert app.return_code == LOCK_EXIT


async def test_the_palette_runs_what_is_chosen(console: Opened) -> None:
    app = console()
    async with played(app, 'ctrl+p ="landlord\'s answer that" enter') as pilot:
        assert isinstance(app.screen, ConsentScreen)
        await play(pilot, "ctrl+p =chase")
        await play(pilot, "enter")
        assert "consent, dwelling" in text_of(pilot)
        await play(pilot, 'escape ctrl+p ="nothing of the kind" enter')
        assert "Nothing by that name." in text_of(pilot)
        await play(pilot, "escape ctrl+p =theme enter")
        assert app.theme == "sanctuary-light"


def _state(pilot: Pilot[Any]) -> tuple[object, ...]:
    app = pilot.app
    assert isinstance(app, SanctuaryApp)
    notes = [note.message for note in app._notifications]
    return (text_of(pilot), list(app.screen_stack), app.focused, notes, app.theme)


NAMED = {"del": "delete", "esc": "escape", "/": "slash", "?": "question_mark", ">": "full_stop"}


@pytest.mark.parametrize("way", [*WAYS, "search_field"])
async def test_the_key_line_lists_no_key_that_does_nothing(way: str, console: Opened) -> None:
    app, script = console(), WAYS.get(way, "slash =lock")
    async with played(app, script, size=(200, 40)) as pilot:
        pairs = list(app.screen.query_one(KeyBar)._pairs)
        assert pairs[-1][1] == "keys"
        for key, title in pairs:
            home, tab = app.screen, getattr(app.screen, "tab", "")
            app.clear_notifications()
            await settle(pilot)
            before = _state(pilot)
            pressed = ("4" if way == "case_overview" else "1") if key == "1-9" else key
            await play(pilot, NAMED.get(pressed, pressed))
            assert _state(pilot) != before, f"{key} {title}"
            if home not in app.screen_stack:  # it led away: come back the same way
                await app.go("today", again=True)
                await play(pilot, script)
                continue
            while app.screen is not home:
                await play(pilot, "escape")
            if isinstance(home, CaseScreen) and home.tab != tab:
                home.go_to(tab)
            if isinstance(home, SearchScreen) and way == "search_field":
                home.start()
            await settle(pilot)


async def test_a_sheet_lists_its_own_keys_and_escape_leaves_it(console: Opened) -> None:
    app = console()
    async with played(app) as pilot:
        for script in ("f", "z", "ctrl+p", "question_mark", "n", "l"):
            await play(pilot, script)
            sheet = app.screen
            assert not isinstance(sheet, ConsoleScreen), script
            keys = [key for key, _ in sheet.query_one(KeyBar)._pairs]
            assert "esc" in keys
            await play(pilot, "escape")
            assert isinstance(app.screen, TodayScreen), script
            assert not isinstance(app.screen, Sheet)


def test_a_key_of_the_districts_own_is_taken_by_no_default_but_the_lock_keeps_its_own() -> None:
    changed = {"board": "f12,G", "done": "j,w"}
    keys = {command.id: keys_of(command, changed) for command in commands_for("today")}
    assert keys["group"] == ""
    assert keys["board"] == "f12,G"
    assert "f12" in keys["lock"].split(",")
    assert [one.id for one in bindings_for("today", changed) if "G" in one.key.split(",")] == [
        "board"
    ]
    assert keys_of(BY_ID["week_before"], changed) == keys_of(BY_ID["week_before"], {})


async def test_a_district_may_give_a_command_other_keys(console: Opened) -> None:
    app = console(settings={"keys.done": "j", "keys.board": "f2,G"})
    async with played(app) as pilot:
        footer = text_of(pilot).split("\n")[-1]
        assert "j done" in footer
        assert "d done" not in footer
        await play(pilot, "@lapsed d")
        assert isinstance(app.screen, TodayScreen)
        await play(pilot, "j")
        assert "Done: occupation order lapsed" in text_of(pilot)
        await play(pilot, "escape 2")
        assert isinstance(app.screen, TodayScreen)
        await play(pilot, "G")
        assert isinstance(app.screen, BoardScreen)
        await play(pilot, "question_mark")
        assert "f2  G" in text_of(pilot)
