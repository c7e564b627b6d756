"""Until ``valid_until`` a card and its reminders stand as they are, whatever is on the case."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathway_files import SETTINGS, add_event, add_measures, add_request, case_file, day, surveyed

from config.codes import CODES, STAGES
from db.models import (
    AftercareCheck,
    CaseFile,
    Closure,
    Incident,
    LegalOrder,
    MaracListing,
    Override,
    Person,
    RiskAssessment,
    Visit,
)
from sanctuary_tui.pathway import transfer
from sanctuary_tui.pathway.derive import derive

TODAY = day("2026-11-26")
OFFSETS = st.integers(min_value=-40, max_value=40)
DAYS = OFFSETS.map(lambda ahead: TODAY + timedelta(days=ahead))
MAYBE = st.one_of(st.none(), DAYS)
ANSWERS = st.sampled_from(["yes", "no", "not_asked"])


def noon(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 12, tzinfo=UTC)


def coded(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(list(CODES[name]))


def records(record: type[Any], /, **drawn: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    made = st.fixed_dictionaries(drawn)
    return st.lists(made, max_size=2).map(
        lambda rows: [record(id=number, case_id=1, **row) for number, row in enumerate(rows, 1)]
    )


@st.composite
def files(draw: st.DrawFn) -> CaseFile:
    """A case with anything on it that has a day."""
    stage = draw(st.sampled_from(list(STAGES)))
    file = surveyed(
        case_file(
            stage,
            urgency=draw(coded("urgency")),
            triggers=draw(st.sampled_from(["", "release", "weapon", "breach;located"])),
            emergency_since=draw(MAYBE),
            cadence=draw(coded("cadence")),
            approved_on=draw(MAYBE),
            status="closed" if stage == "closed" else "open",
        )
    )
    file.case.approved_by = "Manager"
    home = file.properties[0]
    home.named_parties = draw(st.sampled_from(["joint", "survivor_sole"]))
    home.moved_out = draw(st.one_of(st.none(), st.just(TODAY - timedelta(days=7))))
    other = file.perpetrators[0]
    other.release_date, other.whereabouts = draw(MAYBE), draw(coded("whereabouts"))
    other.weapons = draw(ANSWERS)
    child = Person(id=3, role="child", contact_review=draw(MAYBE))
    child.contact_arrangement = draw(coded("contact_arrangement"))
    file.people.append(child)
    for number in draw(st.lists(st.sampled_from([1, 9, 13]), max_size=3)):
        state = draw(st.sampled_from(["proposed", "approved", "fitted", "faulty"]))
        placed = state in ("fitted", "faulty")
        fitted = draw(DAYS.filter(lambda on: on <= TODAY)) if placed else None
        add_measures(file, number, state=state, fitted_on=fitted)
    file.legal_orders = draw(
        records(
            LegalOrder,
            kind=coded("order_type"),
            applied=MAYBE,
            made=MAYBE,
            served=MAYBE,
            expiry=MAYBE,
            hearing=MAYBE,
            excludes=ANSWERS,
            advice=st.sampled_from(["", "taken"]),
            signed_off_by=st.sampled_from(["", "Manager"]),
        )
    )
    for state in draw(st.lists(coded("consent_state"), max_size=2)):
        request = add_request(file, state=state, sent_on=draw(MAYBE), expiry=draw(MAYBE))
        request.answered_on = draw(MAYBE)
        if draw(st.booleans()):
            add_event(file, request, "chase", draw(DAYS).isoformat())
    file.overrides = draw(
        records(
            Override,
            gate=coded("override_gate"),
            approver=st.just("Manager"),
            reason=st.just("recorded"),
            made=MAYBE,
            expiry=DAYS,
        )
    )
    file.incidents = draw(
        records(
            Incident,
            at=DAYS.map(noon),
            kind=coded("incident_kind"),
            order_breached=ANSWERS,
            at_address=ANSWERS,
            measures_worked=ANSWERS,
        )
    )
    file.visits = draw(
        records(
            Visit,
            kind=coded("visit_kind"),
            on=MAYBE,
            outcome=coded("visit_outcome"),
            police_answer=ANSWERS,
        )
    )
    file.risk_assessments = draw(
        records(
            RiskAssessment,
            assessed=MAYBE,
            review_due=MAYBE,
            score=st.integers(min_value=8, max_value=16),
            judgement=ANSWERS,
        )
    )
    file.marac_listings = draw(
        records(
            MaracListing,
            meeting=st.one_of(DAYS, DAYS.map(lambda on: on - timedelta(days=365))),
            state=coded("listing_state"),
            listing_type=coded("listing_type"),
        )
    )
    file.aftercare_checks = draw(
        records(AftercareCheck, kind=coded("check_kind"), done_on=MAYBE, contact_since=ANSWERS)
    )
    if stage == "closed":
        file.closures = [Closure(id=1, closed_on=TODAY - timedelta(days=9), outcome="moved")]
    return file


@settings(max_examples=200, deadline=None)
@given(file=files(), ahead=OFFSETS, part=st.floats(min_value=0, max_value=1))
def test_nothing_changes_by_date_alone_before_valid_until(
    file: CaseFile, ahead: int, part: float
) -> None:
    start = TODAY + timedelta(days=ahead)
    first = derive(file, start, SETTINGS)
    until = first.card.valid_until or start + timedelta(days=400)
    assert until >= start
    later = derive(file, start + timedelta(days=round((until - start).days * part)), SETTINGS)
    assert [asdict(item) for item in later.reminders] == [asdict(item) for item in first.reminders]
    if file.case.status == "open":  # of a closed one only what is left to do is looked at again
        assert asdict(first.card) == asdict(later.card)


@pytest.mark.parametrize("made", ["2026-11-27", "2026-12-20"])
def test_an_override_of_a_later_day_begins_then(made: str) -> None:
    file = case_file("referral", duplicates_checked="no")
    file.overrides = [
        Override(
            id=1,
            gate="referral",
            approver="Manager",
            reason="recorded",
            made=day(made),
            expiry=day("2026-12-31"),
        )
    ]
    card = derive(file, TODAY, SETTINGS).card
    assert card.stuck_why == "duplicates not checked"
    assert card.valid_until == day(made) - timedelta(days=1)
    assert derive(file, day(made), SETTINGS).card.stuck_why == ""
    assert derive(file, day("2027-01-01"), SETTINGS).card.stuck_why == "duplicates not checked"


def test_a_closed_case_is_looked_at_again_when_its_twelve_months_are_over() -> None:
    file = case_file("closed", status="closed")
    file.marac_listings = [
        MaracListing(
            id=1, meeting=day("2026-11-12"), listing_type="transfer", state="sent", referred=TODAY
        )
    ]
    until = derive(file, TODAY, SETTINGS).card.valid_until
    assert until == day("2027-11-26")
    assert transfer.acknowledgement_due(file, until, SETTINGS) is not None
    assert transfer.acknowledgement_due(file, until + timedelta(days=1), SETTINGS) is None
    file.marac_listings[0].acknowledged_on = TODAY
    assert derive(file, TODAY, SETTINGS).card.valid_until is None
