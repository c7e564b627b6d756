"""A request to see what is held: who asks, the month, one person in two cases, the files."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from config.codes import label
from config.errors import BadInputError, RefusedError
from config.settings import default_settings
from db import queries
from db.caseload import Caseload
from db.models import Case, Disclosure, Note, Organisation, Person, SafeAddress
from sanctuary_tui.pathway import rights
from sanctuary_tui.subject import deciding
from sanctuary_tui.subject.gather import same_person
from tests.sanctuary_tui.conftest import caseload
from tests.subject import packs

__all__ = ["caseload"]
SETTINGS = default_settings()
TODAY = date(2026, 11, 26)
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def household(caseload: Caseload, born: date | None = date(1988, 1, 2)) -> tuple[Person, Person]:
    """A survivor and a perpetrator of a new case."""
    store = caseload.store
    case = store.add(Case(route="police"))
    survivor = store.add(
        Person(case_id=case.id, role="survivor", first_name="Asha", surname="Varma")
    )
    other = Person(
        case_id=case.id, role="perpetrator", first_name="Dilan", surname="Perera", dob=born
    )
    return survivor, store.add(other)


@pytest.mark.guarantee
def test_nothing_is_written_before_it_is_known_who_asks(caseload: Caseload, tmp_path: Path) -> None:
    survivor, _ = household(caseload)
    request = deciding.open_request(caseload, survivor.id, TODAY)
    with pytest.raises(RefusedError, match="who asks"):
        make(caseload, request.id, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert queries.all_of(caseload.connection, Disclosure) == []


def make(caseload: Caseload, request_id: int, out: Path, *, rule_read: bool = True) -> list[Path]:
    """The files of a pack."""
    result = packs.make(caseload, request_id, out, rule_read=rule_read, safety=packs.SAFE)
    return [path for path, _ in result.files]


def test_a_survivors_pack_needs_the_rule_to_be_read(caseload: Caseload, tmp_path: Path) -> None:
    survivor, other = household(caseload)
    request = deciding.open_request(caseload, survivor.id, TODAY)
    deciding.prove_identity(caseload, request.id, TODAY)
    with pytest.raises(RefusedError, match="safe-contact rule"):
        make(caseload, request.id, tmp_path, rule_read=False)
    assert len(make(caseload, request.id, tmp_path)) == 2
    theirs = deciding.open_request(caseload, other.id, TODAY)
    deciding.prove_identity(caseload, theirs.id, TODAY)
    assert len(make(caseload, theirs.id, tmp_path, rule_read=False)) == 2


def due_lines(caseload: Caseload) -> list[date | None]:
    """When the answers stand on Today."""
    return [
        one.due
        for one in queries.open_reminders(caseload.connection, date(2027, 1, 1))
        if one.rule == "subject_request"
    ]


def test_written_is_not_sent(caseload: Caseload, tmp_path: Path) -> None:
    survivor, _ = household(caseload)
    caseload.store.add(Note(case_id=survivor.case_id, body="Dilan rang.", at=NOW))
    request = deciding.open_request(caseload, survivor.id, date(2026, 10, 31))
    deciding.prove_identity(caseload, request.id, TODAY)
    with pytest.raises(RefusedError, match="No answer has been written"):
        deciding.mark_sent(caseload, request.id, TODAY)
    key = next(
        one.paragraph.key
        for one in deciding.choices(caseload, request.id)
        if one.paragraph.text == "Dilan rang."
    )
    deciding.release(caseload, request.id, [key])
    paths = make(caseload, request.id, tmp_path)
    assert [str(path.relative_to(tmp_path)) for path in paths] == [
        "A00001-access.txt",
        "for-the-council/withheld-log-00001.txt",
    ]
    assert {path.stat().st_mode & 0o777 for path in paths} == {0o600}
    with pytest.raises(RefusedError, match="cannot be undone"):
        caseload.store.undo_last()
    kept = queries.get(caseload.connection, type(request), request.id)
    assert (kept.state, kept.sent_on) == ("open", None)
    assert due_lines(caseload) == [date(2026, 11, 30)]
    again = make(caseload, request.id, tmp_path)
    assert [path.name for path in again] == ["A00001-access-2.txt", "withheld-log-00001-2.txt"]
    assert again[0].read_text("utf-8-sig").count("Dilan rang.") == 1
    assert len(deciding.written_for(caseload, request.id)) == 2


def test_a_request_is_sent_on_a_day_read_and_taken_up_again(
    caseload: Caseload, tmp_path: Path
) -> None:
    survivor, _ = household(caseload)
    caseload.store.add(Note(case_id=survivor.case_id, body="Dilan rang.", at=NOW))
    request = deciding.open_request(caseload, survivor.id, date(2026, 10, 31))
    deciding.prove_identity(caseload, request.id, TODAY)
    key = next(
        one.paragraph.key
        for one in deciding.choices(caseload, request.id)
        if one.paragraph.text == "Dilan rang."
    )
    deciding.release(caseload, request.id, [key])
    make(caseload, request.id, tmp_path)
    for wrong in (date(2026, 11, 27), date(2026, 10, 30)):
        with pytest.raises(BadInputError):
            deciding.mark_sent(caseload, request.id, wrong)
    kept = deciding.mark_sent(caseload, request.id, date(2026, 11, 25))
    assert (kept.state, kept.sent_on) == ("sent", date(2026, 11, 25))
    assert due_lines(caseload) == []
    with pytest.raises(RefusedError, match="reopen it"):
        make(caseload, request.id, tmp_path)
    with pytest.raises(RefusedError, match="reopen it"):
        deciding.take_back(caseload, request.id, [key])
    shown = {one.paragraph.key: one for one in deciding.choices(caseload, request.id)}
    assert shown[key].released
    with pytest.raises(BadInputError, match="why"):
        deciding.reopen(caseload, request.id, " ")
    kept = deciding.reopen(caseload, request.id, "a page was missing")
    assert (kept.state, kept.sent_on) == ("open", None)
    assert due_lines(caseload) == [date(2026, 11, 30)]
    assert [one.id for one in deciding.requests_of(caseload, survivor)] == [request.id]
    shown = {one.paragraph.key: one for one in deciding.choices(caseload, request.id)}
    assert shown[key].released
    assert len(make(caseload, request.id, tmp_path)) == 2


def test_what_nobody_looked_at_is_left_out_under_an_exemption_somebody_chose(
    caseload: Caseload, tmp_path: Path
) -> None:
    survivor, _ = household(caseload)
    caseload.store.add(Note(case_id=survivor.case_id, body="Dilan rang.", at=NOW))
    request = deciding.open_request(caseload, survivor.id, TODAY)
    deciding.prove_identity(caseload, request.id, TODAY)
    waiting = sum(1 for one in deciding.choices(caseload, request.id) if one.waiting)
    for unseen in ("", "not_decided"):
        with pytest.raises(RefusedError, match=f"Nobody has looked at {waiting} paragraph"):
            packs.make(caseload, request.id, tmp_path, unseen=unseen)
    packs.make(caseload, request.id, tmp_path, unseen="given")
    said = " ".join((tmp_path / "A00001-access.txt").read_text("utf-8-sig").split())
    assert f"They have it already: {waiting} paragraph" in said
    assert waiting == sum(1 for one in deciding.choices(caseload, request.id) if one.waiting)


def test_the_answer_says_what_was_looked_for_and_its_log_how_much_was_found(
    caseload: Caseload, tmp_path: Path
) -> None:
    survivor, other = household(caseload)
    case = caseload.store.add(Case(route="self"))
    for body in ("Asha Varma rang.", "Dilan Perera rang.", "Asha Varma wrote."):
        caseload.store.add(Note(case_id=case.id, body=body, at=NOW))
    caseload.store.add(Organisation(name="Firm", note="Asha Varma works there."))
    for person, found in ((survivor, 3), (other, 1)):
        request = deciding.open_request(caseload, person.id, TODAY)
        deciding.prove_identity(caseload, request.id, TODAY)
        sent, log = make(caseload, request.id, tmp_path / person.role)
        said = " ".join(sent.read_text("utf-8-sig").split())
        assert "for first name and surname together" in said
        assert "A first name or a surname alone was not looked for" in said
        assert case.ref not in said
        kept = " ".join(log.read_text("utf-8-sig").split())
        assert (
            f"{found} paragraph{'s' if found > 1 else ''} found in what is held of others" in kept
        )
    rows = queries.all_of(caseload.connection, Disclosure)
    assert all("" not in row.case_refs.split(";") for row in rows)


def test_one_open_request_a_person_and_none_of_tomorrow(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    with pytest.raises(BadInputError, match="still to come"):
        deciding.open_request(caseload, survivor.id, date(2026, 11, 27))
    deciding.open_request(caseload, survivor.id, TODAY)
    with pytest.raises(RefusedError, match="open already, due Sat 26 Dec 2026"):
        deciding.open_request(caseload, survivor.id, TODAY)


def test_more_time_is_taken_once_and_in_the_first_month(caseload: Caseload) -> None:
    survivor, other = household(caseload)
    request = deciding.open_request(caseload, survivor.id, TODAY)
    with pytest.raises(BadInputError):
        deciding.extend(caseload, request.id, " ")
    assert deciding.extend(caseload, request.id, "four files").extended == "yes"
    late = deciding.open_request(caseload, other.id, date(2026, 10, 1))
    with pytest.raises(RefusedError, match=r"until Sun 1 Nov 2026 only"):
        deciding.extend(caseload, late.id, "four files")
    with pytest.raises(BadInputError):
        deciding.end_request(caseload, late.id, "refused", "")
    assert deciding.end_request(caseload, late.id, "withdrawn", "by phone").state == "withdrawn"


def test_a_request_taken_in_the_wrong_case_ends_as_taken_in_error(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    request = deciding.open_request(caseload, survivor.id, TODAY)
    with pytest.raises(BadInputError, match="taken in error"):
        deciding.end_request(caseload, request.id, "mistaken", " ")
    ended = deciding.end_request(caseload, request.id, "mistaken", "another household")
    assert (ended.state, ended.note) == ("mistaken", "another household")
    file = queries.case_file(caseload.connection, survivor.case_id)
    assert file is not None
    assert rights.requests(file) == [], "its month runs no more"
    assert label("request_state", ended.state) == "Taken in error: nobody asked"
    assert deciding.request_of(caseload, survivor) is None


def test_a_decision_holds_for_the_words_it_was_made_on(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    request = deciding.open_request(caseload, survivor.id, TODAY)
    key = next(
        one.paragraph.key
        for one in deciding.choices(caseload, request.id)
        if one.paragraph.key.startswith("people") and "facts" in one.paragraph.key
    )
    deciding.withhold(caseload, request.id, [key], "third_party")
    caseload.store.update(survivor, language="Tamil", aliases="Ash")
    now = deciding.choices(caseload, request.id)
    assert key not in {one.paragraph.key for one in now}
    with pytest.raises(BadInputError, match="has changed since"):
        deciding.release(caseload, request.id, [key])
    alias = next(one for one in now if one.paragraph.text == "Ash")
    assert (alias.released, alias.decided) == (False, False)
    assert deciding.release(caseload, request.id, [alias.paragraph.key]) == 1
    assert deciding.withhold(caseload, request.id, [alias.paragraph.key], "given") == 1
    with pytest.raises(BadInputError, match="exemption"):
        deciding.withhold(caseload, request.id, [alias.paragraph.key], "because")
    assert caseload.store.undo_last()


def test_the_same_person_in_another_case_is_asked_for_and_added_by_a_person(
    caseload: Caseload,
) -> None:
    _, first = household(caseload)
    _, second = household(caseload)
    _, other = household(caseload, date(1990, 1, 1))
    assert [one.id for one in same_person(caseload, first)] == [second.id]
    request = deciding.open_request(caseload, first.id, TODAY)

    def refs() -> set[str]:
        made = (one.paragraph for one in deciding.choices(caseload, request.id))
        return {one.case_ref for one in made if not one.elsewhere}

    assert len(refs()) == 1
    with pytest.raises(RefusedError, match="is another"):
        deciding.add_other_case(caseload, request.id, other.id)
    deciding.add_other_case(caseload, request.id, second.id)
    assert len(refs()) == 2


def test_a_line_of_another_case_that_names_them_is_found(caseload: Caseload) -> None:
    survivor, _ = household(caseload)
    elsewhere, _ = household(caseload)
    store = caseload.store
    store.add(
        SafeAddress(case_id=elsewhere.case_id, person_id=elsewhere.id, address="7 Hidden Lane")
    )
    body = "Asha Varma, her friend, rang.\nNothing else.\nAsha Varma knows 7 Hidden Lane."
    store.update(elsewhere, first_name="Someone", surname="Else")
    store.add(Note(case_id=elsewhere.case_id, body=body, at=NOW))
    request = deciding.open_request(caseload, survivor.id, TODAY)
    found = [
        one
        for one in deciding.choices(caseload, request.id)
        if one.paragraph.key.startswith("notes")
    ]
    assert [one.paragraph.text for one in found] == [body.split("\n")[0], body.split("\n")[2]]
    assert not any(one.released for one in found)
    # The other survivor's address stays shut, though this reader is a survivor too.
    assert [bool(one.paragraph.barred) for one in found] == [False, True]


@pytest.mark.guarantee
@pytest.mark.parametrize("place", ["Downloads", "Desktop", "OneDrive - Council"])
def test_downloads_desktop_and_synced_folders_are_refused(
    caseload: Caseload, tmp_path: Path, place: str
) -> None:
    _, other = household(caseload)
    request = deciding.open_request(caseload, other.id, TODAY)
    deciding.prove_identity(caseload, request.id, TODAY)
    with pytest.raises(RefusedError, match="choose a folder kept for exports"):
        make(caseload, request.id, tmp_path / place)
    assert list(tmp_path.rglob("A0*")) == []
    assert len(make(caseload, request.id, tmp_path / "exports")) == 2


@pytest.mark.guarantee
def test_a_pack_whose_row_cannot_be_kept_is_not_written(caseload: Caseload, tmp_path: Path) -> None:
    _, other = household(caseload)
    request = deciding.open_request(caseload, other.id, TODAY)
    deciding.prove_identity(caseload, request.id, TODAY)
    caseload.connection.execute(
        "CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.disclosures"
        " BEGIN SELECT RAISE(ABORT, 'no'); END"
    ).fetchall()
    with pytest.raises(Exception, match="no"):
        make(caseload, request.id, tmp_path / "out")
    assert list(tmp_path.rglob("A0*")) == []


def test_the_answer_names_the_recipients_of_a_file_of_every_case(
    caseload: Caseload, tmp_path: Path
) -> None:
    """A list of hundreds of cases stands in the register as of every case there was then."""
    survivor, _ = household(caseload)
    before = datetime(2020, 3, 2, 9, 30, tzinfo=UTC)
    case = queries.get(caseload.connection, Case, survivor.case_id)
    caseload.store.update(case, received=datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    for at, who, refs in (
        (NOW, "marac", "*"),
        (before, "benefits", "*"),
        (NOW, "internal", "*"),
        (NOW, "contractor", "S20-9999"),
        (NOW, "landlord", f"S20-9999;{case.ref}"),
    ):
        caseload.store.add(Disclosure(at=at, what="List", recipient=who, case_refs=refs))
    request = deciding.open_request(caseload, survivor.id, TODAY)
    deciding.prove_identity(caseload, request.id, TODAY)
    sent, _ = make(caseload, request.id, tmp_path / "out")
    told = [line for line in sent.read_text("utf-8-sig").splitlines() if "Sent to: " in line]
    named = [line.partition("Sent to: ")[2].partition(",")[0] for line in told]
    assert named == [label("recipient", "marac"), label("recipient", "landlord")]
