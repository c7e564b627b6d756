"""Where an export may be written, and how: whole sets of files, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from config.errors import BadInputError, RefusedError, SanctuaryError
from config.paths import UnnamedFile, make_folders, write_error, write_unnamed
from config.synced import synced_by

_OPEN_PLACES: Final = {
    "downloads": "the Downloads folder",
    "download": "the Downloads folder",
    "desktop": "the desktop",
}


@dataclass(slots=True)
class UnnamedSet:
    """Files that are made and do not have their names yet (``write_set``).

    ``sanctuary_tui.exports.outgoing`` names them once the register knows of them; nothing else
    does, so that no file lies anywhere of which the register knows nothing.
    """

    _files: list[UnnamedFile] = field(default_factory=list)
    _made_folders: list[Path] = field(default_factory=list)

    def give_names(self) -> None:
        """Give every file its name, the last one last; all or none. Raises ``SanctuaryError``."""
        named: list[Path] = []
        try:
            for one in self._files:
                one.give_name()
                named.append(one.path)
        except BaseException:
            for path in named:
                with contextlib.suppress(OSError):
                    path.unlink()
            self.drop()
            raise

    def drop(self) -> None:
        """Let go of what has no name, and of the folders that were made for the files."""
        for one in self._files:
            one.drop()
        for folder in reversed(self._made_folders):
            with contextlib.suppress(OSError):
                folder.rmdir()


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What is written, under no name until ``unnamed`` gives them.

    ``files`` holds each data file with its SHA-256; ``passphrase`` is to be shown once and kept
    nowhere; ``notices`` are sentences to show beside it.
    """

    files: list[tuple[Path, str]]
    rows: int
    unnamed: UnnamedSet = field(default_factory=UnnamedSet, repr=False, compare=False)
    passphrase: str | None = field(default=None, repr=False)
    manifest_path: Path | None = None
    notices: tuple[str, ...] = ()
    case_refs: tuple[str, ...] = ()
    """The cases that the rows name, where whoever wrote them has collected them."""


def open_place(path: Path) -> str | None:
    """In words, the shared-by-habit place ``path`` lies in (Downloads, desktop); None if none."""
    import platformdirs

    spelled = {Path(path).expanduser().absolute(), Path(path).expanduser().resolve()}
    for folder, words in (
        (platformdirs.user_downloads_dir(), "the Downloads folder"),
        (platformdirs.user_desktop_dir(), "the desktop"),
    ):
        # Where a system names neither, its library answers with the home folder itself.
        if (
            folder
            and Path(folder) != Path.home()
            and any(item.is_relative_to(folder) for item in spelled)
        ):
            return words
    for item in spelled:
        for part in item.parts:
            if part.casefold() in _OPEN_PLACES:
                return _OPEN_PLACES[part.casefold()]
    return None


def refuse_place(path: Path, *, allow: bool = False) -> None:
    """Refuse a place the program never offers: Downloads, the desktop, a synced folder.

    Raises ``RefusedError`` with the reason, unless ``allow`` says the coordinator named it.
    """
    found = synced_by(path) or open_place(path)
    if found and not allow:
        raise RefusedError(
            f"{path} is in {found}, where files are forgotten or copied away; choose a folder "
            "kept for exports."
        )


def place_notices(path: Path, *, protected: bool) -> tuple[str, ...]:
    """What to say of a place the coordinator has named.

    Raises ``RefusedError`` for plain files in a folder that another program copies away.
    """
    copied = synced_by(path)
    if copied and not protected:
        raise RefusedError(
            f"{path} is kept by {copied}, which copies files away from this computer; write plain "
            "CSV to a folder on this computer, or protect it as xlsx or zip."
        )
    if copied:
        return (f"This folder is kept by {copied}: copies stay there after you delete the file.",)
    found = open_place(path)
    if found:
        return (f"This is in {found}: delete the file as soon as it is sent.",)
    return ()


def sha256(data: bytes) -> str:
    """The SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def write_set(files: Sequence[tuple[Path, bytes]]) -> UnnamedSet:
    """Write every file, mode 0600, or none, as yet without names.

    Nothing is replaced; the last one is named last, as the mark that the set is whole. Raises
    ``SanctuaryError`` when one of them exists or cannot be written; nothing is then left, nor a
    folder that was made for them. The first one's is made within one that exists
    (``refuse_missing``); others may lie in a folder of it.
    """
    refuse_missing(files[0][0].parent)
    written: list[UnnamedFile] = []
    unnamed = UnnamedSet(written)
    try:
        for folder in dict.fromkeys(path.parent for path, _ in files):
            if not folder.exists():
                unnamed._made_folders.append(folder)  # it may be there and not on the disk yet
                _make_folder(folder)
        for path, data in files:
            written.append(write_unnamed(path, data))
    except BaseException:
        unnamed.drop()
        raise
    return unnamed


def refuse_missing(folder: Path) -> None:
    """A folder may be made within one that exists, never with others above it.

    A disk that is not plugged in, or a mistyped path, would become folders of this computer.

    Raises:
        BadInputError: the folder above it is not there; the sentence names it.
    """
    if not folder.parent.exists():
        raise BadInputError(
            f"There is no folder {folder.parent}; plug in the disk or make the folder, then try "
            "again."
        )


def write_one(out: Path, data: bytes, rows: int, notices: tuple[str, ...]) -> ExportResult:
    """Write a single file as ``write_set`` does; what was written.

    Raises ``SanctuaryError`` when it exists or cannot be written.
    """
    return ExportResult([(out, sha256(data))], rows, write_set([(out, data)]), notices=notices)


def _make_folder(folder: Path) -> None:
    try:
        make_folders(folder)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise write_error(folder, error) from error
        raise SanctuaryError(
            f"The folder {folder} could not be made; name one that exists and can be written to."
        ) from error
