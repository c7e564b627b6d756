"""A whole caseload in open formats: CSV files and what explains them, in one encrypted archive.

It is made in memory, a piece at a time beside what is packed and encrypted already, and is never
plain on a disk. What is in it, and how each cell reads, is told
in the README inside; ``sanctuary_tui.imports.archive`` brings it into an empty caseload again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from config.codes import CODES
from config.errors import BadInputError
from config.measures import catalogue
from db import archiving
from db.changes import Line, chain_of, linked
from db.migrations import SCHEMA_VERSION
from db.models import RECORDS, Record, specs
from db.record import column_names
from db.rows import moment_text
from sanctuary_tui import __version__
from sanctuary_tui.exports.csvfile import csv_bytes, csv_pieces, spelled
from sanctuary_tui.exports.dictionary import PLAIN_COLUMNS, dictionary, meaning_of
from sanctuary_tui.exports.files import ExportResult, place_notices, sha256, write_one
from sanctuary_tui.exports.profiles import exporter
from sanctuary_tui.exports.protect import archive_bytes, new_passphrase
from sanctuary_tui.exports.tables import refuse_names

if TYPE_CHECKING:
    from db.connection import Connection

FORMAT: Final = "sanctuary-tui archive"
VERSION: Final = 1
"""Of the format; a later program reads every earlier one."""
MANIFEST: Final = "manifest.toml"
README: Final = "README.txt"
LOG: Final = "change_log"
DRAFTS: Final = "half_done_forms"
REMEMBERED: Final = "remembered"

Form = Literal["text", "date", "moment", "whole", "money", "bytes"]
"""How the cells of a column are written."""
_FORMS: Final[dict[str, Form]] = {
    "date": "date",
    "datetime": "moment",
    "int": "whole",
    "link": "whole",
    "money": "money",
}
_WHOLE: Final = frozenset({"entity_id", "case_id", "batch", "undoes", "record_id"})


def forms_of(record: type[Record]) -> dict[str, Form]:
    """The columns of a record's file, in order, and how each is written."""
    declared = specs(record)
    return {
        name: _FORMS.get(declared[name].kind, "text") if name in declared else "whole"
        for name in column_names(record)
    }


def _plain(columns: Sequence[str]) -> dict[str, Form]:
    found: dict[str, Form] = {name: "whole" if name in _WHOLE else "text" for name in columns}
    return {**found, **{name: "bytes" for name in columns if name in ("salt", "digest")}}


TABLES: Final[dict[str, dict[str, Form]]] = {
    **{record.table: forms_of(record) for record in RECORDS},
    LOG: {**_plain(archiving.LOG_COLUMNS), "at": "moment"},
    DRAFTS: {**_plain(archiving.DRAFT_COLUMNS), "saved": "moment"},
    REMEMBERED: _plain(("name", "value")),
}
"""Every file of rows, by its name without ``.csv``: its columns and how each is written."""
_MEANS: Final = {
    LOG: "Every line of the change log, oldest first; the number of a line is its place",
    DRAFTS: "Forms that were left half-done",
    REMEMBERED: "What the caseload remembers: the last number of each kind, periods confirmed",
}
_WORDS: Final[dict[Form, str]] = {
    "text": "text",
    "date": "date, 2026-11-26; blank: none",
    "moment": "moment in UTC, 2026-11-26T14:05:00Z; blank: none",
    "whole": "whole number; blank: none",
    "money": "pounds and pence, 418.20; blank: none",
    "bytes": "bytes as hexadecimal digits; blank: none",
}

LEFT_OUT: Final = "left out, if there are any: this archive may not be whole"
TAKEN_IN: Final = "in it, if there are any"


def to_cells(
    columns: dict[str, Form], pieces: Iterable[Sequence[Sequence[Any]]]
) -> Iterator[Sequence[Any]]:
    """Rows of the database as the cells of a file, piece by piece and there column by column."""
    for rows in pieces:
        values_of = zip(columns.values(), zip(*rows, strict=True), strict=True)
        yield from zip(*[_WRITE[form](values) for form, values in values_of], strict=True)


def _texts(values: Sequence[Any]) -> Sequence[Any]:
    joined = "\n".join([value for value in values if value])
    return values if spelled(joined) == joined else [value and spelled(value) for value in values]


_WRITE: Final[dict[Form, Callable[[Sequence[Any]], Sequence[Any]]]] = {
    "text": _texts,
    "date": _texts,
    "moment": _texts,
    "whole": lambda values: values,
    "money": lambda values: [one if one is None else Decimal(one).scaleb(-2) for one in values],
    "bytes": lambda values: [one if one is None else bytes(one).hex() for one in values],
}


