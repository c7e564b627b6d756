"""The weekly MARAC list: pick, check, preview, send, record what the meeting decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.containers import VerticalScroll
from textual.widget import Widget

from config.codes import label
from config.errors import RefusedError
from config.format import counted, full_date, short_date
from db.models import MaracListing
from db.readmodels import MaracCandidate
from sanctuary_tui import marac_export, marac_work, records, table_export, views, work
from sanctuary_tui.commands import footer_of
from sanctuary_tui.formrecords import MeetingForm
from sanctuary_tui.marac_export import ListedCase, MaracRequest
from sanctuary_tui.marac_work import record_outcome
from sanctuary_tui.pathway.marac import iso_week_label
from sanctuary_tui.screens.acts import LineScreen, Target
from sanctuary_tui.screens.asking import ask_folder, choose, confirm, fill_form, pick
from sanctuary_tui.screens.case_rows import HIDDEN_FIELDS
from sanctuary_tui.screens.marac_sheets import PreviewSheet, RadarSheet, SentSheet
from sanctuary_tui.screens.revealing import OTHER_MARAC, SHOWN_SECONDS, reason_given
from sanctuary_tui.sealing import ALWAYS
from widgets.banner import ContactBanner
from widgets.lines import LineTable
from widgets.marac import MaracList
from widgets.text_blocks import Fact, Facts, Words
from widgets.words import shown_name

_DETAILS = (
    "listing_type",
    "marac_ref",
    "repeat_event",
    "judgement_reason",
    "victim_aware",
    "unaware_reason",
    "consent",
    "share_basis",
    "decided_by",
    "decided_on",
    "headline",
    "requested_actions",
    "address_reason",
)


_RESULTS = ("heard", "deferred", "withdrawn")


class MaracScreen(LineScreen):
    """Candidates for one meeting, with the reason for each."""

    DEFAULT_CSS = """
    MaracScreen {
        #meeting { height: auto; padding: 0 1; background: $panel; }
        #lines { height: auto; max-height: 55%; }
        #told { height: 1fr; padding: 0 1; border-top: solid $border-blurred;
            scrollbar-size-vertical: 1; }
        #below { height: 2; }
        &.-short #told { display: none; }
        &.-short #lines { max-height: 100%; height: 1fr; }
    }
    """
    place: ClassVar[str] = "marac"
    line: ClassVar[tuple[str, ...]] = (
        "tick",
        "marac_details",
        "preview",
        "send",
        "outcome",
        "open",
        "meeting",
        "transfer",
        "radar",
        "call",
        "search",
        "new",
        "help",
    )

    def __init__(self) -> None:
        super().__init__()
        self._meeting: date | None = None
        self._view: views.MaracView | None = None
        self._revealed: int | None = None
        """The listing of which it is shown to which MARAC the case went."""

    def body(self) -> Iterable[Widget]:
        """The meeting, the candidates, the reasons of the one under the cursor."""
        yield Words(id="meeting", style="strong")
        yield MaracList(masked=self.console.masked, id="lines")
        told = VerticalScroll(Facts(label_width=9, id="why"), id="told")
        told.can_focus = False
        yield told
        yield ContactBanner(id="below", most=2)

    @property
    def lines(self) -> MaracList:
        """The list."""
        return self.query_one("#lines", MaracList)

    def target(self) -> Target | None:
        """The candidate under the cursor."""
        row = self.lines.row
        return (
            Target(row.card, record_table="marac_listings", record_id=row.listing_id)
            if row
            else None
        )

    async def refresh_data(self) -> None:
        """Read the candidates of the meeting."""
        today, settings = self.console.today, self.console.settings
        if self._meeting is None:
            chosen, _ = await self.console.read(
                lambda data: marac_export.choose_meeting(data, today, settings)
            )
            self._meeting = self._meeting or chosen  # unless one was asked for meanwhile
        meeting = self._meeting
        view = self._view = await self.console.read(
            lambda data: views.marac_view(data, today, settings, meeting)
        )
        listed = sum(1 for one in view.candidates if one.ticked)
        self.console.counts["marac"] = await self.console.read(
            lambda data: views.marac_count(data, today, settings)
        )
        closes = "list closed" if view.cutoff < today else "list closes"
        self.query_one("#meeting", Words).set_text(
            f"Meeting {full_date(view.meeting)}   {closes} {short_date(view.cutoff, today)}   "
            f"{_how_many(listed, len(view.candidates))}"
        )
        self.lines.set_rows(view.candidates)
        self.lines.styles.height = "1fr" if self.has_class("-short") else len(view.candidates) + 2
        self._show_why(self.lines.row)

    def _show_why(self, row: MaracCandidate | None) -> None:
        self.query_one("#below", ContactBanner).show(row.card if row else None)
        facts = self.query_one("#why", Facts)
        if row is None:
            facts.set_facts([], title="")
            return
        listing = self._listing(row)
        told: list[Fact] = [
            ("Why", "\n".join(row.reasons) or "listed by hand", "strong"),
            ("Type", self._type(row, listing)),
        ]
        if listing is not None:
            told += _listed_facts(listing, shown=listing.id == self._revealed)
        told += self._actions(row)
        missing = ", ".join(row.missing)
        told.append(("Missing", missing or "nothing", "warn" if missing else "dim"))
        title = f"{row.card.ref}  {shown_name(row.card, self.console.masked)}"
        facts.set_facts([fact for fact in told if fact[1]], title=title)
        self.show_footer()

    def _actions(self, row: MaracCandidate) -> list[Fact]:
        """The meeting's actions that are still open, those overdue marked."""
        assert self._view is not None
        today = self.console.today
        return [
            (
                "Action" if number == 0 else "",
                ": ".join(part for part in (one.owner_agency, one.action) if part)
                + (f", due {short_date(one.due, today)}" if one.due else ""),
                "late" if one.due and one.due < today else "text",
            )
            for number, one in enumerate(self._view.actions.get(row.card.case_id, ()))
        ]

    def _type(self, row: MaracCandidate, listing: MaracListing | None) -> str:
        words = label("listing_type", listing.listing_type if listing else row.listing_type)
        if row.last_referral:
            words += f", last referral {full_date(row.last_referral)}"
        if listing is not None:
            words += f" ({label('listing_state', listing.state).lower()})"
        return words

    def _listing(self, row: MaracCandidate | None) -> MaracListing | None:
        if row is None or self._view is None:
            return None
        return self._view.listings.get(row.card.case_id)

    def on_resize(self) -> None:
        """On a very small screen the list alone."""
        self.set_class(self.size.height < 16, "-short")

    def cases_listed(self) -> int:
        """The cases of the list."""
        return len({row.card.case_id for row in self.lines.rows})

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self.lines.masked = masked
        self._show_why(self.lines.row)

    @on(LineTable.Highlighted)
    def _moved(self, event: LineTable.Highlighted) -> None:
        listing = self._listing(event.row)
        if listing is None or listing.id != self._revealed:
            self._revealed = None
        self._show_why(event.row)

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    # --- the list -----------------------------------------------------------------------------

    @on(MaracList.Toggled)
    def _toggled(self, event: MaracList.Toggled) -> None:
        self.console.attempt(self._tick(event.row))

    async def _tick(self, row: MaracCandidate) -> None:
        assert self._view is not None
        meeting = self._view.meeting
        listing = self._listing(row)
        told = listing is not None and listing.state == "draft" and listing.decided_on is not None
        if told and not await confirm(
            self.console,
            f"Take {row.card.ref} off the list?",
            "What was written for the meeting and the decision to share go with it; u undoes it.",
        ):
            await self.load()  # the tick is put back
            return
        try:
            await self.console.write(
                lambda data: work.tick_listing(
                    data,
                    row.card.case_id,
                    meeting,
                    criteria=row.criteria,
                    listing_type=row.listing_type,
                    last_referral=row.last_referral,
                )
            )
        finally:
            await self.load()

    def action_tick(self) -> None:
        """Put the case under the cursor on the list, or take it off."""
        self.lines.action_tick()

    def action_marac_details(self) -> None:
        """What the MARAC is told of this case."""
        self.console.attempt(self._details())

    async def _details(self) -> None:
        listing = self._need_listing()
        values = {name: getattr(listing, name) for name in _DETAILS}
        values["decided_on"] = values["decided_on"] or self.console.today
        await fill_form(
            self.console,
            MaracListing,
            title=f"{self._need().card.ref}: what the MARAC is told",
            values=values,
            only=_DETAILS,
            case_id=listing.case_id,
            form=MaracListing.table,
            record_id=listing.id,
            commit=lambda given: self.console.write(
                lambda data: records.keep_record(
                    data, MaracListing, listing.case_id, listing.id, given
                )
            ),
        )
        await self.load()

    def _need_listing(self) -> MaracListing:
        listing = self._listing(self.lines.row)
        if listing is None:
            raise RefusedError("Put the case on the list with space first.")
        return listing

    async def show_listing(self, case_id: int, listing_id: int) -> bool:
        """Go to a listing at its meeting; False where it is not there any more."""
        file = await self.console.read(lambda data: work.must_find(data, case_id))
        listing = next((one for one in file.marac_listings if one.id == listing_id), None)
        if listing is None:
            return False
        self._meeting = listing.meeting
        await self.load()
        row = next((one for one in self.lines.rows if one.card.case_id == case_id), None)
        return row is not None and self.lines.select(self.lines.key(row))

    def action_meeting(self) -> None:
        """Go to another meeting."""
        self.console.attempt(self._choose_meeting())

    async def _choose_meeting(self) -> None:
        assert self._view is not None
        picked = await pick(
            self.console,
            "Meeting",
            [(when, full_date(when)) for when in self._view.meetings],
            current=self._view.meeting,
        )
        if picked is not None:
            self._meeting = picked
            await self.load()

    # --- sending ------------------------------------------------------------------------------

    async def _rows(self, *, sent_too: bool = False) -> list[ListedCase]:
        view = self._view
        assert view is not None
        today, settings, meeting = self.console.today, self.console.settings, view.meeting
        case_ids = tuple(view.listings) if sent_too else ()
        listed = await self.console.read(
            lambda data: marac_export.preview(data, meeting, today, settings, case_ids)
        )
        if listed:
            order = {one.card.ref: number for number, one in enumerate(view.candidates)}
            return sorted(listed, key=lambda one: order.get(one.ref, len(order)))
        if any(one.state == "sent" for one in view.listings.values()):
            raise RefusedError(
                f"The list for {full_date(meeting)} was sent already and no other case is ticked; "
                "p shows what was sent."
            )
        raise RefusedError("No case is ticked for this meeting; tick with space first.")

    def action_preview(self) -> None:
        """See each row as it would be sent."""
        self.console.attempt(self._preview())

    async def _preview(self) -> None:
        listed = await self._rows(sent_too=True)
        await self.console.push_screen_wait(PreviewSheet(listed))

    def action_send(self) -> None:
        """Write the list for the meeting."""
        self.console.attempt(self._send())

    async def _send(self) -> None:
        listed = await self._rows()
        view = self._view
        assert view is not None
        go = await self.console.push_screen_wait(PreviewSheet(listed, sending=True))
        if not go:
            return
        basis, decided_by = await self._basis(listed)
        protect = await self._protection()
        if protect is None:
            return
        out = await ask_folder(self.console)
        if out is None:
            return
        protected = sum(one.protected for one in listed)
        if protected and not await confirm(
            self.console,
            f"{protected} confidential value{'s' if protected > 1 else ''} will be sent. Go on?",
            "A reason is recorded for each on its listing.",
        ):
            return
        request = MaracRequest(
            meeting=view.meeting,
            week=iso_week_label(self.console.today),
            out=out,
            protect=protect,
            basis=basis,
            decided_by=decided_by,
        )
        settings, now = self.console.settings, self.console.now()
        sent = await self.console.write(
            lambda data: marac_export.send(data, request, settings, now=now)
        )
        await self.console.push_screen_wait(
            SentSheet(
                f"{sent.export} written, {counted(sent.result.rows, 'row')}",
                sent.result,
                "say it by phone, not by email",
            )
        )
        self.notify(ALWAYS, timeout=8, markup=False)
        await self.load()

    async def _basis(self, listed: Sequence[ListedCase]) -> tuple[str, str]:
        if not any(one.undecided for one in listed):
            return "", ""
        given = await fill_form(
            self.console,
            MaracListing,
            title="Decision to share, where none is recorded yet",
            values={"share_basis": "public_task", "decided_by": self.console.settings.coordinator},
            only=("share_basis", "decided_by"),
            form="share_basis",
        )
        if given is None:
            raise RefusedError("Nothing was sent: nothing is shared without a recorded decision.")
        return str(given["share_basis"]), str(given["decided_by"])

    async def _protection(self) -> str | None:
        remembered = self.console.settings.protection
        ways = {"x": "xlsx", "z": "zip", "c": "csv"}
        picked = await choose(
            self.console,
            "Protection" + (f" (last time: {remembered})" if remembered else ""),
            [(key, label("protection", way)) for key, way in ways.items()],
        )
        if picked is None:
            return None
        if ways[picked] != remembered:
            self.console.remember_setting("protection", ways[picked])
        return ways[picked]

    # --- after the meeting --------------------------------------------------------------------

    def action_outcome(self) -> None:
        """Record what the meeting decided."""
        self.console.attempt(self._outcome())

    async def _outcome(self) -> None:
        listing = self._need_listing()
        await fill_form(
            self.console,
            MeetingForm,
            title=f"{self._need().card.ref}: the meeting of {full_date(listing.meeting)}",
            values={
                "outcome": listing.outcome,
                "decided": listing.state if listing.state in _RESULTS else "heard",
            },
            case_id=listing.case_id,
            form=MeetingForm.table,
            record_id=listing.id,
            commit=lambda given: self.console.write(
                lambda data: record_outcome(data, listing.id, given, self.console.settings)
            ),
        )
        await self.load()

    def action_transfer(self) -> None:
        """Record that the case went to another MARAC, and whether it has it."""
        self.console.attempt(self._transfer())

    async def _transfer(self) -> None:
        listing = self._need_listing()
        marac_work.check_transfer(listing)
        asked: tuple[str, ...] = marac_work.TRANSFER
        title = f"{self._need().card.ref}: transfer to another MARAC"
        if listing.transfer_to and listing.id != self._revealed:
            asked = tuple(name for name in asked if name not in HIDDEN_FIELDS)
            title += " (to which: y shows it first)"
        await fill_form(
            self.console,
            MaracListing,
            title=title,
            values={name: getattr(listing, name) for name in asked},
            only=asked,
            case_id=listing.case_id,
            form="marac_transfer",
            record_id=listing.id,
            commit=lambda given: self.console.write(
                lambda data: marac_work.record_transfer(data, listing.id, given)
            ),
        )
        await self.load()

    def footer(self) -> list[tuple[str, str]]:
        """The keys of the list; what shows a masked MARAC only where there is one."""
        listing = self._listing(self.lines.row) if self._view is not None else None
        if listing is None or not listing.transfer_to:
            return super().footer()
        return footer_of(["reveal", *self.line], self.console.settings.keys)

    def action_reveal(self) -> None:
        """Show to which MARAC the case went, for a reason that is logged."""
        self.console.attempt(self._reveal())

    async def _reveal(self) -> None:
        listing = self._listing(self.lines.row)
        if listing is None or not listing.transfer_to:
            raise RefusedError("Nothing is masked here: this case went to no other MARAC.")
        number, table = listing.id, MaracListing.table
        if not await reason_given(self.console, OTHER_MARAC, listing.case_id, table, [number]):
            return
        self._revealed = number
        self._show_why(self.lines.row)
        self.set_timer(SHOWN_SECONDS, self._hide_again)

    def _hide_again(self) -> None:
        self._revealed = None
        self._show_why(self.lines.row)

    def action_radar(self) -> None:
        """Show every case inside the twelve months."""
        if self._view is not None:
            self.console.attempt(self._radar(self._view.radar))

    async def _radar(self, radar: Sequence[views.RadarLine]) -> None:
        sheet = RadarSheet(radar, masked=self.console.masked)
        if await self.console.push_screen_wait(sheet):
            from sanctuary_tui.screens.exporting import export_now

            await export_now(self.console, table_export.radar_sheet(radar))

    def action_export(self) -> None:
        """Write the list."""
        self.action_send()


