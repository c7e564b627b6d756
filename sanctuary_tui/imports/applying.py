"""Keeping what was planned: all of it in one transaction through the store, undone as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from config.errors import RefusedError
from db import imported, queries
from db.caseload import Caseload
from db.imported import Digests, Import, RowMark
from db.models import (
    Case,
    CaseFile,
    ContactPoint,
    Note,
    Organisation,
    Person,
    Property,
    Record,
    specs,
)
from db.names import folded
from sanctuary_tui import sealing
from sanctuary_tui.imports.duplicates import Households
from sanctuary_tui.imports.planning import (
    NOTE_TITLE,
    Known,
    Plan,
    Planned,
    household_of,
)
from sanctuary_tui.imports.rowparts import Part
from sanctuary_tui.imports.sheets import Told, untold
from sanctuary_tui.imports.sidebyside import Side, side_of

LONG_PAST: Final = timedelta(days=90)
"""A reminder that was due longer ago than this when its case came in is set aside."""
_NOTE_LIMIT: Final = 200_000
_COMPARED: Final = ("people", "properties", "contact_points")
_LINKED: Final = {"landlord": "landlord_id", "agent": "agent_id", "freeholder": "freeholder_id"}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: its number, the cases it made, and what it set aside."""

    number: int
    refs: tuple[str, ...]
    linked: int
    noted: int
    set_aside: int

    @property
    def changed_nothing(self) -> bool:
        """Whether nothing was kept."""
        return not self.number


def known_of(caseload: Caseload) -> Known:
    """What the caseload holds, for ``planning.plan``. Sealed cases are in no comparison."""
    connection = caseload.connection
    key = queries.remembered(connection, imported.KEY) or imported.new_key()
    files = queries.case_files(connection, _COMPARED, "1")
    households, references = [], {}
    for file in files.values():
        references[file.case.ref] = file.case.id
        household = household_of(_parts_of(file))
        household.ref = file.case.ref
        households.append(household)
    rows = imported.known_rows(connection)
    return Known(Digests(key), Households(households), rows, references, key)


def held_of(caseload: Caseload, refs: Iterable[str]) -> dict[str, Side]:
    """What is compared of these cases, by reference; of sealed ones, and of those that are not
    there any more, nothing."""
    wanted = set(refs)
    files = queries.case_files(caseload.connection, _COMPARED, "1") if wanted else {}
    return {
        file.case.ref: side_of([Part("case", Case, _fields(file.case)), *_parts_of(file)])
        for file in files.values()
        if file.case.ref in wanted
    }


def _parts_of(file: CaseFile) -> list[Part]:
    """The records of a case that are compared; a home that is confidential is in no comparison."""
    parts = [Part(person.role, Person, _fields(person)) for person in file.people]
    homes = [one for one in file.properties if one.confidential != "yes"]
    parts += [Part("home", Property, _fields(home)) for home in homes]
    return [*parts, *(Part("contact", ContactPoint, _fields(way)) for way in file.contact_points)]


def _fields(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in specs(type(record))}


def apply(
    caseload: Caseload,
    plan: Plan,
    known: Known,
    *,
    file: str,
    mapping: str,
    note_changes: bool = False,
    told: Told = untold,
) -> Imported:
    """Keep the plan: its cases, notes and the marks of its rows, in one change. ``file`` is the
    digest of the file, ``mapping`` the text of the mapping.

    Nothing is written, not even that there was an import, where nothing is new.

    Raises:
        RefusedError: a row is still to be decided on, or the caseload refuses a record.
    """
    waiting = sum(1 for one in plan.planned if one.outcome == "ask")
    if waiting:
        raise RefusedError(
            f"Still to be decided: {waiting:,} of the file that may be in the caseload, or in the "
            "file, already; decide on each first."
        )
    wanted = [one for one in plan.planned if _does(one, note_changes)]
    if not wanted:
        return Imported(0, (), 0, 0, 0)
    keeper = _Keeper(caseload, known)
    store, total = caseload.store, 2 * len(wanted)
    with store.loading("import of a tracker") as batch:
        for number, one in enumerate(wanted, 1):
            keeper.keep(one)
            told(number, total)
        store.bring_into_step(
            store.today() - LONG_PAST, lambda done: told(len(wanted) + done, total)
        )
        sealing.tell_of_imported(caseload, keeper.said)
        made = [case.id for case in keeper.cases]
        aside = imported.count_set_aside(caseload.connection, made)
        record = Import(
            batch=batch,
            file=bytes.fromhex(file),
            mapping=hashlib.sha256(mapping.encode()).digest(),
            rows_read=plan.rows_read,
            cases_made=len(made),
            rows_linked=plan.count("link"),
            rows_same=plan.count("same"),
            rows_changed=plan.count("changed"),
            rows_refused=plan.count("refused"),
            set_aside=aside,
        )
        number = imported.keep(caseload.connection, record, store.now())
        imported.keep_rows(caseload.connection, number, keeper.marks)
        store.remember(imported.KEY, known.key)
        store.note("system", "imports", number, 0, f"import {number}: {len(made)} cases made")
    refs = tuple(case.ref for case in keeper.cases)
    return Imported(number, refs, keeper.linked, keeper.noted, aside)


