"""Whether a postcode or a telephone number looks whole: a mark for who types, never a refusal.

Half a postcode, or a number without its code, may be all that a caller knows.
"""

from __future__ import annotations

import re
from typing import Final

POSTCODE_DOUBT: Final = "This does not look like a whole postcode; leave it if it is all you know."
LETTER_DOUBT: Final = (
    "This does not look like a whole postcode: is a letter O or I in it a figure? "
    "Leave it if it is all you know."
)
PHONE_DOUBT: Final = "This looks too short for a telephone number; leave it if it is all you know."
_POSTCODE: Final = re.compile(
    r"(?:GIR 0AA|[A-Z]{1,2}[0-9](?:[0-9]|[A-HJ-NP-Z])? ?[0-9][A-HJ-NP-Z]{2})"
)
"""Outward and inward part; in the places where a letter follows a figure no O and no I stands."""
_FIGURE_PLACES: Final = re.compile(r"([A-Z]{1,2})([0-9OI]{1,2}[A-Z]?)( ?)([0-9OI])([A-Z]{2})")
_FIGURES: Final = str.maketrans("OI", "01")
_NUMBER: Final = re.compile(r"[\s\d+().,/;-]*(?:(?:ext|x|tel|mob)\.?[\s\d:]*)*", re.IGNORECASE)
_WHOLE: Final = 10
"""Digits of a number of this country, its nought among them; the shortest is 01xxx xxxxx."""
_SHORT_CODES: Final = frozenset({3, 6})
"""Digits of numbers that are whole though short: 999, 101, 111; 116 123."""
_WHOLE_THOUGH_SHORT: Final = frozenset({"08001111"})
"""Childline."""


def doubt(looks: str, typed: str) -> str:
    """What is to be said of text that is to look like a ``postcode`` or a ``phone``; or nothing."""
    given = " ".join(typed.split())
    if not given:
        return ""
    return {"postcode": _of_postcode, "phone": _of_phone}[looks](given) if looks else ""


def _of_postcode(given: str) -> str:
    code = given.upper()
    if _POSTCODE.fullmatch(code):
        return ""
    found = _FIGURE_PLACES.fullmatch(code)
    if found:
        area, district, gap, sector, unit = found.groups()
        read = "".join((area, district.translate(_FIGURES), gap, sector.translate(_FIGURES), unit))
        if _POSTCODE.fullmatch(read):
            return LETTER_DOUBT
    return POSTCODE_DOUBT


def _of_phone(given: str) -> str:
    if not _NUMBER.fullmatch(given):
        return ""  # a mail address, or words: nobody can tell
    digits = "".join(char for char in given if char.isdigit())
    whole = len(digits) >= _WHOLE or digits in _WHOLE_THOUGH_SHORT
    emergency = len(digits) in _SHORT_CODES and digits.startswith("1")
    return "" if whole or emergency or digits == "999" else PHONE_DOUBT
