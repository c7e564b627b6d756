"""The rows of the MARAC list: every column, both ways of an address, pairs, agenda, actions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from samples import TODAY, confidential_case, whole_case

from config.codes import CODES, NO_ABUSE
from config.settings import default_settings
from db.models import CaseFile, ContactPoint, MaracListing, Organisation, Person, SafeAddress
from db.readmodels import Finding
from sanctuary_tui.exports.marac_rows import (
    ACTION_COLUMNS,
    AGENDA_COLUMNS,
    MARAC_COLUMNS,
    MaracContext,
    action_rows,
    agenda_rows,
    cut_columns,
    is_restricted,
    marac_row,
    marac_rows,
    pathway_context,
    profile_for,
    protected_values,
)
from sanctuary_tui.exports.withhold import CODE_WORD_WITHHELD, WITHHELD

CONTEXT = MaracContext(
    today=TODAY,
    home_secured=lambda file: "part",
    findings=lambda file: [
        Finding("G4", "stop", "The landlord has not answered.", measure_id=2),
        Finding("G3", "stop", "Overridden.", measure_id=2, overridden=True),
        Finding("G6", "warn", "Only a warning.", measure_id=2),
    ],
)


def test_every_column_of_a_whole_case() -> None:
    file, listing = whole_case()
    row = marac_row(file, listing, replace(CONTEXT, export_id="MX-2026W48-01"))
    assert tuple(row) == MARAC_COLUMNS
    assert row == {
        "marking": "OFFICIAL-SENSITIVE",
        "export_id": "MX-2026W48-01",
        "meeting_date": "2026-11-26",
        "scheme_ref": "S26-0042",
        "marac_ref": "M/26/118",
        "listing_type": "repeat",
        "criteria": "VHR;REP",
        "last_referral_date": "2026-03-05",
        "repeat_event": "order breach",
        "dash_score": "16",
        "dash_date": "2026-11-02",
        "police_reports_12m": "4",
        "judgement_reason": "Escalating, and has found the address.",
        "victim_name": "SURVIVOR, Test",
        "victim_aliases": "Tess;T. Survivor",
        "victim_dob": "1990-05-04",
        "victim_gender": "woman",
        "victim_address": "14 Test Road, Testton, ZZ9 9ZZ",
        "address_restricted": "N",
        "safe_phone": "07700 900123",
        "safe_contact_rule": "Text first. 10:00-14:00. text only",
        "language_or_comm_need": "BSL;Text only",
        "ethnicity_bm": "Y",
        "disability": "Y",
        "lgbt": "N",
        "pregnant": "N",
        "perp_name": "PERPETRATOR, Test",
        "perp_aliases": "",
        "perp_dob": "1988-01-02",
        "perp_address": "1 Other Street, Testton",
        "relationship": "ex partner",
        "perp_under_18": "N",
        "perp_status": "custody;2026-12-01",
        "children_n": "1",
        "children_detail": "Child SURVIVOR, 2018-05-01, Test School, son",
        "tenure": "prs",
        "landlord": "",
        "sanctuary_stage": "approval",
        "measures_fitted": "Personal attack alarm 2026-11-03",
        "measures_outstanding": "Door viewer, wide (consent)",
        "home_secured": "part",
        "orders_in_force": "occupation, excludes Y, 2027-04-01",
        "police_address_marker": "asked",
        "incidents_since_last": "1: At the door, shouting",
        "support_worker": "Test DA service, Test Worker",
        "victim_aware": "N: not safe to ask yet",
        "consent": "not safe to ask",
        "share_basis": "public task;Team manager;2026-11-20",
        "not_safe_to_tell": "brother",
        "victim_wants": "To stay in the home",
        "requested_actions": "Police marker; school told",
        "open_actions": "12:Police:2026-11-19",
    }


def test_an_incident_stands_in_the_row_of_its_own_pair() -> None:
    file, listing = whole_case()
    file.people.append(Person(id=9, role="perpetrator", surname="Other"))
    first, second = (person.id for person in file.perpetrators)
    said = "1: At the door, shouting"
    for by, cells in ((first, [said, "0"]), (second, ["0", said]), (None, [said, said])):
        file.incidents[1].perpetrator_id = by
        rows = marac_rows(file, listing, CONTEXT)
        assert [row["incidents_since_last"] for row in rows] == cells


@pytest.mark.parametrize("kind", CODES["incident_kind"])
def test_only_abuse_is_counted_as_an_incident_since(kind: str) -> None:
    file, listing = whole_case()
    file.incidents[1].kind = kind
    said = marac_row(file, listing, CONTEXT)["incidents_since_last"]
    assert said == ("0" if kind in NO_ABUSE else "1: At the door, shouting")


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        # British Summer Time: 23:30 UTC on the day of the referral is the next day in England
        (datetime(2026, 6, 4, 22, 30, tzinfo=UTC), "0"),
        (datetime(2026, 6, 4, 23, 30, tzinfo=UTC), "1: At the door, shouting"),
    ],
)
def test_incidents_since_are_of_the_day_in_england(moment: datetime, said: str) -> None:
    file, listing = whole_case()
    listing.last_referral = date(2026, 6, 4)
    file.incidents[1].at = moment
    assert marac_row(file, listing, CONTEXT)["incidents_since_last"] == said


def test_there_are_fifty_two_columns_in_the_agreed_order() -> None:
    assert len(MARAC_COLUMNS) == len(set(MARAC_COLUMNS)) == 52
    assert MARAC_COLUMNS[:2] == ("marking", "export_id")
    assert MARAC_COLUMNS[-1] == "open_actions"


def test_an_empty_case_has_every_column_and_invents_nothing() -> None:
    row = marac_row(CaseFile(whole_case()[0].case), MaracListing(), MaracContext(today=TODAY))
    assert tuple(row) == MARAC_COLUMNS
    for name in ("dash_score", "victim_name", "perp_name", "safe_phone", "home_secured"):
        assert row[name] == ""
    for name in ("disability", "lgbt", "pregnant", "ethnicity_bm", "perp_under_18"):
        assert row[name] == "NK"
    assert row["children_n"] == "0"


# --- the address ----------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_a_confidential_home_is_blank_without_a_reason() -> None:
    file, listing = whole_case()
    file.properties[0].confidential = "yes"
    row = marac_row(file, listing, CONTEXT)
    assert (row["victim_address"], row["address_restricted"]) == ("", "Y")
    assert protected_values(file, listing) == 0
    listing.address_reason = "The meeting must place a marker"
    row = marac_row(file, listing, CONTEXT)
    assert row["victim_address"] == "14 Test Road, Testton, ZZ9 9ZZ"
    assert row["address_restricted"] == "Y"
    assert protected_values(file, listing) == 1


@pytest.mark.parametrize("answer", ["not_asked", "not_known"])
def test_whether_the_address_is_restricted_is_not_no_where_nobody_asked(answer: str) -> None:
    file, listing = whole_case()
    file.properties[0].confidential = answer
    assert marac_row(file, listing, CONTEXT)["address_restricted"] == "NK"
    file.properties.clear()
    assert marac_row(file, listing, CONTEXT)["address_restricted"] == "NK"
    file.safe_addresses = [SafeAddress(id=1, person_id=1, address="3 Hidden Close")]
    assert marac_row(file, listing, CONTEXT)["address_restricted"] == "Y"


def test_an_address_kept_apart_restricts_and_is_sent_only_for_a_reason() -> None:
    file, listing = confidential_case()
    assert is_restricted(file)
    row = marac_row(file, listing, CONTEXT)
    assert (row["victim_address"], row["address_restricted"]) == ("", "Y")
    assert profile_for(file, listing).name == "marac"
    listing.address_reason = "Transfer to the new area"
    assert profile_for(file, listing).name == "marac_address"
    row = marac_row(file, listing, CONTEXT)
    assert row["victim_address"] == "3 Hidden Close, Elsewhere, ZZ1 1ZZ"
    assert "Transfer" not in "".join(row.values())


def test_the_reason_is_not_just_spaces() -> None:
    file, listing = confidential_case()
    listing.address_reason = "   "
    assert marac_row(file, listing, CONTEXT)["victim_address"] == ""


@pytest.mark.parametrize(
    "typed",
    [
        "Now at 3 Hidden Close, ring first",
        "moved to 3, HIDDEN  CLOSE",
        "3hiddenclose",
        "new postcode zz1  1zz",
    ],
)
def test_an_address_typed_into_a_sentence_is_withheld(typed: str) -> None:
    file, listing = confidential_case()
    file.case.contact_rule = typed
    listing.requested_actions = typed
    file.incidents[1].headline = typed
    listing.headline = typed
    row = marac_row(file, listing, CONTEXT)
    assert row["requested_actions"] == WITHHELD
    assert row["safe_contact_rule"] == WITHHELD
    assert row["safe_phone"] == "", "a number without its rule"
    assert "Hidden" not in "".join(row.values())
    agenda = agenda_rows([(file, listing)], CONTEXT)[0]
    assert agenda["headline"] == WITHHELD
    file.marac_actions[0].action = typed
    assert action_rows([(file, listing)], CONTEXT)[0]["action"] == WITHHELD


def test_the_town_of_the_home_is_not_withheld_and_one_they_moved_to_is() -> None:
    file, listing = confidential_case()
    listing.requested_actions = "Ask the school in Elsewhere"
    assert marac_row(file, listing, CONTEXT)["requested_actions"] == WITHHELD
    file.people[1].address = "1 Other Street\nElsewhere"
    row = marac_row(file, listing, CONTEXT)
    assert row["perp_address"] == "1 Other Street, Elsewhere"
    file.people[1].address = ""
    file.properties[0].address = "14 Test Road\nElsewhere"
    assert marac_row(file, listing, CONTEXT)["requested_actions"].endswith("Elsewhere")


def test_the_code_word_is_taken_out_of_sentences_not_out_of_names() -> None:
    file, listing = whole_case()
    file.case.contact_rule = "Say Marigold first."
    row = marac_row(file, listing, CONTEXT)
    assert row["safe_contact_rule"].startswith(f"Say {CODE_WORD_WITHHELD} first")
    assert row["safe_phone"] == "07700 900123"
    file.case.code_word = "test"
    assert marac_row(file, listing, CONTEXT)["victim_name"] == "SURVIVOR, Test"


def test_an_address_of_a_child_kept_apart_is_not_taken_for_the_survivors() -> None:
    file, listing = whole_case()
    file.safe_addresses = [SafeAddress(id=1, person_id=4, address="9 Child Lane")]
    assert marac_row(file, listing, CONTEXT)["address_restricted"] == "Y"
    listing.address_reason = "needed"
    assert marac_row(file, listing, CONTEXT)["victim_address"].startswith("14 Test Road")


# --- contact --------------------------------------------------------------------------------------


def test_only_numbers_answered_safe_are_sent() -> None:
    file, listing = whole_case()
    file.contact_points.append(
        ContactPoint(id=9, person_id=1, kind="email", value="t@example.invalid", safe="yes")
    )
    assert marac_row(file, listing, CONTEXT)["safe_phone"] == "07700 900123"


def test_two_safe_numbers_each_keep_their_rule() -> None:
    file, listing = whole_case()
    file.contact_points.append(
        ContactPoint(
            id=9, person_id=1, kind="phone", value="+441632960123", safe="times", times="9-10"
        )
    )
    row = marac_row(file, listing, CONTEXT)
    assert row["safe_phone"] == "07700 900123;+44 1632 960123"
    assert "+44 1632 960123: safe at set times, 9-10" in row["safe_contact_rule"]


@pytest.mark.parametrize(
    ("rule", "times", "points", "said"),
    [
        ("Text only", "Mon-Fri 10:00-14:00", [("text_only", "Mon-Fri 10:00-14:00")],
         "Text only. Mon-Fri 10:00-14:00"),
        ("Text only, Mon-Fri 10am-2pm.", "Mon-Fri 10:00-14:00", [("text_only", "")],
         "Text only, Mon-Fri 10am-2pm"),
        ("Text only Mon-Fri 10am-2pm", "", [("text_only", "Mon-Fri 10:00-14:00")],
         "Text only Mon-Fri 10am-2pm"),
        ("Not 10:00-14:00", "10:00-14:00", [("yes", "")], "Not 10:00-14:00. 10:00-14:00"),
        ("Text first", "", [("text_only", "9-10"), ("text_only", "9-10")],
         "Text first. text only, 9-10"),
        ("", "9-10", [("text_only", "9-10"), ("no_voicemail", "9-10")],
         "9-10. 07700 900120: text only. 07700 900121: safe, no voicemail"),
        ("Text only", "", [("text_only", ""), ("yes", "")],
         "Text only. 07700 900120: text only"),
    ],
)  # fmt: skip
def test_the_rule_says_each_thing_once(
    rule: str, times: str, points: list[tuple[str, str]], said: str
) -> None:
    file, listing = whole_case()
    file.case.contact_rule, file.case.contact_times = rule, times
    file.contact_points = [
        ContactPoint(
            id=at, person_id=1, kind="mobile", value=f"0770090012{at}", safe=safe, times=own
        )
        for at, (safe, own) in enumerate(points)
    ]
    assert marac_row(file, listing, CONTEXT)["safe_contact_rule"] == said


def test_do_not_contact_sends_no_number() -> None:
    file, listing = whole_case()
    file.case.do_not_contact = "yes"
    row = marac_row(file, listing, CONTEXT)
    said = "Do not contact: the survivor asked for no contact."
    assert (row["safe_phone"], row["safe_contact_rule"]) == ("", said)


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("unsafe", "unsafe"), "Do not contact: reported unsafe."),
        (("unsafe", "never"), "Do not contact: reported unsafe."),
        (("never", "never"), "Do not contact: no recorded way"),
    ],
)
def test_a_way_that_is_safe_no_more_takes_its_rule_off_the_list(
    answers: tuple[str, str], said: str
) -> None:
    """Set by form, the old rule still stands in the case; the meeting's police would ring by it."""
    file, listing = whole_case()
    file.case.contact_rule, file.case.contact_times = "Mornings only", "Mon-Fri 09:30-14:30"
    file.contact_points = [
        ContactPoint(id=place, person_id=1, value=f"0770090012{place}", safe=answer)
        for place, answer in enumerate(answers, start=1)
    ]
    row = marac_row(file, listing, CONTEXT)
    assert row["safe_phone"] == ""
    assert row["safe_contact_rule"].startswith(said)
    assert "09:30" not in row["safe_contact_rule"]
    assert "Mornings" not in row["safe_contact_rule"]


