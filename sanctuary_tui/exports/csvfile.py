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
from typing import Final

from config.text import GUARD_TABLE

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
_CHUNK: Final = 4096
_TABLE: Final = {code: mark for code, mark in GUARD_TABLE.items() if code not in (9, 10, 13)}
_steers = re.compile(f"[{re.escape(''.join(map(chr, _TABLE)))}]").search
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
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([neutralise(name) for name in columns])
    for chunk in _chunks(rows):
        if len(chunk[0]) != len(columns):
            raise ValueError("a row must have one value a column")
        by_column = zip(*chunk, strict=True)
        writer.writerows(zip(*map(_safe_column, by_column), strict=True))
    text = stream.getvalue()
    return BOM + quiet(text).encode()


def quiet(text: str) -> str:
    """``text`` with ``·`` for each character that could steer a terminal or turn text round."""
    return text.translate(_TABLE) if _steers(text) else text


def _chunks(rows: Iterable[Sequence[object]]) -> Iterator[list[Sequence[object]]]:
    source = iter(rows)
    while chunk := list(islice(source, _CHUNK)):
        yield chunk


def _safe_column(values: tuple[object, ...]) -> Sequence[object]:
    """One column neutralised. Joined and searched in one go, as few columns need more."""
    kinds = set(map(type, values)) - _NEVER_RISKY
    if not kinds:
        return values
    if kinds == {str}:
        texts = [value for value in values if type(value) is str]
        if not _risky_in_joined(_SEPARATOR + _SEPARATOR.join(texts)):
            return values
        return [neutralise(value) if type(value) is str else value for value in values]
    return [value if type(value) in _NEVER_RISKY else neutralise(_text(value)) for value in values]


def _text(value: object) -> str:
    """Text of a value that is none of the plain kinds; a moment as ISO writes it, in UTC."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return str(value)
