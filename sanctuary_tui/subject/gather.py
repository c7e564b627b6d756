"""Everything held about one person, paragraph by paragraph, over every table (UK GDPR Article 15).

Nothing is decided by looking for names: find-and-replace and matching of names both left traces of
third parties when tried. So every paragraph of the person's cases is listed, and each goes out only
when a person says so. All that goes out by itself is what is chosen from lists or counted in the
survivor's own records, where no third party can stand. In what is held of others names are looked
for (``elsewhere``), to list what is found; nothing of that goes out by itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from config.errors import BadInputError
from config.format import local
from config.measures import measure as measure_of
from db import queries
from db.caseload import Caseload
from db.changes import unpacked
from db.fields import FieldSpec
from db.looking import Look
from db.mentions import WHY, Passage, draft_mark
from db.models import (
    BY_TABLE,
    CASE_TABLES,
    Case,
    CaseFile,
    Disclosure,
    Measure,
    Note,
    Person,
    Record,
    Reminder,
    specs,
)
from db.rows import parse_moment
from sanctuary_tui.exports.profiles import NEVER_TO_OTHERS, PROFILES, THE_SURVIVORS, Field
from sanctuary_tui.exports.register import held_case
from sanctuary_tui.subject.bar import Bar, person_name
from sanctuary_tui.subject.elsewhere import found_elsewhere, lines_that_name
from sanctuary_tui.subject.guarding import guarding_words
from sanctuary_tui.subject.namesakes import namesakes_of
from sanctuary_tui.subject.saying import (
    PLACES,
    day_of,
    in_a_line,
    in_words,
    key_of,
    label_of,
    lines_of,
    names,
    names_of,
    of_a_contact,
    place_key,
    said_of,
    told,
    typed_in_words,
)
from sanctuary_tui.subject.unread import confirmed
from sanctuary_tui.subject.wanted import wanted_of

About = Literal["own", "names", "case"]

SKIPPED: Final[frozenset[Field]] = frozenset(
    {
        ("reminders", "key"),
        ("reminders", "rule"),
        ("reminders", "action"),
        ("reminders", "record_table"),
        ("reminders", "record_id"),
        ("marac_listings", "pairs"),
        ("subject_requests", "also"),
        ("disclosures", "path"),
        ("disclosures", "sha256"),
        ("disclosures", "case_refs"),
        ("disclosures", "profile"),
        ("measures", "consent_needed"),
        ("measures", "excluding"),
        ("measures", "escape_affecting"),
        ("measures", "escape_checked"),
        ("measures", "removal_offer"),
    }
)
"""The program's own marks: numbers, keys, file names, what a gate asks. They say nothing of
anybody."""
UNDECIDED: Final = "not_decided"
"""The exemption of a paragraph for which none is proposed."""
_NOT_GATHERED: Final = frozenset({"subject_decisions", "connected_people", "seals"})
_FREE_OF_OTHERS: Final = frozenset(
    {
        "cases",
        "people",
        "contact_points",
        "risk_assessments",
        "support",
        "measures",
        "visits",
        "aftercare_checks",
        "closures",
    }
)
"""Records about the survivor alone: what is chosen or counted in them names no third party."""
_OF_OTHERS: Final[frozenset[Field]] = frozenset(
    {
        ("cases", "triggers"),
        ("cases", "conflict_flag"),
        ("risk_assessments", "police_reports"),
        ("visits", "police_attend"),
        ("visits", "police_answer"),
        ("aftercare_checks", "contact_since"),
        ("aftercare_checks", "police_told"),
        ("aftercare_checks", "orders_same"),
        ("closures", "outcome"),
        ("closures", "reason"),
    }
)
"""Of these, what is chosen from a list may tell what somebody else did or where they are."""
_OWN_RECORDS: Final = _FREE_OF_OTHERS | {"properties", "safe_addresses", "surveys", "entry_points"}
OWN_FACTS: Final[frozenset[Field]] = frozenset(
    {
        ("cases", "ref"),
        ("cases", "area"),
        ("cases", "contact_times"),
        ("cases", "hclic_ref"),
        ("people", "language"),
        ("people", "gp"),
        ("people", "occupation"),
        ("people", "employer"),
        ("contact_points", "times"),
        ("properties", "address"),
        ("properties", "postcode"),
        ("properties", "floor"),
        ("safe_addresses", "address"),
        ("safe_addresses", "postcode"),
        ("safe_addresses", "area"),
        ("measures", "name"),
        ("measures", "location"),
        ("measures", "standard"),
        ("visits", "window"),
    }
)
"""Typed fields that hold only the survivor's own fact: offered to go out, ticked by a person."""
OF_ANOTHER: Final[frozenset[Field]] = frozenset(
    {
        ("cases", "reason"),
        ("cases", "referrer_org"),
        ("cases", "referrer_name"),
        ("cases", "referrer_contact"),
        ("cases", "linked_cases"),
        ("cases", "approved_by"),
        ("cases", "next_action"),
        ("people", "safe_to_talk_to"),
        ("people", "not_safe_to_tell"),
        ("support", "provider"),
        ("support", "worker"),
        ("risk_assessments", "answers"),
        ("risk_assessments", "judgement_reason"),
        ("visits", "worker"),
        ("visits", "note"),
        ("measures", "fitted_by"),
        ("properties", "tenure_notes"),
        ("surveys", "surveyor"),
        ("closures", "note"),
    }
)
"""Typed fields of the survivor's own records that name or describe somebody else as a rule."""
_TYPED: Final = ("text", "long")
_OF_ONE: Final = frozenset({"people", "contact_points", "subject_requests"})
"""Records of one person each, which say nothing of anybody else."""
_ABOUT_PERPETRATOR: Final = frozenset({"legal_orders", "marac_listings"})
CONFIDENTIAL: Final = (
    "Holds where the survivor is, how they are reached, or how the home is guarded"
)
SURVIVORS: Final = "Is what the survivor told, or is held of somebody else"
ANOTHERS: Final = "Holds where somebody else is, or how they are reached"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One piece of what is held, as it would go out.

    ``key`` names record, version, field and place, so that a decision holds only for the words it
    was made on. ``about``: the record is the person's own, it names them, or it only stands in
    their case. ``automatic`` goes out unless somebody says no; ``barred`` never does, and says why.
    ``exemption`` is proposed where nobody has decided yet, ``UNDECIDED`` where nothing is;
    ``offered`` marks what can hold only the reader's own fact. ``watched``: the reader is not the
    survivor, so that its words are looked at. ``named``: it names somebody else of the case.
    ``elsewhere``: it is no part of a case of theirs. ``protects``: names in it of the survivor, or
    of others with them, which a reader who is not the survivor is told for a reason alone.
    """

    key: str
    case_ref: str
    fields: tuple[Field, ...]
    title: str
    text: str
    when: date | None
    about: About
    automatic: bool = False
    barred: str = ""
    exemption: str = "third_party"
    offered: bool = False
    watched: bool = False
    named: bool = False
    elsewhere: bool = False
    protects: tuple[str, ...] = ()
    agrees: tuple[str, ...] = ()
    folded: bool = False

    @property
    def record(self) -> str:
        """The record it is a part of, with its version."""
        return ".".join(self.key.split(".")[:3])

    @property
    def warned(self) -> tuple[str, ...]:
        """The words that may tell this reader of the survivor, or how the home is guarded."""
        return (*guarding_words(self.text, self.fields), *self.protects) if self.watched else ()


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose data are gathered: one record of theirs, and those of theirs in other cases.

    ``request_id`` is the request they are gathered for: it is no part of its own answer.
    """

    person: Person
    also: tuple[Person, ...] = ()
    request_id: int = 0

    @property
    def people(self) -> tuple[Person, ...]:
        """Every record of theirs."""
        return (self.person, *self.also)

    @property
    def survivor(self) -> bool:
        """Whether they are the survivor, in every case they stand in."""
        return all(one.role == "survivor" for one in self.people)

    @property
    def profile(self) -> str:
        """The name of the profile their pack is made under."""
        return "subject" if self.survivor else "subject_other"


