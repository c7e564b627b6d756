"""A text as the eye reads it, for the check of wording: letters plain, places kept.

Accents, invisible characters, look-alike letters and odd spaces are no way round the check. Every
character of a folded text knows where it stood, so that a word found can be shown as it was typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sanctuary_tui.pathway.lookalikes import CONFUSABLE

_LOOKALIKES: Final = (
    {other: letter for letter, others in CONFUSABLE.items() for other in others}
    | dict(
        zip(
            "аеорсухіѕјһԁѵԛԝкмтвнιεκτχФфВΗıɡøłđðØŁĐ’‘ʼ`´‐‑‒–—−_•·∙",
            "aeopcyxisjhdvqwkmtbhiektxFfBHigolddOLD'''''------ ...",
            strict=True,
        )
    )
    | {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "Æ": "AE", "Œ": "OE", "ẞ": "SS"}
    | dict.fromkeys("\u115f\u1160\u2800\u3164\uffa0", " ")
)
_BY_NAME: Final = re.compile(
    r"(?:NEGATIVE (?:CIRCLED|SQUARED) )?LATIN (CAPITAL LETTER|SMALL LETTER|LETTER SMALL CAPITAL) "
    r"(?:(?:BARRED|CLOSED|DOTLESS|INSULAR|INVERTED|OPEN|REVERSED|SCRIPT|SIDEWAYS|TURNED) )*"
    r"([A-Z])(?: WITH .+)?"
)
"""Latin letters that Unicode names after a plain one: small capitals, turned, with a stroke."""
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_SOFT_HYPHEN: Final = "\u00ad"
_DIGITS: Final = str.maketrans("01345678@$|", "oieasgtbasl")
_ONE_AS_L: Final = str.maketrans("1", "l")

BROKEN: Final = re.compile(r"(?<=[^\W\d])-\s(?=[^\W\d])")
"""A hyphen at the end of a line."""
LINE_END: Final = re.compile(r"(?<=[^\W\d])\n(?=[^\W\d])")
"""The end of a line between two letters."""
INSIDE: Final = re.compile(r"(?<=[^\W\d])[-.'*/|](?=[^\W\d])")
"""A mark between two letters."""
GLUED: Final = re.compile(r"(?<=[^\W\d])\d+(?!\w)|(?<!\w)\d+(?=[^\W\d])")
"""Digits before or after a word: ``marac2``."""
_RUN: Final = re.compile(r"(?<![\w'])[^\W\d]+(?:[ -][^\W\d]+)+(?!\w)")
_WORD: Final = re.compile(r"[^\W\d]+")
_SPELT: Final = re.compile(r"(?<![^\W_])(?:[^\W\d][ .\-*/|]{1,2}){1,40}[^\W\d](?![^\W_])")
_GAP: Final = re.compile(r"[ .\-*/|]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text made plain; ``at`` says where in the text as typed each character stood."""

    text: str
    at: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the plain text stands in the text as typed."""
        return self.at[start], self.at[end - 1] + 1

    def without(self, marks: re.Pattern[str]) -> Folded:
        """The same with some marks left out."""
        return self._cut(found.span() for found in marks.finditer(self.text))

    def spelt_out(self, *, but_first: bool = False) -> Folded:
        """Letters written apart brought together: ``D. A.``, ``v i c t i m``.

        ``but_first`` leaves the first of each run alone: ``a v i c t i m``.
        """
        gaps = (
            (run.start() + gap.start(), run.start() + gap.end())
            for run in _SPELT.finditer(self.text)
            for number, gap in enumerate(_GAP.finditer(run.group()))
            if number or not but_first
        )
        return self._cut(gaps)

    def as_letters(self, *, one_as_l: bool = False) -> Folded:
        """Digits and signs that stand for letters read as those; a one as an i, or as an l."""
        text = self.text.translate(_ONE_AS_L) if one_as_l else self.text
        return Folded(text.translate(_DIGITS), self.at)

    def pieces(self) -> Iterator[tuple[str, int, int]]:
        """Two or three words in a row read as one, and where they stand: ``dom estic``."""
        for run in _RUN.finditer(self.text):
            words = [
                (run.start() + one.start(), run.start() + one.end())
                for one in _WORD.finditer(run.group())
            ]
            for more in (1, 2):
                for first in range(len(words) - more):
                    some = words[first : first + more + 1]
                    joined = "".join(self.text[start:end] for start, end in some)
                    yield joined, some[0][0], some[-1][1]

    def words(self) -> Iterator[tuple[str, int, int]]:
        """Each word, and where it stands."""
        for one in _WORD.finditer(self.text):
            yield one.group(), one.start(), one.end()

    def _cut(self, spans: Iterator[tuple[int, int]]) -> Folded:
        kept: list[str] = []
        at: list[int] = []
        before = 0
        for start, end in spans:
            kept.append(self.text[before:start])
            at += self.at[before:start]
            before = end
        kept.append(self.text[before:])
        at += self.at[before:]
        return Folded("".join(kept), tuple(at))


def folded(text: str) -> Folded:
    """A text made plain: one space for a run of them, or one line end where the run has one."""
    out: list[str] = []
    at: list[int] = []
    for place, char in enumerate(text):
        if char == _SOFT_HYPHEN and text[place + 1 : place + 2].isspace():
            char = "-"
        if char.isspace():
            line = char in "\n\r\v\f\x85\u2028\u2029"
            if out and out[-1] in " \n":
                out[-1] = "\n" if line else out[-1]
            else:
                out.append("\n" if line else " ")
                at.append(place)
            continue
        for plain in _plain(char):
            out.append(plain)
            at.append(place)
    return Folded("".join(out), tuple(at))


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char.isascii():
        return _LOOKALIKES.get(char, char) if char.isprintable() else ""
    if char in _LOOKALIKES:
        return _LOOKALIKES[char]
    named = _BY_NAME.fullmatch(unicodedata.name(char, ""))
    if named:
        return named[2] if named[1] == "CAPITAL LETTER" else named[2].lower()
    parts = unicodedata.normalize("NFKD", char)
    return "".join(
        _LOOKALIKES.get(part, part)
        for part in parts
        if unicodedata.category(part) not in _INVISIBLE and not part.isspace()
    )


def of_two_alphabets(text: str) -> Iterator[tuple[int, int]]:
    """Where a word mixes Latin letters with letters of another alphabet (UTS #39)."""
    if text.isascii():
        return
    for word in _WORD.finditer(text):
        kinds = {unicodedata.name(char, "").split(" ")[0] for char in word.group()}
        if "LATIN" in kinds and kinds & _OTHER_ALPHABETS:
            yield word.span()


_OTHER_ALPHABETS: Final = frozenset({"ARMENIAN", "CHEROKEE", "COPTIC", "CYRILLIC", "GREEK", "LISU"})
