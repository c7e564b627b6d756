"""The survivor agrees to words, a way and who is asked; what says otherwise is not agreed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import Case, ConsentEvent, ConsentRequest, Organisation, Person
from sanctuary_tui import records, work
from sanctuary_tui.documents import making
from sanctuary_tui.documents.making import Order
from sanctuary_tui.exports.tables import export_table
from sanctuary_tui.pathway import consent, consent_agreed
from tests.frozen import Opened, play, text_of

TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
SETTINGS = default_settings()
WORDS = "We would like to fit bars to this flat, at no cost to you."
OTHER = "We would like to fit bars and an alarm to this flat."


def asked(caseload: Caseload, **more: Any) -> ConsentRequest:
    """A case, and a request that its survivor agreed."""
    case = work.take_referral(
        caseload,
        {
            "route": "police",
            "safe": "yes",
            "phone": "07700 900123",
            "first_name": "Mara",
            "surname": "Ellwood",
            "address": "14 Test Road",
        },
    )
    given = {
        "decision_maker": "Owner",
        "agent": "Thorne Lettings",
        "wording": WORDS,
        "schedule": "SW-1",
        "channel": "email",
        "survivor_ok": "yes",
        "survivor_ok_on": TODAY,
        **more,
    }
    made = records.keep_record(caseload, ConsentRequest, case.id, 0, given, SETTINGS)
    assert isinstance(made, ConsentRequest)
    return made


def change(caseload: Caseload, request: ConsentRequest, **given: Any) -> ConsentRequest:
    """Save the form as it stands, with something changed."""
    now = kept(caseload, request)
    whole = {name: getattr(now, name) for name in records.form_fields(ConsentRequest)}
    made = records.keep_record(
        caseload, ConsentRequest, now.case_id, now.id, {**whole, **given}, SETTINGS
    )
    assert isinstance(made, ConsentRequest)
    return made


def kept(caseload: Caseload, request: ConsentRequest) -> ConsentRequest:
    return queries.get(caseload.connection, ConsentRequest, request.id)


def log(caseload: Caseload, request: ConsentRequest, kind: str, **more: str) -> ConsentRequest:
    return work.log_consent_event(caseload, request.id, {"kind": kind, **more}, SETTINGS)


def events(caseload: Caseload, kind: str) -> list[ConsentEvent]:
    return [one for one in queries.all_of(caseload.connection, ConsentEvent) if one.kind == kind]


# --- a change ends the agreement ------------------------------------------------------------------

CHANGES = {
    "wording": OTHER,
    "schedule": "SW-2",
    "channel": "letter",
    "decision_maker": "Another owner",
    "agent": "",
    "asked_by": "survivor",
    "part": "common_parts",
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_was_agreed_ends_the_agreement(name: str, caseload: Caseload) -> None:
    request = asked(caseload)
    assert (request.state, request.wording_version) == ("survivor_ok_to_contact", "v1")
    after = change(caseload, request, **{name: CHANGES[name]})
    assert (after.survivor_ok, after.survivor_ok_on) == ("not_asked", None)
    assert (after.state, after.wording_version) == ("drafting", "v2")
    said = consent_agreed.ended(request, after)
    assert said.endswith("nothing is sent until they have agreed v2.")
    assert said.count(".") == 1
    with pytest.raises(RefusedError, match="survivor has agreed"):
        log(caseload, request, "sent")
    again = change(caseload, request, survivor_ok="yes", survivor_ok_on=TODAY)
    assert (again.state, again.wording_version) == ("survivor_ok_to_contact", "v2")
    if name != "asked_by":
        assert log(caseload, request, "sent").id == request.id
        assert kept(caseload, request).state == "sent"


def test_an_organisation_asked_instead_ends_it_too(caseload: Caseload) -> None:
    request = asked(caseload)
    other = caseload.store.add(Organisation(name="Another owner", kind="landlord"))
    assert change(caseload, request, decision_org_id=other.id).state == "drafting"


def test_folding_a_date_or_an_answer_given_late_ends_nothing(caseload: Caseload) -> None:
    request = asked(caseload)
    folded = WORDS.replace(" to this", "\n  to this")
    same = change(
        caseload, request, wording=folded, decision_kind="private_landlord", next_chase=TODAY
    )
    assert (same.survivor_ok, same.wording_version) == ("yes", "v1")
    assert consent_agreed.ended(request, same) == ""
    assert change(caseload, request, decision_kind="council").survivor_ok == "not_asked"


def test_a_draft_is_one_version_until_it_is_agreed(caseload: Caseload) -> None:
    request = asked(caseload, survivor_ok="not_asked", survivor_ok_on=None)
    assert change(caseload, request, wording=OTHER).wording_version == "v1"
    agreed = change(caseload, request, wording=WORDS, survivor_ok="yes")
    assert (agreed.survivor_ok, agreed.wording_version) == ("yes", "v1")
    assert change(caseload, request, survivor_ok="no").state == "drafting"
    named = change(caseload, request, survivor_ok="yes", wording_version="v7 plain")
    assert named.wording_version == "v7 plain"
    assert change(caseload, request, wording=OTHER).wording_version == "v8"


def test_the_agreement_comes_back_with_the_words_when_a_change_is_undone(
    caseload: Caseload,
) -> None:
    request = asked(caseload)
    change(caseload, request, wording=OTHER)
    caseload.store.undo_last()
    back = kept(caseload, request)
    assert (back.wording, back.survivor_ok, back.wording_version) == (WORDS, "yes", "v1")


# --- what is sent is what was agreed --------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"words": OTHER}, "not the words the survivor agreed"),
        ({"words": WORDS + " Please hurry."}, "not the words the survivor agreed"),
        ({"channel": "letter"}, "goes by email"),
        ({"channel": "phone", "words": WORDS}, "goes by email"),
    ],
)
def test_other_words_or_another_channel_are_not_sent(
    given: dict[str, str], said: str, caseload: Caseload
) -> None:
    request = asked(caseload)
    with pytest.raises(RefusedError, match=said):
        log(caseload, request, "sent", **given)
    assert kept(caseload, request).state == "survivor_ok_to_contact"
    assert events(caseload, "sent") == []


def test_the_agreed_words_are_sent_and_kept_with_the_sending(caseload: Caseload) -> None:
    request = asked(caseload)
    log(caseload, request, "sent", channel="email", words=WORDS.replace(", ", ",\n"))
    other = asked(caseload)
    log(caseload, other, "sent")
    assert kept(caseload, other).state == kept(caseload, request).state == "sent"
    assert [one.words.split() for one in events(caseload, "sent")] == [WORDS.split()] * 2
    assert {one.channel for one in events(caseload, "sent")} == {"email"}


def test_a_request_without_words_is_not_sent(caseload: Caseload) -> None:
    request = asked(caseload, wording="")
    with pytest.raises(RefusedError, match="no wording"):
        log(caseload, request, "sent", words=WORDS)


@pytest.mark.parametrize("taken_back", [{"wording": OTHER}, {"survivor_ok": "no"}])
def test_once_it_is_out_nobody_is_chased_without_the_survivor(
    taken_back: dict[str, str], caseload: Caseload
) -> None:
    request = asked(caseload)
    log(caseload, request, "sent")
    after = change(caseload, request, **taken_back)
    assert after.state == "sent"
    for kind in ("chase", "owner_details"):
        with pytest.raises(RefusedError, match="agreement to this request does not stand"):
            log(caseload, request, kind, channel="phone")
    file = work.must_find(caseload, request.case_id)
    rules = {one.rule for one in file.reminders if one.state == "open"}
    assert "survivor_wording" in rules
    assert not rules & {"consent_chase", "consent_owner"}
    assert consent.due_step(file, after, TODAY, SETTINGS) is None
    log(caseload, request, "escalated")  # one's own manager
    work.log_answer(caseload, request.id, {"kind": "answer_refused"}, SETTINGS)
    assert kept(caseload, request).state == "refused"
    other = asked(caseload)
    log(caseload, other, "sent")
    change(caseload, other, survivor_ok="no")
    change(caseload, other, survivor_ok="yes")
    log(caseload, other, "chase", channel="phone")


# --- letters --------------------------------------------------------------------------------------


def letter(caseload: Caseload, request: ConsentRequest, kind: str = "landlord-request") -> Any:
    return making.prepare(
        caseload, Order(kind, request.case_id), SETTINGS, folder=None, today=TODAY
    )


def test_a_letter_goes_in_the_agreed_words_alone(caseload: Caseload, tmp_path: Path) -> None:
    request = asked(caseload)
    work.add_measure(caseload, request.case_id, 13)
    change(caseload, request, wording=OTHER)
    assert any("survivor has agreed" in one for one in letter(caseload, request).refusals)
    change(caseload, request, survivor_ok="yes")
    made = letter(caseload, request)
    assert made.refusals == ()
    assert OTHER in " ".join(made.text.split())
    making.make(
        caseload,
        Order("landlord-request", request.case_id),
        SETTINGS,
        tmp_path,
        folder=None,
        now=NOW,
        today=TODAY,
    )
    basis = caseload.connection.execute("SELECT basis FROM disclosures").fetchall()
    assert [one[0] for one in basis] == ["survivor agreed wording and channel, v2"]


def test_what_somebody_typed_as_a_version_is_in_no_pseudonymous_register(
    caseload: Caseload, tmp_path: Path
) -> None:
    request = asked(caseload)
    work.add_measure(caseload, request.case_id, 13)
    change(caseload, request, wording_version="as told to Zqmira", survivor_ok="yes")
    making.make(
        caseload,
        Order("landlord-request", request.case_id),
        SETTINGS,
        tmp_path,
        folder=None,
        now=NOW,
        today=TODAY,
    )
    for identifiable in (True, False):
        _, rows = export_table(caseload.connection, "disclosures", identifiable=identifiable)
        assert ("Zqmira" in str(list(rows))) is identifiable


@pytest.mark.parametrize("channel", ["phone", "text", "video"])
def test_no_letter_where_the_survivor_agreed_to_a_call(channel: str, caseload: Caseload) -> None:
    request = asked(caseload, channel=channel)
    work.add_measure(caseload, request.case_id, 13)
    assert any("so no letter goes" in one for one in letter(caseload, request).refusals)


def test_a_letter_for_the_survivor_to_hand_on_says_so(caseload: Caseload) -> None:
    request = asked(caseload, asked_by="survivor")
    work.add_measure(caseload, request.case_id, 13)
    assert any("do not send it" in one for one in letter(caseload, request).notices)
    blank = asked(caseload, wording="")
    work.add_measure(caseload, blank.case_id, 13)
    assert any("cannot be made without: wording" in one for one in letter(caseload, blank).refusals)


# --- answers --------------------------------------------------------------------------------------


def answer(caseload: Caseload, request: ConsentRequest, **given: Any) -> ConsentRequest:
    return work.log_answer(
        caseload, request.id, {"kind": "answer_granted", "granted_by": "Owner", **given}, SETTINGS
    )


def test_an_answer_given_anew_has_its_own_end(caseload: Caseload) -> None:
    request = asked(caseload)
    log(caseload, request, "sent")
    answer(caseload, request, expiry=TODAY - timedelta(days=1))
    assert consent.state_on(kept(caseload, request), [], TODAY, SETTINGS) == "expired"
    answer(caseload, request)
    assert consent.state_on(kept(caseload, request), [], TODAY, SETTINGS) == "granted"
    answer(caseload, request, expiry=TODAY)
    answer(caseload, request, evidence="Letter")  # still in force: the end stands
    assert kept(caseload, request).expiry == TODAY


def test_conditions_are_said_and_no_answer_comes_from_the_future(caseload: Caseload) -> None:
    request = asked(caseload)
    log(caseload, request, "sent")
    for given in ({}, {"conditions": "  "}):
        with pytest.raises(BadInputError, match="Say the conditions"):
            answer(caseload, request, kind="answer_conditional", **given)
    with pytest.raises(BadInputError, match="still to come"):
        answer(caseload, request, answered_on=TODAY + timedelta(days=1))
    assert kept(caseload, request).state == "sent"
    answer(caseload, request, kind="answer_conditional", conditions="White; make good")
    assert kept(caseload, request).conditions == "White; make good"


# --- do not contact, and who came into the case since ---------------------------------------------


@pytest.mark.parametrize("kind", consent.REACHES)
def test_do_not_contact_stops_every_act_that_reaches_somebody(
    kind: str, caseload: Caseload
) -> None:
    """The landlord, the agent, the survivor, and an office that would go to the home."""
    request = asked(caseload, survivor_eh_consent=TODAY, eh_warned="yes")
    if kind != "sent":
        log(caseload, request, "sent")
    if kind == "eh_referred":
        log(caseload, request, "eh_offered")
    case = work.must_find(caseload, request.case_id).case
    before = kept(caseload, request).state
    records.keep_record(caseload, Case, case.id, case.id, {"do_not_contact": "yes"}, SETTINGS)
    with pytest.raises(RefusedError, match="asked for no contact"):
        log(caseload, request, kind)
    assert kept(caseload, request).state == before
    records.keep_record(caseload, Case, case.id, case.id, {"do_not_contact": "no"}, SETTINGS)
    log(caseload, request, kind)


@pytest.mark.parametrize("kind", ["acknowledged", "escalated", "withdrawn", "note", "auto_reply"])
def test_what_comes_in_and_ones_own_manager_are_logged_after_do_not_contact(
    kind: str, caseload: Caseload
) -> None:
    """They reach nobody: what the landlord said, and the way to whoever must decide now."""
    request = asked(caseload)
    log(caseload, request, "sent")
    case_id = request.case_id
    records.keep_record(caseload, Case, case_id, case_id, {"do_not_contact": "yes"}, SETTINGS)
    log(caseload, request, kind)
    assert len(events(caseload, kind)) == 1


@pytest.mark.parametrize("known_as", ["Bex", "Lady Bex; Red", "Red;Bex"])
def test_a_nickname_passes_no_check(known_as: str, caseload: Caseload) -> None:
    request = asked(caseload)
    survivor = work.must_find(caseload, request.case_id).survivor
    assert survivor is not None
    records.keep_record(
        caseload, Person, request.case_id, survivor.id, {"aliases": known_as}, SETTINGS
    )
    log(caseload, request, "sent")
    with pytest.raises(RefusedError, match="“Bex”"):
        log(caseload, request, "chase", words="Bex is waiting for the bars")
    with pytest.raises(RefusedError, match="“Bex’s”"):
        change(caseload, request, wording="We would like to fit bars to Bex’s flat.")


def test_a_person_added_later_stops_words_agreed_before(caseload: Caseload, tmp_path: Path) -> None:
    """The wording names the caretaker, who turns out to be the perpetrator's brother."""
    words = "We would like to fit bars. The caretaker, Dorrell, has seen the doors."
    first, second = asked(caseload, wording=words), asked(caseload, wording=words)
    work.add_measure(caseload, first.case_id, 13)
    log(caseload, second, "sent")
    for request in (first, second):
        caseload.store.add(Person(case_id=request.case_id, role="associate", surname="Dorrell"))
    with pytest.raises(RefusedError, match="“Dorrell”"):
        log(caseload, first, "sent")
    with pytest.raises(RefusedError, match="“Dorrell”"):
        log(caseload, second, "chase", words="Asked after it")
    assert any("“Dorrell”" in one for one in letter(caseload, first).refusals)


# --- on the screen --------------------------------------------------------------------------------

CONSENT = 'slash ="ellwood" down enter 5'


async def test_the_screen_says_that_the_agreement_has_ended(console: Opened) -> None:
    app = console()
    async with app.run_test(size=(120, 40)) as pilot:
        await play(pilot, f'{CONSENT} @"Thorne" enter @"Schedule" =" B" ctrl+s')
        said = [note.message for note in app._notifications]
        assert any("had not agreed to this (schedule of works reference)" in one for one in said)
        (request,) = await app.read(
            lambda data: [
                one
                for one in queries.all_of(data.connection, ConsentRequest)
                if one.agent == "Thorne Lettings"
                and one.decision_maker
                and "two frame bars" in " ".join(one.wording.split())
            ]
        )
        assert (request.survivor_ok, request.wording_version) == ("not_asked", "v2")
        app.clear_notifications()
        await play(pilot, "c ctrl+s")
        told = [text_of(pilot), *(note.message for note in app._notifications)]
        assert "agreement to this request does not stand" in " ".join(" ".join(told).split())
