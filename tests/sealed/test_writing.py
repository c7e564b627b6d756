"""What is written while a case is sealed: no list loses it, and its disposal leaves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from config.errors import RefusedError, SanctuaryError
from config.paths import UnnamedFile
from db import queries, seal
from db.caseload import Caseload
from db.models import (
    Breach,
    Case,
    Contact,
    Disclosure,
    Incident,
    Organisation,
    Seal,
)
from db.replay import replay
from sanctuary_tui import breaches, sealing, work
from sanctuary_tui.documents import making
from tests.db import kit
from tests.db.disposal_world import World, build
from tests.exports.test_withhold import household
from tests.sealed import canary
from tests.sealed.canary import NOW, SETTINGS, TODAY


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A case to dispose of, and another that a list and a link share with it."""
    made = build(tmp_path / "caseload.db")
    yield made
    made.caseload.close()


def close_off(world: World, case_id: int) -> None:
    """Seal a case of the world."""
    made = Seal(case_id=case_id, reason="staff", sealed_by="Manager", sealed_on=kit.DAY)
    with world.caseload.store.batch(undoable=False):
        world.caseload.store.add(made)


# --- disposing ------------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_a_sealed_case_that_is_disposed_of_leaves_no_word(world: World) -> None:
    """Its landlord and to whom its letter went were out of the view, and so was their erasure."""
    connection = world.caseload.connection
    close_off(world, world.case.id)
    seal.open_to(connection, world.case.id)
    assert world.seen() == set(world.words)
    done = world.dispose()
    seal.shut(connection)
    assert world.seen() == set()
    assert (done.state, done.found) == ("proved", 0)
    assert [one.name for one in queries.all_of(connection, Organisation)] == ["Fairholm HA"]
    assert queries.all_of(connection, Contact) == []
    letter, listed = queries.all_of(connection, Disclosure)
    assert (letter.recipient_name, letter.path) == ("", "")
    assert listed.recipient_name == "Westholm MARAC"


@pytest.mark.guarantee
def test_a_disposal_forgets_nothing_of_a_list_that_holds_a_sealed_case(world: World) -> None:
    close_off(world, world.other.id)
    world.dispose()
    sql = "SELECT recipient_name, case_refs FROM main.disclosures WHERE what = 'MARAC list'"
    (listed,) = kit.rows(world.caseload, sql)
    assert listed == ("Westholm MARAC", f"{world.case.ref};{world.other.ref}")
    emptied = "SELECT count(*) FROM changes WHERE entity = 'disclosures' AND salt IS NULL"
    assert kit.rows(world.caseload, emptied) == [(1,)]  # of the letter, which is its own
    kit.check_sound(world.caseload, kit.DAY)


def test_a_sealed_case_leads_to_no_disposed_one(world: World) -> None:
    third = kit.add_case(world.caseload)
    linked = f"{third.ref};{world.case.ref}"
    other = queries.get(world.caseload.connection, Case, world.other.id)
    world.caseload.store.update(other, linked_cases=linked)
    for one in (world.other, third):
        close_off(world, one.id)
    world.dispose()
    sql = "SELECT linked_cases FROM main.cases WHERE id = ?"
    assert kit.rows(world.caseload, sql, world.other.id) == [(third.ref,)]


def test_the_refusal_of_a_disposal_names_no_sealed_case(world: World) -> None:
    person = kit.file_of(world.caseload, world.case.id).people[0]
    world.caseload.store.add(Incident(case_id=world.other.id, perpetrator_id=person.id))
    close_off(world, world.other.id)
    with pytest.raises(RefusedError, match="names a person of this case") as stopped:
        world.erase()
    assert world.other.ref not in stopped.value.sentence


# --- lists of cases -------------------------------------------------------------------------------


def linked(caseload: Caseload) -> dict[str, str]:
    """What each case leads to, as it is kept."""
    sql = "SELECT ref, linked_cases FROM main.cases"
    return {str(ref): str(to) for ref, to in caseload.connection.execute(sql).fetchall()}


