"""What a person types, read as dates, times, money, numbers and telephone numbers.

Everything is read the English way: the day comes first. What is impossible or can be read in two
ways is refused with one sentence that shows how to write it; nothing is guessed silently, and the
forms show the reading beside what was typed.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, cast

from config.errors import BadInputError
from config.format import _london, full_date, local

_MONTH_NAMES: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAY_NAMES: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


def _spellings(names: tuple[str, ...], **more: int) -> dict[str, int]:
    full = {name.casefold(): number for number, name in enumerate(names)}
    return {**full, **{name[:3]: number for name, number in full.items()}, **more}


_MONTHS: Final = _spellings(_MONTH_NAMES, sept=8)
_DAYS: Final = _spellings(_DAY_NAMES, tues=1, weds=2, thur=3, thurs=3)
_WORDS: Final = {"today": 0, "now": 0, "tomorrow": 1, "tmrw": 1, "tom": 1, "yesterday": -1}

_ISO = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})")
_NUMBERS = re.compile(r"([0-9]{1,2})[-/. ]([0-9]{1,2})(?:[-/. ]([0-9]{4}|[0-9]{2}))?")
_NAMED = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]*([a-z]+)\.?,?(?:[-/. ]*([0-9]{4}|[0-9]{2}))?"
)
_NAME_FIRST = re.compile(r"([a-z]+)\.? +([0-9]{1,2})(?:st|nd|rd|th)?(?:,? +([0-9]{4}))?")
_SHIFT = re.compile(
    r"([+-]) ?([0-9]{1,4}) ?(d|day|days|w|wk|week|weeks|m|month|months|y|year|years|wd)?"
)
_CLOCK = re.compile(r"([0-9]{1,2})(?:[:.]([0-9]{2}))? ?(am|pm)?")
FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2100
"""Years that a day may be typed in."""
_HOW: Final = "write it like 3/11, 3 Nov 2026, fri or +2w"
MOST_PENCE: Final = 10_000_000_00
"""The largest amount taken: ten million pounds."""


def parse_date(text: str, today: date, *, birth: bool = False, past: bool = False) -> date:
    """The date meant by ``text``.

    Read: ``3/11``, ``3/11/26``, ``3 Nov``, ``3rd November 2026``, ``Tue 3 Nov``, ``today``,
    ``tomorrow``, ``yesterday``, ``fri`` (the next one after today), ``last fri``, ``+2w``,
    ``-3d``, ``+1m``, ``+5wd`` (working days) and ISO ``2026-11-03``. Without a year the nearest
    one to ``today`` is meant. With ``birth`` the year must have four digits and not lie ahead.
    With ``past`` a weekday is the last one, today among them.

    Raises:
        BadInputError: no such date, month first, or not a date at all.
    """
    given = " ".join(text.casefold().split()).strip(" ,")
    if not given:
        raise BadInputError(f"There is no date here; {_HOW}.")
    found = _relative(given, today, past) if not birth else None
    if found is None:
        found = _written(given, today, birth)
    if birth and found > today:
        raise BadInputError("A date of birth cannot lie ahead; check the year.")
    return found


def _relative(given: str, today: date, past: bool) -> date | None:
    if given in _WORDS:
        return today + timedelta(days=_WORDS[given])
    last = given.startswith("last ")
    word = given.removeprefix("last ").removeprefix("next ").removeprefix("on ")
    if word in _DAYS:
        ahead = (_DAYS[word] - today.weekday()) % 7
        if last:
            return today - timedelta(days=7 - ahead if ahead else 7)
        if past and not given.startswith("next "):
            return today - timedelta(days=-ahead % 7)
        return today + timedelta(days=ahead or 7)
    shift = _SHIFT.fullmatch(given)
    if shift is None:
        return None
    sign, count, unit = shift.groups()
    number = int(count) * (-1 if sign == "-" else 1)
    try:
        return _shifted(today, number, unit or "d")
    except (ValueError, OverflowError):
        raise BadInputError("That is further away than a date can be; give a nearer one.") from None


def _shifted(today: date, number: int, unit: str) -> date:
    if unit == "wd":
        from config.calendar import add_working_days

        if not 0 <= number <= 500:
            raise BadInputError("Working days count forward, up to 500; for example +5wd.")
        return add_working_days(today, number)
    if unit[0] in "dw":
        day = today + timedelta(days=number * (7 if unit[0] == "w" else 1))
    else:
        months = today.year * 12 + today.month - 1 + number * (12 if unit[0] == "y" else 1)
        year, month = divmod(months, 12)
        day = date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))
    return _checked(day.year, day.month, day.day)


def _written(given: str, today: date, birth: bool) -> date:
    weekday, rest = _split_weekday(given)
    if iso := _ISO.fullmatch(rest):
        found = _checked(*(int(part) for part in iso.groups()))
    elif numbers := _NUMBERS.fullmatch(rest):
        found = _from_numbers(rest, numbers, today, birth)
    elif named := _NAMED.fullmatch(rest):
        found = _from_name(named[1], named[2], named[3], today, birth)
    elif named := _NAME_FIRST.fullmatch(rest):
        found = _from_name(named[2], named[1], named[3], today, birth)
    elif re.fullmatch(r"[0-9]{8}", rest):
        raise BadInputError(
            "Eight digits in a row can be read in two ways; write it like 3/11/2026."
        )
    elif birth:
        raise BadInputError("That is not a date of birth; write it like 3/11/1990.")
    else:
        raise BadInputError(f"That is not a date; {_HOW}.")
    if weekday is not None and found.weekday() != weekday:
        raise BadInputError(
            f"{found.day}/{found.month}/{found.year} is a {_DAY_NAMES[found.weekday()]}, "
            f"not a {_DAY_NAMES[weekday]}; correct the day or the date."
        )
    return found


def _split_weekday(given: str) -> tuple[int | None, str]:
    word, _, rest = given.partition(" ")
    name = word.strip(",.")
    if rest and name in _DAYS:
        return _DAYS[name], rest.strip(" ,")
    return None, given


def _from_numbers(written: str, found: re.Match[str], today: date, birth: bool) -> date:
    day, month = int(found[1]), int(found[2])
    if month > 12 and 1 <= day <= 12 and month <= 31:
        tail = f"/{found[3]}" if found[3] else ""
        raise BadInputError(
            f"{written} has no month {month}; the day comes first: {month}/{day}{tail}."
        )
    year = _year(found[3], birth)
    if year is None:
        return _nearest(day, month, today)
    return _checked(year, month, day)


def _from_name(day: str, month_word: str, year: str | None, today: date, birth: bool) -> date:
    if month_word not in _MONTHS:
        raise BadInputError(f"That is not a date; {_HOW}.")
    month = _MONTHS[month_word] + 1
    given = _year(year, birth)
    return _nearest(int(day), month, today) if given is None else _checked(given, month, int(day))


def _year(text: str | None, birth: bool) -> int | None:
    if birth and (text is None or len(text) != 4):
        raise BadInputError("Write the year of birth in four digits, for example 3/11/1990.")
    if text is None:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _nearest(day: int, month: int, today: date) -> date:
    """The day and month in the year that brings it nearest to today."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        return _checked(today.year, month, day)
    found: list[date] = []
    for year in range(today.year - 1, today.year + 2):
        if day <= monthrange(year, month)[1]:
            found.append(date(year, month, day))
    if not found:
        return _checked(today.year, month, day)
    return min(found, key=lambda each: abs((each - today).days))


