"""A last look at what leaves: a confidential address typed into free text is taken out there too.

Four of seven reprimands for breaches that hit survivors of domestic abuse were a safe address
given away in passing (ICO, 27 September 2023). Fields are kept back by profile; this finds the
same words where somebody typed them into a sentence, those that stood before a correction, and
those of another case.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from db.guarded import (
    KINDS,
    Guarded,
    Known,
    Logged,
    changed_after,
    every_guarded,
    last_change,
    logged_before,
)
from db.names import folded
from db.queries import case_file
from sanctuary_tui.exports.marks import (
    COMMON_STREETS,
    IN_A_BUILDING,
    NO_PLACE,
    STREETS,
    Marks,
    address_lines,
    has_digit,
    is_unit,
    plain,
    reach_marks,
    stands_alone,
    whole_words,
)
from sanctuary_tui.exports.spotting import Spotter

if TYPE_CHECKING:
    from db.connection import Connection
    from db.models import CaseFile

WITHHELD: Final = "[withheld: holds a confidential address]"
CODE_WORD_WITHHELD: Final = "[withheld]"
HOME_WITHHELD: Final = CODE_WORD_WITHHELD
"""It does not say that the home has a weak point."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked for in the cells of one case: where its people are, and its code words."""

    places: Marks | None
    code_words: tuple[str, ...]
    """The first word of each."""

    def may_stand_in(self, text: str) -> bool:
        """Whether any of it may stand in a text."""
        read = folded(text) if text.isascii() else plain(text)
        for word in self.code_words:
            if word in read:
                return True
        return self.places is not None and self.places.found(plain(text))


_IN_NO_CELL: Final = ("address", "postcode", "code_word")


# --- every case -----------------------------------------------------------------------------------

_GRAM: Final = 5


