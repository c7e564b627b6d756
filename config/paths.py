"""Where things are kept, and how a file is written so that nothing half-made is ever left.

The caseload lives in the local (never the roaming) data folder of the computer, or under one
folder given with ``--home`` or ``SANCTUARY_HOME``. A folder that another program copies away
(OneDrive, Dropbox, a network share) is refused with the reason: a copy taken of a live database
is often corrupt, and it leaves the computer that guards it.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from config.errors import BadInputError, SanctuaryError
from config.synced import synced_by

APP_NAME = "sanctuary-tui"
HOME_VARIABLE = "SANCTUARY_HOME"
PRIVATE_DIR = 0o700
PRIVATE_FILE = 0o600


class SyncedFolderError(BadInputError):
    """The folder is copied elsewhere by another program, or is not on this computer."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders and files of one home; none need exist yet."""

    data_dir: Path
    config_dir: Path
    log_dir: Path

    @property
    def caseload(self) -> Path:
        """The encrypted database."""
        return self.data_dir / "caseload.db"

    @property
    def keyfile(self) -> Path:
        """The wrapped data key, beside the database."""
        return self.data_dir / "caseload.key"

    @property
    def next_keyfile(self) -> Path:
        """The key file of a new data key, while the database it belongs to takes its place."""
        return self.data_dir / "caseload.key.next"

    @property
    def attempts_file(self) -> Path:
        """Wrong passphrases since the last good one: times only."""
        return self.data_dir / "caseload.attempts"

    @property
    def attempts_copy(self) -> Path:
        """The same count, in the settings folder: one of the two alone can be taken away."""
        return self.config_dir / "device.attempts"

    @property
    def backups_dir(self) -> Path:
        """Where automatic backups go unless the settings name another folder."""
        return self.data_dir / "backups"

    @property
    def settings_file(self) -> Path:
        """What the district has set."""
        return self.config_dir / "settings.toml"

    @property
    def device_secret_file(self) -> Path:
        """The secret of this computer, only where it has no usable keyring."""
        return self.config_dir / "device.secret"

    @property
    def witness_file(self) -> Path:
        """How long each caseload's change log was when it was last closed here; no case data."""
        return self.config_dir / "caseload.witness"


_LONGEST_NAME: Final = 255
_LONGEST_HOME: Final = 4096 - 256  # room for the longest name of a file in it


def resolve_paths(home: str | None, environ: Mapping[str, str]) -> Paths:
    """The paths in force: ``home`` beats ``SANCTUARY_HOME``, which beats the computer's folders.

    Raises:
        BadInputError: it, or a folder in it, has a longer name than a file system keeps.
    """
    chosen = home or environ.get(HOME_VARIABLE) or None
    if chosen is not None:
        root = Path(os.path.abspath(Path(chosen).expanduser()))
        longest = max((len(os.fsencode(part)) for part in root.parts), default=0)
        if longest > _LONGEST_NAME or len(os.fsencode(root)) > _LONGEST_HOME:
            raise BadInputError(
                "The folder named with --home or SANCTUARY_HOME has a name that is too long for "
                "this computer; name a shorter one."
            )
        return Paths(data_dir=root, config_dir=root, log_dir=root / "logs")
    import platformdirs

    dirs = platformdirs.PlatformDirs(APP_NAME, appauthor=False, roaming=False)
    return Paths(
        data_dir=Path(dirs.user_data_dir),
        config_dir=Path(dirs.user_config_dir),
        log_dir=Path(dirs.user_log_dir),
    )


def refuse_synced(path: Path, environ: Mapping[str, str] | None = None) -> None:
    """Raise ``SyncedFolderError`` when ``path`` lies in a synced or network folder."""
    found = synced_by(path, environ)
    if found is None:
        return
    raise SyncedFolderError(
        f"{path} is kept by {found}, which copies files away from this computer and can damage a "
        "caseload in use; choose a folder on this computer with --home."
    )


def refuse_synced_caseload(caseload: Path) -> None:
    """Raise ``SyncedFolderError`` when the file ``caseload``, or what it links to, lies in a synced
    or network folder. The sentence says how to get it out of there."""
    for file in (caseload, Path(os.path.realpath(caseload))):
        found = synced_by(file)
        if found is not None:
            raise SyncedFolderError(
                f"{file.parent} is kept by {found}, which copies files away and can damage a "
                "caseload in use, so it is not opened there: move caseload.db and caseload.key to "
                "a folder of this computer and open that with --home; until then 'sanctuary "
                "backup DIR' and 'sanctuary check' still work."
            )


