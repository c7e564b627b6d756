"""The gates G1 to G10, and what each stage asks before a case may leave it (DOMAIN 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from config.codes import CODES, UNANSWERED
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, Measure, Override, Visit
from db.readmodels import Finding, Severity
from sanctuary_tui.pathway import (
    emergency,
    gate_consent,
    gate_legal,
    gate_safety,
    stage_exits,
    works,
)
from sanctuary_tui.pathway.dates import received_on
from sanctuary_tui.pathway.stages import INDEX, ORDER

NEVER_OVERRIDDEN = frozenset({"G1", "G2"})

_BINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "triage": (frozenset({"G1", "G2"}), frozenset()),
    "risk_support": (frozenset({"G8"}), frozenset()),
    "legal": (frozenset({"G3"}), works.PENDING),
    "survey": (frozenset({"G5"}), works.PENDING),
    "consent": (frozenset({"G4", "G9"}), works.PENDING),
    "approval": (frozenset({"G3", "G4", "G5", "G7", "G9"}), works.COMMITTED),
}
"""Which gates bind when a case leaves a stage, and for measures in which states."""

_EMERGENCY_BINDS = {"approval": frozenset({"G3", "G4", "G9"})}
"""Emergency path: referral, risk and installation run in parallel; G3 and G4 still bind. G5 and
G7 stop the fitting and the visit themselves."""

_EMERGENCY_SKIPS = frozenset({"risk_support", "survey"})


def live_overrides(file: CaseFile, today: date) -> frozenset[str]:
    """Gates and exits a live override lets pass: named approver, reason, not past its end.

    Never G1 or G2 (DOMAIN 1), nor that a closed case says how it ended.
    """
    return frozenset(item.gate for item in overrides_in_force(file, today))


def overrides_in_force(file: CaseFile, today: date) -> list[Override]:
    """The live overrides of a case, whatever they let pass."""
    return [
        item
        for item in file.overrides
        if item.expiry is not None
        and item.expiry >= today
        and (item.made is None or item.made <= today)
        and item.approver.strip()
        and item.reason.strip()
        and item.gate in CODES["override_gate"]
        and item.gate not in NEVER_OVERRIDDEN
    ]


def findings(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """Every finding of gates G1 to G10 for the case and its measures not yet fitted.

    Source: DOMAIN 1, gate rules. ``overridden`` marks a stop that a live override lets pass.
    """
    found = choice_findings(file)
    found += residence_findings(file)
    found += gate_legal.findings(file, today)
    consent = gate_consent.findings(file, today)
    found += [finding for finding in consent if finding.gate == "G4"]
    found += gate_safety.escape_findings(file)
    found += gate_safety.disrepair_findings(file)
    found += gate_safety.visit_findings(file, today, settings)
    found += support_findings(file, settings)
    found += [finding for finding in consent if finding.gate == "G9"]
    found += gate_safety.children_findings(file, today)
    for visit in file.visits:
        if visit.outcome == "booked":
            found += works_findings(file, visit, today, settings)
    return _with_overrides(file, found, today)


def choice_findings(file: CaseFile) -> list[Finding]:
    """G1: the survivor's informed choice, dated, other options explained (MHCLG 2026 3.3). Hard."""
    case = file.case
    since = received_on(case)
    if case.choice_made == "no":
        text = "The survivor has not chosen to stay in the home; other options come first."
    elif case.choice_made != "yes":
        text = "The survivor's own informed choice to stay is not recorded."
    elif case.options_explained != "yes" and case.choice_date is None:
        text = "Not recorded: that other options (refuge, a move) were explained, and on what day."
    elif case.options_explained != "yes":
        text = "It is not recorded that other options (refuge, a move) were explained."
    elif case.choice_date is None:
        text = "The date of the survivor's choice is not recorded."
    else:
        return []
    return [Finding("G1", "stop", text, "Survivor", since, "edit_choice")]


