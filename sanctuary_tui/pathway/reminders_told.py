"""Reminders that follow from what was told: at an aftercare check, or as something that happened.

DOMAIN 7: the questions of a check, and the triggers that raise a case again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Final

from config.calendar import add_working_days
from config.settings import Settings
from db.models import AftercareCheck, CaseFile, Reminder
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.pathway.reminder import reminder

TOLD: Final[tuple[tuple[str, int, str, str], ...]] = (
    ("contact", 0, "no longer safe to reach: agree how", "open"),
    ("incident", 0, "contact reported: record incident", "open"),
    ("fault", 0, "mend: {fault}", "book"),
    ("uneasy", 0, "feels watched or stuck: plan again", "open"),
    ("measures", 0, "a measure does not work: find which", "open"),
    ("home", 1, "no longer in the home: record the move", "open"),
    ("orders", 1, "orders changed: record what is in force", "order"),
    ("support", 1, "support not in place: offer it again", "open"),
    ("change", 1, "asked for a change: decide it", "open"),
    ("ending", 1, "wants the checks to end: agree how", "open"),
)
"""What a check may tell: its name in the reminder's key, working days until it is due, what to do,
and the key that does it."""

_LASTING: Final = ("incident", "fault")

FOLLOWS: Final[dict[str, tuple[int, str, str]]] = {
    "leak": (0, "address leaked: warn, and plan again", "open"),
    "moved_near": (0, "perpetrator near: marker and plan", "call"),
    "call999": (1, "999 call: ask the police what was done", "call"),
    "returned": (1, "survivor is back: check every measure", "book"),
    "child_contact": (1, "child contact changed: review it", "open"),
    "household": (1, "household changed: ask about needs", "open"),
    "landlord": (1, "landlord's visit: agree what is said", "call"),
}
"""Incident kind, working days until due, what to do, and the key that does it (DOMAIN 7)."""


def reminders(file: CaseFile, settings: Settings) -> list[Reminder]:
    """Every reminder of these rules for an open case."""
    found = []
    done = [check for check in file.aftercare_checks if check.done_on is not None]
    newest = max(done, key=lambda check: check.done_on or date.min, default=None)
    for check in done:
        assert check.done_on is not None
        found += _told(file, check, check.done_on, newest=check is newest)
    for incident in file.incidents:
        on = day_of(incident.at)
        follows = FOLLOWS.get(incident.kind)
        if on is not None and follows is not None:
            days, title, action = follows
            due = add_working_days(on, days) if days else on
            found.append(reminder("change", f"{incident.id}", due, title, action, about=incident))
    return found


def _told(file: CaseFile, check: AftercareCheck, on: date, *, newest: bool) -> list[Reminder]:
    """What one check asks for. A later check asks most questions anew, and its answers count; an
    incident or a fault that was told is not taken back by silence.
    """
    found = []
    for name, days, title, action in TOLD:
        if (newest or name in _LASTING) and _STANDS[name](file, check, on):
            title = title.format(fault=" ".join(check.fault.split()))
            due = add_working_days(on, days) if days else on
            found.append(
                reminder("check_told", f"{check.id}:{name}", due, title, action, about=check)
            )
    return found


def _incident(file: CaseFile, check: AftercareCheck, on: date) -> bool:
    """Told of, and none recorded since the check before this one."""
    before = max(
        (
            other.done_on
            for other in file.aftercare_checks
            if other.done_on is not None and other.done_on < on
        ),
        default=date.min,
    )
    known = any((day_of(incident.at) or date.min) >= before for incident in file.incidents)
    return check.contact_since == "yes" and not known


def _unmended(file: CaseFile) -> list[AftercareCheck]:
    """Checks whose fault nobody took up: each repair made since, and each measure marked as
    faulty, which is asked for by itself, stands for one fault and no more, the oldest first.
    """
    repairs = sorted(
        visit.on
        for visit in file.visits
        if visit.kind == "repair" and visit.outcome == "done" and visit.on is not None
    )
    marked = sum(1 for item in file.measures if item.state == "faulty")
    left = []
    for check in sorted(file.aftercare_checks, key=lambda one: one.done_on or date.min):
        if check.done_on is None or not check.fault.strip():
            continue
        mended = next((on for on in repairs if on >= check.done_on), None)
        if mended is not None:
            repairs.remove(mended)
        elif marked:
            marked -= 1
        else:
            left.append(check)
    return left


def _support(file: CaseFile, check: AftercareCheck, on: date) -> bool:
    """Support is missing, was not refused, and has not been offered since."""
    answered = any(
        one.answer == "declined" or (one.offered is not None and one.offered >= on)
        for one in file.support
    )
    return check.support_in_place == "no" and not answered


def _measures(file: CaseFile, check: AftercareCheck, on: date) -> bool:
    """Something does not work, and neither a faulty measure nor the fault itself says what."""
    faulty = any(item.state == "faulty" for item in file.measures)
    return check.measures_working == "no" and not check.fault.strip() and not faulty


_STANDS: Final[dict[str, Callable[[CaseFile, AftercareCheck, date], bool]]] = {
    "contact": lambda file, check, on: check.contact_safe == "no" or check.outcome == "unsafe",
    "incident": _incident,
    "fault": lambda file, check, on: bool(check.fault.strip()) and check in _unmended(file),
    "uneasy": lambda file, check, on: bool(check.uneasy.strip()),
    "measures": _measures,
    "home": lambda file, check, on: (
        check.still_home == "no" and not any(home.moved_out for home in file.properties)
    ),
    "orders": lambda file, check, on: check.orders_same == "no",
    "support": _support,
    "change": lambda file, check, on: bool(check.wants_change.strip()),
    "ending": lambda file, check, on: check.wants_end == "yes" and file.case.cadence != "no_calls",
}
