"""The clocks of those the records are about: a request to see them, and a breach.

Months are the calendar's: 30 January is answered by 28 February. Source: UK GDPR Article 12(3) and
the ICO's guidance on the right of access; Article 33(1) for the 72 hours.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from db.models import Breach, CaseFile, Reminder, SubjectRequest
from sanctuary_tui.pathway.dates import add_months
from sanctuary_tui.pathway.reminder import reminder

BREACH_HOURS: Final = 72


def request_due(request: SubjectRequest) -> date | None:
    """The last day to answer a request: one calendar month from the day it came, three where two
    more were taken and told. Never moved on past a weekend: earlier is always safe (ICO)."""
    if request.received is None:
        return None
    return add_months(request.received, 3 if request.extended == "yes" else 1)


def extend_by(request: SubjectRequest) -> date | None:
    """The last day on which they can be told that two months more are taken: within the first."""
    return add_months(request.received, 1) if request.received is not None else None


def breach_due(breach: Breach) -> datetime | None:
    """The moment by which a breach is reported to the ICO: 72 hours from when it was known, counted
    by the clock and not by working days (Article 33(1))."""
    return breach.aware + timedelta(hours=BREACH_HOURS) if breach.aware is not None else None


def requests(file: CaseFile) -> list[Reminder]:
    """Requests that wait for an answer, of a closed case too."""
    found = []
    for request in file.subject_requests:
        due = request_due(request)
        if request.state == "open" and due is not None:
            title = "answer what they asked to see"
            found.append(
                reminder("subject_request", f"{request.id}", due, title, "access", about=request)
            )
    return found
