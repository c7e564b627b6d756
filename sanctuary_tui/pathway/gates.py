"""The gates G1 to G10, and what each stage asks before a case may leave it (DOMAIN 1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from config.settings import Settings
from db.models import CaseFile, Closure, Measure, Visit
from db.readmodels import Finding, Severity
from sanctuary_tui.pathway import (
    contact,
    emergency,
    gate_consent,
    gate_legal,
    gate_safety,
    scheme,
    works,
)
from sanctuary_tui.pathway.dates import received_on
from sanctuary_tui.pathway.stages import INDEX, ORDER

NEVER_OVERRIDDEN = frozenset({"G1", "G2"})
_UNANSWERED = ("not_known", "not_asked", "")

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

_NEEDS_HA_OUTCOME = ("secured", "passed_to_ha")
_EMERGENCY_SKIPS = frozenset({"risk_support", "survey"})


def live_overrides(file: CaseFile, today: date) -> frozenset[str]:
    """Gates a live override lets pass: named approver, reason, not past its end; never G1 or G2."""
    return frozenset(
        item.gate
        for item in file.overrides
        if item.expiry is not None
        and item.expiry >= today
        and (item.made is None or item.made <= today)
        and item.approver.strip()
        and item.reason.strip()
        and item.gate not in NEVER_OVERRIDDEN
    )


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
    found += gate_safety.visit_findings(file)
    found += support_findings(file, settings)
    found += [finding for finding in consent if finding.gate == "G9"]
    found += gate_safety.children_findings(file, today)
    return _with_overrides(file, found, today)


def choice_findings(file: CaseFile) -> list[Finding]:
    """G1: the survivor's informed choice, dated, other options explained (MHCLG 2026 3.3). Hard."""
    case = file.case
    since = received_on(case)
    if case.choice_made == "no":
        text = "The survivor has not chosen to stay in the home; other options come first."
    elif case.choice_made != "yes":
        text = "The survivor's own informed choice to stay is not recorded."
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
    offered = [item for item in file.support if item.answer not in (*_UNANSWERED, "offered")]
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
        found.append(gate_safety.fitting_finding(file, measure))
    found.append(_policy(measure, settings))
    return _stopping(file, (item for item in found if item is not None), today)


def visit_refusals(file: CaseFile, visit: Visit, today: date, settings: Settings) -> list[Finding]:
    """What stops a visit from going ahead: G7, overrides counted."""
    finding = gate_safety.visit_finding(file, visit)
    return _stopping(file, [finding] if finding else [], today)


# --- what a stage asks ----------------------------------------------------------------------------


def exit_findings(file: CaseFile, stage: str, today: date, settings: Settings) -> list[Finding]:
    """What leaving ``stage`` asks beyond the gates; ``gate`` is the stage's own code.

    Source: DOMAIN 1, stage table, column "exit gate". To close, ask for ``aftercare``.
    """
    asks = _EXITS.get(stage)
    if asks is None:
        return []
    if stage == "approval" and emergency.is_emergency(file, today, settings):
        return [replace(item, severity="warn") for item in asks(file)]
    return asks(file)


def _leave_referral(file: CaseFile) -> list[Finding]:
    case, since = file.case, received_on(file.case)
    found = []
    if not contact.answered(file):
        text = "How to reach the survivor safely is not known; ask the referrer."
        found.append(Finding("referral", "stop", text, "Referrer", since, "edit_contact"))
    if case.duplicates_checked != "yes":
        text = "Earlier cases of the same household have not been looked for."
        found.append(Finding("referral", "warn", text, "Coordinator", since, "edit_referral"))
    if case.conflict_flag in _UNANSWERED:
        text = "Nobody has checked for a conflict of interest."
        found.append(Finding("referral", "warn", text, "Coordinator", since, "edit_referral"))
    if case.acknowledged is None and case.route != "self":
        text = "The referral has not been acknowledged to the referrer."
        found.append(Finding("referral", "warn", text, "Coordinator", since, "edit_referral"))
    return found


def _leave_triage(file: CaseFile) -> list[Finding]:
    case, home, since = file.case, file.home, received_on(file.case)
    found = []
    if home is not None and home.tenure == "ha" and case.ha_scheme in _UNANSWERED:
        text = "Housing association tenant: ring the landlord first, its own scheme may be quicker."
        found.append(Finding("triage", "warn", text, "Coordinator", since, "edit_referral"))
    if not file.risk_assessments:
        text = "No risk assessment seen or asked for."
        found.append(Finding("triage", "warn", text, "Referrer", since, "add_risk"))
    if case.in_district == "no":
        text = "The home is outside the district: pass the referral on."
        found.append(Finding("triage", "warn", text, "Coordinator", since, "close"))
    return found


