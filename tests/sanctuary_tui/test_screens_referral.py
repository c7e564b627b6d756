"""Taking a referral: what was looked for is not typed a second time."""

from __future__ import annotations

from typing import Any

import pytest

from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.forms import FormSheet
from sanctuary_tui.screens.referral import carried
from tests.frozen import FrozenConsole, Opened, play, text_of


def filled(app: FrozenConsole) -> dict[str, Any]:
    assert isinstance(app.screen, FormSheet)
    return {name: value for name, value in app.screen.form.values().items() if value}


@pytest.mark.parametrize(
    ("words", "given"),
    [
        ("Zelda Quince", {"first_name": "Zelda", "surname": "Quince"}),
        ("Zelda Ann Quince", {"first_name": "Zelda Ann", "surname": "Quince"}),
        ("QUINCE, Zelda", {"first_name": "Zelda", "surname": "QUINCE"}),
        ("Quince", {"surname": "Quince"}),
        ("  O'Quince-Mar  ", {"surname": "O'Quince-Mar"}),
        ("zz9 9zz", {"postcode": "ZZ9 9ZZ"}),
        ("ec1a1bb", {"postcode": "EC1A 1BB"}),
        ("S26-0042", {}),
        ("0042", {}),
        ("07700 900123", {}),
        ("", {}),
    ],
)
def test_what_was_looked_for_by_its_form(words: str, given: dict[str, str]) -> None:
    assert carried(words) == given


@pytest.mark.parametrize("go_on", ["enter", "f2"])
async def test_the_name_looked_for_is_the_survivors_until_it_is_changed(
    go_on: str, console: Opened
) -> None:
    app = console()
    async with app.run_test(size=(120, 50)) as pilot:
        await play(pilot, f'n ="Zelda Quince" {go_on}')
        found = filled(app)
        assert (found["first_name"], found["surname"]) == ("Zelda", "Quince")
        assert "New referral: what you looked for stands in it" in text_of(pilot)
        await play(pilot, "escape n g")
        assert "Quince" in text_of(pilot)


async def test_a_perpetrators_name_is_not_made_the_survivors(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 50)) as pilot:
        await play(pilot, "1 slash =ellwood down enter")
        assert isinstance(app.screen, CaseScreen)
        case_id = app.screen.case_id
        perpetrator = (await app.read(lambda data: _file(data, case_id))).perpetrators[0]
        await play(pilot, "escape escape")
        name = f"{perpetrator.first_name} {perpetrator.surname}"
        await play(pilot, f'n ="{name}" f2')
        found = filled(app)
        assert "surname" not in found
        assert (found["perp_first_name"], found["perp_surname"]) == (
            perpetrator.first_name,
            perpetrator.surname,
        )


def _file(data: Any, case_id: int) -> Any:
    from sanctuary_tui import work

    return work.must_find(data, case_id)
