"""``d`` on a line that stands for a fact: it asks for the fact, and the line goes by its rule."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from config.codes import label
from config.errors import RefusedError
from config.format import counted, short_date
from db.models import Case, CaseFile, Measure, ReferralOut, Reminder, Visit
from db.readmodels import CaseCard
from sanctuary_tui import records, settling, work
from sanctuary_tui.pathway import gates, reminders_after, reminders_outward, scheme, works
from sanctuary_tui.screens.asking import ask, choose, fill_form, tick

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk

_OUTCOMES: Final = {
    "d": "done",
    "p": "part",
    "n": "no_access",
    "w": "cancelled_by_us",
    "t": "cancelled_by_them",
    "x": "unsafe",
}
"""How a visit went, by the key that says it."""


async def settle(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """Ask for what the line stands for and keep it; what to say of it, None when left."""
    return await ASKS[reminder.rule](app, card, reminder)


async def _acknowledge(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    said = await ask(app, f"Done: {reminder.title_text}", "Note (may be blank)")
    if said is None:
        return None
    await app.write(lambda data: settling.acknowledge(data, card.case_id, said))
    return f"{card.ref}: acknowledged today."


async def _cadence(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    file = await _file(app, card)
    settings = app.settings
    given = await fill_form(
        app,
        Case,
        title=f"{card.ref}: {reminder.title_text}",
        values={"cadence": file.case.cadence, "aftercare_method": file.case.aftercare_method},
        only=("cadence", "aftercare_method"),
        banner=card,
        case_id=card.case_id,
        form="check_ins",
        record_id=card.case_id,
        commit=lambda given: app.write(
            lambda data: records.keep_record(
                data, Case, card.case_id, card.case_id, given, settings
            )
        ),
    )
    if given is None:
        return None
    if given.get("cadence", file.case.cadence) in ("not_asked", ""):
        return f"{card.ref}: not asked yet; the line stays."
    return f"{card.ref}: check-ins as they chose."


async def _fault(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    measure_id, settings = _about(reminder), app.settings
    picked = await choose(
        app,
        f"{card.ref}: {reminder.title_text}",
        [("m", "Mended"), ("r", "Replaced"), ("f", "Still faulty: the line stays")],
    )
    if picked is None:
        return None
    if picked == "f":
        return f"{card.ref}: still faulty; b books a repair."
    new = ""
    if picked == "r":
        said = await ask(app, f"{card.ref}: replaced", "With what, by whom", required=True)
        if said is None:
            return None
        new = said
    await app.write(lambda data: settling.mend(data, measure_id, settings, replaced_by=new))
    return f"{card.ref}: {'replaced' if new else 'mended'}."


async def _visit(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    visit_id, settings = _about(reminder), app.settings
    picked = await choose(
        app,
        f"{card.ref}: {reminder.title_text}",
        [(key, label("visit_outcome", outcome)) for key, outcome in _OUTCOMES.items()],
    )
    if picked is None:
        return None
    outcome, mended, fitted = _OUTCOMES[picked], [], []
    if outcome == "done":
        file = await _file(app, card)
        ticked = await _fitted(app, card, file, visit_id)
        if ticked is None:
            return None
        fitted = ticked
        repair = any(one.id == visit_id and one.kind == "repair" for one in file.visits)
        faulty = [one for one in file.measures if one.state == "faulty"]
        if repair and faulty:
            said = await _mended(app, card, faulty)
            if said is None:
                return None
            mended = said
    await app.write(
        lambda data: settling.visited(
            data, visit_id, outcome, settings, mended=mended, fitted=fitted
        )
    )
    more = f", {counted(len(fitted), 'measure')} fitted" if fitted else ""
    return f"{card.ref}: {label('visit_outcome', outcome).lower()}{more}."


async def _fitted(app: Desk, card: CaseCard, file: CaseFile, visit_id: int) -> list[int] | None:
    """Which of the measures agreed an installation fitted, all ticked at first; None when left."""
    visit = next((one for one in file.visits if one.id == visit_id), None)
    if visit is None or visit.kind != "install":
        return []
    today, settings = app.today, app.settings
    ready = [
        one
        for one in file.measures
        if one.state in ("approved", "ordered")
        and not gates.measure_refusals(file, one, "fitted", today, settings)
    ]
    if not ready:
        return []
    ticked: list[int] | None = await tick(
        app,
        f"{card.ref}: tick what was fitted",
        [(one.id, works.name(one)) for one in ready],
        chosen=[one.id for one in ready],
    )
    return ticked


async def _mended(app: Desk, card: CaseCard, faulty: list[Measure]) -> list[int] | None:
    """Which of the faulty measures the repair mended; None when left."""
    if len(faulty) > 1:
        options = [(one.id, works.name(one)) for one in faulty]
        ticked: list[int] | None = await tick(app, f"{card.ref}: tick what is mended", options)
        return ticked
    (one,) = faulty
    picked = await choose(
        app,
        f"{card.ref}: is it mended? {works.name(one)}",
        [("y", "Yes, mended"), ("n", "No, still faulty")],
    )
    return None if picked is None else [one.id] if picked == "y" else []


async def _police(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """Whether the police say that a visit is safe (gate G7)."""
    visit_id, settings = _about(reminder), app.settings
    picked = await choose(
        app,
        f"{card.ref}: {reminder.title_text}",
        [
            ("y", "Yes, they say it is safe"),
            ("n", "No, they advise against it: the visit stays stopped"),
            ("w", "No answer yet: the line stays"),
        ],
    )
    if picked is None:
        return None
    if picked == "w":
        return f"{card.ref}: no answer yet; the line stays."
    answer = {"y": "yes", "n": "no"}[picked]
    await app.write(
        lambda data: records.keep_record(
            data, Visit, card.case_id, visit_id, {"police_answer": answer}, settings
        )
    )
    return f"{card.ref}: the police said {answer}."


async def police_form(app: Desk, card: CaseCard, visit_id: int | None) -> str | None:
    """The form of the visit that the police are asked about, at their answer."""
    file, settings = await _file(app, card), app.settings
    visit = next((one for one in file.visits if one.id == visit_id), None)
    if visit is None:
        raise RefusedError("What this line is about is no longer there; open the case instead.")
    number, names = visit.id, records.form_fields(Visit)
    given = await fill_form(
        app,
        Visit,
        title=f"{card.ref}: correct visit",
        values={name: getattr(visit, name) for name in names},
        only=names,
        banner=card,
        case_id=card.case_id,
        form=Visit.table,
        record_id=number,
        start="police_answer",
        commit=lambda given: app.write(
            lambda data: records.keep_record(data, Visit, card.case_id, number, given, settings)
        ),
    )
    return None if given is None else "Kept."


_THEIR_ANSWER: Final = (
    "what does the landlord's own scheme say?",
    ("y", "yes", "Yes, they do it: fitted by which day"),
    ("n", "no", "No: what they were to fit becomes a gap to fund"),
    ("w", "waiting", "No answer yet: a new date"),
)
_THEIR_WORKS: Final = (
    "has it fitted what it was to fit?",
    ("f", "fitted", "Yes, all of it"),
    ("w", "unfitted", "Not yet: a new date"),
    ("n", "no", "They do not do it after all: a gap to fund"),
)
_THEY_SAID: Final = {
    "yes": "they do it, by {day}.",
    "no": "they do not do it, noted.",
    "waiting": "answer due {day}.",
    "fitted": "fitted, noted.",
    "unfitted": "not fitted yet, asked for by {day}.",
}


async def _landlord(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    settings = app.settings
    file = await _file(app, card)
    question, *answers = _THEIR_WORKS if scheme.ha_fits(file) else _THEIR_ANSWER
    picked = await choose(app, f"{card.ref}: {question}", [(key, text) for key, _, text in answers])
    if picked is None:
        return None
    answer = next(name for key, name, _ in answers if key == picked)
    if answer in ("no", "fitted"):
        await app.write(
            lambda data: settling.landlords_answer(data, card.case_id, answer, settings)
        )
        return f"{card.ref}: {_THEY_SAID[answer]}"
    given = await fill_form(
        app,
        Case,
        title=f"{card.ref}: " + ("no answer yet" if answer == "waiting" else "landlord fits it by"),
        values={"ha_return_due": scheme.ha_return_due(app.today, settings)},
        only=("ha_return_due",),
        case_id=card.case_id,
        form="landlords_answer" if answer == "waiting" else "landlords_works",
        record_id=card.case_id,
        commit=lambda given: app.write(
            lambda data: settling.landlords_answer(
                data, card.case_id, answer, settings, until=given.get("ha_return_due")
            )
        ),
    )
    if given is None:
        return None
    day = short_date(given["ha_return_due"])
    return f"{card.ref}: {_THEY_SAID[answer].format(day=day)}"


async def _action(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """An action of a MARAC is done with evidence, or not, with the reason."""
    action_id = _about(reminder)
    states = {"d": "done", "n": "not_possible", "r": "reassigned"}
    picked = await choose(
        app,
        f"{card.ref}: {reminder.title_text}",
        [(key, label("action_state", state)) for key, state in states.items()],
    )
    if picked is None:
        return None
    state = states[picked]
    asked = "Evidence (may be blank)" if state == "done" else "Why, or to whom"
    said = await ask(app, label("action_state", state), asked)
    if said is None:
        return None
    await app.write(lambda data: settling.settle_action(data, action_id, state, said))
    return f"{card.ref}: action {label('action_state', state).lower()}."


async def _reopen(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """What happened to a closed case: open it again, or leave it closed for a reason."""
    settings = app.settings
    picked = await choose(
        app,
        f"{card.ref}: {reminder.title_text}",
        [("o", "Open it again, at triage"), ("l", "Leave it closed: say why")],
    )
    if picked is None:
        return None
    if picked == "o":
        await app.write(lambda data: work.reopen(data, card.case_id, "triage", settings))
        return f"{card.ref}: open again, at triage."
    said = await ask(app, f"{card.ref}: left closed", "Why", required=True)
    if said is None:
        return None
    await app.write(lambda data: work.mark_done(data, reminder.id, said))
    return f"{card.ref}: left closed, with the reason."


async def _batteries(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """Batteries changed, or serviced: due again by the catalogue, counted from today."""
    file = await _file(app, card)
    measures = [one for one in file.measures if one.id in reminders_after.upkeep_of(reminder)]
    done, note = [one.id for one in measures], ""
    if len(measures) > 1:
        options = [(one.id, works.name(one)) for one in measures]
        ticked: list[int] | None = await tick(app, f"{card.ref}: tick what is done", options)
        if ticked is None:
            return None
        done = ticked
    else:
        said = await ask(app, f"Done: {reminder.title_text}", "Note (may be blank)")
        if said is None:
            return None
        note = said
    if not done:
        return f"{card.ref}: nothing done yet; the line stays."
    await app.write(lambda data: settling.upkeep_done(data, card.case_id, done, note))
    return f"{card.ref}: done."


async def _outward(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """What a referral outward came to: an answer, an outcome, or a day to ask again."""
    file, number, settings = await _file(app, card), _about(reminder), app.settings
    referral = next((one for one in file.referrals_out if one.id == number), None)
    if referral is None:
        raise RefusedError("What this line is about is no longer there; open the case instead.")
    asked = ("answer", "answered", "outcome", "outcome_on", "next_look", "note")
    given = await fill_form(
        app,
        ReferralOut,
        title=f"{card.ref}: {label('outward_kind', referral.kind).lower()}",
        values={name: getattr(referral, name) for name in asked},
        only=asked,
        case_id=card.case_id,
        form="outward",
        record_id=number,
        commit=lambda given: app.write(
            lambda data: records.keep_record(
                data, ReferralOut, card.case_id, number, given, settings
            )
        ),
    )
    if given is None:
        return None
    file = await _file(app, card)
    kept = next(one for one in file.referrals_out if one.id == number)
    due = reminders_outward.look_on(file, kept, settings)
    return f"{card.ref}: " + ("outcome kept." if due is None else f"asked again {short_date(due)}.")


async def _file(app: Desk, card: CaseCard) -> CaseFile:
    return await app.read(lambda data: work.must_find(data, card.case_id))


def _about(reminder: Reminder) -> int:
    if reminder.record_id is None:
        raise RefusedError("What this line is about is no longer there; open the case instead.")
    return reminder.record_id


async def _keeping(app: Desk, card: CaseCard, reminder: Reminder) -> str | None:
    """Done is a decision: kept, held, or disposed of; the line goes by what was decided."""
    from sanctuary_tui.screens.keeping import review_case

    return await review_case(app, card.case_id)


ASKS: Final[dict[str, Callable[[Any, CaseCard, Reminder], Awaitable[str | None]]]] = {
    "acknowledge": _acknowledge,
    "ask_cadence": _cadence,
    "battery": _batteries,
    "fault": _fault,
    "ha_return": _landlord,
    "marac_action": _action,
    "outward": _outward,
    "police_answer": _police,
    "reopen": _reopen,
    "retention_review": _keeping,
    "visit": _visit,
}
"""Who asks, by the rule of the line."""

DOES: Final = {
    "book_install": "book",
    "book_survey": "book",
    "consent_chase": "chase",
    "consent_escalate": "chase",
    "consent_owner": "chase",
    "consent_send": "chase",
    "first_contact": "call",
}
"""What ``d`` does on a line that an act of its own ends: a note alone would lose the case."""

RECORDED: Final = {
    "eh_answer": "consent",
    "handover": "measures",
    "marac_outcome": "risk",
    "plan_review": "support",
    "record_fit": "measures",
    "record_survey": "measures",
    "risk_review": "risk",
    "support_offer": "support",
    "survivor_wording": "consent",
}
"""Lines that end with a record, and the tab it is made on: no note does without it."""
