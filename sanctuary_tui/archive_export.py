"""The whole caseload as an archive: asked for, confirmed by typing, registered, then written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from config.errors import BadInputError, RefusedError, SanctuaryError
from db import archiving, seal
from db.rights import EVERY_CASE
from sanctuary_tui import connected, sealing
from sanctuary_tui.exports.archive import refuse_name, write_archive
from sanctuary_tui.exports.outgoing import sending
from sanctuary_tui.exports.register import disclosures_of
from sanctuary_tui.table_export import MOST, Handed

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.exports.files import ExportResult

CONFIRM: Final = "everything"
"""What is typed, so that nobody makes one in passing."""
SAYS: Final = (
    "It holds everything: names, safe addresses, weak points of homes, code words, the change log."
)


@dataclass(frozen=True, slots=True)
class ArchiveOrder:
    """To whom the archive is handed and why, what was ``typed`` to confirm it, and the reason for
    which sealed cases are in it; without one they are left out."""

    handed: Handed
    typed: str
    sealed_why: str = ""


def refuse_typed(typed: str) -> None:
    """Nothing is done in passing.

    Raises:
        BadInputError: it is not the word that confirms.
    """
    if typed.strip().casefold() != CONFIRM:
        raise BadInputError(f"Nothing was written: confirm it by typing {CONFIRM}.")


def export_archive(
    caseload: Caseload, order: ArchiveOrder, out: Path, *, settings_file: Path, now: datetime
) -> ExportResult:
    """Write the whole caseload into an encrypted archive and register it.

    Raises:
        BadInputError: nobody it is for, no reason, not confirmed; its name ends in another way.
        RefusedError: somebody of a case's register of connected people or its perpetrator would
            get it; a disposal is under way, or the place will not do.
        SanctuaryError: the file cannot be written.
    """
    to, why, sealed_why = (
        order.handed.to.strip(),
        order.handed.why.strip(),
        order.sealed_why.strip(),
    )
    refuse_name(out)
    if not (to and why):
        raise BadInputError("An archive says who gets it and why; give both.")
    refuse_typed(order.typed)
    store, connection, sealed = caseload.store, caseload.connection, bool(sealed_why)
    _refuse_handed(caseload, to, sealed_why)
    what = "whole caseload, sealed cases asked for" if sealed else "whole caseload"
    with sending(store, f"{what} exported") as outgoing:
        written = outgoing.hold(
            write_archive(
                connection,
                out,
                sealed=sealed,
                who=store.who,
                now=now,
                settings=_settings(settings_file),
            )
        )
        for row in disclosures_of(
            written,
            what=what,
            recipient="internal",
            recipient_name=to[:MOST],
            basis=why[:MOST],
            protection="zip",
            by=store.who,
            at=now,
            case_refs=[EVERY_CASE],
            protected_fields=archiving.count_protected(connection),
            profile="archive",
        ):
            # Every case there is that is not sealed; after a breach those that are must be known.
            named = seal.sealed_refs(connection) if sealed else ()
            row = replace(row, case_refs=";".join((EVERY_CASE, *named)))
            store.add(row, why=f"{what} exported, to {to}: {why}")
        store.note("disclosure", "caseload", 0, 0, f"{what} exported")
        if sealed:
            _note_sealed(caseload, sealed_why)
    return written


def _refuse_handed(caseload: Caseload, to: str, sealed_why: str) -> None:
    """Stop an archive to somebody whom a case in it keeps out; of a sealed one not which."""
    today = caseload.store.today()
    connected.refuse_handed_refs(caseload.connection, [EVERY_CASE], to, today, connected.ANOTHER)
    if not sealed_why:
        return
    try:
        connected.refuse_handed(sealing.files_of_all(caseload), to, today)
    except RefusedError:
        _note_sealed(caseload, sealed_why)
        raise RefusedError(_SEALED_STOPS) from None


_SEALED_STOPS: Final = (
    "A sealed case cannot stand in this archive, because of who gets it: leave sealed cases out, "
    "or hand the archive to somebody else."
)


def _note_sealed(caseload: Caseload, why: str) -> None:
    caseload.store.note("consultation", "seals", 0, 0, f"sealed cases asked for an archive: {why}")


def _settings(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError:
        raise SanctuaryError(
            f"{path} cannot be read, and an archive takes it along; check its permissions."
        ) from None
