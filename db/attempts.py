"""Wrong passphrases: counted on the disk, so that starting again does not forget them.

The files hold times and counts and nothing that was typed. ``waiting`` are the attempts since the
last good one; they set the delay. A good unlock moves them to ``unrecorded``, where they stay
until the program has written them into the caseload's own log.

The count is kept twice, beside the caseload and in the settings folder. The higher one counts, and
that one was taken away or set back is remembered for the log.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomli_w

from config.errors import RefusedError, SanctuaryError
from config.paths import Paths, atomic_write, make_private_dir
from config.toml import read_toml

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
    """``count`` wrong passphrases, the ``first`` and ``last`` in UTC (None when there are none).

    ``lowered``: one of the two counts was taken away or is lower than the other.
    """

    count: int
    first: datetime | None
    last: datetime | None
    lowered: bool = False


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
    """The two runs of wrong attempts, and whether one of the two files was lowered."""

    waiting: _Run = _Run()
    unrecorded: _Run = _Run()
    lowered: bool = False


def delay_before_next_attempt(paths: Paths, *, clock: Clock = time.time) -> float:
    """Seconds to wait before the passphrase may be tried again; 0 when it may be tried now."""
    state = _read(paths)
    waiting = state.waiting
    if not waiting.count:
        return 0.0
    full = DELAYS[min(waiting.count, len(DELAYS)) - 1]
    now = clock()
    if now >= waiting.last:
        return max(0.0, full - (now - waiting.last))
    # The clock was set back, or was ahead before: one whole wait, counted from now.
    first = min(waiting.first, now)
    _write(paths, replace(state, waiting=_Run(waiting.count, first, now)))
    return full if _read(paths).waiting.last <= now else 0.0


def attempts_since_last_success(paths: Paths) -> FailedAttempts:
    """The wrong passphrases that are not in the caseload's log yet."""
    state = _read(paths)
    run = state.waiting.plus(state.unrecorded)
    if not run.count:
        return FailedAttempts(0, None, None, state.lowered)
    return FailedAttempts(
        run.count,
        datetime.fromtimestamp(run.first, UTC),
        datetime.fromtimestamp(run.last, UTC),
        state.lowered,
    )


def attempts_recorded(paths: Paths) -> None:
    """Forget them: they are in the caseload's log now."""
    state = _read(paths)
    if state.unrecorded.count or state.lowered:
        _write(paths, AttemptState(waiting=state.waiting))


def note_attempt(paths: Paths, *, clock: Clock = time.time) -> AttemptState:
    """Count an attempt as wrong before it is made, so that killing the program counts it.

    Returns what stood before, for ``note_success``.
    """
    state = _read(paths)
    now = clock()
    run = state.waiting.plus(_Run(1, now, now))
    # The delay runs from this attempt even where an earlier one has a later time (clock set back).
    _write(paths, replace(state, waiting=_Run(run.count, run.first, now)))
    return state


def note_success(paths: Paths, before: AttemptState | None = None) -> None:
    """Lift the delay. ``before`` is what stood before an attempt that turned out good."""
    state = _read(paths) if before is None else before
    unrecorded = state.unrecorded.plus(state.waiting)
    _write(paths, AttemptState(unrecorded=unrecorded, lowered=state.lowered))


def _read(paths: Paths) -> AttemptState:
    """What the two files say together."""
    one, other = _read_file(paths.attempts_file), _read_file(paths.attempts_copy)
    if one is None or other is None:
        found = one or other or (AttemptState(), False)
        # A lone file is in order where the other could not be written when it was.
        return replace(found[0], lowered=found[0].lowered or found[1])
    low, high = sorted((one[0], other[0]), key=_weight)
    return replace(high, lowered=low.lowered or high.lowered or _weight(low) < _weight(high))


def _weight(state: AttemptState) -> tuple[int, int]:
    return state.waiting.count, state.waiting.count + state.unrecorded.count


def _read_file(path: Path) -> tuple[AttemptState, bool] | None:
    """A file's counts and whether there was a second beside it; None where it says nothing."""
    try:
        document = read_toml(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    state = AttemptState(
        _run(document.get("waiting")),
        _run(document.get("unrecorded")),
        document.get("lowered") is True,
    )
    return (state, document.get("kept_twice") is True) if state != AttemptState() else None


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


def _write(paths: Paths, state: AttemptState) -> None:
    # A folder that cannot be written to must not keep the right passphrase out, and a count lost
    # in a power cut does no harm: this is a brake for a person, Argon2id is the lock.
    if state == AttemptState():
        for path in (paths.attempts_file, paths.attempts_copy):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        return
    document: dict[str, Any] = {"kept_twice": True}
    if state.lowered:
        document["lowered"] = True
    for name, run in (("waiting", state.waiting), ("unrecorded", state.unrecorded)):
        if run.count:
            document[name] = {"count": run.count, "first": run.first, "last": run.last}
    with contextlib.suppress(SanctuaryError, OSError):
        make_private_dir(paths.config_dir)
    twice = _put(paths.attempts_copy, document)
    if not _put(paths.attempts_file, document | {"kept_twice": twice}) and twice:
        _put(paths.attempts_copy, document | {"kept_twice": False})


def _put(path: Path, document: dict[str, Any]) -> bool:
    try:
        atomic_write(path, tomli_w.dumps(document).encode(), durable=False)
    except (SanctuaryError, OSError):
        return False
    return True
