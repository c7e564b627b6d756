"""How hard a passphrase is to guess, said in one sentence.

The estimate is zxcvbn's (0 to 4; 3 means a hundred million guesses or more). It takes any four
words for strong, so where a passphrase is words they are looked at too. A word much like an earlier
one, of a single letter or of a row of keys counts as none; one that is listed
(``db.strength_words``, the most used words, names and passwords, the names of this account and
computer) counts for little. Asked for are three words that count, or two and two that count for
little. The device secret and Argon2id stand behind the passphrase, so 3 is asked for, not more.
"""

from __future__ import annotations

import contextlib
import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from db.strength_words import ALPHABET, EXAMPLES, KEYBOARD_ROWS, LISTED

LEAST_SCORE = 3
LEAST_WORDS: Final = 3
_ESTIMATED_CHARACTERS = 100
_MOST_USED: Final = 100
"""So many of the most used words, names and passwords each count for little."""
_ALIKE: Final = 88.0
_WORD: Final = re.compile(r"[^\W\d_]+")
_BETWEEN: Final = re.compile(r"[^\W\d_][\s\-_.,/]+[^\W\d_]")
_WRITTEN_OTHERWISE: Final = re.compile(r"[013457@$!]*[^\W\d_](?:[^\W\d_]|[013457@$!])*")
_LETTERS_FOR: Final = str.maketrans("013457@$!", "oieastasi")


@dataclass(frozen=True, slots=True)
class Strength:
    """``score`` 0 (guessed at once) to 4; ``accepted`` from 3; ``words`` for the person."""

    score: int
    accepted: bool
    words: str


_SENTENCES = (
    "Very easy to guess; use four or more unrelated words.",
    "Easy to guess; use four or more unrelated words.",
    "Could be guessed; add another word or two that have nothing to do with the rest.",
    "Good.",
    "Very good.",
)
_KNOWN = "This one is printed in books and tried first; use four unrelated words of your own."
_DIGITS = "Figures alone are tried soon; use four or more unrelated words."
_TAKEN = (
    "Easy to guess: numbers, days, months, colours, rows of keys, common words and names, words of "
    "this work and repeats hardly count; use four or more unrelated words."
)


def strength(passphrase: str) -> Strength:
    """The strength of ``passphrase``; nothing of it is kept.

    Only the first 100 characters are estimated (the estimator's time grows with the cube of the
    length); a longer passphrase is at least as strong.
    """
    text = unicodedata.normalize("NFC", passphrase)
    if not text.strip():
        return Strength(0, False, "Nothing was typed; use four or more unrelated words.")
    plain = text.casefold()
    if _is_known(plain):
        return Strength(0, False, _KNOWN)
    if plain.isascii() and not any(char.isalpha() for char in plain):
        return Strength(1, False, _DIGITS)
    found = _judged(text, plain)
    spelt = _WRITTEN_OTHERWISE.sub(lambda token: token[0].translate(_LETTERS_FOR), plain)
    return found if spelt == plain else min(found, _judged(text, spelt), key=lambda one: one.score)


def _judged(text: str, plain: str) -> Strength:
    score, pieces = _estimated(text), _pieces(plain)
    if not _are_words(pieces, plain):
        return Strength(score, score >= LEAST_SCORE, _SENTENCES[score])
    different, counting = _counting(pieces)
    if counting >= LEAST_WORDS or (counting == LEAST_WORDS - 1 and different > LEAST_WORDS):
        return Strength(score, score >= LEAST_SCORE, _SENTENCES[score])
    score = min(score, counting)
    return Strength(score, False, _TAKEN if counting < len(pieces) else _SENTENCES[score])


def _is_known(plain: str) -> bool:
    """Is it a printed one, with little put to it?"""
    close = "".join(char for char in plain if char.isalnum())
    for example in EXAMPLES:
        if example in close:
            rest = close.replace(example, "")
            if len(rest) < 8 or _estimated(rest) < LEAST_SCORE:
                return True
    return False


def _are_words(pieces: list[str], plain: str) -> bool:
    """Is it several words, apart or run together, and little else?"""
    in_words = sum(len(piece) for piece in pieces)
    if len(pieces) < 2 or in_words < 0.6 * len("".join(plain.split())):
        return False
    return bool(_BETWEEN.search(plain)) or all(_is_of_a_list(piece) for piece in pieces)


def _is_of_a_list(word: str) -> bool:
    from zxcvbn.matching import RANKED_DICTIONARIES

    return word in LISTED or any(word in ranked for ranked in RANKED_DICTIONARIES.values())


def _pieces(plain: str) -> list[str]:
    """The words; one that is run together of words that are known is taken apart."""
    found: list[str] = []
    for word in _WORD.findall(plain[:_ESTIMATED_CHARACTERS]):
        found += _taken_apart(word)
    return found


def _taken_apart(word: str) -> list[str]:
    import zxcvbn

    if len(word) < 8:
        return [word]
    matches = zxcvbn.zxcvbn(word, user_inputs=_listed(), max_length=_ESTIMATED_CHARACTERS)[
        "sequence"
    ]
    known = all(match["pattern"] == "dictionary" for match in matches)
    return [str(match["token"]) for match in matches] if known else [word]


def _counting(pieces: list[str]) -> tuple[int, int]:
    """How many words are not much like an earlier one, and how many of these are not poor."""
    from rapidfuzz import fuzz

    found: list[str] = []
    for piece in pieces:
        like = any(fuzz.ratio(piece, one) >= _ALIKE for one in found)
        if not like and not _is_a_row(piece):
            found.append(piece)
    return len(found), sum(
        piece not in _poor() and piece.removesuffix("s") not in LISTED for piece in found
    )


def _is_a_row(word: str) -> bool:
    """A single letter, repeated perhaps, or keys and letters that stand in a row?"""
    if len(set(word)) == 1:
        return True
    rows = (*KEYBOARD_ROWS, ALPHABET)
    return len(word) > 2 and any(word in row or word in row[::-1] for row in rows)


@functools.cache
def _poor() -> frozenset[str]:
    """Words that would be guessed with the first few hundred."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    lists = FREQUENCY_LISTS.values()
    used = {word for words in lists for word in words[:_MOST_USED]}
    return LISTED | used | frozenset(_own_names())


@functools.cache
def _own_names() -> tuple[str, ...]:
    """The words in the names of the account, its person and the computer."""
    import getpass
    import platform

    names = [platform.node()]
    # An account without a name, and Windows, which has no such list.
    with contextlib.suppress(OSError, KeyError, ImportError):
        names.append(getpass.getuser())
        import pwd

        names.append(pwd.getpwnam(names[-1]).pw_gecos)
    return tuple(_words_of(names))


def _words_of(names: list[str]) -> list[str]:
    return [word for name in names for word in _WORD.findall(name.casefold()) if len(word) > 2]


def _listed() -> list[str]:
    return [*sorted(LISTED), *EXAMPLES, *KEYBOARD_ROWS, *_own_names()]


def _estimated(text: str) -> int:
    import zxcvbn

    # The estimator's answer repeats the passphrase: only its number is kept.
    found = zxcvbn.zxcvbn(
        text[:_ESTIMATED_CHARACTERS],
        user_inputs=_listed(),
        max_length=_ESTIMATED_CHARACTERS,
    )
    return int(found["score"])
