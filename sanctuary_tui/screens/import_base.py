"""The import screen as it stands: its state, its steps, and what is said of the row."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast

from textual.app import ComposeResult
from textual.css.query import NoMatches

from config.errors import RefusedError, SanctuaryError
from config.text import one_line
from sanctuary_tui.imports.applying import Imported
from sanctuary_tui.imports.columns import Suggestion, Unknown
from sanctuary_tui.imports.planning import Known, Plan, Planned
from sanctuary_tui.imports.preparing import Draft
from sanctuary_tui.imports.reporting import counts
from sanctuary_tui.imports.sheets import Book
from sanctuary_tui.imports.sidebyside import Side, compared, side_of
from sanctuary_tui.opening import note_names
from sanctuary_tui.screens.import_lists import (
    Beside,
    ColumnList,
    RefusalList,
    SheetList,
    TwinList,
    ValueList,
    meaning_words,
)
from sanctuary_tui.screens.import_words import (
    KEYS,
    LISTS,
    SHORT,
    STEPS,
    TWO_COLUMNS,
    of_column,
    what_words,
)
from widgets.dialogs import Sheet
from widgets.keybar import KeyBar
from widgets.lines import LineTable
from widgets.navbar import NavBar
from widgets.text_blocks import Facts, Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

T = TypeVar("T")


class ImportBase(Sheet[None]):
    """A tracker on its way in, as it stands; ``ImportSheet`` has what is done with it."""

    DEFAULT_CSS = """
    ImportBase {
        & > .sheet { height: 100%; }
        & .sheet-body { height: 1fr; }
        & .sheet-body LineTable { height: 1fr; }
        & NavBar { dock: none; background: $surface; }
        & #what, & #detail, & #said { height: auto; }
        & #counts { height: auto; margin-bottom: 1; }
        & #beside { margin-top: 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__("Import a tracker")
        self.step = "file"
        self.book: Book | None = None
        self.draft: Draft | None = None
        self._known: tuple[int, Known] | None = None
        self._sides: dict[str, Side] = {}
        self._answers: Sequence[Unknown] | None = None
        self._twins_at: object = None
        self._base: Plan | None = None
        """What would come of the rows if nothing was decided."""
        self._plan: Plan | None = None
        self._done: Imported | None = None
        self._other = 0
        self._named = -1

    @property
    def console(self) -> Desk:
        """The app, by its own type."""
        return cast("Desk", self.app)

    def body(self) -> ComposeResult:
        """The steps; what this one is for; its list; what is said of its row; the last word."""
        masked = self.console.masked
        yield NavBar(
            today=self.console.today, current="file", places=STEPS, title="Import", dated=False
        )
        yield Words(id="what", style="dim")
        yield Facts(id="counts", label_width=15, folded=TWO_COLUMNS)
        yield SheetList(id="sheets")
        yield ColumnList(id="columns")
        yield ValueList(masked=masked, id="values")
        yield TwinList(masked=masked, id="twins")
        yield RefusalList(id="refusals")
        yield Beside(id="beside")
        yield Words(id="detail", style="dim")
        yield Words(id="said", style="strong")

    def keys(self) -> Sequence[tuple[str, str]]:
        """What can be done in this step."""
        return (*KEYS[self.step], ("esc", "leave"), ("?", "keys"))

    def on_mount(self) -> None:
        """Follow the cursor of every list, and the lock."""
        super().on_mount()
        for one in dict.fromkeys(LISTS.values()):
            self.watch(self._list(one), "cursor", self._moved, init=False)
        self.set_interval(1.0, self._show_lock)
        self._show_lock()
        self._show()

    def _show_lock(self) -> None:
        self.query_one(NavBar).set_lock(self.console.seconds_to_lock)

    # --- showing ------------------------------------------------------------------------------

    def _list(self, name: str) -> LineTable[Any]:
        found: LineTable[Any] = self.query_one(name, LineTable)
        return found

    @property
    def list(self) -> LineTable[Any]:
        """The list of this step."""
        return self._list(LISTS[self.step])

    def say(self, words: str) -> None:
        """What was done or refused, in the sheet's own line; it goes with the next move."""
        self.query_one("#said", Words).set_text(words)

    def _moved(self) -> None:
        self._other = 0
        self.say("")
        self._show_row()

    def show_masked(self, masked: bool) -> None:
        """Mask or show names."""
        values, twins = self.query_one(ValueList), self.query_one(TwinList)
        values.masked = twins.masked = masked
        values.restyle()
        twins.restyle()
        self._show_row()

    def tell_names(self) -> None:
        """Log that cases stood here with full names beside the tracker: once each unmasking."""
        cases = len(self._sides)
        if self.console.masked or self.step != "twins" or not cases:
            return
        if self._named != self.console.unmaskings:
            self._named = self.console.unmaskings
            self.console.attempt(
                self.console.read(lambda data: note_names(data, "import", cases)), group="log"
            )

    def _show(self) -> None:
        """The step as it stands."""
        try:
            bar = self.query_one(NavBar)
        except NoMatches:  # it was left meanwhile
            return
        draft, step = self.draft, self.step
        bar.set_current(step)
        bar.set_counts(self._waiting())
        self.query_one(".sheet-title", Words).set_text(self._title())
        self.query_one("#what", Words).set_text(
            what_words(self.step, self.book, self._waiting(), self._done)
        )
        self.query_one(KeyBar).set_keys(self.keys())
        for one in dict.fromkeys(LISTS.values()):
            self._list(one).display = one == LISTS[step]
        facts = self.query_one("#counts", Facts)
        facts.display = step in ("preview", "report")
        if self._plan is not None and facts.display:
            done = self._done if step == "report" else None
            facts.set_facts([(SHORT[key], said) for key, _, said in counts(self._plan, done)])
            self.query_one(RefusalList).set_rows(self._plan.refusals)
        self.query_one(SheetList).set_rows(self.book.sheets if self.book else ())
        if draft is not None:
            self.query_one(ColumnList).show(draft)
            values, twins = self.query_one(ValueList), self.query_one(TwinList)
            values.draft = twins.draft = draft
            values.restyle()
            twins.restyle()
            values.set_rows(self._answers or ())
            twins.set_rows(draft.asked)
        self.list.focus()
        self._show_row()
        self.tell_names()

    def _title(self) -> str:
        if self.book is None:
            return "Import a tracker"
        sheet = f", sheet {self.draft.sheet.name}" if self.draft and self._several else ""
        return one_line(f"Import a tracker: {self.book.name}{sheet}", 120)

    @property
    def _several(self) -> bool:
        return self.book is not None and len(self.book.sheets) > 1

    def _waiting(self) -> dict[str, int]:
        """What waits for a person in each step."""
        draft = self.draft
        if draft is None:
            return {}
        answers = self._answers or ()
        return {
            "columns": len(draft.doubtful()),
            "values": sum(1 for one in answers if draft.meaning_of(one) is None),
            "twins": len(draft.undecided()),
            "preview": self._plan.count("refused") if self._plan else 0,
        }

    def _show_row(self) -> None:
        """What is to be said of the row under the cursor."""
        row = self.list.row
        beside, detail = self.query_one(Beside), self.query_one("#detail", Words)
        if self.step == "twins" and isinstance(row, Planned):
            words = self._show_beside(row)
        else:
            words = ""
            beside.show("", "", ())
        if self.step == "columns" and isinstance(row, Suggestion):
            words = of_column(row)
        elif self.step == "values" and isinstance(row, Unknown):
            near = [f"{meaning_words(row, code)} {sure} %" for code, sure in row.nearest]
            words = f"Near: {'; '.join(near)}." if near else "No answer of its list is near."
            words = f"{self.query_one(ValueList).written(row)}. {words}"
            if not row.kept:
                words += " It is not kept in a mapping file."
        elif self.step == "preview" and self._plan is not None and self._plan.count("changed"):
            kept = self.draft is not None and self.draft.note_changes
            words = (
                "What is new in changed rows is kept as a note on their case; c leaves it out."
                if kept
                else "What is new in changed rows is left out; c keeps it as a note on their case."
            )
        detail.set_text(words)

    def _show_beside(self, row: Planned) -> str:
        """Both sides; gives why they may be one."""
        other = row.alike[self._other % len(row.alike)]
        held = self._sides.get(other.ref) if other.ref else self._side_of_row(other.row)
        left = f"Tracker, row {row.rows[0]}"
        right = f"Caseload, {other.ref}" if other.ref else f"Tracker, row {other.row}"
        if len(row.alike) > 1:
            right += f" ({self._other % len(row.alike) + 1} of {len(row.alike)}, ← →)"
        facts = compared(side_of(row.parts), held or Side(), masked=self.console.masked)
        self.query_one(Beside).show(left, right, facts)
        return f"{', '.join(other.why).capitalize()}."

    def _side_of_row(self, row: int) -> Side | None:
        found = self.draft.by_row.get(row) if self.draft else None
        return side_of(found.parts) if found else None

    # --- trying -------------------------------------------------------------------------------

    def _attempt(self, work: Coroutine[Any, Any, None]) -> None:
        """Something that may be refused; a refusal is said in the sheet's own line."""
        self.console.attempt(self._tried(work))

    async def _tried(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except SanctuaryError as error:
            if self.is_attached:
                self.say(error.sentence)

    def _must(self) -> Draft:
        if self.draft is None:
            raise RefusedError(
                "Name a file first, with o; where it has several sheets, choose one."
            )
        return self.draft

    def _row(self, kind: type[T], step: str, what: str) -> T:
        """The row under the cursor.

        Raises:
            RefusedError: this is another step, or there is none.
        """
        row = self.list.row
        if self.step != step or not isinstance(row, kind):
            number = next(one.key for one in STEPS if one.name == step)
            raise RefusedError(
                f"There is no {what} under the cursor; {what}s are in step {number}."
            )
        return row