def test_times_without_a_way_that_is_safe_are_not_sent() -> None:
    file, listing = whole_case()
    file.case.contact_rule, file.case.contact_times = "", "Mon-Fri 09:30-14:30"
    file.contact_points = [
        ContactPoint(id=1, person_id=1, value="07700900121", safe="never"),
        ContactPoint(id=2, person_id=1, value="07700900122", safe="not_asked"),
    ]
    row = marac_row(file, listing, CONTEXT)
    assert row["safe_phone"] == ""
    assert row["safe_contact_rule"].startswith("Do not contact")
    assert "09:30" not in row["safe_contact_rule"]
    file.contact_points[1].safe = "yes"
    assert marac_row(file, listing, CONTEXT)["safe_contact_rule"] == "Mon-Fri 09:30-14:30"


def test_a_rule_longer_than_its_column_is_cut_and_named() -> None:
    file, listing = whole_case()
    file.case.contact_rule = "Never ring. " * 40
    row = marac_row(file, listing, CONTEXT)
    assert len(row["safe_contact_rule"]) == 200
    assert cut_columns(row) == ["safe_contact_rule"]


# --- people, orders, landlord ---------------------------------------------------------------------


def test_each_perpetrator_has_a_row() -> None:
    file, listing = whole_case()
    file.people.append(Person(id=9, role="perpetrator", surname="Second", dob=date(2010, 11, 27)))
    rows = marac_rows(file, listing, CONTEXT)
    assert [row["perp_name"] for row in rows] == ["PERPETRATOR, Test", "SECOND"]
    assert [row["perp_under_18"] for row in rows] == ["N", "Y"]
    assert len({row["scheme_ref"] for row in rows}) == 1
    assert agenda_rows([(file, listing)], CONTEXT)[0]["perp_initials"] == "T. P.;S."


