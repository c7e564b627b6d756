"""The demonstration caseload: the same seed and size give the same cases, whatever the day.

``build`` tells every case as a story, ``write`` plays stories through the store in order of time,
and ``fill`` does both. See docs/DEMO.md for what is drawn from where.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from sanctuary_tui.demodata import district, ordinary, partners
from sanctuary_tui.demodata import figures as fig
from sanctuary_tui.demodata.awkward_cases import CASES, SEALED
from sanctuary_tui.demodata.awkward_people import PEOPLE
from sanctuary_tui.demodata.scenarios import SCENARIOS, scenario
from sanctuary_tui.demodata.timeline import Clock, Dice, Step, Story, Teller

if TYPE_CHECKING:
    from db.record import Record
    from db.store import Store

_SCENARIO_STAGES: Final = ("consent", "installation", "triage", "legal", "survey", "aftercare")
AWKWARD: Final = {**PEOPLE, **CASES}
SEALED_IN: Final = range(150, 1_000)
"""In a caseload of so many one case is sealed, to be looked at: smaller ones show all they were
asked for, and larger ones are made to measure by."""


def build(
    cases: int, seed: int, today: date, *, light: bool = False, open_share: float | None = None
) -> list[Story]:
    """Every story: the district's own first, then scenarios A to F, the awkward cases, the rest.

    ``cases`` counts cases, so the list is one longer. ``light`` gives shorter histories, for very
    large caseloads; ``open_share`` sets the share of open cases (see ``figures.open_cases``).
    """
    clock = Clock(today)
    told = [_district(cases, seed, clock), *_handmade(cases, seed, clock)]
    return told + list(_usual(cases - len(told) + 1, cases, seed, clock, light, open_share))


def stories(
    cases: int, seed: int, today: date, *, light: bool = False, open_share: float | None = None
) -> Iterator[Story]:
    """The same stories in the order in which they start, made one by one as they are asked for."""
    clock = Clock(today)
    told = [_district(cases, seed, clock), *_handmade(cases, seed, clock)]
    told.sort(key=_start)
    usual = _usual(cases - len(told) + 1, cases, seed, clock, light, open_share, by_start=True)
    return heapq.merge(told, usual, key=_start)


def _start(story: Story) -> datetime:
    return story.start


def _district(cases: int, seed: int, clock: Clock) -> Story:
    """The district's own story, with what partners do beside it where there is any."""
    story = district.story(cases, seed, clock)
    if cases not in partners.TOLD_IN:
        return story
    return partners.in_district(story, cases, clock, Dice(seed, "partners"))


def _handmade(cases: int, seed: int, clock: Clock) -> list[Story]:
    told = [scenario(name, seed, clock) for name in list(SCENARIOS)[:cases]]
    for name, (_, tell) in list(_awkward(cases).items())[: max(0, cases - len(told))]:
        told.append(tell(Teller(name, clock, Dice(seed, name), "awkward")))
    return told


def _awkward(cases: int) -> Mapping[str, tuple[str, Callable[[Teller], Story]]]:
    return {**AWKWARD, **SEALED} if cases in SEALED_IN else AWKWARD


def _usual(
    count: int,
    cases: int,
    seed: int,
    clock: Clock,
    light: bool,
    open_share: float | None,
    *,
    by_start: bool = False,
) -> Iterator[Story]:
    """The usual cases. Their courses are drawn twice rather than kept: there may be 100,000."""
    history = fig.history_days(cases)
    slots = _slots(max(count, 0), cases, seed, open_share)

    def tell(number: int) -> Story:
        dice = Dice(seed, "usual", number)
        run = ordinary.course(dice, slots[number], history)
        story = ordinary.tell(f"usual {number + 1}", clock, dice, run, light=light)
        if light or cases not in partners.TOLD_IN:
            return story
        return partners.beside(story, clock, Dice(seed, "partners", number), run)

    if not by_start:
        yield from map(tell, range(len(slots)))
        return
    starts = [
        ordinary.course(Dice(seed, "usual", number), slot, history).start
        for number, slot in enumerate(slots)
    ]
    order = sorted(range(len(slots)), key=starts.__getitem__)
    for _, same_day in groupby(order, key=starts.__getitem__):
        yield from sorted(map(tell, same_day), key=_start)


