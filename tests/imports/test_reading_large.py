"""A large tracker says how far it is and can be ended; one that is too large is refused at once."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import openpyxl
import pytest

from config.errors import BadInputError
from sanctuary_tui.imports.limits import Limits
from sanctuary_tui.imports.reading import read_tracker
from tests.imports.workbooks import archived, parts_of, saved

SPACE: Final = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ROWS: Final = 30_000
TITLES: Final = ["Ref", "Name", "DOB", "Status"]


def written(folder: Path, kind: str, rows: int = ROWS) -> Path:
    path = folder / f"large.{kind}"
    lines = [[f"S{at}", f"Ada Zedword{at}", "01/02/1980", "open"] for at in range(rows)]
    if kind == "csv":
        path.write_text("".join(",".join(line) + "\n" for line in [TITLES, *lines]))
        return path
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Cases")
    for line in [TITLES, *lines]:
        sheet.append(line)
    book.save(path)
    return path


class StoppedError(Exception):
    """Whoever waited has pressed escape."""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_it_says_how_far_it_is_and_can_be_ended(tmp_path: Path, kind: str) -> None:
    path = written(tmp_path, kind, 4000)
    seen: list[int] = []
    (sheet,) = read_tracker(path, told=lambda done, of: seen.append(done * 100 // of)).sheets
    assert len(sheet.rows) == 4000
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert max(seen) > 80

    def stop(done: int, of: int) -> None:
        if 2 * done > of:
            raise StoppedError

    with pytest.raises(StoppedError):
        read_tracker(path, told=stop)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_far_too_many_rows_are_refused_before_each_is_read(tmp_path: Path, kind: str) -> None:
    path, told = written(tmp_path, kind), []
    with pytest.raises(BadInputError, match="more than 20,000 rows"):
        read_tracker(path, Limits(rows=20_000), told=lambda *far: told.append(far))
    assert len(told) <= 3


def unpacked(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many bytes have come out of archives since."""
    read, pieces = zipfile.ZipExtFile.read, [0]

    def counted(self: Any, n: int | None = -1) -> bytes:
        piece = read(self, n)
        pieces.append(len(piece))
        return piece

    monkeypatch.setattr(zipfile.ZipExtFile, "read", counted)
    return lambda: sum(pieces)


@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_a_text_without_end_is_refused_at_its_beginning(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, part: str
) -> None:
    parts = parts_of(saved(lambda sheet: sheet.append(["Ref", "Name"])))
    text = random.Random(7).randbytes(5 * 1024 * 1024).hex().encode()  # packs two to one
    parts[part] = (
        b'<sst xmlns="%b"><si><t>%b</t></si></sst>' % (SPACE, text)
        if "Strings" in part
        else b'<worksheet xmlns="%b"><dimension ref="A1:B999999"/><sheetData><row r="1"><c r="A1" '
        b't="inlineStr"><is><t>%b</t></is></c></row></sheetData></worksheet>' % (SPACE, text)
    )
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(archived(parts))
    so_far = unpacked(monkeypatch)
    with pytest.raises(BadInputError, match="more than 100,000 characters"):
        read_tracker(path)
    assert so_far() < 1024 * 1024


def test_lines_within_cells_are_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    rows = "".join(f'S{at},"Ada Zedword{at}","one\ntwo\nthree"\n' for at in range(60))
    path.write_text("Ref,Name,Notes\n" + rows)
    (sheet,) = read_tracker(path, Limits(rows=100)).sheets
    assert len(sheet.rows) == 60


def test_what_a_sheet_claims_alone_is_not_believed(tmp_path: Path) -> None:
    path = written(tmp_path, "xlsx", 50)
    book = openpyxl.load_workbook(path)
    book["Cases"].cell(400, 2).number_format = "0.00"  # nothing in it: the sheet claims 400 rows
    book.save(path)
    (sheet,) = read_tracker(path, Limits(rows=100)).sheets
    assert len(sheet.rows) == 50


def test_a_sheet_with_a_stray_cell_far_below_is_there_to_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Cases"
    for line in (TITLES, ["S1", "Ada Zedword", "01/02/1980", "open"]):
        book.active.append(line)
    old = book.create_sheet("Old")
    old["A1"], old["A2"], old["AB60"] = "Name", "Bea Zedword", "x"
    book.save(path)
    found = read_tracker(path).sheets
    assert [(one.name, one.header_row) for one in found] == [("Cases", 1), ("Old", 1)]
