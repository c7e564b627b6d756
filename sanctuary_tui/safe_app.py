"""A Textual app that keeps what is on its screen to itself.

Stock Textual prints local variables on a crash and then exits with 0, can write pictures of the
screen, puts selections on the clipboard by escape code, and parses markup in notifications. Here
each of these doors is closed, and the app locks: the screen is blanked, ``before_lock`` saves what
is unsaved, and the process ends.
"""

from __future__ import annotations

import asyncio
import errno
import gc
import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar

from textual import events
from textual.app import App
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.driver import Driver
from textual.notifications import SeverityLevel
from textual.screen import ModalScreen
from textual.worker import WorkerFailed

from sanctuary_tui import crash
from sanctuary_tui.exits import CRASH_EXIT, LOCK_EXIT
from sanctuary_tui.hardening import parent_gone
from sanctuary_tui.idle import IdleClock

BEFORE_LOCK_SECONDS = 3.0
"""``before_lock`` may take this long; then the lock goes ahead without it."""
HARD_END_SECONDS = 6.0
"""An app that was told to end and still runs after this is ended by force."""

_FEW_LINES = 30

_TERMINAL_THREADS = frozenset({"textual-output", "textual-input"})
"""Textual's threads that only write to the terminal and read from it."""

_BLANK = "\x1b[0m\x1b[2J\x1b[H"


