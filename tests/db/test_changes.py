"""The change log's chain: what is done to it behind the program's back is seen, and what is not.

Each attack rewrites the table by plain SQL, as somebody with the key could. The chain alone cannot
see a tail that was cut off or written anew with good hashes; a head kept elsewhere can, and the
tests say which is which.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.caseload import Caseload
from db.changes import GENESIS, ChangeLog, packed, unpacked, verify_chain
from db.connection import close_connection, open_connection
from db.models import Case, Note, Person
from tests.db import kit

ROWS = 12


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed caseload with a dozen rows in its log."""
    path = tmp_path_factory.mktemp("chain") / "caseload.db"
    caseload = kit.make(path)
    case = kit.add_case(caseload, reason="asked for help")
    person = caseload.store.add(Person(case_id=case.id, surname="Test"))
    for number in range(ROWS - 4):
        caseload.store.add(Note(case_id=case.id, body=f"Note {number}"))
    caseload.store.update(person, first_name="Survivor")
    caseload.store.note("consultation", "cases", case.id, case.id, "case read")
    assert caseload.store.log.state.count == ROWS
    caseload.close()
    return path


@pytest.fixture
def caseload(original: Path, tmp_path: Path) -> Iterator[Caseload]:
    """A copy of it, open."""
    path = tmp_path / "caseload.db"
    shutil.copy(original, path)
    opened = kit.opened(path)
    yield opened
    opened.close()


def run(caseload: Caseload, *statements: str) -> None:
    for statement in statements:
        caseload.connection.execute(statement).fetchall()
    caseload.connection.commit()


# --- an honest log


def test_an_empty_log_is_good(tmp_path: Path) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    report = kit.chain(caseload)
    assert (report.good, report.count, report.head) == (True, 0, GENESIS.hex())
    caseload.close()


def test_an_honest_log_is_good_and_its_head_is_the_last_rows(caseload: Caseload) -> None:
    report = kit.chain(caseload)
    assert (report.good, report.count) == (True, ROWS)
    assert report.head == caseload.store.log.state.head.hex()
    assert caseload.store.log.state.count == ROWS


def test_the_chain_is_what_the_security_document_says(caseload: Caseload) -> None:
    """Worked out here without the program's own functions, from the rows alone."""
    previous = bytes(32)
    for row in kit.rows(caseload, "SELECT * FROM changes ORDER BY id"):
        facts, (before, after, why, salt, digest, kept_previous, kept_hash) = row[:9], row[9:]
        content = json.dumps([before, after, why], ensure_ascii=False).encode()
        assert hashlib.sha256(salt + content).digest() == digest
        line = json.dumps(list(facts), ensure_ascii=False).encode()
        assert kept_previous == previous
        assert hashlib.sha256(previous + line + digest).digest() == kept_hash
        previous = kept_hash
    assert previous.hex() == kit.chain(caseload).head


def test_each_row_has_a_salt_of_its_own(caseload: Caseload) -> None:
    """So that a short content cannot be found out from its digest once it is disposed of."""
    salts = [salt for (salt,) in kit.rows(caseload, "SELECT salt FROM changes")]
    assert len(set(salts)) == ROWS
    assert all(len(salt) == 16 for salt in salts)


def test_the_chain_goes_on_after_a_restart(caseload: Caseload) -> None:
    before = ChangeLog(caseload.connection).state
    assert before == caseload.store.log.state
    kit.add_case(caseload)
    assert kit.chain(caseload).good
    assert kit.chain(caseload).count == before.count + 1


# --- attacks


@dataclass(frozen=True)
class Attack:
    """Something done to the log by SQL, and whether the chain alone sees it."""

    name: str
    do: Callable[[Caseload], None]
    seen_alone: bool = True


def rechain(caseload: Caseload, start: int) -> None:
    """Work out every hash from a row on, as somebody who knows how the chain is made could."""
    connection = caseload.connection
    previous = GENESIS
    for row in kit.rows(caseload, "SELECT * FROM changes ORDER BY id"):
        digest, link = row[13], row[15]
        if row[0] >= start:
            content = json.dumps([row[9], row[10], row[11]], ensure_ascii=False).encode()
            digest = hashlib.sha256(row[12] + content).digest()
            line = json.dumps(list(row[:9]), ensure_ascii=False).encode()
            link = hashlib.sha256(previous + line + digest).digest()
            connection.execute(
                "UPDATE changes SET digest = ?, previous = ?, hash = ? WHERE id = ?",
                (digest, previous, link, row[0]),
            ).fetchall()
        previous = link
    connection.commit()


