"""Disposing of a case: it goes from everything, no page says it, and the chain still adds up."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.errors import RefusedError
from db import disposal, matching, pages, queries, traces
from db.backup import backup
from db.changes import packed
from db.models import (
    CASE_TABLES,
    Case,
    Contact,
    Disclosure,
    GroupAction,
    Incident,
    Organisation,
    Person,
)
from db.search import search
from tests.db import kit
from tests.db.disposal_world import World, build, card_refs, said_in, word


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One case to dispose of among others."""
    made = build(tmp_path / "caseload.db")
    yield made
    made.caseload.close()


# --- nothing of it is left ----------------------------------------------------------------------


@pytest.mark.guarantee
def test_no_page_of_the_file_its_log_or_a_new_backup_says_a_word_of_it(
    world: World, tmp_path: Path
) -> None:
    assert len(world.words) >= 150
    # The log has each of them before, so that finding none afterwards says something.
    assert world.seen() == set(world.words)
    done = world.dispose()
    assert world.seen() == set()
    copy = backup(world.caseload.connection, tmp_path / "copies", now=kit.noon(kit.DAY))
    assert said_in(copy.path, world.words) == set()
    assert (done.state, done.found) == ("proved", 0)
    assert (done.words or 0) >= len(world.words)
    assert (done.pages or 0) > 50
    world.caseload.close()
    world.caseload = kit.opened(world.path)
    assert world.seen() == set()


def test_the_programs_own_look_sees_each_word_that_is_there(world: World) -> None:
    for one in world.words:
        assert pages.look_through(world.path, kit.KEY, [one.encode()], in_use=True).found, one
    absent = [word("nobody").encode()]
    assert pages.look_through(world.path, kit.KEY, absent, in_use=True).found == 0


Weakened = Callable[[World, pytest.MonkeyPatch], None]


def _index_keeps(world: World, patch: pytest.MonkeyPatch) -> None:
    """The index as SQLite has it by default, and nothing that makes it forget."""
    connection = world.caseload.connection
    connection.execute("INSERT INTO search (search, rank) VALUES ('secure-delete', 0)").fetchall()
    connection.execute("INSERT INTO search (search) VALUES ('rebuild')").fetchall()
    connection.commit()
    patch.setattr(disposal, "forget", disposal.fold)


def _log_stays(world: World, patch: pytest.MonkeyPatch) -> None:
    """The write-ahead log is never folded in."""
    patch.setattr(disposal, "fold", lambda connection: None)


def _pages_keep(world: World, patch: pytest.MonkeyPatch) -> None:
    """Deleted rows are not overwritten, and the file is not written anew."""
    world.caseload.connection.execute("PRAGMA secure_delete = OFF").fetchall()
    patch.setattr(disposal, "rewrite", disposal.fold)


def _changes_keep(world: World, patch: pytest.MonkeyPatch) -> None:
    """What the change log says of the case stays."""
    patch.setattr(disposal, "_empty_log", lambda connection, scope: 0)


@pytest.mark.guarantee
@pytest.mark.parametrize("weaken", [_index_keeps, _log_stays, _pages_keep, _changes_keep])
def test_without_a_protection_words_are_left_and_it_is_not_called_proved(
    world: World, weaken: Weakened, monkeypatch: pytest.MonkeyPatch
) -> None:
    weaken(world, monkeypatch)
    world.erase()
    with pytest.raises(disposal.NotProved, match="something of it was found"):
        disposal.finish(world.caseload.store, kit.KEY)
    assert world.seen()
    kept = queries.all_of(world.caseload.connection, disposal.Disposal)[0]
    assert kept.state == "begun"
    assert kept.found


