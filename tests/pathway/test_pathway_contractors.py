"""Gate G7, who may come to the home and when, and what still stops a booked visit (DOMAIN 1)."""

from __future__ import annotations

import pytest
from gates_of import TODAY, gate, joint, override
from pathway_files import SETTINGS, add_measures, add_request, at, case_file, day

from config.codes import CODES
from db.models import Incident, Visit
from sanctuary_tui.pathway import gates, works


@pytest.mark.parametrize(
    ("weapons", "whereabouts", "triggers", "severity"),
    [
        ("yes", "custody", "", "stop"),
        ("no", "not_known", "", "stop"),
        ("no", "local", "located", "stop"),
        ("not_asked", "local", "", "warn"),
        ("no", "local", "", None),
    ],
)
def test_g7_holds_a_visit_until_the_police_answer(
    weapons: str, whereabouts: str, triggers: str, severity: str | None
) -> None:
    file = case_file("installation", triggers=triggers)
    file.perpetrators[0].weapons, file.perpetrators[0].whereabouts = weapons, whereabouts
    visit = Visit(id=1, kind="install", on=day("2026-11-27"))
    file.visits = [visit]
    assert [item.severity for item in gate(file, "G7")] == ([severity] if severity else [])
    assert bool(gates.visit_refusals(file, visit, TODAY, SETTINGS)) is (severity == "stop")
    visit.police_answer = "no"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS)
    visit.police_answer = "yes"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS) == []


@pytest.mark.parametrize("where", ["custody", "bail_address"])
@pytest.mark.parametrize(
    ("release", "visit_on", "held"),
    [
        (None, "2026-12-10", False),
        ("2026-12-11", "2026-12-10", False),
        ("2026-12-10", "2026-12-10", True),
        ("2026-12-01", "2026-12-10", True),  # out by then
        ("2026-11-20", "2026-12-10", True),  # out already, and nobody has asked where
    ],
)
def test_g7_custody_is_known_whereabouts_until_it_ends(
    where: str, release: str | None, visit_on: str, held: bool
) -> None:
    file = case_file("installation")
    person = file.perpetrators[0]
    person.whereabouts, person.release_date = where, day(release) if release else None
    visit = Visit(id=1, kind="install", on=day(visit_on))
    file.visits = [visit]
    assert bool(gates.visit_refusals(file, visit, TODAY, SETTINGS)) is held
    assert [item.severity for item in gate(file, "G7")] == (["stop"] if held else [])
    person.whereabouts = "local"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS) == []


@pytest.mark.parametrize(
    ("on", "broken", "held"),
    [
        ("2026-11-23", "yes", True),
        ("2026-11-22", "yes", False),
        ("2026-11-25", "no", False),
    ],
)
def test_g7_an_order_broken_at_home_holds_a_visit_like_a_ticked_trigger(
    on: str, broken: str, held: bool
) -> None:
    file = case_file("installation")
    file.incidents = [Incident(id=1, at=at(on), order_breached=broken, at_address="yes")]
    visit = Visit(id=1, kind="install", on=day("2026-11-27"))
    file.visits = [visit]
    assert bool(gates.visit_refusals(file, visit, TODAY, SETTINGS)) is held
    visit.police_answer = "yes"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS) == []


@pytest.mark.parametrize("outcome", list(CODES["visit_outcome"]))
@pytest.mark.parametrize(
    ("on", "newer", "cleared"),
    [
        ("2026-11-25", None, True),
        ("2026-10-01", None, False),  # before the referral
        ("2026-11-25", "breach", True),  # on the day the order was broken
        ("2026-11-24", "breach", False),
        ("2026-11-24", "tick", False),
        ("2026-11-24", "release", False),
    ],
)
def test_g7_an_old_yes_of_the_police_clears_no_later_fitting(
    outcome: str, on: str, newer: str | None, cleared: bool
) -> None:
    file = case_file("installation")
    person = file.perpetrators[0]
    person.weapons = "yes"
    if newer == "breach":
        broken = at("2026-11-25")
        file.incidents = [Incident(id=1, at=broken, order_breached="yes", at_address="yes")]
    elif newer == "tick":
        file.case.triggers, file.case.emergency_since = "located", day("2026-11-25")
    elif newer == "release":
        person.whereabouts, person.release_date = "custody", day("2026-11-25")
    (lock,) = add_measures(file, 13, state="approved")
    add_request(file, state="granted")
    visit = Visit(id=1, kind="install", on=day(on), police_answer="yes", outcome=outcome)
    file.visits = [visit]
    free = cleared and outcome in ("booked", "done", "part")
    found = gates.measure_refusals(file, lock, "fitted", TODAY, SETTINGS)
    assert [item.gate for item in found] == ([] if free else ["G7"])


def test_a_booked_visit_says_which_gate_still_stops_its_works() -> None:
    file = joint(case_file("installation", approved_by="Manager", approved_on=TODAY))
    add_measures(file, 9, 13, 1, state="approved")
    add_request(file, state="granted")
    visit = Visit(id=1, kind="install", on=day("2026-11-30"))
    file.visits = [visit]

    def told(today: str = "2026-11-26") -> list[tuple[str, str, str]]:
        found = gates.findings(file, day(today), SETTINGS)
        return [
            (one.gate, one.severity, one.sentence)
            for one in found
            if "of the visit" in one.sentence
        ]

    sentence = (
        f"G3 still stops the works of the visit on Mon 30 Nov: {works.name(file.measures[0])}."
    )
    assert told() == [("G3", "warn", sentence)]
    file.consent_requests[0].expiry = day("2026-11-27")
    file.measures[1].escape_checked = "no"
    assert [gate for gate, _, _ in told("2026-11-28")] == ["G3", "G4"]
    file.overrides = [override("G3")]
    assert told() == []
    file.overrides = []
    file.measures[0].state = "declined"
    assert told() == []
    file.measures[0].state = "approved"
    for changed in ({"kind": "survey"}, {"kind": "install", "outcome": "done"}):
        file.visits = [Visit(id=1, on=day("2026-11-30"), **changed)]
        assert told() == []
