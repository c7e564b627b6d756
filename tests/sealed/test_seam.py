"""The seam: plain SQL, every query there is, and the search, with a canary in a sealed case."""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from config.errors import BadInputError
from db import matching, mentions, queries, readlog, seal, search
from db.caseload import Caseload
from db.connection import Connection, Error
from db.models import RECORDS, Breach, BreachStep, Case, Note, Organisation, Reminder
from sanctuary_tui import work
from sanctuary_tui.exports.tables import export_table
from tests.sealed import canary
from tests.sealed.canary import TODAY, WORD

ROOT: Final = Path(__file__).parents[2]


@pytest.fixture
def case(caseload: Caseload) -> Case:
    return canary.add_canary(caseload)


def said(value: object) -> str:
    """Everything a value says, however deep."""
    if is_dataclass(value) and not isinstance(value, type):
        return said(asdict(value))
    if isinstance(value, dict):
        return " ".join(said(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple | set | frozenset):
        return " ".join(said(part) for part in value)
    return str(value)


def hits(value: object, case: Case) -> int:
    """How often the case's words or its reference stand in something."""
    text = said(value).casefold()
    return text.count(WORD) + text.count(case.ref.casefold()) + text.count("qz9")


# --- every table, by plain SQL

_APART: Final = {
    "changes": "read by queries.changes_of, recent_changes and last_undoable, which mask it",
    "search": "read by search.search, which leaves sealed cases out",
    "settings": "holds preferences and counters of the program, no word of a case",
    "funds": "budgets",
    "group_actions": "what the working group agreed, of no case",
    "imports": "counts of each import, and digests of its file and mapping",
    "disposal_words": "words of a disposal under way, in two halves that say nothing alone",
    "_sqlite_migrations": "which steps were done",
}


def tables(connection: Connection) -> list[str]:
    sql = "SELECT name FROM main.sqlite_master WHERE type = 'table'"
    names = [row[0] for row in connection.execute(sql).fetchall()]
    return [one for one in names if not one.startswith(("search_", "sqlite_"))]


@pytest.mark.guarantee
def test_before_every_table_stands_a_view_or_a_reason_why_not(caseload: Caseload) -> None:
    """A new table is noticed here: it gets a view in db/seal.py, or says why it needs none."""
    assert set(tables(caseload.connection)) == seal.SHADOWED | set(_APART)
    assert {record.table for record in RECORDS} <= seal.SHADOWED | {"funds", "group_actions"}


@pytest.mark.guarantee
def test_plain_sql_finds_nothing_of_a_sealed_case(caseload: Caseload, case: Case) -> None:
    connection = caseload.connection

    def found(table: str) -> int:
        return hits(connection.execute(f"SELECT * FROM {table}").fetchall(), case)

    shown = {table: found(table) for table in seal.SHADOWED}
    blank = {
        "seals",
        "closures",
        "overrides",
        "breaches",
        "breach_steps",
        "import_rows",
    }  # of which the canary has none, or no word
    assert {table for table, count in shown.items() if not count} == blank
    canary.seal(caseload, case.id)
    assert {table: found(table) for table in seal.SHADOWED} == dict.fromkeys(seal.SHADOWED, 0)
    assert found("main.people") == shown["people"]  # so the search can fail


def test_a_breach_loses_only_the_sealed_case(caseload: Caseload, case: Case) -> None:
    store, connection = caseload.store, caseload.connection
    breach = store.add(Breach(case_refs=f"{case.ref};S26-0002", kind="other"))
    for ref in (case.ref, "S26-0002", ""):
        store.add(BreachStep(breach_id=breach.id, case_ref=ref, words="told"))

    def read() -> tuple[str, list[str]]:
        refs = connection.execute("SELECT case_refs FROM breaches").fetchall()[0][0]
        steps = connection.execute("SELECT case_ref FROM breach_steps ORDER BY id").fetchall()
        return refs, [row[0] for row in steps]

    assert read() == (f"{case.ref};S26-0002", [case.ref, "S26-0002", ""])
    canary.seal(caseload, case.id)
    assert read() == ("S26-0002", ["S26-0002", ""])


def test_a_row_of_every_case_table_is_left_out(caseload: Caseload, case: Case) -> None:
    """By number, not by word: a record without a text is left out as well."""
    canary.seal(caseload, case.id)
    for table in (*queries.CASE_TABLES, "case_cards", "drafts", "import_rows"):
        sql = "SELECT count(*) FROM {}" + table + " WHERE case_id = ?"
        counts = [
            caseload.connection.execute(sql.format(schema), (case.id,)).fetchall()[0][0]
            for schema in ("", "main.")
        ]
        assert counts[0] == 0, table
        assert counts[1] or table in ("closures", "overrides"), table


def test_plain_sql_writes_to_no_table_of_a_case(caseload: Caseload) -> None:
    """What writes past the store would write past the seam too."""
    for table in seal.SHADOWED:
        with pytest.raises(Error):
            caseload.connection.execute(f"DELETE FROM {table}").fetchall()


def test_a_linked_reference_and_a_list_sent_lose_only_the_sealed_case(
    caseload: Caseload, case: Case
) -> None:
    connection = caseload.connection

    def read() -> tuple[list[Any], list[Any]]:
        linked = connection.execute("SELECT linked_cases FROM cases WHERE id <> ?", (case.id,))
        sent = connection.execute("SELECT what, case_refs FROM disclosures ORDER BY id")
        return linked.fetchall(), sent.fetchall()

    linked, sent = read()
    assert linked == [(case.ref,)]
    assert [what for what, _ in sent] == [f"{WORD} disclosures what", "list of two"]
    canary.seal(caseload, case.id)
    linked, sent = read()
    assert linked == [("",)]
    assert sent == [("list of two", "S26-0002")]


# --- every query there is


def _of(case: Case) -> Reminder:
    return Reminder(id=1, case_id=case.id)


def every(texts: list[str]) -> list[int]:
    """All of them may be meant."""
    return list(range(len(texts)))


QUERIES: Final[dict[str, Callable[[Caseload, Case], Any]]] = {
    "queries.all_of": lambda data, case: [queries.all_of(data.connection, one) for one in RECORDS],
    "queries.get": lambda data, case: queries.get(data.connection, Case, case.id),
    "queries.case_file": lambda data, case: queries.case_file(data.connection, case.id),
    "queries.cases_by": lambda data, case: queries.cases_by(data.connection, canary.NOW),
    "queries.case_files": lambda data, case: queries.case_files(
        data.connection, queries.CASE_TABLES, "1"
    ),
    "queries.case_id_of": lambda data, case: (
        case.ref,
        queries.case_id_of(data.connection, case.ref),
    ),
    "queries.organisations_of": lambda data, case: queries.organisations_of(
        data.connection, case.id
    ),
    "queries.organisation_names": lambda data, case: queries.organisation_names(
        data.connection, case.id
    ),
    "queries.cards": lambda data, case: queries.cards(data.connection),
    "queries.card": lambda data, case: queries.card(data.connection, case.id),
    "queries.cards_of": lambda data, case: queries.cards_of(data.connection, [case.id]),
    "queries.open_reminders": lambda data, case: [
        (WORD, one.due)
        for one in queries.open_reminders(data.connection, TODAY + timedelta(days=400))
        if one.case_id == case.id
    ],
    "matching.find_matches": lambda data, case: [
        matching.find_matches(data.connection, words)
        for words in (WORD, case.ref, case.ref[-4:], canary.POSTCODE, f"{WORD}survivor")
    ],
    "queries.changes_of": lambda data, case: queries.changes_of(data.connection, case.id),
    "queries.recent_changes": lambda data, case: queries.recent_changes(data.connection),
    "queries.last_undoable": lambda data, case: queries.last_undoable(data.connection),
    "queries.draft": lambda data, case: queries.draft(data.connection, case.id, "visits", 0),
    "queries.drafts": lambda data, case: [
        (WORD, one) for one in queries.drafts(data.connection) if one.case_id == case.id
    ],
    "queries.exports_not_deleted": lambda data, case: queries.exports_not_deleted(data.connection),
    "readlog.whole_log": lambda data, case: list(readlog.whole_log(data.connection)),
    "readlog.changed_between": lambda data, case: [
        (WORD, one)
        for one in readlog.changed_between(
            data.connection, canary.NOW, canary.NOW.replace(year=2030)
        )
        if one.case_id == case.id
    ],
    "readlog.read_log": lambda data, case: readlog.read_log(data.connection, readlog.LogFilter()),
    "mentions.passages": lambda data, case: [
        list(mentions.passages(data.connection, table, columns, every))
        for table, columns in mentions.tables(data.connection).items()
    ],
    "mentions.draft_passages": lambda data, case: list(mentions.draft_passages(data.connection)),
    "mentions.logged_passages": lambda data, case: list(
        mentions.logged_passages(data.connection, 0, every)
    ),
    "search.search": lambda data, case: [
        search.search(data.connection, words) for words in (WORD, "qz", case.ref, "QZ9")
    ],
}
_TELL_NOTHING: Final = {
    "search.index_all": "writes, what an archive brings in",
    "queries.said_without": "reads nothing",
    "mentions.schema_version": "a number",
    "mentions.sizes": "the last number of each table",
    "mentions.tables": "names of tables and columns",
    "mentions.draft_mark": "reads nothing",
    "mentions.tables_changed": "names of tables",
    "mentions.earlier_names": "of people who are named to it, in a case named to it",
    "queries.as_reference": "reads nothing",
    "readlog.ends_of": "reads nothing",
    "readlog.last_left": "when the console was left, of no case",
    "queries.next_reference": "the next number; a gap in the numbers is in docs/SECURITY.md",
    "queries.kept_file": "for the store and the check alone (see the lint below)",
    "queries.kept_card": "for the check alone (see the lint below)",
    "queries.kept_all": "for a disposal alone (see the lint below)",
    "queries.kept_record": "for the store alone (see the lint below)",
    "queries.disposals_begun": "for the store and the check, which name none that is sealed",
    "queries.every_open_case": "numbers, for the store alone",
    "queries.stale_cases": "numbers, for the store alone",
    "queries.changes_from": "for the store alone (see the lint below)",
    "queries.sealed_sent": "for the list of sealed cases alone (see the lint below)",
    "queries.sealed_files": "for the list of sealed cases alone (see the lint below)",
    "queries.registered_paths": "names of files that may not be given again; shown to nobody",
    "queries.remembered": "preferences",
    "queries.changed_since": "yes or no, of a change that can be seen",
    "queries.batch_sentence": "words of rows it is given",
    "queries.masked": "what masks the log",
    "queries.logged": "rows it is given; it reads nothing",
    "queries.typed": "reads nothing",
    "queries.undone_ref": "the case of an undo just made, through the view before cases",
    "queries.revive": "reads nothing",
    "queries.refuse_disposed": "yes or no, of a case that is gone",
    "queries.logged_by": "yes or no, of a case that is in hand",
    "search.row_id": "reads nothing",
    "search.index_row": "what the index keeps of a record it is given",
    "search.index_record": "writes",
    "search.index_faults": "the whole index, to be held against every record and never shown",
    "search.mend_index": "writes",
    "search.drop_record": "writes",
    "search.match_expression": "reads nothing",
}


def test_every_public_query_is_tried_here() -> None:
    """A new query is noticed here."""
    public = {
        f"{module.__name__.removeprefix('db.')}.{name}"
        for module in (matching, mentions, queries, readlog, search)
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }
    assert public == QUERIES.keys() | _TELL_NOTHING.keys()


def _tried(query: Callable[[Caseload, Case], Any], caseload: Caseload, case: Case) -> int:
    try:
        return hits(query(caseload, case), case)
    except BadInputError as error:
        return hits(error.sentence, case)


@pytest.mark.guarantee
@pytest.mark.parametrize("name", QUERIES)
def test_no_query_tells_of_a_sealed_case(caseload: Caseload, case: Case, name: str) -> None:
    query = QUERIES[name]
    if name == "queries.last_undoable":
        caseload.store.update(case, next_action=f"{WORD} last")
    assert _tried(query, caseload, case) > 0  # so the search can fail
    canary.seal(caseload, case.id)
    assert _tried(query, caseload, case) == 0


# --- the places that go past it

_PAST: Final = {
    "db/archiving.py",
    "db/seal.py",
    "db/guarded.py",
    "db/imported.py",
    "db/mentions.py",
    "db/named_cases.py",
    "db/queries.py",
    "db/tables.py",
    "db/standing.py",
    "db/store.py",
    "db/replay.py",
    "db/disposal.py",
    "db/traces.py",
    "sanctuary_tui/check_lines.py",
    "sanctuary_tui/cli_check.py",
    "sanctuary_tui/copies.py",
}
"""Modules that name a table as ``main.x``: the seam, the queries with a door, what writes."""
_READS_LOG: Final = {
    "db/archiving.py",
    "db/backup.py",
    "db/changes.py",
    "db/disposal.py",
    "db/guarded.py",
    "db/imported.py",
    "db/mentions.py",
    "db/queries.py",
    "db/readlog.py",
    "db/replay.py",
    "db/traces.py",
    "db/witness.py",
    "sanctuary_tui/cli_check.py",
    "sanctuary_tui/copies.py",
    "sanctuary_tui/disposing.py",
}
_READS_INDEX: Final = {
    "db/disposal.py",
    "db/search.py",
    "db/traces.py",
    "sanctuary_tui/cli_check.py",
}
_KEPT_FOR_THE_STORE: Final = {"db/store.py", "db/queries.py", "sanctuary_tui/cli_check.py"}
_TAKES_OUT: Final = {"db/store.py", "db/seal.py", "db/queries.py", "db/disposal.py"}
"""Where records of sealed cases are read so that what is taken back or disposed of goes whole."""
_HAS_A_DOOR: Final = {"db/seal.py", "db/queries.py", "sanctuary_tui/sealing.py"}
_KEEPS_BACK: Final = {
    "db/guarded.py",
    "sanctuary_tui/exports/withhold.py",
    "sanctuary_tui/subject/bar.py",
}
"""Where sealed cases are read so that what they keep back is kept back of others too."""
_PAST_SQL: Final = re.compile(r"\bmain\.", re.IGNORECASE)
_LOG_SQL: Final = re.compile(r"\b(from|into|update|join)\s+changes\b", re.IGNORECASE)
_INDEX_SQL: Final = re.compile(r"\b(from|into|update|join)\s+search\b", re.IGNORECASE)
_COMPUTED: Final = {
    "db/archiving.py": "tables of records, through the views or, for a reason, past them",
    "db/backup.py": "the names of the file's own tables, to count their rows",
    "db/changes.py": "the database, main or a backup",
    "db/disposal.py": "tables of records",
    "db/guarded.py": "tables of records",
    "db/mentions.py": "the file's own tables, through the views; none that its list names",
    "db/queries.py": "tables of records, through the views or past them",
    "db/replay.py": "tables of records",
    "db/seal.py": "the tables before which the views stand",
    "db/tables.py": "tables of records",
    "sanctuary_tui/check_lines.py": "tables of records",
    "sanctuary_tui/exports/tables.py": "tables of records and the views' own sources",
}
"""Modules that compute which table they read, and what it can be: never the log or the index,
unless they are listed for that too."""
_TABLE_SQL: Final = re.compile(r"\b(FROM|INTO|UPDATE|JOIN)\s+\"?(main\.)?\{\}")
_SOURCE_SQL: Final = re.compile(
    r"^(changes|search)\s+(AS|LEFT|INNER|JOIN|WHERE|ORDER|GROUP|LIMIT)\b", re.MULTILINE
)
"""The log or the index as a source that is put behind a FROM elsewhere."""
_STORES: Final = re.compile(r"\b(kept_file|kept_card|every_open_case|changes_from)\b")
_DOORS: Final = re.compile(
    r"\b(open_to|sealed_files|sealed_sent|sealed_among|sealed_in_breach|sealed_steps)\b"
)
_WHOLE: Final = re.compile(r"\b(kept_all|kept_record|whole_list)\b")
_GUARDED: Final = re.compile(r"\b(every_guarded|logged_before|accused_in)\b")


def _strings(source: str) -> str:
    """The text constants of a module that are no docstring; a computed part is ``{}``."""
    tree = ast.parse(source)
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    return "\n".join(
        _text(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and node not in docs
    )


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values
        )
    return node.value if isinstance(node.value, str) else ""


def _sources() -> dict[str, str]:
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for package in ("config", "db", "widgets", "sanctuary_tui")
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
    }


