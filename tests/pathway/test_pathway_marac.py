"""MARAC criteria, meetings and the twelve months (DOMAIN 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pathway_files import SETTINGS, at, case_file, day

from config.settings import Settings, default_settings
from db.models import CaseFile, Incident, MaracListing, Person, RiskAssessment
from db.readmodels import MaracCandidate
from sanctuary_tui.pathway import marac, marac_list, stage_exits
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminders import reminders

TODAY = day("2026-11-26")
MEETING = day("2026-12-10")


def candidate(file: CaseFile, meeting: date = MEETING) -> MaracCandidate | None:
    card = derive(file, TODAY, SETTINGS).card
    return marac_list.candidate(file, card, meeting, TODAY, SETTINGS)


def assessed(on: str = "2026-11-20", **more: object) -> RiskAssessment:
    return RiskAssessment(id=1, assessed=day(on), **more)  # type: ignore[arg-type]


def heard(on: str) -> MaracListing:
    return MaracListing(id=9, meeting=day(on), referred=day(on), heard_on=day(on), state="heard")


# --- the calendar ---------------------------------------------------------------------------------


def test_meetings_every_second_thursday_from_the_first() -> None:
    found = marac.meetings(SETTINGS, day("2026-11-20"), 3)
    assert [item.isoformat() for item in found] == ["2026-11-26", "2026-12-10", "2026-12-24"]
    assert marac.next_meeting(day("2026-11-26"), SETTINGS) == day("2026-11-26")
    assert marac.next_meeting(day("2026-11-27"), SETTINGS) == day("2026-12-10")
    assert marac.cutoff(MEETING, SETTINGS) == day("2026-12-03")
    assert marac.meetings(SETTINGS, day("2025-12-20"), 1) == [day("2025-12-25")]


def test_a_district_sets_weekday_and_interval() -> None:
    settings = default_settings()
    settings.marac.meeting_weekday, settings.marac.every_weeks = 0, 4
    found = marac.meetings(settings, day("2026-01-01"), 2)
    assert [item.isoformat() for item in found] == ["2026-01-12", "2026-02-09"]


@pytest.mark.parametrize(
    ("days", "meeting", "closes"),
    [
        (7, "2026-12-10", "2026-12-03"),
        (5, "2026-12-10", "2026-12-04"),  # a Saturday
        (13, "2027-01-07", "2026-12-24"),  # Christmas Day
    ],
)
def test_a_list_closes_on_a_working_day(days: int, meeting: str, closes: str) -> None:
    given = default_settings()
    given.marac.cutoff_days = days
    last = marac.cutoff(day(meeting), given)
    assert last == day(closes)
    assert marac.meeting_for(last, given) == day(meeting)
    assert marac.meeting_for(last + timedelta(days=1), given) > day(meeting)


@pytest.mark.parametrize(
    ("on", "label"),
    [("2026-11-26", "2026W48"), ("2027-01-01", "2026W53"), ("2025-12-29", "2026W01")],
)
def test_iso_week_labels(on: str, label: str) -> None:
    assert marac.iso_week_label(day(on)) == label


# --- criteria -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        ({"score": 14}, ("VHR",)),
        ({"score": 13}, ()),
        ({"score": 5, "judgement": "yes"}, ("PJ",)),
        ({"judgement": "yes"}, ("PJ",)),
        ({"score": 16, "judgement": "yes", "police_reports": 3}, ("VHR", "PJ", "ESC")),
        ({"score": 8, "police_reports": 2}, ()),
        ({"police_reports": 4}, ("ESC",)),
        ({"answers": "y" * 15 + "." * 9}, ("VHR",)),
    ],
)
def test_criteria_with_a_reason_each(given: dict[str, object], codes: tuple[str, ...]) -> None:
    file = case_file("risk_support")
    file.risk_assessments = [assessed(**given)]
    found, reasons = marac.criteria(file, TODAY, SETTINGS)
    assert found == codes
    assert len(reasons) == len(codes)


@pytest.mark.parametrize(
    ("referred", "incident", "repeat"),
    [
        ("2026-02-05", "2026-11-20", True),
        ("2025-11-26", "2026-11-26", True),
        ("2025-11-25", "2026-11-26", False),
        ("2026-11-20", "2026-11-20", False),
        ("2026-11-12", "2026-11-10", False),
    ],
)
def test_repeat_is_an_incident_within_twelve_months_of_the_last_referral(
    referred: str, incident: str, repeat: bool
) -> None:
    file = case_file("aftercare")
    file.marac_listings = [heard(referred)]
    file.incidents = [Incident(id=1, at=at(incident))]
    assert ("REP" in marac.criteria(file, TODAY, SETTINGS)[0]) is repeat


def by_anchor(name: str) -> Settings:
    settings = default_settings()
    settings.marac.repeat_anchor = name
    return settings


def sent_and_heard(referred: str, met: str, **more: Any) -> MaracListing:
    return MaracListing(
        id=9,
        meeting=day(met),
        referred=day(referred),
        heard_on=day(met),
        state="heard",
        **more,
    )


@pytest.mark.parametrize(
    ("anchor", "referred", "met", "incident", "repeat"),
    [
        # the day of the anchor itself is no repeat, the next day is
        ("last_referral", "2025-12-01", "2025-12-11", "2025-12-01", False),
        ("last_referral", "2025-12-01", "2025-12-11", "2025-12-02", True),
        ("last_heard", "2025-12-01", "2025-12-11", "2025-12-11", False),
        ("last_heard", "2025-12-01", "2025-12-11", "2025-12-12", True),
        # between referral and meeting: since the referral, not since the meeting
        ("last_referral", "2025-12-01", "2025-12-11", "2025-12-05", True),
        ("last_heard", "2025-12-01", "2025-12-11", "2025-12-05", False),
        # the day twelve months on is in, the day after is out
        ("last_referral", "2025-11-20", "2025-12-11", "2026-11-20", True),
        ("last_referral", "2025-11-20", "2025-12-11", "2026-11-21", False),
        ("last_heard", "2025-11-10", "2025-11-20", "2026-11-20", True),
        ("last_heard", "2025-11-10", "2025-11-20", "2026-11-21", False),
        # 29 February: twelve months on there is none, the 28th is the last day
        ("last_referral", "2024-02-29", "2024-03-14", "2025-02-28", True),
        ("last_referral", "2024-02-29", "2024-03-14", "2025-03-01", False),
        ("last_heard", "2024-02-15", "2024-02-29", "2025-02-28", True),
        ("last_heard", "2024-02-15", "2024-02-29", "2025-03-01", False),
        # over a leap day: by the calendar, not by 365 days
        ("last_referral", "2023-03-01", "2023-03-09", "2024-03-01", True),
        ("last_referral", "2023-03-01", "2023-03-09", "2024-03-02", False),
        ("last_referral", "2023-02-28", "2023-03-09", "2024-02-28", True),
        ("last_referral", "2023-02-28", "2023-03-09", "2024-02-29", False),
        ("last_heard", "2023-02-20", "2023-02-28", "2024-02-28", True),
        ("last_heard", "2023-02-20", "2023-02-28", "2024-02-29", False),
    ],
)
def test_repeat_by_the_calendar_from_either_anchor(
    anchor: str, referred: str, met: str, incident: str, repeat: bool
) -> None:
    settings = by_anchor(anchor)
    file = case_file("aftercare")
    file.marac_listings = [sent_and_heard(referred, met)]
    file.incidents = [Incident(id=1, at=at(incident))]
    found = marac.repeat_day(file, TODAY, settings)
    assert found == (day(incident) if repeat else None)
    assert ("REP" in marac.criteria(file, TODAY, settings)[0]) is repeat


@pytest.mark.parametrize(
    ("moment", "repeat"),
    [
        # British Summer Time: 23:30 UTC is the next day in England
        (datetime(2026, 6, 10, 22, 30, tzinfo=UTC), True),
        (datetime(2026, 6, 10, 23, 30, tzinfo=UTC), False),
    ],
)
def test_the_last_day_ends_at_midnight_in_england(moment: datetime, repeat: bool) -> None:
    file = case_file("aftercare")
    file.marac_listings = [sent_and_heard("2025-06-10", "2025-06-19")]
    file.incidents = [Incident(id=1, at=moment)]
    assert (marac.repeat_day(file, TODAY, SETTINGS) is not None) is repeat


def two_perpetrators(stage: str = "aftercare") -> CaseFile:
    """Perpetrators 2 and 3; the case was referred on 5 Feb about number 2 alone."""
    file = case_file(stage)
    file.people.append(Person(id=3, case_id=1, role="perpetrator", relationship="partner"))
    file.marac_listings = [sent_and_heard("2026-02-05", "2026-02-12", pairs="2")]
    return file


@pytest.mark.parametrize("anchor", ["last_referral", "last_heard"])
@pytest.mark.parametrize(("by", "repeat"), [(2, True), (3, False), (None, False)])
def test_repeat_is_by_the_pair(anchor: str, by: int | None, repeat: bool) -> None:
    """The same survivor and the same perpetrator: another one's incident is no repeat."""
    settings = by_anchor(anchor)
    file = two_perpetrators()
    file.incidents = [Incident(id=1, at=at("2026-11-20"), perpetrator_id=by)]
    assert ("REP" in marac.criteria(file, TODAY, settings)[0]) is repeat
    assert (marac.repeat_day(file, TODAY, settings) is not None) is repeat
    assert bool(marac.unclear_repeats(file, TODAY, settings)) is (by is None)


