"""Writing a list as CSV, or a page, and registering it, as one: the register knows it first."""

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
from sanctuary_tui import connected
from sanctuary_tui.exports.files import ExportResult
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.exports.tables import RADAR, Line, export_lines, refuse_names, write_table

if TYPE_CHECKING:
    from sanctuary_tui.returns.figures import Period
    from sanctuary_tui.views import RadarLine


MOST: Final = 200
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


def refuse_name(out: Path, suffix: str = ".csv") -> None:
    """A file is to be known as what it is: CSV, but for the page of the summary.

    Raises:
        BadInputError: the name does not end in ``suffix``.
    """
    if out.suffix.lower() != suffix:
        example = "cases.csv" if suffix == ".csv" else f"summary{suffix}"
        raise BadInputError(f"The file's name must end in {suffix}, such as {example}.")


def default_folder(paths: Paths) -> Path:
    """Where exports are offered to go: beside the caseload, never Downloads or the desktop."""
    return paths.data_dir / "exports"


def default_name(paths: Paths, what: str, today: date, suffix: str = ".csv") -> Path:
    """A free file name in ``default_folder`` with no name or address in it.

    It is free where neither it nor the manifest that may go with it lies there.
    """
    folder = default_folder(paths)
    stem = f"{what}-{today:%Y%m%d}"
    candidate, number = folder / f"{stem}{suffix}", 1
    while candidate.exists() or candidate.with_suffix(".manifest").exists():
        number += 1
        candidate = folder / f"{stem}-{number}{suffix}"
    return candidate


def export_sheet(
    caseload: Caseload, sheet: ExportSheet, out: Path, *, handed: Handed | None, now: datetime
) -> ExportResult:
    """Write what a screen shows; with names where it is said to whom they are ``handed``.

    Raises:
        BadInputError: names without a recipient or a reason; the file's name is not one of a CSV.
        RefusedError: the profile lets nothing of it leave; with names, somebody of a case's
            register of connected people or its perpetrator would get it; the place will not do.
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
        RefusedError: with names, somebody of a case's register of connected people or its
            perpetrator would get it; the place will not do.
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
        instead=connected.WITHOUT_NAMES,
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


def export_return(
    caseload: Caseload,
    form: str,
    period: Period,
    out: Path,
    settings: Settings,
    *,
    exact: bool,
    now: datetime,
) -> ExportResult:
    """Write a return of a period.

    Small numbers are hidden unless ``exact`` is asked for, for this council alone, or the district
    has agreed to send exact ones (``returns.small_numbers``).

    Raises:
        RefusedError: the place or the file's name will not do.
        SanctuaryError: a file cannot be written.
    """
    from sanctuary_tui.exports.return_file import write_return
    from sanctuary_tui.returns import making

    shown = exact or settings.returns.small_numbers == "exact"
    head = caseload.store.log.state.head.hex()

    def write() -> ExportResult:
        refuse_names(caseload.connection, out)
        files = making.files_of(caseload)
        purse = making.purse_of(caseload)
        district = settings.district.strip()
        found = making.made(files, form, period, purse)
        rows = making.lines(files, found, exact=shown, district=district, purse=purse)
        who = caseload.store.who
        return write_return(rows, found.notes, out, who=who, chain_head=head, now=now)

    return _registered(
        caseload,
        f"return {form} {period.code}",
        write,
        out,
        how="exact" if shown else "small numbers hidden",
        recipient="internal" if exact else "county",
        now=now,
        profile="returns",
    )


def export_summary(
    caseload: Caseload, period: Period, out: Path, settings: Settings, *, exact: bool, now: datetime
) -> ExportResult:
    """Write the pictures of a year as a page to print, its figures hidden as the returns' are.

    Raises:
        RefusedError: the place or the file's name will not do.
        SanctuaryError: the file cannot be written.
    """
    from sanctuary_tui.exports.summary_page import write_summary
    from sanctuary_tui.returns import making
    from sanctuary_tui.returns.pictures import pictures

    shown = exact or settings.returns.small_numbers == "exact"

    def write() -> ExportResult:
        refuse_names(caseload.connection, out)
        purse = making.purse_of(caseload)
        drawn = pictures(making.files_of(caseload), period, purse, exact=shown)
        notes = (making.AS_KNOWN, making.SEALED)
        district = settings.district.strip()
        named = (period.code, period.words)
        return write_summary(
            drawn, named, notes, out, district=district, exact=shown, today=purse.today
        )

    return _registered(
        caseload,
        f"summary {period.code}",
        write,
        out,
        how="exact" if shown else "small numbers hidden",
        recipient="internal" if exact else "county",
        now=now,
        profile="returns",
        suffix=".html",
        protection="document",
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
    suffix: str = ".csv",
    protection: str = "csv",
    instead: str = connected.LEAVE_OUT,
) -> ExportResult:
    """Write and register; of the cases that are given, or else that the rows written name.

    With names it is refused to somebody of their registers: ``instead`` says what to do then.
    """
    refuse_name(out, suffix)
    to, why = (handed.to.strip(), handed.why.strip()) if handed else ("", "")
    if handed and not (to and why):
        raise BadInputError("With names: say who gets the file, and why.")
    said = f"{what} exported, {how}"
    with sending(caseload.store, f"{what} exported") as outgoing:
        written = outgoing.hold(write())
        refs = case_refs or written.case_refs
        if to:
            connected.refuse_handed_refs(
                caseload.connection, refs, to, caseload.store.today(), instead
            )
        for row in disclosures_of(
            written,
            what=f"{what}, {how}",
            recipient=recipient,
            recipient_name=to[:MOST],
            basis=why[:MOST],
            protection=protection,
            by=caseload.store.who,
            at=now,
            case_refs=refs,
            profile=profile,
        ):
            caseload.store.add(row, why=f"{said}, to {to}: {why}" if handed else said)
        caseload.store.note("disclosure", "caseload", 0, 0, said)
    return written
