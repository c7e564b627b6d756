"""A contact as it is logged: whether the safe-contact rule allows it, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from config.codes import label
from config.errors import BadInputError, RefusedError
from config.format import local
from config.settings import Settings
from db.caseload import Caseload
from db.models import AftercareCheck, CaseFile, ContactPoint, Note, Visit
from sanctuary_tui.pathway import contact
from sanctuary_tui.pathway.emergency import is_emergency

MADE: Final = frozenset({"call", "tried", "text", "email", "visit"})
"""Kinds of note that are a contact with somebody."""
_OURS: Final = frozenset({"out", "earlier", "emergency"})
"""Ways in which the survivor is contacted by us, so that the rule binds."""
_POINT: Final = {"email": "email", "note": "letter"}
"""The kind of point that a kind of contact goes by, where it is no number."""


@dataclass(frozen=True, slots=True)
class Logged:
    """What is kept of a contact, and the line the timeline has for it."""

    at: datetime
    kind: str
    body: str
    line: str


def logged(file: CaseFile, given: Mapping[str, Any], now: datetime, settings: Settings) -> Logged:
    """A contact as it may be logged (``CallForm`` fields) at a moment.

    Source: DOMAIN 8, safe contact; DOMAIN 10 B.

    Raises:
        RefusedError: the survivor was contacted outside the safe times, or by voice where they are
            not rung, or at all where they asked for no contact.
        BadInputError: when an earlier contact was, or why one goes on in an emergency, is missing.
    """
    way, kind = given.get("way") or "out", given.get("kind") or "call"
    if way == "other":
        _refuse_survivor(file, str(given.get("with_whom") or ""))
    at, body = made_at(file, kind, given, now, settings), str(given["body"])
    if way == "emergency" and _binds(file, way, kind):
        body = f"{because(given)}\n{body}"
    if way == "other" and kind in MADE:
        kind = "agency"
    return Logged(at, kind, body, _line(way, kind))


def made_at(
    file: CaseFile, kind: str, given: Mapping[str, Any], now: datetime, settings: Settings
) -> datetime:
    """The moment of a contact of a kind, once the rule allows it then.

    ``given``: its ``way`` (a code of ``contact_way``), ``at`` and, in an emergency, ``reason``.

    Raises:
        RefusedError, BadInputError: as ``logged``.
    """
    way, at = given.get("way") or "out", now
    if way == "earlier":
        at = _earlier(given.get("at"), now)
    elif given.get("at"):  # when the rule was read: the form is filled while one speaks, or after
        at = min(given["at"], now)
    if _binds(file, way, kind):
        earlier, emergency = way == "earlier", way == "emergency"
        refuse_contact(file, at, settings, kind=kind, earlier=earlier, emergency=emergency)
        if emergency and not because(given):
            raise BadInputError("Say the reason to go on outside the safe times.")
    return at


def _refuse_survivor(file: CaseFile, with_whom: str) -> None:
    """A contact with the survivor is none with somebody else: the rule would be gone round."""
    survivor = file.survivor
    if survivor is None:
        return
    names = {
        survivor.first_name,
        f"{survivor.first_name} {survivor.surname}",
        *survivor.aliases.split(";"),
        "survivor",
        "the survivor",
    }
    said = " ".join(with_whom.casefold().split())
    if said and said in {" ".join(name.casefold().split()) for name in names}:
        raise RefusedError(
            "That is the survivor, not somebody else: go back with esc, press l, and choose how "
            "they were reached."
        )


def because(given: Mapping[str, Any]) -> str:
    """Why one went on in an emergency, as it is kept on record; empty without a reason."""
    reason = " ".join(str(given.get("reason") or "").split())
    return f"Outside the safe times, in an emergency: {reason}" if reason else ""


def _binds(file: CaseFile, way: str, kind: str) -> bool:
    """Whether the rule binds: a note by hand is a contact only where letters or others carry it."""
    if way not in _OURS:
        return False
    return kind in MADE or (kind == "note" and bool(contact.points_for(file, kind)))


def refuse_contact(
    file: CaseFile,
    at: datetime,
    settings: Settings,
    *,
    kind: str = "",
    earlier: bool = False,
    emergency: bool = False,
) -> None:
    """Stop a contact with the survivor at a moment outside the safe times; times not known pass.

    A ``kind`` of contact is judged by its own ways (``contact.safe_now``), else the best of all is.
    ``emergency`` goes on outside the times while the emergency path is open, never past a bar.

    Raises:
        RefusedError: with the reason, and when the next safe time begins.
    """
    found = contact.safe_now(file, at, kind=kind, was=earlier)
    if found.state == "barred":
        raise RefusedError(found.sentence)
    if found.state != "shut":
        return
    if not emergency:
        raise RefusedError(found.sentence)
    if not is_emergency(file, local(at).date(), settings):
        raise RefusedError(f"The emergency path is not open. {found.sentence}")


def refuse_visits(file: CaseFile) -> None:
    """Stop a visit to a survivor who is not to be reached: a visit is a contact (DOMAIN 8).

    Raises:
        RefusedError: with the reason, and what to record first.
    """
    stop = contact.stops_contact(file)
    if stop:
        raise RefusedError(
            f"{stop} A visit agreed through somebody else is booked once that way is on the "
            "People tab."
            if file.case.do_not_contact != "yes"
            else f"{stop} No visit is booked."
        )


def refuse_visit(file: CaseFile, visit: Visit) -> None:
    """Stop a booking outside the safe times, unless the survivor said that this time is safe.

    That answer (``safe_window``) stands on the visit. A window nobody can read is not stopped: the
    rule was read, and by one key accepted, before the visit was booked (DOMAIN 8).

    Raises:
        RefusedError: as ``refuse_visits``; or the day or its window is not in the safe times.
    """
    refuse_visits(file)
    if visit.on is None or visit.safe_window == "yes":
        return
    found = contact.visit_time(file, visit.on, visit.window)
    if found.state == "shut":
        raise RefusedError(
            f"Not booked: {found.sentence} Take another time, or ask the survivor and answer "
            "“Survivor says the time is safe”."
        )


def bars_ways(check: AftercareCheck) -> bool:
    """Whether an aftercare check told that the survivor is not safely reached any more."""
    return check.contact_safe == "no" or check.outcome == "unsafe"


def bar_ways(caseload: Caseload, file: CaseFile, kind: str) -> None:
    """Every way to reach the survivor is out of use until it is asked again (DOMAIN 8).

    Nobody said which one is read by whom. Where none was said to be safe, those nobody asked about
    are barred, and where there is none at all one of the ``kind`` that was used. The rule told of
    them, so it goes; a note keeps it.
    """
    store, today = caseload.store, caseload.store.today()
    rule = " ".join(file.case.contact_rule.split())
    if rule:
        kept = contact.without_code_word(file, rule)
        body = f"The safe-contact rule until then, out of use since: {kept}"
        store.add(Note(case_id=file.case.id, at=store.now(), kind="note", body=body, by=store.who))
        store.update(file.case, contact_rule="")
    known = contact.points(file)
    ways = contact.usable_points(file) or [one for one in known if one.safe not in contact.BARRED]
    for point in ways:
        store.update(point, safe="unsafe", checked=today)
    if not ways and not contact.reported_unsafe(file):
        survivor = file.survivor
        store.add(
            ContactPoint(
                case_id=file.case.id,
                person_id=survivor.id if survivor else None,
                kind=_POINT.get(kind, "mobile"),
                safe="unsafe",
                checked=today,
            )
        )


def date_way(caseload: Caseload, file: CaseFile, kind: str, at: datetime) -> None:
    """The way that was used is still safe, as of today; none is dated where nobody knows which."""
    point = contact.used_point(file, kind, at)
    if point is not None:
        caseload.store.update(point, checked=caseload.store.today())


def _earlier(at: datetime | None, now: datetime) -> datetime:
    if at is None:
        raise BadInputError("When it was is needed for a contact made earlier.")
    if at > now:
        raise BadInputError("That time is still to come; say when it was, for example 2pm.")
    return at


def _line(way: str, kind: str) -> str:
    said = label("note_kind", kind)
    if way == "other":
        return "Contact with somebody else logged" if kind == "agency" else f"{said} logged"
    return {
        "in": f"{said} from the survivor logged",
        "earlier": f"Earlier {said.lower()} logged",
        "emergency": f"{said} outside the safe times, in an emergency",
    }.get(way, f"{said} logged")
