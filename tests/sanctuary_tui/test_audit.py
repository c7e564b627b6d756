"""Everything that is done to a case leaves exactly one line in the log, and no line has a value.

The list in ``sanctuary_tui.audit`` is compared with the code; each entry of it is done for real;
and the records of a whole demonstration are counted by triggers in the database, beside the log.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.changes import Action
from db.connection import Connection
from db.models import RECORDS, Case, Disclosure, Note, Person
from db.tables import Tables
from sanctuary_tui import table_export, work
from sanctuary_tui.audit import BY_STORE, EVENTS
from sanctuary_tui.demo import fill
from sanctuary_tui.exports.tables import Line
from sanctuary_tui.opening import note_lock, note_setting
from sanctuary_tui.returns.figures import year
from sanctuary_tui.screens.changelog import ACTIONS
from tests.db import kit
from tests.frozen import Opened, play
from tests.sanctuary_tui.cli_program import GOOD, HANDED, OTHER, Program

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SIX = {"collection", "alteration", "consultation", "disclosure", "combination", "erasure"}


# --- the list and the code


class Found(ast.NodeVisitor):
    """The functions of a module that write into the log, and how often each does."""

    def __init__(self, module: str) -> None:
        self.module = module
        self.names: list[str] = []
        self.calls: list[tuple[str, str]] = []

    def _inside(self, node: ast.AST, name: str) -> None:
        self.names.append(name)
        self.generic_visit(node)
        self.names.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._inside(node, node.name)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._inside(node, node.name)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._inside(node, node.name)

    def visit_Call(self, node: ast.Call) -> None:
        self.generic_visit(node)
        called = node.func
        if not isinstance(called, ast.Attribute):
            return
        on = ast.unparse(called.value)
        logs = (called.attr == "note" and on.split(".")[-1] == "store") or (
            called.attr == "log" and on == "session"
        )
        if logs:
            action = "system"
            if called.attr == "note" and isinstance(node.args[0], ast.Constant):
                action = str(node.args[0].value)
            depth = 2 if self.names[0][:1].isupper() else 1
            self.calls.append((f"{self.module}:{'.'.join(self.names[:depth])}", action))


def logging_places() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for path in [*(ROOT / "db").rglob("*.py"), *(ROOT / "sanctuary_tui").rglob("*.py")]:
        if "demodata" in path.parts:
            continue
        visitor = Found(".".join(path.relative_to(ROOT).with_suffix("").parts))
        visitor.visit(ast.parse(path.read_text("utf-8")))
        found += visitor.calls
    return found


@pytest.mark.guarantee
def test_every_place_that_logs_is_listed_with_its_action_and_logs_once() -> None:
    found = logging_places()
    assert dict(found) == dict(EVENTS)
    assert [place for place, times in Counter(found).items() if times > 1] == []


def test_a_place_that_is_not_listed_is_found() -> None:
    """The control: the test above sees a line that somebody adds."""
    visitor = Found("sanctuary_tui.new")
    visitor.visit(ast.parse("def f(store):\n    store.note('disclosure', 'cases', 1, 1, 'x')"))
    assert visitor.calls == [("sanctuary_tui.new:f", "disclosure")]
    assert "sanctuary_tui.new:f" not in EVENTS


def test_the_six_actions_are_all_there_and_nothing_else_but_the_program() -> None:
    assert set(get_args(Action)) == SIX | {"system"} == set(ACTIONS)
    assert set(EVENTS.values()) | set(BY_STORE.values()) == SIX | {"system"}


@pytest.mark.guarantee
def test_nothing_but_the_store_writes_a_record() -> None:
    """No other module changes rows of records, so none can do so unlogged."""
    writers = []
    tables = {kind.table for kind in RECORDS}
    for path in [*(ROOT / "db").glob("*.py"), *(ROOT / "sanctuary_tui").rglob("*.py")]:
        text = path.read_text("utf-8")
        if any(
            f"{verb} {table} " in text
            for verb in ("INSERT INTO", "UPDATE", "DELETE FROM")
            for table in tables
        ):
            writers.append(path.name)
        if "Tables(" in text and path.name != "tables.py":
            writers.append(path.name)
    assert writers == ["store.py"]


# --- each thing done for real


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Caseload]:
    caseload = kit.make(tmp_path / "caseload.db")
    with caseload.store.bulk():
        fill(caseload.store, 12, 3, kit.DAY)
    yield caseload
    caseload.close()


def table(data: Caseload, out: Path) -> object:
    return table_export.export_table(data, "measures", out, handed=None, today=kit.DAY, now=NOW)


def log_itself(data: Caseload, out: Path) -> object:
    return table_export.export_table(data, "changes", out, handed=HANDED, today=kit.DAY, now=NOW)


def sheet(data: Caseload, out: Path) -> object:
    shown = table_export.ExportSheet("board", [Line("case_ref", "case_cards", "ref")], [["x"]])
    return table_export.export_sheet(data, shown, out, handed=None, now=NOW)


def radar(data: Caseload, out: Path) -> object:
    return table_export.export_radar(
        data, out, default_settings(), handed=None, today=kit.DAY, now=NOW
    )


def quarter(data: Caseload, out: Path) -> object:
    return table_export.export_quarter(
        data, "2026Q3", out, default_settings(), exact=False, today=kit.DAY, now=NOW
    )


def a_return(data: Caseload, out: Path) -> object:
    return table_export.export_return(
        data, "unmet", year("2026-27"), out, default_settings(), exact=False, now=NOW
    )


def linked(data: Caseload, _: Path) -> object:
    one, two = queries.all_of(data.connection, Case)[:2]
    return work.link_cases(data, one, two.ref)


DONE: dict[str, tuple[Callable[[Caseload, Path], object], Action]] = {
    "a table exported": (table, "disclosure"),
    "the log exported": (log_itself, "disclosure"),
    "a screen exported": (sheet, "disclosure"),
    "the twelve months exported": (radar, "disclosure"),
    "a quarter exported": (quarter, "disclosure"),
    "a return exported": (a_return, "disclosure"),
    "cases linked": (linked, "combination"),
    "the console left": (lambda data, _: note_lock(data, "locked by key"), "system"),
    "a setting changed": (lambda data, _: note_setting(data, ["theme"]), "system"),
    "a record added": (lambda data, _: data.store.add(Note(case_id=1, body="A")), "collection"),
    "a record changed": (
        lambda data, _: data.store.update(
            queries.all_of(data.connection, Person)[0], aliases="Another"
        ),
        "alteration",
    ),
    "a record deleted": (
        lambda data, _: data.store.delete(data.store.add(Person(case_id=1, surname="Test"))),
        "erasure",
    ),
}


@pytest.mark.guarantee
@pytest.mark.parametrize("name", DONE)
def test_each_thing_done_is_one_line(demo: Caseload, tmp_path: Path, name: str) -> None:
    do, action = DONE[name]
    before = demo.store.log.state.count
    do(demo, tmp_path / "out.csv")
    lines = kit.rows(demo, f"SELECT action FROM changes WHERE id > {before}")
    assert [line for (line,) in lines].count(action) == 1
    # What goes with it are records of their own: the row of the register, the linked cases.
    assert {line for (line,) in lines} - {action} <= {"collection", "alteration"}


@pytest.mark.guarantee
def test_the_log_leaves_without_values_reasons_or_names(demo: Caseload, tmp_path: Path) -> None:
    case = kit.add_case(demo)
    demo.store.add(Note(case_id=case.id, body="Zyxwv said"), why="Zyxwv asked")
    demo.store.add(Person(case_id=case.id, surname="Zyxwv"))
    demo.store.who = "Zyxwv"
    demo.store.note("consultation", "cases", case.id, case.id, "read: Zyxwv")
    log_itself(demo, tmp_path / "out.csv")
    data = (tmp_path / "out.csv").read_text("utf-8-sig")
    assert "Zyxwv" not in data
    assert case.ref in data
    assert "surname" in data
    assert "consultation" in data
    rows = kit.rows(demo, "SELECT count(*) FROM changes")[0][0]
    assert len(data.splitlines()) >= rows - 1
    assert queries.all_of(demo.connection, Disclosure)[-1].what == "changes, with names"


# --- every record written, counted in the database


def counted(connection: Connection) -> None:
    """From now on each row of a record that is put in, changed or taken out is counted."""
    connection.execute("CREATE TEMP TABLE seen (entity TEXT, action TEXT)").fetchall()
    for kind in RECORDS:
        unruled = " WHEN {0}.rule = ''" if kind.table == "reminders" else ""
        for event, row, action in (
            ("INSERT", "new", "collection"),
            ("UPDATE", "new", "alteration"),
            ("DELETE", "old", "erasure"),
        ):
            connection.execute(
                f"CREATE TEMP TRIGGER {kind.table}_{event} AFTER {event} ON main.{kind.table}"
                f"{unruled.format(row)} BEGIN"
                f" INSERT INTO seen VALUES ('{kind.table}', '{action}'); END"
            ).fetchall()


def written(caseload: Caseload) -> Counter[tuple[str, str]]:
    return Counter(map(tuple, kit.rows(caseload, "SELECT entity, action FROM temp.seen")))


def logged(caseload: Caseload, since: int = 0) -> Counter[tuple[str, str]]:
    """Lines of records; a rule's reminder is changed by a person too, which triggers skip."""
    return Counter(
        map(
            tuple,
            kit.rows(
                caseload,
                "SELECT entity, action FROM changes WHERE action IN"
                " ('collection', 'alteration', 'erasure') AND id > ? AND NOT"
                " (entity = 'reminders' AND entity_id IN"
                " (SELECT id FROM reminders WHERE rule <> ''))",
                since,
            ),
        )
    )


