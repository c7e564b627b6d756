"""Exporting what is on the screen: with or without names, to a file the coordinator names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError
from config.format import counted, full_date
from config.parse import parse_date
from config.text import one_line
from db import queries
from db.models import BY_TABLE
from db.readmodels import AgendaLine, CaseCard, ConsentLine, SearchHit
from db.record import Record, specs
from sanctuary_tui import table_export
from sanctuary_tui.exports.tables import JUDGES, Line
from sanctuary_tui.screens.asking import ask, choose, confirm, pick
from sanctuary_tui.sealing import ALWAYS
from sanctuary_tui.table_export import ExportSheet, Handed

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk
    from sanctuary_tui.exports.files import ExportResult
    from sanctuary_tui.returns.figures import Period

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
    """Records of one kind of one case, each with what judges whether its columns may leave."""
    kind = BY_TABLE[records[0].table] if records else BY_TABLE["cases"]
    judges = {judge for (table, _), judge in JUDGES.items() if table == kind.table}
    names = [name for name, spec in specs(kind).items() if spec.kind != "link" or name in judges]
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
        handed = await _handed(app, "With names", "the file", "the names")
        if handed is None:
            return
    now = app.now()

    def write(data: Caseload, out: Path) -> ExportResult:
        return table_export.export_sheet(data, sheet, out, handed=handed, now=now)

    await _write(
        app, sheet.name, write, lambda done, out: f"{counted(done.rows, 'row')} written: {out.name}"
    )


async def _handed(app: Desk, title: str, what: str, needed: str) -> Handed | None:
    """Who gets it and why; None when left."""
    to = await ask(app, f"{title}: who gets {what}", "Name and post", required=True)
    if to is None:
        return None
    label = f"Why {to} needs {needed} (kept, logged)"
    why = await ask(app, f"{title}: why", label, required=True)
    return None if why is None else Handed(to, why)


async def export_archive(app: Desk) -> None:
    """Ask for whom, why, whether with sealed cases, and that it is meant; then write and register
    the whole caseload, and show the passphrase once."""
    from sanctuary_tui import archive_export as archive
    from sanctuary_tui.exports.archive import refuse_name
    from sanctuary_tui.screens.marac_sheets import SentSheet

    handed = await _handed(app, "Whole caseload", "the archive", "everything")
    if handed is None:
        return
    how = await choose(
        app,
        "Sealed cases, if there are any",
        [("l", "Leave them out"), ("s", "Put them in, for a reason of their own")],
    )
    if how is None:
        return
    sealed_why: str | None = ""
    if how == "s":
        label = "Why they are to be in it (kept, logged)"
        sealed_why = await ask(app, "Sealed cases: why", label, required=True)
        if sealed_why is None:
            return
    typed = await ask(
        app,
        f"Type {archive.CONFIRM} to write it",
        archive.SAYS,
        required=True,
        judge=archive.refuse_typed,
    )
    if typed is None:
        return
    suggested = table_export.default_name(app.paths, "caseload", app.today, ".zip")
    out = await _place(app, suggested, refuse_name)
    if out is None:
        return
    order, now = archive.ArchiveOrder(handed, typed, sealed_why or ""), app.now()
    file = app.paths.settings_file
    written = await app.write(
        lambda data: archive.export_archive(data, order, out, settings_file=file, now=now)
    )
    sheet = SentSheet(
        f"Whole caseload written, {counted(written.rows, 'case')}",
        written,
        "keep it apart from the archive",
    )
    await app.push_screen_wait(sheet)
    if how == "l":
        app.notify(ALWAYS, timeout=8)


async def hand_over(app: Desk) -> None:
    """Make a handover pack, or say that one is deleted where it was sent."""
    from sanctuary_tui import cover_ends

    out = await app.read(cover_ends.packs_out)
    if not out:
        await _make_pack(app)
        return
    options = [(0, "Make a handover pack")]
    options += [
        (row.id, f"Pack {row.id}, {row.recipient_name}, until {full_date(day)}: is deleted there")
        for row, day in out
    ]
    picked = await pick(app, "Handover packs", options, current=0)
    if picked == 0:
        await _make_pack(app)
    elif picked is not None and await confirm(
        app, f"Did whoever has pack {picked} say that it is deleted?", strong=True
    ):
        said = await app.write(lambda data: cover_ends.said_deleted(data, picked))
        app.notify(said, timeout=6)


async def _make_pack(app: Desk) -> None:
    """Ask for whom, until when, which cases, whether sealed ones; then write, and show the
    passphrase once."""
    from sanctuary_tui import cover_pack as packs
    from sanctuary_tui.screens.marac_sheets import SentSheet

    today = app.today
    handed = await _handed(app, "Handover pack", "the pack", "these cases")
    if handed is None:
        return

    def judged(said: str) -> date:
        day = parse_date(said, today)
        packs.refuse_until(day, today)
        return day

    until = await ask(
        app,
        "Handover pack: until when",
        "The last day of the cover; it is to be deleted by then",
        required=True,
        judge=judged,
    )
    if until is None:
        return
    there = frozenset(await app.read(lambda data: queries.cases_by(data.connection, None)))

    def known(said: str) -> None:
        for ref in map(queries.as_reference, _split(said)):
            if ref not in there:
                raise BadInputError(f"There is no case {one_line(ref, 40)}; check its reference.")

    label = "References with spaces; blank: all that are open, or closed with something due"
    refs = await _references(app, "Which cases", label, known)
    if refs is None:
        return
    how = await choose(
        app,
        "Sealed cases, if there are any",
        [("l", "Leave them out"), ("s", "Name some, for a reason of their own")],
    )
    if how is None:
        return
    sealed: tuple[str, ...] = ()
    sealed_why = ""
    if how == "s":
        label = "Why they are handed over (kept, logged)"
        why = await ask(app, "Sealed cases: why", label, required=True)
        if why is None:
            return
        named = await _references(app, "Which sealed cases", "References with spaces")
        if named is None:
            return
        sealed, sealed_why = named, why
    out = await _place(
        app, table_export.default_name(app.paths, "cover", today, ".xlsx"), packs.refuse_name
    )
    if out is None:
        return
    order = packs.PackOrder(handed, judged(until), refs, sealed, sealed_why)
    now = app.now()
    written = await app.write(lambda data: packs.make_pack(data, order, out, today=today, now=now))
    await app.push_screen_wait(
        SentSheet(packs.told(order, written), written, "tell it by telephone, not with the file")
    )
    app.notify(packs.NOT_ENFORCED if how == "s" else f"{packs.NOT_ENFORCED} {ALWAYS}", timeout=10)


async def _references(
    app: Desk, title: str, label: str, judge: Callable[[str], object] | None = None
) -> tuple[str, ...] | None:
    """References as they are typed; None when left."""
    said = await ask(app, f"Handover pack: {title.lower()}", label, judge=judge)
    return None if said is None else _split(said)


def _split(said: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(said.replace(",", " ").split()))


async def _place(app: Desk, suggested: Path, judge: Callable[[Path], object]) -> Path | None:
    """Ask for the file to write, ``suggested`` offered; None when left."""

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
        judge=lambda said: judge(path_of(said)),
    )
    return None if said is None else path_of(said)


async def _write(
    app: Desk,
    name: str,
    write: Callable[[Caseload, Path], ExportResult],
    told: Callable[[ExportResult, Path], str],
    suffix: str = ".csv",
) -> None:
    """Ask for a file, write it, say so and what is to be known of it."""
    suggested = table_export.default_name(app.paths, name, app.today, suffix)
    out = await _place(app, suggested, lambda path: table_export.refuse_name(path, suffix))
    if out is None:
        return
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
    how = await _how_exact(app, f"MARAC dataset {quarter}: counts a meeting, no case")
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


async def _how_exact(app: Desk, what: str) -> str | None:
    agreed = app.settings.returns.small_numbers == "exact"
    leaves = "Exact, as agreed" if agreed else "Small numbers hidden"
    return await choose(
        app,
        what,
        [
            ("h", f"{leaves}: may leave the council"),
            ("e", "Exact: for this council only"),
        ],
    )


async def export_return(app: Desk, form: str, period: Period) -> None:
    """Ask how exact and where, then write and register a return of a period."""
    how = await _how_exact(app, f"Return {form} {period.code}: counts, no case")
    if how is None:
        return
    settings, now = app.settings, app.now()

    def write(data: Caseload, out: Path) -> ExportResult:
        return table_export.export_return(
            data, form, period, out, settings, exact=how == "e", now=now
        )

    await _write(
        app,
        f"return_{form}-{period.code}",
        write,
        lambda _, out: f"{out.name} and its manifest written",
    )


async def export_summary(app: Desk, period: Period) -> None:
    """Ask how exact and where, then write and register the page of a year's pictures."""
    how = await _how_exact(app, f"Summary {period.code}: a page of figures, no case")
    if how is None:
        return
    settings, now = app.settings, app.now()

    def write(data: Caseload, out: Path) -> ExportResult:
        return table_export.export_summary(data, period, out, settings, exact=how == "e", now=now)

    await _write(
        app,
        f"summary-{period.code}",
        write,
        lambda _, out: f"{out.name} written; a browser prints it on one page",
        ".html",
    )
