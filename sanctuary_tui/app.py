"""The console: opens the caseload in a thread of its own, and shows one screen at a time."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.screen import Screen

from config.errors import BadInputError, SanctuaryError
from config.format import counted
from config.keymap import DEFAULT_KEYS
from sanctuary_tui.desk import Desk
from sanctuary_tui.exits import LOCK_EXIT
from sanctuary_tui.later import later
from sanctuary_tui.screens.unlock import UnlockScreen

if TYPE_CHECKING:
    from config.paths import Paths
    from db.caseload import Caseload, CaseloadThread
    from db.readmodels import Finding
    from db.witness import OnOlder
    from sanctuary_tui.console_options import ConsoleOptions
    from sanctuary_tui.idle import IdleClock

T = TypeVar("T")

_ANSWER_SECONDS = 1.0
_RESCUE_SECONDS = 2.0
_LOCKING = "Locked. A backup is made, then the prompt comes back."
_LEAVING = "Leaving. A backup is made and checked first."
WITNESS_SECONDS = 600.0
"""So often the state of the change log is witnessed outside the file while the console is open."""

_PLACES = {
    "today": "TodayScreen",
    "board": "BoardScreen",
    "consent": "ConsentScreen",
    "aftercare": "AftercareScreen",
    "marac": "MaracScreen",
    "reports": "ReportsScreen",
    "settings": "SettingsScreen",
    "directory": "DirectoryScreen",
    "funds": "FundsScreen",
    "group": "GroupScreen",
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
        self._leaves = self._locks = False
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
        from db.witness import OlderThanWitness

        data = CaseloadThread()
        try:
            try:
                await data.open(lambda: self._open_caseload(key, by_recovery_key))
            except OlderThanWitness as error:
                if not await self._go_on_from_older(error.sentence):
                    raise
                await data.open(lambda: self._open_caseload(key, by_recovery_key, "accept"))
        except SanctuaryError as error:
            screen = self.screen
            if isinstance(screen, UnlockScreen):
                screen.fail(error.sentence)
            return
        finally:
            key[:] = bytes(len(key))
        self._data = data
        self.set_interval(WITNESS_SECONDS, self._witness)
        self.arm_lock()
        self.set_interval(30.0, self._watch_date)
        self._shown_date = self.today
        await self.go("today")

    async def _go_on_from_older(self, sentence: str) -> bool:
        """The person's word on a caseload older than its witness; the clock runs meanwhile."""
        from sanctuary_tui.screens.asking import confirm

        self.arm_lock()  # the key is in the memory
        # The path to the file can hold a person's name.
        said = sentence.replace(f"{self.paths.data_dir}{os.sep}", "")
        return await confirm(self, "Open it all the same?", said, strong=True)

    def _witness(self) -> None:
        if self._data is not None:
            self.attempt(self.read(lambda caseload: caseload.witness()), group="witness")

    def _open_caseload(
        self, key: bytearray, by_recovery_key: bool, on_older: OnOlder = "refuse"
    ) -> Caseload:
        from config.paths import refuse_synced_caseload
        from db.caseload import open_caseload
        from db.witness import Witnesses
        from sanctuary_tui.cli_session import demo_of
        from sanctuary_tui.opening import derive_with, note_unlock
        from sanctuary_tui.seen_settings import look

        refuse_synced_caseload(self.paths.caseload)  # before anything of it is opened
        kept = demo_of(self.paths, key)
        self._demo = kept.made
        if self._given_today is None:
            self._given_today = kept.shown_on
        caseload = open_caseload(
            self.paths.caseload,
            key,
            derive=derive_with(lambda: self.settings),
            who=self.settings.coordinator,
            clock=self.now,
            today=lambda: self.today,
            witnesses=Witnesses(self.paths, key, by_recovery_key=by_recovery_key),
            on_older=on_older,
        )
        note_unlock(caseload, self.paths, by_recovery_key=by_recovery_key)
        look(caseload, self.settings)
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
            await self._tell_seen(self.screen)
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

    def action_funds(self) -> None:
        """Go to the funds."""
        self._go("funds")

    def action_group(self) -> None:
        """Go to the working group."""
        self._go("group")

    def action_sealed(self) -> None:
        """List the sealed cases, for a reason."""
        from sanctuary_tui.screens.sealed import show_sealed

        self.attempt(show_sealed(self))

    def action_drafts(self) -> None:
        """List the forms that were left half-done, and go on with one."""
        from sanctuary_tui.screens.drafts import resume_draft

        self.attempt(resume_draft(self))

    def action_import_tracker(self) -> None:
        """Bring an old tracker in, step by step."""
        from sanctuary_tui.screens.importing import bring_in

        self.attempt(bring_in(self))

    def action_search(self) -> None:
        """Search everything."""
        from sanctuary_tui.screens.search import SearchScreen

        if isinstance(self.screen, SearchScreen):
            self.screen.start()
        else:
            self.push_screen(SearchScreen())

    def action_changelog(self) -> None:
        """Show the change log."""
        from sanctuary_tui.screens.changelog import ChangelogScreen

        if self._data is not None and not isinstance(self.screen, ChangelogScreen):
            self.push_screen(ChangelogScreen())

    def action_since(self) -> None:
        """Show what changed in which case."""
        from sanctuary_tui.screens.since import SinceScreen

        if self._data is not None and not isinstance(self.screen, SinceScreen):
            self.push_screen(SinceScreen())

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
        self.unmaskings += not self.masked
        for screen in self.screen_stack:
            masked = getattr(screen, "show_masked", None)
            if callable(masked):
                masked(self.masked)
        told = getattr(self.screen, "tell_names", None)
        if callable(told):
            told()
        self.notify("Names are masked." if self.masked else "Names are shown.", timeout=2)

    def action_undo(self) -> None:
        """Undo the last change."""
        self.attempt(self._undo())

    async def _undo(self) -> None:
        from db import queries

        said, ref = await self.write(
            lambda data: (data.store.undo_last(), queries.undone_ref(data.connection))
        )
        try:
            await self.reload()
        except BadInputError:  # the case that was shown is gone
            await self.go(self.place or "today", again=True)
        back_to = getattr(self.screen, "back_to", None)
        if ref and callable(back_to):
            back_to(ref)
        self.notify(f"Undone: {said}{ref and f', {ref}'}.")

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

    def action_backup(self) -> None:
        """Make a verified backup now."""
        self.attempt(self._backup())

    async def _backup(self) -> None:
        from sanctuary_tui import copies
        from sanctuary_tui.screens.asking import confirm

        settings, paths = self.settings, self.paths
        emptied = await self.read(lambda caseload: copies.begins_anew(caseload, paths, settings))
        if emptied is not None and not await confirm(
            self,
            "Begin anew in this folder?",
            f"{emptied} holds none of the backups made there. Plug in its disk first; y only "
            "where that disk is lost.",
            strong=True,
        ):
            return
        self.notify("A backup is made and checked ...", timeout=3)
        made = await self.write(lambda caseload: copies.make_copy(caseload, paths, settings))
        self.clear_notifications()
        self.notify(
            f"Backup verified, {counted(made.total_rows, 'row')}: {made.path.name} in "
            f"{made.path.parent}. "
            f"{copies.where_it_lies(made.path.parent, self.paths)}",
            timeout=8,
        )
        await self.reload()

    def action_help(self) -> None:
        """Show every key of this screen."""
        from sanctuary_tui.screens.palette import HelpSheet

        self.push_screen(HelpSheet(self.screen))

    # --- ending -------------------------------------------------------------------------------

    async def before_lock(self) -> None:
        """Keep what is typed in open forms."""
        if self._data is None:
            return
        for look in self.looks:
            look.end()
        for screen in self.screen_stack:
            keep = getattr(screen, "keep_draft", None)
            if callable(keep):
                await keep()
            await self._tell_seen(screen)

    async def _tell_seen(self, screen: Screen[Any]) -> None:
        """What was seen on a screen that is left, where it is logged at its end."""
        tell = getattr(screen, "tell_seen", None)
        if callable(tell):
            await tell()

    def rescue(self) -> None:
        """Keep what is typed in open forms, as well as it goes after a fault."""
        if self._data is None:
            return
        unsaved = [getattr(screen, "unsaved", None) for screen in self.screen_stack]
        drafts = [found for one in unsaved if callable(one) and (found := one()) is not None]

        def keep(caseload: Caseload) -> None:
            for draft in drafts:
                caseload.store.save_draft(*draft)

        if drafts:
            self._data.run_now(keep, _RESCUE_SECONDS)

    async def close_up(self) -> None:
        """Log the lock, make a backup where something has changed, then close the caseload."""
        if self._data is None:
            return
        # The file is closed whatever becomes of the copy.
        await self._in_time(self._last_things(self._data), None)
        await self._data.close()
        self._data = None

    async def _last_things(self, data: CaseloadThread) -> None:
        from sanctuary_tui.opening import LOCKED, note_lock

        why = LOCKED.get(self.end_reason, "closed")
        noted = data.run(lambda caseload: note_lock(caseload, why))
        with contextlib.suppress(SanctuaryError):  # the copy is wanted all the more
            await asyncio.wait_for(noted, _ANSWER_SECONDS)  # what hangs keeps nobody waiting
        await self._back_up(data)

    async def _back_up(self, data: CaseloadThread) -> None:
        from sanctuary_tui import copies

        settings, lock = self.settings, self._locks
        asked = data.run(lambda caseload: copies.wanted_on_close(caseload, settings, lock=lock))
        if await asyncio.wait_for(asked, _ANSWER_SECONDS):
            self.blank(_LEAVING if self._leaves else _LOCKING)
            within = copies.LEAVE_SECONDS if self._leaves else copies.LOCK_SECONDS
            await data.run(
                lambda caseload: copies.copy_on_close(caseload, self.paths, settings, within)
            )

    def close_up_seconds(self, code: int) -> float:
        """Time for the backup, and to close after it."""
        from sanctuary_tui import copies

        self._leaves, self._locks = code == 0, code == LOCK_EXIT
        return 1.5 + (copies.LEAVE_SECONDS if self._leaves else copies.LOCK_SECONDS)
