"""MARAC: criteria, candidates, meetings, cut-off and the twelve-month radar (DOMAIN 3)."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, MaracListing
from db.readmodels import CaseCard, MaracCandidate
from sanctuary_tui.pathway import contact, emergency, risk
from sanctuary_tui.pathway.dates import add_months, day_of, latest

CRITERIA_ORDER = ("VHR", "PJ", "ESC", "REP")
_REFERRED = ("sent", "heard", "deferred")
_UNANSWERED = ("not_known", "not_asked", "")


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
    sent = [item for item in file.marac_listings if item.state in _REFERRED]
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


def listing_for(file: CaseFile, meeting: date) -> MaracListing | None:
    """The case's listing for a meeting, unless withdrawn."""
    return next(
        (
            item
            for item in file.marac_listings
            if item.meeting == meeting and item.state != "withdrawn"
        ),
        None,
    )


def candidate(
    file: CaseFile, card: CaseCard, meeting: date, today: date, settings: Settings
) -> MaracCandidate | None:
    """The case as it may stand on the list of ``meeting``; None when nothing asks for it.

    On the list already, or open with criteria met since the last referral. A case under an
    emergency path is offered as an emergency listing, with or without a score (DOMAIN 10 C).
    """
    listing = listing_for(file, meeting)
    urgent = emergency.is_emergency(file, today, settings)
    if listing is None:
        if file.case.status != "open":
            return None
        elsewhere = any(
            item.state == "draft" and item.meeting is not None and item.meeting >= today
            for item in file.marac_listings
        )
        if elsewhere or (criterion_day(file, today, settings) is None and not _fresh(file, urgent)):
            return None
    codes, reasons = criteria(_before(file, listing), today, settings)
    if urgent:
        reasons = (*reasons, "Emergency path")
    begun = anchor(file, settings)
    return MaracCandidate(
        card=card,
        criteria=codes,
        reasons=reasons,
        listing_id=listing.id if listing else None,
        listing_type=listing.listing_type if listing else _type(codes, urgent),
        last_referral=(listing.last_referral if listing else None) or begun,
        missing=missing_fields(file, listing),
        ticked=listing is not None,
    )


def _before(file: CaseFile, listing: MaracListing | None) -> CaseFile:
    """The case as it stood before this listing was sent: sending takes no reason away."""
    if listing is None:
        return file
    asked = replace(listing, state="draft")
    others = [asked if item is listing else item for item in file.marac_listings]
    return replace(file, marac_listings=others)


def _fresh(file: CaseFile, urgent: bool) -> bool:
    return urgent and not any(item.state in _REFERRED for item in file.marac_listings)


def _type(codes: tuple[str, ...], urgent: bool) -> str:
    if urgent:
        return "emergency"
    return "repeat" if "REP" in codes else "new"


# --- what a row still lacks -----------------------------------------------------------------------


def missing_fields(file: CaseFile, listing: MaracListing | None) -> tuple[str, ...]:
    """What the list still lacks for this case, in words; nothing here stops the sending.

    From the forms compared in DOMAIN 3 and the sharing rules: purpose, who decided, when, on what
    basis, and whether the survivor knows.
    """
    return (*_people_missing(file), *_risk_missing(file, listing), *_sharing_missing(listing))


def _people_missing(file: CaseFile) -> list[str]:
    missing = []
    survivor = file.survivor
    if survivor is None or not survivor.surname:
        missing.append("survivor's name")
    if survivor is None or survivor.dob is None:
        missing.append("survivor's date of birth")
    home = file.home
    if home is None or not home.address:
        missing.append("address")
    if not contact.answered(file):
        missing.append("safe contact")
    if not file.perpetrators:
        missing.append("perpetrator")
    for person in file.perpetrators[:1]:
        if not person.surname:
            missing.append("perpetrator's name")
        if person.dob is None:
            missing.append("perpetrator's date of birth")
        if person.relationship in _UNANSWERED:
            missing.append("relationship")
    if any(child.dob is None for child in file.children):
        missing.append("children's dates of birth")
    return missing


def _risk_missing(file: CaseFile, listing: MaracListing | None) -> list[str]:
    assessment = file.latest_risk
    if assessment is None:
        return ["risk assessment or judgement"]
    if assessment.judgement == "yes":
        reason = assessment.judgement_reason or (listing.judgement_reason if listing else "")
        return [] if reason.strip() else ["reason for judgement"]
    return [] if risk.score(assessment) is not None else ["risk score or judgement"]


def _sharing_missing(listing: MaracListing | None) -> list[str]:
    if listing is None:
        return ["sharing decision"]
    missing = []
    if listing.victim_aware in _UNANSWERED:
        missing.append("whether the survivor knows")
    elif listing.victim_aware == "no" and not listing.unaware_reason.strip():
        missing.append("why the survivor does not know")
    if listing.consent in _UNANSWERED:
        missing.append("consent to share")
    if listing.share_basis in _UNANSWERED:
        missing.append("lawful basis")
    if not listing.decided_by.strip():
        missing.append("who decided")
    if listing.decided_on is None:
        missing.append("when decided")
    return missing
