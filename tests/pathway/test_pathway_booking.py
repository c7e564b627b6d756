"""Reminders to book visits and to record what a visit brought."""

from __future__ import annotations

from datetime import date

import pytest
from pathway_files import SETTINGS, add_measures, case_file, day, surveyed

from config.codes import CODES
from config.settings import default_settings
from db.models import AftercareCheck, CaseFile, Measure, Reminder, Visit
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminder import TITLE
from sanctuary_tui.pathway.reminders import reminders

TODAY = day("2026-11-26")
BOOKING = ("book_survey", "book_install", "record_survey", "record_fit")


def made(file: CaseFile, today: date = TODAY) -> dict[str, Reminder]:
    return {item.rule: item for item in reminders(file, today, SETTINGS)}


def booking(file: CaseFile, today: date = TODAY) -> list[tuple[str, str, str]]:
    found = reminders(file, today, SETTINGS)
    return [(i.rule, str(i.due), i.title_text) for i in found if i.rule in BOOKING]


def visited(file: CaseFile, kind: str, on: str, outcome: str) -> Visit:
    visit = Visit(id=len(file.visits) + 1, case_id=1, kind=kind, on=day(on), outcome=outcome)
    file.visits.append(visit)
    return visit


def installing(**case: object) -> CaseFile:
    file = case_file("installation", **case)
    add_measures(file, 9, state="approved")
    return file


def test_a_survey_that_was_made_is_recorded_not_booked() -> None:
    file = case_file("survey")
    visit = visited(file, "survey", "2026-11-20", "done")
    assert booking(file) == [("record_survey", "2026-11-20", "record the survey")]
    found = made(file)["record_survey"]
    assert (found.record_table, found.record_id) == ("visits", visit.id)
    file.case.do_not_contact = "yes"  # recording reaches nobody
    assert booking(file) == [("record_survey", "2026-11-20", "record the survey")]
    surveyed(file, "2026-11-20")
    assert booking(file) == []


def test_an_installation_that_was_made_is_recorded_not_booked() -> None:
    file = installing()
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-10"))
    visited(file, "install", "2026-11-20", "done")
    assert booking(file) == [("record_fit", "2026-11-20", "record what was fitted")]
    visited(file, "repair", "2026-11-23", "done")
    assert booking(file) == [("record_fit", "2026-11-20", "record what was fitted")]
    file.measures[0].state, file.measures[0].fitted_on = "fitted", day("2026-11-20")
    assert booking(file) == []


def test_works_left_after_a_visit_are_booked_from_that_visit() -> None:
    file = installing()
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-20"))
    visited(file, "install", "2026-11-20", "part")
    assert booking(file) == [("book_install", "2026-11-23", "book again: part done")]


def test_locks_are_booked_the_same_day_in_an_emergency() -> None:
    file = installing()
    due = made(file)["book_install"]
    file.case.triggers = "weapon"
    at_once = made(file)["book_install"]
    assert (due.due, at_once.due) == (day("2026-11-03"), day("2026-11-02"))
    assert at_once.key != due.key


@pytest.mark.parametrize("kind", ["survey", "install"])
@pytest.mark.parametrize(
    ("outcome", "title"),
    [
        ("no_access", "book again: no access"),
        ("cancelled_by_us", "book again: cancelled"),
        ("cancelled_by_them", "book again: cancelled"),
        ("unsafe", "book again: left as unsafe"),
    ],
)
def test_a_visit_that_was_not_made_is_booked_again_the_next_working_day(
    kind: str, outcome: str, title: str
) -> None:
    file = case_file("survey") if kind == "survey" else installing()
    before = made(file)[f"book_{kind}"]
    assert before.due == day("2026-11-03")
    visited(file, kind, "2026-11-11", "no_access")
    visited(file, kind, "2026-11-20", outcome)
    again = made(file)[f"book_{kind}"]
    assert (again.title_text, again.due) == (title, day("2026-11-23"))
    assert again.key != before.key
    file.visits.reverse()  # the latest by date, in whatever order they were kept
    assert made(file)[f"book_{kind}"] == again
    visited(file, kind, "2026-11-30", "booked")
    assert booking(file) == []


