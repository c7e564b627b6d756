"""Texts that have crashed, hung or steered a terminal program, and a caseload full of them."""

from __future__ import annotations

import re
from itertools import cycle
from pathlib import Path
from typing import Final

from config.paths import resolve_paths
from db.connection import Connection, close_connection, open_connection
from db.keys import CHEAP_FOR_TESTS, change_passphrase, unlock
from db.models import RECORDS, specs
from tests.walks.console import DEMO, run_cli

TODAY: Final = "2026-11-26"
CRASHING: Final = (
    "ZX[/bad] [",
    "Asha [/b] Varma",
    "see [/case/12]",
    "[/]",
    "[b]x[/i]",
    "[red]x[/blue]",
    "[b]x[/b][/b]",
    '[link="x]y',
    "[b c='",
    '[@click="]x',
    "[#zzz]x[/]",
    "Mr [/Smith]",
    "Flat 1[/2]",
)
"""Each ends stock Textual when it is parsed as markup, and hangs it in a note."""
LIVE: Final = (
    "[@click=app.quit]qz[/]",
    "[@click=app.bell]qz[/]",
    "[@click=screen.dismiss(None)]qz[/]",
    '[link="https://example.invalid"]qz[/link]',
    "[b]qz[/b]",
    "[reverse]qz[/reverse]",
)
"""Each is an action or a look where it is parsed; ``qz`` stands bare then."""
STEERING: Final = {
    "clipboard": "\x1b]52;c;Zm9v\x07",
    "clear": "\x1b[2J\x1b[H",
    "title": "\x1b]0;PWNED\x1b\\",
    "leave": "\x1b[?1049l",
    "report": "\x1b[5n\x1b[c",
    "reset": "\x1bc",
    "c1": "\x9b2J\x9d0;PWNED\x9c\x85",
    "bidi": "\u202eexe.\u2066x\u2069\u200f",
    "nul": "\x00\x7f\x08\x0e",
    "separator": "\u2028\u2029",
}
"""Each reaches stock Textual's terminal as it is."""
STEERS: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
"""What of a text steers a terminal, tabs and line breaks apart."""
ALL: Final = (*CRASHING, *LIVE, *STEERING.values())

PROGRAMS_OWN: Final = frozenset(
    {
        ("cases", "ref"),
        ("cases", "linked_cases"),
        ("risk_assessments", "answers"),
        ("marac_listings", "pairs"),
        ("reminders", "key"),
        ("reminders", "rule"),
        ("reminders", "action"),
        ("reminders", "at"),
        ("reminders", "record_table"),
        ("reminders", "rrule"),
        ("disclosures", "sha256"),
        ("disclosures", "path"),
        ("disclosures", "case_refs"),
    }
)
"""Fields of text that the program writes itself, as keys and references."""


def poisoned_demo(home: Path, cases: int) -> int:
    """Make a demonstration at ``home``, and write payloads into every free text of it, past every
    check; how many were written.

    What stood there is kept, before or after the payload, so that lists are still found by words.
    The passphrase is ``demo``, behind a lock that is quick to open: many commands are run on it.
    """
    given = ("demo", "--cases", f"{cases}", "--no-console", "--today", TODAY)
    made = run_cli(home, *given, asks=False)
    assert made.returncode == 0, made.stderr
    paths = resolve_paths(str(home), {})
    change_passphrase(paths, DEMO, DEMO, params=CHEAP_FOR_TESTS, allow_weak=True)
    connection = open_connection(paths.caseload, unlock(paths, DEMO))
    try:
        return _fill(connection)
    finally:
        connection.commit()
        close_connection(connection)


def _fill(connection: Connection) -> int:
    payloads, count = cycle(ALL), 0
    for kind in RECORDS:
        names = [
            name
            for name, spec in specs(kind).items()
            if spec.kind in ("text", "long") and (kind.table, name) not in PROGRAMS_OWN
        ]
        rows = connection.execute(f"SELECT id FROM {kind.table} ORDER BY id").fetchall()
        for (key,) in rows:
            values = [next(payloads) for _ in names]
            first = key % 2 and kind.table != "reminders"
            for name, value in zip(names, values, strict=True):
                text = f"? || ' ' || coalesce({name}, '')" if first else f"{name} || ' ' || ?"
                connection.execute(
                    f"UPDATE {kind.table} SET {name} = {text} WHERE id = ?", [value, key]
                )
                count += 1
    for name in (
        "name",
        "masked",
        "stuck_why",
        "stuck_on",
        "next_text",
        "safe_contact",
        "last_text",
    ):
        for (key,) in connection.execute("SELECT case_id FROM case_cards").fetchall():
            connection.execute(
                f"UPDATE case_cards SET {name} = coalesce({name}, '') || ' ' || ?"
                " WHERE case_id = ?",
                [next(payloads), key],
            )
            count += 1
    connection.execute("UPDATE search SET body = body || ' ' || ?", [" ".join(LIVE)])
    for (key,) in connection.execute("SELECT id FROM changes WHERE why <> ''").fetchall():
        connection.execute(
            "UPDATE changes SET why = why || ' ' || ? WHERE id = ?", [next(payloads), key]
        )
        count += 1
    return count