@pytest.mark.parametrize("by", [2, None])
def test_with_one_perpetrator_it_need_not_be_said(by: int | None) -> None:
    file = case_file("aftercare")
    file.marac_listings = [heard("2026-02-05")]
    file.incidents = [Incident(id=1, at=at("2026-11-20"), perpetrator_id=by)]
    assert marac.repeat_day(file, TODAY, SETTINGS) == day("2026-11-20")
    assert marac.unclear_repeats(file, TODAY, SETTINGS) == []
    file.people = [person for person in file.people if person.role != "perpetrator"]
    file.incidents[0].perpetrator_id = None
    assert marac.repeat_day(file, TODAY, SETTINGS) == day("2026-11-20")


def test_each_pair_has_its_own_twelve_months() -> None:
    file = two_perpetrators()
    file.marac_listings.append(
        MaracListing(id=10, meeting=day("2026-10-15"), referred=day("2026-10-08"), pairs="3")
    )
    file.marac_listings[1].state = "sent"
    file.incidents = [Incident(id=1, at=at("2026-06-01"), perpetrator_id=3)]
    assert marac.repeat_day(file, TODAY, SETTINGS) is None  # before that pair was referred
    file.incidents = [Incident(id=1, at=at("2026-06-01"), perpetrator_id=2)]
    assert marac.repeat_day(file, TODAY, SETTINGS) == day("2026-06-01")  # 3's referral is not 2's
    file.incidents = [Incident(id=1, at=at("2026-11-20"), perpetrator_id=3)]
    assert marac.repeat_day(file, TODAY, SETTINGS) == day("2026-11-20")


