"""Scenario D of the domain reference: a joint tenant without an order wants the locks changed.

Priya Dhanda, joint council tenancy with her husband, who left two weeks before; the council as
landlord agrees to the works.

===========  ==============================================================================
day          what happens or is due
===========  ==============================================================================
10 Nov       referral, first contact, choice, risk, support; legal stage
13 Nov       legal advice (3 working days)
20 Nov       non-molestation order made
26 Nov       occupation order made, for six months
14 Apr       T-42
12 May       T-14
21 May       T-3, the Friday before the Sunday
26 May       the order's last day: works may still be fitted
27 May       locked again, for works not yet fitted
===========  ==============================================================================
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from db.models import (
    LegalOrder,
    Measure,
    Person,
    Property,
)
from db.readmodels import Finding
from sanctuary_tui import views, work
from tests.scenarios.scenario_world import Day, World

REFERRED = date(2026, 11, 10)
ADVICE = date(2026, 11, 13)
NMO_MADE = date(2026, 11, 20)
ORDERED = date(2026, 11, 26)
LAST_DAY = date(2027, 5, 26)
WARNED = (date(2027, 4, 14), date(2027, 5, 12), date(2027, 5, 21))
LOCKED_AGAIN = date(2027, 5, 27)

STOPPED = {9, 10, 11, 12, 18, 23, 27, 45}
INTERIM = (1, 2, 3, 4, 5)
CYLINDER, NIGHTLATCH, LIGHT = 9, 10, 31
EVERY_MEASURE = range(1, 47)


def referral(world: World, day: Day, named_parties: str = "joint") -> None:
    world.refer(
        day,
        route="council_housing",
        safe="yes",
        phone="07700 900341",
        first_name="Priya",
        surname="Dhanda",
        address="21 Saltgrass Row",
        tenure="council",
        named_parties=named_parties,
        relationship="partner",
        reason="Husband left two weeks ago. She wants the locks changed.",
    )
    day.log("Rang back; safe to talk.")
    day.chosen()
    day.keep(Person, day.file().perpetrators[0].id, weapons="no", whereabouts="elsewhere")
    day.supported(9)
    day.keep(Property, day.home.id, evidence="seen", tenancy="secure")
    day.move("triage", "risk_support", "legal")


def wanted(world: World, day: Day, *numbers: int) -> None:
    """Measures asked for, each with its way out proved."""
    for number in numbers:
        measure = work.add_measure(day.caseload, day.case_id, number, escape_checked="yes")
        world.kept[f"measure {number}"] = measure.id


def council_agrees(day: Day) -> None:
    """The landlord's consent, so that legal rights alone can refuse."""
    day.granted("council", "Council housing", decision_maker="Council housing")


def occupation_order(day: Day) -> None:
    day.keep(LegalOrder, kind="occupation", made=ORDERED, expiry=LAST_DAY, excludes="yes")


def legal_findings(day: Day) -> list[Finding]:
    view = views.case_view(day.caseload, day.case_id, day.day, day.settings)
    return [finding for finding in view.findings if finding.gate == "G3"]


def fit(world: World, day: Day, number: int) -> Measure:
    return work.set_measure_state(
        day.caseload, world.kept[f"measure {number}"], "fitted", day.settings
    )


def live_until_ordered(world: World, *numbers: int) -> None:
    """Referred, locks wanted, the council agreed, and the occupation order made."""
    with world.on(REFERRED) as day:
        referral(world, day)
        wanted(world, day, *numbers)
        council_agrees(day)
    with world.on(ORDERED) as day:
        occupation_order(day)


# --- Expect, line by line -------------------------------------------------------------------------


def test_the_gate_stops_the_excluding_measures_and_no_others(world: World) -> None:
    """Each of the 46 asked for: to be ordered and to be fitted."""
    with world.on(REFERRED) as day:
        referral(world, day)
        wanted(world, day, *EVERY_MEASURE)
        council_agrees(day)
        by_id = {measure.id: measure.catalogue_id for measure in day.file().measures}
        found = legal_findings(day)
        stopped = [one.measure_id for one in found if one.severity == "stop"]
        assert {by_id[number] for number in stopped if number} == STOPPED
        assert stopped.count(None) == 1  # and the stage itself, until advice is on record
        for state in ("ordered", "fitted"):
            refused = set()
            for number in EVERY_MEASURE:
                measure_id = world.kept[f"measure {number}"]
                try:
                    work.set_measure_state(day.caseload, measure_id, state, day.settings)
                except work.Refusal as refusal:
                    if "G3" in {finding.gate for finding in refusal.findings}:
                        refused.add(number)
            assert refused == STOPPED
        assert "G3" in day.refused(lambda: day.move("survey"))
        assert day.card().stage == "legal"


def test_the_same_home_in_her_name_alone_is_not_stopped(world: World) -> None:
    """The control: it is the joint tenancy that stops them, once they were not married."""
    with world.on(REFERRED) as day:
        referral(world, day, named_parties="survivor_sole")
        wanted(world, day, CYLINDER)
        council_agrees(day)
        assert {one.command for one in legal_findings(day)} == {"edit_home"}
        assert day.card().stuck_why == "home rights not asked"
        assert day.refused(lambda: fit(world, day, CYLINDER)) == {"G3"}
        day.keep(Property, day.home.id, home_rights="no")
        assert legal_findings(day) == []
        assert fit(world, day, CYLINDER).state == "fitted"


