"""``dispose``: the closed cases and their clocks, or one of them gone for good."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from config.errors import RefusedError
from config.format import full_date
from db import queries
from db.disposal import Papers, certificate_of
from db.models import Disposal
from sanctuary_tui import disposing
from sanctuary_tui.cli_output import counted, say, say_lines, warn
from sanctuary_tui.cli_secrets import read_text
from sanctuary_tui.cli_session import Session, opened
from sanctuary_tui.seen_settings import confirm_as
from sanctuary_tui.work import must_find


def dispose(args: argparse.Namespace) -> int:
    """List, dispose, or write the certificate of what was disposed of before."""
    if args.ref is None:
        for_one = (args.authority, args.reason_file, args.confirm, args.certificate)
        if any(for_one) or args.marac_papers:
            args.parser.error("these options are for one case: give its reference")
        with opened(args) as session:
            for said in args.confirm_period:
                name = confirm_as(session.caseload, session.settings, said)
                say(f"{name} is confirmed; disposals count with it.")
            _list(session)
        return 0
    if args.confirm_period:
        args.parser.error("--confirm-period is for every case: give no reference")
    with opened(args) as session:
        made = _made_before(session, args)
        if made is None:
            made = _dispose(session, args)
        if args.certificate:
            _write(session, made, Path(args.certificate).expanduser().absolute())
    return 0


def _list(session: Session) -> None:
    found = disposing.queue(session.caseload, session.settings)
    closed = [one for one in found if one.papers == "file"]
    due = sum(one.clock.state == "due" for one in closed)
    undecided = sum(one.clock.state == "undecided" for one in closed)
    said = f"{counted(len(closed), 'closed case')}, {due} due for review"
    if undecided:
        said += f", the period of {undecided} not decided (set it in Settings, Keeping records)"
    parts = len(found) - len(closed)
    say(f"{said}; MARAC papers of {parts} due." if parts else f"{said}.")
    for one in found:
        look = f" Hold to be looked at: {full_date(one.holds_due)}." if one.holds_due else ""
        say(f"{one.card.ref}  {one.clock.said}{look}")


def _papers(args: argparse.Namespace) -> Papers:
    return "marac" if args.marac_papers else "file"


def _made_before(session: Session, args: argparse.Namespace) -> Disposal | None:
    """The certificate of an earlier disposal; of MARAC papers where there is no newer paper."""
    connection, reference = session.caseload.connection, args.ref.strip().upper()
    whole = certificate_of(connection, reference)
    if not args.marac_papers:
        return whole
    part = certificate_of(connection, reference, "marac")
    if part is None or whole is not None:
        return part
    case_id = queries.case_id_of(connection, reference)
    return None if must_find(session.caseload, case_id).marac_listings else part


def _dispose(session: Session, args: argparse.Namespace) -> Disposal:
    papers = _papers(args)
    caseload, settings = session.caseload, session.settings
    case_id = queries.case_id_of(caseload.connection, args.ref)
    file = disposing.refuse(caseload, case_id, settings, papers)
    reason = read_text(args, "reason_file", "Why it is disposed of") if args.authority else ""
    if not reason:
        raise RefusedError("Say on whose authority, and why: --authority POST --reason-file FILE.")
    for line in disposing.goes_with_it(caseload, file, settings, papers):
        say(line)
    typed = args.confirm or _typed(file.case.ref)
    given = {"authority": args.authority, "reason": reason}
    made = disposing.dispose(
        caseload, case_id, given, settings, session.key, typed=typed, papers=papers
    )
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
