"""Reminders: keys, dates that do not move with today, what stops them (design section 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pathway_files import (
    SETTINGS,
    add_event,
    add_measures,
    add_request,
    at,
    case_file,
    day,
    surveyed,
    with_support,
)

from config.calendar import is_working_day
from config.settings import default_settings
from db.models import (
    AftercareCheck,
    CaseFile,
    Closure,
    Incident,
    LegalOrder,
    MaracAction,
    MaracListing,
    Note,
    Person,
    Reminder,
    RiskAssessment,
    SafetyPlan,
    Visit,
)
from sanctuary_tui.pathway import reminders_after
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminder import TITLE, short
from sanctuary_tui.pathway.reminders import CHASES, OUTREACH, reaches_survivor, reminders
from sanctuary_tui.pathway.rule import REACHES
from sanctuary_tui.pathway.rules_reminders import REMINDERS

TODAY = day("2026-11-26")


def made(file: CaseFile, today: date = TODAY) -> dict[str, Reminder]:
    return {item.rule: item for item in reversed(reminders(file, today, SETTINGS))}


def full_case(stage: str = "installation") -> CaseFile:
    """A case in which almost every rule has something to say."""
    file = case_file(stage, acknowledged=None, route="police", next_action="ring the solicitor")
    file.case.next_due = day("2026-11-30")
    file.case.aftercare_method = "By text"
    file.case.cadence = "standard"
    file.case.ha_scheme, file.case.ha_return_due = "yes", day("2026-11-20")
    file.properties[0].police_marker = "yes"
    file.properties[0].marker_review = day("2027-01-04")
    file.properties[0].named_parties = "joint"
    file.perpetrators[0].release_date = day("2026-12-20")
    file.perpetrators[0].weapons = "yes"
    file.people.append(Person(id=3, role="child", contact_review=day("2026-12-01")))
    surveyed(file, disrepair="yes")
    add_measures(file, 9, 45, state="approved")
    add_measures(file, 35, state="fitted", fitted_on=day("2026-11-20"))
    add_measures(file, 34, state="faulty", fitted_on=day("2026-11-10"))
    file.legal_orders = [
        LegalOrder(id=n, kind=kind, made=day("2026-06-01"), expiry=day("2027-02-10"), excludes="no")
        for n, kind in enumerate(("occupation", "nmo", "restraining", "spo", "bail", "cpn"), 1)
    ]
    request = add_request(file, state="sent", sent_on=day("2026-11-04"), agent="Thorne Lettings")
    add_event(file, request, "chase", "2026-11-06")
    add_request(file, state="drafting", survivor_ok="no", part="common_parts")
    add_request(file, state="survivor_ok_to_contact", decision_maker="Lender")
    file.visits = [Visit(id=1, kind="survey", on=day("2026-11-30"), window="10:00-12:00")]
    file.risk_assessments = [RiskAssessment(id=1, assessed=day("2026-11-03"), score=15)]
    file.safety_plans = [SafetyPlan(id=1, made=day("2026-11-03"), review_due=day("2026-12-15"))]
    file.incidents = [Incident(id=1, at=at("2026-11-18"))]
    file.marac_listings = [MaracListing(id=1, meeting=day("2026-12-10"))]
    file.marac_actions = [
        MaracAction(id=1, due=day("2026-12-01"), owner_agency="Housing association, north area")
    ]
    return file


def test_the_full_case_meets_most_rules() -> None:
    rules = set(made(full_case()))
    assert rules >= {
        "stage_target",
        "consent_chase",
        "consent_owner",
        "consent_escalate",
        "consent_eh",
        "consent_send",
        "survivor_wording",
        "support_offer",
        "legal_advice",
        "interim_kit",
        "disrepair",
        "ha_return",
        "visit",
        "police_answer",
        "handover",
        "next_action",
        "release",
        "risk_review",
        "plan_review",
        "marker_review",
        "contact_review",
        "order_expiry",
        "aftercare",
        "fault",
        "marac_cutoff",
        "marac_action",
    }


@pytest.mark.parametrize("stage", ["referral", "triage", "legal", "survey", "installation"])
def test_keys_are_unique_titles_fit_and_say_no_name(stage: str) -> None:
    found = reminders(full_case(stage), TODAY, SETTINGS)
    keys = [item.key for item in found]
    assert len(set(keys)) == len(keys)
    for item in found:
        assert item.key.startswith(f"{item.rule}:")
        assert 0 < len(item.title_text) <= TITLE
        assert item.due is not None
        assert "Ellwood" not in item.key + item.title_text
        assert item.action in {"call", "chase", "book", "check", "open", "done", "order", "marac"}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    days=st.lists(st.integers(min_value=0, max_value=400), min_size=2, max_size=4),
    stage=st.sampled_from(["referral", "triage", "consent", "installation", "aftercare"]),
)
def test_due_dates_do_not_move_with_today(days: list[int], stage: str) -> None:
    """The same key has the same date and words whenever the rules run."""
    seen: dict[str, tuple[date | None, str]] = {}
    for ahead in days:
        for item in reminders(full_case(stage), TODAY + timedelta(days=ahead), SETTINGS):
            assert seen.setdefault(item.key, (item.due, item.title_text)) == (
                item.due,
                item.title_text,
            )


def test_reading_twice_gives_the_same() -> None:
    file = full_case()
    assert reminders(file, TODAY, SETTINGS) == reminders(file, TODAY, SETTINGS)


def test_acknowledge_the_referrer_next_working_day_but_not_a_self_referral() -> None:
    file = case_file("triage", "2026-12-24", acknowledged=None, route="police")
    assert made(file)["acknowledge"].due == day("2026-12-29")
    file.case.route = "self"
    assert "acknowledge" not in made(file)


# --- single rules ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urgency", "received", "due"),
    [
        ("standard", "2026-12-24", "2026-12-30"),
        ("urgent", "2026-12-24", "2026-12-29"),
        ("emergency", "2026-12-26", "2026-12-26"),
        ("standard", "2026-11-26", "2026-11-30"),
    ],
)
def test_first_contact_by_urgency(urgency: str, received: str, due: str) -> None:
    file = case_file("referral", received, urgency=urgency)
    assert "first_contact" not in made(file)
    file.notes.clear()
    assert made(file)["first_contact"].due == day(due)
    survivor = file.survivor
    assert survivor is not None
    survivor.communication = "bsl"
    assert made(file)["first_contact"].title_text == "new referral, first contact by text"


@pytest.mark.parametrize(
    ("kind", "contact"),
    [
        ("agency", False),
        ("tried", False),
        ("note", False),
        ("legal_advice", False),
        ("email", True),
        ("call", True),
        ("text", True),
        ("visit", True),
    ],
)
def test_a_note_of_somebody_else_is_no_first_contact(kind: str, contact: bool) -> None:
    file = case_file("triage")
    file.notes = [Note(id=1, kind=kind, with_whom="Police desk", body="Spoke.")]
    assert ("first_contact" not in made(file)) == contact


def test_a_contact_before_the_referral_is_said_to_be_none() -> None:
    file = case_file("triage")
    assert file.case.received is not None
    file.notes[0].kind = "call"
    file.notes[0].at = file.case.received - timedelta(days=2)
    card = derive(file, TODAY, SETTINGS).card
    assert card.stuck_why == "no first contact yet"
    assert card.next_text.endswith("; what is logged was before the referral")


@pytest.mark.parametrize("kind", ["call", "text", "email", "visit"])
def test_first_contact_is_made_in_whatever_way_is_safe(kind: str) -> None:
    file = case_file("triage")
    file.notes[0].kind = "agency"
    assert "first_contact" in made(file)
    assert derive(file, TODAY, SETTINGS).card.stuck_why == "no first contact yet"
    file.notes[0].kind = kind
    assert "first_contact" not in made(file)
    assert derive(file, TODAY, SETTINGS).card.stuck_why != "no first contact yet"


def test_card_and_line_say_the_same_way_of_first_contact() -> None:
    file = case_file("triage")
    file.notes.clear()

    def both() -> tuple[str, str]:
        line = made(file)["first_contact"].title_text.removeprefix("new referral, ")
        return line, derive(file, TODAY, SETTINGS).card.next_text

    assert both() == ("first contact",) * 2
    file.contact_points[0].kind = "email"
    assert both() == ("first contact by email",) * 2
    file.contact_points[0].kind, file.contact_points[0].safe = "mobile", "text_only"
    assert both() == ("first contact by text",) * 2
    file.contact_points[0].safe = "not_asked"
    assert both()[0] == "first contact"


def test_first_contact_marked_done_is_contact() -> None:
    file = case_file("triage")
    file.notes.clear()
    file.reminders = [Reminder(id=1, rule="first_contact", state="done")]
    assert "first_contact" not in made(file)


def test_chase_titles_count() -> None:
    file = case_file("consent")
    request = add_request(file, state="sent", sent_on=day("2026-11-04"), agent="Agent")
    for on in ("2026-11-06", "2026-11-10"):
        add_event(file, request, "chase", on)
    chase = made(file)["consent_chase"]
    assert (chase.title_text, chase.due, chase.key) == (
        "chase agent, third chase",
        day("2026-11-13"),
        "consent_chase:1:3",
    )
    assert (chase.record_table, chase.record_id) == ("consent_requests", 1)


@pytest.mark.parametrize(
    ("recorded", "today", "due", "key"),
    [
        ("standard", "2026-11-05", "2026-11-06", "consent_chase:1:1"),
        ("standard", "2026-11-06", "2026-11-05", "consent_chase:1:1:emergency"),  # 3 days ahead
        ("standard", "2026-11-09", "2026-11-05", "consent_chase:1:1:emergency"),  # the day itself
        ("standard", "2026-11-10", "2026-11-06", "consent_chase:1:1"),  # released, nothing else
        ("urgent", "2026-11-05", "2026-11-05", "consent_chase:1:1"),
        ("urgent", "2026-11-09", "2026-11-05", "consent_chase:1:1"),
        ("emergency", "2026-11-05", "2026-11-05", "consent_chase:1:1"),
    ],
)
def test_a_chase_is_due_by_the_urgency_of_the_day(
    recorded: str, today: str, due: str, key: str
) -> None:
    """A release on Monday 9 November puts a request sent on the 4th on the urgent ladder."""
    file = case_file("consent", urgency=recorded)
    file.perpetrators[0].release_date = day("2026-11-09")
    add_request(file, state="sent", sent_on=day("2026-11-04"), agent="Agent")
    chase = made(file, day(today))["consent_chase"]
    assert (chase.due, chase.key) == (day(due), key)


def test_order_warnings_ask_once_at_a_time_and_then_the_lapse() -> None:
    file = case_file("aftercare")
    file.properties[0].named_parties = "joint"
    file.legal_orders = [
        LegalOrder(
            id=1,
            kind="occupation",
            made=day("2026-06-10"),
            expiry=day("2026-12-10"),
            excludes="yes",
        )
    ]

    def dues(today: str) -> list[str]:
        found = reminders(file, day(today), SETTINGS)
        return [str(item.due) for item in found if item.rule == "order_expiry"]

    assert dues("2026-10-01") == ["2026-10-29", "2026-11-26", "2026-12-07"]
    assert dues("2026-11-25") == ["2026-10-29", "2026-11-26", "2026-12-07"]
    assert dues("2026-11-26") == ["2026-11-26", "2026-12-07"]
    assert dues("2026-12-10") == ["2026-12-07"]
    assert dues("2026-12-11") == ["2026-12-11"]
    lapsed = made(file, day("2026-12-11"))["order_expiry"]
    assert lapsed.title_text == "occupation order lapsed Thu 10 Dec"
    file.properties[0].named_parties = "survivor_sole"
    assert dues("2026-12-11") == []


@pytest.mark.parametrize(
    ("incident", "due"),
    [(None, "2026-12-15"), ("2026-11-20", "2026-11-23"), ("2026-11-01", "2026-12-15")],
)
def test_risk_review_every_six_weeks_and_after_an_incident(incident: str | None, due: str) -> None:
    file = case_file("aftercare")
    file.risk_assessments = [RiskAssessment(id=1, assessed=day("2026-11-03"))]
    if incident:
        file.incidents = [Incident(id=1, at=at(incident))]
    assert made(file)["risk_review"].due == day(due)


def test_cadence_is_asked_at_the_fitting_and_no_check_is_invented() -> None:
    file = case_file("aftercare")
    add_measures(file, 9, state="fitted", fitted_on=day("2026-11-26"))
    found = made(file)
    assert found["ask_cadence"].due == day("2026-11-26")
    assert "aftercare" not in found
    file.case.cadence, file.case.aftercare_method = "light", "By text"
    found = made(file)
    assert "ask_cadence" not in found
    assert found["aftercare"].title_text == "3-month check, by text"


def test_release_counts_back_three_days_but_not_before_the_referral() -> None:
    file = case_file("triage", "2026-11-26")
    file.perpetrators[0].release_date = day("2026-11-27")
    assert made(file)["release"].due == day("2026-11-26")
    file.perpetrators[0].release_date = day("2026-12-20")
    assert made(file)["release"].due == day("2026-12-17")


def test_next_action_is_the_coordinators_own_words() -> None:
    file = case_file("consent", next_action="ring  the solicitor", next_due=day("2026-11-27"))
    found = made(file)["next_action"]
    assert (found.title_text, found.action) == ("ring the solicitor", "done")
    file.case.next_action = "something else"
    assert made(file)["next_action"].key != found.key


def test_booking_waits_for_nobody_once_booked() -> None:
    file = case_file("survey")
    assert made(file)["book_survey"].due == day("2026-11-03")
    file.visits = [Visit(id=1, kind="survey", on=day("2026-11-30"), window="10:00-12:00")]
    found = made(file)
    assert "book_survey" not in found
    assert (found["visit"].title_text, found["visit"].at) == ("survey visit 10:00-12:00", "10:00")


@pytest.mark.parametrize(
    ("needs", "language", "title"),
    [
        ("bsl;text_only", "", "book BSL interpreter: survey"),
        ("interpreter", "", "book interpreter: survey"),
        ("interpreter", "Polish", "book Polish interpreter: survey"),
        ("easy_read;text_only", "Polish", None),
        ("none", "", None),
    ],
)
def test_an_interpreter_is_booked_a_week_before_each_visit(
    needs: str, language: str, title: str | None
) -> None:
    file = case_file("survey")
    survivor = file.survivor
    assert survivor is not None
    survivor.communication, survivor.language = needs, language
    file.visits = [Visit(id=1, kind="survey", on=day("2026-11-30"))]
    found = made(file).get("interpreter")
    if title is None:
        assert found is None
        return
    assert found is not None
    assert (found.title_text, found.due) == (title, day("2026-11-23"))
    file.visits[0].on = day("2026-11-03")  # the day after the referral: no earlier than that
    assert made(file)["interpreter"].due == day("2026-11-02")
    file.visits[0].outcome = "done"
    assert "interpreter" not in made(file)


@pytest.mark.parametrize(
    ("rule", "due"),
    [
        ("stage_target", "2026-11-09"),  # five working days from Monday 2 November
        ("support_offer", "2026-11-11"),  # two and then five
        ("disrepair", "2026-11-05"),  # two after the survey on the 3rd
        ("survivor_wording", "2026-11-04"),
        ("consent_send", "2026-11-03"),
        ("handover", "2026-11-23"),  # the Monday after a fit on Friday the 20th
        ("aftercare", "2026-11-23"),  # 48 hours on is a Sunday
        ("fault", "2026-11-11"),  # CCTV: the next working day
        ("plan_review", "2026-11-19"),  # the day after the incident
        ("marker_review", "2027-01-04"),
        ("contact_review", "2026-12-01"),
        ("marac_action", "2026-12-01"),
    ],
)
def test_each_rule_has_its_day(rule: str, due: str) -> None:
    assert made(full_case())[rule].due == day(due)


@pytest.mark.parametrize(
    ("days", "legal", "kit", "disrepair"),
    [(0, "2026-11-02", "2026-11-02", "2026-11-03"), (4, "2026-11-06", "2026-11-06", "2026-11-09")],
)
def test_days_a_task_may_take_are_the_districts(
    days: int, legal: str, kit: str, disrepair: str
) -> None:
    given = default_settings()
    given.tasks.legal_advice_days = given.tasks.interim_kit_days = days
    given.tasks.disrepair_days = days
    found = {item.rule: item for item in reminders(full_case(), TODAY, given)}
    assert found["legal_advice"].due == day(legal)
    assert found["interim_kit"].due == day(kit)
    assert found["disrepair"].due == day(disrepair)


@pytest.mark.parametrize(
    ("days", "kit", "marker"),
    [(None, "2026-12-10", "2026-12-03"), (0, "2026-11-26", "2026-11-26"), (1, *["2026-11-27"] * 2)],
)
def test_days_after_a_move_are_the_districts(days: int | None, kit: str, marker: str) -> None:
    file = case_file("aftercare")
    file.properties[0].moved_out, file.properties[0].police_marker = TODAY, "yes"
    add_measures(file, 1, state="fitted", fitted_on=day("2026-11-10"))
    given = default_settings()
    if days is not None:
        given.tasks.kit_return_days = given.tasks.marker_removal_days = days
    found = {item.rule: item.due for item in reminders(file, TODAY, given)}
    assert (found["kit_return"], found["marker_removal"]) == (day(kit), day(marker))


@pytest.mark.parametrize(
    ("hours", "due"), [(24, "2026-12-18"), (72, "2026-12-17"), (100, "2026-12-15")]
)
def test_a_release_is_told_of_when_the_window_opens(hours: int, due: str) -> None:
    file = case_file("triage")
    file.perpetrators[0].release_date = day("2026-12-20")
    given = default_settings()
    given.emergency.release_hours = hours
    found = {item.rule: item.due for item in reminders(file, TODAY, given)}
    assert found["release"] == day(due)


def test_upkeep_of_a_fitted_measure_is_due_by_the_catalogue() -> None:
    file = case_file("aftercare")
    (wedge,) = add_measures(file, 2, state="fitted", fitted_on=day("2026-01-08"))
    found = made(file)["battery"]
    assert (found.due, found.title_text) == (day("2027-01-08"), "battery: Alarmed door wedge")
    wedge.maintenance_due = day("2026-12-01")
    assert made(file)["battery"].due == day("2026-12-01")
    wedge.state = "removed"
    assert "battery" not in made(file)


def test_upkeep_due_the_same_day_is_one_line() -> None:
    file = case_file("aftercare")
    add_measures(file, 4, 2, state="fitted", maintenance_due=day("2026-12-05"))  # a Saturday
    add_measures(file, 33, state="fitted", maintenance_due=day("2026-12-07"))
    found = [item for item in reminders(file, TODAY, SETTINGS) if item.rule == "battery"]
    assert [(str(item.due), item.title_text) for item in found] == [
        ("2026-12-04", "batteries: 2 of them are due"),
        ("2026-12-07", "charge: Video doorbell, no subscription"),
    ]
    assert [reminders_after.upkeep_of(item) for item in found] == [[1, 2], [3]]
    file.measures[2].maintenance_due = day("2026-12-04")
    (one,) = [item for item in reminders(file, TODAY, SETTINGS) if item.rule == "battery"]
    assert one.title_text == "upkeep: 3 of them are due"
    assert reminders_after.upkeep_of(one) == [1, 2, 3]
    for measure, name in zip(file.measures, ("Door alarm", "Wedge", "Light"), strict=True):
        measure.catalogue_id, measure.name = 4, name
    (one,) = [item for item in reminders(file, TODAY, SETTINGS) if item.rule == "battery"]
    assert one.title_text == "batteries: door alarm, wedge, light"


@pytest.mark.parametrize(
    ("on", "due"),
    [
        ("2026-12-11", "2026-12-11"),  # a Friday
        ("2026-12-12", "2026-12-11"),
        ("2026-12-13", "2026-12-11"),
        ("2026-12-25", "2026-12-24"),
        ("2026-12-28", "2026-12-24"),  # Boxing Day's substitute, a Monday
    ],
)
def test_what_falls_on_a_day_nobody_works_is_due_the_working_day_before(on: str, due: str) -> None:
    file = case_file("aftercare")
    home = file.properties[0]
    home.police_marker, home.marker_review = "yes", day(on)
    file.people.append(Person(id=3, role="child", contact_review=day(on)))
    add_measures(file, 2, state="fitted", maintenance_due=day(on))
    file.risk_assessments = [RiskAssessment(id=1, assessed=day("2026-11-03"), review_due=day(on))]
    file.safety_plans = [SafetyPlan(id=1, made=day("2026-11-03"), review_due=day(on))]
    file.marac_actions = [MaracAction(id=1, due=day(on))]
    file.perpetrators[0].release_date = day(on) + timedelta(days=3)
    found = made(file)
    rules = ("marker_review", "contact_review", "battery", "risk_review", "plan_review")
    rules += ("marac_action", "release")
    assert [str(found[rule].due) for rule in rules] == [due] * len(rules)


def test_warnings_of_an_order_fall_on_working_days_and_follow_each_other() -> None:
    file = case_file("aftercare")
    file.properties[0].named_parties = "joint"
    order = LegalOrder(id=1, kind="occupation", made=day("2026-06-10"), excludes="yes")
    order.expiry = day("2026-12-26")  # a Saturday: so are 42 and 14 days before
    file.legal_orders = [order]

    def dues(today: str) -> list[str]:
        found = reminders(file, day(today), SETTINGS)
        return [str(item.due) for item in found if item.rule == "order_expiry"]

    assert dues("2026-11-12") == ["2026-11-13", "2026-12-11", "2026-12-23"]
    assert dues("2026-12-10") == ["2026-11-13", "2026-12-11", "2026-12-23"]
    assert dues("2026-12-11") == ["2026-12-11", "2026-12-23"]
    assert derive(file, day("2026-12-01"), SETTINGS).card.valid_until == day("2026-12-10")
    assert dues("2026-12-27") == ["2026-12-29"]  # the working day after: the 28th is a holiday
    order.made = day("2026-12-12")
    assert dues("2026-12-12") == ["2026-12-12", "2026-12-23"], "not before it was made"


def test_an_order_applied_for_is_asked_after_until_it_is_made() -> None:
    file = case_file("legal")
    order = LegalOrder(id=3, kind="occupation", applied=day("2026-11-20"))
    file.legal_orders = [order]
    found = made(file)["order_hearing"]
    assert (found.title_text, found.due, found.action, found.record_id) == (
        "ask when the order is heard",
        day("2026-11-27"),
        "order",
        3,
    )
    order.kind = "ntq"  # a notice, which no court hears
    assert "order_hearing" not in made(file)
    order.kind, order.made = "occupation", day("2026-11-25")
    assert "order_hearing" not in made(file)


def test_working_day_rules_fall_on_working_days() -> None:
    for item in reminders(full_case(), TODAY, SETTINGS):
        if item.rule.startswith("consent") or item.rule in ("aftercare", "stage_target"):
            assert item.due is not None
            assert is_working_day(item.due), item.key


# --- what stops them ------------------------------------------------------------------------------


def test_do_not_contact_leaves_nothing_that_reaches_out() -> None:
    file = full_case()
    before = set(made(file))
    file.case.do_not_contact = "yes"
    after = set(made(file))
    assert not after & (OUTREACH | CHASES)
    assert before - after <= OUTREACH | CHASES
    assert before & OUTREACH
    assert "order_expiry" in after


def test_all_ways_unsafe_stops_reaching_the_survivor_but_not_the_landlord() -> None:
    file = full_case()
    file.contact_points[0].safe = "never"
    after = set(made(file))
    assert not after & OUTREACH
    assert "consent_chase" in after


def test_every_rule_says_whom_its_doing_reaches() -> None:
    said = {rule.code: rule.reaches for rule in REMINDERS if "." not in rule.code}
    assert set(said.values()) == set(REACHES)
    assert {"interpreter", "kit_return", "released", "first_contact"} <= OUTREACH
    assert {code for code, reaches in said.items() if reaches == "part"} == {
        "change",
        "check_told",
        "hearing",
        "visit",
    }


@pytest.mark.parametrize("stage", ["referral", "triage", "survey", "installation", "aftercare"])
@pytest.mark.parametrize("safe", ["yes", "unsafe"])
def test_nothing_that_stands_reaches_a_survivor_who_is_not_to_be_contacted(
    stage: str, safe: str
) -> None:
    file = full_case(stage)
    survivor = file.survivor
    assert survivor is not None
    survivor.communication = "interpreter"
    file.aftercare_checks = [
        AftercareCheck(
            id=1,
            done_on=day("2026-11-20"),
            uneasy="gate",
            wants_change="a light",
            support_in_place="no",
            fault="lock",
        )
    ]
    for kind in ("household", "landlord", "child_contact", "returned", "leak"):
        file.incidents.append(Incident(id=len(file.incidents) + 1, at=at("2026-11-20"), kind=kind))
    file.legal_orders[1].hearing = day("2026-12-03")
    assert any(reaches_survivor(file, item) for item in reminders(file, TODAY, SETTINGS))
    file.contact_points[0].safe = safe
    if safe == "yes":
        file.case.do_not_contact = "yes"
    standing = reminders(file, TODAY, SETTINGS)
    assert [item.title_text for item in standing if item.rule in OUTREACH] == []
    for item in standing:
        if item.rule == "visit":
            assert item.title_text == "no contact: put off the survey visit"
            assert item.due == day("2026-11-27")
        elif item.action in ("call", "book", "check"):
            police = item.who == "Police" or item.rule == "marker_review"
            assert police or item.rule == "ha_return", item.key


def test_a_closed_case_has_none() -> None:
    file = full_case("closed")
    file.case.status = "closed"
    file.closures = [Closure(id=1, closed_on=day("2026-11-19"), outcome="secured")]
    assert reminders(file, TODAY, SETTINGS) == []


@pytest.mark.parametrize(
    ("years", "born", "due"),
    [
        ((0, 0, 0), [], []),  # nothing set, nothing proposed
        ((6, 0, 0), [], ["2032-11-26"]),
        ((6, 0, 0), ["2020-03-01"], ["2032-11-26"]),
        ((6, 25, 0), ["2005-03-01", "2020-03-01"], ["2045-03-01"]),
        ((6, 25, 0), ["1999-03-01"], ["2032-11-26"]),
        ((0, 25, 0), ["2020-02-29"], ["2045-02-28"]),
        ((0, 25, 0), [None], ["2051-11-02"]),  # no date of birth: as if born at the referral
        ((6, 0, 2), [], ["2028-11-12", "2032-11-26"]),
    ],
)
def test_the_keeping_of_a_file_is_reviewed_when_the_council_says(
    years: tuple[int, int, int], born: list[str | None], due: list[str]
) -> None:
    file = case_file("closed", status="closed")
    file.closures = [Closure(id=1, closed_on=TODAY, outcome="secured")]
    file.marac_listings = [
        MaracListing(id=1, meeting=day("2026-11-12"), state="heard", heard_on=day("2026-11-12")),
        MaracListing(id=2, meeting=day("2026-12-10"), state="withdrawn"),
    ]
    for number, dob in enumerate(born, 3):
        file.people.append(Person(id=number, role="child", dob=day(dob) if dob else None))
    given = default_settings()
    kept = given.retention
    kept.adult_years, kept.child_until_age, kept.marac_years = years
    found = [item for item in reminders(file, TODAY, given) if item.rule == "retention_review"]
    assert [str(item.due) for item in found] == due
    file.case.status, file.case.stage = "open", "aftercare"  # reopened
    keys = {item.key for item in reminders(file, TODAY, given)}
    assert not [key for key in keys if key.startswith("retention_review:file")]


def test_a_quiet_case_in_aftercare_asks_nothing() -> None:
    file = with_support(case_file("aftercare", cadence="no_calls"))
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-20"))
    assert set(made(file)) == {"risk_review"}


def test_titles_are_cut_at_a_word() -> None:
    assert short("a" * 30) == "a" * 30
    cut = short("fault: mortice deadlock, thumbturn inside, back door")
    assert cut == "fault: mortice deadlock, thumbturn…"
    assert len(short("x" * 60)) <= TITLE


def test_replaced_records_do_not_share_keys() -> None:
    file = case_file("consent")
    first = add_request(file, state="sent", sent_on=day("2026-11-04"))
    file.consent_requests.append(replace(first, id=2, decision_maker="Other owner"))
    keys = [item.key for item in reminders(file, TODAY, SETTINGS)]
    assert len(keys) == len(set(keys))
