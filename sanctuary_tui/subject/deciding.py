"""Requests to see what is held, and what a person decides of each paragraph."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any, Final

from config.codes import CODES, split
from config.errors import BadInputError, RefusedError
from config.format import counted, full_date
from db import queries
from db.caseload import Caseload
from db.looking import Look
from db.models import Disclosure, Person, SubjectDecision, SubjectRequest
from db.validation import validated
from sanctuary_tui import work
from sanctuary_tui.pathway import rights
from sanctuary_tui.subject.gather import (
    UNDECIDED,
    Paragraph,
    Subject,
    gather,
    same_person,
    subject_of,
)
from sanctuary_tui.subject.unread import readable

_ENDED: Final = {"withdrawn": "withdrawn", "refused": "refused", "mistaken": "taken in error"}
"""How a request may end without an answer, as the log says it."""
REASONS: Final = tuple(code for code in CODES["exemption"] if code != UNDECIDED)
"""Why a paragraph may be withheld."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A paragraph with what stands of it: whether it goes out, why not, and who said so."""

    paragraph: Paragraph
    released: bool
    exemption: str
    reason: str = ""
    by: str = ""

    @property
    def decided(self) -> bool:
        """Whether a person has decided."""
        return bool(self.by)

    @property
    def waiting(self) -> bool:
        """Whether nobody has looked at it yet, and somebody has to: what is barred stays anyhow."""
        return not (self.released or self.decided or self.paragraph.barred)


def open_request(
    caseload: Caseload, person_id: int, received: date, **given: Any
) -> SubjectRequest:
    """Record that somebody asks to see what is held about them; one open request a person.

    Raises:
        RefusedError: one is open already.
        BadInputError: there is no such person, or the day is still to come.
    """
    person = queries.get(caseload.connection, Person, person_id)
    if received > caseload.store.today():
        raise BadInputError("That day is still to come; give the day on which they asked.")
    waiting = request_of(caseload, person)
    if waiting is not None:
        due = rights.request_due(waiting)
        raise RefusedError(f"A request of theirs is open already, due {full_date(due)}.")
    values = validated(SubjectRequest, {"person_id": person_id, "received": received, **given})
    return caseload.store.add(
        SubjectRequest(case_id=person.case_id, **values), why="subject access request received"
    )


def request_of(caseload: Caseload, person: Person) -> SubjectRequest | None:
    """The request of theirs that waits for an answer, if there is one."""
    waiting = [one for one in requests_of(caseload, person) if one.state == "open"]
    return waiting[-1] if waiting else None


def requests_of(caseload: Caseload, person: Person) -> list[SubjectRequest]:
    """Every request of theirs, those that have ended too; the oldest first."""
    file = work.must_find(caseload, person.case_id)
    return [one for one in file.subject_requests if one.person_id == person.id]


def note_reading(caseload: Caseload, request: SubjectRequest, how: str) -> None:
    """Log that the paragraphs of a request were read or listed (``how``)."""
    caseload.store.note(
        "consultation",
        "subject_requests",
        request.id,
        request.case_id,
        f"subject access paragraphs {how}",
    )


def file_stem(request_id: int) -> str:
    """How the name of an answer begins: a number, no name and no case."""
    return f"A{request_id:05d}-access"


def written_for(caseload: Caseload, request_id: int) -> list[Disclosure]:
    """The answers written for a request so far, by the register; the oldest first."""
    stem, connection = file_stem(request_id), caseload.connection
    return [
        row
        for row in queries.all_of(connection, Disclosure, of=connection.opened)
        if row.recipient == "subject" and PurePath(row.path).name.startswith(stem)
    ]


def mark_sent(caseload: Caseload, request_id: int, on: date) -> SubjectRequest:
    """The answer was sent that day: the clock stops. What was decided stays.

    Raises:
        RefusedError: nothing was written yet, or the request has ended.
        BadInputError: the day is still to come, or before they asked.
    """
    request = _open(caseload, request_id)
    if not written_for(caseload, request_id):
        raise RefusedError("No answer has been written yet; write it, send it, then say so.")
    if on > caseload.store.today():
        raise BadInputError("That day is still to come; give the day on which it was sent.")
    if request.received is not None and on < request.received:
        raise BadInputError(f"They asked on {full_date(request.received)}; give a later day.")
    return caseload.store.update(
        request, why="subject access request answered", state="sent", sent_on=on
    )


