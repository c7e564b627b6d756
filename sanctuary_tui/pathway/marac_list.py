"""Who may stand on a meeting's list, why, and what the row still lacks (DOMAIN 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from config.codes import NO_ABUSE, UNANSWERED
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, MaracListing, Person
from db.readmodels import CaseCard, MaracCandidate
from sanctuary_tui.pathway import contact, emergency, marac, risk, transfer
from sanctuary_tui.pathway.dates import day_of


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


def _was_withdrawn(file: CaseFile, meeting: date) -> bool:
    """Withdrawn from the list of a meeting: it stays in sight there, to be listed again."""
    return any(
        item.meeting == meeting and item.state == "withdrawn" for item in file.marac_listings
    )


def candidate(
    file: CaseFile, card: CaseCard, meeting: date, today: date, settings: Settings
) -> MaracCandidate | None:
    """The case as it may stand on the list of ``meeting``; None when nothing asks for it.

    On the list already or withdrawn from it, or open with criteria met since the last referral, or
    put off by a meeting. A case under an emergency path is offered as an emergency listing, with or
    without a score (DOMAIN 10 C); one that moved inside the twelve months as a transfer, closed or
    not (DOMAIN 10 F).
    """
    listing = listing_for(file, meeting)
    urgent = emergency.is_emergency(file, today, settings)
    moving = _is_moving(file, today, settings)
    withdrawn = _was_withdrawn(file, meeting)
    if not (listing or moving or withdrawn or _is_asked_for(file, today, settings)):
        return None
    put_off = marac.deferred(file) if listing is None else None
    before = _before(file, listing or put_off)
    codes, reasons = marac.criteria(before, today, settings)
    reasons += tuple(
        f"Incident {short_date(day)} may be a repeat: by which perpetrator is not recorded"
        for day, _ in marac.unclear_repeats(before, today, settings)
    )
    if listing is None and withdrawn:
        reasons = (*reasons, "Withdrawn from this list; it may be listed again")
    if put_off is not None:
        reasons = (*reasons, f"Deferred on {short_date(put_off.meeting)}")
    if moving or _is_transfer(file, listing):
        reasons = (*reasons, "Moved inside the twelve months: another MARAC to take the case")
    if urgent:
        reasons = (*reasons, "Emergency path")
    begun = marac.anchor(file, settings)
    return MaracCandidate(
        card=card,
        criteria=codes,
        reasons=reasons,
        listing_id=listing.id if listing else None,
        listing_type=listing.listing_type if listing else _type(codes, urgent, moving),
        last_referral=(listing.last_referral if listing else None) or begun,
        missing=(*missing_fields(file, listing), *_unclear(before, today, settings)),
        ticked=listing is not None,
    )


def cannot_wait(file: CaseFile, today: date, settings: Settings) -> bool:
    """An emergency that is on no list: it goes to the next meeting, whose list may have closed.

    Source: DOMAIN 10 C, judgement route to an emergency MARAC.
    """
    return emergency.is_emergency(file, today, settings) and _is_asked_for(file, today, settings)


def emergency_day(file: CaseFile, today: date, settings: Settings) -> date | None:
    """The day from which an emergency asks for a referral; None when it does not, or no more.

    Asked for from the day the path opened until the case was referred since, or stands on a list to
    come: a referral from before is of another emergency. Listed and withdrawn with a reason, it is
    decided until another release comes near or there is abuse again.
    Source: DOMAIN 10 C, judgement route to an emergency MARAC.
    """
    begun = emergency.began(file, today, settings)
    if begun is None:
        return None
    for item in file.marac_listings:
        on = item.referred or item.meeting
        if item.state in marac.REFERRED and on is not None and on >= begun:
            return None
        if item.state == "draft" and item.meeting is not None and item.meeting >= begun:
            return None
    withdrawn = marac.withdrawn_on(file)
    if withdrawn is None or withdrawn < begun:
        return begun
    return next((day for day in _alarms(file, begun, today, settings) if day > withdrawn), None)


def _alarms(file: CaseFile, begun: date, today: date, settings: Settings) -> list[date]:
    """The day the path opened, those on which a release came near, those of abuse; in order."""
    near = timedelta(days=emergency.days_of(settings.emergency.release_hours))
    released = [item.release_date for item in emergency.releases(file, today, settings)]
    abuse = [day_of(item.at) for item in file.incidents if item.kind not in NO_ABUSE]
    days = [begun, *(day - near for day in released if day), *(day for day in abuse if day)]
    return sorted(days)


def _is_asked_for(file: CaseFile, today: date, settings: Settings) -> bool:
    """Open, on no list to come, and with a criterion not yet referred or a fresh emergency."""
    if file.case.status != "open" or _is_listed(file, today):
        return False
    return (
        marac.criterion_day(file, today, settings) is not None
        or bool(marac.unclear_repeats(file, today, settings))
        or emergency_day(file, today, settings) is not None
    )


def _is_listed(file: CaseFile, today: date) -> bool:
    return any(
        item.state == "draft" and item.meeting is not None and item.meeting >= today
        for item in file.marac_listings
    )


def _is_moving(file: CaseFile, today: date, settings: Settings) -> bool:
    """Moved, and the next MARAC is still to be told (DOMAIN 10 F); the case may be closed."""
    due = transfer.marac_transfer_due(file, settings)
    inside = marac.within_radar(file, today, settings) is not None
    return due is not None and inside and not _is_listed(file, today)


def _is_transfer(file: CaseFile, listing: MaracListing | None) -> bool:
    return listing is not None and listing.listing_type == "transfer" and transfer.moved(file)


def _unclear(file: CaseFile, today: date, settings: Settings) -> list[str]:
    found = marac.unclear_repeats(file, today, settings)
    return [f"who did the incident of {short_date(day)}" for day, _ in found]


def _before(file: CaseFile, listing: MaracListing | None) -> CaseFile:
    """The case as it stood before this listing was sent: sending takes no reason away."""
    if listing is None:
        return file
    asked = replace(listing, state="draft")
    others = [asked if item is listing else item for item in file.marac_listings]
    return replace(file, marac_listings=others)


def _type(codes: tuple[str, ...], urgent: bool, moving: bool) -> str:
    if urgent:
        return "emergency"
    if moving and "REP" not in codes:
        return "transfer"
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
    for place, person in enumerate(file.perpetrators, 1):
        missing += _perpetrator_missing(person, place, of=len(file.perpetrators))
    if any(child.dob is None for child in file.children):
        missing.append("children's dates of birth")
    return missing


def _perpetrator_missing(person: Person, place: int, *, of: int) -> list[str]:
    """Of one perpetrator, whose row it is; by place among several, never by name."""
    who = "perpetrator" if of == 1 else f"perpetrator {place}"
    missing = []
    if not person.surname:
        missing.append(f"{who}'s name")
    if person.dob is None:
        missing.append(f"{who}'s date of birth")
    if person.relationship in UNANSWERED:
        missing.append("relationship" if of == 1 else f"{who}'s relationship")
    return missing


def _risk_missing(file: CaseFile, listing: MaracListing | None) -> list[str]:
    """A judgement kept on the listing is one too: an emergency may have no assessment yet."""
    assessment = file.latest_risk
    judged = listing is not None and bool(listing.judgement_reason.strip())
    if assessment is None:
        return [] if judged else ["risk assessment or judgement"]
    if assessment.judgement == "yes":
        return [] if judged or assessment.judgement_reason.strip() else ["reason for judgement"]
    if judged:
        return []
    return [] if risk.score(assessment) is not None else ["risk score or judgement"]


def _sharing_missing(listing: MaracListing | None) -> list[str]:
    if listing is None:
        return ["sharing decision"]
    missing = []
    if listing.victim_aware in UNANSWERED:
        missing.append("whether the survivor knows")
    elif listing.victim_aware == "no" and not listing.unaware_reason.strip():
        missing.append("why the survivor does not know")
    if listing.consent in UNANSWERED:
        missing.append("consent to share")
    undecided = transfer.undecided(listing)
    return missing + ["when decided" if one == "when" else one for one in undecided]
