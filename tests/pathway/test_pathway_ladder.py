"""What follows a refusal, an offer of Environmental Health and a forward to the owner."""

from __future__ import annotations

from datetime import date

import pytest
from pathway_files import SETTINGS, add_event, add_measures, add_request, case_file, day

from db.models import CaseFile, ConsentRequest, Reminder
from sanctuary_tui.pathway import consent
from sanctuary_tui.pathway.reminders import reminders

TODAY = day("2026-11-26")


def made(file: CaseFile, today: date = TODAY) -> dict[str, Reminder]:
    return {item.rule: item for item in reversed(reminders(file, today, SETTINGS))}


def refused() -> tuple[CaseFile, ConsentRequest]:
    file = case_file("consent")
    add_measures(file, 9, 13)
    request = add_request(
        file, state="refused", sent_on=day("2026-11-04"), answered_on=day("2026-11-20")
    )
    add_event(file, request, "answer_refused", "2026-11-20")
    return file, request


def test_a_refusal_asks_for_other_measures_the_next_working_day() -> None:
    file, request = refused()
    found = made(file)["consent_refused"]
    assert (found.title_text, found.due) == ("refused: agree other measures", day("2026-11-23"))
    assert (found.record_table, found.record_id) == ("consent_requests", request.id)
    file.case.stage = "aftercare"
    assert "consent_refused" not in made(file)
    file.case.stage, file.case.do_not_contact = "consent", "yes"
    assert "consent_refused" not in made(file)


def test_a_refusal_is_over_once_another_request_is_made() -> None:
    file, _ = refused()
    other = add_request(file, part="common_parts")
    assert "consent_refused" in made(file)
    other.part = "dwelling"
    assert "consent_refused" not in made(file)
    other.state = "withdrawn"
    assert "consent_refused" in made(file)


def test_a_refusal_is_over_once_its_measures_are_declined() -> None:
    file, _ = refused()
    add_measures(file, 1)  # kit on loan asks nobody
    file.measures[0].state = "declined"
    assert "consent_refused" in made(file)
    file.measures[1].state = "declined"
    assert "consent_refused" not in made(file)


def test_a_refusal_is_over_once_another_way_is_chosen() -> None:
    file, request = refused()
    request.state = "eh_offered"
    assert "consent_refused" not in made(file)


def test_the_survivor_is_asked_about_environmental_health_three_days_after_the_offer() -> None:
    file, request = refused()
    request.state = "eh_offered"
    assert "eh_answer" not in made(file)  # no day of the offer is recorded
    add_event(file, request, "eh_offered", "2026-11-20")
    found = made(file)["eh_answer"]
    assert (found.title_text, found.due) == (
        "ask survivor: Environmental Health?",
        day("2026-11-25"),
    )
    request.state = "eh_referred"
    assert "eh_answer" not in made(file)


@pytest.mark.parametrize("state", ["granted", "granted_conditional"])
def test_a_consent_that_ran_out_is_asked_for_again(state: str) -> None:
    file = case_file("approval")
    (measure,) = add_measures(file, 13, state="approved")
    request = add_request(
        file, state=state, sent_on=day("2026-10-01"), expiry=day("2026-11-20"), decision_maker="O"
    )
    assert "consent_expired" not in made(file, day("2026-11-20"))
    found = made(file, day("2026-11-21"))["consent_expired"]
    assert (found.title_text, found.due) == ("consent has run out: ask again", day("2026-11-23"))
    assert found.record_id == request.id
    other = add_request(file, decision_maker="O")
    assert "consent_expired" not in made(file)
    other.state = "withdrawn"
    assert "consent_expired" in made(file)
    file.case.do_not_contact = "yes"
    assert "consent_expired" not in made(file)
    file.case.do_not_contact = "no"
    measure.state = "fitted"
    assert "consent_expired" not in made(file)


def test_the_owner_has_a_ladder_of_their_own() -> None:
    """What was asked of the agent, and whom it went up to then, is asked anew of the owner."""
    file = case_file("consent")
    request = add_request(
        file,
        state="with_owner",
        sent_on=day("2026-10-01"),
        agent="Thorne Lettings",
        agent_forwarded=day("2026-11-04"),
        owner_asked=day("2026-10-15"),
    )
    for kind, on in (("owner_details", "2026-10-15"), ("escalated", "2026-10-22")):
        add_event(file, request, kind, on)
    add_event(file, request, "forwarded", "2026-11-04")
    found = made(file)
    assert found["consent_owner"].due == day("2026-11-18")
    assert found["consent_escalate"].due == day("2026-11-25")
    add_event(file, request, "owner_details", "2026-11-18")
    add_event(file, request, "escalated", "2026-11-25")
    assert not {"consent_owner", "consent_escalate"} & set(made(file))


@pytest.mark.parametrize("urgency", ["standard", "urgent"])
def test_the_ladder_counts_from_the_forward(urgency: str) -> None:
    file = case_file("consent", urgency=urgency)
    request = add_request(file, state="sent", sent_on=day("2026-11-04"), agent="Thorne Lettings")
    for on in ("2026-11-06", "2026-11-10"):
        add_event(file, request, "chase", on)
    before = {item.key for item in reminders(file, TODAY, SETTINGS) if "consent_" in item.rule}
    add_event(file, request, "forwarded", "2026-11-18")
    request.state, request.agent_forwarded = "with_owner", day("2026-11-18")
    found = made(file)
    first = "2026-11-20" if urgency == "standard" else "2026-11-19"
    assert found["consent_chase"].due == day(first)
    assert found["consent_chase"].title_text == "chase owner, first chase"
    assert found["consent_owner"].title_text == "ask who else may decide"
    assert found["consent_owner"].due == day("2026-12-02")  # ten working days on
    assert found["consent_escalate"].due == day("2026-12-09")
    assert not before & {item.key for item in reminders(file, TODAY, SETTINGS)}
    add_event(file, request, "chase", "2026-11-20")
    assert made(file)["consent_chase"].title_text == "chase owner, second chase"
    step = consent.due_step(file, request, TODAY, SETTINGS)
    assert step is not None
    assert step.number == 2
    request.next_chase = day("2026-12-01")
    chase = made(file)["consent_chase"]
    assert (chase.title_text, chase.due) == ("chase owner, second chase", day("2026-12-01"))
