"""Reports: where the caseload stands, and the register of everything that was sent."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from config.codes import STAGES, label
from config.errors import RefusedError
from config.format import local, money, short_date
from db import queries
from db.caseload import Caseload
from db.models import Disclosure
from sanctuary_tui import leftovers, table_export
from sanctuary_tui.exports.register import look
from sanctuary_tui.returns.shared import FITTED, not_securing
from sanctuary_tui.screens.base import ConsoleScreen
from sanctuary_tui.screens.deleting import delete_asked
from sanctuary_tui.sealing import ALWAYS
from widgets.columns import Column, Pieces, fit
from widgets.dates import near_date
from widgets.lines import LineTable
from widgets.text_blocks import Block
from widgets.themes import risk_cell

_STATES = {
    "there": ("still there", "late"),
    "changed": ("there, changed", "late"),
    "moved": ("moved, found", "late"),
    "gone": ("not there", "dim"),
    "deleted": ("gone", "dim"),
    "outside": ("", "dim"),
}


def _kind_of_file(row: Disclosure) -> str:
    """What a file is by the end of its name, which "document" is not; how else it was sent."""
    return (Path(row.path).suffix[1:5] or row.protection) if row.path else ""


class Register(LineTable[Disclosure]):
    """What was sent, to whom, and whether the file still lies there."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, today: date, id: str | None = None) -> None:
        self.today = today
        self.states: dict[int, str] = {}
        super().__init__(empty="Nothing has been exported yet.", id=id)

    def key(self, row: Disclosure) -> Hashable:
        """The row of the register."""
        return row.id

    def columns(self) -> Sequence[Column[Disclosure]]:
        """When, what, to whom, how, where."""
        return (
            Column("when", self._when, 10, "When"),
            Column("what", lambda row: row.what, 20, "What was sent", weight=1),
            Column("rows", lambda row: str(row.rows or ""), 4, "Rows", align="right", drop=4),
            Column("to", lambda row: (label("recipient", row.recipient), "dim"), 14, "To", drop=3),
            Column("as", lambda row: (_kind_of_file(row), "dim"), 4, "As", drop=2),
            Column("file", self._file, 14, "File", drop=1),
        )

    def _when(self, row: Disclosure) -> str:
        return near_date(local(row.at).date(), self.today) if row.at else ""

    def _file(self, row: Disclosure) -> tuple[str, str]:
        if not row.path:
            return "", "dim"
        if row.deleted_on:
            return f"gone {near_date(row.deleted_on, self.today)[4:]}", "dim"
        return _STATES[self.states.get(row.id, "gone")]


