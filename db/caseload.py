"""An open caseload: the connection, the store, and the one thread that owns both."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypeVar

from config.errors import SanctuaryError
from config.leftovers import sweep
from config.paths import refuse_synced_caseload
from db.connection import (
    DATABASE_ERRORS,
    Connection,
    DiskFull,
    close_connection,
    explain,
    found_no_room,
    open_connection,
)
from db.migrations import migrate
from db.queries import cards, disposals_begun
from db.readmodels import CaseCard
from db.reserve import free_reserve
from db.seal import install
from db.store import Derive, Store
from db.witness import (
    GENERATION,
    Look,
    OlderThanWitness,
    OnOlder,
    Witnesses,
    known_generation,
)

T = TypeVar("T")
OnSynced = Literal["refuse", "open"]


@dataclass(slots=True)
class Caseload:
    """A connection and its store. Use it from the thread that opened it."""

    connection: Connection
    store: Store
    witnesses: Witnesses | None = None
    older: Look | None = None
    """What the witnesses said, where the caseload is older than they are and is only looked at."""
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

    def witness(self) -> None:
        """Let this state of the change log be witnessed outside the file (``db.witness``)."""
        quiet = not self.connection.in_transaction and self.store.in_place
        if self.witnesses is not None and self.older is None and quiet:
            self.witnesses.renew(self.store.log.state)

    def take_key_file(self, *, older: bool = False) -> None:
        """Remember the key file there is as the one last written, if it is later (``db.witness``);
        or if it is ``older`` too, on a person's word."""
        there = self.witnesses.generation() if self.witnesses is not None else None
        known = known_generation(self.connection)
        if there is not None and (there > known or (older and there < known)):
            self.store.remember(GENERATION, str(there))

    def close(self) -> None:
        """Fold the write-ahead log into the file and close it; its last state is witnessed."""
        try:
            # While the file is still held: nobody else writes the key file meanwhile.
            self.witness()
        finally:
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
    witnesses: Witnesses | None = None,
    on_older: OnOlder = "refuse",
    on_synced: OnSynced = "refuse",
) -> Caseload:
    """Open (or create) the caseload at ``path`` and bring its schema and cards up to date.

    Where anything fails the file is closed, and one that was to be made is not left behind. It is
    first held against its ``witnesses``; ``on_older`` says what is done when it is older, and
    ``on_synced`` when it lies in a folder that another program copies away (to check it or to copy
    it out of there it may be opened).

    Raises:
        SyncedFolderError: it lies in such a folder; it was not opened.
        CaseloadError: see ``db.connection.open_connection``.
        OlderThanWitness: it, or its log, is not the one last closed here; nothing was changed.
        NewerSchema: written by a newer version of the program.
    """
    if on_synced == "refuse":
        refuse_synced_caseload(path)
    connection = open_connection(path, key, create=create)
    sweep(path.parent)
    if witnesses is not None:
        sweep(witnesses.folder)
    try:
        look = witnesses.look(connection) if witnesses is not None else None
        older = look if look is not None and not look.good else None
        refused = older is not None and on_older == "refuse"
        if older is not None and refused and not older.goes_on:
            raise OlderThanWitness(older.sentence(path))
        _with_the_reserve(path.parent, lambda: migrate(connection))
        install(connection)
        store = Store(connection, derive=derive, who=who, clock=clock, today=today)
        if older is not None and refused:  # the caseload itself is the last: it is to know
            store.note("system", "caseload", 0, 0, "refused: the key file is not the last one")
            raise OlderThanWitness(older.sentence(path))
        _with_the_reserve(path.parent, lambda: store.refresh_stale(store.today()))
        _finish_disposals(store, key)
        caseload = Caseload(connection, store, witnesses, older)
        if older is not None and on_older == "accept":
            _go_on(caseload, older)
        if caseload.older is None:
            _with_the_reserve(path.parent, caseload.take_key_file)
    except BaseException as error:
        with contextlib.suppress(*DATABASE_ERRORS):
            close_connection(connection)
        if create:
            for name in (path, path.with_name(path.name + "-wal")):
                name.unlink(missing_ok=True)
        if isinstance(error, DATABASE_ERRORS):
            raise explain(error, path) from None
        raise
    return caseload


def _go_on(caseload: Caseload, older: Look) -> None:
    """Take an older caseload for the one in force: logged, and witnessed from now on."""
    said = f"{older.missing} changes missing" if older.missing else "its log is another"
    why = f"gone on from an older caseload: {said} against its witness"
    if older.goes_on:
        why = "gone on with an older key file: it opens with a passphrase that was changed"
    caseload.store.note("system", "caseload", 0, 0, why)
    caseload.take_key_file(older=True)
    caseload.older = None
    caseload.witness()


def _with_the_reserve(folder: Path, does: Callable[[], object]) -> None:
    """What every opening may have to write: on a full disk tried again in the room set aside."""
    try:
        does()
    except DiskFull:  # the store has given the reserve up already
        does()
    except DATABASE_ERRORS as error:
        if not found_no_room(error) or not free_reserve(folder):
            raise
        does()


def _finish_disposals(store: Store, key: bytes | bytearray) -> None:
    """Go on with a disposal that was stopped; what cannot be finished now waits for the next time
    (``sanctuary check`` tells it)."""
    if not disposals_begun(store.tables.connection):
        return
    from db.disposal import finish

    with contextlib.suppress(SanctuaryError):
        finish(store, key)


class NotOpenError(RuntimeError):
    """Something was asked of a caseload that is closed, or not open yet."""

    def __init__(self) -> None:
        super().__init__("the caseload is not open")


class CaseloadThread:
    """Runs every use of a caseload in one thread of its own, so that a screen never waits.

    ``await thread.run(lambda caseload: ...)`` gives back what the function returns or raises.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="caseload")
        self._caseload: Caseload | None = None
        self._closed = False

    async def open(self, opener: Callable[[], Caseload]) -> None:
        """Open the caseload, in the thread."""

        def opened() -> None:
            self._caseload = opener()

        await self._submit(opened)

    async def run(self, work: Callable[[Caseload], T]) -> T:
        """Do ``work`` with the caseload, in its thread.

        Raises:
            NotOpenError: it is closed.
        """

        def done() -> T:
            if self._caseload is None:
                raise NotOpenError
            return work(self._caseload)

        if self._closed:
            raise NotOpenError
        return await self._submit(done)

    def run_now(self, work: Callable[[Caseload], object], seconds: float) -> None:
        """Do ``work`` in the thread and wait for it here, at most so long: for an end in haste.

        Raises:
            TimeoutError: it was not done in time.
        """

        def done() -> None:
            if self._caseload is not None:
                work(self._caseload)

        self._pool.submit(done).result(seconds)

    async def close(self) -> None:
        """Close the caseload and end the thread; what was asked before is finished first."""

        def closed() -> None:
            if self._caseload is not None:
                self._caseload.close()
                self._caseload = None

        await self._submit(closed)
        self._closed = True
        self._pool.shutdown(wait=False)

    async def _submit(self, work: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self._pool.submit(work))
