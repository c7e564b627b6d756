"""What each stage asks before a case leaves it: stops, warnings, overrides, dates (DOMAIN 1)."""

from __future__ import annotations

from typing import Any

import pytest
from pathway_files import SETTINGS, add_measures, at, case_file, day, with_support

from config.codes import CODES
from db.models import (
    AftercareCheck,
    CaseFile,
    Closure,
    Expenditure,
    Incident,
    LegalOrder,
    MaracListing,
    Note,
    Override,
    RiskAssessment,
    Survey,
    Visit,
)
from sanctuary_tui.pathway import aftercare, gates, stage_exits
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.stages import after

TODAY = day("2026-11-26")


def asked(file: CaseFile, today: str = "2026-11-26") -> list[tuple[str, str, str]]:
    found = gates.exit_findings(file, file.case.stage, day(today), SETTINGS)
    return [(item.gate, item.severity, item.command) for item in found]


def refused(file: CaseFile, today: str = "2026-11-26", to_stage: str = "") -> list[str]:
    wanted = to_stage or after(file.case.stage) or ""
    return [item.sentence for item in gates.refusals(file, wanted, day(today), SETTINGS)]


def override(code: str, expiry: str = "2026-12-31") -> Override:
    return Override(
        id=1, gate=code, approver="Service manager", reason="recorded", expiry=day(expiry)
    )


# --- referral -------------------------------------------------------------------------------------

NOT_LOOKED_FOR = "Earlier cases of the same household have not been looked for."
NO_CONFLICT_CHECK = "Nobody has checked for a conflict of interest."
NOT_ACKNOWLEDGED = "The referral has not been acknowledged to the referrer."


@pytest.mark.parametrize(
    ("given", "sentence", "stuck"),
    [
        ({"duplicates_checked": "not_asked"}, NOT_LOOKED_FOR, "duplicates not checked"),
        ({"duplicates_checked": "no"}, NOT_LOOKED_FOR, "duplicates not checked"),
        ({"duplicates_checked": "not_known"}, NOT_LOOKED_FOR, "duplicates not checked"),
        ({"conflict_flag": "not_asked"}, NO_CONFLICT_CHECK, "conflict not checked"),
        ({"conflict_flag": "not_known"}, NO_CONFLICT_CHECK, "conflict not checked"),
        ({"acknowledged": None, "route": "police"}, NOT_ACKNOWLEDGED, "not acknowledged"),
    ],
)
def test_a_referral_is_left_acknowledged_with_both_checks_done(
    given: dict[str, Any], sentence: str, stuck: str
) -> None:
    file = case_file("referral", **given)
    assert refused(file) == [sentence]
    assert derive(file, TODAY, SETTINGS).card.stuck_why == stuck
    file.overrides = [override("referral", "2026-11-26")]
    assert refused(file) == []
    assert derive(file, TODAY, SETTINGS).card.stuck_why == ""
    assert refused(file, "2026-11-27") == [sentence]  # the override has ended


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"acknowledged": None, "route": "self"},
        {"conflict_flag": "yes"},  # checked, and there is one: who may see the case is another rule
    ],
)
def test_a_referral_that_asks_nothing(given: dict[str, Any]) -> None:
    file = case_file("referral", **given)
    assert (asked(file), refused(file)) == ([], [])
    assert derive(file, TODAY, SETTINGS).card.next_text == "move to next stage"


def test_an_emergency_is_not_held_by_paper_but_by_an_unsafe_contact() -> None:
    file = case_file(
        "referral",
        acknowledged=None,
        route="police",
        duplicates_checked="no",
        conflict_flag="not_asked",
        urgency="emergency",
    )
    assert {severity for _, severity, _ in asked(file)} == {"warn"}
    assert len(asked(file)) == 3
    assert refused(file) == []
    file.contact_points[0].safe = "not_asked"
    assert refused(file) == ["How to reach the survivor safely is not known; ask the referrer."]


