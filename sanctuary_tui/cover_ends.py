"""The day a handover pack ends: Today asks for it to be deleted until somebody says that it was.

The day stands in the register, in the words by which a pack is named there.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Final

from config.codes import split
from config.errors import RefusedError
from db import queries
from db.models import Disclosure
from db.readmodels import AgendaLine, CaseCard
from db.rows import columns_sql, from_rows

if TYPE_CHECKING:
    from db.caseload import Caseload

PROFILE: Final = "cover"
"""The profile under which packs are made."""
_UNTIL: Final = re.compile(r"handover pack until (\d{4}-\d{2}-\d{2})")


def named(until: date) -> str:
    """How the register names a pack that has not been said to be deleted."""
    return f"handover pack until {until.isoformat()}"


def ends_on(row: Disclosure) -> date | None:
    """The day by which a pack is to be deleted; None for another file, or one said to be gone."""
    found = _UNTIL.fullmatch(row.what) if row.profile == PROFILE else None
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        return None


def packs_out(caseload: Caseload) -> list[tuple[Disclosure, date]]:
    """The packs that nobody has said are deleted, the first to end on top."""
    sql = f"SELECT {columns_sql(Disclosure)} FROM disclosures WHERE profile = ? ORDER BY id"
    rows = from_rows(Disclosure, caseload.connection.execute(sql, (PROFILE,)).fetchall())
    found = [(row, day) for row in rows if (day := ends_on(row)) is not None]
    return sorted(found, key=lambda pair: (pair[1], pair[0].id))


def today_lines(caseload: Caseload, today: date) -> list[AgendaLine]:
    """A line for each pack from the day it ends on: ask for it to be deleted."""
    return [
        AgendaLine(
            "today" if day == today else "overdue",
            CaseCard(0, "PACK", "open", "", today),
            f"pack {row.id}: ask for it to be deleted",
            day,
            "reports",
            "cover_pack",
            record_table="disclosures",
            record_id=row.id,
            place="reports",
            cases=len(split(row.case_refs)),
        )
        for row, day in packs_out(caseload)
        if day <= today
    ]


def said_deleted(caseload: Caseload, disclosure_id: int) -> str:
    """Keep that whoever had a pack says it is deleted, and log it; what to say.

    Raises:
        RefusedError: it is no pack, or was said to be deleted before.
    """
    row = queries.get(caseload.connection, Disclosure, disclosure_id)
    if ends_on(row) is None:
        raise RefusedError("That is no handover pack, or it was said to be deleted before.")
    store = caseload.store
    why = "handover pack said to be deleted by whoever had it"
    with store.batch(why):
        store.update(row, why=why, what=f"{row.what}, deleted there {store.today().isoformat()}")
        store.note("erasure", "exported_files", row.id, 0, why)
    left = " The file written here is another: d deletes it." if row.deleted_on is None else ""
    return f"The register says that pack {row.id} is deleted there.{left}"
