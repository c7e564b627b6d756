"""Writing a list as CSV and registering it, as one: the register knows of it first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError
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


_MOST: Final = 200
"""Characters that the register keeps of a recipient and of a reason."""


@dataclass(slots=True)
class ExportSheet:
    """What a screen shows, as rows: its name for the file, and a column for each value."""

    name: str
    columns: Sequence[Line]
    rows: Sequence[Sequence[object]]
    case_refs: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """To whom a file with names is given, and why: kept in the register and in the log."""

    to: str
    why: str


def refuse_name(out: Path) -> None:
    """Nothing but CSV is written here, and the file is to be known as such.

    Raises:
        BadInputError: the name does not end in ``.csv``.
    """
    if out.suffix.lower() != ".csv":
        raise BadInputError("The file's name must end in .csv, such as cases.csv.")


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
    caseload: Caseload, sheet: ExportSheet, out: Path, *, handed: Handed | None, now: datetime
) -> ExportResult:
    """Write what a screen shows; with names where it is said to whom they are ``handed``.

    Raises:
        BadInputError: names without a recipient or a reason; the file's name is not one of a CSV.
        RefusedError: the profile lets nothing of it leave, or the place will not do.
        SanctuaryError: the file cannot be written.
    """
    profile = _profile(handed)
    return _registered(
        caseload,
        sheet.name,
        lambda: export_lines(caseload.connection, sheet.columns, sheet.rows, out, profile),
        out,
        how=_how(handed),
        case_refs=sheet.case_refs,
        now=now,
        profile=profile,
        handed=handed,
    )


def export_table(
    caseload: Caseload,
    table: str,
    out: Path,
    *,
    handed: Handed | None,
    today: date,
    now: datetime,
) -> ExportResult:
    """Write any table or view; with names where it is said to whom they are ``handed``.

    Raises:
        BadInputError: there is no such table or view; names without a recipient or a reason; the
            file's name is not one of a CSV.
        RefusedError: the place will not do.
        SanctuaryError: the file cannot be written.
    """
    return _registered(
        caseload,
        table,
        lambda: write_table(
            caseload.connection, table, out, identifiable=handed is not None, today=today
        ),
        out,
        how=_how(handed),
        now=now,
        profile=_profile(handed),
        handed=handed,
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
    handed: Handed | None,
    today: date,
    now: datetime,
) -> ExportResult:
    """Write the cases inside the twelve months (Derbyshire: a monthly list of them).

    Raises:
        BadInputError: names without a recipient or a reason.
        RefusedError: the place or the file's name will not do.
        SanctuaryError: the file cannot be written.
    """
    from sanctuary_tui import views

    refuse_names(caseload.connection, out)
    sheet = radar_sheet(views.marac_view(caseload, today, settings).radar)
    return export_sheet(caseload, sheet, out, handed=handed, now=now)


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
        out,
        how="exact" if shown else "small numbers hidden",
        recipient="internal" if exact else "marac",
        now=now,
        profile="dataset",
    )


def _how(handed: Handed | None) -> str:
    return "pseudonymous" if handed is None else "with names"


def _profile(handed: Handed | None) -> str:
    return "pseudonymous" if handed is None else "identifiable"


def _registered(
    caseload: Caseload,
    what: str,
    write: Callable[[], ExportResult],
    out: Path,
    *,
    how: str,
    now: datetime,
    profile: str,
    case_refs: Sequence[str] = (),
    recipient: str = "internal",
    handed: Handed | None = None,
) -> ExportResult:
    """Write and register; of the cases that are given, or else that the rows written name."""
    refuse_name(out)
    to, why = (handed.to.strip(), handed.why.strip()) if handed else ("", "")
    if handed and not (to and why):
        raise BadInputError("With names: say who gets the file, and why.")
    said = f"{what} exported, {how}"
    with sending(caseload.store, f"{what} exported") as outgoing:
        written = outgoing.hold(write())
        for row in disclosures_of(
            written,
            what=f"{what}, {how}",
            recipient=recipient,
            recipient_name=to[:_MOST],
            basis=why[:_MOST],
            protection="csv",
            by=caseload.store.who,
            at=now,
            case_refs=case_refs or written.case_refs,
            profile=profile,
        ):
            caseload.store.add(row, why=f"{said}, to {to}: {why}" if handed else said)
        caseload.store.note("disclosure", "caseload", 0, 0, said)
    return written
