"""The real console on a small caseload with a canary in it, for tests of what it leaves behind.

``python live_console.py MODE --home DIR`` is the launcher; it starts itself as the child with
``--child``. MODE ``whole`` is the console as it is; each other mode takes one protection out, or
puts one fault in, and is named in ``MODES``. No text that is looked for stands whole in this file:
it would be in the memory of whatever runs it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

# --- one protection out, or one fault in --------------------------------------------------------


def put(owner: Any, **parts: Any) -> None:
    """Take parts of a module or class away by putting others in their place."""
    for name, part in parts.items():
        setattr(owner, name, part)


def no_wipe() -> None:
    """The launcher gives the terminal back without leaving or wiping anything."""
    from sanctuary_tui import launcher

    put(launcher, WIPE="")


def lock_in_place() -> None:
    """A lock blanks the screen, clears what is shown and goes on in the same process.

    The clock that then misses its place on the screen does not end it within the second.
    """
    import gc

    from sanctuary_tui.safe_app import SafeApp

    def end(app: Any, reason: str, code: int) -> None:
        app.blank()
        for screen in list(app.screen_stack):
            screen.remove_children()
        gc.collect()

    put(SafeApp, end=end, _handle_exception=lambda *_: None)


def slow_backup() -> None:
    """The folder of the backups is a slow stick."""
    import time

    from db import backup

    honest = backup.vacuum_into

    def slow(*args: Any) -> None:
        time.sleep(1.5)
        honest(*args)

    put(backup, vacuum_into=slow)


def slow_backup_unblanked() -> None:
    """The same, where the screen is blanked only by the end."""
    from sanctuary_tui.safe_app import SafeApp

    slow_backup()
    put(SafeApp, blank=lambda *_: None)


def deaf_to_waking() -> None:
    """Nothing is done when the process goes on after a stop."""
    from sanctuary_tui.safe_app import SafeApp

    put(SafeApp, _continued=lambda _: None)


def crash_in_case() -> None:
    """A key of the case fails with a value in the message and in a local."""
    from sanctuary_tui.screens.case import CaseScreen

    def action_note(_: Any) -> None:
        survivor = "-".join(("Quaxelby", "Vrondt"))
        raise ValueError(f"cannot note {survivor}")

    put(CaseScreen, action_note=action_note)


def crash_in_thread() -> None:
    """Taking something back fails in the thread that owns the caseload."""
    from db.store import Store

    def undo_last(_: Any) -> str:
        survivor = "-".join(("Quaxelby", "Vrondt"))
        return str({}[survivor])

    put(Store, undo_last=undo_last)


def crash_in_form() -> None:
    """Saving a form fails after something was typed into it."""
    from sanctuary_tui.screens.forms import FormSheet

    def action_save(_: Any) -> None:
        survivor = "-".join(("Quaxelby", "Vrondt"))
        raise ValueError(f"cannot save {survivor}")

    put(FormSheet, action_save=action_save)


def crash_at_unlock() -> None:
    """Unlocking fails in its worker with the passphrase in the message and in a local."""
    from db import keys

    def unlock(_: Any, passphrase: str, **__: Any) -> Any:
        raise ValueError(f"cannot stretch {passphrase}")

    put(keys, unlock=unlock)


def crash_at_opening() -> None:
    """Opening fails in the thread that is to own the caseload."""
    from db import caseload

    def migrate(_: Any) -> None:
        survivor = "-".join(("Quaxelby", "Vrondt"))
        raise LookupError(f"cannot migrate {survivor}")

    put(caseload, migrate=migrate)


def crash_at_reading() -> None:
    """A case is read and cannot be shown."""
    from sanctuary_tui.screens.case import CaseScreen

    def show_all(screen: Any) -> None:
        survivor = screen.view
        raise TypeError(f"cannot show {survivor}")

    put(CaseScreen, _show_all=show_all)


def crash_at_draft() -> None:
    """Keeping a draft fails the first time, with what was typed in the message."""
    from db.store import Store

    honest, tried = Store.save_draft, []

    def save_draft(store: Any, *given: Any) -> None:
        tried.append(given)
        if len(tried) == 1:
            raise ValueError(f"cannot keep {given}")
        honest(store, *given)

    put(Store, save_draft=save_draft)


def crash_at_close() -> None:
    """The backup of leaving fails with a value in the message."""
    from sanctuary_tui import copies

    def wanted(*_: Any, **__: Any) -> bool:
        survivor = "-".join(("Quaxelby", "Vrondt"))
        raise ValueError(f"cannot copy {survivor}")

    put(copies, wanted_on_close=wanted)


def drafts_of_any_case() -> None:
    """A draft is looked up by its form alone."""
    from db import queries

    honest = queries.draft

    def any_case(connection: Any, case_id: int, form: str, record_id: int) -> Any:
        rows = connection.execute("SELECT case_id FROM drafts WHERE form = ?", (form,)).fetchall()
        return honest(connection, rows[0][0] if rows else case_id, form, record_id)

    put(queries, draft=any_case)


def readable() -> None:
    """The process may be read and dumped like any other."""
    from sanctuary_tui import hardening

    put(hardening, _linux_only=lambda _: None)


MODES: dict[str, Callable[[], None]] = {
    "whole": lambda: None,
    **{
        one.__name__: one
        for one in (
            no_wipe,
            lock_in_place,
            slow_backup,
            slow_backup_unblanked,
            deaf_to_waking,
            crash_in_case,
            crash_in_thread,
            crash_in_form,
            crash_at_unlock,
            crash_at_opening,
            crash_at_reading,
            crash_at_draft,
            crash_at_close,
            drafts_of_any_case,
            readable,
        )
    },
}


def launch(mode: str, args: list[str]) -> int:
    """The launcher, with this file as the console."""
    from sanctuary_tui.launcher import run_console

    if mode == "no_wipe":
        MODES[mode]()
    child = [sys.executable, "-I", "-X", "utf8", os.path.abspath(__file__), "--child", mode]
    return run_console(args, child=child)


def run_child(mode: str, args: list[str]) -> int:
    """The console."""
    from sanctuary_tui import console

    MODES[mode]()
    return console.main(args)


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        os._exit(run_child(sys.argv[2], sys.argv[3:]))
    sys.exit(launch(sys.argv[1], sys.argv[2:]))
