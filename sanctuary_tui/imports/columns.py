"""Which field each column holds, as its title and its values tell together, with reasons in words.

A title that is known decides, unless the values speak against it: a column of dates is no telephone
whatever it is called. Values alone never make a suggestion firm. No field is suggested twice,
unless several columns may feed it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.codes import split
from sanctuary_tui.imports.dates import month_comes_first
from sanctuary_tui.imports.evidence import Column, TitleMatch, personal_after, title_matches
from sanctuary_tui.imports.fittings import nearest
from sanctuary_tui.imports.mapping import IGNORE, NOTE, Mapping, column_names, may_be_kept, named_in
from sanctuary_tui.imports.planning import MEND
from sanctuary_tui.imports.sheets import Cell, Heading, Sheet
from sanctuary_tui.imports.statuswords import STAGE, said_in, titled
from sanctuary_tui.imports.targets import BY_KEY, Target
from sanctuary_tui.imports.values import (
    Choices,
    answers_near,
    says_nothing,
    unknown_answers,
    unknown_measures,
)

FIRM: Final = 80
"""From this confidence on a suggestion is taken unless a person says otherwise."""
_LEAST: Final = 50
_ALONE: Final = 90
_ASKED: Final = 75
_REFERENCES: Final = frozenset({"spend.invoice_ref", "spend.order_ref"})
_NOTES: Final = "note.body"
_FEW: Final = 3
_MOSTLY: Final = 0.6
_CROSS: Final = frozenset({"x", "✗", "✘", "☒"})


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The field a column may hold: None where none is like it; how sure, 0 to 100, and why."""

    heading: Heading
    target: Target | None
    confidence: int
    why: str
    month_first: bool = False
    content: str = ""
    """What kind of thing is written in the column; no value of it."""


def suggest(sheet: Sheet, today: date) -> tuple[Suggestion, ...]:
    """A suggestion for each column, in their order."""
    titles = title_matches(tuple(heading.title for heading in sheet.headings))
    after = personal_after(titles)
    columns = [Column.of(heading, sheet.column(heading), today) for heading in sheet.headings]
    own = {place for place, heading in enumerate(sheet.headings) if heading.title == MEND}
    ranked: list[tuple[int, int, Target, str]] = []
    for place, (column, matches) in enumerate(zip(columns, titles, strict=True)):
        if place in own:
            continue
        for target, confidence, why in _candidates(column, matches, after[place]):
            if confidence >= _LEAST:
                ranked.append((confidence, place, target, why))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    chosen: dict[int, Suggestion] = {}
    taken: set[str] = set()
    for confidence, place, target, why in ranked:
        if place in chosen or (target.key in taken and not target.several):
            continue
        taken.add(target.key)
        first = columns[place].dates and month_comes_first(columns[place].cells)
        if first:
            why += "; the month comes first here"
        chosen[place] = Suggestion(
            sheet.headings[place], target, confidence, why, first, columns[place].content
        )
    return tuple(
        chosen.get(place)
        or Suggestion(heading, None, 0, _none(columns[place]), content=columns[place].content)
        for place, heading in enumerate(sheet.headings)
    )


def _none(column: Column) -> str:
    if column.heading.title == MEND:
        return "this program wrote it; it is left out"
    if not column.filled:
        return "nothing is written in it"
    return "no field is like it; it is kept as a line of the note"


def _candidates(
    column: Column, matches: Sequence[TitleMatch], after: frozenset[str]
) -> list[tuple[Target, int, str]]:
    found: list[tuple[Target, int, str]] = []
    for match in matches:
        score, why = column.weigh(match)
        if match.target.key in after:
            score = round(score * 0.75)
            why += "; it stands among the perpetrator's columns"
        found.append((match.target, score, why))
        if match.target.key in _REFERENCES and match.score >= 90 and column.amounts:
            found.append((BY_KEY["spend.gross"], _ASKED, why))
    known = {match.target.key for match in matches if match.score >= 70}
    for key, score, why in column.alone():
        if key not in known:
            found.append((BY_KEY[key], score, why))
    return _with_status(column, found)


