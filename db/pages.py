"""Every page of an encrypted file as SQLite sees it, free pages and leftovers included.

Only for the proof of a disposal: what was deleted must be in no page of the database, of its log,
or of a copy. SQLCipher 4: AES-256-CBC under the raw key, 80 bytes a page for its IV and its code,
a salt of 16 bytes in front of the first (docs: the design page of SQLCipher).
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

from db.connection import PAGE_BYTES, damaged

_RESERVED: Final = 80
_IV: Final = 16
_SALT: Final = 16
_LOG_HEADER: Final = 32
_FRAME_HEADER: Final = 24
_AT_ONCE: Final = 256
"""Pages looked through together: a megabyte."""

_held: dict[Path, BinaryIO] = {}
"""Files that were read while SQLite has them open. Closing one would let go of SQLite's own lock on
it (POSIX locks belong to the process), so they stay open until the process ends."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a look through pages found: how many pages, and in how many places a word stood."""

    pages: int
    found: int

    def __add__(self, other: Look) -> Look:
        return Look(self.pages + other.pages, self.found + other.found)


def look_through(
    path: Path, key: bytes | bytearray, words: Sequence[bytes], *, in_use: bool = False
) -> Look:
    """Look for ``words`` in every page of the database at ``path`` and of the log beside it.

    ``in_use``: this process has it open.

    Raises:
        DamagedCaseload: the file does not end with a whole page.
    """
    looked = Look(0, 0)
    log = path.with_name(f"{path.name}-wal")
    with contextlib.ExitStack() as ours:
        pages = [_database_pages(_reader(path, ours, in_use=in_use), path, key)]
        if log.exists():
            pages.append(_log_pages(_reader(log, ours, in_use=in_use), key))
        for some in (some for each in pages for some in _together(each)):
            looked += Look(len(some), _places(b"".join(some), words))
    return looked


def _places(data: bytes, words: Sequence[bytes]) -> int:
    return sum(data.count(word) for word in words if word in data)


def _together(pages: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(pages, _AT_ONCE)):
        yield some


def _database_pages(stream: BinaryIO, path: Path, key: bytes | bytearray) -> Iterator[bytes]:
    first = True
    while page := stream.read(PAGE_BYTES):
        if len(page) != PAGE_BYTES:
            raise damaged(path)
        yield _plain(page, key, first=first)
        first = False


def _log_pages(stream: BinaryIO, key: bytes | bytearray) -> Iterator[bytes]:
    """Every frame of a log, those of before its last start among them."""
    stream.read(_LOG_HEADER)
    whole = _FRAME_HEADER + PAGE_BYTES
    while len(frame := stream.read(whole)) == whole:
        number = int.from_bytes(frame[:4], "big")
        yield _plain(frame[_FRAME_HEADER:], key, first=number == 1)


def _reader(path: Path, ours: contextlib.ExitStack, *, in_use: bool) -> BinaryIO:
    """The file at ``path`` from its beginning."""
    if not in_use:
        return ours.enter_context(path.open("rb"))
    stream = _held.get(path)
    if stream is not None and not os.path.samestat(path.stat(), os.fstat(stream.fileno())):
        stream = None  # another file has taken its place
    if stream is None:
        stream = _held[path] = path.open("rb", buffering=0)
    stream.seek(0)
    return stream


def _plain(page: bytes, key: bytes | bytearray, *, first: bool) -> bytes:
    from Cryptodome.Cipher import AES

    body = page[_SALT if first else 0 : PAGE_BYTES - _RESERVED]
    start = PAGE_BYTES - _RESERVED
    return AES.new(bytes(key), AES.MODE_CBC, page[start : start + _IV]).decrypt(body)
