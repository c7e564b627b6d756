"""What must not be given away, of every case, and all it ever was: for keeping it back, alone.

Confidential addresses, ways to reach somebody, contact rules and code words, as they stand and as
the change log says they stood. Sealed cases are in it (``main.``): an address does not become safe
to send because its case cannot be seen. Nothing here is shown; a test lists who may ask
(tests/sealed/test_seam.py). The values of a disposed case are gone, from the log too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from db.changes import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from db.connection import Connection

Kind = Literal["address", "postcode", "reach", "rule", "code_word"]

KINDS: Final[dict[str, dict[str, Kind]]] = {
    "safe_addresses": {"address": "address", "postcode": "postcode"},
    "contact_points": {"value": "reach", "words": "rule", "times": "rule"},
    "properties": {"address": "address", "postcode": "postcode"},
    "cases": {"contact_rule": "rule", "contact_times": "rule", "code_word": "code_word"},
}
"""Which fields are guarded, and as what."""
_LINKED: Final = ("safe_addresses", "contact_points")
_LOGGED: Final = ", ".join(f"'{table}'" for table in KINDS)
_NAMES_ONE: Final = " OR ".join(
    f"instr(before, '\"{name}\"')"
    for name in sorted({name for names in KINDS.values() for name in names} | {"confidential"})
)


@dataclass(frozen=True, slots=True)
class Guarded:
    """One value: of which case and record, of whom where that is said, what it is."""

    case_id: int
    table: str
    record_id: int
    person_id: int | None
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Known:
    """Values of the caseload, and what is known of the district and so gives nobody away."""

    guarded: tuple[Guarded, ...]
    open_homes: tuple[tuple[int, str, str], ...]
    """Case, address and postcode of each home that is not confidential."""
    areas: Counter[str]
    """Areas, with how many cases name each."""
    numbers: tuple[str, ...]
    """Numbers and addresses of organisations and of those who work there."""
    names: tuple[str, ...]
    """Their names."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What a row of the log says that guarded fields of a record held before."""

    table: str
    record_id: int
    case_id: int
    before: dict[str, Any]


def logged_before(connection: Connection, after: int = 0) -> list[Logged]:
    """What guarded fields held before, of the rows of the log after this number.

    The index ``changes_guarded`` has these lines alone, by the same condition: of 460,000 lines of
    10,000 cases it reads the few that are asked for, where the whole log takes most of a second.
    """
    rows = connection.execute(
        "SELECT entity, entity_id, case_id, before FROM changes"
        f" WHERE id > ? AND entity IN ({_LOGGED}) AND before <> '' AND ({_NAMES_ONE})",
        (after,),
    ).fetchall()
    return [Logged(row[0], row[1], row[2], unpacked(row[3])) for row in rows]


def every_guarded(connection: Connection, logged: Sequence[Logged]) -> Known:
    """All there is, of every case, sealed or not, with what the log says of it."""
    homes = connection.execute(
        "SELECT case_id, id, address, postcode, confidential FROM main.properties"
    ).fetchall()
    now = list(_now(connection, homes))
    told = {(one.table, one.record_id, one.kind, one.text) for one in now}
    before = [
        one
        for one in _before(connection, homes, logged)
        if (one.table, one.record_id, one.kind, one.text) not in told
    ]
    areas = connection.execute(
        "SELECT area, count(*) FROM main.cases WHERE area <> '' GROUP BY area"
    ).fetchall()
    numbers = connection.execute(
        "SELECT phone FROM main.organisations UNION SELECT email FROM main.organisations"
        " UNION SELECT phone FROM main.contacts UNION SELECT email FROM main.contacts"
    ).fetchall()
    names = connection.execute(
        "SELECT name FROM main.organisations UNION SELECT name FROM main.contacts"
    ).fetchall()
    return Known(
        (*now, *dict.fromkeys(before)),
        tuple((row[0], row[2], row[3]) for row in homes if row[4] != "yes"),
        Counter({str(area): int(count) for area, count in areas}),
        tuple(str(row[0]) for row in numbers if row[0]),
        tuple(str(row[0]) for row in names),
    )


def accused_in(connection: Connection, is_name: Callable[[str, str], bool]) -> dict[int, str]:
    """Cases in which somebody of this name stands and is not the survivor, with all its names."""
    found: set[int] = set()
    names: dict[int, list[str]] = {}
    for case_id, role, first, last in connection.execute(
        "SELECT case_id, role, first_name, surname FROM main.people"
    ).fetchall():
        names.setdefault(case_id, []).append(f"{first} {last}")
        if role != "survivor" and is_name(first, last):
            found.add(case_id)
    return {case_id: " ".join(names[case_id]) for case_id in found}


def last_change(connection: Connection) -> int:
    """The number of the last row of the log."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM changes").fetchall()[0][0])


def changed_after(connection: Connection, number: int) -> Literal["no", "records", "log"]:
    """What of it may be different since this row of the log: the records, or the log itself.

    A disposal takes words out of the log.
    """
    acts = connection.execute(
        "SELECT DISTINCT action, entity FROM changes WHERE id > ?"
        " AND action IN ('collection', 'alteration', 'erasure')",
        (number,),
    ).fetchall()
    if ("erasure", "cases") in acts:
        return "log"
    watched = {*KINDS, "organisations", "contacts"}
    return "records" if any(entity in watched for _, entity in acts) else "no"


def _now(connection: Connection, homes: Iterable[Any]) -> Iterator[Guarded]:
    for case_id, record_id, address, postcode, confidential in homes:
        if confidential == "yes":
            yield from _said(
                "properties", case_id, record_id, None, {"address": address, "postcode": postcode}
            )
    for table in _LINKED:
        names = tuple(KINDS[table])
        for row in connection.execute(
            f"SELECT case_id, id, person_id, {', '.join(names)} FROM main.{table}"
        ).fetchall():
            yield from _said(table, row[0], row[1], row[2], dict(zip(names, row[3:], strict=True)))
    names = tuple(KINDS["cases"])
    for row in connection.execute(f"SELECT id, {', '.join(names)} FROM main.cases").fetchall():
        yield from _said("cases", row[0], row[0], None, dict(zip(names, row[1:], strict=True)))


def _before(
    connection: Connection, homes: Iterable[Any], logged: Sequence[Logged]
) -> Iterator[Guarded]:
    """What the log says these fields held: of a home, where it is or ever was confidential."""
    if not logged:
        return
    people = {
        (table, row[0]): row[1]
        for table in _LINKED
        for row in connection.execute(f"SELECT id, person_id FROM main.{table}").fetchall()
    }
    closed = {row[1] for row in homes if row[4] == "yes"}
    shown = {(row[1], text) for row in homes if row[4] != "yes" for text in row[2:4]}
    closed |= {
        row.record_id
        for row in logged
        if row.table == "properties" and row.before.get("confidential") == "yes"
    }
    for row in logged:
        if row.table != "properties" or row.record_id in closed:
            person_id = row.before.get("person_id", people.get((row.table, row.record_id)))
            for item in _said(row.table, row.case_id, row.record_id, person_id, row.before):
                if row.table != "properties" or (row.record_id, item.text) not in shown:
                    yield item


def _said(
    table: str, case_id: int, record_id: int, person_id: int | None, values: dict[str, Any]
) -> Iterator[Guarded]:
    for name, kind in KINDS[table].items():
        text = values.get(name)
        if text:
            yield Guarded(case_id, table, record_id, person_id, kind, str(text))
