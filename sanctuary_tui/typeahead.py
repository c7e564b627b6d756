"""Keys wait their turn: one that was pressed ahead goes to what the one before it opens.

In a Textual app a key goes to whatever has the focus when it arrives. What a key asks for takes a
moment here: a question is put to the caseload, a sheet is made, the focus moves. ``n`` and a name
typed at once would search for the end of the name, and its first letters would be taken for
commands. So a key waits until the one before it has done all that it does: every message it led to
has been handled, no work that it began is still under way, and the screen on top is ready.

How that is known: ``Passed`` is posted where the key went and takes the same way up, queue after
queue, so it arrives behind the key; a second one arrives behind what the key led to.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from time import monotonic
from typing import Any, Final

from textual import events, on
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, TextArea
from textual.worker import NoActiveWorker, Worker, WorkerState, get_current_worker

from sanctuary_tui.safe_app import SafeApp

_WORK: Final = frozenset({"attempt", "save"})
"""Groups of workers whose end a key waits for."""
_LOAD: Final = frozenset({"load"})
"""Those that fill the screen on top: every key waits for them but one that leaves it."""
_SEARCH: Final = frozenset({"find"})
"""Those that only a key which is not text waits for: searching goes on while one types."""
_LAPS: Final = 2
_LOOK_SECONDS: Final = 0.05
"""What is under way is looked at again so often, and at once when the app's own work ends (a
screen's work tells only the screen): more often would slow what the caseload's own thread does."""
_LOST_SECONDS: Final = 0.2
_AFTER_PAINT_SECONDS: Final = 0.03
"""Nobody types faster than this by hand: what a key leads to is painted before it is followed."""
_MOST_SECONDS: Final = 20.0
"""A key waits no longer than this, whatever is under way."""


class Passed(Message):
    """Follows a key up to the app."""

    def __init__(self, lap: int) -> None:
        super().__init__()
        self.lap = lap


class TypeAhead(SafeApp):
    """An app in which, once it is unlocked, keys wait their turn."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.lock_keys = frozenset({"f12", "ctrl+l"})
        """Keys that lock at once, whatever is open: nothing is waited for, no sheet takes them."""
        self._held: deque[events.Key | events.Paste] = deque()
        self._unsettled = False
        """A key was passed on, and it is not known that it has done all that it does."""
        self._only_text = False
        """That key, and each since the last that was known to be done, was text for a field."""
        self._soon: asyncio.TimerHandle | None = None
        self._settling = False
        """That is being found out; keys are held meanwhile."""
        self._lap = 0
        self._laps_to_go = 0
        self._quiet_before: object = None
        self._since = 0.0
        self._looking: Timer | None = None
        self._asking: dict[Worker[Any], asyncio.Future[Any]] = {}

    async def on_event(self, event: events.Event) -> None:
        """Lock at once; hold another key that comes before its turn."""
        if (
            not isinstance(event, events.Key | events.Paste)
            or event.is_forwarded
            or not self.armed
            or self.ending
        ):
            await super().on_event(event)
            return
        if isinstance(event, events.Key) and event.key in self.lock_keys:
            self.action_lock()
            return
        self._held.append(event)
        if not self._settling:
            await self._pass_on()

    async def push_screen_wait(self, screen: Any, *, mode: str | None = None) -> Any:
        """Push a screen and wait for its result; work that waits for a person is not under way."""
        try:
            worker = get_current_worker()
        except NoActiveWorker:
            return await super().push_screen_wait(screen, mode=mode)
        await self._flush_next_callbacks()
        answer = self.push_screen(screen, wait_for_dismiss=True, mode=mode)
        self._asking[worker] = answer
        try:
            return await asyncio.shield(answer)
        finally:
            del self._asking[worker]

    # --- passing on ---------------------------------------------------------------------------

    async def _pass_on(self, *, late: bool = False) -> None:
        """Pass held keys on as far as their turn has come; if it is late, the first in any case."""
        while self._held and not self.ending:
            text = self._is_text(self._held[0])
            # Text for the same field need not wait for the letter before it.
            follows = self._unsettled and not (text and self._only_text)
            going = self.goes_elsewhere(self._held[0])
            waits = follows or self._quiet_screen(text=text, going=going) is None
            if waits and not late:
                self._settle()
                return
            late = False
            event = self._held.popleft()
            await super().on_event(event)
            self._only_text = text and (self._only_text or not self._unsettled)
            self._unsettled = True
            if not text:
                self._settle_soon()
                return

    def _is_text(self, event: events.Key | events.Paste) -> bool:
        return (
            isinstance(event, events.Key)
            and event.is_printable
            and isinstance(self.focused, Input | TextArea)
        )

    def goes_elsewhere(self, event: events.Key | events.Paste) -> bool:
        """Whether this key leaves the screen on top, so that its lines need not be there yet."""
        return False

    def _quiet_screen(self, *, text: bool = False, going: bool = False) -> object:
        """The screen on top, if it is there and nothing is under way that leads elsewhere."""
        if not self.screen.is_mounted:
            return None
        waits_for = _WORK | (set() if text else _SEARCH) | (set() if going else _LOAD)
        under_way = (
            worker
            for worker in self.workers
            if worker.group in waits_for
            and worker.state in (WorkerState.PENDING, WorkerState.RUNNING)
        )
        return None if any(map(self._at_work, under_way)) else self.screen

    def _at_work(self, worker: Worker[Any]) -> bool:
        answer = self._asking.get(worker)
        return answer is None or answer.done()

    # --- settling -----------------------------------------------------------------------------

    def _settle_soon(self) -> None:
        """Settle when what the key led to has been painted, or when the next one comes."""
        if self._held:
            self._settle()
        elif self._soon is None and not self._settling:
            loop = asyncio.get_running_loop()
            self._soon = loop.call_later(_AFTER_PAINT_SECONDS, self._settle)

    def _settle(self) -> None:
        """Find out when the key that was passed on has done all that it does."""
        if self._soon is not None:
            self._soon.cancel()
            self._soon = None
        if not self._settling and not self.ending:
            self._settling = True
            self._since = monotonic()
            self._start_laps()

    def _start_laps(self) -> None:
        self._quiet_before = self._quiet_screen()
        self._laps_to_go = _LAPS
        self._next_lap()

    def _next_lap(self) -> None:
        self._lap += 1
        (self.focused or self.screen).post_message(Passed(self._lap))
        asyncio.get_running_loop().call_later(_LOST_SECONDS, self._lost, self._lap)

    def _lost(self, lap: int) -> None:
        """Where the key went is gone, and what followed it with it."""
        if self._settling and lap == self._lap and not self.ending:
            with contextlib.suppress(Exception):
                self._start_laps()

    async def on_passed(self, event: Passed) -> None:
        """One lap is run."""
        event.stop()
        if not self._settling or event.lap != self._lap or not self._screen_stack:
            return  # another lap is run, or the app is being taken down
        self._laps_to_go -= 1
        if self._laps_to_go > 0:
            self._next_lap()
            return
        self._lap += 1  # none is under way now
        late = monotonic() - self._since > _MOST_SECONDS
        # Ready when the laps began too: what makes a screen ready has then been handled.
        if late or (self._quiet_before is not None and self._quiet_screen() is self._quiet_before):
            self._settling = self._unsettled = False
            await self._pass_on(late=late)
        else:
            self._looking = self.set_timer(_LOOK_SECONDS, self._look_again)

    def _look_again(self) -> None:
        if self._looking is not None:
            self._looking.stop()
            self._looking = None
            self._start_laps()

    @on(Worker.StateChanged)
    def _worker_ended(self, event: Worker.StateChanged) -> None:
        """Work of the app's own, which a key may wait for, has ended."""
        if event.state not in (WorkerState.PENDING, WorkerState.RUNNING):
            self._look_again()
