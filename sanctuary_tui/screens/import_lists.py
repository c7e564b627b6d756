"""The lists of the import screen: sheets, columns, answers, twins, refusals, imports."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import zip_longest
from typing import ClassVar, Final

from config.format import local, short_date
from config.measures import catalogue
from db.imported import Import
from sanctuary_tui.imports.columns import FIRM, Suggestion, Unknown
from sanctuary_tui.imports.mapping import IGNORE, NOTE
from sanctuary_tui.imports.planning import Planned, Refusal
from sanctuary_tui.imports.preparing import Draft, key_words
from sanctuary_tui.imports.sheets import Sheet
from sanctuary_tui.imports.sidebyside import HIDDEN, Compared, shown, side_of
from widgets.columns import Column, Pieces, fit, wrap
from widgets.lines import LineTable
from widgets.text_blocks import Block

_SAYS_NOTHING: Final = "says nothing"
_VERDICTS: Final = {"same": "good", "near": "accent", "differs": "warn", "": "dim"}


def meaning_words(one: Unknown, code: str) -> str:
    """The words of a code that a written answer may stand for."""
    if not code:
        return _SAYS_NOTHING
    if one.target.reading == "measures":
        return catalogue()[int(code)].name
    return ", ".join(one.target.answers.get(part, part) for part in code.split(";"))


class SheetList(LineTable[Sheet]):
    """The sheets of the file that have rows."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(empty="No file is named yet; press o.", id=id)

    def key(self, row: Sheet) -> Hashable:
        """Its name."""
        return row.name

    def columns(self) -> Sequence[Column[Sheet]]:
        """Name, how much is in it, whether it is hidden."""
        return (
            Column("name", lambda row: row.name, 20, "Sheet", weight=1, most=44),
            Column("rows", lambda row: f"{len(row.rows):,}", 7, "Rows", align="right"),
            Column("columns", lambda row: str(len(row.headings)), 7, "Columns", align="right"),
            Column("titles", lambda row: (f"titles in row {row.header_row}", "dim"), 18),
            Column("hidden", lambda row: ("hidden" if row.hidden else "", "warn"), 6),
        )