def _slots(count: int, cases: int, seed: int, open_share: float | None) -> list[str]:
    """Where each usual case stands: the open stages' shares, less what the hand-made ones fill.

    The sealed case takes the place of the last, so that the others are what they were without it.
    """
    sealed = len(_awkward(cases)) - len(AWKWARD)
    count += sealed
    taken = [*_SCENARIO_STAGES, *(stage for stage, _ in AWKWARD.values())][: cases - count]
    still_open = fig.open_cases(cases, open_share)
    whole = sum(share for _, share in fig.OPEN_STAGES)
    slots: list[str] = []
    for stage, share in fig.OPEN_STAGES:
        wanted = round(still_open * share / whole) - taken.count(stage)
        slots += [stage] * max(0, wanted)
    slots = slots[:count]
    slots += ["closed"] * (count - len(slots))
    dice = Dice(seed, "slots")
    for place in range(len(slots) - 1, 0, -1):
        other = dice.whole(0, place)
        slots[place], slots[other] = slots[other], slots[place]
    return slots[: count - sealed]


# --- playing ------------------------------------------------------------------------------------


def write(told: Iterable[Story], store: Store) -> None:
    """Play all steps of all stories, in order of time, through the store.

    A list may be in any order; anything else must be in order of start, as ``stories`` gives them,
    and is read only as far as time has come, so that no more is in memory than runs at once.
    """
    ordered = sorted(told, key=_start) if isinstance(told, list) else told
    player = _Player(store)
    with store.bulk():
        for story, step in _in_time(ordered):
            player.play(story, step)


def fill(
    store: Store,
    cases: int,
    seed: int,
    today: date,
    *,
    light: bool = False,
    open_share: float | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Fill an empty caseload; ``progress`` is told the number of cases begun."""
    told = stories(cases, seed, today, light=light, open_share=open_share)
    write(_counted(told, progress) if progress else told, store)


def _counted(told: Iterable[Story], progress: Callable[[int], None]) -> Iterator[Story]:
    for number, story in enumerate(told):
        progress(number)
        yield story


def _in_time(told: Iterable[Story]) -> Iterator[tuple[Story, Step]]:
    """Steps of stories given in order of start, merged by time; ties by order of the stories."""
    heap: list[tuple[Any, int, int, Story]] = []
    for number, story in enumerate(told):
        while heap and heap[0][0] <= story.start:
            yield from _next(heap)
        heapq.heappush(heap, (story.start, number, 0, story))
    while heap:
        yield from _next(heap)


def _next(heap: list[tuple[Any, int, int, Story]]) -> Iterator[tuple[Story, Step]]:
    _, number, place, story = heap[0]
    yield story, story.steps[place]
    if place + 1 < len(story.steps):
        heapq.heapreplace(heap, (story.steps[place + 1].at, number, place + 1, story))
    else:
        heapq.heappop(heap)


class _Player:
    """Plays steps, and keeps the records later steps change or point at."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shared: dict[str, Record] = {}
        self._records: dict[str, dict[str, Record]] = {}

    def play(self, story: Story, step: Step) -> None:
        """Write one step; forget a story's records with its last, but its case."""
        own = self._records.setdefault(story.name, {})
        links = {name: self._resolve(own, to) for name, to in (step.links or {}).items()}
        if step.record is not None:
            record = copy(step.record)
            if "case" in own:
                record.case_id = own["case"].id
            for name, value in links.items():
                setattr(record, name, value)
            own[step.target] = self._store.add(record, why=step.why, moment=step.at)
            if story.kind == "district" or step.target == "case":
                self._shared[f"{story.name}/{step.target}"] = own[step.target]
        else:
            changes = {**(step.changes or {}), **links}
            record = own[step.target]
            self._store.update(record, why=step.why, moment=step.at, **changes)
        if step is story.steps[-1]:
            del self._records[story.name]

    def _resolve(self, own: dict[str, Record], to: str) -> Any:
        target, _, field = to.partition("#")
        record = self._shared[target] if "/" in target else own[target]
        return getattr(record, field or "id")
