"""Safe contact through the real program: a call outside the safe times is stopped (DOMAIN 8).

The survivor may be contacted on weekdays from 09:30 to 14:30 only. Thu 26 Nov 2026.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from config.errors import BadInputError, RefusedError
from db.models import Case, ContactPoint, Note, Person, Record
from sanctuary_tui import views, work
from tests.scenarios.scenario_world import Day, World

THURSDAY = date(2026, 11, 26)
SAFE = "weekdays 9:30-14:30"
NEXT = "Next: Fri 27 Nov 09:30."


def referral(day: Day, times: str = SAFE, safe: str = "yes", **more: str) -> None:
    given = {
        "route": "police",
        "safe": safe,
        "phone": "07700 900101",
        "contact_times": times,
        "first_name": "Test",
        "surname": "Survivor",
        **more,
    }
    day.case_id = work.take_referral(day.caseload, given).id


def log(day: Day, **given: object) -> Note:
    return day.log("Spoke.", **given)


def story(day: Day) -> list[tuple[str, str]]:
    view = views.case_view(day.caseload, day.case_id, day.day, day.settings)
    return [(one.sentence, one.detail) for one in view.story]


def test_a_call_in_the_safe_times_is_logged(world: World) -> None:
    with world.on(THURSDAY, 14, 29) as day:
        referral(day)
        assert log(day).kind == "call"
        assert story(day)[0][0] == "Call logged"


@pytest.mark.parametrize("kind", ["call", "text", "email", "visit"])
def test_outside_the_safe_times_it_is_refused_with_the_reason_and_the_next(
    world: World, kind: str
) -> None:
    with world.on(THURSDAY, 14, 30) as day:
        referral(day)
        with pytest.raises(RefusedError) as refused:
            log(day, kind=kind)
        assert "Not a safe time: it is Thu 26 Nov 14:30" in refused.value.sentence
        assert "safe is Mon-Fri 09:30-14:30" in refused.value.sentence
        assert NEXT in refused.value.sentence
        assert day.file().notes == []
        assert "first_contact" in day.reminders()


def test_in_summer_the_times_are_englands(world: World) -> None:
    with world.on(date(2026, 7, 2), 13, 29) as day:
        referral(day)
        log(day)
    with world.on(date(2026, 7, 2), 13, 30) as day:
        day.case_id = 1
        with pytest.raises(RefusedError, match="Thu 2 Jul 14:30"):
            log(day)


def test_the_survivor_may_always_ring(world: World) -> None:
    with world.on(THURSDAY, 22) as day:
        referral(day)
        log(day, way="in")
        assert story(day)[0][0] == "Call from the survivor logged"
        day.keep(Case, day.case_id, do_not_contact="yes")
        log(day, way="in", kind="text")
        assert story(day)[0][0] == "Text from the survivor logged"


def test_somebody_else_may_be_rung_at_any_time(world: World) -> None:
    with world.on(THURSDAY, 22) as day:
        referral(day)
        day.keep(Case, day.case_id, do_not_contact="yes")
        log(day, way="other", with_whom="Police desk")
        assert story(day)[0][0] == "Contact with somebody else logged"
        with pytest.raises(RefusedError, match="asked for no contact"):
            log(day)


def test_a_call_made_earlier_in_a_safe_time_is_logged_at_its_time(world: World) -> None:
    with world.on(THURSDAY, 22) as day:
        referral(day)
        noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
        assert log(day, way="earlier", at=noon).at == noon
        assert story(day)[0][0] == "Earlier call logged"
        with pytest.raises(RefusedError, match="Not a safe time: it was Thu 26 Nov 20:00"):
            log(day, way="earlier", at=noon.replace(hour=20))
        with pytest.raises(BadInputError, match="When it was"):
            log(day, way="earlier")
        with pytest.raises(BadInputError, match="still to come"):
            log(day, way="earlier", at=noon.replace(day=27))


def test_in_an_emergency_one_goes_on_for_a_reason_that_stays_on_record(world: World) -> None:
    reason = "Ex released early; warning cannot wait"
    with world.on(THURSDAY, 22) as day:
        referral(day)
        with pytest.raises(RefusedError, match="emergency path is not open"):
            log(day, way="emergency", reason=reason)
        day.keep(Case, day.case_id, triggers="release")
        with pytest.raises(RefusedError, match="Not a safe time"):
            log(day)  # an emergency alone opens nothing
        with pytest.raises(BadInputError, match="reason"):
            log(day, way="emergency", reason="  ")
        note = log(day, way="emergency", reason=reason)
        assert reason in note.body
        sentence, detail = story(day)[0]
        assert sentence == "Call outside the safe times, in an emergency"
        assert reason in detail
        day.keep(Case, day.case_id, do_not_contact="yes")
        with pytest.raises(RefusedError, match="asked for no contact"):
            log(day, way="emergency", reason=reason)


def test_times_that_cannot_be_read_do_not_stop_a_call_but_are_not_kept_either(
    world: World,
) -> None:
    with world.on(THURSDAY, 22) as day:
        with pytest.raises(BadInputError, match="Safe times could not be read"):
            referral(day, times="after tea")
        referral(day, times="")
        point = day.file().contact_points[0]
        changes: list[tuple[type[Record], int, dict[str, str]]] = [
            (Case, day.case_id, {"contact_times": "after tea"}),
            (ContactPoint, point.id, {"times": "after tea"}),
            (ContactPoint, 0, {"times": "after tea", "safe": "yes"}),
        ]
        for kind, record_id, given in changes:
            with pytest.raises(BadInputError, match="Safe times could not be read"):
                day.keep(kind, record_id, **given)
        # As an older version, or a spreadsheet, would have left it:
        day.caseload.store.update(point, times="after tea")
        assert "(ask each time)" in day.card().safe_contact
        log(day)
        day.keep(ContactPoint, point.id, times="after tea", words="Library")
        with pytest.raises(BadInputError, match="Safe times could not be read"):
            day.keep(ContactPoint, point.id, times="after lunch")


def test_no_voice_call_to_a_survivor_who_is_not_rung(world: World) -> None:
    """Scenario B: the call is not only coloured but not taken; a call of theirs by relay is."""
    with world.on(THURSDAY, 10) as day:
        referral(day, times="")
        survivor = day.file().survivor
        assert survivor is not None
        day.keep(Person, survivor.id, communication="bsl;text_only")
        for way in ("out", "earlier"):
            at = datetime(2026, 11, 26, 9, tzinfo=UTC) if way == "earlier" else None
            with pytest.raises(RefusedError, match="is not rung"):
                log(day, way=way, at=at)
        log(day, kind="text")
        log(day, way="in")
        log(day, way="other", with_whom="DA service")


def test_a_contact_with_somebody_else_is_not_the_first_contact(world: World) -> None:
    with world.on(THURSDAY, 10) as day:
        referral(day)
        first = day.reminders()["first_contact"]
        given = {"way": "other", "body": "Rang the referrer.", "with_whom": "Referrer"}
        work.log_call(day.caseload, day.case_id, given, day.settings, first.id)
        assert day.file().notes[-1].kind == "agency"
        assert day.reminders()["first_contact"].id == first.id
        work.log_call(day.caseload, day.case_id, {"body": "Spoke."}, day.settings, first.id)
        assert "first_contact" not in day.reminders()


def test_a_call_to_the_police_settles_no_check_on_the_survivor(world: World) -> None:
    with world.on(THURSDAY, 10) as day:
        referral(day)
        log(day)
        day.keep(Person, role="perpetrator", release_date=date(2026, 11, 25))
        asked = day.reminders()["released"]
        police = {"way": "other", "body": "Rang the station.", "with_whom": "Police"}
        work.log_call(day.caseload, day.case_id, police, day.settings, asked.id)
        assert day.reminders()["released"].id == asked.id
        work.log_call(day.caseload, day.case_id, {"body": "Quiet."}, day.settings, asked.id)
        assert "released" not in day.reminders()


def banner(day: Day) -> str:
    return day.card().safe_contact


def test_a_way_reported_unsafe_on_a_call_is_used_no_more(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, contact_rule="Safe to call on the mobile.")
        log(day, still_safe="yes")
        assert "Safe to call on the mobile" in banner(day)
        assert "Do not contact" not in banner(day)
        log(day, still_safe="no", body="He has the phone now.")
        assert banner(day).startswith("Do not contact: reported unsafe.")
        assert "Safe to call" not in banner(day)  # the rule told of ways that are not safe now
        assert {point.safe for point in day.file().contact_points} == {"unsafe"}
        wanted = [one.title_text for one in day.file().reminders if one.state == "open"]
        assert wanted.count(work.UNSAFE) == 1
        with pytest.raises(RefusedError, match="reported unsafe"):
            log(day)
        log(day, way="other", with_whom="Support worker")
        day.caseload.store.undo_last()  # that call
        day.caseload.store.undo_last()  # and what the one before it told
        assert "Do not contact" not in banner(day)


def test_a_new_way_agreed_opens_contact_again(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, contact_rule="Safe to call on the mobile.")
        log(day, still_safe="no", next_action="Ask the support worker", next_due=THURSDAY)
        assert day.card().next_text == "Ask the support worker"
        day.keep(ContactPoint, kind="mobile", value="07700 900199", safe="text_only")
        assert "Text only" in banner(day)
        assert "Safe to call" not in banner(day)
        log(day, kind="text")


@pytest.mark.parametrize(
    ("given", "barred"),
    [
        ({"outcome": "done", "contact_safe": "no"}, True),
        ({"outcome": "unsafe"}, True),
        ({"outcome": "done", "contact_safe": "yes"}, False),
        ({"outcome": "no_answer"}, False),
    ],
)
def test_a_check_that_was_not_safe_bars_the_way(
    world: World, given: dict[str, str], barred: bool
) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day)
        work.record_check(day.caseload, day.case_id, given)
        assert ("reported unsafe" in banner(day)) == barred
        asked = [one for one in day.file().reminders if one.title_text == work.UNSAFE]
        assert len(asked) == barred


def test_a_check_nobody_answered_still_stands(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day)
        work.add_reminder(day.caseload, day.case_id, "3-month check", THURSDAY)
        (wanted,) = [one for one in day.file().reminders if one.title_text == "3-month check"]
        for outcome, state in (("no_answer", "open"), ("done", "done")):
            work.record_check(day.caseload, day.case_id, {"outcome": outcome}, wanted.id)
            now = next(one for one in day.file().reminders if one.id == wanted.id)
            assert now.state == state


def test_a_call_nobody_answered_is_no_first_contact(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day)
        first = day.reminders()["first_contact"]
        day.log("Rang out.", first.id, kind="tried")
        assert day.reminders()["first_contact"].due == first.due
        assert story(day)[0][0] == "Rang, no answer logged"
        log(day)
        assert "first_contact" not in day.reminders()


def test_a_next_action_that_is_done_is_next_no_more(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day)
        log(day, next_action="Ring the solicitor", next_due=THURSDAY)
        action = day.reminders()["next_action"]
        assert day.card().next_text == "Ring the solicitor"
        work.mark_done(day.caseload, action.id, "No answer there")
        assert "next_action" not in day.reminders()
        assert day.card().next_text != "Ring the solicitor"
        day.caseload.store.undo_last()
        assert day.card().next_text == "Ring the solicitor"
