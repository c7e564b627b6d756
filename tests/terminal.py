"""A real terminal for tests: one private tmux server a test, driven by keys.

    with Terminal.start(["sanctuary"], size=(80, 24), env={"SANCTUARY_HOME": home}) as terminal:
        terminal.wait_for("Passphrase")
        terminal.type("demo")
        terminal.keys("Enter")
        assert terminal.exit_code is None

Keys have tmux's names: ``Enter``, ``Escape``, ``Tab``, ``BTab``, ``Up``, ``PageDown``, ``F2``,
``C-q``, or a character. Waiting polls the screen; a wait that fails shows the screen.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType

POLL_SECONDS = 0.03
_LOOKS = 30
"""After which a screen that never stands still is taken as it is."""
TIMEOUT_SECONDS = 15.0

_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHON_KEYRING_BACKEND")
# The pane outlives the program, so that what it left on the glass can be read.
_WRAPPER = 'printf ready; "$@"; echo $? > "$EXIT_FILE.part"; mv "$EXIT_FILE.part" "$EXIT_FILE"; cat'


class Terminal:
    """A program in a tmux pane of its own server. Make one with ``Terminal.start``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = str(folder / "tmux")
        self._exit_file = folder / "exit"

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (80, 24),
        env: Mapping[str, str] | None = None,
        cwd: Path | str | None = None,
        alternate_screen: bool = True,
    ) -> Terminal:
        """Start ``command`` in a terminal of ``size`` columns and rows.

        The program sees a small fixed set of variables and ``env``. With ``alternate_screen``
        false the terminal ignores the alternate screen, as some are set up to.
        """
        terminal = cls(Path(tempfile.mkdtemp(prefix="sanctuary-terminal-")))
        kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        given = {"LANG": "C.UTF-8", **kept, **(env or {}), "EXIT_FILE": str(terminal._exit_file)}
        pane = [item for name, value in given.items() for item in ("-e", f"{name}={value}")]
        terminal._tmux(
            *("start-server", ";"),
            *("set-option", "-g", "history-limit", "20000", ";"),
            *("set-option", "-g", "status", "off", ";"),
            *("set-option", "-g", "alternate-screen", "on" if alternate_screen else "off", ";"),
            *("new-session", "-d", "-x", str(size[0]), "-y", str(size[1]), *pane),
            *(("-c", str(cwd)) if cwd else ()),
            # One word, which tmux gives to a shell: its own quoting of many words differs.
            shlex.join(["sh", "-c", _WRAPPER, "sh", *command]),
            env={**kept, "TERM": "xterm-256color"},
        )
        return terminal

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    # --- input -----------------------------------------------------------------------------

    def keys(self, *names: str) -> None:
        """Press keys by their tmux names, one after the other."""
        self._tmux("send-keys", "--", *names)

    def type(self, text: str) -> None:
        """Type text as it is."""
        self._tmux("send-keys", "-l", "--", text)

    def paste(self, text: str) -> None:
        """Paste text, bracketed where the program asks for it."""
        self._tmux("load-buffer", "-b", "paste", "-", given=text)
        self._tmux("paste-buffer", "-p", "-r", "-d", "-b", "paste")

    def click(self, column: int, row: int) -> None:
        """Press and release the left button on a cell; the first cell is (0, 0)."""
        for action in "Mm":
            report = f"\x1b[<0;{column + 1};{row + 1}{action}"
            self._tmux("send-keys", "-H", *(f"{ord(char):02x}" for char in report))

    def record(self, path: Path) -> None:
        """From now on write every byte that the program sends to the terminal to a file."""
        self._tmux("pipe-pane", "-o", f"cat > {shlex.quote(str(path))}")

    def resize(self, width: int, height: int) -> None:
        """Make the terminal this many columns and rows."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    # --- output ----------------------------------------------------------------------------

    def screen(self, *, styled: bool = False) -> str:
        """Return what is on the screen, line by line; ``styled`` keeps colours as escape codes."""
        return self._tmux("capture-pane", "-p", *(["-e"] if styled else []))

    def scrollback(self) -> str:
        """Return everything the terminal still holds, history and screen, wrapped lines joined."""
        held = self._tmux("capture-pane", "-p", "-J", "-S", "-")
        return "\n".join(line.rstrip() for line in held.split("\n"))

    def wait_for(
        self, wanted: str | Callable[[str], bool], timeout: float = TIMEOUT_SECONDS
    ) -> str:
        """Wait until the screen has a text, or satisfies a function of it; return the screen."""
        found = wanted if callable(wanted) else lambda screen: wanted in screen
        return self._until(found, f"waited {timeout:g} s for {wanted!r}", timeout)

    def wait_drawn(
        self, wanted: str | Callable[[str], bool], timeout: float = TIMEOUT_SECONDS
    ) -> str:
        """``wait_for``, until two looks agree but for the first line, where a clock may run.

        A screen can be read half drawn, the old one still below the new.
        """
        screen = self.wait_for(wanted, timeout)
        for _ in range(_LOOKS):
            time.sleep(POLL_SECONDS)
            before, screen = screen, self.wait_for(wanted, timeout)
            if screen.partition("\n")[2] == before.partition("\n")[2]:
                break
        return screen

    def wait_gone(self, text: str, timeout: float = TIMEOUT_SECONDS) -> str:
        """Wait until a text is no longer on the screen; return the screen."""
        return self._until(
            lambda screen: text not in screen, f"waited {timeout:g} s for {text!r} to go", timeout
        )

    def wait_exit(self, timeout: float = TIMEOUT_SECONDS) -> int:
        """Wait until the program has ended; return its exit status."""
        self._until(
            lambda _: self.exit_code is not None, f"waited {timeout:g} s for the end", timeout
        )
        assert self.exit_code is not None
        return self.exit_code

    def _until(self, found: Callable[[str], bool], what: str, timeout: float) -> str:
        deadline = time.monotonic() + timeout
        while not found(screen := self.screen()):
            if time.monotonic() > deadline:
                status = "" if self.exit_code is None else f" (it ended with {self.exit_code})"
                raise AssertionError(f"{what}{status}; the screen was:\n{_framed(screen)}")
            time.sleep(POLL_SECONDS)
        return screen

    @property
    def exit_code(self) -> int | None:
        """The program's exit status, None while it runs."""
        return int(self._exit_file.read_text()) if self._exit_file.exists() else None

    @property
    def alternate_on(self) -> bool:
        """Is the alternate screen shown?"""
        return self._tmux("display-message", "-p", "#{alternate_on}").strip() == "1"

    @property
    def modes(self) -> dict[str, bool]:
        """Terminal modes a program may leave on: ``mouse``, ``cursor``, ``wrap``, ``keypad``."""
        names = ("mouse_any_flag", "cursor_flag", "wrap_flag", "keypad_flag")
        flags = " ".join(f"#{{{name}}}" for name in names)
        values = self._tmux("display-message", "-p", flags).split()
        return {name.split("_")[0]: value == "1" for name, value in zip(names, values, strict=True)}

    @property
    def echoes(self) -> bool:
        """Does the terminal show typed keys by itself, in lines, as a shell expects it?"""
        tty = self._tmux("display-message", "-p", "#{pane_tty}").strip()
        settings = subprocess.run(
            ["stty", "-F", tty, "-a"], capture_output=True, text=True, check=True
        ).stdout.split()
        return all(name in settings for name in ("echo", "icanon", "isig", "icrnl"))

    # --- processes -------------------------------------------------------------------------

    def pids(self) -> list[int]:
        """The program's process ids, each followed by its children: launcher, then console."""
        shell = int(self._tmux("display-message", "-p", "#{pane_pid}"))
        return _descendants(shell)

    def send_signal(self, number: signal.Signals, *, to: int = -1) -> None:
        """Signal one of ``pids()``: 0 is the launcher, -1 the innermost."""
        os.kill(self.pids()[to], number)

    def kill(self) -> None:
        """End the terminal and what runs in it, and remove its traces."""
        for pid in self.pids() if self._alive() else []:
            _kill(pid)
        subprocess.run(
            ["tmux", "-S", self._socket, "kill-server"], capture_output=True, check=False
        )
        shutil.rmtree(self._folder, ignore_errors=True)

    def close_window(self) -> None:
        """Close the terminal as a person closes its window: the program is told by SIGHUP."""
        self._tmux("kill-session")

    def _alive(self) -> bool:
        probe = ["tmux", "-S", self._socket, "has-session"]
        return subprocess.run(probe, capture_output=True, check=False).returncode == 0

    def _tmux(
        self, *args: str, env: Mapping[str, str] | None = None, given: str | None = None
    ) -> str:
        command = ["tmux", "-S", self._socket, "-f", os.devnull, "-u", *args]
        done = subprocess.run(
            command, input=given, capture_output=True, text=True, env=env, check=False
        )
        if done.returncode:
            raise AssertionError(f"tmux {args[0]} failed: {done.stderr.strip()}")
        return done.stdout


def _framed(screen: str) -> str:
    return "\n".join(f"│{line}" for line in screen.rstrip("\n").split("\n"))


def _descendants(root: int) -> list[int]:
    parents: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if fields[0] != "Z":
            parents.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: list[int] = []
    waiting = sorted(parents.get(root, []))
    while waiting:
        pid = waiting.pop(0)
        found.append(pid)
        waiting = sorted(parents.get(pid, [])) + waiting
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
