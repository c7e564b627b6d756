"""A case with a word in every text there is, and what the rest of the caseload says of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from config.settings import default_settings
from db import imported, queries
from db.caseload import Caseload, open_caseload
from db.models import (
    BY_TABLE,
    CASE_TABLES,
    Case,
    Disclosure,
    Disposal,
    LegalOrder,
    Person,
    Seal,
    specs,
)
from sanctuary_tui import work
from sanctuary_tui.opening import derive_with

WORD: Final = "qzcanary"
"""Stands in every text of the case; no other has it."""
POSTCODE: Final = "QZ9 9QZ"
KEY: Final = bytes(range(32))
NOW: Final = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
TODAY: Final = date(2026, 11, 26)
SETTINGS: Final = default_settings()
_BORN: Final = date(1957, 2, 3)


def opened(folder: Path, *, create: bool = False, key: bytes | bytearray = KEY) -> Caseload:
    """A caseload under the day and hour of the frozen console."""
    return open_caseload(
        folder / "caseload.db",
        key,
        derive=derive_with(SETTINGS),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
        create=create,
    )


def _filled(table: str, case_id: int, **more: Any) -> Any:
    kind = BY_TABLE[table]
    record = kind(case_id=case_id)
    for name, spec in specs(kind).items():
        if spec.kind in ("text", "long") and not spec.reads and name not in ("answers", "rrule"):
            setattr(record, name, f"{WORD} {table} {name}")
        elif spec.kind == "date" and name not in ("deleted_on", "lifted_on", "expiry"):
            setattr(record, name, TODAY)
        elif spec.kind == "datetime":
            setattr(record, name, NOW)
    for name, value in more.items():
        setattr(record, name, value)
    return record


def add_canary(caseload: Caseload) -> Case:
    """The case: one record of every kind, an organisation that only it names, a file that was
    sent, a form half filled, and another case linked to it."""
    store = caseload.store
    with store.batch("canary made"):
        case = _filled("cases", 0, ref="", status="open", stage="risk_support", linked_cases="")
        case.urgency, case.next_due = "emergency", TODAY
        store.add(case)
        firm = store.add(_filled("organisations", 0))
        store.add(_filled("contacts", 0, organisation_id=firm.id))
        for role, name in (("survivor", f"{WORD}survivor"), ("perpetrator", f"{WORD}perpetrator")):
            store.add(Person(case_id=case.id, role=role, first_name=name, surname=WORD, dob=_BORN))
        for table in CASE_TABLES:
            if table not in ("people", "seals", "closures", "overrides"):
                store.add(_filled(table, case.id, **_more(table, firm.id)))
        store.add(
            LegalOrder(case_id=case.id, kind="nmo", made=TODAY, expiry=TODAY + timedelta(days=3))
        )
        store.add(_filled("disclosures", 0, case_refs=case.ref, path=f"/tmp/{case.ref}.docx"))
        other = work.take_referral(
            caseload,
            {"route": "self", "safe": "yes", "first_name": "Ordinary", "surname": "Household"},
        )
        work.link_cases(caseload, other, case.ref)
        store.add(Disclosure(at=NOW, what="list of two", case_refs=f"{other.ref};{case.ref}"))
        store.save_draft(case.id, "visits", 0, {"worker": f"{WORD} draft"})
        row = imported.RowMark(b"mark", b"household", b"cells")
        number = imported.keep(caseload.connection, imported.Import(), NOW)
        imported.keep_rows(caseload.connection, number, [(row, case.id, False)])
        store.add(Disposal(ref=case.ref, case_number=case.id, papers="marac", state="proved"))
    return queries.get(caseload.connection, Case, case.id)


def _more(table: str, firm: int) -> dict[str, Any]:
    return {
        "properties": {"postcode": POSTCODE, "landlord_id": firm, "current": "yes"},
        "measures": {"catalogue_id": 9, "state": "fitted", "cost": 12300, "fitted_on": TODAY},
        "expenditures": {"gross": 98765},
        "risk_assessments": {"score": 21, "judgement": "yes"},
        "marac_listings": {
            "state": "draft",
            "meeting": date(2026, 12, 3),
            "share_basis": "public_task",
            "decided_on": TODAY,
        },
        "consent_requests": {"state": "sent", "survivor_ok": "yes", "expiry": None},
        "reminders": {"due": TODAY, "state": "open", "rule": "", "key": f"own:{WORD}"},
        "visits": {"outcome": "booked"},
        "contact_points": {"safe": "yes", "value": "07700 900999"},
    }.get(table, {})


def seal(caseload: Caseload, case_id: int) -> None:
    """A seal as the program keeps it, its words without the canary."""
    made = Seal(case_id=case_id, reason="council staff", sealed_by="Manager", sealed_on=TODAY)
    with caseload.store.batch(undoable=False):
        caseload.store.add(made)
