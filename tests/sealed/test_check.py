"""``sanctuary check --deep`` looks at sealed cases too, and names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from db import queries
from db.models import Case
from tests.sanctuary_tui.cli_program import GOOD, Program
from tests.sealed import canary

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
        assert ("sealed case" in found[0]) is sealed
        assert (case.ref in found[0]) is not sealed
    assert sealed is False or case.ref not in done.out


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
