"""What each stage asks before a case leaves it, and what opens the emergency path (DOMAIN 1)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from gates_of import TODAY, joint, refused
from pathway_files import SETTINGS, add_measures, at, case_file, day, surveyed

from config.settings import default_settings
from db.models import Closure, Incident, Survey
from sanctuary_tui.pathway import emergency, gates


def test_referral_wants_a_safe_contact_answer() -> None:
    file = case_file("referral")
    file.contact_points[0].safe = "not_asked"
    assert refused(file, "triage") == {"referral"}
    file.contact_points[0].safe = "never"
    assert refused(file, "triage") == set()
    file.contact_points.clear()
    file.case.contact_rule = "Through the school only"
    assert refused(file, "triage") == set()


def test_triage_warns_of_what_has_not_been_asked() -> None:
    file = case_file("triage")
    file.properties[0].tenure = "ha"
    file.case.ha_scheme, file.case.in_district = "not_asked", "no"
    file.risk_assessments.clear()
    found = gates.exit_findings(file, "triage", TODAY, SETTINGS)
    assert [(item.gate, item.severity, item.command) for item in found] == [
        ("triage", "warn", "edit_referral"),
        ("triage", "warn", "add_risk"),
        ("triage", "warn", "close"),
    ]
    file.properties[0].tenure, file.case.in_district = "prs", "yes"
    found = gates.exit_findings(file, "triage", TODAY, SETTINGS)
    assert [item.command for item in found] == ["add_risk"]


@pytest.mark.parametrize("trigger", ["release", "weapon", "breach", "located"])
def test_each_ticked_trigger_starts_the_emergency_path(trigger: str) -> None:
    file = case_file("triage")
    assert not emergency.is_emergency(file, TODAY, SETTINGS)
    file.case.triggers = trigger
    assert emergency.triggers(file, TODAY, SETTINGS) == (trigger,)
    assert emergency.is_emergency(file, TODAY, SETTINGS)
    file.case.stage = "aftercare"
    assert not emergency.is_emergency(file, TODAY, SETTINGS)


@pytest.mark.parametrize(
    ("on", "broken", "here", "found"),
    [
        ("2026-11-23", "yes", "yes", ("breach",)),
        ("2026-11-22", "yes", "yes", ()),
        ("2026-11-26", "yes", "no", ()),
        ("2026-11-26", "no", "yes", ()),
    ],
)
def test_a_fresh_breach_at_the_home_starts_the_emergency_path(
    on: str, broken: str, here: str, found: tuple[str, ...]
) -> None:
    file = case_file("triage")
    file.incidents = [Incident(id=1, at=at(on), order_breached=broken, at_address=here)]
    assert emergency.triggers(file, TODAY, SETTINGS) == found


@pytest.mark.parametrize(
    ("hours", "days"),
    [(1, 1), (24, 1), (25, 2), (48, 2), (60, 3), (71, 3), (72, 3), (73, 4), (96, 4), (720, 30)],
)
def test_the_windows_of_release_and_breach_are_counted_in_days_and_miss_no_hour(
    hours: int, days: int
) -> None:
    assert emergency.days_of(hours) == days
    assert (days - 1) * 24 < hours <= days * 24
    settings = default_settings()
    settings.emergency.release_hours, settings.emergency.breach_hours = hours, hours
    for ahead, near in ((-1, False), (0, True), (days, True), (days + 1, False)):
        file = case_file("triage")
        file.perpetrators[0].release_date = TODAY + timedelta(days=ahead)
        assert bool(emergency.releases(file, TODAY, settings)) is near
        assert emergency.is_emergency(file, TODAY, settings) is near
    for ago, fresh in ((-1, False), (0, True), (days, True), (days + 1, False)):
        file = case_file("triage")
        on = (TODAY - timedelta(days=ago)).isoformat()
        file.incidents = [Incident(id=1, at=at(on), order_breached="yes", at_address="yes")]
        assert emergency.triggers(file, TODAY, settings) == (("breach",) if fresh else ())


def test_every_exit_on_the_way_binds() -> None:
    file = joint(case_file("referral", choice_made="not_asked"))
    file.contact_points.clear()
    add_measures(file, 9, 13, escape_checked="not_asked", state="approved")
    assert refused(file, "installation") == {
        "referral",
        "risk_support",
        "G1",
        "G3",
        "G4",
        "G5",
        "survey",
        "approval",
    }


def test_survey_is_wanted_unless_only_portable_kit_or_no_works_are() -> None:
    file = case_file("survey")
    assert refused(file, "consent") == {"survey"}
    add_measures(file, 1, 3)
    assert refused(file, "consent") == set()
    add_measures(file, 13)
    assert refused(file, "consent") == {"survey"}
    file.surveys = [Survey(id=1, no_works="yes")]
    assert refused(file, "consent") == set()


@pytest.mark.parametrize(
    ("by", "on", "ok"), [("", None, False), ("Manager", None, False), ("Manager", TODAY, True)]
)
def test_approval_wants_approver_and_date(by: str, on: object, ok: bool) -> None:
    file = surveyed(case_file("approval", approved_by=by, approved_on=on))
    assert (refused(file, "installation") == set()) is ok


def test_approval_rebinds_legal_consent_and_fire_for_what_is_approved() -> None:
    file = joint(surveyed(case_file("approval", approved_by="Manager", approved_on=TODAY)))
    add_measures(file, 9, state="proposed")
    assert refused(file, "installation") == set()
    file.measures[0].state = "approved"
    assert refused(file, "installation") == {"G3", "G4"}


@pytest.mark.parametrize(
    ("state", "ok"),
    [
        ("approved", False),
        ("ordered", False),
        ("faulty", False),
        ("fitted", True),
        ("declined", True),
        ("removed", True),
        ("proposed", True),
    ],
)
def test_installation_ends_when_each_approved_measure_is_settled(state: str, ok: bool) -> None:
    file = case_file("installation")
    add_measures(file, 13, state=state)
    assert (refused(file, "aftercare") == set()) is ok


def test_devices_are_practised_before_the_handover() -> None:
    file = case_file("installation")
    (alarm,) = add_measures(file, 35, state="fitted")
    assert refused(file, "aftercare") == {"installation"}
    alarm.instructions = "yes"
    assert refused(file, "aftercare") == set()


@pytest.mark.parametrize("stage", ["referral", "triage", "consent", "aftercare"])
def test_closing_wants_a_closure_of_this_ending_and_nothing_else(stage: str) -> None:
    file = case_file(stage, choice_made="no")
    file.perpetrators[0].still_resident = "yes"
    assert refused(file, "closed") == {"closed"}
    file.closures = [Closure(id=1, closed_on=day("2026-10-01"), outcome="no_contact")]
    assert refused(file, "closed") == {"closed"}  # from before a reopening
    file.closures = [Closure(id=2, closed_on=TODAY, outcome="perp_resident")]
    assert refused(file, "closed") == set()


def test_a_closed_case_reopens_past_triage_only_through_g1_and_g2() -> None:
    file = case_file("closed", status="closed", choice_made="no")
    assert refused(file, "installation") == {"G1"}
    assert refused(file, "triage") == set()


def test_moving_back_is_never_refused() -> None:
    file = joint(case_file("installation", choice_made="no"))
    add_measures(file, 9)
    for stage in ("referral", "triage", "legal", "approval", "installation"):
        assert refused(file, stage) == set()
