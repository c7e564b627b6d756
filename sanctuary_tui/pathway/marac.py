"""MARAC: criteria, meetings, cut-off, repeats and the twelve-month radar (DOMAIN 3)."""

from __future__ import annotations

import math
from datetime import date, timedelta

from config.format import short_date
from config.settings import Settings
from db.models import CaseFile
from sanctuary_tui.pathway import risk
from sanctuary_tui.pathway.dates import add_months, day_of, latest

CRITERIA_ORDER = ("VHR", "PJ", "ESC", "REP")
REFERRED = ("sent", "heard", "deferred")
"""States of a listing that was sent: it is a referral."""


# --- the calendar ---------------------------------------------------------------------------------


def meetings(settings: Settings, start: date, count: int) -> list[date]:
    """``count`` meetings on or after ``start``, from the first meeting and its interval."""
    rules = settings.marac
    step = max(1, rules.every_weeks) * 7
    shift = (rules.meeting_weekday - rules.first_meeting.weekday()) % 7
    first = rules.first_meeting + timedelta(days=shift)
    passed = math.ceil((start - first).days / step)
    return [first + timedelta(days=step * (passed + place)) for place in range(count)]


def next_meeting(today: date, settings: Settings) -> date:
    """The first meeting on or after ``today``."""
    return meetings(settings, today, 1)[0]


def cutoff(meeting: date, settings: Settings) -> date:
    """The last day for referrals: seven days before unless set (no figure in any source)."""
    return meeting - timedelta(days=settings.marac.cutoff_days)


def meeting_for(day: date, settings: Settings) -> date:
    """The first meeting whose cut-off had not passed on ``day``."""
    return next_meeting(day + timedelta(days=settings.marac.cutoff_days), settings)


def iso_week_label(day: date) -> str:
    """``2026W48``: the ISO week a day is in."""
    year, week, _ = day.isocalendar()
    return f"{year}W{week:02d}"


# --- repeat and radar -----------------------------------------------------------------------------


def anchor(file: CaseFile, settings: Settings) -> date | None:
    """The day the twelve months count from: last referral (SafeLives) or last heard, as set.

    Listings not yet sent do not count; a referral of the pair known from elsewhere does. The clock
    carries over a move (DOMAIN 10 F).
    """
    if settings.marac.repeat_anchor == "last_heard":
        return latest(
            item.heard_on or item.meeting for item in file.marac_listings if item.state == "heard"
        )
    sent = [item for item in file.marac_listings if item.state in REFERRED]
    own = latest(item.referred or item.meeting for item in sent)
    return latest([own, latest(item.last_referral for item in file.marac_listings)])


def within_radar(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The last day of the twelve months in which a new incident is a repeat; None outside them."""
    begun = anchor(file, settings)
    if begun is None or begun > today:
        return None
    end = add_months(begun, settings.marac.repeat_months)
    return end if end >= today else None


def repeat_day(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The first incident since the last referral, inside its twelve months (SafeLives: any abuse
    in the same pair, need not be criminal); None when there is none."""
    begun = anchor(file, settings)
    if begun is None:
        return None
    end = add_months(begun, settings.marac.repeat_months)
    days = [
        day
        for incident in file.incidents
        if (day := day_of(incident.at)) is not None and begun < day <= min(end, today)
    ]
    return min(days, default=None)


# --- criteria -------------------------------------------------------------------------------------


def criteria(
    file: CaseFile, today: date, settings: Settings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria the case meets and a reason for each, in the order VHR, PJ, ESC, REP.

    Visible high risk: the score reaches the local threshold (14). Professional judgement, whatever
    the score or without one. Escalation: three or more police reports in 12 months. Repeat: an
    incident within 12 months of the last referral. Sources: SafeLives model form; Bristol.
    """
    codes: list[str] = []
    reasons: list[str] = []
    assessment = file.latest_risk
    if assessment is not None:
        points = risk.score(assessment)
        if points is not None and points >= settings.risk.high_from:
            codes.append("VHR")
            reasons.append(f"Score {points} of 24, threshold {settings.risk.high_from}")
        if assessment.judgement == "yes":
            codes.append("PJ")
            said = " ".join(assessment.judgement_reason.split())
            reasons.append(f"Professional judgement: {said}" if said else "Professional judgement")
        reports = assessment.police_reports
        if reports is not None and reports >= settings.marac.escalation_reports:
            codes.append("ESC")
            reasons.append(f"{reports} police reports in 12 months")
    again = repeat_day(file, today, settings)
    if again is not None:
        begun = anchor(file, settings)
        codes.append("REP")
        reasons.append(
            f"Incident {short_date(again)} within {settings.marac.repeat_months} months of "
            f"{short_date(begun, again)}"
        )
    return tuple(codes), tuple(reasons)


def criterion_day(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The day from which the case should be listed: criteria met and not referred since.

    None when no criterion is met, or when everything that meets one was already referred.
    """
    again = repeat_day(file, today, settings)
    if again is not None:
        return again
    codes, _ = criteria(file, today, settings)
    assessment = file.latest_risk
    if not codes or assessment is None:
        return None
    begun = anchor(file, settings)
    assessed = assessment.assessed or day_of(file.case.received)
    if assessed is None or (begun is not None and assessed <= begun):
        return None
    return assessed
