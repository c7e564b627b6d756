"""The command line: every command, its options and its exit status (design section 7).

Exit status 0 is good, 1 refused or failed with one sentence on standard error, 2 wrong usage.
Each command's work is in a module of its own group and is imported when it is run.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Any, NoReturn

from config.errors import SanctuaryError
from config.text import guard

_PROTECTIONS = ("csv", "xlsx", "zip")


class _Parser(argparse.ArgumentParser):
    """argparse, but what it repeats of the arguments cannot steer the terminal."""

    def __init__(self, *args: Any, **more: Any) -> None:
        more.setdefault("allow_abbrev", False)
        super().__init__(*args, **more)

    def error(self, message: str) -> NoReturn:
        super().error(guard(message))


def run_command(argv: list[str]) -> int:
    """Run one command; return its exit status. A refusal is one sentence on standard error."""
    from sanctuary_tui.cli_output import warn

    args = build_parser().parse_args(argv)
    module, _, name = str(args.run).partition(":")
    function = getattr(import_module(f"sanctuary_tui.{module}"), name)
    try:
        return int(function(args))
    except SanctuaryError as error:
        warn(error.sentence)
        return 1


def build_parser() -> argparse.ArgumentParser:
    """Every command and option."""
    shared = _home_option()
    parser = _Parser(
        prog="sanctuary",
        parents=[shared],
        description="A sanctuary-scheme coordinator's console over an encrypted caseload.",
        epilog="Without a command the console opens.",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    unlocking = argparse.ArgumentParser(add_help=False, parents=[_home_option()])
    unlocking.add_argument(
        "--passphrase-file",
        metavar="FILE",
        help="read the passphrase from the first line of FILE (- is standard input)",
    )
    _add_making(commands, unlocking)
    _add_reading(commands, unlocking)
    _add_export(commands, unlocking)
    _add_handover(commands, unlocking)
    _add_import(commands, unlocking)
    _add_report(commands, unlocking)
    _add_rights(commands, unlocking)
    _add_keeping(commands, unlocking)
    _add_disposing(commands, unlocking)
    _add_keys(commands, unlocking)
    return parser


def _home_option() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--home",
        metavar="DIR",
        # Left unset where it is not given, so that it may stand before or after the command.
        default=argparse.SUPPRESS,
        help="keep data, settings and logs under DIR (also: SANCTUARY_HOME)",
    )
    return shared


def _add(
    commands: Any, name: str, run: str, said: str, parents: Sequence[argparse.ArgumentParser]
) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name, help=said, description=said, parents=list(parents)
    )
    made.set_defaults(run=run, parser=made)
    return made


def _add_making(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    init = _add(
        commands, "init", "cli_make:init", "Make a caseload and its emergency kit.", [unlocking]
    )
    init.add_argument(
        "--kit", metavar="FILE", help="write the emergency kit to FILE, not the screen"
    )
    init.add_argument(
        "--yes", action="store_true", help="do not ask for part of the recovery key (needs --kit)"
    )
    demo = _add(
        commands,
        "demo",
        "cli_make:demo",
        "Make a synthetic caseload (passphrase: demo) and open the console.",
        [_home_option()],
    )
    demo.add_argument("--cases", type=_whole, default=150, metavar="N", help="how many cases")
    demo.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same caseload")
    demo.add_argument("--today", metavar="DATE", help="the date it is made for, as 2026-11-26")
    # For scripts that give it to every command; the demo's passphrase is always the same.
    demo.add_argument("--passphrase-file", metavar="FILE", help=argparse.SUPPRESS)
    demo.add_argument("--no-console", action="store_true", help="make it and stop")
    demo.add_argument(
        "--fresh", action="store_true", help="make it anew where there is a demo already"
    )


def _add_reading(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    today = _add(commands, "today", "cli_read:today", "The day's list as plain text.", [unlocking])
    show = _add(
        commands,
        "show",
        "cli_read:show",
        "One case as plain text; the reading is logged.",
        [unlocking],
    )
    show.add_argument("ref", metavar="REF", help="the case's reference, such as S26-0042")
    since = _add(
        commands,
        "since",
        "cli_since:since",
        "What changed in which case since a day: moves, answers, new records, what was done, by "
        "whom. Kinds and counts, no words that were typed.",
        [unlocking],
    )
    since.add_argument(
        "--from",
        dest="since",
        metavar="DATE",
        help="the day, as 2026-11-20; the last working day otherwise",
    )
    digest = _add(
        commands,
        "digest",
        "cli_since:digest",
        "The week for a manager: new referrals, moved, secured, closed, stuck and on whom, "
        "overdue, due next week. Without names; --out writes it as CSV, which is registered.",
        [unlocking],
    )
    digest.add_argument("--week", metavar="WEEK", help="as 2026-W47; this week otherwise")
    digest.add_argument("--out", metavar="FILE", help="write it as CSV to FILE")
    digest.add_argument(
        "--identifiable",
        action="store_true",
        help="in the file, with names, for somebody and a reason, which are kept",
    )
    _add_text(digest, "--recipient-file", "with names: who gets the file")
    _add_text(digest, "--reason-file", "with names: why")
    digest.add_argument("--today", metavar="DATE", help="as if it were DATE")
    for command in (today, show, since):
        command.add_argument("--json", action="store_true", help="as JSON")
        command.add_argument("--names", action="store_true", help="names in full, not masked")
        command.add_argument("--today", metavar="DATE", help="as if it were DATE")


def _add_export(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    export = _add(
        commands,
        "export",
        "cli_export:export",
        "Write the weekly MARAC list or its quarterly dataset, a document of a case, or any table "
        "or view as CSV; logged as a disclosure.",
        [unlocking],
    )
    export.usage = (
        "sanctuary export marac --out DIR --protect csv|xlsx|zip [--week 2026-W48] "
        "[--case REF ...]\n       sanctuary export marac-quarter --quarter 2026Q4 --out FILE "
        "[--exact]\n       sanctuary export marac-radar --out FILE [--identifiable "
        "[--recipient-file FILE] [--reason-file FILE]]\n"
        "       sanctuary export document REF KIND --out DIR [--text] "
        "[--large-print]\n       sanctuary export subject-access REF WHO --out DIR [--text]\n"
        "       sanctuary export TABLE --out FILE [--identifiable [--recipient-file FILE] "
        "[--reason-file FILE]]\n"
        "       sanctuary export archive --out FILE --protect zip [--recipient-file FILE] "
        "[--reason-file FILE]\n         [--sealed-reason-file FILE] [--confirm everything]"
    )
    export.add_argument(
        "what",
        metavar="marac|marac-quarter|marac-radar|document|subject-access|archive|TABLE",
        help="the MARAC list, its quarterly dataset, the cases inside the twelve months, a "
        "document, the answer to a subject access request, the whole caseload as an encrypted "
        "archive, or a table's name",
    )
    export.add_argument(
        "names",
        nargs="*",
        metavar="REF KIND",
        help="for a document: which case, which document; for subject-access: which case, who",
    )
    export.add_argument(
        "--out",
        required=True,
        metavar="PATH",
        help="the folder for marac, document and subject-access, the file for marac-quarter, an "
        "archive and a table",
    )
    export.add_argument("--today", metavar="DATE", help="as if it were DATE")
    marac = export.add_argument_group("for marac")
    marac.add_argument(
        "--protect",
        choices=_PROTECTIONS,
        help="csv: plain files; xlsx: encrypted workbook; zip: encrypted archive, which alone "
        "'export archive' takes",
    )
    marac.add_argument("--week", metavar="WEEK", help="the meeting's week, as 2026-W48")
    marac.add_argument(
        "--case",
        action="extend",
        nargs="+",
        metavar="REF",
        help="these cases instead of those ticked",
    )
    marac.add_argument("--basis", metavar="CODE", help="lawful basis, where none is recorded")
    marac.add_argument("--decided-by", metavar="ROLE", help="who decided to share")
    quarter = export.add_argument_group("for marac-quarter")
    quarter.add_argument("--quarter", metavar="QUARTER", help="a calendar quarter, as 2026Q4")
    quarter.add_argument(
        "--exact",
        action="store_true",
        help="small numbers as they are, for this council only; hidden otherwise",
    )
    _add_document(export)
    access = export.add_argument_group("for subject-access")
    access.add_argument(
        "--rest-withheld",
        metavar="EXEMPTION",
        help="under which exemption what nobody has looked at is left out",
    )
    access.add_argument(
        "--survivor-safety",
        choices=("told", "not-told"),
        help="for anybody but the survivor, once the risk was reviewed: were they told who asks?",
    )
    _add_text(access, "--safety-file", "how they were told, or why not, which is logged")
    table = export.add_argument_group("for a table")
    table.add_argument(
        "--identifiable",
        action="store_true",
        help="with names, for somebody and a reason, which are kept; pseudonymous otherwise",
    )
    _add_text(table, "--recipient-file", "with names, or of an archive: who gets the file")
    _add_text(table, "--reason-file", "with names, or of an archive: why")
    archive = export.add_argument_group("for an archive")
    archive.add_argument(
        "--sealed-reason-file",
        metavar="FILE",
        help="put sealed cases in as well, for the reason in FILE (- is standard input), which is "
        "logged; they are left out otherwise",
    )
    archive.add_argument(
        "--confirm", metavar="WORD", help="the word everything; asked for where it is not given"
    )


def _add_handover(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    pack = _add(
        commands,
        "handover",
        "cli_since:handover",
        "Write an encrypted workbook for whoever covers a leave: next actions, who is waited for, "
        "safe contact, risk. It is registered, and Today asks for its deletion on its last day.",
        [unlocking],
    )
    pack.add_argument("--until", required=True, metavar="DATE", help="the last day of the cover")
    pack.add_argument("--out", required=True, metavar="FILE", help="a new .xlsx file")
    pack.add_argument(
        "--case",
        action="extend",
        nargs="+",
        default=[],
        metavar="REF",
        help="these cases; otherwise every open one, and closed ones with something due",
    )
    pack.add_argument(
        "--sealed-case",
        action="extend",
        nargs="+",
        default=[],
        metavar="REF",
        help="these sealed cases too, with --sealed-reason-file",
    )
    _add_text(pack, "--recipient-file", "who gets the pack")
    _add_text(pack, "--reason-file", "why")
    pack.add_argument(
        "--sealed-reason-file",
        metavar="FILE",
        help="why the sealed cases are handed over: the text in FILE, which is logged",
    )
    pack.add_argument("--today", metavar="DATE", help="as if it were DATE")


def _add_import(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    tracker = _add(
        commands,
        "import",
        "cli_import:bring_in",
        "Bring in a tracker, CSV or XLSX, or an archive into an empty caseload: all or nothing.",
        [unlocking],
    )
    tracker.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="the tracker (first with --dry-run), or what 'sanctuary export archive' wrote",
    )
    tracker.add_argument("--map", metavar="MAP", help="which column is which field: a .toml file")
    tracker.add_argument(
        "--save-map", metavar="MAP", help="write how the columns were read, to be corrected"
    )
    tracker.add_argument("--sheet", metavar="NAME", help="which sheet of a workbook")
    tracker.add_argument("--dry-run", action="store_true", help="show what would be, keep nothing")
    tracker.add_argument(
        "--refused", metavar="FILE", help="write the refused rows to a .csv file, to be mended"
    )
    tracker.add_argument(
        "--link",
        action="append",
        default=[],
        metavar="ROW=REF",
        help="this row is that case, or that earlier row of the file",
    )
    tracker.add_argument(
        "--new",
        action="append",
        default=[],
        metavar="ROW",
        help="this row is a case of its own; all for every one that is asked about",
    )
    tracker.add_argument(
        "--changed",
        choices=("keep", "note"),
        default="keep",
        help="rows that were changed since: keep the case as it is, or add a note of what is new",
    )
    tracker.add_argument(
        "--undo",
        metavar="N",
        nargs="?",
        type=_whole,
        const=0,
        help="take the newest import back, or that of this number, as a whole",
    )
    tracker.add_argument("--today", metavar="DATE", help="as if it were DATE")
    tracker.epilog = (
        "Of an archive, with --passphrase-file: line 1 is the caseload's passphrase, line 2 the "
        "archive's."
    )


def _add_report(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    report = _add(
        commands,
        "report",
        "cli_report:report",
        "Count a return of a quarter or a year; on the terminal exact and for this council, in a "
        "file with small numbers hidden. Or join the files of a county's districts.",
        [unlocking],
    )
    report.usage = (
        "sanctuary report working-group|mhclg|outcomes|times|unmet --quarter 2026Q4 "
        "[--out FILE [--exact]] [--cases FIGURE]\n"
        "       sanctuary report mhclg|outcomes|times|unmet|money --year 2026-27 "
        "[--out FILE [--exact]] [--cases FIGURE]\n"
        "       sanctuary report summary --year 2026 --out FILE.html [--exact]\n"
        "       sanctuary report merge DIR --out FILE"
    )
    report.add_argument(
        "what",
        choices=(
            *("working-group", "mhclg", "outcomes", "times", "unmet", "money", "summary"),
            "merge",
        ),
        help="the working group's quarter, the safe-accommodation return, outcomes at 3, 6 and 12 "
        "months, times from referral, unmet need, the money of each fund (of a year), a page of "
        "pictures for the board (of a year); or join the files of a folder",
    )
    report.add_argument("folder", nargs="?", metavar="DIR", help="for merge: the districts' files")
    report.add_argument("--quarter", metavar="QUARTER", help="a calendar quarter, as 2026Q4")
    report.add_argument(
        "--year",
        metavar="YEAR",
        help="a year from April, as 2026-27; of money and summary 2026 too",
    )
    report.add_argument(
        "--out", metavar="FILE", help="write it as CSV, a summary as HTML; registered"
    )
    report.add_argument(
        "--exact", action="store_true", help="small numbers as they are, for this council only"
    )
    report.add_argument(
        "--cases", metavar="FIGURE", help="the cases behind one figure, by its key; logged"
    )
    report.add_argument("--today", metavar="DATE", help="as if it were DATE")


def _add_rights(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    subject = _add(
        commands,
        "subject",
        "cli_rights:subject",
        "Take a subject access request, list what is held paragraph by paragraph, and decide.",
        [unlocking],
    )
    subject.add_argument("ref", metavar="REF", help="a case they stand in")
    subject.add_argument("who", metavar="WHO", help="their role (survivor ...) or their number")
    subject.add_argument("--received", metavar="DATE", help="the day they asked; today otherwise")
    subject.add_argument("--identity", metavar="DATE", help="the day it was made sure who asks")
    subject.add_argument(
        "--also", action="append", metavar="REF", help="the same person stands in this case too"
    )
    subject.add_argument(
        "--decisions",
        metavar="FILE",
        help="lines 'release KEY', 'withhold EXEMPTION KEY why' or 'unsee KEY'; the list shows the "
        "keys. One marked [!] is released with a reason alone: 'release KEY why'",
    )
    subject.add_argument("--sent", metavar="DATE", help="the day on which the answer was sent")
    subject.add_argument(
        "--reopen", action="store_true", help="take the last request, which has ended, up again"
    )
    _add_text(subject, "--reason-file", "why it is taken up again")
    subject.add_argument("--today", metavar="DATE", help="as if it were DATE")
    breach = _add(
        commands,
        "breach",
        "cli_rights:breach",
        "Record a breach: what was in it, who is at risk, the 72 hours, the ICO's fields.",
        [unlocking],
    )
    breach.add_argument(
        "what",
        choices=("export", "lost-backup", "lost-laptop", "report", "list"),
        help="an export of the register by its number, a lost backup or computer, the report of "
        "a breach by its number, or what there is",
    )
    breach.add_argument("number", nargs="?", type=_whole, help="of the export or the breach")
    breach.add_argument("--aware", metavar="MOMENT", help="first known, as 2026-11-26T14:05; now")
    breach.add_argument(
        "--kind",
        choices=("wrong_recipient", "too_much", "lost_file", "seen", "wrong", "other"),
        default="wrong_recipient",
        help="what happened to the export",
    )
    _add_text(breach, "--words-file", "what happened, in words")
    _add_text(breach, "--recipient-file", "who has it now")
    breach.add_argument("--out", metavar="DIR", help="write the report into this folder")
    breach.add_argument("--today", metavar="DATE", help="as if it were DATE")


def _add_document(export: argparse.ArgumentParser) -> None:
    document = export.add_argument_group("for a document")
    document.add_argument("--text", action="store_true", help="plain text instead of .docx")
    document.add_argument("--large-print", action="store_true", help="18 point")
    document.add_argument(
        "--about", type=_whole, metavar="ID", help="which consent request or visit, by its id"
    )
    document.add_argument(
        "--address-reason-file",
        metavar="FILE",
        help="name a home whose address is confidential, for the reason in FILE (- is standard "
        "input, or asks at a terminal); it is logged",
    )
    document.add_argument(
        "--safe-contact-read",
        action="store_true",
        help="for what goes to the survivor: the rule was read and is kept to",
    )
    document.add_argument(
        "--in-person",
        action="store_true",
        help="for what goes to the survivor: you hand it over yourself; the register says so",
    )


def _add_keeping(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    backup = _add(
        commands, "backup", "cli_keep:backup", "Write an encrypted, verified copy.", [unlocking]
    )
    backup.add_argument(
        "folder",
        metavar="DIR",
        nargs="?",
        help="where the copy goes; without it, to the folder of the settings, where old ones are "
        "thinned out",
    )
    restore = _add(
        commands,
        "restore",
        "cli_keep:restore",
        "Bring a backup back, with a new passphrase; what is there now is kept beside it.",
        [unlocking],
    )
    restore.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="the backup, its file that ends in .db; without it you are told where the newest lies",
    )
    restore.add_argument(
        "--recovery-key-file",
        metavar="FILE",
        help="the recovery key or the emergency kit (- is standard input); without it the "
        "backup's passphrase is line 1 of the passphrase file and the new one line 2",
    )
    check = _add(
        commands,
        "check",
        "cli_check:check",
        "Check integrity, change log, schema, permissions, keys and backups, a line each.",
        [unlocking],
    )
    check.add_argument(
        "--deep", action="store_true", help="also every record, the search index and every card"
    )


def _add_disposing(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    dispose = _add(
        commands,
        "dispose",
        "cli_dispose:dispose",
        "Dispose of a closed case at the end of its years; without REF, list the closed cases and "
        "where the clock of each stands, and MARAC papers that are due.",
        [unlocking],
    )
    dispose.add_argument("ref", metavar="REF", nargs="?", help="the case, such as S19-0042")
    dispose.add_argument(
        "--confirm-period",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="stand by a period that was changed in the settings file; without REF",
    )
    dispose.add_argument(
        "--marac-papers",
        action="store_true",
        help="its MARAC papers alone, whose own years are over; the file is kept",
    )
    dispose.add_argument("--authority", metavar="POST", help="on whose authority it is done")
    _add_text(dispose, "--reason-file", "why; it names nobody of the case")
    dispose.add_argument(
        "--confirm", metavar="REF", help="the reference once more; asked for where it is not given"
    )
    dispose.add_argument(
        "--certificate",
        metavar="FILE",
        help="write the certificate to FILE, also of a case disposed of before",
    )


def _add_keys(commands: Any, unlocking: argparse.ArgumentParser) -> None:
    passphrase = _add(
        commands, "passphrase", "cli_keys:passphrase", "Change the passphrase.", [unlocking]
    )
    passphrase.add_argument(
        "--recovery-key-file",
        metavar="FILE",
        help="where the passphrase is lost: the recovery key or the emergency kit (- is standard "
        "input); the new one is then line 1 of the passphrase file",
    )
    passphrase.epilog = "With --passphrase-file: line 1 is the old one, line 2 the new one."
    key = _add(commands, "key", "cli_keys:show", "The recovery key.", [_home_option()])
    parts = key.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(
        parts,
        "show",
        "cli_keys:show",
        "Show the recovery key again; the passphrase is asked for and it is logged.",
        [unlocking],
    )
    rotate = _add(
        parts,
        "rotate",
        "cli_keys:rotate",
        "Replace the recovery key, when the old one may have been seen; the passphrase stays.",
        [unlocking],
    )
    rotate.add_argument(
        "--kit", metavar="FILE", help="write the new emergency kit to FILE, not the screen"
    )
    rotate.add_argument(
        "--yes", action="store_true", help="do not ask for part of the recovery key (needs --kit)"
    )


def _add_text(parser: argparse._ActionsContainer, name: str, said: str) -> None:
    """What is written about a case comes from a file: arguments stand in the list of processes."""
    parser.add_argument(
        name,
        metavar="FILE",
        help=f"{said}: the text in FILE (- is standard input); asked for at a terminal otherwise",
    )


def _whole(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 200_000:
        raise argparse.ArgumentTypeError("from 1 to 200000")
    return number
