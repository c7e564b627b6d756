"""Safe times as a person types them: read strictly, shown as read, asked of a clock.

``Mon-Fri 09:30-14:30``, ``weekdays 9.30am-2.30pm; Sat 10-12``, ``not Wed``, ``school hours``. Days
may stand before or after the times, ``;`` divides one rule from the next, ``not`` takes away. What
can be read in two ways is refused: a time read too widely could bring a call while the wrong
person listens (DOMAIN 8, safe contact).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final, cast

from config.errors import BadInputError
from config.format import local

DAY: Final = 24 * 60
WEEK: Final = 7 * DAY
SCHOOL: Final = (9 * 60 + 30, 14 * 60 + 30)
"""School hours with a margin for the way there and back, on weekdays (no source: [D])."""

_SHORT: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONGEST_NIGHT: Final = 12 * 60
"""Minutes: a range that runs past midnight for longer is more likely mistyped."""

_HOW: Final = "write days and times, for example Mon-Fri 09:30-14:30; Sat 10:00-12:00; not Wed"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SafeTimes:
    """Minutes of the week (0 is Monday 00:00, England's time) in which contact is safe.

    Each span holds its first minute and not its last; none touches another. Those in ``term`` are
    safe while the school is open, which no calendar here knows: they are asked for each time.
    """

    spans: tuple[Span, ...]
    term: tuple[Span, ...] = ()

    def at(self, moment: datetime) -> str:
        """``open``, ``ask`` (in school terms) or ``shut`` at a moment."""
        here = local(moment)
        return self._state(here.weekday() * DAY + here.hour * 60 + here.minute)

    def next_change(self, now: datetime) -> datetime | None:
        """The first moment after ``now`` at which ``at`` answers differently; None: it never does.

        Clock changes are in it: a window that a change skips does not open, one that it repeats
        opens twice.
        """
        state = self.at(now)
        edges = {edge % DAY for span in (*self.spans, *self.term) for edge in span}
        today = local(now).date()
        found: set[datetime] = set()
        for ahead in range(9):
            day = today + timedelta(days=ahead)
            found.add(datetime.combine(day, time(1), UTC))  # when the clocks change, if they do
            for edge in edges:
                for fold in (0, 1):
                    clock = datetime.combine(day, time(edge // 60, edge % 60, fold=fold))
                    found.add(clock.replace(tzinfo=local(now).tzinfo).astimezone(UTC))
        return next((one for one in sorted(found) if one > now and self.at(one) != state), None)

    def holds(self, window: str, on: date) -> str:
        """Whether a time window of a day, as it was typed, is safe: ``open``, ``ask`` or ``shut``.

        ``10:00-12:00`` is open where all of it is. A window nobody can read, or none, is asked; on
        a day without a safe minute it is shut all the same.
        """
        start = on.weekday() * DAY
        whole = range(start, start + DAY)
        wanted = read_safe_times(window) if window.strip() else None
        minutes = [one for one in whole if wanted is None or wanted._state(one) != "shut"]
        found = [self._state(one) for one in minutes or whole]
        if not minutes or len(minutes) == DAY:
            return "shut" if set(found) == {"shut"} else "ask"
        return max(found, key=("open", "ask", "shut").index)

    def _state(self, minute: int) -> str:
        if any(start <= minute < end for start, end in self.spans):
            return "open"
        return "ask" if any(start <= minute < end for start, end in self.term) else "shut"

    def words(self) -> str:
        """The times in one form, which reads back as the same: ``Mon-Fri 09:30-14:30``."""
        parts = [_written(self.spans), _written(self.term, " in term time")]
        return "; ".join(part for part in parts if part)


@lru_cache(maxsize=512)
def parse_safe_times(text: str) -> SafeTimes:
    """What was typed as safe times.

    Raises:
        BadInputError: it cannot be read, can be read in two ways, or leaves no time at all.
    """
    wanted: set[int] = set()
    term: set[int] = set()
    barred: set[int] = set()
    positive = False
    for segment in _segments(text):
        for clause in _clauses(segment):
            minutes = set(_minutes(clause))
            if clause.negative:
                barred |= minutes
                continue
            positive = True
            (term if clause.term else wanted).update(minutes)
    if not positive:
        wanted = set(range(WEEK))
    wanted -= barred
    term -= barred | wanted
    if not wanted and not term:
        raise BadInputError(f"Safe times leave no time at all; {_HOW}.")
    return SafeTimes(_spans(wanted), _spans(term))


def read_safe_times(text: str) -> SafeTimes | None:
    """The same; None where it cannot be read, as old or imported times may be."""
    try:
        return parse_safe_times(text)
    except BadInputError:
        return None


# --- words ----------------------------------------------------------------------------------------

_NAMES: Final = {
    **{name.casefold(): number for number, name in enumerate(_SHORT)},
    "tues": 1,
    "weds": 2,
    "thur": 3,
    "thurs": 3,
    **{
        f"{name}day": number
        for number, name in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))
    },
}
_DAYS: Final = {
    **{name: frozenset({number}) for name, number in _NAMES.items()},
    **{f"{name}s": frozenset({number}) for name, number in _NAMES.items()},
    "weekday": frozenset(range(5)),
    "weekdays": frozenset(range(5)),
    "weekend": frozenset({5, 6}),
    "weekends": frozenset({5, 6}),
    "everyday": frozenset(range(7)),
    "daily": frozenset(range(7)),
}
_PHRASES: Final = (
    (r"\bbetween\s+(\S+(?: ?[ap]m)?)\s+and\b", r"\1 - "),
    (r"\bweek[ -]days?\b", "weekdays"),
    (r"\bweek[ -]ends?\b", "weekend"),
    (r"\b(?:every|each|any|all) ?(?:day|week)s?(?: of the week)?\b", "everyday"),
    (r"\b(?:any ?time|always|24 hours|24/7)\b", "anytime"),
    (r"\b(?:(?:in|during) )?school (?:hours|time)\b", "schoolhours"),
    (r"\b(?:in|during) (?:school )?term(?: ?time|s)?\b|\bterm ?time(?: only)?\b", "termtime"),
    (r"\b(?:but not|apart from|except for|other than)\b", "not"),
    (r"\b([ap])\.?m\b\.?", r"\1m"),
    (r"(?<=\d) ?(?:hrs|hours|h)\b", ""),
    (r"[‐-―−]", "-"),  # the dashes of other keyboards
)
_TOKEN: Final = re.compile(
    r"(?P<time>[0-9]{1,2}(?:[:.][0-9]{2})(?: ?[ap]m)?|[0-9]{4}|[0-9]{1,2}(?: ?[ap]m)?)(?![0-9a-z:])"
    r"|(?P<dash>-|\b(?:to|until|till|til|through|thru)\b)"
    r"|(?P<soft>[,&+/]|\b(?:and|or)\b)"
    r"|(?P<word>[a-z]+)"
    r"|(?P<skip>[ .]+)"
)
_NOT: Final = frozenset({"not", "never", "except", "excluding"})
_SKIP: Final = frozenset({"only", "on", "at", "the"})
_CLOCKS: Final = {"noon": 12 * 60, "midday": 12 * 60}


@dataclass(frozen=True, slots=True)
class _Clock:
    """A time of day as written: ``hour`` may still be of either half of the day."""

    hour: int
    minute: int
    half: str = ""
    sure: bool = False

    def minutes(self, half: str = "") -> int:
        half = self.half or half
        hour = self.hour % 12 + (12 if half == "p" else 0) if half else self.hour
        return hour * 60 + self.minute

    @property
    def bare(self) -> bool:
        """Whether it does not say which half of the day it is in."""
        return not self.half and not self.sure


@dataclass(slots=True)
class _Clause:
    """Days and ranges that belong together."""

    negative: bool = False
    term: bool = False
    days: list[frozenset[int]] = field(default_factory=list)
    ranges: list[Span] = field(default_factory=list)
    times_first: bool = False
    divided: bool = False


def _unread() -> BadInputError:
    return BadInputError(f"Safe times could not be read; {_HOW}.")


def _two_ways() -> BadInputError:
    return BadInputError(
        "Safe times can be read in two ways; write the hours as 09:30, 13:00 or 1pm, and ; between "
        "rules."
    )


def _no_beginning() -> BadInputError:
    return BadInputError(
        "Safe times have no beginning: until then the night before would be safe too; write both "
        "hours, for example 09:30-14:30."
    )


def _segments(text: str) -> list[list[tuple[str, object]]]:
    said = text.casefold()
    for pattern, instead in _PHRASES:
        said = re.sub(pattern, instead, said)
    parts = [part.strip(" .") for part in re.split(r"[;\n]", said)]
    found = [_tokens(part) for part in parts if part]
    if not found:
        raise _unread()
    return found


def _tokens(said: str) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    at = 0
    while at < len(said):
        match = _TOKEN.match(said, at)
        if match is None:
            raise _unread()
        at = match.end()
        kind, text = str(match.lastgroup), match.group()
        if kind == "time":
            found.append(("time", _clock(text)))
        elif kind == "word":
            found += _word(text)
        elif kind != "skip":
            found.append((kind, text))
    return found


def _word(text: str) -> list[tuple[str, object]]:
    if text in _SKIP:
        return []
    if text in _DAYS:
        return [("days", _DAYS[text])]
    if text in _NOT:
        return [("not", text)]
    if text in _CLOCKS:
        return [("time", _Clock(_CLOCKS[text] // 60, 0, sure=True))]
    if text == "midnight":
        return [("time", _Clock(24, 0, sure=True))]
    if text in ("after", "from", "before", "anytime", "schoolhours", "termtime"):
        return [(text, text)]
    raise _unread()


def _clock(text: str) -> _Clock:
    half = text[-2] if text.endswith("m") else ""
    digits = text.rstrip("apm ")
    if len(digits) == 4 and digits.isdecimal():
        hour, minute, sure = int(digits[:2]), int(digits[2:]), True
    else:
        first, _, second = digits.replace(".", ":").partition(":")
        hour, minute = int(first), int(second or 0)
        sure = not half and (hour >= 13 or first.startswith("0"))
    wrong = minute > 59 or hour > 24 or (hour == 24 and minute)
    if wrong or (half and not 1 <= hour <= 12):
        raise _unread()
    return _Clock(hour, minute, half, sure)


# --- ranges ---------------------------------------------------------------------------------------


def _range(start: _Clock, end: _Clock) -> Span:
    """From one time to the other; the end is past ``DAY`` where it falls on the next day."""
    if start.bare and end.half:
        first = start.minutes(end.half)
        if first >= end.minutes():
            first = start.minutes("a" if end.half == "p" else "p")
        last = end.minutes()
    elif end.bare and start.half:
        first, last = start.minutes(), end.minutes(start.half)
        if last <= first:
            last = end.minutes("a" if start.half == "p" else "p")
    else:
        if start.bare and start.hour < 8:
            raise _two_ways()
        first, last = start.minutes() % DAY, end.minutes()
        if end.bare and last < first < last + DAY // 2:
            last += DAY // 2
    if last == first:
        raise _two_ways()
    if last < first:
        last += DAY
        if last - first > _LONGEST_NIGHT:
            raise _two_ways()
    return first, last


def _open_range(word: str, clock: _Clock) -> Span:
    if clock.bare:  # "after 9.30" is as likely said of the evening
        raise _two_ways()
    edge = clock.minutes()
    if edge in (0, DAY):
        raise _unread()
    return (0, edge) if word == "before" else (edge, DAY)


# --- clauses --------------------------------------------------------------------------------------


def _clauses(tokens: Sequence[tuple[str, object]]) -> list[_Clause]:
    """Days with their times, within one part of the text."""
    found = [_Clause()]
    for kind, value in _items(tokens):
        now = found[-1]
        if kind == "not":
            if now.days or now.ranges or now.term:
                found.append(_Clause(negative=True))
            now = found[-1]
            now.negative = True
        elif kind == "soft":
            now.divided = True
        elif kind == "termtime":
            now.term = True
        elif kind == "days":
            if now.days and now.ranges and not now.times_first:
                now = _next(found)
            now.times_first = bool(now.ranges)
            now.days.append(cast(frozenset[int], value))
        else:
            if now.days and now.ranges and now.times_first:
                now = _next(found)
            if kind == "before" and not now.negative:
                raise _no_beginning()
            if kind == "schoolhours":
                now.term = True
            now.ranges.append(cast(Span, value))
    _check(found)
    return found


def _next(found: list[_Clause]) -> _Clause:
    if found[-1].negative:
        raise _two_ways()
    found.append(_Clause())
    return found[-1]


def _check(found: Sequence[_Clause]) -> None:
    if any(not one.days and not one.ranges for one in found):
        raise _unread()
    positive = [one for one in found if not one.negative]
    if any(one.ranges for one in positive) and not all(one.ranges for one in positive):
        raise _two_ways()
    for one in found:
        if not one.negative:
            continue
        mixed = one.days and one.ranges
        if one.term or (mixed and (one.divided or len(one.days) + len(one.ranges) > 2)):
            raise _two_ways()


def _items(tokens: Sequence[tuple[str, object]]) -> Iterable[tuple[str, object]]:
    """Tokens joined to days and ranges of time."""
    at = 0
    while at < len(tokens):
        kind, value = tokens[at]
        after = tokens[at + 1 : at + 3]
        joined = [one for one, _ in after] == ["dash", kind]
        if kind == "time" and joined:
            yield "range", _range(cast(_Clock, value), cast(_Clock, after[1][1]))
            at += 3
        elif kind == "days" and joined:
            yield "days", _days_through(value, after[1][1])
            at += 3
        elif kind in ("from", "after", "before", "dash") and after and after[0][0] == "time":
            clock = cast(_Clock, after[0][1])
            rest = [one for one, _ in tokens[at + 2 : at + 4]]
            if kind == "from" and rest == ["dash", "time"]:
                at += 1
                continue
            if kind == "dash" and value == "-":
                raise _unread()
            word = "before" if kind == "dash" else kind
            yield word, _open_range(word, clock)
            at += 2
        elif kind == "anytime":
            yield "range", (0, DAY)
            at += 1
        elif kind == "schoolhours":
            yield kind, SCHOOL
            at += 1
        elif kind in ("days", "not", "soft", "termtime"):
            yield kind, value
            at += 1
        else:
            raise _unread()


def _days_through(first: object, last: object) -> frozenset[int]:
    start, end = cast(frozenset[int], first), cast(frozenset[int], last)
    if len(start) != 1 or len(end) != 1:
        raise _unread()
    (one,), (other,) = start, end
    return frozenset((one + step) % 7 for step in range((other - one) % 7 + 1))


def _minutes(clause: _Clause) -> Iterable[int]:
    days = frozenset().union(*clause.days) if clause.days else frozenset(range(7))
    if clause.term and not clause.days:
        days = frozenset(range(5))
    for day in days:
        for start, end in clause.ranges or [(0, DAY)]:
            for minute in range(start, end):
                yield (day * DAY + minute) % WEEK


def _spans(minutes: set[int]) -> tuple[Span, ...]:
    found: list[list[int]] = []
    for minute in sorted(minutes):
        if found and found[-1][1] == minute:
            found[-1][1] = minute + 1
        else:
            found.append([minute, minute + 1])
    return tuple((start, end) for start, end in found)


# --- writing --------------------------------------------------------------------------------------


def _written(spans: Sequence[Span], tail: str = "") -> str:
    if not spans:
        return ""
    if tuple(spans) == ((0, WEEK),) and not tail:
        return "any time"
    by_day: dict[int, list[str]] = {}
    for day, start, end in _by_day(spans):
        whole = (start, end) == (0, DAY)
        by_day.setdefault(day, []).append("" if whole else f"{_hhmm(start)}-{_hhmm(end)}")
    groups: dict[tuple[str, ...], list[int]] = {}
    for day in sorted(by_day):
        groups.setdefault(tuple(by_day[day]), []).append(day)
    lines = []
    for times, days in groups.items():
        named = "every day" if len(days) == 7 else _day_names(days)
        lines.append(" ".join(part for part in (named, ", ".join(times)) if part) + tail)
    return "; ".join(lines)


def _by_day(spans: Sequence[Span]) -> Iterable[tuple[int, int, int]]:
    """Spans as ranges of a day; one past midnight stays whole where it reads back so."""
    joined = list(spans)
    if len(joined) > 1 and joined[0][0] == 0 and joined[-1][1] == WEEK:
        joined[-1] = (joined[-1][0], WEEK + joined.pop(0)[1])
    for start, end in joined:
        day, first = divmod(start, DAY)
        if first and end - start <= _LONGEST_NIGHT and end > (day + 1) * DAY:
            yield day, first, end - (day + 1) * DAY
            continue
        while start < end:
            day, first = divmod(start, DAY)
            last = min(DAY, first + end - start)
            yield day % 7, first, last
            start += last - first


def _day_names(days: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    parts = []
    for run in runs:
        if len(run) > 2:
            parts.append(f"{_SHORT[run[0]]}-{_SHORT[run[-1]]}")
        else:
            parts += [_SHORT[day] for day in run]
    return ", ".join(parts)


def _hhmm(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
