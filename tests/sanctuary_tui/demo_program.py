"""A demo caseload and the program on it, for tests of the command line."""

from __future__ import annotations

import json

import pytest

from db.keys import CHEAP_FOR_TESTS, change_passphrase, unlock
from tests.sanctuary_tui.cli_program import Done, Program

DAY = "2026-11-26"
CASES = 40


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """A demo caseload on a date of its own, shared by the tests of this module."""
    program = Program(tmp_path_factory.mktemp("demo") / "home")
    done = program.run("demo", "--cases", str(CASES), "--no-console", "--today", DAY)
    assert done.status == 0, done.err
    assert len(done.out.strip().splitlines()) == 1
    assert f"Made {CASES} synthetic cases" in done.out
    # The derivation is not what is tested here, and is run dozens of times.
    change_passphrase(program.paths, "demo", "demo", params=CHEAP_FOR_TESTS, allow_weak=True)
    return program


@pytest.fixture(scope="module")
def key(demo: Program) -> bytearray:
    return unlock(demo.paths, "demo")


def good(demo: Program, *arguments: str) -> Done:
    return demo.good(*arguments, passphrase="demo")


def refused(demo: Program, *arguments: str) -> str:
    done = demo.run(*arguments, "--passphrase-file", "-", stdin="demo\n")
    assert (done.status, done.out) == (1, "")
    return done.sentence


def any_ref(demo: Program) -> str:
    lines = json.loads(good(demo, "today", "--json").out)["lines"]
    return str(lines[0]["ref"])