def subject_of(caseload: Caseload, person_id: int, also: str = "", request_id: int = 0) -> Subject:
    """The person with this id, with the records of theirs that somebody has confirmed.

    Raises:
        UnreadCaseError: one of those cannot be read here.
        BadInputError: the person is not there any more.
    """
    connection = caseload.connection
    person = queries.get(connection, Person, person_id)
    others = confirmed(connection, also)
    return Subject(person, tuple(one for one in others if one.id != person_id), request_id)


def same_person(caseload: Caseload, person: Person) -> list[Person]:
    """People of other cases who may be the same: the same name, and no other date of birth.

    A person confirms each; two people may have one name.
    """
    wanted = person_name(person)
    if not wanted:
        return []
    return [
        one
        for one in queries.all_of(caseload.connection, Person)
        if one.case_id != person.case_id
        and person_name(one) == wanted
        and (one.dob is None or person.dob is None or one.dob == person.dob)
    ]


def gather(caseload: Caseload, subject: Subject, look: Look | None = None) -> list[Paragraph]:
    """Every paragraph of every case the person stands in, and of others where they are named.

    What is theirs comes first, then what names them, then the rest of their cases.
    """
    found: list[Paragraph] = []
    cases: set[int] = set()
    files: list[CaseFile] = []
    bar = Bar(caseload, subject.people)
    for person in subject.people:
        if person.case_id in cases:
            continue
        cases.add(person.case_id)
        file = queries.case_file(caseload.connection, person.case_id)
        if file is None:
            raise BadInputError("That case is no longer there; it may have been undone.")
        mine = {one.id for one in subject.people if one.case_id == file.case.id}
        found += _Gatherer(caseload, file, mine, subject, bar).everything()
        files.append(file)
    known = {one.key for one in found}
    found += [
        one for one in _elsewhere(caseload, subject, files, bar, look) if one.key not in known
    ]
    order = {"own": 0, "names": 1, "case": 2}
    return sorted(found, key=lambda one: order[one.about])


