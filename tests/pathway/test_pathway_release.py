"""A perpetrator's release: told before, checked on after; and when an emergency ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pathway_files import SETTINGS, add_measures, at, case_file, day

from config.settings import default_settings
from db.models import CaseFile, Incident, LegalOrder, MaracListing, Person, Reminder
from sanctuary_tui.pathway import emergency, marac_list
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
    add_measures(file, 14, state="proposed")
    assert not lasts()
    file.case.approved_on = day("2026-11-24")
    assert lasts(), "approved, and still only proposed"


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
