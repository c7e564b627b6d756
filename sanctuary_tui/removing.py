"""Deleting a record of a case: not where that would lift the bar on contact (domain 8)."""

from __future__ import annotations

from dataclasses import replace

from config.errors import RefusedError
from db.caseload import Caseload
from db.models import CaseFile, ContactPoint, Person
from db.record import Record
from sanctuary_tui import work
from sanctuary_tui.pathway import contact

BARS = (
    "Not deleted: it is why the survivor is not to be reached, and without it they could be rung "
    "again. Record a safe way first, or correct this one (enter)."
)


def warns(record: Record) -> bool:
    """Whether a record is a way of reaching somebody that is said not to be safe."""
    return isinstance(record, ContactPoint) and record.safe in contact.BARRED


def delete(caseload: Caseload, record: Record) -> None:
    """Delete a record of a case.

    Source: DOMAIN 8, safe contact: a number said to be unsafe is not forgotten by mistake.

    Raises:
        RefusedError: contact is barred, and would not be without the record.
    """
    if isinstance(record, ContactPoint | Person):
        file = work.must_find(caseload, record.case_id)
        if contact.stops_contact(file) and not contact.stops_contact(_without(file, record)):
            raise RefusedError(BARS)
    caseload.store.delete(record)


def _without(file: CaseFile, record: Record) -> CaseFile:
    return replace(
        file,
        people=[one for one in file.people if one != record],
        contact_points=[one for one in file.contact_points if one != record],
    )
