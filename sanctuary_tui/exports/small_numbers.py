"""Hiding small numbers in a table of meetings and their total: none of 1 to 4 can be worked out.

The rule (domain section 4; no national one was found, West Wales MARAC prints "under 5"): a count
of 1 to 4 is written ``<5``; nothing is told of the parts of fewer than ten cases; totals are
rounded to 5; ``s`` stands for a number withheld because it would give another away; 0 stays 0.
What would give away is found by doing what a reader could: ``readings`` narrows down every number
that is not printed by those that are, the meetings' parts against their cases and the parts of all
meetings against the total.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

Cell = str | int | None
Row = dict[str, Cell]
Range = tuple[int, int]

SMALL: Final = "<5"
WITHHELD: Final = "s"
LEAST_BASE: Final = 10
"""Fewer cases than these are not told apart: no cross-tabs below ten (domain section 4)."""
FEWEST: Final = 3
"""A small number that is hidden may be one of so many at least."""
_MANY: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Group:
    """Counts that are parts of a base: with ``rest``, some of the base is in none of them."""

    parts: tuple[str, ...]
    rest: bool = True


@dataclass(frozen=True, slots=True)
class Shape:
    """A table's columns: the base, the groups that divide it, and counts of something else."""

    base: str
    groups: tuple[Group, ...]
    others: tuple[str, ...]


def hide(meetings: Sequence[Row], total: Row, shape: Shape) -> list[Row]:
    """The meetings and their total as they may leave the council."""
    printed = [hide_meeting(row, shape) for row in meetings]
    shown: Row = dict(total)
    for name in (shape.base, *shape.others):
        shown[name] = column_total(total[name], [row[name] for row in printed])
    for group in shape.groups:
        shown |= {name: _withheld(total[name]) for name in group.parts}
    told = _Told(_exact([*meetings, total], shape), printed, shown, shape)
    if told.by(shown):  # the total of the cases tells one of them
        shown[shape.base] = _withheld(total[shape.base])
    base = total[shape.base]
    for group in shape.groups if isinstance(base, int) and base >= LEAST_BASE else ():
        tried = {**shown, **{name: _rounded(total[name]) for name in group.parts}}
        if tried != shown and not told.by(tried):
            shown = tried
    return [*printed, shown]


def column_total(exact: Cell, parts: Sequence[Cell]) -> Cell:
    """A total rounded to 5; withheld where it and the parts shown would tell a hidden part."""
    if not isinstance(exact, int):
        return exact
    small, held = parts.count(SMALL), parts.count(WITHHELD)
    if exact < 5:
        told_by_sum = small + held > 3  # four parts of at least 1 under 5 are 1 each
        return WITHHELD if told_by_sum else _cell(exact)
    rounded = _rounded(exact)
    assert isinstance(rounded, int)
    if not small + held:
        return rounded
    rest = rounded - sum(part for part in parts if isinstance(part, int))
    lowest, highest = rest - 2, rest + 2  # what the hidden parts may come to
    told = small + held == 1 or highest <= small + held or (not held and lowest >= 4 * small)
    return WITHHELD if told else rounded


def hide_meeting(row: Row, shape: Shape) -> Row:
    """One meeting as it may leave the council, whatever the total."""
    printed: Row = dict(row)
    for name in (shape.base, *shape.others):
        printed[name] = _cell(row[name])
    for group in shape.groups:
        printed |= _parts(row, shape.base, group)
    return printed


def _parts(row: Row, base: str, group: Group) -> Row:
    """The parts of one base: as they are, or none of them where that would tell a small one."""
    exact = {name: row[name] for name in group.parts}
    cases, numbers = row[base], [number for number in exact.values() if isinstance(number, int)]
    if not isinstance(cases, int) or len(numbers) < len(group.parts):
        return exact
    rest = cases - sum(numbers)
    if cases < LEAST_BASE or _is_small(rest) or _are_told(numbers, cases, group):
        return {name: _withheld(number) for name, number in exact.items()}
    return {name: _cell(number) for name, number in exact.items()}


def _are_told(numbers: Sequence[int], cases: int, group: Group) -> bool:
    """Whether a small part follows from the others: the rest is known to be 0, or 5 and more."""
    small = [number for number in numbers if _is_small(number)]
    if not small or not group.rest:
        return bool(small)
    left = cases - sum(number for number in numbers if not _is_small(number))
    could = [
        one
        for one in product(range(1, 5), repeat=len(small))
        if left - sum(one) == 0 or left - sum(one) >= 5
    ]
    return any(len(set(values)) < FEWEST for values in zip(*could, strict=True))


def _is_small(number: int) -> bool:
    return 1 <= number <= 4


def _cell(value: Cell) -> Cell:
    return SMALL if isinstance(value, int) and _is_small(value) else value


def _withheld(value: Cell) -> Cell:
    return WITHHELD if isinstance(value, int) and value else value


def _rounded(value: Cell) -> Cell:
    if not isinstance(value, int):
        return value
    return _cell(value) if value < 5 else (value + 2) // 5 * 5


# --- what a reader could work out -----------------------------------------------------------------


Name = tuple[int, str]
"""A number of the table: the row's place, its column; a group's rest is named by its parts."""