def past_the_seam(sources: dict[str, str]) -> list[str]:
    """The modules that go past the seam and are not listed above."""
    wrong = []
    for name, source in sources.items():
        sql = _strings(source)
        for pattern, text, allowed in (
            (_PAST_SQL, sql, _PAST),
            (_LOG_SQL, sql, _READS_LOG),
            (_INDEX_SQL, sql, _READS_INDEX),
            (_TABLE_SQL, sql, _COMPUTED),
            (_SOURCE_SQL, sql, _READS_LOG & _READS_INDEX),
            (_STORES, source, _KEPT_FOR_THE_STORE),
            (_WHOLE, source, _TAKES_OUT),
            (_DOORS, source, _HAS_A_DOOR),
            (_GUARDED, source, _KEEPS_BACK),
        ):
            if pattern.search(text) and name not in allowed:
                wrong.append(f"{name}: {pattern.pattern}")
    return wrong


@pytest.mark.guarantee
def test_only_the_listed_modules_go_past_the_seam() -> None:
    assert past_the_seam(_sources()) == []


@pytest.mark.parametrize(
    "line",
    [
        'x = "SELECT * FROM main.people"',
        'x = f"select why from changes where id = {y}"',
        'x = "SELECT body FROM search"',
        'x = f"SELECT {chosen} FROM {_source(table)}"',
        "x = f'SELECT count(*) FROM main.{table}'",
        'x = "SELECT c.ref FROM {}".format(table)',
        'x = View("changes", "changes LEFT JOIN cases ON cases.id = changes.case_id")',
        "x = queries.kept_file(connection, 1)",
        "x = queries.kept_card(connection, 1)",
        "queries.kept_all(connection, Case)",
        "queries.kept_record(connection, Case, 1)",
        "seal.whole_list(connection, record, wanted)",
        "seal.open_to(connection, 1)",
        "queries.sealed_files(connection)",
        "queries.sealed_sent(connection)",
        "seal.sealed_in_breach(connection, 1)",
        "seal.sealed_steps(connection, 1, ref)",
        "guarded.every_guarded(connection, [])",
        "guarded.accused_in(connection, is_name)",
    ],
)
def test_a_module_that_goes_past_it_is_noticed(line: str) -> None:
    assert past_the_seam({"sanctuary_tui/views.py": line}) != []


