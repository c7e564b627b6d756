"""What an incident leaves to record or to ask (DOMAIN 2 and 7)."""

from __future__ import annotations

from typing import Any

import pytest
from pathway_files import SETTINGS, at, case_file, day

from config.codes import CODES
from db.models import CaseFile, Incident, LegalOrder, Reminder, Survey, Visit
from sanctuary_tui.pathway.reminders import reminders

TODAY = day("2026-11-26")
RULES = ("which_order", "breach_told", "measure_failed")


def told(file: CaseFile) -> list[Reminder]:
    return [item for item in reminders(file, TODAY, SETTINGS) if item.rule in RULES]


def happened(**more: Any) -> CaseFile:
    """Something on a Friday, on a case with an order."""
    file = case_file("aftercare")
    file.legal_orders = [LegalOrder(id=4, kind="nmo", made=day("2026-11-01"))]
    file.incidents = [Incident(id=7, at=at("2026-11-20"), kind="attended", **more)]
    return file


@pytest.mark.parametrize("answer", list(CODES["yes_no"]))
@pytest.mark.parametrize("linked", [None, 4])
def test_an_order_that_was_broken_is_linked(answer: str, linked: int | None) -> None:
    file = happened(order_breached=answer, order_id=linked, reported_to="Police, 101")
    found = told(file)
    if answer != "yes" or linked:
        assert found == []
        return
    assert [(one.rule, one.due, one.record_table, one.record_id) for one in found] == [
        ("which_order", day("2026-11-23"), "incidents", 7)
    ]
    assert found[0].title_text == "order broken: link which order"
    file.legal_orders = []
    assert told(file)[0].title_text == "order broken: record and link it"
    assert told(file)[0].key == found[0].key
    file.case.status = "closed"
    assert told(file) == []


@pytest.mark.parametrize(
    ("reported_to", "police_ref", "asked"),
    [
        ("", "", True),
        ("  ", "", True),
        ("None", "", True),
        ("not reported.", "", True),
        ("Nobody", "", True),
        ("", "WM12345", False),
        ("Police, 101", "", False),
        ("her solicitor", "", False),
    ],
)
def test_a_breach_nobody_was_told_of_is_a_question(
    reported_to: str, police_ref: str, asked: bool
) -> None:
    file = happened(
        order_breached="yes", order_id=4, reported_to=reported_to, police_ref=police_ref
    )
    found = told(file)
    assert [(one.rule, one.due) for one in found] == (
        [("breach_told", day("2026-11-23"))] if asked else []
    )
    assert all(one.title_text.endswith("?") for one in found)
    file.incidents[0].order_breached = "no"
    assert told(file) == []


@pytest.mark.parametrize("worked", list(CODES["yes_no"]))
def test_a_measure_that_did_not_work_is_looked_at_again(worked: str) -> None:
    file = happened(measures_worked=worked)
    found = [(one.rule, one.due, one.action) for one in told(file)]
    assert found == ([("measure_failed", day("2026-11-23"), "book")] if worked == "no" else [])


@pytest.mark.parametrize(
    ("survey", "visit", "stands"),
    [
        (None, None, True),
        ("2026-11-19", None, True),
        ("2026-11-20", None, False),
        (None, ("repair", "2026-11-24", "done"), False),
        (None, ("survey", "2026-11-24", "done"), False),
        (None, ("repair", "2026-11-19", "done"), True),
        (None, ("repair", "2026-11-24", "no_access"), True),
        (None, ("repair", "2026-11-24", "booked"), True),
        (None, ("aftercare", "2026-11-24", "done"), True),
    ],
)
def test_a_survey_or_a_repair_since_answers_it(
    survey: str | None, visit: tuple[str, str, str] | None, stands: bool
) -> None:
    file = happened(measures_worked="no")
    if survey:
        file.surveys = [Survey(id=1, done_on=day(survey))]
    if visit:
        kind, on, outcome = visit
        file.visits = [Visit(id=1, kind=kind, on=day(on), outcome=outcome)]
    assert bool(told(file)) is stands


@pytest.mark.parametrize("evidence", list(CODES["incident_evidence"]))
def test_what_is_kept_as_evidence_asks_for_nothing(evidence: str) -> None:
    file = happened(evidence=evidence, measures_worked="yes", order_breached="no")
    assert told(file) == []
    file.incidents[0].at = None
    file.incidents[0].order_breached = "yes"
    assert told(file) == []
