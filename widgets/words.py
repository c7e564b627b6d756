"""Short words for narrow columns."""

from __future__ import annotations

from typing import Final

from config.codes import CODES, CONSENT_STATES
from db.readmodels import CaseCard

TENURE_SHORT: Final = {
    "council": "coun",
    "ha": "HA",
    "prs": "PRS",
    "owner": "own",
    "mortgage": "mort",
    "shared_owner": "shar",
    "other": "oth",
}
"""Tenure in four cells; ``?`` for what is not known."""

CONSENT_SHORT: Final = {
    "not_needed": "Not needed",
    "drafting": "Drafting",
    "survivor_ok_to_contact": "Ready",
    "sent": "Sent",
    "acknowledged": "Seen",
    "with_owner": "With owner",
    "silent": "Silent",
    "escalated": "Escalated",
    "eh_offered": "EH offered",
    "eh_referred": "With EH",
    "granted": "Granted",
    "granted_conditional": "Conditions",
    "refused": "Refused",
    "withdrawn": "Withdrawn",
    "expired": "Expired",
}
"""A consent state in ten cells."""

CONSENT_STYLE: Final = {
    "silent": "warn",
    "escalated": "warn",
    "refused": "stop",
    "expired": "stop",
    "granted": "good",
    "granted_conditional": "good",
}

RISK_TITLES: Final = {
    "high": "HIGH",
    "medium": "MEDIUM",
    "standard": "STANDARD",
    "not_known": "NO SCORE",
}


def tenure_short(tenure: str) -> str:
    """Tenure in at most four cells."""
    return TENURE_SHORT.get(tenure, "?")


def tenure_title(tenure: str) -> str:
    """Tenure in words."""
    return CODES["tenure"].get(tenure, tenure)


def consent_words(state: str) -> str:
    """A consent state in words; empty when none is needed."""
    return "" if state in ("", "not_needed") else CONSENT_STATES.get(state, state)


def consent_style(state: str) -> str:
    """The style of a consent state's words."""
    return CONSENT_STYLE.get(state, "text")


def short_ref(ref: str) -> str:
    """``0042`` of ``S26-0042``."""
    return ref.rpartition("-")[2] or ref


def listed_name(card: CaseCard, masked: bool, width: int) -> str:
    """``shown_name`` for a column: many initials lose the spaces between them, not the last."""
    name = shown_name(card, masked)
    return name.replace(". ", ".") if masked and len(name) > width else name


def shown_name(card: CaseCard, masked: bool) -> str:
    """The survivor's name, or only the initials."""
    return card.masked if masked else card.name or card.masked
