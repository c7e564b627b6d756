"""Reminders from referral to installation: contact, gates, consent, releases."""

from __future__ import annotations

from datetime import date, timedelta

from config.calendar import add_working_days
from config.codes import UNANSWERED
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, ConsentRequest, Reminder
from sanctuary_tui.pathway import (
    consent,
    consent_agreed,
    contact,
    emergency,
    gate_consent,
    gate_legal,
    orders,
    reminders_visits,
    risk,
    scheme,
    stages,
    works,
)
from sanctuary_tui.pathway.consent_ladder import ChaseStep
from sanctuary_tui.pathway.dates import day_of, entered_on, latest, no_later, received_on
from sanctuary_tui.pathway.reminder import pace_anchor, reminder

_TALKED = frozenset({"call", "text", "email", "visit"})
_WAITING = frozenset({"sent", "acknowledged", "with_owner", "silent"})
_CHASE_RULES = {
    "chase": "consent_chase",
    "owner_details": "consent_owner",
    "escalated": "consent_escalate",
    "eh_offered": "consent_eh",
}


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Every reminder of these rules for an open case."""
    case = file.case
    entered = entered_on(case, today)
    begun = received_on(case) or entered
    urgent = emergency.is_emergency(file, today, settings)
    found = _referral(file, begun, settings, urgent)
    target = stages.target_date(case.stage, entered, settings)
    if target is not None:
        title = f"{stages.title(case.stage, settings).lower()}: stage target"
        found.append(reminder("stage_target", f"{case.stage}:{entered}", target, title, "open"))
    found += _choices(file, begun, today, settings, urgent)
    for request in consent.open_requests(file):
        found += _request(file, request, entered, today, settings)
    for request in file.consent_requests:
        found += _answered(file, request, begun, today, settings)
    found += reminders_visits.reminders(file, today, begun, urgent, settings)
    found += _own(file) + _releases(file, today, settings)
    return found


def talked(file: CaseFile) -> bool:
    """Whether a call, text, email or visit is on record, or first contact was marked done.

    A contact with somebody else is kept as such (``agency``) and is none. A note kept as a call
    before that was asked for says at most with whom in words: whether that was the survivor cannot
    be told, and it counts. What was before the day of the referral is no contact about it.
    """
    begun = received_on(file.case)
    return any(
        note.kind in _TALKED and (begun is None or (day_of(note.at) or begun) >= begun)
        for note in file.notes
    ) or any(item.rule == "first_contact" and item.state == "done" for item in file.reminders)


def talked_before(file: CaseFile) -> bool:
    """Whether the only contacts on record were before the day of the referral: none counts."""
    return not talked(file) and any(note.kind in _TALKED for note in file.notes)


def first_way(file: CaseFile) -> str:
    """``text`` or ``email`` where the survivor is known not to be rung; blank where they are."""
    if contact.voice_ok(file) or not contact.reachable(file):
        return ""
    kinds = {point.kind for point in contact.usable_points(file)}
    return "email" if kinds == {"email"} else "text"


def first_contact_due(file: CaseFile, begun: date, settings: Settings, urgent: bool) -> date:
    """The day of first contact: the day itself on the emergency path (``urgent``), one working day
    on when urgent, else by the target. In 2 working days: Wiltshire landlord policy.
    """
    if urgent or file.case.urgency == "emergency":
        return begun
    days = 1 if file.case.urgency == "urgent" else settings.stage_targets.get("triage", 2)
    return add_working_days(begun, days) if days else begun


def _referral(file: CaseFile, begun: date, settings: Settings, urgent: bool) -> list[Reminder]:
    """First contact and acknowledgement."""
    case = file.case
    found = []
    if case.stage in ("referral", "triage") and not talked(file):
        due = first_contact_due(file, begun, settings, urgent)
        way = first_way(file)
        title = "new referral, first contact"
        if way == "text":
            title = "new referral, first contact by text"
        elif way == "email":
            title = "new referral, first contact by email"
        anchor = pace_anchor(file, begun, urgent)
        found.append(reminder("first_contact", anchor, due, title, "call"))
    if case.acknowledged is None and case.route != "self" and not _past(file, "installation"):
        due = add_working_days(begun, settings.stage_targets.get("referral", 1))
        found.append(reminder("acknowledge", str(begun), due, "acknowledge the referral", "open"))
    return found


def _choices(
    file: CaseFile, begun: date, today: date, settings: Settings, urgent: bool
) -> list[Reminder]:
    """Support, legal advice, interim kit, marker, disrepair, the landlord's own scheme."""
    case, home = file.case, file.home
    found = []
    if not _past(file, "aftercare") and case.stage != "referral" and not file.support:
        due, anchor = _support_due(file, begun, today, settings, urgent)
        found.append(reminder("support_offer", anchor, due, "offer specialist support", "open"))
    if not _past(file, "aftercare"):
        found += _legal(file, begun, today, settings)
        for survey in file.surveys:
            if survey.disrepair == "yes" and survey.done_on is not None:
                due = add_working_days(survey.done_on, settings.tasks.disrepair_days)
                title = "disrepair: mend first, or another item"
                found.append(
                    reminder("disrepair", str(survey.id), due, title, "open", about=survey)
                )
    found += _interim(file, begun, today, settings, urgent)
    opened = emergency.began(file, today, settings)
    grave, anchor = risk.grave(file), str(opened)
    if opened is None and grave is not None:
        opened, anchor = grave[0], f"incident{grave[1].id}"
    if opened is not None and (home is None or home.police_marker in ("none", *UNANSWERED)):
        title = "ask police for an address marker"
        found.append(reminder("police_marker", anchor, opened, title, "call", who="Police"))
    if case.ha_return_due is not None and scheme.ha_pending(file):
        asked = "is it fitted?" if scheme.ha_fits(file) else "answer due"
        title = f"landlord's own scheme: {asked}"
        found.append(
            reminder("ha_return", str(case.ha_return_due), case.ha_return_due, title, "call")
        )
    return found


