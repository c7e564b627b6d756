"""Old pages put back: SQLCipher takes them, the change log does not.

Each page of an older copy of the file is put into the newer one, one at a time. Whatever that
changes in a record is found; that the encryption alone finds none of it is shown beside it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db import queries
from db.caseload import Caseload
from db.changes import verify_chain
from db.connection import DATABASE_ERRORS, PAGE_BYTES, Connection, open_connection, quick_checks
from db.models import Case, ContactPoint, Note, Person, Reminder
from db.replay import case_refs, replay
from db.rows import columns_sql
from sanctuary_tui.demo import fill
from tests.db import kit

PHONE, NEW_PHONE = "07700 900111", "07700 900222"


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """The bytes of a caseload, and of the same one after every phone number was changed."""
    path = tmp_path_factory.mktemp("pages") / "caseload.db"
    caseload = kit.make(path)
    for _ in range(60):
        case = kit.add_case(caseload)
        person = caseload.store.add(Person(case_id=case.id, surname="Test"))
        for _ in range(8):
            caseload.store.add(ContactPoint(case_id=case.id, person_id=person.id, value=PHONE))
        caseload.store.add(Note(case_id=case.id, body="Word for word. " * 20))
    caseload.close()
    old = path.read_bytes()
    caseload = kit.opened(path)
    for point in queries.all_of(caseload.connection, ContactPoint):
        caseload.store.update(point, value=NEW_PHONE)
    caseload.close()
    return old, path.read_bytes()


def spliced(versions: tuple[bytes, bytes], page: int) -> bytes:
    old, new = versions
    at = slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)
    return new[: at.start] + old[at] + new[at.stop :]


def noticed(connection: Connection) -> bool:
    """What ``check`` looks at, without the replay."""
    try:
        return (
            bool(quick_checks(connection))
            or not verify_chain(connection).good
            or bool(connection.execute("PRAGMA foreign_key_check").fetchall())
        )
    except DATABASE_ERRORS:
        return True
    except ValueError:
        return True


@pytest.mark.guarantee
def test_no_old_page_changes_a_record_unnoticed(
    versions: tuple[bytes, bytes], tmp_path: Path
) -> None:
    path = tmp_path / "caseload.db"
    path.write_bytes(versions[1])
    connection = open_connection(path, kit.KEY)
    assert replay(connection).good
    now = kit.records(connection)
    connection.close()
    changed = by_replay_alone = 0
    for page in range(1, len(versions[0]) // PAGE_BYTES):
        data = spliced(versions, page)
        if data == versions[1]:
            continue
        path.write_bytes(data)
        connection = open_connection(path, kit.KEY)
        assert connection.execute("PRAGMA cipher_integrity_check").fetchall() == []
        try:
            differs = kit.records(connection) != now
        except DATABASE_ERRORS:
            connection.close()
            continue  # an error, and no data
        found = noticed(connection)
        if differs:
            changed += 1
            by_replay_alone += not found
            assert found or not replay(connection).good, page
        connection.close()
    # The control: without the replay, old phone numbers would be shown as the newest.
    assert changed >= 3
    assert by_replay_alone >= 1


# --- one record at a time


@pytest.fixture
def demo(demo_file: Path, tmp_path: Path) -> Iterator[Caseload]:
    path = tmp_path / "caseload.db"
    shutil.copy(demo_file, path)
    caseload = kit.opened(path)
    yield caseload
    caseload.close()


@pytest.fixture(scope="module")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "caseload.db"
    caseload = kit.make(path)
    with caseload.store.bulk():
        fill(caseload.store, 40, 3, kit.DAY)
    caseload.close()
    return path


def test_a_caseload_with_every_kind_of_record_is_as_its_log_left_it(demo: Caseload) -> None:
    found = replay(demo.connection)
    assert found.good
    assert found.count > 1000
    (written,) = kit.rows(demo, "SELECT count(DISTINCT entity) FROM changes")[0]
    assert written > 20


def by_sql(*statements: str) -> Callable[[Caseload], None]:
    def spoil(caseload: Caseload) -> None:
        caseload.connection.execute("PRAGMA foreign_keys = OFF").fetchall()
        for statement in statements:
            caseload.connection.execute(statement).fetchall()
        caseload.connection.commit()

    return spoil


def marked_done(*statements: str) -> Callable[[Caseload], None]:
    """A rule's reminder that the coordinator has done, and then SQL on it."""

    def spoil(caseload: Caseload) -> None:
        made = queries.all_of(caseload.connection, Reminder)
        ruled = next(one for one in made if one.rule and one.state == "open")
        caseload.store.update(ruled, state="done")
        assert replay(caseload.connection).good
        by_sql(*(f"{statement} WHERE id = {ruled.id}" for statement in statements))(caseload)

    return spoil


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("spoil", "how"),
    [
        (by_sql("UPDATE main.contact_points SET value = '' WHERE id = 1"), "older"),
        (by_sql("UPDATE main.cases SET version = version - 1 WHERE id = 9 AND version > 1",
                "UPDATE main.cases SET version = 7 WHERE id = 9 AND version = 1"), "older"),
        (by_sql("UPDATE main.notes SET body = body || '.' WHERE id = 3"), "older"),
        (by_sql("UPDATE main.organisations SET name = 'Another' WHERE id = 1"), "older"),
        (by_sql("DELETE FROM main.notes WHERE id = 3"), "missing"),
        (by_sql("DELETE FROM main.organisations WHERE id = 1"), "missing"),
        (by_sql("INSERT INTO main.notes (case_id, body) VALUES (2, 'Never said')"), "unlogged"),
        (by_sql("INSERT INTO main.organisations (name) VALUES ('Nobody')"), "unlogged"),
        (marked_done("UPDATE main.reminders SET state = 'open', version = 1"), "older"),
        (marked_done("UPDATE main.reminders SET state = 'open'"), "older"),
        (marked_done("DELETE FROM main.reminders"), "missing"),
    ],
)  # fmt: skip
def test_each_way_a_record_can_leave_its_log(
    demo: Caseload, spoil: Callable[[Caseload], None], how: str
) -> None:
    assert replay(demo.connection).good
    spoil(demo)
    found = replay(demo.connection)
    assert [stray.how for stray in found.strays] == [how]
    refs = case_refs(demo.connection, found.strays)
    assert len(refs) == (0 if found.strays[0].table == "organisations" else 1)


