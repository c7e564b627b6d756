"""The chase ladder of a consent request, in working days at its hop (DOMAIN 5).

Defaults: standard 2, 4, 7, 10; urgent 1, 2, 3; owner's details at 10, manager at 15, Environmental
Health at 21 (design proposal from STADA 2023 and MHCLG 2026 6.4). Each hop is timed: agent, owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from config.calendar import add_working_days
from config.codes import CONSENT_WAITING
from config.settings import Settings
from db.models import ConsentEvent, ConsentRequest
from sanctuary_tui.pathway.dates import day_of

_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
HUMAN: Final = frozenset(
    {
        "acknowledged",
        "forwarded",
        "question",
        "answer_granted",
        "answer_conditional",
        "answer_refused",
    }
)
"""Events by which a person answered. An automatic reply is not one."""
_EH = ("eh_offered", "eh_referred")


@dataclass(slots=True, frozen=True)
class ChaseStep:
    """One step of the ladder.

    ``day`` is in working days from sending, or from the agent's forward to the owner; ``kind`` is
    the consent event that does it; ``number`` counts chases at that hop from 1, and is 0 for other
    steps; ``locked`` says why it may not be done yet.
    """

    day: int
    due: date
    kind: str
    sentence: str
    done: bool
    locked: str = ""
    number: int = 0


def hop(request: ConsentRequest) -> str:
    """With whom the request lies: ``agent`` or ``owner`` (STADA 2023: time each hop)."""
    return "agent" if request.agent.strip() and request.agent_forwarded is None else "owner"


def hop_since(request: ConsentRequest) -> date | None:
    """Since when it lies there."""
    return request.agent_forwarded or request.sent_on


def ordinal(number: int) -> str:
    """``first``, ``second`` ... for a chase."""
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"


def human_events(events: Iterable[ConsentEvent]) -> list[ConsentEvent]:
    """Events by which a person answered; an automatic reply is not one."""
    return [event for event in events if event.kind in HUMAN]


def chases(events: Iterable[ConsentEvent]) -> int:
    """How many times the request was chased."""
    return sum(1 for event in events if event.kind == "chase")


def hop_chases(request: ConsentRequest, events: Iterable[ConsentEvent]) -> int:
    """How many times it was chased where it lies: once forwarded, those since (STADA 2023)."""
    return chases(at_this_hop(request, events))


def at_this_hop(request: ConsentRequest, events: Iterable[ConsentEvent]) -> list[ConsentEvent]:
    """What was done where the request lies: all of it, or once forwarded what came after."""
    since = request.agent_forwarded
    return [
        event
        for event in events
        if since is None or ((on := day_of(event.at)) is not None and on > since)
    ]


def eh_lock(request: ConsentRequest) -> str:
    """Why Environmental Health may not be offered yet; empty when it may (STADA 2023)."""
    missing = []
    if request.survivor_eh_consent is None:
        missing.append("needs the survivor's written consent")
    if request.eh_warned != "yes":
        missing.append("tell them the whole building is looked at")
    return "; ".join(missing)


def ladder(
    request: ConsentRequest, events: Iterable[ConsentEvent], urgency: str, settings: Settings
) -> list[ChaseStep]:
    """Every step of a request that was sent, in order of day; empty before it is sent.

    Counted from the day it came to where it lies: sending, or the agent's forward to the owner.
    """
    since = hop_since(request)
    if since is None or request.sent_on is None:
        return []
    known = list(events)
    kinds = {event.kind for event in known}
    chased = hop_chases(request, known)
    rules = settings.chase
    days = rules.standard if urgency == "standard" else rules.urgent
    to = hop(request)
    steps = []
    for place, day in enumerate(sorted(days), 1):
        whom = "owner" if urgency != "standard" and place == len(days) else to
        steps.append(
            ChaseStep(
                day,
                add_working_days(since, day),
                "chase",
                f"Chase {whom}, {ordinal(place)} chase",
                chased >= place,
                number=place,
            )
        )
    ask = "Ask agent for the owner's details" if to == "agent" else "Ask who else may decide"
    here = {event.kind for event in at_this_hop(request, known)}
    owner_asked = request.owner_asked is not None and request.owner_asked >= since
    asked = "owner_details" in here or owner_asked
    escalated = "escalated" in here or request.state in ("escalated", *_EH)
    offered = any(kind in kinds for kind in _EH) or request.state in _EH
    steps += [
        _step(since, rules.owner_details, "owner_details", ask, asked),
        _step(since, rules.escalate, "escalated", "Escalate to manager", escalated),
        _step(
            since,
            rules.offer_eh,
            "eh_offered",
            "Offer Environmental Health",
            offered,
            "" if offered else eh_lock(request),
        ),
    ]
    return sorted(steps, key=lambda step: step.day)


def next_step(
    request: ConsentRequest, events: Iterable[ConsentEvent], urgency: str, settings: Settings
) -> ChaseStep | None:
    """The next thing to do about a waiting request; None when nothing waits.

    A chase date set by hand moves the next chase. A locked step stands only when nothing else is
    left to do.
    """
    if request.state not in CONSENT_WAITING or request.state == "eh_referred":
        return None
    known = list(events)
    steps = [step for step in ladder(request, known, urgency, settings) if not step.done]
    if request.state in ("escalated", "eh_offered"):
        steps = [step for step in steps if step.kind == "eh_offered"]
    if request.next_chase is not None:
        return _by_hand(request, known, steps)
    free = [step for step in steps if not step.locked]
    return free[0] if free else (steps[0] if steps else None)


def _by_hand(
    request: ConsentRequest, events: list[ConsentEvent], steps: list[ChaseStep]
) -> ChaseStep:
    assert request.next_chase is not None
    number = hop_chases(request, events) + 1
    day = next((step.day for step in steps if step.kind == "chase"), 0)
    sentence = f"Chase {hop(request)}, {ordinal(number)} chase"
    return ChaseStep(day, request.next_chase, "chase", sentence, False, number=number)


def _step(
    since: date, day: int, kind: str, sentence: str, done: bool, locked: str = ""
) -> ChaseStep:
    return ChaseStep(day, add_working_days(since, day), kind, sentence, done, locked)
