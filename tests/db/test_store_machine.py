"""Any sequence of writes: cards and reminders stay what the rules say, undo stays exact.

A machine adds, changes, deletes, undoes, breaks off, closes and opens again, and lets days go by,
on a real encrypted caseload with the real rules. After every step each card and the set of
reminders are compared with a fresh derive, and the chain is verified.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from config.errors import RefusedError, SanctuaryError
from db import queries
from db.connection import quick_checks
from db.models import BY_TABLE, CASE_TABLES, Case, Record, Reminder, specs
from tests.db import kit

CASES = 3
KINDS = [BY_TABLE[table] for table in CASE_TABLES if table != "seals"]
"""Not the seal: what is done under it cannot be seen, and has tests of its own."""
_PROGRAMS_OWN = {"key", "rule", "ref", "record_table", "record_id", "status", "stage", "rrule"}


def told(kind: type[Record], offset: int) -> st.SearchStrategy[dict[str, Any]]:
    """Some answers of a kind of record; dates stand around the day at hand, so that they matter."""
    day = kit.DAY + timedelta(days=offset)
    near = st.integers(-90, 90).map(lambda days: day + timedelta(days=days))
    fields = {}
    for name, spec in specs(kind).items():
        if name in _PROGRAMS_OWN or spec.kind == "link":
            continue
        fields[name] = st.none() | near if spec.kind == "date" else kit.answers(spec)
        if spec.kind == "datetime":
            fields[name] = near.map(lambda date: kit.noon(date))
    return st.fixed_dictionaries({}, optional=fields)


class Caseloads(RuleBasedStateMachine):
    """A coordinator who does anything at all."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "caseload.db"
        self.clock = kit.Clock()
        self.caseload = kit.make(self.path, self.clock)
        self.undoable: list[dict[str, Any]] = []

    def teardown(self) -> None:
        if self.caseload is not None:
            assert quick_checks(self.caseload.connection) == []
            self.caseload.close()
        self.folder.cleanup()

    # --- what the machine knows

    @property
    def cases(self) -> list[Case]:
        return queries.all_of(self.caseload.connection, Case)

    @property
    def offset(self) -> int:
        return (self.clock.today() - kit.DAY).days

    def pick(self, data: st.DataObject, kinds: list[type[Record]]) -> Record | None:
        found: list[Record] = []
        for kind in kinds:
            found += queries.all_of(self.caseload.connection, kind)
        return data.draw(st.sampled_from(found)) if found else None

    def done(self, before: dict[str, Any]) -> None:
        """Something was written: it can be undone, and then this is what stands."""
        if queries.last_undoable(self.caseload.connection):
            self.undoable.append(before)

    # --- rules

    @initialize(data=st.data())
    def begin(self, data: st.DataObject) -> None:
        self.add_case(data)

    @precondition(lambda self: len(self.cases) < CASES)
    @rule(data=st.data())
    def add_case(self, data: st.DataObject) -> None:
        before = kit.contents(self.caseload)
        self.caseload.store.add(Case(**data.draw(told(Case, self.offset))))
        self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), kind=st.sampled_from(KINDS))
    def add_record(self, data: st.DataObject, kind: type[Record]) -> None:
        before = kit.contents(self.caseload)
        case = data.draw(st.sampled_from(self.cases))
        record = kind(**data.draw(told(kind, self.offset)))
        record.case_id = case.id
        for name, spec in specs(kind).items():
            if spec.kind == "link" and spec.to in CASE_TABLES:
                mine = getattr(kit.file_of(self.caseload, case.id), spec.to)
                if mine:
                    setattr(record, name, data.draw(st.sampled_from(mine)).id)
        self.caseload.store.add(record)
        self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def change_record(self, data: st.DataObject) -> None:
        record = self.pick(data, [Case, *KINDS])
        if record is None:
            return
        before, state = kit.contents(self.caseload), self.caseload.store.log.state
        changes = data.draw(told(type(record), self.offset))
        self.caseload.store.update(record, **changes)
        if self.caseload.store.log.state != state:
            self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def move_case(self, data: st.DataObject) -> None:
        case = data.draw(st.sampled_from(self.cases))
        before, state = kit.contents(self.caseload), self.caseload.store.log.state
        stage = data.draw(kit.answers(specs(Case)["stage"]))
        self.caseload.store.update(
            case,
            stage=stage,
            stage_entered=self.clock.today(),
            status="closed" if stage == "closed" else "open",
        )
        if self.caseload.store.log.state != state:
            self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), state=st.sampled_from(["done", "dismissed", "snoozed", "open"]))
    def settle_reminder(self, data: st.DataObject, state: str) -> None:
        reminder = self.pick(data, [Reminder])
        if not isinstance(reminder, Reminder) or reminder.state == "gone":
            return
        before, head = kit.contents(self.caseload), self.caseload.store.log.state
        self.caseload.store.update(reminder, state=state)
        if self.caseload.store.log.state != head:
            self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def delete_record(self, data: st.DataObject) -> None:
        kinds = [kind for kind in KINDS if kind is not Reminder]
        record = self.pick(data, kinds)
        if record is None:
            return
        before = kit.contents(self.caseload)
        try:
            self.caseload.store.delete(record)
        except RefusedError:
            assert kit.contents(self.caseload) == before
        else:
            self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data(), count=st.integers(1, 4))
    def several_at_once(self, data: st.DataObject, count: int) -> None:
        before, state = kit.contents(self.caseload), self.caseload.store.log.state
        kept = list(self.undoable)
        with self.caseload.store.batch("several"):
            for _ in range(count):
                data.draw(st.sampled_from([self.change_record, self.delete_record]))(data)
        self.undoable = kept
        if self.caseload.store.log.state != state:
            self.undoable.append(before)

    @precondition(lambda self: self.cases)
    @rule(data=st.data())
    def break_off(self, data: st.DataObject) -> None:
        before, state = kit.contents(self.caseload), self.caseload.store.log.state
        kept = list(self.undoable)
        try:
            with self.caseload.store.batch("broken off"):
                self.change_record(data)
                self.delete_record(data)
                raise kit.Stopped
        except kit.Stopped:
            pass
        self.undoable = kept
        assert kit.contents(self.caseload) == before
        assert self.caseload.store.log.state == state

    @rule()
    def undo(self) -> None:
        if not self.undoable:
            with pytest.raises(RefusedError):
                self.caseload.store.undo_last()
            return
        last = queries.last_undoable(self.caseload.connection)
        if any(BY_TABLE[row.entity].stands for row in last):
            before = kit.contents(self.caseload)
            with pytest.raises(RefusedError, match="stays on record"):
                self.caseload.store.undo_last()
            assert kit.contents(self.caseload) == before
            return
        expected = self.undoable.pop()
        self.caseload.store.undo_last()
        assert kit.contents(self.caseload) == expected

    @rule()
    def reopen(self) -> None:
        before = kit.contents(self.caseload)
        self.caseload.close()
        self.caseload = kit.opened(self.path, self.clock)
        assert kit.contents(self.caseload) == before

    @rule(days=st.integers(-40, 120))
    def another_day(self, days: int) -> None:
        self.clock.jump(days)
        self.caseload.store.refresh_stale(self.clock.today())

    # --- what always holds

    @invariant()
    def cards_and_reminders_are_what_the_rules_say(self) -> None:
        for case in self.cases:
            file = kit.file_of(self.caseload, case.id)
            kit.check_case(file, self.caseload, self.clock.today())
        assert kit.rows(self.caseload, "SELECT count(*) FROM case_cards") == [(len(self.cases),)]

    @invariant()
    def the_log_adds_up(self) -> None:
        report = kit.chain(self.caseload)
        assert report.good
        assert report.head == self.caseload.store.log.state.head.hex()

    @invariant()
    def the_index_holds_what_the_records_say(self) -> None:
        connection = self.caseload.connection
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')").fetchall()
        connection.rollback()
        for case_id, entity, entity_id in kit.rows(
            self.caseload, "SELECT case_id, entity, entity_id FROM search"
        ):
            try:
                record = queries.get(connection, BY_TABLE[entity], entity_id)
            except SanctuaryError:
                raise AssertionError(f"the index still has {entity}") from None
            assert case_id == (record.id if isinstance(record, Case) else record.case_id)


def run_machine(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Caseloads,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_any_sequence_of_writes() -> None:
    run_machine(12, 15)


@pytest.mark.slow
@kit.long_only
def test_any_sequence_of_writes_for_long() -> None:
    run_machine(400, 40)
