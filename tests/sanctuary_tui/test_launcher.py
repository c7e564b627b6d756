"""What stays on the glass after each way the console can end, in a real terminal."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sanctuary_tui.__main__ import wants_console
from sanctuary_tui.crash import record_sudden_end
from sanctuary_tui.exits import LOCK_EXIT
from tests import needs
from tests.canary_app import CANARY, READY
from tests.terminal import Terminal

APP = Path(__file__).parents[1] / "canary_app.py"

pytestmark = [pytest.mark.terminal, needs.tmux, needs.linux]


def start(home: Path, mode: str = "none", *, alternate_screen: bool = True) -> Terminal:
    home.mkdir(parents=True, exist_ok=True)
    return Terminal.start(
        [sys.executable, str(APP), mode, "--home", str(home)],
        env={"TEXTUAL_LOG": str(home / "textual.log"), "TEXTUAL_SCREENSHOT": "1"},
        alternate_screen=alternate_screen,
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def glass(home: Path) -> Iterator[Terminal]:
    with start(home) as terminal:
        terminal.wait_for(CANARY)
        yield terminal


def assert_clean(terminal: Terminal) -> None:
    """Nothing of the caseload left, and a terminal as a shell wants it."""
    assert CANARY not in terminal.scrollback()
    assert READY not in terminal.scrollback()
    assert not terminal.alternate_on
    assert terminal.modes == {"mouse": False, "cursor": True, "wrap": True, "keypad": False}
    assert terminal.echoes


def drafts_saved(home: Path) -> bool:
    return (home / "draft").exists()


def records(home: Path) -> list[dict[str, object]]:
    log = home / "logs" / "crash.log"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_the_console_draws_on_the_alternate_screen_of_a_child(glass: Terminal) -> None:
    assert glass.alternate_on
    assert glass.modes["mouse"]
    assert len(glass.pids()) == 2


def test_the_launcher_imports_no_textual_and_maps_no_caseload(glass: Terminal) -> None:
    launcher, console = glass.pids()
    maps = Path(f"/proc/{launcher}/maps").read_text()
    assert "sqlcipher" not in maps
    assert "nacl" not in maps
    assert launcher != console


@pytest.mark.guarantee
def test_after_quit(glass: Terminal, home: Path) -> None:
    glass.keys("C-q")
    assert glass.wait_exit() == 0
    assert_clean(glass)
    assert drafts_saved(home)
    assert glass.scrollback().strip() == ""


def test_after_quit_where_the_terminal_has_no_alternate_screen(home: Path) -> None:
    with start(home, alternate_screen=False) as terminal:
        terminal.wait_for(CANARY)
        terminal.keys("C-q")
        assert terminal.wait_exit() == 0
        assert_clean(terminal)


@pytest.mark.guarantee
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGBUS])
def test_after_a_sudden_end_of_the_console(
    glass: Terminal, home: Path, number: signal.Signals
) -> None:
    glass.send_signal(number)
    assert glass.wait_exit() == 1
    assert_clean(glass)
    (record,) = records(home)
    assert record["kind"] == f"signal {number.value}"
    told = record_sudden_end(-number, str(home))
    said = " ".join(glass.scrollback().split())
    begin, _, rest = told.partition("reference ")
    words = {*begin.split(), *rest.split()[1:]}
    assert words <= set(said.split()), "no word of it is broken at the end of a line"
    assert f"reference {record['reference']}" in said
    assert "Everything saved is in the caseload" in said


@pytest.mark.parametrize("to", [0, -1], ids=["launcher", "console"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_signal_saves_drafts_and_ends_it(
    glass: Terminal, home: Path, number: signal.Signals, to: int
) -> None:
    glass.send_signal(number, to=to)
    assert glass.wait_exit() == 128 + number
    assert_clean(glass)
    assert drafts_saved(home)
    assert not records(home)


def test_a_killed_launcher_takes_the_console_with_it(glass: Terminal, home: Path) -> None:
    console = glass.pids()[-1]
    glass.send_signal(signal.SIGKILL, to=0)
    assert glass.wait_exit() == 128 + signal.SIGKILL
    glass.wait_for(lambda _: not Path(f"/proc/{console}").exists())
    assert_clean(glass)
    assert drafts_saved(home)


@pytest.mark.guarantee
def test_a_closed_window_ends_both(home: Path) -> None:
    with start(home) as terminal:
        terminal.wait_for(CANARY)
        handles = [os.pidfd_open(pid) for pid in terminal.pids()]
        terminal.close_window()
        for handle in handles:
            assert select.select([handle], [], [], 15)[0], "the process still runs"
            os.close(handle)
    assert drafts_saved(home)


def test_control_without_the_launcher_the_caseload_stays_on_the_glass(home: Path) -> None:
    home.mkdir()
    command = [sys.executable, str(APP), "--child", "none", "--home", str(home)]
    with Terminal.start(command) as terminal:
        terminal.wait_for(CANARY)
        terminal.send_signal(signal.SIGKILL)
        assert terminal.wait_exit() == 128 + signal.SIGKILL
        assert CANARY in terminal.scrollback()
        assert terminal.alternate_on
        assert not terminal.echoes


@pytest.mark.guarantee
def test_lock_ends_the_process_and_asks_again_in_a_fresh_one(glass: Terminal, home: Path) -> None:
    launcher, console = glass.pids()
    glass.keys("l")
    glass.wait_for("Locked.")
    fresh_launcher, fresh_console = glass.pids()
    assert fresh_launcher == launcher
    assert fresh_console != console
    assert drafts_saved(home)
    glass.keys("C-q")
    assert glass.wait_exit() == 0
    assert_clean(glass)


def test_keys_typed_before_the_first_paint_are_not_lost(home: Path) -> None:
    with start(home) as terminal:
        terminal.wait_for("ready")  # the program has not started yet
        terminal.type("l")
        terminal.wait_for("Locked.")


def test_idle_lock(home: Path) -> None:
    with start(home, "short") as terminal:
        terminal.wait_for("Locked after", timeout=8)


def test_a_console_that_was_stopped_locks_when_it_goes_on(glass: Terminal) -> None:
    console = glass.pids()[-1]
    glass.send_signal(signal.SIGSTOP)
    glass.send_signal(signal.SIGCONT)
    glass.wait_for("Locked after the console was stopped.", timeout=3)
    assert console not in glass.pids()


def test_ctrl_z_and_sigtstp_suspend_nothing(glass: Terminal) -> None:
    glass.keys("C-z")
    for to in (0, -1):
        glass.send_signal(signal.SIGTSTP, to=to)
    glass.keys("l")
    glass.wait_for("Locked.")


@pytest.mark.guarantee
def test_the_lock_comes_even_when_the_console_hangs(home: Path) -> None:
    with start(home, "short") as terminal:
        terminal.wait_for(CANARY)
        terminal.keys("h")
        terminal.wait_for("Locked after", timeout=20)
        assert terminal.exit_code is None


def test_a_failing_before_lock_does_not_keep_the_lock_open(home: Path) -> None:
    with start(home, "before_lock") as terminal:
        terminal.wait_for(CANARY)
        terminal.keys("l")
        terminal.wait_for("Locked.")
        (record,) = records(home)
        assert record["kind"] == "ValueError"


def test_a_hanging_before_lock_is_not_waited_for(home: Path) -> None:
    with start(home, "before_lock_hangs") as terminal:
        terminal.wait_for(CANARY)
        terminal.keys("l")
        terminal.wait_gone(CANARY, timeout=2)
        terminal.wait_for("Locked.", timeout=8)


def test_no_textual_variable_reaches_the_console(glass: Terminal, home: Path) -> None:
    glass.keys("C-q")
    assert glass.wait_exit() == 0
    left = {path.name for path in home.iterdir()}
    assert left == {"draft"}


def test_without_a_terminal_one_sentence(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(APP), "none", "--home", str(home)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "needs a terminal" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "console"),
    [
        ([], True),
        (["--home", "X"], True),
        (["--home=X"], True),
        (["--home"], False),
        (["--home="], False),
        (["--home", "--help"], False),
        (["--help"], False),
        (["today"], False),
        (["--home", "X", "today"], False),
        (["demo"], False),
    ],
)
def test_what_opens_the_console(arguments: list[str], console: bool) -> None:
    assert wants_console(arguments) is console


def test_the_lock_status_is_no_status_a_shell_or_python_gives() -> None:
    assert LOCK_EXIT not in {0, 1, 2, 126, 127, *range(128, 256)}
