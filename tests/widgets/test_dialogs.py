"""Sheets: one key answers, escape always leaves, and they fit a small screen."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import ModalScreen
from widget_samples import AWKWARD, Stand

from widgets.dialogs import Ask, Checklist, Choice, Confirm, Pick

SIZES = [(120, 40), (80, 24), (40, 10)]
CHOICES = [Choice(1, "Tomorrow", "1", "Fri 27 Nov"), Choice(7, "Next week", "2"), ("x", "Never")]


async def answer(sheet: ModalScreen[Any], *keys: str, size: tuple[int, int] = (80, 24)) -> Any:
    """What the sheet ends with after these keys; "open" while it still stands."""
    app = Stand([])
    result: list[Any] = ["open"]
    async with app.run_test(size=size) as pilot:
        app.push_screen(sheet, lambda value: result.__setitem__(0, value))
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        assert {strip.cell_length for strip in strips} == {size[0]}
        await pilot.press(*keys)
        await pilot.pause()
    return result[0]


@pytest.mark.parametrize(
    ("key", "result"),
    [("y", True), ("n", False), ("escape", None), ("enter", "open"), ("x", "open")],
)
async def test_a_question_takes_one_key(key: str, result: object) -> None:
    assert await answer(Confirm("Move it?", detail="G4 warns."), key) == result


async def test_a_choice_by_its_key_by_enter_or_not_at_all() -> None:
    assert await answer(Pick("Snooze", CHOICES), "2") == 7
    assert await answer(Pick("Snooze", CHOICES), "down", "down", "enter") == "x"
    assert await answer(Pick("Snooze", CHOICES, current=7), "enter") == 7
    assert await answer(Pick("Snooze", CHOICES), "escape") is None
    assert await answer(Pick("Snooze", CHOICES), "9") == "open"


async def test_a_choice_is_narrowed_by_typing() -> None:
    names = ["Test Homes HA", "Test Lets", "County court"]
    assert await answer(Pick("Who", names), *"let", "enter") == "Test Lets"
    assert await answer(Pick("Who", names), *"test", "down", "enter") == "Test Lets"
    assert await answer(Pick("Who", names), *"zzz", "enter") == "open"
    assert await answer(Pick("Who", []), "enter", "down", "escape") is None
    assert await answer(Pick("Who", names), "end", "home", "down", "enter") == "Test Lets"
    assert await answer(Pick("Who", names), *"test", "home", *"x", "enter") == "open"


async def test_what_begins_with_just_that_number_comes_first() -> None:
    items = [Choice("6", " 6  Door chain (£11.00)"), Choice("11", "11  Alarm"), "110  Bolt, 11 cm"]
    assert await answer(Pick("Measure", items), *"11", "enter") == "11"
    assert await answer(Pick("Measure", items), *"chain", "enter") == "6"


@pytest.mark.parametrize("width", [40, 80])
async def test_a_choice_too_long_for_a_line_is_folded_not_cut(width: int) -> None:
    words = "Child abuse data, against the child's interest (DPA 2018, Sch 3 Part 5), so it stays"
    app = Stand([])
    async with app.run_test(size=(width, 24)) as pilot:
        app.push_screen(Pick("Withheld because", [Choice(1, words, "c"), Choice(2, "No", "n")]))
        await pilot.pause()
        strips = app.screen._compositor.render_strips()
        shown = " ".join(" ".join(strip.text for strip in strips).split())
        assert words in shown
        assert "n No" in shown
    assert await answer(Pick("Withheld because", [Choice(1, words, "c")]), "enter") == 1


async def test_a_choice_is_found_by_words_it_does_not_show() -> None:
    kinds = [Choice(1, "Door viewer"), Choice(2, "Bar", also="lock"), Choice(3, "Gate lock")]
    assert await answer(Pick("Which", kinds), *"lock", "down", "enter") == 2
    assert await answer(Pick("Which", kinds), *"lock", "enter") == 3  # called so: first


async def test_several_are_taken_in_the_order_of_the_list() -> None:
    options = [("VHR", "Visible high risk"), ("PJ", "Judgement"), ("REP", "Repeat")]
    sheet = Checklist("Criteria", options, chosen=["REP"])
    assert await answer(sheet, "space", "enter") == ["VHR", "REP"]
    assert await answer(Checklist("Criteria", options, chosen=["REP"]), "escape") is None


async def test_a_line_is_cleaned_and_may_be_required() -> None:
    assert await answer(Ask("Reason"), *" why now ", "enter") == "why now"
    assert await answer(Ask("Reason", required=True), "space", "enter") == "open"
    assert await answer(Ask("Reason", required=True), "enter", *"x", "enter") == "x"
    assert await answer(Ask("Reason", value="as it was"), "enter") == "as it was"
    assert await answer(Ask("Note", multiline=True), "a", "enter", "b", "ctrl+s") == "a\nb"
    assert await answer(Ask("Note", multiline=True), "a", "f2") == "a"
    keys = ("a", "enter", "b", "ctrl+home", "c", "ctrl+end", "d", "f2")
    assert await answer(Ask("Note", multiline=True), *keys) == "ca\nbd"


@pytest.mark.parametrize("size", SIZES)
async def test_every_sheet_fits_the_screen(size: tuple[int, int]) -> None:
    many = [f"Choice {number}" for number in range(60)]
    assert await answer(Pick("Many", many), "end", "enter", size=size) == "Choice 59"
    keyed = [Choice(number, name, "x") for number, name in enumerate(many)]
    assert await answer(Pick("Many", keyed), "end", "enter", size=size) == 59
    assert await answer(Confirm("Sure?", detail="Because. " * 60), "y", size=size) is True


@pytest.mark.parametrize("size", SIZES)
async def test_the_title_and_the_keys_are_always_in_sight(size: tuple[int, int]) -> None:
    for sheet in (
        Confirm("Title here", detail="Because. " * 100),
        Pick("Title here", [f"Choice {number}" for number in range(60)]),
        Ask("Title here", "Label", multiline=True),
    ):
        app = Stand([])
        async with app.run_test(size=size) as pilot:
            app.push_screen(sheet)
            await pilot.pause()
            text = app.screen_text()
            assert "Title here" in text
            assert "esc" in text.splitlines()[-1]


@pytest.mark.parametrize("text", AWKWARD, ids=range(len(AWKWARD)))
async def test_awkward_words_are_shown_and_come_back(text: str) -> None:
    assert await answer(Pick(text, [Choice("a", text, "a", text)]), "a") == "a"
    assert await answer(Confirm(text, detail=text), "y") is True
    assert await answer(Checklist(text, [("a", text)]), "space", "enter") == ["a"]
