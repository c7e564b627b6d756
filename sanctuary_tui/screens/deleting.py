"""Deleting an exported file: what became of it is looked at and said before it goes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sanctuary_tui.exports.register import look
from sanctuary_tui.screens.asking import confirm
from sanctuary_tui.table_export import default_folder

if TYPE_CHECKING:
    from db.caseload import Caseload
    from db.models import Disclosure
    from sanctuary_tui.desk import Desk


class Delete(Protocol):
    """What deletes the file of a row of the register and logs it; returns what to say."""

    def __call__(
        self, caseload: Caseload, disclosure_id: int, *, changed: bool, folders: tuple[Path, ...]
    ) -> str: ...


async def delete_asked(app: Desk, row: Disclosure, delete: Delete) -> bool:
    """Ask, then delete the file of a row, or mark as gone one that is not there; false when left.

    Raises:
        RefusedError: it was never written here, or is marked as deleted.
        SanctuaryError: it cannot be deleted.
    """
    folders = (default_folder(app.paths),)
    found, row_id = look(row, also=folders), row.id
    name = found.path.name if found.path is not None else Path(row.path).name
    question, detail = f"Delete {name}?", ""
    if found.state == "changed":
        detail = "It was changed since it was exported: look at it first. y deletes it as it is."
    elif found.state == "moved":
        detail = f"It was moved; it lies at {found.path} now."
    elif found.state == "gone":
        question = f"{name} is not there. Mark it as gone?"
        detail = "If it was moved to another folder, delete it there first."
    if found.state in ("there", "changed", "moved", "gone") and not await confirm(
        app, question, detail, strong=True
    ):
        return False
    changed = found.state == "changed"
    said = await app.write(lambda data: delete(data, row_id, changed=changed, folders=folders))
    app.notify(said, timeout=5)
    return True
