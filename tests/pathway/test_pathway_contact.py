"""Safe contact: when the survivor may be reached, how, and what is asked each time (DOMAIN 8)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathway_files import case_file

from config.format import local
from db.models import CaseFile, ContactPoint
from sanctuary_tui.pathway import contact

SCHOOL = "weekdays 9:30-14:30"


def at(text: str) -> datetime:
    """A UTC moment."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def reached(times: str = "", safe: str = "yes", **case: str) -> CaseFile:
    """A survivor with one mobile."""
    file = case_file(**case)
    file.contact_points = [
        ContactPoint(id=1, person_id=1, kind="mobile", safe=safe, times=times),
    ]
    return file


@pytest.mark.parametrize(
    ("times", "now", "state", "sentence", "changes"),
    [
        ("", "2026-11-26T03:00", "open", "Safe at any time, as far as is recorded.", None),
        (SCHOOL, "2026-11-26T09:30", "open", "Safe now, until 14:30.", "2026-11-26T14:30"),
        (
            SCHOOL,
            "2026-11-26T14:30",
            "shut",
            "Not a safe time: it is Thu 26 Nov 14:30, and safe is Mon-Fri 09:30-14:30. "
            "Next: Fri 27 Nov 09:30.",
            "2026-11-27T09:30",
        ),
        (
            SCHOOL,
            "2026-11-26T09:29:59",
            "shut",
            "Not a safe time: it is Thu 26 Nov 09:29, and safe is Mon-Fri 09:30-14:30. "
            "Next: 09:30.",
            "2026-11-26T09:30",
        ),
        # Summer time: 13:45 UTC is 14:45 in England.
        (
            SCHOOL,
            "2026-07-03T13:45",
            "shut",
            "Not a safe time: it is Fri 3 Jul 14:45, and safe is Mon-Fri 09:30-14:30. "
            "Next: Mon 6 Jul 09:30.",
            "2026-07-06T08:30",
        ),
        # Over the change to summer time: Monday's 09:30 is 08:30 UTC.
        (
            SCHOOL,
            "2026-03-27T15:00",
            "shut",
            "Not a safe time: it is Fri 27 Mar 15:00, and safe is Mon-Fri 09:30-14:30. "
            "Next: Mon 30 Mar 09:30.",
            "2026-03-30T08:30",
        ),
        # Past midnight: still the night that began on Friday.
        (
            "Fri 22:00-02:00",
            "2026-11-28T01:30",
            "open",
            "Safe now, until 02:00.",
            "2026-11-28T02:00",
        ),
        (
            "school hours",
            "2026-11-26T10:00",
            "ask",
            "In school hours only, until 14:30: make sure that the school is open today.",
            "2026-11-26T14:30",
        ),
        (
            "after tea",
            "2026-11-26T10:00",
            "ask",
            "The safe times cannot be read: make sure that now is safe.",
            None,
        ),
    ],
)
def test_safe_now_by_table(
    times: str, now: str, state: str, sentence: str, changes: str | None
) -> None:
    found = contact.safe_now(reached(times), at(now))
    assert (found.state, found.sentence) == (state, sentence)
    assert found.changes == (at(changes) if changes else None)


def test_set_times_that_nobody_recorded_are_asked_each_time() -> None:
    file = reached(safe="times")
    found = contact.safe_now(file, at("2026-11-26T10:00"))
    assert (found.state, found.sentence) == (
        "ask",
        "The safe times are not recorded: make sure that now is safe.",
    )
    assert contact.safe_contact(file) == "Set times only, ask each time."


def test_old_times_that_cannot_be_read_are_shown_as_asked_each_time() -> None:
    assert contact.safe_contact(reached("after tea")) == "Safe to ring, after tea (ask each time)."
    assert contact.safe_contact(reached(SCHOOL)) == f"Safe to ring, {SCHOOL}."


def test_the_cases_times_bind_where_the_number_has_none_of_its_own() -> None:
    evening = at("2026-11-26T19:00")
    file = reached(contact_times=SCHOOL)
    assert contact.safe_now(file, evening).state == "shut"
    file.contact_points[0].times = "18:00-20:00"
    assert contact.safe_now(file, evening).state == "open"


def test_of_several_ways_the_one_that_is_safe_now_counts_and_is_named() -> None:
    file = reached(SCHOOL)
    file.contact_points.append(
        ContactPoint(id=2, person_id=1, kind="email", safe="yes", times="18:00-20:00")
    )
    assert contact.safe_now(file, at("2026-11-26T19:00")).sentence == (
        "Safe now by email, until 20:00."
    )
    found = contact.safe_now(file, at("2026-11-26T15:00"))
    assert found.state == "shut"
    assert found.changes == at("2026-11-26T18:00")
    assert "safe by email is every day 18:00-20:00" in found.sentence
    never = ContactPoint(id=3, person_id=1, kind="phone", safe="never", times="any time")
    file.contact_points.append(never)
    assert contact.safe_now(file, at("2026-11-26T15:00")).state == "shut"


