"""A caseload put back is noticed, by witnesses kept outside it; nothing else raises the alarm."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.paths import Paths, resolve_paths
from db import keys
from db.backup import backup, restore
from db.caseload import Caseload
from db.changes import ChainState, verify_chain
from db.keyfile import read_key_file, write_key_file
from db.models import Note
from db.rotate import rotate_key
from db.witness import OlderThanWitness, OnOlder, Witnesses, forget_witnesses
from tests.db import kit
from tests.db.test_changes import cut_and_written_anew, rechain, run

PASSPHRASE = "kettle orchid ninety plinth"
OTHER = "gravel lattice umbrella tundra"
NOW = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


class Home:
    """A home as the program keeps it, opened by its data key."""

    def __init__(self, paths: Paths, key: bytearray) -> None:
        self.paths, self.key = paths, key

    def opened(self, on_older: OnOlder = "refuse") -> Caseload:
        witnesses = Witnesses(self.paths, self.key)
        path = self.paths.caseload
        return kit.opened(path, key=self.key, witnesses=witnesses, on_older=on_older)

    def work(self, notes: int = 3) -> None:
        """A session: notes are written, and the file is closed."""
        caseload = self.opened()
        case = kit.add_case(caseload)
        for number in range(notes):
            caseload.store.add(Note(case_id=case.id, body=f"Note {number}"))
        caseload.close()

    def copy(self) -> bytes:
        return self.paths.caseload.read_bytes()

    def put_back(self, old: bytes) -> None:
        self.paths.caseload.write_bytes(old)

    def forget(self, *, key_file: bool = False, beside: bool = False) -> None:
        """Take a witness away, as somebody would who knows of it."""
        if key_file:
            kept = read_key_file(self.paths.keyfile)
            write_key_file(self.paths.keyfile, replace(kept, witness=""), overwrite=True)
        if beside:
            self.paths.witness_file.unlink()


@pytest.fixture
def home(paths: Paths) -> Home:
    made = keys.create_caseload(paths, PASSPHRASE, params=keys.CHEAP_FOR_TESTS)
    found = Home(paths, made.data_key)
    found.work()
    return found


def test_each_place_witnesses_the_state_that_was_closed(home: Home) -> None:
    caseload = home.opened()
    state = caseload.store.log.state
    caseload.close()
    witness = read_key_file(home.paths.keyfile).witness
    assert witness.startswith(f"{state.count} {state.head.hex()} ")
    assert witness in home.paths.witness_file.read_text("utf-8")


@pytest.mark.guarantee
@pytest.mark.parametrize("gone", [{}, {"key_file": True}, {"beside": True}])
def test_a_whole_old_file_is_noticed_by_either_witness(home: Home, gone: dict[str, bool]) -> None:
    old = home.copy()
    home.work()
    home.forget(**gone)
    home.put_back(old)
    with pytest.raises(OlderThanWitness) as refused:
        home.opened()
    assert "4 changes made since then are gone" in refused.value.sentence
    assert "sanctuary restore" in refused.value.sentence
    assert home.copy() == old


@pytest.mark.guarantee
def test_without_witnesses_a_whole_old_file_is_taken(home: Home) -> None:
    """The control: nothing inside the file tells."""
    old = home.copy()
    home.work()
    home.forget(key_file=True, beside=True)
    home.put_back(old)
    caseload = home.opened()
    assert verify_chain(caseload.connection).good
    caseload.close()


@pytest.mark.guarantee
def test_the_whole_folder_put_back_is_noticed_by_the_settings_folder(tmp_path: Path) -> None:
    """Data folder and key file both old, as from the computer's own backup."""
    paths = Paths(tmp_path / "data", tmp_path / "settings", tmp_path / "logs")
    made = keys.create_caseload(paths, PASSPHRASE, params=keys.CHEAP_FOR_TESTS)
    home = Home(paths, made.data_key)
    home.work()
    shutil.copytree(paths.data_dir, tmp_path / "old")
    home.work()
    shutil.rmtree(paths.data_dir)
    shutil.copytree(tmp_path / "old", paths.data_dir)
    with pytest.raises(OlderThanWitness):
        home.opened()


MUTATIONS: dict[str, Callable[[Caseload], None]] = {
    "edit": lambda c: run(c, "UPDATE changes SET who = 'Somebody' WHERE id = 2"),
    "delete": lambda c: run(c, "DELETE FROM changes WHERE id = 2"),
    "swap": lambda c: run(
        c,
        "UPDATE changes SET id = 0 WHERE id = 2",
        "UPDATE changes SET id = 2 WHERE id = 3",
        "UPDATE changes SET id = 3 WHERE id = 0",
    ),
    "insert": lambda c: run(
        c,
        "INSERT INTO changes SELECT (SELECT max(id) FROM changes) + 1, at, who, action, entity,"
        " entity_id, case_id, batch, undoes, before, after, why, salt, digest, previous, hash"
        " FROM changes WHERE id = 2",
    ),
    "cut the tail": lambda c: run(c, "DELETE FROM changes WHERE id > 2"),
    "rewrite from the middle": lambda c: (
        run(c, "UPDATE changes SET who = 'Somebody' WHERE id = 2"),
        rechain(c, 2),
    )[0],
    "cut the tail and write another": cut_and_written_anew,
}


