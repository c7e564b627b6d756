"""Sending the weekly MARAC list: candidates to rows to files to register, all or nothing.

One service for the command line and for the MARAC screen. The files and the caseload agree: either
the files are written, each listing is marked as sent, each case's log says so and the register has
every file with its SHA-256, or nothing of it has happened (domain section 3; design section 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from config.codes import CODES, UNKNOWN, label
from config.errors import BadInputError, RefusedError
from config.format import full_date
from db import queries
from db.models import CaseFile, Disclosure, MaracListing, Organisation
from sanctuary_tui import connected, work
from sanctuary_tui.exports import marac_rows, register
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.package import (
    Protection,
    export_id,
    next_number,
    week_code,
    write_marac,
)
from sanctuary_tui.exports.withhold import everything_of
from sanctuary_tui.pathway import marac, marac_list, transfer

if TYPE_CHECKING:
    from config.settings import Settings
    from db.caseload import Caseload
    from sanctuary_tui.exports.files import ExportResult
    from sanctuary_tui.exports.marac_cells import MaracContext

WHAT: Final = "MARAC list"
_SENDABLE: Final = ("draft", "sent", "deferred")


@dataclass(frozen=True, slots=True)
class MaracRequest:
    """What to send: the list of ``meeting``, into the folder ``out``, protected by ``protect``.

    ``week`` (``2026W48``) numbers the export. ``case_ids`` replaces what was ticked: a case that
    is not on the list is put on it. ``basis`` and ``decided_by`` fill in a decision to share only
    where none is recorded.
    """

    meeting: date
    week: str
    out: Path
    protect: str
    case_ids: tuple[int, ...] = ()
    basis: str = ""
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case on the list: its rows as they are sent, what they lack, what was cut short."""

    case_id: int
    ref: str
    listing_id: int
    rows: tuple[dict[str, str], ...]
    missing: tuple[str, ...]
    cut: tuple[str, ...]
    protected: int
    undecided: bool


@dataclass(frozen=True, slots=True)
class MaracSent:
    """What was sent: the export's name, its files, its cases."""

    export: str
    meeting: date
    result: ExportResult
    cases: tuple[ListedCase, ...]


# --- which meeting --------------------------------------------------------------------------------


def choose_meeting(
    caseload: Caseload,
    today: date,
    settings: Settings,
    week: str = "",
    case_ids: Sequence[int] = (),
) -> tuple[date, str]:
    """The meeting a list is for, and the week that numbers it.

    In this order: the first meeting from ``week`` (else from today) on that one of ``case_ids`` is
    ticked for; for an emergency on no list, the next meeting though its list has closed; the first
    meeting any case is ticked for; the first whose cut-off has not passed. Without ``case_ids``
    cases ticked come before an emergency that is not: its list is the one to be sent.

    Raises:
        BadInputError: the week is not one of the calendar.
    """
    code = week_code(week) if week else marac.iso_week_label(today)
    start = date.fromisocalendar(int(code[:4]), int(code[5:]), 1) if week else today
    ticked = _first_ticked(caseload, start, case_ids)
    if ticked is None and not week and _cannot_wait(caseload, today, settings, case_ids):
        return marac.next_meeting(today, settings), code
    if ticked is None and case_ids:
        ticked = _first_ticked(caseload, start)
    return ticked or marac.meeting_for(start, settings), code


def _first_ticked(caseload: Caseload, start: date, case_ids: Sequence[int] = ()) -> date | None:
    among = f" AND case_id IN ({', '.join('?' * len(case_ids))})" if case_ids else ""
    rows = caseload.connection.execute(
        f"SELECT min(meeting) FROM marac_listings WHERE state = 'draft' AND meeting >= ?{among}",
        (start.isoformat(), *case_ids),
    ).fetchall()
    return date.fromisoformat(rows[0][0]) if rows[0][0] else None


def _cannot_wait(
    caseload: Caseload, today: date, settings: Settings, case_ids: Sequence[int]
) -> bool:
    """Whether one of these cases, or any, is an emergency that is on no list yet."""
    urgent = "SELECT case_id FROM case_cards WHERE status = 'open' AND urgency = 'emergency'"
    rows = caseload.connection.execute(urgent).fetchall()
    found = {int(row[0]) for row in rows}
    return any(
        marac_list.cannot_wait(work.must_find(caseload, case_id), today, settings)
        for case_id in sorted(found.intersection(case_ids) if case_ids else found)
    )


