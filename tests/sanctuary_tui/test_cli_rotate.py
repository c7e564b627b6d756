"""``key rotate`` makes a recovery key worthless that was seen; ``passphrase`` replaces one that was
lost, by the recovery key."""

from __future__ import annotations

import functools
import shutil
from pathlib import Path

import pytest

from config.errors import SanctuaryError
from db import rotate
from db.keys import (
    CHEAP_FOR_TESTS,
    format_recovery_key,
    parse_recovery_key,
    unlock,
)
from db.models import Case
from db.rotate import rotate_key
from sanctuary_tui.cli import run_command
from sanctuary_tui.copies import kit_notice
from tests import needs
from tests.powercut.conftest import place
from tests.powercut.strikes import struck
from tests.sanctuary_tui.cli_program import GOOD, OTHER, Program

__all__ = ["place"]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Program, bytearray]:
    """A caseload of one case; tests work on copies."""
    program = Program(tmp_path_factory.mktemp("rotated") / "home")
    key = program.init_quick()
    with program.caseload(key) as caseload:
        caseload.store.add(Case(route="police"))
    return program, key


@pytest.fixture
def program(original: tuple[Program, bytearray], tmp_path: Path) -> Program:
    return Program(Path(shutil.copytree(original[0].home, tmp_path / "home")))


@pytest.fixture
def old_key(original: tuple[Program, bytearray]) -> bytearray:
    return original[1]


def rotated(program: Program, kit: Path) -> str:
    return program.good("key", "rotate", "--yes", "--kit", str(kit)).out


@pytest.mark.guarantee
def test_the_new_key_opens_it_the_old_one_its_old_backups_only(
    program: Program, old_key: bytearray, tmp_path: Path
) -> None:
    backup = tmp_path / "copies"
    program.good("backup", str(backup))
    said = rotated(program, tmp_path / "kit.txt")
    new_key = parse_recovery_key((tmp_path / "kit.txt").read_text("utf-8"))
    assert new_key != old_key
    assert unlock(program.paths, GOOD) == new_key
    with program.connection(new_key) as connection:
        assert connection.execute("SELECT ref FROM cases").fetchall() == [("S26-0001",)]
    with pytest.raises(SanctuaryError), program.connection(old_key):
        pass
    assert program.logged(new_key)[-1] == "recovery key replaced, the caseload encrypted anew"
    assert "still open with the old key" in said
    other = Program(tmp_path / "other")
    shown = tmp_path / "old-kit.txt"
    shown.write_text(tmp_path.joinpath("kit.txt").read_text("utf-8"), "utf-8")
    file = next(backup.glob("*.db"))
    done = other.run("restore", str(file), "--recovery-key-file", str(shown),
                     "--passphrase-file", "-", stdin=f"{OTHER}\n")  # fmt: skip
    assert done.status == 1  # the new key is not that of the old backup
    assert not other.paths.caseload.exists()


def test_old_backups_are_named_and_new_ones_do_not_take_them_away(
    program: Program, tmp_path: Path
) -> None:
    program.good("backup")
    (old,) = program.paths.backups_dir.glob("*.db")
    said = rotated(program, tmp_path / "kit.txt")
    assert f"(1 in {program.paths.backups_dir})" in said
    program.good("backup")
    assert old.exists()
    assert len(list(program.paths.backups_dir.glob("*.db"))) == 2


@pytest.mark.parametrize(
    ("arguments", "stdin", "status"),
    [
        (("--yes", "--kit", "KIT"), f"{OTHER}\n", 1),
        (("--yes",), f"{GOOD}\n", 2),
        (("--kit", "KIT"), f"{GOOD}\n", 1),  # nobody to type part of it back
        (("--yes", "--kit", "none/KIT"), f"{GOOD}\n", 1),
    ],
)
def test_a_refusal_leaves_everything_as_it_was(
    program: Program, tmp_path: Path, arguments: tuple[str, ...], stdin: str, status: int
) -> None:
    before = program.paths.caseload.read_bytes(), program.paths.keyfile.read_bytes()
    given = [str(tmp_path / one) if "KIT" in one else one for one in arguments]
    done = program.run("key", "rotate", *given, "--passphrase-file", "-", stdin=stdin)
    assert done.status == status
    assert (program.paths.caseload.read_bytes(), program.paths.keyfile.read_bytes()) == before
    assert not (tmp_path / "KIT").exists()


def test_the_key_is_not_told_but_in_the_kit(program: Program, tmp_path: Path) -> None:
    said = rotated(program, tmp_path / "kit.txt")
    group = (tmp_path / "kit.txt").read_text("utf-8").split("groups of 4)")[1].split()[0]
    assert group.split("-")[0] not in said


