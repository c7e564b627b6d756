"""The measures catalogue against the domain's table (section 6)."""

from __future__ import annotations

from collections import Counter

from config.codes import CODES
from config.measures import CATEGORIES, catalogue, measure

_BANDS = {
    "none": (0, 0),
    "under_50": (0, 5_000),
    "50_200": (5_000, 20_000),
    "200_600": (20_000, 60_000),
    "over_600": (60_000, 10**9),
}


def test_there_are_46_measures_numbered_from_1() -> None:
    assert list(catalogue()) == list(range(1, 47))
    assert len({entry.name for entry in catalogue().values()}) == 46


def test_the_counts_by_category_are_those_of_the_table() -> None:
    found = Counter(entry.category for entry in catalogue().values())
    assert found == {"portable": 8, "hardening": 22, "deterrence": 7, "fire": 7, "room": 2}
    assert set(found) == set(CATEGORIES)


def test_portable_things_are_lent_with_nobodys_consent() -> None:
    for entry in catalogue().values():
        if entry.portable:
            assert entry.consent == "no", entry.name
            assert not entry.excluding, entry.name
    assert [entry.id for entry in catalogue().values() if entry.interim] == [1, 2, 3, 4, 5]
    assert all(entry.portable for entry in catalogue().values() if entry.interim)


def test_consent_is_asked_for_what_the_table_says() -> None:
    needs = {entry.id for entry in catalogue().values() if entry.consent == "yes"}
    asks = {entry.id for entry in catalogue().values() if entry.consent == "ask"}
    assert asks == {22, 30, 38, 39}
    assert needs == (set(range(9, 36)) - {22, 30}) | {37, 40, 41, 45}


def test_ways_out_are_those_of_the_table() -> None:
    affects = {entry.id for entry in catalogue().values() if entry.escape == "yes"}
    assert affects == {2, 5, 9, 10, 11, 12, 16, 18, 20, 21, 22, 23, 24, 27, 28, 45}
    assert {entry.id for entry in catalogue().values() if entry.escape == "check"} == {25}
    assert {entry.id for entry in catalogue().values() if entry.escape == "adds"} == {42}


def test_what_keeps_somebody_out_is_fixed_and_needs_consent() -> None:
    """A lock or a barrier that keeps out a person with a right to live there: gate G3."""
    excluding = [entry for entry in catalogue().values() if entry.excluding]
    assert {entry.id for entry in excluding} == {9, 10, 11, 12, 18, 23, 27, 45}
    assert all(entry.consent == "yes" and entry.escape == "yes" for entry in excluding)


def test_a_planning_figure_stands_inside_its_band() -> None:
    for entry in catalogue().values():
        low, high = _BANDS[entry.band]
        assert low <= entry.typical_pence <= high, entry.name


def test_upkeep_says_when_and_what() -> None:
    for entry in catalogue().values():
        assert bool(entry.upkeep_months) == bool(entry.upkeep_kind), entry.name
        assert 0 <= entry.upkeep_months <= 120, entry.name
        if entry.upkeep_months:
            assert entry.upkeep, entry.name


def test_every_lock_is_found_by_the_word_lock() -> None:
    found = {
        entry.id for entry in catalogue().values() if "lock" in f"{entry.name} {entry.also}".lower()
    }
    assert {9, 10, 11, 12, 18, 20, 24, 25, 29} <= found
    assert not found & {1, 13, 17, 31, 36, 38}


def test_every_code_is_one_that_the_records_know() -> None:
    for entry in catalogue().values():
        assert entry.consent in ("yes", "no", "ask")
        assert entry.escape in ("yes", "no", "check", "adds")
        assert len(entry.name) <= 200
        assert len(entry.standard) <= 200
    assert {"yes", "no", "not_known"} <= set(CODES["yes_no"])


def test_a_measure_of_ones_own_is_not_in_the_catalogue() -> None:
    assert measure(None) is None
    assert measure(0) is None
    assert measure(47) is None
    assert measure(33) is catalogue()[33]
