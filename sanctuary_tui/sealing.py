"""Sealing a case, opening it for a reason, and the list of what is sealed (domain section 8).

While it is sealed a case is in no list, count, search, export or return; ``db.seal`` sees to that.
Here are the doors: each asks for a reason and leaves it in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from config.codes import REMINDER_LIVE
from config.errors import BadInputError, RefusedError
from config.format import counted, full_date, money
from db import queries, seal
from db.models import Breach, BreachStep, Case, CaseFile, Disclosure, Reminder, Seal
from db.names import alike
from db.rights import EVERY_CASE
from sanctuary_tui import breaches, leftovers, work
from sanctuary_tui.exports.marks import plain, reaches
from sanctuary_tui.exports.register import lying_there
from sanctuary_tui.pathway import marac, marac_list, scheme
from sanctuary_tui.pathway.contact import safe_contact

if TYPE_CHECKING:
    from config.settings import Settings
    from db.caseload import Caseload
    from db.readmodels import CaseCard

T = TypeVar("T")

LOOKED: Final = "sealed cases looked at"
"""Under this name the store remembers the day of the last look at the list."""
DUE_DAYS: Final = 7
NEEDS_LOOK: Final = (
    "One record needs the manager's look before this is kept: press esc, which keeps it as a "
    "draft, and ask; where it cannot wait, ctrl+s again keeps it."
)
"""Said of a referral that may be a sealed household: neither who, nor that anything is sealed."""


ALWAYS: Final = "Sealed cases are in no list, count or file: S lists them; do each by hand."
"""Said whether or not a case is sealed, so that it tells nobody that one is."""


class NeedsLook(RefusedError):
    """A referral that may be of a sealed household."""


def _reason(said: str) -> str:
    said = " ".join(said.split())[:300]
    if not said:
        raise BadInputError("Say the reason; it is logged with your name.")
    return said


def _live(caseload: Caseload, case_id: int) -> Seal | None:
    file = queries.case_file(caseload.connection, case_id)
    return next((one for one in file.seals if one.lifted_on is None), None) if file else None


# --- sealing and lifting --------------------------------------------------------------------------


def seal_case(caseload: Caseload, case_id: int, reason: str, by: str) -> None:
    """Seal a case: from now on it is in nothing, and open to nobody without a reason.

    Not one of the changes that ``u`` undoes: a seal is lifted for a reason.

    Raises:
        BadInputError: no reason, or nobody who decided it.
        RefusedError: it is sealed already.
    """
    said, who = _reason(reason), by.strip()
    if not who:
        raise BadInputError("Say who decided it: the coordinator's manager, or who stands in.")
    work.must_find(caseload, case_id)
    if _live(caseload, case_id) is not None:
        raise RefusedError("This case is sealed already.")
    made = Seal(case_id=case_id, reason=said, sealed_by=who, sealed_on=caseload.store.today())
    with caseload.store.batch("case sealed", undoable=False):
        caseload.store.add(made, why="case sealed")


def lift_seal(caseload: Caseload, case_id: int, reason: str) -> None:
    """Lift the seal of the case that is open.

    Raises:
        BadInputError: no reason, or the case is not open.
        RefusedError: it is not sealed.
    """
    said = _reason(reason)
    work.must_find(caseload, case_id)
    live = _live(caseload, case_id)
    if live is None:
        raise RefusedError("This case is not sealed.")
    with caseload.store.batch("seal lifted", undoable=False):
        caseload.store.update(
            live,
            why="seal lifted",
            lifted_on=caseload.store.today(),
            lifted_by=caseload.store.who,
            lifted_reason=said,
        )
    shut(caseload)


def is_sealed(caseload: Caseload, case_id: int) -> bool:
    """Whether a case is sealed now."""
    return case_id in seal.sealed_ids(caseload.connection)


# --- opening --------------------------------------------------------------------------------------


def open_sealed(caseload: Caseload, case_id: int, reason: str) -> None:
    """Open one sealed case, for a reason that is logged first; one that was open is shut.

    Raises:
        BadInputError: no reason.
        RefusedError: it is not sealed.
    """
    said = _reason(reason)
    if not is_sealed(caseload, case_id):
        raise RefusedError("That case is not sealed any more; it is in every list again.")
    caseload.store.note("consultation", "seals", 0, case_id, f"sealed case opened: {said}")
    seal.open_to(caseload.connection, case_id)


def read_sealed(
    caseload: Caseload, reference: str, reason: str, read: Callable[[int], T]
) -> tuple[T, str]:
    """What ``read`` finds of one sealed case, asked for by its reference, and the reference as it
    is kept; for a reason that is logged first. What was open before is open after.

    Raises:
        BadInputError: no reason, or no sealed case has that reference.
    """
    connection, before = caseload.connection, caseload.connection.opened
    _reason(reason)
    wanted = queries.as_reference(reference)
    found = seal.sealed_among(connection, (wanted,), None, written=False)
    if len(found) != 1 or wanted == EVERY_CASE:
        raise BadInputError("No sealed case has that reference; S lists them.")
    (case_id,) = found
    open_sealed(caseload, case_id, reason)
    try:
        return read(case_id), wanted
    finally:
        seal.open_to(connection, before)


def shut(caseload: Caseload) -> None:
    """Shut the sealed case that was open, if one was."""
    seal.shut(caseload.connection)


def looked_at(caseload: Caseload, today: date) -> str:
    """Today's line: whether the sealed cases were looked at, the same where none is sealed."""
    last = queries.remembered(caseload.connection, LOOKED)
    said = "looked at today" if last == today.isoformat() else "not looked at yet today"
    return f"S  Sealed cases: {said}"


