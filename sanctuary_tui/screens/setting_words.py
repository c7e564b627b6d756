"""What each setting is called on the screen, in which group it stands, and what it may be."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from config.codes import CODES, LIST_PROTECTION, STAGES
from config.format import full_date

GROUPS: Final[dict[str, str]] = {
    "": "THIS SCHEME",
    "stage_targets": "DAYS A CASE MAY STAND IN A STAGE (working days; 0 is no target)",
    "stage_titles": "OWN NAMES OF STAGES",
    "chase": "CHASING A LANDLORD'S ANSWER (working days after sending)",
    "emergency": "EMERGENCY PATH (hours; counted in whole days where only a day is recorded)",
    "tasks": "TASKS (working days)",
    "risk": "RISK",
    "marac": "MARAC",
    "aftercare": "AFTERCARE",
    "orders": "ORDERS",
    "policy": "LOCAL POLICY",
    "documents": "LETTERS AND SHEETS (neutral words only: they are checked)",
    "returns": "RETURNS",
    "money": "MONEY",
    "exports": "EXPORTED FILES",
    "retention": "KEEPING RECORDS (0 is not decided: nothing is proposed or disposed of)",
    "backup": "BACKUPS (blank: beside the caseload, lost with the computer)",
    "keys": "OWN KEYS",
}
"""Each table of the settings file: its heading, in the order in which they stand."""

TITLES: Final[dict[str, str]] = {
    "coordinator": "Coordinator, as the log names them",
    "scheme_name": "Name of the scheme",
    "district": "District",
    "idle_minutes": "Lock after minutes without a key",
    "theme": "Theme",
    "mask_names": "Names masked at the start",
    "protection": "Protection of the MARAC list",
    "chase.urgent": "Chases of an urgent request",
    "chase.standard": "Chases of a standard request",
    "chase.owner_details": "Ask an agent for the owner's details",
    "chase.escalate": "Escalate to a manager",
    "chase.offer_eh": "Offer Environmental Health",
    "chase.silent_after": "Silent without an answer after",
    "emergency.release_hours": "A release is near, hours ahead",
    "emergency.breach_hours": "A breach is fresh, hours after",
    "tasks.legal_advice_days": "Legal advice, after the referral",
    "tasks.interim_kit_days": "Interim kit, after the referral",
    "tasks.disrepair_days": "Disrepair, after the survey",
    "tasks.hearing_days": "Plan for a hearing, before it",
    "tasks.court_date_days": "Ask for the court's day, after applying",
    "tasks.interpreter_days": "Interpreter booked, before a visit",
    "tasks.wording_days": "Consent wording, with the survivor",
    "tasks.eh_answer_days": "Ask about Environmental Health, after",
    "tasks.fault_days": "Fault of no lock or door, after it",
    "tasks.told_days": "What was told and can wait, after it",
    "tasks.transfer_days": "Another MARAC has a transfer, after",
    "tasks.kit_return_days": "Kit back, after a move",
    "tasks.marker_removal_days": "Marker off the old home, after a move",
    "tasks.outward_days": "Ask again about a referral outward",
    "risk.medium_from": "Medium risk from yes answers",
    "risk.high_from": "High risk from yes answers",
    "risk.review_weeks": "Weeks until risk is looked at again",
    "marac.cutoff_days": "List closes, days before",
    "marac.meeting_weekday": "Day of the meeting",
    "marac.every_weeks": "Weeks from one meeting to the next",
    "marac.first_meeting": "First meeting of the count",
    "marac.repeat_months": "An incident repeats within months",
    "marac.repeat_anchor": "A repeat is counted from",
    "marac.escalation_reports": "Police reports for escalation",
    "marac.action_days": "An action is due, days after",
    "marac.recipient": "Recipient of the list",
    "marac.attendees": "Who sits at the MARAC, by ;",
    "marac.names_in_agenda": "Names in the agenda",
    "marac.landlord_in_list": "Landlord named in the list",
    "aftercare.hours_first": "First check, hours after fitting",
    "aftercare.weeks_second": "Second check, weeks after fitting",
    "aftercare.released_days": "Check in after a release, for days",
    "orders.warn_days": "Warn before an order ends, days",
    "policy.video_doorbell": "Video doorbells may be fitted",
    "policy.ha_return_days": "Housing association answers, days",
    "policy.support_gate": "No offer of support",
    "policy.overrides_signed_by": "Who signs an override",
    "policy.override_days": "An override ends within, days",
    "policy.dapo_available": "DAPOs can be had here",
    "policy.accreditation_weeks": "Accreditation lapses: told weeks before",
    "documents.sender": "Letters are signed by",
    "documents.phone": "Phone in letters",
    "documents.email": "Email in letters",
    "documents.address": "Address in letters",
    "documents.job_sheet_days": "A job sheet may be kept, days",
    "documents.secure_email": "Secure email is called",
    "documents.hhsrs_hazard": "HHSRS hazard of the works",
    "returns.mhclg_form": "Form of the government's return",
    "returns.county_feed": "Our figures go to it through",
    "returns.hclic_activity": "H-CLIC activity of the works",
    "returns.small_numbers": "Small numbers that leave the council",
    "money.year_end_weeks": "Tell of unused funds, weeks before 31 March",
    "money.uncommitted_percent": "Unused: more than this percent is left",
    "exports.delete_days": "A file still there is asked for after days",
    "retention.adult_years": "An adult's file, years",
    "retention.child_until_age": "A child's file, until the age of",
    "retention.marac_years": "MARAC records, years",
    "retention.backup_days": "An old backup, days",
    "retention.export_days": "An exported file, days",
    "backup.automatic": "Made when the console is left or locked",
    "backup.folder": "Folder of the backups",
    "backup.daily": "Days of which one is kept",
    "backup.weekly": "Weeks of which one is kept",
    "backup.monthly": "Months of which one is kept",
    "backup.warn_days": "Say on Today how old the last is after",
}

CHOICES: Final[dict[str, tuple[tuple[Any, str], ...]]] = {
    "theme": (
        ("sanctuary-dark", "Dark"),
        ("sanctuary-light", "Light"),
        ("sanctuary-contrast", "High contrast"),
    ),
    "protection": (
        ("", "Ask each time"),
        *((code, CODES["protection"][code]) for code in LIST_PROTECTION),
    ),
    "marac.meeting_weekday": tuple(
        enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"))
    ),
    "marac.repeat_anchor": (
        ("last_referral", "The last referral"),
        ("last_heard", "The last meeting that heard the case"),
    ),
    "returns.small_numbers": (("hidden", "Hidden: 1 to 4 as <5"), ("exact", "Exact")),
    "policy.support_gate": (("soft", "Warns"), ("hard", "Stops the case")),
}
"""Settings that are one of a few values, each with its words."""


def setting_title(name: str) -> str:
    """What a setting is called; a stage's by the stage."""
    table, _, last = name.rpartition(".")
    if table == "stage_targets":
        return STAGES.get(last, last)
    return TITLES.get(name) or last.replace("_", " ").capitalize()


def setting_choices(name: str, value: Any) -> tuple[tuple[Any, str], ...]:
    """The values a setting may take, where they are few; empty where it is typed."""
    if isinstance(value, bool):
        return ((True, "Yes"), (False, "No"))
    return CHOICES.get(name, ())


def setting_words(name: str, value: Any) -> str:
    """A setting's value as a person reads it."""
    for one, words in setting_choices(name, value):
        if one == value:
            return words
    if isinstance(value, date):
        return full_date(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
