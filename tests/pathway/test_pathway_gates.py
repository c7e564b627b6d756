"""The gates of choice, residence, consent, fire, support and children; ordering and fitting."""

from __future__ import annotations

from typing import Any

import pytest
from gates_of import TODAY, fit, gate, joint, override, refused, stops
from pathway_files import (
    SETTINGS,
    add_measures,
    add_request,
    case_file,
    day,
    surveyed,
    with_support,
)

from config.codes import CODES
from config.settings import default_settings
from db.models import EntryPoint, Measure, Person, Visit
from sanctuary_tui.pathway import gates

# --- G1 and G2 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"choice_made": "not_asked"},
        {"choice_made": "not_known"},
        {"choice_made": "no"},
        {"choice_date": None},
        {"options_explained": "not_asked"},
    ],
)
def test_g1_wants_an_informed_dated_choice(change: dict[str, object]) -> None:
    file = case_file("triage", **change)
    assert stops(gate(file, "G1")) == {"G1"}
    assert "G1" in refused(file, "risk_support")
    assert gate(case_file("triage"), "G1") == []


@pytest.mark.parametrize("answer", ["yes", "not_asked", "not_known"])
def test_g2_stops_until_residence_is_answered_no(answer: str) -> None:
    file = case_file("triage")
    file.perpetrators[0].still_resident = answer
    assert stops(gate(file, "G2")) == {"G2"}
    assert "G2" in refused(file, "risk_support")


def test_g2_stops_when_nobody_is_recorded_or_one_of_two_is_resident() -> None:
    file = case_file("triage")
    file.people.append(Person(id=3, role="perpetrator", still_resident="yes"))
    assert "G2" in refused(file, "legal")
    file.people = [person for person in file.people if person.role != "perpetrator"]
    assert "G2" in refused(file, "legal")


@pytest.mark.parametrize("code", ["G1", "G2"])
def test_g1_and_g2_are_never_overridden(code: str) -> None:
    file = case_file("triage", choice_made="no")
    file.perpetrators[0].still_resident = "yes"
    file.overrides = [override(code)]
    assert {"G1", "G2"} <= refused(file, "risk_support")


def test_a_perpetrator_who_moves_back_in_stops_a_case_anywhere() -> None:
    file = surveyed(case_file("approval", approved_by="Manager", approved_on=TODAY))
    assert refused(file, "installation") == set()
    file.perpetrators[0].still_resident = "yes"
    assert refused(file, "installation") == {"G2"}
    assert refused(file, "survey") == set()  # back is never refused


# --- G4 and G9 ------------------------------------------------------------------------------------


def test_g4_stops_per_measure_until_the_owner_of_the_part_has_granted() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13, 31, 1)
    found = [item for item in gate(file, "G4") if item.severity == "stop"]
    assert [item.measure_id for item in found] == [1, 2]  # the alarm needs nobody
    assert {item.command for item in found} == {"open_consent"}
    request = add_request(file, state="sent", sent_on=day("2026-11-20"))
    assert refused(file, "approval") == {"G4"}
    for state in ("granted", "granted_conditional", "not_needed"):
        request.state = state
        assert refused(file, "approval") == set()
    request.state = "granted"
    request.expiry = day("2026-11-25")
    assert refused(file, "approval") == {"G4"}


@pytest.mark.parametrize(
    "state", [code for code in CODES["consent_state"] if code not in gates.gate_consent.OPEN_STATES]
)
def test_g4_no_other_state_is_consent(state: str) -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13)
    add_request(file, state=state)
    assert refused(file, "approval") == {"G4"}


def test_g4_every_owner_asked_must_grant_and_the_newest_request_to_each_counts() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13)
    add_request(file, state="refused", decision_maker="Owner A")
    add_request(file, state="granted", decision_maker="Owner A")
    assert refused(file, "approval") == set()
    add_request(file, state="sent", decision_kind="mortgagee", decision_maker="Lender")
    assert refused(file, "approval") == {"G4"}


