"""The protected forms of an export: an encrypted workbook or archive, made in memory only.

The workbook holds text cells alone, so nothing in it is run or changed on opening, and is checked
for hidden things before it is encrypted (ICO, guidance on spreadsheets, July 2025). Encryption is
ECMA-376 agile: AES-256, SHA-512, 100,000 rounds, which Office and LibreOffice open.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from config.errors import RefusedError, SanctuaryError

if TYPE_CHECKING:
    from openpyxl import Workbook

PASSPHRASE_WORDS: Final = 6
"""Words of a new passphrase: 6 of 7,776 is 77 bits (EFF long list)."""
MOST_IN_A_CELL: Final = 32_767
"""Characters a workbook's cell holds; libraries cut the rest off without a word."""

_NOT_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_PART = re.compile(
    r"docProps/(?:app|core)\.xml|xl/(?:workbook|styles|theme/theme1|worksheets/sheet\d+)\.xml"
    r"|_rels/\.rels|xl/_rels/workbook\.xml\.rels|\[Content_Types\]\.xml"
)
"""Every part that a workbook of plain tables is made of."""
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of text: a neutral name, a header and its rows."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Mapping[str, str]]


def new_passphrase() -> str:
    """Six random words with spaces. Show it once; it is kept nowhere."""
    from xkcdpass import xkcd_password

    words = xkcd_password.generate_wordlist(
        wordfile=xkcd_password.locate_wordfile("eff-long"), min_length=3, max_length=9
    )
    made: str = xkcd_password.generate_xkcdpassword(words, numwords=PASSPHRASE_WORDS, delimiter=" ")
    return made


def workbook_bytes(sheets: Sequence[Sheet], passphrase: str) -> bytes:
    """An encrypted workbook, one visible sheet a table, every cell text.

    Raises ``RefusedError`` when a cell is longer than a workbook can hold.
    """
    plain = _plain_workbook(sheets)
    problems = workbook_problems(plain, sheets=len(sheets))
    if problems:
        raise SanctuaryError(
            f"The workbook failed its own check ({problems[0]}), so nothing was written; export "
            "as zip instead and report this."
        )
    from msoffcrypto.format.ooxml import OOXMLFile

    out = io.BytesIO()
    OOXMLFile(io.BytesIO(plain)).encrypt(passphrase, out)
    return out.getvalue()


