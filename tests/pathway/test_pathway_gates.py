"""The gates G1 to G10 and what each stage asks (DOMAIN 1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pathway_files import (
    SETTINGS,
    add_measures,
    add_request,
    at,
    case_file,
    day,
    surveyed,
    with_support,
)

from config.codes import CODES
from config.settings import default_settings
from db.models import (
    CaseFile,
    Closure,
    EntryPoint,
    Incident,
    LegalOrder,
    Measure,
    Note,
    Override,
    Person,
    Property,
    Survey,
    Visit,
)
from db.readmodels import Finding
from sanctuary_tui.pathway import emergency, gates, orders, works
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminders import reminders

TODAY = day("2026-11-26")


def of(found: list[Finding], gate: str) -> list[Finding]:
    return [item for item in found if item.gate == gate]


def gate(file: CaseFile, code: str) -> list[Finding]:
    return of(gates.findings(file, TODAY, SETTINGS), code)


def stops(found: list[Finding]) -> set[str]:
    return {item.gate for item in found if item.severity == "stop" and not item.overridden}


def refused(file: CaseFile, to_stage: str) -> set[str]:
    return {item.gate for item in gates.refusals(file, to_stage, TODAY, SETTINGS)}


def joint(file: CaseFile) -> CaseFile:
    file.properties[0].named_parties = "joint"
    return file


def override(code: str, expiry: str = "2026-12-31", **more: str) -> Override:
    return Override(
        id=1,
        gate=code,
        expiry=day(expiry),
        **{"approver": "Service manager", "reason": "recorded", **more},
    )


# --- G1 and G2 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"choice_made": "not_asked"},
        {"choice_made": "not_known"},
        {"choice_made": "no"},
        {"choice_date": None},
        {"options_explained": "not_asked"},
    ],
)
def test_g1_wants_an_informed_dated_choice(change: dict[str, object]) -> None:
    file = case_file("triage", **change)
    assert stops(gate(file, "G1")) == {"G1"}
    assert "G1" in refused(file, "risk_support")
    assert gate(case_file("triage"), "G1") == []


@pytest.mark.parametrize("answer", ["yes", "not_asked", "not_known"])
def test_g2_stops_until_residence_is_answered_no(answer: str) -> None:
    file = case_file("triage")
    file.perpetrators[0].still_resident = answer
    assert stops(gate(file, "G2")) == {"G2"}
    assert "G2" in refused(file, "risk_support")


def test_g2_stops_when_nobody_is_recorded_or_one_of_two_is_resident() -> None:
    file = case_file("triage")
    file.people.append(Person(id=3, role="perpetrator", still_resident="yes"))
    assert "G2" in refused(file, "legal")
    file.people = [person for person in file.people if person.role != "perpetrator"]
    assert "G2" in refused(file, "legal")


@pytest.mark.parametrize("code", ["G1", "G2"])
def test_g1_and_g2_are_never_overridden(code: str) -> None:
    file = case_file("triage", choice_made="no")
    file.perpetrators[0].still_resident = "yes"
    file.overrides = [override(code)]
    assert {"G1", "G2"} <= refused(file, "risk_support")


def test_a_perpetrator_who_moves_back_in_stops_a_case_anywhere() -> None:
    file = surveyed(case_file("approval", approved_by="Manager", approved_on=TODAY))
    assert refused(file, "installation") == set()
    file.perpetrators[0].still_resident = "yes"
    assert refused(file, "installation") == {"G2"}
    assert refused(file, "survey") == set()  # back is never refused


# --- G3 -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", works.EXCLUDING_IDS)
def test_g3_stops_each_excluding_measure_of_a_joint_tenancy(number: int) -> None:
    file = joint(case_file("legal"))
    add_measures(file, number)
    assert "G3" in refused(file, "survey")
    assert [item.measure_id for item in gate(file, "G3") if item.severity == "stop"] == [1]


def test_g3_excluding_list_is_the_catalogues() -> None:
    from config.measures import catalogue

    assert tuple(item.id for item in catalogue().values() if item.excluding) == works.EXCLUDING_IDS


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5, 13, 14, 31])
def test_g3_leaves_other_measures_free(number: int) -> None:
    file = joint(case_file("survey"))
    add_measures(file, number)
    assert [item for item in gate(file, "G3") if item.severity == "stop"] == []
    assert "G3" not in fit(file)


def test_g3_a_ticked_measure_binds_and_a_no_does_not_free_a_listed_one() -> None:
    file = joint(case_file("legal"))
    add_measures(file, 13, excluding="yes")
    assert "G3" in refused(file, "survey")
    file.measures.clear()
    add_measures(file, 9, excluding="no")
    assert "G3" in refused(file, "survey")


@pytest.mark.parametrize(
    ("home", "shut"),
    [
        ({"named_parties": "joint"}, True),
        ({"named_parties": "perpetrator_sole"}, True),
        ({"named_parties": "survivor_sole", "home_rights": "yes"}, True),
        ({"named_parties": "not_asked"}, True),
        ({"named_parties": "not_known"}, True),
        ({"named_parties": "survivor_sole", "home_rights": "no"}, False),
        ({"named_parties": "survivor_sole", "home_rights": "not_asked"}, True),
        ({"named_parties": "survivor_sole", "home_rights": "not_known"}, True),
        ({"named_parties": "joint_other"}, True),
        ({"named_parties": "joint_other", "home_rights": "no"}, False),
        ({"named_parties": "third_party"}, False),
    ],
)
def test_g3_whose_rights_shut_it(home: dict[str, str], shut: bool) -> None:
    file = case_file("legal")
    file.properties = [Property(id=1, tenure="council", evidence="seen", **home)]
    add_measures(file, 9)
    assert ("G3" in refused(file, "survey")) is shut


@pytest.mark.parametrize(
    ("relationship", "asked"),
    [
        ("partner", True),
        ("ex_partner", True),
        ("not_asked", True),
        ("not_known", True),
        ("parent", False),
        ("child", False),
        ("sibling", False),
        ("other_family", False),
    ],
)
def test_g3_asks_of_home_rights_where_there_may_have_been_a_marriage(
    relationship: str, asked: bool
) -> None:
    file = case_file("legal")
    home = file.properties[0]
    home.home_rights = "not_asked"
    file.perpetrators[0].relationship = relationship
    (lock,) = add_measures(file, 9)
    found = [item for item in gate(file, "G3") if item.measure_id == lock.id]
    assert [(item.severity, item.command) for item in found] == (
        [("stop", "edit_home")] if asked else []
    )
    card = derive(file, TODAY, SETTINGS).card
    if not asked:
        assert (card.stuck_why, refused(file, "survey")) == ("", set())
        return
    assert "not recorded whether the perpetrator has home rights" in found[0].sentence
    assert (card.stuck_why, card.next_command) == ("home rights not asked", "edit_home")
    assert not [one for one in reminders(file, TODAY, SETTINGS) if one.rule == "legal_advice"]
    lock.state = "declined"
    assert refused(file, "survey") == {"G3"}  # the position is not resolved either
    home.home_rights = "no"
    assert refused(file, "survey") == set()
    home.home_rights = "yes"
    assert [one.rule for one in reminders(file, TODAY, SETTINGS) if one.rule == "legal_advice"]


ALONE = sorted(CODES["order_type"].keys() - {"occupation", "dapo", "tenancy_transfer", "ntq"})


@pytest.mark.parametrize("kind", ALONE)
@pytest.mark.parametrize(
    ("advice", "signed", "severity"),
    [("", "", "stop"), ("said", "", "stop"), ("", "Manager", "stop"), ("said", "Manager", "warn")],
)
def test_g3_any_other_order_that_excludes_is_amber_with_advice_and_sign_off(
    kind: str, advice: str, signed: str, severity: str
) -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    order = LegalOrder(
        id=1,
        kind=kind,
        made=day("2026-11-25"),
        expiry=day("2026-12-10"),
        excludes="yes",
        advice=advice,
        signed_off_by=signed,
    )
    file.legal_orders = [order]
    (found,) = [item for item in gate(file, "G3") if item.measure_id == 1]
    assert (found.severity, found.command) == (severity, "edit_order")
    assert f"{orders.spoken(order)} alone" in found.sentence
    card = derive(file, TODAY, SETTINGS).card
    if severity == "stop":
        assert card.stuck_why == f"{'NMO' if kind == 'nmo' else 'order'} alone, no sign-off"
    else:
        assert "G3" not in card.gates.split(";")
        after = gates.findings(file, day("2026-12-11"), SETTINGS)
        assert any("lapsed on Thu 10 Dec" in item.sentence for item in of(after, "G3"))
    if kind != "nmo":
        order.excludes = "no"
        (found,) = [item for item in gate(file, "G3") if item.measure_id == 1]
        assert (found.severity, found.command) == ("stop", "add_order")


@pytest.mark.parametrize("kind", ["occupation", "dapo", "restraining", "bail", "nmo"])
def test_g3_an_order_without_its_last_day_opens_nothing(kind: str) -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    order = LegalOrder(
        id=1,
        kind=kind,
        made=day("2026-11-20"),
        excludes="yes",
        advice="taken",
        signed_off_by="Manager",
    )
    file.legal_orders = [order]
    (found,) = [item for item in gate(file, "G3") if item.measure_id == 1]
    assert (found.severity, found.who, found.command) == ("stop", "Coordinator", "edit_order")
    assert "record until when it runs" in found.sentence
    assert derive(file, TODAY, SETTINGS).card.stuck_why == "order without last day"
    order.expiry = TODAY
    assert "stop" not in {item.severity for item in gate(file, "G3")}
    order.expiry = TODAY - timedelta(days=1)
    assert "stop" in {item.severity for item in gate(file, "G3")}


def test_g3_a_notice_to_quit_ends_the_tenancy_after_its_last_day() -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    file.legal_orders = [
        LegalOrder(id=1, kind="ntq", served=day("2026-11-01"), expiry=day("2026-11-29"))
    ]
    card = derive(file, day("2026-11-29"), SETTINGS).card
    assert ("G3" in card.gates, card.valid_until) == (True, day("2026-11-29"))
    assert "G3" not in derive(file, day("2026-11-30"), SETTINGS).card.gates


def test_g3_a_case_without_excluding_measures_passes_with_a_warning_once_advised() -> None:
    file = joint(case_file("legal"))
    assert refused(file, "survey") == {"G3"}
    file.notes.append(Note(id=9, kind="legal_advice", body="advised"))
    assert refused(file, "survey") == set()
    assert {item.severity for item in gate(file, "G3")} == {"warn", "info"}


def test_g3_opens_by_order_and_locks_again_for_what_is_not_fitted() -> None:
    file = joint(case_file("legal"))
    lock, bolts = add_measures(file, 9, 18)
    file.legal_orders = [
        LegalOrder(
            id=1,
            kind="occupation",
            made=day("2026-06-01"),
            expiry=day("2026-12-10"),
            excludes="yes",
        )
    ]
    assert refused(file, "survey") == set()
    lock.state, lock.fitted_on = "fitted", day("2026-11-30")
    after = day("2026-12-11")
    found = of(gates.findings(file, after, SETTINGS), "G3")
    assert [item.measure_id for item in found if item.severity == "stop"] == [bolts.id]
    assert any("they stay" in item.sentence for item in found)
    assert of(gates.findings(file, day("2026-12-10"), SETTINGS), "G3")[0].severity == "info"


@pytest.mark.parametrize(
    ("advice", "signed", "severity"),
    [("", "", "stop"), ("said", "", "stop"), ("", "Manager", "stop"), ("said", "Manager", "warn")],
)
def test_g3_an_nmo_alone_is_amber_only_with_advice_and_sign_off(
    advice: str, signed: str, severity: str
) -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    file.legal_orders = [
        LegalOrder(id=1, kind="nmo", made=day("2026-11-01"), advice=advice, signed_off_by=signed)
    ]
    found = [item for item in gate(file, "G3") if item.measure_id == 1]
    assert [item.severity for item in found] == [severity]


def test_g3_can_be_overridden_until_a_date_by_a_named_approver_with_a_reason() -> None:
    file = joint(case_file("legal"))
    add_measures(file, 9)
    file.overrides = [override("G3", "2026-11-26")]
    assert refused(file, "survey") == set()
    assert any(item.overridden for item in gate(file, "G3"))
    assert {item.gate for item in gates.refusals(file, "survey", day("2026-11-27"), SETTINGS)} == {
        "G3"
    }
    for gap in ({"approver": " "}, {"reason": ""}):
        file.overrides = [override("G3", **gap)]
        assert refused(file, "survey") == {"G3"}


# --- G4 and G9 ------------------------------------------------------------------------------------


def test_g4_stops_per_measure_until_the_owner_of_the_part_has_granted() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13, 31, 1)
    found = [item for item in gate(file, "G4") if item.severity == "stop"]
    assert [item.measure_id for item in found] == [1, 2]  # the alarm needs nobody
    assert {item.command for item in found} == {"open_consent"}
    request = add_request(file, state="sent", sent_on=day("2026-11-20"))
    assert refused(file, "approval") == {"G4"}
    for state in ("granted", "granted_conditional", "not_needed"):
        request.state = state
        assert refused(file, "approval") == set()
    request.state = "granted"
    request.expiry = day("2026-11-25")
    assert refused(file, "approval") == {"G4"}


@pytest.mark.parametrize(
    "state", [code for code in CODES["consent_state"] if code not in gates.gate_consent.OPEN_STATES]
)
def test_g4_no_other_state_is_consent(state: str) -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13)
    add_request(file, state=state)
    assert refused(file, "approval") == {"G4"}


def test_g4_every_owner_asked_must_grant_and_the_newest_request_to_each_counts() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13)
    add_request(file, state="refused", decision_maker="Owner A")
    add_request(file, state="granted", decision_maker="Owner A")
    assert refused(file, "approval") == set()
    add_request(file, state="sent", decision_kind="mortgagee", decision_maker="Lender")
    assert refused(file, "approval") == {"G4"}


@pytest.mark.parametrize(
    ("tenure", "leasehold", "needed"),
    [
        ("owner", "no", False),
        ("mortgage", "not_asked", False),
        ("owner", "yes", True),
        ("prs", "no", True),
        ("council", "no", True),
        ("shared_owner", "no", True),
        ("not_asked", "not_asked", True),
    ],
)
def test_g4_a_freehold_owner_needs_nobodys_consent(
    tenure: str, leasehold: str, needed: bool
) -> None:
    file = surveyed(case_file("consent"))
    file.properties[0].tenure, file.properties[0].leasehold = tenure, leasehold
    add_measures(file, 9, consent_needed="yes")
    assert ("G4" in refused(file, "approval")) is needed


def test_g4_an_open_question_is_a_warning_not_a_stop() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 38, consent_needed="not_known")
    assert [item.severity for item in gate(file, "G4")] == ["warn"]


ASK = [{"catalogue_id": number} for number in (22, 30)] + [{"name": "One of our own"}]


@pytest.mark.parametrize("own", ASK)
@pytest.mark.parametrize(
    ("state", "more", "severity"),
    [
        ("drafting", {}, "warn"),
        ("survivor_ok_to_contact", {}, "warn"),
        ("withdrawn", {}, "warn"),
        ("sent", {"sent_on": "2026-11-04"}, "stop"),  # silent by rule, or not yet
        ("with_owner", {"sent_on": "2026-11-24"}, "stop"),
        ("silent", {"sent_on": "2026-10-01"}, "stop"),
        ("escalated", {"sent_on": "2026-10-01"}, "stop"),
        ("refused", {"answered_on": "2026-11-20"}, "stop"),
        ("granted", {"expiry": "2026-11-20"}, "stop"),
        ("granted", {"expiry": "2026-12-20"}, ""),
    ],
)
def test_g4_an_owner_who_did_not_agree_is_not_overruled_by_the_question(
    state: str, more: dict[str, str], severity: str, own: dict[str, Any]
) -> None:
    """Whether consent is needed nobody knows; but the owner was asked."""
    file = surveyed(case_file("consent"))
    given = {"catalogue_id": None, "consent_needed": "not_known", "state": "approved", **own}
    file.measures = [Measure(id=1, case_id=1, escape_checked="yes", **given)]
    assert [item.severity for item in gate(file, "G4")] == ["warn"]
    add_request(file, decision_maker="Drafted to somebody else")
    dated = {name: day(value) for name, value in more.items()}
    add_request(file, state=state, decision_maker="Owner", **dated)
    found = gate(file, "G4")
    if not severity:  # the draft to somebody else still stands
        severity = "warn"
    assert [item.severity for item in found] == [severity]
    stopped = gates.measure_refusals(file, file.measures[0], "fitted", TODAY, SETTINGS)
    assert ("G4" in {item.gate for item in stopped}) == (severity == "stop")
    if severity == "stop":
        assert "may need consent for the dwelling" in found[0].sentence


def test_g9_common_parts_need_their_own_consent() -> None:
    file = surveyed(case_file("consent"))
    file.properties[0].tenure = "owner"
    add_measures(file, 37, part="common_parts", consent_needed="no")
    add_request(file, state="granted", part="dwelling")
    assert refused(file, "approval") == {"G9"}
    add_request(file, state="granted", part="common_parts", decision_maker="Block manager")
    assert refused(file, "approval") == set()
    add_measures(file, 10, part="common_parts")
    assert any("unworkable" in item.sentence for item in gate(file, "G9"))


# --- G5, G6, G7, G8, G10 --------------------------------------------------------------------------


def test_g5_stops_a_fixed_measure_on_a_way_out_until_checked() -> None:
    file = surveyed(case_file("survey"))
    (lock,) = add_measures(file, 11, escape_checked="not_asked")
    assert "G5" in refused(file, "consent")
    lock.escape_checked = "yes"
    assert refused(file, "consent") == set()


def test_g5_portable_kit_is_a_warning_and_an_unanswered_gate_lock_binds() -> None:
    file = surveyed(case_file("survey"))
    add_measures(file, 2, 5, escape_checked="not_asked")
    assert {item.severity for item in gate(file, "G5")} == {"warn"}
    (side,) = add_measures(file, 25, escape_checked="not_asked", escape_affecting="not_known")
    assert "G5" in refused(file, "consent")
    side.escape_affecting = "no"
    assert refused(file, "consent") == set()


def test_g5_a_sanctuary_room_needs_fire_service_advice() -> None:
    file = surveyed(case_file("survey"))
    add_measures(file, 45)
    assert gate(file, "G5")[0].who == "Fire service"
    file.surveys[0].fire_advice = "yes"
    assert gate(file, "G5") == []


def test_g6_disrepair_warns() -> None:
    file = surveyed(case_file("survey"), disrepair="yes")
    file.entry_points = [EntryPoint(id=1, survey_id=1, condition="fail")]
    assert [item.severity for item in gate(file, "G6")] == ["warn"]
    assert refused(file, "consent") == set()


@pytest.mark.parametrize(
    ("weapons", "whereabouts", "triggers", "severity"),
    [
        ("yes", "custody", "", "stop"),
        ("no", "not_known", "", "stop"),
        ("no", "local", "located", "stop"),
        ("not_asked", "local", "", "warn"),
        ("no", "local", "", None),
    ],
)
def test_g7_holds_a_visit_until_the_police_answer(
    weapons: str, whereabouts: str, triggers: str, severity: str | None
) -> None:
    file = case_file("installation", triggers=triggers)
    file.perpetrators[0].weapons, file.perpetrators[0].whereabouts = weapons, whereabouts
    visit = Visit(id=1, kind="install", on=day("2026-11-27"))
    file.visits = [visit]
    assert [item.severity for item in gate(file, "G7")] == ([severity] if severity else [])
    assert bool(gates.visit_refusals(file, visit, TODAY, SETTINGS)) is (severity == "stop")
    visit.police_answer = "no"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS)
    visit.police_answer = "yes"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS) == []


@pytest.mark.parametrize("where", ["custody", "bail_address"])
@pytest.mark.parametrize(
    ("release", "visit_on", "held"),
    [
        (None, "2026-12-10", False),
        ("2026-12-11", "2026-12-10", False),
        ("2026-12-10", "2026-12-10", True),
        ("2026-12-01", "2026-12-10", True),  # out by then
        ("2026-11-20", "2026-12-10", True),  # out already, and nobody has asked where
    ],
)
def test_g7_custody_is_known_whereabouts_until_it_ends(
    where: str, release: str | None, visit_on: str, held: bool
) -> None:
    file = case_file("installation")
    person = file.perpetrators[0]
    person.whereabouts, person.release_date = where, day(release) if release else None
    visit = Visit(id=1, kind="install", on=day(visit_on))
    file.visits = [visit]
    assert bool(gates.visit_refusals(file, visit, TODAY, SETTINGS)) is held
    assert [item.severity for item in gate(file, "G7")] == (["stop"] if held else [])
    person.whereabouts = "local"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS) == []


@pytest.mark.parametrize(
    ("on", "broken", "held"),
    [
        ("2026-11-23", "yes", True),
        ("2026-11-22", "yes", False),
        ("2026-11-25", "no", False),
    ],
)
def test_g7_an_order_broken_at_home_holds_a_visit_like_a_ticked_trigger(
    on: str, broken: str, held: bool
) -> None:
    file = case_file("installation")
    file.incidents = [Incident(id=1, at=at(on), order_breached=broken, at_address="yes")]
    visit = Visit(id=1, kind="install", on=day("2026-11-27"))
    file.visits = [visit]
    assert bool(gates.visit_refusals(file, visit, TODAY, SETTINGS)) is held
    visit.police_answer = "yes"
    assert gates.visit_refusals(file, visit, TODAY, SETTINGS) == []


@pytest.mark.parametrize("outcome", list(CODES["visit_outcome"]))
@pytest.mark.parametrize(
    ("on", "newer", "cleared"),
    [
        ("2026-11-25", None, True),
        ("2026-10-01", None, False),  # before the referral
        ("2026-11-25", "breach", True),  # on the day the order was broken
        ("2026-11-24", "breach", False),
        ("2026-11-24", "tick", False),
        ("2026-11-24", "release", False),
    ],
)
def test_g7_an_old_yes_of_the_police_clears_no_later_fitting(
    outcome: str, on: str, newer: str | None, cleared: bool
) -> None:
    file = case_file("installation")
    person = file.perpetrators[0]
    person.weapons = "yes"
    if newer == "breach":
        broken = at("2026-11-25")
        file.incidents = [Incident(id=1, at=broken, order_breached="yes", at_address="yes")]
    elif newer == "tick":
        file.case.triggers, file.case.emergency_since = "located", day("2026-11-25")
    elif newer == "release":
        person.whereabouts, person.release_date = "custody", day("2026-11-25")
    (lock,) = add_measures(file, 13, state="approved")
    add_request(file, state="granted")
    visit = Visit(id=1, kind="install", on=day(on), police_answer="yes", outcome=outcome)
    file.visits = [visit]
    free = cleared and outcome in ("booked", "done", "part")
    found = gates.measure_refusals(file, lock, "fitted", TODAY, SETTINGS)
    assert [item.gate for item in found] == ([] if free else ["G7"])


def test_a_booked_visit_says_which_gate_still_stops_its_works() -> None:
    file = joint(case_file("installation", approved_by="Manager", approved_on=TODAY))
    add_measures(file, 9, 13, 1, state="approved")
    add_request(file, state="granted")
    visit = Visit(id=1, kind="install", on=day("2026-11-30"))
    file.visits = [visit]

    def told(today: str = "2026-11-26") -> list[tuple[str, str, str]]:
        found = gates.findings(file, day(today), SETTINGS)
        return [
            (one.gate, one.severity, one.sentence)
            for one in found
            if "of the visit" in one.sentence
        ]

    sentence = (
        f"G3 still stops the works of the visit on Mon 30 Nov: {works.name(file.measures[0])}."
    )
    assert told() == [("G3", "warn", sentence)]
    file.consent_requests[0].expiry = day("2026-11-27")
    file.measures[1].escape_checked = "no"
    assert [gate for gate, _, _ in told("2026-11-28")] == ["G3", "G4"]
    file.overrides = [override("G3")]
    assert told() == []
    file.overrides = []
    file.measures[0].state = "declined"
    assert told() == []
    file.measures[0].state = "approved"
    for changed in ({"kind": "survey"}, {"kind": "install", "outcome": "done"}):
        file.visits = [Visit(id=1, on=day("2026-11-30"), **changed)]
        assert told() == []


def test_g8_is_soft_unless_the_district_makes_it_hard() -> None:
    file = with_support(case_file("risk_support"))
    file.support.clear()
    file.safety_plans.clear()
    assert {item.severity for item in gate(file, "G8")} == {"warn"}
    assert refused(file, "legal") == set()
    settings = default_settings()
    settings.policy.support_gate = "hard"
    assert {item.gate for item in gates.refusals(file, "legal", TODAY, settings)} == {"G8"}
    with_support(file)
    file.support[0].answer = "declined"  # a refusal is an answer
    assert gates.refusals(file, "legal", TODAY, settings) == []


def test_g10_children_warn_until_contact_is_asked_and_when_the_review_passes() -> None:
    file = case_file("triage")
    child = Person(id=3, role="child", lives_here="yes")
    file.people.append(child)
    assert [item.severity for item in gate(file, "G10")] == ["warn"]
    child.contact_arrangement = "supervised"
    child.contact_review = TODAY
    assert gate(file, "G10") == []
    child.contact_review = day("2026-11-25")
    assert len(gate(file, "G10")) == 1
    add_measures(file, 45)
    assert len(gate(file, "G10")) == 2


# --- stages ---------------------------------------------------------------------------------------


def test_referral_wants_a_safe_contact_answer() -> None:
    file = case_file("referral")
    file.contact_points[0].safe = "not_asked"
    assert refused(file, "triage") == {"referral"}
    file.contact_points[0].safe = "never"
    assert refused(file, "triage") == set()
    file.contact_points.clear()
    file.case.contact_rule = "Through the school only"
    assert refused(file, "triage") == set()


def test_triage_warns_of_what_has_not_been_asked() -> None:
    file = case_file("triage")
    file.properties[0].tenure = "ha"
    file.case.ha_scheme, file.case.in_district = "not_asked", "no"
    file.risk_assessments.clear()
    found = gates.exit_findings(file, "triage", TODAY, SETTINGS)
    assert [(item.gate, item.severity, item.command) for item in found] == [
        ("triage", "warn", "edit_referral"),
        ("triage", "warn", "add_risk"),
        ("triage", "warn", "close"),
    ]
    file.properties[0].tenure, file.case.in_district = "prs", "yes"
    found = gates.exit_findings(file, "triage", TODAY, SETTINGS)
    assert [item.command for item in found] == ["add_risk"]


@pytest.mark.parametrize("trigger", ["release", "weapon", "breach", "located"])
def test_each_ticked_trigger_starts_the_emergency_path(trigger: str) -> None:
    file = case_file("triage")
    assert not emergency.is_emergency(file, TODAY, SETTINGS)
    file.case.triggers = trigger
    assert emergency.triggers(file, TODAY, SETTINGS) == (trigger,)
    assert emergency.is_emergency(file, TODAY, SETTINGS)
    file.case.stage = "aftercare"
    assert not emergency.is_emergency(file, TODAY, SETTINGS)


@pytest.mark.parametrize(
    ("on", "broken", "here", "found"),
    [
        ("2026-11-23", "yes", "yes", ("breach",)),
        ("2026-11-22", "yes", "yes", ()),
        ("2026-11-26", "yes", "no", ()),
        ("2026-11-26", "no", "yes", ()),
    ],
)
def test_a_fresh_breach_at_the_home_starts_the_emergency_path(
    on: str, broken: str, here: str, found: tuple[str, ...]
) -> None:
    file = case_file("triage")
    file.incidents = [Incident(id=1, at=at(on), order_breached=broken, at_address=here)]
    assert emergency.triggers(file, TODAY, SETTINGS) == found


@pytest.mark.parametrize(
    ("hours", "days"),
    [(1, 1), (24, 1), (25, 2), (48, 2), (60, 3), (71, 3), (72, 3), (73, 4), (96, 4), (720, 30)],
)
def test_the_windows_of_release_and_breach_are_counted_in_days_and_miss_no_hour(
    hours: int, days: int
) -> None:
    assert emergency.days_of(hours) == days
    assert (days - 1) * 24 < hours <= days * 24
    settings = default_settings()
    settings.emergency.release_hours, settings.emergency.breach_hours = hours, hours
    for ahead, near in ((-1, False), (0, True), (days, True), (days + 1, False)):
        file = case_file("triage")
        file.perpetrators[0].release_date = TODAY + timedelta(days=ahead)
        assert bool(emergency.releases(file, TODAY, settings)) is near
        assert emergency.is_emergency(file, TODAY, settings) is near
    for ago, fresh in ((-1, False), (0, True), (days, True), (days + 1, False)):
        file = case_file("triage")
        on = (TODAY - timedelta(days=ago)).isoformat()
        file.incidents = [Incident(id=1, at=at(on), order_breached="yes", at_address="yes")]
        assert emergency.triggers(file, TODAY, settings) == (("breach",) if fresh else ())


def test_every_exit_on_the_way_binds() -> None:
    file = joint(case_file("referral", choice_made="not_asked"))
    file.contact_points.clear()
    add_measures(file, 9, 13, escape_checked="not_asked", state="approved")
    assert refused(file, "installation") == {
        "referral",
        "risk_support",
        "G1",
        "G3",
        "G4",
        "G5",
        "survey",
        "approval",
    }


def test_survey_is_wanted_unless_only_portable_kit_or_no_works_are() -> None:
    file = case_file("survey")
    assert refused(file, "consent") == {"survey"}
    add_measures(file, 1, 3)
    assert refused(file, "consent") == set()
    add_measures(file, 13)
    assert refused(file, "consent") == {"survey"}
    file.surveys = [Survey(id=1, no_works="yes")]
    assert refused(file, "consent") == set()


@pytest.mark.parametrize(
    ("by", "on", "ok"), [("", None, False), ("Manager", None, False), ("Manager", TODAY, True)]
)
def test_approval_wants_approver_and_date(by: str, on: object, ok: bool) -> None:
    file = surveyed(case_file("approval", approved_by=by, approved_on=on))
    assert (refused(file, "installation") == set()) is ok


def test_approval_rebinds_legal_consent_and_fire_for_what_is_approved() -> None:
    file = joint(surveyed(case_file("approval", approved_by="Manager", approved_on=TODAY)))
    add_measures(file, 9, state="proposed")
    assert refused(file, "installation") == set()
    file.measures[0].state = "approved"
    assert refused(file, "installation") == {"G3", "G4"}


@pytest.mark.parametrize(
    ("state", "ok"),
    [
        ("approved", False),
        ("ordered", False),
        ("faulty", False),
        ("fitted", True),
        ("declined", True),
        ("removed", True),
        ("proposed", True),
    ],
)
def test_installation_ends_when_each_approved_measure_is_settled(state: str, ok: bool) -> None:
    file = case_file("installation")
    add_measures(file, 13, state=state)
    assert (refused(file, "aftercare") == set()) is ok


def test_devices_are_practised_before_the_handover() -> None:
    file = case_file("installation")
    (alarm,) = add_measures(file, 35, state="fitted")
    assert refused(file, "aftercare") == {"installation"}
    alarm.instructions = "yes"
    assert refused(file, "aftercare") == set()


@pytest.mark.parametrize("stage", ["referral", "triage", "consent", "aftercare"])
def test_closing_wants_a_closure_of_this_ending_and_nothing_else(stage: str) -> None:
    file = case_file(stage, choice_made="no")
    file.perpetrators[0].still_resident = "yes"
    assert refused(file, "closed") == {"closed"}
    file.closures = [Closure(id=1, closed_on=day("2026-10-01"), outcome="no_contact")]
    assert refused(file, "closed") == {"closed"}  # from before a reopening
    file.closures = [Closure(id=2, closed_on=TODAY, outcome="perp_resident")]
    assert refused(file, "closed") == set()


def test_a_closed_case_reopens_past_triage_only_through_g1_and_g2() -> None:
    file = case_file("closed", status="closed", choice_made="no")
    assert refused(file, "installation") == {"G1"}
    assert refused(file, "triage") == set()


def test_moving_back_is_never_refused() -> None:
    file = joint(case_file("installation", choice_made="no"))
    add_measures(file, 9)
    for stage in ("referral", "triage", "legal", "approval", "installation"):
        assert refused(file, stage) == set()


# --- measures -------------------------------------------------------------------------------------


def fit(file: CaseFile, number: int = 0, to: str = "fitted") -> set[str]:
    found = gates.measure_refusals(file, file.measures[number], to, TODAY, SETTINGS)
    return {item.gate for item in found}


def test_ordering_and_fitting_are_refused_by_each_gate() -> None:
    file = joint(case_file("installation", choice_made="no"))
    file.perpetrators[0].still_resident = "yes"
    file.perpetrators[0].weapons = "yes"
    add_measures(file, 9, escape_checked="no", state="approved")
    assert fit(file) == {"G1", "G2", "G3", "G4", "G5", "G7"}
    assert fit(file, to="ordered") == {"G1", "G2", "G3", "G4", "G5"}
    assert fit(file, to="approved") == set()
    assert fit(file, to="declined") == set()


def test_interim_kit_needs_neither_consent_nor_order() -> None:
    file = joint(case_file("legal"))
    file.perpetrators[0].weapons = "yes"
    add_measures(file, 1, 2, 3, 4, 5, escape_checked="not_asked")
    for number in range(5):
        assert fit(file, number) == set()


def test_a_measure_never_fitted_is_neither_faulty_nor_removed() -> None:
    file = joint(case_file("installation"))
    (lock,) = add_measures(file, 9, state="approved")
    assert fit(file, to="faulty") == {"installation"}
    assert fit(file, to="removed") == {"installation"}
    lock.state, lock.fitted_on = "faulty", day("2026-11-01")
    assert fit(file) == set()  # mending what is there, order or none
    lock.state = "removed"
    assert "G3" in fit(file)


def test_a_video_doorbell_needs_the_districts_switch() -> None:
    file = case_file("installation")
    add_request(file, state="granted")
    add_measures(file, 33)
    assert fit(file) == {"policy"}
    settings = default_settings()
    settings.policy.video_doorbell = True
    assert gates.measure_refusals(file, file.measures[0], "fitted", TODAY, settings) == []


def test_every_finding_says_who_and_what_to_do() -> None:
    file = joint(case_file("consent", choice_made="no"))
    file.perpetrators[0].still_resident = "yes"
    file.perpetrators[0].weapons = "yes"
    file.people.append(Person(id=3, role="child"))
    file.visits = [Visit(id=1, kind="install", on=TODAY)]
    surveyed(file, disrepair="yes")
    add_measures(file, 9, 45, escape_checked="no")
    add_measures(file, 37, part="common_parts")
    found = gates.findings(file, TODAY, SETTINGS)
    assert {item.gate for item in found} == {f"G{number}" for number in range(1, 11)}
    for item in found:
        assert item.sentence.endswith(".")
        assert item.sentence[0].isupper()
        assert item.who
        assert item.command
        assert item.since is not None
        assert "Ellwood" not in item.sentence