class Everything:
    """What must not be given away, of all cases, sealed ones and earlier values too."""

    def __init__(self, known: Known) -> None:
        self.towns = _towns(known)
        self.of_case: dict[int, list[Guarded]] = defaultdict(list)
        self._open: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for case_id, address, postcode in known.open_homes:
            self._open[case_id].append((address, postcode))
        public = {mark for number in known.numbers for mark in reach_marks(number)}
        runs: set[str] = set()
        self._lines: dict[str, set[str]] = defaultdict(set)
        self._streets = _common_streets(self.towns)
        self._values: dict[str, Marks] = {}
        self._spotter: Spotter | None = None
        for item in known.guarded:
            self.of_case[item.case_id].append(item)
            of_item = self._values[item.text] = self._marks(item)
            runs |= of_item.runs
            for line in of_item.lines:
                self._lines[line.split()[0]].add(line)
        self._runs = runs - public
        self._lengths: dict[str, set[int]] = defaultdict(set)
        for run in self._runs:
            self._lengths[run[:_GRAM]].add(len(run))
        self._looked_for: dict[int, Looked] | None = None
        named = {word for name in known.names for word in plain(name).split()}
        self._code_words: dict[str, set[str]] = defaultdict(set)
        for item in known.guarded:
            words = plain(item.text) if item.kind == "code_word" else ""
            if words and not named.issuperset(words.split()):
                self._code_words[words.split()[0]].add(words)
        self._telling = {
            first: kept
            for first, lines in self._code_words.items()
            if (kept := {line for line in lines if " " in line and len(line) >= _TELLING})
        }

    @property
    def looked_for(self) -> Mapping[int, Looked]:
        """What may stand in no cell of a case that is exported, of those that have any."""
        if self._looked_for is None:
            self._looked_for = {}
            for case_id, items in self.of_case.items():
                kept = [item for item in items if item.kind in _IN_NO_CELL]
                if kept:
                    self._looked_for[case_id] = self._looked(case_id, kept)
        return self._looked_for

    def _looked(self, case_id: int, items: Iterable[Guarded]) -> Looked:
        towns = self.towns | self.home_lines(case_id)
        places, words = Marks(), Marks()
        for item in items:
            (words if item.kind == "code_word" else places).add(item, towns)
        firsts = tuple(sorted({line.partition(" ")[0] for line in words.lines}))
        return Looked(places if places.runs or places.lines else None, firsts)

    def _marks(self, item: Guarded) -> Marks:
        """What gives a value away in any file: nothing that many homes or texts may say."""
        marks = Marks()
        said = item.kind != "reach" or not _A_WORD_OR_TWO.fullmatch(item.text)
        if said and item.kind in ("address", "postcode", "reach"):
            marks.add(item, self.towns)
        idle = {"".join(words) for words in _no_places(item)}
        marks.runs = {run for run in marks.runs - idle if not _IN_ITSELF.fullmatch(run)}
        marks.lines = {
            line for line in marks.lines if " " in line and not NO_PLACE.issuperset(line.split())
        }
        return marks

    def known_to(self, items: Iterable[Guarded], homes: Iterable[int] = ()) -> frozenset[str]:
        """What whoever reads a file knows, or is meant to: these values, and these open homes."""
        marks = [self._marks(item) for item in items]
        for case_id in homes:
            for address, postcode in self._open.get(case_id, ()):
                one = Marks()
                one.add_address(address, self.towns)
                one.add_postcode(postcode)
                marks.append(one)
        return frozenset(text for one in marks for text in (*one.runs, *one.lines))

    def of_its_own(self, case_id: int) -> frozenset[str]:
        """Marks of ``suspects`` that are a case's own to say, or to keep back by itself."""
        items = self.of_case.get(case_id, [])
        words = {_CODE + plain(item.text) for item in items if item.kind == "code_word"}
        return self.known_to(items, [case_id]) | words

    def home_lines(self, case_id: int) -> frozenset[str]:
        """Towns of the case's open homes."""
        return frozenset(
            line for address, _ in self._open.get(case_id, ()) for line in _town_lines(address)
        )

    def found(self, spaced: str, known: frozenset[str]) -> bool:
        """Whether a ``plain`` text gives any value away that is not ``known`` to its reader."""
        return any(mark not in known for mark in self._in(whole_words(spaced)))

    def says_a_code_word(self, spaced: str) -> bool:
        """Whether a ``plain`` text has any case's code word, but for an office's name."""
        return any(_lines_in(spaced, self._code_words))

    @property
    def spotter(self) -> Spotter:
        """By what a cell is known in which any of it may stand."""
        if self._spotter is None:
            told = {line: Marks(lines={line}) for line in chain(*self._telling.values())}
            self._spotter = Spotter((self._values | told | _SPEAKING).items())
        return self._spotter

    def suspects(self, cells: Collection[str]) -> dict[str, frozenset[str]]:
        """Cells that hold what some case keeps back: each with the marks in it.

        A mark that begins with a letter begins a word, and a postcode ends one: "visits 12 abroad"
        is not S1 2AB. Streets of which every town has one are no mark, and a code word of one
        common word is one only where the text speaks of code words.
        """
        found = {}
        for cell in self.spotter.suspects(cells):
            read = plain(cell)
            spaced = whole_words(read)
            marks = {
                mark
                for mark in self._in(spaced)
                if mark not in self._streets and _by_words(mark, spaced)
            }
            speaks = any(True for _ in _lines_in(read, _SPOKEN))
            said = self._code_words if speaks else self._telling
            marks |= {_CODE + line for line in _lines_in(read, said)}
            if marks:
                found[cell] = frozenset(marks)
        return found

    def _in(self, spaced: str) -> Iterator[str]:
        compact, runs, lengths = spaced.replace(" ", ""), self._runs, self._lengths
        for at in range(len(compact) - _GRAM + 1):
            # By length: thousands of numbers of one district begin alike.
            for length in lengths.get(compact[at : at + _GRAM], ()):
                run = compact[at : at + length]
                if run in runs and stands_alone(run, compact, at, spaced):
                    yield run
        yield from _lines_in(spaced, self._lines)


def _lines_in(spaced: str, lines: Mapping[str, set[str]]) -> Iterator[str]:
    """Which of the lines, each under its first word, stand in a ``plain`` text as whole words."""
    words = spaced.split()
    for at, word in enumerate(words):
        for line in lines.get(word, ()):
            parts = line.split()
            if words[at : at + len(parts)] == parts:
                yield line


def _no_places(item: Guarded) -> Iterator[list[str]]:
    """The lines of an address, and the whole of it, where they name no place: with her mum."""
    if item.kind == "address":
        lines = [line.split() for line in address_lines(item.text)]
        lines.append(list(chain.from_iterable(lines)))
        yield from (words for words in lines if NO_PLACE.issuperset(words))


