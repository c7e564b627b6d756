"""The seam that leaves sealed cases out: every query that does not ask for them gets none.

A view of the connection's own (``TEMP``) stands before each table that says anything of a case and
has the table's name. SQLite finds it first, so plain SQL, written here or later, reads the
caseload without its sealed cases, and cannot write at all. The tables themselves are
``main.people`` and so on: only the places that a test lists say that. The search index and the
change log have no such view; their readers are listed by the same test.

One sealed case at a time may be opened, by ``opened``, for a reason that the caller has logged; it
is then found by its number and is still in no list.
"""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from config.codes import split
from db.models import CASE_TABLES, RECORDS, Breach, Case, Disclosure, specs
from db.record import Record, column_names
from db.rights import EVERY_CASE
from db.rows import quoted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from db.connection import Connection

_LIVE: Final = "SELECT case_id FROM main.seals WHERE sealed_on IS NOT NULL AND lifted_on IS NULL"
_REFS: Final = f"SELECT ref FROM main.cases WHERE id IN ({_LIVE})"
_NONE: Final = f"NOT EXISTS ({_LIVE})"


def _parts(column: str) -> str:
    """The references of a ``;``-joined column, as rows."""
    return f"json_each('[' || replace(json_quote({column}), ';', '\",\"') || ']')"


LISTS: Final = {"breaches": "case_refs", "cases": "linked_cases", "disclosures": "case_refs"}
"""By table the column that joins references of cases with ``;``: its reader has no sealed one."""


def _without(table: str) -> str:
    """A table's columns, its list without the references of sealed cases."""
    kind = {one.table: one for one in (Breach, Case, Disclosure)}[table]
    masked = LISTS[table]
    left = (
        f"CASE WHEN {masked} = '' OR {_NONE} THEN {masked} ELSE coalesce((SELECT"
        f" group_concat(value, ';') FROM {_parts(masked)} WHERE value NOT IN ({_REFS})), '') END"
    )
    return ", ".join(
        f"{left} AS {quoted(name)}" if name == masked else quoted(name)
        for name in column_names(kind)
    )


_LINKS: Final = tuple(
    (record.table, name)
    for record in RECORDS
    if record.table in CASE_TABLES
    for name, spec in specs(record).items()
    if spec.to == "organisations"
)


def _named(sealed: bool) -> str:
    """Organisations that sealed cases name, or that the others do."""
    which = "IN" if sealed else "NOT IN"
    return " UNION ALL ".join(
        f"SELECT {name} FROM main.{table} WHERE {name} IS NOT NULL AND case_id {which} ({_LIVE})"
        for table, name in _LINKS
    )


_SHOWN: Final = f"({{0}} NOT IN ({_named(sealed=True)}) OR {{0}} IN ({_named(sealed=False)}))"
"""An organisation that only sealed cases name would tell of them."""
_FREE: Final = f"case_id NOT IN ({_LIVE})"
_VIEWS: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys((*CASE_TABLES, "case_cards", "drafts", "import_rows"), ("*", _FREE)),
    "cases": (_without("cases"), f"id NOT IN ({_LIVE})"),
    "disclosures": (
        _without("disclosures"),
        f"case_refs = '' OR {_NONE} OR EXISTS"
        f" (SELECT 1 FROM {_parts('case_refs')} WHERE value NOT IN ({_REFS}))",
    ),
    "breaches": (_without("breaches"), "1"),
    "breach_steps": ("*", f"case_ref NOT IN ({_REFS})"),
    # A case whose MARAC papers alone were disposed of is still there, and may be sealed.
    "disposals": ("*", f"coalesce(case_number, 0) NOT IN ({_LIVE})"),
    "organisations": ("*", f"{_NONE} OR {_SHOWN.format('id')}"),
    "contacts": (
        "*",
        f"{_NONE} OR organisation_id IS NULL OR {_SHOWN.format('organisation_id')}",
    ),
}
SHADOWED: Final = frozenset(_VIEWS)
"""Tables before which a view stands."""


def install(connection: Connection) -> None:
    """Put the views before the tables; from here on plain SQL finds no sealed case."""
    _at_once(
        connection,
        (
            f"CREATE TEMP VIEW IF NOT EXISTS {table} AS"
            f" SELECT {columns} FROM main.{table} WHERE {condition}"
            for table, (columns, condition) in _VIEWS.items()
        ),
    )


