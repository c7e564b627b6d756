"""Room kept for the day the disk is full.

A write-ahead log must grow even to delete something, so on a full disk nothing can be saved, and
not even an unlock recorded: the caseload could not be opened on the day it is needed. A file of one
megabyte beside it is given up then. It holds no data.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import Final

from config.errors import SanctuaryError
from config.paths import atomic_write
from db.connection import DiskFull

RESERVE_BYTES: Final = 1 << 20
_ROOM_FOR_IT: Final = 4 * RESERVE_BYTES
"""A disk with less free than this is filled no further."""


def reserve_of(folder: Path) -> Path:
    """The file that keeps the room."""
    return folder / "caseload.reserve"


def keep_reserve(folder: Path) -> None:
    """Keep the room from now on, if the disk has plenty; it is never an error that it has not."""
    with contextlib.suppress(OSError, SanctuaryError):
        if not reserve_of(folder).exists() and shutil.disk_usage(folder).free >= _ROOM_FOR_IT:
            # Random, since a file of noughts takes no room on some disks.
            atomic_write(reserve_of(folder), os.urandom(RESERVE_BYTES), overwrite=False)


def full_disk(folder: Path) -> DiskFull:
    """What to say of a change that found no room; the reserve is given up for the next try."""
    if free_reserve(folder):
        return DiskFull(
            "The disk is full, so the change was not kept; the room set aside for this was freed: "
            "do it again, then free some space."
        )
    return DiskFull(
        "The disk is full, so the change was not kept; free some space and do it again."
    )


def too_full_to_open() -> DiskFull:
    """What to say where not even the opening itself found room, after the reserve was given up."""
    return DiskFull(
        "The disk is full, so the caseload is not opened, since that could not be logged: free "
        "some space and try again. Nothing is lost."
    )


def free_reserve(folder: Path) -> bool:
    """Give the room up; true if there was some."""
    try:
        reserve_of(folder).unlink()
    except OSError:
        return False
    return True
