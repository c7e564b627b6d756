"""What the real console leaves behind, on the glass and in memory, however it ends.

A survivor's surname is the canary. Every check is also made with its protection taken out, and must
then find what it looks for.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import needs
from tests.residue_case import APP, CANARY, PASSPHRASE, TYPED, prepare
from tests.terminal import Terminal

pytestmark = [pytest.mark.terminal, needs.tmux, needs.linux]
root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only root may read the memory of a hardened process: run it as root"
)
NOBODY = 65534


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of two cases, made once."""
    home = tmp_path_factory.mktemp("residue") / "home"
    prepare(home, cases=2)
    return home


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of this test's own."""
    return Path(shutil.copytree(made, tmp_path / "home"))


def unlock(terminal: Terminal) -> None:
    terminal.wait_for("Passphrase", 30)
    terminal.type(PASSPHRASE)
    terminal.keys("Enter")
    terminal.wait_for("? keys", 30)


@contextmanager
def case_open(home: Path, mode: str = "whole", *, alternate: bool = True) -> Iterator[Terminal]:
    """The console with a case on the screen, its names shown."""
    command = [sys.executable, str(APP), mode, "--home", str(home)]
    with Terminal.start(command, alternate_screen=alternate) as terminal:
        unlock(terminal)
        open_case(terminal)
        yield terminal


def open_case(terminal: Terminal) -> None:
    terminal.keys("Enter")
    if CANARY not in terminal.wait_drawn("1 Overview", 30):
        terminal.keys("x")
        terminal.wait_for(CANARY, 30)


# --- the glass ------------------------------------------------------------------------------------


def sent(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.send_signal(number)


def pressed(key: str) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.keys(key)


ENDS: dict[str, Callable[[Terminal], None]] = {
    "quit": pressed("C-q"),
    "crash_in_case": pressed("t"),
    "crash_in_thread": pressed("u"),
    "term": sent(signal.SIGTERM),
    "hup": sent(signal.SIGHUP),
    "segv": sent(signal.SIGSEGV),
    "kill": sent(signal.SIGKILL),
}
STATUS = {"quit": 0, "term": 143, "hup": 129}


@pytest.mark.guarantee
@pytest.mark.parametrize("alternate", [True, False], ids=["alternate", "plain"])
@pytest.mark.parametrize("end", ENDS)
def test_no_line_of_a_case_stays_on_the_terminal(home: Path, end: str, alternate: bool) -> None:
    mode = end if end.startswith("crash") else "whole"
    with case_open(home, mode, alternate=alternate) as terminal:
        ENDS[end](terminal)
        assert terminal.wait_exit(30) == STATUS.get(end, 1)
        left = terminal.scrollback()
        assert not terminal.alternate_on
        assert terminal.echoes
    for said in (CANARY, "S26-0001", "SAFE CONTACT", "Overview", PASSPHRASE):
        assert said not in left
    if mode != "whole":
        log = (home / "logs" / "crash.log").read_text()
        assert log.count("\n") == 1
        assert CANARY not in log
        assert json.loads(log)["reference"] in left


@pytest.mark.guarantee
@pytest.mark.parametrize("alternate", [True, False], ids=["alternate", "plain"])
def test_after_a_lock_only_the_prompt_is_on_the_terminal(home: Path, alternate: bool) -> None:
    with case_open(home, alternate=alternate) as terminal:
        terminal.keys("F12")
        terminal.wait_for("Passphrase", 30)
        left = terminal.scrollback()
    for said in (CANARY, "S26-0001", "SAFE CONTACT", "Overview"):
        assert said not in left


@pytest.mark.guarantee
@pytest.mark.parametrize("end", ["segv", "kill"])
def test_control_without_the_wipe_the_case_stays(home: Path, end: str) -> None:
    with case_open(home, "no_wipe") as terminal:
        ENDS[end](terminal)
        terminal.wait_exit(30)
        assert CANARY in terminal.scrollback()


# --- the backup at the end ------------------------------------------------------------------------


@pytest.mark.guarantee
@pytest.mark.parametrize("mode", ["slow_backup", "slow_backup_unblanked"])
def test_the_screen_is_blank_before_the_backup_begins(home: Path, mode: str) -> None:
    folder = home / "backups"
    with case_open(home, mode) as terminal:
        terminal.keys("F12")
        wait_until(folder.exists)
        on_the_glass = terminal.screen()
        assert not list(folder.glob("*.db")), "the backup was over before the screen was looked at"
        terminal.wait_for("Passphrase", 30)
    assert len(list(folder.glob("*.db"))) == 1
    assert not list(folder.glob(".*"))
    if mode == "slow_backup":
        assert on_the_glass.split("\n")[0].startswith("Locked. A backup is made")
        assert CANARY not in on_the_glass
    else:
        assert CANARY in on_the_glass


@pytest.mark.guarantee
def test_a_kill_while_the_backup_is_made_leaves_it_to_the_next_end(home: Path) -> None:
    folder = home / "backups"
    with case_open(home, "slow_backup") as terminal:
        terminal.keys("C-q")
        wait_until(folder.exists)
        terminal.send_signal(signal.SIGKILL)
        assert terminal.wait_exit(30) == 1
    assert not list(folder.glob("*.db"))
    with case_open(home) as terminal:
        terminal.keys("C-q")
        assert terminal.wait_exit(30) == 0
    assert len(list(folder.glob("*.db"))) == 1
    assert not list(folder.glob(".*"))


def wait_until(there: Callable[[], bool], seconds: float = 15) -> None:
    until = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.01)