# --- risk and support -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("assessed", "review", "incident", "today", "sentence"),
    [
        (None, None, None, "2026-11-26", "No dated risk assessment is recorded."),
        ("2026-11-03", None, None, "2026-12-15", None),  # six weeks, to the day
        ("2026-11-03", None, None, "2026-12-16", "by Tue 15 Dec."),
        ("2026-11-03", "2026-12-29", None, "2026-12-29", None),  # eight weeks, as set
        ("2026-11-03", "2026-12-29", None, "2026-12-30", "by Tue 29 Dec."),
        ("2026-11-03", None, "2026-11-20", "2026-11-23", None),  # the working day after
        ("2026-11-03", None, "2026-11-20", "2026-11-24", "by Mon 23 Nov."),
        ("2026-11-03", None, "2026-11-01", "2026-11-24", None),  # known to the assessor
        ("2026-11-21", None, "2026-11-20", "2026-12-01", None),
    ],
)
def test_risk_is_current_when_a_case_leaves_risk_and_support(
    assessed: str | None, review: str | None, incident: str | None, today: str, sentence: str | None
) -> None:
    file = with_support(case_file("risk_support"))
    file.risk_assessments = [
        RiskAssessment(
            id=1,
            assessed=day(assessed) if assessed else None,
            review_due=day(review) if review else None,
            score=9,
            judgement="no",
        )
    ]
    if incident:
        file.incidents = [Incident(id=1, at=at(incident))]
    found = refused(file, today)
    assert len(found) == (1 if sentence else 0)
    assert (sentence or "") in " ".join(found)
    if sentence:
        file.overrides = [override("risk_support", today)]
        assert refused(file, today) == []


def test_a_card_finds_the_review_that_passes_by_itself() -> None:
    file = with_support(case_file("risk_support"))
    file.risk_assessments = [RiskAssessment(id=1, assessed=day("2026-11-03"), judgement="no")]
    card = derive(file, day("2026-12-15"), SETTINGS).card
    assert (card.stuck_why, card.valid_until) == ("", day("2026-12-15"))
    assert derive(file, day("2026-12-16"), SETTINGS).card.stuck_why == "risk review passed"
    file.risk_assessments[0].score = 15
    file.marac_listings = [MaracListing(id=1, state="heard", meeting=day("2025-12-03"))]
    card = derive(file, day("2026-12-03"), SETTINGS).card
    assert (card.stuck_why, card.valid_until) == ("", day("2026-12-03"))
    assert derive(file, day("2026-12-04"), SETTINGS).card.stuck_why == "MARAC not considered"


@pytest.mark.parametrize(
    ("score", "judgement", "reports", "listing", "command"),
    [
        (9, "no", None, None, None),
        (9, "not_asked", None, None, "add_risk"),
        (9, "not_known", None, None, "add_risk"),
        (None, "no", None, None, None),
        (15, "no", None, None, "add_listing"),  # a score alone meets a criterion
        (9, "yes", None, None, "add_listing"),
        (9, "no", 3, None, "add_listing"),
        (15, "no", None, ("draft", "2026-12-03"), None),
        (15, "no", None, ("sent", "2026-12-03"), None),
        (15, "no", None, ("withdrawn", "2026-12-03"), None),  # considered, and decided
        (15, "no", None, ("withdrawn", "2026-10-22"), "add_listing"),  # before the assessment
        (9, "not_asked", None, ("heard", "2026-10-22"), None),
        (15, "no", None, ("heard", "2026-10-22"), None),  # inside its twelve months
        (15, "no", None, ("heard", "2025-10-23"), "add_listing"),
    ],
)
def test_marac_is_considered_when_a_case_leaves_risk_and_support(
    score: int | None,
    judgement: str,
    reports: int | None,
    listing: tuple[str, str] | None,
    command: str | None,
) -> None:
    file = with_support(case_file("risk_support"))
    file.risk_assessments = [
        RiskAssessment(
            id=1,
            assessed=day("2026-11-03"),
            score=score,
            judgement=judgement,
            police_reports=reports,
        )
    ]
    if listing is not None:
        state, meeting = listing
        said = "Not for MARAC: no longer in the district" if state == "withdrawn" else ""
        file.marac_listings = [MaracListing(id=1, state=state, meeting=day(meeting), outcome=said)]
    assert stage_exits.marac_considered(file, TODAY, SETTINGS) is (command is None)
    assert asked(file) == ([("risk_support", "stop", command)] if command else [])
    if command:
        assert derive(file, TODAY, SETTINGS).card.stuck_why == "MARAC not considered"
        file.case.urgency = "emergency"  # runs beside the works
        assert refused(file) == []


def test_an_incident_inside_the_twelve_months_asks_for_marac_again() -> None:
    file = with_support(case_file("risk_support"))
    file.marac_listings = [MaracListing(id=1, state="heard", meeting=day("2026-10-22"))]
    assert asked(file) == []
    file.incidents = [Incident(id=1, at=at("2026-11-25"))]
    assert asked(file) == [("risk_support", "stop", "add_listing")]
    file.marac_listings.append(MaracListing(id=2, meeting=day("2026-12-03")))
    assert asked(file) == []