@pytest.mark.guarantee
@pytest.mark.parametrize("name", MUTATIONS)
def test_what_was_done_to_the_log_is_noticed_with_its_witness(home: Home, name: str) -> None:
    home.work(notes=12)
    caseload = home.opened()
    witnesses = Witnesses(home.paths, home.key)
    assert verify_chain(caseload.connection).good
    assert witnesses.look(caseload.connection).good
    MUTATIONS[name](caseload)
    chain = verify_chain(caseload.connection).good
    assert not (chain and witnesses.look(caseload.connection).good)
    # The control: the last three show against the witness alone.
    if name in ("cut the tail", "rewrite from the middle", "cut the tail and write another"):
        assert chain
    caseload.connection.close()


# --- no false alarm


@pytest.mark.guarantee
def test_a_crash_after_the_witness_is_no_alarm(home: Home) -> None:
    caseload = home.opened()
    kit.add_case(caseload)
    caseload.connection.close()  # as by kill -9: no witness of what came after
    home.work()


def test_the_witness_of_an_open_caseload_can_be_renewed(home: Home) -> None:
    caseload = home.opened()
    kit.add_case(caseload)
    caseload.witness()
    state = caseload.store.log.state
    caseload.connection.close()
    assert read_key_file(home.paths.keyfile).witness.startswith(f"{state.count} ")


def test_a_changed_passphrase_keeps_the_witness(home: Home) -> None:
    before = read_key_file(home.paths.keyfile).witness
    keys.change_passphrase(home.paths, PASSPHRASE, OTHER, params=keys.CHEAP_FOR_TESTS)
    assert read_key_file(home.paths.keyfile).witness == before != ""
    home.work()


def test_a_new_data_key_is_no_alarm(home: Home) -> None:
    made = rotate_key(home.paths, PASSPHRASE, params=keys.CHEAP_FOR_TESTS)
    Home(home.paths, made.data_key).work()


def restored(home: Home, file: Path, paths: Paths | None = None) -> None:
    restore(file, paths or home.paths, home.key, OTHER, now=NOW, params=keys.CHEAP_FOR_TESTS)


@pytest.mark.guarantee
def test_a_restored_backup_is_no_alarm_and_is_witnessed(home: Home, tmp_path: Path) -> None:
    caseload = home.opened()
    made = backup(caseload.connection, tmp_path / "backups", now=NOW)
    state = caseload.store.log.state
    caseload.close()
    home.work()
    restored(home, made.path)
    assert read_key_file(home.paths.keyfile).witness.startswith(f"{state.count} ")
    home.work()


def test_a_backup_holds_the_head_of_its_log(home: Home, tmp_path: Path) -> None:
    caseload = home.opened()
    kit.add_case(caseload)
    caseload.witness()
    made = backup(caseload.connection, tmp_path / "backups", now=NOW)
    head = caseload.store.log.state.head.hex()
    caseload.close()
    assert made.key_file is not None
    assert f" {head} " in read_key_file(made.key_file).witness


def test_a_new_computer_by_the_recovery_key_is_no_alarm(home: Home, tmp_path: Path) -> None:
    new = resolve_paths(str(tmp_path / "new"), {})
    restored(home, home.paths.caseload, new)
    Home(new, home.key).work()


def test_a_home_carried_to_a_new_computer_is_no_alarm(home: Home, tmp_path: Path) -> None:
    new = resolve_paths(str(tmp_path / "new"), {})
    shutil.copytree(home.paths.data_dir, new.data_dir)
    os.remove(new.witness_file)
    Home(new, home.key).work()


def test_an_older_key_file_beside_a_newer_caseload_is_no_alarm(home: Home) -> None:
    old = home.paths.keyfile.read_bytes()
    home.work()
    home.paths.keyfile.write_bytes(old)
    home.work()


# --- going on all the same


def test_looking_at_an_older_caseload_leaves_its_witness(home: Home) -> None:
    old = home.copy()
    home.work()
    home.put_back(old)
    witness = read_key_file(home.paths.keyfile).witness
    caseload = home.opened("look")
    for _ in range(9):
        kit.add_case(caseload)  # longer than the witness, and still not the same log
    caseload.close()
    assert read_key_file(home.paths.keyfile).witness == witness
    with pytest.raises(OlderThanWitness) as refused:
        home.opened()
    assert "is not the one that was last closed here" in refused.value.sentence


def test_going_on_is_logged_once_and_witnessed(home: Home) -> None:
    old = home.copy()
    home.work()
    home.put_back(old)
    caseload = home.opened("accept")
    (said,) = kit.rows(caseload, "SELECT why FROM changes ORDER BY id DESC LIMIT 1")[0]
    assert said == "gone on from an older caseload: 4 changes missing against its witness"
    caseload.connection.close()
    home.work()