def _at_once(connection: Connection, statements: Iterable[str]) -> None:
    """As one script, of which the driver keeps nothing: it has room for 128 prepared statements,
    and a new one finds none once those are taken by what is never run again."""
    connection.executescript(";\n".join(statements))


@contextmanager
def set_aside(connection: Connection) -> Generator[None]:
    """Take the views away for a ``VACUUM``, which would make its indexes on them and fail.

    Nothing else may be read meanwhile. A connection that cannot get them back is closed.
    """
    sql = "SELECT count(*) FROM temp.sqlite_master WHERE type = 'view'"
    stood = connection.execute(sql).fetchall()[0][0]
    if stood:
        _at_once(connection, (f"DROP VIEW IF EXISTS temp.{table}" for table in _VIEWS))
    try:
        yield
    finally:
        if stood:
            try:
                install(connection)
            except BaseException:
                connection.close()
                raise


def sealed_ids(connection: Connection) -> frozenset[int]:
    """The cases that are sealed now."""
    return frozenset(int(row[0]) for row in connection.execute(_LIVE).fetchall())


def count_open(connection: Connection) -> int:
    """How many cases of a file are not sealed; asked of a file of any schema, without views."""
    known = connection.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'seals'").fetchall()
    rest = f" WHERE id NOT IN ({_LIVE})" if known else ""
    return int(connection.execute(f"SELECT count(*) FROM main.cases{rest}").fetchall()[0][0])


def sealed_refs(connection: Connection) -> tuple[str, ...]:
    """The references of the cases that are sealed now."""
    return tuple(str(row[0]) for row in connection.execute(_REFS).fetchall())


def whole_list(connection: Connection, record: Record, wanted: str) -> tuple[str, str]:
    """A record's list of references as it is kept, and as it is to be kept.

    The record in hand may come from a view, without the sealed cases; those that it does not show
    stay, whatever ``wanted`` says. What it shows can be taken out.
    """
    name = LISTS[record.table]
    kept = str(
        connection.execute(
            f"SELECT {name} FROM main.{record.table} WHERE id = ?", (record.id,)
        ).fetchall()[0][0]
    )
    shown = split(getattr(record, name))
    unseen = {ref for ref in split(kept) if ref not in shown} & set(sealed_refs(connection))
    if not unseen:
        return kept, wanted
    asked = split(wanted)
    whole = [ref for ref in split(kept) if ref in unseen or ref in asked]
    return kept, ";".join(dict.fromkeys([*whole, *asked]))


def reversed_list(kept: str, before: str, after: str) -> str:
    """A list of references without what one change did to it; what others did since stays."""
    if kept == after:
        return before
    left = [ref for ref in split(kept) if ref not in split(after) or ref in split(before)]
    back = [ref for ref in split(before) if ref not in split(after)]
    return ";".join(dict.fromkeys([*left, *back]))


_LISTED: Final = re.compile(rf'("(?:{"|".join(sorted(set(LISTS.values())))})":")([^"]*)"')


def lists_without(text: str, refs: Sequence[str]) -> str:
    """What the log says before or after a change, its lists as the views show them."""

    def shown(found: re.Match[str]) -> str:
        return f'{found[1]}{";".join(one for one in split(found[2]) if one not in refs)}"'

    return _LISTED.sub(shown, text)


def sealed_among(
    connection: Connection, refs: Iterable[str], at: str | None, *, written: bool
) -> dict[int, str]:
    """The sealed cases among references, by number: for their own list alone.

    For ``EVERY_CASE`` those that were there at a moment, as the tables write it: received by then
    or, since that is typed, in the log by then; of a file that was ``written`` then without those
    that were sealed on an earlier day, since it left them out.
    """
    named = set(refs)
    every = EVERY_CASE in named
    found = connection.execute(
        "SELECT c.id, c.ref, c.received, max(s.sealed_on),"
        " (SELECT min(at) FROM main.changes WHERE case_id = c.id)"
        " FROM main.cases c JOIN main.seals s"
        " ON s.case_id = c.id WHERE s.sealed_on IS NOT NULL AND s.lifted_on IS NULL"
        " GROUP BY c.id ORDER BY c.id"
    ).fetchall()
    return {
        int(case_id): str(ref)
        for case_id, ref, received, sealed_on, logged in found
        if ref in named
        or (
            every
            and (at is None or received is None or min(received, logged or received) <= at)
            and (at is None or not written or sealed_on >= at[:10])
        )
    }


