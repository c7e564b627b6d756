"""Third parties in 200 generated cases: none goes out by itself, and nothing of one's own is lost.

Files are opened as their reader opens them: unzipped, every part of them searched.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from config.codes import label
from config.settings import default_settings
from db import queries
from db.models import SubjectRequest
from sanctuary_tui.subject import deciding, gather, pack
from sanctuary_tui.subject.gather import Paragraph, Subject
from tests.subject import packs
from tests.subject.conftest import CASES, TODAY, Marked, World

SETTINGS = default_settings()


def asked(world: World, marked: Marked, role: str) -> SubjectRequest:
    """A request of the person, with who asks made sure; the one that waits if there is one."""
    person = marked.people[role]
    waiting = deciding.request_of(world.caseload, person)
    if waiting is not None:
        return waiting
    made = deciding.open_request(world.caseload, person.id, TODAY)
    return deciding.prove_identity(world.caseload, made.id, TODAY)


def contents(path: Path) -> str:
    """Everything a file says, with its name."""
    data = path.read_bytes()
    if path.suffix == ".txt":
        return path.name + " ".join(data.decode("utf-8-sig").split())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return path.name + "".join(
            archive.read(one).decode("latin-1") for one in archive.namelist()
        )


def written(world: World, marked: Marked, role: str, out: Path, *, text: bool) -> tuple[str, str]:
    """The pack and its log, as text; the request stays open."""
    request = asked(world, marked, role)
    result = packs.make(world.caseload, request.id, out, text=text, safety=packs.SAFE)
    (sent, _), (log, _) = result.files
    return contents(sent), contents(log)


def found(marks: Iterable[str], text: str) -> list[str]:
    folded = "".join(text.split()).casefold()
    return [mark for mark in marks if "".join(mark.split()).casefold() in folded]


def paragraphs(world: World, marked: Marked, role: str) -> list[Paragraph]:
    return gather.gather(world.caseload, Subject(marked.people[role]))


# --- nothing goes out by itself -------------------------------------------------------------------


@pytest.mark.guarantee
@pytest.mark.parametrize("role", ["survivor", "perpetrator", "child", "household"])
def test_no_third_party_goes_out_by_itself(world: World, tmp_path: Path, role: str) -> None:
    leaks, own = [], 0
    for number, marked in enumerate(world.cases):
        sent, log = written(world, marked, role, tmp_path, text=number % 10 != 0)
        strangers = marked.third if role == "survivor" else marked.everywhere
        names = {mark for mark in marked.own[role] if mark.endswith(("firstname", "surname"))}
        leaks += found([*marked.secret, *(m for m in strangers if m not in names)], sent)
        leaks += found(marked.everywhere + marked.secret, log)
        own += len(found(names, sent))
    assert len(world.cases) == CASES
    assert leaks == []
    assert own == 2 * CASES  # their own name stands in each, so the search can find


def test_what_goes_out_by_itself_is_the_survivors_and_chosen_from_lists(world: World) -> None:
    free = [
        one
        for marked in world.cases[:20]
        for role in marked.people
        for one in paragraphs(world, marked, role)
        if one.automatic
    ]
    assert len(free) > 100
    for marked in world.cases[:20]:
        for role in ("perpetrator", "child", "household"):
            assert not any(one.automatic for one in paragraphs(world, marked, role))


@pytest.mark.guarantee
def test_what_is_chosen_of_somebody_else_does_not_go_out_by_itself(world: World) -> None:
    """A code has no name in it, and still tells that somebody comes out of prison."""
    seen = 0
    for marked in world.cases[:50]:
        for one in paragraphs(world, marked, "survivor"):
            if "Emergency triggers: " in one.text or "Police say safe" in one.text:
                seen += 1
                assert not one.automatic
    assert seen >= 50


@pytest.mark.guarantee
def test_control_one_paragraph_let_through_is_found(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the default turned round every pack leaks: the test above can fail."""
    plain = gather.gather

    def open_handed(caseload: object, subject: Subject, look: object) -> list[Paragraph]:
        return [replace(one, automatic=not one.barred) for one in plain(world.caseload, subject)]

    monkeypatch.setattr(deciding, "gather", open_handed)
    for marked in world.cases[:5]:
        sent, _ = written(world, marked, "survivor", tmp_path, text=True)
        assert len(found(marked.third, sent)) > 20


# --- nothing of one's own is lost -----------------------------------------------------------------


def lost(world: World, marked: Marked, role: str, wanted: Iterable[str]) -> list[str]:
    text = "\n".join(one.text for one in paragraphs(world, marked, role))
    return [mark for mark in wanted if mark not in text]


@pytest.mark.guarantee
def test_all_that_is_held_is_found_over_every_table(world: World) -> None:
    missing, seen = [], 0
    for marked in world.cases:
        for role in marked.people:
            missing += lost(world, marked, role, marked.everywhere)
            seen += len(marked.everywhere)
    assert missing == []
    assert seen > 4 * 100 * CASES


