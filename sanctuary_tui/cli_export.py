"""``export``: MARAC list or dataset, a document, any table or view. Every export is registered."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from config.format import full_date
from sanctuary_tui.cli_output import counted, folder_made, say, warn
from sanctuary_tui.cli_secrets import read_text
from sanctuary_tui.cli_session import Session, opened

if TYPE_CHECKING:
    from sanctuary_tui.exports.files import ExportResult
    from sanctuary_tui.marac_export import MaracSent
    from sanctuary_tui.table_export import Handed

_FOR_MARAC = ("protect", "week", "case", "basis", "decided_by")
_FOR_QUARTER = ("quarter", "exact")
_FOR_SUBJECT = ("text", "safe_contact_read")
_SUBJECT_ALONE = ("rest_withheld", "survivor_safety", "safety_file")
_FOR_NAMES = ("recipient_file", "reason_file")
_FOR_ARCHIVE = ("sealed_reason_file", "confirm")
_FOR_DOCUMENT = (
    "text",
    "large_print",
    "about",
    "address_reason_file",
    "safe_contact_read",
    "in_person",
)


def export(args: argparse.Namespace) -> int:
    """Write the MARAC list, a document or a table; refuse options that belong to another."""
    if args.what != "subject-access":
        for name in _SUBJECT_ALONE:
            if getattr(args, name):
                args.parser.error(f"--{name.replace('_', '-')} is for 'export subject-access'")
    if args.what != "archive":
        for name in _FOR_ARCHIVE:
            if getattr(args, name):
                args.parser.error(f"--{name.replace('_', '-')} is for 'export archive'")
        for name in _FOR_NAMES:
            if getattr(args, name) and not args.identifiable:
                args.parser.error(f"--{name.replace('_', '-')} belongs to --identifiable")
    if args.what == "document":
        return _document(args)
    if args.what == "subject-access":
        from sanctuary_tui.cli_rights import export_subject

        others = (*_FOR_MARAC, *_FOR_QUARTER, *_FOR_DOCUMENT, "identifiable")
        for name in others:
            if getattr(args, name) and name not in _FOR_SUBJECT:
                args.parser.error(f"--{name.replace('_', '-')} is not for 'export subject-access'")
        return export_subject(args, _absolute(args.out))
    if args.names:
        args.parser.error("a reference and a kind are for 'export document'")
    for name in _FOR_DOCUMENT:
        if getattr(args, name):
            args.parser.error(f"--{name.replace('_', '-')} is for 'export document'")
    if args.what != "marac-quarter":
        for name in _FOR_QUARTER:
            if getattr(args, name):
                args.parser.error(f"--{name} is for 'export marac-quarter'")
    if args.what == "marac":
        return _marac(args)
    for name in _FOR_MARAC:
        if getattr(args, name) and (args.what, name) != ("archive", "protect"):
            args.parser.error(f"--{name.replace('_', '-')} is for 'export marac'")
    if args.what == "archive":
        from sanctuary_tui.cli_archive import export_archive

        return export_archive(args, _absolute(args.out))
    if args.what == "marac-radar":
        return _radar(args)
    return _quarter(args) if args.what == "marac-quarter" else _table(args)


def _quarter(args: argparse.Namespace) -> int:
    if not args.quarter:
        args.parser.error("'export marac-quarter' needs --quarter, such as 2026Q4")
    if args.identifiable:
        args.parser.error("--identifiable is for tables; the dataset is counts alone")
    from sanctuary_tui.exports.marac_quarter import quarter_days, quarter_of
    from sanctuary_tui.table_export import export_quarter

    quarter = quarter_of(quarter_days(args.quarter)[0])  # refused before a passphrase is asked for
    out = _absolute(args.out)
    with opened(args) as session:
        written = export_quarter(
            session.caseload,
            quarter,
            out,
            session.settings,
            exact=args.exact,
            today=session.today,
            now=session.caseload.store.now(),
        )
    from sanctuary_tui.sealing import ALWAYS

    agreed = session.settings.returns.small_numbers == "exact"
    how = "exact" if agreed else "small numbers hidden"
    if args.exact:
        how = "exact, for this council only"
    say(f"MARAC dataset {quarter}, {counted(written.rows - 1, 'meeting')}, {how}: {out}")
    say(f"{written.manifest_path}")
    say(ALWAYS)
    for notice in written.notices:
        warn(notice)
    return 0


def _marac(args: argparse.Namespace) -> int:
    if not args.protect:
        args.parser.error("'export marac' needs --protect csv, xlsx or zip: the choice is yours")
    if args.identifiable:
        args.parser.error("--identifiable is for tables; the MARAC list has its own columns")
    if bool(args.basis) != bool(args.decided_by):
        args.parser.error("--basis and --decided-by belong together")
    from sanctuary_tui.exports.package import week_code

    if args.week:
        week_code(args.week)  # refused before a passphrase is asked for
    out = _absolute(args.out)
    new = not out.exists()
    with opened(args) as session:
        sent = _send(args, session)
    _tell(sent)
    if new:
        warn(folder_made(out))
    return 0


def _send(args: argparse.Namespace, session: Session) -> MaracSent:
    from db import queries
    from sanctuary_tui import marac_export

    caseload = session.caseload
    case_ids = [queries.case_id_of(caseload.connection, ref) for ref in args.case or ()]
    meeting, week = marac_export.choose_meeting(
        caseload, session.today, session.settings, args.week or "", case_ids
    )
    request = marac_export.MaracRequest(
        meeting=meeting,
        week=week,
        out=_absolute(args.out),
        protect=args.protect,
        case_ids=tuple(dict.fromkeys(case_ids)),
        basis=args.basis or "",
        decided_by=args.decided_by or "",
    )
    return marac_export.send(caseload, request, session.settings, now=session.caseload.store.now())


def _tell(sent: MaracSent) -> None:
    from sanctuary_tui.sealing import ALWAYS

    rows = sent.result.rows
    say(
        f"{sent.export} for the meeting of {full_date(sent.meeting)}: "
        f"{counted(len(sent.cases), 'case')}, {counted(rows, 'row')}."
    )
    say(ALWAYS)
    for path, digest in sent.result.files:
        say(f"{path}  SHA-256 {digest}")
    if sent.result.manifest_path:
        say(f"{sent.result.manifest_path}")
    for notice in sent.result.notices:
        warn(notice)
    for one in sent.cases:
        if one.missing:
            warn(f"{one.ref} was sent without: {', '.join(one.missing)}.")
        if one.cut:
            warn(f"{one.ref}: too long and cut short: {', '.join(one.cut)}.")
    if sent.result.passphrase:
        say("The passphrase is shown once and kept nowhere; tell it by phone, not by email:")
        say(sent.result.passphrase)


def _document(args: argparse.Namespace) -> int:
    for name in (*_FOR_MARAC, *_FOR_QUARTER, "identifiable"):
        if getattr(args, name):
            args.parser.error(f"--{name.replace('_', '-')} is not for 'export document'")
    if len(args.names) != 2:
        args.parser.error("'export document' needs a reference and a kind: S26-0042 job-sheet")
    from db import queries
    from sanctuary_tui.documents import making
    from sanctuary_tui.documents.kinds import kind_of

    kind = kind_of(args.names[1])  # refused before a passphrase is asked for
    if args.in_person and not kind.to_survivor:
        args.parser.error(f"--in-person is for the survivor's documents, not for {kind.id}")
    out = _absolute(args.out)
    new = not out.exists()
    with opened(args) as session:
        caseload, today, folder = session.caseload, session.today, session.paths.config_dir
        order = making.Order(
            kind.id,
            queries.case_id_of(caseload.connection, args.names[0]),
            args.about or 0,
            args.large_print,
            read_text(args, "address_reason_file", "Why the address is named", asks=False),
            args.in_person,
        )
        prepared = making.prepare(caseload, order, session.settings, folder=folder, today=today)
        if prepared.safe_contact:
            say(f"Safe contact: {prepared.safe_contact}")
        written = making.make(
            caseload,
            order,
            session.settings,
            out,
            folder=folder,
            now=caseload.store.now(),
            today=today,
            text=args.text,
            rule_read=args.safe_contact_read,
        )
    for path, digest in written.files:
        say(f"{path}  SHA-256 {digest}")
    if new:
        warn(folder_made(out))
    if prepared.gaps:
        words = making.in_words(prepared.gaps)
        warn(f"Left open, to be filled in by hand: {words}.")
    for notice in written.notices:
        warn(notice)
    return 0


def handed_by(args: argparse.Namespace) -> Handed | None:
    """Who gets a file with names, and why; None for one without."""
    from config.errors import BadInputError
    from sanctuary_tui.table_export import Handed

    if not args.identifiable:
        return None
    to = read_text(args, "recipient_file", "Who gets the file")
    why = read_text(args, "reason_file", "Why they need the names")
    if not (to and why):
        raise BadInputError(
            "A file with names says who gets it and why: give --recipient-file and --reason-file."
        )
    return Handed(to, why)


def _radar(args: argparse.Namespace) -> int:
    from sanctuary_tui.table_export import export_radar

    handed = handed_by(args)

    def write(session: Session, out: Path) -> ExportResult:
        return export_radar(
            session.caseload,
            out,
            session.settings,
            handed=handed,
            today=session.today,
            now=session.caseload.store.now(),
        )

    return one_file(args, write, "case", "inside the twelve months")


def _table(args: argparse.Namespace) -> int:
    from sanctuary_tui.exports.tables import columns_of
    from sanctuary_tui.table_export import export_table

    columns_of(args.what, identifiable=args.identifiable)  # an unknown table, before anything else
    handed = handed_by(args)

    def write(session: Session, out: Path) -> ExportResult:
        return export_table(
            session.caseload,
            args.what,
            out,
            handed=handed,
            today=session.today,
            now=session.caseload.store.now(),
        )

    return one_file(args, write, "row", f"of {args.what}")


def one_file(
    args: argparse.Namespace,
    write: Callable[[Session, Path], ExportResult],
    counts: str,
    of: str,
) -> int:
    """Write one file of an open caseload, and say how much is in it and whether by name."""
    from sanctuary_tui.table_export import refuse_name

    out = _absolute(args.out)
    refuse_name(out)  # before a passphrase is asked for
    with opened(args) as session:
        written = write(session, out)
    how = "with names" if args.identifiable else "pseudonymous"
    say(f"{counted(written.rows, counts)} {of}, {how}: {out}")
    for notice in written.notices:
        warn(notice)
    return 0


def _absolute(name: str) -> Path:
    return Path(name).expanduser().absolute()
