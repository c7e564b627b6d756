"""A status that stands in a column of notes is asked about, read where a person says so, counted
where it is not understood, and never guessed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from sanctuary_tui.imports.applying import known_of
from sanctuary_tui.imports.columns import FIRM, mapping_of, suggest, unknown_values
from sanctuary_tui.imports.mapping import Mapping
from sanctuary_tui.imports.planning import Plan, plan
from sanctuary_tui.imports.reporting import report_lines
from sanctuary_tui.imports.sheets import Sheet
from tests.db import kit
from tests.imports.sheetmaker import sheet_of

TODAY: Final = kit.DAY
CELLS: Final = (
    "Closed - moved away 3/4/25",
    "done",
    "ongoing, waiting LL",
    "with LL; rang 12/05/2026",
    "rang twice, dog in the garden",
)


def sheet(title: str, cells: tuple[str, ...] = CELLS) -> Sheet:
    rows = [
        [f"SAN/{at}", f"Ada {'ABCDEFGH'[at]}zedword", f"0{at + 1}/02/1980", cell]
        for at, cell in enumerate(cells)
    ]
    return sheet_of(["Ref", "Name", "DOB", title], rows)


def planned(tmp_path: Path, given: Sheet, mapping: Mapping) -> Plan:
    caseload = kit.make(tmp_path / "caseload.db")
    made = plan(given, mapping, known_of(caseload), TODAY)
    caseload.close()
    return made


def matched(given: Sheet, key: str) -> Mapping:
    title = given.headings[3].title
    made = mapping_of(given, suggest(given, TODAY))
    return Mapping(made.sheet, made.header_row, {**made.columns, title: key}).on(given)


@pytest.mark.parametrize("title", ["Status / notes", "Status/Notes", "Notes / status", "Comments"])
def test_a_status_among_notes_is_asked_about(title: str) -> None:
    last = suggest(sheet(title), TODAY)[3]
    assert last.target is not None
    assert last.target.key == "case.stage"
    assert last.confidence < FIRM
    assert "3 of 5 values begin with a status" in last.why


@pytest.mark.parametrize("title", ["Notes", "Progress notes", "Comments"])
def test_plain_notes_are_no_status(title: str) -> None:
    said = ("rang twice", "new lock fitted to the back", "closed the door", "with LL", "dog")
    last = suggest(sheet(title, said), TODAY)[3]
    assert last.target is not None
    assert last.target.key == "note.body"


def test_left_as_a_note_the_report_says_how_many_were_not_understood(tmp_path: Path) -> None:
    given = sheet("Status / notes")
    made = planned(tmp_path, given, mapping_of(given, suggest(given, TODAY)))
    text = "\n".join(report_lines(made))
    assert "Rows whose status was not understood, kept as a note: 5" in text
    assert "moved" not in text
    assert all("closure" not in one.records for one in made.planned)
    plain = sheet("Notes", ("rang twice", "", "Closed - moved away 3/4/25"))
    made = planned(tmp_path / "..", plain, matched(plain, "note"))
    assert "not understood, kept as a note: 1" in "\n".join(report_lines(made))


def test_matched_to_the_stage_what_begins_with_a_status_is_read(tmp_path: Path) -> None:
    given = sheet("Status / notes")
    mapping = matched(given, "case.stage")
    unknown = [one.written for one in unknown_values(given, mapping, TODAY)]
    assert unknown == ["done", "rang twice dog in the garden"]
    made = planned(tmp_path, given, mapping)
    by_row = {one.rows[0]: one for one in made.planned}
    (closure,) = by_row[2].records["closure"]
    assert (closure["closed_on"], closure["outcome"]) == (date(2025, 4, 3), "moved")
    assert "Status / notes: Closed - moved away 3/4/25" in by_row[2].note
    assert by_row[3].outcome == by_row[6].outcome == "refused"
    assert by_row[4].records["case"][0]["status"] == "open"
    assert by_row[5].records["case"][0]["stage"] == "consent"
    assert "Status / notes: with LL; rang 12/05/2026" in by_row[5].note
    assert "not understood" not in "\n".join(report_lines(made))


@pytest.mark.parametrize("cell", ["Closed 3/4/25 or 4/4/25", "Closed - 31/2/25"])
def test_a_day_that_is_not_plain_is_asked_for(tmp_path: Path, cell: str) -> None:
    given = sheet("Status", (cell,))
    made = planned(tmp_path, given, matched(given, "case.stage"))
    assert made.count("refused") == 1
    assert "give the day it was closed" in str([one.what_to_do for one in made.refusals])
