"""Scenarios A to F of DOMAIN 10, line by line of what each expects, at the level of the rules."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from pathway_files import (
    SETTINGS,
    add_event,
    add_measures,
    add_request,
    case_file,
    day,
    surveyed,
    with_support,
)

from config.errors import RefusedError
from config.format import age
from config.settings import default_settings
from db.models import (
    CaseFile,
    Closure,
    ConsentEvent,
    Expenditure,
    Incident,
    LegalOrder,
    MaracListing,
    Note,
    Person,
    RiskAssessment,
    SafeAddress,
    Visit,
)
from sanctuary_tui.pathway import (
    aftercare,
    consent,
    contact,
    emergency,
    gate_consent,
    gates,
    marac,
    marac_list,
    scheme,
    transfer,
    wording,
    works,
)
from sanctuary_tui.pathway.derive import derive
from sanctuary_tui.pathway.reminders import reminders


def rules(file: CaseFile, today: date) -> dict[str, str]:
    return {item.rule: str(item.due) for item in reversed(reminders(file, today, SETTINGS))}


def named(file: CaseFile, first: str, surname: str) -> None:
    survivor = file.survivor
    assert survivor is not None
    survivor.first_name, survivor.surname = first, surname


# --- A: agent silent three weeks ------------------------------------------------------------------


@pytest.fixture
def silent_agent() -> CaseFile:
    file = case_file("consent", "2026-10-28")
    file.case.stage_entered = day("2026-11-04")
    named(file, "Mara", "Ellwood")
    surveyed(file, "2026-11-03")
    add_measures(file, 13, 14, 9, 18)
    request = add_request(
        file,
        state="sent",
        sent_on=day("2026-11-04"),
        agent="Thorne Lettings",
        decision_kind="private_landlord",
        wording="A security upgrade at no cost.",
    )
    add_event(file, request, "sent", "2026-11-04")
    add_event(file, request, "auto_reply", "2026-11-04")
    return file


def test_a_is_silent_and_the_card_says_agent_21_days(silent_agent: CaseFile) -> None:
    today = day("2026-11-25")
    card = derive(silent_agent, today, SETTINGS).card
    assert card.consent == "silent"
    assert (card.stuck_why, card.stuck_on) == ("agent silent", "Thorne Lettings")
    assert age(card.stuck_since, today) == "21d"
    assert card.next_command == "chase"


def test_a_chases_owner_manager_and_locked_environmental_health(silent_agent: CaseFile) -> None:
    request = silent_agent.consent_requests[0]
    steps = consent.ladder(request, silent_agent.events_of(request), "standard", SETTINGS)
    assert [step.day for step in steps if step.kind == "chase"] == [2, 4, 7, 10]
    by_kind = {step.kind: step for step in steps}
    assert by_kind["owner_details"].day == 10
    assert by_kind["escalated"].day == 15
    assert by_kind["eh_offered"].day == 21
    assert "written consent" in by_kind["eh_offered"].locked
    assert "whole building" in by_kind["eh_offered"].locked
    found = rules(silent_agent, day("2026-11-25"))
    assert found["consent_owner"] == "2026-11-18"
    assert found["consent_escalate"] == "2026-11-25"
    assert found["consent_eh"] == "2026-12-03"


def test_a_environmental_health_opens_only_with_date_and_warning(silent_agent: CaseFile) -> None:
    request = silent_agent.consent_requests[0]
    offer = ConsentEvent(kind="eh_offered")
    with pytest.raises(RefusedError):
        consent.apply_event(request, offer, day("2026-12-03"))
    request.survivor_eh_consent, request.eh_warned = day("2026-12-02"), "yes"
    assert consent.apply_event(request, offer, day("2026-12-03"))["state"] == "eh_offered"


def test_a_interim_kit_is_allowed_and_fixed_works_are_not(silent_agent: CaseFile) -> None:
    today = day("2026-11-25")
    assert rules(silent_agent, today)["interim_kit"] == "2026-11-18"
    for measure in add_measures(silent_agent, 1, 2, 3, 4, 5):
        assert gates.measure_refusals(silent_agent, measure, "fitted", today, SETTINGS) == []
    refused = gates.measure_refusals(
        silent_agent, silent_agent.measures[0], "fitted", today, SETTINGS
    )
    assert {item.gate for item in refused} == {"G4"}
    assert "interim_kit" not in rules(silent_agent, today)


def test_a_letter_check_and_consent_never_inferred(silent_agent: CaseFile) -> None:
    letter = "We must fit locks as Mara Ellwood is a victim of domestic abuse."
    words = [hit.word for hit in wording.disclosures(letter, ("Mara Ellwood",))]
    assert words == ["Mara", "Ellwood", "victim", "domestic", "abuse"]
    late = day("2028-11-25")
    assert consent.worst_state(silent_agent, late, SETTINGS) == "silent"
    assert "G4" in {item.gate for item in gates.refusals(silent_agent, "approval", late, SETTINGS)}


# --- B: deaf survivor -----------------------------------------------------------------------------


@pytest.fixture
def deaf_survivor() -> CaseFile:
    file = case_file("survey")
    named(file, "Jonah", "Birtwell")
    survivor = file.survivor
    assert survivor is not None
    survivor.disability, survivor.communication = "deaf", "bsl;text_only"
    file.properties[0].tenure = "ha"
    surveyed(file)
    add_measures(file, 39, escape_checked="not_asked")
    add_measures(
        file, None, name="Bedroom door bar", escape_affecting="yes", escape_checked="not_asked"
    )  # type: ignore[arg-type]
    return file


def test_b_no_voice_call_and_an_interpreter_in_the_banner(deaf_survivor: CaseFile) -> None:
    assert not contact.voice_ok(deaf_survivor)
    assert contact.reachable(deaf_survivor)
    assert contact.safe_contact(deaf_survivor) == "Text only, no voicemail, BSL interpreter."
    deaf_survivor.case.stage = "triage"
    deaf_survivor.notes.clear()
    found = list(reminders(deaf_survivor, day("2026-11-26"), SETTINGS))
    first = next(item for item in found if item.rule == "first_contact")
    assert first.title_text.endswith("by text")


def test_b_fire_gate_fails_until_bar_and_alarm_are_checked_together(
    deaf_survivor: CaseFile,
) -> None:
    today = day("2026-11-26")
    alarm, bar = deaf_survivor.measures

    def stopped() -> bool:
        found = gates.refusals(deaf_survivor, "consent", today, SETTINGS)
        return "G5" in {item.gate for item in found}

    assert stopped()
    bar.escape_checked = "yes"
    assert stopped()
    alarm.escape_checked = "yes"
    assert not stopped()
    alarm.state = "declined"
    assert stopped()


def test_b_unmet_access_need_and_missing_practice_block_the_handover(
    deaf_survivor: CaseFile,
) -> None:
    today = day("2026-11-26")
    deaf_survivor.case.stage = "installation"
    for measure in deaf_survivor.measures:
        measure.state, measure.fitted_on, measure.escape_checked = "fitted", today, "yes"
    alarm = deaf_survivor.measures[0]
    alarm.access_need = "no pillow pad yet"
    found = gates.refusals(deaf_survivor, "aftercare", today, SETTINGS)
    assert any("access need" in item.sentence for item in found)
    assert any("not yet used it themselves" in item.sentence for item in found)
    assert derive(deaf_survivor, today, SETTINGS).card.stuck_why == "access need unmet"
    alarm.access_need = ""
    for measure in deaf_survivor.measures:
        measure.instructions = "yes"
    assert gates.refusals(deaf_survivor, "aftercare", today, SETTINGS) == []


# --- C: prison release tomorrow -------------------------------------------------------------------


@pytest.fixture
def release_tomorrow() -> CaseFile:
    file = case_file("referral", "2026-11-26", acknowledged=None)
    file.case.received = datetime(2026, 11, 26, 13, 10, tzinfo=UTC)
    file.notes.clear()
    named(file, "Kerry-Ann", "Osei")
    file.properties[0].tenure = "owner"
    perpetrator = file.perpetrators[0]
    perpetrator.whereabouts, perpetrator.weapons = "custody", "yes"
    perpetrator.release_date = day("2026-11-27")
    return file


def test_c_emergency_path_with_an_hour_clock(release_tomorrow: CaseFile) -> None:
    now = datetime(2026, 11, 26, 17, 40, tzinfo=UTC)
    sentence = emergency.emergency(release_tomorrow, now, SETTINGS)
    assert sentence is not None
    assert "4 h since referral" in sentence
    assert "Release Fri 27 Nov" in sentence
    assert "G3" in sentence
    assert derive(release_tomorrow, day("2026-11-26"), SETTINGS).card.urgency == "emergency"
    assert emergency.emergency(case_file(), now, SETTINGS) is None


@pytest.mark.parametrize(
    ("today", "urgency", "due"),
    [
        ("2026-11-26", "standard", "2026-11-26"),  # released tomorrow: the path is open
        ("2026-11-27", "standard", "2026-11-26"),
        ("2026-11-28", "standard", "2026-11-30"),  # released, nothing else: two working days
        ("2026-11-28", "urgent", "2026-11-27"),
        ("2026-11-28", "emergency", "2026-11-26"),
    ],
)
def test_c_first_contact_is_due_by_the_urgency_of_the_day(
    release_tomorrow: CaseFile, today: str, urgency: str, due: str
) -> None:
    release_tomorrow.case.urgency = urgency
    assert rules(release_tomorrow, day(today))["first_contact"] == due


def test_c_jumps_to_installation_but_g1_to_g4_still_bind(release_tomorrow: CaseFile) -> None:
    today = day("2026-11-26")
    add_measures(release_tomorrow, 9, state="approved", consent_needed="yes")
    assert gates.refusals(release_tomorrow, "installation", today, SETTINGS) == []
    release_tomorrow.case.choice_made = "not_asked"
    release_tomorrow.perpetrators[0].still_resident = "yes"
    release_tomorrow.properties[0].named_parties = "joint"
    release_tomorrow.properties[0].tenure = "prs"
    found = gates.refusals(release_tomorrow, "installation", today, SETTINGS)
    assert {item.gate for item in found} == {"G1", "G2", "G3", "G4"}


def test_c_judgement_route_to_an_emergency_marac_without_a_score(
    release_tomorrow: CaseFile,
) -> None:
    today = day("2026-11-26")
    assert rules(release_tomorrow, today)["marac_cutoff"] == "2026-11-26"
    release_tomorrow.risk_assessments = [
        RiskAssessment(id=1, assessed=today, judgement="yes", judgement_reason="release, weapons")
    ]
    card = derive(release_tomorrow, today, SETTINGS).card
    assert (card.risk, card.score) == ("high", None)
    found = marac_list.candidate(release_tomorrow, card, day("2026-11-26"), today, SETTINGS)
    assert found is not None
    assert (found.criteria, found.listing_type) == (("PJ",), "emergency")


def test_c_police_answer_stops_the_visit_and_the_fitting(release_tomorrow: CaseFile) -> None:
    today = day("2026-11-26")
    (lock,) = add_measures(release_tomorrow, 9, state="approved", consent_needed="yes")
    visit = Visit(id=1, kind="install", on=today, window="16:00-18:00")
    release_tomorrow.visits = [visit]
    release_tomorrow.case.stage = "installation"
    assert [item.gate for item in gates.visit_refusals(release_tomorrow, visit, today, SETTINGS)]
    refused = gates.measure_refusals(release_tomorrow, lock, "fitted", today, SETTINGS)
    assert [item.gate for item in refused] == ["G7"]  # no third party's consent for an owner
    card = derive(release_tomorrow, today, SETTINGS).card
    assert (card.stuck_why, card.stuck_on) == ("police answer awaited", "Police")
    assert rules(release_tomorrow, today)["police_answer"] == "2026-11-26"
    visit.police_answer = "yes"
    assert gates.measure_refusals(release_tomorrow, lock, "fitted", today, SETTINGS) == []


def test_c_police_marker_asked_and_48_hour_check_queued(release_tomorrow: CaseFile) -> None:
    today = day("2026-11-26")
    assert rules(release_tomorrow, today)["police_marker"] == "2026-11-26"
    release_tomorrow.case.cadence = "standard"
    add_measures(release_tomorrow, 9, state="fitted", fitted_on=today)
    first = aftercare.schedule(release_tomorrow, SETTINGS)[0]
    assert (first.kind, first.due) == ("h48", day("2026-11-30"))


# --- D: joint tenancy, no order -------------------------------------------------------------------


@pytest.fixture
def joint_tenancy() -> CaseFile:
    file = case_file("legal", "2026-11-12")
    named(file, "Priya", "Dhanda")
    home = file.properties[0]
    home.tenure, home.tenancy, home.named_parties = "council", "secure", "joint"
    file.perpetrators[0].relationship = "partner"
    return file


def test_d_g3_stops_the_excluding_list_and_offers_the_rest(joint_tenancy: CaseFile) -> None:
    today = day("2026-11-26")
    measures = add_measures(joint_tenancy, *range(1, 47))
    found = gates.findings(joint_tenancy, today, SETTINGS)
    stopped = {item.measure_id for item in found if item.gate == "G3" and item.severity == "stop"}
    numbers = {item.catalogue_id for item in measures if item.id in stopped}
    assert numbers == {9, 10, 11, 12, 18, 23, 27, 45}
    for measure in measures[:5]:
        assert gates.measure_refusals(joint_tenancy, measure, "fitted", today, SETTINGS) == []
    case_level = [item.sentence for item in found if item.gate == "G3" and not item.measure_id]
    assert any("items 1 to 5 may be offered" in sentence for sentence in case_level)


def test_d_legal_advice_task_notice_to_quit_warning_and_card(joint_tenancy: CaseFile) -> None:
    today = day("2026-11-26")
    add_measures(joint_tenancy, 9)
    assert rules(joint_tenancy, today)["legal_advice"] == "2026-11-17"
    sentences = [item.sentence for item in gates.findings(joint_tenancy, today, SETTINGS)]
    assert any("Notice to quit" in sentence for sentence in sentences)
    card = derive(joint_tenancy, today, SETTINGS).card
    assert (card.stuck_why, card.stuck_on) == ("joint tenancy, no order", "Solicitor")
    joint_tenancy.notes.append(Note(id=2, kind="legal_advice", body="advice taken"))
    assert "legal_advice" not in rules(joint_tenancy, today)


@pytest.mark.parametrize(
    ("available", "text"),
    [
        (False, "legal advice on an occupation order"),
        (True, "legal advice on an occupation order or DAPO"),
    ],
)
def test_d_a_dapo_is_named_only_where_one_can_be_had(
    joint_tenancy: CaseFile, available: bool, text: str
) -> None:
    add_measures(joint_tenancy, 9)
    given = default_settings()
    given.policy.dapo_available = available
    assert derive(joint_tenancy, day("2026-11-26"), given).card.next_text == text


def test_d_order_opens_warns_and_locks_again(joint_tenancy: CaseFile) -> None:
    (lock,) = add_measures(joint_tenancy, 9)
    joint_tenancy.legal_orders = [
        LegalOrder(
            id=1, kind="nmo", made=day("2026-11-20"), advice="taken", signed_off_by="Manager"
        )
    ]
    amber = gates.findings(joint_tenancy, day("2026-11-26"), SETTINGS)
    assert [one.severity for one in amber if one.gate == "G3" and one.measure_id] == ["warn"]
    joint_tenancy.legal_orders = [
        LegalOrder(
            id=2,
            kind="occupation",
            made=day("2026-11-26"),
            expiry=day("2027-05-26"),
            excludes="yes",
        )
    ]
    assert gates.refusals(joint_tenancy, "survey", day("2026-11-26"), SETTINGS) == []
    found = reminders(joint_tenancy, day("2026-11-26"), SETTINGS)
    assert [str(one.due) for one in found if one.rule == "order_expiry"] == [
        "2027-04-14",
        "2027-05-12",
        "2027-05-21",  # the 23rd is a Sunday
    ]
    card = derive(joint_tenancy, day("2027-05-24"), SETTINGS).card
    assert card.valid_until == day("2027-05-26")
    assert "G3" not in card.gates
    card = derive(joint_tenancy, day("2027-05-27"), SETTINGS).card
    assert "G3" in card.gates.split(";")
    assert card.stuck_why == "order lapsed Wed 26 May"
    assert gates.measure_refusals(joint_tenancy, lock, "fitted", day("2027-05-27"), SETTINGS)


# --- E: housing association tenant, in-house scheme -----------------------------------------------


@pytest.fixture
def ha_tenant() -> CaseFile:
    file = with_support(case_file("approval", "2026-11-23"))
    named(file, "Lena", "Sobczak")
    file.properties[0].tenure = "ha"
    file.people += [
        Person(id=3, role="child", contact_arrangement="none"),
        Person(id=4, role="child", contact_arrangement="none"),
    ]
    file.case.ha_scheme = "yes"
    file.case.ha_return_due = scheme.ha_return_due(day("2026-11-23"), SETTINGS)
    surveyed(file)
    add_request(file, state="granted", decision_kind="ha", decision_maker="Fairholm HA")
    add_measures(file, 9, 31, fund="ha", state="ordered")
    return file


def test_e_with_ha_and_the_answer_due_in_three_working_days(ha_tenant: CaseFile) -> None:
    today = day("2026-11-26")
    assert ha_tenant.case.ha_return_due == day("2026-11-26")
    card = derive(ha_tenant, today, SETTINGS).card
    assert (card.stuck_why, card.stuck_on) == ("with HA", "Fairholm HA")
    found = rules(ha_tenant, today)
    assert found["ha_return"] == "2026-11-26"
    assert "risk_review" in found  # the coordinator keeps risk, plan and support


def test_e_said_yes_waits_for_the_landlords_works(ha_tenant: CaseFile) -> None:
    """What it fits in its own home needs no request besides; the card says who fits it."""
    today = day("2026-11-27")
    ha_tenant.consent_requests.clear()
    for measure in ha_tenant.measures:
        measure.state = "proposed"
    before = [item.sentence for item in gate_consent.findings(ha_tenant, today)]
    assert before[0].endswith("is for the landlord's own scheme, which has not said yes yet.")
    assert {item.severity for item in gate_consent.findings(ha_tenant, today)} == {"stop"}
    ha_tenant.case.ha_answer = "yes"
    ha_tenant.case.ha_return_due = day("2026-12-03")
    assert gate_consent.findings(ha_tenant, today) == []
    card = derive(ha_tenant, today, SETTINGS).card
    assert (card.stuck_why, card.stuck_on) == ("landlord fits it", "Landlord")
    assert card.next_text == "ask if it is fitted"
    for stage in ("survey", "installation"):
        ha_tenant.case.stage = stage
        found = rules(ha_tenant, today)
        assert found["ha_return"] == "2026-12-03"
        assert "book_survey" not in found
        assert "book_install" not in found


def test_e_own_works_are_booked_beside_the_landlords(ha_tenant: CaseFile) -> None:
    today = day("2026-11-27")
    ha_tenant.case.ha_answer, ha_tenant.case.stage = "yes", "installation"
    ha_tenant.case.ha_return_due = day("2026-12-03")
    add_measures(ha_tenant, 31, fund="hpg", state="approved")
    assert "book_install" in rules(ha_tenant, today)


@pytest.mark.parametrize("changed", ["refused", "sent", "other_fund", "communal", "private"])
def test_e_the_landlords_yes_is_not_anybody_elses(ha_tenant: CaseFile, changed: str) -> None:
    """An owner who refused or is asked is not overruled; a shared door is not the landlord's own;
    a fund's name does not make a private landlord agree (gates G4 and G9)."""
    today = day("2026-11-27")
    ha_tenant.case.ha_answer = "yes"
    ha_tenant.consent_requests.clear()
    lock = ha_tenant.measures[0]
    if changed in ("refused", "sent"):
        add_request(ha_tenant, state=changed, decision_kind="ha", decision_maker="Fairholm HA")
    elif changed == "other_fund":
        lock.fund = "hpg"
    elif changed == "communal":
        lock.part = "common_parts"
    else:
        ha_tenant.properties[0].tenure = "prs"
    found = gate_consent.measure_finding(ha_tenant, lock, today)
    assert found is not None
    assert found.severity == "stop"