def three(caseload: Caseload) -> tuple[Case, Case, Case]:
    """A case, one that is sealed while they are linked, and a third."""
    first, hidden, third = (
        caseload.store.add(Case(status="open", route="police")) for _ in range(3)
    )
    return first, hidden, third


def fresh(caseload: Caseload, case: Case) -> Case:
    return queries.get(caseload.connection, Case, case.id)


@pytest.mark.guarantee
def test_a_link_to_a_sealed_case_is_there_when_the_seal_is_lifted(caseload: Caseload) -> None:
    first, hidden, third = three(caseload)
    work.link_cases(caseload, first, hidden.ref)
    canary.seal(caseload, hidden.id)
    seen = fresh(caseload, first)
    assert seen.linked_cases == ""
    work.link_cases(caseload, seen, third.ref)
    assert seen.linked_cases == third.ref  # the record in hand tells no more than the view
    assert fresh(caseload, first).linked_cases == third.ref
    assert linked(caseload)[first.ref] == f"{hidden.ref};{third.ref}"
    caseload.store.update(seen, linked_cases="")  # every link that is seen
    assert linked(caseload)[first.ref] == hidden.ref
    assert replay(caseload.connection).strays == ()


@pytest.mark.guarantee
def test_the_log_tells_nothing_of_a_link_that_was_kept(caseload: Caseload) -> None:
    first, hidden, third = three(caseload)
    work.link_cases(caseload, first, hidden.ref)
    canary.seal(caseload, hidden.id)
    work.link_cases(caseload, fresh(caseload, first), third.ref)
    connection = caseload.connection
    (row,) = (
        one
        for one in queries.changes_of(connection, first.id)
        if one.action == "alteration" and third.ref in one.after
    )
    assert (row.before, row.after) == ('{"linked_cases":""}', f'{{"linked_cases":"{third.ref}"}}')


def test_an_undo_takes_back_its_own_link_alone(caseload: Caseload) -> None:
    """The link to the sealed case was made later, and its undo is passed over."""
    first, hidden, third = three(caseload)
    work.link_cases(caseload, first, third.ref)
    work.link_cases(caseload, fresh(caseload, first), hidden.ref)
    canary.seal(caseload, hidden.id)
    assert caseload.store.undo_last() == f"linked to {third.ref}"
    assert linked(caseload) == {first.ref: hidden.ref, hidden.ref: first.ref, third.ref: ""}
    seal.open_to(caseload.connection, hidden.id)
    assert caseload.store.undo_last() == f"linked to {hidden.ref}"
    assert set(linked(caseload).values()) == {""}
    assert replay(caseload.connection).strays == ()


def test_a_sealed_case_that_is_open_is_linked_again_without_a_second_link(
    caseload: Caseload,
) -> None:
    first, hidden, third = three(caseload)
    work.link_cases(caseload, first, hidden.ref)
    canary.seal(caseload, hidden.id)
    seal.open_to(caseload.connection, hidden.id)
    version = fresh(caseload, first).version
    for other in (first, third):
        work.link_cases(caseload, fresh(caseload, hidden), other.ref)
    assert linked(caseload) == {
        first.ref: hidden.ref,
        hidden.ref: f"{first.ref};{third.ref}",
        third.ref: hidden.ref,
    }
    assert fresh(caseload, first).version == version  # nothing of it differed


@pytest.mark.guarantee
@pytest.mark.parametrize("kind", [Breach, Disclosure])
def test_the_register_and_a_breach_keep_the_sealed_case_they_held(
    caseload: Caseload, kind: type[Breach] | type[Disclosure]
) -> None:
    first, hidden, third = three(caseload)
    made = caseload.store.add(kind(case_refs=f"{first.ref};{hidden.ref}"))
    canary.seal(caseload, hidden.id)
    row = queries.get(caseload.connection, kind, made.id)
    assert row.case_refs == first.ref
    caseload.store.update(row, case_refs=f"{first.ref};{third.ref}")
    sql = f"SELECT case_refs FROM main.{kind.table}"
    kept = caseload.connection.execute(sql).fetchall()
    assert kept == [(f"{first.ref};{hidden.ref};{third.ref}",)]