def test_what_is_left_over_is_removed_at_the_next_opening(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _pages_keep(world, monkeypatch)
    world.erase()
    with pytest.raises(disposal.NotProved):
        disposal.finish(world.caseload.store, kit.KEY)
    monkeypatch.undo()
    world.caseload.close()
    world.caseload = kit.opened(world.path)
    assert world.seen() == set()
    assert queries.all_of(world.caseload.connection, disposal.Disposal)[0].state == "proved"


@pytest.mark.guarantee
def test_no_table_no_list_and_no_search_shows_it(world: World) -> None:
    world.dispose()
    caseload = world.caseload
    for table in (*CASE_TABLES, "case_cards", "drafts", "search"):
        assert kit.rows(caseload, f"SELECT * FROM {table} WHERE case_id = ?", world.case.id) == []
    assert queries.case_file(caseload.connection, world.case.id) is None
    assert card_refs(caseload) == {world.other.ref}
    for one in (*world.words[:40], world.case.ref):
        assert search(caseload.connection, one) == []
        assert matching.find_matches(caseload.connection, one) == []
    with pytest.raises(RefusedError, match="was disposed of on Thu 26 Nov 2026"):
        queries.case_id_of(caseload.connection, world.case.ref)


def test_the_words_looked_for_wait_in_halves_and_go_with_the_proof(world: World) -> None:
    world.erase()
    rows = kit.rows(world.caseload, "SELECT pad, words FROM disposal_words")
    assert len(rows) == 1
    assert all(one.encode() not in half for half in rows[0] for one in world.words)
    disposal.finish(world.caseload.store, kit.KEY)
    assert kit.rows(world.caseload, "SELECT * FROM disposal_words") == []


# --- the chain ------------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_the_chain_still_adds_up_and_says_that_it_was_done(world: World) -> None:
    before = kit.chain(world.caseload)
    done = world.dispose()
    kit.check_sound(world.caseload, kit.DAY)
    after = kit.chain(world.caseload)
    assert after.count > before.count
    rows = queries.changes_of(world.caseload.connection, world.case.id)
    assert [row.action for row in rows if not row.disposed] == ["erasure"]
    assert sum(row.disposed for row in rows) >= 30
    assert all(not (row.before or row.after or row.why) for row in rows if row.disposed)
    assert (
        done.log_rows
        == kit.rows(world.caseload, "SELECT count(*) FROM changes WHERE salt IS NULL")[0][0]
    )
    assert disposal.log_holds(world.caseload.connection)


@pytest.mark.guarantee
def test_content_taken_out_of_the_log_without_a_certificate_is_noticed(world: World) -> None:
    world.dispose()
    connection = world.caseload.connection
    row = kit.rows(world.caseload, "SELECT id FROM changes WHERE case_id = ?", world.other.id)[0][0]
    connection.execute(
        "UPDATE changes SET before = NULL, after = NULL, why = NULL, salt = NULL WHERE id = ?",
        (row,),
    ).fetchall()
    connection.commit()
    assert kit.chain(world.caseload).good  # the chain alone cannot know
    assert not disposal.log_holds(connection)


def test_a_word_put_back_into_an_emptied_line_is_noticed(world: World) -> None:
    world.dispose()
    world.caseload.connection.execute(
        "UPDATE changes SET after = ? WHERE id = (SELECT min(id) FROM changes WHERE salt IS NULL)",
        (packed({"reason": "other"}),),
    ).fetchall()
    world.caseload.connection.commit()
    assert not kit.chain(world.caseload).good


@pytest.mark.guarantee
def test_nothing_of_it_can_be_undone(world: World) -> None:
    world.dispose()
    with pytest.raises(RefusedError, match="disposed of"):
        world.caseload.store.undo_last()
    assert world.seen() == set()


# --- what stays ---------------------------------------------------------------------------------


@pytest.mark.guarantee
def test_what_another_case_uses_stays(world: World) -> None:
    before = kit.file_of(world.caseload, world.other.id)
    world.dispose()
    after = kit.file_of(world.caseload, world.other.id)
    assert after.people == before.people
    assert after.properties == before.properties
    assert after.notes == before.notes
    names = [one.name for one in queries.all_of(world.caseload.connection, Organisation)]
    assert names == ["Fairholm HA"]
    assert after.case.linked_cases == ""


def test_a_landlord_two_cases_name_stays(world: World) -> None:
    private = queries.all_of(world.caseload.connection, Organisation)[1]
    home = kit.file_of(world.caseload, world.other.id).properties[0]
    world.caseload.store.update(home, landlord_id=private.id)
    world.dispose()
    kept = queries.all_of(world.caseload.connection, Organisation)[1]
    assert kept.name == word("own.organisations.name")


def test_a_landlord_with_an_action_of_the_working_group_stays(world: World) -> None:
    """An action of theirs held the disposal up, with a sentence from which nobody knew why."""
    store, connection = world.caseload.store, world.caseload.connection
    (person,) = queries.all_of(connection, Contact)
    store.add(GroupAction(action="Look at locks", contact_id=person.id, due=kit.DAY))
    assert world.dispose().state == "proved"
    assert [one.id for one in queries.all_of(connection, Contact)] == [person.id]
    assert person.organisation_id in {one.id for one in queries.all_of(connection, Organisation)}


def test_a_disclosure_keeps_the_fact_and_not_the_person(world: World) -> None:
    world.dispose()
    letter, listed = queries.all_of(world.caseload.connection, Disclosure)
    assert (letter.what, letter.recipient, letter.case_refs) == (
        "Letter to the landlord",
        "landlord",
        world.case.ref,
    )
    assert letter.at is not None
    assert (letter.recipient_name, letter.path) == ("", "")
    assert listed.recipient_name == "Westholm MARAC"


def test_a_case_another_points_into_is_refused_whole(world: World) -> None:
    person = kit.file_of(world.caseload, world.case.id).people[0]
    world.caseload.store.add(Incident(case_id=world.other.id, perpetrator_id=person.id))
    with pytest.raises(RefusedError, match="names a person of this case"):
        world.erase()
    assert kit.file_of(world.caseload, world.case.id).people[0] == person


def test_no_number_of_it_is_given_out_again(world: World) -> None:
    ids = {table: {row.id for row in getattr(world.scope.file, table)} for table in CASE_TABLES}
    world.dispose()
    new = kit.add_case(world.caseload)
    assert new.ref not in (world.case.ref, world.other.ref)
    assert new.id > world.case.id
    person = world.caseload.store.add(Person(case_id=new.id))
    assert person.id not in ids["people"]


@pytest.mark.guarantee
def test_its_reference_is_refused_to_another_case(world: World) -> None:
    ref = world.case.ref
    world.dispose()
    with pytest.raises(RefusedError, match="disposed of"):
        world.caseload.store.add(Case(ref=ref, route="police"))


# --- the certificate ------------------------------------------------------------------------------


def test_it_is_all_or_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = kit.contents(world.caseload)

    def stopped(*given: object) -> None:
        raise kit.Stopped

    monkeypatch.setattr(disposal, "_check_gone", stopped)
    with pytest.raises(kit.Stopped):
        world.erase()
    assert kit.contents(world.caseload) == before
    assert kit.chain(world.caseload).good


def test_a_row_left_in_any_table_takes_it_all_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that somebody adds one day, and forgets here."""
    connection = world.caseload.connection
    connection.execute("CREATE TABLE of_tomorrow (case_id INTEGER, said TEXT) STRICT").fetchall()
    connection.execute("INSERT INTO of_tomorrow VALUES (?, 'x')", (world.case.id,)).fetchall()
    connection.commit()
    with pytest.raises(RuntimeError, match="of_tomorrow"):
        world.erase()
    assert queries.case_file(connection, world.case.id) is not None


# --- stopped in the middle ------------------------------------------------------------------------

_KILLED = """
import os, sys
from pathlib import Path
from db import disposal
from tests.db import kit
from tests.db.disposal_world import World
path, case_id, at = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
caseload = kit.opened(path)
whole = getattr(disposal, at)
def killed(*given, **more):
    if os.environ.get("AFTER"):
        whole(*given, **more)
    os.kill(os.getpid(), 9)
setattr(disposal, at, killed)
scope = disposal.scope_of(caseload.connection, kit.file_of(caseload, case_id))
given = disposal.Disposal(disposed_on=kit.DAY, authority="Records manager", by="Coordinator")
disposal.erase(caseload.store, scope, given)
disposal.finish(caseload.store, kit.KEY)
"""
_BEFORE_COMMIT = ("_remove", "_remove_rest", "_empty_log", "_keep_words", "_check_gone")
_AFTER_COMMIT = ("forget", "fold", "look_through", "_look_through_copy", "_complete")


@pytest.mark.guarantee
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", [*_BEFORE_COMMIT, *_AFTER_COMMIT])
def test_a_kill_leaves_all_or_nothing_and_the_next_opening_finishes(
    world: World, at: str, after: bool
) -> None:
    before = kit.contents(world.caseload)
    world.caseload.close()
    ran = subprocess.run(
        [sys.executable, "-c", _KILLED, str(world.path), str(world.case.id), at],
        env={**os.environ, "AFTER": "1" if after else ""},
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert ran.returncode == -signal.SIGKILL
    world.caseload = kit.opened(world.path)
    kit.check_sound(world.caseload, kit.DAY)
    if at in _BEFORE_COMMIT:
        assert kit.contents(world.caseload) == before
        world.dispose()
    done = queries.all_of(world.caseload.connection, disposal.Disposal)[0]
    assert (done.state, done.found) == ("proved", 0)
    assert queries.case_file(world.caseload.connection, world.case.id) is None
    assert world.seen() == set()
    left = [one.name for one in world.path.parent.iterdir() if one.name.startswith(".disposal")]
    assert left == []


# --- what is looked for ---------------------------------------------------------------------------


def test_a_word_somebody_writes_elsewhere_before_the_proof_does_not_stand_in_its_way(
    world: World,
) -> None:
    world.erase()
    said = world.words[0]
    other = queries.get(world.caseload.connection, Case, world.other.id)
    world.caseload.store.update(other, reason=f"{said} called")
    done = disposal.finish(world.caseload.store, kit.KEY)[0]
    assert done.state == "proved"
    assert world.seen() == {said}


@pytest.mark.parametrize(
    ("text", "looked_for"),
    [
        ("Asha Okafor", {"Asha Okafor", "Okafor"}),
        ("07700 900123", {"07700 900123", "07700", "900123"}),
        ("Flat 2, 14 Elm Row", {"Flat 2, 14 Elm Row"}),
        ("ab cd", {"ab cd"}),
        ("ab", set()),
        ("Zoë Müller\nrang at 4", {"Zoë Müller", "Müller", "rang at 4"}),
    ],
)
def test_names_numbers_and_addresses_are_looked_for(text: str, looked_for: set[str]) -> None:
    assert looked_for <= traces.words_of([text])
    assert all(len(one) >= traces.LEAST for one in traces.words_of([text]))


def test_a_word_is_looked_for_as_the_index_and_as_a_draft_write_it() -> None:
    assert set(traces.as_bytes(["Müller"])) == {
        "Müller".encode(),
        b"muller",
        b"M\\u00fcller",
    }
    assert traces.tails(["Okafor"]) == {"kafor"}


def test_what_another_case_says_too_is_no_trace(world: World) -> None:
    store = world.caseload.store
    store.update(world.case, reason="Windowpane at Fairholm, Zanzibarova")
    world.erase()
    row = kit.rows(world.caseload, "SELECT pad, words FROM disposal_words")[0]
    kept = bytes(a ^ b for a, b in zip(*row, strict=True)).decode()
    assert '"Zanzibarova"' in kept
    assert '"Fairholm"' not in kept