def test_e_a_refused_item_becomes_a_gap_on_another_fund(ha_tenant: CaseFile) -> None:
    today = day("2026-11-26")
    lock, light = ha_tenant.measures
    lock.state, lock.fitted_on, light.state = "fitted", today, "declined"
    assert not scheme.ha_pending(ha_tenant)
    add_measures(ha_tenant, 31, fund="hpg")
    assert scheme.home_secured(ha_tenant) == "part"
    assert not scheme.ha_pending(ha_tenant)


def test_e_the_landlords_outcome_is_needed_to_close(ha_tenant: CaseFile) -> None:
    today = day("2026-11-26")
    ha_tenant.closures = [Closure(id=1, closed_on=today, outcome="passed_to_ha")]
    found = gates.refusals(ha_tenant, "closed", today, SETTINGS)
    assert any("own scheme" in item.sentence for item in found)
    for measure in ha_tenant.measures:
        measure.state, measure.fitted_on = "fitted", today
    assert gates.refusals(ha_tenant, "closed", today, SETTINGS) == []


def test_e_landlords_money_is_not_ours_and_the_case_counts_once(ha_tenant: CaseFile) -> None:
    ha_tenant.expenditures = [
        Expenditure(id=1, fund="ha", gross=22000),
        Expenditure(id=2, fund="hpg", gross=6800),
        Expenditure(id=3, fund="part4", net=1000, vat=200),
    ]
    assert scheme.ordered_or_spent(ha_tenant) == 8000
    assert scheme.ordered_or_spent(ha_tenant, theirs=True) == 22000
    ha_tenant.measures[0].state = "fitted"
    ha_tenant.measures[0].fitted_on = day("2026-11-26")
    assert scheme.counts_in_return(ha_tenant, day("2026-04-01"), day("2027-03-31")) is True


