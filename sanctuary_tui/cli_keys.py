"""Commands on the keys: ``passphrase`` and ``key show``."""

from __future__ import annotations

import argparse

from sanctuary_tui.cli_output import clear_screen, say, say_kit
from sanctuary_tui.cli_secrets import at_terminal
from sanctuary_tui.cli_session import must_be_there, opened, paths_of, secrets_for


def passphrase(args: argparse.Namespace) -> int:
    """Change the passphrase: only the key file is rewritten, and it is logged."""
    from db.keys import change_passphrase

    paths = paths_of(args)
    must_be_there(paths)
    secrets = secrets_for(args)
    old = secrets.ask("Passphrase now")
    with opened(args, old) as session:
        new = secrets.ask_new("New passphrase")
        change_passphrase(paths, old, new)
        session.log("passphrase changed")
    say("The passphrase is changed; the recovery key is the same as before.")
    return 0


def show(args: argparse.Namespace) -> int:
    """Show the recovery key again: never without the passphrase, never unlogged."""
    from db.keyfile import read_key_file
    from db.keys import emergency_kit_text, format_recovery_key

    with opened(args) as session:
        # Logged before it is shown: what cannot be logged is not shown.
        session.log("recovery key shown")
        keyfile = read_key_file(session.paths.keyfile)
        recovery_key = format_recovery_key(session.key)
    say_kit(emergency_kit_text(recovery_key, keyfile.caseload_id, keyfile.created))
    if at_terminal():
        input("Press Enter to clear the screen. ")
        clear_screen()
    return 0
