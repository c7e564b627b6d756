"""A fault of the program at each step of a day at the real console: nothing told, nothing lost.

``test_crash`` tries the ways in which a Textual app can crash, ``test_residue`` a key, the thread
and a form. Here: unlocking, opening, reading a case, keeping a draft, leaving.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests import needs
from tests.residue_case import APP, CANARY, PASSPHRASE, TYPED
from tests.sanctuary_tui.test_residue import case_open, home, made, open_case, type_a_note, unlock
from tests.terminal import Terminal

__all__ = ["home", "made"]
pytestmark = [pytest.mark.terminal, needs.tmux, needs.linux]


def _give_passphrase(terminal: Terminal) -> None:
    terminal.wait_for("Passphrase", 30)
    terminal.type(PASSPHRASE)
    terminal.keys("Enter")


def _open_a_case(terminal: Terminal) -> None:
    unlock(terminal)
    terminal.keys("Enter")


def _type(terminal: Terminal) -> None:
    unlock(terminal)
    open_case(terminal)
    type_a_note(terminal)  # kept by itself when the keys have rested


def _leave(terminal: Terminal) -> None:
    unlock(terminal)
    open_case(terminal)
    terminal.keys("C-q")


STEPS: Final[dict[str, tuple[str, Callable[[Terminal], None]]]] = {
    "crash_at_unlock": ("ValueError", _give_passphrase),
    "crash_at_opening": ("LookupError", _give_passphrase),
    "crash_at_reading": ("TypeError", _open_a_case),
    "crash_at_draft": ("ValueError", _type),
}


def started(home: Path, mode: str) -> Terminal:
    return Terminal.start([sys.executable, str(APP), mode, "--home", str(home)])


def nothing_told(home: Path, left: str) -> None:
    for said in (CANARY, TYPED, PASSPHRASE, "S26-0001", "Traceback"):
        assert said not in left
        for path in home.rglob("*"):
            assert not path.is_file() or said.encode() not in path.read_bytes(), path.name


@pytest.mark.guarantee
@pytest.mark.parametrize("mode", STEPS)
def test_a_fault_at_any_step_tells_no_value_and_loses_nothing(home: Path, mode: str) -> None:
    kind, step = STEPS[mode]
    with started(home, mode) as terminal:
        step(terminal)
        assert terminal.wait_exit(30) == 1
        left = terminal.scrollback()
        assert not terminal.alternate_on
        assert terminal.echoes
    nothing_told(home, left)
    records = [json.loads(line) for line in (home / "logs" / "crash.log").read_text().splitlines()]
    assert records[0]["kind"] == kind
    assert records[0]["reference"] in left
    with case_open(home) as terminal:  # all of it is there, and the lock still opens it
        if mode == "crash_at_draft":
            terminal.keys("t")
            terminal.wait_for("Your draft is back", 30)
            terminal.wait_for(TYPED)


def test_a_fault_in_the_backup_of_leaving_is_recorded_and_the_caseload_closed(home: Path) -> None:
    with started(home, "crash_at_close") as terminal:
        _leave(terminal)
        assert terminal.wait_exit(30) == 0
        left = terminal.scrollback()
        assert not terminal.alternate_on
        assert terminal.echoes
    nothing_told(home, left)
    (line,) = (home / "logs" / "crash.log").read_text().splitlines()
    assert json.loads(line)["kind"] == "ValueError"
    assert not (home / "caseload.db-wal").exists()
