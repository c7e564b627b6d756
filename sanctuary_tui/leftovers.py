"""Exported files that still lie about: named at the start and on Today, deleted on request.

A list left in a folder is the breach of next year (Cabinet Office review, 2023). Each deletion
stands in the register and in the log; the register keeps what the file was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from config.errors import RefusedError
from config.format import counted
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import Disclosure
from db.readmodels import AgendaLine, CaseCard
from sanctuary_tui.exports.register import Found, delete_by, delete_export, look, lying_there


@dataclass(frozen=True, slots=True)
class Leftovers:
    """How many exported files lie about, and of those how many longer than they should."""

    lying: int
    overdue: int
    oldest: date | None

    @property
    def sentence(self) -> str:
        """What is said at the start; nothing where none lies about."""
        if not self.lying:
            return ""
        late = f", {self.overdue} of them overdue" if self.overdue else ""
        lies = "lies" if self.lying == 1 else "lie"
        return (
            f"{counted(self.lying, 'exported file')} still {lies} there{late}: "
            "6, then d deletes one."
        )


def leftovers(caseload: Caseload, today: date, settings: Settings) -> Leftovers:
    """Look which exported files lie about. Only their paths are looked at, so that it is quick."""
    days = settings.exports.delete_days
    lying = lying_there(queries.exports_not_deleted(caseload.connection))
    due = sorted(day for row in lying if (day := delete_by(row, days)) is not None)
    return Leftovers(len(lying), sum(1 for day in due if day < today), due[0] if due else None)


def today_lines(caseload: Caseload, today: date, settings: Settings) -> list[AgendaLine]:
    """One line for every file that should have been deleted by now."""
    found = leftovers(caseload, today, settings)
    if not found.overdue:
        return []
    card = CaseCard(0, "EXPORTS", "open", "", today)
    text = f"{counted(found.overdue, 'exported file')} to delete"
    return [
        AgendaLine(
            "overdue",
            card,
            text,
            found.oldest,
            "reports",
            "leftovers",
            place="reports",
            cases=found.overdue,
        )
    ]


def find(caseload: Caseload, disclosure_id: int, folders: tuple[Path, ...] = ()) -> Found:
    """What became of one exported file."""
    return look(queries.get(caseload.connection, Disclosure, disclosure_id), also=folders)


def delete(
    caseload: Caseload,
    disclosure_id: int,
    *,
    changed: bool = False,
    folders: tuple[Path, ...] = (),
) -> str:
    """Delete an exported file where it lies now, moved or not, and log it; what to say.

    One that was deleted by hand is marked as gone. ``changed`` as in ``delete_export``.

    Raises:
        RefusedError: it was never written here, is marked as deleted, or has been changed.
        SanctuaryError: it cannot be deleted.
    """
    row = queries.get(caseload.connection, Disclosure, disclosure_id)
    return delete_row(caseload, row, changed=changed, folders=folders)


def delete_row(
    caseload: Caseload, row: Disclosure, *, changed: bool, folders: tuple[Path, ...]
) -> str:
    """The same of a row in hand, which may be of sealed cases alone (``sealing.delete_file``).

    Raises:
        RefusedError, SanctuaryError: as ``delete``.
    """
    found = look(row, also=folders)
    if found.state == "outside":
        raise RefusedError("It was sent outside this program; no file was written here.")
    if found.state == "deleted":
        raise RefusedError("That file is deleted already.")
    if found.path is None:
        said = f"{Path(row.path).name} is not there any more; the register says so now."
    else:
        said = delete_export(found.path, row.sha256, changed=changed)
    store = caseload.store
    why = "exported file deleted" if found.path is not None else "exported file seen to be gone"
    if found.state in ("moved", "changed"):
        why = f"{why}, {found.state} since it was written"
    with store.batch(why):
        store.update(row, why=why, deleted_on=store.today())
        store.note("erasure", "exported_files", row.id, 0, why)
    return said
