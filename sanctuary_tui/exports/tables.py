"""Any table or view as CSV: pseudonymous unless names are asked for, protected fields never.

Table and column names in the SQL come from the record models alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from config.codes import CONSENT_OPEN
from config.errors import BadInputError, RefusedError
from db.models import BY_TABLE, CASELESS, RECORDS, specs
from db.named_cases import cases_named
from db.names import folded
from db.readlog import whole_log
from db.readmodels import CaseCard
from db.rights import EVERY_CASE
from db.rows import moment_text
from sanctuary_tui.exports.csvfile import csv_bytes
from sanctuary_tui.exports.files import ExportResult, place_notices, write_one
from sanctuary_tui.exports.profiles import CARD_CLASSES, PROFILES, Profile, exporter
from sanctuary_tui.exports.withhold import Sieve

if TYPE_CHECKING:
    from db.connection import Connection

_SPECIAL: Final[dict[tuple[str, str], str]] = {
    ("properties", "address"): "CASE WHEN {0}.confidential = 'yes' THEN '' ELSE {0}.address END",
    ("properties", "postcode"): "CASE WHEN {0}.confidential = 'yes' THEN '' ELSE {0}.postcode END",
}
"""Columns that are not written as they stand: a confidential home's address never is."""
_PSEUDONYMOUS_SPECIAL: Final[dict[tuple[str, str], str]] = {
    ("measures", "name"): "CASE WHEN {0}.catalogue_id IS NULL THEN 'own measure' ELSE {0}.name END",
}
"""Public text that holds typed words unless it comes from the catalogue."""
JUDGES: Final[dict[tuple[str, str], str]] = {
    ("properties", "address"): "confidential",
    ("properties", "postcode"): "confidential",
    ("measures", "name"): "catalogue_id",
}
"""What a list has to hold beside such a column, so that it may be written as it stands."""


@dataclass(frozen=True, slots=True)
class Line:
    """One column of a view: its name in the file and the field it shows."""

    name: str
    table: str
    field: str


@dataclass(frozen=True, slots=True)
class View:
    """A screen as a table: which rows, and which columns of which records.

    The log has no ``source``: its rows are read, and masked, as the log's own screen reads them.
    """

    name: str
    what: str
    source: str
    columns: tuple[Line, ...]


def _lines(**tables: str) -> tuple[Line, ...]:
    """Columns from ``table="field field=name"``; the card's come under their own names."""
    found = []
    for table, names in tables.items():
        for item in names.split():
            field, _, name = item.partition("=")
            found.append(Line(name or field, table, field))
    return tuple(found)


_CARD = "ref=case_ref name risk urgency stage stage_entered target_due tenure safe_contact"
_OPEN_STATES = ", ".join(f"'{state}'" for state in sorted(CONSENT_OPEN))
_WITH_CARD = "JOIN case_cards ON case_cards.case_id = {0}.case_id AND case_cards.status = 'open'"
_DUE = "reminders.state IN ('open', 'snoozed') AND coalesce(reminders.snoozed_to, reminders.due)"
_AFTERCARE = "'aftercare', 'ask_cadence', 'battery', 'fault', 'order_expiry'"
LOG: Final = "changes"
"""The view of the change log."""
_AS_LOGGED: Final = ("id", "action", "entity", "entity_id", "batch", "undoes")
_REMINDER = "due snoozed_to at rule title_text=what who"

VIEWS: Final[dict[str, View]] = {
    view.name: view
    for view in (
        View(
            "board",
            "Every open case, as the board shows it",
            "case_cards WHERE case_cards.status = 'open' ORDER BY case_cards.case_id",
            _lines(
                case_cards=f"{_CARD} score named_parties consent consent_since secured scheme_type "
                "do_not_contact stuck_why stuck_on stuck_since next_text next_due last_text"
            ),
        ),
        View(
            "today",
            "What is due or overdue on the day, in open cases",
            f"reminders {_WITH_CARD.format('reminders')} WHERE {_DUE} <= :today"
            " ORDER BY reminders.due, reminders.id",
            _lines(reminders=_REMINDER, case_cards=f"{_CARD} stuck_why stuck_on stuck_since"),
        ),
        View(
            "consent",
            "Every consent request that is still open",
            f"consent_requests {_WITH_CARD.format('consent_requests')}"
            f" WHERE consent_requests.state IN ({_OPEN_STATES})"
            " ORDER BY consent_requests.sent_on, consent_requests.id",
            _lines(
                consent_requests="id=request_id part state decision_kind decision_maker agent "
                "asked_by survivor_ok channel sent_on agent_forwarded owner_asked next_chase",
                case_cards=_CARD,
            ),
        ),
        View(
            "aftercare",
            "What is promised after the fitting: checks, batteries, faults, orders that end",
            f"reminders {_WITH_CARD.format('reminders')} WHERE {_DUE} IS NOT NULL"
            f" AND reminders.rule IN ({_AFTERCARE}) ORDER BY reminders.due, reminders.id",
            _lines(reminders=_REMINDER, case_cards=_CARD),
        ),
        View(
            "marac",
            "Every MARAC listing of an open case that has not been heard",
            f"marac_listings {_WITH_CARD.format('marac_listings')}"
            " WHERE marac_listings.state IN ('draft', 'sent', 'deferred')"
            " ORDER BY marac_listings.meeting, marac_listings.id",
            _lines(
                marac_listings="id=listing_id meeting marac_ref listing_type criteria state "
                "referred last_referral consent share_basis headline",
                case_cards=_CARD,
            ),
        ),
        View(
            LOG,
            "The change log: who read, changed or sent out what of which case, and when; which "
            "fields, never what they said",
            "",
            _lines(changes="id at action entity entity_id", cases="ref=case_ref")
            + _lines(changes="batch undoes fields"),
        ),
    )
}
"""Every screen that can be exported by name."""

