"""MARAC, the scheme, and what other rules stand on, for docs/RULES.md (see ``rule``)."""

from __future__ import annotations

from typing import Final

from sanctuary_tui.pathway.rule import Rule, page

_AFTER = page("aftercare")
_BASIC = page("basics")
_EXITS = page("exits")
_GATES = page("gates")
_LEGAL = page("legal")
_STAGES = page("stages")
_MARAC = page("marac")
_REMIND = page("reminders")
_CASES = page("scenarios")
_SCHEME = page("scheme")

MARAC: Final = (
    Rule(
        "VHR",
        "DOMAIN 3; SafeLives model form; Plymouth",
        _MARAC + "test_criteria_with_a_reason_each",
        ("risk.high_from",),
        "The score reaches the local threshold.",
    ),
    Rule(
        "PJ",
        "DOMAIN 3; SafeLives model form",
        _MARAC + "test_criteria_with_a_reason_each",
        (),
        "The assessor judges so, at any score or with none.",
    ),
    Rule(
        "ESC",
        "DOMAIN 3; SafeLives model form; Bristol",
        _MARAC + "test_criteria_with_a_reason_each",
        ("marac.escalation_reports",),
        "So many reports to the police in twelve months.",
    ),
    Rule(
        "REP",
        "DOMAIN 3, conflict 1; SafeLives",
        _MARAC + "test_repeat_is_by_the_pair",
        ("marac.repeat_months", "marac.repeat_anchor"),
        "A new incident by the same perpetrator, inside the months that run from the anchor.",
    ),
    Rule(
        "marac.meetings",
        "DOMAIN 3, practice facts",
        _MARAC + "test_a_district_sets_weekday_and_interval",
        ("marac.every_weeks", "marac.meeting_weekday", "marac.first_meeting"),
    ),
    Rule(
        "marac.awaited",
        "DOMAIN 3 and 10 F",
        _MARAC + "test_the_outcome_of_a_meeting_is_asked_for_three_working_days_later",
    ),
    Rule(
        "marac.cutoff",
        "DOMAIN 3, practice facts",
        _MARAC + "test_meetings_every_second_thursday_from_the_first",
        ("marac.cutoff_days",),
    ),
    Rule(
        "marac.meeting_for",
        "DOMAIN 3, practice facts",
        _MARAC + "test_meetings_every_second_thursday_from_the_first",
        ("marac.cutoff_days",),
    ),
    Rule(
        "marac.anchor",
        "DOMAIN conflict 1; SafeLives",
        _MARAC + "test_repeat_anchor_is_a_setting",
        ("marac.repeat_anchor",),
    ),
    Rule(
        "marac.within_radar",
        "DOMAIN 3; SafeLives",
        _MARAC + "test_radar_runs_twelve_months_and_drafts_do_not_start_it",
        ("marac.repeat_months",),
    ),
    Rule("marac.pairs", "DOMAIN conflict 1", _MARAC + "test_repeat_is_by_the_pair"),
    Rule(
        "marac.pairs_of",
        "DOMAIN conflict 1",
        _MARAC + "test_each_pair_has_its_own_twelve_months",
    ),
    Rule(
        "marac.pair_of",
        "DOMAIN conflict 1",
        _MARAC + "test_with_one_perpetrator_it_need_not_be_said",
    ),
    Rule(
        "marac.referred_on",
        "DOMAIN conflict 1 and 10 F",
        _MARAC + "test_a_referral_copied_onto_a_later_listing_is_not_another_pairs",
    ),
    Rule(
        "marac.repeats",
        "DOMAIN conflict 1; SafeLives",
        _MARAC + "test_repeat_by_the_calendar_from_either_anchor",
        ("marac.repeat_months", "marac.repeat_anchor"),
    ),
    Rule(
        "marac.unclear_repeats",
        "DOMAIN conflict 1",
        _MARAC + "test_an_incident_by_nobody_knows_whom_is_told_and_not_counted",
        ("marac.repeat_months",),
    ),
    Rule(
        "marac.repeat_day",
        "DOMAIN conflict 1; SafeLives",
        _MARAC + "test_repeat_is_an_incident_within_twelve_months_of_the_last_referral",
        ("marac.repeat_months", "marac.repeat_anchor"),
    ),
    Rule(
        "marac.deferred",
        "DOMAIN 3, practice facts",
        _MARAC + "test_a_deferred_case_is_offered_for_the_next_meeting",
    ),
    Rule(
        "marac.criterion_day",
        "DOMAIN 3",
        _MARAC + "test_a_case_heard_already_is_no_candidate_until_something_new",
    ),
    Rule(
        "marac.withdrawn_on",
        "DOMAIN 3, practice facts",
        _MARAC + "test_a_withdrawn_listing_with_its_reason_is_a_decision_until_a_newer_criterion",
    ),
    Rule(
        "marac.settled_on",
        "DOMAIN 3, practice facts",
        _MARAC + "test_a_withdrawn_listing_decides_on_the_pairs_it_was_about",
    ),
    Rule(
        "marac_list.emergency_day",
        "DOMAIN 10 C",
        _MARAC + "test_an_emergency_that_was_withdrawn_asks_again_when_something_happens",
        ("emergency.release_hours",),
    ),
    Rule(
        "marac_list.candidate",
        "DOMAIN 3 and 10 C",
        _MARAC + "test_an_emergency_goes_on_the_list_without_a_score",
    ),
    Rule(
        "marac_list.cannot_wait",
        "DOMAIN 3 and 10 C",
        _MARAC + "test_an_emergency_cannot_wait_until_it_is_on_a_list",
    ),
    Rule(
        "marac_list.missing_fields",
        "DOMAIN 3, forms compared and sharing",
        _MARAC + "test_missing_fields_say_what_the_row_lacks",
    ),
)

