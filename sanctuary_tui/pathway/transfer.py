"""When the survivor moves out: kit back, another MARAC told, marker off, new address kept (F).

Source: DOMAIN 10 F, 7 (Great Yarmouth removes the flag when risk falls), 3 (repeat clock carries).
"""

from __future__ import annotations

from datetime import date

from config.calendar import add_working_days
from config.codes import UNKNOWN
from config.settings import Settings
from db.models import CaseFile, Closure, MaracListing, Measure
from sanctuary_tui.pathway import marac, works
from sanctuary_tui.pathway.dates import latest

_MOVED_REASONS = ("moved_planned", "moved_unplanned", "other_safe")
_MARKED = ("asked", "yes")


def moved_on(file: CaseFile) -> date | None:
    """The day the survivor left the home the works are in; None while they live there.

    As recorded of the home, or where a closed case ended with a move. How it ended before it was
    opened again does not count: the survivor may be back (DOMAIN 7).
    """
    home = file.home
    if home is not None and home.moved_out is not None:
        return home.moved_out
    last = _ending(file)
    return last.closed_on if last is not None and _is_move(last) else None


def _ending(file: CaseFile) -> Closure | None:
    """How a closed case ended; None while it is open."""
    if file.case.status != "closed":
        return None
    ended = [item for item in file.closures if item.closed_on is not None]
    return max(ended, key=lambda item: (item.closed_on or date.min, item.id), default=None)


def _is_move(closure: Closure) -> bool:
    return closure.outcome == "moved" or closure.reason in _MOVED_REASONS


def moved(file: CaseFile) -> bool:
    """Whether the survivor has moved out of the home the works are in."""
    return moved_on(file) is not None


def kit_out(file: CaseFile) -> list[Measure]:
    """Portable kit still with the survivor: it is lent, and returnable (STADA; DOMAIN 7)."""
    return [item for item in works.fitted(file) if works.portable(item) and item.catalogue_id != 7]


def kit_due(file: CaseFile, settings: Settings) -> date | None:
    """When kit on loan should be back after a move: ten working days unless set."""
    left = moved_on(file)
    if left is None or not kit_out(file):
        return None
    return add_working_days(left, settings.tasks.kit_return_days)


def transfer_listing(file: CaseFile) -> MaracListing | None:
    """The newest MARAC-to-MARAC transfer listing."""
    found = [item for item in file.marac_listings if item.listing_type == "transfer"]
    return found[-1] if found else None


def marac_transfer_due(file: CaseFile, settings: Settings) -> date | None:
    """When to have the new area's MARAC take the case on; None when not called for.

    Called for when the survivor moved inside the twelve months and no transfer was sent: the day
    after the move, on a working day.
    """
    left = moved_on(file)
    if left is None or marac.within_radar(file, left, settings) is None:
        return None
    sent = transfer_listing(file)
    if sent is not None and sent.state in ("sent", "heard"):
        return None
    return add_working_days(left, 1)


def marker_removal_due(file: CaseFile, settings: Settings) -> date | None:
    """When to have the police marker taken off the home left behind: five working days unless set.

    None when there is none.
    """
    marked = [item for item in file.properties if item.police_marker in _MARKED]
    left = latest(item.moved_out for item in marked) or (moved_on(file) if marked else None)
    days = settings.tasks.marker_removal_days
    return add_working_days(left, days) if left is not None else None


def address_unconfirmed(file: CaseFile) -> bool:
    """Moved, and the new address is not yet kept apart as confidential."""
    return moved(file) and not any(
        item.address.strip() or item.area.strip() for item in file.safe_addresses
    )


def address_due(file: CaseFile) -> date | None:
    """When to settle how the new address is kept: the working day after the move."""
    left = moved_on(file)
    return add_working_days(left, 1) if left is not None and address_unconfirmed(file) else None


def acknowledgement_due(file: CaseFile, today: date, settings: Settings) -> date | None:
    """When the other MARAC should have said that it has the case: five working days after sending,
    unless set.

    None when nothing was sent or it was acknowledged, and once the twelve months are over: until
    then the case stays in this MARAC's radar (DOMAIN 10 F).
    """
    listing = transfer_listing(file)
    if listing is None or listing.state not in ("sent", "heard") or listing.acknowledged_on:
        return None
    if marac.within_radar(file, today, settings) is None:
        return None
    sent = listing.transferred_on or listing.referred or listing.meeting
    return add_working_days(sent, settings.tasks.transfer_days) if sent is not None else None


def undecided(listing: MaracListing) -> list[str]:
    """What a decision to share still lacks: basis, who, when."""
    missing = []
    if listing.share_basis in (*UNKNOWN, ""):
        missing.append("lawful basis")
    if not listing.decided_by.strip():
        missing.append("who decided")
    if listing.decided_on is None:
        missing.append("when")
    return missing


def pack_locked(file: CaseFile) -> str | None:
    """Why the transfer pack may not leave yet; None when the basis is recorded (DOMAIN 3, 10 F)."""
    listing = transfer_listing(file)
    if listing is None:
        return "Transfer pack locked: list the case as a MARAC transfer first."
    missing = undecided(listing)
    if not missing:
        return None
    return f"Transfer pack locked: record {', '.join(missing)}."


def return_reason(file: CaseFile) -> str:
    """The code of the move for the return: planned unless a closure says otherwise."""
    if not moved(file):
        return ""
    for closure in reversed(file.closures):
        if closure.reason in _MOVED_REASONS:
            return closure.reason
    return "moved_planned"