class ColumnList(LineTable[Suggestion]):
    """Each column with its field, how sure that is, and what kind of thing is in it."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, id: str | None = None) -> None:
        self.draft: Draft | None = None
        super().__init__(empty="Name a file first (1).", id=id)

    def show(self, draft: Draft) -> None:
        """Show how the columns of a draft stand."""
        self.draft = draft
        self.restyle()
        self.set_rows(draft.found)

    def key(self, row: Suggestion) -> Hashable:
        """The place of the column."""
        return row.heading.index

    def columns(self) -> Sequence[Column[Suggestion]]:
        """Mark, letter, title, field, how sure, what is in it."""
        return (
            Column("mark", self._mark, 3),
            Column("letter", lambda row: (row.heading.letter, "dim"), 2),
            Column("title", _title, 12, "Column", weight=2, most=40),
            Column("field", self._field, 22, "Field", weight=2, most=40),
            Column("sure", self._sure, 5, "Sure", align="right"),
            Column("content", lambda row: (row.content, "dim"), 20, "In it", weight=1, drop=1),
        )

    def _settled(self, row: Suggestion) -> bool:
        return self.draft is not None and row.heading.index in self.draft.looked_at

    def _mark(self, row: Suggestion) -> tuple[str, str]:
        if self.draft is None or (row in self.draft.doubtful()):
            return "[?]", "warn"
        key = self.draft.key_of(row.heading)
        if key in (NOTE, IGNORE):
            return ("[n]", "dim") if key == NOTE else ("[-]", "dim")
        return "[x]", "good"

    def _field(self, row: Suggestion) -> tuple[str, str]:
        if self.draft is None:
            return "", "dim"
        if row.target is not None and row.confidence < FIRM and not self._settled(row):
            return f"{row.target.label}?", "warn"
        key = self.draft.key_of(row.heading)
        return key_words(key), "dim" if key in (NOTE, IGNORE) else "strong"

    def _sure(self, row: Suggestion) -> tuple[str, str]:
        if self.draft is None:
            return "", "dim"
        key = self.draft.key_of(row.heading)
        if row.target is not None and (key == row.target.key or not self._settled(row)):
            return f"{row.confidence} %", "text" if row.confidence >= FIRM else "warn"
        return ("yours", "accent") if self._settled(row) else ("", "dim")


def _title(row: Suggestion) -> tuple[str, str]:
    hidden = " (hidden)" if row.heading.hidden else ""
    title = f"{row.heading.title}{hidden}"
    return (title, "text") if title else ("no title", "dim")


class ValueList(LineTable[Unknown]):
    """Answers that no list knows, with what each is taken for."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, masked: bool, id: str | None = None) -> None:
        self.masked = masked
        self.draft: Draft | None = None
        super().__init__(empty="Every answer is one that its list knows.", id=id)

    def key(self, row: Unknown) -> Hashable:
        """The answer and its column."""
        return row.heading.index, row.written

    def columns(self) -> Sequence[Column[Unknown]]:
        """Column, answer, how often, meaning, how sure."""
        return (
            Column("mark", self._mark, 3),
            Column("title", lambda row: row.heading.title, 10, "Column", weight=1, most=30),
            Column("written", self.written, 18, "Written", weight=3, most=44),
            Column("times", lambda row: f"{row.times:,}", 5, "Times", align="right", drop=1),
            Column("meaning", self._meaning, 20, "Taken for", weight=2, most=40),
            Column("sure", self._sure, 5, "Sure", align="right"),
        )

    def written(self, row: Unknown) -> str:
        """What is written; where names are masked not what may tell of somebody."""
        return row.written if row.kept or not self.masked else HIDDEN

    def _code(self, row: Unknown) -> str | None:
        return self.draft.meaning_of(row) if self.draft else None

    def _mark(self, row: Unknown) -> tuple[str, str]:
        return ("[?]", "warn") if self._code(row) is None else ("[x]", "good")

    def _meaning(self, row: Unknown) -> tuple[str, str]:
        code = self._code(row)
        if code is not None:
            return meaning_words(row, code), "strong"
        if row.nearest:
            return f"{meaning_words(row, row.nearest[0][0])}?", "warn"
        return "nothing is near", "dim"

    def _sure(self, row: Unknown) -> tuple[str, str]:
        code = self._code(row)
        sure = dict(row.nearest)
        if code is not None:
            return (f"{sure[code]} %", "text") if code in sure else ("yours", "accent")
        return (f"{row.nearest[0][1]} %", "warn") if row.nearest else ("", "dim")


class TwinList(LineTable[Planned]):
    """Rows that may be held already, whom they are like, and what was decided."""

    show_titles: ClassVar[bool] = True

    def __init__(self, *, masked: bool, id: str | None = None) -> None:
        self.masked = masked
        self.draft: Draft | None = None
        super().__init__(empty="No row is like a case that is held, or like another row.", id=id)

    def key(self, row: Planned) -> Hashable:
        """The first of its rows."""
        return row.rows[0]

    def columns(self) -> Sequence[Column[Planned]]:
        """Mark, row, name, whom it is like, the decision."""
        return (
            Column("mark", self._mark, 3),
            Column("row", lambda row: f"row {row.rows[0]}", 9, "Tracker"),
            Column("name", self._who, 10, "Name", weight=1, most=30),
            Column("like", _alike, 26, "May be", weight=2),
            Column("decided", self._decided, 18, "Decided"),
        )

    def _who(self, row: Planned) -> str:
        return shown(side_of(row.parts).name, masked=self.masked)

    def _mark(self, row: Planned) -> tuple[str, str]:
        decided = self.draft is not None and row.rows[0] in self.draft.decided
        return ("[x]", "good") if decided else ("[?]", "warn")

    def _decided(self, row: Planned) -> tuple[str, str]:
        said = self.draft.decided.get(row.rows[0]) if self.draft else None
        return (said.words, "strong") if said else ("to decide", "warn")


