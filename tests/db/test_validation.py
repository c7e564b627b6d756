"""What is typed or read is checked against a record's fields; sentences name fields, not values."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.codes import CODES
from config.errors import BadInputError
from config.parse import MOST_PENCE
from db.fields import FieldSpec, Kind
from db.models import (
    RECORDS,
    Case,
    ConsentRequest,
    Expenditure,
    Incident,
    Measure,
    Note,
    Person,
    Record,
    RiskAssessment,
    specs,
)
from db.rows import clean_value, cleaned, moment_text, parse_moment, to_row
from db.validation import validated
from tests.db import kit

FIELDS = [(kind, name) for kind in RECORDS for name in specs(kind)]
CANARY = "Zzcanaryzz"

_UNFIT: dict[Kind, list[Any]] = {
    "text": [CANARY * 3000, 3.5, [CANARY], {"a": CANARY}, b"\xff" + CANARY.encode()],
    "long": [CANARY * 30_000, 3.5, [CANARY]],
    "code": [CANARY, 7, True, [CANARY], "yes;no"],
    "codes": [CANARY, f"{CANARY};other", 7, [CANARY]],
    "date": [CANARY, "31/02/2026", "2026-02-30", 0, "20261126", 7.5, "tomorrow", [1]],
    "datetime": [CANARY, "2026-11-26T10:00", datetime(2026, 11, 26, 10), 1e99, "10:00", [1]],  # noqa: DTZ001
    "int": [CANARY, 1.5, "1.5", 10**30, -(10**30), [1]],
    "money": [CANARY, 1.5, "£4", 10**30, -(10**30), [1]],
    "link": [CANARY, 1.5, 10**30, [1], 0, -1],
}
"""Values that no field of a kind takes."""


def sentence(kind: type[Record], values: dict[str, Any]) -> str:
    """The sentence that refuses these values."""
    with pytest.raises(BadInputError) as refused:
        validated(kind, values)
    return refused.value.sentence


# --- every field of every record


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_what_fits_is_taken_as_it_is(kind: type[Record], data: st.DataObject) -> None:
    values = data.draw(kit.filled(kind, {spec.to: 3 for spec in specs(kind).values() if spec.to}))
    for name, spec in specs(kind).items():
        if spec.required and str(values[name]).strip() in ("", "not_asked"):
            values.pop(name)
    assert validated(kind, values) == values


@pytest.mark.parametrize(
    ("kind", "name"), FIELDS, ids=[f"{kind.table}.{name}" for kind, name in FIELDS]
)
def test_what_does_not_fit_is_refused_by_the_fields_name(kind: type[Record], name: str) -> None:
    spec = specs(kind)[name]
    for value in _UNFIT[spec.kind]:
        said = sentence(kind, {name: value})
        assert spec.label in said, (value, said)
        assert CANARY not in said
        assert said.endswith(".")
        assert "None" not in said


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_a_field_that_is_not_there_is_refused(kind: type[Record]) -> None:
    assert "no field called wibble" in sentence(kind, {"wibble": CANARY})
    for own in ("id", "case_id", "version"):
        assert f"no field called {own}" in sentence(kind, {own: 3})


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_a_required_field_may_not_be_left_blank(kind: type[Record]) -> None:
    for name, spec in specs(kind).items():
        blanks: list[Any] = [None]
        if spec.kind in ("text", "long"):
            blanks += ["", "   ", "\n\t "]
        if spec.kind == "code":
            blanks += ["", *(["not_asked"] if "not_asked" in CODES[spec.codes] else [])]
        for blank in blanks:
            if spec.required:
                assert sentence(kind, {name: blank}).startswith(spec.label)
            else:
                assert name in validated(kind, {name: blank})


def test_only_what_was_given_comes_back() -> None:
    assert validated(Person, {}) == {}
    assert validated(Person, {"surname": "Test"}) == {"surname": "Test"}


def test_blank_texts_are_empty_and_blank_numbers_are_none() -> None:
    assert validated(Measure, {"name": None, "qty": None, "fund": None, "fitted_on": None}) == {
        "name": "",
        "qty": None,
        "fund": "",
        "fitted_on": None,
    }


# --- one kind after another


def limits() -> list[tuple[type[Record], str, FieldSpec]]:
    """Every text field, whose length has an end."""
    return [
        (kind, name, specs(kind)[name])
        for kind, name in FIELDS
        if specs(kind)[name].kind in ("text", "long")
    ]


@pytest.mark.parametrize(
    ("kind", "name", "spec"), limits(), ids=[f"{k.table}.{n}" for k, n, _ in limits()]
)
def test_a_text_ends_at_its_limit(kind: type[Record], name: str, spec: FieldSpec) -> None:
    assert validated(kind, {name: "x" * spec.limit}) == {name: "x" * spec.limit}
    said = sentence(kind, {name: "x" * (spec.limit + 1)})
    assert f"{spec.label} takes at most {spec.limit:,} characters" in said


def test_numbers_keep_between_their_bounds() -> None:
    assert validated(RiskAssessment, {"score": 24}) == {"score": 24}
    assert validated(RiskAssessment, {"score": "14"}) == {"score": 14}
    for beyond in (-1, 25, "25"):
        said = sentence(RiskAssessment, {"score": beyond})
        assert said == "Score must be a whole number from 0 to 24."


def test_money_is_whole_pence_and_no_more_than_can_be_typed() -> None:
    assert validated(Expenditure, {"gross": MOST_PENCE}) == {"gross": MOST_PENCE}
    assert validated(Expenditure, {"gross": -500}) == {"gross": -500}
    assert "Gross" in sentence(Expenditure, {"gross": MOST_PENCE + 1})


def test_a_yes_is_no_number() -> None:
    assert "Score" in sentence(RiskAssessment, {"score": True})


def test_codes_kept_together_stand_once_in_the_lists_order() -> None:
    listed = [code for code in CODES["emergency_trigger"] if code in ("release", "weapon")]
    assert validated(Case, {"triggers": "weapon;;release;weapon"}) == {"triggers": ";".join(listed)}
    assert validated(Case, {"triggers": ""}) == {"triggers": ""}
    assert "Emergency triggers" in sentence(Case, {"triggers": "weapon;unheard_of"})


def test_dates_are_days_and_moments_have_a_zone() -> None:
    day = date(2026, 11, 26)
    assert validated(Case, {"next_due": day}) == {"next_due": day}
    assert validated(Case, {"next_due": "2026-11-26"}) == {"next_due": day}
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert validated(Incident, {"at": noon}) == {"at": noon}
    assert validated(Incident, {"at": "2026-11-26T12:00:00Z"}) == {"at": noon}
    assert "When" in sentence(Incident, {"at": noon.replace(tzinfo=None)})


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(FIELDS),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.binary()
        | st.datetimes()
        | st.dates(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=4,
    ),
)
def test_anything_at_all_is_taken_or_refused_in_a_sentence(
    field: tuple[type[Record], str], value: Any
) -> None:
    """And what is taken can be kept: the row's values are ones that SQLite holds."""
    kind, name = field
    try:
        found = validated(kind, {name: value})
    except BadInputError:
        return
    record = kind(**found)
    cleaned(record)
    for kept in to_row(record):
        assert kept is None or isinstance(kept, (int, str))
        assert not isinstance(kept, int) or abs(kept) < 2**63