def test_every_outcome_of_a_visit_has_words_that_fit() -> None:
    for outcome in set(CODES["visit_outcome"]) - {"booked", "done"}:
        file = installing()
        add_measures(file, 13, state="fitted", fitted_on=day("2026-11-20"))
        visited(file, "install", "2026-11-20", outcome)
        (found,) = booking(file)
        assert found[0] == "book_install"
        assert found[2].startswith("book ")
        assert len(found[2]) <= TITLE


def test_the_fitting_is_booked_from_the_approval_when_that_came_later() -> None:
    file = installing(approved_on=day("2026-11-24"))
    assert booking(file) == [("book_install", "2026-11-25", "install visit not booked")]


def test_approved_works_whose_measures_are_still_proposed_are_booked() -> None:
    file = case_file("installation")
    add_measures(file, 9)
    assert booking(file) == []
    file.case.approved_on = day("2026-11-24")
    assert booking(file) == [("book_install", "2026-11-25", "install visit not booked")]


@pytest.mark.parametrize("stage", ["survey", "installation"])
def test_nothing_is_booked_while_the_landlords_own_scheme_has_the_case(stage: str) -> None:
    file = case_file(stage)
    add_measures(file, 9, state="approved")
    assert booking(file)
    file.case.ha_scheme, file.case.ha_return_due = "yes", day("2026-11-30")
    assert booking(file) == []


def test_what_a_visit_brought_is_asked_for_only_until_aftercare() -> None:
    file = case_file("aftercare")
    add_measures(file, 9, state="approved")
    visited(file, "install", "2026-11-20", "done")
    assert booking(file) == []
    assert derive(file, TODAY, SETTINGS).reminders == reminders(file, TODAY, SETTINGS)


def test_a_booked_repair_silences_the_fault_until_its_day_has_passed() -> None:
    file = case_file("aftercare", cadence="no_calls")
    add_measures(file, 34, state="faulty", fitted_on=day("2026-11-10"))
    fault = made(file)["fault"]
    visit = visited(file, "repair", "2026-11-27", "booked")
    assert "fault" not in made(file, day("2026-11-26"))
    assert "fault" not in made(file, day("2026-11-27"))
    assert derive(file, TODAY, SETTINGS).card.valid_until == day("2026-11-27")
    assert made(file, day("2026-11-28"))["fault"] == fault
    visit.on = day("2026-12-04")
    assert "fault" not in made(file, day("2026-11-28"))
    visit.outcome = "no_access"
    assert made(file)["fault"] == fault
    visit.outcome, visit.kind = "booked", "aftercare"
    assert made(file)["fault"] == fault


# --- a repair answers the faults it was booked for ------------------------------------------------


def faulty(*numbers: int, since: str = "2026-11-24") -> CaseFile:
    """In aftercare, with measures of the catalogue that are faulty since a Tuesday."""
    file = case_file("aftercare", cadence="no_calls")
    fit = day("2026-10-01")
    add_measures(file, *numbers, state="faulty", fitted_on=fit, faulty_since=day(since))
    return file


def repair(file: CaseFile, on: str, booked_on: str | None) -> Visit:
    visit = visited(file, "repair", on, "booked")
    visit.booked_on = day(booked_on) if booked_on else None
    return visit


def faults(file: CaseFile, today: str) -> list[str]:
    found = reminders(file, day(today), SETTINGS)
    return [item.title_text for item in found if item.rule in ("fault", "check_told")]


