"""What is logged and registered has the moment at which it was done, whatever day is looked at."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db import queries
from db.changes import look_at_clock
from db.models import Case, Disclosure
from tests.sanctuary_tui.cli_program import GOOD, Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


def moments(program: Program, key: bytearray) -> list[datetime]:
    with program.caseload(key) as caseload:
        return [one.at for one in queries.recent_changes(caseload.connection)]


@pytest.mark.guarantee
@pytest.mark.parametrize("day", ["2020-01-01", "2099-01-01"])
def test_another_day_moves_no_moment_of_the_log_or_the_register(
    program: Program, tmp_path: Path, day: str
) -> None:
    key = program.init()
    with program.caseload(key) as caseload:
        ref = caseload.store.add(Case(route="police")).ref
    out = tmp_path / "people.csv"
    program.good("show", ref, "--today", day)
    program.good("export", "people", "--out", str(out), "--today", day)
    program.good("breach", "lost-laptop", "--today", day)
    now = datetime.now(UTC)
    near = timedelta(minutes=10)
    assert all(abs(at - now) < near for at in moments(program, key))
    with program.caseload(key) as caseload:
        (row,) = queries.all_of(caseload.connection, Disclosure)
    assert row.at is not None
    assert abs(row.at - now) < near
    told = program.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n").out
    assert "set back" not in told
    assert "ahead of now" not in told


def test_a_demo_still_lives_on_its_own_day(program: Program) -> None:
    program.run("demo", "--cases", "12", "--no-console", "--today", "2026-03-05")
    program.good("today", "--names", passphrase="demo")
    listed = program.good(
        "export", "changes", "--out", str(program.home / "x.csv"), passphrase="demo"
    )
    assert listed.status == 0
    assert "2026-03-05T" in (program.home / "x.csv").read_text("utf-8-sig").splitlines()[-1]


@pytest.mark.guarantee
def test_check_says_that_the_clock_was_wrong_and_calls_it_no_damage(program: Program) -> None:
    key = program.init()
    real = datetime.now(UTC)
    for moment in (real - timedelta(days=2), real + timedelta(days=400)):
        with program.caseload(key, moment) as caseload:
            caseload.store.note("system", "caseload", 0, 0, "opened under a wrong clock")
    told = program.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n").out
    (line,) = (one for one in told.splitlines() if one.startswith("good  change log"))
    assert "1 line from row" in line
    assert "was set back" in line
    assert "ahead of now" in line
    with program.caseload(key) as caseload:
        found = look_at_clock(caseload.connection, real)
    assert (found.back, found.ahead) == (1, 1)


def test_an_hour_back_in_october_is_no_wrong_clock(program: Program) -> None:
    key = program.init()
    for hours in (23, 0):
        moment = datetime.now(UTC) + timedelta(hours=hours)
        with program.caseload(key, moment) as caseload:
            caseload.store.note("system", "caseload", 0, 0, "seen")
            found = look_at_clock(caseload.connection, datetime.now(UTC))
    assert (found.back, found.ahead) == (0, 0)
