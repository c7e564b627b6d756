"""The meeting's agenda and its actions (domain sections 3b and 3c)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from config.codes import CODES
from db.models import CaseFile, MaracAction, MaracListing, Person
from sanctuary_tui.exports.columns import ACTION_COLUMNS, AGENDA_COLUMNS
from sanctuary_tui.exports.marac_cells import (
    MaracContext,
    cut,
    day_text,
    full_name,
    is_due,
    is_outstanding,
    listed,
    masked,
    unsafe_numbers,
    words_of,
)
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.withhold import Secrets, secrets_of


def agenda_rows(
    cases: Sequence[tuple[CaseFile, MaracListing]], context: MaracContext
) -> list[dict[str, str]]:
    """The meeting's agenda, one row a listing in the order given (``AGENDA_COLUMNS``)."""
    return [
        _agenda_row(number, file, listing, context)
        for number, (file, listing) in enumerate(cases, start=1)
    ]


def _agenda_row(
    number: int, file: CaseFile, listing: MaracListing, context: MaracContext
) -> dict[str, str]:
    profile = PROFILES["marac"]
    seen, chosen = profile.view(file), profile.blank(listing)
    survivor = seen.survivor or Person()
    shown = full_name if context.names_in_agenda else masked
    meeting = chosen.meeting or context.today
    row = {
        "order": str(number),
        "meeting_date": day_text(chosen.meeting),
        "start_slot": _slot(context, number),
        "marac_ref": chosen.marac_ref,
        "listing_type": words_of(chosen.listing_type),
        "victim_initials": shown(survivor),
        "victim_yob": str(survivor.dob.year) if survivor.dob else "",
        "perp_initials": listed([shown(person) for person in seen.perpetrators]),
        "children_n": str(len(seen.children)),
        "referrer_agency": seen.case.referrer_org or words_of(seen.case.route),
        "criteria": chosen.criteria,
        "headline": chosen.headline,
        "sanctuary_line": _sanctuary_line(file, seen, context),
        "actions_due": str(sum(is_due(action, meeting) for action in seen.marac_actions)),
        "research_done": "",
        "outcome": chosen.outcome,
    }
    secrets = _secrets(file, context)
    return {name: cut(name, secrets.withhold(row[name])) for name in AGENDA_COLUMNS}


def _secrets(file: CaseFile, context: MaracContext) -> Secrets:
    unsafe = unsafe_numbers(file)
    return secrets_of(file, unsafe=unsafe, everything=context.everything, across=True, home=True)


def _slot(context: MaracContext, number: int) -> str:
    if context.starts is None:
        return ""
    start = datetime.combine(context.today, context.starts)
    return f"{start + timedelta(minutes=context.minutes * (number - 1)):%H:%M}"


def _sanctuary_line(file: CaseFile, seen: CaseFile, context: MaracContext) -> str:
    secured = context.home_secured(file) if context.home_secured else ""
    words = {"yes": "home secured", "part": "home part secured", "no": "home not secured"}
    fitted = sum(measure.state == "fitted" for measure in seen.measures)
    waiting = sum(is_outstanding(measure) for measure in seen.measures)
    parts = [
        CODES["stage"][seen.case.stage],
        words.get(secured, ""),
        f"{fitted} fitted",
        f"{waiting} outstanding",
    ]
    return ", ".join(part for part in parts if part)


def action_rows(
    cases: Sequence[tuple[CaseFile, MaracListing]], context: MaracContext
) -> list[dict[str, str]]:
    """Every action of these listings' cases, oldest first (``ACTION_COLUMNS``).

    An open action past its date reads ``overdue``. An action keeps the reference and the meeting
    of the listing it came from.
    """
    rows: list[dict[str, str]] = []
    done: set[int] = set()
    for file, listing in cases:
        if file.case.id in done:
            continue
        done.add(file.case.id)
        profile = PROFILES["marac"]
        secrets = _secrets(file, context)
        known = {item.id: profile.blank(item) for item in [*file.marac_listings, listing]}
        for action in file.marac_actions:
            row = _action_row(
                profile.blank(action), known.get(action.listing_id or 0), context.today
            )
            rows.append({name: secrets.withhold(row[name]) for name in ACTION_COLUMNS})
    return rows


def _action_row(action: MaracAction, listing: MaracListing | None, today: date) -> dict[str, str]:
    overdue = action.state == "open" and action.due is not None and action.due < today
    return {
        "action_id": str(action.id),
        "marac_ref": listing.marac_ref if listing else "",
        "meeting_date": day_text(listing.meeting) if listing else "",
        "action": action.action,
        "owner_agency": action.owner_agency,
        "owner": action.owner,
        "due": day_text(action.due),
        "status": "overdue" if overdue else words_of(action.state),
        "done_date": day_text(action.done_on),
        "evidence": action.evidence,
        "reason": action.reason,
    }
