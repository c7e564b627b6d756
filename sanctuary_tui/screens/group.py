"""The working group: its actions with their days, and its members; none of it is about a case."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import ClassVar

from textual import on
from textual.widget import Widget

from config.codes import label
from config.errors import RefusedError
from config.format import short_date
from db.models import Contact, GroupAction
from db.record import Record
from sanctuary_tui import partners
from sanctuary_tui.screens.asking import ask, confirm, pick
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.directory import DirectoryRow, fill_entry
from widgets.columns import Column
from widgets.dates import when_cell
from widgets.lines import Heading, LineTable


class GroupList(LineTable[DirectoryRow]):
    """Actions, then members, each under a heading."""

    def __init__(self, *, today: date, id: str | None = None) -> None:
        self.today = today
        super().__init__(empty="No member and no action yet; press a to add one.", id=id)

    def key(self, row: DirectoryRow) -> Hashable:
        """The record."""
        return (row.record.table, row.record.id)

    def columns(self) -> Sequence[Column[DirectoryRow]]:
        """The action and who does it, or the member and their organisation; when, or how."""
        return (
            Column("what", lambda row: row.words, 28, weight=3),
            Column("who", lambda row: (row.kind, "dim"), 14, weight=2, most=36),
            Column("when", self._when, 19),
        )

    def _when(self, row: DirectoryRow) -> str | tuple[str, str]:
        record = row.record
        if isinstance(record, GroupAction) and record.state == "open":
            return when_cell(record.due, self.today)
        return row.reach, "dim"


class GroupScreen(ConsoleScreen):
    """The working group's actions and members."""

    DEFAULT_CSS = """
    GroupScreen #group { height: 1fr; }
    """
    place: ClassVar[str] = "group"
    line: ClassVar[tuple[str, ...]] = ("change", "done", "add", "delete", "today", "help")

    def __init__(self) -> None:
        super().__init__()
        self._view: partners.GroupView | None = None

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield GroupList(today=self.console.today, id="group")

    @property
    def lines(self) -> GroupList:
        """The list."""
        return self.query_one("#group", GroupList)

    async def refresh_data(self) -> None:
        """Read the actions and the members."""
        view = await self.console.read(partners.group_view)
        self._view = view
        items: list[DirectoryRow | Heading] = []
        waiting = [one for one in view.actions if one.state == "open"]
        over = [one for one in view.actions if one.state != "open"]
        for title, rows in (
            ("ACTIONS", [self._action(one, view) for one in waiting]),
            ("MEMBERS", [self._member(one, view) for one in view.members]),
            ("ACTIONS THAT ARE OVER", [self._action(one, view) for one in over]),
        ):
            if rows:
                items += [Heading(title, len(rows)), *rows]
        self.lines.today = self.console.today
        self.lines.set_items(items)
        self.lines.focus()

    def _action(self, one: GroupAction, view: partners.GroupView) -> DirectoryRow:
        who = view.contacts.get(one.contact_id or 0, "")
        over = f"{label('action_state', one.state)} {short_date(one.done_on)[4:]}".strip()
        return DirectoryRow(one, one.action, who, over)

    def _member(self, one: Contact, view: partners.GroupView) -> DirectoryRow:
        place = view.organisations.get(one.organisation_id or 0, "")
        words = ", ".join(part for part in (one.name or one.job, one.group_role) if part)
        return DirectoryRow(one, words, place, one.phone or one.email)

    # --- changing -----------------------------------------------------------------------------

    @on(LineTable.Chosen)
    def _chosen(self) -> None:
        self.action_change()

    def action_change(self) -> None:
        """Change the action or the member under the cursor."""
        record = self._record()
        self.console.attempt(self._form(type(record), record))

    def action_add(self) -> None:
        """Add an action or a member."""
        self.console.attempt(self._add())

    async def _add(self) -> None:
        kinds = {"action": GroupAction, "member": Contact}
        picked = await pick(self.console, "Add", [("action", "Action"), ("member", "Member")])
        if picked is not None:
            await self._form(kinds[picked], None)

    async def _form(self, kind: type[Record], record: Record | None) -> None:
        view = self._view
        if view is None:
            return
        start = {"agreed": self.console.today} if kind is GroupAction else {"group_role": "Member"}
        kept = await fill_entry(
            self.console,
            kind,
            record,
            organisations=view.organisations,
            contacts=view.contacts,
            start=start,
        )
        if kept:
            await self.load()

    def _record(self) -> Record:
        row = self.lines.row
        if row is None:
            raise RefusedError("There is no line under the cursor; press a to add one.")
        return row.record

    def action_done(self) -> None:
        """Mark the action under the cursor done."""
        self.console.attempt(self._done())

    async def _done(self) -> None:
        record = self._record()
        if not isinstance(record, GroupAction):
            raise RefusedError("A member is not done; put the cursor on an action.")
        number = record.id
        if record.state != "open":
            raise RefusedError("This action is over already; enter opens it to put it right.")
        said = await ask(self.console, f"Done: {record.action}", "What was done (may be blank)")
        if said is None:
            return
        await self.console.write(lambda data: partners.end_action(data, number, said))
        await self.load()

    def action_delete(self) -> None:
        """Delete the action under the cursor; a member stays in the directory."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        record = self._record()
        if isinstance(record, Contact):
            if await confirm(self.console, f"Take {record.name or record.job} off the group?"):
                await self.console.write(lambda data: partners.leave_group(data, record.id))
                await self.load()
        elif await confirm(self.console, "Delete this action?"):
            await self.console.write(lambda data: data.store.delete(record))
            await self.load()
