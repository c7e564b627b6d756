"""What a coordinator does to a case, as functions on an open caseload.

Each is one batch: all or nothing, one line to undo. Screens, commands and tests call the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from config.codes import label
from config.errors import BadInputError, RefusedError
from config.format import local
from config.safetimes import parse_safe_times
from config.settings import Settings, default_settings
from db import queries
from db.caseload import Caseload
from db.models import (
    AftercareCheck,
    Case,
    CaseFile,
    Closure,
    ConsentEvent,
    ConsentRequest,
    ContactPoint,
    MaracListing,
    Measure,
    Note,
    Person,
    Property,
    Reminder,
    Visit,
)
from db.readmodels import Finding
from db.validation import validated
from sanctuary_tui import connected, contacts
from sanctuary_tui.formrecords import (
    AnswerForm,
    CallForm,
    ChaseForm,
    CheckForm,
    CloseForm,
    ReferralForm,
)
from sanctuary_tui.gaps import gap_of
from sanctuary_tui.pathway import consent as consent_rules
from sanctuary_tui.pathway import (
    consent_agreed,
    contact,
    emergency,
    gates,
    readers,
    reminders_told,
    scheme,
    stages,
    wording,
    works,
)
from sanctuary_tui.pathway.dates import day_of, received_on
from sanctuary_tui.pathway.reminders import reaches_survivor


class Refusal(RefusedError):
    """A move the gates refuse, with every finding that refuses it."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__(findings[0].sentence)
        self.findings = findings


def must_find(caseload: Caseload, case_id: int) -> CaseFile:
    """The whole case.

    Raises:
        BadInputError: it is not there any more.
    """
    file = queries.case_file(caseload.connection, case_id)
    if file is None:
        raise BadInputError("That case is no longer there; it may have been undone.")
    return file


# --- referral -------------------------------------------------------------------------------------


def take_referral(caseload: Caseload, given: Mapping[str, Any]) -> Case:
    """Make a case from what the caller gave (``ReferralForm`` fields); nothing else is compulsory.

    Raises:
        BadInputError: the route or the safe-contact answer is missing, a value does not fit, or
            safe times cannot be read.
    """
    values = validated(ReferralForm, {"route": "", "safe": "", **given})
    if values.get("contact_times"):
        parse_safe_times(values["contact_times"])
    with caseload.store.batch("referral taken"):
        case = caseload.store.add(
            Case(**{name: values[name] for name in _CASE_FIELDS if name in values})
        )
        caseload.store.update(case, duplicates_checked="yes")
        survivor = caseload.store.add(
            Person(case_id=case.id, role="survivor", **_picked(values, _SURVIVOR_FIELDS))
        )
        caseload.store.add(
            ContactPoint(
                case_id=case.id,
                person_id=survivor.id,
                kind="email" if "@" in values.get("phone", "") else "mobile",
                value=values.get("phone", ""),
                safe=values["safe"],
                times=values.get("contact_times", ""),
            )
        )
        home = _picked(values, _HOME_FIELDS)
        if any(value not in ("", "not_asked") for value in home.values()):
            caseload.store.add(Property(case_id=case.id, **home))
        _add_perpetrator(caseload, case, values)
        for reference in (values.get("linked_cases") or "").split(";"):
            if reference.strip():
                link_cases(caseload, case, reference)
        for _ in range(values.get("children") or 0):
            caseload.store.add(Person(case_id=case.id, role="child", lives_here="yes"))
    return case


_CASE_FIELDS = (
    "route",
    "contact_times",
    "contact_rule",
    "urgency",
    "triggers",
    "reason",
    "referrer_org",
    "referrer_name",
    "referrer_contact",
    "referral_consent",
)
UNSAFE = "no longer safe to reach: agree how"
"""What is to be done once the survivor's way was reported unsafe."""

_SURVIVOR_FIELDS = ("first_name", "surname", "dob")
_HOME_FIELDS = ("address", "postcode", "confidential", "tenure", "named_parties")


def _picked(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name) not in (None, "")}


