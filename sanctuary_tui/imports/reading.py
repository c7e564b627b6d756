"""A tracker's file read into sheets, within limits that are held before anything is parsed.

Nothing is guessed silently about a row: each is data, or it is skipped and says why. A file that
cannot be read whole is refused whole, with one sentence.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import Final

from config.errors import BadInputError
from config.paths import open_file
from sanctuary_tui.imports.layout import laid_out
from sanctuary_tui.imports.limits import LIMITS, MIB, Limits
from sanctuary_tui.imports.sheets import Book, Grid, Sheet, Told, untold

_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PAGES: Final = (b"<html", b"<!doctype", b"<?xml", b"<table")


def read_tracker(
    path: Path, limits: Limits = LIMITS, *, header_row: int | None = None, told: Told = untold
) -> Book:
    """Read a tracker, CSV or XLSX, whichever it is inside. ``header_row`` overrides the one found.
    ``told`` hears how far it is, and ends it by what it raises.

    Raises:
        BadInputError: it is not there, not such a file, damaged, protected, too large, or a
            column title cannot be found; the sentence says where and what to do.
    """
    content = _content(path, limits)
    if content.startswith(_OLE):
        raise BadInputError(
            "This is an old .xls file or one with a password; open it in the spreadsheet, save it "
            "as .xlsx without a password, and import that."
        )
    if content.startswith(_ZIP):
        from sanctuary_tui.imports.xlsxread import read_grids

        grids = read_grids(content, limits, told)
        sheets = _sheets(grids, header_row)
        return Book(path.name, _digest(content), "xlsx", "", "", sheets)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:100].lower().startswith(_PAGES):
        raise BadInputError(
            "This is a web page or an XML file, whatever its name says; open it in the "
            "spreadsheet, save it as .xlsx, and import that."
        )
    from sanctuary_tui.imports.csvread import read_grid

    grid, encoding, separator = read_grid(content, path.stem, limits, told)
    sheets = _sheets([grid], header_row)
    return Book(path.name, _digest(content), "csv", encoding, separator, sheets)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _sheets(grids: list[Grid], header_row: int | None) -> tuple[Sheet, ...]:
    """The sheets that hold rows under titles; ``header_row`` is that of the first of them."""
    sheets: list[Sheet] = []
    for grid in grids:
        if not any(not cell.blank for _, row in grid.rows for cell in row):
            continue
        sheet = laid_out(grid, header_row if not sheets else None)
        if sheet.rows:
            sheets.append(sheet)
    if not sheets:
        raise BadInputError(
            "There are no rows under a line of column titles in this file; check that it is the "
            "tracker, and that a sheet of it holds the table."
        )
    return tuple(sheets)


def _content(path: Path, limits: Limits) -> bytes:
    """The file's bytes: an ordinary file, not larger than allowed, read once."""
    try:
        with open_file(path) as stream:
            if os.fstat(stream.fileno()).st_size > limits.file_size:
                raise BadInputError(
                    f"The file is larger than {limits.file_size // MIB} MB; a tracker is far "
                    "smaller. Save only the sheet with the cases, as CSV, and import that."
                )
            content = stream.read(limits.file_size + 1)
    except FileNotFoundError:
        raise BadInputError("There is no file of that name; check the path.") from None
    except IsADirectoryError:
        raise BadInputError("That is a folder; name the tracker's .csv or .xlsx file.") from None
    except io.UnsupportedOperation:
        raise BadInputError("That is not a file; name the tracker's .csv or .xlsx file.") from None
    except OSError:
        raise BadInputError(
            "The file cannot be read; close it in the spreadsheet, check that you may open it, "
            "and try again."
        ) from None
    if not content.strip(b"\x00\xff\xfe\xef\xbb\xbf \t\r\n"):
        raise BadInputError("The file is empty; check that it was saved, and import it again.")
    return content
