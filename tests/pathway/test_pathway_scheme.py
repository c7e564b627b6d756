"""Scheme type, secured, the return, and the card (DOMAIN 1, 4)."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
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

from db.models import CaseFile, LegalOrder, Note, Override, Person, Support, Visit
from sanctuary_tui.pathway import gates, scheme
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.stuck import stuck

TODAY = day("2026-11-26")
YEAR = (day("2026-04-01"), day("2027-03-31"))


def answers(file: CaseFile, today: date = TODAY) -> tuple[str, str]:
    found = stuck(file, gates.findings(file, today, SETTINGS), today, SETTINGS)
    return found.why, found.on


# --- scheme ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "plan", "fitted", "kind"),
    [
        ("accepted", True, 9, "full"),
        ("already", True, 9, "full"),
        ("accepted", False, 9, "undetermined"),
        ("declined", True, 9, "security_only"),
        ("offered", True, 9, "undetermined"),
        ("accepted", True, 1, "undetermined"),
        ("accepted", True, None, "undetermined"),
    ],
)
def test_full_scheme_needs_more_than_hardware(
    answer: str, plan: bool, fitted: int | None, kind: str
) -> None:
    file = with_support(case_file("aftercare"))
    file.support[0].answer = answer
    if not plan:
        file.safety_plans.clear()
    if fitted:
        add_measures(file, fitted, state="fitted")
    found, evidence = scheme.scheme_type(file)
    assert found == kind
    assert evidence.endswith(".")
    assert ("portable" in evidence) is (fitted == 1)


@pytest.mark.parametrize(
    ("states", "secured"),
    [
        ({}, "no"),
        ({1: "fitted", 2: "fitted", 8: "fitted"}, "no"),
        ({9: "fitted"}, "yes"),
        ({9: "fitted", 13: "approved"}, "part"),
        ({9: "fitted", 13: "faulty"}, "part"),
        ({9: "fitted", 13: "declined"}, "yes"),
        ({9: "removed"}, "no"),
        ({31: "fitted"}, "part"),
        ({9: "ordered", 1: "fitted"}, "no"),
        ({9: "fitted", 1: "proposed"}, "yes"),
    ],
)
def test_secured_never_by_portable_kit(states: dict[int, str], secured: str) -> None:
    file = case_file("installation")
    for number, state in states.items():
        add_measures(file, number, state=state)
    assert scheme.home_secured(file) == secured


def test_a_home_that_needs_no_works_is_secured() -> None:
    file = surveyed(case_file("aftercare"), no_works="yes")
    assert scheme.home_secured(file) == "yes"


@pytest.mark.parametrize(
    ("fitted", "support", "counts"),
    [
        ("2026-05-01", {"answer": "accepted", "start": "2026-05-01"}, True),
        ("2025-05-01", {"answer": "accepted", "start": "2025-05-01"}, True),
        ("2025-05-01", {"answer": "accepted", "start": "2025-05-01", "ended": "2026-03-31"}, False),
        ("2025-05-01", {"answer": "accepted", "start": "2025-05-01", "ended": "2026-04-01"}, True),
        ("2027-04-01", {"answer": "accepted", "start": "2026-05-01"}, False),
        ("2026-05-01", {"answer": "accepted", "start": "2027-04-01"}, False),
        ("2026-05-01", {"answer": "declined"}, False),
    ],
)
def test_return_counts_a_fit_with_support_in_the_year(
    fitted: str, support: dict[str, str], counts: bool
) -> None:
    file = case_file("aftercare")
    add_measures(file, 9, state="fitted", fitted_on=day(fitted))
    given_ = {name: day(x) if x[:2] == "20" else x for name, x in support.items()}
    file.support = [Support(id=1, **given_)]  # type: ignore[arg-type]
    assert scheme.counts_in_return(file, *YEAR) is counts


def test_hardware_only_never_counts() -> None:
    file = case_file("aftercare")
    add_measures(file, 9, state="fitted", fitted_on=day("2026-05-01"))
    assert not scheme.counts_in_return(file, *YEAR)
    file = with_support(case_file("aftercare"))
    add_measures(file, 1, state="fitted", fitted_on=day("2026-05-01"))
    assert not scheme.counts_in_return(file, *YEAR)


@pytest.mark.parametrize(
    ("number", "fitted", "support", "counts", "reason"),
    [
        (None, "", {}, False, "No measure fitted yet."),
        (1, "2026-05-01", {}, False, "Only portable kit; no measure fitted."),
        (
            9,
            "2026-05-01",
            {"answer": "accepted", "start": "2026-05-01"},
            True,
            "Measure fitted Fri 1 May 2026; support active in the year.",
        ),
        (
            9,
            "2025-05-01",
            {"answer": "accepted", "start": "2025-05-01", "ended": "2026-03-31"},
            False,
            "Measure fitted Thu 1 May 2025; support was not active in the year.",
        ),
        (
            9,
            "2026-05-01",
            {"answer": "declined"},
            False,
            "Measure fitted Fri 1 May 2026; support declined: hardware alone never counts.",
        ),
        (
            9,
            "2026-05-01",
            {"answer": "offered"},
            False,
            "Measure fitted Fri 1 May 2026; no support recorded: hardware alone never counts.",
        ),
    ],
)
def test_the_return_says_why(
    number: int | None, fitted: str, support: dict[str, str], counts: bool, reason: str
) -> None:
    file = case_file("aftercare")
    if number is not None:
        add_measures(file, number, state="fitted", fitted_on=day(fitted))
    dated: dict[str, Any] = {name: day(x) if x[:2] == "20" else x for name, x in support.items()}
    file.support = [Support(id=1, **dated)] if support else []
    assert scheme.return_reason(file, *YEAR) == (counts, reason)


def test_the_returns_year_is_april_to_march() -> None:
    assert scheme.return_year(TODAY) == YEAR
    assert scheme.return_year(day("2027-03-31")) == YEAR
    assert scheme.return_year(day("2026-04-01")) == YEAR
    assert scheme.return_year(day("2026-03-31"))[1] == day("2026-03-31")


def test_what_the_landlord_refused_is_a_gap_until_something_stands_for_it() -> None:
    file = case_file("approval", ha_scheme="yes")
    (light,) = add_measures(file, 31, fund="ha", location="Front")
    assert not scheme.needs_gap(file, light)
    light.state = "declined"
    assert scheme.needs_gap(file, light)
    (elsewhere,) = add_measures(file, 31, fund="hpg", location="Back")
    assert scheme.needs_gap(file, light)
    elsewhere.location = "front"
    assert not scheme.needs_gap(file, light)
    elsewhere.state = "declined"
    assert scheme.needs_gap(file, light)
    light.fund = "hpg"
    assert not scheme.needs_gap(file, light)  # the survivor's own no is not a landlord's
    light.fund, file.case.ha_scheme = "ha", "no"
    assert not scheme.needs_gap(file, light)


# --- four answers ---------------------------------------------------------------------------------


def test_a_new_referral_waits_for_first_contact() -> None:
    file = case_file("referral")
    file.notes.clear()
    assert answers(file) == ("no first contact yet", "Coordinator")
    file.contact_points[0].safe = "not_asked"
    assert answers(file) == ("safe contact not known", "Referrer")


def test_hard_gates_come_first() -> None:
    file = case_file("survey", choice_made="not_asked")
    assert answers(file) == ("choice not recorded", "Survivor")
    file.perpetrators[0].still_resident = "yes"
    file.case.choice_made = "yes"
    assert answers(file) == ("perpetrator resident", "Coordinator")


@pytest.mark.parametrize(
    ("state", "more", "why", "on"),
    [
        ("drafting", {}, "wording not agreed", "Survivor"),
        ("survivor_ok_to_contact", {}, "request not sent", "Coordinator"),
        ("sent", {"sent_on": "2026-11-24", "agent": "Agent"}, "waiting for agent", "Agent"),
        (
            "with_owner",
            {
                "sent_on": "2026-11-24",
                "agent": "Agent",
                "agent_forwarded": "2026-11-25",
                "decision_maker": "Owner",
            },
            "waiting for owner",
            "Owner",
        ),
        ("refused", {"decision_maker": "Owner"}, "consent refused", "Owner"),
        ("escalated", {"sent_on": "2026-11-02"}, "escalated to manager", "Manager"),
        ("eh_referred", {"sent_on": "2026-11-02"}, "with Env. Health", "Env. Health"),
    ],
)
def test_consent_says_on_whom_it_waits(state: str, more: dict[str, str], why: str, on: str) -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13)
    dated = {name: day(x) if x[:2] == "20" else x for name, x in more.items()}
    add_request(file, state=state, **dated)
    assert answers(file) == (why, on)


def test_nobody_asked_yet() -> None:
    file = surveyed(case_file("consent"))
    add_measures(file, 13)
    assert answers(file) == ("consent not asked for", "Coordinator")


@pytest.mark.parametrize(
    ("orders", "why", "on"),
    [
        ([], "joint tenancy, no order", "Solicitor"),
        ([{"kind": "occupation", "applied": day("2026-11-20")}], "order applied for", "Court"),
        ([{"kind": "nmo", "made": day("2026-11-20")}], "NMO alone, no sign-off", "Manager"),
    ],
)
def test_legal_says_what_is_missing(orders: list[dict[str, object]], why: str, on: str) -> None:
    file = case_file("legal")
    file.properties[0].named_parties = "joint"
    add_measures(file, 9)
    file.legal_orders = [LegalOrder(id=n, **one) for n, one in enumerate(orders)]  # type: ignore[arg-type]
    assert answers(file) == (why, on)


def test_visits_and_booking() -> None:
    file = case_file("survey")
    assert answers(file) == ("survey not booked", "Coordinator")
    file.visits = [Visit(id=1, kind="survey", on=day("2026-11-30"), worker="J. Surveyor")]
    assert answers(file) == ("survey Mon 30 Nov", "J. Surveyor")
    file = surveyed(case_file("installation"))
    add_measures(file, 13, state="ordered")
    add_request(file, state="granted")
    assert answers(file) == ("install not booked", "Coordinator")


def test_ones_own_next_action_goes_before_the_rules() -> None:
    file = case_file("consent", next_action="ring the solicitor", next_due=day("2026-11-30"))
    card = derive(file, TODAY, SETTINGS).card
    assert (card.next_text, card.next_due) == ("ring the solicitor", day("2026-11-30"))


def test_do_not_contact_and_closed() -> None:
    assert answers(case_file("consent", do_not_contact="yes"))[0] == "do not contact"
    assert answers(case_file("closed", status="closed")) == ("", "")


# --- card -----------------------------------------------------------------------------------------


def test_card_masks_and_says_the_last_thing() -> None:
    file = case_file("consent")
    file.notes.append(Note(id=2, at=at("2026-11-25"), kind="call", body="left\n message"))
    card = derive(file, TODAY, SETTINGS).card
    assert (card.name, card.masked) == ("Mara Ellwood", "M. E.")
    assert card.last_text == "Wed 25 Nov: left message"
    request = add_request(file, state="sent", sent_on=TODAY)
    add_event(file, request, "sent", "2026-11-26")
    assert derive(file, TODAY, SETTINGS).card.last_text == "Thu 26 Nov: request sent"


def test_an_empty_case_has_a_card() -> None:
    file = CaseFile(case_file().case)
    derived = derive(file, TODAY, SETTINGS)
    assert derived.card.masked == ""
    assert derived.card.risk == "not_known"


def test_valid_until_is_the_last_day_before_a_date_changes_something() -> None:
    file = case_file("legal")
    assert derive(file, TODAY, SETTINGS).card.valid_until is None
    file.overrides = [Override(id=1, gate="G4", expiry=day("2026-12-20"))]
    assert derive(file, TODAY, SETTINGS).card.valid_until == day("2026-12-20")
    request = add_request(file, state="sent", sent_on=day("2026-11-24"))
    quiet = derive(file, TODAY, SETTINGS).card.valid_until
    assert quiet == day("2026-12-07")
    assert derive(file, quiet, SETTINGS).card.consent == "sent"
    assert derive(file, quiet + timedelta(days=1), SETTINGS).card.consent == "silent"
    request.state = "withdrawn"
    file.perpetrators[0].release_date = day("2026-12-05")
    assert derive(file, TODAY, SETTINGS).card.valid_until == day("2026-12-01")


@given(
    ahead=st.integers(min_value=0, max_value=250),
    expiry=st.integers(min_value=1, max_value=200),
    sent=st.integers(min_value=-30, max_value=0),
    release=st.integers(min_value=-5, max_value=200),
    granted=st.integers(min_value=1, max_value=200),
)
def test_until_valid_until_nothing_changes_by_date_alone(
    ahead: int, expiry: int, sent: int, release: int, granted: int
) -> None:
    """The card and the reminders stay as they are up to ``valid_until``."""
    file = surveyed(case_file("consent"))
    file.properties[0].named_parties = "joint"
    add_measures(file, 9, 13)
    file.legal_orders = [
        LegalOrder(
            id=1,
            kind="occupation",
            made=day("2026-06-01"),
            expiry=TODAY + timedelta(days=expiry),
            excludes="yes",
        )
    ]
    add_request(file, state="sent", sent_on=TODAY + timedelta(days=sent))
    add_request(file, state="granted", part="common_parts", expiry=TODAY + timedelta(days=granted))
    file.perpetrators[0].release_date = TODAY + timedelta(days=release)
    file.people.append(
        Person(
            id=3,
            role="child",
            contact_arrangement="supervised",
            contact_review=TODAY + timedelta(days=expiry // 2),
        )
    )
    start = TODAY + timedelta(days=ahead)
    first = derive(file, start, SETTINGS)
    until = first.card.valid_until
    later = until if until is not None else start + timedelta(days=300)
    second = derive(file, later, SETTINGS)
    assert [item.key for item in second.reminders] == [item.key for item in first.reminders]
    for item in fields(first.card):
        assert getattr(second.card, item.name) == getattr(first.card, item.name), item.name
