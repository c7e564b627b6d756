"""What each screen shows, read and worked out in the caseload's own thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from config.codes import CONSENT_OPEN, label, labels
from config.format import full_date, money, short_moment
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.changes import unpacked
from db.models import BY_TABLE, CaseFile, Fund, MaracAction, MaracListing, Note, Property
from db.queries import LoggedChange
from db.readmodels import (
    AgendaLine,
    CaseCard,
    ConsentLine,
    Finding,
    MaracCandidate,
    TimelineEntry,
)
from db.record import specs
from db.rows import parse_moment
from sanctuary_tui import breaches, cover_ends, leftovers, partners
from sanctuary_tui.pathway import agenda, gates, marac, marac_list, readers
from sanctuary_tui.pathway import consent as consent_rules
from sanctuary_tui.pathway.dates import add_months
from sanctuary_tui.pathway.money import year_of

HORIZON_DAYS = 7
AFTERCARE_DAYS = 60
_URGENT = ("at_once", "overdue", "today", "new")
_SOON_AFTER = timedelta(minutes=5)
"""A contact written down by then is told at the moment at which it was logged."""


@dataclass(slots=True)
class TodayView:
    """Today's lines and the counts for the navigation line."""

    lines: list[AgendaLine]
    cards: list[CaseCard]
    drafts: int = 0

    @property
    def urgent(self) -> int:
        """Lines that cannot wait: at once, overdue, due today, new."""
        return sum(1 for line in self.lines if line.group in _URGENT)


def today_view(caseload: Caseload, today: date, settings: Settings) -> TodayView:
    """Everything Today shows."""
    cards = caseload.open_cards()
    reminders = queries.open_reminders(caseload.connection, today + timedelta(days=HORIZON_DAYS))
    by_id = {card.case_id: card for card in cards}
    missing = {r.case_id for r in reminders} - by_id.keys()
    by_id.update(queries.cards_of(caseload.connection, missing))
    lines = agenda.agenda(by_id, reminders, today, settings)
    lines = agenda.with_places(
        lines,
        [
            *breaches.today_lines(caseload, today),
            *leftovers.today_lines(caseload, today, settings),
            *cover_ends.today_lines(caseload, today),
        ],
        last=partners.today_lines(caseload, today, settings),
    )
    return TodayView(lines, cards, len(queries.drafts(caseload.connection)))


def aftercare_view(caseload: Caseload, today: date, settings: Settings) -> list[AgendaLine]:
    """The aftercare agenda: checks, batteries, orders, markers, kit to come back."""
    reminders = queries.open_reminders(caseload.connection, today + timedelta(days=AFTERCARE_DAYS))
    cards = queries.cards_of(caseload.connection, {reminder.case_id for reminder in reminders})
    return agenda.aftercare_agenda(cards, reminders, today, settings)


_CONSENT_TABLES = (
    "people",
    "properties",
    "contact_points",
    "incidents",
    "measures",
    "consent_requests",
    "consent_events",
)


def consent_view(caseload: Caseload, today: date, settings: Settings) -> list[ConsentLine]:
    """Every open consent request, the longest waiting first."""
    files = queries.case_files(
        caseload.connection,
        _CONSENT_TABLES,
        "status = 'open' AND id IN (SELECT case_id FROM consent_requests)",
    )
    cards = queries.cards_of(caseload.connection, files)
    lines = [
        consent_rules.consent_line(file, request, cards[case_id], today, settings)
        for case_id, file in files.items()
        for request in consent_rules.open_requests(file)
        if case_id in cards
    ]
    return sorted(lines, key=lambda line: (-line.waiting_days, line.card.ref))


@dataclass(slots=True)
class RadarLine:
    """A case inside the twelve months: a new incident of a pair referred is a repeat until then."""

    card: CaseCard
    begun: date
    ends: date


@dataclass(slots=True)
class MaracView:
    """A meeting's list: who is on it, who might be, and why."""

    meeting: date
    cutoff: date
    candidates: list[MaracCandidate]
    listings: dict[int, MaracListing] = field(default_factory=dict)
    meetings: list[date] = field(default_factory=list)
    actions: dict[int, list[MaracAction]] = field(default_factory=dict)
    radar: list[RadarLine] = field(default_factory=list)


_MARAC_TABLES = (
    "people",
    "contact_points",
    "properties",
    "safe_addresses",
    "risk_assessments",
    "legal_orders",
    "incidents",
    "measures",
    "support",
    "marac_listings",
    "marac_actions",
    "closures",
)


