"""Sealing, opening for a reason, lifting; the list; a referral that may be a sealed household."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from pathlib import Path

import pytest

from config.errors import BadInputError, RefusedError
from db import queries, seal
from db.caseload import Caseload
from db.models import Case, Disclosure, MaracListing, Note, Property, Reminder
from sanctuary_tui import sealing, work
from tests.sealed import canary
from tests.sealed.canary import SETTINGS, TODAY

REFERRAL = {
    "route": "self",
    "safe": "yes",
    "first_name": "Testa",
    "surname": "Sealwright",
    "dob": date(1988, 4, 5),
    "phone": "07700 900111",
}
OTHERS = {"first_name": "Other", "surname": "Name", "dob": None, "phone": ""}
"""Somebody else by what is said of her."""


@pytest.fixture
def case(caseload: Caseload) -> Case:
    return work.take_referral(caseload, REFERRAL)


def whys(caseload: Caseload) -> list[tuple[str, str]]:
    """Every row of the log as it is kept, oldest first."""
    rows = caseload.connection.execute("SELECT action, why FROM changes ORDER BY id").fetchall()
    return [(str(row[0]), str(row[1])) for row in rows]


@pytest.mark.guarantee
@pytest.mark.parametrize("reason", ["", "  ", "\n"])
def test_no_door_opens_without_a_reason(caseload: Caseload, case: Case, reason: str) -> None:
    with pytest.raises(BadInputError, match="reason"):
        sealing.seal_case(caseload, case.id, reason, "Manager")
    assert queries.case_file(caseload.connection, case.id)
    sealing.seal_case(caseload, case.id, "survivor is council staff", "Manager")
    with pytest.raises(BadInputError, match="reason"):
        sealing.open_sealed(caseload, case.id, reason)
    assert queries.case_file(caseload.connection, case.id) is None
    with pytest.raises(BadInputError, match="reason"):
        sealing.sealed_view(caseload, reason, TODAY, SETTINGS)
    sealing.open_sealed(caseload, case.id, "her call")
    with pytest.raises(BadInputError, match="reason"):
        sealing.lift_seal(caseload, case.id, reason)


@pytest.mark.guarantee
def test_each_opening_is_logged_with_its_reason(caseload: Caseload, case: Case) -> None:
    sealing.seal_case(caseload, case.id, "survivor is council staff", "Manager")
    for reason in ("her call", "the visit"):
        sealing.open_sealed(caseload, case.id, reason)
        sealing.shut(caseload)
        assert queries.case_file(caseload.connection, case.id) is None
    sealing.sealed_view(caseload, "what is due", TODAY, SETTINGS)
    sealing.open_sealed(caseload, case.id, "to lift it")
    sealing.lift_seal(caseload, case.id, "she left the council")
    read = [why for action, why in whys(caseload) if action == "consultation"]
    assert read == [
        "sealed case opened: her call",
        "sealed case opened: the visit",
        "sealed cases looked at: what is due",
        "sealed case opened: to lift it",
    ]
    file = work.must_find(caseload, case.id)
    (kept,) = file.seals
    assert (kept.reason, kept.sealed_by, kept.sealed_on) == (
        "survivor is council staff",
        "Manager",
        TODAY,
    )
    assert (kept.lifted_reason, kept.lifted_by, kept.lifted_on) == (
        "she left the council",
        "Coordinator",
        TODAY,
    )
    assert ("alteration", "seal lifted") in whys(caseload)
    sealing.seal_case(caseload, case.id, "again", "Manager")  # and again
    assert sealing.is_sealed(caseload, case.id)


@pytest.mark.guarantee
def test_a_seal_is_not_undone_nor_deleted(caseload: Caseload, case: Case) -> None:
    sealing.seal_case(caseload, case.id, "survivor is council staff", "Manager")
    with pytest.raises(RefusedError, match="nothing to undo"):
        caseload.store.undo_last()  # the referral itself is a change of the sealed case
    assert sealing.is_sealed(caseload, case.id)
    sealing.open_sealed(caseload, case.id, "why")
    (kept,) = work.must_find(caseload, case.id).seals
    with pytest.raises(RefusedError):
        caseload.store.delete(kept)


def test_a_sealed_case_is_not_sealed_twice_nor_another_opened(
    caseload: Caseload, case: Case
) -> None:
    with pytest.raises(RefusedError, match="not sealed any more"):
        sealing.open_sealed(caseload, case.id, "why")
    with pytest.raises(RefusedError, match="not sealed"):
        sealing.lift_seal(caseload, case.id, "why")
    sealing.seal_case(caseload, case.id, "why", "Manager")
    with pytest.raises(BadInputError, match="no longer there"):
        sealing.seal_case(caseload, case.id, "why", "Manager")
    with pytest.raises(BadInputError, match="no longer there"):
        sealing.lift_seal(caseload, case.id, "why")  # it is not open
    sealing.open_sealed(caseload, case.id, "why")
    with pytest.raises(RefusedError, match="sealed already"):
        sealing.seal_case(caseload, case.id, "why", "Manager")


def test_work_goes_on_in_the_open_case_and_in_no_other(caseload: Caseload, case: Case) -> None:
    sealing.seal_case(caseload, case.id, "why", "Manager")
    with pytest.raises(BadInputError):
        work.move(caseload, case.id, "triage", SETTINGS)
    sealing.open_sealed(caseload, case.id, "why")
    caseload.store.add(Note(case_id=case.id, body="She rang."))
    work.add_reminder(caseload, case.id, "ring her", TODAY)
    file = work.must_find(caseload, case.id)
    assert [one.body for one in file.notes] == ["She rang."]
    (own,) = (one for one in file.reminders if not one.rule)
    work.mark_done(caseload, own.id, "rung")
    assert [one.case_id for one in queries.open_reminders(caseload.connection, TODAY)] == []


# --- the list


@pytest.mark.guarantee
def test_what_is_due_there_is_not_lost(caseload: Caseload, case: Case) -> None:
    for title, days in (("ring her", -1), ("much later", 90)):
        due = TODAY + timedelta(days=days)
        caseload.store.add(Reminder(case_id=case.id, due=due, title_text=title, action="done"))
    shown = [one.title_text for one in queries.open_reminders(caseload.connection, TODAY)]
    assert "ring her" in shown
    sealing.seal_case(caseload, case.id, "why", "Manager")
    assert queries.open_reminders(caseload.connection, TODAY) == []
    (line,) = sealing.sealed_view(caseload, "daily look", TODAY, SETTINGS).lines
    assert line.card.ref == case.ref
    titles = [one.title_text for one in line.due]
    assert titles[0] == "ring her"
    assert set(shown) <= set(titles)
    assert "much later" not in titles
    assert line.next_due == TODAY - timedelta(days=1)
    assert queries.case_file(caseload.connection, case.id) is None  # the list opens none


def test_a_sealed_case_for_the_marac_is_told_where_the_reason_was_given(
    caseload: Caseload, case: Case
) -> None:
    meeting = date(2026, 12, 3)
    caseload.store.add(MaracListing(case_id=case.id, meeting=meeting, state="draft"))
    sealing.seal_case(caseload, case.id, "why", "Manager")
    (line,) = sealing.sealed_view(caseload, "daily look", TODAY, SETTINGS).lines
    assert line.marac == "MARAC Thu 3 Dec 2026: bring it to the chair by hand"


def test_what_no_count_has_is_told_to_be_added_by_hand(caseload: Caseload) -> None:
    assert sealing.sealed_view(caseload, "look", TODAY, SETTINGS).left_out == ""
    made = canary.add_canary(caseload)
    sealing.seal_case(caseload, made.id, "why", "Manager")
    said = sealing.sealed_view(caseload, "look", TODAY, SETTINGS).left_out
    assert said.startswith("In no count or return: 1 open, 1 referred since Wed 1 Apr 2026")
    assert "1 measure fitted" in said


def test_a_file_that_still_holds_it_is_told(caseload: Caseload, case: Case, tmp_path: Path) -> None:
    out = tmp_path / "board.csv"
    out.write_text("x", "utf-8")
    row = Disclosure(what="board", path=str(out), case_refs=f"S25-0001;{case.ref}")
    caseload.store.add(row)
    sealing.seal_case(caseload, case.id, "why", "Manager")
    assert str(out) in sealing.sealed_view(caseload, "look", TODAY, SETTINGS).files
    out.unlink()
    assert sealing.sealed_view(caseload, "look", TODAY, SETTINGS).files == ""


@pytest.mark.guarantee
@pytest.mark.parametrize("others", ["", "S25-0001;"])
def test_such_a_file_is_deleted_from_the_list_and_logged(
    caseload: Caseload, case: Case, tmp_path: Path, others: str
) -> None:
    """One of sealed cases alone too, which the register of Reports does not have."""
    out = tmp_path / "letter.txt"
    out.write_text("x", "utf-8")
    digest = hashlib.sha256(b"x").hexdigest()
    row = Disclosure(what="letter", path=str(out), sha256=digest, case_refs=f"{others}{case.ref}")
    caseload.store.add(row)
    plain = caseload.store.add(Disclosure(what="x", path=str(out), case_refs="S25-0001"))
    sealing.seal_case(caseload, case.id, "why", "Manager")
    assert [one.id for one in sealing.files_held(caseload)] == [row.id]
    with pytest.raises(RefusedError, match="holds no sealed case"):
        sealing.delete_file(caseload, plain.id)
    assert out.exists()
    assert "letter.txt is deleted" in sealing.delete_file(caseload, row.id)
    assert not out.exists()
    assert whys(caseload)[-1] == ("erasure", "exported file deleted")
    kept = caseload.connection.execute(
        "SELECT deleted_on, case_refs FROM main.disclosures WHERE id = ?", (row.id,)
    ).fetchall()
    assert kept == [(TODAY.isoformat(), f"{others}{case.ref}")]  # nothing of it is lost
    assert sealing.files_held(caseload) == []
    with pytest.raises(RefusedError, match="deleted already"):
        sealing.delete_file(caseload, row.id)


def test_a_file_of_everything_holds_what_was_sealed_since(caseload: Caseload, case: Case) -> None:
    for days in (-1, 1):
        at = canary.NOW + timedelta(days=days)
        caseload.store.add(Disclosure(at=at, what=f"{days}", path="/x", case_refs="*"))
    caseload.store.update(case, received=canary.NOW - timedelta(days=9))
    sealing.seal_case(caseload, case.id, "why", "Manager")
    assert [one.what for one in sealing.files_held(caseload)] == ["-1"]


@pytest.mark.guarantee
def test_today_says_the_same_whether_or_not_a_case_is_sealed(
    caseload: Caseload, case: Case
) -> None:
    """So the line tells nobody that one is; it changes only with the coordinator's own look."""
    before = sealing.looked_at(caseload, TODAY)
    sealing.seal_case(caseload, case.id, "why", "Manager")
    assert sealing.looked_at(caseload, TODAY) == before
    sealing.sealed_view(caseload, "look", TODAY, SETTINGS)
    assert sealing.looked_at(caseload, TODAY) != before
    assert sealing.looked_at(caseload, TODAY + timedelta(days=1)) == before