class ReportsScreen(ConsoleScreen):
    """Counts on the left, the export register on the right (below, where it is narrow)."""

    DEFAULT_CSS = """
    ReportsScreen {
        #split { height: 1fr; }
        #counts { width: 41; height: 1fr; padding: 0 1; border-right: solid $border-blurred;
            scrollbar-size-vertical: 1; }
        #register { width: 1fr; height: 1fr; }
        #always { height: auto; padding: 0 1; color: $text-muted; }
        #rest { height: auto; width: 100%; }
        #stages, #rest { margin-bottom: 1; }
        #risks { margin-bottom: 1; }
        &.-narrow #split { layout: vertical; }
        &.-narrow #counts { layout: horizontal; width: 100%; height: 14; border-right: none;
            border-bottom: solid $border-blurred; }
        &.-narrow #stages { width: 1fr; margin: 0 3 0 0; }
        &.-narrow #rest { width: 1fr; margin: 0; }
        &.-short #always { display: none; }
        &.-short #counts { layout: vertical; height: 4; }
        &.-short #stages, &.-short #rest { width: 100%; }
    }
    """
    place: ClassVar[str] = "reports"
    key_lines: ClassVar[int] = 2
    line: ClassVar[tuple[str, ...]] = (
        "where",
        "returns",
        "pictures",
        "quarter:MARAC quarter",
        "funds:funds",
        "group:group",
        "cover_pack:hand over",
        "export:export",
        "delete_file:delete",
        "breach",
        "retention",
        "certificates",
        "changelog:log",
        "since",
        "search",
        "new",
        "help",
    )

    def body(self) -> Iterable[Widget]:
        """Counts, then the register; and what neither has, whether or not there is any of it."""
        counts = VerticalScroll(
            Bars(id="stages"), Vertical(Bars(id="risks"), Bars(id="year"), id="rest"), id="counts"
        )
        counts.can_focus = False
        yield Horizontal(counts, Register(today=self.console.today, id="register"), id="split")
        yield Static(ALWAYS, markup=False, id="always")

    def on_resize(self) -> None:
        """One above the other where it is narrow."""
        self.set_class(self.size.width < 100, "-narrow")
        self.set_class(self.size.height < 16, "-short")

    async def refresh_data(self) -> None:
        """Count, and look which files still lie there."""
        today = self.console.today
        counted = await self.console.read(lambda data: _counts(data, today))
        for name, (title, lines) in zip(("stages", "risks", "year"), counted, strict=True):
            self.query_one(f"#{name}", Bars).set_lines(title, lines)
        register = self.query_one("#register", Register)
        rows = await self.console.read(
            lambda data: list(reversed(queries.all_of(data.connection, Disclosure)))
        )
        await self._look_where(rows)
        register.set_rows(rows)
        register.focus()

    def on_screen_resume(self) -> None:
        """Look again where the files lie: other programs move, change and delete them.

        Where something has changed in the caseload, all of it is read again, and this with it.
        """
        if self._seen == self.console.generation:
            rows = self.query_one("#register", Register).rows
            self.console.attempt(self._look_where(rows), group="look")

    async def _look_where(self, rows: Sequence[Disclosure]) -> None:
        """Each file is read whole, which takes its time on a stick: the keys do not wait for it."""
        folders = (table_export.default_folder(self.console.paths),)
        states: dict[int, str] = await self.console.read(
            lambda _: {row.id: look(row, also=folders).state for row in rows}
        )
        register = self.query_one("#register", Register)
        register.states = states
        register.restyle()

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        self._say_where(event.row)

    def action_where(self) -> None:
        """Say where the file under the cursor lies."""
        row = self.query_one("#register", Register).row
        if row is not None:
            self._say_where(row)

    def _say_where(self, row: Disclosure) -> None:
        if not row.path:
            self.notify("It was sent outside this program; no file was written here.", timeout=8)
            return
        who = row.recipient_name or label("recipient", row.recipient)
        what = f"Export {row.id}: {row.what}. To: {who}."
        self.notify(f"{what} {row.path}  SHA-256 {row.sha256[:16]}…", timeout=8)

    def action_delete_file(self) -> None:
        """Delete the exported file under the cursor."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        register = self.query_one("#register", Register)
        row = register.row
        if row is None:
            raise RefusedError("There is no export under the cursor.")
        if await delete_asked(self.console, row, leftovers.delete):
            await self.load()

    def action_breach(self) -> None:
        """What to do after a breach."""
        from sanctuary_tui.screens.breach import breach_helper

        self.console.attempt(breach_helper(self.console, self.query_one("#register", Register).row))

    def action_export(self) -> None:
        """Write the export register as CSV."""
        from sanctuary_tui.exports.tables import Line
        from sanctuary_tui.screens.exporting import export_now
        from sanctuary_tui.table_export import ExportSheet

        names = ("at", "what", "rows", "recipient", "basis", "protection", "sha256", "deleted_on")
        rows = self.query_one("#register", Register).rows
        sheet = ExportSheet(
            "disclosures",
            [Line(name, "disclosures", name) for name in names],
            [[getattr(row, name) for name in names] for row in rows],
            [ref for row in rows for ref in row.case_refs.split(";") if ref],
        )
        self.console.attempt(export_now(self.console, sheet))

    def action_retention(self) -> None:
        """The closed files, and what is due for review."""
        from sanctuary_tui.screens.keeping import review_queue

        self.console.attempt(review_queue(self.console))

    def action_certificates(self) -> None:
        """The certificates of disposed cases."""
        from sanctuary_tui.screens.keeping import certificates

        self.console.attempt(certificates(self.console))

    def action_archive(self) -> None:
        """Write the whole caseload into an encrypted archive."""
        self.console.attempt(self._archive())

    async def _archive(self) -> None:
        from sanctuary_tui.screens.exporting import export_archive

        await export_archive(self.console)
        await self.load()

    def action_cover_pack(self) -> None:
        """Hand cases over for a leave, or say that a pack is deleted."""
        self.console.attempt(self._cover_pack())

    async def _cover_pack(self) -> None:
        from sanctuary_tui.screens.exporting import hand_over

        await hand_over(self.console)
        await self.load()

    def action_quarter(self) -> None:
        """Write the MARAC dataset of a quarter."""
        self.console.attempt(self._quarter())

    def action_returns(self) -> None:
        """The returns of a quarter or a year, figure by figure."""
        from sanctuary_tui.screens.returns import returns

        self.console.attempt(returns(self.console))

    def action_pictures(self) -> None:
        """A year in bars, and the page to print."""
        from sanctuary_tui.screens.pictures import pictures

        self.console.attempt(pictures(self.console))

    async def _quarter(self) -> None:
        from sanctuary_tui.screens.exporting import export_quarter

        await export_quarter(self.console)
        await self.load()


Line = tuple[str, str, int, str]
"""A label, its number in words, the number a bar is drawn of (0: none), and the label's style."""


