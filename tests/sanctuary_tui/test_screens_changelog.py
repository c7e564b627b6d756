"""The change log on the screen: who read or changed what; no values, and names masked."""

from __future__ import annotations

import re

import pytest

from db import queries
from db.caseload import Caseload
from db.models import Person, specs
from db.readlog import LogFilter, read_log
from sanctuary_tui.screens.changelog import ACTIONS, ChangelogScreen
from tests.frozen import FrozenConsole, Opened, play, text_of

CASE = 'slash ="ellwood" down enter'
VALUE = "Zyxwv-said-this"


def shown(app: FrozenConsole) -> ChangelogScreen:
    assert isinstance(app.screen, ChangelogScreen)
    return app.screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("way", ["L", "6 L", "ctrl+p =change enter", f"{CASE} W"])
async def test_the_log_opens_from_everywhere(
    console: Opened, way: str, size: tuple[int, int]
) -> None:
    app = console()
    async with app.run_test(size=size) as pilot:
        await play(pilot, way)
        lines = text_of(pilot).splitlines()
        assert shown(app).table.rows
        assert all(len(line.rstrip()) <= size[0] for line in lines)
        assert "When" in text_of(pilot)


async def test_who_opened_this_case(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, f"{CASE} W")
        screen = shown(app)
        case_id = screen.wanted.case_id
        assert {(line.case_id, line.action) for line in screen.table.rows} == {
            (case_id, "consultation")
        }
        assert screen.table.rows[0].why == "case read"
        assert "▸ read" in text_of(pilot)
        assert "Coordinator" in text_of(pilot)


async def test_the_filters_narrow_by_case_action_and_day(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, f"{CASE} escape L")
        every = len(shown(app).table.rows)
        ref = await app.read(lambda data: queries.cards(data.connection)[0].ref)
        await play(pilot, f"c ={ref} enter")
        of_case = shown(app).table.rows
        assert 0 < len(of_case) < every
        assert len({line.case_id for line in of_case}) == 1
        await play(pilot, "a =changed enter")
        assert {line.action for line in shown(app).table.rows} <= {"alteration"}
        await play(pilot, "a =every enter c enter d =26.11.2026 enter")
        today = shown(app).table.rows
        assert today
        assert {line.at.date().isoformat() for line in today} == {"2026-11-26"}
        await play(pilot, "d =1.1.1990 enter")
        assert shown(app).table.rows == []
        assert "Nothing in the log matches." in text_of(pilot)


@pytest.mark.guarantee
async def test_names_and_typed_reasons_are_masked_and_values_never_shown(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, "")
        card = await app.read(lambda data: queries.cards(data.connection)[0])

        def write(data: Caseload) -> None:
            file = queries.case_file(data.connection, card.case_id)
            assert file is not None
            person = file.people[0]
            data.store.update(person, aliases=VALUE)
            data.store.note(
                "consultation", "people", person.id, card.case_id, f"name shown: {VALUE}"
            )

        await app.write(write)
        await play(pilot, "L")
        masked = text_of(pilot)
        assert VALUE not in masked
        assert "name shown" in masked
        assert f"Person: {specs(Person)['aliases'].label.lower()}" in masked
        assert card.masked in masked
        assert card.name not in masked
        await play(pilot, "x")
        told = text_of(pilot)
        assert card.name.split()[-1] in told
        assert told.count(VALUE) == 1  # the reason alone; what the field says is nowhere


async def test_enter_opens_the_case_and_help_names_the_keys(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, f"{CASE} W question_mark")
        said = text_of(pilot)
        for words in ("Only the lines of one case", "Only the lines of one day"):
            assert words in said
        await play(pilot, "escape enter")
        assert not isinstance(app.screen, ChangelogScreen)
        await play(pilot, "escape escape")


async def test_enter_on_a_line_of_no_case_says_it_in_full(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "L enter")
        assert [one.message for one in app._notifications] == ["opened with the passphrase"]
        assert isinstance(app.screen, ChangelogScreen)


async def test_every_action_has_its_word(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "L")
        lines = await app.read(lambda data: read_log(data.connection, LogFilter(), 10_000))
        assert {line.action for line in lines} <= set(ACTIONS)
        assert re.search(r"26 Nov 26 \d\d:\d\d .* Coordinator", text_of(pilot))
