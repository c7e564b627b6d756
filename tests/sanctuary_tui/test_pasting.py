"""A paste is text in one piece, however it arrives and whatever is in it."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser

from sanctuary_tui.pasting import PasteParser

START, END = "\x1b[200~", "\x1b[201~"
TEXT = st.text(st.sampled_from("ab \x1b[]~;0126m\x07\n\u202e"), max_size=60)


def read(parser: XTermParser, pieces: list[str]) -> list[object]:
    """What a parser makes of what arrives piece by piece."""
    found: list[object] = []
    for piece in pieces:
        for message in parser.feed(piece):
            found.append(message.text if isinstance(message, events.Paste) else _key(message))
    return found


def _key(message: object) -> object:
    return f"<{message.key}>" if isinstance(message, events.Key) else message


def cut(text: str, places: list[int]) -> list[str]:
    """A text in pieces."""
    at = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[one:two] for one, two in pairwise(at)]


@given(TEXT.filter(lambda text: END not in text), st.lists(st.integers(0, 99), max_size=4))
def test_one_paste_is_one_text_without_escapes(text: str, places: list[int]) -> None:
    wanted = text.replace("\x1b", "")
    if not wanted or END in f"{text}\x1b" or text.endswith("\x1b"):
        return  # the paste's own end cannot be told from one it holds
    whole = f"{START}{text}{END}x"
    inside = [place + len(START) for place in places]
    assert read(PasteParser(), cut(whole, inside)) == [wanted, "<x>"]


def test_control_textual_itself_reads_keys_in_a_paste() -> None:
    pasted = f"{START}one\x1b[Btwo{END}"
    assert read(PasteParser(), [pasted]) == ["one[Btwo"]
    assert read(XTermParser(), [pasted]) != ["one[Btwo"]


def test_keys_outside_a_paste_are_keys_as_before() -> None:
    sent = f"a\x1b[B{START}p\x1b[Aq{END}\x1b[24~\x1b[Ab"
    assert read(PasteParser(), [sent]) == ["<a>", "<down>", "p[Aq", "<f12>", "<up>", "<b>"]