# --- killed ---------------------------------------------------------------------------------------


def do_rotate(root: Path) -> None:
    """The real command, with the derivation of a test and no keyring."""
    vars(rotate)["rotate_key"] = functools.partial(
        rotate_key, params=CHEAP_FOR_TESTS, allow_keyring=False
    )
    (root / "words").write_text(GOOD)
    asked = ["key", "rotate", "--yes", "--kit", str(root / "kit.txt"), "--home", str(root / "home")]
    assert run_command([*asked, "--passphrase-file", str(root / "words")]) == 0


def untold() -> None:
    """The caseload under its new key holds nothing that the old one did not, as it was."""
    vars(rotate)["remember_in"] = lambda *_: None


@pytest.mark.guarantee
@needs.fork
@pytest.mark.parametrize("without", ["", "untold"])
def test_killed_anywhere_a_kit_opens_it_or_it_says_that_nobody_has_one(
    without: str, program: Program, old_key: bytearray, place: Path
) -> None:
    before = place / "before"
    shutil.copytree(program.home, before / "home")
    *killed, ended = struck(f"{__name__}:do_rotate", before, place / "struck", without)
    faults, replaced = [], 0
    for root in (*killed, ended):
        paths = Program(root / "home").paths
        key = unlock(paths, GOOD)
        kit = root / "kit.txt"
        known = parse_recovery_key(kit.read_text("utf-8")) if kit.exists() else old_key
        with Program(root / "home").caseload(key) as caseload:
            waits = bool(kit_notice(caseload.connection))
        replaced += key != old_key
        if key != known and not waits:
            faults.append(root.name)
        assert root != ended or not waits
    assert replaced > 10
    assert bool(faults) is bool(without), faults


# --- a passphrase that is lost --------------------------------------------------------------------


@pytest.mark.guarantee
@pytest.mark.parametrize("rotates", [True, False])
def test_a_rotation_ends_what_an_older_key_file_opens(
    program: Program, tmp_path: Path, rotates: bool
) -> None:
    """An old key file, from beside a backup, and the passphrase of its day; without a rotation
    they still give the data key, though the program refuses to open the caseload by it."""
    old = program.paths.keyfile.read_bytes()
    done = program.run("passphrase", "--passphrase-file", "-", stdin=f"{GOOD}\n{OTHER}\n")
    assert done.status == 0
    if rotates:
        kit = ("--yes", "--kit", str(tmp_path / "kit.txt"))
        program.good("key", "rotate", *kit, passphrase=OTHER)
    program.paths.keyfile.write_bytes(old)
    refused = program.run("today", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert refused.status == 1
    if not rotates:
        assert "older than the key file last written" in refused.sentence
    key = unlock(program.paths, GOOD)
    if rotates:
        with pytest.raises(SanctuaryError), program.connection(key):
            pass
    else:
        with program.connection(key) as connection:
            assert connection.execute("SELECT ref FROM cases").fetchall() == [("S26-0001",)]


@pytest.mark.guarantee
def test_a_lost_passphrase_is_replaced_by_the_recovery_key(
    program: Program, old_key: bytearray, tmp_path: Path
) -> None:
    kit = tmp_path / "kit.txt"
    kit.write_text(program.good("key", "show").out, "utf-8")
    done = program.run("passphrase", "--recovery-key-file", str(kit), "--passphrase-file", "-",
                       stdin=f"{OTHER}\n")  # fmt: skip
    assert done.status == 0, done.err
    assert unlock(program.paths, OTHER) == old_key
    assert program.logged(old_key)[-2:] == [
        "opened with the recovery key",
        "passphrase replaced by the recovery key",
    ]
    old = program.run("today", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert old.status == 1


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("wrong", "new"), [(True, OTHER), (False, "password")], ids=["another key", "weak"]
)
def test_a_refused_replacement_leaves_the_key_file(
    program: Program, tmp_path: Path, wrong: bool, new: str
) -> None:
    key = bytes(32) if wrong else bytes(unlock(program.paths, GOOD))
    kit = tmp_path / "kit.txt"
    kit.write_text(format_recovery_key(key), "utf-8")
    before = program.paths.keyfile.read_bytes()
    done = program.run("passphrase", "--recovery-key-file", str(kit), "--passphrase-file", "-",
                       stdin=f"{new}\n")  # fmt: skip
    assert done.status == 1
    assert done.sentence
    assert program.paths.keyfile.read_bytes() == before
