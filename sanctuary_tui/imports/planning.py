"""What an import would do with each row, worked out before anything is kept (no store, no screen).

Rows that belong together become one case: those of one old reference, those of one survivor in one
home, and those whose name, reference and home are blank under such a row, as merged cells leave
them. Every row ends in exactly one outcome; a value that cannot be read refuses its row, and what
has no field becomes a line of one note, so that nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping as Values
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal, Protocol

from config.errors import BadInputError
from db.imported import Digests, KnownRow, RowMark, short_digests
from db.models import (
    Case,
    Closure,
    ConsentRequest,
    ContactPoint,
    Note,
    Organisation,
    Person,
    Property,
    SafeAddress,
)
from db.names import words
from db.validation import validated
from sanctuary_tui.exports.csvfile import restore
from sanctuary_tui.imports.duplicates import Alike, Household, Households
from sanctuary_tui.imports.mapping import IGNORE, NOTE
from sanctuary_tui.imports.rowparts import Part, RowParts
from sanctuary_tui.imports.sheets import Cell, Heading, Row, Sheet, Told, untold
from sanctuary_tui.imports.staging import staged
from sanctuary_tui.imports.statuswords import STAGE, said_in, titled
from sanctuary_tui.imports.targets import BY_KEY, Target
from sanctuary_tui.imports.values import Choices, read_value, value_class

Outcome = Literal["new", "link", "same", "changed", "refused", "ask", "skipped"]
OLD_REFERENCE: Final = "case.old_ref"
"""The target that holds the old tracker's own reference."""
MEND: Final = "What to mend"
"""The column that a file of refused rows has more than its tracker; its cells are taken back from
what keeps a spreadsheet from running them."""
NOTE_TITLE: Final = "From the old tracker"
_ONCE: Final = (Case, Property, Organisation, ConsentRequest, SafeAddress)
_KEY_SLOTS: Final = frozenset({"survivor", "home"})


class Matching(Protocol):
    """How the columns of a sheet were matched to fields, and how their cells are to be read."""

    def key_of(self, heading: Heading) -> str:
        """The key of the column's target, ``NOTE`` or ``IGNORE``."""
        ...

    def choices_on(self, today: date) -> Choices:
        """What was settled for the reading of single cells."""
        ...


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a row is not taken: its column, the class of the value, what to do; never the value."""

    row: int
    column: str
    value_class: str
    what_to_do: str


@dataclass(slots=True)
class Planned:
    """One household of the file, or rows of it that share an outcome, and what becomes of it."""

    rows: tuple[int, ...]
    outcome: Outcome
    parts: list[Part] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    refusals: tuple[Refusal, ...] = ()
    alike: tuple[Alike, ...] = ()
    marks: tuple[RowMark, ...] = ()
    case_id: int = 0
    """The case that it is linked to, or that was changed."""
    lines: list[str] = field(default_factory=list)
    """Everything the rows say, as written; for a note where no record is made of it."""

    @property
    def records(self) -> dict[str, list[dict[str, Any]]]:
        """The fields of what is made, by slot."""
        found: dict[str, list[dict[str, Any]]] = {}
        for part in self.parts:
            found.setdefault(part.slot, []).append(part.fields)
        return found


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided: rows linked (to a reference, or to another row by its number), rows
    that are cases of their own, whether the changes of changed rows are kept as a note, and rows
    that are left out."""

    link: Values[int, str] = field(default_factory=dict)
    new: frozenset[int] = frozenset()
    all_new: bool = False
    note_changes: bool = False
    skip: frozenset[int] = frozenset()


@dataclass(slots=True)
class Known:
    """What the caseload holds: households that can be seen, rows brought in before."""

    digests: Digests
    households: Households = field(default_factory=lambda: Households([]))
    rows: list[KnownRow] = field(default_factory=list)
    references: dict[str, int] = field(default_factory=dict)
    key: str = field(default="", repr=False)
    """The key of the digests, kept with the first import."""


@dataclass(slots=True)
class Plan:
    """The whole import, as it would be."""

    sheet: Sheet
    planned: list[Planned]
    rows_read: int
    status_unread: int = 0
    """Rows in whose notes a status stands that was not understood."""

    def count(self, outcome: Outcome) -> int:
        """How many rows have this outcome."""
        return sum(len(one.rows) for one in self.planned if one.outcome == outcome)

    @property
    def cases(self) -> int:
        """How many cases would be made."""
        return sum(1 for one in self.planned if one.outcome == "new")

    @property
    def refusals(self) -> list[Refusal]:
        """Every refusal, in the order of the rows."""
        return sorted((r for one in self.planned for r in one.refusals), key=lambda r: r.row)


