"""Before the survivor is reached: the safe-contact rule, read, and whether now is a safe time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from textual.app import ComposeResult

from config.codes import CODES, label
from config.format import local
from db.models import CaseFile
from db.readmodels import CaseCard
from db.record import specs
from sanctuary_tui import contacts, work
from sanctuary_tui.formrecords import CallForm, OtherForm, SilentForm, VoiceForm
from sanctuary_tui.pathway import contact
from sanctuary_tui.pathway.contact import SafeNow
from sanctuary_tui.pathway.emergency import is_emergency
from sanctuary_tui.screens.asking import confirm, fill_form
from widgets.dialogs import Choice, Pick
from widgets.reading import ReadsFirst
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_QUESTION: Final = "the safe-contact rule, read and kept to?"
_SHOWN: Final = {"note": "letter or somebody else"}


async def rule_read(app: Desk, ref: str, rule: str) -> bool:
    """The rule, before an address or a letter is used; one key says that it was read."""
    return await confirm(app, f"{ref}: {_QUESTION}", rule, strong=True)


async def before_visit(app: Desk, card: CaseCard, file: CaseFile) -> str | None:
    """The rule read, the title of a visit's form, with the interpreter it needs; None: not read.

    Raises:
        RefusedError: the survivor is not to be reached, so that no visit is booked.
    """
    contacts.refuse_visits(file)
    if not await rule_read(app, card.ref, contact.safe_contact(file)):
        return None
    needed = contact.interpreter(file)
    return f"{card.ref}: book a visit" + (f", and its {needed}" if needed else "")


class ContactSheet(ReadsFirst[Any], Pick):
    """The rule for contact, what the clock says of it, and the ways there are to go on.

    ``shut`` says what is not to be used now while something else is. The result is a code of
    ``contact_way``, or None after escape.
    """

    def __init__(
        self, ref: str, rule: str, found: SafeNow, choices: Sequence[Choice], *, shut: str = ""
    ) -> None:
        super().__init__(f"{ref}: {_QUESTION}", choices, filtered=False)
        self._rule = rule
        self._found = found
        self._shut = shut

    def body(self) -> ComposeResult:
        """The rule, the clock, the ways."""
        said = "" if self._found.state == "barred" else self._found.sentence
        yield Words(self._rule, style="strong")
        yield Words(said, style="late" if self._found.state == "shut" else "text")
        if self._shut:
            yield Words(self._shut, style="late")
        yield from super().body()

    def keys(self) -> Sequence[tuple[str, str]]:
        """Each way by its key."""
        return (("↑↓", "move"), ("enter", "choose"), ("esc", "leave"))

    def _fit(self, height: int) -> None:
        super()._fit(height)
        self.call_after_refresh(self._leave_room, height)

    def _leave_room(self, height: int) -> None:
        """The list takes what the words leave; where they leave none, it is scrolled to."""
        words = sum(one.outer_size.height for one in self.query(".sheet-body Words"))
        title = self.query_one(".sheet-title").outer_size.height
        room = height - 2 - title
        self.query_one(".sheet-body").styles.max_height = max(1, room)
        rows = room - words if words < room else max(1, room - 2)
        self.list.styles.max_height = max(1, rows)

    def picked(self, choice: Choice) -> None:
        """Take a way, once the rule was read."""
        if self.unread():
            self.say_read_on()
        else:
            super().picked(choice)


def ways(
    found: SafeNow, *, emergency: bool, by: Sequence[str] = (), checking: bool = False
) -> list[Choice]:
    """The ways to go on: contact now only where now is safe, or in an emergency for a reason.

    ``by`` names the kinds of contact that are open now, where the usual one is not.
    """
    choices = []
    if found.state in ("open", "ask"):
        only = f", by {', '.join(by)}" if by else ""
        choices.append(Choice("out", f"Yes: contact with the survivor now{only}", "y"))
    choices.append(Choice("in", "The survivor got in touch", "i"))
    if found.state != "barred":
        choices.append(Choice("earlier", "Contact made earlier, in a safe time", "e"))
    choices.append(
        Choice("other", "Through somebody else" if checking else "Contact with somebody else", "o")
    )
    if emergency and found.state in ("open", "ask", "shut") and (found.state == "shut" or by):
        choices.append(Choice("emergency", "Emergency: go on now, for a reason kept", "x"))
    return choices


def kinds_for(file: CaseFile, way: str, now: datetime) -> tuple[str, ...]:
    """The kinds of contact a way may be logged as: of ours, only those the rule does not bar.

    Those open now; at an earlier time, which is judged when it is known, those there is a way for;
    in an emergency those that are only shut, too.
    """
    if way == "in":
        return tuple(kind for kind in contact.KINDS if kind != "tried")
    found = {kind: contact.safe_now(file, now, kind=kind) for kind in contact.KINDS}
    if way == "out":
        return tuple(kind for kind, one in found.items() if one.state in ("open", "ask"))
    return tuple(
        kind
        for kind, one in found.items()
        if one.state != "barred"
        and (way == "emergency" or one.state != "shut" or one.changes is not None)
    )


def sheet_for(
    file: CaseFile, ref: str, now: datetime, *, emergency: bool, checking: bool = False
) -> ContactSheet:
    """The sheet a contact begins with at a moment."""
    found = contact.safe_now(file, now)
    usual, open_now = contact.usual_way(file), contact.open_kinds(file, now)
    named: list[str] = []
    shut = ""
    if found.state in ("open", "ask") and usual not in open_now:
        named = [_named(kind) for kind in open_now if kind != "tried"]
        shut = contact.safe_now(file, now, kind=usual).sentence
    choices = ways(found, emergency=emergency, by=named, checking=checking)
    return ContactSheet(ref, contact.safe_contact(file), found, choices, shut=shut)


def _named(kind: str) -> str:
    return _SHOWN.get(kind) or label("note_kind", kind).lower()


async def ask_way(app: Desk, card: CaseCard, file: CaseFile, *, checking: bool = False) -> Any:
    """Which way the contact goes, the rule having been read; None: it does not."""
    now = app.now()
    emergency = is_emergency(file, local(now).date(), app.settings)
    sheet = sheet_for(file, card.ref, now, emergency=emergency, checking=checking)
    return await app.push_screen_wait(sheet)


_ASKED: Final = ("kind", "with_whom", "body", "still_safe", "next_action", "next_due")
FIRST: Final = {"earlier": ("at",), "emergency": ("reason",)}
"""What a way asks first."""
_TITLES: Final = {
    "out": "",
    "in": ": the survivor got in touch",
    "earlier": ", made earlier",
    "emergency": ", in an emergency",
}


@dataclass(frozen=True, slots=True)
class WayForm:
    """The form for a way: its class, the name of its draft, its title, the fields it asks, what it
    starts with, and what its lists offer.
    """

    kind: type[CallForm]
    draft: str
    title: str
    asks: tuple[str, ...]
    values: dict[str, Any]
    choices: dict[str, tuple[str, ...]]


def form_for(file: CaseFile, way: str, now: datetime) -> WayForm:
    """The form for a way at a moment; each way keeps a draft of its own."""
    if way == "other":
        asks = tuple(name for name in _ASKED if name != "still_safe")
        return WayForm(OtherForm, OtherForm.table, "log a contact", asks, {}, {})
    kind: type[CallForm] = SilentForm if contact.silent(file) and way != "in" else VoiceForm
    listed = CODES[specs(kind)["kind"].codes]
    kinds = tuple(one for one in kinds_for(file, way, now) if one in listed)
    return WayForm(
        kind,
        draft_name(kind.table, way),
        f"log a call{_TITLES[way]}",
        (*FIRST.get(way, ()), *_ASKED),
        {"kind": start_kind(file, kinds)},
        {"kind": kinds},
    )


def start_kind(file: CaseFile, kinds: Sequence[str], wished: str = "") -> str:
    """The kind a form opens on: as it was wished, the usual one, or the first there is."""
    for kind in (wished, contact.usual_way(file), *kinds):
        if kind in kinds:
            return kind
    return ""


def draft_name(form: str, way: str) -> str:
    """The name of the draft of a form, by way: what is half-said of one is not said of another."""
    return form if way == "out" else f"{form}_{way}"


def draft_titles(form: str, title: str) -> dict[str, str]:
    """The names of a form's drafts, by way, with the words for each."""
    return {draft_name(form, way): f"{title}{more}" for way, more in _TITLES.items()}


async def log_contact(
    app: Desk, card: CaseCard, file: CaseFile, reminder_id: int | None
) -> str | None:
    """Log a call, text or visit once the rule was read; what to say of it, None when left."""
    way = await ask_way(app, card, file)
    if way is None:
        return None
    began = app.now()
    form = form_for(file, way, began)

    def kept(given: dict[str, Any]) -> dict[str, Any]:
        at: datetime | None = given.get("at") if way == "earlier" else began
        return {**given, "way": way, "at": at}

    given = await fill_form(
        app,
        form.kind,
        title=f"{card.ref}: {form.title}",
        values=form.values,
        only=form.asks,
        banner=card,
        case_id=card.case_id,
        form=form.draft,
        choices=form.choices,
        commit=lambda given: app.write(
            lambda data: work.log_call(data, card.case_id, kept(given), app.settings, reminder_id)
        ),
    )
    if given is None:
        return None
    made = "contact" if way == "other" else label("note_kind", given["kind"]).lower()
    return f"{card.ref}: {made} logged."
