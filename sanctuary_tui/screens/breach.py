"""After a breach: the survivors first, each with their safe-contact rule; then the clock."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from config.codes import CODES, UNKNOWN, label
from config.format import counted, short_moment
from db import queries
from db.models import Breach, Disclosure
from sanctuary_tui import breach_report, breaches
from sanctuary_tui.breaches import AtRisk
from sanctuary_tui.screens.asking import ask, ask_folder, choose, confirm, fill_form, pick
from sanctuary_tui.screens.listing import ListSheet
from sanctuary_tui.screens.reaching import rule_read
from widgets.columns import Column
from widgets.lines import LineTable
from widgets.text_blocks import Words
from widgets.themes import risk_cell

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk

_NEW = ("export", "lost_backup", "lost_laptop", "other")
_ASKED = ("kind", "aware", "happened", "what", "recipient")
_STEPS = {
    "p": "police",
    "s": "safety_plan",
    "r": "recipient",
    "c": "contained",
    "o": "officer",
    "d": "decision",
    "t": "told",
    "x": "other",
}
_RISKS = {"l": "unlikely", "r": "risk", "h": "high"}


async def breach_helper(app: Desk, row: Disclosure | None) -> None:
    """An open breach, or a new one: of the export under the cursor, a lost backup or computer."""
    recorded = await app.read(lambda data: queries.all_of(data.connection, Breach))
    options: list[tuple[Any, str]] = []
    if row is not None:
        options.append(("export", f"New, of this export: {row.what}"))
    options += [
        ("lost_backup", "New: a backup is lost"),
        ("lost_laptop", "New: the computer is lost or stolen"),
        ("other", "New: something else"),
    ]
    now = app.now()
    for one in reversed(recorded):
        state = "closed" if one.closed_on else breaches.clock_words(one, now)
        options.insert(
            0 if one.closed_on is None else len(options),
            (one.id, f"Breach {one.id}: {label('breach_kind', one.kind)}; {state}"),
        )
    chosen = await pick(app, "Breach of personal data", options)
    if chosen is None:
        return
    breach_id = await _recorded(app, chosen, row) if chosen in _NEW else chosen
    if breach_id is not None:
        shown = await app.read(lambda data: _read(data, breach_id))
        await app.push_screen_wait(BreachSheet(*shown))
        await app.reload()


async def _recorded(app: Desk, chosen: str, row: Disclosure | None) -> int | None:
    """A new breach by form; its number, None when left."""
    kept: list[int] = []
    of_export = row.id if row is not None and chosen == "export" else 0

    async def keep(given: dict[str, Any]) -> None:
        made = await app.write(
            lambda data: breaches.record(
                data,
                given.get("kind") or "other",
                aware=given.get("aware") or app.now(),
                disclosure_id=of_export,
                happened=given.get("happened"),
                what=given.get("what", ""),
                recipient=given.get("recipient", ""),
                protected=given.get("protected", ""),
            )
        )
        kept.append(made.id)

    await fill_form(
        app,
        Breach,
        title="What happened",
        values={
            "kind": "wrong_recipient" if of_export else chosen,
            "aware": app.now().replace(second=0, microsecond=0),
        },
        only=(*_ASKED, "protected") if chosen in breaches.WHOLE_CASELOAD else _ASKED,
        form="breach",
        record_id=of_export,
        commit=keep,
    )
    return kept[0] if kept else None


def _read(data: Caseload, breach_id: int) -> tuple[Breach, list[AtRisk], str]:
    made = queries.get(data.connection, Breach, breach_id)
    return made, breaches.at_risk(data, made), breaches.sealed_to_reach(data, made)


async def words_for(app: Desk, ref: str, kind: str, rule: str) -> str | None:
    """What is logged of a survivor: whoever rings them has read the safe-contact rule first."""
    decided = kind == "decision"
    if not decided and not await rule_read(app, ref, rule):
        return None
    about = "why" if decided else "what was said"
    return await ask(
        app,
        f"{ref}: {label('breach_step', kind).lower()}",
        f"{about.capitalize()}, and what is done to keep them safe",
        required=True,
    )


class RiskList(LineTable[AtRisk]):
    """Whose survivor is to be reached, and how; the one in most danger on top."""

    def key(self, row: AtRisk) -> Hashable:
        """The case."""
        return row.case_id

    def columns(self) -> Sequence[Column[AtRisk]]:
        """Risk, case, what was in it, how to reach them, whether it is done."""
        return (
            Column("risk", lambda one: risk_cell(one.card.risk), 5),
            Column("ref", lambda one: (one.ref, "accent"), 8),
            Column("exposed", lambda one: ("ADDRESS" if one.exposed else "", "late"), 7),
            Column("how", lambda one: one.safe_contact, 20, weight=1),
            Column("done", _done, 14),
        )


def _done(one: AtRisk) -> tuple[str, str]:
    if one.reached:
        return "done", "good"
    return "not reached", "late"


class BreachSheet(ListSheet[AtRisk]):
    """What is done after a breach, in its order. Enter logs that a survivor was reached."""

    DEFAULT_CSS = """
    BreachSheet { & #steps { height: auto; max-height: 7; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "not_reached", "Not reached", show=False),
        Binding("s", "step", "Step", show=False),
        Binding("k", "judge", "Risk", show=False),
        Binding("i", "ico", "ICO", show=False),
        Binding("w", "report", "Report", show=False),
        Binding("q", "close_it", "Close", show=False),
    ]

    def __init__(self, made: Breach, risk: Sequence[AtRisk], sealed: str = "") -> None:
        super().__init__(
            f"Breach {made.id}: {label('breach_kind', made.kind)}",
            RiskList(
                risk,
                empty="None but sealed cases was in it." if sealed else "No case was in it.",
                id="risk",
            ),
        )
        self._breach = made
        self._risk = list(risk)
        self._sealed = sealed

    def body(self) -> ComposeResult:
        """The clock, what comes first, the survivors."""
        yield Words("", style="late", id="clock")
        yield Words(
            "\n".join(f"{number}. {step}" for number, step in enumerate(breaches.FIRST_STEPS, 1)),
            id="steps",
        )
        yield self.list

    def keys(self) -> Sequence[tuple[str, str]]:
        """What can be done."""
        return (
            ("enter", "reached"),
            ("n", "not yet"),
            ("s", "step"),
            ("k", "risk"),
            ("i", "ICO"),
            ("w", "report"),
            ("q", "close"),
            ("esc", "leave"),
        )

    def _fit(self, height: int) -> None:
        super()._fit(height)
        self.query_one("#steps", Words).display = height >= 20

    def show(self) -> None:
        """The clock, and the survivor in most danger on top."""
        made = self._breach
        waiting = sum(1 for one in self._risk if not one.reached)
        ico = label("ico_state", made.ico)
        if made.ico == "not_decided":
            ico = f"72 hours: {breaches.clock_words(made, self.console.now())}"
        sealed = f"{self._sealed}. " if self._sealed else ""
        self.query_one("#clock", Words).set_text(
            f"{ico}. {counted(waiting, 'survivor')} to reach. {sealed}In it: "
            f"{made.held or 'not known'}{self._passphrase()}; {self._judged()}."
        )
        self.list.set_rows(self._risk)

    def _judged(self) -> str:
        made = self._breach
        return "risk not judged yet" if made.risk in UNKNOWN else label("breach_risk", made.risk)

    def _passphrase(self) -> str:
        """Of what was lost as a whole: whether the key to it is safe is what the risk hangs on."""
        if self._breach.kind not in breaches.WHOLE_CASELOAD:
            return ""
        safe = self._breach.protected == "yes"
        return ", its passphrase safe" if safe else " (is its passphrase safe?)"

    async def _again(self) -> None:
        breach_id = self._breach.id
        self._breach, self._risk, self._sealed = await self.console.read(
            lambda data: _read(data, breach_id)
        )
        self.show()

    # --- what is done

    @on(LineTable.Chosen)
    def _chosen(self, event: LineTable.Chosen) -> None:
        event.stop()
        self.console.attempt(self._reached("survivor"))

    def action_not_reached(self) -> None:
        """Log that the survivor was tried and not reached."""
        self.console.attempt(self._reached("not_reached"))

    async def _reached(self, kind: str) -> None:
        one, breach_id = self.row("case"), self._breach.id
        words = await words_for(self.console, one.ref, kind, one.safe_contact)
        if words is None:
            return
        await self.console.write(
            lambda data: breaches.log_step(data, breach_id, kind, words, case_ref=one.ref)
        )
        await self._again()
        if kind == "survivor":  # gone to the end of the list; the next one is on top
            self.list.action_end(-1)

    def action_step(self) -> None:
        """Log a step or a decision."""
        self.console.attempt(self._step())

    async def _step(self) -> None:
        options = [(key, CODES["breach_step"][kind]) for key, kind in _STEPS.items()]
        said = await choose(self.console, "What was done", options)
        if said is None:
            return
        kind, one, breach_id = _STEPS[said], self.list.row, self._breach.id
        ref = ""
        if kind in ("decision", "police", "safety_plan") and one is not None:
            about = await choose(
                self.console, "About", [("c", f"{one.ref} alone"), ("a", "The whole breach")]
            )
            if about is None:
                return
            ref = one.ref if about == "c" else ""
        words = await ask(self.console, CODES["breach_step"][kind], "In words", required=True)
        if words is None:
            return
        await self.console.write(
            lambda data: breaches.log_step(data, breach_id, kind, words, case_ref=ref)
        )
        await self._again()

    def action_judge(self) -> None:
        """Judge the risk."""
        self.console.attempt(self._judge())

    async def _judge(self) -> None:
        options = [(key, CODES["breach_risk"][code]) for key, code in _RISKS.items()]
        said = await choose(self.console, "Risk to the people in it", options)
        if said is None:
            return
        why = await ask(self.console, "Why this risk", required=True)
        if why is None:
            return
        code, breach_id = _RISKS[said], self._breach.id
        await self.console.write(lambda data: breaches.assess(data, breach_id, code, why))
        await self._again()

    def action_ico(self) -> None:
        """Say whether it was reported to the ICO."""
        self.console.attempt(self._ico())

    async def _ico(self) -> None:
        said = await choose(self.console, "The ICO", [("r", "Reported now"), ("n", "Not reported")])
        if said is None:
            return
        words = await ask(
            self.console,
            "Reported" if said == "r" else "Not reported",
            "Reference, and why late if it is" if said == "r" else "Why not",
            required=True,
        )
        if words is None:
            return
        breach_id, now = self._breach.id, self.console.now()
        if said == "r":
            await self.console.write(lambda data: breaches.report_made(data, breach_id, now, words))
        else:
            await self.console.write(lambda data: breaches.not_reported(data, breach_id, words))
        await self._again()

    def action_report(self) -> None:
        """Write the report with what the ICO asks."""
        self.console.attempt(self._report())

    async def _report(self) -> None:
        app, breach_id = self.console, self._breach.id
        out, settings, now = await ask_folder(app), app.settings, app.now()
        if out is None:
            return
        written = await app.write(
            lambda data: breach_report.make_report(data, breach_id, settings, out, now=now)
        )
        app.notify(f"Written {short_moment(now)}: {written.files[0][0].name}", timeout=8)

    def action_close_it(self) -> None:
        """Close it, when everything is done."""
        self.console.attempt(self._close())

    async def _close(self) -> None:
        breach_id = self._breach.id
        if await confirm(self.console, "Close this breach?", "Its log stays."):
            await self.console.write(lambda data: breaches.close(data, breach_id))
            self.dismiss(None)
