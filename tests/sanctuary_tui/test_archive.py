"""A whole caseload out as an archive and into an empty one: nothing lost, nothing half, nothing
of a sealed case unless asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.errors import BadInputError, RefusedError
from config.toml import read_toml
from db import archiving, queries, seal
from db.caseload import Caseload
from db.changes import look_at_clock
from db.models import (
    CASE_TABLES,
    RECORDS,
    Breach,
    Case,
    Disclosure,
    Disposal,
    GroupAction,
    Note,
    Person,
    Seal,
    specs,
)
from db.search import search
from sanctuary_tui import archive_export, breaches, seen_settings
from sanctuary_tui.archive_export import ArchiveOrder
from sanctuary_tui.demo import fill
from sanctuary_tui.exports.archive import LEFT_OUT, LOG, MANIFEST, README, TABLES, TAKEN_IN
from sanctuary_tui.exports.csvfile import csv_bytes, read_csv, spelled, unspelled
from sanctuary_tui.imports.archive import import_archive, is_archive, read_archive
from sanctuary_tui.sealing import LOOKED
from tests.db import kit
from tests.sanctuary_tui.archive_kit import (
    NOW,
    brought,
    export,
    files_in,
    log,
    passphrase_of,
    taken_over,
    whole,
)
from tests.sanctuary_tui.cli_program import HANDED
from tests.sealed import canary
from tests.sealed.canary import WORD


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's 150 cases, undone and changed things among them."""
    path = tmp_path_factory.mktemp("demo") / "caseload.db"
    caseload = kit.make(path)
    with caseload.store.bulk():
        fill(caseload.store, 150, 1, kit.DAY)
    case = kit.add_case(caseload)
    caseload.store.add(Note(case_id=case.id, body="=1+1\nsaid with a \\u2013 and 'quotes'"))
    caseload.store.undo_last()
    caseload.store.save_draft(case.id, "visits", 0, {"worker": "half-typed\nline"})
    caseload.close()
    return path


@pytest.fixture
def world(tmp_path: Path, demo: Path) -> Iterator[Caseload]:
    (tmp_path / "old").mkdir(mode=0o700)
    path = tmp_path / "old" / "caseload.db"
    path.write_bytes(demo.read_bytes())
    caseload = kit.opened(path)
    yield caseload
    caseload.close()


# --- nothing lost


@pytest.mark.guarantee
def test_a_whole_caseload_comes_back_field_by_field(tmp_path: Path, world: Caseload) -> None:
    before, told = whole(world), log(world)
    assert len(before["cases"]) == 151
    out = tmp_path / "caseload.zip"
    written = export(world, out, sealed_why="new system")
    assert is_archive(out)
    archive = read_archive(out, passphrase_of(written))
    assert archive.sha256 == written.files[0][1]
    new = brought(tmp_path / "new", archive)
    after = whole(new)
    assert {name for name in before if before[name] != after[name]} == set()
    assert taken_over(new) == told
    kit.check_sound(new, kit.DAY)
    clock = look_at_clock(new.connection, new.store.now())
    assert (clock.back, clock.ahead) == (0, 0)
    surname = next(one.surname for one in queries.all_of(new.connection, Person) if one.surname)
    assert search(new.connection, surname) == search(world.connection, surname) != []
    assert kit.add_case(new).ref == kit.add_case(world).ref
    new.close()


def test_an_archive_of_what_was_imported_is_the_same_again(tmp_path: Path, world: Caseload) -> None:
    first, second = tmp_path / "one.zip", tmp_path / "two.zip"
    words = passphrase_of(export(world, first))
    new = brought(tmp_path / "new", read_archive(first, words))
    again = files_in(second, passphrase_of(export(new, second)))
    once = files_in(first, words)
    differs = {name for name in once if once[name] != again[name]}
    assert differs == {MANIFEST, f"{LOG}.csv"}  # the log has gone on
    new.close()


