"""Sheets that hold a form, the 24 questions, or a refusal."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.timer import Timer

from config.codes import label
from config.errors import SanctuaryError
from db.readmodels import CaseCard, Finding
from db.record import Record, specs
from sanctuary_tui.later import later
from widgets.banner import ContactBanner
from widgets.dash import DashGrid, DashScore
from widgets.dialogs import Confirm, Sheet
from widgets.form import RecordForm, naming
from widgets.gates import GateList
from widgets.keybar import KeyBar
from widgets.lines import LineTable
from widgets.text_blocks import Words
from widgets.window import FollowsWindow

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_SAVE_AFTER = 0.8
"""Seconds without a keystroke after which a draft is kept."""


class FormSheet(FollowsWindow, ModalScreen[dict[str, Any]]):
    """A form over the whole screen: title, the contact banner where contact is meant, fields.

    ctrl+s saves; escape leaves, and what was typed waits as a draft of this case and form.
    The result is what the fields hold, or None.
    """

    DEFAULT_CSS = """
    FormSheet {
        background: $background;
        & > #title { height: 1; padding: 0 1; text-style: bold; background: $panel; }
        & > ContactBanner { dock: none; }
        & > RecordForm { height: 1fr; }
        & RecordForm > .form-body { padding: 0 1; }
        & RecordForm > .form-help { padding: 0 3; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "save", "Save", show=False, priority=True),
        Binding("escape", "leave", "Leave", show=False),
        Binding("ctrl+r", "afresh", "Start afresh", show=False, priority=True),
        # Before the field sees them: keys typed at once afterwards belong to the next field.
        Binding("down", "step(1)", "Next field", show=False, priority=True),
        Binding("up", "step(-1)", "Previous field", show=False, priority=True),
        Binding("tab", "step_over(1)", "Next field", show=False, priority=True),
        Binding("shift+tab", "step_over(-1)", "Previous field", show=False, priority=True),
    ]

    def __init__(
        self,
        kind: type[Record],
        *,
        title: str,
        values: dict[str, Any],
        only: Sequence[str] | None,
        role: str | None,
        links: Mapping[str, Sequence[tuple[int, str]]],
        banner: CaseCard | None,
        draft_key: tuple[int, str, int],
        draft: dict[str, str] | None,
        commit: Callable[[dict[str, Any]], Awaitable[object]] | None = None,
        typed: dict[str, str] | None = None,
        start: str = "",
        choices: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__()
        self._choices = choices or {}
        self._title = title
        self._kind = kind
        self._values = values
        self._only = only
        self._role = role
        self._links = links
        self._banner = banner
        self._draft_key = draft_key
        self._draft = draft
        self._commit = commit
        self._typed = typed or {}
        self._start = start
        self._timer: Timer | None = None
        self._kept = draft is not None
        self._refused = self._leaving = False
        self._saving = False
        """Whether the answers are being handed over, or have been: then no draft is kept."""

    @property
    def console(self) -> Desk:
        """The app, by its own type."""
        return cast("Desk", self.app)

    def compose(self) -> ComposeResult:
        """Title, banner, form, keys."""
        yield Words(self._title, style="title", id="title")
        if self._banner is not None:
            yield ContactBanner(self._banner, most=2)
        yield RecordForm(
            self._kind,
            self._values,
            only=self._only,
            role=self._role,
            links=self._links,
            choices=self._choices,
            today=self.console.today,
            now=self.console.now,
            id="form",
        )
        yield KeyBar(
            [("ctrl+s", "save"), ("↑↓ tab", "fields"), ("enter", "next, list"), ("esc", "leave")]
        )

    @property
    def form(self) -> RecordForm:
        """The form."""
        return self.query_one("#form", RecordForm)

    def on_mount(self) -> None:
        """Bring the draft back, if one waits, and start in the first field."""
        if self._draft:
            self.form.load_raw({**self._typed, **self._draft})
            self.notify("Your draft is back. Ctrl+r starts afresh.", timeout=5)
        elif self._typed:
            self.form.load_raw(self._typed)
        if self._start:
            self.form.focus_field(self._start)
        else:
            self.form.fields[0].focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Up and down belong to a long text while it is written in."""
        if action == "step":
            return self.form.steps_by_arrows(1 if parameters == (1,) else -1)
        return True

    def action_step(self, step: int) -> None:
        """Go to the next field, or the one before."""
        self.form.step(step)

    def action_step_over(self, step: int) -> None:
        """The same, out of a long text too, and from the last field to the first."""
        self.form.step(step, around=True)

    # --- drafts -------------------------------------------------------------------------------

    @on(RecordForm.Changed)
    def _changed(self) -> None:
        self._keep_soon()

    def _keep_soon(self) -> None:
        self._keep_no_more()
        self._timer = self.set_timer(_SAVE_AFTER, self._keep_later)

    def _keep_no_more(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _keep_later(self) -> None:
        self.run_worker(later(self._keep_or_tell), group="draft", exclusive=True)

    async def _keep_or_tell(self) -> None:
        """Keep the draft; where that is refused say so, but not at each letter."""
        try:
            await self.keep_draft()
        except SanctuaryError as error:
            if not self._refused:
                self.notify(error.sentence, severity="warning", timeout=8)
            self._refused = True
        else:
            self._refused = self._leaving = False

    async def keep_draft(self) -> None:
        """Keep what has been typed; called before a lock too."""
        if self._saving:
            return
        draft = self.unsaved()
        if draft is not None:
            await self.console.read(lambda data: data.store.save_draft(*draft))
            self._kept = True
        elif self._kept:
            await self._forget()

    def unsaved(self) -> tuple[int, str, int, dict[str, str]] | None:
        """What has been typed, as a draft's name and content; None when there is nothing."""
        if self._saving:
            return None
        raw = self.form.raw()
        return (*self._draft_key, raw) if raw else None

    async def _forget(self) -> None:
        case_id, form, record_id = self._draft_key
        await self.console.read(lambda data: data.store.discard_draft(case_id, form, record_id))
        self._kept = False

    def action_afresh(self) -> None:
        """Put every field back to what it started with."""
        if self._saving:
            return
        self.run_worker(later(self._afresh), group="save")

    async def _afresh(self) -> None:
        await self._forget()
        old = self.form
        await old.remove()
        fresh = RecordForm(
            self._kind,
            self._values,
            only=self._only,
            role=self._role,
            links=self._links,
            choices=self._choices,
            today=self.console.today,
            now=self.console.now,
            id="form",
        )
        await self.mount(fresh, before=self.query_one(KeyBar))
        fresh.fields[0].focus()

    # --- leaving ------------------------------------------------------------------------------

    @on(RecordForm.Finished)
    def _finished(self) -> None:
        self.notify("Ctrl+s saves.", timeout=2)

    def action_save(self) -> None:
        """Check, and hand the answers over; once, however often the key is pressed."""
        if not self._saving:
            self.run_worker(later(self._save), group="save", exclusive=True)

    async def _save(self) -> None:
        from db.validation import validated

        form = self.form
        if form.problems():
            form.focus_problem()
            return
        values = form.values()
        self._saving = True  # a draft kept from here on would come after the answers
        self._keep_no_more()
        try:
            validated(self._kind, values)
            if self._commit is not None:
                await self._commit(values)
        except SanctuaryError as error:
            self._saving = False
            self._keep_soon()
            spec = specs(self._kind).get(error.field)
            said = naming(spec, error.sentence) if spec else error.sentence
            self.notify(said, severity="warning", timeout=8)
            if error.field:  # said at the field too, where the note is soon gone
                form.set_problems({error.field: error.sentence})
                form.focus_problem()
            return
        except Exception:
            self._saving = False  # a fault of the program: what was typed is to be kept
            raise
        with contextlib.suppress(SanctuaryError):  # it is saved, whatever becomes of its draft
            await self._forget()
        self.dismiss(values)

    def action_leave(self) -> None:
        """Leave; what was typed waits."""
        if not self._saving:
            self.run_worker(later(self._leave), group="save", exclusive=True)

    async def _leave(self) -> None:
        try:
            if self.form.raw():
                await self.keep_draft()
                self.notify("What you typed waits as a draft.", timeout=3)
            elif self._kept:
                await self._forget()
        except SanctuaryError as error:
            if not self._leaving:
                self._leaving = True
                said = f"{error.sentence} Escape again leaves without what you typed."
                self.notify(said, severity="warning", timeout=8)
                return
        self._saving = True
        self._keep_no_more()
        self.dismiss(None)


class DashSheet(FollowsWindow, ModalScreen[str]):
    """The 24 questions; ctrl+s takes the answers."""

    DEFAULT_CSS = """
    DashSheet { background: $background; }
    DashSheet > #title { height: 1; padding: 0 1; text-style: bold; background: $panel; }
    DashSheet > DashScore { padding: 0 1; }
    DashSheet > DashGrid { height: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s,f2", "save", "Save", show=False, priority=True),
        Binding("escape", "leave", "Leave", show=False),
    ]

    def __init__(self, answers: str, *, title: str) -> None:
        super().__init__()
        self._answers = answers
        self._title = title

    def compose(self) -> ComposeResult:
        """Title, grid, keys."""
        yield Words(self._title, style="title", id="title")
        risk = cast("Desk", self.app).settings.risk
        yield DashScore(
            self._answers, medium_from=risk.medium_from, high_from=risk.high_from, id="score"
        )
        yield DashGrid(self._answers, id="grid")
        yield KeyBar(
            [
                ("ctrl+s", "go on"),
                ("y", "yes"),
                ("n", "no"),
                ("d", "don't know"),
                ("bksp", "blank"),
                ("esc", "leave"),
            ]
        )

    def on_mount(self) -> None:
        """Start on the first question."""
        self.query_one("#grid", DashGrid).focus()

    @on(DashGrid.Changed)
    def _counted(self, event: DashGrid.Changed) -> None:
        self.query_one("#score", DashScore).set_answers(event.answers)

    def action_save(self) -> None:
        """Take the answers."""
        self.dismiss(self.query_one("#grid", DashGrid).answers)

    def action_leave(self) -> None:
        """Leave without them, once that was meant."""
        if self.query_one("#grid", DashGrid).answers == self._answers:
            self.dismiss(None)
            return
        self.app.push_screen(Confirm("Leave without keeping these answers?"), self._left)

    def _left(self, sure: bool | None) -> None:
        if sure:
            self.dismiss(None)


class RefusalSheet(Sheet[Finding]):
    """Which gates refuse, why and who must act; enter goes to where it is put right."""

    def __init__(
        self, reference: str, wanted: str, findings: Sequence[Finding], *, today: date
    ) -> None:
        goal = label("stage", wanted) or wanted
        if goal == wanted:
            goal = label("measure_state", wanted)
        super().__init__(f"{reference} cannot go to {goal} yet")
        self._findings = findings
        self._today = today

    def body(self) -> ComposeResult:
        """The findings."""
        yield GateList(self._findings, today=self._today, id="refused")

    def on_mount(self) -> None:
        """Start on the first."""
        self.query_one("#refused", GateList).focus()

    def _fit(self, height: int) -> None:
        super()._fit(height)
        gates = self.query_one("#refused", GateList)
        width = max(1, self.app.size.width - 5)
        lines = sum(gates.height(finding, width) for finding in self._findings)
        gates.styles.height = max(1, min(lines, height - 5))

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to go on."""
        return (("enter", "put it right"), ("esc", "leave"))

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.dismiss(event.row)
