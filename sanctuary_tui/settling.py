"""What settles a line of Today, kept on the case itself: the line goes because the fact is there.

Each is one batch, one line to undo; the reminder goes by its own rule, and comes back with an undo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any, Final

from config.codes import label
from config.errors import RefusedError
from config.format import short_date
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import CaseFile, MaracAction, Measure, Note, Reminder, Visit
from db.validation import validated
from sanctuary_tui import records, work
from sanctuary_tui.pathway import gates, reminders_told, works

_ANSWERS: Final = {
    "yes": "yes, they do it",
    "no": "no",
    "waiting": "no answer yet",
    "unfitted": "not fitted yet",
    "fitted": "fitted",
}
_LATER: Final = {"yes": "by", "waiting": "asked for by", "unfitted": "asked for by"}


def acknowledge(caseload: Caseload, case_id: int, said: str = "") -> None:
    """The referrer has had an answer today (DOMAIN 1, stage table)."""
    case = work.must_find(caseload, case_id).case
    with caseload.store.batch("referral acknowledged"):
        caseload.store.update(case, acknowledged=caseload.store.today())
        if said.strip():
            _note(caseload, case_id, f"acknowledge the referral: {said.strip()}")


def mend(
    caseload: Caseload, measure_id: int, settings: Settings, *, replaced_by: str = ""
) -> Measure:
    """A faulty measure works again, or was replaced by another of its kind (DOMAIN 7).

    It keeps the day it was first fitted on, which the checks and the return count from; the battery
    or service of another device counts from today.

    Raises:
        RefusedError: it is not faulty.
        Refusal: it was never fitted, and gates refuse it.
    """
    measure = queries.get(caseload.connection, Measure, measure_id)
    name = works.name(measure)
    before = work.must_find(caseload, measure.case_id)
    with caseload.store.batch(f"{'replaced' if replaced_by else 'mended'}: {name}"):
        _settle(caseload, measure, settings)
        if replaced_by:
            due = works.renewed(measure, caseload.store.today())
            caseload.store.update(measure, maintenance_due=due)
            _note(caseload, measure.case_id, f"{name}: replaced: {replaced_by.strip()}")
        _settle_told(caseload, before, settings)
    return queries.get(caseload.connection, Measure, measure_id)


def upkeep_done(
    caseload: Caseload, case_id: int, measure_ids: Iterable[int], said: str = ""
) -> None:
    """Batteries changed or devices serviced today: each is due again, counted from today."""
    today = caseload.store.today()
    measures = [queries.get(caseload.connection, Measure, one) for one in measure_ids]
    names = ", ".join(works.name(one) for one in measures)
    with caseload.store.batch(f"battery or service done: {names}"):
        for measure in measures:
            due = works.renewed(measure, today)
            if measure.fitted_on is None and due == measure.maintenance_due:
                due = None  # nobody knows for how long
            caseload.store.update(measure, maintenance_due=due)
        note = f"battery or service done: {names}"
        _note(caseload, case_id, f"{note}: {said.strip()}" if said.strip() else note)


def visited(
    caseload: Caseload,
    visit_id: int,
    outcome: str,
    settings: Settings,
    *,
    mended: Iterable[int] = (),
    fitted: Iterable[int] = (),
) -> Visit:
    """How a visit went, which faulty measures a repair mended, which an installation fitted.

    Raises:
        RefusedError: a measure that was mended was not faulty.
        Refusal: a gate stops the visit or a fitting; its findings say why and who.
    """
    visit = queries.get(caseload.connection, Visit, visit_id)
    before = work.must_find(caseload, visit.case_id)
    with caseload.store.batch("visit: outcome"):
        records.keep_record(
            caseload, Visit, visit.case_id, visit_id, {"outcome": outcome}, settings
        )
        for measure_id in fitted:
            day = min(visit.on or caseload.store.today(), caseload.store.today())
            work.set_measure_state(caseload, measure_id, "fitted", settings, fitted_on=day)
        for measure_id in mended:
            _settle(caseload, queries.get(caseload.connection, Measure, measure_id), settings)
        _settle_told(caseload, before, settings)
    return queries.get(caseload.connection, Visit, visit_id)


def landlords_answer(
    caseload: Caseload,
    case_id: int,
    answer: str,
    settings: Settings,
    *,
    until: date | None = None,
) -> None:
    """What a landlord's own scheme said, now or ``waiting`` until another day.

    ``yes`` is until the day it fits by; then it has ``fitted``, or is ``unfitted`` until another
    day. On ``no`` what it was to fit becomes a gap on another fund (DOMAIN 10 E).

    Raises:
        RefusedError: something is awaited, and no later day to expect it by.
        Refusal: gates refuse what it has fitted.
    """
    file = work.must_find(caseload, case_id)
    said = f"landlord's own scheme: {_ANSWERS[answer]}"
    if answer in _LATER:
        today = caseload.store.today()
        if until is None or until <= today:
            wanted = "answer" if answer == "waiting" else "have it fitted"
            raise RefusedError(f"Give a day later than today by which they should {wanted}.")
        said += f", {_LATER[answer]} {short_date(until, today)}"
    else:
        until = None
    given: dict[str, Any] = {"ha_return_due": until}
    if answer in ("yes", "no"):
        given["ha_answer"] = answer
    state = {"no": "declined", "fitted": "fitted"}.get(answer)
    with caseload.store.batch(said):
        if state is not None:
            for measure in works.pending(file):
                if measure.fund == "ha":
                    work.set_measure_state(caseload, measure.id, state, settings)
        caseload.store.update(file.case, **given)
        _note(caseload, case_id, said)


def settle_action(caseload: Caseload, action_id: int, state: str, said: str) -> MaracAction:
    """End an action of a meeting: done, with its evidence, or not, with the reason.

    Raises:
        RefusedError: it was not done and no reason is given.
    """
    action = queries.get(caseload.connection, MaracAction, action_id)
    given: dict[str, Any] = {"state": state}
    if state == "done":
        given |= {"done_on": caseload.store.today(), "evidence": said}
    else:
        given |= {"reason": said}
        if not said.strip():
            raise RefusedError("Say why it was not done; the meeting asks for the reason.")
    values = validated(MaracAction, given)
    return caseload.store.update(
        action, why=f"MARAC action {label('action_state', state).lower()}", **values
    )


def _note(caseload: Caseload, case_id: int, body: str) -> None:
    caseload.store.add(
        Note(
            case_id=case_id,
            at=caseload.store.now(),
            kind="done",
            body=body,
            by=caseload.store.who,
        )
    )


def _settle(caseload: Caseload, measure: Measure, settings: Settings) -> None:
    if measure.state != "faulty":
        raise RefusedError("That measure is not faulty now; move it on from the Measures tab (s).")
    file = work.must_find(caseload, measure.case_id)
    today = caseload.store.today()
    refused = gates.measure_refusals(file, measure, "fitted", today, settings)
    if refused:
        raise work.Refusal(tuple(refused))
    caseload.store.update(
        measure, state="fitted", fitted_on=measure.fitted_on or today, faulty_since=None
    )


def _settle_told(caseload: Caseload, before: CaseFile, settings: Settings) -> None:
    """A told fault that stood for a measure now mended is dealt with too: the two were one job."""
    file = work.must_find(caseload, before.case.id)
    stood = _told_faults(before, caseload.store.today(), settings)
    kept = {reminder.key: reminder for reminder in file.reminders}
    for key, reminder in _told_faults(file, caseload.store.today(), settings).items():
        if key in stood:
            continue
        if key in kept:
            caseload.store.update(kept[key], state="done")
        else:
            reminder.case_id, reminder.state = file.case.id, "done"
            caseload.store.add(reminder)


def _told_faults(file: CaseFile, today: date, settings: Settings) -> dict[str, Reminder]:
    """Every told fault nobody took up, whether a repair is booked for it or not."""
    kept = replace(file, visits=[one for one in file.visits if one.outcome != "booked"])
    return {
        reminder.key: reminder
        for reminder in reminders_told.reminders(kept, today, settings)
        if reminder.rule == "check_told" and reminder.key.endswith(":fault")
    }
