"""What was told raises the case: at a check, or as something that happened (DOMAIN 7)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pathway_files import SETTINGS, add_measures, at, case_file, day

from config.codes import CODES, NO_ABUSE
from config.format import short_date
from config.settings import default_settings
from db.models import (
    AftercareCheck,
    CaseFile,
    Closure,
    Incident,
    LegalOrder,
    MaracListing,
    Reminder,
    RiskAssessment,
    SafetyPlan,
    Support,
    Visit,
)
from sanctuary_tui.pathway import marac
from sanctuary_tui.pathway.reminder import TITLE
from sanctuary_tui.pathway.reminders import reaches_survivor, reminders
from sanctuary_tui.pathway.reminders_told import ASKING, FOLLOWS, TOLD

FRIDAY, MONDAY = "2026-11-20", "2026-11-23"
TODAY = day("2026-11-26")


def checked(*given: dict[str, Any]) -> CaseFile:
    """A case in aftercare with checks done, the first on Friday 20 November, a week apart."""
    file = case_file("aftercare", cadence="light")
    file.case.aftercare_method = "By text"
    add_measures(file, 9, state="fitted", fitted_on=day("2026-10-01"))
    file.aftercare_checks = [
        AftercareCheck(id=n, done_on=date(2026, 11, 13 + 7 * n), **one)
        for n, one in enumerate(given, 1)
    ]
    return file


def told(file: CaseFile, rule: str = "check_told") -> list[tuple[str, str, str]]:
    """Key, title and due date of what a rule asks."""
    return [
        (item.key.removeprefix(f"{rule}:"), item.title_text, str(item.due))
        for item in reminders(file, TODAY, SETTINGS)
        if item.rule == rule
    ]


@pytest.mark.parametrize(
    ("answers", "name", "title", "due"),
    [
        ({"contact_safe": "no"}, "contact", "no longer safe to reach: agree how", FRIDAY),
        ({"outcome": "unsafe"}, "contact", "no longer safe to reach: agree how", FRIDAY),
        ({"contact_since": "yes"}, "incident", "contact reported: record incident", FRIDAY),
        ({"fault": "cylinder  sticks"}, "fault", "mend: cylinder sticks", FRIDAY),
        ({"uneasy": "hears the gate"}, "uneasy", "feels watched or stuck: plan again", FRIDAY),
        ({"measures_working": "no"}, "measures", "a measure does not work: find which", FRIDAY),
        ({"still_home": "no"}, "home", "no longer in the home: record the move", MONDAY),
        ({"orders_same": "no"}, "orders", "orders changed: record what is in force", MONDAY),
        (
            {"support_in_place": "no"},
            "support",
            "support not in place: offer it again",
            MONDAY,
        ),
        ({"wants_change": "a light"}, "change", "asked for a change: decide it", MONDAY),
        ({"wants_end": "yes"}, "ending", "wants the checks to end: agree how", MONDAY),
    ],
)
def test_what_a_check_tells_is_asked_for(
    answers: dict[str, Any], name: str, title: str, due: str
) -> None:
    assert told(checked(answers)) == [(f"1:{name}", title, due)]


def test_a_quiet_check_asks_for_nothing() -> None:
    good = {"contact_since": "no", "contact_safe": "yes", "measures_working": "yes"}
    assert told(checked({}, {**good, "still_home": "yes", "orders_same": "yes"})) == []


def test_the_next_check_asks_anew_but_an_incident_or_a_fault_is_not_taken_back_by_silence() -> None:
    first = {"contact_since": "yes", "fault": "lock", "uneasy": "gate", "support_in_place": "no"}
    assert [key for key, _, _ in told(checked(first, {}))] == ["1:fault", "1:incident"]


def test_what_is_dealt_with_is_not_asked_for() -> None:
    file = checked({"contact_since": "yes", "still_home": "no", "wants_end": "yes"})
    assert len(told(file)) == 3
    file.incidents = [Incident(id=1, at=at("2026-11-19"))]
    file.properties[0].moved_out = day("2026-11-18")
    file.case.cadence = "no_calls"
    assert told(file) == []


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ({"answer": "accepted", "offered": day("2026-11-02")}, True),
        ({"answer": "accepted", "offered": day("2026-11-24")}, False),
        ({"answer": "declined", "offered": day("2026-11-02")}, False),
    ],
)
def test_support_is_offered_again_but_not_to_who_refused(
    given: dict[str, Any], asked: bool
) -> None:
    file = checked({"support_in_place": "no"})
    file.support = [Support(id=1, **given)]
    assert bool(told(file)) == asked


@pytest.mark.parametrize(
    ("faulty", "repairs", "asked"),
    [
        (0, [], ["1", "2"]),
        (1, [], ["2"]),
        (2, [], []),
        (0, [("2026-11-24", "done")], ["2"]),
        (0, [("2026-11-24", "booked")], ["1", "2"]),
        (0, [("2026-11-19", "done")], ["1", "2"]),
        (0, [("2026-11-27", "done")], ["2"]),
        (1, [("2026-11-24", "done")], []),
    ],
)
def test_a_repair_or_a_faulty_measure_stands_for_one_fault_that_was_told(
    faulty: int, repairs: list[tuple[str, str]], asked: list[str]
) -> None:
    file = checked({"fault": "lock sticks"}, {"fault": "back gate sticks"})
    add_measures(file, 34, 35, state="fitted", fitted_on=day("2026-10-01"))
    for measure in file.measures[:faulty]:
        measure.state = "faulty"
    file.visits = [
        Visit(id=n, kind="repair", on=day(on), outcome=outcome)
        for n, (on, outcome) in enumerate(repairs)
    ]
    assert [key for key, _, _ in told(file)] == [f"{number}:fault" for number in asked]
    assert len(told(file, "fault")) == faulty


def test_an_incident_before_the_last_check_is_not_the_one_told_at_this_one() -> None:
    file = checked({}, {"contact_since": "yes"})
    file.incidents = [Incident(id=1, at=at("2026-11-19"))]
    assert [key for key, _, _ in told(file)] == ["2:incident"]
    file.incidents.append(Incident(id=2, at=at("2026-11-22")))
    assert told(file) == []


@pytest.mark.parametrize("kind", FOLLOWS)
def test_what_happened_raises_the_case(kind: str) -> None:
    assert kind in CODES["incident_kind"]
    file = case_file("aftercare")
    file.incidents = [Incident(id=7, at=at(FRIDAY), kind=kind)]
    waits, title, _ = FOLLOWS[kind]
    due = MONDAY if waits else FRIDAY
    assert told(file, "change") == [("7", title, due)]


@pytest.mark.parametrize("kind", CODES["incident_kind"])
def test_after_anything_risk_and_plan_are_looked_at_again(kind: str) -> None:
    file = case_file("aftercare")
    file.risk_assessments = [RiskAssessment(id=1, assessed=day("2026-11-03"))]
    file.safety_plans = [SafetyPlan(id=2, made=day("2026-11-03"), review_due=day("2027-01-04"))]
    assert told(file, "plan_review") == [("2:2027-01-04", "safety plan review", "2027-01-04")]
    file.incidents = [Incident(id=5, at=at(FRIDAY), kind=kind)]
    assert told(file, "risk_review") == [("1:incident5", "risk review after the incident", MONDAY)]
    assert told(file, "plan_review") == [
        ("2:incident5", "safety plan review after the incident", MONDAY)
    ]
    file.safety_plans.append(SafetyPlan(id=3, made=day(FRIDAY)))
    file.risk_assessments.append(RiskAssessment(id=2, assessed=day(FRIDAY)))
    assert told(file, "plan_review") == []
    # six weeks on is New Year, a holiday
    assert [due for _, _, due in told(file, "risk_review")] == ["2026-12-31"]


def test_an_incident_asks_for_a_first_assessment() -> None:
    file = case_file("triage")
    file.risk_assessments = []
    assert told(file, "risk_review") == []
    file.incidents = [Incident(id=5, at=at(FRIDAY))]
    assert told(file, "risk_review") == [("incident5", "assess risk: something happened", MONDAY)]


@pytest.mark.parametrize("stage", ["risk_support", "installation", "aftercare"])
@pytest.mark.parametrize("kind", ["threat", "assault", "attempt", "entry", "contact", "online"])
def test_a_threat_raises_more_than_a_review(kind: str, stage: str) -> None:
    """Marker, kit and MARAC too, on no emergency path and after the fitting."""
    file = case_file(stage)
    file.risk_assessments = [RiskAssessment(id=1, assessed=day("2026-11-03"), score=8)]
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-10"))
    rules = ("police_marker", "interim_kit", "marac_consider")

    def raised() -> list[tuple[str, str]]:
        found = reminders(file, TODAY, SETTINGS)
        return [(item.key, str(item.due)) for item in found if item.rule in rules]

    assert raised() == []
    file.incidents = [Incident(id=5, at=at(FRIDAY), kind=kind)]
    grave = kind not in ("contact", "online")
    assert raised() == (
        [
            ("interim_kit:incident5", FRIDAY),
            ("police_marker:incident5", FRIDAY),
            ("marac_consider:5", MONDAY),
        ]
        if grave
        else []
    )
    file.marac_listings = [MaracListing(id=1, meeting=day("2026-12-10"))]
    assert "marac_consider:5" not in dict(raised())
    file.marac_listings.clear()
    file.properties[0].police_marker = "asked"
    add_measures(file, 1, state="fitted", fitted_on=TODAY)
    assert list(dict(raised())) == (["marac_consider:5"] if grave else [])
    file.risk_assessments.append(RiskAssessment(id=2, assessed=TODAY, score=9, judgement="no"))
    assert raised() == []  # looked at, and judged


def test_an_incident_asks_for_a_first_plan() -> None:
    file = case_file("triage")
    assert told(file, "plan_review") == []
    file.incidents = [Incident(id=5, at=at(FRIDAY, 23)), Incident(id=6, at=at("2026-11-24"))]
    assert told(file, "plan_review") == [
        ("incident5", "make a safety plan: something happened", MONDAY)
    ]
    file.safety_plans = [SafetyPlan(id=2, made=day("2026-11-24"), review_due=day("2027-01-04"))]
    assert [due for _, _, due in told(file, "plan_review")] == ["2027-01-04"]


@pytest.mark.parametrize("kind", CODES["incident_kind"])
def test_what_happens_to_a_closed_case_asks_to_open_it_again(kind: str) -> None:
    file = case_file("closed", status="closed", do_not_contact="yes")
    file.closures = [Closure(id=1, closed_on=day("2026-11-18"), outcome="secured")]
    file.incidents = [
        Incident(id=6, at=at("2026-11-17"), kind=kind),
        Incident(id=7, at=at(FRIDAY), kind=kind),
    ]
    (asked,) = reminders(file, TODAY, SETTINGS)
    assert (asked.key, asked.due, asked.action) == ("reopen:7", day(FRIDAY), "open")
    assert (asked.record_table, asked.record_id) == ("incidents", 7)
    assert asked.title_text.startswith("closed: reopen? ")
    file.case.status, file.case.stage = "open", "triage"
    assert told(file, "reopen") == []
    assert told(file, "risk_review") != []


def test_what_happened_before_the_closing_and_was_told_after_it_asks_too() -> None:
    file = case_file("closed", status="closed")
    file.closures = [Closure(id=1, closed_on=day("2026-11-18"), outcome="secured")]
    file.incidents = [Incident(id=6, at=at("2026-11-17"), told_closed=day(FRIDAY))]
    ((anchor, _, due),) = told(file, "reopen")
    assert (anchor, due) == ("6", FRIDAY)
    file.closures.append(Closure(id=2, closed_on=day("2026-11-24"), outcome="secured"))
    assert told(file, "reopen") == []  # known when it was closed again


@pytest.mark.parametrize("kind", CODES["incident_kind"])
def test_what_is_no_abuse_makes_no_repeat(kind: str) -> None:
    file = case_file("aftercare")
    file.marac_listings = [
        MaracListing(id=1, meeting=day("2026-06-11"), referred=day("2026-06-01"), state="heard")
    ]
    file.incidents = [Incident(id=1, at=at(FRIDAY), kind=kind)]
    assert (marac.repeat_day(file, TODAY, SETTINGS) is None) == (kind in NO_ABUSE)


ANSWERS = {
    "contact": {"contact_safe": "no"},
    "incident": {"contact_since": "yes"},
    "fault": {"fault": "cylinder sticks"},
    "uneasy": {"uneasy": "hears the gate"},
    "measures": {"measures_working": "no"},
    "home": {"still_home": "no"},
    "orders": {"orders_same": "no"},
    "support": {"support_in_place": "no"},
    "change": {"wants_change": "a light"},
    "ending": {"wants_end": "yes"},
}


@pytest.mark.parametrize("name", [name for name, *_ in TOLD])
def test_what_was_told_reaches_nobody_who_is_not_to_be_contacted(name: str) -> None:
    file = checked(ANSWERS[name])
    (asked,) = [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "check_told"]
    assert reaches_survivor(file, asked) == (name in ASKING)
    file.contact_points[0].safe = "unsafe"
    found = [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "check_told"]
    if name not in ASKING:
        assert found == [asked]
    else:
        assert [one.title_text for one in found] == ([ASKING[name]] if ASKING[name] else [])


@pytest.mark.parametrize("kind", FOLLOWS)
def test_what_happened_reaches_nobody_who_is_not_to_be_contacted(kind: str) -> None:
    file = case_file("aftercare")
    file.incidents = [Incident(id=7, at=at(FRIDAY), kind=kind)]
    (asked,) = [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "change"]
    assert reaches_survivor(file, asked) == (kind in ASKING)
    file.case.do_not_contact = "yes"
    titles = [title for _, title, _ in told(file, "change")]
    said = ASKING.get(kind, asked.title_text)
    assert titles == ([said] if said else [])
    assert all(len(title) <= TITLE for title in titles)


def test_the_plan_for_a_hearing_is_gone_through_with_the_survivor_only() -> None:
    file = case_file("aftercare")
    file.legal_orders = [LegalOrder(id=4, kind="nmo", hearing=day("2026-12-03"))]
    assert len(told(file, "hearing")) == 1
    file.case.do_not_contact = "yes"
    assert told(file, "hearing") == []
    file.legal_orders[0].hearing = day("2026-11-20")  # asked of the court
    assert [title for _, title, _ in told(file, "hearing")] == [
        "hearing Fri 20 Nov: what was decided?"
    ]


def test_how_long_what_was_told_may_wait_is_the_districts() -> None:
    given = default_settings()
    given.tasks.told_days = 3
    file = checked({"still_home": "no", "uneasy": "gate"})
    file.incidents = [Incident(id=7, at=at(FRIDAY), kind="household")]
    found = {one.key: str(one.due) for one in reminders(file, TODAY, given)}
    assert found["check_told:1:home"] == found["change:7"] == "2026-11-25"
    assert found["check_told:1:uneasy"] == FRIDAY


def test_an_address_a_council_let_out_is_no_repeat() -> None:
    """Nobody was abused by it; who came because of it is an incident of its own."""
    file = case_file("aftercare")
    file.marac_listings = [
        MaracListing(id=1, meeting=day("2026-06-11"), referred=day("2026-06-01"), state="heard")
    ]
    file.incidents = [Incident(id=1, at=at(FRIDAY), kind="leak")]
    assert marac.repeat_day(file, TODAY, SETTINGS) is None
    file.incidents.append(Incident(id=2, at=at(FRIDAY), kind="attended"))
    assert marac.repeat_day(file, TODAY, SETTINGS) == day(FRIDAY)


def test_done_stays_done_by_its_key() -> None:
    file = checked({"contact_safe": "no"})
    (first,) = [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "check_told"]
    file.reminders = [Reminder(id=1, rule="check_told", key=first.key, state="done")]
    (again,) = [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "check_told"]
    assert again.key == first.key


@pytest.mark.parametrize(
    ("on", "made", "today", "asked"),
    [
        ("2026-12-03", None, "2026-11-26", [("Mon 30 Nov", "go through the plan")]),
        ("2026-12-03", None, "2026-12-03", [("Mon 30 Nov", "go through the plan")]),
        ("2026-12-03", None, "2026-12-04", [("Fri 4 Dec", "what was decided?")]),
        ("2026-12-03", "2026-12-03", "2026-12-04", []),
        ("2026-12-03", "2026-06-10", "2026-12-07", [("Fri 4 Dec", "what was decided?")]),
        ("2026-12-29", None, "2026-11-26", [("Tue 22 Dec", "go through the plan")]),
    ],
)
def test_a_hearing_is_planned_for_and_its_outcome_asked(
    on: str, made: str | None, today: str, asked: list[tuple[str, str]]
) -> None:
    file = case_file("aftercare")
    file.legal_orders = [
        LegalOrder(id=4, kind="nmo", hearing=day(on), made=day(made) if made else None)
    ]
    found = [
        (short_date(item.due), item.title_text.partition(": ")[2])
        for item in reminders(file, day(today), SETTINGS)
        if item.rule == "hearing"
    ]
    assert found == asked


def test_a_hearing_that_is_known_is_not_asked_for() -> None:
    file = case_file("legal")
    order = LegalOrder(id=4, kind="occupation", applied=day("2026-11-02"))
    file.legal_orders = [order]
    assert len(told(file, "order_hearing")) == 1
    order.hearing = day("2026-12-03")
    assert told(file, "order_hearing") == []
    assert len(told(file, "hearing")) == 1
