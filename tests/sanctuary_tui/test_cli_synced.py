"""A caseload in a folder that another program copies away is not opened, and can be got out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from textual.widgets import Input

from config.paths import resolve_paths
from sanctuary_tui.app import SanctuaryApp
from sanctuary_tui.console_options import ConsoleOptions
from sanctuary_tui.screens.unlock import UnlockScreen
from tests.sanctuary_tui.cli_program import GOOD, Program

WAY_OUT = ("is kept by OneDrive", "--home", "'sanctuary backup DIR'", "'sanctuary check'")


def taken_over(program: Program, way: str) -> Program:
    """The same home after the folder, or the file alone, went to OneDrive."""
    cloud = program.home.parent / "OneDrive - Council"
    if way == "the folder":
        program.home.rename(cloud)
        return Program(cloud)
    if way == "a link to the folder":
        program.home.rename(cloud)
        program.home.symlink_to(cloud)
        return program
    cloud.mkdir()
    program.paths.caseload.rename(cloud / "caseload.db")
    program.paths.caseload.symlink_to(cloud / "caseload.db")
    return program


@pytest.fixture(scope="module", params=["the folder", "a link to the folder", "a linked file"])
def synced(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("synced") / "home")
    program.init()
    return taken_over(program, request.param)


COMMANDS = (
    ("today",),
    ("show", "S26-0001"),
    ("export", "people", "--out", "x.csv"),
    ("dispose",),
    ("passphrase",),
    ("key", "rotate", "--yes", "--kit", "kit.txt"),
)


@pytest.mark.guarantee
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_command_opens_it_and_the_sentence_says_the_way_out(
    synced: Program, command: tuple[str, ...]
) -> None:
    before = synced.paths.caseload.read_bytes()
    done = synced.run(*command, "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert all(words in done.sentence for words in WAY_OUT), done.sentence
    assert synced.paths.caseload.read_bytes() == before


@pytest.mark.guarantee
async def test_the_console_does_not_open_it(synced: Program) -> None:
    app = SanctuaryApp(synced.paths, ConsoleOptions(home=str(synced.home)))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.pause(0.2)
        await app.workers.wait_for_complete()
        screen = app.screen
        assert isinstance(screen, UnlockScreen)
        said = str(screen.query_one("#unlock-message").render())
        assert "kept by OneDrive" in said  # before a passphrase is typed in vain
        screen.query_one(Input).value = GOOD
        await pilot.press("enter")
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert app.screen is screen
        assert not app.has_caseload
        assert "kept by OneDrive" in str(screen.query_one("#unlock-message").render())


@pytest.mark.guarantee
def test_check_says_it_and_a_backup_is_the_way_out(synced: Program, tmp_path: Path) -> None:
    told = synced.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    lines = told.out.splitlines()
    assert [line for line in lines if line.startswith("BAD   folder") and "OneDrive" in line]
    assert "change log" in told.out  # it was looked into
    synced.good("backup", str(tmp_path / "out"))
    (backup,) = (tmp_path / "out").glob("*.db")
    assert backup.stat().st_size > 0
    new = Program(tmp_path / "here")
    home = resolve_paths(str(new.home), {})
    home.data_dir.mkdir(mode=0o700)
    for name in ("caseload.db", "caseload.key", "device.secret"):
        found = Path(os.path.realpath(synced.home / name))
        (home.data_dir / name).write_bytes(found.read_bytes())
        (home.data_dir / name).chmod(0o600)
    new.good("today")  # as the sentence says: moved to a folder of this computer
    assert "recovery key" in synced.good("key", "show").out.lower()
