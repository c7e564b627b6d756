"""Consent: every answer that is awaited, on whom, for how long, and the next chase."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from db.readmodels import ConsentLine
from sanctuary_tui import views
from sanctuary_tui.screens.acts import LineScreen, Target
from sanctuary_tui.screens.asking import ask
from sanctuary_tui.screens.today import WIDE, matches
from widgets.aside import CaseAside
from widgets.banner import ContactBanner
from widgets.consent import ConsentList
from widgets.lines import LineTable


class ConsentScreen(LineScreen):
    """Every open consent request, the longest waiting first."""

    DEFAULT_CSS = """
    ConsentScreen {
        #split { height: 1fr; }
        #lines { width: 1fr; }
        #side { width: 36; height: 1fr; border-left: solid $surface-lighten-2; display: none; }
        &.-wide #side { display: block; }
        #below { dock: none; height: auto; }
    }
    """
    place: ClassVar[str] = "consent"

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[ConsentLine] = []
        self._filter = ""

    def body(self) -> Iterable[Widget]:
        """The list, the case at the side where there is room, its banner below."""
        today, masked = self.console.today, self.console.masked
        yield Horizontal(
            ConsentList(today=today, masked=masked, id="lines"),
            CaseAside(today=today, masked=masked, id="side"),
            id="split",
        )
        yield ContactBanner(id="below", most=2)

    @property
    def lines(self) -> ConsentList:
        """The list."""
        return self.query_one("#lines", ConsentList)

    def target(self) -> Target | None:
        """The request under the cursor."""
        line = self.lines.row
        if line is None:
            return None
        return Target(
            line.card,
            line.next_step,
            line.next_chase,
            "consent_chase",
            "chase",
            None,
            "consent_requests",
            line.request_id,
        )

    async def refresh_data(self) -> None:
        """Read every open request."""
        today, settings = self.console.today, self.console.settings
        self._lines = await self.console.read(
            lambda data: views.consent_view(data, today, settings)
        )
        self._show_lines()

    def _show_lines(self) -> None:
        self.lines.set_rows(
            [
                line
                for line in self._lines
                if matches(
                    line.card,
                    f"{line.agent} {line.decision_maker} {line.state} {line.part}",
                    self._filter,
                )
            ]
        )
        self._show_case(self.lines.row)

    def _show_case(self, line: ConsentLine | None) -> None:
        card = line.card if line else None
        self.query_one("#side", CaseAside).show(
            card, today=self.console.today, masked=self.console.masked
        )
        self.query_one("#below", ContactBanner).show(card)

    def on_resize(self) -> None:
        """The side panel only where the list keeps its columns."""
        self.set_class(self.size.width >= WIDE + 30, "-wide")

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self.lines.masked = masked
        self._show_case(self.lines.row)

    @on(LineTable.Highlighted)
    def _moved(self, event: LineTable.Highlighted) -> None:
        self._show_case(event.row)

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_export(self) -> None:
        """Write the requests on the screen as CSV."""
        from sanctuary_tui.screens.exporting import export_now, sheet_of_consent

        self.console.attempt(export_now(self.console, sheet_of_consent(self.lines.rows)))

    def action_filter(self) -> None:
        """Show only requests that match some words."""
        self.console.attempt(self._ask_filter())

    async def _ask_filter(self) -> None:
        said = await ask(self.console, "Show only", "Words; blank for all")
        if said is not None:
            self._filter = said.strip()
            self._show_lines()