@exporter("whole caseload", "archive")
def write_archive(
    connection: Connection,
    out: Path,
    *,
    sealed: bool,
    who: str,
    now: datetime,
    settings: bytes | None = None,
) -> ExportResult:
    """Write the whole caseload into the archive ``out``; with or without cases that are ``sealed``.

    ``settings`` is the district's own settings file. The passphrase is in the result, to be shown
    once.

    Raises:
        RefusedError: a disposal is under way; the place will not do.
        SanctuaryError: the file cannot be written.
    """
    refuse_name(out)
    refuse_names(connection, out)
    archiving.refuse_unfinished(connection)
    notices = place_notices(out, protected=True)
    cases = archiving.count_cases(connection)
    listed: list[dict[str, object]] = []

    def files() -> Iterator[tuple[str, bytes | Iterator[bytes]]]:
        log = _Log(archiving.log_of(connection, sealed=sealed))
        named: list[tuple[str, bytes, int]] = [(README, _readme(sealed, cases, now).encode(), 0)]
        named.append(("data_dictionary.md", dictionary().encode(), 0))
        if settings is not None:
            named.append(("settings.toml", settings, 0))
        for name, columns, rows in _explaining():
            named.append((f"{name}.csv", csv_bytes(columns, rows), len(rows)))
        for name, data, count in named:
            listed.append(_listed(name, data, count))
            yield name, data
        for name, forms in TABLES.items():
            kept = _Counted(_pieces(connection, name, log, sealed=sealed))
            pieces = csv_pieces(list(forms), to_cells(forms, kept))
            yield f"{name}.csv", _listing(f"{name}.csv", pieces, kept, listed)
        yield MANIFEST, _manifest(listed, log.head, sealed=sealed, who=who, now=now)

    passphrase = new_passphrase()
    written = write_one(out, archive_bytes(files(), passphrase), cases, notices)
    return replace(written, passphrase=passphrase)


def refuse_name(out: Path) -> None:
    """An archive is to be known as one.

    Raises:
        BadInputError: the name does not end in ``.zip``.
    """
    if out.suffix.lower() != ".zip":
        raise BadInputError("The archive's name must end in .zip, such as caseload.zip.")


class _Log:
    """The change log on its way into the archive, and where its chain ends once it is there."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = lines
        self.head = ""

    def pieces(self) -> Iterator[Sequence[Sequence[Any]]]:
        self.head = chain_of(()).head.hex()
        rows = linked(self._lines)
        while piece := list(islice(rows, _PIECE)):
            self.head = piece[-1][-1].hex()
            # As ``linked`` has shifted nothing these are the lines as they came, with their number
            # before and their links after them.
            yield [row[1:-2] for row in piece]


_PIECE: Final = 200


def _pieces(
    connection: Connection, name: str, log: _Log, *, sealed: bool
) -> Iterable[Sequence[Sequence[Any]]]:
    if name == LOG:
        return log.pieces()
    if name == DRAFTS:
        rows = archiving.drafts_of(connection, sealed=sealed)
    elif name == REMEMBERED:
        rows = archiving.remembered_of(connection)
    else:
        return archiving.pieces_of(connection, name, sealed=sealed)
    return [rows] if rows else []


class _Counted:
    """Pieces of a table's rows, and how many there were once they are through."""

    def __init__(self, pieces: Iterable[Sequence[Sequence[Any]]]) -> None:
        self._pieces, self.rows = pieces, 0

    def __iter__(self) -> Iterator[Sequence[Sequence[Any]]]:
        for rows in self._pieces:
            self.rows += len(rows)
            yield rows


def _listing(
    name: str, pieces: Iterable[bytes], kept: _Counted, listed: list[dict[str, object]]
) -> Iterator[bytes]:
    """The pieces of a file, which is listed once the last of them is taken."""
    digest, size = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        size += len(piece)
        yield piece
    listed.append({"name": name, "rows": kept.rows, "bytes": size, "sha256": digest.hexdigest()})


def _listed(name: str, data: bytes, rows: int) -> dict[str, object]:
    return {"name": name, "rows": rows, "bytes": len(data), "sha256": sha256(data)}


def _manifest(
    listed: list[dict[str, object]], log_head: str, *, sealed: bool, who: str, now: datetime
) -> bytes:
    import tomli_w

    return tomli_w.dumps(
        {
            "format": FORMAT,
            "version": VERSION,
            "schema": SCHEMA_VERSION,
            "program": __version__,
            "made_utc": moment_text(now),
            "made_by": who,
            "sealed_cases": TAKEN_IN if sealed else LEFT_OUT,
            "log_head": log_head,
            "file": listed,
        }
    ).encode()


