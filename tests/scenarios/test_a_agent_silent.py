"""Scenario A of the domain reference: the letting agent is silent for three weeks.

Mara Ellwood, private tenant of a flat; bars, a cylinder and bolts surveyed; Thorne Lettings asked
for "security upgrade", one automatic reply, the owner abroad.

========  ==============  =====================================================================
day       working days    what happens or is due
========  ==============  =====================================================================
28 Oct                    referral, first contact, choice, support
 3 Nov                    survey
 4 Nov     0              request sent to the agent; automatic reply on 5 Nov
 6 Nov     2              first chase
10 Nov     4              second chase
13 Nov     7              third chase
18 Nov    10              silent; fourth chase; the owner's details are asked for
25 Nov    15              escalate to manager; 21 days since sending
 3 Dec    21              Environmental Health offer, locked
========  ==============  =====================================================================
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from config.errors import RefusedError
from db import queries
from db.models import (
    Case,
    ConsentEvent,
    ConsentRequest,
    Incident,
    Measure,
    Organisation,
    Person,
    Property,
    Survey,
)
from sanctuary_tui import views, work
from sanctuary_tui.pathway import wording
from tests.scenarios.scenario_world import Day, World

REFERRED = date(2026, 10, 28)
SURVEYED = date(2026, 11, 3)
SENT = date(2026, 11, 4)
AUTO_REPLY = date(2026, 11, 5)
CHASES = (date(2026, 11, 6), date(2026, 11, 10), date(2026, 11, 13), date(2026, 11, 18))
SILENT = OWNER_DETAILS = date(2026, 11, 18)
MANAGER = THREE_WEEKS = date(2026, 11, 25)
OFFER_EH = date(2026, 12, 3)

WORDING = (
    "We would like to make a security upgrade to this flat at no cost to the owner: frame bars, a "
    "cylinder and bolts. We make good on removal."
)
BAR, FRAME, CYLINDER, BOLTS = 13, 14, 9, 18


def referral(world: World, day: Day) -> None:
    world.refer(
        day,
        route="da_service",
        safe="no_voicemail",
        phone="07700 900311",
        first_name="Mara",
        surname="Ellwood",
        address="Flat 2, 8 Cinder Row",
        tenure="prs",
        named_parties="survivor_sole",
    )
    day.log("Rang back; safe to talk.")
    day.chosen()
    perpetrator = day.file().perpetrators[0]
    day.keep(Person, perpetrator.id, weapons="no", whereabouts="elsewhere")
    day.supported(11)
    day.move("triage", "risk_support", "legal")
    day.keep(
        Property, day.home.id, evidence="seen", home_rights="no", common_parts="no", kind="flat"
    )
    day.move("survey")


def survey(world: World, day: Day) -> None:
    day.keep(Survey, done_on=day.day, surveyor="Crime prevention officer", escape="two_routes")
    for number in (BAR, FRAME, CYLINDER, BOLTS):
        measure = work.add_measure(
            day.caseload, day.case_id, number, part="dwelling", escape_checked="yes"
        )
        world.kept[f"measure {number}"] = measure.id
    day.move("consent")


def send(world: World, day: Day) -> None:
    agent = day.keep(Organisation, name="Thorne Lettings", kind="agent")
    request = day.keep(
        ConsentRequest,
        decision_kind="private_landlord",
        decision_maker="Owner, abroad",
        agent="Thorne Lettings",
        agent_org_id=agent.id,
        wording=WORDING,
        wording_version="v1 security upgrade",
        survivor_ok="yes",
        survivor_ok_on=day.day,
    )
    world.kept["request"] = request.id
    event(world, day, "sent", channel="email")


def event(world: World, day: Day, kind: str, **more: str) -> ConsentRequest:
    return work.log_consent_event(
        day.caseload, world.kept["request"], {"kind": kind, **more}, day.settings
    )


def chase(world: World, day: Day) -> None:
    event(world, day, "chase", channel="phone", hop="agent", words="Asked about the upgrade")


Act = Callable[[World, Day], None]
STEPS: tuple[tuple[date, Act], ...] = (
    (REFERRED, referral),
    (SURVEYED, survey),
    (SENT, send),
    (AUTO_REPLY, lambda world, day: _ignored(event(world, day, "auto_reply", hop="agent"))),
    *((day, chase) for day in CHASES),
    (OWNER_DETAILS, lambda world, day: _ignored(event(world, day, "owner_details"))),
    (MANAGER, lambda world, day: _ignored(event(world, day, "escalated"))),
)


def _ignored(_: object) -> None:
    return None


def play(world: World, *, before: date) -> None:
    """Live through every step that falls before a day."""
    for day, act in STEPS:
        if day < before:
            with world.on(day) as opened:
                act(world, opened)


def request_of(world: World, day: Day) -> ConsentRequest:
    return queries.get(day.caseload.connection, ConsentRequest, world.kept["request"])


# --- Expect, line by line -------------------------------------------------------------------------


def test_the_request_becomes_silent_after_ten_working_days_an_auto_reply_is_no_answer(
    world: World,
) -> None:
    play(world, before=SILENT)
    with world.on(SILENT - timedelta(days=1)) as day:
        assert day.card().consent == "sent"
    with world.on(SILENT) as day:
        assert day.card().consent == "silent"
        assert request_of(world, day).state == "sent"  # shown by rule; nothing was written for it
    assert world.show("S26-1", SILENT)["consent"] == "silent"


def test_a_breach_at_the_home_puts_the_request_on_the_urgent_ladder(world: World) -> None:
    """Everywhere the next chase is shown: Today, the card, the tracker, the chase form."""
    from sanctuary_tui.screens.acts import next_event

    breached = SENT + timedelta(days=1)
    play(world, before=breached)
    with world.on(breached) as day:
        settings = day.settings
        assert (day.card().urgency, day.card().next_due) == ("standard", CHASES[0])
        at = datetime.combine(breached, time(9), tzinfo=UTC)
        day.keep(Incident, at=at, kind="attended", order_breached="yes", at_address="yes")
        (line,) = views.consent_view(day.caseload, breached, settings)
        assert (line.urgency, line.next_chase) == ("emergency", breached)
        assert (day.card().urgency, day.card().next_due) == ("emergency", breached)
        assert day.reminders()["consent_chase"].due == breached
        assert next_event(day.file(), request_of(world, day), breached, settings) == "chase"


def test_chases_fall_due_at_two_four_seven_and_ten_working_days(world: World) -> None:
    for number, due in enumerate(CHASES, start=1):
        if number == 1:
            play(world, before=due)
        with world.on(due) as day:
            line = next(
                line
                for line in views.today_view(day.caseload, due, day.settings).lines
                if line.command == "chase"
            )
            assert (line.group, line.due, line.card.ref) == ("today", due, "S26-0001")
            assert day.reminders()["consent_chase"].due == due
            chase(world, day)
            assert len(day.file().events_of(request_of(world, day))) == 2 + number
    with world.on(CHASES[-1]) as day:
        assert "consent_chase" not in day.reminders()


def test_day_ten_asks_for_the_owners_details(world: World) -> None:
    play(world, before=OWNER_DETAILS)
    with world.on(OWNER_DETAILS) as day:
        reminder = day.reminders()["consent_owner"]
        assert reminder.due == OWNER_DETAILS
        assert "owner" in reminder.title_text
        event(world, day, "owner_details")
        assert request_of(world, day).owner_asked == OWNER_DETAILS
        assert "consent_owner" not in day.reminders()


def test_day_fifteen_goes_to_the_manager(world: World) -> None:
    play(world, before=MANAGER)
    with world.on(MANAGER) as day:
        reminder = day.reminders()["consent_escalate"]
        assert reminder.due == MANAGER
        assert "manager" in reminder.title_text
        event(world, day, "escalated")
        assert day.card().consent == "escalated"
        assert day.card().stuck_on == "Manager"
        assert "consent_escalate" not in day.reminders()


def test_day_twenty_one_offer_of_environmental_health_is_locked(world: World) -> None:
    """Until the survivor's written consent, and until the whole-building warning was given."""
    play(world, before=OFFER_EH)
    with world.on(OFFER_EH) as day:
        reminder = day.reminders()["consent_eh"]
        assert reminder.due == OFFER_EH
        assert "locked" in reminder.title_text
        with pytest.raises(RefusedError, match="written consent"):
            event(world, day, "eh_offered")
        day.keep(ConsentRequest, world.kept["request"], survivor_eh_consent=day.day)
        with pytest.raises(RefusedError, match="whole building"):
            event(world, day, "eh_offered")
        assert request_of(world, day).state == "escalated"
        day.keep(ConsentRequest, world.kept["request"], eh_warned="yes")
        assert "locked" not in day.reminders()["consent_eh"].title_text
        assert event(world, day, "eh_offered").state == "eh_offered"


