"""A CSV file of any usual encoding and separator, read strictly: nothing runs into the next row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError
from config.text import clean
from sanctuary_tui.imports.sheets import BLANK, Cell, Far, Grid, Told, untold

if TYPE_CHECKING:
    from _csv import Reader

    from sanctuary_tui.imports.limits import Limits

SEPARATORS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 200_000
_OFTEN: Final = 500
"""Lines between one figure and the next."""
_BREAKS_IN_A_CELL: Final = 60
"""So many line breaks inside one cell are a quotation mark that was never closed."""

_MARKS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


def read_grid(
    content: bytes, name: str, limits: Limits, told: Told = untold
) -> tuple[Grid, str, str]:
    """The cells, the encoding and the separator found. ``told`` hears how far it is.

    Raises:
        BadInputError: no encoding fits, it is no text, a quotation mark is not closed, or a limit
            is passed.
    """
    text, encoding = decoded(content)
    text, own = _told_separator(text)
    separator = own or separator_of(text)
    if text.count(separator) > 2 * limits.cells:
        raise _too_large(limits)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    broken: list[tuple[int, str]] = []
    cells = before = 0
    lines = text.count("\n") + 1
    far = Far(told, lines, _OFTEN)
    with _longest_field(limits.cell_length):
        if lines > limits.rows:
            _refuse_rows(text, separator, limits)
        reader = _reader(text, separator, strict=True)
        try:
            for number, fields in enumerate(reader, 1):
                first_line, before = before + 1, reader.line_num
                _check_cells(fields, first_line, limits)
                cells += len(fields)
                if number > limits.rows or cells > limits.cells:
                    raise _too_large(limits)
                broken.extend((number, field) for field in fields if "\n" in field)
                rows.append((number, tuple(_cell(field) for field in fields)))
                far.went(before + 1 - first_line)
        except csv.Error:
            raise _unclosed(before + 1) from None
    widths = Counter(len(row) for _, row in rows if len(row) > 1)
    _refuse_swallowed_rows(broken, separator, max(widths, key=widths.__getitem__, default=0))
    return Grid(name, tuple(rows)), encoding, separator


def _refuse_rows(text: str, separator: str, limits: Limits) -> None:
    """Refuse a file of far too many rows before its cells are looked at one by one.

    Its lines are no more than a hint, as a cell may have several: its rows are counted.
    """
    with suppress(csv.Error):  # told below, with its row
        reader = _reader(text, separator, strict=True)
        if next(islice(reader, limits.rows, None), None) is not None:
            raise _too_large(limits)


def _reader(text: str, separator: str, *, strict: bool) -> Reader:
    """Blanks before a quotation mark are skipped: people put them there, and mean a quoted cell."""
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=separator, strict=strict, skipinitialspace=True)


@contextmanager
def _longest_field(length: int) -> Iterator[None]:
    former = csv.field_size_limit(length)
    try:
        yield
    finally:
        csv.field_size_limit(former)


def _too_large(limits: Limits) -> BadInputError:
    return BadInputError(
        f"The file has more than {limits.rows:,} rows or {limits.cells:,} cells; split it and "
        "import its parts one after the other."
    )


def _check_cells(fields: list[str], line: int, limits: Limits) -> None:
    if len(fields) > limits.columns:
        raise BadInputError(
            f"Line {line} has more than {limits.columns} columns; check that it is the tracker."
        )
    for field in fields:
        if field.count("\n") > _BREAKS_IN_A_CELL:
            raise _unclosed(line)


def _refuse_swallowed_rows(broken: list[tuple[int, str]], separator: str, width: int) -> None:
    """A quotation mark left open takes in whole rows until the next one: a line inside a cell then
    has as many separators as the table has.
    """
    many = max(3, width - 1)
    for number, field in broken:
        if any(line.count(separator) >= many for line in field.splitlines()[1:-1]):
            raise BadInputError(
                f"In row {number} a quotation mark is not closed, so that the rows below it are "
                "read as part of it; mend that row in the spreadsheet and save it again."
            )


def _unclosed(line: int) -> BadInputError:
    return BadInputError(
        f"In the row that begins on line {line} a quotation mark is not closed, or the cell is "
        "far too long; open the file in the spreadsheet, mend that row, and save it again."
    )


def _cell(field: str) -> Cell:
    text = clean(field).strip()
    return Cell(text, text) if text else BLANK


def decoded(content: bytes) -> tuple[str, str]:
    """The text and its encoding: by its mark, else UTF-8, UTF-16 or Windows' own (cp1252).

    Raises:
        BadInputError: none of them fits, two are mixed, or it is no text.
    """
    text, encoding = _decoded(content)
    if "\x00" in text:
        raise _no_text()
    return text, encoding


def _no_text() -> BadInputError:
    return BadInputError(
        "This is not a CSV file and not a workbook; save the tracker as .xlsx or as CSV UTF-8, "
        "and import that."
    )


def _decoded(content: bytes) -> tuple[str, str]:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    sample = content[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even or odd:  # English in UTF-16 has a zero in one half of nearly every character
        if max(even, odd) < len(sample) // 5 or 10 * min(even, odd) > max(even, odd):
            raise _no_text()
        return _strictly(content, "utf-16-be" if even > odd else "utf-16-le")
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _refuse_mixture(content, error.start)
        return _strictly(content, "cp1252")


def _refuse_mixture(content: bytes, at: int) -> None:
    """Rows of a Windows program pasted into a file of UTF-8: read as either, names are spoilt."""
    text = content.decode("utf-8", errors="replace")
    wrong = text.count("\ufffd")
    right = sum(1 for sign in text if not sign.isascii()) - wrong
    if right > wrong:
        raise _no_such_character(content, at)


def _strictly(content: bytes, encoding: str) -> tuple[str, str]:
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        at = error.start
    raise _no_such_character(content, at)


def _no_such_character(content: bytes, at: int) -> BadInputError:
    line = content[:at].count(b"\n") + 1
    return BadInputError(
        f"A character on line {line} is written in no known way; open the file in the spreadsheet, "
        "check that line, and save it as CSV UTF-8."
    )


def _told_separator(text: str) -> tuple[str, str]:
    """Excel's own first line ``sep=;``, which a spreadsheet neither shows nor counts."""
    first, found, rest = text.partition("\n")
    told = first.strip(' "\r')
    if found and told[:4].casefold() == "sep=" and told[4:] in (*SEPARATORS, "\\t"):
        return rest, told[4:].replace("\\t", "\t")
    return text, ""


def separator_of(text: str) -> str:
    """The separator under which most rows have the same number of columns, and more than one."""
    best, found = 0.0, SEPARATORS[0]
    for separator in SEPARATORS:
        widths = _widths(text[:_SAMPLE], separator)
        wide = Counter(width for width in widths if width > 1)
        if not wide:
            continue
        width, often = wide.most_common(1)[0]
        score = (often / len(widths)) * min(width, 12) ** 0.5
        if score > best:
            best, found = score, separator
    return found


def _widths(sample: str, separator: str) -> list[int]:
    widths: list[int] = []
    try:
        for row in _reader(sample, separator, strict=False):
            if any(cell.strip() for cell in row):
                widths.append(len(row))
    except csv.Error:  # a field beyond the library's own limit: what was read so far decides
        return widths
    return widths
