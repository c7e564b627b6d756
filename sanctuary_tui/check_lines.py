"""Lines of ``sanctuary check`` beyond the file itself: what left, by which rules, from which parts.

Lines that are about one thing stand in one (``GROUPS``), so that the whole is a dozen.

To add a line, write a function that takes the open session and returns a ``Line``, and put it into
``LINES`` (``DEEP_LINES`` where it takes longer than a moment). A line is one sentence that fits a
terminal, so that all of them can be read at a glance.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from db.record import Record
from sanctuary_tui.cli_output import counted

if TYPE_CHECKING:
    from db.connection import Connection
    from sanctuary_tui.cli_session import Session

R = TypeVar("R", bound=Record)
LOCK: Final = Path(__file__).parents[1] / "requirements.lock"
_PIN = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)", re.MULTILINE)
EXPORTING: Final = (
    "breach_report",
    "cover_pack",
    "documents.making",
    "exports.archive",
    "exports.marac_quarter",
    "exports.package",
    "exports.return_file",
    "exports.summary_page",
    "exports.tables",
    "imports.reporting",
    "returns.merging",
    "subject.pack",
)
"""Modules with exporters; each registers itself when it is imported."""
NAMED: Final = 3
"""So many of what is wrong are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its name, whether it is good (None: it could not be looked at), what to say.

    ``see``: nothing is wrong, and there is something for a person to see to.
    """

    name: str
    good: bool | None
    sentence: str
    see: bool = False


def exports_line(session: Session) -> Line:
    """How many files that were exported still lie where they were written."""
    from db import queries
    from db.models import Disclosure
    from sanctuary_tui.exports.register import still_there

    left = len(still_there(queries.all_of(session.caseload.connection, Disclosure)))
    if not left:
        return Line("exports", True, "No exported file lies where it was written.")
    are = "lies where it was" if left == 1 else "lie where they were"
    sentence = f"{counted(left, 'exported file')} still {are} written: delete under Reports (6)."
    return Line("exports", True, sentence, see=True)


def outputs_line(_: Session) -> Line:
    """Whether everything that writes a file names whom it is for, and what they may be told."""
    from sanctuary_tui.exports.profiles import EXPORTERS, check_profiles

    for module in EXPORTING:
        import_module(f"sanctuary_tui.{module}")
    problems = check_profiles()
    if problems:
        return Line("outputs", False, f"{problems[0]} Install the program again.")
    sentence = (
        f"Each of the {len(EXPORTERS)} kinds of export has a list of what its reader may see."
    )
    return Line("outputs", True, sentence)


def periods_line(session: Session) -> Line:
    """Whether a period of keeping was changed outside the console and nobody stands by it."""
    from operator import attrgetter

    from sanctuary_tui.seen_settings import unconfirmed

    waits = unconfirmed(session.caseload, session.settings)
    if not waits:
        return Line("periods", True, "No period of keeping waits to be confirmed.")
    first = f"{waits[0]}={attrgetter(waits[0])(session.settings)}"
    more = f" and {len(waits) - 1} more" if len(waits) > 1 else ""
    sentence = (
        f"Changed outside the console: {first}{more}. Confirm it in Settings (7), or by"
        f" 'sanctuary dispose --confirm-period {first}'; nothing is disposed of until then."
    )
    return Line("periods", True, sentence, see=True)


def packages_line(_: Session) -> Line:
    """Whether the packages that run are those of the lock."""
    if not LOCK.exists():
        return Line("packages", None, "There is no lock beside the program to compare them with.")
    installed = {
        _plain(one.metadata["Name"]): one.version
        for one in metadata.distributions()
        if one.metadata["Name"]
    }
    locked = {_plain(name): version for name, version in _PIN.findall(LOCK.read_text("utf-8"))}
    wrong = differing(locked, installed)
    if not wrong:
        return Line("packages", True, "Every package is of the version that the lock names.")
    more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
    return Line(
        "packages",
        False,
        f"Not of the lock's version: {', '.join(wrong[:NAMED])}{more}. Run 'python3 run.py setup'.",
    )


def differing(locked: Mapping[str, str], installed: Mapping[str, str]) -> list[str]:
    """Packages that are there in another version than the lock's, by name.

    What the lock has for another system is not there, which is well.
    """
    return sorted(name for name in locked if installed.get(name, locked[name]) != locked[name])


def texts_line(session: Session) -> Line:
    """Whether every stored text is as it would be cleaned: nothing in it that steers a terminal."""
    from config.text import clean
    from db.models import RECORDS, specs

    odd: set[str] = set()
    for kind in RECORDS:
        names = [name for name, spec in specs(kind).items() if spec.kind in ("text", "long")]
        for record in every(session.caseload.connection, kind):
            for name in names:
                value = getattr(record, name)
                if value and clean(value) != value:
                    odd.add(f"{kind.table}.{name}")
    if not odd:
        return Line("texts", True, "Every text holds plain characters alone.")
    return Line(
        "texts",
        False,
        f"Control characters in {', '.join(sorted(odd)[:NAMED])}: they are not drawn; find out how "
        "they came in, and save the record again.",
    )


def every(connection: Connection, kind: type[R]) -> list[R]:
    """Every record of a kind, those of sealed cases too: to be counted and judged, never shown."""
    from db.rows import columns_sql, from_rows

    sql = f"SELECT {columns_sql(kind)} FROM main.{kind.table} ORDER BY id"
    return from_rows(kind, connection.execute(sql).fetchall())


GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "keys": ("key file", "keyring"),
    "change log": ("change log", "witness"),
    "disposals": ("disposals", "periods"),
    "schema": ("schema", "references"),
    "program": ("outputs", "packages"),
}
"""Lines that stand in one, by the name of that one."""
_WORST: Final = ("BAD", "?", "see", "good")


def group_of(name: str) -> str:
    """The line in which a part stands: its group's, or its own."""
    return next((group for group, parts in GROUPS.items() if name in parts), name)


def in_one(group: str, parts: Sequence[tuple[str, str, str]]) -> tuple[str, str]:
    """The mark and the sentence of a group, whose parts are given as mark, name and sentence.

    The worst mark is the group's. Where one is not good, each that is not is told, the worst first,
    by its name, with its own mark where that is not the group's; where all are, what each says.
    """
    ranked = sorted(parts, key=lambda part: _WORST.index(part[0]))
    worst = ranked[0][0]
    if worst == "good":
        return worst, " ".join(sentence for _, _, sentence in parts)
    told = []
    for mark, name, sentence in ranked:
        if mark == "good":
            continue
        less = "" if mark == worst else f" ({mark})"
        told.append(sentence if name == group and not less else f"{name}{less}: {sentence}")
    return worst, " ".join(told)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


LINES: Final[tuple[Callable[[Session], Line], ...]] = (
    exports_line,
    outputs_line,
    packages_line,
)
"""Looked at each time, in this order, after the file's own lines."""
DEEP_LINES: Final[tuple[Callable[[Session], Line], ...]] = (texts_line,)
"""Looked at with ``--deep``."""