def test_the_warning_alone_does_not_unlock_it(world: World) -> None:
    play(world, before=OFFER_EH)
    with world.on(OFFER_EH) as day:
        day.keep(ConsentRequest, world.kept["request"], eh_warned="yes")
        with pytest.raises(RefusedError, match="written consent"):
            event(world, day, "eh_offered")
        assert not [one for one in day.file().consent_events if one.kind == "eh_offered"]


def test_interim_kit_one_to_five_is_allowed_meanwhile_and_never_secures_the_home(
    world: World,
) -> None:
    play(world, before=SILENT)
    with world.on(SILENT) as day:
        assert "interim_kit" in day.reminders()
        for number in range(1, 6):
            measure = work.add_measure(
                day.caseload, day.case_id, number, escape_checked="yes", location="By the bed"
            )
            work.set_measure_state(day.caseload, measure.id, "fitted", day.settings)
        assert {m.catalogue_id for m in day.file().measures if m.state == "fitted"} == {
            *range(1, 6)
        }
        assert day.card().secured == "no"
        for number in (BAR, CYLINDER, BOLTS):
            with pytest.raises(work.Refusal) as refused:
                work.set_measure_state(
                    day.caseload, world.kept[f"measure {number}"], "fitted", day.settings
                )
            assert {finding.gate for finding in refused.value.findings} == {"G4"}
        assert "interim_kit" not in day.reminders()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("It is needed because of domestic abuse", "domestic"),
        ("The police asked us to do this", "police"),
        ("Her ex-partner has keys", "ex-partner"),
        ("Ms Ellwood is waiting for your answer", "Ellwood"),
        ("About our case S26-0001", "S26-0001"),
    ],
)
def test_the_letter_check_flags_words_that_disclose(world: World, words: str, told: str) -> None:
    play(world, before=CHASES[0])
    with world.on(CHASES[0]) as day:
        before = len(day.file().consent_events)
        with pytest.raises(RefusedError, match=told):
            event(world, day, "chase", channel="email", words=words)
        assert len(day.file().consent_events) == before


