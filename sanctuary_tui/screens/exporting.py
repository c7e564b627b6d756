"""Exporting what is on the screen: with or without names, to a file the coordinator names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.format import counted
from db.models import BY_TABLE
from db.readmodels import AgendaLine, CaseCard, ConsentLine, SearchHit
from db.record import Record, specs
from sanctuary_tui import table_export
from sanctuary_tui.exports.tables import Line
from sanctuary_tui.screens.asking import ask, choose, pick
from sanctuary_tui.sealing import ALWAYS
from sanctuary_tui.table_export import ExportSheet, Handed

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk
    from sanctuary_tui.exports.files import ExportResult

_CARD: Final = (
    "ref",
    "name",
    "risk",
    "urgency",
    "stage",
    "stage_entered",
    "target_due",
    "tenure",
    "consent",
    "stuck_why",
    "stuck_on",
    "stuck_since",
    "next_text",
    "next_due",
    "safe_contact",
)


def _card_lines() -> list[Line]:
    return [Line("case_ref" if name == "ref" else name, "case_cards", name) for name in _CARD]


def _card_values(card: CaseCard) -> list[object]:
    return [getattr(card, name) for name in _CARD]


def sheet_of_cards(name: str, cards: list[CaseCard]) -> ExportSheet:
    """The board's cards."""
    rows = [_card_values(card) for card in cards]
    return ExportSheet(name, _card_lines(), rows, [card.ref for card in cards])


def sheet_of_agenda(name: str, lines: list[AgendaLine]) -> ExportSheet:
    """The lines of Today or of the aftercare agenda."""
    columns = [
        Line("due", "reminders", "due"),
        Line("rule", "reminders", "rule"),
        Line("what", "reminders", "title_text"),
        *_card_lines(),
    ]
    rows = [[line.due, line.rule, line.text, *_card_values(line.card)] for line in lines]
    return ExportSheet(name, columns, rows, [line.card.ref for line in lines if not line.place])


def sheet_of_consent(lines: list[ConsentLine]) -> ExportSheet:
    """The consent tracker."""
    columns = [
        Line("case_ref", "case_cards", "ref"),
        Line("part", "consent_requests", "part"),
        Line("state", "consent_requests", "state"),
        Line("decision_maker", "consent_requests", "decision_maker"),
        Line("agent", "consent_requests", "agent"),
        Line("sent_on", "consent_requests", "sent_on"),
        Line("working_days_waiting", "consent_requests", "sent_on"),
        Line("next_chase", "consent_requests", "next_chase"),
    ]
    rows = [
        [
            line.card.ref,
            line.part,
            line.state,
            line.decision_maker,
            line.agent,
            line.sent_on,
            line.waiting_days,
            line.next_chase,
        ]
        for line in lines
    ]
    return ExportSheet("consent", columns, rows, [line.card.ref for line in lines])


def sheet_of_hits(hits: list[SearchHit]) -> ExportSheet:
    """Search results: which cases, and in what kind of record. Never the words found."""
    columns = [Line("case_ref", "case_cards", "ref"), Line("found_in", "case_cards", "stage")]
    return ExportSheet(
        "search", columns, [[hit.ref, hit.title] for hit in hits], [hit.ref for hit in hits]
    )


def sheet_of_records(name: str, records: list[Record], reference: str) -> ExportSheet:
    """Records of one kind of one case."""
    kind = BY_TABLE[records[0].table] if records else BY_TABLE["cases"]
    names = [name for name, spec in specs(kind).items() if spec.kind != "link"]
    columns = [Line("case_ref", "case_cards", "ref")]
    columns += [Line(name, kind.table, name) for name in names]
    rows = [[reference, *(getattr(record, name) for name in names)] for record in records]
    return ExportSheet(name, columns, rows, [reference])


async def export_now(app: Desk, sheet: ExportSheet) -> None:
    """Ask how and where, then write and register."""
    how = await choose(
        app,
        f"Export {sheet.name}: {counted(len(sheet.rows), 'row')}",
        [
            ("p", "Pseudonymous: references, stages, dates, no names"),
            ("i", "With names: for this council, need to know"),
        ],
    )
    if how is None:
        return
    handed: Handed | None = None
    if how == "i":
        to = await ask(app, "With names: who gets the file", "Name and post", required=True)
        if to is None:
            return
        why = await ask(
            app, "With names: why", f"Why {to} needs the names (kept, logged)", required=True
        )
        if why is None:
            return
        handed = Handed(to, why)
    now = app.now()

    def write(data: Caseload, out: Path) -> ExportResult:
        return table_export.export_sheet(data, sheet, out, handed=handed, now=now)

    await _write(
        app, sheet.name, write, lambda done, out: f"{counted(done.rows, 'row')} written: {out.name}"
    )


async def _write(
    app: Desk,
    name: str,
    write: Callable[[Caseload, Path], ExportResult],
    told: Callable[[ExportResult, Path], str],
) -> None:
    """Ask for a file, write it, say so and what is to be known of it."""
    suggested = table_export.default_name(app.paths, name, app.today)

    def path_of(said: str) -> Path:
        # A name alone goes where exports go, not to wherever the program was started.
        return (suggested.parent / Path(said).expanduser()).absolute()

    said = await ask(
        app,
        "Write to",
        "File (no name or address in it); typing replaces it, the arrows change it",
        value=str(suggested),
        required=True,
        replaces=True,
        judge=lambda said: table_export.refuse_name(path_of(said)),
    )
    if said is None:
        return
    out = path_of(said)
    written = await app.write(lambda data: write(data, out))
    app.notify(f"{told(written, out)}. It is in the export register. {ALWAYS}", timeout=8)
    for notice in written.notices:
        app.notify(notice, severity="warning", timeout=10)


_QUARTERS: Final = 8
_MONTHS: Final = ("January to March", "April to June", "July to September", "October to December")


async def export_quarter(app: Desk) -> None:
    """Ask which quarter of the MARAC, how exact and where, then write and register its dataset."""
    from sanctuary_tui.exports.marac_quarter import quarter_days, quarter_of

    quarters = [quarter_of(app.today)]
    while len(quarters) < _QUARTERS:
        first, _ = quarter_days(quarters[-1])
        quarters.append(quarter_of(first - timedelta(days=1)))
    words = [(one, f"{_MONTHS[int(one[-1]) - 1]} {one[:4]}") for one in quarters]
    quarter = await pick(app, "MARAC dataset: which quarter", words, current=quarters[0])
    if quarter is None:
        return
    agreed = app.settings.returns.small_numbers == "exact"
    leaves = "Exact, as agreed" if agreed else "Small numbers hidden"
    how = await choose(
        app,
        f"MARAC dataset {quarter}: counts a meeting, no case",
        [
            ("h", f"{leaves}: may leave the council"),
            ("e", "Exact: for this council only"),
        ],
    )
    if how is None:
        return
    settings, today, now = app.settings, app.today, app.now()

    def write(data: Caseload, out: Path) -> ExportResult:
        return table_export.export_quarter(
            data, quarter, out, settings, exact=how == "e", today=today, now=now
        )

    await _write(
        app,
        f"marac_quarter-{quarter}",
        write,
        lambda _, out: f"{out.name} and its manifest written",
    )
