"""Risk: score and band, which never close a route and never go down by themselves (DOMAIN 3)."""

from __future__ import annotations

from datetime import date, timedelta

from config.calendar import add_working_days
from config.dash import DASH_QUESTIONS
from config.settings import Settings
from db.models import CaseFile, Incident, RiskAssessment
from sanctuary_tui.pathway.dates import day_of

GRAVE = frozenset({"threat", "assault", "attempt", "entry"})
"""Kinds of incident that raise the case by themselves."""
RANK = {"not_known": 0, "standard": 1, "medium": 2, "high": 3}


def score_of(answers: str) -> int | None:
    """One point a yes among 24 answers (``y``, ``n``, ``d``, ``.``); None when all are blank.

    A blank is not a "no": a score of an incomplete form is at least, not exactly (DOMAIN 3).
    """
    given = answers.lower()
    if not any(answer in "ynd" for answer in given):
        return None
    return given.count("y")


def is_complete(answers: str) -> bool:
    """Whether all 24 questions have an answer; "don't know" is one."""
    given = answers.lower()
    return len(given) == len(DASH_QUESTIONS) and all(answer in "ynd" for answer in given)


def score(risk: RiskAssessment) -> int | None:
    """The score of an assessment: counted from a complete form, else the higher one given."""
    counted = score_of(risk.answers)
    if counted is None or is_complete(risk.answers):
        return risk.score if counted is None else counted
    return max(counted, risk.score or 0)


def band(score: int | None, judgement: str, settings: Settings) -> str:
    """The band of a score: local thresholds; professional judgement makes it high, never lower.

    Source: Plymouth's bands as default (1-9, 10-13, 14+); bands are local (DOMAIN 3).
    """
    if judgement == "yes":
        return "high"
    if score is None:
        return "not_known"
    if score >= settings.risk.high_from:
        return "high"
    return "medium" if score >= settings.risk.medium_from else "standard"


def current(file: CaseFile, settings: Settings) -> tuple[str, int | None]:
    """The case's band and latest score.

    A later, lower score takes the band down only where the assessor answered the judgement
    question "no": no auto-downgrade (DOMAIN 3, interface rule).
    """
    held, latest = "not_known", None
    for risk in sorted(file.risk_assessments, key=lambda item: item.assessed or date.min):
        points = score(risk)
        found = band(points, risk.judgement, settings)
        if RANK[found] >= RANK[held] or (risk.judgement == "no" and found != "not_known"):
            held = found
        latest = points if points is not None else latest
    return held, latest


def review_date(risk: RiskAssessment, settings: Settings) -> date | None:
    """When the assessment is to be looked at again: as set, or every 6 to 8 weeks (SafeLives)."""
    if risk.review_due is not None or risk.assessed is None:
        return risk.review_due
    return risk.assessed + timedelta(weeks=settings.risk.review_weeks)


def next_review(file: CaseFile, settings: Settings) -> tuple[date | None, Incident | None]:
    """When the newest assessment is to be looked at again, and the incident that brings it forward.

    On its review date, or the working day after an incident since, if that is sooner (SafeLives:
    every 6 to 8 weeks and on change). None where no dated assessment is recorded.
    """
    assessment = file.latest_risk
    if assessment is None or assessment.assessed is None:
        return None, None
    due = review_date(assessment, settings)
    after = reviewed_after(file, assessment.assessed)
    if after is not None and (due is None or after[0] < due):
        return after
    return due, None


def reviewed_after(file: CaseFile, last: date | None) -> tuple[date, Incident] | None:
    """The working day on which the first incident after a review's day asks for another one."""
    after = [
        (day, incident.id, incident)
        for incident in file.incidents
        if (day := day_of(incident.at)) is not None and (last is None or day > last)
    ]
    if not after:
        return None
    day, _, incident = min(after, key=lambda item: item[:2])
    return add_working_days(day, 1), incident


def grave(file: CaseFile) -> tuple[date, Incident] | None:
    """The newest threat, assault or attempt to get in that no assessment has looked at since.

    It raises more than a review: marker, kit and MARAC (DOMAIN 1, emergency path, and 7).
    """
    assessment = file.latest_risk
    last = assessment.assessed if assessment is not None else None
    found = [
        (day, incident.id, incident)
        for incident in file.incidents
        if incident.kind in GRAVE
        and (day := day_of(incident.at)) is not None
        and (last is None or day > last)
    ]
    if not found:
        return None
    day, _, incident = max(found, key=lambda item: item[:2])
    return day, incident


def out_of_date(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether there is no dated assessment, or its review has passed (DOMAIN 1, stage 3)."""
    due, _ = next_review(file, settings)
    return due is None or due < today
