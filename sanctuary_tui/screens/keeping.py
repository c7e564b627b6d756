"""The end of a file's years: the review queue, holds, disposal and its certificates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from config.codes import label
from config.errors import RefusedError, SanctuaryError
from config.format import full_date
from config.keymap import shown
from db import queries
from db.disposal import Papers
from db.models import CaseFile, Disposal, LegalHold
from db.readmodels import CaseCard
from db.record import Record
from sanctuary_tui import disposing
from sanctuary_tui.commands import BY_ID, keys_of
from sanctuary_tui.formkeeping import DisposeForm, EndHoldForm, HoldForm, KeepForm, LookForm
from sanctuary_tui.opening import note_names
from sanctuary_tui.pathway import retention
from sanctuary_tui.screens.asking import ask, fill_form
from sanctuary_tui.screens.unlock import SecretInput
from sanctuary_tui.table_export import default_folder
from sanctuary_tui.work import must_find
from widgets.dialogs import Choice, Pick, Sheet
from widgets.text_blocks import Words
from widgets.words import shown_name

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk


# --- the queue ------------------------------------------------------------------------------------


async def review_queue(app: Desk) -> None:
    """Every closed case, and MARAC papers that are due, with where the clock of each stands; what
    is decided of the chosen one."""
    found = await app.read(lambda data: disposing.queue(data, app.settings))
    if not found:
        raise RefusedError("No case is closed, so nothing is waiting to be reviewed.")
    options = [
        Choice(
            (one.card.case_id, one.papers),
            f"{one.card.ref}  {_state(one)}",
            note=f"{_when(one)}  {shown_name(one.card, app.masked)}".strip(),
        )
        for one in found
    ]
    if not app.masked:
        await app.read(lambda data: note_names(data, "closed files", len(found)))
    picked = await app.push_screen_wait(Pick(_title(app, found), options, filtered=True))
    if picked is not None:
        await review_case(app, picked[0])


def _title(app: Desk, found: Sequence[disposing.Kept]) -> str:
    """How many are due; where no period is decided, that and what decides it."""
    due = sum(one.clock.state == "due" for one in found)
    undecided = sum(one.clock.state == "undecided" for one in found)
    said = f"Closed files: {due or 'none'} due for review"
    if not undecided:
        return said
    if undecided == len(found):
        return f"Closed files: how long they are kept is not decided; {_decides(app)}"
    return f"{said}; how long {undecided} are kept is not decided, {_decides(app)}"


def _decides(app: Desk) -> str:
    """Where a period is decided, with its key."""
    return f"set it under {shown(keys_of(BY_ID['settings'], app.settings.keys))} Settings"


_STATES = {
    "due": "review due",
    "held": "legal hold",
    "undecided": "period not decided",
    "kept": "kept",
    "open": "open",
}


def _state(one: disposing.Kept) -> str:
    return "MARAC papers: review due" if one.papers == "marac" else _STATES[one.clock.state]


def _when(one: disposing.Kept) -> str:
    return full_date(one.clock.due) if one.clock.due else ""


# --- one case -------------------------------------------------------------------------------------


async def review_case(app: Desk, case_id: int) -> str | None:
    """What is decided of one file: what to say of it, None when left. It may be gone after it."""
    settings, today = app.settings, app.today
    file: CaseFile = await app.read(lambda data: must_find(data, case_id))
    card: CaseCard = await app.read(lambda data: queries.card(data.connection, case_id))
    clock = retention.clock(file, settings, today)
    alone = retention.marac_clock(file, settings, today)
    papers_due = alone is not None and alone.state == "due"
    asked = clock.state != "due" and alone is not None and _has_come(alone, today)
    holds = [hold for hold in file.legal_holds if hold.ended_on is None]
    choices = [Choice("hold", "Place a legal hold", key="h")]
    if clock.state != "open" or asked:
        choices.insert(0, Choice("keep", "Keep it, and look again on another day", key="k"))
    if holds:
        choices.append(Choice("look", "The hold was looked at and stays", key="l"))
        choices.append(Choice("end", "End a hold", key="e"))
    if clock.state == "due":
        choices.append(Choice("dispose", "Dispose of it, for good", key="d"))
    elif papers_due:
        choices.append(Choice("marac", "Dispose of its MARAC papers alone, for good", key="m"))
    parts = [clock.said.rstrip("."), *(_hold_words(hold) for hold in holds)]
    if clock.state == "undecided":
        parts.append(_decides(app))
    said = "; ".join(parts)
    if alone is not None and asked:
        said += f". {alone.said}"
    picked = await app.push_screen_wait(Pick(f"{file.case.ref}: {said}", choices))
    if picked is None:
        return None
    if picked in ("dispose", "marac"):
        return await _dispose(app, card, file, "marac" if picked == "marac" else "file")
    if picked in ("look", "end"):
        hold = await _which(app, holds)
        if hold is None:
            return None
        return await _by_form(app, card, _HOLD_FORMS[picked], hold.id, draft_of=hold.id)
    of_papers = {"papers": "marac"} if picked == "keep" and asked else None
    return await _by_form(app, card, _CASE_FORMS[picked], card.case_id, values=of_papers)


def _has_come(clock: retention.Clock, today: date) -> bool:
    """Whether its day is over, though papers that are worked with are not disposed of."""
    return clock.due is not None and clock.due <= today


def _hold_words(hold: LegalHold) -> str:
    until = f"until {full_date(hold.until)}" if hold.until else "without end"
    return f"hold: {label('hold_kind', hold.kind).lower()}, by {hold.by}, {until}"


async def _which(app: Desk, holds: Sequence[LegalHold]) -> LegalHold | None:
    if len(holds) == 1:
        return holds[0]
    options = [Choice(hold, _hold_words(hold)) for hold in holds]
    chosen: LegalHold | None = await app.push_screen_wait(Pick("Which hold", options))
    return chosen


_Form = tuple[type[Record], Any, str]
"""A form, what keeps its answers of a case or a hold, and what to say then."""


async def _by_form(
    app: Desk,
    card: CaseCard,
    form: _Form,
    about: int,
    *,
    draft_of: int = 0,
    values: dict[str, Any] | None = None,
) -> str | None:
    kind, act, told = form
    given = await fill_form(
        app,
        kind,
        title=f"{card.ref}: {kind.title}",
        values=values,
        banner=card,
        case_id=card.case_id,
        form=kind.table,
        record_id=draft_of,
        commit=lambda given: app.write(lambda data: act(data, about, given)),
    )
    return told if given is not None else None


_CASE_FORMS: dict[str, _Form] = {
    "keep": (KeepForm, disposing.keep, "Kept until the day of the next look."),
    "hold": (
        HoldForm,
        disposing.hold,
        "The legal hold stands; nothing is disposed of.",
    ),
}
_HOLD_FORMS: dict[str, _Form] = {
    "look": (LookForm, disposing.look_again, "The hold stays until it is looked at again."),
    "end": (EndHoldForm, disposing.end_hold, "The hold has ended."),
}


# --- disposing ------------------------------------------------------------------------------------


async def _dispose(app: Desk, card: CaseCard, file: CaseFile, papers: Papers) -> str | None:
    """Authority and reason, the reference typed, the passphrase; then it goes."""
    settings = app.settings
    takes = await app.read(lambda data: disposing.goes_with_it(data, file, settings, papers))
    what = "MARAC papers" if papers == "marac" else "the file"
    given = await fill_form(
        app,
        DisposeForm,
        title=f"{card.ref}: dispose of {what}. It cannot be undone.",
        case_id=card.case_id,
        form=DisposeForm.table,
        commit=lambda given: app.read(lambda data: disposing.authorised(data, file, given)),
    )
    if given is None:
        return None
    whose = "its MARAC papers" if papers == "marac" else "it"
    typed = await _confirmed(app, card.ref, whose, ". ".join(takes))
    if typed is None:
        return None
    key = await app.push_screen_wait(PassphraseSheet(app))
    if key is None:
        return None
    try:
        done: Disposal = await app.write(
            lambda data: disposing.dispose(
                data, card.case_id, given, settings, key, typed=typed, papers=papers
            )
        )
    except SanctuaryError:
        left = await app.read(lambda data: queries.case_file(data.connection, card.case_id))
        if left is None or (papers == "marac" and not left.marac_listings):
            await app.go(app.place or "today", again=True)  # erased; its proof is still to come
        raise
    finally:
        key[:] = bytes(len(key))
    await app.go(app.place or "today", again=True)
    await show_certificate(app, done)
    return None


async def _confirmed(app: Desk, ref: str, what: str, takes: str) -> str | None:
    """The reference as it was typed to confirm; asked for again where it is another."""
    return await ask(
        app,
        f"Type {ref} to dispose of {what} for good",
        takes,
        judge=lambda typed: disposing.refuse_another(ref, typed),
    )


class PassphraseSheet(Sheet[bytearray]):
    """The passphrase, for what needs the key itself; the result is the data key, to be wiped."""

    def __init__(self, app: Desk) -> None:
        super().__init__("Passphrase, to read every page and prove that it is gone")
        self._paths = app.paths

    def body(self) -> ComposeResult:
        """The field, and a line for what is wrong."""
        yield SecretInput(password=True, compact=True, classes="sheet-input")
        yield Words(" ", style="late", id="refused")

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to go on."""
        return (("enter", "dispose of it"), ("esc", "leave it"))

    def on_mount(self) -> None:
        """Start in the field."""
        self.query_one(SecretInput).focus()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        field = self.query_one(SecretInput)
        if not event.value.strip() or field.disabled:
            return
        secret, field.value, field.disabled = event.value, "", True
        self.query_one("#refused", Words).set_text("Opening…", "dim")
        self.run_worker(lambda: self._try(secret), thread=True, group="passphrase")

    def _try(self, secret: str) -> None:
        from db.keys import unlock

        try:
            key = unlock(self._paths, secret)
        except SanctuaryError as error:
            self.app.call_from_thread(self._refuse, error.sentence)
        else:
            self.app.call_from_thread(self._take, key)

    def _take(self, key: bytearray) -> None:
        self.dismiss(key)  # its end is not waited for: this thread would hold it up

    def _refuse(self, sentence: str) -> None:
        field = self.query_one(SecretInput)
        field.disabled = False
        field.focus()
        self.query_one("#refused", Words).set_text(sentence, "late")


