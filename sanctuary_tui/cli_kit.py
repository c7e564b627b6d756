"""The emergency kit on the command line: handed over once, and part of it typed back."""

from __future__ import annotations

import os
import secrets as randomness
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import RefusedError
from config.paths import write_unnamed
from config.synced import synced_by
from sanctuary_tui.cli_output import clear_screen, say, say_kit
from sanctuary_tui.cli_secrets import at_terminal

if TYPE_CHECKING:
    from db.keys import NewCaseload

_GROUPS_ASKED = 2


def refuse_kit(kit: Path | None, *, scripted: bool) -> None:
    """Refuse what can be seen not to work before a person is asked for a passphrase.

    Raises:
        RefusedError: nobody to type part of the key back, or the file cannot or should not be
            written there.
    """
    if not scripted and not at_terminal():
        raise RefusedError(
            "Part of the recovery key is to be typed back, and there is no terminal to ask at; in "
            "a script give --yes with --kit FILE."
        )
    if kit is None:
        return
    from sanctuary_tui.exports.files import open_place

    if os.path.lexists(kit):
        raise RefusedError(f"{kit} exists and was left as it is; name a new file for the kit.")
    if found := open_place(kit.parent):
        raise RefusedError(
            f"{kit} is in {found}, where files are forgotten; write the kit to another folder on "
            "this computer or to a memory stick."
        )
    copied = synced_by(kit.parent)
    if copied:
        raise RefusedError(
            f"{kit} is kept by {copied}, which copies files away from this computer; write the kit "
            "to a folder on this computer or to a memory stick."
        )
    if not kit.parent.is_dir():
        raise RefusedError(f"The folder of {kit} does not exist; make it or name another.")


def hand_over(made: NewCaseload, kit: Path | None, *, scripted: bool, left: str) -> None:
    """Give the emergency kit to the person, and see that it has arrived.

    Raises:
        RefusedError: part of it was not typed back; ``left`` says what that leaves.
    """
    from db.keys import emergency_kit_text

    text = emergency_kit_text(made.recovery_key, made.caseload_id, made.created)
    if kit is not None:
        # Not a temporary name: a key that a kill left hidden on a stick would be found by others.
        write_unnamed(kit, text.encode()).give_name()
    if scripted:
        return
    try:
        if kit is None:
            _show_once(text)
        else:
            say(f"The emergency kit is written to {kit}; open it and have it before you.")
        _typed_back(made.recovery_key, None if kit else text)
    except (EOFError, KeyboardInterrupt):
        clear_screen()
        if kit is not None:
            kit.unlink(missing_ok=True)
        raise RefusedError(left) from None


def _show_once(text: str) -> None:
    say_kit(text)
    input("Write it down or print it now. Press Enter when you have it: it is shown once. ")
    clear_screen()


def _typed_back(recovery_key: str, text: str | None) -> None:
    """Ask for two groups, drawn by chance, until each is right. Capitals do not matter."""
    from db.keys import split_groups

    groups = split_groups(recovery_key)
    drawn = sorted(randomness.SystemRandom().sample(range(len(groups)), _GROUPS_ASKED))
    again = " (or 'show' to see the kit again)" if text else ""
    for number in drawn:
        while True:
            typed = input(f"Type group {number + 1} of the recovery key{again}: ").strip()
            if text and typed.casefold() == "show":
                _show_once(text)
            elif _same_group(typed, groups[number]):
                break
            else:
                say(f"That is not group {number + 1}; count the groups from the left, row by row.")
    clear_screen()


def _same_group(typed: str, group: str) -> bool:
    read_as = typed.upper().replace(" ", "").replace("-", "").translate(str.maketrans("OIL", "011"))
    return read_as == group
