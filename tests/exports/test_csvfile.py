"""CSV: golden bytes, safe in a spreadsheet, and back to what was typed."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.text import guard
from sanctuary_tui.exports.csvfile import BOM, csv_bytes, neutralise, restore
from tests.poison import STEERING

PAYLOADS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "spreadsheet_payloads.json").read_text("utf-8")
)
EVERY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
LIKELY = st.text(
    st.sampled_from("'=+-@\t\r\n \x00\u200b\u00a0\ufeff\uff1d\ufe62 (0)123456789a,;\"|"),
    max_size=14,
)
ANY_TEXT = EVERY_TEXT | LIKELY


def read(data: bytes) -> list[list[str]]:
    assert data.startswith(BOM)
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))


def still(text: str) -> str:
    """Text without what could steer a terminal; tabs and line breaks stay."""
    return "".join(guard(one) if one not in "\t\r\n" else one for one in text)


def test_golden_bytes() -> None:
    rows = [
        ("S26-0042", "Müller, “Al”", 'say "hi"', None, 0, Decimal("418.20"), date(2026, 11, 26)),
        ("=1+1", "-Smith", "two\nlines", "", -5, Decimal("-0.05"), "2026-11-26"),
    ]
    assert csv_bytes(["ref", "name", "note", "a", "n", "£", "on"], rows) == (
        b"\xef\xbb\xbf"
        b'"ref","name","note","a","n","\xc2\xa3","on"\r\n'
        b'"S26-0042","M\xc3\xbcller, \xe2\x80\x9cAl\xe2\x80\x9d","say ""hi""","","0","418.20",'
        b'"2026-11-26"\r\n'
        b'"\'=1+1","\'-Smith","two\nlines","","-5","-0.05","2026-11-26"\r\n'
    )


def test_a_table_without_rows_is_its_header() -> None:
    assert csv_bytes(["a", "b"], []) == b'\xef\xbb\xbf"a","b"\r\n'


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda item: str(item["id"]))
def test_payloads(payload: dict[str, Any]) -> None:
    value = payload["payload"]
    written = neutralise(value)
    assert restore(written) == value
    assert written in (value, f"'{value}")
    if payload["dangerous"] and "breakout" not in payload["category"]:
        assert written == f"'{value}"
    assert read(csv_bytes(["x", "y"], [(value, "end")])) == [["x", "y"], [still(written), "end"]]


@pytest.mark.parametrize(
    "value",
    [
        "",
        "plain",
        "07700 900123",
        "+44 7700 900123",
        "+44 (0)1632 960123",
        "1/2 High Street",
        "'t Hooft",
        "–Smith",
        "⁺1+1",
        "10+20+cmd|' /C calc'!A0",
        "a =1+1",
        "{=1+1}",
    ],
)
def test_readable_values_stay_as_they_are(value: str) -> None:
    assert neutralise(value) == value


@pytest.mark.parametrize(
    "value",
    [
        "=1",
        "+447700900123",
        "+44 7700 900123 =1",
        "+44 7700 900123+1",
        "+44  7700",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "\nx",
        "\x00x",
        "  \u200b\u2060=1",
        "\ufeff=1",
        "\U000e0020=1",
        "\u3164-1",
        "＝1",
        "﹢1",
        "＠x",
        "''=1",
    ],
)
def test_risky_values_are_marked(value: str) -> None:
    assert neutralise(value) == f"'{value}"


@given(ANY_TEXT)
@settings(max_examples=2000)
def test_neutralising_can_be_undone(value: str) -> None:
    assert restore(neutralise(value)) == value


@given(ANY_TEXT)
@settings(max_examples=1000)
def test_nothing_neutralised_is_still_risky(value: str) -> None:
    written = neutralise(value)
    assert not written.lstrip("\t\r\n \x00\u200b\ufeff").startswith(("=", "@", "-", "＝"))
    assert not written.startswith(("\t", "\r", "\n", "\x00"))


CELLS = ANY_TEXT | st.none() | st.integers()


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.tuples(*[CELLS] * n), max_size=8)))
@settings(max_examples=500)
def test_a_reader_gets_back_every_cell(rows: list[tuple[Any, ...]]) -> None:
    names = [f"c{place}" for place in range(len(rows[0]) if rows else 1)]
    rows = [tuple(still(cell) if isinstance(cell, str) else cell for cell in row) for row in rows]
    head, *body = read(csv_bytes(names, rows))
    assert head == names
    expected = [["" if cell is None else str(cell) for cell in row] for row in rows]
    numbers = [[isinstance(cell, int) for cell in row] for row in rows]
    found = [
        [cell if number else restore(cell) for cell, number in zip(row, flags, strict=True)]
        for row, flags in zip(body, numbers, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize("place", [0, 4095, 4096, 9999])
def test_one_risky_cell_among_ten_thousand(place: int) -> None:
    rows: list[tuple[object, ...]] = [("safe", 1, None) for _ in range(10_000)]
    rows[place] = ("\u200b=1+1", 2, None)
    found = read(csv_bytes(["a", "b", "c"], rows))[1:]
    assert found[place] == ["'\u200b=1+1", "2", ""]
    assert all(row == ["safe", "1", ""] for at, row in enumerate(found) if at != place)


def test_long_runs_of_blanks_do_not_slow_it() -> None:
    """A run of what may precede a formula is walked once, not once for each character."""
    value = " " * 100_000
    rows = [(value,), ("",), *[("",)] * 50_000]
    assert read(csv_bytes(["a"], rows))[1] == [value]


def test_a_digit_run_is_not_searched_for_ever() -> None:
    value = "+44 " + "1" * 5000 + "x"
    assert neutralise(value) == f"'{value}"


def test_other_values_are_written_as_they_print_and_marked() -> None:
    class Odd:
        def __str__(self) -> str:
            return "=1+1"

    moment = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
    assert read(csv_bytes(["a", "b"], [(Odd(), moment)]))[1] == ["'=1+1", "2026-11-26T14:05:00Z"]


def test_a_lone_surrogate_cannot_stop_an_export() -> None:
    assert read(csv_bytes(["a", "b"], [("x\ud800y", "é")]))[1] == ["x\ufffdy", "é"]


def test_rows_must_fit_the_columns() -> None:
    with pytest.raises(ValueError, match="one value a column"):
        csv_bytes(["a", "b"], [("only one",)])
    with pytest.raises(ValueError, match="zip"):
        csv_bytes(["a", "b"], [("one", "two"), ("one",)])


@pytest.mark.guarantee
@pytest.mark.parametrize("payload", STEERING)
def test_nothing_that_steers_a_terminal_is_written(payload: str) -> None:
    """Whoever looks at the file in a terminal is not steered by it, in a head or a cell."""
    text = f"before {STEERING[payload]} after"
    data = csv_bytes([text, "b"], [(text, "Zoë ‌Ó"), ("x\ty\nz", None)])
    assert steering(data.decode()) == []
    assert read(data)[1:] == [[still(text), "Zoë ‌Ó"], ["x\ty\nz", ""]]


@pytest.mark.parametrize("payload", STEERING)
def test_control_what_steers_is_found(payload: str) -> None:
    assert steering(STEERING[payload]) != []


def steering(text: str) -> list[str]:
    return [one for one in text if one not in "\ufeff\t\r\n" and guard(one) != one]


def test_headers_are_safe_too() -> None:
    assert csv_bytes(["=a"], []) == b'\xef\xbb\xbf"\'=a"\r\n'
