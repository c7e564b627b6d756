"""Scenario C of the domain reference: the perpetrator is released from prison tomorrow.

Kerry-Ann Osei, sole owner; referred at 13:10 with no DASH; the ex-partner, with a history of
weapons, is out at 09:00 the next day.

=============  ==========================================================================
when           what happens or is due
=============  ==========================================================================
24 Nov 13:10   referral; emergency path, marker and emergency MARAC due the same day
24 Nov 15:00   visit for the locks: waits for the police's answer
24 Nov 17:10   four hours since referral
25 Nov 09:00   release
26 Nov         48-hour check
=============  ==========================================================================
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from functools import partial

import pytest

from db.models import Case, Person, Property, RiskAssessment, Visit
from db.readmodels import MaracCandidate
from sanctuary_tui import views, work
from sanctuary_tui.pathway import emergency, marac
from tests.scenarios.scenario_world import Day, World

REFERRED = date(2026, 11, 24)
RELEASED = date(2026, 11, 25)
CHECKED = date(2026, 11, 26)
AT = (13, 10)
FOUR_HOURS_ON = datetime(2026, 11, 24, 17, 10, tzinfo=UTC)

ALARM, CYLINDER, NIGHTLATCH = 1, 9, 10
LOCKS = (CYLINDER, NIGHTLATCH)
REASON = "Released tomorrow; history of weapons"


def referral(world: World, day: Day, named_parties: str = "survivor_sole") -> None:
    """What the caller said. No assessment, no trigger ticked, no urgency chosen."""
    world.refer(
        day,
        route="police",
        safe="yes",
        phone="07700 900331",
        first_name="Kerry-Ann",
        surname="Osei",
        dob=date(1990, 5, 6),
        address="17 Brindle Close",
        tenure="owner",
        named_parties=named_parties,
    )
    day.keep(
        Person,
        day.file().perpetrators[0].id,
        weapons="yes",
        whereabouts="custody",
        release_date=RELEASED,
    )


def called(world: World, day: Day) -> None:
    day.log("Rang back; safe to talk.")
    day.keep(
        Case,
        day.case_id,
        acknowledged=day.day,
        choice_made="yes",
        choice_date=day.day,
        options_explained="yes",
    )
    day.keep(Property, day.home.id, evidence="seen", home_rights="no", leasehold="no")


def locks_wanted(world: World, day: Day) -> None:
    """To the installation at once, with locks and a visit this afternoon."""
    day.move("installation")
    for number in LOCKS:
        measure = work.add_measure(day.caseload, day.case_id, number, escape_checked="yes")
        world.kept[f"measure {number}"] = measure.id
    given = {"kind": "install", "on": day.day, "window": "15:00-17:00"}
    world.kept["visit"] = work.book(day.caseload, day.case_id, given, day.settings).id


def fit(world: World, day: Day, number: int) -> None:
    work.set_measure_state(day.caseload, world.kept[f"measure {number}"], "fitted", day.settings)


def police_say(world: World, day: Day, answer: str) -> None:
    day.keep(Visit, world.kept["visit"], police_answer=answer)


def listed(day: Day) -> MaracCandidate:
    """The case as the next meeting's list offers it."""
    view = views.marac_view(day.caseload, day.day, day.settings)
    assert len(view.candidates) == 1
    return view.candidates[0]


# --- Expect, line by line -------------------------------------------------------------------------


