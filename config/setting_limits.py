"""What a setting may be beyond its kind: ranges of numbers, and the words that mean something.

Wide enough for any district; narrow enough that no rule is given a number it cannot count with.
"""

from __future__ import annotations

import re
from typing import Any, Final

from config.codes import LIST_PROTECTION, STAGES
from config.errors import BadInputError
from config.keymap import DEFAULT_KEYS

_DAYS: Final = (0, 365)
_LADDER: Final = (1, 365)
_TASK: Final = (0, 90)
_SOON: Final = (0, 10)
_GROWN_UP: Final = 18

RANGES: Final[dict[str, tuple[int, int]]] = {
    "idle_minutes": (1, 15),
    "stage_targets": _DAYS,
    "chase.urgent": _LADDER,
    "chase.standard": _LADDER,
    "chase.owner_details": _LADDER,
    "chase.escalate": _LADDER,
    "chase.offer_eh": _LADDER,
    "chase.silent_after": _LADDER,
    "emergency.release_hours": (1, 720),
    "emergency.breach_hours": (1, 720),
    "tasks.legal_advice_days": _TASK,
    "tasks.interim_kit_days": _TASK,
    "tasks.disrepair_days": _TASK,
    "tasks.hearing_days": _TASK,
    "tasks.court_date_days": _TASK,
    "tasks.interpreter_days": _TASK,
    "tasks.wording_days": _TASK,
    "tasks.eh_answer_days": _TASK,
    "tasks.fault_days": _SOON,
    "tasks.told_days": _SOON,
    "tasks.transfer_days": _TASK,
    "tasks.kit_return_days": _TASK,
    "tasks.marker_removal_days": _TASK,
    "tasks.outward_days": _TASK,
    "risk.medium_from": (1, 24),
    "risk.high_from": (1, 24),
    "risk.review_weeks": (1, 52),
    "marac.cutoff_days": (0, 60),
    "marac.meeting_weekday": (0, 6),
    "marac.every_weeks": (1, 52),
    "marac.repeat_months": (1, 60),
    "marac.escalation_reports": (1, 100),
    "marac.action_days": (1, 90),
    "aftercare.hours_first": (1, 336),
    "aftercare.weeks_second": (1, 26),
    "aftercare.released_days": (1, 90),
    "orders.warn_days": _DAYS,
    "policy.ha_return_days": (0, 60),
    "policy.override_days": (1, 366),
    "policy.accreditation_weeks": (0, 52),
    "documents.job_sheet_days": (1, 60),
    "money.year_end_weeks": (0, 52),
    "money.uncommitted_percent": (0, 100),
    "exports.delete_days": (1, 90),
    "retention.adult_years": (0, 100),
    "retention.child_until_age": (0, 100),
    "retention.marac_years": (0, 100),
    "backup.daily": (1, 90),
    "backup.weekly": (0, 60),
    "backup.monthly": (0, 120),
    "backup.warn_days": (1, 60),
    "retention.backup_days": (0, 36_500),
    "retention.export_days": (0, 36_500),
}
"""The least and the most of each number; of a list or a table, of each number in it."""

WORDS: Final[dict[str, tuple[str, ...]]] = {
    "policy.support_gate": ("soft", "hard"),
    "marac.repeat_anchor": ("last_referral", "last_heard"),
    "returns.small_numbers": ("hidden", "exact"),
    "protection": ("", *LIST_PROTECTION),
}
"""Settings that take one of a few words."""

NAMES: Final[dict[str, frozenset[str]]] = {
    "stage_targets": frozenset(STAGES),
    "stage_titles": frozenset(STAGES),
    "keys": frozenset(DEFAULT_KEYS),
}
"""What the tables of settings may name."""


def check_limits(name: str, value: Any) -> None:
    """Refuse a value of the right kind that means nothing. ``name`` is the setting's dotted name.

    Raises:
        BadInputError: says which setting, and what it takes.
    """
    if name in NAMES:
        for entry in value:
            if entry not in NAMES[name]:
                raise BadInputError(
                    f"In settings.toml, {name}.{entry} is not a setting; remove it."
                )
    if name == "keys":
        _are_keys(value)
    if name in RANGES:
        numbers = value.items() if isinstance(value, dict) else [("", value)]
        for entry, number in numbers:
            _in_range(f"{name}.{entry}" if entry else name, number, *RANGES[name])
    if name == "retention.child_until_age" and 0 < value < _GROWN_UP:
        raise BadInputError(
            f"In settings.toml, {name} must be {_GROWN_UP} or more, or 0 where it is not set: a "
            "file is not gone through while a child of it is one."
        )
    if name in WORDS and value not in WORDS[name]:
        known = " or ".join(f'"{word}"' for word in WORDS[name])
        raise BadInputError(f"In settings.toml, {name} must be {known}.")


_KEY: Final = re.compile(r"(?:(?:ctrl|shift|alt)\+)*(?:[a-z][a-z0-9_]*|[!-~])")


def _are_keys(given: dict[str, Any]) -> None:
    for command, keys in given.items():
        if isinstance(keys, str) and not all(map(_KEY.fullmatch, keys.split(",") if keys else ())):
            raise BadInputError(
                f"In settings.toml, keys.{command} must be names of keys, such as f6 or ctrl+k, "
                "with a comma between them."
            )


def _in_range(name: str, value: Any, low: int, high: int) -> None:
    for number in value if isinstance(value, list) else [value]:
        if not low <= number <= high:
            raise BadInputError(f"In settings.toml, {name} must be from {low} to {high}.")
