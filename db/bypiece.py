"""Cases read piece by piece: memory that was once taken for all of them is not given back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from db import queries

if TYPE_CHECKING:
    from db.connection import Connection
    from db.models import CaseFile

_PIECE: Final = 300


def case_files(connection: Connection, tables: Sequence[str], where: str) -> Iterator[CaseFile]:
    """What ``queries.case_files`` finds, in the order of the cases' numbers.

    ``where`` is a condition on ``cases`` written by this program, never by a person.
    """
    rows = connection.execute(f"SELECT id FROM cases WHERE {where} ORDER BY id").fetchall()
    for at in range(0, len(rows), _PIECE):
        ids = ", ".join(str(int(number)) for (number,) in rows[at : at + _PIECE])
        found = queries.case_files(connection, tables, f"id IN ({ids})")
        yield from (file for _, file in sorted(found.items()))
