"""The rows of a case's tabs: each record in one line, and in full beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from config.codes import CONSENT_STATES, REMINDER_LIVE, label, labels, split
from config.format import full_date, local, money, short_date, short_moment
from db.models import (
    BY_TABLE,
    AftercareCheck,
    Case,
    CaseFile,
    ConnectedPerson,
    ConsentEvent,
    ConsentRequest,
    ContactPoint,
    LegalOrder,
    MaracAction,
    MaracListing,
    Measure,
    Note,
    Person,
    Property,
    ReferralOut,
    Reminder,
    RiskAssessment,
    SafeAddress,
    Seal,
    Visit,
)
from db.record import Record, specs
from sanctuary_tui.pathway import contact, reminders_outward, scheme
from sanctuary_tui.pathway.emergency import emergency
from sanctuary_tui.pathway.stuck import awaits_visit
from sanctuary_tui.records import record_words

if TYPE_CHECKING:
    from config.settings import Settings
    from db.readmodels import CaseCard

TABS: Final[tuple[tuple[str, str, str, tuple[str, ...]], ...]] = (
    ("overview", "Overview", "Over", ()),
    (
        "people",
        "People",
        "Peop",
        ("people", "contact_points", "safe_addresses", "connected_people", "seals"),
    ),
    ("risk", "Risk", "Risk", ("risk_assessments", "incidents", "marac_listings", "marac_actions")),
    ("legal", "Home & legal", "Home", ("properties", "legal_orders", "overrides")),
    ("consent", "Consent", "Cons", ("consent_requests", "consent_events")),
    (
        "measures",
        "Measures",
        "Meas",
        ("surveys", "entry_points", "measures", "visits", "expenditures", "grants"),
    ),
    ("support", "Support", "Supp", ("support", "safety_plans", "referrals_out")),
    (
        "aftercare",
        "Aftercare",
        "Aftr",
        ("aftercare_checks", "reminders", "closures", "legal_holds", "retention_reviews"),
    ),
    ("timeline", "Timeline", "Time", ("notes",)),
)
"""Each tab: name, title, short title, and the tables whose records stand on it."""

HIDDEN_TABLES: Final = frozenset({"safe_addresses"})
"""Tables whose content is shown only after a reason has been given and logged."""


HIDDEN_FIELDS: Final = frozenset({"transfer_to"})
"""The same of a field: to which MARAC a case went tells where the survivor went."""


@dataclass(slots=True, frozen=True)
class RecordRow:
    """One record of a case as a line."""

    table: str
    record: Record
    words: str
    state: str = ""
    when: date | None = None
    style: str = "text"


def rows_of(file: CaseFile, tables: tuple[str, ...], *, today: date) -> dict[str, list[RecordRow]]:
    """The records of these tables as rows, newest last, by table."""
    return {
        table: [row_for(record, file, today) for record in getattr(file, table)] for table in tables
    }


def row_for(record: Record, file: CaseFile, today: date) -> RecordRow:
    """A record as a line: what it is, its state, its date."""
    words, state, when, style = record_words(record), "", None, "text"
    if isinstance(record, Person):
        words = _person(record)
        state = label("role", record.role)
    elif isinstance(record, ContactPoint):
        words = f"{label('contact_kind', record.kind)}  {record.value or 'no number'}"
        state, when = label("safe", record.safe), record.checked
        style = "stop" if record.safe in contact.BARRED else "text"
    elif isinstance(record, ConnectedPerson):
        words = " of ".join(part for part in (record.name, record.organisation) if part)
        state = record.how
        when = record.until
        style = "dim" if when is not None and when < today else "warn"
    elif isinstance(record, Seal):
        words, state, when = (
            record.reason,
            "lifted" if record.lifted_on else "sealed",
            record.sealed_on,
        )
    elif isinstance(record, SafeAddress):
        words, state = "Confidential address (y shows it, for a reason)", "masked"
    elif isinstance(record, Property):
        words = _home(record)
        state = label("tenure", record.tenure)
    elif isinstance(record, RiskAssessment):
        words = _risk(record)
        when = record.assessed
    elif isinstance(record, LegalOrder):
        words = label("order_type", record.kind)
        if record.excludes == "yes":
            words += ", excludes from the home"
        lapsed = record.expiry is not None and record.expiry < today
        state = "lapsed" if lapsed else ("live" if record.made else "applied for")
        when, style = record.expiry, "stop" if lapsed else "text"
    elif isinstance(record, ConsentRequest):
        who = record.agent or record.decision_maker or "decision-maker not recorded"
        words = f"{label('part', record.part)}: {who}"
        state, when = CONSENT_STATES.get(record.state, record.state), record.sent_on
    elif isinstance(record, ConsentEvent):
        words = (
            f"{label('consent_event', record.kind)} by {label('channel', record.channel).lower()}"
        )
        words += f", {record.hop}" if record.hop else ""
        when = record.at.date() if record.at else None
    elif isinstance(record, Measure):
        words = record.name or record_words(record)
        if record.qty and record.qty > 1:
            words += f" x{record.qty}"
        state = label("measure_state", record.state)
        when = record.fitted_on
        style = {"fitted": "good", "faulty": "stop", "declined": "dim", "removed": "dim"}.get(
            record.state, "text"
        )
    elif isinstance(record, Visit):
        words = " ".join(
            part
            for part in (label("visit_kind", record.kind), record.window, record.worker)
            if part
        )
        state, when = label("visit_outcome", record.outcome), record.on
    elif isinstance(record, AftercareCheck):
        words = label("check_kind", record.kind)
        state, when = label("check_outcome", record.outcome), record.done_on
    elif isinstance(record, Reminder):
        words, when = record.title_text, record.snoozed_to or record.due
        state = label("reminder_state", record.state)
        style = "text" if record.state in REMINDER_LIVE else "dim"
    elif isinstance(record, Note):
        words = " ".join(record.body.split())
        state = label("note_kind", record.kind)
        when = record.at.date() if record.at else None
    elif isinstance(record, MaracListing):
        words = f"{label('listing_type', record.listing_type)} listing"
        if record.criteria:
            words += f": {labels('criterion', record.criteria).lower()}"
        state, when = label("listing_state", record.state), record.meeting
    elif isinstance(record, MaracAction):
        words = ": ".join(x for x in (record.owner_agency, " ".join(record.action.split())) if x)
        state, when = label("action_state", record.state), record.due
        style = "text" if record.state == "open" else "dim"
    elif isinstance(record, ReferralOut):
        words = label("outward_kind", record.kind)
        if record.answer != "not_asked":
            words += f": {label('outward_answer', record.answer).lower()}"
        state = label("outward_outcome", record.outcome)
        when = record.outcome_on or record.made
        style = "warn" if reminders_outward.waits(record) else "dim"
    else:
        when = _first_date(record)
        state = _state_words(record)
        told = {short_date(when), state}
        words = ", ".join(part for part in words.split(", ") if part not in told) or words
    return RecordRow(record.table, record, words, state, when, style)


def _person(person: Person) -> str:
    name = f"{person.first_name} {person.surname}".strip() or "name not recorded"
    if person.dob:
        name += f", born {full_date(person.dob)[4:]}"
    return name


def _home(home: Property) -> str:
    if home.confidential == "yes":
        return "Address confidential (y shows it, for a reason)"
    first = " ".join(home.address.split()) or "address not recorded"
    return f"{first}, {home.postcode}" if home.postcode else first


def _risk(assessment: RiskAssessment) -> str:
    score = "no score" if assessment.score is None else f"score {assessment.score} of 24"
    words = f"{label('risk_tool', assessment.tool)}: {score}"
    if assessment.judgement == "yes":
        words += ", professional judgement high"
    return words


def _first_date(record: Record) -> date | None:
    for name, spec in specs(type(record)).items():
        value = getattr(record, name)
        if spec.kind == "date" and value is not None and "due" not in name:
            return value if isinstance(value, date) else None
        if spec.kind == "datetime" and isinstance(value, datetime):
            return value.date()
    return None


def _state_words(record: Record) -> str:
    for name in ("state", "answer", "outcome"):
        spec = specs(type(record)).get(name)
        if spec is not None and spec.kind == "code":
            return label(spec.codes, getattr(record, name))
    return ""


def facts_of(
    record: Record, links: dict[str, dict[int, str]], *, revealed: bool = False
) -> list[tuple[str, str]]:
    """Every answer of a record with its label; blanks left out, the confidential masked."""
    facts: list[tuple[str, str]] = []
    confidential = getattr(record, "confidential", "") == "yes"
    for name, spec in specs(type(record)).items():
        value: Any = getattr(record, name)
        if value in ("", None, "not_asked") or (not spec.shown and name not in ("state", "stage")):
            continue
        hidden = (
            record.table in HIDDEN_TABLES
            or (confidential and name in ("address", "postcode"))
            or name in HIDDEN_FIELDS
        )
        if hidden and not revealed:
            facts.append((spec.label, "masked: y shows it, for a reason"))
        elif spec.kind == "code":
            facts.append((spec.label, label(spec.codes, value)))
        elif spec.kind == "codes":
            facts.append((spec.label, labels(spec.codes, value)))
        elif spec.kind == "date":
            facts.append((spec.label, full_date(value)))
        elif spec.kind == "datetime":
            facts.append((spec.label, short_moment(value)))
        elif spec.kind == "money":
            facts.append((spec.label, money(value)))
        elif name == "answers":
            facts.append((spec.label, _answers_said(value)))
        elif spec.kind == "link":
            facts.append((spec.label, links.get(spec.to, {}).get(value, "")))
        else:
            facts.append((spec.label, str(value)))
    return [(name, text) for name, text in facts if text]


def _answers_said(answers: str) -> str:
    """``yes 1-15, 17; no 16; not answered 18-24``: which questions had which answer."""
    said = []
    words = {"y": "yes", "n": "no", "d": "don't know", ".": "not answered"}
    for letter, word in words.items():
        numbers = [at for at, each in enumerate(answers.lower(), start=1) if each == letter]
        runs: list[list[int]] = []
        for number in numbers:
            if runs and number == runs[-1][-1] + 1:
                runs[-1].append(number)
            else:
                runs.append([number])
        if runs:
            spans = (f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
            said.append(f"{word} {', '.join(spans)}")
    return "; ".join(said)


def title_of(table: str) -> str:
    """A table's heading on a tab."""
    return {
        "people": "PEOPLE",
        "contact_points": "WAYS TO REACH",
        "safe_addresses": "CONFIDENTIAL ADDRESS",
        "connected_people": "CONNECTED PEOPLE",
        "seals": "SEALED",
        "risk_assessments": "RISK ASSESSMENTS",
        "incidents": "INCIDENTS",
        "marac_listings": "MARAC",
        "marac_actions": "MARAC ACTIONS",
        "properties": "HOME",
        "legal_orders": "ORDERS",
        "overrides": "GATES OVERRIDDEN",
        "consent_requests": "CONSENT REQUESTS",
        "consent_events": "WHAT HAPPENED",
        "surveys": "SURVEY",
        "entry_points": "WAYS IN",
        "measures": "MEASURES",
        "visits": "VISITS",
        "expenditures": "SPENDING",
        "grants": "GRANTS",
        "support": "SUPPORT",
        "safety_plans": "SAFETY PLAN",
        "referrals_out": "REFERRALS OUTWARD",
        "aftercare_checks": "CHECKS",
        "reminders": "REMINDERS",
        "closures": "CLOSURE",
        "legal_holds": "LEGAL HOLDS",
        "retention_reviews": "RETENTION REVIEWS",
        "notes": "NOTES",
    }.get(table, BY_TABLE[table].title.upper())


