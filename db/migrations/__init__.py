"""Changes of the schema, in order. Each runs in one transaction with the record of it.

A migration that has been released is never edited; a later one follows it.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from sqlcipher3 import dbapi2 as cipher

from db.connection import CaseloadError, NewerSchema

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

    from db.connection import Connection

SCHEMA_VERSION: Final = 15
"""What ``PRAGMA user_version`` says when every migration has been applied."""


def statements(sql: str) -> list[str]:
    """The statements of a script. None of ours holds a semicolon inside a statement."""
    lines = [line for line in sql.splitlines() if not line.startswith("--")]
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


def _run(db: Database, script: str) -> None:
    """Every statement of a script that stands beside this module."""
    for statement in statements(files("db.migrations").joinpath(script).read_text("utf-8")):
        db.execute(statement).fetchall()


def _m001_initial(db: Database) -> None:
    _run(db, "0001_initial.sql")
    # Names would survive deletion in the index's own segments otherwise.
    db.execute("INSERT INTO search (search, rank) VALUES ('secure-delete', 1)").fetchall()
    db.execute("PRAGMA user_version = 1").fetchall()


def _m002_pairs(db: Database) -> None:
    """An incident says by which perpetrator, a MARAC listing about which: a repeat is by pair."""
    db.execute(
        "ALTER TABLE incidents ADD COLUMN perpetrator_id INTEGER"
        " REFERENCES people (id) DEFERRABLE INITIALLY DEFERRED"
    ).fetchall()
    db.execute("ALTER TABLE marac_listings ADD COLUMN pairs TEXT NOT NULL DEFAULT ''").fetchall()
    db.execute("PRAGMA user_version = 2").fetchall()


def _m003_transfer(db: Database) -> None:
    """A transfer to another MARAC: to which, when, how, and whether it has it."""
    for column in (
        "transfer_to TEXT NOT NULL DEFAULT ''",
        "transferred_on TEXT",
        "transfer_way TEXT NOT NULL DEFAULT 'not_asked'",
        "acknowledged_on TEXT",
    ):
        db.execute(f"ALTER TABLE marac_listings ADD COLUMN {column}").fetchall()
    db.execute("PRAGMA user_version = 3").fetchall()


def _m004_hearing(db: Database) -> None:
    """An order has its next hearing."""
    db.execute("ALTER TABLE legal_orders ADD COLUMN hearing TEXT").fetchall()
    db.execute("PRAGMA user_version = 4").fetchall()


def _m005_faults(db: Database) -> None:
    """A fault has the day it was known, a visit the day it was booked: which came first counts."""
    db.execute("ALTER TABLE measures ADD COLUMN faulty_since TEXT").fetchall()
    db.execute("ALTER TABLE visits ADD COLUMN booked_on TEXT").fetchall()
    db.execute("PRAGMA user_version = 5").fetchall()


def _m006_emergency(db: Database) -> None:
    """A case has the day it was marked as an emergency: what is newer than the works opens it."""
    db.execute("ALTER TABLE cases ADD COLUMN emergency_since TEXT").fetchall()
    db.execute("PRAGMA user_version = 6").fetchall()


def _m007_landlords_answer(db: Database) -> None:
    """A landlord's own scheme has said yes or no: its yes is not the same as no answer."""
    db.execute(
        "ALTER TABLE cases ADD COLUMN ha_answer TEXT NOT NULL DEFAULT 'not_asked'"
    ).fetchall()
    db.execute("PRAGMA user_version = 7").fetchall()


def _m008_told_closed(db: Database) -> None:
    """An incident told once its case was closed has the day it was told (domain 7)."""
    db.execute("ALTER TABLE incidents ADD COLUMN told_closed TEXT").fetchall()
    db.execute("PRAGMA user_version = 8").fetchall()


def _m009_keeping(db: Database) -> None:
    """Legal holds, retention reviews and certificates of disposal."""
    _run(db, "keeping.sql")
    db.execute("PRAGMA user_version = 9").fetchall()


def _m010_rights(db: Database) -> None:
    """Subject access requests, breaches, and what each exported file held."""
    _run(db, "rights.sql")
    db.execute("PRAGMA user_version = 10").fetchall()


