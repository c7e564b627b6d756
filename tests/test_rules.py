"""The page of rules is in step: with the program's codes, the settings and the tests it names."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

import pytest

from config.codes import CODES
from sanctuary_tui.pathway import consent, marac, reminders, rulesource
from sanctuary_tui.pathway.rule import Rule
from sanctuary_tui.pathway.rulebook import (
    GROUPS,
    PATH,
    default_of,
    docstring_sentence,
    rulebook,
    sentence,
)

ROOT = Path(__file__).parents[1]
RULES = [(title, rule) for title, rules in GROUPS.items() for rule in rules]
WHOLE = (
    "aftercare",
    "contact",
    "emergency",
    "marac",
    "marac_list",
    "orders",
    "retention",
    "rights",
    "risk",
    "scheme",
    "stage_exits",
    "stages",
    "transfer",
    "works",
)
HELPERS = {
    "aftercare.repairs_booked",
    "contact.points",
    "contact.usable_points",
    "marac.criteria",
    "marac.iso_week_label",
    "marac_list.listing_for",
    "marac.next_meeting",
    "orders.spoken",
    "rights.requests",
    "risk.is_complete",
    "scheme.pence_of",
    "stages.after",
    "stages.at_least",
    "stages.before",
    "transfer.moved",
    "transfer.transfer_listing",
    "transfer.undecided",
    "works.agreed",
    "works.entry",
    "works.fitted",
    "works.fitting_day",
    "works.name",
    "works.pending",
}
"""Functions that look things up and decide nothing, or whose codes are the rules."""


def codes(*titles: str) -> set[str]:
    """The codes of groups that are not functions."""
    return {rule.code for title in titles for rule in GROUPS[title] if "." not in rule.code}


def named(rule: tuple[str, Rule]) -> str:
    return rule[1].code


def test_the_page_is_in_step() -> None:
    assert (ROOT / PATH).read_text("utf-8") == rulebook(), (
        "run python -m sanctuary_tui.pathway.rulebook"
    )


# --- every code of the program --------------------------------------------------------------------


def test_every_code_of_a_finding_is_there_and_no_other() -> None:
    told = rulesource.finding_sentences()
    assert codes("Gates", "Leaving a stage") == set(told)
    assert set(CODES["gate"]) <= codes("Gates")
    assert [code for code, texts in told.items() if not texts] == []
    assert told["G6"][0] in rulebook()


def test_every_rule_of_a_reminder_is_there_and_no_other() -> None:
    assert codes("Reminders") == set(rulesource.reminder_titles())
    assert codes("Reminders") >= reminders.OUTREACH | reminders.CHASES


def test_every_criterion_is_there_and_no_other() -> None:
    found = rulesource.appended("marac", "criteria", "codes")
    assert codes("MARAC") == found == set(CODES["criterion"]) == set(marac.CRITERIA_ORDER)


def test_every_trigger_is_there_and_no_other() -> None:
    listed = set(CODES["emergency_trigger"]) - {"not_known", "not_asked"}
    assert codes("Emergency path") == listed
    found = rulesource.appended("emergency", "triggers", "found")
    assert found
    assert found <= listed


def test_every_consent_event_and_state_by_rule_is_there_and_no_other() -> None:
    by_rule = rulesource.returned("consent", "state_on")
    assert by_rule
    assert codes("Consent") == set(CODES["consent_event"]) | by_rule
    assert codes("Consent") >= set(consent.EVENT_STATE) | consent.HUMAN


def test_every_reason_of_the_check_of_wording_is_there_and_no_other() -> None:
    assert codes("Wording") == rulesource.wording_reasons()


@pytest.mark.parametrize("module", WHOLE)
def test_every_function_that_decides_is_there(module: str) -> None:
    there = rulesource.public_functions(module)
    listed = {rule.code for _, rule in RULES if rule.code.startswith(f"{module}.")}
    helpers = {code for code in HELPERS if code.startswith(f"{module}.")}
    assert not listed & helpers
    assert listed | helpers == there


def test_no_code_stands_twice_under_one_heading() -> None:
    times = Counter((title, rule.code) for title, rule in RULES)
    assert [where for where, count in times.items() if count > 1] == []


# --- each rule ------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", RULES, ids=named)
def test_each_rule_says_something_and_where_it_is_from(entry: tuple[str, Rule]) -> None:
    title, rule = entry
    assert rule.source.strip(" -")
    assert sentence(title, rule).strip(" .")
    if "." in rule.code:
        assert not rule.sentence, "the docstring says it"
        assert docstring_sentence(rule.code).endswith((".", ")", "None"))
    else:
        assert rule.sentence.endswith(".")


def test_every_setting_named_is_a_setting() -> None:
    missing = []
    for _, rule in RULES:
        for name in rule.settings:
            try:
                default_of(name)
            except KeyError:
                missing.append(name)
    assert missing == []


def test_every_setting_the_rules_read_is_named() -> None:
    named = {name for _, rule in RULES for name in rule.settings}
    assert "chase.silent_after" in rulesource.settings_read()
    assert rulesource.settings_read() - named == set()


def test_every_test_named_is_a_test() -> None:
    there: dict[str, set[str]] = {}
    missing = []
    for _, rule in RULES:
        name, _, test = rule.test.partition("::")
        if name not in there:
            tree = ast.parse((ROOT / name).read_text("utf-8"))
            there[name] = {
                part.name
                for part in tree.body
                if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        if not test.startswith("test_") or test not in there[name]:
            missing.append(rule.test)
    assert missing == []