def _add_perpetrator(caseload: Caseload, case: Case, values: Mapping[str, Any]) -> None:
    said = _picked(values, ("perp_first_name", "perp_surname", "relationship", "still_resident"))
    if all(value == "not_asked" for value in said.values()):
        return
    caseload.store.add(
        Person(
            case_id=case.id,
            role="perpetrator",
            first_name=said.get("perp_first_name", ""),
            surname=said.get("perp_surname", ""),
            relationship=said.get("relationship", "not_asked"),
            still_resident=said.get("still_resident", "not_asked"),
        )
    )


def link_cases(caseload: Caseload, case: Case, earlier: str) -> None:
    """Link a case to an earlier one, both ways."""
    other = queries.get(caseload.connection, Case, queries.case_id_of(caseload.connection, earlier))
    with caseload.store.batch(f"linked to {other.ref}"):
        caseload.store.note("combination", "cases", case.id, case.id, f"linked to {other.ref}")
        for one, two in ((case, other), (other, case)):
            known = [part for part in one.linked_cases.split(";") if part]
            if two.ref not in known:
                caseload.store.update(one, linked_cases=";".join([*known, two.ref]))


# --- reminders ------------------------------------------------------------------------------------


def mark_done(caseload: Caseload, reminder_id: int, said: str = "") -> Reminder:
    """Mark a reminder done, with a note on the case when something was said."""
    reminder = queries.get(caseload.connection, Reminder, reminder_id)
    with caseload.store.batch(f"done: {reminder.title_text}"):
        caseload.store.update(reminder, state="done")
        if reminder.rule == "next_action":
            case = must_find(caseload, reminder.case_id).case
            caseload.store.update(case, next_action="", next_due=None)
        if said.strip():
            caseload.store.add(
                Note(
                    case_id=reminder.case_id,
                    at=caseload.store.now(),
                    kind="done",
                    body=f"{reminder.title_text}: {said.strip()}",
                    by=caseload.store.who,
                )
            )
        if reminder.rrule:
            _recur(caseload, reminder)
    return reminder


def _recur(caseload: Caseload, reminder: Reminder) -> None:
    """The next one of a repeating reminder (RFC 5545 rule)."""
    from dateutil.rrule import rrulestr

    start = datetime.combine(reminder.due or date.today(), datetime.min.time())  # noqa: DTZ011
    following = rrulestr(reminder.rrule, dtstart=start).after(start)
    if following is None:
        return
    caseload.store.add(
        Reminder(
            case_id=reminder.case_id,
            key=f"own:{following.date().isoformat()}:{reminder.id}",
            due=following.date(),
            title_text=reminder.title_text,
            action=reminder.action,
            who=reminder.who,
            rrule=reminder.rrule,
        )
    )


def snooze(caseload: Caseload, reminder_id: int, until: date) -> Reminder:
    """Put a reminder off until a date."""
    reminder = queries.get(caseload.connection, Reminder, reminder_id)
    return caseload.store.update(
        reminder, why=f"snoozed: {reminder.title_text}", state="snoozed", snoozed_to=until
    )


def add_reminder(caseload: Caseload, case_id: int, title: str, due: date, rrule: str = "") -> None:
    """A reminder of the coordinator's own."""
    stamp = caseload.store.now().strftime("%Y%m%d%H%M%S%f")
    caseload.store.add(
        Reminder(
            case_id=case_id,
            key=f"own:{stamp}",
            due=due,
            title_text=title,
            action="done",
            rrule=rrule,
        ),
        why="reminder added",
    )


# --- contact --------------------------------------------------------------------------------------


