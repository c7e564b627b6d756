"""Steps, stories, and the calendar they are told by: every date is an offset from one ``today``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any, TypeVar

from config.calendar import is_working_day
from config.settings import default_settings
from db.models import Case, Note, Record

T = TypeVar("T")
R = TypeVar("R", bound=Record)

OPENS = 9 * 60
CLOSES = 17 * 60 + 20
BY = "Coordinator"


@dataclass(slots=True)
class Step:
    """One write to the caseload: a record added, or changes to one added before.

    ``target`` names the record within its story (``case``, ``survivor``, ``consent.1``). ``links``
    maps a field to the target it points at; ``story/target`` reaches into another story, and
    ``target#ref`` takes that record's ``ref`` in place of its id. Both are resolved when played,
    for ids are not known before.
    """

    at: datetime
    target: str
    why: str
    record: Record | None = None
    changes: dict[str, Any] | None = None
    links: dict[str, str] | None = None


@dataclass(slots=True)
class Story:
    """How the records of one case came to be, in order of time.

    ``kind`` is ``district`` (what all cases share: no case of its own), ``scenario``, ``awkward``
    or ``ordinary``.
    """

    name: str
    kind: str
    steps: list[Step] = field(default_factory=list)

    @property
    def start(self) -> datetime:
        """When its first record was made."""
        return self.steps[0].at

    def final(self) -> dict[str, Record]:
        """Every record as its story leaves it, by target; links to other records stay open."""
        records: dict[str, Record] = {}
        for step in self.steps:
            if step.record is not None:
                records[step.target] = copy(step.record)
            for name, value in (step.changes or {}).items():
                setattr(records[step.target], name, value)
        return records

    def final_case(self) -> Case:
        """The case as its story leaves it.

        Raises:
            KeyError: this is the district's story, which has no case.
        """
        case = self.final()["case"]
        assert isinstance(case, Case)
        return case


class Clock:
    """The office calendar around ``today``: England's working days, and the MARAC's meetings."""

    def __init__(self, today: date) -> None:
        self.today = today
        marac = default_settings().marac
        self._step = 7 * marac.every_weeks
        self._cutoff = marac.cutoff_days
        behind = (today + timedelta(days=marac.cutoff_days) - marac.first_meeting).days
        self._next = marac.first_meeting + timedelta(days=-(-behind // self._step) * self._step)
        first = today
        while not is_working_day(first):
            first -= timedelta(days=1)
        self._back = [first]
        self._ahead = [first]
        self._midnights: dict[date, datetime] = {}

    def work(self, days: int) -> date:
        """The working day ``days`` before (negative) or after today; 0 is the last one up to it."""
        line, sign = (self._back, -1) if days <= 0 else (self._ahead, 1)
        while len(line) <= abs(days):
            day = line[-1] + timedelta(days=sign)
            while not is_working_day(day):
                day += timedelta(days=sign)
            line.append(day)
        return line[abs(days)]

    def day(self, days: int) -> date:
        """The calendar day ``days`` before (negative) or after today."""
        return self.today + timedelta(days=days)

    def working(self, day: date) -> date:
        """``day``, or the working day before it."""
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    def meeting(self, number: int) -> date:
        """A MARAC meeting by the default calendar: 1 is the next whose cut-off is not past.

        0 is the one before it, whose list has gone and whose outcomes are not in yet; -1 and below
        were held at least eight days ago.
        """
        return self._next + timedelta(days=(number - 1) * self._step)

    def financial_year(self, day: date) -> int:
        """The year in which the financial year (from April) of ``day`` started."""
        return day.year if day.month >= 4 else day.year - 1

    def at(self, day: date, minute: int) -> datetime:
        """The moment, in UTC, ``minute`` minutes after midnight in England on ``day``."""
        midnight = self._midnights.get(day)
        if midnight is None:
            summer = _last_sunday(day.year, 3) <= day < _last_sunday(day.year, 10)
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            midnight -= timedelta(hours=1 if summer else 0)
            self._midnights[day] = midnight
        return midnight + timedelta(minutes=minute)


def _last_sunday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


class Dice:
    """Draws from ``random()`` alone, so that every Python gives the same caseload."""

    __slots__ = ("_random",)

    def __init__(self, *seed: object) -> None:
        self._random: Callable[[], float] = Random(":".join(map(str, seed))).random

    def chance(self, share: float) -> bool:
        """True in ``share`` of the draws."""
        return self._random() < share

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._random() * (high - low + 1))

    def skewed(self, low: int, high: int, power: float = 2.0) -> int:
        """As ``whole``, but low numbers far more often: few cases take very long."""
        return low + int(self._random() ** power * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of ``items``."""
        return items[int(self._random() * len(items))]

    def weighted(self, shares: Sequence[tuple[T, float]]) -> T:
        """One of the first parts of ``shares``, as often as its second part says (of 100)."""
        whole = 0.0
        for _, share in shares:
            whole += share
        left = self._random() * whole
        for item, share in shares:
            left -= share
            if left < 0:
                return item
        return shares[-1][0]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """``count`` different ``items``, in their own order."""
        left = list(range(len(items)))
        chosen = [left.pop(int(self._random() * len(left))) for _ in range(min(count, len(left)))]
        return [items[place] for place in sorted(chosen)]


