"""The laptop is gone: a backup, the recovery key, and a computer that never saw the caseload.

Each computer is a home folder and a keyring daemon of its own (GNOME's, on a bus of its own).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import config
from tests.db.test_keyring import ON_A_BUS, START_KEYRING
from tests.db.test_keyring import pytestmark as _keyring_marks
from tests.sanctuary_tui.cli_program import GOOD, OTHER

pytestmark = _keyring_marks

COUNT = """
import sys
from config.paths import resolve_paths
import os
from db import keys
from db.connection import close_connection, open_connection
paths = resolve_paths(None, os.environ)
connection = open_connection(paths.caseload, keys.unlock(paths, sys.stdin.read().strip()))
print(connection.execute("SELECT count(*) FROM changes").fetchall()[0][0], paths.data_dir)
close_connection(connection)
"""


@dataclass
class Computer:
    """A person's account on a computer."""

    folder: Path

    def run(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run Python with these arguments in a session of this account."""
        runtime = self.folder / "runtime"
        home = self.folder / "own"
        runtime.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.mkdir(exist_ok=True)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
            "PYTHONPATH": str(Path(config.__file__).parents[1]),
            "LANG": "C.UTF-8",
        }
        return subprocess.run(
            [*ON_A_BUS, START_KEYRING + '"$0" "$@"', sys.executable, *command],
            env=environ,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def program(self, *arguments: str, stdin: str) -> subprocess.CompletedProcess[str]:
        """``sanctuary`` with its secrets from standard input."""
        return self.run("-m", "sanctuary_tui", *arguments, "--passphrase-file", "-", stdin=stdin)

    def key_file(self) -> str:
        (found,) = self.folder.rglob("caseload.key")
        return found.read_text("utf-8")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A memory stick with a backup on it, and nothing else; the kit is in the safe beside it."""
    old = Computer(tmp_path / "old")
    kit, folder = tmp_path / "kit.txt", tmp_path / "stick"
    made = old.program("init", "--yes", "--kit", str(kit), stdin=f"{GOOD}\n")
    assert made.returncode == 0, made.stderr
    assert 'device_secret = "keyring"' in old.key_file()
    done = old.program("backup", str(folder), stdin=f"{GOOD}\n")
    assert done.returncode == 0, done.stderr
    for key_file in folder.glob("*.key"):
        key_file.unlink()
    shutil.rmtree(old.folder)
    return folder


@pytest.mark.guarantee
def test_the_recovery_key_alone_brings_it_back(stick: Path, tmp_path: Path) -> None:
    new = Computer(tmp_path / "new")
    (file,) = stick.iterdir()
    done = new.program(
        "restore", str(file), "--recovery-key-file", str(tmp_path / "kit.txt"), stdin=f"{OTHER}\n"
    )
    assert done.returncode == 0, done.stderr
    counted = new.run("-c", COUNT, stdin=f"{OTHER}\n")
    assert counted.returncode == 0, counted.stderr
    changes, data_dir = counted.stdout.split()
    assert int(changes) > 1
    assert Path(data_dir).is_relative_to(new.folder)
    # This computer has a half of the lock of its own now, in its own keyring.
    assert 'device_secret = "keyring"' in new.key_file()
    assert not list(new.folder.rglob("device.secret"))


@pytest.mark.guarantee
def test_control_without_the_recovery_key_nothing_opens_it(stick: Path, tmp_path: Path) -> None:
    """The passphrase is right; the half that was in the old computer's keyring is gone."""
    new = Computer(tmp_path / "new")
    (file,) = stick.iterdir()
    done = new.program("restore", str(file), stdin=f"{GOOD}\n{OTHER}\n")
    assert done.returncode == 1
    assert "recovery key" in done.stderr
    assert not list(new.folder.rglob("caseload.db"))
