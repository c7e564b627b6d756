"""Aftercare: checks in the survivor's own cadence, batteries, orders, markers, kit to come back."""

from __future__ import annotations

from typing import ClassVar

from db.readmodels import AgendaLine
from sanctuary_tui import views
from sanctuary_tui.screens.today import AgendaScreen


class AftercareScreen(AgendaScreen):
    """The agenda after the fitting: overdue, this week, coming."""

    place: ClassVar[str] = "aftercare"
    empty: ClassVar[str] = "No check, battery or order is due in the next 60 days."
    titles: ClassVar[dict[str, str] | None] = {
        "overdue": "OVERDUE",
        "today": "TODAY",
        "coming": "THIS WEEK",
        "later": "COMING",
    }

    async def fetch(self) -> list[AgendaLine]:
        """The aftercare agenda."""
        today, settings = self.console.today, self.console.settings
        return await self.console.read(lambda data: views.aftercare_view(data, today, settings))
