"""Damage of the caseload's file that is met while working is told as that, with what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from db.connection import PAGE_BYTES
from tests import needs
from tests.residue_case import APP
from tests.sanctuary_tui.cli_program import GOOD, Program
from tests.terminal import Terminal


@pytest.fixture
def damaged(tmp_path: Path) -> Program:
    """A home that opens, with one byte turned where Today's reminders lie."""
    program = Program(tmp_path / "home")
    key = program.init_quick()
    with program.connection(key) as connection:
        ((page,),) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'reminders'"
        ).fetchall()
    file = bytearray(program.paths.caseload.read_bytes())
    file[(page - 1) * PAGE_BYTES + 100] ^= 1
    program.paths.caseload.write_bytes(file)
    return program


def says_what_to_do(said: str, home: Path) -> None:
    (line,) = (home / "logs" / "crash.log").read_text().splitlines()
    assert json.loads(line)["reference"] in said
    assert "Part of the caseload's file is damaged" in said
    assert "'sanctuary check'" in said
    assert "'sanctuary restore'" in said
    assert "keep the damaged file" in said
    assert "fault" not in said
    assert "Everything saved" not in said


def test_a_command_that_meets_damage_says_so(damaged: Program) -> None:
    done = damaged.run("today", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    says_what_to_do(done.sentence, damaged.home)


@pytest.mark.terminal
@needs.tmux
@needs.linux
def test_a_console_that_meets_damage_says_so(damaged: Program) -> None:
    command = [sys.executable, str(APP), "whole", "--home", str(damaged.home)]
    with Terminal.start(command) as terminal:
        terminal.wait_for("Passphrase", 30)
        terminal.type(GOOD)
        terminal.keys("Enter")
        assert terminal.wait_exit(30) == 1
        said = " ".join(terminal.scrollback().split())
    says_what_to_do(said, damaged.home)