def ticked_cases(caseload: Caseload, meeting: date) -> list[int]:
    """Cases on the list of a meeting and not yet sent, in the order they were put on it."""
    rows = caseload.connection.execute(
        "SELECT case_id FROM marac_listings WHERE state = 'draft' AND meeting = ? ORDER BY id",
        (meeting.isoformat(),),
    ).fetchall()
    return list(dict.fromkeys(int(row[0]) for row in rows))


# --- what would be sent ---------------------------------------------------------------------------


def preview(
    caseload: Caseload,
    meeting: date,
    today: date,
    settings: Settings,
    case_ids: Sequence[int] = (),
) -> list[ListedCase]:
    """Every row as it would be sent: of the cases ticked, or of these cases if they are listed."""
    context = _context(caseload, today, settings)
    listed = []
    for case_id in case_ids or ticked_cases(caseload, meeting):
        file = work.must_find(caseload, case_id)
        listing = marac_list.listing_for(file, meeting)
        if listing is not None:
            listed.append(_listed(file, listing, _with_its_own(caseload, file, context)))
    return listed


def _with_its_own(caseload: Caseload, file: CaseFile, context: MaracContext) -> MaracContext:
    """With the organisations that a sealed case which is open alone names: its row lacks none."""
    if file.case.id != caseload.connection.opened:
        return context
    known = queries.organisations_of(caseload.connection, file.case.id)
    return replace(context, organisations=known)


def _context(caseload: Caseload, today: date, settings: Settings) -> MaracContext:
    found = queries.all_of(caseload.connection, Organisation)
    return marac_rows.pathway_context(
        today,
        settings,
        organisations={organisation.id: organisation for organisation in found},
        everything=everything_of(caseload.connection),
    )


def _listed(file: CaseFile, listing: MaracListing, context: MaracContext) -> ListedCase:
    rows = marac_rows.marac_rows(file, listing, context)
    cut = dict.fromkeys(name for row in rows for name in marac_rows.cut_columns(row))
    return ListedCase(
        file.case.id,
        file.case.ref,
        listing.id,
        tuple(rows),
        marac_list.missing_fields(file, listing),
        tuple(cut),
        marac_rows.protected_values(file, listing),
        undecided(listing),
    )


def undecided(listing: MaracListing) -> bool:
    """Is the decision to share not recorded: on what basis, by whom, when?"""
    return bool(transfer.undecided(listing))


# --- sending --------------------------------------------------------------------------------------


def send(
    caseload: Caseload, request: MaracRequest, settings: Settings, *, now: datetime
) -> MaracSent:
    """Write the list and record it: files, listings, each case's log and the register, as one.

    Raises:
        RefusedError: nothing is ticked, a decision to share is not recorded, or a place or number
            will not do; BadInputError: an option's value; SanctuaryError: a file cannot be
            written. Nothing is then changed and no file is left.
    """
    store = caseload.store
    today = store.today()
    _check(request)
    head = store.log.state.head.hex()
    with sending(store, f"{WHAT} sent") as outgoing:
        cases = _listings(caseload, request, today, settings)
        connected.refuse_list([file for file, _ in cases], settings, request.meeting)
        context = _context(caseload, today, settings)
        listed = [
            _listed(file, listing, _with_its_own(caseload, file, context))
            for file, listing in cases
        ]
        number = next_number(request.out, request.week, _registered(caseload))
        written = outgoing.hold(
            write_marac(
                [row for one in listed for row in one.rows],
                marac_rows.agenda_rows(cases, context),
                marac_rows.action_rows(cases, context),
                week=request.week,
                number=number,
                out=request.out,
                protect=cast(Protection, request.protect),
                who=store.who,
                recipient=_recipient(settings),
                basis=_basis(cases),
                chain_head=head,
                now=now,
            )
        )
        name = export_id(request.week, number)
        _record(caseload, request, settings, written, cases, listed, name, now)
    return MaracSent(name, request.meeting, written, tuple(listed))


def _check(request: MaracRequest) -> None:
    if request.basis and request.basis not in set(CODES["share_basis"]) - set(UNKNOWN):
        known = ", ".join(code for code in CODES["share_basis"] if code not in UNKNOWN)
        raise BadInputError(f"There is no lawful basis of that code; choose one of {known}.")