@pytest.mark.guarantee
def test_a_request_whose_wording_discloses_is_not_sent(world: World) -> None:
    play(world, before=SENT)
    with world.on(SENT) as day:
        telling = {"wording": "A sanctuary for a victim of abuse", "survivor_ok": "yes"}
        with pytest.raises(RefusedError, match="sanctuary"):
            day.keep(ConsentRequest, **telling)
        request = day.caseload.store.add(  # as a version without that check may have kept it
            ConsentRequest(case_id=day.case_id, state="survivor_ok_to_contact", **telling)
        )
        with pytest.raises(RefusedError, match="sanctuary"):
            work.log_consent_event(day.caseload, request.id, {"kind": "sent"}, day.settings)
        kept = queries.get(day.caseload.connection, ConsentRequest, request.id)
        assert (kept.state, kept.sent_on) == ("survivor_ok_to_contact", None)


def test_the_agreed_words_and_the_programs_own_draft_pass_the_check(world: World) -> None:
    play(world, before=SENT)
    with world.on(SENT) as day:
        draft = wording.default_wording(day.file().measures, day.settings)
        names = work.party_names(day.file())
    assert wording.disclosures(WORDING, names) == []
    assert wording.disclosures(draft, names) == []


def test_nothing_is_sent_before_the_survivor_agreed(world: World) -> None:
    play(world, before=SENT)
    with world.on(SENT) as day:
        request = day.keep(ConsentRequest, wording=WORDING)
        with pytest.raises(RefusedError, match="agreed"):
            work.log_consent_event(day.caseload, request.id, {"kind": "sent"}, day.settings)