def test_what_is_theirs_stands_first_as_theirs(world: World) -> None:
    for marked in world.cases:
        for role in marked.people:
            all_of_them = paragraphs(world, marked, role)
            mine = "\n".join(one.text for one in all_of_them if one.about != "case")
            assert [mark for mark in marked.own[role] if mark not in mine] == []
            order = [one.about for one in all_of_them]
            assert order == sorted(order, key=["own", "names", "case"].index)


@pytest.mark.guarantee
@pytest.mark.parametrize("table", ["notes", "incidents", "people", "support", "expenditures"])
def test_control_a_table_that_is_left_out_is_missed(
    world: World, monkeypatch: pytest.MonkeyPatch, table: str
) -> None:
    tables = tuple(one for one in gather.CASE_TABLES if one != table)
    monkeypatch.setattr(gather, "CASE_TABLES", tables)
    assert lost(world, world.cases[0], "survivor", world.cases[0].everywhere)


# --- where the survivor is ------------------------------------------------------------------------


@pytest.mark.guarantee
@pytest.mark.parametrize("role", ["perpetrator", "child", "household"])
def test_nothing_ticked_gives_the_address_to_anybody_else(
    world: World, tmp_path: Path, role: str
) -> None:
    """Everything that can be ticked is ticked, and still the address and numbers are not there."""
    for marked in world.cases[:40]:
        request = asked(world, marked, role)
        every = deciding.choices(world.caseload, request.id)
        barred = [one.paragraph for one in every if one.paragraph.barred]
        assert len(barred) > 10
        with pytest.raises(deciding.RefusedError, match="Never to this person"):
            deciding.release(world.caseload, request.id, [barred[0].key])
        open_ones = [one.paragraph.key for one in every if not one.paragraph.barred]
        deciding.release(world.caseload, request.id, open_ones, why="read word by word")
        sent, _ = written(world, marked, role, tmp_path, text=True)
        assert found(marked.own["perpetrator"][:2], sent)
        assert found(marked.secret, sent) == []
        assert "line2" not in sent  # the sentence that tells the address


@pytest.mark.guarantee
def test_control_without_the_bar_the_address_goes_out(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marked = world.cases[60]
    request = asked(world, marked, "perpetrator")
    for bar in ("_barred", "_derived", "_of_another"):
        monkeypatch.setattr(gather._Gatherer, bar, lambda *given, **more: "")
    keys = [one.paragraph.key for one in deciding.choices(world.caseload, request.id)]
    deciding.release(world.caseload, request.id, keys, why="read word by word")
    with pytest.raises(deciding.RefusedError, match="where the survivor is"):  # the second look
        written(world, marked, "perpetrator", tmp_path, text=True)
    monkeypatch.setattr(pack, "gives_away", lambda *given: False)
    sent, _ = written(world, marked, "perpetrator", tmp_path, text=True)
    assert len(found(marked.secret, sent)) >= 3


def test_the_survivor_may_have_their_own_address_once_it_is_ticked(
    world: World, tmp_path: Path
) -> None:
    marked = world.cases[61]
    request = asked(world, marked, "survivor")
    every = deciding.choices(world.caseload, request.id)
    address = [one for one in every if one.paragraph.text in marked.secret]
    assert address
    assert not any(one.released for one in address)
    deciding.release(world.caseload, request.id, [one.paragraph.key for one in address])
    sent, _ = written(world, marked, "survivor", tmp_path, text=True)
    assert found([one.paragraph.text for one in address], sent)


# --- the log --------------------------------------------------------------------------------------


def test_every_withheld_paragraph_has_its_reason_in_the_log(world: World, tmp_path: Path) -> None:
    marked = world.cases[62]
    request = asked(world, marked, "survivor")
    every = deciding.choices(world.caseload, request.id)
    some = [one.paragraph.key for one in every if not one.released][:3]
    deciding.withhold(world.caseload, request.id, some, "serious_harm", "seen by her solicitor")
    every = deciding.choices(world.caseload, request.id)
    _, log = written(world, marked, "survivor", tmp_path, text=True)
    flat = "".join(log.split())
    reasons = ["".join(label("exemption", code).split()) for code in deciding.REASONS]
    for one in every:
        line, there, _ = flat.partition(f"[{one.paragraph.key}]")
        assert there
        assert one.released or any(reason in line.rpartition("]")[2] for reason in reasons)
    assert log.count("decided by Coordinator") == 3
    barred = sum(1 for one in every if one.paragraph.barred and not one.decided)
    assert log.count("serious harm test") == 3 + barred


def test_the_files_are_registered_with_what_is_in_them(world: World, tmp_path: Path) -> None:
    from db.models import Disclosure

    marked = world.cases[63]
    written(world, marked, "survivor", tmp_path, text=True)
    sent, log = queries.all_of(world.caseload.connection, Disclosure)[-2:]
    assert (sent.recipient, log.recipient) == ("subject", "internal")
    assert (sent.profile, sent.held) == ("subject", "public;case")
    assert sent.case_refs == marked.ref
    assert len(sent.sha256) == 64
    assert sent.basis == pack.BASIS
    last = queries.recent_changes(world.caseload.connection, 1)[0]
    assert (last.action, last.case_id) == ("disclosure", marked.case_id)
