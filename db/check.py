"""Checks of the file and its surroundings, a line each, for ``sanctuary check``.

The chain of changes and the schema are checked elsewhere; both give the same ``Check``.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from config.errors import SanctuaryError
from config.paths import PRIVATE_DIR, PRIVATE_FILE, Paths, is_private
from config.synced import synced_by
from db.connection import Connection, quick_checks
from db.device_secret import keyring_state, load_device_secret
from db.keyfile import STANDARD, read_key_file, wipe


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at: its name, whether it is good, and what to say.

    ``see``: nothing is wrong, and there is something for a person to see to.
    """

    name: str
    good: bool
    sentence: str
    see: bool = False


def integrity_checks(conn: Connection) -> list[Check]:
    """Every page verified against its code, and the database's structure."""
    problems = quick_checks(conn)
    if not problems:
        return [Check("integrity", True, "Every page of the caseload verifies.")]
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems or more"
    return [
        Check(
            "integrity",
            False,
            f"The caseload has {count} ({problems[0]}): restore the last good backup and keep "
            "this file.",
        )
    ]


def file_checks(paths: Paths) -> list[Check]:
    """Folder, permissions, key file and keyring; the caseload is not opened."""
    return [
        _folder_check(paths),
        _permission_check(paths),
        *_key_checks(paths),
    ]


def _folder_check(paths: Paths) -> Check:
    beyond = Path(os.path.realpath(paths.caseload)).parent  # where the file itself is a link
    for folder in (paths.data_dir, beyond, paths.config_dir):
        found = synced_by(folder)
        if found is not None:
            return Check(
                "folder",
                False,
                f"{folder} is kept by {found}, which copies files away and can damage a caseload "
                "in use: move it to a folder of this computer.",
            )
    return Check("folder", True, f"{paths.data_dir} is on this computer and is not synced.")


def _permission_check(paths: Paths) -> Check:
    if sys.platform == "win32":
        return Check("permissions", True, "The folder's access list was set when it was made.")
    wanted: list[tuple[Path, int]] = [
        (paths.data_dir, PRIVATE_DIR),
        (paths.config_dir, PRIVATE_DIR),
        (paths.log_dir, PRIVATE_DIR),
        (paths.caseload, PRIVATE_FILE),
        (paths.caseload.with_name(paths.caseload.name + "-wal"), PRIVATE_FILE),
        (paths.keyfile, PRIVATE_FILE),
        (paths.device_secret_file, PRIVATE_FILE),
        (paths.witness_file, PRIVATE_FILE),
        (paths.attempts_file, PRIVATE_FILE),
        (paths.attempts_copy, PRIVATE_FILE),
        (paths.settings_file, PRIVATE_FILE),
    ]
    for path, mode in wanted:
        try:
            private = is_private(path, mode)
        except FileNotFoundError:
            continue
        except OSError:
            return Check("permissions", False, f"{path} cannot be looked at by this account.")
        if not private:
            return Check(
                "permissions",
                False,
                f"Other accounts of this computer can reach {path}: run 'chmod {mode:o}' on it.",
            )
    return Check("permissions", True, "Only this account can reach the caseload's files.")


def _key_checks(paths: Paths) -> list[Check]:
    try:
        keyfile = read_key_file(paths.keyfile)
    except SanctuaryError as error:
        return [Check("key file", False, error.sentence)]
    weaker = (
        keyfile.params.memory_kib < STANDARD.memory_kib or keyfile.params.passes < STANDARD.passes
    )
    if weaker:
        sentence = "The key file has a weaker lock than is usual: set the passphrase again."
        checks = [Check("key file", False, sentence)]
    else:
        checks = [Check("key file", True, f"The key file is well formed, made {keyfile.created}.")]
    try:
        wipe(load_device_secret(paths, keyfile.device_entry, keyfile.place))
    except SanctuaryError as error:
        return [*checks, Check("keyring", False, error.sentence)]
    return [*checks, _keyring_check(keyfile.place, paths)]


def _keyring_check(place: str, paths: Paths) -> Check:
    state = keyring_state()
    if place == "keyring":
        return Check("keyring", True, f"This computer's half of the lock is in {state.name}.")
    if state.usable:
        return Check(
            "keyring",
            True,
            f"This computer's half of the lock is in {paths.device_secret_file} although "
            f"{state.name} could hold it: a restore or a new passphrase by recovery key moves it.",
            see=True,
        )
    return Check(
        "keyring",
        True,
        f"This computer's half of the lock is in {paths.device_secret_file}, because the keyring "
        f"is not used ({state.reason}).",
        see=True,
    )