@pytest.mark.parametrize(
    ("born", "answer"), [(date(2008, 11, 26), "N"), (date(2008, 11, 27), "Y"), (None, "NK")]
)
def test_under_eighteen_is_judged_on_the_day_of_the_meeting(born: date | None, answer: str) -> None:
    file, listing = whole_case()
    file.people[1].dob = born
    assert marac_row(file, listing, CONTEXT)["perp_under_18"] == answer


def test_the_landlord_is_named_only_when_asked_for() -> None:
    file, listing = whole_case()
    asked = replace(
        CONTEXT, organisations={7: Organisation(id=7, name="Test Lettings")}, include_landlord=True
    )
    assert marac_row(file, listing, CONTEXT)["landlord"] == ""
    assert marac_row(file, listing, asked)["landlord"] == "Test Lettings"
    file.properties[0].confidential = "yes"
    assert marac_row(file, listing, asked)["landlord"] == ""


@pytest.mark.parametrize(
    ("orientation", "gender", "answer"),
    [
        ("heterosexual", "woman", "N"),
        ("bisexual", "woman", "Y"),
        ("heterosexual", "trans_woman", "Y"),
        ("prefer_not", "woman", "PNS"),
        ("not_known", "woman", "NK"),
    ],
)
def test_lgbt(orientation: str, gender: str, answer: str) -> None:
    file, listing = whole_case()
    file.people[0].orientation, file.people[0].gender = orientation, gender
    assert marac_row(file, listing, CONTEXT)["lgbt"] == answer


