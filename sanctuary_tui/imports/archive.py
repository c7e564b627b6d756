"""An archive of a whole caseload, brought into an empty one: all of it, as it was, or nothing.

Everything is looked at before anything is written: that each file is the one that its manifest
lists, that each cell reads as its column says and would do in a form, and that the log adds up.
Then it is read once more, and written. Nothing of it is plain on a disk, and of what is unpacked
only a piece is in memory at a time; what is packed and encrypted is in memory as a whole, so that
what is written is what was looked at.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast, get_args

from config.errors import BadInputError
from config.paths import open_file
from config.text import clean
from config.toml import read_toml
from db import archiving
from db.changes import Action, Line, chain_of
from db.migrations import SCHEMA_VERSION
from db.models import BY_TABLE, Case, specs
from db.rows import moment_text, parse_moment, to_column
from sanctuary_tui.exports.archive import (
    DRAFTS,
    FORMAT,
    LOG,
    MANIFEST,
    README,
    REMEMBERED,
    TABLES,
    VERSION,
)
from sanctuary_tui.exports.csvfile import read_pieces
from sanctuary_tui.exports.files import sha256
from sanctuary_tui.exports.protect import opened_archive
from sanctuary_tui.imports.archivecells import column_of, read_again, refused
from sanctuary_tui.sealing import LOOKED

if TYPE_CHECKING:
    from db.caseload import Caseload

_MOST_FILES: Final = 200
_MOST_BYTES: Final = 4 << 30
_MOST_LISTED: Final = 1 << 20
_ROOM: Final = 16 << 20
_RATIO: Final = 100
"""Unpacked to packed, beyond the first megabytes; a caseload packs to about a tenth."""
_PIECE: Final = 1 << 16
_REFERENCE = re.compile(r"S[0-9]{2}-[0-9]{4,9}")
_LAST = re.compile(r"[0-9]{1,12}")
"""A last number after which there are others."""
_OTHER: Final = "take another copy of it; nothing was imported."

Rows = list[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class _Manifest:
    schema: int
    made_utc: str
    sealed_cases: str
    log_head: str
    rows: dict[str, object]
    digests: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Packed:
    """The bytes of an archive, and what opens them; nothing of it is shown."""

    data: bytes = field(repr=False)
    passphrase: str = field(repr=False)

    @contextmanager
    def opened(self) -> Iterator[Any]:
        """The archive to read from; what its reader raises is told in a sentence."""
        try:
            with opened_archive(io.BytesIO(self.data)) as archive:
                archive.setpassword(" ".join(self.passphrase.split()).encode())
                yield archive
        except RuntimeError:
            raise BadInputError(
                "The passphrase does not open this archive; type its six words as they were shown."
            ) from None
        except _unreadable():
            raise BadInputError(f"The archive is damaged: {_OTHER}") from None


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive that was found whole: what it says of itself, and its rows as the database keeps
    them, read again each time they are asked for."""

    made_utc: str
    sha256: str
    sealed_cases: str
    drafts: Rows
    remembered: Rows
    has_settings: bool
    _packed: _Packed
    _manifest: _Manifest

    def pieces(self, table: str) -> Iterator[Rows]:
        """The rows of a table, piece by piece."""
        with self._packed.opened() as archive:
            yield from _pieces(table, archive, self._manifest, again=True)

    def log(self) -> Iterator[Line]:
        """The lines of the change log, oldest first."""
        return (line for rows in self.pieces(LOG) for line in _lines(rows))


def is_archive(path: Path) -> bool:
    """Whether a file is an archive of a caseload, as ``sanctuary export archive`` writes it."""
    try:
        with open_file(path) as stream, opened_archive(stream) as archive:
            return {MANIFEST, README} <= set(archive.namelist())
    except _unreadable():
        return False


def import_archive(caseload: Caseload, archive: Archive) -> int:
    """Put an archive into an empty caseload, and say how many cases it has now.

    Raises:
        RefusedError: the caseload is not empty, or the archive does not fit together.
        SanctuaryError: it could not be written. Nothing was.
    """
    archiving.put_back(
        caseload.store,
        archive.pieces,
        drafts=archive.drafts,
        remembered=archive.remembered,
        log=archive.log(),
        why=f"archive of {archive.made_utc} imported, SHA-256 {archive.sha256[:16]}",
    )
    return int(caseload.connection.execute("SELECT count(*) FROM cases").fetchall()[0][0])


