"""A crash shows type, place and reference, in each of the ways a Textual app can crash.

The canary is on the screen, in a local and in the message of every fault.
"""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.text import one_line
from sanctuary_tui.crash import CrashLog, CrashReport, describe, new_reference, record_sudden_end
from tests import needs
from tests.canary_app import CANARY, READY
from tests.terminal import Terminal

APP = Path(__file__).parents[1] / "canary_app.py"
ON_START = {"compose": "ValueError", "mount": "ValueError", "css": "StylesheetParseError"}
ON_KEY = {
    "handler": "ValueError",
    "call_later": "ValueError",
    "call_next": "ValueError",
    "timer": "ValueError",
    "thread_worker": "ValueError",
    "async_worker": "ValueError",
    "call_from_thread": "ValueError",
    "plain_thread": "ValueError",
    "markup": "MarkupError",
    "render": "ValueError",
    "query": "NoMatches",
    "reactive": "ValueError",
    "recursion": "RecursionError",
    "sys_exit": "SystemExit",
    "keyboard_interrupt": "KeyboardInterrupt",
    "group": "ValueError",
    "chained": "KeyError",
    "panic": "RuntimeError",
    "open": "FileNotFoundError",
    "print": "ValueError",
}


def start(home: Path, mode: str) -> Terminal:
    return Terminal.start([sys.executable, str(APP), mode, "--home", str(home)])


def assert_no_canary_under(folder: Path) -> None:
    for path in folder.rglob("*"):
        assert CANARY not in path.name
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes()


@pytest.mark.guarantee
@pytest.mark.terminal
@needs.tmux
@pytest.mark.parametrize(("mode", "kind"), (ON_START | ON_KEY).items())
def test_no_crash_tells_a_value(tmp_path: Path, mode: str, kind: str) -> None:
    with start(tmp_path, mode) as terminal:
        if mode in ON_KEY:
            terminal.wait_for(READY)
            terminal.keys("c")
        assert terminal.wait_exit() == 1
        said = terminal.scrollback().strip()
        assert not terminal.alternate_on
        assert terminal.echoes
    assert CANARY not in said
    assert READY not in said
    said = said.replace("\n", " ")  # one sentence, broken between words where the line ends
    (record,) = [
        json.loads(line) for line in (tmp_path / "logs" / "crash.log").read_text().splitlines()
    ]
    assert record["kind"] == kind
    assert said == (
        f"The console stopped because of a fault ({kind} at {record['place']}), "
        f"reference {record['reference']}. Two changes were saved."
    )
    assert_no_canary_under(tmp_path)


@pytest.mark.guarantee
@pytest.mark.terminal
@needs.tmux
@pytest.mark.parametrize(
    "mode",
    [
        *ON_START,
        "call_later",
        "timer",
        "thread_worker",
        "async_worker",
        "markup",
        "render",
        "query",
        "recursion",
        "sys_exit",
        "keyboard_interrupt",
    ],
)
def test_control_stock_textual_tells_the_value(tmp_path: Path, mode: str) -> None:
    """The thirteen ways of section 3b of the security notes in which it was measured to leak."""
    command = [sys.executable, str(APP), "--stock", mode, "--home", str(tmp_path)]
    with Terminal.start(command) as terminal:
        if mode in ON_KEY:
            terminal.wait_for(READY)
            terminal.keys("c")
        terminal.wait_exit()
        assert CANARY in terminal.scrollback()


@pytest.mark.terminal
@needs.tmux
@pytest.mark.parametrize("mode", ["task", "unraisable"])
def test_a_fault_that_nobody_waits_for_is_recorded_and_told(tmp_path: Path, mode: str) -> None:
    with start(tmp_path, mode) as terminal:
        terminal.wait_for(READY)
        terminal.keys("c")
        screen = terminal.wait_for("A task in the background failed")
        (line,) = (tmp_path / "logs" / "crash.log").read_text().splitlines()
        assert json.loads(line)["reference"] in screen
        terminal.keys("C-q")
        assert terminal.wait_exit() == 0
        assert CANARY not in terminal.scrollback()
    assert_no_canary_under(tmp_path)


@pytest.mark.terminal
@needs.tmux
def test_a_message_given_at_exit_is_not_shown(tmp_path: Path) -> None:
    with start(tmp_path, "message") as terminal:
        terminal.wait_for(READY)
        terminal.keys("c")
        assert terminal.wait_exit() == 0
        assert terminal.scrollback().strip() == ""


# --- describing ------------------------------------------------------------------------------


def caught(raiser: object) -> Exception:
    try:
        raiser()  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001 - any
        return error
    raise AssertionError


