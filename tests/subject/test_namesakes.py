"""A name that many bear: what else agrees comes first, the rest stands behind a count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from db.caseload import Caseload
from db.models import Case, ContactPoint, Note, Person, Property
from sanctuary_tui.subject.namesakes import BORN, FEW, REACHED, WITH
from tests.sanctuary_tui.conftest import caseload
from tests.subject.test_elsewhere import SAYS, elsewhere, other_case
from tests.subject.test_subject_requests import NOW, household

__all__ = ["caseload"]
BIRTH = date(1990, 5, 6)


def namesake(caseload: Caseload, role: str = "survivor", born: date | None = None) -> Person:
    """Somebody of that name in a case of their own."""
    case = caseload.store.add(Case(route="self"))
    return caseload.store.add(
        Person(case_id=case.id, role=role, first_name="Asha", surname="Varma", dob=born)
    )


def known(caseload: Caseload) -> Person:
    """The survivor, with a day of birth, a number and a home."""
    survivor, _ = household(caseload)
    store = caseload.store
    store.add(ContactPoint(case_id=survivor.case_id, person_id=survivor.id, value="07700 900123"))
    store.add(Property(case_id=survivor.case_id, address="14 Tansy Row\nNorton", confidential="no"))
    return store.update(survivor, dob=BIRTH)


def _born(caseload: Caseload, one: Person) -> None:
    caseload.store.update(one, dob=BIRTH)


def _rung(caseload: Caseload, one: Person) -> None:
    caseload.store.add(ContactPoint(case_id=one.case_id, person_id=one.id, value="07700900123"))


def _lives(caseload: Caseload, one: Person) -> None:
    caseload.store.add(Property(case_id=one.case_id, address="14 Tansy Row, Norton"))


def _partner(caseload: Caseload, one: Person) -> None:
    caseload.store.add(
        Person(case_id=one.case_id, role="perpetrator", first_name="Dilan", surname="Perera")
    )


AGREE: dict[str, tuple[Callable[[Caseload, Person], None], str]] = {
    "born": (_born, BORN),
    "rung": (_rung, REACHED),
    "lives": (_lives, REACHED),
    "partner": (_partner, WITH),
}


@pytest.mark.parametrize("how", AGREE)
def test_what_else_agrees_comes_first_and_the_rest_is_folded_not_dropped(
    caseload: Caseload, how: str
) -> None:
    survivor = known(caseload)
    many = [namesake(caseload) for _ in range(FEW + 1)]
    same = namesake(caseload)
    agrees, said = AGREE[how]
    agrees(caseload, same)
    caseload.store.add(Note(case_id=other_case(caseload).id, at=NOW, body=SAYS))
    found = [one.paragraph for one in elsewhere(caseload, survivor)]
    ref = {one.case_id: caseload.connection.execute(
        "SELECT ref FROM cases WHERE id = ?", (one.case_id,)
    ).fetchall()[0][0] for one in [*many, same]}  # fmt: skip
    assert (found[0].case_ref, found[0].agrees) == (ref[same.case_id], (said,))
    folded = {one.case_ref for one in found if one.folded}
    assert folded == {ref[one.case_id] for one in many}, "folded, and there"
    assert SAYS in [one.text for one in found if not one.folded], "who only names them is listed"
    assert [one.folded for one in found] == sorted(one.folded for one in found), "and last"


def test_a_few_are_all_listed(caseload: Caseload) -> None:
    survivor = known(caseload)
    for _ in range(FEW):
        namesake(caseload)
    found = [one.paragraph for one in elsewhere(caseload, survivor)]
    assert len({one.case_ref for one in found}) == FEW
    assert not any(one.folded for one in found)
