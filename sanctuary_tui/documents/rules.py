"""When a document may be made at all: the pathway's own rules, each refusal one sentence.

Sources: STADA 2023 (wording and channel agreed first; excluding works); MHCLG 2026 (safe visits);
HB circular A8/2021 (the person from whom protection is needed does not live there).
"""

from __future__ import annotations

from datetime import date

from config.codes import CONSENT_WAITING, label
from config.settings import Settings
from db.models import CaseFile, ConsentRequest, Measure, Visit
from sanctuary_tui.documents.kinds import Kind
from sanctuary_tui.pathway import consent, consent_agreed, contact, gates, works

_JOBS = ("install", "repair", "removal")
_ON_PAPER = ("letter", "email", "via")
"""Kinds of contact by which a sheet or letter reaches the survivor without our being there."""
_BY_HAND = "or hand it over yourself, when you meet"


def candidates(kind: Kind, file: CaseFile) -> list[ConsentRequest | Visit]:
    """The records that a document of this kind may be about, the likeliest first."""
    found: list[ConsentRequest | Visit] = []
    if kind.about == "consent_requests":
        found += [
            request
            for request in file.consent_requests
            if request.state not in ("not_needed", "withdrawn")
            and (not kind.part or request.part == kind.part)
        ]
        if kind.id == "chase":
            found.sort(key=lambda one: getattr(one, "state", "") in CONSENT_WAITING)
    elif kind.about == "visits":
        found += [
            visit for visit in file.visits if visit.outcome == "booked" and visit.kind in _JOBS
        ]
    return found[::-1]


def nothing_about(kind: Kind) -> str:
    """Why there is nothing that the document could be about."""
    if kind.about == "visits":
        return (
            "No installation, repair or removal is booked to write a job sheet for; book one first."
        )
    part = " for the common parts" if kind.part == "common_parts" else ""
    return f"There is no consent request{part} to write about; add one on the Consent tab first."


def refusals(
    kind: Kind,
    file: CaseFile,
    record: ConsentRequest | Visit | None,
    today: date,
    settings: Settings,
    *,
    in_person: bool = False,
) -> list[str]:
    """Why this document may not be written now; empty when it may.

    ``in_person`` says that the survivor is handed it, and nobody else can read it on its way.
    """
    if isinstance(record, ConsentRequest):
        return _asking(kind, file, record)
    if isinstance(record, Visit):
        return _visiting(file, record, today, settings)
    if kind.to_survivor:
        stop = to_survivor_refusal(file, in_person=in_person)
        return [stop] if stop else []
    if kind.id == "spare-room":
        return _spare_room(file)
    if kind.id == "outcome-note" and file.case.route == "self":
        return ["The survivor referred themselves, so there is no referrer to write to."]
    return []


def to_survivor_refusal(file: CaseFile, *, in_person: bool) -> str | None:
    """Why nothing is written to the survivor: no contact asked for, no safe way asked after, none
    left by which a paper may go (DOMAIN 8, safe contact: the rule is known before any letter).

    Handed over in person it is read by nobody on its way; then only "do not contact" stops it.
    """
    if file.case.do_not_contact == "yes":
        return contact.stops_contact(file)
    if in_person:
        return None
    stop = contact.stops_contact(file)
    if stop:
        return f"{stop.rstrip('.')}; {_BY_HAND}."
    if not contact.answered(file):
        return f"Nobody has asked how the survivor can be reached safely; ask first, {_BY_HAND}."
    written = [point for point in contact.points(file) if point.kind in _ON_PAPER]
    usable = contact.usable_points(file)
    barred = [point for point in written if point.safe in ("never", "unsafe")]
    if barred and not any(point in usable for point in written):
        ways = " or ".join(dict.fromkeys(label("contact_kind", one.kind).lower() for one in barred))
        return f"Writing by {ways} is not safe; agree another way first, {_BY_HAND}."
    return None


def _asking(kind: Kind, file: CaseFile, request: ConsentRequest) -> list[str]:
    found = [stop for stop in (consent.chase_refusal(file),) if stop]
    if request.survivor_ok != "yes":
        found.append(
            "Nothing is sent before the survivor has agreed the wording, the channel and who is "
            "asked; record their agreement first."
        )
    if request.channel in consent_agreed.SPOKEN:
        way = label("channel", request.channel).lower()
        found.append(
            f"The survivor agreed that this request is made by {way}, so no letter goes; change "
            "the channel on the request and agree it with them first."
        )
    if kind.id == "chase" and request.state not in CONSENT_WAITING:
        found.append("There is nothing to chase: the request is not out, or it is answered.")
    return found


def _visiting(file: CaseFile, visit: Visit, today: date, settings: Settings) -> list[str]:
    found = [one.sentence for one in gates.visit_refusals(file, visit, today, settings)]
    for measure in job(file, visit):
        if measure.state in works.COMMITTED:
            refused = gates.measure_refusals(file, measure, "ordered", today, settings)
            found += [one.sentence for one in refused]
    return list(dict.fromkeys(found))


def job(file: CaseFile, visit: Visit) -> list[Measure]:
    """The measures that a visit is for: to fit, to mend or to take away."""
    if visit.kind == "repair":
        return [measure for measure in file.measures if measure.state == "faulty"]
    if visit.kind == "removal":
        return works.fitted(file)
    return [measure for measure in file.measures if measure.state in works.COMMITTED]


def _spare_room(file: CaseFile) -> list[str]:
    home = file.home
    found = []
    if home is None or home.tenure not in ("council", "ha"):
        found.append("The exemption is for council and housing association tenants only.")
    if not file.perpetrators or any(one.still_resident != "no" for one in file.perpetrators):
        found.append(
            "The letter says that the person feared does not live there, which is not recorded; "
            "record it on the People tab first."
        )
    return found
