"""What is recorded of a MARAC beyond its list: what it decided, a transfer to another one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from config.codes import UNKNOWN, label
from config.errors import BadInputError, RefusedError
from config.format import full_date
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import Disclosure, MaracAction, MaracListing
from db.validation import validated
from sanctuary_tui import connected, work
from sanctuary_tui.formrecords import MeetingForm
from sanctuary_tui.pathway import transfer

TRANSFER: Final = ("transfer_to", "transferred_on", "transfer_way", "acknowledged_on")
"""The fields of a listing that a transfer fills in."""


def record_outcome(
    caseload: Caseload, listing_id: int, given: Mapping[str, Any], settings: Settings
) -> MaracListing:
    """Record what the meeting decided on a case, and an action if there is one.

    A case not heard is deferred, which asks for the next meeting, or withdrawn.

    Raises:
        RefusedError: it was heard at a meeting that has not been held.
    """
    values = validated(MeetingForm, {"outcome": "", "decided": "heard", **given})
    decided = values["decided"]
    listing = queries.get(caseload.connection, MaracListing, listing_id)
    if decided == "heard" and listing.meeting and listing.meeting > caseload.store.today():
        raise RefusedError(
            f"That meeting is on {full_date(listing.meeting)}, so nothing was heard there yet; "
            "move the listing to the meeting it was heard at, or record this afterwards."
        )
    file = work.must_find(caseload, listing.case_id)
    connected.refuse_record(file, MaracAction, values, caseload.store.today())
    with caseload.store.batch("MARAC outcome recorded"):
        caseload.store.update(
            listing,
            outcome=values["outcome"],
            state=decided,
            heard_on=listing.meeting if decided == "heard" else None,
        )
        if values.get("action"):
            caseload.store.add(
                MaracAction(
                    case_id=listing.case_id,
                    listing_id=listing.id,
                    action=values["action"],
                    owner_agency=values.get("owner_agency", ""),
                    owner=values.get("owner", ""),
                    due=values.get("due")
                    or caseload.store.today() + timedelta(days=settings.marac.action_days),
                )
            )
    return listing


def record_transfer(caseload: Caseload, listing_id: int, given: Mapping[str, Any]) -> MaracListing:
    """Record that a listing went to another MARAC: to which, when, how, and whether it has it.

    The first day of sending makes the listing a referral, which keeps the case in the twelve
    months, and is a disclosure: it goes into the log, which does not name the other MARAC, since
    that would tell the new area (domain section 10 F).

    Raises:
        BadInputError: a value does not fit, or a day lies ahead or before the one it follows.
        RefusedError: the listing is no transfer, no decision to share is recorded, or it would
            unsay that the case was sent.
    """
    listing = queries.get(caseload.connection, MaracListing, listing_id)
    values = {name: getattr(listing, name) for name in TRANSFER}
    values |= {name: value for name, value in given.items() if name in TRANSFER}
    values = validated(MaracListing, values)
    _check(listing, values)
    _check_days(values, caseload.store.today())
    first = listing.transferred_on is None and values["transferred_on"] is not None
    if first:
        values |= _as_referral(caseload, listing, values["transferred_on"])
    with caseload.store.batch("transfer to another MARAC recorded"):
        caseload.store.update(listing, why="transfer to another MARAC recorded", **values)
        if first:
            _disclosed(caseload, listing)
    return listing


def check_transfer(listing: MaracListing) -> None:
    """Refuse where a listing is not one that goes to another MARAC.

    Raises:
        RefusedError: it is of another type, was sent to its own meeting as such, or withdrawn.
    """
    if listing.listing_type == "transfer" and listing.state != "withdrawn":
        return
    if listing.state == "draft":
        raise RefusedError(
            "This listing is for this meeting; change its type to Transfer with m, then record it."
        )
    raise RefusedError(
        "This listing was sent to its own meeting; put the case on a later list as a transfer."
    )


def _check(listing: MaracListing, values: Mapping[str, Any]) -> None:
    check_transfer(listing)
    if values["transferred_on"] is None:
        if listing.transferred_on is not None:
            raise RefusedError("The transfer was logged as sent; u undoes what was last recorded.")
        return
    if not values["transfer_to"].strip() or values["transfer_way"] in (*UNKNOWN, ""):
        raise RefusedError("Say to which MARAC it was sent and by what secure way.")
    missing = transfer.undecided(listing)
    if missing:
        raise RefusedError(
            f"Nothing is shared without a recorded decision: record {', '.join(missing)} first (m)."
        )


def _check_days(values: Mapping[str, Any], today: date) -> None:
    sent, acknowledged = values["transferred_on"], values["acknowledged_on"]
    if any(day is not None and day > today for day in (sent, acknowledged)):
        raise BadInputError("That day lies ahead; record the transfer when it has happened.")
    if acknowledged is not None and (sent is None or acknowledged < sent):
        raise BadInputError("It cannot be acknowledged before it was sent; check both days.")


def _as_referral(caseload: Caseload, listing: MaracListing, sent: date) -> dict[str, Any]:
    file = work.must_find(caseload, listing.case_id)
    pairs = ";".join(str(person.id) for person in file.perpetrators)
    if listing.state != "draft":
        return {"pairs": listing.pairs or pairs}
    return {"state": "sent", "referred": sent, "pairs": pairs}


def _disclosed(caseload: Caseload, listing: MaracListing) -> None:
    store = caseload.store
    file = work.must_find(caseload, listing.case_id)
    what = "MARAC transfer"
    store.add(
        Disclosure(
            at=store.now(),
            what=what,
            rows=1,
            recipient="other_marac",
            basis=label("share_basis", listing.share_basis),
            protection="outside",
            by=store.who,
            case_refs=file.case.ref,
        ),
        why=f"{what} registered",
    )
    store.note("disclosure", "marac_listings", listing.id, file.case.id, "sent to another MARAC")
