"""Code lists of partners: referrals outward and what became of them (domain sections 1 and 4)."""

from __future__ import annotations

from typing import Final

PARTNERS: Final[dict[str, dict[str, str]]] = {
    "outward_kind": {
        "refuge": "Refuge",
        "reciprocal": "Reciprocal move",
        "flexible": "Flexible funding",
        "perpetrator": "Perpetrator programme",
        "children": "Children's worker",
        "other": "Other",
    },
    "outward_answer": {
        "accepted": "Accepted",
        "waiting": "On a waiting list",
        "declined": "Not taken on",
        "not_known": "Not known",
        "not_asked": "No answer yet",
    },
    "outward_outcome": {
        "achieved": "Achieved",
        "part": "Achieved in part",
        "not_achieved": "Not achieved",
        "withdrawn": "Survivor no longer wanted it",
        "elsewhere": "Settled another way",
        "not_known": "Not to be found out",
        "not_asked": "No outcome yet",
    },
}
