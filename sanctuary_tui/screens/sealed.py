"""Sealed cases: the one list that has them, and the one way into each; a reason at every door."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from config.codes import CODES
from config.errors import RefusedError
from config.format import counted, short_date, short_moment
from config.parse import parse_moment
from sanctuary_tui import sealing
from sanctuary_tui.breaches import WHOLE_CASELOAD, must_be_past
from sanctuary_tui.commands import footer_of
from sanctuary_tui.screens.asking import ask, choose, pick
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.breach import words_for
from sanctuary_tui.screens.case import CaseScreen
from sanctuary_tui.screens.deleting import delete_asked
from sanctuary_tui.sealing import SealedLine, SealedView
from widgets.columns import Column
from widgets.dialogs import Choice
from widgets.lines import LineTable

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk


async def show_sealed(app: Desk) -> None:
    """Ask for the reason, then show the list."""
    reason = await ask(app, "Sealed cases", "Reason (logged)", required=True)
    if reason is None:
        return
    today, settings = app.today, app.settings
    view = await app.write(lambda data: sealing.sealed_view(data, reason, today, settings))
    app.push_screen(SealedScreen(view))


class SealedCaseScreen(CaseScreen):
    """A sealed case, open until it is left."""

    mark: ClassVar[str] = "SEALED"

    def action_export(self) -> None:
        """Nothing of a sealed case is written as a table."""
        refused = "A sealed case is not exported; w makes the document that is needed."
        self.notify(refused, severity="warning", timeout=8)

    async def on_unmount(self) -> None:
        """Shut it, however it was left."""
        if self.console.has_caseload:
            await self.console.write(sealing.shut)


class SealedList(LineTable[SealedLine]):
    """The sealed cases: those of an open breach on top, then what is due first."""

    def __init__(self, *, today: date, masked: bool, id: str | None = None) -> None:
        self.today = today
        self.masked = masked
        super().__init__(empty="No case is sealed.", id=id)

    def key(self, row: SealedLine) -> Hashable:
        """The case."""
        return row.card.case_id

    def columns(self) -> Sequence[Column[SealedLine]]:
        """Reference, name, what a breach asks, what is due, what the MARAC is to hear."""
        breach = (Column("breach", _breach, 36, weight=2, most=64),)
        told = any(row.breaches for row in self.rows)
        heard = (Column("marac", self._heard, 20, weight=1, most=50, drop=1),)
        return (
            Column("ref", lambda row: (row.card.ref, "strong"), 8),
            Column("name", self._who, 8, weight=1, most=24, drop=2),
            *(breach if told else ()),
            Column("due", self._due, 18 if told else 24, weight=4),
            *(heard if any(row.marac for row in self.rows) else ()),
            Column("since", self._since, 10, drop=3, align="right"),
        )

    def _who(self, row: SealedLine) -> tuple[str, str]:
        return (row.card.masked if self.masked else row.card.name), "text"

    def _heard(self, row: SealedLine) -> tuple[str, str]:
        return row.marac, "warn"

    def _since(self, row: SealedLine) -> tuple[str, str]:
        return short_date(row.sealed_on, self.today), "dim"

    def _due(self, row: SealedLine) -> tuple[str, str]:
        if not row.due:
            nothing = row.card.next_text or "nothing due within a week"
            return nothing, "dim"
        first = row.due[0]
        more = f" and {len(row.due) - 1} more" if len(row.due) > 1 else ""
        late = first.due is not None and first.due < self.today
        said = f"{short_date(first.due, self.today)}: {first.title_text}{more}"
        return said, "late" if late else "text"


def _breach(row: SealedLine) -> tuple[str, str]:
    if not row.breaches:
        return "", "dim"
    first = row.breaches[0]
    more = f" and {len(row.breaches) - 1} more" if len(row.breaches) > 1 else ""
    return f"{first.words}{more}", "late" if first.waiting else "dim"


def _whole(row: SealedLine, today: date) -> str:
    """All that is due in a case and the MARAC is to hear: the list cuts it, and no other has it."""
    said = [one.words for one in row.breaches]
    said += [f"{short_date(one.due, today)}: {one.title_text}" for one in row.due]
    if not row.due:
        said.append(row.card.next_text or "nothing due within a week")
    if row.marac:
        said.append(f"MARAC: {row.marac}")
    return "\n".join([f"{row.card.ref}, sealed {short_date(row.sealed_on, today)}", *said])


_OF_A_FILE: Final = tuple(one for one in CODES["breach_kind"] if one not in WHOLE_CASELOAD)
_NAMELESS: Final = "Name nobody: this is shown outside this list."
_KINDS: Final = dict(zip("rnd", sealing.BREACH_STEPS, strict=True))


class SealedScreen(ConsoleScreen):
    """What is due in the sealed cases; enter opens one, for a reason."""

    DEFAULT_CSS = """
    SealedScreen {
        #lines { height: 1fr; }
        #many { height: 1; padding: 0 1; text-style: bold; }
        #whole { height: auto; max-height: 50%; padding: 0 1; border-top: solid $border-blurred; }
        #told { height: auto; padding: 0 1; color: $text-muted; }
    }
    """
    place: ClassVar[str] = "sealed"
    line: ClassVar[tuple[str, ...]] = (
        "open",
        "sealed_breach",
        "delete_file",
        "mask",
        "back",
        "help",
    )

    def __init__(self, view: SealedView) -> None:
        super().__init__()
        self._view = view

    def body(self) -> Iterable[Widget]:
        """How many, the list, what has to be counted by hand."""
        console = self.console
        yield Static(f"Sealed: {counted(len(self._view.lines), 'case')}", markup=False, id="many")
        yield SealedList(today=console.today, masked=console.masked, id="lines")
        yield Static("", markup=False, id="whole")
        yield Static(self._told(), markup=False, id="told")

    def _told(self) -> str:
        return "\n".join(part for part in (self._view.left_out, self._view.files) if part)

    def footer(self) -> list[tuple[str, str]]:
        """The keys; nothing is opened where nothing is sealed."""
        idle = set()
        if not self._view.lines:
            idle |= {"open", "sealed_breach"}
        if not self._view.files:
            idle.add("delete_file")
        line = [one for one in self.line if one not in idle]
        return footer_of(line, self.console.settings.keys)

    @property
    def lines(self) -> SealedList:
        """The list."""
        return self.query_one("#lines", SealedList)

    async def refresh_data(self) -> None:
        """Show what was read when the reason was given; after a change, what stands now."""
        if self._seen >= 0:
            today, settings = self.console.today, self.console.settings
            self._view = await self.console.read(
                lambda data: sealing.sealed_lines(data, today, settings)
            )
        many = f"Sealed: {counted(len(self._view.lines), 'case')}"
        self.query_one("#many", Static).update(Content(many))
        self.query_one("#told", Static).update(Content(self._told()))
        self.show_footer()
        self.lines.set_rows(self._view.lines)
        self.lines.restyle()
        self.lines.focus()
        self._show_whole()

    def on_resize(self) -> None:
        """The case under the cursor whole only where the list keeps its lines."""
        self._show_whole()

    @on(LineTable.Highlighted)
    def _moved(self) -> None:
        self._show_whole()

    def _show_whole(self) -> None:
        row = self.lines.row
        whole = self.query_one("#whole", Static)
        whole.display = row is not None and self.size.height >= 16
        whole.update(Content(_whole(row, self.console.today) if row else ""))

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """Open the case under the cursor, for a reason."""
        self.console.attempt(self._open())

    async def _open(self) -> None:
        row = self.lines.row
        if row is None:
            raise RefusedError("There is no case under the cursor.")
        case_id = row.card.case_id
        reason = await ask(self.console, f"Open {row.card.ref}", "Reason (logged)", required=True)
        if reason is None:
            return
        await self.console.write(lambda data: sealing.open_sealed(data, case_id, reason))
        self.console.push_screen(SealedCaseScreen(case_id))

    def action_sealed_breach(self) -> None:
        """Log what was done about the survivor under the cursor after a breach, or record one."""
        self.console.attempt(self._breach())

    async def _breach(self) -> None:
        row = self.lines.row
        if row is None:
            raise RefusedError("There is no case under the cursor.")
        if row.breaches:
            await self._log_breach(row)
        else:
            await self._new_breach(row)

    async def _new_breach(self, row: SealedLine) -> None:
        """Of a file with this case in it: nothing that names the case is asked for or kept."""
        app, case_id, ref = self.console, row.card.case_id, row.card.ref
        sent = await app.read(lambda data: sealing.sent_of(data, case_id))
        if not sent:
            raise RefusedError(f"Nothing with {ref} in it was written or sent: no file to report.")
        found = [
            Choice(one.id, one.what, note=short_moment(one.at) if one.at else "") for one in sent
        ]
        about: int | None = await pick(app, f"{ref}: breach of which file", found)
        if about is None:
            return
        kinds = [(kind, CODES["breach_kind"][kind]) for kind in _OF_A_FILE]
        kind: str | None = await pick(app, "What happened to it", kinds)
        if kind is None:
            return
        words = await ask(app, "What happened", _NAMELESS, required=True)
        if words is None:
            return
        recipient = await ask(app, "Who has it now", f"{_NAMELESS} Blank: not known.")
        if recipient is None:
            return
        known = await ask(
            app,
            "When it was first known",
            "Day and time, such as today 9am; blank for now",
            judge=self._moment,
        )
        if known is None:
            return
        aware = self._moment(known)
        made = await app.write(
            lambda data: sealing.record_breach(
                data, case_id, about, kind, aware=aware, what=words, recipient=recipient
            )
        )
        app.notify(f"Breach {made.id} is recorded; its clock runs. b logs who was reached.")
        await self.load()

    def _moment(self, said: str) -> datetime:
        now = self.console.now()
        aware = parse_moment(said, now, past=True) if said.strip() else now
        must_be_past(aware, now)
        return aware

    async def _log_breach(self, row: SealedLine) -> None:
        about: int | None = row.breaches[0].breach_id
        if len(row.breaches) > 1:
            found = [(one.breach_id, one.words) for one in row.breaches]
            about = await pick(self.console, f"{row.card.ref}: which breach", found)
        if about is None:
            return
        options = [(key, CODES["breach_step"][kind]) for key, kind in _KINDS.items()]
        options.append(("f", "New breach, of a file with this case in it"))
        said = await choose(self.console, f"{row.card.ref}, after breach {about}", options)
        if said is None:
            return
        if said == "f":
            await self._new_breach(row)
            return
        kind, ref, case_id = _KINDS[said], row.card.ref, row.card.case_id
        words = await words_for(self.console, ref, kind, row.safe_contact)
        if words is None:
            return
        await self.console.write(
            lambda data: sealing.log_breach_step(data, about, case_id, kind, words)
        )
        await self.load()

    def action_delete_file(self) -> None:
        """Delete a file that was written with a sealed case in it."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        rows = await self.console.read(sealing.files_held)
        if not rows:
            raise RefusedError("No file with a sealed case in it is left where it was written.")
        found = [
            Choice(row.id, f"{Path(row.path).name}: {row.what}", note=short_moment(row.at))
            for row in rows
        ]
        chosen = await pick(self.console, "Written with a sealed case in it: delete which", found)
        row = next((one for one in rows if one.id == chosen), None)
        if row is not None and await delete_asked(self.console, row, sealing.delete_file):
            await self.load()

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        self.lines.masked = masked
        self.lines.restyle()

    def action_back(self) -> None:
        """Go back."""
        self.dismiss()
