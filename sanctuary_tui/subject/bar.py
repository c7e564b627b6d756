"""What is never told to whoever asks, whatever is ticked: where others are, how to reach them.

Two people may each stand as the survivor in a case against the other, and a note in one may say
what the other keeps back. So the bar is made of every case, sealed ones too, without what the
person knows as the survivor of their own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from db.guarded import accused_in
from db.names import folded
from sanctuary_tui.exports.marks import Marks, plain
from sanctuary_tui.exports.withhold import everything_of

if TYPE_CHECKING:
    from db.caseload import Caseload
    from db.models import Person


def name_of(first: str, last: str) -> str:
    """A whole name, folded, one blank between its words."""
    return " ".join(re.findall(r"\w+", folded(f"{first} {last}")))


def person_name(person: Person) -> str:
    """The same of somebody as they are recorded."""
    return name_of(person.first_name, person.surname)


class Bar:
    """Tells of any text whether it gives somebody else away."""

    def __init__(self, caseload: Caseload, people: tuple[Person, ...]) -> None:
        self._everything = everything_of(caseload.connection)
        of_case = self._everything.of_case
        mine = {one.id for one in people}
        own_cases = {one.case_id for one in people if one.role == "survivor"}
        roles = {
            row[0]: row[1]
            for case_id in own_cases
            for row in caseload.connection.execute(
                "SELECT id, role FROM people WHERE case_id = ?", (case_id,)
            ).fetchall()
        }
        own = [
            item
            for case_id, items in of_case.items()
            for item in items
            if item.person_id in mine
            or (
                case_id in own_cases
                and roles.get(item.person_id) not in ("perpetrator", "survivor")
            )
        ]
        self._known = self._everything.known_to(own, {one.case_id for one in people})
        wanted = {person_name(one) for one in people} - {""}
        accused = accused_in(caseload.connection, lambda *name: name_of(*name) in wanted)
        for one in people:
            accused.setdefault(one.case_id, "")
        self._marks, told = Marks(), Marks()
        for item in own:
            told.add(item, frozenset())
        for case_id in accused.keys() - own_cases:
            towns = self._everything.towns | self._everything.home_lines(case_id)
            for item in of_case.get(case_id, ()):
                named = item.kind == "code_word" and plain(item.text) in plain(accused[case_id])
                if item.person_id not in mine and not named:
                    self._marks.add(item, towns)
        self._marks.runs -= told.runs
        self._marks.lines -= told.lines

    def gives_away(self, text: str) -> bool:
        """Whether a text says where somebody else is, how to reach them, or their code word."""
        spaced = plain(text)
        return self._marks.found(spaced) or self._everything.found(spaced, self._known)

    def only_together(self, lines: list[str]) -> bool:
        """Whether lines say it between them, of which none does alone."""
        left = [line for line in lines if not self.gives_away(line)]
        return len(left) > 1 and self.gives_away("\n".join(left))
