"""A long look through everything: how far it is, with keys alive, and esc to stop it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

from textual.app import ComposeResult

from db.looking import Look
from widgets.dialogs import Sheet
from widgets.text_blocks import Words

if TYPE_CHECKING:
    from db.caseload import Caseload
    from sanctuary_tui.desk import Desk

T = TypeVar("T")

_SOON: Final = 0.15
"""Seconds after which a look that is not done yet is shown: nobody takes less for a pause."""
_AGAIN: Final = 0.25
"""Seconds between one figure and the next."""


class LookSheet(Sheet[None]):
    """How far a look is; it goes by itself when the look is done, and esc stops it.

    ``done`` says what a share of it is; ``stop`` what esc does.
    """

    def __init__(
        self,
        what: str,
        look: Look,
        reading: asyncio.Future[Any],
        done: str = "looked through. A large caseload takes some seconds.",
        stop: str = "stop looking",
    ) -> None:
        super().__init__(what)
        self._done, self._stop = done, stop
        self._look = look
        self._reading = reading

    def body(self) -> ComposeResult:
        """The figure."""
        yield Words(self._words(), style="text", id="far")

    def keys(self) -> Sequence[tuple[str, str]]:
        """How to stop it."""
        return (("esc", self._stop),)

    def on_mount(self) -> None:
        """Say how far it is, again and again."""
        super().on_mount()
        self.set_interval(_AGAIN, self.show)

    def show(self) -> None:
        """Say how far it is, or go; where another sheet lies above this one, when that has gone."""
        if not self._reading.done():
            self.query_one("#far", Words).set_text(self._words())
        elif self.is_active:
            self.dismiss(None)

    def _words(self) -> str:
        return f"{self._look.percent}% {self._done}"

    def action_cancel(self) -> None:
        """Stop looking."""
        self._look.end()
        super().action_cancel()


async def look_through(app: Desk, what: str, work: Callable[[Caseload, Look], T]) -> T:
    """Read what may take long; ``what`` says above the figure what is looked for.

    Raises:
        LookEndedError: it was stopped.
    """
    look = Look()
    reading = asyncio.ensure_future(app.read(lambda data: work(data, look)))
    return await _watched(app, look, reading, LookSheet(what, look, reading))


async def write_through(
    app: Desk, what: str, work: Callable[[Caseload, Look], T], *, done: str, stop: str
) -> T:
    """Change what may take long, all of it or nothing: ``work`` keeps nothing once it is stopped.

    Raises:
        LookEndedError: it was stopped.
    """
    look = Look()
    writing = asyncio.ensure_future(app.write(lambda data: work(data, look)))
    return await _watched(app, look, writing, LookSheet(what, look, writing, done, stop))


async def _watched(app: Desk, look: Look, reading: asyncio.Future[T], sheet: LookSheet) -> T:
    app.looks.add(look)
    try:
        await asyncio.wait({reading}, timeout=_SOON)
        if not reading.done():
            reading.add_done_callback(lambda _: sheet.show())
            await app.push_screen_wait(sheet)
        return await reading
    finally:
        look.end()
        app.looks.discard(look)
