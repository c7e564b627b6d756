"""The weekly digest: what a manager asks on a Friday, counted and listed, without names.

New, moved, secured and closed are of the week; stuck, overdue and due next week are as they stand
on the day it is made. Sealed cases are in none of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.codes import CONSENT_WAITING, RISK_BANDS, label
from config.format import counted, full_date, local
from db import queries
from db.readlog import changed_between, ends_of
from db.rows import moment_text, parse_day, parse_moment
from sanctuary_tui import views
from sanctuary_tui.exports.package import week_code
from sanctuary_tui.exports.tables import Line, refuse_names
from sanctuary_tui.returns.figures import Period
from sanctuary_tui.since import move_words, stage_move
from sanctuary_tui.table_export import ExportSheet, Handed, export_sheet

if TYPE_CHECKING:
    from config.settings import Settings
    from db.caseload import Caseload
    from db.readmodels import CaseCard
    from sanctuary_tui.exports.files import ExportResult

SECTIONS: Final = {
    "new": "NEW REFERRALS",
    "moved": "MOVED ON OR BACK",
    "secured": "SECURED",
    "closed": "CLOSED",
    "stuck": "STUCK, PAST THE STAGE'S TARGET",
    "overdue": "OVERDUE",
    "due": "DUE NEXT WEEK",
}
"""What the manager asks, in this order."""
_AS_IT_STANDS: Final = "stuck, overdue and due next week"
_PARTIES: Final = {
    name: name.lower().replace(" ", "_")
    for name in (
        "Coordinator",
        "Survivor",
        "Referrer",
        "Housing officer",
        "Court",
        "Manager",
        "Solicitor",
        "DA service",
        "Installer",
        "Contractor",
        "Police",
    )
}
"""Whom a case waits for in the program's own words; any other may be a name."""


@dataclass(slots=True)
class DigestLine:
    """One case under one heading. ``words`` say it on the screen; ``party`` is who it waits for as
    a code, ``before`` the stage it came from."""

    section: str
    card: CaseCard
    day: date | None
    words: str
    party: str = ""
    before: str = ""
    rule: str = ""
    what: str = ""


@dataclass(slots=True)
class Digest:
    """The digest of a week, made on a day."""

    week: Period
    made: date
    lines: list[DigestLine] = field(default_factory=list)

    def of(self, section: str) -> list[DigestLine]:
        """The lines under one heading."""
        return [line for line in self.lines if line.section == section]

    @property
    def sentence(self) -> str:
        """Which week, and what is not of the week."""
        return (
            f"Week {self.week.code}, {self.week.words}; {_AS_IT_STANDS} as they stand on "
            f"{full_date(self.made)}."
        )


def week_of(code: str) -> Period:
    """A week from Monday to Sunday, ``2026-W47``.

    Raises:
        BadInputError: it is not one of the calendar.
    """
    year, _, number = week_code(code).partition("W")
    first = date.fromisocalendar(int(year), int(number), 1)
    return Period(f"{year}-W{number}", first, first + timedelta(days=6))


def week_with(day: date) -> Period:
    """The week in which a day lies."""
    year, number, _ = day.isocalendar()
    return week_of(f"{year}-W{number:02}")


def digest(caseload: Caseload, week: Period, today: date, settings: Settings) -> Digest:
    """Everything of a week, and what stands today."""
    found = Digest(week, today)
    _of_the_week(caseload, found, settings)
    _as_it_stands(caseload, found, settings)
    order = list(SECTIONS)
    found.lines.sort(
        key=lambda line: (order.index(line.section), line.day or date.max, line.card.ref)
    )
    return found


def _ends(week: Period) -> tuple[datetime, datetime]:
    """The first moment of a week in England, and of the next."""
    return ends_of(week.first)[0], ends_of(week.last)[1]


def _of_the_week(caseload: Caseload, found: Digest, settings: Settings) -> None:
    ask, week = caseload.connection.execute, found.week
    first, last = _ends(week)
    days = (week.first.isoformat(), week.last.isoformat())
    came = ask(
        "SELECT id, received, route FROM cases WHERE received >= ? AND received < ?",
        (moment_text(first), moment_text(last)),
    ).fetchall()
    moved = [
        (row, move)
        for row in changed_between(caseload.connection, first, last)
        if (move := stage_move(row)) and move[1] != "closed"
    ]
    secured = ask(
        "SELECT m.case_id, max(m.fitted_on) FROM measures m JOIN case_cards c"
        " ON c.case_id = m.case_id WHERE m.fitted_on >= ? AND m.fitted_on <= ?"
        " AND c.secured = 'yes' GROUP BY m.case_id",
        days,
    ).fetchall()
    closed = ask(
        "SELECT x.case_id, max(x.closed_on), x.outcome FROM closures x JOIN case_cards c"
        " ON c.case_id = x.case_id WHERE x.closed_on >= ? AND x.closed_on <= ?"
        " AND c.status = 'closed' GROUP BY x.case_id",
        days,
    ).fetchall()
    ids = {row[0] for rows in (came, secured, closed) for row in rows}
    cards = queries.cards_of(caseload.connection, ids | {row.case_id for row, _ in moved})
    lines = [
        DigestLine(
            "new",
            cards[case_id],
            local(parse_moment(received)).date(),
            f"from: {label('route', route)}",
        )
        for case_id, received, route in came
        if case_id in cards
    ]
    lines += [
        DigestLine(
            "moved",
            cards[row.case_id],
            local(row.at).date(),
            move_words(move, settings),
            before=move[0],
        )
        for row, move in moved
        if row.case_id in cards
    ]
    lines += [
        DigestLine("secured", cards[case_id], parse_day(day), "home secured")
        for case_id, day in secured
        if case_id in cards
    ]
    lines += [
        DigestLine("closed", cards[case_id], parse_day(day), label("close_outcome", outcome))
        for case_id, day, outcome in closed
        if case_id in cards
    ]
    found.lines += lines


