"""Wrong passphrases are counted on the disk and slow the next ones down."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.paths import Paths, make_private_dir
from db import attempts
from db.attempts import (
    DELAYS,
    TooSoon,
    attempts_recorded,
    attempts_since_last_success,
    delay_before_next_attempt,
    note_attempt,
    note_success,
)

START = 1_795_000_000.0


@pytest.fixture(autouse=True)
def _folder(paths: Paths) -> None:
    make_private_dir(paths.data_dir)


def _fail(paths: Paths, times: int, at: float = START) -> None:
    for number in range(times):
        note_attempt(paths, clock=partial(float, at + number))


def test_none_at_first(paths: Paths) -> None:
    assert delay_before_next_attempt(paths) == 0
    assert attempts_since_last_success(paths).count == 0
    assert not paths.attempts_file.exists()


@pytest.mark.guarantee
def test_the_delay_grows_and_then_stays(paths: Paths) -> None:
    waits = []
    for _ in range(len(DELAYS) + 3):
        note_attempt(paths, clock=lambda: START)
        waits.append(delay_before_next_attempt(paths, clock=lambda: START))
    assert waits == [*DELAYS, *[DELAYS[-1]] * 3]
    assert waits == sorted(waits)


def test_the_delay_runs_off(paths: Paths) -> None:
    _fail(paths, 4, START)
    last = START + 3
    assert delay_before_next_attempt(paths, clock=lambda: last + 1) == DELAYS[3] - 1
    assert delay_before_next_attempt(paths, clock=lambda: last + DELAYS[3]) == 0


@pytest.mark.parametrize(("protected", "most"), [(True, 67), (False, 500)])
def test_who_guesses_for_an_hour_gets_few_tries(
    paths: Paths, monkeypatch: pytest.MonkeyPatch, protected: bool, most: int
) -> None:
    """Each try is made the moment it may be; the control lets all 500 through."""
    if not protected:
        monkeypatch.setattr(attempts, "DELAYS", (0.0,))
    now, tries = [START], 0
    clock = now.__getitem__
    while now[0] < START + 3600 and tries < 500:
        now[0] += delay_before_next_attempt(paths, clock=lambda: clock(0))
        note_attempt(paths, clock=lambda: clock(0))
        tries += 1
    assert tries == most


def test_setting_the_clock_back_does_not_shorten_it(paths: Paths) -> None:
    _fail(paths, 5)
    assert delay_before_next_attempt(paths, clock=lambda: START - 86_400) == DELAYS[4]


def test_a_success_lifts_the_delay_and_keeps_the_count_until_it_is_recorded(
    paths: Paths,
) -> None:
    _fail(paths, 3)
    before = note_attempt(paths, clock=lambda: START + 100)
    note_success(paths, before)
    assert delay_before_next_attempt(paths, clock=lambda: START + 100) == 0
    found = attempts_since_last_success(paths)
    assert found.count == 3
    assert found.first is not None
    assert found.last is not None
    assert found.first.timestamp() == START
    assert found.last.timestamp() == START + 2
    attempts_recorded(paths)
    assert attempts_since_last_success(paths).count == 0
    assert not paths.attempts_file.exists()


def test_recording_keeps_the_ones_made_since(paths: Paths) -> None:
    _fail(paths, 2)
    note_success(paths)
    _fail(paths, 1, START + 500)
    assert attempts_since_last_success(paths).count == 3
    attempts_recorded(paths)
    assert attempts_since_last_success(paths).count == 1


@pytest.mark.parametrize("ahead", [90.0, 365 * 86400.0])
def test_a_clock_that_was_ahead_makes_nobody_wait_for_ever(paths: Paths, ahead: float) -> None:
    """Two tries with the clock a year ahead, then the right time: one wait, and it is over."""
    _fail(paths, 2, START + ahead)
    full = DELAYS[1]
    assert delay_before_next_attempt(paths, clock=lambda: START) == full
    assert 0 < delay_before_next_attempt(paths, clock=lambda: START + full / 2) < full
    assert delay_before_next_attempt(paths, clock=lambda: START + full) == 0


def test_a_clock_that_was_ahead_keeps_nobody_out_where_nothing_can_be_written(
    paths: Paths, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail(paths, 2, START + 1000)
    monkeypatch.setattr(attempts, "atomic_write", _no_room)
    assert delay_before_next_attempt(paths, clock=lambda: START) == 0


def _no_room(*_: object, **__: object) -> None:
    raise OSError


@pytest.mark.guarantee
@pytest.mark.parametrize("removed", ["attempts_file", "attempts_copy"])
def test_taking_one_count_away_lifts_no_delay_and_is_remembered(paths: Paths, removed: str) -> None:
    for number in range(5):
        _fail(paths, 1, at=START + number)
        getattr(paths, removed).unlink()
    assert delay_before_next_attempt(paths, clock=lambda: START + 4) == DELAYS[4]
    before = note_attempt(paths, clock=lambda: START + 100)
    note_success(paths, before)
    found = attempts_since_last_success(paths)
    assert found.count == 5
    assert found.lowered
    attempts_recorded(paths)
    assert not paths.attempts_file.exists()
    assert not paths.attempts_copy.exists()


def test_a_count_set_back_is_the_lower_one_and_does_not_count(paths: Paths) -> None:
    _fail(paths, 4)
    paths.attempts_file.write_text("[waiting]\ncount = 1\nfirst = 1.0\nlast = 1.0\n")
    assert delay_before_next_attempt(paths, clock=lambda: START + 3) == DELAYS[3]
    assert attempts_since_last_success(paths).lowered


def test_control_both_taken_away_leave_nothing(paths: Paths) -> None:
    """What docs/SECURITY.md says stays possible for somebody at that account."""
    _fail(paths, 4)
    assert not attempts_since_last_success(paths).lowered
    paths.attempts_file.unlink()
    paths.attempts_copy.unlink()
    assert delay_before_next_attempt(paths, clock=lambda: START + 3) == 0


@pytest.mark.parametrize("closed", ["attempts_file", "attempts_copy"])
def test_a_place_that_cannot_be_written_is_not_taken_for_one_removed(
    paths: Paths, closed: str
) -> None:
    getattr(paths, closed).mkdir()
    _fail(paths, 3)
    found = attempts_since_last_success(paths)
    assert found.count == 3
    assert not found.lowered


@given(st.binary(max_size=200))
def test_a_damaged_file_counts_as_none(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    from config.paths import resolve_paths

    paths = resolve_paths(str(tmp_path_factory.mktemp("home")), {})
    paths.attempts_file.write_bytes(content)
    assert delay_before_next_attempt(paths) == 0
    note_attempt(paths, clock=lambda: START)
    assert attempts_since_last_success(paths).count == 1


@pytest.mark.parametrize(
    "text",
    [
        "waiting = 3",
        "[waiting]\ncount = -1\nfirst = 1.0\nlast = 1.0",
        "[waiting]\ncount = 1\nfirst = 1e300\nlast = nan",
        '[waiting]\ncount = "many"',
    ],
)
def test_odd_contents_count_as_none(paths: Paths, text: str) -> None:
    paths.attempts_file.write_text(text)
    assert attempts_since_last_success(paths).count == 0


def test_a_folder_that_is_gone_does_not_keep_anyone_out(paths: Paths) -> None:
    paths.data_dir.rmdir()
    note_success(paths, note_attempt(paths))
    assert attempts_since_last_success(paths).count == 0


@pytest.mark.parametrize(("seconds", "says"), [(0.2, "1 second."), (1.7, "2 seconds.")])
def test_the_sentence_names_whole_seconds(seconds: float, says: str) -> None:
    refusal = TooSoon(seconds)
    assert refusal.sentence.endswith(says)
    assert refusal.seconds == seconds
