"""Workbooks are read as a reader of them sees them; bombs and damage are refused in a sentence."""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import BadInputError
from sanctuary_tui.imports.limits import LIMITS, Limits
from sanctuary_tui.imports.reading import read_tracker
from sanctuary_tui.imports.sheets import Book
from sanctuary_tui.imports.xlsxread import read_grids
from tests.hangs import ended_soon
from tests.imports.test_reading_csv import HEADER, numbers, skips, texts
from tests.imports.workbooks import archived, changed, parts_of, saved, saved_book

SHEET = "xl/worksheets/sheet1.xml"
ROW = ["S1", "Tovina Birtombe", date(1988, 4, 3), "1 Oxlip Lane, Ostbrook", "£40 owed"]


def book_of(folder: Path, content: bytes, limits: Limits = LIMITS) -> Book:
    """The book that is read from a workbook of this content."""
    path = folder / "tracker.xlsx"
    path.write_bytes(content)
    return read_tracker(path, limits)


def refusal(content: bytes, limits: Limits = LIMITS) -> str:
    """The sentence with which a workbook is refused."""
    with pytest.raises(BadInputError) as told:
        read_grids(content, limits)
    return told.value.sentence


def of_rows(*rows: list[Any]) -> bytes:
    """A workbook of these rows."""

    def fill(sheet: Any) -> None:
        for row in rows:
            sheet.append(row)

    return saved(fill)


VISIT = datetime.combine(date(2024, 5, 6), time(9, 30))
PLAIN = of_rows(HEADER, ROW, [])


def test_values_are_typed_and_told_as_the_sheet_shows_them(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["Phone", "Born", "Fitted", "Cost", "Repeat", "Share", "Serial", "Words"])
        sheet.append(
            [
                7700900123,
                date(1988, 4, 3),
                VISIT,
                0.1 + 0.2,
                True,
                0.25,
                45123,
            ]
        )
        sheet["A2"].number_format = "00000 000000"
        sheet["F2"].number_format = "0%"
        sheet["H2"] = "  two\nlines \x1b[31m".replace("\x1b", "")

    (sheet,) = book_of(tmp_path, saved(fill)).sheets
    assert [(cell.text, cell.value) for cell in sheet.rows[0].cells] == [
        ("07700 900123", 7700900123),
        ("03/04/1988", date(1988, 4, 3)),
        ("06/05/2024 09:30", VISIT),
        ("0.3", Decimal("0.3")),
        ("Yes", True),
        ("25%", Decimal("0.25")),
        ("45123", 45123),
        ("two\nlines [31m", "two\nlines [31m"),
    ]


