"""Real caseloads for tests: a SQLCipher file under a raw key, real rules, a clock one can set."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from config.codes import CODES
from config.format import local
from config.settings import default_settings
from config.text import clean
from db import queries
from db.caseload import Caseload, open_caseload
from db.changes import ChainReport, verify_chain
from db.connection import Connection, quick_checks
from db.fields import FieldSpec
from db.models import (
    RECORDS,
    Case,
    CaseFile,
    ConsentRequest,
    LegalOrder,
    MaracListing,
    Note,
    Organisation,
    Person,
    Record,
    specs,
)
from db.readmodels import Derived
from db.replay import replay
from db.rows import columns_sql
from db.seal import SHADOWED
from db.store import Derive
from db.witness import OnOlder, Witnesses
from sanctuary_tui.opening import derive_with

long_only = pytest.mark.skipif(
    not os.environ.get("LONG_TESTS"), reason="takes minutes; set LONG_TESTS=1 to run it"
)
KEY = bytes(range(32))
SETTINGS = default_settings()
DERIVE = derive_with(SETTINGS)
DAY = date(2026, 11, 26)  # a Thursday


@dataclass
class Clock:
    """A clock that goes on by a second at each look, and can be put to any day."""

    moment: datetime = field(default_factory=lambda: datetime.combine(DAY, time(9), tzinfo=UTC))

    def __call__(self) -> datetime:
        self.moment += timedelta(seconds=1)
        return self.moment

    def today(self) -> date:
        """The day in England."""
        return local(self.moment).date()

    def jump(self, days: int) -> None:
        """Go to another day."""
        self.moment += timedelta(days=days)


def noon(day: date) -> datetime:
    """Midday of a day, in UTC."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def make(path: Path, clock: Clock | None = None, *, derive: Derive = DERIVE) -> Caseload:
    """A new caseload at ``path``."""
    return opened(path, clock, derive=derive, create=True)


def opened(
    path: Path,
    clock: Clock | None = None,
    *,
    key: bytes | bytearray = KEY,
    derive: Derive = DERIVE,
    create: bool = False,
    witnesses: Witnesses | None = None,
    on_older: OnOlder = "refuse",
) -> Caseload:
    """The caseload at ``path``, opened by the raw key."""
    clock = clock or Clock()
    return open_caseload(
        path,
        key,
        derive=derive,
        who="Coordinator",
        clock=clock,
        today=clock.today,
        create=create,
        witnesses=witnesses,
        on_older=on_older,
    )


def records(connection: Connection) -> list[object]:
    """Every row of every kind of record, as it is read."""
    return [
        connection.execute(f"SELECT {columns_sql(kind)} FROM {kind.table} ORDER BY id").fetchall()
        for kind in RECORDS
    ]


def add_case(caseload: Caseload, **given: Any) -> Case:
    """A case that says little."""
    return caseload.store.add(Case(**{"route": "police", "urgency": "standard", **given}))


def file_of(caseload: Caseload, case_id: int) -> CaseFile:
    """A case that must be there."""
    found = queries.case_file(caseload.connection, case_id)
    assert found is not None
    return found


class Stopped(Exception):
    """What a test raises to break something off."""


def parents(caseload: Caseload, *, besides: tuple[str, ...] = ()) -> dict[str, int]:
    """A row of every table that others point at, but for ``besides``; ``case`` is their case."""
    store = caseload.store
    case = add_case(caseload)
    found = {"case": case.id}
    made: tuple[Record, ...] = (
        Organisation(name="Fairholm HA"),
        Person(case_id=case.id),
        LegalOrder(case_id=case.id),
        ConsentRequest(case_id=case.id),
        MaracListing(case_id=case.id, meeting=DAY),
        Note(case_id=case.id, body="A note."),
    )
    for record in made:
        found[record.table] = store.add(record).id
    for kind in RECORDS:
        for spec in specs(kind).values():
            if spec.to and spec.to not in (*found, *besides):
                target = next(one for one in RECORDS if one.table == spec.to)
                found[spec.to] = store.add(target(case_id=case.id)).id
    return found


def logged(caseload: Caseload, *, case_id: int | None = None) -> list[queries.LoggedChange]:
    """The change log, oldest first."""
    found = (
        queries.recent_changes(caseload.connection)
        if case_id is None
        else queries.changes_of(caseload.connection, case_id)
    )
    return list(reversed(found))


def bare(caseload: Caseload) -> None:
    """Take the views of ``db.seal`` away, as before the caseload is opened."""
    for table in SHADOWED:
        caseload.connection.execute(f"DROP VIEW temp.{table}").fetchall()


