"""A long look through the caseload: how far it has come, and ended early by who waits for it."""

from __future__ import annotations

from threading import Event

from config.errors import RefusedError


class LookEndedError(RefusedError):
    """Whoever waited for a look ended it; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Looking was stopped; nothing was decided or lost. Open it again to look.")


class Look:
    """One look. The thread that looks says how far it is; another reads it, or ends the look."""

    def __init__(self) -> None:
        self._parts: dict[str, int] = {}
        self._gone = 0
        self._in_part = 0
        self._ended = Event()

    def goes_through(self, parts: dict[str, int]) -> None:
        """What is gone through, each part with its size; the sizes are only compared."""
        self._parts, self._gone, self._in_part = dict(parts), 0, 0

    def reached(self, number: int) -> None:
        """So much of the part at hand is done.

        Raises:
            LookEndedError: nobody waits for it any more.
        """
        self._in_part = number
        if self._ended.is_set():
            raise LookEndedError

    def passed(self, part: str) -> None:
        """A part is done, however much of it there was.

        Raises:
            LookEndedError: nobody waits for it any more.
        """
        self._gone += self._parts.get(part, 0)
        self.reached(0)

    def end(self) -> None:
        """Look no further."""
        self._ended.set()

    @property
    def percent(self) -> int:
        """How much is done, from 0 to 99; what is all done waits for nobody."""
        whole = sum(self._parts.values())
        return min(99, (self._gone + self._in_part) * 100 // whole) if whole else 0
