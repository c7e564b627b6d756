"""Safe contact through the real program: a call outside the safe times is stopped (DOMAIN 8).

The survivor may be contacted on weekdays from 09:30 to 14:30 only. Thu 26 Nov 2026.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from config.errors import BadInputError, RefusedError
from db.models import AftercareCheck, Case, ContactPoint, Note, Person, Record, Visit
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


@pytest.mark.parametrize("kind", ["call", "tried", "text", "visit"])
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


def test_an_email_that_is_safe_opens_no_call_at_night(world: World) -> None:
    """A mobile by day, an email at any hour: at 19:00 only the email goes."""
    with world.on(THURSDAY, 19) as day:
        referral(day)
        with pytest.raises(RefusedError, match="No email address of the survivor's"):
            log(day, kind="email")
        day.keep(ContactPoint, kind="email", value="t@example.org", safe="yes", times="any time")
        for kind in ("call", "tried", "text", "visit"):
            with pytest.raises(RefusedError, match="safe by mobile is Mon-Fri 09:30-14:30"):
                log(day, kind=kind)
            with pytest.raises(RefusedError, match="Not a safe time: it was"):
                log(day, kind=kind, way="earlier", at=datetime(2026, 11, 26, 18, tzinfo=UTC))
        assert day.file().notes == []
        assert log(day, kind="email").kind == "email"


def test_a_letter_that_is_safe_opens_no_call_at_night(world: World) -> None:
    with world.on(THURSDAY, 22) as day:
        referral(day)
        day.keep(ContactPoint, kind="via", value="Support worker", safe="yes", times="any time")
        with pytest.raises(RefusedError, match="Not a safe time"):
            log(day)
        log(day, kind="note")
        point = day.file().contact_points[-1]
        day.keep(ContactPoint, point.id, times=SAFE)
        with pytest.raises(RefusedError, match="Not a safe time"):
            log(day, kind="note")


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
        assert story(day)[0][0] == "Earlier call logged; it was Thu 26 Nov 12:00"
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


RULE = "Write to the sister; never to the house. Say marigold."


def test_where_only_a_rule_in_words_was_known_no_longer_safe_bars_too(world: World) -> None:
    """Nothing was marked where there was no way to mark, and the rule was gone."""
    with world.on(THURSDAY, 12) as day:
        referral(day, times="", safe="not_known", contact_rule=RULE)
        day.keep(Case, day.case_id, code_word="Marigold")
        log(day, still_safe="no", body="He reads her letters.")
        assert banner(day).startswith("Do not contact: reported unsafe.")
        assert "sister" not in banner(day)
        for kind in ("call", "text", "email", "visit"):
            with pytest.raises(RefusedError, match="reported unsafe"):
                log(day, kind=kind)
        (kept,) = [one for one in day.file().notes if "never to the house" in one.body]
        assert kept.kind == "note"
        assert "marigold" not in kept.body.lower()
        day.caseload.store.undo_last()
        assert "sister" in banner(day)


def test_no_longer_safe_bars_where_no_way_was_recorded_at_all(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, times="", safe="not_known")
        day.caseload.store.delete(day.file().contact_points[0])
        log(day, kind="email", still_safe="no")
        (point,) = day.file().contact_points
        assert (point.kind, point.safe) == ("email", "unsafe")
        assert "reported unsafe" in banner(day)


def checked(day: Day) -> dict[str, date | None]:
    return {one.value: one.checked for one in day.file().contact_points}


def test_still_safe_dates_the_way_that_was_used(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, safe="never", times="")
        for kind, value in (("mobile", "07700 900102"), ("email", "t@example.org")):
            day.keep(ContactPoint, kind=kind, value=value, safe="yes")
        log(day, kind="visit", still_safe="yes")  # by none of them
        log(day, way="other", still_safe="yes")
        assert set(checked(day).values()) == {None}
        log(day, kind="email", still_safe="yes")
        assert checked(day) == {
            "07700 900101": None,
            "07700 900102": None,
            "t@example.org": THURSDAY,
        }
        log(day, kind="call", still_safe="yes")
        assert checked(day)["07700 900102"] == THURSDAY
        assert checked(day)["07700 900101"] is None


def test_of_two_numbers_nobody_knows_which_was_used(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, safe="yes")
        day.keep(ContactPoint, kind="phone", value="01632 960100", safe="yes")
        log(day, still_safe="yes")
        assert set(checked(day).values()) == {None}
        day.keep(ContactPoint, day.file().contact_points[1].id, times="18:00-20:00")
        log(day, still_safe="yes")  # the other is not used at noon
        assert checked(day) == {"07700 900101": THURSDAY, "01632 960100": None}


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


@pytest.mark.parametrize("given", [{"contact_safe": "no"}, {"outcome": "unsafe"}])
def test_a_check_added_or_corrected_in_a_form_bars_the_ways_too(
    world: World, given: dict[str, str]
) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, contact_rule="Safe to call on the mobile.")
        check = day.keep(AftercareCheck, kind="extra", outcome="done", contact_safe="yes")
        assert "Do not contact" not in banner(day)
        day.keep(AftercareCheck, check.id, **given)
        assert "reported unsafe" in banner(day)
        assert {point.safe for point in day.file().contact_points} == {"unsafe"}
        # What it said before bars nothing that was agreed since.
        day.keep(ContactPoint, kind="email", value="t@example.org", safe="yes")
        day.keep(AftercareCheck, check.id, **given, fault="Gate sticks")
        assert "Do not contact" not in banner(day)
    with world.on(THURSDAY, 13) as day:
        referral(day, first_name="Other")
        day.keep(AftercareCheck, **{"kind": "extra", "outcome": "done", **given})
        assert "reported unsafe" in banner(day)


def check_made(day: Day, **given: object) -> AftercareCheck:
    return work.record_check(day.caseload, day.case_id, given, settings=day.settings)


@pytest.mark.parametrize("by", ["call", "text", "visit", "email"])
def test_a_check_outside_the_safe_times_is_refused_by_its_way(world: World, by: str) -> None:
    with world.on(THURSDAY, 19) as day:
        referral(day)
        email = {"kind": "email", "value": "t@example.org", "safe": "yes", "times": "any time"}
        day.keep(ContactPoint, **email)
        if by == "email":
            assert check_made(day, by=by).method == "Email"
            return
        with pytest.raises(RefusedError, match="Not a safe time: it is Thu 26 Nov 19:00"):
            check_made(day, by=by)
        with pytest.raises(RefusedError, match="Not a safe time"):
            day.keep(AftercareCheck, kind="extra", outcome="done")
        assert day.file().aftercare_checks == []
        for way in ("in", "other"):
            check_made(day, by=by, way=way)


def test_a_check_made_earlier_says_when_and_is_judged_by_it(world: World) -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)
    with world.on(THURSDAY, 19) as day:
        referral(day)
        with pytest.raises(BadInputError, match="When it was"):
            check_made(day, way="earlier")
        with pytest.raises(BadInputError, match="When it was"):  # a day alone does not say it
            day.keep(AftercareCheck, kind="extra", outcome="done", done_on=noon.date())
        with pytest.raises(RefusedError, match="it was Wed 25 Nov 20:00"):
            check_made(day, way="earlier", at=noon.replace(hour=20))
        check = check_made(day, way="earlier", at=noon, contact_safe="yes")
        assert (check.done_on, check.method) == (noon.date(), "Call")
        assert checked(day) == {"07700 900101": THURSDAY}


def test_in_an_emergency_a_check_goes_on_for_a_reason_that_is_kept(world: World) -> None:
    reason = "Ex seen at the gate"
    with world.on(THURSDAY, 22) as day:
        referral(day)
        with pytest.raises(RefusedError, match="emergency path is not open"):
            check_made(day, way="emergency", reason=reason)
        day.keep(Case, day.case_id, triggers="weapon")
        with pytest.raises(BadInputError, match="reason"):
            check_made(day, way="emergency")
        check_made(day, way="emergency", reason=reason)
        assert reason in day.file().notes[-1].body
        assert any("in an emergency" in sentence for sentence, _ in story(day)[:2])


def test_no_check_of_ours_where_the_survivor_is_not_reached(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day)
        day.keep(Case, day.case_id, do_not_contact="yes", triggers="weapon")
        for way in ("out", "emergency"):
            with pytest.raises(RefusedError, match="asked for no contact"):
                check_made(day, way=way, reason="Warned")
        check_made(day, way="in")
        check_made(day, way="other", outcome="unsafe")


@pytest.mark.parametrize("kind", ["call", "tried", "text", "email", "visit"])
def test_a_note_is_no_way_round_the_rule(world: World, kind: str) -> None:
    with world.on(THURSDAY, 22) as day:
        referral(day)
        with pytest.raises(RefusedError, match="with l"):
            day.keep(Note, kind=kind, body="Spoke.")
        for other in ("note", "agency", "legal_advice"):
            day.keep(Note, kind=other, body="Wrote to the solicitor.")
        assert "first_contact" in day.reminders()


FRIDAY = date(2026, 11, 27)


def booked(day: Day, **given: object) -> Visit:
    whole = {"kind": "survey", "on": FRIDAY, **given}
    return work.book(day.caseload, day.case_id, whole, day.settings)


@pytest.mark.parametrize("way", ["book", "form"])
def test_a_visit_outside_the_safe_times_is_not_booked(world: World, way: str) -> None:
    def book(**given: object) -> Visit:
        if way == "book":
            return booked(day, **given)
        kept: Visit = day.keep(Visit, **{"kind": "survey", "on": FRIDAY, **given})
        return kept

    with world.on(THURSDAY, 12) as day:
        referral(day)
        with pytest.raises(RefusedError) as refused:
            book(window="16:00-18:00")
        said = "Fri 27 Nov 16:00-18:00 is not in the safe times, which are Mon-Fri 09:30-14:30"
        assert said in refused.value.sentence
        with pytest.raises(RefusedError, match="not in the safe times"):
            book(window="14:00-15:00")  # half in them
        with pytest.raises(RefusedError, match="not in the safe times"):
            book(on=date(2026, 11, 28))  # a Saturday
        assert day.file().visits == []
        visit = book(window="10:00-12:00")
        book(window="morning")  # read by nobody: the rule was shown, and accepted
        book(window="16:00-18:00", safe_window="yes")
        with pytest.raises(RefusedError, match="not in the safe times"):
            day.keep(Visit, visit.id, window="18:00-20:00")
        day.keep(Visit, visit.id, note="Park at the back.")
        day.keep(Visit, visit.id, window="18:00-20:00", outcome="cancelled_by_them")


def test_no_visit_to_a_survivor_who_is_not_to_be_reached(world: World) -> None:
    with world.on(THURSDAY, 12) as day:
        referral(day, times="")
        visit = booked(day, window="10:00-12:00")
        log(day, still_safe="no")
        for act in (
            lambda: booked(day, safe_window="yes"),
            lambda: day.keep(Visit, kind="survey", on=FRIDAY),
            lambda: day.keep(Visit, visit.id, on=date(2026, 11, 30)),
        ):
            with pytest.raises(RefusedError, match="reported unsafe"):
                act()
        day.keep(Visit, visit.id, outcome="cancelled_by_them")
        day.keep(ContactPoint, kind="via", value="Support worker", safe="yes")
        booked(day)
        day.keep(Case, day.case_id, do_not_contact="yes")
        with pytest.raises(RefusedError, match="asked for no contact"):
            booked(day)


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


@pytest.mark.parametrize("who", ["Test Survivor", "test  survivor", "Test", "the survivor"])
def test_the_survivor_is_not_somebody_else(world: World, who: str) -> None:
    with world.on(date(2026, 11, 26)) as day:
        world.refer(day, route="police", safe="yes", phone="07700 900357", first_name="Test",
                    surname="Survivor", tenure="prs", named_parties="survivor_sole")  # fmt: skip
        with pytest.raises(RefusedError, match="That is the survivor"):
            day.log("Rang her.", way="other", with_whom=who)
        assert [note.kind for note in day.file().notes if note.kind == "agency"] == []
        day.log("Rang them.", way="other", with_whom="Testing station, front desk")


def test_a_call_from_before_the_referral_is_no_first_contact(world: World) -> None:
    with world.on(date(2026, 11, 26)) as day:
        world.refer(day, route="police", safe="yes", phone="07700 900357", first_name="Test",
                    surname="Survivor", tenure="prs", named_parties="survivor_sole")  # fmt: skip
        waiting = day.reminders()["first_contact"]
        earlier = day.caseload.store.now() - timedelta(days=2)
        day.log("Spoke.", waiting.id, way="earlier", at=earlier)
        assert "first_contact" in day.reminders()
        day.log("Spoke again.", waiting.id)
        assert "first_contact" not in day.reminders()