def reopen(caseload: Caseload, request_id: int, why: str) -> SubjectRequest:
    """An ended request is taken up again, with what was decided; its clock runs from when it came.

    Raises:
        BadInputError: no reason is given.
        RefusedError: it is open, or another of theirs is.
    """
    request = queries.get(caseload.connection, SubjectRequest, request_id)
    person = queries.get(caseload.connection, Person, request.person_id or 0)
    if not why.strip():
        raise BadInputError("Say why it is taken up again.")
    if request_of(caseload, person) is not None:
        raise RefusedError("A request of theirs is open already; answer that one first.")
    return caseload.store.update(
        request,
        why=f"subject access request reopened: {why.strip()}",
        state="open",
        sent_on=None,
    )


def prove_identity(caseload: Caseload, request_id: int, on: date) -> SubjectRequest:
    """It is made sure who asks; a survivor's partner may write in their name."""
    request = _open(caseload, request_id)
    return caseload.store.update(request, why="identity made sure", identity_on=on)


def extend(caseload: Caseload, request_id: int, why: str) -> SubjectRequest:
    """Take two months more, told to them within the first month (UK GDPR Article 12(3)).

    Raises:
        RefusedError: the first month is over.
        BadInputError: no reason is given.
    """
    request = _open(caseload, request_id)
    last = rights.extend_by(request)
    if not why.strip():
        raise BadInputError("Say why, as they are told: it is complex, or one of several.")
    if last is None or caseload.store.today() > last:
        raise RefusedError(
            f"Two months more can be taken until {full_date(last)} only; answer it now."
        )
    return caseload.store.update(
        request, why="two months more taken", extended="yes", extended_why=why.strip()
    )


def end_request(caseload: Caseload, request_id: int, state: str, note: str) -> SubjectRequest:
    """It was withdrawn, refused with reasons told, or taken in error: nobody had asked."""
    if state not in _ENDED or not note.strip():
        raise BadInputError("Say whether it was withdrawn, refused or taken in error, and why.")
    request = _open(caseload, request_id)
    return caseload.store.update(
        request, why=f"subject access request {_ENDED[state]}", state=state, note=note.strip()
    )


def add_other_case(caseload: Caseload, request_id: int, person_id: int) -> SubjectRequest:
    """Somebody of another case is the same person: what is held there is gathered too.

    Raises:
        RefusedError: the name is another, or the date of birth is.
    """
    request = _open(caseload, request_id)
    person = queries.get(caseload.connection, Person, request.person_id or 0)
    if person_id not in {one.id for one in same_person(caseload, person)}:
        raise RefusedError("Their name or date of birth is another; nothing was added.")
    known = list(split(request.also))
    if str(person_id) not in known:
        caseload.store.note("combination", "people", person_id, person.case_id, "same person")
        caseload.store.update(request, why="same person", also=";".join([*known, str(person_id)]))
    return request


def leave_unread_out(caseload: Caseload, request_id: int) -> SubjectRequest:
    """Go on without the cases of an answer that cannot be read; logged, without saying which."""
    request = _open(caseload, request_id)
    kept = readable(caseload.connection, request.also)
    return caseload.store.update(
        request,
        why="gone on without a case that cannot be read",
        also=";".join(str(one.id) for one in kept),
    )


def subject_for(caseload: Caseload, request: SubjectRequest) -> Subject:
    """Whose data a request is about."""
    return subject_of(caseload, request.person_id or 0, request.also, request.id)


def choices(caseload: Caseload, request_id: int, look: Look | None = None) -> list[Choice]:
    """Every paragraph with what stands of it. Nobody's word means: withheld.

    Only what is chosen or counted in the survivor's own records goes out by itself. A decision was
    made on words: where a record has changed since, nobody has decided.

    Raises:
        LookEndedError: whoever waited for it ended the ``look``.
    """
    request = queries.get(caseload.connection, SubjectRequest, request_id)
    return _choices(caseload, request, _decisions(caseload, request), look)


def _decisions(caseload: Caseload, request: SubjectRequest) -> dict[str, SubjectDecision]:
    file = work.must_find(caseload, request.case_id)
    return {one.paragraph: one for one in file.subject_decisions if one.request_id == request.id}


