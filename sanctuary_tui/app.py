"""The console: opens the caseload in a thread of its own, and shows one screen at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from config.errors import BadInputError, SanctuaryError
from config.keymap import DEFAULT_KEYS
from sanctuary_tui.desk import Desk
from sanctuary_tui.later import later
from sanctuary_tui.screens.unlock import UnlockScreen

if TYPE_CHECKING:
    from config.paths import Paths
    from db.caseload import Caseload
    from db.readmodels import Finding
    from sanctuary_tui.console_options import ConsoleOptions
    from sanctuary_tui.idle import IdleClock

T = TypeVar("T")

_PLACES = {
    "today": "TodayScreen",
    "board": "BoardScreen",
    "consent": "ConsentScreen",
    "aftercare": "AftercareScreen",
    "marac": "MaracScreen",
    "reports": "ReportsScreen",
    "settings": "SettingsScreen",
    "directory": "DirectoryScreen",
}
"""Each place's module in ``sanctuary_tui.screens`` and its class, imported when first shown."""


class SanctuaryApp(Desk):
    """The console of one caseload."""

    TITLE = "Sanctuary"
    CSS_PATH: ClassVar[str] = "app.tcss"
    # From every sheet and form too: what was typed is kept as a draft.
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True)
    ]

    def __init__(
        self, paths: Paths, options: ConsoleOptions, *, clock: IdleClock | None = None
    ) -> None:
        super().__init__(paths, options, clock=clock)
        self._places: dict[str, Screen[Any]] = {}
        self._notice = ""
        self._take_settings()

    # --- opening ------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        """The prompt is the first screen there is: nothing is painted before it."""
        notice = self._notice or self._locked_notice()
        return UnlockScreen(self.paths, notice=notice, hint=self.options.hint)

    def on_mount(self) -> None:
        """Fetch what comes after the prompt while the person types."""
        self.call_after_refresh(self._preload)

    def _take_settings(self) -> None:
        """The look and the lock, before the first paint; faulty settings are told at the prompt."""
        from widgets.themes import THEMES

        for theme in THEMES:
            self.register_theme(theme)
        try:
            settings = self.settings
        except SanctuaryError as error:
            from config.settings import default_settings

            settings = self._settings = default_settings()
            self._notice = error.sentence
        self.theme = settings.theme if settings.theme in self.available_themes else THEMES[0].name
        self.masked = settings.mask_names
        self.use_settings(settings)

    def _locked_notice(self) -> str:
        if not self.options.locked:
            return ""
        from sanctuary_tui.idle import locked_sentence

        return locked_sentence(self.options.locked, self.settings.idle_minutes)

    def _preload(self) -> None:
        def preload() -> None:
            from importlib import import_module

            for module in (
                "db.caseload",
                "sanctuary_tui.cli_session",
                "sanctuary_tui.pathway.derive",
                "sanctuary_tui.screens.today",
                "sanctuary_tui.screens.board",
            ):
                import_module(module)

        self.run_worker(preload, thread=True, group="preload", exit_on_error=False)

    @on(UnlockScreen.Unlocked)
    def _unlocked(self, event: UnlockScreen.Unlocked) -> None:
        self.run_worker(later(self._open, event.data_key, event.by_recovery_key), group="open")

    async def _open(self, key: bytearray, by_recovery_key: bool) -> None:
        from db.caseload import CaseloadThread

        data = CaseloadThread()
        try:
            await data.open(lambda: self._open_caseload(key, by_recovery_key))
        except SanctuaryError as error:
            screen = self.screen
            if isinstance(screen, UnlockScreen):
                screen.fail(error.sentence)
            return
        finally:
            key[:] = bytes(len(key))
        self._data = data
        self.arm_lock()
        self.set_interval(30.0, self._watch_date)
        self._shown_date = self.today
        await self.go("today")

    def _open_caseload(self, key: bytearray, by_recovery_key: bool) -> Caseload:
        from db.caseload import open_caseload
        from sanctuary_tui.cli_session import demo_date
        from sanctuary_tui.opening import derive_with, note_unlock

        if self._given_today is None:
            self._given_today = demo_date(self.paths, key)
        caseload = open_caseload(
            self.paths.caseload,
            key,
            derive=derive_with(lambda: self.settings),
            who=self.settings.coordinator,
            clock=self.now,
            today=lambda: self.today,
        )
        note_unlock(caseload, self.paths, by_recovery_key=by_recovery_key)
        return caseload

    def _watch_date(self) -> None:
        if self.today != self._shown_date:
            self._shown_date = self.today
            self.attempt(self._new_day())

    async def _new_day(self) -> None:
        await self.write(lambda caseload: caseload.store.refresh_stale(self.today))
        await self.go(self.place or "today", again=True)

    # --- places -------------------------------------------------------------------------------

    async def go(self, place: str, *, again: bool = False) -> None:
        """Show a place (Today, Board ...), leaving whatever case or sheet was open."""
        while len(self.screen_stack) > 2:
            await self.pop_screen()
        if place == self.place and not again:
            return
        screen = self._places.get(place)
        if screen is None:
            from importlib import import_module

            module = import_module(f"sanctuary_tui.screens.{place}")
            screen = self._places[place] = getattr(module, _PLACES[place])()
            self.install_screen(screen, place)
        self.place = place
        if len(self.screen_stack) > 1:
            await self.switch_screen(place)
        else:
            await self.push_screen(place)  # over the prompt

    def goes_elsewhere(self, event: events.Key | events.Paste) -> bool:
        """The keys of the places, pressed on one."""
        if not isinstance(event, events.Key) or not getattr(self.screen, "nav", False):
            return False
        keys = self.settings.keys
        places = (keys.get(place, DEFAULT_KEYS.get(place, "")).split(",") for place in _PLACES)
        return any(event.key in own for own in places)

    def _go(self, place: str) -> None:
        if self._data is not None:
            self.attempt(self.go(place))

    def action_today(self) -> None:
        """Go to Today."""
        self._go("today")

    def action_board(self) -> None:
        """Go to the board."""
        self._go("board")

    def action_consent(self) -> None:
        """Go to the consent tracker."""
        self._go("consent")

    def action_aftercare(self) -> None:
        """Go to the aftercare agenda."""
        self._go("aftercare")

    def action_marac(self) -> None:
        """Go to the MARAC list."""
        self._go("marac")

    def action_reports(self) -> None:
        """Go to the reports."""
        self._go("reports")

    def action_settings(self) -> None:
        """Go to the settings."""
        self._go("settings")

    def action_directory(self) -> None:
        """Go to the directory."""
        self._go("directory")

    def action_sealed(self) -> None:
        """List the sealed cases, for a reason."""
        from sanctuary_tui.screens.sealed import show_sealed

        self.attempt(show_sealed(self))

    def action_drafts(self) -> None:
        """List the forms that were left half-done, and go on with one."""
        from sanctuary_tui.screens.drafts import resume_draft

        self.attempt(resume_draft(self))

    def action_search(self) -> None:
        """Search everything."""
        from sanctuary_tui.screens.search import SearchScreen

        if isinstance(self.screen, SearchScreen):
            self.screen.start()
        else:
            self.push_screen(SearchScreen())

    def action_new(self) -> None:
        """Take a referral."""
        from sanctuary_tui.screens.referral import take_referral

        self.attempt(take_referral(self))

    def open_case(
        self,
        case_id: int,
        tab: str = "overview",
        fix: Finding | None = None,
        at: tuple[str, int] | None = None,
    ) -> None:
        """Open a case; the reading is logged."""
        from sanctuary_tui.screens.case import CaseScreen

        self.push_screen(CaseScreen(case_id, tab, fix=fix, at=at))

    # --- everywhere ---------------------------------------------------------------------------

    def action_mask(self) -> None:
        """Show or mask names in lists."""
        self.masked = not self.masked
        for screen in self.screen_stack:
            masked = getattr(screen, "show_masked", None)
            if callable(masked):
                masked(self.masked)
        self.notify("Names are masked." if self.masked else "Names are shown.", timeout=2)

    def action_undo(self) -> None:
        """Undo the last change."""
        self.attempt(self._undo())

    async def _undo(self) -> None:
        said = await self.write(lambda caseload: caseload.store.undo_last())
        try:
            await self.reload()
        except BadInputError:  # the case that was shown is gone
            await self.go(self.place or "today", again=True)
        self.notify(f"Undone: {said}.")

    def action_theme(self) -> None:
        """Change to the next theme, and remember it."""
        from widgets.themes import THEMES

        names = [theme.name for theme in THEMES]
        at = names.index(self.theme) if self.theme in names else -1
        self.remember_setting("theme", names[(at + 1) % len(names)])

    def action_palette(self) -> None:
        """Find any command by its name."""
        from sanctuary_tui.screens.palette import PaletteSheet

        self.push_screen(PaletteSheet(self.screen))

    def action_help(self) -> None:
        """Show every key of this screen."""
        from sanctuary_tui.screens.palette import HelpSheet

        self.push_screen(HelpSheet(self.screen))

    # --- ending -------------------------------------------------------------------------------

    async def before_lock(self) -> None:
        """Keep what is typed in open forms, then close the caseload."""
        if self._data is None:
            return
        for screen in self.screen_stack:
            keep = getattr(screen, "keep_draft", None)
            if callable(keep):
                await keep()
        await self._data.close()
        self._data = None
