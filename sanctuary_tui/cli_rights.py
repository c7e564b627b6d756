"""``subject``, ``export subject-access`` and ``breach``: what people may see, and what got out."""

from __future__ import annotations

import argparse
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from config.codes import label
from config.errors import BadInputError, RefusedError
from config.format import full_date, short_moment
from db import queries
from db.caseload import Caseload
from db.models import Breach, Disclosure, Person, SubjectRequest
from sanctuary_tui import breach_report, breaches, work
from sanctuary_tui.cli_output import counted, say, warn
from sanctuary_tui.cli_secrets import read_text
from sanctuary_tui.cli_session import opened, parse_day
from sanctuary_tui.exports.register import look
from sanctuary_tui.pathway import rights
from sanctuary_tui.subject import deciding, pack
from sanctuary_tui.subject.gather import same_person

_MOST_SHOWN = 30


def subject(args: argparse.Namespace) -> int:
    """Take a request, list every paragraph with its mark, and take decisions from a file.

    ``--sent`` says on which day the answer left, ``--reopen`` takes an ended request up again.
    """
    sent = parse_day(args.sent) if args.sent else None
    why = read_text(args, "reason_file", "Why it is taken up again") if args.reopen else ""
    received = parse_day(args.received) if args.received else None
    identity = parse_day(args.identity) if args.identity else None
    decisions = _decisions(Path(args.decisions)) if args.decisions else []
    with opened(args) as session:
        caseload = session.caseload
        person = _person(caseload, args.ref, args.who)
        request = deciding.request_of(caseload, person)
        if args.reopen:
            request = _reopened(caseload, person, why)
        elif request is None and sent is not None:
            raise RefusedError("They have no open request; none can be said to be answered.")
        elif request is None:
            request = deciding.open_request(caseload, person.id, received or session.today)
        elif received is not None and received != request.received:
            raise RefusedError(
                f"A request of theirs is open already, received {full_date(request.received)}."
            )
        if identity is not None:
            request = deciding.prove_identity(caseload, request.id, identity)
        for reference in args.also or ():
            _also(caseload, request, person, reference)
        for said, exemption, keys, reason in decisions:
            if said == "release":
                deciding.release(caseload, request.id, keys, reason)
            elif said == "unsee":
                deciding.take_back(caseload, request.id, keys)
            else:
                deciding.withhold(caseload, request.id, keys, exemption, reason)
        if sent is not None:
            request = deciding.mark_sent(caseload, request.id, sent)
        made = deciding.choices(caseload, request.id)
        others = {one.case_id for one in same_person(caseload, person)}
        deciding.note_reading(caseload, request, "listed")
    _tell(request, made, session.today)
    if others:
        warn(
            f"The same name stands in {counted(len(others), 'other case')}; where it is the same "
            "person, add each with --also REF."
        )
    return 0


def _reopened(caseload: Caseload, person: Person, why: str) -> SubjectRequest:
    known = deciding.requests_of(caseload, person)
    if not known:
        raise RefusedError("They have asked for nothing yet.")
    return deciding.reopen(caseload, known[-1].id, why)


def _tell(request: SubjectRequest, made: list[deciding.Choice], today: date) -> None:
    due = rights.request_due(request)
    left = (due - today).days if due else 0
    if request.state != "open":
        state = label("request_state", request.state).lower()
        say(f"Request {request.id}: {state} on {full_date(request.sent_on)}.")
        return
    say(
        f"Request {request.id}, received {full_date(request.received)}, due {full_date(due)} "
        f"({counted(left, 'day')} left)."
        if left >= 0
        else f"Request {request.id}: overdue since {full_date(due)}."
    )
    if request.identity_on is None:
        warn("Not yet made sure who asks: --identity DATE, before anything is written.")
    going = sum(1 for one in made if one.released)
    waiting = sum(1 for one in made if one.waiting)
    say(
        f"{counted(len(made), 'paragraph')}: {going} go out, {len(made) - going} withheld, "
        f"{waiting} of these nobody has looked at."
    )
    for one in made:
        paragraph = one.paragraph
        mark = "[x]" if one.released else "[-]" if paragraph.barred else "[ ]"
        mark = "[!]" if paragraph.warned and not one.released else mark
        why = "" if one.released else f" ({one.exemption}{'' if one.decided else ', proposed'})"
        words = "(never to this person)" if paragraph.barred else paragraph.text
        say(f"{mark} {paragraph.key}{why}  {paragraph.title}: {words}")