def log_call(
    caseload: Caseload,
    case_id: int,
    given: Mapping[str, Any],
    settings: Settings,
    reminder_id: int | None = None,
) -> Note:
    """Log a call, text or visit; and what comes next, if the caller said.

    A contact with somebody else settles nothing that reaches the survivor, a call nobody answered
    settles nothing at all: what it was opened from still stands. "No longer safe" bars every way
    there is (DOMAIN 8).

    Raises:
        RefusedError: the safe-contact rule does not allow it (see ``contacts.logged``).
        BadInputError: a value does not fit, or is missing.
    """
    values = validated(CallForm, {"body": "", **given})
    file = must_find(caseload, case_id)
    made = contacts.logged(file, values, caseload.store.now(), settings)
    with caseload.store.batch(made.line[:1].lower() + made.line[1:]):
        note = caseload.store.add(
            Note(
                case_id=case_id,
                at=made.at,
                kind=made.kind,
                with_whom=values.get("with_whom", ""),
                body=made.body,
                by=caseload.store.who,
            )
        )
        if values.get("still_safe") == "yes":
            contacts.date_way(caseload, file, made.kind, made.at)
        elif values.get("still_safe") == "no":
            contacts.bar_ways(caseload, file, made.kind)
            add_reminder(caseload, case_id, UNSAFE, caseload.store.today())
        if values.get("next_action"):
            caseload.store.update(
                file.case, next_action=values["next_action"], next_due=values.get("next_due")
            )
        if reminder_id is not None:
            reminder = queries.get(caseload.connection, Reminder, reminder_id)
            elsewhere = values.get("way") == "other" and reaches_survivor(file, reminder)
            before = (day_of(made.at) or date.max) < (received_on(file.case) or date.min)
            if made.kind != "tried" and not elsewhere and not before:
                caseload.store.update(reminder, state="done")
    return note


# --- consent --------------------------------------------------------------------------------------


def party_names(file: CaseFile) -> tuple[str, ...]:
    """Every name of a party to the case: none may stand in words meant for a landlord."""
    names = {
        name.strip()
        for person in file.people
        for name in (person.first_name, person.surname, *person.aliases.split(";"))
        if len(name.strip()) > 1
    }
    return (*sorted(names), file.case.ref)


def log_consent_event(
    caseload: Caseload, request_id: int, given: Mapping[str, Any], settings: Settings
) -> ConsentRequest:
    """Log what happened on a consent request and bring its state into step.

    What is sent is what the survivor agreed, in these words and by this channel; words left blank
    are theirs.

    Raises:
        RefusedError: the rules of consent do not allow it, the words disclose, or they are not
            those agreed.
    """
    values = validated(ChaseForm, dict(given))
    request = queries.get(caseload.connection, ConsentRequest, request_id)
    file = must_find(caseload, request.case_id)
    kind, words = values.get("kind", "chase"), values.get("words", "")
    if kind in consent_rules.REACHES:
        refused = consent_rules.chase_refusal(file)
        if refused:
            raise RefusedError(refused)
    if kind in _SAID_TO_OTHERS:
        check_wording(words, file)
    if kind in ("sent", "chase"):  # somebody may have come into the case since it was agreed
        check_wording(request.wording, file)
        connected.refuse_readers(
            file,
            [
                *readers.of_request(
                    request, queries.organisation_names(caseload.connection, file.case.id)
                ),
                readers.Reader(values.get("hop", "").strip(), "with whom"),
            ],
            caseload.store.today(),
        )
    event = ConsentEvent(
        case_id=request.case_id,
        request_id=request.id,
        at=caseload.store.now(),
        kind=kind,
        channel=values.get("channel", request.channel if kind == "sent" else "phone"),
        hop=values.get("hop", ""),
        words=words,
        by=caseload.store.who,
    )
    changes: dict[str, Any] = consent_rules.apply_event(request, event, caseload.store.today())
    if kind == "sent":
        consent_agreed.refuse_other_words(request, words, event.channel)
        event.words = words or request.wording
    with caseload.store.batch(_EVENT_WORDS.get(event.kind, "consent event logged")):
        caseload.store.add(event)
        if changes:
            caseload.store.update(request, **changes)
    return request


_SAID_TO_OTHERS = ("sent", "chase", "owner_details", "escalated")
"""Events whose words went, or may have gone, to a landlord or agent."""

_EVENT_WORDS = {
    "chase": "chase logged",
    "sent": "consent request sent",
    "answer_granted": "consent granted",
    "answer_conditional": "consent granted with conditions",
    "answer_refused": "consent refused",
}


