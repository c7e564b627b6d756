"""Which cases may be the household somebody means: by reference, postcode, a name nearly so.

Sealed cases are not among them (``db.seal``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.text import clean
from db.names import alike
from db.queries import DIGITS, as_reference, cards_of
from db.readmodels import Match

if TYPE_CHECKING:
    from db.connection import Connection

_REFERENCE = 101
_POSTCODE = 100
"""Scores above any name's: these two say which household, not who may be meant."""


def find_matches(connection: Connection, words: str, limit: int = 30) -> list[Match]:
    """Cases that may be this household: by reference, postcode, or the name of any party.

    Names are compared loosely (spelling, order, accents), so that a returning household is found.
    A confidential address is matched by nothing that says where it is.
    """
    wanted = clean(words, multiline=False).strip()
    found: dict[int, tuple[int, str]] = {}

    def keep(case_id: int, score: int, reason: str) -> None:
        if score > found.get(case_id, (0, ""))[0]:
            found[case_id] = (score, reason)

    for (case_id,) in _with_reference(connection, wanted):
        keep(case_id, _REFERENCE, "reference")
    for (case_id,) in connection.execute(
        "SELECT case_id FROM properties WHERE postcode <> '' AND confidential <> 'yes'"
        " AND replace(upper(postcode), ' ', '') = ?",
        (wanted.replace(" ", "").upper(),),
    ).fetchall():
        keep(case_id, _POSTCODE, "same postcode")
    rows = connection.execute(
        "SELECT case_id, role, first_name || ' ' || surname || ' ' || aliases FROM people"
    ).fetchall()
    for at, score in alike(wanted, [row[2] for row in rows]):
        keep(rows[at][0], score, f"{rows[at][1]}'s name")
    best = sorted(found.items(), key=lambda item: -item[1][0])[:limit]
    known = cards_of(connection, [case_id for case_id, _ in best])
    return [
        Match(case_id, c.ref, c.status, c.masked, c.stage, reason, score)
        for case_id, (score, reason) in best
        if (c := known.get(case_id)) is not None
    ]


def _with_reference(connection: Connection, wanted: str) -> list[tuple[int]]:
    """Cases with this reference, or with this number in any year."""
    if DIGITS.fullmatch(wanted):
        ends = f"%-{int(wanted):04d}"
        rows = connection.execute("SELECT id FROM cases WHERE ref LIKE ?", (ends,)).fetchall()
    else:
        rows = connection.execute(
            "SELECT id FROM cases WHERE ref = ?", (as_reference(wanted),)
        ).fetchall()
    return [(int(row[0]),) for row in rows]
