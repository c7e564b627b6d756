"""The walks: each of the ten things a coordinator does, by keys, in a real terminal."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.terminal import HAS_TMUX, NO_TMUX, Terminal

TODAY = "2026-11-26"
SIZES = [(120, 40), (80, 24)]


def run_cli(home: Path, *args: str, secret: str = "demo\n") -> subprocess.CompletedProcess[str]:
    """Run a command of the program on a home, with the passphrase on standard input."""
    env = {**os.environ, "SANCTUARY_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "sanctuary_tui", *args],
        input=secret,
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A 150-case demo, made once by the command line; tests work on copies."""
    home = tmp_path_factory.mktemp("demo") / "home"
    done = run_cli(home, "demo", "--cases", "150", "--no-console", "--today", TODAY)
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def home(demo_home: Path, tmp_path: Path) -> Path:
    """A copy of the demo of this test's own."""
    copy = tmp_path / "home"
    shutil.copytree(demo_home, copy)
    return copy


class Console:
    """The console in a terminal, with words for what a person does all day."""

    def __init__(self, terminal: Terminal, home: Path, size: tuple[int, int]) -> None:
        self.terminal = terminal
        self.home = home
        self.size = size

    def unlock(self, passphrase: str = "demo") -> None:
        """Type the passphrase; wait for Today."""
        self.terminal.wait_for("Passphrase")
        self.terminal.type(passphrase)
        self.terminal.keys("Enter")
        self.terminal.wait_for("? keys")

    def press(self, *keys: str, until: str | Callable[[str], bool] = "") -> str:
        """Press keys, then wait until the screen shows something; return the screen."""
        self.terminal.keys(*keys)
        return self.terminal.wait_for(until) if until else self.terminal.screen()

    def typed(self, text: str, until: str | Callable[[str], bool] = "") -> str:
        """Type text, then wait until the screen shows something."""
        self.terminal.type(text)
        return self.terminal.wait_for(until) if until else self.terminal.screen()

    def field(self, label: str, *, most: int = 60) -> None:
        """Go down in a form to the field with this label."""
        for _ in range(most):
            line = self.line_with("› ")
            if line.lstrip("› ").startswith(label):
                return
            self.terminal.keys("Down")
            # The value is redrawn as it loses the focus: only the label tells the field.
            self.terminal.wait_for(
                lambda screen, before=line[:20]: _marked(screen)[:20] not in ("", before)
            )
        raise AssertionError(f"no field {label!r}:\n{self.terminal.screen()}")

    def row(self, wanted: str, *, most: int = 80) -> str:
        """Go down in a list to the row that holds some words; return the row."""
        for _ in range(most):
            line = self.line_with("› ")
            if wanted in line:
                return line
            self.terminal.keys("Down")
            self.terminal.wait_for(lambda screen, before=line: _marked(screen) != before, 3)
        raise AssertionError(f"no row {wanted!r}:\n{self.terminal.screen()}")

    def line_with(self, mark: str) -> str:
        """The line the cursor stands on."""
        return _marked(self.terminal.wait_for(lambda screen: bool(_marked(screen))))

    def save(self, until: str) -> str:
        """Save the form; wait for what comes after it."""
        return self.press("C-s", until=until)


def _marked(screen: str) -> str:
    return next((line for line in screen.split("\n") if line.startswith(("› ", " › "))), "")


@pytest.fixture(params=SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Both sizes."""
    found: tuple[int, int] = request.param
    return found


@pytest.fixture
def console(home: Path, size: tuple[int, int]) -> Iterator[Console]:
    """The console on the demo, unlocked."""
    if not HAS_TMUX:
        pytest.skip(NO_TMUX)
    with start(home, size) as terminal:
        made = Console(terminal, home, size)
        made.unlock()
        yield made


def start(home: Path, size: tuple[int, int], *args: str) -> Terminal:
    """The program in a terminal."""
    return Terminal.start(
        [sys.executable, "-m", "sanctuary_tui", *args],
        size=size,
        env={"SANCTUARY_HOME": str(home)},
    )
