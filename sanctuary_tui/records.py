"""Keeping one record of a case as a form gave it, with what must follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from config.codes import UNANSWERED, split
from config.errors import BadInputError, RefusedError
from config.safetimes import parse_safe_times
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import (
    CASELESS,
    AftercareCheck,
    Case,
    CaseFile,
    ConnectedPerson,
    ConsentEvent,
    ConsentRequest,
    Contact,
    Expenditure,
    Fund,
    Grant,
    GroupAction,
    Incident,
    Measure,
    Note,
    Person,
    ReferralOut,
    RiskAssessment,
    SafetyPlan,
    Visit,
)
from db.readmodels import Finding
from db.record import Record, specs
from db.validation import validated
from sanctuary_tui import connected, contacts, partners, work
from sanctuary_tui.pathway import consent_agreed, gates, risk, scheme, works

WITHHELD: Final[dict[str, tuple[str, ...]]] = {
    "consent_requests": ("state", "sent_on", "agent_forwarded", "owner_asked", "answered_on"),
    "measures": ("state", "fitted_on"),
    "marac_listings": (
        "state",
        "criteria",
        "transfer_to",
        "transferred_on",
        "transfer_way",
        "acknowledged_on",
    ),
}
"""Fields a form does not set, because a command with its rules does."""


def form_fields(kind: type[Record], role: str = "") -> tuple[str, ...]:
    """The fields of a record that a person fills in, for a role where it has one."""
    withheld = WITHHELD.get(kind.table, ())
    return tuple(
        name
        for name, spec in specs(kind).items()
        if spec.shown
        and name not in withheld
        and (not spec.roles or not role or role in spec.roles)
    )


def keep_record(
    caseload: Caseload,
    kind: type[Record],
    case_id: int,
    record_id: int,
    given: Mapping[str, Any],
    settings: Settings | None = None,
) -> Record:
    """Add a record (``record_id`` 0) or change one, from what a form gave.

    A change of what the survivor agreed of a consent request ends their agreement; ask
    ``consent_agreed.ended`` for the sentence that says so.

    Raises:
        BadInputError: a value does not fit, or safe times cannot be read.
        RefusedError: notes are corrected, not changed; a gate, or the safe-contact rule, stops a
            visit; that rule stops a contact kept as a note or as an aftercare check.
    """
    values = validated(kind, dict(given))
    if kind is RiskAssessment:
        _count_answers(values)
    if kind in (ConsentRequest, ConsentEvent):
        _check_outgoing(caseload, kind, case_id, record_id, values)
    if kind in (Expenditure, Grant):
        _check_paid(caseload, kind, values)
    if record_id:
        return _change(caseload, kind, record_id, values, settings)
    _read_times(values, kind())
    if case_id or kind.table not in CASELESS:
        file = work.must_find(caseload, case_id)
        connected.refuse_record(file, kind, values, caseload.store.today())
    if kind is AftercareCheck:
        return work.record_check(caseload, case_id, values, settings=settings)
    if kind is Note and values.get("kind") in contacts.MADE:
        raise RefusedError(
            "A call, text, email or visit is logged with l, which asks for the safe-contact rule."
        )
    record = kind(**values)
    record.case_id = 0 if kind.table in CASELESS else case_id
    if isinstance(record, ReferralOut | GroupAction | Contact):
        _complete(caseload, record, values)
        record = replace(record, **values)
    if isinstance(record, Note):
        record.at, record.by = record.at or caseload.store.now(), caseload.store.who
    if isinstance(record, Incident) and file.case.status != "open":
        record.told_closed = caseload.store.today()
    if isinstance(record, Person):
        _refuse_twice(caseload, record)
    if isinstance(record, ConnectedPerson):
        return _keep_connected(caseload, record, file.case)
    if isinstance(record, Visit):
        _refuse_visit(caseload, record, settings)
        if _ahead(caseload, record):
            contacts.refuse_visit(file, record)
            connected.refuse_worker(file, record, caseload.store.today())
        if record.outcome == "booked":
            record.booked_on = caseload.store.today()
    if isinstance(record, SafetyPlan) and record.number is None:
        record.number = 1 + max((plan.number or 0 for plan in file.safety_plans), default=0)
    if isinstance(record, ConsentRequest):
        if record.survivor_ok == "yes":
            record.state = "survivor_ok_to_contact"
        record.wording_version = record.wording_version.strip() or "v1"
        _name_parties(caseload, record)
    with caseload.store.batch(f"{lowered(kind.title)} added"):
        caseload.store.add(record)
    return record


def _check_paid(caseload: Caseload, kind: type[Record], values: dict[str, Any]) -> None:
    """A fund that is chosen says of what kind the money is; a grant is more than nothing."""
    if kind is Grant and values.get("amount") is not None and values["amount"] <= 0:
        raise BadInputError(
            "A grant is more than nothing; say Withdrawn or returned where it came back.",
            field="amount",
        )
    if values.get("fund_id"):
        fund = queries.get(caseload.connection, Fund, values["fund_id"])
        if fund.kind not in UNANSWERED:
            values["fund"] = fund.kind


def _complete(
    caseload: Caseload, record: ReferralOut | GroupAction | Contact, values: dict[str, Any]
) -> None:
    """What partners did is dated, and nothing goes to somebody connected to a party."""
    file = work.must_find(caseload, record.case_id) if record.case_id else None
    partners.complete(caseload, record, values, file)


def _read_times(values: Mapping[str, Any], before: Record) -> None:
    """Safe times that cannot be read are not kept; old ones stand until they are changed."""
    for name, spec in specs(type(before)).items():
        said = values.get(name)
        if spec.reads == "safe_times" and said and said != getattr(before, name):
            parse_safe_times(said)


def _keep_connected(caseload: Caseload, record: ConnectedPerson, case: Case) -> ConnectedPerson:
    """An entry of the register says who made it, and answers the case's conflict question."""
    if not (record.name.strip() or record.organisation.strip()):
        raise BadInputError("Say who is connected: a name, a firm, or both.", field="name")
    record.recorded_by, record.recorded_on = caseload.store.who, caseload.store.today()
    with caseload.store.batch("connected person added"):
        caseload.store.add(record)
        caseload.store.update(case, conflict_flag="yes")
    return record