def read_archive(path: Path, passphrase: str) -> Archive:
    """Open an archive, hold it against its manifest, and look at every row.

    Raises:
        BadInputError: the passphrase is another, the file is no archive, was changed or is not
            whole, holds what no form would take, or a newer version of the program wrote it.
    """
    packed = _Packed(_bytes_of(path), passphrase)
    with packed.opened() as archive:
        entries = archive.infolist()
        _check_entries(entries, len(packed.data))
        names = {entry.filename for entry in entries}
        manifest = _manifest(archive, names)
        for name in sorted(names - {MANIFEST} - {f"{table}.csv" for table in TABLES}):
            with archive.open(name) as stream:
                _Told(stream).hold_against(name, manifest)
        for table in TABLES:
            if table not in (LOG, DRAFTS, REMEMBERED):
                for _ in _pieces(table, archive, manifest):
                    pass
        _check_log(_pieces(LOG, archive, manifest), manifest.log_head)
        drafts, remembered = (
            [row for rows in _pieces(table, archive, manifest) for row in rows]
            for table in (DRAFTS, REMEMBERED)
        )
    _check_remembered(remembered)
    _check_drafts(drafts)
    return Archive(
        made_utc=manifest.made_utc,
        sha256=sha256(packed.data),
        sealed_cases=manifest.sealed_cases,
        drafts=drafts,
        remembered=remembered,
        has_settings="settings.toml" in names,
        _packed=packed,
        _manifest=manifest,
    )


# --- the file -------------------------------------------------------------------------------------


def _bytes_of(path: Path) -> bytes:
    try:
        with open_file(path) as stream:
            if os.fstat(stream.fileno()).st_size > _MOST_BYTES:
                raise BadInputError("The archive is far too large to be one; check its name.")
            return stream.read(_MOST_BYTES + 1)
    except OSError:
        raise BadInputError("The archive cannot be read; check its name and permissions.") from None


def _unreadable() -> tuple[type[Exception], ...]:
    """What the reader of a damaged archive, or of no archive, raises."""
    import zlib

    import pyzipper

    known = (pyzipper.BadZipFile, zlib.error, NotImplementedError)
    return (*known, OSError, EOFError, ValueError, LookupError)


def _check_entries(entries: Sequence[Any], packed: int) -> None:
    names = [entry.filename for entry in entries]
    if len(names) != len(set(names)) or len(names) > _MOST_FILES or MANIFEST not in names:
        raise BadInputError("This is no archive of a caseload: its manifest is not in it.")
    if not all(entry.flag_bits & 1 for entry in entries):
        raise BadInputError(
            "The archive has a file in it that is not encrypted, which this program never writes; "
            f"{_OTHER}"
        )
    if sum(entry.file_size for entry in entries) > min(_MOST_BYTES, _ROOM + _RATIO * packed):
        raise BadInputError("The archive would unpack to far more than any caseload holds.")


def _manifest(archive: Any, names: set[str]) -> _Manifest:
    """What the manifest says, once the names of the files are held against it."""
    with archive.open(MANIFEST) as stream:
        data = stream.read(_MOST_LISTED)
    try:
        told = read_toml(data.decode("utf-8"))
        listed = {str(one["name"]): one for one in told["file"]}
        kind, version, schema = (told[name] for name in ("format", "version", "schema"))
        made, sealed, head = (str(told[name]) for name in ("made_utc", "sealed_cases", "log_head"))
        moment_text(parse_moment(made))
        rows = {name: one["rows"] for name, one in listed.items()}
        digests = {name: one["sha256"] for name, one in listed.items()}
    except (ValueError, LookupError, TypeError, AttributeError):
        raise BadInputError(f"The archive's manifest cannot be read: {_OTHER}") from None
    if kind != FORMAT or not all(isinstance(one, int) for one in (version, schema)):
        raise BadInputError(f"The archive's manifest is not one of a caseload: {_OTHER}")
    if version > VERSION or schema > SCHEMA_VERSION:
        raise BadInputError(
            "The archive was written by a newer version of sanctuary-tui; update the program, then "
            "import it."
        )
    if len(listed) != len(told["file"]):
        raise BadInputError(f"The archive's manifest lists a file twice: {_OTHER}")
    for name in sorted(listed.keys() | (names - {MANIFEST})):
        if name not in names:
            raise BadInputError(f"{name} is missing in the archive: {_OTHER}")
        if name not in listed:
            raise BadInputError(f"{name} is in the archive and not in its manifest: {_OTHER}")
    return _Manifest(schema, made, sealed, head, rows, digests)