def _listings(
    caseload: Caseload, request: MaracRequest, today: date, settings: Settings
) -> list[tuple[CaseFile, MaracListing]]:
    """The cases to send with their listings, decisions filled in where that was asked for."""
    case_ids = request.case_ids or tuple(ticked_cases(caseload, request.meeting))
    if not case_ids:
        raise RefusedError(_nothing_ticked(caseload, request.meeting))
    cases = [_one(caseload, case_id, request, today, settings) for case_id in case_ids]
    if request.basis and request.decided_by.strip():
        for _, listing in cases:
            _decide(caseload, listing, request, today)
    open_questions = [file.case.ref for file, listing in cases if undecided(listing)]
    if open_questions:
        raise RefusedError(
            f"Nothing is shared without a recorded decision, and {_some(open_questions)} "
            f"{'has' if len(open_questions) == 1 else 'have'} none: record basis, who decided and "
            "when on the MARAC screen, or give --basis and --decided-by."
        )
    return cases


def _nothing_ticked(caseload: Caseload, meeting: date) -> str:
    rows = caseload.connection.execute(
        "SELECT count(*) FROM marac_listings WHERE meeting = ? AND state <> 'draft'",
        (meeting.isoformat(),),
    ).fetchall()
    if rows[0][0]:
        return (
            f"The list for {full_date(meeting)} was sent already and no other case is ticked; name "
            "cases with --case to send them again."
        )
    return (
        f"No case is ticked for {full_date(meeting)}; tick cases on the MARAC screen, or name them "
        "with --case."
    )


def _one(
    caseload: Caseload, case_id: int, request: MaracRequest, today: date, settings: Settings
) -> tuple[CaseFile, MaracListing]:
    file = work.must_find(caseload, case_id)
    if marac_list.listing_for(file, request.meeting) is None:
        codes, _ = marac.criteria(file, today, settings)
        candidate = marac_list.candidate(
            file, queries.card(caseload.connection, case_id), request.meeting, today, settings
        )
        work.tick_listing(
            caseload,
            case_id,
            request.meeting,
            criteria=codes,
            listing_type=candidate.listing_type if candidate else "new",
            last_referral=candidate.last_referral if candidate else marac.anchor(file, settings),
        )
        file = work.must_find(caseload, case_id)
    listing = marac_list.listing_for(file, request.meeting)
    if listing is None or listing.state not in _SENDABLE:
        raise RefusedError(
            f"{file.case.ref} was heard or withdrawn at that meeting; list it for a later one."
        )
    return file, listing


def _decide(caseload: Caseload, listing: MaracListing, request: MaracRequest, today: date) -> None:
    if not undecided(listing):
        return
    known = listing.share_basis not in (*UNKNOWN, "")
    caseload.store.update(
        listing,
        why="decision to share recorded",
        share_basis=listing.share_basis if known else request.basis,
        decided_by=listing.decided_by.strip() or request.decided_by,
        decided_on=listing.decided_on or today,
    )


def _some(refs: Sequence[str]) -> str:
    shown = ", ".join(refs[:3])
    more = len(refs) - 3
    return f"{shown} and {more} more" if more > 0 else shown


def _registered(caseload: Caseload) -> list[str]:
    return queries.registered_paths(caseload.connection)


def _recipient(settings: Settings) -> str:
    return settings.marac.recipient or label("recipient", "marac")


def _basis(cases: Iterable[tuple[CaseFile, MaracListing]]) -> str:
    codes = dict.fromkeys(listing.share_basis for _, listing in cases)
    return "; ".join(label("share_basis", code) for code in codes)


def _record(
    caseload: Caseload,
    request: MaracRequest,
    settings: Settings,
    written: ExportResult,
    cases: Sequence[tuple[CaseFile, MaracListing]],
    listed: Sequence[ListedCase],
    name: str,
    now: datetime,
) -> None:
    store = caseload.store
    for file, listing in cases:
        pairs = ";".join(str(person.id) for person in file.perpetrators)
        if (listing.state, listing.pairs) != ("sent", pairs):
            store.update(
                listing,
                why=f"sent to the MARAC in {name}",
                state="sent",
                pairs=pairs,
                referred=listing.referred or store.today(),
            )
        store.note(
            "disclosure", "marac_listings", listing.id, file.case.id, f"sent to the MARAC in {name}"
        )
    rows: list[Disclosure] = register.disclosures_of(
        written,
        what=f"{WHAT} {name}",
        recipient="marac",
        recipient_name=_recipient(settings),
        basis=_basis(cases)[:200],
        protection=request.protect,
        by=store.who,
        at=now,
        case_refs=[one.ref for one in listed],
        protected_fields=sum(one.protected for one in listed),
        profile="marac_address" if any(one.protected for one in listed) else "marac",
    )
    for row in rows:
        store.add(row, why=f"{WHAT} {name} registered")
