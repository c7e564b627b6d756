"""Aftercare: checks in the survivor's own cadence, batteries, faults (DOMAIN 7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from config.calendar import add_working_days
from config.codes import CODES
from config.settings import Settings
from db.models import AftercareCheck, CaseFile, Measure, Visit
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.dates import add_months, latest, rolled

_MONTHS: Final = {"m3": 3, "m6": 6, "m12": 12}
_CADENCES: Final[dict[str, tuple[str, ...]]] = {
    "standard": ("h48", "weeks3", "m3", "m6", "m12"),
    "light": ("m3", "m6"),
    "monthly": ("monthly",) * 6,
    "no_calls": (),
}
_SETTLED = ("done", "declined")

QUESTIONS: Final[tuple[tuple[str, str], ...]] = (
    ("contact_safe", "Is it still safe to reach you like this?"),
    ("feels_safer", "How safe do you feel at home now, 1 to 5?"),
    ("measures_working", "Is each measure working?"),
    ("used", "Have you used them?"),
    ("contact_since", "Has there been any further contact or incident?"),
    ("police_told", "Were the police told?"),
    ("orders_same", "Are the court orders as before?"),
    ("support_in_place", "Is support in place?"),
    ("wants_change", "Is there anything you want changed?"),
    ("children_view", "What do the children say?"),
    ("still_home", "Are you still in the home?"),
    ("uneasy", "Does anything make you feel watched or stuck?"),
    ("wants_end", "Do you want the checks to end?"),
)
"""Field of an aftercare check and the question; short, each may be skipped (MHCLG 5.1, 6.3)."""


@dataclass(slots=True, frozen=True)
class PlannedCheck:
    """A check still to be made. ``number`` counts monthly ones from 1, and is 0 for others."""

    kind: str
    due: date
    label: str
    anchor: date
    number: int = 0


def questions() -> tuple[tuple[str, str], ...]:
    """The questions of a check, safe contact first."""
    return QUESTIONS


def fit_date(file: CaseFile) -> date | None:
    """The day the checks count from: the latest fit of a fixed measure, else of portable kit."""
    placed = works.fitted(file)
    fixed = latest(item.fitted_on for item in placed if not works.portable(item))
    return fixed or latest(item.fitted_on for item in placed)


def schedule(file: CaseFile, settings: Settings) -> list[PlannedCheck]:
    """Checks still to be made, in order of date, on working days.

    Nothing is invented: without the survivor's answer, or with "no calls", there are none. Sources:
    Great Yarmouth (3 and 6 months), Hammersmith & Fulham (3 to 6 months), design defaults for 48 h,
    3 weeks and 12 months; S2 5.5: ask at fitting if, when and how.
    """
    anchor = fit_date(file)
    kinds = _CADENCES.get(file.case.cadence, ())
    if anchor is None or not kinds:
        return []
    if file.case.cadence == "monthly":
        done = sum(1 for check in _settled(file, anchor) if check.kind == "monthly")
        return [
            PlannedCheck(
                "monthly", rolled(add_months(anchor, n)), f"Monthly check {n}", anchor, number=n
            )
            for n in range(1 + done, 7)
        ]
    done_kinds = {check.kind for check in _settled(file, anchor)}
    return [
        PlannedCheck(kind, _due(kind, anchor, settings), CODES["check_kind"][kind], anchor)
        for kind in kinds
        if kind not in done_kinds
    ]


def cadence_unasked(file: CaseFile) -> bool:
    """Whether something is fitted and nobody has asked if, when and how to check."""
    return file.case.cadence in ("not_asked", "") and fit_date(file) is not None


def upkeep_due(measure: Measure) -> date | None:
    """When a fitted measure's battery or service is due: as recorded, else by the catalogue."""
    if measure.state not in works.IN_PLACE:
        return None
    if measure.maintenance_due is not None:
        return measure.maintenance_due
    known = works.entry(measure)
    if known is None or not known.upkeep_months or measure.fitted_on is None:
        return None
    return add_months(measure.fitted_on, known.upkeep_months)


def fault_since(file: CaseFile, measure: Measure) -> date | None:
    """Since when a faulty measure is known to be faulty: as recorded, or first told of, or fitted.

    Told at a check since its fit; once a repair was done, at a check after that, if there was one.
    A repair after which nobody told again did not mend it.
    """
    if measure.faulty_since is not None:
        return measure.faulty_since
    told = sorted(
        check.done_on
        for check in file.aftercare_checks
        if check.fault.strip() and check.done_on is not None
        if measure.fitted_on is None or check.done_on >= measure.fitted_on
    )
    repaired = latest(
        visit.on for visit in file.visits if visit.kind == "repair" and visit.outcome == "done"
    )
    again = [day for day in told if repaired is not None and day > repaired]
    first = next(iter(again or told), None)
    return first or measure.fitted_on or file.case.stage_entered


def repair_coming(file: CaseFile, since: date | None, urgent: bool, today: date) -> Visit | None:
    """The booked repair that answers a fault known ``since`` a day, so that it is not asked for.

    Booked on that day or later, and not past. For a lock or door (``urgent``) only one today or on
    the next working day: DOMAIN 7, same day for lock or door failure. A booking whose day was not
    kept answers every fault.
    """
    soon = add_working_days(today, 1)
    coming = [
        visit
        for visit in repairs_booked(file)
        if visit.on is not None
        and today <= visit.on
        and (visit.on <= soon or not urgent)
        and (since is None or visit.booked_on is None or since <= visit.booked_on)
    ]
    return min(coming, key=lambda visit: visit.on or date.max, default=None)


def worst_fault(file: CaseFile) -> tuple[date | None, bool] | None:
    """Since when the fault that presses most is known, and whether it is one of a lock or door.

    Those come first, then the oldest. None where nothing is faulty.
    """
    found = [
        (not works.secures(item), fault_since(file, item) or date.max)
        for item in file.measures
        if item.state == "faulty"
    ]
    if not found:
        return None
    loose, since = min(found)
    return (None if since == date.max else since), not loose


def repairs_booked(file: CaseFile) -> list[Visit]:
    """Repair visits that are booked, past ones too."""
    return [item for item in file.visits if item.kind == "repair" and item.outcome == "booked"]


def fault_due(since: date, urgent: bool, settings: Settings) -> date:
    """When a fault is to be taken up: the same day for a lock or door (``urgent``), else a working
    day or so later (DOMAIN 7, faults).
    """
    return since if urgent else add_working_days(since, settings.tasks.fault_days)


def _settled(file: CaseFile, anchor: date) -> list[AftercareCheck]:
    return [
        check
        for check in file.aftercare_checks
        if check.outcome in _SETTLED and check.done_on is not None and check.done_on >= anchor
    ]


def _due(kind: str, anchor: date, settings: Settings) -> date:
    if kind == "h48":
        return rolled(anchor + timedelta(hours=settings.aftercare.hours_first))
    if kind == "weeks3":
        return rolled(anchor + timedelta(weeks=settings.aftercare.weeks_second))
    return rolled(add_months(anchor, _MONTHS[kind]))