class _Told(io.RawIOBase):
    """A file of the archive while it is unpacked, and the digest of what was."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._digest = stream, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        data = self._stream.read(len(into))
        self._digest.update(data)
        into[: len(data)] = data
        return len(data)

    def hold_against(self, name: str, manifest: _Manifest) -> None:
        """Read what is left of it, and refuse one that the manifest does not list so."""
        while self.read(_PIECE):
            pass
        if self._digest.hexdigest() != manifest.digests[name]:
            raise BadInputError(f"{name} is not as the archive's manifest lists it: {_OTHER}")


# --- its rows -------------------------------------------------------------------------------------


def _pieces(
    table: str, archive: Any, manifest: _Manifest, *, again: bool = False
) -> Iterator[Rows]:
    """The rows of one file as the database keeps them, every column of today's schema.

    A file or column that an older version had not yet is as a new record has it. What is wrong
    with a file that is not as it was written is that, whatever its rows look like. ``again``: it
    was found good.
    """
    file, older = f"{table}.csv", manifest.schema < SCHEMA_VERSION
    if file not in manifest.digests:
        if older and table in BY_TABLE:
            return
        raise BadInputError(f"{file} is missing in the archive: {_OTHER}")
    with archive.open(file) as stream:
        told, count = _Told(stream), 0
        text = io.TextIOWrapper(io.BufferedReader(told, _PIECE), encoding="utf-8-sig", newline="")
        try:
            for rows in _rows(table, text, older=older, again=again):
                count += len(rows)
                yield rows
        except BadInputError:
            told.hold_against(file, manifest)
            raise
        told.hold_against(file, manifest)
    if count != manifest.rows.get(file):
        raise BadInputError(f"{file} has another number of rows than its manifest: {_OTHER}")


def _rows(table: str, text: io.TextIOWrapper, *, older: bool, again: bool) -> Iterator[Rows]:
    file, forms, kind = f"{table}.csv", TABLES[table], BY_TABLE.get(table)
    blank, declared = (kind(), specs(kind)) if kind else (None, {})
    first = 1
    try:
        columns, pieces = read_pieces(text)
        missing = [one for one in forms if one not in columns]
        strange = len(columns) != len(set(columns)) or set(columns) - set(forms)
        if strange or (missing and not older):
            raise BadInputError(f"{file} has other columns than this version writes: {_OTHER}")
        for cells in pieces:
            by_column = dict(zip(columns, zip(*cells, strict=True), strict=True))
            made: dict[str, Sequence[Any]] = {}
            for column, form in forms.items():
                if column in by_column and again:
                    made[column] = read_again(form, by_column[column])
                elif column in by_column:
                    given, spec = by_column[column], declared.get(column)
                    made[column] = column_of(file, column, form, spec, given, first)
                else:
                    made[column] = [to_column(getattr(blank, column))] * len(cells)
            if kind is Case:
                _check_references(made["ref"], first)
            first += len(cells)
            yield list(zip(*made.values(), strict=True))
    except ValueError:
        raise BadInputError(f"{file} cannot be read as a table: {_OTHER}") from None


def _check_references(refs: Sequence[str], first: int) -> None:
    """A reference is as the program gives it: lists, file names and the log are made of them."""
    for number, ref in enumerate(refs, start=first):
        if not _REFERENCE.fullmatch(ref):
            raise refused(number, "cases.csv", "cannot be read", "ref")


def _check_log(pieces: Iterable[Rows], head: str) -> None:
    """The lines of the log are as the program writes them, and their chain ends as is listed."""
    try:
        adds_up = chain_of(line for rows in pieces for line in _looked_at(rows)).head.hex() == head
    except (ValueError, RecursionError):
        adds_up = False
    if not adds_up:
        raise BadInputError(f"The change log in the archive does not add up: {_OTHER}")


def _lines(rows: Rows) -> list[Line]:
    """Rows of the log; content that was disposed of is None again."""
    return [
        cast("Line", (*row[:8], None, None, None, *row[11:]) if row[11] is None else tuple(row))
        for row in rows
    ]


def _looked_at(rows: Rows) -> list[Line]:
    lines = _lines(rows)
    if any(line[2] not in get_args(Action) for line in lines):
        raise ValueError("an action there is not")
    said = json.loads(f"[{','.join(word or '{}' for line in lines for word in line[8:10])}]")
    if len(said) != 2 * len(lines) or not all(isinstance(one, dict) for one in said):
        raise ValueError("no fields")
    if any(clean(word) != word for line in lines for word in (line[1], line[3], line[10] or "")):
        raise ValueError("not clean")
    return lines


def _check_remembered(rows: Sequence[Sequence[Any]]) -> None:
    """Nothing is remembered from an archive but what one takes along, as it is remembered."""
    for name, value in rows:
        last = name.startswith("last:") and _LAST.fullmatch(value)
        own = name in archiving.OF_THE_CASELOAD and (name == LOOKED or _is_said(value))
        if not last and not own:
            raise BadInputError(f"{REMEMBERED}.csv has what no archive takes along: {_OTHER}")


def _check_drafts(rows: Sequence[Sequence[Any]]) -> None:
    """What stood in a form is a text for each of its fields."""
    at = archiving.DRAFT_COLUMNS.index("content")
    if not all(_is_said(row[at], texts=True) for row in rows):
        raise BadInputError(f"{DRAFTS}.csv has a form that none can show: {_OTHER}")


def _is_said(value: str, *, texts: bool = False) -> bool:
    """Whether a value says something by name, as the program keeps it."""
    try:
        said = json.loads(value)
    except (ValueError, RecursionError):
        return False
    return isinstance(said, dict) and not (
        texts and any(not isinstance(one, str) for one in said.values())
    )