def check_wording(words: str, file: CaseFile) -> None:
    """Refuse words for a landlord, agent or contractor that would disclose.

    Raises:
        RefusedError: says which word, and why.
    """
    found = wording.disclosures(words, party_names(file))
    if found:
        raise RefusedError(
            f"Not logged: the word “{found[0].word}” discloses ({found[0].reason}); say it as a "
            "general security improvement."
        )


def log_answer(
    caseload: Caseload, request_id: int, given: Mapping[str, Any], settings: Settings
) -> ConsentRequest:
    """Log the answer to a consent request. Consent is never inferred from silence.

    A new answer has its own end or none: the end of an earlier consent is not the end of this one.

    Raises:
        BadInputError: it is no answer, its conditions are missing, or its day is still to come.
        RefusedError: the rules of consent do not allow it now.
    """
    values = validated(AnswerForm, dict(given))
    if not values.get("kind", "answer_granted").startswith("answer_"):
        raise BadInputError("An answer is granted, granted with conditions, or refused.")
    conditions = str(values.get("conditions") or "").strip()
    if values.get("kind") == "answer_conditional" and not conditions:
        raise BadInputError(
            "Say the conditions: limits of the work, colour, reinstatement or an inspection.",
            field="conditions",
        )
    if values.get("answered_on") and values["answered_on"] > caseload.store.today():
        raise BadInputError("That day is still to come; give the day it came.", field="answered_on")
    request = queries.get(caseload.connection, ConsentRequest, request_id)
    with caseload.store.batch(_EVENT_WORDS.get(values.get("kind", ""), "answer logged")):
        event = ConsentEvent(
            case_id=request.case_id,
            request_id=request.id,
            at=caseload.store.now(),
            kind=values.get("kind", "answer_granted"),
            channel=values.get("channel", "email"),
            hop=values.get("granted_by", ""),
            words=values.get("conditions", "") or values.get("reason", ""),
            by=caseload.store.who,
        )
        changes: dict[str, Any] = consent_rules.apply_event(request, event, caseload.store.today())
        changes.update(
            granted_by=values.get("granted_by", ""),
            granted_evidence=values.get("evidence", ""),
            conditions=values.get("conditions", ""),
            refusal_reason=values.get("reason", ""),
            answered_on=values.get("answered_on") or caseload.store.today(),
        )
        over = request.expiry is not None and request.expiry < caseload.store.today()
        if values.get("expiry") or over:
            changes["expiry"] = values.get("expiry")
        caseload.store.add(event)
        caseload.store.update(request, **changes)
    return request


# --- stages ---------------------------------------------------------------------------------------


def move(
    caseload: Caseload, case_id: int, to_stage: str, settings: Settings, why: str = ""
) -> CaseFile:
    """Move a case to a stage.

    Raises:
        Refusal: gates refuse; every finding says why and who.
    """
    file = must_find(caseload, case_id)
    today = caseload.store.today()
    refused = gates.refusals(file, to_stage, today, settings)
    if refused:
        raise Refusal(tuple(refused))
    if to_stage == file.case.stage:
        return file
    caseload.store.update(
        file.case,
        why=why or f"moved to {stages.title(to_stage, settings)}",
        stage=to_stage,
        stage_entered=today,
        status="closed" if to_stage == "closed" else "open",
    )
    return file


def left_open(caseload: Caseload, case_id: int, to_stage: str, settings: Settings) -> list[str]:
    """What an emergency lets a case pass over on its way to ``to_stage``, in sentences: each stage
    asks it of every other case (DOMAIN 1, stage table and emergency path)."""
    file, today = must_find(caseload, case_id), caseload.store.today()
    if not emergency.is_emergency(file, today, settings):
        return []
    crossed = stages.ORDER[stages.INDEX[file.case.stage] : stages.INDEX[to_stage]]
    return [
        item.sentence
        for stage in crossed
        for item in gates.exit_findings(file, stage, today, settings)
        if item.severity == "warn" and item.gate == stage
    ]


def close_case(
    caseload: Caseload, case_id: int, given: Mapping[str, Any], settings: Settings
) -> None:
    """Close a case with a coded outcome; a terminal outcome is an off-ramp at any stage."""
    values = validated(CloseForm, {"outcome": "", **given})
    today = caseload.store.today()
    with caseload.store.batch("case closed"):
        caseload.store.add(Closure(case_id=case_id, closed_on=today, **values))
        move(caseload, case_id, "closed", settings, why="case closed")


