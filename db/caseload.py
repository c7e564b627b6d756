"""An open caseload: the connection, the store, and the one thread that owns both."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from config.leftovers import sweep
from db.connection import (
    DATABASE_ERRORS,
    Connection,
    DiskFull,
    close_connection,
    error_code,
    explain,
    open_connection,
)
from db.migrations import migrate
from db.queries import cards
from db.readmodels import CaseCard
from db.reserve import free_reserve
from db.store import Derive, Store

T = TypeVar("T")
_FULL: Final = 13


@dataclass(slots=True)
class Caseload:
    """A connection and its store. Use it from the thread that opened it."""

    connection: Connection
    store: Store
    _cards: tuple[int, list[CaseCard]] = field(default=(-1, []), repr=False)

    def open_cards(self) -> list[CaseCard]:
        """The cards of every open case; the same list, not to be changed, until a row is written.

        Today and the board show the same cards, one after the other.
        """
        if self.connection.in_transaction:
            return cards(self.connection)  # what a batch wrote may yet be taken back
        written = self.connection.total_changes
        if self._cards[0] != written:
            self._cards = (written, cards(self.connection))
        return self._cards[1]

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it."""
        close_connection(self.connection)


def open_caseload(
    path: Path,
    key: bytes | bytearray,
    *,
    derive: Derive,
    who: str,
    clock: Callable[[], datetime] | None = None,
    today: Callable[[], date] | None = None,
    create: bool = False,
) -> Caseload:
    """Open (or create) the caseload at ``path`` and bring its schema and cards up to date.

    Where anything fails the file is closed, and one that was to be made is not left behind.

    Raises:
        CaseloadError: see ``db.connection.open_connection``.
        NewerSchema: written by a newer version of the program.
    """
    connection = open_connection(path, key, create=create)
    sweep(path.parent)
    try:
        _with_the_reserve(path.parent, lambda: migrate(connection))
        store = Store(connection, derive=derive, who=who, clock=clock, today=today)
        _with_the_reserve(path.parent, lambda: store.refresh_stale(store.today()))
    except BaseException as error:
        with contextlib.suppress(*DATABASE_ERRORS):
            close_connection(connection)
        if create:
            for name in (path, path.with_name(path.name + "-wal")):
                name.unlink(missing_ok=True)
        if isinstance(error, DATABASE_ERRORS):
            raise explain(error, path) from None
        raise
    return Caseload(connection, store)


def _with_the_reserve(folder: Path, does: Callable[[], object]) -> None:
    """What every opening may have to write: on a full disk tried again in the room set aside."""
    try:
        does()
    except DiskFull:  # the store has given the reserve up already
        does()
    except DATABASE_ERRORS as error:
        if error_code(error) != _FULL or not free_reserve(folder):
            raise
        does()


class CaseloadThread:
    """Runs every use of a caseload in one thread of its own, so that a screen never waits.

    ``await thread.run(lambda caseload: ...)`` gives back what the function returns or raises.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="caseload")
        self._caseload: Caseload | None = None

    async def open(self, opener: Callable[[], Caseload]) -> None:
        """Open the caseload, in the thread."""

        def opened() -> None:
            self._caseload = opener()

        await self._submit(opened)

    async def run(self, work: Callable[[Caseload], T]) -> T:
        """Do ``work`` with the caseload, in its thread."""

        def done() -> T:
            if self._caseload is None:
                raise RuntimeError("the caseload is not open")
            return work(self._caseload)

        return await self._submit(done)

    async def close(self) -> None:
        """Close the caseload and end the thread; what was asked before is finished first."""

        def closed() -> None:
            if self._caseload is not None:
                self._caseload.close()
                self._caseload = None

        await self._submit(closed)
        self._pool.shutdown(wait=False)

    async def _submit(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._pool.submit(work))
