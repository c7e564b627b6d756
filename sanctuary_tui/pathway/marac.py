"""MARAC: criteria, meetings, cut-off, repeats and the twelve-month radar (DOMAIN 3)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from config.codes import NO_ABUSE, split
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, Incident, MaracListing
from sanctuary_tui.pathway import risk
from sanctuary_tui.pathway.dates import add_months, day_of, latest, no_later

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
    """The last day for referrals: seven days before unless set (no figure in any source), or the
    working day before that.
    """
    return no_later(meeting - timedelta(days=settings.marac.cutoff_days))


def meeting_for(day: date, settings: Settings) -> date:
    """The first meeting whose cut-off had not passed on ``day``."""
    meeting = next_meeting(day + timedelta(days=settings.marac.cutoff_days), settings)
    while cutoff(meeting, settings) < day:
        meeting = next_meeting(meeting + timedelta(days=1), settings)
    return meeting


def iso_week_label(day: date) -> str:
    """``2026W48``: the ISO week a day is in."""
    year, week, _ = day.isocalendar()
    return f"{year}W{week:02d}"


# --- repeat and radar -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Repeat:
    """An incident inside the twelve months of its pair, which began on ``begun``."""

    day: date
    begun: date
    pair: int


NOBODY: Final = 0
"""The pair of a case with no perpetrator recorded."""


def pairs(file: CaseFile) -> list[int]:
    """The case's pairs of survivor and perpetrator, by the perpetrator's id."""
    return [person.id for person in file.perpetrators] or [NOBODY]


def pairs_of(file: CaseFile, listing: MaracListing) -> list[int]:
    """The pairs a listing is about: those kept when it was sent, else every pair of the case."""
    known = pairs(file)
    kept = {int(one) for one in split(listing.pairs) if one.isdecimal()}
    return [one for one in known if one in kept] or known


def pair_of(file: CaseFile, incident: Incident) -> int | None:
    """The pair an incident is of; None, not known, where it could be of several.

    Not recorded, it is of the case's only perpetrator.
    """
    known = pairs(file)
    if incident.perpetrator_id is None:
        return known[0] if len(known) == 1 else None
    return incident.perpetrator_id if incident.perpetrator_id in known else None


def referred_on(file: CaseFile, pair: int | None = None) -> date | None:
    """The last referral of a pair, or of any pair of the case.

    Listings not yet sent do not count; a referral of the pair known from elsewhere does. The clock
    carries over a move (DOMAIN 10 F).
    """
    sent = [item for item in file.marac_listings if item.state in REFERRED]
    copied = {day for item in sent for day in (item.referred, item.meeting, item.heard_on)}
    return latest(
        [
            *(item.referred or item.meeting for item in _about(file, sent, pair)),
            *(
                item.last_referral
                for item in _about(file, file.marac_listings, pair)
                if pair is None or item.last_referral not in copied
            ),
        ]
    )


def _about(
    file: CaseFile, listings: Iterable[MaracListing], pair: int | None
) -> list[MaracListing]:
    return [item for item in listings if pair is None or pair in pairs_of(file, item)]


def anchor(file: CaseFile, settings: Settings, pair: int | None = None) -> date | None:
    """The day the twelve months count from: last referral (SafeLives) or last heard, as set.

    Of one pair of survivor and perpetrator, or, without ``pair``, of any pair of the case.
    """
    if settings.marac.repeat_anchor == "last_heard":
        heard = [item for item in file.marac_listings if item.state == "heard"]
        return latest(item.heard_on or item.meeting for item in _about(file, heard, pair))
    return referred_on(file, pair)


def within_radar(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The last day of the twelve months in which a new incident is a repeat; None outside them."""
    begun = anchor(file, settings)
    if begun is None or begun > today:
        return None
    end = add_months(begun, settings.marac.repeat_months)
    return end if end >= today else None


def repeats(file: CaseFile, today: date, settings: Settings) -> list[Repeat]:
    """Every incident since its pair's anchor and inside its twelve months, oldest first.

    The same survivor and the same perpetrator; any abuse, it need not be criminal (SafeLives). An
    incident of a pair that is not known is none of these: see ``unclear_repeats``.
    """
    found = []
    for pair in pairs(file):
        begun = anchor(file, settings, pair)
        if begun is None:
            continue
        last = min(add_months(begun, settings.marac.repeat_months), today)
        days = [
            day_of(item.at)
            for item in file.incidents
            if item.kind not in NO_ABUSE and pair_of(file, item) == pair
        ]
        found += [Repeat(day, begun, pair) for day in days if day and begun < day <= last]
    return sorted(found, key=lambda repeat: (repeat.day, repeat.pair))


