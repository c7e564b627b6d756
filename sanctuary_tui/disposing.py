"""Keeping a closed file, holding it, or disposing of it: what is done at the end of its years.

Each is one batch. A disposal waits for the file's own clock (``pathway.retention``), is done on
somebody's authority, and cannot be undone: its certificate is all that is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from config.codes import label
from config.errors import BadInputError, RefusedError
from config.format import counted, full_date, local
from config.settings import Settings
from db import disposal, queries
from db.caseload import Caseload
from db.connection import database_path
from db.mentions import earlier_names
from db.models import CaseFile, Disclosure, Disposal, LegalHold, RetentionReview
from db.readmodels import CaseCard
from db.rows import parse_moment
from db.validation import validated
from sanctuary_tui.exports.files import refuse_place, write_one
from sanctuary_tui.exports.marks import Marks, plain
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.profiles import PROFILES
from sanctuary_tui.exports.register import disclosures_of, held_case
from sanctuary_tui.exports.withhold import everything_of, secrets_of
from sanctuary_tui.formkeeping import DisposeForm, EndHoldForm, HoldForm, KeepForm, LookForm
from sanctuary_tui.overriding import refuse_empty_words, refuse_no_reason
from sanctuary_tui.pathway import retention
from sanctuary_tui.seen_settings import unconfirmed
from sanctuary_tui.work import must_find

_SOONEST: Final = {"due": 0, "held": 1, "undecided": 2, "kept": 3, "open": 4}


@dataclass(frozen=True, slots=True)
class Kept:
    """A line of the review queue: a closed case, or the MARAC papers of one that is still kept."""

    card: CaseCard
    clock: retention.Clock
    holds_due: date | None
    papers: disposal.Papers = "file"


def queue(caseload: Caseload, settings: Settings) -> list[Kept]:
    """Every closed case, those whose review is due first, then by the day it comes.

    MARAC papers whose own years are over, of a file that is still kept or open, are lines of their
    own among them.
    """
    today = caseload.store.today()
    files = queries.case_files(
        caseload.connection,
        (
            "people",
            "closures",
            "marac_listings",
            "marac_actions",
            "legal_holds",
            "retention_reviews",
        ),
        "status = 'closed' OR id IN (SELECT case_id FROM marac_listings WHERE state = 'heard')",
    )
    cards = queries.cards_of(caseload.connection, files)
    found = []
    for case_id, file in files.items():
        looks = [retention.hold_due(hold) for hold in file.legal_holds]
        first = min((day for day in looks if day is not None), default=None)
        clock = retention.clock(file, settings, today)
        if clock.state != "open":
            found.append(Kept(cards[case_id], clock, first))
        alone = retention.marac_clock(file, settings, today)
        if clock.state != "due" and alone is not None and alone.state == "due":
            found.append(Kept(cards[case_id], alone, None, "marac"))

    def order(one: Kept) -> tuple[bool, int, date, str]:
        looked_at = one.holds_due is not None and one.holds_due <= today
        soon = one.clock.state == "due" or looked_at
        return not soon, _SOONEST[one.clock.state], one.clock.due or date.max, one.card.ref

    return sorted(found, key=order)


def becomes_due(caseload: Caseload, now: Settings, then: Settings) -> str:
    """How many files, and MARAC papers alone, are due for review by a period that are not due now:
    said before the period is set. Sealed cases are not counted."""
    before, after = _due(caseload, now), _due(caseload, then)
    new = [papers for case_id, papers in after if (case_id, papers) not in before]
    files, parts = new.count("file"), new.count("marac")
    named = [counted(files, "closed file")] if files else []
    named += [f"MARAC papers of {counted(parts, 'case')}"] if parts else []
    verb = "becomes" if (files, parts) == (1, 0) else "become"
    return f"{' and '.join(named) or 'No closed files'} {verb} due by it"


def _due(caseload: Caseload, settings: Settings) -> set[tuple[int, str]]:
    found = queue(caseload, settings)
    return {(one.card.case_id, one.papers) for one in found if one.clock.state == "due"}


# --- keeping and holding ------------------------------------------------------------------------


def keep(caseload: Caseload, case_id: int, given: Mapping[str, Any]) -> RetentionReview:
    """A person looked and decided that the file is kept until another look.

    Raises:
        RefusedError: it is the file of an open case, or the next look does not lie ahead.
        BadInputError: it does not say why, or who decided.
    """
    values = validated(KeepForm, dict(given))
    file = must_find(caseload, case_id)
    if values.get("papers", "file") == "file" and file.case.status != "closed":
        raise RefusedError("The case is open; how long it is kept is decided once it is closed.")
    _ahead(caseload, values["next_review"])
    refuse_no_reason(values["reason"])
    with caseload.store.batch("file kept after a review"):
        return caseload.store.add(
            RetentionReview(case_id=case_id, made=caseload.store.today(), **values)
        )


def hold(caseload: Caseload, case_id: int, given: Mapping[str, Any]) -> LegalHold:
    """Place a legal hold, until a day or without end; one without end has a day to look again.

    Raises:
        RefusedError: its last day, or the day to look again, does not lie ahead.
        BadInputError: it does not say why, or has no end and no day to look again.
    """
    values = validated(HoldForm, dict(given))
    must_find(caseload, case_id)
    refuse_no_reason(values["reason"])
    until, look = values.get("until"), values.get("review_due")
    if until is None and look is None:
        raise BadInputError("A hold without end needs a day on which it is looked at again.")
    for day in (until, look):
        if day is not None:
            _ahead(caseload, day)
    with caseload.store.batch("legal hold placed"):
        return caseload.store.add(
            LegalHold(case_id=case_id, placed_on=caseload.store.today(), **values)
        )


def look_again(caseload: Caseload, hold_id: int, given: Mapping[str, Any]) -> LegalHold:
    """A hold was looked at and stays; the day of the next look.

    Raises:
        RefusedError: it has ended, or the day does not lie ahead.
    """
    values = validated(LookForm, dict(given))
    standing = _standing(caseload, hold_id)
    _ahead(caseload, values["review_due"])
    return caseload.store.update(
        standing,
        why="legal hold looked at; it stays",
        reviewed_on=caseload.store.today(),
        review_due=values["review_due"],
    )


def end_hold(caseload: Caseload, hold_id: int, given: Mapping[str, Any]) -> LegalHold:
    """End a legal hold: who, and why.

    Raises:
        RefusedError: it has ended already.
        BadInputError: it does not say why.
    """
    values = validated(EndHoldForm, dict(given))
    standing = _standing(caseload, hold_id)
    refuse_no_reason(values["end_reason"])
    return caseload.store.update(
        standing, why="legal hold ended", ended_on=caseload.store.today(), **values
    )


def _standing(caseload: Caseload, hold_id: int) -> LegalHold:
    found = queries.get(caseload.connection, LegalHold, hold_id)
    if found.ended_on is not None:
        raise RefusedError("That legal hold has ended already.")
    return found


def _ahead(caseload: Caseload, day: date) -> None:
    if day <= caseload.store.today():
        raise RefusedError("That day has come already; give one that lies ahead.")


# --- disposing ----------------------------------------------------------------------------------


def refuse(
    caseload: Caseload, case_id: int, settings: Settings, papers: disposal.Papers = "file"
) -> CaseFile:
    """The file, where nothing bars its disposal, or that of its MARAC papers, today.

    Raises:
        RefusedError: it is open, held, kept until a day, its period is not decided, or one was
            changed outside the console and nobody has confirmed it; no MARAC has heard it.
    """
    file, today = must_find(caseload, case_id), caseload.store.today()
    if papers == "file":
        what, clock = f"{file.case.ref} is", retention.clock(file, settings, today)
    else:
        what = f"MARAC papers of {file.case.ref} are"
        known = retention.marac_clock(file, settings, today)
        clock = known or retention.Clock("kept", None, "No MARAC has heard the case.")
    if clock.state != "due":
        raise RefusedError(f"{what} not disposed of. {clock.said}")
    if changed := unconfirmed(caseload, settings):
        raise RefusedError(
            f"{what} not disposed of: {', '.join(changed)} was changed outside the "
            "console; confirm it in Settings first (enter on its line, twice)."
        )
    return file


def authorised(caseload: Caseload, file: CaseFile, given: Mapping[str, Any]) -> dict[str, Any]:
    """On whose authority, and why, as they are kept.

    Raises:
        BadInputError: nobody or the person at the keyboard approved it, it does not say why, or
            names somebody of the case, now or earlier, a phone or an address.
    """
    values = validated(DisposeForm, {"authority": "", "reason": "", **given})
    who = caseload.store.who
    refuse_empty_words(values["authority"], values["reason"], who, "A disposal", field="authority")
    said = plain(f"{values['authority']}\n{values['reason']}")
    if _names(caseload, file, set(said.split())) or _tells(caseload, file, said):
        raise BadInputError(
            "The certificate is kept for good, and what you typed names somebody of the case, a "
            "phone or an address; say it without, a person by their post."
        )
    return values


def _names(caseload: Caseload, file: CaseFile, said: set[str]) -> bool:
    """Whether words name somebody by a word of three letters, or by a whole name."""
    known = [(one.first_name, one.surname, one.aliases) for one in file.people]
    known += earlier_names(caseload.connection, file.case.id, [one.id for one in file.people])
    for first, last, aliases in known:
        for name in (f"{first} {last}", *aliases.split(";")):
            words = plain(name).split()
            if any(len(word) > 2 for word in said.intersection(words)):
                return True
            if len(words) > 1 and said.issuperset(words):
                return True
    return False


def _tells(caseload: Caseload, file: CaseFile, said: str) -> bool:
    everything = everything_of(caseload.connection)
    places = Marks()
    for home in file.properties:
        places.add_address(home.address, everything.towns)
        places.add_postcode(home.postcode)
    secrets = secrets_of(file, reach=True, everything=everything)
    return places.found(said) or secrets.withhold(said) != said


def refuse_another(ref: str, typed: str) -> None:
    """Raises ``RefusedError`` where the reference typed to confirm is another."""
    if typed.strip().upper() != ref:
        raise RefusedError(
            f"Nothing was disposed of: to confirm, type the reference {ref} exactly."
        )


def dispose(
    caseload: Caseload,
    case_id: int,
    given: Mapping[str, Any],
    settings: Settings,
    key: bytes | bytearray,
    *,
    typed: str,
    papers: disposal.Papers = "file",
) -> Disposal:
    """Erase a case, or its MARAC papers alone, on somebody's authority; prove that no page says
    it, and keep the certificate.

    ``typed`` is the reference as the person typed it to confirm; ``key`` is the data key, by which
    the pages are read. Once it has begun it cannot be taken back.

    Raises:
        RefusedError: something bars it (``refuse``), or the reference typed is another.
        BadInputError: no authority or reason, or they name somebody of the case.
        NotProved: it is erased, but something was found; it is gone on with at the next opening.
    """
    file = refuse(caseload, case_id, settings, papers)
    values = authorised(caseload, file, given)
    refuse_another(file.case.ref, typed)
    scope = disposal.scope_of(caseload.connection, file, papers)
    rule = retention.rule_said if papers == "file" else retention.marac_rule_said
    certificate = Disposal(
        disposed_on=caseload.store.today(),
        rule=rule(file, settings),
        by=caseload.store.who,
        copies="\n".join(copies_of(caseload, file, settings, papers)),
        **values,
    )
    made = disposal.erase(caseload.store, scope, certificate)
    done = disposal.finish(caseload.store, key)
    return next((one for one in done if one.id == made.id), made)


def goes_with_it(
    caseload: Caseload, file: CaseFile, settings: Settings, papers: disposal.Papers = "file"
) -> list[str]:
    """What a disposal takes, and where copies stay, in a line each: before it is confirmed."""
    scope = disposal.scope_of(caseload.connection, file, papers)
    records = counted(len(scope.records), "record")
    said = [f"{records} of the case, its drafts and its log"]
    if papers == "marac":
        said = [f"{records}: listings, actions and their reviews, with drafts and log"]
        said.append("Stays: the file, and what notes and documents say of a meeting")
    if scope.directory:
        landlord = counted(len(scope.directory), "line")
        said.append(f"{landlord} of the directory that only it names: a private landlord")
    return [*said, *(f"Stays: {line}" for line in copies_of(caseload, file, settings, papers))]


# --- copies that still hold it ------------------------------------------------------------------


def copies_of(
    caseload: Caseload, file: CaseFile, settings: Settings, papers: disposal.Papers = "file"
) -> list[str]:
    """Old backups, caseloads put aside and exports that still hold a case, each with its last day.

    Of MARAC papers alone the exports made under a profile that lets their fields out.

    A backup is told by the log from the day the case was begun; where it lies is not known. A file
    is told by its number in the register, never by a name that somebody gave it.
    """
    days = settings.retention
    found = []
    for made in _backups(caseload, file):
        found.append(f"Backup of {full_date(made)}: {_last_day(made, days.backup_days)}")
    folder = database_path(caseload.connection).parent
    for path in sorted(folder.glob("caseload-*.db")):
        made = _written(path)
        found.append(f"{path.name}, put aside: {_last_day(made, days.backup_days)}")
    for row in queries.all_of(caseload.connection, Disclosure, of=file.case.id):
        if papers == "marac" and not _may_hold_marac(row):
            continue
        if held_case(row, file.case, caseload.connection) and row.path and row.deleted_on is None:
            there = Path(row.path).is_file()
            made = local(row.at).date() if row.at else caseload.store.today()
            place = "lies in its folder" if there else "moved or sent on"
            found.append(
                f"{row.what} of {full_date(made)}, number {row.id} of the export register, {place}:"
                f" {_last_day(made, days.export_days)}"
            )
    return found


def _may_hold_marac(row: Disclosure) -> bool:
    """Whether an exported file may hold MARAC papers; one whose profile is not known may."""
    profile = PROFILES.get(row.profile)
    return profile is None or any(table in disposal.MARAC for table, _ in profile.fields)


def _backups(caseload: Caseload, file: CaseFile) -> list[date]:
    rows = caseload.connection.execute(
        "SELECT at FROM changes WHERE action = 'system' AND why LIKE 'backup made%' AND at >="
        " (SELECT min(at) FROM changes WHERE case_id = ?) ORDER BY id",
        (file.case.id,),
    ).fetchall()
    return [local(parse_moment(row[0])).date() for row in rows]


def _written(path: Path) -> date:
    return local(datetime.fromtimestamp(path.stat().st_mtime, UTC)).date()


def _last_day(made: date, days: int) -> str:
    if not days:
        return "no last day decided, delete it by hand"
    return f"until {full_date(made + timedelta(days=days))}"


# --- the certificate ----------------------------------------------------------------------------


def certificate_text(one: Disposal) -> str:
    """A certificate as plain text; it holds nothing of the case but its reference."""
    whole = one.papers == "file"
    proof = (
        f"Every page of the database, its log and a fresh copy was read on {_day(one.proved_on)}: "
        f"{one.pages or 0:,} pages, {_words(one.words or 0)} that only "
        f"{'this case' if whole else 'these papers'} held, found in {one.found or 0} places."
        if one.state == "proved"
        else "Not yet proved: open the caseload again, and it is gone on with."
    )
    lines = [
        "OFFICIAL-SENSITIVE",
        "Certificate of disposal",
        "",
        f"Number:            {one.id}",
        f"Case:              {one.ref}",
        f"Of:                {_what_went(one)}",
        f"Disposed of on:    {_day(one.disposed_on)}",
        f"On authority of:   {one.authority}",
        f"Done by:           {one.by}",
        f"Rule:              {one.rule}",
        f"Reason:            {one.reason}",
        f"Erased:            {counted(one.records or 0, 'record')}, "
        f"{counted(one.log_rows or 0, 'line')} of the change log emptied",
        f"State:             {label('disposal_state', one.state)}",
        "",
        proof,
        "",
        "Copies that still hold it:",
        *(f"- {line}" for line in one.copies.splitlines() or ["none known"]),
        *(["", "The reference is not given out again."] if whole else []),
    ]
    return "\n".join(lines) + "\n"


def _words(number: int) -> str:
    return "1 word, name or number" if number == 1 else f"{number:,} words, names and numbers"


def _what_went(one: Disposal) -> str:
    if one.papers == "file":
        return "the whole file"
    return "MARAC papers alone (listings, actions, their reviews); the file is kept"


def _day(day: date | None) -> str:
    return full_date(day) if day else "not yet"


def write_certificate(caseload: Caseload, one: Disposal, out: Path) -> None:
    """Write a certificate as a text file, which must not exist yet; register and log it.

    It names the case by its reference: the register leads to the file like to any other.

    Raises:
        RefusedError: the place is one that is shared by habit.
        SanctuaryError: there is a file of that name, or it cannot be written.
    """
    refuse_place(out)
    with sending(caseload.store, f"certificate {one.id}") as outgoing:
        written = outgoing.hold(write_one(out, certificate_text(one).encode(), 1, ()))
        for row in disclosures_of(
            written,
            what=f"certificate of disposal {one.id}",
            recipient="internal",
            recipient_name="",
            basis="record of a disposal",
            protection="document",
            by=caseload.store.who,
            at=caseload.store.now(),
            case_refs=[one.ref],
        ):
            caseload.store.add(row, why=f"certificate {one.id} registered")
        caseload.store.note("system", "disposals", one.id, 0, f"certificate {one.id} written")