def _alike(row: Planned) -> tuple[str, str]:
    more = f" and {len(row.alike) - 1} more" if len(row.alike) > 1 else ""
    return f"{row.alike[0].words}{more}", "text"


class Beside(Block):
    """Two sides of a comparison under their titles: the tracker's, then what is held."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._titles = ("", "")
        self._facts: Sequence[Compared] = ()

    def show(self, left: str, right: str, facts: Sequence[Compared]) -> None:
        """Show these; no facts show nothing."""
        self._titles = (left, right)
        self._facts = facts
        self.redraw()

    def draw(self, width: int) -> list[Pieces]:
        """A line a fact, folded where it is long; at the end whether both say the same."""
        if not self._facts:
            return []
        label, verdict = 13, 7
        each = max(8, (width - label - verdict - 6) // 2)
        gap = ("  ", "text")

        def line(name: str, left: str, right: str, said: str, style: str) -> Pieces:
            strong = "head" if style == "head" else "text"
            return [
                (fit(name, label), "dim"),
                (fit(left, each), strong),
                ("│ ", "rule"),
                (fit(right, each), strong),
                gap,
                (fit(said, verdict), style),
            ]

        lines = [line("", *self._titles, "", "head")]
        for fact in self._facts:
            if not (fact.tracker or fact.held):
                continue
            folded = zip_longest(
                [fact.label],
                wrap(fact.tracker or "–", each - 1),
                wrap(fact.held or "–", each - 1),
                [fact.verdict],
                fillvalue="",
            )
            lines += [line(*part, _VERDICTS[fact.verdict]) for part in folded]
        return lines


class RefusalList(LineTable[Refusal]):
    """Refused rows: which, in which column, what kind of value, and what to do."""

    uniform: ClassVar[bool] = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(empty="No row is refused.", id=id)

    def key(self, row: Refusal) -> Hashable:
        """All that it says."""
        return row.row, row.column, row.what_to_do

    def height(self, row: Refusal, width: int) -> int:
        """As many lines as it takes to say what to do."""
        return len(self.lines(row, width))

    def lines(self, row: Refusal, width: int) -> list[Pieces]:
        """Row, column and kind of value; what to do beside them, or below where it is narrow."""
        where = f"row {row.row}, {row.column}: {row.value_class}"
        if width < 100:
            told = wrap(row.what_to_do, max(1, width - 4))
            return [[(where, "strong")], *([("    ", "text"), (one, "text")] for one in told)]
        column = 44
        left = wrap(where, column)
        right = wrap(row.what_to_do, max(1, width - column - 2))
        return [
            [(fit(one, column), "strong"), ("  ", "text"), (two, "text")]
            for one, two in zip_longest(left, right, fillvalue="")
        ]


class ImportList(LineTable[Import]):
    """Imports of this caseload, the newest first."""

    show_titles: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__(empty="Nothing was imported yet.", id="imports")

    def key(self, row: Import) -> Hashable:
        """Its number."""
        return row.id

    def columns(self) -> Sequence[Column[Import]]:
        """Number, when, how many of what, whether it stands."""
        return (
            Column("id", lambda row: str(row.id), 6, "Import", align="right"),
            Column("at", _when, 15, "When"),
            Column("rows", lambda row: f"{row.rows_read:,}", 6, "Rows", align="right"),
            Column("cases", lambda row: f"{row.cases_made:,}", 6, "Cases", align="right"),
            Column("linked", lambda row: f"{row.rows_linked:,}", 6, "Linked", align="right"),
            Column("refused", lambda row: f"{row.rows_refused:,}", 7, "Refused", align="right"),
            Column("stands", _stands, 10, "", weight=1),
        )


def _when(row: Import) -> str:
    if row.at is None:
        return ""
    here = local(row.at)
    return f"{short_date(here.date())[4:]} {here:%y %H:%M}"


def _stands(row: Import) -> tuple[str, str]:
    return ("undone", "dim") if row.undone else ("stands", "good")
