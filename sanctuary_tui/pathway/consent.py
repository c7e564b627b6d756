"""Landlord and agent consent: states, what may follow, silence, and the trail (DOMAIN 5).

Sources: STADA 2023 (consent, two hops, Environmental Health only with the survivor's written
consent); MHCLG 2026 6.4 (never disclose abuse). Consent is never inferred.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from config.calendar import add_working_days, working_days_between
from config.codes import CONSENT_OPEN, CONSENT_WAITING, label
from config.errors import RefusedError
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, ConsentEvent, ConsentRequest
from db.readmodels import CaseCard, ConsentLine
from sanctuary_tui.pathway import consent_agreed, contact, emergency
from sanctuary_tui.pathway.consent_agreed import UNSENT
from sanctuary_tui.pathway.consent_ladder import (
    HUMAN,
    ChaseStep,
    chases,
    hop,
    hop_since,
    human_events,
    ladder,
    next_step,
)
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.pathway.wording import disclosures

__all__ = [
    "EVENT_STATE",
    "HUMAN",
    "REACHES",
    "TRANSITIONS",
    "ChaseStep",
    "apply_event",
    "chase_refusal",
    "chases",
    "consent_line",
    "due_step",
    "hop",
    "hop_since",
    "ladder",
    "next_step",
    "open_requests",
    "silent_from",
    "state_on",
    "worst",
    "worst_state",
]

_ANSWERS = frozenset({"granted", "granted_conditional", "refused"})
_AFTER_SENT = _ANSWERS | {
    "acknowledged",
    "with_owner",
    "silent",
    "escalated",
    "eh_offered",
    "withdrawn",
}

TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    "not_needed": frozenset({"drafting", "withdrawn"}),
    "drafting": frozenset({"not_needed", "survivor_ok_to_contact", "sent", "withdrawn"}) | _ANSWERS,
    "survivor_ok_to_contact": frozenset({"drafting", "not_needed", "sent", "withdrawn"}) | _ANSWERS,
    "sent": _AFTER_SENT,
    "acknowledged": _AFTER_SENT - {"acknowledged"},
    "with_owner": _AFTER_SENT - {"with_owner", "acknowledged"},
    "silent": _AFTER_SENT - {"silent"},
    "escalated": _ANSWERS | {"with_owner", "eh_offered", "withdrawn"},
    "eh_offered": _ANSWERS | {"eh_referred", "withdrawn"},
    "eh_referred": _ANSWERS | {"withdrawn"},
    "granted": _ANSWERS | {"expired", "withdrawn"},
    "granted_conditional": _ANSWERS | {"expired", "withdrawn"},
    "refused": _ANSWERS | {"eh_offered", "withdrawn"},
    "expired": _ANSWERS | {"withdrawn"},
    "withdrawn": frozenset(),
}
"""Which states may follow which (DOMAIN 5). Answers before sending are of survivors who ask."""

EVENT_STATE: Final[dict[str, str]] = {
    "sent": "sent",
    "acknowledged": "acknowledged",
    "question": "acknowledged",
    "forwarded": "with_owner",
    "answer_granted": "granted",
    "answer_conditional": "granted_conditional",
    "answer_refused": "refused",
    "escalated": "escalated",
    "eh_offered": "eh_offered",
    "eh_referred": "eh_referred",
    "withdrawn": "withdrawn",
}
"""The state an event leads to; chases, automatic replies and notes change none."""

_WORST: Final = (
    "refused",
    "expired",
    "silent",
    "escalated",
    "eh_offered",
    "eh_referred",
    "sent",
    "acknowledged",
    "with_owner",
    "drafting",
    "survivor_ok_to_contact",
    "granted_conditional",
    "granted",
    "not_needed",
)
_RANK = {state: place for place, state in enumerate(_WORST)}
_KEEPS_STATE = {
    "acknowledged": frozenset({"with_owner", "acknowledged", "escalated", "eh_offered"}),
    "question": frozenset({"with_owner", "acknowledged", "escalated", "eh_offered"}),
    "forwarded": frozenset({"with_owner", "eh_offered", "eh_referred"}),
    "escalated": frozenset({"escalated", "eh_offered", "eh_referred"}),
}
_EH_NEXT = {
    "eh_offered": "Refer to Environmental Health ({hazard}) if the survivor agrees",
    "eh_referred": "Wait for Environmental Health",
}
_ANYTIME = frozenset({"note", "auto_reply"})
_NEEDS_SENT = frozenset({"chase", "owner_details"})
REACHES: Final = ("sent", "chase", "owner_details", "eh_offered", "eh_referred")
"""Events by which we reach the landlord, the agent, the survivor or a council office that will go
to the home. "Do not contact" stops them; going to one's own manager reaches none of these."""


