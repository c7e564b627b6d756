"""What the first export of a day asks the change log is found by an index of those lines alone."""

from __future__ import annotations

from pathlib import Path

from db import guarded
from db.models import ContactPoint, Person, Property
from tests.db import kit


def test_the_log_is_not_gone_through_for_the_few_lines_that_matter(tmp_path: Path) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    store, connection = caseload.store, caseload.connection
    case = kit.add_case(caseload)
    home = store.add(Property(case_id=case.id, address="9 Elm Row", postcode="NX1 1AA"))
    person = store.add(Person(case_id=case.id, role="survivor", first_name="Asha"))
    point = store.add(ContactPoint(case_id=case.id, person_id=person.id, value="01632 960123"))
    store.update(home, address="10 Elm Row")
    store.update(point, value="01632 960124")
    store.update(case, code_word="kestrel")
    store.update(case, code_word="heron")
    store.update(case, reason="Quillonby")  # names no guarded field
    store.update(person, first_name="Asher")  # of a table that holds none
    kept = {(one.table, tuple(one.before)) for one in guarded.logged_before(connection)}
    assert kept == {
        ("properties", ("address",)),
        ("contact_points", ("value",)),
        ("cases", ("code_word",)),
    }
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    guarded.logged_before(connection)
    connection.set_trace_callback(None)
    (sql,) = [one for one in asked if "FROM changes" in one]
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    assert ["changes_guarded" in row[3] for row in plan] == [True]
    named = "SELECT sql FROM sqlite_master WHERE name = 'changes_guarded'"
    made = connection.execute(named).fetchall()[0][0]
    fields = {name for names in guarded.KINDS.values() for name in names}
    assert [name for name in fields if f"instr(before, '\"{name}\"')" not in made] == []
    caseload.close()