_OUTGOING = ("wording", "schedule", "words")
"""Fields of a consent request and its events that a landlord or agent reads or hears."""


def _check_outgoing(
    caseload: Caseload, kind: type[Record], case_id: int, record_id: int, values: Mapping[str, Any]
) -> None:
    """Nothing that discloses is kept where it could be sent (domain section 5)."""
    said = [str(values[name]) for name in _OUTGOING if values.get(name)]
    if not said:
        return
    if record_id:
        case_id = queries.get(caseload.connection, kind, record_id).case_id
    file = work.must_find(caseload, case_id)
    for words in said:
        work.check_wording(words, file)


def _refuse_twice(caseload: Caseload, person: Person) -> None:
    """Nobody is entered twice in one case: same role, same name, same date of birth."""
    name = f"{person.first_name} {person.surname}".casefold().split()
    if not name:
        return
    for other in work.must_find(caseload, person.case_id).people:
        same = f"{other.first_name} {other.surname}".casefold().split() == name
        if same and other.role == person.role and other.dob == person.dob:
            raise RefusedError(
                "Somebody of that name, role and date of birth is on this case already; correct "
                "that entry, or give this one its own date of birth."
            )


def _name_parties(caseload: Caseload, request: ConsentRequest) -> None:
    """The names the tracker shows, from the organisations chosen."""
    chosen = {"decision_maker": request.decision_org_id, "agent": request.agent_org_id}
    blank = {name: org for name, org in chosen.items() if org and not getattr(request, name)}
    known = queries.organisation_names(caseload.connection, request.case_id) if blank else {}
    for name, org in blank.items():
        if org not in known:
            raise BadInputError("That organisation is no longer there; choose another.")
        setattr(request, name, known[org])


def _ahead(caseload: Caseload, visit: Visit) -> bool:
    """Whether a visit is still to be made: what was made is kept as it was."""
    return visit.outcome == "booked" and (visit.on or date.max) >= caseload.store.today()


def _refuse_time(caseload: Caseload, visit: Visit, values: Mapping[str, Any]) -> None:
    """A booking moved to another time is judged as a new one; a change of anything else is not."""
    after = replace(visit, **values)
    moved = any(getattr(after, name) != getattr(visit, name) for name in _WHEN)
    if (moved or after.worker != visit.worker) and _ahead(caseload, after):
        file = work.must_find(caseload, visit.case_id)
        if moved:
            contacts.refuse_visit(file, after)
        connected.refuse_worker(file, after, caseload.store.today())


