"""From what a gate says to where it is put right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from db.readmodels import Finding
from sanctuary_tui.screens.case_edit import add_record

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk
    from sanctuary_tui.views import CaseView


class OpenCase(Protocol):
    """What is needed of the case's screen."""

    view: CaseView | None

    @property
    def console(self) -> Desk:
        """The app."""
        ...

    def go_to(self, tab: str) -> None:
        """Show a tab."""
        ...

    def select_for(self, finding: Finding) -> None:
        """Put the cursor on the record a finding is about."""
        ...

    async def edit_case(self, *only: str) -> None:
        """Correct the case's own fields."""
        ...

    async def load(self) -> None:
        """Read the case afresh."""
        ...

    async def run_action(self, action: str) -> object:
        """Do what a key does."""
        ...


async def fix_finding(screen: OpenCase, finding: Finding) -> None:
    """Go to where a finding is put right."""
    command = finding.command
    if command in _ADDS:
        tab, table = _ADDS[command]
        screen.go_to(tab)
        if screen.view is not None and await add_record(screen.console, screen.view, (table,)):
            await screen.load()
    elif command in _TABS_OF:
        screen.go_to(_TABS_OF[command])
        screen.select_for(finding)
    elif command in _FIELDS_OF:
        await screen.edit_case(*_FIELDS_OF[command])
    elif command in _ACTIONS_OF:
        await screen.run_action(_ACTIONS_OF[command])
    else:
        await screen.edit_case()


_ADDS = {
    "add_order": ("legal", "legal_orders"),
    "add_support": ("support", "support"),
    "add_plan": ("support", "safety_plans"),
    "add_survey": ("measures", "surveys"),
    "add_measure": ("measures", "measures"),
    "add_risk": ("risk", "risk_assessments"),
    "add_listing": ("risk", "marac_listings"),
}
_TABS_OF = {
    "edit_perpetrator": "people",
    "edit_survivor": "people",
    "edit_child": "people",
    "edit_contact": "people",
    "edit_home": "legal",
    "edit_order": "legal",
    "open_consent": "consent",
    "edit_measure": "measures",
    "edit_visit": "measures",
    "edit_survey": "measures",
}
_FIELDS_OF = {
    "approve": ("approved_by", "approved_on"),
    "edit_cadence": ("cadence", "aftercare_method"),
    "edit_referral": (
        "acknowledged",
        "duplicates_checked",
        "conflict_flag",
        "ha_scheme",
        "ha_answer",
        "ha_return_due",
    ),
    "edit_choice": ("choice_made", "choice_date", "options_explained", "victim_wants"),
}
_ACTIONS_OF = {
    "book": "book",
    "call": "call",
    "chase": "chase",
    "check": "check",
    "forward": "forward",
    "close": "close_case",
}
"""What puts a finding right, by the command id the rules give it."""
