"""What every test stands on: a home of its own, and no way to a real keyring."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.backends.fail
import pytest
from hypothesis import HealthCheck, settings

from config.paths import Paths, resolve_paths

# Nothing is timed in a test: a busy machine is no fault of the program.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_NO_KEYRING = "keyring.backends.fail.Keyring"


def pytest_configure(config: pytest.Config) -> None:
    """Pictures are accepted by a person who has looked at them, never by a machine."""
    if os.environ.get("CI") and config.getoption("update_snapshots", default=False):
        raise pytest.UsageError("--snapshot-update is refused under CI: look at the pictures.")


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
