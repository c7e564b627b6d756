"""The scenes open every screen and sheet there is: what is tried on all scenes is tried on all."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shlex
import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

import sanctuary_tui.screens
import widgets
from tests.frozen import FrozenConsole, make_home, played
from tests.scenes import ALL

BASES = {
    "ListSheet",
    "Sheet",
    "ConsoleScreen",
    "LineScreen",
    "AgendaScreen",
    "ReadsFirst",
    "ImportBase",
}
"""Classes that others are made of, never shown themselves."""

ELSEWHERE = {"CertificateSheet", "PassphraseSheet", "LookSheet"}
"""Sheets that need a case whose years are over (``test_screens_disposing.py`` opens them), and the
one that comes only where a look takes long (``test_screens_looking.py``)."""


def every_screen() -> set[str]:
    """Names of the program's screens and sheets."""
    return {
        name
        for package in (widgets, sanctuary_tui.screens)
        for found in pkgutil.iter_modules(package.__path__)
        for name, kind in inspect.getmembers(
            importlib.import_module(f"{package.__name__}.{found.name}"), inspect.isclass
        )
        if issubclass(kind, Screen) and kind.__module__.startswith(package.__name__)
    } - BASES


@pytest.mark.slow
async def test_every_screen_and_sheet_is_opened_by_a_scene(tmp_path: Path) -> None:
    """A new screen without keys that lead to it: put a scene into ``tests/scenes.py``."""
    home = make_home(tmp_path / "home")
    opened = {"UnlockScreen"}  # what every scene begins with

    def note(screen: object) -> None:
        if isinstance(screen, Screen):
            opened.add(type(screen).__name__)

    class Watched(FrozenConsole):
        """Notes each screen on the way, so that a scene another one begins with is played once."""

        def push_screen(self, screen: Any, *rest: Any, **more: Any) -> Any:
            note(screen)
            return super().push_screen(screen, *rest, **more)

        def switch_screen(self, screen: Any) -> Any:
            note(screen)
            return super().switch_screen(screen)

    scripts = {name: shlex.split(script) for name, script in ALL.items()}
    for name, keys in scripts.items():
        longer = (other for other in scripts.values() if len(other) > len(keys))
        if any(other[: len(keys)] == keys for other in longer):
            continue
        app = Watched(Path(shutil.copytree(home, tmp_path / name)))
        async with played(app, ALL[name]):
            opened |= {type(screen).__name__ for screen in app.screen_stack}
    opened.discard("Screen")  # Textual's own, below all
    opened -= ELSEWHERE  # a tracker may be read for long enough that it says how far it is
    assert opened == every_screen() - ELSEWHERE
    assert len(opened) > 20
