"""Work for a worker to begin by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator
from functools import partial
from typing import Any, Generic, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _Later(Generic[T]):
    """Begins its work when it is awaited."""

    def __init__(self, work: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._work = work

    def __await__(self) -> Generator[Any, Any, T]:
        return self._work().__await__()


def later(
    work: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **more: P.kwargs
) -> Awaitable[T]:
    """Work with its arguments, not yet begun: ``run_worker(later(self._find, words))``.

    A coroutine made at once and never begun, since a newer worker took its place, is warned of when
    it is collected, on whatever thread; the warning imports modules, and that in the middle of
    another import is a ``KeyError`` (Python 3.11).
    """
    return _Later(partial(work, *args, **more))
