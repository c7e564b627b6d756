"""Making a document: look at it with all that is wrong with it, then write and register it as one.

One service for the command line and the case screen. The file and its row in the register come
about together or not at all (design section 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from config.codes import split
from config.errors import BadInputError, RefusedError
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import CaseFile, ConsentRequest, Organisation, Visit
from sanctuary_tui import connected, work
from sanctuary_tui.documents import guard, rules
from sanctuary_tui.documents.docfile import docx_bytes, plain_bytes, plain_text
from sanctuary_tui.documents.facts import Facts, Source, facts
from sanctuary_tui.documents.kinds import COMMON, Kind, kind_of
from sanctuary_tui.documents.template import Block, filled, gaps, template_text
from sanctuary_tui.exports.files import ExportResult, place_notices, write_one
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import PROFILES, exporter
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.exports.withhold import Everything, everything_of
from sanctuary_tui.pathway import readers
from sanctuary_tui.pathway.contact import safe_contact
from sanctuary_tui.pathway.wording import disclosures

PROFILE_NAMES: Final = ("landlord", "contractor", "benefits", "referrer", "survivor")


@dataclass(frozen=True, slots=True)
class Order:
    """Which document of which case.

    ``about`` is the id of the consent request or visit, 0 for the likeliest. ``address_reason``
    names a home's confidential address, for a reason that is logged. ``large`` print is also
    given to a survivor for whom it is recorded. ``in_person``: the survivor is handed it, which
    stands in the register with the document.
    """

    kind: str
    case_id: int
    about: int = 0
    large: bool = False
    address_reason: str = ""
    in_person: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document as it would be written, and everything that is to be known before.

    ``refusals`` stop it; ``gaps`` are fields left in square brackets for a person to fill in;
    ``number`` begins its file's name; ``wording_version`` is that of the wording the survivor
    agreed, for the register; ``back_by`` the day by which it is returned or destroyed;
    ``safe_contact`` is the rule to be read first, for what goes to the
    survivor.
    """

    kind: Kind
    case_id: int
    ref: str
    blocks: tuple[Block, ...]
    refusals: tuple[str, ...]
    gaps: tuple[str, ...]
    notices: tuple[str, ...]
    safe_contact: str
    recipient_name: str
    large: bool
    address_reason: str
    in_person: bool = False
    wording_version: str = ""
    number: str = ""
    back_by: date | None = None

    @property
    def text(self) -> str:
        """The document as plain text."""
        return plain_text(self.blocks)


def prepare(
    caseload: Caseload, order: Order, settings: Settings, *, folder: Path | None, today: date
) -> Prepared:
    """Make a document without writing it; ``folder`` is the settings folder.

    Raises:
        BadInputError: there is no such document, record or field of a template.
    """
    kind = kind_of(order.kind)
    file = work.must_find(caseload, order.case_id)
    record = _record(kind, file, order.about)
    template = template_text(kind, folder)
    known = queries.organisations_of(caseload.connection, order.case_id)
    view = PROFILES[kind.profile].view(file)
    made = facts(
        Source(
            kind, view, _seen(view, record), settings, today, known, order.address_reason.strip()
        )
    )
    blocks = tuple(filled(template, made.values))
    return Prepared(
        kind,
        file.case.id,
        file.case.ref,
        blocks,
        tuple(
            _refusals(
                order,
                kind,
                file,
                record,
                template,
                made,
                blocks,
                known,
                today,
                settings,
                everything_of(caseload.connection),
            )
        ),
        gaps(template, made.values),
        tuple(_notices(kind, made, blocks)),
        safe_contact(file) if kind.to_survivor else "",
        made.recipient_name,
        order.large or _asked_for_large(kind, file),
        order.address_reason.strip() if made.address_named else "",
        order.in_person and kind.to_survivor,
        record.wording_version.strip() if isinstance(record, ConsentRequest) else "",
        _number(kind, file, record),
        made.expires,
    )


def _number(kind: Kind, file: CaseFile, record: ConsentRequest | Visit | None) -> str:
    """What a file's name begins with: an outsider reads it too, so theirs has no case reference."""
    if kind.outside and record is not None:
        return f"{'J' if isinstance(record, Visit) else 'R'}{record.id:05d}"
    return file.case.ref


