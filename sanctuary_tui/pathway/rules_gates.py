"""Gates, stages and the emergency path, as docs/RULES.md lists them (see ``rule``)."""

from __future__ import annotations

from typing import Final

from sanctuary_tui.pathway.rule import Rule, page

_BASIC = page("basics")
_CREW = page("contractors")
_EXITS = page("exits")
_GATES = page("gates")
_LEGAL = page("legal")
_STAGES = page("stages")
_CASES = page("scenarios")

GATES: Final = (
    Rule(
        "G1",
        "DOMAIN 1, gate rules; MHCLG 2026 3.3",
        _GATES + "test_g1_wants_an_informed_dated_choice",
        (),
        "Stops until the survivor's own choice is dated and the other options were explained; no "
        "override.",
    ),
    Rule(
        "G2",
        "DOMAIN 1, gate rules; STADA 2023 FAQ 1",
        _GATES + "test_g2_stops_until_residence_is_answered_no",
        (),
        "Stops until every perpetrator recorded is known not to live in the home; no override.",
    ),
    Rule(
        "G3",
        "DOMAIN 1, gate rules, conflicts 2 and 3; STADA 2023; MHCLG 2026 6.4",
        _LEGAL + "test_g3_stops_each_excluding_measure_of_a_joint_tenancy",
        ("policy.dapo_available",),
        "Stops works that shut out somebody with a right to be there, until an occupation order or "
        "DAPO that excludes, a transfer or the end of the tenancy takes it away; shuts again for "
        "works not fitted when the order lapses. What comes next names a DAPO where one can be "
        "had.",
    ),
    Rule(
        "gate_legal.rights_held",
        "DOMAIN 1, gate rules",
        _LEGAL + "test_g3_asks_of_home_rights_where_there_may_have_been_a_marriage",
    ),
    Rule(
        "gate_legal.amber",
        "DOMAIN conflict 3",
        _LEGAL + "test_g3_any_other_order_that_excludes_is_amber_with_advice_and_sign_off",
    ),
    Rule(
        "G4",
        "DOMAIN 1, gate rules, and 5; STADA 2023",
        _GATES + "test_g4_stops_per_measure_until_the_owner_of_the_part_has_granted",
        (),
        "Stops each measure in the dwelling until every owner asked has granted it and no grant "
        "has run out; one that may need consent too, once an owner was asked.",
    ),
    Rule(
        "G5",
        "DOMAIN 1, gate rules; STADA 2023; SBD manual; fire service notes",
        _GATES + "test_g5_stops_a_fixed_measure_on_a_way_out_until_checked",
        (),
        "Stops a fixed measure on a way out until the way out is checked, and a sanctuary room "
        "until the fire service has advised; warns for portable kit.",
    ),
    Rule(
        "G6",
        "DOMAIN 1, gate rules; STADA 2023",
        _GATES + "test_g6_disrepair_warns",
        (),
        "Warns that what is in disrepair comes first.",
    ),
    Rule(
        "G7",
        "DOMAIN 1, gate rules; STADA 2023 case study",
        _CREW + "test_g7_holds_a_visit_until_the_police_answer",
        (),
        "Under a recorded risk, stops a visit and a fitting until the police call it safe; warns "
        "where nobody asked.",
    ),
    Rule(
        "gates.works_findings",
        "DOMAIN 1, gate rules",
        _CREW + "test_a_booked_visit_says_which_gate_still_stops_its_works",
    ),
    Rule(
        "gate_safety.danger",
        "DOMAIN 1, gate rules; STADA 2023 case study",
        _CREW + "test_g7_custody_is_known_whereabouts_until_it_ends",
        ("emergency.breach_hours",),
    ),
    Rule(
        "gate_safety.danger_since",
        "DOMAIN 1, gate rules",
        _CREW + "test_g7_an_old_yes_of_the_police_clears_no_later_fitting",
    ),
    Rule(
        "gate_safety.fitting_finding",
        "DOMAIN 1, gate rules",
        _CREW + "test_g7_an_old_yes_of_the_police_clears_no_later_fitting",
    ),
    Rule(
        "G8",
        "DOMAIN 1, gate rules, conflict 5; MHCLG 2026 4.1",
        _GATES + "test_g8_is_soft_unless_the_district_makes_it_hard",
        ("policy.support_gate",),
        "Warns, or stops where the district says so, until support and a safety plan are offered "
        "and answered.",
    ),
    Rule(
        "G9",
        "DOMAIN 1, gate rules; STADA 2023; MHCLG 2026 5.1",
        _GATES + "test_g9_common_parts_need_their_own_consent",
        (),
        "Stops each measure in the common parts until whoever owns those has granted it.",
    ),
    Rule(
        "G10",
        "DOMAIN 1, gate rules; STADA 2023 FAQ 1",
        _GATES + "test_g10_children_warn_until_contact_is_asked_and_when_the_review_passes",
        (),
        "Warns until each child's contact arrangement is asked about and reviewed in time.",
    ),
    Rule(
        "policy",
        "DOMAIN conflict 4; STADA 2023 FAQ 2; MHCLG 2026 5.1",
        _GATES + "test_a_video_doorbell_needs_the_districts_switch",
        ("policy.video_doorbell",),
        "Stops ordering and fitting a video doorbell unless the district offers them.",
    ),
    Rule(
        "perpetrator",
        "DOMAIN 5, consent, and 8, contractors",
        "tests/documents/test_readers.py::test_nothing_is_written_to_the_perpetrator",
        (),
        "Stops a worker who has all of a perpetrator's name, and whatever would go to anybody who "
        "has their nickname or firm, or to the perpetrator's address; no override.",
    ),
    Rule(
        "same_name",
        "DOMAIN 5, consent",
        "tests/documents/test_readers.py::"
        "test_a_landlord_with_the_perpetrators_name_passes_by_an_override_of_its_own",
        (),
        "Stops what would go to an owner or agent who has all of a perpetrator's name; an override "
        "lets that one pass whom its reason names, and a namesake's override does not.",
    ),
    Rule(
        "namesake",
        "DOMAIN 5, consent, and 8, contractors",
        "tests/documents/test_readers.py::test_a_manager_lets_one_namesake_pass_and_it_is_logged",
        (),
        "Stops what would go to an owner, agent or worker whose name is only like a perpetrator's; "
        "an override lets that one pass whom its reason names.",
    ),
    Rule(
        "gates.live_overrides",
        "DOMAIN 1; design section 5",
        _EXITS + "test_an_override_never_closes_a_case_that_says_not_how_it_ended",
    ),
    Rule("gates.refusals", "DOMAIN 1, stage table", _STAGES + "test_every_exit_on_the_way_binds"),
    Rule(
        "gates.measure_refusals",
        "DOMAIN 1 and conflict 4",
        _GATES + "test_ordering_and_fitting_are_refused_by_each_gate",
        ("policy.video_doorbell",),
    ),
    Rule(
        "gates.visit_refusals",
        "DOMAIN 1, gate rules",
        _CASES + "test_c_police_answer_stops_the_visit_and_the_fitting",
    ),
)

