"""The directory: organisations, the people at them, and the funds; none of it is about a case."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.widget import Widget

from config.codes import label
from config.errors import RefusedError
from config.format import money
from db import queries
from db.models import BY_TABLE, Contact, Fund, Organisation
from db.record import Record, specs
from sanctuary_tui import partners, records
from sanctuary_tui.screens.asking import confirm, fill_form, pick
from sanctuary_tui.screens.base import ConsoleScreen
from widgets.columns import Column
from widgets.lines import Heading, LineTable

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_TABLES: tuple[tuple[type[Record], str], ...] = (
    (Organisation, "ORGANISATIONS"),
    (Contact, "PEOPLE AT THEM"),
    (Fund, "FUNDS"),
)


@dataclass(slots=True, frozen=True)
class DirectoryRow:
    """One entry: what it is, what kind, how to reach it or how much it holds."""

    record: Record
    words: str
    kind: str
    reach: str
    email: str = ""


class DirectoryList(LineTable[DirectoryRow]):
    """Entries under a heading for each kind."""

    def key(self, row: DirectoryRow) -> Hashable:
        """The record."""
        return (row.record.table, row.record.id)

    def columns(self) -> Sequence[Column[DirectoryRow]]:
        """Name, kind or place, phone or budget, email."""
        return (
            Column("name", lambda row: row.words, 24, weight=3, most=44),
            Column("kind", lambda row: (row.kind, "dim"), 18, weight=2, most=36, drop=1),
            Column("reach", lambda row: row.reach, 13),
            Column("email", lambda row: (row.email, "dim"), 26, weight=2, drop=2),
        )


async def fill_entry(
    app: Desk,
    kind: type[Record],
    record: Record | None,
    *,
    organisations: Mapping[int, str] | None = None,
    contacts: Mapping[int, str] | None = None,
    start: Mapping[str, Any] | None = None,
) -> bool:
    """Add an entry that is of no case, or change one; whether it was kept."""
    values: dict[str, Any] = (
        {name: getattr(record, name) for name in specs(kind)} if record else dict(start or {})
    )
    record_id = record.id if record else 0
    links = {
        "organisations": sorted((organisations or {}).items(), key=lambda one: one[1].casefold()),
        "contacts": sorted((contacts or {}).items(), key=lambda one: one[1].casefold()),
    }
    given = await fill_form(
        app,
        kind,
        title=f"{kind.title}",
        values=values,
        only=records.form_fields(kind),
        links=links,
        form=kind.table,
        record_id=record_id,
        commit=lambda given: app.write(
            lambda data: records.keep_record(data, kind, 0, record_id, given)
        ),
    )
    return given is not None


class DirectoryScreen(ConsoleScreen):
    """Organisations, contacts and funds."""

    DEFAULT_CSS = """
    DirectoryScreen #entries { height: 1fr; }
    """
    place: ClassVar[str] = "directory"
    line: ClassVar[tuple[str, ...]] = ("change", "add", "delete", "export", "search", "help")

    def __init__(self) -> None:
        super().__init__()
        self._organisations: dict[int, str] = {}

    def body(self) -> Iterable[Widget]:
        """The list."""
        yield DirectoryList(empty="Nobody is in the directory yet; press a to add.", id="entries")

    @property
    def entries(self) -> DirectoryList:
        """The list."""
        return self.query_one("#entries", DirectoryList)

    async def refresh_data(self) -> None:
        """Read every entry."""
        found = await self.console.read(
            lambda data: [queries.all_of(data.connection, kind) for kind, _ in _TABLES]
        )
        self._organisations = {
            one.id: one.name for one in found[0] if isinstance(one, Organisation)
        }
        items: list[DirectoryRow | Heading] = []
        for (_, title), rows in zip(_TABLES, found, strict=True):
            if rows:
                items.append(Heading(title, len(rows)))
                entries: list[DirectoryRow] = [self._row(record) for record in rows]
                entries.sort(key=lambda row: row.words.casefold())
                items += entries
        self.entries.set_items(items)
        self.entries.focus()

    def _row(self, record: Record) -> DirectoryRow:
        if isinstance(record, Organisation):
            told = (partners.accreditation_said(record), label("org_kind", record.kind))
            kind = ", ".join(part for part in told if part)
            return DirectoryRow(record, record.name, kind, record.phone, record.email)
        if isinstance(record, Contact):
            place = self._organisations.get(record.organisation_id or 0, "")
            name = record.name or record.job
            return DirectoryRow(record, name, place, record.phone, record.email)
        assert isinstance(record, Fund)
        year = f"{record.year}-{(record.year + 1) % 100:02d}" if record.year else ""
        return DirectoryRow(
            record,
            record.name if year in record.name else f"{record.name} {year}",
            label("fund", record.kind),
            money(record.budget),
        )

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        record: Record = event.row.record
        self.console.attempt(self._form(type(record), record))

    def action_change(self) -> None:
        """Change the entry under the cursor."""
        row = self.entries.row
        if row is not None:
            self.console.attempt(self._form(type(row.record), row.record))

    def action_add(self) -> None:
        """Add an organisation, a contact or a fund."""
        self.console.attempt(self._add())

    async def _add(self) -> None:
        table = await pick(self.console, "Add", [(kind.table, kind.title) for kind, _ in _TABLES])
        if table is not None:
            await self._form(BY_TABLE[table], None)

    async def _form(self, kind: type[Record], record: Record | None) -> None:
        if await fill_entry(self.console, kind, record, organisations=self._organisations):
            await self.load()

    def action_delete(self) -> None:
        """Delete the entry under the cursor."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        row = self.entries.row
        if row is None:
            raise RefusedError("There is no entry under the cursor.")
        if await confirm(self.console, f"Delete {row.words}?"):
            record = row.record
            await self.console.write(lambda data: data.store.delete(record))
            await self.load()

    def action_export(self) -> None:
        """Write the organisations as CSV."""
        from sanctuary_tui.exports.tables import Line
        from sanctuary_tui.screens.exporting import export_now
        from sanctuary_tui.table_export import ExportSheet

        row = self.entries.row
        kind = type(row.record) if row else Organisation
        names = [name for name, spec in specs(kind).items() if spec.kind != "link"]
        rows = [one.record for one in self.entries.rows if type(one.record) is kind]
        sheet = ExportSheet(
            kind.table,
            [Line(name, kind.table, name) for name in names],
            [[getattr(one, name) for name in names] for one in rows],
        )
        self.console.attempt(export_now(self.console, sheet))
