"""``python -m tests.imports.trackers.make``: writes the twelve untidy trackers beside this file.

Everybody in them is invented: names come from the lists of the synthetic demo, numbers and
postcodes from what is kept for drama. Each function says which messes it has, and the file of the
same name ending in ``.toml`` says, written by hand, what must come of it. The files are committed,
because what is imported is known by its digest; ``test_trackers`` makes them anew and compares
every byte, for which workbooks are stored unpacked, with the same time each.
"""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

import openpyxl

from tests.imports.workbooks import archived, parts_of, saved_book

HERE: Final = Path(__file__).parent
_MODIFIED: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
Rows = Sequence[Sequence[str]]
_MAKERS: dict[str, Callable[[], bytes]] = {}


def _tracker(name: str) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def kept(make: Callable[[], bytes]) -> Callable[[], bytes]:
        _MAKERS[name] = make
        return make

    return kept


def _titles(joined: str) -> list[str]:
    return joined.split("|")


def _csv(rows: Rows, encoding: str, separator: str = ",", before: str = "") -> bytes:
    """Rows as a spreadsheet saves them: each as wide as the widest, lines ended as on Windows."""
    width = max(map(len, rows))
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=separator, lineterminator="\r\n")
    writer.writerows([*row, *[""] * (width - len(row))] for row in rows)
    return (before + stream.getvalue()).encode(encoding)


def _xlsx(book: Any, results: dict[str, str] | None = None) -> bytes:
    """A workbook with the values that Excel keeps beside its formulas, the same bytes each time."""
    parts = parts_of(saved_book(book))
    for name, part in parts.items():
        if name.startswith("docProps/"):
            parts[name] = _MODIFIED.sub(b"2026-11-26T12:00:00Z", part)
        for formula, value in (results or {}).items():
            bare = f"<f>{formula}</f><v></v>".encode()
            parts[name] = parts[name].replace(bare, bare.replace(b"<v>", b"<v>" + value.encode()))
    return archived(parts, zipfile.ZIP_STORED)


def _sheet(book: Any, title: str, rows: Sequence[Sequence[object]], *, first: bool = False) -> Any:
    sheet = book.active if first else book.create_sheet()
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    return sheet


@_tracker("01_housing_options.csv")
def housing_options() -> bytes:
    """Windows' own encoding with a dash, a pound and an accent; title rows and a blank one above;
    months as lines between the rows; blanks told in five ways; years of two figures and dates with
    dots; a total and a count at the foot.
    """
    return _csv(
        [
            ["Sanctuary scheme tracker – Housing Options"],
            ["Updated weekly, do not email"],
            [],
            _titles("Ref|Client name|DOB|Address|Postcode|Tel|Safe to call|Landlord|"
                    "Date of referral|Measures|Cost of works|Date completed|Comments"),
            ["April 2024"],
            ["OR-101", "Tovina Birtombe", "03/04/1988", "1 Oxlip Lane, Ostbrook", "ZZ1 2AB",
             "07700 900123", "Y", "Pell Homes", "02/04/2024", "London bar", "£42.50", "11/04/24",
             "Café job – key is with her sister"],
            ["OR-102", "Keldra Wrenawby", "n/a", "2 Tansy Rise, Ostbrook", "ZZ1 2AD",
             "TBC", "?", "-", "9/4/24", "n/a", "-", "TBC", ""],
            ["May 2024"],
            ["OR-103", "HASKERSLEY, Annory", "17.11.79", "3 Quarrel Way, Marlhurst", "ZZ2 3DE",
             "01632 960555", "N", "TBC", "03/05/2024", "Letterbox cowl", "£18", "20/05/2024", ""],
            [],
            ["Total", "", "", "", "", "", "", "", "", "2", "£60.50"],
            ["Total cases: 3"],
        ],
        "cp1252",
    )  # fmt: skip


@_tracker("02_semicolons.csv")
def semicolons() -> bytes:
    """Semicolons told in Excel's own first line, UTF-8 without a mark; the titles repeated for each
    printed page; notes with line breaks, formulas, markup and the codes that steer a terminal.
    """
    titles = _titles("Case ref|Survivor|Date of birth|Mobile|Address|Tenure|Notes")
    return _csv(
        [
            titles,
            ["B1", "Brielle Pellenshaw", "12/01/1991", "07700 900201",
             "4 Bellmaker's Close; Ostbrook",
             "HA", "Rang 3/5.\nNo answer;\nrang again"],
            ["B2", "Corrin Quilottrell", "30/09/1985", "07700 900202",
             "5 Ironbell Street, Ostbrook",
             "Hsg Assoc", '=HYPERLINK("http://example.invalid";"open")'],
            titles,
            ["B3", "Delyse Dunnemere", "01/02/2000", "07700 900203", "6 Dovefield Road, Ostbrook",
             "housing ass.", "[/bold] said [red]urgent"],
            ["B4", "Elowra Sedgeastow", "28/02/1969", "07700 900204", "7 Copperas Court, Ostbrook",
             "council", "\x1b[2J\x1b]0;gone\x07 wiped? +1 \"quoted\""],
        ],
        "utf-8",
        ";",
        "sep=;\r\n",
    )  # fmt: skip


