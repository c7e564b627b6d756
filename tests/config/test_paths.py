"""Where things are kept, what is refused, and a write that is whole or not at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import synced
from config.errors import SanctuaryError
from config.paths import (
    SyncedFolderError,
    atomic_write,
    is_private,
    make_private_dir,
    move_new,
    private_umask,
    refuse_synced,
    resolve_paths,
)
from config.synced import synced_by
from tests import needs


def test_home_given_beats_the_variable(tmp_path: Path) -> None:
    environ = {"SANCTUARY_HOME": str(tmp_path / "variable")}
    assert resolve_paths(str(tmp_path / "given"), environ).data_dir == tmp_path / "given"
    assert resolve_paths(None, environ).data_dir == tmp_path / "variable"


def test_everything_lies_under_a_home(tmp_path: Path) -> None:
    found = resolve_paths(str(tmp_path), {})
    assert found.caseload == tmp_path / "caseload.db"
    assert found.keyfile == tmp_path / "caseload.key"
    assert found.settings_file == tmp_path / "settings.toml"
    assert found.device_secret_file == tmp_path / "device.secret"
    assert found.log_dir == tmp_path / "logs"


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = resolve_paths("here/../there", {})
    assert found.data_dir == tmp_path / "there"


def test_without_a_home_the_computers_own_local_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolve_paths(None, {"SANCTUARY_HOME": ""})
    assert "sanctuary-tui" in found.data_dir.parts
    assert found.data_dir.is_absolute()
    assert "Roaming" not in found.data_dir.parts


SYNCED = [
    ("C:\\Users\\c\\OneDrive\\cases", "OneDrive"),
    ("C:\\Users\\c\\OneDrive - District Council\\cases", "OneDrive"),
    ("/Users/c/Library/CloudStorage/OneDrive-DistrictCouncil/x", "a cloud drive"),
    ("/home/c/Dropbox/x", "Dropbox"),
    ("/home/c/Dropbox (District)/x", "Dropbox"),
    ("/Users/c/Library/Mobile Documents/com~apple~CloudDocs/x", "iCloud Drive"),
    ("C:\\Users\\c\\iCloudDrive\\x", "iCloud Drive"),
    ("/home/c/Google Drive/x", "Google Drive"),
    ("G:\\My Drive\\x", "Google Drive"),
    ("/home/c/Box/x", "Box"),
    ("/home/c/Box Sync/x", "Box"),
    ("/home/c/Nextcloud/x", "Nextcloud"),
    ("/home/c/Nextcloud2/x", "Nextcloud"),
    ("/home/c/Google Drive (c@example.org)/x", "Google Drive"),
    ("/home/c/Dropbox-Council/x", "Dropbox"),
    ("/home/c/MEGA/x", "MEGA"),
    ("/home/c/pCloud/x", "pCloud"),
    ("C:\\Users\\c\\Proton Drive\\x", "Proton Drive"),
    ("/home/c/Insync/x", "Insync"),
    ("/home/c/Sync/x", "Sync"),
    ("/home/c/Seafile/x", "Seafile"),
    ("/home/c/Tresorit/x", "Tresorit"),
    ("/home/c/SharePoint/x", "SharePoint"),
    ("\\\\server\\share\\cases", "a network share"),
    ("//server/share/cases", "a network share"),
    ("\\\\?\\UNC\\server\\share", "a network share"),
]


@pytest.mark.guarantee
@pytest.mark.parametrize(("path", "by"), SYNCED)
def test_synced_folders_are_refused_with_the_reason(path: str, by: str) -> None:
    # Given as text: a Windows path has backslashes that POSIX would read as a name.
    assert synced_by(Path(path), {}) == by
    with pytest.raises(SyncedFolderError) as refusal:
        refuse_synced(Path(path), {})
    assert by in refusal.value.sentence


@pytest.mark.parametrize(
    "path",
    [
        "/home/c/boxes/x",
        "/home/c/my onedrive notes/x",
        "/srv/dropboxes",
        "/home/c/driven",
        "/home/c/omega/x",
        "/home/c/synchronised/x",
    ],
)
def test_names_that_only_look_like_it_are_not_refused(path: str) -> None:
    assert synced_by(Path(path), {}) is None


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - {root} /dev/sda1 rw
23 22 0:5 / /proc rw - proc proc rw
24 22 8:2 / /home rw shared:2 master:1 - ext4 /dev/sda2 rw
25 24 0:50 / /home/c/my\\040share rw,nosuid - {kind} source rw
26 25 8:3 / /home/c/my\\040share/stick rw - fuseblk /dev/sdb1 rw
"""
"""As Linux lists them (proc_pid_mountinfo(5)): a blank is written ``\\040``."""


