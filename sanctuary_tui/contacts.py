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
from db.models import CaseFile
from sanctuary_tui.pathway import contact
from sanctuary_tui.pathway.emergency import is_emergency

_MADE: Final = frozenset({"call", "tried", "text", "email", "visit"})
"""Kinds of note that are a contact with somebody."""
_OURS: Final = frozenset({"out", "earlier", "emergency"})
"""Ways in which the survivor is contacted by us, so that the rule binds."""


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
    at, body = now, str(given["body"])
    if way == "earlier":
        at = _earlier(given.get("at"), now)
    elif given.get("at"):  # when the rule was read: the form is filled while one speaks, or after
        at = min(given["at"], now)
    if way in _OURS and kind in _MADE:
        reason = " ".join(str(given.get("reason") or "").split())
        refuse_contact(file, at, settings, earlier=way == "earlier", emergency=way == "emergency")
        if kind in ("call", "tried") and contact.silent(file):
            raise RefusedError(
                "The survivor is not rung: say how they were reached, by text or email for example."
            )
        if way == "emergency":
            if not reason:
                raise BadInputError("Say the reason to go on outside the safe times.")
            body = f"Outside the safe times, in an emergency: {reason}\n{body}"
    if way == "other" and kind in _MADE:
        kind = "agency"
    return Logged(at, kind, body, _line(way, kind))


def refuse_contact(
    file: CaseFile,
    at: datetime,
    settings: Settings,
    *,
    earlier: bool = False,
    emergency: bool = False,
) -> None:
    """Stop a contact with the survivor at a moment outside the safe times; times not known pass.

    ``emergency`` goes on outside the times while the emergency path is open, never past a bar.

    Raises:
        RefusedError: with the reason, and when the next safe time begins.
    """
    found = contact.safe_now(file, at, was=earlier)
    if found.state == "barred":
        raise RefusedError(found.sentence)
    if found.state != "shut":
        return
    if not emergency:
        raise RefusedError(found.sentence)
    if not is_emergency(file, local(at).date(), settings):
        raise RefusedError(f"The emergency path is not open. {found.sentence}")


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