@pytest.mark.parametrize(
    ("disability", "answer"),
    [("", "NK"), ("none", "N"), ("deaf;sight", "Y"), ("not_asked", "NK"), ("not_known", "NK")],
)
def test_disability_unanswered_is_not_no(disability: str, answer: str) -> None:
    file, listing = whole_case()
    file.people[0].disability = disability
    assert marac_row(file, listing, CONTEXT)["disability"] == answer


def test_a_blank_score_is_not_nought() -> None:
    file, listing = whole_case()
    file.risk_assessments[0].score = None
    assert marac_row(file, listing, CONTEXT)["dash_score"] == ""
    file.risk_assessments[0].answers = "y" * 3 + "n" * 21
    assert marac_row(file, listing, CONTEXT)["dash_score"] == "3"


def test_never_in_a_row() -> None:
    file, listing = whole_case()
    listing.address_reason = "needed"
    everything = "".join(marac_row(file, listing, CONTEXT).values()).casefold()
    assert "secret" not in everything
    assert "marigold" not in everything


def test_the_pathways_own_rules_fit_the_context() -> None:
    file, listing = whole_case()
    row = marac_row(file, listing, pathway_context(TODAY, default_settings()))
    assert row["home_secured"] in ("Y", "part", "N")
    assert row["measures_outstanding"].startswith("Door viewer, wide (")


