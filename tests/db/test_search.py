"""Search finds what was said, never what is protected, and forgets what is deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from db.caseload import Caseload
from db.connection import close_connection, open_connection
from db.models import (
    CASE_TABLES,
    RECORDS,
    Case,
    ConsentEvent,
    ContactPoint,
    Note,
    Organisation,
    Person,
    Property,
    Record,
    SafeAddress,
    specs,
)
from db.search import HIT_END, HIT_START, match_expression, row_id, search
from tests.db import kit

CANARY = "qzcanaryword"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """A caseload with a few things to find, only looked at."""
    made = kit.make(tmp_path_factory.mktemp("search") / "caseload.db")
    case = kit.add_case(made, reason="Asked for a stronger front door.")
    made.store.add(Person(case_id=case.id, first_name="Zoë", surname="Ångström-O'Neill"))
    made.store.add(Person(case_id=case.id, role="perpetrator", surname="Survivor-Tester"))
    made.store.add(Note(case_id=case.id, body="Rang at ten. No answer.\nNOT reached OR found."))
    made.store.add(Note(case_id=case.id, body="日本語のメモ и заметка ملاحظة 🏠🔑"))
    made.store.add(ContactPoint(case_id=case.id, value="07700 900123", safe="yes"))
    made.store.add(Organisation(name="Thorne Lets"))
    yield made
    made.close()


def hits(caseload: Caseload, words: str) -> list[tuple[str, int]]:
    return [(hit.entity, hit.entity_id) for hit in search(caseload.connection, words)]


# --- finding


def test_a_persons_line_says_who_they_are_in_the_case(filled: Caseload) -> None:
    titles = [hit.title for hit in search(filled.connection, "tester")]
    assert titles.count("Perpetrator") == 1
    assert "Person" not in titles


@pytest.mark.parametrize(
    ("words", "entity"),
    [
        ("ångström", "people"),
        ("ANGSTROM", "people"),
        ("angs", "people"),
        ("zoe", "people"),
        ("Zoe\u0308", "people"),
        ("o'neill", "people"),
        ("neill zo", "people"),
        ("stronger door", "cases"),
        ("front", "cases"),
        ("rang ten", "notes"),
        ("日本語", "notes"),
        ("замет", "notes"),
        ("ملاحظة", "notes"),
        ("07700 900123", "contact_points"),
        ("900123", "contact_points"),
        ("thorne", "organisations"),
        ("s26-0001", "cases"),
        ("referral", "cases"),  # the kind of a record is a word of it too
    ],
)
def test_words_are_found_by_their_beginnings_with_or_without_marks(
    filled: Caseload, words: str, entity: str
) -> None:
    assert entity in {found for found, _ in hits(filled, words)}


@pytest.mark.parametrize("words", ["gstrom", "stronger window", "zoe thorne", "zebra"])
def test_every_word_must_begin_one_of_the_record(filled: Caseload, words: str) -> None:
    assert hits(filled, words) == []


def test_a_hit_names_its_case_and_marks_the_words(filled: Caseload) -> None:
    (hit,) = search(filled.connection, "rang")
    assert (hit.ref, hit.entity, hit.title) == ("S26-0001", "notes", "Note")
    assert f"{HIT_START}Rang{HIT_END} at ten." in hit.snippet
    (agent,) = search(filled.connection, "thorne")
    assert (agent.case_id, agent.ref) == (0, "")


def test_the_best_hits_come_first_and_no_more_than_asked(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    for number in range(30):
        caseload.store.add(Note(case_id=case.id, body=f"many {number} " + "and other words " * 9))
    best = caseload.store.add(Note(case_id=case.id, body="many"))
    found = search(caseload.connection, "many", limit=10)
    assert len(found) == 10
    assert found[0].entity_id == best.id


# --- what is never in it


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_no_protected_field_is_searched(kind: type[Record]) -> None:
    for name, spec in specs(kind).items():
        assert not (spec.searched and spec.klass == "protected"), name


def test_protected_words_are_never_indexed(caseload: Caseload) -> None:
    """Each text field of each record says where it is; the index has none of the protected."""
    case = kit.add_case(caseload)
    protected = set()
    for kind in RECORDS:
        if kind is Case:
            continue
        record = kind(case_id=case.id if kind.table in CASE_TABLES else 0)
        for name, spec in specs(kind).items():
            if spec.kind in ("text", "long") and spec.limit > 60:
                word = f"zq{kind.table}{name}".replace("_", "")
                setattr(record, name, word)
                if spec.klass == "protected" or not spec.searched:
                    protected.add(word)
        caseload.store.add(record)
    caseload.store.update(case, code_word="zqcasescodeword", reason="zqcasesreason")
    assert len(protected) > 40
    for word in {*protected, "zqcasescodeword"}:
        assert hits(caseload, word) == [], word
    assert hits(caseload, "zqcasesreason") == [("cases", case.id)]  # so the scan can fail
    assert hits(caseload, "zqpeoplesurname")


def test_a_confidential_home_is_found_by_nothing_that_says_where(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    home = caseload.store.add(
        Property(case_id=case.id, address="9 Zqlane", postcode="ZZ99 9ZZ", tenure_notes="zqjoint")
    )
    where = [("properties", home.id)]
    assert hits(caseload, "zqlane") == hits(caseload, "zz99") == where
    caseload.store.update(home, confidential="yes")
    assert hits(caseload, "zqlane") == hits(caseload, "zz99") == []
    assert hits(caseload, "zqjoint") == where
    caseload.store.update(home, address="10 Zqlane")
    assert hits(caseload, "zqlane") == []
    caseload.store.update(home, confidential="no")
    assert hits(caseload, "zqlane") == where


def test_a_confidential_address_is_not_indexed_at_all(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.add(SafeAddress(case_id=case.id, address="9 Zqlane", postcode="ZZ99 9ZZ"))
    assert kit.rows(caseload, "SELECT * FROM search WHERE entity = 'safe_addresses'") == []


# --- forgetting


def record_of(caseload: Caseload, said: str) -> Person:
    case = kit.add_case(caseload)
    return caseload.store.add(Person(case_id=case.id, surname=said, aliases=f"{said} or other"))


def test_what_is_deleted_or_undone_or_changed_is_not_found(caseload: Caseload) -> None:
    person = record_of(caseload, CANARY)
    assert hits(caseload, CANARY) == [("people", person.id)]
    caseload.store.update(person, surname="Other", aliases="")
    assert hits(caseload, CANARY) == []
    caseload.store.undo_last()
    assert hits(caseload, CANARY) == [("people", person.id)]
    caseload.store.undo_last()
    assert hits(caseload, CANARY) == []
    assert kit.rows(caseload, "SELECT count(*) FROM search WHERE entity = 'people'") == [(0,)]


def dispose(caseload: Caseload) -> None:
    """What the change log still says is disposed of, so that the scan sees the rest."""
    caseload.connection.execute(
        "UPDATE changes SET salt = NULL, before = NULL, after = NULL, why = NULL"
    ).fetchall()
    caseload.connection.commit()


def deleted(caseload: Caseload) -> None:
    caseload.store.delete(record_of(caseload, CANARY))


def undone(caseload: Caseload) -> None:
    record_of(caseload, CANARY)
    caseload.store.undo_last()


def changed(caseload: Caseload) -> None:
    caseload.store.update(record_of(caseload, CANARY), surname="Other", aliases="")


def discarded(caseload: Caseload) -> None:
    caseload.store.save_draft(1, "people", 0, {"surname": CANARY})
    caseload.store.discard_draft(1, "people", 0)


@pytest.mark.parametrize("act", [deleted, undone, changed, discarded])
@pytest.mark.parametrize("company", [0, 400])
def test_no_page_of_the_file_remembers_it(tmp_path: Path, act: Any, company: int) -> None:
    """Decrypted page by page, also with four hundred neighbours in the same segments."""
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    case = kit.add_case(caseload)
    with caseload.store.bulk():
        for number in range(company):
            caseload.store.add(Note(case_id=case.id, body=f"qz{number} qzcan{number} and more"))
    act(caseload)
    dispose(caseload)
    caseload.close()
    assert CANARY.encode() not in kit.decrypted(path)
    assert b"naryword" not in kit.decrypted(path)  # terms are kept without their common beginning


def test_the_scan_sees_what_is_there(tmp_path: Path) -> None:
    """Negative control one: while the record stands, rows, index and log all say it."""
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    record_of(caseload, CANARY)
    caseload.close()
    assert kit.decrypted(path).count(b"naryword") >= 3
    assert CANARY.encode() not in path.read_bytes()


def test_the_scan_sees_what_an_index_without_secure_delete_keeps(tmp_path: Path) -> None:
    """Negative control two: the setting of the first migration is what makes it forget."""
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    caseload.connection.execute(
        "INSERT INTO search (search, rank) VALUES ('secure-delete', 0)"
    ).fetchall()
    caseload.connection.commit()
    deleted(caseload)
    dispose(caseload)
    caseload.close()
    assert b"naryword" in kit.decrypted(path)


def test_the_log_keeps_what_was_deleted_until_it_is_disposed_of(tmp_path: Path) -> None:
    """Negative control three: undo needs it."""
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    deleted(caseload)
    caseload.close()
    assert CANARY.encode() in kit.decrypted(path)


# --- anything may be typed

ODD = [
    "",
    " ",
    '"',
    '""',
    "'",
    "*",
    "a*b",
    "NEAR(",
    "NEAR(a b, 3)",
    "a AND",
    "OR",
    "NOT a",
    "^a",
    "title:a",
    "- a",
    "a + b",
    "{a b}:c",
    "(",
    ")",
    "_",
    "__ a",
    "\x00",
    "a\x00b",
    "\ud800",
    "\U0001f3e0",
    "\U0001f3e0" * 5_000,
    "a" * 10_000,
    "a " * 5_000,
    '"' * 10_000,
    "'; DROP TABLE cases; --",
    "%",
    "\\",
    "٣",
    "é" * 9_999,
    "x\u0301" * 5_000,
]


@pytest.mark.parametrize("words", ODD, ids=lambda words: repr(words[:12]))
def test_odd_words_find_something_or_nothing_and_never_raise(filled: Caseload, words: str) -> None:
    assert isinstance(hits(filled, words), list)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60))
@example("a" * 300 + " b" * 300)
def test_anything_typed_is_searched_for_without_a_fault(filled: Caseload, words: str) -> None:
    for hit in search(filled.connection, words):
        assert hit.entity_id > 0


@pytest.mark.parametrize("words", ["NOT reached", "OR found", '"no answer"', "ten. No"])
def test_words_of_the_query_language_are_words(filled: Caseload, words: str) -> None:
    assert "notes" in {entity for entity, _ in hits(filled, words)}


def test_words_are_quoted_one_by_one() -> None:
    assert match_expression('kate "x" NEAR(') == '"kate"* "x"* "NEAR"*'
    assert match_expression("... !") == ""


# --- the index itself


def test_rows_of_different_tables_never_share_a_number() -> None:
    numbers = {
        row_id(kind.table, number) for kind in RECORDS for number in (1, 2, 1000, (1 << 40) - 1)
    }
    assert len(numbers) == 4 * len(RECORDS)


def test_the_index_adds_up_after_everything(tmp_path: Path) -> None:
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    for act in (deleted, undone, changed):
        act(caseload)
    case = kit.add_case(caseload)
    caseload.store.add(ConsentEvent(case_id=case.id, words="a stronger door"))
    caseload.close()
    connection = open_connection(path, kit.KEY)
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')").fetchall()
    close_connection(connection)