def test_a_breach_of_a_list_with_a_sealed_case_has_it_once_the_seal_is_lifted(
    caseload: Caseload,
) -> None:
    """What is recorded names none that is sealed: the register is asked again."""
    first, hidden, _ = three(caseload)
    sent = caseload.store.add(
        Disclosure(at=NOW, what="list", recipient="marac", case_refs=f"{first.ref};{hidden.ref}")
    )
    canary.seal(caseload, hidden.id)
    breach = breaches.record(caseload, "wrong_recipient", aware=NOW, disclosure_id=sent.id)
    assert breaches.refs_in(caseload, breach) == (first.ref,)
    seal.open_to(caseload.connection, hidden.id)
    sealing.lift_seal(caseload, hidden.id, "she left the council")
    assert breaches.refs_in(caseload, breach) == (first.ref, hidden.ref)


# --- taking back ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sealed", [False, True])
def test_a_document_that_cannot_be_named_takes_its_row_of_the_register_back(
    caseload: Caseload, tmp_path: Path, sealed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = household(caseload, "Ina", "4 Old Row, Norton")
    caseload.store.update(fresh(caseload, case), referrer_org="Ravel Court", referrer_name="K D")
    if sealed:
        canary.seal(caseload, case.id)
        seal.open_to(caseload.connection, case.id)

    def refused(self: UnnamedFile) -> None:
        raise PermissionError(13, "no")

    monkeypatch.setattr(UnnamedFile, "_link", refused)
    out = tmp_path / "out"
    out.mkdir()
    order = making.Order("outcome-note", case.id)
    with pytest.raises(SanctuaryError, match="outcome-note"):
        making.make(caseload, order, SETTINGS, out, folder=None, now=NOW, today=TODAY, text=True)
    assert list(out.iterdir()) == []
    sql = "SELECT count(*) FROM main.disclosures"
    assert caseload.connection.execute(sql).fetchall() == [(0,)]


# --- undoing what a change that is passed over came after -----------------------------------------


@pytest.mark.guarantee
def test_a_case_that_a_sealed_one_leads_to_is_not_undone(caseload: Caseload) -> None:
    """The link is passed over: to undo the referral before it would leave it leading nowhere."""
    hidden = caseload.store.add(Case(status="open", route="police"))
    case = work.take_referral(caseload, {"route": "self", "safe": "yes", "first_name": "Ina"})
    work.link_cases(caseload, case, hidden.ref)
    canary.seal(caseload, hidden.id)
    with pytest.raises(RefusedError, match="changed since") as stopped:
        caseload.store.undo_last()
    assert hidden.ref not in stopped.value.sentence
    assert fresh(caseload, case).ref == case.ref
    seal.open_to(caseload.connection, hidden.id)
    assert caseload.store.undo_last() == f"linked to {hidden.ref}"
    assert caseload.store.undo_last() == "referral taken"
    assert linked(caseload) == {hidden.ref: ""}


def test_nor_is_a_field_that_was_changed_together_with_a_sealed_case(caseload: Caseload) -> None:
    first, hidden, _ = three(caseload)
    store = caseload.store
    store.update(first, why="one", next_action="ring")
    store.update(first, why="two", reason="threats")
    with store.batch("both"):
        for case in (first, hidden):
            store.update(fresh(caseload, case), next_action="write")
    canary.seal(caseload, hidden.id)
    assert store.undo_last() == "two"  # another field
    with pytest.raises(RefusedError, match="changed since"):
        store.undo_last()
    assert fresh(caseload, first).next_action == "write"