def reopen(caseload: Caseload, case_id: int, stage: str, settings: Settings) -> None:
    """Open a closed case again at a stage."""
    move(caseload, case_id, stage, settings, why="case reopened")


# --- works ----------------------------------------------------------------------------------------


def book(caseload: Caseload, case_id: int, given: Mapping[str, Any], settings: Settings) -> Visit:
    """Book a visit. A gate that still stops its works is told, and refuses nothing: ``held_works``.

    Raises:
        RefusedError: that day has passed, or it is against the safe-contact rule
            (``contacts.refuse_visit``).
    """
    values = validated(Visit, {"kind": "survey", "on": None, **given})
    if values["on"] < caseload.store.today():
        raise RefusedError("That date has passed; book it for today or later.", field="on")
    visit = Visit(case_id=case_id, booked_on=caseload.store.today(), **values)
    file = must_find(caseload, case_id)
    contacts.refuse_visit(file, visit)
    connected.refuse_worker(file, visit, caseload.store.today())
    with caseload.store.batch("visit booked"):
        return caseload.store.add(visit)


def held_works(caseload: Caseload, visit: Visit, settings: Settings) -> tuple[str, ...]:
    """What still stops the works of a visit, in a sentence a gate: ``G3 still stops ...``."""
    file = must_find(caseload, visit.case_id)
    found = gates.works_findings(file, visit, caseload.store.today(), settings)
    return tuple(item.sentence for item in found)


def set_measure_state(
    caseload: Caseload, measure_id: int, state: str, settings: Settings, **more: Any
) -> Measure:
    """Move a measure on, as ``move_measure`` does; the measure."""
    return move_measure(caseload, measure_id, state, settings, **more)[0]


def move_measure(
    caseload: Caseload, measure_id: int, state: str, settings: Settings, **more: Any
) -> tuple[Measure, Measure | None]:
    """Move a measure on (approved, ordered, fitted ...); the measure, and the gap it left if any.

    One that a landlord's own scheme declines is proposed anew as a gap on another fund.

    Raises:
        Refusal: gates refuse this measure.
    """
    measure = queries.get(caseload.connection, Measure, measure_id)
    file = must_find(caseload, measure.case_id)
    today = caseload.store.today()
    refused = gates.measure_refusals(file, measure, state, today, settings)
    if refused:
        raise Refusal(tuple(refused))
    if state == "faulty":
        more.setdefault("faulty_since", reminders_told.last_told(file) or today)
    elif measure.faulty_since is not None:
        more.setdefault("faulty_since", None)
    if state == "fitted" and not measure.fitted_on:
        more.setdefault("fitted_on", today)
        more.setdefault("maintenance_due", works.renewed(measure, more["fitted_on"]))
    after = replace(measure, state=state, **more)
    if not scheme.needs_gap(file, after):
        return caseload.store.update(measure, why=f"measure {state}", state=state, **more), None
    with caseload.store.batch(f"measure {state} by the landlord's scheme; gap added to fund"):
        caseload.store.update(measure, state=state, **more)
        gap = caseload.store.add(gap_of(caseload, file, measure))
    return measure, gap


def add_measure(caseload: Caseload, case_id: int, catalogue_id: int, **more: Any) -> Measure:
    """Propose a measure from the catalogue, with what the catalogue knows of it."""
    from config.measures import measure as catalogue_measure

    entry = catalogue_measure(catalogue_id)
    if entry is None:
        raise BadInputError("The catalogue has no measure of that number; choose 1 to 46.")
    given: dict[str, Any] = {
        "catalogue_id": entry.id,
        "name": entry.name,
        "qty": 1,
        "consent_needed": {"yes": "yes", "no": "no"}.get(entry.consent, "not_known"),
        "excluding": "yes" if entry.excluding else "no",
        "escape_affecting": {"yes": "yes", "check": "not_known"}.get(entry.escape, "no"),
        "standard": entry.standard,
        "cost": entry.typical_pence,
        **more,
    }
    return caseload.store.add(
        Measure(case_id=case_id, **given), why=f"measure proposed: {entry.name}"
    )