# --- a referral that may be a sealed household


@pytest.mark.guarantee
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"dob": None},
        {"phone": "", "first_name": "Tessa"},
        {"first_name": "Other", "surname": "Name", "dob": None, "phone": "07700900111"},
        {"first_name": "Other", "surname": "Name", "dob": None, "phone": "+44 7700 900111"},
        {"first_name": "Other", "surname": "Name", "dob": None, "phone": "(07700) 900-111"},
        {"first_name": "Other", "surname": "Name", "dob": None, "phone": "07700900111 her mum's"},
        {"surname": "Sealwright-Ostby", "phone": ""},
        {**OTHERS, "address": "4 Old Row", "postcode": ""},
        {**OTHERS, "address": "4, Old Row, Norton", "postcode": "zz11zz"},
    ],
)
def test_a_second_record_of_a_sealed_household_is_stopped_without_a_word_of_it(
    caseload: Caseload, case: Case, given: dict[str, object]
) -> None:
    wanted = {**REFERRAL, **given}
    sealing.check_referral(caseload, wanted)  # unsealed, the search before the form finds it
    caseload.store.add(Property(case_id=case.id, address="4 Old Row\nNorton", postcode="ZZ1 1ZZ"))
    sealing.seal_case(caseload, case.id, "why", "Manager")
    with pytest.raises(sealing.NeedsLook) as stopped:
        sealing.check_referral(caseload, wanted)
    said = stopped.value.sentence
    assert said == sealing.NEEDS_LOOK
    assert case.ref not in said
    assert "seal" not in said.lower()
    assert ("combination", "a new referral may be this household") in whys(caseload)


