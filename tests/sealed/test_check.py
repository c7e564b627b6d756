"""``sanctuary check --deep`` looks at sealed cases too, and names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import queries
from db.models import Case, Disposal
from sanctuary_tui import cli_check, sealing
from sanctuary_tui.cli_session import Session
from tests.sanctuary_tui.cli_program import GOOD, Program
from tests.sealed import canary
from tests.sealed.canary import SETTINGS, TODAY

_CARD = "UPDATE main.case_cards SET stuck_why = 'nothing' WHERE case_id = ?"
_RECORD = "UPDATE main.notes SET kind = 'nonsense' WHERE case_id = ?"
_INDEX = "DELETE FROM search WHERE case_id = ?"
_TEXT = "UPDATE main.notes SET body = 'x' || char(27) || '[2J' WHERE case_id = ?"


@pytest.mark.guarantee
@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("change", "line"),
    [
        (_CARD, "cards"),
        (_RECORD, "records"),
        (_TEXT, "texts search"),  # what the index keeps of the note is not what it says now
        (_INDEX, "search"),
        ("SELECT ?", ""),
    ],
)
def test_a_card_and_a_record_of_a_sealed_case_are_checked(
    tmp_path: Path, change: str, line: str, sealed: bool
) -> None:
    """Unsealed the case is named, so that the search can fail."""
    program = Program(tmp_path / "home")
    key = program.init()
    caseload = canary.opened(program.paths.data_dir, key=key)
    case = canary.add_canary(caseload)
    if sealed:
        canary.seal(caseload, case.id)
    caseload.close()
    program.run("today", "--passphrase-file", "-", stdin=f"{GOOD}\n")  # worked out for its day
    with program.connection(key) as connection:
        connection.execute(change, (case.id,)).fetchall()
        connection.commit()
    words = ("check", "--deep", "--passphrase-file", "-")
    done = program.run(*words, stdin=f"{GOOD}\n")
    bad = [one for one in done.out.splitlines() if one.startswith("BAD")]
    found = [one for one in bad if one.split()[1] in ("cards", "records", "texts", "search")]
    assert [one.split()[1] for one in found] == line.split()
    if not line:
        return
    assert done.status == 1
    if line == "cards":
        assert (case.ref in found[0]) is not sealed
        assert "the list of sealed cases (S)" in " ".join(done.out.split())  # whatever is wrong
    assert sealed is False or case.ref not in done.out


@pytest.mark.guarantee
def test_a_bad_line_tells_what_to_do_and_not_how_many_are_sealed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Cards that are wrong and disposals that wait, of one, two or three sealed cases."""
    said = set()
    for number in (1, 2, 3):
        program = Program(tmp_path / f"home{number}")
        key = program.init()
        caseload = canary.opened(program.paths.data_dir, key=key)
        cases = [canary.add_canary(caseload) for _ in range(number)]
        for case in cases:
            canary.seal(caseload, case.id)
            begun = Disposal(ref=case.ref, case_number=case.id, state="begun", papers="marac")
            caseload.store.add(begun)
        session = Session(program.paths, SETTINGS, caseload, TODAY, key)
        told = cli_check._Told()
        capsys.readouterr()
        cli_check._disposals(caseload.connection, told)
        for case in cases:
            caseload.connection.execute(_CARD, (case.id,)).fetchall()
        cli_check._cards(session, told)
        told.end()
        caseload.close()
        shown = " ".join(capsys.readouterr().out.split())
        assert not any(case.ref in shown for case in cases)
        assert told.bad == 2
        said.add(shown)
    assert len(said) == 1, said
    (line,) = said
    assert "A disposal is not proved: open the caseload again" in line
    assert "Cards differ from the rules: open each case" in line


@pytest.mark.guarantee
def test_no_number_of_the_check_or_of_a_restore_tells_how_many_are_sealed(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    key = program.init()
    caseload = canary.opened(program.paths.data_dir, key=key)
    case = canary.add_canary(caseload)
    shown = len(queries.all_of(caseload.connection, Case))
    caseload.close()

    def told() -> list[str]:
        found = program.good("check", "--deep").out.splitlines()
        return [one for one in found if one.split()[1] in ("cards", "records", "texts", "search")]

    def restored(name: str) -> str:
        program.good("backup", str(tmp_path / name))
        (file,) = (tmp_path / name).glob("*.db")
        done = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\nno\n")
        return (done.out + done.err).partition("verifies: ")[2].partition(",")[0]

    before = told()
    assert len(before) == 4
    assert str(shown) in restored("one")
    caseload = canary.opened(program.paths.data_dir, key=key)
    canary.seal(caseload, case.id)
    caseload.close()
    assert told() == before
    assert str(shown - 1) in restored("two")


@pytest.mark.guarantee
def test_a_restore_says_that_seals_are_as_they_were_and_not_whether_there_are_any(
    tmp_path: Path,
) -> None:
    said = {}
    for act in ("sealed", "unsealed", "neither"):
        program = Program(tmp_path / act)
        key = program.init()
        caseload = canary.opened(program.paths.data_dir, key=key)
        case = canary.add_canary(caseload)
        if act == "unsealed":
            canary.seal(caseload, case.id)
        caseload.close()
        program.good("backup", str(tmp_path / f"{act}-copy"))
        (file,) = (tmp_path / f"{act}-copy").glob("*.db")
        before = program.run("restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\nno\n")
        assert "seal" not in before.out + before.err
        caseload = canary.opened(program.paths.data_dir, key=key)
        if act == "sealed":
            canary.seal(caseload, case.id)
        elif act == "unsealed":
            sealing.open_sealed(caseload, case.id, "to lift it")
            sealing.lift_seal(caseload, case.id, "no longer needed")
        else:
            caseload.store.update(queries.get(caseload.connection, Case, case.id), pets="a dog")
        caseload.close()
        done = program.run(
            "restore", str(file), "--passphrase-file", "-", stdin=f"{GOOD}\n{GOOD}\n"
        )
        assert done.status == 0, done.err
        told = " ".join(done.out.split())
        said[act] = told[: told.index("The caseload is restored")].partition("here:")[2]
        assert case.ref not in done.out
    assert "1 change made since" in said["sealed"]
    assert said["neither"] == said["sealed"] == said["unsealed"]
    assert "comes back open" in said["sealed"]
    assert "seal it again" in said["sealed"]


def test_a_restore_on_a_new_computer_says_what_it_cannot_know(tmp_path: Path) -> None:
    program = Program(tmp_path / "home")
    program.init()
    program.good("backup", str(tmp_path / "copy"))
    (file,) = (tmp_path / "copy").glob("*.db")
    kit = tmp_path / "kit.txt"
    kit.write_text(program.good("key", "show").out, "utf-8")
    given = ("--recovery-key-file", str(kit), "--passphrase-file", "-")
    other = Program(tmp_path / "other")
    done = other.run("restore", str(file), *given, stdin=f"{GOOD}\n")
    assert done.status == 0, done.err
    told = " ".join(done.out.split())
    assert "disposed of after it was made" in told
    assert "seal it again" in told
