"""Two lines of ``check``: the change log against its witnesses, and every record against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sanctuary_tui.cli_output import counted

if TYPE_CHECKING:
    from db.check import Check
    from db.connection import Connection
    from sanctuary_tui.cli_session import Session

_HOW: Final = {
    "older": "older than the log",
    "missing": "missing",
    "unlogged": "not in the log",
}


def witness_check(session: Session) -> Check:
    """The change log against what was witnessed of it outside the file (``db.witness``)."""
    from db.check import Check

    caseload = session.caseload
    assert caseload.witnesses is not None
    look = caseload.older or caseload.witnesses.look(caseload.connection)
    if not look.good:
        return Check("witness", False, look.sentence(session.paths.caseload))
    if look.damaged:
        return Check(
            "witness",
            False,
            f"The witness of the change log in {look.damaged[0]} was changed: restore nothing, "
            "compare the log with the last backup, and tell IT; opening and leaving the console "
            "writes a new one.",
        )
    if look.known is None:
        return Check("witness", True, "No witness of the change log yet; one is kept from now on.")
    sentence = (
        f"The change log holds all {counted(look.known.count, 'change')} noted outside the file."
    )
    return Check("witness", True, sentence)


def _cannot_read() -> tuple[type[BaseException], ...]:
    from db.connection import DATABASE_ERRORS

    return (*DATABASE_ERRORS, ValueError, TypeError)


def latest_check(connection: Connection) -> Check:
    """Every record against the newest the change log says of it (``db.replay``)."""
    from db.check import Check
    from db.replay import case_refs, replay

    try:
        report = replay(connection)
    except _cannot_read():
        # A table that lacks a column, a log that holds no JSON: told on their own lines as well.
        return Check(
            "latest",
            False,
            "The records cannot be held against the change log: restore the last good backup and "
            "keep this file.",
        )
    if report.good:
        sentence = f"All {counted(report.count, 'record')} are as their last line in the log says."
        return Check("latest", True, sentence)
    kinds = [f"{report.number(how)} {words}" for how, words in _HOW.items() if report.number(how)]
    refs = case_refs(connection, report.strays)
    where = f"; first {', '.join(refs)}" if refs else ""
    return Check(
        "latest",
        False,
        f"{counted(len(report.strays), 'record')} not as the change log left them "
        f"({', '.join(kinds)}{where}): restore the last good backup and keep this file.",
    )
