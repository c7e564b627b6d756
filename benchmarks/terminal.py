"""A program in a pseudo-terminal of its own, driven by keys and watched by what it writes.

No terminal emulator stands between: a time here is from the start of the program, or from the key,
to the last byte of the paint that answers it.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

SIZE = (120, 40)
"""Columns and rows."""
PATIENCE_SECONDS = 120.0
FRAME_SECONDS = 0.004
"""A paint is over when nothing more has come for so long; not counted in its time."""
QUIET_SECONDS = 0.09
"""Everything that answers a key has been painted when nothing has come for so long."""

_KEPT = ("PATH", "LANG", "LC_ALL", "TZ")


class GoneError(RuntimeError):
    """The program ended, or did not show what was waited for."""


class Terminal:
    """A program that runs in a pseudo-terminal. Times are ``time.perf_counter`` seconds."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> None:
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        given = {"LANG": "C.UTF-8", **kept, "TERM": "xterm-256color", **(env or {})}
        self.started = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            try:
                os.execve(command[0], list(command), given)
            finally:
                os._exit(127)
        rows, columns = SIZE[1], SIZE[0]
        fcntl.ioctl(self._file, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._seen = bytearray()

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()

    def press(self, keys: str) -> float:
        """Type these characters; what was painted before is forgotten. Returns the moment."""
        self._seen.clear()
        at = time.perf_counter()
        os.write(self._file, keys.encode())
        return at

    def painted(self, pattern: str) -> float:
        """Wait until a paint holds ``pattern`` (a regular expression); the moment it was whole.

        Raises:
            GoneError: the program ended, or it takes more than two minutes.
        """
        wanted = re.compile(pattern.encode())
        found = False
        last = time.perf_counter()
        deadline = last + PATIENCE_SECONDS
        while True:
            if not self._read(FRAME_SECONDS if found else max(0.0, deadline - time.perf_counter())):
                if found:
                    return last
                raise GoneError(f"nothing like {pattern!r} was painted: {self._tail()}")
            last = time.perf_counter()
            found = found or wanted.search(self._seen) is not None

    def settled(self, quiet: float = QUIET_SECONDS) -> float:
        """Wait until nothing more is painted for ``quiet`` seconds; the moment of the last paint.

        Raises:
            GoneError: the program ended, or nothing was painted at all.
        """
        if not self._read(PATIENCE_SECONDS):
            raise GoneError("nothing was painted")
        last = time.perf_counter()
        while self._read(quiet):
            last = time.perf_counter()
        return last

    def drain(self, seconds: float) -> None:
        """Read and forget what is painted for so long."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            self._read(left)
        self._seen.clear()

    def innermost(self) -> int:
        """The process id of the last descendant: of launcher and console the console."""
        pid = self.pid
        while True:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            if not children:
                return pid
            pid = int(children[-1])

    def end(self) -> None:
        """End the program by force and wait for it."""
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):
            inner = self.innermost()
            if inner != self.pid:
                os.kill(inner, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.close(self._file)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def _read(self, wait: float) -> bool:
        ready, _, _ = select.select([self._file], [], [], wait)
        if not ready:
            return False
        try:
            data = os.read(self._file, 1 << 16)
        except OSError as error:
            if error.errno == errno.EIO:
                raise GoneError(f"the program ended: {self._tail()}") from None
            raise
        if not data:
            raise GoneError(f"the program ended: {self._tail()}")
        self._seen += data
        return True

    def _tail(self) -> str:
        plain = re.sub(rb"\x1b\[[0-9;?<>=]*[A-Za-z]", b" ", bytes(self._seen))
        return " ".join(plain.decode("utf-8", "replace").split())[-300:]


def resident_mib(pid: int) -> float:
    """Memory of a process that is in RAM now, in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise GoneError("the process has ended")
