"""The handover pack: what whoever covers a leave needs of chosen cases, encrypted and registered.

It says for whom it is and by when it is to be deleted. No date in a file is enforced on another
computer: on that day Today asks to have it deleted, until somebody says that it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.codes import RISK_BANDS, STAGES, label
from config.errors import BadInputError, RefusedError
from config.format import counted, full_date
from db import queries
from db.readmodels import CaseCard
from sanctuary_tui import connected, sealing
from sanctuary_tui.cover_ends import PROFILE, named
from sanctuary_tui.exports.files import ExportResult, place_notices, write_one
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import PROFILES, exporter
from sanctuary_tui.exports.protect import Sheet, new_passphrase, workbook_bytes
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.exports.tables import Line, refuse_names, typed_columns
from sanctuary_tui.exports.withhold import Sieve
from sanctuary_tui.pathway import agenda
from sanctuary_tui.table_export import MOST, Handed
from sanctuary_tui.work import must_find

if TYPE_CHECKING:
    from db.caseload import Caseload
    from db.connection import Connection
    from db.models import Reminder

LONGEST: Final = timedelta(days=92)
"""A leave of three months; a longer one gets a new pack, of the cases that are open then."""
MARKING: Final = "OFFICIAL-SENSITIVE. Only for the person named; not to be passed on or copied."
NOT_ENFORCED: Final = (
    "The date cannot be enforced on another computer: whoever has the file deletes it by hand."
)

_CASES: Final = tuple(
    Line("case_ref" if name == "ref" else name, "case_cards", name)
    for name in (
        "ref",
        "name",
        "risk",
        "score",
        "urgency",
        "stage",
        "stage_entered",
        "target_due",
        "safe_contact",
        "do_not_contact",
        "stuck_why",
        "stuck_on",
        "stuck_since",
        "next_text",
        "next_due",
    )
)
_DUE: Final = (
    Line("case_ref", "case_cards", "ref"),
    Line("due", "reminders", "due"),
    Line("at", "reminders", "at"),
    Line("what", "reminders", "title_text"),
    Line("who", "reminders", "who"),
)
_READERS: Final = ("people", "connected_people", "overrides")
"""Of a case, what tells who may not read of it."""
Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class PackOrder:
    """For whom a pack is and why, until when, of which cases; where none is named every open
    one, and each closed one of which something is due.

    ``sealed`` are sealed cases by their references, each read for the reason ``sealed_why``.
    """

    handed: Handed
    until: date
    refs: tuple[str, ...] = ()
    sealed: tuple[str, ...] = ()
    sealed_why: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """What is in a pack: a row a case, a row for each thing due, as the profile lets it leave."""

    cases: list[Row]
    due: list[Row]


def refuse_until(until: date, today: date) -> None:
    """A pack ends on a day that comes, and soon.

    Raises:
        BadInputError: the day is not after today, or too far off.
    """
    if not today < until <= today + LONGEST:
        raise BadInputError(
            "Give the last day of the cover: after today, and at most "
            f"{full_date(today + LONGEST)}."
        )


def refuse_name(out: Path) -> None:
    """A pack is an encrypted workbook.

    Raises:
        BadInputError: the name does not end in ``.xlsx``.
    """
    if out.suffix.lower() != ".xlsx":
        raise BadInputError("The pack's name must end in .xlsx, such as cover.xlsx.")


def make_pack(
    caseload: Caseload, order: PackOrder, out: Path, *, today: date, now: datetime
) -> ExportResult:
    """Write the pack as an encrypted workbook and register it; its passphrase is in the result.

    Raises:
        BadInputError: nobody it is for, no reason, a day that will not do, a case that is not
            there; sealed cases without a reason or alone.
        RefusedError: there is nothing to hand over, somebody of a case's register of connected
            people or its perpetrator would read of it, or the place will not do.
        SanctuaryError: the file cannot be written. Nothing is then registered.
    """
    to, why = order.handed.to.strip(), order.handed.why.strip()
    if not (to and why):
        raise BadInputError("A handover pack says who gets it and why; give both.")
    refuse_until(order.until, today)
    refuse_name(out)
    refuse_names(caseload.connection, out)
    if order.sealed and not order.sealed_why.strip():
        raise BadInputError("Say why sealed cases are handed over; it is logged.")
    held, refs = _held(caseload, order)
    if not refs:
        raise RefusedError(
            "There is no open case to hand over, and no closed one with something due."
        )
    what = named(order.until)
    store = caseload.store
    shown = len(refs)
    sealed_refs: list[str] = []
    for reference in order.sealed:
        more, ref = sealing.read_sealed(
            caseload, reference, order.sealed_why, lambda case_id: _of_one(caseload, case_id, order)
        )
        sealed_refs.append(ref)
        held = Held([*held.cases, *more.cases], [*held.due, *more.due])
    with sending(store, "handover pack made") as outgoing:
        written = outgoing.hold(write_cover_pack(held, order, out, who=store.who, today=today))
        # Its number of cases would tell the register that sealed ones are among them.
        counted_as = replace(written, rows=shown)
        for row in disclosures_of(
            counted_as,
            what=what,
            recipient=PROFILES[PROFILE].recipient,
            recipient_name=to[:MOST],
            basis=why[:MOST],
            protection="xlsx",
            by=store.who,
            at=now,
            case_refs=[*refs, *sealed_refs],
            profile=PROFILE,
        ):
            store.add(row, why=f"{what} made, to {to}: {why}")
        store.note("disclosure", "caseload", 0, 0, what)
    return written


def _held(caseload: Caseload, order: PackOrder) -> tuple[Held, list[str]]:
    """What a pack holds of the cases that are not sealed, and their references."""
    connection = caseload.connection
    asked = queries.open_reminders(connection, order.until)
    if order.refs:
        ids = [queries.case_id_of(connection, ref) for ref in order.refs]
        cards = list(queries.cards_of(connection, ids).values())
    else:
        cards = [*caseload.open_cards(), *_left_with_something_due(connection, asked)]
    cards = sorted(cards, key=lambda card: card.ref)
    wanted = {card.case_id: card for card in cards}
    due = [(wanted[one.case_id], one) for one in asked if one.case_id in wanted]
    files = queries.case_files(connection, _READERS, "1")
    given = [file for number, file in sorted(files.items()) if number in wanted]
    connected.refuse_handed(given, order.handed.to, caseload.store.today())
    return _sifted(caseload, cards, due), [card.ref for card in cards]


def _left_with_something_due(
    connection: Connection, asked: Iterable[Reminder]
) -> Iterable[CaseCard]:
    """Closed cases of which something is still asked: an outcome elsewhere, kit to come back.

    How long a file is kept is no business of whoever covers.
    """
    ids = {one.case_id for one in asked if one.rule != agenda.KEEPING}
    found = queries.cards_of(connection, ids).values()
    return [card for card in found if card.status == "closed"]


def _of_one(caseload: Caseload, case_id: int, order: PackOrder) -> Held:
    """What a pack holds of one sealed case, which is open meanwhile."""
    card = queries.card(caseload.connection, case_id)
    file = must_find(caseload, case_id)
    connected.refuse_handed([file], order.handed.to, caseload.store.today())
    due = [
        (card, one)
        for one in file.reminders
        if one.state in ("open", "snoozed") and one.due and one.due <= order.until
    ]
    return _sifted(caseload, [card], due)


def _sifted(
    caseload: Caseload, cards: Sequence[CaseCard], due: Sequence[tuple[CaseCard, Reminder]]
) -> Held:
    """The rows, with what each case keeps back withheld from typed words."""
    sieve = Sieve(caseload.connection)
    due = sorted(due, key=lambda pair: (_day(pair[1]), pair[0].ref))
    of_cases = [[_value(card, line.field) for line in _CASES] for card in cards]
    of_due = [[card.ref, _day(one), one.at, one.title_text, one.who] for card, one in due]
    cases, ids = [card.case_id for card in cards], [card.case_id for card, _ in due]
    return Held(
        list(sieve.sift(of_cases, typed_columns(_CASES), cases)),
        list(sieve.sift(of_due, typed_columns(_DUE), ids)),
    )


def _day(one: Reminder) -> str:
    day = one.snoozed_to if one.state == "snoozed" else one.due
    return day.isoformat() if day else ""


def _value(card: CaseCard, name: str) -> object:
    value = getattr(card, name)
    if name == "risk":
        return RISK_BANDS.get(card.risk, card.risk)
    if name == "stage":
        return STAGES.get(card.stage, card.stage)
    if name == "urgency":
        return label("urgency", card.urgency)
    if name == "do_not_contact":
        return "yes" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    return value


@exporter("handover pack", "cover")
def write_cover_pack(
    held: Held, order: PackOrder, out: Path, *, who: str, today: date
) -> ExportResult:
    """Write a pack as an encrypted workbook of text cells, under the profile ``cover``.

    Raises:
        RefusedError: a cell is too long for a workbook, or the place will not do.
        SanctuaryError: the file cannot be written.
    """
    notices = place_notices(out, protected=True)
    marks = {"for": order.handed.to.strip(), "delete_by": order.until.isoformat()}
    first = (
        ("Marking", MARKING),
        ("For", marks["for"]),
        ("Why", order.handed.why.strip()),
        ("Made", f"{today.isoformat()} by {who}"),
        ("Delete by", f"{marks['delete_by']} ({full_date(order.until)})"),
        ("The date", NOT_ENFORCED),
        ("Before any call", "Read safe_contact of the case first, each time."),
        ("Cases", str(len(held.cases))),
    )
    sheets = [
        Sheet("Read first", ("what", "says"), [{"what": a, "says": b} for a, b in first]),
        _sheet("Cases", _CASES, held.cases, marks),
        _sheet("Due", _DUE, held.due, marks),
    ]
    passphrase = new_passphrase()
    data = workbook_bytes(sheets, passphrase)
    return replace(write_one(out, data, len(held.cases), notices), passphrase=passphrase)


def _sheet(name: str, columns: Sequence[Line], rows: Iterable[Row], marks: dict[str, str]) -> Sheet:
    """A table of what the profile allows, each row with whom it is for and when it goes."""
    allowed = PROFILES[PROFILE]
    kept = [at for at, line in enumerate(columns) if allowed.allows(line.table, line.field)]
    names = [columns[at].name for at in kept]
    cells = [
        {
            **{columns[at].name: "" if row[at] is None else str(row[at]) for at in kept},
            **marks,
        }
        for row in rows
    ]
    return Sheet(name, (*names, *marks), cells)


def told(order: PackOrder, written: ExportResult) -> str:
    """What is said of a pack that was written."""
    return f"Handover pack of {counted(written.rows, 'case')}, until {full_date(order.until)}"