# --- the door


def test_one_sealed_case_at_a_time_is_found_by_its_number(caseload: Caseload, case: Case) -> None:
    other = canary.add_canary(caseload)
    for one in (case, other):
        canary.seal(caseload, one.id)
    connection = caseload.connection
    seal.open_to(connection, case.id)
    file = queries.case_file(connection, case.id)
    assert file is not None
    assert hits(file, case)
    assert queries.get(connection, type(file.notes[0]), file.notes[0].id) == file.notes[0]
    assert hits(queries.card(connection, case.id), case)
    assert hits(queries.changes_of(connection, case.id), case)
    assert queries.draft(connection, case.id, "visits", 0)
    assert queries.case_file(connection, other.id) is None
    assert hits([queries.cards(connection), search.search(connection, WORD)], case) == 0
    seal.shut(connection)
    assert queries.case_file(connection, case.id) is None
    with pytest.raises(BadInputError):
        queries.get(connection, type(file.notes[0]), file.notes[0].id)


@pytest.mark.guarantee
def test_one_that_is_open_is_told_nothing_of_what_another_names(
    caseload: Caseload, case: Case
) -> None:
    """Its forms offer the directory: with its own landlord, without that of another sealed case."""
    other = canary.add_canary(caseload)
    connection = caseload.connection
    own, theirs = (
        {one.landlord_id for one in work.must_find(caseload, case_id).properties}
        for case_id in (case.id, other.id)
    )
    plain = caseload.store.add(Organisation(name="Fairholm HA", kind="ha"))
    for one in (case, other):
        canary.seal(caseload, one.id)
    seal.open_to(connection, case.id)
    for read in (queries.organisation_names, queries.organisations_of):
        assert set(read(connection, case.id)) == own | {plain.id}
        assert set(read(connection, other.id)) == {plain.id}
    assert own != theirs


