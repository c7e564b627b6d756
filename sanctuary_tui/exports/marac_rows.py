"""The rows of the weekly MARAC list, its agenda and its actions (domain sections 3a, 3b, 3c).

Column sources: the SafeLives model referral form and the forms of Kingston, Southend-Essex-
Thurrock and Durham; SafeLives on repeat cases and its dataset; Great Yarmouth's scheme for address
markers. Every row is built from ``Profile.view`` of the case, so nothing outside the MARAC
profile can reach it: no weak points, alarm or key details, places of measures, contractors, notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

from config.codes import CODES, NO_ABUSE, UNKNOWN, split
from config.settings import Settings
from db.models import CaseFile, MaracListing, Person
from sanctuary_tui.exports.columns import ACTION_COLUMNS, AGENDA_COLUMNS, LIMITS, MARAC_COLUMNS
from sanctuary_tui.exports.marac_cells import (
    ELLIPSIS,
    MaracContext,
    address,
    aliases,
    aware,
    cut,
    day_text,
    disabled,
    full_name,
    last_heard,
    lgbt,
    list_safe,
    listed,
    marker,
    minoritised,
    number_text,
    one_line,
    orders,
    outstanding,
    safe_contact,
    status,
    support,
    token,
    under_18,
    unsafe_numbers,
    words_of,
    yes_no,
)
from sanctuary_tui.exports.meeting_rows import action_rows, agenda_rows
from sanctuary_tui.exports.profiles import PROFILES, Profile
from sanctuary_tui.exports.withhold import WITHHELD, secrets_of
from sanctuary_tui.pathway import marac, works
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.pathway.risk import score

__all__ = [
    "ACTION_COLUMNS",
    "AGENDA_COLUMNS",
    "MARAC_COLUMNS",
    "MARKING",
    "MaracContext",
    "action_rows",
    "agenda_rows",
    "cut_columns",
    "is_restricted",
    "marac_row",
    "marac_rows",
    "pathway_context",
    "profile_for",
    "protected_values",
]

MARKING: Final = "OFFICIAL-SENSITIVE"
_CONSENT: Final = {"not_safe": "not safe to ask"}
_SECURED: Final = {"yes": "Y", "part": "part", "no": "N"}


def pathway_context(today: date, settings: Settings, **more: Any) -> MaracContext:
    """A context that asks the pathway's own rules, with the district's settings."""
    from sanctuary_tui.pathway.gates import findings
    from sanctuary_tui.pathway.scheme import home_secured

    more.setdefault("names_in_agenda", settings.marac.names_in_agenda)
    more.setdefault("include_landlord", settings.marac.landlord_in_list)
    return MaracContext(
        today=today,
        home_secured=home_secured,
        findings=lambda file: findings(file, today, settings),
        **more,
    )


def is_restricted(file: CaseFile) -> bool:
    """Whether the address is withheld: a confidential home, or any address kept apart."""
    home = file.home
    return bool(file.safe_addresses) or (home is not None and home.confidential == "yes")


def _unrestricted(file: CaseFile) -> str:
    """``N`` where it was answered so; ``NK`` where nobody asked: a blank is not "no" (domain 3)."""
    return yes_no(file.home.confidential) if file.home else "NK"


def profile_for(file: CaseFile, listing: MaracListing) -> Profile:
    """The profile a listing goes under: with the address only where a reason is recorded."""
    sends = bool(file.safe_addresses) and bool(listing.address_reason.strip())
    return PROFILES["marac_address" if sends else "marac"]


def protected_values(file: CaseFile, listing: MaracListing) -> int:
    """How many protected values the rows of this listing will hold: for preview and register."""
    if not is_restricted(file) or not listing.address_reason.strip():
        return 0
    return len(_rows_people(file)) if any(address(file)) else 0


def marac_rows(
    file: CaseFile, listing: MaracListing, context: MaracContext
) -> list[dict[str, str]]:
    """One row for each survivor and perpetrator pair of a listing, ``MARAC_COLUMNS`` in order.

    With no perpetrator recorded there is still one row, those columns blank.
    """
    return [_row(file, listing, context, person) for person in _rows_people(file)]


def marac_row(file: CaseFile, listing: MaracListing, context: MaracContext) -> dict[str, str]:
    """The first of ``marac_rows``: the whole listing where there is one perpetrator."""
    return marac_rows(file, listing, context)[0]


def cut_columns(row: Mapping[str, str]) -> list[str]:
    """Columns of a row that were too long for their format and were cut."""
    return [
        name
        for name, limit in LIMITS.items()
        if len(row.get(name, "")) == limit and row[name].endswith(ELLIPSIS)
    ]


def _rows_people(file: CaseFile) -> list[Person]:
    return file.perpetrators or [Person(role="perpetrator")]


def _row(
    file: CaseFile, listing: MaracListing, context: MaracContext, perpetrator: Person
) -> dict[str, str]:
    profile = profile_for(file, listing)
    seen, chosen = profile.view(file), profile.blank(listing)
    allowed = not is_restricted(file) or bool(listing.address_reason.strip())
    sent = address(seen) if allowed else ("", "")
    row = {
        "marking": MARKING,
        "export_id": context.export_id,
        **_listing_columns(seen, chosen),
        **_survivor_columns(seen),
        "victim_address": one_line("\n".join(sent)),
        "address_restricted": "Y" if is_restricted(file) else _unrestricted(file),
        **_perpetrator_columns(profile.blank(perpetrator), listing.meeting or context.today),
        **_children_columns(seen),
        **_home_columns(seen, context, allowed=allowed),
        **_scheme_columns(file, seen, context),
        **_recent_columns(seen, chosen, context, perpetrator),
    }
    secrets = secrets_of(
        file,
        sent=[sent],
        unsafe=unsafe_numbers(file),
        everything=context.everything,
        across=True,
        home=True,
    )
    cells = {name: cut(name, secrets.withhold(row[name])) for name in MARAC_COLUMNS}
    if cells["safe_contact_rule"] == WITHHELD:  # a number is not safe without its rule
        cells["safe_phone"] = ""
    return cells


def _listing_columns(seen: CaseFile, listing: MaracListing) -> dict[str, str]:
    risk = seen.latest_risk
    return {
        "meeting_date": day_text(listing.meeting),
        "scheme_ref": seen.case.ref,
        "marac_ref": listing.marac_ref,
        "listing_type": words_of(listing.listing_type),
        "criteria": listing.criteria,
        "last_referral_date": day_text(listing.last_referral),
        "repeat_event": words_of(listing.repeat_event),
        "dash_score": number_text(score(risk) if risk else None),
        "dash_date": day_text(risk.assessed) if risk else "",
        "police_reports_12m": number_text(risk.police_reports if risk else None),
        "judgement_reason": listing.judgement_reason or (risk.judgement_reason if risk else ""),
        "victim_aware": aware(listing),
        "consent": _CONSENT.get(listing.consent, words_of(listing.consent)),
        "share_basis": listed(
            [words_of(listing.share_basis), listing.decided_by, day_text(listing.decided_on)]
        ),
        "requested_actions": listing.requested_actions,
    }


def _survivor_columns(seen: CaseFile) -> dict[str, str]:
    survivor = seen.survivor or Person()
    phone, rule = safe_contact(seen, survivor)
    unsaid = {"none", *UNKNOWN}
    needs = [
        CODES["communication"][code] for code in split(survivor.communication) if code not in unsaid
    ]
    return {
        "victim_name": full_name(survivor),
        "victim_aliases": aliases(survivor),
        "victim_dob": day_text(survivor.dob),
        "victim_gender": words_of(survivor.gender),
        "safe_phone": phone,
        "safe_contact_rule": rule,
        "language_or_comm_need": listed(dict.fromkeys([survivor.language, *needs])),
        "ethnicity_bm": minoritised(survivor.ethnicity),
        "disability": disabled(survivor.disability),
        "lgbt": lgbt(survivor),
        "pregnant": yes_no(survivor.pregnant),
        "not_safe_to_tell": survivor.not_safe_to_tell,
        "victim_wants": seen.case.victim_wants,
    }


def _perpetrator_columns(perpetrator: Person, on: date) -> dict[str, str]:
    known = bool(perpetrator.surname or perpetrator.first_name or perpetrator.id)
    return {
        "perp_name": full_name(perpetrator),
        "perp_aliases": aliases(perpetrator),
        "perp_dob": day_text(perpetrator.dob),
        "perp_address": one_line(perpetrator.address),
        "relationship": words_of(perpetrator.relationship) if known else "",
        "perp_under_18": under_18(perpetrator.dob, on) if known else "NK",
        "perp_status": status(perpetrator),
    }


def _children_columns(seen: CaseFile) -> dict[str, str]:
    detail = [
        ", ".join(
            part.replace(",", " ").strip()
            for part in (
                f"{child.first_name} {child.surname.upper()}",
                day_text(child.dob),
                child.school,
                child.relation_survivor,
            )
        )
        for child in seen.children
        if child.first_name or child.surname or child.dob or child.school or child.relation_survivor
    ]
    return {"children_n": str(len(seen.children)), "children_detail": listed(detail)}


def _home_columns(seen: CaseFile, context: MaracContext, *, allowed: bool) -> dict[str, str]:
    home = seen.home
    landlord = ""
    if home and home.landlord_id and context.include_landlord and allowed:
        found = context.organisations.get(home.landlord_id)
        landlord = found.name if found else ""
    return {
        "tenure": words_of(home.tenure) if home else "",
        "landlord": landlord,
        "police_address_marker": marker(home.police_marker) if home else "NK",
    }


def _scheme_columns(file: CaseFile, seen: CaseFile, context: MaracContext) -> dict[str, str]:
    secured = context.home_secured(file) if context.home_secured else ""
    fitted = [
        list_safe(f"{works.name(measure)} {day_text(measure.fitted_on)}".strip())
        for measure in seen.measures
        if measure.state == "fitted"
    ]
    return {
        "sanctuary_stage": seen.case.stage,
        "measures_fitted": listed(fitted),
        "measures_outstanding": listed(outstanding(file, seen, context)),
        "home_secured": _SECURED.get(secured, ""),
        "orders_in_force": listed(orders(seen, context.today)),
        "support_worker": support(seen),
    }


def _recent_columns(
    seen: CaseFile, listing: MaracListing, context: MaracContext, perpetrator: Person
) -> dict[str, str]:
    """The abuse since in this pair, or by nobody knows whom; and the actions still open."""
    since = last_heard(seen, listing)
    pair = (None, perpetrator.id or marac.NOBODY)
    recent = sorted(
        (
            item
            for item in seen.incidents
            if item.kind not in NO_ABUSE
            and (on := day_of(item.at)) is not None
            and (not since or on > since)
            and marac.pair_of(seen, item) in pair
        ),
        key=lambda item: item.at or datetime.min.replace(tzinfo=UTC),
    )
    newest = recent[-1] if recent else None
    headline = (newest.headline or CODES["incident_kind"][newest.kind]) if newest else ""
    actions = [
        f"{action.id}:{token(action.owner_agency or action.owner)}:{day_text(action.due)}"
        for action in seen.marac_actions
        if action.state == "open"
    ]
    return {
        "incidents_since_last": f"{len(recent)}: {headline}" if recent else "0",
        "open_actions": listed(actions),
    }