def _does(one: Planned, note_changes: bool) -> bool:
    return one.outcome in ("new", "link") or (one.outcome == "changed" and note_changes)


class _Keeper:
    """Writes what was planned, inside the caller's batch."""

    def __init__(self, caseload: Caseload, known: Known) -> None:
        self._store = caseload.store
        self._organisations = {
            folded(one.name): one.id for one in queries.all_of(caseload.connection, Organisation)
        }
        self.cases: list[Case] = []
        self.said: list[tuple[str, list[dict[str, object]]]] = []
        self.marks: list[tuple[RowMark, int, bool]] = []
        self.linked = self.noted = 0

    def keep(self, one: Planned) -> None:
        if one.outcome == "new":
            case_id = self._case(one)
        else:
            case_id = one.case_id
            self.linked += one.outcome == "link"
            self.noted += one.outcome == "changed"
            if one.parts:
                self._records(case_id, one.parts)
        title = f"{NOTE_TITLE}, changed since" if one.outcome == "changed" else NOTE_TITLE
        if one.note:
            self._note(case_id, title, one.note)
        self.marks += [(mark, case_id, one.outcome == "new") for mark in one.marks]

    def _case(self, one: Planned) -> int:
        case = next(part for part in one.parts if part.kind is Case)
        made = self._store.add(Case(**case.fields))
        self.cases.append(made)
        self.said.append((made.ref, _said(one.parts)))
        self._records(made.id, [part for part in one.parts if part.kind is not Case])
        return made.id

    def _records(self, case_id: int, parts: list[Part]) -> None:
        """The records of a case: people first, since others name them."""
        links = {
            _LINKED[part.slot]: self._organisation(part)
            for part in parts
            if part.kind is Organisation and part.slot in _LINKED and part.fields.get("name")
        }
        rest = [part for part in parts if part.kind is not Organisation]
        if links and not any(part.kind is Property for part in rest):
            rest.append(Part("home", Property, {}))
        survivor = 0
        for part in sorted(rest, key=lambda part: part.kind is not Person):
            fields = dict(part.fields)
            if part.kind is Property:
                fields.update(links)
            if part.kind is ContactPoint and survivor:
                fields.setdefault("person_id", survivor)
            made = self._store.add(part.kind(**fields, case_id=case_id))
            if part.slot == "survivor":
                survivor = made.id

    def _organisation(self, part: Part) -> int:
        name = folded(str(part.fields["name"]))
        if name not in self._organisations:
            kind = part.fields.get("kind") or part.slot
            made = self._store.add(Organisation(**{**part.fields, "kind": kind}))
            self._organisations[name] = made.id
        return self._organisations[name]

    def _note(self, case_id: int, title: str, lines: list[str]) -> None:
        """One note, or more where it is longer than a note may be."""
        body = "\n".join([title, *lines])
        for at in range(0, len(body), _NOTE_LIMIT):
            self._store.add(
                Note(
                    case_id=case_id,
                    at=self._store.now(),
                    body=body[at : at + _NOTE_LIMIT],
                    by=self._store.who,
                )
            )


def _said(parts: Iterable[Part]) -> list[dict[str, object]]:
    """Who and where, as a referral says it: each home and each way to reach them apart."""
    found: list[dict[str, object]] = []
    for part in parts:
        if (part.kind is Person and part.slot == "survivor") or part.kind is Property:
            found.append(part.fields)
        elif part.kind is ContactPoint:
            found.append({"phone": part.fields.get("value")})
    return found


# --- undoing --------------------------------------------------------------------------------------


def undo(caseload: Caseload, number: int = 0) -> Import:
    """Take a whole import back, the newest that still stands or the one of that number.

    Raises:
        RefusedError: there is none, or a case that it made was worked on since.
    """
    every = imported.imports(caseload.connection)
    one = next((one for one in every if one.undone is None and number in (0, one.id)), None)
    if one is None:
        said = f"There is no import {number} to undo" if number else "There is no import to undo"
        raise RefusedError(f"{said}; it may have been undone before.")
    worked = imported.worked_on_since(caseload.connection, one)
    if worked:
        refs = [ref for ref in worked if ref]
        named = f" ({', '.join(refs[:3])}{' and others' if len(refs) > 3 else ''})" if refs else ""
        raise RefusedError(
            f"A case of import {one.id} was worked on since{named}, so the import is not undone; "
            "undo that work first."
        )
    caseload.store.undo_batch(one.batch)
    return one