TABLES: Final[tuple[str, ...]] = tuple(record.table for record in RECORDS)
"""Every table that can be exported by name."""


def profile_of(*, identifiable: bool) -> Profile:
    """The profile of a table or screen export."""
    return PROFILES["identifiable" if identifiable else "pseudonymous"]


def columns_of(table: str, *, identifiable: bool) -> tuple[Line, ...]:
    """The columns of a table's or view's export, in order.

    Raises ``BadInputError`` when there is no such table or view.
    """
    profile = profile_of(identifiable=identifiable)
    if table in VIEWS:
        wanted = VIEWS[table].columns
    elif table in BY_TABLE:
        wanted = tuple(Line(name, table, name) for name in specs(BY_TABLE[table]))
    else:
        raise BadInputError(
            "There is no such table or view to export; choose one of "
            f"{', '.join((*VIEWS, *TABLES))}."
        )
    allowed = tuple(
        line for line in wanted if line.field == "id" or profile.allows(line.table, line.field)
    )
    if table in VIEWS:
        return allowed
    own = [Line("id", table, "id")]
    if table not in CASELESS:
        own.insert(0, Line("case_ref", "cases", "ref"))
    return (*own, *allowed)


def export_table(
    connection: Connection, table: str, *, identifiable: bool, today: date | None = None
) -> tuple[tuple[str, ...], Iterator[Sequence[Any]]]:
    """The column names and rows of a table or view; money in pounds, dates and moments ISO.

    Without ``identifiable`` only fields of class public come, and of their typed text only
    references and place names; with it class case too; protected fields never, nor the address of
    a confidential home. ``today`` is the day of the view ``today``.
    """
    columns = columns_of(table, identifiable=identifiable)
    names = tuple(line.name for line in columns)
    if table == LOG:
        return names, _log_rows(connection, columns)
    chosen = ", ".join(_expression(line, identifiable=identifiable) for line in columns)
    texts = typed_columns(columns)
    beside = f", {_case_of(table)}" if texts else ""
    rows: Iterable[Sequence[Any]] = connection.execute(
        f"SELECT {chosen}{beside} FROM {_source(table)}",
        {"today": (today or date.max).isoformat()} if table == "today" else {},
    ).fetchall()
    if texts:
        rows, case_ids = [row[:-1] for row in rows], [row[-1] for row in rows]
        rows = Sieve(connection).sift(rows, texts, case_ids, _reaching(columns))
    money = [index for index, line in enumerate(columns) if _is_money(line)]
    return names, _in_pounds(rows, money) if money else iter(rows)


def _log_rows(connection: Connection, columns: Sequence[Line]) -> Iterator[Sequence[Any]]:
    """The log as it may leave; a case has its reference where its number may be shown."""
    refs = dict(connection.execute("SELECT id, ref FROM cases").fetchall())
    for line in whole_log(connection):
        values = {
            **{name: getattr(line, name) for name in _AS_LOGGED},
            "at": moment_text(line.at),
            "ref": refs.get(line.case_id),
            "fields": ";".join(line.fields) or None,
        }
        yield [values[column.field] for column in columns]


_CARD_TEXTS: Final = frozenset(item.name for item in fields(CaseCard) if item.type == "str")


def typed_columns(columns: Sequence[Line]) -> list[int]:
    """Which columns hold words that somebody typed."""
    return [index for index, line in enumerate(columns) if _is_typed(line)]


_REACHING: Final = frozenset(
    {
        ("cases", "referrer_contact"),
        ("contact_points", "value"),
        ("properties", "address"),
        ("properties", "postcode"),
    }
)
"""Fields that are themselves how somebody is reached; a number two cases have is in both."""


