"""Today and the aftercare agenda, from cards and reminders."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pathway_files import SETTINGS, day

from db.models import Reminder
from db.readmodels import AgendaLine, CaseCard
from sanctuary_tui.pathway.agenda import aftercare_agenda, agenda

TODAY = day("2026-11-26")


def card(number: int, **more: object) -> CaseCard:
    given: dict[str, object] = {
        "status": "open",
        "stage": "consent",
        "stage_entered": day("2026-11-20"),
        "risk": "medium",
        **more,
    }
    return CaseCard(case_id=number, ref=f"S26-{number:04d}", **given)  # type: ignore[arg-type]


def due(number: int, ahead: int, rule: str = "risk_review", **more: object) -> Reminder:
    key = f"{rule}:{number}:{ahead}:{more.get('record_id', '')}"
    given: dict[str, object] = {"title_text": rule, "action": "open", **more}
    return Reminder(
        id=abs(hash(key)) % 100000,
        case_id=number,
        key=key,
        rule=rule,
        due=TODAY + timedelta(days=ahead),
        **given,  # type: ignore[arg-type]
    )


def lines(cards: list[CaseCard], reminders: list[Reminder]) -> list[AgendaLine]:
    return agenda({item.case_id: item for item in cards}, reminders, TODAY, SETTINGS)


def shape(found: list[AgendaLine]) -> list[tuple[str, int]]:
    return [(line.group, line.card.case_id) for line in found]


def test_groups_by_date() -> None:
    found = lines(
        [card(n) for n in range(1, 6)], [due(1, -1), due(2, 0), due(3, 1), due(4, 7), due(5, 8)]
    )
    assert shape(found) == [("overdue", 1), ("today", 2), ("coming", 3), ("coming", 4)]


def test_reviews_of_retention_stand_last_under_their_own_heading() -> None:
    """However long they have been due; and a case with nothing else is still stuck or new."""
    past = card(2, target_due=day("2026-11-20"), stuck_why="no answer")
    found = lines(
        [card(1, risk="high", status="closed"), past, card(3, risk="standard")],
        [
            due(1, -400, "retention_review"),
            due(2, 0, "retention_review"),
            due(3, -1),
            due(1, 3, "retention_review", record_id=5),
        ],
    )
    assert shape(found) == [
        ("overdue", 3),
        ("stuck", 2),
        ("keeping", 1),
        ("keeping", 1),
        ("keeping", 2),
    ]


def test_order_is_group_then_emergency_then_risk_then_date() -> None:
    cards = [
        card(1, risk="standard"),
        card(2, risk="high"),
        card(3, risk="not_known"),
        card(4, risk="medium"),
        card(5, risk="standard", urgency="emergency"),
        card(6, risk="high"),
    ]
    found = lines(cards, [due(n, -n) for n in range(1, 7)])
    assert [line.card.case_id for line in found] == [5, 6, 2, 4, 3, 1]


def test_new_referrals_without_contact() -> None:
    cards = [card(1, stage="referral"), card(2, stage="referral"), card(3, stage="triage")]
    found = lines(
        cards, [due(1, 2, "first_contact", action="call"), due(3, 1, "first_contact"), due(3, 0)]
    )
    assert shape(found) == [("today", 3), ("new", 3), ("new", 1), ("new", 2)]
    assert found[2].command == "call"
    quiet = lines([card(1, stage="referral", do_not_contact=1)], [])
    assert quiet[0].text == "new referral, do not contact"


def test_stuck_is_past_the_target_and_not_already_shown() -> None:
    late = day("2026-11-20")
    cards = [
        card(1, target_due=late, stuck_why="agent silent"),
        card(2, target_due=late),
        card(3, target_due=TODAY),
        card(4, target_due=late, status="closed"),
        card(5, target_due=late),
    ]
    found = lines(cards, [due(1, -6, "stage_target"), due(2, -1), due(5, 3)])
    assert shape(found) == [("overdue", 2), ("stuck", 1), ("stuck", 5), ("coming", 5)]


def test_a_target_that_is_near_needs_no_line_beside_another() -> None:
    found = lines(
        [card(1), card(2)], [due(1, 1, "stage_target"), due(1, 3), due(2, 1, "stage_target")]
    )
    assert shape(found) == [("coming", 2), ("coming", 1)]


def test_a_stuck_line_says_why() -> None:
    late = day("2026-11-20")
    found = lines(
        [
            card(9, target_due=late),
            card(1, target_due=late, stuck_why="agent silent"),
            card(5, target_due=late),
        ],
        [due(1, -6, "stage_target"), due(9, -1)],
    )
    assert found[1].text == "agent silent"
    assert found[1].reminder_id is not None
    assert found[2].reminder_id is None


def test_a_stage_target_put_off_or_dealt_with_is_not_stuck() -> None:
    late = day("2026-11-20")
    cards = [card(1, target_due=late), card(2, target_due=late), card(3, target_due=late)]
    found = lines(
        cards,
        [
            due(1, -6, "stage_target", state="snoozed", snoozed_to=day("2026-11-30")),
            due(2, -6, "stage_target", state="done"),
            due(3, -6, "stage_target", state="snoozed", snoozed_to=day("2026-11-25")),
        ],
    )
    assert shape(found) == [("stuck", 3), ("coming", 1)]


@pytest.mark.parametrize("until", ["2026-11-27", "2026-12-03", "2027-01-04"])
def test_a_line_put_off_does_not_make_its_case_stuck(until: str) -> None:
    late = day("2026-11-20")
    cards = [card(1, target_due=late, stuck_why="agent silent"), card(2, target_due=late)]
    target = due(1, -6, "stage_target")
    put_off = due(1, -2, state="snoozed", snoozed_to=day(until))
    near = [("coming", 1)] if day(until) <= TODAY + timedelta(days=7) else []
    assert shape(lines(cards, [target, put_off])) == [("stuck", 2), *near]
    on_its_day = agenda({1: cards[0]}, [target, put_off], day(until), SETTINGS)
    assert shape(on_its_day) == [("today", 1)]
    done = due(1, -2, state="done", snoozed_to=day(until))
    assert shape(lines(cards, [target, done])) == [("stuck", 1), ("stuck", 2)]


PLANNED = [
    "visit",
    "next_action",
    "consent_chase",
    "consent_owner",
    "consent_escalate",
    "consent_eh",
]


@pytest.mark.parametrize("rule", PLANNED)
def test_what_is_planned_within_a_week_stands_for_its_case(rule: str) -> None:
    stuck = card(1, target_due=day("2026-11-20"), stuck_why="agent silent")
    target = due(1, -6, "stage_target")
    for ahead in (1, 7):
        assert shape(lines([stuck], [target, due(1, ahead, rule)])) == [("coming", 1)]
    assert shape(lines([stuck], [target, due(1, 8, rule)])) == [("stuck", 1)]
    assert shape(lines([stuck], [target, due(1, 1, rule, state="done")])) == [("stuck", 1)]


def test_a_stuck_line_is_as_old_as_its_reason() -> None:
    late, since = day("2026-11-20"), day("2026-11-03")
    cards = [
        card(1, target_due=late, stuck_why="agent silent", stuck_since=since),
        card(2, target_due=late, stuck_since=None),
    ]
    found = lines(cards, [due(1, -6, "stage_target")])
    assert [(line.group, line.text, line.since, line.due) for line in found] == [
        ("stuck", "agent silent", since, late),
        ("stuck", "past its target", None, late),
    ]


def test_a_case_whose_next_step_is_a_booked_visit_is_not_stuck() -> None:
    """Past its target, but the day is set and nothing is to be done till then."""
    late = day("2026-11-20")
    waits = card(1, target_due=late, stuck_why="install Thu 17 Dec", next_due=day("2026-12-17"))
    assert [line.group for line in lines([waits], [])] == ["stuck"]
    assert lines([waits], [due(1, 21, "visit")]) == []
    assert [line.group for line in lines([waits], [due(1, 21, "visit", state="done")])] == ["stuck"]
    other = card(1, target_due=late, stuck_why="agent silent", next_due=day("2026-11-30"))
    assert [line.group for line in lines([other], [due(1, 21, "visit")])] == ["stuck"]


def test_a_referral_is_new_until_its_target_has_passed() -> None:
    since = day("2026-11-03")

    def shown(due: str) -> list[tuple[str, date | None]]:
        new = card(3, stage="referral", target_due=day(due), stuck_why="", stuck_since=since)
        return [(line.group, line.since) for line in lines([new], [])]

    assert shown("2026-11-26") == [("new", None)]
    assert shown("2026-11-25") == [("stuck", None)]


def test_snoozed_comes_back_on_its_day_and_done_stays_away() -> None:
    found = lines(
        [card(1), card(2), card(3), card(4)],
        [
            due(1, -9, state="snoozed", snoozed_to=TODAY),
            due(2, -9, state="snoozed", snoozed_to=day("2027-01-04")),
            due(3, -9, state="done"),
            due(4, 0, state="dismissed"),
        ],
    )
    assert shape(found) == [("today", 1)]


def test_one_line_for_one_action_of_a_case() -> None:
    ladder = [
        due(1, -9, "consent_chase", action="chase", record_id=7, title_text="chase agent"),
        due(1, -5, "consent_owner", action="chase", record_id=7),
        due(1, 0, "consent_escalate", action="chase", record_id=7),
        due(1, -2, "consent_chase", action="chase", record_id=8, title_text="chase lender"),
    ]
    checks = [due(2, -20, "aftercare"), due(2, -2, "aftercare"), due(2, 0, "battery", record_id=1)]
    found = lines([card(1), card(2)], ladder + checks)
    assert [(line.card.case_id, line.text, line.due) for line in found] == [
        (2, "aftercare", TODAY - timedelta(days=20)),
        (1, "chase agent", TODAY - timedelta(days=9)),
        (1, "chase lender", TODAY - timedelta(days=2)),
        (2, "battery", TODAY),
    ]


def test_the_cases_of_one_list_that_closes_are_one_line() -> None:
    def listing(number: int, meeting: str, **more: object) -> Reminder:
        made = due(number, 7, "marac_cutoff", action="marac", **more)
        made.key = f"marac_cutoff:{meeting}"
        return made

    cards = [card(1, risk="standard"), card(2, risk="high"), card(3), card(4)]
    found = lines(
        [*cards, card(5, urgency="emergency")],
        [
            listing(1, "2026-12-10"),
            listing(2, "2026-12-10", record_id=9),
            listing(3, "2026-12-10"),
            listing(4, "2026-12-24"),
            listing(5, "2026-12-10"),
            due(3, 1),
        ],
    )
    assert [(line.card.ref, line.text, line.place, line.cases) for line in found] == [
        ("S26-0005", "marac_cutoff", "", 1),
        ("MARAC", "list closes: 3 to list or send", "marac", 3),
        ("S26-0003", "risk_review", "", 1),
        ("S26-0004", "marac_cutoff", "", 1),
    ]
    first = found[1]
    assert (first.card.case_id, first.card.risk, first.reminder_id) == (0, "high", None)
    assert (first.group, first.due) == ("coming", day("2026-12-03"))


def test_a_list_that_closes_hides_no_case_that_is_stuck() -> None:
    late = day("2026-11-20")
    cards = [card(n, target_due=late, stuck_why="agent silent") for n in (1, 2)]
    closing = [due(n, -1, "marac_cutoff", action="marac") for n in (1, 2)]
    for one in closing:
        one.key = "marac_cutoff:2026-12-03"
    assert shape(lines(cards, closing)) == [("overdue", 0), ("stuck", 1), ("stuck", 2)]
    assert shape(lines(cards[:1], closing[:1])) == [("overdue", 1)]


def test_what_the_card_says_comes_next_is_not_said_twice() -> None:
    stuck = card(
        1, target_due=day("2026-11-20"), stuck_why="no advice", next_text="get legal advice"
    )
    target = due(1, -6, "stage_target")
    same = due(1, 2, "legal_advice", title_text="get legal advice")
    assert shape(lines([stuck], [target, same])) == [("coming", 1)]
    other = due(1, 2, "legal_advice", title_text="something else")
    assert shape(lines([stuck], [target, other])) == [("stuck", 1), ("coming", 1)]


def test_two_reminders_of_ones_own_both_show() -> None:
    found = lines([card(1)], [due(1, 0, "", title_text="a"), due(1, -1, "", title_text="b")])
    assert [line.text for line in found] == ["b", "a"]


def test_what_a_move_leaves_shows_on_a_closed_case_and_unknown_cases_are_left_out() -> None:
    found = lines([card(1, status="closed")], [due(1, -1, "kit_return"), due(99, -1)])
    assert shape(found) == [("overdue", 1)]


def test_aftercare_agenda_has_only_its_rules_and_later() -> None:
    cards = {1: card(1), 2: card(2)}
    found = aftercare_agenda(
        cards,
        [
            due(1, -1, "aftercare"),
            due(1, 0, "ask_cadence"),
            due(2, 7, "battery"),
            due(2, 8, "order_expiry"),
            due(2, -5, "consent_chase"),
            due(1, 30, "kit_return", state="done"),
        ],
        TODAY,
        SETTINGS,
    )
    assert [(line.group, line.rule) for line in found] == [
        ("overdue", "aftercare"),
        ("today", "ask_cadence"),
        ("coming", "battery"),
        ("later", "order_expiry"),
    ]
    dates: list[date | None] = [line.due for line in found]
    assert dates == sorted(dates, key=lambda item: item or date.max)
