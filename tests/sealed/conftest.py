"""The console of the frozen tests, and an empty caseload on its day."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.caseload import Caseload
from tests.frozen import caseload_homes, console
from tests.sealed import canary

__all__ = ["caseload_homes", "console"]


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    """An empty caseload."""
    made = canary.opened(tmp_path, create=True)
    yield made
    made.close()