def _m011_seals(db: Database) -> None:
    """Who is connected to a party of a case, and which cases are sealed."""
    _run(db, "seals.sql")
    _run(db, "connected_people.sql")
    db.execute("PRAGMA user_version = 11").fetchall()


def _m012_part_disposals(db: Database) -> None:
    """MARAC papers may be disposed of alone; what an export asks the log for has an index."""
    _run(db, "part_disposals.sql")
    db.execute("PRAGMA user_version = 12").fetchall()


def _m013_imports(db: Database) -> None:
    """Trackers brought in, and a keyed digest of each row, by which it is known again."""
    _run(db, "imports.sql")
    db.execute("PRAGMA user_version = 13").fetchall()


def _m014_grants(db: Database) -> None:
    """Discretionary grants to a survivor."""
    _run(db, "grants.sql")
    db.execute("PRAGMA user_version = 14").fetchall()


def _m015_partners(db: Database) -> None:
    """Referrals outward; the working group's members and actions; landlords' accreditation."""
    _run(db, "partners.sql")
    db.execute("PRAGMA user_version = 15").fetchall()


_ALL = (
    _m001_initial,
    _m002_pairs,
    _m003_transfer,
    _m004_hearing,
    _m005_faults,
    _m006_emergency,
    _m007_landlords_answer,
    _m008_told_closed,
    _m009_keeping,
    _m010_rights,
    _m011_seals,
    _m012_part_disposals,
    _m013_imports,
    _m014_grants,
    _m015_partners,
)


def migrate(connection: Connection) -> bool:
    """Bring the schema up to date; true if anything was done.

    Raises:
        NewerSchema: the caseload was written by a newer version of the program.
        CaseloadError: a step would have left rows that point nowhere; it was taken back.
    """
    version = connection.execute("PRAGMA user_version").fetchall()[0][0]
    if version > SCHEMA_VERSION:
        raise NewerSchema(
            "This caseload was written by a newer version of Sanctuary; update the program, then "
            "open it again."
        )
    if version == SCHEMA_VERSION:
        return False
    _apply(connection, SCHEMA_VERSION)
    return True


def not_ours(connection: Connection) -> list[str]:
    """Tables, views, indexes and triggers of the file that are missing, more, or otherwise than
    this program makes them in that version of the schema; as ``trigger loot``."""
    made, there = _parts_made(connection), _parts(connection)
    return sorted(
        f"{kind} {name}"
        for kind, name in made.keys() | there.keys()
        if made.get((kind, name)) != there.get((kind, name))
    )


def tables_missing(connection: Connection) -> list[str]:
    """Tables that this program makes in that version of the schema and the file does not have."""
    lacking = _parts_made(connection).keys() - _parts(connection).keys()
    return sorted(name for kind, name in lacking if kind == "table")


def _parts_made(connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
    """What this program makes in the version of the schema that the file is said to have."""
    version = connection.execute("PRAGMA user_version").fetchall()[0][0]
    plain = cipher.connect(":memory:")
    try:
        _apply(plain, version)
        return _parts(plain)
    finally:
        plain.close()


def _parts(connection: Connection) -> dict[tuple[str, str], tuple[str, str]]:
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%'"
        " ESCAPE '\\'"
    ).fetchall()
    return {(kind, name): (table, sql or "") for kind, name, table, sql in rows}


def _apply(connection: Connection, version: int) -> None:
    """Every step up to this version of the schema that has not been made yet."""
    from sqlite_utils import Migrations

    from db.connection import sqlite_utils_database

    registry = Migrations("sanctuary")
    for step in _ALL[:version]:
        registry(name=step.__name__.removeprefix("_"))(_checked(step))
    # A table is rebuilt with its children switched off; each step checks every reference itself.
    connection.execute("PRAGMA foreign_keys = OFF").fetchall()
    try:
        registry.apply(sqlite_utils_database(connection))
    finally:
        connection.execute("PRAGMA foreign_keys = ON").fetchall()


def _checked(step: Callable[[Database], None]) -> Callable[[Database], None]:
    """The step, and in its own transaction a look whether every reference still holds."""

    def run(db: Database) -> None:
        step(db)
        if db.execute("PRAGMA foreign_key_check").fetchall():
            raise CaseloadError(
                "This version could not bring the caseload up to date, and it was left as it was; "
                "open it with the version before, and make a backup."
            )

    return run
