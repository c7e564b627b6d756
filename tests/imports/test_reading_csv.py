"""CSV in every usual form is read cell for cell, or refused; each row is data or says why not."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import BadInputError
from config.text import clean
from sanctuary_tui.imports.archive import is_archive
from sanctuary_tui.imports.csvread import SEPARATORS, read_grid
from sanctuary_tui.imports.limits import LIMITS, Limits
from sanctuary_tui.imports.mapping import load_mapping
from sanctuary_tui.imports.reading import read_tracker
from sanctuary_tui.imports.sheets import Book, Sheet

HEADER = ["Ref", "Name", "DOB", "Address", "Notes"]
ROW = ["S1", "Tovina Birtombe", "03/04/1988", "1 Oxlip Lane, Ostbrook", "£40 owed"]
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def written(
    rows: list[list[str]], separator: str = ",", end: str = "\r\n", every: bool = False
) -> str:
    """Rows as the library's own writer quotes them."""
    stream = io.StringIO()
    quoting = csv.QUOTE_ALL if every else csv.QUOTE_MINIMAL
    csv.writer(stream, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return stream.getvalue()


def book_of(folder: Path, content: str | bytes, limits: Limits = LIMITS) -> Book:
    """The book that is read from a file of this content."""
    path = folder / "tracker.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_tracker(path, limits)


def sheet_of(folder: Path, rows: list[list[str]]) -> Sheet:
    """The one sheet of a CSV file of these rows."""
    (sheet,) = book_of(folder, written(rows)).sheets
    return sheet


def refusal(folder: Path, content: str | bytes, limits: Limits = LIMITS) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(BadInputError) as told:
        book_of(folder, content, limits)
    return told.value.sentence


def skips(sheet: Sheet) -> dict[int, str]:
    """Why each row that is no data is none."""
    return {row.number: row.why for row in sheet.skipped}


def numbers(sheet: Sheet) -> list[int]:
    """The numbers of the rows of data."""
    return [row.number for row in sheet.rows]


def texts(sheet: Sheet) -> list[list[str]]:
    """What the cells of data say."""
    return [[cell.text for cell in row.cells] for row in sheet.rows]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
def test_every_encoding_and_separator_reads_the_same_cells(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    book = book_of(tmp_path, written([HEADER, ROW], separator).encode(encoding))
    assert book.separator == separator
    assert book.encoding.removesuffix("-sig") == encoding.removesuffix("-sig")
    assert texts(book.sheets[0]) == [ROW]
    assert [heading.title for heading in book.sheets[0].headings] == HEADER


WORDS = st.text(
    st.one_of(
        st.sampled_from(list(" ,;\t|\"'\r\n£éŁ-=+@/.0123456789abcXYZ")),
        st.characters(codec="utf-8", exclude_characters="\x00"),
    ),
    max_size=20,
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.integers(2, 7).flatmap(
        lambda width: st.lists(
            st.lists(WORDS, min_size=width, max_size=width), min_size=1, max_size=8
        )
    ),
    st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
    st.sampled_from(SEPARATORS),
    st.booleans(),
    st.sampled_from(("\n", "\r\n", "\r")),
)
def test_every_cell_is_read_back_or_the_file_refused(
    rows: list[list[str]], encoding: str, separator: str, every: bool, end: str
) -> None:
    """With titles that tell the separator, as every tracker has."""
    if encoding == "cp1252":
        rows = [[cell.encode("cp1252", "ignore").decode("cp1252") for cell in row] for row in rows]
    titles = [f"Title {chr(65 + place)}" for place in range(len(rows[0]))]
    told = [titles] * 20 + rows
    breaks = set("\r\n") & set("".join(map("".join, rows)))
    every = every or bool(breaks)  # Python 3.11's writer leaves some bare
    content = written(told, separator, end, every).encode(encoding)
    try:
        grid, _, found = read_grid(content, "tracker", LIMITS)
    except BadInputError:
        return
    assert found == separator
    assert [number for number, _ in grid.rows] == list(range(1, len(told) + 1))
    read = [[cell.text for cell in row] for _, row in grid.rows]
    if encoding == "cp1252" and "\ufffd" not in content.decode("utf-8", "replace"):
        return  # such bytes are UTF-8 as well, and are read so
    assert read == [[clean(cell).strip() for cell in row] for row in told]


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.lists(
            st.one_of(
                st.sampled_from(
                    ["", "", "Total", "April 2024", "£12.50", "Closed", "n/a", *HEADER]
                ),
                WORDS,
            ),
            max_size=6,
        ),
        max_size=12,
    )
)
def test_rows_in_are_rows_reported(tmp_path: Path, rows: list[list[str]]) -> None:
    content = written([["Sanctuary tracker"], [], HEADER, ROW, *rows])
    path = tmp_path / "tracker.csv"
    path.write_bytes(content.encode("utf-8"))
    try:
        (sheet,) = read_tracker(path).sheets
    except BadInputError:
        return
    reported = [*numbers(sheet), *skips(sheet), sheet.header_row]
    given_rows = sum(1 for _ in csv.reader(io.StringIO(content, newline="")))
    assert sorted(reported) == list(range(1, given_rows + 1))


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    content=st.one_of(
        st.binary(max_size=400), st.text(max_size=200).map(lambda t: t.encode("utf-16"))
    )
)
def test_no_bytes_make_it_fail_but_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tracker.csv"
    path.write_bytes(content)
    sentence = ""
    try:
        read_tracker(path)
    except BadInputError as error:
        sentence = error.sentence
    assert not sentence or sentence.endswith(".")


