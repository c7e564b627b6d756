"""A referral outward is asked about until its outcome is known, whatever became of the case."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.calendar import add_working_days, is_working_day
from config.codes import CODES
from config.settings import default_settings
from db.models import CaseFile, Closure, ReferralOut, Reminder
from sanctuary_tui.pathway import reminders, reminders_outward
from tests.pathway.pathway_files import SETTINGS, case_file, day

TODAY = day("2026-11-26")
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
REFERRALS = st.builds(
    ReferralOut,
    kind=st.sampled_from(sorted(CODES["outward_kind"])),
    organisation_id=st.none() | st.integers(1, 9),
    made=st.none() | DAYS,
    answer=st.sampled_from(sorted(CODES["outward_answer"])),
    answered=st.none() | DAYS,
    outcome=st.sampled_from(sorted(CODES["outward_outcome"])),
    outcome_on=st.none() | DAYS,
    next_look=st.none() | DAYS,
)


def standing(file: CaseFile, today: date = TODAY) -> list[Reminder]:
    return [one for one in reminders.reminders(file, today, SETTINGS) if one.rule == "outward"]


@given(
    referrals=st.lists(REFERRALS, max_size=4),
    status=st.sampled_from(["open", "closed"]),
    today=DAYS,
    do_not_contact=st.sampled_from(["yes", "no"]),
)
def test_it_is_asked_about_until_there_is_an_outcome(
    referrals: list[ReferralOut], status: str, today: date, do_not_contact: str
) -> None:
    """Each without an outcome has one line, on a working day that no other day moves; a closed
    case's too, and one of a survivor who is not to be contacted: it is not the survivor who is
    asked."""
    file = case_file(do_not_contact=do_not_contact)
    if status == "closed":
        file.case.status = file.case.stage = "closed"
        file.closures = [Closure(id=1, closed_on=day("2026-11-20"), outcome="moved")]
    for number, one in enumerate(referrals, 1):
        one.id = number
    file.referrals_out = referrals
    lines = standing(file, today)
    assert sorted(one.record_id or 0 for one in lines) == [
        one.id for one in referrals if one.outcome == "not_asked"
    ]
    assert len({one.key for one in lines}) == len(lines)
    for line in lines:
        assert line.due is not None
        assert is_working_day(line.due)
        assert line.title_text.startswith("left us: ") is (status == "closed")
        assert not line.who


def test_the_day_is_the_one_set_or_counted_from_the_last_date() -> None:
    file = case_file()
    settings = default_settings()
    settings.tasks.outward_days = 3
    one = ReferralOut(id=1, kind="refuge", made=day("2026-11-24"))
    ask = reminders_outward.look_on
    assert ask(file, one, SETTINGS) == add_working_days(day("2026-11-24"), 5) == day("2026-12-01")
    assert ask(file, one, settings) == day("2026-11-27")
    one.answer, one.answered = "waiting", day("2026-11-26")
    assert ask(file, one, SETTINGS) == day("2026-12-03")
    one.next_look = day("2027-01-10")  # a Sunday
    assert ask(file, one, SETTINGS) == day("2027-01-08")
    one.outcome = "achieved"
    assert ask(file, one, SETTINGS) is None


def test_one_without_a_date_is_not_lost() -> None:
    file = case_file(received="2026-11-02")
    assert reminders_outward.look_on(file, ReferralOut(id=1), SETTINGS) == day("2026-11-09")


@pytest.mark.parametrize(
    ("kind", "said"),
    [("refuge", "refuge: answer?"), ("children", "children's worker: answer?")],
)
def test_the_line_says_to_what_and_names_nobody(kind: str, said: str) -> None:
    file = case_file()
    file.referrals_out = [ReferralOut(id=1, kind=kind, made=TODAY, note="Ring Quillfeather House")]
    (line,) = standing(file)
    assert line.title_text == said
    file.referrals_out[0].answer = "accepted"
    assert standing(file)[0].title_text == said.replace("answer", "outcome")


def test_every_kind_has_its_words() -> None:
    assert {*reminders_outward.SHORT, "other"} == set(CODES["outward_kind"])
