"""The lock's clock: whichever of three clocks saw the most time decides."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sanctuary_tui import idle
from sanctuary_tui.idle import IdleClock, boot_time, locked_sentence

WAYS = ("monotonic", "boot", "wall")


class Clocks:
    """Three clocks that stand until moved."""

    def __init__(self) -> None:
        self.mono = 1000.0
        self.boot = 5000.0
        self.wall = 1_700_000_000.0

    def all(self, seconds: float) -> None:
        self.mono += seconds
        self.boot += seconds
        self.wall += seconds

    def idle_clock(self, minutes: int = 5) -> IdleClock:
        return IdleClock(
            minutes,
            monotonic=lambda: self.mono,
            boot=lambda: self.boot,
            wall=lambda: self.wall,
        )


def run(clocks: Clocks, clock: IdleClock, seconds: int) -> str:
    """Look once a second, as the app does; return the first reason to lock."""
    for _ in range(seconds):
        clocks.all(1)
        if reason := clock.look():
            return reason
    return ""


def test_five_minutes_without_a_key() -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    assert run(clocks, clock, 299) == ""
    assert clock.remaining() == 1
    assert run(clocks, clock, 1) == "idle"


def test_a_touch_starts_again() -> None:
    clocks = Clocks()
    clock = clocks.idle_clock(1)
    assert run(clocks, clock, 59) == ""
    clock.touch()
    assert clock.remaining() == 60
    assert run(clocks, clock, 59) == ""
    assert run(clocks, clock, 1) == "idle"


@pytest.mark.guarantee
@pytest.mark.parametrize("name", ["mono", "boot", "wall"])
def test_any_one_clock_is_enough(name: str) -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    setattr(clocks, name, getattr(clocks, name) + 8 * 3600)
    assert clock.look() == "idle"
    assert clock.remaining() == 0


def test_sleep_is_seen_before_the_minutes_are_over() -> None:
    """Linux: the monotonic clock stands still while the computer sleeps."""
    clocks = Clocks()
    clock = clocks.idle_clock()
    assert run(clocks, clock, 10) == ""
    clocks.boot += 60
    clocks.wall += 60
    assert clock.look() == "sleep"


def test_the_first_key_after_sleep_does_not_keep_it_open() -> None:
    """A key that comes before the next second's look is looked at first."""
    clocks = Clocks()
    clock = clocks.idle_clock()
    clocks.boot += 3600
    assert clock.look() == "idle"


def sit(clocks: Clocks) -> None:
    """Nobody is there for a quarter of an hour."""
    clocks.all(900)


def sleep(clocks: Clocks) -> None:
    """Eight hours of sleep, in which the monotonic clock of Linux stands still."""
    clocks.boot += 8 * 3600
    clocks.wall += 8 * 3600


def sleep_unknown_to_the_kernel(clocks: Clocks) -> None:
    """A virtual machine held for an hour: only the wall clock knows."""
    clocks.wall += 3600


def set_back(clocks: Clocks) -> None:
    """The clock is set back by as much as nobody was there."""
    clocks.all(900)
    clocks.wall -= 900


def set_back_in_sleep(clocks: Clocks) -> None:
    """Set back by an hour in a sleep that no other clock saw."""
    clocks.wall -= 3600


FIVE = (sit, sleep, sleep_unknown_to_the_kernel, set_back, set_back_in_sleep)


@pytest.mark.guarantee
@pytest.mark.parametrize("happens", FIVE)
def test_the_lock_comes_in_each_of_the_five_clock_cases(happens: Callable[[Clocks], None]) -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    happens(clocks)
    assert clock.look() in ("idle", "sleep")


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("alone", "missed"),
    [
        ("mono", {sleep, sleep_unknown_to_the_kernel, set_back_in_sleep}),
        ("boot", {sleep_unknown_to_the_kernel, set_back_in_sleep}),
        ("wall", {set_back, set_back_in_sleep}),
    ],
)
def test_control_no_clock_alone_is_right_in_all_five(
    monkeypatch: pytest.MonkeyPatch, alone: str, missed: set[Callable[[Clocks], None]]
) -> None:
    monkeypatch.setattr(idle, "SET_BACK_SECONDS", float("inf"))
    not_locked = set()
    for happens in FIVE:
        clocks = Clocks()
        clock = IdleClock(5, **dict.fromkeys(WAYS, lambda clocks=clocks: getattr(clocks, alone)))
        happens(clocks)
        if not clock.look():
            not_locked.add(happens)
    assert not_locked == missed


def test_a_late_look_of_a_few_seconds_is_no_sleep() -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    clocks.all(5)
    assert clock.look() == ""


def test_a_wall_clock_set_back_counts_as_time() -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    clocks.all(1)
    clocks.wall -= 3600
    assert clock.remaining() == 0
    assert clock.look() == "sleep"


def test_a_wall_clock_set_back_hides_no_real_time() -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    clocks.all(400)
    clocks.wall -= 400
    assert clock.look() == "idle"


def test_small_corrections_of_the_wall_clock_are_no_reason() -> None:
    clocks = Clocks()
    clock = clocks.idle_clock()
    clocks.wall -= 1.5
    assert clock.look() == ""


@pytest.mark.parametrize(("wanted", "kept"), [(0, 1), (-3, 1), (1, 1), (15, 15), (60, 15)])
def test_minutes_stay_within_one_and_fifteen(wanted: int, kept: int) -> None:
    assert Clocks().idle_clock(wanted).minutes == kept


def test_the_real_clocks_agree_that_no_time_passed() -> None:
    clock = IdleClock()
    assert clock.look() == ""
    assert 299 < clock.remaining() <= 300
    assert boot_time() > 0


@pytest.mark.parametrize(
    ("reason", "minutes", "sentence"),
    [
        ("", 5, ""),
        ("key", 5, "Locked."),
        ("idle", 5, "Locked after 5 minutes without a key."),
        ("idle", 1, "Locked after 1 minute without a key."),
        ("sleep", 5, "Locked while the computer slept."),
        ("stopped", 5, "Locked after the console was stopped."),
        ("[b]x", 5, "Locked."),
    ],
)
def test_what_the_prompt_says(reason: str, minutes: int, sentence: str) -> None:
    assert locked_sentence(reason, minutes) == sentence