def _checked(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInputError(
            f"The year {year} is outside {FIRST_YEAR} to {LAST_YEAR}; check the year."
        )
    if not 1 <= month <= 12:
        raise BadInputError(
            f"There is no month {month}; the day comes first, then the month 1 to 12."
        )
    most = monthrange(year, month)[1]
    if not 1 <= day <= most:
        raise BadInputError(
            f"There is no day {day} in {_MONTH_NAMES[month - 1]} {year}, which has {most} days."
        )
    return date(year, month, day)


def parse_moment(text: str, now: datetime, *, past: bool = False) -> datetime:
    """The moment meant by ``text``, in UTC; what is typed is England's time.

    Read: ``now``, ``14:05``, ``2pm`` (today), any date of ``parse_date`` followed by a time, a
    date alone (its start), and ISO with or without an offset. With ``past`` something that was is
    asked for: a weekday is the last one.

    Raises:
        BadInputError: not a date or not a time, a time that the change of clocks leaves out, or,
            with ``past``, one that is still to come.
    """
    found = _moment(text, now, past)
    if past and found > now:
        raise BadInputError("That time is still to come; say when it was, for example fri 10am.")
    return found


def _moment(text: str, now: datetime, past: bool) -> datetime:
    given = " ".join(text.casefold().split()).strip(" ,")
    if given == "now":
        return now.astimezone(UTC).replace(second=0, microsecond=0)
    if iso := _iso_moment(text.strip()):
        return iso
    today = local(now).date()
    words = given.replace(" am", "am").replace(" pm", "pm").replace(" at ", " ").split(" ")
    clock = _clock(words[-1], alone=len(words) == 1)
    if clock is None:
        return _utc(parse_date(given, today, past=past), time())
    rest = " ".join(words[:-1])
    day = parse_date(rest, today, past=past) if rest else today
    found = _utc(day, clock)
    if past and found > now and rest.removeprefix("on ") in _DAYS:  # later on that weekday
        return _utc(day - timedelta(days=7), clock)
    return found


def _iso_moment(text: str) -> datetime | None:
    if not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:", text):
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise BadInputError("There is no such date and time; write it like 3/11 14:05.") from None
    _checked(moment.year, moment.month, moment.day)
    if moment.tzinfo is None:
        return _utc(moment.date(), moment.time())
    return moment.astimezone(UTC)


def _clock(word: str, *, alone: bool) -> time | None:
    found = _CLOCK.fullmatch(word)
    if found is None or not (found[2] or found[3]):
        return None
    if "." in word and alone and not found[3] and int(found[2]) <= 12:
        return None  # 3.11 alone is a date
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            raise BadInputError("With am or pm the hour is 1 to 12; write it like 2pm or 14:00.")
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if hour > 23 or minute > 59:
        raise BadInputError("There is no such time; write it like 14:05 or 2pm.")
    return time(hour, minute)


def _utc(day: date, clock: time) -> datetime:
    naive = datetime.combine(day, clock)
    moment = naive.replace(tzinfo=cast(tzinfo, _london())).astimezone(UTC)
    if local(moment).replace(tzinfo=None) != naive:
        raise BadInputError(
            f"There is no {clock:%H:%M} on {full_date(day)}, when the clocks go forward; "
            "give another time."
        )
    return moment


_MONEY = re.compile(r"(-?) ?£? ?([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,9})(?:\.([0-9]{1,2}))?")
_PENCE = re.compile(r"([0-9]{1,6}) ?p")


def parse_money(text: str) -> int:
    """The amount in pence: ``418.20``, ``£1,234``, ``418.2``, ``85p``.

    Raises:
        BadInputError: not an amount, parts of a penny, or more than ten million pounds.
    """
    given = text.strip().replace("\u00a0", " ")
    if pence := _PENCE.fullmatch(given.casefold()):
        return int(pence[1])
    found = _MONEY.fullmatch(given)
    if found is None:
        raise BadInputError("That is not an amount; write it like 418.20 or £1,234.50.")
    pounds = int(found[2].replace(",", ""))
    amount = pounds * 100 + int((found[3] or "").ljust(2, "0"))
    if amount > MOST_PENCE:
        raise BadInputError("Amounts go up to £10,000,000.00; check the figure.")
    return -amount if found[1] else amount


def parse_int(text: str, low: int | None = None, high: int | None = None) -> int:
    """The whole number meant by ``text``, from ``low`` to ``high`` where given.

    Raises:
        BadInputError: not a whole number, or outside the bounds.
    """
    given = text.strip()
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", given):
        raise BadInputError("That is not a whole number; write digits only.")
    number = int(given)
    if (low is not None and number < low) or (high is not None and number > high):
        if low is not None and high is not None:
            raise BadInputError(f"The number must be from {low} to {high}.")
        bound = f"at least {low}" if low is not None else f"at most {high}"
        raise BadInputError(f"The number must be {bound}.")
    return number


def parse_phone(text: str) -> str:
    """A telephone number tidied: ``07700 900123``; other text is only trimmed, never refused."""
    given = " ".join(text.split())
    digits = re.sub(r"^(?:\+|00)440?", "0", re.sub(r"[ ()./-]", "", given))
    if not re.fullmatch(r"0[0-9]{9,10}", digits):
        return given
    if digits.startswith("02"):
        return f"{digits[:3]} {digits[3:7]} {digits[7:]}"
    return f"{digits[:5]} {digits[5:]}"