def _with_status(
    column: Column, found: list[tuple[Target, int, str]]
) -> list[tuple[Target, int, str]]:
    """Notes that begin with a status may be the stage: asked about, never taken."""
    best = max(found, key=lambda one: one[1], default=None)
    if best is not None and best[1] >= _LEAST and best[0].key != _NOTES:
        return found
    choices = Choices(column.today, not column.month_first)
    number = sum(said_in(cell.text, choices) is not None for cell in column.sample)
    share = number / len(column.sample) if column.sample else 0.0
    if not (titled(column.heading.title) or (len(column.sample) >= _FEW and share >= _MOSTLY)):
        return found
    why = f"{number} of {len(column.sample)} values begin with a status, as notes may"
    notes = [(one, min(score, _ASKED - 1), said) for one, score, said in found if one.key != STAGE]
    return [*notes, (BY_KEY[STAGE], _ASKED, why)]


def mapping_of(
    sheet: Sheet,
    suggestions: Sequence[Suggestion],
    *,
    least: int = FIRM,
    known: Mapping | None = None,
) -> Mapping:
    """The mapping that suggestions make: those from ``least`` on, every other column to the note.

    With ``known``, a mapping made before, only columns that are new to it are decided.
    """
    names = column_names(sheet.headings)
    old = known or Mapping(sheet.name, sheet.header_row)
    new = {heading.index for heading in old.check(sheet).new}
    columns = dict(old.columns)
    month_first = set(old.month_first)
    for one in suggestions:
        if one.heading.index not in new:
            continue
        target = one.target if one.confidence >= least else None
        if target is not None and target.key in columns.values() and not target.several:
            target = None
        unmatched = IGNORE if one.heading.title == MEND else NOTE
        columns[names[one.heading.index]] = target.key if target else unmatched
        if target is not None and one.month_first:
            month_first.add(target.key)
    made = Mapping(
        sheet.name, sheet.header_row, columns, old.values, old.day_first, frozenset(month_first)
    )
    return made.on(sheet)


@dataclass(frozen=True, slots=True)
class Unknown:
    """An answer that no list knows: how often, and the nearest codes with how near, 0 to 100.

    ``kept`` says whether the mapping file may hold it (``may_be_kept``).
    """

    heading: Heading
    target: Target
    written: str
    times: int
    nearest: tuple[tuple[str, int], ...]
    kept: bool


def unknown_values(sheet: Sheet, mapping: Mapping, today: date) -> tuple[Unknown, ...]:
    """Every answer that its column's list does not know, with what it may mean."""
    choices, named = mapping.choices_on(today), named_in(sheet, mapping)
    found: list[Unknown] = []
    for heading in sheet.headings:
        key = mapping.key_of(heading)
        target = BY_KEY.get(key) if key not in (NOTE, IGNORE) else None
        if target is None or target.reading not in ("code", "codes", "measures"):
            continue
        cells = [cell for cell in sheet.column(heading) if not cell.blank]
        if key == STAGE:
            cells = [cell for cell in cells if said_in(cell.text, choices) is None]
        counts: Counter[str] = Counter()
        for cell in cells:
            unknown = unknown_measures if target.reading == "measures" else unknown_answers
            counts.update(unknown(target, cell, choices))
        for written, times in counts.most_common():
            near, kept = _near(target, written, cells), may_be_kept(written, named)
            found.append(Unknown(heading, target, written, times, near, kept))
    return tuple(found)


def _near(target: Target, written: str, cells: Sequence[Cell]) -> tuple[tuple[str, int], ...]:
    if target.reading == "measures":
        return tuple((str(number), score) for number, score in nearest(written))
    if target.codes == "yes_no" and written in _CROSS:
        return _cross({cell.text.strip().casefold() for cell in cells})
    return tuple(
        (code, score) for code, score in answers_near(target, written) if split(code) or code == ""
    )


def _cross(others: set[str]) -> tuple[tuple[str, int], ...]:
    """A cross is a no beside ticks; where it stands alone it may be the mark itself."""
    answered = {one for one in others if one not in _CROSS and not says_nothing(one)}
    if answered & {"✓", "✔", "☑", "√", "y", "yes", "tick"}:
        return (("no", 95), ("yes", 5))
    if answered & {"n", "no"}:
        return (("yes", 80), ("no", 20))
    return (("yes", 60), ("no", 40))


def settled(mapping: Mapping, unknown: Sequence[Unknown], least: int = _ALONE) -> Mapping:
    """The mapping with each unknown answer whose nearest code is at least so near."""
    for one in unknown:
        if one.target.reading != "measures" and one.nearest and one.nearest[0][1] >= least:
            mapping = mapping.with_value(one.target.key, one.written, one.nearest[0][0])
    return mapping
