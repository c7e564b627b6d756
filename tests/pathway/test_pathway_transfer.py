"""A case that moves to another MARAC: offered, chased until acknowledged, kept in the radar."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pathway_files import SETTINGS, add_measures, at, case_file, day

from db.models import CaseFile, Closure, Incident, MaracListing
from db.readmodels import MaracCandidate
from sanctuary_tui.pathway import marac, marac_list, transfer
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminders import reminders

MOVED = day("2026-11-16")
SENT = day("2026-11-17")
TODAY = day("2026-11-20")
MEETING = day("2026-11-26")


@pytest.fixture
def file() -> CaseFile:
    """Referred in April, moved in November."""
    made = case_file("aftercare", "2026-03-02")
    made.properties[0].moved_out = MOVED
    made.marac_listings = [
        MaracListing(
            id=1,
            meeting=day("2026-04-16"),
            heard_on=day("2026-04-16"),
            referred=day("2026-04-07"),
            state="heard",
        )
    ]
    return made


def candidate(file: CaseFile, today: date = TODAY) -> MaracCandidate | None:
    card = derive(file, today, SETTINGS).card
    return marac_list.candidate(file, card, MEETING, today, SETTINGS)


def standing(file: CaseFile, today: date = TODAY) -> dict[str, date | None]:
    return {item.rule: item.due for item in reminders(file, today, SETTINGS)}


@pytest.mark.parametrize("status", ["open", "closed"])
def test_a_case_that_moved_is_offered_as_a_transfer(file: CaseFile, status: str) -> None:
    if status == "closed":
        file.case.status = file.case.stage = "closed"
    found = candidate(file)
    assert found is not None
    assert (found.listing_type, found.ticked, found.last_referral) == (
        "transfer",
        False,
        day("2026-04-07"),
    )
    assert found.reasons == ("Moved inside the twelve months: another MARAC to take the case",)
    file.marac_listings.append(MaracListing(id=2, meeting=MEETING, listing_type="transfer"))
    ticked = candidate(file)
    assert ticked is not None
    assert (ticked.ticked, ticked.reasons) == (True, found.reasons)
    file.marac_listings.pop()
    file.properties[0].moved_out = None
    assert candidate(file) is None


def test_after_the_twelve_months_it_is_not_offered(file: CaseFile) -> None:
    assert candidate(file, day("2027-04-07")) is not None
    assert candidate(file, day("2027-04-08")) is None


def test_a_repeat_of_one_that_moved_is_listed_as_a_repeat(file: CaseFile) -> None:
    file.incidents = [Incident(id=1, at=at("2026-11-19"))]
    found = candidate(file)
    assert found is not None
    assert found.listing_type == "repeat"


def transferred(file: CaseFile, **more: Any) -> MaracListing:
    listing = MaracListing(
        id=2,
        meeting=MEETING,
        listing_type="transfer",
        state="sent",
        referred=SENT,
        transferred_on=SENT,
        **more,
    )
    file.marac_listings.append(listing)
    return listing


@pytest.mark.parametrize("status", ["open", "closed"])
def test_a_transfer_is_chased_until_acknowledged(file: CaseFile, status: str) -> None:
    if status == "closed":
        file.case.status = file.case.stage = "closed"
    assert standing(file)["marac_transfer"] == SENT
    listing = transferred(file)
    found = standing(file)
    assert "marac_transfer" not in found
    assert found["marac_acknowledge"] == day("2026-11-24")
    assert transfer.acknowledgement_due(file, TODAY, SETTINGS) == day("2026-11-24")
    listing.acknowledged_on = day("2026-11-20")
    assert not {"marac_transfer", "marac_acknowledge"} & standing(file).keys()


def test_the_chase_ends_with_the_twelve_months(file: CaseFile) -> None:
    transferred(file)
    assert "marac_acknowledge" in standing(file, day("2027-11-17"))
    assert "marac_acknowledge" not in standing(file, day("2027-11-18"))


def test_a_draft_is_not_chased_and_stays_asked_for(file: CaseFile) -> None:
    listing = transferred(file)
    listing.state, listing.transferred_on = "draft", None
    assert standing(file)["marac_transfer"] == SENT
    assert "marac_acknowledge" not in standing(file)


def test_a_transferred_case_stays_in_the_radar(file: CaseFile) -> None:
    assert marac.within_radar(file, TODAY, SETTINGS) == day("2027-04-07")
    transferred(file, acknowledged_on=TODAY)
    assert marac.within_radar(file, TODAY, SETTINGS) == day("2027-11-17")
    file.incidents = [Incident(id=1, at=at("2027-06-01"))]
    assert marac.repeat_day(file, day("2027-06-02"), SETTINGS) == day("2027-06-01")


@pytest.mark.parametrize("status", ["open", "closed"])
def test_the_case_is_looked_at_again_when_its_twelve_months_are_over(
    file: CaseFile, status: str
) -> None:
    """Whatever the stage: the question to the other MARAC falls away on that day."""
    if status == "closed":
        file.case.status = file.case.stage = "closed"
    file.marac_listings.append(
        MaracListing(id=2, listing_type="transfer", state="sent", transferred_on=SENT)
    )
    over = marac.within_radar(file, TODAY, SETTINGS)
    assert over is not None
    assert derive(file, over, SETTINGS).card.valid_until == over
    assert "marac_acknowledge" in standing(file, over)
    assert "marac_acknowledge" not in standing(file, over + timedelta(days=1))


MOVE_LINES = {"kit_return", "marac_transfer", "marker_removal", "new_address"}


def test_a_case_opened_again_lives_in_the_home_again(file: CaseFile) -> None:
    file.properties[0].moved_out = None
    file.properties[0].police_marker = "yes"
    add_measures(file, 1, state="fitted", fitted_on=day("2026-11-02"))
    file.closures = [Closure(id=1, closed_on=MOVED, outcome="moved", reason="moved_planned")]
    file.case.status = file.case.stage = "closed"
    file.case.stage_entered = MOVED
    assert standing(file).keys() & MOVE_LINES == MOVE_LINES - {"new_address"}
    file.case.status, file.case.stage, file.case.stage_entered = "open", "triage", SENT
    assert standing(file).keys() & MOVE_LINES == set()
    assert not transfer.moved(file)
    assert transfer.return_reason(file) == ""
    file.closures.append(Closure(id=2, closed_on=TODAY, outcome="declined", reason="declined"))
    file.case.status = file.case.stage = "closed"
    assert not transfer.moved(file)  # what counts is how it ended last
    file.properties[0].moved_out = MOVED
    assert transfer.moved_on(file) == MOVED
