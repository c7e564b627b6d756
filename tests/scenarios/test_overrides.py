"""Leaving a stage that still asks something: refused, overridden by name until a date, logged."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from config.codes import CODES
from config.errors import BadInputError, RefusedError
from db import queries
from db.models import Case, Person, Property, RiskAssessment, SafetyPlan, Support
from sanctuary_tui import views
from sanctuary_tui.overriding import override_gate
from tests.scenarios.scenario_world import Day, World

TODAY = date(2026, 11, 26)
SIGNED = {"approver": "Service manager", "reason": "Title is on its way.", "expiry": TODAY}


def referral(world: World, day: Day) -> None:
    """A referral whose tenancy nobody has seen."""
    world.refer(
        day,
        route="police",
        safe="yes",
        phone="07700 900355",
        first_name="Test",
        surname="Survivor",
        tenure="prs",
        named_parties="survivor_sole",
    )
    day.log("Rang back; safe to talk.")
    day.keep(Case, day.case_id, choice_made="yes", choice_date=day.day, options_explained="yes")
    day.keep(Person, day.file().perpetrators[0].id, weapons="no", whereabouts="elsewhere")
    day.keep(Property, day.home.id, home_rights="no")


def to_legal(day: Day) -> None:
    day.keep(Case, day.case_id, acknowledged=day.day, conflict_flag="no")
    day.keep(RiskAssessment, assessed=day.day, score=9, judgement="no")
    day.keep(Support, provider="DA service", offered=day.day, answer="accepted")
    day.keep(SafetyPlan, made=day.day, owner="DA service")
    day.move("triage", "risk_support", "legal")


def test_a_new_referral_waits_for_its_acknowledgement_and_its_checks(world: World) -> None:
    with world.on(TODAY) as day:
        referral(world, day)
        assert day.refused(lambda: day.move("triage")) == {"referral"}
        assert day.card().stuck_why == "not acknowledged"
        day.keep(Case, day.case_id, acknowledged=TODAY)
        assert day.card().stuck_why == "conflict not checked"
        assert day.refused(lambda: day.move("triage")) == {"referral"}
        day.keep(Case, day.case_id, conflict_flag="no")
        day.move("triage")


def test_an_exit_is_overridden_by_a_named_approver_until_a_date(world: World) -> None:
    with world.on(TODAY) as day:
        referral(world, day)
        to_legal(day)
        assert day.refused(lambda: day.move("survey")) == {"legal"}
        (asked,) = [one for one in shown(day) if one[0] == "legal"]
        assert asked == ("legal", False)
        for gap in (
            {"approver": ""},
            {"approver": "me"},
            {"approver": "Coordinator"},
            {"reason": " "},
            {"reason": "x"},
            {"expiry": None},
        ):
            with pytest.raises(BadInputError):
                override_gate(day.caseload, day.case_id, "legal", {**SIGNED, **gap}, day.settings)
        override_gate(day.caseload, day.case_id, "legal", SIGNED, day.settings)
        assert ("legal", True) in shown(day)
        logged = queries.changes_of(day.caseload.connection, day.case_id)
        assert any(change.why == "gate legal overridden" for change in logged)
        day.move("survey")
        day.move("legal")
    with world.on(TODAY + timedelta(days=1)) as day:
        assert day.refused(lambda: day.move("survey")) == {"legal"}


def test_an_override_ends_within_the_days_that_are_set(world: World) -> None:
    with world.on(TODAY) as day:
        referral(world, day)
        last = TODAY + timedelta(days=day.settings.policy.override_days)
        for late in (last + timedelta(days=1), date(2099, 12, 31)):
            with pytest.raises(RefusedError, match="2027"):
                override_gate(
                    day.caseload, day.case_id, "G4", {**SIGNED, "expiry": late}, day.settings
                )
        assert day.file().overrides == []
        override_gate(day.caseload, day.case_id, "G4", {**SIGNED, "expiry": last}, day.settings)


@pytest.mark.parametrize("gate", ["G1", "G2", "closed", "policy", "triage", ""])
def test_what_is_never_overridden(world: World, gate: str) -> None:
    with world.on(TODAY) as day:
        referral(world, day)
        with pytest.raises(RefusedError):
            override_gate(day.caseload, day.case_id, gate, SIGNED, day.settings)
        assert day.file().overrides == []
    assert gate not in CODES["override_gate"]


def shown(day: Day) -> list[tuple[str, bool]]:
    """Which stops the case's Overview shows, and whether each is overridden."""
    view = views.case_view(day.caseload, day.case_id, day.day, day.settings)
    return [(one.gate, one.overridden) for one in view.findings if one.severity == "stop"]
