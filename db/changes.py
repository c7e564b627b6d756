"""The change log: one row a change, hash-chained, and the source of timeline, audit and undo.

A row's digest covers its content with a salt of its own, and the chain runs over the digests, so a
row's content can be disposed of by law while the chain still verifies (design section 4). The six
actions are those of the ICO's logging guidance.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from config.text import clean
from db.rows import moment_text, parse_moment, to_column

if TYPE_CHECKING:
    from db.connection import Connection

Action = Literal[
    "collection", "alteration", "consultation", "disclosure", "combination", "erasure", "system"
]
GENESIS: Final = bytes(32)
ARCHIVE: Final = "archive"
"""What the lines are about that stand before and after a log that came with an archive."""

_INSERT = (
    "INSERT INTO changes (id, at, who, action, entity, entity_id, case_id, batch, undoes, before,"
    " after, why, salt, digest, previous, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_CHAINED = (
    "SELECT id, at, who, action, entity, entity_id, case_id, batch, undoes, before, after, why,"
    " salt, digest, previous, hash FROM changes WHERE id > ? ORDER BY id LIMIT ?"
)
_PIECE: Final = 5000
"""Rows verified at a time: a whole log may be larger than memory is free."""


@dataclass(slots=True, frozen=True)
class ChainState:
    """Where the chain stands: how many rows, and the hash of the last."""

    count: int
    head: bytes


@dataclass(slots=True, frozen=True)
class ChainReport:
    """What verifying the chain found. ``broken_at`` is the first row that does not add up."""

    count: int
    head: str
    broken_at: int | None = None

    @property
    def good(self) -> bool:
        """Every row adds up."""
        return self.broken_at is None


def packed(values: Mapping[str, Any]) -> str:
    """Field values as the log keeps them."""
    return json.dumps(
        {name: to_column(value) for name, value in values.items()},
        ensure_ascii=False,
        separators=(",", ":"),
    )


def unpacked(kept: str | None) -> dict[str, Any]:
    """Field values from the log; empty once the content has been disposed of."""
    loaded: dict[str, Any] = json.loads(kept) if kept else {}
    return loaded


def _digest(salt: bytes, before: str, after: str, why: str) -> bytes:
    content = json.dumps([before, after, why], ensure_ascii=False).encode()
    return hashlib.sha256(salt + content).digest()


def _link(previous: bytes, facts: Iterable[object], digest: bytes) -> bytes:
    line = json.dumps(list(facts), ensure_ascii=False).encode()
    return hashlib.sha256(previous + line + digest).digest()


def chain_end(connection: Connection, schema: str = "main") -> ChainState:
    """Where the chain of an open caseload ends; nothing where it has no change log yet."""
    known = connection.execute(
        f"SELECT 1 FROM {schema}.sqlite_master WHERE type = 'table' AND name = 'changes'"
    ).fetchall()
    last = f"SELECT id, hash FROM {schema}.changes ORDER BY id DESC LIMIT 1"
    rows = connection.execute(last).fetchall() if known else []
    return ChainState(rows[0][0], bytes(rows[0][1])) if rows else ChainState(0, GENESIS)


class ChangeLog:
    """Appends to the change log. The caller's transaction makes it all or nothing."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._count, self._head = 0, GENESIS
        self.reload()

    def reload(self) -> None:
        """Read the chain's end again, as after a rolled-back transaction."""
        state = chain_end(self._connection)
        self._count, self._head = state.count, state.head

    @property
    def state(self) -> ChainState:
        """Where the chain stands now."""
        return ChainState(self._count, self._head)

    def append(
        self,
        action: Action,
        entity: str,
        entity_id: int,
        case_id: int,
        *,
        at: datetime,
        who: str,
        batch: int = 0,
        undoes: int = 0,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        why: str = "",
    ) -> int:
        """Add one row and return its number."""
        why = clean(why, multiline=False)
        number = self._count + 1
        salt = os.urandom(16)
        old = packed(before) if before is not None else ""
        new = packed(after) if after is not None else ""
        digest = _digest(salt, old, new, why)
        stamp = moment_text(at)
        facts = (number, stamp, who, action, entity, entity_id, case_id, batch, undoes)
        link = _link(self._head, facts, digest)
        self._connection.execute(
            _INSERT, (*facts, old, new, why, salt, digest, self._head, link)
        ).fetchall()
        self._count, self._head = number, link
        return number

    def take_over(self, lines: Iterable[Line]) -> None:
        """Add the rows of another caseload's log after those that are there.

        Raises:
            ValueError: a row does not say what its digest says.
        """
        self._connection.executemany(_INSERT, linked(lines, self.state))
        self.reload()


