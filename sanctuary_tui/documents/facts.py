"""What a document says: its fields, worked out from what its profile lets through.

Every function reads a *view* of the case (``Profile.view``), in which all else is blank.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import files

from config.codes import label
from config.format import full_date
from config.settings import Settings
from config.text import clean
from db.models import CaseFile, ConsentRequest, Measure, Organisation, Visit
from sanctuary_tui.documents import rules
from sanctuary_tui.documents.kinds import Kind
from sanctuary_tui.pathway import works
from sanctuary_tui.pathway.dates import day_of
from sanctuary_tui.pathway.wording import disclosures, neutral_name

PLAIN_SCHEME = "Home security scheme"
ADDRESS_KEPT_BACK = "(address to be told by phone)"
_PARTS = {"dwelling": "the home itself", "common_parts": "the common parts"}


@dataclass(frozen=True, slots=True)
class Source:
    """What a document is made from: the view of the case, the record it is about, the day."""

    kind: Kind
    view: CaseFile
    record: ConsentRequest | Visit | None
    settings: Settings
    today: date
    organisations: Mapping[int, Organisation] = field(default_factory=dict)
    address_reason: str = ""


@dataclass(slots=True)
class Facts:
    """The fields of a document, who it is for, which fields its reader knows already."""

    values: dict[str, str | tuple[str, ...]]
    recipient_name: str = ""
    known: tuple[str, ...] = ()
    notices: list[str] = field(default_factory=list)
    address_named: bool = False
    expires: date | None = None


def facts(source: Source) -> Facts:
    """Every field of a document, cleaned of what no file should hold."""
    made = _MAKERS[source.kind.profile](source)
    made.values = {**_common(source, made), **made.values}
    for name, value in made.values.items():
        if isinstance(value, str):
            made.values[name] = clean(value).strip()
        else:
            made.values[name] = tuple(clean(entry).strip() for entry in value if entry.strip())
    return made


def neutral_sender(settings: Settings) -> str:
    """Who sends what may not say that there is a case: the sender set, else the scheme, else plain.

    A name that discloses abuse is passed over.
    """
    names = (settings.documents.sender.strip(), settings.scheme_name.strip())
    return next((name for name in names if name and not disclosures(name)), PLAIN_SCHEME)


def _common(source: Source, made: Facts) -> dict[str, str]:
    settings = source.settings
    scheme = settings.scheme_name.strip()
    hits = disclosures(scheme)
    if not scheme or (hits and (source.kind.outside or source.kind.to_survivor)):
        if hits:
            made.notices.append(
                f"The scheme's name says “{hits[0].word}”; it stands here as {PLAIN_SCHEME}."
            )
        scheme = PLAIN_SCHEME
    return {
        "date": full_date(source.today),
        "scheme": scheme,
        "sender": settings.documents.sender.strip() or scheme,
        "district": settings.district,
        "phone": settings.documents.phone,
        "email": settings.documents.email,
        "office_address": settings.documents.address,
    }


def _address(source: Source, made: Facts) -> str:
    home = source.view.home
    if home is None:
        return ""
    if home.confidential == "yes":
        if not source.address_reason.strip():
            made.notices.append(
                "The home's address is confidential and is left out; give a reason to name it."
            )
            return ADDRESS_KEPT_BACK
        made.address_named = True
    return "\n".join(part for part in (home.address.strip(), home.postcode.strip()) if part)


# --- landlord, agent, freeholder ------------------------------------------------------------------


def _landlord(source: Source) -> Facts:
    made = Facts({}, known=("address", "recipient_address"))
    request = source.record
    assert isinstance(request, ConsentRequest)
    through_agent = bool(request.agent.strip() or request.agent_org_id)
    organisation = source.organisations.get(
        (request.agent_org_id if through_agent else request.decision_org_id) or 0
    )
    typed = (request.agent if through_agent else request.decision_maker).strip()
    recipient = typed or (organisation.name if organisation else "")
    if organisation and recipient == organisation.name:
        made.known = (*made.known, "recipient")
    events = [event for event in source.view.consent_events if event.request_id == request.id]
    sent = request.sent_on or next(
        (day_of(event.at) for event in events if event.kind == "sent"), None
    )
    wanted = [
        measure
        for measure in source.view.measures
        if measure.state in works.PENDING
        and measure.part == request.part
        and works.consent_needed(source.view, measure) != "no"
    ]
    if request.asked_by in ("survivor", "referrer"):
        made.notices.append(
            f"{label('asked_by', request.asked_by)}: give this to them, and do not send it."
        )
    made.recipient_name = recipient
    made.values = {
        "recipient": recipient,
        "recipient_address": organisation.address if organisation else "",
        "address": _address(source, made),
        "wording": request.wording.strip(),
        "works": tuple(dict.fromkeys(_work(measure) for measure in wanted)),
        "reference": f"Our reference: {request.schedule.strip()}"
        if request.schedule.strip()
        else "",
        "sent_on": full_date(sent),
        "part": _PARTS.get(request.part, ""),
    }
    return made


def _work(measure: Measure) -> str:
    name = neutral_name(measure)
    if measure.qty and measure.qty > 1:
        name = f"{measure.qty} x {name}"
    known = works.entry(measure)
    standard = measure.standard.strip() or (known.standard if known else "")
    return f"{name} ({standard})" if standard.startswith(_STANDARDS) else name


_STANDARDS = ("BS", "TS", "PAS", "SS", "PD", "LPS", "FD")
"""How a standard begins; the catalogue's other remarks are for the scheme's own use."""


# --- contractor -----------------------------------------------------------------------------------


def _contractor(source: Source) -> Facts:
    made = Facts({}, known=("address", "recipient"))
    visit = source.record
    assert isinstance(visit, Visit)
    home = source.view.home
    wanted = rules.job(source.view, visit)
    hazards = ["The way out stays clear and opens from inside without a key at every moment."]
    if home is not None and home.fire_door == "yes":
        hazards.insert(0, "The entrance door is a fire door: no drilling without its certificate.")
    start = max(visit.on or source.today, source.today)
    made.expires = start + timedelta(days=source.settings.documents.job_sheet_days)
    address = _address(source, made)
    if home is not None and home.floor.strip() and address not in ("", ADDRESS_KEPT_BACK):
        address = f"{address}\nFloor: {home.floor.strip()}"
    made.recipient_name = visit.worker.strip()
    made.values = {
        "recipient": visit.worker.strip(),
        "address": address,
        "job": f"J{visit.id:05d}",
        "visit_on": full_date(visit.on),
        "window": visit.window.strip(),
        "visit_kind": label("visit_kind", visit.kind),
        "works": tuple(dict.fromkeys(_work(measure) for measure in wanted)),
        "met_by": "a colleague of ours" if visit.support_present == "yes" else "the resident",
        "worker_preferred": _PREFERRED.get(visit.gender_pref, "no preference"),
        "hazards": tuple(hazards),
        "expires": full_date(made.expires),
    }
    return made


_PREFERRED = {"woman": "a woman", "man": "a man"}


# --- benefit office, referrer ---------------------------------------------------------------------


def _benefits(source: Source) -> Facts:
    made = Facts({}, recipient_name="Housing Benefit or Universal Credit office")
    survivor = source.view.survivor
    dates = [
        measure.fitted_on
        for measure in source.view.measures
        if measure.state in works.IN_PLACE and measure.fitted_on and not works.portable(measure)
    ]
    names = (survivor.first_name, survivor.surname) if survivor else ()
    made.values = {
        "name": " ".join(name for name in names if name),
        "address": _address(source, made),
        "adapted_on": full_date(min(dates, default=None)),
    }
    by = source.settings.documents.secure_email.strip() or "secure email"
    made.notices.append(
        f"It says that this is a sanctuary home: send it only to a named officer, by {by}."
    )
    return made


_NEXT = {
    "secured": "The home is secured. The household can come back to us at any time.",
    "passed_to_ha": "The landlord's own scheme does the works.",
    "out_of_area": "Please refer to the scheme of the area where the home is.",
    "no_contact": "We could not reach the household safely. If you can, tell them to ring us.",
    "unsafe": "Staying was not safe. Please go on with other safe accommodation.",
}


def _referrer(source: Source) -> Facts:
    case = source.view.case
    closure = source.view.closures[-1] if source.view.closures else None
    closed = case.status == "closed" and closure is not None
    outcome = label("close_outcome", closure.outcome) if closure and closed else "in progress"
    recipient = ", ".join(part for part in (case.referrer_name, case.referrer_org) if part.strip())
    made = Facts({}, recipient_name=case.referrer_org.strip())
    made.values = {
        "recipient": recipient,
        "reference": case.ref,
        "received": full_date(day_of(case.received)),
        "outcome": outcome,
        "outcome_on": full_date(closure.closed_on if closure and closed else source.today),
        "next_step": (
            _NEXT.get(closure.outcome, "You may refer again if anything changes.")
            if closure and closed
            else "We will write again when there is an outcome."
        ),
    }
    return made


# --- survivor -------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _how() -> dict[int, tuple[str, str]]:
    raw = tomllib.loads(
        files("sanctuary_tui.documents").joinpath("handover.toml").read_text("utf-8")
    )
    return {int(number): (use, care) for number, (use, care) in raw.items()}


def _survivor(source: Source) -> Facts:
    survivor = source.view.survivor
    fitted = works.fitted(source.view)
    use, care = [], []
    for measure in fitted:
        name = _plain(measure)
        how = _how().get(measure.catalogue_id or 0, ("Ask us to show you again.", ""))
        use.append(f"{name}: {how[0]}")
        if how[1]:
            care.append(f"{name}: {how[1]}")
        if measure.maintenance_due:
            care.append(f"{name}: due on {full_date(measure.maintenance_due)}; we remind you.")
    method = source.view.case.aftercare_method.strip()
    when = {
        "no_calls": "You asked us not to call to check. You can always ring us.",
        "not_asked": "",
        "not_known": "",
    }.get(source.view.case.cadence, "We check with you as you chose")
    if when.endswith("chose"):
        when += f": {method}." if method else "."
    made = Facts({}, recipient_name="the survivor")
    made.values = {
        "name": survivor.first_name if survivor else "",
        "items": tuple(dict.fromkeys(_plain(measure) for measure in fitted)),
        "how_to_use": tuple(dict.fromkeys(use)),
        "upkeep": tuple(dict.fromkeys(care)),
        "check_when": when,
    }
    return made


def _plain(measure: Measure) -> str:
    name = neutral_name(measure)
    return f"{measure.qty} x {name}" if measure.qty and measure.qty > 1 else name


_MAKERS = {
    "landlord": _landlord,
    "contractor": _contractor,
    "benefits": _benefits,
    "referrer": _referrer,
    "survivor": _survivor,
}
