"""Reminders derived by rule, keyed ``rule:anchor`` (design section 5).

A due date comes from the records, never from today; today only decides which reminders still
stand. The rules are in ``reminders_home`` (referral to installation) and ``reminders_after``.
"""

from __future__ import annotations

from datetime import date

from config.codes import label
from config.settings import Settings
from db.models import CaseFile, Reminder
from sanctuary_tui.pathway import (
    contact,
    reminders_after,
    reminders_court,
    reminders_home,
    reminders_incident,
    reminders_outward,
    reminders_told,
    retention,
    rights,
    transfer,
)
from sanctuary_tui.pathway.dates import closed_on, day_of
from sanctuary_tui.pathway.reminder import reminder
from sanctuary_tui.pathway.rules_reminders import REMINDERS

OUTREACH = frozenset(rule.code for rule in REMINDERS if rule.reaches == "survivor")
"""Rules whose doing reaches the survivor: none stand once they said do not contact (DOMAIN 5)."""

CHASES = frozenset(rule.code for rule in REMINDERS if rule.reaches == "owner")
"""Rules that chase an owner: they stop on the survivor's "do not contact" (DOMAIN 5)."""


def reaches_survivor(file: CaseFile, kept: Reminder) -> bool:
    """Whether doing what a reminder asks reaches the survivor."""
    if kept.rule == "hearing":
        return not kept.key.endswith(":after")
    if kept.rule == "check_told":
        return kept.key.rpartition(":")[2] in reminders_told.ASKING
    if kept.rule == "visit":
        return contact.stops_contact(file) is None
    if kept.rule == "change":
        kinds = {incident.id: incident.kind for incident in file.incidents}
        return kinds.get(kept.record_id or 0) in reminders_told.ASKING
    return kept.rule in OUTREACH


def reminders(file: CaseFile, today: date, settings: Settings) -> list[Reminder]:
    """Every reminder that should stand for the case, by its rules, soonest first.

    A closed case keeps only what a move leaves behind: kit to come back, a marker to take off, the
    next MARAC to tell; referrals outward without an outcome; what happened since it closed; what
    somebody asked to see; and the review of its keeping, where the council set a period. "Do not
    contact" drops every rule that would reach out.
    """
    found = moving(file, settings) + keeping(file, settings)
    found += _transferred(file, today, settings) + reopening(file) + rights.requests(file)
    found += reminders_outward.reminders(file, settings)
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


def reopening(file: CaseFile) -> list[Reminder]:
    """What happened, or was told, since the case closed: is it to be opened again?

    The survivor's return too. On the day it happened, or of the telling where it happened before
    the closing, for nobody works on the case (DOMAIN 7, triggers that reopen).
    """
    if file.case.status == "open" and file.case.stage != "closed":
        return []
    closed = closed_on(file)
    found = []
    for incident in file.incidents:
        days = (day_of(incident.at), incident.told_closed)
        on = next((on for on in days if on is not None and (closed is None or on >= closed)), None)
        if on is not None:
            title = f"closed: reopen? {label('incident_kind', incident.kind).lower()}"
            found.append(reminder("reopen", f"{incident.id}", on, title, "open", about=incident))
    return found


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
    """Reviews of what is kept: the file's, its MARAC papers', its legal holds' (DOMAIN 8)."""
    found = []
    for hold in file.legal_holds:
        due = retention.hold_due(hold)
        if due is not None:
            title = "look at the legal hold again"
            found.append(reminder("retention_review", f"hold:{hold.id}:{due}", due, title, "open"))
    due = retention.review_due(file, settings)
    if due is not None:
        title = "review whether this file is kept"
        found.append(reminder("retention_review", f"file:{due}", due, title, "open"))
    due = retention.marac_due(file, settings)
    if due is not None:
        title = "review whether MARAC papers are kept"
        found.append(reminder("retention_review", f"marac:{due}", due, title, "open"))
    return found
