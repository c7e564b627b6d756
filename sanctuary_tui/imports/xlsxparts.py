"""What a workbook claims, looked at part by part before a library reads a single cell.

The archive's own list is asked first, so that a bomb is refused without being unpacked. Then one
pass over the XML keeps nothing but counts, merged cells and hidden columns. It refuses a document
type, and so entities (https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing),
and rows out of order, which a reader would put elsewhere.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from config.errors import BadInputError
from sanctuary_tui.imports.sheets import Far, Told, letter_of, untold

if TYPE_CHECKING:
    from sanctuary_tui.imports.limits import Limits

DAMAGED: Final = (
    "The workbook is damaged or not a workbook; open it in the spreadsheet, save it again as "
    ".xlsx, and import that."
)
UNREADABLE: Final[tuple[type[Exception], ...]] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    expat.ExpatError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zipfile, expat and openpyxl raise over a broken workbook; their words may quote a cell."""

_ENTRY: Final = b"PK\x01\x02"
_WORTH_A_LOOK: Final = 1024 * 1024
_CHUNK: Final = 64 * 1024
_DEPTH: Final = 64
_READ_WHOLE: Final = frozenset({"styleSheet", "workbook", "Relationships", "Types"})
"""Parts of which openpyxl makes an object an element, however many there are."""
_PLACE: Final = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_AREA: Final = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6}):\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")

Area = tuple[int, int, int, int]


@dataclass(slots=True)
class Outline:
    """One sheet's extent: the last row and column that hold something, merges, hidden columns.

    ``unkept`` is the place of a formula whose value the file does not hold.
    """

    cells: int = 0
    last_row: int = 0
    last_column: int = 0
    unkept: str = ""
    merged: list[Area] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)


def outlines(content: bytes, limits: Limits, told: Told = untold) -> dict[str, Outline]:
    """The outline of each sheet of a workbook, by the name of its part. ``told`` hears how many
    bytes of all are looked over.

    Raises:
        BadInputError: it is no workbook, it is damaged, or it claims more than the limits allow.
    """
    if content.count(_ENTRY) > limits.entries:
        raise _bomb()
    found: dict[str, Outline] = {}
    cells = 0
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            _check_list(parts, limits)
            far = Far(told, sum(part.file_size for part in parts))
            for part in parts:
                if part.filename.endswith(".vml"):  # Excel's drawings, often ill-formed, never read
                    continue
                outliner = _Outliner(limits, limits.cells - cells, far)
                outliner.read(archive, part)
                if outliner.root == "worksheet":
                    found[part.filename] = outliner.sheet
                    cells += outliner.sheet.cells
                    _check_merged(outliner.sheet, limits)
    except UNREADABLE:
        raise BadInputError(DAMAGED) from None
    return found


