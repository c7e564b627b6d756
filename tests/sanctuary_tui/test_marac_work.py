"""What is recorded of a MARAC beyond its list: transfer, deferral, withdrawal, ended actions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from config.errors import BadInputError, RefusedError
from config.paths import Paths
from config.settings import default_settings
from db import queries
from db.caseload import Caseload, open_caseload
from db.changes import verify_chain
from db.keys import CHEAP_FOR_TESTS, create_caseload
from db.models import Case, Disclosure, MaracAction, MaracListing, Person, RiskAssessment
from sanctuary_tui import views, work
from sanctuary_tui.exports.tables import write_table
from sanctuary_tui.marac_export import choose_meeting
from sanctuary_tui.marac_work import record_outcome, record_transfer
from sanctuary_tui.opening import derive_with
from sanctuary_tui.settling import settle_action

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
MEETING, NEXT = date(2026, 11, 26), date(2026, 12, 10)
SETTINGS = default_settings()
OTHER = "Quillfeather MARAC"
SENT: dict[str, Any] = {
    "transfer_to": OTHER,
    "transferred_on": date(2026, 11, 25),
    "transfer_way": "secure_email",
    "acknowledged_on": None,
}


@pytest.fixture
def caseload(paths: Paths) -> Iterator[Caseload]:
    made = create_caseload(
        paths, "kettle orchid ninety plinth", params=CHEAP_FOR_TESTS, allow_weak=True
    )
    opened = open_caseload(
        paths.caseload,
        made.data_key,
        derive=derive_with(SETTINGS),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
    )
    yield opened
    opened.close()


def listed(caseload: Caseload, **more: Any) -> MaracListing:
    store = caseload.store
    case = store.add(Case(route="police"))
    store.add(Person(case_id=case.id, role="survivor", surname="Test", first_name="Survivor"))
    store.add(Person(case_id=case.id, role="perpetrator", surname="Perpetrator"))
    store.add(RiskAssessment(case_id=case.id, assessed=date(2026, 11, 2), score=16))
    given: dict[str, Any] = {
        "meeting": MEETING,
        "listing_type": "transfer",
        "share_basis": "crime_disorder",
        "decided_by": "Coordinator",
        "decided_on": TODAY,
        **more,
    }
    return store.add(MaracListing(case_id=case.id, **given))


def now(caseload: Caseload) -> MaracListing:
    return queries.all_of(caseload.connection, MaracListing)[-1]


# --- transfer -------------------------------------------------------------------------------------


def test_a_transfer_is_recorded_and_logged_as_one_disclosure(caseload: Caseload) -> None:
    listing = listed(caseload)
    record_transfer(caseload, listing.id, SENT)
    kept = now(caseload)
    assert (kept.transfer_to, kept.transferred_on, kept.transfer_way) == (
        OTHER,
        date(2026, 11, 25),
        "secure_email",
    )
    person = queries.all_of(caseload.connection, Person)[-1]
    assert (kept.state, kept.listing_type, kept.referred, kept.pairs) == (
        "sent",
        "transfer",
        date(2026, 11, 25),
        str(person.id),
    )
    record_transfer(caseload, listing.id, {"acknowledged_on": TODAY})
    assert now(caseload).acknowledged_on == TODAY
    log = queries.all_of(caseload.connection, Disclosure)
    assert [(row.what, row.recipient, row.protection, row.case_refs) for row in log] == [
        ("MARAC transfer", "other_marac", "outside", "S26-0001")
    ]
    assert log[0].basis == "Crime and Disorder Act 1998 s115"
    story = queries.changes_of(caseload.connection, kept.case_id)
    assert [row.why for row in story if row.action == "disclosure"] == ["sent to another MARAC"]
    assert verify_chain(caseload.connection).good


def test_the_other_maracs_name_is_in_no_export_and_no_log(caseload: Caseload, paths: Paths) -> None:
    """It tells the area the survivor moved to."""
    listing = listed(caseload)
    record_transfer(caseload, listing.id, SENT)
    for table in ("marac_listings", "disclosures", "marac"):
        out = paths.data_dir / f"{table}.csv"
        made = write_table(caseload.connection, table, out, identifiable=True, today=TODAY)
        made.unnamed.give_names()
        assert "Quillfeather" not in out.read_text("utf-8-sig")
    story = views.story(queries.changes_of(caseload.connection, listing.case_id))
    assert "Quillfeather" not in repr(story)


def test_until_it_is_sent_it_is_a_plan_and_no_disclosure(caseload: Caseload) -> None:
    listing = listed(caseload)
    record_transfer(caseload, listing.id, {"transfer_to": OTHER})
    assert (now(caseload).state, now(caseload).transfer_to) == ("draft", OTHER)
    assert queries.all_of(caseload.connection, Disclosure) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"transfer_to": ""}, "to which MARAC"),
        ({"transfer_to": "  "}, "to which MARAC"),
        ({"transfer_way": "not_asked"}, "secure way"),
        ({"transfer_way": "not_known"}, "secure way"),
        ({"transferred_on": date(2026, 11, 27)}, "lies ahead"),
        ({"acknowledged_on": date(2026, 11, 24)}, "before it was sent"),
        ({"acknowledged_on": date(2026, 11, 27)}, "lies ahead"),
        ({"transferred_on": None, "acknowledged_on": TODAY}, "before it was sent"),
    ],
)
def test_what_does_not_add_up_is_refused(
    caseload: Caseload, given: dict[str, Any], said: str
) -> None:
    listing = listed(caseload)
    with pytest.raises((BadInputError, RefusedError), match=said):
        record_transfer(caseload, listing.id, {**SENT, **given})
    assert now(caseload).state == "draft"
    assert queries.all_of(caseload.connection, Disclosure) == []


@pytest.mark.parametrize("part", ["share_basis", "decided_by", "decided_on"])
def test_nothing_goes_without_a_recorded_decision(caseload: Caseload, part: str) -> None:
    blank = {"share_basis": "not_asked", "decided_by": "", "decided_on": None}[part]
    listing = listed(caseload, **{part: blank})
    with pytest.raises(RefusedError, match="recorded decision"):
        record_transfer(caseload, listing.id, SENT)


def test_a_listing_sent_to_its_own_meeting_is_not_turned_into_a_transfer(
    caseload: Caseload,
) -> None:
    listing = listed(caseload, listing_type="repeat", state="sent")
    with pytest.raises(RefusedError, match="later list"):
        record_transfer(caseload, listing.id, SENT)
    listing = listed(caseload, listing_type="repeat")
    with pytest.raises(RefusedError, match="type to Transfer"):
        record_transfer(caseload, listing.id, SENT)
    assert now(caseload).listing_type == "repeat"


def test_what_was_sent_is_not_unsaid(caseload: Caseload) -> None:
    listing = listed(caseload)
    record_transfer(caseload, listing.id, SENT)
    with pytest.raises(RefusedError, match="u undoes"):
        record_transfer(caseload, listing.id, {"transferred_on": None})


# --- what the meeting did with it -----------------------------------------------------------------


def test_a_deferred_case_is_offered_for_the_next_meeting(caseload: Caseload) -> None:
    listing = listed(caseload, listing_type="new", state="sent", referred=date(2026, 11, 19))
    record_outcome(caseload, listing.id, {"decided": "deferred", "outcome": "No time"}, SETTINGS)
    kept = now(caseload)
    assert (kept.state, kept.heard_on, kept.outcome) == ("deferred", None, "No time")
    (candidate,) = views.marac_view(caseload, TODAY, SETTINGS, NEXT).candidates
    assert (candidate.ticked, candidate.criteria) == (False, ("VHR",))
    assert "Deferred on Thu 26 Nov" in candidate.reasons


def test_a_withdrawn_case_may_be_listed_again(caseload: Caseload) -> None:
    listing = listed(caseload, listing_type="new", state="sent", referred=date(2026, 11, 19))
    record_outcome(
        caseload, listing.id, {"decided": "withdrawn", "outcome": "Sent in error"}, SETTINGS
    )
    assert now(caseload).state == "withdrawn"
    view = views.marac_view(caseload, TODAY, SETTINGS, MEETING)
    assert [one.ticked for one in view.candidates] == [False]
    assert view.listings == {}
    again = work.tick_listing(
        caseload,
        listing.case_id,
        MEETING,
        criteria=("VHR",),
        listing_type="new",
        last_referral=None,
    )
    assert again is not None
    assert [one.state for one in queries.all_of(caseload.connection, MaracListing)] == [
        "withdrawn",
        "draft",
    ]


def test_nothing_is_heard_at_a_meeting_that_has_not_been_held(caseload: Caseload) -> None:
    later = caseload.store.today() + timedelta(days=1)
    listing = listed(caseload, listing_type="new", state="sent", meeting=later)
    with pytest.raises(RefusedError, match="nothing was heard there yet"):
        record_outcome(caseload, listing.id, {"outcome": "Alarm", "action": "Ask"}, SETTINGS)
    assert queries.all_of(caseload.connection, MaracAction) == []
    record_outcome(caseload, listing.id, {"decided": "deferred", "outcome": "Full"}, SETTINGS)


# --- actions --------------------------------------------------------------------------------------


def with_action(caseload: Caseload) -> MaracAction:
    listing = listed(caseload, listing_type="new", state="sent")
    given = {"outcome": "Heard", "action": "Ask for patrol", "due": date(2026, 11, 20)}
    record_outcome(caseload, listing.id, given, SETTINGS)
    return queries.all_of(caseload.connection, MaracAction)[-1]


@pytest.mark.parametrize("days", [14, 3])
def test_an_action_without_a_day_is_due_when_the_district_says(
    caseload: Caseload, days: int
) -> None:
    settings = default_settings()
    settings.marac.action_days = days
    listing = listed(caseload, listing_type="new", state="sent")
    record_outcome(caseload, listing.id, {"outcome": "Heard", "action": "Ask"}, settings)
    action = queries.all_of(caseload.connection, MaracAction)[-1]
    assert action.due == TODAY + timedelta(days=days)


def reminded(caseload: Caseload, case_id: int) -> set[str]:
    file = work.must_find(caseload, case_id)
    return {item.rule for item in file.reminders if item.state == "open"}


@pytest.mark.parametrize(
    ("state", "field"), [("done", "evidence"), ("not_possible", "reason"), ("reassigned", "reason")]
)
def test_an_action_is_chased_until_it_is_ended(caseload: Caseload, state: str, field: str) -> None:
    action = with_action(caseload)
    assert "marac_action" in reminded(caseload, action.case_id)
    view = views.marac_view(caseload, TODAY, SETTINGS, MEETING)
    assert [one.action for one in view.actions[action.case_id]] == ["Ask for patrol"]
    settle_action(caseload, action.id, state, "Police log 12")
    kept = queries.get(caseload.connection, MaracAction, action.id)
    assert (kept.state, getattr(kept, field)) == (state, "Police log 12")
    assert kept.done_on == (TODAY if state == "done" else None)
    assert "marac_action" not in reminded(caseload, action.case_id)


def test_an_action_not_done_has_a_reason(caseload: Caseload) -> None:
    action = with_action(caseload)
    with pytest.raises(RefusedError, match="why"):
        settle_action(caseload, action.id, "not_possible", " ")
    settle_action(caseload, action.id, "done", "")


# --- the number at the top ------------------------------------------------------------------------


def test_the_number_at_the_top_is_of_the_list_the_screen_opens_with(caseload: Caseload) -> None:
    """Not of the calendar's next meeting, and without what was withdrawn."""
    for _ in range(2):
        listed(caseload, meeting=NEXT, listing_type="new")
    withdrawn = listed(caseload, meeting=NEXT, listing_type="new", state="sent")
    given = {"decided": "withdrawn", "outcome": "Sent in error"}
    record_outcome(caseload, withdrawn.id, given, SETTINGS)
    listed(caseload, meeting=MEETING, listing_type="new", state="sent")
    meeting, _ = choose_meeting(caseload, TODAY, SETTINGS)
    view = views.marac_view(caseload, TODAY, SETTINGS, meeting)
    assert meeting == NEXT
    assert sum(one.ticked for one in view.candidates) == 2
    assert views.counts(caseload, TODAY, SETTINGS)["marac"] == 2


# --- the radar ------------------------------------------------------------------------------------


def test_the_radar_holds_every_case_inside_the_twelve_months(caseload: Caseload) -> None:
    first = listed(caseload, listing_type="new", state="heard", referred=date(2026, 3, 5))
    listed(caseload, listing_type="new", state="draft")
    old = listed(caseload, listing_type="new", state="heard", referred=date(2025, 11, 25))
    queries.get(caseload.connection, MaracListing, old.id)
    record_transfer(caseload, listed(caseload).id, SENT)
    work.close_case(
        caseload, first.case_id, {"outcome": "moved", "reason": "moved_planned"}, SETTINGS
    )
    radar = views.marac_view(caseload, TODAY, SETTINGS, MEETING).radar
    assert [(line.card.ref, line.begun, line.ends) for line in radar] == [
        ("S26-0001", date(2026, 3, 5), date(2027, 3, 5)),
        ("S26-0004", date(2026, 11, 25), date(2027, 11, 25)),
    ]
    assert radar[0].card.status == "closed"
