"""Import a tracker: file, columns, answers, rows held already, what would come of it, the report.

Nothing of the tracker is kept before ``ctrl+s``, and then all of it or nothing. What is on its way
in is in the memory alone: a lock, or leaving the sheet, lets go of it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import on
from textual.binding import Binding, BindingType

from config.errors import BadInputError, RefusedError
from config.format import counted
from config.keymap import shown
from config.text import one_line
from db.looking import LookEndedError
from sanctuary_tui.imports.applying import apply
from sanctuary_tui.imports.columns import Suggestion, Unknown
from sanctuary_tui.imports.mapping import IGNORE, NOTE, dump_mapping
from sanctuary_tui.imports.planning import Plan, Planned
from sanctuary_tui.imports.preparing import Act, Decided, Draft, key_words, sheets_in_sight
from sanctuary_tui.imports.reading import read_tracker
from sanctuary_tui.imports.sheets import Book
from sanctuary_tui.imports.sheets import Sheet as TrackerSheet
from sanctuary_tui.screens.asking import ask, confirm
from sanctuary_tui.screens.import_base import ImportBase
from sanctuary_tui.screens.import_done import (
    keep_mapping,
    keep_refused_rows,
    kept_mapping,
    show_imports,
)
from sanctuary_tui.screens.import_lists import ValueList
from sanctuary_tui.screens.import_words import (
    ALL_KEYS,
    NAMES,
    PATH,
    STEPS,
    compare,
    decision_choices,
    field_choices,
    meaning_choices,
    telling,
    whole_path,
)
from sanctuary_tui.screens.looking import look_through, write_through
from sanctuary_tui.screens.palette import HelpSheet
from widgets.dialogs import Ask, Pick
from widgets.keybar import KeyBar
from widgets.lines import LineTable
from widgets.navbar import NavBar

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

T = TypeVar("T")


async def bring_in(app: Desk) -> None:
    """Import a tracker, step by step; what is shown below is read again after it."""
    await app.push_screen_wait(ImportSheet())
    await app.reload()


class ImportSheet(ImportBase):
    """A tracker on its way in, one step at a time."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(step.key, f"step('{step.name}')", step.title, show=False) for step in STEPS),
        Binding("tab", "next(1)", "Next step", show=False, priority=True),
        Binding("shift+tab", "next(-1)", "Step before", show=False, priority=True),
        Binding("space", "take", "Take what is suggested", show=False),
        Binding("n", "new", "Note, or new", show=False),
        Binding("m", "mapping", "Use a mapping", show=False),
        Binding("l", "link", "Link", show=False),
        Binding("s", "skip", "Skip", show=False),
        Binding("delete", "take_away", "Leave the column out, take a decision back", show=False),
        Binding("left", "other(-1)", "The one before that it may be", show=False),
        Binding("right", "other(1)", "The next that it may be", show=False),
        Binding("c", "note_changes", "Changes as notes", show=False),
        Binding("ctrl+s", "import", "Import", show=False),
        Binding("w", "refused", "Refused rows", show=False),
        Binding("k", "keep_mapping", "Keep the mapping", show=False),
        Binding("i", "imports", "Imports", show=False),
        Binding("o", "other_file", "Another file", show=False),
        Binding("x", "app.mask", "Names", show=False),
        Binding("question_mark,f1", "all_keys", "Keys", show=False),
    ]

    def on_mount(self) -> None:
        """Ask for the file at once."""
        super().on_mount()
        self._attempt(self._ask_file())

    # --- the file and its sheet ---------------------------------------------------------------

    def action_other_file(self) -> None:
        """Name another file."""
        self._attempt(self._ask_file())

    async def _ask_file(self) -> None:
        said, refused = "", ""
        while True:
            sheet = Ask(
                "Import a tracker",
                PATH,
                value=said,
                limit=1000,
                required=True,
                help=refused,
                judge=whole_path,
            )
            typed: str | None = await self.console.push_screen_wait(sheet)
            if typed is None:
                return
            said, path = typed, whole_path(typed)
            try:
                book = await self._read(path)
            except BadInputError as error:
                refused = error.sentence
                continue
            break
        self._forget()
        self.book = book
        self.step = "file"
        self._show()
        seen = sheets_in_sight(book)
        if len(seen) == 1:
            await self._take_sheet(seen[0])

    async def _read(self, path: Path) -> Book:
        return await look_through(
            self.console,
            "Reading the tracker",
            lambda data, look: read_tracker(path, told=telling(look)),
        )

    def _forget(self) -> None:
        """Let go of the tracker that was here before."""
        self.draft = self._base = self._plan = self._done = self._known = self._answers = None
        self._twins_at = None
        self._sides = {}
        self.say("")

    async def _take_sheet(self, sheet: TrackerSheet) -> None:
        book, today = self.book, self.console.today
        if book is None:
            return
        draft = await look_through(
            self.console, "Looking at the columns", lambda data, look: Draft.of(book, sheet, today)
        )
        self._forget()
        self.draft = draft
        await self._changed()
        self.step = "columns"
        self._show()

    async def _changed(self) -> None:
        """Columns or answers were changed: what was worked out from them holds no more."""
        draft = self._must()
        self._plan = None
        self._twins_at = None
        self._answers = await self.console.read(lambda data: draft.answers())

    # --- steps --------------------------------------------------------------------------------

    @on(NavBar.Chosen)
    def _step_clicked(self, event: NavBar.Chosen) -> None:
        event.stop()
        self.action_step(event.name)

    @on(KeyBar.Chosen)
    def _key_clicked(self, event: KeyBar.Chosen) -> None:
        event.stop()
        if event.key == "enter":
            self.list.action_choose()
            return
        for binding in self.BINDINGS:
            if isinstance(binding, Binding) and shown(binding.key) == event.key:
                self.call_later(self.run_action, binding.action)
        if event.key == "esc":
            self.action_cancel()

    def action_next(self, by: int) -> None:
        """Go to the next step, or the one before."""
        at = NAMES.index(self.step) + by
        if 0 <= at < len(NAMES) - (self._done is None):
            self.action_step(NAMES[at])

    def action_step(self, name: str) -> None:
        """Go to a step; what it stands on is worked out first."""
        self._attempt(self._go(name))

    async def _go(self, name: str) -> None:
        self.say("")
        if name != "file":
            self._must()
        if name == "report" and self._done is None:
            raise RefusedError("Nothing was imported yet; ctrl+s imports what the preview shows.")
        if name in ("twins", "preview"):
            await self._look_for_twins()
        if name == "preview":
            await self._planned()
        self.step = name
        self._show()

    async def _look_for_twins(self) -> None:
        """Who of the tracker may be held already, unless that is known and nothing has changed."""
        draft, generation = self._must(), self.console.generation
        mapping = draft.mapping
        if self._twins_at == (generation, id(mapping)) and self._known is not None:
            return
        known, base, sides = await look_through(
            self.console,
            "Comparing the tracker with the caseload",
            lambda data, look: compare(data, draft, look),
        )
        self._known = (generation, known)
        self._sides = sides
        self._base = base
        draft.take_twins(base)
        self._twins_at = (generation, id(mapping))
        self._plan = None

    async def _planned(self) -> Plan:
        await self._look_for_twins()
        draft = self._must()
        if self._plan is None and not draft.decided:
            self._plan = self._base
        if self._plan is None and self._known is not None:
            known = self._known[1]
            self._plan = await look_through(
                self.console,
                "Working out what would come of it",
                lambda data, look: draft.planned(known, telling(look)),
            )
        assert self._plan is not None
        return self._plan

    # --- columns and answers ------------------------------------------------------------------

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        work: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "file": lambda: self._take_sheet(event.row),
            "columns": self._pick_field,
            "values": self._pick_meaning,
            "twins": self._pick_decision,
        }
        if self.step in work:
            self._attempt(work[self.step]())

    async def _pick_field(self) -> None:
        draft, row = self._must(), self._row(Suggestion, "columns", "column")
        choices = field_choices(row)
        title = f"Column {one_line(row.heading.words, 60)}: {row.content}"
        current = draft.key_of(row.heading)
        picked: str | None = await self.console.push_screen_wait(
            Pick(title, choices, current=current, filtered=True)
        )
        if picked is not None:
            await self._put_column(row, picked)

    async def _put_column(self, row: Suggestion, key: str) -> None:
        draft = self._must()
        await self.console.read(lambda data: draft.put_column(row.heading, key))
        await self._changed()
        self._show()
        self.list.action_move(1)
        self.say(f"{one_line(row.heading.words, 40)}: {key_words(key)}.")

    async def _pick_meaning(self) -> None:
        draft, row = self._must(), self._row(Unknown, "values", "answer")
        choices = meaning_choices(row)
        written = self.query_one(ValueList).written(row)
        title = f"{one_line(row.heading.words, 40)}, written: {one_line(written, 60)}"
        picked: str | None = await self.console.push_screen_wait(
            Pick(title, choices, current=draft.meaning_of(row), filtered=True)
        )
        if picked is not None:
            await self._put_value(row, picked)

    async def _put_value(self, row: Unknown, code: str) -> None:
        draft = self._must()
        draft.put_value(row, code)
        self._plan = None
        self._twins_at = None
        self._show()
        self.list.action_move(1)

    def action_take(self) -> None:
        """Take what is suggested for the column or the answer under the cursor."""
        self._attempt(self._take())

    async def _take(self) -> None:
        if self.step == "values":
            answer = self._row(Unknown, "values", "answer")
            if not answer.nearest:
                raise RefusedError("No answer of its list is near; enter chooses one.")
            await self._put_value(answer, answer.nearest[0][0])
            return
        column = self._row(Suggestion, "columns", "column")
        await self._put_column(column, column.target.key if column.target else NOTE)

    def action_new(self) -> None:
        """The column is a line of the note; the row is a case of its own."""
        self._attempt(self._new())

    async def _new(self) -> None:
        if self.step == "columns":
            await self._put_column(self._row(Suggestion, "columns", "column"), NOTE)
        else:
            self._decide("new")

    def action_mapping(self) -> None:
        """Put the columns right as a mapping file says."""
        self._attempt(self._mapping())

    async def _mapping(self) -> None:
        draft = self._must()
        said = await ask(
            self.console,
            "Use a mapping",
            "Whole path of the .toml file that was kept of a tracker before",
            value=await self.console.read(lambda data: kept_mapping(self.console)),
            replaces=True,
            required=True,
            judge=whole_path,
        )
        if said is None:
            return
        path = whole_path(said)
        fit = await self.console.read(lambda data: draft.take_mapping(path))
        await self._changed()
        self.step = "columns"
        self._show()
        gone = f" {counted(len(fit.gone), 'column')} of it is not here." if fit.gone else ""
        self.say(f"The mapping is in force; {counted(len(fit.new), 'column')} new to it.{gone}")

    # --- rows that may be held already --------------------------------------------------------

    def action_other(self, by: int) -> None:
        """Show another case or row that this one may be."""
        if self.step == "twins" and isinstance(self.list.row, Planned):
            self._other += by
            self._show_row()

    def action_link(self) -> None:
        """The row belongs to what stands at the right."""
        self._attempt(self._act("link"))

    def action_skip(self) -> None:
        """Leave the row out."""
        self._attempt(self._act("skip"))

    async def _act(self, act: Act) -> None:
        self._decide(act)

    def _decide(self, act: Act, to: str = "") -> None:
        draft, row = self._must(), self._row(Planned, "twins", "row")
        if act == "link" and not to:
            other = row.alike[self._other % len(row.alike)]
            to = other.ref or str(other.row)
        draft.decide(row, Decided(act, to))
        self._plan = None
        self._show()
        self.list.action_move(1)

    def action_take_away(self) -> None:
        """Leave the column out, or take the decision about the row back."""
        self._attempt(self._take_away())

    async def _take_away(self) -> None:
        if self.step == "columns":
            await self._put_column(self._row(Suggestion, "columns", "column"), IGNORE)
            return
        self._must().decide(self._row(Planned, "twins", "row"), None)
        self._plan = None
        self._show()

    async def _pick_decision(self) -> None:
        row = self._row(Planned, "twins", "row")
        choices = decision_choices(row)
        picked = await self.console.push_screen_wait(
            Pick(f"Row {row.rows[0]} of the tracker", choices, filtered=False)
        )
        if picked is not None:
            self._decide(*picked)

    # --- preview and import -------------------------------------------------------------------

    def action_note_changes(self) -> None:
        """Keep what is new in changed rows as a note, or leave it out."""
        self._attempt(self._note_changes())

    async def _note_changes(self) -> None:
        if self.step != "preview":
            raise RefusedError("Whether changes are kept as notes is said in the preview (5).")
        draft = self._must()
        draft.note_changes = not draft.note_changes
        self._show_row()

    def action_import(self) -> None:
        """Import all of it."""
        self._attempt(self._import())

    async def _import(self) -> None:
        draft = self._must()
        if doubtful := draft.doubtful():
            self.step = "columns"
            self._show()
            self.list.select(doubtful[0].heading.index)
            raise RefusedError(
                f"It is not beyond doubt what is in column {doubtful[0].heading.letter}: space "
                "takes the field it is like, enter another, n keeps it as a note."
            )
        await self._look_for_twins()
        if waiting := draft.undecided():
            self.step = "twins"
            self._show()
            self.list.select(waiting[0].rows[0])
            raise RefusedError(
                f"Row {waiting[0].rows[0]} may be held already: n is new, l links it to what "
                "stands at the right, s leaves it out."
            )
        planned = await self._planned()
        self.step = "preview"
        self._show()
        refused = planned.count("refused")
        left = ""
        if refused:
            left = f" Left behind: {counted(refused, 'refused row')}; w writes what to mend."
        if not await confirm(
            self.console,
            f"Import {counted(planned.cases, 'case')}?",
            f"It is kept whole or not at all, and can be taken back whole.{left}",
        ):
            return
        await self._keep(draft, planned)

    async def _keep(self, draft: Draft, planned: Plan) -> None:
        if self._known is None:
            return
        known, book = self._known[1], draft.book
        text, changes = dump_mapping(draft.mapping), draft.note_changes
        try:
            self._done = await write_through(
                self.console,
                "Importing",
                lambda data, look: apply(
                    data,
                    planned,
                    known,
                    file=book.sha256,
                    mapping=text,
                    note_changes=changes,
                    told=telling(look),
                ),
                done="written. It is kept once all of it is.",
                stop="stop; nothing is kept",
            )
        except LookEndedError:
            self._known = self._twins_at = None
            self.say("Stopped. Nothing was imported.")
            return
        self._twins_at = None
        self.step = "report"
        self._show()

    # --- files and imports --------------------------------------------------------------------

    def action_refused(self) -> None:
        """Write the refused rows as a file to mend."""
        self._attempt(self._refused())

    async def _refused(self) -> None:
        if self._plan is None:
            raise RefusedError("The preview (5) says first which rows are refused.")
        if said := await keep_refused_rows(self.console, self._plan):
            self.say(said)

    def action_keep_mapping(self) -> None:
        """Keep the mapping as a file."""
        self._attempt(self._keep_mapping())

    async def _keep_mapping(self) -> None:
        if said := await keep_mapping(self.console, self._must()):
            self.say(said)

    def action_imports(self) -> None:
        """Every import; one may be taken back there."""
        self._attempt(self._imports())

    async def _imports(self) -> None:
        undone = await show_imports(self.console)
        if self._done is not None and self._done.number in undone:
            self._done = None
            self._plan = None
            self.step = "columns"
            self._show()
            self.say("That import is taken back; the tracker is still here.")

    def action_all_keys(self) -> None:
        """Every key of this sheet."""
        self.console.push_screen(HelpSheet(self, ALL_KEYS))

    def action_cancel(self) -> None:
        """Leave; asked about where something would be lost."""
        self._attempt(self._leave())

    async def _leave(self) -> None:
        lost = self.draft is not None and self._done is None
        if lost and not await confirm(
            self.console,
            "Leave without keeping anything?",
            "What you put right of the tracker is lost; k keeps it as a mapping.",
        ):
            return
        self._forget()
        self.book = None
        self.dismiss(None)