@pytest.mark.guarantee
def test_a_whole_demonstration_writes_a_line_for_each_row(tmp_path: Path) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    counted(caseload.connection)
    with caseload.store.bulk():
        fill(caseload.store, 25, 5, kit.DAY)
    found = logged(caseload)
    assert sum(found.values()) > 500
    assert len({entity for entity, _ in found}) > 18
    assert written(caseload) == found
    # The control: a row past the store is a row without a line.
    note = queries.all_of(caseload.connection, Note)[0]
    Tables(caseload.connection).write(note, {"body": "Never said"})
    assert written(caseload) != logged(caseload)
    caseload.connection.rollback()
    caseload.close()


# --- the program's own doings


@pytest.mark.guarantee
def test_each_command_that_keeps_or_opens_is_one_line(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    key = program.init_quick()
    wrong = program.run("today", "--passphrase-file", "-", stdin=f"{OTHER}\n")
    assert wrong.status == 1
    program.good("today")
    program.good("backup", str(tmp_path / "b"))
    program.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    program.good("key", "show")
    done = program.run("passphrase", "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0, done.err
    lines = [line.split(",")[0].split(":")[0] for line in program.logged(key)]
    opened = "opened with the passphrase"
    assert lines == [
        "caseload made",
        f"{opened}; 1 wrong attempts before",
        opened,
        "backup made",
        "checked",
        opened,
        "recovery key shown",
        opened,
        "passphrase changed",
    ]


@pytest.mark.guarantee
async def test_the_console_logs_opening_a_setting_and_the_lock(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(80, 24)) as pilot:
        await play(pilot, "f9")
        app.end_reason = "key"
        await app.before_lock()
        await app.close_up()
    caseload = kit.opened(app.paths.caseload)
    said = [why for (why,) in kit.rows(caseload, "SELECT why FROM changes WHERE action = 'system'")]
    caseload.close()
    assert said[-4:-1] == [
        "opened with the passphrase",
        "setting changed: theme",
        "locked by key",
    ]
    assert said[-1].startswith("backup made")  # after the lock is logged, so that it is in it
