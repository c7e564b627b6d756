"""Before the survivor is reached: the safe-contact rule, read, and whether now is a safe time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from textual.app import ComposeResult

from config.codes import label
from config.format import local
from db.models import CaseFile
from db.readmodels import CaseCard
from sanctuary_tui import work
from sanctuary_tui.formrecords import CallForm, OtherForm, SilentForm, VoiceForm
from sanctuary_tui.pathway import contact
from sanctuary_tui.pathway.contact import SafeNow
from sanctuary_tui.pathway.emergency import is_emergency
from sanctuary_tui.screens.asking import confirm, fill_form
from widgets.dialogs import Choice, Pick
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_QUESTION: Final = "the safe-contact rule, read and kept to?"


async def rule_read(app: Desk, ref: str, rule: str) -> bool:
    """The rule, before an address or a letter is used; one key says that it was read."""
    return await confirm(app, f"{ref}: {_QUESTION}", rule)


async def before_visit(app: Desk, card: CaseCard, file: CaseFile) -> str | None:
    """The rule read, the title of a visit's form, with the interpreter it needs; None: not read."""
    if not await rule_read(app, card.ref, contact.safe_contact(file)):
        return None
    needed = contact.interpreter(file)
    return f"{card.ref}: book a visit" + (f", and its {needed}" if needed else "")


class ContactSheet(Pick):
    """The rule for contact, what the clock says of it, and the ways there are to go on.

    The result is a code of ``contact_way``, or None after escape.
    """

    def __init__(
        self, ref: str, rule: str, found: SafeNow, *, emergency: bool, checking: bool = False
    ) -> None:
        super().__init__(
            f"{ref}: {_QUESTION}",
            ways(found, emergency=emergency, checking=checking),
            filtered=False,
        )
        self._rule = rule
        self._found = found

    def body(self) -> ComposeResult:
        """The rule, the clock, the ways."""
        said = "" if self._found.state == "barred" else self._found.sentence
        yield Words(self._rule, style="strong")
        yield Words(said, style="late" if self._found.state == "shut" else "text")
        yield from super().body()

    def keys(self) -> Sequence[tuple[str, str]]:
        """Each way by its key."""
        return (("↑↓", "move"), ("enter", "choose"), ("esc", "leave"))


def ways(found: SafeNow, *, emergency: bool, checking: bool = False) -> list[Choice]:
    """The ways to go on: contact now only where now is safe, or in an emergency for a reason."""
    choices = []
    if found.state in ("open", "ask"):
        choices.append(Choice("out", "Yes: contact with the survivor now", "y"))
    choices.append(Choice("in", "The survivor got in touch", "i"))
    if found.state != "barred":
        choices.append(Choice("earlier", "Contact made earlier, in a safe time", "e"))
    choices.append(
        Choice("other", "Through somebody else" if checking else "Contact with somebody else", "o")
    )
    if found.state == "shut" and emergency:
        choices.append(Choice("emergency", "Emergency: go on now, for a reason kept", "x"))
    return choices


async def ask_way(app: Desk, card: CaseCard, file: CaseFile, *, checking: bool = False) -> Any:
    """Which way the contact goes, the rule having been read; None: it does not."""
    now = app.now()
    emergency = is_emergency(file, local(now).date(), app.settings) and not checking
    sheet = ContactSheet(
        card.ref,
        contact.safe_contact(file),
        contact.safe_now(file, now),
        emergency=emergency,
        checking=checking,
    )
    return await app.push_screen_wait(sheet)


_ASKED: Final = ("kind", "with_whom", "body", "still_safe", "next_action", "next_due")
_FIRST: Final = {"earlier": ("at",), "emergency": ("reason",)}


def form_for(file: CaseFile, way: str) -> tuple[type[CallForm], dict[str, Any], tuple[str, ...]]:
    """The form for a way: its class, what it starts with, the fields it asks."""
    if way == "other":
        return OtherForm, {}, tuple(name for name in _ASKED if name != "still_safe")
    silent = contact.silent(file) and way != "in"
    kind: type[CallForm] = SilentForm if silent else VoiceForm
    usual = contact.usual_way(file)
    start = {"kind": usual} if silent or usual != "note" else {}
    return kind, start, (*_FIRST.get(way, ()), *_ASKED)


async def log_contact(
    app: Desk, card: CaseCard, file: CaseFile, reminder_id: int | None
) -> str | None:
    """Log a call, text or visit once the rule was read; what to say of it, None when left."""
    way = await ask_way(app, card, file)
    if way is None:
        return None
    began = app.now()
    kind, values, only = form_for(file, way)

    def kept(given: dict[str, Any]) -> dict[str, Any]:
        at: datetime | None = given.get("at") if way == "earlier" else began
        return {**given, "way": way, "at": at}

    given = await fill_form(
        app,
        kind,
        title=f"{card.ref}: log a call" if kind is not OtherForm else f"{card.ref}: log a contact",
        values=values,
        only=only,
        banner=card,
        case_id=card.case_id,
        form=kind.table,
        commit=lambda given: app.write(
            lambda data: work.log_call(data, card.case_id, kept(given), app.settings, reminder_id)
        ),
    )
    if given is None:
        return None
    made = "contact" if kind is OtherForm else label("note_kind", given["kind"]).lower()
    return f"{card.ref}: {made} logged."
