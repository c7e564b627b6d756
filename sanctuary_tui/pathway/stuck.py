"""Why is it stuck, on whom, since when, what next: every card's four answers (design section 5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from config.codes import label
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, ConsentRequest, Visit
from db.readmodels import Finding
from sanctuary_tui.pathway import (
    aftercare,
    consent,
    contact,
    emergency,
    gate_consent,
    gate_legal,
    gates,
    orders,
    reminders_visits,
    risk,
    scheme,
    stage_exits,
    works,
)
from sanctuary_tui.pathway.dates import received_on
from sanctuary_tui.pathway.reminders_home import first_contact_due, first_way, talked, talked_before
from sanctuary_tui.pathway.stages import INDEX

_RIGHTS = {"joint": "joint tenancy", "perpetrator_sole": "perpetrator's tenancy"}
_OWNED = ("owner", "mortgage", "shared_owner")


@dataclass(slots=True)
class Stuck:
    """The four answers. All blank for a case that waits for nothing.

    ``why`` is short (a card's line); ``on`` who must act; ``next_command`` the command that does
    the next thing.
    """

    why: str = ""
    on: str = ""
    since: date | None = None
    next_text: str = ""
    next_due: date | None = None
    next_command: str = ""


def stuck(file: CaseFile, findings: Sequence[Finding], today: date, settings: Settings) -> Stuck:
    """Why the case does not move, on whom, since when, what next.

    The coordinator's own next action comes before the rules' (field ``next_action``).
    """
    case = file.case
    if case.status != "open" or case.stage == "closed":
        return Stuck()
    found = _found(file, findings, today, settings)
    if found.since is None and found.why:
        found.since = case.stage_entered or received_on(case)
    if case.next_action.strip():
        return replace(
            found,
            next_text=" ".join(case.next_action.split()),
            next_due=case.next_due,
            next_command="open",
        )
    return found


def _found(file: CaseFile, findings: Sequence[Finding], today: date, settings: Settings) -> Stuck:
    if contact.stops_contact(file):
        text = "no contact: plan with the support worker"
        return Stuck("do not contact", "Survivor", None, text, None, "open")
    stage = file.case.stage
    place = INDEX[stage]
    stops = [item for item in findings if item.severity == "stop" and not item.overridden]
    if place <= INDEX["triage"]:
        found = _first_contact(file, today, settings)
        if found is not None:
            return found
    if place >= INDEX["triage"] and place < INDEX["aftercare"]:
        for check in (_hard, _with_ha, _legal, _consent):
            found = check(file, stops, today, settings)
            if found is not None:
                return found
    step = _STAGES.get(stage)
    found = step(file, stops, findings, today) if step else None
    visit = _booked(file, ("survey", "install", "repair"))
    if found is None and visit is not None:
        found = _police(visit, stops)  # an emergency's visit may be booked at any stage
    found = found or _made(file)
    return found or _exit(file, today, settings) or _free(file, settings, today)


def _made(file: CaseFile) -> Stuck | None:
    """What was made and is not on record: an emergency's survey or fit may be at any stage."""
    if file.case.stage == "aftercare":
        return None
    fit, survey = reminders_visits.fit_made(file), reminders_visits.survey_made(file)
    if fit is not None:
        return _unrecorded(fit, "record what was fitted", "edit_measure")
    if survey is not None:
        return _unrecorded(survey, "record the survey", "add_survey")
    return None


def _free(file: CaseFile, settings: Settings, today: date) -> Stuck:
    """Nothing holds the case: the next thing is to move it on."""
    stage = file.case.stage
    if stage == "aftercare":
        planned = aftercare.schedule(file, settings)
        if planned:
            return Stuck("", "", None, planned[0].label.lower(), planned[0].due, "check")
        return Stuck()
    return Stuck("", "", None, "move to next stage", None, "forward")


def _exit(file: CaseFile, today: date, settings: Settings) -> Stuck | None:
    """What leaving the stage still asks, where nothing else holds the case."""
    case = file.case
    if case.stage not in _ASKING:
        return None
    asked = gates.exit_findings(file, case.stage, today, settings)
    held = next((item for item in asked if item.severity == "stop" and not item.overridden), None)
    if held is None:
        return None
    why, text = _ASKING[case.stage]
    if case.stage == "referral":
        if case.duplicates_checked != "yes":
            why, text = "duplicates not checked", "look for earlier cases"
        elif stage_exits.unacknowledged(file):
            why, text = "not acknowledged", "acknowledge the referral"
    elif risk.out_of_date(file, today, settings):
        why, text = "risk review passed", "have the risk looked at again"
    return Stuck(why, held.who, held.since, text, None, held.command)


_ASKING = {
    "referral": ("conflict not checked", "check for a conflict of interest"),
    "risk_support": ("MARAC not considered", "list for MARAC, or answer judgement"),
}
"""Stages whose questions no other check of a card asks: the last of each."""


# --- checks in order ------------------------------------------------------------------------------


def _first_contact(file: CaseFile, today: date, settings: Settings) -> Stuck | None:
    since = received_on(file.case)
    if not contact.answered(file):
        text = "ask the referrer how to reach them"
        return Stuck("safe contact not known", "Referrer", since, text, since, "edit_contact")
    if talked(file):
        return None
    urgent = emergency.is_emergency(file, today, settings)
    due = first_contact_due(file, since, settings, urgent) if since else None
    way = first_way(file)
    text = f"first contact by {way}" if way else "first contact"
    if talked_before(file):
        text += "; what is logged was before the referral"
    return Stuck("no first contact yet", "Coordinator", since, text, due, "call")


def _hard(file: CaseFile, stops: list[Finding], today: date, settings: Settings) -> Stuck | None:
    for item in stops:
        if item.gate == "G2":
            resident = any(person.still_resident == "yes" for person in file.perpetrators)
            why = "perpetrator resident" if resident else "residence not recorded"
            text = "safety planning, other options" if resident else "ask who lives there"
            return Stuck(why, item.who, item.since, text, None, item.command)
        if item.gate == "G1":
            text = "record the informed choice"
            return Stuck("choice not recorded", item.who, item.since, text, None, item.command)
    return None


def _with_ha(file: CaseFile, stops: list[Finding], today: date, settings: Settings) -> Stuck | None:
    if not scheme.ha_pending(file):
        return None
    due = file.case.ha_return_due
    on = _landlord(file)
    if scheme.ha_fits(file):
        return Stuck("landlord fits it", on, None, "ask if it is fitted", due, "call")
    return Stuck(
        "with HA", on, file.case.stage_entered, "ask for the landlord's answer", due, "call"
    )


def _legal(file: CaseFile, stops: list[Finding], today: date, settings: Settings) -> Stuck | None:
    if INDEX[file.case.stage] < INDEX["legal"]:
        return None
    stop = next((item for item in stops if item.gate == "G3"), None)
    shut = file.case.stage == "legal" and gate_legal.shut(file, today)
    if stop is None and not (shut and "G3" not in gates.live_overrides(file, today)):
        return None
    home = file.home
    lapsed = orders.lapsed_opener(file, today)
    since = stop.since if stop else received_on(file.case)
    if home is None or home.named_parties in ("not_known", "not_asked", ""):
        text = "ask whose names are on it"
        return Stuck("tenancy names not known", "Housing officer", since, text, None, "edit_home")
    if gate_legal.unanswered(file):
        text = "ask if they are or were married"
        return Stuck("home rights not asked", "Coordinator", since, text, None, "edit_home")
    lacks = gate_legal.lacking(file, today)
    if lacks is not None and orders.undated(lacks, today):
        text = "record until when it runs"
        return Stuck("order without last day", "Coordinator", since, text, None, "edit_order")
    if lapsed is not None:
        text = "renew the order, or take advice"
        end = orders.last_day(lapsed)
        return Stuck(f"order lapsed {short_date(end)}", "Court", end, text, None, "add_order")
    applied = [item for item in file.legal_orders if item.applied and item.made is None]
    if applied:
        text = "ask when the order is heard"
        return Stuck("order applied for", "Court", applied[-1].applied, text, None, "add_order")
    if lacks is not None:
        text = "record legal advice and sign-off"
        name = "NMO" if lacks.kind == "nmo" else "order"
        return Stuck(f"{name} alone, no sign-off", "Manager", since, text, None, "edit_order")
    right = _RIGHTS.get(home.named_parties, "home rights")
    if home.tenure in _OWNED:
        right = right.replace("tenancy", "ownership")
    text = "legal advice on an occupation order"
    if settings.policy.dapo_available:
        text += " or DAPO"
    return Stuck(f"{right}, no order", "Solicitor", since, text, None, "add_order")


def _consent(file: CaseFile, stops: list[Finding], today: date, settings: Settings) -> Stuck | None:
    if INDEX[file.case.stage] < INDEX["consent"]:
        return None
    stopped = [item for item in stops if item.gate in ("G4", "G9")]
    if not stopped:
        return None
    request = next(
        (
            found
            for part in ("dwelling", "common_parts")
            if any((item.gate == "G9") == (part == "common_parts") for item in stopped)
            and (found := gate_consent.blocker(file, part, today)) is not None
        ),
        None,
    )
    if request is None:
        item = stopped[0]
        text = "open a consent request"
        return Stuck("consent not asked for", item.who, item.since, text, None, "open_consent")
    return _request(file, request, today, settings)


def _request(file: CaseFile, request: ConsentRequest, today: date, settings: Settings) -> Stuck:
    events = file.events_of(request)
    state = consent.state_on(request, events, today, settings)
    on = gate_consent.who(request)
    since = request.sent_on
    if state == "drafting":
        text = "agree the wording with the survivor"
        return Stuck("wording not agreed", "Survivor", None, text, None, "open_consent")
    if state == "survivor_ok_to_contact":
        text = "send the request"
        return Stuck(
            "request not sent", "Coordinator", request.survivor_ok_on, text, None, "open_consent"
        )
    if state == "refused":
        text = "other measures, or Environmental Health"
        return Stuck(
            "consent refused", on, request.answered_on or since, text, None, "open_consent"
        )
    if state in ("expired", "granted", "granted_conditional"):
        return Stuck("consent expired", on, request.expiry, "ask again", None, "open_consent")
    step = consent.due_step(file, request, today, settings)
    where = consent.hop(request)
    why = {
        "silent": f"{where} silent",
        "escalated": "escalated to manager",
        "eh_offered": "Env. Health offered",
        "eh_referred": "with Env. Health",
    }.get(state, f"waiting for {where}")
    if state == "escalated":
        on = "Manager"
    elif state == "eh_offered":
        on = "Survivor"
    elif state == "eh_referred":
        on = "Env. Health"
    if step is None:
        return Stuck(why, on, since, "", None, "open_consent")
    text = step.sentence[0].lower() + step.sentence[1:]
    if step.locked:
        text += " (locked)"
    return Stuck(why, on, since, text, step.due, "chase")


# --- by stage -------------------------------------------------------------------------------------


def _risk_support(
    file: CaseFile, stops: list[Finding], findings: Sequence[Finding], today: date
) -> Stuck | None:
    if not file.risk_assessments:
        text = "ask for the risk assessment"
        return Stuck("no risk assessment", "DA service", None, text, None, "add_risk")
    item = next((one for one in findings if one.gate == "G8" and not one.overridden), None)
    if item is None:
        return None
    if item.command == "add_plan":
        return Stuck(
            "no safety plan", item.who, item.since, "name the plan's owner", None, "add_plan"
        )
    why = "support not answered" if item.who == "Survivor" else "support not offered"
    return Stuck(why, item.who, item.since, "record the offer and answer", None, "add_support")


def _legal_stage(
    file: CaseFile, stops: list[Finding], findings: Sequence[Finding], today: date
) -> Stuck | None:
    home = file.home
    if home is None or home.evidence == "seen":
        return None
    text = "ask for the tenancy or title"
    return Stuck("tenure evidence not seen", "Housing officer", None, text, None, "edit_home")


def _survey(
    file: CaseFile, stops: list[Finding], findings: Sequence[Finding], today: date
) -> Stuck | None:
    surveyed = any(item.done_on or item.no_works == "yes" for item in file.surveys)
    if not surveyed:
        made, visit = reminders_visits.survey_made(file), _booked(file, ("survey",))
        if made is not None:
            return _unrecorded(made, "record the survey", "add_survey")
        if visit is None:
            text = "book the survey"
            return Stuck("survey not booked", "Coordinator", None, text, None, "book")
        return _passed(visit, today) or _police(visit, stops) or _awaiting(visit)
    return _way_out(stops) or _disrepair(findings)


def _approval(
    file: CaseFile, stops: list[Finding], findings: Sequence[Finding], today: date
) -> Stuck | None:
    case = file.case
    if case.approved_by.strip() and case.approved_on is not None:
        return _works_order(file)
    return _works_order(file) or Stuck(
        "not approved", "Approver", None, "get approver and date", None, "approve"
    )


def _installation(
    file: CaseFile, stops: list[Finding], findings: Sequence[Finding], today: date
) -> Stuck | None:
    visit, made = _booked(file, ("install", "repair")), reminders_visits.fit_made(file)
    if visit is not None:
        return _passed(visit, today) or _police(visit, stops) or _awaiting(visit)
    if made is not None:
        return _unrecorded(made, "record what was fitted", "edit_measure")
    found = _way_out(stops)
    if found is not None:
        return found
    waiting = works.agreed(file)
    if waiting and all(works.portable(item) for item in waiting):
        return Stuck("kit not lent", "Coordinator", None, "lend the kit", None, "edit_measure")
    if waiting:
        text = "book the installation"
        return _works_order(file) or Stuck(
            "install not booked", "Coordinator", None, text, None, "book"
        )
    gaps = stage_exits.handover_gaps(file)
    if not gaps:
        return None
    if any(item.access_need.strip() for item in gaps):
        text = "meet the access need"
        return Stuck("access need unmet", "Coordinator", None, text, None, "edit_measure")
    text = "practise with the survivor"
    return Stuck("not yet practised", "Installer", None, text, None, "edit_measure")


def _aftercare(
    file: CaseFile, stops: list[Finding], findings: Sequence[Finding], today: date
) -> Stuck | None:
    fault = aftercare.worst_fault(file)
    if fault is not None:
        since, urgent = fault
        visit = aftercare.repair_coming(file, since, urgent, today)
        if visit is not None:
            return _police(visit, stops) or _awaiting(visit)
        passed = _last_repair(file, since, today)
        if passed is not None:
            return passed
        text = "book the repair"
        if aftercare.repair_coming(file, since, False, today) is not None:
            text = "bring the repair forward"
        return Stuck("fault to mend", "Contractor", since, text, since, "book")
    passed = _last_repair(file, None, today)
    if passed is not None:
        return passed
    if aftercare.cadence_unasked(file):
        since = aftercare.fit_date(file)
        text = "ask if, when and how to check in"
        return Stuck("check-ins not asked", "Survivor", since, text, since, "open")
    return None


def _works_order(file: CaseFile) -> Stuck | None:
    if not any(item.state == "ordered" and item.fund == "ha" for item in file.measures):
        return None
    text = "chase the landlord, or other fund"
    return Stuck("works order", _landlord(file), None, text, None, "call")


def _police(visit: Visit, stops: list[Finding]) -> Stuck | None:
    item = next((one for one in stops if one.gate == "G7"), None)
    if item is None:
        return None
    text = "get the police's answer"
    return Stuck("police answer awaited", "Police", item.since, text, visit.on, "edit_visit")


def _unrecorded(visit: Visit, text: str, command: str) -> Stuck:
    """A visit that was made, while what it brought is not on record."""
    why = f"{visit.kind} made, not recorded"
    return Stuck(why, "Coordinator", visit.on, text, visit.on, command)


def _passed(visit: Visit, today: date) -> Stuck | None:
    """A booked visit whose day is past, and nobody has recorded how it went."""
    if visit.on is None or visit.on >= today:
        return None
    text = "record how the visit went"
    why = f"{visit.kind} made? not recorded"
    return Stuck(why, "Coordinator", visit.on, text, visit.on, "edit_visit")


def _last_repair(file: CaseFile, since: date | None, today: date) -> Stuck | None:
    """A repair whose day is past and not recorded, and not before the fault was known."""
    for visit in aftercare.repairs_booked(file):
        if visit.on is not None and (since is None or since <= visit.on):
            found = _passed(visit, today)
            if found is not None:
                return found
    return None


def awaits_visit(file: CaseFile, why: str) -> bool:
    """Whether a card's answer to why is a visit that is booked: the case waits, and moves."""
    return any(why == _visit_words(one) for one in file.visits if one.outcome == "booked")


def _visit_words(visit: Visit) -> str:
    return f"{visit.kind} {short_date(visit.on)}" if visit.on else ""


def _awaiting(visit: Visit) -> Stuck:
    who = visit.worker.strip() or ("Surveyor" if visit.kind == "survey" else "Contractor")
    text = f"{label('visit_kind', visit.kind).lower()} visit {visit.window}".strip()
    return Stuck(_visit_words(visit), who, None, text, visit.on, "open")


def _way_out(stops: list[Finding]) -> Stuck | None:
    item = next((one for one in stops if one.gate == "G5"), None)
    if item is None:
        return None
    why = "fire service advice" if item.who == "Fire service" else "way out not checked"
    return Stuck(why, item.who, item.since, "check the way out", None, item.command)


def _disrepair(findings: Sequence[Finding]) -> Stuck | None:
    item = next((one for one in findings if one.gate == "G6"), None)
    if item is None:
        return None
    text = "mend first, or another measure"
    return Stuck("disrepair", item.who, item.since, text, None, item.command)


def _booked(file: CaseFile, kinds: tuple[str, ...]) -> Visit | None:
    booked = [
        item
        for item in file.visits
        if item.outcome == "booked" and item.kind in kinds and item.on is not None
    ]
    return min(booked, key=lambda item: item.on or date.max, default=None)


def _landlord(file: CaseFile) -> str:
    for request in file.consent_requests:
        if request.decision_kind in ("ha", "council") and request.decision_maker:
            return request.decision_maker
    return "Landlord"


_STAGES: dict[str, Callable[[CaseFile, list[Finding], Sequence[Finding], date], Stuck | None]] = {
    "risk_support": _risk_support,
    "legal": _legal_stage,
    "survey": _survey,
    "approval": _approval,
    "installation": _installation,
    "aftercare": _aftercare,
}
