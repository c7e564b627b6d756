"""The answer to a subject access request, and beside it the council's own log of what was withheld.

Two files come about with their rows in the export register, or none. The log tells where each
withheld paragraph stands, under which exemption and who decided; never what it says.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Final

from config.codes import label
from config.errors import RefusedError
from config.format import counted, full_date
from config.settings import Settings
from db import queries
from db.caseload import Caseload
from db.models import Case, Disclosure, Person, SubjectRequest
from sanctuary_tui import work
from sanctuary_tui.documents.docfile import docx_bytes, plain_bytes
from sanctuary_tui.documents.facts import neutral_sender
from sanctuary_tui.documents.template import Block
from sanctuary_tui.exports.files import ExportResult, refuse_place, sha256, write_set
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import PROFILES, exporter
from sanctuary_tui.exports.register import disclosures_of, held_case
from sanctuary_tui.pathway import rights
from sanctuary_tui.pathway.contact import safe_contact
from sanctuary_tui.subject.deciding import REASONS, Choice, choices, file_stem, subject_for
from sanctuary_tui.subject.gather import Subject, gives_away

BASIS: Final = "right of access, UK GDPR Article 15"
COUNCIL_FOLDER: Final = "for-the-council"
"""Where the log of what was withheld lies: apart, so that it is not sent with the answer."""
SAFETY: Final = {
    "told": "The survivor was told who asks; the risk was reviewed",
    "not_told": "The survivor was not told, for a reason; risk reviewed",
    "neither": "Neither has been done yet",
}
"""What is answered about the survivor before anybody else is sent anything."""


@dataclass(frozen=True, slots=True)
class Safety:
    """What was done for the survivor's safety: a code of ``SAFETY``, and how or why, in words."""

    state: str
    words: str

    def refusal(self) -> str:
        """Why nothing may be written on it; empty when something may."""
        if self.state not in ("told", "not_told"):
            return (
                "Think of the survivor first: review the risk, and tell them that this person "
                "asks, or record why not."
            )
        if not self.words.strip():
            return "Say how the survivor was told and the risk reviewed, or why they were not told."
        return ""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pack as it would be written: both texts, what stops it, and what is to be known."""

    request: SubjectRequest
    subject: Subject
    choices: tuple[Choice, ...]
    blocks: tuple[Block, ...]
    log: tuple[Block, ...]
    due: date | None
    refusals: tuple[str, ...]
    notices: tuple[str, ...]
    safe_contact: str
    case_refs: tuple[str, ...]
    unseen: int
    """How many paragraphs nobody has looked at."""

    @property
    def released(self) -> list[Choice]:
        """What goes out."""
        return [one for one in self.choices if one.released]

    @property
    def withheld(self) -> list[Choice]:
        """What does not."""
        return [one for one in self.choices if not one.released]


def prepare(
    caseload: Caseload,
    request_id: int,
    settings: Settings,
    *,
    today: date,
    unseen: str = "",
    safety: Safety | None = None,
) -> Prepared:
    """Put a pack together without writing it.

    ``unseen`` is the exemption under which a person leaves out what nobody has looked at.

    Raises:
        BadInputError: the request or the person is not there any more.
    """
    request = queries.get(caseload.connection, SubjectRequest, request_id)
    subject = subject_for(caseload, request)
    made = tuple(
        replace(one, exemption=unseen) if one.waiting and unseen else one
        for one in choices(caseload, request_id)
    )
    due = rights.request_due(request)
    file = work.must_find(caseload, request.case_id)
    sent = (
        _recipients(
            caseload, {one.paragraph.case_ref for one in made if not one.paragraph.elsewhere}
        )
        if subject.survivor
        else []
    )
    blocks = tuple(_pack(subject, made, sent, settings, today))
    refusals = []
    if request.state != "open":
        refusals.append("That request has been answered or ended; reopen it first.")
    if request.identity_on is None:
        refusals.append(
            "Make sure first who asks, and record the day: somebody may ask in another's name."
        )
    if gives_away(caseload, subject, "\n".join(line for one in blocks for line in one.lines)):
        refusals.append(
            "The pack says where the survivor is or how they are reached; withhold that paragraph."
        )
    return Prepared(
        request,
        subject,
        made,
        blocks,
        tuple(_log(request, subject, made, due, today, caseload.store.who, safety)),
        due,
        tuple(refusals),
        tuple(_notices(made, due, today)),
        safe_contact(file) if subject.survivor else "",
        tuple(one for one in dict.fromkeys([file.case.ref, *_refs(made, every=True)]) if one),
        sum(1 for one in made if one.waiting),
    )


def _notices(made: Sequence[Choice], due: date | None, today: date) -> list[str]:
    said = []
    waiting = sum(1 for one in made if one.waiting)
    if waiting:
        said.append(f"Nobody has looked at {counted(waiting, 'paragraph')}; they are left out.")
    if due is not None and due < today:
        said.append(f"The answer was due on {full_date(due)}; say in it that it is late, and why.")
    return said


# --- what they are sent ---------------------------------------------------------------------------

_RIGHTS: Final = (
    "You can ask us to put right what is wrong, to erase it or to use less of it, and you can "
    "object to how it is used.",
    "You can complain to us, and to the Information Commissioner (ico.org.uk, 0303 123 1113).",
)
_PURPOSE: Final = (
    "We use this to judge and carry out security work on a home, to keep the people in it safe, "
    "and to account for what it cost."
)


_LOOKED: Final = (
    "We looked through the records that we hold, forms not finished yet, and what was changed or "
    "deleted since: for first name and surname together, each as we have it now or had it before, "
    "with other names and small mistakes of spelling, and for telephone numbers, e-mail and home "
    "addresses that we have as yours. A first name or a surname alone was not looked for in what "
    "is held of others."
)
"""The same for everybody: what it says is so where nothing is held as well."""


def _pack(
    subject: Subject,
    made: Sequence[Choice],
    sent: Sequence[str],
    settings: Settings,
    today: date,
) -> list[Block]:
    person = subject.person
    sender = settings.scheme_name if subject.survivor else neutral_sender(settings)
    blocks = [
        Block("title", ("What is held about you",)),
        Block("text", (f"For {_name(person)}. {full_date(today)}.", sender)),
        Block("text", ("OFFICIAL-SENSITIVE. For the person named alone.",)),
    ]
    last: tuple[str, str] | None = None
    numbers = {ref: number for number, ref in enumerate(_refs(made), start=1)}
    for one in made:
        if not one.released:
            continue
        paragraph = one.paragraph
        title = paragraph.title.partition(",")[0]
        heading = f"File {numbers[paragraph.case_ref]}: {title}" if len(numbers) > 1 else title
        if (paragraph.case_ref, title) != last:
            blocks.append(Block("heading", (heading,)))
            last = (paragraph.case_ref, title)
        when = f"{full_date(paragraph.when)}: " if paragraph.when else ""
        part = paragraph.title.partition(", ")[2]
        named = f"{part[:1].upper()}{part[1:]}: " if part else ""
        blocks.append(Block("point", (f"{when}{named}{paragraph.text}",)))
    blocks += [Block("heading", ("What was looked through",)), Block("text", (_LOOKED,))]
    if last is None:
        blocks.append(
            Block("text", ("There is no information about you that we are required to send.",))
        )
    if subject.survivor:
        blocks += _why_and_rights(made, sent, settings)
    else:  # what is used for what, and by whom it was seen, would say that there is a case
        blocks.append(
            Block("text", ("Where the law allows, information about other people is left out.",))
        )
        blocks += [Block("text", (line,)) for line in _RIGHTS]
    return blocks


def _why_and_rights(made: Sequence[Choice], sent: Sequence[str], settings: Settings) -> list[Block]:
    """What else Article 15(1) asks for: purpose, recipients, how long, rights."""
    left_out = Counter(one.exemption for one in made if not one.released)
    blocks = [Block("heading", ("Why it is held, who has seen it, how long",))]
    blocks.append(Block("text", (_PURPOSE,)))
    blocks += [Block("point", (f"Sent to: {line}",)) for line in sent]
    blocks.append(Block("text", (_kept(settings),)))
    if left_out:
        blocks.append(Block("heading", ("What is left out",)))
        blocks += [
            Block("point", (f"{label('exemption', code)}: {counted(number, 'paragraph')}",))
            for code, number in sorted(left_out.items())
        ]
    blocks.append(Block("heading", ("Your rights",)))
    return blocks + [Block("text", (line,)) for line in _RIGHTS]


def _kept(settings: Settings) -> str:
    years = settings.retention.adult_years
    if not years:
        return "How long it is kept is decided by the council; ask us."
    return f"It is kept for {counted(years, 'year')} after the file is closed, and then looked at."


def _recipients(caseload: Caseload, refs: set[str]) -> list[str]:
    """Kinds of recipient and the days, never a person's name."""
    found: dict[str, None] = {}
    connection = caseload.connection
    files = [
        case for case in queries.all_of(connection, Case, of=connection.opened) if case.ref in refs
    ]
    for row in queries.all_of(connection, Disclosure, of=connection.opened):
        if row.recipient in ("internal", "subject"):
            continue
        if any(held_case(row, case, connection) for case in files):
            on = full_date(row.at.date()) if row.at else ""
            found[f"{label('recipient', row.recipient)}, {on}"] = None
    return list(found)


