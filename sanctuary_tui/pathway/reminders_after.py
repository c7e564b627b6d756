"""Reminders that run beside the stages or after them: reviews, orders, checks, MARAC, faults."""

from __future__ import annotations

from datetime import date

from config.calendar import add_working_days
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, LegalOrder, Measure, Reminder
from sanctuary_tui.pathway import (
    aftercare,
    gate_legal,
    marac,
    marac_list,
    orders,
    reminders_told,
    risk,
    works,
)
from sanctuary_tui.pathway.dates import no_later
from sanctuary_tui.pathway.reminder import TITLE, reminder

OUTCOME_DAYS = 3
"""Working days after a meeting in which its minutes are out (Derbyshire)."""
_MARKED = ("asked", "yes")
_MANY = {"battery": "batteries", "service": "services"}


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Every reminder of these rules for an open case."""
    found = _reviews(file, settings)
    for order in file.legal_orders:
        found += _order(file, order, today, settings)
    found += _aftercare(file, today, settings)
    found += _marac(file, today, settings)
    found += reminders_told.reminders(file, today, settings)
    return found


def _reviews(file: CaseFile, settings: Settings) -> list[Reminder]:
    """Risk every 6 to 8 weeks and after an incident (SafeLives), plan, marker, child contact."""
    found = []
    assessment = file.latest_risk
    due, incident = risk.next_review(file, settings)
    if assessment is not None and due is not None:
        anchor, title = f"{assessment.id}:{due}", "risk review"
        if incident is not None:
            anchor = f"{assessment.id}:incident{incident.id}"
            title = "risk review after the incident"
        found.append(
            reminder("risk_review", anchor, no_later(due), title, "open", about=assessment)
        )
    elif assessment is None or assessment.assessed is None:
        found += _first_risk(file)
    found += _plan(file)
    for home in file.properties:
        if home.marker_review is not None and home.police_marker in _MARKED:
            anchor = f"{home.id}:{home.marker_review}"
            due = no_later(home.marker_review)
            title = "police marker review"
            found.append(reminder("marker_review", anchor, due, title, "call", about=home))
    for child in file.children:
        if child.contact_review is not None:
            anchor = f"{child.id}:{child.contact_review}"
            due = no_later(child.contact_review)
            title = "review child's contact arrangement"
            found.append(reminder("contact_review", anchor, due, title, "open", about=child))
    return found


def _first_risk(file: CaseFile) -> list[Reminder]:
    """Something happened and no risk was ever assessed (DOMAIN 3)."""
    after = risk.reviewed_after(file, None)
    if after is None:
        return []
    due, incident = after
    title = "assess risk: something happened"
    return [reminder("risk_review", f"incident{incident.id}", due, title, "open", about=incident)]


def _plan(file: CaseFile) -> list[Reminder]:
    """The newest safety plan: on its review date, or the working day after an incident.

    Where there is none yet, one is to be made by then.
    """
    plan = max(file.safety_plans, key=lambda item: item.made or date.min, default=None)
    if plan is None:
        after = risk.reviewed_after(file, None)
        if after is None:
            return []
        title = "make a safety plan: something happened"
        anchor = f"incident{after[1].id}"
        return [reminder("plan_review", anchor, after[0], title, "open", about=after[1])]
    due, anchor = plan.review_due, f"{plan.id}:{plan.review_due}"
    title = "safety plan review"
    after = risk.reviewed_after(file, plan.made)
    if after is not None and (due is None or after[0] < due):
        due, anchor = after[0], f"{plan.id}:incident{after[1].id}"
        title = "safety plan review after the incident"
    if due is None:
        return []
    return [reminder("plan_review", anchor, no_later(due), title, "open", about=plan)]


def _order(file: CaseFile, order: LegalOrder, today: date, settings: Settings) -> list[Reminder]:
    """T-42, T-14 and T-3 before an order ends, and the lapse where gate G3 locks again; the hearing
    of one that was applied for.

    A warning falls away once the next one is due, so that one order asks once at a time.
    """
    if order.made is None and order.applied is not None and order.kind != "ntq":
        if order.hearing is not None:
            return []  # asked about by its own date
        due = add_working_days(order.applied, settings.tasks.court_date_days)
        title = "ask when the order is heard"
        anchor = f"{order.id}:{order.applied}"
        return [reminder("order_hearing", anchor, due, title, "order", about=order)]
    end = orders.last_day(order)
    if end is None:
        return []
    name = orders.SHORT.get(order.kind, "order")
    if end < today:
        if order is orders.lapsed_opener(file, today) and gate_legal.shut(file, today):
            title = f"{name} lapsed {short_date(end)}"
            due = add_working_days(end, 1)
            return [
                reminder(
                    "order_expiry", f"{order.id}:{end}:lapsed", due, title, "order", about=order
                )
            ]
        return []
    ahead = orders.warn_dates(order, settings)
    verb = "end" if name.endswith("conditions") else "expires"
    title = f"{name} {verb} {short_date(end)}"
    found = []
    for place, (days, due) in enumerate(ahead):
        following = ahead[place + 1][1] if place + 1 < len(ahead) else None
        if following is not None and following <= today:
            continue
        anchor = f"{order.id}:{end}:{days}"
        found.append(reminder("order_expiry", anchor, due, title, "order", about=order))
    return found


def _aftercare(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Checks in the survivor's cadence, the question of cadence, batteries and faults."""
    found = []
    method = " ".join(file.case.aftercare_method.split())
    for check in aftercare.schedule(file, settings):
        title = f"{check.label}, {method[:1].lower()}{method[1:]}" if method else check.label
        if len(title) > TITLE:
            title = check.label
        number = f"{check.kind}{check.number or ''}"
        found.append(reminder("aftercare", f"{number}:{check.anchor}", check.due, title, "check"))
    fit = aftercare.fit_date(file)
    if fit is not None and aftercare.cadence_unasked(file):
        title = "ask if, when and how to check in"
        found.append(reminder("ask_cadence", str(fit), fit, title, "open"))
    for measure in file.measures:
        if measure.state == "faulty":
            since, urgent = aftercare.fault_since(file, measure), works.secures(measure)
            if since is not None and aftercare.repair_coming(file, since, urgent, today) is None:
                told = aftercare.fault_due(since, urgent, settings)
                title = f"fault: {works.name(measure)}"
                found.append(
                    reminder("fault", f"{measure.id}:{since}", told, title, "book", about=measure)
                )
    return found + _upkeep(file)


