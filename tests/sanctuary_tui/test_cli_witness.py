"""A log that was changed and a caseload put back, as the commands and the console tell them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from db.caseload import Caseload
from db.changes import ChainState
from db.keys import CHEAP_FOR_TESTS, change_passphrase
from db.models import Case, Note
from db.witness import Witnesses
from sanctuary_tui.screens.unlock import UnlockScreen
from tests.db.test_witness import MUTATIONS
from tests.frozen import KEY, FrozenConsole, Opened, play, settle, text_of
from tests.sanctuary_tui.cli_program import GOOD, OTHER, Program, checks_in, parts_of


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, bytearray]:
    """A caseload with a dozen changes, witnessed."""
    program = Program(tmp_path_factory.mktemp("witnessed") / "home")
    key = program.init_quick()
    written(program, key)
    return program, key


def written(program: Program, key: bytearray) -> None:
    with program.caseload(key) as caseload:
        case = caseload.store.add(Case(route="police"), why="referral taken")
        for number in range(12):
            caseload.store.add(Note(case_id=case.id, body=f"Note {number}"))
    program.good("today")


@pytest.fixture
def program(original: tuple[Program, bytearray], tmp_path: Path) -> Program:
    copy = Program(tmp_path / "home")
    shutil.copytree(original[0].home, copy.home)
    return copy


@pytest.fixture
def key(original: tuple[Program, bytearray]) -> bytearray:
    return original[1]


def told(program: Program) -> dict[str, str]:
    """Each part of ``check``: its name and whether it is good."""
    out = program.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n").out
    return parts_of(checks_in(out))


def test_a_log_in_order(program: Program) -> None:
    found = told(program)
    assert (found["change log"], found["witness"], found["latest"]) == ("good", "good", "good")


def test_check_tells_of_an_older_key_file(program: Program) -> None:
    old = program.paths.keyfile.read_bytes()
    change_passphrase(program.paths, GOOD, OTHER, params=CHEAP_FOR_TESTS)
    program.good("today", passphrase=OTHER)
    program.paths.keyfile.write_bytes(old)
    assert told(program)["witness"] == "BAD"
    refused = program.run("today", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert "older than the key file last written" in refused.sentence


@pytest.mark.guarantee
@pytest.mark.parametrize("name", MUTATIONS)
def test_check_notices_each_way_to_change_the_log(
    program: Program, key: bytearray, name: str
) -> None:
    with program.caseload(key) as caseload:
        mutate(caseload, name)
    found = told(program)
    assert "BAD" in (found["change log"], found["witness"])
    if name in ("cut the tail", "rewrite from the middle", "cut the tail and write another"):
        assert (found["change log"], found["witness"]) == ("good", "BAD")


def mutate(caseload: Caseload, name: str) -> None:
    MUTATIONS[name](caseload)
    caseload.store.log.reload()


@pytest.fixture
def older(program: Program, key: bytearray) -> Program:
    """The file of before, put back after more was written."""
    old = program.paths.caseload.read_bytes()
    written(program, key)
    program.paths.caseload.write_bytes(old)
    return program


@pytest.mark.parametrize("command", [["today"], ["show", "S26-0001"], ["passphrase"]])
def test_a_command_refuses_an_older_caseload_in_one_sentence(
    older: Program, command: list[str]
) -> None:
    before = older.paths.caseload.read_bytes()
    done = older.run(*command, "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert (done.status, done.out) == (1, "")
    assert "is older than when it was last closed here" in done.sentence
    assert "sanctuary restore" in done.sentence
    assert older.paths.caseload.read_bytes() == before


def test_check_tells_of_it_each_time_it_is_asked(older: Program) -> None:
    for _ in range(2):
        found = told(older)
        assert (found["change log"], found["witness"]) == ("good", "BAD")


def test_it_can_be_backed_up_and_a_restore_puts_it_right(
    older: Program, key: bytearray, tmp_path: Path
) -> None:
    done = older.run("backup", str(tmp_path / "b"), "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 0, done.err
    assert told(older)["witness"] == "BAD"
    file = next((tmp_path / "b").glob("*.db"))
    done = older.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    older.good("today", passphrase=OTHER)
    assert "restored from a backup, with a new passphrase" in older.logged(key)


# --- the console asks


def put_back(app: FrozenConsole) -> None:
    """Witness more changes than the caseload has."""
    Witnesses(app.paths, KEY).renew(ChainState(1_000_000, bytes(32)))


async def asked(pilot: Pilot[Any]) -> None:
    """Wait for the question."""
    for _ in range(200):
        await pilot.pause(0.05)
        if "Open it all the same?" in text_of(pilot):
            break


@pytest.mark.guarantee
@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_console_asks_and_goes_on(console: Opened, size: tuple[int, int]) -> None:
    app = console()
    put_back(app)
    async with app.run_test(size=size) as pilot:
        await asked(pilot)
        said = " ".join(text_of(pilot).split())
        assert "is older than when it was last closed here" in said
        assert "sanctuary restore" in said
        assert app.armed
        await pilot.press("y")  # ``play`` would wait first until the caseload is open
        await settle(pilot)
        assert app.opened
        rows = await app.read(
            lambda data: data.connection.execute(
                "SELECT count(*) FROM changes WHERE why LIKE 'gone on from an older caseload%'"
            ).fetchall()
        )
        assert rows == [(1,)]


async def test_the_console_asks_and_leaves_it(console: Opened) -> None:
    app = console()
    put_back(app)
    async with app.run_test(size=(80, 24)) as pilot:
        await asked(pilot)
        await pilot.press("n")
        for _ in range(100):
            await pilot.pause(0.05)
            if isinstance(app.screen, UnlockScreen) and "older" in text_of(pilot):
                break
        assert not app.opened
        assert "is older than when it was last closed here" in " ".join(text_of(pilot).split())


async def test_nothing_is_asked_where_nothing_is_wrong(console: Opened) -> None:
    """The control."""
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "")
        assert app.opened
        assert "Open it all the same?" not in text_of(pilot)
