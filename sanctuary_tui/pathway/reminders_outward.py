"""A referral outward is asked about until its outcome is known, whatever became of the case.

A case that leaves the pathway for a refuge or a move is closed here, and its referral is not: the
line stands on Today all the same, so that the household is not lost (domain sections 1 and 4).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from config.calendar import add_working_days
from config.settings import Settings
from db.models import CaseFile, ReferralOut, Reminder
from sanctuary_tui.pathway.dates import no_later, received_on
from sanctuary_tui.pathway.reminder import reminder

SHORT: Final = {
    "refuge": "refuge",
    "reciprocal": "reciprocal move",
    "flexible": "flexible funding",
    "perpetrator": "perpetrator programme",
    "children": "children's worker",
}


def waits(referral: ReferralOut) -> bool:
    """Whether its outcome is still to come; one that cannot be found out is an outcome."""
    return referral.outcome == "not_asked"


def open_referrals(file: CaseFile) -> list[ReferralOut]:
    """The referrals outward of a case whose outcome is still to come."""
    return [one for one in file.referrals_out if waits(one)]


def look_on(file: CaseFile, referral: ReferralOut, settings: Settings) -> date | None:
    """The day to ask again: the one that was set, else some working days after the answer, or
    after it was made; None once its outcome is known.

    One without any date counts from the day the household was referred here.
    """
    if not waits(referral):
        return None
    if referral.next_look is not None:
        return no_later(referral.next_look)
    since = referral.answered or referral.made or file.case.stage_entered or received_on(file.case)
    return add_working_days(since, settings.tasks.outward_days) if since is not None else None


def reminders(file: CaseFile, settings: Settings) -> list[Reminder]:
    """One for each referral outward without an outcome; a closed case's says that it has left."""
    found = []
    closed = file.case.status != "open" or file.case.stage == "closed"
    for one in file.referrals_out:
        due = look_on(file, one, settings)
        if due is None:
            continue
        what = SHORT.get(one.kind, "referral outward")
        asked = "answer" if one.answer == "not_asked" else "outcome"
        title = f"left us: {what}, {asked}?" if closed else f"{what}: {asked}?"
        found.append(reminder("outward", f"{one.id}:{due}", due, title, "open", about=one))
    return found
