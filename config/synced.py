"""Which folders other programs copy away, or are not of this computer at all.

No list of them is whole: a folder that a council's own tool copies away under another name is not
known (docs/IT-CHECKLIST.md).
"""

from __future__ import annotations

import contextlib
import os
import re
import sys
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Final

# Folder names of programs that copy their contents away; matched on whole parts of a path.
_SYNCED_EXACT = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "icloud drive": "iCloud Drive",
    "iclouddrive": "iCloud Drive",
    "mobile documents": "iCloud Drive",
    "com~apple~clouddocs": "iCloud Drive",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "box": "Box",
    "box sync": "Box",
    "cloudstorage": "a cloud drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "pcloud": "pCloud",
    "pclouddrive": "pCloud",
    "pcloud drive": "pCloud",
    "mega": "MEGA",
    "megasync": "MEGA",
    "proton drive": "Proton Drive",
    "protondrive": "Proton Drive",
    "insync": "Insync",
    "seafile": "Seafile",
    "seadrive": "Seafile",
    "tresorit": "Tresorit",
    "sharepoint": "SharePoint",
    "resilio sync": "Resilio Sync",
    "icedrive": "Icedrive",
    "kdrive": "kDrive",
    "jottacloud": "Jottacloud",
    "sync": "Sync",
    "synologydrive": "Synology Drive",
    "syncthing": "Syncthing",
}
_SYNCED_PREFIXES = {
    "onedrive - ": "OneDrive",
    "onedrive-": "OneDrive",
    "dropbox (": "Dropbox",
    "dropbox-": "Dropbox",
    "google drive (": "Google Drive",
    "google drive - ": "Google Drive",
    "googledrive-": "Google Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "box-": "Box",
}
_LEFT_BEHIND: Final = {
    ".stfolder": "Syncthing",
    ".dropbox.cache": "Dropbox",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
    ".megaignore": "MEGA",
}
"""What a program keeps in the top folder of those it copies away."""
_NEXTCLOUD_JOURNAL: Final = re.compile(r"\._?sync_.*\.db", re.DOTALL).fullmatch
"""Nextcloud's own list of what it has copied, in the same place under a name of chance."""
_ONEDRIVE_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
MOUNTS = Path("/proc/self/mountinfo")
"""What is mounted where, on Linux (proc_pid_mountinfo(5))."""
_NETWORK: Final = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "gfs2", "glusterfs"),
        *("lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "prl_fs", "smb3", "smbfs", "vboxsf"),
        "virtiofs",
    }
)
_OF_THE_HOST: Final = frozenset(
    {"9p", "drvfs", "fuse.vmhgfs-fuse", "prl_fs", "vboxsf", "virtiofs", "vmhgfs"}
)
_FUSE_OF_THIS_COMPUTER: Final = frozenset(
    {
        *("appimage", "bindfs", "cryfs", "encfs", "exfat", "ext2", "fuse-overlayfs", "gocryptfs"),
        *("lxcfs", "mergerfs", "ntfs", "ntfs-3g", "portal", "securefs", "snapfuse", "squashfuse"),
        *("unionfs", "veracrypt", "zfs"),
    }
)
"""After ``fuse.``: what shows a disk of this computer in another form; others may be anywhere."""
_FUSE_NAMES: Final = {
    "gvfsd-fuse": "a network place that the file manager has opened",
    "kio-fuse": "a network place that the file manager has opened",
    "onedriver": "OneDrive",
    "drivefs": "Google Drive",
    "google-drive-ocamlfuse": "Google Drive",
    "pcloud": "pCloud",
    "drive-sync": "pCloud",
}
_WINDOWS_DRIVE_REMOTE = 4


def synced_by(path: Path, environ: Mapping[str, str] | None = None) -> str | None:
    """The name of what copies ``path`` away or holds it elsewhere, or None when nothing does."""
    environ = os.environ if environ is None else environ
    spellings = {str(path), os.path.abspath(path), os.path.realpath(path)}
    for text in sorted(spellings):
        found = (
            _network_share(text)
            or _synced_part(text)
            or _under_onedrive_variable(text, environ)
            or _network_mount(text)
        )
        if found:
            return found
    return _left_behind({folder for text in spellings for folder in _upwards(Path(text))})


def _parts(text: str) -> list[str]:
    return [part for part in text.replace("\\", "/").split("/") if part]


def _network_share(text: str) -> str | None:
    if text.startswith(("\\\\?\\UNC\\", "\\\\.\\UNC\\")):
        return "a network share"
    if text.startswith(("\\\\?\\", "\\\\.\\")):
        return None
    if text.startswith(("\\\\", "//")):
        return "a network share"
    if sys.platform == "win32" and len(text) > 1 and text[1] == ":":
        import ctypes

        kind = ctypes.windll.kernel32.GetDriveTypeW(text[:2] + "\\")
        return "a network drive" if kind == _WINDOWS_DRIVE_REMOTE else None
    return None


def _synced_part(text: str) -> str | None:
    for part in _parts(text):
        folded = part.casefold()
        if folded in _SYNCED_EXACT:
            return _SYNCED_EXACT[folded]
        for prefix, name in _SYNCED_PREFIXES.items():
            if folded.startswith(prefix):
                return name
    return None


def _under_onedrive_variable(text: str, environ: Mapping[str, str]) -> str | None:
    own = [part.casefold() for part in _parts(text)]
    for variable in _ONEDRIVE_VARIABLES:
        root = [part.casefold() for part in _parts(environ.get(variable, ""))]
        if root and own[: len(root)] == root:
            return "OneDrive"
    return None


def _network_mount(text: str) -> str | None:
    """What is mounted over ``text`` from elsewhere, where the system lists its mounts (Linux)."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    own = _parts(text)
    best: tuple[int, str] = (-1, "")
    for line in lines.splitlines():
        fields, _, after = line.partition(" - ")
        place, kind = fields.split(" "), after.split(" ")[0]
        if len(place) < 5 or not kind:
            continue
        mount = _parts(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), place[4]))
        if own[: len(mount)] == mount and len(mount) >= best[0]:
            best = (len(mount), kind)
    length, kind = best
    # What a virtual machine was started from is the disk of this computer.
    return None if length == 0 and kind in _OF_THE_HOST else _elsewhere(kind)


_ESCAPED: Final = re.compile(r"\\([0-7]{3})")


def _elsewhere(kind: str) -> str | None:
    """The name of what a file system of this kind is, or None for a disk of this computer."""
    if kind in _OF_THE_HOST:
        return "the computer that this virtual machine runs on"
    if kind in _NETWORK:
        return f"a network file system ({kind})"
    if kind == "fuse":
        return "a network file system or a cloud drive"
    program = kind.removeprefix("fuse.")
    if program == kind or program in _FUSE_OF_THIS_COMPUTER:
        return None
    return _FUSE_NAMES.get(program, f"a network file system or a cloud drive ({program})")


def _upwards(path: Path) -> tuple[Path, ...]:
    return (path, *path.parents)


def _left_behind(folders: Set[Path]) -> str | None:
    """The program whose own files lie in one of the folders: each is looked through once."""
    for folder in sorted(folders):
        for name, program in _LEFT_BEHIND.items():
            if os.path.lexists(folder / name):
                return program
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            if any(_NEXTCLOUD_JOURNAL(entry.name) for entry in entries):
                return "Nextcloud"
    return None
