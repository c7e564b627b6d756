"""What every screen stands on: the caseload in its thread, the settings, the date, trying things.

``SanctuaryApp`` is a desk that also knows the places and how a caseload is opened. Screens know
only this, so that no screen and the app import each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from config.errors import SanctuaryError
from config.keymap import keys_in_force
from sanctuary_tui.later import later
from sanctuary_tui.typeahead import TypeAhead

if TYPE_CHECKING:
    from config.paths import Paths
    from config.settings import Settings
    from db.caseload import Caseload, CaseloadThread
    from db.looking import Look
    from db.readmodels import Finding
    from sanctuary_tui.console_options import ConsoleOptions
    from sanctuary_tui.idle import IdleClock

T = TypeVar("T")


class Desk(TypeAhead):
    """The app as screens see it."""

    def __init__(
        self, paths: Paths, options: ConsoleOptions, *, clock: IdleClock | None = None
    ) -> None:
        super().__init__(clock=clock)
        self.paths = paths
        self.options = options
        self.masked = True
        self.unmaskings = 0
        """How often names were shown: a list is logged once each time."""
        self.place = ""
        self.generation = 0
        """Rises with every write, so that a screen knows whether what it shows is old."""
        self.counts: dict[str, int] = {}
        self.money_told: tuple[date, list[str]] | None = None
        self.looks: set[Look] = set()
        """Long looks under way; a lock ends them, so that it need not wait."""
        self._settings: Settings | None = None
        self._given_today = date.fromisoformat(options.today) if options.today else None
        self._demo = False
        self._data: CaseloadThread | None = None

    @property
    def settings(self) -> Settings:
        """The district's settings."""
        if self._settings is None:
            from config.settings import load_settings

            self._settings = load_settings(self.paths.settings_file)
        return self._settings

    def use_settings(self, settings: Settings) -> None:
        """Take up settings that have just been changed."""
        self._settings = settings
        self.lock_minutes = settings.idle_minutes
        self.lock_keys = frozenset(keys_in_force("lock", settings.keys).split(","))
        if settings.theme in self.available_themes:
            self.theme = settings.theme

    def remember_setting(self, name: str, value: Any) -> None:
        """Change one setting in the file, and take it up; a refusal is told."""
        from config.settings import load_settings, save_settings

        try:
            save_settings(self.paths.settings_file, {name: value})
        except SanctuaryError as error:
            self.notify(error.sentence, severity="warning", timeout=8)
            return
        self.use_settings(load_settings(self.paths.settings_file))
        self.log_settings([name])

    def log_settings(self, names: Sequence[str]) -> None:
        """Log which settings were changed, where a caseload is open."""
        from sanctuary_tui.opening import note_setting
        from sanctuary_tui.seen_settings import take_up

        settings = self.settings

        def log(caseload: Caseload) -> None:
            note_setting(caseload, names)
            take_up(caseload, settings, names)

        if self._data is not None:
            self.attempt(self.read(log), group="log")

    @property
    def today(self) -> date:
        """England's date, or the date the demo was made for."""
        if self._given_today is not None:
            return self._given_today
        from config.format import local

        return local(datetime.now(UTC)).date()

    def now(self) -> datetime:
        """This moment in UTC; in a demo, and nowhere else, on the date that was given."""
        moment = datetime.now(UTC)
        if self._given_today is not None and self._demo:
            return datetime.combine(self._given_today, moment.timetz())
        return moment

    @property
    def has_caseload(self) -> bool:
        """Whether the caseload is open."""
        return self._data is not None

    async def read(self, work: Callable[[Caseload], T]) -> T:
        """Read from the caseload in its own thread. Asked when the console is left and the caseload
        closed, whoever asked is cancelled: nobody waits for the answer."""
        from db.caseload import NotOpenError

        try:
            if self._data is None:
                raise NotOpenError
            return await self._data.run(work)
        except NotOpenError:
            if not self.ending:
                raise
        raise asyncio.CancelledError

    async def write(self, work: Callable[[Caseload], T]) -> T:
        """Change the caseload in its own thread, as ``read``; screens then read again."""
        done = await self.read(work)
        self.generation += 1
        return done

    def attempt(
        self, work: Coroutine[Any, Any, Any], name: str = "", *, group: str = "attempt"
    ) -> None:
        """Run something that may be refused; a refusal becomes one sentence on the screen."""
        self.run_worker(later(self._attempt, work), name=name, group=group)

    async def _attempt(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except SanctuaryError as error:
            self.notify(error.sentence, severity="warning", timeout=8)

    async def reload(self) -> None:
        """Let the screen on top read again."""
        load = getattr(self.screen, "load", None)
        if callable(load):
            await load()

    # --- what the app gives ---------------------------------------------------------------------

    async def go(self, place: str, *, again: bool = False) -> None:
        """Show a place (Today, Board ...)."""
        raise NotImplementedError

    def open_case(
        self,
        case_id: int,
        tab: str = "overview",
        fix: Finding | None = None,
        at: tuple[str, int] | None = None,
    ) -> None:
        """Open a case on a tab, the cursor ``at`` a record (table, id) where one is meant.

        With ``fix``, go on to where a finding is put right.
        """
        raise NotImplementedError

    def action_new(self) -> None:
        """Take a referral."""
        raise NotImplementedError
