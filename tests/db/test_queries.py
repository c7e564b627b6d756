"""Reads: what is asked for, in the order promised, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import BadInputError
from db import matching, queries
from db.caseload import Caseload
from db.models import (
    CASE_TABLES,
    Case,
    ConsentRequest,
    LegalOrder,
    Measure,
    Note,
    Organisation,
    Person,
    Property,
    Reminder,
    RiskAssessment,
    column_names,
)
from tests.db import kit


def closed(caseload: Caseload, **more: object) -> Case:
    case = kit.add_case(caseload, **more)
    return caseload.store.update(case, status="closed", stage="closed")


# --- records and cases


def test_records_come_oldest_first(caseload: Caseload) -> None:
    cases = [kit.add_case(caseload) for _ in range(3)]
    assert queries.all_of(caseload.connection, Case) == cases
    assert queries.all_of(caseload.connection, Measure) == []


def test_what_is_not_there_is_said(caseload: Caseload) -> None:
    with pytest.raises(BadInputError, match="no longer there"):
        queries.get(caseload.connection, Person, 7)
    assert queries.case_file(caseload.connection, 7) is None


def test_a_case_file_has_its_own_rows_in_order(caseload: Caseload) -> None:
    one, two = kit.add_case(caseload), kit.add_case(caseload)
    kept: dict[int, list[Note]] = {one.id: [], two.id: []}
    for number in range(6):
        case = (one, two)[number % 2]
        kept[case.id].append(caseload.store.add(Note(case_id=case.id, body=str(number))))
    assert kit.file_of(caseload, one.id).notes == kept[one.id]
    assert kit.file_of(caseload, two.id).notes == kept[two.id]


def test_many_cases_at_once_are_the_same_cases(caseload: Caseload) -> None:
    made = [kit.add_case(caseload) for _ in range(4)]
    for case in made:
        caseload.store.add(Person(case_id=case.id, surname="Test"))
        caseload.store.add(Measure(case_id=case.id, name="London bar"))
    caseload.store.update(made[3], status="closed", stage="closed")
    whole = queries.case_files(caseload.connection, CASE_TABLES)
    assert list(whole) == [case.id for case in made[:3]]
    for case_id, file in whole.items():
        assert file == kit.file_of(caseload, case_id)
    some = queries.case_files(caseload.connection, ("people",), "status = 'closed'")
    assert list(some) == [made[3].id]
    assert [person.surname for person in some[made[3].id].people] == ["Test"]
    assert some[made[3].id].measures == []


# --- references


@pytest.mark.parametrize(
    "said", ["S26-0042", "s26-0042", " S26-42 ", "s26-42", "S26-00042", "s26-042"]
)
def test_a_case_is_found_however_its_reference_is_typed(caseload: Caseload, said: str) -> None:
    case = kit.add_case(caseload, ref="S26-0042")
    kit.add_case(caseload, ref="S26-0420")
    assert queries.case_id_of(caseload.connection, said) == case.id


@pytest.mark.parametrize(
    "said", ["", "42", "S26", "S26-", "S26-0043", "S26-4²", "S26-٤٢", "%", "S26-%", "S27-0042", "-"]
)
def test_no_case_is_found_for_what_is_no_reference(caseload: Caseload, said: str) -> None:
    kit.add_case(caseload, ref="S26-0042")
    with pytest.raises(BadInputError, match="no case with that reference"):
        queries.case_id_of(caseload.connection, said)


@pytest.mark.parametrize(
    ("there", "used", "following"),
    [
        ([], 0, "S26-0001"),
        (["S26-0001"], 0, "S26-0002"),
        (["S26-0001", "S25-0999", "S27-0500"], 0, "S26-0002"),
        (["S26-0041"], 44, "S26-0045"),
        (["S26-9998"], 0, "S26-9999"),
        (["S26-9999"], 0, "S26-10000"),
        (["S26-9999", "S26-10000", "S26-10009"], 0, "S26-10010"),
        (["S26-0001"], 10_050, "S26-10051"),
    ],
)
def test_references_count_on(
    caseload: Caseload, there: list[str], used: int, following: str
) -> None:
    for ref in there:
        kit.add_case(caseload, ref=ref)
    assert queries.next_reference(caseload.connection, "S26-", used) == following


def test_the_next_reference_is_found_without_reading_every_case(caseload: Caseload) -> None:
    """Else a load of ten thousand cases would read fifty million."""
    plan = kit.rows(
        caseload,
        "EXPLAIN QUERY PLAN SELECT max(ref) FROM cases"
        " WHERE ref >= 'S26-' AND ref < 'S26.' AND length(ref) = 8",
    )
    assert "COVERING INDEX cases_ref (ref>? AND ref<?)" in plan[0][3]


# --- cards and reminders


def test_cards_of_open_cases_and_of_closed_ones_stand_apart(caseload: Caseload) -> None:
    one, two = kit.add_case(caseload), closed(caseload)
    ask = caseload.connection
    assert [card.case_id for card in queries.cards(ask)] == [one.id]
    assert [card.case_id for card in queries.cards(ask, closed=True)] == [two.id]
    assert queries.cards_of(ask, [two.id, one.id, 99]) == {
        one.id: queries.card(ask, one.id),
        two.id: queries.card(ask, two.id),
    }
    assert queries.cards_of(ask, []) == {}
    with pytest.raises(BadInputError, match="no longer there"):
        queries.card(ask, 99)


def test_a_card_comes_back_as_the_rules_made_it(caseload: Caseload) -> None:
    case = kit.add_case(caseload, next_action="ring the school", next_due=date(2026, 12, 1))
    caseload.store.add(
        LegalOrder(case_id=case.id, kind="nmo", made=kit.DAY, expiry=date(2026, 12, 9))
    )
    card = queries.card(caseload.connection, case.id)
    assert card == kit.DERIVE(kit.file_of(caseload, case.id), kit.DAY).card
    assert card.valid_until is not None
    assert isinstance(card.stage_entered, date)


def test_reminders_wait_until_their_day_soonest_first(caseload: Caseload) -> None:
    case = kit.add_case(caseload, route="self")
    days = {"later": 9, "today": 0, "tomorrow": 1, "done": -1, "put off": -3, "gone": 0}
    for title, offset in days.items():
        reminder = caseload.store.add(
            Reminder(case_id=case.id, title_text=title, due=kit.DAY + timedelta(days=offset))
        )
        state = {"done": "done", "put off": "snoozed", "gone": "gone"}.get(title, "open")
        caseload.store.update(reminder, state=state)
    found = queries.open_reminders(caseload.connection, kit.DAY + timedelta(days=1))
    assert [one.title_text for one in found if not one.rule] == ["put off", "today", "tomorrow"]
    assert found == sorted(found, key=lambda one: (one.due, one.id))


def test_a_case_is_stale_the_day_after_its_answers_held(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.add(LegalOrder(case_id=case.id, kind="occupation", made=kit.DAY, expiry=kit.DAY))
    card = queries.card(caseload.connection, case.id)
    assert card.valid_until is not None
    assert queries.stale_cases(caseload.connection, card.valid_until) == []
    assert queries.stale_cases(caseload.connection, card.valid_until + timedelta(days=1)) == [
        case.id
    ]


# --- a household that comes back


@pytest.fixture(scope="module")
def households(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """Four households, one of them closed, one at a confidential address."""
    made = kit.make(tmp_path_factory.mktemp("households") / "caseload.db")
    for first, last, postcode, confidential in (
        ("Kateryna", "Testova", "ZZ99 9ZZ", "no"),
        ("Catherine", "Smith-Tester", "zz1 1zz", "not_asked"),
        ("José", "Núñez", "ZZ2 2ZZ", "no"),
        ("Łucja", "Ångström", "ZZ3 3ZZ", "yes"),
    ):
        case = kit.add_case(made)
        made.store.add(Person(case_id=case.id, first_name=first, surname=last))
        made.store.add(Property(case_id=case.id, postcode=postcode, confidential=confidential))
    case = kit.file_of(made, 2).case
    made.store.update(case, status="closed", stage="closed")
    made.store.add(
        Person(
            case_id=1,
            role="perpetrator",
            first_name="Mohammed",
            surname="Sampleson",
            aliases="Mo Sampleson; Big Mo",
        )
    )
    made.store.add(Person(case_id=3, role="child", first_name="Mary Anne"))
    made.store.add(Organisation(name="Testova and Sons"))
    yield made
    made.close()


def found(caseload: Caseload, words: str) -> set[int]:
    return {match.case_id for match in matching.find_matches(caseload.connection, words)}


@pytest.mark.parametrize(
    ("words", "case_id"),
    [
        ("Kateryna Testova", 1),
        ("testova", 1),
        ("kateryna", 1),
        ("Testova Kateryna", 1),  # swapped
        ("Katerina Testova", 1),  # misspelt
        ("Katrina", 1),
        ("Katarina Testowa", 1),  # both
        ("Testova, K. Kateryna", 1),
        ("Katherine Smith", 2),
        ("Smyth", 2),
        ("Jose Nunez", 3),  # without the marks
        ("NUÑEZ JOSE", 3),
        ("lucja angstrom", 4),
        ("Muhammad Sampleson", 1),
        ("Sampelson", 1),
        ("big mo", 1),  # an alias
        ("maryanne", 3),
        ("S26-0003", 3),
        ("s26-3", 3),
        ("3", 3),
        ("0003", 3),
        ("ZZ99 9ZZ", 1),
        ("zz999zz", 1),
        ("zz 99 9 zz", 1),
        ("ZZ11ZZ", 2),
    ],
)
def test_a_household_is_found_again(households: Caseload, words: str, case_id: int) -> None:
    assert case_id in found(households, words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "%",
        "_",
        "%%%%",
        "S26-%",
        "S26-____",
        "...",
        "\U0001f3e0",
        "x" * 10_000,
        "'; --",
        "\x00",
        "\ud800",
        "0",
        "99",
        "ZZ99",
        "9ZZ",
        "ZZ3 3ZZ",  # a confidential address is matched by nothing that says where it is
        "zz33zz",
        "Benedict Cartwright",
        "Kateryna Cartwright",
    ],
    ids=lambda words: repr(words[:12]),
)
def test_nothing_is_found_for_what_nobody_is_called(households: Caseload, words: str) -> None:
    assert found(households, words) == set()


def test_a_match_says_why_and_shows_initials_only(households: Caseload) -> None:
    (match,) = matching.find_matches(households.connection, "ZZ11ZZ")
    assert (match.ref, match.status, match.stage) == ("S26-0002", "closed", "closed")
    assert (match.masked, match.reason) == ("C. S.", "same postcode")
    (match,) = matching.find_matches(households.connection, "Sampleson")
    assert match.reason == "perpetrator's name"
    (match,) = matching.find_matches(households.connection, "S26-0003")
    assert match.reason == "reference"


def test_the_surest_match_comes_first_and_each_case_once(households: Caseload) -> None:
    matches = matching.find_matches(households.connection, "Testova")
    assert (matches[0].case_id, matches[0].score) == (1, 100)
    assert len({match.case_id for match in matches}) == len(matches)
    matches = matching.find_matches(households.connection, "Catherine")
    assert matches[0].case_id == 2
    scores = [match.score for match in matches]
    assert scores == sorted(scores, reverse=True)


def test_no_more_matches_than_asked_for(caseload: Caseload) -> None:
    with caseload.store.bulk():
        for _ in range(12):
            case = kit.add_case(caseload)
            caseload.store.add(Person(case_id=case.id, surname="Testova"))
    assert len(matching.find_matches(caseload.connection, "testova", limit=5)) == 5


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=30))
def test_anything_typed_is_matched_without_a_fault(households: Caseload, words: str) -> None:
    for match in matching.find_matches(households.connection, words):
        assert match.case_id in (1, 2, 3, 4)


# --- the change log


def test_a_cases_story_is_newest_first_and_its_own(caseload: Caseload) -> None:
    one, two = kit.add_case(caseload), kit.add_case(caseload)
    caseload.store.update(one, pets="a cat")
    caseload.store.add(Note(case_id=one.id, body="late"), moment=datetime(2020, 1, 1, tzinfo=UTC))
    changes = queries.changes_of(caseload.connection, one.id)
    assert [(change.entity, change.action) for change in changes] == [
        ("cases", "alteration"),
        ("cases", "collection"),
        ("notes", "collection"),  # told later of an earlier day
    ]
    assert {change.case_id for change in queries.changes_of(caseload.connection, two.id)} == {
        two.id
    }


def test_the_newest_changes_of_all(caseload: Caseload) -> None:
    for _ in range(5):
        kit.add_case(caseload)
    newest = queries.recent_changes(caseload.connection, limit=2)
    assert [change.entity_id for change in newest] == [5, 4]


def test_a_long_history_is_not_read_to_undo_the_last_change(caseload: Caseload) -> None:
    """An undo steps back batch by batch, by the index."""
    plan = kit.rows(
        caseload,
        "EXPLAIN QUERY PLAN SELECT max(batch) FROM changes WHERE batch > 0 AND batch < 99",
    )
    assert "COVERING INDEX changes_batch" in plan[0][3]


def test_a_deleted_record_is_made_again_from_what_was_logged(caseload: Caseload) -> None:
    """Also its noughts, and codes that were cleared: neither is the same as never told."""
    case = kit.add_case(caseload)
    for record in (
        RiskAssessment(case_id=case.id, assessed=kit.DAY, score=0, police_reports=0, judgement=""),
        ConsentRequest(case_id=case.id, channel="", part="common_parts", sent_on=kit.DAY),
    ):
        caseload.store.add(record)
        caseload.store.delete(record)
        caseload.store.undo_last()
        back = queries.get(caseload.connection, type(record), record.id)
        assert replace(back, version=record.version) == record
        assert set(column_names(type(record))) == set(column_names(type(back)))


# --- drafts


def test_drafts_come_newest_first(caseload: Caseload) -> None:
    for case_id, form in ((1, "notes"), (2, "people"), (1, "people")):
        caseload.store.save_draft(case_id, form, 0, {"a": "b"})
    caseload.store.save_draft(2, "people", 0, {"a": "c"})
    found = [(one.case_id, one.form) for one in queries.drafts(caseload.connection)]
    assert found == [(2, "people"), (1, "people"), (1, "notes")]