def test_a_referral_copied_onto_a_later_listing_is_not_another_pairs() -> None:
    """The list shows the last referral of the case; it starts no clock of its own."""
    file = two_perpetrators()
    file.marac_listings.append(
        MaracListing(id=10, meeting=MEETING, last_referral=day("2026-02-05"), pairs="2;3")
    )
    file.incidents = [Incident(id=1, at=at("2026-11-20"), perpetrator_id=3)]
    assert marac.repeat_day(file, TODAY, SETTINGS) is None
    file.marac_listings[1].last_referral = day("2026-03-01")  # known from another MARAC
    assert marac.repeat_day(file, TODAY, SETTINGS) == day("2026-11-20")


def test_a_perpetrator_who_was_entered_anew_keeps_the_clock() -> None:
    file = case_file("aftercare")
    file.marac_listings = [sent_and_heard("2026-02-05", "2026-02-12", pairs="77")]
    file.incidents = [Incident(id=1, at=at("2026-11-20"))]
    assert marac.repeat_day(file, TODAY, SETTINGS) == day("2026-11-20")


def test_an_incident_by_nobody_knows_whom_is_told_and_not_counted() -> None:
    file = two_perpetrators("risk_support")
    file.incidents = [Incident(id=5, at=at("2026-11-20"))]
    found = candidate(file)
    assert found is not None
    assert (found.criteria, found.listing_type, found.ticked) == ((), "new", False)
    told = "Incident Fri 20 Nov may be a repeat: by which perpetrator is not recorded"
    assert told in found.reasons
    assert "who did the incident of Fri 20 Nov" in found.missing
    standing = [item for item in reminders(file, TODAY, SETTINGS) if item.rule == "repeat_unclear"]
    assert [(item.due, item.record_table, item.record_id) for item in standing] == [
        (day("2026-11-23"), "incidents", 5)
    ]
    file.incidents[0].perpetrator_id = 3
    assert candidate(file) is None
    rules = {item.rule for item in reminders(file, TODAY, SETTINGS)}
    assert "repeat_unclear" not in rules