def sql(*statements: str) -> Callable[[Caseload], None]:
    return lambda caseload: run(caseload, *statements)


def rewritten(caseload: Caseload) -> None:
    run(caseload, 'UPDATE changes SET after = \'{"body":"Never said"}\' WHERE id = 5')
    rechain(caseload, 5)


def cut_and_written_anew(caseload: Caseload) -> None:
    run(caseload, f"DELETE FROM changes WHERE id > {ROWS - 3}")
    caseload.store.log.reload()
    for _ in range(3):
        caseload.store.note("consultation", "cases", 1, 1, "case read")


ATTACKS = [
    *(
        Attack(f"edit {column}", sql(f"UPDATE changes SET {column} = {value} WHERE id = 5"))
        for column, value in {
            "at": "'2026-11-25T09:00:00Z'",
            "who": "'Somebody'",
            "action": "'consultation'",
            "entity": "'people'",
            "entity_id": "entity_id + 1",
            "case_id": "case_id + 1",
            "batch": "batch + 1",
            "undoes": "1",
            "before": "'{}'",
            "after": '\'{"body":"Never said"}\'',
            "why": "'because'",
            "salt": "zeroblob(16)",
            "digest": "zeroblob(32)",
            "previous": "zeroblob(32)",
            "hash": "zeroblob(32)",
        }.items()
    ),
    Attack("delete one", sql("DELETE FROM changes WHERE id = 5")),
    Attack("delete the first", sql("DELETE FROM changes WHERE id = 1")),
    Attack(
        "delete one and close up",
        sql("DELETE FROM changes WHERE id = 5", "UPDATE changes SET id = id - 1 WHERE id > 5"),
    ),
    Attack(
        "swap two",
        sql(
            "UPDATE changes SET id = 0 WHERE id = 5",
            "UPDATE changes SET id = 5 WHERE id = 6",
            "UPDATE changes SET id = 6 WHERE id = 0",
        ),
    ),
    Attack(
        "swap what two say",
        sql(
            "UPDATE changes SET (before, after, why, salt, digest) ="
            " (SELECT before, after, why, salt, digest FROM changes c WHERE c.id = 11 - changes.id)"
            " WHERE id IN (5, 6)"
        ),
    ),
    Attack(
        "insert a copy at the end",
        sql(
            f"INSERT INTO changes SELECT {ROWS + 1}, at, who, action, entity, entity_id, case_id,"
            " batch, undoes, before, after, why, salt, digest, previous, hash"
            " FROM changes WHERE id = 5"
        ),
    ),
    *(
        Attack(
            f"insert before the first, as {number}",
            sql(
                f"INSERT INTO changes SELECT {number}, at, who, action, entity, entity_id, case_id,"
                " batch, undoes, before, after, why, salt, digest, previous, hash"
                " FROM changes WHERE id = 1"
            ),
        )
        for number in (0, -1, -(2**63))
    ),
    Attack(
        "take the salt away and say something else",
        sql('UPDATE changes SET salt = NULL, after = \'{"body":"Never said"}\' WHERE id = 5'),
    ),
    Attack("take the salt away alone", sql("UPDATE changes SET salt = NULL WHERE id = 5")),
    Attack("take the words away alone", sql("UPDATE changes SET after = NULL WHERE id = 5")),
    Attack("cut the tail", sql(f"DELETE FROM changes WHERE id > {ROWS - 2}"), seen_alone=False),
    Attack("cut all", sql("DELETE FROM changes"), seen_alone=False),
    Attack("rewrite from the middle", rewritten, seen_alone=False),
    Attack("cut the tail and write another", cut_and_written_anew, seen_alone=False),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_what_was_done_to_the_log_is_seen(caseload: Caseload, attack: Attack) -> None:
    known = kit.chain(caseload)
    attack.do(caseload)
    report = verify_chain(caseload.connection)
    if attack.seen_alone:
        assert not report.good
    # With the count and head known from elsewhere (a backup's manifest, an export's), all are.
    assert not report.good or (report.count, report.head) != (known.count, known.head)


@pytest.mark.parametrize(
    "attack", [one for one in ATTACKS if not one.seen_alone], ids=lambda attack: attack.name
)
def test_what_the_chain_alone_cannot_see(caseload: Caseload, attack: Attack) -> None:
    """A promise not made: this is why the head is witnessed outside the caseload."""
    attack.do(caseload)
    assert verify_chain(caseload.connection).good


def test_the_first_row_that_does_not_add_up_is_named(caseload: Caseload) -> None:
    run(caseload, "UPDATE changes SET who = 'Somebody' WHERE id IN (7, 9)")
    assert kit.chain(caseload).broken_at == 7


def test_an_attack_is_still_seen_after_more_was_written(caseload: Caseload) -> None:
    run(caseload, "UPDATE changes SET after = '{}' WHERE id = 5")
    caseload.store.update(kit.file_of(caseload, 1).case, pets="a cat")
    assert kit.chain(caseload).broken_at == 5


# --- disposal


def dispose(caseload: Caseload, where: str) -> None:
    run(
        caseload,
        f"UPDATE changes SET salt = NULL, before = NULL, after = NULL, why = NULL WHERE {where}",
    )


@settings(max_examples=30, deadline=None)
@given(st.sets(st.integers(1, ROWS)))
def test_content_disposed_of_leaves_a_chain_that_verifies(
    original: Path, tmp_path_factory: pytest.TempPathFactory, chosen: set[int]
) -> None:
    path = tmp_path_factory.mktemp("disposed") / "caseload.db"
    shutil.copy(original, path)
    connection = open_connection(path, kit.KEY)
    known = verify_chain(connection)
    connection.executemany(
        "UPDATE changes SET salt = NULL, before = NULL, after = NULL, why = NULL WHERE id = ?",
        [(number,) for number in chosen],
    )
    connection.commit()
    assert verify_chain(connection) == known
    close_connection(connection)


def test_what_was_disposed_of_reads_as_nothing(caseload: Caseload) -> None:
    dispose(caseload, "case_id = 1")
    for before, after in kit.rows(caseload, "SELECT before, after FROM changes"):
        assert unpacked(before) == unpacked(after) == {}
    assert kit.rows(caseload, "SELECT count(*) FROM changes WHERE at <> '' AND action <> ''") == [
        (ROWS,)
    ]


def test_facts_of_a_disposed_row_are_still_held(caseload: Caseload) -> None:
    """Negative control: disposal frees the content, not the facts that it happened."""
    dispose(caseload, "id = 5")
    run(caseload, "UPDATE changes SET at = '2020-01-01T00:00:00Z' WHERE id = 5")
    assert kit.chain(caseload).broken_at == 5


def test_writing_goes_on_after_disposal(caseload: Caseload) -> None:
    dispose(caseload, "1")
    kit.add_case(caseload)
    assert kit.chain(caseload).good


# --- what a row holds


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=8), st.none() | st.integers() | st.text(), max_size=5))
def test_values_come_back_from_the_log(values: dict[str, object]) -> None:
    assert unpacked(packed(values)) == values


