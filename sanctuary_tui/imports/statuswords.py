"""A status with which a cell of notes begins: ``Closed - moved away 3/4/25``, ``ongoing, with LL``.

Nothing is guessed: only a column that a person has matched to the stage is read so, a status is one
of those that are known, and it stands before a mark that divides. ``done`` says nothing certain.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

from config.errors import BadInputError
from db.names import folded
from sanctuary_tui.imports.dates import read_day
from sanctuary_tui.imports.sheets import Cell
from sanctuary_tui.imports.targets import BY_KEY
from sanctuary_tui.imports.values import Choices, code_key, read_value, spellings

STAGE: Final = "case.stage"
_CLOSED_ON: Final = "closure.closed_on"
_OUTCOME: Final = "closure.outcome"
_DIVIDES: Final = re.compile(r"\s+[-–—]+\s+|\s*[,;:(/\n]\s*|\.\s+|\s+(?=\d)")
_DAY: Final = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})\b")
_LONGEST: Final = 40
"""Characters of what may be a status."""
_TITLES: Final = frozenset({"status", "stage"})


def titled(title: str) -> bool:
    """Whether a column's title says that a status stands in it."""
    return bool(_TITLES & set(re.findall(r"[a-z]+", folded(title))))


def said_in(text: str, choices: Choices) -> dict[str, Any] | None:
    """What a cell says of the case's status, by target; None where it begins with no status.

    Of a closed case also the day, where one stands in it, and the outcome, where the words are one.
    """
    head = _DIVIDES.split(text.strip(), maxsplit=1)[0]
    if len(head) > _LONGEST:
        return None
    try:
        stage = read_value(BY_KEY[STAGE], Cell(head, head), choices)
    except BadInputError:
        return None
    if stage is None and code_key(head) not in spellings(BY_KEY[STAGE].codes):
        return None
    found: dict[str, Any] = {STAGE: stage} if stage else {}
    if stage == "closed":
        found.update(_closing(text.strip()[len(head) :], choices))
    return found


def _closing(rest: str, choices: Choices) -> dict[str, Any]:
    found: dict[str, Any] = {}
    days = _DAY.findall(rest)
    if len(days) == 1 and (day := _day(days[0], choices)) is not None:
        found[_CLOSED_ON] = day
    words = re.sub(r"^\W+|\W+$", "", _DAY.sub(" ", rest))
    outcome = spellings(BY_KEY[_OUTCOME].codes).get(code_key(words)) if words else None
    if outcome:
        found[_OUTCOME] = outcome
    return found


def _day(written: str, choices: Choices) -> date | None:
    try:
        first = choices.day_first and STAGE not in choices.month_first
        return read_day(Cell(written, written), choices.today, day_first=first, past=True)
    except BadInputError:
        return None