def test_rows_that_are_no_data_say_why(tmp_path: Path) -> None:
    other = ["S2", "Keldra Wrenawby", "1/1/90", "2 Tansy Rise", "calls after 5"]
    sheet = sheet_of(
        tmp_path,
        [
            ["Sanctuary scheme tracker 2024/25"],
            [],
            HEADER,
            ["April 2024"],
            ROW,
            HEADER,
            ["CLOSED CASES"],
            other,
            [],
            ["Total", "", "", "", "2"],
            ["", "", "", "", "£1,200.50"],
            ["Prepared for the working group"],
        ],
    )
    assert sheet.header_row == 3
    assert numbers(sheet) == [5, 8]
    assert skips(sheet) == {
        1: "title", 2: "blank", 4: "note", 6: "header", 7: "note",
        9: "blank", 10: "total", 11: "total", 12: "note",
    }  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        ["", "Sum Averil", "", "", ""],
        ["S2", "Totally unknown", "", "", ""],
        ["", "Sum", "07700 900123", "", ""],
        ["", "", "", "", "April 2024"],
        ["", "Average", "03/04/1990", "", ""],
        ["", "Count", "07700900123", "", ""],
    ],
)
def test_a_row_that_only_looks_like_a_total_is_data(tmp_path: Path, row: list[str]) -> None:
    sheet = sheet_of(tmp_path, [HEADER, row, ROW])
    assert texts(sheet) == [row, ROW]


def test_titles_in_two_rows_are_joined(tmp_path: Path) -> None:
    sheet = sheet_of(
        tmp_path,
        [
            ["Ref", "Client", "", "Property", "", "Notes"],
            ["", "Name", "Phone", "Address", "Landlord", ""],
            ["S1", "Tovina Birtombe", "07700 900123", "1 Oxlip Lane", "Pell Homes", "-"],
        ],
    )
    assert [heading.title for heading in sheet.headings] == [
        "Ref", "Client Name", "Client Phone", "Property Address", "Property Landlord", "Notes",
    ]  # fmt: skip
    assert numbers(sheet) == [3]
    assert skips(sheet) == {1: "title"}


def test_a_first_row_without_gaps_under_titles_stays_data(tmp_path: Path) -> None:
    rows = [["Name", "", "Landlord", "Notes"], ["Tovina", "Birtombe", "Pell Homes", "none"]]
    assert texts(sheet_of(tmp_path, rows)) == [rows[1]]


def test_columns_without_title_or_content_are_left_and_those_with_content_kept(
    tmp_path: Path,
) -> None:
    sheet = sheet_of(
        tmp_path,
        [["Ref", "", "Name", "", "Notes"], ["S1", "", "Tovina", "ring first", "x"]],
    )
    assert [(h.index, h.letter, h.title) for h in sheet.headings] == [
        (0, "A", "Ref"), (1, "C", "Name"), (2, "D", ""), (3, "E", "Notes"),
    ]  # fmt: skip
    assert texts(sheet) == [["S1", "Tovina", "ring first", "x"]]


def test_line_breaks_in_a_cell_do_not_shift_the_rows_numbers(tmp_path: Path) -> None:
    noted = [*ROW[:4], "first\r\nsecond, and third"]
    sheet = sheet_of(tmp_path, [HEADER, noted, [], ROW])
    assert numbers(sheet) == [2, 4]
    assert sheet.rows[0].cells[4].text == "first\nsecond, and third"


def test_excels_own_first_line_tells_the_separator_and_is_no_row(tmp_path: Path) -> None:
    book = book_of(tmp_path, "sep=;\r\n" + written([HEADER, ROW], ";"))
    assert (book.separator, book.sheets[0].header_row, numbers(book.sheets[0])) == (";", 1, [2])


def test_blanks_before_a_quotation_mark_do_not_break_a_cell_up(tmp_path: Path) -> None:
    (sheet,) = book_of(tmp_path, 'Ref,Name,Address\nS1, Tovina, "1 Oxlip Lane, Ostbrook"\n').sheets
    assert texts(sheet) == [["S1", "Tovina", "1 Oxlip Lane, Ostbrook"]]