@dataclass(slots=True)
class _Read:
    """One row, read: its parts, what is left for the note, what is wrong with it."""

    row: Row
    parts: list[Part]
    note: list[str]
    refusals: list[Refusal]
    mark: RowMark
    texts: dict[bytes, str]
    old_ref: str = ""
    blank_key: bool = False
    status_unread: bool = False

    @property
    def says_who(self) -> bool:
        """Whether the row names a survivor or an old reference."""
        return bool(self.old_ref or household_of(self.parts).name)


def plan(
    sheet: Sheet,
    mapping: Matching,
    known: Known,
    today: date,
    decisions: Decisions | None = None,
    *,
    told: Told = untold,
) -> Plan:
    """What would become of every row of the sheet.

    Raises:
        BadInputError: a decision names a row or a case that is not there.
    """
    chosen = decisions or Decisions()
    columns = [(heading, mapping.key_of(heading)) for heading in sheet.headings]
    mended = any(heading.title == MEND for heading in sheet.headings)
    reader = _Reader(columns, mapping.choices_on(today), known.digests, mended)
    read: list[_Read] = []
    for number, row in enumerate(sheet.rows):
        told(number, 2 * len(sheet.rows))
        read.append(reader.read(row))
    maker = _Maker(known, chosen, today)
    taken = len(read)
    for group in _grouped(read, known.digests):
        told(taken, 2 * len(read))
        taken += len(group)
        maker.take(group)
    maker.check_decisions()
    return Plan(sheet, maker.finished(), len(sheet.rows), sum(one.status_unread for one in read))


# --- rows -----------------------------------------------------------------------------------------


class _Reader:
    def __init__(
        self,
        columns: list[tuple[Heading, str]],
        choices: Choices,
        digests: Digests,
        mended: bool,
    ) -> None:
        self._columns = [one for one in columns if one[0].title != MEND]
        self._choices, self._digests, self._mended = choices, digests, mended
        # Where another column says it, a note's words are no status of their own.
        noted = [] if any(key == STAGE for _, key in columns) else self._columns
        self._titled = {
            heading.index: titled(heading.title)
            for heading, key in noted
            if key == NOTE or (key in BY_KEY and BY_KEY[key].record is Note)
        }

    def read(self, row: Row) -> _Read:
        said = RowParts()
        note: list[str] = []
        refusals: list[Refusal] = []
        cells: dict[bytes, str] = {}
        where: dict[str, tuple[Heading, Target]] = {}
        old_ref, status_unread = "", False
        for heading, key in self._columns:
            cell = row.cells[heading.index]
            if self._mended and (told := restore(cell.text)) != cell.text:
                cell = Cell(told, told)
            if cell.blank or key == IGNORE:
                continue
            name = key if key in BY_KEY else f"title {heading.title.casefold() or heading.letter}"
            line = f"{heading.title or f'Column {heading.letter}'}: {cell.text}"
            cells[self._digests.cell(name, cell.text)] = line
            if key == OLD_REFERENCE:
                old_ref = old_ref or cell.text
            status_unread = status_unread or self._status_in(heading, cell)
            if key in (NOTE, OLD_REFERENCE):
                note.append(line)
                continue
            target = BY_KEY[key]
            where.setdefault(f"{target.record.table}.{target.field}", (heading, target))
            try:
                value = read_value(target, cell, self._choices)
            except BadInputError as error:
                found = said_in(cell.text, self._choices) if key == STAGE else None
                if found is None:
                    refusals.append(
                        Refusal(row.number, heading.words, value_class(target), error.sentence)
                    )
                else:
                    note.append(line)
                    for name, one in found.items():
                        said.put(BY_KEY[name], one)
            else:
                if not said.put(target, value) and not _empty(cell.text):
                    note.append(line)
        parts = said.finished()
        if not refusals:
            refusals += _invalid(row.number, parts, where)
        mark = RowMark(
            self._digests.of("row", *(one.hex() for one in sorted(cells))),
            self._household(old_ref, parts),
            b"".join(sorted(cells)),
        )
        blank = not old_ref and not any(part.slot in _KEY_SLOTS for part in parts)
        return _Read(row, parts, note, refusals, mark, cells, old_ref, blank, status_unread)

    def _status_in(self, heading: Heading, cell: Cell) -> bool:
        """Whether a status that nothing reads stands in the cell of a note."""
        if heading.index not in self._titled:
            return False
        if self._titled[heading.index]:
            return True
        found = said_in(cell.text, self._choices)
        return found is not None and "closed" in found.values()

    def _household(self, old_ref: str, parts: list[Part]) -> bytes:
        if old_ref:
            return self._digests.of("reference", "".join(old_ref.casefold().split()))
        household = household_of(parts)
        if not household.name:
            return b""
        day = household.dob.isoformat() if household.dob else ""
        home = household.postcode or " ".join(household.address)
        return self._digests.of("survivor", " ".join(sorted(household.name)), day, home)