class _Gatherer:
    """Gathers one case."""

    def __init__(
        self, caseload: Caseload, file: CaseFile, mine: set[int], subject: Subject, bar: Bar
    ) -> None:
        self._caseload = caseload
        self._file = file
        self._mine = mine
        self._subject = subject
        survivor = file.survivor
        self._is_survivor = survivor is not None and survivor.id in mine
        self._profile = PROFILES["subject" if self._is_survivor else "subject_other"]
        self._bar = bar
        self._names = names_of(one for one in file.people if one.id in mine)
        self._others = names_of(one for one in file.people if one.id not in mine) - self._names
        theirs = (one for one in file.people if one.id not in mine and one.role != "perpetrator")
        self._protected = names_of(theirs) - names_of(subject.people)

    def everything(self) -> Iterator[Paragraph]:
        """Case, records, register, unfinished forms, and what was there before."""
        for record in self._records():
            yield from self._record(record)
        yield from self._drafts()
        yield from self._history()

    def _records(self) -> Iterator[Record]:
        yield self._file.case
        for table in CASE_TABLES:
            if table not in _NOT_GATHERED:
                yield from (
                    one
                    for one in getattr(self._file, table)
                    if not self._of_the_request(one.table, one.id) and not self._reminds_of_it(one)
                )
        case_id = self._file.case.id
        for row in queries.all_of(self._caseload.connection, Disclosure, of=case_id):
            if row.profile.startswith("subject"):
                continue  # the answers to earlier requests are theirs already
            if held_case(row, self._file.case, self._caseload.connection):
                yield row

    def _of_the_request(self, table: str, record_id: int) -> bool:
        """Whether it is the request that is being answered: what is done for it adds nothing."""
        return table == "subject_requests" and 0 < record_id == self._subject.request_id

    def _reminds_of_it(self, record: Record) -> bool:
        return isinstance(record, Reminder) and self._of_the_request(
            record.record_table, record.record_id or 0
        )

    # --- one record

    def _record(self, record: Record) -> Iterator[Paragraph]:
        """Facts chosen or counted as one paragraph, each typed line as one of its own."""
        own, told_us = self._is_own(record), self._told_us(record)
        when = day_of(record)
        facts: dict[str, list[tuple[Field, str]]] = {"facts": [], "others": [], "closed": []}
        typed: list[tuple[str, FieldSpec, str]] = []
        entry = measure_of(record.catalogue_id) if isinstance(record, Measure) else None
        for name, spec in specs(type(record)).items():
            pair = (record.table, name)
            words = told(pair, getattr(record, name), spec)
            if not words or pair in SKIPPED:
                continue
            if entry is not None and pair == ("measures", "name") and words == entry.name:
                continue  # said already, by the catalogue's own name
            if entry is not None and pair == ("measures", "catalogue_id"):
                spec, words = replace(spec, label=specs(Measure)["name"].label), entry.name
            named = record.table == "people" and record.id in self._mine and name in _NAMES
            if spec.kind in _TYPED and not named:
                typed.append((name, spec, words))
            else:
                closed = spec.klass == "protected" or not self._allowed(*pair)
                kind = "closed" if closed else "others" if pair in _OF_OTHERS else "facts"
                facts[kind].append((pair, f"{spec.label}: {words}"))
        for kind, some in facts.items():
            if some:
                yield self._made(
                    key_of(record, kind, 0),
                    tuple(pair for pair, _ in some),
                    record.title,
                    "; ".join(words for _, words in some),
                    when,
                    own=own,
                    automatic=kind == "facts" and self._goes_by_itself(record),
                    told_us=told_us,
                )
        for name, spec, words in typed:
            for number, line, together in self._told(words):
                yield self._made(
                    key_of(record, name, number),
                    ((record.table, name),),
                    f"{record.title}, {in_a_line(spec.label)}",
                    line,
                    when,
                    own=own,
                    together=together,
                    told_us=told_us,
                )

    def _told_us(self, record: Record | None) -> bool:
        """Whether it is a note of a contact with the survivor, or corrects one."""
        while isinstance(record, Note) and not of_a_contact(record.kind, record.with_whom):
            if (older := record.corrects_id or record.id) >= record.id:
                return False  # a correction is of an earlier note
            record = queries.get(self._caseload.connection, Note, older)
        return isinstance(record, Note)

    def _is_own(self, record: Record) -> bool:
        survivor = self._is_survivor
        if record.table == "people":
            return record.id in self._mine
        if record.table in ("contact_points", "safe_addresses", "subject_requests"):
            linked = getattr(record, "person_id", None)
            return linked in self._mine or (linked is None and survivor)
        if survivor:
            return True
        perpetrators = {one.id for one in self._file.perpetrators}
        if not self._mine & perpetrators:
            return False
        if record.table == "incidents":
            by = getattr(record, "perpetrator_id", None)
            return by in self._mine or (by is None and len(perpetrators) == 1)
        return record.table in _ABOUT_PERPETRATOR

    def _goes_by_itself(self, record: Record) -> bool:
        return self._subject.survivor and record.table in _FREE_OF_OTHERS and self._is_own(record)

    # --- what no record says any more

    def _drafts(self) -> Iterator[Paragraph]:
        case_id = self._file.case.id
        for one in queries.drafts(self._caseload.connection, of=case_id):
            if one.case_id != case_id:
                continue
            content = queries.draft(self._caseload.connection, case_id, one.form, one.record_id)
            mark = draft_mark(content or {})
            for name, typed in (content or {}).items():
                words = typed_in_words((one.form, name), typed)
                for number, line, together in self._told(words):
                    yield self._made(
                        f"drafts.{one.form}-{one.record_id}.{mark}.{name}.{number}",
                        ((one.form if one.form in BY_TABLE else "drafts", name),),
                        f"Unfinished form, {label_of(one.form, name)}",
                        line,
                        local(one.saved).date(),
                        own=self._is_survivor,
                        together=together,
                    )

    def _history(self) -> Iterator[Paragraph]:
        """What records said before, and the reasons written beside changes.

        A reason that is logged again is the paragraph it was: it is told where it stood first.
        """
        rows = [
            row
            for row in queries.changes_of(self._caseload.connection, self._file.case.id)
            if row.entity not in _NOT_GATHERED
            and not self._of_the_request(row.entity, row.entity_id)
        ]
        first = {row.why: row.id for row in rows}  # newest first, so the oldest stays
        for row in rows:
            on = local(row.at).date()
            if row.why and first[row.why] == row.id:
                yield self._made(
                    f"changes.{row.id}.0.why.0",
                    (("changes", "why"),),
                    "Log",
                    row.why,
                    on,
                    own=False,
                )
            if row.entity not in BY_TABLE:
                continue
            kind = BY_TABLE[row.entity]
            declared = specs(kind)
            before = queries.typed(kind, unpacked(row.before))
            told_us = kind is Note and of_a_contact(before.get("kind"), before.get("with_whom"))
            for name, value in before.items():
                pair = (row.entity, name)
                words = told(pair, value, declared[name]) if name in declared else ""
                if not words or pair in SKIPPED:
                    continue
                if pair == ("measures", "catalogue_id") and (entry := measure_of(value)):
                    words = entry.name
                for number, line, together in self._told(words):
                    yield self._made(
                        f"changes.{row.id}.0.{name}.{number}",
                        (pair,),
                        f"Before it was changed: {kind.title}, {in_words(pair, declared[name])}",
                        line,
                        on,
                        own=row.entity == "people" and row.entity_id in self._mine,
                        together=together,
                        told_us=told_us,
                    )

    # --- what is held of others

    def named_in(
        self, passage: Passage, chosen: Mapping[str, Sequence[int]]
    ) -> Iterator[Paragraph]:
        """Lines of a record, an unfinished form or the log in which somebody of elsewhere stands.

        A referral that is not saved yet is theirs whole where they are its survivor.
        """
        whole = passage.kind == "draft" and passage.table not in BY_TABLE and self._subject.survivor
        title, when = self._place(passage)
        told_us = (passage.kind, passage.table) == ("record", Note.table) and self._told_us(
            queries.get(self._caseload.connection, Note, passage.number)
        )
        for name, words in passage.texts:
            pair = (passage.table, name)
            if passage.kind == "draft" and passage.table not in BY_TABLE:
                pair = ("drafts", name)
            elif passage.kind == "log" and name == WHY:
                pair = ("changes", name)
            for number, line, together in self._told(words):
                if whole or number in chosen[name]:
                    made = self._made(
                        place_key(passage, name, number),
                        (pair,),
                        f"{title}, {label_of(passage.table, name)}",
                        line,
                        when,
                        own=False,
                        together=together,
                        told_us=told_us,
                    )
                    yield replace(
                        made,
                        about="names",
                        exemption=made.exemption if made.barred else "third_party",
                        elsewhere=True,
                    )

    def _place(self, passage: Passage) -> tuple[str, date | None]:
        """What to call a passage, and the day it is of."""
        kind = BY_TABLE.get(passage.table)
        title = kind.title if kind else passage.table.replace("_", " ").capitalize()
        if passage.kind == "record":
            known = queries.get(self._caseload.connection, kind, passage.number) if kind else None
            return title, day_of(known) if known else None
        when = local(parse_moment(passage.at)).date()
        return f"{PLACES[passage.kind]}: {title}", when

    # --- one paragraph

    def _made(
        self,
        key: str,
        pairs: tuple[Field, ...],
        title: str,
        text: str,
        when: date | None,
        *,
        own: bool,
        automatic: bool = False,
        together: bool = False,
        told_us: bool = False,
    ) -> Paragraph:
        about: About = "own" if own else "names" if names(text, self._names) else "case"
        barred = (
            self._barred(pairs, text, own=own, together=together)
            or self._derived(pairs)
            or self._of_another(pairs, own=own, told_us=told_us)
        )
        exemption = "serious_harm" if barred else self._proposed(pairs, about)
        return Paragraph(
            key,
            self._file.case.ref,
            pairs,
            title,
            text,
            when,
            about,
            automatic and not barred,
            barred,
            exemption,
            offered=exemption == UNDECIDED and OWN_FACTS.issuperset(pairs),
            watched=not (barred or self._is_survivor),
            protects=() if self._is_survivor else said_of(text, self._protected),
            named=names(text, self._others),
        )

    def _proposed(self, pairs: tuple[Field, ...], about: About) -> str:
        """Why it might stay, said to whoever decides; nothing of the survivor's own plain facts."""
        if not self._is_survivor:
            return "not_theirs" if about == "case" else "third_party"
        theirs = about == "own" and all(
            table in _OWN_RECORDS and (table, name) not in OF_ANOTHER | _OF_OTHERS
            for table, name in pairs
        )
        return UNDECIDED if theirs else "third_party"

    def _derived(self, pairs: tuple[Field, ...]) -> str:
        """A reason in the log repeats what records say that are shut: it is shut as they are."""
        shut = not self._is_survivor and not self._profile.allows("changes", "why")
        return CONFIDENTIAL if shut and ("changes", "why") in pairs else ""

    def _of_another(self, pairs: tuple[Field, ...], *, own: bool, told_us: bool) -> str:
        """Whole records of others, and what is the survivor's: shut to everybody else."""
        if self._is_survivor or self._subject.survivor:
            return ""
        closed = told_us or THE_SURVIVORS.issuperset(pairs) or (not own and pairs[0][0] in _OF_ONE)
        return SURVIVORS if closed else ""

    def _barred(
        self, pairs: tuple[Field, ...], text: str, *, own: bool, together: bool = False
    ) -> str:
        if together or self._bar.gives_away(text):
            return ANOTHERS if self._is_survivor else CONFIDENTIAL
        if self._is_survivor:
            return ""
        closed = any(
            (table == "drafts" and not self._subject.survivor)
            or (table in BY_TABLE and not self._allowed(table, name))
            for table, name in pairs
        )
        closed = closed or (pairs[0][0] == "contact_points" and not own)
        return CONFIDENTIAL if closed else ""

    def _allowed(self, table: str, name: str) -> bool:
        """Whether it may be ticked at all; what is a survivor's is told apart (``_of_another``)."""
        return self._profile.allows(table, name) or (
            (table, name) in THE_SURVIVORS - NEVER_TO_OTHERS
        )

    def _told(self, words: str) -> Iterator[tuple[int, str, bool]]:
        """Lines of a field with their places, and whether they give away only between them."""
        lines = lines_of(words)
        together = self._bar.only_together(lines)
        for number, line in enumerate(lines):
            yield number, line, together


