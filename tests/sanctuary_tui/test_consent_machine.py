"""Whatever is done to a consent request, in whatever order, through the services on a caseload.

Nothing counts as consent without a recorded answer; nothing is sent in words, or by a channel, that
the survivor did not agree; Environmental Health only with their consent and the warning.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from config.codes import CODES
from config.errors import SanctuaryError
from config.settings import default_settings
from db import queries
from db.caseload import open_caseload
from db.models import Case, ConsentEvent, ConsentRequest
from sanctuary_tui import records, work
from sanctuary_tui.opening import derive_with
from sanctuary_tui.pathway import consent, gate_consent, works

SETTINGS = default_settings()
WORDS = ("We would fit a bar, at no cost.", "We would fit a bar and a chain.", "")
CHANNELS = ("email", "letter", "phone")
ANSWERS = ("answer_granted", "answer_conditional", "answer_refused")
NOT_ASKED_US = ("survivor", "referrer")


class Asking(RuleBasedStateMachine):
    """A coordinator who tries anything, and a landlord who says anything."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.today = date(2026, 11, 4)
        self.ticks = 0
        self.data = open_caseload(
            Path(self.folder.name) / "caseload.db",
            bytes(range(32)),
            derive=derive_with(SETTINGS),
            who="Coordinator",
            clock=self.clock,
            today=lambda: self.today,
            create=True,
        )
        case = work.take_referral(self.data, {"route": "police", "safe": "yes"})
        self.case_id = case.id
        self.measure = work.add_measure(self.data, case.id, 13)
        made = records.keep_record(
            self.data, ConsentRequest, case.id, 0, {"wording": WORDS[0]}, SETTINGS
        )
        self.request_id = made.id
        self.made = queries.last_undoable(self.data.connection)[0].id
        self.agreed: tuple[str, ...] | None = None
        """What the survivor last said yes to: words, channel, owner, agent, who asks."""

    def teardown(self) -> None:
        self.data.close()
        self.folder.cleanup()

    def clock(self) -> datetime:
        self.ticks += 1
        return datetime.combine(self.today, time(9), tzinfo=UTC) + timedelta(seconds=self.ticks)

    @property
    def request(self) -> ConsentRequest:
        return queries.get(self.data.connection, ConsentRequest, self.request_id)

    @property
    def events(self) -> list[ConsentEvent]:
        return queries.all_of(self.data.connection, ConsentEvent)

    def terms(self) -> tuple[str, ...]:
        now = self.request
        return (now.wording, now.channel, now.decision_maker, now.agent, now.asked_by)

    def save(self, **given: object) -> None:
        """The whole form, as a screen saves it, with something changed."""
        now = self.request
        whole = {name: getattr(now, name) for name in records.form_fields(ConsentRequest)}
        records.keep_record(
            self.data, ConsentRequest, self.case_id, now.id, {**whole, **given}, SETTINGS
        )

    # the world

    @rule(days=st.integers(min_value=0, max_value=30))
    def days_pass(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(answer=st.sampled_from(["yes", "yes", "no", "not_asked"]))
    def survivor_says(self, answer: str) -> None:
        self.save(survivor_ok=answer)
        self.agreed = self.terms() if answer == "yes" else None

    @rule(consented=st.booleans(), warned=st.sampled_from(["yes", "no", "not_asked"]))
    def survivor_on_environmental_health(self, consented: bool, warned: str) -> None:
        self.save(survivor_eh_consent=self.today if consented else None, eh_warned=warned)

    @rule(answer=st.sampled_from(["yes", "no", "no"]))
    def do_not_contact(self, answer: str) -> None:
        given = {"do_not_contact": answer}
        records.keep_record(self.data, Case, self.case_id, self.case_id, given, SETTINGS)

    # the coordinator

    @rule(
        name=st.sampled_from(["wording", "channel", "decision_maker", "agent", "asked_by"]),
        number=st.integers(min_value=0, max_value=2),
    )
    def change(self, name: str, number: int) -> None:
        choices = {
            "wording": WORDS,
            "channel": CHANNELS,
            "decision_maker": ("", "Owner", "Another"),
            "agent": ("", "Agent", "Another agent"),
            "asked_by": ("scheme", "survivor", "referrer"),
        }
        self.save(**{name: choices[name][number]})

    @rule(
        kind=st.sampled_from([*CODES["consent_event"], "sent", "sent", "chase"]),
        words=st.sampled_from(["", "", *WORDS]),
        channel=st.sampled_from(["", "", *CHANNELS]),
    )
    def log(self, kind: str, words: str, channel: str) -> None:
        given = {"kind": kind, "words": words, **({"channel": channel} if channel else {})}
        before, terms, count = self.request, self.terms(), len(self.events)
        file = work.must_find(self.data, self.case_id)
        try:
            work.log_consent_event(self.data, self.request_id, given, SETTINGS)
        except SanctuaryError:
            assert (self.request, len(self.events)) == (before, count)
            return
        logged = self.events[-1]
        if kind == "sent":
            assert terms == self.agreed
            assert logged.words.split() == before.wording.split() != []
            assert logged.channel == before.channel
        if kind == "chase":
            assert terms == self.agreed
            assert before.sent_on is not None
        if kind in consent.REACHES:
            assert file.case.do_not_contact != "yes"
        if kind in ("eh_offered", "eh_referred"):
            assert before.survivor_eh_consent is not None
            assert before.eh_warned == "yes"
        if self.request.state != before.state:
            assert self.request.state in consent.TRANSITIONS[before.state]

    @rule(words=st.sampled_from(WORDS), channel=st.sampled_from(["", *CHANNELS]))
    def agree_and_send(self, words: str, channel: str) -> None:
        self.survivor_says("yes")
        self.log("sent", words, channel)

    @rule(
        kind=st.sampled_from(ANSWERS),
        lasts=st.one_of(st.none(), st.integers(min_value=-5, max_value=60)),
    )
    def landlord_answers(self, kind: str, lasts: int | None) -> None:
        expiry = None if lasts is None else self.today + timedelta(days=lasts)
        given = {"kind": kind, "conditions": "White", "expiry": expiry}
        before = self.request
        try:
            work.log_answer(self.data, self.request_id, given, SETTINGS)
        except SanctuaryError:
            assert self.request == before
            return
        asked = before.sent_on is not None or before.asked_by in NOT_ASKED_US
        assert asked or before.answered_on is not None

    @rule()
    def undo(self) -> None:
        last = queries.last_undoable(self.data.connection)
        if not last or last[0].id <= self.made:
            return
        self.data.store.undo_last()
        self.agreed = self.terms() if self.request.survivor_ok == "yes" else None

    # what holds

    @invariant()
    def consent_is_an_answer(self) -> None:
        request = self.request
        state = consent.state_on(request, self.events, self.today, SETTINGS)
        said = [one.kind for one in self.events if one.kind in ANSWERS]
        if state in ("granted", "granted_conditional"):
            assert said
            assert said[-1] != "answer_refused"
        file = work.must_find(self.data, self.case_id)
        measure = next(one for one in file.measures if one.id == self.measure.id)
        if works.consent_needed(file, measure) == "yes":
            finding = gate_consent.measure_finding(file, measure, self.today)
            opened = state in ("granted", "granted_conditional")
            assert (finding is None) == opened

    @invariant()
    def the_agreement_is_to_what_it_says(self) -> None:
        request = self.request
        if request.survivor_ok == "yes":
            assert self.agreed == self.terms()
        if request.state == "survivor_ok_to_contact":
            assert request.survivor_ok == "yes"
        if request.state == "drafting":
            assert request.survivor_ok != "yes"


TestAsking = Asking.TestCase
TestAsking.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
