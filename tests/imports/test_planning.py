"""What an import would do with each row: which belong together, what is refused, what is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.errors import BadInputError
from db.imported import Digests, KnownRow
from sanctuary_tui.imports.planning import Decisions, Known, Outcome, Plan, Planned, plan
from tests.imports.sheetmaker import FIELDS, MATCHED, TODAY, sheet_from, sheet_of

KEY = "ab" * 32


def known(*rows: KnownRow) -> Known:
    """A caseload that holds nothing but rows brought in before."""
    return Known(Digests(KEY), rows=list(rows), key=KEY)


def planned(
    *rows: Mapping[str, str], of: Known | None = None, decisions: Decisions | None = None
) -> Plan:
    """The plan of a tracker with these rows."""
    return plan(sheet_from(rows), MATCHED, of or known(), TODAY, decisions)


def outcomes(made: Plan) -> list[tuple[tuple[int, ...], str]]:
    """Rows and outcome of each."""
    return [(one.rows, one.outcome) for one in made.planned]


def only(made: Plan) -> Planned:
    """The one household there is."""
    assert len(made.planned) == 1, outcomes(made)
    return made.planned[0]


def only_new(made: Plan) -> Plan:
    """The plan without its refused rows, of which nothing is kept."""
    return replace(made, planned=[one for one in made.planned if one.outcome == "new"])


def remembered(made: Plan, case_id: int = 7) -> Known:
    """The caseload after this plan was kept."""
    return known(*(KnownRow(mark, case_id) for one in made.planned for mark in one.marks))


FULL = {
    "Ref": "SAN/14",
    "Name": "Ada Synthetic",
    "DOB": "03/02/1990",
    "Phone": "07700 900123 (text only)",
    "Address": "4 Made-up Row",
    "Postcode": "ZZ1 2AB",
    "Received": "05/01/2026",
    "Measures": "London bar; door chain",
    "Fitted": "20/02/2026",
    "Children": "Bo 7, Cy 4",
    "Colour of door": "green",
}


@pytest.mark.parametrize(("written", "many"), [("2", 2), ("3 children", 3), ("4, 6 and 9", 3)])
def test_children_without_names_are_as_many_as_the_cell_says(written: str, many: int) -> None:
    row = FULL | {"Children": written}
    assert len(only(planned(row)).records["child"]) == many
    again = only(planned(row, row | {"Measures": "spyhole", "Fitted": ""}))
    assert len(again.records["child"]) == many, "the second row of a household is the same children"
    more = only(planned(row | {"Children": "1"}, row | {"Children": "2", "Measures": "spyhole"}))
    assert len(more.records["child"]) == 2
    under = only(planned(row | {"Children": "1"}, {"Children": "2"}, {"Children": "1"}))
    assert len(under.records["child"]) == 4, "rows under a household are more of it"


def test_a_row_becomes_the_records_of_a_case() -> None:
    one = only(planned(FULL))
    records = one.records
    assert one.outcome == "new"
    assert records["survivor"][0]["surname"] == "Synthetic"
    assert records["survivor"][0]["dob"] == date(1990, 2, 3)
    assert records["contact"][0]["safe"] == "text_only"
    assert records["home"][0]["postcode"] == "ZZ1 2AB"
    assert [child["first_name"] for child in records["child"]] == ["Bo", "Cy"]
    assert [(m["state"], m["fitted_on"]) for m in records["measure"]] == [
        ("fitted", date(2026, 2, 20))
    ] * 2
    assert records["case"][0]["stage"] == "aftercare"
    assert records["case"][0]["stage_entered"] == date(2026, 2, 20)
    assert "Colour of door: green" in one.note
    assert "Ref: SAN/14" in one.note


# --- rows of one household


def test_rows_of_one_reference_are_one_case() -> None:
    made = planned(
        {"Ref": "9", "Name": "Ada Synthetic", "Measures": "London bar"},
        {"Ref": "10", "Name": "Bea Synthetic"},
        {"Ref": " 9", "Name": "Ada Synthetic", "Measures": "Door chain"},
    )
    assert outcomes(made) == [((2, 4), "new"), ((3,), "new")]
    assert len(made.planned[0].records["measure"]) == 2
    assert len(made.planned[0].records["survivor"]) == 1


def test_rows_of_one_survivor_and_home_are_one_case() -> None:
    home = {"Name": "Ada Synthetic", "Postcode": "ZZ1 2AB"}
    made = planned({**home, "Measures": "London bar"}, {**home, "Measures": "Door chain"})
    assert outcomes(made) == [((2, 3), "new")]


def test_blank_names_under_a_row_belong_to_it() -> None:
    """As merged cells leave them; the same words under two households stay apart."""
    made = planned(
        {"Name": "Ada Synthetic", "Postcode": "ZZ1 2AB", "Measures": "London bar"},
        {"Measures": "Door chain"},
        {"Name": "Bea Synthetic", "Postcode": "ZZ9 9ZZ", "Measures": "London bar"},
        {"Measures": "Door chain"},
    )
    assert outcomes(made) == [((2, 3), "new"), ((4, 5), "new")]
    assert [len(one.records["measure"]) for one in made.planned] == [2, 2]


def test_what_contradicts_an_earlier_row_is_noted() -> None:
    one = only(planned({"Ref": "9", "Name": "Ada S", "Postcode": "ZZ1 2AB"}, {**FULL, "Ref": "9"}))
    assert one.records["survivor"][0]["surname"] == "S"
    assert "Row 3, Name: Ada Synthetic" in one.note


def test_the_same_name_alone_does_not_join_two_rows() -> None:
    made = planned({"Name": "Ada Synthetic"}, {"Name": "Ada Synthetic", "Measures": "Door chain"})
    assert outcomes(made) == [((2,), "new"), ((3,), "ask")]


# --- refusals


def test_a_value_that_cannot_be_read_refuses_its_row_and_is_not_told() -> None:
    made = planned({**FULL, "DOB": "31/02/qzcanary"}, {**FULL, "Ref": "15", "Name": "Bea Zed"})
    assert outcomes(made) == [((2,), "refused"), ((3,), "new")]
    (refusal,) = made.refusals
    assert (refusal.row, refusal.column, refusal.value_class) == (2, "C (DOB)", "date")
    assert "qzcanary" not in refusal.what_to_do
    assert refusal.what_to_do


def test_rows_under_a_refused_one_are_refused_with_it() -> None:
    made = planned(
        {"Name": "Ada Synthetic", "DOB": "never", "Measures": "London bar"},
        {"Measures": "Door chain"},
    )
    assert outcomes(made) == [((2,), "refused"), ((3,), "refused")]
    assert "row 2" in made.refusals[1].what_to_do


def test_a_household_waits_for_its_refused_row_and_comes_in_whole_when_it_is_mended() -> None:
    """Else the mended row, alone in its file, is a change of the row that was taken."""
    rows = [
        {"Ref": "A1", "Name": "Ada Synthetic", "Received": "31/04/2026", "Measures": "spyhole"},
        {"Ref": "A1", "Name": "Ada Synthetic", "Received": "03/05/2026", "Measures": "London bar"},
        {"Ref": "B2", "Name": "Bea Other", "Received": "03/05/2026", "Measures": ""},
    ]
    made = planned(*rows)
    assert outcomes(made) == [((2,), "refused"), ((3,), "refused"), ((4,), "new")]
    assert "one household with row 2, which is refused" in made.refusals[1].what_to_do
    mended = planned(rows[0] | {"Received": "30/04/2026"}, rows[1], of=remembered(only_new(made)))
    assert outcomes(mended) == [((2, 3), "new")]
    assert len(mended.planned[0].records["measure"]) == 2


def test_a_row_that_names_nobody_is_refused() -> None:
    made = planned({"Measures": "London bar", "Postcode": "ZZ1 2AB"})
    assert [one.outcome for one in made.planned] == ["refused"]


def test_a_closed_case_without_an_end_is_refused_and_nothing_is_made_up() -> None:
    made = planned(
        {"Ref": "1", "Name": "Ada Synthetic", "Received": "01/03/2020", "Closed": "01/05/2020"}
    )
    assert [(r.value_class, r.column) for r in made.refusals] == [
        ("code of close outcome", "Outcome")
    ]
    told = planned(
        {"Ref": "1", "Name": "Ada Synthetic", "Closed": "01/05/2020", "Outcome": "Moved"}
    )
    assert only(told).records["closure"][0]["outcome"] == "moved"
    assert only(told).records["case"][0]["status"] == "closed"


# --- where it stands


@pytest.mark.parametrize(
    ("said", "stage"),
    [
        ({}, "referral"),
        ({"Surveyed": "02/02/2026"}, "survey"),
        ({"Surveyed": "02/02/2026", "Measures": "Door chain"}, "survey"),
        ({"Surveyed": "02/02/2026", "Measures": "Door chain", "Fitted": "03/02/2026"}, "aftercare"),
        ({"Fitted": "03/02/2026", "Closed": "04/05/2026"}, "closed"),
        ({"Status": "Legal", "Surveyed": "02/02/2026"}, "legal"),
    ],
)
def test_the_stage_is_that_of_its_words_or_else_of_its_dates(
    said: dict[str, str], stage: str
) -> None:
    one = only(planned({"Ref": "1", "Name": "Ada Synthetic", **said}))
    assert one.records["case"][0]["stage"] == stage


def test_a_measure_without_a_date_is_only_proposed() -> None:
    one = only(planned({"Ref": "1", "Name": "Ada Synthetic", "Measures": "Door chain"}))
    assert one.records["measure"][0]["state"] == "proposed"


# --- again


def test_the_same_rows_again_are_the_same() -> None:
    first = planned(FULL, {"Measures": "Mirror"})
    again = planned(FULL, {"Measures": "Mirror"}, of=remembered(first))
    assert outcomes(again) == [((2,), "same"), ((3,), "same")]


def test_columns_in_another_order_are_the_same() -> None:
    first = planned(FULL)
    turned = dict(reversed(FULL.items()))
    assert outcomes(planned(turned, of=remembered(first))) == [((2,), "same")]


def test_a_longer_file_adds_its_new_rows() -> None:
    first = planned(FULL)
    more = {"Ref": "15", "Name": "Bea Other", "DOB": "04/05/1980"}
    assert outcomes(planned(FULL, more, of=remembered(first))) == [((2,), "same"), ((3,), "new")]


def test_a_changed_row_is_told_with_what_is_new_alone() -> None:
    first = planned(FULL)
    one = only(planned({**FULL, "Cost": "418.20", "Postcode": "ZZ1 3AB"}, of=remembered(first)))
    assert (one.outcome, one.case_id) == ("changed", 7)
    assert sorted(one.note) == ["Cost: 418.20", "Postcode: ZZ1 3AB"]
    assert one.parts == []


def test_one_more_row_of_a_known_household_is_added_to_its_case() -> None:
    first = planned(FULL)
    more = {"Ref": "SAN/14", "Measures": "Mirror", "Fitted": "01/03/2026"}
    made = planned(FULL, more, of=remembered(first))
    assert outcomes(made) == [((2,), "same"), ((3,), "link")]
    assert made.planned[1].case_id == 7
    assert len(made.planned[1].records["measure"]) == 1


def test_a_row_twice_in_a_file_counts_once() -> None:
    assert outcomes(planned(FULL, FULL)) == [((2,), "new"), ((3,), "same")]


# --- decisions


SAME_BIRTH = {"Ref": "15", "Name": "Ada Sinthetic", "DOB": "03/02/1990"}


def test_what_may_be_the_same_is_asked() -> None:
    made = planned(FULL, SAME_BIRTH)
    assert outcomes(made) == [((2,), "new"), ((3,), "ask")]
    assert made.planned[1].alike[0].words == "row 2 (similar name, same date of birth)"


def test_a_decision_settles_it() -> None:
    new = planned(FULL, SAME_BIRTH, decisions=Decisions(new=frozenset({3})))
    assert outcomes(new) == [((2,), "new"), ((3,), "new")]
    every = planned(FULL, SAME_BIRTH, decisions=Decisions(all_new=True))
    assert outcomes(every) == outcomes(new)
    joined = planned(FULL, SAME_BIRTH, decisions=Decisions(link={3: "2"}))
    assert outcomes(joined) == [((2, 3), "new")]
    assert "Name: Ada Sinthetic" in joined.planned[0].note


def test_a_row_linked_to_a_case_becomes_a_note_on_it() -> None:
    there = known()
    there.references["S26-0001"] = 5
    one = only(planned(SAME_BIRTH, of=there, decisions=Decisions(link={2: "s26-0001"})))
    assert (one.outcome, one.case_id, one.parts) == ("link", 5, [])
    assert "Name: Ada Sinthetic" in one.note


@pytest.mark.parametrize(
    "decisions",
    [
        Decisions(link={2: "S26-0099"}),
        Decisions(link={2: "44"}),
        Decisions(link={44: "S26-0001"}),
        Decisions(new=frozenset({44})),
    ],
)
def test_a_decision_about_nothing_is_refused(decisions: Decisions) -> None:
    with pytest.raises(BadInputError):
        planned(FULL, decisions=decisions)


# --- rows in are rows reported


_TEXT = st.one_of(
    st.sampled_from(["", "", "x", "Ada Synthetic", "1", "03/02/1990", "n/a", "=1+1", "closed"]),
    st.text(max_size=12),
)


@given(st.lists(st.lists(_TEXT, min_size=len(FIELDS), max_size=len(FIELDS)), max_size=6))
def test_every_row_has_one_outcome_and_no_refusal_tells_a_value(rows: Any) -> None:
    made = plan(sheet_of(list(FIELDS), rows), MATCHED, known(), TODAY)
    told = sorted(row for one in made.planned for row in one.rows)
    assert told == list(range(2, 2 + len(rows)))
    counts: tuple[Outcome, ...] = ("new", "link", "same", "changed", "refused", "ask")
    assert sum(made.count(one) for one in counts) == len(rows)
