"""The columns of the MARAC exports in order, with format and source (domain sections 3a to 3c).

Sources: SafeLives, its model MARAC referral form (form), its pages on repeat cases (repeat) and
its quarterly dataset (dataset); the referral forms of Kingston, Southend-Essex-Thurrock (SET) and
Durham; STADA 2023; MHCLG, Process Evaluation 2026; Great Yarmouth's scheme for address markers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, the format of its cells, who asks for it, its longest text."""

    name: str
    format: str
    source: str
    limit: int | None = None


_YNK = "Y, N or NK (not known)"
_DATE = "date"

MARAC: Final[tuple[Column, ...]] = (
    Column("marking", "OFFICIAL-SENSITIVE", "Government Security Classifications"),
    Column("export_id", "MX-yyyyWww-nn", "this program"),
    Column("meeting_date", _DATE, "MARAC minutes"),
    Column("scheme_ref", "opaque reference, S26-0042", "this program"),
    Column("marac_ref", "text", "SafeLives form"),
    Column("listing_type", "new, repeat, transfer, update, emergency", "SafeLives form, repeat"),
    Column("criteria", "list of VHR, PJ, ESC, REP", "SafeLives form"),
    Column("last_referral_date", _DATE, "SafeLives repeat"),
    Column(
        "repeat_event",
        "contact, bail breach, order breach, dispute, other, not known, not asked",
        "SafeLives repeat",
    ),
    Column("dash_score", "0 to 24, or blank: blank is not nought", "SafeLives form"),
    Column("dash_date", _DATE, "SafeLives form"),
    Column("police_reports_12m", "whole number, or blank", "SafeLives form"),
    Column("judgement_reason", "text", "SafeLives form", 500),
    Column("victim_name", "SURNAME, First", "SafeLives form"),
    Column("victim_aliases", "list", "referral form, additional information"),
    Column("victim_dob", _DATE, "SafeLives form"),
    Column(
        "victim_gender",
        "woman, man, trans woman, trans man, non binary, other, prefer not, not known, not asked",
        "SafeLives form",
    ),
    Column(
        "victim_address",
        "text on one line; blank where restricted, unless a reason is recorded",
        "SafeLives form",
    ),
    Column("address_restricted", "Y, N or NK", "this program"),
    Column("safe_phone", "list; only numbers answered safe, never others", "SafeLives form"),
    Column("safe_contact_rule", "text", "SafeLives form, Kingston", 200),
    Column("language_or_comm_need", "list", "Kingston, SET"),
    Column(
        "ethnicity_bm",
        f"{_YNK}; N for White: British, Irish or other",
        "SafeLives form, dataset",
    ),
    Column("disability", _YNK, "SafeLives form, dataset"),
    Column("lgbt", "Y, N, NK or PNS (prefers not to say)", "SafeLives form, dataset"),
    Column("pregnant", _YNK, "SET"),
    Column("perp_name", "SURNAME, First", "SafeLives form"),
    Column("perp_aliases", "list", "referral form, additional information"),
    Column("perp_dob", _DATE, "SafeLives form"),
    Column("perp_address", "text on one line", "SafeLives form"),
    Column(
        "relationship",
        "partner, ex partner, parent, child, sibling, other family, not known, not asked",
        "SafeLives form",
    ),
    Column("perp_under_18", f"{_YNK}; on the day of the meeting", "SafeLives dataset"),
    Column(
        "perp_status",
        "list: custody, bail, licence, community or NK, then the date of release if known",
        "evaluation of sanctuary schemes; this program",
    ),
    Column("children_n", "whole number", "SafeLives dataset"),
    Column(
        "children_detail",
        "list of children; each First SURNAME, date of birth, school, relation",
        "SafeLives form",
    ),
    Column(
        "tenure",
        "council, ha, prs, owner, mortgage, shared owner, other, not known, not asked",
        "Kingston, Durham",
    ),
    Column("landlord", "text; blank unless the meeting needs it", "SET"),
    Column("sanctuary_stage", "code of a stage", "MHCLG evaluation"),
    Column("measures_fitted", "list; each measure and the date fitted", "STADA"),
    Column(
        "measures_outstanding",
        "list; each measure and, in brackets, what holds it up",
        "MHCLG evaluation",
    ),
    Column("home_secured", "Y, part or N", "this program"),
    Column(
        "orders_in_force", "list; each kind, excludes Y/N/NK, date of expiry", "MHCLG evaluation"
    ),
    Column("police_address_marker", "Y, N, asked or NK", "Great Yarmouth"),
    Column(
        "incidents_since_last",
        "abuse in this pair since the meeting last heard it: number, then the newest in one line",
        "SafeLives repeat",
    ),
    Column("support_worker", "organisation, name", "SafeLives form"),
    Column("victim_aware", f"{_YNK}; after N, why not", "SafeLives form"),
    Column(
        "consent",
        "given, refused, not safe to ask, not known, not asked",
        "SafeLives form, Kingston",
    ),
    Column("share_basis", "list: lawful basis, who decided, date", "Redbridge"),
    Column("not_safe_to_tell", "text", "SafeLives form"),
    Column("victim_wants", "text", "SET", 300),
    Column("requested_actions", "text", "this program", 500),
    Column("open_actions", "list of id:owner:due", "MARAC minutes"),
)

