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

_LOOKALIKES: Final = dict(
    zip(
        "аеорсухіѕјһԁѵԛԝкмтвАВЕКМНОРСТУХІЅЈαονεικρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧıɡøłđðØŁĐ’‘ʼ`´‐‑‒–—−_•·∙",
        "aeopcyxisjhdvqwkmtbABEKMHOPCTYXISJaoveikptuxABEZHIKMNOPTYXigolddOLD'''''------ ...",
        strict=True,
    )
) | {"æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "Æ": "AE", "Œ": "OE", "ẞ": "SS"}
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_SOFT_HYPHEN: Final = "\u00ad"
_DIGITS: Final = str.maketrans("013457@$", "oieastas")

BROKEN: Final = re.compile(r"(?<=[^\W\d])-\s(?=[^\W\d])")
"""A hyphen at the end of a line."""
LINE_END: Final = re.compile(r"(?<=[^\W\d])\n(?=[^\W\d])")
"""The end of a line between two letters."""
INSIDE: Final = re.compile(r"(?<=[^\W\d])[-.'*/|](?=[^\W\d])")
"""A mark between two letters."""
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

    def as_letters(self) -> Folded:
        """Digits and signs that stand for letters read as those."""
        return Folded(self.text.translate(_DIGITS), self.at)

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
    parts = unicodedata.normalize("NFKD", char)
    return "".join(
        _LOOKALIKES.get(part, part)
        for part in parts
        if unicodedata.category(part) not in _INVISIBLE and not part.isspace()
    )
