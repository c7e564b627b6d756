"""After a breach: what was in the file, who is at risk, the clock, and what was done and decided.

The survivors' safety comes first, then the 72 hours of the ICO. Every breach is recorded, those
that are not reported too (UK GDPR Articles 33 and 34; section 33(5) is the record itself).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from config.codes import CODES, UNKNOWN, label, labels, split
from config.errors import BadInputError, RefusedError
from config.format import counted, full_date, local, short_moment
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import Breach, BreachStep, CaseFile, Disclosure
from db.readmodels import AgendaLine, CaseCard
from db.rights import EVERY_CASE
from db.seal import SealedInBreach, count_sealed
from db.validation import validated
from sanctuary_tui.documents.docfile import plain_bytes
from sanctuary_tui.documents.template import Block
from sanctuary_tui.exports.files import ExportResult, refuse_place, write_one
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import PROFILES, exporter
from sanctuary_tui.exports.register import classes_of, disclosures_of
from sanctuary_tui.pathway import rights
from sanctuary_tui.pathway.contact import safe_contact

WHOLE_CASELOAD: Final = frozenset({"lost_backup", "lost_laptop"})
"""Breaches in which everything is lost that the caseload holds."""
EVERY_CLASS: Final = ";".join(CODES["field_class"])
_WARNED: Final = ("survivor", "not_reached")
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
    parts = [
        one
        for one in queries.all_of(caseload.connection, Disclosure)
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
        refs_of(caseload, row.case_refs, row.at),
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
    """The references a row names; of ``*`` every case received by that moment."""
    if kept != EVERY_CASE:
        return tuple(split(kept))
    rows = caseload.connection.execute(
        "SELECT ref FROM cases WHERE ? IS NULL OR received IS NULL OR received <= ? ORDER BY id",
        [at and at.strftime("%Y-%m-%dT%H:%M:%SZ")] * 2,
    )
    return tuple(row[0] for row in rows.fetchall())


def refs_in(caseload: Caseload, breach: Breach) -> tuple[str, ...]:
    """The references of the cases that were in a breach, without those that are sealed now.

    The register is asked again: a case that was sealed when the breach was recorded stands in it
    alone, and is there again once its seal is lifted.
    """
    found = refs_of(caseload, breach.case_refs, breach.aware)
    if not breach.disclosure_id or breach.case_refs == EVERY_CASE:
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
) -> Breach:
    """Record a breach and start its clock: of an export, or of a lost backup or computer.

    Raises:
        BadInputError: the moment lies ahead, or there is no such export.
    """
    if aware > caseload.store.now() + timedelta(minutes=1):
        raise BadInputError("That moment is still to come; give when it was first known.")
    given: dict[str, Any] = {"kind": kind, "aware": aware, "happened": happened, "what": what}
    if disclosure_id:
        held = held_in(caseload, disclosure_id)
        row = queries.get(caseload.connection, Disclosure, disclosure_id)
        given |= {
            "disclosure_id": disclosure_id,
            "held": held.what,
            "case_refs": row.case_refs,
            "classes": held.classes,
            "protected": held.protected,
        }
        recipient = recipient or (held.recipient if kind == "too_much" else "")
    elif kind in WHOLE_CASELOAD:
        given |= {
            "held": "the whole caseload, encrypted",
            "case_refs": EVERY_CASE,
            "classes": EVERY_CLASS,
            "protected": "not_known",
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
            keep_step(caseload, breach.id, "other", words)
    return breach


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
) -> BreachStep:
    """Log what was done or decided, now and by whom; it is not changed afterwards.

    Raises:
        BadInputError: it says nothing, or names a case that was not in it.
    """
    breach = still_open(caseload, breach_id)
    if kind in _WARNED and not case_ref:
        raise BadInputError("Say which case's survivor it was.")
    if case_ref and case_ref not in refs_in(caseload, breach):
        raise BadInputError("That case was not in it; check the reference.")
    return keep_step(caseload, breach_id, kind, words, case_ref=case_ref, people=people)


def keep_step(
    caseload: Caseload,
    breach_id: int,
    kind: str,
    words: str,
    *,
    case_ref: str = "",
    people: int | None = None,
) -> BreachStep:
    """The same for who has looked that the case was in it (``sealing.log_breach_step``).

    Raises:
        BadInputError: it says nothing.
    """
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
    steps = steps_of(caseload, breach.id)
    found = []
    for ref in refs_in(caseload, breach):
        rows = caseload.connection.execute("SELECT id FROM cases WHERE ref = ?", (ref,)).fetchall()
        file = queries.case_file(caseload.connection, rows[0][0]) if rows else None
        if file is not None:
            found.append(_at_risk(caseload, file, breach, steps))
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


def _at_risk(
    caseload: Caseload, file: CaseFile, breach: Breach, steps: Sequence[BreachStep]
) -> AtRisk:
    mine = [one for one in steps if one.case_ref == file.case.ref]
    settled = next((one for one in mine if one.kind in ("survivor", "decision")), None)
    hidden = bool(file.safe_addresses) or any(one.confidential == "yes" for one in file.properties)
    return AtRisk(
        file.case.id,
        file.case.ref,
        queries.card(caseload.connection, file.case.id),
        safe_contact(file),
        hidden or "protected" in split(breach.classes),
        len(file.children),
        len(file.people),
        label("breach_step", settled.kind) if settled else "",
        any(one.kind == "police" for one in mine),
    )


def _waiting(caseload: Caseload, breach: Breach) -> int:
    """How many survivors nobody has reached or decided about, where there is a risk to them."""
    if breach.risk == "unlikely":
        return 0
    kept = {row[0] for row in caseload.connection.execute("SELECT ref FROM cases").fetchall()}
    settled = {
        one.case_ref
        for one in steps_of(caseload, breach.id)
        if one.kind in ("survivor", "decision")
    }
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
    "Phone each survivor by their safe-contact rule, the top one first.",
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
                # nobody waits to be warned
                "overdue" if waiting or sealed or last < today else "today",
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


def _to_reach(waiting: int, sealed: int) -> str:
    """Whom a breach asks for, short enough for a line at 80 columns; empty for nobody."""
    if waiting and sealed:
        return f"reach {waiting}, S: {sealed} sealed"
    if sealed:
        return f"reach {sealed} sealed (S)"
    return f"{waiting} to reach" if waiting else ""


# --- the report -----------------------------------------------------------------------------------


def report(caseload: Caseload, breach_id: int, settings: Settings, *, now: datetime) -> list[Block]:
    """What the ICO asks (Article 33(3)), filled in as far as it is known. Nobody is named."""
    breach = queries.get(caseload.connection, Breach, breach_id)
    risk = at_risk(caseload, breach)
    steps = steps_of(caseload, breach_id)
    due = rights.breach_due(breach)
    sealed = count_sealed(caseload.connection, breach_id)
    people = Counter(
        role
        for one in risk
        for (role,) in caseload.connection.execute(
            "SELECT role FROM people WHERE case_id = ?", (one.case_id,)
        ).fetchall()
    )
    named = refs_in(caseload, breach)
    counts = ", ".join(
        f"{number} {label('role', role).lower()}" for role, number in people.most_common()
    )
    exposed = sum(1 for one in risk if one.exposed)
    reached = sum(1 for one in risk if one.reached)
    gone = len(named) - len(risk)
    told = sum(one.people or 0 for one in steps if one.kind == "told")
    sections: list[tuple[str, list[str]]] = [
        (
            "1. The report",
            [
                f"Breach {breach.id}, {settings.scheme_name}, {settings.district or _OPEN}",
                f"First known: {_moment(breach.aware)}",
                f"72 hours end: {_moment(due)} ({clock_words(breach, now)})",
                f"Happened: {_moment(breach.happened) or 'not known'}",
                f"To the ICO: {label('ico_state', breach.ico)}. {breach.ico_why}".strip(),
                f"Data protection officer, name and contact: {_OPEN}",
            ],
        ),
        (
            "2. What happened",
            [
                label("breach_kind", breach.kind),
                breach.what or _OPEN,
                f"What was in it: {breach.held or _OPEN}",
                f"Who has it now: {breach.recipient or 'not known'}",
                f"Encrypted, and the passphrase safe: {label('yes_no', breach.protected).lower()}",
            ],
        ),
        (
            "3. What data",
            [
                f"Classes of field: {labels('field_class', breach.classes) or _OPEN}",
                "Special categories: health, sex life or orientation, ethnicity; criminal offence "
                "data; children's data."
                if set(split(breach.classes)) - {"public"}
                else "Special categories: by class of field none beyond coded answers.",
                f"Records: about {counted(len(named) + sealed.cases, 'case')}",
            ],
        ),
        (
            "4. Whom it is about",
            [
                f"About {_people(sum(people.values()))}: {counts or _OPEN}",
                *([f"And about {_people(sealed.people)} of sealed cases"] if sealed.cases else []),
                f"Confidential address, or other protected field, possibly in it: {exposed}",
                *([f"Cases no longer kept: {gone}"] if gone else []),
            ],
        ),
        (
            "5. What may follow",
            [
                "Somebody who is feared may learn where a survivor is, how they are reached or how "
                "a home is guarded: risk to life, stalking, distress."
                if exposed or set(split(breach.classes)) - {"public"}
                else "By what was in it, nobody is likely to be known by it.",
                f"Risk judged: {label('breach_risk', breach.risk)}. {breach.risk_why}".strip(),
            ],
        ),
        (
            "6. What was done",
            [
                f"Survivors reached or decided about: {reached} of {len(risk)}",
                *(
                    [
                        f"Sealed cases in it: {sealed.cases}; reached or decided about: "
                        f"{sealed.settled}"
                    ]
                    if sealed.cases
                    else []
                ),
                f"People told: {told}",
                *(
                    f"{_moment(one.at)}, {one.by}: {label('breach_step', one.kind)}"
                    f"{f' ({one.case_ref})' if one.case_ref else ''}: {one.words}"
                    for one in steps
                ),
            ],
        ),
        ("7. What is still to do", list(_still(breach, risk, steps, sealed))),
        ("8. Cases in it", [", ".join(one.ref for one in risk) or "none"]),
    ]
    blocks = [
        Block("title", (f"Breach {breach.id}: report",)),
        Block("text", ("OFFICIAL-SENSITIVE. For the data protection officer.",)),
    ]
    for title, lines in sections:
        blocks.append(Block("heading", (title,)))
        blocks += [Block("point", (line,)) for line in lines if line]
    return blocks


_OPEN: Final = "[to be filled in]"


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    here = local(moment)
    return f"{full_date(here.date())} {here:%H:%M}"


def _people(number: int) -> str:
    return counted(number, "person").replace("persons", "people")


def _still(
    breach: Breach, risk: Iterable[AtRisk], steps: Sequence[BreachStep], sealed: SealedInBreach
) -> Iterable[str]:
    """What is left, in the order of the first steps."""
    done = {one.kind for one in steps}
    waiting = [one.ref for one in risk if not one.reached]
    if waiting:
        yield f"Reach {counted(len(waiting), 'survivor')}: {', '.join(waiting[:20])}"
    if sealed.waiting:
        yield f"Reach the survivors of {counted(sealed.waiting, 'sealed case')}: S"
    if "police" not in done:
        yield "Tell the police, or say why not"
    if "recipient" not in done and breach.kind in ("wrong_recipient", "too_much"):
        yield "Ask whoever has it to delete it"
    if "contained" not in done:
        yield "Stop it going on"
    if "officer" not in done:
        yield "Tell the data protection officer"
    if breach.risk in UNKNOWN:
        yield "Judge the risk"
    if breach.ico == "not_decided":
        yield "Decide whether it is reported, and report it"
    if breach.risk == "high" and "told" not in done:
        yield "Tell the people in it, without delay (Article 34)"


def make_report(
    caseload: Caseload, breach_id: int, settings: Settings, out: Path, *, now: datetime
) -> ExportResult:
    """Write the report as plain text into the folder ``out`` and register it.

    Raises:
        RefusedError: the place is Downloads, the desktop or a synced folder.
        SanctuaryError: the file cannot be written; nothing is then registered.
    """
    breach = queries.get(caseload.connection, Breach, breach_id)
    blocks = report(caseload, breach_id, settings, now=now)
    store = caseload.store
    number = 1
    while (path := out / f"B{breach_id:05d}-breach-{number}.txt").exists() or _known(
        caseload, path
    ):
        number += 1
    with sending(store, "breach report made") as outgoing:
        written = outgoing.hold(write_report(blocks, path))
        for row in disclosures_of(
            written,
            what=f"report of breach {breach_id}",
            recipient="internal",
            recipient_name="data protection officer",
            basis="UK GDPR Article 33",
            protection="document",
            by=store.who,
            at=now,
            case_refs=[breach.case_refs] if breach.case_refs else [],
            profile="breach",
        ):
            store.add(row, why="breach report registered")
        store.note("disclosure", "breaches", breach_id, 0, "breach report made")
    return written


def _known(caseload: Caseload, path: Path) -> bool:
    found = caseload.connection.execute(
        "SELECT 1 FROM disclosures WHERE path = ?", (str(path.absolute()),)
    ).fetchall()
    return bool(found)


@exporter("breach report", "breach")
def write_report(blocks: Sequence[Block], path: Path) -> ExportResult:
    """Write a breach's report, whole, mode 0600; ``RefusedError`` where the place will not do."""
    refuse_place(path)
    data = plain_bytes(blocks)
    return write_one(path, data, 1, ())