# --- memory ---------------------------------------------------------------------------------------


def copies_in(pid: int, *wanted: str) -> int:
    """How often any of these texts stands in the memory of a process, in any of Python's widths."""
    needles = [
        text.encode(encoding) for text in wanted for encoding in ("utf-8", "utf-16-le", "utf-32-le")
    ]
    found = 0
    with Path(f"/proc/{pid}/maps").open() as maps, Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for line in maps:
            span, rights, *_ = line.split()
            if rights[0] != "r" or line.rstrip().endswith(("[vvar]", "[vsyscall]")):
                continue
            first, last = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(first)
                data = memory.read(last - first)
            except (OSError, ValueError, OverflowError):
                continue
            found += sum(data.count(needle) for needle in needles)
    return found


@pytest.mark.guarantee
@root
def test_after_a_lock_no_process_of_ours_holds_a_copy(home: Path) -> None:
    with case_open(home) as terminal:
        before = {pid: copies_in(pid, CANARY, PASSPHRASE) for pid in terminal.pids()}
        launcher, console = before
        assert before[console] > 0  # the scan finds it where it is
        assert before[launcher] == 0  # and the parent never had it
        terminal.keys("F12")
        terminal.wait_for("Passphrase", 30)
        after = terminal.pids()
        assert after[0] == launcher
        assert console not in after
        assert [copies_in(pid, CANARY, PASSPHRASE) for pid in after] == [0] * len(after)


@pytest.mark.guarantee
@root
def test_control_a_lock_within_the_process_leaves_copies(home: Path) -> None:
    """Which of them is overwritten in passing is chance: of three consoles one has some left."""
    left = 0
    for _ in range(3):
        with case_open(home, "lock_in_place") as terminal:
            console = terminal.pids()[-1]
            terminal.keys("F12")
            terminal.wait_gone(CANARY)
            time.sleep(1.5)  # its clock ticks every second
            assert terminal.pids()[-1] == console
            left += copies_in(console, CANARY)
            assert terminal.pids()[-1] == console
    assert left > 0


LOOK = """
import json, sys
found = {}
for name in ("mem", "environ", "maps"):
    try:
        with open(f"/proc/{sys.argv[1]}/{name}", "rb", 0) as stream:
            stream.read(1) if name != "mem" else None
        found[name] = "open"
    except PermissionError:
        found[name] = "refused"
print(json.dumps(found))
"""


