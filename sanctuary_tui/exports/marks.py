"""How what must not be given away is known again: an address, a number, a rule, as it is told.

A field holds what somebody typed: an address on one line or five, the postcode inside it, two
numbers with a remark. Each telling that finds the place or the person is a mark of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from config.codes import split
from db.names import folded
from sanctuary_tui.pathway import folded as eye

if TYPE_CHECKING:
    from db.guarded import Guarded

_NOT_WORD: Final = re.compile(r"[\W_]+")
_BREAKS: Final = re.compile(r"[\n,;:()\[\]|]+|\s[-\u2013\u2014/]+\s|(?<=\w{4})\.(?=\s|$)")
_SENTENCES: Final = re.compile(r"[\n.;!?]+")
_POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)
_SHORTEST_POSTCODE: Final = 5
_SHORTEST_NUMBERED: Final = 6
_SHORTEST_NAMED: Final = 10
_SHORTEST_LINE: Final = 4
_SHORTEST_REACH: Final = 6
_SHORTEST_RULE: Final = 8
_LONG_NAME: Final = 7
"""Letters from which one word after a number is no word of every day."""
_NUMBER: Final = re.compile(r"\+?\d(?:[\s().-]*\d){5,}")
_MAIL: Final = re.compile(r"[^\s@,;<>()]+@[^\s@,;<>()]+")
_ABROAD: Final = 11
"""Digits from which 44 in front is the country and no part of the number."""
_AT_HOME: Final = 10
"""Digits of a number of this country, without the nought in front."""
IN_A_BUILDING: Final = frozenset(
    split(
        "apartment;bedsit;block;flat;floor;house;no;number;plot;room;studio;suite;unit",
    )
)
NO_PLACE: Final = IN_A_BUILDING | frozenset(
    split(
        "a;abode;above;accommodation;address;ask;at;aunt;aunts;away;brother;brothers;c;confidential;"
        "council;cousin;cousins;dad;dads;daughter;daughters;family;father;fathers;fixed;friend;"
        "friends;from;given;her;his;home;hospital;hostel;hotel;in;known;living;mother;mothers;"
        "moved;mum;mums;my;nan;nans;neighbour;neighbours;new;not;o;of;office;old;parents;place;"
        "police;private;refuge;safe;same;secret;sister;sisters;son;sons;station;staying;temporary;"
        "the;their;to;undisclosed;unknown;wherever;with;withheld;women;womens"
    )
)
"""Words of which a line may consist and still name no place."""
_BEFORE_A_NAME: Final = frozenset({"at", "in", "of", "on", "behind", "above"})
STREETS: Final = frozenset(
    split(
        "alley;avenue;boulevard;buildings;circus;close;cottages;court;crescent;crossing;drive;"
        "embankment;esplanade;gardens;grove;heights;hill;lane;lodge;mansions;meadow;meadows;mews;"
        "parade;park;passage;place;promenade;quay;rise;road;row;square;street;terrace;towers;villas;"
        "walk;way;wharf;yard"
    )
)
"""The word that ends the name of a street or of a house with flats."""
COMMON_STREETS: Final = frozenset(
    split(
        "albert road;chapel lane;chapel street;church lane;church road;church street;george street;"
        "grange road;green lane;grove road;high road;high street;king street;kings road;"
        "london road;main road;main street;manor road;market place;market square;market street;"
        "mill lane;mill road;new road;new street;north road;north street;park avenue;park lane;"
        "park road;park street;queen street;queens road;school lane;school road;south road;"
        "south street;station road;the avenue;the close;the crescent;the drive;the green;the grove;"
        "the lane;the square;the street;victoria road;victoria street;west road;west street;"
        "york road"
    )
)
"""Names that hundreds of streets have: without a number none says where anybody is."""
_SHORT: Final = {
    "apt": "apartment",
    "av": "avenue",
    "ave": "avenue",
    "bldgs": "buildings",
    "cl": "close",
    "cotts": "cottages",
    "cres": "crescent",
    "crt": "court",
    "ct": "court",
    "dr": "drive",
    "flt": "flat",
    "gdns": "gardens",
    "gr": "grove",
    "hse": "house",
    "ln": "lane",
    "pk": "park",
    "pl": "place",
    "rd": "road",
    "rm": "room",
    "sq": "square",
    "st": "street",
    "ter": "terrace",
    "terr": "terrace",
}
_IS_WHOLE: Final = re.compile("|".join(sorted(set(_SHORT.values()), key=len, reverse=True)))
_IS_SHORT: Final = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b")


def plain(text: str) -> str:
    """A text as the eye reads it, in small letters and digits, one blank between words."""
    read = text if text.isascii() else eye.folded(text).text
    return _NOT_WORD.sub(" ", folded(read)).strip()


def whole_words(spaced: str) -> str:
    """A ``plain`` text with short words of an address written out: ``mill lane`` of ``mill ln``."""
    return _IS_SHORT.sub(lambda found: _SHORT[found.group()], spaced)


def in_short(spelt: str) -> list[str]:
    """The same with a word of an address in short: ``12milln`` of ``12millane``; none has one."""
    found = set(_IS_WHOLE.findall(spelt))
    return [spelt.replace(whole, short) for short, whole in _SHORT.items() if whole in found]


@dataclass(slots=True)
class Marks:
    """What gives a value away, as ``plain`` has it.

    ``runs`` are found however they are spaced; ``lines`` as whole words alone.
    """

    runs: set[str] = field(default_factory=set)
    lines: set[str] = field(default_factory=set)

    def found(self, spaced: str) -> bool:
        """Whether one of them stands in a ``plain`` text."""
        if self._stand_in(spaced):
            return True
        written_out = whole_words(spaced)
        return written_out != spaced and self._stand_in(written_out)

    def _stand_in(self, spaced: str) -> bool:
        compact = spaced.replace(" ", "")
        if any(run in compact for run in self.runs):
            return True
        padded = f" {spaced} "
        return any(f" {line} " in padded for line in self.lines)

    def by_itself(self, spaced: str) -> bool:
        """Whether one of them stands in a ``plain`` text as what it is: 1 High Street does not in
        21 High Street."""
        spaced = whole_words(spaced)
        compact = spaced.replace(" ", "")
        for run in self.runs:
            at = compact.find(run)
            while at >= 0:
                if stands_alone(run, compact, at, spaced):
                    return True
                at = compact.find(run, at + 1)
        padded = f" {spaced} "
        return any(f" {line} " in padded for line in self.lines)

    def add(self, item: Guarded, towns: frozenset[str]) -> None:
        """What gives one value away in the file of its own case."""
        if item.kind == "address":
            self.add_address(item.text, towns)
        elif item.kind == "postcode":
            self.add_postcode(item.text)
        elif item.kind == "reach":
            self.runs |= reach_marks(item.text)
        elif item.kind == "rule":
            parts = (plain(part).replace(" ", "") for part in _SENTENCES.split(item.text))
            self.runs |= {part for part in parts if len(part) >= _SHORTEST_RULE}
        elif item.kind == "code_word":
            self.lines |= {plain(item.text)} - {""}

    def add_address(self, address: str, towns: frozenset[str]) -> None:
        """Its postcodes, a number with the street after it, names of houses; never a town."""
        for code in _POSTCODE.findall(address):
            self.add_postcode(code)
        lines = address_lines(address)
        for number, line in enumerate(lines):
            compact = line.replace(" ", "")
            if has_digit(line) and len(compact) >= _SHORTEST_NUMBERED:
                self.runs.add(compact)
                self.runs |= set(_numbered(line.split()))
            elif _letters(line) >= _SHORTEST_LINE and line not in towns and not is_unit(line):
                self.lines.add(line)
                self.lines |= set(_without_town(line, towns))
            if is_unit(line):
                after = "".join(lines[number : number + 2]).replace(" ", "")
                if len(after) > len(compact) and len(after) >= _SHORTEST_NUMBERED:
                    self.runs.add(after)
        for whole in ("".join(lines), *lines[:1]):
            compact = whole.replace(" ", "")
            if len(compact) >= _SHORTEST_NAMED and whole not in towns:
                self.runs.add(compact)

    def add_postcode(self, postcode: str) -> None:
        """The whole of it."""
        code = plain(postcode).replace(" ", "")
        if len(code) >= _SHORTEST_POSTCODE:
            self.runs.add(code)
        elif code:
            self.lines.add(plain(postcode))


def reach_marks(value: str) -> set[str]:
    """Each telephone number in it without what stands for the country, each mail address; where
    there is neither, the whole."""
    marks = {
        number for found in _NUMBER.findall(value) for number in _numbers(re.sub(r"\D", "", found))
    }
    marks |= {plain(one).replace(" ", "") for one in _MAIL.findall(value)}
    found = {mark for mark in marks if len(mark) >= _SHORTEST_REACH}
    compact = plain(value).replace(" ", "")
    return found or ({compact} if len(compact) >= _SHORTEST_REACH else set())


def reaches(value: str, text: str) -> bool:
    """Whether a ``plain`` text gives this number or address, however it is spelt."""
    return Marks(reach_marks(value)).found(text)


def _numbers(digits: str) -> Iterator[str]:
    """Numbers whose digits stand one after the other, each without nought or country in front."""
    bare = digits.lstrip("0")
    if bare.startswith("44") and len(bare) >= _ABROAD:
        bare = bare[2:].lstrip("0")
    if len(bare) < _SHORTEST_REACH:
        yield digits
        return
    yield bare[:_AT_HOME]
    if len(bare) - _AT_HOME >= _SHORTEST_REACH:
        yield from _numbers(bare[_AT_HOME:])


def address_lines(address: str) -> list[str]:
    """The parts of an address in ``plain`` words: flat, street, house, town; no postcode."""
    parts = _BREAKS.split(_POSTCODE.sub(" ", address))
    return [line for part in parts for line in _told_apart(whole_words(plain(part)).split())]


def _told_apart(words: list[str]) -> Iterator[str]:
    """A line in which flat, street and town stand without a break."""
    if len(words) > 1 and words[0] in IN_A_BUILDING - {"no", "number"} and has_digit(words[1]):
        yield " ".join(words[:2])
        words = words[2:]
        while words and words[0] in _BEFORE_A_NAME:
            words = words[1:]
    end = next(_street_ends(words), len(words))
    if words[:end]:
        yield " ".join(words[:end])
    if words[end:]:
        yield " ".join(words[end:])


def _street_ends(words: list[str]) -> Iterator[int]:
    """Where the name of a street or of a house ends, a word of it standing before its kind."""
    for at, word in enumerate(words):
        if word in STREETS and at and not has_digit(words[at - 1]):
            following = words[at + 1] if at + 1 < len(words) else ""
            if following not in STREETS:
                yield at + 1


def _numbered(words: list[str]) -> Iterator[str]:
    """From each number of a house to the end of the street's name, or the words after it."""
    for at, word in enumerate(words):
        if not has_digit(word):
            continue
        rest = [one for one in words[at + 1 :] if not has_digit(one)]
        if not rest or rest[0] in IN_A_BUILDING:
            continue
        ends = next(_street_ends(rest), 0) or (2 if len("".join(rest[:2])) >= 6 else 3)
        run = word + "".join(rest[:ends])
        if len(run) >= _SHORTEST_NUMBERED:
            yield run
        if len(rest[0]) >= _LONG_NAME and rest[0] not in STREETS:
            yield word + rest[0]


