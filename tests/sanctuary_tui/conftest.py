"""Tests of the screens share a console that stands still; others an empty caseload."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.settings import default_settings
from db.caseload import Caseload, open_caseload
from sanctuary_tui.opening import derive_with
from tests.frozen import caseload_homes, console

__all__ = ["caseload_homes", "console"]


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    """An empty caseload under a raw key."""
    made = open_caseload(
        tmp_path / "caseload.db",
        bytes(range(32)),
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: datetime(2026, 11, 26, 9, 30, tzinfo=UTC),
        today=lambda: date(2026, 11, 26),
        create=True,
    )
    yield made
    made.close()
