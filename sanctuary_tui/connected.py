"""The register of connected people at work: whoever stands in it is not sent to the case's home,
written to about it, nor given a list with it (domain section 8, Conflict). Nor is a perpetrator.

The sentences are for the coordinator. They say who and what to do, never how somebody is connected;
that stands on the People tab, and in no file that leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from config.errors import RefusedError
from config.format import short_date
from db import bypiece
from db.names import alike
from db.rights import EVERY_CASE
from sanctuary_tui.pathway import readers

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from config.settings import Settings
    from db.connection import Connection
    from db.models import CaseFile, ConnectedPerson, Visit
    from db.record import Record

_END: Final = "or end that entry on the People tab if it is over."
NAMED: Final[dict[str, tuple[str, ...]]] = {
    "support": ("worker", "provider"),
    "marac_actions": ("owner", "owner_agency"),
}
"""Fields of records beside a visit's that say who will work on the case."""


def standing(file: CaseFile, day: date) -> list[ConnectedPerson]:
    """The entries of the case's register that hold on a day."""
    return [
        one
        for one in file.connected_people
        if (one.since or date.min) <= day <= (one.until or date.max)
    ]


def found(file: CaseFile, names: Iterable[str], day: date) -> ConnectedPerson | None:
    """The entry that one of ``names`` means, spelt loosely; a firm counts unless it was told not
    to. Whoever is named only in part is taken to be meant."""
    given = [name for name in names if name.strip()]
    for one in standing(file, day):
        known = [one.name] if one.name.strip() else []
        if one.organisation.strip() and one.whole != "no":
            known.append(one.organisation)
        if any(_same(a, b) for a in given for b in known):
            return one
    return None


def _same(given: str, known: str) -> bool:
    return any(True for _ in alike(known, [given])) or any(
        score >= _PART for _, score in alike(given, [known])
    )


_PART: Final = 95
"""A part of a name counts when it is spelt as in the register."""


def refuse_worker(file: CaseFile, visit: Visit, today: date) -> None:
    """Stop a visit by somebody of the register, or with a perpetrator's name.

    Raises:
        RefusedError: with who, and what to do.
    """
    stop = readers.refusal(file, readers.of_visit(visit), today)
    if stop:
        raise RefusedError(f"Not booked: {stop}")
    if found(file, [visit.worker], visit.on or today):
        raise RefusedError(
            f"Not booked: {visit.worker.strip()} is not sent to this home; choose another worker "
            f"or firm, {_END}"
        )


def refuse_record(
    file: CaseFile, kind: type[Record], values: Mapping[str, Any], today: date
) -> None:
    """Stop a support worker or the owner of an action who stands in the register.

    Raises:
        RefusedError: with who, and what to do.
    """
    names = [str(values.get(name) or "") for name in NAMED.get(kind.table, ())]
    for name in names:
        if found(file, [name], today):
            raise RefusedError(
                f"Not kept: {name.strip()} does not work on this case; choose somebody else, {_END}"
            )


def clashes(file: CaseFile, today: date) -> str:
    """What is booked already with somebody of the register, in a sentence; empty if nothing."""
    booked = [
        f"{short_date(one.on, today)} by {one.worker.strip()}"
        for one in file.visits
        if one.outcome == "booked"
        and (one.on or today) >= today
        and found(file, [one.worker], one.on or today)
    ]
    if not booked:
        return ""
    return f"Booked already: {', '.join(booked)}; cancel that and book somebody else."


def refuse_readers(file: CaseFile, given: Sequence[readers.Reader], today: date) -> None:
    """Stop what would be said or sent to somebody of the register or to a perpetrator.

    Raises:
        RefusedError: with who, and what to do.
    """
    stop = recipient_refusal(file, [one.name for one in given], today) or readers.refusal(
        file, given, today
    )
    if stop:
        raise RefusedError(stop)


def recipient_refusal(file: CaseFile, names: Iterable[str], today: date) -> str | None:
    """Why a document may not go to somebody; None when it may."""
    for name in names:
        if found(file, [name], today):
            return (
                f"{name.strip()} is not written to about this case; address it to somebody else, "
                f"{_END}"
            )
    return None


LEAVE_OUT: Final = "leave that case out, or hand the file to somebody else."
WITHOUT_NAMES: Final = "export it without names, or hand the file to somebody else."
ANOTHER: Final = "hand the archive to somebody else."
"""What to do instead, of a file of chosen cases, of a whole table, and of everything."""


def refuse_handed(
    files: Iterable[CaseFile], to: str, today: date, instead: str = LEAVE_OUT
) -> None:
    """Stop a file with names in which a case stands whose register, or whose perpetrator, is the
    one it is handed to. A surname alone does not stop it: of very many cases one has it.

    Raises:
        RefusedError: with the case, and what to do.
    """
    for file in files:
        handed = readers.Reader(to, "reader")
        if found(file, [to], today) or readers.refusal(file, [handed], today, doubts=False):
            raise RefusedError(
                f"{file.case.ref} cannot stand in this file, because of who gets it: {instead}"
            )


def refuse_handed_refs(
    connection: Connection, refs: Iterable[str], to: str, today: date, instead: str = LEAVE_OUT
) -> None:
    """``refuse_handed`` of the cases a file names by reference, or of every one (``EVERY_CASE``).

    Sealed cases are not among them.

    Raises:
        RefusedError: with the case, and what to do.
    """
    named = frozenset(refs)
    files = bypiece.case_files(connection, _READ, "1" if named else "0")
    given = (file for file in files if EVERY_CASE in named or file.case.ref in named)
    refuse_handed(given, to, today, instead)


_READ: Final = ("people", "connected_people")


def refuse_list(files: Iterable[CaseFile], settings: Settings, meeting: date) -> None:
    """Stop a MARAC list with a case whose register has somebody who gets it or sits there.

    Raises:
        RefusedError: with the case, and what to do.
    """
    sitting = [settings.marac.recipient, *settings.marac.attendees.split(";")]
    for file in files:
        sits = any(one.kind == "marac" for one in standing(file, meeting))
        if sits or found(file, sitting, meeting):
            raise RefusedError(
                f"{file.case.ref} cannot stand in this list, because of who reads it: take it off "
                "the list and bring it to the chair by hand."
            )
