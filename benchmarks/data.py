"""The caseloads that are measured, made once and kept in a folder.

Two shapes. *District*: as the demonstration makes a caseload of that size, most of it history (of
10,000 cases some 550 are open). *Desk*: every case open, so that each is a card on the board and
most are on Today; no district is like it, and it is the harder test.

Up to 10,000 district cases are told one by one through the store. 1,000 desk cases are, too; what
is larger is copied from these, table by table, with new numbers and references. The change log
and its copies are left out, as nothing measured here reads it but a case's own story.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.paths import Paths, resolve_paths
from config.settings import default_settings

if TYPE_CHECKING:
    from db.caseload import Caseload
    from db.connection import Connection

TODAY: Final = date(2026, 11, 26)
SEED: Final = 1
PASSPHRASE: Final = "demo"
TOLD: Final = {"district": 10_000, "desk": 1_000}
"""Up to how many cases of a shape are told one by one."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Caseset:
    """A caseload to be measured: its shape, its size, and its home folder."""

    shape: str
    size: int
    folder: Path

    @property
    def name(self) -> str:
        """``district-10000``."""
        return f"{self.shape}-{self.size}"

    @property
    def home(self) -> Path:
        """Where data and settings are."""
        return self.folder / self.name

    @property
    def paths(self) -> Paths:
        """Its files."""
        return resolve_paths(str(self.home), {})

    @property
    def title(self) -> str:
        """For the tables."""
        return f"{self.size:,} cases" + (", all open" if self.shape == "desk" else "")


def made(caseset: Caseset, say: Say) -> Caseset:
    """The caseset, made now unless it is in its folder already."""
    whole = caseset.home / "whole"
    if whole.exists():
        return caseset
    shutil.rmtree(caseset.home, ignore_errors=True)
    say(f"making {caseset.title} ({caseset.shape}) ...")
    begun = time.monotonic()
    told = TOLD[caseset.shape]
    if caseset.size <= told:
        _tell(caseset)
    else:
        base = made(Caseset(caseset.shape, told, caseset.folder), say)
        shutil.copytree(base.home, caseset.home, ignore=shutil.ignore_patterns("whole"))
        with opened(caseset) as caseload:
            multiply(caseload.connection, caseset.size // told)
    whole.touch()
    say(f"  made in {time.monotonic() - begun:.0f} s")
    return caseset


def data_key(caseset: Caseset) -> bytearray:
    """The key of its database, by its passphrase."""
    from db.keys import unlock

    return unlock(caseset.paths, PASSPHRASE)


@contextmanager
def opened(caseset: Caseset) -> Iterator[Caseload]:
    """The open caseload, on its own day."""
    with _opened(caseset.paths, data_key(caseset)) as caseload:
        yield caseload


@contextmanager
def _opened(paths: Paths, key: bytearray) -> Iterator[Caseload]:
    from db.caseload import open_caseload
    from sanctuary_tui.opening import derive_with

    caseload = open_caseload(
        paths.caseload,
        key,
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: datetime.combine(TODAY, datetime.now(UTC).timetz()),
        today=lambda: TODAY,
    )
    try:
        yield caseload
    finally:
        caseload.close()


def _tell(caseset: Caseset) -> None:
    from db.keys import create_caseload
    from sanctuary_tui.cli_session import DEMO_TODAY
    from sanctuary_tui.copies import DEMO_MARK
    from sanctuary_tui.demo import fill

    key = create_caseload(caseset.paths, PASSPHRASE, allow_weak=True, allow_keyring=False).data_key
    share = 1.0 if caseset.shape == "desk" else None
    with _opened(caseset.paths, key) as caseload, caseload.store.bulk():
        fill(caseload.store, caseset.size, SEED, TODAY, open_share=share)
        caseload.store.remember(DEMO_MARK, f"{caseset.size} cases, seed {SEED}")
        caseload.store.remember(DEMO_TODAY, TODAY.isoformat())


# --- copying ------------------------------------------------------------------------------------


def multiply(connection: Connection, times: int) -> None:
    """Make of every case ``times`` cases; what cases share (organisations, funds) is not copied."""
    from db.models import CASELESS, RECORDS

    tables = [record.table for record in RECORDS if record.table not in CASELESS]
    copied = ["cases", *tables, "case_cards"]
    stride = 1 + max(_number(connection, f"SELECT max(id) FROM {name}") for name in copied[:-1])
    most = _number(connection, "SELECT max(CAST(substr(ref, 5) AS INTEGER)) FROM cases")
    statements = [_copy_statement(connection, name) for name in copied]
    connection.execute("PRAGMA foreign_keys = OFF").fetchall()
    last = _number(connection, "SELECT max(id) FROM cases")
    for number in range(1, times):
        values = {"k": number * stride, "n": number * most, "last": last}
        connection.execute("BEGIN").fetchall()
        for statement in statements:
            connection.execute(statement, values).fetchall()
        connection.execute(
            "INSERT INTO search (rowid, case_id, entity, entity_id, title, body) SELECT rowid + :k,"
            " case_id + :k, entity, entity_id + :k, title, body FROM search"
            " WHERE case_id BETWEEN 1 AND :last",
            {"k": values["k"], "last": last},
        ).fetchall()
        connection.execute("COMMIT").fetchall()
    connection.execute("PRAGMA foreign_keys = ON").fetchall()


def _number(connection: Connection, sql: str) -> int:
    return int(connection.execute(sql).fetchall()[0][0] or 0)


def _copy_statement(connection: Connection, table: str) -> str:
    from db.models import CASELESS

    shared = CASELESS - {"cases"}
    links = {
        row[3]
        for row in connection.execute(f"PRAGMA main.foreign_key_list({table})").fetchall()
        if row[2] not in shared
    }
    names = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})").fetchall()]
    own = [] if table == "cases" else ["case_id"]
    shown = []
    for name in names:
        column = f'"{name}"'
        if name == "ref":
            column = "substr(ref, 1, 4) || printf('%04d', CAST(substr(ref, 5) AS INTEGER) + :n)"
        elif name in ("id", *own, *links) or (table, name) == ("reminders", "record_id"):
            column = f"{column} + :k"
        shown.append(column)
    into = ", ".join(f'"{name}"' for name in names)
    return (
        f"INSERT INTO main.{table} ({into}) SELECT {', '.join(shown)} FROM main.{table}"
        f" WHERE {own[0] if own else 'id'} BETWEEN 1 AND :last AND :n > 0"
    )