def test_a_separator_in_a_bare_cell_refuses_the_file(tmp_path: Path) -> None:
    content = "Ref,Name,Address,Safe\nS1,Tovina,1 Oxlip Lane, Ostbrook,No\n"
    assert "Row 2 has more cells than there are column titles in row 1" in refusal(
        tmp_path, content
    )


def test_a_quotation_mark_left_open_refuses_the_file(tmp_path: Path) -> None:
    open_end = written([HEADER, ROW]) + 'S2,"Keldra,1/1/90,2 Tansy Rise,x\r\n' + written([ROW] * 3)
    assert "quotation mark is not closed" in refusal(tmp_path, open_end)
    closed_later = "\n".join(
        ["a,b,c,d", "1,2,3,4", '5,6,7,"8', "9,10,11,12", "13,14,15,16", '17,18,19",20']
    )
    assert "In row 3 a quotation mark is not closed" in refusal(tmp_path, closed_later)


def test_a_quotation_mark_left_open_in_a_narrow_table_refuses_it(tmp_path: Path) -> None:
    rows = "".join(f"S{number},Tovina\n" for number in range(80))
    assert "quotation mark is not closed" in refusal(
        tmp_path, f'Ref,Name\nS1,"Keldra\n{rows}S99,"\n{rows}'
    )


def test_a_hole_far_down_is_no_text(tmp_path: Path) -> None:
    content = written([HEADER, *[ROW] * 100]).encode() + b"S9,\x00,,,\r\n"
    assert len(content) > 5_000
    assert "not a CSV file" in refusal(tmp_path, content)


def test_a_row_that_begins_with_total_is_one_whatever_else_it_says(tmp_path: Path) -> None:
    total = ["Total for 2024/25", "", "", "see finance", "12"]
    sheet = sheet_of(tmp_path, [HEADER, ROW, total, ROW])
    assert (numbers(sheet), skips(sheet)) == ([2, 4], {3: "total"})


def test_two_encodings_in_one_file_refuse_it(tmp_path: Path) -> None:
    content = written([HEADER, ["S1", "Zoë Café", "", "", "naïve"]]).encode()
    mixed = content + written([["S2", "Chloë", "", "", ""]]).encode("cp1252")
    assert "line 3" in refusal(tmp_path, mixed)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "old .xls file"),
        (b"<html><table><tr><td>Name</td></tr></table>", "web page"),
        (b"\x7fELF\x02\x01\x01" + b"\x00\x01abc" * 40, "not a CSV file"),
        (b"Name,DOB\r\nTovina\x81,1\r\n", "line 2"),
        ("Ref,Name\n".encode("utf-16") + b"\x00", "line"),
        (b"Ref,Name,Notes\r\n", "no rows"),
    ],
    ids=["nothing", "blanks", "xls", "page", "binary", "hole", "odd", "titles"],
)
def test_what_is_no_tracker_is_refused_with_its_reason(
    tmp_path: Path, content: bytes, words: str
) -> None:
    assert words in refusal(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "limits", "words"),
    [
        (b"a" * 2_000, Limits(file_size=1_000), "larger than"),
        (b"Ref,Name\n" + b"S1,x\n" * 50, Limits(rows=20), "more than 20 rows"),
        (b"Ref,Name\n" + b"S1,x\n" * 50, Limits(cells=60), "60 cells"),
        (b",".join(b"a%d" % n for n in range(50)) + b"\n", Limits(columns=20), "20 columns"),
        (b"," * 5_000, Limits(cells=1_000), "1,000 cells"),
        (b"Ref,Name\nS1," + b"x" * 900, Limits(cell_length=500), "far too long"),
    ],
    ids=["size", "rows", "cells", "columns", "separators", "cell"],
)
def test_limits_are_held(tmp_path: Path, content: bytes, limits: Limits, words: str) -> None:
    assert words in refusal(tmp_path, content, limits)


def test_a_folder_a_missing_file_and_a_pipe_are_refused(tmp_path: Path) -> None:
    for path, words in ((tmp_path, "folder"), (tmp_path / "no.csv", "no file")):
        with pytest.raises(BadInputError) as told:
            read_tracker(path)
        assert words in told.value.sentence
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    with pytest.raises(BadInputError, match="not a file"):  # at once: nobody writes into it
        read_tracker(pipe)
    assert not is_archive(pipe)  # which is asked first of every file
    with pytest.raises(BadInputError, match="cannot be read"):
        load_mapping(pipe)


def test_a_row_of_titles_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "tracker.csv"
    path.write_text("Name,Name of home\nRef,Who\nS1,Tovina\n")
    (sheet,) = read_tracker(path, header_row=2).sheets
    assert ([h.title for h in sheet.headings], numbers(sheet)) == (["Ref", "Who"], [3])
    with pytest.raises(BadInputError) as told:
        read_tracker(path, header_row=9)
    assert "Row 9 holds no column titles" in told.value.sentence
