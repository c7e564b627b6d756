"""Sweeping away what a program that was killed had under a temporary name.

Each such file is encrypted, wrapped or a count, but a copy left from a change of key opens with the
key that was to be given up, and a full copy takes room.
"""

from __future__ import annotations

import contextlib
import re
import stat
import time
from pathlib import Path
from typing import Final

OLD_SECONDS: Final = 3600.0
"""A younger one may belong to a program that is at work."""

_OURS: Final = re.compile(
    r"\.(?:"
    r"(?:caseload|restore|rotate|disposal|sanctuary-backup(?:\.[0-9a-f]{12})?)"
    r"\.[0-9a-f]{16}\.tmp(?:-wal|-journal)?"
    r"|(?:caseload\.(?:key|key\.next|attempts|reserve|witness)|settings\.toml|device\.(?:secret|attempts)"
    r"|sanctuary-backup-[0-9]{8}-[0-9]{6}(?:-[0-9]{1,4})?\.key)\.[a-z0-9_]{8}\.tmp"
    r")"
)


def sweep(folder: Path) -> None:
    """Delete the temporary files of this program in ``folder`` that are an hour old or older.

    What cannot be looked at or deleted is left; nothing else is touched, no link and no folder.
    """
    with contextlib.suppress(OSError):
        for path in list(folder.iterdir()):
            if _OURS.fullmatch(path.name):
                with contextlib.suppress(OSError):
                    found = path.lstat()
                    if stat.S_ISREG(found.st_mode) and time.time() - found.st_mtime >= OLD_SECONDS:
                        path.unlink()
