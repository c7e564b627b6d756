"""After an import, or before: the refused rows and the mapping as files; taking an import back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.errors import RefusedError
from config.format import counted
from db import imported
from db.imported import Import
from sanctuary_tui.imports.applying import undo
from sanctuary_tui.imports.preparing import save_mapping
from sanctuary_tui.imports.reporting import keep_refused
from sanctuary_tui.screens.asking import ask, confirm
from sanctuary_tui.screens.import_lists import ImportList
from sanctuary_tui.screens.listing import ListSheet
from sanctuary_tui.table_export import default_folder, default_name
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk
    from sanctuary_tui.imports.planning import Plan
    from sanctuary_tui.imports.preparing import Draft


async def keep_refused_rows(app: Desk, plan: Plan) -> str:
    """Write the refused rows where the person says; gives what to say of it, empty when left.

    Raises:
        SanctuaryError: none is refused, or the file cannot be written.
    """
    if not plan.refusals:
        raise RefusedError("No row is refused, so there is no file to mend.")
    out = await _place(
        app,
        "Write the refused rows to",
        "They stand in it as they are written in the tracker. It is in the register of exports.",
        default_name(app.paths, "mend", app.today),
    )
    if out is None:
        return ""
    now = app.now()
    written = await app.write(lambda data: keep_refused(data, plan, out, now))
    return " ".join(
        [
            f"{counted(written.rows, 'row')} to mend: {out.name}, in {out.parent}.",
            *written.notices,
        ]
    )


async def keep_mapping(app: Desk, draft: Draft) -> str:
    """Write the mapping where the person says; gives what to say of it, empty when left.

    Raises:
        SanctuaryError: its name does not end in .toml, or it cannot be written.
    """
    out = await _place(
        app,
        "Keep the mapping in",
        "Titles and codes, nothing of a case: it fits the next tracker of the same columns.",
        default_folder(app.paths) / "tracker.toml",
    )
    if out is None:
        return ""

    def write(_: object) -> None:
        out.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        save_mapping(draft.mapping, draft.sheet, out)

    await app.read(write)
    return f"How the columns are read: {out.name}, in {out.parent}."


def kept_mapping(app: Desk) -> str:
    """The mapping kept last where they are offered to be kept; empty if there is none."""
    try:
        kept = [(one.stat().st_mtime, one) for one in default_folder(app.paths).glob("*.toml")]
    except OSError:
        return ""
    return str(max(kept)[1]) if kept else ""


async def _place(app: Desk, title: str, label: str, offered: Path) -> Path | None:
    said = await ask(app, title, label, value=str(offered), required=True, replaces=True)
    return None if said is None else (offered.parent / Path(said).expanduser()).absolute()


async def show_imports(app: Desk) -> set[int]:
    """Every import of this caseload; gives the numbers of those that were taken back."""
    sheet = ImportsSheet(await app.read(lambda data: imported.imports(data.connection)))
    await app.push_screen_wait(sheet)
    return sheet.undone


class ImportsSheet(ListSheet[Import]):
    """Imports, the newest first; ``u`` takes the one under the cursor back whole."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("u", "undo", "Undo", show=False)]

    def __init__(self, found: Sequence[Import]) -> None:
        self._imports = ImportList()
        super().__init__("Imports of this caseload", self._imports)
        self._found = list(found)
        self.undone: set[int] = set()

    def body(self) -> ComposeResult:
        """What undoing does, then the list."""
        yield Words(
            "u takes an import back whole, unless one of its cases was worked on since.",
            style="dim",
        )
        yield self.list
        yield Words("", style="strong", id="said")

    def keys(self) -> Sequence[tuple[str, str]]:
        """What can be done."""
        return (("u", "take it back"), ("esc", "leave"))

    def show(self) -> None:
        """Every import."""
        self._imports.set_rows(self._found)

    def action_undo(self) -> None:
        """Take the import under the cursor back."""
        self.console.attempt(self._undo())

    async def _undo(self) -> None:
        one = self.row("import")
        if one.undone is not None:
            raise RefusedError(f"Import {one.id} is undone already.")
        if not await confirm(
            self.console,
            f"Take import {one.id} back?",
            f"{counted(one.cases_made, 'case')} it made, and the notes it added, are taken out.",
            strong=True,
        ):
            return
        said = self.query_one("#said", Words)
        said.set_text("It is taken back ...")
        try:
            await self.console.write(lambda data: undo(data, one.id))
        finally:
            said.set_text("")
        self.undone.add(one.id)
        self._found = await self.console.read(lambda data: imported.imports(data.connection))
        self.show()
        said.set_text(f"Import {one.id} is undone: {counted(one.cases_made, 'case')} taken out.")
