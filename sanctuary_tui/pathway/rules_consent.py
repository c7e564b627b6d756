"""Consent, wording and safe contact, as docs/RULES.md lists them (see ``rule``)."""

from __future__ import annotations

from typing import Final

from sanctuary_tui.pathway.rule import Rule, page

_AGREED = "tests/sanctuary_tui/test_agreed_wording.py::"
_BASIC = page("basics")
_CONSENT = page("consent")
_STAGES = page("stages")
_SAFE = page("contact")
_WORDS = page("wording")

_CHASES = ("chase.urgent", "chase.standard")

CONSENT: Final = (
    Rule(
        "sent",
        "DOMAIN 5; STADA 2023; MHCLG 2026 5.2 and 6.4",
        _CONSENT + "test_nothing_is_sent_before_the_survivor_agreed",
        (),
        "Once only, after the survivor agreed wording, channel and who is asked, and only in words "
        "that disclose nothing.",
    ),
    Rule(
        "chase",
        "DOMAIN 5, chase defaults",
        _CONSENT + "test_standard_ladder_in_working_days",
        _CHASES,
        "So many working days after sending, sooner where the case is not standard; it changes no "
        "state.",
    ),
    Rule(
        "auto_reply",
        "DOMAIN 5; STADA 2023",
        _CONSENT + "test_an_automatic_reply_is_not_an_answer_and_a_chase_is_not_one_either",
        (),
        "Kept in the trail, and is nobody's answer.",
    ),
    Rule(
        "acknowledged",
        "DOMAIN 5",
        _CONSENT + "test_events_lead_to_states",
        (),
        "A person has the request; it takes no later state back.",
    ),
    Rule(
        "forwarded",
        "DOMAIN 5; STADA 2023 (two hops)",
        _CONSENT + "test_consent_line_times_each_hop_in_working_days",
        (),
        "Ends the agent's hop and begins the owner's, each timed apart.",
    ),
    Rule(
        "question",
        "DOMAIN 5",
        _CONSENT + "test_events_lead_to_states",
        (),
        "Counts as heard from a person, not as an answer.",
    ),
    Rule(
        "answer_granted",
        "DOMAIN 5; STADA 2023",
        _CONSENT + "test_consent_is_only_ever_an_answer",
        (),
        "With the conditional one, the only way to a consent; before sending only where survivor "
        "or referrer asks.",
    ),
    Rule(
        "answer_conditional",
        "DOMAIN 5",
        _CONSENT + "test_events_lead_to_states",
        (),
        "Opens the gate as a grant does, conditions kept with it.",
    ),
    Rule(
        "answer_refused",
        "DOMAIN 5; STADA 2023",
        _CONSENT + "test_events_lead_to_states",
        (),
        "Shuts the gate; Environmental Health may follow, or a new answer.",
    ),
    Rule(
        "owner_details",
        "DOMAIN 5, chase defaults",
        _CONSENT + "test_standard_ladder_in_working_days",
        ("chase.owner_details",),
        "So many working days after sending, another decision-maker is asked for.",
    ),
    Rule(
        "escalated",
        "DOMAIN 5, chase defaults",
        _CONSENT + "test_standard_ladder_in_working_days",
        ("chase.escalate",),
        "So many working days after sending, to a manager.",
    ),
    Rule(
        "eh_offered",
        "DOMAIN 5; STADA 2023",
        _CONSENT + "test_environmental_health_is_locked_until_written_consent_and_warning",
        ("chase.offer_eh", "documents.hhsrs_hazard"),
        "So many working days after sending, locked until the survivor's dated written consent and "
        "the warning about the whole building; then names the hazard.",
    ),
    Rule(
        "eh_referred",
        "DOMAIN 5; STADA 2023",
        _CONSENT + "test_environmental_health_is_locked_until_written_consent_and_warning",
        (),
        "Follows an offer alone, under the same lock.",
    ),
    Rule(
        "withdrawn",
        "DOMAIN 5",
        _CONSENT + "test_events_that_cannot_follow_are_refused",
        (),
        "Ends a request for good; it no longer stands for its owner.",
    ),
    Rule(
        "note",
        "DOMAIN 5",
        _CONSENT + "test_consent_is_only_ever_an_answer",
        (),
        "May be added at any time and changes nothing.",
    ),
    Rule(
        "silent",
        "DOMAIN 5; STADA 2023",
        _CONSENT + "test_silent_after_ten_working_days_without_a_person",
        ("chase.silent_after",),
        "A state by rule: so many working days without a person's word; it is never consent.",
    ),
    Rule(
        "expired",
        "DOMAIN 5",
        _CONSENT + "test_a_grant_runs_out_and_never_comes_by_waiting",
        (),
        "A state by rule: a grant past its end.",
    ),
    Rule(
        "consent.chase_refusal",
        "DOMAIN 5",
        _AGREED + "test_do_not_contact_stops_every_act_that_reaches_somebody",
    ),
    Rule(
        "consent_agreed.follows",
        "DOMAIN 2 and 5; STADA 2023",
        _AGREED + "test_a_change_of_what_was_agreed_ends_the_agreement",
    ),
    Rule(
        "consent_agreed.lapsed",
        "DOMAIN 5; STADA 2023",
        _AGREED + "test_once_it_is_out_nobody_is_chased_without_the_survivor",
    ),
    Rule(
        "consent_agreed.refuse_other_words",
        "DOMAIN 5; STADA 2023",
        _AGREED + "test_other_words_or_another_channel_are_not_sent",
    ),
    Rule(
        "consent.worst",
        "DOMAIN 5",
        _CONSENT + "test_worst_state_and_open_requests",
    ),
    Rule(
        "consent_ladder.next_step",
        "DOMAIN 5, chase defaults",
        _CONSENT + "test_next_step_walks_the_ladder_as_chases_are_logged",
        (*_CHASES, "chase.owner_details", "chase.escalate", "chase.offer_eh"),
    ),
    Rule(
        "consent.due_step",
        "DOMAIN 1, emergency path, and 5",
        _CONSENT + "test_the_tracker_and_the_card_show_the_chase_of_the_days_urgency",
        _CHASES,
    ),
    Rule(
        "consent.pace",
        "DOMAIN 1, emergency path, and 5",
        page("release")
        + "test_a_recorded_emergency_that_was_made_safe_is_chased_by_the_standard_ladder",
        _CHASES,
    ),
)