@pytest.mark.parametrize(
    ("safe", "case", "state"),
    [
        ("not_asked", {}, "ask"),
        ("not_known", {}, "ask"),
        ("not_asked", {"contact_rule": "Ring the support worker first."}, "ask"),
        ("never", {}, "barred"),
        ("yes", {"do_not_contact": "yes"}, "barred"),
    ],
)
def test_what_is_not_known_is_asked_and_a_bar_stays_a_bar(
    safe: str, case: dict[str, str], state: str
) -> None:
    found = contact.safe_now(reached(safe=safe, **case), at("2026-11-26T10:00"))
    assert found.state == state
    assert found.sentence.endswith(".")


@given(
    now=st.integers(min_value=0, max_value=366 * 24 * 60),
    days=st.sampled_from(["Mon-Fri", "Sat, Sun", "Wed", "every day"]),
    start=st.integers(min_value=8, max_value=17),
    length=st.integers(min_value=1, max_value=6),
)
def test_outside_the_times_is_never_open_and_the_next_window_is_in_them(
    now: int, days: str, start: int, length: int
) -> None:
    moment = at("2026-01-01T00:00") + timedelta(minutes=now)
    file = reached(f"{days} {start:02d}:00-{start + length:02d}:00")
    found = contact.safe_now(file, moment)
    here = local(moment)
    named = {"Mon-Fri": range(5), "Sat, Sun": (5, 6), "Wed": (2,), "every day": range(7)}[days]
    assert found.state == (
        "open" if here.weekday() in named and start <= here.hour < start + length else "shut"
    )
    assert found.changes is not None
    assert found.changes > moment
    if found.state == "shut":
        opens = local(found.changes)
        assert opens.weekday() in named
        assert (opens.hour, opens.minute) == (start, 0)
        assert contact.safe_now(file, found.changes).state == "open"


@pytest.mark.parametrize(
    ("needs", "kind", "safe", "silent", "way"),
    [
        ("", "mobile", "yes", False, "call"),
        ("", "phone", "no_voicemail", False, "call"),
        ("", "mobile", "times", False, "call"),
        ("", "mobile", "text_only", True, "text"),
        ("bsl", "mobile", "yes", True, "text"),
        ("text_only", "mobile", "yes", True, "text"),
        ("bsl", "email", "yes", True, "email"),
        ("interpreter", "mobile", "yes", False, "call"),
        ("", "email", "yes", True, "email"),
        ("", "letter", "yes", True, "note"),
        ("", "mobile", "not_known", False, "call"),
    ],
)
def test_who_is_not_rung_and_how_they_are_reached(
    needs: str, kind: str, safe: str, silent: bool, way: str
) -> None:
    file = reached(safe=safe)
    file.contact_points[0].kind = kind
    survivor = file.survivor
    assert survivor is not None
    survivor.communication = needs
    assert contact.silent(file) is silent
    assert contact.usual_way(file) == way


# --- each way by its own times --------------------------------------------------------------------


def ways(*points: tuple[str, str, str], needs: str = "", **case: str) -> CaseFile:
    """A survivor with these ways: kind, whether it is safe, and when."""
    file = case_file(**case)
    file.contact_points = [
        ContactPoint(id=number, person_id=1, kind=kind, safe=safe, times=times)
        for number, (kind, safe, times) in enumerate(points, 1)
    ]
    survivor = file.survivor
    assert survivor is not None
    survivor.communication = needs
    return file


EVENING, NOON = "2026-11-26T20:00", "2026-11-26T12:00"
PHONE_AND_EMAIL = (("mobile", "yes", SCHOOL), ("email", "yes", ""))