def test_the_place_is_our_innermost_frame() -> None:
    def ask() -> None:
        one_line([CANARY], 10)  # type: ignore[arg-type]

    report = describe(caught(ask))
    assert report.kind == "TypeError"
    assert report.place.startswith("config/text.py:")
    assert report.frames[-1].endswith(" one_line")


def test_no_frame_tells_where_the_program_lies() -> None:
    report = describe(caught(lambda: json.loads("{")))
    assert report.kind == "JSONDecodeError"
    assert not any(frame.startswith("/") or str(Path.home()) in frame for frame in report.frames)


def test_endless_recursion_gives_a_short_record() -> None:
    def recurse() -> None:
        recurse()

    report = describe(caught(recurse))
    assert len(report.frames) <= 40
    assert report.frames[0].endswith("caught")


def test_an_exception_without_a_traceback_or_a_string() -> None:
    class Hostile(Exception):
        def __str__(self) -> str:
            raise AssertionError("the message was read")

        __repr__ = __str__

    report = describe(Hostile(CANARY))
    assert report.kind == "test_an_exception_without_a_traceback_or_a_string.<locals>.Hostile"
    assert CANARY not in report.sentence()


def test_references_differ_and_can_be_read_out() -> None:
    found = {new_reference() for _ in range(500)}
    assert len(found) == 500
    assert all(len(one) == 9 and not set(one) & set("ILOU") for one in found)


# --- the log ---------------------------------------------------------------------------------


def test_the_log_is_private_and_bounded(tmp_path: Path) -> None:
    log = CrashLog()
    log.configure(tmp_path / "logs")
    report = CrashReport("AAAA-AAAA", "ValueError", "x.py:1", ("x.py:1 f" * 2000,), "now")
    for _ in range(120):
        log.keep(report)
    files = sorted(path.name for path in (tmp_path / "logs").iterdir())
    assert files == ["crash.log", "crash.log.1"]
    assert sum(path.stat().st_size for path in (tmp_path / "logs").iterdir()) < 1_200_000
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "logs").stat().st_mode) == 0o700
        assert stat.S_IMODE((tmp_path / "logs" / "crash.log").stat().st_mode) == 0o600


def test_a_log_that_cannot_be_written_is_no_second_crash(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    log = CrashLog()
    log.configure(tmp_path / "logs")
    assert log.record(ValueError()).kind == "ValueError"


def test_a_sudden_end_is_recorded(tmp_path: Path) -> None:
    sentence = record_sudden_end(-9, str(tmp_path))
    (line,) = (tmp_path / "logs" / "crash.log").read_text().splitlines()
    assert json.loads(line)["reference"] in sentence
    assert "signal 9" in sentence


# --- the command line ------------------------------------------------------------------------


def command_with(body: str, home: Path) -> list[str]:
    """The program over a command line module that does ``body``."""
    script = (
        "import sys, types\n"
        "cli = types.ModuleType('sanctuary_tui.cli')\n"
        f"def run_command(argv):\n    survivor = '{CANARY}'\n    {body}\n"
        "cli.run_command = run_command\n"
        "sys.modules['sanctuary_tui.cli'] = cli\n"
        "from sanctuary_tui.__main__ import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    return [sys.executable, "-c", script, "--home", str(home), "today"]


def run_command_with(body: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command_with(body, home), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("raise ValueError(survivor)", "ValueError"),
        ("int(survivor)", "ValueError"),
        ("open('/nowhere/' + survivor)", "FileNotFoundError"),
        ("sys.exit(survivor)", "SystemExit"),
    ],
)
def test_a_command_that_fails_tells_type_place_and_reference(
    tmp_path: Path, body: str, kind: str
) -> None:
    done = run_command_with(body, tmp_path)
    assert done.returncode == 1
    assert CANARY not in done.stdout + done.stderr
    assert done.stderr.count("\n") == 1
    assert f"({kind} at " in done.stderr
    assert_no_canary_under(tmp_path)


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ("return 0", 0, ""),
        ("return 2", 2, ""),
        ("sys.exit(2)", 2, ""),
        ("sys.exit()", 0, ""),
        ("raise KeyboardInterrupt", 130, "Stopped.\n"),
        ("from config import errors; raise errors.RefusedError('No.')", 1, "No.\n"),
    ],
)
def test_a_command_that_ends_as_it_means_to(
    tmp_path: Path, body: str, status: int, said: str
) -> None:
    done = run_command_with(body, tmp_path)
    assert (done.returncode, done.stderr) == (status, said)


def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    command = command_with("print('x' * 200000); return 0", tmp_path)
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.close()
    _, said = writer.communicate()
    assert (writer.returncode, said) == (1, b"")