class _Told:
    """Whether totals tell a number from 1 to 4 that the meetings hide."""

    def __init__(
        self, exact: Mapping[Name, int], printed: Sequence[Row], total: Row, shape: Shape
    ) -> None:
        self._exact, self._printed, self._shape = exact, printed, shape
        silent: Row = {name: WITHHELD if value else value for name, value in total.items()}
        self._before = readings(printed, silent, shape)

    def by(self, shown: Row) -> bool:
        """Whether such totals narrow a small number, or a total, down to fewer than three."""
        found = readings(self._printed, shown, self._shape)
        return any(
            (_is_small(number) or name[0] == len(self._printed))
            and found[name] != self._before[name]
            and _values(found[name]) < FEWEST
            for name, number in self._exact.items()
            if name in found
        )


def _exact(rows: Sequence[Row], shape: Shape) -> dict[Name, int]:
    found: dict[Name, int] = {}
    for place, row in enumerate(rows):
        for name in (shape.base, *(part for group in shape.groups for part in group.parts)):
            number = row[name]
            if isinstance(number, int):
                found[place, name] = number
        for group in shape.groups:
            numbers = [found.get((place, name)) for name in (shape.base, *group.parts)]
            whole, *parts = [number for number in numbers if number is not None] or [0]
            if None not in numbers:
                found[place, _rest(group)] = whole - sum(parts)
    return found


def _rest(group: Group) -> str:
    return f"rest of {'+'.join(group.parts)}"


def readings(printed: Sequence[Row], shown: Row, shape: Shape) -> dict[Name, Range]:
    """For each number of the table, the least and the most it can be by what is printed."""
    last = len(printed)
    rows = [
        (place, row) for place, row in enumerate([*printed, shown]) if row[shape.base] is not None
    ]
    ranges: dict[Name, Range] = {}
    sums: list[tuple[Name, list[Name]]] = []
    for place, row in rows:
        total = place == last
        ranges[place, shape.base] = _range(row[shape.base], total=total)
        for group in shape.groups:
            for name in group.parts:
                ranges[place, name] = _range(row[name], total=total)
            ranges[place, _rest(group)] = (0, _MANY) if total else _rest_range(row, shape, group)
            parts = [(place, name) for name in (*group.parts, _rest(group))]
            sums.append(((place, shape.base), parts))
    for column in (
        shape.base,
        *(name for group in shape.groups for name in (*group.parts, _rest(group))),
    ):
        sums.append(((last, column), [(place, column) for place, _ in rows if place != last]))
    never_small = _never_small([(place, row) for place, row in rows if place != last], shape)
    while any(_narrowed(ranges, whole, parts) for whole, parts in sums) or any(
        _without_small(ranges, name) for name in never_small
    ):
        pass
    return ranges


def _range(value: Cell, *, total: bool) -> Range:
    if value == SMALL:
        return 1, 4
    if value == WITHHELD:
        return 1, _MANY
    assert isinstance(value, int)
    if total and value:
        return max(5, value - 2), value + 2
    return value, value


def _rest_range(row: Row, shape: Shape, group: Group) -> Range:
    """What the rest of a meeting's cases can be to a reader who knows why a part is withheld.

    With one part withheld the rest is small; with two it is small or none, or little more.
    """
    if not group.rest:
        return 0, 0
    parts = [row[name] for name in group.parts]
    if not _is_told_apart(row[shape.base]) or WITHHELD not in parts:
        return 0, _MANY
    return (1, 4) if parts.count(WITHHELD) == 1 else (0, 6)


def _is_told_apart(base: Cell) -> bool:
    return isinstance(base, int) and base >= LEAST_BASE


def _never_small(rows: Sequence[tuple[int, Row]], shape: Shape) -> list[Name]:
    """The rests of meetings whose parts are told: had they been small, the parts were not."""
    return [
        (place, _rest(group))
        for place, row in rows
        for group in shape.groups
        if _is_told_apart(row[shape.base]) and WITHHELD not in [row[name] for name in group.parts]
    ]


def _without_small(ranges: dict[Name, Range], name: Name) -> bool:
    low, high = ranges[name]
    return _put(ranges, name, 5 if _is_small(low) else low, 0 if _is_small(high) else high)


def _narrowed(ranges: dict[Name, Range], whole: Name, parts: Sequence[Name]) -> bool:
    """Narrow a sum and its parts by one another; whether that changed any."""
    if whole not in ranges:
        return False
    lows, highs = sum(ranges[one][0] for one in parts), sum(ranges[one][1] for one in parts)
    low, high = ranges[whole]
    changed = _put(ranges, whole, max(low, lows), min(high, highs))
    low, high = ranges[whole]
    for one in parts:
        least, most = ranges[one]
        changed |= _put(
            ranges, one, max(least, low - (highs - most)), min(most, high - (lows - least))
        )
    return changed


def _values(found: Range) -> int:
    return found[1] - found[0] + 1


def _put(ranges: dict[Name, Range], name: Name, low: int, high: int) -> bool:
    assert low <= high, "the parts of the table do not add up"
    changed = ranges[name] != (low, high)
    ranges[name] = (low, high)
    return changed
