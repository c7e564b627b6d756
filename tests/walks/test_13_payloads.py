"""The whole console on a caseload that is all payloads: nothing raw, nothing parsed, no crash.

Every place and sheet is opened by keys in a real terminal, and every byte that the program sends
to it is looked at: the only escape codes among them may be those of Textual itself.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.poison import STEERING, STEERS, poisoned_demo
from tests.scenes import ALL
from tests.terminal import Terminal
from tests.walks.console import PATIENCE, give_passphrase, marked

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WIDE, USUAL = (120, 40), (80, 24)
NARROW = (
    "today",
    "board",
    "marac",
    "reports",
    "settings",
    "search",
    "case_overview",
    "case_timeline",
    "help",
    "contact",
    "letter",
    "referral_form",
    "people_ticked",
    "breach",
    "refusal",
    "import_preview",
)
"""Scenes that are laid out otherwise in a small terminal: what stands beside a list at 120 columns
stands below it, or is folded, cut or scrolled to. All others are the same lines, further left."""
OWN_CODES = re.compile(
    rb"\x1b\[(?:[0-9;]*m|\d+;\d+H|\?2026[hl]|\?25[hl])|\x1b\]22;(?:default|pointer|text)\x07"
)
"""What Textual itself sends while it runs: colours, cursor moves, whole frames, the pointer."""
BARE = re.compile(r"(?<![\w\]\[/(.'])qz")
KEYS = {
    "enter": "Enter",
    "down": "Down",
    "up": "Up",
    "left": "Left",
    "right": "Right",
    "slash": "/",
    "delete": "Delete",
    "question_mark": "?",
    "greater_than_sign": ">",
    "ctrl+p": "C-p",
    "ctrl+s": "C-s",
    "f2": "F2",
    "tab": "Tab",
    "space": "Space",
}
LAST_ANSWER = 5.0
"""Seconds: a scene that ends on a key without an answer waits so long for one."""
UNGUARDED = """
import sys
import config.text
import widgets.guard
from sanctuary_tui import console
config.text.GUARD_TABLE.clear()
widgets.guard.install_guard = lambda: None
sys.exit(console.main())
"""
"""The console with both of its guards taken out, where text is drawn and after: the control."""


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo of the snapshots, with a payload in every free text."""
    home = tmp_path_factory.mktemp("poisoned") / "home"
    assert poisoned_demo(home, 40) > 5_000
    return home


@pytest.fixture
def home(poisoned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(poisoned, tmp_path / "home"))


class Walk:
    """One console in a terminal, and all that it sends."""

    def __init__(self, terminal: Terminal, sent: Path) -> None:
        self.terminal = terminal
        self._sent, self._begun = sent, 0
        terminal.record(sent)
        self.parsed: list[str] = []
        self.screens: dict[str, str] = {}

    def still(self) -> str:
        """The screen once it has stood for a moment; what is parsed on it is noted."""
        deadline, since, before = time.monotonic() + PATIENCE, time.monotonic(), ""
        while time.monotonic() < deadline:
            assert self.terminal.exit_code is None, f"it ended, saying: {self.terminal.screen()}"
            screen = self.terminal.screen().partition("\n")[2]
            if screen != before:
                before, since = screen, time.monotonic()
            elif time.monotonic() - since > 0.25:
                self.parsed += [line for line in screen.split("\n") if BARE.search(line)]
                return screen
            time.sleep(0.03)
        raise AssertionError(f"the screen never comes to rest:\n{before}")

    def press(self, *keys: str) -> str:
        self.terminal.keys(*keys)
        return self.still()

    def step(self, step: str) -> None:
        """A step of a scene: a key by Textual's name, words to type, or a row to go to."""
        if len(step) > 1 and step[0] == "=":
            self.terminal.type(step[1:])
            self.still()
        elif len(step) > 1 and step[0] == "@":
            self.press("Home")
            for _ in range(80):
                if step[1:] in marked(self.terminal.screen()):
                    return
                self.press("Down")
            raise AssertionError(f"no row {step[1:]!r}:\n{self.terminal.screen()}")
        else:
            self.press(KEYS.get(step, step))

    def home(self) -> None:
        """Back to Today, from wherever a scene ended."""
        pressed = ""
        for _ in range(10):
            screen = self.terminal.screen()
            if self.on_today(screen):
                return
            place = "1 Today" in screen.partition("\n")[0] and "? keys" in screen
            pressed = "1" if place and pressed != "1" else "Escape"
            if "Leave without keeping" in screen:
                pressed = "y"
            self.press(pressed)
        raise AssertionError(f"no way back to Today:\n{self.terminal.screen()}")

    @staticmethod
    def on_today(screen: str) -> bool:
        return "OVERDUE" in screen and "? keys" in screen and "d done" in screen

    def play(self, name: str, script: str) -> None:
        stood = ""
        for step in shlex.split(script):
            stood = self.still()
            self.step(step)
        self.screens[name] = self._answered(stood)

    def _answered(self, stood: str) -> str:
        """The screen once the last key of a scene has done something.

        On a busy machine a sheet may be read for longer than a screen at rest stands, and the next
        scene would be typed into it; the keys of one scene are held until each is answered.
        """
        deadline = time.monotonic() + LAST_ANSWER
        while self.still() == stood and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.still()

    def begin(self) -> None:
        """From here on nothing but frames is sent, until the console is left."""
        self.still()
        self._begun = self._sent.stat().st_size

    def sent(self) -> bytes:
        """What was sent since; to be asked for before the console is left."""
        self.still()
        return self._sent.read_bytes()[self._begun :]


