"""Search: every note and record, and cases by reference, name, postcode or landlord."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Input, Static

from config.text import clean
from db.readmodels import SearchHit
from db.search import search
from sanctuary_tui.screens.acts import LineScreen, Target
from widgets.banner import ContactBanner
from widgets.hits import HitList
from widgets.lines import LineTable

_TABS = {
    "people": "people",
    "contact_points": "people",
    "risk_assessments": "risk",
    "incidents": "risk",
    "marac_listings": "risk",
    "marac_actions": "risk",
    "properties": "legal",
    "legal_orders": "legal",
    "consent_requests": "consent",
    "consent_events": "consent",
    "surveys": "measures",
    "measures": "measures",
    "visits": "measures",
    "support": "support",
    "safety_plans": "support",
    "reminders": "aftercare",
    "notes": "timeline",
}


class SearchScreen(LineScreen):
    """Type; results stand below; down and enter open."""

    DEFAULT_CSS = """
    SearchScreen {
        #ask { height: 1; padding: 0 1; }
        #ask Static { width: 9; color: $text-muted; }
        #words { border: none; height: 1; padding: 0; width: 1fr; }
        #hits { height: 1fr; }
        #below { dock: none; height: auto; }
    }
    """
    place: ClassVar[str] = "search"

    def body(self) -> Iterable[Widget]:
        """The words, the hits, the banner of the case under the cursor."""
        yield Horizontal(
            Static("Search"),
            Input(id="words", compact=True, placeholder="words, reference, name, postcode"),
            id="ask",
        )
        yield HitList(empty="Type at least two letters.", id="hits")
        yield ContactBanner(id="below", most=1)

    def on_mount(self) -> None:
        """Start in the field."""
        super().on_mount()
        self.query_one("#words", Input).focus()

    @property
    def hits(self) -> HitList:
        """The list."""
        return self.query_one("#hits", HitList)

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self.run_worker(self._find(event.value), exclusive=True, group="find")

    async def _find(self, raw: str) -> None:
        words = clean(raw, multiline=False, limit=200).strip()
        if len(words) < 2:
            self.hits.set_rows([])
            return
        found = await self.console.read(lambda data: search(data.connection, words))
        self.hits.empty = "Nothing found."
        self.hits.set_rows(found)

    @on(Input.Submitted, "#words")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self.hits.rows:
            self.set_focus(self.hits)

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        hit: SearchHit = event.row
        if hit.case_id:
            self.console.open_case(hit.case_id, _TABS.get(hit.entity, "overview"))

    @on(LineTable.Highlighted)
    def _moved(self, event: LineTable.Highlighted) -> None:
        self.run_worker(self._show_case(event.row), exclusive=True, group="banner")

    async def _show_case(self, hit: SearchHit | None) -> None:
        from db.queries import cards_of

        self._card = None
        if hit is not None and hit.case_id:
            case_id = hit.case_id
            cards = await self.console.read(lambda data: cards_of(data.connection, [case_id]))
            self._card = cards.get(case_id)
        self.query_one("#below", ContactBanner).show(self._card)

    def target(self) -> Target | None:
        """The case under the cursor."""
        card = getattr(self, "_card", None)
        return Target(card) if card is not None else None

    def on_key(self, event: object) -> None:
        """Down leaves the field for the list."""
        key = getattr(event, "key", "")
        if key == "down" and self.focused is self.query_one("#words", Input) and self.hits.rows:
            self.set_focus(self.hits)  # at once: the next key is meant for the list

    def action_export(self) -> None:
        """Write which cases were found as CSV."""
        from sanctuary_tui.screens.exporting import export_now, sheet_of_hits

        self.console.attempt(export_now(self.console, sheet_of_hits(self.hits.rows)))

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()
