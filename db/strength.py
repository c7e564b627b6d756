"""How hard a passphrase is to guess, said in one sentence.

The estimate is zxcvbn's (0 to 4; 3 means ten thousand million guesses or more). The device
secret and Argon2id stand behind the passphrase, so 3 is asked for, not more.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

LEAST_SCORE = 3
_ESTIMATED_CHARACTERS = 100
# Words that anyone attacking this program would try first.
_EXPECTED_WORDS = ["sanctuary", "caseload", "council", "coordinator", "marac", "refuge", "housing"]


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


def strength(passphrase: str) -> Strength:
    """The strength of ``passphrase``; nothing of it is kept.

    Only the first 100 characters are estimated (the estimator's time grows with the cube of the
    length); a longer passphrase is at least as strong. A word said twice counts once: whoever
    guesses the first tries it again.
    """
    text = unicodedata.normalize("NFC", passphrase)
    if not text.strip():
        return Strength(0, False, "Nothing was typed; use four or more unrelated words.")
    once = " ".join({word.casefold(): word for word in text.split()}.values())
    score = min(_estimated(text), _estimated(once))
    return Strength(score, score >= LEAST_SCORE, _SENTENCES[score])


def _estimated(text: str) -> int:
    import zxcvbn

    # The estimator's answer repeats the passphrase: only its number is kept.
    found = zxcvbn.zxcvbn(
        text[:_ESTIMATED_CHARACTERS],
        user_inputs=list(_EXPECTED_WORDS),
        max_length=_ESTIMATED_CHARACTERS,
    )
    return int(found["score"])