def _support_due(
    file: CaseFile, begun: date, today: date, settings: Settings, urgent: bool
) -> tuple[date, str]:
    """When support is offered, and the anchor: at once on the emergency path (``urgent``)."""
    if urgent:
        due = emergency.began(file, today, settings) or begun
        return due, f"{due}:emergency"
    if file.case.urgency == "urgent":
        return add_working_days(begun, 1), f"{begun}:urgent"
    targets = settings.stage_targets
    days = targets.get("triage", 0) + targets.get("risk_support", 0)
    return add_working_days(begun, days), str(begun)


def _legal(file: CaseFile, begun: date, today: date, settings: Settings) -> list[Reminder]:
    """Legal advice while gate G3 is shut on works that are wanted (DOMAIN 10 D)."""
    home = file.home
    if home is None or gate_legal.unanswered(file) or not gate_legal.shut(file, today):
        return []
    wanted = file.case.stage == "legal" or any(
        works.excluding(item) for item in works.pending(file)
    )
    if not wanted or gate_legal.advised(file):
        return []
    title = "get legal advice: rights in the home"
    due = add_working_days(begun, settings.tasks.legal_advice_days)
    return [reminder("legal_advice", str(home.id), due, title, "open", about=home)]


def _interim(
    file: CaseFile, begun: date, today: date, settings: Settings, urgent: bool
) -> list[Reminder]:
    """Interim safety while a court or a landlord is awaited, and after a threat or an attempt to
    get in (STADA 2023; MHCLG 2026 5.2).
    """
    lent = (item for item in file.measures if item.state not in ("declined", "removed"))
    if any(works.portable(item) for item in lent):
        return []
    due, why = None, ""
    grave = risk.grave(file)
    if urgent:
        due = emergency.began(file, today, settings) or begun
        why = f"emergency:{due}"
    elif grave is not None:
        due, why = grave[0], f"incident{grave[1].id}"
    elif _past(file, "aftercare"):
        return []
    elif gate_legal.shut(file, today) and any(
        works.excluding(item) for item in works.pending(file)
    ):
        lapsed = orders.lapsed_opener(file, today)
        since = max(begun, (orders.last_day(lapsed) if lapsed else None) or begun)
        due = add_working_days(since, settings.tasks.interim_kit_days)
        why = f"order:{since}"
    else:
        for request in file.consent_requests:
            if request.state == "refused":
                due, why = request.answered_on or request.sent_on or begun, f"consent{request.id}"
            elif request.state in _WAITING:
                quiet = consent.silent_from(request, file.events_of(request), settings)
                if quiet is not None and quiet <= today:
                    due, why = quiet, f"consent{request.id}"
    if due is None:
        return []
    return [reminder("interim_kit", why, due, "offer interim kit, items 1 to 5", "open")]


def _request(
    file: CaseFile, request: ConsentRequest, entered: date, today: date, settings: Settings
) -> list[Reminder]:
    """The chase ladder's next chase, by the urgency of the day, and its milestones (DOMAIN 5)."""
    key = str(request.id)
    if request.state == "drafting":
        if request.survivor_ok == "yes":
            return [_send(request, key, entered)]
        title = "agree consent wording with survivor"
        due = add_working_days(entered, settings.tasks.wording_days)
        return [reminder("survivor_wording", key, due, title, "open", about=request)]
    if request.state == "survivor_ok_to_contact":
        return [_send(request, key, entered)]
    if request.state not in (*_WAITING, "escalated"):
        return []
    if request.agent_forwarded is not None:
        key += f":{request.agent_forwarded}"
    events = file.events_of(request)
    urgency = consent.pace(file, today, settings)
    steps = [step for step in consent.ladder(request, events, urgency, settings) if not step.done]
    if consent_agreed.lapsed(request):  # asked when the next chase would have been due
        due = steps[0].due if steps else consent.hop_since(request) or entered
        title = "agree consent wording with survivor"
        key += f":{request.wording_version}"
        return [reminder("survivor_wording", key, due, title, "open", about=request)]
    if request.state == "escalated":
        steps = [step for step in steps if step.kind == "eh_offered"]
    found = []
    chase = next((step for step in steps if step.kind == "chase"), None)
    if request.state != "escalated" and request.next_chase is not None:
        chase = consent.next_step(request, events, urgency, settings)
    if chase is not None:
        anchor = f"{key}:{chase.number}"
        if urgency == "emergency" and file.case.urgency == "standard":
            anchor += ":emergency"
        if urgency == "standard" and file.case.urgency == "emergency":
            anchor += ":safe"
        found.append(_step(request, chase, anchor))
    found += [_step(request, step, key) for step in steps if step.kind != "chase"]
    return found


