"""Outcomes at 3, 6 and 12 months (MHCLG 2026, 6.3; DOMAIN 7)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final

from config.codes import CODES
from config.format import full_date
from db.models import AftercareCheck, CaseFile
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.returns.figures import Period, Return, say

FORM: Final = "outcomes"
CHECKS: Final = {"m3": "At 3 months", "m6": "At 6 months", "m12": "At 12 months"}
_YES_NO: Final = {"yes": "yes", "no": "no", "not_known": "not known or not said"}
_SAFER: Final = {
    "safer": "feels safer (4 or 5)",
    "same": "feels the same (3)",
    "less": "feels less safe (1 or 2)",
    "not_known": "not known or not said",
}
_FEELS: Final = {"1": "less", "2": "less", "3": "same", "4": "safer", "5": "safer"}


def _yes_no(name: str) -> Callable[[AftercareCheck], str]:
    def answer(check: AftercareCheck) -> str:
        given = getattr(check, name)
        return given if given in ("yes", "no") else "not_known"

    return answer


_QUESTIONS: Final = (
    ("home", "Still in the home", _YES_NO, _yes_no("still_home")),
    ("safer", "Feels safer", _SAFER, lambda check: _FEELS.get(check.feels_safer, "not_known")),
    ("working", "Each measure working", _YES_NO, _yes_no("measures_working")),
    ("contact", "Further contact or incident", _YES_NO, _yes_no("contact_since")),
    ("support", "Support in place", _YES_NO, _yes_no("support_in_place")),
)


def outcomes(files: Sequence[CaseFile], period: Period) -> Return:
    """What the checks at 3, 6 and 12 months found, and what happened at the homes."""
    made = Return(FORM, "Outcomes at 3, 6 and 12 months", period)
    for kind, title in CHECKS.items():
        checks = {
            file.case.id: found for file in files if (found := last_check(file, kind, period))
        }
        whole = made.add(
            kind,
            f"{title}: checks",
            "Households with that check dated in the period, by the last of them there; one that "
            "nobody answered or that was not safe to ask is among them (MHCLG 2026, 6.3).",
            (
                say(file, f"check of {full_date(checks[file.case.id].done_on)}")
                for file in files
                if file.case.id in checks
            ),
        )
        answers = {f"result_{code}": words for code, words in CODES["check_outcome"].items()}
        made.divide(
            whole,
            {code: f"{title}: {words.lower()}" for code, words in answers.items()},
            {key: f"result_{check.outcome}" for key, check in checks.items()},
            "Of the checks: how each went.",
            least="result_no_answer",
        )
        done = made.figures[f"{kind}.result_done"]
        for name, words, codes, answer in _QUESTIONS:
            made.divide(
                done,
                {f"{name}_{code}": f"{title}: {words}: {said}" for code, said in codes.items()},
                {key: f"{name}_{answer(check)}" for key, check in checks.items()},
                f"Of the checks that were done: {words.lower()}, in the survivor's own words; a "
                "question that was skipped is not known, never no.",
                least=f"{name}_not_known",
            )
    _at_home(made, files, period)
    made.notes.append(
        "A check is offered, never owed: who chose no calls, and who was not safe to ask, is in no "
        "answer."
    )
    return made


def last_check(file: CaseFile, kind: str, period: Period) -> AftercareCheck | None:
    """The last check of a kind that is dated in the period."""
    found = [one for one in file.aftercare_checks if one.kind == kind and period.has(one.done_on)]
    return max(found, key=lambda one: (one.done_on or date.min, one.id), default=None)


def _at_home(made: Return, files: Iterable[CaseFile], period: Period) -> None:
    """Incidents at the home, by whether anybody got in."""
    entries = {"no": "nobody got in", "attempt": "tried to get in", "yes": "got in"}
    titles = {**entries, "not_known": "not known whether anybody got in"}
    worst = ("yes", "attempt", "no", "not_known")
    answers: dict[int, str] = {}
    behind = []
    for file in files:
        found = {
            one.entry if one.entry in entries else "not_known"
            for one in file.incidents
            if one.at_address == "yes" and period.has(day_of(one.at))
        }
        if found:
            answers[file.case.id] = next(code for code in worst if code in found)
            behind.append(say(file, "incident at the home"))
    rule = (
        "Households with an incident at the home in the period, each once, by the worst of what is "
        "recorded of them (MHCLG 2026, 6.3)."
    )
    whole = made.add("at_home", "Households with an incident at the home", rule, behind)
    made.divide(
        whole, {code: f"At the home: {words}" for code, words in titles.items()}, answers, rule
    )