def household_of(parts: list[Part], row: int = 0) -> Household:
    """What tells one household from another: name, birth date, home, phones."""
    found = Household(row=row)
    for part in parts:
        said = part.fields
        if part.slot == "survivor":
            name = f"{said.get('first_name', '')} {said.get('surname', '')}"
            found.name = frozenset(words(name)) or found.name
            found.aliases = frozenset(words(said.get("aliases") or ""))
            found.dob = said.get("dob") or found.dob
        elif part.kind is Property:
            found.postcode = (said.get("postcode") or "").replace(" ", "").upper()
            found.address = tuple(words(said.get("address") or ""))
        elif part.kind is ContactPoint:
            found.add_phone(said.get("value") or "")
    return found


def _empty(text: str) -> bool:
    """Whether a cell has nothing that a note could keep: a dash, ``n/a``."""
    return text.casefold().strip(" .") in ("n/a", "na", "") or not any(map(str.isalnum, text))


def _invalid(
    row: int, parts: list[Part], where: dict[str, tuple[Heading, Target]]
) -> list[Refusal]:
    """What the records themselves refuse: too long, out of range."""
    found: list[Refusal] = []
    for part in parts:
        try:
            part.fields = validated(part.kind, part.fields)
        except BadInputError as error:
            known = where.get(f"{part.kind.table}.{error.field}")
            column = known[0].words if known else part.kind.title
            kind = value_class(known[1]) if known else "value"
            found.append(Refusal(row, column, kind, error.sentence))
    return found


# --- rows of one household ------------------------------------------------------------------------


def _grouped(rows: list[_Read], digests: Digests) -> list[list[_Read]]:
    """Rows of one household together, in the order of the first."""
    groups: list[list[_Read]] = []
    by_key: dict[bytes, list[_Read]] = {}
    last: list[_Read] | None = None
    for one in rows:
        if one.blank_key and last is not None:
            group: list[_Read] | None = last
        elif one.mark.household and _tells(one):
            group = by_key.get(one.mark.household)
        else:
            group = None
        if group is None:
            group = []
            groups.append(group)
            if one.mark.household:
                by_key[one.mark.household] = group
        if one.blank_key and group:
            head = group[0].mark
            under = digests.of("under", (head.household or head.mark).hex(), one.mark.mark.hex())
            one.mark = RowMark(under, head.household, one.mark.cells)
        group.append(one)
        last = group
    return groups


def _tells(one: _Read) -> bool:
    """Whether the row says enough for another like it to be the same household."""
    household = household_of(one.parts)
    return bool(one.old_ref or household.dob or household.postcode or household.address)


