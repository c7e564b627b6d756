"""Code lists of money: what pays, and how far a payment is (domain section 2, Expenditure)."""

from __future__ import annotations

from typing import Final

MONEY: Final[dict[str, dict[str, str]]] = {
    "fund": {
        "part4": "Part 4",
        "hpg": "Homelessness prevention grant",
        "hra": "Housing revenue account",
        "ha": "Housing association",
        "pcc": "Police and crime commissioner",
        "core": "Council core budget",
        "charity": "Charity",
        "flexible": "Flexible funding",
        "feeling_safe": "Feeling safe grants",
        "not_known": "Not known",
        "not_asked": "Not asked",
    },
    "spend_state": {"committed": "Committed", "invoiced": "Invoiced", "paid": "Paid"},
    "grant_state": {"agreed": "Agreed", "paid": "Paid", "withdrawn": "Withdrawn or returned"},
}