# --- texts as they enter


def spec_of(kind: type[Record], name: str) -> FieldSpec:
    return specs(kind)[name]


def test_a_line_has_no_breaks_and_a_note_keeps_its_own() -> None:
    name, body = spec_of(Person, "surname"), spec_of(Note, "body")
    assert clean_value("Two\nlines\there", name) == "Two lines here"
    assert clean_value("Two\r\nlines", body) == "Two\nlines"


@pytest.mark.parametrize(
    "text", ["\x1b[2Jx", "x\u202e", "\u200bx", "x\x00", "\x9b31mx", "x\u2066", "\ufeffx"]
)
def test_what_steers_a_terminal_does_not_enter(text: str) -> None:
    for spec in (spec_of(Person, "surname"), spec_of(Note, "body")):
        kept = clean_value(text, spec)
        assert "x" in kept
        assert kept.isprintable()


def test_letters_with_marks_are_composed() -> None:
    assert clean_value("Zoe\u0308", spec_of(Person, "first_name")) == "Zoë"


def test_a_text_too_long_is_refused_with_both_lengths() -> None:
    spec = spec_of(Case, "victim_wants")
    assert clean_value("x" * 300, spec) == "x" * 300
    with pytest.raises(BadInputError) as refused:
        clean_value(CANARY * 40, spec)
    assert "What the survivor wants is 400 characters long and takes at most 300" in str(
        refused.value.sentence
    )
    assert CANARY not in refused.value.sentence


def test_an_unknown_code_does_not_enter() -> None:
    assert clean_value("sent", spec_of(ConsentRequest, "state")) == "sent"
    for spec, value in (
        (spec_of(ConsentRequest, "state"), CANARY),
        (spec_of(Case, "triggers"), f"weapon;{CANARY}"),
        (spec_of(Case, "urgency"), "urgent;standard"),
    ):
        with pytest.raises(BadInputError) as refused:
            clean_value(value, spec)
        assert spec.label in refused.value.sentence
        assert CANARY not in refused.value.sentence


def test_a_record_is_cleaned_in_place_and_once_is_enough() -> None:
    at = datetime(2026, 7, 1, 12, 0, 1, 999_999, tzinfo=timezone(timedelta(hours=1)))
    note = Note(case_id=1, at=at, body="a\x07b\r\nc", with_whom="x\ny")
    cleaned(note)
    once = to_row(note)
    assert (note.body, note.with_whom) == ("ab\nc", "x y")
    assert note.at == datetime(2026, 7, 1, 11, 0, 1, tzinfo=UTC)
    cleaned(note)
    assert to_row(note) == once


# --- moments


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()))  # noqa: DTZ001
def test_a_moment_comes_back_to_the_second(moment: datetime) -> None:
    kept = moment_text(moment)
    assert parse_moment(kept) == moment.astimezone(UTC).replace(microsecond=0)
    assert len(kept) == 20


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_kept_moments_sort_as_moments_do(one: datetime, two: datetime) -> None:
    assert (moment_text(one) < moment_text(two)) == (
        one.replace(microsecond=0) < two.replace(microsecond=0)
    )


def test_a_moment_without_a_zone_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment_text(datetime(2026, 11, 26, 12))  # noqa: DTZ001
