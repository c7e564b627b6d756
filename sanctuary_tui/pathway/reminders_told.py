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
from sanctuary_tui.pathway import aftercare, contact, works
from sanctuary_tui.pathway.dates import day_of, latest
from sanctuary_tui.pathway.reminder import reminder

TOLD: Final[tuple[tuple[str, bool, str, str], ...]] = (
    ("contact", False, "no longer safe to reach: agree how", "open"),
    ("incident", False, "contact reported: record incident", "open"),
    ("fault", False, "mend: {fault}", "book"),
    ("uneasy", False, "feels watched or stuck: plan again", "open"),
    ("measures", False, "a measure does not work: find which", "open"),
    ("home", True, "no longer in the home: record the move", "open"),
    ("orders", True, "orders changed: record what is in force", "order"),
    ("support", True, "support not in place: offer it again", "open"),
    ("change", True, "asked for a change: decide it", "open"),
    ("ending", True, "wants the checks to end: agree how", "open"),
)
"""What a check may tell: its name in the reminder's key, whether it can wait some working days
(``tasks.told_days``) or is due the same day, what to do, and the key that does it."""

_LASTING: Final = ("incident", "fault")

FOLLOWS: Final[dict[str, tuple[bool, str, str]]] = {
    "leak": (False, "address leaked: warn, and plan again", "open"),
    "moved_near": (False, "perpetrator near: marker and plan", "call"),
    "call999": (True, "999 call: ask the police what was done", "call"),
    "returned": (True, "survivor is back: check every measure", "book"),
    "child_contact": (True, "child contact changed: review it", "open"),
    "household": (True, "household changed: ask about needs", "open"),
    "landlord": (True, "landlord's visit: agree what is said", "call"),
}
"""Incident kind, whether it can wait, what to do, and the key that does it (DOMAIN 7)."""

ASKING: Final[dict[str, str]] = {
    "fault": "",
    "uneasy": "feels watched: plan with support worker",
    "measures": "",
    "support": "",
    "change": "",
    "ending": "",
    "leak": "address leaked: plan with support worker",
    "returned": "survivor is back: tell support worker",
    "child_contact": "",
    "household": "",
    "landlord": "",
}
"""What of these reaches the survivor, and what is done instead where they are not to be contacted;
nothing where it is blank (DOMAIN 5 and 8)."""


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Every reminder of these rules for an open case."""
    found = []
    quiet = contact.stops_contact(file) is not None
    done = [check for check in file.aftercare_checks if check.done_on is not None]
    newest = max(done, key=lambda check: check.done_on or date.min, default=None)
    for check in done:
        assert check.done_on is not None
        found += _told(file, check, check.done_on, today, settings, newest=check is newest)
    for incident in file.incidents:
        on = day_of(incident.at)
        follows = FOLLOWS.get(incident.kind)
        if on is not None and follows is not None:
            waits, title, action = follows
            if quiet and incident.kind in ASKING:
                title, action = ASKING[incident.kind], "open"
            if not title:
                continue
            due = add_working_days(on, settings.tasks.told_days) if waits else on
            found.append(reminder("change", f"{incident.id}", due, title, action, about=incident))
    return found


def _told(
    file: CaseFile,
    check: AftercareCheck,
    on: date,
    today: date,
    settings: Settings,
    *,
    newest: bool,
) -> list[Reminder]:
    """What one check asks for. A later check asks most questions anew, and its answers count; an
    incident or a fault that was told is not taken back by silence, but by a repair that is booked.
    """
    found = []
    urgent = works.secures_words(check.fault)
    quiet = contact.stops_contact(file) is not None
    for name, waits, title, action in TOLD:
        if (newest or name in _LASTING) and _STANDS[name](file, check, on):
            title = title.format(fault=" ".join(check.fault.split()))
            if quiet and name in ASKING:
                title, action = ASKING[name], "open"
            if not title:
                continue
            due = add_working_days(on, settings.tasks.told_days) if waits else on
            if name == "fault":
                if aftercare.repair_coming(file, on, urgent, today) is not None:
                    continue
                due = aftercare.fault_due(on, urgent, settings)
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


def unmended(file: CaseFile) -> list[AftercareCheck]:
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


def last_told(file: CaseFile) -> date | None:
    """The day the newest fault was told that nobody took up; None where none waits."""
    return latest(check.done_on for check in unmended(file))


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
    "fault": lambda file, check, on: bool(check.fault.strip()) and check in unmended(file),
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
