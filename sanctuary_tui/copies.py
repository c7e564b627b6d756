"""When backups are made, where they go, and what is said of them: on Today, at the end, by command.

A backup is made in the process that holds the caseload, after the screen was blanked and before it
ends, so that no second process ever holds the data after a lock. It gets a few seconds at a lock,
more when the console is left; what is not finished by then is taken away, and Today says so.
"""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError, SanctuaryError
from config.format import counted
from db.rows import moment_text, parse_moment

if TYPE_CHECKING:
    from config.paths import Paths
    from config.settings import Settings
    from db.backup import BackupResult
    from db.caseload import Caseload
    from db.connection import Connection
    from db.generations import Made

LAST_BACKUP: Final = "last_backup"
"""Remembered: when the newest verified backup was made, a moment in UTC."""
_LAST_CHANGE: Final = "last_backup_change"
"""Remembered: the number of the change-log row that tells of it."""
_LAST_FOLDER: Final = "last_backup_folder"
"""Remembered: the caseload's id and the folder of the settings it went to."""
_TROUBLE: Final = "backup_trouble"
"""Remembered: why the last automatic backup was not made, a sentence; empty when it was."""

DEMO_MARK: Final = "demo"
KIT_WAITS: Final = "kit_waits"
"""Under this name a caseload remembers that nobody has its emergency kit yet."""
"""Remembered in a demo caseload: how it was made. No real caseload has it."""

LOCK_SECONDS: Final = 4.0
"""The most that an automatic backup may take before the prompt comes back."""
_AT_LOCKS: Final = timedelta(hours=1)
"""A lock makes one only when the last is as old as this."""
LEAVE_SECONDS: Final = 20.0
"""The most when the console is left, where nobody waits for a prompt."""


def backup_folder(paths: Paths, settings: Settings) -> Path:
    """Where automatic backups go: the folder of the settings, or one beside the caseload."""
    named = settings.backup.folder.strip()
    if not named:
        return paths.backups_dir
    with contextlib.suppress(RuntimeError):  # a home that is not known
        return Path(named).expanduser().absolute()
    return Path(named).absolute()


# --- whether ----------------------------------------------------------------------------------


def changed_since_backup(connection: Connection) -> bool:
    """Has anything been recorded, read or half typed since the last verified backup?

    Rows of the log that only tell of the program itself (an unlock, a check) are no change.
    """
    from db import queries

    kept = queries.remembered(connection, _LAST_CHANGE)
    last = int(kept) if kept.isdecimal() else 0
    if connection.execute(
        "SELECT 1 FROM changes WHERE id > ? AND action <> 'system' LIMIT 1", (last,)
    ).fetchall():
        return True
    made = queries.remembered(connection, LAST_BACKUP)
    return bool(
        connection.execute("SELECT 1 FROM main.drafts WHERE saved > ? LIMIT 1", (made,)).fetchall()
    )


def wanted_on_close(caseload: Caseload, settings: Settings, *, lock: bool = False) -> bool:
    """Is an automatic backup to be made now? Never of a demo; at a ``lock``, after which somebody
    may wait for the prompt, once an hour at the most."""
    from db import queries

    connection = caseload.connection
    if not settings.backup.automatic or queries.remembered(connection, DEMO_MARK):
        return False
    kept = queries.remembered(connection, LAST_BACKUP)
    if lock and kept and timedelta(0) <= caseload.store.now() - parse_moment(kept) < _AT_LOCKS:
        return False
    return changed_since_backup(connection)


# --- making -----------------------------------------------------------------------------------


def make_copy(
    caseload: Caseload,
    paths: Paths,
    settings: Settings,
    *,
    folder: Path | None = None,
    asked: bool = True,
    within: float | None = None,
) -> BackupResult:
    """Make a verified backup, log and remember it; thin out the folder of the settings.

    Without ``folder`` it goes where the settings say. ``asked`` is false for an automatic one: it
    does not begin anew in a folder that had backups and has none now, since its disk is not there.

    Raises:
        BadInputError: the folder is not there.
        SanctuaryError: the copy could not be made or did not verify; nothing of it is left.
    """
    from config.format import local
    from db.backup import backup
    from db.generations import thin_out

    store = caseload.store
    own = backup_folder(paths, settings)
    target = own if folder is None else folder
    caseload_id = _caseload_id(paths)
    if target != paths.backups_dir:
        _refuse_unplugged(target)
        if target == own and not asked:
            _refuse_emptied(caseload.connection, own, caseload_id)
    now = store.now()
    caseload.witness()  # so that the key file beside the copy holds the log's head
    made = backup(caseload.connection, target, now=local(now), within=within)
    if not store.in_place:
        return made  # the copy is all there is now: nothing can be logged, and none is thinned out
    with store.batch(undoable=False):
        store.note("system", "caseload", 0, 0, f"backup made, SHA-256 {made.sha256}")
        store.remember(LAST_BACKUP, moment_text(now))
        store.remember(_LAST_CHANGE, str(store.log.state.count))
        store.remember(_TROUBLE, "")
        if target == own:
            store.remember(_LAST_FOLDER, f"{caseload_id} {own}")
    if target == own and caseload_id:
        kept = settings.backup
        thin_out(
            own,
            caseload_id,
            made.path,
            daily=kept.daily,
            weekly=kept.weekly,
            monthly=kept.monthly,
        )
    return made


def copy_on_close(caseload: Caseload, paths: Paths, settings: Settings, within: float) -> None:
    """An automatic backup; why it could not be made is kept for Today."""
    from db.connection import DATABASE_ERRORS

    try:
        make_copy(caseload, paths, settings, asked=False, within=within)
    except SanctuaryError as error:
        with contextlib.suppress(SanctuaryError, *DATABASE_ERRORS):
            caseload.store.remember(_TROUBLE, error.sentence)


