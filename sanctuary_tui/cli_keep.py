"""``backup`` and ``restore``: encrypted, verified copies, and bringing one back."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import BadInputError
from config.settings import load_settings
from sanctuary_tui.cli_output import counted, folder_made, say, warn
from sanctuary_tui.cli_secrets import Secrets, is_like_a_recovery_key, read_secret_file
from sanctuary_tui.cli_session import open_with_key, opened, paths_of, secrets_for

if TYPE_CHECKING:
    from config.paths import Paths
    from config.settings import Settings
    from db.backup import BackupLook


def backup(args: argparse.Namespace) -> int:
    """Write a verified copy, and remember when; without a folder, where the settings say."""
    from sanctuary_tui.copies import make_copy, where_it_lies
    from sanctuary_tui.exports.files import refuse_missing

    named = Path(args.folder).expanduser().absolute() if args.folder else None
    if named is not None:
        refuse_missing(named)
    new = named is not None and not named.exists()
    # An older caseload is copied too: the copy may be all there is. Its witness stays as it was.
    # So is one in a synced folder: it is the way out of there.
    with opened(args, on_older="look", on_synced="open") as session:
        made = make_copy(session.caseload, session.paths, session.settings, folder=named)
    say(f"{counted(made.total_rows, 'row')}, verified: {made.path}")
    say(f"SHA-256 {made.sha256}")
    if new and named is not None:
        warn(folder_made(named))
    if known := where_it_lies(made.path.parent, session.paths):
        warn(known)
    return 0


def restore(args: argparse.Namespace) -> int:
    """Put a backup in the caseload's place, by recovery key or passphrase; a new one is set."""
    from config.format import local
    from db.backup import look_into
    from db.backup import restore as put_back
    from db.keys import wipe

    paths = paths_of(args)
    settings = load_settings(paths.settings_file)
    if not args.file:
        raise BadInputError(_which_file(paths, settings))
    file = Path(args.file).expanduser().absolute()
    secrets = secrets_for(args)
    key = _key_of(args, file, secrets)
    try:
        loses = _told_of(look_into(file, paths, key))
        if loses and secrets.asks and not _goes_on():
            say("Nothing was restored; all is as it was.")
            return 1
        new = secrets.ask_new("New passphrase")
        done = put_back(file, paths, key, new, now=local(datetime.now(UTC)))
        logged = _log_restored(paths, key, settings)
    finally:
        wipe(key)
    say(f"The caseload is restored: {paths.caseload}")
    if done.replaced is not None:
        say(f"What was there before is kept in {done.replaced}")
    for notice in done.notices:
        say(notice)
    if not logged:
        warn(
            "Another window opened it at once, so its log does not say that it was restored: close "
            "that window, and write down what was restored and when."
        )
    return 0 if logged else 1


def _log_restored(paths: Paths, key: bytearray, settings: Settings) -> bool:
    """Let the log say it; false where another program, which had the key already, came first."""
    from db.connection import CaseloadInUse

    try:
        with open_with_key(paths, key, settings) as session:
            session.log("restored from a backup, with a new passphrase")
    except CaseloadInUse:
        return False
    return True


def _which_file(paths: Paths, settings: Settings) -> str:
    """What to type where no file was named, as sentences about damage name none."""
    from sanctuary_tui.copies import newest_backup

    newest = newest_backup(paths, settings)
    if newest is None:
        return (
            "No backup is found here: plug in the disk with your backups, and name the newest file "
            "there that ends in .db, as in 'sanctuary restore FILE'."
        )
    return (
        f"Name the backup to bring back. The newest found here is of {newest.at:%d %b %Y %H:%M}: "
        f'sanctuary restore "{newest.path}"'
    )


def _told_of(found: BackupLook) -> bool:
    """Say what the backup holds; true where something is lost by putting it in its place."""
    from config.format import local

    last = f", last changed {local(found.last):%d %b %Y %H:%M}" if found.last else ""
    say(f"The backup verifies: {counted(found.cases, 'case')}{last}.")
    if found.missing:
        say(
            f"It is older than the caseload that is here: {counted(found.missing, 'change')} made "
            "since then are not in it."
        )
    _tell_of_disposals(found)
    if found.other_key:
        say(
            "The caseload that is here has another recovery key. After this restore the key you "
            "gave opens it again; if it was replaced because somebody may have seen it, run "
            "'sanctuary key rotate' afterwards."
        )
    if found.no_caseload:
        say(
            "The file that is here is no caseload, or only part of one, so the backup could not be "
            "compared with it."
        )
    return bool(found.missing or found.other_key or found.no_caseload)


def _tell_of_disposals(found: BackupLook) -> None:
    """What comes back with it, and how seals stand: said of any that is older, or may be.

    Nothing of this depends on a sealed case: it must not be seen whether there is one.
    """
    if found.compared and not found.missing:
        return
    for refs, one, how in (
        (found.disposed, "case", ""),
        (found.papers, "set of MARAC papers", " --marac-papers"),
    ):
        if refs:
            many = counted(len(refs), one, "sets of MARAC papers" if how else None)
            say(
                f"Disposed of since then, and brought back by it: {many} ({', '.join(refs)}). "
                "Write this down, and dispose of each again after the restore: "
                f"'sanctuary dispose {refs[0]}{how}'."
            )
    if not found.compared:
        say(
            "Cases that were disposed of after it was made come back with it; their certificates "
            "say which. Dispose of them again."
        )
    say(
        "Seals are as they were then: a case sealed since comes back open to every list, so seal "
        "it again before anybody works; one unsealed since comes back sealed."
    )


def _goes_on() -> bool:
    warn("Type yes to put the backup in its place; anything else leaves all as it is.")
    return sys.stdin.readline().strip().casefold() == "yes"


def _key_of(args: argparse.Namespace, file: Path, secrets: Secrets) -> bytearray:
    """The backup's data key: by the recovery key, or by passphrase on the same computer."""
    from db.backup import unlock_backup
    from db.connection import MissingCaseload, look_at
    from db.keys import parse_recovery_key, passphrase_from_file

    if not file.is_file():
        raise MissingCaseload(f"There is no backup at {file}; name the file to restore.")
    look_at(file)  # before a secret is asked for in vain
    if args.recovery_key_file:
        if args.recovery_key_file == args.passphrase_file == "-":
            args.parser.error("only one of the two can come from standard input")
        data = read_secret_file(args.recovery_key_file, "recovery key")
        return parse_recovery_key(passphrase_from_file(data))
    if not secrets.asks:
        return unlock_backup(file, paths_of(args), secrets.ask("Passphrase of the backup"))
    given = secrets.ask("Recovery key, or the passphrase the backup had on this computer")
    if is_like_a_recovery_key(given):
        return parse_recovery_key(given)
    return unlock_backup(file, paths_of(args), given)
