"""By what somebody is looked for in what is held of others: names in every form, and contacts.

A hint for whoever looks, as precise as it can be: a first name alone names nobody, and a surname
that many bear must stand beside it. What is found is listed, and goes out only when ticked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from config.codes import split
from db.guarded import Guarded
from db.mentions import earlier_names
from db.names import folded, near
from sanctuary_tui.exports.marks import Marks, plain, reach_marks
from sanctuary_tui.exports.withhold import everything_of
from sanctuary_tui.subject.saying import lines_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.caseload import Caseload
    from db.connection import Connection
    from db.models import CaseFile, Person

_SHORTEST: Final = 2
_SHORTEST_NEAR: Final = 4
_SHORTEST_PART: Final = 4
_RARE: Final = 5
"""A surname that this many people of the caseload bear, or fewer, says who is meant when the first
name stands anywhere in the same text, or an initial or a title before it."""
_BESIDE: Final = 3
_TITLES: Final = frozenset({"mr", "mrs", "ms", "miss", "mx", "dr"})
_WORD: Final = re.compile(r"[^\W_]+")
_NOT_COMPACT: Final = bytes(
    at for at in range(1, 128) if not (chr(at).isalpha() or chr(at).isdigit())
)
"""All of ASCII that is no letter and no digit, but what stands between two texts."""
_SMALL: Final = bytes(range(256)).lower()


@dataclass(frozen=True, slots=True)
class Wanted:
    """First names and surnames as single words or runs of words, and how they are reached."""

    given: frozenset[str]
    surnames: frozenset[tuple[str, ...]]
    rare: frozenset[tuple[str, ...]]
    marks: Marks = field(default_factory=Marks)

    @property
    def key(self) -> tuple[object, ...]:
        """The same for the same search."""
        return (
            self.given,
            self.surnames,
            self.rare,
            frozenset(self.marks.runs),
            frozenset(self.marks.lines),
        )

    @property
    def empty(self) -> bool:
        """Whether there is nothing to look for."""
        named = self.given and self.surnames
        return not (named or self.marks.runs or self.marks.lines)

    # --- quickly, and rather too much

    def may(self, texts: list[str]) -> list[int]:
        """Which of some texts may say any of it, by their places."""
        keys = self._keys()
        whole = "\0".join(texts)
        if whole.isascii():
            parts = whole.encode().translate(_SMALL, _NOT_COMPACT).split(b"\0")
        else:
            parts = [
                (one if one.isascii() else plain(one)).encode("ascii", "ignore").translate(
                    _SMALL, _NOT_COMPACT
                )
                for one in texts
            ]  # fmt: skip
        found = []
        for at, part in enumerate(parts):
            for key in keys:
                if key in part:
                    found.append(at)
                    break
        return found

    def _keys(self) -> list[bytes]:
        keys = {"".join(words) for words in self.surnames} if self.given else set()
        if self.surnames:
            keys |= {word for word in self.given if len(word) >= _SHORTEST_NEAR}
        keys |= self.marks.runs | {line.replace(" ", "") for line in self.marks.lines}
        return [key.encode("ascii", "ignore") for key in keys if key]

    # --- for certain

    def said_in(self, text: str) -> bool:
        """Whether a text names them, or says how or where they are reached."""
        spaced = plain(text)
        return self._named(spaced.split()) or self.marks.by_itself(spaced)

    def lines_of(self, text: str) -> list[int]:
        """Which lines of a text that names them say any word of it, by their places."""
        return [at for at, line in enumerate(lines_of(text)) if self.part_in(line)]

    def part_in(self, text: str) -> bool:
        """Whether a line says any word of it."""
        spaced = plain(text)
        words = spaced.split()
        if self._named(words) or self.marks.by_itself(spaced):
            return True
        return any(word in self.given for word in words) or any(
            True for one in self.surnames for _ in _places(words, one)
        )

    def _named(self, words: list[str]) -> bool:
        if not (self.given and self.surnames):
            return False
        firsts = [at for at, word in enumerate(words) if word in self.given]
        for surname in self.surnames:
            for at in _places(words, surname):
                if surname in self.rare and (firsts or self._called(words, at, len(surname))):
                    return True
                beside = _beside(words, at, len(surname))
                if any(words[one] in self.given for one in beside):
                    return True
                if any(self._nearly(words[one], self.given) for one in beside):
                    return True
        lasts = {word for surname in self.surnames for word in surname[-1:]}
        return any(
            self._nearly(words[one], lasts) for at in firsts for one in _beside(words, at, 1)
        )

    def _called(self, words: list[str], at: int, length: int) -> bool:
        """An initial or a title before a surname, or an initial after it."""
        initials = {word[0] for word in self.given}
        before = words[at - 1] if at else ""
        after = words[at + length] if at + length < len(words) else ""
        return before in _TITLES or before in initials or after in initials

    def _nearly(self, word: str, names: Iterable[str]) -> bool:
        return len(word) >= _SHORTEST_NEAR and any(
            len(name) >= _SHORTEST_NEAR and near(word, name) for name in names
        )


def _places(words: Sequence[str], run: tuple[str, ...]) -> Iterator[int]:
    first, length = run[0], len(run)
    for at, word in enumerate(words):
        if word == first and tuple(words[at : at + length]) == run:
            yield at


def _beside(words: Sequence[str], at: int, length: int) -> list[int]:
    ends = range(max(0, at - _BESIDE), min(len(words), at + length + _BESIDE))
    return [one for one in ends if not at <= one < at + length]


# --- of whom --------------------------------------------------------------------------------------


def wanted_of(caseload: Caseload, people: Sequence[Person], files: Sequence[CaseFile]) -> Wanted:
    """What somebody is looked for by; ``files`` are their own cases.

    Their names now and before, in the log; numbers, addresses and homes that are theirs, now and
    before. A number of an organisation or of those who work there is nobody's own.
    """
    connection = caseload.connection
    forms = [(one.first_name, one.surname, one.aliases) for one in people]
    for file in files:
        forms += earlier_names(connection, file.case.id, [one.id for one in people])
    given: set[str] = set()
    surnames: set[tuple[str, ...]] = set()
    for first, last, aliases in forms:
        given |= set(_words(first)[:1])
        surnames |= set(_surnames(last))
        for alias in split(aliases):
            words = _words(alias)
            given |= set(words[:1])
            surnames |= set(_surnames(" ".join(words[1:])))
    borne = _borne(connection)
    rare = frozenset(one for one in surnames if sum(borne[word] for word in one[:1]) <= _RARE)
    return Wanted(frozenset(given), frozenset(surnames), rare, _marks(caseload, people, files))


def _words(name: str) -> list[str]:
    return [word for word in _WORD.findall(plain(name)) if len(word) >= _SHORTEST]


def _surnames(name: str) -> Iterator[tuple[str, ...]]:
    """The whole of it, and each long part: Smith-Jones is Jones too."""
    words = _words(name)
    if words:
        yield tuple(words)
        yield from ((word,) for word in words if len(word) >= _SHORTEST_PART)


def _borne(connection: Connection) -> Counter[str]:
    counted: Counter[str] = Counter()
    for surname, number in connection.execute(
        "SELECT surname, count(*) FROM people WHERE surname <> '' GROUP BY surname"
    ).fetchall():
        for word in _WORD.findall(folded(surname)):
            counted[word] += number
    return counted


def _marks(caseload: Caseload, people: Sequence[Person], files: Sequence[CaseFile]) -> Marks:
    everything = everything_of(caseload.connection)
    mine = {one.id for one in people}
    items: list[Guarded] = []
    for file in files:
        here = [one for one in file.people if one.id in mine]
        survivor = any(one.role == "survivor" for one in here)
        items += [
            one
            for one in everything.of_case.get(file.case.id, ())
            if one.kind in ("address", "reach")
            and (one.person_id in mine or (survivor and one.person_id is None))
        ]
        homes = [one.address for one in here if one.address]
        if survivor or any("yes" in (one.lives_here, one.still_resident) for one in here):
            homes += [one.address for one in file.properties if one.address]
        items += [Guarded(file.case.id, "people", 0, None, "address", one) for one in homes]
    known = everything.known_to(items)
    public = {
        mark
        for row in caseload.connection.execute(
            "SELECT phone, email FROM organisations UNION SELECT phone, email FROM contacts"
        ).fetchall()
        for value in row
        for mark in reach_marks(value)
    }
    return Marks(
        {one for one in known if " " not in one} - public, {one for one in known if " " in one}
    )