Line = tuple[
    str, str, str, str, int, int, int, int, str | None, str | None, str | None, bytes | None, bytes
]
"""A row of the log outside its file: ``at who action entity entity_id case_id batch undoes before
after why salt digest``. Its number is its place; disposed content is None, its digest stays."""


def told_again(line: Line, before: str, after: str, why: str) -> Line:
    """A row that says less than it did, under a digest of its own."""
    salt = os.urandom(16)
    return (*line[:8], before, after, why, salt, _digest(salt, before, after, why))


def chain_of(lines: Iterable[Line]) -> ChainState:
    """Where the chain of a log ends that begins with the first of ``lines``.

    Raises:
        ValueError: a row does not say what its digest says.
    """
    count, head = 0, GENESIS
    for row in linked(lines):
        count, head = row[0], row[-1]
    return ChainState(count, head)


def linked(
    lines: Iterable[Line], state: ChainState = ChainState(0, GENESIS)
) -> Iterator[tuple[Any, ...]]:
    """Rows as the log keeps them, each with its link at the end: they go on from ``state``, and
    their batches count from it too.

    Raises:
        ValueError: a row does not say what its digest says.
    """
    shift, count, head = state.count, state.count, state.head
    for line in lines:
        before, after, why, salt, digest = line[8:]
        if salt is None:
            sound = before is None and after is None and why is None
        else:
            told = before is not None and after is not None and why is not None
            sound = told and _digest(salt, before or "", after or "", why or "") == digest
        if not sound:
            raise ValueError("a row of the log that does not say what its digest says")
        count += 1
        batches = [number and number + shift for number in line[6:8]]
        facts = (count, *line[:6], *batches)
        link = _link(head, facts, digest)
        yield (*facts, before, after, why, salt, digest, head, link)
        head = link


def verify_chain(connection: Connection) -> ChainReport:
    """Work the whole chain out again. Disposed content (salt and words all NULL) is taken by its
    digest; words without their salt are not."""
    before = connection.execute("SELECT min(id) FROM changes WHERE id < 1").fetchall()[0][0]
    if before is not None:
        return ChainReport(0, GENESIS.hex(), broken_at=int(before))
    previous, count, last = GENESIS, 0, 0
    while rows := connection.execute(_CHAINED, (last, _PIECE)).fetchall():
        for row in rows:
            count += 1
            if row[0] != count or not _sound(row, previous):
                return ChainReport(count, previous.hex(), broken_at=int(row[0]))
            previous, last = bytes(row[15]), row[0]
    return ChainReport(count, previous.hex())


@dataclass(slots=True, frozen=True)
class ClockReport:
    """Lines of the log whose moments do not follow: the first that goes back by more than a day
    against one before it, and the first that lies more than a day ahead; how many of each."""

    back: int = 0
    first_back: int = 0
    ahead: int = 0
    first_ahead: int = 0


def look_at_clock(connection: Connection, now: datetime) -> ClockReport:
    """How far the moments of the log go with their order, and with ``now``.

    A clock that was set wrong, or a day given by hand, is no damage; what was logged under it has
    a false date. Nor is a log that was taken over with an archive, between two lines about
    ``ARCHIVE``: its moments lie before those of the caseload that was made for it.
    """
    allowed = timedelta(days=1)
    limit, newest, back, ahead = moment_text(now + allowed), "", [], []
    rows = connection.execute("SELECT id, at, entity FROM changes ORDER BY id").fetchall()
    for number, at, entity in rows:
        if entity == ARCHIVE:
            newest = ""  # what follows has a clock of its own
        elif at > limit:
            ahead.append(number)
        elif at >= newest:
            newest = at
        elif parse_moment(newest) - parse_moment(at) > allowed:
            back.append(number)
    return ClockReport(len(back), back[0] if back else 0, len(ahead), ahead[0] if ahead else 0)


def _sound(row: Sequence[Any], previous: bytes) -> bool:
    """Whether a row follows from the one before, and says what its digest says."""
    facts, words, salt, digest = row[:9], row[9:12], row[12], bytes(row[13])
    if salt is None:
        told = all(word is None for word in words)
    else:
        told = _digest(bytes(salt), *words) == digest
    return told and bytes(row[14]) == previous and _link(previous, facts, digest) == bytes(row[15])