def overview_facts(
    file: CaseFile, card: CaseCard, now: datetime, settings: Settings
) -> list[tuple[str, str]]:
    """The case in a dozen lines; an emergency with its hours and what still binds."""
    today = local(now).date()
    hurry = emergency(file, now, settings)
    case = file.case
    home = file.home
    risk = file.latest_risk
    days = (today - card.stage_entered).days
    stage = f"{label('stage', card.stage)}, {days}d"
    if card.target_due:
        stage += f", target {short_date(card.target_due, today)}"
    next_text = card.next_text
    if card.next_due:
        next_text += f", {short_date(card.next_due, today)}"
    stuck = " on ".join(part for part in (card.stuck_why, card.stuck_on) if part)
    if stuck and card.stuck_since:
        stuck += f", since {short_date(card.stuck_since, today)}"
    facts = [
        ("Stage", stage),
        ("Waits for" if awaits_visit(file, card.stuck_why) else "Stuck", stuck),
        ("Next", next_text),
        ("Urgency", hurry or label("urgency", case.urgency)),
        ("Triggers", "" if hurry else labels("emergency_trigger", case.triggers)),
        ("Risk", _risk(risk) if risk else "no assessment yet"),
        ("Home", _home(home) if home else "not recorded"),
        ("Tenure", label("tenure", home.tenure) if home else ""),
        ("Household", _household(file)),
        ("Choice", _choice(file)),
        ("Support", ", ".join(label("support_answer", one.answer) for one in file.support)),
        ("Measures", _measures(file)),
        ("Secured", {"yes": "Yes", "part": "In part", "no": "No"}.get(card.secured, card.secured)),
        ("Cadence", label("cadence", case.cadence)),
        ("Route", label("route", case.route)),
        ("Referrer", ", ".join(x for x in (case.referrer_org, case.referrer_name) if x)),
        ("Received", short_moment(case.received)),
        ("Linked", ", ".join(split(case.linked_cases))),
        *standing(file, today, settings),
        ("H-CLIC", _hclic(case, settings)),
        ("Reason", case.reason),
        ("Wants", case.victim_wants),
    ]
    return [(name, text) for name, text in facts if text]


