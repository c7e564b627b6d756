"""The schema: the first one is frozen and holds every field; newer files are refused untouched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from config.errors import SanctuaryError
from db import migrations
from db.caseload import Caseload
from db.connection import (
    CaseloadError,
    NewerSchema,
    close_connection,
    open_connection,
)
from db.fields import FieldSpec
from db.migrations import SCHEMA_VERSION, migrate, statements
from db.models import BY_TABLE, CASE_TABLES, CASELESS, RECORDS, Person, Record, column_names, specs
from db.readmodels import CaseCard
from tests.db import kit

_TYPES = {
    "text": "TEXT",
    "long": "TEXT",
    "code": "TEXT",
    "codes": "TEXT",
    "date": "TEXT",
    "datetime": "TEXT",
    "int": "INTEGER",
    "money": "INTEGER",
    "link": "INTEGER",
}
_OWN = {"id": "INTEGER", "case_id": "INTEGER", "version": "INTEGER", "demo": "INTEGER"}
# The program's own tables, as the first schema has them.
_PROGRAM = {
    "changes": {
        "id": "INTEGER",
        "at": "TEXT",
        "who": "TEXT",
        "action": "TEXT",
        "entity": "TEXT",
        "entity_id": "INTEGER",
        "case_id": "INTEGER",
        "batch": "INTEGER",
        "undoes": "INTEGER",
        "before": "TEXT",
        "after": "TEXT",
        "why": "TEXT",
        "salt": "BLOB",
        "digest": "BLOB",
        "previous": "BLOB",
        "hash": "BLOB",
    },
    "drafts": {
        "case_id": "INTEGER",
        "form": "TEXT",
        "record_id": "INTEGER",
        "saved": "TEXT",
        "content": "TEXT",
    },
    "settings": {"name": "TEXT", "value": "TEXT"},
    "disposal_words": {"disposal_id": "INTEGER", "pad": "BLOB", "words": "BLOB"},
    "imports": {
        "id": "INTEGER",
        "at": "TEXT",
        "batch": "INTEGER",
        "file": "BLOB",
        "mapping": "BLOB",
        "rows_read": "INTEGER",
        "cases_made": "INTEGER",
        "rows_linked": "INTEGER",
        "rows_same": "INTEGER",
        "rows_changed": "INTEGER",
        "rows_refused": "INTEGER",
        "set_aside": "INTEGER",
        "undone": "TEXT",
    },
    "import_rows": {
        "id": "INTEGER",
        "import_id": "INTEGER",
        "case_id": "INTEGER",
        "made": "INTEGER",
        "mark": "BLOB",
        "household": "BLOB",
        "cells": "BLOB",
    },
}


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caseload]:
    """A new, empty caseload, only looked at."""
    made = kit.make(tmp_path_factory.mktemp("schema") / "caseload.db")
    yield made
    made.close()


def columns(caseload: Caseload, table: str) -> dict[str, tuple[str, int, Any]]:
    """A table's columns: type, whether NOT NULL, default as SQL writes it."""
    return {
        row[1]: (row[2], row[3], row[4])
        for row in kit.rows(caseload, f"PRAGMA main.table_info({table})")
    }


def expected_type(name: str, spec: FieldSpec | None) -> str:
    return _TYPES[spec.kind] if spec is not None else _OWN[name]


# --- the schema is the records, and the records are the schema


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_a_table_has_a_records_columns_and_no_others(
    caseload: Caseload, kind: type[Record]
) -> None:
    declared = specs(kind)
    expected = {name: expected_type(name, declared.get(name)) for name in column_names(kind)}
    found = columns(caseload, kind.table)
    assert {name: column[0] for name, column in found.items()} == expected
    assert list(found) == list(expected)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_a_column_starts_as_its_field_does(caseload: Caseload, kind: type[Record]) -> None:
    blank = kind()
    for name, (_, needed, default) in columns(caseload, kind.table).items():
        if name in ("id", "case_id", "version"):
            continue
        value = getattr(blank, name)
        if value is None:
            assert (needed, default) == (0, None), name
        else:
            written = f"'{value}'" if isinstance(value, str) else str(value)
            assert (needed, default) == (1, written), name


def test_there_are_no_other_tables(caseload: Caseload) -> None:
    found = {name for (name,) in kit.rows(caseload, kit.TABLES) if not name.startswith("search_")}
    assert found == {*BY_TABLE, *_PROGRAM, "case_cards", "search", "_sqlite_migrations"}


@pytest.mark.parametrize("table", _PROGRAM)
def test_the_programs_own_tables_are_frozen(caseload: Caseload, table: str) -> None:
    found = columns(caseload, table)
    assert {name: column[0] for name, column in found.items()} == _PROGRAM[table]


