"""Writing a list as CSV and registering it, as one: the register knows of it first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.paths import Paths
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.exports.tables import RADAR, Line, export_lines, refuse_names, write_table

if TYPE_CHECKING:
    from sanctuary_tui.views import RadarLine


@dataclass(slots=True)
class ExportSheet:
    """What a screen shows, as rows: its name for the file, and a column for each value."""

    name: str
    columns: Sequence[Line]
    rows: Sequence[Sequence[object]]
    case_refs: Sequence[str] = ()


def default_folder(paths: Paths) -> Path:
    """Where exports are offered to go: beside the caseload, never Downloads or the desktop."""
    return paths.data_dir / "exports"


def default_name(paths: Paths, what: str, today: date) -> Path:
    """A free file name in ``default_folder`` with no name or address in it.

    It is free where neither it nor the manifest that may go with it lies there.
    """
    folder = default_folder(paths)
    stem = f"{what}-{today:%Y%m%d}"
    candidate, number = folder / f"{stem}.csv", 1
    while candidate.exists() or candidate.with_suffix(".manifest").exists():
        number += 1
        candidate = folder / f"{stem}-{number}.csv"
    return candidate


def export_sheet(
    caseload: Caseload, sheet: ExportSheet, out: Path, *, identifiable: bool, now: datetime
) -> ExportResult:
    """Write what a screen shows.

    Raises:
        RefusedError: the profile lets nothing of it leave, or the place will not do.
        SanctuaryError: the file cannot be written.
    """
    profile = "identifiable" if identifiable else "pseudonymous"
    return _registered(
        caseload,
        sheet.name,
        lambda: export_lines(caseload.connection, sheet.columns, sheet.rows, out, profile),
        how=_how(identifiable=identifiable),
        case_refs=sheet.case_refs,
        now=now,
        profile=profile,
    )


def export_table(
    caseload: Caseload, table: str, out: Path, *, identifiable: bool, today: date, now: datetime
) -> ExportResult:
    """Write any table or view.

    Raises:
        BadInputError: there is no such table or view.
        RefusedError: the place will not do.
        SanctuaryError: the file cannot be written.
    """
    return _registered(
        caseload,
        table,
        lambda: write_table(
            caseload.connection, table, out, identifiable=identifiable, today=today
        ),
        how=_how(identifiable=identifiable),
        now=now,
        profile="identifiable" if identifiable else "pseudonymous",
    )


def radar_sheet(radar: Sequence[RadarLine]) -> ExportSheet:
    """The cases inside the twelve months, the first to leave them on top."""
    rows = [
        [line.card.ref, line.card.status, line.begun, line.ends, line.card.name] for line in radar
    ]
    columns = [line for line, _ in RADAR.values()]
    return ExportSheet("marac-radar", columns, rows, [line.card.ref for line in radar])


def export_radar(
    caseload: Caseload,
    out: Path,
    settings: Settings,
    *,
    identifiable: bool,
    today: date,
    now: datetime,
) -> ExportResult:
    """Write the cases inside the twelve months (Derbyshire: a monthly list of them).

    Raises:
        RefusedError: the place or the file's name will not do.
        SanctuaryError: the file cannot be written.
    """
    from sanctuary_tui import views

    refuse_names(caseload.connection, out)
    sheet = radar_sheet(views.marac_view(caseload, today, settings).radar)
    return export_sheet(caseload, sheet, out, identifiable=identifiable, now=now)


def export_quarter(
    caseload: Caseload,
    quarter: str,
    out: Path,
    settings: Settings,
    *,
    exact: bool,
    today: date,
    now: datetime,
) -> ExportResult:
    """Write the MARAC dataset of a calendar quarter (``2026Q4``), as known today.

    Small numbers are hidden unless ``exact`` is asked for, for this council alone, or the district
    has agreed to send exact ones (``returns.small_numbers``).

    Raises:
        BadInputError: there is no such quarter.
        RefusedError: the place or the file's name will not do.
        SanctuaryError: a file cannot be written.
    """
    from sanctuary_tui.exports import marac_quarter

    marac_quarter.quarter_days(quarter)
    shown = exact or settings.returns.small_numbers == "exact"
    head = caseload.store.log.state.head.hex()

    def write() -> ExportResult:
        refuse_names(caseload.connection, out)
        listed = "id IN (SELECT case_id FROM marac_listings)"
        files = queries.case_files(caseload.connection, ("people", "marac_listings"), listed)
        rows = marac_quarter.quarter_rows(files.values(), quarter, today, settings)
        return marac_quarter.write_quarter(
            rows, out, exact=shown, who=caseload.store.who, chain_head=head, now=now
        )

    return _registered(
        caseload,
        f"MARAC dataset {marac_quarter.quarter_of(marac_quarter.quarter_days(quarter)[0])}",
        write,
        how="exact" if shown else "small numbers hidden",
        recipient="internal" if exact else "marac",
        now=now,
        profile="dataset",
    )


def _how(*, identifiable: bool) -> str:
    return "with names" if identifiable else "pseudonymous"


def _registered(
    caseload: Caseload,
    what: str,
    write: Callable[[], ExportResult],
    *,
    how: str,
    now: datetime,
    profile: str,
    case_refs: Sequence[str] = (),
    recipient: str = "internal",
) -> ExportResult:
    """Write and register; of the cases that are given, or else that the rows written name."""
    with sending(caseload.store, f"{what} exported") as outgoing:
        written = outgoing.hold(write())
        for row in disclosures_of(
            written,
            what=f"{what}, {how}",
            recipient=recipient,
            recipient_name="",
            basis="",
            protection="csv",
            by=caseload.store.who,
            at=now,
            case_refs=case_refs or written.case_refs,
            profile=profile,
        ):
            caseload.store.add(row, why=f"{what} exported, {how}")
        caseload.store.note("disclosure", "caseload", 0, 0, f"{what} exported, {how}")
    return written