class Teller:
    """Tells one story: keeps the date and time of day, and never goes back in time."""

    def __init__(
        self, name: str, clock: Clock, dice: Dice, kind: str = "ordinary", *, light: bool = False
    ) -> None:
        self.clock = clock
        self.dice = dice
        self.light = light
        self.day = date.min
        self.fitted: set[str] = set()
        self._minute = OPENS
        self._steps: list[Step] = []
        self._name = name
        self._kind = kind
        self._numbers: dict[str, int] = {}
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []

    def plan(self, work_day: int, act: Callable[[], None]) -> None:
        """Have ``act`` told on a working day counted from today, whatever was planned before."""
        self._agenda.append((work_day, len(self._agenda), act))

    def run(self) -> None:
        """Tell all that was planned, in order of time."""
        for work_day, _, act in sorted(self._agenda):
            self.work(work_day)
            act()
        self._agenda.clear()

    def go(self, day: date, minute: int | None = None) -> None:
        """Go on to ``day``, at ``minute`` or some time in the morning; a past day changes nothing.

        The number of draws never depends on the date, or the caseload would change with ``today``.
        """
        drawn = self.dice.whole(OPENS, OPENS + 240)
        if day > self.day:
            self.day, self._minute = day, drawn if minute is None else minute

    def work(self, days: int) -> None:
        """Go on to a working day counted from today."""
        self.go(self.clock.work(days))

    @property
    def now(self) -> datetime:
        """The moment the next step falls on."""
        return self.clock.at(self.day, self._minute)

    def key(self, kind: str) -> str:
        """A target of its own for the next record of a kind: ``measure.3``."""
        number = self._numbers[kind] = self._numbers.get(kind, 0) + 1
        return f"{kind}.{number}"

    def add(self, target: str, record: Record, why: str = "", **links: str) -> str:
        """Add a record under ``target``; ``links`` name the records its fields point at."""
        self._steps.append(Step(self.now, target, why, record, None, links or None))
        self._pass()
        return target

    def last(self, kind: str) -> str:
        """The target that ``key`` gave last for a kind."""
        return f"{kind}.{self._numbers.get(kind, 0)}"

    def added(self, kind: type[R]) -> list[R]:
        """The records of a kind added so far, as they were added."""
        return [step.record for step in self._steps if isinstance(step.record, kind)]

    def change(
        self, target: str, why: str = "", links: dict[str, str] | None = None, **changes: Any
    ) -> None:
        """Change a record added before."""
        self._steps.append(Step(self.now, target, why, None, changes, links))
        self._pass()

    def move(self, stage: str, why: str, **changes: Any) -> None:
        """Move the case to ``stage`` today."""
        self.change("case", why, stage=stage, stage_entered=self.day, **changes)

    def note(self, body: str, kind: str = "note", with_whom: str = "") -> None:
        """Write a note; the shortened histories have none."""
        if not self.light:
            record = Note(at=self.now, kind=kind, with_whom=with_whom, body=body, by=BY)
            self.add(self.key("note"), record)

    def story(self) -> Story:
        """The story told so far."""
        return Story(self._name, self._kind, self._steps)

    def _pass(self) -> None:
        self._minute = min(self._minute + self.dice.whole(1, 9), CLOSES)
