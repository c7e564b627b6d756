"""``kill -9`` at any moment: what was acknowledged is kept, and nothing is half there.

Fifty kills in the ordinary run, a thousand with ``LONG_TESTS=1``. A killed program loses nothing
that the operating system has; what a power cut takes is another matter (``synchronous = FULL``).
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import queries
from db.caseload import Caseload
from db.connection import CaseloadError
from db.models import Case
from tests import needs
from tests.db import kit
from tests.db.durability_writer import PARTS, batch
from tests.forking import Forking

pytestmark = needs.fork

_A_FILE_FOR = 10
"""Kills in one caseload before the next is begun, so that cases stay of an ordinary size."""


class Writers(Forking):
    """The program that forks writers."""

    def kill_one(
        self, path: Path, mode: str = "honest", acks: int | None = None
    ) -> tuple[int, int]:
        """Start a writer, kill it at a random moment. Returns the last number begun and acked."""
        self.tell(f"{path} {mode}")
        wanted = self.dice.randint(0, 8) if acks is None else acks
        pid = begun = acked = counted = 0
        lines = []
        while not pid or counted < wanted:
            word, _, number = self.line().partition(" ")
            assert word in ("pid", "begin", "ack"), "the writer fell over by itself"
            pid = int(number) if word == "pid" else pid
            counted += word == "ack"
            lines.append((word, number))
        if acks in (None, 0):
            until = time.perf_counter() + self.dice.random() * (0.01 if wanted else 0.05)
            while time.perf_counter() < until:
                pass
        os.kill(pid, signal.SIGKILL)
        while (line := self.line()) != "dead":
            word, _, number = line.partition(" ")
            lines.append((word, number))
        for word, number in lines:
            begun = int(number) if word == "begin" else begun
            acked = int(number) if word == "ack" else acked
        return begun, acked


@pytest.fixture
def writers() -> Iterator[Writers]:
    """The program that forks writers."""
    with Writers.started("tests.db.durability_writer") as found:
        yield found


def begin(folder: Path, number: int) -> Path:
    """A new caseload with one case, in which no batch has been written."""
    path = folder / f"caseload{number}.db"
    caseload = kit.make(path)
    kit.add_case(caseload, pets="0")
    caseload.close()
    return path


def whole_batches(caseload: Caseload) -> int:
    """The number of the last batch; every batch is whole, and all its parts say the same."""
    file = kit.file_of(caseload, 1)
    parts: dict[int, int] = {}
    for note in file.notes:
        number = int(note.body.split()[1])
        parts[number] = parts.get(number, 0) + 1
    last = len(parts)
    assert parts == dict.fromkeys(range(1, last + 1), PARTS)
    assert file.case.pets == str(last)
    assert [one.name for one in file.measures] == [
        f"bar {n}" for n in range(1, last + 1) if not n % 2
    ]
    draft = queries.draft(caseload.connection, 1, "notes", 0)
    assert draft == ({"body": str(last)} if last else None)
    assert file.case.version == last + 1
    logged = kit.rows(caseload, "SELECT why, count(*) FROM changes WHERE id > 1 GROUP BY batch")
    assert [count for _, count in logged] == [
        PARTS + (3 if n % 2 else 2) for n in range(1, last + 1)
    ]
    return last


def killed(writers: Writers, folder: Path, kills: int) -> tuple[int, int]:
    """Kill so many writers. Returns how often it hit a batch, and how many batches were kept."""
    inside = kept = last = acked = 0
    path = begin(folder, 0)
    for number in range(kills):
        if number and number % _A_FILE_FOR == 0:
            path, last, acked = begin(folder, number), 0, 0
        begun, told = writers.kill_one(path)
        acked = max(acked, told)
        inside += begun > told
        caseload = kit.opened(path)
        found = whole_batches(caseload)
        assert found >= acked, f"batch {acked} was acknowledged and is lost"
        assert found in (acked, max(begun, acked), last)
        kit.check_sound(caseload, kit.DAY)
        caseload.close()
        kept += found - last
        last = acked = found
    return inside, kept


def test_nothing_acknowledged_is_lost_in_fifty_kills(writers: Writers, tmp_path: Path) -> None:
    inside, kept = killed(writers, tmp_path, 50)
    assert inside >= 5, "the kills must hit writers in the middle of a batch, or prove nothing"
    assert kept >= 50


@pytest.mark.slow
@kit.long_only
def test_nothing_acknowledged_is_lost_in_a_thousand_kills(writers: Writers, tmp_path: Path) -> None:
    inside, kept = killed(writers, tmp_path, 1000)
    assert inside >= 100
    assert kept >= 1000


def test_a_caseload_half_made_is_whole_or_refused(writers: Writers, tmp_path: Path) -> None:
    """Killed while the file is made and the schema is written into it."""
    made = refused = 0
    for number in range(20):
        path = tmp_path / f"caseload{number}.db"
        _, acked = writers.kill_one(path, "make", acks=0)
        try:
            caseload = kit.opened(path)
        except CaseloadError:
            assert not acked
            refused += 1
            continue
        made += 1
        kit.check_sound(caseload, kit.DAY)
        assert kit.add_case(caseload).ref == "S26-0001"
        caseload.close()
    assert made + refused == 20


def test_a_writer_that_acknowledges_too_early_is_found_out(
    writers: Writers, tmp_path: Path
) -> None:
    """Negative control: the same kills and the same check, on a writer that lies."""
    path = begin(tmp_path, 0)
    for _ in range(20):
        _, acked = writers.kill_one(path, "early", acks=1)
        caseload = kit.opened(path)
        found = whole_batches(caseload)
        caseload.close()
        if found < acked:
            return
    raise AssertionError("no loss was seen where there must be one")


def test_half_a_batch_is_found_out(tmp_path: Path) -> None:
    """Negative control: the check sees a batch of which a part is missing."""
    caseload = kit.opened(begin(tmp_path, 0))
    case = queries.get(caseload.connection, Case, 1)
    batch(caseload, case, 1, "honest")
    assert whole_batches(caseload) == 1
    caseload.connection.execute("DELETE FROM main.notes WHERE id = 2").fetchall()
    caseload.connection.commit()
    with pytest.raises(AssertionError):
        whole_batches(caseload)
    caseload.close()