def standing(file: CaseFile, today: date, settings: Settings) -> list[tuple[str, str]]:
    """Scheme, whether it counts in which return, what was ordered or spent: with why."""
    kind, evidence = scheme.scheme_type(file)
    start, end = scheme.return_year(today)
    counted, reason = scheme.return_reason(file, start, end)
    verdict = "counts" if counted else "does not count"
    own, theirs = scheme.ordered_or_spent(file), scheme.ordered_or_spent(file, theirs=True)
    spent = f"{money(own)} ordered or spent" if file.expenditures else ""
    if theirs:
        spent += f"; landlord's {money(theirs)}, not ours"
    return [
        ("Scheme", f"{label('scheme_type', kind)}. {evidence}"),
        ("Return", f"{start.year}-{end:%y}, {verdict}. {reason}"),
        ("Form", return_form(settings) if counted else ""),
        ("Spend", spent),
    ]


def return_form(settings: Settings) -> str:
    """The government's form a counted case goes into, and through whom, as the district set."""
    form, feed = settings.returns.mhclg_form.strip(), settings.returns.county_feed.strip()
    return ", ".join(part for part in (form, f"through {feed}" if feed else "") if part)


def _household(file: CaseFile) -> str:
    count = len(file.children)
    if not count:
        return ""
    return f"{count} child" if count == 1 else f"{count} children"


def _hclic(case: Case, settings: Settings) -> str:
    """The case's reference in H-CLIC, and the activity to choose there for the works."""
    given = case.hclic_ref.strip()
    return ", ".join(part for part in (given, settings.returns.hclic_activity) if part and given)


def _choice(file: CaseFile) -> str:
    made = f"wants to stay, informed: {label('yes_no', file.case.choice_made).lower()}"
    return f"{made}, {short_date(file.case.choice_date)}" if file.case.choice_date else made


def _measures(file: CaseFile) -> str:
    counted: dict[str, int] = {}
    for measure in file.measures:
        counted[measure.state] = counted.get(measure.state, 0) + 1
    return ", ".join(
        f"{count} {label('measure_state', state).lower()}" for state, count in counted.items()
    )
