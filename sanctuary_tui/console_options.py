"""What the console is started with, and reading it from its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class ConsoleOptions(NamedTuple):
    """What the console is started with."""

    home: str | None = None
    """``--home DIR``: where data, settings and logs are."""
    locked: str = ""
    """Why the console before this one locked (see ``idle.locked_sentence``)."""
    hint: str = ""
    """A line under the prompt, such as the passphrase of the demo."""
    today: str | None = None
    """``--today DATE`` of the demo, an ISO date."""
    parent: int | None = None
    """The launcher's process id."""
    report: int | None = None
    """A file descriptor for this process's last word to the launcher."""


class UnknownOption(ValueError):
    """The console was started with something that is not an option of it."""


def parse_options(args: Sequence[str]) -> ConsoleOptions:
    """Return the options in ``args``. Raises ``UnknownOption``."""
    found: dict[str, str] = {}
    rest = list(args)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        key = name.removeprefix("--")
        if not name.startswith("--") or key not in ConsoleOptions._fields:
            raise UnknownOption
        if not equals:
            if not rest:
                raise UnknownOption
            value = rest.pop(0)
        found[key] = value
    numbers = {key: int(found.pop(key)) for key in ("parent", "report") if key in found}
    return ConsoleOptions(**found, **numbers)  # type: ignore[arg-type]