def _check_list(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Hold the limits against what the archive's own list says; nothing is unpacked for it.

    A part that unpacks to more than the list says is cut there by zipfile, and fails its checksum.
    """
    if sum(part.file_size for part in parts) > limits.unpacked or any(
        part.file_size > _WORTH_A_LOOK
        and part.file_size > limits.ratio * max(1, part.compress_size)
        for part in parts
    ):
        raise _bomb()
    names = {part.filename for part in parts}
    if len(names) < len(parts) or any(part.flag_bits & 1 for part in parts):
        raise BadInputError(DAMAGED)
    if "xl/workbook.bin" in names or "content.xml" in names:
        raise BadInputError(
            "This workbook is an .xlsb or .ods file; open it in the spreadsheet, save it as .xlsx, "
            "and import that."
        )
    if "xl/workbook.xml" not in names:
        raise BadInputError(
            "This is an archive and not a workbook; name the tracker's .csv or .xlsx file."
        )


def _check_merged(sheet: Outline, limits: Limits) -> None:
    """Merged cells that overlap, which no spreadsheet writes, may cover a sheet many times over."""
    heights = (max(0, min(area[2], sheet.last_row) - area[0] + 1) for area in sheet.merged)
    if sum(heights) > limits.cells or len(sheet.merged) > limits.cells:
        raise BadInputError(
            "Far more cells are merged than a tracker holds; undo that in the spreadsheet, or copy "
            "the rows into a new workbook, and import that."
        )


def _bomb() -> BadInputError:
    return BadInputError(
        "The workbook unpacks to far more than a tracker holds, so it was not opened; copy the "
        "rows into a new workbook and import that."
    )


_CLAIMED: Final = re.compile(
    rb'<dimension ref="\$?[A-Z]{1,3}\$?[0-9]{1,7}:\$?[A-Z]{1,3}\$?([0-9]{1,7})"'
)
_LAST_CELL: Final = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"[^>]*>(?:<f>[^<]*</f>)?<(?:v|is)>')
_ROW: Final = re.compile(rb"<row[ >]")
_STRAY: Final = 20
"""So few rows out there are stray cells, whose place is told."""


def _refuse_rows(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, head: bytes, limits: Limits
) -> None:
    """Refuse a sheet with far too many rows before its cells are looked at one by one.

    What a sheet claims of its size is often wrong: it is believed only where the last cells of the
    part hold something in such rows. The part is unpacked for that only where it has room for them,
    if its rows go on as they begin: a text without end is none.
    """
    claimed = _CLAIMED.search(head)
    rows_in_head = len(_ROW.findall(head))
    room = rows_in_head * part.file_size // max(1, len(head))
    if room <= limits.rows // (2 if claimed and int(claimed[1]) > limits.rows else 1):
        return
    last = b""
    with archive.open(part) as stream:
        while piece := stream.read(16 * _CHUNK):
            last = last[-_CHUNK:] + piece
    rows = {int(found) for found in _LAST_CELL.findall(last[-_CHUNK:])}
    if sum(row > limits.rows for row in rows) > _STRAY:
        raise _too_many_rows(limits)


def _too_many_rows(limits: Limits) -> BadInputError:
    """The sentence for a sheet that is longer than any tracker."""
    return BadInputError(
        f"The sheet has more than {limits.rows:,} rows; split it and import its parts one after "
        "the other."
    )


class _Outliner:
    """Reads one part with expat and keeps only its extent."""

    def __init__(self, limits: Limits, cells_left: int, far: Far) -> None:
        self.limits, self._far = limits, far
        self.cells_left = cells_left
        self.sheet = Outline()
        self.root = ""
        self._depth = 0
        self._elements = 0
        self._row = 0
        self._column = 0
        self._letters = 0
        self._in_text = False
        self._formula = False
        self._empty_is_kept = False
        self._sheets = 0

    def read(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
        """Read the part to its end, so that its checksum is looked at; what is no XML is left."""
        with archive.open(part) as stream:
            head = stream.read(_CHUNK)
            if not head.lstrip(b"\xff\xfe\xef\xbb\xbf\x00 \t\r\n").startswith(b"<"):
                return
            parser = expat.ParserCreate(namespace_separator=" ")
            parser.buffer_text = True
            parser.StartDoctypeDeclHandler = self._doctype
            parser.StartElementHandler = self._start
            parser.EndElementHandler = self._end
            parser.CharacterDataHandler = self._characters
            _refuse_rows(archive, part, head, self.limits)
            while head:
                self._far.went(len(head))
                parser.Parse(head, False)
                head = stream.read(_CHUNK)
            parser.Parse(b"", True)

    def _doctype(self, *_: object) -> None:
        raise BadInputError(DAMAGED)

    def _start(self, name: str, given: dict[str, str]) -> None:
        name = name.rpartition(" ")[2]
        self._depth += 1
        if self._depth == 1:
            self.root = name
        if self._depth > _DEPTH:
            raise BadInputError(DAMAGED)
        self._elements += 1
        if self._elements > self.limits.elements and self.root in _READ_WHOLE:
            raise _bomb()
        if self.root == "worksheet":
            self._start_in_sheet(name, given)
        elif self.root == "sst" and name == "si":
            self._letters, self._in_text = 0, True
        elif self.root == "workbook" and name == "sheet":
            self._sheets += 1
            if self._sheets > self.limits.sheets:
                raise BadInputError(
                    f"The workbook has more than {self.limits.sheets} sheets; copy the one with "
                    "the cases into a new workbook and import that."
                )

    def _start_in_sheet(self, name: str, given: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(given)
        elif name in ("v", "is"):
            self._in_text = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            number = int(given["r"]) if "r" in given else self._row + 1
            if number <= self._row:
                raise BadInputError(DAMAGED)
            self._row, self._column = number, 0
        elif name == "mergeCell":
            if area := _area(given.get("ref", "")):
                self.sheet.merged.append(area)
        elif name == "col" and given.get("hidden") in ("1", "true"):
            last = min(int(given["max"]), self.limits.columns)
            self.sheet.hidden.update(range(max(1, int(given["min"])), last + 1))

    def _start_cell(self, given: dict[str, str]) -> None:
        column = self._column + 1
        if place := given.get("r"):
            found = _PLACE.fullmatch(place)
            if found is None or int(found[2]) != self._row:
                raise BadInputError(DAMAGED)
            if (at := _number_of(found[1])) < column:
                raise BadInputError(DAMAGED)
            column = at
        self._column = column
        self.sheet.cells += 1
        if self.sheet.cells > self.cells_left:
            raise BadInputError(
                f"The workbook has more than {self.limits.cells:,} cells; split it and import its "
                "parts one after the other."
            )
        self._letters, self._formula, self._in_text = 0, False, False
        self._empty_is_kept = given.get("t") == "str"

    def _end(self, name: str) -> None:
        self._depth -= 1
        name = name.rpartition(" ")[2]
        if name in ("v", "is", "si"):
            self._in_text = False
        elif name == "c" and self.root == "worksheet":
            if self._letters:
                self._holds_something()
            elif self._formula and not self._empty_is_kept:
                self.sheet.unkept = self.sheet.unkept or letter_of(self._column - 1) + str(
                    self._row
                )

    def _holds_something(self) -> None:
        if self._row > self.limits.rows or self._column > self.limits.columns:
            raise BadInputError(
                f"A cell stands far outside the table, at {letter_of(self._column - 1)}"
                f"{self._row}; delete it, or copy the table into a new workbook."
            )
        self.sheet.last_row = self._row
        self.sheet.last_column = max(self.sheet.last_column, self._column)

    def _characters(self, text: str) -> None:
        if not self._in_text:
            return
        self._letters += len(text)
        if self._letters > self.limits.cell_length:
            raise BadInputError(
                f"A cell holds more than {self.limits.cell_length:,} characters; shorten it in "
                "the spreadsheet and import again."
            )


def _area(ref: str) -> Area | None:
    found = _AREA.fullmatch(ref)
    if found is None:
        return None
    return int(found[2]), _number_of(found[1]), int(found[4]), _number_of(found[3])


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
