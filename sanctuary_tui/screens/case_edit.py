"""Adding and correcting the records of a case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from config.errors import RefusedError
from config.format import money
from config.measures import CATEGORIES, catalogue
from db.models import (
    BY_TABLE,
    AftercareCheck,
    Closure,
    ConnectedPerson,
    ConsentEvent,
    ConsentRequest,
    LegalHold,
    Measure,
    Note,
    Organisation,
    Override,
    Person,
    Property,
    Reminder,
    RetentionReview,
    RiskAssessment,
    Seal,
    Visit,
)
from db.record import Record, specs
from sanctuary_tui import connected, records, views, work
from sanctuary_tui.formrecords import PlainNote
from sanctuary_tui.pathway import consent_agreed, wording
from sanctuary_tui.screens.asking import ask, choose, fill_dash, fill_form, pick
from sanctuary_tui.screens.checking import make_check
from sanctuary_tui.screens.reaching import before_visit
from widgets.dialogs import Choice

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_DATED = {
    "risk_assessments": "assessed",
    "safety_plans": "made",
    "support": "offered",
    "surveys": "done_on",
    "expenditures": "on",
    "grants": "on",
    "referrals_out": "made",
}


_BY_COMMAND = (ConsentEvent, Reminder, Override, Closure, LegalHold, RetentionReview, Seal)


async def add_record(app: Desk, view: views.CaseView, tables: Sequence[str]) -> bool:
    """Add a record of one of these tables; true when one was kept."""
    kinds = [BY_TABLE[table] for table in tables]
    if len(kinds) > 1:  # these have commands of their own, with their rules
        kinds = [kind for kind in kinds if kind not in _BY_COMMAND]
    if Property in kinds:
        kinds.append(Organisation)
    kind = kinds[0]
    if len(kinds) > 1:
        picked = await pick(app, "Add", [(one.table, one.title) for one in kinds])
        if picked is None:
            return False
        kind = BY_TABLE[picked]
    if kind is AftercareCheck:
        return await make_check(app, view.card, view.file) is not None
    if kind is Measure:
        return await _add_measure(app, view)
    if kind is RiskAssessment:
        return await _assess(app, view, None)
    if kind in (ConsentEvent, Reminder):
        raise RefusedError(
            "Use c to log a chase or a, on the Consent screen, for the answer."
            if kind is ConsentEvent
            else "Use r to add a reminder."
        )
    role = ""
    values = records.new_defaults(kind, view.file)
    if kind is Person:
        chosen = await choose(
            app,
            "Who",
            [("s", "Survivor"), ("p", "Perpetrator"), ("c", "Child"), ("h", "Other in household")],
        )
        if chosen is None:
            return False
        role = {"s": "survivor", "p": "perpetrator", "c": "child", "h": "household"}[chosen]
        values["role"] = role
    if kind is ConsentRequest:
        values["wording"] = wording.default_wording(view.file.measures, app.settings)
    if kind.table in _DATED:
        values[_DATED[kind.table]] = app.today
    if kind is Note:  # a contact is logged with l, by the safe-contact rule
        kind, values["kind"] = PlainNote, "note"
    title = ""
    if kind is Visit:
        title = await before_visit(app, view.card, view.file) or ""
        if not title:
            return False
    return await _form(app, view, kind, 0, values, role=role, title=title)


async def edit_record(
    app: Desk,
    view: views.CaseView,
    record: Record,
    *,
    only: Sequence[str] | None = None,
    revealed: bool = False,
) -> bool:
    """Correct a record; true when something was kept."""
    if isinstance(record, Note):
        said = await ask(app, "Correct this note", "The correction stands beside it", long=True)
        if not said:
            return False
        await app.write(lambda data: work.correct_note(data, record.id, said))
        return True
    if isinstance(record, LegalHold | RetentionReview):
        raise RefusedError("Press I: a hold is looked at again or ended there, and a review stays.")
    if isinstance(record, RiskAssessment) and only is None:
        return await _assess(app, view, record)
    if record.table == "safe_addresses" and not revealed:
        raise RefusedError("Press y first: a confidential address is shown for a reason only.")
    hidden: tuple[str, ...] = ()
    if isinstance(record, Property) and record.confidential == "yes" and not revealed:
        hidden = ("address", "postcode")
    if isinstance(record, Seal):
        raise RefusedError("A seal is not corrected; S lifts it, for a reason.")
    if isinstance(record, ConsentEvent):
        raise RefusedError("What happened is not changed; log what happened since with c.")
    values = {name: getattr(record, name) for name in specs(type(record))}
    role = record.role if isinstance(record, Person) else ""
    names = tuple(only or records.form_fields(type(record), role))
    return await _form(
        app,
        view,
        type(record),
        record.id,
        values,
        role=role,
        only=tuple(name for name in names if name not in hidden),
    )


async def _form(
    app: Desk,
    view: views.CaseView,
    kind: type[Record],
    record_id: int,
    values: dict[str, Any],
    *,
    role: str = "",
    only: Sequence[str] | None = None,
    title: str = "",
) -> bool:
    verb = "Correct" if record_id else "New"
    case_id = view.file.case.id
    kept: list[Record] = []

    async def keep(given: dict[str, Any]) -> None:
        kept.append(
            await app.write(
                lambda data: records.keep_record(
                    data, BY_TABLE[kind.table], case_id, record_id, given, app.settings
                )
            )
        )

    given = await fill_form(
        app,
        kind,
        title=title or f"{view.card.ref}: {verb.lower()} {kind.title.lower()}",
        values=values,
        only=tuple(only or records.form_fields(kind, role)),
        role=role or None,
        links=records.link_choices(kind, view.file, view.organisations, view.funds),
        banner=view.card if kind is Visit else None,
        case_id=case_id,
        form=kind.table,
        record_id=record_id,
        start="body" if issubclass(kind, Note) else "",
        commit=keep,
    )
    _tell_agreement(app, view, kept)
    if kind is ConnectedPerson and kept:
        file = await app.read(lambda data: work.must_find(data, case_id))
        said = connected.clashes(file, app.today)
        if said:
            app.notify(said, severity="warning", timeout=12, markup=False)
    return given is not None


def _tell_agreement(app: Desk, view: views.CaseView, kept: Sequence[Record]) -> None:
    """Say so where a change ended the survivor's agreement to a consent request."""
    for record in kept:
        before = next((one for one in view.file.consent_requests if one.id == record.id), None)
        if isinstance(record, ConsentRequest) and before is not None:
            said = consent_agreed.ended(before, record)
            if said:
                app.notify(said, severity="warning", timeout=10, markup=False)