SCHEME: Final = (
    Rule(
        "scheme.scheme_type",
        "DOMAIN 1; MHCLG 2026 4.1",
        _SCHEME + "test_full_scheme_needs_more_than_hardware",
    ),
    Rule(
        "scheme.home_secured",
        "DOMAIN 1, emergency path",
        _SCHEME + "test_secured_never_by_portable_kit",
    ),
    Rule(
        "scheme.counts_in_return",
        "DOMAIN 4; NESG 2022-23 glossary",
        _SCHEME + "test_return_counts_a_fit_with_support_in_the_year",
    ),
    Rule(
        "scheme.return_reason",
        "DOMAIN 4; NESG 2022-23 glossary",
        _SCHEME + "test_the_return_says_why",
    ),
    Rule(
        "scheme.return_year",
        "DOMAIN 4",
        _SCHEME + "test_the_returns_year_is_april_to_march",
    ),
    Rule(
        "scheme.needs_gap",
        "DOMAIN 10 E",
        _SCHEME + "test_what_the_landlord_refused_is_a_gap_until_something_stands_for_it",
    ),
    Rule(
        "scheme.ha_fits",
        "DOMAIN 1 and 10 E; Uttlesford",
        _CASES + "test_e_said_yes_waits_for_the_landlords_works",
    ),
    Rule(
        "scheme.ha_owns",
        "DOMAIN 5 and 10 E",
        _CASES + "test_e_the_landlords_yes_is_not_anybody_elses",
    ),
    Rule(
        "scheme.ha_pending",
        "DOMAIN 1 and 10 E; Uttlesford",
        _CASES + "test_e_the_landlords_outcome_is_needed_to_close",
    ),
    Rule(
        "scheme.ha_return_due",
        "DOMAIN 10 E",
        _CASES + "test_e_with_ha_and_the_answer_due_in_three_working_days",
        ("policy.ha_return_days",),
    ),
    Rule(
        "scheme.ordered_or_spent",
        "DOMAIN 10 E",
        _CASES + "test_e_landlords_money_is_not_ours_and_the_case_counts_once",
    ),
    Rule(
        "transfer.moved_on",
        "DOMAIN 7 and 10 F",
        page("transfer") + "test_a_case_opened_again_lives_in_the_home_again",
    ),
    Rule(
        "transfer.kit_out",
        "DOMAIN 7; STADA 2023; MHCLG 2026 3.2",
        _CASES + "test_f_kit_marac_and_marker",
    ),
    Rule(
        "transfer.kit_due",
        "DOMAIN 7 and 10 F",
        page("reminders") + "test_days_after_a_move_are_the_districts",
        ("tasks.kit_return_days",),
    ),
    Rule(
        "transfer.marker_removal_due",
        "DOMAIN 7 and 10 F; Great Yarmouth",
        page("reminders") + "test_days_after_a_move_are_the_districts",
        ("tasks.marker_removal_days",),
    ),
    Rule(
        "transfer.address_unconfirmed",
        "DOMAIN 8 and 10 F",
        _CASES + "test_f_new_address_is_never_in_what_the_rules_say",
    ),
    Rule(
        "transfer.address_due",
        "DOMAIN 8 and 10 F",
        _CASES + "test_f_new_address_is_never_in_what_the_rules_say",
    ),
    Rule(
        "transfer.marac_transfer_due",
        "DOMAIN 3 and 10 F",
        _CASES + "test_f_no_transfer_after_the_twelve_months",
        ("marac.repeat_months",),
    ),
    Rule(
        "transfer.acknowledgement_due",
        "DOMAIN 10 F",
        "tests/pathway/test_pathway_transfer.py::test_a_transfer_is_chased_until_acknowledged",
        ("marac.repeat_months",),
    ),
    Rule(
        "transfer.pack_locked",
        "DOMAIN 3 and 10 F",
        _CASES + "test_f_transfer_pack_only_with_its_basis",
    ),
    Rule(
        "transfer.return_reason",
        "DOMAIN 4 and 10 F",
        _CASES + "test_f_return_is_coded_as_a_planned_move",
    ),
)

