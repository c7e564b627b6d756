"""Sealing the case on the screen, and lifting its seal; a reason for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sanctuary_tui import sealing
from sanctuary_tui.screens.asking import ask, confirm
from sanctuary_tui.screens.base import ConsoleScreen

if TYPE_CHECKING:
    from sanctuary_tui.views import CaseView


async def seal_or_lift(screen: ConsoleScreen, view: CaseView) -> None:
    """Seal the case on the screen and leave it; or lift its seal."""
    app, case_id = screen.console, view.file.case.id
    if await app.read(lambda data: sealing.is_sealed(data, case_id)):
        await _lift(screen, view.card.ref, case_id)
        return
    reason = await ask(
        app,
        f"Seal {view.card.ref}: it leaves every list, count, search and export",
        "Reason (logged)",
        required=True,
    )
    if reason is None:
        return
    by = await ask(app, f"Seal {view.card.ref}", "Who decided it", required=True)
    if by is None:
        return
    await app.write(lambda data: sealing.seal_case(data, case_id, reason, by))
    screen.dismiss()
    app.notify("Sealed. S opens it again, for a reason each time.", timeout=6)


async def _lift(screen: ConsoleScreen, ref: str, case_id: int) -> None:
    app = screen.console
    reason = await ask(app, f"Lift the seal of {ref}", "Reason (logged)", required=True)
    if reason is None:
        return
    question = f"Put {ref} back into every list, count and search?"
    if not await confirm(app, question, "Whoever may not know of it will see it there."):
        return
    await app.write(lambda data: sealing.lift_seal(data, case_id, reason))
    screen.dismiss()
    app.notify(f"The seal of {ref} is lifted.", timeout=6)