def test_what_was_sent_since_is_not_offered_again_whatever_the_anchor() -> None:
    """Heard in February, an incident in November, sent for it since: the next list is without."""
    settings = by_anchor("last_heard")
    file = case_file("aftercare")
    file.risk_assessments = [assessed("2026-10-01", score=18)]
    file.marac_listings = [heard("2026-02-05")]
    file.incidents = [Incident(id=1, at=at("2026-11-20"))]
    assert marac.criterion_day(file, TODAY, settings) == day("2026-11-20")
    file.marac_listings.append(
        MaracListing(id=10, meeting=MEETING, referred=day("2026-11-24"), state="sent")
    )
    assert marac.criterion_day(file, TODAY, settings) is None
    file.incidents.append(Incident(id=2, at=at("2026-11-25")))
    assert marac.criterion_day(file, TODAY, settings) == day("2026-11-25")


def test_repeat_anchor_is_a_setting() -> None:
    file = case_file("aftercare")
    file.marac_listings = [
        MaracListing(
            id=1,
            meeting=day("2025-12-11"),
            referred=day("2025-11-20"),
            heard_on=day("2025-12-11"),
            state="heard",
        )
    ]
    file.incidents = [Incident(id=1, at=at("2026-11-25"))]
    assert marac.criteria(file, TODAY, SETTINGS)[0] == ()
    settings = default_settings()
    settings.marac.repeat_anchor = "last_heard"
    assert marac.criteria(file, TODAY, settings)[0] == ("REP",)


def test_radar_runs_twelve_months_and_drafts_do_not_start_it() -> None:
    file = case_file("aftercare")
    assert marac.within_radar(file, TODAY, SETTINGS) is None
    file.marac_listings = [MaracListing(id=1, meeting=MEETING, referred=TODAY, state="draft")]
    assert marac.within_radar(file, TODAY, SETTINGS) is None
    file.marac_listings = [heard("2026-02-05")]
    assert marac.within_radar(file, TODAY, SETTINGS) == day("2027-02-05")
    assert marac.within_radar(file, day("2027-02-06"), SETTINGS) is None


# --- candidates -----------------------------------------------------------------------------------


