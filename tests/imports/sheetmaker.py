"""Sheets as the reader makes them, from titles and rows of text, matched by the tests' own word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sanctuary_tui.imports.sheets import BLANK, Cell, Heading, Row, Sheet, letter_of
from sanctuary_tui.imports.values import Choices

TODAY: Final = date(2026, 11, 26)


@dataclass(frozen=True)
class ByTitle:
    """A matching by the titles of columns; what is not named is kept as a note."""

    keys: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def key_of(self, heading: Heading) -> str:
        """The target's key."""
        return self.keys.get(heading.title, "note")

    def choices_on(self, today: date) -> Choices:
        """England's order of dates."""
        return Choices(today, values=self.values)


FIELDS: Final = {
    "Ref": "case.old_ref",
    "Name": "survivor.name",
    "DOB": "survivor.dob",
    "Phone": "contact.phones",
    "Address": "home.address",
    "Postcode": "home.postcode",
    "Landlord": "landlord.name",
    "Received": "case.received",
    "Status": "case.stage",
    "Surveyed": "survey.done_on",
    "Measures": "measure.name",
    "Fitted": "measure.fitted_on",
    "Cost": "measure.cost",
    "Closed": "closure.closed_on",
    "Outcome": "closure.outcome",
    "Children": "child.names",
    "Perp": "perpetrator.name",
    "3m check": "check.m3",
}
"""Titles of the tests' trackers; ``Colour of door`` and others have no field."""
MATCHED: Final = ByTitle(FIELDS)


def sheet_of(titles: Sequence[str], rows: Sequence[Sequence[str]], first: int = 2) -> Sheet:
    """A sheet whose titles stand in row 1; its rows are numbered from ``first``."""
    headings = tuple(Heading(at, letter_of(at), title) for at, title in enumerate(titles))
    made = tuple(
        Row(number, tuple(Cell(text, text) if text else BLANK for text in row))
        for number, row in enumerate(rows, first)
    )
    return Sheet("tracker", False, 1, headings, made, ())


def sheet_from(rows: Sequence[Mapping[str, str]]) -> Sheet:
    """The same of rows by title."""
    titles = list(dict.fromkeys(title for row in rows for title in row))
    return sheet_of(titles, [[row.get(title, "") for title in titles] for row in rows])
