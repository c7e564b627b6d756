"""The keys of every command, as data: a district may give a command other keys in settings.toml.

Only keys that arrive in every terminal are used: letters, digits, enter, escape, arrows, and
function keys.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

DEFAULT_KEYS: Final[dict[str, str]] = {
    "today": "1",
    "board": "2",
    "consent": "3",
    "aftercare": "4",
    "marac": "5",
    "reports": "6",
    "settings": "7",
    "directory": "8",
    "funds": "F",
    "group": "G",
    "fund_cases": "c",
    "year_before": "less_than_sign,comma,left",
    "year_after": "greater_than_sign,full_stop,right",
    "drafts": "D",
    "backup": "B",
    "sealed": "S",
    "seal": "S",
    "search": "slash",
    "new": "n",
    "palette": "ctrl+p",
    "help": "question_mark,f1",
    "mask": "x",
    "undo": "u",
    "theme": "f9",
    "lock": "f12,ctrl+l",
    "quit": "ctrl+q",
    "reload": "f5",
    "export": "e",
    "back": "escape",
    "open": "enter",
    "done": "d",
    "snooze": "z",
    "call": "l",
    "chase": "c",
    "answer": "a",
    "book": "b",
    "forward": "greater_than_sign,full_stop",
    "backward": "less_than_sign,comma",
    "remind": "r",
    "check": "k",
    "filter": "f",
    "sort": "s",
    "lanes": "v",
    "jump": "g",
    "closed": "h",
    "add": "a",
    "change": "enter",
    "where": "enter",
    "delete": "delete",
    "tick": "space",
    "marac_details": "m",
    "preview": "p",
    "send": "s",
    "outcome": "o",
    "meeting": "w",
    "transfer": "t",
    "radar": "v",
    "note": "t",
    "document": "w",
    "reveal": "y",
    "override": "o",
    "close_case": "q",
    "state": "s",
    "next_tab": "right,tab",
    "previous_tab": "left,shift+tab",
    "delete_file": "d,delete",
    "access": "i",
    "breach": "b",
    "sealed_breach": "b",
    "quarter": "q",
    "returns": "R",
    "pictures": "p",
    "changelog": "L",
    "readers": "W",
    "of_case": "c",
    "of_action": "a",
    "of_day": "d",
    "retention": "I",
    "certificates": "c",
    "archive": "A",
    "import_tracker": "T",
    "since": "C",
    "since_when": "w",
    "cover_pack": "H",
    "digest": "d",
    "week_before": "less_than_sign,comma,left",
    "week_after": "greater_than_sign,full_stop,right",
}
"""Command id to keys, in Textual's names, comma separated."""

KEPT: Final = ("lock", "quit")
"""Commands that keep their own keys: who leaves the desk in haste presses what the README says."""


def keys_in_force(command: str, changed: Mapping[str, str]) -> str:
    """The keys of a command: the district's own, or the default; of a lock both."""
    default = DEFAULT_KEYS.get(command, "")
    own = changed.get(command, default)
    if command not in KEPT or own == default:
        return own
    return ",".join(dict.fromkeys(key for key in (*own.split(","), *default.split(",")) if key))


SHOWN: Final[dict[str, str]] = {
    "slash": "/",
    "question_mark": "?",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "full_stop": ".",
    "comma": ",",
    "escape": "esc",
    "delete": "del",
    "right": "→",
    "left": "←",
}


def shown(keys: str) -> str:
    """The first of ``keys`` as a person knows it: ``/`` for ``slash``."""
    first = keys.split(",")[0]
    return SHOWN.get(first, first)
