"""What a person waits for: the program in a terminal, beside a Textual hello-world."""

from __future__ import annotations

import gc
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.data import PASSPHRASE, Caseset
from benchmarks.hello import MARK
from benchmarks.terminal import Terminal, resident_mib

_UP, _DOWN, _RIGHT, _LEFT = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
_PAGE_UP, _PAGE_DOWN, _HOME = "\x1b[5~", "\x1b[6~", "\x1b[H"

KEYS: Final = {
    "down": (_DOWN,) * 8 + (_UP,) * 8,
    "page down": (_PAGE_DOWN, _PAGE_UP) * 8,
    "right": ((_RIGHT,) * 4 + (_LEFT,) * 4) * 2,
}
"""Each key with its way back, so that every press moves the cursor."""

_PROMPT = "Passphrase"
_TODAY = "Today"
_LINES = r"S\d\d-\d{4}"
_CARDS = "TRIAGE|AFTERCARE|CONSENT"


@dataclass(slots=True)
class Samples:
    """Every time taken, by name: seconds, and MiB for memory. One value a run."""

    values: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, name: str, value: float) -> None:
        """Keep one."""
        self.values[name].append(value)


def hello_command() -> list[str]:
    """The hello-world, started as the program is: isolated, without the current folder."""
    return [sys.executable, "-I", str(Path(__file__).with_name("hello.py"))]


def sanctuary_command() -> list[str]:
    """The program as it is installed beside this Python."""
    return [str(Path(sys.executable).with_name("sanctuary"))]


def timed(work: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def median(values: list[float]) -> float:
    """The middle one; of an even number the upper of the two."""
    return sorted(values)[len(values) // 2]


def pressed(terminal: Terminal, keys: tuple[str, ...]) -> float:
    """The median time from a key to the end of all that is painted for it."""
    times = []
    for key in keys:
        at = terminal.press(key)
        times.append(terminal.settled() - at)
    return median(times)


def measure_hello(samples: Samples, caseset: Caseset, presses: int) -> None:
    """Start, key and memory of the hello-world, just before this caseset is measured."""
    with Terminal(hello_command()) as terminal:
        samples.add(f"hello start {caseset.name}", terminal.painted(MARK) - terminal.started)
        terminal.drain(0.3)
        samples.add(f"hello memory {caseset.name}", resident_mib(terminal.innermost()))
        samples.add(f"hello key {caseset.name}", pressed(terminal, ("a",) * presses))


def derivation_seconds(caseset: Caseset) -> float:
    """What the key derivation alone takes now, with this caseload's own key file."""
    from db.device_secret import load_device_secret
    from db.keyfile import read_key_file, unwrap

    paths = caseset.paths
    kept = read_key_file(paths.keyfile)
    secret = load_device_secret(paths, kept.device_entry, kept.place)
    begun = time.perf_counter()
    unwrap(kept, PASSPHRASE, secret, paths.keyfile)
    return time.perf_counter() - begun


def measure_console(samples: Samples, caseset: Caseset, presses: int) -> None:
    """One console from its start to the board, key by key."""
    name = caseset.name
    derivation = derivation_seconds(caseset)
    samples.add("derivation", derivation)
    with _console(caseset) as terminal:
        samples.add(f"start {name}", terminal.painted(_PROMPT) - terminal.started)
        terminal.drain(0.8)
        terminal.press(PASSPHRASE)
        terminal.drain(0.2)
        at = terminal.press("\r")
        today = terminal.painted(_LINES) - at - derivation
        samples.add(f"unlock to Today {name}", today)
        terminal.drain(0.6)
        terminal.press(_HOME)
        terminal.drain(0.2)
        for key in ("down", "page down"):
            samples.add(f"Today {key} {name}", pressed(terminal, KEYS[key][:presses]))
        at = terminal.press("2")
        board = terminal.painted(_CARDS) - at
        samples.add(f"Today to board {name}", board)
        samples.add(f"unlock to board by Today {name}", today + board)
        terminal.drain(0.6)
        samples.add(f"memory {name}", resident_mib(terminal.innermost()))
        for key in ("right", "down", "page down"):
            if key == "down":
                terminal.press(_RIGHT * 8)  # the longest column is the last
                terminal.drain(0.4)
            samples.add(f"board {key} {name}", pressed(terminal, KEYS[key][:presses]))


def measure_board_at_once(samples: Samples, caseset: Caseset) -> None:
    """From enter to the painted board, with ``2`` pressed as soon as Today can be seen."""
    derivation = derivation_seconds(caseset)
    samples.add("derivation", derivation)
    with _console(caseset) as terminal:
        terminal.painted(_PROMPT)
        terminal.drain(0.8)
        terminal.press(PASSPHRASE)
        terminal.drain(0.2)
        at = terminal.press("\r")
        terminal.painted(_TODAY)
        terminal.press("2")
        board = terminal.painted(_CARDS) - at - derivation
        samples.add(f"unlock to board {caseset.name}", board)


def _console(caseset: Caseset) -> Terminal:
    home = str(caseset.home)
    return Terminal(sanctuary_command(), {"SANCTUARY_HOME": home, "HOME": home})