def _leave_survey(file: CaseFile) -> list[Finding]:
    surveyed = any(item.done_on or item.no_works == "yes" for item in file.surveys)
    fixed = [item for item in works.pending(file) if not works.portable(item)]
    if surveyed or (file.measures and not fixed):
        return []
    return [
        Finding(
            "survey",
            "stop",
            "No survey is recorded; record it, or that no works are needed.",
            "Surveyor",
            received_on(file.case),
            "add_survey",
        )
    ]


def _leave_approval(file: CaseFile) -> list[Finding]:
    case = file.case
    if case.approved_by.strip() and case.approved_on is not None:
        return []
    return [
        Finding(
            "approval",
            "stop",
            "The works are not approved: record who approved them and when.",
            "Approver",
            case.stage_entered,
            "approve",
        )
    ]


def handover_gaps(file: CaseFile) -> list[Measure]:
    """Fitted measures not ready to hand over: an access need unmet, or not yet practised.

    Device practice before handover (MHCLG 2026 5.1; DOMAIN 10 B): devices always, everything for a
    survivor with a disability or a communication need.
    """
    survivor = file.survivor
    needs = bool(survivor and (_need(survivor.disability) or _need(survivor.communication)))
    return [
        item
        for item in file.measures
        if item.state == "fitted"
        and (
            item.access_need.strip()
            or (item.instructions != "yes" and (needs or works.device(item)))
        )
    ]


def _leave_installation(file: CaseFile) -> list[Finding]:
    found = []
    gaps = {id(item) for item in handover_gaps(file)}
    since = file.case.stage_entered
    for measure in file.measures:
        name = works.name(measure)
        if measure.state in ("approved", "ordered", "faulty"):
            text = f"{name} is {measure.state}, not yet fitted, declined or removed."
            found.append(_install("stop", text, "Contractor", since, "edit_measure", measure))
        elif measure.state == "proposed":
            text = f"{name} is proposed and undecided: approve, decline or fund it elsewhere."
            found.append(_install("warn", text, "Coordinator", since, "edit_measure", measure))
        elif id(measure) in gaps:
            if measure.access_need.strip():
                text = f"{name}: an access need is unmet; meet it before the handover."
                found.append(_install("stop", text, "Coordinator", since, "edit_measure", measure))
            if measure.instructions != "yes":
                text = f"{name}: the survivor has not yet used it themselves."
                found.append(_install("stop", text, "Installer", since, "edit_measure", measure))
    return found


def _install(
    severity: Severity, text: str, who: str, since: date | None, command: str, measure: Measure
) -> Finding:
    return Finding("installation", severity, text, who, since, command, measure.id)


def _leave_aftercare(file: CaseFile) -> list[Finding]:
    found = []
    closure = _standing_closure(file)
    since = file.case.stage_entered
    if closure is None:
        text = "Record how the case ends: outcome, reason, and that the survivor was told."
        found.append(Finding("closed", "stop", text, "Coordinator", since, "close"))
    if scheme.ha_pending(file) and (closure is None or closure.outcome in _NEEDS_HA_OUTCOME):
        text = "The landlord's own scheme has not answered; record its outcome before closing."
        found.append(Finding("closed", "stop", text, "Landlord", since, "edit_measure"))
    if any(measure.state == "faulty" for measure in file.measures):
        text = "A measure is faulty: mend it or agree what happens to it."
        found.append(Finding("closed", "warn", text, "Contractor", since, "edit_measure"))
    if closure is not None and (closure.informed != "yes" or closure.reentry != "yes"):
        text = "Tell the survivor, and give the way back into the scheme."
        found.append(Finding("closed", "warn", text, "Coordinator", since, "close"))
    return found


def _standing_closure(file: CaseFile) -> Closure | None:
    """The closure of this ending; one from before a reopening does not count."""
    entered = file.case.stage_entered
    for closure in reversed(file.closures):
        if closure.closed_on is not None and closure.outcome:
            return closure if entered is None or closure.closed_on >= entered else None
    return None


_EXITS = {
    "referral": _leave_referral,
    "triage": _leave_triage,
    "survey": _leave_survey,
    "approval": _leave_approval,
    "installation": _leave_installation,
    "aftercare": _leave_aftercare,
}


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


def _need(codes: str) -> bool:
    return codes not in ("", "none", "not_asked", "not_known")