def test_a_light_to_be_mended_silences_no_lock() -> None:
    file = faulty(31, 10)
    light, lock = "fault: Dusk-to-dawn light", "fault: Rim nightlatch, deadlocking"
    assert faults(file, "2026-11-24") == [lock, light]
    repair(file, "2026-12-15", "2026-11-24")  # three weeks on
    assert faults(file, "2026-11-24") == [lock]
    assert faults(file, "2026-12-11") == [lock]
    assert faults(file, "2026-12-14") == []  # the visit is on the next working day
    assert faults(file, "2026-12-15") == []
    assert faults(file, "2026-12-16") == [lock, light]


def test_a_booking_answers_only_what_was_known_when_it_was_made() -> None:
    file = faulty(31)
    repair(file, "2026-11-30", "2026-11-23")
    assert faults(file, "2026-11-25") == ["fault: Dusk-to-dawn light"]
    repair(file, "2026-11-27", "2026-11-24")
    assert faults(file, "2026-11-25") == []
    file.visits.pop()
    file.visits[0].booked_on = None  # kept before the day was recorded
    assert faults(file, "2026-11-25") == []


@pytest.mark.parametrize(
    ("words", "booked", "asked"),
    [
        ("porch light flickers", "2026-11-24", False),
        ("porch light flickers", "2026-11-23", True),
        ("front door lock sticks", "2026-11-24", True),
        ("it broke", "2026-11-24", True),  # may be a lock
    ],
)
def test_a_fault_that_was_told_is_silenced_by_a_repair_too(
    words: str, booked: str, asked: bool
) -> None:
    file = case_file("aftercare", cadence="no_calls")
    file.aftercare_checks = [AftercareCheck(id=1, done_on=day("2026-11-24"), fault=words)]
    assert faults(file, "2026-11-25") == [f"mend: {words}"]
    repair(file, "2026-11-30", booked)
    assert bool(faults(file, "2026-11-25")) == asked
    assert faults(file, "2026-11-27") == ([f"mend: {words}"] if booked < "2026-11-24" else [])


def test_a_lock_is_mended_the_same_day_a_light_the_next() -> None:
    file = faulty(31, 10, since="2026-11-27")  # a Friday
    found = {item.title_text: item.due for item in reminders(file, TODAY, SETTINGS)}
    assert found["fault: Rim nightlatch, deadlocking"] == day("2026-11-27")
    assert found["fault: Dusk-to-dawn light"] == day("2026-11-30")
    given = default_settings()
    given.tasks.fault_days = 3
    found = {item.title_text: item.due for item in reminders(file, TODAY, given)}
    assert found["fault: Rim nightlatch, deadlocking"] == day("2026-11-27")
    assert found["fault: Dusk-to-dawn light"] == day("2026-12-02")


def test_what_holds_a_door_shut() -> None:
    holding = [n for n in range(1, 47) if works.secures(Measure(catalogue_id=n))]
    assert {9, 10, 11, 12, 13, 18, 20, 23, 24, 27, 45} <= set(holding)
    assert not {1, 6, 31, 32, 33, 34, 36, 38} & set(holding)
    assert works.secures(Measure(name="Back door latch"))
    assert not works.secures(Measure(name="Porch light"))
    assert works.secures_words("window will not close, camera too")
    assert not works.secures_words("batteries flat")
    assert works.secures_words("")


def test_the_card_says_what_today_says_of_a_fault() -> None:
    file = faulty(31, 10)

    def said(today: str) -> tuple[str, str]:
        card = derive(file, day(today), SETTINGS).card
        return card.stuck_why, card.next_text

    assert said("2026-11-24") == ("fault to mend", "book the repair")
    repair(file, "2026-12-15", "2026-11-24")
    assert said("2026-11-25") == ("fault to mend", "bring the repair forward")
    assert said("2026-12-14") == ("repair Tue 15 Dec", "repair visit")
    assert said("2026-12-16") == ("repair made? not recorded", "record how the visit went")
    file.measures.pop()  # the lock: the light's repair is booked, and nothing is left to book
    assert said("2026-11-25") == ("repair Tue 15 Dec", "repair visit")
    assert faults(file, "2026-11-25") == []


