"""A case's card and reminders, worked out by the rules at every write."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from config.codes import label
from config.format import initials, short_date
from config.settings import Settings
from db.models import CaseFile, Reminder
from db.readmodels import CaseCard, Derived, Finding
from sanctuary_tui.pathway import (
    consent,
    contact,
    emergency,
    gates,
    marac,
    orders,
    risk,
    scheme,
    stages,
    transfer,
)
from sanctuary_tui.pathway.dates import day_of, entered_on, working_day_before
from sanctuary_tui.pathway.reminder import short
from sanctuary_tui.pathway.reminders import reminders
from sanctuary_tui.pathway.stuck import Stuck, stuck

LAST_TEXT = 100


def derive(file: CaseFile, today: date, settings: Settings) -> Derived:
    """The case's card and the reminders that should stand on ``today``."""
    found = gates.findings(file, today, settings)
    standing = reminders(file, today, settings)
    answers = stuck(file, found, today, settings)
    first = next((item for item in standing if item.rule != "stage_target"), None)
    if first is not None and _sooner(file, answers, first):
        answers.next_text = first.title_text
        answers.next_due = first.due
        answers.next_command = first.action
    for item in standing:
        if item.rule == "stage_target":
            item.title_text = leaving(file, answers, settings)
    return Derived(_card(file, found, answers, today, settings), standing)


def _sooner(file: CaseFile, answers: Stuck, first: Reminder) -> bool:
    """Whether a reminder comes before what the card would say is next.

    Where nothing is, or after the fitting, where a check to come waits for nobody.
    """
    if not answers.next_text:
        return True
    if file.case.stage != "aftercare" or answers.why or file.case.next_action.strip():
        return False
    return answers.next_due is None or (first.due or date.max) < answers.next_due


def leaving(file: CaseFile, answers: Stuck, settings: Settings) -> str:
    """What a stage's target asks for: what leaves the stage, as the card says it.

    Beside an action of the coordinator's own, which has a line of its own: why it is stuck.
    """
    own = bool(file.case.next_action.strip())
    what = answers.why if own else answers.next_text
    stage = stages.title(file.case.stage, settings).lower()
    return short(f"{stage}: {what or 'move to next stage'}")


def _card(
    file: CaseFile, found: list[Finding], answers: Stuck, today: date, settings: Settings
) -> CaseCard:
    case, survivor, home = file.case, file.survivor, file.home
    entered = entered_on(case, today)
    band, score = risk.current(file, settings)
    state, request = consent.worst(file, today, settings)
    names = (survivor.first_name, survivor.surname) if survivor else ()
    is_open = case.status == "open"
    return CaseCard(
        case_id=case.id,
        ref=case.ref,
        status=case.status,
        stage=case.stage,
        stage_entered=entered,
        target_due=stages.target_date(case.stage, entered, settings) if is_open else None,
        urgency=emergency.urgency(file, today, settings),
        risk=band,
        score=score,
        tenure=home.tenure if home else "not_asked",
        named_parties=home.named_parties if home else "not_asked",
        consent=state,
        consent_since=(request.answered_on or request.sent_on) if request else None,
        name=" ".join(part for part in names if part),
        masked=initials(*names),
        stuck_why=answers.why,
        stuck_on=answers.on,
        stuck_since=answers.since,
        next_text=answers.next_text,
        next_due=answers.next_due,
        next_command=answers.next_command,
        safe_contact=contact.safe_contact(file),
        do_not_contact=int(contact.stops_contact(file) is not None),
        gates=";".join(
            dict.fromkeys(
                item.gate for item in found if item.severity == "stop" and not item.overridden
            )
        )
        if is_open
        else "",
        secured=scheme.home_secured(file),
        scheme_type=scheme.scheme_type(file)[0],
        last_text=last_text(file),
        valid_until=valid_until(file, today, settings),
    )


def last_text(file: CaseFile) -> str:
    """The newest thing noted or heard: ``Wed 25 Nov: left a message``."""
    newest: datetime | None = None
    said = ""
    for note in file.notes:
        if note.at is not None and (newest is None or note.at >= newest):
            newest, said = note.at, note.body
    for event in file.consent_events:
        if event.at is not None and (newest is None or event.at >= newest):
            newest, said = event.at, label("consent_event", event.kind).lower()
    if newest is None:
        return ""
    line = " ".join(said.split())
    if len(line) > LAST_TEXT:
        line = f"{line[: LAST_TEXT - 1].rstrip()}…"
    return f"{short_date(day_of(newest))}: {line}"


def valid_until(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The last day on which these answers hold with no new write; None where no date changes them.

    Orders and notices ending or being warned of, overrides beginning or ending, consents, silence,
    releases, incidents, reviews, the twelve months of a MARAC.
    """
    day = timedelta(days=1)
    counted = marac.anchor(file, settings)
    days: list[date | None] = [marac.within_radar(file, today, settings)]
    days.append(counted - day if counted is not None else None)
    if file.case.status != "open":
        sent = transfer.transfer_listing(file)
        return _first(days, today) if sent is not None and not sent.acknowledged_on else None
    for override in file.overrides:
        days += [override.expiry, override.made - day if override.made else None]
    for order in file.legal_orders:
        days.append(order.hearing)
        if order.made is not None and order.made > today:
            days.append(order.made - day)
        days.append(orders.last_day(order))
        days += [due - day for _, due in orders.warn_dates(order, settings)]
    for listing in file.marac_listings:
        meeting = marac.awaited(listing)
        days.append(meeting - day if meeting is not None else None)
    for request in file.consent_requests:
        days.append(request.expiry)
        days.append(consent.last_quiet_day(request, file.events_of(request), settings))
    for visit in file.visits:
        if visit.outcome == "booked" and visit.on is not None:
            days += [visit.on, working_day_before(visit.on) - day]
    near = timedelta(days=emergency.days_of(settings.emergency.release_hours))
    fresh = timedelta(days=emergency.days_of(settings.emergency.breach_hours))
    if file.case.stage == "risk_support":
        days.append(risk.next_review(file, settings)[0])
    for person in file.people:
        if person.release_date is not None:
            begins = person.release_date - near
            days += [begins - day, person.release_date, person.release_date + near]
            days.append(person.release_date - day)  # on that day custody has ended
            days.append(person.release_date + timedelta(days=settings.aftercare.released_days))
        days.append(person.contact_review)
    for incident in file.incidents:
        on = day_of(incident.at)
        days.append(on - day if on else None)  # one of a later day counts from then
        if incident.order_breached == "yes" and incident.at_address == "yes":
            days.append(on + fresh if on else None)
    return _first(days, today)


def _first(days: list[date | None], today: date) -> date | None:
    return min((item for item in days if item is not None and item >= today), default=None)
