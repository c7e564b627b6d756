"""A console that stands still: a real caseload, a fixed day and minute, no blinking, no countdown.

Snapshots, screen tests and the pictures of the guide all stand on it. The caseload is a SQLCipher
file filled with demonstration cases, under a raw key; the app is the console itself, which is told
the key where a person would type the passphrase (so no Argon2 is spent), and whose clock stands.
"""

from __future__ import annotations

import shlex
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from config.paths import resolve_paths
from config.settings import default_settings, save_settings
from db.caseload import Caseload, open_caseload
from db.keyfile import CHEAP_FOR_TESTS, wrap, write_key_file
from db.rows import moment_text
from sanctuary_tui import work
from sanctuary_tui.app import SanctuaryApp
from sanctuary_tui.console_options import ConsoleOptions
from sanctuary_tui.copies import LAST_BACKUP
from sanctuary_tui.demo import fill
from sanctuary_tui.idle import IdleClock
from sanctuary_tui.opening import derive_with
from sanctuary_tui.screens.unlock import UnlockScreen

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
KEY = bytes(range(32))
SEED = 1
CASES = 40
HINT = "Demo caseload: the passphrase is demo"

T = TypeVar("T")


def make_home(folder: Path, cases: int = CASES) -> Path:
    """A home with a caseload of so many demonstration cases, the same each time."""
    paths = resolve_paths(str(folder), {})
    paths.data_dir.mkdir(parents=True, mode=0o700)
    caseload = open_caseload(
        paths.caseload,
        KEY,
        derive=derive_with(default_settings()),
        who="Coordinator",
        clock=lambda: NOW,
        today=lambda: TODAY,
        create=True,
    )
    try:
        if cases:
            with caseload.store.bulk():
                fill(caseload.store, cases, SEED, TODAY)
                caseload.store.remember(LAST_BACKUP, moment_text(NOW))
    finally:
        caseload.close()
    # The prompt looks whether there is one; the console under test is told the key itself.
    made = wrap(
        KEY,
        "demo",
        bytes(32),
        params=CHEAP_FOR_TESTS,
        created=TODAY,
        place="file",
        device_entry="",
    )
    write_key_file(paths.keyfile, made, overwrite=False)
    return folder


class FrozenConsole(SanctuaryApp):
    """The console on a home, with time standing still and the key given."""

    CSS_PATH: ClassVar[str] = str(Path(work.__file__).with_name("app.tcss"))
    allow_pictures: ClassVar[bool] = True

    def __init__(
        self, home: Path, *, settings: dict[str, Any] | None = None, unlock: bool = True
    ) -> None:
        paths = resolve_paths(str(home), {})
        if settings:
            save_settings(paths.settings_file, settings)
        super().__init__(
            paths,
            ConsoleOptions(home=str(home), hint=HINT, today=TODAY.isoformat()),
            clock=IdleClock(monotonic=_zero, boot=_zero, wall=_zero),
        )
        self.animation_level = "none"
        self.busy = 0
        self._unlock = unlock

    def on_mount(self) -> None:
        """Open the caseload as the prompt would, once it is painted."""
        if self._unlock:
            self.call_after_refresh(
                self.post_message, UnlockScreen.Unlocked(bytearray(KEY), by_recovery_key=False)
            )

    async def on_unmount(self) -> None:
        """Close the caseload: a lock would have done it."""
        if self._data is not None:
            await self._data.close()
            self._data = None

    def now(self) -> datetime:
        """The minute at which everything stands."""
        return NOW

    @property
    def under_way(self) -> bool:
        """Whether something is read or written, or a key still waits its turn."""
        counting = any(one.group == "count" and not one.is_finished for one in self.workers)
        return bool(self.busy or counting or self._settling or self._soon or self._held)

    @property
    def opened(self) -> bool:
        """Whether the caseload is open."""
        return self._data is not None

    async def read(self, work: Callable[[Caseload], T]) -> T:
        """The same, counted, so that ``settle`` knows whether anything is under way."""
        self.busy += 1
        try:
            return await super().read(work)
        finally:
            self.busy -= 1

    async def write(self, work: Callable[[Caseload], T]) -> T:
        """The same, counted."""
        self.busy += 1
        try:
            return await super().write(work)
        finally:
            self.busy -= 1


Opened = Callable[..., FrozenConsole]


def _zero() -> float:
    return 0.0


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until nothing is read or written and every message has been handled."""
    app = pilot.app
    assert isinstance(app, FrozenConsole)
    for _ in range(2000):
        await pilot.pause(0.005)
        if app.opened or not app._unlock:
            break
    quiet = 0
    for _ in range(2000):
        await pilot.pause()
        quiet = 0 if app.under_way else quiet + 1
        if quiet == 3:
            return
    raise AssertionError("the console does not come to rest")


async def play(pilot: Pilot[Any], script: str) -> None:
    """Press keys, named as Textual names them, with spaces between.

    ``="some words"`` types them. ``@"some words"`` goes down the list, or the form, until the line
    under the cursor shows the words.
    """
    await settle(pilot)
    for step in shlex.split(script.replace("'", "'\"'\"").replace("'\"'\"", "'")):
        await _step(pilot, step)
        await settle(pilot)


@asynccontextmanager
async def played(
    app: FrozenConsole, script: str = "", *, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Pilot[Any]]:
    """The console at work, once a script has been played on it."""
    async with app.run_test(size=size) as pilot:
        await play(pilot, script)
        yield pilot


async def _step(pilot: Pilot[Any], step: str) -> None:
    if len(step) > 1 and step[0] == "@":
        await _go_down(pilot, step[1:])
    elif len(step) > 1 and step[0] == "=":
        for letter in step[1:]:
            await pilot.press(_KEYS.get(letter, letter))
    else:
        await pilot.press(step)


_KEYS = {" ": "space", "/": "slash", ".": "full_stop", ",": "comma", "[": "left_square_bracket"}


async def _go_down(pilot: Pilot[Any], words: str) -> None:
    for _ in range(200):
        lines = text_of(pilot).split("\n")
        line = next((one for one in lines if one.lstrip(" ").startswith("› ")), "")
        if words in line:
            return
        await pilot.press("down")
        await settle(pilot)
    raise AssertionError(f"no row {words!r}:\n{text_of(pilot)}")


def text_of(pilot: Pilot[Any]) -> str:
    """What stands on the screen, line by line."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join(strip.text.rstrip() for strip in strips)


async def stand_still(pilot: Pilot[Any], *, notes: bool = False) -> None:
    """Stop cursors that blink, and take down notes (``notes`` keeps them)."""
    if not notes:
        pilot.app.clear_notifications()
    for field in pilot.app.screen.query(Input):
        field.cursor_blink = False
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
    await pilot.pause()


# --- fixtures, for the folders whose conftest imports them --------------------------------------


@pytest.fixture(scope="session")
def caseload_homes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A demonstration caseload and an empty one, made once; tests work on copies."""
    folder = tmp_path_factory.mktemp("homes")
    return {"full": make_home(folder / "full"), "empty": make_home(folder / "empty", 0)}


@pytest.fixture
def console(caseload_homes: dict[str, Path], tmp_path: Path) -> Opened:
    """Make a console on a copy of one of the homes."""

    def opened(
        home: str = "full", *, settings: dict[str, Any] | None = None, unlock: bool = True
    ) -> FrozenConsole:
        copy = shutil.copytree(caseload_homes[home], tmp_path / "home")
        return FrozenConsole(copy, settings=settings, unlock=unlock)

    return opened
