"""Whatever is done, in whatever order: G1 and G2 hold, and nobody with a right is shut out."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pathway_files import (
    SETTINGS,
    add_measures,
    add_request,
    case_file,
    day,
    surveyed,
    with_support,
)

from config.codes import CODES, STAGES
from db.models import Closure, LegalOrder, Override, Visit
from sanctuary_tui.pathway import gate_legal, gates, works
from sanctuary_tui.pathway.stages import INDEX

ANSWERS = ["yes", "no", "not_known", "not_asked"]
FORWARD = ["risk_support", "legal", "survey", "consent", "approval", "installation", "aftercare"]
PARTIES = ["survivor_sole", "joint", "perpetrator_sole", "not_asked", "third_party"]
KINDS = ["nmo", "occupation", "dapo", "dapn", "tenancy_transfer", "ntq", "bail", "restraining"]


class Pathway(RuleBasedStateMachine):
    """A case worked only through the gates, against a clock that jumps."""

    def __init__(self) -> None:
        super().__init__()
        self.today: date = day("2026-11-26")
        self.file = surveyed(case_file("referral", approved_by="Manager", approved_on=self.today))
        with_support(self.file)
        add_measures(self.file, 9, 45, 13, 2, escape_checked="yes")
        self.file.surveys[0].fire_advice = "yes"
        add_request(self.file, state="granted")
        self.wrong: list[str] = []

    # what the world does

    @rule(days=st.integers(min_value=-20, max_value=120))
    def clock_jumps(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(answer=st.sampled_from(["no", "no", *ANSWERS]))
    def residence(self, answer: str) -> None:
        self.file.perpetrators[0].still_resident = answer

    @rule(answer=st.sampled_from(["yes", "yes", *ANSWERS]))
    def choice(self, answer: str) -> None:
        self.file.case.choice_made = answer

    @rule(parties=st.sampled_from(PARTIES), rights=st.sampled_from(ANSWERS))
    def title(self, parties: str, rights: str) -> None:
        self.file.properties[0].named_parties = parties
        self.file.properties[0].home_rights = rights

    @rule(
        kind=st.sampled_from(KINDS),
        excludes=st.sampled_from(ANSWERS),
        length=st.one_of(st.none(), st.integers(min_value=0, max_value=90)),
        advice=st.booleans(),
    )
    def order(self, kind: str, excludes: str, length: int | None, advice: bool) -> None:
        self.file.legal_orders.append(
            LegalOrder(
                id=len(self.file.legal_orders) + 1,
                kind=kind,
                made=self.today,
                expiry=None if length is None else self.today + timedelta(days=length),
                excludes=excludes,
                advice="taken" if advice else "",
                signed_off_by="Manager" if advice else "",
            )
        )

    @rule(emergency=st.booleans())
    def urgency(self, emergency: bool) -> None:
        self.file.case.urgency = "emergency" if emergency else "standard"

    # what the coordinator tries

    @rule(
        gate=st.sampled_from(
            ["G1", "G2", "closed", *sorted(CODES["override_gate"].keys() - {"G3"})]
        ),
        days=st.integers(min_value=0, max_value=60),
    )
    def override(self, gate: str, days: int) -> None:
        self.file.overrides.append(
            Override(
                id=len(self.file.overrides) + 1,
                gate=gate,
                approver="Manager",
                reason="recorded",
                made=self.today,
                expiry=self.today + timedelta(days=days),
            )
        )

    @rule(answer=st.sampled_from(ANSWERS))
    def visit(self, answer: str) -> None:
        self.file.visits = [Visit(id=1, kind="install", on=self.today, police_answer=answer)]

    @rule()
    def closure(self) -> None:
        self.file.closures.append(Closure(id=1, closed_on=self.today, outcome="no_contact"))

    @rule(to_stage=st.sampled_from([*STAGES, *FORWARD]))
    def move(self, to_stage: str) -> None:
        case = self.file.case
        if gates.refusals(self.file, to_stage, self.today, SETTINGS):
            return
        forward = INDEX[to_stage] > INDEX[case.stage] or case.stage == "closed"
        past = INDEX["triage"] < INDEX[to_stage] < INDEX["closed"]
        case.stage, case.stage_entered = to_stage, self.today
        case.status = "closed" if to_stage == "closed" else "open"
        if forward and past and not self.hard_gates_hold():
            self.wrong.append(f"moved to {to_stage}")

    @rule(
        number=st.sampled_from([0, 0, 0, 1, 2, 3]),
        state=st.sampled_from(["proposed", "approved", "fitted", "fitted", "faulty", "removed"]),
    )
    def measure(self, number: int, state: str) -> None:
        item = self.file.measures[number]
        if gates.measure_refusals(self.file, item, state, self.today, SETTINGS):
            return
        newly = state == "fitted" and item.state not in works.IN_PLACE
        item.state = state
        if not newly:
            return
        item.fitted_on = self.today
        if not self.hard_gates_hold():
            self.wrong.append(f"fitted {item.catalogue_id} past G1 or G2")
        if works.excluding(item) and not self.nobody_is_shut_out():
            self.wrong.append(f"fitted {item.catalogue_id} while somebody has a right to be there")

    def nobody_is_shut_out(self) -> bool:
        """Gate G3 in its own words: no right and both questions answered, or what ends the right,
        or an order with its end, advice and a sign-off."""
        home, today = self.file.properties[0], self.today
        if home.named_parties == "third_party" and home.home_rights != "yes":
            return True
        if home.named_parties == "survivor_sole" and home.home_rights == "no":
            return True
        for order in self.file.legal_orders:
            if order.made is None or order.made > today:
                continue
            end = order.expiry
            if order.kind == "dapn" and end is None:
                end = order.made + timedelta(days=2)
            if order.kind == "tenancy_transfer":
                return True
            if order.kind == "ntq":
                if end is not None and end < today:
                    return True
                continue
            running = end is not None and end >= today
            if order.excludes == "yes" and running and order.kind in ("occupation", "dapo"):
                return True
            signed = order.advice != "" and order.signed_off_by != ""
            if order.kind == "nmo" and order.excludes != "yes":
                running = end is None or end >= today
            may = order.kind == "nmo" or (
                order.excludes == "yes" and order.kind not in ("occupation", "dapo")
            )
            if may and signed and running:
                return True
        return False

    def hard_gates_hold(self) -> bool:
        case = self.file.case
        return (
            case.choice_made == "yes"
            and case.choice_date is not None
            and case.options_explained == "yes"
            and all(person.still_resident == "no" for person in self.file.perpetrators)
        )

    @invariant()
    def nothing_slipped_through(self) -> None:
        assert self.wrong == []

    @invariant()
    def joint_tenancies_without_an_order_are_shut(self) -> None:
        home = self.file.properties[0]
        if home.named_parties in ("joint", "perpetrator_sole") and not self.file.legal_orders:
            assert gate_legal.shut(self.file, self.today)


TestPathway = Pathway.TestCase
TestPathway.settings = settings(max_examples=120, stateful_step_count=40, deadline=None)
