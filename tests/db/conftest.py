"""Caseloads that the tests of the database share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.caseload import Caseload
from tests.db import kit


@pytest.fixture
def clock() -> kit.Clock:
    """The caseload's clock."""
    return kit.Clock()


@pytest.fixture
def caseload(tmp_path: Path, clock: kit.Clock) -> Iterator[Caseload]:
    """A new caseload that is in order when the test is over."""
    made = kit.make(tmp_path / "caseload.db", clock)
    yield made
    kit.check_sound(made, clock.today())
    made.close()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """One caseload for many examples."""
    made = kit.make(tmp_path_factory.mktemp("shelf") / "caseload.db")
    yield made
    made.close()


@pytest.fixture(scope="module")
def links(shelf: Caseload) -> dict[str, int]:
    """On the shelf: a row of every table that records point at."""
    return kit.parents(shelf)
