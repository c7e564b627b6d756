"""The emergency path: what starts it, its clock in hours, and what still binds (DOMAIN 1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from config.codes import label, split
from config.format import local, short_date
from config.settings import Settings
from db.models import CaseFile, Person
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.dates import day_of, latest
from sanctuary_tui.pathway.stages import at_least

STILL_BINDS = "G1, G2, G3, G4 and G7 still bind; temporary kit is interim, never secured."


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
    if "breach" not in found and _breached(file, today, settings) is not None:
        found.append("breach")
    return tuple(found)


def _ticked(file: CaseFile) -> list[str]:
    return [code for code in split(file.case.triggers) if code not in ("not_known", "not_asked")]


def _release_over(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether each release recorded lies further back than the window: a ticked one is over too."""
    near = timedelta(days=days_of(settings.emergency.release_hours))
    days = [person.release_date for person in file.perpetrators if person.release_date is not None]
    return bool(days) and all(today - on > near for on in days)


def _breached(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The last day on which an order was broken at the home, where that is fresh."""
    fresh = timedelta(days=days_of(settings.emergency.breach_hours))
    return latest(
        on
        for incident in file.incidents
        if incident.order_breached == "yes"
        and incident.at_address == "yes"
        and (on := day_of(incident.at)) is not None
        and timedelta(0) <= today - on <= fresh
    )


def made_safe(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether every approved measure is fitted, which ends an emergency (DOMAIN 1).

    From installation on, with a fixed measure in place and none faulty. Kit on loan is interim. An
    order broken at the home since the last fit opens the path again.
    """
    if not at_least(file.case.stage, "installation") or works.agreed(file):
        return False
    fixed = [item for item in works.fitted(file) if not works.portable(item)]
    if not fixed or any(item.state == "faulty" for item in fixed):
        return False
    fit, broken = latest(item.fitted_on for item in fixed), _breached(file, today, settings)
    return broken is None or (fit is not None and broken <= fit)


def is_emergency(file: CaseFile, today: date, settings: Settings) -> bool:
    """Open, not yet in aftercare or made safe, and marked as an emergency or triggered."""
    case = file.case
    if case.status != "open" or at_least(case.stage, "aftercare"):
        return False
    if case.urgency != "emergency" and not triggers(file, today, settings):
        return False
    return not made_safe(file, today, settings)


def began(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The day the emergency path opened, by what opens it today; None where it is not open.

    The referral where it was marked or ticked, which has no day of its own; else the day a release
    came near or an order was broken at the home, not before the referral (DOMAIN 1).
    """
    if not is_emergency(file, today, settings):
        return None
    received = day_of(file.case.received) or file.case.stage_entered
    ticked = [item for item in _ticked(file) if item in triggers(file, today, settings)]
    if file.case.urgency == "emergency" or ticked:
        return received
    near = timedelta(days=days_of(settings.emergency.release_hours))
    days = [_breached(file, today, settings)]
    for person in releases(file, today, settings):
        days.append(person.release_date - near if person.release_date else None)
    first = min((on for on in days if on is not None), default=None)
    return latest((first, received))


def urgency(file: CaseFile, today: date, settings: Settings) -> str:
    """How urgent the case is today: what was recorded, or ``emergency`` where the path is open."""
    return "emergency" if is_emergency(file, today, settings) else file.case.urgency


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

    Jump from referral to risk and installation in parallel; G3 and G4 still bind (DOMAIN 1).
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
    clock = f", {hours} h since referral" if hours is not None else ""
    return f"Emergency{clock}. {why}. {STILL_BINDS}"
