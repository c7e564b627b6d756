"""``today`` and ``show``: the day's list and one case as plain text, for scripts and readers."""

from __future__ import annotations

import argparse
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from config.codes import RISK_BANDS, label
from config.format import age, full_date, short_date, short_moment
from sanctuary_tui.cli_output import counted, say, say_json
from sanctuary_tui.cli_session import Session, opened

if TYPE_CHECKING:
    from db.models import CaseFile, Reminder
    from db.readmodels import AgendaLine, CaseCard, Finding
    from sanctuary_tui.views import CaseView

_GROUPS = {
    "at_once": "AT ONCE",
    "overdue": "OVERDUE",
    "today": "TODAY",
    "new": "NEW",
    "stuck": "STUCK",
    "coming": "COMING",
    "later": "LATER",
    "keeping": "REVIEW RETENTION",
}
_RISK_WIDTH = max(map(len, RISK_BANDS.values()))


# --- today ----------------------------------------------------------------------------------------


def today(args: argparse.Namespace) -> int:
    """The triage list, grouped as the Today screen groups it."""
    from sanctuary_tui.copies import backup_notice
    from sanctuary_tui.funds import warnings
    from sanctuary_tui.views import today_view

    with opened(args) as session:
        lines = today_view(session.caseload, session.today, session.settings).lines
        wrong = backup_notice(session.caseload, session.paths, session.settings, session.today)
        money = warnings(session.caseload, session.today, session.settings)
        if args.names:
            session.caseload.store.note("consultation", "caseload", 0, 0, "today listed with names")
    if args.json:
        say_json(_today_json(lines, session.today, names=args.names))
        return 0
    say(f"Today, {full_date(session.today)}: {counted(len(lines), 'line')}.")
    if wrong:
        say(f"{wrong} 'sanctuary backup' makes one now.")
    for sentence in money:
        say(sentence)
    for group, members in groupby(lines, key=lambda line: line.group):
        found = list(members)
        say()
        say(f"{_GROUPS.get(group, group.upper())} {len(found)}")
        for line in found:
            say(_today_line(line, session.today, names=args.names))
    return 0


def _today_line(line: AgendaLine, day: date, *, names: bool) -> str:
    card = line.card
    risk = _risk(card) if line.risk else ""
    name = card.name if names else card.masked
    due = since_words(line.since, day) or due_words(line.due, day, line.at)
    said = f"{line.text}; {due}" if due else line.text
    return "  ".join(part for part in (risk.ljust(_RISK_WIDTH), card.ref, name, said) if part)


def _risk(card: CaseCard) -> str:
    return RISK_BANDS.get(card.risk, card.risk).upper()


def due_words(due: date | None, day: date, at: str = "") -> str:
    """When something is due, in words: ``due today 13:00``, ``due Tue 24 Nov, 2 days ago``."""
    if due is None:
        return ""
    days = (due - day).days
    if days == 0:
        return f"due today {at}".strip()
    named = short_date(due, day)
    if days < 0:
        return f"due {named}, {counted(-days, 'day')} ago"
    return f"due {named}, " + ("tomorrow" if days == 1 else f"in {days} days")


def since_words(since: date | None, day: date) -> str:
    """How long a case has been stuck, in words: ``since Tue 24 Nov, 2 days``."""
    if since is None:
        return ""
    named, days = short_date(since, day), (day - since).days
    return f"since {named}, {counted(days, 'day')}" if days > 0 else f"since {named}"


def _today_json(lines: list[AgendaLine], day: date, *, names: bool) -> dict[str, Any]:
    return {
        "date": day.isoformat(),
        "lines": [
            {
                "group": line.group,
                "ref": line.card.ref,
                "name": line.card.name if names else line.card.masked,
                "risk": line.card.risk,
                "stage": line.card.stage,
                "text": line.text,
                "due": line.due.isoformat() if line.due else None,
                "since": line.since.isoformat() if line.since else None,
                "at": line.at,
                "command": line.command,
                "rule": line.rule,
                "cases": line.cases,
            }
            for line in lines
        ],
    }


# --- show -----------------------------------------------------------------------------------------


def show(args: argparse.Namespace) -> int:
    """One case: where it stands, what stops it, its dates, what next. The reading is logged."""
    from db import queries
    from sanctuary_tui.views import case_view

    with opened(args) as session:
        caseload = session.caseload
        case_id = queries.case_id_of(caseload.connection, args.ref)
        why = "case read on the command line"
        caseload.store.note(
            "consultation", "cases", case_id, case_id, f"{why}, with names" if args.names else why
        )
        view = case_view(caseload, case_id, session.today, session.settings)
    if args.json:
        say_json(_show_json(view, session, names=args.names))
    else:
        _show_text(view, session, names=args.names)
    return 0


