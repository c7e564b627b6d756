"""``check``: what can be verified of the caseload and its surroundings, a line each."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from config.errors import SanctuaryError
from config.paths import Paths
from config.settings import Settings, default_settings, load_settings
from sanctuary_tui.check_lines import (
    DEEP_LINES,
    LINES,
    Line,
    every,
    group_of,
    in_one,
    periods_line,
)
from sanctuary_tui.checked_log import latest_check, witness_check
from sanctuary_tui.cli_output import counted, say
from sanctuary_tui.cli_session import (
    Session,
    must_be_there,
    open_with_key,
    paths_of,
    secrets_for,
)

if TYPE_CHECKING:
    from db.check import Check
    from db.connection import Connection

_NAME_WIDTH = 12


def check(args: argparse.Namespace) -> int:
    """Look at everything; exit status 1 if anything is bad or could not be looked at."""
    from db.check import file_checks
    from db.connection import CaseloadInUse
    from db.keys import WrongPassphrase, unlock, wipe

    paths = paths_of(args)
    must_be_there(paths)
    passphrase = secrets_for(args).ask("Passphrase")
    told = _Told()
    settings = _settings_check(paths, told)
    for one in file_checks(paths):
        told.tell(one)
    key = bytearray()
    try:
        key = unlock(paths, passphrase)
        session = open_with_key(paths, key, settings, on_older="look", on_synced="open")
    except CaseloadInUse:
        told.unknown("caseload", "Open in another window; close it there to have it checked here.")
        return 1
    except WrongPassphrase:  # a slip of the fingers is nothing bad in the caseload
        raise
    except SanctuaryError as error:
        told.line("caseload", False, error.sentence)
        return 1
    finally:
        told.end()
        wipe(key)
    with session:
        sound = _open_checks(session, told, deep=args.deep)
        told.end()
        if sound:
            result = "all good" if told.bad == 0 else counted(told.bad, "bad line")
            session.log(f"checked: {result}")
    return 1 if told.bad else 0


class _Told:
    """Prints each line and counts the bad ones; parts that follow each other stand in one line."""

    def __init__(self) -> None:
        self.bad = 0
        self._group = ""
        self._parts: list[tuple[str, str, str]] = []

    def tell(self, one: Check) -> None:
        self.line(one.name, one.good, one.sentence, see=one.see)

    def line(self, name: str, good: bool, sentence: str, *, see: bool = False) -> None:
        """``see``: nothing is wrong, and there is something for a person to see to."""
        self._part("BAD" if not good else "see" if see else "good", name, sentence)

    def unknown(self, name: str, sentence: str) -> None:
        """Neither good nor bad: it could not be looked at now."""
        self._part("?", name, sentence)

    def more(self, session: Session, lines: Iterable[Callable[[Session], Line]]) -> None:
        """Lines that are made elsewhere."""
        for one in (make(session) for make in lines):
            if one.good is None:
                self.unknown(one.name, one.sentence)
            else:
                self.line(one.name, one.good, one.sentence, see=one.see)

    def _part(self, mark: str, name: str, sentence: str) -> None:
        if group_of(name) != self._group:
            self.end()
            self._group = group_of(name)
        self._parts.append((mark, name, sentence))

    def end(self) -> None:
        """Print the line that was waiting for more of its parts."""
        if not self._parts:
            return
        mark, sentence = in_one(self._group, self._parts)
        self.bad += mark == "BAD"
        say(f"{mark:4}  {self._group.ljust(_NAME_WIDTH)}  {sentence}", hang=_NAME_WIDTH + 8)
        self._group, self._parts = "", []


def _settings_check(paths: Paths, told: _Told) -> Settings:
    try:
        settings = load_settings(paths.settings_file)
    except SanctuaryError as error:
        told.line("settings", False, error.sentence)
        return default_settings()
    there = paths.settings_file.exists()
    sentence = "The settings file is in order." if there else "No settings file: defaults hold."
    told.line("settings", True, sentence)
    return settings


def _open_checks(session: Session, told: _Told, *, deep: bool) -> bool:
    """Look inside; false when the file is damaged, and nothing should be written into it."""
    from db.check import integrity_checks
    from sanctuary_tui.copies import kit_notice

    connection = session.caseload.connection
    sound = True
    for one in integrity_checks(connection):
        told.tell(one)
        sound = sound and one.good
    if not sound:
        told.line(
            "the rest",
            False,
            "Nothing more can be checked in a damaged file: restore the last good backup and keep "
            "this file.",
        )
        return False
    if said := kit_notice(connection):
        told.line("recovery key", False, said)
    _chain(session, told)
    told.tell(witness_check(session))
    _disposals(connection, told)
    told.more(session, [periods_line])
    _schema(connection, told)
    _references(connection, told)
    told.tell(latest_check(connection))
    _backup_age(session, told)
    told.more(session, LINES)
    if deep:
        told.more(session, DEEP_LINES)
        _records(connection, told)
        _search(session, told)
        _cards(session, told)
    return True


def _chain(session: Session, told: _Told) -> None:
    from db.changes import verify_chain

    connection = session.caseload.connection
    report = verify_chain(connection)
    if report.good:
        sentence = f"All {counted(report.count, 'change')} add up; the last is {report.head[:16]}."
        sentence += _clock(session)
    else:
        sentence = (
            f"The change log does not add up from row {report.broken_at}: restore the last good "
            "backup and keep this file."
        )
    told.line("change log", report.good, sentence)


def _clock(session: Session) -> str:
    """Moments of the log that cannot be right: said, but no damage, since clocks are set wrong."""
    from db.changes import look_at_clock

    found = look_at_clock(session.caseload.connection, session.caseload.store.now())
    said = ""
    if found.back:
        said += (
            f" {counted(found.back, 'line')} from row {found.first_back} on have a moment more "
            "than a day before an earlier line's: the computer's clock was set back."
        )
    if found.ahead:
        said += (
            f" {counted(found.ahead, 'line')} from row {found.first_ahead} on lie ahead of now: "
            "the computer's clock was or is wrong."
        )
    return said


def _disposals(connection: Connection, told: _Told) -> None:
    from db import queries
    from db.disposal import log_holds, under_way
    from db.models import Disposal

    waiting = under_way(connection)
    if waiting:
        seen = {one.id for one in queries.all_of(connection, Disposal)}
        refs = ", ".join(one.ref for one in waiting if one.id in seen)
        which = f"The disposal of {refs}" if refs else "A disposal"
        sentence = f"{which} is not proved: open the caseload again to finish it."
    elif not log_holds(connection):
        sentence = (
            "Lines of the change log were emptied without a certificate: restore the last good "
            "backup and keep this file."
        )
    else:
        done, parts = connection.execute(
            "SELECT count(*) FILTER (WHERE papers = 'file'),"
            " count(*) FILTER (WHERE papers <> 'file') FROM main.disposals"
        ).fetchall()[0]
        alone = f" and MARAC papers of {parts} that are kept" if parts else ""
        told.line(
            "disposals", True, f"{counted(done, 'case')}{alone} disposed of, each with its proof."
        )
        return
    told.line("disposals", False, sentence)


def _schema(connection: Connection, told: _Told) -> None:
    from db.migrations import SCHEMA_VERSION, not_ours
    from db.models import RECORDS, column_names

    version = connection.execute("PRAGMA user_version").fetchall()[0][0]
    wrong = [
        record.table
        for record in RECORDS
        if {
            row[1]
            for row in connection.execute(f"PRAGMA main.table_info({record.table})").fetchall()
        }
        != set(column_names(record))
    ]
    if version != SCHEMA_VERSION:
        sentence = f"The schema is version {version}, not {SCHEMA_VERSION}: update the program."
        told.line("schema", False, sentence)
    elif wrong:
        sentence = f"Tables not as the program knows them: {', '.join(wrong)}; restore a backup."
        told.line("schema", False, sentence)
    elif strange := not_ours(connection):
        sentence = (
            f"In the file and not made by this program, or not as it makes it: "
            f"{', '.join(strange[:3])}; tell IT, and restore a backup from before."
        )
        told.line("schema", False, sentence)
    else:
        told.line("schema", True, f"Version {version}, every table as the program makes it.")


def _references(connection: Connection, told: _Told) -> None:
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    sentence = "Every reference between records holds."
    if broken:
        sentence = (
            f"{counted(len(broken), 'record')} point at something that is gone: restore a backup."
        )
    told.line("references", not broken, sentence)


def _backup_age(session: Session, told: _Told) -> None:
    from db import queries
    from sanctuary_tui.copies import DEMO_MARK, backup_age, backup_notice

    connection = session.caseload.connection
    if queries.remembered(connection, DEMO_MARK):
        told.line("backup", True, "A demo caseload needs no backup.")
        return
    days, there = backup_age(connection, session.today)
    late = days > session.settings.backup.warn_days
    notice = backup_notice(session.caseload, session.paths, session.settings, session.today)
    if there and not late and notice:
        told.line("backup", False, notice)
        return
    sentence = (
        f"The newest verified backup was made {_ago(days)}."
        if there
        else "No backup has been made yet."
    )
    told.line("backup", not late, sentence + _advice(late or not there), see=not there)


def _ago(days: int) -> str:
    return "today" if days <= 0 else f"{counted(days, 'day')} ago"


def _advice(needed: bool) -> str:
    return " Make one with 'sanctuary backup DIR', on another disk." if needed else ""


# --- deep -----------------------------------------------------------------------------------------


def _records(connection: Connection, told: _Told) -> None:
    """Every record read back, those of sealed cases too, and every code in its list."""
    from db.models import RECORDS
    from db.rows import cleaned

    wrong = []
    for kind in RECORDS:
        try:
            for record in every(connection, kind):
                cleaned(record)
        except (SanctuaryError, ValueError):
            wrong.append(kind.table)
    sentence = "Every record reads back as the program writes it."
    if wrong:
        sentence = f"Records that cannot be read in {', '.join(wrong)}: restore a backup."
    told.line("records", not wrong, sentence)


def _search(session: Session, told: _Told) -> None:
    """The index itself, and each of its rows held against its record, sealed or not.

    What is missing or wrong is made again from the records, all of it or nothing; no data is lost.
    """
    from db.connection import DATABASE_ERRORS
    from db.models import RECORDS
    from db.search import index_faults, mend_index

    unreadable: tuple[type[BaseException], ...] = (SanctuaryError, ValueError, *DATABASE_ERRORS)
    store, connection = session.caseload.store, session.caseload.connection
    sound = True
    try:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')").fetchall()
    except DATABASE_ERRORS:
        sound = False
    connection.rollback()
    try:
        faults = index_faults(
            connection, (one for kind in RECORDS for one in every(connection, kind))
        )
        if sound and not faults:
            told.line("search", True, "The search index says what the records say.")
            return
        what = counted(len(faults), "entry", "entries") if faults else "part"
        with store.batch("search index made again", undoable=False):
            mend_index(connection, faults)
            session.log(f"search index made again: {what}")
    except unreadable:
        sentence = "The search index is wrong and could not be made again: restore a backup."
        told.line("search", False, sentence)
        return
    sentence = (
        f"Of the search index {what} did not say what the records say, so that a search could miss "
        "them; made again from the records: run this check once more, and tell IT."
    )
    told.line("search", False, sentence)


def _cards(session: Session, told: _Told) -> None:
    """Each card as the rules would make it now; those of sealed cases too, which are not named."""
    from db import queries
    from db.seal import sealed_ids
    from sanctuary_tui.opening import derive_with

    connection, derive = session.caseload.connection, derive_with(session.settings)
    rows = connection.execute("SELECT id FROM main.cases ORDER BY id").fetchall()
    sealed = sealed_ids(connection)
    wrong, named = False, []
    for (case_id,) in rows:
        file = queries.kept_file(connection, case_id)
        if file is not None and (
            queries.kept_card(connection, case_id) != derive(file, session.today).card
        ):
            wrong = True
            if case_id not in sealed:
                named.append(file.case.ref)
    sentence = "Every card says what the rules say."
    if wrong:
        refs = f" ({', '.join(named[:3])})" if named else ""
        sentence = (
            f"{'1 card differs' if len(named) == 1 else 'Cards differ'} from the rules{refs}: open "
            "each case and save it again. Where this line stays or names none, do so with those in "
            "the list of sealed cases (S)."
        )
    told.line("cards", not wrong, sentence)