AGENDA: Final[tuple[Column, ...]] = (
    Column("order", "1, 2, 3 ...", "this program"),
    Column("meeting_date", _DATE, "MARAC minutes"),
    Column("start_slot", "hh:mm, or blank", "SafeLives Scotland toolkit: 12 to 15 minutes a case"),
    Column("marac_ref", "text", "SafeLives form"),
    Column("listing_type", "as in the list", "SafeLives form"),
    Column("victim_initials", "initials; the name where the district says so", "this program"),
    Column("victim_yob", "year of birth", "this program"),
    Column("perp_initials", "list of initials, or names as above", "this program"),
    Column("children_n", "whole number", "SafeLives dataset"),
    Column("referrer_agency", "text", "SafeLives dataset"),
    Column("criteria", "as in the list", "SafeLives form"),
    Column("headline", "text", "this program", 120),
    Column(
        "sanctuary_line",
        "stage, home secured, measures fitted and outstanding",
        "this program",
        120,
    ),
    Column("actions_due", "open actions due by the meeting", "MARAC minutes"),
    Column("research_done", "blank, for the meeting to fill", "SafeLives research form"),
    Column("outcome", "text", "MARAC minutes"),
)

ACTIONS: Final[tuple[Column, ...]] = (
    Column("action_id", "whole number", "this program"),
    Column("marac_ref", "text", "SafeLives form"),
    Column("meeting_date", _DATE, "MARAC minutes"),
    Column("action", "text", "MARAC minutes"),
    Column("owner_agency", "text", "MARAC minutes"),
    Column("owner", "text", "MARAC minutes"),
    Column("due", _DATE, "MARAC minutes"),
    Column("status", "open, done, not possible, overdue, reassigned", "MARAC minutes"),
    Column("done_date", _DATE, "MARAC minutes"),
    Column("evidence", "text", "MARAC minutes"),
    Column("reason", "text", "MARAC minutes"),
)

MARAC_COLUMNS: Final = tuple(column.name for column in MARAC)
"""The 52 columns of the list, in order."""
AGENDA_COLUMNS: Final = tuple(column.name for column in AGENDA)
"""The columns of the agenda, in order."""
ACTION_COLUMNS: Final = tuple(column.name for column in ACTIONS)
"""The columns of the actions, in order."""
LIMITS: Final = {column.name: column.limit for column in (*MARAC, *AGENDA) if column.limit}
"""Most characters in a column; what is cut ends in an ellipsis."""
