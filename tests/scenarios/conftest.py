"""Scenarios start with an empty caseload; the helper beside them can be imported by name."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from scenario_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty caseload."""
    return World(tmp_path / "home")
