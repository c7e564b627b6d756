"""The cells of an archive's files as the database keeps them, each judged as if it were typed.

Whoever forges an archive is to get nothing in that a form would have refused: texts are clean and
no longer than their field takes, codes are in their lists, numbers and days within their bounds.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from config.codes import CODES
from config.errors import BadInputError
from config.parse import FIRST_YEAR, LAST_YEAR
from config.text import clean
from db.fields import FieldSpec
from db.rows import in_order, moment_text, parse_moment
from db.validation import bounds
from sanctuary_tui.exports.archive import LOG, Form
from sanctuary_tui.exports.csvfile import unspelled

_WHOLE = re.compile(r"-?(?:0|[1-9]\d*)")
_MONEY = re.compile(r"-?(?:0|[1-9]\d*)\.\d\d")
_LARGEST: Final = 1 << 63
_RECKONED: Final = 100
"""Years after the last that can be typed: some days are reckoned from others."""
NEVER_BLANK: Final = frozenset({"id", "case_id", "version"})


def refused(number: int, file: str, what: str, column: str) -> BadInputError:
    """The sentence about a cell that cannot be taken, which never says what stands in it."""
    return BadInputError(
        f"Row {number} of {file} {what} under {column}, so nothing was imported; take another copy "
        "of the archive."
    )


def column_of(
    file: str,
    column: str,
    form: Form,
    spec: FieldSpec | None,
    cells: Sequence[str],
    first: int,
) -> list[Any]:
    """The values of one column of a piece of a file, whose first row has the number ``first``.

    Raises:
        BadInputError: a cell is not as its column says, or a form would have refused it.
    """
    own = form != "text" and (column in NEVER_BLANK or (file == f"{LOG}.csv" and column != "salt"))
    read = _READ[form]
    known: dict[str, Any] = {}
    for number, cell in enumerate(cells, start=first):
        if cell in known:
            continue
        try:
            value = read(cell)
            wrong = "cannot be read" if value is None and own else ""
        except (ValueError, ArithmeticError):
            value, wrong = None, "cannot be read"
        wrong = wrong or _day_wrong(value, form) or (_wrong(value, spec) if spec else "")
        if wrong:
            raise refused(number, file, wrong, column)
        known[cell] = value
    return [known[cell] for cell in cells]


def read_again(form: Form, cells: Sequence[str]) -> Sequence[Any]:
    """The values of a column that ``column_of`` has found good."""
    if form == "text":
        return [*map(unspelled, cells)] if _SPELT in "".join(cells) else cells
    known = {cell: _READ[form](cell) for cell in set(cells)}
    return [known[cell] for cell in cells]


_SPELT: Final = "\\u"


def _day_wrong(value: Any, form: Form) -> str:
    if form not in ("date", "moment") or value is None:
        return ""
    within = FIRST_YEAR <= int(value[:4]) <= LAST_YEAR + _RECKONED
    return "" if within else "has a day that is out of range"


def _wrong(value: Any, spec: FieldSpec) -> str:
    """What a form would have against a value; empty when nothing."""
    if value is None:
        return ""
    if spec.kind in ("text", "long"):
        if len(value) > spec.limit:
            return f"has more than {spec.limit:,} characters"
        return "" if clean(value, multiline=spec.kind == "long") == value else "cannot be read"
    if spec.kind == "code":
        return "" if not value or value in CODES[spec.codes] else _NOT_LISTED
    if spec.kind == "codes":
        return "" if _are_codes(value, spec) else _NOT_LISTED
    if spec.kind in ("int", "money", "link"):
        low, high = bounds(spec)
        return "" if low <= value <= high else "has a number that is out of range"
    return ""


_NOT_LISTED: Final = "has an answer that is not in its list"


def _are_codes(value: str, spec: FieldSpec) -> bool:
    try:
        return in_order(CODES[spec.codes], value) == value
    except ValueError:
        return False


def _whole(cell: str) -> int | None:
    if not cell:
        return None
    if not _WHOLE.fullmatch(cell) or len(cell) > 20 or not -_LARGEST <= int(cell) < _LARGEST:
        raise ValueError("no whole number")
    return int(cell)


def _money(cell: str) -> int | None:
    if not cell:
        return None
    if not _MONEY.fullmatch(cell) or len(cell) > 21:
        raise ValueError("no amount of money")
    return _whole(str(int(Decimal(cell).scaleb(2))))


def _day(cell: str) -> str | None:
    return date.fromisoformat(cell).isoformat() if cell else None


def _moment(cell: str) -> str | None:
    return moment_text(parse_moment(cell)) if cell else None


def _hexadecimal(cell: str) -> bytes | None:
    return bytes.fromhex(cell) if cell else None


_READ: Final[dict[Form, Callable[[str], Any]]] = {
    "text": unspelled,
    "date": _day,
    "moment": _moment,
    "whole": _whole,
    "money": _money,
    "bytes": _hexadecimal,
}
