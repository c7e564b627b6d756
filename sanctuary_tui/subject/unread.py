"""A case that an answer is made of and that cannot be read here: undone, disposed of, or sealed.

Which of these it is nobody is told: a sealed case appears in its own list alone (``db.seal``).
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from config.codes import split
from config.errors import BadInputError
from db import queries
from db.models import Person

if TYPE_CHECKING:
    from db.connection import Connection

UNREAD: Final = (
    "Another case of this answer cannot be read here: it was undone or disposed of, or S lists it. "
    "If S does, open it there with the reason, press i on the same person, and add this case "
    "with f."
)
"""The same whatever the cause, so that it tells nobody that a case is sealed."""


class UnreadCaseError(BadInputError):
    """A case that is part of an answer cannot be read."""

    def __init__(self) -> None:
        super().__init__(UNREAD)


def confirmed(connection: Connection, also: str) -> list[Person]:
    """The records that were confirmed as theirs.

    Raises:
        UnreadCaseError: one of them cannot be read.
    """
    found = readable(connection, also)
    if len(found) < len(split(also)):
        raise UnreadCaseError
    return found


def readable(connection: Connection, also: str) -> list[Person]:
    """Those of them that can be read now."""
    found = []
    for one in split(also):
        with contextlib.suppress(BadInputError):
            found.append(queries.get(connection, Person, int(one)))
    return found
