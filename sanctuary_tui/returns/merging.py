"""A county joins the returns of its districts: sums where they are known, else a range.

No caseload is opened: the files are what the districts sent, and only counts are in them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from config.errors import BadInputError, SanctuaryError
from config.paths import atomic_write, open_file
from config.text import one_line
from sanctuary_tui.exports.csvfile import csv_bytes, restore
from sanctuary_tui.exports.files import refuse_place
from sanctuary_tui.exports.profiles import exporter
from sanctuary_tui.exports.return_file import COLUMNS, END, seal
from sanctuary_tui.exports.small_numbers import SMALL, WITHHELD, Range
from sanctuary_tui.returns.making import TITLES

JOINED: Final[dict[str, str]] = {
    "form": "which return",
    "period": "its quarter or year",
    "districts": "how many districts sent it",
    "figure": "key of the figure",
    "label": "the figure in words",
    "unit": "count, pence or days",
    "value": "the sum where every part is exact; else lowest to highest it can be; s where all "
    "districts withhold it; at least the lowest where one does",
    "how": "sum; or range: of times and averages, the districts' lowest to their highest",
    "withheld_by": "how many districts withhold it",
    "exact_by": "how many districts sent exact numbers: where any did, small ones are in it, or "
    "are found by taking the others' from it, and it is for the county alone",
    "rule": "how it is counted",
}
"""Every column of the joined file, in order."""
_MOST_BYTES: Final = 2_000_000
_MOST_FILES: Final = 1_000
_AVERAGES: Final = ("average", "per_home", "per_measure")
_UNITS: Final = ("count", "pence", "days")
_LONGEST: Final = 1_000
"""Characters of a cell, of a figure's rule at the most."""
_HIDDEN: Final = 4
_PERIOD: Final = re.compile(r"20[0-9]{2}(?:Q[1-4]|-[0-9]{2})")
_NUMBER: Final = re.compile(r"-?[0-9]{1,12}")
_POUNDS: Final = 5_000
"""Hidden amounts are rounded to 100 pounds: this much more or less."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What one district sent: its lines by figure."""

    name: str
    form: str
    period: str
    district: str
    exact: bool
    lines: dict[str, tuple[str, ...]]


def read(path: Path) -> Sent:
    """One district's file.

    Raises:
        BadInputError: it is not a whole return as this program writes it; the sentence names it.
    """
    broken = f"{path.name} is not a whole return as 'sanctuary report' writes it; ask for it again."
    try:
        with open_file(path) as stream:
            content = stream.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise BadInputError(broken)
        text = content.decode("utf-8-sig")
        head, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    except (OSError, ValueError, csv.Error):
        raise BadInputError(broken) from None
    if tuple(head) != tuple(COLUMNS) or len(rows) < 2:
        raise BadInputError(broken)
    if any(len(row) != len(COLUMNS) for row in rows):
        raise BadInputError(broken)
    cells = [tuple(restore(cell) for cell in row) for row in rows]
    *told, last = cells
    if last[4] != END or last[7] != str(len(told)) or last[8] != seal(told):
        raise BadInputError(broken)
    if len({row[:4] for row in cells}) != 1 or len({row[4] for row in told}) != len(told):
        raise BadInputError(broken)
    form, period, district, how = last[:4]
    if how not in ("exact", "hidden") or not all(_good(row, how == "exact") for row in told):
        raise BadInputError(broken)
    # What a file says is repeated in sentences and in the joined file: only what a return can say.
    if form not in TITLES or not _PERIOD.fullmatch(period):
        raise BadInputError(broken)
    if not district:
        raise BadInputError(
            f"{path.name} does not say whose it is; the district names itself in its settings and "
            "writes it again."
        )
    return Sent(path.name, form, period, district, how == "exact", {row[4]: row for row in told})


def _good(row: Sequence[str], exact: bool) -> bool:
    """Whether a line is one that a return can have: no count below 0, none below 5 if hidden."""
    unit, value = row[6:8]
    if unit not in _UNITS or any(len(cell) > _LONGEST for cell in row):
        return False
    if value in ("", SMALL, WITHHELD):
        return True
    if not _NUMBER.fullmatch(value) or (unit != "pence" and int(value) < 0):
        return False
    return unit != "count" or exact or int(value) == 0 or int(value) > _HIDDEN