# --- certificates ---------------------------------------------------------------------------------


async def certificates(app: Desk) -> None:
    """What was disposed of, newest first; the certificate of the chosen one."""
    found = await app.read(lambda data: list(reversed(queries.all_of(data.connection, Disposal))))
    if not found:
        raise RefusedError("No case has been disposed of.")
    options = [
        Choice(
            one,
            f"{one.ref}  {full_date(one.disposed_on) if one.disposed_on else ''}",
            note=": ".join(
                (label("kept_papers", one.papers), label("disposal_state", one.state).lower())
            ),
        )
        for one in found
    ]
    chosen: Disposal | None = await app.push_screen_wait(
        Pick("Certificates of disposal", options, filtered=True)
    )
    if chosen is not None:
        await show_certificate(app, chosen)


async def show_certificate(app: Desk, one: Disposal) -> None:
    """A certificate; written as a text file where that is asked for."""
    if not await app.push_screen_wait(CertificateSheet(one)):
        return
    folder = default_folder(app.paths)
    offered = folder / f"certificate-of-disposal-{one.id}.txt"
    typed = await ask(app, "Write the certificate to", value=str(offered), required=True)
    if typed is None:
        return
    out = Path(typed).expanduser()
    await app.write(lambda data: disposing.write_certificate(data, one, out))
    await app.reload()  # the register, where that is on the screen
    app.notify(f"{out.name} is written, in {out.parent}.", timeout=6)


class CertificateSheet(Sheet[bool]):
    """A certificate in full; true to write it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "write", "Write", show=False)]
    scrolls: ClassVar[bool] = True

    def __init__(self, one: Disposal) -> None:
        super().__init__(f"{one.ref}: {label('disposal_state', one.state).lower()}")
        self._one = one

    def body(self) -> ComposeResult:
        """The text of the file."""
        for line in disposing.certificate_text(self._one).splitlines()[3:]:
            yield Words(line or " ")

    def keys(self) -> Sequence[tuple[str, str]]:
        """Scroll, write, leave."""
        return (("↑↓", "scroll"), ("w", "write as a file"), ("esc", "close"))

    def action_write(self) -> None:
        """Leave, to write it as a file."""
        self.dismiss(True)
