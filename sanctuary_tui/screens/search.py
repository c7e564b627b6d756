"""Search: every note and record, and cases by reference, name, postcode or landlord."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.containers import Horizontal
from textual.events import DescendantFocus, Key
from textual.widget import Widget
from textual.widgets import Input, Static

from config.format import counted
from config.text import clean
from db.readmodels import SearchHit
from db.search import search
from sanctuary_tui.commands import footer_of
from sanctuary_tui.later import later
from sanctuary_tui.screens.acts import LineScreen, Target
from widgets.banner import ContactBanner
from widgets.hits import HitList
from widgets.lines import LineTable

if TYPE_CHECKING:
    from db.connection import Connection

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
_FEW = "Type at least two letters."


def _found(connection: Connection, words: str) -> list[SearchHit]:
    """Where the words stand; where they stand nowhere, cases with a name that is nearly so."""
    from db.matching import find_matches

    return search(connection, words) or [
        SearchHit(one.case_id, one.ref, "cases", one.case_id, f"nearly so: {one.reason}", "")
        for one in find_matches(connection, words)
    ]


class SearchScreen(LineScreen):
    """Type; results stand below; down or enter goes to them, and enter there opens."""

    DEFAULT_CSS = """
    SearchScreen {
        #ask { height: 1; padding: 0 1; }
        #ask Static { width: 9; color: $text-muted; }
        #words, #words:focus { border: none; height: 1; padding: 0; width: 1fr;
            background: $panel; }
        #hits { height: 1fr; margin-top: 1; }
        #below { height: 2; }
    }
    """
    place: ClassVar[str] = "search"

    def __init__(self) -> None:
        super().__init__()
        self._shown: set[int] = set()
        self._cases_told: set[int] = set()

    def body(self) -> Iterable[Widget]:
        """The words, the hits, the banner of the case under the cursor."""
        yield Horizontal(
            Static("Search"),
            Input(id="words", compact=True, placeholder="words, reference, name, postcode"),
            id="ask",
        )
        yield HitList(masked=self.console.masked, empty=_FEW, id="hits")
        yield ContactBanner(id="below", most=2)

    def on_mount(self) -> None:
        """Start in the field."""
        self.field.focus()

    @property
    def field(self) -> Input:
        """Where the words are typed."""
        return self.query_one("#words", Input)

    @property
    def hits(self) -> HitList:
        """The list."""
        return self.query_one("#hits", HitList)

    def footer(self) -> list[tuple[str, str]]:
        """In the field letters are text: only its own keys do anything there."""
        if self.is_mounted and self.focused is self.hits:
            line = ("open", "call", "chase", "book", "export", "search:words", "back", "help")
            return footer_of(line, self.console.settings.keys)
        return [("enter", "to what was found"), ("esc", "back"), ("f1", "keys")]

    @on(DescendantFocus)
    def _focus_moved(self) -> None:
        self.show_footer()
        if self.focused is self.hits and self._shown - self._cases_told:
            self.console.attempt(self.tell_seen(), group="log")

    def cases_listed(self) -> int:
        """The cases that were found."""
        return len({hit.case_id for hit in self.hits.rows if hit.case_id})

    async def tell_seen(self) -> None:
        """Log how many more cases a search has shown, once it is gone into or left; never for what
        was searched."""
        more = self._shown - self._cases_told
        if not more or not self.console.has_caseload:
            return
        self._cases_told |= more
        names = "" if self.console.masked else ", with names"
        said = f"search, {counted(len(more), 'case')} shown{names}"
        await self.console.read(
            lambda data: data.store.note("consultation", "caseload", 0, 0, said)
        )

    def start(self) -> None:
        """Go back to the field."""
        self.field.focus()

    @on(Input.Changed, "#words")
    def _typed(self, event: Input.Changed) -> None:
        self.run_worker(later(self._find, event.value), exclusive=True, group="find")

    async def _find(self, raw: str) -> None:
        from db.queries import cards_of

        words = clean(raw, multiline=False, limit=200).strip()
        if len(words) < 2:
            self.hits.empty = _FEW
            self.hits.set_hits([], {})
            return
        found = await self.console.read(lambda data: _found(data.connection, words))
        cases = [hit.case_id for hit in found if hit.case_id]
        cards = await self.console.read(lambda data: cards_of(data.connection, cases))
        self.hits.empty = "Nothing found."
        self.hits.set_hits(found, cards)
        self._shown.update(cards)

    async def refresh_data(self) -> None:
        """Search again for the same words: the caseload has changed."""
        await self._find(self.field.value)

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
        else:
            self.console.attempt(self.console.go("directory"))

    @on(LineTable.Highlighted)
    def _moved(self, event: LineTable.Highlighted) -> None:
        self.query_one("#below", ContactBanner).show(self.hits.card_of(event.row))

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self.hits.masked = masked
        self.hits.restyle()

    def target(self) -> Target | None:
        """The case under the cursor."""
        card = self.hits.card_of(self.hits.row)
        return Target(card) if card is not None else None

    def on_key(self, event: Key) -> None:
        """Down leaves the field for the list."""
        if event.key == "down" and self.focused is self.field and self.hits.rows:
            event.stop()
            self.set_focus(self.hits)  # at once: the next key is meant for the list

    def action_export(self) -> None:
        """Write which cases were found as CSV."""
        from sanctuary_tui.screens.exporting import export_now, sheet_of_hits

        self.console.attempt(export_now(self.console, sheet_of_hits(self.hits.rows)))

    def action_back(self) -> None:
        """Go back."""
        self.console.attempt(self.tell_seen(), group="log")
        self.dismiss()
