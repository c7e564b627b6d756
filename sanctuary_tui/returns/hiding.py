"""Figures as they may leave the council: none of 1 to 4 is to be worked out from any of them.

The rule (DOMAIN 4; no national one was found): 1 to 4 is written ``<5``, every other count is
rounded to 5, 0 stays 0, and nothing is told of the parts of fewer than ten. ``s`` is a number
withheld because it, with the others, would give a small one away. All returns of a period are
hidden together, so that one is no key to another, and a year also knows what its quarters tell.

What is withheld is decided from what would be printed alone, so that the choice itself tells
nothing but that a figure whose parts are told is ten or more, which is reckoned with; and the parts
of a figure are withheld all or none, zeros too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sanctuary_tui.exports.small_numbers import FEWEST, LEAST_BASE, SMALL, WITHHELD, Range
from sanctuary_tui.returns.figures import AmountPart, Figure, Parts, Return

Shown = str | int | None
_MANY: Final = 1_000_000
_BASE: Final = 5
_QUARTERLY: Final = "working-group"
"""The return whose quarters tell amounts."""
_POUNDS: Final = 10_000
"""Amounts are rounded to a hundred pounds."""


def masked(number: int) -> Shown:
    """A count on its own: ``<5``, 0, or rounded to 5."""
    if 1 <= number < _BASE:
        return SMALL
    return (number + 2) // _BASE * _BASE


def could_be(shown: Shown) -> Range:
    """The least and the most that a printed count can be."""
    if shown == SMALL:
        return 1, _BASE - 1
    if shown == WITHHELD or shown is None:
        return 0, _MANY
    assert isinstance(shown, int)
    return (0, 0) if shown == 0 else (max(_BASE, shown - 2), shown + 2)


def hidden(
    returns: Sequence[Return], quarters: Sequence[Mapping[tuple[str, str], Shown]] = ()
) -> dict[tuple[str, str], Shown]:
    """Every figure of a period's returns as it may leave, by form and key.

    ``quarters`` is what this function gave for the quarters of a year.
    """
    shown: dict[tuple[str, str], Shown] = {}
    for one in returns:
        shown |= {
            (one.form, key): masked(figure.value or 0)
            for key, figure in one.figures.items()
            if figure.unit == "count"
        }
    of_quarters = {
        (one.form, key): name for one in returns for key, name in one.of_quarters.items()
    }
    _withhold_years(shown, quarters, of_quarters)
    tables = [(one.form, parts) for one in returns for parts in one.parts]
    for one in returns:
        for parts in one.parts:
            if (one.figures[parts.whole].value or 0) < LEAST_BASE:
                _withhold(shown, one.form, parts)
    _settle(shown, tables)
    for one in returns:
        _amounts(shown, one)
        _together(shown, one, quarters)
        _averages(shown, one)
    return shown


def _withhold_years(
    shown: dict[tuple[str, str], Shown],
    quarters: Sequence[Mapping[tuple[str, str], Shown]],
    of_quarters: Mapping[tuple[str, str], tuple[str, str]],
) -> None:
    """A year less three of its quarters is the fourth.

    A year's count is withheld where one quarter's is small or withheld and another's is not 0:
    whatever the year came to, so that the gap itself says nothing of it.
    """
    for name in shown if quarters else ():
        told = [one.get(of_quarters.get(name, name), 0) for one in quarters]
        if {SMALL, WITHHELD} & set(told) and sum(one != 0 for one in told) > 1:
            shown[name] = WITHHELD


def _withhold(shown: dict[tuple[str, str], Shown], form: str, parts: Parts) -> bool:
    """Withhold all parts of a figure that is not 0; whether that changed any."""
    if shown[form, parts.whole] == 0:
        return False
    before = [shown[form, key] for key in parts.parts]
    for key in parts.parts:
        shown[form, key] = WITHHELD
    return any(one != WITHHELD for one in before)


def _settle(shown: dict[tuple[str, str], Shown], tables: Sequence[tuple[str, Parts]]) -> None:
    """Withhold the parts of each figure that a reader could work a small number out of, until none
    is left; and those of what is withheld itself, which they would tell."""
    changed = True
    while changed:
        changed = False
        for form, parts in tables:
            whole_or_part = (shown[form, parts.whole], *(shown[form, key] for key in parts.parts))
            if WITHHELD in whole_or_part:
                changed |= _withhold(shown, form, parts)
        ranges = readings(shown, tables)
        for form, parts in tables:
            names = [(form, parts.whole), *((form, key) for key in parts.parts)]
            if any(shown[name] == SMALL and _told(ranges[name]) for name in names):
                changed |= _withhold(shown, form, parts)


def told_beside(whole: Shown, number: int, counts: Mapping[str, int]) -> dict[str, Shown]:
    """Parts of a figure that are told beside its return: as they may leave, or all withheld.

    ``whole`` is what the return prints of the figure, ``number`` what it is. The parts are told
    where they say no more of it than that print, and where even somebody who knew the number, by a
    year less its other quarters, could work no small part out.
    """
    shown = {key: masked(count) for key, count in counts.items()}
    few = number < LEAST_BASE or not isinstance(whole, int)
    if number and (few or _tells(could_be(whole), shown.values())):
        return dict.fromkeys(counts, WITHHELD)
    return shown


def _tells(whole: Range, shown: Iterable[Shown]) -> bool:
    """Whether parts narrow their whole, or any number it can be tells a small part."""
    parts = [could_be(one) for one in shown]
    lows, highs = (sum(one[end] for one in parts) for end in (0, 1))
    first, last = max(whole[0], LEAST_BASE), whole[1]
    return (
        lows > first
        or highs < last
        or any(
            _told((max(low, total - highs + high), min(high, total - lows + low)))
            for total in range(first, last + 1)
            for low, high in parts
            if (low, high) == could_be(SMALL)
        )
    )


def _told(found: Range) -> bool:
    return found[1] - found[0] + 1 < FEWEST


def readings(
    shown: Mapping[tuple[str, str], Shown], tables: Iterable[tuple[str, Parts]]
) -> dict[tuple[str, str], Range]:
    """For each count, the least and the most that a reader of all of them finds it can be."""
    ranges = {name: could_be(value) for name, value in shown.items()}
    sums = [
        ((form, parts.whole), [(form, key) for key in parts.parts], parts.rest)
        for form, parts in tables
        if WITHHELD not in [shown[form, key] for key in parts.parts]
    ]
    for whole, _, _ in sums:
        low, high = ranges[whole]
        if high:
            ranges[whole] = max(low, LEAST_BASE), high
    while any(_narrow(ranges, *one) for one in sums):
        pass
    return ranges


def _narrow(
    ranges: dict[tuple[str, str], Range],
    whole: tuple[str, str],
    parts: Sequence[tuple[str, str]],
    rest: bool,
) -> bool:
    """Narrow a sum and its parts by one another; whether that changed any."""
    lows = sum(ranges[one][0] for one in parts)
    highs = _MANY if rest else sum(ranges[one][1] for one in parts)
    low, high = ranges[whole]
    changed = _put(ranges, whole, max(low, lows), min(high, highs))
    low, high = ranges[whole]
    for one in parts:
        least, most = ranges[one]
        up = high - (lows - least)
        down = least if rest else max(least, low - (highs - most))
        changed |= _put(ranges, one, down, min(most, up))
    return changed


def _put(ranges: dict[tuple[str, str], Range], name: tuple[str, str], low: int, high: int) -> bool:
    assert low <= high, "the figures do not add up"
    changed = ranges[name] != (low, high)
    ranges[name] = (low, high)
    return changed


# --- what is no count -----------------------------------------------------------------------------


def _amounts(shown: dict[tuple[str, str], Shown], one: Return) -> None:
    """Amounts and times, rounded, and only where the count they tell of is large enough."""
    for hang in one.hangs:
        figure = one.figures[hang.figure]
        name = one.form, hang.figure
        if figure.unit == "count":
            if shown[name] != 0 and shown[one.form, hang.on] in (SMALL, WITHHELD):
                shown[name] = WITHHELD
            continue
        behind = one.figures[hang.on].value or 0
        few = 0 < behind < hang.least or shown[one.form, hang.on] == WITHHELD
        shown[name] = WITHHELD if few and figure.value is not None else _rounded(figure)
    for key, figure in one.figures.items():
        if figure.unit != "count" and (one.form, key) not in shown:
            shown[one.form, key] = _rounded(figure)


def _rounded(figure: Figure) -> Shown:
    if figure.value is None or figure.unit != "pence":
        return figure.value
    return (figure.value + _POUNDS // 2) // _POUNDS * _POUNDS


def _together(
    shown: dict[tuple[str, str], Shown],
    one: Return,
    quarters: Sequence[Mapping[tuple[str, str], Shown]],
) -> None:
    """Withhold amounts that tell of one another, all or none, and with them their other parts."""
    few = [part for part in one.amounts if _few(one, part, quarters)]
    for parts in one.amount_parts:
        if any(part in few for part in parts):
            few += parts
    for part in few:
        shown |= {(one.form, key): WITHHELD for key in part.figures}


def _few(
    one: Return, part: AmountPart, quarters: Sequence[Mapping[tuple[str, str], Shown]]
) -> bool:
    """Whether an amount is of too few cases, or the year less quarters tells one of them."""
    for key in part.figures:
        if 0 < len({case.case_id for case in one.figures[key].cases}) < part.least:
            return True
    told = [quarter.get((_QUARTERLY, part.of_quarters), 0) for quarter in quarters]
    return WITHHELD in told and sum(amount != 0 for amount in told) > 1


def _averages(shown: dict[tuple[str, str], Shown], one: Return) -> None:
    """An average of what is printed, so that it tells nothing more than that."""
    for average in one.averages:
        cost, count = shown[one.form, average.amount], shown[one.form, average.count]
        name = one.form, average.figure
        if isinstance(cost, int) and isinstance(count, int):
            shown[name] = cost // count if count else None
        else:
            shown[name] = WITHHELD