def test_the_years_that_count_from_1904_are_read_right(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(["Name", "Born"])
    book.active.append(["Tovina", date(1988, 4, 3)])
    (sheet,) = book_of(tmp_path, saved_book(book)).sheets
    assert sheet.rows[0].cells[1].value == date(1988, 4, 3)


def test_every_sheet_is_read_hidden_ones_and_columns_are_told(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Open"
    book.active.append(HEADER)
    book.active.append(ROW)
    book.active.column_dimensions.group("C", "D", hidden=True)
    closed = book.create_sheet("Closed")
    closed.append(HEADER)
    closed.append(ROW)
    closed.sheet_state = "hidden"
    book.create_sheet("Empty")
    lists = book.create_sheet("Lists")
    lists.append(["HA"])
    read = book_of(tmp_path, saved_book(book))
    assert [(sheet.name, sheet.hidden) for sheet in read.sheets] == [
        ("Open", False),
        ("Closed", True),
    ]
    assert [h.letter for h in read.sheets[0].headings if h.hidden] == ["C", "D"]
    assert texts(read.sheets[0]) == [["S1", "Tovina Birtombe", "03/04/1988", *ROW[3:]]]


def test_merged_cells_speak_for_each_row_and_titles_for_each_column(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["Sanctuary works"])
        sheet.append(["Ref", "Client", None, "Works", None])
        sheet.append([None, "Name", "Phone", "Measure", "Cost"])
        sheet.append(["S1", "Tovina Birtombe", "07700 900123", "Door bar", 40])
        sheet.append([None, None, None, "Window locks", 25])
        sheet.append(["S2", "Keldra Wrenawby", "07700 900124", "Letterbox", 30])
        for area in ("A1:E1", "A2:A3", "B2:C2", "D2:E2", "A4:A6", "B4:B5", "C4:C5"):
            sheet.merge_cells(area.replace("A4:A6", "A4:A5"))

    (sheet,) = book_of(tmp_path, saved(fill)).sheets
    assert [h.title for h in sheet.headings] == [
        "Ref", "Client Name", "Client Phone", "Works Measure", "Works Cost",
    ]  # fmt: skip
    assert texts(sheet)[1] == ["S1", "Tovina Birtombe", "07700 900123", "Window locks", "25"]
    assert skips(sheet) == {1: "title", 2: "title"}


def test_a_row_that_holds_only_what_is_merged_into_it_is_blank(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(HEADER)
        sheet.append(ROW)
        sheet["A5"] = "S2"
        sheet["B5"] = "Keldra"
        sheet.merge_cells("A2:A4")

    (sheet,) = book_of(tmp_path, saved(fill)).sheets
    assert (numbers(sheet), skips(sheet)) == ([2, 5], {3: "blank", 4: "blank"})


def test_a_wrong_claim_of_its_size_cuts_nothing(tmp_path: Path) -> None:
    content = changed(PLAIN, SHEET, b'<dimension ref="A1:E2"', b'<dimension ref="A1:B2"')
    (sheet,) = book_of(tmp_path, content).sheets
    assert len(sheet.headings) == 5


def test_a_formulas_value_is_read_and_one_without_refuses_the_file(tmp_path: Path) -> None:
    content = of_rows(["Name", "Cost"], ["Tovina", "=20+20"])
    assert "cell B2 holds a formula" in refusal(content)
    kept = changed(content, SHEET, b"<f>20+20</f><v></v>", b"<f>20+20</f><v>40</v>")
    (sheet,) = book_of(tmp_path, kept).sheets
    assert texts(sheet) == [["Tovina", "40"]]


def test_cells_formatted_far_below_the_table_are_no_rows(tmp_path: Path) -> None:
    far = changed(
        PLAIN,
        SHEET,
        b"</sheetData>",
        b'<row r="900000"><c r="A900000" s="0"/></row></sheetData>',
    )
    (sheet,) = book_of(tmp_path, far).sheets
    assert (numbers(sheet), skips(sheet)) == ([2], {})


def shared(text: bytes) -> bytes:
    """The plain workbook with its name kept in the table of shared strings, as Excel does it."""
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    content = changed(
        PLAIN, SHEET, b't="inlineStr"><is><t>Tovina Birtombe</t></is>', b't="s"><v>0</v>'
    )
    content = changed(
        content,
        "[Content_Types].xml",
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="' + kind + b'"/></Types>',
    )
    space = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    table = b'<sst xmlns="' + space + b'"><si><r><t>Tovina </t></r><r>' + text + b"</r></si></sst>"
    return archived({**parts_of(content), "xl/sharedStrings.xml": table})


def test_shared_strings_are_read_and_a_huge_one_refused(tmp_path: Path) -> None:
    (sheet,) = book_of(tmp_path, shared(b"<t>Birtombe</t>")).sheets
    assert texts(sheet)[0][1] == "Tovina Birtombe"
    letters = b"".join(b"%d" % number for number in range(40_000))
    assert "more than 100,000 characters" in refusal(shared(b"<t>" + letters + b"</t>"))
    table = shared(b"<t>x</t>")
    mined = changed(table, "xl/sharedStrings.xml", b"<sst", BILLION + b"<sst")
    assert "damaged" in refusal(mined)


def test_a_day_that_no_calendar_has_is_shown_as_an_error_without_a_warning(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.append(["Name", "Born"])
        sheet.append(["Tovina", 99_999_999])
        sheet["B2"].number_format = "dd/mm/yyyy"

    content = saved(fill)
    only_a_sentence(content)
    (sheet,) = book_of(tmp_path, content).sheets
    assert texts(sheet) == [["Tovina", "#VALUE!"]]


def test_what_stands_behind_the_cells_is_not_read(tmp_path: Path) -> None:
    behind = b'</sheetData><rowBreaks count="many"><brk id="x"/></rowBreaks>'
    (sheet,) = book_of(tmp_path, changed(PLAIN, SHEET, b"</sheetData>", behind)).sheets
    assert numbers(sheet) == [2]


def test_two_parts_of_one_name_are_refused() -> None:
    twin = archived({**parts_of(PLAIN), "xl/workbook.xmm": b"<workbook/>"})
    assert "damaged" in refusal(twin.replace(b"xl/workbook.xmm", b"xl/workbook.xml"))


BILLION = b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_part_with_a_document_type_is_refused(part: str, encoding: str) -> None:
    parts = parts_of(PLAIN)
    text = parts[part].decode()
    text = text.split("?>", 1)[1] if text.startswith("<?xml") else text
    assert "damaged" in refusal(
        archived({**parts, part: (BILLION.decode() + text).encode(encoding)})
    )


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
         "far outside the table, at XFD1048576"),
        (b"</sheetData>", b'<row r="3"><c r="ZZ3"><v>1</v></c></row></sheetData>', "at ZZ3"),
        (b"</sheetData>", b'<row r="1"><c r="A1"><v>1</v></c></row></sheetData>', "damaged"),
        (b"</sheetData>", b'<row r="9"><c r="A8"><v>1</v></c></row></sheetData>', "damaged"),
        (b"</sheetData>", b'<row r="9"><c r="B9"/><c r="A9"><v>1</v></c></row></sheetData>',
         "damaged"),
        (b"</sheetData>", b"<x>" * 70 + b"</x>" * 70 + b"</sheetData>", "damaged"),
        (b"</sheetData>", b'<row r="9"><c t="s"><v>999</v></c></row></sheetData>', "damaged"),
        (b"</worksheet>", b"</worksheets>", "damaged"),
    ],
)  # fmt: skip
def test_a_sheet_that_claims_what_cannot_be_is_refused(old: bytes, new: bytes, words: str) -> None:
    assert words in refusal(changed(PLAIN, SHEET, old, new))


def test_a_merged_cell_over_the_whole_sheet_costs_nothing(tmp_path: Path) -> None:
    merged = b'</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    (sheet,) = book_of(tmp_path, changed(PLAIN, SHEET, b"</sheetData>", merged)).sheets
    assert sheet.rows


def merged(rows: int, areas: Iterable[str]) -> bytes:
    """A sheet of so many rows, in which these areas are merged."""
    cells = "".join(f'<row r="{at}"><c r="A{at}"><v>{at}</v></c></row>' for at in range(9, rows))
    merges = "".join(f'<mergeCell ref="{area}"/>' for area in areas)
    added = f"{cells}</sheetData><mergeCells>{merges}</mergeCells>".encode()
    return changed(PLAIN, SHEET, b"</sheetData>", added)


def test_cells_merged_over_each_other_are_refused() -> None:
    over = [f"A{9 + at}:B3000" for at in range(2_000)]
    assert "are merged than a tracker holds" in refusal(merged(3_000, over))
    assert read_grids(merged(3_000, over[:9]), LIMITS)


def test_many_merged_cells_cost_what_their_rows_do(tmp_path: Path) -> None:
    # A look at every row for every merged cell took minutes, in which nothing else went on.
    content = merged(30_000, (f"A{at}:B{at}" for at in range(9, 30_000)))
    with ended_soon():
        assert book_of(tmp_path, content).sheets


def test_columns_hidden_to_the_end_of_the_world_cost_nothing(tmp_path: Path) -> None:
    hidden = b'<cols><col min="3" max="2000000000" hidden="1"/></cols><sheetData>'
    (sheet,) = book_of(tmp_path, changed(PLAIN, SHEET, b"<sheetData>", hidden)).sheets
    assert [h.letter for h in sheet.headings if h.hidden] == ["C", "D", "E"]


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(unpacked=3_000), "unpacks to far more"),
        (Limits(entries=5), "unpacks to far more"),
        (Limits(cells=8), "more than 8 cells"),
        (Limits(cell_length=10), "more than 10 characters"),
        (Limits(sheets=0), "more than 0 sheets"),
        (Limits(rows=1), "far outside the table"),
        (Limits(elements=20), "unpacks to far more"),
    ],
)
def test_limits_are_held(limits: Limits, words: str) -> None:
    assert words in refusal(PLAIN, limits)