def _choices(
    caseload: Caseload,
    request: SubjectRequest,
    decided: Mapping[str, SubjectDecision],
    look: Look | None = None,
) -> list[Choice]:
    return [
        _choice(paragraph, decided.get(paragraph.key))
        for paragraph in gather(caseload, subject_for(caseload, request), look)
    ]


def _choice(paragraph: Paragraph, decision: SubjectDecision | None) -> Choice:
    if decision is None:
        return Choice(paragraph, paragraph.automatic, paragraph.exemption)
    if decision.release == "released" and not decision.reason.strip() and paragraph.warned:
        return Choice(paragraph, False, paragraph.exemption)
    released = decision.release == "released" and not paragraph.barred
    exemption = decision.exemption if decision.exemption != UNDECIDED else paragraph.exemption
    return Choice(paragraph, released, exemption, decision.reason, decision.by)


def release(caseload: Caseload, request_id: int, keys: Collection[str], why: str = "") -> int:
    """Let these paragraphs go out, as one act; how many.

    ``why`` is the reason for one that may tell of the survivor or how the home is guarded; it is
    logged.

    Raises:
        RefusedError: one of them never goes to this person, or is warned about and no reason is
            given.
        BadInputError: there is no such paragraph, or it has changed since it was read.
    """
    return _decide(caseload, request_id, dict.fromkeys(keys, ("released", UNDECIDED, why)))


def take_back(caseload: Caseload, request_id: int, keys: Collection[str]) -> int:
    """Nobody has looked at these after all: what was decided is forgotten; how many it was."""
    request = _open(caseload, request_id)
    file = work.must_find(caseload, request.case_id)
    found = [
        one
        for one in file.subject_decisions
        if one.request_id == request_id and one.paragraph in keys
    ]
    with caseload.store.batch("tick taken back"):
        for one in found:
            caseload.store.delete(one)
    return len(found)


def withhold(
    caseload: Caseload, request_id: int, keys: Collection[str], exemption: str, reason: str = ""
) -> int:
    """Withhold these paragraphs under one exemption, as one act; how many.

    Raises:
        BadInputError: there is no such exemption or paragraph.
    """
    if exemption not in REASONS:
        raise BadInputError(f"Say under which exemption: {', '.join(REASONS)}.")
    return _decide(caseload, request_id, dict.fromkeys(keys, ("withheld", exemption, reason)))


def _decide(caseload: Caseload, request_id: int, wanted: Mapping[str, tuple[str, str, str]]) -> int:
    request = _open(caseload, request_id)
    kept = _decisions(caseload, request)
    known = {one.paragraph.key: one for one in _choices(caseload, request, kept)}
    why = ""
    for key, (said, _, reason) in wanted.items():
        if key not in known:
            raise BadInputError(
                "A paragraph has changed since it was read, or is not there; look at it again."
            )
        barred = known[key].paragraph.barred
        if said == "released" and barred:
            raise RefusedError(f"Never to this person: {barred[:1].lower()}{barred[1:]}.")
        if said == "released" and (words := known[key].paragraph.warned):
            if not reason.strip():
                raise RefusedError(
                    "It may tell of the survivor, or how the home is guarded "
                    f"({', '.join(words)}); it goes out with a reason alone."
                )
            why = (
                f", though it may tell of the survivor or how the home is guarded: {reason.strip()}"
            )
    store, said_first = caseload.store, next(iter(wanted.values()), ("", "", ""))[0]
    with store.batch(f"{counted(len(wanted), 'paragraph')} {said_first}{why}" if wanted else ""):
        for key, (said, exemption, reason) in wanted.items():
            values: dict[str, Any] = {
                "release": said,
                "exemption": exemption,
                "reason": reason.strip(),
                "by": store.who,
                "at": store.now(),
            }
            if key in kept:
                store.update(kept[key], **values)
            else:
                store.add(
                    SubjectDecision(
                        case_id=request.case_id, request_id=request_id, paragraph=key, **values
                    )
                )
    return len(wanted)


def _open(caseload: Caseload, request_id: int) -> SubjectRequest:
    request = queries.get(caseload.connection, SubjectRequest, request_id)
    if request.state != "open":
        raise RefusedError("That request has been answered or ended; reopen it first.")
    return request
