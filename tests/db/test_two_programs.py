"""Several programs at once on one caseload: whatever one of them acknowledged is there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import needs
from tests.db import kit

pytestmark = needs.fork

PROGRAM = """
import sys
from pathlib import Path
from db import connection
from db.connection import DATABASE_ERRORS, CaseloadInUse
from tests.db import kit
if sys.argv[2] == "shared":
    real = connection._set_pragmas
    class Shared:
        def __init__(self, conn): self.conn = conn
        def execute(self, sql): return self.conn.execute(sql.replace("EXCLUSIVE", "NORMAL"))
    connection._set_pragmas = lambda conn, cache: real(Shared(conn), cache)
print("ready", flush=True)
sys.stdin.readline()
acked = refused = 0
while acked < 12 and refused < 4000:
    try:
        caseload = kit.opened(Path(sys.argv[1]))
    except CaseloadInUse as refusal:
        assert refusal.sentence.count(".") == 1 + str(sys.argv[1]).count(".")
        refused += 1
        continue
    try:
        for _ in range(3):
            kit.add_case(caseload)
            acked += 1
    except DATABASE_ERRORS:
        pass
    caseload.close()
print(acked, refused, flush=True)
"""


def at_once(path: Path, how: str, programs: int = 3) -> tuple[int, int]:
    """Cases that so many programs acknowledged, and how often one was refused."""
    root = str(Path(__file__).parents[2])
    started = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(path), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": root},
        )
        for _ in range(programs)
    ]
    for one in started:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in started:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate() for one in started]
    assert all(one.returncode == 0 for one in started), said[0][1][-500:]
    numbers = [tuple(int(word) for word in out.split()) for out, _ in said]
    return sum(acked for acked, _ in numbers), sum(refused for _, refused in numbers)


def hold_together(path: Path, how: str) -> None:
    """Whatever was acknowledged is there, in one sound chain, and who came second was refused."""
    kit.make(path).close()
    acked, refused = at_once(path, how)
    caseload = kit.opened(path)
    try:
        assert kit.rows(caseload, "SELECT count(*), count(DISTINCT ref) FROM cases") == [
            (acked, acked)
        ]
        kit.check_sound(caseload, kit.DAY)
    finally:
        caseload.close()
    assert refused, "none was refused, though they were there at once"


@pytest.mark.guarantee
def test_three_programs_lose_nothing_of_each_other(tmp_path: Path) -> None:
    hold_together(tmp_path / "caseload.db", "")


def test_without_the_hold_it_is_found_out(tmp_path: Path) -> None:
    """Negative control: a caseload that is shared refuses nobody, or loses something.

    Programs that by chance take turns are refused as if it were held, so it is tried again.
    """

    def tried() -> None:
        for number in range(10):
            hold_together(tmp_path / f"{number}.db", "shared")

    with pytest.raises(AssertionError):
        tried()
