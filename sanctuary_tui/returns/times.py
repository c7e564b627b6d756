"""How long it took from the referral to each stage, by tenure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import ceil
from typing import Final

from db.models import CaseFile
from sanctuary_tui.pathway.dates import latest
from sanctuary_tui.returns import shared
from sanctuary_tui.returns.figures import Counted, Figure, Hangs, Period, Return, say

FORM: Final = "times"
REACHED: Final = {
    "acknowledged": "Acknowledged to the referrer",
    "risk": "First risk assessment",
    "survey": "First survey",
    "consent": "First consent granted",
    "approval": "Approved",
    "secured": "Home secured",
    "aftercare": "First aftercare check",
    "closed": "Closed",
}
LEAST: Final = 10
"""Outside the council no time of fewer cases is told (DOMAIN 4: no cross-tabs below ten)."""
_RULE: Final = (
    "Cases that came to it on a day of the period; calendar days from the referral, by the date "
    "on the record. What is dated before the referral is of an earlier time and is left out."
)
_GRANTED: Final = ("granted", "granted_conditional")
_NINETY: Final = 90
_HALF: Final = 50


def times(files: Sequence[CaseFile], period: Period) -> Return:
    """Median, 90th percentile and worst of the days from referral to each stage."""
    made = Return(FORM, "Times from referral to each stage", period)
    for stage, title in REACHED.items():
        days = {file.case.id: _days(file, stage, period) for file in files}
        reached = [file for file in files if days[file.case.id] is not None]
        whole = made.add(f"{stage}.all", f"{title}: cases", _RULE, (_one(file) for file in reached))
        made.divide(
            whole,
            {code: f"{title}: {words.lower()}" for code, words in shared.OWNED.items()},
            {file.case.id: shared.tenure(file) for file in reached},
            f"{_RULE} By the tenure of the home.",
        )
        for code in ("", *shared.OWNED):
            behind = [file for file in reached if not code or shared.tenure(file) == code]
            key = f"{whole.key}.{code}" if code else whole.key
            _spread(made, made.figures[key], behind, {one: days[one] or 0 for one in days})
    return made


def _one(file: CaseFile) -> Counted:
    return say(file, "came to it in the period")


def _days(file: CaseFile, stage: str, period: Period) -> int | None:
    """Days from the referral to the stage, where that was reached in the period."""
    start, day = shared.received(file), reached_on(file, stage)
    if start is None or day is None or day < start or not period.has(day):
        return None
    return (day - start).days


def reached_on(file: CaseFile, stage: str) -> date | None:
    """The day a case came to a stage, by the record that shows it; None where it has not."""
    found: dict[str, list[date | None]] = {
        "acknowledged": [file.case.acknowledged],
        "risk": [one.assessed for one in file.risk_assessments],
        "survey": [one.done_on for one in file.surveys],
        "consent": [one.answered_on for one in file.consent_requests if one.state in _GRANTED],
        "approval": [file.case.approved_on],
        "secured": [shared.secured_on(file)],
        "aftercare": [one.done_on for one in file.aftercare_checks if one.outcome == "done"],
        "closed": [],
    }
    if stage == "closed":
        closed = file.case.status == "closed"
        return latest(one.closed_on for one in file.closures) if closed else None
    return min((day for day in found[stage] if day is not None), default=None)


def percentile(days: Sequence[int], share: int) -> int | None:
    """The nearest rank: the smallest of them that at least ``share`` in a hundred do not pass."""
    ordered = sorted(days)
    return ordered[max(1, ceil(len(ordered) * share / 100)) - 1] if ordered else None


def _spread(made: Return, whole: Figure, behind: Sequence[CaseFile], days: dict[int, int]) -> None:
    """The three times of a group of cases."""
    found = [days[file.case.id] for file in behind]
    cases = tuple(say(file, "days from the referral", days[file.case.id]) for file in behind)
    words = whole.label.removesuffix(": cases")
    for name, title, value in (
        ("median", "median days", percentile(found, _HALF)),
        ("p90", "90th percentile, days", percentile(found, _NINETY)),
        ("worst", "longest, days", max(found, default=None)),
    ):
        rule = f"{_RULE} Median and percentile by the nearest rank."
        made.put(Figure(f"{whole.key}.{name}", f"{words}: {title}", value, rule, "days", cases))
        made.hangs.append(Hangs(f"{whole.key}.{name}", whole.key, LEAST))