@pytest.mark.parametrize(
    ("tenure", "leasehold", "needed"),
    [
        ("owner", "no", False),
        ("mortgage", "not_asked", False),
        ("owner", "yes", True),
        ("prs", "no", True),
        ("council", "no", True),
        ("shared_owner", "no", True),
        ("not_asked", "not_asked", True),
    ],
)
def test_g4_a_freehold_owner_needs_nobodys_consent(
    tenure: str, leasehold: str, needed: bool
) -> None:
    file = surveyed(case_file("consent"))
    file.properties[0].tenure, file.properties[0].leasehold = tenure, leasehold
    add_measures(file, 9, consent_needed="yes")
    assert ("G4" in refused(file, "approval")) is needed


def test_g4_an_open_question_is_a_warning_not_a_stop() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 38, consent_needed="not_known")
    assert [item.severity for item in gate(file, "G4")] == ["warn"]


ASK = [{"catalogue_id": number} for number in (22, 30)] + [{"name": "One of our own"}]


@pytest.mark.parametrize("own", ASK)
@pytest.mark.parametrize(
    ("state", "more", "severity"),
    [
        ("drafting", {}, "warn"),
        ("survivor_ok_to_contact", {}, "warn"),
        ("withdrawn", {}, "warn"),
        ("sent", {"sent_on": "2026-11-04"}, "stop"),  # silent by rule, or not yet
        ("with_owner", {"sent_on": "2026-11-24"}, "stop"),
        ("silent", {"sent_on": "2026-10-01"}, "stop"),
        ("escalated", {"sent_on": "2026-10-01"}, "stop"),
        ("refused", {"answered_on": "2026-11-20"}, "stop"),
        ("granted", {"expiry": "2026-11-20"}, "stop"),
        ("granted", {"expiry": "2026-12-20"}, ""),
    ],
)
def test_g4_an_owner_who_did_not_agree_is_not_overruled_by_the_question(
    state: str, more: dict[str, str], severity: str, own: dict[str, Any]
) -> None:
    """Whether consent is needed nobody knows; but the owner was asked."""
    file = surveyed(case_file("consent"))
    given = {"catalogue_id": None, "consent_needed": "not_known", "state": "approved", **own}
    file.measures = [Measure(id=1, case_id=1, escape_checked="yes", **given)]
    assert [item.severity for item in gate(file, "G4")] == ["warn"]
    add_request(file, decision_maker="Drafted to somebody else")
    dated = {name: day(value) for name, value in more.items()}
    add_request(file, state=state, decision_maker="Owner", **dated)
    found = gate(file, "G4")
    if not severity:  # the draft to somebody else still stands
        severity = "warn"
    assert [item.severity for item in found] == [severity]
    stopped = gates.measure_refusals(file, file.measures[0], "fitted", TODAY, SETTINGS)
    assert ("G4" in {item.gate for item in stopped}) == (severity == "stop")
    if severity == "stop":
        assert "may need consent for the dwelling" in found[0].sentence


def test_g9_common_parts_need_their_own_consent() -> None:
    file = surveyed(case_file("consent"))
    file.properties[0].tenure = "owner"
    add_measures(file, 37, part="common_parts", consent_needed="no")
    add_request(file, state="granted", part="dwelling")
    assert refused(file, "approval") == {"G9"}
    add_request(file, state="granted", part="common_parts", decision_maker="Block manager")
    assert refused(file, "approval") == set()
    add_measures(file, 10, part="common_parts")
    assert any("unworkable" in item.sentence for item in gate(file, "G9"))


# --- G5, G6, G8, G10 ------------------------------------------------------------------------------


def test_g5_stops_a_fixed_measure_on_a_way_out_until_checked() -> None:
    file = surveyed(case_file("survey"))
    (lock,) = add_measures(file, 11, escape_checked="not_asked")
    assert "G5" in refused(file, "consent")
    lock.escape_checked = "yes"
    assert refused(file, "consent") == set()


def test_g5_portable_kit_is_a_warning_and_an_unanswered_gate_lock_binds() -> None:
    file = surveyed(case_file("survey"))
    add_measures(file, 2, 5, escape_checked="not_asked")
    assert {item.severity for item in gate(file, "G5")} == {"warn"}
    (side,) = add_measures(file, 25, escape_checked="not_asked", escape_affecting="not_known")
    assert "G5" in refused(file, "consent")
    side.escape_affecting = "no"
    assert refused(file, "consent") == set()


