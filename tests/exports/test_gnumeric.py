"""Gnumeric as a second judge: no formula out of our CSV or workbook, and what people read stays.

LibreOffice shows the apostrophe before what could be a formula; Gnumeric takes it for its own mark
and hides it. Both evaluate what begins with ``=`` alone; Excel takes more, and is not tried here.
"""

from __future__ import annotations

import gzip
import io
import subprocess
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest
from test_csv_office import PAYLOADS, raw
from test_protect import ESCAPED, PASSPHRASE, VALUES, opened, sheet_of

from sanctuary_tui.exports.csvfile import csv_bytes
from sanctuary_tui.exports.protect import workbook_bytes
from tests import needs

pytestmark = [pytest.mark.slow, needs.gnumeric]

_SPACE = "{http://www.gnumeric.org/v10.dtd}"
TEXT = "60"
READABLE = {
    "-Smith": ("-Smith", "'-Smith"),
    "+44 7700 900123": ("+44 7700 900123",),
    "+44 (0)1632 960123": ("+44 (0)1632 960123",),
    "+447700900123": ("+447700900123", "'+447700900123"),
    "07700 900123": ("07700 900123",),
    "01632 960123": ("01632 960123",),
    "-Jones-Smith, A.": ("-Jones-Smith, A.", "'-Jones-Smith, A."),
    "@home after six": ("@home after six", "'@home after six"),
    "O'Neill": ("O'Neill",),
    "1/2 High Street": ("1/2 High Street",),
}
"""What a person writes, and what a reader may see of it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as Gnumeric holds it."""

    formula: bool
    kind: str
    text: str


def judged(path: Path) -> dict[tuple[int, int], Cell]:
    """Every cell of a file's first sheet, by row and column."""
    target = path.with_suffix(".gnumeric")
    subprocess.run(
        ["ssconvert", str(path), str(target)], check=True, capture_output=True, timeout=120
    )
    with gzip.open(target) as stream:
        root = ElementTree.parse(io.BytesIO(stream.read())).getroot()
    sheet = next(root.iter(f"{_SPACE}Sheet"))
    found = {}
    for item in sheet.iter(f"{_SPACE}Cell"):
        kind, text = item.get("ValueType", ""), item.text or ""
        formula = not kind or item.get("ExprID") is not None
        found[int(item.get("Row", "0")), int(item.get("Col", "0"))] = Cell(formula, kind, text)
    return found


def formulas(path: Path) -> list[Cell]:
    return [cell for cell in judged(path).values() if cell.formula]


@pytest.mark.guarantee
def test_no_payload_becomes_a_formula_in_gnumeric(tmp_path: Path) -> None:
    rows = [(item["id"], item["payload"]) for item in PAYLOADS]
    ours = tmp_path / "ours.csv"
    ours.write_bytes(csv_bytes(("id", "value"), rows))
    assert len(rows) > 60
    assert formulas(ours) == []
    assert len({row for row, _ in judged(ours)}) == len(rows) + 1, "a value made rows of its own"


def test_control_the_same_payloads_written_plainly_do(tmp_path: Path) -> None:
    rows = [(item["id"], item["payload"]) for item in PAYLOADS]
    plain = tmp_path / "plain.csv"
    plain.write_bytes(raw(rows))
    assert len(formulas(plain)) > 5


@pytest.mark.guarantee
def test_numbers_to_ring_and_names_with_a_hyphen_stay_readable(tmp_path: Path) -> None:
    ours = tmp_path / "people.csv"
    ours.write_bytes(csv_bytes(("value",), [(value,) for value in READABLE]))
    cells = judged(ours)
    for place, (value, allowed) in enumerate(READABLE.items(), start=1):
        cell = cells[place, 0]
        assert cell.text in allowed, value
        assert cell.kind == TEXT, value


@pytest.mark.guarantee
def test_the_workbook_is_text_and_exact_in_gnumeric(tmp_path: Path) -> None:
    # The format's own escape of what looks like one of its escapes is unknown to Gnumeric.
    values = [*(value for value in VALUES if not ESCAPED.search(value)), *READABLE]
    book = tmp_path / "list.xlsx"
    book.write_bytes(opened(workbook_bytes([sheet_of(values)], PASSPHRASE), PASSPHRASE))
    cells = judged(book)
    assert not [cell for cell in cells.values() if cell.formula or cell.kind != TEXT]
    plain = [place for place, value in enumerate(values) if value and value.isprintable()]
    assert len(plain) > 60
    for place in plain:
        assert cells[place + 1, 1].text == values[place]