# --- legal ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evidence", "stops"), [("seen", []), *((code, ["legal"]) for code in ("asked", "none", ""))]
)
def test_tenure_is_evidenced_when_a_case_leaves_the_legal_stage(
    evidence: str, stops: list[str]
) -> None:
    file = case_file("legal")
    file.properties[0].evidence = evidence
    assert [gate for gate, _, _ in asked(file)] == stops
    assert len(refused(file)) == len(stops)
    file.case.triggers = "weapon"
    assert refused(file) == []  # the emergency path: a warning
    file.case.triggers = ""
    file.properties.clear()
    assert [gate for gate, _, _ in asked(file)] == ["legal", "G3"]


ORDER = {"made": day("2026-11-01"), "excludes": "yes"}


@pytest.mark.parametrize(
    ("home", "order", "note", "today", "open_"),
    [
        ({"named_parties": "survivor_sole"}, None, False, "2026-11-26", True),
        ({"named_parties": "not_asked"}, None, False, "2026-11-26", False),
        ({"named_parties": "not_asked"}, None, True, "2026-11-26", False),
        ({"named_parties": "joint"}, None, False, "2026-11-26", False),
        ({"named_parties": "joint"}, None, True, "2026-11-26", True),
        ({"named_parties": "perpetrator_sole"}, None, False, "2026-11-26", False),
        ({"home_rights": "yes"}, None, False, "2026-11-26", False),
        ({"home_rights": "yes"}, None, True, "2026-11-26", True),
        (
            {"named_parties": "joint"},
            {"kind": "occupation", "expiry": day("2026-11-26"), **ORDER},
            False,
            "2026-11-26",
            True,
        ),
        (
            {"named_parties": "joint"},
            {"kind": "occupation", "expiry": day("2026-11-26"), **ORDER},
            False,
            "2026-11-27",
            False,
        ),
        ({"named_parties": "joint"}, {"kind": "nmo", **ORDER}, False, "2026-11-26", False),
        (
            {"named_parties": "joint"},
            {"kind": "nmo", "advice": "taken", **ORDER},
            False,
            "2026-11-26",
            True,
        ),
    ],
)
def test_joint_rights_are_resolved_when_a_case_leaves_the_legal_stage(
    home: dict[str, str], order: dict[str, Any] | None, note: bool, today: str, open_: bool
) -> None:
    file = case_file("legal")
    for name, value in home.items():
        setattr(file.properties[0], name, value)
    if order:
        file.legal_orders = [LegalOrder(id=1, **order)]
    if note:
        file.notes.append(Note(id=9, kind="legal_advice", body="advised"))
    assert (refused(file, today) == []) is open_
    file.overrides = [override("G3", today)]
    assert refused(file, today) == []


def test_advice_resolves_the_position_but_fits_no_lock() -> None:
    file = case_file("legal")
    file.properties[0].named_parties = "joint"
    file.notes.append(Note(id=9, kind="legal_advice", body="advised"))
    (lock,) = add_measures(file, 9)
    assert [item.gate for item in gates.refusals(file, "survey", TODAY, SETTINGS)] == ["G3"]
    lock.state = "declined"
    assert refused(file) == []
    lock.state = "approved"
    found = gates.measure_refusals(file, lock, "fitted", TODAY, SETTINGS)
    assert "G3" in {item.gate for item in found}


# --- survey, approval ----------------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["", "not_asked", "not_known", "none", "mobility"])
@pytest.mark.parametrize("wishes", ["", " ", "No bars on the windows"])
def test_a_survey_is_left_with_access_and_wishes_asked(answer: str, wishes: str) -> None:
    file = case_file("survey")
    survivor = file.survivor
    assert survivor is not None
    survivor.disability, survivor.communication = answer, "none"
    file.surveys = [Survey(id=1, done_on=day("2026-11-20"), wishes=wishes)]
    add_measures(file, 13)
    expected = []
    if answer in ("", "not_asked", "not_known"):
        expected.append(("survey", "warn", "edit_survivor"))
    if not wishes.strip():
        expected.append(("survey", "warn", "edit_survey"))
    assert asked(file) == expected
    assert refused(file) == []
    file.case.victim_wants = "To stay"
    assert ("survey", "warn", "edit_survey") not in asked(file)
    survivor.disability, survivor.communication = "none", "not_asked"
    assert asked(file) == [("survey", "warn", "edit_survivor")]
    file.measures.clear()
    assert asked(file) == []  # no works are wanted