def _common_streets(towns: Iterable[str]) -> frozenset[str]:
    """As whole words and as runs; with a town after them as well."""
    runs = {street.replace(" ", "") for street in COMMON_STREETS}
    named = {f"{street}{town.replace(' ', '')}" for town in towns for street in runs}
    return COMMON_STREETS | runs | named


def _by_words(mark: str, spaced: str) -> bool:
    """Whether a mark that begins with a letter begins with a word, and ends with one if it is a
    postcode; 17 Tansy Close is not the 17 Tansy of a Tansy Way."""
    if " " in mark or mark.isdigit():
        return True
    begin, end = ("", "") if mark[0].isdigit() else (r"(?<!\w)", "")
    if _IS_POSTCODE.fullmatch(mark):
        end = r"(?!\w)"
    elif begin == "" and not mark.endswith(_KINDS):
        end = _NO_OTHER_STREET
    return re.search(f"{begin}{' ?'.join(map(re.escape, mark))}{end}", spaced) is not None


_KINDS: Final = tuple(STREETS)
_NO_OTHER_STREET: Final = rf"(?! ?(?:{'|'.join(sorted(STREETS))})(?!\w))"
_IS_POSTCODE: Final = re.compile(r"[a-z]{1,2}\d[a-z\d]?\d[a-z]{2}")
_TELLING: Final = 10
"""Letters from which two words together are no words of every day."""
_CODE: Final = "\0"
"""Before a code word among marks."""
_SPOKEN: Final = {
    "code": {"code word", "code words"},
    "codeword": {"codeword"},
    "safe": {"safe word"},
    "password": {"password"},
}
_SPEAKING: Final = {
    line: Marks(lines={line}) for line in sorted(chain.from_iterable(_SPOKEN.values()))
}
_A_WORD_OR_TWO: Final = re.compile(r"\s*[^\W\d]+(?:\s+[^\W\d]+)?\s*")
"""``landline``, ``ask Ina``: how, and not where."""
_IN_ITSELF: Final = re.compile(
    rf"(?:{'|'.join(sorted(IN_A_BUILDING, key=len, reverse=True))})?\d+[a-z]?"
    r"(?<!\d{6})(?<!\d{6}[a-z])"
)
"""``flat13``: a unit of any building; a telephone number has more digits."""


def _towns(known: Known) -> frozenset[str]:
    """Areas and last lines of addresses that more than one case names: they give nobody away."""
    counted: Counter[str] = Counter()
    for area, count in known.areas.items():
        counted[plain(area)] += count
    for _, address, _ in known.open_homes:
        counted.update(_town_lines(address))
    return frozenset(town for town, count in counted.items() if count > 1 and not has_digit(town))


def _town_lines(address: str) -> list[str]:
    """The last line of an address, where it is not a building's name after the flat's number."""
    lines = address_lines(address)
    return lines[-1:] if len(lines) > 1 and not is_unit(lines[-2]) else []


@dataclass(slots=True)
class _Read:
    number: int
    logged: list[Logged]
    everything: Everything


_READ: WeakKeyDictionary[Connection, _Read] = WeakKeyDictionary()


def everything_of(connection: Connection) -> Everything:
    """What must not be given away of the whole caseload; read again only when it has changed."""
    number = last_change(connection)
    read = _READ.get(connection)
    if read is not None and read.number <= number:
        changed = changed_after(connection, read.number)
        if changed == "no":
            if not connection.in_transaction:
                read.number = number
            return read.everything
        if changed == "log":
            read = None
    else:
        read = None
    logged = list(read.logged) if read else []
    logged += logged_before(connection, read.number if read else 0)
    everything = Everything(every_guarded(connection, logged))
    if not connection.in_transaction:  # what a batch wrote may yet be taken back
        _READ[connection] = _Read(number, logged, everything)
    return everything


