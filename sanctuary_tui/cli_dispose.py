"""``dispose``: the closed cases and their clocks, or one of them gone for good."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.errors import RefusedError
from config.format import full_date
from db import queries
from db.disposal import certificate_of
from db.models import Disposal
from sanctuary_tui import disposing
from sanctuary_tui.cli_output import counted, say, say_lines, warn
from sanctuary_tui.cli_secrets import read_text
from sanctuary_tui.cli_session import Session, opened


def dispose(args: argparse.Namespace) -> int:
    """List, dispose, or write the certificate of what was disposed of before."""
    if args.ref is None:
        if args.authority or args.reason_file or args.confirm or args.certificate:
            args.parser.error("these options are for one case: give its reference")
        with opened(args) as session:
            _list(session)
        return 0
    with opened(args) as session:
        made = certificate_of(session.caseload.connection, args.ref.strip().upper())
        if made is None:
            made = _dispose(session, args)
        if args.certificate:
            _write(session, made, Path(args.certificate).expanduser().absolute())
    return 0


def _list(session: Session) -> None:
    found = disposing.queue(session.caseload, session.settings)
    due = sum(one.clock.state == "due" for one in found)
    say(f"{counted(len(found), 'closed case')}, {due} due for review.")
    for one in found:
        look = f" Hold to be looked at: {full_date(one.holds_due)}." if one.holds_due else ""
        say(f"{one.card.ref}  {one.clock.said}{look}")


def _dispose(session: Session, args: argparse.Namespace) -> Disposal:
    caseload, settings = session.caseload, session.settings
    case_id = queries.case_id_of(caseload.connection, args.ref)
    file = disposing.refuse(caseload, case_id, settings)
    reason = read_text(args, "reason_file", "Why it is disposed of") if args.authority else ""
    if not reason:
        raise RefusedError("Say on whose authority, and why: --authority POST --reason-file FILE.")
    for line in disposing.goes_with_it(caseload, file, settings):
        say(line)
    typed = args.confirm or _typed(file.case.ref)
    given = {"authority": args.authority, "reason": reason}
    made = disposing.dispose(caseload, case_id, given, settings, session.key, typed=typed)
    say()
    say_lines(disposing.certificate_text(made))
    return made


def _typed(reference: str) -> str:
    if not sys.stdin.isatty():
        raise RefusedError(f"Nothing was disposed of: confirm it with --confirm {reference}.")
    warn(f"It cannot be undone. Type {reference} to dispose of it:")
    return sys.stdin.readline()


def _write(session: Session, made: Disposal, out: Path) -> None:
    disposing.write_certificate(session.caseload, made, out)
    say(f"The certificate is written: {out}")
