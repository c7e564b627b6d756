"""Where in thousands of cells a mark of any case may stand, in the time a list has.

Looking for each mark in each cell takes longer than writing the file. A mark with a number in it
is kept under what begins with the number, any other under its rarest word; only cells in which
such a key stands are then looked at closely (``sanctuary_tui.exports.withhold``).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from itertools import accumulate
from typing import Final

from sanctuary_tui.exports.marks import Marks, in_short, plain, whole_words

_LONG: Final = 8
_SHORT: Final = 4
_APART: Final = "\0"
_TYPOGRAPHY: Final = str.maketrans(
    {"’": "'", "‘": "'", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"', "£": " ", "·": " "}
)
"""What a text program writes by itself, and ``plain`` reads the same."""
_FROM_DIGIT: Final = re.compile(rb"(?=(\d[^\0]{3,7}))")
_EACH: Final = bytes(range(256))
_LETTERS: Final = _EACH.lower()
_NOT_KEPT: Final = bytes(one for one in range(1, 128) if not bytes([one]).isalnum())
_WORDS: Final = bytes(32 if one in _NOT_KEPT else one for one in _LETTERS)


class Spotter:
    """The keys of many marks."""

    def __init__(self, marks: Iterable[tuple[str, Marks]]) -> None:
        """Each value as it was typed, with its marks."""
        self._long: set[bytes] = set()
        self._short: set[bytes] = set()
        worded: dict[str, frozenset[str]] = {}
        for text, of_value in marks:
            for run in of_value.runs:
                if not self._keyed_by_number(run):
                    words = [word for word in whole_words(plain(text)).split() if word in run]
                    worded[run] = frozenset(one for one in words if len(one) > 1) or frozenset(
                        {run}
                    )
            worded |= {line: frozenset(line.split()) for line in of_value.lines}
        self._words = _rarest(worded)

    def _keyed_by_number(self, run: str) -> bool:
        begins = next((at for at, char in enumerate(run) if char.isdigit()), len(run))
        told = run[begins:]
        if len(told) < _SHORT or not told.isascii():
            return False
        for spelt in (told,) if told.isdigit() else (told, *in_short(told)):
            kept = self._long if len(spelt) >= _LONG else self._short
            kept.add(spelt[: _LONG if len(spelt) >= _LONG else _SHORT].encode())
        return True

    def suspects(self, cells: Collection[str]) -> list[str]:
        """The cells in which a mark may stand; in the others none does."""
        known = list(cells)
        told = [cell if cell.isascii() else _in_ascii(cell) for cell in known]
        joined = _APART.join(told)
        if joined.count(_APART) != max(len(told) - 1, 0):
            joined = _APART.join(cell.replace(_APART, " ") for cell in told)
        read = joined.encode("utf-8", "replace")
        found = self._by_number(read.translate(_LETTERS, _NOT_KEPT))
        if self._words:
            apart = self._words.isdisjoint
            spaced = read.translate(_WORDS, b"'").split(b"\0")
            found |= {at for at, cell in enumerate(spaced) if not apart(cell.split())}
        return [known[at] for at in sorted(found)]

    def _by_number(self, compact: bytes) -> set[int]:
        grams = set(_FROM_DIGIT.findall(compact))
        if self._long.isdisjoint(grams) and self._short.isdisjoint({one[:_SHORT] for one in grams}):
            return set()
        ends = list(accumulate(len(cell) + 1 for cell in compact.split(b"\0")))
        return {
            bisect_right(ends, found.start())
            for found in _FROM_DIGIT.finditer(compact)
            if found[1] in self._long or found[1][:_SHORT] in self._short
        }


def _in_ascii(cell: str) -> str:
    usual = cell.translate(_TYPOGRAPHY)
    return usual if usual.isascii() else plain(cell)


def _rarest(worded: dict[str, frozenset[str]]) -> set[bytes]:
    """Of each mark the word that fewest others have, and itself where it stands as one word."""
    counted = Counter(word for words in worded.values() for word in words)
    by_words: dict[frozenset[str], set[str]] = defaultdict(set)
    for mark, words in worded.items():
        by_words[words].add(mark.replace(" ", ""))
    keys: set[str] = set()
    for words, marks in by_words.items():
        key = min(words, key=lambda word: (bool(in_short(word)), counted[word], -len(word), word))
        keys |= {key, *in_short(key), *marks}
    return {key.encode() for key in keys}