class Bars(Block):
    """Counts under a title: label, number, and a bar for those that are parts of one whole."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = ""
        self._lines: list[Line] = []

    def set_lines(self, title: str, lines: list[Line]) -> None:
        """Show other counts."""
        self._title, self._lines = title, lines
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """The title, then a line a count."""
        if not self._lines:
            return []
        labels = max(len(name) for name, *_ in self._lines)
        numbers = max(len(number) for _, number, *_ in self._lines)
        room = max(0, width - labels - numbers - 4)
        whole = max(1, max(amount for _, _, amount, _ in self._lines))
        drawn: list[Pieces] = [[(self._title, "head")]]
        for name, number, amount, style in self._lines:
            cells = max(1, amount * room // whole) if amount else 0
            drawn.append(
                [
                    (fit(name, labels), style),
                    ("  ", "text"),
                    (fit(number, numbers, "right"), "strong"),
                    ("  ", "text"),
                    ("━" * min(cells, room), "rule"),
                ]
            )
        return drawn


Counted = tuple[tuple[str, list[Line]], ...]
_RISKS = {
    "high": "High risk",
    "medium": "Medium risk",
    "standard": "Standard risk",
    "not_known": "No score",
}


def _counts(caseload: Caseload, today: date) -> Counted:
    """Open cases by stage and risk, and the financial year so far."""
    ask = caseload.connection.execute
    by_stage = dict(
        ask(
            "SELECT stage, count(*) FROM case_cards WHERE status = 'open' GROUP BY stage"
        ).fetchall()
    )
    by_risk = dict(
        ask("SELECT risk, count(*) FROM case_cards WHERE status = 'open' GROUP BY risk").fetchall()
    )
    stages: list[Line] = [
        (title, str(by_stage.get(code, 0)), by_stage.get(code, 0), "text")
        for code, title in STAGES.items()
        if code != "closed"
    ]
    risks: list[Line] = [
        (
            f"{risk_cell(band)[0][:1]}{title}",
            str(by_risk.get(band, 0)),
            by_risk.get(band, 0),
            risk_cell(band)[1],
        )
        for band, title in _RISKS.items()
    ]
    return (
        (f"OPEN CASES {sum(by_stage.values())}", stages),
        ("BY RISK", risks),
        _year(caseload, today),
    )


def _year(caseload: Caseload, today: date) -> tuple[str, list[Line]]:
    """The financial year so far, from 1 April, counted as the working group's return counts it."""
    start = date(today.year if today.month >= 4 else today.year - 1, 4, 1)

    def one(sql: str, *more: str) -> int:
        found = caseload.connection.execute(sql, (*more, start.isoformat())).fetchall()
        return int(found[0][0] or 0)

    referrals = one("SELECT count(*) FROM cases WHERE received >= ?")
    secured = one(
        "SELECT count(*) FROM (SELECT min(fitted_on) AS day FROM measures"
        f" WHERE state IN {FITTED} AND coalesce(catalogue_id, 0) NOT IN"
        " (SELECT value FROM json_each(?)) GROUP BY case_id) WHERE day >= ?",
        json.dumps(not_securing()),
    )
    fitted = one("SELECT count(*) FROM measures WHERE fitted_on >= ?")
    spent = one(
        "SELECT sum(coalesce(gross, coalesce(net, 0) + coalesce(vat, 0))) FROM expenditures"
        """ WHERE fund <> 'ha' AND "on" >= ?"""
    )
    closed = one(
        "SELECT count(DISTINCT closures.case_id) FROM closures JOIN cases"
        " ON cases.id = closures.case_id WHERE cases.status = 'closed' AND closed_on >= ?"
    )
    found = (
        ("Referrals", str(referrals)),
        ("Homes secured", str(secured)),
        ("Measures fitted", str(fitted)),
        ("Ordered or spent", money(spent)),
        ("Per home secured", money(spent // secured) if secured else ""),
        ("Closed", str(closed)),
    )
    lines: list[Line] = [(name, number, 0, "text") for name, number in found if number]
    return f"SINCE {short_date(start, today).upper()}", lines
