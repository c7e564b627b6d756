"""1. Make and open a caseload: passphrase, emergency kit, unlock, lock, recovery key."""

from __future__ import annotations

import re
import stat
from pathlib import Path

from tests.terminal import Terminal
from tests.walks.console import PATIENCE, Console, Kept, Until, run_cli, start

PASSPHRASE = "garden velvet comet ladder"
TYPO = "garden velvet comet lader"
EMPTY = "Nothing waits today"


def test_make_open_lock_and_open_again(tmp_path: Path, size: tuple[int, int]) -> None:
    home = tmp_path / "home"
    with start(home, size, "init") as terminal:
        groups = make(terminal)
    assert recovery_key(home) == groups
    for name in ("caseload.db", "caseload.key"):
        assert stat.S_IMODE(next(home.rglob(name)).stat().st_mode) == 0o600
    assert b"SQLite format 3" not in next(home.rglob("caseload.db")).read_bytes()[:16]
    with start(home, size) as terminal:
        console = Console(terminal, home, size)
        open_lock_and_open(console)
        open_by_recovery_key(console, groups)
        console.leave()
    Kept(home, PASSPHRASE).sound()
    again = run_cli(home, "init", "--yes", "--kit", str(tmp_path / "kit"), passphrase=PASSPHRASE)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert recovery_key(home) == groups


def make(terminal: Terminal) -> list[str]:
    """Go through ``init`` as a person does, mistakes included; the groups of the recovery key."""

    def see(wanted: Until) -> str:
        return terminal.wait_for(wanted, PATIENCE)

    see("New passphrase")
    enter(terminal, "password1")
    see("Strength 0 of 4")
    see(lambda screen: screen.count("New passphrase") == 2)
    enter(terminal, PASSPHRASE)
    see("Strength 4 of 4")
    see("once more")
    enter(terminal, TYPO)
    see("not alike")
    see(lambda screen: screen.rstrip().endswith("New passphrase:"))
    enter(terminal, PASSPHRASE)
    see(lambda screen: screen.rstrip().endswith("once more:"))
    enter(terminal, PASSPHRASE)
    shown = see("shown once")
    groups = groups_in(shown)  # on the glass itself, also on a small one
    assert len(groups) == 18, shown
    assert "password1" not in terminal.scrollback()
    assert PASSPHRASE not in terminal.scrollback()
    terminal.keys("Enter")
    number = asked(terminal, 0)
    assert groups[0] not in terminal.scrollback(), "the key is wiped before it is asked for"
    enter(terminal, "ZZZZ")
    see(f"not group {number}")
    enter(terminal, "show")
    assert groups_in(see("shown once")) == groups
    terminal.keys("Enter")
    assert asked(terminal, 0) == number
    enter(terminal, groups[number - 1].lower())
    second = asked(terminal, number)
    enter(terminal, groups[second - 1])
    see("The caseload is made")
    assert terminal.wait_exit(PATIENCE) == 0
    assert not groups_in(terminal.scrollback())
    return groups


def enter(terminal: Terminal, text: str) -> None:
    terminal.type(text)
    terminal.keys("Enter")


def asked(terminal: Terminal, but: int) -> int:
    """The number of the group that is asked for, once it is another one."""

    def number(screen: str) -> int:
        found = re.findall(r"Type group (\d+) of", screen)
        return int(found[-1]) if found else 0

    return number(terminal.wait_for(lambda screen: number(screen) not in (0, but), PATIENCE))


def groups_in(text: str) -> list[str]:
    lines = re.findall(
        r"^ +((?:[0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}) +groups", text, re.M
    )
    return [group for line in lines for group in line.split("-")]


def recovery_key(home: Path) -> list[str]:
    return groups_in(Kept(home, PASSPHRASE).run("key", "show"))


def open_lock_and_open(console: Console) -> None:
    console.see("Passphrase")
    enter(console.terminal, TYPO)
    console.see("does not open this caseload")
    console.unlock(PASSPHRASE)
    console.see(EMPTY)
    console.press("F12", until="Locked")
    assert EMPTY not in console.terminal.scrollback()
    console.unlock(PASSPHRASE)
    console.see(EMPTY)
    console.press("C-l", until="Locked")
    assert EMPTY not in console.terminal.scrollback()


def open_by_recovery_key(console: Console, groups: list[str]) -> None:
    console.press("F2", until="Recovery key")
    enter(console.terminal, "-".join(groups[:-1]))
    # Of the sentence, whose words a key cannot hold: one in ten has an 18 in it.
    console.see(lambda screen: "key has 18 groups" in " ".join(screen.split()))
    console.see("Recovery key, shown as you type")
    enter(console.terminal, "-".join(groups).lower())
    console.see(EMPTY)
