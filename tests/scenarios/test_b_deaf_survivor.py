"""Scenario B of the domain reference: a deaf survivor.

Jonah Birtwell, BSL, text only, sole tenant of a housing association that has no scheme of its own;
he wants a vibrating alarm and a bar on the bedroom door.

==========  ===============================================================================
day         what happens or is due
==========  ===============================================================================
 2 Nov      referral
 4 Nov      first contact, by text
 9 Nov      survey: alarm and bar proposed, checked together
12 Nov      the landlord agrees; approved
18 Nov      alarm and bar fitted, no pillow pad: not handed over
19 Nov      handover: meet the access need
20 Nov      pad delivered; he works both himself; 48-hour check by text
==========  ===============================================================================
"""

from __future__ import annotations

from datetime import date

import pytest

from db.models import (
    Case,
    Measure,
    Person,
    Property,
    Survey,
    Visit,
)
from sanctuary_tui import views, work
from sanctuary_tui.pathway import contact
from tests.scenarios.scenario_world import Day, World

REFERRED = date(2026, 11, 2)
CONTACT_DUE = date(2026, 11, 4)
SURVEYED = date(2026, 11, 9)
AGREED = date(2026, 11, 12)
FITTED = date(2026, 11, 18)
HANDOVER_DUE = date(2026, 11, 19)
HANDED_OVER = CHECK_DUE = date(2026, 11, 20)

ALARM = 39
PAD = "Vibrating pillow pad"
BOTH = ("alarm", "bar")


def referral(
    world: World, day: Day, disability: str = "deaf", needs: str = "bsl;text_only"
) -> None:
    world.refer(
        day,
        route="da_service",
        safe="text_only" if needs != "none" else "yes",
        phone="07700 900361",
        first_name="Jonah",
        surname="Birtwell",
        address="Flat 6, 2 Weaver Court",
        tenure="ha",
        named_parties="survivor_sole",
    )
    survivor = day.file().survivor
    assert survivor is not None
    day.keep(Person, survivor.id, disability=disability, communication=needs)


def triage(world: World, day: Day) -> None:
    day.log("Answered by text.", kind="text")
    day.chosen(ha_scheme="no")
    day.keep(Person, day.file().perpetrators[0].id, weapons="no", whereabouts="elsewhere")
    day.supported(10)
    day.keep(Property, day.home.id, evidence="seen", home_rights="no", kind="flat")
    day.move("triage", "risk_support", "legal", "survey")


def survey(world: World, day: Day) -> None:
    day.keep(Survey, done_on=day.day, surveyor="Council surveyor", escape="one_route")
    world.kept["alarm"] = work.add_measure(day.caseload, day.case_id, ALARM, fund="core").id
    bar = day.keep(
        Measure,
        name="Bedroom door bar",
        fund="core",
        location="Bedroom door",
        qty=1,
        consent_needed="yes",
        excluding="no",
        escape_affecting="yes",
    )
    world.kept["bar"] = bar.id


def check_way_out(world: World, day: Day, *names: str) -> None:
    for name in names:
        day.keep(Measure, world.kept[name], escape_checked="yes")


def agreed(world: World, day: Day) -> None:
    check_way_out(world, day, *BOTH)
    day.move("consent")
    day.granted("ha", "Test Housing Association", decision_maker="Test Housing Association")
    day.move("approval")
    day.keep(Case, day.case_id, approved_by="Manager", approved_on=day.day)
    day.move("installation")


def fit(world: World, day: Day, name: str) -> None:
    work.set_measure_state(day.caseload, world.kept[name], "fitted", day.settings)


def fitted(world: World, day: Day) -> None:
    for name in BOTH:
        fit(world, day, name)
    day.keep(Measure, world.kept["alarm"], access_need=PAD)


