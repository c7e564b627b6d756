"""What every test stands on: a home of its own, and no way to a real keyring."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest

from config.paths import Paths, resolve_paths

_NO_KEYRING = "keyring.backends.fail.Keyring"


@pytest.fixture(autouse=True)
def _never_a_real_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This process and every program it starts see a computer without a keyring."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", _NO_KEYRING)
    keyring.set_keyring(keyring.backends.fail.Keyring())
    yield
    keyring.set_keyring(keyring.backends.fail.Keyring())


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """A home in a folder that is removed after the test."""
    return resolve_paths(str(tmp_path / "home"), {})
