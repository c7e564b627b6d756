"""``sanctuary report``: on the terminal, case by case, as a file, and what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

import pytest

from config.settings import save_settings
from db.keys import CHEAP_FOR_TESTS, change_passphrase
from sanctuary_tui.returns.merging import read
from tests.sanctuary_tui.cli_program import Program

UNMET: Final = ("report", "unmet", "--year", "2026-27")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Program:
    program = Program(tmp_path_factory.mktemp("demo") / "home")
    done = program.run("demo", "--cases", "60", "--no-console", "--today", "2026-11-26")
    assert done.status == 0, done.err
    change_passphrase(program.paths, "demo", "demo", params=CHEAP_FOR_TESTS, allow_weak=True)
    save_settings(program.paths.settings_file, {"district": "Westmarch"})
    return program


def good(demo: Program, *words: str) -> str:
    return demo.good(*words, passphrase="demo").out


def test_each_return_is_told_on_the_terminal_with_its_notes(demo: Program) -> None:
    for form in ("working-group", "mhclg", "outcomes", "times", "unmet"):
        said = good(demo, "report", form, "--quarter", "2026Q3")
        assert "2026Q3: Wed 1 Jul 2026 to Wed 30 Sep 2026. Exact, for this council." in said
        assert "Sealed cases are in no count, whether or not there are any" in said


def test_the_rule_and_each_case_are_shown_and_the_reading_is_logged(
    demo: Program, tmp_path: Path
) -> None:
    told = good(demo, *UNMET)
    (line,) = [one for one in told.splitlines() if one.split()[1:2] == ["unmet"]]
    number = int(line.split()[0])
    assert number
    said = good(demo, *UNMET, "--cases", "unmet").splitlines()
    assert said[0] == f"Households that could not be supported, 2026-27: {number}"
    assert "by the outcome of its last such closing" in said[1]
    assert len([one for one in said[3:] if one.startswith("S") and "closed" in one]) == number
    log = tmp_path / "changes.csv"
    good(demo, "export", "changes", "--out", str(log))
    assert "consultation" in log.read_text("utf-8-sig")


def test_a_file_is_registered_and_what_merge_reads(demo: Program, tmp_path: Path) -> None:
    hidden, exact = tmp_path / "hidden.csv", tmp_path / "exact.csv"
    good(demo, *UNMET, "--out", str(hidden))
    good(demo, *UNMET, "--out", str(exact), "--exact")
    one, other = read(hidden), read(exact)
    assert (one.district, one.exact, other.exact) == ("Westmarch", False, True)
    assert {line[7] for line in one.lines.values()} != {line[7] for line in other.lines.values()}
    manifest = tomllib.loads(hidden.with_suffix(".manifest").read_text("utf-8"))
    assert manifest["small_numbers"] == "hidden"
    assert any("Sealed cases" in rule for rule in manifest["rules"])
    register = tmp_path / "register.csv"
    good(demo, "export", "disclosures", "--out", str(register))
    told = register.read_text("utf-8-sig")
    assert "return unmet 2026-27, small numbers hidden" in told
    assert "return unmet 2026-27, exact" in told


def test_the_summary_is_a_page_of_a_year_hidden_unless_asked_for(
    demo: Program, tmp_path: Path
) -> None:
    hidden, exact = tmp_path / "hidden.html", tmp_path / "exact.html"
    said = good(demo, "report", "summary", "--year", "2026", "--out", str(hidden))
    assert "Summary 2026-27, " in said
    assert "small numbers hidden" in said
    good(demo, "report", "summary", "--year", "2026-27", "--out", str(exact), "--exact")
    one, other = hidden.read_text("utf-8"), exact.read_text("utf-8")
    assert "Small numbers hidden." in one
    assert "<td>&lt;5</td>" in one or "<td>s</td>" in one
    assert "Exact: for this council only." in other
    assert "<td>&lt;5</td>" not in other
    assert "<td>s</td>" not in other
    assert "Westmarch" in one
    register = tmp_path / "register.csv"
    good(demo, "export", "disclosures", "--out", str(register))
    assert "summary 2026-27, small numbers hidden" in register.read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("unmet",), 1, "Say which period"),
        (("unmet", "--quarter", "2026Q4", "--year", "2026-27"), 1, "Say which period"),
        (("unmet", "--quarter", "2026Q5"), 1, "write it as 2026Q4"),
        (("unmet", "--year", "2026-28"), 1, "write it as 2026-27"),
        (("working-group", "--year", "2026-27"), 1, "is of a quarter"),
        (("unmet", "--year", "2026-27", "--cases", "homes"), 1, "no figure of that key"),
        (("unmet", "--year", "2026-27", "--out", "list.txt"), 1, "must end in .csv"),
        (("unmet", "--year", "2026-27", "--exact"), 2, "--exact belongs to --out"),
        (("summary", "--year", "2026"), 2, "is a page to print: give --out FILE"),
        (("summary", "--year", "2026", "--cases", "homes"), 2, "--cases goes with a return"),
        (("summary", "--quarter", "2026Q4", "--out", "x.html"), 1, "are of a year"),
        (("summary", "--year", "2026", "--out", "x.csv"), 1, "must end in .html"),
        (("unmet", "somewhere", "--year", "2026-27"), 2, "a folder is for 'report merge'"),
        (("merge", "somewhere"), 2, "needs a folder and --out"),
        (("merge", "somewhere", "--out", "x.csv", "--exact"), 2, "leave the other options out"),
    ],
)
def test_what_does_not_fit_is_refused(
    demo: Program, words: tuple[str, ...], status: int, said: str
) -> None:
    done = demo.run("report", *words, "--passphrase-file", "-", stdin="demo\n")
    assert done.status == status
    assert said in done.err
    assert done.out == ""
