"""CSV that a spreadsheet cannot run: RFC 4180, UTF-8 with BOM, every cell quoted.

A cell a spreadsheet could take for a formula gets a leading apostrophe (OWASP, "CSV injection";
ASVS 5.0 V1.2.10). The marking is reversible, so ``restore`` gives back exactly what was typed.
Every cell is quoted: Python 3.11 leaves a bare carriage return unquoted otherwise, and what
follows it then begins a row of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import islice
from typing import Any, Final, TextIO, TypeVar

from config.text import GUARD_TABLE

T = TypeVar("T")
BOM: Final = b"\xef\xbb\xbf"
"""Spreadsheets read UTF-8 names right only after this mark."""

_UNSEEN: Final = (
    "\\x00-\\x20\\x7f-\\xa0\\xad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f"
    "\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0"
    "\\ufff0-\\ufffb\\U000e0000-\\U000e0fff"
)
_TRIGGERS: Final = "=+\\-@\\t\\r\\n\\x00\\ufe62\\ufe63\\ufe66\\ufe6b\\uff0b\\uff0d\\uff1d\\uff20"
_START: Final = f"'*[{_UNSEEN}]*[{_TRIGGERS}]"
# One international number, written with spaces: digits cannot make a formula, and a safe number
# that is read wrongly is a danger of its own.
_PHONE: Final = r"\+[1-9][0-9]{0,2} (?:\(0\) ?)?[0-9]+(?: [0-9]+)*\Z"

_risky = re.compile(f"(?!{_PHONE}){_START}").match
_SEPARATOR: Final = "\ue000"  # never in cleaned text, and no risky start: the search stays linear
_risky_in_joined = re.compile(f"{_SEPARATOR}{_START}").search
_CHUNK: Final = 200
_TABLE: Final = {code: mark for code, mark in GUARD_TABLE.items() if code not in (9, 10, 13)}
_steering = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}]")
_steers = _steering.search
_SPELT: Final = "\\u"
_spelling = re.compile(r"\\\\|\\u([0-9a-f]{4})")
_LONGEST: Final = 2**31 - 1
"""Characters in a cell: a line of the log holds a whole record."""
_STEERING_BYTES: Final = bytes(code for code in _TABLE if code < 128)
_NEVER_RISKY: Final = frozenset({int, float, bool, Decimal, date, type(None)})


def neutralise(value: str) -> str:
    """``value`` with a leading apostrophe where a spreadsheet might take it for a formula.

    Risky is what begins, after any apostrophes, spaces, control or invisible characters, with
    ``= + - @`` or their full-width and small forms, and what begins with a tab, a line break or
    NUL. An international phone number written with spaces (``+44 7700 900123``) is left as it is.
    No two values give the same result, and ``restore`` is the way back.
    """
    return f"'{value}" if _risky(value) else value


def restore(value: str) -> str:
    """The value that ``neutralise`` was given."""
    return value[1:] if value.startswith("'") and _risky(value[1:]) else value


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A CSV file: a header row, then ``rows``, safe to open in a spreadsheet.

    Values other than text (whole numbers, ``Decimal`` money, dates) are written as they print,
    moments in UTC, None as an empty cell; what could steer a terminal becomes ``·``. Raises
    ``ValueError`` when a row has not one value a column.
    """
    return b"".join(csv_pieces(columns, rows))


def csv_pieces(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """What ``csv_bytes`` gives, piece by piece, of rows that may be more than memory is free."""
    yield BOM + _written([[neutralise(name) for name in columns]])
    for chunk in _chunks(rows):
        if len(chunk[0]) != len(columns):
            raise ValueError("a row must have one value a column")
        by_column = zip(*chunk, strict=True)
        yield _written(zip(*map(_safe_column, by_column), strict=True))


def _written(rows: Iterable[Iterable[object]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(rows)
    return quiet(stream.getvalue()).encode()


def quiet(text: str) -> str:
    """``text`` with ``·`` for each character that could steer a terminal or turn text round."""
    if text.isascii():  # the same, and faster
        steers = len(text.encode().translate(None, _STEERING_BYTES)) < len(text)
    else:
        steers = _steers(text) is not None
    return text.translate(_TABLE) if steers else text


def spelled(value: str) -> str:
    """``value`` so that ``quiet`` leaves it alone: for an archive, which has to come back whole.

    A character that could steer is spelt ``\\u001b``, and a backslash is doubled, only in a value
    that holds such a character or ``\\u``. No two values give the same; ``unspelled`` goes back.
    """
    if not (_steers(value) or _SPELT in value):
        return value
    doubled = value.replace("\\", "\\\\")
    return _steering.sub(lambda found: f"{_SPELT}{ord(found[0]):04x}", doubled)


def unspelled(cell: str) -> str:
    """The value that ``spelled`` was given."""
    if _SPELT not in cell:
        return cell
    return _spelling.sub(lambda found: chr(int(found[1], 16)) if found[1] else "\\", cell)


def read_csv(data: bytes) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a file that ``csv_bytes`` wrote, each cell restored.

    Raises ``ValueError`` when it is no such file: not UTF-8, or a row of another length.
    """
    columns, pieces = read_pieces(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return columns, [row for piece in pieces for row in piece]


def read_pieces(stream: TextIO) -> tuple[list[str], Iterator[list[list[str]]]]:
    """What ``read_csv`` gives, its rows piece by piece, from a stream without its mark.

    Raises ``ValueError`` when it is no such file, the pieces too.
    """
    csv.field_size_limit(_LONGEST)
    lines = csv.reader(stream, strict=True)
    try:
        columns = _restored(next(lines, []))
    except csv.Error:
        columns = []
    if not columns:
        raise ValueError("not a table")
    return columns, _rows_of(lines, len(columns))


def _rows_of(lines: Iterator[list[str]], width: int) -> Iterator[list[list[str]]]:
    try:
        for chunk in _chunks(lines):
            if any(len(line) != width for line in chunk):
                raise ValueError("not a table")
            yield [_restored(line) for line in chunk]
    except csv.Error as error:
        raise ValueError("not a table") from error


def _restored(line: Iterable[str]) -> list[str]:
    return [restore(cell) if cell[:1] == "'" else cell for cell in line]


def _chunks(rows: Iterable[T]) -> Iterator[list[T]]:
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _safe_column(values: tuple[Any, ...]) -> Sequence[object]:
    """One column neutralised. Joined and searched in one go, as few columns need more."""
    try:
        joined = _SEPARATOR.join(filter(None, values))
    except TypeError:
        pass  # not of texts alone
    else:
        if not _risky_in_joined(_SEPARATOR + joined):
            return values
    return [value if type(value) in _NEVER_RISKY else neutralise(_text(value)) for value in values]


def _text(value: object) -> str:
    """Text of a value that is none of the plain kinds; a moment as ISO writes it, in UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return str(value)