def residence_findings(file: CaseFile) -> list[Finding]:
    """G2: no perpetrator lives at the home; contact elsewhere is fine (STADA 2023 FAQ 1). Hard."""
    people = file.perpetrators
    answers = [person.still_resident for person in people]
    if "yes" in answers:
        text = "The perpetrator lives at the home: no works; safety planning and options instead."
    elif not answers or any(answer != "no" for answer in answers):
        text = "It is not recorded whether the perpetrator still lives at the home."
    else:
        return []
    return [Finding("G2", "stop", text, "Coordinator", received_on(file.case), "edit_perpetrator")]


def support_findings(file: CaseFile, settings: Settings) -> list[Finding]:
    """G8: specialist support and a safety plan offered, the answer recorded; a no is an answer.

    Soft unless the district sets ``policy.support_gate`` to "hard" (DOMAIN conflict 5).
    """
    severity: Severity = "stop" if settings.policy.support_gate == "hard" else "warn"
    since = received_on(file.case)
    who = "DA service"
    found: list[Finding] = []
    offered = [item for item in file.support if item.answer not in (*UNANSWERED, "offered")]
    if not offered:
        waiting = [item for item in file.support if item.offered is not None]
        if waiting or any(item.answer == "offered" for item in file.support):
            text = "Support is offered; the answer is not recorded."
            who, since = "Survivor", waiting[-1].offered if waiting else since
        else:
            text = "Specialist support has not been offered."
        found.append(_g8(severity, text, who, since, "add_support"))
    if not any(plan.owner.strip() for plan in file.safety_plans):
        text = "No safety plan with a named owner."
        found.append(_g8(severity, text, "DA service", since, "add_plan"))
    return found


def _g8(severity: Severity, text: str, who: str, since: date | None, command: str) -> Finding:
    return Finding("G8", severity, text, who, since, command)


# --- moving ---------------------------------------------------------------------------------------


def refusals(file: CaseFile, to_stage: str, today: date, settings: Settings) -> list[Finding]:
    """What prevents a move forward to ``to_stage``; a move back is never refused.

    Every exit passed on the way binds. G1 and G2 bind on each move forward past triage, so that a
    perpetrator who moves back in stops a case anywhere; and on a reopening past triage. To close
    needs only a coded closure, since an off-ramp is a right answer at any stage. Source: DOMAIN 1,
    stage table.
    """
    here, there = INDEX[file.case.stage], INDEX[to_stage]
    if file.case.stage == "closed" and INDEX["triage"] < there < here:
        return [*choice_findings(file), *residence_findings(file)]
    if there <= here:
        return []
    if to_stage == "closed":
        return [item for item in exit_findings(file, "aftercare", today, settings) if _stops(item)]
    urgent = emergency.is_emergency(file, today, settings)
    found = findings(file, today, settings)
    states = {measure.id: measure.state for measure in file.measures}
    refused: list[Finding] = []
    crossed = ORDER[here:there]
    if there > INDEX["triage"]:
        refused += [item for item in found if item.gate in NEVER_OVERRIDDEN and _stops(item)]
    for stage in crossed:
        if urgent and stage in _EMERGENCY_SKIPS:
            continue
        gates, bound = _BINDS.get(stage, (frozenset(), frozenset()))
        if urgent:
            gates = _EMERGENCY_BINDS.get(stage, gates)
        for item in found:
            if item.gate not in gates or not _stops(item) or item in refused:
                continue
            if item.measure_id is None or states.get(item.measure_id) in bound:
                refused.append(item)
        refused += [
            item
            for item in exit_findings(file, stage, today, settings)
            if _stops(item) and item not in refused
        ]
    return refused