_WHEN: Final = ("on", "window", "safe_window", "outcome")
"""Fields of a visit that say when it is, and whether that is safe."""
_MADE = ("done", "part")
"""Outcomes of a visit that took place."""


def _refuse_visit(caseload: Caseload, visit: Visit, settings: Settings | None) -> None:
    """A visit is not kept as made, new or changed, while a gate stops it as it is now told."""
    if settings is None or visit.outcome not in _MADE:
        return
    file = work.must_find(caseload, visit.case_id)
    refused = gates.visit_refusals(file, visit, caseload.store.today(), settings)
    if refused:
        raise work.Refusal(tuple(refused))


_WHAT_IT_IS = frozenset(
    {"catalogue_id", "name", "part", "consent_needed", "excluding", "escape_affecting"}
)
"""Fields of a measure that say which gates bind it."""


def _refuse_other_measure(
    caseload: Caseload, measure: Measure, values: Mapping[str, Any], settings: Settings
) -> None:
    """A fitted measure is not made into another that the gates would not have let be fitted."""
    changed = {
        name for name in _WHAT_IT_IS & values.keys() if values[name] != getattr(measure, name)
    }
    if measure.state not in works.IN_PLACE or not changed:
        return
    file, today = work.must_find(caseload, measure.case_id), caseload.store.today()

    def stopped(as_told: Measure) -> tuple[Finding, ...]:
        wanted = replace(as_told, state="approved", fitted_on=None)
        return tuple(gates.measure_refusals(file, wanted, "fitted", today, settings))

    before = {item.gate for item in stopped(measure)}
    refused = tuple(item for item in stopped(replace(measure, **values)) if item.gate not in before)
    if refused:
        raise work.Refusal(refused)


def _date_landlords_answer(
    caseload: Caseload, case: Case, values: dict[str, Any], settings: Settings
) -> None:
    """A case newly passed to the landlord's own scheme waits for an answer by a day (DOMAIN 10 E).

    A day given, or agreed before, stands; cleared later, it is not set again.
    """
    newly = values.get("ha_scheme") == "yes" and case.ha_scheme != "yes"
    if newly and values.get("ha_return_due", case.ha_return_due) is None:
        values["ha_return_due"] = scheme.ha_return_due(caseload.store.today(), settings)


def _date_emergency(caseload: Caseload, case: Case, values: dict[str, Any]) -> None:
    """The day an urgency or a trigger is newly marked: works done before it do not end it."""
    urgency = values.get("urgency", case.urgency)
    ticked = set(split(values.get("triggers", case.triggers)))
    newly = urgency == "emergency" and case.urgency != "emergency"
    if newly or ticked - set(split(case.triggers)) - {*UNANSWERED}:
        values["emergency_since"] = caseload.store.today()


def _count_answers(values: dict[str, Any]) -> None:
    counted = risk.score_of(values.get("answers") or "")
    if counted is not None:
        values["score"] = counted


def _refuse_received_ahead(case: Case, values: Mapping[str, Any], now: datetime) -> None:
    """A referral has come before it is entered; one still to come would be in no count."""
    received = values.get("received")
    if received and received != case.received and received > now + timedelta(minutes=1):
        raise BadInputError(
            "Received lies ahead; give the day and time when the referral reached the scheme."
        )


def _change(
    caseload: Caseload,
    kind: type[Record],
    record_id: int,
    values: dict[str, Any],
    settings: Settings | None,
) -> Record:
    record = queries.get(caseload.connection, kind, record_id)
    if isinstance(record, Note):
        raise RefusedError("A note is not changed; write a correction, which stands beside it.")
    _read_times(values, record)
    if kind.table in connected.NAMED:
        file = work.must_find(caseload, record.case_id)
        connected.refuse_record(file, kind, values, caseload.store.today())
    if isinstance(record, Case):
        _refuse_received_ahead(record, values, caseload.store.now())
        _date_emergency(caseload, record, values)
        if settings is not None:
            _date_landlords_answer(caseload, record, values, settings)
    if isinstance(record, Visit):
        if record.outcome not in _MADE:
            _refuse_visit(caseload, replace(record, **values), settings)
        _refuse_time(caseload, record, values)
        if values.get("outcome") == "booked" and record.outcome != "booked":
            values["booked_on"] = caseload.store.today()
    if isinstance(record, Measure) and settings is not None:
        _refuse_other_measure(caseload, record, values, settings)
    if isinstance(record, ConsentRequest):
        values.update(consent_agreed.follows(record, values))
    if isinstance(record, ReferralOut | GroupAction | Contact):
        _complete(caseload, record, values)
    why = _what_changed(record, values)
    if isinstance(record, AftercareCheck):
        return _correct_check(caseload, record, values, why)
    return caseload.store.update(record, why=why, **values)


