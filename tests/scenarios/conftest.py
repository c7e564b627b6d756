"""Scenarios start with an empty caseload."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.scenario_world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """An empty caseload."""
    return World(tmp_path / "home")
