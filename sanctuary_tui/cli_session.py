"""Opening the caseload for one command, on the date that the caseload lives by."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from config.errors import BadInputError
from config.paths import Paths, refuse_synced_caseload, resolve_paths
from config.settings import Settings, load_settings
from sanctuary_tui.cli_secrets import Secrets
from sanctuary_tui.copies import DEMO_MARK

if TYPE_CHECKING:
    from db.caseload import Caseload, OnSynced
    from db.witness import OnOlder

DEMO_TODAY = "demo_today"
"""Remembered in a demo caseload made for another date: the date it is shown on."""


@dataclass(slots=True)
class Session:
    """One command's open caseload, its settings and its date; ``with`` closes it afterwards."""

    paths: Paths
    settings: Settings
    caseload: Caseload
    today: date
    key: bytearray = field(repr=False)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.caseload.close()

    def log(self, why: str) -> None:
        """A line in the change log for what changes no record."""
        self.caseload.store.note("system", "caseload", 0, 0, why)


def paths_of(args: argparse.Namespace) -> Paths:
    """The home in force: ``--home``, else ``SANCTUARY_HOME``, else the computer's own folders."""
    return resolve_paths(getattr(args, "home", None), os.environ)


def secrets_for(args: argparse.Namespace) -> Secrets:
    """Where this command's secrets come from."""
    return Secrets(getattr(args, "passphrase_file", None))


def parse_day(text: str) -> date:
    """A date as ``2026-11-26``.

    Raises:
        BadInputError: it is no date of the calendar, or not of this century.
    """
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise BadInputError(
            "The date is not one of the calendar; write it as 2026-11-26."
        ) from None
    if not 2000 <= day.year < 2100:
        raise BadInputError("The date is not of this century; write it as 2026-11-26.")
    return day


def england_today() -> date:
    """The date in England now."""
    from config.format import local

    return local(datetime.now(UTC)).date()


def clock_on(day: date) -> Callable[[], datetime]:
    """This moment in UTC; moved to ``day`` where that is not England's date."""

    def now() -> datetime:
        moment = datetime.now(UTC)
        return moment if day == england_today() else datetime.combine(day, moment.timetz())

    return now


@contextmanager
def opened(
    args: argparse.Namespace,
    passphrase: str | None = None,
    *,
    on_older: OnOlder = "refuse",
    on_synced: OnSynced = "refuse",
) -> Iterator[Session]:
    """Unlock and open the caseload; the unlock is logged, the file closed and the key wiped after.

    ``passphrase`` is given where the command has asked for it already; ``on_older`` what is done
    with a caseload that is older than its witness (``db.witness``), ``on_synced`` with one in a
    synced folder.

    Raises:
        SanctuaryError: wrong passphrase, no caseload, in use, damaged: one sentence each.
    """
    from db.keys import unlock, wipe
    from sanctuary_tui.opening import note_unlock
    from sanctuary_tui.seen_settings import look

    paths = paths_of(args)
    settings = load_settings(paths.settings_file)
    must_be_there(paths)
    if on_synced == "refuse":
        refuse_synced_caseload(paths.caseload)
    given = secrets_for(args).ask("Passphrase") if passphrase is None else passphrase
    key = unlock(paths, given)
    try:
        asked = getattr(args, "today", None)
        with open_with_key(
            paths, key, settings, asked=asked, on_older=on_older, on_synced=on_synced
        ) as session:
            note_unlock(session.caseload, paths)
            look(session.caseload, settings)
            yield session
    finally:
        wipe(key)


def open_with_key(
    paths: Paths,
    key: bytearray,
    settings: Settings,
    *,
    asked: str | None = None,
    on_older: OnOlder = "refuse",
    by_recovery_key: bool = False,
    on_synced: OnSynced = "refuse",
    new_demo: bool = False,
) -> Session:
    """The caseload under its data key, on the date asked for or the demo's own; ``with`` closes
    the file afterwards, and the key is the caller's to wipe.

    Only a demo's clock is moved to that date: elsewhere it is the day that the rules look at, and
    what is logged and registered has the moment at which it was done.
    """
    from db.caseload import open_caseload
    from db.witness import Witnesses
    from sanctuary_tui.opening import derive_with

    kept = demo_of(paths, key)
    today = parse_day(asked) if asked else kept.shown_on or england_today()
    caseload = open_caseload(
        paths.caseload,
        key,
        derive=derive_with(settings),
        who=settings.coordinator,
        clock=clock_on(today) if kept.made or new_demo else None,
        today=lambda: today,
        witnesses=Witnesses(paths, key, by_recovery_key=by_recovery_key),
        on_older=on_older,
        on_synced=on_synced,
    )
    return Session(paths, settings, caseload, today, key)


@dataclass(frozen=True, slots=True)
class Demo:
    """Whether a caseload was made by ``demo``, and the date it is shown on if not the machine's."""

    made: bool
    shown_on: date | None


def demo_of(paths: Paths, key: bytearray) -> Demo:
    """Looked up before the caseload is opened, which already counts days."""
    mark, day = remembered_before_opening(paths, key, DEMO_MARK, DEMO_TODAY)
    return Demo(bool(mark), date.fromisoformat(day) if mark and day else None)


def remembered_before_opening(paths: Paths, key: bytearray, *names: str) -> list[str]:
    """Remembered values, read without bringing anything else of the caseload up to date."""
    from db import queries
    from db.connection import close_connection, open_connection

    connection = open_connection(paths.caseload, key)
    try:
        known = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'settings'"
        ).fetchall()
        return [queries.remembered(connection, name) if known else "" for name in names]
    finally:
        close_connection(connection)


def never_written_to(paths: Paths, key: bytearray) -> bool:
    """Whether the log of the caseload is empty: nothing was ever done in it."""
    from db.changes import chain_end
    from db.connection import close_connection, open_connection

    connection = open_connection(paths.caseload, key)
    try:
        return chain_end(connection).count == 0
    finally:
        close_connection(connection)


def must_be_there(paths: Paths) -> None:
    """Before a passphrase is asked for: is there anything that it could open?"""
    if os.path.lexists(paths.caseload) or os.path.lexists(paths.keyfile):
        return
    from db.connection import MissingCaseload

    raise MissingCaseload(
        f"There is no caseload at {paths.caseload}; make one with 'sanctuary init', or look at "
        "one with 'sanctuary demo'."
    )
