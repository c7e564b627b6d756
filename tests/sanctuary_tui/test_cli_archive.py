"""``export archive`` and ``import`` as programs of their own: out of one home, into another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.db import kit
from tests.sanctuary_tui.cli_program import GOOD, Program, checks_in, with_names

WORDS = ["--protect", "zip", "--confirm", "everything"]


def archive_of(program: Program, folder: Path) -> tuple[Path, str]:
    out = folder / "caseload.zip"
    names = with_names(folder)[1:]
    done = program.good("export", "archive", "--out", str(out), *WORDS, *names)
    said = done.out.strip().splitlines()
    assert "kept nowhere" in said[-2]
    return out, said[-1]


def test_out_of_one_home_and_into_another(tmp_path: Path) -> None:
    old, new = Program(tmp_path / "old"), Program(tmp_path / "new")
    key = old.init_quick()
    with old.caseload(key) as caseload:
        links = kit.parents(caseload)
    (old.paths.config_dir / "settings.toml").write_text('coordinator = "Test"\n', "utf-8")
    out, words = archive_of(old, tmp_path)
    assert out.stat().st_mode & 0o777 == 0o600
    assert len(words.split()) == 6
    new_key = new.init()
    lines = f"{GOOD}\n{words}\n"
    wrong = new.run("import", str(out), "--passphrase-file", "-", stdin=f"{GOOD}\nother words\n")
    assert (wrong.status, "passphrase" in wrong.sentence) == (1, True)
    done = new.run("import", str(out), "--passphrase-file", "-", stdin=lines)
    assert (done.status, done.err) == (0, "")
    assert "1 case of the archive" in done.out
    assert "settings.toml" in done.out
    with new.caseload(new_key) as caseload:
        assert kit.file_of(caseload, links["case"]).notes[0].body == "A note."
    found = checks_in(new.good("check", "--deep").out)
    assert {mark for mark, _ in found.values()} <= {"good", "see", "?"}
    again = new.run("import", str(out), "--passphrase-file", "-", stdin=lines)
    assert (again.status, "empty" in again.sentence) == (1, True)


@pytest.mark.parametrize(
    ("left_out", "status", "said"),
    [
        ("--protect", 2, "never written plain"),
        ("--confirm", 1, "typing everything"),
        ("--reason-file", 1, "who gets it and why"),
    ],
)
def test_what_an_archive_asks_for(tmp_path: Path, left_out: str, status: int, said: str) -> None:
    program = Program(tmp_path / "home")
    program.init_quick()
    given = [*WORDS, *with_names(tmp_path)[1:]]
    at = given.index(left_out)
    del given[at : at + 2]
    out = tmp_path / "caseload.zip"
    done = program.run(
        "export", "archive", "--out", str(out), *given, "--passphrase-file", "-", stdin=f"{GOOD}\n"
    )
    assert (done.status, said in done.err) == (status, True), done.err
    assert not out.exists()


def test_what_is_no_archive_is_refused_before_a_passphrase_is_asked_for(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    (tmp_path / "a.zip").write_text("a,b\n", "utf-8")
    assert "no archive" in program.run("import", str(tmp_path / "a.zip")).sentence
    assert "no file" in program.run("import", str(tmp_path / "b.zip")).sentence
