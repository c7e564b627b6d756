"""``init`` and ``demo``: what is made, what is refused, what is left where it does not finish."""

from __future__ import annotations

import functools
import os
import re
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from config.errors import SanctuaryError
from config.paths import resolve_paths
from db import keys, queries
from db.caseload import Caseload, open_caseload
from db.connection import CaseloadExists
from db.keys import (
    CHEAP_FOR_TESTS,
    create_caseload,
    parse_recovery_key,
    unlock,
    unlock_with_recovery_key,
)
from db.models import Case
from sanctuary_tui.cli import run_command
from sanctuary_tui.cli_make import demo_home
from sanctuary_tui.copies import kit_notice
from tests import needs
from tests.db import kit as made_of
from tests.powercut.conftest import place
from tests.powercut.strikes import struck
from tests.sanctuary_tui.cli_program import GOOD, OTHER, Program
from tests.terminal import Terminal

__all__ = ["place"]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(tmp_path / "home")


def init(program: Program, kit: Path, passphrase: str = GOOD) -> tuple[int, str]:
    done = program.run(
        "init", "--yes", "--kit", str(kit), "--passphrase-file", "-", stdin=f"{passphrase}\n"
    )
    return done.status, done.out if done.status == 0 else done.sentence


# --- init, scripted -------------------------------------------------------------------------------


def test_init_makes_a_caseload_that_kit_and_passphrase_open(
    program: Program, tmp_path: Path
) -> None:
    kit = tmp_path / "kit.txt"
    status, said = init(program, kit)
    assert status == 0, said
    assert str(program.paths.caseload) in said
    assert "device.secret" in said  # where this computer's half is, where there is no keyring
    assert stat.S_IMODE(kit.stat().st_mode) == 0o600
    text = kit.read_text("utf-8")
    assert GOOD not in text
    key = unlock_with_recovery_key(program.paths, text)
    assert key == unlock(program.paths, GOOD)
    assert program.logged(key) == ["caseload made"]
    assert not re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-", said)  # the key is in the kit alone


@pytest.mark.parametrize("passphrase", ["password", "sanctuary1", "council", "12345678"])
def test_init_refuses_the_worst_and_says_how_to_better_it(
    program: Program, tmp_path: Path, passphrase: str
) -> None:
    status, said = init(program, tmp_path / "kit.txt", passphrase)
    assert status == 1
    assert "use four or more unrelated words" in said
    assert passphrase not in said.replace("sanctuary init", "")
    assert list(tmp_path.iterdir()) == []


def test_init_never_touches_a_caseload_that_is_there(program: Program, tmp_path: Path) -> None:
    init(program, tmp_path / "kit.txt")
    before = {path.name: path.read_bytes() for path in program.home.iterdir() if path.is_file()}
    status, said = init(program, tmp_path / "other.txt", OTHER)
    assert status == 1
    assert "left as it is" in said
    assert not (tmp_path / "other.txt").exists()
    after = {path.name: path.read_bytes() for path in program.home.iterdir() if path.is_file()}
    assert after == before


@pytest.mark.parametrize("place", ["there", "synced", "downloads", "no folder", "a folder"])
def test_a_kit_that_cannot_be_put_there_is_refused_before_anything_is_made(
    program: Program, tmp_path: Path, place: str
) -> None:
    kit = {
        "there": tmp_path / "kit.txt",
        "synced": tmp_path / "OneDrive - Council" / "kit.txt",
        "downloads": tmp_path / "Downloads" / "kit.txt",
        "no folder": tmp_path / "none" / "kit.txt",
        "a folder": tmp_path,
    }[place]
    if place == "there":
        kit.write_text("mine", "utf-8")
    if place in ("synced", "downloads"):
        kit.parent.mkdir()
    status, said = init(program, kit)
    assert status == 1
    assert str(kit) in said
    assert not kit.is_file() or place == "there"
    assert not program.home.exists()
    if place == "there":
        assert kit.read_text("utf-8") == "mine"


def test_a_home_that_is_copied_away_is_refused(tmp_path: Path) -> None:
    program = Program(tmp_path / "Dropbox" / "home")
    status, said = init(program, tmp_path / "kit.txt")
    assert status == 1
    assert "Dropbox" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("home", ["x" * 300, "ä" * 200, "/".join(["folder"] * 700)])
@pytest.mark.parametrize("command", [("today",), ("init",), ("demo", "--no-console")])
def test_a_home_longer_than_a_name_may_be_is_one_sentence(
    tmp_path: Path, home: str, command: tuple[str, ...]
) -> None:
    done = Program(tmp_path).run(*command, "--home", str(tmp_path / home))
    assert done.status == 1
    assert done.sentence.startswith("The folder named with --home or SANCTUARY_HOME")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.terminal