@pytest.mark.guarantee
def test_a_lock_shuts_it(tmp_path: Path) -> None:
    """A lock ends the process; the next one opens the file anew."""
    caseload = canary.opened(tmp_path, create=True)
    case = canary.add_canary(caseload)
    canary.seal(caseload, case.id)
    seal.open_to(caseload.connection, case.id)
    assert queries.case_file(caseload.connection, case.id)
    caseload.close()
    again = canary.opened(tmp_path)
    assert queries.case_file(again.connection, case.id) is None
    again.close()


@pytest.mark.guarantee
def test_the_log_says_of_a_sealed_case_only_who_when_and_which_act(
    caseload: Caseload, case: Case
) -> None:
    before = queries.recent_changes(caseload.connection)
    canary.seal(caseload, case.id)
    after = queries.recent_changes(caseload.connection)
    assert [one.id for one in after[1:]] == [one.id for one in before]  # no row is missing
    assert [(one.at, one.who, one.action) for one in after[1:]] == [
        (one.at, one.who, one.action) for one in before
    ]
    shown = {one.entity for one in after if one.id in {row.id for row in before if row.case_id}}
    assert queries.SEALED in shown
    other = queries.case_id_of(caseload.connection, "S26-0002")
    whys = [one.why for one in queries.changes_of(caseload.connection, other)]
    assert not any(case.ref in why for why in whys)


