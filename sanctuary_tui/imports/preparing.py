"""An import as it is prepared: the sheet, its columns and answers, and who is decided about.

What the command line and the screen have in common. Nothing here is kept: a mapping is written
where somebody names a file for it, and rows are kept by ``applying`` alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Final, Literal

from config.errors import BadInputError, RefusedError
from config.paths import atomic_write
from sanctuary_tui.imports.columns import (
    FIRM,
    Suggestion,
    Unknown,
    mapping_of,
    settled,
    suggest,
    unknown_values,
)
from sanctuary_tui.imports.dates import month_comes_first
from sanctuary_tui.imports.mapping import (
    IGNORE,
    NOTE,
    Fit,
    Mapping,
    dump_mapping,
    load_mapping,
    named_in,
)
from sanctuary_tui.imports.planning import Decisions, Known, Plan, Planned, plan
from sanctuary_tui.imports.sheets import Book, Heading, Sheet, Told, untold
from sanctuary_tui.imports.targets import BY_KEY, Target

Act = Literal["new", "skip", "link"]
_NO_TITLE: Final = re.compile(
    r"""[0-9]{1,2}[./-][0-9]{1,2}[./-](?:19|20)?[0-9]{2}  # 04/05/1971
    | (?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}
    | [A-Z]{1,2}[0-9][A-Z0-9]?\ ?[0-9][A-Z]{2}            # a postcode
    | \+?[0-9][0-9 ()-]{8,18}                            # a telephone number
    | [^\s@]+@[^\s@]+\.[^\s@]+""",
    re.IGNORECASE | re.VERBOSE,
)
"""What no column is called and a household has."""
_SAID: Final = {"new": "new", "skip": "left out"}


# --- the sheet and its mapping --------------------------------------------------------------------


def sheets_in_sight(book: Book) -> list[Sheet]:
    """The sheets that are not hidden; all of them where every one is."""
    return [one for one in book.sheets if not one.hidden] or list(book.sheets)


def sheet_named(book: Book, name: str) -> Sheet:
    """The sheet of this name, hidden or not.

    Raises:
        BadInputError: there is none with rows in it.
    """
    wanted = name.casefold().strip()
    found = next((one for one in book.sheets if one.name.casefold().strip() == wanted), None)
    if found is None:
        raise BadInputError("There is no sheet of that name with rows in it; check its name.")
    return found


def refuse_untitled(sheet: Sheet) -> None:
    """A tracker without titles: its first household would be taken for them, be lost, and stand by
    name and address in a mapping, which is kept beside the caseload and passed on.

    Raises:
        BadInputError: a title is a date, a postcode, a telephone number or an address of mail.
    """
    for heading in sheet.headings:
        if _NO_TITLE.fullmatch(heading.title.strip()):
            raise BadInputError(
                f"Row {sheet.header_row} is taken for the column titles and reads like a case, in "
                f"column {heading.letter}; put a row of titles above the first case, and import "
                "it again."
            )


def first_mapping(sheet: Sheet, today: date) -> tuple[tuple[Suggestion, ...], Mapping]:
    """What the columns look like, and the mapping of what is beyond doubt in them.

    Raises:
        BadInputError: the sheet has no column titles.
    """
    refuse_untitled(sheet)
    found = suggest(sheet, today)
    mapping = mapping_of(sheet, found)
    return found, settled(mapping, unknown_values(sheet, mapping, today)).on(sheet)


def in_doubt(found: Sequence[Suggestion]) -> list[Suggestion]:
    """Suggestions that are not taken unless a person says so."""
    return [one for one in found if one.target is not None and one.confidence < FIRM]


def mapping_from(path: Path, sheet: Sheet) -> tuple[Mapping, Fit]:
    """The mapping kept in a file, laid on a sheet, and how it fits.

    Raises:
        BadInputError: it is no mapping, or one of another tracker; the sheet has no titles.
    """
    refuse_untitled(sheet)
    mapping = load_mapping(path).on(sheet)
    return mapping, mapping.check(sheet)


def save_mapping(mapping: Mapping, sheet: Sheet, path: Path) -> None:
    """Write the mapping of a sheet, which holds titles and codes and nothing of a case.

    Raises:
        SanctuaryError: the name does not end in .toml, it is taken, or it cannot be written.
    """
    if path.suffix.lower() != ".toml":
        raise BadInputError("The mapping's name must end in .toml, such as tracker.toml.")
    text = dump_mapping(mapping, named_in(sheet, mapping))
    atomic_write(path, text.encode(), overwrite=False)


# --- a draft, put right step by step --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about rows that may be held already; ``to`` names what is linked to."""

    act: Act
    to: str = ""

    @property
    def words(self) -> str:
        """For a list."""
        if self.act != "link":
            return _SAID[self.act]
        return f"linked to row {self.to}" if self.to.isdecimal() else f"linked to {self.to}"


