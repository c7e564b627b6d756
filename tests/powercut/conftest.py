"""A folder in memory, for tests that strike or cut a work hundreds of times."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: the waits for a real disk prove nothing here."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="sanctuary-powercut-", dir=memory))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
