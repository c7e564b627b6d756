"""Keeping a closed file, holding it, or disposing of it: what is done at the end of its years.

Each is one batch. A disposal waits for the file's own clock (``pathway.retention``), is done on
somebody's authority, and cannot be undone: its certificate is all that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from config.codes import label
from config.errors import BadInputError, RefusedError
from config.format import counted, full_date, local
from config.settings import Settings
from db import disposal, queries
from db.caseload import Caseload
from db.connection import database_path
from db.models import CaseFile, Disclosure, Disposal, LegalHold, RetentionReview
from db.readmodels import CaseCard
from db.rows import parse_moment
from db.validation import validated
from sanctuary_tui.exports.files import refuse_place, write_one
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.register import disclosures_of, held_case
from sanctuary_tui.formkeeping import DisposeForm, EndHoldForm, HoldForm, KeepForm, LookForm
from sanctuary_tui.overriding import refuse_empty_words, refuse_no_reason
from sanctuary_tui.pathway import retention
from sanctuary_tui.seen_settings import unconfirmed
from sanctuary_tui.work import must_find

_SOONEST: Final = {"due": 0, "held": 1, "undecided": 2, "kept": 3, "open": 4}


@dataclass(frozen=True, slots=True)
class Kept:
    """A closed case in the review queue: its card and where its clock stands."""

    card: CaseCard
    clock: retention.Clock
    holds_due: date | None


def queue(caseload: Caseload, settings: Settings) -> list[Kept]:
    """Every closed case, those whose review is due first, then by the day it comes."""
    today = caseload.store.today()
    files = queries.case_files(
        caseload.connection,
        ("people", "closures", "marac_listings", "legal_holds", "retention_reviews"),
        "status = 'closed'",
    )
    cards = queries.cards_of(caseload.connection, files)
    found = []
    for case_id, file in files.items():
        looks = [retention.hold_due(hold) for hold in file.legal_holds]
        first = min((day for day in looks if day is not None), default=None)
        found.append(Kept(cards[case_id], retention.clock(file, settings, today), first))

    def order(one: Kept) -> tuple[bool, int, date, str]:
        looked_at = one.holds_due is not None and one.holds_due <= today
        soon = one.clock.state == "due" or looked_at
        return not soon, _SOONEST[one.clock.state], one.clock.due or date.max, one.card.ref

    return sorted(found, key=order)


# --- keeping and holding ------------------------------------------------------------------------


def keep(caseload: Caseload, case_id: int, given: Mapping[str, Any]) -> RetentionReview:
    """A person looked and decided that the file is kept until another look.

    Raises:
        RefusedError: the case is open, or the next look does not lie ahead.
        BadInputError: it does not say why, or who decided.
    """
    values = validated(KeepForm, dict(given))
    _closed(caseload, case_id)
    _ahead(caseload, values["next_review"])
    refuse_no_reason(values["reason"])
    with caseload.store.batch("file kept after a review"):
        return caseload.store.add(
            RetentionReview(case_id=case_id, made=caseload.store.today(), **values)
        )


def hold(caseload: Caseload, case_id: int, given: Mapping[str, Any]) -> LegalHold:
    """Place a legal hold, until a day or without end; one without end has a day to look again.

    Raises:
        RefusedError: its last day, or the day to look again, does not lie ahead.
        BadInputError: it does not say why, or has no end and no day to look again.
    """
    values = validated(HoldForm, dict(given))
    must_find(caseload, case_id)
    refuse_no_reason(values["reason"])
    until, look = values.get("until"), values.get("review_due")
    if until is None and look is None:
        raise BadInputError("A hold without end needs a day on which it is looked at again.")
    for day in (until, look):
        if day is not None:
            _ahead(caseload, day)
    with caseload.store.batch("legal hold placed"):
        return caseload.store.add(
            LegalHold(case_id=case_id, placed_on=caseload.store.today(), **values)
        )


def look_again(caseload: Caseload, hold_id: int, given: Mapping[str, Any]) -> LegalHold:
    """A hold was looked at and stays; the day of the next look.

    Raises:
        RefusedError: it has ended, or the day does not lie ahead.
    """
    values = validated(LookForm, dict(given))
    standing = _standing(caseload, hold_id)
    _ahead(caseload, values["review_due"])
    return caseload.store.update(
        standing,
        why="legal hold looked at; it stays",
        reviewed_on=caseload.store.today(),
        review_due=values["review_due"],
    )


def end_hold(caseload: Caseload, hold_id: int, given: Mapping[str, Any]) -> LegalHold:
    """End a legal hold: who, and why.

    Raises:
        RefusedError: it has ended already.
        BadInputError: it does not say why.
    """
    values = validated(EndHoldForm, dict(given))
    standing = _standing(caseload, hold_id)
    refuse_no_reason(values["end_reason"])
    return caseload.store.update(
        standing, why="legal hold ended", ended_on=caseload.store.today(), **values
    )


def _standing(caseload: Caseload, hold_id: int) -> LegalHold:
    found = queries.get(caseload.connection, LegalHold, hold_id)
    if found.ended_on is not None:
        raise RefusedError("That legal hold has ended already.")
    return found


def _closed(caseload: Caseload, case_id: int) -> CaseFile:
    file = must_find(caseload, case_id)
    if file.case.status != "closed":
        raise RefusedError("The case is open; how long it is kept is decided once it is closed.")
    return file


def _ahead(caseload: Caseload, day: date) -> None:
    if day <= caseload.store.today():
        raise RefusedError("That day has come already; give one that lies ahead.")


# --- disposing ----------------------------------------------------------------------------------


def refuse(caseload: Caseload, case_id: int, settings: Settings) -> CaseFile:
    """The file, where nothing bars its disposal today.

    Raises:
        RefusedError: it is open, held, kept until a day, its period is not decided, or one was
            changed outside the console and nobody has confirmed it.
    """
    file = must_find(caseload, case_id)
    clock = retention.clock(file, settings, caseload.store.today())
    if clock.state != "due":
        raise RefusedError(f"{file.case.ref} is not disposed of. {clock.said}")
    if changed := unconfirmed(caseload, settings):
        raise RefusedError(
            f"{file.case.ref} is not disposed of: {', '.join(changed)} was changed outside the "
            "console; confirm it in Settings first (enter on its line, twice)."
        )
    return file


def authorised(caseload: Caseload, given: Mapping[str, Any]) -> dict[str, Any]:
    """On whose authority, and why, as they are kept.

    Raises:
        BadInputError: nobody or the person at the keyboard approved it, or it does not say why.
    """
    values = validated(DisposeForm, {"authority": "", "reason": "", **given})
    refuse_empty_words(values["authority"], values["reason"], caseload.store.who, "A disposal")
    return values


def refuse_another(ref: str, typed: str) -> None:
    """Raises ``RefusedError`` where the reference typed to confirm is another."""
    if typed.strip().upper() != ref:
        raise RefusedError(
            f"Nothing was disposed of: to confirm, type the reference {ref} exactly."
        )


def dispose(
    caseload: Caseload,
    case_id: int,
    given: Mapping[str, Any],
    settings: Settings,
    key: bytes | bytearray,
    *,
    typed: str,
) -> Disposal:
    """Erase a case on somebody's authority, prove that no page says it, and keep the certificate.

    ``typed`` is the reference as the person typed it to confirm; ``key`` is the data key, by which
    the pages are read. Once it has begun it cannot be taken back.

    Raises:
        RefusedError: something bars it (``refuse``), or the reference typed is another.
        BadInputError: no authority or reason, or they name somebody of the case.
        NotProved: it is erased, but something was found; it is gone on with at the next opening.
    """
    file = refuse(caseload, case_id, settings)
    values = authorised(caseload, given)
    refuse_another(file.case.ref, typed)
    scope = disposal.scope_of(caseload.connection, file)
    certificate = Disposal(
        disposed_on=caseload.store.today(),
        rule=retention.rule_said(file, settings),
        by=caseload.store.who,
        copies="\n".join(copies_of(caseload, file, settings)),
        **values,
    )
    made = disposal.erase(caseload.store, scope, certificate)
    done = disposal.finish(caseload.store, key)
    return next((one for one in done if one.id == made.id), made)


def goes_with_it(caseload: Caseload, file: CaseFile, settings: Settings) -> list[str]:
    """What a disposal takes, and where copies stay, in a line each: before it is confirmed."""
    scope = disposal.scope_of(caseload.connection, file)
    said = [f"{counted(len(scope.records), 'record')} of the case, its drafts and its log"]
    if scope.directory:
        landlord = counted(len(scope.directory), "line")
        said.append(f"{landlord} of the directory that only it names: a private landlord")
    return [*said, *(f"Stays: {line}" for line in copies_of(caseload, file, settings))]


# --- copies that still hold it ------------------------------------------------------------------


def copies_of(caseload: Caseload, file: CaseFile, settings: Settings) -> list[str]:
    """Old backups, caseloads put aside and exports that still hold a case, each with its last day.

    A backup is told by the log from the day the case was begun; where it lies is not known. A file
    is told by its number in the register, never by a name that somebody gave it.
    """
    days = settings.retention
    found = []
    for made in _backups(caseload, file):
        found.append(f"Backup of {full_date(made)}: {_last_day(made, days.backup_days)}")
    folder = database_path(caseload.connection).parent
    for path in sorted(folder.glob("caseload-*.db")):
        made = _written(path)
        found.append(f"{path.name}, put aside: {_last_day(made, days.backup_days)}")
    for row in queries.all_of(caseload.connection, Disclosure):
        if held_case(row, file.case) and row.path and row.deleted_on is None:
            there = Path(row.path).is_file()
            made = local(row.at).date() if row.at else caseload.store.today()
            place = "lies in its folder" if there else "moved or sent on"
            found.append(
                f"{row.what} of {full_date(made)}, number {row.id} of the export register, {place}:"
                f" {_last_day(made, days.export_days)}"
            )
    return found


def _backups(caseload: Caseload, file: CaseFile) -> list[date]:
    rows = caseload.connection.execute(
        "SELECT at FROM changes WHERE action = 'system' AND why LIKE 'backup made%' AND at >="
        " (SELECT min(at) FROM changes WHERE case_id = ?) ORDER BY id",
        (file.case.id,),
    ).fetchall()
    return [local(parse_moment(row[0])).date() for row in rows]


def _written(path: Path) -> date:
    return local(datetime.fromtimestamp(path.stat().st_mtime, UTC)).date()


def _last_day(made: date, days: int) -> str:
    if not days:
        return "no last day decided, delete it by hand"
    return f"until {full_date(made + timedelta(days=days))}"


# --- the certificate ----------------------------------------------------------------------------


def certificate_text(one: Disposal) -> str:
    """A certificate as plain text; it holds nothing of the case but its reference."""
    proof = (
        f"Every page of the database, its log and a fresh copy was read on {_day(one.proved_on)}: "
        f"{one.pages or 0:,} pages, {one.words or 0:,} words, names and numbers that only this "
        f"case held, found in {one.found or 0} places."
        if one.state == "proved"
        else "Not yet proved: open the caseload again, and it is gone on with."
    )
    lines = [
        "OFFICIAL-SENSITIVE",
        "Certificate of disposal",
        "",
        f"Number:            {one.id}",
        f"Case:              {one.ref}",
        f"Disposed of on:    {_day(one.disposed_on)}",
        f"On authority of:   {one.authority}",
        f"Done by:           {one.by}",
        f"Rule:              {one.rule}",
        f"Reason:            {one.reason}",
        f"Erased:            {counted(one.records or 0, 'record')}, "
        f"{counted(one.log_rows or 0, 'line')} of the change log emptied",
        f"State:             {label('disposal_state', one.state)}",
        "",
        proof,
        "",
        "Copies that still hold it:",
        *(f"- {line}" for line in one.copies.splitlines() or ["none known"]),
        "",
        "The reference is not given out again.",
    ]
    return "\n".join(lines) + "\n"


def _day(day: date | None) -> str:
    return full_date(day) if day else "not yet"


def write_certificate(caseload: Caseload, one: Disposal, out: Path) -> None:
    """Write a certificate as a text file, which must not exist yet; register and log it.

    It names the case by its reference: the register leads to the file like to any other.

    Raises:
        RefusedError: the place is one that is shared by habit.
        SanctuaryError: there is a file of that name, or it cannot be written.
    """
    refuse_place(out)
    with sending(caseload.store, f"certificate {one.id}") as outgoing:
        written = outgoing.hold(write_one(out, certificate_text(one).encode(), 1, ()))
        for row in disclosures_of(
            written,
            what=f"certificate of disposal {one.id}",
            recipient="internal",
            recipient_name="",
            basis="record of a disposal",
            protection="document",
            by=caseload.store.who,
            at=caseload.store.now(),
            case_refs=[one.ref],
        ):
            caseload.store.add(row, why=f"certificate {one.id} registered")
        caseload.store.note("system", "disposals", one.id, 0, f"certificate {one.id} written")