def _show_text(view: CaseView, session: Session, *, names: bool) -> None:
    from sanctuary_tui.pathway import stages
    from sanctuary_tui.screens.case_rows import standing

    card, day = view.card, session.today
    say(f"{card.ref}  {_risk(card)}  {card.name if names else card.masked}".rstrip())
    if card.status == "closed":
        say("Status: closed")
    target = f", target {short_date(card.target_due, day)}" if card.target_due else ""
    title = stages.title(card.stage, session.settings)
    say(f"Stage: {title}, {age(card.stage_entered, day)} in it{target}")
    home = [label("tenure", card.tenure)]
    if card.named_parties not in ("", "not_asked"):
        home.append(label("named_parties", card.named_parties))
    say(f"Home: {'; '.join(home)}")
    if card.consent:
        since = f" since {short_date(card.consent_since, day)}" if card.consent_since else ""
        say(f"Consent: {label('consent_state', card.consent)}{since}")
    say(f"Safe contact: {card.safe_contact}")
    say(f"Stuck: {card.stuck_why or 'nothing'}")
    if card.stuck_on:
        say(f"On whom: {card.stuck_on}")
    if card.stuck_since:
        say(f"Since: {short_date(card.stuck_since, day)}, {age(card.stuck_since, day)}")
    due = due_words(card.next_due, day)
    say(f"Next: {card.next_text or 'nothing'}{f'; {due}' if due else ''}")
    for name, said in standing(view.file, day, session.settings):
        if said:
            say(f"{name}: {said}")
    _say_findings(view.findings, day)
    _say_dates(_open(view), day)


def _say_findings(findings: list[Finding], day: date) -> None:
    say()
    say(f"GATES {len(findings)}")
    for finding in findings:
        word = "passed by override" if finding.overridden else finding.severity
        tail = [f"on {finding.who}"] if finding.who else []
        tail += [f"since {short_date(finding.since, day)}"] if finding.since else []
        said = f" ({', '.join(tail)})" if tail else ""
        say(f"{finding.gate} {label('gate', finding.gate)}, {word}: {finding.sentence}{said}")


def _say_dates(reminders: list[Reminder], day: date) -> None:
    say()
    say(f"DATES {len(reminders)}")
    for reminder in reminders:
        say(f"{reminder.title_text}; {due_words(_when(reminder), day, reminder.at)}")


def _open(view: CaseView) -> list[Reminder]:
    standing = [one for one in view.file.reminders if one.state in ("open", "snoozed")]
    return sorted(standing, key=lambda one: (_when(one) or date.max, one.id))


def _when(reminder: Reminder) -> date | None:
    return reminder.snoozed_to or reminder.due


def _show_json(view: CaseView, session: Session, *, names: bool) -> dict[str, Any]:
    card = view.card
    return {
        "date": session.today.isoformat(),
        "ref": card.ref,
        "name": card.name if names else card.masked,
        "status": card.status,
        "stage": card.stage,
        "stage_entered": card.stage_entered.isoformat(),
        "target_due": _iso(card.target_due),
        "risk": card.risk,
        "score": card.score,
        "tenure": card.tenure,
        "consent": card.consent,
        "scheme_type": card.scheme_type,
        "secured": card.secured,
        **_standing_json(view.file, session.today),
        "safe_contact": card.safe_contact,
        "stuck": {
            "why": card.stuck_why,
            "on": card.stuck_on,
            "since": _iso(card.stuck_since),
            "next": card.next_text,
            "next_due": _iso(card.next_due),
        },
        "gates": [
            {
                "gate": finding.gate,
                "severity": finding.severity,
                "sentence": finding.sentence,
                "who": finding.who,
                "since": _iso(finding.since),
                "command": finding.command,
                "measure_id": finding.measure_id,
                "overridden": finding.overridden,
            }
            for finding in view.findings
        ],
        "dates": [
            {
                "what": reminder.title_text,
                "due": _iso(_when(reminder)),
                "at": reminder.at,
                "rule": reminder.rule,
                "who": reminder.who,
            }
            for reminder in _open(view)
        ],
        "last": short_moment(view.story[0].at) if view.story else "",
    }


def _standing_json(file: CaseFile, day: date) -> dict[str, Any]:
    """Scheme, return and spend, each with what it is worked out from; money in pence."""
    from sanctuary_tui.pathway import scheme

    kind, evidence = scheme.scheme_type(file)
    start, end = scheme.return_year(day)
    counts, reason = scheme.return_reason(file, start, end)
    return {
        "scheme": {"type": kind, "evidence": evidence},
        "return": {"year": f"{start.year}-{end:%y}", "counts": counts, "reason": reason},
        "ordered_or_spent": {
            "own": scheme.ordered_or_spent(file),
            "landlord": scheme.ordered_or_spent(file, theirs=True),
        },
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