def test_what_was_disposed_of_stays_so_and_undo_goes_on(tmp_path: Path) -> None:
    old = kit.make(tmp_path / "old.db")
    case = kit.add_case(old)
    old.connection.execute(
        "UPDATE changes SET before = NULL, after = NULL, why = NULL, salt = NULL WHERE id = 1"
    ).fetchall()
    old.connection.commit()
    note = old.store.add(Note(case_id=case.id, body="to be undone"))
    words = passphrase_of(export(old, tmp_path / "a.zip"))
    new = brought(tmp_path / "new", read_archive(tmp_path / "a.zip", words))
    assert taken_over(new)[0][8:12] == (None, None, None, None)
    assert kit.chain(new).good
    assert [one.id for one in queries.all_of(new.connection, Note)] == [note.id]
    new.store.undo_last()
    assert queries.all_of(new.connection, Note) == []
    kit.check_sound(new, kit.DAY)
    for one in (old, new):
        one.close()


_ANY = st.text(st.characters(codec="utf-8"), max_size=40)


@given(
    _ANY | st.sampled_from(["'=1", "''", "\\u001b", "\\\\u", "\x1b[2J", "\u202e", "\r\n", "\x00"])
)
@settings(max_examples=300, deadline=None)
def test_any_text_comes_back_from_a_cell(value: str) -> None:
    data = csv_bytes(["a", "b"], [[spelled(value), None]])
    (cells,) = read_csv(data)[1]
    assert [unspelled(cells[0]), cells[1]] == [value, ""]


