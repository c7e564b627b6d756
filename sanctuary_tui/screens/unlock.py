"""The first screen: asks for the passphrase, or the recovery key, and opens the caseload.

It is painted before anything heavy is imported; the key derivation and its imports run in a
thread.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Input, Static

from config.text import one_line
from widgets.window import FollowsWindow

if TYPE_CHECKING:
    from config.paths import Paths

NO_CASELOAD = "There is no caseload here yet: leave with ctrl+q and run `sanctuary init`."
TOO_MANY = "After several wrong passphrases there is a wait."
_OPENING = "Opening…"
_NAME_CELLS = 30


class SecretInput(Input):
    """A field whose text can be typed and pasted but never copied or cut."""

    def action_copy(self) -> None:
        """Nothing is copied from a secret."""

    def action_cut(self) -> None:
        """Nothing is cut from a secret."""


class UnlockScreen(FollowsWindow, Screen[None]):
    """The unlock prompt; posts ``Unlocked`` once the caseload's key is known.

    ``notice`` stands where errors come later (why the last console locked); ``hint`` below it
    (the passphrase of the demo).
    """

    DEFAULT_CSS = """
    UnlockScreen {
        align: center middle;
        & > #unlock-card {
            width: 58;
            max-width: 100%;
            height: auto;
            padding: 0 2;
        }
        #unlock-title { text-style: bold; color: $text-accent; }
        #unlock-caseload { color: $text-muted; margin-bottom: 1; }
        #unlock-secret {
            border: none;
            border-left: outer $accent;
            height: 1;
            padding: 0 1;
        }
        #unlock-secret:disabled { border-left: outer $surface-lighten-2; }
        #unlock-message { height: auto; min-height: 2; max-height: 7; margin-top: 1; }
        #unlock-hint { color: $text-muted; }
        #unlock-keys { color: $text-muted; }
        &.-refused #unlock-message { color: $text-error; }
        &.-narrow > #unlock-card { padding: 0 1; }
        &.-short #unlock-caseload { margin-bottom: 0; }
        &.-short #unlock-message { margin-top: 0; }
        &.-short.-refused #unlock-hint { display: none; }
    }
    """
    HORIZONTAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-narrow"), (50, "-wide")]
    VERTICAL_BREAKPOINTS: list[tuple[int, str]] | None = [(0, "-short"), (12, "-tall")]

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "switch", "Use the recovery key", show=False),
    ]

    class Unlocked(Message):
        """The caseload's key is known. The receiver wipes ``data_key`` after use."""

        def __init__(self, data_key: bytearray, *, by_recovery_key: bool) -> None:
            super().__init__()
            self.data_key = data_key
            self.by_recovery_key = by_recovery_key

    def __init__(self, paths: Paths, *, notice: str = "", hint: str = "") -> None:
        super().__init__()
        self._paths = paths
        self._notice = notice
        self._hint = hint
        self._by_recovery_key = False
        self._wait_until_zero = 0
        self._countdown: Timer | None = None
        self._refusal = ""
        self._there = paths.caseload.exists()

    def compose(self) -> ComposeResult:
        """A title, one field, one message, the keys."""
        with Vertical(id="unlock-card"):
            yield Static("Sanctuary", id="unlock-title")
            yield Static(Content(f"Caseload: {self._caseload_name()}"), id="unlock-caseload")
            yield Static(self._label(), id="unlock-label")
            secret = SecretInput(password=True, id="unlock-secret", disabled=not self._there)
            secret.display = self._there
            yield secret
            yield Static(Content(self._notice), id="unlock-message")
            if self._hint:
                yield Static(Content(self._hint), id="unlock-hint")
            yield Static(self._keys(), id="unlock-keys")

    def _caseload_name(self) -> str:
        """The folder's own name: the path to it can hold a person's."""
        return one_line(self._paths.data_dir.name or "this computer", _NAME_CELLS)

    def on_mount(self) -> None:
        """Fetch in the background what opening will need, once the prompt is painted."""
        if not self._there:
            self._show(NO_CASELOAD, refused=True)
            return
        self._secret.focus()
        self.call_after_refresh(self._prepare)

    @property
    def _secret(self) -> Input:
        return self.query_one("#unlock-secret", Input)

    def _label(self) -> Content:
        asked = "Recovery key, shown as you type" if self._by_recovery_key else "Passphrase"
        return Content(asked if self._there else "")

    def _keys(self) -> Content:
        if not self._there:
            return Content("ctrl+q quit")
        other = "passphrase" if self._by_recovery_key else "recovery"
        return Content(f"enter open  f2 {other}  ctrl+q quit")

    def _show(self, sentence: str, *, refused: bool = False) -> None:
        # Files are named without the path to them: it can hold a person's name, and fills the card.
        sentence = sentence.replace(f"{self._paths.data_dir}{os.sep}", "")
        self.set_class(refused, "-refused")
        self.query_one("#unlock-message", Static).update(Content(sentence))

    # --- what takes time, in threads -------------------------------------------------------

    def _prepare(self) -> None:
        def prepare() -> None:
            from config.errors import SanctuaryError
            from config.paths import refuse_synced_caseload
            from db.connection import look_at
            from db.keyfile import read_key_file
            from db.keys import delay_before_next_attempt

            try:
                look_at(self._paths.caseload)
                refuse_synced_caseload(self._paths.caseload)
                read_key_file(self._paths.keyfile)
            except SanctuaryError as error:
                # Before a passphrase is typed in vain.
                self.app.call_from_thread(self._show, error.sentence, refused=True)
            delay = delay_before_next_attempt(self._paths)
            if delay > 0:
                self.app.call_from_thread(self._wait, TOO_MANY, delay)

        self.run_worker(prepare, thread=True, group="prepare")

    @on(Input.Submitted, "#unlock-secret")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        secret = event.value
        if self._secret.disabled or self._wait_until_zero > 0:
            # What is typed during a wait stays for its end; typed once more, it is not joined.
            self._secret.select_all()
            return
        if not secret.strip():
            wanted = "recovery key" if self._by_recovery_key else "passphrase"
            self._show(f"Type the {wanted}, then press enter.")
            return
        self._secret.value = ""
        self._secret.disabled = True
        self._show(_OPENING)
        self.run_worker(self._opener(secret), thread=True, exclusive=True, group="open")

    def _opener(self, secret: str) -> Callable[[], None]:
        by_recovery_key = self._by_recovery_key

        def open_it() -> None:
            from config.errors import SanctuaryError
            from db import keys

            try:
                opener = keys.unlock_with_recovery_key if by_recovery_key else keys.unlock
                data_key = opener(self._paths, secret)
            except keys.TooSoon as error:
                self.app.call_from_thread(self._too_soon, secret, error.seconds)
            except SanctuaryError as error:
                if by_recovery_key:  # 72 characters, of which one may be wrong
                    self.app.call_from_thread(self._put_back, secret)
                delay = 0.0 if by_recovery_key else keys.delay_before_next_attempt(self._paths)
                self.app.call_from_thread(self._wait, error.sentence, delay)
            else:
                self.post_message(self.Unlocked(data_key, by_recovery_key=by_recovery_key))

        return open_it

    # --- refusals and the growing delay ----------------------------------------------------

    def _wait(self, sentence: str, delay: float) -> None:
        """Show why, and take no further attempt for ``delay`` seconds.

        The next one may be typed meanwhile: letters lost in a wait would make the right one wrong.
        """
        self._refusal = sentence
        self._wait_until_zero = math.ceil(delay)
        self._stop_countdown()
        self._secret.disabled = False
        self._secret.focus()
        if self._wait_until_zero > 0:
            self._countdown = self.set_interval(1.0, self._count_down)
        self._show_wait()

    def _too_soon(self, secret: str, seconds: float) -> None:
        """It was not tried, so it need not be typed again."""
        self._put_back(secret)
        self._wait(TOO_MANY, seconds)

    def _put_back(self, secret: str) -> None:
        self._secret.value = secret

    def _count_down(self) -> None:
        self._wait_until_zero -= 1
        self._show_wait()

    def _show_wait(self) -> None:
        if self._wait_until_zero > 0:
            self._show(f"{self._refusal} Try again in {self._wait_until_zero} s.", refused=True)
            return
        self._stop_countdown()
        self._show(self._refusal, refused=True)

    def _stop_countdown(self) -> None:
        if self._countdown is not None:
            self._countdown.stop()
            self._countdown = None

    def fail(self, sentence: str) -> None:
        """The key was right but the caseload cannot be opened: say why, and ask again."""
        self._wait(sentence, 0)

    def action_switch(self) -> None:
        """Ask for the recovery key instead of the passphrase, or the other way round."""
        if not self._there or self._secret.disabled:
            return
        self._by_recovery_key = not self._by_recovery_key
        self._secret.value = ""
        self._stop_countdown()
        self._wait_until_zero = 0
        self._secret.disabled = False
        self._secret.password = not self._by_recovery_key
        self.query_one("#unlock-label", Static).update(self._label())
        self.query_one("#unlock-keys", Static).update(self._keys())
        self._show("")
        self._secret.focus()
        if not self._by_recovery_key:
            self._prepare()  # a delay may still run