def test_the_emergency_path_opens_by_itself_with_a_clock_in_hours(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        assert day.card().urgency == "emergency"
        said = emergency.emergency(day.file(), FOUR_HOURS_ON, day.settings)
        assert said is not None
        assert said.startswith("Emergency, 4 h since referral. Release Wed 25 Nov.")
        before = emergency.emergency(
            day.file(), datetime(2026, 11, 24, 17, 9, tzinfo=UTC), day.settings
        )
        assert before is not None
        assert "3 h since referral" in before
        assert day.reminders()["release"].due == REFERRED


def test_first_contact_and_the_booking_are_due_the_same_day(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        assert day.reminders()["first_contact"].due == REFERRED
        assert day.card().next_due == REFERRED
        called(world, day)
        day.move("installation")
        lock = work.add_measure(day.caseload, day.case_id, CYLINDER, escape_checked="yes")
        work.set_measure_state(day.caseload, lock.id, "approved", day.settings)
        assert day.reminders()["book_install"].due == REFERRED


def test_what_the_emergency_passes_over_is_said(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        called(world, day)
        said = " ".join(work.left_open(day.caseload, day.case_id, "survey", day.settings))
        assert "No dated risk assessment" in said
        assert "Nobody has considered MARAC" in said
        day.move("survey")
        assert work.left_open(day.caseload, day.case_id, "survey", day.settings) == []


def test_without_the_release_there_is_no_emergency(world: World) -> None:
    """The control: the same referral, the release four weeks away."""
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        perpetrator = day.file().perpetrators[0]
        day.keep(Person, perpetrator.id, release_date=date(2026, 12, 22))
        called(world, day)
        assert emergency.emergency(day.file(), FOUR_HOURS_ON, day.settings) is None
        assert day.card().urgency == "standard"
        assert "police_marker" not in day.reminders()
        refused = day.refused(lambda: day.move("installation"))
        assert {"survey", "approval"} <= refused


def test_it_goes_from_referral_to_installation_in_one_step(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        assert day.refused(lambda: day.move("installation")) == {"G1"}  # her choice still binds
        called(world, day)
        day.move("installation")
        assert day.card().stage == "installation"


def test_the_rights_of_a_joint_owner_still_bind(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day, named_parties="joint")
        called(world, day)
        measure = work.add_measure(day.caseload, day.case_id, CYLINDER, escape_checked="yes")
        work.set_measure_state(day.caseload, measure.id, "approved", day.settings)
        assert day.refused(lambda: day.move("installation")) == {"G3"}


def test_judgement_lists_it_for_an_emergency_marac_without_a_score(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        assert day.reminders()["marac_cutoff"].due == REFERRED
        assert "judgement" in day.reminders()["marac_cutoff"].title_text
        assert listed(day).listing_type == "emergency"  # before anybody assessed anything
        day.keep(
            RiskAssessment,
            assessed=day.day,
            judgement="yes",
            judgement_reason=REASON,
            assessor="Police",
        )
        card = day.card()
        assert (card.risk, card.score) == ("high", None)
        candidate = listed(day)
        assert (candidate.criteria, candidate.listing_type) == (("PJ",), "emergency")
        meeting = marac.next_meeting(day.day, day.settings)
        work.tick_listing(
            day.caseload,
            day.case_id,
            meeting,
            criteria=candidate.criteria,
            listing_type=candidate.listing_type,
            last_referral=candidate.last_referral,
        )
        listing = day.file().marac_listings[0]
        assert (listing.listing_type, listing.criteria) == ("emergency", "PJ")
        assert listing.judgement_reason == REASON


def test_the_list_that_is_sent_says_emergency_judgement_and_no_score(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        day.keep(
            RiskAssessment,
            assessed=day.day,
            judgement="yes",
            judgement_reason=REASON,
            assessor="Police",
        )
    out = world.paths.data_dir / "out"
    decision = ("--basis", "vital_interests", "--decided-by", "Coordinator")
    options = ("--out", str(out), "--protect", "csv", "--case", "S26-1", *decision)
    world.run("export", "marac", *options, today=REFERRED)
    (path,) = [one for one in out.glob("MX-*.csv") if one.stem.count("-") == 2]
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline=""))
    assert (row["listing_type"], row["criteria"], row["dash_score"]) == ("emergency", "PJ", "")
    assert row["meeting_date"] == "2026-11-26"  # the next meeting, though its list closed


@pytest.mark.parametrize("answer", ["not_asked", "not_known", "no"])
def test_the_visit_is_stopped_until_the_police_say_it_is_safe(world: World, answer: str) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        called(world, day)
        locks_wanted(world, day)
        police_say(world, day, answer)
        reminder = day.reminders()["police_answer"]
        assert (reminder.due, reminder.who) == (REFERRED, "Police")
        card = day.card()
        assert (card.stuck_why, card.stuck_on) == ("police answer awaited", "Police")
        done = day.refused(lambda: day.keep(Visit, world.kept["visit"], outcome="done"))
        assert done == {"G7"}
        for number in LOCKS:
            assert day.refused(partial(fit, world, day, number)) == {"G7"}
        assert day.file().visits[0].outcome == "booked"


def test_locks_go_on_the_same_day_with_nobody_elses_consent(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        called(world, day)
        locks_wanted(world, day)
        police_say(world, day, "yes")
        for number in LOCKS:
            fit(world, day, number)
        day.keep(Visit, world.kept["visit"], outcome="done")
        fitted = {one.catalogue_id: one.fitted_on for one in day.file().measures}
        assert fitted == dict.fromkeys(LOCKS, REFERRED)
        assert day.file().consent_requests == []
        assert day.card().secured == "yes"
        assert "police_answer" not in day.reminders()


def test_temporary_kit_meanwhile_never_secures_the_home(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        called(world, day)
        assert day.reminders()["interim_kit"].due == REFERRED
        alarm = work.add_measure(day.caseload, day.case_id, ALARM)
        work.set_measure_state(day.caseload, alarm.id, "fitted", day.settings)
        assert "interim_kit" not in day.reminders()
        assert day.card().secured == "no"


def test_the_police_are_asked_for_a_marker(world: World) -> None:
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        reminder = day.reminders()["police_marker"]
        assert (reminder.due, reminder.who) == (REFERRED, "Police")
        line = next(
            line
            for line in views.today_view(day.caseload, REFERRED, day.settings).lines
            if line.rule == "police_marker"
        )
        assert (line.group, line.due, line.card.ref) == ("today", REFERRED, "S26-0001")
        home = day.file().home
        assert home is not None
        day.keep(Property, day.home.id, police_marker="asked")
        assert "police_marker" not in day.reminders()


def test_the_check_at_48_hours_is_queued(world: World) -> None:
    """Once she has said how she wants to be checked on: until then that is what is asked."""
    with world.on(REFERRED, *AT) as day:
        referral(world, day)
        called(world, day)
        locks_wanted(world, day)
        police_say(world, day, "yes")
        for number in LOCKS:
            fit(world, day, number)
        assert day.reminders()["ask_cadence"].due == REFERRED
        assert "aftercare" not in day.reminders()
        day.keep(Case, day.case_id, cadence="standard", aftercare_method="By phone")
        check = day.reminders()["aftercare"]
        assert (check.due, check.title_text[:2]) == (CHECKED, "48")
    with world.on(CHECKED) as day:
        lines = views.today_view(day.caseload, CHECKED, day.settings).lines
        told = [line for line in lines if line.rule == "aftercare"]
        assert [(line.group, line.due) for line in told] == [("today", CHECKED)]