def _reaching(columns: Sequence[Line]) -> list[int]:
    return [index for index, line in enumerate(columns) if (line.table, line.field) in _REACHING]


def _is_typed(line: Line) -> bool:
    if line.table == "case_cards":
        return line.field in _CARD_TEXTS and CARD_CLASSES.get(line.field) == "case"
    if line.table not in BY_TABLE or line.field == "ref":
        return False
    spec = specs(BY_TABLE[line.table]).get(line.field)
    return spec is not None and spec.kind in ("text", "long")


def _case_of(table: str) -> str:
    """The case of a row; NULL where it is of none."""
    if table == "cases":
        return "cases.id"
    if table in CASELESS:
        return "NULL"
    return f"{VIEWS[table].columns[0].table if table in VIEWS else table}.case_id"


def _source(table: str) -> str:
    if table in VIEWS:
        return VIEWS[table].source
    if table in CASELESS:
        return f"{table} ORDER BY {table}.id"
    return f"{table} LEFT JOIN cases ON cases.id = {table}.case_id ORDER BY {table}.id"


def _expression(line: Line, *, identifiable: bool) -> str:
    pair = (line.table, line.field)
    special = _SPECIAL.get(pair)
    if special is None and not identifiable:
        special = _PSEUDONYMOUS_SPECIAL.get(pair)
    return special.format(line.table) if special else f'{line.table}."{line.field}"'


def _is_money(line: Line) -> bool:
    if line.table not in BY_TABLE:
        return False
    spec = specs(BY_TABLE[line.table]).get(line.field)
    return spec is not None and spec.kind == "money"