@_tracker("03_phones.csv")
def phones() -> bytes:
    """Excel's "Unicode text": UTF-16 with tabs; numbers that lost their nought, with +44, with what
    may be done beside them, two in a cell; one that is too short to be rung.
    """
    return _csv(
        [
            _titles("Ref|Name of survivor|Contact number|Address|Referral date"),
            ["C1", "Fennice Lambullock", "7700900301", "8 Gorsefold Terrace, Tallowmere",
             "01/06/2024"],
            ["C2", "Gwenyth Marlridden", "+44 7700 900302", "9 Threshbank Lane, Tallowmere",
             "02/06/2024"],
            ["C3", "Hesper Corbintry", "07700 900303 (text only)", "10 Larkmoor Road, Tallowmere",
             "03/06/2024"],
            ["C4", "Isolde Fensabrook", "07700 900304 / 01632 960304", "11 Oxlip Rise, Tallowmere",
             "04/06/2024"],
            ["C5", "Jorrie Haldidgley", "07700 9003", "12 Pennyfold Close, Tallowmere",
             "05/06/2024"],
            ["C6", "Kathlyn Jessombe", "07700 900306 do not leave voicemail",
             "13 Sedgecliff Way, Tallowmere", "06/06/2024"],
        ],
        "utf-16",
        "\t",
    )  # fmt: skip


@_tracker("04_two_rows_of_titles.csv")
def two_rows_of_titles() -> bytes:
    """Titles in two rows, those above over several columns, as merged cells are saved; UTF-8 with a
    mark; several children in a cell with their ages; a column that is empty and one without title.
    """
    return _csv(
        [
            ["Ref", "Survivor", "", "", "Children", "", "", "Perpetrator", "", "Stage"],
            ["", "Name", "DOB", "", "Names", "School", "", "Name", "Relationship", ""],
            ["D1", "Mirelle Kittersley", "05/05/1990", "", "Elspie 7, Finlo 4", "Ostbrook Primary",
             "", "Tobren Caldombe", "Ex-partner", "Survey"],
            ["D2", "Orlaith Lunawby", "06/06/1980", "", "Brisa (12)", "", "twins due",
             "Kellan Ellawby",
             "Husband", "Consent"],
            ["D3", "Pernille Netherombe", "07/07/1970", "", "none", "", "", "?", "", "Triage"],
        ],
        "utf-8-sig",
    )  # fmt: skip


@_tracker("05_dates.xlsx")
def dates() -> bytes:
    """Dates typed, as bare serial numbers, and as words; a hidden column and an empty one; a
    formula as a value and one as a total; closed cases on another sheet, lists on a hidden one.
    """
    book = openpyxl.Workbook()
    titles = [
        "Ref",
        "Client",
        "DOB",
        "Date ref received",
        None,
        "Address",
        "Code word",
        "Cost of works",
    ]
    live = _sheet(
        book,
        "Live",
        [
            titles,
            ["E1", "Quilla Paskenshaw", date(1988, 4, 3), date(2024, 4, 2), None,
             "14 Cinderwick Gardens, Wickenshaw", "bluebell", 120],
            ["E2", "Rosalba Radingstone", 32236, 45385, None, "15 Hollinside Lane, Wickenshaw",
             None, "=100*1.2"],
            ["E3", "Sunniva Skelottrell", "3rd April 1988", "5 April 2024", None,
             "16 Mereglass Road, Wickenshaw", None, 99.99],
            [None, None, None, None, None, None, None, "=SUM(H2:H4)"],
        ],
        first=True,
    )  # fmt: skip
    live.column_dimensions["G"].hidden = True
    _sheet(
        book,
        "Closed 2023-24",
        [
            [*titles, "Date closed"],
            ["E0", "Tamsyn Tallastow", date(1975, 12, 25), date(2023, 5, 9), None,
             "17 Tansy Street, Wickenshaw", None, 45, date(2023, 11, 30)],
        ],
    )  # fmt: skip
    _sheet(book, "Lists", [["HA"], ["Council"]]).sheet_state = "hidden"
    return _xlsx(book, {"100*1.2": "120", "SUM(H2:H4)": "339.99"})