def for_any_account() -> str:
    """A Python that an account of no rights can run, with the program in its reach."""
    asks = (
        f"import sys; sys.path.insert(0, {str(APP.parents[1])!r}); import sanctuary_tui.hardening"
    )
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            subprocess.run(
                [python, "-c", asks], user=NOBODY, group=NOBODY, check=True, cwd="/", stderr=-3
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip("no Python here can be run by another account: install one where all may read it")


def seen_by_another(holds: str, mode: str, *arguments: str) -> set[str]:
    """A process as an account of its own, and what a second one of that account gets of it."""
    python = for_any_account()
    script = (
        "import sys, time\n"
        f"sys.path.insert(0, {str(APP.parents[1])!r})\n"
        "from tests import live_console\n"
        "live_console.MODES[sys.argv.pop(1)]()\n"
        "def hold(*_):\n"
        "    survivor = 'Quaxelby' + '-Vrondt'\n"
        "    print('ready', flush=True)\n"
        "    time.sleep(60)\n"
    )
    holder = subprocess.Popen(
        [python, "-c", script + holds, mode, *arguments],
        user=NOBODY,
        group=NOBODY,
        stdout=subprocess.PIPE,
        cwd="/",
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"ready\n"
        done = subprocess.run(
            [python, "-c", LOOK, str(holder.pid)],
            user=NOBODY,
            group=NOBODY,
            capture_output=True,
            text=True,
            check=True,
            cwd="/",
        )
    finally:
        holder.kill()
        holder.wait()
        assert holder.stdout is not None
        holder.stdout.close()
    return set(json.loads(done.stdout).values())


SEEN = {"whole": {"refused"}, "readable": {"open"}}


@pytest.mark.guarantee
@root
@pytest.mark.parametrize("mode", SEEN)
def test_another_process_of_the_same_account_is_refused(mode: str) -> None:
    """As the console begins."""
    holds = "from sanctuary_tui.hardening import harden_process\nharden_process()\nhold()\n"
    assert seen_by_another(holds, mode) == SEEN[mode]


@pytest.mark.guarantee
@root
@pytest.mark.parametrize("mode", SEEN)
def test_a_command_is_closed_to_other_processes_of_the_account(mode: str) -> None:
    """Before a command is even chosen, so before any reads a secret."""
    holds = (
        "import types\n"
        "sys.modules['sanctuary_tui.cli'] = types.SimpleNamespace(run_command=hold)\n"
        "from sanctuary_tui.__main__ import main\n"
        "main()\n"
    )
    command = ("show", "S26-0001", "--home", "/nowhere")
    assert seen_by_another(holds, mode, *command) == SEEN[mode]


def told_by(pid: int) -> bytes:
    """What any account can read of a process in the list of processes, and its environment."""
    return b"".join(
        Path(f"/proc/{pid}/{name}").read_bytes() for name in ("cmdline", "environ", "comm")
    )


@pytest.mark.guarantee
@root
def test_nothing_secret_is_in_arguments_environment_or_logs(home: Path) -> None:
    with case_open(home) as terminal:
        told = b"".join(told_by(pid) for pid in terminal.pids())
        terminal.keys("F12")
        terminal.wait_for("Passphrase", 30)
        told += b"".join(told_by(pid) for pid in terminal.pids())
        terminal.keys("C-q")
        assert terminal.wait_exit(30) == 0
    assert b"--home" in told
    lying = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for secret in (PASSPHRASE, CANARY):
        assert secret.encode() not in told
        assert secret.encode() not in lying  # a name of three letters stands there by chance
    assert b"Ada" not in told


@pytest.mark.guarantee
def test_control_what_a_process_is_given_is_seen() -> None:
    given = subprocess.Popen(
        [sys.executable, "-c", "input()", CANARY],
        env={**os.environ, "GIVEN": PASSPHRASE},
        stdin=subprocess.PIPE,
    )
    try:
        wait_until(lambda: CANARY.encode() in told_by(given.pid))
        assert PASSPHRASE.encode() in told_by(given.pid)
    finally:
        given.communicate(b"\n")


# --- waking ---------------------------------------------------------------------------------------


@pytest.mark.guarantee
@pytest.mark.parametrize("mode", ["whole", "deaf_to_waking"])
def test_a_console_that_slept_is_locked_within_a_second_of_waking(home: Path, mode: str) -> None:
    with case_open(home, mode) as terminal:
        terminal.send_signal(signal.SIGSTOP)
        time.sleep(2)
        assert CANARY in terminal.screen()  # a stopped program can wipe nothing
        woken = time.monotonic()
        terminal.send_signal(signal.SIGCONT)
        while CANARY in terminal.screen() and time.monotonic() - woken < 1.0:
            time.sleep(0.01)
        there = CANARY in terminal.screen()
        if mode == "whole":
            assert not there
            assert "Locked" in terminal.wait_for("Passphrase", 30)
        else:
            assert there


# --- work that was not saved ----------------------------------------------------------------------


def type_a_note(terminal: Terminal) -> None:
    terminal.keys("t")
    terminal.wait_for("new note", 30)
    terminal.type(TYPED)
    terminal.wait_for(TYPED)


@pytest.mark.guarantee
@pytest.mark.parametrize("end", ["lock", "quit", "term", "hup", "kill", "crash"])
def test_what_was_typed_comes_back_after_each_end(home: Path, end: str) -> None:
    with case_open(home, "crash_in_form" if end == "crash" else "whole") as terminal:
        type_a_note(terminal)
        if end == "kill":
            time.sleep(1.5)  # kept by itself after 0.8 s without a key
        if end == "lock":
            terminal.keys("F12")
            unlock(terminal)
        else:
            (pressed("C-s") if end == "crash" else ENDS[end])(terminal)
            terminal.wait_exit(30)
            assert CANARY not in terminal.scrollback()
            assert TYPED not in terminal.scrollback()
    with case_open(home) as terminal:
        terminal.keys("t")
        terminal.wait_for("Your draft is back", 30)
        terminal.wait_for(TYPED)


@pytest.mark.guarantee
@pytest.mark.parametrize("mode", ["whole", "drafts_of_any_case"])
def test_what_was_typed_comes_back_in_its_own_case_only(home: Path, mode: str) -> None:
    with case_open(home, mode) as terminal:
        type_a_note(terminal)
        terminal.keys("F12")
        unlock(terminal)
        terminal.keys("g")
        terminal.wait_for("Go to case", 30)
        first_open = "S26-0001"
        terminal.type("2")
        terminal.keys("Enter")
        shown = terminal.wait_drawn(
            lambda screen: "1 Overview" in screen and "S26-0002" in screen, 30
        )
        assert first_open not in shown
        terminal.keys("t")
        shown = terminal.wait_for("new note", 30)
        time.sleep(0.5)
        shown = terminal.screen()
        assert (TYPED in shown) is (mode != "whole")