_DISCLOSES = "DOMAIN 5 and 8; MHCLG 2026 6.4; STADA 2023"

_FOUND = _WORDS + "test_words_that_disclose_are_found"

WORDING: Final = (
    Rule(
        "says that abuse has happened",
        _DISCLOSES,
        _FOUND,
        (),
        "Words for abuse, and the names of its forms, meetings and plans.",
    ),
    Rule(
        "says who is affected or feared",
        _DISCLOSES,
        _FOUND,
        (),
        "Words for the survivor, the perpetrator and a former partner.",
    ),
    Rule(
        "names a service for people affected by abuse",
        _DISCLOSES,
        _FOUND,
        (),
        "Refuges, advocates and the scheme's own kind; a street or a landlord may be called Refuge "
        "Road or Sanctuary Housing.",
    ),
    Rule(
        "names an order or the police",
        _DISCLOSES,
        _FOUND,
        (),
        "Orders, courts, police and prison; a building may be called Old Police House.",
    ),
    Rule(
        "describes harm",
        _DISCLOSES,
        _WORDS + "test_everyday_words_disclose_too",
        (),
        "Everyday words for being hurt, threatened, followed or afraid.",
    ),
    Rule(
        "tells how the home is protected, or where it is weak",
        "DOMAIN 3 and 8",
        _FOUND,
        (),
        "Panic rooms and alarms, door and lock codes, weak spots.",
    ),
    Rule("is a case reference", "DOMAIN 8", _FOUND, (), "The scheme's own number of a case."),
    Rule(
        "is a word in letters of two alphabets",
        "DOMAIN 8; Unicode UTS #39",
        _WORDS + "test_no_spelling_is_a_way_round",
        (),
        "Latin letters and those of another alphabet in one word: nobody writes so but to hide it.",
    ),
    Rule(
        "wording.place_disclosures",
        _DISCLOSES,
        "tests/pathway/test_pathway_places.py::test_what_an_address_or_a_name_may_not_say",
    ),
    Rule(
        "wording.misspelt",
        _DISCLOSES,
        "tests/pathway/test_pathway_places.py::test_no_ordinary_word_is_taken_for_a_misspelt_one",
    ),
    Rule(
        "is a name",
        "DOMAIN 8",
        _WORDS + "test_names_of_the_parties_are_found_whole_and_in_any_case",
        (),
        "A name of the parties, or a part of one, as a whole word.",
    ),
    Rule(
        "wording.default_wording",
        "DOMAIN 5; STADA 2023",
        _WORDS + "test_default_wording_never_discloses",
        ("scheme_name",),
    ),
    Rule(
        "wording.neutral_name",
        "DOMAIN 5 and 8",
        _WORDS + "test_default_wording_never_discloses",
    ),
)

