"""The clock set back, forward and over both changes of the hour: nothing is lost by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from config.format import local
from db import backup as backups
from db.connection import close_connection, open_connection, quick_checks
from db.models import MaracListing
from db.store import Store
from tests.db import kit
from tests.db.durability_writer import PARTS, write_batch

HOURS = [
    datetime(2026, 11, 26, 9, 0, tzinfo=UTC),
    # forward over the spring hour, a minute to each side of it, and back again
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 1, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
    # the hour that comes twice in October: both of it read 01:30 on a clock in England
    datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
    datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    # midnight in England, which is not midnight in UTC
    datetime(2027, 6, 30, 22, 59, 58, tzinfo=UTC),
    datetime(2027, 6, 30, 23, 0, 2, tzinfo=UTC),
    # an empty battery, a wrong century, and right again
    datetime(2000, 1, 1, 0, 0, tzinfo=UTC),
    datetime(2099, 12, 31, 23, 59, 50, tzinfo=UTC),
    datetime(2026, 11, 26, 9, 1, tzinfo=UTC),
]


def through_all_hours(folder: Path) -> None:
    """A session at each hour, with a batch and a backup; all is looked at after each."""
    path = folder / "caseload.db"
    clock = kit.Clock(HOURS[0])
    caseload = kit.make(path, clock)
    kit.add_case(caseload, pets="0")
    # A second case, whose answers change with the day.
    other = kit.parents(caseload)["case"]
    caseload.store.add(MaracListing(case_id=other, meeting=date(2026, 12, 10), state="sent"))
    caseload.close()
    made: dict[Path, int] = {}
    for number, hour in enumerate(HOURS, start=1):
        clock.moment = hour
        caseload = kit.opened(path, clock)
        kit.check_sound(caseload, clock.today())
        write_batch(caseload, kit.file_of(caseload, 1).case, number)
        file = kit.file_of(caseload, 1)
        assert (file.case.pets, len(file.notes)) == (str(number), number * PARTS)
        assert clock.moment < hour + timedelta(minutes=1)
        kit.check_sound(caseload, clock.today())
        one = backups.backup(caseload.connection, folder / "backups", now=local(hour)).path
        assert one not in made
        made[one] = number
        caseload.close()
    for one, number in made.items():
        assert _batches_in(one) == number


def _batches_in(path: Path) -> int:
    conn = open_connection(path, kit.KEY)
    assert quick_checks(conn) == []
    found = conn.execute("SELECT pets FROM cases WHERE id = 1").fetchall()[0][0]
    close_connection(conn)
    return int(found)


@pytest.mark.guarantee
def test_no_setting_of_the_clock_loses_anything(tmp_path: Path) -> None:
    through_all_hours(tmp_path)


def test_backups_of_the_hour_that_comes_twice_do_not_replace_each_other(tmp_path: Path) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    twice = [datetime(2027, 10, 31, hour, 30, tzinfo=UTC) for hour in (0, 1)]
    names = [
        backups.backup(caseload.connection, tmp_path / "backups", now=local(one)).path.name
        for one in twice
    ]
    caseload.close()
    assert names == ["sanctuary-backup-20271031-013000.db", "sanctuary-backup-20271031-013000-2.db"]


def test_moments_are_kept_in_utc_and_the_log_in_the_order_it_was_written(tmp_path: Path) -> None:
    clock = kit.Clock(datetime(2027, 10, 31, 0, 59, 57, tzinfo=UTC))
    caseload = kit.make(tmp_path / "caseload.db", clock)
    case = kit.add_case(caseload)
    clock.moment = datetime(2027, 10, 31, 0, 10, tzinfo=UTC)  # set back
    caseload.store.update(case, pets="a cat")
    clock.moment = datetime(2027, 10, 31, 1, 10, tzinfo=UTC)  # the same hour on the wall
    caseload.store.update(case, pets="a dog")
    log = kit.logged(caseload)
    assert [row.at.hour for row in log] == [0, 0, 1]
    assert [row.at.tzinfo for row in log] == [UTC] * 3
    assert log[1].at < log[0].at
    assert kit.chain(caseload).good
    caseload.close()


def test_a_store_that_trusts_the_clock_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: were a day that is gone back not worked out again, cards would be wrong."""
    real = Store.refresh_stale

    def only_forward(store: Store, today: object) -> int:
        before = store._connection.execute(
            "SELECT value FROM settings WHERE name = 'worked out on'"
        ).fetchall()
        if before and before[0][0] > str(today):
            return 0
        return real(store, store.today())

    monkeypatch.setattr(Store, "refresh_stale", only_forward)
    with pytest.raises(AssertionError):
        through_all_hours(tmp_path)


def test_a_backup_that_replaces_is_found_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: two backups of one name."""
    monkeypatch.setattr(backups, "_free_name", lambda path: path)
    with pytest.raises((AssertionError, backups.SanctuaryError)):
        through_all_hours(tmp_path)
