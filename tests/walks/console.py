"""The console in a real terminal, with words for what a person does at it all day."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from config.paths import resolve_paths
from db.connection import close_connection, open_connection
from db.keys import unlock
from db.record import Record, specs
from db.seal import sealed_ids
from sanctuary_tui.records import form_fields
from tests.terminal import Terminal

PATIENCE = 30.0
"""Seconds to wait for a screen: the computer may be busy, and a pass never waits that long."""
RECOUNT = 5.0
"""Seconds until the fields of a form are counted again."""
DEMO = "demo"

_NOTE = "▌"
"""The edge of a note that is shown for a few seconds."""

Until = str | Callable[[str], bool]
Said = str | tuple[str, str]
"""What is typed, and what the field then shows where that is something else."""


def run_cli(
    home: Path, *args: str, passphrase: str = DEMO, asks: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run a command of the program on a home; where it ``asks``, it is given the passphrase."""
    given = ("--passphrase-file", "-") if asks else ()
    return subprocess.run(
        [sys.executable, "-m", "sanctuary_tui", *args, *given],
        input=f"{passphrase}\n",
        capture_output=True,
        text=True,
        env={**os.environ, "SANCTUARY_HOME": str(home)},
        check=False,
    )


class Kept:
    """What a home's caseload holds, once no console has it open.

    ``show``, ``today`` and ``check`` are the program's own commands. ``rows`` reads a whole table
    from the encrypted file with the key it is given by the program, since a walk asks for many; the
    sealed case of the demo is left out, as the program does.
    """

    def __init__(self, home: Path, passphrase: str = DEMO) -> None:
        self.home = home
        self.passphrase = passphrase
        self._paths = resolve_paths(str(home), {})

    def run(self, *args: str) -> str:
        """A command that must succeed; its standard output."""
        done = run_cli(self.home, *args, passphrase=self.passphrase)
        assert done.returncode == 0, (args, done.stdout, done.stderr)
        return done.stdout

    def show(self, ref: str) -> dict[str, Any]:
        """``show REF --json``."""
        found: dict[str, Any] = json.loads(self.run("show", ref, "--json"))
        return found

    def today(self) -> list[dict[str, Any]]:
        """The lines of ``today --json``."""
        found: list[dict[str, Any]] = json.loads(self.run("today", "--json"))["lines"]
        return found

    def sound(self) -> None:
        """``check`` finds nothing wrong."""
        self.run("check")

    def rows(self, table: str, ref: str = "") -> list[dict[str, Any]]:
        """A table's rows, oldest first, each with its case's ``ref``; of one case where given."""
        return self.tables(table, ref=ref)[table]

    def tables(self, *names: str, ref: str = "") -> dict[str, list[dict[str, Any]]]:
        """``rows`` of several tables."""
        connection = open_connection(self._paths.caseload, self._key())
        try:
            refs = dict(connection.execute("SELECT id, ref FROM cases").fetchall())
            sealed = sealed_ids(connection)
            found = {}
            for name in names:
                cursor = connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid')
                titles = [column[0] for column in cursor.description]
                rows = [dict(zip(titles, row, strict=True)) for row in cursor.fetchall()]
                case = "id" if name == "cases" else "case_id"
                rows = [row for row in rows if row.get(case) not in sealed]
                for row in rows:
                    row.setdefault("ref", refs.get(row.get("case_id")))
                found[name] = [row for row in rows if not ref or row["ref"] == ref]
        finally:
            close_connection(connection)
        return found

    def _key(self) -> bytearray:
        # A copy of a caseload has the same key, and deriving it takes its time.
        known = self._paths.keyfile.read_bytes()
        if known not in _KEYS:
            _KEYS[known] = unlock(self._paths, self.passphrase)
        return bytearray(_KEYS[known])


_KEYS: dict[bytes, bytearray] = {}


