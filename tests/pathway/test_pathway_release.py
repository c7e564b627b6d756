"""A perpetrator's release: told before, checked on after; and when an emergency ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pathway_files import SETTINGS, add_measures, add_request, at, case_file, day

from config.settings import default_settings
from db.models import CaseFile, Incident, LegalOrder, MaracListing, Person, Reminder
from sanctuary_tui.pathway import consent, emergency, marac_list
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminders import reminders

RELEASE = day("2026-11-27")
"""A Friday."""


def leaving(stage: str = "triage") -> CaseFile:
    file = case_file(stage)
    file.perpetrators[0].release_date = RELEASE
    return file


def told(file: CaseFile, today: date) -> list[Reminder]:
    found = reminders(file, today, SETTINGS)
    return [item for item in found if item.rule in ("release", "released")]


def test_with_nothing_fitted_the_home_is_to_be_made_safe_before() -> None:
    file = leaving()
    (before,) = told(file, day("2026-11-20"))
    assert (before.title_text, before.due) == (
        "release Fri 27 Nov: make safe before",
        day("2026-11-24"),
    )
    add_measures(file, 9, state="fitted", fitted_on=day("2026-11-19"))
    (check,) = told(file, day("2026-11-20"))
    assert check.title_text == "release Fri 27 Nov: check every measure"
    assert check.key != before.key


def test_after_the_release_the_survivor_is_checked_on_for_two_weeks() -> None:
    file = leaving()
    (before,) = told(file, RELEASE)
    assert before.rule == "release"
    for ahead in (1, 14):
        (after,) = told(file, RELEASE + timedelta(days=ahead))
        assert (after.title_text, after.due) == (
            "released: any contact? check in",
            day("2026-11-30"),
        )
        assert after.key not in before.key
    assert told(file, RELEASE + timedelta(days=15)) == []
    file.case.do_not_contact = "yes"
    assert told(file, RELEASE + timedelta(days=1)) == []


def test_a_referral_after_the_release_is_checked_on_from_that_day() -> None:
    file = case_file("triage", "2026-12-01")
    file.perpetrators[0].release_date = RELEASE
    (after,) = told(file, day("2026-12-01"))
    assert after.due == day("2026-12-01")


def test_the_case_is_looked_at_again_when_its_release_is_past_and_when_that_is_over() -> None:
    file = leaving("aftercare")
    assert derive(file, RELEASE, SETTINGS).card.valid_until == RELEASE
    window = RELEASE + timedelta(days=3)
    assert derive(file, day("2026-11-28"), SETTINGS).card.valid_until == window
    over = RELEASE + timedelta(days=14)
    assert derive(file, day("2026-12-01"), SETTINGS).card.valid_until == over


@pytest.mark.parametrize("hours", [24, 72])
def test_a_ticked_release_ends_the_window_after_the_recorded_date(hours: int) -> None:
    given = default_settings()
    given.emergency.release_hours = hours
    days = timedelta(days=hours // 24)
    file = case_file("triage", triggers="release")
    long_after = RELEASE + timedelta(days=90)
    assert emergency.is_emergency(file, long_after, given)  # no date is recorded
    file.perpetrators[0].release_date = RELEASE
    assert emergency.triggers(file, RELEASE + days, given) == ("release",)
    assert emergency.triggers(file, RELEASE + days + timedelta(days=1), given) == ()
    assert not emergency.is_emergency(file, long_after, given)
    file.people.append(Person(id=9, role="perpetrator", release_date=day("2027-06-01")))
    assert emergency.is_emergency(file, long_after, given)  # the tick may be of the other one
    file.perpetrators[1].release_date = None
    assert emergency.is_emergency(file, long_after, given)  # and that one's date is not known
    file.case.triggers = "release;weapon"
    file.people.pop()
    assert emergency.triggers(file, long_after, given) == ("weapon",)


def test_an_emergency_ends_when_every_approved_measure_is_fitted() -> None:
    file = case_file("installation", urgency="emergency")
    today = day("2026-11-26")

    def lasts() -> bool:
        return emergency.is_emergency(file, today, SETTINGS)

    assert lasts()
    add_measures(file, 1, state="fitted", fitted_on=day("2026-11-20"))
    assert lasts(), "kit on loan is interim"
    lock, chain = add_measures(file, 9, 13, state="approved")
    assert lasts()
    lock.state, lock.fitted_on = "fitted", day("2026-11-24")
    assert lasts()
    chain.state, chain.fitted_on = "fitted", day("2026-11-24")
    assert not lasts()
    chain.state = "faulty"
    assert lasts()
    chain.state = "declined"
    assert not lasts()
    file.case.triggers = "weapon"
    assert not lasts()
    file.incidents = [Incident(id=1, at=at("2026-11-25"), order_breached="yes", at_address="yes")]
    assert lasts(), "broken since the works"
    file.incidents[0].at = at("2026-11-23")
    assert not lasts()
    (bar,) = add_measures(file, 14, state="proposed")
    assert lasts(), "wanted, and nobody has decided"
    file.case.approved_on = day("2026-11-24")
    assert lasts(), "approved, and still only proposed"
    bar.state = "declined"
    assert not lasts()


def test_an_earlier_fit_ends_no_emergency_before_the_works() -> None:
    file = case_file("triage", urgency="emergency")
    add_measures(file, 9, state="fitted", fitted_on=day("2025-11-20"))
    assert emergency.is_emergency(file, day("2026-11-26"), SETTINGS)


def asked_anew(file: CaseFile, today: str) -> dict[str, str]:
    """What an emergency asks for on a day, by rule: the key's anchor."""
    found = reminders(file, day(today), SETTINGS)
    rules = ("marac_cutoff", "interim_kit", "police_marker")
    return {
        item.rule: item.key.removeprefix(f"{item.rule}:") for item in found if item.rule in rules
    }