def _answered(
    file: CaseFile, request: ConsentRequest, begun: date, today: date, settings: Settings
) -> list[Reminder]:
    """What a refusal or a consent that ran out leaves to do, and what the survivor says of
    Environmental Health.
    """
    if _past(file, "aftercare"):
        return []
    if request.state == "refused" and not _settled(file, request):
        on = request.answered_on or request.sent_on or begun
        due, title = add_working_days(on, 1), "refused: agree other measures"
        return [
            reminder("consent_refused", f"{request.id}:{on}", due, title, "open", about=request)
        ]
    if request.state in ("granted", "granted_conditional") and request.expiry is not None:
        if gate_consent.pending_under(file, request):
            due, title = add_working_days(request.expiry, 1), "consent has run out: ask again"
            if request.expiry < today:
                anchor = f"{request.id}:{request.expiry}"
                return [reminder("consent_expired", anchor, due, title, "open", about=request)]
        return []
    if request.state == "eh_offered":
        offers = (item.at for item in file.events_of(request) if item.kind == "eh_offered")
        offered = latest(map(day_of, offers))
        if offered is not None:
            due = add_working_days(offered, settings.tasks.eh_answer_days)
            title = "ask survivor: Environmental Health?"
            anchor = f"{request.id}:{offered}"
            return [reminder("eh_answer", anchor, due, title, "open", about=request)]
    return []


def _settled(file: CaseFile, refused: ConsentRequest) -> bool:
    """Another request was made for the part since, or none of its measures waits any more."""
    if any(
        item.id > refused.id and item.part == refused.part and item.state != "withdrawn"
        for item in file.consent_requests
    ):
        return True
    asked = [
        item
        for item in file.measures
        if item.part == refused.part and works.consent_needed(file, item) != "no"
    ]
    return bool(asked) and all(item.state not in works.PENDING for item in asked)


def _send(request: ConsentRequest, key: str, entered: date) -> Reminder:
    due = add_working_days(request.survivor_ok_on or entered, 1)
    return reminder("consent_send", key, due, "send the consent request", "open", about=request)


def _step(request: ConsentRequest, step: ChaseStep, anchor: str) -> Reminder:
    title = step.sentence[0].lower() + step.sentence[1:]
    if step.kind == "escalated":
        title = "consent: escalate to manager"
    elif step.kind == "eh_offered":
        title = "offer Environmental Health"
        if step.locked:
            title = "EH offer: locked, needs their consent"
    rule = _CHASE_RULES[step.kind]
    return reminder(rule, anchor, step.due, title, "chase", who=consent.hop(request), about=request)


def _own(file: CaseFile) -> list[Reminder]:
    """The coordinator's own next action."""
    from zlib import crc32

    case = file.case
    if case.next_due is None:
        return []
    said = " ".join(case.next_action.split()) or "next action"
    anchor = f"{case.next_due}:{crc32(said.encode()):08x}"
    return [reminder("next_action", anchor, case.next_due, said, "done")]


def _releases(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Before a perpetrator's release, and a check on the survivor after it (DOMAIN 9, wish 4)."""
    near = timedelta(days=emergency.days_of(settings.emergency.release_hours))
    begun = received_on(file.case) or date.min
    found = []
    for person in file.perpetrators:
        on = person.release_date
        if on is None or today > on + timedelta(days=settings.aftercare.released_days):
            continue
        anchor = f"{person.id}:{on}"
        if today > on:
            due, title = max(add_working_days(on, 1), begun), "released: any contact? check in"
            found.append(reminder("released", anchor, due, title, "call", about=person))
            continue
        due = no_later(on - near)
        due = due if begun > on else max(due, begun)
        do = "check every measure"
        if not works.fitted(file):
            anchor, do = f"{anchor}:unsafe", "make safe before"
        title = f"release {short_date(on)}: {do}"
        found.append(reminder("release", anchor, due, title, "open", about=person))
    return found


def _past(file: CaseFile, stage: str) -> bool:
    return stages.at_least(file.case.stage, stage)
