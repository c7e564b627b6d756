"""Reminders by rule, as docs/RULES.md lists them (see ``rule``): when each stands, when due."""

from __future__ import annotations

from typing import Final

from sanctuary_tui.pathway.rule import Rule, page

_AGENDA = page("agenda")
_BOOK = page("booking")
_CASES = page("scenarios")
_REMIND = page("reminders")
_RIGHTS = page("rights")
_TOLD = page("told")
_DAY = _REMIND + "test_each_rule_has_its_day"
_CLOCK = page("retention")
_KEPT = _REMIND + "test_the_keeping_of_a_file_is_reviewed_when_the_council_says"
_YEARS = ("retention.adult_years", "retention.child_until_age", "retention.marac_years")
_MOVED = _CASES + "test_f_kit_marac_and_marker"
_LADDER = _CASES + "test_a_chases_owner_manager_and_locked_environmental_health"

REMINDERS: Final = (
    Rule(
        "first_contact",
        "DOMAIN 1, stage table; Wiltshire",
        _REMIND + "test_first_contact_by_urgency",
        ("stage_targets.triage",),
        "Until somebody has spoken with the survivor: at once in an emergency, the next working "
        "day when urgent, else by the target.",
        reaches="survivor",
    ),
    Rule(
        "acknowledge",
        "DOMAIN 1, stage table",
        _REMIND + "test_acknowledge_the_referrer_next_working_day_but_not_a_self_referral",
        ("stage_targets.referral",),
        "Until the referrer has had an answer; never for a self-referral.",
        reaches="nobody",
    ),
    Rule(
        "stage_target",
        "DOMAIN 1, stage table",
        _AGENDA + "test_stuck_is_past_the_target_and_not_already_shown",
        ("stage_targets", "stage_titles"),
        "On the last working day a case should be in its stage.",
        reaches="nobody",
    ),
    Rule(
        "support_offer",
        "DOMAIN 1, gate G8, and emergency path",
        page("release") + "test_support_is_offered_by_the_urgency_of_the_day",
        ("stage_targets.triage", "stage_targets.risk_support"),
        "While no support is recorded: the targets of triage and of support, one after the other; "
        "the next working day when urgent, and on the emergency path the day it began.",
        reaches="survivor",
    ),
    Rule(
        "legal_advice",
        "DOMAIN 10 D",
        _CASES + "test_d_legal_advice_task_notice_to_quit_warning_and_card",
        ("tasks.legal_advice_days",),
        "While G3 is shut on works that are wanted and no advice is recorded: three working days "
        "from the referral.",
        reaches="nobody",
    ),
    Rule(
        "interim_kit",
        "STADA 2023; MHCLG 2026 5.2 and 6.4",
        _CASES + "test_a_interim_kit_is_allowed_and_fixed_works_are_not",
        ("tasks.interim_kit_days",),
        "While an emergency, a court, a refusal or a silence keeps works waiting and no kit is "
        "lent; after a threat, an assault or an attempt to get in at once.",
        reaches="survivor",
    ),
    Rule(
        "disrepair",
        "DOMAIN 1, gate G6; STADA 2023",
        _DAY,
        ("tasks.disrepair_days",),
        "Two working days after the survey that found it.",
        reaches="nobody",
    ),
    Rule(
        "police_marker",
        "DOMAIN 1 and 10 C; STADA 2023",
        _CASES + "test_c_police_marker_asked_and_48_hour_check_queued",
        (),
        "In an emergency from the day it began, and after a threat, an assault or an attempt to "
        "get in: until the marker is asked for.",
        reaches="nobody",
    ),
    Rule(
        "ha_return",
        "DOMAIN 1 and 10 E; Uttlesford",
        _CASES + "test_e_with_ha_and_the_answer_due_in_three_working_days",
        ("policy.ha_return_days",),
        "On the day the landlord's own scheme should answer, or once it said yes have it fitted, "
        "until its outcome is known.",
        reaches="nobody",
    ),
    Rule(
        "survivor_wording",
        "DOMAIN 5; STADA 2023",
        _DAY,
        ("tasks.wording_days",),
        "While a request is drafted and the survivor has not agreed its words: two working days.",
        reaches="survivor",
    ),
    Rule(
        "consent_send",
        "DOMAIN 5",
        _DAY,
        (),
        "The working day after the survivor agreed, until the request is out.",
        reaches="owner",
    ),
    Rule(
        "consent_chase",
        "DOMAIN 5, chase defaults",
        _REMIND + "test_chase_titles_count",
        ("chase.urgent", "chase.standard"),
        "The next chase of the ladder, or the date set by hand.",
        reaches="owner",
    ),
    Rule(
        "consent_owner",
        "DOMAIN 5, chase defaults",
        _LADDER,
        ("chase.owner_details",),
        "When the ladder asks for another decision-maker.",
        reaches="owner",
    ),
    Rule(
        "consent_escalate",
        "DOMAIN 5, chase defaults",
        _LADDER,
        ("chase.escalate",),
        "When the ladder reaches the manager.",
        reaches="owner",
    ),
    Rule(
        "consent_eh",
        "DOMAIN 5, chase defaults; STADA 2023",
        _LADDER,
        ("chase.offer_eh",),
        "When the ladder reaches Environmental Health; says so where the offer is locked.",
        reaches="owner",
    ),
    Rule(
        "consent_refused",
        "DOMAIN 5; MHCLG 2026 6.4",
        page("ladder") + "test_a_refusal_asks_for_other_measures_the_next_working_day",
        (),
        "The working day after a refusal, until another request is made for the part, its measures "
        "are declined or fitted, or another way is chosen.",
        reaches="survivor",
    ),
    Rule(
        "consent_expired",
        "DOMAIN 5",
        page("ladder") + "test_a_consent_that_ran_out_is_asked_for_again",
        (),
        "The working day after a consent ran out while a measure still waits for it, until a newer "
        "request to the same owner stands.",
        reaches="owner",
    ),
    Rule(
        "eh_answer",
        "DOMAIN 5; STADA 2023",
        page("ladder")
        + "test_the_survivor_is_asked_about_environmental_health_three_days_after_the_offer",
        ("tasks.eh_answer_days",),
        "Three working days after Environmental Health was offered, until it is referred to or the "
        "owner answers.",
        reaches="survivor",
    ),
    Rule(
        "visit",
        "DOMAIN 2",
        _REMIND + "test_booking_waits_for_nobody_once_booked",
        (),
        "On the day of a booked visit, at the beginning of its window; where the survivor is not "
        "to be contacted, to put it off, the working day before.",
        reaches="part",
    ),
    Rule(
        "police_answer",
        "DOMAIN 1, gate G7; STADA 2023 case study",
        _CASES + "test_c_police_answer_stops_the_visit_and_the_fitting",
        (),
        "The working day before a visit that G7 stops.",
        reaches="nobody",
    ),
    Rule(
        "interpreter",
        "DOMAIN 10 B",
        _REMIND + "test_an_interpreter_is_booked_a_week_before_each_visit",
        ("tasks.interpreter_days",),
        "Five working days before each booked visit to a survivor who needs one; again for a new "
        "date.",
        reaches="survivor",
    ),
    Rule(
        "book_survey",
        "DOMAIN 1, stage table",
        _REMIND + "test_booking_waits_for_nobody_once_booked",
        (),
        "In the survey stage with no survey and no visit: the working day after the stage began or "
        "a visit was not made; never while the landlord's own scheme has the case.",
        reaches="survivor",
    ),
    Rule(
        "record_survey",
        "DOMAIN 1, stage table, and 2",
        _BOOK + "test_a_survey_that_was_made_is_recorded_not_booked",
        (),
        "On the day of a survey visit that was made, until the survey is recorded.",
        reaches="nobody",
    ),
    Rule(
        "book_install",
        "DOMAIN 1, stage table",
        _BOOK + "test_a_visit_that_was_not_made_is_booked_again_the_next_working_day",
        (),
        "In installation with fixed measures approved and waiting and no visit: the working day "
        "after the latest of the stage's beginning, the approval and the last visit; that day "
        "itself in an emergency; never while the landlord's own scheme has the case.",
        reaches="survivor",
    ),
    Rule(
        "record_fit",
        "DOMAIN 1, stage table, and 2",
        _BOOK + "test_an_installation_that_was_made_is_recorded_not_booked",
        (),
        "On the day of an installation visit that was made, until a measure is recorded as fitted "
        "that day or later, or none waits.",
        reaches="nobody",
    ),
    Rule(
        "handover",
        "MHCLG 2026 5.1; DOMAIN 10 B",
        _DAY,
        (),
        "The working day after a fit that leaves an access need or practice open.",
        reaches="survivor",
    ),
    Rule(
        "next_action",
        "DOMAIN 2",
        _REMIND + "test_next_action_is_the_coordinators_own_words",
        (),
        "On the date the coordinator set, in their own words.",
        reaches="nobody",
    ),
    Rule(
        "release",
        "DOMAIN 1, emergency path, and 7",
        _REMIND + "test_release_counts_back_three_days_but_not_before_the_referral",
        ("emergency.release_hours",),
        "When a perpetrator's release or end of bail comes near: three days before, until it is.",
        reaches="nobody",
    ),
    Rule(
        "released",
        "DOMAIN 1, emergency path, and 7",
        page("release") + "test_after_the_release_the_survivor_is_checked_on_for_two_weeks",
        ("aftercare.released_days",),
        "From the day after a release to the fourteenth: due the next working day.",
        reaches="survivor",
    ),
    Rule(
        "risk_review",
        "DOMAIN 1 and 3; SafeLives",
        _REMIND + "test_risk_review_every_six_weeks_and_after_an_incident",
        ("risk.review_weeks",),
        "On the review date, or the working day before it where nobody works that day; the working "
        "day after an incident if that is sooner.",
        reaches="nobody",
    ),
    Rule(
        "plan_review",
        "DOMAIN 2 and 7",
        _TOLD + "test_after_anything_risk_and_plan_are_looked_at_again",
        (),
        "On the review date of the newest safety plan, or the working day before it where nobody "
        "works that day; the working day after an incident if that is sooner, also where there is "
        "no plan yet.",
        reaches="nobody",
    ),
    Rule(
        "check_told",
        "DOMAIN 7, questions",
        _TOLD + "test_what_a_check_tells_is_asked_for",
        ("tasks.told_days", "tasks.fault_days"),
        "From what an aftercare check told, until it is dealt with: the same day where safety "
        "hangs on it, else the next working day.",
        reaches="part",
    ),
    Rule(
        "hearing",
        "DOMAIN 7, triggers",
        _TOLD + "test_a_hearing_is_planned_for_and_its_outcome_asked",
        ("tasks.hearing_days",),
        "Some working days before an order's next hearing, to go through the plan; the working day "
        "after it, to record what was decided.",
        reaches="part",
    ),
    Rule(
        "change",
        "DOMAIN 7, triggers",
        _TOLD + "test_what_happened_raises_the_case",
        ("tasks.told_days",),
        "What a leaked address, a return, a perpetrator near, a 999 call, a new contact "
        "arrangement or household, or a landlord's visit asks for.",
        reaches="part",
    ),
    Rule(
        "reopen",
        "DOMAIN 7, triggers",
        _TOLD + "test_what_happens_to_a_closed_case_asks_to_open_it_again",
        (),
        "On the day something happened to a case that is closed, or was told once it was, until it "
        "is open again or it was decided to leave it.",
        reaches="nobody",
    ),
    Rule(
        "marker_review",
        "DOMAIN 7; Great Yarmouth",
        _REMIND + "test_what_falls_on_a_day_nobody_works_is_due_the_working_day_before",
        (),
        "On the review date of a police marker that is asked for or set, or the working day before "
        "it.",
        reaches="nobody",
    ),
    Rule(
        "contact_review",
        "DOMAIN 1, gate G10",
        _REMIND + "test_what_falls_on_a_day_nobody_works_is_due_the_working_day_before",
        (),
        "On the review date of a child's contact arrangement, or the working day before it.",
        reaches="nobody",
    ),
    Rule(
        "order_expiry",
        "DOMAIN 1 and 7",
        _REMIND + "test_order_warnings_ask_once_at_a_time_and_then_the_lapse",
        ("orders.warn_days",),
        "So many days before an order ends, or the working day before that, one warning at a time; "
        "and the working day after it ended, where G3 shuts.",
        reaches="nobody",
    ),
    Rule(
        "order_hearing",
        "DOMAIN 2, legal order; no source for the days",
        _REMIND + "test_an_order_applied_for_is_asked_after_until_it_is_made",
        ("tasks.court_date_days",),
        "Five working days after an order was applied for, until it is made.",
        reaches="nobody",
    ),
    Rule(
        "aftercare",
        "DOMAIN 7; Great Yarmouth; Hammersmith & Fulham",
        _DAY,
        ("aftercare.hours_first", "aftercare.weeks_second"),
        "Each check of the cadence the survivor chose.",
        reaches="survivor",
    ),
    Rule(
        "ask_cadence",
        "DOMAIN 7; DA duty evaluation 2025 5.5",
        _REMIND + "test_cadence_is_asked_at_the_fitting_and_no_check_is_invented",
        (),
        "On the day of a fit, until the survivor was asked about check-ins.",
        reaches="survivor",
    ),
    Rule(
        "battery",
        "DOMAIN 6",
        _REMIND + "test_upkeep_of_a_fitted_measure_is_due_by_the_catalogue",
        (),
        "When a fitted measure's battery or service is due, as recorded or by the catalogue, or "
        "the working day before it.",
        reaches="survivor",
    ),
    Rule(
        "fault",
        "DOMAIN 7",
        _BOOK + "test_a_booked_repair_silences_the_fault_until_its_day_has_passed",
        ("tasks.fault_days",),
        "When a fitted measure was known to be faulty: the same day for what holds a door, window "
        "or gate shut, else the next working day. Not while a repair is booked that was booked "
        "since then; for a door's only one that is today or on the next working day.",
        reaches="survivor",
    ),
    Rule(
        "marac_cutoff",
        "DOMAIN 3 and 10 C",
        _CASES + "test_c_judgement_route_to_an_emergency_marac_without_a_score",
        ("marac.cutoff_days",),
        "On the last day for referrals while a listing is a draft or a criterion is unlisted; at "
        "once in an emergency.",
        reaches="nobody",
    ),
    Rule(
        "marac_consider",
        "DOMAIN 3 and 7",
        _TOLD + "test_a_threat_raises_more_than_a_review",
        (),
        "The working day after a threat, an assault or an attempt to get in, where no criterion is "
        "met: until it is listed, or the risk is looked at again.",
        reaches="nobody",
    ),
    Rule(
        "which_order",
        "DOMAIN 2, Incident/breach, and 7",
        page("incident") + "test_an_order_that_was_broken_is_linked",
        (),
        "The working day after an incident that broke an order, until it says which.",
        reaches="nobody",
    ),
    Rule(
        "breach_told",
        "DOMAIN 2, Incident/breach, and conflict 5",
        page("incident") + "test_a_breach_nobody_was_told_of_is_a_question",
        (),
        "The working day after an order was broken, while nobody is on record as told: a question, "
        "since reporting is the survivor's choice.",
        reaches="survivor",
    ),
    Rule(
        "measure_failed",
        "DOMAIN 2, Incident/breach, and 7",
        page("incident") + "test_a_measure_that_did_not_work_is_looked_at_again",
        (),
        "The working day after an incident in which a measure did not work, until the home was "
        "surveyed or a repair made since.",
        reaches="survivor",
    ),
    Rule(
        "repeat_unclear",
        "DOMAIN conflict 1; SafeLives",
        "tests/pathway/test_pathway_marac.py::"
        "test_an_incident_by_nobody_knows_whom_is_told_and_not_counted",
        ("marac.repeat_months", "marac.repeat_anchor"),
        "The working day after an incident inside the repeat months, while the case has several "
        "perpetrators and it is not recorded by which.",
        reaches="nobody",
    ),
    Rule(
        "marac_outcome",
        "DOMAIN 3; Derbyshire (minutes within three working days)",
        page("marac") + "test_the_outcome_of_a_meeting_is_asked_for_three_working_days_later",
        (),
        "From the meeting, due three working days after it, while a listing that was sent to it is "
        "neither heard, deferred nor withdrawn; not for a transfer, which another MARAC hears.",
        reaches="nobody",
    ),
    Rule(
        "marac_action",
        "DOMAIN 3",
        _DAY,
        (),
        "When an open action of the meeting is due.",
        reaches="nobody",
    ),
    Rule(
        "kit_return",
        "DOMAIN 7 and 10 F",
        _MOVED,
        ("tasks.kit_return_days",),
        "Ten working days after a move, while kit is lent; outlives the closing.",
        reaches="survivor",
    ),
    Rule(
        "marac_transfer",
        "DOMAIN 3 and 10 F",
        _MOVED,
        ("marac.repeat_months",),
        "The working day after a move inside the repeat months, until the transfer is sent.",
        reaches="nobody",
    ),
    Rule(
        "marac_acknowledge",
        "DOMAIN 10 F",
        "tests/pathway/test_pathway_transfer.py::test_a_transfer_is_chased_until_acknowledged",
        ("marac.repeat_months", "marac.repeat_anchor", "tasks.transfer_days"),
        "Five working days after a transfer was sent to another MARAC, until it is acknowledged or "
        "the repeat months are over; outlives the closing.",
        reaches="nobody",
    ),
    Rule(
        "outward",
        "DOMAIN 1 and 4",
        page("outward") + "test_it_is_asked_about_until_there_is_an_outcome",
        ("tasks.outward_days",),
        "While a referral outward (refuge, move, funding, programme, children's worker) has no "
        "outcome: on the day set to look again, else five working days after its answer, or after "
        "it was made; outlives the closing.",
        reaches="nobody",
    ),
    Rule(
        "reminders_outward.look_on",
        "DOMAIN 1 and 4",
        page("outward") + "test_the_day_is_the_one_set_or_counted_from_the_last_date",
        ("tasks.outward_days",),
    ),
    Rule(
        "marker_removal",
        "DOMAIN 7 and 10 F; Great Yarmouth",
        _MOVED,
        ("tasks.marker_removal_days",),
        "Five working days after a move from a marked home.",
        reaches="nobody",
    ),
    Rule(
        "new_address",
        "DOMAIN 10 F",
        _CASES + "test_f_new_address_is_never_in_what_the_rules_say",
        (),
        "The day after a move, until the new address is kept apart.",
        reaches="survivor",
    ),
    Rule(
        "retention_review",
        "DOMAIN 8",
        _KEPT,
        _YEARS,
        "When the years the council set have passed since a case was closed and each child has "
        "reached the age, or since a MARAC last heard it, or on the day a review put it off to; "
        "never before the council has set them. On the day a legal hold is to be looked at again.",
        reaches="nobody",
    ),
    Rule(
        "subject_request",
        "UK GDPR Article 12(3); ICO, right of access",
        _RIGHTS + "test_one_calendar_month_and_never_a_day_more",
        (),
        "While somebody waits for what is held about them: one calendar month from the day they "
        "asked, three where two more were taken and told; of a closed case too.",
        reaches="nobody",
    ),
    Rule(
        "rights.request_due",
        "UK GDPR 12(3)",
        _RIGHTS + "test_one_calendar_month_and_never_a_day_more",
    ),
    Rule(
        "rights.extend_by", "UK GDPR 12(3)", _RIGHTS + "test_more_time_is_taken_in_the_first_month"
    ),
    Rule(
        "rights.breach_due",
        "UK GDPR 33(1)",
        _RIGHTS + "test_72_hours_by_the_clock_over_both_changes",
    ),
    Rule("retention.review_due", "DOMAIN 8", _KEPT, _YEARS[:2]),
    Rule("retention.marac_due", "DOMAIN 8", _KEPT, _YEARS[2:]),
    Rule("retention.hold_due", "DOMAIN 8", _CLOCK + "test_a_hold_is_looked_at_again"),
    Rule("retention.in_force", "DOMAIN 8", _CLOCK + "test_a_hold_bars_until_its_last_day_is_over"),
    Rule("retention.undecided", "DOMAIN 8", _CLOCK + "test_nothing_is_decided_by_default", _YEARS),
    Rule("retention.clock", "DOMAIN 8", _CLOCK + "test_the_day_has_come_or_not", _YEARS),
    Rule(
        "retention.marac_clock",
        "DOMAIN 8",
        _CLOCK + "test_marac_papers_alone_have_a_clock_of_their_own",
        _YEARS[2:],
    ),
    Rule(
        "retention.marac_rule_said",
        "DOMAIN 8",
        _CLOCK + "test_the_rule_of_marac_papers_names_nobody",
        _YEARS[2:],
    ),
    Rule("retention.rule_said", "DOMAIN 8", _CLOCK + "test_the_rule_names_nobody", _YEARS),
    Rule(
        "reminders.reminders",
        "DOMAIN 5 and 10 F",
        _REMIND + "test_do_not_contact_leaves_nothing_that_reaches_out",
    ),
)
