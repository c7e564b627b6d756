"""The parent without data: starts the console as a child and cleans the glass after it.

Whatever ends the child (quit, lock, crash, ``kill -9``, a closed window), the parent leaves the
alternate screen, wipes it with its scrollback and gives the terminal back as it was. After a lock
it starts a fresh child, so that no memory of the old one remains. It never opens the caseload and
imports next to nothing: the unlock prompt waits for it.
"""

from __future__ import annotations

import os
import signal
import sys

from sanctuary_tui.exits import CRASH_EXIT, LOCK_EXIT

TYPE_CHECKING = False  # importing typing costs 4 ms
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

KILL_AFTER_SECONDS = 10
"""A child told to end that still runs after this is killed."""

CHILD = (sys.executable, "-I", "-X", "utf8", "-m", "sanctuary_tui.console")
WIPE = (
    "\x1b\\"  # ends any string sequence that was cut short
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1015l\x1b[?1016l"  # mouse
    "\x1b[?1004l\x1b[?2004l\x1b[?2026l\x1b[?2048l"  # focus, paste, sync, resize reports
    "\x1b[2J\x1b[<u\x1b[?1049l\x1b[<u"  # kitty keys, on both screens; alternate screen
    "\x1b[?25h\x1b[?7h\x1b[0m\x1b[r"  # cursor, line wrap, colours, scroll region
    "\x1b[2J\x1b[3J\x1b[H"  # screen, scrollback, home
)
"""Everything the console switched on, off again, and nothing left to read."""

_REPORT_BYTES = 2000


def run_console(args: Sequence[str] = (), *, child: Sequence[str] = CHILD) -> int:
    """Run the console until it is left; return the exit status for the shell.

    ``args`` go to the console as they are (``sanctuary_tui.console`` lists them). ``child`` is
    the command that starts it.
    """
    if not all(os.isatty(number) for number in (0, 1, 2)):
        _complain(
            "The console needs a terminal for keys and screen; in scripts use a command such as "
            "`sanctuary today` instead."
        )
        return 1
    run_child = _run_posix if os.name == "posix" else _run_windows
    locked: list[str] = []
    terminal, signals = _Terminal(), _Signals()
    try:
        while True:
            terminal.prepare()
            ended = run_child([*child, *args, *locked], signals)
            if ended.status != LOCK_EXIT or signals.asked:
                break
            terminal.wipe()
            locked = [f"--locked={ended.report or 'key'}"]
    finally:
        terminal.give_back()
    return 128 + signals.asked if signals.asked else _farewell(ended, args)


class _Ended:
    """How a child ended: its exit status (negative: the signal that killed it), its last word."""

    def __init__(self, status: int, report: bytes) -> None:
        self.status = status
        self.report = "".join(filter(str.isprintable, report.decode(errors="replace")))


class _Terminal:
    """The terminal as it was found, to give back so, whatever the child did to it."""

    def __init__(self) -> None:
        self._found: list[Any] | None = None
        if sys.platform != "win32":
            import termios

            try:
                self._found = termios.tcgetattr(0)
            except termios.error:
                return  # no terminal, or its window was closed

    def prepare(self) -> None:
        """Keys typed before the prompt is drawn reach it and are not echoed."""
        if self._found is not None and sys.platform != "win32":
            import termios

            quiet = [*self._found]
            quiet[3] &= ~termios.ECHO
            self._set(termios.TCSANOW, quiet)

    def sane(self) -> None:
        """Take ordinary line editing for what was found."""
        if self._found is not None and sys.platform != "win32":
            import termios

            self._found[0] |= termios.ICRNL | termios.IXON
            self._found[1] |= termios.OPOST | termios.ONLCR
            self._found[3] |= termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN

    def wipe(self) -> None:
        """Leave the alternate screen, switch every mode off, wipe screen and scrollback."""
        for number in (2, 1):
            if os.isatty(number):
                _write(number, WIPE)
                return

    def give_back(self) -> None:
        """Wipe and restore; keys not yet read are thrown away, not left to the shell."""
        self.wipe()
        if self._found is not None and sys.platform != "win32":
            import termios

            self._set(termios.TCSAFLUSH, self._found)

    def _set(self, when: int, attributes: list[Any]) -> None:
        if sys.platform != "win32":
            import termios

            try:
                termios.tcsetattr(0, when, attributes)
            except termios.error:
                return  # the window was closed


def abandon_terminal() -> None:
    """For a console whose parent has gone: leave a wiped terminal in which keys echo."""
    terminal = _Terminal()
    terminal.sane()
    terminal.give_back()


def _child_environment() -> dict[str, str]:
    from sanctuary_tui.hardening import forbid_core_dumps, scrub_environment

    forbid_core_dumps()
    environ = dict(os.environ)
    scrub_environment(environ)
    return environ


class _Signals:
    """Hands the signals this process gets on to the child, and ends one that does not listen."""

    def __init__(self) -> None:
        self.asked = 0
        self._pid = 0
        if sys.platform == "win32":
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        else:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, self._forward)
            signal.signal(signal.SIGALRM, self._kill)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            # From the background, giving the terminal back would stop us; and nothing may
            # suspend with ctrl+z, which would leave the caseload open behind a shell.
            signal.signal(signal.SIGTTOU, signal.SIG_IGN)
            signal.signal(signal.SIGTSTP, signal.SIG_IGN)

    def watch(self, pid: int) -> None:
        """Signals go to this child from now on; 0 for none."""
        self._pid = pid
        if sys.platform != "win32":
            signal.alarm(0)
            if pid and self.asked:
                self._forward(self.asked, None)

    def _forward(self, number: int, _frame: object) -> None:
        self.asked = number
        if self._pid and sys.platform != "win32":
            os.kill(self._pid, number)
            signal.alarm(KILL_AFTER_SECONDS)

    def _kill(self, _number: int, _frame: object) -> None:
        if self._pid and sys.platform != "win32":
            os.kill(self._pid, signal.SIGKILL)


