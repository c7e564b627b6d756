"""What a real spreadsheet makes of our CSV: no formulas, and a known list of changed values."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from office import GUESSING, Cell, convert, needs_office, sheets

from sanctuary_tui.exports.csvfile import BOM, csv_bytes, neutralise, quiet
from sanctuary_tui.exports.dictionary import GUESSED, KEPT

pytestmark = [pytest.mark.slow, needs_office]

PAYLOADS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "spreadsheet_payloads.json").read_text("utf-8")
)
HARMLESS_BUT_CHANGED = {"1/2", "1E5", "00123", "Mar-1", "12345678901234567890"}
"""Harmless values of the list that LibreOffice's own guessing changes, in its United States
default; set to England it takes 3-4 for a date as well."""
ENGLAND = GUESSING.replace(",,0,", ",,2057,", 1)


def opened(rows: list[tuple[str, str]], data: bytes, folder: Path, how: str) -> dict[str, Cell]:
    source = folder / "table.csv"
    source.write_bytes(data)
    (table,) = sheets(convert(source, "fods", folder / "out", how)).values()
    found = {row[0].text: row[1] if len(row) > 1 else Cell("", "", "") for row in table[1:]}
    assert len(table) == len(rows) + 1, "a value made rows of its own"
    return found


def raw(rows: list[tuple[str, str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([("id", "value"), *rows])
    return BOM + stream.getvalue().encode()


@pytest.mark.guarantee
def test_no_payload_becomes_a_formula(tmp_path: Path) -> None:
    rows = [(item["id"], item["payload"]) for item in PAYLOADS]
    found = opened(rows, csv_bytes(("id", "value"), rows), tmp_path, GUESSING)
    assert {name for name, cell in found.items() if cell.formula} == set()
    for name, value in rows:
        if found[name].kind == "string" and not set(value) & set("\t\r\x0c"):
            assert found[name].text == quiet(neutralise(value))


def test_without_our_marks_the_same_payloads_do_become_formulas(tmp_path: Path) -> None:
    rows = [(item["id"], item["payload"]) for item in PAYLOADS if item["payload"][:1] == "="]
    assert any(cell.formula for cell in opened(rows, raw(rows), tmp_path, GUESSING).values())


def test_harmless_values_that_are_changed_are_these(tmp_path: Path) -> None:
    rows = [
        (item["id"], item["payload"])
        for item in PAYLOADS
        if item["category"].startswith("benign") and item["payload"]
    ]
    found = opened(rows, csv_bytes(("id", "value"), rows), tmp_path, GUESSING)
    changed = {value for name, value in rows if found[name].text != neutralise(value)}
    assert changed == HARMLESS_BUT_CHANGED


def test_the_dictionary_names_what_is_changed_and_what_is_kept(tmp_path: Path) -> None:
    examples = [(f"g{place}", example) for place, (_, example, _) in enumerate(GUESSED[:-1])]
    examples.append((f"g{len(GUESSED) - 1}", "a\rb"))
    rows = [*examples, *((f"k{place}", value) for place, value in enumerate(KEPT))]
    found = opened(rows, csv_bytes(("id", "value"), rows), tmp_path, ENGLAND)
    for name, value in rows:
        cell = found[name]
        if name.startswith("k"):
            assert cell.text == value, f"{value!r} became {cell}"
        else:
            assert cell.text != value, f"{value!r} was kept"
    for place, (_, _, becomes) in enumerate(GUESSED[:-1]):
        cell = found[f"g{place}"]
        kinds = {"a date": ("date",), "a time": ("time",)}
        if becomes in kinds:
            assert cell.kind in kinds[becomes]
        elif becomes == "a number":
            assert cell.kind in ("percentage", "currency", "float")
        else:
            assert cell.text == becomes
