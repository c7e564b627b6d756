"""Joining the rules to the store, and what an unlock leaves in the log."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from config.errors import SanctuaryError
from config.format import counted
from db.connection import DATABASE_ERRORS
from db.models import CaseFile
from db.readmodels import Derived
from db.store import Derive

if TYPE_CHECKING:
    from config.paths import Paths
    from config.settings import Settings
    from db.caseload import Caseload


LOCKED: Final = {
    "key": "locked by key",
    "idle": "locked, nobody was there",
    "sleep": "locked, the computer slept",
    "stopped": "locked, the console was stopped",
    "signal": "closed from outside",
}
"""How the console was left, by the reason that ended it; any other: it was closed."""


def derive_with(settings: Settings | Callable[[], Settings]) -> Derive:
    """The rules under these settings, as the store wants them.

    Given a function, each write asks it for the settings of that moment.
    """
    from sanctuary_tui.pathway.derive import derive

    def derived(file: CaseFile, today: date) -> Derived:
        return derive(file, today, settings() if callable(settings) else settings)

    return derived


def note_unlock(caseload: Caseload, paths: Paths, *, by_recovery_key: bool = False) -> None:
    """Log the unlock and the wrong attempts before it; on a full disk in the room set aside.

    Raises:
        DiskFull: not even there.
    """
    from db.attempts import attempts_recorded, attempts_since_last_success
    from db.connection import DiskFull
    from db.reserve import keep_reserve, too_full_to_open

    before = attempts_since_last_success(paths)
    failed = before.count
    how = "opened with the recovery key" if by_recovery_key else "opened with the passphrase"
    said = f"{how}; {failed} wrong attempts before" if failed else how
    if before.lowered:
        said += "; a count of wrong attempts had been taken away or lowered"
    try:
        _log_unlock(caseload, said)
    except DiskFull:  # which has freed the room, where there was some
        try:
            _log_unlock(caseload, said)
        except DiskFull:
            raise too_full_to_open() from None
    else:
        keep_reserve(paths.data_dir)
    attempts_recorded(paths)


def _log_unlock(caseload: Caseload, said: str) -> None:
    caseload.store.note("system", "caseload", 0, 0, said)


def note_lock(caseload: Caseload, how: str) -> None:
    """Log that the console was left. A full disk keeps nobody from locking."""
    with contextlib.suppress(*DATABASE_ERRORS, SanctuaryError):
        caseload.store.note("system", "caseload", 0, 0, how)


def note_names(caseload: Caseload, where: str, cases: int) -> None:
    """Log that a list stood on the screen with full names: which, and of how many cases."""
    said = f"{where} listed with names, {counted(cases, 'case')}"
    caseload.store.note("consultation", "caseload", 0, 0, said)


def note_setting(caseload: Caseload, names: Iterable[str]) -> None:
    """Log which settings were changed, not what to."""
    for name in names:
        caseload.store.note("system", "settings", 0, 0, f"setting changed: {name}")