def repeat_day(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The first incident that is a repeat; None when there is none."""
    return next((item.day for item in repeats(file, today, settings)), None)


def unclear_repeats(file: CaseFile, today: date, settings: Settings) -> list[tuple[date, Incident]]:
    """Incidents since the last referral that would be a repeat of one pair and not of another.

    By which perpetrator is not recorded and the case has several: it is told and asked for, and
    counted as a repeat only once it is known.
    """
    found = []
    anchors = [anchor(file, settings, pair) for pair in pairs(file)]
    settled = settled_on(file)
    for incident in file.incidents:
        day = day_of(incident.at)
        if incident.kind in NO_ABUSE or day is None or day > today:
            continue
        if pair_of(file, incident) is not None:
            continue
        inside = any(
            begun is not None and begun < day <= add_months(begun, settings.marac.repeat_months)
            for begun in anchors
        )
        if inside and (settled is None or day > settled):
            found.append((day, incident))
    return sorted(found, key=lambda item: (item[0], item[1].id))


# --- criteria -------------------------------------------------------------------------------------


def criteria(
    file: CaseFile, today: date, settings: Settings
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The criteria the case meets and a reason for each, in the order VHR, PJ, ESC, REP.

    Visible high risk: the score reaches the local threshold (14). Professional judgement, whatever
    the score or without one. Escalation: three or more police reports in 12 months. Repeat: an
    incident of the same pair within 12 months of its last referral.
    Sources: SafeLives model form; Bristol.
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
    again = repeats(file, today, settings)
    if again:
        codes.append("REP")
        first = again[0]
        reasons.append(
            f"Incident {short_date(first.day)} within {settings.marac.repeat_months} months of "
            f"{short_date(first.begun, first.day)}"
        )
    return tuple(codes), tuple(reasons)


def awaited(listing: MaracListing) -> date | None:
    """The meeting a listing was sent to, while its outcome is not recorded; None else.

    A transfer is heard by another MARAC, which no outcome is recorded of (DOMAIN 10 F).
    """
    return (
        listing.meeting if listing.state == "sent" and listing.listing_type != "transfer" else None
    )


def deferred(file: CaseFile) -> MaracListing | None:
    """The listing a meeting put off, until the case is listed again; None when there is none."""
    standing = [
        item for item in file.marac_listings if item.state != "withdrawn" or item.outcome.strip()
    ]
    last = max(standing, key=lambda item: item.meeting or date.min, default=None)
    return last if last is not None and last.state == "deferred" else None


def withdrawn_on(file: CaseFile, pair: int | None = None) -> date | None:
    """The last day on which a pair, or any of the case, was listed for what was then withdrawn.

    A listing withdrawn with its reason decides on what had happened by the day it was put on the
    list; what came after that day asks anew. Without a reason nothing was decided.
    """
    withdrawn = [
        item for item in file.marac_listings if item.state == "withdrawn" and item.outcome.strip()
    ]
    return latest(item.referred or item.meeting for item in _about(file, withdrawn, pair))


def settled_on(file: CaseFile, pair: int | None = None) -> date | None:
    """The day up to which it is decided whether a pair, or the case, goes to MARAC."""
    return latest((referred_on(file, pair), withdrawn_on(file, pair)))


def criterion_day(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The day from which the case should be listed: criteria met and not referred since.

    A listing the meeting deferred asks for the next one from that day. None when no criterion is
    met, or when everything that meets one was already referred, or listed and withdrawn with a
    reason.
    """
    for again in repeats(file, today, settings):
        settled = settled_on(file, again.pair)
        if settled is None or again.day > settled:
            return again.day
    put_off = deferred(file)
    if put_off is not None:
        return put_off.meeting
    codes, _ = criteria(file, today, settings)
    assessment = file.latest_risk
    if not codes or assessment is None:
        return None
    settled = settled_on(file)
    assessed = assessment.assessed or day_of(file.case.received)
    if assessed is None or (settled is not None and assessed <= settled):
        return None
    return assessed
