"""Which households may be the same: names nearly so, and a birth date, postcode or phone alike;
under another name where the birth date and one of the others are.

Only those that share one of the three are compared, so that ten thousand rows take seconds. A name
that is the same to the letter is enough where nothing on either side could tell the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from db.names import near

_PHONE: Final = 9
"""Last digits of a phone that are compared: with or without a leading zero or country code."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Another household that may be the same: a case's reference or a row, and what is alike."""

    ref: str
    row: int
    why: tuple[str, ...]

    @property
    def words(self) -> str:
        """For a line of the report; no name."""
        which = self.ref or f"row {self.row}"
        return f"{which} ({', '.join(self.why)})"


@dataclass(slots=True)
class Household:
    """What tells one household from another. ``row`` or ``ref`` says which it is."""

    row: int = 0
    ref: str = ""
    name: frozenset[str] = frozenset()
    aliases: frozenset[str] = frozenset()
    dob: date | None = None
    postcode: str = ""
    address: tuple[str, ...] = ()
    phones: set[str] = field(default_factory=set)

    def add_phone(self, written: str) -> None:
        """Remember a number by its last digits."""
        digits = "".join(char for char in written if char.isdecimal())
        if len(digits) >= _PHONE:
            self.phones.add(digits[-_PHONE:])


class Households:
    """Households to compare others with, found by what they share."""

    def __init__(self, known: Iterable[Household]) -> None:
        self._by: dict[object, list[Household]] = {}
        for one in known:
            self.add(one)

    def add(self, one: Household) -> None:
        """Put one more in."""
        for key in _keys(one):
            self._by.setdefault(key, []).append(one)

    def like(self, one: Household) -> tuple[Alike, ...]:
        """Those that may be the same, each once, with what is alike."""
        found: dict[int, Household] = {}
        for key in _keys(one):
            for other in self._by.get(key, ()):
                found[id(other)] = other
        return tuple(
            Alike(other.ref, other.row, why)
            for other in found.values()
            if (why := _why(one, other))
        )


def _keys(one: Household) -> Iterable[object]:
    if not one.name:
        return
    if one.dob:
        yield one.dob
    if one.postcode:
        yield one.postcode
    yield from one.phones
    yield one.name


def _why(one: Household, other: Household) -> tuple[str, ...]:
    same = one.name == other.name
    alike = (
        same
        or _near(one.name, other.name | other.aliases)
        or _near(other.name, one.name | one.aliases)
    )
    shared = []
    if one.dob and one.dob == other.dob:
        shared.append("same date of birth")
    if one.postcode and one.postcode == other.postcode:
        shared.append("same postcode")
    if one.phones & other.phones:
        shared.append("same phone")
    if not alike:  # a birth date and a place or number: a name changed, or spelt two ways
        sure = len(shared) > 1 and one.dob == other.dob
        return ("another name", *shared) if sure else ()
    if not shared and not (same and not _told_apart(one, other)):
        return ()
    return ("same name" if same else "similar name", *shared)


def _told_apart(one: Household, other: Household) -> bool:
    """Whether something both sides say could tell them apart."""
    return bool(
        (one.dob and other.dob)
        or (one.postcode and other.postcode)
        or (one.phones and other.phones)
    )


def _near(some: frozenset[str], others: frozenset[str]) -> bool:
    """Every word of one name is in the other, or nearly."""
    return bool(some) and all(
        word in others or any(near(word, other) for other in others) for word in some
    )