# --- F: moved out of area -------------------------------------------------------------------------


@pytest.fixture
def moved_away() -> CaseFile:
    file = with_support(case_file("aftercare", "2026-03-02"))
    file.case.stage_entered = day("2026-03-20")
    file.case.cadence = "no_calls"
    named(file, "Tom", "Ferris")
    add_measures(file, 9, 1, 3, state="fitted", fitted_on=day("2026-03-19"))
    file.properties[0].police_marker = "yes"
    file.properties[0].moved_out = day("2026-11-20")
    file.safe_addresses = [SafeAddress(id=1, address="kept apart", area="Elsewhere")]
    file.marac_listings = [
        MaracListing(id=1, meeting=day("2026-04-23"), referred=day("2026-04-16"), state="heard")
    ]
    return file


def test_f_kit_marac_and_marker(moved_away: CaseFile) -> None:
    today = day("2026-11-26")
    found = rules(moved_away, today)
    assert found["kit_return"] == "2026-12-04"
    assert found["marac_transfer"] == "2026-11-23"
    assert found["marker_removal"] == "2026-11-27"
    assert "new_address" not in found
    moved_away.case.stage, moved_away.case.status = "closed", "closed"
    assert set(rules(moved_away, today)) == {"kit_return", "marac_transfer", "marker_removal"}
    for measure in moved_away.measures[1:]:
        measure.state = "removed"
    moved_away.properties[0].police_marker = "removed"
    assert set(rules(moved_away, today)) == {"marac_transfer"}


