"""The device secret in a real Secret Service: GNOME's keyring daemon on a bus of its own.

Each test runs a program under ``dbus-run-session`` with a home of its own, so that neither the
keyring of the person at the computer nor this process ever takes part.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import config

MISSING = [
    name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None
]
pytestmark = [
    pytest.mark.keyring,
    pytest.mark.skipif(
        bool(MISSING),
        reason=f"no real Secret Service, since {' and '.join(MISSING)} is not installed: "
        "apt-get install gnome-keyring dbus dbus-x11",
    ),
]

ON_A_BUS = ("dbus-run-session", "--", "bash", "-c")
START_KEYRING = (
    "printf pw | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null; "
)
PRELUDE = """
import sys
from pathlib import Path
import keyring
from config.paths import resolve_paths
from db import device_secret, keys
from db.keys import CHEAP_FOR_TESTS
paths = resolve_paths(sys.argv[1], {})
def make():
    return keys.create_caseload(paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True)
"""


def run(home: Path, program: str, *, keyring: bool = True, backend: str | None = None) -> str:
    """What ``program`` prints, run on a session bus with (or without) a keyring daemon."""
    own, runtime = home.parent / "own", home.parent / "runtime"
    own.mkdir(exist_ok=True)
    runtime.mkdir(mode=0o700, exist_ok=True)
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(own),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(Path(config.__file__).parents[1]),
        "LANG": "C.UTF-8",
    }
    if backend is not None:
        environ["PYTHON_KEYRING_BACKEND"] = backend
    script = (START_KEYRING if keyring else "") + '"$0" -c "$1" "$2"'
    done = subprocess.run(
        [*ON_A_BUS, script, sys.executable, PRELUDE + program, str(home)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The caseload's home, beside the homes of the bus and its daemon."""
    return tmp_path / "home"


def test_the_secret_goes_into_the_keyring_and_nowhere_else(home: Path) -> None:
    printed = run(
        home,
        """
made = make()
assert made.secret_place == "keyring" and made.notices == (), made
assert not paths.device_secret_file.exists()
held = keyring.get_password("sanctuary-tui", made.caseload_id)
assert len(bytes.fromhex(held)) == 32
assert keys.unlock(paths, "words") == made.data_key
print(device_secret.keyring_state().name)
""",
    )
    assert printed == "the Secret Service keyring"
    assert 'device_secret = "keyring"' in (home / "caseload.key").read_text()
    assert sorted(os.listdir(home)) == ["caseload.db", "caseload.key"]


def test_it_is_still_there_after_the_session_ends(home: Path) -> None:
    run(home, "make()")
    assert run(home, 'print(len(keys.unlock(paths, "words")))') == "32"


def test_through_a_chain_of_keyrings(home: Path) -> None:
    printed = run(
        home,
        """
made = make()
assert made.secret_place == "keyring", made
print(keyring.get_keyring().name, len(keys.unlock(paths, "words")))
""",
        backend="keyring.backends.chainer.ChainerBackend",
    )
    assert printed.startswith("chainer")


@pytest.mark.guarantee
def test_a_copy_of_the_folder_is_worthless_without_the_keyring(home: Path) -> None:
    run(home, "make()")
    printed = run(
        home,
        """
try:
    keys.unlock(paths, "words")
except keys.MissingDeviceSecret as refusal:
    print(refusal.sentence)
""",
        keyring=False,
    )
    assert "recovery key" in printed


def test_an_entry_that_was_removed_is_one_sentence(home: Path) -> None:
    printed = run(
        home,
        """
made = make()
keyring.delete_password("sanctuary-tui", made.caseload_id)
try:
    keys.unlock(paths, "words")
except keys.MissingDeviceSecret as refusal:
    print(refusal.sentence)
assert keys.unlock_with_recovery_key(paths, made.recovery_key) == made.data_key
""",
    )
    assert "does not hold" in printed


def test_a_locked_keyring_is_one_sentence(home: Path) -> None:
    printed = run(
        home,
        """
made = make()
import secretstorage
bus = secretstorage.dbus_init()
secretstorage.get_default_collection(bus).lock()
try:
    keys.unlock(paths, "words")
except keys.MissingDeviceSecret as refusal:
    print(refusal.sentence)
""",
    )
    assert "locked or did not answer" in printed


def test_without_a_daemon_the_file_is_used_and_said(home: Path) -> None:
    printed = run(
        home,
        """
made = make()
print(made.secret_place, len(made.notices), paths.device_secret_file.exists())
assert keys.unlock(paths, "words") == made.data_key
""",
        keyring=False,
    )
    assert printed == "file 1 True"


def test_a_new_passphrase_leaves_the_old_secret_for_old_backups(home: Path) -> None:
    printed = run(
        home,
        """
made = make()
old = paths.keyfile.read_bytes()
keys.set_new_passphrase(paths, made.data_key, "other", params=CHEAP_FOR_TESTS, allow_weak=True)
assert keys.unlock(paths, "other") == made.data_key
beside = paths.data_dir / "old.key"
beside.write_bytes(old)
assert keys.unlock_with_key_file(paths, beside, "words") == made.data_key
print("both")
""",
    )
    assert printed == "both"


def test_a_caseload_that_could_not_be_made_leaves_no_entry(home: Path) -> None:
    printed = run(
        home,
        """
import secretstorage
paths.data_dir.mkdir()
(paths.data_dir / "caseload.db").mkdir()
try:
    make()
except keys.SanctuaryError as refusal:
    print(type(refusal).__name__)
bus = secretstorage.dbus_init()
found = list(secretstorage.search_items(bus, {"service": "sanctuary-tui"}))
print(len(found))
""",
    )
    assert printed == "CaseloadExists\n0"


WITNESSED = """
from db.caseload import open_caseload
from db.witness import OlderThanWitness, Witnesses
from tests.db import kit
def session(key, cases=1):
    caseload = open_caseload(paths.caseload, key, derive=kit.DERIVE, who="Coordinator",
                             witnesses=Witnesses(paths, key))
    for _ in range(cases):
        kit.add_case(caseload)
    caseload.close()
made = make()
session(made.data_key)
"""


def test_the_whole_folder_put_back_is_noticed_by_the_keyring(home: Path) -> None:
    """Data, key file and settings folder are all old: only the keyring knows better."""
    printed = run(
        home,
        WITNESSED
        + """
import shutil
old = Path(sys.argv[1]).with_name("old")
shutil.copytree(paths.data_dir, old)
session(made.data_key, 2)
kept = keyring.get_password("sanctuary-tui", f"{made.caseload_id}-witness")
assert kept.startswith("3 "), kept
assert not paths.witness_file.exists()
shutil.rmtree(paths.data_dir)
shutil.copytree(old, paths.data_dir)
try:
    session(made.data_key)
except OlderThanWitness:
    print("noticed")
keyring.delete_password("sanctuary-tui", f"{made.caseload_id}-witness")
session(made.data_key)  # the control: without it nothing tells
""",
    )
    assert printed == "noticed"


def test_a_witness_in_the_settings_folder_moves_to_the_keyring(home: Path) -> None:
    """Two of them would not go on together: after a restore the other one would be ahead."""
    printed = run(
        home,
        WITNESSED
        + """
line = keyring.get_password("sanctuary-tui", f"{made.caseload_id}-witness")
paths.witness_file.write_text(f'version = 1\\n[witnesses]\\n{made.caseload_id} = "{line}"\\n')
session(made.data_key)
print(made.caseload_id in paths.witness_file.read_text())
""",
    )
    assert printed == "False"
