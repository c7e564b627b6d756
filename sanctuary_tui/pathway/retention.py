"""When a closed file is to be looked at again: kept for a reason, or erased (DOMAIN 8, retention).

No source sets a period, so each is the council's own; until it is set, nothing is proposed. A
review is asked for; nothing is erased by itself.
"""

from __future__ import annotations

from datetime import date

from config.settings import Settings
from db.models import CaseFile, Reminder
from sanctuary_tui.pathway.dates import add_months, latest
from sanctuary_tui.pathway.reminder import reminder


def closed_on(file: CaseFile) -> date | None:
    """The day a closed case was closed; None while it is open."""
    if file.case.status == "open":
        return None
    return latest(closure.closed_on for closure in file.closures) or file.case.stage_entered


def file_due(file: CaseFile, settings: Settings) -> date | None:
    """When the file is to be reviewed: so many years after closing, and not before each child's
    birthday of that age. A child with no date of birth counts for nothing.
    """
    kept, closed = settings.retention, closed_on(file)
    if closed is None:
        return None
    days = [add_months(closed, 12 * kept.adult_years)] if kept.adult_years else []
    if kept.child_until_age:
        days += [
            add_months(child.dob, 12 * kept.child_until_age)
            for child in file.children
            if child.dob is not None
        ]
    due = latest(days)
    return None if due is None else max(due, closed)


def marac_due(file: CaseFile, settings: Settings) -> date | None:
    """When the papers of the last meeting are to be reviewed."""
    last = latest(item.meeting for item in file.marac_listings if item.state == "heard")
    if closed_on(file) is None or last is None or not settings.retention.marac_years:
        return None
    return add_months(last, 12 * settings.retention.marac_years)


def reminders(file: CaseFile, settings: Settings) -> list[Reminder]:
    """Reviews of a closed case, each asked once."""
    found = []
    for anchor, due, title in (
        ("file", file_due(file, settings), "retention review: keep or erase"),
        ("marac", marac_due(file, settings), "MARAC papers: keep or erase"),
    ):
        if due is not None:
            found.append(reminder("retention", f"{anchor}:{due}", due, title, "open"))
    return found