def _refuse_unplugged(folder: Path) -> None:
    """Refuse a folder on a disk that is not there: it would become a folder of this computer.

    Raises:
        BadInputError: neither it nor the folder it lies in is there.
    """
    if not folder.is_dir() and not folder.parent.is_dir():
        raise BadInputError(
            f"The folder {folder} is not there; plug in its disk, or name another folder."
        )


def refuse_as_folder(said: str) -> None:
    """Refuse what is typed as the folder of the backups, where they would go astray.

    A path that is not whole is another folder wherever the console is started from, and one that is
    not there may be a slip of the pen on the disk of this computer. Blank is beside the caseload.

    Raises:
        BadInputError: it is not a whole path, or no folder that is there.
    """
    if not said.strip():
        return
    folder = Path(said.strip())
    with contextlib.suppress(RuntimeError):  # a home that is not known
        folder = folder.expanduser()
    if not folder.is_absolute():
        raise BadInputError(
            "Type the whole path of the folder, with its disk before it; it was left as it is."
        )
    if not folder.is_dir():
        raise BadInputError(
            f"The folder {folder} is not there; plug in its disk, or make the folder first."
        )


def _refuse_emptied(connection: Connection, folder: Path, caseload_id: str) -> None:
    """Refuse a folder that had backups and has none now: its disk is not there.

    Raises:
        BadInputError: it holds none of those made there.
    """
    if _is_emptied(connection, folder, caseload_id):
        raise BadInputError(
            f"The folder {folder} holds none of the backups made there; plug in its disk first, "
            "or where it is lost begin anew."
        )


def _is_emptied(connection: Connection, folder: Path, caseload_id: str) -> bool:
    from db import queries
    from db.generations import has_backup

    last = queries.remembered(connection, _LAST_FOLDER)
    return last == f"{caseload_id} {folder}" and not has_backup(folder, caseload_id)


def begins_anew(caseload: Caseload, paths: Paths, settings: Settings) -> Path | None:
    """The folder of the settings where a backup asked for now would be the first of a folder that
    had others: its disk may not be there. None where it goes on, or lies beside the caseload."""
    own = backup_folder(paths, settings)
    if own == paths.backups_dir or not own.parent.is_dir():
        return None
    return own if _is_emptied(caseload.connection, own, _caseload_id(paths)) else None


def _caseload_id(paths: Paths) -> str:
    """The caseload's id; empty where its key file is missing, as after a rescue by recovery key."""
    from db.keyfile import read_key_file

    try:
        return read_key_file(paths.keyfile).caseload_id
    except SanctuaryError:
        return ""


def where_it_lies(folder: Path, paths: Paths) -> str:
    """What is to be known of the place of backups; nothing where it is a good one."""
    from config.synced import synced_by

    said = []
    if copied := synced_by(folder):
        said.append(
            f"This folder is kept by {copied}: copies stay there after you delete the file."
        )
    if not paths.keyfile.exists():
        said.append("It has no key file beside it: it opens with the recovery key alone.")
    if paths.caseload.exists() and folder.stat().st_dev == paths.caseload.stat().st_dev:
        said.append(
            "The backup lies on the same disk as the caseload; keep one on another disk too."
        )
    return " ".join(said)


def newest_backup(paths: Paths, settings: Settings) -> Made | None:
    """The newest backup in the folder of the settings or beside the caseload.

    This caseload's own come first; whose they are is not looked at where the key file is missing
    or none is its own.
    """
    from db.generations import any_backups_in, backups_in

    folders = dict.fromkeys((backup_folder(paths, settings), paths.backups_dir))
    caseload_id = _caseload_id(paths)
    own = [one for folder in folders for one in backups_in(folder, caseload_id)]
    return max(own or [one for folder in folders for one in any_backups_in(folder)], default=None)


# --- saying -----------------------------------------------------------------------------------


def backup_age(connection: Connection, today: date) -> tuple[int, bool]:
    """Days since the last verified backup, and whether there is one; without one the days since
    the first change."""
    from db import queries

    kept = queries.remembered(connection, LAST_BACKUP)
    if kept:
        return (today - parse_moment(kept).date()).days, True
    rows = connection.execute("SELECT at FROM changes ORDER BY id LIMIT 1").fetchall()
    return ((today - parse_moment(rows[0][0]).date()).days if rows else 0), False


def kit_notice(connection: Connection) -> str:
    """What to do where the making of a caseload was cut off before its kit was handed over."""
    from db import queries

    if not queries.remembered(connection, KIT_WAITS):
        return ""
    return (
        "Nobody has the recovery key of this caseload: quit, run 'sanctuary key show', and write "
        "it down."
    )


def backup_notice(caseload: Caseload, paths: Paths, settings: Settings, today: date) -> str:
    """What Today says of the backups: one sentence, or nothing when all is well."""
    from db import queries

    connection = caseload.connection
    if queries.remembered(connection, DEMO_MARK):
        return ""
    days, there = backup_age(connection, today)
    said = []
    if settings.backup.automatic:
        try:
            folder = backup_folder(paths, settings)
            if folder != paths.backups_dir:
                _refuse_unplugged(folder)
                _refuse_emptied(connection, folder, _caseload_id(paths))
        except SanctuaryError as error:
            said.append(error.sentence)
        else:
            said.append(queries.remembered(connection, _TROUBLE))
    if days > settings.backup.warn_days:
        said.append(
            f"The last verified backup is {counted(days, 'day')} old."
            if there
            else f"No verified backup was made in {counted(days, 'day')}."
        )
    return " ".join(one for one in said if one)
