"""No letter, job sheet, visit or request goes to the person feared; a namesake may be let pass."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import BadInputError, RefusedError
from db import queries
from db.models import Organisation, Visit
from sanctuary_tui import records, views, work
from sanctuary_tui.documents import making
from sanctuary_tui.documents.making import Order
from sanctuary_tui.overriding import override_gate
from sanctuary_tui.pathway import readers
from tests.documents.conftest import TODAY, Desk
from tests.documents.test_making import make, ready

HIM = {"first_name": "Dean", "surname": "Ellwood", "aliases": "Daz; Dee Fixit Ltd"}
SAME = ["Dean Ellwood", "ELLWOOD, Dean", "Mr Dean J. Ellwood (landlord)", "Dee Fixit Ltd"]
LIKE = ["D Elwood", "Ellwood Lettings", "Ellwoods", "Ellwod Homes", "Dean", "Daz Locks", "D.E."]
OTHERS = ["Marlow Security", "Wood & Sons", "Deanery Homes", "Grace Okoro", "Elm Lettings", ""]
SIGNED = {"approver": "Service manager", "expiry": TODAY + timedelta(days=1)}


@pytest.fixture
def feared(desk: Desk) -> Desk:
    """The household, with a perpetrator who has nicknames and an address."""
    desk.change(desk.file.perpetrators[0], **HIM, address="9 Mill Row, Testton ZZ8 8ZZ")
    return desk


def as_organisation(desk: Desk, name: str) -> str:
    """The landlord's organisation, and no name typed beside it."""
    owner = desk.caseload.store.add(Organisation(name=name, kind="landlord"))
    request = desk.file.consent_requests[0]
    desk.change(request, decision_maker="", decision_org_id=owner.id)
    return "landlord-request"


def as_typed(desk: Desk, name: str) -> str:
    desk.change(desk.file.consent_requests[0], decision_maker=name, decision_org_id=None)
    return "chase"


def as_agent(desk: Desk, name: str) -> str:
    """Through an agent, though the owner is somebody else."""
    desk.change(desk.file.consent_requests[0], agent=name)
    return "landlord-request"


def as_worker(desk: Desk, name: str) -> str:
    ready(desk, "job-sheet")
    desk.change(desk.file.visits[0], worker=name)
    return "job-sheet"


WAYS = [as_organisation, as_typed, as_agent, as_worker]


@pytest.mark.guarantee
@pytest.mark.parametrize("name", SAME + LIKE)
@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_written_to_the_perpetrator(
    way: Any, name: str, feared: Desk, tmp_path: Path
) -> None:
    kind = way(feared, name)
    with pytest.raises(RefusedError) as refused:
        make(feared, kind, tmp_path)
    assert f"“{name}”" in refused.value.sentence
    assert "People tab" in refused.value.sentence
    assert not list(tmp_path.glob("*.docx"))


@pytest.mark.parametrize("name", OTHERS[:-1])
@pytest.mark.parametrize("way", WAYS)
def test_everybody_else_is_written_to(way: Any, name: str, feared: Desk, tmp_path: Path) -> None:
    assert make(feared, way(feared, name), tmp_path).files


def test_an_owner_behind_an_agent_is_looked_at_too(feared: Desk, tmp_path: Path) -> None:
    as_organisation(feared, "Dean Ellwood")
    as_agent(feared, "Marlow Lettings")
    with pytest.raises(RefusedError, match="Dean Ellwood"):
        make(feared, "landlord-request", tmp_path)


def test_no_letter_goes_to_where_the_perpetrator_lives(feared: Desk, tmp_path: Path) -> None:
    owner = feared.caseload.store.add(
        Organisation(name="Mill Lets", kind="landlord", address="9 Mill Row,\nTestton\nZZ8 8ZZ")
    )
    feared.change(feared.file.consent_requests[0], decision_org_id=owner.id)
    with pytest.raises(RefusedError, match="address"):
        make(feared, "landlord-request", tmp_path)
    feared.change(owner, address="11 Mill Row,\nTestton\nZZ8 8ZZ")
    assert make(feared, "landlord-request", tmp_path).files