def measure_refusals(
    file: CaseFile, measure: Measure, to_state: str, today: date, settings: Settings
) -> list[Finding]:
    """What prevents ordering or fitting a measure, overrides counted.

    G1, G2, G3, G4 or G9, and G5 for ordering and fitting; G7 too for fitting. A faulty measure may
    be mended whatever the gates: a lapsed order does not unfit (DOMAIN 1). A video doorbell needs
    the district's policy switch (DOMAIN conflict 4).
    """
    if to_state in ("faulty", "removed"):
        return [] if measure.state in works.IN_PLACE else [_not_fitted(measure, to_state)]
    if to_state not in ("ordered", "fitted"):
        return []
    if measure.state == "fitted":
        return []
    if measure.state == "faulty" and measure.fitted_on is not None and to_state == "fitted":
        return []
    found: list[Finding | None] = [*choice_findings(file), *residence_findings(file)]
    found.append(gate_legal.measure_finding(file, measure, today))
    found.append(gate_consent.measure_finding(file, measure, today))
    found.append(gate_safety.escape_finding(file, measure))
    if to_state == "fitted":
        found.append(gate_safety.fitting_finding(file, measure, today, settings))
    found.append(_policy(measure, settings))
    return _stopping(file, (item for item in found if item is not None), today)


def visit_refusals(file: CaseFile, visit: Visit, today: date, settings: Settings) -> list[Finding]:
    """What stops a visit from going ahead: G7, overrides counted."""
    finding = gate_safety.visit_finding(file, visit, today, settings)
    return _stopping(file, [finding] if finding else [], today)


def works_findings(file: CaseFile, visit: Visit, today: date, settings: Settings) -> list[Finding]:
    """What still stops the works an installation visit is for: a warning a gate, with the measures.

    A visit may be booked while a landlord, a court or a fire officer is awaited; it must not be
    made for nothing (DOMAIN 1, gate rules). G7 stops the visit itself.
    """
    if visit.kind != "install":
        return []
    held: dict[str, tuple[Finding, list[str]]] = {}
    for measure in works.agreed(file):
        for item in measure_refusals(file, measure, "ordered", today, settings):
            held.setdefault(item.gate, (item, []))[1].append(works.name(measure))
    on = f" on {short_date(visit.on)}" if visit.on else ""
    return [
        replace(
            item,
            severity="warn",
            sentence=f"{gate} still stops the works of the visit{on}: {', '.join(names)}.",
            measure_id=None,
        )
        for gate, (item, names) in held.items()
    ]


# --- what a stage asks ----------------------------------------------------------------------------


def exit_findings(file: CaseFile, stage: str, today: date, settings: Settings) -> list[Finding]:
    """What leaving ``stage`` asks beyond the gates, overrides marked; see ``stage_exits``.

    Source: DOMAIN 1, stage table, column "exit gate". To close, ask for ``aftercare``. How a case
    ends is recorded, never overridden.
    """
    return _with_overrides(file, stage_exits.exits(file, stage, today, settings), today)


# --- helpers --------------------------------------------------------------------------------------


def _stops(finding: Finding) -> bool:
    return finding.severity == "stop" and not finding.overridden


def _with_overrides(file: CaseFile, found: list[Finding], today: date) -> list[Finding]:
    if not file.overrides:
        return found
    live = live_overrides(file, today)
    return [
        replace(item, overridden=True) if item.severity == "stop" and item.gate in live else item
        for item in found
    ]


def _stopping(file: CaseFile, found: Iterable[Finding], today: date) -> list[Finding]:
    return [item for item in _with_overrides(file, list(found), today) if _stops(item)]


def _policy(measure: Measure, settings: Settings) -> Finding | None:
    if measure.catalogue_id != works.VIDEO_DOORBELL or settings.policy.video_doorbell:
        return None
    return Finding(
        "policy",
        "stop",
        "Video doorbells are not part of this district's offer; the setting is "
        "policy.video_doorbell.",
        "Coordinator",
        None,
        "edit_measure",
        measure.id,
    )


def _not_fitted(measure: Measure, to_state: str) -> Finding:
    return Finding(
        "installation",
        "stop",
        f"{works.name(measure)} was never fitted, so it cannot be {to_state}.",
        "Coordinator",
        None,
        "edit_measure",
        measure.id,
    )
