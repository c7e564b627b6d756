"""What every place of the console has: the line at the top, the keys at the bottom, reading."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import on
from textual.app import ComposeResult
from textual.screen import Screen
from textual.widget import Widget

from sanctuary_tui.commands import bindings_for, footer_for, footer_of
from widgets.keybar import KeyBar
from widgets.navbar import NavBar
from widgets.window import FollowsWindow

if TYPE_CHECKING:
    from sanctuary_tui.desk import Desk


class ConsoleScreen(FollowsWindow, Screen[None]):
    """A screen with commands from the registry, read afresh whenever the caseload has changed.

    A subclass gives ``place`` (its name in the registry), ``body`` and ``load``, and, where the
    order of the registry is not that of its work, ``line``: the commands of its key line, on at
    most ``key_lines`` lines.
    """

    place: ClassVar[str] = ""
    line: ClassVar[tuple[str, ...]] = ()
    key_lines: ClassVar[int] = 1
    nav: ClassVar[bool] = True

    def __init__(self) -> None:
        super().__init__()
        self._seen = -1
        self._named = -1
        self._bound = False
        self._empty: list[tuple[Any, str]] = []

    @property
    def console(self) -> Desk:
        """The app, by its own type."""
        return cast("Desk", self.app)

    def body(self) -> Iterable[Widget]:
        """The widgets between the two lines."""
        return ()

    def compose(self) -> ComposeResult:
        """Line at the top, body, keys at the bottom."""
        if self.nav:
            yield NavBar(today=self.console.today, current=self.place)
        yield from self.body()
        yield KeyBar(self.footer(), lines=self.key_lines)

    def footer(self) -> list[tuple[str, str]]:
        """Keys that do something here and now; the most important first, help last."""
        keys = self.console.settings.keys
        return footer_of(self.line, keys) if self.line else footer_for(self.place, keys)

    def show_footer(self) -> None:
        """List the keys afresh: what they do here has changed."""
        self.query_one(KeyBar).set_keys(self.footer())

    def on_mount(self) -> None:
        """Bind the commands of this place and keep the lock clock in sight."""
        for binding in bindings_for(self.place, self.console.settings.keys):
            for one in binding.make_bindings([binding]):
                self._bindings.key_to_bindings.setdefault(one.key, []).insert(0, one)
        self._say_nothing_yet()
        self.set_interval(1.0, self._show_lock)
        self._show_lock()

    def _show_lock(self) -> None:
        if self.is_current:
            self.query_one(NavBar).set_lock(self.console.seconds_to_lock)

    def on_screen_resume(self) -> None:
        """Read again when something has changed since."""
        bar = self.query_one(NavBar)
        bar.set_lock(self.console.seconds_to_lock)
        if self.nav:
            bar.set_today(self.console.today)
            bar.set_counts(self.console.counts)
        if self._seen != self.console.generation:
            self.console.attempt(self.load(), group="load")
        else:
            self.tell_names()

    def _say_nothing_yet(self) -> None:
        """A list that has not been read does not say that nothing is there."""
        for shown in self.query("LineTable, Board"):
            table: Any = shown
            self._empty.append((table, table.empty))
            table.empty = ""

    async def load(self) -> None:
        """Read what is shown; mark it as read."""
        generation = self.console.generation
        await self.refresh_data()
        self._seen = generation
        while self._empty:
            table, table_empty = self._empty.pop()
            table.empty = table_empty
            table.refresh()
        if self.nav:
            self.query_one(NavBar).set_counts(self.console.counts)
        self.tell_names()

    def cases_listed(self) -> int:
        """How many cases stand on it in a list, by name where names are shown; a subclass says."""
        return 0

    def tell_names(self) -> None:
        """Log that a list stands here with full names: once each time that names are shown."""
        if self.console.masked or self._seen < 0 or not self.is_current:
            return
        cases, unmaskings = self.cases_listed(), self.console.unmaskings
        if not cases or self._named == unmaskings:
            return
        from sanctuary_tui.opening import note_names

        self._named = unmaskings
        where = self.place
        self.console.attempt(
            self.console.read(lambda data: note_names(data, where, cases)), group="log"
        )

    async def refresh_data(self) -> None:
        """Read and show; a subclass does it."""

    def action_reload(self) -> None:
        """Read the caseload again."""
        self.console.attempt(self.load(), group="load")

    def show_masked(self, masked: bool) -> None:
        """Mask or show names; a subclass does it."""

    @on(NavBar.Chosen)
    def _place_clicked(self, event: NavBar.Chosen) -> None:
        if self.nav:
            self.console.attempt(self.console.go(event.name))

    @on(KeyBar.Chosen)
    def _key_clicked(self, event: KeyBar.Chosen) -> None:
        from config.keymap import shown
        from sanctuary_tui.commands import APP_COMMANDS, commands_for, keys_of

        for command in commands_for(self.place):
            if shown(keys_of(command, self.console.settings.keys)) == event.key:
                target = self.app if command.id in APP_COMMANDS else self
                self.call_later(target.run_action, command.id)
                return