def test_g5_a_sanctuary_room_needs_fire_service_advice() -> None:
    file = surveyed(case_file("survey"))
    add_measures(file, 45)
    assert gate(file, "G5")[0].who == "Fire service"
    file.surveys[0].fire_advice = "yes"
    assert gate(file, "G5") == []


def test_g6_disrepair_warns() -> None:
    file = surveyed(case_file("survey"), disrepair="yes")
    file.entry_points = [EntryPoint(id=1, survey_id=1, condition="fail")]
    assert [item.severity for item in gate(file, "G6")] == ["warn"]
    assert refused(file, "consent") == set()


def test_g8_is_soft_unless_the_district_makes_it_hard() -> None:
    file = with_support(case_file("risk_support"))
    file.support.clear()
    file.safety_plans.clear()
    assert {item.severity for item in gate(file, "G8")} == {"warn"}
    assert refused(file, "legal") == set()
    settings = default_settings()
    settings.policy.support_gate = "hard"
    assert {item.gate for item in gates.refusals(file, "legal", TODAY, settings)} == {"G8"}
    with_support(file)
    file.support[0].answer = "declined"  # a refusal is an answer
    assert gates.refusals(file, "legal", TODAY, settings) == []


def test_g10_children_warn_until_contact_is_asked_and_when_the_review_passes() -> None:
    file = case_file("triage")
    child = Person(id=3, role="child", lives_here="yes")
    file.people.append(child)
    assert [item.severity for item in gate(file, "G10")] == ["warn"]
    child.contact_arrangement = "supervised"
    child.contact_review = TODAY
    assert gate(file, "G10") == []
    child.contact_review = day("2026-11-25")
    assert len(gate(file, "G10")) == 1
    add_measures(file, 45)
    assert len(gate(file, "G10")) == 2


# --- measures -------------------------------------------------------------------------------------


def test_ordering_and_fitting_are_refused_by_each_gate() -> None:
    file = joint(case_file("installation", choice_made="no"))
    file.perpetrators[0].still_resident = "yes"
    file.perpetrators[0].weapons = "yes"
    add_measures(file, 9, escape_checked="no", state="approved")
    assert fit(file) == {"G1", "G2", "G3", "G4", "G5", "G7"}
    assert fit(file, to="ordered") == {"G1", "G2", "G3", "G4", "G5"}
    assert fit(file, to="approved") == set()
    assert fit(file, to="declined") == set()


def test_interim_kit_needs_neither_consent_nor_order() -> None:
    file = joint(case_file("legal"))
    file.perpetrators[0].weapons = "yes"
    add_measures(file, 1, 2, 3, 4, 5, escape_checked="not_asked")
    for number in range(5):
        assert fit(file, number) == set()


def test_a_measure_never_fitted_is_neither_faulty_nor_removed() -> None:
    file = joint(case_file("installation"))
    (lock,) = add_measures(file, 9, state="approved")
    assert fit(file, to="faulty") == {"installation"}
    assert fit(file, to="removed") == {"installation"}
    lock.state, lock.fitted_on = "faulty", day("2026-11-01")
    assert fit(file) == set()  # mending what is there, order or none
    lock.state = "removed"
    assert "G3" in fit(file)


def test_a_video_doorbell_needs_the_districts_switch() -> None:
    file = case_file("installation")
    add_request(file, state="granted")
    add_measures(file, 33)
    assert fit(file) == {"policy"}
    settings = default_settings()
    settings.policy.video_doorbell = True
    assert gates.measure_refusals(file, file.measures[0], "fitted", TODAY, settings) == []


def test_every_finding_says_who_and_what_to_do() -> None:
    file = joint(case_file("consent", choice_made="no"))
    file.perpetrators[0].still_resident = "yes"
    file.perpetrators[0].weapons = "yes"
    file.people.append(Person(id=3, role="child"))
    file.visits = [Visit(id=1, kind="install", on=TODAY)]
    surveyed(file, disrepair="yes")
    add_measures(file, 9, 45, escape_checked="no")
    add_measures(file, 37, part="common_parts")
    found = gates.findings(file, TODAY, SETTINGS)
    assert {item.gate for item in found} == {f"G{number}" for number in range(1, 11)}
    for item in found:
        assert item.sentence.endswith(".")
        assert item.sentence[0].isupper()
        assert item.who
        assert item.command
        assert item.since is not None
        assert "Ellwood" not in item.sentence