# --- the list -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InBreach:
    """An open breach that held a sealed case: how far it is, with its clock.

    ``waiting``: there is a risk, and nobody has reached the survivor or decided about it.
    """

    breach_id: int
    waiting: bool
    words: str


@dataclass(slots=True)
class SealedLine:
    """One sealed case: what is due there within a week, and whether the MARAC is to hear it.

    ``breaches`` are the open ones that held it, and ``safe_contact`` how its survivor is reached.
    """

    card: CaseCard
    sealed_on: date | None
    due: list[Reminder] = field(default_factory=list)
    marac: str = ""
    breaches: list[InBreach] = field(default_factory=list)
    safe_contact: str = ""

    @property
    def order(self) -> tuple[Any, ...]:
        """Who may be in danger by a breach first, as in its own list; then what is due first."""
        waiting = any(one.waiting for one in self.breaches)
        danger = (self.card.urgency != "emergency", self.card.risk != "high")
        return not waiting, not self.breaches, danger if waiting else (), self.next_due

    @property
    def next_due(self) -> date:
        """The day of what is due first; the far future when nothing is."""
        return min((one.due for one in self.due if one.due), default=date.max)


@dataclass(slots=True)
class SealedView:
    """Every sealed case, those of an open breach on top, then what is due first; and what the
    counts of Reports leave out."""

    lines: list[SealedLine]
    left_out: str = ""
    files: str = ""


def sealed_view(caseload: Caseload, reason: str, today: date, settings: Settings) -> SealedView:
    """The list of sealed cases, for a reason that is logged.

    Raises:
        BadInputError: no reason.
    """
    said = _reason(reason)
    with caseload.store.batch():
        caseload.store.note("consultation", "seals", 0, 0, f"sealed cases looked at: {said}")
        caseload.store.remember(LOOKED, today.isoformat())
    return sealed_lines(caseload, today, settings)


