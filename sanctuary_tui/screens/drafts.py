"""Forms that were left half-done: each waits in the caseload until it is saved or emptied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from config.errors import RefusedError
from config.format import short_moment
from db import queries
from db.models import BY_TABLE
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
from sanctuary_tui.screens.asking import pick
from sanctuary_tui.screens.checking import DRAFT
from sanctuary_tui.screens.reaching import draft_name, draft_titles

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
    )
} | {
    **draft_titles(CallForm.table, CallForm.title),
    **draft_titles(DRAFT, "Aftercare check"),
    draft_name(DRAFT, "other"): "Aftercare check, through somebody else",
    "visit": "Visit",
    "reminder": "Reminder",
    "check_ins": "Check-ins",
    "landlords_answer": "Landlord's answer",
}


def draft_title(form: str) -> str:
    """The words for a form's name."""
    kind = BY_TABLE.get(form)
    return _TITLES.get(form) or (kind.title if kind else form.replace("_", " ").capitalize())


async def resume_draft(app: Desk) -> None:
    """List the drafts; go to where the chosen one waits."""
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
        app.action_new()
        return
    card = cards.get(one.case_id)
    if card is None:
        raise RefusedError("Open the same form again; what you typed comes back in it.")
    app.open_case(one.case_id, tab_of(Target(card, record_table=one.form)))
    app.notify("Open the same form again; what you typed comes back in it.", timeout=6)
