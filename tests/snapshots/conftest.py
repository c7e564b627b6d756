"""Pictures of the console: one caseload for all of them, and nothing of the tester's computer."""

from __future__ import annotations

import os

import pytest

from tests.frozen import caseload_homes, console

__all__ = ["caseload_homes", "console"]


@pytest.fixture(autouse=True)
def _no_settings_of_the_tester(monkeypatch: pytest.MonkeyPatch) -> None:
    """Colours are drawn whatever the shell asks for, and no variable of Textual's is heard."""
    for name in [name for name in os.environ if name.startswith("TEXTUAL_")]:
        if name != "TEXTUAL_SNAPSHOT_TEMPDIR":
            monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
