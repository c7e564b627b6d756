"""Which backups stay, and that the only verified one always does."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.generations import Made, backups_in, staying, thin_out
from db.keyfile import CHEAP_FOR_TESTS, caseload_id_of, wrap, write_key_file

MINE, ANOTHERS = bytes(32), bytes(range(32))
MY_ID = caseload_id_of(MINE)
FIRST = datetime.fromisoformat("2026-01-01T18:00:00")
MOMENTS = st.datetimes(FIRST - timedelta(days=365), FIRST + timedelta(days=365))


def put(folder: Path, at: datetime, key: bytes | None = MINE, number: int = 1) -> Path:
    """A backup by its name, with a key file beside it unless there is no key."""
    more = "" if number == 1 else f"-{number}"
    path = folder / f"sanctuary-backup-{at:%Y%m%d-%H%M%S}{more}.db"
    path.write_bytes(b"encrypted")
    if key is not None:
        keyfile = wrap(
            key,
            "words",
            bytes(32),
            params=CHEAP_FOR_TESTS,
            created=date(2026, 1, 1),
            place="file",
            device_entry="",
        )
        write_key_file(path.with_suffix(".key"), keyfile, overwrite=False)
    return path


def made(at: datetime, number: int = 1) -> Made:
    return Made(at, number, Path(f"{at:%Y%m%d-%H%M%S}-{number}"))


def days_of(stay: set[Made]) -> list[date]:
    return sorted({one.at.date() for one in stay})


def test_a_year_of_two_a_day_leaves_seven_days_five_weeks_and_twelve_months() -> None:
    year = [made(FIRST + timedelta(hours=12 * n)) for n in range(2 * 365)]
    stay = staying(year, daily=7, weekly=5, monthly=12)
    last = year[-1].at.date()
    assert days_of(stay)[-7:] == [last - timedelta(days=n) for n in range(6, -1, -1)]
    assert {one.at.isocalendar()[:2] for one in stay} >= {
        (last - timedelta(weeks=n)).isocalendar()[:2] for n in range(5)
    }
    assert {one.at.month for one in stay} == set(range(1, 13))
    assert len(stay) <= 7 + 5 + 12
    # of a day the newest
    assert all(one.at.hour == 18 for one in stay if one.at.date() != last)


def test_days_without_a_backup_are_not_counted() -> None:
    """After a month of leave the last seven are still there."""
    few = [made(FIRST + timedelta(days=n)) for n in (0, 1, 2, 3, 40, 41, 42)]
    assert staying(few, daily=7, weekly=0, monthly=0) == set(few)


@pytest.mark.guarantee
@given(
    st.lists(MOMENTS, min_size=1, max_size=60),
    st.integers(0, 8),
    st.integers(0, 6),
    st.integers(0, 13),
)
def test_the_newest_always_stays_and_no_more_than_the_numbers(
    moments: list[datetime], daily: int, weekly: int, monthly: int
) -> None:
    all_made = [made(at, number) for number, at in enumerate(moments, 1)]
    stay = staying(all_made, daily=daily, weekly=weekly, monthly=monthly)
    assert max(all_made) in stay
    assert 1 <= len(stay) <= max(1, daily + weekly + monthly)


@given(
    st.lists(MOMENTS, min_size=2, max_size=40),
)
def test_thinning_a_second_time_takes_nothing_more(moments: list[datetime]) -> None:
    all_made = [made(at, number) for number, at in enumerate(moments, 1)]
    once = staying(all_made, daily=7, weekly=5, monthly=12)
    assert staying(once, daily=7, weekly=5, monthly=12) == once


@pytest.mark.guarantee
def test_files_of_the_folder_go_with_their_keys_and_others_stay(tmp_path: Path) -> None:
    old = [put(tmp_path, FIRST + timedelta(days=n)) for n in range(10)]
    others = [
        put(tmp_path, FIRST, ANOTHERS, number=2),  # another caseload on the same stick
        put(tmp_path, FIRST, None, number=3),  # nobody knows whose
        tmp_path / "sanctuary-backup-notes.txt",
        tmp_path / "sanctuary-backup-20269999-999999.db",
    ]
    for other in others[2:]:
        other.write_bytes(b"a person's own")
    gone = thin_out(tmp_path, MY_ID, old[-1], daily=3, weekly=0, monthly=0)
    assert gone == old[:7]
    assert [one.path for one in backups_in(tmp_path, MY_ID)] == old[7:]
    assert not any(path.with_suffix(".key").exists() for path in gone)
    assert all(other.exists() for other in others)


def test_the_one_just_verified_stays_though_its_date_is_the_oldest(tmp_path: Path) -> None:
    """The clock was wrong once: the others are dated ahead of it."""
    ahead = [put(tmp_path, FIRST + timedelta(days=400 + n)) for n in range(3)]
    verified = put(tmp_path, FIRST)
    thin_out(tmp_path, MY_ID, verified, daily=1, weekly=0, monthly=0)
    assert verified.exists()
    assert ahead[-1].exists()


@pytest.mark.guarantee
@pytest.mark.parametrize("there", [False, True])
def test_nothing_is_deleted_unless_a_verified_one_is_there(tmp_path: Path, there: bool) -> None:
    old = [put(tmp_path, FIRST + timedelta(days=n)) for n in range(5)]
    verified = put(tmp_path, FIRST + timedelta(days=9))
    if not there:
        verified.unlink()  # the stick was pulled, or the disk lied
    gone = thin_out(tmp_path, MY_ID, verified, daily=1, weekly=0, monthly=0)
    assert gone == (old if there else [])


def test_a_folder_that_is_gone_is_no_fault(tmp_path: Path) -> None:
    assert backups_in(tmp_path / "gone", MY_ID) == []