def test_a_case_heard_already_is_no_candidate_until_something_new() -> None:
    file = case_file("aftercare")
    file.risk_assessments = [assessed("2026-10-01", score=18)]
    found = candidate(file)
    assert found is not None
    assert (found.listing_type, found.ticked, found.listing_id) == ("new", False, None)
    file.marac_listings = [heard("2026-10-15")]
    assert candidate(file) is None
    file.incidents = [Incident(id=1, at=at("2026-11-20"))]
    found = candidate(file)
    assert found is not None
    assert found.listing_type == "repeat"
    assert found.criteria == ("VHR", "REP")
    assert found.last_referral == day("2026-10-15")


def test_a_listing_of_the_meeting_is_always_there_ticked_and_closed_cases_are_not() -> None:
    file = case_file("risk_support")
    file.marac_listings = [MaracListing(id=4, meeting=MEETING, listing_type="update")]
    found = candidate(file)
    assert found is not None
    assert (found.ticked, found.listing_id, found.listing_type) == (True, 4, "update")
    assert candidate(file, day("2026-12-24")) is None
    closed = case_file("closed", status="closed")
    closed.risk_assessments = [assessed(score=20)]
    assert candidate(closed) is None


def test_an_emergency_goes_on_the_list_without_a_score() -> None:
    file = case_file("referral", urgency="emergency")
    found = candidate(file)
    assert found is not None
    assert found.listing_type == "emergency"
    assert "risk assessment or judgement" in found.missing


def test_an_emergency_cannot_wait_until_it_is_on_a_list() -> None:
    file = case_file("referral", urgency="emergency")
    assert marac_list.cannot_wait(file, TODAY, SETTINGS)
    file.marac_listings = [MaracListing(id=1, meeting=MEETING)]
    assert not marac_list.cannot_wait(file, TODAY, SETTINGS)
    file.marac_listings = [heard("2026-11-12")]
    assert not marac_list.cannot_wait(file, TODAY, SETTINGS)
    file.incidents = [Incident(id=1, at=at("2026-11-20"))]
    assert marac_list.cannot_wait(file, TODAY, SETTINGS)
    assert not marac_list.cannot_wait(case_file("referral"), TODAY, SETTINGS)


def test_a_deferred_case_is_offered_for_the_next_meeting() -> None:
    file = case_file("risk_support")
    file.risk_assessments = [assessed("2026-11-02", score=18)]
    file.marac_listings = [
        MaracListing(id=9, meeting=day("2026-11-26"), referred=day("2026-11-12"), state="deferred")
    ]
    found = candidate(file)
    assert found is not None
    assert (found.criteria, found.ticked) == (("VHR",), False)
    assert found.reasons[-1] == "Deferred on Thu 26 Nov"
    due = {item.key: item.due for item in reminders(file, TODAY, SETTINGS)}
    assert due["marac_cutoff:2026-12-10"] == day("2026-12-03")
    file.marac_listings.append(MaracListing(id=10, meeting=MEETING, referred=TODAY, state="sent"))
    assert marac.deferred(file) is None
    assert candidate(file, day("2026-12-24")) is None


def withdrawn(
    listed_on: str, meeting: date = MEETING, why: str = "Decided locally"
) -> MaracListing:
    return MaracListing(
        id=9, meeting=meeting, referred=day(listed_on), state="withdrawn", outcome=why
    )


def asks(file: CaseFile) -> list[tuple[str, str]]:
    """What the case asks of MARAC: on Today, of its stage and on the list of another meeting."""
    told = [item for item in reminders(file, TODAY, SETTINGS) if item.rule == "marac_cutoff"]
    listed = candidate(file, day("2026-12-24")) is not None
    left = stage_exits.marac_considered(file, TODAY, SETTINGS)
    assert listed is bool(told)
    assert left is not bool(told)
    return [(item.key, str(item.due)) for item in told]