def archive_bytes(files: Iterable[tuple[str, bytes | Iterable[bytes]]], passphrase: str) -> bytes:
    """A zip archive under AES-256. The names in it can be read without the passphrase.

    A file may come in pieces, of which only one is then in memory beside what is packed.
    """
    import pyzipper

    out = io.BytesIO()
    with pyzipper.AESZipFile(
        out, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(passphrase.encode())
        archive.setencryption(pyzipper.WZ_AES, nbits=256)
        for name, data in files:
            if isinstance(data, bytes):
                archive.writestr(name, data)
                continue
            with archive.open(name, "w", force_zip64=True) as entry:
                for piece in data:
                    entry.write(piece)
    return out.getvalue()


def opened_archive(file: Any) -> Any:
    """An archive to read from, a path or a stream of bytes; nothing of it is unpacked to a disk."""
    import pyzipper

    return pyzipper.AESZipFile(file)


def workbook_text(value: str) -> str:
    """``value`` as a workbook's cell spells it: what XML cannot hold becomes ``_x000C_``."""
    safe = _SURROGATE.sub("\ufffd", value)
    return _NOT_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", safe)


def _plain_workbook(sheets: Sequence[Sheet]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = None
    book.properties.lastModifiedBy = None
    for sheet in sheets:
        _fill(book, sheet)
    return _saved(book)


def _fill(book: Workbook, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    page = book.create_sheet(sheet.name)
    page.freeze_panes = "A2"
    lines = [list(sheet.columns), *([row[name] for name in sheet.columns] for row in sheet.rows)]
    top, bold = Alignment(vertical="top", wrap_text=True), Font(bold=True)
    for number, line in enumerate(lines, start=1):
        for place, text in enumerate(line, start=1):
            if _units(text) > MOST_IN_A_CELL:
                raise RefusedError(
                    f"Row {number - 1} of the list has more than {MOST_IN_A_CELL:,} characters "
                    f"under {sheet.columns[place - 1]}, the most a workbook's cell holds; shorten "
                    "it, or export as zip."
                )
            cell = page.cell(number, place)
            cell.value = workbook_text(text)
            cell.data_type = "s"  # after the value: "=1+1" would make it a formula
            cell.number_format = "@"
            cell.quotePrefix = True
            cell.alignment = top
            if number == 1:
                cell.font = bold
    for place, name in enumerate(sheet.columns, start=1):
        longest = max((len(row[name]) for row in sheet.rows), default=0)
        width = max(12, min(60, max(len(name) + 4, longest)))
        page.column_dimensions[get_column_letter(place)].width = width


def _units(text: str) -> int:
    """Length as a workbook counts: in UTF-16 units."""
    return len(text) + sum(char > "\uffff" for char in text)


def _saved(book: Workbook) -> bytes:
    """The workbook's bytes, made in memory.

    openpyxl's own ``save`` writes each sheet in plaintext to a temporary file first.
    """
    from datetime import UTC, datetime
    from zipfile import ZIP_DEFLATED, ZipFile

    from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    class InMemory(ExcelWriter):  # type: ignore[misc]
        def write_worksheet(self, ws: Any) -> None:
            ws._drawing = SpreadsheetDrawing()
            ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
            out = io.BytesIO()
            writer = WorksheetWriter(ws, out=out)
            writer.write()
            ws._rels = writer._rels
            self._archive.writestr(ws.path[1:], out.getvalue())
            self.manifest.append(ws)

    book.properties.created = book.properties.modified = datetime.now(UTC).replace(tzinfo=None)
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        InMemory(book, archive).save()
    return made.getvalue()


def workbook_problems(data: bytes, *, sheets: int) -> list[str]:
    """What a plain workbook holds beside visible text cells, a few words each.

    Looks for formulas and other kinds of cell, sheets too many or hidden, hidden rows and columns
    and those too thin to see, comments, links, defined names, properties with names in them, and
    any part of the file that a plain table has no need of (macros, pictures, other properties).
    """
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(data))
    found: list[str] = []
    if len(book.sheetnames) != sheets:
        found.append("a sheet too many or too few")
    if book.defined_names or any(page.defined_names for page in book.worksheets):
        found.append("a defined name")
    found += _named_people(data)
    found += _strange_parts(data)
    for page in book.worksheets:
        found += _page_problems(page)
    return found


def _named_people(data: bytes) -> list[str]:
    """Read from the file itself: a missing author loads as the library's own name."""
    from xml.etree import ElementTree
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(data)) as archive:
        core = ElementTree.fromstring(archive.read("docProps/core.xml"))
    named = {item.tag.rpartition("}")[2] for item in core if item.text}
    words = {"creator": "an author", "lastModifiedBy": "the name of who changed it last"}
    found = [sentence for tag, sentence in words.items() if tag in named]
    return [*found, "a property"] if named - words.keys() - {"created", "modified"} else found


def _strange_parts(data: bytes) -> list[str]:
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
    strange = any(not _PART.fullmatch(name) for name in names)
    return ["a part that is no table"] if strange or len(names) != len(set(names)) else []


def _page_problems(page: Any) -> list[str]:
    found = []
    if page.sheet_state != "visible":
        found.append("a hidden sheet")
    if any(item.hidden or item.width < 1 for item in page.column_dimensions.values()):
        found.append("a hidden column")
    if any(item.hidden or (item.height or 15) < 1 for item in page.row_dimensions.values()):
        found.append("a hidden row")
    cells = [cell for row in page.iter_rows() for cell in row]
    if any(cell.comment for cell in cells):
        found.append("a comment")
    if any(cell.hyperlink for cell in cells):
        found.append("a link")
    if any(cell.value is not None and cell.data_type != "s" for cell in cells):
        found.append("a cell that is not text")
    return found