def in_words(names: Iterable[str]) -> str:
    """Fields of a document for a sentence; of each that is no record's, where it is set."""
    return ", ".join(f"{name.replace('_', ' ')} ({_where(name)})" for name in names)


def _where(name: str) -> str:
    """Where a field of a document comes from, for whoever has to fill it in."""
    if name in COMMON:
        return "set in Settings"
    return "no measure that needs consent is proposed yet" if name == "works" else "not recorded"


def _record(kind: Kind, file: CaseFile, about: int) -> ConsentRequest | Visit | None:
    if not kind.about:
        return None
    found = rules.candidates(kind, file)
    if not found:
        raise BadInputError(rules.nothing_about(kind))
    record = next((one for one in found if about in (0, one.id)), None)
    if record is None:
        raise BadInputError(
            f"This case has no record {about} that a {kind.id} can be about; leave the number out."
        )
    return record


def _seen(view: CaseFile, record: ConsentRequest | Visit | None) -> ConsentRequest | Visit | None:
    """The record as the profile shows it."""
    if record is None:
        return None
    shown: Sequence[ConsentRequest | Visit] = getattr(view, record.table)
    return next(one for one in shown if one.id == record.id)


def _asked_for_large(kind: Kind, file: CaseFile) -> bool:
    survivor = file.survivor
    return (
        kind.to_survivor and survivor is not None and "large_print" in split(survivor.communication)
    )


def _refusals(
    order: Order,
    kind: Kind,
    file: CaseFile,
    record: ConsentRequest | Visit | None,
    template: str,
    made: Facts,
    blocks: Sequence[Block],
    organisations: Mapping[int, Organisation],
    today: date,
    settings: Settings,
    everything: Everything,
) -> list[str]:
    found = rules.refusals(kind, file, record, today, settings, in_person=order.in_person)
    asked = _readers(file, record, made, organisations)
    stop = connected.recipient_refusal(file, [one.name for one in asked], today)
    if stop:
        found.append(stop)
    stop = readers.refusal(file, asked, today, doubts=record is not None)
    stop = stop or readers.address_refusal(file, str(made.values.get("recipient_address", "")))
    if stop:
        found.append(stop)
    elif record is not None and readers.cleared(file, made.recipient_name, today):
        made.known = (*made.known, "recipient")  # a namesake let pass reads their own name
    missing = [name for name in kind.must if not made.values.get(name)]
    if missing:
        found.append(f"{kind.title} cannot be made without: {in_words(missing)}.")
    try:
        guard.refuse_secrets(
            kind,
            blocks,
            file,
            everything,
            address_named=made.address_named,
            given=(settings.documents.phone, settings.documents.email),
            addresses=(settings.documents.address, str(made.values.get("recipient_address", ""))),
        )
        if kind.outside:
            names = work.party_names(file)
            guard.refuse_outside(kind, guard.outside_hits(template, made.values, made.known, names))
    except RefusedError as refused:
        found.append(refused.sentence)
    return found


def _readers(
    file: CaseFile,
    record: ConsentRequest | Visit | None,
    made: Facts,
    organisations: Mapping[int, Organisation],
) -> list[readers.Reader]:
    """Everybody who will read a document that leaves, as far as it is known."""
    if isinstance(record, Visit):
        return readers.of_visit(record)
    if isinstance(record, ConsentRequest):
        known = {one.id: one.name for one in organisations.values()}
        return readers.of_request(record, known)
    if made.recipient_name == file.case.referrer_org.strip():
        named = (made.recipient_name, file.case.referrer_name)
        return [readers.Reader(name.strip(), "referrer") for name in named]
    return [readers.Reader(made.recipient_name, "reader")]


def _notices(kind: Kind, made: Facts, blocks: Sequence[Block]) -> list[str]:
    said = list(made.notices)
    if kind.to_survivor:
        text = "\n".join("\n".join(block.lines) for block in blocks)
        said += [
            f"It says “{word}”; others at home may see it."
            for word in dict.fromkeys(hit.word for hit in disclosures(text))
        ]
    return said


# --- writing --------------------------------------------------------------------------------------