def test_dates_are_logged_as_they_are_kept(caseload: Caseload) -> None:
    case = kit.add_case(caseload, choice_date=kit.DAY)
    kept = kit.rows(caseload, "SELECT after FROM changes ORDER BY id DESC LIMIT 1")[0][0]
    assert unpacked(kept)["choice_date"] == "2026-11-26"
    assert unpacked(kept)["received"] == kit.rows(caseload, "SELECT received FROM cases")[1][0]
    assert isinstance(case, Case)


def test_nothing_is_left_behind_by_a_transaction_taken_back(caseload: Caseload) -> None:
    log, state = caseload.store.log, caseload.store.log.state
    connection = caseload.connection
    connection.execute("BEGIN").fetchall()
    log.append("system", "caseload", 0, 0, at=kit.Clock()(), who="Coordinator", why="x")
    assert log.state.count == state.count + 1
    connection.execute("ROLLBACK").fetchall()
    log.reload()
    assert log.state == state


def test_a_long_log_is_verified_in_pieces(caseload: Caseload, tmp_path: Path) -> None:
    """More rows than are read at once; the break is in the last piece."""
    moment = kit.Clock()()
    with caseload.store.batch():
        for number in range(6000):
            caseload.store.log.append(
                "system", "caseload", 0, 0, at=moment, who="Coordinator", why=str(number)
            )
    report = kit.chain(caseload)
    assert (report.good, report.count) == (True, ROWS + 6000)
    run(caseload, "UPDATE changes SET why = 'x' WHERE id = 6003")
    assert kit.chain(caseload).broken_at == 6003
