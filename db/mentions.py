"""Whom the words of the directory name: the cases that a file of organisations is about.

Sealed cases too (``main.``): a file that names somebody is about them, whoever may see their case.
The answer goes into the register alone, which leaves sealed references out itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import chain
from typing import TYPE_CHECKING, Final

from db import names

if TYPE_CHECKING:
    from db.connection import Connection

_SHORTEST: Final = 3
"""Letters that a name alone in a sentence has at the least; shorter ones are ordinary words."""
_MOST: Final = 20_000
"""Free words that are compared."""


def cases_named(
    connection: Connection,
    rows: Iterable[tuple[str, str]],
) -> tuple[str, ...] | None:
    """The references of cases that rows name, each given as its names and its free words.

    Among names somebody is meant by first name and surname together, since firms have surnames; in
    free words the surname or a nickname is enough, misspelt too, as is a reference. Ways to reach
    somebody and confidential addresses have been taken out of what leaves before. None where there
    is more to read than is read: then nobody knows.
    """
    given = [(names.every_word(one), names.every_word(free), f"{one} {free}") for one, free in rows]
    if sum(len(free) for _, free, _ in given) > _MOST:
        return None
    refs = dict(connection.execute("SELECT id, ref FROM main.cases").fetchall())
    people = [
        (int(case_id), names.every_word(first), names.every_word(last), aliases.split(";"))
        for case_id, first, last, aliases in connection.execute(
            "SELECT case_id, first_name, surname, aliases FROM main.people"
        ).fetchall()
    ]
    found: set[int] = set()
    by_mark = _marks(people)
    for word in set(chain.from_iterable(free for _, free, _ in given)):
        for mark in _near(word, by_mark):
            found |= by_mark[mark]
    for one, free, _ in given:
        said = {*one, *free}
        for case_id, first, last, aliases in people:
            wholes = ([*first[:1], *last], *map(names.every_word, aliases))
            if any(len(whole) > 1 and said.issuperset(whole) for whole in wholes):
                found.add(case_id)
    text = names.folded(" ".join(text for *_, text in given))
    found |= {case_id for case_id, ref in refs.items() if ref and names.folded(ref) in text}
    return tuple(refs[case_id] for case_id in sorted(found) if case_id in refs)


def _marks(
    people: Iterable[tuple[int, list[str], list[str], list[str]]],
) -> dict[str, set[int]]:
    """What tells of somebody alone in a sentence: words of a surname, nicknames of one word."""
    found: dict[str, set[int]] = defaultdict(set)
    for case_id, first, last, aliases in people:
        known = (names.every_word(alias) for alias in aliases)
        single = [alias[0] for alias in known if len(alias) == 1]
        for mark in (*(last or first), *single):
            if len(mark) >= _SHORTEST:
                found[mark].add(case_id)
    return found


def _near(word: str, marks: Iterable[str]) -> list[str]:
    if len(word) < _SHORTEST:
        return []
    return [mark for mark in marks if mark[0] == word[0] and names.near(mark, word)]
