"""Tables and views as CSV, out of a real encrypted caseload."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from database import filled, put
from samples import confidential_case, whole_case

from config.errors import BadInputError, RefusedError, SanctuaryError
from db.connection import Connection, close_connection
from db.models import BY_TABLE, ConsentRequest, Expenditure, Fund, Measure, Person, Reminder, specs
from sanctuary_tui.exports.tables import (
    TABLES,
    VIEWS,
    Line,
    columns_of,
    export_lines,
    export_table,
    refuse_names,
    write_table,
)

ALL = (*TABLES, *VIEWS)
TODAY = date(2026, 11, 21)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    (tmp_path / "home").mkdir()
    first, _ = whole_case()
    second, _ = confidential_case()
    second.case.ref = "S26-0043"
    second.properties[0].confidential = "yes"
    second.properties[0].address = "secret-home"
    made = filled(tmp_path / "home", [first, second])
    for record in (
        Measure(id=9001, case_id=1, name="Lock for a named person", cost=41820, fund="core"),
        Measure(id=9002, case_id=1, catalogue_id=9, name="Euro cylinder, thumbturn"),
        Expenditure(id=9001, case_id=1, net=5, gross=-12345, what="a named person's door"),
        Fund(id=1, name="Core", budget=1600000),
        ConsentRequest(id=9001, case_id=1, state="sent", decision_maker="Test Landlord"),
        ConsentRequest(id=9002, case_id=1, state="granted"),
        Reminder(
            id=9001, key="k9001", case_id=1, rule="consent_chase", due=TODAY, title_text="Chase"
        ),
        Reminder(
            id=9002,
            key="k9002",
            case_id=1,
            rule="aftercare",
            due=date(2026, 12, 1),
            title_text="Check",
        ),
        Reminder(
            id=9003,
            key="k9003",
            case_id=2,
            rule="battery",
            due=date(2026, 11, 1),
            state="snoozed",
            snoozed_to=date(2026, 12, 2),
        ),
        Person(id=9001, case_id=2, surname="Test-Łucja"),
        Reminder(id=9004, key="k9004", case_id=2, rule="x", due=date(2026, 11, 1), state="done"),
    ):
        put(made, record)
    made.commit()
    yield made
    close_connection(made)


def rows_of(connection: Connection, table: str, **more: bool) -> list[dict[str, object]]:
    more.setdefault("identifiable", False)
    columns, rows = export_table(connection, table, today=TODAY, **more)
    return [dict(zip(columns, row, strict=True)) for row in rows]


@pytest.mark.parametrize("table", ALL)
@pytest.mark.parametrize("identifiable", [False, True])
def test_every_table_and_view_exports(
    connection: Connection, table: str, identifiable: bool, tmp_path: Path
) -> None:
    result = write_table(
        connection, table, tmp_path / "out.csv", identifiable=identifiable, today=TODAY
    )
    result.unnamed.give_names()
    data = (tmp_path / "out.csv").read_bytes()
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    columns = [line.name for line in columns_of(table, identifiable=identifiable)]
    assert lines[0] == columns
    assert len(set(columns)) == len(columns)
    assert len(lines) - 1 == result.rows
    if table in VIEWS:
        assert result.rows > 0


@pytest.mark.parametrize("table", TABLES)
def test_rows_are_all_there_and_belong_to_their_case(connection: Connection, table: str) -> None:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0]
    found = rows_of(connection, table)
    assert len(found) == count
    assert all(row.get("case_ref", "S26-0042") in ("S26-0042", "S26-0043") for row in found)


def test_without_names_only_public_fields_come(connection: Connection) -> None:
    for table in ALL:
        for line in columns_of(table, identifiable=False):
            if line.field != "id" and line.table in BY_TABLE:
                assert specs(BY_TABLE[line.table])[line.field].klass == "public"
    everything = str([rows_of(connection, table) for table in ALL])
    for never in ("Survivor", "Perpetrator", "Test Road", "07700", "named person", "Landlord"):
        assert never not in everything


def test_with_names_nothing_protected_comes(connection: Connection) -> None:
    for table in ALL:
        for line in columns_of(table, identifiable=True):
            if line.field != "id" and line.table in BY_TABLE:
                assert specs(BY_TABLE[line.table])[line.field].klass != "protected"
    everything = str([rows_of(connection, table, identifiable=True) for table in ALL])
    assert "Survivor" in everything
    for never in ("secret-home", "Hidden Close", "marigold", "secret-location", "secret-place"):
        assert never not in everything


def test_money_dates_and_moments(connection: Connection) -> None:
    measure = rows_of(connection, "measures")[-2]
    assert (measure["id"], measure["name"], str(measure["cost"])) == (9001, "own measure", "418.20")
    assert rows_of(connection, "measures")[-1]["name"] == "Euro cylinder, thumbturn"
    spent = rows_of(connection, "expenditures")[0]
    assert (str(spent["net"]), str(spent["gross"]), spent["vat"]) == ("0.05", "-123.45", None)
    assert str(rows_of(connection, "funds")[0]["budget"]) == "16000.00"
    incident = rows_of(connection, "incidents")[0]
    assert incident["at"] == "2026-02-01T20:00:00Z"
    assert rows_of(connection, "legal_orders")[0]["made"] == "2026-10-01"


def test_negative_money_is_a_number_not_a_marked_text(
    connection: Connection, tmp_path: Path
) -> None:
    write_table(connection, "expenditures", tmp_path / "out.csv").unnamed.give_names()
    assert b'"-123.45"' in (tmp_path / "out.csv").read_bytes()


def test_today_holds_what_is_due_and_not_put_off(connection: Connection) -> None:
    assert [row["rule"] for row in rows_of(connection, "today")] == ["consent_chase"]
    assert [row["rule"] for row in rows_of(connection, "aftercare")] == ["battery", "aftercare"]


def test_consent_holds_open_requests(connection: Connection) -> None:
    assert [row["request_id"] for row in rows_of(connection, "consent")] == [9001]


@pytest.mark.parametrize("table", ["", "settings", "cases; DROP TABLE cases", "drafts"])
def test_what_is_no_table_is_refused(connection: Connection, table: str, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such table or view"):
        write_table(connection, table, tmp_path / "out.csv")
    assert not (tmp_path / "out.csv").exists()


def test_a_file_is_never_replaced(connection: Connection, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine")
    with pytest.raises(SanctuaryError, match="exists"):
        write_table(connection, "cases", out)
    assert out.read_text() == "mine"


@pytest.mark.parametrize(
    ("surname", "name"),
    [
        ("Müller", "muller.csv"),
        ("O'Brien", "obrien.csv"),
        ("O'Brien", "for-o-brien.csv"),
        ("Smith-Jones", "smithjones.csv"),
        ("Smith-Jones", "jones_2026.csv"),
        ("Ng", "ng.csv"),
    ],
)
def test_nor_after_a_surname_spelt_otherwise(
    connection: Connection, tmp_path: Path, surname: str, name: str
) -> None:
    connection.execute("UPDATE main.people SET surname = ?", (surname,)).fetchall()
    with pytest.raises(RefusedError, match="holds a surname"):
        refuse_names(connection, tmp_path / name)
    refuse_names(connection, tmp_path / "list-for-the-board.csv")


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "name", ["survivor.csv", "SURVIVOR-2026.csv", "for Perpetrator.csv", "ŁUCJA.csv"]
)
def test_a_file_is_not_named_after_a_person(
    connection: Connection, tmp_path: Path, name: str
) -> None:
    with pytest.raises(RefusedError, match="holds a surname"):
        write_table(connection, "cases", tmp_path / name)
    assert not (tmp_path / name).exists()
    write_table(connection, "cases", tmp_path / "cases-2026.csv").unnamed.give_names()
    write_table(connection, "people", tmp_path / "surv.csv").unnamed.give_names()


def test_plain_tables_never_go_into_a_synced_folder(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="copies files away"):
        write_table(connection, "cases", tmp_path / "Dropbox" / "out.csv")
    assert not (tmp_path / "Dropbox").exists()


LINES = (
    Line("ref", "case_cards", "ref"),
    Line("name", "case_cards", "name"),
    Line("address", "safe_addresses", "address"),
    Line("due", "reminders", "due"),
)
SHOWN = [("S26-0042", "Test Survivor", "3 Hidden Close", TODAY)]


def test_a_list_on_the_screen_loses_what_its_profile_does_not_allow(
    connection: Connection, tmp_path: Path
) -> None:
    export_lines(connection, LINES, SHOWN, tmp_path / "a.csv", "pseudonymous").unnamed.give_names()
    export_lines(connection, LINES, SHOWN, tmp_path / "b.csv", "identifiable").unnamed.give_names()
    first = (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()
    assert first == ['"ref","due"', '"S26-0042","2026-11-21"']
    second = (tmp_path / "b.csv").read_text("utf-8-sig").splitlines()
    assert second == ['"ref","name","due"', '"S26-0042","Test Survivor","2026-11-21"']


def test_a_list_of_names_alone_cannot_leave_without_names(
    connection: Connection, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError, match="without names"):
        export_lines(
            connection, LINES[1:2], [("Test Survivor",)], tmp_path / "out" / "a.csv", "pseudonymous"
        )
    assert not (tmp_path / "out").exists()


def test_a_profile_for_another_use_is_refused(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="marac_address"):
        export_lines(connection, LINES, SHOWN, tmp_path / "a.csv", "marac_address")


def test_moments_in_memory_are_written_as_iso(connection: Connection, tmp_path: Path) -> None:
    line = (Line("at", "incidents", "at"),)
    moment = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
    export_lines(
        connection, line, [(moment,)], tmp_path / "a.csv", "pseudonymous"
    ).unnamed.give_names()
    assert '"2026-11-26T14:05:00Z"' in (tmp_path / "a.csv").read_text("utf-8-sig")
