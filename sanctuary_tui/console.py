"""The child that holds the caseload: hardens itself, shows the unlock prompt, ends at each lock.

``sanctuary_tui.launcher`` starts it with the options of ``ConsoleOptions``, each as
``--name=value`` or ``--name value``. It imports what the unlock prompt needs and no more.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sanctuary_tui import crash
from sanctuary_tui.console_options import ConsoleOptions, parse_options
from sanctuary_tui.exits import CRASH_EXIT
from sanctuary_tui.hardening import harden_process, parent_gone
from sanctuary_tui.launcher import abandon_terminal

if TYPE_CHECKING:
    from sanctuary_tui.safe_app import SafeApp


def run_app(make_app: Callable[[], SafeApp], options: ConsoleOptions) -> int:
    """Run an app as this process's own; return the exit status, after the last word was said.

    Whatever escapes from the app, ``sys.exit`` with a value included, ends here as a crash. The
    caller must end the process with ``os._exit``: threads of the app may still run.
    """
    app: SafeApp | None = None
    report: crash.CrashReport | None = None

    def say_last_word() -> None:
        found = report or (app.crash_report if app else None)
        _say(
            options.report, _crash_sentence(app, found) if found else app.end_reason if app else ""
        )

    try:
        from sanctuary_tui.pasting import read_pastes_as_text
        from widgets.guard import install_guard

        install_guard()
        app = make_app()
        read_pastes_as_text()
        app.take_process(options.parent, say_last_word)
        # A loop of our own: asyncio.run() would wait for threads that still work.
        app.run(loop=asyncio.new_event_loop())
        report = app.crash_report
    except BaseException as error:  # noqa: BLE001 - the last handler there is
        if app is None and isinstance(error, KeyboardInterrupt):
            return 128 + signal.SIGINT  # ctrl+c before the first screen
        report = crash.LOG.record(error)
    if options.parent is None or parent_gone(options.parent):
        abandon_terminal()
    say_last_word()
    return CRASH_EXIT if app is None or report is not None else app.return_code or 0


def _crash_sentence(app: SafeApp | None, report: crash.CrashReport) -> str:
    saved = crash.SAVED
    try:
        if app is not None:
            saved = app.what_was_saved()
    except Exception as error:  # noqa: BLE001 - a second fault must not hide the first
        crash.LOG.record(error)
    return report.sentence(saved)


def _say(report: int | None, word: str) -> None:
    if word:
        try:
            os.write(2 if report is None else report, word.encode())
        except OSError:
            return  # the launcher has gone


def main(args: Sequence[str] | None = None) -> int:
    """Run the console in this process; return its exit status."""
    gc.disable()  # until the first paint, which comes a twelfth sooner; SafeApp switches it on
    try:
        options = parse_options(sys.argv[1:] if args is None else args)
    except ValueError:
        _say(None, "The console is started by `sanctuary`, without other options.\n")
        return 2
    harden_process(options.parent)
    if parent_gone(options.parent):
        return 1
    if options.report is not None:
        os.set_inheritable(options.report, False)
    crash.install_hooks()

    from config.errors import SanctuaryError
    from config.paths import resolve_paths

    try:
        paths = resolve_paths(options.home, os.environ)
    except SanctuaryError as error:
        _say(options.report, error.sentence)
        return 1

    def make_app() -> SafeApp:
        crash.LOG.configure(paths.log_dir)
        from sanctuary_tui.app import SanctuaryApp

        return SanctuaryApp(paths, options)

    return run_app(make_app, options)


if __name__ == "__main__":
    # Not sys.exit: threads that still run must not keep the caseload in memory.
    os._exit(main())