def _as_it_stands(caseload: Caseload, found: Digest, settings: Settings) -> None:
    today, cards = found.made, caseload.open_cards()
    kinds = _who_decides(caseload)
    for card in cards:
        if card.target_due is not None and card.target_due < today:
            on, why = card.stuck_on or "nobody named", card.stuck_why or "past its target"
            party = _PARTIES.get(card.stuck_on) or kinds.get(card.case_id, "other")
            line = DigestLine("stuck", card, card.stuck_since, f"on {on}: {why}", party)
            found.lines.append(line)
    late = [
        DigestLine("overdue", line.card, line.due, line.text, rule=line.rule, what=line.text)
        for line in views.today_view(caseload, today, settings).lines
        if line.group == "overdue" and not line.place
    ]
    monday = found.week.last + timedelta(days=1)
    sunday = found.week.last + timedelta(days=7)
    reminders = queries.open_reminders(caseload.connection, sunday)
    known = queries.cards_of(caseload.connection, {one.case_id for one in reminders})
    coming = [
        DigestLine(
            "due", known[one.case_id], day, one.title_text, rule=one.rule, what=one.title_text
        )
        for one in reminders
        if one.case_id in known
        and (day := one.snoozed_to if one.state == "snoozed" else one.due)
        and monday <= day <= sunday
    ]
    found.lines += [*late, *coming]


def _who_decides(caseload: Caseload) -> dict[int, str]:
    """What kind of body each case's oldest unanswered request waits for."""
    states = ", ".join(f"'{state}'" for state in sorted(CONSENT_WAITING))
    rows = caseload.connection.execute(
        f"SELECT case_id, decision_kind FROM consent_requests WHERE state IN ({states})"
        " ORDER BY id DESC"
    ).fetchall()
    return {int(case_id): str(kind) for case_id, kind in rows}


def counts(found: Digest) -> str:
    """How many under each heading, in one line."""
    return ", ".join(
        f"{title.partition(',')[0].lower()} {len(found.of(name))}"
        for name, title in SECTIONS.items()
    )


_COLUMNS: Final = (
    Line("section", "case_cards", "stage"),
    Line("case_ref", "case_cards", "ref"),
    Line("name", "case_cards", "name"),
    Line("risk", "case_cards", "risk"),
    Line("urgency", "case_cards", "urgency"),
    Line("stage", "case_cards", "stage"),
    Line("stage_before", "case_cards", "stage"),
    Line("day", "case_cards", "stage_entered"),
    Line("waits_for", "consent_requests", "decision_kind"),
    Line("waits_for_name", "case_cards", "stuck_on"),
    Line("stuck_why", "case_cards", "stuck_why"),
    Line("stuck_since", "case_cards", "stuck_since"),
    Line("rule", "reminders", "rule"),
    Line("what", "reminders", "title_text"),
)
"""Of which the pseudonymous profile leaves out name, who by name, why and what."""


def sheet_of(found: Digest) -> ExportSheet:
    """The digest as rows: a line a case under each heading."""
    rows: list[list[object]] = []
    for line in found.lines:
        card, stuck = line.card, line.section == "stuck"
        rows.append(
            [
                line.section,
                card.ref,
                card.name,
                card.risk,
                card.urgency,
                card.stage,
                line.before,
                line.day,
                line.party,
                card.stuck_on if stuck else "",
                card.stuck_why if stuck else "",
                card.stuck_since if stuck else None,
                line.rule,
                line.what,
            ]
        )
    refs = dict.fromkeys(line.card.ref for line in found.lines)
    return ExportSheet(f"digest-{found.week.code}", _COLUMNS, rows, [*refs])


def export_digest(
    caseload: Caseload, found: Digest, out: Path, *, handed: Handed | None, now: datetime
) -> ExportResult:
    """Write the digest; with names where it is said to whom they are ``handed``.

    Raises:
        BadInputError: names without a recipient or a reason; the file's name is not one of a CSV.
        RefusedError: with names, somebody of a case's register of connected people or its
            perpetrator would get it; the place or the file's name will not do.
        SanctuaryError: the file cannot be written.
    """
    refuse_names(caseload.connection, out)
    return export_sheet(caseload, sheet_of(found), out, handed=handed, now=now)


def summary(found: Digest) -> list[str]:
    """The digest in words for the terminal: counts, then a line a case, no name."""
    said = [found.sentence, counts(found)]
    for name, title in SECTIONS.items():
        lines = found.of(name)
        said += ["", f"{title}: {counted(len(lines), 'line')}"]
        said += [
            "  ".join(
                part
                for part in (
                    line.card.ref,
                    RISK_BANDS.get(line.card.risk, line.card.risk),
                    full_date(line.day),
                    _nameless(line),
                )
                if part
            )
            for line in lines
        ]
    return said


def _nameless(line: DigestLine) -> str:
    """What is said of a line where typed words and names have no place."""
    if line.section == "stuck":
        return f"on {line.party.replace('_', ' ')}"
    if line.section in ("overdue", "due"):
        return line.rule.replace("_", " ") or "own reminder"
    return line.words
