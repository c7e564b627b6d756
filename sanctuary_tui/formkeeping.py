"""Forms for the end of a file's years: kept, held, the hold looked at or ended, disposed of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from db.fields import code, day, long, text
from db.record import Record


@dataclass(slots=True)
class KeepForm(Record):
    """A review that keeps the file."""

    table: ClassVar[str] = "keep_file"
    title: ClassVar[str] = "Keep the file"

    papers: str = code("Of", "kept_papers", default="file", required=True)
    by: str = text("Decided by", "Name or post.", required=True)
    reason: str = long("Why it is kept", limit=2000, required=True)
    next_review: date | None = day("Look at it again on", required=True)


@dataclass(slots=True)
class HoldForm(Record):
    """A legal hold to place."""

    table: ClassVar[str] = "place_hold"
    title: ClassVar[str] = "Legal hold"

    kind: str = code("Because of", "hold_kind", default="other", required=True)
    by: str = text("Placed by", "Name or post.", required=True)
    reason: str = long("Reason", limit=2000, required=True)
    until: date | None = day("Until", "The last day of the hold; blank: without end.")
    review_due: date | None = day("Look at it again on", "Needed where it is without end.")


@dataclass(slots=True)
class LookForm(Record):
    """A hold that was looked at and stays."""

    table: ClassVar[str] = "look_at_hold"
    title: ClassVar[str] = "The hold stays"

    review_due: date | None = day("Look at it again on", required=True)


@dataclass(slots=True)
class EndHoldForm(Record):
    """A hold to end."""

    table: ClassVar[str] = "end_hold"
    title: ClassVar[str] = "End the hold"

    ended_by: str = text("Ended by", "Name or post.", required=True)
    end_reason: str = text("Why it ends", required=True)


@dataclass(slots=True)
class DisposeForm(Record):
    """A disposal: what its certificate says of it."""

    table: ClassVar[str] = "dispose"
    title: ClassVar[str] = "Dispose of the file"

    authority: str = text("On whose authority", "A post; nobody of the case.", required=True)
    reason: str = long("Reason", "Name nobody of the case.", limit=2000, required=True)


KEEPING = (KeepForm, HoldForm, LookForm, EndHoldForm, DisposeForm)
"""Every form of this page."""
