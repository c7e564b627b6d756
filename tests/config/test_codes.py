"""The code lists, and that every record's answers come from one."""

from __future__ import annotations

import re

import pytest

from config.codes import (
    CODES,
    CONSENT_OPEN,
    CONSENT_STATES,
    CONSENT_WAITING,
    STAGE_SHORT,
    STAGES,
    UNKNOWN,
    label,
    labels,
    split,
)
from config.dash import DASH_QUESTIONS
from db.models import RECORDS, Record, specs
from sanctuary_tui import formkeeping, formrecords

FORMS: tuple[type[Record], ...] = (
    formrecords.ReferralForm,
    formrecords.CallForm,
    formrecords.VoiceForm,
    formrecords.SilentForm,
    formrecords.OtherForm,
    formrecords.PlainNote,
    formrecords.CheckForm,
    formrecords.ChaseForm,
    formrecords.AnswerForm,
    formrecords.MeetingForm,
    formrecords.CloseForm,
    formrecords.OverrideForm,
    formkeeping.KeepForm,
    formkeeping.HoldForm,
    formkeeping.LookForm,
    formkeeping.EndHoldForm,
    formkeeping.DisposeForm,
)
CODED = [
    (kind, name, spec)
    for kind in (*RECORDS, *FORMS)
    for name, spec in specs(kind).items()
    if spec.kind in ("code", "codes")
]

# What the program decides or a person does; nobody can fail to know it. Facts about a household
# always have both "not known" and "not asked".
DECIDED = {
    "field_class",
    "request_state",
    "release",
    "exemption",
    "breach_kind",
    "ico_state",
    "breach_step",
    "stage",
    "hold_kind",
    "kept_papers",
    "disposal_state",
    "consent_state",
    "urgency",
    "scheme_type",
    "status",
    "role",
    "contact_kind",
    "order_type",
    "part",
    "asked_by",
    "channel",
    "consent_event",
    "entry_kind",
    "measure_state",
    "spend_state",
    "visit_kind",
    "visit_outcome",
    "support_type",
    "plan_area",
    "incident_kind",
    "check_kind",
    "check_outcome",
    "feels_safer",
    "close_outcome",
    "listing_type",
    "criterion",
    "listing_state",
    "meeting_result",
    "action_state",
    "outward_kind",
    "org_kind",
    "note_kind",
    "contact_way",
    "voice_kind",
    "silent_kind",
    "check_by",
    "grant_state",
    "other_kind",
    "reminder_state",
    "recipient",
    "protection",
    "gate",
    "override_gate",
}


def test_facts_have_not_known_and_not_asked_and_they_differ() -> None:
    assert UNKNOWN["not_known"] != UNKNOWN["not_asked"]
    without = {name for name, listed in CODES.items() if not set(UNKNOWN) <= set(listed)}
    assert without == DECIDED
    for name in without:
        assert not set(UNKNOWN) & set(CODES[name]), f"{name} has one of the two only"


@pytest.mark.parametrize(
    ("kind", "name", "spec"), CODED, ids=[f"{kind.table}.{name}" for kind, name, _ in CODED]
)
def test_a_coded_field_names_a_list_and_starts_with_one_of_its_codes(
    kind: type[Record], name: str, spec: object
) -> None:
    declared = specs(kind)[name]
    assert declared.codes in CODES
    default = getattr(kind(), name)
    assert default == "" or default in CODES[declared.codes]


def test_codes_are_plain_and_words_are_for_people() -> None:
    for name, listed in CODES.items():
        assert listed, name
        for code, words in listed.items():
            assert re.fullmatch(r"[A-Za-z0-9_]+", code), (name, code)
            assert words.strip() == words != "", (name, code)
            assert ";" not in words, (name, code)
        assert len(set(listed.values())) == len(listed), f"two codes of {name} say the same"


def test_codes_kept_together_keep_apart() -> None:
    """Codes are joined with ``;``, so none may hold one."""
    assert not [code for listed in CODES.values() for code in listed if ";" in code]
    assert split("a;b") == ("a", "b")
    assert split(";a;;b;") == ("a", "b")
    assert split("") == split(None) == ()


def test_words_for_a_code() -> None:
    assert label("stage", "risk_support") == "Risk & support"
    assert label("stage", "") == label("stage", None) == ""
    assert label("stage", "unheard_of") == "unheard_of"
    assert labels("gate", "G6;G10") == "Disrepair, Children"
    assert labels("gate", "") == labels("gate", None) == ""


def test_the_stages_are_the_designs_in_their_order() -> None:
    assert list(STAGES) == [
        "referral",
        "triage",
        "risk_support",
        "legal",
        "survey",
        "consent",
        "approval",
        "installation",
        "aftercare",
        "closed",
    ]
    assert list(STAGE_SHORT) == list(STAGES)
    assert CODES["stage"] is STAGES


def test_open_and_waiting_requests_are_states_that_exist() -> None:
    assert set(CONSENT_STATES) >= CONSENT_OPEN > CONSENT_WAITING
    answered = {"granted", "granted_conditional", "refused", "withdrawn", "expired", "not_needed"}
    assert set(CONSENT_STATES) - CONSENT_OPEN == answered


def test_the_checklist_has_24_questions() -> None:
    assert len(DASH_QUESTIONS) == len(set(DASH_QUESTIONS)) == 24
    assert all(question.endswith("?") for question in DASH_QUESTIONS)


def test_gates_are_ten() -> None:
    assert list(CODES["gate"]) == [f"G{number}" for number in range(1, 11)]
