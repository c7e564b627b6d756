"""An answer over two cases, of which one cannot be read: what is said, and the ways on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import queries, seal
from db.caseload import Caseload
from db.models import Case, Note, Person, SubjectRequest
from sanctuary_tui import sealing
from sanctuary_tui.subject import deciding
from sanctuary_tui.subject.unread import UNREAD, UnreadCaseError
from tests.sealed import canary
from tests.sealed.canary import TODAY


@pytest.fixture
def caseload(tmp_path: Path) -> Iterator[Caseload]:
    made = canary.opened(tmp_path, create=True)
    yield made
    made.close()


def stands_in(caseload: Caseload) -> Person:
    """A case of hers with a note."""
    case = caseload.store.add(Case(status="open", route="self"))
    caseload.store.add(Note(case_id=case.id, body=f"zq of {case.ref}"))
    return caseload.store.add(
        Person(case_id=case.id, role="survivor", first_name="Ina", surname="Quillby")
    )


def over_both(caseload: Caseload) -> tuple[Person, Person, SubjectRequest]:
    here, there = stands_in(caseload), stands_in(caseload)
    request = deciding.open_request(caseload, here.id, TODAY)
    return here, there, deciding.add_other_case(caseload, request.id, there.id)


def texts(caseload: Caseload, request: SubjectRequest) -> list[str]:
    return [one.paragraph.text for one in deciding.choices(caseload, request.id)]


def said(caseload: Caseload, request: SubjectRequest) -> str:
    with pytest.raises(UnreadCaseError) as refused:
        deciding.choices(caseload, request.id)
    return refused.value.sentence


@pytest.mark.guarantee
def test_an_answer_over_a_case_that_cannot_be_read_says_the_same_whatever_the_cause(
    caseload: Caseload,
) -> None:
    _, there, request = over_both(caseload)
    canary.seal(caseload, there.case_id)
    sealed = said(caseload, request)
    _, gone, other = over_both(caseload)
    caseload.store.delete(gone)
    assert said(caseload, other) == sealed == UNREAD
    assert "S lists" in sealed


def test_the_step_it_names_leads_to_an_answer_over_both(caseload: Caseload) -> None:
    here, there, request = over_both(caseload)
    canary.seal(caseload, there.case_id)
    sealing.open_sealed(caseload, there.case_id, "she asks to see it")
    mine = deciding.open_request(caseload, there.id, TODAY)
    deciding.add_other_case(caseload, mine.id, here.id)
    assert sum("zq of" in one for one in texts(caseload, mine)) == 2
    seal.shut(caseload.connection)
    assert said(caseload, request) == UNREAD


def test_it_can_be_gone_on_with_alone_and_the_log_says_so(caseload: Caseload) -> None:
    _, there, request = over_both(caseload)
    canary.seal(caseload, there.case_id)
    left = deciding.leave_unread_out(caseload, request.id)
    assert left.also == ""
    assert sum("zq of" in one for one in texts(caseload, request)) == 1
    whys = [row.why for row in queries.changes_of(caseload.connection, request.case_id)]
    assert "gone on without a case that cannot be read" in whys
