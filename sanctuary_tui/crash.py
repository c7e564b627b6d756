"""What is said and kept of a crash: type, place, reference and time; never a value.

An exception's message, its arguments and the locals of its frames can all hold a name or an
address, so none of them is ever read here.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from config.text import guard
from sanctuary_tui import __version__

OUR_PACKAGES = ("config", "db", "widgets", "sanctuary_tui")
SAVED = "Everything saved is in the caseload, and an unfinished form comes back from its draft."
"""What is said of a person's work when nothing better is known."""
DAMAGED = (
    "Part of the caseload's file is damaged (reference {reference}). Run 'sanctuary check', "
    "restore the newest backup with 'sanctuary restore', and keep the damaged file."
)
"""What is said where the file was at fault, not the program: nothing saved is promised then."""

_ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__))).replace("\\", "/") + "/"
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MAX_FRAMES = 40
_MAX_LOG_BYTES = 512 * 1024


class CrashReport(NamedTuple):
    """A crash without a single value: what may be shown, logged and read out on the phone."""

    reference: str
    """Eight characters, to find the record in the log by."""
    kind: str
    """The exception's type."""
    place: str
    """``file:line`` of our innermost frame, or of the innermost one there is."""
    frames: tuple[str, ...]
    """``file:line function``, outermost first."""
    at: str
    """When, in UTC."""
    damage: bool = False
    """Whether it was a part of the caseload's file that no longer verifies."""

    def sentence(self, saved: str = SAVED) -> str:
        """Return the one line that a person is shown."""
        if self.damage:
            return DAMAGED.format(reference=self.reference)
        return (
            f"The console stopped because of a fault ({self.kind} at {self.place}), "
            f"reference {self.reference}. {saved}"
        )


def new_reference() -> str:
    """Return a reference such as ``K7Q2-9FXM``: random, without letters that look alike."""
    letters = "".join(_LETTERS[byte % 32] for byte in os.urandom(8))
    return f"{letters[:4]}-{letters[4:]}"


def describe(error: BaseException) -> CrashReport:
    """Return what may be told of an exception. Never raises, never reads a message."""
    cause = _underlying(error)
    frames = _frames(cause.__traceback__) or _frames(error.__traceback__)
    ours = [frame for frame in frames if _is_ours(frame[0])]
    name, line, _ = (ours or frames or [("an unknown place", 0, "")])[-1]
    if len(frames) > _MAX_FRAMES:  # endless recursion
        frames = frames[:5] + frames[5 - _MAX_FRAMES :]
    return CrashReport(
        reference=new_reference(),
        kind=type(cause).__qualname__,
        place=f"{name}:{line}",
        frames=tuple(f"{name}:{line} {function}" for name, line, function in frames),
        at=_now(),
        damage=_is_damage(cause),
    )


def _is_damage(cause: BaseException) -> bool:
    if not hasattr(cause, "sqlite_errorcode"):
        return False  # not of the database, which may not even be loaded
    from db.connection import found_damage

    return found_damage(cause)


def _underlying(error: BaseException) -> BaseException:
    """The exception that a wrapper (a failed worker, a group) stands for."""
    for _ in range(10):
        inner = getattr(error, "error", None)
        if isinstance(error, BaseExceptionGroup):
            inner = error.exceptions[0]
        if not isinstance(inner, BaseException):
            break
        error = inner
    return error


def _is_ours(path: str) -> bool:
    # every fault of the console passes through these two: they say nothing of where it is
    through = ("sanctuary_tui/safe_app.py", "sanctuary_tui/console.py")
    return path.split("/", 1)[0] in OUR_PACKAGES and path not in through


def _frames(trace: TracebackType | None) -> list[tuple[str, int, str]]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append((_short_path(code.co_filename), trace.tb_lineno, code.co_name))
        trace = trace.tb_next
    return frames


def _short_path(filename: str) -> str:
    """A path from its package on: what stands before it can hold a person's login name."""
    path = filename.replace("\\", "/")
    within = path.removeprefix(_ROOT)
    if within != path and within.split("/", 1)[0] in OUR_PACKAGES:
        return within
    outside = path.rpartition("site-packages/")
    if not outside[1]:
        return path.rpartition("/")[2]
    return outside[2]


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class CrashLog:
    """Where crash records go. Until ``configure`` says where, they go nowhere."""

    def __init__(self) -> None:
        self._folder: Path | None = None
        self.on_background_fault: Callable[[CrashReport, BaseException], None] | None = None

    def configure(self, log_dir: Path | None) -> None:
        """Keep records in ``log_dir/crash.log``; the folder is made when the first is kept."""
        self._folder = log_dir

    def keep(self, report: CrashReport) -> None:
        """Append the record, readable by its owner alone. A full disk is no second crash."""
        if self._folder is None:
            return
        record = {"version": __version__, "python": sys.version.split()[0], **report._asdict()}
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = self._folder / "crash.log"
            if path.exists() and path.stat().st_size > _MAX_LOG_BYTES:
                path.replace(path.with_suffix(".log.1"))
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "ab") as log:
                log.write(json.dumps(record).encode() + b"\n")
        except OSError:
            return

    def record(self, error: BaseException) -> CrashReport:
        """Describe an exception and keep the record."""
        report = describe(error)
        self.keep(report)
        return report


LOG = CrashLog()
"""This process's crash log."""


def record_sudden_end(status: int, home: str | None = None) -> str:
    """Keep a record of a console that ended without a word; return the line to show.

    ``status`` is its exit status, negative for the signal that killed it; ``home`` is what was
    given with ``--home``.
    """
    how = f"signal {-status}" if status < 0 else f"exit status {status}"
    report = CrashReport(new_reference(), how, "unknown", (), _now())
    try:
        from config.paths import resolve_paths

        log = CrashLog()
        log.configure(resolve_paths(home, os.environ).log_dir)
        log.keep(report)
    except Exception as error:  # noqa: BLE001 - the line below must be shown whatever happens
        del error
    return f"The console ended unexpectedly ({how}), reference {report.reference}. {SAVED}"


def install_hooks() -> None:
    """Take over every place where Python would print an exception with its message.

    What escapes from the main thread is the caller's to report; threads, the garbage collector
    and asyncio are recorded and handed to ``LOG.on_background_fault``.
    """
    sys.excepthook = lambda _kind, error, _trace: _tell(error)
    threading.excepthook = lambda args: _in_background(args.exc_value)
    sys.unraisablehook = lambda args: _in_background(args.exc_value)


def asyncio_handler(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """For ``loop.set_exception_handler``: its default prints messages and values."""
    _in_background(context.get("exception"))


def _tell(error: BaseException) -> None:
    report = LOG.record(error)
    if sys.__stderr__ is not None:
        sys.__stderr__.write(f"{guard(report.sentence())}\n")


def _in_background(error: BaseException | None) -> None:
    if error is None or isinstance(error, SystemExit | asyncio.CancelledError):
        return
    report = LOG.record(error)
    if LOG.on_background_fault is not None:
        LOG.on_background_fault(report, error)