def test_f_transfer_pack_only_with_its_basis(moved_away: CaseFile) -> None:
    assert transfer.pack_locked(moved_away)
    listing = MaracListing(id=2, meeting=day("2026-12-10"), listing_type="transfer")
    moved_away.marac_listings.append(listing)
    assert "lawful basis" in (transfer.pack_locked(moved_away) or "")
    listing.share_basis, listing.decided_by = "safeguarding", "Manager"
    assert "when" in (transfer.pack_locked(moved_away) or "")
    listing.decided_on = day("2026-11-26")
    assert transfer.pack_locked(moved_away) is None
    listing.state, listing.referred = "sent", day("2026-11-26")
    assert "marac_transfer" not in rules(moved_away, day("2026-11-27"))


def test_f_repeat_clock_carries_over_the_move(moved_away: CaseFile) -> None:
    assert marac.within_radar(moved_away, day("2026-11-26"), SETTINGS) == day("2027-04-16")
    moved_away.incidents = [Incident(id=1, at=datetime(2026, 11, 25, 9, tzinfo=UTC))]
    assert "REP" in marac.criteria(moved_away, day("2026-11-26"), SETTINGS)[0]


def test_f_no_transfer_after_the_twelve_months(moved_away: CaseFile) -> None:
    moved_away.properties[0].moved_out = day("2027-06-01")
    assert "marac_transfer" not in rules(moved_away, day("2027-06-02"))


def test_f_new_address_is_never_in_what_the_rules_say(moved_away: CaseFile) -> None:
    derived = derive(moved_away, day("2026-11-26"), SETTINGS)
    said = repr(derived) + repr(gates.findings(moved_away, day("2026-11-26"), SETTINGS))
    assert "kept apart" not in said
    moved_away.safe_addresses.clear()
    assert rules(moved_away, day("2026-11-26"))["new_address"] == "2026-11-23"


def test_f_return_is_coded_as_a_planned_move(moved_away: CaseFile) -> None:
    assert transfer.return_reason(moved_away) == "moved_planned"
    moved_away.closures = [Closure(id=1, closed_on=day("2026-11-26"), reason="moved_unplanned")]
    assert transfer.return_reason(moved_away) == "moved_unplanned"
    assert works.portable(moved_away.measures[1])