@pytest.mark.parametrize(
    "given",
    [
        {"dob": date(1999, 9, 9), "phone": ""},
        {"first_name": "Quite", "surname": "Another", "phone": "07700 900222"},
        {"first_name": "", "surname": "", "dob": None, "phone": ""},
        {**OTHERS, "address": "14 Old Row, Norton", "postcode": "ZZ1 1ZZ"},
        {**OTHERS, "address": "4 Old Row, Norton", "postcode": "ZZ9 9ZZ"},
        {**OTHERS, "address": "", "postcode": "ZZ1 1ZZ"},
    ],
)
def test_another_household_is_not_stopped(
    caseload: Caseload, case: Case, given: dict[str, object]
) -> None:
    caseload.store.add(Property(case_id=case.id, address="4 Old Row\nNorton", postcode="ZZ1 1ZZ"))
    sealing.seal_case(caseload, case.id, "why", "Manager")
    sealing.check_referral(caseload, {**REFERRAL, **given})


def test_one_that_is_kept_all_the_same_is_told_at_the_sealed_case(
    caseload: Caseload, case: Case
) -> None:
    sealing.seal_case(caseload, case.id, "why", "Manager")
    second = sealing.take_referral(caseload, REFERRAL)
    (line,) = sealing.sealed_view(caseload, "look", TODAY, SETTINGS).lines
    assert any(second.ref in one.title_text for one in line.due)
    assert caseload.connection.opened == 0
    assert seal.sealed_ids(caseload.connection) == {case.id}
