"""The clocks of a request to see what is held, and of a breach."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from config.format import local
from config.settings import default_settings
from db.models import Breach, Case, CaseFile, SubjectRequest
from sanctuary_tui.pathway import reminders, rights

MONTHS = [
    (date(2027, 1, 30), date(2027, 2, 28)),
    (date(2027, 1, 31), date(2027, 2, 28)),
    (date(2028, 1, 30), date(2028, 2, 29)),
    (date(2028, 1, 31), date(2028, 2, 29)),
    (date(2028, 2, 29), date(2028, 3, 29)),
    (date(2026, 8, 31), date(2026, 9, 30)),
    (date(2026, 9, 30), date(2026, 10, 30)),
    (date(2026, 12, 31), date(2027, 1, 31)),
    (date(2026, 11, 26), date(2026, 12, 26)),
    (date(2026, 3, 28), date(2026, 4, 28)),
]


@pytest.mark.guarantee
@pytest.mark.parametrize(("received", "due"), MONTHS)
def test_one_calendar_month_and_never_a_day_more(received: date, due: date) -> None:
    request = SubjectRequest(id=1, received=received)
    assert rights.request_due(request) == due
    file = CaseFile(
        Case(id=1, status="closed", stage="closed", stage_entered=received),
        subject_requests=[request],
    )
    (line,) = reminders.reminders(file, received, default_settings())
    assert (line.rule, line.due) == ("subject_request", due)
    request.state = "sent"
    assert reminders.reminders(file, received, default_settings()) == []


@pytest.mark.guarantee
def test_thirty_days_would_be_too_late() -> None:
    """The control: what is not a calendar month fails the table above."""
    assert [day + timedelta(days=30) == due for day, due in MONTHS].count(False) >= 5


def test_two_months_more_are_three_from_the_day_it_came() -> None:
    request = SubjectRequest(received=date(2026, 11, 30), extended="yes")
    assert rights.request_due(request) == date(2027, 2, 28)


def test_more_time_is_taken_in_the_first_month() -> None:
    assert rights.extend_by(SubjectRequest(received=date(2027, 1, 30))) == date(2027, 2, 28)
    assert rights.extend_by(SubjectRequest()) is None
    assert rights.request_due(SubjectRequest()) is None


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("aware", "due_here"),
    [
        (datetime(2026, 11, 26, 14, 5, tzinfo=UTC), "2026-11-29 14:05"),
        (datetime(2027, 3, 27, 12, 0, tzinfo=UTC), "2027-03-30 13:00"),  # an hour goes missing
        (datetime(2026, 10, 24, 11, 0, tzinfo=UTC), "2026-10-27 11:00"),  # an hour comes twice
    ],
)
def test_72_hours_by_the_clock_over_both_changes(aware: datetime, due_here: str) -> None:
    due = rights.breach_due(Breach(aware=aware))
    assert due is not None
    assert due - aware == timedelta(hours=72)
    assert f"{local(due):%Y-%m-%d %H:%M}" == due_here
    assert rights.breach_due(Breach()) is None
