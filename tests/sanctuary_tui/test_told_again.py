"""What is confidential stays masked; why a case is on the list outlives its sending."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.errors import RefusedError
from config.settings import default_settings
from db.caseload import Caseload
from db.models import ConsentRequest, Incident, MaracListing, RiskAssessment
from db.readmodels import MaracCandidate
from sanctuary_tui import records, views, work
from sanctuary_tui.pathway import marac

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SETTINGS = default_settings()


def told(caseload: Caseload, confidential: str) -> str:
    case = work.take_referral(
        caseload,
        {
            "route": "police",
            "safe": "yes",
            "address": "14 Marrowby Lane",
            "postcode": "ZZ1 9QQ",
            "confidential": confidential,
        },
    )
    view = views.case_view(caseload, case.id, TODAY, SETTINGS)
    return "\n".join(f"{entry.sentence} {entry.detail}" for entry in view.story)


def test_the_story_masks_a_confidential_home(caseload: Caseload) -> None:
    masked = told(caseload, "yes")
    assert "Marrowby" not in masked
    assert "9QQ" not in masked
    assert "Marrowby" in told(caseload, "no")


def listed(caseload: Caseload, case_id: int, meeting: date) -> MaracCandidate:
    view = views.marac_view(caseload, TODAY, SETTINGS, meeting)
    (found,) = [one for one in view.candidates if one.card.case_id == case_id]
    return found


def test_sending_takes_no_reason_away(caseload: Caseload) -> None:
    case = work.take_referral(caseload, {"route": "police", "safe": "yes"})
    caseload.store.add(
        MaracListing(
            case_id=case.id, meeting=date(2026, 6, 4), referred=date(2026, 5, 28), state="heard"
        )
    )
    caseload.store.add(
        Incident(case_id=case.id, at=datetime(2026, 11, 3, 12, tzinfo=UTC), kind="attempt")
    )
    caseload.store.add(RiskAssessment(case_id=case.id, assessed=date(2026, 11, 5), score=9))
    meeting = marac.next_meeting(TODAY, SETTINGS)
    before = listed(caseload, case.id, meeting)
    assert before.criteria == ("REP",)
    listing = caseload.store.add(
        MaracListing(case_id=case.id, meeting=meeting, referred=TODAY, criteria="REP")
    )
    caseload.store.update(listing, state="sent")
    after = listed(caseload, case.id, meeting)
    assert (after.criteria, after.reasons) == (before.criteria, before.reasons)


@pytest.mark.parametrize("name", ["wording", "schedule"])
def test_a_consent_request_that_discloses_is_not_kept(caseload: Caseload, name: str) -> None:
    """Neither when it is made nor when it is corrected: it is what a landlord reads."""
    case = work.take_referral(caseload, {"route": "police", "safe": "yes"})
    with pytest.raises(RefusedError, match="discloses"):
        records.keep_record(caseload, ConsentRequest, case.id, 0, {name: "for the DV victim"})
    kept = records.keep_record(caseload, ConsentRequest, case.id, 0, {name: "SW-12, a new lock"})
    with pytest.raises(RefusedError, match="discloses"):
        records.keep_record(
            caseload, ConsentRequest, case.id, kept.id, {name: "she has a non-mol order"}
        )
