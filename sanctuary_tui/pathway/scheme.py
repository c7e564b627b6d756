"""Full scheme or security only, how far a home is secured, what counts (DOMAIN 1 and 4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from config.calendar import add_working_days
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, Expenditure, Measure, Support
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.dates import latest

_SECURING = ("hardening", "room")
_SUPPORTED = ("accepted", "already")


def scheme_type(file: CaseFile) -> tuple[str, str]:
    """``full``, ``security_only`` or ``undetermined``, and the evidence in one sentence.

    Full: security, specialist support with safety planning, the survivor's choice and a safety
    assessment; hardware alone is not sanctuary (MHCLG 2026 4.1).
    """
    secured = [item for item in works.fitted(file) if not works.portable(item)]
    if not secured:
        lent = any(works.portable(item) for item in works.fitted(file))
        only = "Only portable kit is fitted, which is interim."
        return "undetermined", only if lent else "Nothing is fitted yet."
    if not any(item.answer in _SUPPORTED for item in file.support):
        if any(item.answer == "declined" for item in file.support):
            return "security_only", "Measures fitted; support offered and declined."
        return "undetermined", "Measures fitted; the answer to the support offer is not recorded."
    missing = []
    if not file.safety_plans:
        missing.append("a safety plan")
    if file.case.choice_made != "yes":
        missing.append("the survivor's choice")
    if not file.risk_assessments:
        missing.append("a risk assessment")
    if missing:
        return "undetermined", f"Measures fitted, support in place; not recorded: {_list(missing)}."
    return "full", "Measures fitted, support and safety plan in place, choice and risk recorded."


def home_secured(file: CaseFile) -> str:
    """``yes``, ``part`` or ``no``. Portable and interim kit never counts (DOMAIN 1, emergency)."""
    fixed = [item for item in file.measures if not works.portable(item)]
    waiting = any(item.state in works.PENDING or item.state == "faulty" for item in fixed)
    placed = [item for item in fixed if item.state == "fitted"]
    if not placed:
        fine = any(survey.no_works == "yes" for survey in file.surveys)
        return "yes" if fine and not waiting else "no"
    if waiting:
        return "part"
    for item in placed:
        known = works.entry(item)
        if known is None or known.category in _SECURING:
            return "yes"
    return "part"


def return_year(day: date) -> tuple[date, date]:
    """The first and last day of the return's year a day is in: April to March (DOMAIN 4)."""
    first = day.year if day.month >= 4 else day.year - 1
    return date(first, 4, 1), date(first + 1, 3, 31)


def counts_in_return(file: CaseFile, year_start: date, year_end: date) -> bool:
    """Whether the household counts in the MHCLG return for a year (both days included).

    A measure fitted and support active in the year; never hardware only (NESG 2022-23 glossary).
    """
    return return_reason(file, year_start, year_end)[0]


def return_reason(file: CaseFile, year_start: date, year_end: date) -> tuple[bool, str]:
    """Whether the household counts in the return for a year, and why, in one sentence.

    Source: DOMAIN 4; NESG 2022-23 glossary.
    """
    fitted = min(
        (
            item.fitted_on
            for item in file.measures
            if item.fitted_on is not None
            and item.fitted_on <= year_end
            and not works.portable(item)
            and item.state in (*works.IN_PLACE, "removed")
        ),
        default=None,
    )
    if fitted is None:
        lent = any(works.portable(item) for item in works.fitted(file))
        return False, "Only portable kit; no measure fitted." if lent else "No measure fitted yet."
    closed = (
        latest(item.closed_on for item in file.closures) if file.case.status == "closed" else None
    )
    since = f"Measure fitted {short_date(fitted, year_end)}"
    if any(_active(item, closed, year_start, year_end) for item in file.support):
        return True, f"{since}; support active in the year."
    if any(item.answer in _SUPPORTED for item in file.support):
        return False, f"{since}; support was not active in the year."
    if any(item.answer == "declined" for item in file.support):
        return False, f"{since}; support declined: hardware alone never counts."
    return False, f"{since}; no support recorded: hardware alone never counts."


def _active(item: Support, closed: date | None, year_start: date, year_end: date) -> bool:
    if item.answer not in _SUPPORTED:
        return False
    start = item.start or item.offered
    end = item.ended or closed
    if start is not None and start > year_end:
        return False
    return end is None or end >= year_start


def ha_pending(file: CaseFile) -> bool:
    """Passed to the landlord's own scheme, and no outcome yet (Uttlesford: track the outcome).

    The outcome is known when every measure funded by the landlord is fitted, declined or removed,
    or when the date the answer, or after a yes the fitting, was due is cleared.
    """
    if file.case.ha_scheme != "yes" or file.case.ha_return_due is None:
        return False
    theirs = [item for item in file.measures if item.fund == "ha"]
    return not theirs or any(item.state not in works.SETTLED for item in theirs)


def ha_fits(file: CaseFile) -> bool:
    """Whether the landlord's own scheme has said that it does the works (DOMAIN 10 E)."""
    return file.case.ha_scheme == "yes" and file.case.ha_answer == "yes"


def ha_owns(file: CaseFile, measure: Measure) -> bool:
    """Whether a measure is for the scheme of the landlord who owns what it is fitted to.

    Its own works in a home it lets need no other consent of it; a fund's name alone makes nobody
    an owner, and the common parts may be somebody else's (DOMAIN 5; gates G4 and G9).
    """
    if file.case.ha_scheme != "yes" or measure.fund != "ha" or measure.part != "dwelling":
        return False
    return file.home is not None and file.home.tenure in ("ha", "council")


def ha_return_due(asked: date, settings: Settings) -> date:
    """When a landlord's own scheme should answer: 3 working days unless set (DOMAIN 10 E)."""
    return add_working_days(asked, settings.policy.ha_return_days)


def pence_of(item: Expenditure) -> int:
    """What was ordered or paid: the gross amount, or net and VAT where that is not given."""
    return item.gross if item.gross is not None else (item.net or 0) + (item.vat or 0)


def ordered_or_spent(
    file: CaseFile, *, theirs: bool = False, dated: Callable[[date | None], bool] | None = None
) -> int:
    """Pence ordered, invoiced or paid from the scheme's own funds, or, ``theirs``, from a housing
    association's own scheme, which is never in the scheme's total; all, or what is ``dated`` so.

    This is "ordered or spent": what is committed and what is spent together, as the working group's
    return has it. Where the two are told apart, in Funds and the money of a year, "committed" and
    "spent" are those of ``money.sums``, which knows what is fitted, measures' own costs and grants.
    """
    return sum(
        pence_of(item)
        for item in file.expenditures
        if (item.fund == "ha") is theirs and (dated is None or dated(item.on))
    )


def needs_gap(file: CaseFile, measure: Measure) -> bool:
    """Whether the landlord's own scheme refused a measure for which nothing else stands in yet.

    What a housing association declines becomes a gap on another fund (DOMAIN 10 E).
    """
    if file.case.ha_scheme != "yes" or measure.fund != "ha" or measure.state != "declined":
        return False
    return not any(
        item.fund != "ha" and item.state != "declined" and _same(item, measure)
        for item in file.measures
    )


def _same(one: Measure, other: Measure) -> bool:
    """Whether two entries are of the same thing, for the same place."""
    what = one.catalogue_id == other.catalogue_id
    named = one.catalogue_id is not None or one.name.casefold() == other.name.casefold()
    return what and named and one.location.casefold() == other.location.casefold()


def _list(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
