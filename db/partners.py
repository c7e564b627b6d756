"""What partners do: referrals outward of a case, and the actions of the working group."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from db.fields import code, day, link, long, text
from db.record import Record


@dataclass(slots=True)
class ReferralOut(Record):
    """A referral of the household to another service, followed until its outcome is known.

    To whom it went, and words about it, may tell where the survivor is: both are protected.
    """

    table: ClassVar[str] = "referrals_out"
    title: ClassVar[str] = "Referral outward"

    kind: str = code("To what", "outward_kind", default="other", required=True)
    organisation_id: int | None = link(
        "To whom",
        "organisations",
        "Organisations are added in the Directory, or on a case's Home & legal tab.",
        klass="protected",
    )
    made: date | None = day("Made on", required=True)
    answer: str = code("Answer", "outward_answer")
    answered: date | None = day("Answered on", "Today, where it is left blank.")
    outcome: str = code("Outcome", "outward_outcome", "Today asks until there is one.")
    outcome_on: date | None = day("Outcome on", "Today, where it is left blank.")
    next_look: date | None = day("Look again on", "Blank: by the setting, from the last date.")
    note: str = long("Note", "Who was spoken with, what is awaited.", klass="protected", limit=2000)


@dataclass(slots=True)
class GroupAction(Record):
    """An action of the working group, of no case (domain section 6, quarterly working group)."""

    table: ClassVar[str] = "group_actions"
    title: ClassVar[str] = "Working group action"

    action: str = text("Action", "In words that name no household.", required=True)
    contact_id: int | None = link("Member", "contacts", "Who does it.")
    agreed: date | None = day("Agreed on")
    due: date | None = day("Due", required=True)
    state: str = code("State", "action_state", default="open")
    done_on: date | None = day("Done on")
    said: str = text("What was done, or why not")
