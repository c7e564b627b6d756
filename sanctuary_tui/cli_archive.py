"""``export archive``: the whole caseload, encrypted, confirmed by typing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.errors import BadInputError
from sanctuary_tui.cli_output import counted, say, warn
from sanctuary_tui.cli_secrets import read_text
from sanctuary_tui.cli_session import opened


def export_archive(args: argparse.Namespace, out: Path) -> int:
    """Ask who gets it and why, let it be confirmed, write it, and show its passphrase once."""
    from sanctuary_tui import archive_export
    from sanctuary_tui.exports.archive import refuse_name
    from sanctuary_tui.sealing import ALWAYS
    from sanctuary_tui.table_export import Handed

    if args.protect != "zip":
        args.parser.error("'export archive' needs --protect zip: it is never written plain")
    if args.identifiable:
        args.parser.error("--identifiable is for tables; an archive holds everything")
    refuse_name(out)  # before anything is asked for
    handed = Handed(
        read_text(args, "recipient_file", "Who gets the archive"),
        read_text(args, "reason_file", "Why they need the whole caseload"),
    )
    if not (handed.to and handed.why):
        raise BadInputError(
            "An archive says who gets it and why: give --recipient-file and --reason-file."
        )
    sealed_why = read_text(args, "sealed_reason_file", "Why sealed cases are in it", asks=False)
    if args.sealed_reason_file and not sealed_why:
        raise BadInputError("Say why sealed cases are in it, or leave --sealed-reason-file out.")
    typed = args.confirm or _typed()
    archive_export.refuse_typed(typed)
    with opened(args) as session:
        written = archive_export.export_archive(
            session.caseload,
            archive_export.ArchiveOrder(handed, typed, sealed_why),
            out,
            settings_file=session.paths.settings_file,
            now=session.caseload.store.now(),
        )
    say(f"The whole caseload, {counted(written.rows, 'case')}: {out}")
    say("Sealed cases are in it, if there are any." if sealed_why else ALWAYS)
    for path, digest in written.files:
        say(f"{path}  SHA-256 {digest}")
    for notice in written.notices:
        warn(notice)
    say("The passphrase is shown once and kept nowhere; keep it apart from the archive:")
    say(f"{written.passphrase}")
    return 0


def _typed() -> str:
    from sanctuary_tui.archive_export import CONFIRM, SAYS

    if not sys.stdin.isatty():
        return ""
    warn(f"{SAYS} Type {CONFIRM} to write it:")
    return sys.stdin.readline()
