"""A mapping file: which column holds which field, and what the tracker's own words mean.

It is TOML that a person may read and mend. It names titles of columns and answers of lists, and
holds nothing of a case. One made for a quarter's tracker fits the next one's, with columns moved,
added or gone: columns are known by their titles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Set
from collections.abc import Mapping as Values
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from config.codes import split
from config.errors import BadInputError
from config.measures import catalogue
from config.paths import open_file
from config.text import one_line
from config.toml import read_toml
from db.names import folded, words
from sanctuary_tui.imports.fittings import key_of as measure_key
from sanctuary_tui.imports.sheets import Heading, Sheet
from sanctuary_tui.imports.targets import BY_KEY, Target
from sanctuary_tui.imports.values import Choices, spellings, written_key

if TYPE_CHECKING:
    from pydantic import BaseModel

VERSION: Final = 1
NOTE: Final = "note"
"""Stands for a column that is kept as a line of the note on the case."""
IGNORE: Final = "ignore"
"""Stands for a column that is left out, because a person said so."""
_SIZE: Final = 256 * 1024
_WRITTEN_LIMIT: Final = 60
_NAMES: Final = frozenset({"name", "people"})
_SHORTEST_NAME: Final = 3
"""Letters: shorter words are initials, and those of "no" and "n/a"."""
_MEND: Final = "mend it, or make it again with --save-map"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a mapping fits a sheet: columns it does not know, and titles that are not there."""

    new: tuple[Heading, ...]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by title, each with the key of a target, ``note`` or ``ignore``.

    A title that is there twice is followed by its number (``DOB [2]``); a column without one goes
    by its letter (``column C``). ``values`` holds by target what is written, as ``written_key`` has
    it, and its code. ``month_first`` names targets whose columns write the month before the day.
    """

    sheet: str = ""
    header_row: int = 0
    columns: Values[str, str] = field(default_factory=dict)
    values: Values[str, Values[str, str]] = field(default_factory=dict)
    day_first: bool = True
    month_first: frozenset[str] = frozenset()
    version: int = VERSION
    _places: dict[int, str] | None = field(default=None, compare=False, repr=False)

    def key_of(self, heading: Heading) -> str:
        """The key of a column's target; ``note`` for one that the mapping does not know.

        Raises:
            ValueError: it was not laid on the sheet, with ``on``.
        """
        if self._places is None:
            raise ValueError("a mapping is laid on a sheet before its columns are asked for")
        return self._places.get(heading.index, NOTE)

    def on(self, sheet: Sheet) -> Mapping:
        """The same, knowing which of its columns stands where in a sheet.

        Raises:
            BadInputError: the sheet has none of its columns.
        """
        known = {_title_key(name): key for name, key in self.columns.items()}
        names = column_names(sheet.headings)
        places = {
            index: known[_title_key(name)]
            for index, name in names.items()
            if _title_key(name) in known
        }
        if self.columns and not places:
            raise BadInputError(
                "The mapping is of another tracker: none of its columns is in this sheet; name "
                "another mapping, or import without one."
            )
        return replace(self, _places=places)

    def check(self, sheet: Sheet) -> Fit:
        """Which columns of a sheet are new to it, and which of its own are gone."""
        known = {_title_key(name) for name in self.columns}
        names = column_names(sheet.headings)
        there = {_title_key(name) for name in names.values()}
        new = tuple(h for h in sheet.headings if _title_key(names[h.index]) not in known)
        return Fit(new, tuple(name for name in self.columns if _title_key(name) not in there))

    def choices_on(self, today: date) -> Choices:
        """What it settles for the reading of single cells."""
        return Choices(today, self.day_first, self.values, self.month_first)

    def with_column(self, sheet: Sheet, heading: Heading, key: str) -> Mapping:
        """The same with one column put right by a person.

        Raises:
            BadInputError: there is no such target, or another column has it already.
        """
        columns = {**self.columns, column_names(sheet.headings)[heading.index]: key}
        _check_columns(columns)
        return replace(self, columns=columns).on(sheet)

    def meaning(self, key: str, written: str) -> str | None:
        """The code that a written answer of a target stands for; None where that is not said."""
        return self.values.get(key, {}).get(_own_key(BY_KEY[key], written))

    def with_value(self, key: str, written: str, code: str) -> Mapping:
        """The same with the meaning of one written answer; an empty code says nothing.

        Raises:
            BadInputError: the target has no list, or the list has no such answer.
        """
        _check_value(key, code)
        own = {**self.values.get(key, {}), _own_key(BY_KEY[key], written): code}
        return replace(self, values={**self.values, key: own})


def column_names(headings: Iterable[Heading]) -> dict[int, str]:
    """How each column is named in a mapping, by its place."""
    seen: Counter[str] = Counter()
    found: dict[int, str] = {}
    for heading in headings:
        title = " ".join(heading.title.split())
        seen[_title_key(title)] += 1
        again = seen[_title_key(title)]
        if not title:
            found[heading.index] = f"column {heading.letter}"
        else:
            found[heading.index] = title if again == 1 else f"{title} [{again}]"
    return found


def _title_key(title: str) -> str:
    return " ".join(re.sub(r"[^\w\[\]&/#£]+", " ", folded(title)).split())


def _own_key(target: Target, written: str) -> str:
    return measure_key(written) if target.reading == "measures" else written_key(written)


# --- the file -------------------------------------------------------------------------------------


def load_mapping(path: Path) -> Mapping:
    """The mapping kept in a file.

    Raises:
        BadInputError: it is not there, or is no mapping; the sentence says what is wrong with it.
    """
    try:
        with open_file(path) as stream:
            content = stream.read(_SIZE + 1)
    except OSError:
        raise BadInputError("The mapping cannot be read; check that the file is there.") from None
    if len(content) > _SIZE:
        raise BadInputError("The mapping is far too large; name a file made with --save-map.")
    try:
        return parse_mapping(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise BadInputError("The mapping is not text; name a file made with --save-map.") from None


def parse_mapping(text: str) -> Mapping:
    """The mapping that ``text`` says.

    Raises:
        BadInputError: no TOML, of a later version, or it names what there is not.
    """
    from pydantic import ValidationError

    try:
        raw = read_toml(text)
    except ValueError:
        raise BadInputError(f"The mapping is not written as TOML; {_MEND}.") from None
    version = raw.get("version")
    if isinstance(version, int) and version > VERSION:
        raise BadInputError(
            "The mapping was made by a later version of this program; make it again with this one."
        )
    try:
        read: Any = _model().model_validate(raw)
    except ValidationError as error:
        place = error.errors(include_input=False, include_url=False)[0]["loc"]
        where = one_line(str(place[0]) if place else "it", 40)
        raise BadInputError(f"The mapping is wrong at {where}; {_MEND}.") from None
    _check_columns(read.columns)
    values: dict[str, dict[str, str]] = {}
    for key, answers in read.values.items():
        for written, code in answers.items():
            _check_value(key, code)
            values.setdefault(key, {})[_own_key(BY_KEY[key], written)] = code
    for key in read.month_first:
        if key not in BY_KEY:
            raise _no_target(key)
    return Mapping(
        read.sheet,
        read.header_row,
        dict(read.columns),
        values,
        read.day_first,
        frozenset(read.month_first),
    )


def dump_mapping(mapping: Mapping, named: Set[str] = frozenset()) -> str:
    """The mapping as the text of its file; ``named`` are the words of names in its tracker.

    Of written answers only those are in it that ``may_be_kept``: no name, number or address may
    come into a file that is kept beside the caseload and passed on.
    """
    import tomli_w

    values = {
        key: kept
        for key, answers in sorted(mapping.values.items())
        if (kept := {w: c for w, c in sorted(answers.items()) if may_be_kept(w, named)})
    }
    content: dict[str, Any] = {
        "version": VERSION,
        "sheet": mapping.sheet,
        "header_row": mapping.header_row,
        "day_first": mapping.day_first,
        "month_first": sorted(mapping.month_first),
        "columns": dict(mapping.columns),
        "values": values,
    }
    return tomli_w.dumps(content)


def may_be_kept(written: str, named: Set[str] = frozenset()) -> bool:
    """Whether a written answer may stand in a mapping file: short, without a figure, and without a
    word of a name that its tracker holds."""
    short = 0 < len(written) <= _WRITTEN_LIMIT and not re.search(r"[\d@]", written)
    own = words(written)
    return short and named.isdisjoint([*own, *(word.removesuffix("s") for word in own)])


def named_in(sheet: Sheet, mapping: Mapping) -> Set[str]:
    """The words of every name in a tracker's columns of names, but for those of the lists' own
    answers: "none", "not known" and "two boys" stand in such columns too."""
    said = {
        word
        for heading in sheet.headings
        if (target := BY_KEY.get(mapping.key_of(heading))) and target.reading in _NAMES
        for cell in sheet.column(heading)
        for word in words(cell.text)
        if len(word) >= _SHORTEST_NAME
    }
    return said - _listed()


@lru_cache(maxsize=1)
def _listed() -> Set[str]:
    """Every word of every list's answers, however they are spelt."""
    lists = {target.codes for target in BY_KEY.values() if target.codes}
    return {word for codes in lists for known in spellings(codes) for word in words(known)}


