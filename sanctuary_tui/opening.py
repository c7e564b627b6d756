"""Joining the rules to the store, and what an unlock leaves in the log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from db.models import CaseFile
from db.readmodels import Derived
from db.store import Derive

if TYPE_CHECKING:
    from config.paths import Paths
    from config.settings import Settings
    from db.caseload import Caseload


def derive_with(settings: Settings | Callable[[], Settings]) -> Derive:
    """The rules under these settings, as the store wants them.

    Given a function, each write asks it for the settings of that moment.
    """
    from sanctuary_tui.pathway.derive import derive

    def derived(file: CaseFile, today: date) -> Derived:
        return derive(file, today, settings() if callable(settings) else settings)

    return derived


def note_unlock(caseload: Caseload, paths: Paths, *, by_recovery_key: bool = False) -> None:
    """Log the unlock and the wrong attempts before it; on a full disk in the room set aside."""
    from db.attempts import attempts_recorded, attempts_since_last_success
    from db.connection import DiskFull
    from db.reserve import keep_reserve

    failed = attempts_since_last_success(paths).count
    how = "opened with the recovery key" if by_recovery_key else "opened with the passphrase"
    said = f"{how}; {failed} wrong attempts before" if failed else how
    try:
        caseload.store.note("system", "caseload", 0, 0, said)
    except DiskFull:  # which has freed the room, where there was some
        caseload.store.note("system", "caseload", 0, 0, said)
    else:
        keep_reserve(paths.data_dir)
    attempts_recorded(paths)
