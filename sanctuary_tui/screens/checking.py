"""An aftercare check is a contact: the rule read, how and when it was made, then its questions."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from config.codes import CODES
from db.models import AftercareCheck, CaseFile
from db.readmodels import CaseCard
from db.record import specs
from sanctuary_tui import work
from sanctuary_tui.formrecords import CheckForm
from sanctuary_tui.screens.asking import confirm, fill_form
from sanctuary_tui.screens.reaching import FIRST, ask_way, draft_name, kinds_for, start_kind

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

DRAFT: Final = "check"
_WISHES: Final = {
    "text": ("text",),
    "email": ("email",),
    "call": ("phone", "call", "ring"),
    "visit": ("visit",),
    "note": ("letter", "through", "worker"),
}


async def make_check(
    app: Desk,
    card: CaseCard,
    file: CaseFile,
    *,
    title: str = "",
    kind: str = "extra",
    due: date | None = None,
    reminder_id: int | None = None,
) -> str | None:
    """Record an aftercare check once the rule was read; what to say of it, None when left."""
    if file.case.cadence == "no_calls" and not await confirm(
        app, "The survivor chose no calls. Record a check they asked for?"
    ):
        return None
    way = await ask_way(app, card, file, checking=True)
    if way is None:
        return None
    began = app.now()
    kinds = tuple(one for one in kinds_for(file, way, began) if one in CODES["check_by"])
    values: dict[str, Any] = {"kind": kind, "due": due}
    if way == "other":
        values["method"] = file.case.aftercare_method
    else:
        values["by"] = start_kind(file, kinds, wished(file))

    def kept(given: dict[str, Any]) -> dict[str, Any]:
        at: datetime | None = given.get("at") if way == "earlier" else began
        return {**given, "way": way, "at": at}

    given = await fill_form(
        app,
        CheckForm,
        title=f"{card.ref}: {title or 'aftercare check'}",
        values=values,
        only=asked(way),
        banner=card,
        case_id=card.case_id,
        form=draft_name(DRAFT, way),
        choices={"by": kinds},
        commit=lambda given: app.write(
            lambda data: work.record_check(
                data, card.case_id, kept(given), reminder_id, settings=app.settings
            )
        ),
    )
    return None if given is None else f"{card.ref}: check recorded."


def wished(file: CaseFile) -> str:
    """How the survivor chose to be asked, as a kind of contact; empty where nothing says it."""
    said = file.case.aftercare_method.casefold()
    return next((kind for kind, words in _WISHES.items() if any(one in said for one in words)), "")


def asked(way: str) -> tuple[str, ...]:
    """The fields of a check by its way: ours say how it was made, and their day is that of then."""
    names = [name for name, spec in specs(AftercareCheck).items() if spec.shown]
    if way != "other":
        names[names.index("method")] = "by"
    if way not in ("in", "other"):
        names.remove("done_on")
    return (*FIRST.get(way, ()), *names)
