"""The pathway's stages in order, their titles and target days (DOMAIN 1; design section 5)."""

from __future__ import annotations

from datetime import date
from typing import Final

from config.calendar import add_working_days
from config.codes import STAGES
from config.settings import Settings

ORDER: Final[tuple[str, ...]] = tuple(STAGES)
INDEX: Final[dict[str, int]] = {stage: place for place, stage in enumerate(ORDER)}


def after(stage: str) -> str | None:
    """The next stage; None after the last."""
    place = INDEX[stage] + 1
    return ORDER[place] if place < len(ORDER) else None


def before(stage: str) -> str | None:
    """The stage before; None before the first."""
    place = INDEX[stage]
    return ORDER[place - 1] if place else None


def at_least(stage: str, floor: str) -> bool:
    """Whether ``stage`` is ``floor`` or later."""
    return INDEX[stage] >= INDEX[floor]


def target_date(stage: str, entered: date, settings: Settings) -> date | None:
    """The day by which a case should leave ``stage``: the district's working days from entry.

    None where the district has set no target. Times found in practice: DOMAIN 1, stage table
    (contact in 2 working days: Wiltshire landlord policy; fit in 2 to 3: WHA Year 1 report).
    """
    days = settings.stage_targets.get(stage, 0)
    return add_working_days(entered, days) if days else None


def title(stage: str, settings: Settings) -> str:
    """The district's own title for a stage, or the usual one."""
    return settings.stage_titles.get(stage) or STAGES[stage]
