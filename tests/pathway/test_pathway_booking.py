"""Reminders to book visits and to record what a visit brought."""

from __future__ import annotations

from datetime import date

import pytest
from pathway_files import SETTINGS, add_measures, case_file, day, surveyed

from config.codes import CODES
from db.models import CaseFile, Reminder, Visit
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