@_tracker("06_row_a_measure.xlsx")
def row_a_measure() -> bytes:
    """A row for each measure, the survivor merged over hers; titles merged over groups of columns;
    money with a pound, pence, thousands and VAT.
    """
    book = openpyxl.Workbook()
    sheet = _sheet(
        book,
        "Works",
        [
            ["Sanctuary works 2024/25"],
            ["Ref", "Client", None, "Works", None, None],
            [None, "Name", "Address", "Measure fitted", "Date fitted", "Measure cost"],
            ["F1", "Ursaline Underemere", "18 Quarrel Close, Brindlegate", "London bar",
             date(2024, 7, 1), "£45.50"],
            [None, None, None, "Letterbox cowl", date(2024, 7, 1), "£18 inc VAT"],
            [None, None, None, "Door chain", date(2024, 7, 3), "950p"],
            ["F2", "Wenda Vensersley", "19 Oxlip Court, Brindlegate", "New door set",
             date(2024, 7, 9), "£1.2k"],
            [None, None, None, "CCTV", date(2024, 7, 9), "about 300"],
        ],
        first=True,
    )  # fmt: skip
    for area in ("A1:F1", "A2:A3", "B2:C2", "D2:F2", "A4:A6", "B4:B6", "C4:C6",
                 "A7:A8", "B7:B8", "C7:C8"):  # fmt: skip
        sheet.merge_cells(area)
    return _xlsx(book)


@_tracker("07_row_a_child.csv")
def row_a_child() -> bytes:
    """A row for each child, with gaps where cells were merged; UTF-16 of the other order, tabs."""
    return b"\xfe\xff" + _csv(
        [
            _titles("Ref|Victim name|Victim DOB|Address|Child name|School"),
            ["G1", "Ysolde Whitridden", "08/08/1986", "20 Larkmoor Way, Easter Pell",
             "Cobey Whitridden",
             "Easter Pell Primary"],
            ["", "", "", "", "Dashiel Whitridden", "Easter Pell Primary"],
            ["", "", "", "", "Greer Whitridden", ""],
            ["G2", "Zinnia Yarnullock", "09/09/1992", "21 Pennyfold Rise, Easter Pell", "", ""],
            ["", "", "", "", "", ""],
            ["G3", "Averil Eweridgley", "10/10/1979", "22 Tansy Lane, Easter Pell",
             "Hollis Eweridgley",
             "Marlhurst Academy"],
        ],
        "utf-16-be",
        "\t",
    )  # fmt: skip


@_tracker("08_own_words.xlsx")
def own_words() -> bytes:
    """Yes and no as Y, N, a tick, x, 1 and 0; a column of where each case stands in the
    coordinator's own words, which a person has to match.
    """
    book = openpyxl.Workbook()
    _sheet(
        book,
        "Sheet1",
        [
            ["Ref", "Client name", "Postcode", "Pregnant", "Where are we", "Perp has left"],
            ["H1", "Bethyn Birtombe", "ZZ3 4FG", "Y", "waiting on landlord", "✓"],
            ["H2", "Carenza Wrenawby", "ZZ3 4FH", "N", "booked in with fitter", "x"],
            ["H3", "Demelza Haskersley", "ZZ3 4FJ", 1, "done - ring round", 0],
            ["H4", "Emmeline Pellenshaw", "ZZ3 4FL", "0", "just in", None],
        ],
        first=True,
    )
    return _xlsx(book)


@_tracker("09_dates_of_two_orders.csv")
def dates_of_two_orders() -> bytes:
    """English dates with some of American order among them: one that can only be American, and a
    birth date in the future; a day that no month has.
    """
    return _csv(
        [
            _titles("Ref|Client name|DOB|Referral date|Address"),
            ["I1", "Florise Quilottrell", "25/12/1990", "03/04/2024", "23 Copperas Road, Ostbrook"],
            ["I2", "Marisel Dunnemere", "11/02/1984", "04/13/2024", "24 Dovefield Close, Ostbrook"],
            ["I3", "Tovina Sedgeastow", "12/12/2093", "05/04/2024", "25 Ironbell Lane, Ostbrook"],
            ["I4", "Keldra Lambullock", "31/01/1977", "31/04/2024", "26 Oxlip Gardens, Ostbrook"],
            ["I5", "Annory Marlridden", "7 Mar 88", "2024-04-28", "27 Quarrel Court, Ostbrook"],
        ],
        "utf-8",
    )  # fmt: skip


