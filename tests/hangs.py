"""A hang is a failure, and not a wait without end. No measure of speed: the benchmarks are that."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

PROCESSOR_SECONDS: Final = 30
"""A thousand times what is needed, in processor time: other programs take none of it."""


class HungError(AssertionError):
    """It would have gone on for minutes, or for ever."""


@contextmanager
def ended_soon() -> Iterator[None]:
    """Let what is within fail once it has taken ``PROCESSOR_SECONDS``; Windows has no such clock.

    Raises:
        HungError: it has.
    """
    if not hasattr(signal, "SIGVTALRM"):
        yield
        return

    def hung(*_: object) -> None:
        raise HungError(f"not ended after {PROCESSOR_SECONDS} s of the processor")

    before = signal.signal(signal.SIGVTALRM, hung)
    signal.setitimer(signal.ITIMER_VIRTUAL, PROCESSOR_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