def _explaining() -> Iterator[tuple[str, list[str], list[list[object]]]]:
    """The files that say what the others mean: columns, codes, the catalogue of measures."""
    columns: list[list[object]] = []
    for name, forms in TABLES.items():
        record = next((one for one in RECORDS if one.table == name), None)
        declared = specs(record) if record else {}
        for column, form in forms.items():
            spec = declared.get(column)
            said = meaning_of(spec) if spec else PLAIN_COLUMNS.get(column, "")
            codes = spec.codes if spec else ""
            to = f"{spec.to}.csv" if spec and spec.to else ""
            columns.append([f"{name}.csv", column, _WORDS[form], codes, to, said])
    yield "columns", ["file", "column", "form", "code_list", "id_of_a_row_in", "means"], columns
    codes_of: list[list[object]] = [
        [name, code, words] for name, held in CODES.items() for code, words in held.items()
    ]
    yield "code_lists", ["list", "code", "means"], codes_of
    measures = [asdict(one) for one in catalogue().values()]
    yield "measures_catalogue", list(measures[0]), [list(one.values()) for one in measures]


def _readme(sealed: bool, cases: int, now: datetime) -> str:
    names = [
        f"  {record.table + '.csv':<26} {(record.title or record.table)}" for record in RECORDS
    ]
    names += [f"  {name + '.csv':<26} {words}" for name, words in _MEANS.items()]
    kept = "are in it, if there are any" if sealed else "are left out, if there are any"
    whole = (
        ""
        if sealed
        else "\nThe archive may therefore not be whole; it says the same of every caseload."
    )
    return f"""\
A WHOLE CASELOAD
================

Made {moment_text(now)} (UTC) by sanctuary-tui {__version__}: {cases} cases (none that is
sealed is counted), every record, and the change log with what it says. Sealed cases {kept}.{whole}

It holds names, safe addresses, weak points of homes and code words. Whoever has it and its
passphrase has everything. Unpack it only where that is needed, on an encrypted disk, and delete
what you unpacked.

HOW IT COMES BACK
-----------------

  sanctuary --home NEW_FOLDER init
  sanctuary --home NEW_FOLDER import THIS_FILE.zip

The second asks for the passphrase of the new caseload and for that of this archive. It goes only
into an empty caseload, all of it or nothing, and is held against {MANIFEST} first. Cards and
reminders are worked out again; settings.toml, where it is in here, is yours to put in place by
hand. The passphrase of the old caseload, its recovery key and its backups are not in here.

WITHOUT THIS PROGRAM
--------------------

Any program that opens AES-encrypted zip files unpacks it (7-Zip, WinZip, Keka). Each .csv opens in
any spreadsheet or database.

  - UTF-8 with a byte-order mark, commas, every cell in double quotes, lines end in CR LF, the first
    line has the names of the columns. In a spreadsheet, import the columns as TEXT: else telephone
    numbers lose their nought and some words become dates.
  - A row names another by its id: people.csv case_id 12 belongs to the row of cases.csv with id 12.
    Which column names which file is in columns.csv.
  - Dates are 2026-11-26, moments 2026-11-26T14:05:00Z in UTC, money pounds and pence as 418.20.
    Blank in such a column, or in one of numbers, means none. Blank in a column of text is an empty
    text; the two are never mixed in one column.
  - A column with a code list holds its codes, several joined by ; - code_lists.csv says what each
    means. not_asked and not_known differ.
  - A cell that a spreadsheet could take for a formula begins with an apostrophe that is not part of
    it: one that starts, after any apostrophes, spaces or invisible characters, with = + - @ or
    their wide forms, and one that starts with a tab or a line break. To read it exactly, drop one
    leading apostrophe where the rest would itself get one. +44 7700 900123 stays as it is.
  - A control character is spelt \\u001b. In a cell with \\u in it, \\\\ stands for one backslash.
  - A reminder that a rule keeps (reminders.csv, rule) is there too, with what was done about it.

WHAT EACH FILE IS
-----------------

  {README:<26} this
  {MANIFEST:<26} every other file with its rows, bytes and SHA-256; log_head is the
                             last link of the change log's chain
  columns.csv                every column of every file: how it is written, what it means
  code_lists.csv             every code and what it means
  measures_catalogue.csv     the catalogue that measures.csv names by catalogue_id
  data_dictionary.md         the program's data dictionary
  settings.toml              the district's settings, where it had a file of its own
{chr(10).join(names)}
"""