def _in_pounds(rows: Iterable[Sequence[Any]], money: Sequence[int]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for index in money:
            if values[index] is not None:
                values[index] = Decimal(values[index]).scaleb(-2)
        yield values


@exporter("any table or view", "pseudonymous", "identifiable")
def write_table(
    connection: Connection,
    table: str,
    out: Path,
    *,
    identifiable: bool = False,
    today: date | None = None,
) -> ExportResult:
    """Write a table or view as CSV to the file ``out``, which must not exist yet.

    Raises ``BadInputError`` for an unknown table, ``RefusedError`` when the file's name holds a
    name from the caseload or its place will not do, ``SanctuaryError`` when it cannot be written.
    """
    columns, rows = export_table(connection, table, identifiable=identifiable, today=today)
    notices = place_notices(out, protected=False)
    refuse_names(connection, out)
    kept = list(rows)
    written = write_one(out, csv_bytes(columns, kept), len(kept), notices)
    shown = columns_of(table, identifiable=identifiable)
    return replace(written, case_refs=refs_in(connection, table, shown, kept))


_DIRECTORY: Final = frozenset({"organisations", "contacts", "group_actions"})
"""What is of no one case, and may name one."""
_FREE_WORDS: Final = frozenset(
    {"note", "job", "safe_method", "address", "training", "action", "said"}
)
"""Fields of the directory in which a sentence may stand."""
_REFERENCES: Final = frozenset({"ref", "case_ref", "case_refs", "linked_cases"})


def refs_in(
    connection: Connection, table: str, columns: Sequence[Line], rows: Sequence[Sequence[object]]
) -> tuple[str, ...]:
    """The cases that rows of a file name, for the register; ``*`` for every case.

    The log is of every case; the directory of those whom its words name, and of every case where
    that cannot be told.
    """
    if table == LOG and rows:
        return (EVERY_CASE,)
    if table in _DIRECTORY:
        named = cases_named(connection, _words_of(columns, rows))
        return (EVERY_CASE,) if named is None else named
    at = [index for index, line in enumerate(columns) if line.field in _REFERENCES]
    told = dict.fromkeys(row[index] for row in rows for index in at)  # most say one case, or none
    return tuple(
        dict.fromkeys(part for cell in told for part in str(cell or "").split(";") if part)
    )


def _words_of(columns: Sequence[Line], rows: Sequence[Sequence[object]]) -> list[tuple[str, str]]:
    """Of each row the names, and the words that are free."""
    typed = typed_columns(columns)
    free = [index for index in typed if columns[index].field in _FREE_WORDS]
    named = [index for index in typed if index not in free]
    return [
        (
            " ".join(str(row[index] or "") for index in named),
            " ".join(str(row[index] or "") for index in free),
        )
        for row in rows
    ]


RADAR: Final[dict[str, tuple[Line, str]]] = {
    "case_ref": (Line("case_ref", "case_cards", "ref"), "the case"),
    "status": (Line("status", "case_cards", "status"), "open or closed"),
    "counted_from": (
        Line("counted_from", "marac_listings", "referred"),
        "the day the twelve months count from: the last referral, or the last meeting, as set",
    ),
    "repeat_until": (
        Line("repeat_until", "marac_listings", "meeting"),
        "the last day on which a new incident is a repeat",
    ),
    "name": (Line("name", "case_cards", "name"), "the survivor; only with names"),
}
"""The columns of ``marac-radar``, the cases inside the twelve months, with what they say."""


@exporter("a list on the screen", "pseudonymous", "identifiable")
def export_lines(
    connection: Connection,
    columns: Sequence[Line],
    rows: Iterable[Sequence[object]],
    out: Path,
    profile: str,
) -> ExportResult:
    """Write a list that is already in memory, as the screen shows it, to the file ``out``.

    Each column says which field it shows; columns the profile does not allow are left out, and the
    address of a confidential home is blank. ``profile`` is ``pseudonymous`` or ``identifiable``.
    """
    if profile not in ("pseudonymous", "identifiable"):
        raise ValueError(f"{profile} is not a profile of screens")
    allowed = PROFILES[profile]
    kept = [index for index, line in enumerate(columns) if allowed.allows(line.table, line.field)]
    if not kept:
        raise RefusedError(
            "Nothing on this list may leave without names; choose to export it with names."
        )
    notices = place_notices(out, protected=False)
    given = _as_tables_say(columns, rows, identifiable=profile == "identifiable")
    sifted = Sieve(connection).sift(
        given,
        typed_columns(columns),
        _cases(connection, columns, given),
        _reaching(columns),
    )
    lines = [[row[index] for index in kept] for row in sifted]
    shown = [columns[index] for index in kept]
    written = write_one(out, csv_bytes([line.name for line in shown], lines), len(lines), notices)
    table = shown[0].table
    if table not in _DIRECTORY:  # of any other list the screen knows the cases
        return written
    return replace(written, case_refs=refs_in(connection, table, shown, lines))


def _as_tables_say(
    columns: Sequence[Line], rows: Iterable[Sequence[object]], *, identifiable: bool
) -> list[list[object]]:
    """The rows, with what a table's export does not write as it stands kept back here too.

    It is kept back as well where the list has no column by which it could be judged (``JUDGES``).
    """
    at = {(line.table, line.field): index for index, line in enumerate(columns)}
    given = [list(row) for row in rows]
    for pair, index in at.items():
        judge = at.get((pair[0], JUDGES.get(pair, "")))
        for row in given:
            by = None if judge is None else row[judge]
            if pair in _SPECIAL and (judge is None or by == "yes"):
                row[index] = ""
            elif pair in _PSEUDONYMOUS_SPECIAL and not identifiable and by is None:
                row[index] = "own measure"
    return given


def _cases(
    connection: Connection, columns: Sequence[Line], rows: Sequence[Sequence[object]]
) -> list[int | None]:
    """The case of each row of a list, by the reference it shows."""
    at = next((index for index, line in enumerate(columns) if line.field == "ref"), None)
    if at is None:
        return [None] * len(rows)
    known = dict(connection.execute("SELECT ref, id FROM cases").fetchall())
    return [known.get(row[at]) for row in rows]


_ORDINARY_WORDS: Final = (
    "april august autumn case cases cover csv dataset day december digest export february friday "
    "january july june list march may monday month november october office quarter report saturday "
    "september spring summer sunday thursday tuesday wednesday week winter year"
)
_ORDINARY: Final = frozenset(_ORDINARY_WORDS.split()) | {
    word for name in (*VIEWS, *TABLES) for word in name.split("_")
}


_JOINED: Final = "replace(replace(replace(surname, char(39), ''), '-', ''), ' ', '')"


def refuse_names(connection: Connection, out: Path) -> None:
    """No name in a file's name: it shows in mail, in backups and in lists of recent files.

    Raises ``RefusedError`` when it holds a surname of the caseload.
    """
    words = set(re.findall(r"[^\W\d_]{2,}", folded(out.stem))) - _ORDINARY
    if not words:
        return
    words.add("".join(re.findall(r"[^\W\d_]+", folded(out.stem))))
    near = " OR ".join(f"{_JOINED} LIKE ?" for _ in words)
    known = connection.execute(
        f"SELECT DISTINCT surname FROM people WHERE surname GLOB '*[^ -~]*' OR {near}",
        [f"%{word}%" for word in words],
    ).fetchall()
    if any(words & set(_spellings(name)) for (name,) in known):
        raise RefusedError(
            "The file's name holds a surname that is in the caseload; choose a neutral one, such "
            "as cases.csv."
        )


def _spellings(surname: str) -> Iterator[str]:
    """Each word of a surname, and the whole in one, without accents: Smith-Jones is smithjones."""
    yield from re.findall(r"[^\W\d_]{2,}", folded(surname.replace("'", " ")))
    yield "".join(re.findall(r"[^\W\d_]+", folded(surname)))
