"""A workbook's sheets as grids of cells: dates as dates, formulas as the values they last had."""

from __future__ import annotations

import io
import re
import warnings
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from config.errors import BadInputError
from config.text import clean
from sanctuary_tui.imports.sheets import BLANK, Cell, Far, Grid, Told, Value, untold
from sanctuary_tui.imports.xlsxparts import DAMAGED, UNREADABLE, Outline, outlines

if TYPE_CHECKING:
    from sanctuary_tui.imports.limits import Limits

_OFTEN: Final = 200
"""Rows between one figure and the next."""
_PADDED: Final = re.compile(r"0[0 ]+")
_PERCENT: Final = re.compile(r"0(?:\.0+)?%")


def read_grids(content: bytes, limits: Limits, told: Told = untold) -> list[Grid]:
    """Every sheet of a workbook that holds a cell, hidden ones marked so. ``told`` hears how far it
    is: looking it over is the first half, reading it the second.

    Raises:
        BadInputError: damaged, not a workbook, it claims more than the limits allow, or a formula
            has no value in the file.
    """
    found = outlines(content, limits, lambda done, of: told(done, 2 * of))
    rows = sum(outline.last_row for outline in found.values())
    far = Far(lambda done, of: told(of + done, 2 * of), rows, _OFTEN)
    import openpyxl

    try:
        with warnings.catch_warnings():  # openpyxl's warnings quote cells
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(
                io.BytesIO(content), read_only=True, data_only=True, keep_links=False
            )
            grids = [_grid(sheet, found[sheet._worksheet_path], far) for sheet in book.worksheets]
            book.close()
    except UNREADABLE:
        raise BadInputError(DAMAGED) from None
    return [grid for grid in grids if grid.rows]


def _grid(sheet: Any, outline: Outline, far: Far) -> Grid:
    name = clean(sheet.title, multiline=False, limit=60)
    if outline.unkept:
        raise BadInputError(
            f"Sheet {name}: cell {outline.unkept} holds a formula, and the file does not keep its "
            "value; open it in the spreadsheet, save it, and import it again."
        )
    if not outline.last_row:
        return Grid(name, ())
    # What a file says of its own size is often wrong and would cut columns: the outline says it.
    given = sheet.iter_rows(max_row=outline.last_row, max_col=outline.last_column)
    rows: list[tuple[int, tuple[Cell, ...]]] = []
    for number, row in enumerate(islice(given, outline.last_row), 1):
        rows.append((number, tuple(_cell(kept) for kept in row)))
        far.went()
    return Grid(
        name,
        tuple(rows),
        sheet.sheet_state != "visible",
        frozenset(outline.hidden),
        tuple(outline.merged),
    )


def _cell(kept: Any) -> Cell:
    value = kept.value
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return Cell("Yes" if value else "No", value)
    if isinstance(value, str):
        text = clean(value).strip()
        return Cell(text, text) if text else BLANK
    typed = _typed(value)
    return Cell(_words(typed, str(kept.number_format)), typed)


def _typed(value: object) -> Value:
    """A number to the fifteen figures a spreadsheet keeps, a day without its midnight."""
    if isinstance(value, datetime):
        return value.date() if value.time() == time() else value
    if isinstance(value, float):
        exact = Decimal(f"{value:.15g}")
        return int(exact) if exact == exact.to_integral_value() else exact
    return value if isinstance(value, (int, date, time)) else str(value)


def _words(value: Value, shown_as: str) -> str:
    """A number, date or time as the sheet shows it, dates as one writes them in England.

    A format such as ``00000 000000`` gives a phone its leading zero back.
    """
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, int) and value >= 0 and _PADDED.fullmatch(shown_as):
        return _padded(value, shown_as)
    if isinstance(value, (int, Decimal)) and _PERCENT.fullmatch(shown_as):
        return f"{(Decimal(value) * 100).normalize():f}%"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _padded(value: int, shown_as: str) -> str:
    digits = list(str(value).rjust(shown_as.count("0"), "0"))
    shown = [" " if sign == " " else digits.pop() for sign in reversed(shown_as)]
    return "".join(digits) + "".join(reversed(shown))
