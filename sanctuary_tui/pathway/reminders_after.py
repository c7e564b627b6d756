"""Reminders that run beside the stages or after them: reviews, orders, checks, MARAC, faults."""

from __future__ import annotations

from datetime import date

from config.calendar import add_working_days
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, LegalOrder, Reminder
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

HEARING_DAYS = 5
"""Working days after an application by which the court's day is asked for (no source: [D])."""
OUTCOME_DAYS = 3
"""Working days after a meeting in which its minutes are out (Derbyshire)."""
_MARKED = ("asked", "yes")


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Every reminder of these rules for an open case."""
    found = _reviews(file, settings)
    for order in file.legal_orders:
        found += _order(file, order, today, settings)
    found += _aftercare(file, today, settings)
    found += _marac(file, today, settings)
    found += reminders_told.reminders(file, settings)
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
    """The newest safety plan: on its review date, or the working day after an incident."""
    plan = max(file.safety_plans, key=lambda item: item.made or date.min, default=None)
    if plan is None:
        return []
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
        due = add_working_days(order.applied, HEARING_DAYS)
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
    repair = aftercare.repair_booked(file)
    mending = repair is not None and repair >= today
    for measure in file.measures:
        if measure.state == "faulty":
            since = aftercare.fault_since(file, measure)
            if since is not None and not mending:
                title = f"fault: {works.name(measure)}"
                found.append(
                    reminder("fault", f"{measure.id}:{since}", since, title, "book", about=measure)
                )
            continue
        due = aftercare.upkeep_due(measure)
        if due is not None:
            known = works.entry(measure)
            kind = (known.upkeep_kind if known else "") or "upkeep"
            title = f"{kind}: {works.name(measure)}"
            found.append(
                reminder(
                    "battery", f"{measure.id}:{due}", no_later(due), title, "open", about=measure
                )
            )
    return found


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
    if not drafts:
        found += _unlisted(file, today, settings)
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
                    action.due,
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


def _unlisted(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    day = marac.criterion_day(file, today, settings)
    urgent = marac_list.emergency_day(file, today, settings)
    if urgent is not None:
        withdrawn = marac.withdrawn_on(file)
        anchor = f"emergency:{urgent}" if withdrawn else "emergency"
        title = "emergency MARAC: refer on judgement"
        return [reminder("marac_cutoff", anchor, urgent, title, "marac")]
    if day is None:
        return []
    meeting = marac.meeting_for(day, settings)
    title = f"list for MARAC of {short_date(meeting)}"
    due = marac.cutoff(meeting, settings)
    return [reminder("marac_cutoff", str(meeting), due, title, "marac")]
