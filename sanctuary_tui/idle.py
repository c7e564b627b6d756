"""When to lock: the time since the last key, by the clock that saw the most of it.

One clock is not enough. The monotonic clock of Linux stands still while the computer sleeps,
and the wall clock can be set back; the largest of three counts.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

Clock = Callable[[], float]

MIN_MINUTES, DEFAULT_MINUTES, MAX_MINUTES = 1, 5, 15
SET_BACK_SECONDS = 2.0
"""A wall clock set back by more than this is taken as time that cannot be known: lock."""
_UNKNOWN = float("inf")
GAP_SECONDS = 20.0
"""A look at the clock comes each second; one this late means that the computer slept."""


def boot_time() -> float:
    """Seconds on a clock that also runs while the computer sleeps, where there is one."""
    if sys.platform == "darwin":
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()  # on Windows this one runs on during sleep


class IdleClock:
    """Seconds without a key or the mouse, judged by three clocks that can be injected."""

    def __init__(
        self,
        minutes: int = DEFAULT_MINUTES,
        *,
        monotonic: Clock = time.monotonic,
        boot: Clock = boot_time,
        wall: Clock = time.time,
    ) -> None:
        self._clocks = (monotonic, boot, wall)
        self._last_touch = self._last_look = self._read()
        self._limit = 0.0
        self.minutes = minutes

    @property
    def minutes(self) -> int:
        """Minutes without a key until the lock; kept within 1 to 15."""
        return round(self._limit / 60)

    @minutes.setter
    def minutes(self, value: int) -> None:
        self._limit = 60.0 * min(max(value, MIN_MINUTES), MAX_MINUTES)

    def touch(self) -> None:
        """A key was pressed or the mouse moved: start again."""
        self._last_touch = self._last_look = self._read()

    def idle_seconds(self) -> float:
        """Seconds since the last touch; infinite once the wall clock was set back."""
        return _elapsed(self._last_touch, self._read())

    def remaining(self) -> float:
        """Seconds until the lock is due, never below 0."""
        return max(0.0, self._limit - self.idle_seconds())

    def due(self) -> bool:
        """Has the time run out?"""
        return self.idle_seconds() >= self._limit

    def look(self) -> str:
        """Return why to lock now, or an empty text; call it each second and before each touch.

        A look that comes late means that the computer slept or the program was stopped. The
        reasons are those of ``locked_sentence``.
        """
        now = self._read()
        idle = _elapsed(self._last_touch, now)
        gap = _elapsed(self._last_look, now)
        self._last_look = now
        if self._limit <= idle < _UNKNOWN:
            return "idle"
        return "sleep" if gap >= GAP_SECONDS else ""

    def _read(self) -> tuple[float, ...]:
        return tuple(clock() for clock in self._clocks)


def _elapsed(then: tuple[float, ...], now: tuple[float, ...]) -> float:
    passed = [after - before for before, after in zip(then, now, strict=True)]
    if passed[-1] < -SET_BACK_SECONDS:
        return _UNKNOWN
    return max(passed)


def locked_sentence(reason: str, minutes: int = DEFAULT_MINUTES) -> str:
    """Return what the unlock prompt says after a lock; an unknown reason gives ``Locked.``

    Reasons: ``key`` (asked for), ``idle`` (no key for ``minutes``), ``sleep``, ``stopped``; empty
    for none.
    """
    unit = "minute" if minutes == 1 else "minutes"
    sentences = {
        "": "",
        "idle": f"Locked after {minutes} {unit} without a key.",
        "sleep": "Locked while the computer slept.",
        "stopped": "Locked after the console was stopped.",
    }
    return sentences.get(reason, "Locked.")
