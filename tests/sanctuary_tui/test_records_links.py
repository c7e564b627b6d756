"""What a form's links offer: an incident is by one of the case's perpetrators."""

from __future__ import annotations

from db.models import Case, CaseFile, ContactPoint, Incident, MaracListing, Person, RiskAssessment
from sanctuary_tui.records import form_fields, link_choices
from sanctuary_tui.screens.case_rows import facts_of


def test_the_answers_of_an_assessment_are_said_by_number() -> None:
    given = RiskAssessment(answers="yyyyynnnnd....y.........")
    said = dict(facts_of(given, {}))["24 answers"]
    assert said == "yes 1-5, 15; no 6-9; don't know 10; not answered 11-14, 16-24"


def test_an_incident_offers_the_cases_perpetrators_and_nobody_else() -> None:
    people = [
        Person(id=1, role="survivor", first_name="Test", surname="Survivor"),
        Person(id=2, role="perpetrator", first_name="Test", surname="Perpetrator"),
        Person(id=3, role="child", first_name="Test", surname="Child"),
        Person(id=4, role="perpetrator"),
    ]
    file = CaseFile(Case(id=1), people=people)
    assert "perpetrator_id" in form_fields(Incident)
    assert link_choices(Incident, file, {})["people"] == [
        (2, "Test Perpetrator (perpetrator)"),
        (4, "name not recorded (perpetrator)"),
    ]
    assert len(link_choices(ContactPoint, file, {})["people"]) == 4


def test_to_which_marac_a_case_went_is_masked_like_the_new_address() -> None:
    listing = MaracListing(id=1, transfer_to="Quillfeather MARAC", transfer_way="portal")
    assert "Quillfeather" not in repr(facts_of(listing, {}))
    assert ("Sent by", "Secure portal") in facts_of(listing, {})
    assert "Quillfeather" in repr(facts_of(listing, {}, revealed=True))
    assert "transfer_to" not in form_fields(MaracListing)
