"""Forms that were left half-done: each waits in the caseload until it is saved or emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from config.codes import REMINDER_LIVE
from config.errors import RefusedError
from config.format import short_moment
from config.keymap import shown
from db import queries
from db.models import BY_TABLE, LegalHold, MaracListing
from db.queries import DraftNote
from db.readmodels import CaseCard
from sanctuary_tui.commands import BY_ID, keys_of
from sanctuary_tui.formkeeping import KEEPING, EndHoldForm, LookForm
from sanctuary_tui.formrecords import (
    AnswerForm,
    CallForm,
    ChaseForm,
    CloseForm,
    MeetingForm,
    OtherForm,
    OverrideForm,
    ReferralForm,
)
from sanctuary_tui.screens.acts import Target, tab_of
from sanctuary_tui.screens.asking import confirm, pick
from sanctuary_tui.screens.checking import DRAFT
from sanctuary_tui.screens.reaching import draft_name, draft_titles
from sanctuary_tui.screens.referral import take_referral

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_TITLES: dict[str, str] = {
    form.table: form.title
    for form in (
        ReferralForm,
        ChaseForm,
        AnswerForm,
        MeetingForm,
        OtherForm,
        CloseForm,
        OverrideForm,
        *KEEPING,
    )
} | {
    **draft_titles(CallForm.table, CallForm.title),
    **draft_titles(DRAFT, "Aftercare check"),
    draft_name(DRAFT, "other"): "Aftercare check, through somebody else",
    "visit": "Visit",
    "reminder": "Reminder",
    "check_ins": "Check-ins",
    "landlords_answer": "Landlord's own scheme: no answer yet",
    "landlords_works": "Landlord's own scheme: fits it by",
    "marac_transfer": "Transfer to another MARAC",
    "share_basis": "Decision to share",
    "fitted": "Measure fitted",
    "add_measure": "New measure",
}


def draft_title(form: str) -> str:
    """The words for a form's name."""
    kind = BY_TABLE.get(form)
    return _TITLES.get(form) or (kind.title if kind else form.replace("_", " ").capitalize())


async def resume_draft(app: Desk) -> None:
    """List the drafts; go to where the chosen one waits, and say which key opens it there."""
    waiting = await app.read(lambda data: queries.drafts(data.connection))
    if not waiting:
        raise RefusedError("No form was left half-done.")
    cards = await app.read(
        lambda data: queries.cards_of(data.connection, {one.case_id for one in waiting})
    )
    options = []
    for number, one in enumerate(waiting):
        card = cards.get(one.case_id)
        where = f"{card.ref} {card.masked}" if card else ""
        when = short_moment(one.saved)
        options.append((number, f"{draft_title(one.form)}  {where}  {when}"))
    chosen = await pick(app, "Left half-done", options)
    if chosen is None:
        return
    one = waiting[chosen]
    if one.form == ReferralForm.table:
        await take_referral(app, resumed=True)
        return
    where, command = _place_of(one, cards.get(one.case_id))
    found = await (_to_place(app, one, where) if where in _PLACES else _to_case(app, one, where))
    if not found:
        await _over(app, one)
        return
    key = shown(keys_of(BY_ID[command], app.settings.keys)) if command else ""
    opens = f"Press {key} for the form" if key else "Open the same form again"
    app.notify(f"{opens}; what you typed comes back in it.", timeout=8)


_PLACES: Final = ("consent screen", "marac", "directory")
_OPENED_BY: Final[dict[str, tuple[str, str]]] = {
    **dict.fromkeys(draft_titles(CallForm.table, ""), ("overview", "call")),
    **dict.fromkeys(draft_titles(DRAFT, ""), ("aftercare", "check")),
    draft_name(DRAFT, "other"): ("aftercare", "check"),
    OtherForm.table: ("overview", "call"),
    ChaseForm.table: ("consent", "chase"),
    AnswerForm.table: ("consent screen", "answer"),
    MeetingForm.table: ("marac", "outcome"),
    CloseForm.table: ("overview", "close_case"),
    OverrideForm.table: ("overview", "override"),
    **dict.fromkeys((form.table for form in KEEPING), ("overview", "retention")),
    "visit": ("measures", "book"),
    "reminder": ("aftercare", "remind"),
    "fitted": ("measures", "state"),
    "add_measure": ("measures", "add"),
    "check_ins": ("aftercare", "done"),
    "landlords_answer": ("aftercare", "done"),
    "landlords_works": ("aftercare", "done"),
    "marac_transfer": ("marac", "transfer"),
    "share_basis": ("marac", "send"),
    "notes": ("overview", "note"),
    "cases": ("overview", "add"),
}
"""The tab of its case, or the place, and the command that opens a form there."""
_ON: Final = {
    ChaseForm.table: "consent_requests",
    AnswerForm.table: "consent_requests",
    MeetingForm.table: MaracListing.table,
    "fitted": "measures",
    EndHoldForm.table: LegalHold.table,
    LookForm.table: LegalHold.table,
    "marac_transfer": MaracListing.table,
}
"""The table of the record that a form is about."""
_LINE: Final = {
    "check_ins": "ask_cadence",
    "landlords_answer": "ha_return",
    "landlords_works": "ha_return",
}
"""The rule of the line that a form is opened from."""


def _place_of(one: DraftNote, card: CaseCard | None) -> tuple[str, str]:
    """Where a form is opened, and by which command; none where a person has to find it."""
    if one.form in _OPENED_BY:
        return _OPENED_BY[one.form]
    command = "open" if one.record_id else "add"
    if card is None:
        return "directory", "change" if one.record_id else "add"
    tab = tab_of(Target(card, record_table=one.form))
    return tab, command if one.form in BY_TABLE else ""


async def _to_case(app: Desk, one: DraftNote, tab: str) -> bool:
    """Open the case at what the form is about; False where it is no longer there."""
    file = await app.read(lambda data: queries.case_file(data.connection, one.case_id))
    if file is None:
        return False
    table, number = _ON.get(one.form, one.form), one.record_id
    if one.form in _LINE:
        lines = [
            line.id
            for line in file.reminders
            if line.rule == _LINE[one.form] and line.state in REMINDER_LIVE
        ]
        if not lines:
            return False
        table, number = "reminders", lines[0]
    if number and not any(record.id == number for record in getattr(file, table, [file.case])):
        return False
    app.open_case(one.case_id, tab, at=(table, number) if number else None)
    return True


async def _to_place(app: Desk, one: DraftNote, place: str) -> bool:
    """Show the place, the cursor on the line the form is about; False where there is none."""
    from sanctuary_tui.screens.marac import MaracScreen

    await app.go(place.removesuffix(" screen"))
    screen: Any = app.screen
    if isinstance(screen, MaracScreen) and one.record_id:
        return await screen.show_listing(one.case_id, one.record_id)
    await app.reload()
    if place == "directory" or not one.record_id:
        return True
    for row in screen.lines.rows:
        if row.request_id == one.record_id:
            return bool(screen.lines.select(screen.lines.key(row)))
    return False


async def _over(app: Desk, one: DraftNote) -> None:
    """What the form was for is no longer there: it cannot be opened again."""
    title = draft_title(one.form)
    if await confirm(app, f"{title}: what it was for is over. Throw the draft away?"):
        await app.read(lambda data: data.store.discard_draft(one.case_id, one.form, one.record_id))
