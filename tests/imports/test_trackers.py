"""The twelve untidy trackers are read as their files say, and the harness says where one is not."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from db.models import RECORDS, specs
from sanctuary_tui.demodata import names
from sanctuary_tui.demodata.timeline import Dice
from sanctuary_tui.imports.reading import read_tracker
from tests.imports.expected import (
    ALL,
    PLAIN,
    TRACKERS,
    Expected,
    difference,
    reading_difference,
)
from tests.imports.trackers.make import made

MONEY = {"cost", "gross"}
each = pytest.mark.parametrize("expected", ALL.values(), ids=ALL)


def found_of(expected: Expected) -> dict[str, list[dict[str, Any]]]:
    """What came, where everything came as expected."""
    cases = copy.deepcopy(expected.cases)
    for case in cases:
        case["note"] = "\n".join(case.get("note", ()))
        for slot in case.keys() - PLAIN:
            for record in case[slot]:
                for field, value in record.items():
                    came = value[0] if isinstance(value, list) else value
                    record[field] = round(float(came) * 100) if field in MONEY else came
    return {"cases": cases, "refused": copy.deepcopy(expected.refused)}


def test_there_are_twelve_each_with_what_must_come_of_it() -> None:
    assert len(ALL) == 12
    assert sorted(made()) == sorted(expected.tracker.name for expected in ALL.values())


def test_the_committed_trackers_are_those_that_the_script_makes() -> None:
    for name, content in made().items():
        assert (TRACKERS / name).read_bytes() == content, name


@each
def test_a_tracker_is_read_as_its_file_says(expected: Expected) -> None:
    assert reading_difference(expected, read_tracker(expected.tracker)) == ""


@each
def test_every_row_of_data_is_expected_somewhere_once(expected: Expected) -> None:
    data = [row.number for row in expected.imported(read_tracker(expected.tracker)).rows]
    assert sorted(row for case in expected.cases for row in case["rows"]) == data
    refused = {
        row for case in expected.cases if case["outcome"] == "refused" for row in case["rows"]
    }
    assert {one["row"] for one in expected.refused} <= refused
    assert all(
        case.keys() == {"rows", "outcome"} for case in expected.cases if case["rows"][0] in refused
    )


@each
def test_every_field_that_is_expected_is_one_of_a_record(expected: Expected) -> None:
    fields = {field for record in RECORDS for field in specs(record)}
    told = {
        field
        for case in expected.cases
        for slot in case.keys() - PLAIN
        for record in case[slot]
        for field in record
    }
    assert told <= fields


@each
def test_everybody_in_a_tracker_is_of_the_demos_lists(expected: Expected) -> None:
    surnames = {names.surname(Dice("trackers", n), "white_british") for n in range(6_000)}
    first_names = {*names.WOMEN, *names.MEN, *names.CHILDREN}
    people = [
        person
        for case in expected.cases
        for slot in ("survivor", "perpetrator", "child")
        for person in case.get(slot, ())
    ]
    assert {person["first_name"] for person in people} <= first_names
    assert {person.get("surname", "") for person in people} - {""} <= surnames
    words = " ".join(
        cell.text
        for sheet in read_tracker(expected.tracker).sheets
        for row in sheet.rows
        for cell in row.cells
    )
    assert all(
        number.startswith(("07700900", "01632960", "7700900")) for number in numbers_in(words)
    )


def numbers_in(words: str) -> list[str]:
    """The telephone numbers that stand in a text, without +44 and blanks."""
    found = re.findall(r"(?:\+44 ?|\b0|\b)(?:7\d{3}|1\d{3}) ?\d{3} ?\d{3}\b", words)
    return [re.sub(r"^\+44", "", number).replace(" ", "") for number in found]


@each
def test_what_came_as_expected_is_no_difference(expected: Expected) -> None:
    assert difference(expected, found_of(expected)) == ""


def test_a_difference_of_reading_is_said() -> None:
    expected = ALL["05_dates"]
    book = read_tracker(expected.tracker)
    other = copy.deepcopy(expected.sheets)
    other[0]["data"] = [2, 3]
    assert reading_difference(replace(expected, sheets=other), book) == (
        "sheet Live, data: [2, 3, 4], expected [2, 3]"
    )
    assert "read as" in reading_difference(replace(expected, separator=";"), book)
    assert "no column 'Born'" in reading_difference(replace(expected, columns={"Born": ""}), book)
    assert "sheets" in reading_difference(replace(expected, sheets=other[:1]), book)


def changed_in(found: dict[str, Any], slot: str, field: str, value: object) -> None:
    """Another value in a field of the first case."""
    found["cases"][0][slot][0][field] = value


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: changed_in(f, "survivor", "dob", date(1988, 3, 4)),
         "row 6: survivor 1, dob: datetime.date(1988, 3, 4), expected datetime.date(1988, 4, 3)"),
        (lambda f: changed_in(f, "contact", "safe", "not_asked"),
         "row 6: contact 1, safe: 'not_asked', expected 'yes'"),
        (lambda f: changed_in(f, "measure", "cost", 425),
         "row 6: measure 1, cost: 425, expected '42.50'"),
        (lambda f: f["cases"][1]["contact"].append({"value": "x"}), "row 7: contact: 1 of them"),
        (lambda f: f["cases"][0].update(outcome="same"), "row 6: outcome is same, expected new"),
        (lambda f: f["cases"][0].update(note=""), "row 6: the note lacks 'Café job"),
        (lambda f: f["cases"].pop(), "row 9 should be one case"),
        (lambda f: f["cases"].append({"rows": [11], "outcome": "new"}),
         "row 11: a case that nobody expects"),
        (lambda f: f["refused"].append({"row": 7, "column": "C", "value_class": "date"}),
         "row 7 is refused for column C (date), which nobody expects"),
    ],
)  # fmt: skip
def test_the_first_difference_is_said_in_words(change: Any, words: str) -> None:
    expected = ALL["01_housing_options"]
    found = found_of(expected)
    change(found)
    assert difference(expected, found).startswith(words)


def test_a_refusal_that_did_not_come_is_said() -> None:
    expected = ALL["09_dates_of_two_orders"]
    found = found_of(expected)
    found["refused"].pop(0)
    assert difference(expected, found).startswith("row 3 should be refused for column D (date)")


@pytest.mark.parametrize(
    ("wanted", "came", "same"),
    [
        (date(1988, 4, 3), "1988-04-03", True),
        (date(1988, 4, 3), "1988-04-03T12:00:00", True),
        (date(1988, 4, 3), datetime(1988, 4, 2, 23, tzinfo=UTC), True),
        (date(1988, 4, 3), datetime(1988, 4, 3, 23, tzinfo=UTC), False),
        (date(1988, 4, 3), None, False),
        ("18", 18, True),
        ("18", "18.00", True),
        ("18", "180", False),
        ("", "not_asked", True),
        ("", "yes", False),
        (["never", "unsafe"], "never", True),
        (["never", "unsafe"], "yes", False),
        ("1 Oxlip Lane, Ostbrook", "1 Oxlip Lane,\nOstbrook", True),
    ],
)
def test_values_are_compared_by_what_they_say(wanted: object, came: object, same: bool) -> None:
    expected = replace(
        ALL["11_twice"],
        cases=[{"rows": [2], "outcome": "new", "case": [{"received": wanted}]}],
        refused=[],
    )
    found = {
        "cases": [{"rows": [2], "outcome": "new", "case": [{"received": came}]}],
        "refused": [],
    }
    assert (difference(expected, found) == "") is same
