"""``since``, ``digest``, ``handover``: what changed, the week for a manager, a leave's pack."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from config.codes import RISK_BANDS
from config.format import short_moment
from sanctuary_tui.cli_output import say, say_json, warn
from sanctuary_tui.cli_session import opened, parse_day

if TYPE_CHECKING:
    from pathlib import Path

    from config.settings import Settings
    from sanctuary_tui.cli_session import Session
    from sanctuary_tui.digest import Digest
    from sanctuary_tui.exports.files import ExportResult
    from sanctuary_tui.since import CaseSince, SinceView


def since(args: argparse.Namespace) -> int:
    """Each case that changed since a day: moves, answers, new records, what was done, by whom."""
    from sanctuary_tui.since import moment_of, since_view

    wanted = parse_day(args.since).isoformat() if args.since else "working_day"
    with opened(args) as session:
        first = moment_of(session.caseload, wanted, session.today)
        view = since_view(session.caseload, first)
        if args.names:
            session.caseload.store.note("consultation", "caseload", 0, 0, "since listed with names")
    if args.json:
        say_json(_json(view, names=args.names))
        return 0
    say(view.sentence)
    for one in view.cases:
        _say_case(one, session.settings, names=args.names)
    return 0


def _say_case(one: CaseSince, settings: Settings, *, names: bool) -> None:
    from sanctuary_tui.since import lines_of

    card = one.card
    risk = RISK_BANDS.get(card.risk, card.risk).upper()
    say()
    name = card.name if names else card.masked
    parts = (card.ref, risk, name, f"{one.changes} changed, last {short_moment(one.last)}")
    say("  ".join(part for part in parts if part))
    for title, words in lines_of(one, settings):
        say(f"  {title}: {words}", hang=4)


def _json(view: SinceView, *, names: bool) -> dict[str, Any]:
    return {
        "since": view.first.isoformat(),
        "changes": view.changes,
        "cases": [
            {
                "ref": one.card.ref,
                "name": one.card.name if names else one.card.masked,
                "risk": one.card.risk,
                "stage": one.card.stage,
                "last": one.last.isoformat(),
                "moves": [list(move) for move in one.moves],
                "answers": dict(one.answers),
                "new": dict(one.new),
                "done": dict(one.done),
                "changed": dict(one.changed),
                "deleted": dict(one.deleted),
                "who": dict(one.who),
            }
            for one in view.cases
        ],
    }


def digest(args: argparse.Namespace) -> int:
    """The digest of a week: on the terminal without names, or into a file."""
    from sanctuary_tui import digest as weekly
    from sanctuary_tui.cli_export import handed_by, one_file
    from sanctuary_tui.sealing import ALWAYS

    for name in ("identifiable", "recipient_file", "reason_file"):
        if getattr(args, name) and not (args.out and args.identifiable):
            args.parser.error(f"--{name.replace('_', '-')} is for a file with names: --out FILE")
    week = weekly.week_of(args.week) if args.week else None

    def made(session: Session) -> Digest:
        wanted = week or weekly.week_with(session.today)
        return weekly.digest(session.caseload, wanted, session.today, session.settings)

    if not args.out:
        with opened(args) as session:
            found = made(session)
        for line in weekly.summary(found):
            say(line, hang=2)
        say()
        say(ALWAYS)
        return 0
    handed = handed_by(args)

    def write(session: Session, out: Path) -> ExportResult:
        now = session.caseload.store.now()
        return weekly.export_digest(session.caseload, made(session), out, handed=handed, now=now)

    one_file(args, write, "line", "of the weekly digest")
    say(ALWAYS)
    return 0


def handover(args: argparse.Namespace) -> int:
    """The pack for whoever covers a leave; its passphrase is shown once."""
    from pathlib import Path

    from config.errors import BadInputError
    from sanctuary_tui import cover_pack
    from sanctuary_tui.cli_secrets import read_text
    from sanctuary_tui.sealing import ALWAYS
    from sanctuary_tui.table_export import Handed

    out = Path(args.out).expanduser().absolute()
    cover_pack.refuse_name(out)  # before anything is asked for
    until = parse_day(args.until)
    handed = Handed(
        read_text(args, "recipient_file", "Who gets the pack"),
        read_text(args, "reason_file", "Why they need these cases"),
    )
    sealed_why = read_text(args, "sealed_reason_file", "Why sealed cases are in it", asks=False)
    if bool(args.sealed_case) != bool(sealed_why):
        raise BadInputError("--sealed-case and --sealed-reason-file belong together; give both.")
    order = cover_pack.PackOrder(
        handed, until, tuple(args.case), tuple(args.sealed_case), sealed_why
    )
    with opened(args) as session:
        now = session.caseload.store.now()
        written = cover_pack.make_pack(session.caseload, order, out, today=session.today, now=now)
    say(f"{cover_pack.told(order, written)}: {out}")
    if not order.sealed:
        say(ALWAYS)
    for notice in (cover_pack.NOT_ENFORCED, *written.notices):
        warn(notice)
    say("The passphrase is shown once and kept nowhere; tell it by telephone, not with the file:")
    say(f"{written.passphrase}")
    return 0
