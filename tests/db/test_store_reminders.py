"""The reminders that the rules make, and what each new day changes of them."""

from __future__ import annotations

from datetime import date

import pytest

from db import queries
from db.caseload import Caseload
from db.models import ConsentRequest, LegalOrder, Reminder
from tests.db import kit


def standing(caseload: Caseload, case_id: int, rule: str) -> Reminder:
    """The one reminder of a rule."""
    (found,) = [one for one in kit.file_of(caseload, case_id).reminders if one.rule == rule]
    return found


@pytest.mark.parametrize("state", ["done", "dismissed"])
def test_what_was_settled_stays_settled(caseload: Caseload, clock: kit.Clock, state: str) -> None:
    case = kit.add_case(caseload)
    reminder = standing(caseload, case.id, "acknowledge")
    caseload.store.update(reminder, state=state)
    for _ in range(3):
        clock.jump(5)
        caseload.store.update(case, pets=f"{clock.today()}")
        caseload.store.refresh([case.id])
        assert standing(caseload, case.id, "acknowledge").state == state


def test_what_was_put_off_stays_put_off(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    until = date(2026, 12, 4)
    caseload.store.update(
        standing(caseload, case.id, "acknowledge"), state="snoozed", snoozed_to=until
    )
    caseload.store.update(case, pets="a cat")
    reminder = standing(caseload, case.id, "acknowledge")
    assert (reminder.state, reminder.snoozed_to) == ("snoozed", until)


@pytest.mark.parametrize("state", ["open", "snoozed"])
def test_what_no_longer_stands_goes_and_comes_back_once(caseload: Caseload, state: str) -> None:
    case = kit.add_case(caseload)
    if state == "snoozed":
        caseload.store.update(
            standing(caseload, case.id, "acknowledge"), state="snoozed", snoozed_to=kit.DAY
        )
    caseload.store.update(case, acknowledged=kit.DAY)
    assert standing(caseload, case.id, "acknowledge").state == "gone"
    caseload.store.update(case, acknowledged=None)
    assert standing(caseload, case.id, "acknowledge").state == "open"


def test_a_settled_one_that_would_come_back_does_not(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    caseload.store.update(standing(caseload, case.id, "acknowledge"), state="done")
    caseload.store.update(case, acknowledged=kit.DAY)
    caseload.store.update(case, acknowledged=None)
    assert standing(caseload, case.id, "acknowledge").state == "done"


def test_a_moved_date_moves_the_one_reminder(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    plan = caseload.store.add(
        ConsentRequest(case_id=case.id, state="survivor_ok_to_contact", survivor_ok="yes")
    )
    first = standing(caseload, case.id, "consent_send")
    caseload.store.update(plan, survivor_ok_on=date(2026, 12, 1))
    second = standing(caseload, case.id, "consent_send")
    assert second.id == first.id
    assert second.due == date(2026, 12, 2) != first.due


def test_a_coordinators_own_reminder_is_left_alone(caseload: Caseload) -> None:
    case = kit.add_case(caseload)
    own = caseload.store.add(Reminder(case_id=case.id, title_text="ring the school", due=kit.DAY))
    caseload.store.update(case, pets="a cat")
    assert queries.get(caseload.connection, Reminder, own.id) == own


def test_a_rules_reminder_is_no_record_to_search_for(caseload: Caseload) -> None:
    """Its words are the program's; done, undone or reworded, the index never has them."""
    case = kit.add_case(caseload)
    caseload.store.update(standing(caseload, case.id, "acknowledge"), state="done")
    caseload.store.undo_last()
    assert kit.rows(caseload, "SELECT entity FROM search WHERE entity = 'reminders'") == []


# --- the day


def test_each_new_day_works_out_what_no_longer_holds(caseload: Caseload, clock: kit.Clock) -> None:
    case = kit.add_case(caseload)
    caseload.store.add(
        LegalOrder(case_id=case.id, kind="occupation", made=kit.DAY, expiry=date(2026, 12, 10))
    )
    clock.jump(1)
    caseload.store.refresh_stale(clock.today())
    for _ in range(30):
        clock.jump(1)
        caseload.store.refresh_stale(clock.today())
        kit.check_case(kit.file_of(caseload, case.id), caseload, clock.today())


def test_a_clock_put_right_again_works_everything_out_again(
    caseload: Caseload, clock: kit.Clock
) -> None:
    """A computer whose date was wrong, or a look at another day, leaves no cards of that day."""
    case = kit.add_case(caseload)
    caseload.store.add(
        ConsentRequest(case_id=case.id, state="sent", sent_on=kit.DAY, survivor_ok="yes")
    )
    clock.jump(60)
    caseload.store.refresh_stale(clock.today())
    assert queries.card(caseload.connection, case.id).consent == "silent"
    clock.jump(-60)
    assert caseload.store.refresh_stale(clock.today()) == 1
    assert queries.card(caseload.connection, case.id).consent == "sent"
    assert caseload.store.refresh_stale(clock.today()) == 0