# --- witnesses that are none


@pytest.mark.parametrize(
    "line", ["9999 {head} {proof}", "x", "5 5", "-1 {head} {proof}", "5 {proof} {proof}"]
)
def test_a_forged_witness_raises_no_alarm_and_is_told_by_check(home: Home, line: str) -> None:
    kept = read_key_file(home.paths.keyfile)
    _, head, proof = kept.witness.split(" ")
    forged = replace(kept, witness=line.format(head=head, proof=proof))
    write_key_file(home.paths.keyfile, forged, overwrite=True)
    caseload = home.opened()
    look = Witnesses(home.paths, home.key).look(caseload.connection)
    assert (look.good, look.damaged) == (True, (str(home.paths.keyfile),))
    caseload.close()


def test_a_caseload_taken_away_leaves_no_witness(home: Home) -> None:
    caseload_id = keys.caseload_id_of(home.key)
    assert caseload_id in home.paths.witness_file.read_text("utf-8")
    forget_witnesses(home.paths, caseload_id, "file")
    assert caseload_id not in home.paths.witness_file.read_text("utf-8")


def test_no_line_is_a_witness_under_another_key(home: Home) -> None:
    other = Witnesses(home.paths, bytes(32))
    other.renew(ChainState(10_000, bytes(32)))
    home.work()


def test_a_witness_that_cannot_be_written_keeps_nobody_from_closing(home: Home) -> None:
    caseload = home.opened()
    kit.add_case(caseload)
    count = caseload.store.log.state.count
    home.paths.witness_file.unlink()
    home.paths.witness_file.mkdir()
    home.paths.keyfile.unlink()
    caseload.close()
    again = home.opened()
    assert again.store.log.state.count == count
    again.close()


# --- the key file ---------------------------------------------------------------------------------


def changed(home: Home) -> bytes:
    """The key file of the day before the passphrase was changed to another."""
    old = home.paths.keyfile.read_bytes()
    keys.change_passphrase(home.paths, PASSPHRASE, OTHER, params=keys.CHEAP_FOR_TESTS)
    home.work()
    return old


@pytest.mark.guarantee
def test_an_older_key_file_is_refused_and_logged(home: Home) -> None:
    old, newest = changed(home), home.paths.keyfile.read_bytes()
    home.paths.keyfile.write_bytes(old)
    assert keys.unlock(home.paths, PASSPHRASE) == home.key
    with pytest.raises(OlderThanWitness, match="older than the key file last written"):
        home.opened()
    with pytest.raises(OlderThanWitness, match="older than the key file last written"):
        rotate_key(home.paths, PASSPHRASE, params=keys.CHEAP_FOR_TESTS)
    home.paths.keyfile.write_bytes(newest)
    caseload = home.opened()
    assert verify_chain(caseload.connection).good
    assert kit.logged(caseload)[-1].why == "refused: the key file is not the last one"
    caseload.close()


def test_an_older_key_file_is_gone_on_with_on_a_persons_word(home: Home) -> None:
    home.paths.keyfile.write_bytes(changed(home))
    home.opened("accept").close()
    caseload = home.opened()
    assert "gone on with an older key file" in kit.logged(caseload)[-1].why
    caseload.close()


def test_an_older_key_file_is_of_no_concern_to_the_recovery_key(home: Home) -> None:
    old = changed(home)
    home.paths.keyfile.write_bytes(old)
    look = Witnesses(home.paths, home.key, by_recovery_key=True)
    kit.opened(home.paths.caseload, key=home.key, witnesses=look).close()
    home.paths.keyfile.write_bytes(old)
    with pytest.raises(OlderThanWitness):
        home.opened()


def test_a_key_file_newer_than_the_caseload_knows_is_taken(home: Home) -> None:
    """The power went after the key file was written, before the caseload was told."""
    home.work()
    changed(home)
    keys.change_passphrase(home.paths, OTHER, PASSPHRASE, params=keys.CHEAP_FOR_TESTS)
    home.work()
    assert read_key_file(home.paths.keyfile).generation == 2


def test_a_restored_backup_has_the_newest_key_file_of_all(home: Home, tmp_path: Path) -> None:
    changed(home)
    caseload = home.opened()
    made = backup(caseload.connection, tmp_path / "backups", now=NOW)
    caseload.close()
    home.paths.keyfile.unlink()
    restore(made.path, home.paths, home.key, PASSPHRASE, now=NOW, params=keys.CHEAP_FOR_TESTS)
    assert read_key_file(home.paths.keyfile).generation == 2
    home.opened().close()


def test_the_generation_of_a_key_file_cannot_be_changed(home: Home) -> None:
    changed(home)
    kept = read_key_file(home.paths.keyfile)
    for generation in (0, 2):
        made = replace(kept, generation=generation)
        write_key_file(home.paths.keyfile, made, overwrite=True)
        with pytest.raises(keys.WrongPassphrase):
            keys.unlock(home.paths, OTHER)
