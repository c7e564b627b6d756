"""Unmet need: who could not be supported, and why (DOMAIN 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from db.models import CaseFile
from sanctuary_tui.returns import shared
from sanctuary_tui.returns.figures import Period, Return

FORM: Final = "unmet"


def unmet(files: Sequence[CaseFile], period: Period) -> Return:
    """Households that could not be supported in a period, by reason."""
    made = Return(FORM, "Unmet need by reason", period)
    shared.unmet(files, period, made)
    made.notes.append(
        "Households turned away for want of room leave no record here, and are not in it."
    )
    return made