def test_a_withdrawn_listing_with_its_reason_is_a_decision_until_a_newer_criterion() -> None:
    file = case_file("risk_support")
    file.risk_assessments = [assessed("2026-11-10", score=18)]
    asked_for = [("marac_cutoff:2026-11-26", "2026-11-19")]
    assert asks(file) == asked_for
    file.marac_listings = [withdrawn("2026-11-12", why=" ")]
    assert asks(file) == asked_for  # no reason, no decision
    file.marac_listings = [withdrawn("2026-11-12")]
    assert asks(file) == []
    file.risk_assessments.append(assessed("2026-11-20", score=19))
    assert asks(file) == [("marac_cutoff:2026-12-10", "2026-12-03")]
    file.marac_listings.append(withdrawn("2026-11-20"))
    assert asks(file) == []


def test_a_withdrawn_listing_decides_on_the_pairs_it_was_about() -> None:
    file = two_perpetrators()
    file.incidents = [Incident(id=1, at=at("2026-11-13"), perpetrator_id=2)]
    file.marac_listings.append(replace(withdrawn("2026-11-20"), pairs="3"))
    assert marac.criterion_day(file, TODAY, SETTINGS) == day("2026-11-13")
    file.marac_listings[-1].pairs = "2;3"
    assert marac.criterion_day(file, TODAY, SETTINGS) is None
    file.incidents.append(Incident(id=2, at=at("2026-11-21"), perpetrator_id=2))
    assert marac.criterion_day(file, TODAY, SETTINGS) == day("2026-11-21")


def test_a_sign_that_is_no_number_names_no_pair() -> None:
    listing = MaracListing(pairs="²;3")
    assert marac.pairs_of(two_perpetrators(), listing) == [3]


def test_a_deferred_case_that_was_then_withdrawn_asks_no_more() -> None:
    file = case_file("risk_support")
    file.risk_assessments = [assessed("2026-10-20", score=18)]
    file.marac_listings = [
        MaracListing(id=8, meeting=day("2026-10-29"), referred=day("2026-10-22"), state="deferred")
    ]
    assert marac.criterion_day(file, TODAY, SETTINGS) == day("2026-10-29")
    file.marac_listings.append(withdrawn("2026-10-30", day("2026-11-12")))
    assert marac.criterion_day(file, TODAY, SETTINGS) is None


def test_an_emergency_that_was_withdrawn_asks_again_when_something_happens() -> None:
    file = case_file("risk_support", urgency="emergency")
    emergency_asks = ("marac_cutoff:emergency:2026-11-02", "2026-11-02")

    def told() -> list[tuple[str, str]]:
        found = [item for item in reminders(file, TODAY, SETTINGS) if item.rule == "marac_cutoff"]
        assert (candidate(file, day("2026-12-24")) is not None) is bool(found)
        assert marac_list.cannot_wait(file, TODAY, SETTINGS) is bool(found)
        return [(item.key, str(item.due)) for item in found]

    assert told() == [emergency_asks]
    file.marac_listings = [withdrawn("2026-11-03")]
    assert told() == []
    file.incidents = [Incident(id=1, at=at("2026-11-20"), kind="landlord")]
    assert told() == []
    file.incidents = [Incident(id=1, at=at("2026-11-20"), kind="threat")]
    assert told() == [("marac_cutoff:emergency:2026-11-20", "2026-11-20")]
    file.incidents = []
    file.perpetrators[0].release_date = day("2026-11-27")
    assert told() == [("marac_cutoff:emergency:2026-11-24", "2026-11-24")]


def test_a_case_withdrawn_from_a_list_stays_in_sight_there() -> None:
    file = case_file("risk_support")
    file.risk_assessments = [assessed("2026-11-10", score=18)]
    file.marac_listings = [withdrawn("2026-11-12")]
    found = candidate(file)
    assert found is not None
    assert (found.ticked, found.criteria) == (False, ("VHR",))
    assert found.reasons[-1] == "Withdrawn from this list; it may be listed again"