def sealed_lines(caseload: Caseload, today: date, settings: Settings) -> SealedView:
    """What ``sealed_view`` shows, again, for whoever has it on the screen."""
    lines, files, found = [], [], _breaches(caseload)
    for file, card in _each(caseload):
        files.append(file)
        due = [one for one in file.reminders if _is_due(one, today)]
        due.sort(key=lambda one: one.due or date.max)
        live = next(one for one in file.seals if one.lifted_on is None)
        line = SealedLine(card, live.sealed_on, due, _marac_words(file, today, settings))
        line.breaches = found.get(file.case.id, [])
        line.safe_contact = safe_contact(file)
        lines.append(line)
    lines.sort(key=lambda line: (line.order, line.card.ref))
    return SealedView(lines, _left_out(files, today), _files(caseload))


def _breaches(caseload: Caseload) -> dict[int, list[InBreach]]:
    """The open breaches that held sealed cases, by case; those that wait first."""
    connection, now = caseload.connection, caseload.store.now()
    found: dict[int, list[InBreach]] = {}
    for breach in queries.all_of(connection, Breach):
        if breach.closed_on is not None:
            continue
        clock = breaches.clock_words(breach, now) if breach.ico == "not_decided" else ""
        for case_id, ref in seal.sealed_in_breach(connection, breach.id).items():
            kinds = seal.sealed_steps(connection, breach.id, ref)
            done = next((one for one in kinds if one in ("survivor", "decision")), "")
            tried = "tried in vain" if "not_reached" in kinds else "not reached"
            said = [_DONE.get(done, tried), *([clock] if clock else [])]
            waiting = not done and breach.risk != "unlikely"
            line = InBreach(breach.id, waiting, f"breach {breach.id}: {', '.join(said)}")
            found.setdefault(case_id, []).append(line)
    for lines in found.values():
        lines.sort(key=lambda one: (not one.waiting, one.breach_id))
    return found


_DONE: Final = {"survivor": "survivor reached", "decision": "decided"}
BREACH_STEPS: Final = ("survivor", "not_reached", "decision")
"""What is logged of a sealed case after a breach, from the list of sealed cases."""


def log_breach_step(
    caseload: Caseload, breach_id: int, case_id: int, kind: str, words: str
) -> BreachStep:
    """Log that the survivor of a sealed case was reached after a breach, was not, or what was
    decided; only whoever gave the reason for the list can (it is in no other list of steps).

    Raises:
        BadInputError: it is none of these, or says nothing.
        RefusedError: the case is not sealed or was not in the breach, or that is closed.
    """
    if kind not in BREACH_STEPS:
        raise BadInputError("Only reached, not reached or decided is logged from this list.")
    ref = seal.sealed_in_breach(caseload.connection, breach_id).get(case_id)
    if ref is None:
        raise RefusedError("That case is not sealed, or was not in it; open the list again.")
    return breaches.log_step(caseload, breach_id, kind, words, case_ref=ref, sealed=True)


def sent_of(caseload: Caseload, case_id: int) -> list[Disclosure]:
    """What left with a sealed case in it, the newest first: any of it may be in the wrong hands."""
    return queries.sealed_sent(caseload.connection, case_id)[::-1]


def record_breach(
    caseload: Caseload,
    case_id: int,
    disclosure_id: int,
    kind: str,
    *,
    aware: datetime,
    what: str,
    recipient: str,
) -> Breach:
    """Record the breach of a file with a sealed case in it, which Reports may not have.

    A file of sealed cases alone is not named in the breach, nor are its cases: they are counted,
    and reached from the list of sealed cases.

    Raises:
        BadInputError: the moment lies ahead.
        RefusedError: the case is not sealed, or was not in it.
    """
    connection = caseload.connection
    rows = queries.sealed_sent(connection, case_id)
    row = next((one for one in rows if one.id == disclosure_id), None)
    if row is None:
        raise RefusedError("That case is not sealed, or was not in it; open the list again.")
    held = None
    if ("disclosures", row.id) in seal.left_out(connection):
        held = replace(breaches.held_by(row, rows), what=_NOT_SAID, recipient="")
    return breaches.record(
        caseload,
        kind,
        aware=aware,
        disclosure_id=row.id,
        what=what,
        recipient=recipient,
        held=held,
    )


