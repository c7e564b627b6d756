"""Code lists of subject access and breaches (UK GDPR 12, 15, 33; DPA 2018, Schedules 2 and 3)."""

from __future__ import annotations

from typing import Final

RIGHTS: Final[dict[str, dict[str, str]]] = {
    "field_class": {
        "public": "Counts, stages, dates",
        "case": "Names, phones, what people said",
        "protected": "Confidential address, weak points, codes, immigration",
    },
    "request_state": {
        "open": "Open",
        "sent": "Answered",
        "withdrawn": "Withdrawn",
        "refused": "Refused, with reasons told",
        "mistaken": "Taken in error: nobody asked",
    },
    "release": {"withheld": "Withheld", "released": "Goes out"},
    "exemption": {
        "not_decided": "Not looked at yet: withheld",
        "third_party": "About somebody else (DPA 2018, Sch 2 para 16)",
        "serious_harm": "Serious harm to anybody (DPA 2018, Sch 3, serious harm test)",
        "child_abuse": "Child abuse data, against the child's interest (DPA 2018, Sch 3 Part 5)",
        "crime": "Would harm preventing or detecting crime (DPA 2018, Sch 2 para 2)",
        "privilege": "Legal professional privilege (DPA 2018, Sch 2 para 19)",
        "not_theirs": "Is not about them",
        "given": "They have it already",
    },
    "breach_kind": {
        "wrong_recipient": "Sent to the wrong person",
        "too_much": "Sent with too much in it",
        "lost_file": "A file, printout or stick is lost",
        "lost_backup": "A backup is lost",
        "lost_laptop": "The computer is lost or stolen",
        "seen": "Seen or overheard by somebody",
        "wrong": "Changed, or cannot be opened",
        "other": "Something else",
    },
    "breach_risk": {
        "unlikely": "Risk unlikely: recorded, not reported",
        "risk": "Risk: report to the ICO within 72 hours",
        "high": "High risk: report, and tell the people without delay",
        "not_known": "Not known",
        "not_asked": "Not asked",
    },
    "ico_state": {
        "not_decided": "Not decided",
        "reported": "Reported",
        "not_reported": "Not reported, with the reason",
    },
    "breach_step": {
        "survivor": "Survivor reached by their safe-contact rule",
        "not_reached": "Survivor tried, not reached yet",
        "police": "Police told",
        "recipient": "Whoever has it asked to delete it and not to use it",
        "contained": "Contained: access stopped, password changed, file deleted",
        "officer": "Data protection officer told",
        "safety_plan": "Safety plan gone through",
        "ico": "Reported to the ICO",
        "decision": "Decision",
        "told": "People told (Article 34)",
        "other": "Something else",
    },
}
"""Merged into ``config.codes.CODES``."""