@pytest.mark.parametrize("name", SAME + LIKE)
@pytest.mark.parametrize("kind", ["sent", "chase"])
def test_no_request_is_sent_or_chased_with_the_perpetrator(
    kind: str, name: str, feared: Desk
) -> None:
    as_organisation(feared, name)
    request = feared.file.consent_requests[0]
    if kind == "sent":
        feared.change(request, state="survivor_ok_to_contact", sent_on=None)
    before = len(feared.file.consent_events)
    with pytest.raises(RefusedError, match="People tab"):
        work.log_consent_event(feared.caseload, request.id, {"kind": kind}, feared.settings)
    as_typed(feared, "Marlow Lettings")
    given = {"kind": kind, "hop": name}
    with pytest.raises(RefusedError, match="People tab"):
        work.log_consent_event(feared.caseload, request.id, given, feared.settings)
    assert len(feared.file.consent_events) == before
    work.log_consent_event(feared.caseload, request.id, {"kind": kind}, feared.settings)


@pytest.mark.parametrize("name", SAME + LIKE)
def test_no_visit_is_booked_with_the_perpetrator(name: str, feared: Desk) -> None:
    given = {"kind": "survey", "on": TODAY + timedelta(days=2), "worker": name}
    with pytest.raises(RefusedError, match="Not booked"):
        work.book(feared.caseload, feared.case_id, given, feared.settings)
    args = (feared.caseload, Visit, feared.case_id)
    with pytest.raises(RefusedError, match="Not booked"):
        records.keep_record(*args, 0, given, feared.settings)
    with pytest.raises(RefusedError, match="Not booked"):
        records.keep_record(*args, feared.file.visits[0].id, {"worker": name}, feared.settings)
    assert [one.worker for one in feared.file.visits] == ["Test Locks"]


@pytest.mark.parametrize("name", OTHERS)
def test_a_visit_is_booked_with_everybody_else(name: str, feared: Desk) -> None:
    given = {"kind": "survey", "on": TODAY + timedelta(days=2), "worker": name}
    assert work.book(feared.caseload, feared.case_id, given, feared.settings).worker == name


# --- a namesake


def stops(desk: Desk) -> list[tuple[str, bool]]:
    view = views.case_view(desk.caseload, desk.case_id, TODAY, desk.settings)
    codes = (readers.NAMESAKE, readers.SAME_NAME, readers.PERPETRATOR)
    return [(one.gate, one.overridden) for one in view.findings if one.gate in codes]


def let_pass(desk: Desk, reason: str, gate: str = readers.NAMESAKE) -> None:
    given = {**SIGNED, "reason": reason}
    override_gate(desk.caseload, desk.case_id, gate, given, desk.settings)


@pytest.mark.guarantee
@pytest.mark.parametrize("way", [as_organisation, as_typed, as_worker])
def test_a_manager_lets_one_namesake_pass_and_it_is_logged(
    way: Any, feared: Desk, tmp_path: Path
) -> None:
    kind = way(feared, "Ellwood Lettings")
    assert stops(feared) == [(readers.NAMESAKE, False)]
    with pytest.raises(BadInputError, match="Ellwood Lettings"):
        let_pass(feared, "Surely another person")
    let_pass(feared, "ELLWOOD LETTINGS is a firm in Norton, seen at Companies House")
    assert stops(feared) == [(readers.NAMESAKE, True)]
    path = make(feared, kind, tmp_path, text=True).files[0][0]
    if kind != "chase":
        assert "Ellwood Lettings" in path.read_text("utf-8-sig")
    logged = queries.changes_of(feared.caseload.connection, feared.case_id)
    assert any(one.why == "gate namesake overridden" for one in logged)
    way(feared, "Ellwood Homes")  # another of the name is not let pass with them
    assert stops(feared) == [(readers.NAMESAKE, False)]
    with pytest.raises(RefusedError, match="Ellwood Homes"):
        make(feared, kind, tmp_path)