_NOT_SAID: Final = "a file that the list of sealed cases (S) has"


def _files(caseload: Caseload) -> str:
    """Files with a sealed case in them that still lie where they were written."""
    there = [row.path for row in lying_there(queries.sealed_files(caseload.connection))]
    if not there:
        return ""
    more = f" and {len(there) - 2} more" if len(there) > 2 else ""
    return f"Written before and still there: {', '.join(there[:2])}{more}. d deletes one."


def files_held(caseload: Caseload) -> list[Disclosure]:
    """Files that were written with a sealed case in them and are not marked as deleted."""
    return queries.sealed_files(caseload.connection)


def delete_file(
    caseload: Caseload,
    disclosure_id: int,
    *,
    changed: bool = False,
    folders: tuple[Path, ...] = (),
) -> str:
    """Delete one of them as the register does (``leftovers.delete``), and log it; what to say.

    The register of Reports does not have a file of sealed cases alone.

    Raises:
        RefusedError: it is none of them, or as ``leftovers.delete``.
        SanctuaryError: it cannot be deleted.
    """
    row = next((one for one in files_held(caseload) if one.id == disclosure_id), None)
    if row is None:
        raise RefusedError("That file is deleted already, or holds no sealed case.")
    return leftovers.delete_row(caseload, row, changed=changed, folders=folders)


def files_of_all(caseload: Caseload) -> list[CaseFile]:
    """Every sealed case, for who has given the reason why all of them are read."""
    return [file for file, _ in _each(caseload)]


def _each(caseload: Caseload) -> list[tuple[CaseFile, CaseCard]]:
    """Every sealed case with its card; what was open before is open after."""
    connection, before = caseload.connection, caseload.connection.opened
    found = []
    try:
        for case_id in sorted(seal.sealed_ids(connection)):
            seal.open_to(connection, case_id)
            found.append((work.must_find(caseload, case_id), queries.card(connection, case_id)))
    finally:
        seal.open_to(connection, before)
    return found


def _is_due(reminder: Reminder, today: date) -> bool:
    day = reminder.snoozed_to if reminder.state == "snoozed" else reminder.due
    soon = today + timedelta(days=DUE_DAYS)
    return reminder.state in REMINDER_LIVE and day is not None and day <= soon


def _marac_words(file: CaseFile, today: date, settings: Settings) -> str:
    """What is to be brought to the MARAC by hand, since the weekly list leaves the case out."""
    listed = [
        one.meeting
        for one in file.marac_listings
        if one.state in ("draft", "sent", "deferred") and one.meeting and one.meeting >= today
    ]
    if listed:
        return f"MARAC {full_date(min(listed))}: bring it to the chair by hand"
    if file.case.status != "open":
        return ""
    codes, _ = marac.criteria(file, today, settings)
    when = marac.next_meeting(today, settings)
    heard = marac_list.listing_for(file, when)
    return "meets a MARAC criterion: bring it to the chair by hand" if codes and not heard else ""


def _left_out(files: Sequence[CaseFile], today: date) -> str:
    """What has to be added by hand to counts and returns since 1 April."""
    if not files:
        return ""
    start = date(today.year if today.month >= 4 else today.year - 1, 4, 1)
    still = sum(1 for file in files if file.case.status == "open")
    taken = sum(1 for file in files if file.case.received and file.case.received.date() >= start)
    fitted = sum(
        1 for file in files for one in file.measures if one.fitted_on and one.fitted_on >= start
    )
    spent = sum(scheme.ordered_or_spent(file) for file in files)
    return (
        f"In no count or return: {still} open, {taken} referred since {full_date(start)}, "
        f"{counted(fitted, 'measure')} fitted, {money(spent)} ordered or spent in all."
    )


# --- a referral that may be a sealed household ----------------------------------------------------