def test_a_part_that_packs_too_well_is_refused() -> None:
    parts = parts_of(PLAIN)
    assert "unpacks to far more" in refusal(
        archived({**parts, "xl/media/a.bin": b"\x00" * 2_000_000})
    )


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    parts = parts_of(PLAIN)
    content = bytearray(archived({**parts, "xl/extra.xml": b"<a>" + b" " * 5_000_000 + b"</a>"}))
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, entry + 24, 100)
    assert refusal(bytes(content))


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"a.txt": b"x"}, "archive and not a workbook"),
        ({"mimetype": b"x", "content.xml": b"<a/>"}, ".ods"),
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
        ({"xl/workbook.xml": b"<workbook/>"}, "damaged"),
    ],
)
def test_other_archives_are_named(parts: dict[str, bytes], words: str) -> None:
    assert words in refusal(archived(parts))


def only_a_sentence(content: bytes) -> None:
    """Reading ends in a book or in one sentence, and warns of nothing."""
    sentence = ""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            read_grids(content, LIMITS)
        except BadInputError as error:
            sentence = error.sentence
    assert not sentence or (sentence.endswith(".") and "Tovina" not in sentence)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, len(PLAIN) - 1), st.integers(0, 7)), min_size=1, max_size=4)
)
def test_flipped_bits_give_a_sentence(flips: list[tuple[int, int]]) -> None:
    content = bytearray(PLAIN)
    for place, bit in flips:
        content[place] ^= 1 << bit
    only_a_sentence(bytes(content))


UNPACKED = parts_of(PLAIN)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(sorted(UNPACKED)), st.data())
def test_flipped_bits_under_a_right_checksum_give_a_sentence(
    part: str, data: st.DataObject
) -> None:
    content = bytearray(UNPACKED[part])
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] ^= 1 << data.draw(st.integers(0, 6))
    only_a_sentence(archived({**UNPACKED, part: bytes(content)}, zipfile.ZIP_STORED))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(PLAIN) - 1))
def test_a_truncated_workbook_gives_a_sentence(length: int) -> None:
    only_a_sentence(PLAIN[:length])
