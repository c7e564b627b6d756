"""Imports and the rows they brought in: known again, undone as a whole, gone with their case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.errors import RefusedError
from db import imported, queries
from db.caseload import Caseload
from db.disposal import erase, scope_of
from db.imported import Digests, Import, RowMark
from db.models import Case, Disposal, Measure, Note, Organisation, Person, Property
from tests.db import kit
from tests.db.kit import DAY

MARK = RowMark(b"mark-of-a-row", b"household", b"cells.")


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    """An empty caseload with one case that was there before."""
    made = kit.make(tmp_path / "caseload.db")
    kit.add_case(made)
    yield made
    made.close()


def bring_in(caseload: Caseload, cases: int = 3) -> tuple[int, list[Case]]:
    """An import of some cases with a person, a home and its landlord."""
    store = caseload.store
    with store.loading("import of a tracker") as batch:
        landlord = store.add(Organisation(name="Fairholm Homes", kind="landlord"))
        made = []
        for _ in range(cases):
            case = store.add(Case(route="police"))
            store.add(Person(case_id=case.id, first_name="Synthetic"))
            store.add(Property(case_id=case.id, landlord_id=landlord.id))
            made.append(case)
        number = imported.keep(caseload.connection, Import(batch=batch), store.now())
        rows = [(MARK, case.id, True) for case in made]
        imported.keep_rows(caseload.connection, number, rows)
    return number, made


def everything(caseload: Caseload) -> list[object]:
    """Every record, and the cards."""
    cards = kit.rows(caseload, "SELECT * FROM case_cards ORDER BY case_id")
    return [*kit.records(caseload.connection), cards]


def test_the_same_words_have_the_same_digest_under_one_key_alone() -> None:
    key = imported.new_key()
    one = Digests(key)
    assert one.of("a", "b") == Digests(key).of("a", "b")
    assert one.of("a", "b") != one.of("ab", "")
    assert one.of("a") != Digests(imported.new_key()).of("a")
    cells = b"".join(one.cell("title", text) for text in "xyz")
    assert imported.short_digests(cells) == [one.cell("title", text) for text in "xyz"]


def test_an_import_is_undone_as_a_whole_and_leaves_nothing(caseload: Caseload) -> None:
    before = everything(caseload)
    number, cases = bring_in(caseload)
    kit.add_case(caseload)  # so that it is not the last change
    one = imported.imports(caseload.connection)[0]
    assert (one.id, one.undone) == (number, None)
    assert [row.case_id for row in imported.known_rows(caseload.connection)] == [
        case.id for case in cases
    ]
    caseload.store.undo_batch(one.batch)
    caseload.store.undo_last()
    assert everything(caseload) == before
    assert imported.known_rows(caseload.connection) == []
    assert imported.imports(caseload.connection)[0].undone is not None


def test_the_key_that_undoes_the_last_change_undoes_an_import_too(caseload: Caseload) -> None:
    before = everything(caseload)
    bring_in(caseload)
    assert caseload.store.undo_last() == "import of a tracker"
    assert everything(caseload) == before
    assert imported.known_rows(caseload.connection) == []


def test_a_case_worked_on_since_is_named(caseload: Caseload) -> None:
    _, cases = bring_in(caseload)
    one = imported.imports(caseload.connection)[0]
    assert imported.worked_on_since(caseload.connection, one) == []
    caseload.store.add(Note(case_id=cases[1].id, body="rang", at=kit.noon(DAY)), why="note")
    assert imported.worked_on_since(caseload.connection, one) == [cases[1].ref]
    caseload.store.undo_last()
    assert imported.worked_on_since(caseload.connection, one) == []
    caseload.store.update(cases[0], area="north")
    assert imported.worked_on_since(caseload.connection, one) == [cases[0].ref]


def test_what_was_changed_since_is_not_undone(caseload: Caseload) -> None:
    _, cases = bring_in(caseload)
    caseload.store.update(cases[0], area="north")
    one = imported.imports(caseload.connection)[0]
    before = everything(caseload)
    with pytest.raises(RefusedError):
        caseload.store.undo_batch(one.batch)
    assert everything(caseload) == before
    assert len(imported.known_rows(caseload.connection)) == 3


def test_an_import_that_fails_leaves_nothing(caseload: Caseload) -> None:
    before = everything(caseload)

    def fail() -> None:
        with caseload.store.loading("import of a tracker"):
            caseload.store.add(Case(route="police"))
            raise RefusedError("stopped")

    with pytest.raises(RefusedError):
        fail()
    assert everything(caseload) == before
    case = caseload.store.add(Case(route="police"), why="after")
    caseload.store.undo_last()  # a batch after it remembers what it needs again
    assert queries.case_file(caseload.connection, case.id) is None


def test_what_was_long_past_is_set_aside_and_never_asked(caseload: Caseload) -> None:
    """An aftercare check of years ago, by the rule's own day; what is due lately is asked."""

    def fitted(day: date) -> Case:
        case = kit.add_case(caseload, cadence="standard", received=kit.noon(day))
        caseload.store.add(
            Measure(case_id=case.id, catalogue_id=9, name="Lock", state="fitted", fitted_on=day)
        )
        return case

    store = caseload.store
    told: list[int] = []
    with store.loading("import of a tracker"):
        old, new = fitted(date(2024, 3, 1)), fitted(DAY - timedelta(days=20))
        store.bring_into_step(DAY - timedelta(days=90), told.append)
    files = [queries.case_file(caseload.connection, case.id) for case in (old, new)]
    states = [
        {one.due > DAY - timedelta(days=90): one.state for one in file.reminders if one.due}
        for file in files
        if file
    ]
    assert told == [1, 2]
    assert states[0][False] == "dismissed"
    assert set(states[1].values()) == {"open"}
    assert imported.count_set_aside(caseload.connection, [old.id, new.id]) > 0
    store.update(old, area="north")  # the rules look again, and it sticks
    file = queries.case_file(caseload.connection, old.id)
    assert file is not None
    assert all(
        one.state == "dismissed" for one in file.reminders if one.due and one.due < old_day()
    )


def old_day() -> date:
    """Before this a reminder is set aside."""
    return DAY - timedelta(days=90)


def test_a_disposed_case_takes_its_rows_along(caseload: Caseload) -> None:
    _, cases = bring_in(caseload)
    scope = scope_of(caseload.connection, kit.file_of(caseload, cases[0].id))
    certificate = Disposal(disposed_on=DAY, authority="Manager", rule="6 years", by="Coordinator")
    erase(caseload.store, scope, certificate)
    known = {row.case_id for row in imported.known_rows(caseload.connection)}
    assert known == {case.id for case in cases[1:]}
