"""Reminders of visits: to keep them, to book them, to record what they brought, the handover."""

from __future__ import annotations

import re
from datetime import date

from config.calendar import add_working_days
from config.codes import label
from config.settings import Settings
from db.models import CaseFile, Reminder, Visit
from db.readmodels import Finding
from sanctuary_tui.pathway import contact, gate_safety, scheme, stage_exits, stages, works
from sanctuary_tui.pathway.dates import entered_on, latest, working_day_before
from sanctuary_tui.pathway.reminder import pace_anchor, reminder

_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_AGAIN = {
    "no_access": "book again: no access",
    "cancelled_by_us": "book again: cancelled",
    "cancelled_by_them": "book again: cancelled",
    "unsafe": "book again: left as unsafe",
    "part": "book again: part done",
    "done": "book again: works left",
}


def reminders(
    file: CaseFile, today: date, begun: date, urgent: bool, settings: Settings
) -> list[Reminder]:
    """Every reminder of these rules for an open case; ``urgent`` on the emergency path."""
    found = []
    for visit in file.visits:
        if visit.outcome == "booked" and visit.on is not None:
            stopped = gate_safety.visit_finding(file, visit, today, settings)
            found += _visit(file, visit, visit.on, begun, settings, stopped)
    if not stages.at_least(file.case.stage, "aftercare"):
        entered = entered_on(file.case, today)
        found += _survey(file, entered) + _install(file, entered, urgent) + _handover(file)
    return found


def _visit(
    file: CaseFile,
    visit: Visit,
    on: date,
    begun: date,
    settings: Settings,
    finding: Finding | None,
) -> list[Reminder]:
    """A booked visit, the police's answer it waits for (gate G7), the interpreter it needs.

    Where the survivor is not to be contacted nobody comes: the visit is to be put off.
    """
    kind = label("visit_kind", visit.kind).lower()
    window = _CLOCK.search(visit.window)
    due, title, at = on, f"{kind} visit {visit.window}".strip(), window.group() if window else ""
    if contact.stops_contact(file):
        due, at = min(on, max(working_day_before(on), begun)), ""
        title = f"no contact: put off the {kind} visit"
    anchor = f"{visit.id}:{on}"
    found = [reminder("visit", anchor, due, title, "open", at=at, about=visit)]
    if finding is not None and finding.severity == "stop":
        due = min(on, max(working_day_before(on), begun))
        title = f"police answer before {kind} visit"
        found.append(
            reminder(
                "police_answer", f"{visit.id}:{on}", due, title, "call", who="Police", about=visit
            )
        )
    needed = contact.interpreter(file)
    if needed:
        due = on
        for _ in range(settings.tasks.interpreter_days):
            due = working_day_before(due)
        title = f"book {needed}: {kind}"
        due = min(on, max(due, begun))
        found.append(reminder("interpreter", f"{visit.id}:{on}", due, title, "open", about=visit))
    return found


def _survey(file: CaseFile, entered: date) -> list[Reminder]:
    """A survey that was made and not recorded, or that nobody has booked."""
    if any(item.done_on or item.no_works == "yes" for item in file.surveys):
        return []
    last, booked = _visits(file, "survey")
    made = survey_made(file)
    if made is not None and made.on is not None:
        anchor, title = f"{made.id}:{made.on}", "record the survey"
        return [reminder("record_survey", anchor, made.on, title, "open", about=made)]
    if file.case.stage != "survey" or booked or scheme.ha_pending(file):
        return []
    base, title, anchor = _since(entered, last, "survey visit not booked")
    due = add_working_days(base, 1)
    return [reminder("book_survey", anchor, due, title, "book")]


def _install(file: CaseFile, entered: date, urgent: bool) -> list[Reminder]:
    """A fit that was made and not recorded, or works that wait and nobody has booked."""
    fit = fit_made(file)
    if fit is not None and fit.on is not None:
        anchor, title = f"{fit.id}:{fit.on}", "record what was fitted"
        return [reminder("record_fit", anchor, fit.on, title, "open", about=fit)]
    last, booked = _visits(file, "install", "repair")
    if file.case.stage != "installation" or booked:
        return []
    waiting = works.agreed(file)
    if scheme.ha_pending(file):
        if not scheme.ha_fits(file):
            return []
        waiting = [item for item in waiting if item.fund != "ha"]
        if not waiting:
            return []
    if all(works.portable(item) for item in waiting):
        return []
    start = latest((entered, file.case.approved_on)) or entered
    base, title, anchor = _since(start, last, "install visit not booked")
    due = base if urgent else add_working_days(base, 1)
    anchor += pace_anchor(file, base, urgent).removeprefix(str(base))
    return [reminder("book_install", anchor, due, title, "book")]


def _handover(file: CaseFile) -> list[Reminder]:
    """What a fit left open: an access need, or practice with the survivor (MHCLG 2026 5.1)."""
    gaps = stage_exits.handover_gaps(file) if file.case.stage == "installation" else []
    fit = latest(item.fitted_on for item in gaps)
    if fit is None:
        return []
    need = any(item.access_need.strip() for item in gaps)
    title = "handover: meet the access need" if need else "handover: practise together"
    due = add_working_days(fit, 1)
    return [reminder("handover", str(fit), due, title, "open", about=gaps[0])]


def survey_made(file: CaseFile) -> Visit | None:
    """The last survey visit, where it was made and no survey is on record; None else."""
    if any(item.done_on or item.no_works == "yes" for item in file.surveys):
        return None
    last, _ = _visits(file, "survey")
    return last if last is not None and last.outcome == "done" else None


def fit_made(file: CaseFile) -> Visit | None:
    """The last installation visit, where it was made and what was fitted is not on record."""
    fit, _ = _visits(file, "install")
    if fit is None or fit.on is None or not _unrecorded(file, fit, fit.on):
        return None
    return fit


def _visits(file: CaseFile, *kinds: str) -> tuple[Visit | None, bool]:
    """The last visit of these kinds that is over, and whether another one is booked."""
    last, booked = None, False
    for visit in file.visits:
        if visit.kind not in kinds:
            continue
        if visit.outcome == "booked":
            booked = True
        elif visit.on is not None and (last is None or _order(visit) > _order(last)):
            last = visit
    return last, booked


def _order(visit: Visit) -> tuple[date, int]:
    return visit.on or date.min, visit.id


def _unrecorded(file: CaseFile, visit: Visit, on: date) -> bool:
    """Whether an installation was made and no measure is on record as fitted since."""
    if visit.outcome not in ("done", "part"):
        return False
    if file.measures and not works.pending(file):
        return False
    return not any(item.fitted_on and item.fitted_on >= on for item in file.measures)


def _since(start: date, last: Visit | None, title: str) -> tuple[date, str, str]:
    """From which day a booking is owed, in which words, and its anchor: a visit since counts."""
    if last is None or last.on is None or last.on < start:
        return start, title, str(start)
    return last.on, _AGAIN[last.outcome], f"{last.on}:{last.outcome}"
