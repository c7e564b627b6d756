"""What a real run of the program asked of the disk, by ``strace``.

Only calls about files under one folder count, and what is written to standard output, which is
what the program acknowledges. A call that is not understood there is an error: a write that goes
unseen would make every later finding worthless.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from tests.powercut import disk

ROOT = Path(__file__).parents[2]
_CALLS = (
    "open,openat,creat,close,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,"
    "fallocate,fsync,fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,"
    "symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,dup,dup2,dup3,copy_file_range,sendfile,splice,"
    "mmap"
)
_FOLLOW = ["strace", "-f", "-qq", "-xx", "-s", "67108864", "--seccomp-bpf", "-e", f"trace={_CALLS}"]
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+|\?|0x[0-9a-f]+)(.*)$")
_UNFINISHED = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")


class Unread(Exception):
    """The trace holds something that the disk here does not know."""


@dataclass(slots=True)
class Run:
    """The folder before the run, and all that was done to it."""

    files: dict[int, bytes]
    names: dict[disk.Place, int]
    ops: list[disk.Op]


def traced(folder: Path, command: list[str]) -> Run:
    """Run ``command`` (arguments of Python) and follow what it does under ``folder``.

    Raises:
        RuntimeError: the program failed.
    """
    before, names = _as_found(folder)
    log = folder.with_name(folder.name + ".trace")
    done = subprocess.run(
        [*_FOLLOW, "-o", str(log), sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    follower = _Follower(folder, names)
    for line in _whole_lines(log):
        follower.read(line)
    log.unlink()
    _same(folder, before, names, follower.ops)
    return Run(before, names, follower.ops)


def _as_found(folder: Path) -> tuple[dict[int, bytes], dict[disk.Place, int]]:
    files: dict[int, bytes] = {}
    names: dict[disk.Place, int] = {}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).as_posix()
        place = _place(inside)
        if path.is_dir():
            names[place] = disk.FOLDER
        else:
            names[place] = len(files) + 1
            files[len(files) + 1] = path.read_bytes()
    return files, names


def _same(
    folder: Path, files: dict[int, bytes], names: dict[disk.Place, int], ops: list[disk.Op]
) -> None:
    """The trace is only believed when all of it together gives what really lies there now."""
    seen = disk.Disk(files, names)
    for op in ops:
        seen.do(op)
    everything = {number for number in names.values() if number > 0}
    everything.update(op.file for op in ops if op.file)
    for number in everything:
        seen.do(disk.synced(number))
    for inside in {"", *(one for op in ops for one, _ in op.names)}:
        seen.do(disk.folder_synced(inside))
    state = seen.cut(random.Random(0))
    really, found = _as_found(folder)
    there = {
        f"{inside}/{name}" if inside else name: really[number]
        for (inside, name), number in found.items()
        if number > 0
    }
    if state.files != there:
        wrong = [
            name for name in {*there, *state.files} if there.get(name) != state.files.get(name)
        ]
        raise Unread(f"the trace does not give what lies there: {sorted(wrong)}")


def _whole_lines(log: Path) -> list[str]:
    lines: list[str] = []
    begun: dict[str, str] = {}
    for line in log.read_text("ascii", errors="replace").splitlines():
        if half := _UNFINISHED.match(line):
            begun[half[1]] = f"{half[1]} {half[2]}"
        elif rest := _RESUMED.match(line):
            lines.append(begun.pop(rest[1]) + rest[2])
        else:
            lines.append(line)
    return lines


def _place(inside: str) -> disk.Place:
    folder, _, name = inside.rpartition("/")
    return folder, name


def _text(argument: str) -> bytes:
    """A string as ``strace -xx`` prints it: every byte in hex."""
    argument = argument.strip()
    if argument.endswith("..."):
        raise Unread("strace cut a string short")
    return bytes.fromhex(argument.strip('"').replace("\\x", ""))


def _arguments(text: str) -> list[str]:
    """Split at commas; no string of ``-xx`` holds one, lists and structures do."""
    found, depth, start = [], 0, 0
    for place, char in enumerate(text):
        if char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif char == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    return [*found, text[start:].strip()] if text else []


@dataclass(slots=True)
class _Open:
    file: int
    folder: str | None = None
    position: int = 0
    append: bool = False


@dataclass
class _Follower:
    """Reads the calls one by one."""

    root: Path
    known: dict[disk.Place, int]
    ops: list[disk.Op] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.now = dict(self.known)
        self.handles: dict[int, _Open] = {}
        self.next = max([0, *self.known.values()]) + 1
        self.base = os.fsencode(self.root)

    def read(self, line: str) -> None:
        match = _LINE.match(line)
        if match is None:
            if " +++ " in line or " --- " in line or line.rstrip().endswith("= ?"):
                return
            raise Unread(line[:200])
        call, result = match[1], match[3]
        if result.startswith("-") or result == "?":
            return
        cheap = match[2]
        if call in ("write", "pwrite64") and not self._concerns(cheap):
            return
        getattr(self, f"_{call}", self._unknown(call))(_arguments(cheap), int(result, 0))

    def _concerns(self, arguments: str) -> bool:
        number = int(arguments.split(",", 1)[0])
        return number == 1 or number in self.handles

    def _unknown(self, call: str) -> object:
        def refuse(arguments: list[str], result: int) -> None:
            del result
            for argument in arguments[:3]:
                if argument.startswith('"') and self._inside(_text(argument)) is not None:
                    raise Unread(f"{call} on a file of the folder")
                if argument.isdigit() and int(argument) in self.handles and call != "mmap":
                    raise Unread(f"{call} on a file of the folder")

        return refuse

    def _inside(self, path: bytes) -> str | None:
        if path == self.base:
            return ""
        if path.startswith(self.base + b"/"):
            return os.fsdecode(path[len(self.base) + 1 :]).rstrip("/")
        return None

    # --- open and close

    def _openat(self, arguments: list[str], handle: int) -> None:
        self._opened(_text(arguments[1]), arguments[2], handle)

    def _open(self, arguments: list[str], handle: int) -> None:
        self._opened(_text(arguments[0]), arguments[1], handle)

    def _opened(self, path: bytes, flags: str, handle: int) -> None:
        self.handles.pop(handle, None)
        inside = self._inside(path)
        if inside is None:
            return
        if "O_TMPFILE" in flags:
            self.handles[handle] = _Open(self._new())
            return
        if inside == "" or self.now.get(_place(inside)) == disk.FOLDER:
            self.handles[handle] = _Open(0, folder=inside)
            return
        number = self.now.get(_place(inside))
        if number is None:
            number = self._new()
            self._name({_place(inside): number})
        elif "O_TRUNC" in flags:
            self.ops.append(disk.cut_to(number, 0))
        self.handles[handle] = _Open(number, append="O_APPEND" in flags)

    def _new(self) -> int:
        self.next += 1
        return self.next - 1

    def _close(self, arguments: list[str], _: int) -> None:
        self.handles.pop(int(arguments[0]), None)

    def _dup(self, arguments: list[str], result: int) -> None:
        self.handles.pop(result, None)
        if int(arguments[0]) in self.handles:
            raise Unread("a second handle of one file")

    _dup2 = _dup3 = _dup

    def _mmap(self, arguments: list[str], _: int) -> None:
        shared = "MAP_SHARED" in arguments[3] and "PROT_WRITE" in arguments[2]
        if shared and arguments[4].isdigit() and int(arguments[4]) in self.handles:
            raise Unread("a file that is written through memory")

    # --- contents

    def _write(self, arguments: list[str], result: int) -> None:
        handle, data = int(arguments[0]), _text(arguments[1])[:result]
        if handle == 1 and 1 not in self.handles:
            self.ops.extend(disk.said(line) for line in data.decode().splitlines())
            return
        opened = self.handles[handle]
        if opened.append:
            raise Unread("a file that is written at its end")
        self.ops.append(disk.write(opened.file, opened.position, data))
        opened.position += result

    def _pwrite64(self, arguments: list[str], result: int) -> None:
        opened = self.handles[int(arguments[0])]
        self.ops.append(disk.write(opened.file, int(arguments[3]), _text(arguments[1])[:result]))

    def _lseek(self, arguments: list[str], result: int) -> None:
        if int(arguments[0]) in self.handles:
            self.handles[int(arguments[0])].position = result

    def _ftruncate(self, arguments: list[str], _: int) -> None:
        if int(arguments[0]) in self.handles:
            length = int(arguments[1])
            self.ops.append(disk.cut_to(self.handles[int(arguments[0])].file, length))

    def _fsync(self, arguments: list[str], _: int) -> None:
        opened = self.handles.get(int(arguments[0]))
        if opened is None:
            return
        if opened.folder is None:
            self.ops.append(disk.synced(opened.file))
        else:
            self.ops.append(disk.folder_synced(opened.folder))

    _fdatasync = _fsync

    # --- names

    def _name(self, names: dict[disk.Place, int | None]) -> None:
        for place, number in names.items():
            if number is None:
                del self.now[place]
            else:
                self.now[place] = number
        self.ops.append(disk.named(names))

    def _mkdir(self, arguments: list[str], _: int) -> None:
        inside = self._inside(_text(arguments[0]))
        if inside:
            self._name({_place(inside): disk.FOLDER})

    def _rmdir(self, arguments: list[str], _: int) -> None:
        self._unlink(arguments, 0)

    def _unlink(self, arguments: list[str], _: int) -> None:
        inside = self._inside(_text(arguments[0]))
        if inside:
            self._name({_place(inside): None})

    def _unlinkat(self, arguments: list[str], _: int) -> None:
        self._unlink(arguments[1:], 0)

    def _rename(self, arguments: list[str], _: int) -> None:
        source, target = (self._inside(_text(one)) for one in arguments[:2])
        if source is None and target is None:
            return
        if not source or not target:
            raise Unread("a file moved into the folder or out of it")
        self._name({_place(source): None, _place(target): self.now[_place(source)]})

    def _link(self, arguments: list[str], _: int) -> None:
        source, target = (self._inside(_text(one)) for one in arguments[:2])
        if target:
            if source is None:
                raise Unread("a file of elsewhere linked into the folder")
            self._name({_place(target): self.now[_place(source)]})

    def _linkat(self, arguments: list[str], _: int) -> None:
        given, target = _text(arguments[1]), self._inside(_text(arguments[3]))
        if not target:
            return
        handle = re.fullmatch(rb"/proc/self/fd/(\d+)", given)
        if handle is None:
            self._link([arguments[1], arguments[3]], 0)
            return
        self._name({_place(target): self.handles[int(handle[1])].file})