def _refs(made: Sequence[Choice], *, every: bool = False) -> list[str]:
    return list(dict.fromkeys(one.paragraph.case_ref for one in made if every or one.released))


def _name(person: Person) -> str:
    return f"{person.first_name} {person.surname}".strip() or "the person who asked"


# --- what the council keeps -----------------------------------------------------------------------


def _log(
    request: SubjectRequest,
    subject: Subject,
    made: Sequence[Choice],
    due: date | None,
    today: date,
    who: str,
    safety: Safety | None,
) -> list[Block]:
    """Where each withheld paragraph stands, why, and who decided; no word of it."""
    released = sum(1 for one in made if one.released)
    blocks = [
        Block("title", ("What was withheld, and why",)),
        Block(
            "text",
            (
                "OFFICIAL-SENSITIVE. For this council alone: never sent with the answer.",
                f"Request {request.id}, received {full_date(request.received)}, "
                f"due {full_date(due)}, made {full_date(today)}.",
                f"About the {label('role', subject.person.role).lower()} of the case. "
                f"{counted(released, 'paragraph')} sent, "
                f"{counted(len(made) - released, 'paragraph')} withheld.",
            ),
        ),
    ]
    if safety is not None:
        blocks.append(Block("text", (f"{SAFETY[safety.state]}.",)))
    elsewhere = sum(1 for one in made if one.paragraph.elsewhere)
    blocks.append(
        Block(
            "text",
            (
                "Looked for in every table, unfinished form and line of the log: first name beside "
                "surname in each form known, also misspelt, numbers, e-mail and home addresses of "
                "theirs; not a first name or a surname alone, nor sealed cases. "
                f"{counted(elsewhere, 'paragraph')} found in what is held of others.",
            ),
        )
    )
    blocks.append(Block("heading", ("Sent",)))
    blocks += [_log_line(one, "ticked", who) for one in made if one.released]
    blocks.append(Block("heading", ("Withheld",)))
    blocks += [
        _log_line(one, label("exemption", one.exemption), who) for one in made if not one.released
    ]
    return blocks