@pytest.mark.parametrize("score", [None, 0, 5, 13])
def test_a_low_score_or_none_closes_no_route(score: int | None) -> None:
    """Judgement, escalation, repeat and listing by hand are open at every score."""
    file = case_file("risk_support")
    file.risk_assessments = [assessed(score=score)]
    assert candidate(file) is None
    for given, code in (({"judgement": "yes"}, "PJ"), ({"police_reports": 3}, "ESC")):
        file.risk_assessments = [assessed(score=score, **given)]
        found = candidate(file)
        assert found is not None
        assert found.criteria == (code,)
    file.risk_assessments = [assessed(score=score)]
    file.marac_listings = [MaracListing(id=4, meeting=MEETING)]
    by_hand = candidate(file)
    assert by_hand is not None
    assert (by_hand.ticked, by_hand.criteria) == (True, ())


def test_missing_fields_say_what_the_row_lacks() -> None:
    file = case_file("risk_support")
    survivor = file.survivor
    assert survivor is not None
    survivor.dob = day("1990-02-03")
    file.properties[0].address = "1 Test Street"
    perpetrator = file.perpetrators[0]
    perpetrator.surname, perpetrator.dob = "Test", day("1988-02-03")
    file.risk_assessments = [assessed(judgement="yes", judgement_reason="Said by the IDVA")]
    listing = MaracListing(
        id=1,
        meeting=MEETING,
        victim_aware="no",
        consent="not_safe",
        share_basis="safeguarding",
        decided_by="Manager",
        decided_on=TODAY,
    )
    assert marac_list.missing_fields(file, listing) == ("why the survivor does not know",)
    listing.unaware_reason = "Not safe to ring"
    assert marac_list.missing_fields(file, listing) == ()
    assert "sharing decision" in marac_list.missing_fields(file, None)
    perpetrator.surname = ""
    assert marac_list.missing_fields(file, listing) == ("perpetrator's name",)
    # each perpetrator has a row of their own on the list
    perpetrator.surname = "Test"
    file.people.append(Person(id=3, case_id=1, role="perpetrator", surname="Quillfeather"))
    assert marac_list.missing_fields(file, listing) == (
        "perpetrator 2's date of birth",
        "perpetrator 2's relationship",
    )


# --- what the meeting decided ---------------------------------------------------------------------


def test_the_outcome_of_a_meeting_is_asked_for_three_working_days_later() -> None:
    file = case_file("aftercare")
    listing = MaracListing(id=4, meeting=day("2026-11-26"), state="sent")
    file.marac_listings = [listing]

    def asked(today: str) -> list[tuple[str, str, str]]:
        found = reminders(file, day(today), SETTINGS)
        wanted = [item for item in found if item.rule == "marac_outcome"]
        assert all(item.record_id == listing.id for item in wanted)
        return [(str(item.due), item.title_text, item.action) for item in wanted]

    outcome = ("2026-12-01", "record the MARAC's outcome", "marac")  # the Tuesday after a Thursday
    assert asked("2026-11-25") == []
    assert derive(file, day("2026-11-20"), SETTINGS).card.valid_until == day("2026-11-25")
    assert asked("2026-11-26") == asked("2027-03-01") == [outcome]
    for state in ("draft", "heard", "deferred", "withdrawn"):
        listing.state = state
        assert asked("2026-11-27") == []
    listing.state, listing.listing_type = "sent", "transfer"
    assert asked("2026-11-27") == []


def test_a_judgement_kept_on_the_listing_is_one() -> None:
    """An emergency is referred on judgement, before there is any assessment (DOMAIN 10 C)."""
    file = case_file("triage", urgency="emergency")
    listing = MaracListing(id=1, meeting=MEETING, listing_type="emergency")
    file.marac_listings = [listing]
    assert "risk assessment or judgement" in marac_list.missing_fields(file, listing)
    listing.judgement_reason = "Release tomorrow, weapons history"
    assert not [x for x in marac_list.missing_fields(file, listing) if "judgement" in x]
    file.risk_assessments = [assessed()]
    assert not [x for x in marac_list.missing_fields(file, listing) if "judgement" in x]
    listing.judgement_reason = ""
    assert "risk score or judgement" in marac_list.missing_fields(file, listing)