@contextlib.contextmanager
def private_umask() -> Iterator[None]:
    """Everything made inside is readable by this account alone (umask 077)."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def make_private_dir(path: Path) -> None:
    """Make ``path`` (and its parents) readable by this account alone; 0700 on POSIX.

    On Windows the folder's inherited rights are dropped and the account is given full control,
    as far as ``icacls`` allows it; ``sanctuary check`` reports the state.
    """
    try:
        make_folders(path)
        if sys.platform == "win32":
            _windows_private(path)
        else:
            path.chmod(PRIVATE_DIR)
    except OSError as error:
        raise write_error(path, error) from error


def make_folders(path: Path) -> None:
    """Make ``path`` and the parents it lacks, each private and on the disk before this returns.

    A file that is synced is lost all the same in a power cut while the folder around it has no
    name on the disk yet. Raises ``OSError``.
    """
    missing: list[Path] = []
    above = path
    while not above.is_dir() and above != above.parent:
        missing.append(above)
        above = above.parent
    with private_umask():
        for folder in reversed(missing):
            folder.mkdir(mode=PRIVATE_DIR, exist_ok=True)
            with contextlib.suppress(PermissionError):  # one that may be written to, not listed
                fsync_dir(folder.parent)


def _windows_private(path: Path) -> None:  # pragma: no cover - Windows only
    account = os.environ.get("USERNAME")
    if not account:
        return
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(
            ["icacls", str(path), "/inheritance:r", "/grant:r", f"{account}:(OI)(CI)F"],
            check=False,
            capture_output=True,
            timeout=10,
        )


def is_private(path: Path, mode: int) -> bool:
    """Whether nobody but the owner can use ``path`` (``mode`` is 0600 or 0700; POSIX only)."""
    if sys.platform == "win32":
        return True
    return path.stat().st_mode & 0o777 & ~mode == 0


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


@contextlib.contextmanager
def open_file(path: Path) -> Iterator[BinaryIO]:
    """Open an ordinary file that somebody named, to read it. A pipe in its place, into which nobody
    writes, is not waited for, and a device, which never ends, is not read.

    Raises:
        OSError: it cannot be opened; ``io.UnsupportedOperation`` where it is no file.
    """
    with open(path, "rb", opener=_without_waiting) as stream:
        if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
            raise io.UnsupportedOperation("no ordinary file")
        yield stream


def atomic_write(path: Path, data: bytes, *, overwrite: bool = True, durable: bool = True) -> None:
    """Write ``data`` to ``path`` whole or not at all, mode 0600.

    A temporary file beside the target is written, flushed to the disk and renamed over it; on
    any failure the old file stands untouched and nothing is left beside it. ``durable=False``
    skips the waits for the disk, for a file whose loss in a power cut does no harm.

    Raises ``SanctuaryError`` when the disk is full, the folder is missing or not writable, or
    (``overwrite=False``) when the file exists.
    """
    if not overwrite:
        write_unnamed(path, data, durable=durable, swept=True).give_name()
        return
    temporary: str | None = None
    try:
        handle, temporary = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
        )
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            if durable:
                os.fsync(stream.fileno())
        os.replace(temporary, path)
        temporary = None
        if durable:
            fsync_dir(path.parent)
    except OSError as error:
        raise write_error(path, error) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


_CLOSED = -1
_NEW_FILE: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)


@dataclass(slots=True)
class UnnamedFile:
    """A new file that does not have its name ``path`` yet.

    Where the file system has files without any name (Linux, not FAT or exFAT), it is whole on the
    disk, and a kill leaves nothing of it. Elsewhere it is kept in memory until it is named; a kill
    in that moment leaves it as ``unfinished_of(path)``, or to be ``_swept``. It has to be named or
    dropped.
    """

    path: Path
    _handle: int
    _waiting: bytes | None
    _durable: bool
    _swept: bool

    def give_name(self) -> None:
        """Give the file its name; on any failure nothing is left of it.

        Raises ``SanctuaryError`` when a file of that name exists or it cannot be written or named.
        """
        try:
            if self._waiting is None:
                self._link()
            else:
                self._write_and_move(self._waiting)
            if self._durable:
                _sync_name(self.path)
        except OSError as error:
            raise write_error(self.path, error) from error
        finally:
            self.drop()

    def _link(self) -> None:
        # The folder is given only because Python follows the link of ``/proc`` in no other way.
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            source = f"/proc/self/fd/{self._handle}"
            os.link(source, self.path, src_dir_fd=folder, follow_symlinks=True)
        finally:
            os.close(folder)

    def _write_and_move(self, data: bytes) -> None:
        if self._swept:
            handle, name = tempfile.mkstemp(
                prefix=f".{self.path.name}.", suffix=".tmp", dir=self.path.parent
            )
            unfinished = Path(name)
        else:
            unfinished = unfinished_of(self.path)
            try:
                handle = os.open(unfinished, _NEW_FILE, PRIVATE_FILE)
            except FileExistsError as error:
                raise write_error(unfinished, error) from error
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                if self._durable:
                    os.fsync(stream.fileno())
            move_new(unfinished, self.path)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise

    def fill(self, data: bytes) -> None:
        """Write its contents; on any failure nothing is left of it. Raises ``OSError``."""
        try:
            with os.fdopen(self._handle, "wb", closefd=False) as stream:
                stream.write(data)
                stream.flush()
                if sys.platform != "win32":
                    os.fchmod(self._handle, PRIVATE_FILE)
                if self._durable:
                    os.fsync(self._handle)
        except BaseException:
            self.drop()
            raise

    def drop(self) -> None:
        """Let go of it; what has no name then is gone."""
        self._waiting = None
        if self._handle != _CLOSED:
            os.close(self._handle)
            self._handle = _CLOSED


def write_unnamed(
    path: Path, data: bytes, *, durable: bool = True, swept: bool = False
) -> UnnamedFile:
    """Make the new file ``path`` of ``data``, mode 0600, without its name.

    ``swept``: ``config.leftovers.sweep`` knows it under a temporary name, and takes that away.
    Raises ``SanctuaryError`` when the disk is full, the folder is missing or not writable, or a
    file of that name exists; where it waits in memory, ``give_name`` may raise the first two.
    """
    try:
        if os.path.lexists(path):
            raise FileExistsError
        handle = _nameless(path.parent)
        if handle is None:
            return UnnamedFile(path, _CLOSED, data, durable, swept)
        made = UnnamedFile(path, handle, None, durable, swept)
        made.fill(data)
    except OSError as error:
        raise write_error(path, error) from error
    return made


_NOT_THE_KIND: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT}
)
"""Refusals that are not for want of files without a name."""


def _nameless(folder: Path) -> int | None:
    """A handle of a new file in ``folder`` that has no name; None where there is no such thing."""
    flag = getattr(os, "O_TMPFILE", 0)
    if not flag or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, flag | os.O_WRONLY, PRIVATE_FILE)
    except OSError as error:
        if error.errno in _NOT_THE_KIND:
            raise
        return None


def unfinished_of(path: Path) -> Path:
    """The name of the new file ``path`` while it is written, where no file can be without one.

    It follows from ``path``, so that the register, which has that, knows what a kill has left.
    """
    return path.with_name(f"{path.name}.unfinished")


def _sync_name(path: Path) -> None:
    """Wait for the name of the new file ``path``; refused by the disk, it is taken away again."""
    try:
        fsync_dir(path.parent)
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def move_new(source: Path, target: Path) -> None:
    """Rename ``source`` to ``target``, raising ``FileExistsError`` rather than replacing a file."""
    if sys.platform == "win32":
        os.rename(source, target)  # refuses an existing target on Windows
        return
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE_FILE))
        os.replace(source, target)
    else:
        os.unlink(source)


def fsync_file(path: Path) -> None:
    """Wait until the contents of ``path`` are on the disk."""
    flags = os.O_RDWR if sys.platform == "win32" else os.O_RDONLY
    handle = os.open(path, flags)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def fsync_dir(path: Path) -> None:
    """Wait until renames in ``path`` are on the disk; Windows has no such call and needs none."""
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_error(path: Path, error: OSError) -> SanctuaryError:
    """What went wrong when ``path`` was written, as one sentence; never the system's own text."""
    where = f"{path} was not written"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason = "the disk is full; free some space, then try again"
    elif isinstance(error, FileExistsError):
        reason = "a file of that name exists; name another"
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        reason = "its folder does not exist; make the folder or name another"
    elif isinstance(error, PermissionError) or error.errno == errno.EROFS:
        reason = (
            "this account may not write there, or the file is open in another program; close it "
            "or name another place"
        )
    else:
        reason = "the disk reported an error; name another place and have this one looked at"
    return SanctuaryError(f"{where}: {reason}.")
