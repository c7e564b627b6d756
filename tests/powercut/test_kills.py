"""``kill -9`` in every kind of work: nothing acknowledged is lost, nothing is half there.

A hundred kills in the ordinary run, a thousand with ``LONG_TESTS=1``, at chance moments of the
works that ``works.py`` has; each has its own check of what lies there after. Beside them nothing
may be left that is not swept away when the caseload is next opened.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import SanctuaryError
from config.leftovers import sweep
from tests import needs
from tests.db import kit
from tests.forking import Forking
from tests.powercut.works import WORKS, Found, Told

pytestmark = needs.fork

KILLS = 100 // len(WORKS)
LONG_KILLS = 1000 // len(WORKS)


class Workers(Forking):
    """The program that forks workers."""

    def run(self, work: str, folder: Path, without: str = "", *, after: float | None) -> Told:
        """Do a work, and kill it ``after`` so many seconds; to its end if None."""
        self.tell(f"{work}|{folder}|{without}")
        word, _, pid = self.line().partition(" ")
        assert word == "pid"
        if after is not None:
            until = time.perf_counter() + after
            while (left := until - time.perf_counter()) > 0:
                time.sleep(min(left, 0.001))
            with contextlib.suppress(ProcessLookupError):  # it has come to its end
                os.kill(int(pid), signal.SIGKILL)
        numbers = {"begin": 0, "ack": 0}
        while (line := self.line()) != "dead":
            word, _, number = line.partition(" ")
            numbers[word] = max(numbers[word], int(number))
        return Told(numbers["begin"], numbers["ack"])


@pytest.fixture
def workers() -> Iterator[Workers]:
    """The program that forks workers."""
    with Workers.started("tests.powercut.kills") as found:
        yield found


def kills(work: str, workers: Workers, place: Path, count: int, without: str = "") -> list[str]:
    """What was found wrong after so many kills; they must strike where something is going on."""
    before = place / "before"
    before.mkdir(mode=0o700)
    WORKS[work].before(before)
    length, faults, inside = 60.0, [], 0
    for turn in range(count + 3):
        folder = place / "struck"
        shutil.copytree(before, folder)
        begun = time.perf_counter()
        if turn < 3:  # to its end, to know how long it takes
            told = workers.run(work, folder, without, after=None)
            assert told.acked == told.begun > 0
            length = min(length, time.perf_counter() - begun)
        else:
            told = workers.run(work, folder, without, after=workers.dice.random() * length)
            inside += told.begun > told.acked
        faults.append(_look(work, folder, told))
        shutil.rmtree(folder)
        if without and faults[-1]:
            break
    assert without or inside >= count // 10, (
        f"{inside} of {count} kills struck in the middle of something"
    )
    return [fault for fault in faults if fault]


def _look(work: str, folder: Path, told: Told) -> str:
    try:
        WORKS[work].after(folder, told)
        _hold_swept(folder)
    except (Found, SanctuaryError) as fault:
        return str(fault)
    except AssertionError as fault:
        return f"not sound: {fault!r}"
    return ""


def _hold_swept(folder: Path) -> None:
    for path in list(folder.rglob("*.tmp*")):
        os.utime(path, (0, 0))
        sweep(path.parent)
        assert not path.exists(), f"{path.name} would lie there for ever"


@pytest.mark.guarantee
@pytest.mark.parametrize("work", WORKS)
def test_nothing_is_lost_or_half_there_after_a_kill(
    work: str, workers: Workers, tmp_path: Path
) -> None:
    assert kills(work, workers, tmp_path, KILLS) == []


@pytest.mark.slow
@kit.long_only
@pytest.mark.parametrize("work", WORKS)
def test_nothing_is_lost_or_half_there_after_a_thousand_kills(
    work: str, workers: Workers, tmp_path: Path
) -> None:
    assert kills(work, workers, tmp_path, LONG_KILLS) == []


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("work", "without"),
    [
        ("writes", "acknowledging last"),
        ("writes", "one transaction"),
        ("backups", "a name only when whole"),
        ("a change of passphrase", "a name only when whole"),
        ("a change of key", "the waiting key file"),
        ("a restore", "a name only when whole"),
        ("exports", "a name only when whole"),
        ("settings", "a name only when whole"),
    ],
)
def test_without_a_protection_the_same_kills_find_a_loss(
    work: str, without: str, workers: Workers, tmp_path: Path
) -> None:
    assert kills(work, workers, tmp_path, 150, without), f"nothing was lost without {without}"
