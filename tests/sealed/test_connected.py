"""Whoever stands in a case's register is stopped, and no file that leaves says why."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db.caseload import Caseload
from db.models import (
    Case,
    ConnectedPerson,
    ConsentRequest,
    MaracAction,
    MaracListing,
    Support,
    Visit,
)
from sanctuary_tui import connected, marac_export, marac_work, records, work
from sanctuary_tui.documents import making
from sanctuary_tui.exports.profiles import PROFILES
from tests.sealed.canary import NOW, SETTINGS, TODAY

NAMES = "Dean Ellwood"
FIRM = "Holt Locks"
HOW = "qzbrother"


@pytest.fixture
def case(caseload: Caseload) -> Case:
    return work.take_referral(
        caseload, {"route": "police", "safe": "yes", "first_name": "Mara", "surname": "Test"}
    )


def record(caseload: Caseload, case: Case, **more: Any) -> ConnectedPerson:
    given = {"name": NAMES, "organisation": FIRM, "how": HOW, "source": "she told us", **more}
    made = records.keep_record(caseload, ConnectedPerson, case.id, 0, given, SETTINGS)
    assert isinstance(made, ConnectedPerson)
    return made


def test_an_entry_says_who_made_it_and_answers_the_conflict_question(
    caseload: Caseload, case: Case
) -> None:
    made = record(caseload, case)
    assert (made.recorded_by, made.recorded_on) == ("Coordinator", TODAY)
    assert work.must_find(caseload, case.id).case.conflict_flag == "yes"
    with pytest.raises(BadInputError, match="Say who"):
        record(caseload, case, name="", organisation=" ")


@pytest.mark.parametrize(
    ("worker", "stopped"),
    [
        ("Dean Ellwood", True),
        ("dean elwood", True),
        ("Ellwood, Dean (fitter)", True),
        ("Dean", True),
        ("Holt Locks Ltd", True),
        ("HOLT LOCKS", True),
        ("Marlow Security", False),
        ("Grace Okoro", False),
        ("", False),
    ],
)
def test_who_is_meant(caseload: Caseload, case: Case, worker: str, stopped: bool) -> None:
    record(caseload, case)
    file = work.must_find(caseload, case.id)
    assert bool(connected.found(file, [worker], TODAY)) is stopped


def test_one_person_of_a_firm_alone(caseload: Caseload, case: Case) -> None:
    record(caseload, case, whole="no")
    file = work.must_find(caseload, case.id)
    assert connected.found(file, ["Holt Locks"], TODAY) is None
    assert connected.found(file, ["Dean Ellwood, Holt Locks"], TODAY)


def _book(caseload: Caseload, case: Case) -> Visit:
    given = {"kind": "survey", "on": TODAY + timedelta(days=1), "worker": "Holt Locks"}
    return work.book(caseload, case.id, given, SETTINGS)


def _add_visit(caseload: Caseload, case: Case) -> Any:
    given = {"kind": "survey", "on": TODAY + timedelta(days=1), "worker": "Dean Ellwood"}
    return records.keep_record(caseload, Visit, case.id, 0, given, SETTINGS)


def _change_visit(caseload: Caseload, case: Case) -> Any:
    made = caseload.store.add(Visit(case_id=case.id, kind="survey", on=TODAY + timedelta(days=1)))
    given = {"worker": "Holt Locks"}
    return records.keep_record(caseload, Visit, case.id, made.id, given, SETTINGS)


def _support(caseload: Caseload, case: Case) -> Any:
    return records.keep_record(caseload, Support, case.id, 0, {"worker": "D. Ellwood"}, SETTINGS)


def _action(caseload: Caseload, case: Case) -> Any:
    given = {"action": "ring", "owner": "Dean Ellwood"}
    return records.keep_record(caseload, MaracAction, case.id, 0, given, SETTINGS)


def _outcome(caseload: Caseload, case: Case) -> Any:
    listing = caseload.store.add(MaracListing(case_id=case.id, meeting=TODAY, state="sent"))
    given = {"outcome": "heard", "action": "ring", "owner": "Dean Ellwood"}
    return marac_work.record_outcome(caseload, listing.id, given, SETTINGS)


def _chase(caseload: Caseload, case: Case) -> Any:
    request = caseload.store.add(
        ConsentRequest(
            case_id=case.id,
            state="sent",
            survivor_ok="yes",
            agent="Holt Locks",
            sent_on=TODAY,
            channel="email",
        )
    )
    return work.log_consent_event(caseload, request.id, {"kind": "chase"}, SETTINGS)


def _letter(caseload: Caseload, case: Case) -> Any:
    caseload.store.add(
        ConsentRequest(
            case_id=case.id,
            state="survivor_ok_to_contact",
            survivor_ok="yes",
            decision_maker="Holt Locks",
            channel="letter",
            wording="May we fit better locks?",
            wording_version="v1",
        )
    )
    return _written(caseload, making.Order("landlord-request", case.id))


def _note(caseload: Caseload, case: Case) -> Any:
    case = work.must_find(caseload, case.id).case
    caseload.store.update(case, referrer_org="Police", referrer_name="Dean Ellwood")
    return _written(caseload, making.Order("outcome-note", case.id))


def _written(caseload: Caseload, order: making.Order) -> Any:
    found = making.prepare(caseload, order, SETTINGS, folder=None, today=TODAY)
    refused = [one for one in found.refusals if "written to" in one]
    if refused:
        raise RefusedError(refused[0])
    return found


ACTS = [_book, _add_visit, _change_visit, _support, _action, _outcome, _chase, _letter, _note]


@pytest.mark.guarantee
@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__.strip("_"))
def test_nobody_of_the_register_works_on_the_case_or_is_written_to(
    caseload: Caseload, case: Case, act: Any
) -> None:
    record(caseload, case)
    with pytest.raises(RefusedError) as stopped:
        act(caseload, case)
    said = stopped.value.sentence
    assert "People tab" in said  # what to do
    assert said.count(".") == 1 or "D. Ellwood" in said
    assert HOW not in said


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__.strip("_"))
@pytest.mark.parametrize("entry", ["none", "over", "to come"])
def test_without_an_entry_that_holds_each_of_it_goes_through(
    caseload: Caseload, case: Case, act: Any, entry: str
) -> None:
    """Negative control of the test above."""
    if entry == "over":
        record(caseload, case, until=TODAY - timedelta(days=1))
    elif entry == "to come":
        record(caseload, case, since=TODAY + timedelta(days=30))
    assert act(caseload, case)


def test_what_a_connected_person_did_before_can_be_recorded(caseload: Caseload, case: Case) -> None:
    """The register stops what is to come; the case says truly who came."""
    record(caseload, case)
    given = {"kind": "survey", "on": TODAY, "worker": "Holt Locks", "outcome": "no_access"}
    assert records.keep_record(caseload, Visit, case.id, 0, given, SETTINGS).id


def test_what_was_booked_before_is_told(caseload: Caseload, case: Case) -> None:
    _book(caseload, case)
    assert connected.clashes(work.must_find(caseload, case.id), TODAY) == ""
    record(caseload, case)
    said = connected.clashes(work.must_find(caseload, case.id), TODAY)
    assert said == ("Booked already: Fri 27 Nov by Holt Locks; cancel that and book somebody else.")


# --- the MARAC


def _listed(caseload: Caseload, case: Case) -> marac_export.MaracRequest:
    meeting = date(2026, 12, 3)
    caseload.store.add(
        MaracListing(
            case_id=case.id,
            meeting=meeting,
            state="draft",
            share_basis="public_task",
            decided_by="Manager",
            decided_on=TODAY,
        )
    )
    return marac_export.MaracRequest(meeting, "2026W48", Path(), "csv")


@pytest.mark.guarantee
@pytest.mark.parametrize(
    ("recipient", "attendees", "kind", "stopped"),
    [
        ("Dean Ellwood", "", "staff", True),
        ("", "Chair One; Dean Ellwood; Nurse Two", "staff", True),
        ("", "", "marac", True),
        ("MARAC office", "Chair One; Nurse Two", "staff", False),
    ],
)
def test_a_list_is_not_sent_to_who_stands_in_the_register_of_a_case_on_it(
    caseload: Caseload,
    case: Case,
    tmp_path: Path,
    recipient: str,
    attendees: str,
    kind: str,
    stopped: bool,
) -> None:
    settings = default_settings()
    settings.marac.recipient, settings.marac.attendees = recipient, attendees
    record(caseload, case, kind=kind)
    wanted = _listed(caseload, case)
    out = tmp_path / "out"
    out.mkdir()
    request = marac_export.MaracRequest(wanted.meeting, wanted.week, out, "csv")
    if not stopped:
        assert marac_export.send(caseload, request, settings, now=NOW).result.files
        text = "".join(path.read_text("utf-8", "replace") for path in out.iterdir())
        assert case.ref in text
        for word in (HOW, "she told us", FIRM, "Ellwood"):
            assert word not in text
        return
    with pytest.raises(RefusedError, match="by hand") as refused:
        marac_export.send(caseload, request, settings, now=NOW)
    assert case.ref in refused.value.sentence
    assert HOW not in refused.value.sentence
    assert list(out.iterdir()) == []


@pytest.mark.guarantee
def test_no_profile_names_the_register() -> None:
    """That its words are in no file is shown by the canaries of tests/exports and tests/documents,
    which fill in every field of every record; this is the list they stand on. The archive of a
    whole caseload is to lose nothing; its tests show what it holds of sealed cases."""
    for profile in (one for one in PROFILES.values() if one.name != "archive"):
        tables = {table for table, _ in profile.fields}
        assert not tables & {"connected_people", "seals"}, profile.name