def read_csv(path: Path) -> list[dict[str, str]]:
    """A written CSV, row by row, by its own titles."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def start(
    home: Path,
    size: tuple[int, int],
    *args: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> Terminal:
    """The program in a terminal."""
    return Terminal.start(
        [sys.executable, "-m", "sanctuary_tui", *args],
        size=size,
        env={"SANCTUARY_HOME": str(home), **(env or {})},
        cwd=cwd,
    )


def give_passphrase(terminal: Terminal, passphrase: str = DEMO) -> None:
    """Type the passphrase at the prompt."""
    terminal.wait_for("Passphrase", PATIENCE)
    terminal.type(passphrase)
    terminal.keys("Enter")


@contextmanager
def unlocked(home: Path, size: tuple[int, int]) -> Iterator[Console]:
    """The console on a home, unlocked."""
    with start(home, size) as terminal:
        made = Console(terminal, home, size)
        made.unlock()
        yield made


class Console:
    """The console in a terminal.

    ``pressed`` counts the keys that are pressed by name; text that is typed counts for nothing,
    since a person would have to say it anyway.
    """

    def __init__(self, terminal: Terminal, home: Path, size: tuple[int, int]) -> None:
        self.terminal = terminal
        self.home = home
        self.size = size
        self.pressed = 0

    @property
    def wide(self) -> bool:
        """Whether there is room for side panels."""
        return self.size[0] >= 100

    # --- coming and going ---------------------------------------------------------------------

    def unlock(self, passphrase: str = DEMO) -> str:
        """Type the passphrase; wait for Today."""
        give_passphrase(self.terminal, passphrase)
        return self.see("? keys")

    def leave(self) -> Kept:
        """Quit; what is kept can then be asked for."""
        self.terminal.keys("C-q")
        assert self.terminal.wait_exit(PATIENCE) == 0
        return Kept(self.home)

    # --- looking ------------------------------------------------------------------------------

    @property
    def screen(self) -> str:
        """What is on the screen now."""
        return self.terminal.screen()

    def see(self, wanted: Until, timeout: float = PATIENCE) -> str:
        """Wait until the screen shows something, on one line or folded; return the screen."""
        found = wanted if callable(wanted) else partial(shows, words=wanted)
        return self.terminal.wait_drawn(found, timeout)

    def see_all(self, *wanted: str) -> str:
        """Wait until the screen shows all of these."""
        return self.see(lambda screen: all(shows(screen, one) for one in wanted))

    def gone(self, text: str) -> str:
        """Wait until the screen does not show something any more."""
        return self.terminal.wait_gone(text, PATIENCE)

    def marked(self) -> str:
        """The line the cursor stands on."""
        return marked(self.see(lambda screen: bool(marked(screen))))

    # --- keys ---------------------------------------------------------------------------------

    def press(self, *keys: str, until: Until = "") -> str:
        """Press keys, then wait until the screen shows something; return the screen."""
        self.pressed += len(keys)
        self.terminal.keys(*keys)
        return self.see(until) if until else self.screen

    def escape(self, until: Until = "") -> str:
        """Press escape, and wait until the screen has changed and shows something.

        A key that follows an escape too soon would be taken for one with alt.
        """
        before = self.screen
        self.press("Escape")
        self.see(lambda screen: screen != before)
        return self.see(until) if until else self.screen

    def typed(self, text: str, until: Until = "") -> str:
        """Type text, then wait until the screen shows something (else: the text)."""
        self.terminal.type(text)
        return self.see(until or text)

    # --- lists --------------------------------------------------------------------------------

    def still(self) -> str:
        """The screen, once it has stayed the same for a moment and the cursor is somewhere."""
        seen = [str(number) for number in range(5)]

        def same(screen: str) -> bool:
            seen.append(body(screen))
            return len({*seen[-5:]}) == 1 and bool(marked(screen))

        return self.see(same)

    def row(self, *wanted: str) -> str:
        """Go in a list to the first row that holds all these words; return the row."""
        for again, key in enumerate(("Home", "PageDown", "Home", "PageDown")):
            before = ""
            if again == 2:
                self.gone(_NOTE)  # a note may lie over the row
            screen = self.still()
            while body(screen) != before:
                if self._step_to(screen, wanted):
                    return marked(self.screen)
                before = body(screen)
                self.terminal.keys(key)
                screen = self.still()
        raise AssertionError(f"no row {wanted!r}:\n{self.screen}")

    def _step_to(self, screen: str, wanted: tuple[str, ...]) -> bool:
        """Go to a row that is in sight."""
        here = partial(_row_has, wanted=wanted)
        if here(screen):
            return True
        for key, back in (("Up", True), ("Down", False)):
            steps = _steps_to(screen, lambda line: _has(line, wanted), back=back)
            if steps:
                self.terminal.keys(*[key] * steps)
                try:
                    self.see(here, 3)
                except AssertionError:
                    return False
                return True
        return False

    def choose(self, words: str, shows: str = "", until: Until = "") -> str:
        """In a list that is narrowed by typing: type, see the choice, take it."""
        self.terminal.type(words)
        self.see(lambda screen: (shows or words).casefold() in marked(screen).casefold())
        return self.press("Enter", until=until)

    # --- forms --------------------------------------------------------------------------------

    def field(self, label: str) -> str:
        """Go in a form to the field with this label, by tab; return its line."""
        for _ in range(30):
            screen = self.see(lambda screen: "ctrl+s" in screen and bool(marked(screen)))
            if _names(label_of(marked(screen)), label):
                return marked(screen)
            for key in ("Tab", "BTab"):
                labels = _labels(screen, key)
                steps = next((n for n, one in enumerate(labels, 1) if _names(one, label)), 0)
                if steps:
                    break
            else:  # out of sight: on to the last in sight, and over the end to the first
                key, labels = "Tab", _labels(screen, "Tab")
                steps = max(1, len(labels))
            self.terminal.keys(*[key] * steps)
            goal = labels[steps - 1] if labels else ""
            before = label_of(marked(screen))
            try:
                self.see(partial(_stands_on, label=goal, before=before), RECOUNT)
            except AssertionError:
                continue  # counted on a screen that was half drawn: count again from here
        raise AssertionError(f"no field {label!r}:\n{self.screen}")

    def answer(self, label: str, text: str, shows: str = "") -> None:
        """Go to a field, type into it, and see its line show the answer."""
        self.field(label)
        self.terminal.type(text)
        self.see(lambda screen: (shows or text) in marked(screen))

    def answers(self, kind: type[Record], role: str, given: Mapping[str, Said]) -> None:
        """Answer several fields of a record's form in one go, without looking in between."""
        labels = [specs(kind)[name].label for name in form_fields(kind, role)]
        at = -1
        for label, said in given.items():
            text, shows = said if isinstance(said, tuple) else (said, said)
            if at < 0:
                self.field(label)
            else:
                self.terminal.keys(*["Tab"] * (labels.index(label) - at))
            at = labels.index(label)
            self.terminal.type(text)
        self.see(lambda screen: shows in marked(screen))

    def clear(self, count: int = 40) -> None:
        """Take away what stands before the cursor."""
        self.terminal.keys(*["BSpace"] * count)

    def save(self, until: Until) -> str:
        """Save the form; wait for what comes after it."""
        return self.press("C-s", until=until)

    # --- places -------------------------------------------------------------------------------

    def open_case(self, ref: str, tab: str = "") -> str:
        """From a place: open a case by its reference; then one of its tabs by number."""
        self.press("1", "g", until="Go to case")
        self.terminal.type(ref)
        shown = self.press("Enter", until=lambda screen: is_case(screen, ref))
        return self.press(tab) if tab else shown


