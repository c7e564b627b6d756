"""The register of connected people, and the seal of a case (domain section 8, Conflict)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from db.fields import code, day, link, long, text, yes_no
from db.record import Record


@dataclass(slots=True)
class ConnectedPerson(Record):
    """Somebody of the council, a contractor or a partner who is connected to a party of a case.

    What they would do for the case is stopped; why is told to nobody, so every field is protected.
    """

    table: ClassVar[str] = "connected_people"
    title: ClassVar[str] = "Connected person"

    name: str = text("Name", "As they are known at work.", klass="protected")
    organisation: str = text("Organisation or firm", klass="protected")
    kind: str = code("Who they are", "connected_kind", klass="protected")
    whole: str = yes_no(
        "Everybody at the firm", "No: only this person is stopped.", klass="protected"
    )
    party_id: int | None = link("Connected to", "people", klass="protected")
    how: str = text("How", "Brother, partner, close friend ...", klass="protected", required=True)
    since: date | None = day("From", "Blank: it always was so.", klass="protected")
    until: date | None = day("Until", "Its last day; blank while it lasts.", klass="protected")
    source: str = long(
        "Known from",
        "Who said so, and when.",
        klass="protected",
        limit=2000,
        required=True,
    )
    recorded_by: str = text("Recorded by", klass="protected", shown=False)
    recorded_on: date | None = day("Recorded on", klass="protected", shown=False)


@dataclass(slots=True)
class Seal(Record):
    """A case sealed from a day, by somebody and for a reason, until it is lifted for another.

    While one of a case is made and not lifted, the case is left out of everything (``db.seal``).
    """

    table: ClassVar[str] = "seals"
    title: ClassVar[str] = "Seal"

    reason: str = long("Reason", klass="protected", limit=2000, required=True)
    sealed_by: str = text("Sealed by", klass="protected", required=True)
    sealed_on: date | None = day("Sealed on", klass="protected")
    lifted_on: date | None = day("Lifted on", klass="protected")
    lifted_by: str = text("Lifted by", klass="protected")
    lifted_reason: str = long("Reason for lifting", klass="protected", limit=2000)
