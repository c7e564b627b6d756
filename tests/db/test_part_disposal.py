"""Disposing of MARAC papers alone: they go from everything, and the rest of the case stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config.errors import RefusedError
from db import disposal, queries
from db.backup import backup
from db.models import (
    BY_TABLE,
    CASE_TABLES,
    Disposal,
    MaracListing,
    Note,
    RetentionReview,
    Seal,
    specs,
)
from db.replay import replay
from db.search import search
from sanctuary_tui.formrecords import MeetingForm
from tests.db import kit
from tests.db.disposal_world import World, build, said_in, word


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One case with MARAC papers, among its other records and other cases."""
    made = build(tmp_path / "caseload.db")
    store, case = made.caseload.store, made.case
    store.add(
        RetentionReview(case_id=case.id, papers="marac", by=word("by"), reason=word("kept why"))
    )
    store.add(Note(case_id=case.id, body=f"The meeting asked for {word('in a note')}."))
    listing = kit.file_of(made.caseload, case.id).marac_listings[0]
    store.update(listing, outcome=word("first outcome"), why=word("why heard"))
    store.update(listing, outcome=word("second outcome"))
    gone = store.add(MaracListing(case_id=case.id, headline=word("deleted listing")))
    store.delete(gone)
    store.note("disclosure", "marac_listings", listing.id, case.id, word("sent"))
    for form in disposal.MARAC_FORMS:
        store.save_draft(case.id, form, listing.id, {"outcome": word(f"draft {form}")})
    store.save_draft(case.id, "notes", 0, {"body": word("second draft")})
    yield made
    made.caseload.close()


PAPERS = (
    *("first outcome", "why heard", "second outcome", "deleted listing", "sent"),
    *(f"draft {form}" for form in disposal.MARAC_FORMS),
    *("by", "kept why", "case.marac_listings.headline", "case.marac_actions.action"),
    *("case.marac_listings.outcome", "case.marac_actions.evidence"),
)
"""What only the papers, their drafts and their log say."""


def erase(world: World) -> Disposal:
    scope = disposal.scope_of(
        world.caseload.connection, kit.file_of(world.caseload, world.case.id), "marac"
    )
    return disposal.erase(world.caseload.store, scope, world.certificate())


def dispose(world: World) -> Disposal:
    erase(world)
    return disposal.finish(world.caseload.store, kit.KEY)[0]


def without(file: Any) -> dict[str, list[Any]]:
    """Every record of a file that is no MARAC paper."""
    left = {table: list(getattr(file, table)) for table in CASE_TABLES}
    left["marac_listings"], left["marac_actions"] = [], []
    left["retention_reviews"] = [one for one in left["retention_reviews"] if one.papers == "file"]
    left["reminders"] = [one for one in left["reminders"] if one.record_table not in disposal.MARAC]
    return left


@pytest.mark.guarantee
def test_no_page_says_a_word_of_the_papers_and_all_the_rest_is_there(
    world: World, tmp_path: Path
) -> None:
    words = tuple(word(one) for one in PAPERS)
    assert said_in(world.path, words) == set(words)
    others = set(world.words) - set(words)
    before = without(kit.file_of(world.caseload, world.case.id))
    done = dispose(world)
    assert (done.state, done.found, done.papers) == ("proved", 0, "marac")
    assert said_in(world.path, words) == set()
    copy = backup(world.caseload.connection, tmp_path / "copies", now=kit.noon(kit.DAY))
    assert said_in(copy.path, words) == set()
    after = kit.file_of(world.caseload, world.case.id)
    assert without(after) == before
    assert (after.marac_listings, after.marac_actions) == ([], [])
    gone = others - said_in(world.path, tuple(others))
    theirs = {
        word(f"case.{table}.{name}") for table in disposal.MARAC for name in specs(BY_TABLE[table])
    }
    assert gone <= theirs | {word("draft")}  # which was given up before
    assert said_in(world.path, (word("in a note"),))
    assert kit.rows(world.caseload, "SELECT form FROM drafts WHERE case_id = ?", world.case.id) == [
        ("notes",)
    ]


@pytest.mark.guarantee
def test_with_the_log_not_emptied_it_is_not_called_proved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disposal, "_empty_log", lambda connection, scope: 0)
    erase(world)
    with pytest.raises(disposal.NotProved, match="MARAC papers of S26-0002"):
        disposal.finish(world.caseload.store, kit.KEY)


