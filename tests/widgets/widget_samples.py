"""Neutral cards and lines for the widget tests, and a bare program to stand a widget in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import cycle

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from config.codes import STAGES
from db.readmodels import (
    AgendaLine,
    CaseCard,
    ConsentLine,
    Finding,
    MaracCandidate,
    Match,
    SearchHit,
    TimelineEntry,
)
from widgets.themes import register_themes

TODAY = date(2026, 11, 26)
RISKS = ("high", "medium", "standard", "not_known")
TENURES = ("prs", "council", "ha", "owner", "mortgage", "not_known")
CONSENTS = ("", "silent", "sent", "granted", "", "escalated", "refused", "with_owner")
WHYS = (
    "agent silent",
    "HA works order",
    "first call",
    "",
    "joint tenancy, G3 order",
    "survey report",
)
ONS = ("Test Lets", "Test Homes HA", "survivor", "", "county court", "surveyor")
NEXTS = (
    "chase agent",
    "chase HA, or other fund",
    "call, by text first",
    "book survey",
    "",
    "order works",
)
SPREAD = ("triage", "triage", "legal", "consent", "consent", "consent", "survey", "approval")
AWKWARD = (
    "[/bold] [red]not markup[/]",
    "\x1b[2J\x1b]2;title\x07 escape",
    "漢字かな混じりの長い文章がここにあります",
    "e\u0301\u0301\u0301 co\u0308mbining a\u0300",
    "\u202eright to left override\u202c",
    "שלום עולם كيف حالك",
    "family 👨‍👩‍👧 flag 🇬🇧 heart ❤️",
    "tab\tnew\nline\r\nnul\x00",
    "\ud800 lone surrogate",
    "x" * 5000,
)
"""Texts that have broken terminals or widgets."""


def card(number: int, **more: object) -> CaseCard:
    """A card that looks like a real one, the same for the same number."""
    stages = (*SPREAD, *STAGES)[: len(SPREAD) + 9]
    entered = TODAY - timedelta(days=number * 7 % 40)
    made = CaseCard(
        case_id=number,
        ref=f"S26-{number:04d}",
        status="open",
        stage=stages[number % len(stages)],
        stage_entered=entered,
        target_due=entered + timedelta(days=10),
        risk=RISKS[number % 4],
        score=10,
        tenure=TENURES[number % 6],
        named_parties="survivor_sole",
        consent=CONSENTS[number % 8],
        consent_since=TODAY - timedelta(days=number % 25),
        name=f"Test Survivor {number}",
        masked="T. S.",
        stuck_why=WHYS[number % 6],
        stuck_on=ONS[number % 6],
        stuck_since=TODAY - timedelta(days=number % 17),
        next_text=NEXTS[number % 6],
        next_due=TODAY + timedelta(days=number % 9 - 3),
        safe_contact="text only, 10:00-14:00, no voicemail" if number % 5 else "",
        do_not_contact=int(number % 11 == 0),
        last_text="Wed: left message with repairs desk",
    )
    for name, value in more.items():
        setattr(made, name, value)
    return made


def cards(count: int) -> list[CaseCard]:
    """So many cards, spread over the stages."""
    return [card(number) for number in range(1, count + 1)]


def agenda(count: int) -> list[AgendaLine]:
    """Lines in every group, one a card."""
    groups = cycle(("overdue", "overdue", "today", "new", "stuck", "coming"))
    shift = {"overdue": -3, "today": 0, "new": 0, "stuck": 0, "coming": 5}
    texts = cycle(
        ("install visit not booked", "agent silent, third chase", "3-month check, by text")
    )
    lines = []
    for number, group in zip(range(1, count + 1), groups, strict=False):
        due = None if group == "stuck" else TODAY + timedelta(days=shift[group] * (number % 4 + 1))
        at = "13:00" if group == "today" and number % 2 else ""
        lines.append(
            AgendaLine(group, card(number), next(texts), due, "chase", "rule", at, number)  # type: ignore[arg-type]
        )
    return lines


def consents(count: int) -> list[ConsentLine]:
    """So many open requests."""
    states = cycle(("sent", "silent", "escalated", "with_owner", "drafting", "eh_offered"))
    return [
        ConsentLine(
            request_id=number,
            card=card(number),
            part="common_parts" if number % 3 == 0 else "dwelling",
            state=state,
            decision_maker="Test Landlord",
            agent="Test Lets",
            hop=("Test Lets, lettings desk", "owner", "repairs desk")[number % 3],
            sent_on=None if state == "drafting" else TODAY - timedelta(days=number % 30),
            waiting_days=number * 3 % 24,
            hop_days=number % 5,
            chases=number % 4,
            next_chase=TODAY + timedelta(days=number % 6 - 2),
            next_step=("third chase", "escalate to manager", "ask for owner's details")[number % 3],
            last_text="",
        )
        for number, state in zip(range(1, count + 1), states, strict=False)
    ]


def candidates(count: int) -> list[MaracCandidate]:
    """So many candidates for the list."""
    return [
        MaracCandidate(
            card=card(number),
            criteria=(("VHR",), ("PJ", "ESC"), ("REP",))[number % 3],
            reasons=(
                ("17 yes answers on 19 Nov",),
                ("judgement: strangulation", "4 police reports in 12 months"),
                ("order breached 3 Nov, heard here in May",),
            )[number % 3],
            listing_id=None,
            listing_type=("new", "repeat")[number % 2],
            last_referral=None,
            missing=("perpetrator.dob",) * (number % 3),
            ticked=number % 2 == 0,
        )
        for number in range(1, count + 1)
    ]


def hits() -> list[SearchHit]:
    """Search results with marked words."""
    return [
        SearchHit(
            1,
            "S26-0001",
            "notes",
            4,
            "Note, Wed 25 Nov",
            "left a \ue000message\ue001 with the desk",
        ),
        SearchHit(
            2, "S26-0002", "cases", 2, "Reason for referral", "\ue000message\ue001 from police"
        ),
        SearchHit(3, "S26-0003", "people", 9, "Perpetrator", ""),
    ]


def found() -> list[Match]:
    """Possible earlier cases of the same household."""
    return [
        Match(1, "S25-0110", "closed", "T. S.", "closed", "same name and date of birth", 95),
        Match(2, "S26-0007", "open", "T. O.", "legal", "same postcode and perpetrator", 70),
    ]


def findings() -> list[Finding]:
    """A finding of each kind."""
    return [
        Finding(
            "G3",
            "stop",
            "Joint tenancy: only an order that excludes, or a transfer, lets the locks be changed.",
            "county court",
            date(2026, 11, 12),
            "order",
        ),
        Finding(
            "G4",
            "warn",
            "The agent has been silent for 11 working days.",
            "Test Lets",
            date(2026, 11, 11),
        ),
        Finding("G8", "info", "Support was offered and declined."),
        Finding(
            "G6",
            "stop",
            "Disrepair must be mended first.",
            "landlord",
            date(2026, 11, 20),
            overridden=True,
        ),
    ]


def story() -> list[TimelineEntry]:
    """A few days of a case."""
    at = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
    return [
        TimelineEntry(at, "Coordinator", "update", "cases", 1, "Moved from Survey to Consent."),
        TimelineEntry(
            at - timedelta(hours=2),
            "Coordinator",
            "insert",
            "notes",
            3,
            "Call noted.",
            "Spoke to the repairs desk: the works order is raised, the budget holder is away. " * 3,
        ),
        TimelineEntry(
            at - timedelta(days=2),
            "Program",
            "insert",
            "reminders",
            8,
            "Reminder made: chase the agent.",
        ),
    ]


class Stand(App[None]):
    """A bare program around one or more widgets; keeps every message that they post."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widgets: Iterable[Widget], theme: str = "sanctuary-dark") -> None:
        super().__init__()
        self._widgets = list(widgets)
        self._theme_name = theme
        self.seen: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self._widgets

    def on_mount(self) -> None:
        register_themes(self)
        self.theme = self._theme_name
        self.set_focus(next((widget for widget in self._widgets if widget.can_focus), None))

    def of(self, kind: type[Message]) -> list[Message]:
        """The messages of one kind that were posted."""
        # A message is seen again at each widget it bubbles through.
        once = {id(message): message for message in self.seen if isinstance(message, kind)}
        return list(once.values())

    def screen_text(self) -> str:
        """What stands on the glass, a line a row."""
        strips = self.screen._compositor.render_strips()
        return "\n".join(strip.text for strip in strips)
