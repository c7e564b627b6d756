"""A route of referral is found by the words people have for it, in the field and in its list."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot
from widget_samples import TODAY, Stand

from config.codes import CODES
from config.synonyms import SYNONYMS
from sanctuary_tui.formrecords import ReferralForm
from tests.frozen import text_of
from widgets.fields import ChoiceField
from widgets.form import RecordForm

WORDS = {
    "idva": ("da_service", "IDVA"),
    "gp": ("health", "GP"),
    "a&e": ("health", "A&E"),
    "nhs": ("health", "NHS"),
    "hospital": ("health", "hospital"),
    "school": ("other", "school"),
    "refuge": ("da_service", "refuge"),
    "social worker": ("social_care", "social worker"),
    "homelessness": ("council_housing", "homelessness"),
    "landlord": ("ha", "landlord, social"),
    "landlord, p": ("other", "landlord, private"),
    "housing association": ("ha", ""),
    "police": ("police", ""),
    "marac": ("marac", ""),
}
KEYS = {" ": "space", ",": "comma"}


def form() -> RecordForm:
    return RecordForm(ReferralForm, {}, only=("route", "safe"), today=TODAY)


def expected(word: str) -> tuple[str, str, str]:
    """The code that a word finds, what is shown of it, and the word that stands beside it."""
    code, reason = WORDS[word]
    return code, CODES["route"][code] + (f" ({reason})" if reason else ""), reason


async def typed(pilot: Pilot[None], word: str) -> None:
    await pilot.press(*(KEYS.get(one, one) for one in word))
    await pilot.pause()


@pytest.mark.parametrize("word", WORDS)
async def test_typed_in_the_field_it_is_found_and_the_word_stands_beside_it(word: str) -> None:
    made = form()
    code, shown, reason = expected(word)
    async with Stand([made]).run_test(size=(80, 24)) as pilot:
        made.focus_field("route")
        await pilot.pause()
        await typed(pilot, word)
        assert made.values()["route"] == code
        assert f"‹ {shown} ›" in text_of(pilot)
        await pilot.press("right")
        await pilot.pause()
        assert f"({reason})" not in text_of(pilot), "another answer has not that reason"


@pytest.mark.parametrize("word", WORDS)
async def test_typed_in_the_list_it_is_found_and_the_word_stands_beside_it(word: str) -> None:
    made = form()
    code, shown, _ = expected(word)
    async with Stand([made]).run_test(size=(80, 24)) as pilot:
        made.focus_field("route")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        await typed(pilot, word)
        assert shown in text_of(pilot)
        await pilot.press("enter")
        await pilot.pause()
        assert made.values()["route"] == code


def test_every_synonym_is_of_a_code_there_is_and_of_one_alone() -> None:
    for name, known in SYNONYMS.items():
        assert known.keys() <= CODES[name].keys()
        every = [word.casefold() for words in known.values() for word in words]
        assert len(every) == len(set(every))
        assert not set(every) & {title.casefold() for title in CODES[name].values()}


async def test_a_letter_taken_back_takes_its_reason_with_it() -> None:
    made = form()
    async with Stand([made]).run_test(size=(80, 24)) as pilot:
        field = made.field("route")
        assert isinstance(field, ChoiceField)
        made.focus_field("route")
        await pilot.pause()
        await pilot.press("p", "p")
        assert (field.raw(), "PPU" in text_of(pilot)) == ("police", True)
        await pilot.press("backspace")
        await pilot.pause()
        assert (field.raw(), "PPU" in text_of(pilot)) == ("police", False)
