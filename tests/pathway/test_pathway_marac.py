"""MARAC criteria, meetings and the twelve months (DOMAIN 3)."""

from __future__ import annotations

from datetime import date

import pytest
from pathway_files import SETTINGS, at, case_file, day

from config.settings import default_settings
from db.models import CaseFile, Incident, MaracListing, RiskAssessment
from db.readmodels import MaracCandidate
from sanctuary_tui.pathway import marac, marac_list
from sanctuary_tui.pathway.derive import derive

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
