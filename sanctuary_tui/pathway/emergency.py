"""The emergency path: what starts it, its clock in hours, and what still binds (DOMAIN 1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from config.codes import UNANSWERED, label, split
from config.format import local, short_date
from config.settings import Settings
from db.models import CaseFile, Person
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.dates import day_of, latest
from sanctuary_tui.pathway.stages import at_least

STILL_BINDS = "G1, G2, G3, G4, G5, G7 and G9 still bind; temporary kit is interim, never secured."


def days_of(hours: int) -> int:
    """Calendar days that cover so many hours between two days whose clock times are not recorded.

    Only the day of a release is recorded, and it may be at any hour of it. Two days that lie n
    days apart are never nearer than the n - 1 days between them, so that counting the hours in
    days, rounded up, leaves none out: 72 hours are three calendar days. Source: DOMAIN 1, emergency
    path (release within 72 hours).
    """
    return -(-hours // 24)


def releases(file: CaseFile, today: date, settings: Settings) -> list[Person]:
    """Perpetrators whose release or bail end is near: within 72 hours unless set.

    Only its day is recorded: counted in calendar days, so that no hour is left out.
    """
    near = timedelta(days=days_of(settings.emergency.release_hours))
    return [
        person
        for person in file.perpetrators
        if person.release_date is not None and timedelta(0) <= person.release_date - today <= near
    ]


def triggers(file: CaseFile, today: date, settings: Settings) -> tuple[str, ...]:
    """Codes of what makes the case an emergency today: ticked ones, a release, a fresh breach.

    Triggers: release within 72 hours, weapon or threat to kill, breach at the address in the last
    72 hours, perpetrator has located it (DOMAIN 1, emergency path). Hours are counted in days.
    """
    found = _ticked(file)
    if "release" in found and _release_over(file, today, settings):
        found.remove("release")
    if "release" not in found and releases(file, today, settings):
        found.append("release")
    if "breach" not in found and broken_on(file, today, settings) is not None:
        found.append("breach")
    return tuple(found)


def _ticked(file: CaseFile) -> list[str]:
    return [code for code in split(file.case.triggers) if code not in UNANSWERED]


def _release_over(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether every perpetrator's release lies further back than the window: the tick is over too.

    One with no date recorded may be the one the tick is of.
    """
    near = timedelta(days=days_of(settings.emergency.release_hours))
    days = [person.release_date for person in file.perpetrators]
    return bool(days) and all(on is not None and today - on > near for on in days)