def _person(caseload: Caseload, reference: str, who: str) -> Person:
    """Somebody of a case by their role, where only one has it, or by their number."""
    file = work.must_find(caseload, queries.case_id_of(caseload.connection, reference))
    found = [one for one in file.people if who in (one.role, str(one.id))]
    if len(found) == 1:
        return found[0]
    there = ", ".join(f"{one.id} ({one.role})" for one in file.people) or "nobody"
    raise BadInputError(f"Say who of {file.case.ref} asks, by role or number: {there}.")


def _also(caseload: Caseload, request: SubjectRequest, person: Person, reference: str) -> None:
    case_id = queries.case_id_of(caseload.connection, reference)
    found = [one for one in same_person(caseload, person) if one.case_id == case_id]
    if not found:
        raise BadInputError("Nobody of that case has the same name and date of birth.")
    for one in found:
        deciding.add_other_case(caseload, request.id, one.id)


def _decisions(path: Path) -> list[tuple[str, str, list[str], str]]:
    """Lines of a file: ``release KEY [why]``, ``withhold EXEMPTION KEY [why]``, ``unsee KEY``.

    ``#`` begins a remark.

    Raises:
        BadInputError: it cannot be read, or a line is neither; it is named by its number.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        raise BadInputError(f"{path.name} cannot be read as UTF-8 text.") from None
    found = []
    for number, line in enumerate(lines, start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] == "release" and len(words) >= 2:
            found.append(("release", "", [words[1]], " ".join(words[2:])))
        elif words[0] == "unsee" and len(words) == 2:
            found.append(("unsee", "", [words[1]], ""))
        elif words[0] == "withhold" and len(words) >= 3 and words[1] in deciding.REASONS:
            found.append(("withhold", words[1], [words[2]], " ".join(words[3:])))
        else:
            raise BadInputError(
                f"Line {number} of {path.name} is none of 'release KEY', 'withhold EXEMPTION "
                f"KEY why' and 'unsee KEY'; exemptions are {', '.join(deciding.REASONS)}."
            )
    return found


def export_subject(args: argparse.Namespace, out: Path) -> int:
    """Write the answer to the open request and the log of what was withheld; it stays open."""

    if len(args.names) != 2:
        args.parser.error("'export subject-access' needs a reference and who: S26-0042 survivor")
    safety = None
    if args.survivor_safety:
        state = args.survivor_safety.replace("-", "_")
        words = read_text(args, "safety_file", "How they were told, or why not")
        safety = pack.Safety(state, words)
    with opened(args) as session:
        caseload = session.caseload
        person = _person(caseload, *args.names)
        request = deciding.request_of(caseload, person)
        if request is None:
            raise RefusedError("They have no open request; take it with 'sanctuary subject'.")
        prepared = pack.prepare(caseload, request.id, session.settings, today=session.today)
        if prepared.safe_contact:
            say(f"Safe contact: {prepared.safe_contact}")
        written = pack.make(
            caseload,
            request.id,
            session.settings,
            out,
            now=session.caseload.store.now(),
            today=session.today,
            text=args.text,
            rule_read=args.safe_contact_read,
            unseen=args.rest_withheld or "",
            safety=safety,
        )
    for path, digest in written.files:
        say(f"{path}  SHA-256 {digest}")
    say(
        f"{counted(len(prepared.released), 'paragraph')} written, {len(prepared.withheld)} "
        f"withheld. What lies in {pack.COUNCIL_FOLDER} is for the council alone: never send it."
    )
    say("The request stays open until it is sent: 'sanctuary subject REF WHO --sent DATE'.")
    for notice in written.notices:
        warn(notice)
    return 0


# --- breaches -------------------------------------------------------------------------------------


def breach(args: argparse.Namespace) -> int:
    """Record a breach and say what comes first; or list; or write a report again."""
    needs = args.what in ("export", "report")
    if needs != (args.number is not None):
        args.parser.error(f"'breach {args.what}' {'needs' if needs else 'has'} {_ABOUT[needs]}")
    if args.what == "list":
        return _list(args)
    out = Path(args.out).expanduser().absolute() if args.out else None
    aware = _moment(args.aware) if args.aware else None
    with opened(args) as session:
        caseload, now = session.caseload, session.caseload.store.now()
        if args.what == "report":
            made = queries.get(caseload.connection, Breach, args.number)
        else:
            words = read_text(args, "words_file", "What happened, in words (or nothing)")
            recipient = read_text(args, "recipient_file", "Who has it now (or nothing)")
            made = breaches.record(
                caseload,
                args.kind if args.what == "export" else args.what.replace("-", "_"),
                aware=aware or now,
                disclosure_id=args.number or 0,
                what=words,
                recipient=recipient,
            )
        risk = breaches.at_risk(caseload, made)
        written = (
            breach_report.make_report(caseload, made.id, session.settings, out, now=now)
            if out
            else None
        )
        for one in risk[:_MOST_SHOWN]:
            caseload.store.note(
                "consultation", "cases", one.case_id, one.case_id, "safe contact after a breach"
            )
    say(f"Breach {made.id}: {label('breach_kind', made.kind)}. {breaches.clock_words(made, now)}.")
    say(f"In it: {made.held or 'not known'}; {counted(len(risk), 'case')}.")
    for number, step in enumerate(breaches.FIRST_STEPS, start=1):
        say(f"{number}. {step}")
    for one in risk[:_MOST_SHOWN]:
        exposed = "  ADDRESS OR PROTECTED FIELD" if one.exposed else ""
        reached = f"  {one.reached}" if one.reached else ""
        say(f"{one.ref}  {one.safe_contact}{exposed}{reached}")
    if len(risk) > _MOST_SHOWN:
        say(f"... and {len(risk) - _MOST_SHOWN} more, in the report.")
    if written is not None:
        for path, digest in written.files:
            say(f"{path}  SHA-256 {digest}")
    return 0


_ABOUT = {True: "a number: 'sanctuary breach list' shows them", False: "no number"}


def _list(args: argparse.Namespace) -> int:
    """Breaches with their clocks; the newest exports with their numbers."""
    with opened(args) as session:
        caseload, now = session.caseload, session.caseload.store.now()
        recorded = queries.all_of(caseload.connection, Breach)
        rows = queries.all_of(caseload.connection, Disclosure)[-_MOST_SHOWN:]
    for one in recorded:
        state = "closed" if one.closed_on else breaches.clock_words(one, now)
        ico = label("ico_state", one.ico)
        say(f"breach {one.id}  {label('breach_kind', one.kind)}  {ico}  {state}")
    for row in reversed(rows):
        where = look(row).state
        say(
            f"export {row.id}  {short_moment(row.at)}  {row.what}  "
            f"{label('recipient', row.recipient)}  {where}"
        )
    return 0


def _moment(text: str) -> datetime:
    """England's time as ``2026-11-26T14:05``, in UTC.

    Raises:
        BadInputError: it is no moment of the calendar.
    """
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=ZoneInfo("Europe/London"))
    except ValueError:
        raise BadInputError("The moment cannot be read; write it as 2026-11-26T14:05.") from None