STANDING: Final = (
    Rule("risk.score_of", "DOMAIN 3", _BASIC + "test_blank_is_not_no"),
    Rule("risk.score", "DOMAIN 3", _BASIC + "test_a_partial_form_never_lowers_a_given_score"),
    Rule(
        "risk.band",
        "DOMAIN 3; Plymouth",
        _BASIC + "test_bands_and_judgement",
        ("risk.high_from", "risk.medium_from"),
    ),
    Rule(
        "risk.current",
        "DOMAIN 3, interface rule",
        _BASIC + "test_a_lower_score_does_not_take_the_band_down_by_itself",
    ),
    Rule(
        "risk.next_review",
        "DOMAIN 3; SafeLives",
        _EXITS + "test_risk_is_current_when_a_case_leaves_risk_and_support",
        ("risk.review_weeks",),
    ),
    Rule(
        "risk.reviewed_after",
        "DOMAIN 3 and 7; SafeLives",
        page("told") + "test_after_anything_risk_and_plan_are_looked_at_again",
    ),
    Rule(
        "risk.out_of_date",
        "DOMAIN 1, stage table, and 3",
        _EXITS + "test_risk_is_current_when_a_case_leaves_risk_and_support",
        ("risk.review_weeks",),
    ),
    Rule(
        "risk.review_date",
        "DOMAIN 3; SafeLives",
        _REMIND + "test_risk_review_every_six_weeks_and_after_an_incident",
        ("risk.review_weeks",),
    ),
    Rule(
        "orders.last_day",
        "DOMAIN 11; DAPO statutory guidance",
        _BASIC + "test_which_orders_open_gate_g3",
    ),
    Rule("orders.live", "DOMAIN 1 and 2", _BASIC + "test_which_orders_open_gate_g3"),
    Rule(
        "orders.opens_gate",
        "DOMAIN 1, gate G3, and conflict 3; STADA 2023; MHCLG 2026 6.4",
        _BASIC + "test_which_orders_open_gate_g3",
    ),
    Rule(
        "orders.alone",
        "DOMAIN conflict 3",
        _LEGAL + "test_g3_any_other_order_that_excludes_is_amber_with_advice_and_sign_off",
    ),
    Rule(
        "orders.undated",
        "DOMAIN 1, gate G3",
        _LEGAL + "test_g3_an_order_without_its_last_day_opens_nothing",
    ),
    Rule(
        "orders.signed_off",
        "DOMAIN conflict 3",
        _LEGAL + "test_g3_an_nmo_alone_is_amber_only_with_advice_and_sign_off",
    ),
    Rule(
        "orders.lapsed_opener",
        "DOMAIN 1, gate rules",
        _CASES + "test_d_order_opens_warns_and_locks_again",
    ),
    Rule(
        "orders.warn_dates",
        "DOMAIN 7",
        _BASIC + "test_warnings_before_an_order_ends",
        ("orders.warn_days",),
    ),
    Rule(
        "aftercare.fit_date",
        "DOMAIN 7",
        _AFTER + "test_checks_count_from_the_latest_fixed_fit_not_from_loaned_kit",
    ),
    Rule(
        "aftercare.schedule",
        "DOMAIN 7; Great Yarmouth; Hammersmith & Fulham; DA duty evaluation 2025 5.5",
        _AFTER + "test_schedule_by_cadence",
        ("aftercare.hours_first", "aftercare.weeks_second"),
    ),
    Rule(
        "aftercare.cadence_unasked",
        "DOMAIN 7; DA duty evaluation 2025 5.5",
        _AFTER + "test_cadence_is_asked_not_invented",
    ),
    Rule("aftercare.upkeep_due", "DOMAIN 6", _AFTER + "test_battery_and_service_dates"),
    Rule(
        "aftercare.questions",
        "DOMAIN 7; MHCLG 2026 5.1 and 6.3",
        _AFTER + "test_questions_are_fields_of_a_check_safe_contact_first",
    ),
    Rule(
        "aftercare.fault_since",
        "DOMAIN 7",
        _EXITS + "test_a_fault_told_at_a_check_is_known_since_that_day",
    ),
    Rule(
        "aftercare.repair_coming",
        "DOMAIN 7",
        page("booking") + "test_a_light_to_be_mended_silences_no_lock",
    ),
    Rule(
        "aftercare.fault_due",
        "DOMAIN 7, faults",
        page("booking") + "test_a_lock_is_mended_the_same_day_a_light_the_next",
        ("tasks.fault_days",),
    ),
    Rule(
        "aftercare.worst_fault",
        "DOMAIN 7, faults",
        page("booking") + "test_the_card_says_what_today_says_of_a_fault",
    ),
    Rule(
        "risk.grave",
        "DOMAIN 1, emergency path, and 7",
        page("told") + "test_a_threat_raises_more_than_a_review",
    ),
    Rule(
        "works.renewed",
        "DOMAIN 6",
        "tests/sanctuary_tui/test_settling.py::test_another_devices_battery_counts_from_today",
    ),
    Rule(
        "works.secures",
        "DOMAIN 6 and 7, faults",
        page("booking") + "test_what_holds_a_door_shut",
    ),
    Rule(
        "works.secures_words",
        "DOMAIN 7, faults",
        page("booking") + "test_what_holds_a_door_shut",
    ),
    Rule(
        "works.portable",
        "DOMAIN 1 and 6",
        _SCHEME + "test_secured_never_by_portable_kit",
    ),
    Rule(
        "works.interim",
        "DOMAIN conflict 2; MHCLG 2026 5.2",
        _GATES + "test_interim_kit_needs_neither_consent_nor_order",
    ),
    Rule(
        "works.excluding",
        "DOMAIN 6, conflict 2; STADA 2023",
        _LEGAL + "test_g3_a_ticked_measure_binds_and_a_no_does_not_free_a_listed_one",
    ),
    Rule(
        "works.affects_escape",
        "DOMAIN 6",
        _GATES + "test_g5_portable_kit_is_a_warning_and_an_unanswered_gate_lock_binds",
    ),
    Rule(
        "works.device",
        "MHCLG 2026 5.1",
        _STAGES + "test_devices_are_practised_before_the_handover",
    ),
    Rule(
        "works.freehold_owner",
        "DOMAIN 5",
        _GATES + "test_g4_a_freehold_owner_needs_nobodys_consent",
    ),
    Rule(
        "works.consent_needed",
        "DOMAIN 5 and 6; STADA 2023",
        _GATES + "test_g4_an_open_question_is_a_warning_not_a_stop",
    ),
)