_IN_EMERGENCY = "test_an_emergency_is_not_held_by_paper_but_by_an_unsafe_contact"
_ASKS_NOTHING = "test_a_referral_that_asks_nothing"

STAGES: Final = (
    Rule(
        "referral",
        "DOMAIN 1, stage table; MHCLG 2026 5.2",
        _EXITS + "test_a_referral_is_left_acknowledged_with_both_checks_done",
        (),
        "Left once it is known how to reach the survivor safely, the referrer has had an answer "
        "(but for a self-referral), and earlier cases and conflicts were looked for; in an "
        "emergency only the safe contact stops it.",
    ),
    Rule(
        "triage",
        "DOMAIN 1, stage table; STADA 2023 (landlord's own scheme)",
        _STAGES + "test_triage_warns_of_what_has_not_been_asked",
        (),
        "Left with a warning where the landlord's scheme, the risk assessment or the district was "
        "passed over.",
    ),
    Rule(
        "risk_support",
        "DOMAIN 1, stage table, and 3; SafeLives",
        _EXITS + "test_risk_is_current_when_a_case_leaves_risk_and_support",
        ("risk.review_weeks",),
        "Left once the risk assessment is current and somebody has considered MARAC; in an "
        "emergency this is a warning.",
    ),
    Rule(
        "legal",
        "DOMAIN 1, stage table, conflict 2; Great Yarmouth",
        _EXITS + "test_tenure_is_evidenced_when_a_case_leaves_the_legal_stage",
        (),
        "Left once the tenancy or title has been seen and the joint-rights position is resolved "
        "(G3); in an emergency this is a warning.",
    ),
    Rule(
        "survey",
        "DOMAIN 1, stage table",
        _STAGES + "test_survey_is_wanted_unless_only_portable_kit_or_no_works_are",
        (),
        "Left once a survey is done, no works are needed, or only portable kit is wanted; warns "
        "where access and the survivor's wishes were not asked.",
    ),
    Rule(
        "approval",
        "DOMAIN 1, stage table",
        _STAGES + "test_approval_wants_approver_and_date",
        (),
        "Left once an approver, a date and what pays are recorded; in an emergency this is a "
        "warning.",
    ),
    Rule(
        "stage_exits.unfunded",
        "DOMAIN 1, stage table",
        _EXITS + "test_works_are_funded_before_they_are_installed",
    ),
    Rule(
        "installation",
        "DOMAIN 1, stage table; MHCLG 2026 5.1",
        _STAGES + "test_installation_ends_when_each_approved_measure_is_settled",
        (),
        "Left once each approved measure is settled and, where that is due, practised with.",
    ),
    Rule(
        "aftercare",
        "DOMAIN 1, stage table, and 7; MHCLG 2026 4.2",
        _EXITS + "test_a_case_is_closed_as_secured_with_its_due_checks_done",
        (),
        "A case that ends secured is closed once no fault is open and no due check is undone; for "
        "any other ending this is a warning.",
    ),
    Rule(
        "closed",
        "DOMAIN 1, stage table; MHCLG 2026 5.2",
        _EXITS + "test_a_case_ends_secured_only_where_the_home_is",
        (),
        "Entered from any stage with a coded closure, as secured only where the home is; a "
        "landlord's own scheme has its answer first. Warns of what the survivor was not told.",
    ),
    Rule("stage_exits.exits", "DOMAIN 1, stage table", _EXITS + _IN_EMERGENCY),
    Rule("stage_exits.unacknowledged", "DOMAIN 1, stage table", _EXITS + _ASKS_NOTHING),
    Rule(
        "stage_exits.marac_considered",
        "DOMAIN 1, stage table, and 3",
        _EXITS + "test_marac_is_considered_when_a_case_leaves_risk_and_support",
        ("risk.high_from", "marac.escalation_reports"),
    ),
    Rule(
        "gate_legal.position_finding",
        "DOMAIN 1, stage table, and conflicts 2 and 3",
        _EXITS + "test_joint_rights_are_resolved_when_a_case_leaves_the_legal_stage",
    ),
    Rule(
        "gate_legal.advised",
        "DOMAIN 10 D",
        _EXITS + "test_advice_resolves_the_position_but_fits_no_lock",
    ),
    Rule(
        "stage_exits.handover_gaps",
        "MHCLG 2026 5.1; DOMAIN 10 B",
        _STAGES + "test_devices_are_practised_before_the_handover",
    ),
    Rule(
        "stages.target_date",
        "DOMAIN 1, stage table",
        _BASIC + "test_stage_targets_count_working_days",
        ("stage_targets",),
    ),
    Rule(
        "stages.title",
        "design section 5",
        _BASIC + "test_a_stage_without_target_has_none_and_titles_are_the_districts",
        ("stage_titles",),
    ),
)