def walking(
    home: Path, sent: Path, command: Sequence[str], size: tuple[int, int] = WIDE
) -> Iterator[Walk]:
    with Terminal.start(command, size=size, env={"SANCTUARY_HOME": str(home)}, cwd=ROOT) as made:
        walk = Walk(made, sent)
        give_passphrase(made)
        made.wait_for(Walk.on_today, PATIENCE)
        walk.begin()
        yield walk


def raw(sent: bytes) -> list[str]:
    """What steers a terminal and is not Textual's own, with what stands around it."""
    text = OWN_CODES.sub(b"", sent).decode("utf-8", "replace")
    return [
        repr(text[max(0, found.start() - 20) : found.end() + 20]) for found in STEERS.finditer(text)
    ]


def leave(walk: Walk) -> int:
    walk.terminal.keys("C-q")
    return walk.terminal.wait_exit(PATIENCE)


@pytest.mark.guarantee
def test_every_place_and_sheet_with_a_payload_in_every_text(home: Path, tmp_path: Path) -> None:
    for walk in walking(home, tmp_path / "sent", [sys.executable, "-m", "sanctuary_tui"]):
        for name, script in ALL.items():
            walk.play(name, script)
            walk.home()
        sent = walk.sent()
        assert leave(walk) == 0
        assert walk.parsed == []
        assert len(sent) > 200_000
        assert sent.count(b"qz") > 200, "the payloads were on the screen"
        assert raw(sent) == []
        assert {name for name, screen in walk.screens.items() if not screen.strip()} == set()


@pytest.mark.guarantee
def test_what_a_small_terminal_shows_otherwise_with_a_payload_in_every_text(
    home: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "sanctuary_tui"]
    for walk in walking(home, tmp_path / "sent", command, USUAL):
        for name in NARROW:
            walk.play(name, ALL[name])
            walk.home()
        sent = walk.sent()
        assert leave(walk) == 0
        assert walk.parsed == []
        assert sent.count(b"qz") > 50, "the payloads were on the screen"
        assert raw(sent) == []
        assert {name for name, screen in walk.screens.items() if not screen.strip()} == set()


def test_without_its_guards_the_same_console_sends_them(home: Path, tmp_path: Path) -> None:
    """The control: what is looked for is there once nothing keeps it back."""
    script, sent = tmp_path / "unguarded.py", tmp_path / "sent"
    script.write_text(UNGUARDED)
    start = (
        "import sys; from sanctuary_tui.launcher import run_console;"
        f"sys.exit(run_console([], child=[sys.executable, {str(script)!r}]))"
    )
    command = [sys.executable, "-c", start]
    with Terminal.start(command, size=WIDE, env={"SANCTUARY_HOME": str(home)}, cwd=ROOT) as made:
        made.wait_for("Passphrase", PATIENCE)
        made.record(sent)
        time.sleep(0.5)
        give_passphrase(made)
        deadline = time.monotonic() + PATIENCE
        found: list[str] = []
        while not found and time.monotonic() < deadline:
            time.sleep(0.2)
            found = raw(sent.read_bytes()) if sent.exists() else []
        assert found


def test_what_is_looked_for_is_found() -> None:
    """The control of the search: each payload, and markup that was parsed."""
    for name, payload in STEERING.items():
        assert raw(f"\x1b[1mCase\x1b[0m {payload} x".encode("utf-8", "surrogatepass")), name
    assert BARE.search("  Asha qz Varma")
    assert not BARE.search("  Asha [b]qz[/b] [@click=app.quit]qz[/]")
