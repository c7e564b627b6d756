"""Scenario E of the domain reference: the housing association has a scheme of its own.

Lena Sobczak, sole tenant of Fairholm HA; DASH 11; two children. The works are passed to Fairholm,
which fits the lock and refuses a light.

==========  ===============================================================================
day         what happens or is due
==========  ===============================================================================
16 Nov      referral, DASH 11, support, safety plan
20 Nov      Friday: passed to Fairholm's own scheme
25 Nov      its answer is due, 3 working days on
26 Nov      lock fitted by Fairholm, light refused: a gap on another fund
27 Nov      light fitted by this scheme
14 Dec      safety plan review
24 Dec      risk review: 6 weeks after the assessment is a bank holiday
==========  ===============================================================================
"""

from __future__ import annotations

from datetime import date

import pytest

from db import queries
from db.models import (
    Case,
    Expenditure,
    Fund,
    Measure,
    Organisation,
    Person,
    Property,
    Survey,
)
from sanctuary_tui import settling, views, work
from sanctuary_tui.pathway import scheme
from tests.scenarios.scenario_world import Day, World

REFERRED = date(2026, 11, 16)
PASSED_ON = date(2026, 11, 20)
RETURN_DUE = date(2026, 11, 25)
ANSWERED = date(2026, 11, 26)
GAP_FITTED = date(2026, 11, 27)
PLAN_REVIEW = date(2026, 12, 14)
RISK_REVIEW = date(2026, 12, 24)  # 28 December is a bank holiday
YEAR = (date(2026, 4, 1), date(2027, 3, 31))

CYLINDER, LIGHT = 9, 31


def referral(world: World, day: Day) -> None:
    world.refer(
        day,
        route="ha",
        safe="yes",
        phone="07700 900351",
        first_name="Lena",
        surname="Sobczak",
        address="5 Limekiln Walk",
        tenure="ha",
        named_parties="survivor_sole",
        children=2,
    )
    day.log("Rang back; safe to talk.")
    day.chosen()
    day.keep(Person, day.file().perpetrators[0].id, weapons="no", whereabouts="elsewhere")
    for child in day.file().children:
        day.keep(Person, child.id, contact_arrangement="none")
    day.supported(11, review_due=PLAN_REVIEW)
    fairholm = day.keep(Organisation, name="Fairholm HA", kind="ha")
    day.keep(Property, day.home.id, evidence="seen", home_rights="no", landlord_id=fairholm.id)
    world.kept["fairholm"] = fairholm.id


def passed_on(world: World, day: Day) -> None:
    """Fairholm agrees to works in its home, and takes them into its own scheme."""
    day.move("triage", "risk_support", "legal", "survey")
    day.keep(Survey, done_on=day.day, surveyor="Fairholm surveyor")
    for number in (CYLINDER, LIGHT):
        measure = work.add_measure(
            day.caseload, day.case_id, number, escape_checked="yes", fund="ha"
        )
        world.kept[f"measure {number}"] = measure.id
    day.granted("ha", "Fairholm HA", decision_org_id=world.kept["fairholm"])
    day.keep(Case, day.case_id, ha_scheme="yes")


def set_state(world: World, day: Day, key: str, state: str) -> None:
    work.set_measure_state(day.caseload, world.kept[key], state, day.settings)


def answered(world: World, day: Day) -> None:
    """Fairholm fitted the lock and refused the light: a gap, for which a fund is chosen."""
    set_state(world, day, f"measure {CYLINDER}", "fitted")
    set_state(world, day, f"measure {LIGHT}", "declined")
    gap = day.file().measures[-1]
    day.keep(Measure, gap.id, fund="hpg")
    world.kept["gap"] = gap.id