def _upkeep(file: CaseFile) -> list[Reminder]:
    """Batteries and services: one line for all of a case that are due the same day."""
    due: dict[date, list[Measure]] = {}
    for measure in file.measures:
        on = aftercare.upkeep_due(measure) if measure.state != "faulty" else None
        if on is not None:
            due.setdefault(no_later(on), []).append(measure)
    found = []
    for day, measures in sorted(due.items()):
        kinds = {(known.upkeep_kind if known else "") for known in map(works.entry, measures)}
        kind = (kinds.pop() if len(kinds) == 1 else "") or "upkeep"
        if len(measures) == 1:
            title = f"{kind}: {works.name(measures[0])}"
        else:
            names = [works.name(one) for one in measures]
            listed = ", ".join(name[:1].lower() + name[1:] for name in names)
            title = f"{_MANY.get(kind, kind)}: {listed}"
            if len(title) > TITLE:
                title = f"{_MANY.get(kind, kind)}: {len(names)} of them are due"
        ids = "+".join(str(one.id) for one in measures)
        anchor = f"{ids}:{aftercare.upkeep_due(measures[0])}"
        found.append(reminder("battery", anchor, day, title, "open", about=measures[0]))
    return found


def upkeep_of(kept: Reminder) -> list[int]:
    """The measures a reminder of batteries or services is about, by id."""
    ids = kept.key.split(":")[1] if kept.rule == "battery" else ""
    return [int(one) for one in ids.split("+") if one.isdecimal()]


def _marac(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """The list's cut-off, an emergency referral, and actions the meeting gave (DOMAIN 3)."""
    found = []
    drafts = [item for item in file.marac_listings if item.state == "draft" and item.meeting]
    for listing in drafts:
        assert listing.meeting is not None
        due = marac.cutoff(listing.meeting, settings)
        title = f"MARAC list closes for {short_date(listing.meeting)}"
        anchor = str(listing.meeting)
        found.append(reminder("marac_cutoff", anchor, due, title, "marac", about=listing))
    begun = marac_list.emergency_day(file, today, settings)
    if begun is not None:
        title = "emergency MARAC: refer on judgement"
        found.append(reminder("marac_cutoff", f"emergency:{begun}", begun, title, "marac"))
    elif not drafts:
        found += _unlisted(file, today, settings) or _consider(file)
    found += _unclear(file, today, settings)
    for listing in file.marac_listings:
        meeting = marac.awaited(listing)
        if meeting is not None and meeting <= today:
            due, title = add_working_days(meeting, OUTCOME_DAYS), "record the MARAC's outcome"
            anchor = f"{listing.id}:{meeting}"
            found.append(reminder("marac_outcome", anchor, due, title, "marac", about=listing))
    for action in file.marac_actions:
        if action.state == "open" and action.due is not None:
            agency = action.owner_agency.strip()
            what = " ".join(action.action.split())
            title = f"MARAC: {what}" if what else "MARAC action"
            found.append(
                reminder(
                    "marac_action",
                    f"{action.id}:{action.due}",
                    no_later(action.due),
                    title,
                    "marac",
                    who=agency,
                    about=action,
                )
            )
    return found


def _unclear(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """An incident that is a repeat by one perpetrator and not by another (DOMAIN conflict 1)."""
    title = "incident: record by which perpetrator"
    return [
        reminder(
            "repeat_unclear",
            f"{incident.id}",
            add_working_days(day, 1),
            title,
            "open",
            about=incident,
        )
        for day, incident in marac.unclear_repeats(file, today, settings)
    ]


def _consider(file: CaseFile) -> list[Reminder]:
    """A threat, an assault or an attempt to get in, with no criterion met: is it for MARAC?

    Until it is listed, or the risk is looked at again, which asks for judgement (DOMAIN 3).
    """
    grave = risk.grave(file)
    if grave is None:
        return []
    day, incident = grave
    sent = marac.referred_on(file)
    if sent is not None and sent >= day:
        return []
    due, title = add_working_days(day, 1), "threat or attempt: is it for MARAC?"
    return [reminder("marac_consider", f"{incident.id}", due, title, "marac", about=incident)]


def _unlisted(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    day = marac.criterion_day(file, today, settings)
    if day is None:
        return []
    meeting = marac.meeting_for(day, settings)
    title = f"list for MARAC of {short_date(meeting)}"
    due = marac.cutoff(meeting, settings)
    return [reminder("marac_cutoff", str(meeting), due, title, "marac")]