class _Maker:
    def __init__(self, known: Known, decisions: Decisions, today: date) -> None:
        self._known, self._decisions, self._today = known, decisions, today
        self._done: list[Planned] = []
        self._used: set[int] = set()
        self._seen: dict[bytes, int] = {}
        self._marks = {one.mark.mark: one for one in known.rows}
        self._by_household: dict[bytes, list[KnownRow]] = {}
        for one in known.rows:
            self._by_household.setdefault(one.mark.household, []).append(one)
        self._in_file = Households([])
        self._by_row: dict[int, Planned] = {}

    def finished(self) -> list[Planned]:
        return sorted(self._done, key=lambda one: one.rows)

    def take(self, group: list[_Read]) -> None:
        """Sort the rows of one household: refused, same, changed, added, or all of them new."""
        left: list[_Read] = []
        head_refused = wrong = 0
        for one in group:
            number = one.row.number
            if one.mark.mark in self._marks or self._seen.get(one.mark.mark):
                known = self._marks.get(one.mark.mark)
                self._add(one, "same", case_id=known.case_id if known else 0)
                continue
            if one.refusals:
                if not one.blank_key:
                    head_refused = number
                wrong = wrong or number
                self._add(one, "refused")
            elif one.blank_key and head_refused:
                what = f"It belongs to row {head_refused}, which is refused: mend that one."
                one.refusals.append(Refusal(number, "its name and reference", "blank", what))
                self._add(one, "refused")
            elif not (group[0].says_who if one.blank_key else one.says_who):
                what = "Give the survivor's name or the old reference, or take the row out."
                one.refusals.append(Refusal(number, "its name and reference", "blank", what))
                self._add(one, "refused")
            else:
                head_refused = head_refused if one.blank_key else 0
                left.append(one)
            if one.mark.cells:
                self._seen[one.mark.mark] = number
        if left and wrong and not self._before(left):
            self._wait(left, wrong)
        elif left:
            self._place(left, {one.mark.mark for one in group})

    def _wait(self, rows: list[_Read], wrong: int) -> None:
        """A new case comes in whole: a mended row, alone in its file, would be taken for a change
        of the row that was brought in without it."""
        for one in rows:
            what = (
                f"It is of one household with row {wrong}, which is refused: mend that one, so "
                "that they come in as one case."
            )
            one.refusals.append(Refusal(one.row.number, "its household", "refused", what))
            self._add(one, "refused")

    def _before(self, rows: list[_Read]) -> list[KnownRow]:
        """What was brought in before of the household of these rows."""
        household = rows[0].mark.household
        return self._by_household.get(household, []) if household else []

    def _place(self, rows: list[_Read], there: set[bytes]) -> None:
        if before := self._before(rows):
            self._later(rows, [one for one in before if one.mark.mark not in there], before[-1])
        else:
            self._new(rows)

    def _later(self, rows: list[_Read], left: list[KnownRow], last: KnownRow) -> None:
        """Rows of a household that was brought in before: changed from one of those that are not
        in the file any more, or more of it."""
        for one in rows:
            cells = set(short_digests(one.mark.cells))
            near = max(
                left, key=lambda old: len(cells & set(short_digests(old.mark.cells))), default=None
            )
            if near is None:
                self._add(one, "link", case_id=last.case_id)
                continue
            left.remove(near)
            old = set(short_digests(near.mark.cells))
            lines = [line for digest, line in one.texts.items() if digest not in old]
            made = self._add(one, "changed", case_id=near.case_id)
            made.parts, made.note = [], lines or ["a cell was emptied"]

    def _new(self, rows: list[_Read]) -> None:
        made = _joined(rows, self._today)
        if made.refusals:
            made.outcome = "refused"
            self._keep(made)
            return
        number = made.rows[0]
        household = household_of(made.parts, number)
        decided = next((row for row in made.rows if row in self._decisions.link), 0)
        if decided:
            self._used.add(decided)
            self._link(made, self._decisions.link[decided])
        elif any(row in self._decisions.new for row in made.rows):
            self._used.update(made.rows)
        elif any(row in self._decisions.skip for row in made.rows):
            self._used.update(made.rows)
            made.outcome = "skipped"
        elif not self._decisions.all_new:
            found = (*self._known.households.like(household), *self._in_file.like(household))
            if found:
                made.outcome, made.alike = "ask", found
        if made.outcome in ("new", "ask"):
            self._in_file.add(household)
        self._keep(made)

    def _link(self, made: Planned, to: str) -> None:
        if to.isdecimal():
            other = self._by_row.get(int(to))
            if other is None or other.outcome not in ("new", "link"):
                raise BadInputError(
                    f"Row {made.rows[0]} cannot be linked to row {to}: give an earlier row of the "
                    "file that makes a case."
                )
            other.parts += _added(other.parts, made.parts)
            other.note += [f"Row {made.rows[0]}:", *made.lines]
            other.rows = (*other.rows, *made.rows)
            other.marks = (*other.marks, *made.marks)
            made.rows = ()
            return
        case_id = self._known.references.get(to.upper())
        if case_id is None:
            raise BadInputError(f"There is no case {to} to link row {made.rows[0]} to.")
        made.outcome, made.case_id = "link", case_id
        made.parts, made.note = [], list(made.lines)

    def _add(self, one: _Read, outcome: Outcome, case_id: int = 0) -> Planned:
        lines = list(one.texts.values())
        made = Planned(
            (one.row.number,),
            outcome,
            [part for part in one.parts if not _once(part)],
            lines,
            tuple(one.refusals),
            marks=(one.mark,),
            case_id=case_id,
            lines=lines,
        )
        self._keep(made)
        return made

    def _keep(self, made: Planned) -> None:
        if not made.rows:
            return
        self._done.append(made)
        for row in made.rows:
            self._by_row[row] = made

    def check_decisions(self) -> None:
        """Raises ``BadInputError`` for a decision about a row that is not asked about."""
        chosen = self._decisions
        wrong = sorted(({*chosen.link} | chosen.new | chosen.skip) - self._used)
        if wrong:
            raise BadInputError(
                f"Row {wrong[0]} is not one that makes a case, so there is nothing to decide; run "
                "it with --dry-run and name the first row of a household."
            )