# --- one case -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must not stand in any cell of a case: its own, its code word, and other cases'."""

    own: Marks
    code_word: re.Pattern[str] | None
    code_line: str = ""
    others: Everything | None = None
    known: frozenset[str] = frozenset()
    home: Marks = field(default_factory=Marks)

    @property
    def empty(self) -> bool:
        """Whether the case has nothing to keep back."""
        own = self.own.runs or self.own.lines or self.home.lines
        return not (own or self.code_word or self.others)

    def gives_away(self, text: str) -> bool:
        """Whether a text names the place, or anything of another case."""
        spaced = plain(text)
        return self.own.found(spaced) or (
            self.others is not None and self.others.found(spaced, self.known)
        )

    def withhold(self, cell: str) -> str:
        """``cell`` without them: whole cells that name the place, single words otherwise."""
        if not cell:
            return cell
        if self.gives_away(cell):
            return WITHHELD
        if self.home.lines and self.home.found(plain(cell)):
            return HOME_WITHHELD
        if self.code_word is None:
            return cell
        left = self.code_word.sub(CODE_WORD_WITHHELD, cell)
        return WITHHELD if f" {self.code_line} " in f" {plain(left)} " else left


_NONE: Final = Secrets(Marks(), None)


def secrets_of(
    file: CaseFile,
    *,
    sent: Iterable[tuple[str, str]] = (),
    reach: bool = False,
    everything: Everything | None = None,
    across: bool = False,
    given: Iterable[str] = (),
    unsafe: Iterable[str] = (),
    addresses: Iterable[str] = (),
    home: bool = False,
) -> Secrets:
    """The secrets of a case.

    Every confidential address of it is kept back but for those ``sent``, each with its
    postcode, which are open or go by name for a recorded reason; so are numbers that are
    ``unsafe`` to use, and always the code word, except where it is also part of somebody's
    name. ``reach`` keeps back how anybody is reached, by which rule. With ``everything`` what
    the case's fields held before is known as well, and ``across`` keeps back other cases' too,
    but for the numbers ``given`` to anybody. ``home`` keeps back what the survey and the
    measures say of how the home is got into, in the words in which they say it. The towns of
    ``addresses``, of who sends and who reads it, are no secret, nor is the perpetrator's: a
    list must be able to say where he lives.
    """
    items = _items(file, everything)
    towns = everything.towns | everything.home_lines(file.case.id) if everything else frozenset()
    towns |= {
        line
        for one in file.properties
        if one.confidential != "yes"
        for line in _town_lines(one.address)
    }
    theirs = (person.address for person in file.perpetrators)
    towns |= {line for one in (*addresses, *theirs) for line in _town_lines(one)}
    own = Marks()
    for item in items:
        if reach or item.kind in ("address", "postcode"):
            own.add(item, towns)
    for number in unsafe:
        own.runs |= reach_marks(number)
    named = Marks()
    for line, postcode in sent:
        named.add_address(line, towns)
        named.add_postcode(postcode)
    own.runs -= named.runs
    own.lines -= named.lines
    weak = _weak_points(file) if home else Marks()
    word = _code_word(file)
    line = plain(file.case.code_word) if word else ""
    if everything is None or not across:
        return Secrets(own, word, line, home=weak)
    public = {mark for number in given for mark in reach_marks(number)}
    known = everything.known_to(items, [file.case.id]) | public
    return Secrets(own, word, line, everything, known, weak)


def _weak_points(file: CaseFile) -> Marks:
    """Each sentence and each part of three words or more; fewer are words of every day."""
    said = [
        *(text for one in file.surveys for text in (one.alarms, one.disrepair_note, one.sketch)),
        *(text for one in file.entry_points for text in (one.location, one.defect)),
        *(one.location for one in file.measures),
        *(one.immigration for one in file.people),
    ]
    parts = {plain(part) for text in said for part in (text, *_PARTS.split(text))}
    return Marks(lines={part for part in parts if part.count(" ") >= _FEWEST - 1})


_PARTS: Final = re.compile(r"[\n.;,:!?()]+")
_FEWEST: Final = 3


