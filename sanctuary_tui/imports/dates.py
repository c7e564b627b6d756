"""Days as spreadsheets hold them: typed, as Excel's serial number, or written.

England's order is taken unless the whole column says otherwise. What can be read in two ways, or
has no year, is refused: a tracker is read months later, and nobody is there to ask.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final

from config.errors import BadInputError
from config.parse import FIRST_YEAR, LAST_YEAR, parse_date, parse_moment
from sanctuary_tui.imports.sheets import Cell

_EPOCH: Final = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 3_654, 73_415  # 1910 to 2100
_NUMBERS: Final = re.compile(
    r"((?:[a-z]+[,.]? +)?)([0-9]{1,2})([-/. ])([0-9]{1,2})[-/. ]([0-9]{4}|[0-9]{2})"
)
_YEAR_LAST: Final = re.compile(r"(.*[^0-9])([0-9]{4}|[0-9]{2})")
_ISO: Final = re.compile(r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}")
_CLOCK: Final = re.compile(
    r"[t ,]+(?:at )?(?:([0-9]{1,2})[:.]([0-9]{2})(?:[:.][0-9]{2}(?:\.[0-9]+)?)? ?(am|pm|z|)"
    r"|([0-9]{1,2}) ?(am|pm))$",
    re.IGNORECASE,
)
_SMALL: Final = re.compile(r"\b(?:the|of)\b")
_AHEAD: Final = 20
"""Years that a two-figure year may lie ahead: an order may run long, no tracker is older."""
_YOUNGEST, _OLDEST = 10, 99
"""Ages that a two-figure year of birth may give a grown person, and of a child up to 25."""
_OLDEST_CHILD: Final = 25

_HOW: Final = "write it like 3/11/2026"
_NO_DATE: Final = f"a date is expected here; {_HOW}"
_NO_DAY: Final = f"there is no such day in the calendar; the day comes first, {_HOW}"
_NO_YEAR: Final = f"the date has no year; {_HOW}"


def read_day(
    cell: Cell,
    today: date,
    *,
    day_first: bool = True,
    birth: bool = False,
    past: bool = False,
    child: bool = False,
) -> date:
    """The day that a cell holds; its time of day is left out.

    Raises:
        BadInputError: not a day, no year, or two readings; the sentence has nothing of the cell.
    """
    found = _typed(cell.value)
    if found is None:
        found = _written(cell.text, today, day_first=day_first, birth=birth, child=child)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise BadInputError(f"the year is outside {FIRST_YEAR} to {LAST_YEAR}; {_HOW}")
    if birth and (found > today or found.year < 1900):
        raise BadInputError(f"a date of birth cannot lie ahead; check the year, and {_HOW}")
    if past and found > today:
        raise BadInputError(f"this date is still to come, and should have been; {_HOW}")
    return found


def _typed(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    if isinstance(value, Decimal) and not value.is_finite():
        raise BadInputError(_NO_DATE)
    return _serial(int(value))


def _serial(number: int) -> date:
    if not _FIRST_SERIAL <= number <= _LAST_SERIAL:
        raise BadInputError(_NO_DATE)
    return _EPOCH + timedelta(days=number)


def _written(text: str, today: date, *, day_first: bool, birth: bool, child: bool) -> date:
    given = " ".join(text.casefold().split()).strip(" ,.")
    if re.fullmatch(r"[0-9]{5}", given):
        return _serial(int(given))
    given = " ".join(_SMALL.sub(" ", _without_clock(given)).split())
    if _ISO.fullmatch(given):
        return _parsed(given, today)
    numbers = _NUMBERS.fullmatch(given)
    if numbers:
        head, first, gap, second, year = numbers.groups()
        day, month = (first, second) if day_first else (second, first)
        whole = _whole_year(year, today, birth=birth, child=child)
        return _parsed(f"{head}{day}{gap}{month}{gap}{whole}", today)
    named = _YEAR_LAST.fullmatch(given)
    if named is None or not re.search(r"[a-z]{3}", named[1]) or not re.search(r"[0-9]", named[1]):
        raise BadInputError(_NO_YEAR if _dated(given, today) else _NO_DATE)
    whole = _whole_year(named[2], today, birth=birth, child=child)
    return _parsed(f"{named[1]}{whole}", today)


def _without_clock(given: str) -> str:
    """The text without a time of day at its end; what is none is left, and refused."""
    found = _CLOCK.search(given)
    if found is None:
        return given
    hour, minute = int(found[1] or found[4]), int(found[2] or 0)
    return given[: found.start()] if hour < 24 and minute < 60 else given


def _whole_year(year: str, today: date, *, birth: bool, child: bool) -> int:
    if len(year) == 4:
        return int(year)
    near = 2000 + int(year)
    if not birth:
        if near > today.year + _AHEAD:
            raise BadInputError(f"the year can be read in two ways; {_HOW}, with four figures")
        return near
    low, high = (0, _OLDEST_CHILD) if child else (_YOUNGEST, _OLDEST)
    fit = [one for one in (near, near - 100) if low <= today.year - one <= high]
    if not fit:
        raise BadInputError(
            "the year of birth can be read in two ways; write it with four figures, like 3/11/1990"
        )
    return fit[0]


def _parsed(given: str, today: date) -> date:
    try:
        return parse_date(given, today)
    except BadInputError as error:
        said = error.sentence
    if "There is no" in said or "has no month" in said:
        raise BadInputError(_NO_DAY)
    if " is a " in said:
        raise BadInputError(f"the day of the week is not that of the date; {_HOW}")
    raise BadInputError(_NO_DATE)


def _dated(given: str, today: date) -> bool:
    """Whether it is a day and a month without a year."""
    if not re.match(r"(?:[a-z]+[,.]? +)?[0-9]|[a-z]{3,9} +[0-9]", given):
        return False
    try:
        parse_date(given, today)
    except BadInputError:
        return False
    return True


def read_moment(cell: Cell, today: date, *, day_first: bool = True, past: bool = False) -> datetime:
    """The moment that a cell holds, in UTC; what is written is England's time, a day its start.

    Raises:
        BadInputError: as ``read_day``, or there is no such time.
    """
    day = read_day(cell, today, day_first=day_first, past=past)
    clock = _clock_of(cell)
    now = datetime.combine(today, time(), UTC)
    try:
        return parse_moment(f"{day.isoformat()} {clock:%H:%M}", now)
    except BadInputError:
        how = "there is no such time on that day; write it like 3/11/2026 14:05"
        raise BadInputError(how) from None


def _clock_of(cell: Cell) -> time:
    if isinstance(cell.value, datetime):
        return cell.value.time().replace(second=0, microsecond=0)
    if isinstance(cell.value, (int, Decimal)) and not isinstance(cell.value, bool):
        minutes = int((Decimal(cell.value) % 1) * 24 * 60 + Decimal("0.5"))
        return time(min(minutes, 1439) // 60, min(minutes, 1439) % 60)
    found = _CLOCK.search(" ".join(cell.text.split()))
    if found is None:
        return time()
    hour, minute = int(found[1] or found[4]), int(found[2] or 0)
    half = (found[3] or found[5] or "").casefold()
    if half in ("am", "pm"):
        if not 1 <= hour <= 12:
            raise BadInputError("with am or pm the hour is 1 to 12; write it like 14:05")
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute)


def month_comes_first(cells: Iterable[Cell]) -> bool:
    """Whether a column writes the month before the day, as its dates together show.

    Only where several days cannot be months, none is the other way about, and there are as many as
    chance would bring: a slip of the pen must not turn a column round.
    """
    either = english = american = 0
    for cell in cells:
        found = _NUMBERS.fullmatch(_without_clock(" ".join(cell.text.casefold().split())))
        if found is None or not isinstance(cell.value, str):
            continue
        first, second = int(found[2]), int(found[4])
        english += first > 12 >= second
        american += second > 12 >= first
        either += first <= 12 and second <= 12
    return american >= 2 and not english and american >= (american + either) * 0.3