def test_an_override_of_a_namesake_ends(feared: Desk) -> None:
    as_organisation(feared, "Ellwood Lettings")
    let_pass(feared, "Ellwood Lettings is a firm in Norton")
    order = Order("landlord-request", feared.case_id)
    for day, refused in ((TODAY, False), (TODAY + timedelta(days=2), True)):
        made = making.prepare(feared.caseload, order, feared.settings, folder=None, today=day)
        assert any("Namesake" in one for one in made.refusals) is refused


@pytest.mark.guarantee
@pytest.mark.parametrize("way", [as_organisation, as_agent])
def test_a_landlord_with_the_perpetrators_name_passes_by_an_override_of_its_own(
    way: Any, feared: Desk, tmp_path: Path
) -> None:
    """A father and his son; the sentence that refuses names the way."""
    kind = way(feared, "Dean Ellwood")
    assert stops(feared) == [(readers.SAME_NAME, False)]
    with pytest.raises(RefusedError) as refused:
        make(feared, kind, tmp_path)
    assert "“Landlord with the same name” on the Overview (o)" in refused.value.sentence
    with pytest.raises(BadInputError, match="Dean Ellwood"):
        let_pass(feared, "Surely another person, born 1951", readers.SAME_NAME)
    let_pass(feared, "Dean Ellwood senior, born 1951, by the Land Registry", readers.SAME_NAME)
    assert stops(feared) == [(readers.SAME_NAME, True)]
    assert make(feared, kind, tmp_path).files
    logged = queries.changes_of(feared.caseload.connection, feared.case_id)
    assert any(one.why == "gate same_name overridden" for one in logged)
    request = feared.file.consent_requests[0]
    work.log_consent_event(feared.caseload, request.id, {"kind": "chase"}, feared.settings)
    as_worker(feared, "Dean Ellwood")  # who comes to the home is not let pass with them
    with pytest.raises(RefusedError, match="not sent to the home"):
        make(feared, "job-sheet", tmp_path)


@pytest.mark.guarantee
def test_the_perpetrator_is_never_let_pass(feared: Desk, tmp_path: Path) -> None:
    """A worker of their name, anybody of their nickname or firm; not by a namesake's override."""
    as_organisation(feared, "Dean Ellwood")
    feared.change(feared.file.visits[0], worker="Ellwood Lettings")
    with pytest.raises(BadInputError):
        let_pass(feared, "Dean Ellwood is the owner")
    let_pass(feared, "Ellwood Lettings, who are not Dean Ellwood")
    with pytest.raises(RefusedError, match="Dean Ellwood"):
        make(feared, "landlord-request", tmp_path)
    assert stops(feared) == [(readers.SAME_NAME, False), (readers.NAMESAKE, True)]
    for name, worker in (("Dee Fixit Ltd", "Marlow Locks"), ("Mill Homes", "Dean Ellwood")):
        as_organisation(feared, name)
        feared.change(feared.file.visits[0], worker=worker)
        assert stops(feared) == [(readers.PERPETRATOR, False)]
        for gate in (readers.SAME_NAME, readers.NAMESAKE):
            with pytest.raises(BadInputError):
                let_pass(feared, f"{name} and {worker} are surely others", gate)
        with pytest.raises(RefusedError, match="never overridden"):
            let_pass(feared, f"{name} and {worker} are surely others", readers.PERPETRATOR)


def test_what_is_answered_or_past_is_not_asked_about(feared: Desk) -> None:
    as_typed(feared, "Ellwood Lettings")
    feared.change(feared.file.consent_requests[0], state="refused")
    feared.change(feared.file.visits[0], worker="Daz Locks", outcome="no_access")
    assert stops(feared) == []
