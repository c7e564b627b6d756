"""Consent: every answer that is awaited, on whom, for how long, and the next chase."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget

from config.codes import label
from config.format import short_date
from db.readmodels import ConsentLine
from sanctuary_tui import views
from sanctuary_tui.screens.acts import LineScreen, Target
from sanctuary_tui.screens.asking import ask
from sanctuary_tui.screens.today import WIDE, matches
from widgets.aside import CaseAside
from widgets.banner import ContactBanner
from widgets.consent import ConsentList
from widgets.lines import LineTable
from widgets.text_blocks import Fact, Facts
from widgets.words import consent_style


class ConsentScreen(LineScreen):
    """Every open consent request, the longest waiting first."""

    DEFAULT_CSS = """
    ConsentScreen {
        #lines { height: 1fr; }
        #whole { height: 14; border-top: solid $border-blurred; display: none; }
        #asked { width: 1fr; height: 1fr; padding: 0 1; }
        #side { width: 50; }
        #below { height: 2; }
        &.-roomy #whole { display: block; }
        &.-roomy #below { display: none; }
    }
    """
    place: ClassVar[str] = "consent"
    line: ClassVar[tuple[str, ...]] = (
        "open",
        "chase:log chase",
        "answer:log answer",
        "call",
        "filter",
        "book",
        "search",
        "new",
        "help",
    )

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[ConsentLine] = []
        self._filter = ""

    def body(self) -> Iterable[Widget]:
        """The list; below it the request and its case whole, or the banner where room is short."""
        today, masked = self.console.today, self.console.masked
        yield ConsentList(today=today, masked=masked, id="lines")
        yield Horizontal(
            Facts(label_width=8, id="asked"),
            CaseAside(today=today, masked=masked, id="side"),
            id="whole",
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
        facts = request_facts(line, self.console.today) if line else []
        self.query_one("#asked", Facts).set_facts(facts, title=line.card.ref if line else "")
        self.query_one("#side", CaseAside).show(
            card, today=self.console.today, masked=self.console.masked
        )
        self.query_one("#below", ContactBanner).show(card)

    def on_resize(self) -> None:
        """The request whole only where the list keeps its lines and columns."""
        self.set_class(self.size.width >= WIDE and self.size.height >= 30, "-roomy")

    def cases_listed(self) -> int:
        """The cases of the requests."""
        return len({line.card.case_id for line in self.lines.rows})

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


def request_facts(line: ConsentLine, today: date) -> list[Fact]:
    """One request: whom it lies with, how long, what was done, and what is next."""
    part = {"dwelling": "The home", "common_parts": "Shared parts"}.get(line.part, line.part)
    sent = short_date(line.sent_on, today)
    if sent:
        sent += f", {line.waiting_days} working days ago"
    lies = f"the {line.hop}, for {line.hop_days} working days" if line.hop else ""
    chased = {0: "not yet", 1: "once", 2: "twice"}.get(line.chases, f"{line.chases} times")
    due = line.next_chase
    late = bool(due and due < today)
    return [
        ("For", part),
        ("Owner", line.decision_maker),
        ("Agent", line.agent),
        ("State", label("consent_state", line.state), consent_style(line.state)),
        ("Sent", sent or "not yet"),
        ("With", lies),
        ("Chased", chased),
        ("Last", line.last_text, "dim"),
        (
            "Next",
            ", ".join(part for part in (line.next_step, short_date(due, today)) if part),
            "late" if late else "strong",
        ),
    ]
