"""Commands on the keys: ``passphrase``, ``key show`` and ``key rotate``."""

from __future__ import annotations

import argparse
from pathlib import Path

from config.paths import refuse_synced_caseload
from config.settings import load_settings
from db.keyfile import passphrase_from_file
from sanctuary_tui.cli_kit import hand_over, refuse_kit
from sanctuary_tui.cli_output import clear_screen, say, say_kit
from sanctuary_tui.cli_secrets import at_terminal, is_like_a_recovery_key, read_secret_file
from sanctuary_tui.cli_session import (
    must_be_there,
    open_with_key,
    opened,
    paths_of,
    secrets_for,
)
from sanctuary_tui.copies import KIT_WAITS

_NOT_TYPED_BACK = (
    "The recovery key is replaced, but it was not typed back: have it shown with 'sanctuary key "
    "show' and write it down. The passphrase is the same as before."
)
_OLD_ONE = (
    "Whoever knows the old passphrase can still open the caseload with an older key file from a "
    "backup on this computer; 'sanctuary key rotate' ends that."
)


def passphrase(args: argparse.Namespace) -> int:
    """Change the passphrase: only the key file is rewritten, and it is logged.

    Who has lost it gives the recovery key instead.
    """
    from db.keys import change_passphrase

    paths = paths_of(args)
    must_be_there(paths)
    secrets = secrets_for(args)
    if args.recovery_key_file:
        if args.recovery_key_file == args.passphrase_file == "-":
            args.parser.error("only one of the two can come from standard input")
        data = read_secret_file(args.recovery_key_file, "recovery key")
        return _replace_lost(args, passphrase_from_file(data))
    old = secrets.ask("Passphrase now, or the recovery key where it is lost")
    if secrets.asks and is_like_a_recovery_key(old):
        return _replace_lost(args, old)
    with opened(args, old) as session:
        new = secrets.ask_new("New passphrase")
        change_passphrase(paths, old, new)
        session.caseload.take_key_file()
        session.log("passphrase changed")
    say("The passphrase is changed; the recovery key is the same as before.")
    say(_OLD_ONE)
    return 0


def _replace_lost(args: argparse.Namespace, recovery_key: str) -> int:
    """A new passphrase for who holds the recovery key; this computer's half of the lock is new
    too."""
    from db.keys import set_new_passphrase, unlock_with_recovery_key, wipe
    from db.witness import known_generation
    from sanctuary_tui.opening import note_unlock

    paths = paths_of(args)
    settings = load_settings(paths.settings_file)
    key = unlock_with_recovery_key(paths, recovery_key)
    try:
        new = secrets_for(args).ask_new("New passphrase")
        with open_with_key(paths, key, settings, by_recovery_key=True) as session:
            note_unlock(session.caseload, paths, by_recovery_key=True)
            known = known_generation(session.caseload.connection)
            notices = set_new_passphrase(paths, key, new, after=known)
            session.caseload.take_key_file()
            session.log("passphrase replaced by the recovery key")
    finally:
        wipe(key)
    for notice in notices:
        say(notice)
    say("The passphrase is replaced; the recovery key is the same as before.")
    say(_OLD_ONE)
    return 0


def show(args: argparse.Namespace) -> int:
    """Show the recovery key again: never without the passphrase, never unlogged."""
    from db.keyfile import read_key_file
    from db.keys import emergency_kit_text, format_recovery_key

    with opened(args, on_synced="open") as session:
        # Logged before it is shown: what cannot be logged is not shown.
        session.log("recovery key shown")
        keyfile = read_key_file(session.paths.keyfile)
        recovery_key = format_recovery_key(session.key)
        session.caseload.store.remember(KIT_WAITS, "")
    say_kit(emergency_kit_text(recovery_key, keyfile.caseload_id, keyfile.created))
    if at_terminal():
        input("Press Enter to clear the screen. ")
        clear_screen()
    return 0


def rotate(args: argparse.Namespace) -> int:
    """Replace the recovery key: the caseload is re-encrypted under a new one, and it is logged."""
    from db.generations import backups_in
    from db.keyfile import read_key_file
    from db.keys import wipe
    from db.rotate import rotate_key
    from sanctuary_tui.copies import backup_folder
    from sanctuary_tui.opening import note_unlock

    if args.yes and not args.kit:
        args.parser.error("--yes needs --kit FILE, or the recovery key would be lost")
    paths = paths_of(args)
    settings = load_settings(paths.settings_file)
    must_be_there(paths)
    refuse_synced_caseload(paths.caseload)
    kit = Path(args.kit).expanduser().absolute() if args.kit else None
    refuse_kit(kit, scripted=args.yes)
    passphrase = secrets_for(args).ask("Passphrase")
    old_id = read_key_file(paths.keyfile).caseload_id
    made = rotate_key(paths, passphrase, remembers={KIT_WAITS: "yes"})
    try:
        with open_with_key(paths, made.data_key, settings) as session:
            note_unlock(session.caseload, paths)
            session.log("recovery key replaced, the caseload encrypted anew")
        hand_over(made, kit, scripted=args.yes, left=_NOT_TYPED_BACK)
        with open_with_key(paths, made.data_key, settings) as session:
            session.caseload.store.remember(KIT_WAITS, "")
    finally:
        wipe(made.data_key)
    for notice in made.notices:
        say(notice)
    say("The recovery key is replaced; the passphrase is the same as before.")
    if kit:
        say(f"The emergency kit is in {kit}: print it, seal it in a safe, and delete the file.")
    say("Backups made until now still open with the old key, so whoever has seen it can read them:")
    old = backups_in(backup_folder(paths, settings), old_id)
    where = f" ({len(old)} in {old[0].path.parent})" if old else ""
    say(f"make a new one with 'sanctuary backup', then delete the old ones{where}.")
    return 0
