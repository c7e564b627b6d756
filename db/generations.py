"""Which backups of a folder stay: the newest of the last days, weeks and months that have one.

Counted in days, weeks and months that have a backup, not in days gone by: after a long leave the
last seven are still there. Only what this caseload made is looked at, by the key file beside each;
a copy that somebody put there by hand, or another caseload's, is never touched.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from config.errors import SanctuaryError
from config.paths import fsync_dir
from db.keyfile import read_key_file

_NAME = re.compile(r"sanctuary-backup-(\d{8}-\d{6})(?:-(\d{1,4}))?\.db")


@dataclass(frozen=True, slots=True, order=True)
class Made:
    """A backup by its name: when it was made, by England's clock, and which of that second."""

    at: datetime
    number: int
    path: Path


def backups_in(folder: Path, caseload_id: str) -> list[Made]:
    """This caseload's backups in ``folder``, the oldest first; none where it cannot be read."""
    return sorted(_backups(folder, caseload_id))


def any_backups_in(folder: Path) -> list[Made]:
    """What has the name of a backup in ``folder``, whosever it is; none where it cannot be read."""
    found: list[Made] = []
    with contextlib.suppress(OSError):
        found = [made for path in folder.iterdir() if (made := _made(path))]
    return found


def has_backup(folder: Path, caseload_id: str) -> bool:
    """Whether ``folder`` holds a backup of this caseload: no more key files are read than that
    takes."""
    return any(True for _ in _backups(folder, caseload_id))


def _backups(folder: Path, caseload_id: str) -> Iterator[Made]:
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            made = _made(path)
            if made is not None and _belongs(path, caseload_id):
                yield made


def _made(path: Path) -> Made | None:
    match = _NAME.fullmatch(path.name)
    if match is None or not path.is_file():
        return None
    try:
        at = datetime.fromisoformat(match[1].replace("-", "T"))
    except ValueError:
        return None
    return Made(at, int(match[2] or 1), path)


def _belongs(path: Path, caseload_id: str) -> bool:
    try:
        return read_key_file(path.with_suffix(".key")).caseload_id == caseload_id
    except SanctuaryError:
        return False


def staying(made: Iterable[Made], *, daily: int, weekly: int, monthly: int) -> set[Made]:
    """Those of ``made`` that stay: of each of the last ``daily`` days that have one the newest, and
    so for weeks (ISO) and months. The newest of all stays whatever the numbers are."""
    newest_first = sorted(made, reverse=True)
    stay = set(newest_first[:1])
    spans: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (daily, lambda at: at.date()),
        (weekly, lambda at: at.isocalendar()[:2]),
        (monthly, lambda at: (at.year, at.month)),
    )
    for most, span in spans:
        seen: dict[object, Made] = {}
        for one in newest_first:
            seen.setdefault(span(one.at), one)
        stay.update(list(seen.values())[:most])
    return stay


def thin_out(
    folder: Path, caseload_id: str, verified: Path, *, daily: int, weekly: int, monthly: int
) -> list[Path]:
    """Delete the backups of this caseload in ``folder`` whose turn is over; returns them.

    ``verified`` is the one just made and verified: it stays whatever its date says (the clock may
    have been wrong), and nothing is deleted unless it is there. What cannot be deleted stays.
    """
    if not verified.is_file():
        return []
    made = backups_in(folder, caseload_id)
    stay = {one.path for one in staying(made, daily=daily, weekly=weekly, monthly=monthly)}
    stay.add(verified)
    gone = []
    for one in made:
        if one.path in stay:
            continue
        with contextlib.suppress(OSError):
            # The database first: a key file without one is of no use, and harms nobody.
            one.path.unlink()
            gone.append(one.path)
            one.path.with_suffix(".key").unlink(missing_ok=True)
    if gone:
        with contextlib.suppress(OSError):
            fsync_dir(folder)
    return gone
