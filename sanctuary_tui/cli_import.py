"""``import``: a tracker, shown first and undone as a whole, or an archive into an empty caseload.

Either is kept whole or not at all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError, RefusedError
from config.text import guard, one_line
from sanctuary_tui.cli_output import counted, say, warn
from sanctuary_tui.cli_session import opened, secrets_for

if TYPE_CHECKING:
    from datetime import date

    from sanctuary_tui.imports.mapping import Mapping
    from sanctuary_tui.imports.planning import Decisions
    from sanctuary_tui.imports.sheets import Book, Sheet

_WITH_FILE: Final = ("map", "save_map", "refused", "sheet", "link", "new", "dry_run")
_LONG: Final = 2.0
"""Seconds after which a run says how far it is."""


def bring_in(args: argparse.Namespace) -> int:
    """Read the file, show what would come of it, and keep it unless it is a dry run."""
    if args.undo is not None:
        if args.file or any(getattr(args, name) for name in _WITH_FILE):
            args.parser.error("--undo stands alone, with or without the number of an import")
        return _undo(args)
    if not args.file:
        args.parser.error("name the tracker's .csv or .xlsx file, or an archive")
    from sanctuary_tui.imports.archive import is_archive

    path = _absolute(args.file)
    if is_archive(path):
        if any(getattr(args, name) for name in _WITH_FILE):
            args.parser.error("an archive is brought in whole: name nothing but its file")
        return _archive(args, path)
    if path.suffix.lower() == ".zip" and path.is_file():
        raise BadInputError("This is no archive of a caseload; a tracker is a .csv or .xlsx file.")
    from sanctuary_tui.imports.applying import apply, known_of
    from sanctuary_tui.imports.mapping import dump_mapping
    from sanctuary_tui.imports.planning import plan
    from sanctuary_tui.imports.preparing import save_mapping
    from sanctuary_tui.imports.reading import read_tracker
    from sanctuary_tui.imports.reporting import keep_refused, report_lines

    decisions = _decisions(args)
    book = read_tracker(path, told=progress())
    with opened(args) as session:
        caseload = session.caseload
        sheet = _sheet(args.sheet or _mapped_sheet(args), book)
        mapping = _mapping(args, sheet, session.today)
        if args.save_map:
            out = _absolute(args.save_map)
            save_mapping(mapping, sheet, out)
            say(f"How the columns were read: {out}")
        known = known_of(caseload)
        planned = plan(sheet, mapping, known, session.today, decisions)
        done = None
        if not args.dry_run and not planned.count("ask"):
            done = apply(
                caseload,
                planned,
                known,
                file=book.sha256,
                mapping=dump_mapping(mapping),
                note_changes=decisions.note_changes,
                told=progress(),
            )
        for line in report_lines(planned, done):
            say(line)
        if unread := [_unread(one) for one in book.sheets if one is not sheet]:
            say(f"Sheets that are not read: {'; '.join(unread)}.")
        if args.refused and planned.refusals:
            written = keep_refused(caseload, planned, _absolute(args.refused), caseload.store.now())
            say(f"{counted(written.rows, 'row')} to mend: {_absolute(args.refused)}")
            for notice in written.notices:
                warn(notice)
    if args.dry_run:
        say("Nothing was kept: this was a dry run.")
    elif done is None:
        raise RefusedError(
            "Nothing was kept: say of each row that may be there already --link ROW=REF, "
            "--link ROW=ROW for another row of the file, or --new ROW."
        )
    elif done.changed_nothing:
        say("Nothing was kept: there was nothing new.")
    else:
        say(f"This is import {done.number}; 'sanctuary import --undo' takes it back.")
    return 0


def _archive(args: argparse.Namespace, path: Path) -> int:
    from db.archiving import refuse_filled
    from sanctuary_tui.imports.archive import import_archive, read_archive

    secrets = secrets_for(args)
    passphrase = secrets.ask("Passphrase of this caseload")
    of_archive = secrets.ask("Passphrase of the archive")
    with opened(args, passphrase=passphrase) as session:
        refuse_filled(session.caseload.connection)
        archive = read_archive(path, of_archive)
        cases = import_archive(session.caseload, archive)
    say(f"Imported: {counted(cases, 'case')} of the archive of {archive.made_utc}.")
    say(f"Sealed cases were {archive.sealed_cases}.")
    if archive.has_settings:
        say("The settings of the old office are in it as settings.toml: put them in place by hand.")
    return 0


def _undo(args: argparse.Namespace) -> int:
    from sanctuary_tui.imports.applying import undo

    with opened(args) as session:
        one = undo(session.caseload, args.undo)
    say(f"Import {one.id} is undone: {counted(one.cases_made, 'case')} taken out.")
    return 0


def _decisions(args: argparse.Namespace) -> Decisions:
    from sanctuary_tui.imports.planning import Decisions

    link: dict[int, str] = {}
    for said in args.link:
        row, _, to = said.partition("=")
        if not (row.isdecimal() and to.strip()):
            args.parser.error("--link is written ROW=REF, such as 14=S26-0042, or ROW=ROW")
        link[int(row)] = to.strip()
    rows = [one for one in args.new if one != "all"]
    if not all(one.isdecimal() for one in rows):
        args.parser.error("--new is the number of a row, or all")
    return Decisions(link, frozenset(map(int, rows)), "all" in args.new, args.changed == "note")


def _mapped_sheet(args: argparse.Namespace) -> str:
    """The sheet of the mapping, where the file is a workbook that has it."""
    from sanctuary_tui.imports.mapping import load_mapping

    is_csv = Path(args.file).suffix.casefold() == ".csv"  # whose sheet is named as the file is
    return "" if is_csv or not args.map else load_mapping(_absolute(args.map)).sheet


def _sheet(name: str, book: Book) -> Sheet:
    from sanctuary_tui.imports.preparing import sheet_named, sheets_in_sight

    if name:
        return sheet_named(book, name)
    seen = sheets_in_sight(book)
    if len(seen) > 1:
        names = ", ".join(one.name for one in seen[:6])
        raise BadInputError(f"The file has several sheets ({names}); name one with --sheet.")
    return seen[0]


def _unread(sheet: Sheet) -> str:
    hidden = "hidden, " if sheet.hidden else ""
    return f"{one_line(sheet.name, 40)} ({hidden}{counted(len(sheet.rows), 'row')})"


def _mapping(args: argparse.Namespace, sheet: Sheet, today: date) -> Mapping:
    """The mapping that is named, else what the columns look like, where that is beyond doubt.

    Raises:
        RefusedError: not a dry run, and a column or a written answer is in doubt.
    """
    from sanctuary_tui.imports.mapping import IGNORE
    from sanctuary_tui.imports.planning import MEND
    from sanctuary_tui.imports.preparing import first_mapping, in_doubt, mapping_from

    if args.map:
        mapping, fit = mapping_from(_absolute(args.map), sheet)
        for heading in fit.new:
            if heading.title == MEND:
                continue
            warn(f"Column {heading.words} is not in the mapping, and is kept as a note.")
        for title in fit.gone:
            warn(f"The mapping names a column {title}, which is not in the sheet.")
        return mapping
    found, mapping = first_mapping(sheet, today)
    doubtful = in_doubt(found)
    named = ", ".join(one.heading.words for one in doubtful[:5])
    if not args.dry_run and doubtful:
        raise RefusedError(
            f"It is not beyond doubt what is in column {named}: run it with "
            "--dry-run --save-map MAP.toml, look through that file, and name it with --map."
        )
    if args.dry_run:
        for one in found:
            left_out = mapping.key_of(one.heading) == IGNORE
            what = one.target.label if one.target else "kept as a note"
            what = "left out" if left_out else what
            if one in doubtful:
                what = f"in doubt, left for a note here; it may be {what}"
            say(f"Column {one.heading.words}: {what} ({one.confidence} %, {one.why})")
        if doubtful:
            say(
                f"An import stops at what is in doubt: column {named}. --save-map MAP.toml writes "
                "a file to look through, --map takes it; then rows may be refused for it."
            )
    return mapping


def _absolute(name: str) -> Path:
    return Path(name).expanduser().absolute()


def progress() -> Callable[[int, int], None]:
    """How far it is, on standard error, once it takes long."""
    begun = time.monotonic()
    last = [begun + _LONG - 1.0]

    def told(done: int, of: int) -> None:
        now = time.monotonic()
        if now - last[0] < 1.0 and done < of:
            return
        if now - begun < _LONG:
            return
        last[0] = now
        share = done * 100 // max(of, 1)
        if sys.stderr.isatty():
            bar = "#" * (share // 4)
            sys.stderr.write("\r")
            sys.stderr.write(guard(f"[{bar:<25}] {share:3} %"))
            if done >= of:
                sys.stderr.write("\n")
            sys.stderr.flush()
        else:
            warn(f"{share} %")

    return told