def make(
    caseload: Caseload,
    order: Order,
    settings: Settings,
    out: Path,
    *,
    folder: Path | None,
    now: datetime,
    today: date,
    text: bool = False,
    rule_read: bool = False,
) -> ExportResult:
    """Write a document into the folder ``out`` and register it.

    ``rule_read`` says that the safe-contact rule was shown and acknowledged; without it nothing
    that goes to the survivor is written.

    Raises:
        RefusedError: a rule, a word or a place forbids it; the sentence says which and why.
        SanctuaryError: the file cannot be written. Nothing is then registered.
    """
    prepared = prepare(caseload, order, settings, folder=folder, today=today)
    if prepared.refusals:
        raise RefusedError(prepared.refusals[0])
    if prepared.kind.to_survivor and not rule_read:
        raise RefusedError(
            f"Read the safe-contact rule of {prepared.ref} first, and say that it was read: "
            f"{prepared.safe_contact}"
        )
    if text and order.large:
        raise BadInputError("Large print is for .docx; plain text has no size of its own.")
    store = caseload.store
    profile = PROFILES[prepared.kind.profile]
    with sending(store, f"{prepared.kind.id} made") as outgoing:
        registered = queries.registered_paths(caseload.connection)
        path = free_name(out, prepared, ".txt" if text else ".docx", registered)
        written = outgoing.hold(write_document(prepared, path, now=now))
        for row in disclosures_of(
            written,
            what=prepared.kind.id,
            recipient=profile.recipient,
            recipient_name=prepared.recipient_name[:200],
            basis=_basis(prepared),
            protection="document",
            by=store.who,
            at=now,
            case_refs=[prepared.ref],
            protected_fields=1 if prepared.address_reason else 0,
            profile=prepared.kind.profile,
        ):
            store.add(row, why=f"{prepared.kind.id} registered")
        if prepared.back_by is not None:
            _ask_back(caseload, prepared)
        store.note("disclosure", "cases", prepared.case_id, prepared.case_id, _why(prepared))
    return written


def _ask_back(caseload: Caseload, prepared: Prepared) -> None:
    """A job sheet that has run out is asked after: returned or destroyed (domain 8)."""
    title = f"job sheet {prepared.number}: returned or destroyed?"
    known = work.must_find(caseload, prepared.case_id).reminders
    asked = any(
        one.title_text == title and one.due == prepared.back_by and one.state in ("open", "snoozed")
        for one in known
    )
    if prepared.back_by is not None and not asked:
        work.add_reminder(caseload, prepared.case_id, title, prepared.back_by)


def _basis(prepared: Prepared) -> str:
    if prepared.in_person:
        return "handed to the survivor in person"
    if prepared.kind.about != "consent_requests":
        return ""
    return f"survivor agreed wording and channel, {prepared.wording_version or 'no version'}"[:200]


def _why(prepared: Prepared) -> str:
    parts = [f"{prepared.kind.id.replace('-', ' ')} made"]
    if prepared.kind.to_survivor:
        parts.append("safe-contact rule read")
    if prepared.in_person:
        parts.append("handed over in person")
    if prepared.address_reason:
        parts.append(f"confidential address named: {prepared.address_reason[:200]}")
    return "; ".join(parts)


def free_name(out: Path, prepared: Prepared, suffix: str, registered: Sequence[str] = ()) -> Path:
    """A name in ``out`` that no file and no row of the register has: number and kind only."""
    stem = f"{prepared.number}-{prepared.kind.id}"
    taken = set(registered)
    candidate, number = out / f"{stem}{suffix}", 1
    while candidate.exists() or str(candidate.absolute()) in taken:
        number += 1
        candidate = out / f"{stem}-{number}{suffix}"
    return candidate


@exporter("letters and sheets", *PROFILE_NAMES)
def write_document(prepared: Prepared, path: Path, *, now: datetime) -> ExportResult:
    """Write a prepared document to ``path``, whole, mode 0600; ``.txt`` is plain text.

    Raises:
        RefusedError: it is refused, or the place will not do.
        SanctuaryError: the file exists or cannot be written.
    """
    if prepared.refusals:
        raise RefusedError(prepared.refusals[0])
    notices = (*place_notices(path, protected=False), *prepared.notices)
    data = (
        plain_bytes(prepared.blocks)
        if path.suffix == ".txt"
        else docx_bytes(prepared.blocks, large=prepared.large, made=now)
    )
    return write_one(path, data, 1, notices)