def _how_many(ticked: int, rows: int) -> str:
    """How many are on the list, and why the rows below may be more."""
    if ticked == rows:
        return f"{ticked} ticked"
    more = rows - ticked
    meet = "meets" if more == 1 else "meet"
    return f"{ticked} ticked; {more} more {meet} a criterion: space ticks"


def _transfer_fact(listing: MaracListing, *, shown: bool) -> Fact:
    """Where the case went, how, and whether it arrived; which MARAC only for a reason given."""
    if listing.transferred_on is None:
        return ("Transfer", "", "text")
    to = listing.transfer_to if shown else "another MARAC (y shows it, for a reason)"
    said = f"to {to}, sent {full_date(listing.transferred_on)}"
    said += f", {label('transfer_way', listing.transfer_way).lower()}; "
    if listing.acknowledged_on is None:
        return ("Transfer", f"{said}not acknowledged yet", "warn")
    return ("Transfer", f"{said}acknowledged {full_date(listing.acknowledged_on)}", "good")


def _listed_facts(listing: MaracListing, *, shown: bool) -> list[Fact]:
    """What the MARAC is told of a case that is on its list, and what it decided."""
    consent = label("share_consent", listing.consent).lower()
    knows = f"{label('victim_aware', listing.victim_aware)}; consent to share {consent}"
    if listing.unaware_reason:
        knows += f"; {listing.unaware_reason}"
    basis = label("share_basis", listing.share_basis)
    if listing.decided_by:
        basis += f", decided by {listing.decided_by}"
    if listing.decided_on:
        basis += f", {full_date(listing.decided_on)}"
    return [
        ("Headline", listing.headline),
        ("Asks", listing.requested_actions),
        ("Judged", listing.judgement_reason),
        ("Knows", knows),
        ("Basis", basis),
        ("Outcome", listing.outcome, "good"),
        _transfer_fact(listing, shown=shown),
    ]