def marac_view(
    caseload: Caseload, today: date, settings: Settings, meeting: date | None = None
) -> MaracView:
    """The list of the next meeting, or of ``meeting``."""
    when = meeting or marac.next_meeting(today, settings)
    recent = add_months(today, -settings.marac.repeat_months - 1)
    files = queries.case_files(
        caseload.connection,
        _MARAC_TABLES,
        "status = 'open' OR id IN"
        f" (SELECT case_id FROM marac_listings WHERE meeting >= '{recent.isoformat()}')",
    )
    cards = queries.cards_of(caseload.connection, files)
    candidates: list[MaracCandidate] = []
    listings: dict[int, MaracListing] = {}
    actions: dict[int, list[MaracAction]] = {}
    radar: list[RadarLine] = []
    for case_id, file in files.items():
        if case_id not in cards:
            continue
        ends = marac.within_radar(file, today, settings)
        begun = marac.anchor(file, settings)
        if ends is not None and begun is not None:
            radar.append(RadarLine(cards[case_id], begun, ends))
        actions[case_id] = [one for one in file.marac_actions if one.state == "open"]
        candidate = marac_list.candidate(file, cards[case_id], when, today, settings)
        if candidate is not None:
            candidates.append(candidate)
        for listing in file.marac_listings:
            if listing.meeting == when and listing.state != "withdrawn":
                listings[case_id] = listing
    candidates.sort(key=lambda one: (not one.ticked, -len(one.criteria), one.card.ref))
    around = sorted(
        {
            *marac.meetings(settings, today - timedelta(days=60), 10),
            *(x.meeting for f in files.values() for x in f.marac_listings if x.meeting),
        }
    )
    radar.sort(key=lambda line: (line.ends, line.card.ref))
    return MaracView(
        when, marac.cutoff(when, settings), candidates, listings, around, actions, radar
    )


# --- one case -------------------------------------------------------------------------------------


@dataclass(slots=True)
class CaseView:
    """A whole case with what the rules say of it."""

    file: CaseFile
    card: CaseCard
    findings: list[Finding]
    story: list[TimelineEntry]
    organisations: dict[int, str]
    funds: dict[int, str]


def case_view(caseload: Caseload, case_id: int, today: date, settings: Settings) -> CaseView:
    """A whole case.

    Raises:
        BadInputError: it is not there any more.
    """
    from sanctuary_tui.work import must_find

    file = must_find(caseload, case_id)
    organisations = queries.organisation_names(caseload.connection, case_id)
    return CaseView(
        file,
        queries.card(caseload.connection, case_id),
        [
            *_findings(file, today, settings),
            *readers.findings(file, today, organisations),
        ],
        story(queries.changes_of(caseload.connection, case_id)),
        organisations,
        fund_names(queries.all_of(caseload.connection, Fund), today),
    )


def fund_names(funds: Iterable[Fund], today: date) -> dict[int, str]:
    """Funds to choose from: this financial year's first, earlier ones next, then those to come."""
    year = year_of(today)
    listed = sorted(
        funds,
        key=lambda one: (
            (one.year or 0) > year,
            abs((one.year or 0) - year),
            one.name.casefold(),
        ),
    )
    return {one.id: one.name for one in listed}


def _findings(file: CaseFile, today: date, settings: Settings) -> list[Finding]:
    """What the gates say, and what leaving the stage asks; how a case ends is asked at its end."""
    asked = gates.exit_findings(file, file.case.stage, today, settings)
    return [*gates.findings(file, today, settings), *(one for one in asked if one.gate != "closed")]


_PLURALS = ((" is ", " are "), (" needs ", " need "), (" keeps ", " keep "), (" has ", " have "))


def _plural(rest: str) -> str:
    """What is said of one measure, said of several."""
    for one, many in _PLURALS:
        if rest.startswith(one):
            return many + rest.removeprefix(one)
    return rest


def merged(findings: Sequence[Finding], file: CaseFile) -> list[Finding]:
    """Findings that say the same of several measures, as one line that names them."""
    names = {measure.id: measure.name for measure in file.measures}
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        name = names.get(finding.measure_id or 0, "")
        same = finding.sentence.startswith(name) if name else False
        rest = finding.sentence.removeprefix(name) if same else finding.sentence
        own = None if same else finding.measure_id
        key = (finding.gate, finding.severity, rest, finding.who, finding.overridden, own)
        groups.setdefault(key, []).append(finding)
    shown = []
    for same_words, group in groups.items():
        first = group[0]
        if len(group) > 1:
            listed = [names.get(one.measure_id or 0, "") for one in group]
            many = f"{listed[0]}, {listed[1]}" + (
                f" and {len(listed) - 2} more" if len(listed) > 2 else ""
            )
            sinces = [one.since for one in group if one.since]
            first = replace(
                first,
                sentence=f"{many}{_plural(str(same_words[2]))}",
                since=min(sinces) if sinces else None,
            )
        shown.append(first)
    return shown


_VERBS = {
    "collection": "added",
    "alteration": "changed",
    "erasure": "deleted",
    "consultation": "read",
    "disclosure": "disclosed",
    "combination": "linked",
    "system": "",
}
_MASKED = "(confidential)"