def mounted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, root: str = "ext4") -> None:
    listed = tmp_path / "mountinfo"
    listed.write_text(MOUNTS.format(kind=kind, root=root), encoding="utf-8")
    monkeypatch.setattr(synced, "MOUNTS", listed)


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("nfs4", "nfs4"),
        ("cifs", "cifs"),
        ("smb3", "smb3"),
        ("9p", "virtual machine"),
        ("virtiofs", "virtual machine"),
        ("vboxsf", "virtual machine"),
        ("fuse.vmhgfs-fuse", "virtual machine"),
        ("davfs", "davfs"),
        ("ceph", "ceph"),
        ("fuse.gvfsd-fuse", "file manager"),
        ("fuse.rclone", "rclone"),
        ("fuse.sshfs", "sshfs"),
        ("fuse.s3fs", "s3fs"),
        ("fuse.onedriver", "OneDrive"),
        ("fuse.google-drive-ocamlfuse", "Google Drive"),
        ("fuse.pcloud", "pCloud"),
        ("fuse.of-tomorrow", "of-tomorrow"),
        ("fuse", "network"),
    ],
)
def test_a_place_mounted_from_elsewhere_is_refused_by_its_kind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, by: str
) -> None:
    mounted(monkeypatch, tmp_path, kind)
    for path in ("/home/c/my share", "/home/c/my share/deep/cases"):
        assert by in (synced_by(Path(path), {}) or "")
    with pytest.raises(SyncedFolderError, match="choose a folder on this computer") as refusal:
        refuse_synced(Path("/home/c/my share/cases"), {})
    assert by in refusal.value.sentence
    for path in ("/home/c/cases", "/home/c/my share/stick/x", "/home/c/my", "/home/c/my sharer/x"):
        assert synced_by(Path(path), {}) is None


@pytest.mark.parametrize(
    "kind", ["ext4", "btrfs", "fuseblk", "tmpfs", "fuse.gocryptfs", "fuse.mergerfs", "overlay"]
)
def test_a_disk_of_this_computer_is_not_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str
) -> None:
    mounted(monkeypatch, tmp_path, kind)
    assert synced_by(Path("/home/c/my share/cases"), {}) is None


@pytest.mark.parametrize("root", ["9p", "virtiofs", "overlay"])
def test_the_root_of_a_virtual_machine_is_this_computer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, root: str
) -> None:
    mounted(monkeypatch, tmp_path, "cifs", root)
    assert synced_by(Path("/srv/cases"), {}) is None


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("left", "by"),
    [
        (".stfolder", "Syncthing"),
        (".dropbox.cache", "Dropbox"),
        (".nextcloudsync.log", "Nextcloud"),
        (".sync_0a1b2c.db", "Nextcloud"),
        (".tmp.drivedownload", "Google Drive"),
        (".megaignore", "MEGA"),
    ],
)
def test_what_a_sync_leaves_in_its_folder_tells_of_it(tmp_path: Path, left: str, by: str) -> None:
    folder = tmp_path / "Work files"
    (folder / "cases").mkdir(parents=True)
    assert synced_by(folder / "cases" / "new", {}) is None
    (folder / left).write_bytes(b"")
    assert synced_by(folder / "cases" / "new", {}) == by
    assert synced_by(tmp_path / "other", {}) is None


@pytest.mark.parametrize("variable", ["OneDrive", "OneDriveCommercial", "OneDriveConsumer"])
def test_a_renamed_onedrive_is_known_by_its_variable(tmp_path: Path, variable: str) -> None:
    root = tmp_path / "Work files"
    assert synced_by(root / "cases", {variable: str(root)}) == "OneDrive"
    assert synced_by(tmp_path / "Work files 2", {variable: str(root)}) is None


@needs.links
def test_a_link_into_a_synced_folder_is_seen_through(tmp_path: Path) -> None:
    target = tmp_path / "Dropbox"
    target.mkdir()
    (tmp_path / "plain").symlink_to(target)
    assert synced_by(tmp_path / "plain" / "cases", {}) == "Dropbox"


@needs.file_modes
def test_private_folders_and_files_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_private_dir(tmp_path / "a" / "b")
        atomic_write(tmp_path / "a" / "b" / "file", b"x")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "a" / "b" / "file").stat().st_mode & 0o777 == 0o600


@needs.file_modes
def test_an_open_folder_is_made_private(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    folder.chmod(0o755)
    assert not is_private(folder, 0o700)
    make_private_dir(folder)
    assert is_private(folder, 0o700)


@needs.file_modes
def test_private_umask_is_put_back(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        with private_umask():
            (tmp_path / "inside").write_text("x")
        (tmp_path / "after").write_text("x")
    finally:
        os.umask(before)
    assert (tmp_path / "inside").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "after").stat().st_mode & 0o777 == 0o644


def test_atomic_write_replaces_and_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "file"
    atomic_write(target, b"one")
    atomic_write(target, b"two")
    assert target.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["file"]


def test_atomic_write_can_refuse_to_replace(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(b"old")
    with pytest.raises(SanctuaryError, match="exists"):
        atomic_write(target, b"new", overwrite=False)
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(SanctuaryError, match="folder does not exist") as failure:
        atomic_write(tmp_path / "nowhere" / "file", b"x")
    assert "Errno" not in failure.value.sentence


def test_a_folder_in_the_way_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(SanctuaryError):
        atomic_write(tmp_path / "file", b"x")
    assert os.listdir(tmp_path) == ["file"]


@pytest.mark.guarantee
@needs.limits
def test_a_write_that_the_system_stops_halfway_leaves_the_old_file(tmp_path: Path) -> None:
    """The size a file may have is limited by the system itself, in a program of its own."""
    target = tmp_path / "file"
    atomic_write(target, b"old")
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from config.errors import SanctuaryError\n"
        "from config.paths import atomic_write\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try:\n"
        "    atomic_write(Path(sys.argv[1]), b'n' * 100_000)\n"
        "except SanctuaryError:\n"
        "    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(target)], check=False)
    assert done.returncode == 7
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_move_new_never_replaces(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (tmp_path / "b").write_bytes(b"b")
    with pytest.raises(FileExistsError):
        move_new(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == b"a"
    assert (tmp_path / "b").read_bytes() == b"b"
    move_new(tmp_path / "a", tmp_path / "c")
    assert sorted(os.listdir(tmp_path)) == ["b", "c"]