def _correct_check(
    caseload: Caseload, check: AftercareCheck, values: dict[str, Any], why: str
) -> AftercareCheck:
    """A check that says only now that contact is not safe bars the ways, as a new one does."""
    told = contacts.bars_ways(check)
    with caseload.store.batch(why):
        caseload.store.update(check, why=why, **values)
        if contacts.bars_ways(check) and not told:
            contacts.bar_ways(caseload, work.must_find(caseload, check.case_id), "call")
    return check


def _what_changed(record: Record, values: Mapping[str, Any]) -> str:
    declared = specs(type(record))
    names = [
        lowered(declared[name].label)
        for name, value in values.items()
        if name in declared and getattr(record, name) != value
    ]
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{lowered(record.title)}: {', '.join(names[:3])}{more}" if names else ""


def link_choices(
    kind: type[Record],
    file: CaseFile,
    organisations: Mapping[int, str],
    funds: Mapping[int, str] | None = None,
) -> dict[str, list[tuple[int, str]]]:
    """For each table a record's links point at: the ids it may take, with words to choose by."""
    choices: dict[str, list[tuple[int, str]]] = {}
    for spec in specs(kind).values():
        if spec.kind != "link" or not spec.shown:
            continue
        if spec.to == "organisations":
            named = organisations.items()
            choices[spec.to] = sorted(named, key=lambda item: item[1].casefold())
        elif spec.to == "funds":
            choices[spec.to] = list((funds or {}).items())  # this year's first, as they come
        elif spec.to == "people":
            people = file.perpetrators if kind is Incident else file.people
            choices[spec.to] = [(one.id, person_words(one)) for one in people]
        else:
            rows: list[Record] = getattr(file, spec.to, [])
            choices[spec.to] = [(row.id, record_words(row)) for row in rows]
    return choices


def person_words(person: Person) -> str:
    """A person as a line: name, or the role where there is none yet."""
    name = f"{person.first_name} {person.surname}".strip()
    return f"{name or 'name not recorded'} ({person.role})"


def lowered(title: str) -> str:
    """A title within a sentence: ``consent request``, but ``MARAC listing``."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def record_words(record: Record) -> str:
    """A record in a few words, for a choice or a heading."""
    from config.codes import label
    from config.format import short_date

    parts: list[str] = []
    for name, spec in specs(type(record)).items():
        value = getattr(record, name)
        if not spec.shown or value in (None, *UNANSWERED) or spec.kind == "link":
            continue
        if spec.kind == "code":
            said = label(spec.codes, value)
            parts.append(f"{spec.label}: {said.lower()}" if spec.codes == "yes_no" else said)
        elif spec.kind == "date":
            parts.append(short_date(value))
        elif spec.kind == "text" and spec.klass != "protected":
            parts.append(str(value))
        if len(parts) == 3:
            break
    return ", ".join(parts) or record.title


def new_defaults(kind: type[Record], file: CaseFile, **more: Any) -> dict[str, Any]:
    """What a new record's form starts with."""
    home = file.home
    defaults: dict[str, Any] = dict(more)
    if kind is ReferralOut:
        defaults.setdefault("kind", "")  # asked: "Other", where nobody looked, says nothing
    if kind is ConsentRequest and home is not None:
        kinds = {"prs": "private_landlord", "council": "council", "ha": "ha"}
        defaults.setdefault("decision_kind", kinds.get(home.tenure, "not_asked"))
        defaults.setdefault("decision_org_id", home.landlord_id)
        defaults.setdefault("agent_org_id", home.agent_id)
    return defaults


__all__ = [
    "WITHHELD",
    "Case",
    "Measure",
    "form_fields",
    "keep_record",
    "link_choices",
    "new_defaults",
    "person_words",
    "record_words",
]