async def _add_measure(app: Desk, view: views.CaseView) -> bool:
    policy = app.settings.policy
    options = [
        Choice(
            str(entry.id),
            f"{entry.id:>2}  {entry.name}  ({CATEGORIES[entry.category].lower()}"
            f"{', ' + money(entry.typical_pence) if entry.typical_pence else ''})",
            also=entry.also,
        )
        for entry in catalogue().values()
        if entry.id != 33 or policy.video_doorbell
    ]
    picked = await pick(app, "Measure from the catalogue", options)
    if picked is None:
        return False
    entry = catalogue()[int(picked)]
    case_id = view.file.case.id
    given = await fill_form(
        app,
        Measure,
        title=f"{view.card.ref}: {entry.name}",
        values={"qty": 1, "cost": entry.typical_pence},
        only=("location", "qty", "reason", "part", "cost", "fund", "access_need"),
        case_id=case_id,
        form="add_measure",
        commit=lambda given: app.write(
            lambda data: work.add_measure(data, case_id, entry.id, **given)
        ),
    )
    return given is not None


async def _assess(app: Desk, view: views.CaseView, record: RiskAssessment | None) -> bool:
    """The 24 answers first where they are to be had, then the rest of the assessment."""
    answers: str | None = record.answers if record else ""
    how = "a"
    if record is None or not record.answers:
        chosen = await choose(
            app, "Assessment", [("a", "The 24 answers"), ("s", "Only the score, or no score")]
        )
        if chosen is None:
            return False
        how = chosen
    if how == "a":
        answers = await fill_dash(app, answers or "", title=f"{view.card.ref}: the 24 questions")
        if answers is None:
            return False
    values = {name: getattr(record, name) for name in specs(RiskAssessment)} if record else {}
    values.setdefault("assessed", app.today)
    only = [name for name in records.form_fields(RiskAssessment) if name != "answers"]
    told = {"answers": answers or ""} if how == "a" else {}
    case_id, record_id = view.file.case.id, record.id if record else 0
    if how == "a":
        only.remove("score")
    given = await fill_form(
        app,
        RiskAssessment,
        title=f"{view.card.ref}: risk assessment",
        values=values,
        only=tuple(only),
        case_id=case_id,
        form=RiskAssessment.table,
        record_id=record_id,
        commit=lambda given: app.write(
            lambda data: records.keep_record(
                data, RiskAssessment, case_id, record_id, {**given, **told}
            )
        ),
    )
    return given is not None