_NAMES: Final = ("first_name", "surname")


def gives_away(caseload: Caseload, subject: Subject, text: str) -> bool:
    """Whether a text says where somebody else is, or how to reach them.

    The last look at a whole document, over every case there is.
    """
    return Bar(caseload, subject.people).gives_away(text)


def _elsewhere(
    caseload: Caseload,
    subject: Subject,
    files: Sequence[CaseFile],
    bar: Bar,
    look: Look | None,
) -> Iterator[Paragraph]:
    """What names them, or says how they are reached, in all that is held of others.

    Each line goes out only when a person ticks it, and is guarded as a record of somebody else.
    """
    connection = caseload.connection
    wanted = wanted_of(caseload, subject.people, files)
    found = found_elsewhere(connection, wanted, [file.case.id for file in files], look)
    ids = ", ".join(str(one) for one in sorted({one.case_id for one in found if one.case_id}))
    theirs = queries.case_files(connection, ("people",), f"id IN ({ids})") if ids else {}
    gatherers: dict[int, _Gatherer] = {}
    alike = namesakes_of(subject.people, files, theirs, found, wanted)
    for one in sorted(found, key=alike.place):
        if one.kind == "record" and one.table == "people":
            born = queries.get(connection, Person, one.number).dob
            known = {mine.dob for mine in subject.people} - {None}
            if born and known and born not in known:
                continue  # somebody else of that name
        if one.case_id not in gatherers:
            file = theirs.get(one.case_id) or CaseFile(Case())  # of no case, or of one undone
            gatherers[one.case_id] = _Gatherer(caseload, file, set(), subject, bar)
        for made in gatherers[one.case_id].named_in(one, lines_that_name(wanted, one)):
            yield replace(made, agrees=alike.of(one), folded=one.case_id in alike.folded)


__all__ = [
    "ANOTHERS",
    "CONFIDENTIAL",
    "SURVIVORS",
    "UNDECIDED",
    "Paragraph",
    "Subject",
    "gather",
    "gives_away",
    "same_person",
    "subject_of",
]