def apply_event(request: ConsentRequest, event: ConsentEvent, today: date) -> dict[str, object]:
    """Changes to ``request`` that ``event`` brings; the request itself is not touched.

    Nothing is sent before the survivor agreed wording, channel and who is asked; Environmental
    Health is offered or referred to only with the survivor's dated written consent, told that the
    whole building is looked at (STADA 2023). An answer is only ever an answer event.

    Raises:
        RefusedError: the rules of consent do not allow the event now.
    """
    kind, state = event.kind, request.state
    on = day_of(event.at) or today
    if kind in _ANYTIME:
        return {}
    if kind == "sent":
        return _sent(request, on)
    if kind in _NEEDS_SENT:
        if state not in CONSENT_WAITING:
            raise RefusedError(
                "There is nothing to chase: the request is not out. Send it first, or open a new "
                "one."
            )
        if consent_agreed.lapsed(request):
            raise RefusedError(
                "The survivor's agreement to this request does not stand; agree wording, channel "
                "and who is asked with them again, then chase."
            )
        if kind == "owner_details":
            return {"owner_asked": on, "next_chase": None}
        return {"next_chase": None}
    if kind in ("eh_offered", "eh_referred"):
        _check_environmental_health(request, on)
    target = EVENT_STATE.get(kind)
    if target is None:
        raise RefusedError("That is not an event of a consent request; choose another.")
    if state in _KEEPS_STATE.get(kind, ()):
        target = state
    elif target not in TRANSITIONS[state]:
        raise RefusedError(_not_now(kind, state))
    if target in _ANSWERS and state in UNSENT and request.asked_by not in ("survivor", "referrer"):
        raise RefusedError(
            "The request has not been sent, so there is no answer yet; log it as sent first."
        )
    return {"state": target, **_also(kind, request, on)}


def _also(kind: str, request: ConsentRequest, on: date) -> dict[str, object]:
    if kind == "forwarded":
        return {"agent_forwarded": request.agent_forwarded or on, "next_chase": None}
    if kind.startswith("answer_"):
        return {"answered_on": on, "next_chase": None}
    if kind == "withdrawn":
        return {"next_chase": None}
    return {}


def _sent(request: ConsentRequest, on: date) -> dict[str, object]:
    if request.survivor_ok != "yes":
        raise RefusedError(
            "Nothing is sent before the survivor has agreed the wording, the channel and who is "
            "asked; record their agreement first."
        )
    if request.state not in UNSENT:
        raise RefusedError(
            "This request was sent already; log a chase, or open a new request for new wording."
        )
    hits = disclosures(request.wording)
    if hits:
        raise RefusedError(
            f"The wording says “{hits[0].word}”, which discloses ({hits[0].reason}); "
            "change the wording before it is sent."
        )
    return {"state": "sent", "sent_on": on, "next_chase": None}


def _check_environmental_health(request: ConsentRequest, on: date) -> None:
    if request.survivor_eh_consent is None or request.survivor_eh_consent > on:
        raise RefusedError(
            "Environmental Health only with the survivor's written consent; record its date first."
        )
    if request.eh_warned != "yes":
        raise RefusedError(
            "The survivor must first be told that Environmental Health looks at the whole building."
        )


def _not_now(kind: str, state: str) -> str:
    return (
        f"“{label('consent_event', kind)}” does not follow the state "
        f"“{label('consent_state', state)}”; check the request."
    )


# --- where a request stands -----------------------------------------------------------------------


def silent_from(
    request: ConsentRequest, events: Iterable[ConsentEvent], settings: Settings
) -> date | None:
    """The first day on which a waiting request counts as silent; None when it is not waiting.

    ``chase.silent_after`` working days after it was sent, or after the last human answer.
    """
    if request.state not in ("sent", "acknowledged", "with_owner") or request.sent_on is None:
        return None
    heard = [day for event in human_events(events) if (day := day_of(event.at)) is not None]
    return add_working_days(max([request.sent_on, *heard]), settings.chase.silent_after)


def state_on(
    request: ConsentRequest, events: Iterable[ConsentEvent], today: date, settings: Settings
) -> str:
    """The state of a request on a day: as recorded, or silent, or expired, by rule (DOMAIN 5).

    An automatic reply is not an answer, and no silence ever becomes consent.
    """
    if request.state in ("granted", "granted_conditional"):
        past = request.expiry is not None and request.expiry < today
        return "expired" if past else request.state
    quiet = silent_from(request, events, settings)
    return "silent" if quiet is not None and quiet <= today else request.state


