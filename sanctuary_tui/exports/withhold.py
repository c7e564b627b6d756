"""A last look at every cell: a confidential address typed into free text is taken out there too.

Four of seven reprimands for breaches that hit survivors of domestic abuse were a safe address
given away in passing (ICO, 27 September 2023). Fields are kept back by profile; this finds the
same words where somebody typed them into a sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from db.models import CaseFile

WITHHELD: Final = "[withheld: holds a confidential address]"
CODE_WORD_WITHHELD: Final = "[withheld]"
_NOT_WORD = re.compile(r"[\W_]+")
_SHORTEST_POSTCODE: Final = 5
_SHORTEST_NUMBERED: Final = 6
_SHORTEST_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not stand in any cell: places, in letters and digits only, and the code word."""

    places: frozenset[str]
    code_word: re.Pattern[str] | None

    def withhold(self, cell: str) -> str:
        """``cell`` without them: whole cells that name the place, single words otherwise."""
        if not cell:
            return cell
        compact = _compact(cell) if self.places else ""
        if any(place in compact for place in self.places):
            return WITHHELD
        return self.code_word.sub(CODE_WORD_WITHHELD, cell) if self.code_word else cell


def secrets_of(file: CaseFile, *, address: bool) -> Secrets:
    """The secrets of a case.

    ``address`` is true where the confidential address is to be kept back; the code word always is,
    except where it is also part of somebody's name.
    """
    places: set[str] = set()
    if address:
        for kept in file.safe_addresses:
            places |= _place_words(kept.address, kept.postcode)
        for home in file.properties:
            if home.confidential == "yes":
                places |= _place_words(home.address, home.postcode)
    return Secrets(frozenset(places), _code_word(file))


def _code_word(file: CaseFile) -> re.Pattern[str] | None:
    word = file.case.code_word.strip()
    if not word:
        return None
    names = " ".join(f"{person.first_name} {person.surname}" for person in file.people)
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    return None if pattern.search(names) else pattern


def _place_words(address: str, postcode: str) -> set[str]:
    """What of an address names one home: numbered lines, a house's name; never a town."""
    lines = [_compact(line) for line in re.split(r"[\n,;]+", address) if line.strip()]
    found = {line for line in lines if len(line) >= _SHORTEST_NUMBERED and _has_digit(line)}
    found |= {text for text in (_compact(address), *lines[:1]) if len(text) >= _SHORTEST_NAMED}
    return found | {code for code in (_compact(postcode),) if len(code) >= _SHORTEST_POSTCODE}


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)


def _compact(text: str) -> str:
    return _NOT_WORD.sub("", text.casefold())
