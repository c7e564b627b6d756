"""14. The first hour as docs/FIRST-HOUR.md tells it: each row pressed, its bold words seen."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.terminal import Terminal
from tests.walks.console import PATIENCE, Kept, shows, start
from tests.walks.test_01_caseload import PASSPHRASE, groups_in

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "FIRST-HOUR.md").read_text("utf-8")
TRACKER = ROOT / "tests" / "imports" / "trackers" / "01_housing_options.csv"
NAMED = {"enter": "Enter", "esc": "Escape", "tab": "Tab"}
"""Keys as the terminal calls them."""


class Step(NamedTuple):
    """What is done, a command or keys and words, and what is seen then."""

    command: tuple[str, ...] | None = None
    done: tuple[tuple[str, str], ...] = ()
    seen: tuple[str, ...] = ()


def steps(text: str) -> list[Step]:
    """The commands and rows of a tutorial, in their order."""
    found = []
    fenced = False
    for line in text.splitlines():
        fenced ^= line == "```"
        if fenced and line.startswith("sanctuary"):
            found.append(Step(command=tuple(line.split()[1:])))
        elif line.startswith("| ") and not line.startswith("| you press"):
            _, done, seen, _ = line.split("|")
            doing = tuple(re.findall(r"`([^`]+)`|\*([^*]+)\*", done))
            found.append(Step(done=doing, seen=tuple(re.findall(r"\*\*([^*]+)\*\*", seen))))
    return found


def found(words: str, screen: str) -> bool:
    return shows(screen, words)


class Hour:
    """A person who reads the tutorial and does what it says."""

    def __init__(self, folder: Path, size: tuple[int, int]) -> None:
        self.folder, self.size, self.home = folder, size, folder / "home"
        self.terminal: Terminal | None = None
        self.asked = 0

    def take(self, step: Step) -> None:
        if step.command is not None:
            self.end()
            self.terminal = start(self.home, self.size, *step.command, cwd=self.folder)
            self.terminal.wait_for(lambda screen: "passphrase" in screen.lower(), PATIENCE)
            return
        assert self.terminal, "a command comes first"
        for key, words in step.done:
            if key:
                self.terminal.keys(NAMED.get(key, key.replace("ctrl+", "C-")))
            else:
                self.terminal.type(self.meant(words))
        for words in step.seen:
            self.terminal.wait_for(partial(found, words), PATIENCE)

    def meant(self, words: str) -> str:
        """What a person types who reads this; anything but these stands there as it is."""
        if words == "your passphrase":
            return PASSPHRASE
        if words == "the whole path of your tracker":
            return str(self.folder / TRACKER.name)
        if words == "the group that it asks for":
            return self.group()
        assert not words.startswith(("your ", "the ")), words
        return words

    def group(self) -> str:
        assert self.terminal

        def number(screen: str) -> int:
            found = re.findall(r"Type group (\d+) of", screen)
            return int(found[-1]) if found else 0

        screen = self.terminal.wait_for(lambda one: number(one) not in (0, self.asked), PATIENCE)
        self.asked = number(screen)
        return groups_in((self.folder / "kit.txt").read_text("utf-8"))[self.asked - 1]

    def end(self) -> None:
        if self.terminal:
            assert self.terminal.wait_exit(PATIENCE) == 0
            self.terminal.kill()
        self.terminal = None


def test_the_first_hour_is_as_it_is_told(tmp_path: Path, size: tuple[int, int]) -> None:
    shutil.copy(TRACKER, tmp_path)
    hour = Hour(tmp_path, size)
    try:
        for step in steps(TUTORIAL):
            hour.take(step)
        hour.end()
    finally:
        if hour.terminal:
            hour.terminal.kill()
    kept = Kept(tmp_path / "home", PASSPHRASE)
    assert [case["ref"] for case in kept.rows("cases")] == ["S24-0001", "S24-0002", "S24-0003"]
    assert kept.rows("notes", "S24-0002")[-1]["with_whom"] == "Referrer"
    kept.sound()


def test_the_tutorial_is_read_whole() -> None:
    """Every table, command and key of it is a step."""
    read = steps(TUTORIAL)
    commands = [step.command for step in read if step.command is not None]
    assert commands == [("init", "--kit", "kit.txt"), ()]
    assert all(step.done for step in read if step.command is None)
    rows = sum(line.startswith("| ") for line in TUTORIAL.splitlines())
    assert len(read) == len(commands) + rows - TUTORIAL.count("| you press")
    assert sum(bool(step.seen) for step in read) > 25
