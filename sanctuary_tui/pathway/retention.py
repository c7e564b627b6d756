"""When the keeping of a file, or of its MARAC papers, is to be looked at again (DOMAIN 8).

No source gives a period: nothing is proposed until the council has set one. A review, never a
disposal by itself; a file under a legal hold is put off by hand.
"""

from __future__ import annotations

from datetime import date

from config.settings import Settings
from db.models import CaseFile
from sanctuary_tui.pathway.dates import add_months, latest, received_on


def review_due(file: CaseFile, settings: Settings) -> date | None:
    """The day to look at whether a closed file is still kept; None while open, or with no period.

    The years after the last closing, and not before each child of the file has reached the age set;
    a child with no date of birth counts as born on the day of the referral, so that nothing is
    proposed too early (DOMAIN 8: child files to the 25th birthday).
    """
    rules = settings.retention
    case = file.case
    if case.status != "closed":
        return None
    days: list[date | None] = []
    closed = latest(item.closed_on for item in file.closures) or case.stage_entered
    if rules.adult_years and closed is not None:
        days.append(add_months(closed, 12 * rules.adult_years))
    if rules.child_until_age:
        for child in file.children:
            born = child.dob or received_on(case)
            days.append(add_months(born, 12 * rules.child_until_age) if born else None)
    return latest(days)


def marac_due(file: CaseFile, settings: Settings) -> date | None:
    """The day to look at whether MARAC papers are still kept: years after the last hearing."""
    years = settings.retention.marac_years
    if not years:
        return None
    heard = latest(
        item.heard_on or item.meeting for item in file.marac_listings if item.state == "heard"
    )
    return add_months(heard, 12 * years) if heard is not None else None