@pytest.mark.parametrize(
    ("fund", "cost", "spent", "funded"),
    [
        ("core", 9_900, None, True),
        ("not_asked", 9_900, None, False),
        ("not_known", None, None, False),
        ("not_asked", 0, None, True),
        ("not_asked", 9_900, "hpg", True),
        ("not_asked", 9_900, "not_asked", False),
    ],
)
@pytest.mark.parametrize("state", ["proposed", "approved", "ordered", "declined"])
def test_works_are_funded_before_they_are_installed(
    fund: str, cost: int | None, spent: str | None, funded: bool, state: str
) -> None:
    file = case_file("approval", approved_by="Manager", approved_on=TODAY)
    file.surveys = [Survey(id=1, done_on=day("2026-11-20"))]
    add_measures(file, 1, state=state, fund=fund, cost=cost)
    if spent:
        file.expenditures = [Expenditure(id=1, fund=spent)]
    free = funded or state == "declined"
    assert asked(file) == ([] if free else [("approval", "stop", "edit_measure")])
    assert len(refused(file)) == (0 if free else 1)
    file.case.urgency = "emergency"
    assert refused(file) == []


# --- aftercare and closing ------------------------------------------------------------------------


def settled(outcome: str = "secured", **more: Any) -> CaseFile:
    """In aftercare since the fit, with the closure that is to end it."""
    file = case_file("aftercare", cadence="standard", **more)
    add_measures(file, 13, state="fitted", fitted_on=day("2026-11-02"))
    file.closures = [Closure(id=1, closed_on=TODAY, outcome=outcome, informed="yes", reentry="yes")]
    return file


def done(kind: str, on: str, outcome: str = "done", **more: Any) -> AftercareCheck:
    return AftercareCheck(id=1, kind=kind, done_on=day(on), outcome=outcome, **more)


@pytest.mark.parametrize(
    ("today", "checks", "cadence", "due"),
    [
        ("2026-11-03", [], "standard", None),
        ("2026-11-04", [], "standard", "48-hour check"),
        ("2026-11-04", [("h48", "2026-11-04", "done")], "standard", None),
        ("2026-11-04", [("h48", "2026-11-04", "declined")], "standard", None),
        ("2026-11-04", [("h48", "2026-11-04", "no_answer")], "standard", "48-hour check"),
        ("2026-11-22", [("h48", "2026-11-04", "done")], "standard", None),
        ("2026-11-23", [("h48", "2026-11-04", "done")], "standard", "3-week check"),
        ("2027-02-01", [], "light", None),
        ("2027-02-02", [], "light", "3-month check"),
        ("2026-12-02", [], "monthly", "Monthly check"),
        ("2028-01-01", [], "no_calls", None),
    ],
)
def test_a_case_is_closed_as_secured_with_its_due_checks_done(
    today: str, checks: list[tuple[str, str, str]], cadence: str, due: str | None
) -> None:
    file = settled()
    file.case.cadence = cadence
    file.closures[0].closed_on = day(today)
    file.aftercare_checks = [done(*check) for check in checks]
    found = refused(file, today)
    assert len(found) == (1 if due else 0)
    assert found == [] or found[0].startswith(due or "?")
    file.case.do_not_contact = "yes"  # nobody is asked, so nothing is undone
    assert refused(file, today) == []


@pytest.mark.parametrize("outcome", list(CODES["close_outcome"]))
def test_an_open_fault_or_check_holds_a_case_that_ends_secured_and_no_off_ramp(
    outcome: str,
) -> None:
    file = settled(outcome)
    file.measures[0].state = "faulty"
    stops = ["aftercare", "aftercare"] if outcome == "secured" else []
    found = gates.exit_findings(file, "aftercare", TODAY, SETTINGS)
    assert [item.gate for item in found] == ["aftercare", "aftercare"]
    assert [item.gate for item in found if item.severity == "stop"] == stops
    assert len(refused(file)) == len(stops)
    file.overrides = [override("aftercare")]
    assert refused(file) == []


@pytest.mark.parametrize("stage", ["referral", "triage", "consent", "installation", "aftercare"])
@pytest.mark.parametrize("outcome", list(CODES["close_outcome"]))
@pytest.mark.parametrize(
    ("number", "state", "no_works", "resident", "secured"),
    [
        (13, "fitted", "no", "no", True),
        (13, "approved", "no", "no", False),
        (13, "declined", "no", "no", False),
        (1, "fitted", "no", "no", False),  # kit on loan is interim
        (13, "fitted", "no", "yes", False),
        (13, "fitted", "no", "not_asked", True),  # gate G2 asked long before
        (13, "declined", "yes", "no", True),  # no works were needed
    ],
)
def test_a_case_ends_secured_only_where_the_home_is(
    stage: str,
    outcome: str,
    number: int,
    state: str,
    no_works: str,
    resident: str,
    secured: bool,
) -> None:
    file = case_file(stage, cadence="no_calls")
    file.perpetrators[0].still_resident = resident
    fitted = day("2026-11-02") if state == "fitted" else None
    add_measures(file, number, state=state, fitted_on=fitted)
    file.surveys = [Survey(id=1, no_works=no_works)]
    file.closures = [Closure(id=1, closed_on=TODAY, outcome=outcome, informed="yes", reentry="yes")]
    free = secured or outcome != "secured"
    assert len(refused(file, to_stage="closed")) == (0 if free else 1)
    file.overrides = [override("aftercare"), override("closed")]
    assert len(refused(file, to_stage="closed")) == (0 if free else 1)


