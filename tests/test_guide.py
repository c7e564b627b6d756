"""The guide shows pictures that exist and names keys that are real."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from config.keymap import DEFAULT_KEYS, shown
from sanctuary_tui.commands import COMMANDS, keys_of
from sanctuary_tui.pathway.contact import SafeNow
from sanctuary_tui.screens.reaching import ways

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "GUIDE.md").read_text("utf-8")
FORM_KEYS = {"up", "down", "tab", "ctrl+s", "ctrl+r", "f2", "esc", "enter", "space", "delete"}
SHEET_KEYS = {choice.key for choice in ways(SafeNow("open", ""), emergency=True)}
"""The keys of the sheet that a contact begins with."""


def test_every_picture_exists_and_is_shown() -> None:
    named = set(re.findall(r"\(images/([\w-]+\.svg)\)", GUIDE))
    there = {path.name for path in (ROOT / "docs" / "images").glob("*.svg")}
    assert named
    assert named <= there


def test_every_key_named_is_a_key() -> None:
    known = {shown(key) for keys in DEFAULT_KEYS.values() for key in keys.split(",")}
    known |= {keys.split(",")[0] for keys in DEFAULT_KEYS.values()}
    named = {
        key
        for key in re.findall(r"`([^`]+)`", GUIDE)
        if len(key) == 1 or re.fullmatch(r"ctrl\+\w|f\d+|enter|esc|space|delete|tab|up|down", key)
    }
    assert len(named) > 25
    unknown = named - known - FORM_KEYS - {str(n) for n in range(10)} - {"!"}
    assert not unknown, unknown


def test_the_sheets_keys_are_named_and_none_is_let_through_unseen() -> None:
    """Each is some screen's key too, so the check above needs no exception for them."""
    known = {key for keys in DEFAULT_KEYS.values() for key in keys.split(",")}
    named = set(re.findall(r"`(\w)`", GUIDE))
    assert SHEET_KEYS
    assert known >= SHEET_KEYS
    assert named >= SHEET_KEYS


ROWS = re.findall(r"^\| `([a-z])` \| ([^|]+)\|", GUIDE, re.MULTILINE)


@pytest.mark.parametrize(("key", "words"), ROWS, ids=[key for key, _ in ROWS])
def test_a_key_of_a_table_does_what_the_row_says(key: str, words: str) -> None:
    told = [
        f"{one.id} {one.title} {one.help}" for one in COMMANDS if key in keys_of(one, {}).split(",")
    ]
    assert any(spoken(words) & spoken(text) for text in told), (words, told)


def spoken(text: str) -> set[str]:
    """The words of a text that say something."""
    return set(re.findall(r"[a-z]{3,}", text.lower())) - {"the", "and", "for", "with", "case"}


def test_the_tables_have_rows() -> None:
    assert len(ROWS) > 8


def test_the_pictures_fetch_nothing() -> None:
    for path in (ROOT / "docs" / "images").glob("*.svg"):
        text = path.read_text("utf-8")
        assert "url(" not in text.replace("url(#", "")
        assert "@font-face" not in text
