"""An import on its way: what was put right, what was decided, what is shown of two sides."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

import pytest

from config.errors import BadInputError, RefusedError
from db.imported import Digests
from db.models import Case, ContactPoint, Person, Property
from sanctuary_tui.imports.columns import FIRM
from sanctuary_tui.imports.mapping import IGNORE, NOTE, Mapping
from sanctuary_tui.imports.planning import Known
from sanctuary_tui.imports.preparing import (
    Decided,
    Draft,
    in_doubt,
    mapping_from,
    save_mapping,
)
from sanctuary_tui.imports.rowparts import Part
from sanctuary_tui.imports.sheets import Book
from sanctuary_tui.imports.sidebyside import HIDDEN, compared, side_of
from tests.imports.sheetmaker import sheet_of

TODAY: Final = date(2026, 11, 26)
TITLES: Final = ("Ref", "Client name", "DOB", "Postcode", "Where are we", "Seen")
ROWS: Final = (
    ("A1", "Zelda Quornby", "14/02/1983", "ZZ5 6HJ", "just in", "04/13/2026"),
    ("A2", "Zelda Quornbie", "14/02/1983", "ZZ5 6HJ", "survey", "04/14/2026"),
    ("A3", "Oriel Beckmoor", "09/09/1988", "ZZ5 6HN", "survey", "05/15/2026"),
)


@pytest.fixture
def draft() -> Draft:
    """A tracker with a household twice, own words for the stage, and dates the month first."""
    sheet = sheet_of(TITLES, ROWS)
    book = Book("t.csv", "ab" * 32, "csv", "utf-8", ",", (sheet,))
    return Draft.of(book, sheet, TODAY)


@pytest.fixture
def known() -> Known:
    """An empty caseload."""
    return Known(Digests("ab" * 16))


def looked_for(draft: Draft, known: Known) -> Draft:
    """The draft once it is known who may be held already."""
    draft.take_twins(draft.undecided_plan(known))
    return draft


@pytest.mark.parametrize(
    "said",
    [
        "04/05/1971",
        "4.5.71",
        "1971-05-04",
        "ZZ1 1ZZ",
        "07700 900123",
        "+44 7700 900123",
        "a@b.test",
    ],
)
def test_a_household_taken_for_the_titles_is_refused_and_in_no_mapping(
    said: str, tmp_path: Path
) -> None:
    """It would be lost as a row, and stand in a file that is passed on."""
    sheet = sheet_of(("A1", "Zelda Quornby", said), [("A2", "Oriel Beckmoor", "x")])
    book = Book("t.csv", "ab" * 32, "csv", "utf-8", ",", (sheet,))
    with pytest.raises(BadInputError, match="reads like a case, in column C") as told:
        Draft.of(book, sheet, TODAY)
    assert said not in told.value.sentence
    kept = tmp_path / "kept.toml"
    save_mapping(Mapping(columns={"A1": NOTE}).on(sheet), sheet, kept)
    with pytest.raises(BadInputError, match="reads like a case"):
        mapping_from(kept, sheet)


@pytest.mark.parametrize(
    "said", ["Q1 2026", "Visit 2", "Address 1", "Q5", "3/6 months", "2026", "-"]
)
def test_titles_with_figures_are_titles(said: str) -> None:
    sheet = sheet_of((*TITLES, said), [(*row, "x") for row in ROWS])
    book = Book("t.csv", "ab" * 32, "csv", "utf-8", ",", (sheet,))
    assert Draft.of(book, sheet, TODAY).found


def test_a_column_in_doubt_waits_for_a_person(draft: Draft) -> None:
    doubtful = in_doubt(draft.found)
    assert draft.doubtful() == doubtful
    assert all(0 < one.confidence < FIRM for one in doubtful)
    for one in doubtful:
        draft.put_column(one.heading, NOTE)
    assert draft.doubtful() == []


def test_a_column_given_another_field_brings_its_answers(draft: Draft) -> None:
    stage = draft.sheet.headings[4]
    draft.put_column(stage, "case.stage")
    (one,) = (found for found in draft.answers() if found.target.key == "case.stage")
    assert draft.meaning_of(one) is None
    draft.put_value(one, "referral")
    assert draft.meaning_of(one) == "referral"
    assert one in draft.answers()  # it can be put right again
    with pytest.raises(BadInputError):
        draft.put_value(one, "no such stage")
    with pytest.raises(BadInputError):
        draft.put_column(draft.sheet.headings[0], "case.stage")
    draft.put_column(stage, IGNORE)
    assert not any(found.target.key == "case.stage" for found in draft.answers())


def test_dates_with_the_month_first_are_seen_in_a_column_that_a_person_names(
    draft: Draft,
) -> None:
    seen = draft.sheet.headings[5]
    draft.put_column(seen, "survey.done_on")
    assert "survey.done_on" in draft.mapping.month_first
    draft.put_column(seen, NOTE)
    assert "survey.done_on" not in draft.mapping.month_first


def test_a_row_left_out_makes_nothing_and_is_asked_about_again(draft: Draft, known: Known) -> None:
    (twin,) = looked_for(draft, known).asked
    assert twin.rows == (3,)
    draft.decide(twin, Decided("skip"))
    made = draft.planned(known)
    assert (made.count("skipped"), made.count("ask"), made.cases) == (1, 0, 2)
    assert looked_for(draft, known).undecided() == []
    draft.decide(twin, None)
    assert draft.planned(known).count("ask") == 1


def test_two_rows_are_one_case_where_that_is_decided(draft: Draft, known: Known) -> None:
    (twin,) = looked_for(draft, known).asked
    draft.decide(twin, Decided("link", "2"))
    made = draft.planned(known)
    assert made.cases == 2
    assert (2, 3) in [one.rows for one in made.planned]


def test_a_decision_about_a_row_that_is_not_asked_about_any_more_is_dropped(
    draft: Draft, known: Known
) -> None:
    (twin,) = looked_for(draft, known).asked
    draft.decide(twin, Decided("new"))
    for title in ("DOB", "Postcode"):
        heading = next(one for one in draft.sheet.headings if one.title == title)
        draft.put_column(heading, NOTE)
    assert looked_for(draft, known).asked == []
    assert draft.decided == {}
    draft.planned(known)


def test_a_row_hangs_on_no_row_that_makes_no_case(known: Known) -> None:
    sheet = sheet_of(TITLES, (*ROWS[:2], ("A4", "Zelda Quornbye", *ROWS[0][2:])))
    book = Book("t.csv", "ab" * 32, "csv", "utf-8", ",", (sheet,))
    draft = looked_for(Draft.of(book, sheet, TODAY), known)
    second, third = draft.asked
    with pytest.raises(RefusedError):
        draft.decide(third, Decided("link", "3"))
    draft.decide(second, Decided("new"))
    draft.decide(third, Decided("link", "3"))
    draft.decide(second, Decided("skip"))
    assert [one.rows for one in draft.undecided()] == [(4,)]
    with pytest.raises(RefusedError):
        draft.decide(third, Decided("link", "3"))


def test_a_mapping_is_written_once_and_as_toml(draft: Draft, tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        save_mapping(draft.mapping, draft.sheet, tmp_path / "kept.txt")
    save_mapping(draft.mapping, draft.sheet, tmp_path / "kept.toml")
    assert "Zelda" not in (tmp_path / "kept.toml").read_text("utf-8")
    fit = draft.take_mapping(tmp_path / "kept.toml")
    assert (fit.new, fit.gone) == ((), ())
    assert draft.doubtful() == []


def test_two_sides_masked_tell_only_whether_they_agree() -> None:
    def side(name: str, phone: str) -> list[Part]:
        return [
            Part("survivor", Person, {"first_name": name, "surname": "Quornby", "dob": TODAY}),
            Part("home", Property, {"address": "33 Threshbank Road", "postcode": "ZZ5 6HJ"}),
            Part("contact", ContactPoint, {"value": phone}),
            Part("case", Case, {"received": TODAY}),
        ]

    one, other = side_of(side("Zelda", "07700 900501")), side_of(side("Zelma", "07700 900502"))
    masked = {fact.label: fact for fact in compared(one, other, masked=True)}
    assert (masked["Name"].tracker, masked["Name"].verdict) == ("Z. Q.", "near")
    assert (masked["Address"].held, masked["Address"].verdict) == (HIDDEN, "same")
    assert masked["Postcode"].held == "ZZ5 …"
    assert (masked["Phone, mail"].tracker, masked["Phone, mail"].verdict) == ("… 501", "differs")
    assert masked["Born"].held == "… 2026"
    bare = {fact.label: fact for fact in compared(one, other, masked=False)}
    assert bare["Name"].held == "Zelma Quornby"
    assert bare["Phone, mail"].held == "07700 900502"


def test_a_name_of_the_tracker_in_a_list_is_in_no_mapping(tmp_path: Path) -> None:
    """ "Ask Zelda" under Tenure: a person may say what it means, and the file would hold it."""
    titles = ("Survivor", "Children", "Tenure")
    rows = [
        ("Zelda Quornby", "none", "ask Zelda"),
        ("Oriel Beckmoor", "Fenwick 4", "with Fenwick's dad"),
        ("Ada Fell", "not known", "her own, none other"),
    ]
    sheet = sheet_of(titles, rows)
    draft = Draft.of(Book("t.csv", "ab" * 32, "csv", "utf-8", ",", (sheet,)), sheet, TODAY)
    draft.put_column(sheet.headings[2], "home.tenure")
    found = {one.written: one for one in draft.answers()}
    assert {one.kept for name, one in found.items() if "her own" not in name} == {False}
    assert [one.kept for name, one in found.items() if "her own" in name] == [True]
    for one in found.values():
        draft.put_value(one, "other")
    save_mapping(draft.mapping, sheet, tmp_path / "kept.toml")
    kept = (tmp_path / "kept.toml").read_text("utf-8").casefold()
    assert "zelda" not in kept
    assert "fenwick" not in kept
    assert "her own" in kept
    assert draft.meaning_of(found["ask zelda"]) == "other", "this file is still read by it"