# --- agenda and actions ---------------------------------------------------------------------------


def test_the_agenda_has_initials_unless_the_district_wants_names() -> None:
    file, listing = whole_case()
    context = replace(CONTEXT, starts=time(9, 30), minutes=15)
    rows = agenda_rows([(file, listing), (file, listing)], context)
    assert tuple(rows[0]) == AGENDA_COLUMNS
    assert rows[0] == {
        "order": "1",
        "meeting_date": "2026-11-26",
        "start_slot": "09:30",
        "marac_ref": "M/26/118",
        "listing_type": "repeat",
        "victim_initials": "T. S.",
        "victim_yob": "1990",
        "perp_initials": "T. P.",
        "children_n": "1",
        "referrer_agency": "Test Police",
        "criteria": "VHR;REP",
        "headline": "Came to the door twice this week",
        "sanctuary_line": "Approval, home part secured, 1 fitted, 1 outstanding",
        "actions_due": "1",
        "research_done": "",
        "outcome": "",
    }
    assert (rows[1]["order"], rows[1]["start_slot"]) == ("2", "09:45")
    named = agenda_rows([(file, listing)], replace(CONTEXT, names_in_agenda=True))[0]
    assert named["victim_initials"] == "SURVIVOR, Test"


def test_actions_are_listed_once_a_case_and_say_when_overdue() -> None:
    file, listing = whole_case()
    rows = action_rows([(file, listing), (file, listing)], CONTEXT)
    assert [tuple(row) for row in rows] == [ACTION_COLUMNS] * 2
    assert [(row["action_id"], row["status"]) for row in rows] == [
        ("12", "overdue"),
        ("13", "done"),
    ]
    assert rows[0]["meeting_date"] == "2026-11-26"
    assert rows[0]["owner"] == "Test Officer"
