"""Cleaning on entry and guarding when drawn."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from config.text import BIDI_CONTROLS, clean, guard, one_line

ANY_TEXT = st.text(st.characters(codec=None), max_size=80)
ZWNJ, ZWJ = "\u200c", "\u200d"


@given(ANY_TEXT, st.booleans(), st.none() | st.integers(0, 40))
@example("\r\n\r", True, None)
@example("e\x00\u0301", True, None)
@example("a" + "\u0301\u0327" * 40, True, 20)
@example("\u1100\x1b\u1161", False, None)
def test_cleaning_twice_changes_nothing(text: str, multiline: bool, limit: int | None) -> None:
    once = clean(text, multiline=multiline, limit=limit)
    assert clean(once, multiline=multiline, limit=limit) == once


@given(ANY_TEXT)
def test_what_clean_returns_can_be_stored_and_drawn(text: str) -> None:
    cleaned = clean(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    cleaned.encode()
    for char in set(cleaned) - {"\n", ZWNJ, ZWJ}:
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert "\n" not in clean(text, multiline=False)


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_is_kept_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Ó Súilleabháin",
        "Nguyễn Thị Hồng",
        "محمد\u200cرضا",  # ZWNJ
        "👩\u200d👧",  # ZWJ
        "שָׁלוֹם",
        "O’Brien-Smith (née Jones)",
        "[/bold] [link=x] =1+1",
    ],
)
def test_names_are_kept(name: str) -> None:
    assert clean(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    ("text", "multiline", "single"),
    [
        ("a\r\nb\rc\nd", "a\nb\nc\nd", "a b c d"),
        ("a\x0bb\x0cc\x85d\u2028e\u2029f", "a\nb\nc\nd\ne\nf", "a b c d e f"),
        ("a\tb", "a b", "a b"),
        ("a\n\nb", "a\n\nb", "a b"),
        ("\x1b[2J\x1b]0;title\x07", "[2J]0;title", "[2J]0;title"),
        ("\x9b31m\x7f\x00", "31m", "31m"),
        ("safe\u202egnp.exe\u2066\u2069", "safegnp.exe", "safegnp.exe"),
        ("\ufeffBOM\u200b\u00ad", "BOM", "BOM"),
        ("\ud800x\udfff", "\ufffdx\ufffd", "\ufffdx\ufffd"),
        ("\ue000\U0010ffff", "", ""),
        ("e\u0301", "é", "é"),
    ],
)
def test_what_is_dropped_and_folded(text: str, multiline: str, single: str) -> None:
    assert clean(text) == multiline
    assert clean(text, multiline=False) == single


def test_a_limit_counts_characters() -> None:
    assert clean("abcdef", limit=4) == "abcd"
    assert clean("e\u0301" * 5, limit=3) == "ééé"


def test_endless_combining_marks_are_bounded() -> None:
    # 200,000 marks in the wrong order would take normalising minutes
    assert len(clean("a" + "\u0301\u0327" * 100_000)) <= 31


def test_a_long_note_is_whole() -> None:
    note = "The lock on the back door sticks. Ó\n" * 6000
    assert clean(note) == note


# --- drawing ---------------------------------------------------------------------------------


@pytest.mark.guarantee
@given(ANY_TEXT)
def test_guarded_text_has_no_control_of_any_kind(text: str) -> None:
    guarded = guard(text)
    assert len(guarded) == len(text)
    for char in guarded:
        code = ord(char)
        assert code >= 0x20
        assert not 0x7F <= code < 0xA0
        assert not 0xD800 <= code < 0xE000
        assert code not in BIDI_CONTROLS


def test_guard_shows_where_something_was() -> None:
    assert guard("ZX\x1b]52;c;Zm9v\x07") == "ZX·]52;c;Zm9v·"
    assert guard("plain – Ó") == "plain – Ó"


@given(ANY_TEXT, st.integers(-1, 30))
def test_one_line_fits_its_width(text: str, width: int) -> None:
    line = one_line(text, width)
    assert cell_len(line) <= max(width, 0)
    assert "\n" not in line


@pytest.mark.parametrize(
    ("text", "width", "line"),
    [
        ("Fairholm", 8, "Fairholm"),
        ("Fairholm", 7, "Fairho…"),
        ("Fairholm HA", 9, "Fairholm…"),
        ("住所住所", 8, "住所住所"),
        ("住所住所", 7, "住所住…"),
        ("住所住所", 6, "住所…"),
        ("two\nlines", 20, "two lines"),
        ("x", 0, ""),
        ("xy", 1, "…"),
    ],
)
def test_one_line(text: str, width: int, line: str) -> None:
    assert one_line(text, width) == line
