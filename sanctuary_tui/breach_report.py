"""The report of a breach: what the ICO asks, as far as it is known, as a file that names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from config.codes import UNKNOWN, label, labels, split
from config.format import counted, full_date, local
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import Breach, BreachStep
from db.seal import SealedInBreach, count_sealed
from sanctuary_tui.breaches import AtRisk, at_risk, clock_words, refs_in, roles_in, steps_of
from sanctuary_tui.documents.docfile import plain_bytes
from sanctuary_tui.documents.template import Block
from sanctuary_tui.exports.files import ExportResult, refuse_place, write_one
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import exporter
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.pathway import rights


def report(caseload: Caseload, breach_id: int, settings: Settings, *, now: datetime) -> list[Block]:
    """What the ICO asks (Article 33(3)), filled in as far as it is known. Nobody is named."""
    breach = queries.get(caseload.connection, Breach, breach_id)
    risk = at_risk(caseload, breach)
    steps = steps_of(caseload, breach_id)
    due = rights.breach_due(breach)
    sealed = count_sealed(caseload.connection, breach_id)
    roles = roles_in(caseload)
    people: Counter[str] = Counter()
    for one in risk:
        people.update(roles.get(one.case_id, {}))
    named = refs_in(caseload, breach)
    counts = ", ".join(
        f"{number} as {label('role', role).lower()}" for role, number in people.most_common()
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
                f"Encrypted, passphrase safe: {label('yes_no', breach.protected).lower()}",
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
        yield f"Reach {counted(len(waiting), 'survivor')}: {_some(waiting)}"
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
    return str(path.absolute()) in queries.registered_paths(caseload.connection)


@exporter("breach report", "breach")
def write_report(blocks: Sequence[Block], path: Path) -> ExportResult:
    """Write a breach's report, whole, mode 0600; ``RefusedError`` where the place will not do."""
    refuse_place(path)
    data = plain_bytes(blocks)
    return write_one(path, data, 1, ())


_NAMED: Final = 20


def _some(refs: Sequence[str]) -> str:
    more = f" and {len(refs) - _NAMED} more" if len(refs) > _NAMED else ""
    return f"{', '.join(refs[:_NAMED])}{more}"