_PARTS: Final = {
    "facts": "what is chosen or counted",
    "others": "what is chosen about somebody else",
    "closed": "what is chosen and kept closer",
}


def _log_line(one: Choice, why: str, who: str) -> Block:
    """Record, field and day in words, why, who decided; its key at the end, and no content."""
    paragraph = one.paragraph
    part = _PARTS.get(paragraph.key.split(".")[-2])
    place = f"{paragraph.case_ref or 'no case'}: {paragraph.title}"
    place += f", {part}" if part else ""
    place += f", {full_date(paragraph.when)}" if paragraph.when else ""
    if paragraph.barred:
        by = "by rule, never to this person"
    elif one.decided:
        by = f"decided by {one.by}"
        by += (
            ", after the warning that it may tell of the survivor or how the home is guarded"
            if (one.released and paragraph.warned)
            else ""
        )
    elif one.released:
        why, by = "chosen or counted, of their own record", "by rule"
    else:
        by = f"nobody looked at it; left out with the others by {who}"
    return Block("point", (f"{place}: {why}; {by} [{paragraph.key}]",))


# --- writing --------------------------------------------------------------------------------------


def make(
    caseload: Caseload,
    request_id: int,
    settings: Settings,
    out: Path,
    *,
    now: datetime,
    today: date,
    text: bool = False,
    rule_read: bool = False,
    unseen: str = "",
    safety: Safety | None = None,
) -> ExportResult:
    """Write the pack into the folder ``out`` and its log into one of its own, and register both.

    Written is not sent: the request stays open until ``deciding.mark_sent``, and can be written
    again. ``rule_read`` says that the safe-contact rule was shown and acknowledged; without it
    nothing is written for a survivor, nor for anybody else without ``safety``. ``unseen`` is the
    exemption that a person chose for what nobody has looked at.

    Raises:
        RefusedError: identity, an address or the place forbids it, or something is not answered;
            the sentence says which.
        SanctuaryError: a file cannot be written. Nothing is then registered.
    """
    prepared = prepare(caseload, request_id, settings, today=today, unseen=unseen, safety=safety)
    if prepared.refusals:
        raise RefusedError(prepared.refusals[0])
    if prepared.safe_contact and not rule_read:
        raise RefusedError(
            f"Read the safe-contact rule first, and say that it was read: {prepared.safe_contact}"
        )
    if not prepared.subject.survivor and (refusal := (safety or _NOT_ANSWERED).refusal()):
        raise RefusedError(refusal)
    if prepared.unseen and unseen not in REASONS:
        raise RefusedError(
            f"Nobody has looked at {counted(prepared.unseen, 'paragraph')}: say under which "
            "exemption they are left out."
        )
    store = caseload.store
    with sending(store, "subject access pack made") as outgoing:
        pack = _free(caseload, out, request_id, ".txt" if text else ".docx")
        written = outgoing.hold(write_pack(prepared, pack, now=now))
        _register(caseload, prepared, written, now)
        counts = f"{len(prepared.released)} paragraphs, {len(prepared.withheld)} withheld"
        if prepared.unseen:
            counts += f", {prepared.unseen} of them not looked at: {label('exemption', unseen)}"
        if safety is not None:
            counts += f"; {SAFETY[safety.state].lower()}: {safety.words.strip()}"
        store.note(
            "disclosure",
            "subject_requests",
            request_id,
            prepared.request.case_id,
            f"subject access pack made: {counts}",
        )
    return written