def story(changes: list[LoggedChange]) -> list[TimelineEntry]:
    """A case's story from the change log, newest first; changes of one batch stand together.

    The address of a home that is, or ever was, confidential is masked here too.
    """
    entries: list[TimelineEntry] = []
    hidden = {
        change.entity_id
        for change in changes
        if change.entity == Property.table
        and "yes"
        in (unpacked(change.before).get("confidential"), unpacked(change.after).get("confidential"))
    }
    for change in changes:
        if entries and _read_again(change, entries[-1]):
            continue
        kind = BY_TABLE.get(change.entity)
        title = kind.title if kind else change.entity
        verb = _VERBS.get(change.action, change.action)
        said = change.why
        sentence = said[:1].upper() + said[1:] if said else f"{title} {verb}"
        sentence += _earlier(change)
        entries.append(
            TimelineEntry(
                change.at,
                change.who,
                change.action,
                change.entity,
                change.entity_id,
                sentence,
                _what(change, masked=_PLACE if change.entity_id in hidden else frozenset()),
            )
        )
    return entries


def _earlier(change: LoggedChange) -> str:
    """When a contact was that was written down later; its line stands where it was logged."""
    kept = unpacked(change.after).get("at") if change.entity == Note.table else None
    if change.action != "collection" or not isinstance(kept, str) or not kept:
        return ""
    at = parse_moment(kept)
    return f"; it was {short_moment(at)}" if change.at - at > _SOON_AFTER else ""


def _read_again(change: LoggedChange, later: TimelineEntry) -> bool:
    """Whether this reading of the case is the same day's as the one told already."""
    return (
        change.action == later.action == "consultation"
        and change.entity == later.entity == "cases"
        and change.who == later.who
        and change.at.date() == later.at.date()
    )


_PLACE = frozenset({"address", "postcode"})


def _what(change: LoggedChange, masked: frozenset[str] = frozenset()) -> str:
    kind = BY_TABLE.get(change.entity)
    if kind is None:
        return ""
    declared = specs(kind)
    parts = []
    before, after = unpacked(change.before), unpacked(change.after)
    for name, value in (after or before).items():
        spec = declared.get(name)
        if spec is None or (not spec.shown and name not in ("stage", "status", "state")):
            continue
        if spec.kind in ("link", "datetime") or name == "by" or value in ("not_asked", "", None):
            continue
        if change.action == "collection" and (value == "no" or spec.klass == "protected"):
            continue  # what is new is told by what there is of it
        if spec.klass == "protected" or (name in masked and change.entity == Property.table):
            shown = _MASKED
        elif spec.kind == "code":
            shown = label(spec.codes, str(value))
        elif spec.kind == "codes":
            shown = labels(spec.codes, str(value))
        elif spec.kind == "money" and isinstance(value, int):
            shown = money(value)
        elif spec.kind == "date":
            shown = full_date(date.fromisoformat(value))
        else:
            shown = " ".join(str(value).split())
        parts.append(f"{spec.label}: {shown}" if spec.kind != "long" else shown)
    return "; ".join(parts)


def counts(caseload: Caseload, today: date, settings: Settings) -> dict[str, int]:
    """How many wait in each place, for the line at the top."""
    states = ", ".join(f"'{state}'" for state in sorted(CONSENT_OPEN))
    ask = caseload.connection.execute
    consents = ask(
        "SELECT count(*) FROM consent_requests r JOIN case_cards c ON c.case_id = r.case_id"
        f" WHERE c.status = 'open' AND r.state IN ({states})"
    ).fetchall()[0][0]
    due = (today + timedelta(days=HORIZON_DAYS)).isoformat()
    rules = ", ".join(f"'{rule}'" for rule in sorted(agenda.AFTERCARE_RULES))
    aftercare = ask(
        "SELECT count(*) FROM reminders WHERE state IN ('open', 'snoozed') AND due <= ?"
        " AND (state = 'open' OR coalesce(snoozed_to, '') <= ?)"
        f" AND rule IN ({rules})",
        (due, due),
    ).fetchall()[0][0]
    listed = marac_count(caseload, today, settings)
    return {"consent": int(consents), "aftercare": int(aftercare), "marac": listed}


def marac_count(caseload: Caseload, today: date, settings: Settings) -> int:
    """How many cases stand on the list that the MARAC screen opens with."""
    from sanctuary_tui.marac_export import choose_meeting

    meeting, _ = choose_meeting(caseload, today, settings)
    rows = caseload.connection.execute(
        "SELECT count(DISTINCT case_id) FROM marac_listings"
        " WHERE meeting = ? AND state <> 'withdrawn'",
        (meeting.isoformat(),),
    ).fetchall()
    return int(rows[0][0])