def live_until_surveyed(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        triage(world, day)
    with world.on(SURVEYED) as day:
        survey(world, day)


def live_until_fitted(world: World) -> None:
    live_until_surveyed(world)
    with world.on(AGREED) as day:
        agreed(world, day)
    with world.on(FITTED) as day:
        fitted(world, day)


# --- Expect, line by line -------------------------------------------------------------------------


def test_no_voice_call_is_asked_for(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        assert not contact.voice_ok(day.file())
        reminder = day.reminders()["first_contact"]
        assert (reminder.due, reminder.title_text) == (
            CONTACT_DUE,
            "new referral, first contact by text",
        )
        assert day.card().next_text == "first contact by text"
        assert day.card().safe_contact == "Text only, no voicemail, BSL interpreter."
    with world.on(CONTACT_DUE) as day:
        line = next(
            line
            for line in views.today_view(day.caseload, CONTACT_DUE, day.settings).lines
            if line.rule == "first_contact"
        )
        assert line.text.endswith("by text")
    shown = world.run("show", "S26-0001", today=CONTACT_DUE)
    assert "Safe contact: Text only, no voicemail, BSL interpreter." in shown
    assert "Next: first contact by text" in shown


def test_a_hearing_survivor_may_be_rung(world: World) -> None:
    """The control: it is the communication need that takes the call away."""
    with world.on(REFERRED) as day:
        referral(world, day, disability="none", needs="none")
        assert contact.voice_ok(day.file())
        assert day.reminders()["first_contact"].title_text == "new referral, first contact"
        assert day.card().safe_contact == "Safe to ring."


def test_a_bsl_user_is_not_rung_on_a_number_that_is_safe(world: World) -> None:
    with world.on(REFERRED) as day:
        referral(world, day)
        point = day.file().contact_points[0]
        day.keep(type(point), point.id, safe="yes")
        assert not contact.voice_ok(day.file())
        assert day.card().safe_contact.startswith("Text only")
        assert day.card().next_text == "first contact by text"


def interpreters(day: Day) -> list[tuple[str, date | None, str]]:
    return [
        (one.title_text, one.due, one.state)
        for one in day.file().reminders
        if one.rule == "interpreter"
    ]


def test_an_interpreter_is_to_be_booked_for_both_visits_each_asked_once(world: World) -> None:
    live_until_surveyed(world)
    survey_due, install_due = date(2026, 11, 16), date(2026, 11, 23)
    with world.on(SURVEYED) as day:
        assert interpreters(day) == []
        booked = work.book(
            day.caseload, day.case_id, {"kind": "survey", "on": date(2026, 11, 23)}, day.settings
        )
        work.book(
            day.caseload, day.case_id, {"kind": "install", "on": date(2026, 11, 30)}, day.settings
        )
        assert interpreters(day) == [
            ("book BSL interpreter: survey", survey_due, "open"),
            ("book BSL interpreter: installation", install_due, "open"),
        ]
    with world.on(survey_due) as day:
        lines = views.today_view(day.caseload, survey_due, day.settings).lines
        (line,) = [one for one in lines if one.rule == "interpreter" and one.group == "today"]
        assert (line.text, line.due) == ("book BSL interpreter: survey", survey_due)
        assert line.reminder_id is not None
        work.mark_done(day.caseload, line.reminder_id, "Booked with the council's agency")
        day.keep(Visit, booked.id, window="10:00-12:00")  # another change asks nothing anew
        assert [state for *_, state in interpreters(day)] == ["done", "open"]
        day.keep(Visit, booked.id, on=date(2026, 11, 24))  # another day needs another booking
        assert [state for *_, state in interpreters(day)].count("open") == 2
        day.keep(Visit, booked.id, outcome="cancelled_by_them")
        assert [state for *_, state in interpreters(day)].count("open") == 1


@pytest.mark.parametrize("first", BOTH)
def test_the_fire_gate_fails_until_bar_and_alarm_are_checked_together(
    world: World, first: str
) -> None:
    live_until_surveyed(world)
    (second,) = {*BOTH} - {first}
    with world.on(SURVEYED) as day:
        assert "G5" in day.refused(lambda: day.move("consent"))
        check_way_out(world, day, first)
        assert day.refused(lambda: day.move("consent")) == {"G5"}
        assert "G5" in day.refused(lambda: fit(world, day, "bar"))
        assert "G5" in day.card().gates.split(";")
        check_way_out(world, day, second)
        assert "G5" not in day.card().gates.split(";")
        day.move("consent")


def test_a_bar_without_the_alarm_fails_however_well_it_was_checked(world: World) -> None:
    live_until_surveyed(world)
    with world.on(SURVEYED) as day:
        check_way_out(world, day, *BOTH)
        work.set_measure_state(day.caseload, world.kept["alarm"], "declined", day.settings)
        view = views.case_view(day.caseload, day.case_id, day.day, day.settings)
        told = [one.sentence for one in view.findings if one.gate == "G5"]
        assert len(told) == 1
        assert "together with an alarm the survivor can perceive" in told[0]
        assert day.refused(lambda: day.move("consent")) == {"G5"}


def test_for_a_hearing_survivor_the_bar_is_checked_alone(world: World) -> None:
    """The control for the two above."""
    with world.on(REFERRED) as day:
        referral(world, day, disability="none", needs="none")
        triage(world, day)
        survey(world, day)
        work.set_measure_state(day.caseload, world.kept["alarm"], "declined", day.settings)
        check_way_out(world, day, "bar")
        day.move("consent")


def test_an_unmet_access_need_blocks_the_handover(world: World) -> None:
    live_until_fitted(world)
    with world.on(FITTED) as day:
        for name in BOTH:
            day.keep(Measure, world.kept[name], instructions="yes")
        reminder = day.reminders()["handover"]
        assert (reminder.due, reminder.title_text) == (
            HANDOVER_DUE,
            "handover: meet the access need",
        )
        assert day.card().stuck_why == "access need unmet"
        with pytest.raises(work.Refusal, match="access need is unmet"):
            day.move("aftercare")
        assert day.card().stage == "installation"
    with world.on(HANDED_OVER) as day:
        day.keep(Measure, world.kept["alarm"], access_need="")
        assert "handover" not in day.reminders()
        day.move("aftercare")


@pytest.mark.parametrize("last", BOTH)
def test_he_has_used_each_of_them_himself_before_the_handover(world: World, last: str) -> None:
    live_until_fitted(world)
    (first,) = {*BOTH} - {last}
    with world.on(HANDED_OVER) as day:
        day.keep(Measure, world.kept["alarm"], access_need="")
        assert day.reminders()["handover"].title_text == "handover: practise together"
        day.keep(Measure, world.kept[first], instructions="yes")
        with pytest.raises(work.Refusal, match="not yet used it themselves") as refused:
            day.move("aftercare")
        assert [one.measure_id for one in refused.value.findings] == [world.kept[last]]
        assert day.card().stuck_why == "not yet practised"
        day.keep(Measure, world.kept[last], instructions="yes")
        day.move("aftercare")
        assert day.card().stage == "aftercare"


def test_the_checks_after_the_fitting_are_by_text(world: World) -> None:
    live_until_fitted(world)
    with world.on(FITTED) as day:
        day.keep(Case, day.case_id, cadence="standard", aftercare_method="By text")
        check = day.reminders()["aftercare"]
        assert check.due == CHECK_DUE
        assert check.title_text.endswith("by text")