def check_referral(caseload: Caseload, given: Mapping[str, Any]) -> None:
    """Stop, once, a referral that may be of a sealed household, and log that it was.

    The survivor's name, spelt loosely, unless the days of birth differ; or the same telephone or
    email. Nothing is said while somebody types or searches.

    Raises:
        NeedsLook: neither who it may be nor why is said.
    """
    hits = sealed_matches(caseload, given)
    if hits:
        for case_id in hits:
            said = "a new referral may be this household"
            caseload.store.note("combination", "cases", case_id, case_id, said)
        raise NeedsLook(NEEDS_LOOK)


def tell_sealed(caseload: Caseload, given: Mapping[str, Any], kept_as: str) -> None:
    """Leave word at each sealed case that a referral kept since may be the same household."""
    for case_id in sealed_matches(caseload, given):
        work.add_reminder(
            caseload,
            case_id,
            f"{kept_as} may be this household: look, and seal it too or link it",
            caseload.store.today(),
        )


def tell_of_imported(
    caseload: Caseload, made: Sequence[tuple[str, Sequence[Mapping[str, Any]]]]
) -> None:
    """Leave word at each sealed case that cases an import has made may be the same household.

    ``made`` has the reference of each, and what its rows say, as a referral does. Whoever imports
    is told nothing; the word is kept with the import, and stays when that is undone.
    """
    with caseload.store.apart():
        for file, _ in _each(caseload):
            refs = [ref for ref, said in made if any(_may_be(file, one) for one in said)]
            if refs:
                more = f" and {len(refs) - _MOST_NAMED} more" if len(refs) > _MOST_NAMED else ""
                work.add_reminder(
                    caseload,
                    file.case.id,
                    f"imported {', '.join(refs[:_MOST_NAMED])}{more} may be this household: look, "
                    "and seal it too or link it",
                    caseload.store.today(),
                )


def take_referral(caseload: Caseload, given: Mapping[str, Any]) -> Case:
    """Keep a referral, and leave word at each sealed case that it may be of.

    Raises:
        BadInputError: as ``work.take_referral``.
    """
    with caseload.store.batch("referral taken"):
        case = work.take_referral(caseload, given)
        tell_sealed(caseload, given, case.ref)
    return case


def sealed_matches(caseload: Caseload, given: Mapping[str, Any]) -> list[int]:
    """The sealed cases that a referral may be of."""
    return [file.case.id for file, _ in _each(caseload) if _may_be(file, given)]


def _may_be(file: CaseFile, given: Mapping[str, Any]) -> bool:
    said = {name: str(given.get(name) or "").strip() for name in _LOOKED_AT}
    way = plain(said["phone"])
    if way and any(reaches(point.value, way) for point in file.contact_points):
        return True
    at = (said["address"], said["postcode"])
    if any(_same_place((home.address, home.postcode), at) for home in file.properties):
        return True
    return _same_name(file, f"{said['first_name']} {said['surname']}".strip(), given.get("dob"))


def _same_name(file: CaseFile, name: str, dob: date | None) -> bool:
    survivor = file.survivor
    if survivor is None or not name or (dob and survivor.dob and dob != survivor.dob):
        return False
    whole = f"{survivor.first_name} {survivor.surname}".strip()
    if any(True for _ in alike(name, [f"{whole} {survivor.aliases}"])):
        return True
    return " " in whole and any(True for _ in alike(whole, [name]))  # a second surname since


def _same_place(kept: tuple[str, str], given: tuple[str, str]) -> bool:
    """The same first words of an address, and no other postcode."""
    (here, its_code), (there, code) = (
        tuple(plain(part).replace(" ", "") for part in one) for one in (kept, given)
    )
    if min(len(here), len(there)) < _SHORTEST_PLACE or (its_code and code and its_code != code):
        return False
    return here.startswith(there) or there.startswith(here)


_MOST_NAMED: Final = 3
_LOOKED_AT: Final = ("first_name", "surname", "phone", "address", "postcode")
_SHORTEST_PLACE: Final = 6
"""Letters of an address without which it says no place."""
