"""After a breach: what was in the file, who is at risk, the clock, and what was done and decided.

The survivors' safety comes first, then the 72 hours of the ICO. Every breach is recorded, those
that are not reported too (UK GDPR Articles 33 and 34; section 33(5) is the record itself).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from config.codes import CODES, UNKNOWN, label, split
from config.errors import BadInputError, RefusedError
from config.format import counted, local, short_moment
from db import queries
from db.caseload import Caseload
from db.models import Breach, BreachStep, Disclosure
from db.readmodels import AgendaGroup, AgendaLine, CaseCard
from db.rights import EVERY_CASE
from db.seal import count_sealed
from db.validation import validated
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.register import classes_of
from sanctuary_tui.pathway import rights

WHOLE_CASELOAD: Final = frozenset({"lost_backup", "lost_laptop"})
"""Breaches in which everything is lost that the caseload holds."""
EVERY_CLASS: Final = ";".join(CODES["field_class"])
_WARNED: Final = ("survivor", "not_reached")
_SETTLED: Final = ("survivor", "decision")
_OLD_PROFILES: Final = {
    "marac": "marac",
    "landlord": "landlord",
    "contractor": "contractor",
    "survivor": "survivor",
    "referrer": "referrer",
    "benefits": "benefits",
    "other_marac": "marac_address",
    "subject": "subject",
}


@dataclass(frozen=True, slots=True)
class Held:
    """What an export held, as the register knows it. ``refs`` are its cases."""

    what: str
    refs: tuple[str, ...]
    classes: str
    recipient: str
    protected: str
    files: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """A case that was in it: how its survivor is reached, and whether they have been.

    ``exposed``: a confidential address or other protected field may have been in it.
    """

    case_id: int
    ref: str
    card: CaseCard
    safe_contact: str
    exposed: bool
    children: int
    people: int
    reached: str
    police: bool


# --- what was in it -------------------------------------------------------------------------------


def held_in(caseload: Caseload, disclosure_id: int) -> Held:
    """What an export held: every file of it, its cases, classes of field and recipient.

    Where the register is older than what it says of classes, the most that the recipient could be
    sent is taken.

    Raises:
        BadInputError: the register has no such row.
    """
    row = queries.get(caseload.connection, Disclosure, disclosure_id)
    found = held_by(row, queries.all_of(caseload.connection, Disclosure))
    return replace(found, refs=refs_of(caseload, row.case_refs, row.at))


def held_by(row: Disclosure, rows: Sequence[Disclosure]) -> Held:
    """The same without its cases, of a row among the ``rows`` that the caller may read."""
    parts = [
        one
        for one in rows
        if (one.at, one.case_refs, one.profile) == (row.at, row.case_refs, row.profile)
    ]
    first = parts[0]
    classes = {code for one in parts for code in split(one.held or _classes_of_old(one))}
    if any(one.protected_fields for one in parts):
        classes.add("protected")
    name = row.recipient_name.strip()
    encrypted = row.protection in ("xlsx", "zip")
    return Held(
        first.what,
        (),
        ";".join(code for code in CODES["field_class"] if code in classes),
        f"{label('recipient', row.recipient)}{f', {name}' if name else ''}",
        "not_known" if encrypted else "no",
        len(parts),
    )


def _classes_of_old(row: Disclosure) -> str:
    profile = _OLD_PROFILES.get(row.recipient, "identifiable")
    if row.recipient == "internal" and "pseudonymous" in row.what:
        profile = "pseudonymous"
    return classes_of(PROFILES[profile].fields)


def refs_of(caseload: Caseload, kept: str, at: datetime | None = None) -> tuple[str, ...]:
    """The references a row names; of ``*`` every case there was at that moment."""
    named = split(kept)
    if EVERY_CASE not in named:
        return tuple(named)
    found = queries.cases_by(caseload.connection, at)
    return tuple(dict.fromkeys((*found, *(ref for ref in named if ref != EVERY_CASE))))


def refs_in(caseload: Caseload, breach: Breach) -> tuple[str, ...]:
    """The references of the cases that were in a breach, without those that are sealed now.

    The register is asked again: a case that was sealed when the breach was recorded stands in it
    alone, and is there again once its seal is lifted.
    """
    found = refs_of(caseload, breach.case_refs, breach.aware)
    if not breach.disclosure_id or EVERY_CASE in split(breach.case_refs):
        return found
    rows = caseload.connection.execute(
        "SELECT case_refs FROM disclosures WHERE id = ?", (breach.disclosure_id,)
    ).fetchall()
    return tuple(dict.fromkeys((*found, *(ref for row in rows for ref in split(row[0])))))


# --- recording ------------------------------------------------------------------------------------


def record(
    caseload: Caseload,
    kind: str,
    *,
    aware: datetime,
    disclosure_id: int = 0,
    happened: datetime | None = None,
    what: str = "",
    recipient: str = "",
    protected: str = "",
    held: Held | None = None,
) -> Breach:
    """Record a breach and start its clock: of an export, or of a lost backup or computer.

    ``held`` is given where what the export held is not said here (``sealing.record_breach``): no
    case is then named, and the register alone knows them.

    ``protected``, a yes-or-no code, says whether the passphrase of what was lost whole is safe.

    Raises:
        BadInputError: the moment lies ahead, or there is no such export.
    """
    must_be_past(aware, caseload.store.now())
    given: dict[str, Any] = {"kind": kind, "aware": aware, "happened": happened, "what": what}
    if disclosure_id:
        refs = ""
        if held is None:
            held = held_in(caseload, disclosure_id)
            refs = queries.get(caseload.connection, Disclosure, disclosure_id).case_refs
        given |= {
            "disclosure_id": disclosure_id,
            "held": held.what,
            "case_refs": refs,
            "classes": held.classes,
            "protected": held.protected,
        }
        recipient = recipient or (held.recipient if kind == "too_much" else "")
    elif kind in WHOLE_CASELOAD:
        given |= {
            "held": "the whole caseload, encrypted",
            "case_refs": EVERY_CASE,
            "classes": EVERY_CLASS,
            "protected": protected if protected in ("yes", "no") else "not_known",
        }
    values = validated(Breach, {**given, "recipient": recipient[:200]})
    store = caseload.store
    with store.batch("breach recorded"):
        breach = store.add(Breach(**values))
        said = [f"recorded; the 72 hours end {short_moment(rights.breach_due(breach))}"]
        if sealed := count_sealed(caseload.connection, breach.id).cases:
            said.append(
                f"{counted(sealed, 'sealed case')} in it: reach each survivor from the list of "
                "sealed cases (S), first"
            )
        for words in said:
            log_step(caseload, breach.id, "other", words)
    return breach


def must_be_past(aware: datetime, now: datetime) -> None:
    """Nothing is known of before it is.

    Raises:
        BadInputError: the moment lies ahead.
    """
    if aware > now + timedelta(minutes=1):
        said = "That moment is still to come; give when it was first known."
        raise BadInputError(said, field="aware")


def steps_of(caseload: Caseload, breach_id: int) -> list[BreachStep]:
    """Everything done and decided after a breach, oldest first."""
    return [
        one for one in queries.all_of(caseload.connection, BreachStep) if one.breach_id == breach_id
    ]


def log_step(
    caseload: Caseload,
    breach_id: int,
    kind: str,
    words: str,
    *,
    case_ref: str = "",
    people: int | None = None,
    sealed: bool = False,
) -> BreachStep:
    """Log what was done or decided, now and by whom; it is not changed afterwards.

    ``sealed``: the case is sealed, and who asks has looked that it was in the breach.

    Raises:
        BadInputError: it says nothing, or names a case that was not in it.
    """
    breach = still_open(caseload, breach_id)
    if kind in _WARNED and not case_ref:
        raise BadInputError("Say which case's survivor it was.")
    if case_ref and not sealed and case_ref not in refs_in(caseload, breach):
        raise BadInputError("That case was not in it; check the reference.")
    if not words.strip():
        raise BadInputError("Say in words what was done or decided.")
    values = validated(
        BreachStep, {"kind": kind, "words": words, "case_ref": case_ref, "people": people}
    )
    store = caseload.store
    return store.add(
        BreachStep(breach_id=breach_id, at=store.now(), by=store.who, **values),
        why=f"after a breach: {label('breach_step', kind).lower()}",
    )


def assess(caseload: Caseload, breach_id: int, risk: str, why: str) -> Breach:
    """Say what risk there is to the people in it, and why."""
    if risk in UNKNOWN or risk not in CODES["breach_risk"] or not why.strip():
        raise BadInputError("Say the risk (unlikely, risk, high) and why.")
    breach = still_open(caseload, breach_id)
    with caseload.store.batch("risk of a breach judged"):
        log_step(caseload, breach_id, "decision", f"{label('breach_risk', risk)}: {why.strip()}")
        caseload.store.update(breach, risk=risk, risk_why=why.strip())
    return breach


def report_made(caseload: Caseload, breach_id: int, at: datetime, words: str) -> Breach:
    """It was reported to the ICO; after the 72 hours the words say why it is late.

    Raises:
        BadInputError: no words where it is late, or the moment is still to come.
    """
    breach = still_open(caseload, breach_id)
    due = rights.breach_due(breach)
    if at > caseload.store.now() + timedelta(minutes=1):
        raise BadInputError("That moment is still to come.")
    if due is not None and at > due and not words.strip():
        raise BadInputError("It is later than 72 hours: say why, as the ICO asks it.")
    with caseload.store.batch("breach reported to the ICO"):
        log_step(caseload, breach_id, "ico", words.strip() or "reported")
        caseload.store.update(breach, ico="reported", ico_on=at, ico_why=words.strip())
    return breach


def not_reported(caseload: Caseload, breach_id: int, why: str) -> Breach:
    """It is recorded and not reported, with the reason.

    Raises:
        RefusedError: the risk is not judged unlikely, so that it has to be reported.
    """
    breach = still_open(caseload, breach_id)
    if breach.risk != "unlikely":
        raise RefusedError(
            "Only a breach whose risk is judged unlikely goes unreported; judge the risk first."
        )
    if not why.strip():
        raise BadInputError("Say why it is not reported; the record shows it to the ICO.")
    with caseload.store.batch("breach not reported"):
        log_step(caseload, breach_id, "decision", f"not reported: {why.strip()}")
        caseload.store.update(breach, ico="not_reported", ico_why=why.strip())
    return breach


def close(caseload: Caseload, breach_id: int) -> Breach:
    """Everything is done: each survivor reached or decided about, and the ICO settled.

    Raises:
        RefusedError: says what is left.
    """
    breach = still_open(caseload, breach_id)
    waiting = _waiting(caseload, breach)
    if waiting:
        first = next(one.ref for one in at_risk(caseload, breach) if not one.reached)
        raise RefusedError(
            f"Not closed: nobody has reached or decided about {counted(waiting, 'survivor')}, "
            f"first {first}."
        )
    if sealed := _sealed_waiting(caseload, breach):
        raise RefusedError(f"Not closed: {sealed_words(sealed)}.")
    if breach.ico == "not_decided":
        raise RefusedError("Not closed: say first whether it is reported to the ICO.")
    steps = steps_of(caseload, breach_id)
    if breach.risk == "high" and not any(one.kind == "told" for one in steps):
        raise RefusedError("Not closed: the risk is high, so the people in it are told first.")
    return caseload.store.update(breach, why="breach closed", closed_on=caseload.store.today())


def still_open(caseload: Caseload, breach_id: int) -> Breach:
    """A breach that is not closed.

    Raises:
        RefusedError: it is.
    """
    breach = queries.get(caseload.connection, Breach, breach_id)
    if breach.closed_on is not None:
        raise RefusedError("That breach is closed; record a new one.")
    return breach


# --- who is at risk -------------------------------------------------------------------------------


def at_risk(caseload: Caseload, breach: Breach) -> list[AtRisk]:
    """Every case that was in it, the survivor in most danger first.

    First those not reached yet; of them where a protected field may have been in it, then
    emergencies, then high risk. A case that is gone since is left out, and counted in the report.
    """
    wanted = json.dumps(refs_in(caseload, breach))
    ids = [
        int(row[0])
        for row in caseload.connection.execute(
            "SELECT id FROM cases WHERE ref IN (SELECT value FROM json_each(?))", (wanted,)
        ).fetchall()
    ]
    hidden, people = _hidden(caseload), roles_in(caseload)
    steps = defaultdict[str, list[BreachStep]](list)
    for step in steps_of(caseload, breach.id):
        steps[step.case_ref].append(step)
    every = "protected" in split(breach.classes)
    found = []
    for case_id, card in queries.cards_of(caseload.connection, ids).items():
        mine = steps[card.ref]
        settled = next((one for one in mine if one.kind in _SETTLED), None)
        here = people.get(case_id, {})
        found.append(
            AtRisk(
                case_id,
                card.ref,
                card,
                card.safe_contact,
                every or case_id in hidden,
                here.get("child", 0),
                sum(here.values()),
                label("breach_step", settled.kind) if settled else "",
                any(one.kind == "police" for one in mine),
            )
        )
    return sorted(
        found,
        key=lambda one: (
            bool(one.reached),
            not one.exposed,
            one.card.urgency != "emergency",
            one.card.risk != "high",
            one.ref,
        ),
    )


def _hidden(caseload: Caseload) -> set[int]:
    """Cases with a confidential address: one kept apart, or a home that is one."""
    rows = caseload.connection.execute(
        "SELECT case_id FROM safe_addresses UNION"
        " SELECT case_id FROM properties WHERE confidential = 'yes'"
    ).fetchall()
    return {int(row[0]) for row in rows}


def roles_in(caseload: Caseload) -> dict[int, dict[str, int]]:
    """How many people of each role every case has."""
    found: dict[int, dict[str, int]] = {}
    sql = "SELECT case_id, role, count(*) FROM people GROUP BY case_id, role ORDER BY min(id)"
    for case_id, role, number in caseload.connection.execute(sql).fetchall():
        found.setdefault(int(case_id), {})[str(role)] = int(number)
    return found


def _waiting(caseload: Caseload, breach: Breach) -> int:
    """How many survivors nobody has reached or decided about, where there is a risk to them."""
    if breach.risk == "unlikely":
        return 0
    kept = {row[0] for row in caseload.connection.execute("SELECT ref FROM cases").fetchall()}
    settled = {one.case_ref for one in steps_of(caseload, breach.id) if one.kind in _SETTLED}
    return len((kept & set(refs_in(caseload, breach))) - settled)


def _sealed_waiting(caseload: Caseload, breach: Breach) -> int:
    """The same of the sealed cases, which no list here names."""
    if breach.risk == "unlikely":
        return 0
    return count_sealed(caseload.connection, breach.id).waiting


def sealed_words(waiting: int) -> str:
    """How many sealed cases wait, and where they are listed; empty for none."""
    if not waiting:
        return ""
    are = "is" if waiting == 1 else "are"
    return f"{counted(waiting, 'sealed case')} {are} still to be reached: S"


def sealed_to_reach(caseload: Caseload, breach: Breach) -> str:
    """``sealed_words`` of a breach."""
    return sealed_words(_sealed_waiting(caseload, breach))


FIRST_STEPS: Final = (
    "Reach each survivor by their safe-contact rule, the top one first.",
    "Police: 999 where somebody is in danger, 101 or their officer otherwise.",
    "Safety plan and locks: with the survivor and the support worker.",
    "Ask whoever has it to delete it, not use it, and confirm in writing.",
    "Stop it going on: access, passwords, copies, the file itself.",
    "Tell the data protection officer; judge the risk together.",
    "ICO within 72 hours if there is a risk; the people too if it is high.",
)
"""What is done, in this order; safety before paper (DOMAIN 8; UK GDPR Articles 33 and 34)."""


def clock_words(breach: Breach, now: datetime) -> str:
    """How much of the 72 hours is left, or by how much they are over."""
    due = rights.breach_due(breach)
    if due is None:
        return ""
    left = int((due - now).total_seconds() // 3600)
    ends = short_moment(due)
    return f"{left} h left, until {ends}" if due > now else f"over since {ends}: say why it is late"


def today_lines(caseload: Caseload, today: date) -> list[AgendaLine]:
    """Breaches whose clock runs, or whose survivors nobody has reached, for Today."""
    lines = []
    for breach in queries.all_of(caseload.connection, Breach):
        due = rights.breach_due(breach)
        if breach.closed_on is not None or due is None:
            continue
        waiting, sealed = _waiting(caseload, breach), _sealed_waiting(caseload, breach)
        undecided = breach.ico == "not_decided"
        if not waiting and not sealed and not undecided:
            continue
        here = local(due)
        last = here.date() if undecided else today
        said = _to_reach(waiting, sealed)
        if undecided:
            said = f"72 h, {said}" if said else "72 h to the ICO"
        card = CaseCard(0, "BREACH", "open", "", today, risk="high", urgency="emergency")
        lines.append(
            AgendaLine(
                _group(late=last < today, warned=not waiting and not sealed),
                card,
                f"breach {breach.id}: {said}",
                last,
                "breach",
                "breach",
                f"{here:%H:%M}" if undecided else "",
                record_table="breaches",
                record_id=breach.id,
                place="reports",
                cases=waiting + sealed,
            )
        )
    return lines


def _group(*, late: bool, warned: bool) -> AgendaGroup:
    """Late is overdue; within its hours it comes first while anybody waits to be warned."""
    if late:
        return "overdue"
    return "today" if warned else "at_once"


def _to_reach(waiting: int, sealed: int) -> str:
    """Whom a breach asks for, short enough for a line at 80 columns; empty for nobody."""
    if waiting and sealed:
        return f"reach {waiting}, {sealed} sealed"
    if sealed:
        return f"reach {sealed} sealed (S)"
    return f"{waiting} to reach" if waiting else ""