def read_all(folder: Path) -> list[Sent]:
    """Every CSV file of a folder, of one return and one period, one a district.

    Raises:
        BadInputError: there is none; one is damaged, of another return or period, or a second of
            the same district: the sentence names the file.
    """
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    except OSError:
        raise BadInputError(f"There is no folder {folder} that can be read.") from None
    if not paths:
        raise BadInputError(f"There is no CSV file in {folder}; put the districts' files there.")
    if len(paths) > _MOST_FILES:
        raise BadInputError(f"There are more than {_MOST_FILES} files in {folder}.")
    found: list[Sent] = []
    whose: dict[str, str] = {}
    for path in paths:
        one = read(path)
        first = found[0] if found else one
        if one.form != first.form:
            raise BadInputError(
                f"{one.name} is the return {one.form} and {first.name} is {first.form}; join one "
                "return at a time."
            )
        if one.period != first.period:
            raise BadInputError(
                f"{one.name} is of {one.period} and {first.name} of {first.period}; join one "
                "period at a time."
            )
        if set(one.lines) != set(first.lines):
            raise BadInputError(
                f"{one.name} has other figures than {first.name}; both have to be written by the "
                "same version of the program."
            )
        name = " ".join(one_line(one.district, _LONGEST).casefold().split())
        if name in whose:
            raise BadInputError(
                f"{one.name} is a second return of the same district as {whose[name]}; leave the "
                "one that counts."
            )
        whose[name] = one.name
        found.append(one)
    return found


def could_be(value: str, unit: str, *, exact: bool) -> Range:
    """The least and the most that stands behind what a district wrote."""
    if value == SMALL:
        return 1, 4
    number = int(value)
    if exact or number == 0 or unit == "days":
        return number, number
    if unit == "pence":
        low = number - _POUNDS
        return max(0, low) if number > 0 else low, number + _POUNDS
    return max(5, number - 2), number + 2


def joined(sent: Sequence[Sent]) -> list[list[str]]:
    """The lines of the joined file, in the order of the first district's."""
    first = sent[0]
    exact = str(sum(one.exact for one in sent))
    rows = []
    for key, line in first.lines.items():
        unit = line[6]
        values = [(one.lines[key][7], one.exact) for one in sent]
        withheld = sum(value == WITHHELD for value, _ in values)
        ranges = [
            could_be(value, unit, exact=exact)
            for value, exact in values
            if value not in ("", WITHHELD)
        ]
        adds = unit != "days" and key not in _AVERAGES
        told = _sum(ranges, withheld) if adds else _spread(ranges, withheld)
        how = "sum" if adds else "range"
        start = [first.form, first.period, str(len(sent)), key, line[5], unit]
        rows.append([*start, told, how, str(withheld), exact, line[8]])
    return rows


def _sum(ranges: Iterable[Range], withheld: int) -> str:
    found = list(ranges)
    low, high = sum(one for one, _ in found), sum(one for _, one in found)
    if withheld:
        return f"at least {low}" if low else WITHHELD
    return str(low) if low == high else f"{low} to {high}"


def _spread(ranges: Iterable[Range], withheld: int) -> str:
    found = list(ranges)
    if not found:
        return WITHHELD if withheld else ""
    low, high = min(one for one, _ in found), max(one for _, one in found)
    return str(low) if low == high else f"{low} to {high}"


@exporter("returns of several districts", "returns")
def merge_returns(folder: Path, out: Path) -> tuple[int, int, int]:
    """Join the files of a folder into ``out``; how many districts, how many of them sent exact
    numbers, and how many figures.

    Raises:
        BadInputError: a file will not do, or ``out`` lies among them or is no CSV.
        RefusedError: the place will not do; SanctuaryError: it is there already, or cannot be
            written.
    """
    if out.suffix.lower() != ".csv":
        raise BadInputError("The file's name must end in .csv, such as county.csv.")
    if out.parent.resolve() == folder.resolve():
        raise BadInputError("Write the joined file into another folder than the districts' files.")
    refuse_place(out)
    sent = read_all(folder)
    rows = joined(sent)
    if out.exists():
        raise SanctuaryError(f"{out.name} is there already; give another name.")
    atomic_write(out, csv_bytes(tuple(JOINED), rows), overwrite=False)
    return len(sent), sum(one.exact for one in sent), len(rows)
