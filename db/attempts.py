"""Wrong passphrases: counted on the disk, so that starting again does not forget them.

The file holds times and counts and nothing that was typed. ``waiting`` are the attempts since the
last good one; they set the delay. A good unlock moves them to ``unrecorded``, where they stay
until the program has written them into the caseload's own log.
"""

from __future__ import annotations

import contextlib
import math
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import tomli_w

from config.errors import RefusedError, SanctuaryError
from config.paths import Paths, atomic_write

Clock = Callable[[], float]
# Seconds to wait after the 1st, 2nd ... wrong passphrase in a row; the last for every one after.
DELAYS = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0)


class TooSoon(RefusedError):
    """A passphrase was tried before the delay was over; it was not looked at."""

    def __init__(self, seconds: float) -> None:
        whole = max(1, math.ceil(seconds))
        unit = "second" if whole == 1 else "seconds"
        super().__init__(
            f"After several wrong passphrases there is a wait: try again in {whole} {unit}."
        )
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class FailedAttempts:
    """``count`` wrong passphrases, the ``first`` and ``last`` in UTC (None when there are none)."""

    count: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class _Run:
    count: int = 0
    first: float = 0.0
    last: float = 0.0

    def plus(self, other: _Run) -> _Run:
        if not self.count or not other.count:
            return self if self.count else other
        first, last = min(self.first, other.first), max(self.last, other.last)
        return _Run(self.count + other.count, first, last)


@dataclass(frozen=True, slots=True)
class AttemptState:
    """The two runs of wrong attempts."""

    waiting: _Run = _Run()
    unrecorded: _Run = _Run()


def delay_before_next_attempt(paths: Paths, *, clock: Clock = time.time) -> float:
    """Seconds to wait before the passphrase may be tried again; 0 when it may be tried now."""
    waiting = _read(paths.attempts_file).waiting
    if not waiting.count:
        return 0.0
    full = DELAYS[min(waiting.count, len(DELAYS)) - 1]
    passed = clock() - waiting.last
    if passed < 0:  # the clock was set back: that does not shorten the wait
        return full
    return max(0.0, full - passed)


def attempts_since_last_success(paths: Paths) -> FailedAttempts:
    """The wrong passphrases that are not in the caseload's log yet."""
    state = _read(paths.attempts_file)
    run = state.waiting.plus(state.unrecorded)
    if not run.count:
        return FailedAttempts(0, None, None)
    return FailedAttempts(
        run.count,
        datetime.fromtimestamp(run.first, UTC),
        datetime.fromtimestamp(run.last, UTC),
    )


def attempts_recorded(paths: Paths) -> None:
    """Forget them: they are in the caseload's log now."""
    state = _read(paths.attempts_file)
    if state.unrecorded.count:
        _write(paths.attempts_file, AttemptState(waiting=state.waiting))


def note_attempt(paths: Paths, *, clock: Clock = time.time) -> AttemptState:
    """Count an attempt as wrong before it is made, so that killing the program counts it.

    Returns what stood before, for ``note_success``.
    """
    state = _read(paths.attempts_file)
    now = clock()
    run = state.waiting.plus(_Run(1, now, now))
    # The delay runs from this attempt even where an earlier one has a later time (clock set back).
    _write(paths.attempts_file, AttemptState(_Run(run.count, run.first, now), state.unrecorded))
    return state


def note_success(paths: Paths, before: AttemptState | None = None) -> None:
    """Lift the delay. ``before`` is what stood before an attempt that turned out good."""
    state = _read(paths.attempts_file) if before is None else before
    _write(paths.attempts_file, AttemptState(unrecorded=state.unrecorded.plus(state.waiting)))


def _read(path: Path) -> AttemptState:
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return AttemptState()
    return AttemptState(_run(document.get("waiting")), _run(document.get("unrecorded")))


def _run(table: object) -> _Run:
    if not isinstance(table, dict):
        return _Run()
    try:
        run = _Run(int(table["count"]), float(table["first"]), float(table["last"]))
        datetime.fromtimestamp(run.first, UTC)
        datetime.fromtimestamp(run.last, UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return _Run()
    return run if run.count > 0 else _Run()


def _write(path: Path, state: AttemptState) -> None:
    # A folder that cannot be written to must not keep the right passphrase out, and a count lost
    # in a power cut does no harm: this is a brake for a person, Argon2id is the lock.
    with contextlib.suppress(SanctuaryError, OSError):
        if not state.waiting.count and not state.unrecorded.count:
            path.unlink(missing_ok=True)
            return
        runs = {"waiting": state.waiting, "unrecorded": state.unrecorded}
        document = {
            name: {"count": run.count, "first": run.first, "last": run.last}
            for name, run in runs.items()
            if run.count
        }
        atomic_write(path, tomli_w.dumps(document).encode(), durable=False)
