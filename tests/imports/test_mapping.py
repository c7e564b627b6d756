"""A mapping is kept as TOML, fits the next quarter's tracker, and refuses nonsense."""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import BadInputError
from sanctuary_tui.imports.columns import mapping_of, suggest
from sanctuary_tui.imports.mapping import (
    Mapping,
    column_names,
    dump_mapping,
    load_mapping,
    parse_mapping,
)
from sanctuary_tui.imports.targets import BY_KEY
from sanctuary_tui.imports.values import read_value
from tests.imports.titled import TODAY, sheet_of, tracker, typed


def made(name: str = "plain") -> Mapping:
    sheet, _ = tracker(name)
    return mapping_of(sheet, suggest(sheet, TODAY))


def test_what_is_kept_is_what_comes_back(tmp_path: Path) -> None:
    mapping = (
        made().with_value("home.tenure", "Hsg Ass.", "ha").with_value("case.stage", "on hold", "")
    )
    path = tmp_path / "map.toml"
    path.write_text(dump_mapping(mapping), encoding="utf-8")
    again = load_mapping(path)
    assert again == mapping
    assert dump_mapping(again) == dump_mapping(mapping)


def test_the_next_quarters_tracker_is_fitted_with_columns_moved_added_and_gone() -> None:
    mapping = parse_mapping(dump_mapping(made()))
    sheet, _ = tracker("plain")
    titles = [heading.title for heading in sheet.headings]
    moved = ["New column", *reversed([t for t in titles if t != "Comments"])]
    moved[moved.index("Post Code")] = "post  code"
    later = sheet_of(moved, [])
    laid = mapping.on(later)
    fit = mapping.check(later)
    assert [heading.title for heading in fit.new] == ["New column"]
    assert fit.gone == ("Comments",)
    keys = {heading.title: laid.key_of(heading) for heading in later.headings}
    assert keys["New column"] == "note"
    assert keys["post  code"] == "home.postcode"
    assert keys["D.O.B."] == "survivor.dob"
    more = mapping_of(later, suggest(later, TODAY), known=mapping)
    assert more.columns["Comments"] == "note.body", "what is gone may come back"
    assert "New column" in more.columns


def test_the_same_title_twice_and_none_at_all_have_names_of_their_own() -> None:
    sheet = sheet_of(["DOB", "", "Dob", "DOB"], [])
    assert list(column_names(sheet.headings).values()) == ["DOB", "column B", "Dob [2]", "DOB [3]"]
    mapping = Mapping(columns={"DOB": "survivor.dob", "DOB [2]": "perpetrator.dob"}).on(sheet)
    assert [mapping.key_of(h) for h in sheet.headings] == [
        "survivor.dob",
        "note",
        "perpetrator.dob",
        "note",
    ]


def test_a_mapping_is_not_asked_before_it_is_laid_on_a_sheet() -> None:
    sheet = sheet_of(["DOB"], [])
    with pytest.raises(ValueError, match="laid on a sheet"):
        Mapping(columns={"DOB": "survivor.dob"}).key_of(sheet.headings[0])


def test_a_person_puts_a_column_right_and_never_two_on_one_field() -> None:
    sheet = sheet_of(["DOB", "Born"], [])
    mapping = Mapping(columns={"DOB": "survivor.dob"})
    assert mapping.with_column(sheet, sheet.headings[1], "ignore").columns["Born"] == "ignore"
    with pytest.raises(BadInputError, match="Two columns are matched to Survivor: Date of birth"):
        mapping.with_column(sheet, sheet.headings[1], "survivor.dob")


@pytest.mark.parametrize(
    "written", ["07700 900123", "Marisel Ellawby " * 5, "a@example.org", "flat 3"]
)
def test_what_may_be_of_a_person_is_not_kept_in_the_file(written: str) -> None:
    mapping = (
        made().with_value("home.tenure", written, "ha").with_value("home.tenure", "own", "owner")
    )
    kept = tomllib.loads(dump_mapping(mapping))["values"]
    assert kept == {"home.tenure": {"own": "owner"}}
    assert mapping.choices_on(TODAY).values["home.tenure"], "it still reads this file"


def test_a_saved_answer_is_read_by_it() -> None:
    mapping = made().with_value("home.tenure", "Moorings (CRT)", "other")
    choices = parse_mapping(dump_mapping(mapping)).choices_on(TODAY)
    assert read_value(BY_KEY["home.tenure"], typed("moorings - crt"), choices) == "other"


GOOD = 'version = 1\n[columns]\n"DOB" = "survivor.dob"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[[", "not written as TOML"),
        ("a=" + "[" * 5000, "not written as TOML"),
        ("", "wrong at version"),
        ("version = 2\n[columns]\n", "later version"),
        ("version = true\n[columns]\n", "wrong at version"),
        ("version = 1\n", "wrong at columns"),
        ("version = 1\ncolumns = 3\n", "wrong at columns"),
        (GOOD + '[extra]\nx = "y"\n', "wrong at extra"),
        ('version = 1\n[columns]\n"DOB" = "survivor.dbo"\n', "is survivor.dob meant"),
        ('version = 1\n[columns]\n"DOB" = "!!"\n', "names a field that there is not"),
        (GOOD + '"Born" = "survivor.dob"\n', "Two columns are matched"),
        (GOOD + '[values."home.tenure"]\nHA = "hsg"\n', "no answer hsg in its list"),
        (GOOD + '[values."survivor.dob"]\nx = "y"\n', "no list of answers"),
        (GOOD + '[values."measure.name"]\nmoat = "99"\n', "no answer 99"),
        (GOOD + '[values."home.tenure"]\nHA = 3\n', "wrong at values"),
        ('version = 1\nmonth_first = ["x.y"]\n[columns]\n', "names a field that there is not"),
        ("version = 1\nheader_row = -1\n[columns]\n", "wrong at header_row"),
    ],
)
def test_nonsense_is_refused_with_one_sentence(text: str, said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        parse_mapping(text)
    assert said in refused.value.sentence
    assert "\n" not in refused.value.sentence


def test_a_mapping_of_another_tracker_is_refused() -> None:
    with pytest.raises(BadInputError, match="of another tracker"):
        made("money").on(sheet_of(["Pump", "Litres"], []))


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="cannot be read"):
        load_mapping(tmp_path / "none.toml")
    with pytest.raises(BadInputError, match="cannot be read"):
        load_mapping(tmp_path)
    big = tmp_path / "big.toml"
    big.write_bytes(b"#" * 300_000)
    with pytest.raises(BadInputError, match="far too large"):
        load_mapping(big)
    big.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInputError, match="not text"):
        load_mapping(big)


@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    with contextlib.suppress(BadInputError):
        assert parse_mapping(text).version == 1
