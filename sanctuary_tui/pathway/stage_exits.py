"""What each stage asks before a case may leave it (DOMAIN 1, stage table, column "exit gate").

Hard or soft: a stop prevents the move, and a manager's override lets it pass with a name, a reason
and an end (design section 5). What the stage table asks and a record can show is a stop. A warning
is what no record can show (that an assessment was asked for), what a survivor may leave out, and
what the emergency path does in parallel: there only the safe contact stops the first move, since
G1 to G5, G7 and G9 still bind by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from config.codes import UNANSWERED, split
from config.format import short_date
from config.settings import Settings
from db.models import CaseFile, Closure, Measure
from db.readmodels import Finding, Severity
from sanctuary_tui.pathway import (
    aftercare,
    contact,
    emergency,
    gate_legal,
    marac,
    risk,
    scheme,
    works,
)
from sanctuary_tui.pathway.dates import received_on

_NEEDS_HA_OUTCOME = ("secured", "passed_to_ha")
_PARALLEL = frozenset({"referral", "risk_support", "legal", "survey", "approval"})


def exits(file: CaseFile, stage: str, today: date, settings: Settings) -> list[Finding]:
    """What leaving ``stage`` asks; ``gate`` is the stage's own code, or the gate it is about.

    In an emergency referral, risk, rights, survey and approval only warn: they run beside the works
    (DOMAIN 1, emergency path). How to reach the survivor safely is asked all the same.
    """
    asks = _EXITS.get(stage)
    if asks is None:
        return []
    found = asks(file, today, settings)
    if not found or stage not in _PARALLEL or not emergency.is_emergency(file, today, settings):
        return found
    return [
        item if item.command == "edit_contact" else replace(item, severity="warn") for item in found
    ]


# --- referral, triage -----------------------------------------------------------------------------


def unacknowledged(file: CaseFile) -> bool:
    """Whether a referrer still waits for an answer; a self-referral has nobody to answer."""
    return file.case.acknowledged is None and file.case.route != "self"


def _leave_referral(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """Acknowledged; duplicates and conflicts looked for (MHCLG 2026 5.2: lost between teams)."""
    case, since = file.case, received_on(file.case)
    found = []
    if not contact.answered(file):
        text = "How to reach the survivor safely is not known; ask the referrer."
        found.append(Finding("referral", "stop", text, "Referrer", since, "edit_contact"))
    if case.duplicates_checked != "yes":
        text = "Earlier cases of the same household have not been looked for."
        found.append(Finding("referral", "stop", text, "Coordinator", since, "edit_referral"))
    if case.conflict_flag in UNANSWERED:
        text = "Nobody has checked for a conflict of interest."
        found.append(Finding("referral", "stop", text, "Coordinator", since, "edit_referral"))
    if unacknowledged(file):
        text = "The referral has not been acknowledged to the referrer."
        found.append(Finding("referral", "stop", text, "Coordinator", since, "edit_referral"))
    return found


def _leave_triage(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """Warnings: an assessment asked for, or a landlord rung, leaves no record of its own; whether a
    home outside the district is passed on is the coordinator's to say. The three tests are gates
    G1 and G2."""
    case, home, since = file.case, file.home, received_on(file.case)
    found = []
    if home is not None and home.tenure == "ha" and case.ha_scheme in UNANSWERED:
        text = "Housing association tenant: ring the landlord first, its own scheme may be quicker."
        found.append(Finding("triage", "warn", text, "Coordinator", since, "edit_referral"))
    if not file.risk_assessments:
        text = "No risk assessment seen or asked for."
        found.append(Finding("triage", "warn", text, "Referrer", since, "add_risk"))
    if case.in_district == "no":
        text = "The home is outside the district: pass the referral on."
        found.append(Finding("triage", "warn", text, "Coordinator", since, "close"))
    return found


# --- risk, rights ---------------------------------------------------------------------------------


def marac_considered(file: CaseFile, today: date, settings: Settings) -> bool:
    """Whether somebody has considered MARAC, whatever the answer (DOMAIN 1, stage 3, and 3).

    Where a criterion is met that no listing settled, a withdrawn one with its reason included: a
    listing for a meeting since then, or a referral in the last twelve months with no incident
    since. Where none is met: an earlier listing, or an answer to the question of professional
    judgement, which is open whatever the score; a blank is not "no".
    """
    listings = file.marac_listings
    day = marac.criterion_day(file, today, settings)
    if day is not None:
        standing = [item for item in listings if item.state != "withdrawn"]
        if any(item.meeting is None or item.meeting >= day for item in standing):
            return True
        again = marac.repeat_day(file, today, settings)
        return again is None and marac.within_radar(file, today, settings) is not None
    assessment = file.latest_risk
    answered = assessment is not None and assessment.judgement not in UNANSWERED
    return answered or bool(listings)


def _leave_risk_support(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """Risk current and MARAC considered; the offer of support and the plan are gate G8's, which is
    soft unless the district says otherwise."""
    since = file.case.stage_entered
    found = []
    if risk.out_of_date(file, today, settings):
        due, _ = risk.next_review(file, settings)
        if due is None:
            text = "No dated risk assessment is recorded."
        else:
            text = f"The risk was to be looked at again by {short_date(due, today)}."
            since = due
        found.append(Finding("risk_support", "stop", text, "DA service", since, "add_risk"))
    if not marac_considered(file, today, settings):
        if marac.criterion_day(file, today, settings) is not None:
            text = "A MARAC criterion is met and the case is on no list: list it."
            command = "add_listing"
        else:
            text = "Nobody has considered MARAC: answer the question of professional judgement."
            command = "add_risk"
        since = file.case.stage_entered
        found.append(Finding("risk_support", "stop", text, "Coordinator", since, command))
    return found


def _leave_legal(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """The right to occupy evidenced (Great Yarmouth); the joint-rights position resolved."""
    home = file.home
    found = []
    if home is None or home.evidence != "seen":
        text = "The tenancy or title has not been seen: ask for it."
        since = file.case.stage_entered
        found.append(Finding("legal", "stop", text, "Housing officer", since, "edit_home"))
    position = gate_legal.position_finding(file, today)
    return [*found, position] if position is not None else found


# --- works ----------------------------------------------------------------------------------------


def _leave_survey(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """A survey; what the survivor can use and reach, and what they wish: both may be left out, so
    they are warnings. The list of measures and the way out are gates' (MHCLG 2026 3.1, 5.2)."""
    surveyed = any(item.done_on or item.no_works == "yes" for item in file.surveys)
    fixed = [item for item in works.pending(file) if not works.portable(item)]
    since = received_on(file.case)
    if not surveyed and not (file.measures and not fixed):
        text = "No survey is recorded; record it, or that no works are needed."
        return [Finding("survey", "stop", text, "Surveyor", since, "add_survey")]
    found = []
    if fixed and _access_unasked(file):
        text = "Nobody has asked what the survivor can use and reach: disability, communication."
        found.append(Finding("survey", "warn", text, "Coordinator", since, "edit_survivor"))
    wished = file.case.victim_wants.strip() or any(item.wishes.strip() for item in file.surveys)
    if fixed and not wished:
        text = "The survivor's own wishes for the works are not recorded."
        found.append(Finding("survey", "warn", text, "Surveyor", since, "edit_survey"))
    return found


