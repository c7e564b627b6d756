"""``sanctuary check --deep`` looks at sealed cases too, and names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sanctuary_tui.cli_program import GOOD, Program
from tests.sealed import canary

_CARD = "UPDATE main.case_cards SET stuck_why = 'nothing' WHERE case_id = ?"
_RECORD = "UPDATE main.notes SET kind = 'nonsense' WHERE case_id = ?"
_TEXT = "UPDATE main.notes SET body = 'x' || char(27) || '[2J' WHERE case_id = ?"


@pytest.mark.guarantee
@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize(
    ("change", "line"),
    [(_CARD, "cards"), (_RECORD, "records"), (_TEXT, "texts"), ("SELECT ?", "")],
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
    found = [one for one in bad if one.split()[1] in ("cards", "records", "texts")]
    if not line:
        assert found == []
        return
    (said,) = found
    assert said.split()[1] == line
    assert done.status == 1
    if line == "cards":
        assert ("sealed case" in said) is sealed
        assert (case.ref in said) is not sealed
    assert sealed is False or case.ref not in done.out
