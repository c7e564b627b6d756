"""``kill -9`` at any moment while backups are made and thinned out.

Twelve kills in the ordinary run, three hundred with ``LONG_TESTS=1``.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from config.errors import SanctuaryError
from config.paths import Paths
from config.settings import default_settings
from db.caseload import open_caseload
from db.connection import DATABASE_ERRORS, close_connection, open_connection, quick_checks
from db.keys import CHEAP_FOR_TESTS, create_caseload
from db.models import Case, Note
from sanctuary_tui.opening import derive_with
from tests import needs

KILLS = 300 if os.environ.get("LONG_TESTS") else 12

KEEP_COPYING = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from config.paths import resolve_paths
from config.settings import default_settings
from db.caseload import open_caseload
from sanctuary_tui import copies
from sanctuary_tui.opening import derive_with
paths = resolve_paths(sys.argv[1], {})
settings = default_settings()
settings.backup.daily, settings.backup.weekly, settings.backup.monthly = 2, 0, 0
moment = datetime.fromisoformat(sys.argv[3])
caseload = open_caseload(paths.caseload, bytes.fromhex(sys.stdin.readline()),
    derive=derive_with(settings), who="Coordinator", clock=lambda: moment)
if sys.argv[2] == "naive":
    from db import backup
    def written_under_its_own_name(connection, folder, *, now, within=None):
        folder.mkdir(exist_ok=True)
        target = folder / f"sanctuary-backup-{now:%Y%m%d-%H%M%S}.db"
        with paths.caseload.open("rb") as source, target.open("wb", 0) as copy:
            while piece := source.read(4096):
                copy.write(piece)
        return backup.BackupResult(target, "", {}, None)
    backup.backup = written_under_its_own_name
print("ready", flush=True)
while True:
    moment += timedelta(hours=13)
    caseload.store.note("consultation", "cases", 1, 1, "opened")
    made = copies.make_copy(caseload, paths, settings)
    print(made.path.name, flush=True)
"""


@pytest.fixture
def key(paths: Paths) -> bytearray:
    """A caseload of some megabytes."""
    made = create_caseload(paths, "words", params=CHEAP_FOR_TESTS, allow_weak=True).data_key
    caseload = open_caseload(
        paths.caseload, made, derive=derive_with(default_settings()), who="Coordinator"
    )
    with caseload.store.bulk():
        case = caseload.store.add(Case(route="police"))
        for number in range(40):
            caseload.store.add(Note(case_id=case.id, body=f"{number} " + "words " * 8000))
    caseload.close()
    return made


def kill_one(paths: Paths, key: bytearray, mode: str, start: str, dice: random.Random) -> str:
    """Start to make backups, kill it at some moment; the name of the last acknowledged, if any."""
    program = subprocess.Popen(
        [sys.executable, "-c", KEEP_COPYING, str(paths.data_dir), mode, start],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(key.hex() + "\n")
    program.stdin.flush()
    last = ""
    for number in range(dice.randrange(1, 4)):
        line = program.stdout.readline().strip()
        assert line, "it fell over by itself"
        last = line if number else ""
    time.sleep(dice.random() * 0.12)
    program.kill()
    rest, _ = program.communicate()
    return (rest.split() or [last])[-1]


def unsound(path: Path, key: bytearray) -> bool:
    """Whether a file under a backup's name does not open and verify."""
    try:
        connection = open_connection(path, key)
    except SanctuaryError:
        return True
    try:
        return bool(quick_checks(connection))
    except DATABASE_ERRORS:
        return True
    finally:
        close_connection(connection)


@pytest.mark.guarantee
@needs.kill
@pytest.mark.parametrize("mode", ["whole", "naive"])
def test_whenever_it_is_killed_what_has_a_backups_name_restores(
    paths: Paths, key: bytearray, mode: str
) -> None:
    dice = random.Random(20261122)
    bad = lost = 0
    for number in range(KILLS if mode == "whole" else 12):
        start = f"{2030 + number}-01-01T06:00:00+00:00"
        acknowledged = kill_one(paths, key, mode, start, dice)
        there = sorted(paths.backups_dir.glob("*.db"))
        bad += sum(unsound(path, key) for path in there)
        # the last one acknowledged, or one made after it
        lost += bool(acknowledged) and not any(path.name >= acknowledged for path in there)
        assert not unsound(paths.caseload, key)
        if mode == "naive" and bad:
            break  # the control has found what it is to find
    if mode == "whole":
        assert (bad, lost) == (0, 0)
        assert len(there) <= 4  # two days, and what was just made
    else:
        assert bad > 0