@needs.tmux
def test_the_console_too_says_that_its_home_is_too_long(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sanctuary_tui", "--home", str(tmp_path / ("x" * 300))]
    with Terminal.start(command) as terminal:
        assert terminal.wait_exit(30) == 1
        assert "too long for this computer" in " ".join(terminal.scrollback().split())


def test_init_without_a_terminal_says_how_it_is_scripted(program: Program) -> None:
    done = program.run("init", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert "--yes with --kit" in done.sentence
    assert not program.home.exists()


# --- init, by a person ----------------------------------------------------------------------------


def start(program: Program, *arguments: str) -> Terminal:
    environ = {
        "SANCTUARY_HOME": str(program.home),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "PYTHONPATH": os.getcwd(),
    }
    command = [sys.executable, "-m", "sanctuary_tui", *arguments]
    return Terminal.start(command, size=(100, 50), env=environ)


def answer(terminal: Terminal, prompt: str, count: int, text: str) -> None:
    """Type ``text`` when the prompt stands for the ``count``-th time."""
    terminal.wait_for(lambda screen: screen.count(prompt) == count)
    terminal.type(text)
    terminal.keys("Enter")


def choose_passphrase(terminal: Terminal) -> None:
    """A weak one, a blank one, two that differ, and then one that is taken."""
    new, again = "New passphrase:", "Type it once more:"
    answer(terminal, new, 1, "password")
    terminal.wait_for("Very easy to guess; use four or more unrelated words.")
    answer(terminal, new, 2, "")
    terminal.wait_for("Nothing was typed")
    answer(terminal, new, 3, GOOD)
    answer(terminal, again, 1, OTHER)
    terminal.wait_for("not alike")
    answer(terminal, new, 4, GOOD)
    answer(terminal, again, 2, GOOD)


def groups_on(screen: str) -> list[str]:
    lines = re.findall(r"(?:[0-9A-Z]{4}-){5}[0-9A-Z]{4}", screen)
    assert len(lines) == 3
    return "-".join(lines).split("-")


def answer_groups(terminal: Terminal, groups: list[str]) -> None:
    """Type back the two groups asked for, the first wrongly at first."""
    asked = "of the recovery key"
    first = _group_asked(terminal.wait_for(asked))
    answer(terminal, asked, 1, "AAAA")
    terminal.wait_for(f"That is not group {first}")
    answer(terminal, asked, 2, groups[first - 1].lower())
    terminal.wait_for(lambda screen: screen.count(asked) == 3)
    second = _group_asked(terminal.screen())
    assert second > first
    answer(terminal, asked, 3, groups[second - 1])


def _group_asked(screen: str) -> int:
    return int(re.findall(r"Type group (\d+) of", screen)[-1])


@needs.tmux
@pytest.mark.terminal
def test_a_person_makes_a_caseload_and_no_key_stays_on_the_glass(program: Program) -> None:
    with start(program, "init") as terminal:
        choose_passphrase(terminal)
        groups = groups_on(terminal.wait_for("Press Enter when you have it"))
        terminal.keys("Enter")
        answer_groups(terminal, groups)
        assert terminal.wait_exit() == 0
        left = terminal.screen() + terminal.scrollback()
        assert "The caseload is made" in left
        assert not [group for group in groups if group in left or group.lower() in left]
        assert GOOD not in left
    key = parse_recovery_key("-".join(groups))
    assert unlock(program.paths, GOOD) == key
    assert program.logged(key) == ["caseload made"]


@needs.tmux
@pytest.mark.terminal
@pytest.mark.parametrize("kit", [False, True], ids=["screen", "file"])
def test_a_key_that_is_not_typed_back_leaves_no_caseload(
    program: Program, tmp_path: Path, kit: bool
) -> None:
    file = tmp_path / "kit.txt"
    with start(program, "init", *(["--kit", str(file)] if kit else [])) as terminal:
        choose_passphrase(terminal)
        if not kit:
            terminal.wait_for("Press Enter when you have it")
            terminal.keys("Enter")
        terminal.wait_for("of the recovery key")
        if kit:
            assert file.exists()
        terminal.keys("C-d")
        assert terminal.wait_exit() == 1
        assert "no caseload was kept" in terminal.screen()
    assert not program.paths.caseload.exists()
    assert not program.paths.keyfile.exists()
    assert not file.exists()
    assert init(program, file)[0] == 0  # and nothing stands in the way of the next try


# --- demo -----------------------------------------------------------------------------------------


def test_a_demo_is_made_once_opened_again_and_made_anew_when_asked(program: Program) -> None:
    made = program.run("demo", "--cases", "12", "--no-console")
    assert made.status == 0, made.err
    first = program.paths.caseload.read_bytes()
    again = program.run("demo", "--cases", "12", "--no-console")
    assert again.status == 0
    assert "there already" in again.out
    assert program.paths.caseload.read_bytes() == first
    anew = program.run("demo", "--cases", "14", "--no-console", "--fresh", "--seed", "7")
    assert anew.status == 0
    assert "Made 14 synthetic cases" in anew.out
    assert "seed 7" in anew.out


def test_a_demo_never_takes_the_place_of_a_real_caseload(program: Program, tmp_path: Path) -> None:
    kit = tmp_path / "kit.txt"
    init(program, kit)
    before = {path.name: path.read_bytes() for path in program.home.iterdir() if path.is_file()}
    for options in ((), ("--fresh",)):
        done = program.run("demo", "--cases", "12", "--no-console", *options)
        assert done.status == 1
        assert "not a demo caseload" in done.sentence
    after = {path.name: path.read_bytes() for path in program.home.iterdir() if path.is_file()}
    assert after == before  # and no wrong passphrase was counted


def test_the_demo_lives_apart_where_no_home_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SANCTUARY_HOME", raising=False)
    assert demo_home(None) == resolve_paths(None, {}).data_dir / "demo"
    monkeypatch.setenv("SANCTUARY_HOME", "/somewhere")
    assert demo_home(None) == Path("/somewhere")
    assert demo_home("/else") == Path("/else")


@needs.tmux
@pytest.mark.terminal
def test_the_demo_opens_the_console_with_its_passphrase_told(program: Program) -> None:
    with start(program, "demo", "--cases", "12") as terminal:
        terminal.wait_for("the passphrase is demo", timeout=60.0)
        terminal.keys("C-q")
        assert terminal.wait_exit() == 0


# --- killed ---------------------------------------------------------------------------------------


def cheap() -> None:
    """The derivation of a test, and no keyring: the rest is the real command."""
    vars(keys)["create_caseload"] = functools.partial(
        create_caseload, params=CHEAP_FOR_TESTS, allow_keyring=False
    )


def do_init(root: Path) -> None:
    cheap()
    (root / "words").write_text(GOOD)
    asked = ["init", "--yes", "--kit", str(root / "kit.txt"), "--home", str(root / "home")]
    assert run_command([*asked, "--passphrase-file", str(root / "words")]) == 0


def do_demo(root: Path) -> None:
    cheap()
    asked = ["demo", "--cases", "2", "--no-console", "--home", str(root / "home")]
    assert run_command([*asked, "--today", "2026-11-26"]) == 0


def database_first() -> None:
    """The database has its name before its key file stands, as it was."""

    def named(waiting: Path, data_key: bytearray, remembers: Mapping[str, str]) -> None:
        make(waiting, data_key, remembers)
        os.rename(waiting, waiting.with_name("caseload.db"))

    make = vars(keys)["_make_database"]
    vars(keys).update(_make_database=named, _name_database=lambda *_: None)


def unsettled() -> None:
    """Nothing is settled."""
    vars(keys)["settle_unfinished"] = lambda _: None


def opened_under(path: Path, key: bytearray) -> Caseload:
    clock = made_of.Clock()
    return open_caseload(path, key, derive=made_of.DERIVE, who="C", clock=clock, today=clock.today)


def after(root: Path, passphrase: str) -> str:
    """What the next ``init`` finds: it makes a caseload, or one is there that opens; else why."""
    paths = resolve_paths(str(root / "home"), {})
    try:
        key = create_caseload(paths, OTHER, params=CHEAP_FOR_TESTS, allow_keyring=False).data_key
    except CaseloadExists:
        try:
            key = unlock(paths, passphrase)
            opened_under(paths.caseload, key).close()
        except SanctuaryError as error:
            return f"refused, and {error.sentence}"
    else:
        opened_under(paths.caseload, key).close()
    return ""


@pytest.mark.guarantee
@needs.fork
def test_wherever_init_is_killed_the_next_one_makes_a_caseload_or_one_is_there(
    place: Path,
) -> None:
    (place / "before").mkdir()
    *killed, ended = struck(f"{__name__}:do_init", place / "before", place / "struck")
    waited = [root for root in killed if (root / "home" / "caseload.key").exists()]
    assert any(not (root / "home" / "caseload.db").exists() for root in waited)
    assert [fault for root in (*killed, ended) if (fault := after(root, GOOD))] == []
    for root in killed:
        left = {path.name for path in (root / "home").iterdir() if "tmp" not in path.name}
        assert left <= {
            "caseload.db",
            "caseload.key",
            "caseload.reserve",
            "caseload.witness",
            "device.secret",
            "logs",
        }


@pytest.mark.guarantee
@needs.fork
@pytest.mark.parametrize("without", ["", "untold"])
def test_a_caseload_whose_kit_nobody_has_says_so_until_it_is_shown(
    without: str, place: Path
) -> None:
    """Killed anywhere between the name of the caseload and the kit; the next start leads to the
    key. Where it is not told before the caseload has its name, some kills leave it untold."""
    (place / "before").mkdir()
    *killed, ended = struck(f"{__name__}:do_init", place / "before", place / "struck", without)
    nobodys = [root for root in killed if made(root) and not (root / "kit.txt").exists()]
    told = [root for root in nobodys if waiting(root)]
    assert nobodys, "at some kill it waits"
    assert (told == nobodys) is not bool(without)
    if without:
        return
    assert waiting(ended) == ""
    program = Program(nobodys[0] / "home")
    refused = program.run("init", "--yes", "--kit", str(place / "k.txt"), "--passphrase-file", "-")
    assert "'sanctuary key show'" in refused.sentence
    told = program.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n").out
    assert "BAD   recovery key  Nobody has the recovery key of this caseload" in told
    program.good("key", "show")
    assert waiting(nobodys[0]) == ""
    assert "Nobody has" not in program.run("check", "--passphrase-file", "-", stdin=GOOD).out


def untold() -> None:
    """A new caseload holds nothing before it has its name, as it was."""
    vars(keys)["remember_in"] = lambda *_: None


def made(root: Path) -> bool:
    return (root / "home" / "caseload.db").exists()


def waiting(root: Path) -> str:
    """What the caseload says of its kit; nothing where none is there."""
    paths = resolve_paths(str(root / "home"), {})
    if not made(root):
        return ""
    opened = opened_under(paths.caseload, unlock(paths, GOOD))
    try:
        return kit_notice(opened.connection)
    finally:
        opened.close()


@pytest.mark.guarantee
@needs.fork
@pytest.mark.parametrize("without", ["database_first", "unsettled"])
def test_control_without_it_a_kill_leaves_what_no_init_takes_and_nothing_opens(
    without: str, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "before").mkdir()
    found = struck(f"{__name__}:do_init", place / "before", place / "struck", without)
    if without == "unsettled":
        monkeypatch.setattr(keys, "settle_unfinished", lambda _: None)
    assert any("refused" in after(root, GOOD) for root in found)


@needs.fork
@pytest.mark.slow
def test_wherever_a_demo_is_killed_the_next_one_is_made(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "before").mkdir()
    monkeypatch.setattr(keys, "create_caseload", keys.create_caseload)  # put back at the end
    found = struck(f"{__name__}:do_demo", place / "before", place / "struck")
    for root in found[:: max(1, len(found) // 25)]:
        do_demo(root)
        key = unlock(resolve_paths(str(root / "home"), {}), "demo")
        opened = opened_under(root / "home" / "caseload.db", key)
        assert len(queries.all_of(opened.connection, Case)) == 2
        opened.close()


@pytest.mark.parametrize("there", ["caseload.db", "caseload.key.next", "another", "nothing"])
def test_nothing_but_the_very_database_that_waits_is_taken_away(there: str, tmp_path: Path) -> None:
    """A key file of a caseload that was moved away stays, whatever lies beside it."""
    paths = resolve_paths(str(tmp_path / "home"), {})
    made = create_caseload(paths, GOOD, params=CHEAP_FOR_TESTS, allow_keyring=False)
    waiting = paths.data_dir / f".caseload.{made.caseload_id[:16]}.tmp"
    if there.startswith("caseload"):
        (paths.data_dir / there).touch()
        waiting.touch()
    elif there == "another":
        paths.caseload.rename(waiting.with_name(".caseload.0123456789abcdef.tmp"))
    else:
        paths.caseload.rename(tmp_path / "moved.db")
    before = {path.name: path.read_bytes() for path in paths.data_dir.iterdir()}
    keys.settle_unfinished(paths)
    assert {path.name: path.read_bytes() for path in paths.data_dir.iterdir()} == before
    with pytest.raises(CaseloadExists):
        create_caseload(paths, OTHER, params=CHEAP_FOR_TESTS, allow_keyring=False)