def test_a_card_has_a_column_for_each_answer(caseload: Caseload) -> None:
    types = {"int": "INTEGER", "int | None": "INTEGER"}
    expected = {item.name: types.get(str(item.type), "TEXT") for item in fields(CaseCard)}
    found = columns(caseload, "case_cards")
    assert {name: column[0] for name, column in found.items()} == expected


def test_every_table_is_strict(caseload: Caseload) -> None:
    """So that no column holds a value of another kind than it says."""
    strict = {row[1]: row[5] for row in kit.rows(caseload, "PRAGMA main.table_list")}
    for table in (*BY_TABLE, *_PROGRAM, "case_cards"):
        assert strict[table] == 1, table


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.table)
def test_links_are_held_by_the_database(caseload: Caseload, kind: type[Record]) -> None:
    found = {
        (row[3], row[2])
        for row in kit.rows(caseload, f"PRAGMA main.foreign_key_list({kind.table})")
    }
    expected = {(name, spec.to) for name, spec in specs(kind).items() if spec.kind == "link"}
    if kind.table not in CASELESS:
        expected.add(("case_id", "cases"))
    assert found == expected


@pytest.mark.parametrize("table", CASE_TABLES)
def test_a_cases_rows_are_found_by_an_index(caseload: Caseload, table: str) -> None:
    plan = kit.rows(caseload, f"EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE case_id = 1")
    assert "USING" in plan[0][3], plan
    assert "INDEX" in plan[0][3], plan


def test_a_case_file_has_every_table_of_a_case() -> None:
    assert set(CASE_TABLES) == {kind.table for kind in RECORDS} - CASELESS


def test_the_index_forgets_what_is_deleted(caseload: Caseload) -> None:
    assert kit.rows(caseload, "SELECT v FROM search_config WHERE k = 'secure-delete'") == [(1,)]


def test_no_statement_of_the_script_is_lost() -> None:
    """The script is split at semicolons, so none may stand inside a statement."""
    script = (Path(migrations.__file__).parent / "0001_initial.sql").read_text("utf-8")
    parts = statements(script)
    assert all(part.startswith("CREATE ") for part in parts)
    assert len(parts) == script.count("\nCREATE ")
    assert all(part.count("(") == part.count(")") for part in parts)


# --- migrating


def test_a_new_file_is_brought_to_this_version_once(tmp_path: Path) -> None:
    connection = open_connection(tmp_path / "caseload.db", kit.KEY, create=True)
    assert migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchall()[0][0] == SCHEMA_VERSION
    assert not migrate(connection)
    assert connection.execute("PRAGMA foreign_keys").fetchall()[0][0] == 1
    close_connection(connection)


def test_each_step_is_recorded(caseload: Caseload) -> None:
    assert kit.rows(caseload, "SELECT migration_set, name FROM _sqlite_migrations") == [
        ("sanctuary", "m001_initial"),
        ("sanctuary", "m002_pairs"),
        ("sanctuary", "m003_transfer"),
        ("sanctuary", "m004_hearing"),
        ("sanctuary", "m005_faults"),
        ("sanctuary", "m006_emergency"),
        ("sanctuary", "m007_landlords_answer"),
        ("sanctuary", "m008_told_closed"),
        ("sanctuary", "m009_keeping"),
        ("sanctuary", "m010_rights"),
        ("sanctuary", "m011_seals"),
        ("sanctuary", "m012_part_disposals"),
        ("sanctuary", "m013_imports"),
        ("sanctuary", "m014_grants"),
        ("sanctuary", "m015_partners"),
    ]


def test_a_step_that_fails_leaves_nothing_half_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = open_connection(tmp_path / "caseload.db", kit.KEY, create=True)

    def broken(db: Any) -> None:
        migrations._m001_initial(db)
        db.execute("CREATE TABLE one_more (id INTEGER)").fetchall()
        raise RuntimeError("stopped in the middle")

    monkeypatch.setattr(migrations, "_ALL", (broken,))
    with pytest.raises(RuntimeError):
        migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchall()[0][0] == 0
    tables = {row[0] for row in connection.execute(kit.TABLES).fetchall()}
    assert tables <= {"_sqlite_migrations"}
    assert connection.execute("PRAGMA foreign_keys").fetchall()[0][0] == 1
    monkeypatch.undo()
    assert migrate(connection)
    close_connection(connection)