def broken_on(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The last day on which an order was broken at the home, where that is fresh; else None.

    Fresh for 72 hours unless set, counted in days. Source: DOMAIN 1, emergency path.
    """
    fresh = timedelta(days=days_of(settings.emergency.breach_hours))
    return latest(
        on
        for incident in file.incidents
        if incident.order_breached == "yes"
        and incident.at_address == "yes"
        and (on := day_of(incident.at)) is not None
        and timedelta(0) <= today - on <= fresh
    )


def marked_on(file: CaseFile) -> date | None:
    """The day the case was marked or ticked as an emergency; the referral where none is kept."""
    case = file.case
    return case.emergency_since or day_of(case.received) or case.stage_entered


def made_safe(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether the works ended the emergency: fitted since it began, and nothing left (DOMAIN 1, 7).

    From installation on, with a fixed measure in place, none faulty and none still wanted, decided
    or not. Kit on loan is interim. What began after the last fit opens the path again: a trigger
    ticked or an urgency marked on a later day, a release that is still to come or came later, an
    order broken at the home on the day of the fit or after it, since a fit has no clock time.

    In aftercare the works are done, whatever is mended or added later: only what began since opens
    the path again.
    """
    fit, settled = _works_done(file)
    if settled is None:
        return False
    if _is_marked(file, today, settings) and not _mark_is_over(file, settled):
        return False
    broken = broken_on(file, today, settings)
    if broken is not None and (fit is None or broken >= fit):
        return False
    released = _release(file, today, settings)
    return released is None or (fit is not None and released <= min(fit, today))


def _works_done(file: CaseFile) -> tuple[date | None, date | None]:
    """The day of the last fit, and the day on which the works settled what was marked until then.

    Both None while works are wanted; in aftercare the stage itself says that they are not.
    """
    case = file.case
    fixed = [item for item in works.fitted(file) if not works.portable(item)]
    fit = latest(item.fitted_on for item in fixed)
    if at_least(case.stage, "aftercare"):
        fit = fit or case.stage_entered
        return fit, latest((fit, case.stage_entered))
    if not at_least(case.stage, "installation") or works.pending(file):
        return None, None
    return (None, None) if any(item.state == "faulty" for item in fixed) else (fit, fit)


def _mark_is_over(file: CaseFile, settled: date | None) -> bool:
    """Whether the works ended what was marked or ticked: it began on their day or before."""
    marked = marked_on(file)
    return settled is not None and (marked is None or marked <= settled)


def _is_marked(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether the coordinator's own urgency or tick is among what opens the path today."""
    live = triggers(file, today, settings)
    return file.case.urgency == "emergency" or any(code in live for code in _ticked(file))


def _release(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The last release that is near: ahead, or as long ago where one is ticked."""
    near = timedelta(days=days_of(settings.emergency.release_hours))
    back = near if "release" in _ticked(file) else timedelta(0)
    return latest(
        person.release_date
        for person in file.perpetrators
        if person.release_date is not None and -back <= person.release_date - today <= near
    )


def is_emergency(file: CaseFile, today: date, settings: Settings) -> bool:
    """Open, marked as an emergency or triggered, and not made safe since (see ``made_safe``).

    In aftercare too: a breach or a release after the works raises the case again (DOMAIN 7).
    """
    case = file.case
    if case.status != "open":
        return False
    if case.urgency != "emergency" and not triggers(file, today, settings):
        return False
    return not made_safe(file, today, settings)


def began(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The day the emergency path opened, by what opens it today; None where it is not open.

    The day it was marked or ticked; else the day a release came near or an order was broken at the
    home, not before the referral (DOMAIN 1).
    """
    if not is_emergency(file, today, settings):
        return None
    received = day_of(file.case.received) or file.case.stage_entered
    _, settled = _works_done(file)
    if _is_marked(file, today, settings) and not _mark_is_over(file, settled):
        return marked_on(file)
    near = timedelta(days=days_of(settings.emergency.release_hours))
    days = [broken_on(file, today, settings)]
    for person in releases(file, today, settings):
        days.append(person.release_date - near if person.release_date else None)
    first = min((on for on in days if on is not None), default=None)
    return latest((first, received))


def urgency(file: CaseFile, today: date, settings: Settings) -> str:
    """How urgent the case is today: ``emergency`` where the path is open, else what was recorded.

    Once the path has closed, a case that was recorded as an emergency is urgent.
    """
    if is_emergency(file, today, settings):
        return "emergency"
    return "urgent" if file.case.urgency == "emergency" else file.case.urgency


def hours_since(file: CaseFile, now: datetime) -> int | None:
    """Whole hours since the referral was received."""
    received = file.case.received
    if received is None:
        return None
    if received.tzinfo is None:
        received = received.replace(tzinfo=UTC)
    return max(0, int((now - received).total_seconds() // 3600))


def emergency(file: CaseFile, now: datetime, settings: Settings) -> str | None:
    """The emergency in one sentence with its hour clock; None where there is none.

    Jump from referral to risk and installation in parallel; the gates still bind (DOMAIN 1). The
    clock runs until the works are done: in aftercare the path opens for something newer.
    """
    today = local(now).date() if now.tzinfo else now.date()
    if not is_emergency(file, today, settings):
        return None
    parts = [label("emergency_trigger", code) for code in triggers(file, today, settings)]
    for person in releases(file, today, settings):
        parts = [part for part in parts if part != label("emergency_trigger", "release")]
        parts.append(f"Release {short_date(person.release_date)}")
    why = "; ".join(parts) or "Marked by the coordinator"
    hours = hours_since(file, now if now.tzinfo else now.replace(tzinfo=UTC))
    since = hours is not None and not at_least(file.case.stage, "aftercare")
    clock = f", {hours} h since referral" if since else ""
    return f"Emergency{clock}. {why}. {STILL_BINDS}"
