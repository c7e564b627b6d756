"""Consent: what may follow what, silence, the ladder (DOMAIN 5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathway_files import SETTINGS, add_event, add_measures, add_request, at, case_file, day

from config.codes import CODES, CONSENT_STATES
from config.errors import RefusedError
from config.settings import default_settings
from db.models import ConsentEvent, ConsentRequest, Incident
from sanctuary_tui.pathway import consent
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.gate_consent import OPEN_STATES

TODAY = day("2026-11-26")
KINDS = tuple(CODES["consent_event"])


def event(kind: str, on: str = "2026-11-26") -> ConsentEvent:
    return ConsentEvent(kind=kind, at=at(on))


def request(state: str, **more: object) -> ConsentRequest:
    return ConsentRequest(id=1, state=state, **{"survivor_ok": "yes", **more})  # type: ignore[arg-type]


def test_every_state_and_every_target_is_a_known_state() -> None:
    assert set(consent.TRANSITIONS) == set(CONSENT_STATES)
    for targets in consent.TRANSITIONS.values():
        assert targets <= set(CONSENT_STATES)
    assert set(consent.EVENT_STATE.values()) <= set(CONSENT_STATES)


@pytest.mark.parametrize("answer", ["no", "not_asked", "not_known"])
def test_nothing_is_sent_before_the_survivor_agreed(answer: str) -> None:
    with pytest.raises(RefusedError, match="survivor has agreed"):
        consent.apply_event(request("drafting", survivor_ok=answer), event("sent"), TODAY)


def test_sending_sets_state_and_date() -> None:
    changes = consent.apply_event(request("drafting"), event("sent", "2026-11-24"), TODAY)
    assert changes == {"state": "sent", "sent_on": day("2026-11-24"), "next_chase": None}


def test_wording_that_discloses_is_not_sent() -> None:
    with pytest.raises(RefusedError, match="discloses"):
        consent.apply_event(
            request("drafting", wording="Works for a victim of abuse"), event("sent"), TODAY
        )


def test_a_request_is_sent_once() -> None:
    for state in ("sent", "silent", "granted", "refused", "withdrawn"):
        with pytest.raises(RefusedError):
            consent.apply_event(request(state), event("sent"), TODAY)


@pytest.mark.parametrize(
    ("state", "kind", "after"),
    [
        ("sent", "acknowledged", "acknowledged"),
        ("silent", "acknowledged", "acknowledged"),
        ("with_owner", "acknowledged", "with_owner"),
        ("sent", "forwarded", "with_owner"),
        ("acknowledged", "forwarded", "with_owner"),
        ("sent", "question", "acknowledged"),
        ("with_owner", "answer_granted", "granted"),
        ("silent", "answer_conditional", "granted_conditional"),
        ("sent", "answer_refused", "refused"),
        ("refused", "answer_granted", "granted"),
        ("silent", "escalated", "escalated"),
        ("escalated", "acknowledged", "escalated"),
        ("granted", "withdrawn", "withdrawn"),
        ("eh_referred", "answer_granted", "granted"),
    ],
)
def test_events_lead_to_states(state: str, kind: str, after: str) -> None:
    changes = consent.apply_event(request(state), event(kind), TODAY)
    assert changes["state"] == after


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("drafting", "chase"),
        ("granted", "chase"),
        ("withdrawn", "answer_granted"),
        ("drafting", "escalated"),
        ("refused", "escalated"),
        ("granted", "forwarded"),
        ("drafting", "answer_granted"),
        ("not_needed", "acknowledged"),
    ],
)
def test_events_that_cannot_follow_are_refused(state: str, kind: str) -> None:
    with pytest.raises(RefusedError) as refused:
        consent.apply_event(request(state), event(kind), TODAY)
    assert refused.value.sentence.endswith(".")


def test_an_answer_before_sending_only_where_the_survivor_or_referrer_asks() -> None:
    asked = request("drafting", asked_by="survivor")
    assert consent.apply_event(asked, event("answer_granted"), TODAY)["state"] == "granted"


@pytest.mark.parametrize("kind", ["eh_offered", "eh_referred"])
def test_environmental_health_is_locked_until_written_consent_and_warning(kind: str) -> None:
    state = "escalated" if kind == "eh_offered" else "eh_offered"
    for gap in (
        {},
        {"survivor_eh_consent": TODAY},
        {"eh_warned": "yes"},
        {"survivor_eh_consent": TODAY, "eh_warned": "not_asked"},
        {"survivor_eh_consent": TODAY + timedelta(days=1), "eh_warned": "yes"},
    ):
        with pytest.raises(RefusedError):
            consent.apply_event(request(state, **gap), event(kind), TODAY)
    ready = request(state, survivor_eh_consent=TODAY, eh_warned="yes")
    assert consent.apply_event(ready, event(kind), TODAY)["state"] == kind


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(KINDS), st.integers(min_value=0, max_value=40)), max_size=25
    ),
    survivor_ok=st.sampled_from(["yes", "no", "not_asked"]),
    eh=st.booleans(),
)
def test_consent_is_only_ever_an_answer(
    steps: list[tuple[str, int]], survivor_ok: str, eh: bool
) -> None:
    """No sequence of events and days gives consent without an answer event, or sends unasked."""
    item = request(
        "drafting",
        survivor_ok=survivor_ok,
        survivor_eh_consent=TODAY if eh else None,
        eh_warned="yes" if eh else "no",
    )
    seen: list[ConsentEvent] = []
    now = TODAY
    for kind, days in steps:
        now += timedelta(days=days)
        tried = ConsentEvent(kind=kind, at=at(now.isoformat()), request_id=1)
        before = item.state
        try:
            changes = consent.apply_event(item, tried, now)
        except RefusedError:
            continue
        seen.append(tried)
        for name, value in changes.items():
            setattr(item, name, value)
        if item.state != before:
            assert item.state in consent.TRANSITIONS[before]
        if consent.state_on(item, seen, now, SETTINGS) in OPEN_STATES:
            assert any(one.kind in ("answer_granted", "answer_conditional") for one in seen)
        if item.sent_on is not None:
            assert survivor_ok == "yes"
        if item.state in ("eh_offered", "eh_referred"):
            assert eh


# --- silence --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "quiet"),
    [
        ("2026-11-04", "2026-11-18"),
        ("2026-12-18", "2027-01-06"),  # Christmas Day, Boxing Day substitute, New Year's Day
        ("2026-03-30", "2026-04-15"),  # Good Friday, Easter Monday
    ],
)
def test_silent_after_ten_working_days_without_a_person(sent: str, quiet: str) -> None:
    item = request("sent", sent_on=day(sent))
    day_before = day(quiet) - timedelta(days=1)
    assert consent.state_on(item, [], day_before, SETTINGS) == "sent"
    assert consent.state_on(item, [], day(quiet), SETTINGS) == "silent"


def test_an_automatic_reply_is_not_an_answer_and_a_chase_is_not_one_either() -> None:
    item = request("sent", sent_on=day("2026-11-04"))
    events = [event("auto_reply", "2026-11-05"), event("chase", "2026-11-17")]
    assert consent.state_on(item, events, day("2026-11-18"), SETTINGS) == "silent"
    events.append(event("question", "2026-11-17"))
    assert consent.state_on(item, events, day("2026-11-18"), SETTINGS) == "sent"
    assert consent.state_on(item, events, day("2026-12-01"), SETTINGS) == "silent"


def test_a_grant_runs_out_and_never_comes_by_waiting() -> None:
    item = request("granted", expiry=day("2026-11-25"))
    assert consent.state_on(item, [], day("2026-11-25"), SETTINGS) == "granted"
    assert consent.state_on(item, [], day("2026-11-26"), SETTINGS) == "expired"
    waiting = request("sent", sent_on=day("2020-01-02"))
    assert consent.state_on(waiting, [], TODAY, SETTINGS) == "silent"


# --- ladder ---------------------------------------------------------------------------------------


def test_standard_ladder_in_working_days() -> None:
    item = request("sent", sent_on=day("2026-11-04"), agent="Thorne Lettings")
    steps = consent.ladder(item, [], "standard", SETTINGS)
    assert [(step.day, step.due.isoformat(), step.kind) for step in steps] == [
        (2, "2026-11-06", "chase"),
        (4, "2026-11-10", "chase"),
        (7, "2026-11-13", "chase"),
        (10, "2026-11-18", "chase"),
        (10, "2026-11-18", "owner_details"),
        (15, "2026-11-25", "escalated"),
        (21, "2026-12-03", "eh_offered"),
    ]
    assert [bool(step.locked) for step in steps] == [False] * 6 + [True]
    assert steps[2].sentence == "Chase agent, third chase"


@pytest.mark.parametrize("urgency", ["urgent", "emergency"])
def test_urgent_ladder_over_easter(urgency: str) -> None:
    item = request("sent", sent_on=day("2026-04-01"), agent="Agent")
    steps = consent.ladder(item, [], urgency, SETTINGS)
    chases = [step for step in steps if step.kind == "chase"]
    assert [step.due.isoformat() for step in chases] == ["2026-04-02", "2026-04-07", "2026-04-08"]
    assert [step.sentence.split(",")[0] for step in chases] == [
        "Chase agent",
        "Chase agent",
        "Chase owner",
    ]


def test_the_ladder_has_no_steps_before_sending_and_follows_the_settings() -> None:
    assert consent.ladder(request("drafting"), [], "standard", SETTINGS) == []
    settings = default_settings()
    settings.chase.standard = [5]
    settings.chase.offer_eh = 12
    item = request("sent", sent_on=day("2026-11-02"))
    steps = consent.ladder(item, [], "standard", settings)
    assert [step.day for step in steps] == [5, 10, 12, 15]


def test_next_step_walks_the_ladder_as_chases_are_logged() -> None:
    item = request("sent", sent_on=day("2026-11-04"), agent="Agent")
    events: list[ConsentEvent] = []
    seen = []
    for kind in ("chase", "chase", "chase", "chase", "owner_details", "escalated"):
        step = consent.next_step(item, events, "standard", SETTINGS)
        assert step is not None
        seen.append(step.kind)
        events.append(event(kind))
    assert seen == ["chase", "chase", "chase", "chase", "owner_details", "escalated"]
    item.state = "escalated"
    step = consent.next_step(item, events, "standard", SETTINGS)
    assert step is not None
    assert step.kind == "eh_offered"
    assert "written consent" in step.locked
    item.survivor_eh_consent, item.eh_warned = TODAY, "yes"
    step = consent.next_step(item, events, "standard", SETTINGS)
    assert step is not None
    assert step.locked == ""


def test_a_chase_date_set_by_hand_goes_first() -> None:
    item = request("sent", sent_on=day("2026-11-04"), next_chase=day("2026-11-30"))
    step = consent.next_step(item, [event("chase")], "standard", SETTINGS)
    assert step is not None
    assert (step.due, step.number) == (day("2026-11-30"), 2)


# --- the tracker ----------------------------------------------------------------------------------


def test_consent_line_times_each_hop_in_working_days() -> None:
    file = case_file("consent")
    item = add_request(
        file, state="sent", sent_on=day("2026-11-04"), agent="Agent", decision_maker="Owner"
    )
    add_event(file, item, "sent", "2026-11-04")
    add_event(file, item, "chase", "2026-11-06")
    card = derive(file, TODAY, SETTINGS).card
    line = consent.consent_line(file, item, card, TODAY, SETTINGS)
    assert (line.hop, line.waiting_days, line.hop_days, line.chases) == ("agent", 16, 16, 1)
    assert (line.state, line.next_chase) == ("silent", day("2026-11-10"))
    assert line.last_text == "Fri 6 Nov: chased"
    item.state, item.agent_forwarded = "with_owner", day("2026-11-24")
    add_event(file, item, "forwarded", "2026-11-24")
    line = consent.consent_line(file, item, card, TODAY, SETTINGS)
    assert (line.hop, line.waiting_days, line.hop_days, line.state) == (
        "owner",
        16,
        2,
        "with_owner",
    )


@pytest.mark.parametrize(
    ("recorded", "today", "due", "kind"),
    [
        ("standard", "2026-11-05", "2026-11-06", "chase"),
        ("standard", "2026-11-06", "2026-11-05", "chase"),  # released in three days
        ("standard", "2026-11-10", "2026-11-06", "chase"),  # released, nothing else
        ("urgent", "2026-11-05", "2026-11-05", "chase"),
    ],
)
def test_the_tracker_and_the_card_show_the_chase_of_the_days_urgency(
    recorded: str, today: str, due: str, kind: str
) -> None:
    file = case_file("consent", urgency=recorded)
    file.perpetrators[0].release_date = day("2026-11-09")
    add_measures(file, 13)
    item = add_request(file, state="sent", sent_on=day("2026-11-04"), agent="Agent")
    now = day(today)
    card = derive(file, now, SETTINGS).card
    line = consent.consent_line(file, item, card, now, SETTINGS)
    step = consent.due_step(file, item, now, SETTINGS)
    assert step is not None
    assert (step.due, step.kind) == (day(due), kind)
    assert (line.next_chase, card.next_due) == (day(due), day(due))
    assert line.urgency == card.urgency


def test_a_breach_at_the_home_brings_the_chase_forward_and_its_end_puts_it_back() -> None:
    file = case_file("consent")
    item = add_request(file, state="sent", sent_on=day("2026-11-04"))
    file.incidents = [Incident(id=1, at=at("2026-11-05"), order_breached="yes", at_address="yes")]
    found = [
        step.due
        for on in ("2026-11-05", "2026-11-08", "2026-11-09")
        if (step := consent.due_step(file, item, day(on), SETTINGS)) is not None
    ]
    assert found == [day("2026-11-05"), day("2026-11-05"), day("2026-11-06")]


def test_worst_state_and_open_requests() -> None:
    file = case_file("consent")
    assert consent.worst_state(file, TODAY, SETTINGS) == ""
    add_request(file, state="granted")
    assert consent.worst_state(file, TODAY, SETTINGS) == "granted"
    add_request(file, state="sent", sent_on=day("2026-11-25"))
    add_request(file, state="sent", sent_on=day("2026-11-02"))
    assert consent.worst_state(file, TODAY, SETTINGS) == "silent"
    add_request(file, state="withdrawn")
    add_request(file, state="refused")
    assert consent.worst_state(file, TODAY, SETTINGS) == "refused"
    assert [item.id for item in consent.open_requests(file)] == [2, 3]


def test_do_not_contact_stops_the_chase() -> None:
    file = case_file("consent", do_not_contact="yes")
    item = add_request(file, state="sent", sent_on=day("2026-11-04"))
    derived = derive(file, TODAY, SETTINGS)
    assert [one.rule for one in derived.reminders if one.rule.startswith("consent")] == []
    line = consent.consent_line(file, item, derived.card, TODAY, SETTINGS)
    assert line.next_chase is None
    assert "Do not contact" in line.next_step
    assert consent.chase_refusal(file)