@lru_cache(maxsize=1)
def _model() -> type[BaseModel]:
    from pydantic import ConfigDict, Field, create_model

    return create_model(
        "MappingFile",
        __config__=ConfigDict(extra="forbid", strict=True),
        version=(int, Field(ge=1, le=VERSION)),
        sheet=(str, Field(default="", max_length=200)),
        header_row=(int, Field(default=0, ge=0, le=1_000_000)),
        day_first=(bool, True),
        month_first=(list[str], Field(default=[], max_length=200)),
        columns=(dict[str, str], Field(max_length=1000)),
        values=(dict[str, dict[str, str]], Field(default={}, max_length=200)),
    )


def _check_columns(columns: Values[str, str]) -> None:
    taken: dict[str, str] = {}
    for title, key in columns.items():
        if key in (NOTE, IGNORE):
            continue
        target = BY_KEY.get(key)
        if target is None:
            raise _no_target(key)
        if key in taken and not target.several:
            raise BadInputError(
                f"Two columns are matched to {target.label}, {one_line(taken[key], 40)} and "
                f"{one_line(title, 40)}; give one of them another field, note or ignore."
            )
        taken[key] = title


def _no_target(key: str) -> BadInputError:
    from rapidfuzz import process

    near = process.extractOne(key, list(BY_KEY), score_cutoff=60)
    hint = f"; is {near[0]} meant?" if near else f"; {_MEND}."
    return BadInputError(f"The mapping names a field that there is not, {one_line(key, 40)}{hint}")


def _check_value(key: str, code: str) -> None:
    target = BY_KEY.get(key)
    if target is None:
        raise _no_target(key)
    if target.reading == "measures":
        right = code.isdecimal() and int(code) in catalogue()
    elif target.reading in ("code", "codes"):
        many = split(code)
        right = all(one in target.answers for one in many)
        right = right and (len(many) <= 1 or target.reading == "codes")
    else:
        raise BadInputError(f"{target.label} has no list of answers; take its values out, {_MEND}.")
    if not right:
        raise BadInputError(
            f"{target.label} has no answer {one_line(code, 40)} in its list; "
            "choose one of its codes."
        )