def open_requests(file: CaseFile) -> list[ConsentRequest]:
    """Requests in which somebody still has to answer."""
    return [request for request in file.consent_requests if request.state in CONSENT_OPEN]


def worst(file: CaseFile, today: date, settings: Settings) -> tuple[str, ConsentRequest | None]:
    """The worst state of the case's requests and the request it is of (DOMAIN 5)."""
    found, of = "", None
    for request in file.consent_requests:
        if request.state == "withdrawn":
            continue
        state = state_on(request, file.events_of(request), today, settings)
        if not found or _RANK[state] < _RANK[found]:
            found, of = state, request
    return found, of


def worst_state(file: CaseFile, today: date, settings: Settings) -> str:
    """The worst state of the case's requests, empty when there are none."""
    return worst(file, today, settings)[0]


def chase_refusal(file: CaseFile) -> str | None:
    """Why nobody may be reached about consent: the survivor said do not contact (DOMAIN 5)."""
    if file.case.do_not_contact == "yes":
        return "No chases: the survivor asked for no contact."
    return None


def pace(file: CaseFile, today: date, settings: Settings) -> str:
    """The urgency by which the file's requests are chased: that of the day.

    A case recorded as an emergency goes by the standard ladder once it was made safe: what is
    asked of the owner then is no longer for that night (DOMAIN 1, emergency path, and 5).
    """
    told = emergency.urgency(file, today, settings)
    over = file.case.urgency == "emergency" and told != "emergency"
    return "standard" if over else told


def due_step(
    file: CaseFile, request: ConsentRequest, today: date, settings: Settings
) -> ChaseStep | None:
    """The next step of a request's ladder, by the urgency of the day.

    A release, a breach or a ticked trigger puts a request on the urgent ladder whatever was
    recorded, and off it again when the trigger has passed (DOMAIN 1, emergency path, and 5).
    While the survivor's agreement does not stand there is none: they are asked first.
    """
    if consent_agreed.lapsed(request):
        return None
    return next_step(request, file.events_of(request), pace(file, today, settings), settings)


def consent_line(
    file: CaseFile, request: ConsentRequest, card: CaseCard, today: date, settings: Settings
) -> ConsentLine:
    """One open request for the tracker: days waiting and at this hop are working days."""
    events = file.events_of(request)
    stopped = contact.stops_contact(file) if file.case.do_not_contact == "yes" else None
    step = None if stopped else due_step(file, request, today, settings)
    waiting = request.state in CONSENT_WAITING and request.sent_on is not None
    since = hop_since(request)
    return ConsentLine(
        request_id=request.id,
        card=card,
        part=request.part,
        state=state_on(request, events, today, settings),
        decision_maker=request.decision_maker,
        agent=request.agent,
        hop=hop(request) if waiting else "",
        sent_on=request.sent_on,
        waiting_days=working_days_between(request.sent_on, today)
        if waiting and request.sent_on
        else 0,
        hop_days=working_days_between(since, today) if waiting and since else 0,
        chases=chases(events),
        next_chase=step.due if step else None,
        next_step=_next_text(request, step, stopped, settings),
        last_text=_last_text(events),
        urgency=emergency.urgency(file, today, settings),
    )


def _next_text(
    request: ConsentRequest, step: ChaseStep | None, stopped: str | None, settings: Settings
) -> str:
    if stopped:
        return stopped
    if request.state == "drafting" or consent_agreed.lapsed(request):
        return "Agree the wording with the survivor"
    if request.state == "survivor_ok_to_contact":
        return "Send the request"
    if step is None:
        hazard = settings.documents.hhsrs_hazard.strip() or "hazard not set"
        return _EH_NEXT.get(request.state, "").replace("{hazard}", hazard)
    return f"{step.sentence} ({step.locked})" if step.locked else step.sentence


def _last_text(events: list[ConsentEvent]) -> str:
    dated = [event for event in events if event.at is not None]
    if not dated:
        return ""
    last = max(dated, key=lambda event: event.at or dated[0].at)  # type: ignore[arg-type, return-value]
    return f"{short_date(day_of(last.at))}: {label('consent_event', last.kind).lower()}"


def last_quiet_day(
    request: ConsentRequest, events: Iterable[ConsentEvent], settings: Settings
) -> date | None:
    """The last day on which ``state_on`` gives what it gives before silence sets in."""
    quiet = silent_from(request, events, settings)
    return quiet - timedelta(days=1) if quiet else None