def _without_town(line: str, towns: frozenset[str]) -> Iterator[str]:
    words = line.split()
    for at in range(1, len(words)):
        left = words[:at]
        named = not NO_PLACE.issuperset(left) and _letters("".join(left)) >= _SHORTEST_LINE
        if named and " ".join(words[at:]) in towns:
            yield " ".join(left)


def has_digit(text: str) -> bool:
    """Whether a number stands in it."""
    return any(char.isdigit() for char in text)


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def is_unit(line: str) -> bool:
    """``Flat 3``, ``91``: which of a building, and no building."""
    return has_digit(line) and all(
        word in IN_A_BUILDING or has_digit(word) or len(word) == 1 for word in line.split()
    )


def stands_alone(run: str, compact: str, at: int, spaced: str) -> bool:
    """21 High Street is not 1 High Street; a telephone number has its nought in front."""
    if not run[0].isdigit() or run.isdigit() or at == 0 or not compact[at - 1].isdigit():
        return True
    return run in {"".join(words) for words in _runs_of(spaced, run)}


def _runs_of(spaced: str, run: str) -> Iterator[list[str]]:
    """Words that together are as long as the run."""
    words = spaced.split()
    for first in range(len(words)):
        length, last = 0, first
        while last < len(words) and length < len(run):
            length, last = length + len(words[last]), last + 1
        if length == len(run):
            yield words[first:last]
