"""Overriding a gate that refuses: by whom, why and until when (domain section 1, overrides)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from config.codes import CODES
from config.errors import BadInputError, RefusedError
from config.format import full_date
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import Override
from db.validation import validated
from sanctuary_tui import work
from sanctuary_tui.formrecords import OverrideForm
from sanctuary_tui.pathway import readers
from sanctuary_tui.pathway.gates import NEVER_OVERRIDDEN

__all__ = [
    "OverrideForm",
    "override_gate",
    "refuse_empty_words",
    "refuse_never",
    "refuse_no_reason",
]

_LEAST_REASON = 10
"""Characters a reason has at the least: enough for two words."""


def override_gate(
    caseload: Caseload, case_id: int, gate: str, given: Mapping[str, Any], settings: Settings
) -> None:
    """Record an override of a gate by a named approver, with a reason, until a date.

    It ends within ``policy.override_days`` days, so that nobody forgets that a gate stands open.

    Raises:
        BadInputError: the approver or the reason is too short to say anything; a namesake is let
            pass and the reason does not say which.
        RefusedError: G1 and G2 are never overridden; the date has passed, or is too far off.
    """
    refuse_never(gate)
    if gate not in CODES["override_gate"]:
        raise RefusedError("That is not overridden: put it right, or close the case with a reason.")
    values = validated(OverrideForm, {"approver": "", "reason": "", "expiry": None, **given})
    today = caseload.store.today()
    if values["expiry"] < today:
        said = "The override would already have ended; give a later date."
        raise RefusedError(said, field="expiry")
    last = today + timedelta(days=settings.policy.override_days)
    if values["expiry"] > last:
        raise RefusedError(
            f"An override ends by {full_date(last)} at the latest; give a day until "
            "then, and override again if it must be.",
            field="expiry",
        )
    refuse_empty_words(values["approver"], values["reason"], caseload.store.who, "An override")
    if gate in (readers.NAMESAKE, readers.SAME_NAME):
        _refuse_unnamed(caseload, case_id, gate, values["reason"])
    caseload.store.add(
        Override(case_id=case_id, gate=gate, made=today, **values), why=f"gate {gate} overridden"
    )


def _refuse_unnamed(caseload: Caseload, case_id: int, gate: str, reason: str) -> None:
    """Who is let pass is named: another namesake of the case is not let pass with them."""
    known = queries.organisation_names(caseload.connection, case_id)
    doubted = readers.doubted(work.must_find(caseload, case_id), known, gate)
    if not any(readers.says(reason, name) for name in doubted):
        named = " or ".join(f"“{name}”" for name in doubted) or "of this case’s readers"
        said = f"Name in the reason who is surely another person: {named}."
        raise BadInputError(said, field="reason")


def refuse_never(gate: str) -> None:
    """Raises ``RefusedError`` for a gate that nobody overrides: G1 and G2 (domain section 1), and
    that somebody sent to the home has the perpetrator's name, or anybody their nickname or firm."""
    if gate == readers.PERPETRATOR:
        raise RefusedError(
            "That is never overridden: nothing goes to the perpetrator; put somebody else there."
        )
    if gate in NEVER_OVERRIDDEN:
        raise RefusedError(f"Gate {gate} is never overridden: it is the survivor's own safety.")


def refuse_empty_words(
    approver: str, reason: str, who: str, what: str, *, field: str = "approver"
) -> None:
    """What somebody has to approve names somebody else, and says why in words.

    ``field`` is that of the form where the approver stands.

    Raises:
        BadInputError: it names the person who records it, nobody, or says no reason.
    """
    if approver.strip().casefold() in {"me", "myself", "self", "i", who.strip().casefold()}:
        raise BadInputError(
            f"{what} is approved by somebody else than the one who records it; name that person "
            "or post.",
            field=field,
        )
    if len(approver.strip()) < 3:
        raise BadInputError("Say who approved it: a name or a post.", field=field)
    refuse_no_reason(reason)


def refuse_no_reason(reason: str) -> None:
    """Raises ``BadInputError`` where a reason does not say why in words."""
    if len(reason.strip()) < _LEAST_REASON or " " not in reason.strip():
        said = "Say in a few words why: one word as the reason is not enough."
        raise BadInputError(said, field="reason")
