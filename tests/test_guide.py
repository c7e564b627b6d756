"""The guide shows pictures that exist and names keys that are real."""

from __future__ import annotations

import re
from pathlib import Path

from config.keymap import DEFAULT_KEYS, shown

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "GUIDE.md").read_text("utf-8")
FORM_KEYS = {"up", "down", "tab", "ctrl+s", "ctrl+r", "f2", "esc", "enter", "space", "delete"}
SHEET_KEYS = {"i", "o", "l", "g", "c", "r", "k", "w", "y", "n", "d", "a", "s"}


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
    unknown = named - known - FORM_KEYS - SHEET_KEYS - {str(n) for n in range(10)} - {"!"}
    assert not unknown, unknown


def test_the_pictures_fetch_nothing() -> None:
    for path in (ROOT / "docs" / "images").glob("*.svg"):
        text = path.read_text("utf-8")
        assert "url(" not in text.replace("url(#", "")
        assert "@font-face" not in text