@dataclass(slots=True)
class Draft:
    """One sheet on its way in. ``looked_at`` holds the columns in doubt that a person settled."""

    book: Book
    sheet: Sheet
    today: date
    found: tuple[Suggestion, ...]
    mapping: Mapping
    looked_at: set[int] = field(default_factory=set)
    decided: dict[int, Decided] = field(default_factory=dict)
    note_changes: bool = False
    asked: list[Planned] = field(default_factory=list)
    """Households that may be held already, whatever was decided about them."""
    by_row: dict[int, Planned] = field(default_factory=dict)
    """Every household of the file by its rows, as if nothing was decided."""

    @classmethod
    def of(cls, book: Book, sheet: Sheet, today: date) -> Draft:
        """A sheet as it was read, with what is beyond doubt taken."""
        found, mapping = first_mapping(sheet, today)
        return cls(book, sheet, today, found, mapping)

    # --- columns

    def key_of(self, heading: Heading) -> str:
        """The key of a column's target, ``NOTE`` or ``IGNORE``."""
        return self.mapping.key_of(heading)

    def target_of(self, heading: Heading) -> Target | None:
        """The field that a column is to feed."""
        return BY_KEY.get(self.key_of(heading))

    def doubtful(self) -> list[Suggestion]:
        """Columns in doubt that nobody has settled."""
        return [one for one in in_doubt(self.found) if one.heading.index not in self.looked_at]

    def put_column(self, heading: Heading, key: str) -> None:
        """Give a column another field, or ``NOTE`` or ``IGNORE``.

        Raises:
            BadInputError: another column has that field already.
        """
        before = self.key_of(heading)
        mapping = self.mapping.with_column(self.sheet, heading, key)
        first = set(mapping.month_first) - {before}
        target = BY_KEY.get(key)
        dates = target is not None and target.reading in ("date", "moment")
        if dates and month_comes_first(self.sheet.column(heading)):
            first.add(key)
        mapping = replace(mapping, month_first=frozenset(first)).on(self.sheet)
        self.mapping = settled(mapping, unknown_values(self.sheet, mapping, self.today)).on(
            self.sheet
        )
        self.looked_at.add(heading.index)

    def take_mapping(self, path: Path) -> Fit:
        """Put the columns and answers right as a mapping file says; columns it does not know are
        decided as they look. Gives how it fits.

        Raises:
            BadInputError: it is no mapping, or one of another tracker.
        """
        known, fit = mapping_from(path, self.sheet)
        self.mapping = mapping_of(self.sheet, self.found, known=known)
        new = {heading.index for heading in fit.new}
        self.looked_at = {h.index for h in self.sheet.headings if h.index not in new}
        return fit

    # --- answers

    def answers(self) -> tuple[Unknown, ...]:
        """Every answer that no list knows, those with a meaning too (``meaning_of``)."""
        bare = replace(self.mapping, values={}).on(self.sheet)
        return unknown_values(self.sheet, bare, self.today)

    def meaning_of(self, one: Unknown) -> str | None:
        """The code that a written answer was given; None where it has none yet."""
        return self.mapping.meaning(one.target.key, one.written)

    def put_value(self, one: Unknown, code: str) -> None:
        """Say what a written answer means; an empty code: that it says nothing.

        Raises:
            BadInputError: the list has no such answer.
        """
        self.mapping = self.mapping.with_value(one.target.key, one.written, code).on(self.sheet)

    # --- rows that may be held already

    def undecided_plan(self, known: Known, told: Told = untold) -> Plan:
        """What would become of every row if nothing was decided; for ``take_twins``."""
        return plan(self.sheet, self.mapping, known, self.today, told=told)

    def take_twins(self, base: Plan) -> None:
        """Take up the rows that may be held already; decisions about others are dropped."""
        self.asked = [one for one in base.planned if one.outcome == "ask"]
        self.by_row = {row: one for one in base.planned for row in one.rows}
        rows = {one.rows[0] for one in self.asked}
        self.decided = {row: said for row, said in self.decided.items() if row in rows}

    def decide(self, one: Planned, decided: Decided | None) -> None:
        """Decide about a household, or take that back.

        Raises:
            RefusedError: it is to be one with a row that is itself still to be decided on, or that
                makes no case.
        """
        row = one.rows[0]
        if decided is None:
            self.decided.pop(row, None)
        else:
            if decided.act == "link" and decided.to.isdecimal():
                self._refuse_link(row, int(decided.to))
            self.decided[row] = decided
        if decided is None or decided.act != "new":  # it makes no case that others could join
            self._let_go_of(one)

    def _refuse_link(self, row: int, to: int) -> None:
        other = next((one for one in self.asked if to in one.rows), None)
        if other is None:
            return
        said = self.decided.get(other.rows[0])
        if said is None:
            raise RefusedError(f"Decide about row {to} first; row {row} can then be one with it.")
        if said.act != "new":
            raise RefusedError(
                f"Row {to} is {said.words}, so it makes no case that row {row} could be one with; "
                f"decide about row {row} in the same way, or as new."
            )

    def _let_go_of(self, one: Planned) -> None:
        rows = {str(row) for row in one.rows}
        for row, said in list(self.decided.items()):
            if said.act == "link" and said.to in rows:
                del self.decided[row]

    def undecided(self) -> list[Planned]:
        """Households that are still to be decided on."""
        return [one for one in self.asked if one.rows[0] not in self.decided]

    @property
    def decisions(self) -> Decisions:
        """What was decided, for the planning."""

        def of(act: Act) -> Iterator[int]:
            return (row for row, said in self.decided.items() if said.act == act)

        return Decisions(
            {row: self.decided[row].to for row in of("link")},
            frozenset(of("new")),
            note_changes=self.note_changes,
            skip=frozenset(of("skip")),
        )

    def planned(self, known: Known, told: Told = untold) -> Plan:
        """What would become of every row."""
        return plan(self.sheet, self.mapping, known, self.today, self.decisions, told=told)


def key_words(key: str) -> str:
    """How the key of a column is said: its field's label, or that it is a note or left out."""
    if key == NOTE:
        return "a line of the note"
    if key == IGNORE:
        return "left out"
    return BY_KEY[key].label