# --- records of one household ---------------------------------------------------------------------


def _once(part: Part) -> bool:
    """Whether a case has at most one of these from a tracker."""
    return part.kind in _ONCE or part.slot == "survivor"


def _joined(rows: list[_Read], today: date) -> Planned:
    """One case of the rows of a household. What contradicts an earlier row goes into the note."""
    parts: list[Part] = []
    note: list[str] = []
    lines: list[str] = []
    for one in rows:
        texts = list(one.texts.values())
        note += one.note
        lines += texts
        fresh: list[Part] = []
        for part in one.parts:
            held = next((p for p in (*parts, *fresh) if _same_one(p, part)), None)
            if held is None:
                fresh.append(Part(part.slot, part.kind, dict(part.fields)))
            elif _contradicts(held, part):
                note += [f"Row {one.row.number}, {line}" for line in texts]
        there = [part for part in parts if not (one.blank_key and _unnamed(part))]
        parts += _added(there, fresh)
    made = Planned(
        tuple(one.row.number for one in rows),
        "new",
        parts,
        list(dict.fromkeys(note)),
        marks=tuple(one.mark for one in rows),
        lines=lines,
    )
    _stage(made, today)
    return made


def _same_one(held: Part, part: Part) -> bool:
    """Whether two parts are of one record: what a case has once, or a person of the same name."""
    if held.slot != part.slot:
        return False
    if _once(part):
        return True
    names = [
        words(f"{one.fields.get('first_name', '')} {one.fields.get('surname', '')}")
        for one in (held, part)
    ]
    return part.kind is Person and bool(names[0]) and names[0] == names[1]


def _unnamed(part: Part) -> bool:
    """Whether it is a child of whom nothing is said: under a household each is one more."""
    return part.slot == "child" and part.fields.keys() <= {"role"}


def _contradicts(held: Part, part: Part) -> bool:
    """Take over what the first row did not say; whether something is said otherwise."""
    otherwise = False
    for name, value in part.fields.items():
        before = held.fields.get(name)
        if before in (None, "", "not_asked", "not_known"):
            held.fields[name] = value
        elif value not in (None, "", "not_asked", "not_known", before):
            otherwise = True
    return otherwise


def _added(held: list[Part], more: list[Part]) -> list[Part]:
    """Those of ``more`` that are not there yet; of what a case has once, none if there is one.

    One that is there stands for one of ``more``: two children of whom nothing is said are two.
    """
    left, found = list(held), []
    for part in more:
        if part in left:
            left.remove(part)
        elif not (_once(part) and any(one.slot == part.slot for one in held)):
            found.append(part)
    return found


def _stage(made: Planned, today: date) -> None:
    """Where the case stands, and its closure; or why it cannot be kept as closed."""
    given, closure, lines = staged([(part.kind, part.fields) for part in made.parts], today)
    case = next((part for part in made.parts if part.kind is Case), None)
    if case is None:
        case = Part("case", Case, {})
        made.parts.insert(0, case)
    case.fields.update(given)
    made.parts = [part for part in made.parts if part.kind is not Closure]
    made.note += lines
    if closure is None:
        return
    made.parts.append(Part("closure", Closure, closure))
    for name, title in (("closed_on", "Closed on"), ("outcome", "Outcome")):
        if not closure.get(name):
            what = (
                "It is closed and names no day: give the day it was closed."
                if name == "closed_on"
                else "It is closed, nothing was fitted and nothing says how it ended: add that, "
                "such as declined, moved or no contact."
            )
            kind = "date" if name == "closed_on" else "code of close outcome"
            made.refusals += tuple(Refusal(row, title, kind, what) for row in made.rows)