class SafeApp(App[None]):
    """The base of the console. Subclasses override the hooks ``before_lock``, ``close_up``,
    ``rescue``, ``what_was_saved`` and ``background_fault``, and call ``arm_lock`` once unlocked."""

    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    allow_pictures: ClassVar[bool] = False
    """Set by tests and the tool that draws the pictures of the guide, and by nothing else."""

    def __init__(self, *, clock: IdleClock | None = None) -> None:
        super().__init__()
        self.animation_level = "none"  # nothing may still be moving when the next key comes
        self.idle_clock = clock or IdleClock()
        self.crash_report: crash.CrashReport | None = None
        self.end_reason = ""
        """Why the app locked or was told to end, in the words of ``idle.locked_sentence``."""
        self._armed = False
        self._blanked = False
        self._watching = False
        self._rescued = False
        self._say_last_word: Callable[[], None] | None = None
        self._launcher: int | None = None
        self._end_task: asyncio.Task[None] | None = None

    # --- hooks -----------------------------------------------------------------------------

    async def before_lock(self) -> None:
        """Save what is unsaved; the screen is blank already. At most 3 seconds."""

    async def close_up(self) -> None:
        """Close the caseload, after ``before_lock``; at most ``close_up_seconds``."""

    def close_up_seconds(self, code: int) -> float:
        """What ``close_up`` may take of an end with this exit status."""
        return 1.0

    def rescue(self) -> None:
        """After a fault, with the screen blank: keep what is unsaved, in a moment or not at all."""

    def what_was_saved(self) -> str:
        """Return the sentence shown after a crash about a person's work. Must not raise."""
        return crash.SAVED

    def background_fault(self, report: crash.CrashReport) -> None:
        """Something failed that nobody waits for; it is in the crash log already."""
        if report.damage:
            self.notify(report.sentence(), severity="warning")
            return
        self.notify(
            f"A task in the background failed, reference {report.reference}. "
            "What you saved is safe.",
            severity="warning",
        )

    # --- locking ---------------------------------------------------------------------------

    @property
    def lock_minutes(self) -> int:
        """Minutes without a key until the app locks, 1 to 15."""
        return self.idle_clock.minutes

    @lock_minutes.setter
    def lock_minutes(self, minutes: int) -> None:
        self.idle_clock.minutes = minutes

    @property
    def seconds_to_lock(self) -> int:
        """Whole seconds until the app locks itself, for the header."""
        return math.ceil(self.idle_clock.remaining())

    @property
    def armed(self) -> bool:
        """Is the caseload open, so that the app locks itself?"""
        return self._armed

    @property
    def ending(self) -> bool:
        """Has the app begun to lock, quit or crash? Keys are no longer taken then."""
        return self._end_task is not None or self.crash_report is not None

    def arm_lock(self) -> None:
        """The caseload is open from now on: watch the clock."""
        self.idle_clock.touch()
        self._armed = True
        if self._say_last_word is not None:
            threading.Thread(target=self._guard_lock, name="lock-guard", daemon=True).start()

    def action_lock(self) -> None:
        """Lock now: blank the screen, save drafts, end this process."""
        if self._armed:
            self.end("key", LOCK_EXIT)

    async def action_quit(self) -> None:
        """Leave the console; drafts are saved as by a lock."""
        self.end("", 0)

    def end(self, reason: str, code: int) -> None:
        """Blank the screen, run ``before_lock``, then exit with ``code``. Only the first call
        counts."""
        if self.ending:
            return
        self.end_reason = reason
        self._return_code = code  # whatever ends the app's own messages before exit() is reached
        # First: drawing waits where nothing takes it any more.
        self._force_end_later(code, self.close_up_seconds(code))
        self.blank()
        self._end_task = asyncio.get_running_loop().create_task(self._end(code))

    async def _end(self, code: int) -> None:
        await self._in_time(self.before_lock(), BEFORE_LOCK_SECONDS)
        await self._in_time(self.close_up(), self.close_up_seconds(code))
        self.exit(return_code=code)

    async def _in_time(self, work: Coroutine[Any, Any, None], seconds: float | None) -> None:
        try:
            await asyncio.wait_for(work, seconds)
        except Exception as error:  # noqa: BLE001 - nothing may keep the lock from closing
            crash.LOG.record(error)

    def blank(self, said: str = "") -> None:
        """Empty the screen now and draw nothing more on it, but for one sentence of the program's
        own."""
        self._blanked = True
        if self._driver is not None and self._running:
            self._driver.write(_BLANK + said)
            self._driver.flush()

    def _look_at_clock(self) -> None:
        if parent_gone(self._launcher):
            self.end("", 128 + signal.SIGTERM)
        elif self._armed and (reason := self.idle_clock.look()):
            self.end(reason, LOCK_EXIT)

    async def on_event(self, event: events.Event) -> None:
        """Count keys and the mouse as presence, unless the time had run out before them."""
        if isinstance(event, events.InputEvent | events.Paste) and not event.is_forwarded:
            if self.ending:
                return
            if self._armed and (reason := self.idle_clock.look()):
                self.end(reason, LOCK_EXIT)
                return
            self.idle_clock.touch()
        await super().on_event(event)

    def _display(self, screen: Any, renderable: Any) -> None:
        if not self._blanked:
            super()._display(screen, renderable)

    # --- the process it runs in ------------------------------------------------------------

    def take_process(self, launcher: int | None, say_last_word: Callable[[], None]) -> None:
        """Called when this process is the app's own: signals end it, and force is allowed.

        ``say_last_word`` tells the launcher how it ended, before an end by force.
        """
        self._say_last_word = say_last_word
        self._launcher = launcher

    def on_mount(self) -> None:
        """Start to watch the clock, and the signals where this process is the app's own.

        Textual calls it beside a subclass's own ``on_mount``; called twice it does nothing more.
        """
        if self._watching:
            return
        self._watching = True
        self.set_interval(1.0, self._look_at_clock)
        self.call_after_refresh(_collect_garbage_again)
        if self._say_last_word is not None:
            crash.LOG.on_background_fault = self._fault_anywhere
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(crash.asyncio_handler)
            if sys.platform != "win32":
                self._watch_signals(loop)

    def _watch_signals(self, loop: asyncio.AbstractEventLoop) -> None:
        if sys.platform == "win32":
            return
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, self.end, "signal", 128 + number)
        loop.add_signal_handler(signal.SIGCONT, self._continued)
        # No suspending, and no stop by the terminal when the parent has gone.
        for number in (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
            signal.signal(number, signal.SIG_IGN)

    def _continued(self) -> None:
        if self._armed:
            self.end("stopped", LOCK_EXIT)

    def _guard_lock(self) -> None:
        """In a thread: the lock comes even when the app itself hangs."""
        overdue = 0
        while overdue < HARD_END_SECONDS:
            threading.Event().wait(1.0)
            overdue = overdue + 1 if self.idle_clock.remaining() == 0 else 0
        self.end_reason = "idle"
        self._force_end(LOCK_EXIT)

    def _force_end_later(self, code: int, more: float = 0.0) -> None:
        if self._say_last_word is not None:
            timer = threading.Timer(HARD_END_SECONDS + more, self._force_end, [code])
            timer.daemon = True
            timer.start()

    def _force_end(self, code: int) -> None:
        try:
            if self._say_last_word is not None:
                self._say_last_word()
        finally:
            os._exit(code)

    def _fault_anywhere(self, report: crash.CrashReport, error: BaseException) -> None:
        """An exception in the background, on whatever thread it was noticed."""
        thread = threading.current_thread()
        loop = self._loop
        gone = isinstance(error, OSError) and error.errno == errno.EIO
        if gone and thread.name in _TERMINAL_THREADS and loop is not None:
            # The window was closed, and it was noticed before the signal came: no crash.
            loop.call_soon_threadsafe(self.end, "signal", 128 + signal.SIGHUP)
            return
        if thread is threading.main_thread() or loop is None:
            self.call_later(self.background_fault, report)
        else:
            # A thread that died took its work with it, be it drawing or saving: do not go on.
            self._force_end_later(CRASH_EXIT)
            self._note_crash(report)
            loop.call_soon_threadsafe(self._close_after, error)

    # --- crashes ---------------------------------------------------------------------------

    def _note_crash(self, report: crash.CrashReport) -> None:
        if self.crash_report is None:
            self.crash_report = report

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, WorkerFailed) and _came_too_late(error.error):
            return
        self._note_crash(crash.LOG.record(error))
        self._close_after(error)

    def _close_after(self, error: BaseException | None) -> None:
        self._return_code = CRASH_EXIT
        if self._exception is None and isinstance(error, Exception):
            self._exception = error  # so that a test sees it
            self._exception_event.set()
        self._force_end_later(CRASH_EXIT)
        self.blank()
        self._rescue_once()
        self._close_messages_no_wait()

    def _rescue_once(self) -> None:
        if self._rescued:
            return
        self._rescued = True
        try:
            self.rescue()
        except Exception as error:  # noqa: BLE001 - a second fault must not hide the first
            crash.LOG.record(error)

    def _fatal_error(self) -> None:
        self._handle_exception(_current_exception())

    def panic(self, *renderables: Any) -> None:
        """End the app after a fault; what it was given to show is not shown."""
        self._handle_exception(_current_exception())

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()

    # --- doors that stay shut --------------------------------------------------------------

    def push_screen(self, screen: Any, *args: Any, **kwargs: Any) -> Any:
        """Show a screen. Where lines are few, a note of what was before does not lie on a sheet."""
        if isinstance(screen, ModalScreen) and self.size.height < _FEW_LINES:
            self.clear_notifications()
        return super().push_screen(screen, *args, **kwargs)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Show a note. It is never parsed as markup, whatever ``markup`` says.

        Where lines are few there is one at a time: a second would cover what is worked on.
        """
        if self.size.height < _FEW_LINES:
            self.clear_notifications()
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Keep cut or copied text for pasting inside the program; the system's clipboard, other
        programs and the terminal never get it."""
        self._clipboard = text

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:
        """Return a picture of the screen where pictures are allowed, else an empty text."""
        if not self.allow_pictures:
            return ""
        return super().export_screenshot(title=title, simplify=simplify)

    def save_screenshot(self, *_: Any, **__: Any) -> str:
        """No picture is ever written."""
        return ""

    def deliver_screenshot(self, *_: Any, **__: Any) -> None:
        """No picture is ever written."""

    def action_screenshot(self, *_: Any, **__: Any) -> None:
        """No picture is ever written."""

    def deliver_text(self, *_: Any, **__: Any) -> None:
        """No file leaves this way: exports have their own, with a record."""

    def deliver_binary(self, *_: Any, **__: Any) -> None:
        """No file leaves this way: exports have their own, with a record."""

    def open_url(self, *_: Any, **__: Any) -> None:
        """No address is ever opened in another program."""

    def action_suspend_process(self) -> None:
        """There is no suspending: it would leave the caseload open behind a shell."""

    def action_help_quit(self) -> None:
        """Ctrl+c does not quit; say what does."""
        self.notify("Press ctrl+q to quit.")

    def _build_driver(self, *args: Any, **kwargs: Any) -> Driver:
        driver = super()._build_driver(*args, **kwargs)
        self._blanked = self.ending
        return driver


def _collect_garbage_again() -> None:
    """After the first paint: what was made until now stays, so it need not be looked at again."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _current_exception() -> Exception:
    error = sys.exc_info()[1]
    return error if isinstance(error, Exception) else RuntimeError()


def _came_too_late(error: BaseException) -> bool:
    """Whether it is only that something was read for a screen that was left meanwhile: asked for a
    widget, what has closed has none."""
    trace = error.__traceback__
    if not isinstance(error, NoMatches) or trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    asked = trace.tb_frame.f_locals.get("self")
    return isinstance(asked, DOMNode) and not asked.is_running