def live_until_passed_on(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
    with world.on(PASSED_ON) as day:
        passed_on(world, day)


def live_until_answered(world: World) -> None:
    live_until_passed_on(world)
    with world.on(ANSWERED) as day:
        answered(world, day)


def close(day: Day, outcome: str) -> None:
    given = {"outcome": outcome, "reason": "no_longer_needed", "informed": "yes", "reentry": "yes"}
    work.close_case(day.caseload, day.case_id, given, day.settings)


# --- Expect, line by line -------------------------------------------------------------------------


def test_the_card_says_with_the_association(world: World) -> None:
    live_until_passed_on(world)
    with world.on(PASSED_ON) as day:
        card = day.card()
        assert (card.stuck_why, card.stuck_on) == ("with HA", "Fairholm HA")
        assert card.next_due == RETURN_DUE
    shown = world.run("show", "S26-0001", today=PASSED_ON)
    assert "Stuck: with HA" in shown
    assert "On whom: Fairholm HA" in shown


def test_its_return_is_due_in_three_working_days(world: World) -> None:
    """Passed on on a Friday: the weekend is not counted. Nobody has to work the date out."""
    live_until_passed_on(world)
    with world.on(PASSED_ON) as day:
        assert day.file().case.ha_return_due == RETURN_DUE
        assert day.reminders()["ha_return"].due == RETURN_DUE
    with world.on(RETURN_DUE) as day:
        line = next(
            line
            for line in views.today_view(day.caseload, RETURN_DUE, day.settings).lines
            if line.rule == "ha_return"
        )
        assert (line.group, line.due, line.card.ref) == ("today", RETURN_DUE, "S26-0001")


def test_a_date_agreed_with_the_association_stands(world: World) -> None:
    agreed = date(2026, 12, 1)
    with world.on(REFERRED) as day:
        referral(world, day)
        day.keep(Case, day.case_id, ha_scheme="yes", ha_return_due=agreed)
        assert day.file().case.ha_return_due == agreed
        # Cleared once the answer is known: saving the form again does not ask for it anew.
        day.keep(Case, day.case_id, ha_scheme="yes", ha_return_due=None)
        day.keep(Case, day.case_id, ha_scheme="yes", area="North ward")
        assert day.file().case.ha_return_due is None
        assert "ha_return" not in day.reminders()


def test_no_date_is_set_where_the_association_has_no_scheme(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        day.keep(Case, day.case_id, ha_scheme="no")
        assert day.file().case.ha_return_due is None
        assert day.card().stuck_why != "with HA"


def test_the_coordinator_keeps_risk_plan_and_support(world: World) -> None:
    """Passed on is not passed away: the case stays open here, with its reviews."""
    live_until_passed_on(world)
    with world.on(PASSED_ON) as day:
        card = day.card()
        assert (card.status, card.risk, card.score) == ("open", "medium", 11)
        assert day.reminders()["risk_review"].due == RISK_REVIEW
        assert day.reminders()["plan_review"].due == PLAN_REVIEW
        assert [one.ended for one in day.file().support] == [None]
    for due, rule in ((PLAN_REVIEW, "plan_review"), (RISK_REVIEW, "risk_review")):
        with world.on(due) as day:
            lines = views.today_view(day.caseload, due, day.settings).lines
            assert [(line.group, line.due) for line in lines if line.rule == rule] == [
                ("today", due)
            ]


def theirs(day: Day) -> list[tuple[str, date | None]]:
    return [(one.state, one.fitted_on) for one in day.file().measures if one.fund == "ha"]


def test_said_yes_is_not_fitted_and_fitted_ends_the_wait(world: World) -> None:
    live_until_passed_on(world)
    with world.on(PASSED_ON) as day:
        settling.landlords_answer(day.caseload, day.case_id, "yes", day.settings, until=RETURN_DUE)
        card = day.card()
        assert (card.stuck_why, card.stuck_on) == ("landlord fits it", "Fairholm HA")
        assert day.reminders()["ha_return"].title_text == "landlord's own scheme: is it fitted?"
        assert theirs(day) == [("proposed", None), ("proposed", None)]
        with pytest.raises(work.Refusal, match="own scheme has not answered"):
            close(day, "passed_to_ha")
    with world.on(RETURN_DUE) as day:
        settling.landlords_answer(day.caseload, day.case_id, "fitted", day.settings)
        assert theirs(day) == [("fitted", RETURN_DUE), ("fitted", RETURN_DUE)]
        assert "ha_return" not in day.reminders()
        assert day.card().secured == "yes"
        day.caseload.store.undo_last()
        assert theirs(day) == [("proposed", None), ("proposed", None)]


def test_what_the_association_fits_passes_the_gates_or_nothing_is_kept(world: World) -> None:
    """A lock against a joint tenant is not fitted because the landlord did it (gate G3)."""
    live_until_passed_on(world)
    with world.on(RETURN_DUE) as day:
        settling.landlords_answer(day.caseload, day.case_id, "yes", day.settings, until=ANSWERED)
        day.keep(Property, day.home.id, named_parties="joint")
        before = day.file()
        with pytest.raises(work.Refusal, match="order"):
            settling.landlords_answer(day.caseload, day.case_id, "fitted", day.settings)
        assert day.file() == before


def test_a_light_the_association_refuses_becomes_a_gap_on_another_fund(world: World) -> None:
    live_until_answered(world)
    with world.on(ANSWERED) as day:
        kept = [(one.catalogue_id, one.fund, one.state) for one in day.file().measures]
        assert kept == [
            (CYLINDER, "ha", "fitted"),
            (LIGHT, "ha", "declined"),
            (LIGHT, "hpg", "proposed"),
        ]
        assert day.card().secured == "part"
        assert "ha_return" not in day.reminders()  # Fairholm has answered for all of its own
        assert day.card().stuck_why != "with HA"
    with world.on(GAP_FITTED) as day:
        set_state(world, day, "gap", "fitted")
        assert day.card().secured == "yes"


def test_the_gap_makes_itself_once_is_told_and_is_undone_with_the_refusal(world: World) -> None:
    live_until_passed_on(world)
    with world.on(ANSWERED) as day:
        light = f"measure {LIGHT}"
        set_state(world, day, light, "declined")
        gap = day.file().measures[-1]
        assert (gap.catalogue_id, gap.fund, gap.state) == (LIGHT, "not_asked", "proposed")
        assert gap.reason == "Gap: the landlord's own scheme refused it"
        story = views.case_view(day.caseload, day.case_id, day.day, day.settings).story
        assert story[0].sentence == ("Measure declined by the landlord's scheme; gap added to fund")
        set_state(world, day, light, "proposed")
        set_state(world, day, light, "declined")
        assert [one.id for one in day.file().measures if one.catalogue_id == LIGHT] == [
            world.kept[light],
            gap.id,
        ]
        for _ in range(3):
            day.caseload.store.undo_last()
        assert [one.state for one in day.file().measures] == ["proposed", "proposed"]


def test_the_gap_is_on_a_fund_of_this_year_and_none_comes_of_what_the_survivor_declines(
    world: World,
) -> None:
    live_until_passed_on(world)
    with world.on(ANSWERED) as day:
        day.keep(Fund, name="Fairholm", kind="ha", year=2026)
        day.keep(Fund, name="Old", kind="charity", year=2025)
        day.keep(Fund, name="Prevention", kind="hpg", year=2026)
        set_state(world, day, f"measure {LIGHT}", "declined")
        assert day.file().measures[-1].fund == "hpg"
        set_state(world, day, f"measure {CYLINDER}", "fitted")
        own = work.add_measure(day.caseload, day.case_id, 13, fund="hpg")
        count = len(day.file().measures)
        work.set_measure_state(day.caseload, own.id, "declined", day.settings)
        assert len(day.file().measures) == count


@pytest.mark.parametrize("outcome", ["passed_to_ha", "secured"])
def test_the_associations_outcome_is_needed_to_close(world: World, outcome: str) -> None:
    live_until_passed_on(world)
    with world.on(RETURN_DUE) as day:
        with pytest.raises(work.Refusal, match="own scheme has not answered"):
            close(day, outcome)
        set_state(world, day, f"measure {CYLINDER}", "fitted")
        with pytest.raises(work.Refusal, match="own scheme has not answered"):
            close(day, outcome)  # the light is still with Fairholm
        assert day.card().status == "open"
        assert day.file().closures == []
    with world.on(ANSWERED) as day:
        set_state(world, day, f"measure {LIGHT}", "declined")
        if outcome == "secured":
            with pytest.raises(work.Refusal, match="not secured yet"):
                close(day, outcome)  # the light is a gap nobody has decided on
            gap = day.file().measures[-1]
            work.set_measure_state(day.caseload, gap.id, "declined", day.settings)
        close(day, outcome)
        assert day.card().status == "closed"
        assert [one.outcome for one in day.file().closures] == [outcome]


def test_it_waits_for_an_outcome_before_any_works_are_listed_too(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        day.move("triage")
        day.keep(Case, day.case_id, ha_scheme="yes")
        assert day.card().stuck_why == "with HA"
        with pytest.raises(work.Refusal, match="own scheme has not answered"):
            close(day, "passed_to_ha")
        assert day.file().closures == []


def test_the_associations_money_is_not_in_the_schemes_own_total(world: World) -> None:
    live_until_answered(world)
    with world.on(GAP_FITTED) as day:
        day.keep(Expenditure, fund="ha", state="paid", on=day.day, gross=220_00, what="Cylinder")
        assert scheme.ordered_or_spent(day.file()) == 0
        day.keep(Expenditure, fund="hpg", state="paid", on=day.day, gross=68_00, what="Light")
        assert scheme.ordered_or_spent(day.file()) == 68_00


def test_scheme_return_and_spend_are_told_with_their_evidence(world: World) -> None:
    live_until_answered(world)
    with world.on(GAP_FITTED) as day:
        day.keep(Expenditure, fund="ha", state="paid", on=day.day, gross=220_00, what="Cylinder")
        day.keep(Expenditure, fund="hpg", state="paid", on=day.day, gross=68_00, what="Light")
    shown = world.show("S26-0001", GAP_FITTED)
    assert shown["scheme"] == {
        "type": "full",
        "evidence": "Measures fitted, support and safety plan in place, choice and risk recorded.",
    }
    assert shown["return"] == {
        "year": "2026-27",
        "counts": True,
        "reason": "Measure fitted Thu 26 Nov 2026; support active in the year.",
    }
    assert shown["ordered_or_spent"] == {"own": 68_00, "landlord": 220_00}
    said = world.run("show", "S26-0001", today=GAP_FITTED)
    assert "Scheme: Full scheme. Measures fitted, support and safety plan in place" in said
    assert "Return: 2026-27, counts. Measure fitted Thu 26 Nov 2026" in said
    assert "Spend: £68.00 ordered or spent; landlord's £220.00, not ours" in said


def test_the_household_is_counted_once(world: World) -> None:
    """Two schemes fitted something; two children; one household in the year's return."""
    live_until_answered(world)
    with world.on(GAP_FITTED) as day:
        set_state(world, day, "gap", "fitted")
        assert len(day.file().children) == 2
        assert len([one for one in day.file().measures if one.state == "fitted"]) == 2
        files = queries.case_files(day.caseload.connection, ("measures", "support", "closures"))
        counted = [case_id for case_id, one in files.items() if scheme.counts_in_return(one, *YEAR)]
        assert counted == [day.case_id]
        before = scheme.counts_in_return(day.file(), date(2025, 4, 1), date(2026, 3, 31))
        assert before is False