@pytest.mark.parametrize(
    ("points", "now", "states"),
    [
        # At night the email opens no call, no text and no visit.
        (
            PHONE_AND_EMAIL,
            EVENING,
            {"call": "shut", "tried": "shut", "text": "shut", "visit": "shut", "email": "open"},
        ),
        (PHONE_AND_EMAIL, NOON, {"call": "open", "text": "open", "visit": "open"}),
        # Nor does a letter, or somebody who passes it on.
        (
            (("mobile", "times", SCHOOL), ("letter", "yes", "")),
            EVENING,
            {"call": "shut", "text": "shut", "email": "shut", "visit": "shut", "note": "open"},
        ),
        (
            (("phone", "yes", SCHOOL), ("via", "yes", "")),
            EVENING,
            {"call": "shut", "note": "open"},
        ),
        # A number for texts only is not rung, and says when a visit is safe.
        (
            (("mobile", "text_only", SCHOOL),),
            NOON,
            {"call": "barred", "tried": "barred", "text": "open", "visit": "open"},
        ),
        (
            (("mobile", "text_only", SCHOOL), ("phone", "yes", "18:00-21:00")),
            NOON,
            {"call": "shut", "text": "open", "visit": "open"},
        ),
        # A way said never to be safe stays barred whatever else is open, in an emergency too.
        ((("mobile", "never", ""), ("email", "yes", "")), NOON, {"text": "barred"}),
        ((("mobile", "unsafe", ""), ("email", "yes", "")), NOON, {"text": "barred"}),
        ((("mobile", "yes", ""), ("email", "never", "")), NOON, {"email": "barred"}),
        # One nobody recorded, or asked about, is not open because another is.
        ((("mobile", "yes", ""),), NOON, {"email": "shut", "note": "shut"}),
        ((("mobile", "yes", ""), ("email", "not_asked", "")), NOON, {"email": "shut"}),
        # Nothing tells of a visit where no number is safe: it is asked.
        ((("email", "yes", "any time"),), NOON, {"call": "barred", "visit": "ask"}),
    ],
)
def test_each_way_is_judged_by_its_own_times(
    points: tuple[tuple[str, str, str], ...], now: str, states: dict[str, str]
) -> None:
    file = ways(*points)
    found = {kind: contact.safe_now(file, at(now), kind=kind) for kind in states}
    assert {kind: one.state for kind, one in found.items()} == states
    assert all(one.sentence.endswith(".") for one in found.values())


def test_what_is_open_is_named_with_its_way() -> None:
    file = ways(*PHONE_AND_EMAIL)
    assert contact.open_kinds(file, at(EVENING)) == ("email",)
    assert contact.safe_now(file, at(EVENING)).sentence == (
        "Safe by email at any time, as far as is recorded."
    )
    shut = contact.safe_now(file, at(EVENING), kind="call")
    assert "safe by mobile is Mon-Fri 09:30-14:30. Next: Fri 27 Nov 09:30." in shut.sentence
    assert contact.open_kinds(file, at(NOON)) == ("call", "tried", "text", "email", "visit")


def test_a_bsl_user_is_not_rung_where_nothing_else_is_known_either() -> None:
    for rule in ("", RULE):
        file = ways(("mobile", "not_asked", ""), needs="bsl", contact_rule=rule)
        assert contact.safe_now(file, at(NOON), kind="call").state == "barred"
        assert contact.safe_now(file, at(NOON), kind="text").state == "ask"
        assert contact.safe_now(file, at(NOON)).state == "ask"


def test_that_nothing_is_said_of_visits_opens_nothing_else() -> None:
    file = ways(("email", "yes", "18:00-20:00"))
    assert contact.safe_now(file, at(NOON), kind="visit").state == "ask"
    assert contact.safe_now(file, at(NOON)).state == "shut"


def test_a_visit_goes_by_the_cases_times_where_no_number_is_safe() -> None:
    file = ways(("email", "yes", "any time"), contact_times=SCHOOL)
    assert contact.safe_now(file, at(EVENING), kind="visit").state == "shut"
    assert contact.safe_now(file, at(NOON), kind="visit").state == "open"


RULE = "Write to her sister first."


def test_a_rule_in_words_alone_is_asked_and_is_never_safe_at_any_time() -> None:
    for points in ((), (("mobile", "not_asked", ""),)):
        file = ways(*points, contact_rule=RULE)
        found = contact.safe_now(file, at(NOON))
        assert found.state == "ask"
        assert "go by the rule" in found.sentence
        assert "any time" not in found.sentence
        timed = ways(*points, contact_rule=RULE, contact_times=SCHOOL)
        assert contact.safe_now(timed, at(EVENING)).state == "shut"
        assert contact.safe_now(timed, at(NOON)).state == "ask"


@pytest.mark.parametrize("other", ["not_asked", "not_known"])
@pytest.mark.parametrize("bad", ["never", "unsafe"])
def test_one_way_never_safe_and_none_that_is_bars_contact(bad: str, other: str) -> None:
    file = ways(("mobile", bad, ""), ("phone", other, ""), contact_rule=RULE)
    assert contact.stops_contact(file) is not None
    assert contact.safe_now(file, at(NOON)).state == "barred"
    assert contact.safe_contact(file).startswith("Do not contact")
    file.contact_points[1].safe = "text_only"
    assert contact.stops_contact(file) is None


def test_the_point_of_a_way_is_told_where_there_is_one() -> None:
    file = ways(("phone", "never", ""), ("mobile", "yes", ""), ("email", "yes", ""))
    assert [one.id for one in contact.points_for(file, "call")] == [2]
    assert [one.id for one in contact.points_for(file, "email")] == [3]
    assert contact.points_for(file, "note") == []
