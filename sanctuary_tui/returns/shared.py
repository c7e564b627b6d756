"""What several returns count the same way: days, fittings, spending, who could not be supported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from config.codes import CODES, UNANSWERED
from config.format import full_date
from config.measures import catalogue
from db.models import CaseFile, Closure, Measure, Person
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.returns.figures import Counted, Figure, Period, Return, known, say

OWNED: Final = {
    "council": "Council tenants",
    "ha": "Housing association tenants",
    "prs": "Private tenants",
    "own": "Owners, shared owners too",
    "not_known": "Other or not known",
}
"""Tenures as the returns tell them apart: none so small that it names a household."""
_OWN: Final = ("owner", "mortgage", "shared_owner")
_SECURING: Final = ("hardening", "room")
FITTED: Final = (*sorted(works.IN_PLACE), "removed")
"""States of a measure that was fixed at some time."""

UNMET: Final = {
    "no_contact": "Could not be contacted",
    "declined": "Offered, not accepted",
    "unsafe": "Not safe to stay there",
    "perp_resident": "The perpetrator lives there",
    "legal_bar": "A legal bar",
    "consent_refused": "The landlord or owner refused",
    "passed_to_ha": "Passed to a housing association's scheme",
    "out_of_area": "Out of the area",
    "perpetrator_referral": "Referral was for the perpetrator",
}
"""Outcomes of a closing by which a household was not supported, as the government's form names
them where it has a name (NESG 2022-23, paragraphs 57 to 61)."""


def tenure(file: CaseFile) -> str:
    """The tenure of the home, as ``OWNED`` tells them apart."""
    given = file.home.tenure if file.home is not None else ""
    return "own" if given in _OWN else given if given in OWNED else "not_known"


def received(file: CaseFile) -> date | None:
    """The day in England on which the referral came."""
    return day_of(file.case.received)


def survivor(file: CaseFile) -> Person:
    """The survivor; a blank one where none is recorded."""
    return file.survivor or Person(role="survivor")


def fixed(file: CaseFile) -> list[Measure]:
    """Measures that were fixed to the home at any time, also those removed since."""
    return [
        one
        for one in file.measures
        if one.fitted_on is not None and one.state in FITTED and not works.portable(one)
    ]


def category(measure: Measure) -> str:
    """The part of the catalogue it is of; ``own`` for one of the scheme's own."""
    entry = works.entry(measure)
    return entry.category if entry is not None else "own"


def secured_on(file: CaseFile) -> date | None:
    """The day the first measure that hardens the home was fixed; None where none was.

    Portable kit is interim and never counts (DOMAIN 1); nor do lights and alarms alone.
    """
    days = (one.fitted_on for one in fixed(file) if category(one) in (*_SECURING, "own"))
    return min((day for day in days if day is not None), default=None)


def not_securing() -> list[int]:
    """Numbers of the catalogue's measures by which no home is secured."""
    return [
        number
        for number, known in catalogue().items()
        if known.portable or known.category not in _SECURING
    ]


def age(dob: date | None, on: date) -> int | None:
    """Whole years on a day; None where no date of birth is recorded."""
    if dob is None:
        return None
    return on.year - dob.year - ((on.month, on.day) < (dob.month, dob.day))


def referrals(files: Iterable[CaseFile], period: Period, made: Return) -> Figure:
    """The referrals of a period."""
    found = []
    for file in files:
        day = received(file)
        if day is not None and period.has(day):
            found.append(say(file, f"received {full_date(day)}"))
    return made.add(
        "referrals",
        "Referrals",
        "Each case whose referral was received in the period, in England's time; a household that "
        "is referred again as a new case counts again (STADA 2023).",
        found,
    )


def not_supported(file: CaseFile, period: Period) -> Closure | None:
    """The last closing in the period by which the household was not supported.

    Nothing that secures the home was fixed by then: who was secured first was supported.
    """
    found = None
    for one in sorted(file.closures, key=lambda one: (one.closed_on or date.min, one.id)):
        if one.closed_on is None or not period.has(one.closed_on) or one.outcome not in UNMET:
            continue
        secured = secured_on(file)
        if secured is None or secured > one.closed_on:
            found = one
    return found


def unmet(files: Iterable[CaseFile], period: Period, made: Return) -> Figure:
    """Households that could not be supported, by reason."""
    why: dict[int, str] = {}
    found: list[Counted] = []
    for file in files:
        closing = not_supported(file, period)
        if closing is not None and closing.closed_on is not None:
            why[file.case.id] = known(closing.outcome, UNMET)
            said = UNMET[closing.outcome].lower()
            found.append(say(file, f"closed {full_date(closing.closed_on)}: {said}"))
    rule = (
        "Each case closed in the period with an outcome by which it was not supported, before "
        "anything that secures the home was fixed; by the outcome of its last such closing. "
        "Duplicates are left out (NESG 2022-23, paragraphs 57 to 61)."
    )
    whole = made.add("unmet", "Households that could not be supported", rule, found)
    made.divide(whole, UNMET, why, rule)
    return whole


def children_here(file: CaseFile) -> int:
    """Children of the household, but for those who are said not to live in the home."""
    return sum(one.lives_here != "no" for one in file.children)


SUPPORT_ENDS: Final = {
    **{code: title for code, title in CODES["support_end"].items() if code not in UNANSWERED},
    "not_known": "Not known why it ended",
}