def test_a_second_emergency_asks_anew() -> None:
    """Referred for the first in June; in November an order is broken at the home."""
    file = case_file("risk_support", "2026-05-04", urgency="emergency")
    first = asked_anew(file, "2026-05-05")
    assert first == {
        "marac_cutoff": "emergency:2026-05-04",
        "interim_kit": "emergency:2026-05-04",
        "police_marker": "2026-05-04",
    }
    file.marac_listings = [
        MaracListing(id=1, meeting=day("2026-05-14"), referred=day("2026-05-05"), state="heard")
    ]
    add_measures(file, 1, state="removed")  # lent then, and brought back
    file.case.urgency = "standard"
    assert asked_anew(file, "2026-11-20") == {}
    file.incidents = [Incident(id=1, at=at("2026-11-24"), order_breached="yes", at_address="yes")]
    again = asked_anew(file, "2026-11-25")
    assert again == {
        "marac_cutoff": "emergency:2026-11-24",
        "interim_kit": "emergency:2026-11-24",
        "police_marker": "2026-11-24",
    }
    card = derive(file, day("2026-11-25"), SETTINGS).card
    meeting = day("2026-12-10")
    found = marac_list.candidate(file, card, meeting, day("2026-11-25"), SETTINGS)
    assert found is not None
    assert found.listing_type == "emergency"
    file.marac_listings.append(MaracListing(id=2, meeting=meeting, state="draft"))
    assert asked_anew(file, "2026-11-25")["marac_cutoff"] == "2026-12-10"
    file.marac_listings[1].state, file.marac_listings[1].referred = "sent", day("2026-11-25")
    assert "marac_cutoff" not in asked_anew(file, "2026-11-25")


