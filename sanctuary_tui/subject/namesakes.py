"""People of other cases with the same name: what else agrees, and who is folded behind a count.

A common name brings dozens. What agrees is a hint for whoever looks, never a decision: nothing is
left out for it, and nothing goes out for it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sanctuary_tui.exports.marks import plain
from sanctuary_tui.subject.bar import person_name

if TYPE_CHECKING:
    from db.mentions import Passage
    from db.models import CaseFile, Person
    from sanctuary_tui.subject.wanted import Wanted

FEW: Final = 3
"""Cases of people with the name alone that are all listed; of more none is, but their number."""
BORN: Final = "date of birth"
REACHED: Final = "address or number"
WITH: Final = "somebody with them"


@dataclass(frozen=True, slots=True)
class Namesakes:
    """Of each case in which the name is borne what else agrees, and which of them are folded."""

    agrees: Mapping[int, tuple[str, ...]]
    folded: frozenset[int]

    def of(self, one: Passage) -> tuple[str, ...]:
        """What agrees in the case of a passage."""
        return self.agrees.get(one.case_id, ())

    def place(self, one: Passage) -> int:
        """Where it is listed: where most agrees first; what only names them before a name alone."""
        if one.case_id not in self.agrees:
            return -1
        agreeing = len(self.of(one))
        return -1 - agreeing if agreeing else 0


def namesakes_of(
    people: Sequence[Person],
    own: Iterable[CaseFile],
    others: Mapping[int, CaseFile],
    found: Sequence[Passage],
    wanted: Wanted,
) -> Namesakes:
    """Of what was ``found`` in ``others``, how much agrees with these ``people``."""
    known = _beside(people, own)
    born = {one.dob for one in people} - {None}
    bearers: dict[int, set[int]] = defaultdict(set)
    reached: set[int] = set()
    for one in found:
        if one.kind == "record" and one.table == "people":
            bearers[one.case_id].add(one.number)
        if wanted.marks.by_itself(plain(one.text)):
            reached.add(one.case_id)
    agrees: dict[int, tuple[str, ...]] = {}
    for case_id, numbers in bearers.items():
        file = others.get(case_id)
        if file is None:
            continue
        same = [one for one in file.people if one.id in numbers]
        said = {
            BORN: any(one.dob in born for one in same),
            REACHED: case_id in reached,
            WITH: not known.isdisjoint(_beside(same, [file])),
        }
        agrees[case_id] = tuple(words for words, holds in said.items() if holds)
    alone = frozenset(case_id for case_id, said_of in agrees.items() if not said_of)
    return Namesakes(agrees, alone if len(alone) > FEW else frozenset())


def _beside(people: Iterable[Person], files: Iterable[CaseFile]) -> set[str]:
    """The names of whoever else stands in their cases."""
    mine = {one.id for one in people}
    return {
        person_name(one)
        for file in files
        for one in file.people
        if one.id not in mine and one.first_name and one.surname
    }