# --- what the card says of visits -----------------------------------------------------------------


def card_of(file: CaseFile, today: date = TODAY) -> tuple[str, str, str, str]:
    card = derive(file, today, SETTINGS).card
    return card.stuck_why, card.stuck_on, card.next_text, card.next_command


def owned(file: CaseFile) -> CaseFile:
    """Owned by the survivor: nobody else is asked."""
    file.properties[0].tenure, file.properties[0].leasehold = "owner", "no"
    return file


def test_a_visit_whose_day_has_passed_is_to_be_recorded() -> None:
    for file, kind in ((case_file("survey"), "survey"), (owned(installing()), "install")):
        assert card_of(file)[0] == f"{kind} not booked"
        visit = visited(file, kind, "2026-11-25", "booked")
        assert card_of(file, day("2026-11-25"))[0] == f"{kind} Wed 25 Nov"
        assert derive(file, day("2026-11-25"), SETTINGS).card.valid_until == day("2026-11-25")
        assert card_of(file) == (
            f"{kind} made? not recorded",
            "Coordinator",
            "record how the visit went",
            "edit_visit",
        )
        visit.outcome = "done"
        assert card_of(file)[:2] == (f"{kind} made, not recorded", "Coordinator")
        assert card_of(file)[3] == ("add_survey" if kind == "survey" else "edit_measure")
        assert booking(file)[0][2].startswith("record")


@pytest.mark.parametrize("stage", ["triage", "legal"])
def test_what_an_emergency_had_made_is_to_be_recorded_at_any_stage(stage: str) -> None:
    """Its fit comes before its stages do; done with a word, it would be gone from every list."""
    file = owned(case_file(stage))
    add_measures(file, 9, state="proposed")
    visited(file, "install", "2026-11-25", "done")
    found = card_of(file)
    assert found[:2] == ("install made, not recorded", "Coordinator")
    assert found[3] == "edit_measure"
    file.visits.clear()
    visited(file, "survey", "2026-11-25", "done")
    assert card_of(file)[0] == "survey made, not recorded"


def test_approved_works_still_proposed_are_not_booked_on_the_card_either() -> None:
    file = owned(case_file("installation"))
    add_measures(file, 9)
    assert card_of(file)[0] == ""
    file.case.approved_on = day("2026-11-24")
    assert card_of(file)[0] == "install not booked"
    file.measures.clear()
    add_measures(file, 1, state="approved")  # lent by hand: nobody is booked for it
    assert card_of(file)[0] == "kit not lent"
    assert booking(file) == []


def target_title(file: CaseFile) -> str:
    found = derive(file, TODAY, SETTINGS).reminders
    return next(item.title_text for item in found if item.rule == "stage_target")


def test_a_stage_target_says_what_leaves_the_stage() -> None:
    file = owned(case_file("approval"))
    assert target_title(file) == "approval: get approver and date"
    file.case.next_action, file.case.next_due = "ring the manager", day("2026-11-27")
    assert target_title(file) == "approval: not approved"  # the action has a line of its own
    file.case.next_action, file.case.approved_by = "", "Manager"
    file.case.approved_on = day("2026-11-24")
    assert target_title(file) == "approval: move to next stage"


def test_after_the_fitting_the_card_says_first_what_is_due_first() -> None:
    file = case_file("aftercare", cadence="light")
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-10"))
    assert card_of(file)[2] == "3-month check"
    file.properties[0].police_marker = "yes"
    file.properties[0].marker_review = day("2026-11-25")
    assert card_of(file)[2:] == ("police marker review", "call")


def test_an_emergencys_visit_waits_for_the_police_at_any_stage() -> None:
    file = case_file("triage", urgency="emergency")
    file.perpetrators[0].weapons = "yes"
    assert card_of(file)[0] == ""
    visited(file, "install", "2026-11-27", "booked")
    assert card_of(file)[:2] == ("police answer awaited", "Police")
