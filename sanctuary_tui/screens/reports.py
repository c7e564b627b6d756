"""Reports: where the caseload stands, and the register of everything that was sent."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from config.codes import RISK_BANDS, STAGES, label
from config.errors import RefusedError
from config.format import local, money, short_date
from db import queries
from db.caseload import Caseload
from db.models import Disclosure
from sanctuary_tui.exports.register import delete_export, still_there
from sanctuary_tui.screens.asking import confirm
from sanctuary_tui.screens.base import ConsoleScreen
from widgets.columns import Column
from widgets.lines import LineTable
from widgets.text_blocks import Facts


class Register(LineTable[Disclosure]):
    """What was sent, to whom, and whether the file still lies there."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, today: date, id: str | None = None) -> None:
        self.today = today
        self.there: set[int] = set()
        super().__init__(empty="Nothing has been exported yet.", id=id)

    def key(self, row: Disclosure) -> Hashable:
        """The row of the register."""
        return row.id

    def columns(self) -> Sequence[Column[Disclosure]]:
        """When, what, to whom, how, where."""
        return (
            Column("When", self._when, 11),
            Column("What", lambda row: row.what, 16, weight=2),
            Column("Rows", lambda row: str(row.rows or ""), 5, align="right", drop=4),
            Column("To", lambda row: label("recipient", row.recipient), 14, weight=1, drop=3),
            Column("As", lambda row: row.protection, 5, drop=2),
            Column("File", self._file, 18, weight=1, drop=1),
        )

    def _when(self, row: Disclosure) -> str:
        return short_date(local(row.at).date(), self.today) if row.at else ""

    def _file(self, row: Disclosure) -> tuple[str, str]:
        name = Path(row.path).name
        if row.deleted_on:
            return (f"deleted {short_date(row.deleted_on, self.today)}", "dim")
        return (f"{name} still there", "late") if row.id in self.there else (name, "dim")


class ReportsScreen(ConsoleScreen):
    """Counts on the left, the export register on the right (below, where it is narrow)."""

    DEFAULT_CSS = """
    ReportsScreen {
        #split { height: 1fr; }
        #counts { width: 44; height: 1fr; padding: 0 1;
            border-right: solid $surface-lighten-2; }
        #register { width: 1fr; height: 1fr; }
        &.-narrow #split { layout: vertical; }
        &.-narrow #counts { width: 100%; height: 11; border-right: none;
            border-bottom: solid $surface-lighten-2; }
    }
    """
    place: ClassVar[str] = "reports"

    def body(self) -> Iterable[Widget]:
        """Counts, then the register."""
        counts = VerticalScroll(
            Facts(label_width=18, title="OPEN CASES", id="stages"),
            Facts(label_width=18, title="THIS YEAR", id="year"),
            id="counts",
        )
        counts.can_focus = False
        yield Horizontal(counts, Register(today=self.console.today, id="register"), id="split")

    def on_resize(self) -> None:
        """One above the other where it is narrow."""
        self.set_class(self.size.width < 100, "-narrow")

    async def refresh_data(self) -> None:
        """Count, and look which files still lie there."""
        today = self.console.today
        stages, year = await self.console.read(lambda data: _counts(data, today))
        self.query_one("#stages", Facts).set_facts(stages)
        self.query_one("#year", Facts).set_facts(year)
        register = self.query_one("#register", Register)
        rows = await self.console.read(
            lambda data: list(reversed(queries.all_of(data.connection, Disclosure)))
        )
        register.there = {row.id for row in still_there(rows)}
        register.restyle()
        register.set_rows(rows)
        register.focus()

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        row: Disclosure = event.row
        self.notify(f"{row.path}  SHA-256 {row.sha256[:16]}…", timeout=8)

    def action_delete_file(self) -> None:
        """Delete the exported file under the cursor."""
        self.console.attempt(self._delete())

    async def _delete(self) -> None:
        register = self.query_one("#register", Register)
        row = register.row
        if row is None or row.id not in register.there:
            raise RefusedError("That file no longer lies where it was written.")
        if not await confirm(self.console, f"Delete {Path(row.path).name}?"):
            return
        said = delete_export(Path(row.path), row.sha256)
        today = self.console.today
        await self.console.write(
            lambda data: data.store.update(row, why="exported file deleted", deleted_on=today)
        )
        self.notify(said, timeout=5)
        await self.load()

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
        )
        self.console.attempt(export_now(self.console, sheet))


Lines = list[tuple[str, str]]


def _counts(caseload: Caseload, today: date) -> tuple[Lines, Lines]:
    """Open cases by stage and risk, and the financial year so far."""
    ask = caseload.connection.execute
    by_stage = dict(
        ask(
            "SELECT stage, count(*) FROM case_cards WHERE status = 'open' GROUP BY stage"
        ).fetchall()
    )
    stages = [(title, str(by_stage[code])) for code, title in STAGES.items() if by_stage.get(code)]
    by_risk = ask(
        "SELECT risk, count(*) FROM case_cards WHERE status = 'open' GROUP BY risk"
    ).fetchall()
    stages += [(f"{RISK_BANDS.get(risk, risk)} risk", str(count)) for risk, count in by_risk]
    start = date(today.year if today.month >= 4 else today.year - 1, 4, 1).isoformat()

    def one(sql: str) -> int:
        return int(ask(sql, (start,)).fetchall()[0][0] or 0)

    referrals = one("SELECT count(*) FROM cases WHERE received >= ?")
    secured = one(
        "SELECT count(DISTINCT m.case_id) FROM measures m JOIN case_cards c"
        " ON c.case_id = m.case_id WHERE m.fitted_on >= ? AND c.secured = 'yes'"
    )
    fitted = one("SELECT count(*) FROM measures WHERE fitted_on >= ?")
    spent = one('SELECT sum(gross) FROM expenditures WHERE "on" >= ?')
    closed = one("SELECT count(*) FROM closures WHERE closed_on >= ?")
    year = [
        ("Since", short_date(date.fromisoformat(start))),
        ("Referrals", str(referrals)),
        ("Homes secured", str(secured)),
        ("Measures fitted", str(fitted)),
        ("Spent", money(spent)),
        ("Per home", money(spent // secured) if secured else ""),
        ("Closed", str(closed)),
    ]
    return stages, [(name, text) for name, text in year if text]
