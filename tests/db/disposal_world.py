"""A caseload in which one case says a word of its own in every field, draft and line of the log."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from Cryptodome.Cipher import AES

from config.codes import CODES
from db import queries
from db.caseload import Caseload
from db.disposal import erase, finish, scope_of
from db.models import (
    BY_TABLE,
    CASE_TABLES,
    Case,
    Closure,
    Contact,
    Disclosure,
    Disposal,
    Note,
    Organisation,
    Person,
    Property,
    Record,
    specs,
)
from tests.db import kit


@dataclass
class World:
    """The open caseload, the case to be disposed of, and every word that it alone holds."""

    caseload: Caseload
    path: Path
    case: Case
    other: Case
    words: tuple[str, ...]

    @property
    def scope(self) -> Any:
        """What goes with the case."""
        return scope_of(self.caseload.connection, kit.file_of(self.caseload, self.case.id))

    def certificate(self, **more: Any) -> Disposal:
        """What a person gives for it."""
        given = {
            "disposed_on": kit.DAY,
            "authority": "Records manager",
            "rule": "6 years after closing",
            "by": "Coordinator",
            **more,
        }
        return Disposal(**given)

    def erase(self) -> Disposal:
        """The first step."""
        return erase(self.caseload.store, self.scope, self.certificate())

    def dispose(self) -> Disposal:
        """Both steps."""
        self.erase()
        return finish(self.caseload.store, kit.KEY)[0]

    def seen(self) -> set[str]:
        """The words of the case in any page of the file or its log, by a reading of our own."""
        return said_in(self.path, self.words)


def word(of: str) -> str:
    """A word that stands nowhere else: letters alone, of a length names have."""
    digest = hashlib.sha256(of.encode()).hexdigest()
    return "Q" + "".join(chr(ord("a") + int(char, 16)) for char in digest[:11])


def build(path: Path) -> World:
    """The caseload at ``path``."""
    caseload = kit.make(path)
    store = caseload.store
    words: list[str] = []

    def said(of: str) -> str:
        words.append(word(of))
        return words[-1]

    def marked(kind: type[Record], place: str, /, **more: Any) -> Any:
        record = kind(**more)
        for name, spec in specs(kind).items():
            if spec.kind in ("text", "long") and name not in (*more, "ref"):
                setattr(record, name, said(f"{place}.{kind.table}.{name}"))
            elif spec.kind == "code" and not getattr(record, name):
                setattr(record, name, next(iter(CODES[spec.codes])))
        return record

    fairholm = store.add(Organisation(name="Fairholm HA", kind="ha", phone="01632 960100"))
    other = kit.add_case(caseload, reason="Threats at the door, kitchen window broken")
    store.add(Person(case_id=other.id, first_name="Ordinary", surname="Neighbour"))
    store.add(Property(case_id=other.id, address="9 Shared Street", landlord_id=fairholm.id))
    store.add(Note(case_id=other.id, body="Called the housing desk about the kitchen window."))

    private = store.add(marked(Organisation, "own", kind="landlord"))
    store.add(marked(Contact, "own", organisation_id=private.id))
    case = store.add(marked(Case, "case", route="police", linked_cases=other.ref))
    store.update(other, linked_cases=case.ref)
    for table in CASE_TABLES:
        store.add(marked(BY_TABLE[table], "case", case_id=case.id))
    home = kit.file_of(caseload, case.id).properties[0]
    store.update(home, landlord_id=private.id, agent_id=fairholm.id)
    store.update(case, reason=said("changed once"), why=said("why"))
    store.update(case, reason=said("changed twice"))
    taken = store.add(Person(case_id=case.id, first_name=said("deleted")))
    store.delete(taken)
    store.add(Person(case_id=case.id, first_name=said("undone")))
    store.undo_last()
    store.save_draft(case.id, "notes", 0, {"body": f"{said('draft')} é"})
    store.discard_draft(case.id, "notes", 0)
    store.save_draft(case.id, "notes", 0, {"body": said("second draft")})
    store.save_draft(0, "organisations", private.id, {"name": said("landlord's draft")})
    letter = Disclosure(
        at=store.now(), what="Letter to the landlord", recipient="landlord", case_refs=case.ref
    )
    store.add(replace(letter, recipient_name=said("told"), path=f"/nowhere/{said('path')}"))
    store.add(
        Disclosure(
            at=store.now(),
            what="MARAC list",
            recipient="marac",
            recipient_name="Westholm MARAC",
            case_refs=f"{case.ref};{other.ref}",
        )
    )
    store.add(Closure(case_id=case.id, closed_on=date(2019, 3, 1), outcome="secured"))
    store.update(case, status="closed", stage="closed")
    return World(caseload, path, case, other, tuple(words))


def said_in(path: Path, words: tuple[str, ...]) -> set[str]:
    """Which words stand in any page of a database and its log, in small letters too."""
    data = raw(path)
    small = data.lower()
    assert len(data) > 10_000
    return {one for one in words if one.encode() in data or one.lower().encode() in small}


def raw(path: Path) -> bytes:
    """Every page of a database and of the log beside it, decrypted."""
    log = path.with_name(f"{path.name}-wal")
    frames = log.read_bytes()[32:] if log.exists() else b""
    pages = [kit.decrypted(path)]
    for start in range(0, len(frames) - 4119, 4120):
        number = int.from_bytes(frames[start : start + 4], "big")
        page = frames[start + 24 : start + 4120]
        body, iv = page[16 if number == 1 else 0 : 4016], page[4016:4032]
        pages.append(AES.new(kit.KEY, AES.MODE_CBC, iv).decrypt(body))
    return b"".join(pages)


def card_refs(caseload: Caseload) -> set[str]:
    """The references that lists show."""
    connection = caseload.connection
    return {card.ref for shut in (False, True) for card in queries.cards(connection, closed=shut)}