def sealed_in_breach(connection: Connection, breach_id: int) -> dict[int, str]:
    """The sealed cases that a breach held, by number, with their references: for their list alone.

    The register is asked, since a breach that was recorded after the seal does not name them. Of an
    export of every case, those are taken that were there then and not sealed on an earlier day; of
    a lost backup or computer, those that were there when it became known.
    """
    rows = connection.execute(
        "SELECT b.case_refs, b.aware, d.case_refs, d.at FROM main.breaches b"
        " LEFT JOIN main.disclosures d ON d.id = b.disclosure_id WHERE b.id = ?",
        (breach_id,),
    ).fetchall()
    refs, aware, sent, sent_at = rows[0] if rows else ("", None, None, None)
    named = [*refs.split(";"), *(sent or "").split(";")]
    written = sent is not None
    return sealed_among(connection, named, sent_at if written else aware, written=written)


@dataclass(frozen=True, slots=True)
class SealedInBreach:
    """How many sealed cases a breach held, in how many the survivor was reached or decided about,
    and how many people they are about. It names none."""

    cases: int
    settled: int
    people: int

    @property
    def waiting(self) -> int:
        """Cases whose survivor nobody has reached or decided about."""
        return self.cases - self.settled


def count_sealed(connection: Connection, breach_id: int) -> SealedInBreach:
    """What may be said of the sealed cases of a breach outside their list: numbers."""
    found = sealed_in_breach(connection, breach_id)
    settled = connection.execute(
        "SELECT DISTINCT case_ref FROM main.breach_steps WHERE breach_id = ?"
        " AND kind IN ('survivor', 'decision')",
        (breach_id,),
    ).fetchall()
    people = connection.execute(
        "SELECT count(*) FROM main.people WHERE case_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(found)),),
    ).fetchall()[0][0]
    done = {str(row[0]) for row in settled}
    return SealedInBreach(len(found), len(done & set(found.values())), int(people))


def sealed_steps(connection: Connection, breach_id: int, case_ref: str) -> list[str]:
    """Kinds of what was done about one sealed case after a breach, oldest first: for their list."""
    rows = connection.execute(
        "SELECT kind FROM main.breach_steps WHERE breach_id = ? AND case_ref = ? ORDER BY id",
        (breach_id, case_ref),
    ).fetchall()
    return [str(row[0]) for row in rows]


def left_out(connection: Connection) -> frozenset[tuple[str, int]]:
    """Records of no one case that the views leave out, as table and number."""
    return frozenset(
        (table, int(row[0]))
        for table in ("organisations", "contacts", "disclosures", "breach_steps")
        for row in connection.execute(
            f"SELECT id FROM main.{table} EXCEPT SELECT id FROM {table}"
        ).fetchall()
    )


def open_to(connection: Connection, case_id: int) -> None:
    """Let one sealed case be read by its number; the caller has logged why."""
    connection.opened = case_id


def shut(connection: Connection) -> None:
    """Close the sealed case that was open, if one was."""
    connection.opened = 0


def hidden(connection: Connection) -> frozenset[int]:
    """The sealed cases that are not open."""
    return sealed_ids(connection) - {connection.opened}


def place(connection: Connection, case_id: int) -> str:
    """Where a case is read: past the views if it is sealed and open, else through them."""
    return "main." if case_id and case_id == connection.opened else ""


def directory_of(connection: Connection, case_id: int) -> str:
    """What a case reads organisations from: with what it alone names if it is sealed and open, and
    without what only another sealed case does."""
    if not place(connection, case_id):
        return "organisations"
    own = " UNION ALL ".join(
        f"SELECT {name} FROM main.{table} WHERE case_id = {int(case_id)}" for table, name in _LINKS
    )
    return (
        "(SELECT * FROM main.organisations"
        f" WHERE id IN (SELECT id FROM organisations) OR id IN ({own}))"
    )