def test_kit_is_offered_again_when_an_order_lapses() -> None:
    file = case_file("installation", "2026-05-04")
    file.properties[0].named_parties = "joint"
    add_measures(file, 9, state="approved")
    assert asked_anew(file, "2026-05-11")["interim_kit"] == "order:2026-05-04"
    order = LegalOrder(id=1, kind="occupation", made=day("2026-05-20"), expiry=day("2026-11-20"))
    order.excludes = "yes"
    file.legal_orders = [order]
    assert "interim_kit" not in asked_anew(file, "2026-11-20")
    assert asked_anew(file, "2026-11-23")["interim_kit"] == "order:2026-11-20"


FIT = day("2026-11-24")


def secured(stage: str = "installation", **case: Any) -> CaseFile:
    """The locks fitted on 24 November, nothing else wanted."""
    file = case_file(stage, **case)
    add_measures(file, 9, state="fitted", fitted_on=FIT)
    return file


def open_on(file: CaseFile, today: str) -> bool:
    return emergency.is_emergency(file, day(today), SETTINGS)


@pytest.mark.parametrize("stage", ["installation", "aftercare"])
@pytest.mark.parametrize(
    ("broken", "here", "opens"),
    [
        ("2026-11-23", "yes", False),
        ("2026-11-24", "yes", True),  # a fit has no clock time: it may have been after it
        ("2026-11-25", "yes", True),
        ("2026-11-25", "no", False),
    ],
)
def test_an_order_broken_at_home_on_the_day_of_the_works_or_after_opens_the_path(
    stage: str, broken: str, here: str, opens: bool
) -> None:
    file = secured(stage)
    assert not open_on(file, "2026-11-25")
    file.incidents = [Incident(id=1, at=at(broken, 22), order_breached="yes", at_address=here)]
    assert open_on(file, "2026-11-25") is opens
    assert (derive(file, day("2026-11-25"), SETTINGS).card.urgency == "emergency") is opens
    assert not open_on(file, "2026-11-30")  # no longer fresh


@pytest.mark.parametrize("stage", ["installation", "aftercare"])
@pytest.mark.parametrize(
    ("today", "released", "ticked", "opens"),
    [
        ("2026-11-25", "2026-11-29", "", False),  # four days ahead
        ("2026-11-26", "2026-11-29", "", True),
        ("2026-11-29", "2026-11-29", "", True),
        ("2026-11-30", "2026-11-29", "", False),  # over, as far as the records say
        ("2026-11-30", "2026-11-29", "release", True),  # ticked: the window goes on after it
        ("2026-12-02", "2026-11-29", "release", True),
        ("2026-12-03", "2026-11-29", "release", False),
        ("2026-11-24", "2026-11-24", "release", False),  # the works were on the day
        ("2026-11-25", "2026-11-24", "release", False),
    ],
)
def test_a_release_after_the_works_opens_the_path(
    stage: str, today: str, released: str, ticked: str, opens: bool
) -> None:
    file = secured(stage, triggers=ticked)
    file.perpetrators[0].release_date = day(released)
    assert open_on(file, today) is opens


@pytest.mark.parametrize("stage", ["installation", "aftercare"])
@pytest.mark.parametrize(
    ("marked", "opens"),
    [(None, False), ("2026-11-20", False), ("2026-11-24", False), ("2026-11-25", True)],
)
@pytest.mark.parametrize("given", [{"urgency": "emergency"}, {"triggers": "weapon;located"}])
def test_what_is_marked_or_ticked_after_the_works_opens_the_path(
    stage: str, marked: str | None, opens: bool, given: dict[str, Any]
) -> None:
    file = secured(stage, **given)
    if stage == "aftercare":
        file.case.stage_entered = FIT
    file.case.emergency_since = day(marked) if marked else None
    assert open_on(file, "2026-11-26") is opens
    if opens:
        assert emergency.began(file, day("2026-11-26"), SETTINGS) == day("2026-11-25")


def test_in_aftercare_a_later_repair_or_a_new_measure_brings_no_old_emergency_back() -> None:
    file = secured("aftercare", urgency="emergency", triggers="weapon")
    file.case.stage_entered = day("2026-11-25")
    assert not open_on(file, "2026-11-26")
    file.measures[0].state = "faulty"
    add_measures(file, 13, state="proposed")
    assert not open_on(file, "2026-11-26")
    file.case.stage = "installation"
    assert open_on(file, "2026-11-26")