_NOT_ANSWERED: Final = Safety("neither", "")


def _register(caseload: Caseload, prepared: Prepared, written: ExportResult, now: datetime) -> None:
    rows = disclosures_of(
        written,
        what="subject access pack",
        recipient="subject",
        recipient_name="",
        basis=BASIS,
        protection="document",
        by=caseload.store.who,
        at=now,
        case_refs=prepared.case_refs,
        protected_fields=sum(
            1
            for one in prepared.released
            if any(pair in PROFILES["subject"].protected for pair in one.paragraph.fields)
        ),
        profile=prepared.subject.profile,
        fields=[pair for one in prepared.released for pair in one.paragraph.fields],
    )
    for number, row in enumerate(rows):
        if number:
            row.what, row.recipient = "subject access: log of what was withheld", "internal"
            row.held = "public"
        caseload.store.add(row, why=f"{row.what} registered")


def _free(caseload: Caseload, out: Path, request_id: int, suffix: str) -> Path:
    """A name that no file and no row of the register has: a number, no name and no case."""
    taken = set(queries.registered_paths(caseload.connection))
    stem, number = file_stem(request_id), 1
    while True:
        name = stem if number == 1 else f"{stem}-{number}"
        path = out / f"{name}{suffix}"
        free = not path.exists() and not _log_path(path).exists()
        if free and str(path.absolute()) not in taken:
            return path
        number += 1


def _log_path(pack: Path) -> Path:
    number = pack.stem.removeprefix("A").replace("-access", "")
    return pack.parent / COUNCIL_FOLDER / f"withheld-log-{number}.txt"


@exporter("subject access pack", "subject", "subject_other")
def write_pack(prepared: Prepared, path: Path, *, now: datetime) -> ExportResult:
    """Write a prepared pack to ``path`` and its log into a folder below it, whole, mode 0600.

    Raises:
        RefusedError: it is refused, a paragraph is not for this person, or the place will not do:
            never Downloads, the desktop or a folder that is copied away.
        SanctuaryError: a file exists or cannot be written.
    """
    if prepared.refusals:
        raise RefusedError(prepared.refusals[0])
    for one in prepared.released:
        if one.paragraph.barred or (one.paragraph.warned and not one.reason.strip()):
            raise RefusedError("A paragraph that does not go to this person was let through.")
    refuse_place(path)
    pack = (
        plain_bytes(prepared.blocks)
        if path.suffix == ".txt"
        else docx_bytes(prepared.blocks, large=False, made=now)
    )
    log = plain_bytes(prepared.log)
    files = [(path, pack), (_log_path(path), log)]
    return ExportResult(
        [(one, sha256(data)) for one, data in files],
        len(prepared.released),
        write_set(files),
        notices=prepared.notices,
    )