@_tracker("10_landlords.csv")
def landlords() -> bytes:
    """Who owns the home in every spelling, one of which no list knows and a person has to match;
    lines that divide open from closed cases; words at the foot.
    """
    return _csv(
        [
            _titles("Ref|Survivor name|Address|Tenure|Landlord|LL consent"),
            ["OPEN CASES"],
            ["J1", "Jessamy Corbintry", "28 Hollinside Way, Tallowmere", "HA", "Pell Homes",
             "Sent"],
            ["J2", "Brielle Fensabrook", "29 Mereglass Rise, Tallowmere", "Hsg Assoc",
             "Ostbrook Housing", "granted"],
            ["J3", "Corrin Haldidgley", "30 Tansy Road, Tallowmere", "PRS", "n/a", "n/a"],
            ["CLOSED CASES"],
            ["J4", "Delyse Jessombe", "31 Larkmoor Lane, Tallowmere", "her mum's", "-", "refused"],
            ["J5", "Elowra Kittersley", "32 Gorsefold Street, Tallowmere", "owner occupier", "",
             ""],
            [],
            ["HA = housing association, PRS = private rented"],
        ],
        "cp1252",
        ";",
    )  # fmt: skip


@_tracker("11_twice.csv")
def twice() -> bytes:
    """A row that was copied and pasted, and one household twice under two spellings."""
    row = ["K1", "Fennice Lunawby", "14/02/1983", "ZZ5 6HJ", "33 Threshbank Road, Marlhurst",
           "10/01/2024"]  # fmt: skip
    return _csv(
        [
            _titles("Ref|Client name|DOB|Postcode|Address|Date of referral"),
            row,
            ["K2", "Gwenyth Netherombe", "15/03/1984", "ZZ5 6HL", "34 Oxlip Street, Marlhurst",
             "11/01/2024"],
            row,
            ["K9", "Gwyneth Netheromb", "15/03/1984", "ZZ5 6HL", "34 Oxlip St, Marlhurst",
             "08/07/2024"],
        ],
        "utf-8-sig",
        ",",
    )  # fmt: skip


@_tracker("12_everything.xlsx")
def everything() -> bytes:
    """Most of the above together, as trackers grow: titles, a key and a date above; months merged
    across; a repeated row of titles; a total with a formula; words at the foot; a column hidden.
    """
    book = openpyxl.Workbook()
    titles = ["No.", "Ref", "Vic name", "D.O.B", "Tel (safe?)", "Address", "H/A", "Ref rec'd",
              "Works needed", "Cost inc VAT", "Comments"]  # fmt: skip
    sheet = _sheet(
        book,
        "Tracker",
        [
            ["DA SANCTUARY TRACKER"],
            ["Key: red = high risk"],
            [],
            titles,
            ["APRIL 2024"],
            [1, "L1", "PASKENSHAW Hesper", date(1990, 1, 2), 7700900401,
             "35 Cinderwick Rise, Wickenshaw", "Pell Homes", date(2024, 4, 8),
             "London bar; window locks", 210.5, "Dog.\nSister has a key"],
            [2, "L2", "Isolde Radingstone", "3/4/91", "07700 900402 - text only",
             "36 Pennyfold Court, Wickenshaw", None, date(2024, 4, 19), "CCTV", "£300", "[b]"],
            titles,
            ["MAY 2024"],
            [3, "L3", "Jorrie Skelottrell", date(1985, 6, 7), "none",
             "37 Sedgecliff Lane, Wickenshaw",
             "?", "early May", None, "TBC", None],
            [4, "L4", "Kathlyn Tallastow", date(1972, 8, 9), "07700 900404",
             "38 Bellmaker's Way, Wickenshaw", "-", date(2024, 5, 30), "Letterbox cowl", 18, None],
            [],
            ["Totals", None, None, None, None, None, None, None, None, "=SUM(J6:J11)"],
            ["Prepared for the working group"],
        ],
        first=True,
    )  # fmt: skip
    for row in (1, 5, 9):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(titles))
    sheet["E6"].number_format = "00000000000"
    sheet.column_dimensions["K"].hidden = True
    return _xlsx(book, {"SUM(J6:J11)": "528.5"})


def made() -> dict[str, bytes]:
    """Every tracker, by the name of its file."""
    return {name: make() for name, make in _MAKERS.items()}


def main() -> int:
    """Write them."""
    for name, content in made().items():
        (HERE / name).write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