def test_a_caseload_of_the_first_schema_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made by the first version, opened by this one: nothing lost, the new columns blank."""
    path = tmp_path / "caseload.db"
    connection = open_connection(path, kit.KEY, create=True)
    monkeypatch.setattr(migrations, "_ALL", (migrations._m001_initial,))
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", 1)
    assert migrate(connection)
    connection.execute("INSERT INTO cases (id, ref) VALUES (1, 'S26-0001')").fetchall()
    connection.execute("INSERT INTO incidents (case_id, headline) VALUES (1, 'kept')").fetchall()
    connection.execute("INSERT INTO marac_listings (case_id, meeting) VALUES (1, '2026-12-10')")
    connection.commit()
    monkeypatch.undo()
    assert migrate(connection)
    assert connection.execute("PRAGMA user_version").fetchall()[0][0] == SCHEMA_VERSION
    found = connection.execute("SELECT headline, perpetrator_id FROM incidents").fetchall()
    assert found == [("kept", None)]
    assert connection.execute("SELECT meeting, pairs FROM marac_listings").fetchall() == [
        ("2026-12-10", "")
    ]
    for kind in RECORDS:
        rows = connection.execute(f"PRAGMA main.table_info({kind.table})").fetchall()
        assert [row[1] for row in rows] == list(column_names(kind))
    close_connection(connection)


def test_steps_run_in_order_and_only_the_new_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a later version will: its second step runs on a file that has the first."""
    path = tmp_path / "caseload.db"
    caseload = kit.make(path)
    kit.add_case(caseload, reason="kept")
    kit.bare(caseload)

    def _m999_ward(db: Any) -> None:
        db.execute("ALTER TABLE cases ADD COLUMN ward TEXT NOT NULL DEFAULT ''").fetchall()
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}").fetchall()

    before = [name for _, name in _applied(caseload)]
    monkeypatch.setattr(migrations, "_ALL", (*migrations._ALL, _m999_ward))
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    assert migrate(caseload.connection)
    assert kit.rows(caseload, "SELECT reason, ward FROM cases") == [("kept", "")]
    assert [name for _, name in _applied(caseload)] == [*before, "m999_ward"]
    caseload.close()
    monkeypatch.undo()
    with pytest.raises(NewerSchema):
        kit.opened(path)


def _applied(caseload: Caseload) -> list[tuple[Any, ...]]:
    return kit.rows(caseload, "SELECT id, name FROM _sqlite_migrations ORDER BY id")


def test_a_step_may_rebuild_a_table_that_others_point_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """sqlite-utils drops and makes a table again to change it; its children must stay."""
    caseload = kit.make(tmp_path / "caseload.db")
    case = kit.add_case(caseload)
    caseload.store.add(Person(case_id=case.id, role="survivor", first_name="Test"))
    kit.bare(caseload)

    def _m999_rebuilt(db: Any) -> None:
        db["cases"].transform(rename={"pets": "animals"})

    monkeypatch.setattr(migrations, "_ALL", (*migrations._ALL, _m999_rebuilt))
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    assert migrate(caseload.connection)
    assert kit.rows(caseload, "SELECT first_name FROM people") == [("Test",)]
    assert kit.rows(caseload, "PRAGMA foreign_key_check") == []
    assert kit.rows(caseload, "SELECT animals FROM cases") == [("",)]
    caseload.close()


def test_a_step_that_loses_what_others_point_at_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    case = kit.add_case(caseload)
    caseload.store.add(Person(case_id=case.id, role="survivor", first_name="Test"))
    kit.bare(caseload)

    before = [name for _, name in _applied(caseload)]

    def _m999_lossy(db: Any) -> None:
        db.execute("DELETE FROM cases").fetchall()
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}").fetchall()

    monkeypatch.setattr(migrations, "_ALL", (*migrations._ALL, _m999_lossy))
    monkeypatch.setattr(migrations, "SCHEMA_VERSION", SCHEMA_VERSION + 1)
    with pytest.raises(CaseloadError) as refused:
        migrate(caseload.connection)
    assert "left as it was" in refused.value.sentence
    assert kit.rows(caseload, "SELECT ref FROM cases") == [(case.ref,)]
    assert kit.rows(caseload, "PRAGMA user_version") == [(SCHEMA_VERSION,)]
    assert [name for _, name in _applied(caseload)] == before
    caseload.close()


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99, 2**31 - 1])
def test_a_newer_schema_is_refused_and_left_as_it_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "caseload.db"
    kit.make(path).close()
    connection = open_connection(path, kit.KEY)
    connection.execute(f"PRAGMA user_version = {version}").fetchall()
    close_connection(connection)
    before = path.read_bytes()
    with pytest.raises(NewerSchema) as refused:
        kit.opened(path)
    assert "update the program" in refused.value.sentence
    assert isinstance(refused.value, SanctuaryError)
    assert path.read_bytes() == before
    assert os.listdir(tmp_path) == ["caseload.db"]
    connection = open_connection(path, kit.KEY)  # not held by the refused attempt
    close_connection(connection)