@pytest.mark.guarantee
def test_the_case_is_not_read_as_disposed_of(world: World) -> None:
    dispose(world)
    connection, ref = world.caseload.connection, world.case.ref
    assert queries.case_id_of(connection, ref) == world.case.id
    queries.refuse_disposed(connection, ref)
    assert disposal.certificate_of(connection, ref) is None
    part = disposal.certificate_of(connection, ref, "marac")
    assert part is not None
    assert part.case_number == world.case.id
    assert search(connection, word("case.notes.body"))
    assert not search(connection, word("second outcome"))
    with pytest.raises(RefusedError, match="disposed of"):
        world.caseload.store.undo_last()


@pytest.mark.guarantee
def test_the_log_has_a_row_that_it_was_done_and_adds_up(world: World) -> None:
    done = dispose(world)
    kit.check_sound(world.caseload, kit.DAY)
    assert replay(world.caseload.connection).good
    rows = queries.changes_of(world.caseload.connection, world.case.id)
    (told,) = [row for row in rows if row.entity == "marac_papers"]
    assert (told.action, told.why) == ("erasure", "disposed of: MARAC papers of S26-0002")
    emptied = [row for row in rows if row.disposed]
    assert {row.entity for row in emptied} >= {"marac_listings", "marac_actions"}
    assert {row.entity for row in emptied} <= {*disposal.MARAC, "retention_reviews", "reminders"}
    assert len(emptied) == done.log_rows
    assert disposal.log_holds(world.caseload.connection)


@pytest.mark.guarantee
def test_its_certificate_accounts_for_no_other_line_of_the_case(world: World) -> None:
    done = dispose(world)
    connection = world.caseload.connection
    sql = "SELECT min(id) FROM changes WHERE case_id = ? AND entity = 'people' AND salt NOT NULL"
    row = kit.rows(world.caseload, sql, world.case.id)[0][0]
    connection.execute(
        "UPDATE changes SET before = NULL, after = NULL, why = NULL, salt = NULL WHERE id = ?",
        (row,),
    ).fetchall()
    connection.execute(
        "UPDATE main.disposals SET log_rows = ? WHERE id = ?", ((done.log_rows or 0) + 1, done.id)
    ).fetchall()
    connection.commit()
    assert not disposal.log_holds(connection)


def test_the_whole_file_goes_afterwards(world: World) -> None:
    dispose(world)
    done = world.dispose()
    assert (done.state, done.papers) == ("proved", "file")
    assert world.seen() == set()
    assert disposal.log_holds(world.caseload.connection)
    with pytest.raises(RefusedError, match="was disposed of on"):
        queries.case_id_of(world.caseload.connection, world.case.ref)
    kit.check_sound(world.caseload, kit.DAY)


def test_new_papers_may_go_a_second_time(world: World) -> None:
    first = dispose(world)
    store = world.caseload.store
    store.add(MaracListing(case_id=world.case.id, state="heard", headline=word("a second hearing")))
    second = dispose(world)
    assert first.id != second.id
    assert said_in(world.path, (word("a second hearing"),)) == set()
    assert disposal.log_holds(world.caseload.connection)


def test_what_was_stopped_is_gone_on_with_at_the_next_opening(world: World) -> None:
    erase(world)
    world.caseload.close()
    world.caseload = kit.opened(world.path)
    (done,) = queries.all_of(world.caseload.connection, Disposal)
    assert (done.state, done.papers) == ("proved", "marac")
    assert said_in(world.path, tuple(word(one) for one in PAPERS)) == set()


@pytest.mark.guarantee
def test_the_certificate_of_a_case_that_is_sealed_later_is_not_shown(world: World) -> None:
    dispose(world)
    connection = world.caseload.connection
    assert [one.ref for one in queries.all_of(connection, Disposal)] == [world.case.ref]
    world.caseload.store.add(Seal(case_id=world.case.id, reason="x", sealed_on=kit.DAY))
    assert queries.all_of(connection, Disposal) == []
    assert disposal.log_holds(connection)


def test_every_draft_of_the_papers_is_known() -> None:
    """What the MARAC screen keeps drafts of, by its own words."""
    screen = Path("sanctuary_tui/screens/marac.py").read_text("utf-8")
    literal = set(re.findall(r'form="(\w+)"', screen))
    named = {"MaracListing": MaracListing.table, "MeetingForm": MeetingForm.table}
    forms = literal | {named[name] for name in re.findall(r"form=(\w+)\.table", screen)}
    assert len(forms) >= 4
    assert forms <= set(disposal.MARAC_FORMS)