_JUMP = _CASES + "test_c_emergency_path_with_an_hour_clock"
_WINDOW = _STAGES + "test_the_windows_of_release_and_breach_are_counted_in_days_and_miss_no_hour"
_HOURS = ("emergency.release_hours", "emergency.breach_hours")

EMERGENCY: Final = (
    Rule(
        "release",
        "DOMAIN 1, emergency path; WHA Year 1 report",
        _WINDOW,
        ("emergency.release_hours",),
        "Starts the path when ticked, or when a recorded release is near: 72 hours ahead, counted "
        "as three days. A ticked one ends so long after the recorded date of every perpetrator.",
    ),
    Rule(
        "weapon",
        "DOMAIN 1, emergency path",
        _STAGES + "test_each_ticked_trigger_starts_the_emergency_path",
        (),
        "Starts the path when ticked.",
    ),
    Rule(
        "breach",
        "DOMAIN 1, emergency path",
        _STAGES + "test_a_fresh_breach_at_the_home_starts_the_emergency_path",
        ("emergency.breach_hours",),
        "Starts the path when ticked, or for 72 hours, counted as three days, after an order was "
        "broken at the home.",
    ),
    Rule(
        "located",
        "DOMAIN 1, emergency path",
        _STAGES + "test_each_ticked_trigger_starts_the_emergency_path",
        (),
        "Starts the path when ticked.",
    ),
    Rule("emergency.days_of", "DOMAIN 1, emergency path", _WINDOW, _HOURS),
    Rule(
        "emergency.releases",
        "DOMAIN 1, emergency path",
        _WINDOW,
        ("emergency.release_hours",),
    ),
    Rule(
        "emergency.triggers",
        "DOMAIN 1, emergency path",
        _STAGES + "test_each_ticked_trigger_starts_the_emergency_path",
        ("emergency.breach_hours",),
    ),
    Rule(
        "emergency.broken_on",
        "DOMAIN 1, emergency path",
        _STAGES + "test_a_fresh_breach_at_the_home_starts_the_emergency_path",
        ("emergency.breach_hours",),
    ),
    Rule(
        "emergency.marked_on",
        "DOMAIN 1, emergency path",
        page("release") + "test_what_is_marked_or_ticked_after_the_works_opens_the_path",
    ),
    Rule(
        "emergency.made_safe",
        "DOMAIN 1, emergency path, and 7",
        page("release")
        + "test_an_order_broken_at_home_on_the_day_of_the_works_or_after_opens_the_path",
        _HOURS,
    ),
    Rule(
        "emergency.is_emergency",
        "DOMAIN 1, emergency path, and 7",
        page("release") + "test_a_release_after_the_works_opens_the_path",
    ),
    Rule(
        "emergency.began",
        "DOMAIN 1, emergency path",
        page("release") + "test_support_is_offered_by_the_urgency_of_the_day",
        _HOURS,
    ),
    Rule(
        "emergency.urgency",
        "DOMAIN 1, emergency path; DOMAIN 10 C",
        page("release") + "test_a_recorded_emergency_is_urgent_once_its_path_has_closed",
    ),
    Rule("emergency.hours_since", "DOMAIN 10 C", _JUMP),
    Rule("emergency.emergency", "DOMAIN 1, emergency path", _JUMP),
)