def _items(file: CaseFile, everything: Everything | None) -> list[Guarded]:
    """A case's guarded values: as its file has them, and with ``everything`` as they were."""
    case = file.case
    found: list[Guarded] = []

    def keep(table: str, record_id: int, person_id: int | None, **values: str) -> None:
        for name, text in values.items():
            kind = KINDS[table][name]
            found.append(Guarded(case.id, table, record_id, person_id, kind, text))

    for kept in file.safe_addresses:
        keep(kept.table, kept.id, kept.person_id, address=kept.address, postcode=kept.postcode)
    for home in file.properties:
        if home.confidential == "yes":
            keep(home.table, home.id, None, address=home.address, postcode=home.postcode)
    for point in file.contact_points:
        keep(
            point.table,
            point.id,
            point.person_id,
            value=point.value,
            words=point.words,
            times=point.times,
        )
    keep(
        case.table,
        case.id,
        None,
        contact_rule=case.contact_rule,
        contact_times=case.contact_times,
        code_word=case.code_word,
    )
    return [*found, *(everything.of_case.get(case.id, ()) if everything else ())]


def _code_word(file: CaseFile) -> re.Pattern[str] | None:
    word = file.case.code_word.strip()
    if not word:
        return None
    names = " ".join(f"{person.first_name} {person.surname}" for person in file.people)
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    return None if pattern.search(names) else pattern


class Sieve:
    """Takes out of rows of many cases what the case of each row keeps back, and every other."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._everything = everything_of(connection)
        self._secrets: dict[int, Secrets] = {}
        self._known: dict[int, frozenset[str]] = {}

    def sift(
        self,
        rows: Iterable[Sequence[Any]],
        texts: Sequence[int],
        case_ids: Iterable[int | None],
        own: Collection[int] = (),
    ) -> Iterator[Sequence[Any]]:
        """``rows`` with what is to be kept back withheld in the columns ``texts``.

        A row is held against its own case and every other, but for the columns ``own``, which
        are themselves how somebody of the case is reached; a row of no case against all of them.
        """
        if not texts:
            yield from rows
            return
        rows = list(rows)
        looked_for = self._everything.looked_for
        typed = itemgetter(*texts, *texts[:1])  # of one column it would give no tuple
        suspects = self._suspects(rows, [at for at in texts if at not in own])
        for row, case_id in zip(rows, case_ids, strict=True):
            if not case_id:
                yield self._of_none(row, texts)
                continue
            looked = looked_for.get(case_id)
            if looked is None and not suspects:
                yield row
                continue
            said = typed(row)
            others = (
                {} if suspects.keys().isdisjoint(said) else self._others(said, case_id, suspects)
            )
            if others or (
                looked is not None and looked.may_stand_in("\n".join(filter(None, said)))
            ):
                yield self._without(row, texts, case_id, others)
            else:
                yield row

    def _suspects(
        self, rows: Sequence[Sequence[Any]], texts: Sequence[int]
    ) -> Mapping[str, frozenset[str]]:
        if not texts:
            return {}
        cells: set[str | None] = set()
        for at in texts:
            cells.update(map(itemgetter(at), rows))
        return self._everything.suspects([cell for cell in cells if cell])

    def _others(
        self, said: Iterable[str | None], case_id: int, suspects: Mapping[str, frozenset[str]]
    ) -> dict[str, str]:
        """Cells that give away what another case keeps back, with what stands in their place."""
        known = self._known.get(case_id)
        if known is None:
            known = self._known[case_id] = self._everything.of_its_own(case_id)
        others = {}
        for cell in said:
            marks = suspects.get(cell, frozenset()) - known if cell else ()
            if marks:
                code = all(mark.startswith(_CODE) for mark in marks)
                others[str(cell)] = CODE_WORD_WITHHELD if code else WITHHELD
        return others

    def _without(
        self, row: Sequence[Any], texts: Sequence[int], case_id: int, others: Mapping[str, str]
    ) -> Sequence[Any]:
        secrets = self._secrets.get(case_id)
        if secrets is None:
            file = case_file(self._connection, case_id)
            secrets = secrets_of(file, everything=self._everything) if file else _NONE
            self._secrets[case_id] = secrets
        cells = list(row)
        for at in texts:
            if cells[at]:
                left = secrets.withhold(cells[at])
                cells[at] = left if left == WITHHELD else others.get(cells[at], left)
        return cells

    def _of_none(self, row: Sequence[Any], texts: Sequence[int]) -> Sequence[Any]:
        cells = list(row)
        for at in texts:
            if not cells[at]:
                continue
            spaced = plain(cells[at])
            if self._everything.found(spaced, frozenset()):
                cells[at] = WITHHELD
            elif self._everything.says_a_code_word(spaced):
                cells[at] = CODE_WORD_WITHHELD
        return cells