# --- aftercare and MARAC --------------------------------------------------------------------------


def record_check(
    caseload: Caseload,
    case_id: int,
    given: Mapping[str, Any],
    reminder_id: int | None = None,
    *,
    settings: Settings | None = None,
) -> AftercareCheck:
    """Record an aftercare check; what was told becomes something to do by rule.

    It is a contact (``CheckForm``: its ``way``, how it was made ``by``, ``at``, ``reason``), and is
    judged as a call is. One of another day was made earlier, and says when. A check nobody answered
    still stands; one that was not safe bars every way there is (DOMAIN 8).

    Raises:
        RefusedError, BadInputError: as ``contacts.made_at``.
    """
    values = validated(CheckForm, {"kind": "extra", "outcome": "done", **given})
    file, today = must_find(caseload, case_id), caseload.store.today()
    told = {name: values.pop(name, None) for name in ("way", "at", "reason")}
    way, by = told["way"] or "out", values.pop("by", "") or contact.usual_way(file)
    if way == "out" and (values.get("done_on") or today) < today:
        way = "earlier"
    rules, now = settings or default_settings(), caseload.store.now()
    at = contacts.made_at(file, by, {**told, "way": way}, now, rules)
    if way in ("in", "other"):
        values["done_on"] = values.get("done_on") or today
    else:
        values["done_on"] = local(at).date()
    if way != "other":
        values["method"] = values.get("method") or label("check_by", by)
    why = "aftercare check recorded"
    reason = contacts.because(told) if way == "emergency" else ""
    with caseload.store.batch(f"{why} outside the safe times, in an emergency" if reason else why):
        check = caseload.store.add(AftercareCheck(case_id=case_id, **values))
        if reason:
            who = caseload.store.who
            caseload.store.add(Note(case_id=case_id, at=at, kind="note", body=reason, by=who))
        if contacts.bars_ways(check):
            contacts.bar_ways(caseload, file, by)
        elif check.contact_safe == "yes" and way != "other":
            contacts.date_way(caseload, file, by, at)
        if reminder_id is not None and check.outcome != "no_answer":
            reminder = queries.get(caseload.connection, Reminder, reminder_id)
            caseload.store.update(reminder, state="done")
    return check


def tick_listing(
    caseload: Caseload,
    case_id: int,
    meeting: date,
    *,
    criteria: tuple[str, ...],
    listing_type: str,
    last_referral: date | None,
) -> MaracListing | None:
    """Put a case on the list of a meeting; or take it off again (None) while nothing was sent."""
    file = must_find(caseload, case_id)
    for listing in file.marac_listings:
        if listing.meeting == meeting and listing.state != "withdrawn":
            if listing.state != "draft":
                raise RefusedError(
                    "This case was already sent for that meeting; record it as withdrawn instead."
                )
            caseload.store.delete(listing, why="taken off the MARAC list")
            return None
    earlier = [one for one in file.marac_listings if one.decided_on]
    last = earlier[-1] if earlier else None
    risk = file.latest_risk
    return caseload.store.add(
        MaracListing(
            case_id=case_id,
            meeting=meeting,
            listing_type=listing_type,
            criteria=";".join(criteria),
            referred=caseload.store.today(),
            last_referral=last_referral,
            judgement_reason=risk.judgement_reason if risk else "",
            share_basis=last.share_basis if last else "not_asked",
            victim_aware=last.victim_aware if last else "not_asked",
            pairs=";".join(str(person.id) for person in file.perpetrators),
        ),
        why="put on the MARAC list",
    )


def correct_note(caseload: Caseload, note_id: int, body: str) -> Note:
    """Notes are append-only: a correction is a new note that points at the old one."""
    note = queries.get(caseload.connection, Note, note_id)
    return caseload.store.add(
        Note(
            case_id=note.case_id,
            at=caseload.store.now(),
            kind="correction",
            body=body,
            corrects_id=note.id,
            by=caseload.store.who,
        ),
        why="note corrected",
    )