def rows(caseload: Caseload, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What a SELECT gives."""
    return [tuple(row) for row in caseload.connection.execute(sql, values).fetchall()]


TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
DERIVED = frozenset({"changes", "case_cards", "search", "settings", "_sqlite_migrations"})


def contents(caseload: Caseload) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table of records, but derived reminders: what a person put there.

    ``version`` is left out, since undoing a change is itself a change.
    """
    found = {}
    for (table,) in rows(caseload, TABLES):
        if table in DERIVED or table.startswith("search_"):
            continue
        columns = [
            f'"{row[1]}"'
            for row in rows(caseload, f"PRAGMA main.table_info({table})")
            if row[1] != "version"
        ]
        where = " WHERE rule = ''" if table == "reminders" else ""
        found[table] = rows(caseload, f"SELECT {', '.join(columns)} FROM {table}{where} ORDER BY 1")
    return found


def chain(caseload: Caseload) -> ChainReport:
    """The change log, worked out again."""
    return verify_chain(caseload.connection)


def check_sound(caseload: Caseload, today: date, derive: Callable[..., Derived] = DERIVE) -> None:
    """Cards and reminders are what the rules say today; chain, index and file are in order."""
    for (case_id,) in rows(caseload, "SELECT id FROM cases"):
        check_case(file_of(caseload, case_id), caseload, today, derive)
    assert rows(caseload, "SELECT count(*) FROM case_cards") == rows(
        caseload, "SELECT count(*) FROM cases"
    )
    assert chain(caseload).good
    assert chain(caseload).head == caseload.store.log.state.head.hex()
    assert rows(caseload, "PRAGMA foreign_key_check") == []
    assert replay(caseload.connection).strays == ()
    assert quick_checks(caseload.connection) == []


def check_case(
    file: CaseFile, caseload: Caseload, today: date, derive: Callable[..., Derived] = DERIVE
) -> None:
    """A case's card and reminders are what a fresh derive gives."""
    fresh = derive(file, today)
    assert queries.card(caseload.connection, file.case.id) == fresh.card
    ruled = [reminder for reminder in file.reminders if reminder.rule]
    standing = {one.key for one in ruled if one.state in ("open", "snoozed")}
    settled = {one.key for one in ruled if one.state in ("done", "dismissed")}
    wanted = {one.key: one for one in fresh.reminders}
    assert standing == wanted.keys() - settled
    assert len({one.key for one in file.reminders}) == len(file.reminders)
    for one in ruled:
        if one.state in ("open", "snoozed"):
            same = wanted[one.key]
            assert (one.due, one.title_text, one.action, one.who, one.at) == (
                same.due,
                same.title_text,
                same.action,
                same.who,
                same.at,
            )


# --- records with every field filled

_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cf", "Co", "Cn")), max_size=30
)
_MOMENTS = st.integers(-631_152_000, 7_258_118_399).map(
    lambda seconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


def answers(spec: FieldSpec, linked: int | None = None) -> st.SearchStrategy[Any]:
    """Values a field takes; for a link, the id given."""
    if spec.kind == "code":
        return st.sampled_from(sorted(CODES[spec.codes]))
    if spec.kind == "codes":
        listed = list(CODES[spec.codes])
        return st.sets(st.sampled_from(listed), min_size=1, max_size=3).map(
            lambda chosen: ";".join(code for code in listed if code in chosen)
        )
    if spec.kind == "date":
        return st.dates(date(1900, 1, 1), date(2199, 12, 31))
    if spec.kind == "datetime":
        return _MOMENTS
    if spec.kind in ("int", "money"):
        low = spec.low if spec.low is not None else 0
        high = spec.high if spec.high is not None else 1_000_000_000
        return st.integers(low, high)
    if spec.kind == "link":
        return st.just(linked)
    return _WORDS.map(lambda text: clean(text, multiline=spec.kind == "long")[: spec.limit])


def filled(kind: type[Record], links: dict[str, int]) -> st.SearchStrategy[Any]:
    """Records of a kind with every field given; ``links`` names a row of each table pointed at."""
    return st.fixed_dictionaries(
        {name: answers(spec, links.get(spec.to)) for name, spec in specs(kind).items()}
    )


# --- what lies in the file


def decrypted(path: Path) -> bytes:
    """Every page of a closed caseload as SQLite sees it, free pages and leftovers included.

    SQLCipher 4: AES-256-CBC under the raw key, 80 bytes a page for its IV and code, a salt of 16
    bytes in front of the first.
    """
    from Cryptodome.Cipher import AES

    data, size, reserve = path.read_bytes(), 4096, 80
    assert len(data) % size == 0
    found = []
    for start in range(0, len(data), size):
        page = data[start : start + size]
        body = page[16 if start == 0 else 0 : size - reserve]
        iv = page[size - reserve : size - reserve + 16]
        found.append(AES.new(KEY, AES.MODE_CBC, iv).decrypt(body))
    return b"".join(found)
