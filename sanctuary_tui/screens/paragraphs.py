"""The paragraphs of a request as a list: mark, words, why each stays."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import groupby
from typing import ClassVar

from config.format import counted, full_date
from sanctuary_tui.subject.deciding import Choice
from sanctuary_tui.subject.gather import UNDECIDED
from widgets.columns import Column
from widgets.lines import Heading, LineTable

_GROUPS = {
    "own": "THEIR OWN RECORDS",
    "names": "NAMES THEM",
    "case": "THE REST OF THEIR CASES",
}
_SHORT = {
    "third_party": "somebody else",
    "serious_harm": "serious harm",
    "child_abuse": "child abuse data",
    "crime": "crime",
    "privilege": "privilege",
    "not_theirs": "not about them",
    "given": "have it already",
}


class Paragraphs(LineTable[Choice]):
    """Paragraphs with a mark each: goes out, withheld, never."""

    uniform: ClassVar[bool] = True

    def __init__(self, made: Sequence[Choice]) -> None:
        super().__init__(grouped(made), empty="Nothing is held.", id="paragraphs")

    def key(self, row: Choice) -> Hashable:
        """The paragraph."""
        return row.paragraph.key

    def columns(self) -> Sequence[Column[Choice]]:
        """Mark, words, why it stays."""
        return (
            Column("mark", mark_of, 3),
            Column("text", _words, 24, weight=1),
            Column("why", _why, 16, drop=1),
        )


def grouped(made: Sequence[Choice], *, whole: bool = False) -> list[Choice | Heading]:
    """In groups; people of other cases with the name alone stand behind their number, or whole."""
    found: list[Choice | Heading] = []
    for about, members in groupby(made, key=lambda one: one.paragraph.about):
        some = list(members)
        found += [Heading(_GROUPS[about], len(some))]
        found += [one for one in some if not one.paragraph.folded]
        folded = [one for one in some if one.paragraph.folded]
        if folded:
            cases = counted(len({one.paragraph.case_ref for one in folded}), "other case")
            hides = "hides" if whole else "shows"
            said = f"THE SAME NAME IN {cases.upper()}, NOTHING ELSE AGREES (v {hides}):"
            found += [Heading(said, len(folded)), *(folded if whole else ())]
    return found


def named(one: Choice) -> str:
    """Case, title and day: which paragraph it is."""
    when = f", {full_date(one.paragraph.when)}" if one.paragraph.when else ""
    return f"{one.paragraph.case_ref or 'No case:'} {one.paragraph.title}{when}"


def mark_of(one: Choice) -> tuple[str, str]:
    """What stands of it: goes out, withheld, never, warned of."""
    if one.paragraph.barred:
        return "[-]", "late"
    if one.released:
        return "[x]", "good"
    return ("[!]", "late") if one.paragraph.warned else ("[ ]", "dim")


def _words(one: Choice) -> tuple[str, str]:
    return f"{one.paragraph.title}: {one.paragraph.text}", "text" if one.released else "dim"


def _why(one: Choice) -> tuple[str, str]:
    if one.released:
        return "", "dim"
    if one.paragraph.barred:
        return "never", "dim"
    words = _SHORT.get(one.exemption, one.exemption)
    if one.decided:
        return words, "text"
    if one.exemption == UNDECIDED:
        return "to go out?" if one.paragraph.offered else "?", "dim"
    return f"{words}?", "dim"
