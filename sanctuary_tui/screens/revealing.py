"""Showing what is masked: for a reason, which is logged, and for half a minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sanctuary_tui.screens.asking import ask

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk

SHOWN_SECONDS: Final = 30
"""After this time it is masked again."""
ADDRESS: Final = "confidential address"
OTHER_MARAC: Final = "MARAC it went to"
"""It tells where the survivor went (DOMAIN 10 F)."""


async def reason_given(
    app: Desk, what: str, case_id: int, table: str, record_ids: Sequence[int]
) -> bool:
    """Ask for the reason to show something, and log it on each record; False when left."""
    reason = await ask(app, f"Show the {what}", "Reason (logged)", required=True)
    if reason is None:
        return False
    said = f"{what} shown: {reason.strip()[:200]}"

    def log(data: Caseload) -> None:
        for record_id in record_ids:
            data.store.note("consultation", table, record_id, case_id, said)

    await app.read(log)
    return True
