"""Which keyrings are used, which are refused and why, and the file in their place."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import pytest

from config.paths import Paths
from db import device_secret
from db.device_secret import (
    MissingDeviceSecret,
    forget_device_secret,
    keyring_state,
    load_device_secret,
    new_device_secret,
    store_device_secret,
)
from tests import needs


class OpenFileKeyring(keyring.backend.KeyringBackend):  # type: ignore[misc]
    """Keeps secrets in the open, as the alternative back ends on PyPI do."""

    priority = 9

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def set_password(self, service: str, username: str, password: str) -> None:
        self.path.write_text(f"{service} {username} {password}")

    def get_password(self, service: str, username: str) -> str | None:
        return self.path.read_text().split(" ")[2] if self.path.exists() else None

    def delete_password(self, service: str, username: str) -> None:
        self.path.unlink()


STARTED = """
import sys
started = []
watched = ("subprocess.Popen", "os.exec", "os.fork", "os.posix_spawn", "os.system")
sys.addaudithook(lambda event, given: started.append(event) if event in watched else None)
from db import device_secret
if sys.argv[1] == "without":
    device_secret._shut_out = lambda: None
device_secret.keyring_state()
print(*started)
"""


@pytest.mark.guarantee
@needs.linux
@pytest.mark.parametrize("without", ["", "without"])
def test_no_other_program_is_started_to_find_the_keyring(without: str) -> None:
    """The library looks for Apple's own libraries everywhere: with a compiler and a linker, by the
    folders of PATH, while the caseload is open."""
    environ = {name: value for name, value in os.environ.items() if "KEYRING" not in name}
    done = subprocess.run(
        [sys.executable, "-c", STARTED, without],
        capture_output=True,
        text=True,
        env=environ,
        cwd=Path(__file__).parents[2],
        check=True,
    )
    assert ("subprocess.Popen" in done.stdout) is bool(without), done.stdout
    assert bool(done.stdout.strip()) is bool(without)


@pytest.mark.guarantee
def test_the_null_keyring_is_refused_since_it_forgets(paths: Paths) -> None:
    keyring.set_keyring(keyring.backends.null.Keyring())
    state = keyring_state()
    assert not state.usable
    assert "forgets" in state.reason
    _is_kept_in_the_file(paths, "forgets")


@pytest.mark.guarantee
def test_a_keyring_in_the_open_is_refused_and_not_written_to(paths: Paths, tmp_path: Path) -> None:
    in_the_open = OpenFileKeyring(tmp_path / "in the open")
    keyring.set_keyring(in_the_open)
    assert not keyring_state().usable
    _is_kept_in_the_file(paths, "not one that is known")
    assert not in_the_open.path.exists()


def test_the_alternative_back_ends_are_refused_by_name(paths: Paths, tmp_path: Path) -> None:
    kind = type("PlaintextKeyring", (OpenFileKeyring,), {"__module__": "keyrings.alt.file"})
    keyring.set_keyring(kind(tmp_path / "in the open"))
    assert "can be read" in keyring_state().reason
    _is_kept_in_the_file(paths, "can be read")


ALLOWED = device_secret._ALLOWED


@pytest.mark.guarantee
@pytest.mark.parametrize("protected", [True, False])
def test_what_is_stored_is_read_back(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, protected: bool
) -> None:
    """A back end of the list that forgets. Without reading back the secret would be lost."""
    forgets = keyring.backends.null.Keyring()
    keyring.set_keyring(forgets)
    monkeypatch.setitem(ALLOWED, device_secret._kind(forgets), "a keyring")
    if not protected:
        monkeypatch.setattr(device_secret, "_store_in_keyring", lambda *_: True)
    secret = new_device_secret()
    stored = store_device_secret(paths, "id", secret)
    if protected:
        assert stored.place == "file"
        assert "did not give back what it was given" in stored.notices[0]
        assert load_device_secret(paths, "id", "file") == secret
    else:
        assert (stored.place, stored.notices) == ("keyring", ())
        with pytest.raises(MissingDeviceSecret):
            load_device_secret(paths, "id", "keyring")


@pytest.mark.guarantee
def test_control_without_the_list_the_secret_lies_in_the_open(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_the_open = OpenFileKeyring(tmp_path / "in the open")
    keyring.set_keyring(in_the_open)
    monkeypatch.setitem(ALLOWED, device_secret._kind(in_the_open), "a keyring")
    secret = new_device_secret()
    assert store_device_secret(paths, "id", secret).place == "keyring"
    assert bytes(secret).hex() in in_the_open.path.read_text()


def test_no_keyring_at_all(paths: Paths) -> None:
    keyring.set_keyring(keyring.backends.fail.Keyring())
    assert "none on this computer" in keyring_state().reason
    _is_kept_in_the_file(paths, "none on this computer")


def test_an_empty_chain_is_no_keyring(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    # No real back end may join the chain here, on whatever computer this runs.
    monkeypatch.setattr(keyring.backend, "_limit", lambda backend: False)
    chain = keyring.backends.chainer.ChainerBackend()
    assert chain.backends == []
    keyring.set_keyring(chain)
    assert not keyring_state().usable
    _is_kept_in_the_file(paths, "none on this computer")


def test_a_chain_is_judged_by_the_member_it_would_store_in(
    paths: Paths, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyring.backend, "_limit", lambda backend: False)
    in_the_open = OpenFileKeyring(tmp_path / "in the open")
    chain = keyring.backends.chainer.ChainerBackend()
    monkeypatch.setattr(type(chain), "backends", [in_the_open])
    keyring.set_keyring(chain)
    _is_kept_in_the_file(paths, "not one that is known")
    assert not in_the_open.path.exists()


def _is_kept_in_the_file(paths: Paths, reason: str) -> None:
    secret = new_device_secret()
    stored = store_device_secret(paths, "entry", secret)
    assert stored.place == "file"
    assert reason in stored.notices[0]
    assert str(paths.device_secret_file) in stored.notices[0]
    assert load_device_secret(paths, "entry", "file") == secret


def test_asked_for_the_file_nothing_is_said(paths: Paths) -> None:
    stored = store_device_secret(paths, "entry", new_device_secret(), allow_keyring=False)
    assert stored.place == "file"
    assert stored.notices == ()


@needs.file_modes
def test_the_file_is_private(paths: Paths) -> None:
    store_device_secret(paths, "entry", new_device_secret(), allow_keyring=False)
    assert paths.device_secret_file.stat().st_mode & 0o777 == 0o600


def test_the_file_holds_several_and_forgets_one(paths: Paths) -> None:
    first, second = new_device_secret(), new_device_secret()
    assert first != second
    store_device_secret(paths, "first", first, allow_keyring=False)
    store_device_secret(paths, "second", second, allow_keyring=False)
    forget_device_secret(paths, "first", "file")
    forget_device_secret(paths, "never there", "file")
    assert load_device_secret(paths, "second", "file") == second
    with pytest.raises(MissingDeviceSecret, match="recovery key"):
        load_device_secret(paths, "first", "file")


@pytest.mark.parametrize("text", ["", "xyz", "00" * 31, "00" * 33])
def test_a_damaged_secret_is_one_sentence(paths: Paths, text: str) -> None:
    paths.config_dir.mkdir()
    paths.device_secret_file.write_text(f'[secrets]\nentry = "{text}"\n')
    with pytest.raises(MissingDeviceSecret, match="damaged"):
        load_device_secret(paths, "entry", "file")


def test_an_unreadable_file_is_kept_aside(paths: Paths) -> None:
    paths.config_dir.mkdir()
    paths.device_secret_file.write_text("= = =")
    store_device_secret(paths, "entry", new_device_secret(), allow_keyring=False)
    aside = paths.device_secret_file.with_name("device.secret.unreadable")
    assert aside.read_text() == "= = ="
    assert list(tomllib.loads(paths.device_secret_file.read_text())["secrets"]) == ["entry"]


def test_a_secret_in_a_keyring_that_is_gone(paths: Paths) -> None:
    with pytest.raises(MissingDeviceSecret, match="recovery key"):
        load_device_secret(paths, "entry", "keyring")
    forget_device_secret(paths, "entry", "keyring")


def test_a_secret_is_32_bytes() -> None:
    assert len(new_device_secret()) == device_secret.SECRET_BYTES == 32