def _access_unasked(file: CaseFile) -> bool:
    """Whether disability or communication has no answer; "none" is one, and "not known" is not."""
    survivor = file.survivor
    if survivor is None:
        return True
    return any(
        not set(split(codes)) - set(UNANSWERED)
        for codes in (survivor.disability, survivor.communication)
    )


def unfunded(file: CaseFile) -> list[Measure]:
    """Measures wanted with nothing to pay for them: no fund of their own, and none on the case.

    What costs nothing needs none (DOMAIN 1, stage table: funded).
    """
    if any(item.fund not in UNANSWERED for item in file.expenditures):
        return []
    return [item for item in works.pending(file) if item.fund in UNANSWERED and item.cost != 0]


def _leave_approval(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """Funded, with an approver and a date (DOMAIN 1, stage table)."""
    case, since = file.case, file.case.stage_entered
    found = []
    if not case.approved_by.strip() or case.approved_on is None:
        text = "The works are not approved: record who approved them and when."
        found.append(Finding("approval", "stop", text, "Approver", since, "approve"))
    unpaid = unfunded(file)
    if unpaid:
        names = ", ".join(works.name(item) for item in unpaid)
        text = f"No fund is recorded for: {names}."
        who, first = "Approver", unpaid[0].id
        found.append(Finding("approval", "stop", text, who, since, "edit_measure", first))
    return found


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


def _leave_installation(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
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


# --- aftercare, closing ---------------------------------------------------------------------------


def _leave_aftercare(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """To close: a coded ending; a landlord's own scheme has answered; and, where the case ends
    secured, a home that is, no open fault and no due check undone.

    An off-ramp is a right answer at any stage (MHCLG 2026 4.2): a survivor who moved or cannot be
    reached has no check to make, so there faults and checks are warnings. What was not said to the
    survivor is one too: they may not be reachable. "Do not contact" leaves no check to make.
    """
    closure = _standing_closure(file)
    since = file.case.stage_entered
    found = []
    if closure is None:
        text = "Record how the case ends: outcome, reason, and that the survivor was told."
        found.append(Finding("closed", "stop", text, "Coordinator", since, "close"))
    if scheme.ha_pending(file) and (closure is None or closure.outcome in _NEEDS_HA_OUTCOME):
        text = "The landlord's own scheme has not answered; record its outcome before closing."
        found.append(Finding("closed", "stop", text, "Landlord", since, "edit_measure"))
    found += _unfinished(file, closure, today, settings)
    if closure is not None and closure.outcome == "secured":
        found += _unsecured(file, since)
    if closure is not None and (closure.informed != "yes" or closure.reentry != "yes"):
        text = "Tell the survivor, and give the way back into the scheme."
        found.append(Finding("closed", "warn", text, "Coordinator", since, "close"))
    return found


def _unsecured(file: CaseFile, since: date | None) -> list[Finding]:
    """Why "secured and settled" is not how the case ends: G2, or works not in place.

    A fault that is open is asked for by itself, and may be let pass.
    """
    mended = [
        replace(item, state="fitted") if item.state == "faulty" else item for item in file.measures
    ]
    resident = any(person.still_resident == "yes" for person in file.perpetrators)
    if not resident and scheme.home_secured(replace(file, measures=mended)) == "yes":
        return []
    text = "The home is not secured yet, so the case does not end as secured: choose how it ends."
    if resident:
        text = "The perpetrator lives at the home, so the case does not end as secured."
    return [Finding("closed", "stop", text, "Coordinator", since, "close")]


def _unfinished(
    file: CaseFile, closure: Closure | None, today: date, settings: Settings
) -> list[Finding]:
    """Faults to mend and checks that were due: stops where the case ends secured."""
    settled = closure is None or closure.outcome == "secured"
    severity: Severity = "stop" if settled else "warn"
    found = []
    faulty = next((item for item in file.measures if item.state == "faulty"), None)
    if faulty is not None:
        text = "A measure is faulty: mend it or agree what happens to it."
        since = aftercare.fault_since(file, faulty)
        found.append(Finding("aftercare", severity, text, "Contractor", since, "edit_measure"))
    if contact.stops_contact(file) is None:
        due = [item for item in aftercare.schedule(file, settings) if item.due <= today]
        if due:
            text = f"{due[0].label} was due and is not done: make it, or record that they declined."
            found.append(Finding("aftercare", severity, text, "Coordinator", due[0].due, "check"))
        if aftercare.cadence_unasked(file):
            text = "Nobody has asked if, when and how to check in."
            since = aftercare.fit_date(file)
            found.append(Finding("aftercare", "warn", text, "Coordinator", since, "edit_cadence"))
    return found


def _standing_closure(file: CaseFile) -> Closure | None:
    """The closure of this ending; one from before a reopening does not count."""
    entered = file.case.stage_entered
    for closure in reversed(file.closures):
        if closure.closed_on is not None and closure.outcome:
            return closure if entered is None or closure.closed_on >= entered else None
    return None


def _need(codes: str) -> bool:
    return codes not in ("none", *UNANSWERED)


_EXITS: dict[str, Callable[[CaseFile, date, Settings], list[Finding]]] = {
    "referral": _leave_referral,
    "triage": _leave_triage,
    "risk_support": _leave_risk_support,
    "legal": _leave_legal,
    "survey": _leave_survey,
    "approval": _leave_approval,
    "installation": _leave_installation,
    "aftercare": _leave_aftercare,
}