@pytest.mark.parametrize("days", [21, 90, 400])
def test_consent_is_never_inferred(world: World, days: int) -> None:
    """However long the silence, and whatever an automatic reply or a note says."""
    later = SENT + timedelta(days=days)
    play(world, before=later)
    with world.on(later) as day:
        event(world, day, "auto_reply", words="We agree to all requests received")
        event(world, day, "note", words="Agent 'does not mind', said the front desk")
        assert day.card().consent in ("silent", "escalated")
        assert request_of(world, day).answered_on is None
        with pytest.raises(work.Refusal) as refused:
            day.move("approval")
        assert "G4" in {finding.gate for finding in refused.value.findings}
        cylinder = queries.get(day.caseload.connection, Measure, world.kept["measure 9"])
        with pytest.raises(work.Refusal):
            work.set_measure_state(day.caseload, cylinder.id, "ordered", day.settings)


def test_an_answer_that_is_given_opens_the_gate(world: World) -> None:
    """The control for the test above: a recorded grant does what silence never did."""
    play(world, before=THREE_WEEKS)
    with world.on(THREE_WEEKS) as day:
        work.log_answer(
            day.caseload,
            world.kept["request"],
            {"kind": "answer_granted", "granted_by": "Owner", "evidence": "Email of the day"},
            day.settings,
        )
        day.move("approval")
        assert day.card().stage == "approval"


def test_the_card_shows_the_agent_and_twenty_one_days(world: World) -> None:
    play(world, before=THREE_WEEKS)
    with world.on(THREE_WEEKS) as day:
        card = day.card()
        assert (card.stuck_why, card.stuck_on) == ("agent silent", "Thorne Lettings")
        assert card.stuck_since == SENT
        assert (THREE_WEEKS - SENT).days == 21
        assert (card.next_text, card.next_due) == ("escalate to manager", MANAGER)
        line = views.consent_view(day.caseload, THREE_WEEKS, day.settings)[0]
        assert (line.hop, line.state, line.waiting_days, line.chases) == ("agent", "silent", 15, 4)
    shown = world.run("show", "S26-0001", today=THREE_WEEKS)
    assert "Stuck: agent silent" in shown
    assert "On whom: Thorne Lettings" in shown
    assert "Since: Wed 4 Nov, 21d" in shown
    assert "M. E." in shown
    assert "Ellwood" not in shown


def test_every_chase_is_in_the_cases_story_with_channel_and_words(world: World) -> None:
    play(world, before=THREE_WEEKS)
    with world.on(THREE_WEEKS) as day:
        chased = [one for one in day.file().consent_events if one.kind == "chase"]
        assert [(one.at.date(), one.channel, one.words) for one in chased if one.at] == [
            (due, "phone", "Asked about the upgrade") for due in CHASES
        ]
        story = views.story(queries.changes_of(day.caseload.connection, day.case_id))
        assert sum(entry.sentence == "Chase logged" for entry in story) == len(chased)


def test_do_not_contact_stops_every_chase(world: World) -> None:
    play(world, before=CHASES[1])
    with world.on(CHASES[1]) as day:
        day.keep(Case, day.case_id, do_not_contact="yes")
        assert not {rule for rule in day.reminders() if rule.startswith("consent")}
        with pytest.raises(RefusedError, match="asked for no contact"):
            chase(world, day)
        assert len([e for e in day.file().consent_events if e.kind == "chase"]) == 1
        assert isinstance(day.file().consent_events[0], ConsentEvent)