def _run_posix(command: list[str], signals: _Signals) -> _Ended:
    if sys.platform == "win32":
        raise NotImplementedError
    read_end, write_end = os.pipe()
    os.set_inheritable(write_end, True)
    command = [*command, f"--parent={os.getpid()}", f"--report={write_end}"]
    pid = os.posix_spawn(command[0], command, _child_environment())
    signals.watch(pid)
    os.close(write_end)
    _, status = os.waitpid(pid, 0)
    signals.watch(0)
    # Not read to its end: something the child started may still hold the other end.
    os.set_blocking(read_end, False)
    try:
        report = os.read(read_end, _REPORT_BYTES)
    except BlockingIOError:
        report = b""
    os.close(read_end)
    return _Ended(os.waitstatus_to_exitcode(status), report)


def _run_windows(command: list[str], signals: _Signals) -> _Ended:
    import subprocess

    # Textual draws on standard output there, so standard error is free for the last word
    process = subprocess.Popen(
        [*command, f"--parent={os.getpid()}", "--report=2"],
        env=_child_environment(),
        stderr=subprocess.PIPE,
    )
    _, report = process.communicate()
    return _Ended(process.returncode, report[:_REPORT_BYTES])


def _farewell(ended: _Ended, args: Sequence[str]) -> int:
    """Say in at most one line how it ended; return the exit status for the shell."""
    if ended.report:
        _complain(ended.report)
    elif ended.status:
        from sanctuary_tui.console_options import parse_options
        from sanctuary_tui.crash import record_sudden_end

        _complain(record_sudden_end(ended.status, parse_options(args).home))
    return 1 if ended.status < 0 or ended.status == CRASH_EXIT else ended.status


def _complain(sentence: str) -> None:
    from sanctuary_tui.cli_output import folded

    _write(2, f"{folded(sentence, sys.stderr)}\n")


def _write(number: int, text: str) -> None:
    try:
        os.write(number, text.encode())
    except OSError:
        return  # the window was closed: nothing to wipe, nobody to read
