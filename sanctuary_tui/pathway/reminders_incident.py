"""What an incident leaves to record or to ask: which order, whether reported, what did not work.

DOMAIN 2 (Incident/breach: order breached, reported to, measures worked) and 7 (a breach and a
measure fault raise a case again). What was kept as evidence asks for nothing.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from config.calendar import add_working_days
from db.models import CaseFile, Incident, Reminder
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.pathway.reminder import reminder

_NOBODY: Final = frozenset({"", "-", "no", "no one", "nobody", "none", "not reported"})
"""What is written where nobody was told."""
_LOOKED_AT: Final = ("survey", "repair")


def reminders(file: CaseFile) -> list[Reminder]:
    """Every reminder of these rules for an open case, each due the working day after."""
    found = []
    for incident in file.incidents:
        on = day_of(incident.at)
        if on is None:
            continue
        due, anchor = add_working_days(on, 1), str(incident.id)
        if incident.order_breached == "yes":
            if incident.order_id is None:
                title = "order broken: link which order"
                if not file.legal_orders:
                    title = "order broken: record and link it"
                found.append(reminder("which_order", anchor, due, title, "open", about=incident))
            if unreported(incident):
                title = "order broken: were the police told?"
                found.append(reminder("breach_told", anchor, due, title, "open", about=incident))
        if incident.measures_worked == "no" and not _looked_at(file, on):
            title = "a measure did not work: survey again"
            found.append(reminder("measure_failed", anchor, due, title, "book", about=incident))
    return found


def unreported(incident: Incident) -> bool:
    """Whether nobody is on record as told, and no police reference is; reporting is their choice,
    so it is a question and never a stop (DOMAIN 2 and conflict 5).
    """
    told = " ".join(incident.reported_to.casefold().split()).strip(".")
    return told in _NOBODY and not incident.police_ref.strip()


def _looked_at(file: CaseFile, on: date) -> bool:
    """Whether the home was surveyed, or a repair made, on the day of the incident or after it."""
    if any(survey.done_on is not None and survey.done_on >= on for survey in file.surveys):
        return True
    return any(
        visit.kind in _LOOKED_AT
        and visit.outcome == "done"
        and visit.on is not None
        and visit.on >= on
        for visit in file.visits
    )