def test_a_breach_in_aftercare_is_due_from_its_own_day() -> None:
    file = secured("aftercare")
    file.case.stage_entered = FIT
    broken = at("2026-11-25")
    file.incidents = [Incident(id=1, at=broken, order_breached="yes", at_address="yes")]
    today = day("2026-11-26")
    due = {item.rule: item.due for item in reminders(file, today, SETTINGS)}
    assert due["police_marker"] == due["marac_cutoff"] == day("2026-11-25")
    sentence = emergency.emergency(file, at("2026-11-26"), SETTINGS)
    assert sentence is not None
    assert "since referral" not in sentence
    for gate in ("G1", "G2", "G3", "G4", "G5", "G7", "G9"):
        assert gate in sentence


def test_a_recorded_emergency_is_urgent_once_its_path_has_closed() -> None:
    file = secured(urgency="emergency")
    today = day("2026-11-26")
    assert emergency.urgency(file, today, SETTINGS) == "urgent"
    file.case.stage = "aftercare"
    assert derive(file, today, SETTINGS).card.urgency == "urgent"
    file.case.urgency = "standard"
    assert emergency.urgency(file, today, SETTINGS) == "standard"
    file.case.stage = "approval"
    file.case.urgency = "emergency"
    assert emergency.urgency(file, today, SETTINGS) == "emergency"


def test_a_recorded_emergency_that_was_made_safe_is_chased_by_the_standard_ladder() -> None:
    file = secured(urgency="emergency")
    request = add_request(file, state="sent", sent_on=day("2026-11-24"), part="common_parts")
    today = day("2026-11-26")

    def chased() -> tuple[str, date | None]:
        step = consent.due_step(file, request, today, SETTINGS)
        (line,) = [one for one in reminders(file, today, SETTINGS) if one.rule == "consent_chase"]
        assert step is not None
        assert line.due == step.due
        return line.key, line.due

    safe, due = chased()
    assert due == day("2026-11-26")  # two working days, not one
    file.measures[0].state = "faulty"
    urgent, due = chased()
    assert due == day("2026-11-25")
    assert safe != urgent  # a line put off on the one ladder is none of the other's
    file.measures[0].state, file.case.urgency = "fitted", "urgent"
    assert chased()[1] == day("2026-11-25")  # recorded so: nothing has ended it


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, "2026-11-11"),
        ({"urgency": "urgent"}, "2026-11-03"),
        ({"urgency": "emergency"}, "2026-11-02"),
        ({"triggers": "weapon"}, "2026-11-02"),
        ({"triggers": "not_known", "release": RELEASE}, "2026-11-24"),  # three days ahead
        ({"urgency": "urgent", "release": RELEASE}, "2026-11-24"),
        ({"breach": "2026-11-23"}, "2026-11-23"),
        ({"breach": "2026-11-25", "release": RELEASE}, "2026-11-24"),
        ({"breach": "2026-11-20"}, "2026-11-11"),  # no longer fresh
        ({"release": RELEASE, "received": "2026-11-26"}, "2026-11-26"),
    ],
)
def test_support_is_offered_by_the_urgency_of_the_day(changes: dict[str, Any], due: str) -> None:
    today = day("2026-11-26")
    file = case_file("triage", changes.get("received", "2026-11-02"))
    file.case.urgency = changes.get("urgency", "standard")
    file.case.triggers = changes.get("triggers", "")
    file.perpetrators[0].release_date = changes.get("release")
    if "breach" in changes:
        broken = at(changes["breach"])
        file.incidents = [Incident(id=1, at=broken, order_breached="yes", at_address="yes")]
    found = [item for item in reminders(file, today, SETTINGS) if item.rule == "support_offer"]
    assert [str(item.due) for item in found] == [due]
