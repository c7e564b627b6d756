"""What the caseload last saw of the settings that matter, kept in the encrypted file.

The settings file is plain text that anybody at the computer can change and delete. So the caseload
remembers who the coordinator is, who signs overrides, where backups go and how long things are
kept; what differs at the next opening stands in the log, and a disposal waits until a period that
was changed elsewhere is confirmed in Settings.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from dataclasses import fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from config.errors import BadInputError, RefusedError
from config.settings import Retention, Settings
from db import queries
from db.connection import DiskFull

if TYPE_CHECKING:
    from db.caseload import Caseload

PERIODS: Final = tuple(f"retention.{item.name}" for item in fields(Retention))
"""How long things are kept: what a disposal counts with."""
FILE_PERIODS: Final = (
    "retention.adult_years",
    "retention.child_until_age",
    "retention.marac_years",
)
"""Those of them by which a file, or its MARAC papers, become due."""
WATCHED: Final = ("coordinator", "policy.overrides_signed_by", "backup.folder", *PERIODS)
SEEN: Final = "settings_seen"
CONFIRMED: Final = "periods_confirmed"
_MOST: Final = 80


def look(caseload: Caseload, settings: Settings) -> None:
    """At an opening: log by name what differs from what was last seen, and remember it.

    The first opening has nothing to compare with. A full disk keeps nobody from opening; it is
    told the next time.
    """
    now, seen = _values(settings, WATCHED), _kept(caseload, SEEN)
    if seen == now:
        return
    changed = [
        f"{name} {_words(seen[name])} to {_words(value)}"
        for name, value in now.items()
        if name in seen and seen[name] != value
    ]
    with contextlib.suppress(DiskFull), caseload.store.batch(undoable=False):
        if changed:
            caseload.store.note(
                "system",
                "settings",
                0,
                0,
                f"settings changed outside the console: {', '.join(changed)}",
            )
        _keep(caseload, SEEN, now)
        _keep(caseload, CONFIRMED, _values(settings, PERIODS) | _kept(caseload, CONFIRMED))


def take_up(caseload: Caseload, settings: Settings, names: Iterable[str]) -> None:
    """Settings that were changed in the console: seen, and a period of them confirmed."""
    wanted = set(names)
    for kept, watched in ((SEEN, WATCHED), (CONFIRMED, PERIODS)):
        if given := _values(settings, [name for name in watched if name in wanted]):
            _keep(caseload, kept, _kept(caseload, kept) | given)


def unconfirmed(caseload: Caseload, settings: Settings) -> tuple[str, ...]:
    """Periods that are not as they were last confirmed, by their dotted names."""
    confirmed = _kept(caseload, CONFIRMED)
    now = _values(settings, PERIODS)
    return tuple(name for name in now if name in confirmed and confirmed[name] != now[name])


def confirm_as(caseload: Caseload, settings: Settings, said: str) -> str:
    """Confirm a period by its dotted name and the value that somebody looked at, ``name=6``.
    Returns the name.

    Raises:
        BadInputError: it is not written so, or there is no such period.
        RefusedError: it waits for no confirmation, or its value is another.
    """
    name, _, value = (part.strip() for part in said.partition("="))
    if name not in PERIODS or not value.isdecimal():
        raise BadInputError(
            f"Name a period and its value, as {PERIODS[0]}=6; 'sanctuary check' shows which waits."
        )
    if name not in unconfirmed(caseload, settings):
        raise RefusedError(f"{name} waits for no confirmation.")
    is_now = _values(settings, [name])[name]
    if int(value) != is_now:
        raise RefusedError(f"{name} is {is_now}, not {int(value)}; nothing was confirmed.")
    confirm(caseload, settings, name)
    return name


def confirm(caseload: Caseload, settings: Settings, name: str) -> None:
    """Somebody looked at a period that was changed outside, and stands by it: logged."""
    with caseload.store.batch(undoable=False):
        value = _words(_values(settings, [name])[name])
        caseload.store.note("system", "settings", 0, 0, f"setting confirmed: {name} {value}")
        take_up(caseload, settings, [name])


def _values(settings: Settings, names: Iterable[str]) -> dict[str, Any]:
    return {name: attrgetter(name)(settings) for name in names}


def _words(value: object) -> str:
    return str(value).strip()[:_MOST] or "blank"


def _kept(caseload: Caseload, name: str) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(queries.remembered(caseload.connection, name) or "{}")
    return kept


def _keep(caseload: Caseload, name: str, values: dict[str, Any]) -> None:
    caseload.store.remember(name, json.dumps(values, ensure_ascii=False))
