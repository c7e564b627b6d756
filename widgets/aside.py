"""The case under the cursor, speaking on the right: why stuck, on whom, since when, what next."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from config.codes import CODES, STAGES
from config.format import age, short_date
from db.readmodels import CaseCard
from widgets.banner import contact_block
from widgets.columns import Pieces
from widgets.dates import days_in_stage
from widgets.text_blocks import Block, Fact, fact_lines, rule_piece
from widgets.themes import risk_cell
from widgets.words import consent_style, consent_words, shown_name, tenure_title


def stage_fact(card: CaseCard, today: date) -> Fact:
    """``Approval, 6d of 3d``, marked when the stage's target is past."""
    days, allowed, late = days_in_stage(card.stage_entered, card.target_due, today)
    title = STAGES.get(card.stage, card.stage)
    if allowed is None:
        return "stage", f"{title}, {days}d"
    return (
        "stage",
        f"{title}, {days}d of {allowed}d{'!' if late else ''}",
        "late" if late else "text",
    )


def case_facts(card: CaseCard, today: date) -> list[Fact]:
    """What a person asks of a case, in the order in which they ask it."""
    since = ""
    if card.stuck_since:
        since = f"{short_date(card.stuck_since, today)}, {age(card.stuck_since, today)}"
    next_text = card.next_text
    if card.next_due:
        next_text = f"{next_text or 'due'}, {short_date(card.next_due, today)}"
    late = bool(card.next_due and card.next_due < today)
    consent = consent_words(card.consent)
    if consent and card.consent_since:
        consent = f"{consent}, {age(card.consent_since, today)}"
    return [
        stage_fact(card, today),
        ("stuck", card.stuck_why, "warn"),
        ("on", card.stuck_on),
        ("since", since),
        ("next", next_text, "late" if late else "strong"),
        ("consent", consent, consent_style(card.consent)),
        ("gates", card.gates.replace(";", ", ")),
        ("last", card.last_text, "dim"),
    ]


class CaseAside(Block):
    """The panel of one case: who, how to reach them safely, then the facts."""

    DEFAULT_CSS = """
    CaseAside { height: 1fr; }
    """
    # Its own, for a border would have every line copied at each key that moves a cursor.
    edge: ClassVar[str] = "│ "

    def __init__(
        self,
        card: CaseCard | None = None,
        *,
        today: date,
        masked: bool = True,
        id: str | None = None,
    ) -> None:
        super().__init__(id=id)
        self._card = card
        self.today = today
        self.masked = masked

    def show(
        self, card: CaseCard | None, *, today: date | None = None, masked: bool | None = None
    ) -> None:
        """Show another case, or none."""
        today = today or self.today
        masked = self.masked if masked is None else masked
        if (card is self._card, today, masked) == (True, self.today, self.masked):
            return
        self._card, self.today, self.masked = card, today, masked
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """Who, the rule for contact, a thin line, the facts."""
        card = self._card
        if card is None:
            return []
        holders = CODES["named_parties"].get(card.named_parties, "")
        if card.named_parties in ("not_known", "not_asked"):
            holders = ""
        home = ", ".join(part for part in (tenure_title(card.tenure), holders.lower()) if part)
        return [
            [
                (card.ref, "title"),
                ("  ", "text"),
                risk_cell(card.risk),
                ("  ", "text"),
                (shown_name(card, self.masked), "strong"),
            ],
            [(home, "dim")],
            *contact_block(card.safe_contact, bool(card.do_not_contact), width),
            [rule_piece(width)],
            *fact_lines(case_facts(card, self.today), width, label_width=7),
        ]
