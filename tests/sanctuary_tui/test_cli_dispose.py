"""``sanctuary dispose``, run as a program."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from config.settings import save_settings
from db.models import Case, Closure, Disposal, MaracListing
from db.queries import all_of, case_id_of
from tests.sanctuary_tui.cli_program import GOOD, Program

GIVEN = ("--authority", "Records manager", "--reason-file", "reason.txt")


@pytest.fixture(autouse=True)
def _reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "reason.txt").write_text("The years are over.\n")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def program(tmp_path: Path) -> tuple[Program, bytearray]:
    """A caseload with a case whose years are over, and one that is open."""
    made = Program(tmp_path / "home")
    key = made.init()
    save_settings(made.paths.settings_file, {"retention.adult_years": 6})
    with made.caseload(key) as caseload:
        case = caseload.store.add(Case(ref="S19-0007", route="police", reason="Quillonby marker"))
        caseload.store.add(Closure(case_id=case.id, closed_on=date(2019, 3, 1), outcome="secured"))
        caseload.store.update(case, status="closed", stage="closed")
        caseload.store.add(Case(ref="S26-0001", route="police"))
    return made, key


def certificates(program: Program, key: bytearray) -> list[Disposal]:
    with program.connection(key) as connection:
        return all_of(connection, Disposal)


def test_list_dispose_certificate_and_check(
    program: tuple[Program, bytearray], tmp_path: Path
) -> None:
    made, key = program
    told = made.good("dispose").out
    assert "1 closed case, 1 due for review." in told
    assert "S19-0007  Its review has been due since Sat 1 Mar 2025." in told
    out = tmp_path / "certificate.txt"
    done = made.good(
        "dispose", "S19-0007", *GIVEN, "--confirm", "S19-0007", "--certificate", str(out)
    )
    assert "found in 0 places" in " ".join(done.out.split())
    assert out.read_text("utf-8") in done.out
    assert "Quillonby" not in done.out
    assert "The years are over." in done.out
    assert [(one.ref, one.state) for one in certificates(made, key)] == [("S19-0007", "proved")]
    checked = made.good("check", "--deep").out
    assert "good  disposals     1 case disposed of, each with its proof." in checked
    assert "BAD" not in checked
    again = tmp_path / "again.txt"
    made.good("dispose", "S19-0007", "--certificate", str(again))
    assert again.read_text("utf-8") == out.read_text("utf-8")
    shown = made.run("show", "S19-0007", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert shown.status == 1
    assert "was disposed of on" in shown.sentence


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("S26-0001", *GIVEN, "--confirm", "S26-0001"), "The case is open"),
        (("S19-0007", *GIVEN, "--confirm", "S19-0008"), "type the reference S19-0007 exactly"),
        (("S19-0007", *GIVEN), "confirm it with --confirm S19-0007"),
        (("S19-0007", "--confirm", "S19-0007"), "on whose authority"),
        (("S19-0007", *GIVEN[:2], "--confirm", "S19-0007"), "--reason-file FILE"),
        (("S19-0007", *GIVEN[:3], "-", "--confirm", "S19-0007"), "Standard input can hold"),
        (("S19-0007", *GIVEN[:3], "no.txt", "--confirm", "S19-0007"), "text file cannot be read"),
        (("S19-0099", *GIVEN, "--confirm", "S19-0099"), "no case with that reference"),
    ],
)
def test_what_is_refused_leaves_everything(
    program: tuple[Program, bytearray], arguments: tuple[str, ...], said: str
) -> None:
    made, key = program
    done = made.run("dispose", *arguments, "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert said in done.sentence
    assert certificates(made, key) == []


def test_no_period_decided_disposes_of_nothing(program: tuple[Program, bytearray]) -> None:
    made, key = program
    save_settings(made.paths.settings_file, {"retention.adult_years": 0})
    done = made.run(
        "dispose",
        "S19-0007",
        *GIVEN,
        "--confirm",
        "S19-0007",
        "--passphrase-file",
        "-",
        stdin=f"{GOOD}\n",
    )
    assert "Retention period not decided" in done.sentence
    assert certificates(made, key) == []


def test_check_tells_of_a_disposal_that_is_not_proved_and_of_an_emptied_log(
    program: tuple[Program, bytearray],
) -> None:
    made, key = program
    with made.connection(key) as connection:
        connection.execute(
            "UPDATE changes SET before = NULL, after = NULL, why = NULL, salt = NULL WHERE id = 2"
        ).fetchall()
        connection.commit()
    done = made.run("check", "--passphrase-file", "-", stdin=f"{GOOD}\n")
    assert done.status == 1
    assert "BAD   disposals     Lines of the change log were emptied" in done.out


def test_marac_papers_alone_listed_disposed_of_and_checked(
    program: tuple[Program, bytearray], tmp_path: Path
) -> None:
    made, key = program
    save_settings(
        made.paths.settings_file, {"retention.adult_years": 20, "retention.marac_years": 2}
    )
    with made.caseload(key) as caseload:
        case_id = case_id_of(caseload.connection, "S19-0007")
        caseload.store.add(
            MaracListing(
                case_id=case_id,
                state="heard",
                heard_on=date(2019, 1, 10),
                outcome="Brackenfell marker",
            )
        )
    told = made.good("dispose").out
    assert "1 closed case, 0 due for review; MARAC papers of 1 due." in told
    assert "S19-0007  The review of its MARAC papers is due since Sun 10 Jan 2021." in told
    given = ("dispose", "S19-0007", "--marac-papers", *GIVEN, "--confirm", "S19-0007")
    out, again = tmp_path / "papers.txt", tmp_path / "papers-again.txt"
    done = made.good(*given, "--certificate", str(out))
    assert "MARAC papers alone" in out.read_text("utf-8")
    assert "Brackenfell" not in done.out
    assert [(one.ref, one.papers) for one in certificates(made, key)] == [("S19-0007", "marac")]
    checked = made.good("check", "--deep").out
    assert "0 cases and MARAC papers of 1 that are kept disposed of" in " ".join(checked.split())
    assert "BAD" not in checked
    made.good("dispose", "S19-0007", "--marac-papers", "--certificate", str(again))
    assert again.read_text("utf-8") == out.read_text("utf-8")
    assert "S19-0007" in made.good("show", "S19-0007").out
    assert "MARAC papers" not in made.good("dispose").out


def test_the_list_says_where_no_period_is_decided(program: tuple[Program, bytearray]) -> None:
    made, _ = program
    save_settings(made.paths.settings_file, {"retention.adult_years": 0})
    told = " ".join(made.good("dispose").out.split())
    assert "the period of 1 not decided (set it in Settings, Keeping records)" in told


@pytest.mark.guarantee
@pytest.mark.parametrize("papers", [False, True])
def test_a_restore_says_which_disposed_cases_it_brings_back(
    program: tuple[Program, bytearray], tmp_path: Path, papers: bool
) -> None:
    made, key = program
    save_settings(
        made.paths.settings_file, {"retention.adult_years": 6, "retention.marac_years": 3}
    )
    with made.caseload(key) as caseload:
        number = case_id_of(caseload.connection, "S19-0007")
        caseload.store.add(
            MaracListing(case_id=number, meeting=date(2018, 3, 1), state="heard", outcome="flag")
        )
    made.good("backup", str(tmp_path / "old"))
    (old,) = (tmp_path / "old").glob("*.db")
    more = ("--marac-papers",) if papers else ()
    made.good("dispose", "S19-0007", *more, *GIVEN, "--confirm", "S19-0007")
    made.good("backup", str(tmp_path / "new"))
    (new,) = (tmp_path / "new").glob("*.db")

    def told(file: Path) -> str:
        done = made.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{GOOD}\n")
        assert done.status == 0, done.err
        return " ".join(done.out.split())

    assert "isposed of" not in told(new)
    said = told(old)
    what = "1 set of MARAC papers" if papers else "1 case"
    assert f"Disposed of since then, and brought back by it: {what} (S19-0007)." in said
    assert "'sanctuary dispose S19-0007" in said
    assert "S26-0001" not in said
    made.good("dispose", "S19-0007", *more, *GIVEN, "--confirm", "S19-0007")