def marked(screen: str) -> str:
    """The line the cursor stands on: the last, since a sheet lies over what it was called from."""
    lines = [line for line in screen.split("\n") if line.startswith(("› ", " › "))]
    return lines[-1] if lines else ""


def body(screen: str) -> str:
    """A screen without its first line, where the clock of the lock runs."""
    return screen.partition("\n")[2]


def is_case(screen: str, ref: str) -> bool:
    """Whether a screen is the case of this reference: its tabs, then its banner."""
    lines = screen.split("\n")
    return "9 Time" in lines[0] and ref in lines[1]


def shows(screen: str, words: str) -> bool:
    """Whether a screen has some words, be it folded over lines."""
    return words in screen or words in " ".join(screen.split())


def _row_has(screen: str, wanted: tuple[str, ...]) -> bool:
    return _has(marked(screen), wanted)


def _has(line: str, wanted: tuple[str, ...]) -> bool:
    own = re.split("│|▌ ", line)[0]  # without a panel at the right, or a note that lies over it
    return bool(line) and all(word in own for word in wanted)


def label_of(line: str) -> str:
    """The label at the start of a form's line."""
    return re.split(r"\s{2,}", line.strip().removeprefix("›").strip())[0].removesuffix(" *")


def _names(shown: str, label: str) -> bool:
    """Whether a label in sight, be it folded, is this one."""
    return shown == label or (len(shown) > 15 and label.startswith(shown))


def _stands_on(screen: str, label: str, before: str) -> bool:
    now = label_of(marked(screen))
    return now == label if label else now not in ("", before)


def _labels(screen: str, way: str) -> list[str]:
    """The labels in sight below (or above) the field with the cursor, the nearest first."""
    lines = screen.rstrip("\n").split("\n")
    at = max(n for n, line in enumerate(lines) if line == marked(screen))
    # The last lines are the help, a blank and the keys.
    near = lines[at + 1 : -3] if way == "Tab" else reversed(lines[1:at])
    labels = [label_of(line) for line in near if line[:3] == "   " and line[3:4] not in ("", " ")]
    while labels and _NOTE in labels[-1]:
        labels.pop()  # a note that lies over a label for a while
    return labels


def _steps_to(screen: str, found: Callable[[str], bool], *, back: bool = False) -> int:
    """How many rows on (or back) from the cursor a line is; 0 when it is not in sight."""
    lines = screen.split("\n")
    at = max((n for n, line in enumerate(lines) if line == marked(screen)), default=-1)
    if at < 0:
        return 0
    indent = "   " if lines[at].startswith(" ") else "  "
    own = len(indent)
    steps = 0
    for line in reversed(lines[:at]) if back else lines[at + 1 :]:
        if line[:own] != indent or not line[own : own + 4].strip():
            continue  # a heading, or a further line of the row before
        steps += 1
        if found(line):
            return steps
    return 0
