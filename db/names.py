"""Names compared loosely, so that a returning household is found: spelling, order, accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

_NEAR_WORD: Final = 0.84
"""Jaro-Winkler: Smyth and Smith 0.89, Muhammad and Mohammed 0.85, Jones and James 0.76."""
_NEAR_NAME: Final = 84
_MOST: Final = 200
"""Characters of what was typed that are compared; no name is longer."""
_WORD: Final = re.compile(r"[^\W_]+")
_APART: Final = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"}
    | {"'": "", "’": "", "ʼ": ""}
)
"""Letters that have no accent to take off, and the mark inside O'Neill."""


def folded(text: str) -> str:
    """A name in small letters without accents."""
    if text.isascii():
        return text.lower().replace("'", "")
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char)).translate(_APART)


def words(text: str) -> list[str]:
    """The words of a name, in small letters without accents."""
    return _WORD.findall(folded(text[:_MOST]))


def every_word(text: str) -> list[str]:
    """The same of a text of any length."""
    return _WORD.findall(folded(text))


def near(one: str, other: str) -> bool:
    """Whether two folded words may be the same, misspelt: near as ``alike`` has it, and no more
    than a letter apart, two in a long one. Khan and Kahn, Ellwood and Elwod; not Wood, Woodland."""
    from rapidfuzz.distance import OSA, JaroWinkler

    most = max(1, min(len(one), len(other)) // 4)
    return (
        OSA.distance(one, other, score_cutoff=most) <= most
        and JaroWinkler.similarity(one, other) >= _NEAR_WORD
    )


def alike(typed: str, names: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Which of ``names`` may be meant by ``typed``: place and score, 100 for the same words.

    Every word typed is near to a word of the name, in any order; or the two as a whole are, which
    finds Mary Anne under Maryanne.
    """
    from rapidfuzz import fuzz, process
    from rapidfuzz.distance import JaroWinkler

    wanted = words(typed)
    if not wanted:
        return
    known = [_WORD.findall(folded(name)) for name in names]
    every = list(set(chain.from_iterable(known)))
    near: list[dict[str, float]] = [
        {
            word: score
            for word, score, _ in process.extract(
                one, every, scorer=JaroWinkler.similarity, score_cutoff=_NEAR_WORD, limit=None
            )
        }
        for one in dict.fromkeys(wanted)
    ]
    whole, any_near = " ".join(wanted), frozenset(chain.from_iterable(near))
    for place, name in enumerate(known):
        if any_near.isdisjoint(name):
            continue  # nearly every name: no word of it is near to any that was typed
        best = [max(scores.get(word, 0.0) for word in name) for scores in near]
        if all(best):
            yield place, round(100 * sum(best) / len(best))
        else:
            score = fuzz.token_set_ratio(whole, " ".join(name), score_cutoff=_NEAR_NAME)
            if score:
                yield place, int(score)