@pytest.mark.guarantee
@given(data=st.data())
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_record_comes_back(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Any text, date and number; and nothing where nothing was given."""
    folder = tmp_path_factory.mktemp("any")
    old = kit.make(folder / "old.db")
    links = kit.parents(old)
    skipped = {"cases", "seals", "disposals"}  # a case has its own; of those at most one may live
    for kind in data.draw(st.lists(st.sampled_from(RECORDS), min_size=3, max_size=8)):
        if kind.table in skipped:
            continue
        given_ = data.draw(kit.filled(kind, links))
        kept = data.draw(st.sets(st.sampled_from(sorted(given_))))
        record = kind(case_id=links["case"], **{name: given_[name] for name in kept})
        if hasattr(record, "key"):
            record.key, record.rule = "", ""
        old.store.add(record)
    before, told = whole(old), log(old)
    words = passphrase_of(export(old, folder / "a.zip"))
    new = brought(folder / "new", read_archive(folder / "a.zip", words))
    assert whole(new) == before
    assert taken_over(new) == told
    for one in (old, new):
        one.close()


def test_every_table_is_in_it_or_says_why_not(tmp_path: Path) -> None:
    """A new table is noticed here."""
    caseload = kit.make(tmp_path / "caseload.db")
    there = {name for (name,) in kit.rows(caseload, kit.TABLES) if not name.startswith("search_")}
    renamed = {"changes": LOG, "drafts": "half_done_forms", "settings": "remembered"}
    assert {renamed.get(one, one) for one in there - set(archiving.NOT_IN_IT)} == set(TABLES)
    caseload.close()


def test_what_is_remembered_of_a_caseload_is_known_by_its_names() -> None:
    assert set(archiving.OF_THE_CASELOAD) == {
        seen_settings.SEEN,
        seen_settings.CONFIRMED,
        LOOKED,
    }


def test_every_column_is_explained_inside_it(tmp_path: Path, world: Caseload) -> None:
    (tmp_path / "settings.toml").write_text('coordinator = "Test"\n', "utf-8")
    files = files_in(tmp_path / "a.zip", passphrase_of(export(world, tmp_path / "a.zip")))
    lines = list(csv.DictReader(io.StringIO(files["columns.csv"].decode("utf-8-sig"))))
    told = {(line["file"], line["column"]) for line in lines if line["means"] and line["form"]}
    for name in TABLES:
        head, rows = read_csv(files[f"{name}.csv"])
        assert {(f"{name}.csv", column) for column in head} <= told
        assert f"{name}.csv" in files[README].decode()
        listed = next(
            one
            for one in read_toml(files[MANIFEST].decode())["file"]
            if one["name"] == f"{name}.csv"
        )
        assert listed["rows"] == len(rows)
    codes = {line["code_list"] for line in lines if line["code_list"]}
    _, held = read_csv(files["code_lists.csv"])
    assert codes <= {row[0] for row in held}
    assert files["settings.toml"] == b'coordinator = "Test"\n'
    assert b"=1+1" not in files["notes.csv"].replace(b"'=1+1", b"")


# --- who may have it


@pytest.mark.parametrize("typed", ["", "yes", "everything else"])
def test_it_is_written_only_once_confirmed(tmp_path: Path, typed: str) -> None:
    caseload = kit.make(tmp_path / "caseload.db")
    order = ArchiveOrder(HANDED, typed)
    with pytest.raises(BadInputError, match="everything"):
        archive_export.export_archive(
            caseload, order, tmp_path / "a.zip", settings_file=tmp_path / "no", now=NOW
        )
    with pytest.raises(BadInputError, match=r"\.zip"):
        export(caseload, tmp_path / "a.csv")
    assert queries.all_of(caseload.connection, Disclosure) == []
    caseload.close()


def test_it_is_registered_with_everything_it_holds(tmp_path: Path, world: Caseload) -> None:
    written = export(world, tmp_path / "a.zip")
    row = queries.all_of(world.connection, Disclosure)[-1]
    assert (row.case_refs, row.rows, row.protection) == (
        "*",
        150,
        "zip",
    )  # one of the demo is sealed
    assert (row.profile, row.sha256) == ("archive", written.files[0][1])
    assert row.held.split(";")[-1] == "protected"
    assert row.protected_fields > 100
    assert HANDED.to == row.recipient_name


def test_one_is_refused_while_a_disposal_is_under_way(tmp_path: Path) -> None:
    caseload = canary.opened(tmp_path, create=True)
    caseload.store.add(Disposal(ref="S20-0001", state="begun"))
    with pytest.raises(RefusedError, match="disposal"):
        export(caseload, tmp_path / "a.zip")
    caseload.close()


# --- sealed cases


def _with_sealed(folder: Path) -> tuple[Caseload, Case]:
    caseload = canary.opened(folder, create=True)
    case = canary.add_canary(caseload)
    file = caseload.store.add(
        Disclosure(at=canary.NOW, what="of it alone", case_refs=case.ref, path="/tmp/x")
    )
    caseload.store.add(Breach(kind="other", disclosure_id=file.id, case_refs=case.ref))
    earlier = canary.TODAY - timedelta(days=30)
    with caseload.store.batch(undoable=False):
        caseload.store.add(Seal(case_id=case.id, reason="staff", sealed_on=earlier))
    kit.add_case(caseload)
    return caseload, case


@pytest.mark.guarantee
def test_nothing_of_a_sealed_case_is_in_an_archive(tmp_path: Path) -> None:
    old, case = _with_sealed(tmp_path)
    words = passphrase_of(export(old, tmp_path / "a.zip"))
    files = files_in(tmp_path / "a.zip", words)
    text = b"\n".join(files.values()).decode().casefold()
    assert [text.count(one.casefold()) for one in (WORD, case.ref, canary.POSTCODE)] == [0, 0, 0]
    assert read_toml(files[MANIFEST].decode())["sealed_cases"] == LEFT_OUT
    new = brought(tmp_path / "new", read_archive(tmp_path / "a.zip", words))
    kit.check_sound(new, kit.DAY)
    assert len(queries.all_of(new.connection, Case)) == len(queries.all_of(old.connection, Case))
    assert {line[5] for line in taken_over(new)} & {case.id} == set()
    assert "sealed case" not in {line[3] for line in taken_over(new)}
    assert kit.add_case(new).ref == kit.add_case(old).ref  # its number is not given again
    for one in (old, new):
        one.close()


def test_every_link_of_no_case_to_what_a_seal_hides_is_known() -> None:
    """A new one would make archives that cannot be brought in again."""
    hidden = {"organisations", "contacts", "disclosures", "breach_steps"}  # seal.left_out
    found = {
        (record.table, name, spec.to)
        for record in RECORDS
        if record.table not in CASE_TABLES
        for name, spec in specs(record).items()
        if spec.to in hidden and record.table not in hidden | {"cases"}
    }
    assert found == {(one, *link) for one, link in archiving._KEPT_WITHOUT.items()}


@pytest.mark.guarantee
def test_an_action_of_somebody_whom_only_a_sealed_case_names_comes_back_without_them(
    tmp_path: Path,
) -> None:
    """With their number in it the archive could not be brought in again."""
    old, _ = _with_sealed(tmp_path)
    ((hidden,),) = kit.rows(old, "SELECT id FROM main.contacts EXCEPT SELECT id FROM contacts")
    old.store.add(GroupAction(action="Look at locks", contact_id=hidden, due=canary.TODAY))
    later = old.store.add(GroupAction(action="Look at doors", due=canary.TODAY))
    old.store.update(later, contact_id=hidden)
    words = passphrase_of(export(old, tmp_path / "a.zip"))
    new = brought(tmp_path / "new", read_archive(tmp_path / "a.zip", words))
    kit.check_sound(new, kit.DAY)
    assert [one.contact_id for one in queries.all_of(new.connection, GroupAction)] == [None, None]
    for one in (old, new):
        one.close()


@pytest.mark.guarantee
def test_sealed_cases_go_only_for_a_reason_of_their_own_and_come_back_sealed(
    tmp_path: Path,
) -> None:
    old, case = _with_sealed(tmp_path)
    before, told = whole(old), log(old)
    written = export(old, tmp_path / "a.zip", sealed_why="new system")
    why = kit.rows(
        old, "SELECT why FROM changes WHERE entity = 'seals' AND action = 'consultation'"
    )
    assert [line[0] for line in why] == ["sealed cases asked for an archive: new system"]
    row = queries.all_of(old.connection, Disclosure)[-1]
    assert (row.case_refs, row.rows) == ("*", 2)  # as it is shown
    breach = breaches.record(old, "lost_file", aware=canary.NOW, disclosure_id=row.id, what="lost")
    assert set(seal.sealed_in_breach(old.connection, breach.id)) == {case.id}
    archive = read_archive(tmp_path / "a.zip", passphrase_of(written))
    assert archive.sealed_cases == TAKEN_IN
    new = brought(tmp_path / "new", archive)
    assert whole(new) == before
    assert taken_over(new) == told
    assert seal.sealed_ids(new.connection) == {case.id}
    assert search(new.connection, WORD) == []
    assert kit.chain(new).good
    for one in (old, new):
        one.close()


@pytest.mark.guarantee
def test_an_archive_reads_the_same_whether_or_not_a_case_is_sealed(tmp_path: Path) -> None:
    """Its README, its manifest but for digests, and its list of files."""
    told = []
    for sealed in (True, False):
        folder = tmp_path / str(sealed)
        folder.mkdir()
        caseload = canary.opened(folder, create=True)
        case = kit.add_case(caseload)
        other = kit.add_case(caseload)
        caseload.store.add(Note(case_id=other.id, body="of the other"))
        if sealed:
            canary.seal(caseload, case.id)
        else:
            caseload.store.undo_last()
        files = files_in(folder / "a.zip", passphrase_of(export(caseload, folder / "a.zip")))
        manifest = read_toml(files[MANIFEST].decode())
        told.append((list(files), manifest.keys(), manifest["sealed_cases"]))
        ids = [int(row[0]) for row in read_csv(files["cases.csv"])[1]]
        batches = [row[6] for row in read_csv(files[f"{LOG}.csv"])[1]]
        assert ids == ([other.id] if sealed else [case.id, other.id])
        assert max(int(one) for one in batches) <= len(batches)
        caseload.close()
    assert told[0] == told[1]


def test_a_log_that_came_with_an_archive_has_a_clock_of_its_own(tmp_path: Path) -> None:
    """And outside of it a clock that went back is still told."""
    clock = kit.Clock()
    old = kit.make(tmp_path / "old.db", clock)
    kit.add_case(old)
    words = passphrase_of(export(old, tmp_path / "a.zip"))
    later = kit.Clock()
    later.jump(400)
    new = kit.make(tmp_path / "new.db", later)
    new.store.note("system", "caseload", 0, 0, "made")
    import_archive(new, read_archive(tmp_path / "a.zip", words))
    assert look_at_clock(new.connection, later()).back == 0
    new.store.note("system", "caseload", 0, 0, "later")
    later.moment -= timedelta(days=30)
    new.store.note("system", "caseload", 0, 0, "the clock went back")
    assert look_at_clock(new.connection, later() + timedelta(days=60)).back == 1
    for one in (old, new):
        one.close()
