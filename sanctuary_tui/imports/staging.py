"""Where a case of an old tracker stands: by its status words, else by the dates its row holds.

Of dates the furthest counts: closed, fitted, approved, asked for consent, surveyed. A case that is
closed has the day it was closed, and one without is dated by the last day its row names.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any, Final

from config.format import local
from db.models import (
    Case,
    Closure,
    ConsentRequest,
    LegalOrder,
    Measure,
    Record,
    RiskAssessment,
    Survey,
    Visit,
)

Given = list[tuple[type[Record], dict[str, Any]]]
_FITTED: Final = frozenset({"fitted", "faulty"})
_HAPPENED: Final[Mapping[type[Record], tuple[str, ...]]] = {
    Case: ("acknowledged", "choice_date", "approved_on"),
    Survey: ("done_on",),
    Measure: ("fitted_on",),
    ConsentRequest: ("sent_on", "answered_on"),
    LegalOrder: ("applied", "made", "served"),
    RiskAssessment: ("assessed",),
    Closure: ("closed_on",),
    Visit: ("on",),
}
"""Fields that name a day on which something happened in a case; a birth date is none."""


def noon(day: date) -> datetime:
    """Midday of a day in England, for a moment of which only the day is known."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def day_only(value: Any) -> date | None:
    """The day of a date or a moment."""
    if isinstance(value, datetime):
        return local(value).date()
    return value if isinstance(value, date) else None


def happened(records: Given, today: date) -> list[date]:
    """The days, up to today, on which something happened."""
    found = [
        day
        for kind, fields in records
        for name in _HAPPENED.get(kind, ())
        if (day := day_only(fields.get(name))) is not None and day <= today
    ]
    return sorted(found)


def staged(records: Given, today: date) -> tuple[dict[str, Any], dict[str, Any] | None, list[str]]:
    """What the case's own fields become, its closure if it is closed, and lines to note.

    The closure is None for a case that is open. Nothing is made up: where nothing says when it
    closed, ``closed_on`` is None, and where nothing says how, and nothing was fitted, it has no
    ``outcome``; the row is then to be refused.
    """
    case = next((fields for kind, fields in records if kind is Case), {})
    closure = next((dict(fields) for kind, fields in records if kind is Closure), None)
    days, lines = happened(records, today), []
    received = day_only(case.get("received"))
    if received is not None:
        days = sorted([*days, received])
    given: dict[str, Any] = {}
    if received is None and days:
        given["received"] = noon(days[0])
        lines.append("Received: not in the tracker; taken as the first day it names.")
    stage = case.get("stage") or ""
    closed = case.get("status") == "closed" or stage == "closed"
    if case.get("status") != "open" and closure is not None:
        closed = closed or bool(closure.get("closed_on") or closure.get("outcome"))
    if closed:
        closure = closure or {}
        if closure.get("closed_on") is None:
            closure["closed_on"] = days[-1] if days else None
            lines.append("Closed on: not in the tracker; taken as the last day it names.")
        if not closure.get("outcome") and _reached(records)[0] == "aftercare":
            closure["outcome"] = "secured"
        given.update(status="closed", stage="closed", stage_entered=closure["closed_on"])
        return given, closure, lines
    reached, since = _reached(records)
    if stage in ("", "closed"):
        given.update(stage=reached)
    if given.get("stage", stage) == reached:
        given["stage_entered"] = since or received or (days[0] if days else None)
    elif days:
        given["stage_entered"] = days[-1]
    given["status"] = "open"
    return given, None, lines


def _reached(records: Given) -> tuple[str, date | None]:
    """The furthest stage that the dates of the records show, and since when."""

    def newest(kind: type[Record], *names: str) -> date | None:
        found = [
            day
            for one, fields in records
            if one is kind
            for name in names
            if (day := day_only(fields.get(name))) is not None
        ]
        return max(found, default=None)

    fitted = [
        day_only(fields.get("fitted_on"))
        for kind, fields in records
        if kind is Measure and (fields.get("state") in _FITTED or fields.get("fitted_on"))
    ]
    waiting = any(
        kind is Measure
        and not fields.get("fitted_on")
        and fields.get("state") in ("approved", "ordered")
        for kind, fields in records
    )
    approved = newest(Case, "approved_on")
    if fitted and not waiting:
        return "aftercare", max((day for day in fitted if day), default=None)
    if fitted or approved:
        return "installation", approved
    if answered := newest(ConsentRequest, "answered_on"):
        return "approval" if _granted(records) else "consent", answered
    if asked := newest(ConsentRequest, "sent_on"):
        return "consent", asked
    if surveyed := newest(Survey, "done_on"):
        return "survey", surveyed
    return "referral", None


def _granted(records: Given) -> bool:
    return any(
        kind is ConsentRequest and str(fields.get("state", "")).startswith("granted")
        for kind, fields in records
    )
