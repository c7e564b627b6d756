"""A disk that loses what was not yet synced: what a program did, and what a power cut leaves of it.

What is known of a disk that tells the truth is little: contents are safe after ``fsync`` of the
file, names after ``fsync`` of the folder. So at a cut each 512-byte sector written since the last
sync, each change of a length and each change of a name is kept or lost by chance, on its own. A
sector and a rename are whole or not at all. Names are lost either each on its own or, as a file
system with a journal does it, from some moment on.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
Place = tuple[str, str]
"""A folder, and a name in it."""


@dataclass(slots=True)
class Op:
    """One thing the program did. ``kind`` says which of the fields hold."""

    kind: str
    file: int = 0
    offset: int = 0
    data: bytes = b""
    folder: str = ""
    names: dict[Place, int | None] = field(default_factory=dict)
    said: str = ""


def write(file: int, offset: int, data: bytes) -> Op:
    """Bytes put into a file."""
    return Op("write", file=file, offset=offset, data=data)


def cut_to(file: int, length: int) -> Op:
    """A file made shorter or longer."""
    return Op("length", file=file, offset=length)


def synced(file: int) -> Op:
    """All of a file's contents are on the disk."""
    return Op("synced", file=file)


def folder_synced(folder: str) -> Op:
    """All names in a folder are on the disk."""
    return Op("folder synced", folder=folder)


def named(names: dict[Place, int | None]) -> Op:
    """Names given to files, or (None) taken away, in one step."""
    return Op("named", names=names)


def said(text: str) -> Op:
    """The program told somebody something: not undone by a power cut."""
    return Op("said", said=text)


FOLDER = -1
"""In place of a file: the name is that of a folder."""


@dataclass(slots=True)
class State:
    """What is found after the cut, and what had been said before it."""

    files: dict[str, bytes]
    folders: set[str]
    said: tuple[str, ...]

    def put(self, root: Path) -> None:
        """Make it so under ``root``, a new folder."""
        root.mkdir(mode=0o700)
        for folder in sorted(self.folders):
            (root / folder).mkdir(mode=0o700, parents=True)
        for name, content in self.files.items():
            path = root / name
            path.write_bytes(content)
            path.chmod(0o600)


class Disk:
    """What is safe, and what is only promised. Paths are relative; the root is ''."""

    def __init__(self, files: dict[int, bytes], names: dict[Place, int]) -> None:
        self._safe = {number: bytearray(content) for number, content in files.items()}
        self._names = dict(names)
        self._pending: dict[int, list[Op]] = {}
        self._renamed: list[dict[Place, int | None]] = []
        self._said: list[str] = []

    def do(self, op: Op) -> None:
        """The program did this."""
        if op.kind in ("write", "length"):
            self._pending.setdefault(op.file, []).append(op)
        elif op.kind == "synced":
            content = self._safe.setdefault(op.file, bytearray())
            for waiting in self._pending.pop(op.file, ()):
                _apply(content, waiting)
        elif op.kind == "folder synced":
            left = []
            for change in self._renamed:
                if any(folder == op.folder for folder, _ in change):
                    _rename(self._names, change)
                else:
                    left.append(change)
            self._renamed = left
        elif op.kind == "named":
            self._renamed.append(op.names)
        else:
            self._said.append(op.said)

    def cut(self, dice: random.Random) -> State:
        """One of the states in which the disk may be found after a power cut now."""
        share = dice.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        names = dict(self._names)
        for change in _kept_names(self._renamed, dice):
            _rename(names, change)
        files: dict[str, bytes] = {}
        folders: set[str] = set()
        for (folder, name), number in names.items():
            if not _reachable(folder, names):
                continue
            path = f"{folder}/{name}" if folder else name
            if number == FOLDER:
                folders.add(path)
                continue
            content = bytearray(self._safe.get(number, b""))
            for op in self._pending.get(number, ()):
                for piece in _sectors(op):
                    if dice.random() < share:
                        _apply(content, piece)
            files[path] = bytes(content)
        return State(files, folders, tuple(self._said))


def states(
    files: dict[int, bytes], names: dict[Place, int], ops: list[Op], count: int, seed: int
) -> Iterator[State]:
    """So many states after power cuts: a third at any moment, a third in turn just after each
    change of a name, a third in turn just after each thing said."""
    dice = random.Random(seed)
    turns = [
        itertools.cycle(
            [place + 1 for place, op in enumerate(ops) if op.kind == kind] or [len(ops)]
        )
        for kind in ("named", "said")
    ]
    cuts = sorted(
        next(turns[turn % 3 - 1]) if turn % 3 else dice.randrange(len(ops) + 1)
        for turn in range(count)
    )
    disk, done = Disk(files, names), 0
    for place in cuts:
        while done < place:
            disk.do(ops[done])
            done += 1
        yield disk.cut(dice)


def _sectors(op: Op) -> Iterable[Op]:
    if op.kind != "write":
        return [op]
    pieces, start, end = [], op.offset, op.offset + len(op.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        pieces.append(write(op.file, start, op.data[start - op.offset : stop - op.offset]))
        start = stop
    return pieces


def _apply(content: bytearray, op: Op) -> None:
    if op.kind == "length":
        if op.offset < len(content):
            del content[op.offset :]
        else:
            content.extend(bytes(op.offset - len(content)))
        return
    if op.offset > len(content):
        content.extend(bytes(op.offset - len(content)))
    content[op.offset : op.offset + len(op.data)] = op.data


def _rename(names: dict[Place, int], change: dict[Place, int | None]) -> None:
    for place, number in change.items():
        if number is None:
            names.pop(place, None)
        else:
            names[place] = number


def _kept_names(
    waiting: list[dict[Place, int | None]], dice: random.Random
) -> list[dict[Place, int | None]]:
    if dice.random() < 0.5:
        return waiting[: dice.randrange(len(waiting) + 1)]
    return [change for change in waiting if dice.random() < 0.5]


def _reachable(folder: str, names: dict[Place, int]) -> bool:
    while folder:
        above, _, name = folder.rpartition("/")
        if names.get((above, name)) != FOLDER:
            return False
        folder = above
    return True