@pytest.mark.guarantee
def test_the_log_as_a_file_says_no_more_of_a_sealed_case(caseload: Caseload, case: Case) -> None:
    """Open or not: a file is read by others."""

    def written() -> list[dict[str, Any]]:
        columns, rows = export_table(caseload.connection, "changes", identifiable=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    before = written()
    told = [row for row in before if row["case_ref"] == case.ref]
    assert {"people", "safe_addresses", "marac_listings"} <= {row["entity"] for row in told}
    canary.seal(caseload, case.id)
    for opened in (0, case.id):
        seal.open_to(caseload.connection, opened)
        after = {row["id"]: row for row in written()}
        for row in told:
            left = {name: value for name, value in after[row["id"]].items() if value}
            assert left == {
                "id": row["id"],
                "at": row["at"],
                "action": row["action"],
                "entity": queries.SEALED,
            }
        assert "seals" not in {row["entity"] for row in after.values()}
        assert len(after) == len(before) + 1  # no row is missing
        lines = readlog.read_log(caseload.connection, readlog.LogFilter(), leaving=True)
        assert {line.case_id for line in lines} & {case.id} == set()
        mine = readlog.LogFilter(case_id=case.id)
        assert readlog.read_log(caseload.connection, mine, leaving=True) == []


def test_an_undo_passes_over_what_cannot_be_seen(caseload: Caseload, case: Case) -> None:
    other = work.must_find(caseload, queries.case_id_of(caseload.connection, "S26-0002")).case
    caseload.store.update(other, why="seen", next_action="ring")
    caseload.store.update(case, why="not seen", next_action="hush")
    canary.seal(caseload, case.id)
    assert caseload.store.undo_last() == "seen"
    seal.open_to(caseload.connection, case.id)
    assert caseload.store.undo_last() == "not seen"
    kept = queries.case_file(caseload.connection, case.id)
    assert kept is not None
    assert kept.case.next_action == f"{WORD} cases next_action"


@pytest.mark.guarantee
def test_its_reminders_are_kept_in_step_while_it_is_sealed(caseload: Caseload, case: Case) -> None:
    """The store works a sealed case out again each day, as every other."""
    canary.seal(caseload, case.id)
    connection = caseload.connection

    def worked_out() -> tuple[date | None, set[str]]:
        seal.open_to(connection, case.id)
        file = queries.case_file(connection, case.id)
        until = queries.card(connection, case.id).valid_until
        seal.shut(connection)
        assert file is not None
        return until, {one.rule for one in file.reminders if one.state == "open"}

    before = worked_out()
    later = TODAY + timedelta(days=120)
    caseload.store.today = lambda: later
    assert caseload.store.refresh_stale(later) > 0
    after = worked_out()
    assert before[0]
    assert after[0] != before[0]


def test_its_number_is_never_given_again(caseload: Caseload) -> None:
    last = caseload.store.add(Case())
    canary.seal(caseload, last.id)
    assert caseload.store.add(Case()).ref > last.ref
    assert Note.table in seal.SHADOWED
