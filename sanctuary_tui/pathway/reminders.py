"""Reminders derived by rule, keyed ``rule:anchor`` (design section 5).

A due date comes from the records, never from today; today only decides which reminders still
stand. The rules are in ``reminders_home`` (referral to installation) and ``reminders_after``.
"""

from __future__ import annotations

from datetime import date

from config.settings import Settings
from db.models import CaseFile, Reminder
from sanctuary_tui.pathway import (
    contact,
    reminders_after,
    reminders_court,
    reminders_home,
    reminders_incident,
    retention,
    transfer,
)
from sanctuary_tui.pathway.reminder import reminder

OUTREACH = frozenset(
    {
        "first_contact",
        "survivor_wording",
        "aftercare",
        "ask_cadence",
        "battery",
        "support_offer",
        "interim_kit",
        "handover",
        "book_survey",
        "book_install",
        "fault",
        "consent_refused",
        "eh_answer",
        "kit_return",
        "released",
        "new_address",
        "measure_failed",
    }
)
"""Rules whose doing reaches the survivor: none stand once they said do not contact (DOMAIN 5)."""

CHASES = frozenset(
    {"consent_send", "consent_chase", "consent_owner", "consent_escalate", "consent_eh"}
)
"""Rules that chase an owner: they stop on the survivor's "do not contact" (DOMAIN 5)."""


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Every reminder that should stand for the case, by its rules, soonest first.

    A closed case keeps only what a move leaves behind: kit to come back, a marker to take off, the
    next MARAC to tell; and the review of its keeping, where the council set a period. "Do not
    contact" drops every rule that would reach out.
    """
    found = moving(file, settings) + keeping(file, settings)
    found += _transferred(file, today, settings)
    if file.case.status == "open" and file.case.stage != "closed":
        found += reminders_home.reminders(file, today, settings)
        found += reminders_after.reminders(file, today, settings)
        found += reminders_court.reminders(file, today, settings)
        found += reminders_incident.reminders(file)
    if contact.stops_contact(file):
        found = [item for item in found if item.rule not in OUTREACH]
    if file.case.do_not_contact == "yes":
        found = [item for item in found if item.rule not in CHASES]
    found.sort(key=lambda item: (item.due or date.max, item.key))
    return found


def _transferred(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """A transfer another MARAC has not acknowledged (DOMAIN 10 F); closing a case ends it not."""
    listing = transfer.transfer_listing(file)
    due = transfer.acknowledgement_due(file, today, settings)
    if listing is None or due is None:
        return []
    title = "other MARAC to acknowledge transfer"
    return [reminder("marac_acknowledge", f"{listing.id}", due, title, "marac", about=listing)]


def moving(file: CaseFile, settings: Settings) -> list[Reminder]:
    """What a move leaves to do (DOMAIN 10 F)."""
    left = transfer.moved_on(file)
    if left is None and not any(item.moved_out for item in file.properties):
        return []
    found = []
    due = transfer.kit_due(file, settings)
    if due is not None:
        found.append(reminder("kit_return", str(left), due, "portable kit to come back", "open"))
    due = transfer.marac_transfer_due(file, settings)
    if due is not None:
        title = "ask new area's MARAC to take the case"
        found.append(reminder("marac_transfer", str(left), due, title, "marac"))
    due = transfer.marker_removal_due(file, settings)
    if due is not None:
        title = "have the old address's marker removed"
        found.append(reminder("marker_removal", str(due), due, title, "call", who="Police"))
    due = transfer.address_due(file)
    if due is not None and file.case.status == "open":
        title = "settle how the new address is kept"
        found.append(reminder("new_address", str(left), due, title, "open"))
    return found


def keeping(file: CaseFile, settings: Settings) -> list[Reminder]:
    """Reviews of what is kept: the file's and its MARAC papers' (DOMAIN 8)."""
    found = []
    due = retention.review_due(file, settings)
    if due is not None:
        title = "review whether this file is kept"
        found.append(reminder("retention_review", f"file:{due}", due, title, "open"))
    due = retention.marac_due(file, settings)
    if due is not None:
        title = "review whether MARAC papers are kept"
        found.append(reminder("retention_review", f"marac:{due}", due, title, "open"))
    return found
