"""One case: its safe-contact banner always in sight, then nine tabs."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget

from config.codes import REMINDER_LIVE
from config.errors import RefusedError, SanctuaryError
from config.format import full_date, short_date
from db.models import MaracListing, Measure, Note, Property, Reminder
from db.readmodels import Finding
from db.record import Record
from sanctuary_tui import removing, views, work
from sanctuary_tui.commands import footer_of
from sanctuary_tui.pathway import gates, works
from sanctuary_tui.screens.acts import LineScreen, Target, move_case
from sanctuary_tui.screens.asking import choose, confirm, fill_form, show_refusal
from sanctuary_tui.screens.case_edit import add_record, edit_record
from sanctuary_tui.screens.case_fix import fix_finding
from sanctuary_tui.screens.case_rows import (
    TABS,
    RecordRow,
    facts_of,
    overview_facts,
    rows_of,
    title_of,
)
from sanctuary_tui.screens.case_story import follow
from sanctuary_tui.screens.revealing import ADDRESS, OTHER_MARAC, SHOWN_SECONDS, reason_given
from widgets.aside import stage_fact
from widgets.banner import ContactBanner
from widgets.columns import Column
from widgets.gates import GateList
from widgets.lines import Heading, LineTable
from widgets.navbar import NavBar, Place
from widgets.text_blocks import Facts
from widgets.timeline import Timeline
from widgets.words import tenure_title

PLACES = tuple(
    Place(name, str(number), title, short) for number, (name, title, short, _) in enumerate(TABS, 1)
)
TWO_COLUMNS = (70, 100)
"""Cells between which facts stand in two columns: a small screen, from side to side."""
_STATE_STEPS = {
    "proposed": ("approved", "declined"),
    "approved": ("ordered", "fitted", "declined"),
    "ordered": ("fitted", "declined"),
    "fitted": ("faulty", "removed"),
    "faulty": ("fitted", "removed"),
    "declined": ("proposed",),
    "removed": ("proposed",),
}


_LINES: dict[str, tuple[str, ...]] = {
    "overview": (
        "open:put right",
        "add:edit",
        "forward",
        "call",
        "note",
        "book",
        "document",
        "override",
        "close_case",
    ),
    "people": ("open:correct", "add", "delete", "call", "note", "reveal", "remind"),
    "risk": ("open:correct", "add", "delete", "call", "note", "forward"),
    "legal": ("open:correct", "add", "delete", "note", "reveal", "forward"),
    "consent": ("open:correct", "add", "chase", "document", "delete", "call", "note", "forward"),
    "measures": ("open:correct", "add", "state", "book", "document", "delete", "note", "forward"),
    "support": ("open:correct", "add", "delete", "call", "note", "forward"),
    "aftercare": ("open:correct", "add", "check", "done", "remind", "delete", "call", "note"),
    "timeline": ("open:read", "note", "call", "chase", "book", "forward", "export"),
}
"""What each tab's key line lists, after the way back and before help."""
_WEIGHT = {"stop": 0, "warn": 1, "info": 2}


class RecordList(LineTable[RecordRow]):
    """A tab's records, under a heading for each kind."""

    def __init__(self, *, today: date, id: str | None = None) -> None:
        self.today = today
        super().__init__(empty="Nothing recorded here yet; press a to add.", id=id)

    def key(self, row: RecordRow) -> Hashable:
        """The record."""
        return (row.table, row.record.id)

    def columns(self) -> Sequence[Column[RecordRow]]:
        """What it is; at the right its state and its date, as wide as they need."""
        longest = max((len(self._tail(row)) for row in self.rows), default=0)
        tail = min(max(longest, 8), 32)
        return (
            Column("words", lambda row: (row.words, row.style), 24, weight=1),
            Column("tail", lambda row: (self._tail(row), "dim"), tail, drop=1, align="right"),
        )

    def _tail(self, row: RecordRow) -> str:
        return ", ".join(part for part in (row.state, short_date(row.when, self.today)) if part)

    def set_items(self, items: Sequence[RecordRow | Heading]) -> None:
        """Show other records; the column at the right is as wide as they need."""
        super().set_items(items)
        self.restyle()