CONTACT: Final = (
    Rule("contact.answered", "DOMAIN 1", _STAGES + "test_referral_wants_a_safe_contact_answer"),
    Rule(
        "contact.stops_contact",
        "DOMAIN 5 and 8",
        _BASIC + "test_do_not_contact_stops_everything",
    ),
    Rule(
        "contact.reported_unsafe",
        "DOMAIN 8",
        "tests/scenarios/test_safe_contact.py::test_a_way_reported_unsafe_on_a_call_is_used_no_more",
    ),
    Rule(
        "contact.reachable",
        "DOMAIN 8",
        _BASIC + "test_reachable_only_by_a_way_said_to_be_safe",
    ),
    Rule(
        "contact.voice_ok",
        "DOMAIN 10 B",
        _BASIC + "test_bsl_and_text_only_users_are_not_rung",
    ),
    Rule(
        "contact.silent",
        "DOMAIN 10 B",
        _SAFE + "test_who_is_not_rung_and_how_they_are_reached",
    ),
    Rule(
        "contact.usual_way",
        "DOMAIN 10 B",
        _SAFE + "test_who_is_not_rung_and_how_they_are_reached",
    ),
    Rule(
        "contact.interpreter",
        "DOMAIN 10 B",
        page("reminders") + "test_an_interpreter_is_booked_a_week_before_each_visit",
    ),
    Rule(
        "contact.safe_now",
        "DOMAIN 8",
        _SAFE + "test_safe_now_by_table",
    ),
    Rule(
        "contact.without_code_word",
        "DOMAIN 8",
        _BASIC + "test_banner_shows_the_rule_and_never_the_code_word",
    ),
    Rule(
        "contact.points_for",
        "DOMAIN 8",
        _SAFE + "test_each_way_is_judged_by_its_own_times",
    ),
    Rule(
        "contact.open_kinds",
        "DOMAIN 8",
        _SAFE + "test_what_is_open_is_named_with_its_way",
    ),
    Rule(
        "contact.visit_time",
        "DOMAIN 8",
        "tests/scenarios/test_safe_contact.py::test_a_visit_outside_the_safe_times_is_not_booked",
    ),
    Rule(
        "contact.used_point",
        "DOMAIN 8",
        "tests/scenarios/test_safe_contact.py::test_of_two_numbers_nobody_knows_which_was_used",
    ),
    Rule(
        "contact.safe_contact",
        "DOMAIN 8",
        _BASIC + "test_banner_shows_the_rule_and_never_the_code_word",
    ),
)