def test_interim_kit_one_to_five_is_offered_and_allowed(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        wanted(world, day, CYLINDER)
        assert any("items 1 to 5 may be offered" in one.sentence for one in legal_findings(day))
        assert day.reminders()["interim_kit"].due == ADVICE
        wanted(world, day, *INTERIM)
        for number in INTERIM:
            assert fit(world, day, number).fitted_on == REFERRED
        assert "interim_kit" not in day.reminders()
        assert day.card().secured == "no"


def test_legal_advice_is_a_task_until_it_is_noted(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        reminder = day.reminders()["legal_advice"]
        assert reminder.due == ADVICE
        card = day.card()
        assert (card.stuck_why, card.stuck_on) == ("joint tenancy, no order", "Solicitor")
    with world.on(ADVICE) as day:
        line = next(
            line
            for line in views.today_view(day.caseload, ADVICE, day.settings).lines
            if line.rule == "legal_advice"
        )
        assert (line.group, line.due, line.card.ref) == ("today", ADVICE, "S26-0001")
        given = {"kind": "legal_advice", "body": "Advised on an occupation order."}
        work.log_call(day.caseload, day.case_id, given, day.settings)
        assert "legal_advice" not in day.reminders()
        assert day.card().stuck_why == "joint tenancy, no order"  # advice alone opens nothing


def test_notice_to_quit_is_warned_of(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        said = [one.sentence for one in legal_findings(day) if "otice to quit" in one.sentence]
        assert said == [
            "Notice to quit by one joint tenant ends the tenancy for both: only after legal advice."
        ]
    assert said[0] in world.run("show", "S26-0001", today=REFERRED)
    with world.on(ADVICE) as day:
        day.keep(LegalOrder, kind="ntq", served=ADVICE, expiry=ADVICE + timedelta(days=28))
        warned = [one for one in legal_findings(day) if "notice to quit" in one.sentence]
        assert [one.severity for one in warned] == ["warn"]
        assert "new tenancy promised first" in warned[0].sentence


@pytest.mark.parametrize(
    ("advice", "signed_off_by", "severity"),
    [
        ("", "", "stop"),
        ("Solicitor: may go on", "", "stop"),
        ("", "Housing manager", "stop"),
        ("Solicitor: may go on", "Housing manager", "warn"),
    ],
)
def test_a_non_molestation_order_alone_is_amber_only_with_advice_and_sign_off(
    world: World, advice: str, signed_off_by: str, severity: str
) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        wanted(world, day, CYLINDER)
        council_agrees(day)
    with world.on(NMO_MADE) as day:
        day.keep(
            LegalOrder,
            kind="nmo",
            made=NMO_MADE,
            expiry=date(2027, 11, 20),
            excludes="no",
            advice=advice,
            signed_off_by=signed_off_by,
        )
        of_cylinder = [one for one in legal_findings(day) if one.measure_id]
        assert [one.severity for one in of_cylinder] == [severity]
        if severity == "stop":
            assert day.card().stuck_why == "NMO alone, no sign-off"
            assert day.refused(lambda: fit(world, day, CYLINDER)) == {"G3"}
        else:
            assert "non-molestation order alone" in of_cylinder[0].sentence
            assert "G3" not in day.card().gates.split(";")
            assert fit(world, day, CYLINDER).state == "fitted"


def test_an_occupation_order_opens_it_and_sets_its_three_tasks(world: World) -> None:
    live_until_ordered(world, CYLINDER)
    with world.on(ORDERED) as day:
        standing = [one for one in day.file().reminders if one.rule == "order_expiry"]
        assert [one.due for one in standing if one.state == "open"] == list(WARNED)
        assert [(LAST_DAY - due).days for due in WARNED] == [42, 14, 5]
        assert "G3" not in day.card().gates.split(";")
        assert any("until Wed 26 May 2027" in one.sentence for one in legal_findings(day))
        day.move("survey")
        assert fit(world, day, CYLINDER).fitted_on == ORDERED


def test_an_order_applied_for_opens_nothing(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        wanted(world, day, CYLINDER)
        council_agrees(day)
        day.keep(LegalOrder, kind="occupation", applied=REFERRED, excludes="yes")
        assert day.refused(lambda: fit(world, day, CYLINDER)) == {"G3"}
        assert (day.card().stuck_why, day.card().stuck_on) == ("order applied for", "Court")


@pytest.mark.parametrize("due", WARNED)
def test_each_task_is_on_todays_list_on_its_day(world: World, due: date) -> None:
    live_until_ordered(world, CYLINDER)
    with world.on(due) as day:
        lines = views.today_view(day.caseload, due, day.settings).lines
        told = [line for line in lines if line.rule == "order_expiry"]
        assert [(line.group, line.due) for line in told] == [("today", due)]
        assert told[0].text == "occupation order expires Wed 26 May"


def test_it_locks_again_when_the_order_ends_for_works_not_yet_fitted(world: World) -> None:
    live_until_ordered(world, CYLINDER, NIGHTLATCH, LIGHT)
    with world.on(LAST_DAY) as day:
        assert "G3" not in day.card().gates.split(";")
        assert fit(world, day, CYLINDER).fitted_on == LAST_DAY
    with world.on(LOCKED_AGAIN) as day:
        card = day.card()
        assert "G3" in card.gates.split(";")
        assert (card.stuck_why, card.stuck_on) == ("order lapsed Wed 26 May", "Court")
        assert day.reminders()["order_expiry"].due == LOCKED_AGAIN
        assert day.refused(lambda: fit(world, day, NIGHTLATCH)) == {"G3"}
        assert fit(world, day, LIGHT).state == "fitted"  # excludes nobody
        states = {one.catalogue_id: one.state for one in day.file().measures}
        assert (states[CYLINDER], states[NIGHTLATCH]) == ("fitted", "proposed")
        assert any("they stay" in one.sentence for one in legal_findings(day))
    assert "lapsed on Wed 26 May" in world.run("show", "S26-0001", today=LOCKED_AGAIN)