class CaseScreen(LineScreen):
    """A whole case."""

    DEFAULT_CSS = """
    CaseScreen {
        #tabs { height: 1fr; }
        #overview, #records { height: 1fr; }
        #about { width: 1fr; height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        #gates { width: 54; height: 1fr; border-left: solid $border-blurred; }
        #list { width: 1fr; height: 1fr; }
        #full { width: 52; height: 1fr; padding: 0 1; border-left: solid $border-blurred;
            scrollbar-size-vertical: 1; }
        &.-narrow #overview, &.-narrow #records { layout: vertical; }
        &.-narrow #about { width: 100%; height: 1fr; }
        &.-narrow #gates { width: 100%; height: 7; border-left: none;
            border-top: solid $border-blurred; }
        &.-narrow #list { width: 100%; height: 1fr; }
        &.-narrow #full { width: 100%; height: 11; border-left: none;
            border-top: solid $border-blurred; }
        &.-short #full { display: none; }
        &.-short #about { display: none; }
        &.-short #gates { height: 1fr; border-top: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("pagedown", "beside(1)", "Down", show=False, priority=True),
        Binding("pageup", "beside(-1)", "Up", show=False, priority=True),
    ]
    place: ClassVar[str] = "case"
    nav: ClassVar[bool] = False
    mark: ClassVar[str] = ""
    """What the banner says before the stage."""

    def __init__(
        self,
        case_id: int,
        tab: str = "overview",
        *,
        fix: Finding | None = None,
        at: tuple[str, int] | None = None,
    ) -> None:
        super().__init__()
        self._fix_first = fix
        self._start_at = at
        self.case_id = case_id
        self.tab = tab
        self.view: views.CaseView | None = None
        self._revealed = False
        self._logged = False
        self._fresh = True

    def body(self) -> Iterable[Widget]:
        """Tabs at the top, banner under them, then the tab."""
        today = self.console.today
        yield NavBar(today=today, current=self.tab, places=PLACES, title="Case", dated=False)
        yield ContactBanner(id="banner", most=2, heading=" ")
        with_about = VerticalScroll(
            Facts(label_width=10, folded=TWO_COLUMNS, id="facts"), id="about"
        )
        with_about.can_focus = False
        full = VerticalScroll(Facts(label_width=20, folded=TWO_COLUMNS, id="record"), id="full")
        full.can_focus = False
        panes = (
            Horizontal(
                with_about, GateList(today=today, all_gates=True, id="gates"), id="overview"
            ),
            Horizontal(RecordList(today=today, id="list"), full, id="records"),
            Vertical(Timeline(id="story"), id="timeline"),
        )
        # Shown and hidden here: a ContentSwitcher forgets a tab chosen before it is mounted.
        for pane in panes:
            pane.display = pane.id == self._pane
        yield Vertical(*panes, id="tabs")

    @property
    def _pane(self) -> str:
        """The pane that the tab is shown in."""
        return self.tab if self.tab in ("overview", "timeline") else "records"

    # --- reading ------------------------------------------------------------------------------

    async def refresh_data(self) -> None:
        """Read the whole case; the first reading is logged."""
        today, settings, case_id = self.console.today, self.console.settings, self.case_id
        if not self._logged:
            self._logged = True
            try:
                await self.console.read(
                    lambda data: data.store.note(
                        "consultation", "cases", case_id, case_id, "case read"
                    )
                )
            except SanctuaryError:
                self._logged = False  # a reading that could not be logged is none
                raise
        self.view = await self.console.read(
            lambda data: views.case_view(data, case_id, today, settings)
        )
        self._show_all()
        start, self._start_at = self._start_at, None
        if start is not None:
            self.records.select(start)
        if self._fix_first is not None:
            first, self._fix_first = self._fix_first, None
            self.console.attempt(self.fix(first))

    def _show_all(self) -> None:
        view = self.view
        if view is None:
            return
        card = view.card
        name = card.masked if self.console.masked else card.name
        _, stage, *_ = stage_fact(card, self.console.today)
        self.query_one("#banner", ContactBanner).show(
            card,
            heading=name or "name not recorded",
            note="   ".join(part for part in (self.mark, stage, tenure_title(card.tenure)) if part),
        )
        self.query_one("#facts", Facts).set_facts(
            overview_facts(view.file, card, self.console.now(), self.console.settings)
        )
        gates_list = self.query_one("#gates", GateList)
        findings = views.merged(view.findings, view.file)
        findings.sort(key=lambda one: (one.overridden, _WEIGHT[one.severity]))
        gates_list.set_findings(findings)
        if self._fresh:
            gates_list.action_end(-1)
        self._fresh = False
        self.query_one("#story", Timeline).set_entries(view.story)
        self._show_tab()

    def _show_tab(self) -> None:
        bar = self.query_one(NavBar)
        bar.set_current(self.tab)
        self.show_footer()
        for pane in self.query_one("#tabs").children:
            pane.display = pane.id == self._pane
        if self._pane == "records" and self.view is not None:
            tables = next(tables for name, _, _, tables in TABS if name == self.tab)
            items: list[RecordRow | Heading] = []
            for table, rows in rows_of(self.view.file, tables, today=self.console.today).items():
                if rows:
                    items += [Heading(title_of(table), len(rows)), *rows]
            self.records.set_items(items)
            self._show_record(self.records.row)
        if self.tab == "timeline":
            self.query_one("#story", Timeline).scroll_to(y=0, animate=False)
        focus = {"overview": "#gates", "timeline": "#story"}.get(self.tab, "#list")
        self.query_one(focus).focus()

    @property
    def records(self) -> RecordList:
        """The list of the tab's records."""
        return self.query_one("#list", RecordList)

    def _show_record(self, row: RecordRow | None) -> None:
        facts = self.query_one("#record", Facts)
        if row is None or self.view is None:
            facts.set_facts([], title="")
            return
        links = {
            "organisations": self.view.organisations,
            "funds": self.view.funds,
            "people": {
                person.id: f"{person.first_name} {person.surname}".strip() or person.role
                for person in self.view.file.people
            },
        }
        facts.set_facts(
            facts_of(row.record, links, revealed=self._revealed), title=type(row.record).title
        )

    def on_resize(self) -> None:
        """Fold the panes one under the other where there is no room."""
        self.set_class(self.size.width < 100, "-narrow")
        self.set_class(self.size.height < 18, "-short")

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self._show_all()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of the tab."""
        line = ["back", "*", *_LINES[self.tab], "help"]
        if self.tab == "risk" and "risk" in self._masked():
            line.insert(3, "reveal")
        return footer_of(line, self.console.settings.keys)

    # --- paging beside the list ---------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The page keys scroll what stands beside a list that has no need of them."""
        return self._beside() is not None if action == "beside" else True

    def _beside(self) -> VerticalScroll | None:
        if self.tab == "timeline" or (self.tab != "overview" and self.records.max_scroll_y):
            return None
        area = self.query_one("#about" if self.tab == "overview" else "#full", VerticalScroll)
        return area if area.max_scroll_y else None

    def action_beside(self, step: int) -> None:
        """Scroll the facts, or the record in full."""
        area = self._beside()
        if area is not None:
            area.scroll_relative(y=step * max(1, area.size.height - 1), animate=False)

    # --- moving about -------------------------------------------------------------------------

    def target(self) -> Target | None:
        """This case, and the record under the cursor."""
        if self.view is None:
            return None
        row = self.records.row if self.tab not in ("overview", "timeline") else None
        table = row.table if row else ""
        record = row.record if row else None
        reminder = record if isinstance(record, Reminder) else None
        live = reminder is not None and reminder.state in REMINDER_LIVE
        return Target(
            self.view.card,
            reminder.title_text if reminder and live else "",
            rule=reminder.rule if reminder and live else "",
            reminder_id=reminder.id if reminder else None,
            record_table=table,
            record_id=record.id if record else None,
        )

    def go_to(self, tab: str) -> None:
        """Show a tab."""
        self.tab = tab
        self._revealed = False
        self._show_tab()

    def key_number(self, number: int) -> None:
        """Show the tab of this number."""
        if 1 <= number <= len(TABS):
            self.go_to(TABS[number - 1][0])

    def on_key(self, event: events.Key) -> None:
        """Digits choose the tab."""
        if event.key.isdecimal() and len(event.key) == 1:
            event.stop()
            self.key_number(int(event.key))

    @on(NavBar.Chosen)
    def _tab_clicked(self, event: NavBar.Chosen) -> None:
        event.stop()
        self.go_to(event.name)

    def action_next_tab(self) -> None:
        """Go to the next tab."""
        self._step_tab(1)

    def action_previous_tab(self) -> None:
        """Go to the tab before."""
        self._step_tab(-1)

    def _step_tab(self, step: int) -> None:
        names = [name for name, *_ in TABS]
        self.go_to(names[(names.index(self.tab) + step) % len(names)])

    def action_back(self) -> None:
        """Go back to where the case was opened."""
        self.dismiss()

    # --- records ------------------------------------------------------------------------------

    @on(LineTable.Highlighted)
    def _moved(self, event: LineTable.Highlighted) -> None:
        if event.table.id == "list":
            self._show_record(event.row)

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        if event.table.id == "list":
            self.console.attempt(self._edit(event.row))
        elif event.table.id == "gates":
            self.console.attempt(self.fix(event.row))
        elif event.table.id == "story":
            self.console.attempt(follow(self, event.row))

    def action_open(self) -> None:
        """Correct the record under the cursor."""
        row = self.records.row
        if self.tab == "overview":
            finding = self.query_one("#gates", GateList).row
            self.console.attempt(self.fix(finding) if finding else self.edit_case())
        elif self.tab == "timeline":
            entry = self.query_one("#story", Timeline).row
            if entry is not None:
                self.console.attempt(follow(self, entry))
        elif row is not None:
            self.console.attempt(self._edit(row))

    def select_for(self, finding: Finding) -> None:
        """Put the cursor on the record a finding is about."""
        wanted = {
            "edit_perpetrator": "perpetrator",
            "edit_survivor": "survivor",
            "edit_child": "child",
            "edit_survey": "surveys",
            "edit_contact": "contact_points",
            "edit_home": "properties",
            "edit_order": "legal_orders",
            "edit_visit": "visits",
        }.get(finding.command, "")
        for row in self.records.rows:
            measured = finding.measure_id is not None and row.record.id == finding.measure_id
            role = getattr(row.record, "role", "")
            if (row.table == "measures" and measured) or (wanted and wanted in (role, row.table)):
                self.records.select((row.table, row.record.id))
                return

    async def _edit(self, row: RecordRow) -> None:
        if self.view is not None and await edit_record(
            self.console, self.view, row.record, revealed=self._revealed
        ):
            await self._told("Kept.")

    async def edit_case(self, *only: str) -> None:
        if self.view is not None and await edit_record(
            self.console, self.view, self.view.file.case, only=only or None
        ):
            await self._told("Kept.")

    def action_add(self) -> None:
        """Add a record on this tab."""
        self.console.attempt(self._add())

    async def _add(self) -> None:
        if self.view is None:
            return
        if self.tab == "overview":
            await self.edit_case()
            return
        tab = self.tab
        tables = next(tables for name, _, _, tables in TABS if name == tab)
        before = {self.records.key(row) for row in self.records.rows}
        if not await add_record(self.console, self.view, tables):
            return
        await self._told("Added.")
        if self.tab == tab:
            keys = map(self.records.key, self.records.rows)
            self.records.select(next((key for key in keys if key not in before), None))

    def action_delete(self) -> None:
        """Delete the record under the cursor."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        row = self.records.row if self.tab not in ("overview", "timeline") else None
        if row is None:
            raise RefusedError("There is no record under the cursor.")
        record: Record = row.record
        detail = "It says what is not safe: then nothing does." if removing.warns(record) else ""
        if not await confirm(self.console, f"Delete this {record.title.lower()}?", detail):
            return
        await self.console.write(lambda data: removing.delete(data, record))
        await self._told("Deleted; u brings it back.")

    def action_note(self) -> None:
        """Write a note."""
        self.console.attempt(self._note())

    async def _note(self) -> None:
        if self.view is not None and await add_record(self.console, self.view, (Note.table,)):
            await self._told("Note kept.")

    def action_state(self) -> None:
        """Move a measure on."""
        self.console.attempt(self._state())

    async def _state(self) -> None:
        row = self.records.row if self.tab == "measures" else None
        if row is None or not isinstance(row.record, Measure):
            raise RefusedError("Put the cursor on a measure, on the Measures tab, first.")
        from config.codes import label

        measure = row.record
        steps = _STATE_STEPS[measure.state]
        picked = await choose(
            self.console,
            f"{measure.name}: {label('measure_state', measure.state).lower()}, now",
            [(state[0], label("measure_state", state)) for state in steps],
        )
        if picked is None:
            return
        state = next(state for state in steps if state[0] == picked)
        await self._set_state(measure, state)

    async def _set_state(self, measure: Measure, state: str) -> None:
        assert self.view is not None
        settings, today = self.console.settings, self.console.today
        refused = gates.measure_refusals(self.view.file, measure, state, today, settings)
        if refused:
            await show_refusal(self.console, self.view.card, state, refused)
            return

        async def keep(given: dict[str, Any]) -> Measure | None:
            more = {name: value for name, value in given.items() if value is not None}
            _, gap = await self.console.write(
                lambda data: work.move_measure(data, measure.id, state, settings, **more)
            )
            return gap

        if state == "fitted":
            given = await fill_form(
                self.console,
                Measure,
                title=f"Fitted: {measure.name}",
                values={
                    "fitted_on": min(works.fitting_day(self.view.file) or today, today),
                    "cost": measure.cost,
                    "fund": measure.fund,
                    "escape_checked": measure.escape_checked,
                    "instructions": measure.instructions,
                },
                only=(
                    "fitted_on",
                    "fitted_by",
                    "cost",
                    "fund",
                    "escape_checked",
                    "instructions",
                    "removal_offer",
                ),
                case_id=self.case_id,
                form="fitted",
                record_id=measure.id,
                commit=keep,
            )
            if given is not None:
                await self._told("Kept.")
            return
        gap = await keep({})
        await self._told(
            "Declined by the landlord's scheme: proposed as a gap to fund; u undoes both."
            if gap
            else "Kept."
        )

    # --- gates --------------------------------------------------------------------------------

    async def fix(self, finding: Finding) -> None:
        """Go to where a finding is put right."""
        await fix_finding(self, finding)

    def action_override(self) -> None:
        """Override the gate under the cursor."""
        self.console.attempt(self._override())

    async def _override(self) -> None:
        from sanctuary_tui.overriding import OverrideForm, override_gate, refuse_never

        finding = self.query_one("#gates", GateList).row if self.tab == "overview" else None
        if finding is None or finding.severity != "stop":
            raise RefusedError("Put the cursor on a gate that stops, on the Overview, first.")
        gate = finding.gate
        refuse_never(gate)
        settings = self.console.settings
        signs = settings.policy.overrides_signed_by.strip()
        given = await fill_form(
            self.console,
            OverrideForm,
            title=f"Override gate {gate}" + (f", signed by: {signs}" if signs else ""),
            case_id=self.case_id,
            form=OverrideForm.table,
            commit=lambda given: self.console.write(
                lambda data: override_gate(data, self.case_id, gate, given, settings)
            ),
        )
        if given is None:
            return
        await self._told(f"Gate {gate} overridden until {full_date(given['expiry'])}.")

    # --- address, closing ---------------------------------------------------------------------

    def action_reveal(self) -> None:
        """Show what is masked, for a reason that is logged."""
        self.console.attempt(self._reveal())

    def _masked(self) -> dict[str, list[Record]]:
        """The records of which something is masked, by the tab they stand on."""
        if self.view is None:
            return {}
        file = self.view.file
        found: dict[str, list[Record]] = {
            "people": list(file.safe_addresses),
            "legal": [home for home in file.properties if home.confidential == "yes"],
            "risk": [listing for listing in file.marac_listings if listing.transfer_to],
        }
        return {tab: records for tab, records in found.items() if records}

    async def _reveal(self) -> None:
        if self.view is None:
            return
        masked = self._masked()
        if not masked:
            raise RefusedError(
                "Nothing of this case is masked: no address is confidential, and it went to no "
                "other MARAC."
            )
        tab = self.tab if self.tab in masked else next(iter(masked))
        if tab == "risk":
            what, table, numbers = OTHER_MARAC, MaracListing.table, [one.id for one in masked[tab]]
        else:
            what, table, numbers = ADDRESS, Property.table, [0]
        if not await reason_given(self.console, what, self.case_id, table, numbers):
            return
        if self.tab != tab:
            self.go_to(tab)
        kept = masked[tab]
        row = self.records.row
        if row is None or row.table != kept[0].table:
            self.records.select((kept[0].table, kept[0].id))
        self._show_masked(True)
        self.set_timer(SHOWN_SECONDS, lambda: self._show_masked(False))

    def _show_masked(self, shown: bool) -> None:
        self._revealed = shown
        self._show_record(self.records.row)

    def action_seal(self) -> None:
        """Seal the case, or lift its seal."""
        from sanctuary_tui.screens.seal import seal_or_lift

        if self.view is not None:
            self.console.attempt(seal_or_lift(self, self.view))

    def action_close_case(self) -> None:
        """Close the case, or open it again."""
        self.console.attempt(self._close())

    async def _close(self) -> None:
        if self.view is None:
            return
        card = self.view.card
        if card.status == "open":
            await move_case(self.console, card, "closed")
        elif await confirm(self.console, f"{card.ref} is closed. Open it again at triage?"):
            settings = self.console.settings
            await self.console.write(
                lambda data: work.reopen(data, card.case_id, "triage", settings)
            )
        await self._told("")

    def action_readers(self) -> None:
        """Show who opened this case, and when."""
        from sanctuary_tui.screens.changelog import show_readers

        show_readers(self.console, self.case_id)

    def action_retention(self) -> None:
        """Keep the closed file, hold it, or dispose of it."""
        self.console.attempt(self._keeping())

    async def _keeping(self) -> None:
        from sanctuary_tui.screens.keeping import review_case

        if told := await review_case(self.console, self.case_id):
            await self._told(told)

    def action_export(self) -> None:
        """Write the records like the one under the cursor as CSV."""
        from sanctuary_tui.screens.exporting import export_now, sheet_of_records

        if self.view is None:
            return
        row = self.records.row if self.tab not in ("overview", "timeline") else None
        table = row.table if row else "notes" if self.tab == "timeline" else "cases"
        kept: list[Record] = (
            [self.view.file.case] if table == "cases" else list(getattr(self.view.file, table))
        )
        sheet = sheet_of_records(table, kept, self.view.card.ref)
        self.console.attempt(export_now(self.console, sheet))
