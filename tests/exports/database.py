"""A real encrypted caseload filled with given case files, past the store, for table exports."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

from db.changes import ChangeLog
from db.connection import Connection, open_connection
from db.migrations import migrate
from db.models import CASE_TABLES, CaseFile, Record
from db.readmodels import CaseCard
from db.rows import columns_sql, to_column, to_row

KEY = bytes(range(32))


def made(folder: Path) -> Connection:
    """A new caseload with the program's own schema."""
    connection = open_connection(folder / "caseload.db", KEY, create=True)
    migrate(connection)
    return connection


def put(connection: Connection, record: Record) -> None:
    """One row, as it stands."""
    values = to_row(record)
    connection.execute(
        f"INSERT INTO {record.table} ({columns_sql(type(record))})"
        f" VALUES ({', '.join('?' * len(values))})",
        values,
    )


def put_case(connection: Connection, file: CaseFile, number: int, name: str = "") -> None:
    """A whole case as case ``number``, with a card."""
    file.case.id = number
    put(connection, file.case)
    for table in CASE_TABLES:
        for place, record in enumerate(getattr(file, table)):
            record.case_id, record.id = number, number * 100 + place
            for item in fields(record):
                if item.name.endswith("_id") and item.name not in ("case_id", "catalogue_id"):
                    setattr(record, item.name, None)
            put(connection, record)
    survivor = file.survivor
    card = CaseCard(
        case_id=number,
        ref=file.case.ref,
        status="open",
        stage=file.case.stage,
        stage_entered=file.case.stage_entered or date(2026, 11, 1),
        name=name or (f"{survivor.first_name} {survivor.surname}" if survivor else ""),
        safe_contact=file.case.contact_rule,
    )
    columns = [item.name for item in fields(card)]
    connection.execute(
        f"INSERT INTO case_cards ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
        [to_column(getattr(card, name)) for name in columns],
    )


def filled(folder: Path, files: Iterable[CaseFile]) -> Connection:
    """A caseload with these cases."""
    connection = made(folder)
    for number, file in enumerate(files, start=1):
        put_case(connection, file, number)
        ChangeLog(connection).append(
            "consultation",
            "cases",
            number,
            number,
            at=datetime(2026, 11, 26, 9, 30, tzinfo=UTC),
            who="Survivor",
            why="Survivor, Hidden Close: secret-place",
        )
    connection.commit()
    return connection