def test_an_override_never_closes_a_case_that_says_not_how_it_ended() -> None:
    file = settled()
    file.closures.clear()
    file.aftercare_checks = [done("h48", "2026-11-04"), done("weeks3", "2026-11-23")]
    file.overrides = [override("aftercare"), override("closed")]
    assert len(refused(file)) == 1
    assert "Record how the case ends" in refused(file)[0]
    assert not CODES["override_gate"].keys() & {"closed", "G1", "G2"}


@pytest.mark.parametrize(
    ("closure", "warned"),
    [
        ({"informed": "yes", "reentry": "yes"}, False),
        ({"informed": "no", "reentry": "yes"}, True),
        ({"informed": "yes", "reentry": "not_asked"}, True),
        ({"informed": "not_known", "reentry": "no"}, True),
    ],
)
def test_closing_warns_of_what_the_survivor_was_not_told(
    closure: dict[str, str], warned: bool
) -> None:
    file = settled("moved")
    file.aftercare_checks = [done("h48", "2026-11-04"), done("weeks3", "2026-11-23")]
    for name, value in closure.items():
        setattr(file.closures[0], name, value)
    assert asked(file) == ([("closed", "warn", "close")] if warned else [])
    assert refused(file) == []


def test_closing_warns_where_nobody_asked_about_checks() -> None:
    file = settled()
    file.case.cadence = "not_asked"
    assert asked(file) == [("aftercare", "warn", "edit_cadence")]
    assert refused(file) == []


@pytest.mark.parametrize(
    ("outcome", "ha", "stops"),
    [("secured", True, 1), ("passed_to_ha", True, 1), ("moved", True, 0), ("secured", False, 0)],
)
def test_closing_waits_for_the_landlords_own_scheme(outcome: str, ha: bool, stops: int) -> None:
    file = settled(outcome, ha_scheme="yes" if ha else "no", ha_return_due=day("2026-11-20"))
    file.aftercare_checks = [done("h48", "2026-11-04"), done("weeks3", "2026-11-23")]
    assert len(refused(file)) == stops


@pytest.mark.parametrize(
    ("told", "repairs", "since"),
    [
        ([], [], "2026-11-02"),  # nobody told: known since the fit at the latest
        ([("2026-11-10", "the bar is loose")], [], "2026-11-10"),
        ([("2026-11-10", "  ")], [], "2026-11-02"),
        ([("2026-10-20", "of the old lock")], [], "2026-11-02"),  # before it was fitted
        ([("2026-11-10", "loose"), ("2026-11-24", "still loose")], [], "2026-11-10"),
        (
            [("2026-11-10", "loose"), ("2026-11-24", "loose again")],
            [("2026-11-16", "done")],
            "2026-11-24",
        ),
        ([("2026-11-10", "loose")], [("2026-11-16", "no_access")], "2026-11-10"),
        ([("2026-11-10", "loose")], [("2026-11-10", "done")], "2026-11-10"),
        ([("2026-11-10", "loose")], [("2026-11-16", "done")], "2026-11-10"),  # not mended by it
        ([], [("2026-11-16", "done")], "2026-11-02"),
    ],
)
def test_a_fault_told_at_a_check_is_known_since_that_day(
    told: list[tuple[str, str]], repairs: list[tuple[str, str]], since: str
) -> None:
    file = settled()
    measure = file.measures[0]
    measure.state = "faulty"
    file.aftercare_checks = [done("extra", on, fault=fault) for on, fault in told]
    file.visits = [
        Visit(id=n, kind="repair", on=day(on), outcome=outcome)
        for n, (on, outcome) in enumerate(repairs, 1)
    ]
    assert aftercare.fault_since(file, measure) == day(since)


def test_a_fault_with_no_day_on_record_is_known_since_the_stage() -> None:
    file = settled()
    measure = file.measures[0]
    measure.state, measure.fitted_on = "faulty", None
    assert aftercare.fault_since(file, measure) == day("2026-11-02")
    assert aftercare.fault_since(file, measure) == file.case.stage_entered
