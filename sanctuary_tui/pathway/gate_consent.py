"""Gates G4 and G9: everybody who owns a part has agreed to the works on that part (DOMAIN 1, 5).

Sources: STADA 2023 (consent of landlord; communal doors belong to somebody else); MHCLG 2026 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from config.codes import CONSENT_STATES
from db.models import CaseFile, ConsentRequest, Measure
from db.readmodels import Finding
from sanctuary_tui.pathway import scheme, works
from sanctuary_tui.pathway.consent_agreed import UNSENT
from sanctuary_tui.pathway.dates import latest, received_on

OPEN_STATES = frozenset({"granted", "granted_conditional", "not_needed"})
_PARTS = {"dwelling": "the dwelling", "common_parts": "the common parts"}


def owner_key(request: ConsentRequest) -> str:
    """Which owner a request is to: the organisation, the name, or the kind of decision-maker."""
    if request.decision_org_id is not None:
        return f"#{request.decision_org_id}"
    return request.decision_maker.strip().casefold() or request.decision_kind


def standing(file: CaseFile, part: str) -> list[ConsentRequest]:
    """The newest request to each owner of ``part``; a withdrawn one does not stand."""
    newest: dict[str, ConsentRequest] = {}
    for request in file.consent_requests:
        if request.part == part and request.state != "withdrawn":
            newest[owner_key(request)] = request
    return list(newest.values())


def given(request: ConsentRequest, today: date) -> bool:
    """Whether this owner's answer lets works go on today: granted and not run out.

    Silence is never an answer (STADA 2023).
    """
    if request.state not in OPEN_STATES:
        return False
    return request.expiry is None or request.expiry >= today


def pending_under(file: CaseFile, request: ConsentRequest) -> bool:
    """Whether a measure still waits for this request, which stands for its owner."""
    return request in standing(file, request.part) and any(
        measure.part == request.part and works.consent_needed(file, measure) != "no"
        for measure in works.pending(file)
    )


def blocker(file: CaseFile, part: str, today: date) -> ConsentRequest | None:
    """The first request for ``part`` that is not granted."""
    return next((item for item in standing(file, part) if not given(item, today)), None)


def measure_finding(
    file: CaseFile,
    measure: Measure,
    today: date,
    asked: Mapping[str, list[ConsentRequest]] | None = None,
) -> Finding | None:
    """G4 (dwelling) or G9 (common parts) for one measure not yet fitted.

    Where nobody knows whether consent is needed that is asked; but an owner who was asked and has
    refused, not answered or let it run out is not overruled by the question (DOMAIN 5: silence
    never equals consent). What a landlord's own scheme fits in its own home waits for that scheme's
    yes, and for no request besides (DOMAIN 10 E).

    ``asked`` are the standing requests by part, where the caller has them already.
    """
    needed = works.consent_needed(file, measure)
    if needed == "no":
        return None
    gate = "G9" if measure.part == "common_parts" else "G4"
    requests = standing(file, measure.part) if asked is None else asked.get(measure.part, [])
    wanting = [item for item in requests if not given(item, today)]
    wanting.sort(key=lambda item: item.state in UNSENT)  # what an owner said, or did not, first
    request = wanting[0] if wanting else None
    if requests and request is None:
        return None
    if needed == "ask" and (request is None or request.state in UNSENT):
        return Finding(
            gate,
            "warn",
            f"{works.name(measure)}: ask whether the landlord's consent is needed.",
            "Coordinator",
            _since(file, None),
            "edit_measure",
            measure.id,
        )
    theirs = scheme.ha_owns(file, measure) and (request is None or request.state in UNSENT)
    if theirs and scheme.ha_fits(file):
        return None
    if theirs and request is None:
        return Finding(
            gate,
            "stop",
            f"{works.name(measure)} is for the landlord's own scheme, which has not said yes yet.",
            "Landlord",
            _since(file, None),
            "edit_referral",
            measure.id,
        )
    part = _PARTS.get(measure.part, measure.part)
    needs = "needs consent" if needed == "yes" else "may need consent"
    if request is None:
        return Finding(
            gate,
            "stop",
            f"{works.name(measure)} needs the consent of whoever owns {part}: nobody is asked yet.",
            "Coordinator",
            _since(file, None),
            "open_consent",
            measure.id,
        )
    return Finding(
        gate,
        "stop",
        f"{works.name(measure)} {needs} for {part}: {_state(request, today)}.",
        who(request),
        _since(file, request),
        "open_consent",
        measure.id,
    )


def findings(file: CaseFile, today: date) -> list[Finding]:
    """G4 and G9 for each measure not yet fitted, and what a communal door means."""
    found: list[Finding] = []
    asked = {part: standing(file, part) for part in _PARTS}
    for measure in works.pending(file):
        finding = measure_finding(file, measure, today, asked)
        if finding is not None:
            found.append(finding)
        if measure.part == "common_parts" and works.excluding(measure):
            found.append(
                Finding(
                    "G9",
                    "warn",
                    f"{works.name(measure)}: changing a lock on a shared door is often unworkable; "
                    "ask the block manager what else is possible.",
                    "Coordinator",
                    _since(file, None),
                    "edit_measure",
                    measure.id,
                )
            )
    return found


def who(request: ConsentRequest) -> str:
    """Who must act on a request, as a short name for the coordinator's own screen."""
    if request.state == "drafting":
        return "Survivor"
    if request.state == "survivor_ok_to_contact":
        return "Coordinator"
    if request.agent and request.agent_forwarded is None:
        return request.agent
    return request.decision_maker or request.agent or "Landlord"


_WHERE = {
    "drafting": "its wording is not agreed with the survivor",
    "survivor_ok_to_contact": "the request is agreed and not sent yet",
    "sent": "asked, no answer yet",
    "acknowledged": "received there, no answer yet",
    "with_owner": "passed to the owner, no answer yet",
    "silent": "asked, and nobody answers",
    "escalated": "unanswered, with the manager",
    "eh_offered": "unanswered, Environmental Health offered",
    "eh_referred": "unanswered, with Environmental Health",
    "refused": "it was refused",
    "expired": "the consent has expired",
}


def _state(request: ConsentRequest, today: date) -> str:
    if request.state in OPEN_STATES:
        return "the consent has expired"
    return _WHERE.get(request.state) or CONSENT_STATES.get(request.state, request.state).lower()


def _since(file: CaseFile, request: ConsentRequest | None) -> date | None:
    if request is not None:
        begun = request.answered_on or request.sent_on or request.survivor_ok_on
        if begun is not None:
            return begun
    return latest(survey.done_on for survey in file.surveys) or received_on(file.case)
