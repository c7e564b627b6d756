"""The walks: what a coordinator does, by keys, in a real terminal, on a demo of 150 cases."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import needs
from tests.walks.console import Console, Kept, run_cli, unlocked

TODAY = "2026-11-26"
SIZES = [(120, 40), (80, 24)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every walk needs a real terminal."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.terminal)
            item.add_marker(needs.tmux)


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A 150-case demo, made once by the command line, for all who test at once."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    home = folder / "walks-demo" / "home"
    home.parent.mkdir(exist_ok=True)
    with (home.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home.parent / "made").exists():
            made = run_cli(
                home, "demo", "--cases", "150", "--no-console", "--today", TODAY, asks=False
            )
            assert made.returncode == 0, made.stderr
            (home.parent / "made").touch()
    return home


@pytest.fixture(scope="session")
def demo(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """The demo as it is before anybody touches it: to choose cases by what they are."""
    copy = tmp_path_factory.mktemp("asked") / "home"
    shutil.copytree(demo_home, copy)
    return Kept(copy)


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo of this test's own."""
    copy = tmp_path / "home"
    shutil.copytree(demo_home, copy)
    return copy


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Both sizes; a file of walks that need one size has a fixture of this name with that one."""
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def console(home: Path, size: tuple[int, int]) -> Iterator[Console]:
    """The console on the demo, unlocked."""
    with unlocked(home, size) as made:
        yield made