def test_what_was_deleted_undone_and_brought_back_is_as_the_log_left_it(demo: Caseload) -> None:
    store = demo.store
    case = kit.add_case(demo)
    note = store.add(Note(case_id=case.id, body="First"))
    person = store.add(Person(case_id=case.id, surname="Test"))
    store.update(person, first_name="A")
    store.update(person, first_name="B")
    store.undo_last()
    store.delete(queries.get(demo.connection, Person, person.id))
    store.undo_last()
    store.update(queries.get(demo.connection, Person, person.id), aliases="T")
    own = store.add(Reminder(case_id=case.id, title_text="Ring"))
    store.delete(own)
    assert replay(demo.connection).good
    demo.connection.execute("DELETE FROM main.notes WHERE id = ?", (note.id,)).fetchall()
    assert [stray.how for stray in replay(demo.connection).strays] == ["missing"]
    demo.connection.commit()


def test_a_record_that_was_deleted_and_is_there_again_is_found(demo: Caseload) -> None:
    case = kit.add_case(demo)
    note = demo.store.add(Person(case_id=case.id, surname="Test"))
    (kept,) = kit.rows(demo, f"SELECT {columns_sql(Person)} FROM people WHERE id = {note.id}")
    demo.store.delete(note)
    marks = ", ".join("?" * len(kept))
    demo.connection.execute(
        f"INSERT INTO main.people ({columns_sql(Person)}) VALUES ({marks})", kept
    ).fetchall()
    demo.connection.commit()
    assert [stray.how for stray in replay(demo.connection).strays] == ["older"]


def test_what_was_disposed_of_raises_no_alarm(demo: Caseload) -> None:
    by_sql(
        "UPDATE changes SET salt = NULL, before = NULL, after = NULL, why = NULL WHERE case_id = 2",
        "DELETE FROM main.notes WHERE case_id = 2",
        "UPDATE main.people SET surname = '' WHERE case_id = 2",
    )(demo)
    assert replay(demo.connection).good
    assert isinstance(queries.get(demo.connection, Case, 2), Case)


def test_records_are_held_against_the_log_many_at_once(demo: Caseload) -> None:
    """Ten thousand cases hold 300,000 records: to ask for each alone would take minutes."""
    asked: list[str] = []
    demo.connection.set_trace_callback(asked.append)
    count = replay(demo.connection).count
    demo.connection.set_trace_callback(None)
    assert count > 1_000
    assert len(asked) < 200
